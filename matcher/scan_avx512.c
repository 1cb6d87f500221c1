/* scan_avx512.c - a block's 64 rows in one vector of bytes, a page's 512 in one of bits. */
#include "scan_cpu.h"

#if WEIRI_SCAN_X86
#include <immintrin.h>

#define AVX512 \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512bitalg,popcnt,bmi")))

/* What the codes or fine parts in `by_slot` are for the column of each row. */
AVX512 static __m512i gather(const struct weiri_block *block, uint32_t k, __mmask64 all,
                             const uint8_t *by_slot)
{
    const uint8_t *slots = weiri_block_at(block, block->at[k]) + 2 * block->rows.capacity;

    if (block->slots[k] != WEIRI_MIXED)
        return _mm512_set1_epi8((char)by_slot[block->slots[k]]);
    return _mm512_permutex2var_epi8(_mm512_loadu_si512(by_slot),
                                    _mm512_maskz_loadu_epi8(all, slots),
                                    _mm512_loadu_si512(by_slot + 64));
}

/* Of `rows`, those that the fine parts leave; *unsure gets those that they do not settle. */
AVX512 static uint64_t compare_fine(const struct weiri_block *block, const struct weiri_look *look,
                                    __mmask64 all, uint64_t rows, uint64_t *unsure)
{
    const uint32_t capacity = block->rows.capacity;

    for (uint32_t k = 0; k < block->rows.columns; k++) {
        const uint8_t *bounds = weiri_block_at(block, block->at[k]);
        const uint8_t *fine_bounds = weiri_block_at(block, block->fine_at[k]);
        __m512i code, fine, fine_low, fine_high;
        uint64_t at_low, at_high;

        if (block->fine_at[k] == 0)
            continue;
        code = gather(block, k, all, look->codes);
        fine = gather(block, k, all, look->fine);
        fine_low = _mm512_maskz_loadu_epi8(all, fine_bounds);
        fine_high = _mm512_maskz_loadu_epi8(all, fine_bounds + capacity);
        at_low = _mm512_cmpeq_epu8_mask(_mm512_maskz_loadu_epi8(all, bounds), code);
        at_high = _mm512_cmpeq_epu8_mask(_mm512_maskz_loadu_epi8(all, bounds + capacity), code);
        rows &= ~(at_low & _mm512_cmplt_epu8_mask(fine, fine_low)) &
                ~(at_high & _mm512_cmpgt_epu8_mask(fine, fine_high));
        *unsure |= (at_low & _mm512_cmpeq_epu8_mask(fine, fine_low)) |
                   (at_high & _mm512_cmpeq_epu8_mask(fine, fine_high));
    }
    return rows;
}

AVX512 static void scan_block(const struct weiri_block *block, const struct weiri_look *look,
                              uint64_t *maybe, uint64_t *sure)
{
    const uint32_t capacity = block->rows.capacity;
    const __mmask64 all = UINT64_MAX >> (64 - capacity);
    uint64_t rows = atomic_load_explicit(&block->live, memory_order_acquire);
    uint64_t at_bounds = 0, unsure = 0;

    for (uint32_t k = 0; k < block->rows.columns; k++) {
        const uint8_t *bounds = weiri_block_at(block, block->at[k]);
        const __m512i low = _mm512_maskz_loadu_epi8(all, bounds);
        __m512i high, code;

        if ((block->sets >> k & 1) != 0) {
            const uint64_t admits = atomic_load_explicit(
                &weiri_block_sets(block, k)->admits[look->codes[block->slots[k]]],
                memory_order_relaxed);

            rows &= _mm512_bitshuffle_epi64_mask(_mm512_set1_epi64((int64_t)admits), low);
            continue;
        }
        high = _mm512_maskz_loadu_epi8(all, bounds + capacity);
        code = gather(block, k, all, look->codes);
        rows &= _mm512_cmple_epu8_mask(low, code) & _mm512_cmple_epu8_mask(code, high);
        if (block->fine_at[k] != 0)
            at_bounds |= _mm512_cmpeq_epu8_mask(low, code) | _mm512_cmpeq_epu8_mask(high, code);
    }
    if ((rows & at_bounds) != 0)
        rows = compare_fine(block, look, all, rows, &unsure);
    *maybe = rows;
    *sure = rows & ~unsure & atomic_load_explicit(&block->complete, memory_order_relaxed);
}

