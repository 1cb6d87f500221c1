/* forward.c - the way of a notification through one broker: from where it came to every hop with a
 * matching entry and to every client with a matching subscription.
 *
 * Targets are found first, then memory for all of them is reserved, then they are served; so a
 * step that fails for memory has forwarded nothing. */
#include "internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <weir/alloc.h>

#define STREAMS_MAX (2 * WEIR_BROKERS_MAX)
#define HOPS_MAX 255

/* ---- streams */

/* All three come from a peer: mixed with the seed, so that it cannot choose equal keys. */
static uint64_t stream_key(const struct weir_router *r, uint64_t origin, uint64_t incarnation,
                           uint64_t root)
{
    const uint64_t parts[] = {origin, incarnation, root};

    return XXH3_64bits_withSeed(parts, sizeof parts, r->config.hash_seed);
}

static void stream_unlink(struct weir_router *r, struct stream *s)
{
    *(s->prev != NULL ? &s->prev->next : &r->stream_first) = s->next;
    *(s->next != NULL ? &s->next->prev : &r->stream_last) = s->prev;
}

static void stream_append(struct weir_router *r, struct stream *s)
{
    s->next = NULL;
    s->prev = r->stream_last;
    *(r->stream_last != NULL ? &r->stream_last->next : &r->stream_first) = s;
    r->stream_last = s;
}

static void stream_destroy(struct weir_router *r, struct stream *s)
{
    struct stream *head = weiri_lookup_take(&r->streams, s->key);
    struct stream **at = &head;

    while (*at != s)
        at = &(*at)->same_key;
    *at = s->same_key;
    if (head != NULL)
        weiri_lookup_put(&r->streams, s->key, head);
    stream_unlink(r, s);
    weiri_release(r->alloc, s->last_out);
    weiri_release(r->alloc, s);
    r->stream_count--;
}

/* Our own stream stays, however many origins a peer invents: its numbers go on. */
static bool is_own(const struct weir_router *r, const struct stream *s)
{
    return s->origin == r->id && s->incarnation == r->config.incarnation;
}

static struct stream *stream_find(const struct weir_router *r, uint64_t key, uint64_t origin,
                                  uint64_t incarnation, uint64_t root)
{
    struct stream *s = weiri_lookup_get(&r->streams, key);

    while (s != NULL && (s->origin != origin || s->incarnation != incarnation || s->root != root))
        s = s->same_key;
    return s;
}

static enum weir_err stream_create(struct weir_router *r, uint64_t key, uint64_t origin,
                                   uint64_t incarnation, uint64_t root, struct stream **out)
{
    struct stream *s;

    s = weiri_alloc_zeroed(r->alloc, 1, sizeof *s);
    if (s == NULL || weiri_lookup_reserve(&r->streams, 1) != WEIR_OK) {
        weiri_release(r->alloc, s);
        return WEIR_ENOMEM;
    }
    if (r->stream_count >= STREAMS_MAX)
        stream_destroy(r, is_own(r, r->stream_first) ? r->stream_first->next : r->stream_first);
    s->key = key;
    s->origin = origin;
    s->incarnation = incarnation;
    s->root = root;
    s->same_key = weiri_lookup_take(&r->streams, key);
    weiri_lookup_put(&r->streams, key, s);
    stream_append(r, s);
    r->stream_count++;
    *out = s;
    return WEIR_OK;
}

enum weir_err weiri_stream_get(struct weir_router *r, uint64_t origin, uint64_t incarnation,
                               uint64_t root, struct stream **out)
{
    uint64_t key = stream_key(r, origin, incarnation, root);
    struct stream *s = stream_find(r, key, origin, incarnation, root);
    uint64_t *last_out;

    if (s == NULL && stream_create(r, key, origin, incarnation, root, &s) != WEIR_OK)
        return WEIR_ENOMEM;
    if (s->last_out_count < r->slots) {
        last_out = weiri_resize(r->alloc, s->last_out, r->slots * sizeof *last_out);
        if (last_out == NULL)
            return WEIR_ENOMEM;
        memset(last_out + s->last_out_count, 0, (r->slots - s->last_out_count) * sizeof *last_out);
        s->last_out = last_out;
        s->last_out_count = r->slots;
    }
    *out = s;
    return WEIR_OK;
}

