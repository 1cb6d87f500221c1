/* world.c - the overlay, its clients' operations, and the accounts. */
#include "world.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <weir/alloc.h>
#include <weir/wire.h>

#include "world_hooks.h"

#define GROW(array, count, capacity)                                                          \
    do {                                                                                      \
        (array) = weiri_array_grow(NULL, (array), &(capacity), (count) + 1, sizeof *(array)); \
        assert(array);                                                                        \
    } while (0)

static void push_op(struct world *world, uint32_t client, struct world_op op);
static void visit_missing(void *context, uint32_t number, uint32_t client, uint32_t id);
static void must(enum weir_err err);

void world_init(struct world *world, const struct world_config *config, uint32_t jitter_us,
                uint32_t oom_every)
{
    memset(world, 0, sizeof *world);
    world->config = *config;
    world->next_id = 1;
    must(weir_oracle_create(&world->oracle, NULL));
    struct weir_sim_config sim = {
        .seed = config->seed,
        .jitter_us = jitter_us,
        .redial_ms = 50,
        .client_queue_max = 1 << 16,
        .oom_every = oom_every,
        .hooks = world_hooks(world),
    };
    must(weir_sim_create(&world->sim, &sim, NULL));
}

void world_fini(struct world *world)
{
    weir_sim_destroy(world->sim);
    weir_oracle_destroy(world->oracle);
    for (size_t i = 0; i < world->client_count; i++) {
        struct world_client *c = &world->clients[i];
        for (size_t s = 0; s < c->sub_count; s++)
            free(c->subs[s].text);
        for (size_t a = 0; a < c->adv_count; a++) {
            gen_adv_fini(&c->advs[a]->made);
            free(c->advs[a]);
        }
        free(c->subs);
        free(c->advs);
        free(c->ops);
        free(c->sent);
        free(c->gaps);
    }
    for (size_t i = 0; i < world->publish_count; i++)
        free(world->publishes[i].made.bytes);
    free(world->publishes);
}

void world_add_brokers(struct world *world, size_t count, const struct world_link *links,
                       size_t link_count, bool listed)
{
    static char names[WORLD_BROKERS][8];
    struct weir_router_config config = {
        .strategy = world->config.strategy,
        .advertisements = world->config.advertisements,
        .heartbeat_ms = WORLD_HEARTBEAT_MS,
        .hold_ms = WORLD_HOLD_MS,
        .link_window = world->config.link_window,
        .client_window = world->config.client_window,
        .cover_work = 1000000,
        .hash_seed = world->config.seed,
        .unlisted = !listed,
    };
    assert(count <= WORLD_BROKERS && link_count <= WORLD_LINKS);
    for (uint32_t i = 0; i < count; i++)
        snprintf(names[i], sizeof names[i], "b%u", i);
    for (uint32_t i = 0; i < count; i++) {
        struct weir_str neighbours[WORLD_BROKERS];
        uint32_t broker;
        config.name = weir_str_of(names[i]);
        config.neighbours = neighbours;
        config.neighbour_count = 0;
        for (size_t l = 0; listed && l < link_count; l++)
            if (links[l].from == i || links[l].to == i)
                neighbours[config.neighbour_count++] =
                    weir_str_of(names[links[l].from == i ? links[l].to : links[l].from]);
        must(weir_sim_broker_add(world->sim, &broker, &config));
        assert(broker == i);
    }
    for (size_t l = 0; l < link_count; l++) {
        uint32_t link;
        must(weir_sim_link_add(world->sim, &link, links[l].from, links[l].to, links[l].latency_us));
        assert(link == l);
        world->links[l][0] = links[l].from;
        world->links[l][1] = links[l].to;
    }
    world->broker_count = count;
    world->link_count = link_count;
}

void world_add_client(struct world *world, uint32_t broker, uint32_t latency_us)
{
    struct world_client *c = &world->clients[world->client_count];
    uint32_t client;
    c->broker = broker;
    c->stopped_us = UINT64_MAX;
    snprintf(c->name, sizeof c->name, "c%zu", world->client_count);
    must(weir_sim_client_add(world->sim, &client, broker, c->name, latency_us));
    assert(client == world->client_count);
    world->client_count++;
}

/* ---- operations */

void world_subscribe(struct world *world, uint32_t client, const char *text)
{
    struct world_client *c = &world->clients[client];
    GROW(c->subs, c->sub_count, c->sub_capacity);
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    assert(copy);
    memcpy(copy, text, size);
    c->subs[c->sub_count] = (struct world_sub){world->next_id++, copy, false};
    world_send_subscribe(world, client, &c->subs[c->sub_count++]);
}

