/* rows.c - where a row goes: blocks and pages, their growth and their end. */
#include "rows.h"

#include "layout.h"
#include "lists.h"
#include "open.h"
#include "page.h"
#include "sheet.h"

#define BLOCK_CAPACITY_MIN 4u
#define PAGE_CAPACITY_MIN 16u
#define STRIPS_MIN 8u
/* Rows of a bucket from which on pages are worth their size. */
#define PAGES_FROM 16u

static const struct weiri_rows_ops *ops_of(const struct weiri_rows *rows);
static enum weiri_rows_kind kind_for(const struct weiri_bucket *bucket);
static struct weiri_rows *make_block(struct weir_matcher *m, struct weiri_bucket *bucket,
                                     const struct weiri_row *row, uint32_t gate);
static struct weiri_rows *make_page(struct weir_matcher *m, struct weiri_bucket *bucket,
                                    const struct weiri_row *row, uint32_t class, uint32_t gate);
static struct weiri_sheet *find_sheet(struct weir_matcher *m, struct weiri_bucket *bucket,
                                      uint32_t class, uint32_t gate);
static bool number(struct weir_matcher *m, struct weiri_rows *rows);
static struct weiri_rows *make_room(struct weir_matcher *m, struct weiri_rows *rows,
                                    const struct weiri_row *row);
static void leave_old_sets(const struct weir_matcher *m, const struct weiri_block *block,
                           struct weiri_columns *columns);
static struct weiri_rows *replace(struct weir_matcher *m, struct weiri_rows *rows,
                                  struct weiri_rows *by);
static bool renew_block(struct weir_matcher *m, struct weiri_rows *rows);
static void widen_gate(struct weiri_rows *rows, const struct weiri_row *row);
static uint32_t class_of(const struct weir_matcher *m, const struct weiri_rows *rows);
static void take_out(struct weir_matcher *m, struct weiri_rows *rows);
static void release_rows(struct weiri_retired *block, void *owner);
static void release_gone_rows(struct weiri_retired *block, void *owner);

uint32_t weiri_rows_place(struct weir_matcher *m, struct weiri_bucket *bucket,
                          const struct weiri_row *row)
{
    const enum weiri_rows_kind kind = kind_for(bucket);
    const uint32_t gate = weiri_gate_of(m, bucket, row);
    const uint32_t class = weiri_class_of(m, bucket, kind, gate);
    struct weiri_rows *rows = weiri_open_find(m, bucket, kind, class, row);
    uint32_t at;

    if (rows != NULL)
        rows = make_room(m, rows, row);
    else if (kind == WEIRI_BLOCK)
        rows = make_block(m, bucket, row, gate);
    else
        rows = make_page(m, bucket, row, class, gate);
    if (rows == NULL)
        return WEIRI_NONE;
    at = ops_of(rows)->free_row(rows);
    widen_gate(rows, row);
    ops_of(rows)->write(rows, at, row);
    bucket->rows++;
    if (rows->count == ops_of(rows)->rows_max)
        weiri_open_forget(bucket, rows);
    return rows->handle << WEIRI_PLACE_BITS | at;
}

struct weiri_bucket *weiri_rows_free(struct weir_matcher *m, uint32_t place)
{
    struct weiri_rows *rows = weiri_rows_at(m, place >> WEIRI_PLACE_BITS);
    struct weiri_bucket *bucket = rows->bucket;

    ops_of(rows)->clear(rows, place & ((1u << WEIRI_PLACE_BITS) - 1));
    bucket->rows--;
    if (rows->count == 0)
        take_out(m, rows);
    else
        weiri_open_note(bucket, rows, class_of(m, rows));
    return bucket;
}

void weiri_rows_set_live(struct weir_matcher *m, uint32_t place, bool live)
{
    struct weiri_rows *rows = weiri_rows_at(m, place >> WEIRI_PLACE_BITS);

    ops_of(rows)->set_live(rows, place & ((1u << WEIRI_PLACE_BITS) - 1), live);
}

void weiri_rows_set_ref(struct weir_matcher *m, uint32_t place, uint32_t ref, bool plain)
{
    struct weiri_rows *rows = weiri_rows_at(m, place >> WEIRI_PLACE_BITS);
    const uint32_t row = place & ((1u << WEIRI_PLACE_BITS) - 1);

    if (plain)
        __atomic_store_n(ops_of(rows)->ref(rows, row), ref, __ATOMIC_RELAXED);
    ops_of(rows)->set_plain(rows, row, plain);
}

struct weiri_rows *weiri_rows_at(const struct weir_matcher *m, uint32_t handle)
{
    return weiri_table_at(&m->rows, handle);
}

struct weiri_refs weiri_rows_refs(const struct weiri_rows *rows)
{
    return ops_of(rows)->refs(rows);
}

