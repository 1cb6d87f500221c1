/* random.h - reproducible random numbers for property tests (SplitMix64).
 *
 * A test prints the seed with every failure; WEIR_TEST_SCALE, a percentage, says how many
 * rounds it does. */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct random_source {
    uint64_t state; /* the seed, to begin with */
};

static inline uint64_t random_u64(struct random_source *r)
{
    uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* 0 to bound - 1; the bias is of no consequence to tests. */
static inline size_t random_below(struct random_source *r, size_t bound)
{
    return (size_t)(random_u64(r) % bound);
}

static inline bool random_chance(struct random_source *r, unsigned percent)
{
    return random_below(r, 100) < percent;
}

/* `count` rounds at a scale of 100 percent; at least one. */
static inline size_t random_rounds(size_t count)
{
    const char *scale = getenv("WEIR_TEST_SCALE");
    unsigned long percent = scale == NULL ? 100 : strtoul(scale, NULL, 10);
    size_t rounds = count * percent / 100;

    return rounds == 0 ? 1 : rounds;
}

#endif /* TESTS_RANDOM_H */
