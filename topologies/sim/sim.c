/* sim.c - the simulator's life, its clock, and what its caller may do to the network. */
#include "internal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <weir/alloc.h>
#include <weir/bytes.h>

static enum weir_err copy_config(struct weir_sim *sim, struct broker *b,
                                 const struct weir_router_config *config);
static void free_broker(struct weir_sim *sim, struct broker *b);
static bool is_busy(const struct event *event);
static struct broker *busy_broker(const struct weir_sim *sim, const struct event *event);
static bool handle_next(struct weir_sim *sim, uint64_t until_us);
static void handle(struct weir_sim *sim, struct event *event);
static void handle_dial(struct weir_sim *sim, uint32_t link);

enum weir_err weir_sim_create(struct weir_sim **out, const struct weir_sim_config *config,
                              const struct weir_alloc *alloc)
{
    struct weir_sim *sim = weiri_alloc_zeroed(alloc, 1, sizeof *sim);
    if (!sim)
        return WEIR_ENOMEM;
    sim->alloc = alloc;
    sim->config = *config;
    sim->random = config->seed;
    sim->incarnations = 1000;
    *out = sim;
    return WEIR_OK;
}

void weir_sim_destroy(struct weir_sim *sim)
{
    if (!sim)
        return;
    for (size_t i = 0; i < sim->broker_count; i++)
        free_broker(sim, sim->brokers[i]);
    for (size_t i = 0; i < sim->client_count; i++) {
        struct client *client = &sim->clients[i];
        while (client->waiting_count > 0)
            weiri_release(sim->alloc, client->waiting[--client->waiting_count].bytes);
        weiri_release(sim->alloc, client->waiting);
    }
    struct event event;
    while (sim_queue_pop(&sim->queue, &event))
        weiri_release(sim->alloc, event.bytes);
    weiri_release(sim->alloc, sim->queue.v);
    weiri_release(sim->alloc, sim->brokers);
    weiri_release(sim->alloc, sim->links);
    weiri_release(sim->alloc, sim->clients);
    weiri_release(sim->alloc, sim->connections);
    weiri_release(sim->alloc, sim);
}

/* ---- the network */

enum weir_err weir_sim_broker_add(struct weir_sim *sim, uint32_t *broker,
                                  const struct weir_router_config *config)
{
    struct broker **v = weiri_array_grow(sim->alloc, sim->brokers, &sim->broker_capacity,
                                         sim->broker_count + 1, sizeof *v);
    if (!v)
        return WEIR_ENOMEM;
    sim->brokers = v;
    struct broker *b = weiri_alloc_zeroed(sim->alloc, 1, sizeof *b);
    if (!b)
        return WEIR_ENOMEM;
    enum weir_err err = copy_config(sim, b, config);
    if (err != WEIR_OK) {
        free_broker(sim, b);
        return err;
    }
    v[sim->broker_count] = b;
    *broker = (uint32_t)sim->broker_count++;
    sim_broker_start(sim, *broker);
    return b->router ? WEIR_OK : WEIR_EINVAL;
}

/* A broker starts again from its configuration, so that has to be the simulator's own. */
static enum weir_err copy_config(struct weir_sim *sim, struct broker *b,
                                 const struct weir_router_config *config)
{
    b->config = *config;
    if (config->name.len == 0 || config->name.len > WEIR_BROKER_NAME_MAX)
        return WEIR_EINVAL;
    memcpy(b->name, config->name.ptr, config->name.len);
    b->config.name.ptr = b->name;
    if (config->neighbour_count == 0)
        return WEIR_OK;
    b->neighbours = weiri_alloc_zeroed(sim->alloc, config->neighbour_count, sizeof *b->neighbours);
    if (!b->neighbours)
        return WEIR_ENOMEM;
    b->config.neighbours = b->neighbours;
    for (size_t i = 0; i < config->neighbour_count; i++) {
        size_t len = config->neighbours[i].len;
        char *copy = weiri_alloc(sim->alloc, len + 1);
        if (!copy)
            return WEIR_ENOMEM;
        memcpy(copy, config->neighbours[i].ptr, len);
        b->neighbours[i] = (struct weir_str){copy, len};
    }
    return WEIR_OK;
}

