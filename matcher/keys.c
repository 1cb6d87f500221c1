/* keys.c - see keys.h. */
#include "keys.h"

#include "names.h"

#include <string.h>

static bool bucket_equal(const void *context, uint32_t handle, const void *key);
static uint32_t bucket_hash(const void *context, uint32_t handle);
static uint32_t hash_key(const struct weir_matcher *m, const struct weiri_key *key);
static void release_bucket(struct weiri_retired *block, void *owner);
static void release_parts(struct weiri_retired *block, void *owner);
static uint32_t length_of(const struct weir_matcher *m, const struct weiri_key *key);
static bool is_text_kind(uint8_t kind);
static bool note_key(struct weir_matcher *m, struct weiri_bucket *bucket);
static void forget_key(struct weir_matcher *m, struct weiri_bucket *bucket);
static bool add_part(struct weir_matcher *m, struct weiri_attr *attr, struct weiri_bucket *bucket);

void weiri_keys_init(struct weir_matcher *m)
{
    weiri_table_init(&m->buckets, m->alloc);
    weiri_map_init(&m->bucket_map, bucket_equal, bucket_hash, m, &m->retired, m->alloc);
}

void weiri_keys_fini(struct weir_matcher *m)
{
    weiri_map_fini(&m->bucket_map);
    weiri_table_fini(&m->buckets);
}

struct weiri_bucket *weiri_bucket_hold(struct weir_matcher *m, const struct weiri_key *key)
{
    struct weiri_bucket *bucket = weiri_bucket_find(m, key);

    if (bucket != NULL) {
        bucket->mentions++;
        return bucket;
    }
    if (!weiri_map_reserve(&m->bucket_map) || !weiri_table_reserve(&m->buckets))
        return NULL;
    bucket = weiri_alloc_zeroed(m->alloc, 1, sizeof *bucket);
    if (bucket == NULL)
        return NULL;
    bucket->key = *key;
    bucket->hash = hash_key(m, key);
    bucket->mentions = 1;
    if (!note_key(m, bucket)) {
        weiri_release(m->alloc, bucket);
        return NULL;
    }
    bucket->handle = weiri_table_put(&m->buckets, bucket);
    weiri_map_insert(&m->bucket_map, bucket->hash, bucket->handle);
    return bucket;
}

void weiri_bucket_let_go(struct weir_matcher *m, struct weiri_bucket *bucket)
{
    if (--bucket->mentions > 0)
        return;
    forget_key(m, bucket);
    weiri_map_remove(&m->bucket_map, bucket->hash, bucket->handle);
    weiri_retire(&m->retired, &bucket->retired, release_bucket);
}

struct weiri_bucket *weiri_bucket_find(const struct weir_matcher *m, const struct weiri_key *key)
{
    const uint32_t handle = weiri_map_find(&m->bucket_map, hash_key(m, key), key);

    return handle != WEIRI_MAP_NONE ? weiri_table_at(&m->buckets, handle) : NULL;
}

struct weiri_key weiri_key_of_value(const struct weir_matcher *m, uint32_t attr,
                                    const struct weir_value *value)
{
    const struct weir_value held = weir_domain_value(*value);
    struct weiri_key key = {.kind = WEIRI_KEY_VALUE, .attr = attr};

    switch (held.type) {
    case WEIR_BOOL:
        key.rank = WEIRI_RANK_BOOL;
        key.payload = held.u.boolean;
        break;
    case WEIR_INT:
        key.rank = WEIRI_RANK_NUMBER;
        key.payload = (uint64_t)held.u.integer;
        break;
    case WEIR_DOUBLE:
        key.rank = WEIRI_RANKS;
        key.payload = weiri_bits_of_double(held.u.real);
        break;
    case WEIR_TIMESTAMP:
        key.rank = WEIRI_RANK_TIMESTAMP;
        key.payload = (uint64_t)held.u.integer;
        break;
    case WEIR_STRING:
        key.rank = WEIRI_RANK_STRING;
        key.payload = weiri_texts_find(&m->texts, held.u.string);
        break;
    }
    return key;
}

uint32_t weiri_key_hash(const struct weiri_key *key, uint64_t payload)
{
    uint64_t h = payload * UINT64_C(0x9e3779b97f4a7c15);

    h ^= h >> 32;
    h = (h ^ ((uint64_t)key->attr << 16 | (uint64_t)key->kind << 8 | key->rank)) *
        UINT64_C(0xd6e8feb86659fd93);
    return (uint32_t)(h >> 32);
}

static bool bucket_equal(const void *context, uint32_t handle, const void *key)
{
    const struct weir_matcher *m = context;
    const struct weiri_bucket *bucket = weiri_table_at(&m->buckets, handle);
    const struct weiri_key *wanted = key;

    return bucket->key.payload == wanted->payload && bucket->key.attr == wanted->attr &&
           bucket->key.kind == wanted->kind && bucket->key.rank == wanted->rank;
}

