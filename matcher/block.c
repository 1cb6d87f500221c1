/* block.c - up to 64 rows, column by column. */
#include "rows.h"

#include <string.h>

/* Vector code reads whole vectors of the byte columns. */
#define PADDING 64u

static struct weiri_block *block_of(struct weiri_rows *rows);
static const struct weiri_block *block_in(const struct weiri_rows *rows);
static void set_bit(_Atomic uint64_t *word, uint32_t bit, bool on);
static void occupy(struct weiri_rows *rows, uint32_t row);
static void write_column(struct weiri_block *b, uint32_t k, uint32_t row,
                         const struct weiri_column *column);
static bool all_of(const bool *v, uint32_t count);

static struct weiri_rows *create(struct weir_matcher *m, uint32_t capacity, const uint8_t *slots,
                                 uint32_t columns)
{
    size_t bytes = 0;
    struct weiri_block *b;
    uint8_t *at;

    for (uint32_t k = 0; k < columns; k++)
        bytes += (slots[k] == WEIRI_MIXED ? 3 : 2) * capacity;
    b = weiri_alloc_zeroed(m->alloc, 1,
                           sizeof *b + capacity * (2 * sizeof(uint32_t) + 1) + bytes + PADDING);
    if (b == NULL)
        return NULL;
    b->rows.kind = WEIRI_BLOCK;
    b->rows.capacity = capacity;
    b->rows.columns = columns;
    at = (uint8_t *)(b + 1); /* columns first: they are read with the block's head */
    for (uint32_t k = 0; k < columns; k++) {
        b->slots[k] = slots[k];
        b->low[k] = at;
        b->high[k] = at + capacity;
        at += (size_t)2 * capacity;
        if (slots[k] == WEIRI_MIXED) {
            b->slot[k] = at;
            at += capacity;
        }
    }
    b->rows.ref = (uint32_t *)(void *)at;
    b->rows.form = b->rows.ref + capacity;
    b->rows.conjunction = (uint8_t *)(b->rows.form + capacity);
    return &b->rows;
}

static uint32_t free_row(const struct weiri_rows *rows)
{
    const uint64_t used = block_in(rows)->used;
    const uint32_t row = used == UINT64_MAX ? 64 : (uint32_t)__builtin_ctzll(~used);

    return row < rows->capacity ? row : WEIRI_NONE;
}

/* Columns that the row does not have admit everything. */
static void write(struct weiri_rows *rows, uint32_t row, const struct weiri_row *what)
{
    const struct weiri_column anything = {.slot = WEIRI_SLOT_ALWAYS, .low = 0, .high = 255};
    struct weiri_block *b = block_of(rows);
    bool placed[WEIRI_ROW_COLUMNS] = {false};
    bool written[WEIRI_BLOCK_COLUMNS] = {false};

    for (uint32_t k = 0; k < rows->columns; k++) {
        for (uint32_t i = 0; i < what->column_count && !written[k]; i++) {
            if (!placed[i] && b->slots[k] == what->columns[i].slot) {
                write_column(b, k, row, &what->columns[i]);
                placed[i] = written[k] = true;
            }
        }
    }
    for (uint32_t k = 0, i = 0; k < rows->columns; k++) {
        while (i < what->column_count && placed[i])
            i++;
        if (written[k])
            continue;
        if (b->slots[k] == WEIRI_MIXED && i < what->column_count) {
            write_column(b, k, row, &what->columns[i]);
            placed[i] = true;
        } else {
            write_column(b, k, row, &anything);
        }
    }
    rows->ref[row] = what->ref;
    rows->form[row] = what->form;
    rows->conjunction[row] = (uint8_t)what->conjunction;
    set_bit(&b->complete, row, what->complete && all_of(placed, what->column_count));
    set_bit(&b->plain, row, what->plain);
    occupy(rows, row);
}

