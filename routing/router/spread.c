/* spread.c - what each hop needs of a table, what it is sent of that, and what it has promised;
 * the same for subscriptions and advertisements.
 *
 * On each hop the needed nodes form a forest in which a node's parent covers it.  The roots are
 * Sent(hop), all else is covered.  Whatever a node needs for its place in the forest is part of
 * the node, so taking a root away never allocates, however much it uncovers.
 *
 * Sending is asynchronous: a root that is not on the wire is in the queue to be sent, a node on the
 * wire that is no root is in the queue to be withdrawn.  flush.c empties the first before it
 * touches the second, so what is on the wire covers Need at every instant.
 *
 * Invariant of promises: below a promised node everything is promised. */
#include "internal.h"

#include <assert.h>
#include <string.h>

#define INTERSECTS_WORK 4096 /* steps for a pair, before it answers "they do" */

static struct item *item_of(const struct node *node, const struct hop *hop)
{
    return &node->items[hop->slot];
}

static struct sent *sent_of(const struct node *node, struct hop *hop)
{
    return &hop->sent[node->table->advs];
}

/* ---- the queues */

static void queue_add(struct hop *hop, struct node *node, enum queued queued)
{
    struct sent *sent = sent_of(node, hop);
    struct node **first = queued == QUEUED_SEND ? &sent->send_first : &sent->withdraw_first;
    struct node **last = queued == QUEUED_SEND ? &sent->send_last : &sent->withdraw_last;
    struct item *item = item_of(node, hop);

    item->queue_prev = *last;
    item->queue_next = NULL;
    *(*last != NULL ? &item_of(*last, hop)->queue_next : first) = node;
    *last = node;
    item->queued = (uint8_t)queued;
}

void weiri_queue_remove(struct hop *hop, struct node *node)
{
    struct sent *sent = sent_of(node, hop);
    struct item *item = item_of(node, hop);
    bool send = item->queued == QUEUED_SEND;
    struct node **first = send ? &sent->send_first : &sent->withdraw_first;
    struct node **last = send ? &sent->send_last : &sent->withdraw_last;

    if (item->queued == QUEUED_NOT)
        return;
    *(item->queue_prev != NULL ? &item_of(item->queue_prev, hop)->queue_next : first) =
        item->queue_next;
    *(item->queue_next != NULL ? &item_of(item->queue_next, hop)->queue_prev : last) =
        item->queue_prev;
    item->queued = QUEUED_NOT;
}

static void sync_wire(struct hop *hop, struct node *node)
{
    struct item *item = item_of(node, hop);
    bool wanted = item->needed && item->cover == NULL;
    enum queued queued = QUEUED_NOT;

    if (hop->state != HOP_UP)
        return;
    if (wanted && item->seq == 0)
        queued = QUEUED_SEND;
    else if (!wanted && item->seq != 0)
        queued = QUEUED_WITHDRAW;
    if (item->queued == queued)
        return;
    weiri_queue_remove(hop, node);
    if (queued != QUEUED_NOT)
        queue_add(hop, node, queued);
}

/* ---- the forest */

static void child_add(struct hop *hop, struct node *parent, struct node *child)
{
    struct item *p = item_of(parent, hop), *c = item_of(child, hop);

    c->cover = parent;
    c->prev_sibling = NULL;
    c->next_sibling = p->first_child;
    if (p->first_child != NULL)
        item_of(p->first_child, hop)->prev_sibling = child;
    p->first_child = child;
}

static void child_remove(struct hop *hop, struct node *child)
{
    struct item *c = item_of(child, hop);

    *(c->prev_sibling != NULL ? &item_of(c->prev_sibling, hop)->next_sibling
                              : &item_of(c->cover, hop)->first_child) = c->next_sibling;
    if (c->next_sibling != NULL)
        item_of(c->next_sibling, hop)->prev_sibling = c->prev_sibling;
    c->cover = NULL;
}

static void root_add(const struct weir_router *r, struct hop *hop, struct node *node)
{
    item_of(node, hop)->root = true;
    if (r->reduce->maximal)
        weiri_cover_enter(node);
}

static void root_remove(const struct weir_router *r, struct hop *hop, struct node *node)
{
    item_of(node, hop)->root = false;
    if (r->reduce->maximal)
        weiri_cover_leave(node);
}

static void propagate_promise(struct weir_router *r, struct node *node, struct hop *hop);

static void put_under(struct weir_router *r, struct node *node, struct node *cover, struct hop *hop)
{
    child_add(hop, cover, node);
    if (item_of(cover, hop)->promised)
        propagate_promise(r, node, hop);
    sync_wire(hop, node);
}

