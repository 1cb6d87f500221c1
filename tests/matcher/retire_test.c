/* retire_test.c - blocks are released once, in order, with the owner they were told. */
#include "retire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct log {
    struct weiri_retire_list list;
    int released[8];
    size_t count;
};

struct block {
    struct weiri_retired retired;
    int number;
    struct block *follower; /* retired when this one is released */
};

static void release(struct weiri_retired *retired, void *owner)
{
    struct block *block = (struct block *)retired;
    struct log *log = owner;

    log->released[log->count++] = block->number;
    if (block->follower != NULL)
        weiri_retire(&log->list, &block->follower->retired, release);
}

static void expect(const struct log *log, size_t count)
{
    assert_int_equal(log->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(log->released[i], (int)i + 1);
    assert_null(log->list.first);
    assert_null(log->list.last);
}

static void nothing_to_reclaim(void **state)
{
    struct log log = {0};

    (void)state;
    weiri_reclaim(&log.list, &log);
    expect(&log, 0);
}

static void in_order(void **state)
{
    struct log log = {0};
    struct block blocks[3] = {{.number = 1}, {.number = 2}, {.number = 3}};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        weiri_retire(&log.list, &blocks[i].retired, release);
    assert_int_equal(log.count, 0);
    weiri_reclaim(&log.list, &log);
    expect(&log, 3);
    weiri_reclaim(&log.list, &log);
    expect(&log, 3);
}

static void release_may_retire(void **state)
{
    struct log log = {0};
    struct block third = {.number = 3}, first = {.number = 1, .follower = &third};
    struct block second = {.number = 2};

    (void)state;
    weiri_retire(&log.list, &first.retired, release);
    weiri_retire(&log.list, &second.retired, release);
    weiri_reclaim(&log.list, &log);
    expect(&log, 3);
    first.follower = NULL;
    log.count = 0;
    weiri_retire(&log.list, &first.retired, release);
    weiri_reclaim(&log.list, &log);
    expect(&log, 1);
}

static void moved_behind(void **state)
{
    struct log log = {0};
    struct weiri_retire_list later = {0};
    struct block blocks[4] = {{.number = 1}, {.number = 2}, {.number = 3}, {.number = 4}};

    (void)state;
    weiri_retire_move(&log.list, &later);
    assert_null(log.list.last);
    weiri_retire(&later, &blocks[0].retired, release);
    weiri_retire_move(&log.list, &later);
    assert_null(later.first);
    weiri_retire(&later, &blocks[1].retired, release);
    weiri_retire(&later, &blocks[2].retired, release);
    weiri_retire_move(&log.list, &later);
    weiri_retire(&log.list, &blocks[3].retired, release);
    weiri_reclaim(&log.list, &log);
    expect(&log, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_reclaim),
        cmocka_unit_test(in_order),
        cmocka_unit_test(release_may_retire),
        cmocka_unit_test(moved_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
