/* world_hooks.c - the clients: what they send when, and what they check of what they receive. */
#include "world_hooks.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <weir/alloc.h>
#include <weir/wire.h>

static void client_up(void *context, uint32_t client);
static void client_down(void *context, uint32_t client, unsigned reason);
static void client_frame(void *context, uint32_t client, const struct weir_frame *frame);
static void broker_frame(void *context, uint32_t client, const struct weir_frame *frame);
static bool do_op(struct world *world, uint32_t client, const struct world_op *op);
static bool do_publish(struct world *world, uint32_t client, uint32_t number);
static bool advs_settled(const struct world_client *c);
static void on_suback(struct world *world, uint32_t client, const struct weir_outcome *outcome);
static void on_advack(struct world *world, uint32_t client, const struct weir_outcome *outcome);
static void on_puback(struct world *world, uint32_t client, uint64_t seq);
static void on_refused(struct world *world, uint32_t client, const struct weir_pubrefused *refused);
static void on_deliver(struct world *world, uint32_t client, const struct weir_deliver *deliver);
static bool check_content(struct world *world, const struct weir_notification *n,
                          const struct world_publish *p);
static void check_order(struct world *world, uint32_t client, const struct weir_deliver *deliver,
                        const struct world_publish *p);
static void on_notice(struct world *world, uint32_t client, const struct weir_gap *gap);
static uint64_t mix(uint64_t a, uint64_t b, uint64_t c);

struct weir_sim_hooks world_hooks(struct world *world)
{
    return (struct weir_sim_hooks){
        .context = world,
        .client_up = client_up,
        .client_down = client_down,
        .client_frame = client_frame,
        .broker_frame = broker_frame,
        .trace = world->config.trace,
    };
}

/* ---- connections */

static void client_up(void *context, uint32_t client)
{
    struct world *world = context;
    struct world_client *c = &world->clients[client];
    c->up = true;
    for (size_t i = 0; i < c->sub_count; i++)
        if (!c->subs[i].gone)
            world_send_subscribe(world, client, &c->subs[i]);
    /* Advertisements that were made on an earlier connection. */
    for (size_t i = 0; i < c->adv_count; i++) {
        struct world_adv *adv = c->advs[i];
        if (!adv->asked || adv->gone)
            continue;
        struct weir_frame frame = {.type = WEIR_FRAME_ADVERTISE};
        frame.u.subscribe.id = adv->id;
        frame.u.subscribe.payload = weir_str_of(adv->made.text);
        weir_sim_client_send(world->sim, client, &frame);
    }
    world_pump(world, client);
}

static void client_down(void *context, uint32_t client, unsigned reason)
{
    struct world *world = context;
    if (!world->config.faults)
        world_complain(world, "%s lost its connection: %s", world->clients[client].name,
                       weir_reason_text(reason));
    world_forget_connection(world, client);
}

void world_forget_connection(struct world *world, uint32_t client)
{
    struct world_client *c = &world->clients[client];
    c->up = false;
    for (uint64_t seq = c->acked; seq < c->seq; seq++) {
        world->publishes[c->sent[seq]].forgotten = true;
        weir_oracle_retract(world->oracle, c->sent[seq]);
    }
    c->seq = c->acked = c->window_used = 0;
    c->sent_count = c->gap_count = 0;
    memset(c->streams, 0, sizeof c->streams);
    for (size_t i = 0; i < c->adv_count; i++)
        c->advs[i]->acked = false;
    weir_oracle_client_gone(world->oracle, client);
}

void world_send_subscribe(struct world *world, uint32_t client, const struct world_sub *sub)
{
    if (!world->clients[client].up)
        return;
    struct weir_frame frame = {.type = WEIR_FRAME_SUBSCRIBE};
    frame.u.subscribe.id = sub->id;
    frame.u.subscribe.payload = weir_str_of(sub->text);
    if (weir_oracle_subscribe(world->oracle, client, sub->id, frame.u.subscribe.payload) != WEIR_OK)
        world_complain(world, "the generator made a filter that does not compile: %s", sub->text);
    weir_sim_client_send(world->sim, client, &frame);
}

/* ---- operations */

