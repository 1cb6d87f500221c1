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
static void mix_sets(struct weiri_block *to, const struct weiri_block *from, uint32_t k);
static void open_column(struct weiri_block *b, uint32_t k, uint32_t first, uint32_t count);
static void let_go_sets(struct weiri_block *b, uint32_t row);
static bool make_sets(struct weir_matcher *m, const struct weiri_columns *columns);
static void point_to_sets(struct weir_matcher *m, struct weiri_block *b,
                          const struct weiri_columns *columns);
static uint32_t column_for(const struct weiri_block *b, uint32_t k, const struct weiri_row *what,
                           const bool *placed);
static bool is_set(const struct weiri_block *b, uint32_t k);
static bool all_of(const bool *v, uint32_t count);

static struct weiri_rows *create(struct weir_matcher *m, uint32_t capacity,
                                 const struct weiri_columns *columns)
{
    uint16_t at[WEIRI_BLOCK_COLUMNS] = {0}, fine_at[WEIRI_BLOCK_COLUMNS] = {0};
    size_t size = sizeof(struct weiri_block) +
                  (size_t)__builtin_popcount(columns->sets) * sizeof(struct weiri_sets *);
    struct weiri_block *b;

    assert(capacity % CAPACITY_UNIT == 0);
    if (!make_sets(m, columns))
        return NULL;
    for (uint32_t k = 0; k < columns->count; k++) {
        at[k] = (uint16_t)size;
        size += (columns->sets >> k & 1             ? 1u
                 : columns->slots[k] == WEIRI_MIXED ? 3u
                                                    : 2u) *
                capacity;
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
    point_to_sets(m, b, columns);
    return &b->rows;
}

/* Sees to it that the slots of columns of sets have some. */
static bool make_sets(struct weir_matcher *m, const struct weiri_columns *columns)
{
    for (uint32_t k = 0; k < columns->count; k++) {
        struct weiri_slot *slot = m->slots[columns->slots[k] % WEIRI_SLOTS];

        if ((columns->sets >> k & 1) == 0)
            continue;
        if (slot->sets == NULL)
            slot->sets = weiri_sets_create(m->alloc);
        if (slot->sets == NULL)
            return false;
    }
    return true;
}

static void point_to_sets(struct weir_matcher *m, struct weiri_block *b,
                          const struct weiri_columns *columns)
{
    struct weiri_sets **to = (struct weiri_sets **)(void *)(b + 1);

    b->sets = (uint8_t)columns->sets;
    for (uint32_t k = 0; k < columns->count; k++) {
        if (!is_set(b, k))
            continue;
        *to = m->slots[columns->slots[k]]->sets;
        (*to++)->users++;
    }
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
    const struct weiri_refs own = refs(rows);
    struct weiri_block *b = block_of(rows);
    bool placed[WEIRI_ROW_COLUMNS] = {false};
    bool exact = what->exact;

    for (uint32_t k = 0; k < rows->columns; k++) {
        const uint32_t i = column_for(b, k, what, placed);

        if (i == WEIRI_NONE) {
            open_column(b, k, row, 1);
        } else if (is_set(b, k)) {
            const uint8_t set = weiri_sets_hold(weiri_block_sets(b, k), &what->sets[i]);

            bytes_at(b, b->at[k])[row] = set;
            exact = exact && set != WEIRI_SET_ALL;
        } else {
            write_column(b, k, row, &what->columns[i]);
            exact = exact && what->columns[i].whole;
        }
        if (i != WEIRI_NONE)
            placed[i] = true;
    }
    own.ref[row] = what->ref;
    own.form[row] = what->form;
    own.conjunction[row] = (uint8_t)what->conjunction;
    weiri_bit_set(&b->complete, row, exact && all_of(placed, what->column_count));
    weiri_bit_set(&b->plain, row, what->plain);
    occupy(rows, row);
}

/* Which column of the row stands under column k, or NONE: of MIXED ones the first that is left. */
static uint32_t column_for(const struct weiri_block *b, uint32_t k, const struct weiri_row *what,
                           const bool *placed)
{
    for (uint32_t i = 0; i < what->column_count; i++) {
        if (!placed[i] && (is_mixed(b, k) || (b->slots[k] == what->columns[i].slot &&
                                              is_set(b, k) == what->columns[i].as_set)))
            return i;
    }
    return WEIRI_NONE;
}

static void copy(struct weiri_rows *to, struct weiri_rows *from)
{
    struct weiri_block *t = block_of(to);
    const struct weiri_block *f = block_in(from);
    const struct weiri_refs new = refs(to), old = refs(from);

    t->complete = f->complete;
    for (uint32_t k = 0; k < to->columns; k++) {
        if (k >= from->columns)
            open_column(t, k, 0, from->capacity);
        else if (is_set(f, k) && !is_set(t, k))
            mix_sets(t, f, k);
        else
            copy_column(t, f, k);
    }
    block_of(from)->moved = t->sets != 0;
    memcpy(new.ref, old.ref, from->capacity * sizeof *new.ref);
    memcpy(new.form, old.form, from->capacity * sizeof *new.form);
    memcpy(new.conjunction, old.conjunction, from->capacity);
    to->count = from->count;
    t->used = f->used;
    t->live = f->live;
    t->plain = f->plain;
}

static void occupy(struct weiri_rows *rows, uint32_t row)
{
    block_of(rows)->used |= UINT64_C(1) << row;
    rows->count++;
}

static void clear(struct weiri_rows *rows, uint32_t row)
{
    let_go_sets(block_of(rows), row);
    block_of(rows)->used &= ~(UINT64_C(1) << row);
    rows->count--;
}

static void fini(struct weiri_rows *rows)
{
    struct weiri_block *b = block_of(rows);

    for (uint32_t row = 0; row < rows->capacity && !b->moved; row++)
        let_go_sets(b, row);
    for (uint32_t k = 0; k < rows->columns; k++) {
        if (is_set(b, k))
            weiri_sets_leave(weiri_block_sets(b, k));
    }
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
    out.sets = b->sets;
    return out;
}

/* Where there is no room for what the row lacks, the columns are mixed. */
static bool extend(struct weiri_columns *columns, const struct weiri_row *row)
{
    const struct weiri_columns before = *columns;
    bool mixed = columns->count > 0 && columns->slots[0] == WEIRI_MIXED;

    for (uint32_t i = 0; i < row->column_count && !mixed; i++) {
        const struct weiri_column *column = &row->columns[i];
        uint32_t k = 0;

        while (k < columns->count &&
               (columns->slots[k] != column->slot || (columns->sets >> k & 1) != column->as_set))
            k++;
        mixed = k == WEIRI_BLOCK_COLUMNS;
        if (mixed)
            break;
        if (k == columns->count) {
            columns->slots[columns->count++] = column->slot;
            columns->sets |= (uint32_t)column->as_set << k;
        }
        if (!column->as_set)
            columns->fine |= (uint32_t)divides(column) << k;
    }
    if (mixed) {
        *columns = before;
        columns->sets = 0;
        if (before.fine != 0) /* a row that is written anew may have its bounds in any column */
            columns->fine = (1u << WEIRI_BLOCK_COLUMNS) - 1;
        for (uint32_t i = 0; i < row->column_count && i < WEIRI_BLOCK_COLUMNS; i++) {
            columns->fine |= (uint32_t)divides(&row->columns[i]) << i;
            columns->count = columns->count > i ? columns->count : i + 1;
        }
        memset(columns->slots, WEIRI_MIXED, columns->count);
    }
    return columns->count != before.count || columns->fine != before.fine ||
           columns->sets != before.sets || memcmp(columns->slots, before.slots, before.count) != 0;
}

static struct weiri_refs refs(const struct weiri_rows *rows)
{
    return weiri_block_refs(block_in(rows));
}

static uint32_t *ref(const struct weiri_rows *rows, uint32_t row)
{
    return &refs(rows).ref[row];
}

const struct weiri_rows_ops weiri_block_ops = {
    .rows_max = WEIRI_BLOCK_ROWS,
    .create = create,
    .free_row = free_row,
    .write = write,
    .copy = copy,
    .occupy = occupy,
    .clear = clear,
    .fini = fini,
    .is_used = is_used,
    .is_live = is_live,
    .set_live = set_live,
    .is_plain = is_plain,
    .set_plain = set_plain,
    .columns = columns,
    .extend = extend,
    .refs = refs,
    .ref = ref,
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
    if (is_set(to, k))
        return;
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

/* A column of sets becomes a mixed one: an interval around each set, which says less. */
static void mix_sets(struct weiri_block *to, const struct weiri_block *from, uint32_t k)
{
    const uint8_t *sets = weiri_block_at(from, from->at[k]);

    for (uint32_t row = 0; row < from->rows.capacity; row++) {
        struct weiri_column hull = {
            .slot = from->slots[k], .fine_low = WEIRI_FINE_LOW, .fine_high = WEIRI_FINE_HIGH};

        weiri_sets_hull(weiri_block_sets(from, k), sets[row], &hull.low, &hull.high);
        write_column(to, k, row, &hull);
        if (sets[row] != WEIRI_SET_ALL)
            weiri_bit_set(&to->complete, row, false);
    }
}

/* `count` rows from `first` on admit everything. */
static void open_column(struct weiri_block *b, uint32_t k, uint32_t first, uint32_t count)
{
    const uint32_t capacity = b->rows.capacity;
    uint8_t *bytes = bytes_at(b, b->at[k]) + first;

    memset(bytes, 0, count); /* of sets: WEIRI_SET_ALL */
    if (is_set(b, k))
        return;
    memset(bytes + capacity, 255, count);
    if (is_mixed(b, k))
        memset(bytes + 2 * capacity, WEIRI_SLOT_ALWAYS, count);
    if (b->fine_at[k] == 0)
        return;
    bytes = bytes_at(b, b->fine_at[k]) + first;
    memset(bytes, 0, count);
    memset(bytes + capacity, WEIRI_FINE_HIGH, count);
}

/* Of a row that no reader can see. */
static void let_go_sets(struct weiri_block *b, uint32_t row)
{
    for (uint32_t k = 0; k < b->rows.columns && b->sets != 0; k++) {
        if (!is_set(b, k))
            continue;
        weiri_sets_let_go(weiri_block_sets(b, k), bytes_at(b, b->at[k])[row]);
        bytes_at(b, b->at[k])[row] = WEIRI_SET_ALL;
    }
}

static bool is_set(const struct weiri_block *b, uint32_t k)
{
    return b->sets >> k & 1;
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
