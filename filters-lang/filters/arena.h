/* arena.h - memory that is given back all at once, with the filter it belongs to. */
#ifndef WEIR_FILTERS_ARENA_H
#define WEIR_FILTERS_ARENA_H

#include <weir/base.h>

struct weiri_arena_chunk;

struct weiri_arena {
    const struct weir_alloc *alloc;
    struct weiri_arena_chunk *chunks; /* newest first */
    size_t left;                      /* bytes free at the end of the newest */
    size_t total;                     /* of all chunks */
    size_t next_size;                 /* of the next chunk, if more is not asked for */
};

/* `expected` is about how many bytes will be taken. */
void weiri_arena_init(struct weiri_arena *arena, size_t expected, const struct weir_alloc *alloc);
void weiri_arena_fini(struct weiri_arena *arena);
/* Zeroed, aligned for any type of ours, or NULL. */
WEIR_MUST_USE void *weiri_arena_take(struct weiri_arena *arena, size_t size);

#endif /* WEIR_FILTERS_ARENA_H */
