/* scan_avx2.c - a block's rows 32 at a time; pages as in plain C. */
#include "scan_cpu.h"

#if WEIRI_SCAN_X86
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,popcnt,bmi,bmi2")))
#define LANES 32u

AVX2 static __m256i load(const uint8_t *bytes)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

AVX2 static uint64_t mask_of(__m256i lanes)
{
    return (uint32_t)_mm256_movemask_epi8(lanes);
}

AVX2 static __m256i at_most(__m256i a, __m256i b)
{
    return _mm256_cmpeq_epi8(_mm256_max_epu8(a, b), b);
}

/* table[which] of each lane; `which` is below 16 * `parts`. */
AVX2 static __m256i permute(const uint8_t *table, uint32_t parts, __m256i which)
{
    const __m256i part = _mm256_and_si256(_mm256_srli_epi16(which, 4), _mm256_set1_epi8(0x0f));
    const __m256i offset = _mm256_and_si256(which, _mm256_set1_epi8(0x0f));
    __m256i found = _mm256_setzero_si256();

    for (uint32_t i = 0; i < parts; i++) {
        const __m256i sixteen = _mm256_broadcastsi128_si256(
            _mm_loadu_si128((const __m128i *)(const void *)(table + (size_t)16 * i)));
        const __m256i here = _mm256_cmpeq_epi8(part, _mm256_set1_epi8((char)i));

        found =
            _mm256_or_si256(found, _mm256_and_si256(here, _mm256_shuffle_epi8(sixteen, offset)));
    }
    return found;
}

/* What the codes or fine parts in `by_slot` are for column k of the rows from `first` on. */
AVX2 static __m256i gather(const struct weiri_block *block, uint32_t k, uint32_t first,
                           const uint8_t *by_slot)
{
    if (block->slots[k] != WEIRI_MIXED)
        return _mm256_set1_epi8((char)by_slot[block->slots[k]]);
    return permute(
        by_slot, WEIRI_SLOTS / 16,
        load(weiri_block_at(block, block->at[k]) + (size_t)2 * block->rows.capacity + first));
}

/* Which of 32 rows have sets with the notification's code. */
AVX2 static uint64_t compare_sets(const struct weiri_block *block, uint32_t k, __m256i sets,
                                  const struct weiri_look *look)
{
    const uint64_t admits = atomic_load_explicit(
        &weiri_block_sets(block, k)->admits[look->codes[block->slots[k]]], memory_order_relaxed);
    const __m256i bits = _mm256_set1_epi64x(-INT64_C(0x7fbfdfeff7fbfdff)); /* 1, 2, 4 ... */
    const __m256i eight = _mm256_srli_epi16(_mm256_and_si256(sets, _mm256_set1_epi8(0x38)), 3);
    const __m256i byte = _mm256_shuffle_epi8(_mm256_set1_epi64x((int64_t)admits), eight);
    const __m256i bit = _mm256_shuffle_epi8(bits, _mm256_and_si256(sets, _mm256_set1_epi8(7)));

    return mask_of(_mm256_cmpeq_epi8(_mm256_and_si256(byte, bit), bit));
}

/* Of `rows`, from `first` on, those that column k leaves; *unsure gets those not settled. */
AVX2 static uint64_t compare_column(const struct weiri_block *block, uint32_t k, uint32_t first,
                                    const struct weiri_look *look, uint64_t rows, uint64_t *unsure)
{
    const uint32_t capacity = block->rows.capacity;
    const uint8_t *bounds = weiri_block_at(block, block->at[k]) + first;
    const __m256i low = load(bounds);
    __m256i high, code, fine, fine_low, fine_high;
    uint64_t at_low, at_high;

    if ((block->sets >> k & 1) != 0)
        return rows & compare_sets(block, k, low, look);
    high = load(bounds + capacity);
    code = gather(block, k, first, look->codes);
    rows &= mask_of(_mm256_and_si256(at_most(low, code), at_most(code, high)));
    at_low = mask_of(_mm256_cmpeq_epi8(low, code));
    at_high = mask_of(_mm256_cmpeq_epi8(high, code));
    if (block->fine_at[k] == 0 || (rows & (at_low | at_high)) == 0)
        return rows;
    bounds = weiri_block_at(block, block->fine_at[k]) + first;
    fine_low = load(bounds);
    fine_high = load(bounds + capacity);
    fine = gather(block, k, first, look->fine);
    rows &= ~at_low | mask_of(at_most(fine_low, fine));
    rows &= ~at_high | mask_of(at_most(fine, fine_high));
    *unsure |= (at_low & mask_of(_mm256_cmpeq_epi8(fine, fine_low))) |
               (at_high & mask_of(_mm256_cmpeq_epi8(fine, fine_high)));
    return rows;
}

/* Bytes beyond a column are the next column's, or `ref`, `form` and `conjunction` of the rows,
 * which are nine bytes for each of at least four. */
AVX2 static void scan_block(const struct weiri_block *block, const struct weiri_look *look,
                            uint64_t *maybe, uint64_t *sure)
{
    const uint64_t live = atomic_load_explicit(&block->live, memory_order_acquire);
    uint64_t left = 0, unsure = 0;

    for (uint32_t first = 0; first < block->rows.capacity; first += LANES) {
        uint64_t rows = live >> first & UINT32_MAX, open = 0;

        for (uint32_t k = 0; k < block->rows.columns && rows != 0; k++)
            rows = compare_column(block, k, first, look, rows, &open);
        left |= rows << first;
        unsure |= open << first;
    }
    *maybe = left;
    *sure = left & ~unsure & atomic_load_explicit(&block->complete, memory_order_relaxed);
}

AVX2 static uint32_t take(const uint32_t *refs, uint64_t rows, uint32_t *out)
{
    uint32_t count = 0;

    for (; rows != 0; rows >>= 8, refs += 8) {
        const uint64_t lanes = _pdep_u64(rows & 0xff, UINT64_C(0x0101010101010101)) * 0xff;
        const uint64_t order = _pext_u64(UINT64_C(0x0706050403020100), lanes);

        if ((rows & 0xff) == 0)
            continue;
        _mm256_storeu_si256(
            (__m256i *)(void *)(out + count),
            _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)(const void *)refs),
                                        _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)order))));
        count += (uint32_t)_mm_popcnt_u32((uint32_t)(rows & 0xff));
    }
    return count;
}

const struct weiri_scan weiri_scan_avx2 = {.name = "avx2",
                                           .block = scan_block,
                                           .take = take,
                                           .bitmaps = weiri_scan_scalar_bitmaps,
                                           .rows = weiri_scan_scalar_rows};
#endif