static void demote(struct weir_router *r, struct node *covered, struct node *node, struct hop *hop)
{
    root_remove(r, hop, covered);
    put_under(r, covered, node, hop);
}

/* Finds a needed node its place: under a root that covers it, or as a root that takes those it
 * covers under itself. */
static void place(struct weir_router *r, struct node *node, struct hop *hop)
{
    struct node *cover = r->reduce->maximal ? weiri_cover_find(r, node, hop) : NULL;

    if (cover != NULL) {
        put_under(r, node, cover, hop);
        return;
    }
    root_add(r, hop, node);
    sync_wire(hop, node);
    if (r->reduce->maximal)
        weiri_cover_covered(r, node, hop, demote);
}

static void forget_sync(struct hop *hop, struct item *item)
{
    if (item->in_sync) {
        item->in_sync = false;
        hop->sync_pending--;
    }
}

static void displace(struct weir_router *r, struct node *node, struct hop *hop)
{
    struct item *item = item_of(node, hop);
    struct node *parent = item->cover;
    struct node *child, *next;

    item->needed = false;
    item->promised = false;
    forget_sync(hop, item);
    if (parent != NULL)
        child_remove(hop, node);
    else
        root_remove(r, hop, node);
    child = item->first_child;
    item->first_child = NULL;
    for (; child != NULL; child = next) {
        next = item_of(child, hop)->next_sibling;
        item_of(child, hop)->cover = NULL;
        if (parent != NULL)
            child_add(hop, parent, child);
        else
            place(r, child, hop);
    }
    sync_wire(hop, node);
}

void weiri_need_update(struct weir_router *r, struct node *node, struct hop *hop)
{
    struct item *item = item_of(node, hop);
    struct sent *sent = sent_of(node, hop);
    bool needed = !node->never && r->reduce->tells && node->entry_count > item->from;

    if (needed && !node->table->advs && r->config.advertisements)
        needed = item->adv_hits != 0;
    if (node->table->advs && !r->config.advertisements)
        needed = false;
    sent->needed -= item->counted;
    item->counted = needed ? node->entry_count - item->from : 0;
    sent->needed += item->counted;
    if (needed == item->needed)
        return;
    if (needed) {
        item->needed = true;
        item->promised = item->wire_promised; /* its withdrawal has not gone out yet */
        place(r, node, hop);
    } else {
        displace(r, node, hop);
    }
}

/* ---- advertisements open the way for subscriptions */

/* A budget of its own for each pair: hits are counted up and down, so the answer for a pair must
 * always be the same. */
static bool intersects(const struct node *adv, const struct node *sub)
{
    uint32_t work = INTERSECTS_WORK;

    return !sub->never && !adv->never && weir_normal_intersects(adv->normal, sub->normal, &work);
}

void weiri_gate_init(struct weir_router *r, struct node *node)
{
    if (!r->config.advertisements)
        return;
    for (const struct node *adv = r->tables[1].first; adv != NULL; adv = adv->next) {
        bool known = false, hit = false;

        for (uint32_t i = 0; i < r->slots; i++) {
            if (adv->items[i].from == 0)
                continue;
            hit = known ? hit : intersects(adv, node);
            known = true;
            if (hit)
                node->items[i].adv_hits++;
        }
    }
}

void weiri_gate_change(struct weir_router *r, const struct node *adv, struct hop *hop, bool came)
{
    if (!r->config.advertisements)
        return;
    weiri_work_renew(r, true);
    for (struct node *node = r->tables[0].first; node != NULL; node = node->next) {
        struct item *item = item_of(node, hop);

        if (!intersects(adv, node))
            continue;
        item->adv_hits += came ? 1 : UINT32_MAX;
        weiri_need_update(r, node, hop);
        if (!came && node->unpromised != 0)
            weiri_promise_check(r, node);
    }
    weiri_work_renew(r, false);
}

/* ---- promises */

/* Where publishers are not known (they are known by their advertisements, or by flooding not at
 * all), nothing is in force behind a hop that has not told all it knows. */
static bool hop_pending(const struct weir_router *r, const struct node *node, const struct hop *hop)
{
    const struct item *item = item_of(node, hop);
    bool blind = r->config.advertisements || !r->reduce->tells;

    if (!weiri_hop_counts(hop))
        return false;
    if (blind && !hop->complete && !node->table->advs && !node->never)
        return true;
    return item->needed && !item->promised;
}