static void free_broker(struct weir_sim *sim, struct broker *b)
{
    weir_router_destroy(b->router);
    for (size_t i = 0; i < b->kept_count; i++)
        weiri_release(sim->alloc, b->kept[i].bytes);
    weiri_release(sim->alloc, b->kept);
    weiri_release(sim->alloc, b->connections);
    for (size_t i = 0; b->neighbours && i < b->config.neighbour_count; i++)
        weiri_release(sim->alloc, (void *)(uintptr_t)b->neighbours[i].ptr);
    weiri_release(sim->alloc, b->neighbours);
    weiri_release(sim->alloc, b);
}

enum weir_err weir_sim_link_add(struct weir_sim *sim, uint32_t *link, uint32_t dialler,
                                uint32_t listener, uint32_t latency_us)
{
    assert(dialler < sim->broker_count && listener < sim->broker_count);
    struct link *v = weiri_array_grow(sim->alloc, sim->links, &sim->link_capacity,
                                      sim->link_count + 1, sizeof *v);
    if (!v)
        return WEIR_ENOMEM;
    sim->links = v;
    v[sim->link_count] = (struct link){
        {dialler, listener},
        latency_us, NONE, true
    };
    *link = (uint32_t)sim->link_count++;
    handle_dial(sim, *link);
    return WEIR_OK;
}

enum weir_err weir_sim_client_add(struct weir_sim *sim, uint32_t *client, uint32_t broker,
                                  const char *name, uint32_t latency_us)
{
    assert(broker < sim->broker_count);
    struct client *v = weiri_array_grow(sim->alloc, sim->clients, &sim->client_capacity,
                                        sim->client_count + 1, sizeof *v);
    if (!v)
        return WEIR_ENOMEM;
    sim->clients = v;
    struct client *c = &v[sim->client_count];
    *c = (struct client){
        .broker = broker, .latency_us = latency_us, .connection = NONE, .reading = true};
    snprintf(c->name, sizeof c->name, "%s", name);
    *client = (uint32_t)sim->client_count++;
    sim_connect(sim, NONE, *client);
    return WEIR_OK;
}

/* ---- faults */

void weir_sim_link_cut(struct weir_sim *sim, uint32_t link, uint32_t notice_us)
{
    struct link *l = &sim->links[link];
    l->wanted = false;
    sim_trace(sim, "link %u between %s and %s is cut", link, sim->brokers[l->ends[0]]->name,
              sim->brokers[l->ends[1]]->name);
    if (l->connection == NONE || sim->connections[l->connection].cut)
        return;
    sim->connections[l->connection].cut = true;
    for (uint8_t end = 0; end < 2; end++)
        sim_schedule(sim,
                     (struct event){.type = EVENT_DOWN,
                                    .subject = l->connection,
                                    .end = end,
                                    .at_us = sim->now_us + sim_random_below(sim, notice_us + 1)});
}

void weir_sim_link_restore(struct weir_sim *sim, uint32_t link)
{
    sim->links[link].wanted = true;
    sim_trace(sim, "link %u is restored", link);
    sim_schedule(sim, (struct event){.type = EVENT_DIAL, .at_us = sim->now_us, .subject = link});
}

void weir_sim_link_delay(struct weir_sim *sim, uint32_t link, uint32_t latency_us)
{
    struct link *l = &sim->links[link];
    l->latency_us = latency_us;
    if (l->connection != NONE)
        sim->connections[l->connection].latency_us = latency_us;
}

/* The neighbours and clients notice when the news has crossed the connection. */
void weir_sim_broker_restart(struct weir_sim *sim, uint32_t broker, uint32_t down_us)
{
    if (!sim->brokers[broker]->router)
        return;
    for (uint32_t i = 0; i < sim->connection_count; i++) {
        struct connection *c = &sim->connections[i];
        for (uint8_t end = 0; end < 2; end++) {
            if (c->ends[end].is_client || c->ends[end].owner != broker || c->ends[end].down)
                continue;
            c->ends[end].down = c->ends[end].closed = true;
            sim_schedule(sim, (struct event){.type = EVENT_DOWN,
                                             .subject = i,
                                             .end = end ^ 1,
                                             .at_us = sim->now_us + c->latency_us});
        }
    }
    sim_broker_stop(sim, broker);
    sim_schedule(sim, (struct event){
                          .type = EVENT_START, .subject = broker, .at_us = sim->now_us + down_us});
}

