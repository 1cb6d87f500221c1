/* session.c - what clients ask for: subscriptions, advertisements, publishing.
 *
 * A subscription or advertisement is acknowledged when every hop that needs it has promised it. A
 * client that never advertised may publish anything: its first PUBLISH advertises TRUE for it, and
 * waits here until that is promised. */
#include "internal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <weir/alloc.h>

#define DIAGS_SIZE 4096

enum weir_err weiri_client_create(struct weir_router *r, struct link *link)
{
    struct client *client = weiri_alloc_zeroed(r->alloc, 1, sizeof *client);

    if (client == NULL)
        return WEIR_ENOMEM;
    client->link = link;
    link->client = client;
    for (size_t t = 0; t < 2; t++)
        weiri_lookup_init(&client->by_id[t], r->config.hash_seed ^ link->number, r->alloc);
    r->client_count++;
    weiri_trace(r, "client-up", "link=%u name=%s", link->number, QUOTED(weiri_link_name(link)));
    return WEIR_OK;
}

void weiri_client_destroy(struct weir_router *r, struct client *client)
{
    struct client **at = &r->ack_clients;
    struct held *next;

    while (*at != NULL && *at != client)
        at = &(*at)->ack_next;
    if (*at != NULL)
        *at = client->ack_next;
    for (struct kept *k = client->kept_first; k != NULL; k = k->next)
        k->publisher = NULL;
    for (struct held *h = client->held_first; h != NULL; h = next) {
        next = h->next;
        r->stats.refused++; /* never acknowledged, and never sent on */
        weiri_release(r->alloc, h);
    }
    for (size_t t = 0; t < 2; t++)
        weiri_lookup_fini(&client->by_id[t]);
    weiri_release(r->alloc, client->hits);
    weiri_release(r->alloc, client);
}

/* ---- answers */

static enum weir_err answer(struct weir_router *r, struct client *client, enum weir_frame_type type,
                            uint32_t id, enum weir_reason reason, struct weir_str text)
{
    struct weir_frame frame = {.type = type};

    frame.u.outcome = (struct weir_outcome){id, (uint16_t)reason, text};
    return weiri_send(r, client->link, &frame, text);
}

static enum weir_err refuse(struct weir_router *r, struct client *client, uint64_t seq,
                            enum weir_reason reason, const char *text)
{
    struct weir_frame frame = {.type = WEIR_FRAME_PUBREFUSED};
    enum weir_err err;

    frame.u.pubrefused = (struct weir_pubrefused){seq, (uint16_t)reason, weir_str_of(text)};
    err = weiri_send(r, client->link, &frame, weir_str_of(text));
    if (err != WEIR_OK)
        return err;
    client->link->refused++;
    r->stats.refused++;
    weiri_trace(r, "publish-refused", "link=%u name=%s reason=%s text=%s", client->link->number,
                QUOTED(weiri_link_name(client->link)), weir_reason_text(reason),
                QUOTED(weir_str_of(text)));
    return WEIR_OK;
}

static struct weir_str render(struct weir_router *r, struct weir_str text,
                              const struct weir_diags *diags)
{
    char *out = weiri_out_alloc(&r->out, DIAGS_SIZE);
    size_t used = 0;

    if (out == NULL)
        return (struct weir_str){NULL, 0};
    for (size_t i = 0; i < diags->count && used + 1 < DIAGS_SIZE; i++) {
        size_t size = weir_diag_render(out + used, DIAGS_SIZE - used, text, &diags->v[i]);

        used += size < DIAGS_SIZE - used ? size : DIAGS_SIZE - used - 1;
    }
    return (struct weir_str){out, used};
}

/* ---- SUBSCRIBE and ADVERTISE, and their ends */

static enum weir_err declare(struct weir_router *r, struct client *client,
                             const struct weir_subscribe *s, bool adv)
{
    enum weir_frame_type type = adv ? WEIR_FRAME_ADVACK : WEIR_FRAME_SUBACK;
    struct weir_filter *filter = NULL;
    struct weir_normal *normal = NULL;
    struct weir_diags diags = {0};
    struct entry *entry;
    enum weir_err err;

    if (weiri_lookup_get(&client->by_id[adv], s->id) != NULL)
        return answer(r, client, type, s->id, WEIR_REASON_DUPLICATE_ID, WEIR_STR("id in use"));
    if (client->owned[0].count + client->owned[1].count >= WEIR_CLIENT_FILTERS_MAX)
        return answer(r, client, type, s->id, WEIR_REASON_LIMIT, WEIR_STR("too many filters"));
    err = weir_filter_compile(&filter, s->payload, &diags, r->alloc);
    if (err != WEIR_OK && err != WEIR_ENOMEM)
        return answer(r, client, type, s->id, WEIR_REASON_FILTER, render(r, s->payload, &diags));
    if (err == WEIR_OK)
        err = weir_normal_create(&normal, filter,
                                 adv ? WEIR_ROLE_ADVERTISEMENT : WEIR_ROLE_SUBSCRIPTION, r->alloc);
    if (err == WEIR_OK)
        err = weiri_entry_add(r, &r->tables[adv], NULL, client, s->id, 0, normal, filter, &entry);
    if (err != WEIR_OK) {
        weir_normal_destroy(normal);
        weir_filter_destroy(filter);
        return err;
    }
    if (adv)
        client->advertised = true;
    return WEIR_OK;
}

