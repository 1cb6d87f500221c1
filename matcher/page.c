/* page.c - up to 512 rows, as bitmaps of cells.
 *
 * Of a row that is not in use, and of a column that a row does not have, all bits are set. */
#include "rows.h"

#include <string.h>

static struct weiri_page *page_of(struct weiri_rows *rows);
static const struct weiri_page *page_in(const struct weiri_rows *rows);
static void occupy(struct weiri_rows *rows, uint32_t row);
static uint32_t cells_met(const struct weiri_code_set *set);
static void set_cells(struct weiri_page *p, uint32_t k, uint32_t row, uint32_t cells, bool on);

static struct weiri_rows *create(struct weir_matcher *m, uint32_t capacity,
                                 const struct weiri_columns *columns)
{
    const uint32_t words = (capacity + 63) / 64;
    const size_t cells = (size_t)columns->count * WEIRI_CELLS * words * sizeof(uint64_t);
    const size_t codes = capacity * sizeof(struct weiri_row_codes);
    struct weiri_page *p = weiri_alloc_zeroed(
        m->alloc, 1, sizeof *p + cells + codes + capacity * (2 * sizeof(uint32_t) + 1));

    if (p == NULL)
        return NULL;
    p->rows.kind = WEIRI_PAGE;
    p->rows.capacity = capacity;
    p->rows.columns = columns->count;
    p->words = words;
    p->cells = (_Atomic uint64_t *)(p + 1);
    p->codes = (struct weiri_row_codes *)(void *)((uint8_t *)(p + 1) + cells);
    p->refs.ref = (uint32_t *)(void *)((uint8_t *)p->codes + codes);
    p->refs.form = p->refs.ref + capacity;
    p->refs.conjunction = (uint8_t *)(p->refs.form + capacity);
    for (uint32_t k = 0; k < columns->count; k++) {
        const uint8_t slot = columns->slots[k];

        p->slots[k] = slot;
        p->mask[slot / 64] |= UINT64_C(1) << slot % 64;
    }
    memset((uint8_t *)(p + 1), 0xff, cells);
    return &p->rows;
}

static uint32_t free_row(const struct weiri_rows *rows)
{
    const struct weiri_page *p = page_in(rows);

    if (rows->count == rows->capacity)
        return WEIRI_NONE;
    for (uint32_t w = 0; w < p->words; w++) {
        if (p->used[w] != UINT64_MAX)
            return w * 64 + (uint32_t)__builtin_ctzll(~p->used[w]);
    }
    return WEIRI_NONE;
}

static void write(struct weiri_rows *rows, uint32_t row, const struct weiri_row *what)
{
    struct weiri_page *p = page_of(rows);
    struct weiri_row_codes *codes = &p->codes[row];
    uint32_t placed = 0;

    memset(codes, 0, sizeof *codes);
    memset(codes->high, 255, sizeof codes->high);
    for (uint32_t k = 0; k < rows->columns; k++) {
        uint32_t i = 0;

        while (i < what->column_count && what->columns[i].slot != p->slots[k])
            i++;
        if (i == what->column_count)
            continue;
        set_cells(p, k, row, ~cells_met(&what->sets[i]), false);
        codes->column[placed] = (uint8_t)k;
        codes->low[placed] = what->columns[i].low;
        codes->high[placed++] = what->columns[i].high;
    }
    p->refs.ref[row] = what->ref;
    p->refs.form[row] = what->form;
    p->refs.conjunction[row] = (uint8_t)what->conjunction;
    weiri_bit_set(p->complete, row, what->complete && placed == what->column_count);
    weiri_bit_set(p->plain, row, what->plain);
    occupy(rows, row);
}

static void copy(struct weiri_rows *to, struct weiri_rows *from)
{
    struct weiri_page *t = page_of(to);
    const struct weiri_page *f = page_in(from);

    for (uint32_t i = 0; i < from->columns * WEIRI_CELLS; i++) {
        for (uint32_t w = 0; w < f->words; w++)
            atomic_store_explicit(
                &t->cells[(size_t)i * t->words + w],
                atomic_load_explicit(&f->cells[(size_t)i * f->words + w], memory_order_relaxed),
                memory_order_relaxed);
    }
    memcpy(t->codes, f->codes, from->capacity * sizeof *t->codes);
    memcpy(t->refs.ref, f->refs.ref, from->capacity * sizeof *t->refs.ref);
    memcpy(t->refs.form, f->refs.form, from->capacity * sizeof *t->refs.form);
    memcpy(t->refs.conjunction, f->refs.conjunction, from->capacity);
    to->count = from->count;
    for (uint32_t w = 0; w < f->words; w++) {
        t->used[w] = f->used[w];
        t->live[w] = f->live[w];
        t->complete[w] = f->complete[w];
        t->plain[w] = f->plain[w];
    }
}

