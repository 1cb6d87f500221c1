/* conjunctions.h - conjunctions, and disjunctions of them that stay without superfluous members.
 *
 * Work is counted in elementary steps against a budget, for the expansion of a filter is
 * exponential in the worst case. */
#ifndef WEIRI_CONJUNCTIONS_H
#define WEIRI_CONJUNCTIONS_H

#include <weir/normal.h>

#include "domains.h"

/* Elementary steps: what is left of a budget, and all that were asked for, also beyond it. */
struct weiri_meter {
    uint32_t left;
    uint64_t steps;
};

/* What a computation works with; `pool` and `meter` are its caller's. */
struct weiri_workshop {
    struct weiri_pool *pool;
    struct weiri_meter *meter;
    bool out_of_memory; /* then every result is meaningless */
    enum weir_filter_role role;
    bool settled; /* conjunctions of advertisements are canonical; else products may follow */
};

struct weiri_disjunction {
    struct weir_conjunction *v;
    uint32_t count, capacity;
};

/* Takes steps off the budget; false, with nothing left, when it does not have them. */
bool weiri_spend(struct weiri_meter *meter, uint32_t steps);

/* Errs only to false, as when the work runs out. */
bool weiri_conjunction_covers(const struct weir_conjunction *wide,
                              const struct weir_conjunction *narrow, struct weiri_meter *meter);
/* Each residual of `wide` is one of `narrow`. */
bool weiri_residuals_within(const struct weir_conjunction *wide,
                            const struct weir_conjunction *narrow);
/* A total order of canonical conjunctions. */
int weiri_conjunction_compare(const struct weir_conjunction *a, const struct weir_conjunction *b);
const struct weir_domain *weiri_conjunction_find(const struct weir_conjunction *conjunction,
                                                 struct weir_str name);

/* Makes *out what is in both; false if nothing is, or memory has run out. */
bool weiri_conjunction_intersect(struct weir_conjunction *out, const struct weir_conjunction *a,
                                 const struct weir_conjunction *b, struct weiri_workshop *shop);

/* Adds a conjunction, unless a member covers it; drops members that it covers, and merges it with
 * a member where that is perfect.  The members are then pairwise without cover or merger.  False
 * when work or memory has run out; the disjunction is then of no further use. */
bool weiri_disjunction_add(struct weiri_disjunction *d, const struct weir_conjunction *conjunction,
                           struct weiri_workshop *shop);
/* Adds it as it is; false when memory has run out. */
bool weiri_disjunction_push(struct weiri_disjunction *d, const struct weir_conjunction *conjunction,
                            struct weiri_workshop *shop);
void weiri_disjunction_sort(struct weiri_disjunction *d);
/* Makes *out one conjunction that covers all `count`, at least one; false when memory has run
 * out. */
bool weiri_conjunction_hull(struct weir_conjunction *out, const struct weir_conjunction *v,
                            uint32_t count, struct weiri_workshop *shop);

#endif /* WEIRI_CONJUNCTIONS_H */