static void entry_promise(struct weir_router *r, struct entry *entry)
{
    struct hop *hop = entry->hop;
    struct entry **first = hop != NULL ? &hop->promise_first : &r->ack_first;
    struct entry **last = hop != NULL ? &hop->promise_last : &r->ack_last;

    entry->promised = true;
    entry->node->unpromised--;
    if (hop != NULL)
        item_of(entry->node, hop)->unpromised--;
    weiri_entry_synced(entry);
    if (hop != NULL && (hop->state != HOP_UP || entry->session != hop->session))
        return; /* the session that asked is over */
    entry->ack_prev = *last;
    entry->ack_next = NULL;
    *(*last != NULL ? &(*last)->ack_next : first) = entry;
    *last = entry;
    entry->ack_queued = true;
}

void weiri_promise_check(struct weir_router *r, struct node *node)
{
    const struct hop *pending = NULL;
    uint32_t left = node->unpromised;

    if (left == 0 || node->updating)
        return;
    for (uint32_t i = 0; i < r->slots; i++) {
        if (r->hops[i] == NULL || !hop_pending(r, node, r->hops[i]))
            continue;
        if (pending != NULL)
            return;
        pending = r->hops[i];
    }
    /* a hop need not promise what came from itself; the newest entries are at the end */
    if (pending != NULL)
        left = item_of(node, pending)->unpromised;
    for (struct entry *e = node->last; e != NULL && left != 0; e = e->node_prev) {
        if (e->promised || (pending != NULL && e->hop != pending))
            continue;
        left--;
        entry_promise(r, e);
    }
}

void weiri_promise_check_all(struct weir_router *r)
{
    for (size_t t = 0; t < 2; t++) {
        for (struct node *node = r->tables[t].first; node != NULL; node = node->next)
            weiri_promise_check(r, node);
    }
}

static void set_promised(struct weir_router *r, struct node *node, struct hop *hop)
{
    item_of(node, hop)->promised = true;
    forget_sync(hop, item_of(node, hop));
    weiri_promise_check(r, node);
}

/* Marks the node and all below it, without recursion: chains of covers can be long. */
static void propagate_promise(struct weir_router *r, struct node *top, struct hop *hop)
{
    struct node *node = top;

    if (item_of(top, hop)->promised)
        return;
    set_promised(r, top, hop);
    node = item_of(top, hop)->first_child;
    while (node != NULL) {
        struct item *item = item_of(node, hop);

        if (!item->promised) {
            set_promised(r, node, hop);
            if (item->first_child != NULL) {
                node = item->first_child;
                continue;
            }
        }
        while (item->next_sibling == NULL && item->cover != top) {
            node = item->cover;
            item = item_of(node, hop);
        }
        node = item->next_sibling;
    }
}

void weiri_item_promised(struct weir_router *r, struct node *node, struct hop *hop)
{
    item_of(node, hop)->wire_promised = true;
    if (item_of(node, hop)->needed)
        propagate_promise(r, node, hop);
}

/* ---- sessions */

void weiri_spread_begin(struct weir_router *r, struct hop *hop)
{
    for (size_t t = 0; t < 2; t++) {
        for (struct node *node = r->tables[t].first; node != NULL; node = node->next) {
            item_of(node, hop)->promised = false;
            sync_wire(hop, node);
        }
    }
}

void weiri_spread_end(struct weir_router *r, struct hop *hop)
{
    struct node *next;

    for (size_t t = 0; t < 2; t++) {
        for (struct node *node = r->tables[t].first; node != NULL; node = next) {
            struct item *item = item_of(node, hop);

            next = node->next;
            weiri_queue_remove(hop, node);
            forget_sync(hop, item);
            item->wire_promised = false;
            if (item->seq != 0) {
                item->seq = 0;
                node->on_wire--;
                weiri_node_release(r, node);
            }
        }
        hop->sent[t].on_wire = 0;
    }
    weiri_lookup_clear(&hop->on_wire);
}

void weiri_entry_synced(struct entry *entry)
{
    if (entry->in_sync && entry->session == entry->hop->session)
        entry->hop->sync_pending--;
    entry->in_sync = false;
}

void weiri_sync_mark(struct weir_router *r, struct hop *hop)
{
    /* Their publishers may be at work: what they advertised has to have drawn its subscriptions. */
    for (struct entry *e = hop->owned[1].first; e != NULL; e = e->owner_next) {
        if (!e->promised && e->session == hop->session) {
            e->in_sync = true;
            hop->sync_pending++;
        }
    }
    for (size_t t = 0; t < 2; t++) {
        for (struct node *node = r->tables[t].first; node != NULL; node = node->next) {
            struct item *item = item_of(node, hop);

            if (item->needed && !item->promised) {
                item->in_sync = true;
                hop->sync_pending++;
            }
        }
    }
    hop->sync_marked = true;
}
