/* explain.h - what the matcher holds of a filter, and what it does with a notification, for people:
 * `weir filter explain`, `weir match --explain`.  Nothing here is meant to be fast. */
#ifndef WEIR_EXPLAIN_H
#define WEIR_EXPLAIN_H

#include <weir/matcher.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_HOLDER_COLUMNS 8

/* Where a conjunction stands. */
struct weir_holder {
    bool page;       /* in a page: bitmaps of up to 64 rows; else in a block: columns of up to 64 */
    uint32_t rows;   /* of this block or page */
    uint32_t places; /* rows of its own: one under each value of its key */
    uint32_t beside; /* rows under the same keys, its own among them */
    bool complete;   /* the key and the columns say all, but for values just at a bound that is
                        not a code's; else its record is looked at in the end */
    uint32_t column_count;
    struct weir_str columns[WEIR_HOLDER_COLUMNS]; /* attributes whose codes are compared */
};

/* Of conjunction `index` of the normal form under `id`, which is held; names are borrowed until it
 * is removed.  As it would be placed by what the matcher knows now; in its block or page, columns
 * of others may have taken the room.  The writer's, as weir_matcher_add. */
struct weir_holder weir_matcher_holder(struct weir_matcher *m, uint32_t id, uint32_t index);

/* The rows under one key that a notification comes to. */
struct weir_visit {
    enum weir_access_kind kind;
    struct weir_str name, text;   /* as in struct weir_access */
    bool met;                     /* else the notification may not meet the key: records decide */
    uint32_t blocks, pages, rows; /* those aside that cannot match by an interval over all */
    uint32_t columns; /* looked at: each is compared for all rows of its block, or for the pages of
                         its sheet */
    uint32_t maybe;   /* rows that the columns leave */
    uint32_t records; /* those of them that records decide */
    uint32_t found;   /* rows that match */
};

/* In all; steps are the work that grows with the filters. */
struct weir_match_cost {
    uint32_t attributes; /* of the notification that filters name */
    uint32_t keys;       /* that were looked for, of which `visits` were there */
    uint32_t visits, blocks, pages, rows, columns, maybe, records, found;
    uint32_t undecided; /* records that ran out of budget, and count as no */
    uint64_t steps;     /* keys, columns, rows left and records */
};

typedef void weir_visit_fn(void *context, const struct weir_visit *visit);

/* Matches step by step, telling each visit (NULL: none) in order; what it tells is borrowed for the
 * call.  WEIR_ENOMEM only. */
WEIR_MUST_USE enum weir_err weir_matcher_explain(const struct weir_matcher *m,
                                                 const struct weir_notification *notification,
                                                 weir_visit_fn *visit, void *context,
                                                 struct weir_match_cost *cost,
                                                 const struct weir_alloc *alloc);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_EXPLAIN_H */
