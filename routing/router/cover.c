/* cover.c - which of the filters that are told cover a new one, and which of them it covers.
 *
 * A filter demands things: that an attribute is there, that it has one value, a residual.  What
 * covers it demands none but these.  So each filter is anchored at one thing that all its
 * conjunctions demand, the rarest, and whoever covers a filter is found at what one of its
 * conjunctions demands; and each is listed under all it demands, so that those which it covers are
 * found under the rarest.  Filters that demand nothing, or too much to be listed, are anchored at
 * nothing: everybody looks there.
 *
 * In the lists are nodes that are a root on some hop.  Their places are part of the node, so that
 * becoming a root never fails. */
#include "internal.h"

#include <assert.h>
#include <string.h>

#include <weir/alloc.h>

#define DEMANDS_MAX 16 /* of a node that is listed under them */
#define TABLE_WORK 64  /* a change that concerns a whole table may cost so many changes */

enum { PLACE_ALL, PLACE_ANCHOR, PLACES_FIXED };

/* ---- what a node demands */

static bool demands(const struct weir_conjunction *c, enum weir_filter_role role, uint64_t demand)
{
    for (uint32_t i = 0; i < weir_conjunction_demands(c); i++) {
        if (weir_conjunction_demand(c, role, i) == demand)
            return true;
    }
    return false;
}

/* What all conjunctions demand, each once; none if there are more than DEMANDS_MAX. */
static uint32_t shared_demands(const struct weir_normal *normal, uint64_t *out)
{
    enum weir_filter_role role = weir_normal_role(normal);
    const struct weir_conjunction *first;
    uint32_t count = 0;

    if (weir_normal_count(normal) == 0)
        return 0;
    first = weir_normal_at(normal, 0);
    for (uint32_t i = 0; i < weir_conjunction_demands(first); i++) {
        uint64_t demand = weir_conjunction_demand(first, role, i);
        uint32_t known = 0;

        while (known < count && out[known] != demand)
            known++;
        if (demand == 0 || known < count)
            continue;
        if (count == DEMANDS_MAX)
            return 0;
        out[count++] = demand;
    }
    for (uint32_t c = 1; c < weir_normal_count(normal); c++) {
        uint32_t kept = 0;

        for (uint32_t i = 0; i < count; i++) {
            if (demands(weir_normal_at(normal, c), role, out[i]))
                out[kept++] = out[i];
        }
        count = kept;
    }
    return count;
}

/* ---- keys */

static struct key *key_get(struct weir_router *r, struct table *table, uint64_t demand)
{
    struct key *key = weiri_lookup_get(&table->keys, demand);

    if (key != NULL)
        return key;
    if (weiri_lookup_reserve(&table->keys, 1) != WEIR_OK)
        return NULL;
    key = weiri_alloc_zeroed(r->alloc, 1, sizeof *key);
    if (key == NULL)
        return NULL;
    key->demand = demand;
    weiri_lookup_put(&table->keys, demand, key);
    return key;
}

static void key_release(struct weir_router *r, struct table *table, struct key *key)
{
    if (key->nodes != 0)
        return;
    (void)weiri_lookup_take(&table->keys, key->demand);
    weiri_release(r->alloc, key);
}

/* Values and residuals are rarer than attributes, which come first of each pair. */
static uint32_t rarest(const struct node *node)
{
    uint32_t best = PLACES_FIXED;

    for (uint32_t i = PLACES_FIXED + 1; i < node->place_count; i++) {
        if (node->places[i].key->nodes <= node->places[best].key->nodes)
            best = i;
    }
    return best;
}

enum weir_err weiri_cover_prepare(struct weir_router *r, struct table *table, struct node *node)
{
    uint64_t demand[DEMANDS_MAX];
    uint32_t count = shared_demands(node->normal, demand);

    node->places = weiri_alloc_zeroed(r->alloc, PLACES_FIXED + count, sizeof *node->places);
    if (node->places == NULL)
        return WEIR_ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        struct key *key = key_get(r, table, demand[i]);

        if (key == NULL) {
            node->place_count = PLACES_FIXED + i;
            weiri_cover_release(r, table, node);
            return WEIR_ENOMEM;
        }
        key->nodes++;
        node->places[PLACES_FIXED + i].key = key;
    }
    node->place_count = PLACES_FIXED + count;
    for (uint32_t i = 0; i < node->place_count; i++)
        node->places[i].node = node;
    node->places[PLACE_ALL].key = &table->all;
    node->places[PLACE_ANCHOR].key = count == 0 ? &table->nothing : node->places[rarest(node)].key;
    return WEIR_OK;
}

