/* driver.c - one broker: steps its router and does what it asks for, as the daemon would, and
 * watches that the rules between the two are kept. */
#include "internal.h"

#include <string.h>

#include <weir/alloc.h>

static void do_action(struct weir_sim *sim, uint32_t broker, const struct weir_action *action);
static void do_send(struct weir_sim *sim, struct broker *b, const struct weir_action *action,
                    struct weir_str payload);
static bool check_frame(struct weir_sim *sim, const struct broker *b,
                        const struct weir_action *action, struct weir_str payload,
                        enum weir_role to);
static bool begins_gap(const struct weir_action *action);
static void do_keep(struct weir_sim *sim, struct broker *b, const struct weir_action *action);
static void do_forget(struct weir_sim *sim, struct broker *b, uint64_t key);
static struct kept *find_kept(struct broker *b, uint64_t key);
static void digest(struct weir_sim *sim, const void *bytes, size_t size);
static void digest_action(struct weir_sim *sim, const struct weir_action *action);
static void *broker_resize(void *context, void *block, size_t size);
static void broker_release(void *context, void *block);
static void trace_router(void *context, const char *event, const char *text);

void sim_broker_start(struct weir_sim *sim, uint32_t broker)
{
    struct broker *b = sim->brokers[broker];
    b->sim = sim;
    b->alloc = (struct weir_alloc){broker_resize, broker_release, b};
    b->config.incarnation = ++sim->incarnations;
    b->config.trace = sim->config.hooks.trace ? trace_router : NULL;
    b->config.trace_context = b;
    if (weir_router_create(&b->router, &b->config, &b->alloc) != WEIR_OK) {
        b->router = NULL;
        sim_complain(sim, "%s cannot be created", b->name);
        return;
    }
    sim_trace(sim, "%s: started, incarnation %llu", b->name,
              (unsigned long long)b->config.incarnation);
    for (uint32_t i = 0; i < sim->link_count; i++)
        if (sim->links[i].ends[0] == broker)
            sim_schedule(sim,
                         (struct event){.type = EVENT_DIAL, .at_us = sim->now_us, .subject = i});
    struct weir_input input = {.type = WEIR_IN_TICK};
    sim_broker_step(sim, broker, &input);
}

void sim_broker_stop(struct weir_sim *sim, uint32_t broker)
{
    struct broker *b = sim->brokers[broker];
    sim_trace(sim, "%s: gone", b->name);
    weir_router_destroy(b->router);
    b->router = NULL;
    b->wake_generation++;
    while (b->kept_count > 0)
        weiri_release(sim->alloc, b->kept[--b->kept_count].bytes);
    b->connection_count = 0;
}

uint32_t sim_broker_link_id(struct weir_sim *sim, uint32_t broker, uint32_t connection)
{
    struct broker *b = sim->brokers[broker];
    uint32_t *v = weiri_array_grow(sim->alloc, b->connections, &b->connection_capacity,
                                   b->connection_count + 1, sizeof *v);
    if (!v) {
        sim_complain(sim, "the simulator is out of memory");
        return 0;
    }
    b->connections = v;
    v[b->connection_count++] = connection;
    return (uint32_t)b->connection_count;
}

/* A step that fails for memory must have changed nothing, so it is simply made again. */
void sim_broker_step(struct weir_sim *sim, uint32_t broker, const struct weir_input *input)
{
    struct broker *b = sim->brokers[broker];
    struct weir_input timed = *input;
    timed.now_ms = sim->now_us / 1000 + 1;
    timed.wall_ns = 1381138200000000000 + (int64_t)(sim->now_us * 1000);
    struct weir_actions actions = {NULL, 0};
    b->failing = sim->config.oom_every > 0;
    enum weir_err err = weir_router_step(b->router, &timed, &actions);
    b->failing = false;
    if (err == WEIR_ENOMEM)
        err = weir_router_step(b->router, &timed, &actions);
    sim->steps++;
    if (err != WEIR_OK) {
        sim_complain(sim, "a step of %s failed: %s", b->name, weir_err_text(err));
        return;
    }
    for (size_t i = 0; i < actions.count; i++)
        do_action(sim, broker, &actions.v[i]);
}

static void do_action(struct weir_sim *sim, uint32_t broker, const struct weir_action *action)
{
    struct broker *b = sim->brokers[broker];
    digest_action(sim, action);
    switch (action->type) {
    case WEIR_ACT_SEND: do_send(sim, b, action, action->payload); break;
    case WEIR_ACT_RESEND: {
        const struct kept *kept = find_kept(b, action->key);
        if (kept)
            do_send(sim, b, action, (struct weir_str){(const char *)kept->bytes, kept->size});
        else
            sim_complain(sim, "%s: RESEND of a key that is not kept", b->name);
        break;
    }
    case WEIR_ACT_CLOSE: {
        if (action->link == 0 || action->link > b->connection_count) {
            sim_complain(sim, "%s: CLOSE of an unknown link", b->name);
            break;
        }
        uint32_t connection = b->connections[action->link - 1];
        const struct end *ends = sim->connections[connection].ends;
        unsigned end = !ends[0].is_client && ends[0].owner == broker ? 0 : 1;
        sim_trace(sim, "%s: closes connection %u: %s, %.*s", b->name, connection,
                  weir_reason_text(action->reason), (int)action->text.len,
                  action->text.ptr ? action->text.ptr : "");
        sim_close(sim, connection, end, action->reason);
        break;
    }
    case WEIR_ACT_KEEP: do_keep(sim, b, action); break;
    case WEIR_ACT_FORGET: do_forget(sim, b, action->key); break;
    case WEIR_ACT_WAKE: {
        uint64_t at_us = action->at_ms > 0 ? (action->at_ms - 1) * 1000 : 0;
        b->wake_generation++;
        sim_schedule(sim, (struct event){.type = EVENT_WAKE,
                                         .subject = broker,
                                         .at_us = at_us > sim->now_us ? at_us : sim->now_us,
                                         .generation = b->wake_generation});
        break;
    }
    }
}

