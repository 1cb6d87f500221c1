/* table.c - filters and who asked for them.
 *
 * Equal normal forms share a node; where subscriptions are numbered, only those of the same number:
 * so a filter that comes back on another way, over a cycle, is known.
 * Adding reserves everything before it changes anything; removing never allocates. */
#include "internal.h"

#include <assert.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <weir/alloc.h>

/* ---- matcher ids */

static enum weir_err id_reserve(struct weir_router *r, struct id_pool *pool)
{
    uint32_t *free_ids;
    struct node **of_id;

    /* room to give back every id, so that giving back cannot fail */
    if (pool->free_capacity < (size_t)pool->used + 1) {
        free_ids = weiri_array_grow(r->alloc, pool->free, &pool->free_capacity,
                                    (size_t)pool->used + 1, sizeof *free_ids);
        if (free_ids == NULL)
            return WEIR_ENOMEM;
        pool->free = free_ids;
    }
    if (pool->of_id_capacity < (size_t)pool->used + 1) {
        of_id = weiri_array_grow(r->alloc, pool->of_id, &pool->of_id_capacity,
                                 (size_t)pool->used + 1, sizeof(struct node *));
        if (of_id == NULL)
            return WEIR_ENOMEM;
        pool->of_id = of_id;
    }
    return WEIR_OK;
}

static uint32_t id_take(struct id_pool *pool, struct node *node)
{
    uint32_t id = pool->free_count != 0 ? pool->free[--pool->free_count] : pool->used++;

    pool->of_id[id] = node;
    return id;
}

static void id_give(struct id_pool *pool, uint32_t id)
{
    pool->of_id[id] = NULL;
    pool->free[pool->free_count++] = id;
}

static enum weir_err match_add(struct weir_router *r, struct weir_matcher *matcher,
                               struct id_pool *pool, uint32_t group, struct node *node,
                               uint32_t *id)
{
    enum weir_err err = id_reserve(r, pool);

    if (err != WEIR_OK)
        return err;
    *id = id_take(pool, node);
    err = weir_matcher_add(matcher, *id, group, node->normal);
    if (err == WEIR_OK) {
        err = weir_match_scratch_reserve(r->match_scratch, matcher);
        if (err != WEIR_OK)
            (void)weir_matcher_remove(matcher, *id);
    }
    if (err != WEIR_OK)
        id_give(pool, *id);
    return err;
}

static void match_remove(struct weir_matcher *matcher, struct id_pool *pool, uint32_t id)
{
    bool held = weir_matcher_remove(matcher, id);

    assert(held);
    (void)held;
    id_give(pool, id);
}

/* ---- nodes */

static struct node *node_find(const struct table *table, uint64_t hash, uint64_t id,
                              struct weir_str bytes)
{
    struct node *node = weiri_lookup_get(&table->by_hash, hash);

    while (node != NULL &&
           (node->id != id || !weir_str_equal(weir_normal_bytes(node->normal), bytes)))
        node = node->same_hash;
    return node;
}

static void node_free(struct weir_router *r, struct node *node)
{
    if (node == NULL)
        return;
    if (node->places != NULL)
        weiri_cover_release(r, node->table, node);
    weiri_release(r->alloc, node->items);
    weiri_release(r->alloc, node);
}

/* A node that is in no table yet; its normal form is still the caller's. */
static enum weir_err node_create(struct weir_router *r, struct table *table,
                                 struct weir_normal *normal, uint64_t hash, struct node **out)
{
    struct node *node = weiri_alloc_zeroed(r->alloc, 1, sizeof *node);
    enum weir_err err;

    if (node == NULL)
        return WEIR_ENOMEM;
    node->items = weiri_alloc_zeroed(r->alloc, r->hop_capacity == 0 ? 1 : r->hop_capacity,
                                     sizeof *node->items);
    err = node->items == NULL ? WEIR_ENOMEM : weiri_lookup_reserve(&table->by_hash, 1);
    node->table = table;
    node->normal = normal;
    if (err == WEIR_OK && r->reduce->maximal)
        err = weiri_cover_prepare(r, table, node);
    if (err != WEIR_OK) {
        node_free(r, node);
        return err;
    }
    node->hash = hash;
    node->summary = weir_normal_summary(normal);
    node->never = weir_normal_is_never(normal);
    node->exact = weir_normal_is_exact(normal);
    *out = node;
    return WEIR_OK;
}

