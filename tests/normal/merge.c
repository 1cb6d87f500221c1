/* merge.c - mergers: perfect ones, imperfect ones of a known share, and both against the evaluator
 * on random filters. */
#include "support.h"

#include "oom.h"

#include <weir/merge.h>

#include <math.h>

#include <cmocka.h>

#define TEXT_MAX 8192
#define INPUTS_MAX 4

/* ---- samples */

struct built_sample {
    struct weir_sample sample;
    struct weir_notification *v;
    uint8_t **bytes;
};

static void sample_init(struct built_sample *built, uint32_t count)
{
    built->v = malloc(count * sizeof *built->v);
    built->bytes = malloc(count * sizeof *built->bytes);
    assert_non_null(built->v);
    assert_non_null(built->bytes);
    built->sample = (struct weir_sample){built->v, 0, must_scratch()};
}

static void sample_add(struct built_sample *built, const struct weir_attr *attrs, size_t count)
{
    uint8_t **bytes = &built->bytes[built->sample.count];
    size_t size;

    assert_int_equal(weir_notification_encode(bytes, &size, attrs, count, WEIR_STR(""), NULL, NULL),
                     WEIR_OK);
    built->v[built->sample.count++] = weir_notification_view(*bytes, size);
}

static void sample_fini(struct built_sample *built)
{
    for (uint32_t i = 0; i < built->sample.count; i++)
        free(built->bytes[i]);
    weir_scratch_destroy(built->sample.scratch);
    free(built->bytes);
    free(built->v);
}

/* x is 0 to count - 1; y is 1 in the first half and 2 in the second, but 2 for the first `odd`. */
static void sample_halves(struct built_sample *built, uint32_t count, uint32_t odd)
{
    sample_init(built, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct weir_attr attrs[] = {
            {WEIR_STR("x"), weir_value_int(i)                                },
            {WEIR_STR("y"), weir_value_int(i < odd || i >= count / 2 ? 2 : 1)},
        };

        sample_add(built, attrs, COUNT_OF(attrs));
    }
}

/* ---- merging texts */

static struct weir_merger merge_within(uint32_t *work, struct weir_normal *const *forms,
                                       uint32_t count, const struct weir_sample *sample,
                                       double epsilon)
{
    const struct weir_merge_options options = {sample, epsilon, work};
    struct weir_merge_input inputs[INPUTS_MAX] = {0};
    struct weir_merger merger;

    for (uint32_t i = 0; i < count; i++)
        inputs[i] = (struct weir_merge_input){forms[i], NULL};
    assert_int_equal(weir_normal_merge(&merger, inputs, count, &options, NULL), WEIR_OK);
    assert_int_equal(merger.form != NULL, merger.kind != WEIR_MERGE_NONE);
    if (merger.form != NULL) {
        uint32_t total = 0;

        for (uint32_t i = 0; i < count; i++) {
            assert_true(weir_normal_covers(merger.form, forms[i], NULL));
            total += weir_normal_count(forms[i]) > 0 ? weir_normal_count(forms[i]) : 1;
        }
        assert_true(weir_normal_count(merger.form) < total);
    }
    return merger;
}

static struct weir_merger merge_forms(struct weir_normal *const *forms, uint32_t count,
                                      const struct weir_sample *sample, double epsilon)
{
    return merge_within(NULL, forms, count, sample, epsilon);
}

/* In the given order and in reverse, which must make no difference. */
static struct weir_merger merge_texts(const char *const *texts, const struct weir_sample *sample,
                                      double epsilon)
{
    struct weir_normal *forms[INPUTS_MAX], *reversed[INPUTS_MAX];
    struct weir_merger merger, other;
    uint32_t count = 0;

    while (count < INPUTS_MAX && texts[count] != NULL) {
        forms[count] = must_normalise(texts[count]);
        count++;
    }
    for (uint32_t i = 0; i < count; i++)
        reversed[i] = forms[count - 1 - i];
    merger = merge_forms(forms, count, sample, epsilon);
    other = merge_forms(reversed, count, sample, epsilon);
    assert_int_equal(other.kind, merger.kind);
    assert_int_equal(other.share.matched, merger.share.matched);
    assert_int_equal(other.share.unwanted, merger.share.unwanted);
    if (merger.form != NULL)
        assert_true(weir_str_equal(weir_normal_bytes(other.form), weir_normal_bytes(merger.form)));
    weir_normal_destroy(other.form);
    for (uint32_t i = 0; i < count; i++)
        weir_normal_destroy(forms[i]);
    return merger;
}

