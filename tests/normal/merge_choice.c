/* merge_choice.c - which of several possible mergers is made, and what is said of it. */
#include "merging.h"

#include "oom.h"

/* Conjunctions are told apart by y; x and y go together, but for that of the first and the last. */
static void sample_pairs(struct built_sample *built)
{
    sample_init(built, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        const int64_t x = 1 + i % 3, y = i % 3 != 1 && i % 2 == 0 ? 4 - x : x;
        const struct weir_attr attrs[] = {
            {WEIR_STR("x"), weir_value_int(x)},
            {WEIR_STR("y"), weir_value_int(y)},
        };

        sample_add(built, attrs, COUNT_OF(attrs));
    }
}

/* Joins with the one in the middle cost nothing, but one of them rules out the other: the lighter
 * one is made or, of equals, the first. */
static const struct {
    const char *text, *merged;
} ties[] = {
    {"x = 1 AND y = 1 OR x = 2 AND y = 2 OR x = 3 AND y = 3",
     "x IN (1, 2) AND y IN (1, 2) OR x = 3 AND y = 3"          },
    {"x = 1 AND y = 1 OR x = 2 AND y = 2 OR x IN (3, 5, 7) AND y = 3",
     "x IN (1, 2) AND y IN (1, 2) OR x IN (3, 5, 7) AND y = 3" },
    {"x IN (1, 9, 11) AND y = 1 OR x = 2 AND y = 2 OR x = 3 AND y = 3",
     "x IN (1, 9, 11) AND y = 1 OR x IN (2, 3) AND y IN (2, 3)"},
    {"x = 1 AND y = 1 OR x = 2 AND y = 2 OR x = 3 AND y IN (3, 5, 7)",
     "x IN (1, 2) AND y IN (1, 2) OR x = 3 AND y IN (3, 5, 7)" },
    {"x = 1 AND y IN (1, 9, 11) OR x = 2 AND y = 2 OR x = 3 AND y = 3",
     "x = 1 AND y IN (1, 9, 11) OR x IN (2, 3) AND y IN (2, 3)"},
};

static void of_equals_the_lighter(void **state)
{
    struct built_sample built;

    (void)state;
    sample_pairs(&built);
    for (size_t i = 0; i < COUNT_OF(ties); i++) {
        struct weir_merger merger =
            merge_texts((const char *const[]){ties[i].text, NULL}, &built.sample, 0.03);

        assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
        assert_form(merger.form, ties[i].merged);
        weir_normal_destroy(merger.form);
    }
    sample_fini(&built);
}

/* A pair that was not compared with all others is not joined. */
static void no_choice_is_made_too_early(void **state)
{
    struct weir_normal *form = must_normalise(ties[2].text);
    struct built_sample built;
    bool merged = false;

    (void)state;
    sample_pairs(&built);
    for (uint32_t budget = 0; !merged; budget += 100) {
        uint32_t work = budget;
        struct weir_merger merger = merge_within(&work, &form, 1, &built.sample, 0.03);

        merged = merger.form != NULL;
        if (merged)
            assert_form(merger.form, ties[2].merged);
        weir_normal_destroy(merger.form);
    }
    weir_normal_destroy(form);
    sample_fini(&built);
}

/* ---- what is said */

/* Without a merger it is the share of the narrowest conjunction for all; others match more. */
static void the_narrowest_is_told(void **state)
{
    struct built_sample built;
    struct weir_merger merger;

    (void)state;
    sample_pairs(&built);
    merger = merge_texts((const char *const[]){"x = 1 AND y = 1", "x IN (2, 3) AND y = 2", NULL},
                         &built.sample, 0.001);
    assert_int_equal(merger.kind, WEIR_MERGE_NONE);
    assert_int_equal(merger.share.matched, 167 + 333 + 167);
    assert_int_equal(merger.share.unwanted, 167);
    sample_fini(&built);
}

/* Two joins, each of which lets ten through in vain: together it is twenty.  All others would let
 * fifty through. */
