/* linkstate.c - which brokers there are and how they are linked, as flooded by each of them.
 *
 * A link counts only if both ends list it, by id and incarnation.  Records are kept in the order
 * of their last change, so what a neighbour has not been sent yet is the tail behind its cursor;
 * our own record comes last when a session begins, which tells the peer that it has them all. */
#include "internal.h"

#include <assert.h>
#include <string.h>

#include <weir/alloc.h>

/* Neighbours of an earlier life that are waited for: anybody can forge that record. */
#define FORMER_MAX 64

static struct weir_str name_of(const struct broker *b)
{
    return (struct weir_str){b->name, b->name_len};
}

const struct broker *weiri_broker_find(const struct weir_router *r, uint64_t id)
{
    return weiri_lookup_get(&r->brokers, id);
}

static struct weir_neighbour neighbour_at(const struct broker *b, uint32_t index)
{
    struct weir_lsa lsa = {.count = b->neighbour_count, .neighbours = b->neighbours};

    return weir_lsa_neighbour(&lsa, index);
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
    r->topology_changed = true;
}

static void touch(struct weir_router *r, struct broker *b)
{
    unlink_broker(r, b);
    append_broker(r, b);
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

void weiri_linkstate_refresh(struct weir_router *r)
{
    struct broker *self = r->self;
    uint32_t count = 0;

    for (uint32_t i = 0; i < r->slots; i++) {
        const struct hop *hop = r->hops[i];

        if (hop == NULL || hop->state != HOP_UP)
            continue;
        assert((size_t)(count + 1) * WEIR_NEIGHBOUR_SIZE <= self->neighbour_capacity);
        weir_neighbour_write(self->neighbours + (size_t)count * WEIR_NEIGHBOUR_SIZE,
                             &(struct weir_neighbour){hop->id, hop->incarnation, hop->cost});
        count++;
    }
    self->neighbour_count = count;
    if (self->sequence < UINT64_MAX) /* a forged record may have brought us there: no wrap */
        self->sequence++;
    touch(r, self);
}

enum weir_err weiri_linkstate_init(struct weir_router *r)
{
    struct broker *self = weiri_alloc_zeroed(r->alloc, 1, sizeof *self);

    weiri_lookup_init(&r->brokers, r->config.incarnation, r->alloc);
    if (self == NULL)
        return WEIR_ENOMEM;
    if (weiri_lookup_reserve(&r->brokers, 1) != WEIR_OK) {
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
    weiri_release(r->alloc, b->neighbours);
    weiri_release(r->alloc, b);
    r->broker_count--;
}

void weiri_linkstate_fini(struct weir_router *r)
{
    while (r->broker_first != NULL)
        broker_free(r, r->broker_first);
    weiri_lookup_fini(&r->brokers);
}

/* ---- records of others */

/* A record to fill for an id that is not known; the longest unreachable makes room.  ELIMIT. */
static enum weir_err broker_new(struct weir_router *r, uint64_t id, struct broker **out)
{
    struct broker *oldest = NULL;
    struct broker *b;

    if (r->broker_count >= WEIR_BROKERS_MAX) {
        for (b = r->broker_first; b != NULL; b = b->next) {
            if (!b->reachable && b != r->self &&
                (oldest == NULL || b->unreachable_ms < oldest->unreachable_ms))
                oldest = b;
        }
        if (oldest == NULL)
            return WEIR_ELIMIT;
        broker_free(r, oldest);
    }
    b = weiri_alloc_zeroed(r->alloc, 1, sizeof *b);
    if (b == NULL || weiri_lookup_reserve(&r->brokers, 1) != WEIR_OK) {
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
    struct hop *hop;

    uint32_t count = lsa->count < FORMER_MAX ? lsa->count : FORMER_MAX;

    for (uint32_t i = 0; i < count && r->config.unlisted; i++) {
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
    }
    return WEIR_OK;
}

static enum weir_err own_lsa(struct weir_router *r, const struct weir_lsa *lsa)
{
    if (lsa->incarnation < r->config.incarnation) {
        enum weir_err err = await_former(r, lsa);

        if (err != WEIR_OK)
            return err;
        touch(r, r->self); /* replaces it everywhere */
    } else if (lsa->incarnation == r->config.incarnation && lsa->sequence > r->self->sequence) {
        r->self->sequence = lsa->sequence;
        weiri_linkstate_refresh(r);
    } else if (lsa->incarnation > r->config.incarnation) {
        weiri_trace(r, "duplicate-name", "name=%.*s", (int)lsa->name.len, lsa->name.ptr);
    }
    return WEIR_OK;
}

static int compare_age(const struct weir_lsa *lsa, const struct broker *b)
{
    if (lsa->incarnation != b->incarnation)
        return lsa->incarnation < b->incarnation ? -1 : 1;
    return lsa->sequence < b->sequence ? -1 : lsa->sequence > b->sequence;
}

static void adopt(struct weir_router *r, struct broker *b, const struct weir_lsa *lsa,
                  uint32_t from_session)
{
    if (b->incarnation != 0 && b->incarnation != lsa->incarnation)
        weiri_streams_retire(r, b->id, b->incarnation);
    b->incarnation = lsa->incarnation;
    b->sequence = lsa->sequence;
    memcpy(b->name, lsa->name.ptr, lsa->name.len);
    b->name_len = lsa->name.len;
    if (lsa->count != 0)
        memcpy(b->neighbours, lsa->neighbours, (size_t)lsa->count * WEIR_NEIGHBOUR_SIZE);
    b->neighbour_count = lsa->count;
    b->from_session = from_session;
}

static enum weir_err other_lsa(struct weir_router *r, struct hop *hop, const struct weir_lsa *lsa)
{
    struct broker *b = weiri_lookup_get(&r->brokers, lsa->origin);
    bool fresh = b == NULL;
    enum weir_err err = WEIR_OK;
    int age = fresh ? 1 : compare_age(lsa, b);

    if (age == 0)
        return WEIR_OK;
    if (age < 0) {
        b->from_session = 0; /* the sender needs ours */
        touch(r, b);
        return WEIR_OK;
    }
    if (fresh)
        err = broker_new(r, lsa->origin, &b);
    if (err == WEIR_ELIMIT) {
        weiri_trace(r, "limit", "what=brokers");
        return WEIR_OK;
    }
    if (err != WEIR_OK)
        return err;
    err = blob_reserve(r, b, (size_t)lsa->count * WEIR_NEIGHBOUR_SIZE);
    if (err != WEIR_OK) {
        if (fresh)
            weiri_release(r->alloc, b);
        return err;
    }
    adopt(r, b, lsa, hop->session);
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
        weir_broker_id(lsa->name) != lsa->origin || lsa->count > WEIR_LINKS_MAX) {
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

/* ---- who is reachable */

static bool lists(const struct broker *a, const struct broker *b)
{
    for (uint32_t i = 0; i < a->neighbour_count; i++) {
        struct weir_neighbour n = neighbour_at(a, i);

        if (n.id == b->id && n.incarnation == b->incarnation)
            return true;
    }
    return false;
}

struct edge {
    struct weir_str low, high;
};

static struct edge edge_of(const struct broker *a, const struct broker *b)
{
    bool ordered = weir_str_compare(name_of(a), name_of(b)) < 0;

    return (struct edge){ordered ? name_of(a) : name_of(b), ordered ? name_of(b) : name_of(a)};
}

static bool edge_less(struct edge a, struct edge b)
{
    int order = weir_str_compare(a.low, b.low);

    return order != 0 ? order < 0 : weir_str_compare(a.high, b.high) < 0;
}

/* Walks from ourselves breadth first, over links less than `below` (NULL: all), and marks whom it
 * meets with a new r->walk.  Returns how many link ends it has seen. */
static size_t walk(struct weir_router *r, const struct edge *below, size_t *met)
{
    struct broker *last = r->self;
    size_t ends = 0;

    r->walk++;
    *met = 1;
    r->self->walk = r->walk;
    r->self->walk_next = NULL;
    r->self->hops = 0;
    r->self->first_hop = NULL;
    for (struct broker *b = r->self; b != NULL; b = b->walk_next) {
        for (uint32_t i = 0; i < b->neighbour_count; i++) {
            struct weir_neighbour n = neighbour_at(b, i);
            struct broker *to = weiri_lookup_get(&r->brokers, n.id);

            if (to == NULL || to == b || to->incarnation != n.incarnation || !lists(to, b) ||
                (below != NULL && !edge_less(edge_of(b, to), *below)))
                continue;
            ends++;
            if (to->walk == r->walk)
                continue;
            to->walk = r->walk;
            to->hops = b->hops + 1;
            to->first_hop = b == r->self ? weiri_hop_find(r, to->id) : b->first_hop;
            to->walk_next = NULL;
            last->walk_next = to;
            last = to;
            ++*met;
        }
    }
    return ends;
}

/* Kruskal's rule, in ascending order of the names at the ends: a link is left out if smaller ones
 * connect its ends already.  All brokers of the cycle come to the same result. */
static struct hop *link_too_many(struct weir_router *r)
{
    size_t met;

    for (uint32_t i = 0; i < r->slots; i++) {
        struct hop *hop = r->hops[i];
        const struct broker *to = hop == NULL ? NULL : weiri_broker_find(r, hop->id);
        struct edge edge;

        if (to == NULL || hop->state != HOP_UP || !lists(to, r->self) || !lists(r->self, to))
            continue;
        edge = edge_of(r->self, to);
        (void)walk(r, &edge, &met);
        if (to->walk == r->walk)
            return hop;
    }
    return NULL;
}

void weiri_linkstate_settle(struct weir_router *r)
{
    while (r->topology_changed) {
        r->review_due = true;
        size_t met, ends = walk(r, NULL, &met);
        struct hop *surplus;

        r->topology_changed = false;
        for (struct broker *b = r->broker_first; b != NULL; b = b->next) {
            bool reachable = b->walk == r->walk;

            if (b->reachable && !reachable)
                b->unreachable_ms = r->now_ms;
            b->reachable = reachable;
        }
        if (ends / 2 < met)
            continue;
        surplus = link_too_many(r);
        if (surplus != NULL)
            weiri_link_close(r, surplus->link, WEIR_REASON_CYCLE, "the link closes a cycle");
        else
            (void)walk(r, NULL, &met); /* for hops and first_hop */
    }
}
