/* internal.h - what the matcher holds; the pictures are in README.md.
 *
 *   form    one distinct normal form with the ids that have it; its conjunctions as records
 *   row     where a conjunction is found: in a block or a page
 *   key     what brings rows into sight: an attribute has a value, begins or ends with or contains
 *           a text, is present; or nothing at all
 *   slot    an attribute's values as codes, looked up once for each notification
 *
 * One writer; readers on other threads.  Readers reach everything through atomics that are released
 * when what they lead to is complete; what is taken out is retired. */
#ifndef WEIRI_MATCHER_INTERNAL_H
#define WEIRI_MATCHER_INTERNAL_H

#include "codes.h"
#include "ids.h"
#include "map.h"
#include "retire.h"
#include "sets.h"
#include "table.h"
#include "texts.h"

#include <stdatomic.h>
#include <weir/bytes.h>
#include <weir/matcher.h>

#define WEIRI_NONE UINT32_MAX

/* ---- slots */

#define WEIRI_SLOTS 128u
#define WEIRI_SLOT_ALWAYS 0u /* its code is always 1: pads columns */

struct weiri_slot {
    struct weiri_retired retired;
    struct weiri_attr *attr;
    struct weiri_codes *codes;
    struct weiri_sets *sets; /* or NULL */
    uint8_t number;
    bool leaving; /* no longer its attribute's first */
};

/* ---- attributes and residuals */

enum weiri_key_kind {
    WEIRI_KEY_VALUE,
    WEIRI_KEY_PREFIX,
    WEIRI_KEY_SUFFIX,
    WEIRI_KEY_CONTAINS,
    WEIRI_KEY_PRESENT,
    WEIRI_KEY_ALWAYS
};
#define WEIRI_KEY_KINDS 6

/* At most two slots: the one in use, and one that its rows are leaving. */
#define WEIRI_ATTR_SLOTS 2u
/* Lengths that a key's text may have, but for parts: 0 to 62. */
#define WEIRI_LENGTHS 64u

/* The buckets of all parts that values of an attribute may contain, with holes. */
struct weiri_parts {
    struct weiri_retired retired;
    uint32_t capacity;
    _Atomic uint32_t count;
    _Atomic(struct weiri_bucket *) v[];
};

struct weiri_attr {
    struct weiri_retired retired;
    uint32_t handle, hash;
    uint32_t refs;                           /* constraints of records */
    uint32_t mentions;                       /* the same, those of removed forms aside */
    _Atomic uint8_t slots[WEIRI_ATTR_SLOTS]; /* the first is the one in use; 0 for none */
    uint64_t coded; /* seen by the sample when the first slot's codes were made */
    _Atomic uint32_t keys[WEIRI_KEY_KINDS]; /* buckets of each kind */
    /* a bit for each length that a key's text has: of prefixes and of suffixes */
    _Atomic uint64_t lengths[WEIRI_KEY_CONTAINS + 1];
    uint32_t *length_counts[WEIRI_KEY_CONTAINS + 1]; /* WEIRI_LENGTHS of them, or NULL */
    _Atomic(struct weiri_parts *) parts;
    struct weiri_reservoir sample;
    struct weir_str name; /* points behind */
};

/* A group of ids, interned. */
struct weiri_group {
    struct weiri_retired retired;
    uint32_t handle, hash, group, refs;
};

struct weiri_residual {
    struct weiri_retired retired;
    uint32_t handle, hash;
    uint32_t refs;
    struct weir_filter *filter;
    struct weir_residual residual;
};

/* ---- keys and rows */

struct weiri_key {
    uint8_t kind;     /* enum weiri_key_kind */
    uint8_t rank;     /* of WEIRI_KEY_VALUE: enum weiri_rank */
    uint32_t attr;    /* handle; NONE for ALWAYS */
    uint64_t payload; /* the value's bits, or a text's handle */
};

/* Blocks and sheets, with holes, and behind them a gate for each. */
struct weiri_list {
    struct weiri_retired retired;
    uint32_t capacity;
    _Atomic uint32_t count;
    _Atomic(struct weiri_rows *) v[];
};
static inline _Atomic uint32_t *weiri_list_gates(struct weiri_list *list)
{
    return (_Atomic uint32_t *)(uintptr_t)(list->v + list->capacity);
}