void weiri_streams_retire(struct weir_router *r, uint64_t origin, uint64_t incarnation)
{
    struct stream *next;

    for (struct stream *s = r->stream_first; s != NULL; s = next) {
        next = s->next;
        if (s->origin == origin && s->incarnation == incarnation)
            stream_destroy(r, s);
    }
}

void weiri_streams_fini(struct weir_router *r)
{
    while (r->stream_first != NULL)
        stream_destroy(r, r->stream_first);
    weiri_lookup_fini(&r->streams);
}

/* ---- targets */

struct targets {
    uint32_t hops;    /* with hop->target set */
    uint32_t waiting; /* of them */
    struct client *clients;
    uint32_t client_count;
    size_t id_count;
};

static void find_hops(struct weir_router *r, const struct crossing *c, struct targets *t)
{
    uint32_t skip = c->from == NULL ? NO_SLOT : c->from->slot;
    struct weir_matches m;

    if (!r->reduce->tells) {
        for (uint32_t i = 0; i < r->slots; i++) {
            if (r->hops[i] != NULL && i != skip && r->hops[i]->state == HOP_UP) {
                r->hops[i]->target = true;
                t->hops++;
            }
        }
        return;
    }
    m = weir_matcher_match_groups(r->hop_matcher, &c->notification, skip, WEIR_UNDECIDED_YES,
                                  r->match_scratch);
    r->stats.undecided += m.undecided;
    for (size_t i = 0; i < m.count; i++) {
        r->hops[m.v[i]]->target = true;
        t->hops++;
    }
}

/* A hull matches more than its filter: then the filter decides. */
static bool confirmed(struct weir_router *r, const struct node *node, const struct entry *entry,
                      const struct weir_notification *n)
{
    return node->exact || weir_filter_eval(entry->filter, n, r->scratch) == WEIR_TRUE;
}

static void find_clients(struct weir_router *r, const struct crossing *c, struct targets *t)
{
    struct weir_matches m = weir_matcher_match(r->client_matcher, &c->notification,
                                               WEIR_UNDECIDED_NO, r->match_scratch);

    r->stats.undecided += m.undecided;
    for (size_t i = 0; i < m.count; i++) {
        const struct node *node = r->client_ids.of_id[m.v[i]];

        for (struct entry *e = node->first; e != NULL; e = e->node_next) {
            struct client *client = e->client;

            if (client == NULL || !confirmed(r, node, e, &c->notification))
                continue;
            if (client->hit_count == 0) {
                client->next_touched = t->clients;
                t->clients = client;
                t->client_count++;
            }
            client->hits[client->hit_count++] = (uint32_t)e->id;
            t->id_count++;
        }
    }
}

static void forget_targets(struct weir_router *r, struct targets *t)
{
    for (uint32_t i = 0; i < r->slots; i++) {
        if (r->hops[i] != NULL)
            r->hops[i]->target = false;
    }
    for (struct client *c = t->clients; c != NULL; c = c->next_touched)
        c->hit_count = 0;
}

/* ---- serving them */

static bool must_wait(const struct hop *hop, uint64_t cost)
{
    return hop->waiting_count != 0 || !weiri_credit_allows(hop, cost);
}

/* How many ids a DELIVER has room for beside its payload. */
static size_t ids_room(const struct crossing *c)
{
    return (WEIR_FRAME_SIZE_MAX - HEAD_SIZE_MAX - c->payload.len) / sizeof(uint32_t);
}

static enum weir_err reserve(struct weir_router *r, const struct crossing *c, struct targets *t,
                             struct kept **kept)
{
    uint64_t cost = WEIRI_DATA_HEAD_SIZE + c->payload.len;
    size_t frames = (size_t)t->hops + t->client_count + t->id_count / ids_room(c);
    enum weir_err err;

