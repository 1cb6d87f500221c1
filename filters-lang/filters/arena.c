/* arena.c - memory that is given back all at once.
 *
 * The first chunk is as large as is expected to be needed and each further one has a quarter of
 * that, or of what is needed so far: filters are kept by the hundred thousand, so that what is left
 * over matters more than the number of chunks. */
#include "arena.h"

#include <weir/alloc.h>

#include <assert.h>
#include <stdalign.h>
#include <string.h>

#define CHUNK_SIZE_MIN 256
#define ALIGNMENT alignof(max_align_t)

struct weiri_arena_chunk {
    struct weiri_arena_chunk *next;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

void weiri_arena_init(struct weiri_arena *arena, size_t expected, const struct weir_alloc *alloc)
{
    *arena = (struct weiri_arena){.alloc = alloc, .next_size = expected};
}

void weiri_arena_fini(struct weiri_arena *arena)
{
    while (arena->chunks != NULL) {
        struct weiri_arena_chunk *chunk = arena->chunks;

        arena->chunks = chunk->next;
        weiri_release(arena->alloc, chunk);
    }
    arena->left = 0;
}

static bool add_chunk(struct weiri_arena *arena, size_t need)
{
    const size_t size = need > arena->next_size ? need : arena->next_size;
    struct weiri_arena_chunk *chunk = weiri_alloc(arena->alloc, sizeof *chunk + size);

    if (chunk == NULL)
        return false;
    chunk->next = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->left = size;
    arena->total += size;
    arena->next_size = arena->total / 4 > CHUNK_SIZE_MIN ? arena->total / 4 : CHUNK_SIZE_MIN;
    return true;
}

void *weiri_arena_take(struct weiri_arena *arena, size_t size)
{
    unsigned char *block;

    assert(size <= SIZE_MAX / 2);
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if ((arena->chunks == NULL || arena->left < size) && !add_chunk(arena, size))
        return NULL;
    block = arena->chunks->bytes + (arena->chunks->size - arena->left);
    arena->left -= size;
    if (size != 0)
        memset(block, 0, size);
    return block;
}