/* What all rows of a block or sheet have in common: slot | low << 8 | high << 16.  None of them
 * matches unless the code under the slot is in [low, high]. */
#define WEIRI_GATE_OPEN (UINT32_C(255) << 16) /* under SLOT_ALWAYS */

struct weiri_bucket {
    struct weiri_retired retired;
    _Atomic(struct weiri_list *) list; /* NULL while there are no rows */
    uint32_t handle, hash;
    struct weiri_key key;
    uint32_t mentions; /* constraints that could be found here */
    uint32_t part;     /* of CONTAINS: where it stands among the attribute's parts */
    uint32_t rows;
    uint32_t hole;             /* where in the list one is looked for first */
    struct weiri_opens *opens; /* with free rows; NULL where one is all or none is known */
};

/* The codes of a notification's values, by slot. */
struct weiri_look {
    uint8_t codes[WEIRI_SLOTS], fine[WEIRI_SLOTS];
};

/* A row's column: the code under `slot` is in [low, high], with the fine parts of codes.h. */
struct weiri_column {
    uint8_t slot, low, high, fine_low, fine_high;
    bool whole;  /* that says all that the constraint does */
    bool as_set; /* it does not, but its set of codes does */
};

/* What is placed as a row. */
#define WEIRI_ROW_COLUMNS 8u
struct weiri_row {
    uint32_t form;
    uint32_t conjunction; /* of the form */
    uint32_t ref;         /* the only id; only where `plain` */
    bool plain;
    bool complete; /* the key and the columns say all */
    bool exact;    /* they do where the columns with `as_set` are sets */
    uint32_t column_count;
    struct weiri_column columns[WEIRI_ROW_COLUMNS]; /* the most selective first */
    struct weiri_code_set sets[WEIRI_ROW_COLUMNS];
};

/* What blocks, pages and sheets have in common.  A row is written before its bit of `live` is set,
 * and stays as it is until no reader can see it; so do the other bits of a live row. */
enum weiri_rows_kind { WEIRI_BLOCK, WEIRI_PAGE, WEIRI_SHEET };
struct weiri_rows {
    struct weiri_retired retired;
    enum weiri_rows_kind kind;
    uint32_t handle;
    struct weiri_bucket *bucket;
    uint32_t index; /* in the bucket's list */
    uint32_t capacity;
    uint32_t count; /* rows in use, live or not yet or not any more */
    uint32_t columns;
};
/* What its rows stand for. */
struct weiri_refs {
    uint32_t *ref, *form; /* the only id, only where `plain`; the form's handle */
    uint8_t *conjunction;
};

/* Up to 64 rows, column by column: for keys that select.  Behind it the addresses of the sets, for
 * each column that has them; then a byte of each row for
 *     `low`, `high` and, where it is MIXED, `slot` of each column, or the number of a set,
 *     `fine_low`, `fine_high` of each column that has them: without, no bound divides a code;
 * then `ref`, `form` and `conjunction`. */
#define WEIRI_BLOCK_ROWS 64u
#define WEIRI_BLOCK_COLUMNS 3u
#define WEIRI_MIXED 255u /* the slot stands in the row */
struct weiri_block {
    struct weiri_rows rows;
    uint64_t used;
    _Atomic uint64_t live, complete, plain;
    uint16_t at[WEIRI_BLOCK_COLUMNS];      /* bytes from here to `low` */
    uint16_t fine_at[WEIRI_BLOCK_COLUMNS]; /* to `fine_low`, or 0 */
    uint16_t refs_at;
    uint8_t slots[WEIRI_BLOCK_COLUMNS]; /* or MIXED */
    uint8_t sets;                       /* a bit for each column of sets */
    bool moved;                         /* another block has taken over its rows' sets */
};
static inline const uint8_t *weiri_block_at(const struct weiri_block *block, uint32_t offset)
{
    return (const uint8_t *)block + offset;
}
/* Of a column of sets. */
static inline struct weiri_sets *weiri_block_sets(const struct weiri_block *block, uint32_t k)
{
    struct weiri_sets *const *sets = (struct weiri_sets *const *)(const void *)(block + 1);

    return sets[__builtin_popcount(block->sets & ((1u << k) - 1))];
}
/* For the writer; readers do not write what it points to. */
static inline struct weiri_refs weiri_block_refs(const struct weiri_block *block)
{
    uint32_t *ref = (uint32_t *)((uintptr_t)block + block->refs_at);
    uint32_t *form = ref + block->rows.capacity;

    return (struct weiri_refs){ref, form, (uint8_t *)(form + block->rows.capacity)};
}