static void node_insert(struct weir_router *r, struct node *node)
{
    struct table *table = node->table;

    node->uid = ++r->next_uid;
    node->prev = table->last;
    *(table->last != NULL ? &table->last->next : &table->first) = node;
    table->last = node;
    table->node_count++;
    node->same_hash = weiri_lookup_take(&table->by_hash, node->hash);
    weiri_lookup_put(&table->by_hash, node->hash, node);
    if (!table->advs)
        weiri_gate_init(r, node);
}

static void node_unhash(struct node *node)
{
    struct table *table = node->table;
    struct node *head = weiri_lookup_get(&table->by_hash, node->hash);
    struct node **at = &head;

    while (*at != node)
        at = &(*at)->same_hash;
    *at = node->same_hash;
    (void)weiri_lookup_take(&table->by_hash, node->hash);
    if (head != NULL)
        weiri_lookup_put(&table->by_hash, node->hash, head);
}

void weiri_node_release(struct weir_router *r, struct node *node)
{
    struct table *table = node->table;

    if (node->entry_count != 0 || node->on_wire != 0)
        return;
    *(node->prev != NULL ? &node->prev->next : &table->first) = node->next;
    *(node->next != NULL ? &node->next->prev : &table->last) = node->prev;
    table->node_count--;
    node_unhash(node);
    weir_normal_destroy(node->normal);
    node_free(r, node);
}

/* ---- entries */

static struct owned *owned_of(const struct entry *entry)
{
    bool advs = entry->node->table->advs;

    return entry->hop != NULL ? &entry->hop->owned[advs] : &entry->client->owned[advs];
}

static struct weiri_lookup *map_of(struct hop *hop, struct client *client, bool advs)
{
    return hop != NULL ? &hop->entries : &client->by_id[advs];
}

static enum weir_err owner_reserve(struct weir_router *r, struct hop *hop, struct client *client,
                                   bool advs)
{
    size_t needed;
    uint32_t *hits;

    if (client != NULL && !advs) {
        needed = (size_t)client->owned[0].count + 1;
        if (client->hit_capacity < needed) {
            hits = weiri_array_grow(r->alloc, client->hits, &client->hit_capacity, needed,
                                    sizeof *hits);
            if (hits == NULL)
                return WEIR_ENOMEM;
            client->hits = hits;
        }
    }
    return weiri_lookup_reserve(map_of(hop, client, advs), 1);
}

static enum weir_err add_to_matcher(struct weir_router *r, struct node *node, struct hop *hop)
{
    if (node->table->advs)
        return WEIR_OK;
    if (hop == NULL) {
        return node->client_count != 0
                   ? WEIR_OK
                   : match_add(r, r->client_matcher, &r->client_ids, 0, node, &node->match_id);
    }
    return node->items[hop->slot].from != 0 ? WEIR_OK
                                            : match_add(r, r->hop_matcher, &r->hop_ids, hop->slot,
                                                        node, &node->items[hop->slot].match_id);
}

static void entry_link(struct weir_router *r, struct entry *entry, bool mapped)
{
    struct node *node = entry->node;
    struct owned *owned = owned_of(entry);
    struct table *table = node->table;

    entry->node_prev = node->last;
    *(node->last != NULL ? &node->last->node_next : &node->first) = entry;
    node->last = entry;
    node->entry_count++;
    node->unpromised++;
    if (entry->hop != NULL)
        node->items[entry->hop->slot].unpromised++;
    entry->owner_prev = owned->last;
    *(owned->last != NULL ? &owned->last->owner_next : &owned->first) = entry;
    owned->last = entry;
    owned->count++;
    table->entry_count++;
    if (mapped)
        weiri_lookup_put(map_of(entry->hop, entry->client, table->advs), entry->id, entry);
    if (entry->client != NULL)
        node->client_count++;
    else if (node->items[entry->hop->slot].from++ == 0 && table->advs)
        weiri_gate_change(r, node, entry->hop, true);
}

static void need_update_all(struct weir_router *r, struct node *node)
{
    node->updating = true;
    for (uint32_t i = 0; i < r->slots; i++) {
        if (r->hops[i] != NULL)
            weiri_need_update(r, node, r->hops[i]);
    }
    node->updating = false;
}

