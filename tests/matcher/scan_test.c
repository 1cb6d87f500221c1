/* scan_test.c - every implementation of the scans against the scalar one. */
#include "scan_cpu.h"

#include "random.h"
#include "rows.h"
#include "sets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LOOKS 12

/* With a slot of each number, for their sets. */
static struct weir_matcher matcher;
static struct weiri_slot slots_by_number[WEIRI_SLOTS];

static struct {
    size_t maybe, sure, unsure, mixed, sets;
} seen;

static uint8_t random_code(struct random_source *r, unsigned spread)
{
    const size_t at = random_below(r, spread);

    return (uint8_t)(at < spread / 2 ? at : 256 - spread + at);
}

static uint8_t random_fine(struct random_source *r, unsigned spread)
{
    return (uint8_t)(2 +
                     2 * random_below(r, spread < WEIRI_FINE_STEPS ? spread : WEIRI_FINE_STEPS));
}

/* Few different codes, so that bounds are met often; the ends of the range among them. */
static void random_row(struct weiri_row *row, struct random_source *r, uint8_t slots,
                       uint32_t columns, unsigned spread, unsigned fine, unsigned sets)
{
    memset(row, 0, sizeof *row);
    row->form = (uint32_t)random_below(r, 1000);
    row->ref = (uint32_t)random_u64(r);
    row->plain = random_chance(r, 60);
    row->exact = random_chance(r, 70);
    row->complete = row->exact;
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
        column->fine_low = WEIRI_FINE_LOW;
        column->fine_high = WEIRI_FINE_HIGH;
        if (random_chance(r, fine))
            column->fine_low = random_fine(r, spread) + (uint8_t)random_chance(r, 30);
        if (random_chance(r, fine))
            column->fine_high = random_fine(r, spread) + (uint8_t)random_chance(r, 30);
        for (uint32_t code = column->low; code <= column->high; code++)
            row->sets[k].bits[code / 64] |= UINT64_C(1) << code % 64;
        column->as_set = column->high > column->low + 1 && random_chance(r, sets);
        column->whole = !column->as_set && random_chance(r, 90);
        if (column->as_set) { /* with a hole */
            const unsigned hole = column->low + 1u;

            row->sets[k].bits[hole / 64] &= ~(UINT64_C(1) << hole % 64);
            column->fine_low = WEIRI_FINE_LOW;
            column->fine_high = WEIRI_FINE_HIGH;
        }
        row->complete = row->complete && column->whole;
        row->exact = row->exact && (column->whole || column->as_set);
    }
}

static void random_look(struct weiri_look *look, struct random_source *r, unsigned spread)
{
    for (size_t i = 0; i < WEIRI_SLOTS; i++) {
        look->codes[i] = random_chance(r, 15) ? WEIRI_CODE_ABSENT : random_code(r, spread);
        look->fine[i] = random_fine(r, spread);
    }
    look->codes[WEIRI_SLOT_ALWAYS] = 1;
}

static void release(const struct weiri_rows_ops *ops, struct weiri_rows *rows)
{
    ops->fini(rows);
    weiri_release(NULL, rows);
}

/* Room for one more row like this, as rows.c makes it. */
static struct weiri_rows *make_room(const struct weiri_rows_ops *ops, struct weiri_rows *rows,
                                    const struct weiri_row *row, uint32_t step)
{
    struct weiri_columns columns = {.count = 0};
    struct weiri_rows *larger;
    uint32_t capacity = step;

    if (rows != NULL) {
        const bool full = ops->free_row(rows) == WEIRI_NONE;

        columns = ops->columns(rows);
        if (!ops->extend(&columns, row) && !full)
            return rows;
        capacity = rows->capacity + (full ? step : 0);
    } else {
        (void)ops->extend(&columns, row);
    }
    larger = ops->create(&matcher, capacity, &columns);
    assert_non_null(larger);
    if (rows != NULL) {
        ops->copy(larger, rows);
        release(ops, rows);
    }
    return larger;
}

