/* json_oom.h - lets Jansson run out of memory: one header for the tests of those who parse with it.
 */
#ifndef TESTS_JSON_OOM_H
#define TESTS_JSON_OOM_H

#include <errno.h>
#include <stdlib.h>

#include <jansson.h>

/* The next `json_oom_allowed` allocations succeed. */
static size_t json_oom_allowed, json_oom_live_count;

static inline void *json_oom_alloc(size_t size)
{
    void *block;

    if (json_oom_allowed == 0) {
        errno = ENOMEM; /* as malloc does */
        return NULL;
    }
    json_oom_allowed--;
    block = malloc(size);
    json_oom_live_count += block != NULL;
    return block;
}

static inline void json_oom_release(void *block)
{
    json_oom_live_count -= block != NULL;
    free(block);
}

/* From now on the first `allowed` allocations succeed. */
static inline void json_oom_begin(size_t allowed)
{
    json_oom_allowed = allowed;
    json_oom_live_count = 0;
    json_set_alloc_funcs(json_oom_alloc, json_oom_release);
}

static inline void json_oom_end(void)
{
    json_set_alloc_funcs(malloc, free);
}

#endif /* TESTS_JSON_OOM_H */
