/* sheet.c - see sheet.h.
 *
 * A strip is not changed but for its bits: one with a word more takes its place.  All bits are set
 * of rows that are not in use and under slots that are no column of the page. */
#include "sheet.h"

#include "lists.h"

#include <assert.h>

struct block {
    struct weiri_retired retired;
};

#define NO_STRIP UINT32_MAX
/* Capacities are multiples of it, so that what follows the slots is aligned. */
#define STRIPS_UNIT 8u

static uint32_t find_strip(const struct weiri_sheet *sheet, uint8_t slot);
static uint64_t pages_of(const struct weiri_sheet *sheet, uint32_t strip);
static _Atomic uint64_t *line_of(const struct weiri_sheet *sheet, uint32_t strip, uint32_t cell);
static uint32_t words_of(const struct weiri_sheet *sheet, uint32_t strip);
static uint32_t rank_of(uint64_t pages, uint32_t position);
static struct weiri_sheet *resize(struct weir_matcher *m, struct weiri_sheet *sheet, uint32_t pages,
                                  uint32_t strips);
static bool widen(struct weir_matcher *m, struct weiri_sheet *sheet, uint32_t strip,
                  uint32_t position);
static void drop_strip(struct weir_matcher *m, struct weiri_sheet *sheet, uint32_t strip);
static bool is_column(const struct weiri_sheet *sheet, uint8_t slot);
static void release_block(struct weiri_retired *block, void *owner);

struct weiri_sheet *weiri_sheet_create(struct weir_matcher *m, uint32_t pages, uint32_t strips)
{
    struct weiri_sheet *sheet;

    assert(strips % STRIPS_UNIT == 0);
    sheet = weiri_alloc_zeroed(
        m->alloc, 1,
        sizeof *sheet +
            strips * (sizeof sheet->slots[0] + sizeof sheet->strips[0] + sizeof sheet->blocks[0]) +
            pages * (sizeof sheet->live[0] + sizeof sheet->codes[0] + sizeof sheet->pages[0]));
    if (sheet == NULL)
        return NULL;
    sheet->rows.kind = WEIRI_SHEET;
    sheet->rows.capacity = pages;
    sheet->strip_capacity = strips;
    sheet->slots = (uint8_t *)(sheet + 1);
    sheet->strips = (_Atomic(uintptr_t) *)(void *)(sheet->slots + strips);
    sheet->live = (_Atomic uint64_t *)(sheet->strips + strips);
    sheet->codes = (_Atomic(uintptr_t) *)(sheet->live + pages);
    sheet->pages = (_Atomic(struct weiri_page *) *)(sheet->codes + pages);
    sheet->blocks = (void **)(uintptr_t)(sheet->pages + pages);
    return sheet;
}

void weiri_sheet_end(struct weir_matcher *m, struct weiri_sheet *sheet)
{
    weiri_list_drop(m, &sheet->rows);
    for (uint32_t i = 0; i < sheet->strip_count; i++)
        drop_strip(m, sheet, i);
    weiri_retire(&m->retired, &sheet->rows.retired, release_block);
}

bool weiri_sheet_join(struct weir_matcher *m, struct weiri_sheet *sheet, struct weiri_page *page)
{
    assert(sheet->rows.count < WEIRI_SHEET_PAGES);
    if (sheet->rows.count == sheet->rows.capacity) {
        sheet = resize(m, sheet, sheet->rows.capacity * 2, sheet->strip_capacity);
        if (sheet == NULL)
            return false;
    }
    page->sheet = sheet;
    page->position = (uint32_t)__builtin_ctzll(~sheet->used);
    for (uint32_t k = 0; k < page->rows.columns; k++) {
        if (!weiri_sheet_cover(m, page, page->slots[k]))
            return false;
    }
    sheet = page->sheet;
    sheet->used |= UINT64_C(1) << page->position;
    sheet->rows.count++;
    weiri_sheet_show(page);
    return true;
}

