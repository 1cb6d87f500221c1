/* ids_test.c - the tree of ids against a list. */
#include "ids.h"

#include "oom.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define IDS 400u

/* Dense ones, ones that share the upper levels, and ones anywhere. */
static uint32_t random_id(struct random_source *r)
{
    switch (random_below(r, 4)) {
    case 0: return (uint32_t)random_below(r, 200);
    case 1: return (UINT32_C(7) << 24) + (uint32_t)random_below(r, 4) * 64;
    case 2: return UINT32_MAX - (uint32_t)random_below(r, 100);
    default: return (uint32_t)random_u64(r);
    }
}

static void check(const struct weiri_ids *ids, const uint32_t *list, const uint32_t *to,
                  size_t count)
{
    uint32_t least = UINT32_MAX;

    assert_int_equal(ids->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(weiri_ids_get(ids, list[i]), to[i]);
        if (list[i] < least)
            least = list[i];
    }
    if (count > 0)
        assert_int_equal(weiri_ids_any(ids), least);
}

static void like_a_list(uint64_t seed)
{
    uint32_t list[IDS], to[IDS];
    struct random_source r = {seed};
    struct weiri_ids ids;
    struct oom oom;
    size_t count = 0, failures = 0;

    oom_init(&oom, SIZE_MAX);
    weiri_ids_init(&ids, &oom.alloc);
    for (size_t step = 0; step < 3000; step++) {
        const uint32_t id = random_id(&r);

        if (count < IDS && random_chance(&r, step < 1500 ? 70 : 30)) {
            const size_t blocks = oom.live_count;

            if (weiri_ids_get(&ids, id) != WEIRI_IDS_NONE)
                continue;
            oom.allowed = random_chance(&r, 30) ? random_below(&r, 5) : SIZE_MAX;
            if (!weiri_ids_reserve(&ids, id)) {
                failures++;
                assert_int_equal(oom.live_count, blocks);
                check(&ids, list, to, count);
                continue;
            }
            oom.allowed = 0;
            assert_int_equal(weiri_ids_get(&ids, id), WEIRI_IDS_NONE);
            if (random_chance(&r, 20)) {
                weiri_ids_unreserve(&ids, id);
                assert_int_equal(oom.live_count, blocks);
                continue;
            }
            list[count] = id;
            to[count] = (uint32_t)random_below(&r, WEIRI_IDS_NONE);
            weiri_ids_set(&ids, id, to[count]);
            count++;
        } else if (count > 0) {
            const size_t i = random_below(&r, count);

            oom.allowed = 0;
            weiri_ids_clear(&ids, list[i]);
            assert_int_equal(weiri_ids_get(&ids, list[i]), WEIRI_IDS_NONE);
            list[i] = list[--count];
            to[i] = to[count];
        }
        if (step % 100 == 0)
            check(&ids, list, to, count);
    }
    assert_true(failures > 0);
    if (seed % 2 == 0) {
        for (; count > 0; count--)
            weiri_ids_clear(&ids, weiri_ids_any(&ids));
        assert_int_equal(oom.live_count, 0);
    }
    weiri_ids_fini(&ids);
    assert_int_equal(oom.live_count, 0);
}

static void random_changes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(20); seed++)
        like_a_list(seed);
}

static void dense_ids_are_small(void **state)
{
    struct weiri_ids ids;
    struct oom oom;

    (void)state;
    oom_init(&oom, SIZE_MAX);
    weiri_ids_init(&ids, &oom.alloc);
    for (uint32_t id = 1000; id < 101000; id++) {
        assert_true(weiri_ids_reserve(&ids, id));
        weiri_ids_set(&ids, id, ~id);
    }
    assert_true(oom.live_size < 100000 * 5);
    weiri_ids_fini(&ids);
    assert_int_equal(oom.live_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_changes),
        cmocka_unit_test(dense_ids_are_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
