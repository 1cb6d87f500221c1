/* page.c - up to 64 rows of a sheet: what each of them stands for, and its codes.
 *
 * Its bits of the sheet are written here, too. */
#include "page.h"

#include "layout.h"
#include "lists.h"
#include "sheet.h"

#include <assert.h>
#include <string.h>

#define CODES_ALIGN 64u
/* Vector code reads beyond a narrow row. */
#define CODES_PADDING 16u

static struct weiri_page *page_of(struct weiri_rows *rows);
static const struct weiri_page *page_in(const struct weiri_rows *rows);
static void set_codes(struct weiri_page *p, uint32_t row, const struct weiri_row *what);
static bool adopt(struct weir_matcher *m, struct weiri_page *page, const struct weiri_row *row);
static const struct weiri_row *make_again(struct weir_matcher *m, struct weiri_row *row,
                                          const struct weiri_page *page, uint32_t i);
static void put_in_place(struct weir_matcher *m, struct weiri_page *page, struct weiri_page *by);
static void open_words(const struct weiri_page *page, const struct weiri_page *other);
static uint32_t cells_met(const struct weiri_code_set *set);
static void set_cells(struct weiri_page *p, uint8_t slot, uint32_t row, uint32_t cells, bool on);
static void occupy(struct weiri_rows *rows, uint32_t row);
static void open_row(struct weiri_page *p, uint32_t row);
static void release_page(struct weiri_retired *block, void *owner);

struct weiri_page *weiri_page_create(struct weir_matcher *m, uint32_t capacity, bool wide)
{
    const uintptr_t tag = wide ? WEIRI_WIDE : 0;
    const size_t codes = (size_t)capacity * weiri_row_layout(tag).size + CODES_PADDING;
    struct weiri_page *p = weiri_alloc_zeroed(
        m->alloc, 1, sizeof *p + capacity * (sizeof *p->form + 1) + CODES_ALIGN - 1 + codes);

    if (p == NULL)
        return NULL;
    p->rows.kind = WEIRI_PAGE;
    p->rows.capacity = capacity;
    p->form = (uint32_t *)(p + 1);
    p->conjunction = (uint8_t *)(p->form + capacity);
    p->codes = (((uintptr_t)(p->conjunction + capacity) + CODES_ALIGN - 1) &
                ~(uintptr_t)(CODES_ALIGN - 1)) |
               tag;
    return p;
}

bool weiri_page_extend(struct weiri_page *page, const struct weiri_row *row)
{
    for (uint32_t i = 0; i < row->column_count; i++) {
        const uint8_t slot = row->columns[i].slot;

        if ((page->mask[slot / 64] >> slot % 64 & 1) != 0)
            continue;
        if (page->rows.columns == WEIRI_PAGE_COLUMNS)
            return false;
        page->slots[page->rows.columns++] = slot;
        page->mask[slot / 64] |= UINT64_C(1) << slot % 64;
    }
    return true;
}

struct weiri_page *weiri_page_admit(struct weir_matcher *m, struct weiri_page *page,
                                    const struct weiri_row *row)
{
    const bool full = page->rows.count == page->rows.capacity;
    const bool wide = (page->codes & WEIRI_WIDE) != 0 || row->column_count > WEIRI_NARROW_COLUMNS;
    struct weiri_page *larger;

    if (!adopt(m, page, row))
        return NULL;
    if (!full && wide == ((page->codes & WEIRI_WIDE) != 0))
        return page;
    larger = weiri_page_create(m, full ? page->rows.capacity * 2 : page->rows.capacity, wide);
    if (larger == NULL)
        return NULL;
    larger->rows.columns = page->rows.columns;
    memcpy(larger->slots, page->slots, sizeof page->slots);
    memcpy(larger->mask, page->mask, sizeof page->mask);
    larger->rows.count = page->rows.count;
    larger->gate = page->gate;
    larger->used = page->used;
    memcpy(larger->form, page->form, page->rows.capacity * sizeof *page->form);
    memcpy(larger->conjunction, page->conjunction, page->rows.capacity);
    for (uint32_t i = 0; i < page->rows.capacity; i++) {
        const struct weiri_row_layout from = weiri_row_layout(page->codes);
        const struct weiri_row_layout to = weiri_row_layout(larger->codes);
        const uint8_t *old = weiri_row_at(page->codes, i);
        uint8_t *new = weiri_row_at(larger->codes, i);

        memset(new + to.high, 0xff, to.columns * sizeof(uint16_t));
        memcpy(new, old, WEIRI_ROW_SLOTS_AT + from.columns);
        memcpy(new + to.low, old + from.low, from.columns * sizeof(uint16_t));
        memcpy(new + to.high, old + from.high, from.columns * sizeof(uint16_t));
    }
    put_in_place(m, page, larger);
    return larger;
}