/* Up to 64 rows of a sheet.  For each row behind it, 64-byte aligned,
 *     narrow, for up to 5 columns:  ref 4 | flags 1 | slots 5 | - 2 | lows 2 * 5 | highs 2 * 5
 *     wide, for up to 8 columns:    ref 4 | flags 1 | slots 8 | - 3 | lows 2 * 8 | highs 2 * 8
 * A low or high is code << 8 | fine part; a column that a row does not have admits everything. */
#define WEIRI_PAGE_ROWS 64u
#define WEIRI_PAGE_COLUMNS 32u
#define WEIRI_NARROW_COLUMNS 5u
struct weiri_page {
    struct weiri_rows rows;
    struct weiri_sheet *sheet;
    uint32_t position; /* in the sheet */
    uint32_t gate;
    uint64_t used;
    uint64_t mask[WEIRI_SLOTS / 64]; /* of its slots */
    uint8_t slots[WEIRI_PAGE_COLUMNS];
    uintptr_t codes; /* address of the rows' codes, with WEIRI_WIDE */
    uint32_t *form;
    uint8_t *conjunction;
};

#define WEIRI_WIDE 1u /* in the address of codes */
struct weiri_row_layout {
    uint32_t columns, size, low, high;
};
#define WEIRI_ROW_FLAGS_AT 4u
#define WEIRI_ROW_COMPLETE 1u
#define WEIRI_ROW_PLAIN 2u
#define WEIRI_ROW_SLOTS_AT 5u
static inline struct weiri_row_layout weiri_row_layout(uintptr_t codes)
{
    return (codes & WEIRI_WIDE) != 0 ? (struct weiri_row_layout){WEIRI_ROW_COLUMNS, 48, 16, 32}
                                     : (struct weiri_row_layout){WEIRI_NARROW_COLUMNS, 32, 12, 22};
}
static inline uint8_t *weiri_row_at(uintptr_t codes, uint32_t row)
{
    return (uint8_t *)(codes & ~(uintptr_t)WEIRI_WIDE) + (size_t)row * weiri_row_layout(codes).size;
}

/* The bitmaps of up to 64 pages.  For each slot that any of them has as a column there is a strip:
 * a line for each cell of codes, with the word of each such page, saying which of its rows may
 * match a value in that cell; in front of them a word that says which pages they are. */
#define WEIRI_SHEET_PAGES 64u
#define WEIRI_CELLS 32u
struct weiri_sheet {
    struct weiri_rows rows; /* of which count are pages in use */
    uint32_t class;
    uint32_t strip_capacity;
    _Atomic uint32_t strip_count;
    uint64_t used; /* positions of pages */
    /* Behind it, in this order; of each strip: */
    uint8_t *slots;             /* an entry is written once */
    _Atomic(uintptr_t) *strips; /* address of the lines | words of each; 0 where it is gone */
    /* of each page: */
    _Atomic uint64_t *live;
    _Atomic(uintptr_t) *codes;
    _Atomic(struct weiri_page *) *pages;
    /* the writer's: */
    void **blocks; /* what holds each strip */
};
#define WEIRI_STRIP_ALIGN 128u
static inline const _Atomic uint64_t *weiri_strip_line(uintptr_t strip, uint32_t cell)
{
    return (const _Atomic uint64_t *)(strip & ~(uintptr_t)(WEIRI_STRIP_ALIGN - 1)) +
           (size_t)cell * (strip & (WEIRI_STRIP_ALIGN - 1));
}

/* The cell of a code: absence has its own. */
static inline uint32_t weiri_cell(uint32_t code)
{
    return code == 0 ? 0 : 1 + (code - 1) * (WEIRI_CELLS - 1) / 256;
}

/* ---- forms */

/* A member is an id, with the handle of its group in the upper half; the highest bit marks the
 * address of a list in place of a member. */
