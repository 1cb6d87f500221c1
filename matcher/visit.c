/* visit.c - which buckets a notification meets.
 *
 * Keys are gathered first and looked up together, in stages, so that the memory of one is fetched
 * while others are worked on. */
#include "keys.h"
#include "names.h"

#include <stddef.h>

/* Steps, of about a byte each, that one attribute of a notification may cost to find which parts it
 * contains; beyond that all of its parts are looked at. */
#define PART_STEPS_MAX (UINT64_C(1) << 19)
#define GATHERED_MAX 64u
/* Bytes of the first block that are fetched ahead: its head and some columns. */
#define FETCH_SIZE 320u

/* A key that there may be a bucket for. */
struct sought {
    struct weiri_key key; /* without payload where it has a text */
    uint32_t hash;
    struct weir_str text;
};

struct visit {
    const struct weiri_probe *probe;
    weiri_bucket_fn *fn;
    void *context;
    uint32_t count;
    struct sought gathered[GATHERED_MAX];
    uint32_t near[GATHERED_MAX]; /* handles of buckets with about the same hash, or NONE */
};

static void seek(struct visit *v, const struct weiri_key *key, uint64_t payload,
                 struct weir_str text);
static void seek_value(struct visit *v, uint32_t index);
static void seek_texts(struct visit *v, const struct weiri_attr *attr, struct weir_str value,
                       enum weiri_key_kind kind);
static void visit_parts(struct visit *v, const struct weiri_attr *attr, struct weir_str value);
static void find_gathered(struct visit *v);
static const struct weiri_bucket *find(const struct visit *v, uint32_t index);
static const void *hot_part(const struct weiri_bucket *bucket);
static inline bool any_equal(const void *context, uint32_t handle, const void *key);
static inline bool sought_equal(const void *context, uint32_t handle, const void *key);

void weiri_keys_visit(const struct weiri_probe *probe, weiri_bucket_fn *fn, void *context)
{
    const struct weiri_key always = {.kind = WEIRI_KEY_ALWAYS, .attr = WEIRI_NONE};
    struct visit v;

    v.probe = probe;
    v.fn = fn;
    v.context = context;
    v.count = 0;
    if (probe->matcher->unkeyed > 0)
        seek(&v, &always, 0, (struct weir_str){0});
    for (uint32_t i = 0; i < probe->count; i++) {
        const struct weiri_attr *attr = probe->attrs[i];
        const struct weir_value *value = &probe->values[i];

        if (attr->keys[WEIRI_KEY_PRESENT] > 0)
            seek(&v, &(struct weiri_key){.kind = WEIRI_KEY_PRESENT, .attr = attr->handle}, 0,
                 (struct weir_str){0});
        if (attr->keys[WEIRI_KEY_VALUE] > 0)
            seek_value(&v, i);
        if (value->type != WEIR_STRING)
            continue;
        if (attr->keys[WEIRI_KEY_PREFIX] > 0)
            seek_texts(&v, attr, value->u.string, WEIRI_KEY_PREFIX);
        if (attr->keys[WEIRI_KEY_SUFFIX] > 0)
            seek_texts(&v, attr, value->u.string, WEIRI_KEY_SUFFIX);
        if (attr->keys[WEIRI_KEY_CONTAINS] > 0)
            visit_parts(&v, attr, value->u.string);
    }
    find_gathered(&v);
}

static void seek(struct visit *v, const struct weiri_key *key, uint64_t payload,
                 struct weir_str text)
{
    struct sought *sought;

    if (v->count == GATHERED_MAX)
        find_gathered(v);
    sought = &v->gathered[v->count++];
    sought->key = *key;
    sought->text = text;
    sought->hash = weiri_key_hash(key, payload);
    weiri_map_prefetch(&v->probe->matcher->bucket_map, sought->hash);
}

static void seek_value(struct visit *v, uint32_t index)
{
    const struct weiri_probe *probe = v->probe;
    const struct weir_value *value = &probe->values[index];
    const uint32_t attr = probe->attrs[index]->handle;

    if (value->type == WEIR_STRING) {
        const struct weiri_key key = {WEIRI_KEY_VALUE, WEIRI_RANK_STRING, attr, 0};

        seek(v, &key, weiri_text_hash(value->u.string), value->u.string);
    } else {
        const struct weiri_key key = weiri_key_of_value(probe->matcher, attr, value);

        seek(v, &key, key.payload, (struct weir_str){0});
    }
}

/* A look-up for each length that a prefix or suffix has. */
static void seek_texts(struct visit *v, const struct weiri_attr *attr, struct weir_str value,
                       enum weiri_key_kind kind)
{
    const struct weiri_key key = {.kind = (uint8_t)kind, .attr = attr->handle};