static void copy(struct weiri_rows *to, const struct weiri_rows *from)
{
    struct weiri_block *t = block_of(to);
    const struct weiri_block *f = block_in(from);

    for (uint32_t k = 0; k < to->columns; k++) {
        if (k >= from->columns) {
            memset(t->high[k], 255, from->capacity);
            if (t->slot[k] != NULL)
                memset(t->slot[k], WEIRI_SLOT_ALWAYS, from->capacity);
            continue;
        }
        memcpy(t->low[k], f->low[k], from->capacity);
        memcpy(t->high[k], f->high[k], from->capacity);
        if (t->slot[k] != NULL && f->slot[k] != NULL)
            memcpy(t->slot[k], f->slot[k], from->capacity);
        else if (t->slot[k] != NULL)
            memset(t->slot[k], f->slots[k], from->capacity);
        t->soft_low[k] = f->soft_low[k];
        t->soft_high[k] = f->soft_high[k];
    }
    memcpy(to->ref, from->ref, from->capacity * sizeof *to->ref);
    memcpy(to->form, from->form, from->capacity * sizeof *to->form);
    memcpy(to->conjunction, from->conjunction, from->capacity);
    to->count = from->count;
    t->used = f->used;
    t->live = f->live;
    t->complete = f->complete;
    t->plain = f->plain;
}

static void occupy(struct weiri_rows *rows, uint32_t row)
{
    block_of(rows)->used |= UINT64_C(1) << row;
    rows->count++;
}

static void clear(struct weiri_rows *rows, uint32_t row)
{
    block_of(rows)->used &= ~(UINT64_C(1) << row);
    rows->count--;
}

static bool is_used(const struct weiri_rows *rows, uint32_t row)
{
    return block_in(rows)->used >> row & 1;
}

static bool is_live(const struct weiri_rows *rows, uint32_t row)
{
    return atomic_load_explicit(&block_in(rows)->live, memory_order_relaxed) >> row & 1;
}

static void set_live(struct weiri_rows *rows, uint32_t row, bool live)
{
    set_bit(&block_of(rows)->live, row, live);
}

static bool is_plain(const struct weiri_rows *rows, uint32_t row)
{
    return atomic_load_explicit(&block_in(rows)->plain, memory_order_relaxed) >> row & 1;
}

static void set_plain(struct weiri_rows *rows, uint32_t row, bool plain)
{
    set_bit(&block_of(rows)->plain, row, plain);
}

static void slots(const struct weiri_rows *rows, uint8_t *out)
{
    memcpy(out, block_in(rows)->slots, rows->columns);
}

const struct weiri_rows_ops weiri_block_ops = {
    .rows_max = WEIRI_BLOCK_ROWS,
    .columns_max = WEIRI_BLOCK_COLUMNS,
    .create = create,
    .free_row = free_row,
    .write = write,
    .copy = copy,
    .occupy = occupy,
    .clear = clear,
    .is_used = is_used,
    .is_live = is_live,
    .set_live = set_live,
    .is_plain = is_plain,
    .set_plain = set_plain,
    .slots = slots,
};

static void write_column(struct weiri_block *b, uint32_t k, uint32_t row,
                         const struct weiri_column *column)
{
    b->low[k][row] = column->low;
    b->high[k][row] = column->high;
    if (b->slot[k] != NULL)
        b->slot[k][row] = column->slot;
    set_bit(&b->soft_low[k], row, column->soft_low);
    set_bit(&b->soft_high[k], row, column->soft_high);
}

static bool all_of(const bool *v, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!v[i])
            return false;
    }
    return true;
}

/* One writer: no read-modify-write is needed. */
static void set_bit(_Atomic uint64_t *word, uint32_t bit, bool on)
{
    const uint64_t old = atomic_load_explicit(word, memory_order_relaxed);
    const uint64_t mask = UINT64_C(1) << bit;

    atomic_store_explicit(word, on ? old | mask : old & ~mask, memory_order_release);
}

static struct weiri_block *block_of(struct weiri_rows *rows)
{
    return (struct weiri_block *)rows;
}

static const struct weiri_block *block_in(const struct weiri_rows *rows)
{
    return (const struct weiri_block *)rows;
}