void weir_sim_broker_pause(struct weir_sim *sim, uint32_t broker, uint32_t pause_us)
{
    uint64_t until_us = sim->now_us + pause_us;
    if (sim->brokers[broker]->busy_until_us < until_us)
        sim->brokers[broker]->busy_until_us = until_us;
}

/* ---- clients */

bool weir_sim_client_send(struct weir_sim *sim, uint32_t client, const struct weir_frame *frame)
{
    uint32_t connection = sim->clients[client].connection;
    if (connection == NONE || !sim->connections[connection].ends[0].up ||
        sim->connections[connection].ends[0].closed)
        return false;
    struct weiri_buf buffer;
    weiri_buf_init(&buffer, WEIR_FRAME_SIZE_MAX, sim->alloc);
    bool encoded = weir_frame_encode(&buffer, frame) == WEIR_OK;
    if (encoded)
        sim_send(sim, connection, 0, weir_frame_lane(frame->type), weiri_buf_str(&buffer),
                 (struct weir_str){NULL, 0});
    else
        sim_complain(sim, "%s cannot send %s", sim->clients[client].name,
                     weir_frame_type_text(frame->type));
    weiri_buf_fini(&buffer);
    return encoded;
}

void weir_sim_client_close(struct weir_sim *sim, uint32_t client)
{
    uint32_t connection = sim->clients[client].connection;
    if (connection == NONE || sim->connections[connection].ends[0].closed)
        return;
    sim->connections[connection].ends[0].down = true;
    sim_client_drop_waiting(sim, &sim->clients[client]);
    sim_close(sim, connection, 0, WEIR_REASON_NONE);
}

void weir_sim_client_connect(struct weir_sim *sim, uint32_t client)
{
    const struct client *c = &sim->clients[client];
    bool connected = c->connection != NONE && !sim->connections[c->connection].ends[0].down;
    if (!connected && sim->brokers[c->broker]->router)
        sim_connect(sim, NONE, client);
}

void weir_sim_client_read(struct weir_sim *sim, uint32_t client, bool reading)
{
    struct client *c = &sim->clients[client];
    c->reading = reading;
    for (size_t i = 0; reading && i < c->waiting_count; i++)
        sim_client_deliver(sim, client, &c->waiting[i]);
    while (reading && c->waiting_count > 0)
        weiri_release(sim->alloc, c->waiting[--c->waiting_count].bytes);
    c->waiting_size = reading ? 0 : c->waiting_size;
}

/* ---- running */

void weir_sim_run(struct weir_sim *sim, uint64_t until_us)
{
    while (handle_next(sim, until_us))
        ;
    if (sim->now_us < until_us)
        sim->now_us = until_us;
}

enum weir_err weir_sim_settle(struct weir_sim *sim, uint64_t quiet_us, uint64_t events_max)
{
    if (sim->last_activity_us < sim->now_us)
        sim->last_activity_us = sim->now_us;
    for (uint64_t i = 0; i < events_max; i++) {
        uint64_t until = sim->busy_events > 0 ? UINT64_MAX : sim->last_activity_us + quiet_us;
        if (!handle_next(sim, until)) {
            sim->now_us = until;
            return WEIR_OK;
        }
    }
    return WEIR_ETIMEOUT;
}

void sim_schedule(struct weir_sim *sim, struct event event)
{
    event.order = sim->queue.next_order++;
    if (!sim_queue_push(&sim->queue, event, sim->alloc)) {
        weiri_release(sim->alloc, event.bytes);
        sim_complain(sim, "the simulator is out of memory");
        return;
    }
    sim->busy_events += is_busy(&event);
}

/* What has to come to an end before the network is quiet. */
static bool is_busy(const struct event *event)
{
    if (event->type == EVENT_FRAME)
        return event->bytes[4] != WEIR_FRAME_HEARTBEAT;
    return event->type != EVENT_WAKE;
}