bool weiri_rows_renew(struct weir_matcher *m, struct weiri_rows *rows)
{
    struct weiri_page *page = (struct weiri_page *)rows;
    struct weiri_sheet *sheet;

    if (rows->kind == WEIRI_BLOCK)
        return renew_block(m, rows);
    if (!weiri_page_renew(m, page))
        return false;
    page = (struct weiri_page *)weiri_rows_at(m, rows->handle);
    sheet = page->sheet;
    weiri_sheet_renew_gate(sheet);
    weiri_open_forget(sheet->rows.bucket, &page->rows);
    if (page->rows.count < WEIRI_PAGE_ROWS)
        weiri_open_note(sheet->rows.bucket, &page->rows, sheet->class);
    return true;
}

static bool renew_block(struct weir_matcher *m, struct weiri_rows *rows)
{
    const struct weiri_rows_ops *ops = &weiri_block_ops;
    const struct weiri_refs refs = weiri_rows_refs(rows);
    struct weiri_columns columns = {.count = 0};
    struct weiri_rows *renewed;
    struct weiri_row row;
    uint32_t gate = WEIRI_GATE_OPEN;

    for (uint32_t i = 0; i < rows->capacity; i++) {
        if (!ops->is_live(rows, i))
            continue;
        weiri_row_make(m, &row, rows->bucket, refs.form[i], refs.conjunction[i]);
        (void)ops->extend(&columns, &row);
    }
    renewed = ops->create(m, rows->capacity, &columns);
    if (renewed == NULL)
        return false;
    for (uint32_t i = 0; i < rows->capacity; i++) {
        if (ops->is_live(rows, i)) {
            weiri_row_make(m, &row, rows->bucket, refs.form[i], refs.conjunction[i]);
            row.plain = ops->is_plain(rows, i);
            row.ref = refs.ref[i];
            gate = renewed->count == 0 ? weiri_gate_of(m, rows->bucket, &row)
                                       : weiri_gate_join(gate, weiri_gate_by(&row, gate & 255));
            ops->write(renewed, i, &row);
            ops->set_live(renewed, i, true);
        } else if (ops->is_used(rows, i)) {
            ops->occupy(renewed, i);
        }
    }
    (void)replace(m, rows, renewed);
    weiri_list_set_gate(renewed, gate);
    return true;
}

static const struct weiri_rows_ops *ops_of(const struct weiri_rows *rows)
{
    return rows->kind == WEIRI_BLOCK ? &weiri_block_ops : &weiri_page_ops;
}

/* Bitmaps are for keys that do not select. */
static enum weiri_rows_kind kind_for(const struct weiri_bucket *bucket)
{
    return bucket->key.kind >= WEIRI_KEY_PRESENT && bucket->rows >= PAGES_FROM ? WEIRI_PAGE
                                                                               : WEIRI_BLOCK;
}

static struct weiri_rows *make_block(struct weir_matcher *m, struct weiri_bucket *bucket,
                                     const struct weiri_row *row, uint32_t gate)
{
    struct weiri_columns columns = {.count = 0};
    struct weiri_rows *rows;
    uint32_t index, capacity = BLOCK_CAPACITY_MIN;

    while (capacity < WEIRI_BLOCK_ROWS && capacity * 4 <= bucket->rows)
        capacity *= 2;
    (void)weiri_block_ops.extend(&columns, row);
    if (!weiri_list_reserve(m, bucket, &index))
        return NULL;
    rows = weiri_block_ops.create(m, capacity, &columns);
    if (rows == NULL || !number(m, rows)) {
        if (rows != NULL)
            release_rows(&rows->retired, m);
        weiri_list_give_up(m, bucket);
        return NULL;
    }
    weiri_list_put(bucket, index, rows, gate);
    if (index > 0) {
        weiri_open_reserve(m, bucket);
        weiri_open_note(bucket, rows, weiri_class_of(m, bucket, WEIRI_BLOCK, gate));
    }
    return rows;
}

/* In a sheet of its class. */
static struct weiri_rows *make_page(struct weir_matcher *m, struct weiri_bucket *bucket,
                                    const struct weiri_row *row, uint32_t class, uint32_t gate)
{
    struct weiri_page *page =
        weiri_page_create(m, PAGE_CAPACITY_MIN, row->column_count > WEIRI_NARROW_COLUMNS);
    struct weiri_sheet *sheet;

    if (page == NULL)
        return NULL;
    page->rows.bucket = bucket;
    page->gate = gate;
    (void)weiri_page_extend(page, row);
    sheet = number(m, &page->rows) ? find_sheet(m, bucket, class, gate) : NULL;
    if (sheet == NULL || !weiri_sheet_join(m, sheet, page)) {
        if (page->sheet != NULL && page->sheet->rows.count == 0)
            weiri_sheet_end(m, page->sheet);
        if (page->rows.handle != WEIRI_NONE)
            weiri_table_drop(&m->rows, page->rows.handle);
        weiri_release(m->alloc, page);
        return NULL;
    }
    weiri_open_reserve(m, bucket);
    weiri_open_note(bucket, &page->rows, class);
    return &page->rows;
}