#define WEIRI_MEMBER_GONE (UINT64_MAX >> 1)
#define WEIRI_MEMBER_LIST (UINT64_C(1) << 63)

/* Several members, those of a range of ids; further ones stand in the next. */
struct weiri_members {
    struct weiri_retired retired;
    _Atomic(struct weiri_members *) next;
    struct weiri_members_index *index; /* in the first one, where there are several */
    uint32_t low;                      /* the least id that belongs here; 0 in the first */
    uint32_t capacity, live;
    _Atomic uint32_t count;
    _Atomic uint64_t v[]; /* GONE where it was removed */
};

/* The writer's: all of them, in the order of their ids. */
struct weiri_members_index {
    uint32_t count, capacity;
    uint32_t total; /* members */
    struct weiri_members *v[];
};

/* Behind it: a place for each row; its mark, where `marked`: a notification may satisfy several of
 * its conjunctions; and the records of the conjunctions. */
struct weiri_form {
    _Atomic uint64_t members; /* the only one, GONE, or a list of them */
    uint32_t hash;            /* once retired, the next retired form */
    uint32_t record_size;
    uint16_t conjunction_count;
    uint16_t place_count : 15, marked : 1;
    uint32_t places[]; /* handle of rows << 9 | row */
};

/* Walks the constraints with their domains, of which long ones become one interval around them.
 * Lists have counts but no texts; of `contains` and `ends` the first ones are beside. */
#define WEIRI_WALK_INTERVALS 32u
#define WEIRI_WALK_TEXTS 8u
struct weiri_record_walk {
    const uint8_t *at;
    uint32_t left;
    uint32_t attr;             /* of the constraint met */
    bool widened;              /* its domain became an interval around it */
    struct weir_domain domain; /* its arrays are below */
    struct weir_interval intervals[3][WEIRI_WALK_INTERVALS];
    uint32_t texts[2][WEIRI_WALK_TEXTS], lengths[2][WEIRI_WALK_TEXTS];
};
/* What a record that is being put holds so far. */
struct weiri_held {
    uint8_t kind;
    uint32_t handle;
};

/* Attributes, one by the lowest bits of its hash, where a look-up in the map is saved. */
#define WEIRI_ATTRS_NEAR 512u

struct weir_matcher {
    const struct weir_alloc *alloc;
    bool shared; /* readers on other threads: the caller reclaims */
    struct weiri_retire_list retired;
    struct weiri_texts texts;
    struct weiri_table attrs, residuals, groups, buckets, rows, forms;
    uint32_t rows_limit; /* handles of rows are below it */
    struct weiri_map attr_map, residual_map, group_map, bucket_map, form_map;
    _Atomic(struct weiri_attr *) attrs_near[WEIRI_ATTRS_NEAR];
    struct weiri_ids ids;
    _Atomic(struct weiri_slot *) slots[WEIRI_SLOTS];
    _Atomic uint32_t version; /* counts the slots and attributes ever made, which probes look up */
    uint64_t numbers[WEIRI_SLOTS / 64]; /* of slots in use, or not reclaimed yet */
    uint32_t sweep_at;                  /* handle of rows to look at next; NONE: no sweep */
    uint32_t sweep_rest;                /* changes until the next piece of it */
    uint32_t make_at;          /* before that: the next slot whose attribute may get a better one */
    bool sweep_failed;         /* for want of memory: it begins again */
    _Atomic uint32_t id_count; /* of ids */
    _Atomic uint32_t unkeyed;  /* buckets of WEIRI_KEY_ALWAYS: 0 or 1 */
    struct weiri_table marks;  /* forms of several conjunctions */
    _Atomic uint32_t mark_count, group_count, group_size; /* for scratches */
    _Atomic uint32_t groups_made;                         /* counts the groups ever made */
    uint32_t retired_form; /* the first of the retired forms, linked by `hash`; or NONE */
    uint32_t sealed_form;
    struct weiri_retire_list sealed;
    struct weiri_buf record; /* of the filter being added */
    struct weiri_held *held;
    size_t held_capacity, held_count;
    struct weiri_record_walk walk; /* the writer's */
};

#endif /* WEIRI_MATCHER_INTERNAL_H */