void world_pump(struct world *world, uint32_t client)
{
    struct world_client *c = &world->clients[client];
    while (c->up && c->op_next < c->op_count && do_op(world, client, &c->ops[c->op_next]))
        c->op_next++;
}

/* False when it has to wait. */
static bool do_op(struct world *world, uint32_t client, const struct world_op *op)
{
    struct world_client *c = &world->clients[client];
    if (op->kind == OP_PUBLISH)
        return do_publish(world, client, op->number);
    if (!c->impatient && (c->acked < c->seq || !advs_settled(c)))
        return false;
    /* The change may overtake what is on its way. */
    for (uint64_t seq = c->acked; seq < c->seq; seq++)
        world->publishes[c->sent[seq]].early = true;
    struct world_adv *adv = c->advs[op->number];
    struct weir_frame frame = {.type = WEIR_FRAME_UNADVERTISE};
    if (op->kind == OP_ADVERTISE) {
        frame.type = WEIR_FRAME_ADVERTISE;
        frame.u.subscribe.id = adv->id;
        frame.u.subscribe.payload = weir_str_of(adv->made.text);
        adv->asked = true;
    } else {
        frame.u.id.id = adv->id;
        adv->gone = true;
    }
    weir_sim_client_send(world->sim, client, &frame);
    return true;
}

static bool do_publish(struct world *world, uint32_t client, uint32_t number)
{
    struct world_client *c = &world->clients[client];
    struct world_publish *p = &world->publishes[number];
    uint64_t size = p->made.size + 64; /* at least the frame's */
    if ((!c->impatient && !advs_settled(c)) ||
        (c->window_used > 0 && c->window_used + size > world->config.client_window))
        return false;
    uint32_t *sent =
        weiri_array_grow(NULL, c->sent, &c->sent_capacity, c->sent_count + 1, sizeof *sent);
    assert(sent);
    c->sent = sent;
    c->sent[c->sent_count++] = number;
    c->window_used += size;
    p->seq = ++c->seq;
    p->early = !advs_settled(c);
    struct weir_frame frame = {.type = WEIR_FRAME_PUBLISH};
    frame.u.publish = (struct weir_publish){
        p->seq, 0, 0, {(const char *)p->made.bytes, p->made.size}
    };
    weir_sim_client_send(world->sim, client, &frame);
    return true;
}

static bool advs_settled(const struct world_client *c)
{
    for (size_t i = 0; i < c->adv_count; i++)
        if (c->advs[i]->asked && !c->advs[i]->gone && !c->advs[i]->acked)
            return false;
    return true;
}

/* ---- what the broker hears */

static void broker_frame(void *context, uint32_t client, const struct weir_frame *frame)
{
    struct world *world = context;
    if (frame->type != WEIR_FRAME_PUBLISH)
        return;
    const struct world_client *c = &world->clients[client];
    struct weir_notification n = weir_notification_view(
        (const uint8_t *)frame->u.publish.payload.ptr, frame->u.publish.payload.len);
    uint32_t number = gen_number(&n);
    struct world_publish *p = &world->publishes[number];
    p->accepted_us = weir_sim_now_us(world->sim);
    if ((!p->conforms && !p->early) || p->forgotten)
        return;
    char broker[16], id[24];
    snprintf(broker, sizeof broker, "b%u", c->broker);
    snprintf(id, sizeof id, "%s-?", broker);
    struct weir_stamps stamps = {weir_str_of(id), strlen(broker), weir_str_of(c->name), 1};
    size_t size = weir_notification_stamped_size(&n, &stamps);
    uint8_t *bytes = malloc(size);
    assert(bytes);
    weir_notification_stamp(bytes, &n, &stamps);
    struct weir_notification stamped = weir_notification_view(bytes, size);
    if (weir_oracle_accept(world->oracle, number, &stamped) != WEIR_OK)
        world_complain(world, "the oracle is out of memory");
    free(bytes);
}

/* ---- what a client hears */

