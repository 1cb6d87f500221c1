/* scan_scalar.c - the scans in plain C; the reference for the others. */
#include "scan.h"

#include <string.h>

/* The codes of a row decide, or its record does. */
enum row { ROW_NO, ROW_SOFT, ROW_EXACT };

static enum row block_row(const struct weiri_block *block, uint32_t k, uint32_t row,
                          const struct weiri_look *look);
static enum row page_row(uintptr_t codes, uint32_t row, const struct weiri_look *look);

static void scan_block(const struct weiri_block *block, const struct weiri_look *look,
                       uint64_t *maybe, uint64_t *sure)
{
    uint64_t rows = atomic_load_explicit(&block->live, memory_order_acquire);
    uint64_t unsure = 0;

    for (uint32_t k = 0; k < block->rows.columns && rows != 0; k++) {
        for (uint64_t left = rows; left != 0; left &= left - 1) {
            const uint32_t row = (uint32_t)__builtin_ctzll(left);

            switch (block_row(block, k, row, look)) {
            case ROW_NO: rows &= ~(UINT64_C(1) << row); break;
            case ROW_SOFT: unsure |= UINT64_C(1) << row; break;
            case ROW_EXACT: break;
            }
        }
    }
    *maybe = rows;
    *sure = rows & ~unsure & atomic_load_explicit(&block->complete, memory_order_relaxed);
}

static enum row block_row(const struct weiri_block *block, uint32_t k, uint32_t row,
                          const struct weiri_look *look)
{
    const uint32_t capacity = block->rows.capacity;
    const uint8_t *low = weiri_block_at(block, block->at[k]) + row, *high = low + capacity;
    const uint8_t slot = block->slots[k] != WEIRI_MIXED ? block->slots[k] : low[2 * capacity];
    const uint8_t code = look->codes[slot], fine = look->fine[slot];
    const uint8_t *fine_low, *fine_high;

    if ((block->sets >> k & 1) != 0)
        return atomic_load_explicit(&weiri_block_sets(block, k)->admits[code],
                                    memory_order_relaxed) >>
                           *low &
                       1
                   ? ROW_EXACT
                   : ROW_NO;
    if (code < *low || code > *high)
        return ROW_NO;
    if (block->fine_at[k] == 0)
        return ROW_EXACT;
    fine_low = weiri_block_at(block, block->fine_at[k]) + row;
    fine_high = fine_low + capacity;
    if ((code == *low && fine < *fine_low) || (code == *high && fine > *fine_high))
        return ROW_NO;
    return (code == *low && fine == *fine_low) || (code == *high && fine == *fine_high) ? ROW_SOFT
                                                                                        : ROW_EXACT;
}

static uint32_t take(const uint32_t *refs, uint64_t rows, uint32_t *out)
{
    uint32_t count = 0;

    for (; rows != 0; rows &= rows - 1)
        out[count++] = __atomic_load_n(&refs[__builtin_ctzll(rows)], __ATOMIC_RELAXED);
    return count;
}

void weiri_scan_scalar_bitmaps(const struct weiri_sheet *sheet, const uint8_t *codes,
                               uint64_t maybe[WEIRI_SHEET_PAGES])
{
    const uint32_t strips = atomic_load_explicit(&sheet->strip_count, memory_order_acquire);

    for (uint32_t p = 0; p < sheet->rows.capacity; p++)
        maybe[p] = atomic_load_explicit(&sheet->live[p], memory_order_acquire);
    for (uint32_t i = 0; i < strips; i++) {
        const uintptr_t strip = atomic_load_explicit(&sheet->strips[i], memory_order_acquire);
        const _Atomic uint64_t *word;

        if (strip == 0)
            continue;
        word = weiri_strip_line(strip, weiri_cell(codes[sheet->slots[i]]));
        for (uint64_t pages = *word++; pages != 0; pages &= pages - 1)
            maybe[__builtin_ctzll(pages)] &= atomic_load_explicit(word++, memory_order_relaxed);
    }
}

uint64_t weiri_scan_scalar_rows(uintptr_t codes, uint64_t rows, const struct weiri_look *look,
                                uint64_t *sure)
{
    *sure = 0;
    for (uint64_t left = rows; left != 0; left &= left - 1) {
        const uint64_t bit = left & (~left + 1);

        switch (page_row(codes, (uint32_t)__builtin_ctzll(left), look)) {
        case ROW_NO: rows &= ~bit; break;
        case ROW_EXACT: *sure |= bit; break;
        case ROW_SOFT: break;
        }
    }
    return rows;
}

static enum row page_row(uintptr_t codes, uint32_t row, const struct weiri_look *look)
{
    const struct weiri_row_layout layout = weiri_row_layout(codes);
    const uint8_t *at = weiri_row_at(codes, row);
    enum row found =
        (__atomic_load_n(at + WEIRI_ROW_FLAGS_AT, __ATOMIC_RELAXED) & WEIRI_ROW_COMPLETE) != 0
            ? ROW_EXACT
            : ROW_SOFT;

    for (uint32_t i = 0; i < layout.columns; i++) {
        const uint8_t slot = at[WEIRI_ROW_SLOTS_AT + i];
        const uint32_t code = (uint32_t)look->codes[slot] << 8 | look->fine[slot];
        uint16_t low, high;

        memcpy(&low, at + layout.low + i * sizeof low, sizeof low);
        memcpy(&high, at + layout.high + i * sizeof high, sizeof high);
        if (code < low || code > high)
            return ROW_NO;
        if (code == low || code == high)
            found = ROW_SOFT;
    }
    return found;
}

const struct weiri_scan weiri_scan_scalar = {.name = "scalar",
                                             .block = scan_block,
                                             .take = take,
                                             .bitmaps = weiri_scan_scalar_bitmaps,
                                             .rows = weiri_scan_scalar_rows};
