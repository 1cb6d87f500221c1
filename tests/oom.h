/* oom.h - an allocator that fails when told to, and knows how much it gave and got back.
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

#include <stdalign.h>
#include <stdlib.h>

struct oom {
    struct weir_alloc alloc;
    size_t allowed;    /* allocations that still succeed */
    size_t refused;    /* allocations that failed */
    bool once;         /* after one that failed all succeed */
    size_t live_count; /* blocks handed out and not given back */
    size_t live_size;  /* their bytes */
    size_t peak_size;  /* the most that these ever were */
};

struct oom_block {
    size_t size;
    alignas(max_align_t) char bytes[];
};

static inline struct oom_block *oom_block_of(void *bytes)
{
    return bytes == NULL
               ? NULL
               : (struct oom_block *)(void *)((char *)bytes - offsetof(struct oom_block, bytes));
}

static inline void *oom_resize(void *context, void *block, size_t size)
{
    struct oom *oom = context;
    struct oom_block *old = oom_block_of(block), *grown;
    const size_t old_size = old != NULL ? old->size : 0;

    if (oom->allowed == 0) {
        oom->refused++;
        oom->allowed = oom->once ? SIZE_MAX : 0;
        return NULL;
    }
    oom->allowed--;
    grown = realloc(old, sizeof *grown + size);
    if (grown == NULL)
        return NULL;
    grown->size = size;
    oom->live_count += block == NULL;
    oom->live_size += size - old_size;
    if (oom->live_size > oom->peak_size)
        oom->peak_size = oom->live_size;
    return grown->bytes;
}

static inline void oom_release(void *context, void *block)
{
    struct oom *oom = context;

    if (block == NULL)
        return;
    oom->live_count--;
    oom->live_size -= oom_block_of(block)->size;
    free(oom_block_of(block));
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

/* The same, but just one allocation fails: that it did must not be forgotten. */
static inline void oom_init_once(struct oom *oom, size_t allowed)
{
    oom_init(oom, allowed);
    oom->once = true;
}

#endif /* TESTS_OOM_H */
