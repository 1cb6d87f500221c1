/* scan_scalar.c - the scans in plain C; the reference for the others. */
#include "scan.h"

/* Of a row of a page: its codes decide, or its record does. */
enum row { ROW_NO, ROW_SOFT, ROW_EXACT };

static enum row page_row(const struct weiri_row_codes *codes, const uint8_t *own);

static void scan_block(const struct weiri_block *block, const uint8_t *codes, uint64_t *maybe,
                       uint64_t *sure)
{
    uint64_t rows = atomic_load_explicit(&block->live, memory_order_acquire);
    uint64_t unsure = 0;

    for (uint32_t k = 0; k < block->rows.columns && rows != 0; k++) {
        const uint64_t soft_low = atomic_load_explicit(&block->soft_low[k], memory_order_relaxed);
        const uint64_t soft_high = atomic_load_explicit(&block->soft_high[k], memory_order_relaxed);
        const bool mixed = block->slots[k] == WEIRI_MIXED;

        for (uint64_t left = rows; left != 0; left &= left - 1) {
            const uint32_t row = (uint32_t)__builtin_ctzll(left);
            const uint64_t bit = UINT64_C(1) << row;
            const uint8_t code = codes[mixed ? block->slot[k][row] : block->slots[k]];
            const uint8_t low = block->low[k][row], high = block->high[k][row];

            if (code < low || code > high)
                rows &= ~bit;
            if ((code == low && (soft_low & bit) != 0) || (code == high && (soft_high & bit) != 0))
                unsure |= bit;
        }
    }
    *maybe = rows;
    *sure = rows & ~unsure & atomic_load_explicit(&block->complete, memory_order_relaxed);
}

static uint32_t take(const uint32_t *refs, uint64_t rows, uint32_t *out)
{
    uint32_t count = 0;

    for (; rows != 0; rows &= rows - 1)
        out[count++] = __atomic_load_n(&refs[__builtin_ctzll(rows)], __ATOMIC_RELAXED);
    return count;
}

static void scan_page(const struct weiri_page *page, const uint8_t *codes, uint64_t *maybe,
                      uint64_t *sure)
{
    uint8_t own[WEIRI_PAGE_COLUMNS] = {1}; /* of rows without columns */

    for (uint32_t w = 0; w < page->words; w++)
        maybe[w] = atomic_load_explicit(&page->live[w], memory_order_acquire);
    for (uint32_t k = 0; k < page->rows.columns; k++) {
        const uint8_t code = codes[page->slots[k]];
        const _Atomic uint64_t *cell =
            page->cells + ((size_t)k * WEIRI_CELLS + weiri_cell(code)) * page->words;

        own[k] = code;
        for (uint32_t w = 0; w < page->words; w++)
            maybe[w] &= atomic_load_explicit(&cell[w], memory_order_relaxed);
    }
    for (uint32_t w = 0; w < page->words; w++) {
        uint64_t exact = 0;

        for (uint64_t left = maybe[w]; left != 0; left &= left - 1) {
            const uint32_t bit = (uint32_t)__builtin_ctzll(left);

            switch (page_row(&page->codes[w * 64 + bit], own)) {
            case ROW_NO: maybe[w] &= ~(UINT64_C(1) << bit); break;
            case ROW_EXACT: exact |= UINT64_C(1) << bit; break;
            case ROW_SOFT: break;
            }
        }
        sure[w] = exact & atomic_load_explicit(&page->complete[w], memory_order_relaxed);
    }
}

static enum row page_row(const struct weiri_row_codes *codes, const uint8_t *own)
{
    enum row found = ROW_EXACT;

    for (uint32_t i = 0; i < WEIRI_ROW_COLUMNS; i++) {
        const uint8_t code = own[codes->column[i]];

        if (code < codes->low[i] || code > codes->high[i])
            return ROW_NO;
        if (code == codes->low[i] || code == codes->high[i])
            found = ROW_SOFT;
    }
    return found;
}

const struct weiri_scan weiri_scan_scalar = {
    .name = "scalar", .block = scan_block, .take = take, .page = scan_page};