void world_unsubscribe(struct world *world, uint32_t client, size_t sub)
{
    struct world_client *c = &world->clients[client];
    struct world_sub *s = &c->subs[sub];
    if (s->gone)
        return;
    s->gone = true;
    if (!c->up)
        return;
    struct weir_frame frame = {.type = WEIR_FRAME_UNSUBSCRIBE};
    frame.u.id.id = s->id;
    weir_oracle_withdraw(world->oracle, client, s->id);
    weir_sim_client_send(world->sim, client, &frame);
}

void world_advertise(struct world *world, uint32_t client, struct gen_adv *made)
{
    struct world_client *c = &world->clients[client];
    GROW(c->advs, c->adv_count, c->adv_capacity);
    struct world_adv *adv = calloc(1, sizeof *adv);
    assert(adv);
    adv->id = world->next_id++;
    adv->made = *made;
    c->advs[c->adv_count++] = adv;
    push_op(world, client, (struct world_op){OP_ADVERTISE, (uint32_t)c->adv_count - 1});
}

void world_unadvertise(struct world *world, uint32_t client, size_t adv)
{
    push_op(world, client, (struct world_op){OP_UNADVERTISE, (uint32_t)adv});
}

void world_publish(struct world *world, uint32_t client, struct gen_notification made,
                   bool conforms)
{
    GROW(world->publishes, world->publish_count, world->publish_capacity);
    world->publishes[world->publish_count] =
        (struct world_publish){.made = made, .client = client, .conforms = conforms};
    push_op(world, client, (struct world_op){OP_PUBLISH, (uint32_t)world->publish_count++});
}

static void push_op(struct world *world, uint32_t client, struct world_op op)
{
    struct world_client *c = &world->clients[client];
    GROW(c->ops, c->op_count, c->op_capacity);
    c->ops[c->op_count++] = op;
    world_pump(world, client);
}

void world_leave(struct world *world, uint32_t client)
{
    world->clients[client].left = true;
    world_disconnect(world, client);
}

void world_disconnect(struct world *world, uint32_t client)
{
    if (!world->clients[client].up)
        return;
    weir_sim_client_close(world->sim, client);
    world_forget_connection(world, client);
}

void world_reconnect(struct world *world)
{
    for (uint32_t i = 0; i < world->client_count; i++)
        if (!world->clients[i].up && !world->clients[i].left)
            weir_sim_client_connect(world->sim, i);
}

void world_read(struct world *world, uint32_t client, bool reading)
{
    struct world_client *c = &world->clients[client];
    weir_sim_client_read(world->sim, client, reading);
    if (reading)
        c->stopped_us = UINT64_MAX;
    else if (c->stopped_us == UINT64_MAX)
        c->stopped_us = weir_sim_now_us(world->sim);
}

/* ---- accounts */

bool world_settle(struct world *world, uint64_t quiet_us)
{
    if (weir_sim_settle(world->sim, quiet_us, 3000000) != WEIR_OK)
        world_complain(world, "the network does not become quiet");
    if (weir_sim_problem(world->sim))
        world_complain(world, "%s", weir_sim_problem(world->sim));
    return world->wrong[0] == '\0';
}

struct account {
    struct world *world;
    uint64_t slack_us;
};

void world_account(struct world *world, uint64_t slack_us)
{
    struct account account = {world, slack_us};
    weir_oracle_settle(world->oracle, visit_missing, &account);
}

static void visit_missing(void *context, uint32_t number, uint32_t client, uint32_t id)
{
    const struct account *account = context;
    struct world *world = account->world;
    const struct world_client *c = &world->clients[client];
    const struct world_publish *p = &world->publishes[number];
    for (size_t i = 0; world->config.faults && i < c->gap_count; i++) {
        const struct world_gap *gap = &c->gaps[i];
        if (p->accepted_us + account->slack_us >= gap->begin_us && p->accepted_us <= gap->end_us)
            return;
    }
    world_complain(world, "notification %u of %s, accepted at %llu us, never came to %s under %u",
                   number, world->clients[p->client].name, (unsigned long long)p->accepted_us,
                   c->name, id);
}

bool world_idle(const struct world *world)
{
    for (size_t i = 0; i < world->client_count; i++) {
        const struct world_client *c = &world->clients[i];
        if (!c->left && (!c->up || c->op_next < c->op_count || c->acked < c->seq))
            return false;
    }
    return true;
}

void world_complain(struct world *world, const char *format, ...)
{
    if (world->wrong[0])
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(world->wrong, sizeof world->wrong, format, arguments);
    va_end(arguments);
    if (world->config.trace) {
        char line[440];
        snprintf(line, sizeof line, "WRONG: %s", world->wrong);
        world->config.trace(NULL, weir_sim_now_us(world->sim), line);
    }
}

static void must(enum weir_err err)
{
    if (err == WEIR_OK)
        return;
    fprintf(stderr, "the test itself failed: %s\n", weir_err_text(err));
    exit(2);
}
