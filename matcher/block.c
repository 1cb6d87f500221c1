/* block.c - up to 64 rows, column by column. */
#include "rows.h"

#include <assert.h>
#include <string.h>

/* Capacities are multiples of it, so that `ref` is aligned. */
#define CAPACITY_UNIT 4u

static struct weiri_block *block_of(struct weiri_rows *rows);
static const struct weiri_block *block_in(const struct weiri_rows *rows);
static uint8_t *bytes_at(struct weiri_block *b, uint32_t offset);
static bool is_mixed(const struct weiri_block *b, uint32_t k);
static bool divides(const struct weiri_column *column);
static struct weiri_refs refs(const struct weiri_rows *rows);
static void occupy(struct weiri_rows *rows, uint32_t row);
static void write_column(struct weiri_block *b, uint32_t k, uint32_t row,
                         const struct weiri_column *column);
static void copy_column(struct weiri_block *to, const struct weiri_block *from, uint32_t k);
static void open_column(struct weiri_block *b, uint32_t k, uint32_t rows);
static bool all_of(const bool *v, uint32_t count);

static struct weiri_rows *create(struct weir_matcher *m, uint32_t capacity,
                                 const struct weiri_columns *columns)
{
    uint16_t at[WEIRI_BLOCK_COLUMNS] = {0}, fine_at[WEIRI_BLOCK_COLUMNS] = {0};
    size_t size = sizeof(struct weiri_block);
    struct weiri_block *b;

    assert(capacity % CAPACITY_UNIT == 0);
    for (uint32_t k = 0; k < columns->count; k++) {
        at[k] = (uint16_t)size;
        size += (columns->slots[k] == WEIRI_MIXED ? 3u : 2u) * capacity;
    }
    for (uint32_t k = 0; k < columns->count; k++) {
        if ((columns->fine >> k & 1) == 0)
            continue;
        fine_at[k] = (uint16_t)size;
        size += (size_t)2 * capacity;
    }
    b = weiri_alloc_zeroed(m->alloc, 1, size + capacity * (2 * sizeof(uint32_t) + 1));
    if (b == NULL)
        return NULL;
    b->rows.kind = WEIRI_BLOCK;
    b->rows.capacity = capacity;
    b->rows.columns = columns->count;
    memcpy(b->at, at, sizeof at);
    memcpy(b->fine_at, fine_at, sizeof fine_at);
    memcpy(b->slots, columns->slots, columns->count);
    b->refs_at = (uint16_t)size;
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
    const struct weiri_column anything = {WEIRI_SLOT_ALWAYS, 0, 255, 0, WEIRI_FINE_HIGH};
    const struct weiri_refs own = refs(rows);
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
        if (is_mixed(b, k) && i < what->column_count) {
            write_column(b, k, row, &what->columns[i]);
            placed[i] = true;
        } else {
            write_column(b, k, row, &anything);
        }
    }
    own.ref[row] = what->ref;
    own.form[row] = what->form;
    own.conjunction[row] = (uint8_t)what->conjunction;
    weiri_bit_set(&b->complete, row, what->complete && all_of(placed, what->column_count));
    weiri_bit_set(&b->plain, row, what->plain);
    occupy(rows, row);
}

static void copy(struct weiri_rows *to, const struct weiri_rows *from)
{
    struct weiri_block *t = block_of(to);
    const struct weiri_block *f = block_in(from);
    const struct weiri_refs new = refs(to), old = refs(from);

    for (uint32_t k = 0; k < to->columns; k++) {
        if (k < from->columns)
            copy_column(t, f, k);
        else
            open_column(t, k, from->capacity);
    }
    memcpy(new.ref, old.ref, from->capacity * sizeof *new.ref);
    memcpy(new.form, old.form, from->capacity * sizeof *new.form);
    memcpy(new.conjunction, old.conjunction, from->capacity);
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
    return weiri_bit_get(&block_in(rows)->live, row);
}

static void set_live(struct weiri_rows *rows, uint32_t row, bool live)
{
    weiri_bit_set(&block_of(rows)->live, row, live);
}

static bool is_plain(const struct weiri_rows *rows, uint32_t row)
{
    return weiri_bit_get(&block_in(rows)->plain, row);
}

static void set_plain(struct weiri_rows *rows, uint32_t row, bool plain)
{
    weiri_bit_set(&block_of(rows)->plain, row, plain);
}

static struct weiri_columns columns(const struct weiri_rows *rows)
{
    const struct weiri_block *b = block_in(rows);
    struct weiri_columns out = {.count = rows->columns};

    memcpy(out.slots, b->slots, rows->columns);
    for (uint32_t k = 0; k < rows->columns; k++)
        out.fine |= (uint32_t)(b->fine_at[k] != 0) << k;
    return out;
}