static void assert_form(const struct weir_normal *form, const char *text)
{
    struct weir_normal *expected = must_normalise(text);
    char printed[TEXT_MAX], wanted[TEXT_MAX];

    weir_normal_print(printed, sizeof printed, form);
    weir_normal_print(wanted, sizeof wanted, expected);
    assert_string_equal(printed, wanted);
    weir_normal_destroy(expected);
}

/* ---- perfect mergers */

/* clang-format off */
static const struct {
    const char *name, *texts[INPUTS_MAX], *merged; /* NULL: there is none */
} perfect[] = {
    {"values become a set", {"x = 1", "x = 2"}, "x IN (1, 2)"},
    {"sets unite", {"x IN (1, 2)", "x IN (2, 'a')"}, "x IN (1, 2, 'a')"},
    {"three at once", {"x = 1", "x = 2", "x = 3"}, "x IN (1, 2, 3)"},
    {"touching intervals join",
     {"x >= 1 AND x <= 2", "x > 2 AND x < 3"},
     "x >= 1 AND x < 3"},
    {"below and from there is a number", {"x < 5", "x >= 5"}, "x IS INT OR x IS DOUBLE"},
    {"both sides of a point", {"x < 5", "x > 5"}, "x <> 5"},
    {"two exclusions are a number", {"x <> 1", "x <> 2"}, "x IS INT OR x IS DOUBLE"},
    {"the middle is filled by a third",
     {"x < 3", "x > 5", "x BETWEEN 3 AND 5"},
     "x IS INT OR x IS DOUBLE"},
    {"intervals apart are one domain", {"x < 3", "x > 5"}, "x < 3 OR x > 5"},
    {"touching prefixes",
     {"s STARTS WITH 'ab'", "s STARTS WITH 'ac'"},
     "s >= 'ab' AND s < 'ad'"},
    {"times join",
     {"t < TIMESTAMP '2020-01-01T00:00:00Z'", "t >= TIMESTAMP '2020-01-01T00:00:00Z'"},
     "t IS TIMESTAMP"},
    {"present or absent", {"EXISTS(x)", "x IS NULL"}, "TRUE"},
    {"both truths", {"x = TRUE", "x = FALSE"}, "x IS BOOL"},
    {"types", {"x IS INT", "x IS STRING"}, "x IS INT OR x IS STRING"},
    {"5 is 5.0", {"x = 5", "x = 5.0"}, "x = 5"},
    {"the rest is equal",
     {"s = 'a' AND x = 1 AND y > z", "s = 'a' AND x = 2 AND y > z"},
     "s = 'a' AND x IN (1, 2) AND y > z"},
    {"one covers the other", {"x > 5", "x > 7 AND y = 1"}, "x > 5"},
    {"one covers all others", {"x > 7", "x > 5", "x = 6"}, "x > 5"},
    {"contained substrings",
     {"s CONTAINS 'ab'", "s CONTAINS 'b'"},
     "s CONTAINS 'b'"},
    {"what never matches", {"x > 5 AND x < 3", "x = 1"}, "x = 1"},
    {"never twice", {"x > 5 AND x < 3", "y > 5 AND y < 3"}, "FALSE"},
    {"conjunctions of both",
     {"x = 1 OR y = 1", "x = 2 OR y = 1"},
     "x IN (1, 2) OR y = 1"},
    {"a part is covered",
     {"x = 1 AND y = 1 OR z = 1", "x = 1 OR w = 1"},
     "x = 1 OR z = 1 OR w = 1"},
    {"differ in two", {"x = 1 AND y = 1", "x = 2 AND y = 2"}, NULL},
    {"differ in names", {"x = 1", "y = 1"}, NULL},
    {"residuals differ", {"x > y", "y > z"}, NULL},
    {"a residual in one of them", {"x > y AND z = 1", "z = 2"}, NULL},
    {"ints and doubles apart", {"x IS INT AND x > 5", "x IS DOUBLE AND x < 3"}, NULL},
    {"substrings apart", {"s CONTAINS 'ab'", "s CONTAINS 'cd'"}, NULL},
    {"alone", {"x = 1 OR y = 1"}, NULL},
};
/* clang-format on */

