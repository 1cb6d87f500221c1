/* merge_limits.c - mergers of hulls, at the limits, short of work. */
#include "merging.h"

#include "oom.h"

#include <cmocka.h>

/* (a1 = 1 OR b1 = 1) AND (a2 = 1 OR b2 = 1) ...: 2^factors conjunctions. */
static void bomb(char *out, size_t size, int factors, const char *rest)
{
    size_t len = 0;

    for (int i = 0; i < factors; i++)
        len += (size_t)snprintf(out + len, size - len, "(a%d = 1 OR b%d = 1) AND ", i, i);
    (void)snprintf(out + len, size - len, "%s", rest);
}

static void hulls_are_merged(void **state)
{
    static char one[TEXT_MAX], other[TEXT_MAX];
    struct weir_merger merger;
    struct weir_normal *hull;

    (void)state;
    bomb(one, sizeof one, 9, "x = 1");
    bomb(other, sizeof other, 9, "x = 2");
    hull = must_normalise(one);
    assert_false(weir_normal_is_exact(hull));
    weir_normal_destroy(hull);

    merger = merge_texts((const char *const[]){one, other, NULL}, NULL, 1);
    assert_int_equal(merger.kind, WEIR_MERGE_PERFECT);
    assert_false(weir_normal_is_exact(merger.form));
    weir_normal_destroy(merger.form);

    /* Inside an exact form a hull is of no consequence. */
    merger = merge_texts((const char *const[]){one, "x > 0", NULL}, NULL, 1);
    assert_int_equal(merger.kind, WEIR_MERGE_PERFECT);
    assert_form(merger.form, "x > 0");
    assert_true(weir_normal_is_exact(merger.form));
    weir_normal_destroy(merger.form);
}

static void limits_are_kept(void **state)
{
    static char one[TEXT_MAX], other[TEXT_MAX];
    static struct weir_merge_input inputs[WEIR_MERGE_MAX + 1];
    const struct weir_merge_options options = {.sample = NULL};
    struct weir_normal *form = must_normalise("x = 1");
    struct weir_merger merger;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(inputs); i++)
        inputs[i].form = form;
    assert_int_equal(weir_normal_merge(&merger, inputs, WEIR_MERGE_MAX, &options, NULL), WEIR_OK);
    assert_int_equal(merger.kind, WEIR_MERGE_PERFECT);
    weir_normal_destroy(merger.form);
    assert_int_equal(weir_normal_merge(&merger, inputs, WEIR_MERGE_MAX + 1, &options, NULL),
                     WEIR_OK);
    assert_int_equal(merger.kind, WEIR_MERGE_NONE);
    weir_normal_destroy(form);

    /* One of them is shared: 65 + 65 - 1 are fewer, but too many. */
    for (int factors = 5; factors <= 6; factors++) {
        bomb(one, sizeof one, factors, "x = 1 AND y = 1 OR w = 1");
        bomb(other, sizeof other, factors, "x = 2 AND y = 3 OR w = 1");
        merger = merge_texts((const char *const[]){one, other, NULL}, NULL, 1);
        assert_int_equal(merger.kind, factors == 5 ? WEIR_MERGE_PERFECT : WEIR_MERGE_NONE);
        weir_normal_destroy(merger.form);
    }
}

#define GATHERED 8

