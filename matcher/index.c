/* index.c - interned attributes, buckets of equal values, and lists of entries. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <assert.h>
#include <string.h>

#include "internal.h"

static bool is_stamp(struct weir_str name);
static uint32_t hash_value(const struct weiri_attr *attr, const struct weir_value *value);
static struct weiri_bucket *bucket_make(struct weir_matcher *m, struct weiri_attr *attr,
                                        const struct weir_value *value);
static void bucket_destroy(struct weir_matcher *m, struct weiri_bucket *bucket);

uint32_t weiri_hash_name(struct weir_str name)
{
    return (uint32_t)XXH3_64bits(name.ptr, name.len);
}

struct weiri_attr *weiri_attr_find(const struct weir_matcher *m, struct weir_str name)
{
    const uint32_t hash = weiri_hash_name(name);
    uint32_t cursor = hash, slot;

    while ((slot = weiri_indexmap_next(&m->attr_map, hash, &cursor)) != WEIRI_INDEXMAP_NONE) {
        struct weiri_attr *attr = m->attrs.items[slot];

        if (attr->name_len == name.len && memcmp(attr->name, name.ptr, name.len) == 0)
            return attr;
    }
    return NULL;
}

struct weiri_attr *weiri_attr_hold(struct weir_matcher *m, struct weir_str name)
{
    struct weiri_attr *attr = weiri_attr_find(m, name);

    if (attr == NULL) {
        if (!weiri_indexmap_reserve(&m->attr_map, m->alloc) ||
            !weiri_slots_reserve(&m->attrs, m->alloc))
            return NULL;
        attr = weiri_alloc_zeroed(m->alloc, 1, sizeof *attr + name.len);
        if (attr == NULL)
            return NULL;
        attr->hash = weiri_hash_name(name);
        attr->name_len = name.len;
        memcpy(attr->name, name.ptr, name.len);
        attr->slot = weiri_slots_add(&m->attrs, attr);
        weiri_indexmap_insert(&m->attr_map, attr->hash, attr->slot);
        m->stamp_attrs += is_stamp(name);
    }
    attr->refs++;
    return attr;
}

void weiri_attr_drop(struct weir_matcher *m, struct weiri_attr *attr)
{
    assert(attr->refs > 0);
    if (--attr->refs > 0)
        return;
    assert(attr->present.count == 0);
    m->stamp_attrs -= is_stamp((struct weir_str){attr->name, attr->name_len});
    weiri_indexmap_remove(&m->attr_map, attr->hash, attr->slot, m->alloc);
    weiri_slots_remove(&m->attrs, attr->slot, m->alloc);
    weiri_release(m->alloc, attr->present.v);
    weiri_release(m->alloc, attr);
}

struct weiri_bucket *weiri_bucket_find(const struct weir_matcher *m, const struct weiri_attr *attr,
                                       const struct weir_value *value)
{
    const uint32_t hash = hash_value(attr, value);
    uint32_t cursor = hash, slot;

    while ((slot = weiri_indexmap_next(&m->bucket_map, hash, &cursor)) != WEIRI_INDEXMAP_NONE) {
        struct weiri_bucket *bucket = m->buckets.items[slot];

        if (bucket->attr == attr && weir_value_equal(&bucket->value, value))
            return bucket;
    }
    return NULL;
}

bool weiri_list_in_bucket(struct weir_matcher *m, struct weiri_attr *attr,
                          const struct weir_value *value, struct weiri_entry *entry)
{
    struct weiri_bucket *bucket = weiri_bucket_find(m, attr, value);

    if (bucket == NULL)
        bucket = bucket_make(m, attr, value);
    if (bucket == NULL)
        return false;
    if (weiri_list_add(m, &bucket->entries, bucket, entry))
        return true;
    if (bucket->entries.count == 0)
        bucket_destroy(m, bucket);
    return false;
}

bool weiri_list_add(struct weir_matcher *m, struct weiri_list *list, struct weiri_bucket *bucket,
                    struct weiri_entry *entry)
{
    struct weiri_listed *v =
        weiri_array_grow(m->alloc, list->v, &list->capacity, (size_t)list->count + 1, sizeof *v);

    if (v == NULL)
        return false;
    list->v = v;
    entry->places[entry->place_count++] = (struct weiri_place){list, bucket, list->count};
    v[list->count++] = (struct weiri_listed){entry, weiri_test_none};
    return true;
}

void weiri_list_test(struct weiri_entry *entry, const struct weiri_test *test)
{
    for (uint32_t i = 0; i < entry->place_count; i++)
        entry->places[i].list->v[entry->places[i].index].test = *test;
}

/* The last entry of a list takes the place of the one that leaves. */
void weiri_unlist(struct weir_matcher *m, struct weiri_entry *entry)
{
    while (entry->place_count > 0) {
        const struct weiri_place place = entry->places[--entry->place_count];
        struct weiri_list *list = place.list;
        struct weiri_entry *last = list->v[--list->count].entry;

        list->v[place.index] = list->v[list->count];
        for (uint32_t i = 0; last != entry; i++) {
            assert(i < last->place_count);
            if (last->places[i].list == list) {
                last->places[i].index = place.index;
                break;
            }
        }
        if (list->count > 0)
            continue;
        weiri_release(m->alloc, list->v);
        *list = (struct weiri_list){0};
        if (place.bucket != NULL)
            bucket_destroy(m, place.bucket);
    }
}

