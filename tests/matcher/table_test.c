/* table_test.c - the table against a list of what is under each handle. */
#include "table.h"

#include "oom.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HANDLES 5000u

struct model {
    char things[2 * HANDLES];
    char *under[HANDLES]; /* NULL: free */
    uint32_t used[HANDLES], count;
    struct oom oom;
    struct weiri_table table;
};

static void init(struct model *model)
{
    memset(model, 0, sizeof *model);
    oom_init(&model->oom, SIZE_MAX);
    weiri_table_init(&model->table, &model->oom.alloc);
}

static void check(const struct model *model)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < HANDLES; i++) {
        if (model->under[i] == NULL)
            continue;
        assert_ptr_equal(weiri_table_at(&model->table, i), model->under[i]);
        count++;
    }
    assert_int_equal(count, model->count);
    assert_int_equal(count, model->table.count);
    assert_int_equal(weiri_table_bytes(&model->table), model->oom.live_size);
}

static uint32_t put(struct model *model, char *thing)
{
    const uint32_t handle = weiri_table_put(&model->table, thing);

    assert_true(handle < HANDLES);
    assert_null(model->under[handle]);
    model->under[handle] = thing;
    model->used[model->count++] = handle;
    return handle;
}

static void drop(struct model *model, uint32_t nth)
{
    const uint32_t handle = model->used[nth];

    model->oom.allowed = 0;
    weiri_table_drop(&model->table, handle);
    model->oom.allowed = SIZE_MAX;
    model->under[handle] = NULL;
    model->used[nth] = model->used[--model->count];
}

static void random_changes(struct model *model, uint64_t seed)
{
    struct random_source r = {seed};

    init(model);
    for (size_t step = 0; step < 12000; step++) {
        char *thing = &model->things[random_below(&r, sizeof model->things)];
        const bool insert = random_chance(&r, step / 3000 % 2 == 0 ? 90 : 15);

        if (insert && model->count < HANDLES) {
            model->oom.allowed = random_below(&r, 2);
            if (!weiri_table_reserve(&model->table)) {
                check(model);
                model->oom.allowed = SIZE_MAX;
                assert_true(weiri_table_reserve(&model->table));
            }
            model->oom.allowed = 0;
            put(model, thing);
        } else if (!insert && model->count > 0 && random_chance(&r, 20)) {
            const uint32_t handle = model->used[random_below(&r, model->count)];

            weiri_table_set(&model->table, handle, thing);
            model->under[handle] = thing;
        } else if (!insert && model->count > 0) {
            drop(model, (uint32_t)random_below(&r, model->count));
        }
        if (step % 500 == 0)
            check(model);
    }
    while (model->count > 0)
        drop(model, 0);
    assert_int_equal(model->oom.live_count, 0);
    assert_int_equal(weiri_table_bytes(&model->table), 0);
    weiri_table_fini(&model->table);
}

static void like_a_list(void **state)
{
    static struct model model;

    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(40); seed++)
        random_changes(&model, seed);
}

static void handles_are_dense_and_bytes_few(void **state)
{
    static struct model model;

    (void)state;
    init(&model);
    for (uint32_t i = 0; i < HANDLES; i++) {
        assert_true(weiri_table_reserve(&model.table));
        assert_int_equal(put(&model, model.things + i), i);
        assert_true(weiri_table_bytes(&model.table) <= 10 * (size_t)(i + 1) + 1024);
    }
    check(&model);
    /* The highest go, and with them their memory. */
    for (uint32_t i = HANDLES; i-- > 100;)
        drop(&model, i);
    check(&model);
    assert_true(weiri_table_bytes(&model.table) <= 10 * 100 + 1024);
    weiri_table_fini(&model.table);
    assert_int_equal(model.oom.live_count, 0);
}

static void lowest_free_segment_is_filled(void **state)
{
    static struct model model;

    (void)state;
    init(&model);
    for (uint32_t i = 0; i < 1000; i++) {
        assert_true(weiri_table_reserve(&model.table));
        put(&model, model.things + i);
    }
    drop(&model, 900);
    drop(&model, 3);
    assert_true(weiri_table_reserve(&model.table));
    assert_int_equal(put(&model, model.things), 3);
    assert_true(weiri_table_reserve(&model.table));
    assert_int_equal(put(&model, model.things), 900);
    weiri_table_fini(&model.table);
}

static void reservation_outlives_drop(void **state)
{
    static struct model model;

    (void)state;
    init(&model);
    assert_true(weiri_table_reserve(&model.table));
    put(&model, model.things);
    assert_true(weiri_table_reserve(&model.table));
    drop(&model, 0);
    model.oom.allowed = 0;
    put(&model, model.things);
    model.oom.allowed = SIZE_MAX;
    assert_true(weiri_table_reserve(&model.table));
    drop(&model, 0);
    assert_int_equal(model.oom.live_count, 1);
    weiri_table_trim(&model.table);
    assert_int_equal(model.oom.live_count, 0);
    weiri_table_fini(&model.table);
}

/* Where handles lie: each in one place, in order, to the last one. */
static void places(void **state)
{
    struct weiri_table_place last = weiri_table_place(0), end;

    (void)state;
    assert_int_equal(last.segment, 0);
    assert_int_equal(last.slot, 0);
    for (uint32_t i = 1; i < 1000000; i++) {
        const struct weiri_table_place at = weiri_table_place(i);

        if (at.segment == last.segment) {
            assert_int_equal(at.slot, last.slot + 1);
        } else {
            assert_int_equal(at.segment, last.segment + 1);
            assert_int_equal(at.slot, 0);
            assert_int_equal(last.slot + 1, 16u << (last.segment / 4));
        }
        last = at;
    }
    end = weiri_table_place(WEIRI_TABLE_LIMIT - 1);
    assert_int_equal(end.segment, WEIRI_TABLE_SEGMENTS - 1);
    assert_int_equal(end.slot + 1, 16u << (end.segment / 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_a_list),
        cmocka_unit_test(handles_are_dense_and_bytes_few),
        cmocka_unit_test(lowest_free_segment_is_filled),
        cmocka_unit_test(reservation_outlives_drop),
        cmocka_unit_test(places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
