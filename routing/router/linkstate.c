/* linkstate.c - which brokers there are and how they are linked, as flooded by each of them.
 *
 * Records are kept in the order of their last change, so what a neighbour has not been sent yet is
 * the tail behind its cursor; our own record comes last when a session begins, which tells the peer
 * that it has them all.  A record's neighbours are ascending by id and incarnation, without
 * repetition. */
#include "internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <weir/alloc.h>

#define SEQUENCE_MAX (UINT64_MAX / 2)        /* no broker changes its links so often */
#define LINK_ENDS_MAX (4 * WEIR_BROKERS_MAX) /* a tree has half of that */
#define FORMER_MAX (WEIR_LINKS_MAX / 4)      /* so that there is room for others */

static struct weir_str name_of(const struct broker *b)
{
    return (struct weir_str){b->name, b->name_len};
}

const struct broker *weiri_broker_find(const struct weir_router *r, uint64_t id)
{
    return weiri_lookup_get(&r->brokers, id);
}

/* ---- the list in order of change */

static void unlink_broker(struct weir_router *r, struct broker *b)
{
    *(b->prev != NULL ? &b->prev->next : &r->broker_first) = b->next;
    *(b->next != NULL ? &b->next->prev : &r->broker_last) = b->prev;
}

static void append_broker(struct weir_router *r, struct broker *b)
{
    b->version = ++r->lsa_version;
    b->next = NULL;
    b->prev = r->broker_last;
    *(r->broker_last != NULL ? &r->broker_last->next : &r->broker_first) = b;
    r->broker_last = b;
}

static void touch(struct weir_router *r, struct broker *b)
{
    unlink_broker(r, b);
    append_broker(r, b);
}

/* ---- neighbours as bytes */

static int compare_neighbours(const void *a, const void *b)
{
    struct weir_lsa x = {.count = 1, .neighbours = a}, y = {.count = 1, .neighbours = b};
    struct weir_neighbour m = weir_lsa_neighbour(&x, 0), n = weir_lsa_neighbour(&y, 0);

    if (m.id != n.id)
        return m.id < n.id ? -1 : 1;
    return m.incarnation < n.incarnation ? -1 : m.incarnation > n.incarnation;
}

/* In an order that depends on nothing but the items. */
static int compare_items(const void *a, const void *b)
{
    int order = compare_neighbours(a, b);

    return order != 0 ? order : memcmp(a, b, WEIR_NEIGHBOUR_SIZE);
}

/* Sorts them; of those that are the same one stays.  Returns how many are left. */
static uint32_t sort_neighbours(uint8_t *bytes, uint32_t count)
{
    uint32_t left = 0;

    if (count != 0)
        qsort(bytes, count, WEIR_NEIGHBOUR_SIZE, compare_items);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *from = bytes + (size_t)i * WEIR_NEIGHBOUR_SIZE;

        if (left != 0 && compare_neighbours(from - WEIR_NEIGHBOUR_SIZE, from) == 0)
            continue;
        memmove(bytes + (size_t)left++ * WEIR_NEIGHBOUR_SIZE, from, WEIR_NEIGHBOUR_SIZE);
    }
    return left;
}

/* ---- our own record */

static enum weir_err blob_reserve(struct weir_router *r, struct broker *b, size_t size)
{
    uint8_t *bytes;

    if (size == 0 || b->neighbour_capacity >= size)
        return WEIR_OK;
    bytes = weiri_resize(r->alloc, b->neighbours, size);
    if (bytes == NULL)
        return WEIR_ENOMEM;
    b->neighbours = bytes;
    b->neighbour_capacity = size;
    return WEIR_OK;
}

enum weir_err weiri_linkstate_reserve(struct weir_router *r)
{
    return blob_reserve(r, r->self, (size_t)(r->slots + 1) * WEIR_NEIGHBOUR_SIZE);
}