static void shares_of_joins_add_up(void **state)
{
    static const int values[8] = {1, 1, 2, 2, 11, 11, 12, 12};
    struct built_sample built;
    struct weir_merger merger;

    (void)state;
    sample_init(&built, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        int x = i % 10 < 8 ? values[i % 10] : 1 + (int)i % 2;
        int y = i % 10 < 8 ? x : 11 + (int)i / 10 % 2;

        if (i % 50 == 9) {
            x = i % 100 == 9 ? 1 : 11;
            y = x + 1;
        }
        const struct weir_attr attrs[] = {
            {WEIR_STR("x"), weir_value_int(x)},
            {WEIR_STR("y"), weir_value_int(y)},
        };

        sample_add(&built, attrs, COUNT_OF(attrs));
    }
    merger = merge_texts((const char *const[]){"x = 1 AND y = 1 OR x = 2 AND y = 2",
                                               "x = 11 AND y = 11 OR x = 12 AND y = 12", NULL},
                         &built.sample, 0.05);
    assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
    assert_form(merger.form, "x IN (1, 2) AND y IN (1, 2) OR x IN (11, 12) AND y IN (11, 12)");
    assert_int_equal(merger.share.matched, 820);
    assert_int_equal(merger.share.unwanted, 20);
    weir_normal_destroy(merger.form);
    sample_fini(&built);
}

/* As long as bits are missing nothing is told. */
static void half_a_measure_is_none(void **state)
{
    struct weir_normal *forms[2] = {must_normalise("x < 400"),
                                    must_normalise("x >= 300 AND x < 700")};
    struct built_sample built;
    uint32_t matched = 0;

    (void)state;
    sample_halves(&built, 1000, 0);
    for (uint32_t budget = 0; matched == 0; budget += 50) {
        uint32_t work = budget;
        struct weir_merger merger = merge_within(&work, forms, 2, &built.sample, 0.5);

        matched = merger.share.matched;
        assert_true(matched == 0 || matched == 700);
        weir_normal_destroy(merger.form);
    }
    weir_normal_destroy(forms[0]);
    weir_normal_destroy(forms[1]);
    sample_fini(&built);
}

/* What matches nothing is a form, too: without it there is one less. */
static void nothing_counts_as_one(void **state)
{
    struct weir_merger merger =
        merge_texts((const char *const[]){"FALSE", "x = 1", "y = 1", NULL}, NULL, 0);

    (void)state;
    assert_int_equal(merger.kind, WEIR_MERGE_PERFECT);
    assert_form(merger.form, "x = 1 OR y = 1");
    weir_normal_destroy(merger.form);
}

/* Bits that are wanted anyway: then the form without gaps is as good, shorter, and matches more. */
static void the_share_is_that_of_the_chosen(void **state)
{
    static uint64_t all[WEIR_SAMPLE_WORDS(1000)];
    char texts[2][512];
    struct weir_normal *forms[2];
    struct weir_merge_input inputs[2];
    struct built_sample built;
    struct weir_merge_options options = {.epsilon = 0.5};
    struct weir_merger merger;

    (void)state;
    memset(all, 0xff, sizeof all);
    all[WEIR_SAMPLE_WORDS(1000) - 1] >>= 64 - 1000 % 64;
    sample_halves(&built, 1000, 0);
    options.sample = &built.sample;
    for (int k = 0; k < 2; k++) {
        size_t len = (size_t)snprintf(texts[k], sizeof texts[k], "y = %d AND x IN (0", k + 1);

        for (int i = 1; i < 40; i++)
            len += (size_t)snprintf(texts[k] + len, sizeof texts[k] - len, ", %d", 500 * k + 3 * i);
        (void)snprintf(texts[k] + len, sizeof texts[k] - len, ")");
        forms[k] = must_normalise(texts[k]);
        inputs[k] = (struct weir_merge_input){forms[k], all};
    }
    assert_int_equal(weir_normal_merge(&merger, inputs, 2, &options, NULL), WEIR_OK);
    assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
    assert_form(merger.form, "y IN (1, 2) AND x BETWEEN 0 AND 617");
    assert_int_equal(merger.share.matched, 618);
    assert_int_equal(merger.share.unwanted, 0);
    weir_normal_destroy(merger.form);
    weir_normal_destroy(forms[0]);
    weir_normal_destroy(forms[1]);
    sample_fini(&built);
}

/* ---- exactness */

static struct weir_normal *hull_of(const char *const *texts, const struct weir_sample *sample)
{
    struct weir_merger merger = merge_texts(texts, sample, 0.5);

    assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
    assert_false(weir_normal_is_exact(merger.form));
    return merger.form;
}

/* Both cover all; and of several the exact one is taken, in any order. */
static void hulls_and_exact_forms(void **state)
{
    struct weir_normal *forms[3];
    struct built_sample built;

    (void)state;
    sample_halves(&built, 1000, 0);
    forms[0] = hull_of((const char *const[]){"x < 500 AND y = 1", "x >= 500 AND y = 2", NULL},
                       &built.sample);
    forms[1] = must_normalise("(x IS INT OR x IS DOUBLE) AND y IN (1, 2)");
    forms[2] = must_normalise("(x IS INT OR x IS DOUBLE) AND y = 3");
    for (uint32_t i = 0; i < 2; i++) {
        struct weir_normal *both[2] = {forms[i], forms[1 - i]};
        struct weir_normal *hull_and_exact[2] = {forms[i == 0 ? 0 : 2], forms[i == 0 ? 2 : 0]};
        struct weir_merger merger = merge_forms(both, 2, NULL, 0);

        assert_int_equal(merger.kind, WEIR_MERGE_PERFECT);
        assert_true(weir_normal_is_exact(merger.form));
        weir_normal_destroy(merger.form);

        merger = merge_forms(hull_and_exact, 2, NULL, 0);
        assert_int_equal(merger.kind, WEIR_MERGE_PERFECT);
        assert_form(merger.form, "(x IS INT OR x IS DOUBLE) AND y IN (1, 2, 3)");
        assert_false(weir_normal_is_exact(merger.form));
        weir_normal_destroy(merger.form);
    }
    for (int i = 0; i < 3; i++)
        weir_normal_destroy(forms[i]);
    sample_fini(&built);
}

/* ---- work and memory */

/* An empty sample is none, and what it takes to build the result is not charged. */
static void what_is_charged(void **state)
{
    static const char *const texts[] = {"x < 5 AND y = 1", "x BETWEEN 5 AND 9 AND y = 1"};
    struct weir_normal *forms[2] = {must_normalise(texts[0]), must_normalise(texts[1])};
    const struct weir_sample empty = {.count = 0};
    uint32_t least = 0, without = 100000, with = 100000;
    struct weir_merger merger;

    (void)state;
    for (bool merged = false; !merged; least++) {
        uint32_t work = least;

        merger = merge_within(&work, forms, 2, NULL, 0);
        merged = merger.form != NULL;
        assert_false(merged && work > 1);
        weir_normal_destroy(merger.form);
    }
    weir_normal_destroy(forms[1]);
    forms[1] = must_normalise("x = 7 AND y = 2");
    assert_null(merge_within(&without, forms, 2, NULL, 0).form);
    assert_null(merge_within(&with, forms, 2, &empty, 0.5).form);
    assert_int_equal(with, without);
    weir_normal_destroy(forms[0]);
    weir_normal_destroy(forms[1]);
}

/* With no work to do there is just the list of conjunctions, and also this is taken there. */
static void memory_comes_from_the_allocator(void **state)
{
    struct weir_normal *forms[2] = {must_normalise("x = 1"), must_normalise("y = 1")};
    const struct weir_merge_input inputs[2] = {
        {forms[0], NULL},
        {forms[1], NULL}
    };
    uint32_t work = 0;
    const struct weir_merge_options options = {.work = &work};
    struct weir_merger merger;
    struct oom oom;

    (void)state;
    oom_init(&oom, 0);
    assert_int_equal(weir_normal_merge(&merger, inputs, 2, &options, &oom.alloc), WEIR_ENOMEM);
    weir_normal_destroy(forms[0]);
    weir_normal_destroy(forms[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_equals_the_lighter),
        cmocka_unit_test(no_choice_is_made_too_early),
        cmocka_unit_test(the_narrowest_is_told),
        cmocka_unit_test(shares_of_joins_add_up),
        cmocka_unit_test(half_a_measure_is_none),
        cmocka_unit_test(nothing_counts_as_one),
        cmocka_unit_test(the_share_is_that_of_the_chosen),
        cmocka_unit_test(hulls_and_exact_forms),
        cmocka_unit_test(what_is_charged),
        cmocka_unit_test(memory_comes_from_the_allocator),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
