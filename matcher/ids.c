/* ids.c - a radix tree of four levels: 8 + 9 + 9 bits of nodes, 6 bits of leaf. */
#include "ids.h"

#include <assert.h>
#include <string.h>

#define LEVELS 3u
#define LEAF_BITS 6u

static const uint32_t bits_of[LEVELS] = {8, 9, 9};
static const uint32_t shift_of[LEVELS] = {24, 15, LEAF_BITS};

/* Of `1 << bits_of[level]` children; at the last level of 64 numbers in their place. */
struct weiri_ids_node {
    uint32_t count; /* of children, or of numbers that are set */
    struct weiri_ids_node *child[];
};

static struct weiri_ids_node *create_node(struct weiri_ids *ids, uint32_t level);
static struct weiri_ids_node *leaf_of(const struct weiri_ids *ids, uint32_t id);
static uint32_t *numbers_of(struct weiri_ids_node *leaf);
static void destroy(struct weiri_ids *ids, struct weiri_ids_node *node, uint32_t level);
static void prune(struct weiri_ids *ids, uint32_t id);
static struct weiri_ids_node **child_of(struct weiri_ids_node *node, uint32_t level, uint32_t id);

void weiri_ids_init(struct weiri_ids *ids, const struct weir_alloc *alloc)
{
    *ids = (struct weiri_ids){.alloc = alloc};
}

void weiri_ids_fini(struct weiri_ids *ids)
{
    if (ids->root != NULL)
        destroy(ids, ids->root, 0);
    ids->root = NULL;
}

uint32_t weiri_ids_get(const struct weiri_ids *ids, uint32_t id)
{
    struct weiri_ids_node *leaf = leaf_of(ids, id);

    return leaf != NULL ? numbers_of(leaf)[id % (1u << LEAF_BITS)] : WEIRI_IDS_NONE;
}

bool weiri_ids_reserve(struct weiri_ids *ids, uint32_t id)
{
    struct weiri_ids_node **at = &ids->root, *parent = NULL;

    for (uint32_t level = 0; level <= LEVELS; level++) {
        if (*at == NULL) {
            *at = create_node(ids, level);
            if (*at == NULL) {
                prune(ids, id);
                return false;
            }
            if (parent != NULL)
                parent->count++;
        }
        parent = *at;
        if (level < LEVELS)
            at = child_of(parent, level, id);
    }
    return true;
}

void weiri_ids_unreserve(struct weiri_ids *ids, uint32_t id)
{
    prune(ids, id);
}

void weiri_ids_set(struct weiri_ids *ids, uint32_t id, uint32_t to)
{
    struct weiri_ids_node *leaf = leaf_of(ids, id);

    assert(leaf != NULL && to != WEIRI_IDS_NONE);
    numbers_of(leaf)[id % (1u << LEAF_BITS)] = to;
    leaf->count++;
    ids->count++;
}

void weiri_ids_clear(struct weiri_ids *ids, uint32_t id)
{
    struct weiri_ids_node *leaf = leaf_of(ids, id);

    numbers_of(leaf)[id % (1u << LEAF_BITS)] = WEIRI_IDS_NONE;
    leaf->count--;
    ids->count--;
    prune(ids, id);
}

uint32_t weiri_ids_any(const struct weiri_ids *ids)
{
    struct weiri_ids_node *node = ids->root;
    uint32_t id = 0;

    assert(ids->count > 0);
    for (uint32_t level = 0; level < LEVELS; level++) {
        uint32_t i = 0;

        while (node->child[i] == NULL)
            i++;
        id |= i << shift_of[level];
        node = node->child[i];
    }
    for (uint32_t i = 0;; i++) {
        if (numbers_of(node)[i] != WEIRI_IDS_NONE)
            return id | i;
    }
}

static struct weiri_ids_node *create_node(struct weiri_ids *ids, uint32_t level)
{
    const size_t head = offsetof(struct weiri_ids_node, child);
    struct weiri_ids_node *node;

    if (level < LEVELS)
        return weiri_alloc_zeroed(ids->alloc, 1,
                                  head + (sizeof(struct weiri_ids_node *) << bits_of[level]));
    node = weiri_alloc(ids->alloc, head + (sizeof(uint32_t) << LEAF_BITS));
    if (node == NULL)
        return NULL;
    node->count = 0;
    memset(numbers_of(node), 0xff, sizeof(uint32_t) << LEAF_BITS);
    return node;
}

static struct weiri_ids_node *leaf_of(const struct weiri_ids *ids, uint32_t id)
{
    struct weiri_ids_node *node = ids->root;

    for (uint32_t level = 0; level < LEVELS && node != NULL; level++)
        node = *child_of(node, level, id);
    return node;
}

static uint32_t *numbers_of(struct weiri_ids_node *leaf)
{
    return (uint32_t *)(void *)leaf->child;
}

/* Releases what is empty on the way to the id. */
static void prune(struct weiri_ids *ids, uint32_t id)
{
    struct weiri_ids_node **path[LEVELS + 1];
    uint32_t depth = 0;

    path[0] = &ids->root;
    while (depth < LEVELS && *path[depth] != NULL) {
        path[depth + 1] = child_of(*path[depth], depth, id);
        depth++;
    }
    if (*path[depth] == NULL && depth-- == 0)
        return;
    while ((*path[depth])->count == 0) {
        weiri_release(ids->alloc, *path[depth]);
        *path[depth] = NULL;
        if (depth-- == 0)
            return;
        (*path[depth])->count--;
    }
}

static void destroy(struct weiri_ids *ids, struct weiri_ids_node *node, uint32_t level)
{
    for (uint32_t i = 0; level < LEVELS && i < 1u << bits_of[level]; i++) {
        struct weiri_ids_node *child = node->child[i];

        if (child != NULL)
            destroy(ids, child, level + 1);
    }
    weiri_release(ids->alloc, node);
}

static struct weiri_ids_node **child_of(struct weiri_ids_node *node, uint32_t level, uint32_t id)
{
    return &node->child[id >> shift_of[level] & ((1u << bits_of[level]) - 1)];
}
