/* scenario.c - builds an overlay, lets clients act on it, breaks it, heals it, and checks. */
#include "scenario.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "checks.h"
#include "world_hooks.h"

#define MS 1000u
#define SETTLE_US (150u * MS)
/* Longer than what a lost link's entries are held for, and than noticing that it is lost. */
#define HEAL_US ((WORLD_HOLD_MS + 4u * WORLD_HEARTBEAT_MS) * MS)
/* A loss may precede the news of its gap by the time until the link is found dead. */
#define SLACK_US (5u * WORLD_HEARTBEAT_MS * MS)

struct run {
    const struct scenario *scenario;
    struct world world;
    struct random_source random; /* of the workload */
    struct random_source chaos;  /* of faults and timing: not the same for all strategies */
    struct gen_pool pool;
    bool quiet;
    uint32_t gap_us; /* between operations, at most */
    bool cut[WORLD_LINKS];
};

static size_t add_redundant(uint64_t seed, size_t brokers, struct world_link *links, size_t count);
static void build(struct run *run);
static void operate(struct run *run);
static void subscribe(struct run *run, uint32_t client);
static void unsubscribe(struct run *run, uint32_t client);
static void advertise(struct run *run, uint32_t client);
static void unadvertise(struct run *run, uint32_t client);
static void publish(struct run *run, uint32_t client);
static struct gen_adv *pick_adv(struct run *run, uint32_t client);
static bool conforms(const struct world_client *c, const struct gen_notification *made);
static void wait_between(struct run *run);
static void fault(struct run *run);
static void heal(struct run *run);
static void finish(struct run *run, struct scenario_result *result);
static void drain(struct run *run);

void scenario_run(struct scenario_result *result, const struct scenario *scenario)
{
    struct run *run = calloc(1, sizeof *run);
    assert(run);
    run->scenario = scenario;
    run->random.state = scenario->seed * 0x9E3779B97F4A7C15u + 1;
    run->chaos.state = ~run->random.state;
    build(run);
    struct world *world = &run->world;
    uint32_t operations = (uint32_t)(20 + random_below(&run->random, 60));
    for (uint32_t i = 0; i < operations && i < scenario->until && !world->wrong[0]; i++) {
        operate(run);
        if (scenario->faults && random_chance(&run->chaos, 20))
            fault(run);
        wait_between(run);
    }
    memset(result, 0, sizeof *result);
    if (scenario->faults && !world->wrong[0])
        heal(run);
    if (!world->wrong[0])
        finish(run, result);
    result->quiet = run->quiet;
    result->steps = weir_sim_steps(world->sim);
    result->published = world->publish_count;
    result->deliveries = world->deliveries;
    result->owed = weir_oracle_owed(world->oracle);
    result->delivered_sum = world->delivered_sum;
    result->digest = weir_sim_digest(world->sim);
    result->link_count = (uint32_t)world->link_count;
    memcpy(result->wrong, world->wrong, sizeof result->wrong);
    world_fini(world);
    free(run);
}

/* In two of three overlays links beyond the tree, up to as many again. */
static size_t add_redundant(uint64_t seed, size_t brokers, struct world_link *links, size_t count)
{
    struct random_source r = {seed ^ 0x6C696E6B73u};
    size_t wanted = random_chance(&r, 67) ? count + random_below(&r, brokers) : count;
    for (int tries = 0; tries < 200 && count < wanted && count < WORLD_LINKS; tries++) {
        uint32_t a = (uint32_t)random_below(&r, brokers), b = (uint32_t)random_below(&r, brokers);
        bool known = a == b;
        for (size_t l = 0; l < count; l++)
            known = known || (links[l].from == a && links[l].to == b) ||
                    (links[l].from == b && links[l].to == a);
        if (!known)
            links[count++] = (struct world_link){a, b, (uint32_t)(100 + random_below(&r, 10 * MS))};
    }
    return count;
}