bool weiri_page_renew(struct weir_matcher *m, struct weiri_page *page)
{
    bool wide = (page->codes & WEIRI_WIDE) != 0;
    struct weiri_page *renewed;
    struct weiri_row row;

    for (uint32_t i = 0; i < page->rows.capacity && !wide; i++) {
        if (weiri_page_ops.is_live(&page->rows, i))
            wide = make_again(m, &row, page, i)->column_count > WEIRI_NARROW_COLUMNS;
    }
    renewed = weiri_page_create(m, page->rows.capacity, wide);
    if (renewed == NULL)
        return false;
    renewed->sheet = page->sheet;
    renewed->position = page->position;
    for (uint32_t i = 0; i < page->rows.capacity; i++) {
        if (!weiri_page_ops.is_live(&page->rows, i)) {
            if (weiri_page_ops.is_used(&page->rows, i)) {
                open_row(page, i);
                occupy(&renewed->rows, i);
            }
            continue;
        }
        if (!adopt(m, renewed, make_again(m, &row, page, i))) {
            open_words(renewed, page);
            weiri_release(m->alloc, renewed);
            return false;
        }
        renewed->gate =
            renewed->rows.count == 0
                ? weiri_gate_of(m, page->rows.bucket, &row)
                : weiri_gate_join(renewed->gate, weiri_gate_by(&row, renewed->gate & 255));
        weiri_page_ops.write(&renewed->rows, i, &row);
    }
    put_in_place(m, page, renewed);
    return true;
}

/* A live row as it would be placed today. */
static const struct weiri_row *make_again(struct weir_matcher *m, struct weiri_row *row,
                                          const struct weiri_page *page, uint32_t i)
{
    weiri_row_make(m, row, page->rows.bucket, page->form[i], page->conjunction[i]);
    row->plain = weiri_page_ops.is_plain(&page->rows, i);
    row->ref = *weiri_page_ops.ref(&page->rows, i);
    return row;
}

/* Columns for the row, with words in the sheet. */
static bool adopt(struct weir_matcher *m, struct weiri_page *page, const struct weiri_row *row)
{
    const uint32_t before = page->rows.columns;
    bool covered = weiri_page_extend(page, row);

    for (uint32_t k = before; k < page->rows.columns && covered; k++)
        covered = weiri_sheet_cover(m, page, page->slots[k]);
    if (covered)
        return true;
    while (page->rows.columns > before) {
        const uint8_t slot = page->slots[--page->rows.columns];

        page->mask[slot / 64] &= ~(UINT64_C(1) << slot % 64);
    }
    return false;
}

static void put_in_place(struct weir_matcher *m, struct weiri_page *page, struct weiri_page *by)
{
    by->sheet = page->sheet;
    by->position = page->position;
    by->rows.bucket = page->rows.bucket;
    by->rows.handle = page->rows.handle;
    weiri_table_set(&m->rows, by->rows.handle, by);
    weiri_sheet_show(by);
    open_words(page, by);
    weiri_retire(&m->retired, &page->rows.retired, release_page);
}

/* Sets all bits at the page's position under those of its slots that the other one does not have.
 */
static void open_words(const struct weiri_page *page, const struct weiri_page *other)
{
    for (uint32_t k = 0; k < page->rows.columns; k++) {
        const uint8_t slot = page->slots[k];
        struct weiri_words words;

        if ((other->mask[slot / 64] >> slot % 64 & 1) != 0)
            continue;
        words = weiri_sheet_words(page, slot);
        for (uint32_t cell = 0; cell < WEIRI_CELLS; cell++)
            atomic_store_explicit(words.first + (size_t)cell * words.stride, UINT64_MAX,
                                  memory_order_release);
    }
}

static uint32_t free_row(const struct weiri_rows *rows)
{
    const uint64_t used = page_in(rows)->used;
    const uint32_t row = used == UINT64_MAX ? 64 : (uint32_t)__builtin_ctzll(~used);

    return row < rows->capacity ? row : WEIRI_NONE;
}

static void write(struct weiri_rows *rows, uint32_t row, const struct weiri_row *what)
{
    struct weiri_page *p = page_of(rows);

    for (uint32_t i = 0; i < what->column_count; i++)
        set_cells(p, what->columns[i].slot, row, ~cells_met(&what->sets[i]), false);
    set_codes(p, row, what);
    p->form[row] = what->form;
    p->conjunction[row] = (uint8_t)what->conjunction;
    occupy(rows, row);
}