static void client_frame(void *context, uint32_t client, const struct weir_frame *frame)
{
    struct world *world = context;
    if (!world->clients[client].up)
        return;
    switch (frame->type) {
    case WEIR_FRAME_SUBACK: on_suback(world, client, &frame->u.outcome); break;
    case WEIR_FRAME_UNSUBACK: weir_oracle_end(world->oracle, client, frame->u.outcome.id); break;
    case WEIR_FRAME_ADVACK: on_advack(world, client, &frame->u.outcome); break;
    case WEIR_FRAME_UNADVACK: break;
    case WEIR_FRAME_PUBACK: on_puback(world, client, frame->u.puback.seq); break;
    case WEIR_FRAME_PUBREFUSED: on_refused(world, client, &frame->u.pubrefused); break;
    case WEIR_FRAME_DELIVER: on_deliver(world, client, &frame->u.deliver); break;
    case WEIR_FRAME_NOTICE: on_notice(world, client, &frame->u.gap); break;
    case WEIR_FRAME_HEARTBEAT: break;
    default:
        world_complain(world, "%s received %s", world->clients[client].name,
                       weir_frame_type_text(frame->type));
    }
}

static void on_suback(struct world *world, uint32_t client, const struct weir_outcome *outcome)
{
    struct world_client *c = &world->clients[client];
    if (outcome->reason == WEIR_REASON_NONE) {
        weir_oracle_promise(world->oracle, client, outcome->id);
        return;
    }
    weir_oracle_end(world->oracle, client, outcome->id);
    for (size_t i = 0; i < c->sub_count; i++) {
        if (c->subs[i].id != outcome->id)
            continue;
        c->subs[i].gone = true;
        if (outcome->reason != WEIR_REASON_UNSATISFIABLE)
            world_complain(world, "%s: refused with %s: %s", c->name,
                           weir_reason_text(outcome->reason), c->subs[i].text);
    }
}

static void on_advack(struct world *world, uint32_t client, const struct weir_outcome *outcome)
{
    struct world_client *c = &world->clients[client];
    if (outcome->reason != WEIR_REASON_NONE)
        world_complain(world, "%s: an advertisement was refused with %s", c->name,
                       weir_reason_text(outcome->reason));
    for (size_t i = 0; i < c->adv_count; i++)
        if (c->advs[i]->id == outcome->id)
            c->advs[i]->acked = true;
    world_pump(world, client);
}

static void on_puback(struct world *world, uint32_t client, uint64_t seq)
{
    struct world_client *c = &world->clients[client];
    if (seq > c->seq || seq < c->acked) {
        world_complain(world, "%s: PUBACK %llu, but %llu of %llu are acknowledged", c->name,
                       (unsigned long long)seq, (unsigned long long)c->acked,
                       (unsigned long long)c->seq);
        return;
    }
    for (; c->acked < seq; c->acked++) {
        const struct world_publish *p = &world->publishes[c->sent[c->acked]];
        c->window_used -= p->made.size + 64;
        if (!p->conforms && !p->early && !p->refused && world->config.advertisements)
            world_complain(world, "%s: notification %u was accepted against its advertisements",
                           c->name, c->sent[c->acked]);
    }
    world_pump(world, client);
}

static void on_refused(struct world *world, uint32_t client, const struct weir_pubrefused *refused)
{
    const struct world_client *c = &world->clients[client];
    if (refused->seq <= c->acked || refused->seq > c->seq) {
        world_complain(world, "%s: PUBREFUSED of %llu", c->name, (unsigned long long)refused->seq);
        return;
    }
    uint32_t number = c->sent[refused->seq - 1];
    struct world_publish *p = &world->publishes[number];
    p->refused = true;
    weir_oracle_retract(world->oracle, number);
    if ((p->conforms && !p->early) || refused->reason != WEIR_REASON_CONFORMANCE)
        world_complain(world, "%s: notification %u was refused with %s", c->name, number,
                       weir_reason_text(refused->reason));
}