static void build(struct run *run)
{
    struct random_source *r = &run->random;
    bool tiny = random_chance(r, 25);
    struct world_config config = {
        .seed = run->scenario->seed,
        .strategy = run->scenario->strategy,
        .advertisements = run->scenario->advertisements,
        .faults = run->scenario->faults,
        .link_window = tiny ? 600 : 1 << 20,
        .client_window = tiny ? 1000 : 1 << 20,
        .trace = run->scenario->trace,
    };
    run->quiet = !run->scenario->faults && random_chance(r, 40);
    run->gap_us = (uint32_t)(1 + random_below(r, 20 * MS));
    uint32_t jitter = (uint32_t)random_below(r, 5 * MS);
    uint32_t oom_every = run->scenario->seed % 5 == 0 ? 200 : 0;
    world_init(&run->world, &config, jitter, oom_every);

    size_t kind = random_below(r, 100);
    size_t brokers = kind < 65   ? 3 + random_below(r, 6)
                     : kind < 92 ? 9 + random_below(r, 8)
                                 : 17 + random_below(r, 14);
    struct world_link links[WORLD_LINKS];
    size_t link_count = 0;
    for (uint32_t i = 1; i < brokers; i++) {
        size_t shape = random_below(r, 10);
        uint32_t parent = (uint32_t)(shape < 2 ? 0 : shape < 6 ? i - 1 : random_below(r, i));
        links[link_count++] =
            (struct world_link){i, parent, (uint32_t)(100 + random_below(r, 10 * MS))};
    }
    link_count = add_redundant(run->scenario->seed, brokers, links, link_count);
    bool listed = run->scenario->faults || random_chance(r, 50);
    world_add_brokers(&run->world, brokers, links, link_count, listed);
    /* Under faults all do: who does not know whom to expect cannot know what it misses. */
    if (!run->scenario->faults || random_chance(&run->chaos, 50))
        world_settle(&run->world, SETTLE_US);
    size_t clients = 2 + random_below(r, brokers < 10 ? 8 : 14);
    for (size_t i = 0; i < clients; i++)
        world_add_client(&run->world, (uint32_t)random_below(r, brokers),
                         (uint32_t)(10 + random_below(r, 2 * MS)));
    for (size_t i = 0; i < clients; i++)
        run->world.clients[i].impatient = !run->quiet && random_chance(r, 20);
    if (!run->scenario->faults || random_chance(&run->chaos, 50))
        world_settle(&run->world, SETTLE_US);
}

/* ---- the workload */

static void operate(struct run *run)
{
    uint32_t client = (uint32_t)random_below(&run->random, run->world.client_count);
    if (run->world.clients[client].left)
        return;
    size_t kind = random_below(&run->random, 100);
    if (kind < 24)
        subscribe(run, client);
    else if (kind < 34)
        unsubscribe(run, client);
    else if (kind < 41)
        advertise(run, client);
    else if (kind < 45)
        unadvertise(run, client);
    else if (kind < 98)
        publish(run, client);
    else if (run->world.client_count > 3)
        world_leave(&run->world, client);
}

static void subscribe(struct run *run, uint32_t client)
{
    char text[GEN_TEXT];
    gen_filter(&run->random, &run->pool, text, sizeof text);
    world_subscribe(&run->world, client, text);
}

static void unsubscribe(struct run *run, uint32_t client)
{
    size_t count = run->world.clients[client].sub_count;
    size_t pick = random_below(&run->random, 1000);
    if (count > 0)
        world_unsubscribe(&run->world, client, pick % count);
}

static void advertise(struct run *run, uint32_t client)
{
    struct gen_adv made;
    gen_adv_init(&run->random, &made);
    run->world.clients[client].advertised = true;
    world_advertise(&run->world, client, &made);
}

