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

/* Eight pages at a time. */
AVX512 static void scan_bitmaps(const struct weiri_sheet *sheet, const uint8_t *codes,
                                uint64_t maybe[WEIRI_SHEET_PAGES])
{
    const uint32_t strips = atomic_load_explicit(&sheet->strip_count, memory_order_acquire);
    const _Atomic uint64_t *words[WEIRI_SLOTS];
    uint64_t pages[WEIRI_SLOTS];
    uint32_t count = 0;

    for (uint32_t p = 0; p < sheet->rows.capacity; p++)
        maybe[p] = atomic_load_explicit(&sheet->live[p], memory_order_acquire);
    for (uint32_t i = 0; i < strips; i++) {
        const uintptr_t strip = atomic_load_explicit(&sheet->strips[i], memory_order_acquire);
        const _Atomic uint64_t *line;

        if (strip == 0)
            continue;
        line = weiri_strip_line(strip, weiri_cell(codes[sheet->slots[i]]));
        pages[count] = atomic_load_explicit(line, memory_order_relaxed);
        words[count++] = line + 1;
    }
    for (uint32_t p = 0; p < sheet->rows.capacity; p += 8) {
        __m512i rows = _mm512_loadu_si512(maybe + p);

        for (uint32_t i = 0; i < count; i++) {
            const __mmask8 own = (__mmask8)(pages[i] >> p);

            rows = _mm512_mask_and_epi64(
                rows, own, rows,
                _mm512_maskz_expandloadu_epi64(own, (const void *)(uintptr_t)words[i]));
            words[i] += _mm_popcnt_u32(own);
        }
        _mm512_storeu_si512(maybe + p, rows);
    }
    for (uint32_t p = 0; p < sheet->rows.capacity; p++) {
        const uintptr_t at = atomic_load_explicit(&sheet->codes[p], memory_order_relaxed);

        for (uint64_t left = maybe[p]; left != 0; left &= left - 1)
            __builtin_prefetch(weiri_row_at(at, (uint32_t)_tzcnt_u64(left)));
    }
}

AVX512 static uint64_t scan_rows(uintptr_t codes, uint64_t rows, const struct weiri_look *look,
                                 uint64_t *sure)
{
    const __m512i codes_0 = _mm512_loadu_si512(look->codes);
    const __m512i codes_64 = _mm512_loadu_si512(look->codes + 64);
    const __m512i fine_0 = _mm512_loadu_si512(look->fine);
    const __m512i fine_64 = _mm512_loadu_si512(look->fine + 64);
    const struct weiri_row_layout layout = weiri_row_layout(codes);
    const uint32_t all = (1u << layout.columns) - 1;

    *sure = 0;
    for (uint64_t left = rows; left != 0; left &= left - 1) {
        const uint8_t *row = weiri_row_at(codes, (uint32_t)_tzcnt_u64(left));
        const uint64_t bit = left & (~left + 1);
        const __m512i slots = _mm512_castsi128_si512(
            _mm_loadl_epi64((const __m128i *)(const void *)(row + WEIRI_ROW_SLOTS_AT)));
        const __m128i low = _mm_loadu_si128((const __m128i *)(const void *)(row + layout.low));
        const __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(row + layout.high));
        const __m128i code = _mm_unpacklo_epi8(
            _mm512_castsi512_si128(_mm512_permutex2var_epi8(fine_0, slots, fine_64)),
            _mm512_castsi512_si128(_mm512_permutex2var_epi8(codes_0, slots, codes_64)));
        const uint32_t out =
            (_mm_cmplt_epu16_mask(code, low) | _mm_cmpgt_epu16_mask(code, high)) & all;
        const uint32_t soft =
            (_mm_cmpeq_epu16_mask(code, low) | _mm_cmpeq_epu16_mask(code, high)) & all;

        rows &= out != 0 ? ~bit : UINT64_MAX;
        *sure |=
            out == 0 && soft == 0 && (row[WEIRI_ROW_FLAGS_AT] & WEIRI_ROW_COMPLETE) != 0 ? bit : 0;
    }
    return rows;
}

const struct weiri_scan weiri_scan_avx512 = {.name = "avx512",
                                             .block = scan_block,
                                             .take = take,
                                             .bitmaps = scan_bitmaps,
                                             .rows = scan_rows};
#endif