static void perfect_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(perfect); i++) {
        struct weir_merger merger = merge_texts(perfect[i].texts, NULL, 1);

        if (merger.kind != (perfect[i].merged != NULL ? WEIR_MERGE_PERFECT : WEIR_MERGE_NONE))
            fail_msg("%s", perfect[i].name);
        if (merger.form != NULL) {
            assert_form(merger.form, perfect[i].merged);
            assert_true(weir_normal_is_exact(merger.form));
        }
        assert_int_equal(merger.share.matched, 0);
        weir_normal_destroy(merger.form);
    }
}

static void a_perfect_merger_needs_no_sample_but_is_measured(void **state)
{
    struct built_sample built;
    struct weir_merger merger;

    (void)state;
    sample_halves(&built, 10, 0);
    merger = merge_texts((const char *const[]){"x < 3", "x = 3", NULL}, &built.sample, 0);
    assert_int_equal(merger.kind, WEIR_MERGE_PERFECT);
    assert_int_equal(merger.share.matched, 4);
    assert_int_equal(merger.share.unwanted, 0);
    weir_normal_destroy(merger.form);
    sample_fini(&built);
}

/* ---- imperfect mergers */

static const char *const halves[] = {"x < 500 AND y = 1", "x >= 500 AND y = 2", NULL};

static void the_share_decides(void **state)
{
    struct built_sample built;
    struct weir_merger merger;

    (void)state;
    sample_halves(&built, 1000, 10);
    merger = merge_texts(halves, &built.sample, 0.0219);
    assert_int_equal(merger.kind, WEIR_MERGE_NONE);
    assert_int_equal(merger.share.matched, 1000);
    assert_int_equal(merger.share.unwanted, 10);
    merger = merge_texts(halves, &built.sample, 0.022);
    assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
    assert_int_equal(merger.share.matched, 1000);
    assert_int_equal(merger.share.unwanted, 10);
    assert_form(merger.form, "(x IS INT OR x IS DOUBLE) AND y IN (1, 2)");
    assert_false(weir_normal_is_exact(merger.form));
    weir_normal_destroy(merger.form);
    assert_int_equal(merge_texts(halves, NULL, 1).kind, WEIR_MERGE_NONE);
    sample_fini(&built);
}

static void a_small_sample_decides_nothing(void **state)
{
    (void)state;
    for (uint32_t count = 126; count <= 128; count += 2) {
        struct built_sample built;
        struct weir_merger merger;

        sample_halves(&built, count, 0);
        merger = merge_texts((const char *const[]){"x < 64 AND y = 1", "x >= 63 AND y = 2", NULL},
                             &built.sample, 0.05);
        assert_int_equal(merger.kind, count == 126 ? WEIR_MERGE_NONE : WEIR_MERGE_IMPERFECT);
        assert_int_equal(merger.share.unwanted, 0);
        weir_normal_destroy(merger.form);
        sample_fini(&built);
    }
}

#define TEN "zzzzzzzzzz"
#define LONG TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* Of several that let the same through, the one of less than half the size; otherwise the
 * narrowest. */
/* clang-format off */
static const struct {
    const char *name, *texts[INPUTS_MAX], *merged;
} chosen[] = {
    {"joined domains",
     {"s = 'abc' AND x < 500", "s = 'abd' AND x >= 400"},
     "s IN ('abc', 'abd') AND (x IS INT OR x IS DOUBLE)"},
    {"a common prefix in the place of a long list",
     {"s IN ('abc', 'abd', 'abe-long', 'abf-long', 'abg-long', 'abh-long', 'abi-long', 'abj-long') AND x < 500",
      "s IN ('abd', 'abk-long', 'abl-long', 'abm-long', 'abn-long', 'abo-long', 'abp-long', 'abq-long') AND x >= 400"},
     "s STARTS WITH 'ab' AND (x IS INT OR x IS DOUBLE)"},
    {"one interval in the place of many",
     {"s = 'abc' AND x IN (1, 3, 5, 7, 9, 11, 13, 15, 17, 19)",
      "s = 'abd' AND (x IN (2, 4, 6, 8, 10, 12, 14, 16, 18, 20) OR x > 20)"},
     "s IN ('abc', 'abd') AND x >= 1"},
    {"without a long residual",
     {"s = 'abc' AND x < 500 AND x + 1000000000000000001 <> x * 3 % 1000000000000000003 - 1000000000000000004 - 1000000000000000005",
      "s = 'abd' AND x >= 400 AND x + 1000000000000000001 <> x * 3 % 1000000000000000003 - 1000000000000000004 - 1000000000000000005"},
     "s IN ('abc', 'abd') AND x IS INT"},
    {"an attribute of one of them only",
     {"s = 'abc' AND x < 500", "s = 'abd'"},
     "s IN ('abc', 'abd')"},
    {"without an attribute",
     {"x <= 500 AND s IN ('abc', '" LONG "')", "x > 500 AND s = 'abd'"},
     "x IS INT OR x IS DOUBLE"},
};
/* clang-format on */

