/* rows.c - lists of blocks and pages, their growth, and where a row goes. */
#include "rows.h"

#include "layout.h"

#include <string.h>

#define BLOCK_CAPACITY_MIN 4u
#define PAGE_CAPACITY_MIN 64u
/* Rows of a bucket from which on pages are worth their size. */
#define PAGES_FROM 48u
/* Blocks or pages, the newest, that are looked at for a place. */
#define WINDOW 128u
#define ROWS_PER_OPEN_PAGE 1024u

static const struct weiri_rows_ops *ops_of(const struct weiri_rows *rows);
static enum weiri_rows_kind kind_for(const struct weiri_bucket *bucket);
static struct weiri_rows *find_room(const struct weiri_bucket *bucket, enum weiri_rows_kind kind,
                                    const struct weiri_row *row);
static uint32_t lacking(const struct weiri_rows *rows, const struct weiri_row *row);
static struct weiri_rows *make_new(struct weir_matcher *m, struct weiri_bucket *bucket,
                                   enum weiri_rows_kind kind, const struct weiri_row *row);
static struct weiri_rows *make_room(struct weir_matcher *m, struct weiri_rows *rows,
                                    const struct weiri_row *row);
static struct weiri_rows *replace(struct weir_matcher *m, struct weiri_rows *rows,
                                  struct weiri_rows *by);
static struct weiri_list *list_of(const struct weiri_bucket *bucket);
static bool list_reserve(struct weir_matcher *m, struct weiri_bucket *bucket, uint32_t *index);
static void take_out(struct weir_matcher *m, struct weiri_rows *rows);
static void drop_empty_list(struct weir_matcher *m, struct weiri_bucket *bucket);
static void release_rows(struct weiri_retired *block, void *owner);
static void release_gone_rows(struct weiri_retired *block, void *owner);
static void release_list(struct weiri_retired *block, void *owner);

uint32_t weiri_rows_place(struct weir_matcher *m, struct weiri_bucket *bucket,
                          const struct weiri_row *row)
{
    const enum weiri_rows_kind kind = kind_for(bucket);
    struct weiri_rows *rows = find_room(bucket, kind, row);
    uint32_t at;

    rows = rows != NULL ? make_room(m, rows, row) : make_new(m, bucket, kind, row);
    if (rows == NULL)
        return WEIRI_NONE;
    at = ops_of(rows)->free_row(rows);
    ops_of(rows)->write(rows, at, row);
    bucket->rows++;
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
        __atomic_store_n(&weiri_rows_refs(rows).ref[row], ref, __ATOMIC_RELAXED);
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
    const struct weiri_rows_ops *ops = ops_of(rows);
    const struct weiri_refs refs = weiri_rows_refs(rows);
    struct weiri_columns columns = {.count = 0};
    struct weiri_rows *renewed;
    struct weiri_row row;

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
            ops->write(renewed, i, &row);
            ops->set_live(renewed, i, true);
        } else if (ops->is_used(rows, i)) {
            ops->occupy(renewed, i);
        }
    }
    (void)replace(m, rows, renewed);
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

/* Where the fewest columns are lacking, among the newest.  Of pages several are filled at the same
 * time, the more the more rows there are, so that rows of like columns come together. */
static struct weiri_rows *find_room(const struct weiri_bucket *bucket, enum weiri_rows_kind kind,
                                    const struct weiri_row *row)
{
    const struct weiri_list *list = list_of(bucket);
    const uint32_t count = list != NULL ? list->count : 0;
    struct weiri_rows *best = NULL;
    uint32_t least = WEIRI_NONE, open = 0;

    for (uint32_t i = 0; i < count && i < WINDOW && least > 0; i++) {
        struct weiri_rows *rows = list->v[count - 1 - i];
        uint32_t lacks;

        if (rows == NULL || rows->kind != kind || rows->count == ops_of(rows)->rows_max)
            continue;
        open++;
        lacks = lacking(rows, row);
        if (lacks < least) {
            best = rows;
            least = lacks;
        }
    }
    return least == 0 || kind == WEIRI_BLOCK || open > bucket->rows / ROWS_PER_OPEN_PAGE ? best
                                                                                         : NULL;
}

/* NONE where the row does not fit at all. */
static uint32_t lacking(const struct weiri_rows *rows, const struct weiri_row *row)
{
    const struct weiri_page *page = (const struct weiri_page *)rows;
    uint64_t mask[WEIRI_SLOTS / 64] = {0};
    uint32_t lacks;

    if (rows->kind == WEIRI_BLOCK)
        return 0;
    for (uint32_t i = 0; i < row->column_count; i++)
        mask[row->columns[i].slot / 64] |= UINT64_C(1) << row->columns[i].slot % 64;
    lacks = (uint32_t)(__builtin_popcountll(mask[0] & ~page->mask[0]) +
                       __builtin_popcountll(mask[1] & ~page->mask[1]));
    return rows->columns + lacks <= WEIRI_PAGE_COLUMNS ? lacks : WEIRI_NONE;
}

