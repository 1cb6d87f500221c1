/* workshop.h - what a computation works with: memory, and a budget of elementary steps, for the
 * expansion of a filter is exponential in the worst case. */
#ifndef WEIRI_WORKSHOP_H
#define WEIRI_WORKSHOP_H

#include <weir/normal.h>

#include "domains.h"

/* Steps for one interval or constraint that is copied. */
#define WEIRI_COPY_STEPS 8u
/* Elementary steps: what is left of a budget, and all that were asked for, also beyond it. */
struct weiri_meter {
    uint32_t left;
    uint64_t steps;
};

/* What a computation works with; `pool` and `meter` are its caller's. */
struct weiri_workshop {
    struct weiri_pool *pool;
    struct weiri_meter *meter;
    size_t memory;      /* bytes of the pool after which the computation is spent; 0: any */
    bool out_of_memory; /* then every result is meaningless */
    enum weir_filter_role role;
    bool domains_only; /* residuals are left out */
    bool settled;      /* conjunctions of advertisements are canonical; else products may follow */
};

/* Takes steps off the budget; false, with nothing left, when it does not have them. */
bool weiri_spend(struct weiri_meter *meter, uint32_t steps);

/* True when no steps are left, or the pool has given all that a computation may take. */
bool weiri_is_spent(const struct weiri_workshop *shop);
/* Memory for `count` things, as of the pool, that says so in the workshop when it has run out. */
void *weiri_shop_take(struct weiri_workshop *shop, size_t count, size_t size);

/* Makes *out what is in all of `count` domains, at least one, or in any; false when memory has run
 * out.  A domain may share memory with what it was made of. */
bool weiri_domains_intersect(struct weir_domain *out, const struct weir_domain *const *v,
                             uint32_t count, struct weiri_workshop *shop);
bool weiri_domains_unite(struct weir_domain *out, const struct weir_domain *const *v,
                         uint32_t count, struct weiri_workshop *shop);

#endif /* WEIRI_WORKSHOP_H */