static void the_best_is_chosen(void **state)
{
    struct built_sample built;

    (void)state;
    sample_init(&built, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        const struct weir_attr attrs[] = {
            {WEIR_STR("s"), weir_value_string(i < 500 ? WEIR_STR("abc") : WEIR_STR("abd"))},
            {WEIR_STR("x"), weir_value_int(i + 1)                                         },
        };

        sample_add(&built, attrs, COUNT_OF(attrs));
    }
    for (size_t i = 0; i < COUNT_OF(chosen); i++) {
        struct weir_merger merger = merge_texts(chosen[i].texts, &built.sample, 0.999);

        if (merger.kind != WEIR_MERGE_IMPERFECT)
            fail_msg("%s", chosen[i].name);
        assert_form(merger.form, chosen[i].merged);
        weir_normal_destroy(merger.form);
    }
    sample_fini(&built);
}

/* Two are near each other, the third is far from both. */
static void what_is_near_is_joined(void **state)
{
    static const char *const texts[] = {"x < 100 AND y = 1", "x BETWEEN 90 AND 199 AND y = 2",
                                        "x >= 900 AND x < 950 AND y = 3", NULL};
    struct built_sample built;
    struct weir_merger merger;

    (void)state;
    sample_init(&built, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        const struct weir_attr attrs[] = {
            {WEIR_STR("x"), weir_value_int(i)                                               },
            {WEIR_STR("y"), weir_value_int(i < 100   ? 1
                                           : i < 200 ? 2
                                                     : i % 3 + 1)},
        };

        sample_add(&built, attrs, COUNT_OF(attrs));
    }
    merger = merge_texts(texts, &built.sample, 0.05);
    assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
    assert_form(merger.form, "x <= 199 AND y IN (1, 2) OR x >= 900 AND x < 950 AND y = 3");
    assert_int_equal(merger.share.matched, 200 + 16);
    assert_int_equal(merger.share.unwanted, 0);
    weir_normal_destroy(merger.form);
    sample_fini(&built);
}

/* Any two could be joined at no cost, but not all three. */
static void what_is_short_is_joined(void **state)
{
    static const char *const texts[] = {"s = 'a' AND y IN (1, 3, 5, 7) AND z = 1",
                                        "s = 'b' AND y = 2 AND z = 2",
                                        "s = 'c' AND y = 4 AND z = 3", NULL};
    struct built_sample built;
    struct weir_merger merger;

    (void)state;
    sample_init(&built, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        const bool wanted = i % 2 == 0;
        const struct weir_attr attrs[] = {
            {WEIR_STR("s"), weir_value_string(wanted ? WEIR_STR("b") : WEIR_STR("a"))},
            {WEIR_STR("y"), weir_value_int(2)                                        },
            {WEIR_STR("z"), weir_value_int(wanted ? 2 : 3)                           },
        };

        sample_add(&built, attrs, COUNT_OF(attrs));
    }
    merger = merge_texts(texts, &built.sample, 0.1);
    assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
    assert_form(merger.form, "s IN ('b', 'c') AND y IN (2, 4) AND z IN (2, 3) OR "
                             "s = 'a' AND y IN (1, 3, 5, 7) AND z = 1");
    weir_normal_destroy(merger.form);
    sample_fini(&built);
}

/* A form can be merged with itself, so that a perfect merger can go on from there. */
static void one_form_becomes_simpler(void **state)
{
    struct built_sample built;
    struct weir_merger merger;

    (void)state;
    sample_halves(&built, 1000, 10);
    merger = merge_texts((const char *const[]){"x < 500 AND y = 1 OR x >= 500 AND y = 2", NULL},
                         &built.sample, 0.05);
    assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
    assert_int_equal(merger.share.unwanted, 10);
    assert_int_equal(weir_normal_count(merger.form), 1);
    weir_normal_destroy(merger.form);
    sample_fini(&built);
}

/* ---- mergers of mergers */