static void on_deliver(struct world *world, uint32_t client, const struct weir_deliver *deliver)
{
    struct weir_notification n;
    if (weir_notification_open(&n, (const uint8_t *)deliver->payload.ptr, deliver->payload.len,
                               NULL) != WEIR_OK) {
        world_complain(world, "a notification that does not open was delivered");
        return;
    }
    uint32_t number = gen_number(&n);
    if (number >= world->publish_count || !check_content(world, &n, &world->publishes[number])) {
        world_complain(world, "notification %u was altered or made up", number);
        return;
    }
    const struct world_publish *p = &world->publishes[number];
    world->deliveries++;
    check_order(world, client, deliver, p);
    if (p->refused || (!p->conforms && !p->early && world->config.advertisements))
        world_complain(world, "notification %u was delivered though it was to be refused", number);
    for (uint32_t i = 0; i < deliver->count; i++) {
        uint32_t id = weir_deliver_id(deliver, i);
        const char *wrong = weir_oracle_deliver(world->oracle, client, number, &n, &id, 1);
        if (wrong)
            world_complain(world, "notification %u to %s under %u: %s", number,
                           world->clients[client].name, id, wrong);
        if (p->conforms)
            world->delivered_sum += mix(client, number, id);
    }
    if (deliver->count == 0)
        world_complain(world, "notification %u was delivered under nothing", number);
}

/* The attributes and the body are those that were published, the stamps those of the truth. */
static bool check_content(struct world *world, const struct weir_notification *n,
                          const struct world_publish *p)
{
    struct weir_notification made = weir_notification_view(p->made.bytes, p->made.size);
    if (n->attr_count != made.attr_count ||
        !weir_str_equal(weir_notification_body(n), weir_notification_body(&made)))
        return false;
    for (size_t i = 0; i < n->attr_count; i++) {
        struct weir_attr a = weir_notification_attr(n, i), b = weir_notification_attr(&made, i);
        if (!weir_str_equal(a.name, b.name) || a.value.type != b.value.type ||
            !weir_value_equal(&a.value, &b.value))
            return false;
    }
    struct weir_value origin, publisher;
    char broker[16];
    snprintf(broker, sizeof broker, "b%u", world->clients[p->client].broker);
    return weir_notification_stamp_get(n, WEIR_STAMP_ORIGIN, &origin) &&
           weir_str_equal(origin.u.string, weir_str_of(broker)) &&
           weir_notification_stamp_get(n, WEIR_STAMP_PUBLISHER, &publisher) &&
           weir_str_equal(publisher.u.string, weir_str_of(world->clients[p->client].name));
}

/* Within a connection the numbers of a stream rise; an incarnation that ended does not return. */
static void check_order(struct world *world, uint32_t client, const struct weir_deliver *deliver,
                        const struct world_publish *p)
{
    struct world_stream *stream = &world->clients[client].streams[world->clients[p->client].broker];
    if (deliver->incarnation < stream->incarnation ||
        (deliver->incarnation == stream->incarnation && deliver->seq <= stream->seq))
        world_complain(world, "%s received %llu of b%u after %llu", world->clients[client].name,
                       (unsigned long long)deliver->seq, world->clients[p->client].broker,
                       (unsigned long long)stream->seq);
    *stream = (struct world_stream){deliver->incarnation, deliver->seq};
}

static void on_notice(struct world *world, uint32_t client, const struct weir_gap *gap)
{
    struct world_client *c = &world->clients[client];
    if (!world->config.faults)
        world_complain(world, "%s was told of a gap", c->name);
    for (size_t i = 0; i < c->gap_count; i++) {
        struct world_gap *known = &c->gaps[i];
        if (known->reporter != gap->reporter || known->episode != gap->episode)
            continue;
        if (gap->ended)
            known->end_us = weir_sim_now_us(world->sim);
        return;
    }
    struct world_gap *v =
        weiri_array_grow(NULL, c->gaps, &c->gap_capacity, c->gap_count + 1, sizeof *v);
    assert(v);
    c->gaps = v;
    uint64_t now = weir_sim_now_us(world->sim);
    /* What it did not read had been told before. */
    uint64_t begin = now < c->stopped_us ? now : c->stopped_us;
    v[c->gap_count++] =
        (struct world_gap){gap->reporter, gap->episode, begin, gap->ended ? now : UINT64_MAX};
}

static uint64_t mix(uint64_t a, uint64_t b, uint64_t c)
{
    struct random_source random = {a << 40 ^ b << 20 ^ c};
    return random_u64(&random);
}
