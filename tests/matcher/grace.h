/* grace.h - what a caller with reader threads does: waits until each has been between two lookups.
 */
#ifndef TESTS_GRACE_H
#define TESTS_GRACE_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define GRACE_READERS 2

struct grace {
    atomic_ulong passed[GRACE_READERS]; /* lookups that have ended */
    atomic_bool stop;
};

/* Returns when every lookup that had begun before has ended. */
static inline void grace_wait(struct grace *grace)
{
    for (size_t i = 0; i < GRACE_READERS; i++) {
        const unsigned long seen = atomic_load(&grace->passed[i]);

        while (atomic_load(&grace->passed[i]) == seen)
            sched_yield();
    }
}

#endif /* TESTS_GRACE_H */