/* 128 conjunctions each, that differ in x alone; with one more there are too many to begin with. */
static void as_many_conjunctions_as_may_be(void **state)
{
    static char text[TEXT_MAX], rest[64];
    struct weir_merge_input inputs[GATHERED + 1];
    struct weir_normal *forms[GATHERED + 1];
    const struct weir_merge_options options = {.sample = NULL};

    (void)state;
    for (int i = 0; i < GATHERED; i++) {
        (void)snprintf(rest, sizeof rest, "x = %d", i);
        bomb(text, sizeof text, 7, rest);
        forms[i] = must_normalise(text);
        assert_int_equal(weir_normal_count(forms[i]), WEIR_CONJUNCTIONS_MAX);
    }
    forms[GATHERED] = must_normalise("x = 0 AND a0 = 1 AND a1 = 1 AND a2 = 1 AND a3 = 1 AND a4 = 1 "
                                     "AND a5 = 1 AND a6 = 1");
    for (uint32_t count = GATHERED; count <= GATHERED + 1; count++) {
        struct weir_merger merger;

        for (uint32_t i = 0; i < count; i++)
            inputs[i] = (struct weir_merge_input){forms[i], NULL};
        assert_int_equal(weir_normal_merge(&merger, inputs, count, &options, NULL), WEIR_OK);
        assert_int_equal(merger.kind, count == GATHERED ? WEIR_MERGE_PERFECT : WEIR_MERGE_NONE);
        if (merger.form != NULL)
            assert_int_equal(weir_normal_count(merger.form), WEIR_CONJUNCTIONS_MAX);
        weir_normal_destroy(merger.form);
    }
    for (int i = 0; i <= GATHERED; i++)
        weir_normal_destroy(forms[i]);
}

/* 512 conjunctions, each to be looked for among 64, with a set of so many values to compare. */
static enum weir_merge merge_with_set(int values)
{
    static char text[TEXT_MAX], rest[2048];
    struct weir_merge_input inputs[GATHERED];
    struct weir_normal *forms[GATHERED];
    const struct weir_merge_options options = {.sample = NULL};
    struct weir_merger merger;
    struct oom oom;

    oom_init(&oom, SIZE_MAX);
    for (int i = 0; i < GATHERED; i++) {
        size_t len = (size_t)snprintf(rest, sizeof rest, "x = %d AND A IN (0", i);

        for (int k = 1; k < values; k++)
            len += (size_t)snprintf(rest + len, sizeof rest - len, ", %d", 2 * k);
        (void)snprintf(rest + len, sizeof rest - len, ")");
        bomb(text, sizeof text, 6, rest);
        forms[i] = must_normalise(text);
        assert_int_equal(weir_normal_count(forms[i]), 64);
        inputs[i] = (struct weir_merge_input){forms[i], NULL};
    }
    assert_int_equal(weir_normal_merge(&merger, inputs, GATHERED, &options, &oom.alloc), WEIR_OK);
    assert_int_equal(merger.form != NULL, merger.kind != WEIR_MERGE_NONE);
    weir_normal_destroy(merger.form);
    assert_int_equal(oom.live_count, 0);
    for (int i = 0; i < GATHERED; i++)
        weir_normal_destroy(forms[i]);
    return merger.kind;
}

/* Where it takes too long to show that the result covers all, there is none. */
static void results_are_checked_within_limits(void **state)
{
    (void)state;
    assert_int_equal(merge_with_set(2), WEIR_MERGE_PERFECT);
    assert_int_equal(merge_with_set(200), WEIR_MERGE_NONE);
}

/* x = 0 AND y = 0 OR x = 1 AND y = 1 ...: one conjunction for all would match x = 0 AND y = 1. */
static void many_conjunctions_are_not_joined(void **state)
{
    struct built_sample built;

    (void)state;
    sample_init(&built, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        const struct weir_attr attrs[] = {
            {WEIR_STR("x"), weir_value_int(i % 2 == 0 ? 0 : i % 32)},
            {WEIR_STR("y"), weir_value_int(i % 2 == 0 ? 1 : i % 32)},
        };

        sample_add(&built, attrs, COUNT_OF(attrs));
    }
    for (int count = 32; count <= 33; count++) {
        char text[TEXT_MAX];
        struct weir_merger merger;
        size_t len = 0;

        for (int i = 0; i < count; i++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%sx = %d AND y = %d",
                                    i > 0 ? " OR " : "", i, i);
        merger = merge_texts((const char *const[]){text, NULL}, &built.sample, 0.1);
        assert_int_equal(merger.kind, count == 32 ? WEIR_MERGE_IMPERFECT : WEIR_MERGE_NONE);
        assert_int_equal(merger.share.matched, count == 32 ? 500 : 1000);
        if (merger.form != NULL)
            assert_int_equal(weir_normal_count(merger.form), 2);
        weir_normal_destroy(merger.form);
    }
    sample_fini(&built);
}

