/* tree.c - the tree that notifications take: the shortest ways from an elected root, over links
 * that both ends list, at the larger of their costs.
 *
 * Brokers with equal link state come to equal trees.  The root is the broker that has been up for
 * longest, so that one that comes, or comes back, takes it from nobody.  Of equally short ways
 * that over the broker of the smallest name counts. */
#include "internal.h"

static struct weir_str name_of(const struct broker *b)
{
    return (struct weir_str){b->name, b->name_len};
}

/* ---- links that count */

static struct weir_neighbour neighbour_at(const struct broker *b, uint32_t index)
{
    struct weir_lsa lsa = {.count = b->neighbour_count, .neighbours = b->neighbours};

    return weir_lsa_neighbour(&lsa, index);
}

static bool before(struct weir_neighbour n, const struct broker *b)
{
    return n.id != b->id ? n.id < b->id : n.incarnation < b->incarnation;
}

/* What `a` says of its link to `b`; false if it lists none. */
static bool lists(const struct broker *a, const struct broker *b, struct weir_neighbour *out)
{
    uint32_t low = 0, high = a->neighbour_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (before(neighbour_at(a, middle), b))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == a->neighbour_count)
        return false;
    *out = neighbour_at(a, low);
    return out->id == b->id && out->incarnation == b->incarnation;
}

struct broker *weiri_linked(struct weir_router *r, const struct broker *b, uint32_t index,
                            struct link_ends *out)
{
    struct weir_neighbour near = neighbour_at(b, index), far;
    struct broker *to = weiri_lookup_get(&r->brokers, near.id);

    r->stats.topology_steps++;
    if (to == NULL || to == b || to->incarnation != near.incarnation || !lists(to, b, &far))
        return NULL;
    out->cost = near.cost > far.cost ? near.cost : far.cost;
    if (out->cost == 0)
        out->cost = 1;
    out->synced = near.synced != 0 && far.synced != 0;
    return to;
}

/* ---- the queue: a heap of brokers, the nearest first */

static void put(struct weir_router *r, uint32_t index, struct broker *b)
{
    r->nearest[index] = b;
    b->heap_index = index;
}

static void rise(struct weir_router *r, struct broker *b)
{
    uint32_t index = b->heap_index;

    while (index > 0 && b->distance < r->nearest[(index - 1) / 2]->distance) {
        put(r, index, r->nearest[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    put(r, index, b);
}

static void sink(struct weir_router *r, struct broker *b, uint32_t count)
{
    uint32_t index = 0;

    for (;;) {
        uint32_t child = 2 * index + 1;

        if (child + 1 < count && r->nearest[child + 1]->distance < r->nearest[child]->distance)
            child++;
        if (child >= count || b->distance <= r->nearest[child]->distance)
            break;
        put(r, index, r->nearest[child]);
        index = child;
    }
    put(r, index, b);
}

static struct broker *take_nearest(struct weir_router *r, uint32_t *count)
{
    struct broker *b = r->nearest[0];

    --*count;
    if (*count != 0)
        sink(r, r->nearest[*count], *count);
    return b;
}

/* ---- the tree */

static bool is_older(const struct broker *a, const struct broker *b)
{
    if (a->incarnation != b->incarnation)
        return a->incarnation < b->incarnation;
    return weir_str_compare(name_of(a), name_of(b)) < 0;
}

/* A way to `to` over `b`: shorter, or as short and over a smaller name? */
static void relax(struct weir_router *r, struct broker *b, struct broker *to, uint64_t distance,
                  uint32_t *count)
{
    if (distance > to->distance)
        return;
    if (distance == to->distance) {
        if (weir_str_compare(name_of(b), name_of(to->parent)) < 0)
            to->parent = b;
        return;
    }
    if (to->distance == NEVER)
        put(r, (*count)++, to);
    to->parent = b;
    to->distance = distance;
    rise(r, to);
}

void weiri_tree_grow(struct weir_router *r, struct broker *met)
{
    struct broker *root = met;
    struct link_ends link;
    uint32_t count = 0;

    for (struct broker *b = met; b != NULL; b = b->walk_next) {
        b->distance = NEVER;
        b->parent = NULL;
        if (is_older(b, root))
            root = b;
    }
    root->distance = 0;
    put(r, count++, root);
    while (count != 0) {
        struct broker *b = take_nearest(r, &count);

        for (uint32_t i = 0; i < b->neighbour_count; i++) {
            struct broker *to = weiri_linked(r, b, i, &link);

            if (to != NULL && to != root)
                relax(r, b, to, b->distance + link.cost, &count);
        }
    }
    r->root = root;
}