/* Marks it withdrawn in the workload's view, which is ahead of the client's. */
static void unadvertise(struct run *run, uint32_t client)
{
    struct world_client *c = &run->world.clients[client];
    size_t pick = random_below(&run->random, 1000);
    if (c->adv_count == 0 || c->advs[pick % c->adv_count]->withdrawn)
        return;
    c->advs[pick % c->adv_count]->withdrawn = true;
    world_unadvertise(&run->world, client, pick % c->adv_count);
}

/* One or a burst; now and then something that the client did not advertise. */
static void publish(struct run *run, uint32_t client)
{
    struct random_source *r = &run->random;
    const struct world_client *c = &run->world.clients[client];
    size_t count = random_chance(r, 15) ? 2 + random_below(r, 10) : 1;
    for (size_t i = 0; i < count; i++) {
        const struct gen_adv *adv = pick_adv(run, client);
        if (c->advertised && !adv)
            return;
        struct gen_notification made;
        bool stray = random_chance(r, 12);
        gen_notification(r, &made, (uint32_t)run->world.publish_count, stray ? NULL : adv);
        world_publish(&run->world, client, made, conforms(c, &made));
    }
}

static struct gen_adv *pick_adv(struct run *run, uint32_t client)
{
    const struct world_client *c = &run->world.clients[client];
    size_t pick = random_below(&run->random, 1000);
    for (size_t i = 0; i < c->adv_count; i++) {
        struct world_adv *adv = c->advs[(pick + i) % c->adv_count];
        if (!adv->withdrawn)
            return &adv->made;
    }
    return NULL;
}

/* A client that never advertised may publish anything. */
static bool conforms(const struct world_client *c, const struct gen_notification *made)
{
    for (size_t i = 0; i < c->adv_count; i++)
        if (!c->advs[i]->withdrawn && gen_conforms(&c->advs[i]->made, made))
            return true;
    return !c->advertised;
}

static void wait_between(struct run *run)
{
    struct world *world = &run->world;
    if (run->quiet) {
        if (world_settle(world, SETTLE_US))
            world_account(world, 0);
        return;
    }
    size_t shape = random_below(&run->chaos, 10);
    uint64_t wait = shape < 3 ? 0 : random_below(&run->chaos, run->gap_us);
    if (run->scenario->faults && shape == 9)
        wait += random_below(&run->chaos, 3000 * MS);
    weir_sim_run(world->sim, weir_sim_now_us(world->sim) + wait);
    if (run->scenario->faults && random_chance(&run->chaos, 30))
        world_reconnect(world);
}

/* ---- faults */

static void cut(struct run *run, uint32_t link, uint32_t notice_us)
{
    uint32_t notice = (uint32_t)random_below(&run->chaos, notice_us);
    if (!run->cut[link])
        weir_sim_link_cut(run->world.sim, link, notice);
    run->cut[link] = true;
}

/* Every link between two sides is cut at once; which broker is on which hangs on its number. */
static void partition(struct run *run)
{
    struct world *world = &run->world;
    uint64_t sides = random_u64(&run->chaos);
    for (uint32_t i = 0; i < world->link_count; i++)
        if ((sides >> world->links[i][0] & 1) != (sides >> world->links[i][1] & 1))
            cut(run, i, 500 * MS);
}

static void fault(struct run *run)
{
    struct world *world = &run->world;
    struct random_source *r = &run->chaos;
    uint32_t link = (uint32_t)random_below(r, world->link_count);
    uint32_t broker = (uint32_t)random_below(r, world->broker_count);
    uint32_t client = (uint32_t)random_below(r, world->client_count);
    switch (random_below(r, 12)) {
    case 0:
    case 1:
    case 2: cut(run, link, 500 * MS); break;
    case 3:
    case 4:
        for (uint32_t i = 0; i < world->link_count; i++) {
            if (run->cut[i])
                weir_sim_link_restore(world->sim, i);
            run->cut[i] = false;
        }
        break;
    case 5:
        weir_sim_broker_restart(world->sim, broker, (uint32_t)random_below(r, 1000 * MS));
        break;
    case 6:
        weir_sim_broker_pause(
            world->sim, broker,
            (uint32_t)random_below(r, random_chance(r, 20) ? 5000 * MS : 300 * MS));
        break;
    case 7: weir_sim_link_delay(world->sim, link, (uint32_t)random_below(r, 100 * MS)); break;
    case 8: world_disconnect(world, client); break;
    case 9: cut(run, link, 6 * WORLD_HEARTBEAT_MS * MS); break; /* one end may be silent for long */
    case 10: partition(run); break;
    default: world_read(world, client, random_chance(r, 50)); break;
    }
}