void weiri_sheet_leave(struct weir_matcher *m, struct weiri_page *page)
{
    struct weiri_sheet *sheet = page->sheet;

    sheet->used &= ~(UINT64_C(1) << page->position);
    sheet->rows.count--;
    if (sheet->rows.count == 0)
        weiri_sheet_end(m, sheet);
}

bool weiri_sheet_cover(struct weir_matcher *m, struct weiri_page *page, uint8_t slot)
{
    struct weiri_sheet *sheet = page->sheet;
    uint32_t strip = find_strip(sheet, slot);

    if (strip == NO_STRIP) {
        if (sheet->strip_count == sheet->strip_capacity)
            sheet = resize(m, sheet, sheet->rows.capacity, sheet->strip_capacity * 2);
        if (sheet == NULL)
            return false;
        page->sheet = sheet;
        strip = sheet->strip_count;
        sheet->slots[strip] = slot;
        if (!widen(m, sheet, strip, page->position))
            return false;
        atomic_store_explicit(&sheet->strip_count, strip + 1, memory_order_release);
        return true;
    }
    return (pages_of(sheet, strip) >> page->position & 1) != 0 ||
           widen(m, sheet, strip, page->position);
}

struct weiri_words weiri_sheet_words(const struct weiri_page *page, uint8_t slot)
{
    const struct weiri_sheet *sheet = page->sheet;
    const uint32_t strip = find_strip(sheet, slot);
    uint64_t pages;

    if (strip == NO_STRIP)
        return (struct weiri_words){NULL, 0};
    pages = pages_of(sheet, strip);
    if ((pages >> page->position & 1) == 0)
        return (struct weiri_words){NULL, 0};
    return (struct weiri_words){line_of(sheet, strip, 0) + 1 + rank_of(pages, page->position),
                                words_of(sheet, strip)};
}

void weiri_sheet_show(struct weiri_page *page)
{
    struct weiri_sheet *sheet = page->sheet;

    atomic_store_explicit(&sheet->pages[page->position], page, memory_order_release);
    atomic_store_explicit(&sheet->codes[page->position], page->codes, memory_order_release);
}

void weiri_sheet_renew_gate(struct weiri_sheet *sheet)
{
    uint32_t gate = 0;
    bool any = false;

    for (uint64_t left = sheet->used; left != 0; left &= left - 1) {
        const struct weiri_page *page = sheet->pages[__builtin_ctzll(left)];

        gate = any ? weiri_gate_join(gate, page->gate) : page->gate;
        any = true;
    }
    weiri_list_set_gate(&sheet->rows, gate);
}

void weiri_sheet_trim(struct weir_matcher *m, struct weiri_sheet *sheet)
{
    for (uint32_t i = 0; i < sheet->strip_count; i++) {
        const struct weiri_slot *slot = m->slots[sheet->slots[i]];

        if (sheet->blocks[i] != NULL && (slot == NULL || slot->leaving) &&
            !is_column(sheet, sheet->slots[i]))
            drop_strip(m, sheet, i);
    }
}

/* With the strips that there are. */
static struct weiri_sheet *resize(struct weir_matcher *m, struct weiri_sheet *sheet, uint32_t pages,
                                  uint32_t strips)
{
    struct weiri_sheet *larger = weiri_sheet_create(m, pages, strips);
    uint32_t count = 0;

    if (larger == NULL)
        return NULL;
    larger->class = sheet->class;
    larger->used = sheet->used;
    larger->rows.count = sheet->rows.count;
    for (uint32_t i = 0; i < sheet->strip_count; i++) {
        if (sheet->blocks[i] == NULL)
            continue;
        larger->slots[count] = sheet->slots[i];
        larger->blocks[count] = sheet->blocks[i];
        larger->strips[count++] = sheet->strips[i];
    }
    larger->strip_count = count;
    for (uint32_t i = 0; i < sheet->rows.capacity; i++) {
        larger->live[i] = sheet->live[i];
        larger->codes[i] = sheet->codes[i];
        larger->pages[i] = sheet->pages[i];
        if ((sheet->used >> i & 1) != 0)
            sheet->pages[i]->sheet = larger;
    }
    weiri_list_swap(&sheet->rows, &larger->rows);
    weiri_retire(&m->retired, &sheet->rows.retired, release_block);
    return larger;
}

