/* texts.c - see texts.h. */
#include "texts.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <assert.h>
#include <string.h>

struct text {
    struct weiri_retired retired;
    struct weiri_texts *texts;
    uint32_t handle, refs, hash, len;
    char bytes[];
};

struct key {
    struct weir_str text;
    uint32_t hash;
};

static bool text_equal(const void *context, uint32_t handle, const void *key);
static uint32_t text_hash(const void *context, uint32_t handle);
static uint32_t find(const struct weiri_texts *t, const struct key *key);
static struct text *make_text(struct weiri_texts *t, const struct key *key);
static void release_text(struct weiri_retired *block, void *owner);
static size_t bytes_of(const struct text *text);

void weiri_texts_init(struct weiri_texts *t, struct weiri_retire_list *retired,
                      const struct weir_alloc *alloc)
{
    weiri_table_init(&t->table, alloc);
    weiri_map_init(&t->map, text_equal, text_hash, t, retired, alloc);
    t->size = 0;
}

void weiri_texts_fini(struct weiri_texts *t)
{
    for (uint32_t cursor = 0, handle;
         (handle = weiri_map_next(&t->map, &cursor)) != WEIRI_MAP_NONE;)
        weiri_release(t->table.alloc, weiri_table_at(&t->table, handle));
    weiri_map_fini(&t->map);
    weiri_table_fini(&t->table);
    t->size = 0;
}

uint32_t weiri_texts_find(const struct weiri_texts *t, struct weir_str text)
{
    return find(t, &(struct key){text, weiri_text_hash(text)});
}

uint32_t weiri_texts_hold(struct weiri_texts *t, struct weir_str text)
{
    const struct key key = {text, weiri_text_hash(text)};
    const uint32_t held = find(t, &key);
    struct text *made;

    if (held != WEIRI_TABLE_NONE) {
        made = weiri_table_at(&t->table, held);
        assert(made->refs < UINT32_MAX);
        made->refs++;
        return held;
    }
    made = make_text(t, &key);
    if (made == NULL || !weiri_map_reserve(&t->map) || !weiri_table_reserve(&t->table)) {
        weiri_map_trim(&t->map);
        weiri_release(t->table.alloc, made);
        return WEIRI_TABLE_NONE;
    }
    made->handle = weiri_table_put(&t->table, made);
    weiri_map_insert(&t->map, key.hash, made->handle);
    t->size += bytes_of(made);
    return made->handle;
}

void weiri_texts_let_go(struct weiri_texts *t, uint32_t handle)
{
    struct text *text = weiri_table_at(&t->table, handle);

    assert(text->refs > 0);
    if (--text->refs > 0)
        return;
    weiri_map_remove(&t->map, text->hash, handle);
    t->size -= bytes_of(text);
    weiri_retire(t->map.retired, &text->retired, release_text);
}

struct weir_str weiri_texts_at(const struct weiri_texts *t, uint32_t handle)
{
    const struct text *text = weiri_table_at(&t->table, handle);

    return (struct weir_str){text->bytes, text->len};
}

uint32_t weiri_texts_hash(const struct weiri_texts *t, uint32_t handle)
{
    return ((const struct text *)weiri_table_at(&t->table, handle))->hash;
}

uint32_t weiri_hash_long(struct weir_str text)
{
    return (uint32_t)XXH3_64bits(text.ptr, text.len);
}

size_t weiri_texts_bytes(const struct weiri_texts *t)
{
    return weiri_table_bytes(&t->table) + weiri_map_bytes(&t->map) + t->size;
}

static bool text_equal(const void *context, uint32_t handle, const void *key)
{
    const struct weiri_texts *t = context;
    const struct text *text = weiri_table_at(&t->table, handle);
    const struct key *wanted = key;

    return text->hash == wanted->hash &&
           weiri_text_equal((struct weir_str){text->bytes, text->len}, wanted->text);
}

static uint32_t text_hash(const void *context, uint32_t handle)
{
    return weiri_texts_hash(context, handle);
}

static uint32_t find(const struct weiri_texts *t, const struct key *key)
{
    const uint32_t handle = weiri_map_find_by(&t->map, text_equal, t, key->hash, key);

    return handle == WEIRI_MAP_NONE ? WEIRI_TABLE_NONE : handle;
}

static struct text *make_text(struct weiri_texts *t, const struct key *key)
{
    struct text *made;

    if (key->text.len > UINT32_MAX)
        return NULL;
    made = weiri_alloc(t->table.alloc, sizeof *made + key->text.len);
    if (made == NULL)
        return NULL;
    made->texts = t;
    made->refs = 1;
    made->hash = key->hash;
    made->len = (uint32_t)key->text.len;
    if (key->text.len > 0)
        memcpy(made->bytes, key->text.ptr, key->text.len);
    return made;
}

static void release_text(struct weiri_retired *block, void *owner)
{
    struct text *text = (struct text *)block;
    struct weiri_texts *t = text->texts;

    (void)owner;
    weiri_table_drop(&t->table, text->handle);
    weiri_release(t->table.alloc, text);
}

static size_t bytes_of(const struct text *text)
{
    return sizeof *text + text->len;
}
