/* net.c - routers and clients in memory. */
#include "net_state.h"

#include <weir/bytes.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka's header wants these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct net *net_create(const struct net_config *config)
{
    struct net *net = calloc(1, sizeof *net);

    assert_non_null(net);
    net->config = *config;
    if (net->config.link_window == 0)
        net->config.link_window = 1 << 20;
    if (net->config.client_window == 0)
        net->config.client_window = 1 << 20;
    if (net->config.cover_work == 0)
        net->config.cover_work = UINT32_MAX;
    if (net->config.hold_ms == 0)
        net->config.hold_ms = 5000;
    net->random.state = config->seed;
    net->now_ms = 1000;
    return net;
}

static void lane_clear(struct lane *lane)
{
    while (lane->first != NULL) {
        struct message *m = lane->first;

        lane->first = m->next;
        free(m);
    }
    lane->last = NULL;
}

static void broker_clear(struct broker *b)
{
    weir_router_destroy(b->router);
    b->router = NULL;
    while (b->kept != NULL) {
        struct kept *k = b->kept;

        b->kept = k->next;
        free(k);
    }
}

void net_destroy(struct net *net)
{
    for (int i = 0; i < net->broker_count; i++)
        broker_clear(&net->brokers[i]);
    for (int i = 0; i < net->connection_count; i++) {
        for (int e = 0; e < 2; e++) {
            lane_clear(&net->connections[i].ends[e].lanes[0]);
            lane_clear(&net->connections[i].ends[e].lanes[1]);
        }
    }
    for (int i = 0; i < net->log_count; i++)
        free(net->log[i]);
    free(net);
}

/* ---- what a client receives */

static void keep_deliver(struct net_received *in, const struct weir_deliver *deliver)
{
    struct weir_notification n;
    struct weir_value value;

    in->seq = deliver->seq;
    in->origin = deliver->origin;
    in->incarnation = deliver->incarnation;
    in->hops = deliver->hops;
    in->count = deliver->count;
    in->id = weir_deliver_id(deliver, 0);
    for (uint32_t i = 1; i < deliver->count; i++)
        assert_true(weir_deliver_id(deliver, i - 1) < weir_deliver_id(deliver, i));
    assert_int_equal(weir_notification_open(&n, (const uint8_t *)deliver->payload.ptr,
                                            deliver->payload.len, NULL),
                     WEIR_OK);
    assert_true(weir_notification_stamp_get(&n, WEIR_STAMP_ID, &value));
    if (weir_notification_find(&n, WEIR_STR("n"), &value))
        in->n = value.u.integer;
}

static void client_receive(struct net_client *client, const struct message *m)
{
    struct net_received *in = &client->received[client->received_count];
    struct weir_frame frame;

    assert_true(client->received_count < NET_RECEIVED_MAX);
    assert_int_equal(weir_frame_decode(&frame, m->bytes, m->size), WEIR_OK);
    *in = (struct net_received){.type = frame.type};
    switch (frame.type) {
    case WEIR_FRAME_HEARTBEAT: return;
    case WEIR_FRAME_DELIVER: keep_deliver(in, &frame.u.deliver); break;
    case WEIR_FRAME_PUBACK: in->seq = frame.u.puback.seq; break;
    case WEIR_FRAME_PUBREFUSED:
        in->seq = frame.u.pubrefused.seq;
        in->reason = frame.u.pubrefused.reason;
        (void)snprintf(in->text, sizeof in->text, "%.*s", (int)frame.u.pubrefused.payload.len,
                       frame.u.pubrefused.payload.ptr);
        break;
    case WEIR_FRAME_NOTICE:
        in->ended = frame.u.gap.ended != 0;
        (void)snprintf(in->text, sizeof in->text, "%.*s-%.*s", (int)frame.u.gap.near_name.len,
                       frame.u.gap.near_name.ptr, (int)frame.u.gap.far_name.len,
                       frame.u.gap.far_name.ptr);
        break;
    default:
        in->id = frame.u.outcome.id;
        in->reason = frame.u.outcome.reason;
        (void)snprintf(in->text, sizeof in->text, "%.*s", (int)frame.u.outcome.payload.len,
                       frame.u.outcome.payload.len != 0 ? frame.u.outcome.payload.ptr : "");
        break;
    }
    client->received_count++;
}

/* ---- the driver */

