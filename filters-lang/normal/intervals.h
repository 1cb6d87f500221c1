/* intervals.h - sets of values as ascending, disjoint, not touching intervals.
 *
 * All values of one set are comparable.  Strings start at the closed end "", not at infinity, so
 * that `x >= ''` and "any string" are the same interval. */
#ifndef WEIRI_INTERVALS_H
#define WEIRI_INTERVALS_H

#include <weir/domain.h>

#include "pool.h"

extern const struct weir_intervals weiri_all_ordered; /* numbers or timestamps */
extern const struct weir_intervals weiri_all_strings;

bool weiri_intervals_equal(const struct weir_intervals *a, const struct weir_intervals *b);
/* A total order over sets of the same kind of values. */
int weiri_intervals_compare(const struct weir_intervals *a, const struct weir_intervals *b);
bool weiri_interval_is_point(const struct weir_interval *interval);
/* True when `low` ends just where `high` begins but for one point that is in neither. */
bool weiri_intervals_miss_point(const struct weir_interval *low, const struct weir_interval *high);
/* True when the interval is not empty and, where there is a `previous` one, lies beyond it without
 * touching it. */
bool weiri_interval_follows(const struct weir_interval *interval,
                            const struct weir_interval *previous);
/* O(log count). */
bool weiri_intervals_have(const struct weir_intervals *set, const struct weir_value *value);

/* Hands each piece of an overlap or a difference to `visit`, in ascending order, until it returns
 * false; returns whether it never did.  O(a->count + b->count), no memory. */
typedef bool (*weiri_piece_fn)(void *context, const struct weir_interval *piece);
bool weiri_intervals_overlap(const struct weir_intervals *a, const struct weir_intervals *b,
                             weiri_piece_fn visit, void *context);
bool weiri_intervals_minus(const struct weir_intervals *a, const struct weir_intervals *b,
                           weiri_piece_fn visit, void *context);

bool weiri_intervals_include(const struct weir_intervals *wide,
                             const struct weir_intervals *narrow);
bool weiri_intervals_meet(const struct weir_intervals *a, const struct weir_intervals *b);

/* These return false when memory has run out. */
bool weiri_intervals_intersect(struct weir_intervals *out, const struct weir_intervals *a,
                               const struct weir_intervals *b, struct weiri_pool *pool);
bool weiri_intervals_unite(struct weir_intervals *out, const struct weir_intervals *a,
                           const struct weir_intervals *b, struct weiri_pool *pool);
bool weiri_intervals_subtract(struct weir_intervals *out, const struct weir_intervals *a,
                              const struct weir_intervals *b, struct weiri_pool *pool);
bool weiri_intervals_copy(struct weir_intervals *out, const struct weir_intervals *set,
                          struct weiri_pool *pool);

#endif /* WEIRI_INTERVALS_H */