    for (uint32_t i = 0; i < r->slots; i++) {
        struct hop *hop = r->hops[i];

        if (hop == NULL || !hop->target || hop->state != HOP_UP || !must_wait(hop, cost))
            continue;
        err = weiri_waiting_reserve(r, hop);
        if (err != WEIR_OK)
            return err;
        t->waiting++;
    }
    err = weiri_out_reserve(&r->out, frames + 1,
                            2 * (frames * HEAD_SIZE_MAX + t->id_count * sizeof(uint32_t)));
    if (err != WEIR_OK || t->waiting == 0)
        return err;
    *kept = weiri_alloc_zeroed(r->alloc, 1, sizeof **kept);
    return *kept == NULL ? WEIR_ENOMEM : WEIR_OK;
}

static void keep(struct weir_router *r, const struct crossing *c, struct kept *kept,
                 uint32_t waiting)
{
    struct weir_action action = {.type = WEIR_ACT_KEEP, .payload = c->payload};
    struct client *client = c->publisher;
    enum weir_err err;

    *kept = (struct kept){.key = ++r->next_key,
                          .waiting = waiting,
                          .publisher = client,
                          .cost = c->cost,
                          .pub_seq = c->pub_seq,
                          .bytes_before = c->bytes_before,
                          .size = c->payload.len,
                          .origin = c->origin,
                          .incarnation = c->incarnation,
                          .seq = c->seq,
                          .sent_ns = c->sent_ns,
                          .hops = (uint8_t)(c->hops + 1)};
    if (c->from != NULL) {
        kept->from_slot = c->from->slot;
        kept->session = c->from->session;
    }
    if (client != NULL) {
        kept->prev = client->kept_last;
        *(client->kept_last != NULL ? &client->kept_last->next : &client->kept_first) = kept;
        client->kept_last = kept;
    }
    r->stats.kept_bytes += kept->size;
    action.key = kept->key;
    err = weiri_out_push(&r->out, &action);
    assert(err == WEIR_OK);
    (void)err;
}

static void serve_hop(struct weir_router *r, const struct crossing *c, struct hop *hop,
                      struct kept *kept)
{
    uint64_t prev = c->stream->last_out[hop->slot];
    struct weir_frame frame = {.type = WEIR_FRAME_DATA};
    uint64_t cost = WEIRI_DATA_HEAD_SIZE + c->payload.len;
    enum weir_err err;

    c->stream->last_out[hop->slot] = c->seq;
    if (hop->state != HOP_UP)
        return; /* lost, as the gap that is open says */
    if (must_wait(hop, cost)) {
        weiri_waiting_push(hop, &(struct waiting){WAITING_DATA, prev, kept});
        return;
    }
    frame.u.data = (struct weir_data){.origin = c->origin,
                                      .incarnation = c->incarnation,
                                      .seq = c->seq,
                                      .prev = prev,
                                      .sent_ns = c->sent_ns,
                                      .hops = (uint8_t)(c->hops + 1),
                                      .payload = c->payload};
    err = weiri_send(r, hop->link, &frame, c->payload);
    assert(err == WEIR_OK);
    assert(r->out.v[r->out.count - 1].head.len == WEIRI_DATA_HEAD_SIZE);
    (void)err;
    hop->out_credit -= (int64_t)cost;
    hop->link->data_out++;
    r->stats.forwarded++;
}