/* A strip with a word more, or the first of a strip that is not there yet. */
static bool widen(struct weir_matcher *m, struct weiri_sheet *sheet, uint32_t strip,
                  uint32_t position)
{
    struct block *old = sheet->blocks[strip], *block;
    const uint32_t words = old != NULL ? words_of(sheet, strip) + 1 : 2;
    const uint64_t pages = (old != NULL ? pages_of(sheet, strip) : 0) | UINT64_C(1) << position;
    const uint32_t rank = rank_of(pages, position);
    _Atomic uint64_t *line;
    uintptr_t at;

    block = weiri_alloc(m->alloc, sizeof *block + WEIRI_STRIP_ALIGN - 1 +
                                      (size_t)WEIRI_CELLS * words * sizeof *line);
    if (block == NULL)
        return false;
    at = ((uintptr_t)(block + 1) + WEIRI_STRIP_ALIGN - 1) & ~(uintptr_t)(WEIRI_STRIP_ALIGN - 1);
    line = (_Atomic uint64_t *)at;
    for (uint32_t cell = 0; cell < WEIRI_CELLS; cell++, line += words) {
        atomic_init(&line[0], pages);
        atomic_init(&line[1 + rank], UINT64_MAX);
        if (old == NULL)
            continue;
        for (uint32_t i = 0; i + 2 < words; i++)
            atomic_init(
                &line[i + (i < rank ? 1 : 2)],
                atomic_load_explicit(line_of(sheet, strip, cell) + 1 + i, memory_order_relaxed));
    }
    sheet->blocks[strip] = block;
    atomic_store_explicit(&sheet->strips[strip], at | words, memory_order_release);
    if (old != NULL)
        weiri_retire(&m->retired, &old->retired, release_block);
    return true;
}

static void drop_strip(struct weir_matcher *m, struct weiri_sheet *sheet, uint32_t strip)
{
    struct block *block = sheet->blocks[strip];

    if (block == NULL)
        return;
    sheet->blocks[strip] = NULL;
    atomic_store_explicit(&sheet->strips[strip], 0, memory_order_release);
    weiri_retire(&m->retired, &block->retired, release_block);
}

static bool is_column(const struct weiri_sheet *sheet, uint8_t slot)
{
    for (uint64_t left = sheet->used; left != 0; left &= left - 1) {
        const struct weiri_page *page = sheet->pages[__builtin_ctzll(left)];

        if ((page->mask[slot / 64] >> slot % 64 & 1) != 0)
            return true;
    }
    return false;
}

static uint32_t find_strip(const struct weiri_sheet *sheet, uint8_t slot)
{
    for (uint32_t i = 0; i < sheet->strip_count; i++) {
        if (sheet->slots[i] == slot && sheet->blocks[i] != NULL)
            return i;
    }
    return NO_STRIP;
}

static uint64_t pages_of(const struct weiri_sheet *sheet, uint32_t strip)
{
    return atomic_load_explicit(line_of(sheet, strip, 0), memory_order_relaxed);
}

static _Atomic uint64_t *line_of(const struct weiri_sheet *sheet, uint32_t strip, uint32_t cell)
{
    return (_Atomic uint64_t *)(uintptr_t)weiri_strip_line(sheet->strips[strip], cell);
}

static uint32_t words_of(const struct weiri_sheet *sheet, uint32_t strip)
{
    return (uint32_t)(sheet->strips[strip] & (WEIRI_STRIP_ALIGN - 1));
}

static uint32_t rank_of(uint64_t pages, uint32_t position)
{
    return (uint32_t)__builtin_popcountll(pages & ((UINT64_C(1) << position) - 1));
}

static void release_block(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;

    weiri_release(m->alloc, block);
}
