/* block_test.c - a block made for rows, as a renewal makes it, says of each what its columns say.
 */
#include "normal/support.h"
#include "rows.h"
#include "scan.h"

#define ROWS 8u
#define SLOTS 5u
#define CODES 4u
#define FINES 4u

enum answer { ANSWER_NO, ANSWER_MAYBE, ANSWER_YES };

static void random_row(struct weiri_row *row, struct random_source *r, unsigned divided)
{
    memset(row, 0, sizeof *row);
    row->complete = row->exact = true;
    row->column_count = (uint32_t)random_below(r, WEIRI_BLOCK_COLUMNS + 1);
    for (uint32_t k = 0; k < row->column_count; k++) {
        struct weiri_column *column = &row->columns[k];

        do {
            column->slot = (uint8_t)(1 + random_below(r, SLOTS));
            for (uint32_t i = 0; i < k; i++) {
                if (row->columns[i].slot == column->slot)
                    column->slot = 0;
            }
        } while (column->slot == 0);
        column->low = (uint8_t)random_below(r, CODES);
        column->high = (uint8_t)(column->low + random_below(r, CODES));
        column->fine_low = WEIRI_FINE_LOW;
        column->fine_high = WEIRI_FINE_HIGH;
        column->whole = true;
        if (random_chance(r, divided))
            column->fine_low = (uint8_t)(2 + random_below(r, 2 * FINES));
        if (random_chance(r, divided))
            column->fine_high = (uint8_t)(2 + random_below(r, 2 * FINES));
    }
}

static enum answer answer_of(const struct weiri_row *row, const struct weiri_look *look)
{
    enum answer answer = ANSWER_YES;

    for (uint32_t k = 0; k < row->column_count; k++) {
        const struct weiri_column *column = &row->columns[k];
        const uint8_t code = look->codes[column->slot], fine = look->fine[column->slot];

        if (code < column->low || code > column->high ||
            (code == column->low && fine < column->fine_low) ||
            (code == column->high && fine > column->fine_high))
            return ANSWER_NO;
        if ((code == column->low && fine == column->fine_low) ||
            (code == column->high && fine == column->fine_high))
            answer = ANSWER_MAYBE;
    }
    return answer;
}

/* Returns how many are sure. */
static size_t look_at(const struct weiri_scan *scan, const struct weiri_block *block,
                      const struct weiri_row *rows, struct random_source *r, uint64_t seed)
{
    struct weiri_look look = {.codes = {[WEIRI_SLOT_ALWAYS] = 1}};
    uint64_t maybe, sure;

    for (uint32_t slot = 1; slot <= SLOTS; slot++) {
        look.codes[slot] = (uint8_t)random_below(r, 2 * CODES);
        look.fine[slot] = (uint8_t)(2 + 2 * random_below(r, FINES));
    }
    scan->block(block, &look, &maybe, &sure);
    for (uint32_t i = 0; i < ROWS; i++) {
        const enum answer expected = answer_of(&rows[i], &look);

        if (((maybe >> i & 1) == 0 && expected != ANSWER_NO) ||
            ((sure >> i & 1) != 0 && expected != ANSWER_YES))
            fail_msg("seed %llu, %s: row %u", (unsigned long long)seed, scan->name, (unsigned)i);
    }
    return (size_t)__builtin_popcountll(sure);
}

static void blocks_say_what_rows_say(void **state)
{
    static struct weir_matcher m;
    size_t mixed = 0, sure = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(3000); seed++) {
        struct random_source r = {seed};
        struct weiri_columns columns = {.count = 0};
        struct weiri_row rows[ROWS];
        struct weiri_rows *made;

        for (uint32_t i = 0; i < ROWS; i++) {
            random_row(&rows[i], &r, seed % 2 == 0 ? 30 : 4);
            (void)weiri_block_ops.extend(&columns, &rows[i]);
        }
        made = weiri_block_ops.create(&m, ROWS, &columns);
        assert_non_null(made);
        for (uint32_t i = 0; i < ROWS; i++) {
            weiri_block_ops.write(made, i, &rows[i]);
            weiri_block_ops.set_live(made, i, true);
        }
        mixed += columns.count > 0 && columns.slots[0] == WEIRI_MIXED;
        for (int i = 0; i < 20; i++) {
            sure += look_at(&weiri_scan_scalar, (const struct weiri_block *)made, rows, &r, seed);
            sure += look_at(weiri_scan_best(), (const struct weiri_block *)made, rows, &r, seed);
        }
        free(made);
    }
    assert_true(mixed > 0 && sure > 0);
}

static void add(struct weir_matcher *m, uint32_t id, const char *text)
{
    struct weir_normal *normal = must_normalise(text);

    assert_int_equal(weir_matcher_add(m, id, 0, normal), WEIR_OK);
    weir_normal_destroy(normal);
}

/* The attribute's last filter goes, and with it its slot; then its block becomes larger. */
static void sets_may_outlive_their_slot(void **state)
{
    struct weir_attr attrs[] = {
        {WEIR_STR("k"), weir_value_string(WEIR_STR("x"))},
        {WEIR_STR("b"), weir_value_int(9)               },
        {WEIR_STR("e"), weir_value_int(5)               },
    };
    struct weir_match_scratch *scratch;
    struct weir_notification n;
    struct weir_matches matches;
    struct weir_matcher *m;
    uint8_t *bytes;
    size_t size;
    char text[64];

    (void)state;
    assert_int_equal(weir_matcher_create(&m, NULL), WEIR_OK);
    assert_int_equal(weir_match_scratch_create(&scratch, NULL), WEIR_OK);
    add(m, 1, "k = 'x' AND b > 3");
    add(m, 2, "k = 'x' AND a <> 5");
    assert_true(weir_matcher_remove(m, 2));
    for (uint32_t id = 10; id < 20; id++) {
        (void)snprintf(text, sizeof text, "k = 'x' AND b > %u", (unsigned)id - 6);
        add(m, id, text);
    }
    add(m, 3, "k = 'x' AND e <> 5"); /* may have the slot's number now */
    add(m, 4, "k = 'x' AND e <> 6 AND b > 1");
    for (uint32_t id = 20; id < 40; id++) {
        (void)snprintf(text, sizeof text, "k = 'x' AND c > %u", (unsigned)id);
        add(m, id, text);
    }
    assert_int_equal(weir_match_scratch_reserve(scratch, m), WEIR_OK);
    assert_int_equal(
        weir_notification_encode(&bytes, &size, attrs, COUNT_OF(attrs), WEIR_STR(""), NULL, NULL),
        WEIR_OK);
    n = weir_notification_view(bytes, size);
    matches = weir_matcher_match(m, &n, WEIR_UNDECIDED_NO, scratch);
    weir_match_scratch_sort(scratch);
    assert_int_equal(matches.count, 7); /* 1, 4, and 10 to 14 */
    assert_int_equal(matches.v[0], 1);
    assert_int_equal(matches.v[1], 4);
    assert_int_equal(matches.v[6], 14);
    free(bytes);
    weir_match_scratch_destroy(scratch);
    weir_matcher_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_may_outlive_their_slot),
        cmocka_unit_test(blocks_say_what_rows_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
