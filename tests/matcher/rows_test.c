/* rows_test.c - where rows are placed: how densely, and what happens when there is no place left.
 */
#include "keys.h"
#include "normal/support.h"
#include "random.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ATTRS 20u
#define COLUMNS 5u

static const struct weiri_key always = {.kind = WEIRI_KEY_ALWAYS, .attr = WEIRI_NONE};

/* A row that constrains a few of the slots 1 to ATTRS to two fifths of their codes. */
static void random_row(struct weiri_row *row, struct random_source *r)
{
    bool taken[ATTRS] = {false};

    memset(row, 0, sizeof *row);
    row->complete = row->plain = true;
    while (row->column_count < COLUMNS) {
        const size_t slot = random_below(r, ATTRS);
        struct weiri_column *column = &row->columns[row->column_count];

        if (taken[slot])
            continue;
        taken[slot] = true;
        column->slot = (uint8_t)(1 + slot);
        column->low = (uint8_t)(1 + random_below(r, 150));
        column->high = (uint8_t)(column->low + 100);
        for (uint32_t code = column->low; code <= column->high; code++)
            row->sets[row->column_count].bits[code / 64] |= UINT64_C(1) << code % 64;
        row->column_count++;
    }
}

static uint32_t capacity_of_all(const struct weir_matcher *m)
{
    uint32_t capacity = 0;

    for (uint32_t i = 0; i < weiri_table_end(&m->rows); i++) {
        const struct weiri_rows *rows = weiri_table_find(&m->rows, i);

        capacity += rows != NULL ? rows->capacity : 0;
    }
    return capacity;
}

/* Rows of many different sets of attributes under a key that does not select: they come together
 * with their like, but not at the price of many pages that are never filled.  (That once began at
 * 130,000 rows: WEIR_TEST_SCALE=700.) */
static void pages_are_filled(void **state)
{
    const size_t count = random_rounds(20000);
    uint32_t *places = calloc(count, sizeof *places);
    struct random_source r = {1};
    struct weir_matcher *m;
    struct weiri_bucket *bucket;

    (void)state;
    assert_non_null(places);
    assert_int_equal(weir_matcher_create(&m, NULL), WEIR_OK);
    bucket = weiri_bucket_hold(m, &always);
    assert_non_null(bucket);
    for (uint32_t i = 0; i < count; i++) {
        struct weiri_row row;

        random_row(&row, &r);
        places[i] = weiri_rows_place(m, bucket, &row);
        assert_true(places[i] != WEIRI_NONE);
        if ((i + 1) % 2000 == 0)
            assert_in_range(capacity_of_all(m), i + 1, (i + 1) + (i + 1) / 4);
        weiri_reclaim(&m->retired, m);
    }
    for (uint32_t i = 0; i < count; i++)
        (void)weiri_rows_free(m, places[i]);
    weiri_bucket_let_go(m, bucket);
    weiri_reclaim(&m->retired, m);
    assert_int_equal(m->rows.count, 0);
    weir_matcher_destroy(m);
    free(places);
}

/* With no handle left an addition fails and changes nothing; what has gone makes room. */
static void handles_are_limited(void **state)
{
    struct weir_normal *normals[3];
    struct weir_matcher *m;

    (void)state;
    assert_int_equal(weir_matcher_create(&m, NULL), WEIR_OK);
    assert_int_equal(m->rows_limit << WEIRI_PLACE_BITS | ((1u << WEIRI_PLACE_BITS) - 1),
                     WEIRI_NONE);
    normals[0] = must_normalise("a = 1");
    normals[1] = must_normalise("a = 2");
    normals[2] = must_normalise("b = 3 OR a = 1");
    m->rows_limit = 1;
    assert_int_equal(weir_matcher_add(m, 1, 0, normals[0]), WEIR_OK);
    assert_int_equal(weir_matcher_add(m, 2, 0, normals[1]), WEIR_ENOMEM);
    assert_int_equal(weir_matcher_add(m, 3, 0, normals[2]), WEIR_ENOMEM);
    assert_int_equal(weir_matcher_count(m), 1);
    assert_int_equal(m->rows.count, 1);
    assert_true(weir_matcher_remove(m, 1));
    assert_int_equal(weir_matcher_add(m, 2, 0, normals[1]), WEIR_OK);
    weir_matcher_destroy(m);
    for (size_t i = 0; i < 3; i++)
        weir_normal_destroy(normals[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handles_are_limited),
        cmocka_unit_test(pages_are_filled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
