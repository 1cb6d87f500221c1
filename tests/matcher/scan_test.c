/* scan_test.c - every implementation of the scans against the scalar one. */
#include "scan_cpu.h"

#include "random.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LOOKS 12

static struct {
    size_t maybe, sure;
} seen;

/* Those that this processor has, but for the scalar one. */
static size_t others(const struct weiri_scan **out)
{
    size_t count = 0;

#if WEIRI_SCAN_X86
    if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        out[count++] = &weiri_scan_avx512;
#endif
    (void)out;
    return count;
}

static uint8_t random_code(struct random_source *r, unsigned spread)
{
    const size_t at = random_below(r, spread);

    return (uint8_t)(at < spread / 2 ? at : 256 - spread + at);
}

/* Few different codes, so that bounds are met often; the ends of the range among them. */
static void random_row(struct weiri_row *row, struct random_source *r, uint8_t slots,
                       uint32_t columns, unsigned spread)
{
    memset(row, 0, sizeof *row);
    row->form = (uint32_t)random_below(r, 1000);
    row->ref = (uint32_t)random_u64(r);
    row->plain = random_chance(r, 60);
    row->complete = random_chance(r, 70);
    row->column_count = (uint32_t)random_below(r, columns + 1);
    for (uint32_t k = 0; k < row->column_count; k++) {
        struct weiri_column *column = &row->columns[k];
        const uint8_t one = random_code(r, spread), other = random_code(r, spread);

        column->slot = (uint8_t)(1 + (k * 17 + random_below(r, 5)) % slots);
        for (uint32_t i = 0; i < k; i++) {
            if (row->columns[i].slot == column->slot)
                row->column_count = k; /* one for each attribute */
        }
        if (k == row->column_count)
            break;
        column->low = one < other ? one : other;
        column->high = one < other ? other : one;
        column->soft_low = random_chance(r, 30);
        column->soft_high = random_chance(r, 30);
        for (uint32_t code = column->low; code <= column->high; code++)
            row->sets[k].bits[code / 64] |= UINT64_C(1) << code % 64;
    }
}

static void random_codes(uint8_t *codes, struct random_source *r, unsigned spread)
{
    for (size_t i = 0; i < WEIRI_SLOTS; i++)
        codes[i] = random_chance(r, 15) ? WEIRI_CODE_ABSENT : random_code(r, spread);
    codes[WEIRI_SLOT_ALWAYS] = 1;
}

static struct weiri_rows *random_rows(const struct weiri_rows_ops *ops, struct random_source *r,
                                      uint32_t capacity, uint32_t columns, bool mixed,
                                      unsigned spread)
{
    static struct weir_matcher m;
    uint8_t slots[WEIRI_PAGE_COLUMNS];
    struct weiri_rows *rows;

    for (uint32_t k = 0; k < columns; k++)
        slots[k] = mixed ? WEIRI_MIXED : (uint8_t)(1 + k * (columns < 4 ? 40 : 3));
    rows = ops->create(&m, capacity, slots, columns);
    assert_non_null(rows);
    for (uint32_t i = 0; i < capacity; i++) {
        struct weiri_row row;

        random_row(&row, r, mixed || random_chance(r, 30) ? 127 : 60, WEIRI_ROW_COLUMNS, spread);
        for (uint32_t k = 0; !mixed && k < row.column_count; k++) {
            if (k < columns && random_chance(r, 70))
                row.columns[k].slot = slots[k];
        }
        assert_int_equal(ops->free_row(rows), i);
        ops->write(rows, i, &row);
        ops->set_live(rows, i, random_chance(r, 80));
    }
    assert_true(ops->free_row(rows) == WEIRI_NONE);
    return rows;
}

static void compare_takes(const struct weiri_scan *scan, const uint32_t *refs, uint64_t rows)
{
    uint32_t one[64 + 16], other[64 + 16];
    const uint32_t count = weiri_scan_scalar.take(refs, rows, one);

    assert_int_equal(count, __builtin_popcountll(rows));
    assert_int_equal(scan->take(refs, rows, other), count);
    assert_memory_equal(one, other, count * sizeof *one);
}

/* What the scalar scan has to say, from the columns as they were given. */
static void compare_blocks(const struct weiri_scan *scan, uint64_t seed)
{
    struct random_source r = {seed};
    const bool mixed = random_chance(&r, 40);
    const uint32_t capacity = 4u << random_below(&r, 5);
    const unsigned spread = random_chance(&r, 50) ? 6 : 256;
    struct weiri_rows *rows =
        random_rows(&weiri_block_ops, &r, capacity,
                    (uint32_t)random_below(&r, WEIRI_BLOCK_COLUMNS + 1), mixed, spread);
    const struct weiri_block *block = (const struct weiri_block *)rows;

    for (int look = 0; look < LOOKS; look++) {
        uint8_t codes[WEIRI_SLOTS];
        uint64_t maybe, sure, other_maybe, other_sure;

        random_codes(codes, &r, spread);
        weiri_scan_scalar.block(block, codes, &maybe, &sure);
        scan->block(block, codes, &other_maybe, &other_sure);
        if (maybe != other_maybe || sure != other_sure)
            fail_msg("seed %llu: %s: another answer for a block", (unsigned long long)seed,
                     scan->name);
        assert_int_equal(sure & ~maybe, 0);
        seen.maybe += maybe != 0;
        seen.sure += sure != 0;
        compare_takes(scan, rows->ref, maybe);
    }
    weiri_release(NULL, rows);
}