/* Where there is no room for what the row lacks, the columns are mixed. */
static bool extend(struct weiri_columns *columns, const struct weiri_row *row)
{
    const struct weiri_columns before = *columns;
    bool mixed = columns->count > 0 && columns->slots[0] == WEIRI_MIXED;

    for (uint32_t i = 0; i < row->column_count && !mixed; i++) {
        uint32_t k = 0;

        while (k < columns->count && columns->slots[k] != row->columns[i].slot)
            k++;
        mixed = k == WEIRI_BLOCK_COLUMNS;
        if (k == columns->count && !mixed)
            columns->slots[columns->count++] = row->columns[i].slot;
        if (divides(&row->columns[i]) && !mixed)
            columns->fine |= 1u << k;
    }
    if (mixed) {
        *columns = before;
        for (uint32_t i = 0; i < row->column_count && i < WEIRI_BLOCK_COLUMNS; i++) {
            columns->fine |= (uint32_t)divides(&row->columns[i]) << i;
            columns->count = columns->count > i ? columns->count : i + 1;
        }
        memset(columns->slots, WEIRI_MIXED, columns->count);
    }
    return columns->count != before.count || columns->fine != before.fine ||
           memcmp(columns->slots, before.slots, before.count) != 0;
}

static struct weiri_refs refs(const struct weiri_rows *rows)
{
    return weiri_block_refs(block_in(rows));
}

const struct weiri_rows_ops weiri_block_ops = {
    .rows_max = WEIRI_BLOCK_ROWS,
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
    .columns = columns,
    .extend = extend,
    .refs = refs,
};

static void write_column(struct weiri_block *b, uint32_t k, uint32_t row,
                         const struct weiri_column *column)
{
    const uint32_t capacity = b->rows.capacity;
    uint8_t *low = bytes_at(b, b->at[k]);

    low[row] = column->low;
    low[capacity + row] = column->high;
    if (is_mixed(b, k))
        low[2 * capacity + row] = column->slot;
    if (b->fine_at[k] == 0)
        return;
    bytes_at(b, b->fine_at[k])[row] = column->fine_low;
    bytes_at(b, b->fine_at[k])[capacity + row] = column->fine_high;
}

/* The rows of `from`; `to` may be larger, mixed, and have fine parts where `from` is not. */
static void copy_column(struct weiri_block *to, const struct weiri_block *from, uint32_t k)
{
    const uint32_t capacity = to->rows.capacity, count = from->rows.capacity;
    const uint8_t *old = weiri_block_at(from, from->at[k]);
    uint8_t *new = bytes_at(to, to->at[k]);

    memcpy(new, old, count);
    memcpy(new + capacity, old + count, count);
    if (is_mixed(from, k))
        memcpy(new + 2 * capacity, old + 2 * count, count);
    else if (is_mixed(to, k))
        memset(new + 2 * capacity, from->slots[k], count);
    if (to->fine_at[k] == 0)
        return;
    old = weiri_block_at(from, from->fine_at[k]);
    new = bytes_at(to, to->fine_at[k]);
    if (from->fine_at[k] != 0) {
        memcpy(new, old, count);
        memcpy(new + capacity, old + count, count);
    } else {
        memset(new, WEIRI_FINE_LOW, count);
        memset(new + capacity, WEIRI_FINE_HIGH, count);
    }
}

/* Such that the first `rows` rows admit everything. */
static void open_column(struct weiri_block *b, uint32_t k, uint32_t rows)
{
    const uint32_t capacity = b->rows.capacity;

    memset(bytes_at(b, b->at[k]) + capacity, 255, rows);
    if (is_mixed(b, k))
        memset(bytes_at(b, b->at[k]) + 2 * capacity, WEIRI_SLOT_ALWAYS, rows);
    if (b->fine_at[k] != 0)
        memset(bytes_at(b, b->fine_at[k]) + capacity, WEIRI_FINE_HIGH, rows);
}

static bool is_mixed(const struct weiri_block *b, uint32_t k)
{
    return b->slots[k] == WEIRI_MIXED;
}

/* True when a bound lies within a code. */
static bool divides(const struct weiri_column *column)
{
    return column->fine_low > WEIRI_FINE_LOW || column->fine_high < WEIRI_FINE_HIGH;
}

static bool all_of(const bool *v, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!v[i])
            return false;
    }
    return true;
}

static uint8_t *bytes_at(struct weiri_block *b, uint32_t offset)
{
    return (uint8_t *)b + offset;
}

static struct weiri_block *block_of(struct weiri_rows *rows)
{
    return (struct weiri_block *)rows;
}

static const struct weiri_block *block_in(const struct weiri_rows *rows)
{
    return (const struct weiri_block *)rows;
}
