/* worst.c - the memory that the worst filters of the bench take: compiled and brought into normal
 * form together, as a broker does, and decoded; and the steps of the normal form. */
#include "bench.h"

#include "measured.h"
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void expect_within(const char *what, const char *name, size_t size)
{
    if (size > WEIR_NORMAL_MEMORY_MAX)
        fail_msg("%s: %s takes %zu bytes", name, what, size);
}

static void take_and_decode(const struct bench_bomb *bomb, enum weir_filter_role role)
{
    char text[BENCH_TEXT_SIZE];
    struct weir_filter *filter;
    struct weir_normal *normal, *again;
    struct weir_diags diags;
    struct oom oom, other;
    uint64_t steps;

    bomb->write(text);
    oom_init(&oom, SIZE_MAX);
    oom_init(&other, SIZE_MAX);
    assert_int_equal(weir_filter_compile(&filter, weir_str_of(text), &diags, &oom.alloc), WEIR_OK);
    assert_int_equal(weiri_normal_create_measured(&normal, &steps, filter, role, &oom.alloc),
                     WEIR_OK);
    if (steps > WEIRI_CREATE_STEPS_MAX)
        fail_msg("%s: %llu steps", bomb->name, (unsigned long long)steps);
    expect_within("the filter with its normal form", bomb->name, oom.peak_size);
    weir_filter_destroy(filter);
    assert_int_equal(weir_normal_decode(&again, role, weir_normal_bytes(normal), &other.alloc),
                     WEIR_OK);
    expect_within("decoding its normal form", bomb->name, other.peak_size);
    weir_normal_destroy(again);
    weir_normal_destroy(normal);
    assert_int_equal(oom.live_size, 0);
    assert_int_equal(other.live_size, 0);
}

static void worst_filters_stay_within_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < bench_bomb_count; i++) {
        take_and_decode(&bench_bombs[i], WEIR_ROLE_SUBSCRIPTION);
        take_and_decode(&bench_bombs[i], WEIR_ROLE_ADVERTISEMENT);
    }
}

static void mistakes_stay_within_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < bench_mistake_count; i++) {
        char text[BENCH_TEXT_SIZE];
        struct weir_filter *filter;
        struct weir_diags diags;
        struct oom oom;

        bench_mistakes[i].write(text);
        oom_init(&oom, SIZE_MAX);
        assert_int_not_equal(weir_filter_compile(&filter, weir_str_of(text), &diags, &oom.alloc),
                             WEIR_OK);
        expect_within("the text", bench_mistakes[i].name, oom.peak_size);
        assert_int_equal(oom.live_size, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worst_filters_stay_within_memory),
        cmocka_unit_test(mistakes_stay_within_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