static void compare_pages(const struct weiri_scan *scan, uint64_t seed)
{
    struct random_source r = {seed};
    const uint32_t capacity = 64u << random_below(&r, 4);
    const unsigned spread = random_chance(&r, 50) ? 6 : 256;
    struct weiri_rows *rows =
        random_rows(&weiri_page_ops, &r, capacity,
                    (uint32_t)random_below(&r, WEIRI_PAGE_COLUMNS + 1), false, spread);
    const struct weiri_page *page = (const struct weiri_page *)rows;

    for (int look = 0; look < LOOKS; look++) {
        uint64_t maybe[WEIRI_PAGE_WORDS + 1], sure[WEIRI_PAGE_WORDS + 1];
        uint64_t other_maybe[WEIRI_PAGE_WORDS + 1], other_sure[WEIRI_PAGE_WORDS + 1];
        uint8_t codes[WEIRI_SLOTS];

        memset(maybe, 0x5a, sizeof maybe); /* words that the page does not have stay */
        memset(other_maybe, 0x5a, sizeof maybe);
        memset(sure, 0x5a, sizeof sure);
        memset(other_sure, 0x5a, sizeof sure);
        random_codes(codes, &r, spread);
        weiri_scan_scalar.page(page, codes, maybe, sure);
        scan->page(page, codes, other_maybe, other_sure);
        if (memcmp(maybe, other_maybe, sizeof maybe) != 0 ||
            memcmp(sure, other_sure, sizeof sure) != 0)
            fail_msg("seed %llu: %s: another answer for a page", (unsigned long long)seed,
                     scan->name);
        for (uint32_t w = 0; w < page->words; w++) {
            assert_int_equal(sure[w] & ~maybe[w], 0);
            seen.maybe += maybe[w] != 0;
            seen.sure += sure[w] != 0;
        }
    }
    weiri_release(NULL, rows);
}

static void compare(void (*one)(const struct weiri_scan *scan, uint64_t seed), size_t rounds)
{
    const struct weiri_scan *scans[4];
    const size_t count = others(scans);

    memset(&seen, 0, sizeof seen);
    for (uint64_t seed = 1; seed <= random_rounds(rounds); seed++) {
        one(&weiri_scan_scalar, seed);
        for (size_t i = 0; i < count; i++)
            one(scans[i], seed);
    }
    if (count == 0) {
        print_message("this processor has nothing but the scalar scan\n");
        skip();
    }
}

static void blocks(void **state)
{
    (void)state;
    compare(compare_blocks, 600);
    assert_true(seen.maybe > 0);
    assert_true(seen.sure > 0);
}

static void pages(void **state)
{
    (void)state;
    compare(compare_pages, 60);
    assert_true(seen.maybe > 0);
    assert_true(seen.sure > 0);
}

/* The scalar scan itself, on the columns as they were given. */
static void scalar_by_definition(void **state)
{
    static struct weir_matcher m;
    struct random_source r = {9};

    memset(&seen, 0, sizeof seen);

    (void)state;
    for (size_t round = 0; round < random_rounds(3000); round++) {
        const bool mixed = random_chance(&r, 50);
        const uint8_t slots[] = {mixed ? WEIRI_MIXED : 5, mixed ? WEIRI_MIXED : 7,
                                 mixed ? WEIRI_MIXED : 9};
        const uint8_t page_slots[] = {5, 7, 9};
        struct weiri_rows *rows = weiri_block_ops.create(&m, 4, slots, 3);
        struct weiri_rows *page = weiri_page_ops.create(&m, 64, page_slots, 3);
        uint8_t codes[WEIRI_SLOTS];
        struct weiri_row row;
        uint64_t maybe, sure;
        bool in = true, soft = false, equal = false;

        random_row(&row, &r, 127, 3, 6);
        for (uint32_t k = 0; k < row.column_count; k++)
            row.columns[k].slot = (uint8_t)(5 + 2 * k);
        random_codes(codes, &r, 6);
        weiri_block_ops.write(rows, 0, &row);
        weiri_block_ops.set_live(rows, 0, true);
        for (uint32_t k = 0; k < row.column_count; k++) {
            const struct weiri_column *column = &row.columns[k];
            const uint8_t code = codes[column->slot];

            in = in && code >= column->low && code <= column->high;
            soft = soft || (code == column->low && column->soft_low) ||
                   (code == column->high && column->soft_high);
            equal = equal || code == column->low || code == column->high;
        }
        weiri_page_ops.write(page, 0, &row);
        weiri_page_ops.set_live(page, 0, true);
        weiri_scan_scalar.page((struct weiri_page *)page, codes, &maybe, &sure);
        assert_int_equal(maybe, in);
        assert_true(sure == 0 || (in && !equal && row.complete)); /* the record may be asked */
        seen.sure += sure;
        weiri_release(NULL, page);
        weiri_scan_scalar.block((struct weiri_block *)rows, codes, &maybe, &sure);
        assert_int_equal(maybe, in);
        assert_int_equal(sure, in && !soft && row.complete);
        weiri_block_ops.set_live(rows, 0, false);
        weiri_scan_scalar.block((struct weiri_block *)rows, codes, &maybe, &sure);
        assert_int_equal(maybe | sure, 0);
        weiri_release(NULL, rows);
    }
    assert_true(seen.sure > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalar_by_definition),
        cmocka_unit_test(blocks),
        cmocka_unit_test(pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