static void push_bytes(struct lane *lane, const void *head, size_t head_size, const void *payload,
                       size_t payload_size)
{
    struct message *m = malloc(sizeof *m + head_size + payload_size);

    assert_non_null(m);
    m->next = NULL;
    m->size = head_size + payload_size;
    memcpy(m->bytes, head, head_size);
    if (payload_size != 0)
        memcpy(m->bytes + head_size, payload, payload_size);
    *(lane->last != NULL ? &lane->last->next : &lane->first) = m;
    lane->last = m;
}

static struct connection *find_link(struct net *net, int broker, uint32_t link, int *which)
{
    for (int i = 0; i < net->connection_count; i++) {
        for (int e = 0; e < 2; e++) {
            const struct end *end = &net->connections[i].ends[e];

            if (end->broker == broker && end->link == link) {
                *which = e;
                return &net->connections[i];
            }
        }
    }
    fail_msg("action for an unknown link");
    return NULL;
}

static void send_action(struct net *net, int broker, const struct weir_action *a,
                        struct weir_str payload)
{
    int which;
    struct connection *c = find_link(net, broker, a->link, &which);
    struct lane *lane = &c->ends[!which].lanes[a->lane];
    uint32_t size;

    assert_true(c->ends[which].up);
    assert_true(a->head.len >= 4);
    size = weiri_load_u32((const uint8_t *)a->head.ptr);
    assert_int_equal(size, a->head.len + payload.len);
    if (!c->open)
        return;
    push_bytes(lane, a->head.ptr, a->head.len, payload.ptr, payload.len);
    net_log_frame(net, c, !which, lane->last->bytes, lane->last->size);
}

static struct kept **find_kept(struct broker *b, uint64_t key)
{
    struct kept **at = &b->kept;

    while (*at != NULL && (*at)->key != key)
        at = &(*at)->next;
    return at;
}

static void keep_action(struct broker *b, const struct weir_action *a)
{
    struct kept *k = malloc(sizeof *k + a->payload.len);

    assert_non_null(k);
    assert_null(*find_kept(b, a->key));
    *k = (struct kept){.next = b->kept, .key = a->key, .size = a->payload.len};
    memcpy(k->bytes, a->payload.ptr, a->payload.len);
    b->kept = k;
}

static void forget_action(struct broker *b, const struct weir_action *a)
{
    struct kept **at = find_kept(b, a->key);
    struct kept *k = *at;

    assert_non_null(k);
    *at = k->next;
    free(k);
}

static void close_from(struct connection *c, int which)
{
    c->open = false;
    lane_clear(&c->ends[which].lanes[0]);
    lane_clear(&c->ends[which].lanes[1]);
    c->ends[0].eof = c->ends[1].eof = true;
}

static void apply(struct net *net, int broker, const struct weir_action *a)
{
    struct broker *b = &net->brokers[broker];
    struct connection *c;
    int which;

    switch (a->type) {
    case WEIR_ACT_SEND: send_action(net, broker, a, a->payload); break;
    case WEIR_ACT_RESEND: {
        const struct kept *k = *find_kept(b, a->key);

        assert_non_null(k);
        send_action(net, broker, a, (struct weir_str){(const char *)k->bytes, k->size});
        break;
    }
    case WEIR_ACT_KEEP: keep_action(b, a); break;
    case WEIR_ACT_FORGET: forget_action(b, a); break;
    case WEIR_ACT_WAKE: b->wake_ms = a->at_ms; break;
    case WEIR_ACT_CLOSE:
        c = find_link(net, broker, a->link, &which);
        c->reason = a->reason;
        if (c->ends[!which].broker < 0)
            net->clients[c->ends[!which].client].close_reason = a->reason;
        close_from(c, which);
        break;
    }
}

static void step(struct net *net, int broker, struct weir_input *input)
{
    struct broker *b = &net->brokers[broker];
    struct weir_actions actions;
    enum weir_err err;

    input->now_ms = net->now_ms;
    input->wall_ns = (int64_t)net->now_ms * 1000000;
    err = weir_router_step(b->router, input, &actions);
    for (int i = 0; i < 10000 && err == WEIR_ENOMEM; i++)
        err = weir_router_step(b->router, input, &actions);
    assert_int_equal(err, WEIR_OK);
    for (size_t i = 0; i < actions.count; i++)
        apply(net, broker, &actions.v[i]);
}

/* ---- brokers and connections */

/* NET_TRACE=1 in the environment shows what the routers have to say. */
static void net_trace(void *context, const char *event, const char *text)
{
    print_message("  %s [%s] %s\n", ((const struct broker *)context)->name, event, text);
}