static struct weiri_rows *make_new(struct weir_matcher *m, struct weiri_bucket *bucket,
                                   enum weiri_rows_kind kind, const struct weiri_row *row)
{
    const struct weiri_rows_ops *ops = kind == WEIRI_BLOCK ? &weiri_block_ops : &weiri_page_ops;
    const uint32_t least = kind == WEIRI_BLOCK ? BLOCK_CAPACITY_MIN : PAGE_CAPACITY_MIN;
    struct weiri_columns columns = {.count = 0};
    struct weiri_rows *rows;
    uint32_t index, capacity = least;

    while (kind == WEIRI_BLOCK && capacity < ops->rows_max && capacity * 4 <= bucket->rows)
        capacity *= 2;
    (void)ops->extend(&columns, row);
    if (!list_reserve(m, bucket, &index))
        return NULL;
    rows = weiri_table_reserve(&m->rows) ? ops->create(m, capacity, &columns) : NULL;
    if (rows == NULL) {
        drop_empty_list(m, bucket);
        return NULL;
    }
    rows->bucket = bucket;
    rows->index = index;
    rows->handle = weiri_table_put(&m->rows, rows);
    atomic_store_explicit(&list_of(bucket)->v[index], rows, memory_order_release);
    if (index == list_of(bucket)->count)
        atomic_store_explicit(&list_of(bucket)->count, index + 1, memory_order_release);
    return rows;
}

/* Room for the row and its columns. */
static struct weiri_rows *make_room(struct weir_matcher *m, struct weiri_rows *rows,
                                    const struct weiri_row *row)
{
    const struct weiri_rows_ops *ops = ops_of(rows);
    struct weiri_columns columns = ops->columns(rows);
    const bool wider = ops->extend(&columns, row);
    const bool full = ops->free_row(rows) == WEIRI_NONE;
    struct weiri_rows *larger;

    if (!wider && !full)
        return rows;
    larger = ops->create(m, full ? rows->capacity * 2 : rows->capacity, &columns);
    if (larger == NULL)
        return NULL;
    ops->copy(larger, rows);
    return replace(m, rows, larger);
}

static struct weiri_rows *replace(struct weir_matcher *m, struct weiri_rows *rows,
                                  struct weiri_rows *by)
{
    by->bucket = rows->bucket;
    by->index = rows->index;
    by->handle = rows->handle;
    weiri_table_set(&m->rows, by->handle, by);
    atomic_store_explicit(&list_of(by->bucket)->v[by->index], by, memory_order_release);
    weiri_retire(&m->retired, &rows->retired, release_rows);
    return by;
}

static struct weiri_list *list_of(const struct weiri_bucket *bucket)
{
    return atomic_load_explicit(&bucket->list, memory_order_relaxed);
}

/* A hole, or one more at the end. */
static bool list_reserve(struct weir_matcher *m, struct weiri_bucket *bucket, uint32_t *index)
{
    struct weiri_list *list = list_of(bucket), *larger;
    const uint32_t count = list != NULL ? list->count : 0;
    const uint32_t capacity = list != NULL ? list->capacity : 0;

    for (uint32_t i = 0; i < count && i < WINDOW; i++) {
        *index = (bucket->open + i) % count;
        if (list->v[*index] == NULL) {
            bucket->open = *index;
            return true;
        }
    }
    *index = count;
    if (count < capacity)
        return true;
    larger =
        weiri_alloc_zeroed(m->alloc, 1, sizeof *larger + (capacity * 2 + 1) * sizeof larger->v[0]);
    if (larger == NULL)
        return false;
    larger->capacity = capacity * 2 + 1;
    larger->count = count;
    for (uint32_t i = 0; i < count; i++)
        larger->v[i] = list->v[i];
    atomic_store_explicit(&bucket->list, larger, memory_order_release);
    if (list != NULL)
        weiri_retire(&m->retired, &list->retired, release_list);
    return true;
}

static void take_out(struct weir_matcher *m, struct weiri_rows *rows)
{
    struct weiri_bucket *bucket = rows->bucket;
    struct weiri_list *list = list_of(bucket);

    bucket->open = rows->index;
    atomic_store_explicit(&list->v[rows->index], NULL, memory_order_release);
    while (list->count > 0 && list->v[list->count - 1] == NULL)
        list->count--;
    weiri_retire(&m->retired, &rows->retired, release_gone_rows);
    drop_empty_list(m, bucket);
}

static void drop_empty_list(struct weir_matcher *m, struct weiri_bucket *bucket)
{
    struct weiri_list *list = list_of(bucket);

    if (list->count > 0)
        return;
    atomic_store_explicit(&bucket->list, NULL, memory_order_release);
    weiri_retire(&m->retired, &list->retired, release_list);
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

static void release_list(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;

    weiri_release(m->alloc, block);
}
