/* topology.c - who is reachable, over which branch of the tree, and which links are branches.
 *
 * What neighbours say of others is bounded (linkstate.c), and so is the work here: three walks over
 * the link ends. */
#include "internal.h"

/* Meets, breadth first from ourselves, whoever is reached over any link; they are linked by
 * walk_next. */
static void meet(struct weir_router *r)
{
    struct broker *last = r->self;
    struct link_ends link;

    r->walk++;
    r->self->walk = r->walk;
    r->self->walk_next = NULL;
    for (struct broker *b = r->self; b != NULL; b = b->walk_next) {
        for (uint32_t i = 0; i < b->neighbour_count; i++) {
            struct broker *to = weiri_linked(r, b, i, &link);

            if (to == NULL || to->walk == r->walk)
                continue;
            to->walk = r->walk;
            to->beside = b == r->self;
            to->walk_next = NULL;
            last->walk_next = to;
            last = to;
        }
    }
    for (struct broker *b = r->broker_first; b != NULL; b = b->next) {
        bool reachable = b->walk == r->walk;

        if (b->reachable && !reachable)
            b->unreachable_ms = r->now_ms;
        b->reachable = reachable;
    }
}

/* The same over branches of the tree: over which hop each broker is reached, how far it is, and
 * whether all links on the way are in sync. */
static void follow(struct weir_router *r)
{
    struct broker *last = r->self;
    struct link_ends link;

    r->walk++;
    r->self->walk = r->walk;
    r->self->walk_next = NULL;
    r->self->hops = 0;
    r->self->first_hop = NULL;
    r->self->in_sync = true;
    for (struct broker *b = r->self; b != NULL; b = b->walk_next) {
        for (uint32_t i = 0; i < b->neighbour_count; i++) {
            struct broker *to = weiri_linked(r, b, i, &link);

            if (to == NULL || to->walk == r->walk || (to->parent != b && b->parent != to))
                continue;
            to->walk = r->walk;
            to->hops = b->hops + 1;
            to->first_hop = b == r->self ? weiri_hop_find(r, to->id) : b->first_hop;
            to->in_sync = b->in_sync && link.synced;
            to->walk_next = NULL;
            last->walk_next = to;
            last = to;
        }
    }
}

bool weiri_reached_in_sync(const struct weir_router *r, uint64_t id)
{
    const struct broker *b = weiri_broker_find(r, id);

    return !r->topology_changed && !r->sync_changed && b != NULL && b->reachable && b->in_sync;
}

/* The broker at the other end of the hop's connection, if both list it; else NULL. */
static const struct broker *peer_of(const struct weir_router *r, const struct hop *hop)
{
    const struct broker *b = hop->link != NULL ? weiri_broker_find(r, hop->id) : NULL;

    return b != NULL && b->reachable && b->beside && b->incarnation == hop->incarnation ? b : NULL;
}

bool weiri_is_branch(const struct weir_router *r, const struct hop *hop)
{
    const struct broker *b = peer_of(r, hop);

    return b != NULL && (b->parent == r->self || r->self->parent == b);
}

/* A connection on which we have said JOIN serves the tree or ends; the next one begins idle.  One
 * that the other end does not list, as far as we have heard, is on its way up or down. */
static void leave_branches(struct weir_router *r)
{
    for (uint32_t i = 0; i < r->slots; i++) {
        struct hop *hop = r->hops[i];

        if (hop != NULL && hop->own_join && peer_of(r, hop) != NULL && !weiri_is_branch(r, hop))
            weiri_link_close(r, hop->link, WEIR_REASON_CYCLE, "the link has left the tree");
    }
}

/* Nobody waits for a link to a broker that is reached over another branch. */
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
        hop->elsewhere = b != NULL && b->reachable && b->first_hop != hop;
        fewer = fewer || (hop->elsewhere && !was);
    }
    if (fewer)
        weiri_promise_check_all(r);
}

void weiri_topology_settle(struct weir_router *r)
{
    if (!r->topology_changed && !r->sync_changed)
        return;
    r->review_due = true;
    while (r->topology_changed) {
        r->topology_changed = false;
        meet(r);
        weiri_tree_grow(r, r->self);
        follow(r);
        r->sync_changed = false;
        leave_branches(r);
    }
    if (r->sync_changed)
        follow(r);
    r->sync_changed = false;
    see_elsewhere(r);
}