/* The implicit advertisement has done its work once explicit ones have taken over, or
 * have come and gone. */
static void end_implicit(struct weir_router *r, struct client *client)
{
    if (client->implicit == NULL || !client->advertised || client->held_first != NULL)
        return;
    weiri_entry_remove(r, client->implicit);
    client->implicit = NULL;
}

static enum weir_err withdraw(struct weir_router *r, struct client *client, uint32_t id, bool adv)
{
    enum weir_frame_type type = adv ? WEIR_FRAME_UNADVACK : WEIR_FRAME_UNSUBACK;
    struct entry *entry = weiri_lookup_get(&client->by_id[adv], id);
    enum weir_err err;

    err = answer(r, client, type, id, entry == NULL ? WEIR_REASON_UNKNOWN_ID : WEIR_REASON_NONE,
                 entry == NULL ? WEIR_STR("no such id") : (struct weir_str){NULL, 0});
    if (err != WEIR_OK || entry == NULL)
        return err;
    weiri_entry_remove(r, entry);
    if (adv && client->owned[1].count == 1)
        end_implicit(r, client); /* no other one will come into force and end it */
    return WEIR_OK;
}

/* ---- PUBLISH */

static uint64_t outstanding(const struct client *client)
{
    return client->bytes_seen - client->bytes_acked;
}

void weiri_puback_due(struct weir_router *r, struct client *client)
{
    if (client->ack_due)
        return;
    client->ack_due = true;
    client->ack_next = r->ack_clients;
    r->ack_clients = client;
}

static bool conforms(struct weir_router *r, const struct client *client,
                     const struct weir_notification *n)
{
    for (const struct entry *e = client->owned[1].first; e != NULL; e = e->owner_next) {
        if (e->promised && !e->implicit && weir_normal_conforms(e->node->normal, n, r->scratch))
            return true;
    }
    return false;
}

static size_t base36(char *out, uint64_t value)
{
    char digits[16];
    size_t count = 0;

    do {
        digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
        value /= 36;
    } while (value != 0);
    for (size_t i = 0; i < count; i++)
        out[i] = digits[count - 1 - i];
    return count;
}

struct publication {
    struct weir_notification notification;
    uint64_t seq, sent_ns, cost, bytes_before;
};

/* `$id` is the origin's name, its incarnation and the number in its stream. */
static size_t make_id(const struct weir_router *r, uint64_t seq, char *id)
{
    size_t len = r->config.name.len;

    memcpy(id, r->name, len);
    id[len++] = '.';
    len += base36(id + len, r->config.incarnation);
    id[len++] = '.';
    return len + base36(id + len, seq);
}

static enum weir_err accept_publish(struct weir_router *r, struct client *client,
                                    const struct publication *p)
{
    char id[WEIR_BROKER_NAME_MAX + 32];
    struct weir_stamps stamps = {
        .id = {id, make_id(r, r->own_seq + 1, id)},
        .origin_len = r->config.name.len,
        .publisher = weiri_link_name(client->link),
        .ts_ns = r->wall_ns
    };
    size_t size = weir_notification_stamped_size(&p->notification, &stamps);
    struct crossing c = {.publisher = client,
                         .origin = r->id,
                         .incarnation = r->config.incarnation,
                         .seq = r->own_seq + 1,
                         .sent_ns = p->sent_ns,
                         .pub_seq = p->seq,
                         .cost = p->cost,
                         .bytes_before = p->bytes_before};
    uint8_t *bytes;
    enum weir_err err;

    err = weiri_stream_get(r, r->id, r->config.incarnation, 0, &c.stream);
    if (err != WEIR_OK)
        return err;
    bytes = weiri_out_alloc(&r->out, size);
    if (bytes == NULL)
        return WEIR_ENOMEM;
    weir_notification_stamp(bytes, &p->notification, &stamps);
    c.notification = weir_notification_view(bytes, size);
    c.payload = (struct weir_str){(const char *)bytes, size};
    err = weiri_forward(r, &c);
    if (err != WEIR_OK)
        return err;
    r->own_seq++;
    c.stream->last_in = r->own_seq;
    r->stats.published++;
    client->link->data_in++;
    return WEIR_OK;
}

