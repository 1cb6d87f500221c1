/* pool.h - memory that is given back all at once: the working space of a computation, or all that
 * a normal form consists of. */
#ifndef WEIRI_POOL_H
#define WEIRI_POOL_H

#include <weir/base.h>

struct weiri_pool_chunk;

struct weiri_pool {
    const struct weir_alloc *alloc;
    struct weiri_pool_chunk *chunks;
    char *at;
    size_t left;
    size_t taken; /* bytes handed out */
};

/* `alloc` may be NULL and must outlive the pool. */
void weiri_pool_init(struct weiri_pool *pool, const struct weir_alloc *alloc);
void weiri_pool_fini(struct weiri_pool *pool);

/* Gives back all that was taken since `then`, a copy of the pool. */
void weiri_pool_rewind(struct weiri_pool *pool, const struct weiri_pool *then);

/* Memory for `count` things of `size` bytes, aligned for any type, not cleared; never NULL for no
 * bytes; NULL when memory has run out. */
void *weiri_pool_take(struct weiri_pool *pool, size_t count, size_t size);

#endif /* WEIRI_POOL_H */