static void make_router(struct net *net, struct broker *b)
{
    struct weir_str names[32];
    struct weir_router_config config = {.name = weir_str_of(b->name),
                                        .incarnation = b->incarnation,
                                        .strategy = net->config.strategy,
                                        .advertisements = net->config.advertisements,
                                        .heartbeat_ms = 1000,
                                        .hold_ms = net->config.hold_ms,
                                        .link_window = net->config.link_window,
                                        .client_window = net->config.client_window,
                                        .cover_work = net->config.cover_work,
                                        .hash_seed = net->config.hash_seed,
                                        .neighbours = names,
                                        .neighbour_count = strlen(b->expected),
                                        .unlisted = !net->config.listed,
                                        .trace = getenv("NET_TRACE") ? net_trace : NULL,
                                        .trace_context = b};

    for (size_t i = 0; i < config.neighbour_count; i++)
        names[i] = (struct weir_str){&b->expected[i], 1};
    b->wake_ms = UINT64_MAX;
    assert_int_equal(weir_router_create(&b->router, &config, net->config.alloc), WEIR_OK);
}

int net_broker_named(struct net *net, const char *name, uint64_t incarnation, const char *expected)
{
    struct broker *b = &net->brokers[net->broker_count];

    assert_true(net->broker_count < NET_BROKERS_MAX);
    *b = (struct broker){.incarnation = incarnation, .next_link = 1};
    (void)snprintf(b->name, sizeof b->name, "%s", name);
    (void)snprintf(b->expected, sizeof b->expected, "%s", expected != NULL ? expected : "");
    make_router(net, b);
    return net->broker_count++;
}

int net_broker(struct net *net, uint64_t incarnation)
{
    char name[2] = {(char)('a' + net->broker_count), 0};

    return net_broker_named(net, name, incarnation, NULL);
}

struct weir_router *net_router(struct net *net, int broker)
{
    return net->brokers[broker].router;
}

static int open_connection(struct net *net, int a, int b, int client)
{
    struct connection *c = &net->connections[net->connection_count];

    assert_true(net->connection_count < NET_CONNECTIONS_MAX);
    *c = (struct connection){.open = true};
    c->ends[0] = (struct end){.broker = a, .client = client, .up = true};
    c->ends[1] = (struct end){.broker = b, .client = client, .up = true};
    for (int e = 0; e < 2; e++) {
        if (c->ends[e].broker >= 0)
            c->ends[e].link = net->brokers[c->ends[e].broker].next_link++;
    }
    return net->connection_count++;
}

static uint32_t cost_of(const struct net *net, int broker, int neighbour)
{
    return net->config.cost == NULL ? 1 : net->config.cost(broker, neighbour);
}

int net_join(struct net *net, int from, int to)
{
    int index = open_connection(net, from, to, -1);
    uint64_t epochs[2];

    for (int e = 0; e < 2; e++)
        epochs[e] = ++net->brokers[net->connections[index].ends[e].broker].epoch;
    for (int e = 0; e < 2; e++) {
        struct connection *c = &net->connections[index];
        const struct broker *peer = &net->brokers[c->ends[!e].broker];
        struct weir_input input = {.type = WEIR_IN_LINK_UP, .link = c->ends[e].link};

        input.u.peer =
            (struct weir_peer){.role = WEIR_ROLE_BROKER,
                               .name = weir_str_of(peer->name),
                               .incarnation = peer->incarnation,
                               .epoch = epochs[!e],
                               .window = net->config.link_window,
                               .heartbeat_ms = 1000,
                               .cost = cost_of(net, c->ends[e].broker, c->ends[!e].broker),
                               .dialled = e == 0,
                               .own_epoch = epochs[e]};
        step(net, c->ends[e].broker, &input);
    }
    return index;
}

static void end_down(struct net *net, struct end *end)
{
    struct weir_input input = {.type = WEIR_IN_LINK_DOWN, .link = end->link};

    lane_clear(&end->lanes[0]);
    lane_clear(&end->lanes[1]);
    end->up = false;
    if (end->broker >= 0)
        step(net, end->broker, &input);
    else
        net->clients[end->client].closed = true;
}

void net_cut(struct net *net, int connection)
{
    struct connection *c = &net->connections[connection];

    c->open = false;
    for (int e = 0; e < 2; e++) {
        if (c->ends[e].up)
            end_down(net, &c->ends[e]);
    }
}

