/* scan_avx512.c - a block's 64 rows in one vector of bytes, a page's 512 in one of bits. */
#include "scan.h"

#include "scan_cpu.h"

#if WEIRI_SCAN_X86
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,popcnt")))

AVX512 static void scan_block(const struct weiri_block *block, const uint8_t *codes,
                              uint64_t *maybe, uint64_t *sure)
{
    const uint32_t capacity = block->rows.capacity;
    const __mmask64 all = capacity == 64 ? UINT64_MAX : (UINT64_C(1) << capacity) - 1;
    uint64_t rows = atomic_load_explicit(&block->live, memory_order_acquire);
    uint64_t unsure = 0;

    for (uint32_t k = 0; k < block->rows.columns; k++) {
        const __m512i low = _mm512_maskz_loadu_epi8(all, block->low[k]);
        const __m512i high = _mm512_maskz_loadu_epi8(all, block->high[k]);
        __m512i code;

        if (block->slots[k] != WEIRI_MIXED)
            code = _mm512_set1_epi8((char)codes[block->slots[k]]);
        else
            code = _mm512_permutex2var_epi8(_mm512_loadu_si512(codes),
                                            _mm512_maskz_loadu_epi8(all, block->slot[k]),
                                            _mm512_loadu_si512(codes + 64));
        rows &= _mm512_cmple_epu8_mask(low, code) & _mm512_cmple_epu8_mask(code, high);
        unsure |= _mm512_cmpeq_epu8_mask(low, code) &
                  atomic_load_explicit(&block->soft_low[k], memory_order_relaxed);
        unsure |= _mm512_cmpeq_epu8_mask(high, code) &
                  atomic_load_explicit(&block->soft_high[k], memory_order_relaxed);
    }
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

AVX512 static void scan_page(const struct weiri_page *page, const uint8_t *codes, uint64_t *maybe,
                             uint8_t own[WEIRI_PAGE_COLUMNS])
{
    const __mmask8 all = (__mmask8)((1u << page->words) - 1);
    __m512i rows;

    for (uint32_t w = 0; w < page->words; w++)
        maybe[w] = atomic_load_explicit(&page->live[w], memory_order_acquire);
    rows = _mm512_maskz_loadu_epi64(all, maybe);
    for (uint32_t k = 0; k < page->rows.columns; k++) {
        const uint8_t code = codes[page->slots[k]];
        const uint32_t cell = weiri_cell(code);
        const void *words = page->cells + ((size_t)k * WEIRI_CELLS + cell) * page->words;

        own[k] = code;
        rows = _mm512_and_si512(rows, _mm512_maskz_loadu_epi64(all, words));
    }
    _mm512_mask_storeu_epi64(maybe, all, rows);
}

AVX512 static int page_row(const struct weiri_page *page, uint32_t row,
                           const uint8_t own[WEIRI_PAGE_COLUMNS])
{
    const struct weiri_row_codes *codes = &page->codes[row];
    const __m128i low = _mm_loadl_epi64((const __m128i *)(const void *)codes->low);
    const __m128i high = _mm_loadl_epi64((const __m128i *)(const void *)codes->high);
    const __m128i column = _mm_loadl_epi64((const __m128i *)(const void *)codes->column);
    const __m128i code = _mm256_castsi256_si128(_mm256_permutexvar_epi8(
        _mm256_castsi128_si256(column), _mm256_loadu_si256((const __m256i *)(const void *)own)));
    const uint32_t above = _mm_cmple_epu8_mask(low, code) & 0xff;
    const uint32_t below = _mm_cmple_epu8_mask(code, high) & 0xff;
    const uint32_t equal =
        (_mm_cmpeq_epu8_mask(low, code) | _mm_cmpeq_epu8_mask(code, high)) & 0xff;

    if ((above & below) != 0xff)
        return 0;
    return equal != 0 ? 1 : 2;
}

const struct weiri_scan weiri_scan_avx512 = {
    .name = "avx512", .block = scan_block, .take = take, .page = scan_page, .page_row = page_row};
#endif
