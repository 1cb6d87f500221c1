/* oom.h - an allocator that fails when told to, and knows whether all was given back.
 *
 *     for (size_t n = 0;; n++) {
 *         oom_init(&oom, n);
 *         err = weir_thing_create(&thing, &oom.alloc);
 *         if (err == WEIR_OK)
 *             break;
 *         assert_int_equal(err, WEIR_ENOMEM);
 *         assert_int_equal(oom.live_count, 0);
 *     } */
#ifndef TESTS_OOM_H
#define TESTS_OOM_H

#include <weir/base.h>

#include <stdlib.h>

struct oom {
    struct weir_alloc alloc;
    size_t allowed;    /* allocations that still succeed */
    size_t live_count; /* blocks handed out and not given back */
};

static inline void *oom_resize(void *context, void *block, size_t size)
{
    struct oom *oom = context;
    void *grown;

    if (oom->allowed == 0)
        return NULL;
    oom->allowed--;
    grown = realloc(block, size);
    if (block == NULL && grown != NULL)
        oom->live_count++;
    return grown;
}

static inline void oom_release(void *context, void *block)
{
    struct oom *oom = context;

    oom->live_count -= block != NULL;
    free(block);
}

/* The first `allowed` allocations succeed, all later ones fail; SIZE_MAX: none fails.  `oom` must
 * outlive what is allocated with &oom->alloc. */
static inline void oom_init(struct oom *oom, size_t allowed)
{
    *oom = (struct oom){
        .alloc = {oom_resize, oom_release, oom},
          .allowed = allowed
    };
}

#endif /* TESTS_OOM_H */