void weiri_cover_release(struct weir_router *r, struct table *table, struct node *node)
{
    assert(node->roots == 0);
    for (uint32_t i = PLACES_FIXED; i < node->place_count; i++) {
        node->places[i].key->nodes--;
        key_release(r, table, node->places[i].key);
    }
    weiri_release(r->alloc, node->places);
    node->places = NULL;
    node->place_count = 0;
}

/* ---- the lists */

static struct place **list_of(struct node *node, uint32_t index)
{
    struct key *key = node->places[index].key;

    return index == PLACE_ANCHOR ? &key->anchored : &key->listed;
}

void weiri_cover_enter(struct node *node)
{
    if (node->roots++ != 0)
        return;
    for (uint32_t i = 0; i < node->place_count; i++) {
        struct place *place = &node->places[i];
        struct place **first = list_of(node, i);

        place->prev = NULL;
        place->next = *first;
        if (*first != NULL)
            (*first)->prev = place;
        *first = place;
    }
}

void weiri_cover_leave(struct node *node)
{
    if (--node->roots != 0)
        return;
    for (uint32_t i = 0; i < node->place_count; i++) {
        struct place *place = &node->places[i];

        *(place->prev != NULL ? &place->prev->next : list_of(node, i)) = place->next;
        if (place->next != NULL)
            place->next->prev = place->prev;
    }
}

/* ---- looking */

void weiri_work_renew(struct weir_router *r, bool whole_table)
{
    uint64_t work = (uint64_t)r->config.cover_work * (whole_table ? TABLE_WORK : 1);

    r->work = work < UINT32_MAX ? (uint32_t)work : UINT32_MAX;
}

/* Looking at a candidate costs too: one step for each sixteen. */
static bool may_look(struct weir_router *r)
{
    if (r->stats.cover_looks++ % 16 == 0 && r->work != 0)
        r->work--;
    return r->work != 0;
}

/* Whether `wide` covers `narrow`, within what is left of the budget.  The same pairs come up on
 * every hop, so definite answers are remembered. */
static bool covers(struct weir_router *r, const struct node *wide, const struct node *narrow)
{
    size_t index = (size_t)(wide->uid * 0x9e3779b97f4a7c15u ^ narrow->uid * 0xc2b2ae3d27d4eb4fu);
    struct cover_memo *memo = &r->cover_cache[(index ^ index >> 32) % COVER_CACHE_SIZE];
    bool yes;

    if ((wide->summary & ~narrow->summary) != 0)
        return false;
    if (memo->wide == wide->uid && memo->narrow == narrow->uid)
        return memo->covers;
    if (r->work == 0)
        return false;
    yes = weir_normal_covers(wide->normal, narrow->normal, &r->work);
    if (yes || r->work != 0)
        *memo = (struct cover_memo){wide->uid, narrow->uid, yes};
    return yes;
}

static struct node *cover_among(struct weir_router *r, const struct place *first,
                                const struct node *node, const struct hop *hop)
{
    for (const struct place *p = first; p != NULL && may_look(r); p = p->next) {
        if (p->node != node && p->node->items[hop->slot].root && covers(r, p->node, node))
            return p->node;
    }
    return NULL;
}

struct node *weiri_cover_find(struct weir_router *r, const struct node *node, const struct hop *hop)
{
    const struct table *table = node->table;
    struct node *cover = cover_among(r, table->nothing.anchored, node, hop);
    const struct weir_conjunction *c = weir_normal_at(node->normal, 0);

    for (uint32_t i = 0; cover == NULL && i < weir_conjunction_demands(c); i++) {
        uint64_t demand = weir_conjunction_demand(c, weir_normal_role(node->normal), i);
        const struct key *key = demand != 0 ? weiri_lookup_get(&table->keys, demand) : NULL;

        if (key != NULL)
            cover = cover_among(r, key->anchored, node, hop);
    }
    return cover;
}

static void visit_covered(struct weir_router *r, struct place *first, struct node *node,
                          struct hop *hop, weiri_covered_fn *visit)
{
    struct place *next;

    for (struct place *p = first; p != NULL && may_look(r); p = next) {
        next = p->next; /* the visit may take this one out of the list */
        if (p->node != node && p->node->items[hop->slot].root && covers(r, node, p->node))
            visit(r, p->node, node, hop);
    }
}

void weiri_cover_covered(struct weir_router *r, struct node *node, struct hop *hop,
                         weiri_covered_fn *visit)
{
    if (node->place_count == PLACES_FIXED) {
        visit_covered(r, node->table->all.listed, node, hop, visit);
        return;
    }
    visit_covered(r, node->places[rarest(node)].key->listed, node, hop, visit);
    visit_covered(r, node->table->nothing.anchored, node, hop, visit);
}