/* Whoever forges the greatest one keeps us from being heard, as with a greater incarnation; but
 * nobody closes a link for it. */
static void next_sequence(struct broker *self)
{
    if (self->sequence < SEQUENCE_MAX)
        self->sequence++;
}

static void describe_links(struct weir_router *r)
{
    struct broker *self = r->self;
    uint32_t count = 0;

    for (uint32_t i = 0; i < r->slots; i++) {
        const struct hop *hop = r->hops[i];

        if (hop == NULL || hop->link == NULL)
            continue;
        assert((size_t)(count + 1) * WEIR_NEIGHBOUR_SIZE <= self->neighbour_capacity);
        weir_neighbour_write(
            self->neighbours + (size_t)count * WEIR_NEIGHBOUR_SIZE,
            &(struct weir_neighbour){hop->id, hop->incarnation, hop->cost, hop->synced});
        count++;
    }
    self->neighbour_count = sort_neighbours(self->neighbours, count);
    next_sequence(self);
    touch(r, self);
}

void weiri_linkstate_refresh(struct weir_router *r)
{
    describe_links(r);
    r->topology_changed = true;
}

void weiri_linkstate_synced(struct weir_router *r)
{
    describe_links(r);
    r->sync_changed = true;
    r->again = true; /* the others hear of it */
}

/* Room for one more broker in the queue of tree.c. */
static bool queue_reserve(struct weir_router *r)
{
    struct broker **nearest = weiri_array_grow(r->alloc, r->nearest, &r->nearest_capacity,
                                               r->broker_count + 1, sizeof(struct broker *));

    if (nearest != NULL)
        r->nearest = nearest;
    return nearest != NULL;
}

enum weir_err weiri_linkstate_init(struct weir_router *r)
{
    struct broker *self = weiri_alloc_zeroed(r->alloc, 1, sizeof *self);

    weiri_lookup_init(&r->brokers, r->config.hash_seed, r->alloc);
    if (self == NULL)
        return WEIR_ENOMEM;
    if (weiri_lookup_reserve(&r->brokers, 1) != WEIR_OK || !queue_reserve(r)) {
        weiri_release(r->alloc, self);
        return WEIR_ENOMEM;
    }
    self->id = r->id;
    self->incarnation = r->config.incarnation;
    memcpy(self->name, r->name, r->config.name.len);
    self->name_len = r->config.name.len;
    weiri_lookup_put(&r->brokers, self->id, self);
    r->self = self;
    r->broker_count = 1;
    append_broker(r, self);
    return WEIR_OK;
}

static void broker_free(struct weir_router *r, struct broker *b)
{
    unlink_broker(r, b);
    (void)weiri_lookup_take(&r->brokers, b->id);
    if (b != r->self)
        r->link_ends -= b->neighbour_count;
    weiri_release(r->alloc, b->neighbours);
    weiri_release(r->alloc, b);
    r->broker_count--;
}

void weiri_linkstate_fini(struct weir_router *r)
{
    while (r->broker_first != NULL)
        broker_free(r, r->broker_first);
    weiri_lookup_fini(&r->brokers);
    weiri_release(r->alloc, r->nearest);
}

/* ---- records of others */

/* Forgets the record that has been unreachable longest; false if there is none but `keep`. */
static bool forget_oldest(struct weir_router *r, const struct broker *keep)
{
    struct broker *oldest = NULL;

    for (struct broker *b = r->broker_first; b != NULL; b = b->next) {
        if (!b->reachable && b != r->self && b != keep &&
            (oldest == NULL || b->unreachable_ms < oldest->unreachable_ms))
            oldest = b;
    }
    if (oldest != NULL)
        broker_free(r, oldest);
    return oldest != NULL;
}

/* Room for a record with so many neighbours; `b` is the one it replaces, or NULL. */
static bool make_room(struct weir_router *r, const struct broker *b, uint32_t count)
{
    size_t before = b != NULL ? b->neighbour_count : 0;

    while (r->link_ends - before + count > LINK_ENDS_MAX) {
        if (!forget_oldest(r, b))
            return false;
    }
    return b != NULL || r->broker_count < WEIR_BROKERS_MAX || forget_oldest(r, NULL);
}

