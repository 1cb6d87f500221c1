/* topology.c - who is reachable, over which hop, and which links are one too many.
 *
 * A link counts only if both ends list it, by id and incarnation.  What neighbours say of others is
 * bounded (linkstate.c), and so is the work here: a walk over the link ends, and where there is a
 * cycle, sorting the links. */
#include "internal.h"

#include <stdlib.h>

static struct weir_str name_of(const struct broker *b)
{
    return (struct weir_str){b->name, b->name_len};
}

static struct weir_neighbour neighbour_at(const struct broker *b, uint32_t index)
{
    struct weir_lsa lsa = {.count = b->neighbour_count, .neighbours = b->neighbours};

    return weir_lsa_neighbour(&lsa, index);
}

static bool before(struct weir_neighbour n, const struct broker *b)
{
    return n.id != b->id ? n.id < b->id : n.incarnation < b->incarnation;
}

static bool lists(const struct broker *a, const struct broker *b)
{
    uint32_t low = 0, high = a->neighbour_count;
    struct weir_neighbour n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (before(neighbour_at(a, middle), b))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == a->neighbour_count)
        return false;
    n = neighbour_at(a, low);
    return n.id == b->id && n.incarnation == b->incarnation;
}

/* The broker at the other end of a link that counts, or NULL. */
static struct broker *linked(struct weir_router *r, const struct broker *b, uint32_t index)
{
    struct weir_neighbour n = neighbour_at(b, index);
    struct broker *to = weiri_lookup_get(&r->brokers, n.id);

    r->stats.topology_steps++;
    return to != NULL && to != b && to->incarnation == n.incarnation && lists(to, b) ? to : NULL;
}

/* Walks from ourselves breadth first and marks whom it meets with a new r->walk; returns how many
 * those are, and how many link ends they have. */
static size_t walk(struct weir_router *r, size_t *ends)
{
    struct broker *last = r->self;
    size_t met = 1;

    r->walk++;
    *ends = 0;
    r->self->walk = r->walk;
    r->self->walk_next = NULL;
    r->self->hops = 0;
    r->self->first_hop = NULL;
    for (struct broker *b = r->self; b != NULL; b = b->walk_next) {
        for (uint32_t i = 0; i < b->neighbour_count; i++) {
            struct broker *to = linked(r, b, i);

            if (to == NULL)
                continue;
            ++*ends;
            if (to->walk == r->walk)
                continue;
            to->walk = r->walk;
            to->hops = b->hops + 1;
            to->first_hop = b == r->self ? weiri_hop_find(r, to->id) : b->first_hop;
            to->walk_next = NULL;
            last->walk_next = to;
            last = to;
            met++;
        }
    }
    return met;
}

/* ---- cycles */

struct edge {
    struct broker *low, *high; /* by name */
};

static int compare_edges(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    int order = weir_str_compare(name_of(x->low), name_of(y->low));

    return order != 0 ? order : weir_str_compare(name_of(x->high), name_of(y->high));
}

static size_t collect(struct weir_router *r, struct edge *edges)
{
    size_t count = 0;

    for (struct broker *b = r->self; b != NULL; b = b->walk_next) {
        b->set = b;
        for (uint32_t i = 0; i < b->neighbour_count; i++) {
            struct broker *to = linked(r, b, i);

            if (to != NULL && weir_str_compare(name_of(b), name_of(to)) < 0)
                edges[count++] = (struct edge){b, to};
        }
    }
    qsort(edges, count, sizeof *edges, compare_edges);
    return count;
}

static struct broker *set_of(struct broker *b)
{
    while (b->set != b) {
        b->set = b->set->set;
        b = b->set;
    }
    return b;
}

static void close_surplus(struct weir_router *r, const struct edge *edge)
{
    const struct broker *far = edge->low == r->self ? edge->high : edge->low;
    struct hop *hop = weiri_hop_find(r, far->id);

    if ((edge->low == r->self || edge->high == r->self) && hop->state == HOP_UP)
        weiri_link_close(r, hop->link, WEIR_REASON_CYCLE, "the link closes a cycle");
}

/* Kruskal's rule, in ascending order of the names at the ends: a link is left out if smaller ones
 * connect its ends already.  All brokers of a cycle come to the same result.  False without
 * memory. */
static bool break_cycles(struct weir_router *r, size_t ends)
{
    struct edge *edges = weiri_out_alloc(&r->out, ends * sizeof *edges);
    size_t count;

    if (edges == NULL)
        return false;
    count = collect(r, edges);
    for (size_t i = 0; i < count; i++) {
        struct broker *low = set_of(edges[i].low), *high = set_of(edges[i].high);

        if (low == high)
            close_surplus(r, &edges[i]);
        else
            high->set = low;
    }
    return true;
}

/* ---- settling */

bool weiri_reached_in_sync(const struct weir_router *r, uint64_t id)
{
    const struct broker *b = weiri_broker_find(r, id);

    return !r->topology_changed && b != NULL && b->reachable && b->first_hop != NULL &&
           b->first_hop->synced;
}

/* Nobody waits for a link to a broker that is reached another way: it closed a cycle, or the
 * overlay has been wired anew. */
static void see_elsewhere(struct weir_router *r)
{
    bool fewer = false;

    for (uint32_t i = 0; i < r->slots; i++) {
        struct hop *hop = r->hops[i];
        const struct broker *b;
        bool was;

        if (hop == NULL || hop->state == HOP_UP)
            continue;
        b = weiri_broker_find(r, hop->id);
        was = hop->elsewhere;
        hop->elsewhere = b != NULL && b->reachable;
        fewer = fewer || (hop->elsewhere && !was);
    }
    if (fewer)
        weiri_promise_check_all(r);
}

void weiri_topology_settle(struct weir_router *r)
{
    if (!r->topology_changed)
        return;
    r->review_due = true;
    while (r->topology_changed) {
        size_t ends, met = walk(r, &ends);

        r->topology_changed = false;
        for (struct broker *b = r->broker_first; b != NULL; b = b->next) {
            bool reachable = b->walk == r->walk;

            if (b->reachable && !reachable)
                b->unreachable_ms = r->now_ms;
            b->reachable = reachable;
        }
        if (ends / 2 < met)
            continue;
        if (!break_cycles(r, ends)) {
            r->topology_changed = r->again = true; /* once there is memory */
            break;
        }
    }
    see_elsewhere(r);
}