static void occupy(struct weiri_rows *rows, uint32_t row)
{
    page_of(rows)->used[row / 64] |= UINT64_C(1) << row % 64;
    rows->count++;
}

static void clear(struct weiri_rows *rows, uint32_t row)
{
    const struct weiri_row_codes *codes = &page_of(rows)->codes[row];

    /* The columns it has ascend. */
    for (uint32_t i = 0; i < WEIRI_ROW_COLUMNS && i < rows->columns; i++) {
        if (i > 0 && codes->column[i] <= codes->column[i - 1])
            break;
        set_cells(page_of(rows), codes->column[i], row, UINT32_MAX, true);
    }
    page_of(rows)->used[row / 64] &= ~(UINT64_C(1) << row % 64);
    rows->count--;
}

static void fini(struct weiri_rows *rows)
{
    (void)rows;
}

static bool is_used(const struct weiri_rows *rows, uint32_t row)
{
    return page_in(rows)->used[row / 64] >> row % 64 & 1;
}

static bool is_live(const struct weiri_rows *rows, uint32_t row)
{
    return weiri_bit_get(page_in(rows)->live, row);
}

static void set_live(struct weiri_rows *rows, uint32_t row, bool live)
{
    weiri_bit_set(page_of(rows)->live, row, live);
}

static bool is_plain(const struct weiri_rows *rows, uint32_t row)
{
    return weiri_bit_get(page_in(rows)->plain, row);
}

static void set_plain(struct weiri_rows *rows, uint32_t row, bool plain)
{
    weiri_bit_set(page_of(rows)->plain, row, plain);
}

static struct weiri_columns columns(const struct weiri_rows *rows)
{
    struct weiri_columns out = {.count = rows->columns};

    memcpy(out.slots, page_in(rows)->slots, rows->columns);
    return out;
}

static bool extend(struct weiri_columns *columns, const struct weiri_row *row)
{
    const uint32_t before = columns->count;

    for (uint32_t i = 0; i < row->column_count && columns->count < WEIRI_PAGE_COLUMNS; i++) {
        if (memchr(columns->slots, row->columns[i].slot, columns->count) == NULL)
            columns->slots[columns->count++] = row->columns[i].slot;
    }
    return columns->count != before;
}

static struct weiri_refs refs(const struct weiri_rows *rows)
{
    return page_in(rows)->refs;
}

const struct weiri_rows_ops weiri_page_ops = {
    .rows_max = WEIRI_PAGE_ROWS,
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
};

/* A bit for each cell whose codes the set meets. */
static uint32_t cells_met(const struct weiri_code_set *set)
{
    uint32_t met = 0;

    for (uint32_t w = 0; w < 4; w++) {
        for (uint64_t bits = set->bits[w]; bits != 0;) {
            const uint32_t cell = weiri_cell(w * 64 + (uint32_t)__builtin_ctzll(bits));

            met |= UINT32_C(1) << cell;
            while (bits != 0 && weiri_cell(w * 64 + (uint32_t)__builtin_ctzll(bits)) == cell)
                bits &= bits - 1;
        }
    }
    return met;
}

static void set_cells(struct weiri_page *p, uint32_t k, uint32_t row, uint32_t cells, bool on)
{
    for (; cells != 0; cells &= cells - 1) {
        const uint32_t cell = (uint32_t)__builtin_ctz(cells);

        weiri_bit_set(p->cells + ((size_t)k * WEIRI_CELLS + cell) * p->words, row, on);
    }
}

static struct weiri_page *page_of(struct weiri_rows *rows)
{
    return (struct weiri_page *)rows;
}

static const struct weiri_page *page_in(const struct weiri_rows *rows)
{
    return (const struct weiri_page *)rows;
}