/* A record to fill for an id that is not known. */
static enum weir_err broker_new(struct weir_router *r, uint64_t id, struct broker **out)
{
    struct broker *b;

    b = weiri_alloc_zeroed(r->alloc, 1, sizeof *b);
    if (b == NULL || weiri_lookup_reserve(&r->brokers, 1) != WEIR_OK || !queue_reserve(r)) {
        weiri_release(r->alloc, b);
        return WEIR_ENOMEM;
    }
    b->id = id;
    b->unreachable_ms = r->now_ms;
    *out = b;
    return WEIR_OK;
}

/* Our own record of an earlier life says whom to wait for before our tables are complete. */
static enum weir_err await_former(struct weir_router *r, const struct weir_lsa *lsa)
{
    uint32_t former = 0;
    struct hop *hop;

    for (uint32_t i = 0; i < r->slots; i++)
        former += r->hops[i] != NULL && r->hops[i]->name_len == 0;
    for (uint32_t i = 0; i < lsa->count && r->config.unlisted && former < FORMER_MAX; i++) {
        uint64_t id = weir_lsa_neighbour(lsa, i).id;
        enum weir_err err;

        if (id == r->id || weiri_hop_find(r, id) != NULL ||
            r->now_ms >= r->start_ms + r->config.hold_ms)
            continue;
        err = weiri_hop_create(r, id, (struct weir_str){"", 0}, false, &hop);
        if (err == WEIR_OK)
            err = weiri_linkstate_reserve(r);
        if (err == WEIR_ENOMEM)
            return err;
        former++;
        r->topology_changed = true; /* it may be reached another way */
    }
    return WEIR_OK;
}

static enum weir_err own_lsa(struct weir_router *r, const struct weir_lsa *lsa)
{
    if (lsa->incarnation < r->config.incarnation) {
        enum weir_err err = await_former(r, lsa);

        if (err != WEIR_OK)
            return err; /* it is replaced by ours, which is on its way */
    } else if (lsa->incarnation == r->config.incarnation && lsa->sequence > r->self->sequence) {
        r->self->sequence = lsa->sequence;
        next_sequence(r->self); /* ours wins */
        touch(r, r->self);
    } else if (lsa->incarnation > r->config.incarnation) {
        weiri_trace(r, "duplicate-name", "name=%s", QUOTED(lsa->name));
    }
    return WEIR_OK;
}

static int compare_age(const struct weir_lsa *lsa, const struct broker *b)
{
    if (lsa->incarnation != b->incarnation)
        return lsa->incarnation < b->incarnation ? -1 : 1;
    return lsa->sequence < b->sequence ? -1 : lsa->sequence > b->sequence;
}

/* The same links; they may be in sync, or not any more. */
static bool same_links(const struct broker *b, const struct weir_lsa *lsa, const uint8_t *sorted,
                       uint32_t count)
{
    bool same = b->incarnation == lsa->incarnation && b->neighbour_count == count;

    for (size_t at = 0; same && at < (size_t)count * WEIR_NEIGHBOUR_SIZE; at += WEIR_NEIGHBOUR_SIZE)
        same = memcmp(b->neighbours + at, sorted + at, WEIR_NEIGHBOUR_SIZE - 1) == 0;
    return same;
}