static int compare_ids(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static void count_matched(struct client *client)
{
    for (size_t i = 0; i < client->hit_count; i++) {
        struct entry *e = weiri_lookup_get(&client->by_id[0], client->hits[i]);

        e->matched++;
    }
}

static void send_deliver(struct weir_router *r, const struct crossing *c, struct link *link,
                         const uint8_t *ids, size_t count)
{
    struct weir_frame frame = {.type = WEIR_FRAME_DELIVER};
    enum weir_err err;

    frame.u.deliver = (struct weir_deliver){.origin = c->origin,
                                            .incarnation = c->incarnation,
                                            .seq = c->seq,
                                            .sent_ns = c->sent_ns,
                                            .hops = c->hops,
                                            .count = (uint32_t)count,
                                            .ids = ids,
                                            .payload = c->payload};
    err = weiri_send(r, link, &frame, c->payload);
    assert(err == WEIR_OK);
    (void)err;
}

static void serve_client(struct weir_router *r, const struct crossing *c, struct client *client)
{
    size_t room = ids_room(c), total = client->hit_count;
    uint8_t *ids = weiri_out_alloc(&r->out, total * sizeof(uint32_t));

    assert(ids != NULL);
    if (total > 1)
        qsort(client->hits, total, sizeof *client->hits, compare_ids);
    count_matched(client);
    for (size_t i = 0; i < total; i++)
        weir_u32_write(ids + i * sizeof(uint32_t), client->hits[i]);
    client->hit_count = 0;
    for (size_t i = 0; i < total; i += room)
        send_deliver(r, c, client->link, ids + i * sizeof(uint32_t),
                     total - i < room ? total - i : room);
    client->link->data_out++;
    r->stats.delivered++;
}

enum weir_err weiri_forward(struct weir_router *r, const struct crossing *c)
{
    struct targets t = {0};
    struct kept *kept = NULL;
    enum weir_err err;

    find_hops(r, c, &t);
    find_clients(r, c, &t);
    err = reserve(r, c, &t, &kept);
    if (err != WEIR_OK) {
        forget_targets(r, &t);
        return err;
    }
    r->routed++;
    if (kept != NULL)
        keep(r, c, kept, t.waiting);
    for (uint32_t i = 0; i < r->slots && t.hops != 0; i++) {
        struct hop *hop = r->hops[i];

        if (hop == NULL || !hop->target)
            continue;
        hop->target = false;
        serve_hop(r, c, hop, kept);
    }
    for (struct client *client = t.clients; client != NULL; client = client->next_touched)
        serve_client(r, c, client);
    if (kept == NULL && c->from != NULL)
        weiri_credit_release(c->from, c->cost);
    return WEIR_OK;
}

/* ---- DATA from a neighbour */

static bool over_window(const struct hop *hop, size_t size)
{
    return hop->in_outstanding != 0 && hop->in_outstanding + size > hop->in_window;
}

enum weir_err weiri_data(struct weir_router *r, struct hop *hop, const struct weir_data *data,
                         size_t size)
{
    struct crossing c = {.from = hop,
                         .payload = data->payload,
                         .origin = data->origin,
                         .incarnation = data->incarnation,
                         .seq = data->seq,
                         .sent_ns = data->sent_ns,
                         .cost = size,
                         .hops = data->hops};
    struct stream *s;
    bool duplicate, hole, in_order, too_far;
    enum weir_err err;

    if (hop->state != HOP_UP) {
        weiri_link_close(r, hop->link, WEIR_REASON_PROTOCOL, "the link is not joined");
        return WEIR_OK;
    }
    if (over_window(hop, size)) {
        weiri_link_close(r, hop->link, WEIR_REASON_WINDOW, "more data than the window allows");
        return WEIR_OK;
    }
    if (weir_notification_open(&c.notification, (const uint8_t *)data->payload.ptr,
                               data->payload.len, NULL) != WEIR_OK ||
        data->seq == 0 || data->prev >= data->seq || data->level != 0 || data->tree.root != 0 ||
        data->tree.version != 0 || data->tree.scope != 0) {
        weiri_link_close(r, hop->link, WEIR_REASON_PROTOCOL, "impossible data");
        return WEIR_OK;
    }
    err = weiri_gap_reserve(r, hop);
    if (err == WEIR_OK)
        err = weiri_stream_get(r, data->origin, data->incarnation, data->tree.root, &s);
    if (err != WEIR_OK)
        return err;
    in_order = s->session == hop->session;
    if (in_order && data->seq <= s->last_in) {
        weiri_link_close(r, hop->link, WEIR_REASON_PROTOCOL, "data goes back");
        return WEIR_OK;
    }
    duplicate = data->seq <= s->last_in;
    too_far = !duplicate && data->hops == HOPS_MAX;
    hole = !duplicate && in_order && data->prev != s->last_in;
    c.stream = s;
    if (!duplicate) {
        err = too_far ? WEIR_OK : weiri_forward(r, &c);
        if (err != WEIR_OK)
            return err;
        stream_unlink(r, s);
        stream_append(r, s);
        s->last_in = data->seq;
        s->session = hop->session;
    }
    if (duplicate || too_far)
        weiri_credit_release(hop, size);
    r->stats.duplicates += duplicate;
    hop->in_outstanding += size;
    hop->link->data_in++;
    r->stats.received++;
    if (hole || too_far)
        weiri_gap_once(r, hop);
    return WEIR_OK;
}
