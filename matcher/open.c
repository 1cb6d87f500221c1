/* open.c - see open.h. */
#include "open.h"

#include "lists.h"
#include "rows.h"

#include <string.h>

/* The rows of a block (a page) from which on the codes are divided into 2^i parts. */
#define CLASS_BITS 4u
static const uint32_t divided_from[][CLASS_BITS + 1] = {
    [WEIRI_BLOCK] = {0, UINT32_MAX, 256,    2048,       16384     },
    [WEIRI_PAGE] = {0, UINT32_MAX, 131072, UINT32_MAX, UINT32_MAX},
};
/* One block, or page, in so many may be left unfilled. */
#define BLOCKS_SHARE 4u
#define PAGES_SHARE 8u
#define BLOCKS_MAX 128u
#define PAGES_MAX 256u
/* Columns of a page beyond those of its first row, for which no new page is begun. */
#define COLUMNS_MORE 4u
/* Blocks that are looked at where no others are known: the newest. */
#define WINDOW 8u

static struct weiri_rows *find_newest(const struct weiri_bucket *bucket, enum weiri_rows_kind kind);
static uint32_t distance(uint32_t class, uint32_t other);
static uint32_t cost(const struct weiri_open *open, const uint64_t *mask, uint32_t columns);
static uint32_t limit_of(const struct weiri_bucket *bucket, enum weiri_rows_kind kind);

uint32_t weiri_class_of(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                        enum weiri_rows_kind kind, uint32_t gate)
{
    const struct weiri_slot *slot = m->slots[gate & 255];
    const uint32_t attr = slot != NULL ? slot->attr->handle : gate & 255;
    uint32_t bits = CLASS_BITS, shift;

    while (bucket->rows < divided_from[kind][bits])
        bits--;
    if (bits == 0)
        return 0;
    shift = 8 - bits;
    return (attr + 1) << 16 | (gate >> 16 >> shift << shift) << 8 |
           (gate >> 8 & 255) >> shift << shift;
}

struct weiri_rows *weiri_open_find(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                                   enum weiri_rows_kind kind, uint32_t class,
                                   const struct weiri_row *row)
{
    const struct weiri_opens *opens = bucket->opens;
    const struct weiri_open *best = NULL;
    uint32_t least = WEIRI_NONE, count = 0;
    uint64_t mask[WEIRI_SLOTS / 64] = {0};

    if (opens == NULL)
        return find_newest(bucket, kind);
    for (uint32_t i = 0; kind == WEIRI_PAGE && i < row->column_count; i++)
        mask[row->columns[i].slot / 64] |= UINT64_C(1) << row->columns[i].slot % 64;
    for (uint32_t i = 0; i < opens->count && least > 0; i++) {
        const struct weiri_open *open = &opens->v[i];
        uint32_t costs = distance(class, open->class);

        if (weiri_rows_at(m, open->handle)->kind != kind)
            continue;
        count++;
        if (kind == WEIRI_PAGE) {
            const uint32_t columns = cost(open, mask, row->column_count);

            if (columns == WEIRI_NONE)
                continue;
            costs += columns + (costs > 0 ? WEIRI_PAGE_COLUMNS * 2 : 0);
        }
        if (costs < least) {
            best = open;
            least = costs;
        }
    }
    if (best == NULL || (least > 0 && count < limit_of(bucket, kind)))
        return NULL;
    return weiri_rows_at(m, best->handle);
}

void weiri_open_reserve(struct weir_matcher *m, struct weiri_bucket *bucket)
{
    struct weiri_opens *opens = bucket->opens;
    const uint32_t count = opens != NULL ? opens->count : 0;

    if (opens != NULL && count < opens->capacity)
        return;
    if (count >= PAGES_MAX)
        return;
    opens = weiri_resize(m->alloc, opens, sizeof *opens + (count * 2 + 2) * sizeof opens->v[0]);
    if (opens == NULL)
        return;
    opens->count = count;
    opens->capacity = count * 2 + 2;
    bucket->opens = opens;
}

void weiri_open_note(struct weiri_bucket *bucket, const struct weiri_rows *rows, uint32_t class)
{
    struct weiri_opens *opens = bucket->opens;
    uint32_t at = 0;

    if (opens == NULL)
        return;
    while (at < opens->count && opens->v[at].handle != rows->handle)
        at++;
    if (at == opens->capacity)
        return;
    opens->count += at == opens->count;
    opens->v[at] = (struct weiri_open){.handle = rows->handle, .class = class};
    if (rows->kind == WEIRI_PAGE)
        memcpy(opens->v[at].mask, ((const struct weiri_page *)rows)->mask,
               sizeof opens->v[at].mask);
}

void weiri_open_forget(struct weiri_bucket *bucket, const struct weiri_rows *rows)
{
    struct weiri_opens *opens = bucket->opens;

    for (uint32_t i = 0; opens != NULL && i < opens->count; i++) {
        if (opens->v[i].handle == rows->handle)
            opens->v[i] = opens->v[--opens->count];
    }
}

void weiri_open_fini(struct weir_matcher *m, struct weiri_bucket *bucket)
{
    weiri_release(m->alloc, bucket->opens);
    bucket->opens = NULL;
}

static struct weiri_rows *find_newest(const struct weiri_bucket *bucket, enum weiri_rows_kind kind)
{
    const struct weiri_list *list = weiri_list_of(bucket);
    const uint32_t count = list != NULL ? list->count : 0;

    for (uint32_t i = 0; i < count && i < WINDOW && kind == WEIRI_BLOCK; i++) {
        struct weiri_rows *rows = list->v[count - 1 - i];

        if (rows != NULL && rows->kind == kind && rows->count < WEIRI_BLOCK_ROWS)
            return rows;
    }
    return NULL;
}

/* 0 for the same, and far where they are of different attributes. */
static uint32_t distance(uint32_t class, uint32_t other)
{
    const int low = (int)(class & 255) - (int)(other & 255);
    const int high = (int)(class >> 8 & 255) - (int)(other >> 8 & 255);

    return (class >> 16 == other >> 16 ? 0 : 1000u) + (uint32_t)(low < 0 ? -low : low) +
           (uint32_t)(high < 0 ? -high : high);
}

/* Of a page: the columns that the row lacks, more where they are too many; NONE where they do not
 * fit. */
static uint32_t cost(const struct weiri_open *open, const uint64_t *mask, uint32_t columns)
{
    const uint32_t lacks = (uint32_t)(__builtin_popcountll(mask[0] & ~open->mask[0]) +
                                      __builtin_popcountll(mask[1] & ~open->mask[1]));
    const uint32_t held =
        (uint32_t)(__builtin_popcountll(open->mask[0]) + __builtin_popcountll(open->mask[1]));

    if (held + lacks > WEIRI_PAGE_COLUMNS)
        return WEIRI_NONE;
    return lacks == 0 || held + lacks <= columns + COLUMNS_MORE ? lacks
                                                                : WEIRI_ROW_COLUMNS + held + lacks;
}

static uint32_t limit_of(const struct weiri_bucket *bucket, enum weiri_rows_kind kind)
{
    const uint32_t share = kind == WEIRI_PAGE ? PAGES_SHARE : BLOCKS_SHARE;
    const uint32_t most = kind == WEIRI_PAGE ? PAGES_MAX : BLOCKS_MAX;
    const uint32_t limit = 1 + bucket->rows / (share * WEIRI_PAGE_ROWS);

    return limit < most ? limit : most;
}