static void originals_are_what_counts(void **state)
{
    static const char *const third[] = {"x >= 900 AND y IN (2, 3)"};
    uint64_t wanted[WEIR_SAMPLE_WORDS(1000)], more[WEIR_SAMPLE_WORDS(1000)];
    struct weir_normal *originals[3] = {must_normalise(halves[0]), must_normalise(halves[1]),
                                        must_normalise(third[0])};
    struct weir_merge_options options = {.epsilon = 0.05};
    struct weir_merger first, second;
    struct weir_merge_input inputs[2];
    struct built_sample built;
    struct weir_share share;

    (void)state;
    sample_halves(&built, 1000, 10);
    options.sample = &built.sample;
    first = merge_forms(originals, 2, &built.sample, 0.05);
    assert_true(weir_sample_match(wanted, originals[0], &built.sample, NULL));
    assert_true(weir_sample_match(more, originals[1], &built.sample, NULL));
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        wanted[i] |= more[i];
    assert_true(weir_normal_measure(&share, first.form, wanted, &built.sample, NULL));
    assert_int_equal(share.matched, 1000);
    assert_int_equal(share.unwanted, 10);

    inputs[0] = (struct weir_merge_input){first.form, wanted};
    inputs[1] = (struct weir_merge_input){originals[2], NULL};
    assert_int_equal(weir_normal_merge(&second, inputs, 2, &options, NULL), WEIR_OK);
    assert_int_equal(second.kind, WEIR_MERGE_IMPERFECT);
    assert_int_equal(second.share.matched, 1000);
    assert_int_equal(second.share.unwanted, 10); /* still, though the merger wants them */
    for (int i = 0; i < 3; i++)
        assert_true(weir_normal_covers(second.form, originals[i], NULL));
    weir_normal_destroy(second.form);

    /* Taken for an original, it hides them. */
    inputs[0].wanted = NULL;
    assert_int_equal(weir_normal_merge(&second, inputs, 2, &options, NULL), WEIR_OK);
    assert_int_equal(second.share.unwanted, 0);
    weir_normal_destroy(second.form);

    /* Others want them: then they do not count. */
    memset(wanted, 0xff, sizeof wanted);
    assert_true(weir_normal_measure(&share, first.form, wanted, &built.sample, NULL));
    assert_int_equal(share.unwanted, 0);

    weir_normal_destroy(first.form);
    for (int i = 0; i < 3; i++)
        weir_normal_destroy(originals[i]);
    sample_fini(&built);
}

/* ---- how far a measured share is to be trusted */

/* The interval as the textbooks write it. */
static double wilson(const struct weir_share *share, double side)
{
    const double z = 2.576, n = share->matched, p = share->unwanted / n, zn = z * z / n;

    return (p + zn / 2 + side * z * sqrt(p * (1 - p) / n + zn / (4 * n))) / (1 + zn);
}

static void shares_have_the_textbooks_interval(void **state)
{
    static const uint32_t counts[] = {1, 2, 7, 126, 127, 1000, 65536};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        const uint32_t step = counts[i] / 16 + 1;

        for (uint32_t k = 0; k <= counts[i]; k += step) {
            const struct weir_share share = {counts[i], k};
            const double low = weir_share_low(&share), high = weir_share_high(&share);

            assert_true(fabs(low - wilson(&share, -1)) < 1e-9);
            assert_true(fabs(high - wilson(&share, 1)) < 1e-9);
            assert_true(weir_share_within(&share, high + 1e-9));
            assert_false(weir_share_within(&share, high - 1e-9));
        }
    }
    assert_true(weir_share_low(&(struct weir_share){0, 0}) == 0);
    assert_true(weir_share_high(&(struct weir_share){0, 0}) == 1);
    assert_false(weir_share_within(&(struct weir_share){0, 0}, 1));
    assert_true(weir_share_within(&(struct weir_share){127, 0}, 0.05));
    assert_false(weir_share_within(&(struct weir_share){126, 0}, 0.05));
    assert_true(weir_share_within(&(struct weir_share){657, 0}, 0.01));
    assert_false(weir_share_within(&(struct weir_share){656, 0}, 0.01));
    assert_false(weir_share_within(&(struct weir_share){65536, 0}, 0));
}

/* ---- hulls, limits, memory */

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

#define PADS_MAX 16