AVX512 static uint32_t take(const uint32_t *refs, uint64_t rows, uint32_t *out)
{
    uint32_t count = 0;

    for (; rows != 0; rows >>= 16, refs += 16) {
        const __mmask16 sixteen = (__mmask16)rows;

        if (sixteen == 0)
            continue;
        _mm512_storeu_si512(out + count, _mm512_maskz_compress_epi32(
                                             sixteen, _mm512_maskz_loadu_epi32(sixteen, refs)));
        count += (uint32_t)_mm_popcnt_u32(sixteen);
    }
    return count;
}

/* The codes of the page's columns, and the cells of them. */
AVX512 static __m256i own_codes(const struct weiri_page *page, const uint8_t *codes,
                                uint16_t *cells)
{
    const __m512i slots =
        _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)(const void *)page->slots));
    const __m256i own = _mm512_castsi512_si256(
        _mm512_permutex2var_epi8(_mm512_loadu_si512(codes), slots, _mm512_loadu_si512(codes + 64)));
    const __m512i wide = _mm512_cvtepu8_epi16(own), one = _mm512_set1_epi16(1);
    const __m512i scaled = _mm512_srli_epi16(
        _mm512_mullo_epi16(_mm512_sub_epi16(wide, one), _mm512_set1_epi16(WEIRI_CELLS - 1)), 8);

    /* As weiri_cell. */
    _mm512_storeu_si512(cells,
                        _mm512_maskz_add_epi16(_mm512_test_epi16_mask(wide, wide), scaled, one));
    return own;
}

AVX512 static void scan_page(const struct weiri_page *page, const uint8_t *codes, uint64_t *maybe,
                             uint64_t *sure)
{
    const __mmask8 all = (__mmask8)((1u << page->words) - 1);
    const size_t stride = (size_t)WEIRI_CELLS * page->words;
    const _Atomic uint64_t *column = page->cells;
    uint16_t cells[WEIRI_PAGE_COLUMNS];
    const __m256i own = own_codes(page, codes, cells);
    __m512i rows;

    for (uint32_t w = 0; w < page->words; w++)
        maybe[w] = atomic_load_explicit(&page->live[w], memory_order_acquire);
    rows = _mm512_maskz_loadu_epi64(all, maybe);
    for (uint32_t k = 0; k < page->rows.columns; k++, column += stride)
        rows = _mm512_and_si512(
            rows, _mm512_maskz_loadu_epi64(all, column + (size_t)cells[k] * page->words));
    _mm512_mask_storeu_epi64(maybe, all, rows);
    for (uint32_t w = 0; w < page->words; w++) {
        for (uint64_t left = maybe[w]; left != 0; left &= left - 1)
            __builtin_prefetch(&page->codes[w * 64 + (uint32_t)_tzcnt_u64(left)]);
    }
    for (uint32_t w = 0; w < page->words; w++) {
        uint64_t in = 0, exact = 0;

        for (uint64_t left = maybe[w]; left != 0; left &= left - 1) {
            const uint32_t bit = (uint32_t)_tzcnt_u64(left);
            const struct weiri_row_codes *row = &page->codes[w * 64 + bit];
            const __m128i low = _mm_loadl_epi64((const __m128i *)(const void *)row->low);
            const __m128i high = _mm_loadl_epi64((const __m128i *)(const void *)row->high);
            const __m256i which =
                _mm256_castsi128_si256(_mm_loadl_epi64((const __m128i *)(const void *)row->column));
            const __m128i code = _mm256_castsi256_si128(_mm256_permutexvar_epi8(which, own));
            const uint32_t out = _mm_cmplt_epu8_mask(code, low) | _mm_cmplt_epu8_mask(high, code);
            const uint32_t soft = _mm_cmpeq_epu8_mask(code, low) | _mm_cmpeq_epu8_mask(code, high);

            in |= (uint64_t)((out & 0xff) == 0) << bit;
            exact |= (uint64_t)((soft & 0xff) == 0) << bit;
        }
        maybe[w] = in;
        sure[w] = in & exact & atomic_load_explicit(&page->complete[w], memory_order_relaxed);
    }
}

const struct weiri_scan weiri_scan_avx512 = {
    .name = "avx512", .block = scan_block, .take = take, .page = scan_page};
#endif
