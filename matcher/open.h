/* open.h - which blocks and pages of a bucket have free rows, and which of them a row goes to.
 *
 * Rows that are alike come together: those whose gates have their ends in the same part of the
 * codes are of one class; the more rows a bucket has, the smaller are the parts. */
#ifndef WEIRI_OPEN_H
#define WEIRI_OPEN_H

#include "internal.h"

struct weiri_open {
    uint32_t handle; /* of rows */
    uint32_t class;
    uint64_t mask[WEIRI_SLOTS / 64]; /* of a page: its slots */
};

struct weiri_opens {
    uint32_t count, capacity;
    struct weiri_open v[];
};

/* The class of a row with the gate, in a bucket of so many rows. */
uint32_t weiri_class_of(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                        enum weiri_rows_kind kind, uint32_t gate);
/* Where the row is to go, or NULL where it is worth a new block or page. */
struct weiri_rows *weiri_open_find(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                                   enum weiri_rows_kind kind, uint32_t class,
                                   const struct weiri_row *row);
/* Makes room for one entry more; for want of memory there is none. */
void weiri_open_reserve(struct weir_matcher *m, struct weiri_bucket *bucket);
/* Notes that rows are free there, as far as there is room to; again where its columns are others.
 */
void weiri_open_note(struct weiri_bucket *bucket, const struct weiri_rows *rows, uint32_t class);
/* Notes that it has no free rows any more, or is gone. */
void weiri_open_forget(struct weiri_bucket *bucket, const struct weiri_rows *rows);
/* When the bucket has no rows. */
void weiri_open_fini(struct weir_matcher *m, struct weiri_bucket *bucket);

#endif /* WEIRI_OPEN_H */
