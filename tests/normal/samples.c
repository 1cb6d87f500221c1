/* samples.c - what it costs to measure a form on a sample, and what is read of both. */
#include "merging.h"

/* Of texts that have to be looked for each is another walk over the notification. */
static const struct {
    const char *form;
    uint32_t constraints, walks;
} costs[] = {
    {"a = 1",                                                                              1, 0},
    {"a = 1 AND b = 1",                                                                    2, 0},
    {"s CONTAINS 'p'",                                                                     1, 1},
    {"s ENDS WITH 'p'",                                                                    1, 1},
    {"s NOT CONTAINS 'p'",                                                                 1, 1},
    {"s NOT ENDS WITH 'p'",                                                                1, 1},
    {"s CONTAINS 'p' AND s CONTAINS 'q'",                                                  1, 2},
    {"s CONTAINS 'p' AND s NOT CONTAINS 'q' AND s ENDS WITH 'r' AND s NOT ENDS WITH 'sr'", 1, 4},
    {"a = 1 AND s CONTAINS 'p' AND t CONTAINS 'p'",                                        3, 2},
    {"s LIKE 'p_'",                                                                        1, 1},
};

static uint32_t steps_of(const struct weir_normal *form, const struct weir_sample *sample)
{
    uint32_t work = UINT32_MAX;
    uint64_t bits[WEIR_SAMPLE_WORDS(1)];

    assert_true(weir_sample_match(bits, form, sample, &work));
    return UINT32_MAX - work;
}

static void a_step_is_a_look_or_a_walk(void **state)
{
    static const size_t lengths[] = {0, 100, 5000};
    static char text[5000];

    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < COUNT_OF(costs) * COUNT_OF(lengths); i++) {
        const char *filter = costs[i / COUNT_OF(lengths)].form;
        const struct weir_attr attr = {WEIR_STR("z"), weir_value_string((struct weir_str){
                                                          text, lengths[i % COUNT_OF(lengths)]})};
        struct weir_normal *form = must_normalise(filter);
        struct built_sample built;
        uint32_t expected;

        sample_init(&built, 1);
        sample_add(&built, &attr, 1);
        expected = 1 + costs[i / COUNT_OF(lengths)].constraints +
                   costs[i / COUNT_OF(lengths)].walks * (1 + built.v[0].size / 16);
        if (steps_of(form, &built.sample) != expected)
            fail_msg("%s: %u steps, not %u", filter, steps_of(form, &built.sample), expected);
        sample_fini(&built);
        weir_normal_destroy(form);
    }
}

/* What MATCHES takes of its budget is work, too; each notification has a budget of its own. */
static void patterns_are_paid_for(void **state)
{
    static char text[60000];
    const struct weir_attr attr = {WEIR_STR("s"),
                                   weir_value_string((struct weir_str){text, sizeof text})};
    struct weir_normal *form = must_normalise("s MATCHES '(a|b)*c'");
    struct built_sample built;
    uint32_t budget, units;

    (void)state;
    memset(text, 'a', sizeof text);
    sample_init(&built, 5);
    sample_add(&built, &attr, 1);
    weir_scratch_renew(built.sample.scratch);
    budget = weiri_scratch_budget(built.sample.scratch);
    assert_int_equal(
        weir_conjunction_eval(weir_normal_at(form, 0), &built.v[0], built.sample.scratch),
        WEIR_FALSE);
    units = budget - weiri_scratch_budget(built.sample.scratch);
    assert_true(units > sizeof text / 4);
    assert_int_equal(steps_of(form, &built.sample), 3 + built.v[0].size / 16 + units / 8);
    while (built.sample.count < 5)
        sample_add(&built, &attr, 1);
    assert_true(5 * units > budget);
    assert_int_equal(steps_of(form, &built.sample), 5 * (3 + built.v[0].size / 16 + units / 8));
    sample_fini(&built);
    weir_normal_destroy(form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_a_look_or_a_walk),
        cmocka_unit_test(patterns_are_paid_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