bool net_is_open(const struct net *net, int connection)
{
    return net->connections[connection].open;
}

unsigned net_close_reason(const struct net *net, int connection)
{
    return net->connections[connection].reason;
}

void net_stall(struct net *net, int connection, int broker, enum weir_lane lane, bool stalled)
{
    struct connection *c = &net->connections[connection];

    c->ends[c->ends[0].broker == broker ? 0 : 1].lanes[lane].stalled = stalled;
}

void net_restart(struct net *net, int broker)
{
    struct broker *b = &net->brokers[broker];

    broker_clear(b);
    for (int i = 0; i < net->connection_count; i++) {
        struct connection *c = &net->connections[i];

        for (int e = 0; e < 2; e++) {
            if (c->ends[e].broker == broker && c->ends[e].up) {
                lane_clear(&c->ends[e].lanes[0]);
                lane_clear(&c->ends[e].lanes[1]);
                c->ends[e].up = false;
                c->ends[e].broker = -1;
                c->open = false;
                if (c->ends[!e].up)
                    end_down(net, &c->ends[!e]);
            }
        }
    }
    b->incarnation++;
    make_router(net, b);
}

/* ---- clients */

int net_client(struct net *net, int broker, const char *name)
{
    int client = net->client_count++;
    int index = open_connection(net, broker, -1, client);
    struct weir_input input = {.type = WEIR_IN_LINK_UP};

    assert_true(client < NET_CLIENTS_MAX);
    net->clients[client] = (struct net_client){.connection = index};
    input.link = net->connections[index].ends[0].link;
    input.u.peer = (struct weir_peer){.role = WEIR_ROLE_CLIENT, .name = weir_str_of(name)};
    step(net, broker, &input);
    return client;
}

struct net_client *net_client_at(struct net *net, int client)
{
    return &net->clients[client];
}

void net_leave(struct net *net, int client)
{
    net_cut(net, net->clients[client].connection);
}

void net_send_bytes(struct net *net, int connection, int to_broker, enum weir_lane lane,
                    const void *bytes, size_t size)
{
    struct connection *c = &net->connections[connection];

    push_bytes(&c->ends[c->ends[0].broker == to_broker ? 0 : 1].lanes[lane], bytes, size, NULL, 0);
}

void net_forge(struct net *net, int connection, int to_broker, const struct weir_frame *frame)
{
    struct weiri_buf buf;

    weiri_buf_init(&buf, WEIR_FRAME_SIZE_MAX, NULL);
    assert_int_equal(weir_frame_encode(&buf, frame), WEIR_OK);
    net_send_bytes(net, connection, to_broker, weir_frame_lane(frame->type), buf.bytes, buf.size);
    weiri_buf_fini(&buf);
}

void net_send_frame(struct net *net, int client, const struct weir_frame *frame)
{
    struct connection *c = &net->connections[net->clients[client].connection];
    struct weiri_buf buf;

    weiri_buf_init(&buf, WEIR_FRAME_SIZE_MAX, NULL);
    assert_int_equal(weir_frame_encode(&buf, frame), WEIR_OK);
    /* one lane: as a client that waits for each answer */
    push_bytes(&c->ends[0].lanes[WEIR_LANE_DATA], buf.bytes, buf.size, NULL, 0);
    weiri_buf_fini(&buf);
}

static void declare(struct net *net, int client, enum weir_frame_type type, uint32_t id,
                    const char *filter)
{
    struct weir_frame frame = {.type = type};

    if (filter != NULL)
        frame.u.subscribe = (struct weir_subscribe){id, weir_str_of(filter)};
    else
        frame.u.id.id = id;
    net_send_frame(net, client, &frame);
}

void net_subscribe(struct net *net, int client, uint32_t id, const char *filter)
{
    declare(net, client, WEIR_FRAME_SUBSCRIBE, id, filter);
}

void net_unsubscribe(struct net *net, int client, uint32_t id)
{
    declare(net, client, WEIR_FRAME_UNSUBSCRIBE, id, NULL);
}

void net_advertise(struct net *net, int client, uint32_t id, const char *filter)
{
    declare(net, client, WEIR_FRAME_ADVERTISE, id, filter);
}

void net_unadvertise(struct net *net, int client, uint32_t id)
{
    declare(net, client, WEIR_FRAME_UNADVERTISE, id, NULL);
}