static enum weir_err hold(struct weir_router *r, struct client *client, const struct publication *p)
{
    struct held *held = weiri_alloc(r->alloc, sizeof *held + p->notification.size);

    if (held == NULL)
        return WEIR_ENOMEM;
    *held = (struct held){.seq = p->seq,
                          .bytes_before = p->bytes_before,
                          .sent_ns = p->sent_ns,
                          .cost = p->cost,
                          .implicit = !client->advertised,
                          .size = p->notification.size};
    memcpy(held->bytes, p->notification.bytes, p->notification.size);
    *(client->held_last != NULL ? &client->held_last->next : &client->held_first) = held;
    client->held_last = held;
    return WEIR_OK;
}

static enum weir_err advertise_all(struct weir_router *r, struct client *client)
{
    struct weir_normal *normal = NULL;
    enum weir_err err;

    if (client->implicit != NULL)
        return WEIR_OK;
    err = weir_normal_create(&normal, r->always, WEIR_ROLE_ADVERTISEMENT, r->alloc);
    if (err == WEIR_OK)
        err = weiri_entry_add(r, &r->tables[1], NULL, client, NEVER, 0, normal, NULL,
                              &client->implicit);
    if (err != WEIR_OK) {
        weir_normal_destroy(normal);
        return err;
    }
    client->implicit->implicit = true;
    return WEIR_OK;
}

static enum weir_err refuse_nonconforming(struct weir_router *r, struct client *client,
                                          const struct publication *p)
{
    char *text = weiri_out_alloc(&r->out, DIAGS_SIZE);

    if (text == NULL)
        return WEIR_ENOMEM;
    weiri_conform_explain(text, DIAGS_SIZE, client, &p->notification);
    return refuse(r, client, p->seq, WEIR_REASON_CONFORMANCE, text);
}

static enum weir_err decide(struct weir_router *r, struct client *client,
                            const struct publication *p, bool implicit)
{
    if (r->config.advertisements && !implicit && !conforms(r, client, &p->notification))
        return refuse_nonconforming(r, client, p);
    return accept_publish(r, client, p);
}

static enum weir_err route_publish(struct weir_router *r, struct client *client,
                                   const struct publication *p)
{
    bool implicit = r->config.advertisements && !client->advertised;
    enum weir_err err;

    if (implicit) {
        err = advertise_all(r, client);
        if (err != WEIR_OK)
            return err;
    }
    if (client->held_first != NULL || (implicit && !client->implicit->promised))
        return hold(r, client, p);
    return decide(r, client, p, implicit);
}

static enum weir_err publish(struct weir_router *r, struct client *client,
                             const struct weir_publish *frame, size_t size)
{
    struct publication p = {.seq = frame->seq,
                            .sent_ns = frame->sent_ns,
                            .cost = size,
                            .bytes_before = client->bytes_seen};
    struct weir_notification_problem problem = {0};
    struct weir_value value;
    enum weir_err err;

    if (frame->seq != client->pub_seq + 1) {
        weiri_link_close(r, client->link, WEIR_REASON_PROTOCOL, "a hole in the PUBLISH numbers");
        return WEIR_OK;
    }
    if (outstanding(client) != 0 && outstanding(client) + size > r->config.client_window) {
        weiri_link_close(r, client->link, WEIR_REASON_WINDOW, "more PUBLISH than the window");
        return WEIR_OK;
    }
    if (frame->level != 0)
        err = refuse(r, client, p.seq, WEIR_REASON_LEVEL, "only level 0 is served");
    else if (weir_notification_open(&p.notification, (const uint8_t *)frame->payload.ptr,
                                    frame->payload.len, &problem) != WEIR_OK)
        err = refuse(r, client, p.seq, WEIR_REASON_NOTIFICATION,
                     problem.text != NULL ? problem.text : "malformed notification");
    else if (weir_notification_stamp_get(&p.notification, WEIR_STAMP_ID, &value))
        err = refuse(r, client, p.seq, WEIR_REASON_NOTIFICATION, "only brokers stamp");
    else
        err = route_publish(r, client, &p);
    if (err != WEIR_OK)
        return err;
    client->pub_seq = p.seq;
    client->bytes_seen += size;
    weiri_puback_due(r, client);
    return WEIR_OK;
}

