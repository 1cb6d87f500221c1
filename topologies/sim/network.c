/* network.c - connections: how they come up, carry frames in two lanes each way, and end. */
#include "internal.h"

#include <string.h>

#include <weir/alloc.h>

static void tell_up(struct weir_sim *sim, uint32_t connection, unsigned end);
static struct weir_str end_name(const struct weir_sim *sim, const struct end *end);
static void end_is_down(struct weir_sim *sim, uint32_t connection, unsigned end, uint16_t reason);
static void hold_for_client(struct weir_sim *sim, struct event *event, struct client *client);
static void broker_receives(struct weir_sim *sim, const struct event *event, struct end *from,
                            const struct end *to);
static void trace_frame(struct weir_sim *sim, const char *from, const char *to,
                        const struct weir_frame *frame);
static void drop_frame(struct weir_sim *sim, struct event *event);

/* ---- up */

/* Either `link` or `client` is NONE.  The listening end is up when it has heard the dialler, the
 * dialler when it has heard the answer. */
void sim_connect(struct weir_sim *sim, uint32_t link, uint32_t client)
{
    struct connection *v = weiri_array_grow(sim->alloc, sim->connections, &sim->connection_capacity,
                                            sim->connection_count + 1, sizeof *v);
    if (!v) {
        sim_complain(sim, "the simulator is out of memory");
        return;
    }
    sim->connections = v;
    uint32_t index = (uint32_t)sim->connection_count++;
    struct connection *c = &v[index];
    memset(c, 0, sizeof *c);
    c->link = link;
    if (link != NONE) {
        struct link *l = &sim->links[link];
        l->connection = index;
        c->latency_us = l->latency_us;
        for (unsigned e = 0; e < 2; e++) {
            c->ends[e].owner = l->ends[e];
            c->ends[e].epoch = ++sim->brokers[l->ends[e]]->epoch;
        }
    } else {
        struct client *cl = &sim->clients[client];
        cl->connection = index;
        c->latency_us = cl->latency_us;
        c->ends[0] = (struct end){.is_client = true, .owner = client, .epoch = ++cl->epoch};
        c->ends[1].owner = cl->broker;
        c->ends[1].epoch = ++sim->brokers[cl->broker]->epoch;
    }
    sim_schedule(sim, (struct event){.type = EVENT_UP,
                                     .at_us = sim->now_us + c->latency_us,
                                     .subject = index,
                                     .end = 1});
}

void sim_handle_up(struct weir_sim *sim, const struct event *event)
{
    struct connection *c = &sim->connections[event->subject];
    struct end *end = &c->ends[event->end];
    bool dead = end->closed || (!end->is_client && !sim->brokers[end->owner]->router);
    if (dead) {
        end->down = end->closed = true;
        sim_schedule(sim, (struct event){.type = EVENT_DOWN,
                                         .at_us = sim->now_us + c->latency_us,
                                         .subject = event->subject,
                                         .end = event->end ^ 1});
        return;
    }
    /* The answer comes before anything that the router says on hearing of the link. */
    if (event->end == 1)
        sim_schedule(sim, (struct event){.type = EVENT_UP,
                                         .at_us = sim->now_us + c->latency_us,
                                         .subject = event->subject,
                                         .end = 0});
    tell_up(sim, event->subject, event->end);
}