void net_publish(struct net *net, int client, int64_t n, size_t body_size)
{
    struct weir_attr attr = {WEIR_STR("n"), weir_value_int(n)};
    struct weir_frame frame = {.type = WEIR_FRAME_PUBLISH};
    char *body = calloc(1, body_size + 1);
    uint8_t *bytes;
    size_t size;

    assert_non_null(body);
    assert_int_equal(weir_notification_encode(&bytes, &size, &attr, 1,
                                              (struct weir_str){body, body_size}, NULL, NULL),
                     WEIR_OK);
    frame.u.publish.seq = ++net->clients[client].pub_seq;
    frame.u.publish.payload = (struct weir_str){(const char *)bytes, size};
    net_send_frame(net, client, &frame);
    free(bytes);
    free(body);
}

/* ---- running */

static struct message *take(struct end *end)
{
    for (int lane = 0; lane < 2; lane++) {
        struct message *m = end->lanes[lane].first;

        if (m == NULL || end->lanes[lane].stalled)
            continue;
        end->lanes[lane].first = m->next;
        if (m->next == NULL)
            end->lanes[lane].last = NULL;
        return m;
    }
    return NULL;
}

static bool can_move(const struct end *end)
{
    bool has[2] = {end->lanes[0].first != NULL, end->lanes[1].first != NULL};

    if (!end->up)
        return false;
    return (has[0] && !end->lanes[0].stalled) || (has[1] && !end->lanes[1].stalled) ||
           (end->eof && !has[0] && !has[1]);
}

static void move_end(struct net *net, struct end *end)
{
    struct message *m = take(end);
    struct weir_input input = {.type = WEIR_IN_MESSAGE, .link = end->link};

    if (m == NULL) {
        end_down(net, end);
        return;
    }
    if (end->broker >= 0) {
        input.u.message = (struct weir_str){(const char *)m->bytes, m->size};
        step(net, end->broker, &input);
    } else if (end->client >= 0) {
        client_receive(&net->clients[end->client], m);
    }
    free(m);
}

static bool wake_one(struct net *net)
{
    for (int i = 0; i < net->broker_count; i++) {
        struct weir_input input = {.type = WEIR_IN_TICK};

        if (net->brokers[i].router == NULL || net->brokers[i].wake_ms > net->now_ms)
            continue;
        net->brokers[i].wake_ms = UINT64_MAX;
        step(net, i, &input);
        return true;
    }
    return false;
}

static bool move_one(struct net *net)
{
    int count = net->connection_count * 2;
    int start = count == 0 ? 0 : (int)random_below(&net->random, (size_t)count);

    for (int i = 0; i < count; i++) {
        int index = (start + i) % count;
        struct end *end = &net->connections[index / 2].ends[index % 2];

        if (can_move(end)) {
            move_end(net, end);
            return true;
        }
    }
    return wake_one(net);
}

void net_move(struct net *net, int count)
{
    while (count-- > 0 && move_one(net)) {
    }
}

void net_run(struct net *net)
{
    for (int i = 0; move_one(net); i++)
        assert_true(i < 1000000);
}

void net_advance(struct net *net, uint64_t ms)
{
    uint64_t end = net->now_ms + ms;

    while (net->now_ms < end) {
        net->now_ms = end - net->now_ms < 50 ? end : net->now_ms + 50;
        net_run(net);
    }
}

/* ---- looking */

int net_count(struct net *net, int client, enum weir_frame_type type)
{
    int count = 0;

    for (int i = 0; i < net->clients[client].received_count; i++)
        count += net->clients[client].received[i].type == type;
    return count;
}

const struct net_received *net_last(struct net *net, int client, enum weir_frame_type type)
{
    for (int i = net->clients[client].received_count - 1; i >= 0; i--) {
        if (net->clients[client].received[i].type == type)
            return &net->clients[client].received[i];
    }
    return NULL;
}

size_t net_kept(const struct net *net, int broker)
{
    size_t count = 0;

    for (const struct kept *k = net->brokers[broker].kept; k != NULL; k = k->next)
        count++;
    return count;
}

static void count_sent(void *context, uint64_t seq, const struct weir_normal *normal)
{
    (void)seq;
    (void)normal;
    ++*(size_t *)context;
}

size_t net_sent_count(struct net *net, int broker, int connection, bool advs)
{
    const struct connection *c = &net->connections[connection];
    size_t count = 0;

    weir_router_sent(net->brokers[broker].router, c->ends[c->ends[0].broker == broker ? 0 : 1].link,
                     advs, count_sent, &count);
    return count;
}
