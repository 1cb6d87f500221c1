/* postings.h - the predicates of one kind on one attribute, in the order of their values, with the
 * conjunctions that have each. */
#ifndef BASELINES_POSTINGS_H
#define BASELINES_POSTINGS_H

#include <weir/domain.h>

/* The predicates are: equal to the end, at least (or above) it, at most (or below) it. */
enum postings_kind { POSTINGS_EQUAL, POSTINGS_LOW, POSTINGS_HIGH };
#define POSTINGS_KINDS 3

struct posting { /* until it is sealed */
    double key;  /* the value, as nearly as a double says it; 0 for strings */
    const struct weir_end *end;
    uint32_t conjunction;
};

struct posting_value {
    double key;
    const struct weir_end *end;
    uint32_t first; /* of its conjunctions */
};

struct postings {
    struct posting *items;
    size_t count, capacity;
    struct posting_value *values; /* different ones, and one behind the last */
    size_t value_count;
    uint32_t *conjunctions;
};

/* `end` is referred to. */
WEIR_MUST_USE bool postings_add(struct postings *postings, const struct weir_end *end,
                                uint32_t conjunction, const struct weir_alloc *alloc);
WEIR_MUST_USE bool postings_seal(struct postings *postings, enum postings_kind kind,
                                 const struct weir_alloc *alloc);
void postings_fini(struct postings *postings, const struct weir_alloc *alloc);

struct posting_run {
    const uint32_t *v;
    size_t count;
};
/* The conjunctions of the predicates that the value, of a comparable type, satisfies. */
struct posting_run postings_find(const struct postings *postings, enum postings_kind kind,
                                 const struct weir_value *value);

#endif /* BASELINES_POSTINGS_H */