/* With room for a page more. */
static struct weiri_sheet *find_sheet(struct weir_matcher *m, struct weiri_bucket *bucket,
                                      uint32_t class, uint32_t gate)
{
    const struct weiri_list *list = weiri_list_of(bucket);
    struct weiri_sheet *sheet;
    uint32_t index;

    for (uint32_t i = list != NULL ? list->count : 0; i-- > 0;) {
        sheet = (struct weiri_sheet *)list->v[i];
        if (sheet != NULL && sheet->rows.kind == WEIRI_SHEET && sheet->class == class &&
            sheet->rows.count < WEIRI_SHEET_PAGES)
            return sheet;
    }
    if (!weiri_list_reserve(m, bucket, &index))
        return NULL;
    sheet = weiri_sheet_create(m, 1, STRIPS_MIN);
    if (sheet == NULL) {
        weiri_list_give_up(m, bucket);
        return NULL;
    }
    sheet->class = class;
    weiri_list_put(bucket, index, &sheet->rows, gate);
    return sheet;
}

/* Gives it a handle; false for want of memory, or when there are too many. */
static bool number(struct weir_matcher *m, struct weiri_rows *rows)
{
    rows->handle = WEIRI_NONE;
    if (!weiri_table_reserve(&m->rows))
        return false;
    rows->handle = weiri_table_put(&m->rows, rows);
    if (rows->handle < m->rows_limit)
        return true;
    weiri_table_drop(&m->rows, rows->handle);
    rows->handle = WEIRI_NONE;
    return false;
}

/* Room for the row and its columns. */
static struct weiri_rows *make_room(struct weir_matcher *m, struct weiri_rows *rows,
                                    const struct weiri_row *row)
{
    const struct weiri_rows_ops *ops = ops_of(rows);
    struct weiri_columns columns;
    struct weiri_rows *larger;
    bool wider, full;

    if (rows->kind == WEIRI_PAGE) {
        struct weiri_page *page = weiri_page_admit(m, (struct weiri_page *)rows, row);

        if (page == NULL)
            return NULL;
        weiri_open_note(page->rows.bucket, &page->rows, page->sheet->class);
        return &page->rows;
    }
    columns = ops->columns(rows);
    leave_old_sets(m, (const struct weiri_block *)rows, &columns);
    wider = ops->extend(&columns, row);
    full = ops->free_row(rows) == WEIRI_NONE;
    if (!wider && !full)
        return rows;
    larger = ops->create(m, full ? rows->capacity * 2 : rows->capacity, &columns);
    if (larger == NULL)
        return NULL;
    ops->copy(larger, rows);
    return replace(m, rows, larger);
}

/* A column of sets outlives its slot, whose number another one may have by now: then it goes over
 * as hulls. */
static void leave_old_sets(const struct weir_matcher *m, const struct weiri_block *block,
                           struct weiri_columns *columns)
{
    for (uint32_t k = 0; k < columns->count; k++) {
        const struct weiri_slot *slot;

        if ((columns->sets >> k & 1) == 0)
            continue;
        slot = m->slots[columns->slots[k]];
        if (slot == NULL || slot->sets != weiri_block_sets(block, k))
            columns->sets &= ~(1u << k);
    }
}

static struct weiri_rows *replace(struct weir_matcher *m, struct weiri_rows *rows,
                                  struct weiri_rows *by)
{
    by->handle = rows->handle;
    weiri_table_set(&m->rows, by->handle, by);
    weiri_list_swap(rows, by);
    weiri_retire(&m->retired, &rows->retired, release_rows);
    return by;
}

static void widen_gate(struct weiri_rows *rows, const struct weiri_row *row)
{
    struct weiri_page *page = (struct weiri_page *)rows;

    if (rows->kind == WEIRI_PAGE) {
        page->gate = weiri_gate_join(page->gate, weiri_gate_by(row, page->gate & 255));
        rows = &page->sheet->rows;
        weiri_list_set_gate(rows, weiri_gate_join(weiri_list_gate(rows), page->gate));
    } else {
        const uint32_t gate = weiri_list_gate(rows);

        weiri_list_set_gate(rows, weiri_gate_join(gate, weiri_gate_by(row, gate & 255)));
    }
}

static uint32_t class_of(const struct weir_matcher *m, const struct weiri_rows *rows)
{
    return rows->kind == WEIRI_PAGE
               ? ((const struct weiri_page *)rows)->sheet->class
               : weiri_class_of(m, rows->bucket, WEIRI_BLOCK, weiri_list_gate(rows));
}

static void take_out(struct weir_matcher *m, struct weiri_rows *rows)
{
    weiri_open_forget(rows->bucket, rows);
    if (rows->kind == WEIRI_PAGE)
        weiri_sheet_leave(m, (struct weiri_page *)rows);
    else
        weiri_list_drop(m, rows);
    if (weiri_list_of(rows->bucket) == NULL)
        weiri_open_fini(m, rows->bucket);
    weiri_retire(&m->retired, &rows->retired, release_gone_rows);
}

static void release_rows(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;
    struct weiri_rows *rows = (struct weiri_rows *)block;

    ops_of(rows)->fini(rows);
    weiri_release(m->alloc, rows);
}

static void release_gone_rows(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;

    weiri_table_drop(&m->rows, ((struct weiri_rows *)block)->handle);
    release_rows(block, m);
}