static bool is_stamp(struct weir_str name)
{
    for (int i = 0; i < WEIR_STAMP_COUNT; i++) {
        if (weir_str_equal(name, weir_stamp_name((enum weir_stamp)i)))
            return true;
    }
    return false;
}

static uint32_t hash_value(const struct weiri_attr *attr, const struct weir_value *value)
{
    const uint64_t seed = attr->hash;

    switch (value->type) {
    case WEIR_STRING:
        return (uint32_t)XXH3_64bits_withSeed(value->u.string.ptr, value->u.string.len, seed);
    case WEIR_DOUBLE:
        return (uint32_t)XXH3_64bits_withSeed(&value->u.real, sizeof value->u.real, seed);
    case WEIR_INT:
    case WEIR_TIMESTAMP:
        return (uint32_t)XXH3_64bits_withSeed(&value->u.integer, sizeof value->u.integer, seed);
    case WEIR_BOOL: break;
    }
    return (uint32_t)seed + value->u.boolean;
}

static struct weiri_bucket *bucket_make(struct weir_matcher *m, struct weiri_attr *attr,
                                        const struct weir_value *value)
{
    const size_t len = value->type == WEIR_STRING ? value->u.string.len : 0;
    struct weiri_bucket *bucket;

    if (!weiri_indexmap_reserve(&m->bucket_map, m->alloc) ||
        !weiri_slots_reserve(&m->buckets, m->alloc))
        return NULL;
    bucket = weiri_alloc_zeroed(m->alloc, 1, sizeof *bucket + len);
    if (bucket == NULL)
        return NULL;
    bucket->value = *value;
    if (value->type == WEIR_STRING) {
        char *text = (char *)(bucket + 1);

        if (len > 0)
            memcpy(text, value->u.string.ptr, len);
        bucket->value.u.string.ptr = text;
    }
    bucket->attr = attr;
    attr->refs++;
    bucket->hash = hash_value(attr, value);
    bucket->slot = weiri_slots_add(&m->buckets, bucket);
    weiri_indexmap_insert(&m->bucket_map, bucket->hash, bucket->slot);
    return bucket;
}

static void bucket_destroy(struct weir_matcher *m, struct weiri_bucket *bucket)
{
    weiri_indexmap_remove(&m->bucket_map, bucket->hash, bucket->slot, m->alloc);
    weiri_slots_remove(&m->buckets, bucket->slot, m->alloc);
    weiri_attr_drop(m, bucket->attr);
    weiri_release(m->alloc, bucket->entries.v);
    weiri_release(m->alloc, bucket);
}
