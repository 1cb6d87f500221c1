/* pool.c - chunks that double in size, handed out from the front. */
#include "pool.h"

#include <assert.h>
#include <stdalign.h>
#include <weir/alloc.h>

#define CHUNK_SIZE_MIN 256u
#ifndef CHUNK_SIZE_MAX /* tests set 1: each thing is in a chunk of its own */
#define CHUNK_SIZE_MAX 65536u
#endif

struct weiri_pool_chunk {
    struct weiri_pool_chunk *next;
    size_t size;
    alignas(max_align_t) char bytes[];
};

static bool add_chunk(struct weiri_pool *pool, size_t need);

void weiri_pool_init(struct weiri_pool *pool, const struct weir_alloc *alloc)
{
    *pool = (struct weiri_pool){.alloc = alloc};
}

void weiri_pool_fini(struct weiri_pool *pool)
{
    while (pool->chunks != NULL) {
        struct weiri_pool_chunk *next = pool->chunks->next;

        weiri_release(pool->alloc, pool->chunks);
        pool->chunks = next;
    }
    pool->at = NULL;
    pool->left = 0;
    pool->taken = 0;
}

void weiri_pool_rewind(struct weiri_pool *pool, const struct weiri_pool *then)
{
    while (pool->chunks != then->chunks) {
        struct weiri_pool_chunk *next = pool->chunks->next;

        weiri_release(pool->alloc, pool->chunks);
        pool->chunks = next;
    }
    *pool = *then;
}

void *weiri_pool_take(struct weiri_pool *pool, size_t count, size_t size)
{
    const size_t align = alignof(max_align_t);
    size_t need;
    void *taken;

    assert(size > 0);
    if (count > (SIZE_MAX / 2) / size)
        return NULL;
    need = (count * size + align - 1) / align * align;
    if (need == 0)
        need = align;
    if (need > pool->left && !add_chunk(pool, need))
        return NULL;
    taken = pool->at;
    pool->at += need;
    pool->left -= need;
    pool->taken += need;
    return taken;
}

static bool add_chunk(struct weiri_pool *pool, size_t need)
{
    size_t size = pool->chunks != NULL ? pool->chunks->size * 2 : CHUNK_SIZE_MIN;
    struct weiri_pool_chunk *chunk;

    if (size > CHUNK_SIZE_MAX)
        size = CHUNK_SIZE_MAX;
    if (size < need)
        size = need;
    chunk = weiri_alloc(pool->alloc, sizeof *chunk + size);
    if (chunk == NULL)
        return false;
    chunk->next = pool->chunks;
    chunk->size = size < CHUNK_SIZE_MAX ? size : CHUNK_SIZE_MAX;
    pool->chunks = chunk;
    pool->at = chunk->bytes;
    pool->left = size;
    return true;
}