static uint32_t bucket_hash(const void *context, uint32_t handle)
{
    const struct weir_matcher *m = context;

    return ((const struct weiri_bucket *)weiri_table_at(&m->buckets, handle))->hash;
}

static uint32_t hash_key(const struct weir_matcher *m, const struct weiri_key *key)
{
    return weiri_key_hash(key, weiri_key_has_text(key)
                                   ? weiri_texts_hash(&m->texts, (uint32_t)key->payload)
                                   : key->payload);
}

static void release_bucket(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;

    weiri_table_drop(&m->buckets, ((struct weiri_bucket *)block)->handle);
    weiri_release(m->alloc, block);
}

static void release_parts(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;

    weiri_release(m->alloc, block);
}

static bool is_text_kind(uint8_t kind)
{
    return kind == WEIRI_KEY_PREFIX || kind == WEIRI_KEY_SUFFIX;
}

static uint32_t length_of(const struct weir_matcher *m, const struct weiri_key *key)
{
    return (uint32_t)weiri_texts_at(&m->texts, (uint32_t)key->payload).len;
}

/* Lets the attribute know what to look for. */
static bool note_key(struct weir_matcher *m, struct weiri_bucket *bucket)
{
    const uint8_t kind = bucket->key.kind;
    struct weiri_attr *attr;

    if (kind == WEIRI_KEY_ALWAYS) {
        m->unkeyed++;
        return true;
    }
    attr = weiri_attr_at(m, bucket->key.attr);
    if (is_text_kind(kind)) {
        const uint32_t length = length_of(m, &bucket->key);

        if (attr->length_counts[kind] == NULL)
            attr->length_counts[kind] =
                weiri_alloc_zeroed(m->alloc, WEIRI_LENGTHS, sizeof *attr->length_counts[kind]);
        if (attr->length_counts[kind] == NULL)
            return false;
        attr->length_counts[kind][length]++;
        attr->lengths[kind] |= UINT64_C(1) << length;
    } else if (kind == WEIRI_KEY_CONTAINS && !add_part(m, attr, bucket)) {
        return false;
    }
    attr->keys[kind]++;
    return true;
}

static void forget_key(struct weir_matcher *m, struct weiri_bucket *bucket)
{
    const uint8_t kind = bucket->key.kind;
    struct weiri_attr *attr;

    if (kind == WEIRI_KEY_ALWAYS) {
        m->unkeyed--;
        return;
    }
    attr = weiri_attr_at(m, bucket->key.attr);
    attr->keys[kind]--;
    if (is_text_kind(kind)) {
        const uint32_t length = length_of(m, &bucket->key);

        if (--attr->length_counts[kind][length] == 0)
            attr->lengths[kind] &= ~(UINT64_C(1) << length);
        if (attr->keys[kind] == 0) {
            weiri_release(m->alloc, attr->length_counts[kind]);
            attr->length_counts[kind] = NULL;
        }
    } else if (kind == WEIRI_KEY_CONTAINS) {
        struct weiri_parts *parts = attr->parts;

        atomic_store_explicit(&parts->v[bucket->part], NULL, memory_order_release);
        if (attr->keys[kind] == 0) {
            atomic_store_explicit(&attr->parts, NULL, memory_order_release);
            weiri_retire(&m->retired, &parts->retired, release_parts);
        }
    }
}

static bool add_part(struct weir_matcher *m, struct weiri_attr *attr, struct weiri_bucket *bucket)
{
    struct weiri_parts *parts = attr->parts, *larger;
    const uint32_t held = attr->keys[WEIRI_KEY_CONTAINS];
    uint32_t count = 0;

    if (parts == NULL || parts->count == parts->capacity) {
        larger =
            weiri_alloc_zeroed(m->alloc, 1, sizeof *larger + (held * 2 + 2) * sizeof larger->v[0]);
        if (larger == NULL)
            return false;
        larger->capacity = held * 2 + 2;
        for (uint32_t i = 0; parts != NULL && i < parts->count; i++) {
            struct weiri_bucket *other = parts->v[i];

            if (other == NULL)
                continue;
            other->part = count;
            larger->v[count++] = other;
        }
        larger->count = count;
        atomic_store_explicit(&attr->parts, larger, memory_order_release);
        if (parts != NULL)
            weiri_retire(&m->retired, &parts->retired, release_parts);
        parts = larger;
    }
    bucket->part = parts->count;
    atomic_store_explicit(&parts->v[bucket->part], bucket, memory_order_release);
    atomic_store_explicit(&parts->count, bucket->part + 1, memory_order_release);
    return true;
}
