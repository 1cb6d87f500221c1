/* sweep.h - one case of the sweep: filters of a workload that come and go, and what the matcher
 * finds against what the evaluator says. */
#ifndef TESTS_MATCHER_SWEEP_H
#define TESTS_MATCHER_SWEEP_H

#include <weir/workloads.h>

#define SWEEP_READERS_MAX 8u

struct sweep_case {
    enum weiri_workload_kind workload;
    size_t size;
    uint64_t seed;  /* odd: dense */
    size_t readers; /* 0: this thread matches and changes in turn, and all depends on the seed */
};

/* Sums over cases; a decision is whether one filter matches one notification. */
struct sweep_totals {
    uint64_t cases, decisions, matches, undecided, changes;
};

/* Ends with false and a text in `wrong` when matcher and evaluator differ. */
bool sweep_run(const struct sweep_case *what, struct sweep_totals *totals, char *wrong,
               size_t wrong_size);

#endif /* TESTS_MATCHER_SWEEP_H */