static struct weiri_rows *random_rows(const struct weiri_rows_ops *ops, struct random_source *r,
                                      uint32_t count, uint32_t columns, unsigned spread)
{
    const uint32_t step = ops == &weiri_block_ops ? 4 : 64;
    const unsigned fine = (unsigned)random_below(r, 3) * 30;
    const unsigned sets = ops == &weiri_block_ops ? (unsigned)random_below(r, 3) * 30 : 0;
    struct weiri_rows *rows = NULL;

    for (uint32_t i = 0; i < count; i++) {
        struct weiri_row row;

        random_row(&row, r, (uint8_t)(columns + 1), columns, spread, fine, sets);
        rows = make_room(ops, rows, &row, step);
        assert_int_equal(ops->free_row(rows), i);
        ops->write(rows, i, &row);
        ops->set_live(rows, i, random_chance(r, 80));
    }
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
    const unsigned spread = random_chance(&r, 50) ? 6 : 256;
    struct weiri_rows *rows =
        random_rows(&weiri_block_ops, &r, 1 + (uint32_t)random_below(&r, WEIRI_BLOCK_ROWS),
                    (uint32_t)random_below(&r, WEIRI_ROW_COLUMNS + 1), spread);
    const struct weiri_block *block = (const struct weiri_block *)rows;

    for (int i = 0; i < LOOKS; i++) {
        struct weiri_look look;
        uint64_t maybe, sure, other_maybe, other_sure;

        random_look(&look, &r, spread);
        weiri_scan_scalar.block(block, &look, &maybe, &sure);
        scan->block(block, &look, &other_maybe, &other_sure);
        if (maybe != other_maybe || sure != other_sure)
            fail_msg("seed %llu: %s: another answer for a block", (unsigned long long)seed,
                     scan->name);
        assert_int_equal(sure & ~maybe, 0);
        seen.maybe += maybe != 0;
        seen.sure += sure != 0;
        seen.unsure += (maybe & ~sure) != 0;
        compare_takes(scan, weiri_rows_refs(rows).ref, maybe);
    }
    release(&weiri_block_ops, rows);
}

static struct weiri_rows *random_page(struct random_source *r, unsigned spread)
{
    const uint32_t capacity = 64u << random_below(r, 4);
    struct weiri_columns columns = {.count = (uint32_t)random_below(r, WEIRI_PAGE_COLUMNS + 1)};
    struct weiri_rows *rows;

    for (uint32_t k = 0; k < columns.count; k++)
        columns.slots[k] = (uint8_t)(1 + k * (columns.count < 4 ? 40 : 3));
    rows = weiri_page_ops.create(&matcher, capacity, &columns);
    assert_non_null(rows);
    for (uint32_t i = 0; i < capacity; i++) {
        struct weiri_row row;

        random_row(&row, r, random_chance(r, 30) ? 127 : 60, WEIRI_ROW_COLUMNS, spread, 30, 0);
        for (uint32_t k = 0; k < row.column_count; k++) {
            if (k < columns.count && random_chance(r, 70))
                row.columns[k].slot = columns.slots[k];
        }
        assert_int_equal(weiri_page_ops.free_row(rows), i);
        weiri_page_ops.write(rows, i, &row);
        weiri_page_ops.set_live(rows, i, random_chance(r, 80));
    }
    assert_true(weiri_page_ops.free_row(rows) == WEIRI_NONE);
    return rows;
}