static void set_codes(struct weiri_page *p, uint32_t row, const struct weiri_row *what)
{
    const struct weiri_row_layout layout = weiri_row_layout(p->codes);
    uint8_t *at = weiri_row_at(p->codes, row);

    assert(what->column_count <= layout.columns);
    memset(at, 0, layout.size);
    memcpy(at, &what->ref, sizeof what->ref);
    at[WEIRI_ROW_FLAGS_AT] =
        (uint8_t)((what->complete ? WEIRI_ROW_COMPLETE : 0) | (what->plain ? WEIRI_ROW_PLAIN : 0));
    memset(at + layout.high, 0xff, layout.columns * sizeof(uint16_t));
    for (uint32_t i = 0; i < what->column_count; i++) {
        const struct weiri_column *column = &what->columns[i];
        const uint16_t low = (uint16_t)(column->low << 8 | column->fine_low);
        const uint16_t high = (uint16_t)(column->high << 8 | column->fine_high);

        at[WEIRI_ROW_SLOTS_AT + i] = column->slot;
        memcpy(at + layout.low + i * sizeof low, &low, sizeof low);
        memcpy(at + layout.high + i * sizeof high, &high, sizeof high);
    }
}

static void occupy(struct weiri_rows *rows, uint32_t row)
{
    page_of(rows)->used |= UINT64_C(1) << row;
    rows->count++;
}

static void clear(struct weiri_rows *rows, uint32_t row)
{
    open_row(page_of(rows), row);
    page_of(rows)->used &= ~(UINT64_C(1) << row);
    rows->count--;
}

/* Sets all bits of a row that no reader looks for any more. */
static void open_row(struct weiri_page *p, uint32_t row)
{
    const uint8_t *own = weiri_row_at(p->codes, row) + WEIRI_ROW_SLOTS_AT;

    for (uint32_t i = 0; i < weiri_row_layout(p->codes).columns; i++) {
        if (own[i] != WEIRI_SLOT_ALWAYS)
            set_cells(p, own[i], row, UINT32_MAX, true);
    }
}

static void fini(struct weiri_rows *rows)
{
    (void)rows;
}

static bool is_used(const struct weiri_rows *rows, uint32_t row)
{
    return page_in(rows)->used >> row & 1;
}

static bool is_live(const struct weiri_rows *rows, uint32_t row)
{
    return weiri_bit_get(&page_in(rows)->sheet->live[page_in(rows)->position], row);
}

static void set_live(struct weiri_rows *rows, uint32_t row, bool live)
{
    weiri_bit_set(&page_of(rows)->sheet->live[page_of(rows)->position], row, live);
}

static bool is_plain(const struct weiri_rows *rows, uint32_t row)
{
    return (weiri_row_at(page_in(rows)->codes, row)[WEIRI_ROW_FLAGS_AT] & WEIRI_ROW_PLAIN) != 0;
}

static void set_plain(struct weiri_rows *rows, uint32_t row, bool plain)
{
    uint8_t *flags = weiri_row_at(page_of(rows)->codes, row) + WEIRI_ROW_FLAGS_AT;

    __atomic_store_n(flags, (uint8_t)(plain ? *flags | WEIRI_ROW_PLAIN : *flags & ~WEIRI_ROW_PLAIN),
                     __ATOMIC_RELEASE);
}

static uint32_t *ref(const struct weiri_rows *rows, uint32_t row)
{
    return (uint32_t *)(void *)weiri_row_at(page_in(rows)->codes, row);
}

static struct weiri_refs refs(const struct weiri_rows *rows)
{
    return (struct weiri_refs){NULL, page_in(rows)->form, page_in(rows)->conjunction};
}

const struct weiri_rows_ops weiri_page_ops = {
    .rows_max = WEIRI_PAGE_ROWS,
    .free_row = free_row,
    .write = write,
    .occupy = occupy,
    .clear = clear,
    .fini = fini,
    .is_used = is_used,
    .is_live = is_live,
    .set_live = set_live,
    .is_plain = is_plain,
    .set_plain = set_plain,
    .refs = refs,
    .ref = ref,
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

static void set_cells(struct weiri_page *p, uint8_t slot, uint32_t row, uint32_t cells, bool on)
{
    const struct weiri_words words = weiri_sheet_words(p, slot);

    for (; cells != 0; cells &= cells - 1)
        weiri_bit_set(words.first + (size_t)__builtin_ctz(cells) * words.stride, row, on);
}

static struct weiri_page *page_of(struct weiri_rows *rows)
{
    return (struct weiri_page *)rows;
}

static const struct weiri_page *page_in(const struct weiri_rows *rows)
{
    return (const struct weiri_page *)rows;
}

static void release_page(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;

    weiri_release(m->alloc, block);
}
