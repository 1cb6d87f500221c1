/* arena.c - memory that is given back all at once. */
#include "arena.h"

#include <weir/alloc.h>

#include <assert.h>
#include <stdalign.h>
#include <string.h>

#define CHUNK_SIZE 2048
#define ALIGNMENT alignof(max_align_t)

struct weiri_arena_chunk {
    struct weiri_arena_chunk *next;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

void weiri_arena_init(struct weiri_arena *arena, const struct weir_alloc *alloc)
{
    *arena = (struct weiri_arena){.alloc = alloc};
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

void *weiri_arena_take(struct weiri_arena *arena, size_t size)
{
    unsigned char *block;

    assert(size <= SIZE_MAX / 2);
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (arena->chunks == NULL || arena->left < size) {
        size_t chunk_size = size > CHUNK_SIZE ? size : CHUNK_SIZE;
        struct weiri_arena_chunk *chunk = weiri_alloc(arena->alloc, sizeof *chunk + chunk_size);

        if (chunk == NULL)
            return NULL;
        chunk->next = arena->chunks;
        chunk->size = chunk_size;
        arena->chunks = chunk;
        arena->left = chunk_size;
    }
    block = arena->chunks->bytes + (arena->chunks->size - arena->left);
    arena->left -= size;
    if (size != 0)
        memset(block, 0, size);
    return block;
}