static void tell_up(struct weir_sim *sim, uint32_t connection, unsigned which)
{
    struct connection *c = &sim->connections[connection];
    struct end *end = &c->ends[which], *other = &c->ends[which ^ 1];
    struct weir_str name = end_name(sim, other);
    end->up = true;
    sim_trace(sim, "%s: connection %u to %s is up", end_name(sim, end).ptr, connection, name.ptr);
    if (end->is_client) {
        if (sim->config.hooks.client_up)
            sim->config.hooks.client_up(sim->config.hooks.context, end->owner);
        return;
    }
    struct weir_input input = {.type = WEIR_IN_LINK_UP};
    struct weir_peer *peer = &input.u.peer;
    peer->name = name;
    peer->epoch = other->epoch;
    peer->own_epoch = end->epoch;
    peer->dialled = which == 0;
    peer->cost = c->latency_us / 1000 + 1;
    if (other->is_client) {
        peer->role = WEIR_ROLE_CLIENT;
        peer->incarnation = 1;
        peer->heartbeat_ms = UINT32_MAX / 4; /* the caller's clients say nothing by themselves */
    } else {
        const struct weir_router_config *config = &sim->brokers[other->owner]->config;
        peer->role = WEIR_ROLE_BROKER;
        peer->incarnation = config->incarnation;
        peer->window = config->link_window;
        peer->heartbeat_ms = config->heartbeat_ms;
    }
    input.link = end->link = sim_broker_link_id(sim, end->owner, connection);
    sim_broker_step(sim, end->owner, &input);
}

/* Terminated. */
static struct weir_str end_name(const struct weir_sim *sim, const struct end *end)
{
    return weir_str_of(end->is_client ? sim->clients[end->owner].name
                                      : sim->brokers[end->owner]->name);
}

/* ---- frames */

void sim_send(struct weir_sim *sim, uint32_t connection, unsigned which, enum weir_lane lane,
              struct weir_str head, struct weir_str payload)
{
    struct connection *c = &sim->connections[connection];
    struct end *end = &c->ends[which];
    if (end->closed || c->cut)
        return;
    uint8_t *bytes = weiri_alloc(sim->alloc, head.len + payload.len);
    if (!bytes) {
        sim_complain(sim, "the simulator is out of memory");
        return;
    }
    memcpy(bytes, head.ptr, head.len);
    if (payload.len > 0)
        memcpy(bytes + head.len, payload.ptr, payload.len);

    uint64_t at = sim->now_us + c->latency_us + sim_random_below(sim, sim->config.jitter_us + 1);
    if (at < end->lane_us[WEIR_LANE_CONTROL])
        at = end->lane_us[WEIR_LANE_CONTROL];
    if (lane == WEIR_LANE_DATA && at < end->lane_us[WEIR_LANE_DATA])
        at = end->lane_us[WEIR_LANE_DATA];
    end->lane_us[lane] = at;
    sim_schedule(sim, (struct event){.type = EVENT_FRAME,
                                     .at_us = at,
                                     .subject = connection,
                                     .end = (uint8_t)(which ^ 1),
                                     .bytes = bytes,
                                     .size = head.len + payload.len});
}

void sim_handle_frame(struct weir_sim *sim, struct event *event)
{
    struct connection *c = &sim->connections[event->subject];
    struct end *to = &c->ends[event->end], *from = &c->ends[event->end ^ 1];
    if (to->closed || !to->up) {
        drop_frame(sim, event);
        return;
    }
    if (!to->is_client) {
        broker_receives(sim, event, from, to);
        drop_frame(sim, event);
        return;
    }
    struct client *client = &sim->clients[to->owner];
    if (!client->reading) {
        hold_for_client(sim, event, client);
        return;
    }
    sim_client_deliver(sim, to->owner, event);
    drop_frame(sim, event);
}

static void broker_receives(struct weir_sim *sim, const struct event *event, struct end *from,
                            const struct end *to)
{
    struct weir_frame frame;
    if (weir_frame_decode(&frame, event->bytes, event->size) != WEIR_OK) {
        sim_complain(sim, "a frame to %s does not decode", end_name(sim, to).ptr);
        return;
    }
    trace_frame(sim, end_name(sim, from).ptr, end_name(sim, to).ptr, &frame);
    if (from->is_client && sim->config.hooks.broker_frame)
        sim->config.hooks.broker_frame(sim->config.hooks.context, from->owner, &frame);
    struct weir_input input = {.type = WEIR_IN_MESSAGE, .link = to->link};
    input.u.message = (struct weir_str){(const char *)event->bytes, event->size};
    sim_broker_step(sim, to->owner, &input);
}

