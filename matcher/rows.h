/* rows.h - placing rows in the blocks and pages of a bucket.
 *
 * Each function that may lack memory leaves what is found unchanged when it does.  A place is
 * (handle of the block or page) << 9 | row. */
#ifndef WEIRI_ROWS_H
#define WEIRI_ROWS_H

#include "internal.h"

#define WEIRI_PLACE_BITS 9u /* of the row in a place */
/* Handles of blocks and pages are below it, so that no place is NONE. */
#define WEIRI_ROWS_LIMIT ((UINT32_C(1) << (32 - WEIRI_PLACE_BITS)) - 1)

/* Writes the row where there is room, not live yet; its place, or NONE for want of memory, or of
 * handles. */
WEIR_MUST_USE uint32_t weiri_rows_place(struct weir_matcher *m, struct weiri_bucket *bucket,
                                        const struct weiri_row *row);
/* Frees a place whose row is not live, and gives its bucket; only when no reader can see it any
 * more. */
struct weiri_bucket *weiri_rows_free(struct weir_matcher *m, uint32_t place);
/* Lets readers find the row, or not any more. */
void weiri_rows_set_live(struct weir_matcher *m, uint32_t place, bool live);
/* What a live row stands for: its only id, or a form. */
void weiri_rows_set_ref(struct weir_matcher *m, uint32_t place, uint32_t ref, bool plain);
struct weiri_rows *weiri_rows_at(const struct weir_matcher *m, uint32_t handle);
/* What its rows stand for; of pages without `ref`. */
struct weiri_refs weiri_rows_refs(const struct weiri_rows *rows);
/* Builds the block or page anew, with the columns that its rows would get today; false for want of
 * memory. */
WEIR_MUST_USE bool weiri_rows_renew(struct weir_matcher *m, struct weiri_rows *rows);

/* ---- the two kinds; what rows.c needs of them */

struct weiri_columns {
    uint32_t count;
    uint32_t fine; /* of blocks: a bit for each column with fine parts */
    uint32_t sets; /* of blocks: a bit for each column of sets */
    uint8_t slots[WEIRI_BLOCK_COLUMNS];
};

struct weiri_rows_ops {
    uint32_t rows_max;
    /* Of blocks: room for `capacity` rows with the columns; NULL for want of memory. */
    struct weiri_rows *(*create)(struct weir_matcher *m, uint32_t capacity,
                                 const struct weiri_columns *columns);
    /* A row that is not in use, or NONE. */
    uint32_t (*free_row)(const struct weiri_rows *rows);
    void (*write)(struct weiri_rows *rows, uint32_t row, const struct weiri_row *what);
    /* Of blocks: all rows of `from` under the same numbers; the columns of `to` are those of
     * `from`, extended.
     */
    void (*copy)(struct weiri_rows *to, struct weiri_rows *from);
    void (*clear)(struct weiri_rows *rows, uint32_t row);
    /* Before it is released. */
    void (*fini)(struct weiri_rows *rows);
    /* Keeps a row from being given out, though nothing is written. */
    void (*occupy)(struct weiri_rows *rows, uint32_t row);
    bool (*is_used)(const struct weiri_rows *rows, uint32_t row);
    bool (*is_live)(const struct weiri_rows *rows, uint32_t row);
    void (*set_live)(struct weiri_rows *rows, uint32_t row, bool live);
    bool (*is_plain)(const struct weiri_rows *rows, uint32_t row);
    void (*set_plain)(struct weiri_rows *rows, uint32_t row, bool plain);
    struct weiri_columns (*columns)(const struct weiri_rows *rows); /* of blocks, as is the next */
    /* Adds what the row lacks, as far as there may be columns; false if nothing was to be done. */
    bool (*extend)(struct weiri_columns *columns, const struct weiri_row *row);
    struct weiri_refs (*refs)(const struct weiri_rows *rows);
    uint32_t *(*ref)(const struct weiri_rows *rows, uint32_t row);
};
extern const struct weiri_rows_ops weiri_block_ops, weiri_page_ops;

/* One writer: no read-modify-write is needed. */
static inline void weiri_bit_set(_Atomic uint64_t *words, uint32_t bit, bool on)
{
    _Atomic uint64_t *word = words + bit / 64;
    const uint64_t old = atomic_load_explicit(word, memory_order_relaxed);
    const uint64_t mask = UINT64_C(1) << bit % 64;

    atomic_store_explicit(word, on ? old | mask : old & ~mask, memory_order_release);
}

static inline bool weiri_bit_get(const _Atomic uint64_t *words, uint32_t bit)
{
    return atomic_load_explicit(&words[bit / 64], memory_order_relaxed) >> bit % 64 & 1;
}

#endif /* WEIRI_ROWS_H */
