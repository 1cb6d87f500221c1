/* merge.c - which mergers are made: perfect ones, and imperfect ones of a known share. */
#include "merging.h"

#include <math.h>

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

/* clang-format off */
static const struct {
    const char *name, *texts[INPUTS_MAX], *merged; /* NULL: there is none */
} advertised[] = {
    {"values become a set", {"x = 1", "x = 2"}, "x IN (1, 2)"},
    {"any value is still listed", {"x < 5 AND y = 1", "x >= 5 AND y = 1"},
     "(x IS INT OR x IS DOUBLE) AND y = 1"},
    {"absence is allowed anyway", {"x = 1", "x = 2 OR x IS NULL"}, "x IN (1, 2)"},
    {"more attributes allow more", {"x = 1", "x = 1 AND y = 1"}, "x = 1 AND y = 1"},
    {"everything", {"x = 1", "TRUE"}, "TRUE"},
    {"all types are not listed", {"$type = 'a' AND x = 1", "$type <> 'a' AND x = 1"}, "x = 1"},
    {"no type, or one", {"$type IS NULL AND x = 1", "$type = 'a' AND x = 1"}, "$type = 'a' AND x = 1"},
    {"no type", {"$type IS NULL AND x = 1", "$type IS NULL AND x = 2"}, "$type IS NULL AND x IN (1, 2)"},
    {"stamps take no part", {"x = 1 AND $ts > TIMESTAMP '2020-01-01T00:00:00Z'", "x = 2"}, "x IN (1, 2)"},
    {"differ in names", {"x = 1", "y = 1"}, NULL},
    {"differ in two", {"x = 1 AND y = 1", "x = 2 AND y = 2"}, NULL},
    {"a type in one of them", {"$type = 'a' AND x = 1", "x = 2"}, NULL},
};
/* clang-format on */

static void advertised_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(advertised); i++) {
        struct weir_merger merger =
            merge_texts_as(WEIR_ROLE_ADVERTISEMENT, advertised[i].texts, NULL, 1);

        if (merger.kind != (advertised[i].merged != NULL ? WEIR_MERGE_PERFECT : WEIR_MERGE_NONE))
            fail_msg("%s", advertised[i].name);
        if (merger.form != NULL)
            assert_form(merger.form, advertised[i].merged);
        weir_normal_destroy(merger.form);
    }
}

/* What only some of them list, all may have. */
static void advertisements_merge_within_epsilon(void **state)
{
    static const char *const texts[] = {"x < 500", "x >= 500 AND y = 2", NULL};
    struct built_sample built;
    struct weir_merger merger;

    (void)state;
    sample_halves(&built, 1000, 10);
    merger = merge_texts_as(WEIR_ROLE_ADVERTISEMENT, texts, &built.sample, 0.05);
    assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
    assert_form(merger.form, "(x IS INT OR x IS DOUBLE) AND y = 2");
    assert_int_equal(merger.share.matched, 510); /* of x < 500 only those with y = 2 */
    assert_int_equal(merger.share.unwanted, 10);
    weir_normal_destroy(merger.form);
    sample_fini(&built);
}

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
    {"four strings are a long list",
     {"s IN ('abc', 'abx" LONG "') AND x < 500", "s IN ('abd', 'aby" LONG "') AND x >= 400"},
     "s STARTS WITH 'ab' AND (x IS INT OR x IS DOUBLE)"},
    {"no common prefix",
     {"s IN ('abc', 'b" LONG "') AND x < 500", "s IN ('abd', 'c') AND x >= 400"},
     "s >= 'abc' AND s <= 'c' AND (x IS INT OR x IS DOUBLE)"},
    {"four intervals are a long list",
     {"x < 250 AND z IS NULL AND w IS NULL",
      "x >= 250 AND x < 500 AND (z IS NULL OR z BETWEEN 1 AND 2 OR z BETWEEN 5 AND 6) AND w IS NULL",
      "x BETWEEN 500 AND 749 AND (z IS NULL OR z BETWEEN 11 AND 12) AND (w IS NULL OR w BETWEEN 1 AND 2 OR w BETWEEN 5 AND 6)",
      "x >= 749 AND (z IS NULL OR z BETWEEN 15 AND 16) AND (w IS NULL OR w BETWEEN 11 AND 12 OR w BETWEEN 15 AND 16)"},
     "(x IS INT OR x IS DOUBLE) AND (z IS NULL OR z BETWEEN 1 AND 16) AND (w IS NULL OR w BETWEEN 1 AND 16)"},
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