/* Memory comes in chunks; a longer filter moves the places where a new one is needed. */
static void pad(char *out, size_t size, unsigned pads, const char *text)
{
    size_t len = (size_t)snprintf(out, size, "(%s) AND (p IS NULL OR NOT p IN ('p'", text);

    for (unsigned i = 0; i < pads; i++)
        len += (size_t)snprintf(out + len, size - len, ", 'p%u'", i);
    (void)snprintf(out + len, size - len, "))");
}

static void merge_short_of_memory(char texts[][TEXT_MAX], uint32_t count,
                                  const struct weir_merge_options *options)
{
    struct weir_merge_input inputs[INPUTS_MAX];
    struct weir_normal *forms[INPUTS_MAX];
    enum weir_err err = WEIR_ENOMEM;

    for (uint32_t k = 0; k < count; k++) {
        forms[k] = must_normalise(texts[k]);
        inputs[k] = (struct weir_merge_input){forms[k], NULL};
    }
    for (size_t n = 0; err != WEIR_OK; n++) {
        struct weir_merger merger = {
            WEIR_MERGE_NONE, NULL, {0, 0}
        };
        struct oom oom;

        oom_init(&oom, n);
        err = weir_normal_merge(&merger, inputs, count, options, &oom.alloc);
        assert_true(err == WEIR_OK || err == WEIR_ENOMEM);
        assert_int_equal(merger.form != NULL, err == WEIR_OK);
        weir_normal_destroy(merger.form);
        assert_int_equal(oom.live_count, 0);
    }
    for (uint32_t k = 0; k < count; k++)
        weir_normal_destroy(forms[k]);
}

/* clang-format off */
static const struct {
    double epsilon;
    const char *texts[INPUTS_MAX];
} allocating[] = {
    {0.999, {"x = 1 AND s CONTAINS 'a'", "x = 2 AND s CONTAINS 'a'"}},
    {0.999, {"x > 5", "x > 7"}},
    {0.999, {"x < 100 AND y = 1 AND x + y > 0", "x >= 100 AND y = 2 AND x + y > 0"}},
    {0.999, {"x IN (1, 3, 5, 7, 9, 11) AND y = 1", "x IN (2, 4, 6, 8, 10, 12) AND y = 2"}},
    {0.1, {"x < 20 AND y = 1", "x BETWEEN 20 AND 39 AND y IN (1, 3)", "y = 2 AND s IS NULL"}},
};
/* clang-format on */

static void memory_may_run_out_anywhere(void **state)
{
    static char padded[INPUTS_MAX][TEXT_MAX];
    struct built_sample built;

    (void)state;
    sample_halves(&built, 200, 0);
    for (size_t i = 0; i < COUNT_OF(allocating); i++) {
        const struct weir_merge_options options = {&built.sample, allocating[i].epsilon, NULL};

        for (unsigned pads = 0; pads <= PADS_MAX; pads++) {
            uint32_t count = 0;

            for (; count < INPUTS_MAX && allocating[i].texts[count] != NULL; count++)
                pad(padded[count], sizeof padded[count], pads, allocating[i].texts[count]);
            merge_short_of_memory(padded, count, &options);
        }
    }
    sample_fini(&built);
}

/* ---- random filters */

#define ROUNDS 1500
#define NOTIFICATIONS 192

struct random_merge {
    uint64_t seed;
    uint32_t count;
    char texts[INPUTS_MAX][TEXT_MAX];
    struct weir_filter *filters[INPUTS_MAX];
    struct weir_normal *forms[INPUTS_MAX];
};

static void fail_random(const struct random_merge *r, const char *what,
                        const struct weir_normal *form, const struct weir_notification *n)
{
    char printed[TEXT_MAX], notification[TEXT_MAX] = "";

    weir_normal_print(printed, sizeof printed, form);
    if (n != NULL)
        support_print_notification(notification, sizeof notification, n);
    fail_msg("seed %llu: %s\n  %s\n  %s\n  %s\n  = %s\n  %s", (unsigned long long)r->seed, what,
             r->texts[0], r->count > 1 ? r->texts[1] : "", r->count > 2 ? r->texts[2] : "", printed,
             notification);
}