static void compare_pages(const struct weiri_scan *scan, uint64_t seed)
{
    struct random_source r = {seed};
    const unsigned spread = random_chance(&r, 50) ? 6 : 256;
    struct weiri_rows *rows = random_page(&r, spread);
    const struct weiri_page *page = (const struct weiri_page *)rows;

    for (int i = 0; i < LOOKS; i++) {
        uint64_t maybe[WEIRI_PAGE_WORDS + 1], sure[WEIRI_PAGE_WORDS + 1];
        uint64_t other_maybe[WEIRI_PAGE_WORDS + 1], other_sure[WEIRI_PAGE_WORDS + 1];
        struct weiri_look look;

        memset(maybe, 0x5a, sizeof maybe); /* words that the page does not have stay */
        memset(other_maybe, 0x5a, sizeof maybe);
        memset(sure, 0x5a, sizeof sure);
        memset(other_sure, 0x5a, sizeof sure);
        random_look(&look, &r, spread);
        weiri_scan_scalar.page(page, look.codes, maybe, sure);
        scan->page(page, look.codes, other_maybe, other_sure);
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
    const struct weiri_scan *scans[WEIRI_SCANS_MAX];
    const size_t count = weiri_scan_all(scans);

    memset(&seen, 0, sizeof seen);
    for (uint64_t seed = 1; seed <= random_rounds(rounds); seed++) {
        for (size_t i = 0; i < count; i++)
            one(scans[i], seed);
    }
    if (count == 1) {
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

/* What the columns as they were given say of a look. */
struct verdict {
    bool in;   /* the intervals have it */
    bool hole; /* a set has not */
    bool soft, equal;
};

static struct verdict by_definition(const struct weiri_row *row, const struct weiri_look *look)
{
    struct verdict v = {.in = true};

    for (uint32_t k = 0; k < row->column_count; k++) {
        const struct weiri_column *c = &row->columns[k];
        const uint8_t code = look->codes[c->slot];
        const int value = code << 8 | look->fine[c->slot];
        const int low = c->low << 8 | c->fine_low, high = c->high << 8 | c->fine_high;

        v.in = v.in && value >= low && value <= high;
        v.hole = v.hole || (row->sets[k].bits[code / 64] >> code % 64 & 1) == 0;
        v.soft = v.soft || value == low || value == high;
        v.equal = v.equal || code == c->low || code == c->high;
    }
    return v;
}

/* The scalar scan itself, of a block that grew while it was filled. */
static void scalar_blocks(void **state)
{
    struct random_source r = {9};

    (void)state;
    memset(&seen, 0, sizeof seen);
    for (size_t round = 0; round < random_rounds(1000); round++) {
        const uint32_t count = 1 + (uint32_t)random_below(&r, 20);
        const uint32_t attrs = 1 + (uint32_t)random_below(&r, 5);
        struct weiri_rows *rows = NULL;
        struct weiri_row row[20];
        struct weiri_look look;
        uint64_t maybe, sure;
        bool mixed;

        for (uint32_t i = 0; i < count; i++) {
            random_row(&row[i], &r, (uint8_t)attrs, WEIRI_BLOCK_COLUMNS, 6, 40, 30);
            rows = make_room(&weiri_block_ops, rows, &row[i], 4);
            weiri_block_ops.write(rows, i, &row[i]);
            weiri_block_ops.set_live(rows, i, true);
        }
        mixed = rows->columns > 0 && ((struct weiri_block *)rows)->slots[0] == WEIRI_MIXED;
        random_look(&look, &r, 6);
        weiri_scan_scalar.block((struct weiri_block *)rows, &look, &maybe, &sure);
        for (uint32_t i = 0; i < count; i++) {
            const struct verdict v = by_definition(&row[i], &look);

            const bool in = maybe >> i & 1, decided = sure >> i & 1;

            if (mixed) { /* intervals stand for sets, and then say less */
                assert_int_equal(in, v.in);
                assert_int_equal(decided, v.in && !v.soft && row[i].complete);
            } else {
                assert_int_equal(in, v.in && !v.hole);
                assert_int_equal(decided, in && !v.soft && row[i].exact);
            }
            seen.sure += sure >> i & 1;
            seen.unsure += v.in && v.soft;
        }
        seen.mixed += mixed;
        seen.sets += ((struct weiri_block *)rows)->sets != 0;
        for (uint32_t i = 0; i < count; i++)
            weiri_block_ops.set_live(rows, i, false);
        weiri_scan_scalar.block((struct weiri_block *)rows, &look, &maybe, &sure);
        assert_int_equal(maybe | sure, 0);
        release(&weiri_block_ops, rows);
    }
    assert_true(seen.sure > 0);
    assert_true(seen.unsure > 0);
    assert_true(seen.mixed > 0);
    assert_true(seen.sets > 0);
}

/* The scalar scan of a page, which leaves more to the records. */
static void scalar_pages(void **state)
{
    struct random_source r = {10};

    (void)state;
    memset(&seen, 0, sizeof seen);
    for (size_t round = 0; round < random_rounds(3000); round++) {
        struct weiri_look look;
        struct weiri_row row;
        struct weiri_rows *page;
        struct verdict v;
        uint64_t maybe, sure;

        random_row(&row, &r, 127, 3, 6, 0, 0);
        page = make_room(&weiri_page_ops, NULL, &row, 64);
        weiri_page_ops.write(page, 0, &row);
        weiri_page_ops.set_live(page, 0, true);
        random_look(&look, &r, 6);
        v = by_definition(&row, &look);
        weiri_scan_scalar.page((struct weiri_page *)page, look.codes, &maybe, &sure);
        assert_int_equal(maybe, v.in);
        assert_true(sure == 0 || (v.in && !v.equal && row.complete));
        seen.sure += sure;
        weiri_release(NULL, page);
    }
    assert_true(seen.sure > 0);
}

static int give_slots(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < WEIRI_SLOTS; i++)
        matcher.slots[i] = &slots_by_number[i];
    return 0;
}

static int take_slots(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < WEIRI_SLOTS; i++) {
        const struct weiri_sets *sets = slots_by_number[i].sets;

        for (uint32_t k = 0; sets != NULL && k < WEIRI_SETS_MAX; k++)
            assert_int_equal(sets->rows[k], 0);
        assert_true(sets == NULL || sets->users == 1);
        weiri_sets_leave(slots_by_number[i].sets);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalar_blocks),
        cmocka_unit_test(scalar_pages),
        cmocka_unit_test(blocks),
        cmocka_unit_test(pages),
    };

    return cmocka_run_group_tests(tests, give_slots, take_slots);
}