enum weir_err weiri_session(struct weir_router *r, struct client *client,
                            const struct weir_frame *frame, size_t size)
{
    switch (frame->type) {
    case WEIR_FRAME_PUBLISH: return publish(r, client, &frame->u.publish, size);
    case WEIR_FRAME_SUBSCRIBE: return declare(r, client, &frame->u.subscribe, false);
    case WEIR_FRAME_ADVERTISE: return declare(r, client, &frame->u.subscribe, true);
    case WEIR_FRAME_UNSUBSCRIBE: return withdraw(r, client, frame->u.id.id, false);
    case WEIR_FRAME_UNADVERTISE: return withdraw(r, client, frame->u.id.id, true);
    case WEIR_FRAME_HEARTBEAT:
    case WEIR_FRAME_CLOSE: return WEIR_OK;
    default:
        weiri_link_close(r, client->link, WEIR_REASON_PROTOCOL, "not a frame for the router");
        return WEIR_OK;
    }
}

/* ---- at the end of a step */

static enum weir_err release_held(struct weir_router *r, struct client *client)
{
    while (client->held_first != NULL) {
        struct held *held = client->held_first;
        struct publication p = {.notification = weir_notification_view(held->bytes, held->size),
                                .seq = held->seq,
                                .sent_ns = held->sent_ns,
                                .cost = held->cost,
                                .bytes_before = held->bytes_before};
        enum weir_err err = decide(r, client, &p, held->implicit);

        if (err != WEIR_OK)
            return err;
        client->held_first = held->next;
        if (held->next == NULL)
            client->held_last = NULL;
        weiri_release(r->alloc, held);
        weiri_puback_due(r, client);
    }
    end_implicit(r, client);
    return WEIR_OK;
}

static enum weir_err acknowledge(struct weir_router *r, struct entry *entry)
{
    bool adv = entry->node->table->advs;
    struct client *client = entry->client;
    enum weir_reason reason = entry->node->never ? WEIR_REASON_UNSATISFIABLE : WEIR_REASON_NONE;
    enum weir_err err;

    if (entry->implicit)
        return release_held(r, client);
    err = answer(
        r, client, adv ? WEIR_FRAME_ADVACK : WEIR_FRAME_SUBACK, (uint32_t)entry->id, reason,
        entry->node->never ? WEIR_STR("no notification can match") : (struct weir_str){NULL, 0});
    if (err != WEIR_OK)
        return err;
    if (!adv && !client->told) {
        client->told = true;
        r->notices_due = true;
        weiri_gap_tell(r, &client->gaps);
    }
    return WEIR_OK;
}

enum weir_err weiri_session_flush(struct weir_router *r)
{
    while (r->ack_first != NULL) {
        struct entry *entry = r->ack_first;
        struct client *client = entry->client;
        bool explicit_adv = entry->node->table->advs && !entry->implicit;
        enum weir_err err;

        /* unqueued first: releasing what was held may end the implicit advertisement */
        r->ack_first = entry->ack_next;
        if (r->ack_first != NULL)
            r->ack_first->ack_prev = NULL;
        else
            r->ack_last = NULL;
        entry->ack_queued = false;
        err = acknowledge(r, entry);
        if (err != WEIR_OK) {
            entry->ack_queued = true;
            entry->ack_prev = NULL;
            entry->ack_next = r->ack_first;
            *(r->ack_first != NULL ? &r->ack_first->ack_prev : &r->ack_last) = entry;
            r->ack_first = entry;
            return err;
        }
        if (explicit_adv)
            end_implicit(r, client);
    }
    return WEIR_OK;
}

static enum weir_err puback(struct weir_router *r, struct client *client)
{
    struct weir_frame frame = {.type = WEIR_FRAME_PUBACK};
    uint64_t seq = client->pub_seq, bytes = client->bytes_seen;
    enum weir_err err;

    if (client->kept_first != NULL) {
        seq = client->kept_first->pub_seq - 1;
        bytes = client->kept_first->bytes_before;
    } else if (client->held_first != NULL) {
        seq = client->held_first->seq - 1;
        bytes = client->held_first->bytes_before;
    }
    if (seq <= client->pub_acked)
        return WEIR_OK;
    frame.u.puback.seq = seq;
    err = weiri_send(r, client->link, &frame, (struct weir_str){NULL, 0});
    if (err != WEIR_OK)
        return err;
    client->pub_acked = seq;
    client->bytes_acked = bytes;
    return WEIR_OK;
}

/* Acknowledges once per batch of inputs: at a TICK, or when a quarter of the window is used. */
enum weir_err weiri_puback_flush(struct weir_router *r)
{
    struct client **at = &r->ack_clients;

    while (*at != NULL) {
        struct client *client = *at;
        enum weir_err err;

        if (!r->tick && outstanding(client) < r->config.client_window / 4) {
            r->again = true;
            at = &client->ack_next;
            continue;
        }
        err = puback(r, client);
        if (err != WEIR_OK)
            return err;
        *at = client->ack_next;
        client->ack_due = false;
    }
    return WEIR_OK;
}