/* The evaluator is the judge of the filters, and of what is said to be unwanted. */
static void check_random(const struct random_merge *r, const struct weir_merger *merger,
                         const struct weir_sample *sample)
{
    struct weir_share share = {0, 0};

    for (uint32_t j = 0; j < sample->count; j++) {
        const struct weir_notification *n = &sample->v[j];
        bool wanted = false, exact = true;
        bool matches = weir_normal_eval(merger->form, n, sample->scratch) != WEIR_FALSE;

        for (uint32_t i = 0; i < r->count; i++) {
            wanted = wanted || weir_filter_eval(r->filters[i], n, sample->scratch) == WEIR_TRUE;
            exact = exact && weir_normal_is_exact(r->forms[i]);
        }
        if (wanted && !matches)
            fail_random(r, "an input matches, the merger does not", merger->form, n);
        if (matches && !wanted && exact && merger->kind == WEIR_MERGE_PERFECT)
            fail_random(r, "not perfect", merger->form, n);
        share.matched += matches;
        share.unwanted += matches && !wanted;
        if (!exact)
            share = merger->share;
    }
    if (merger->share.matched != share.matched || merger->share.unwanted != share.unwanted)
        fail_random(r, "measured wrong", merger->form, NULL);
}

static void mergers_are_sound(void **state)
{
    static struct random_merge r;
    size_t kinds[3] = {0, 0, 0}, short_of_work = 0;

    (void)state;
    for (size_t round = 0; round < random_rounds(ROUNDS); round++) {
        struct random_source source = {round};
        struct built_sample built;
        struct weir_normal *reversed[INPUTS_MAX];
        struct weir_merger merger, other;
        uint32_t work;

        r.seed = round;
        r.count = 1 + (uint32_t)random_below(&source, 3);
        sample_init(&built, NOTIFICATIONS);
        while (built.sample.count < NOTIFICATIONS) {
            uint8_t **bytes = &built.bytes[built.sample.count];

            *bytes = support_notification(&built.v[built.sample.count], &source);
            built.sample.count++;
        }
        for (uint32_t i = 0; i < r.count; i++) {
            do {
                r.filters[i] = support_compile_random(r.texts[i], sizeof r.texts[i], &source,
                                                      (int)random_below(&source, 3));
            } while (r.filters[i] == NULL);
            assert_int_equal(
                weir_normal_create(&r.forms[i], r.filters[i], WEIR_ROLE_SUBSCRIPTION, NULL),
                WEIR_OK);
            reversed[r.count - 1 - i] = r.forms[i];
        }
        merger = merge_forms(r.forms, r.count, &built.sample, 0.9);
        other = merge_forms(reversed, r.count, &built.sample, 0.9);
        kinds[merger.kind]++;
        if (merger.form != NULL) {
            check_random(&r, &merger, &built.sample);
            if (!weir_str_equal(weir_normal_bytes(merger.form), weir_normal_bytes(other.form)))
                fail_random(&r, "depends on the order", merger.form, NULL);
        }
        assert_int_equal(merger.kind, other.kind);
        weir_normal_destroy(merger.form);
        weir_normal_destroy(other.form);

        work = (uint32_t)random_below(&source, 20000);
        merger = merge_within(&work, r.forms, r.count, &built.sample, 0.9);
        if (merger.form != NULL && merger.share.matched > 0)
            check_random(&r, &merger, &built.sample);
        short_of_work += work == 0 && merger.form != NULL;
        weir_normal_destroy(merger.form);
        for (uint32_t i = 0; i < r.count; i++) {
            weir_normal_destroy(r.forms[i]);
            weir_filter_destroy(r.filters[i]);
        }
        sample_fini(&built);
    }
    assert_true(short_of_work > 0);
    for (int kind = 0; kind < 3; kind++)
        assert_true(kinds[kind] > random_rounds(ROUNDS) / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_table),
        cmocka_unit_test(a_perfect_merger_needs_no_sample_but_is_measured),
        cmocka_unit_test(the_share_decides),
        cmocka_unit_test(a_small_sample_decides_nothing),
        cmocka_unit_test(the_best_is_chosen),
        cmocka_unit_test(what_is_near_is_joined),
        cmocka_unit_test(what_is_short_is_joined),
        cmocka_unit_test(one_form_becomes_simpler),
        cmocka_unit_test(originals_are_what_counts),
        cmocka_unit_test(shares_have_the_textbooks_interval),
        cmocka_unit_test(hulls_are_merged),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(many_conjunctions_are_not_joined),
        cmocka_unit_test(what_is_too_large_is_widened),
        cmocka_unit_test(work_is_bounded),
        cmocka_unit_test(memory_may_run_out_anywhere),
        cmocka_unit_test(mergers_are_sound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