/* No two subscriptions have the same, nor those of a broker that has started again; 0 where they
 * are not numbered. */
static uint64_t next_number(const struct weir_router *r)
{
    const uint64_t parts[] = {r->id, r->config.incarnation, r->next_uid + 1};

    return r->reduce->numbered ? XXH3_64bits(parts, sizeof parts) | 1 : 0;
}

enum weir_err weiri_entry_add(struct weir_router *r, struct table *table, struct hop *hop,
                              struct client *client, uint64_t id, uint64_t sub_id,
                              struct weir_normal *normal, struct weir_filter *filter,
                              struct entry **out)
{
    struct weir_str bytes = weir_normal_bytes(normal);
    uint64_t hash = XXH3_64bits_withSeed(bytes.ptr, bytes.len, r->config.hash_seed);
    struct node *node = NULL, *fresh = NULL;
    struct entry *entry;
    enum weir_err err;

    if (client != NULL)
        sub_id = next_number(r);
    hash ^= sub_id;
    entry = weiri_alloc_zeroed(r->alloc, 1, sizeof *entry);
    if (entry == NULL)
        return WEIR_ENOMEM;
    node = node_find(table, hash, sub_id, bytes);
    err = owner_reserve(r, hop, client, table->advs);
    if (err == WEIR_OK && node == NULL) {
        err = node_create(r, table, normal, hash, &fresh);
        node = fresh;
    }
    if (err == WEIR_OK)
        err = add_to_matcher(r, node, hop);
    if (err != WEIR_OK) {
        node_free(r, fresh);
        weiri_release(r->alloc, entry);
        return err;
    }

    weiri_work_renew(r, false);
    if (fresh != NULL) {
        fresh->id = sub_id;
        node_insert(r, fresh);
    } else {
        weir_normal_destroy(normal);
    }
    *entry = (struct entry){.node = node,
                            .hop = hop,
                            .client = client,
                            .id = id,
                            .session = hop != NULL ? hop->session : 0,
                            .filter = filter};
    entry_link(r, entry, id != NEVER);
    need_update_all(r, node);
    weiri_promise_check(r, node);
    *out = entry;
    return WEIR_OK;
}

static void ack_unqueue(struct weir_router *r, struct entry *entry)
{
    struct entry **first = entry->hop != NULL ? &entry->hop->promise_first : &r->ack_first;
    struct entry **last = entry->hop != NULL ? &entry->hop->promise_last : &r->ack_last;

    if (!entry->ack_queued)
        return;
    *(entry->ack_prev != NULL ? &entry->ack_prev->ack_next : first) = entry->ack_next;
    *(entry->ack_next != NULL ? &entry->ack_next->ack_prev : last) = entry->ack_prev;
    entry->ack_queued = false;
}

static void entry_unlink(struct entry *entry)
{
    struct node *node = entry->node;
    struct owned *owned = owned_of(entry);

    *(entry->node_prev != NULL ? &entry->node_prev->node_next : &node->first) = entry->node_next;
    *(entry->node_next != NULL ? &entry->node_next->node_prev : &node->last) = entry->node_prev;
    node->entry_count--;
    if (!entry->promised) {
        node->unpromised--;
        if (entry->hop != NULL)
            node->items[entry->hop->slot].unpromised--;
    }
    *(entry->owner_prev != NULL ? &entry->owner_prev->owner_next : &owned->first) =
        entry->owner_next;
    *(entry->owner_next != NULL ? &entry->owner_next->owner_prev : &owned->last) =
        entry->owner_prev;
    owned->count--;
    node->table->entry_count--;
}

static void leave_matcher(struct weir_router *r, struct node *node, struct hop *hop)
{
    if (hop == NULL) {
        if (--node->client_count == 0 && !node->table->advs)
            match_remove(r->client_matcher, &r->client_ids, node->match_id);
        return;
    }
    if (--node->items[hop->slot].from != 0)
        return;
    if (node->table->advs)
        weiri_gate_change(r, node, hop, false);
    else
        match_remove(r->hop_matcher, &r->hop_ids, node->items[hop->slot].match_id);
}