void sim_client_deliver(struct weir_sim *sim, uint32_t client, const struct event *event)
{
    struct weir_frame frame;
    if (weir_frame_decode(&frame, event->bytes, event->size) != WEIR_OK) {
        sim_complain(sim, "a frame to %s does not decode", sim->clients[client].name);
        return;
    }
    trace_frame(sim, sim->brokers[sim->clients[client].broker]->name, sim->clients[client].name,
                &frame);
    if (sim->config.hooks.client_frame)
        sim->config.hooks.client_frame(sim->config.hooks.context, client, &frame);
}

/* The driver's queue for a client that does not read; beyond its bound the client is too slow. */
static void hold_for_client(struct weir_sim *sim, struct event *event, struct client *client)
{
    struct event *v = weiri_array_grow(sim->alloc, client->waiting, &client->waiting_capacity,
                                       client->waiting_count + 1, sizeof *v);
    if (!v || client->waiting_size + event->size > sim->config.client_queue_max) {
        client->waiting = v ? v : client->waiting;
        sim_close(sim, event->subject, 1, WEIR_REASON_SLOW);
        drop_frame(sim, event);
        return;
    }
    client->waiting = v;
    client->waiting_size += event->size;
    v[client->waiting_count++] = *event;
}

void sim_client_drop_waiting(struct weir_sim *sim, struct client *client)
{
    while (client->waiting_count > 0)
        drop_frame(sim, &client->waiting[--client->waiting_count]);
    client->waiting_size = 0;
}

static void trace_frame(struct weir_sim *sim, const char *from, const char *to,
                        const struct weir_frame *frame)
{
    if (!sim->config.hooks.trace || frame->type == WEIR_FRAME_HEARTBEAT)
        return;
    char text[400];
    sim_describe(text, sizeof text, frame);
    sim_trace(sim, "%s -> %s: %s", from, to, text);
}

static void drop_frame(struct weir_sim *sim, struct event *event)
{
    weiri_release(sim->alloc, event->bytes);
    event->bytes = NULL;
}

/* ---- down */

void sim_close(struct weir_sim *sim, uint32_t connection, unsigned which, uint16_t reason)
{
    struct connection *c = &sim->connections[connection];
    struct end *end = &c->ends[which];
    if (end->closed)
        return;
    end->closed = true;
    sim_schedule(sim, (struct event){.type = EVENT_DOWN,
                                     .at_us = sim->now_us,
                                     .subject = connection,
                                     .end = (uint8_t)which,
                                     .reason = reason});
    uint64_t at = sim->now_us + c->latency_us;
    for (unsigned lane = 0; lane < 2; lane++)
        if (at < end->lane_us[lane])
            at = end->lane_us[lane];
    sim_schedule(sim, (struct event){.type = EVENT_DOWN,
                                     .at_us = at,
                                     .subject = connection,
                                     .end = (uint8_t)(which ^ 1),
                                     .reason = reason});
}

void sim_handle_down(struct weir_sim *sim, const struct event *event)
{
    end_is_down(sim, event->subject, event->end, event->reason);
}

static void end_is_down(struct weir_sim *sim, uint32_t connection, unsigned which, uint16_t reason)
{
    struct connection *c = &sim->connections[connection];
    struct end *end = &c->ends[which];
    if (end->down)
        return;
    end->down = end->closed = true;
    sim_trace(sim, "%s: connection %u is down, reason %s", end_name(sim, end).ptr, connection,
              weir_reason_text(reason));
    if (c->link != NONE && which == 0)
        sim_schedule(sim, (struct event){.type = EVENT_DIAL,
                                         .subject = c->link,
                                         .at_us = sim->now_us + sim->config.redial_ms * 1000ull});
    if (end->is_client) {
        sim_client_drop_waiting(sim, &sim->clients[end->owner]);
        if (sim->config.hooks.client_down)
            sim->config.hooks.client_down(sim->config.hooks.context, end->owner, reason);
        return;
    }
    if (!end->up || !sim->brokers[end->owner]->router)
        return;
    struct weir_input input = {.type = WEIR_IN_LINK_DOWN, .link = end->link};
    sim_broker_step(sim, end->owner, &input);
}
