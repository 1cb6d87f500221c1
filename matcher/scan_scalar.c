/* scan_scalar.c - the scans in plain C; the reference for the others. */
#include "scan.h"

/* The codes of a row decide, or its record does. */
enum row { ROW_NO, ROW_SOFT, ROW_EXACT };

static enum row block_row(const struct weiri_block *block, uint32_t k, uint32_t row,
                          const struct weiri_look *look);
static enum row page_row(const struct weiri_row_codes *codes, const uint8_t *own);

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

void weiri_scan_scalar_page(const struct weiri_page *page, const uint8_t *codes, uint64_t *maybe,
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
    .name = "scalar", .block = scan_block, .take = take, .page = weiri_scan_scalar_page};