void weiri_entry_remove(struct weir_router *r, struct entry *entry)
{
    struct node *node = entry->node;
    struct weiri_lookup *map = map_of(entry->hop, entry->client, node->table->advs);

    weiri_work_renew(r, false);
    weiri_entry_synced(entry);
    ack_unqueue(r, entry);
    if (weiri_lookup_get(map, entry->id) == entry)
        (void)weiri_lookup_take(map, entry->id);
    entry_unlink(entry);
    leave_matcher(r, node, entry->hop);
    weir_filter_destroy(entry->filter);
    weiri_release(r->alloc, entry);
    need_update_all(r, node);
    weiri_promise_check(r, node);
    weiri_node_release(r, node);
}

/* ---- slots */

enum weir_err weiri_tables_add_slot(struct weir_router *r, const struct hop *hop)
{
    size_t capacity = r->hop_capacity;
    struct item *items;

    if (hop->slot >= capacity) {
        capacity = capacity < 4 ? 4 : capacity * 2;
        for (size_t t = 0; t < 2; t++) {
            for (struct node *node = r->tables[t].first; node != NULL; node = node->next) {
                items = weiri_resize(r->alloc, node->items, capacity * sizeof *items);
                if (items == NULL)
                    return WEIR_ENOMEM;
                memset(items + r->hop_capacity, 0, (capacity - r->hop_capacity) * sizeof *items);
                node->items = items;
            }
        }
    }
    r->hop_capacity = capacity;
    return WEIR_OK;
}

void weiri_tables_drop_slot(struct weir_router *r, struct hop *hop)
{
    for (size_t t = 0; t < 2; t++) {
        for (struct node *node = r->tables[t].first; node != NULL; node = node->next) {
            if (node->items[hop->slot].root && r->reduce->maximal)
                weiri_cover_leave(node);
            memset(&node->items[hop->slot], 0, sizeof node->items[hop->slot]);
        }
        memset(&hop->sent[t], 0, sizeof hop->sent[t]);
    }
}

enum weir_err weiri_tables_init(struct weir_router *r)
{
    for (int t = 0; t < 2; t++) {
        r->tables[t].advs = t == 1;
        weiri_lookup_init(&r->tables[t].by_hash, r->config.hash_seed, r->alloc);
        weiri_lookup_init(&r->tables[t].keys, r->config.hash_seed, r->alloc);
    }
    r->cover_cache = weiri_alloc_zeroed(r->alloc, COVER_CACHE_SIZE, sizeof *r->cover_cache);
    if (r->cover_cache == NULL || weir_matcher_create(&r->hop_matcher, r->alloc) != WEIR_OK ||
        weir_matcher_create(&r->client_matcher, r->alloc) != WEIR_OK ||
        weir_match_scratch_create(&r->match_scratch, r->alloc) != WEIR_OK ||
        weir_match_scratch_reserve(r->match_scratch, r->hop_matcher) != WEIR_OK ||
        weir_match_scratch_reserve(r->match_scratch, r->client_matcher) != WEIR_OK ||
        weir_scratch_create(&r->scratch, r->alloc) != WEIR_OK)
        return WEIR_ENOMEM;
    return WEIR_OK;
}

static void pool_fini(struct weir_router *r, struct id_pool *pool)
{
    weiri_release(r->alloc, pool->free);
    weiri_release(r->alloc, pool->of_id);
}

void weiri_tables_fini(struct weir_router *r)
{
    struct node *next;
    struct entry *next_entry;

    for (size_t t = 0; t < 2; t++) {
        for (struct node *node = r->tables[t].first; node != NULL; node = next) {
            next = node->next;
            for (struct entry *e = node->first; e != NULL; e = next_entry) {
                next_entry = e->node_next;
                weir_filter_destroy(e->filter);
                weiri_release(r->alloc, e);
            }
            weir_normal_destroy(node->normal);
            node_free(r, node);
        }
        weiri_lookup_fini(&r->tables[t].by_hash);
        weiri_lookup_fini(&r->tables[t].keys);
    }
    weiri_release(r->alloc, r->cover_cache);
    weir_matcher_destroy(r->hop_matcher);
    weir_matcher_destroy(r->client_matcher);
    weir_match_scratch_destroy(r->match_scratch);
    weir_scratch_destroy(r->scratch);
    pool_fini(r, &r->hop_ids);
    pool_fini(r, &r->client_ids);
}