static void do_send(struct weir_sim *sim, struct broker *b, const struct weir_action *action,
                    struct weir_str payload)
{
    if (action->link == 0 || action->link > b->connection_count) {
        sim_complain(sim, "%s: SEND to an unknown link", b->name);
        return;
    }
    uint32_t connection = b->connections[action->link - 1];
    struct end *ends = sim->connections[connection].ends;
    unsigned end = !ends[0].is_client && sim->brokers[ends[0].owner] == b ? 0 : 1;
    enum weir_role to = ends[end ^ 1].is_client ? WEIR_ROLE_CLIENT : WEIR_ROLE_BROKER;
    if (ends[end].down)
        sim_complain(sim, "%s: SEND to a link that is down", b->name);
    else if (check_frame(sim, b, action, payload, to))
        sim_send(sim, connection, end, action->lane, action->head, payload);
}

static bool check_frame(struct weir_sim *sim, const struct broker *b,
                        const struct weir_action *action, struct weir_str payload,
                        enum weir_role to)
{
    size_t size = 0;
    if (weir_frame_peek(&size, (const uint8_t *)action->head.ptr, action->head.len,
                        WEIR_FRAME_SIZE_MAX) != WEIR_OK ||
        size != action->head.len + payload.len) {
        sim_complain(sim, "%s: SEND of bytes that are not one frame", b->name);
        return false;
    }
    enum weir_frame_type type = (enum weir_frame_type)(uint8_t)action->head.ptr[4];
    bool to_client =
        (type >= WEIR_FRAME_SUBACK && type <= WEIR_FRAME_REPLY) || type == WEIR_FRAME_HEARTBEAT;
    bool fits = to == WEIR_ROLE_CLIENT ? to_client : weir_frame_allowed(type, WEIR_ROLE_BROKER);
    if (!fits || type == WEIR_FRAME_HELLO || type == WEIR_FRAME_CLOSE)
        sim_complain(sim, "%s: SEND of %s to the wrong role", b->name, weir_frame_type_text(type));
    if (action->lane != weir_frame_lane(type) && !begins_gap(action))
        sim_complain(sim, "%s: SEND of %s in the wrong lane", b->name, weir_frame_type_text(type));
    sim->frames[(uint8_t)type]++;
    return fits;
}

/* Such a GAP goes with the promises, which must not overtake it. */
static bool begins_gap(const struct weir_action *action)
{
    struct weir_frame frame;
    return weir_frame_decode(&frame, (const uint8_t *)action->head.ptr, action->head.len) ==
               WEIR_OK &&
           frame.type == WEIR_FRAME_GAP && !frame.u.gap.ended;
}

static void do_keep(struct weir_sim *sim, struct broker *b, const struct weir_action *action)
{
    if (find_kept(b, action->key)) {
        sim_complain(sim, "%s: KEEP of a key that is in use", b->name);
        return;
    }
    struct kept *v =
        weiri_array_grow(sim->alloc, b->kept, &b->kept_capacity, b->kept_count + 1, sizeof *v);
    uint8_t *bytes = weiri_alloc(sim->alloc, action->payload.len + 1);
    b->kept = v ? v : b->kept;
    if (!v || !bytes) {
        weiri_release(sim->alloc, bytes);
        sim_complain(sim, "the simulator is out of memory");
        return;
    }
    memcpy(bytes, action->payload.ptr, action->payload.len);
    v[b->kept_count++] = (struct kept){action->key, bytes, action->payload.len};
}

static void do_forget(struct weir_sim *sim, struct broker *b, uint64_t key)
{
    struct kept *kept = find_kept(b, key);
    if (!kept) {
        sim_complain(sim, "%s: FORGET of a key that is not kept", b->name);
        return;
    }
    weiri_release(sim->alloc, kept->bytes);
    *kept = b->kept[--b->kept_count];
}

static struct kept *find_kept(struct broker *b, uint64_t key)
{
    for (size_t i = 0; i < b->kept_count; i++)
        if (b->kept[i].key == key)
            return &b->kept[i];
    return NULL;
}

static void digest(struct weir_sim *sim, const void *bytes, size_t size)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < size; i++)
        sim->digest = (sim->digest ^ p[i]) * 0x100000001B3u; /* FNV-1a */
}

static void digest_action(struct weir_sim *sim, const struct weir_action *action)
{
    uint64_t fields[] = {sim->now_us, (uint64_t)action->type, action->link, action->key,
                         action->at_ms};
    digest(sim, fields, sizeof fields);
    if (action->type == WEIR_ACT_SEND || action->type == WEIR_ACT_RESEND)
        digest(sim, action->head.ptr, action->head.len);
}

/* ---- memory of a router */

static void *broker_resize(void *context, void *block, size_t size)
{
    struct broker *b = context;
    if (b->failing && sim_random_below(b->sim, b->sim->config.oom_every) == 0)
        return NULL;
    return weiri_resize(b->sim->alloc, block, size);
}

static void broker_release(void *context, void *block)
{
    const struct broker *b = context;
    weiri_release(b->sim->alloc, block);
}

static void trace_router(void *context, const char *event, const char *text)
{
    const struct broker *b = context;
    sim_trace(b->sim, "%s: event=%s %s", b->name, event, text);
}