    for (uint64_t lengths = attr->lengths[kind]; lengths != 0; lengths &= lengths - 1) {
        struct weir_str text = {value.ptr, (size_t)__builtin_ctzll(lengths)};

        if (text.len > value.len)
            break;
        if (kind == WEIRI_KEY_SUFFIX)
            text.ptr += value.len - text.len;
        seek(v, &key, weiri_text_hash(text), text);
    }
}

/* Each part is searched for, as long as that is bounded; beyond, the records of its rows decide. */
static void visit_parts(struct visit *v, const struct weiri_attr *attr, struct weir_str value)
{
    const struct weiri_parts *parts = atomic_load_explicit(&attr->parts, memory_order_acquire);
    const uint32_t count =
        parts != NULL ? atomic_load_explicit(&parts->count, memory_order_acquire) : 0;
    const bool search = (uint64_t)count * value.len <= PART_STEPS_MAX;

    for (uint32_t i = 0; i < count; i++) {
        const struct weiri_bucket *bucket =
            atomic_load_explicit(&parts->v[i], memory_order_acquire);

        if (bucket == NULL || atomic_load_explicit(&bucket->list, memory_order_acquire) == NULL)
            continue;
        if (!search || weiri_text_contains(value, weiri_texts_at(&v->probe->matcher->texts,
                                                                 (uint32_t)bucket->key.payload)))
            v->fn(v->context, bucket, search);
    }
}

static void find_gathered(struct visit *v)
{
    const struct weir_matcher *m = v->probe->matcher;
    const struct weiri_bucket *found[GATHERED_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < v->count; i++) {
        v->near[i] = weiri_map_find_by(&m->bucket_map, any_equal, NULL, v->gathered[i].hash, NULL);
        if (v->near[i] != WEIRI_MAP_NONE)
            weiri_table_prefetch(&m->buckets, v->near[i]);
    }
    for (uint32_t i = 0; i < v->count; i++) {
        if (v->near[i] != WEIRI_MAP_NONE)
            __builtin_prefetch(hot_part(weiri_table_at(&m->buckets, v->near[i])));
    }
    for (uint32_t i = 0; i < v->count; i++) {
        const struct weiri_bucket *bucket = v->near[i] != WEIRI_MAP_NONE ? find(v, i) : NULL;

        if (bucket != NULL)
            found[count++] = bucket;
    }
    v->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct weiri_list *list = atomic_load_explicit(&found[i]->list, memory_order_acquire);
        const void *rows =
            list != NULL ? atomic_load_explicit(&list->v[0], memory_order_relaxed) : NULL;

        for (size_t at = 0; rows != NULL && at < FETCH_SIZE; at += 64)
            __builtin_prefetch((const char *)rows + at);
    }
    for (uint32_t i = 0; i < count; i++)
        v->fn(v->context, found[i], true);
}

/* The bucket sought, if it has rows; most often it is the one that the map has near its hash. */
static const struct weiri_bucket *find(const struct visit *v, uint32_t index)
{
    const struct weir_matcher *m = v->probe->matcher;
    const struct sought *sought = &v->gathered[index];
    uint32_t handle = v->near[index];
    const struct weiri_bucket *bucket;
    const struct weiri_list *list;

    if (!sought_equal(m, handle, sought))
        handle = weiri_map_find_by(&m->bucket_map, sought_equal, m, sought->hash, sought);
    if (handle == WEIRI_MAP_NONE)
        return NULL;
    bucket = weiri_table_at(&m->buckets, handle);
    list = atomic_load_explicit(&bucket->list, memory_order_acquire);
    __builtin_prefetch(list);
    return list != NULL ? bucket : NULL;
}

static const void *hot_part(const struct weiri_bucket *bucket)
{
    return (const char *)bucket + offsetof(struct weiri_bucket, list);
}

static inline bool any_equal(const void *context, uint32_t handle, const void *key)
{
    (void)context, (void)handle, (void)key;
    return true;
}

static inline bool sought_equal(const void *context, uint32_t handle, const void *key)
{
    const struct weir_matcher *m = context;
    const struct weiri_bucket *bucket = weiri_table_at(&m->buckets, handle);
    const struct sought *sought = key;

    if (bucket->hash != sought->hash || bucket->key.attr != sought->key.attr ||
        bucket->key.kind != sought->key.kind || bucket->key.rank != sought->key.rank)
        return false;
    return weiri_key_has_text(&sought->key)
               ? weiri_text_equal(weiri_texts_at(&m->texts, (uint32_t)bucket->key.payload),
                                  sought->text)
               : bucket->key.payload == sought->key.payload;
}