/* Repairs everything, waits until the network is quiet, and has every loss explained by a gap that
 * was reported to who lost; from then on nothing may be lost. */
static void heal(struct run *run)
{
    struct world *world = &run->world;
    for (uint32_t i = 0; i < world->link_count; i++)
        if (run->cut[i])
            weir_sim_link_restore(world->sim, i);
    for (uint32_t i = 0; i < world->client_count; i++)
        world_read(world, i, true);
    for (int i = 0; i < 4 && !world->wrong[0]; i++) {
        if (world_settle(world, HEAL_US) && world_idle(world))
            break;
        world_reconnect(world);
    }
    world_account(world, SLACK_US);
    for (uint32_t i = 0; i < world->client_count; i++) {
        const struct world_client *c = &world->clients[i];
        for (size_t g = 0; g < c->gap_count; g++)
            if (c->gaps[g].end_us == UINT64_MAX)
                world_complain(world, "%s was never told that a gap is over", c->name);
    }
    world->config.faults = false;
    for (uint32_t i = 0; i < world->client_count; i++)
        for (int n = 0; n < 2 && !world->clients[i].left; n++)
            publish(run, i);
    for (int i = 0; i < 20 && !world->wrong[0]; i++) {
        operate(run);
        weir_sim_run(world->sim,
                     weir_sim_now_us(world->sim) + random_below(&run->chaos, run->gap_us));
    }
}

/* ---- the end */

static void finish(struct run *run, struct scenario_result *result)
{
    struct world *world = &run->world;
    if (!world_settle(world, SETTLE_US))
        return;
    if (!world_idle(world))
        world_complain(world, "a client waits for ever");
    world_account(world, 0);
    check_tree(world);
    if (!run->scenario->faults)
        check_crossings(world);
    check_tables(world, &run->chaos);
    check_count_sent(world, result->sent);
    if (!world->wrong[0])
        drain(run);
}

/* Everybody goes, politely or not; then only heartbeats are left. */
static void drain(struct run *run)
{
    struct world *world = &run->world;
    for (uint32_t i = 0; i < world->client_count; i++) {
        struct world_client *c = &world->clients[i];
        if (c->left)
            continue;
        for (size_t s = 0; s < c->sub_count; s++)
            world_unsubscribe(world, i, s);
        for (size_t a = 0; a < c->adv_count; a++)
            if (!c->advs[a]->withdrawn)
                world_unadvertise(world, i, a);
    }
    uint64_t hold_us = run->scenario->faults ? HEAL_US : SETTLE_US;
    /* What came over a link that does not come back has to go too. */
    if (run->scenario->faults && random_chance(&run->chaos, 50)) {
        world->config.faults = true;
        weir_sim_link_cut(world->sim, (uint32_t)random_below(&run->chaos, world->link_count), MS);
    }
    if (!world_settle(world, hold_us))
        return;
    if (!world_idle(world))
        world_complain(world, "a client waits for ever at the end");
    for (uint32_t i = 0; i < world->client_count; i++)
        world_leave(world, i);
    if (!world_settle(world, hold_us))
        return;
    check_drained(world);
    uint64_t frames = check_frames(world);
    weir_sim_run(world->sim, weir_sim_now_us(world->sim) + 4 * WORLD_HEARTBEAT_MS * MS);
    if (check_frames(world) != frames)
        world_complain(world, "a network with nothing to do does not fall silent");
}