static size_t size_of(const char *text)
{
    struct weir_normal *form = must_normalise(text);
    const size_t size = weir_normal_bytes(form).len;

    weir_normal_destroy(form);
    return size;
}

/* A form of 128 bytes gives way to one of half its size, that is no narrower on the sample. */
static void what_is_wider_must_be_short(void **state)
{
    static const char fill[] = TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN;
    struct built_sample built;
    size_t wide_count = 0;

    (void)state;
    sample_halves(&built, 1000, 0);
    for (int common = 0; common <= 120; common += 40) {
        for (int differing = 1; differing <= 120; differing++) {
            char one[TEXT_MAX], other[TEXT_MAX], narrow[TEXT_MAX], wide[TEXT_MAX];
            struct weir_merger merger;
            bool expected;

            (void)snprintf(one, sizeof one, "x < 500 AND z IS NULL AND (w IS NULL OR w = '%.*s')",
                           common, fill);
            (void)snprintf(other, sizeof other, "x >= 500 AND (z IS NULL OR z = '%.*s') AND %s",
                           differing, fill, strchr(one, '('));
            (void)snprintf(narrow, sizeof narrow, "(x IS INT OR x IS DOUBLE) AND %s",
                           strstr(other, "(z"));
            (void)snprintf(wide, sizeof wide, "%s", strchr(one, '('));
            expected = size_of(narrow) >= 128 && size_of(wide) <= size_of(narrow) / 2;
            merger = merge_texts((const char *const[]){one, other, NULL}, &built.sample, 0.9);
            assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
            assert_form(merger.form, expected ? wide : narrow);
            wide_count += expected;
            weir_normal_destroy(merger.form);
        }
    }
    assert_true(wide_count > 0);
    sample_fini(&built);
}

/* More attributes to choose from than conjunctions that are tried. */
static void many_attributes(void **state)
{
    struct built_sample built;
    struct weir_merger merger;
    char texts[2][TEXT_MAX];

    (void)state;
    for (int k = 0; k < 2; k++) {
        size_t len = (size_t)snprintf(texts[k], TEXT_MAX, "y = %d", k + 1);

        for (int i = 0; i < 20; i++)
            len += (size_t)snprintf(texts[k] + len, TEXT_MAX - len,
                                    " AND (a%d IS NULL OR a%d = %d)", i, i, k);
    }
    sample_halves(&built, 1000, 0);
    merger = merge_texts((const char *const[]){texts[0], texts[1], NULL}, &built.sample, 0.9);
    assert_int_equal(merger.kind, WEIR_MERGE_IMPERFECT);
    assert_int_equal(merger.share.matched, 1000);
    weir_normal_destroy(merger.form);
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

static void samples_of_any_size_are_measured(void **state)
{
    struct weir_normal *form = must_normalise("x >= 10");

    (void)state;
    for (uint32_t count = 32; count <= 192; count += 16) {
        uint64_t *wanted = calloc(WEIR_SAMPLE_WORDS(count), sizeof *wanted);
        struct built_sample built;
        struct weir_share share;
        uint32_t work = 100 * count;

        assert_non_null(wanted);
        sample_halves(&built, count, 0);
        assert_true(weir_normal_measure(&share, form, wanted, &built.sample, &work));
        assert_int_equal(share.matched, count < 10 ? 0 : count - 10);
        assert_int_equal(share.unwanted, share.matched);
        assert_true(work < 100 * count);
        work = count;
        assert_false(weir_normal_measure(&share, form, wanted, &built.sample, &work));
        sample_fini(&built);
        free(wanted);
    }
    weir_normal_destroy(form);
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
    assert_true(weir_share_within(&(struct weir_share){5, 5}, 1));
    assert_false(weir_share_within(&(struct weir_share){0, 0}, 0.5));
    assert_false(weir_share_within(&(struct weir_share){10, 0}, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_table),
        cmocka_unit_test(a_perfect_merger_needs_no_sample_but_is_measured),
        cmocka_unit_test(advertised_table),
        cmocka_unit_test(advertisements_merge_within_epsilon),
        cmocka_unit_test(the_share_decides),
        cmocka_unit_test(a_small_sample_decides_nothing),
        cmocka_unit_test(the_best_is_chosen),
        cmocka_unit_test(what_is_wider_must_be_short),
        cmocka_unit_test(many_attributes),
        cmocka_unit_test(what_is_near_is_joined),
        cmocka_unit_test(what_is_short_is_joined),
        cmocka_unit_test(one_form_becomes_simpler),
        cmocka_unit_test(originals_are_what_counts),
        cmocka_unit_test(samples_of_any_size_are_measured),
        cmocka_unit_test(shares_have_the_textbooks_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