#define LARGE_COUNT 80
#define LARGE_PREFIX 3900

/* Each has a string of nearly four kilobytes: together they exceed WEIR_NORMAL_SIZE_MAX. */
static void what_is_too_large_is_widened(void **state)
{
    static char prefix[LARGE_PREFIX + 1], text[WEIR_FILTER_TEXT_MAX + 1];
    static struct weir_merge_input inputs[LARGE_COUNT];
    struct weir_normal *forms[LARGE_COUNT];
    struct weir_merge_options options = {.epsilon = 0.5};
    struct built_sample built;
    struct weir_merger merger;

    (void)state;
    memset(prefix, 'p', LARGE_PREFIX);
    sample_init(&built, LARGE_COUNT);
    for (int i = 0; i < LARGE_COUNT; i++) {
        struct weir_attr attr = {.name = WEIR_STR("s")};

        attr.value = weir_value_string(
            (struct weir_str){text, (size_t)snprintf(text, sizeof text, "%s%02d", prefix, i)});
        sample_add(&built, &attr, 1);
        (void)snprintf(text, sizeof text, "s = '%s%02d'", prefix, i);
        forms[i] = must_normalise(text);
        inputs[i].form = forms[i];
    }
    assert_int_equal(weir_normal_merge(&merger, inputs, LARGE_COUNT, &options, NULL), WEIR_OK);
    assert_int_equal(merger.kind, WEIR_MERGE_NONE);

    options.sample = &built.sample;
    assert_int_equal(weir_normal_merge(&merger, inputs, LARGE_COUNT, &options, NULL), WEIR_OK);
    assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
    (void)snprintf(text, sizeof text, "s STARTS WITH '%s'", prefix);
    assert_form(merger.form, text);
    assert_int_equal(merger.share.matched, LARGE_COUNT);
    weir_normal_destroy(merger.form);
    for (int i = 0; i < LARGE_COUNT; i++)
        weir_normal_destroy(forms[i]);
    sample_fini(&built);
}

/* Whatever a peer sends, a merger costs no more than its budget; with none there is no merger but
 * a copy. */
static void work_is_bounded(void **state)
{
    static const char *const texts[] = {"x < 500 AND y = 1", "x >= 500 AND y = 2"};
    struct weir_normal *forms[2] = {must_normalise(texts[0]), must_normalise(texts[1])};
    const struct weir_merge_input inputs[2] = {
        {forms[0], NULL},
        {forms[1], NULL}
    };
    struct built_sample built;
    bool merged = false;

    (void)state;
    sample_halves(&built, 1000, 0);
    for (uint32_t budget = 0; budget < 64000; budget += 500) {
        uint32_t work = budget;
        const struct weir_merge_options options = {&built.sample, 0.05, &work};
        struct weir_merger merger;

        assert_int_equal(weir_normal_merge(&merger, inputs, 2, &options, NULL), WEIR_OK);
        assert_true(work <= budget);
        assert_true(merger.kind != WEIR_MERGE_NONE || !merged);
        merged = merger.kind == WEIR_MERGE_IMPERFECT;
        assert_false(merged && budget < 6000); /* 4 sweeps, 3 steps each at most */
        weir_normal_destroy(merger.form);
    }
    assert_true(merged);
    weir_normal_destroy(forms[0]);
    weir_normal_destroy(forms[1]);
    sample_fini(&built);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hulls_are_merged),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(as_many_conjunctions_as_may_be),
        cmocka_unit_test(results_are_checked_within_limits),
        cmocka_unit_test(many_conjunctions_are_not_joined),
        cmocka_unit_test(what_is_too_large_is_widened),
        cmocka_unit_test(work_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
