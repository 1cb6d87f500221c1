/* scan_test.c - every implementation of the scans against the scalar one. */
#include "scan_cpu.h"

#include "keys.h"
#include "lists.h"
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

static void release(struct weiri_rows *rows)
{
    weiri_block_ops.fini(rows);
    weiri_release(NULL, rows);
}

/* Room for one more row like this, as rows.c makes it. */
static struct weiri_rows *make_room(struct weiri_rows *rows, const struct weiri_row *row)
{
    const struct weiri_rows_ops *ops = &weiri_block_ops;
    const uint32_t step = 4;
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
        release(rows);
    }
    return larger;
}

static struct weiri_rows *random_rows(struct random_source *r, uint32_t count, uint32_t columns,
                                      unsigned spread)
{
    const struct weiri_rows_ops *ops = &weiri_block_ops;
    const unsigned fine = (unsigned)random_below(r, 3) * 30;
    const unsigned sets = (unsigned)random_below(r, 3) * 30;
    struct weiri_rows *rows = NULL;

    for (uint32_t i = 0; i < count; i++) {
        struct weiri_row row;

        random_row(&row, r, (uint8_t)(columns + 1), columns, spread, fine, sets);
        rows = make_room(rows, &row);
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
        random_rows(&r, 1 + (uint32_t)random_below(&r, WEIRI_BLOCK_ROWS),
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
    release(rows);
}

/* What the columns as they were given say of a look. */
struct verdict {
    bool in;   /* the intervals have it */
    bool hole; /* a set has not */
    bool soft;
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
    }
    return v;
}

/* Rows in the pages and sheets of a bucket, and some that have gone. */
#define PLACED_MAX 1500u
struct placed {
    struct weiri_row row;
    uint32_t place; /* or NONE */
    bool live;
};

static void place_rows(struct weir_matcher *m, struct weiri_bucket *bucket, struct placed *placed,
                       uint32_t count, struct random_source *r, unsigned spread)
{
    const uint8_t slots = (uint8_t)(1 + random_below(r, 127));
    const unsigned gone = random_chance(r, 50) ? 30 : 0;

    for (uint32_t i = 0; i < count; i++) {
        const size_t other = random_below(r, i + 1);

        random_row(&placed[i].row, r, slots, WEIRI_ROW_COLUMNS, spread, 30, 0);
        placed[i].place = weiri_rows_place(m, bucket, &placed[i].row);
        assert_true(placed[i].place != WEIRI_NONE);
        placed[i].live = random_chance(r, 80);
        weiri_rows_set_live(m, placed[i].place, placed[i].live);
        if (random_chance(r, gone) && placed[other].place != WEIRI_NONE) {
            weiri_rows_set_live(m, placed[other].place, false);
            (void)weiri_rows_free(m, placed[other].place);
            placed[other].place = WEIRI_NONE;
        }
        weiri_reclaim(&m->retired, m);
    }
}

/* The row by its page as the scan has it. */
static void check_placed(const struct weir_matcher *m, const struct placed *placed,
                         const struct weiri_look *look, const struct weiri_scan *scan)
{
    const struct verdict v = by_definition(&placed->row, look);
    const struct weiri_page *page =
        (const struct weiri_page *)weiri_rows_at(m, placed->place >> WEIRI_PLACE_BITS);
    const uint64_t bit = UINT64_C(1) << (placed->place & (WEIRI_PAGE_ROWS - 1));
    uint64_t maybe[WEIRI_SHEET_PAGES], sure, in;

    if (page->rows.kind != WEIRI_PAGE)
        return;
    if (v.in && placed->live)
        assert_true(weiri_gate_admits(weiri_list_gate(&page->sheet->rows), look->codes));
    scan->bitmaps(page->sheet, look->codes, maybe);
    in = scan->rows(page->codes, maybe[page->position], look, &sure);
    assert_int_equal(in & ~maybe[page->position], 0);
    assert_int_equal(sure & ~in, 0);
    assert_int_equal((in & bit) != 0, v.in && placed->live);
    assert_int_equal((sure & bit) != 0, v.in && placed->live && !v.soft && placed->row.complete);
    seen.maybe += (in & bit) != 0;
    seen.sure += (sure & bit) != 0;
    seen.unsure += (in & ~sure & bit) != 0;
}

static void compare_sheets(const struct weiri_scan *scan, uint64_t seed)
{
    static const struct weiri_key always = {.kind = WEIRI_KEY_ALWAYS, .attr = WEIRI_NONE};
    static struct placed placed[PLACED_MAX];
    struct random_source r = {seed};
    const uint32_t count = 1 + (uint32_t)random_below(&r, PLACED_MAX);
    const unsigned spread = random_chance(&r, 50) ? 6 : 256;
    struct weir_matcher *m;
    struct weiri_bucket *bucket;

    assert_int_equal(weir_matcher_create(&m, NULL), WEIR_OK);
    bucket = weiri_bucket_hold(m, &always);
    assert_non_null(bucket);
    place_rows(m, bucket, placed, count, &r, spread);
    for (uint32_t look_count = 0; look_count < LOOKS; look_count++) {
        struct weiri_look look;

        random_look(&look, &r, spread);
        for (uint32_t i = look_count; i < count; i += LOOKS) {
            if (placed[i].place != WEIRI_NONE)
                check_placed(m, &placed[i], &look, scan);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (placed[i].place != WEIRI_NONE)
            (void)weiri_rows_free(m, placed[i].place);
    }
    weiri_bucket_let_go(m, bucket);
    weiri_reclaim(&m->retired, m);
    assert_int_equal(m->rows.count, 0);
    weir_matcher_destroy(m);
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

static void sheets(void **state)
{
    (void)state;
    compare(compare_sheets, 20);
    assert_true(seen.maybe > 0);
    assert_true(seen.sure > 0);
    assert_true(seen.unsure > 0);
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
            rows = make_room(rows, &row[i]);
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
        release(rows);
    }
    assert_true(seen.sure > 0);
    assert_true(seen.unsure > 0);
    assert_true(seen.mixed > 0);
    assert_true(seen.sets > 0);
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
        cmocka_unit_test(blocks),
        cmocka_unit_test(sheets),
    };

    return cmocka_run_group_tests(tests, give_slots, take_slots);
}