/* Takes over a newer record, whose neighbours are `sorted`. */
static void adopt(struct weir_router *r, struct broker *b, const struct weir_lsa *lsa,
                  const uint8_t *sorted, uint32_t count, uint32_t from_session)
{
    size_t size = (size_t)count * WEIR_NEIGHBOUR_SIZE;
    bool same = same_links(b, lsa, sorted, count);

    r->topology_changed = r->topology_changed || !same;
    r->sync_changed =
        r->sync_changed || (same && size != 0 && memcmp(b->neighbours, sorted, size) != 0);
    r->link_ends += count;
    r->link_ends -= b->neighbour_count;
    if (b->incarnation != 0 && b->incarnation != lsa->incarnation)
        weiri_streams_retire(r, b->id, b->incarnation);
    b->incarnation = lsa->incarnation;
    b->sequence = lsa->sequence;
    memcpy(b->name, lsa->name.ptr, lsa->name.len);
    b->name_len = lsa->name.len;
    if (size != 0)
        memcpy(b->neighbours, sorted, size);
    b->neighbour_count = count;
    b->from_session = from_session;
}

static enum weir_err other_lsa(struct weir_router *r, struct hop *hop, const struct weir_lsa *lsa)
{
    struct broker *b = weiri_lookup_get(&r->brokers, lsa->origin);
    size_t size = (size_t)lsa->count * WEIR_NEIGHBOUR_SIZE;
    bool fresh = b == NULL;
    enum weir_err err = WEIR_OK;
    int age = fresh ? 1 : compare_age(lsa, b);
    uint8_t *sorted;
    uint32_t count;

    if (age <= 0)
        return WEIR_OK; /* ours is on its way there, or has been */
    sorted = weiri_out_alloc(&r->out, size);
    if (sorted == NULL)
        return WEIR_ENOMEM;
    if (size != 0)
        memcpy(sorted, lsa->neighbours, size);
    count = sort_neighbours(sorted, lsa->count);
    if (!make_room(r, b, count)) {
        weiri_trace(r, "limit", "what=link-state");
        return WEIR_OK;
    }
    if (fresh)
        err = broker_new(r, lsa->origin, &b);
    if (err != WEIR_OK)
        return err;
    err = blob_reserve(r, b, size);
    if (err != WEIR_OK) {
        if (fresh)
            weiri_release(r->alloc, b);
        return err;
    }
    adopt(r, b, lsa, sorted, count, hop->session);
    if (fresh) {
        weiri_lookup_put(&r->brokers, b->id, b);
        r->broker_count++;
        append_broker(r, b);
    } else {
        touch(r, b);
    }
    return WEIR_OK;
}

enum weir_err weiri_lsa(struct weir_router *r, struct hop *hop, const struct weir_lsa *lsa)
{
    enum weir_err err;

    if (lsa->name.len == 0 || lsa->name.len > WEIR_BROKER_NAME_MAX ||
        weir_broker_id(lsa->name) != lsa->origin || lsa->count > WEIR_LINKS_MAX ||
        lsa->sequence > SEQUENCE_MAX) {
        weiri_link_close(r, hop->link, WEIR_REASON_PROTOCOL, "impossible link state");
        return WEIR_OK;
    }
    err = lsa->origin == r->id ? own_lsa(r, lsa) : other_lsa(r, hop, lsa);
    if (err == WEIR_OK && lsa->origin == hop->id)
        hop->lsa_synced = true;
    return err;
}

enum weir_err weiri_lsa_flush(struct weir_router *r, struct hop *hop)
{
    struct broker *b = r->broker_last;

    while (b != NULL && b->prev != NULL && b->prev->version > hop->lsa_cursor)
        b = b->prev;
    for (; b != NULL; b = b->next) {
        struct weir_frame frame = {.type = WEIR_FRAME_LSA};
        enum weir_err err;

        if (b->version <= hop->lsa_cursor)
            continue;
        if (b->from_session != hop->session) {
            frame.u.lsa = (struct weir_lsa){b->id,      b->incarnation,     b->sequence,
                                            name_of(b), b->neighbour_count, b->neighbours};
            err = weiri_send(r, hop->link, &frame, (struct weir_str){NULL, 0});
            if (err != WEIR_OK)
                return err;
        }
        hop->lsa_cursor = b->version;
    }
    return WEIR_OK;
}
