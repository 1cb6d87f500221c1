/* scenario.h - one run: a random overlay, a random workload and, if wanted, faults, all from a
 * seed. The workload is the same whatever the strategy. */
#ifndef TESTS_SIM_SCENARIO_H
#define TESTS_SIM_SCENARIO_H

#include "world.h"

struct scenario {
    uint64_t seed;
    enum weir_strategy strategy;
    bool advertisements;
    bool faults;
    uint32_t until; /* operations to do at most */
    void (*trace)(void *context, uint64_t now_us, const char *text);
};

struct scenario_result {
    char wrong[400]; /* empty when all is well */
    bool quiet;      /* every operation waited for the one before to be over */
    uint64_t steps, published, deliveries, owed, delivered_sum, digest, gaps;
    uint32_t sent[2 * WORLD_LINKS]; /* SUB entries per link and direction before the end */
    uint32_t link_count;
};

void scenario_run(struct scenario_result *result, const struct scenario *scenario);

#endif /* TESTS_SIM_SCENARIO_H */