/* Handles the next event that is due; false when there is none. */
static bool handle_next(struct weir_sim *sim, uint64_t until_us)
{
    struct event event;
    if (sim->queue.count == 0 || sim->queue.v[0].at_us > until_us ||
        !sim_queue_pop(&sim->queue, &event))
        return false;
    struct broker *busy = busy_broker(sim, &event);
    if (busy && busy->busy_until_us > event.at_us) {
        event.at_us = busy->busy_until_us;
        if (!sim_queue_push(&sim->queue, event, sim->alloc))
            sim_complain(sim, "the simulator is out of memory");
        return true;
    }
    sim->now_us = event.at_us;
    if (is_busy(&event)) {
        sim->busy_events--;
        sim->last_activity_us = sim->now_us;
    }
    handle(sim, &event);
    return true;
}

/* The broker that an event is for, if it is for one. */
static struct broker *busy_broker(const struct weir_sim *sim, const struct event *event)
{
    switch (event->type) {
    case EVENT_WAKE: return sim->brokers[event->subject];
    case EVENT_FRAME:
    case EVENT_UP:
    case EVENT_DOWN: {
        const struct end *end = &sim->connections[event->subject].ends[event->end];
        return end->is_client ? NULL : sim->brokers[end->owner];
    }
    default: return NULL;
    }
}

static void handle(struct weir_sim *sim, struct event *event)
{
    struct weir_input tick = {.type = WEIR_IN_TICK};
    switch (event->type) {
    case EVENT_FRAME: sim_handle_frame(sim, event); break;
    case EVENT_UP: sim_handle_up(sim, event); break;
    case EVENT_DOWN: sim_handle_down(sim, event); break;
    case EVENT_DIAL: handle_dial(sim, event->subject); break;
    case EVENT_START: sim_broker_start(sim, event->subject); break;
    case EVENT_WAKE:
        if (sim->brokers[event->subject]->wake_generation == event->generation)
            sim_broker_step(sim, event->subject, &tick);
        break;
    }
}

/* Does not wait for the listener to notice that an earlier connection is gone. */
static void handle_dial(struct weir_sim *sim, uint32_t link)
{
    const struct link *l = &sim->links[link];
    bool connected = l->connection != NONE && !sim->connections[l->connection].ends[0].down;
    if (!l->wanted || connected || !sim->brokers[l->ends[0]]->router)
        return;
    if (sim->brokers[l->ends[1]]->router)
        sim_connect(sim, link, NONE);
    else
        sim_schedule(sim, (struct event){.type = EVENT_DIAL,
                                         .subject = link,
                                         .at_us = sim->now_us + sim->config.redial_ms * 1000ull});
}

/* ---- looking */

uint64_t weir_sim_now_us(const struct weir_sim *sim)
{
    return sim->now_us;
}

const char *weir_sim_problem(const struct weir_sim *sim)
{
    return sim->problem[0] ? sim->problem : NULL;
}

uint64_t weir_sim_digest(const struct weir_sim *sim)
{
    return sim->digest;
}

const struct weir_router *weir_sim_router(const struct weir_sim *sim, uint32_t broker)
{
    return sim->brokers[broker]->router;
}

uint32_t weir_sim_link_id(const struct weir_sim *sim, uint32_t link, uint32_t broker)
{
    const struct link *l = &sim->links[link];
    if (l->connection == NONE)
        return 0;
    const struct end *end = &sim->connections[l->connection].ends[l->ends[0] == broker ? 0 : 1];
    return end->up && !end->down ? end->link : 0;
}

uint64_t weir_sim_frames(const struct weir_sim *sim, enum weir_frame_type type)
{
    return sim->frames[(uint8_t)type];
}

uint64_t weir_sim_steps(const struct weir_sim *sim)
{
    return sim->steps;
}

size_t weir_sim_kept(const struct weir_sim *sim, uint32_t broker)
{
    return sim->brokers[broker]->kept_count;
}

/* SplitMix64; the bias is of no consequence. */
uint64_t sim_random_below(struct weir_sim *sim, uint64_t bound)
{
    uint64_t z = sim->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (z ^ (z >> 31)) % bound;
}

void sim_complain(struct weir_sim *sim, const char *format, ...)
{
    if (sim->problem[0])
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sim->problem, sizeof sim->problem, format, arguments);
    va_end(arguments);
    sim_trace(sim, "problem: %s", sim->problem);
}

void sim_trace(struct weir_sim *sim, const char *format, ...)
{
    if (!sim->config.hooks.trace)
        return;
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    sim->config.hooks.trace(sim->config.hooks.context, sim->now_us, line);
}
