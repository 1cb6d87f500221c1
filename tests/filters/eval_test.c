/* eval_test.c - what a filter means: three values, exact numbers, strings. */
#include "glob.h"

#include "support.h"

#include <stdio.h>

/* One notification for all rows; `missing` is not in it. */
static const struct weir_attr attrs[] = {
    {{"t", 1},     {WEIR_BOOL, {.boolean = true}}                              },
    {{"f", 1},     {WEIR_BOOL, {.boolean = false}}                             },
    {{"i", 1},     {WEIR_INT, {.integer = 7}}                                  },
    {{"n", 1},     {WEIR_INT, {.integer = -7}}                                 },
    {{"zero", 4},  {WEIR_INT, {.integer = 0}}                                  },
    {{"max", 3},   {WEIR_INT, {.integer = INT64_MAX}}                          },
    {{"min", 3},   {WEIR_INT, {.integer = INT64_MIN}}                          },
    {{"odd", 3},   {WEIR_INT, {.integer = 9007199254740993}}                   }, /* 2^53 + 1 */
    {{"d", 1},     {WEIR_DOUBLE, {.real = 2.5}}                                },
    {{"big", 3},   {WEIR_DOUBLE, {.real = 1e308}}                              },
    {{"even", 4},  {WEIR_DOUBLE, {.real = 9007199254740992.0}}                 },
    {{"dz", 2},    {WEIR_DOUBLE, {.real = 0.0}}                                },
    {{"s", 1},     {WEIR_STRING, {.string = {"IBM", 3}}}                       },
    {{"e", 1},     {WEIR_STRING, {.string = {"", 0}}}                          },
    {{"u", 1},     {WEIR_STRING, {.string = {"a\xc3\xa9\xf0\x9f\x98\x80z", 8}}}},
    {{"p", 1},     {WEIR_STRING, {.string = {"100%_a\\", 7}}}                  },
    {{"ts", 2},    {WEIR_TIMESTAMP, {.integer = 1381138200000000000}}          }, /* 2013-10-07T09:30:00Z */
    {{"$type", 5}, {WEIR_STRING, {.string = {"tick", 4}}}                      },
};

static const struct {
    const char *text;
    enum weir_truth truth;
} cases[] = {
    {"",                                                                           WEIR_TRUE   },
    {"t",                                                                          WEIR_TRUE   },
    {"f",                                                                          WEIR_FALSE  },
    {"missing",                                                                    WEIR_UNKNOWN},
    {"i",                                                                          WEIR_UNKNOWN},
    {"NOT i",                                                                      WEIR_UNKNOWN},
 /* comparisons across types and with nothing */
    {"i = 7 AND i = 7.0 AND i <> 8",                                               WEIR_TRUE   },
    {"i = 'x'",                                                                    WEIR_UNKNOWN},
    {"i <> 'x'",                                                                   WEIR_UNKNOWN},
    {"NOT i <> 'x'",                                                               WEIR_UNKNOWN},
    {"s > 5",                                                                      WEIR_UNKNOWN},
    {"NOT s > 5",                                                                  WEIR_UNKNOWN},
    {"missing = 1 OR t",                                                           WEIR_TRUE   },
    {"ts = 1381138200000000000",                                                   WEIR_UNKNOWN},
    {"ts = TIMESTAMP '2013-10-07T09:30:00Z'",                                      WEIR_TRUE   },
    {"ts < TIMESTAMP '2013-10-07T09:30:00.000000001Z'",                            WEIR_TRUE   },
    {"t = f",                                                                      WEIR_FALSE  },
    {"t > f",                                                                      WEIR_UNKNOWN},
    {"s >= 'IBM' AND s < 'IBMa' AND s > 'IB' AND s > 'IAZ'",                       WEIR_TRUE   },
    {"$type = 'tick'",                                                             WEIR_TRUE   },
    {"$id = 'x'",                                                                  WEIR_UNKNOWN},
 /* exact numbers */
    {"odd > even AND odd <> even",                                                 WEIR_TRUE   },
    {"odd = 9007199254740992.0",                                                   WEIR_FALSE  },
    {"max < 9.3e18 AND max < 9223372036854775808.0",                               WEIR_TRUE   },
    {"max >= 9223372036854775807",                                                 WEIR_TRUE   },
    {"dz = 0 AND zero = -0.0",                                                     WEIR_TRUE   },
 /* arithmetic */
    {"i + 1 = 8 AND i - 8 = -1 AND i * 2 = 14",                                    WEIR_TRUE   },
    {"i / 2 = 3 AND n / 2 = -3 AND i % 4 = 3 AND n % 4 = -3",                      WEIR_TRUE   },
    {"i / 2.0 = 3.5 AND d + i = 9.5 AND -d = -2.5",                                WEIR_TRUE   },
    {"max + 1 > 0",                                                                WEIR_UNKNOWN},
    {"min - 1 < 0",                                                                WEIR_UNKNOWN},
    {"max * 2 > 0",                                                                WEIR_UNKNOWN},
    {"-min > 0",                                                                   WEIR_UNKNOWN},
    {"min / -1 > 0",                                                               WEIR_UNKNOWN},
    {"min % -1 = 0",                                                               WEIR_TRUE   },
    {"-max < 0",                                                                   WEIR_TRUE   },
    {"max + 1.0 > 0",                                                              WEIR_TRUE   },
    {"i / zero = 1",                                                               WEIR_UNKNOWN},
    {"i % zero = 1",                                                               WEIR_UNKNOWN},
    {"i / dz = 1",                                                                 WEIR_UNKNOWN},
    {"i % d = 1",                                                                  WEIR_UNKNOWN},
    {"big * 10 > 0",                                                               WEIR_UNKNOWN},
    {"big * -10 < 0",                                                              WEIR_UNKNOWN},
    {"s + 1 > 0",                                                                  WEIR_UNKNOWN},
    {"ts + 1 > 0",                                                                 WEIR_UNKNOWN},
    {"t + 1 > 0",                                                                  WEIR_UNKNOWN},
    {"+s = 5",                                                                     WEIR_UNKNOWN},
    {"+i = 7",                                                                     WEIR_TRUE   },
    {"1 + s > 0",                                                                  WEIR_UNKNOWN},
    {"i + missing > 0",                                                            WEIR_UNKNOWN},
    {"missing + 1 > 0",                                                            WEIR_UNKNOWN},
 /* IN and BETWEEN */
    {"i IN (1, 7.0) AND i NOT IN (1, 2)",                                          WEIR_TRUE   },
    {"i IN (1, 2)",                                                                WEIR_FALSE  },
    {"i IN ('a', 'b')",                                                            WEIR_UNKNOWN},
    {"i IN (1, 'a')",                                                              WEIR_UNKNOWN},
    {"i IN (7, 'a')",                                                              WEIR_TRUE   },
    {"i NOT IN (1, 'a')",                                                          WEIR_UNKNOWN},
    {"t IN (FALSE, TRUE)",                                                         WEIR_TRUE   },
    {"missing IN (1)",                                                             WEIR_UNKNOWN},
    {"i BETWEEN 7 AND 7 AND i NOT BETWEEN 8 AND 6",                                WEIR_TRUE   },
    {"i BETWEEN 8 AND missing",                                                    WEIR_FALSE  },
    {"i BETWEEN 7 AND missing",                                                    WEIR_UNKNOWN},
    {"i NOT BETWEEN 8 AND missing",                                                WEIR_TRUE   },
    {"missing BETWEEN 1 AND 9",                                                    WEIR_UNKNOWN},
    {"i BETWEEN missing AND 6",                                                    WEIR_FALSE  },
    {"i BETWEEN missing AND 7",                                                    WEIR_UNKNOWN},
    {"i BETWEEN 'a' AND 'z'",                                                      WEIR_UNKNOWN},
    {"3 BETWEEN d AND i",                                                          WEIR_TRUE   },
 /* strings */
    {"s STARTS WITH 'IB' AND s ENDS WITH 'BM' AND s CONTAINS 'B'",                 WEIR_TRUE   },
    {"s STARTS WITH '' AND s ENDS WITH '' AND s CONTAINS ''",                      WEIR_TRUE   },
    {"e CONTAINS ''",                                                              WEIR_TRUE   },
    {"e STARTS WITH 'x'",                                                          WEIR_FALSE  },
    {"s STARTS WITH 'IX' OR s ENDS WITH 'XM' OR e ENDS WITH 'x'",                  WEIR_FALSE  },
    {"s ENDS WITH 'xIBM'",                                                         WEIR_FALSE  },
    {"s NOT CONTAINS 'x' AND s NOT STARTS WITH 'IBMx'",                            WEIR_TRUE   },
    {"i CONTAINS '7'",                                                             WEIR_UNKNOWN},
    {"i NOT CONTAINS '7'",                                                         WEIR_UNKNOWN},
    {"s LIKE 'I_M' AND s LIKE '_%_' AND s LIKE '___' AND s NOT LIKE '__'",         WEIR_TRUE   },
    {"s LIKE '____%'",                                                             WEIR_FALSE  },
    {"s LIKE 'i_m'",                                                               WEIR_FALSE  },
    {"u LIKE 'a__z' AND u NOT LIKE 'a___z' AND u NOT LIKE 'a_z'",                  WEIR_TRUE   },
    {"u LIKE '_\xc3\xa9%z' AND u LIKE '%\xf0\x9f\x98\x80_'",                       WEIR_TRUE   },
    {"p LIKE '100!%!_a_' ESCAPE '!'",                                              WEIR_TRUE   },
    {"p LIKE '%\\'",                                                               WEIR_TRUE   },
    {"p LIKE '_!_' ESCAPE '!'",                                                    WEIR_FALSE  },
    {"missing LIKE 'a_'",                                                          WEIR_UNKNOWN},
    {"missing NOT LIKE '%'",                                                       WEIR_UNKNOWN},
    {"s MATCHES 'B' AND s =~ '^I.M$' AND s !~ '^B' AND s MATCHES ''",              WEIR_TRUE   },
    {"u MATCHES '^a..z$'",                                                         WEIR_TRUE   },
    {"i MATCHES '7'",                                                              WEIR_UNKNOWN},
    {"i !~ '7'",                                                                   WEIR_UNKNOWN},
 /* two-valued */
    {"EXISTS(i) AND NOT EXISTS(missing) AND missing IS NULL AND i IS NOT NULL",    WEIR_TRUE   },
    {"i IS INT AND d IS DOUBLE AND s IS STRING AND t IS BOOL AND ts IS TIMESTAMP", WEIR_TRUE   },
    {"i IS DOUBLE",                                                                WEIR_FALSE  },
    {"missing IS INT",                                                             WEIR_FALSE  },
    {"missing IS NOT INT AND i IS NOT STRING",                                     WEIR_TRUE   },
};

static struct weir_scratch *scratch;

static enum weir_truth eval(const char *text)
{
    struct weir_filter *filter = must_compile(text);
    struct weir_notification n;
    uint8_t *bytes;
    size_t size;
    enum weir_truth truth;

    assert_int_equal(
        weir_notification_encode(&bytes, &size, attrs, COUNT(attrs), WEIR_STR(""), NULL, NULL),
        WEIR_OK);
    n = weir_notification_view(bytes, size);
    truth = weir_filter_eval(filter, &n, scratch);
    assert_false(weir_scratch_undecided(scratch));
    free(bytes);
    weir_filter_destroy(filter);
    return truth;
}

static void evaluates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum weir_truth truth = eval(cases[i].text);

        if (truth != cases[i].truth)
            fail_msg("%s: %d", cases[i].text, truth);
    }
}

static void follows_kleene(void **state)
{
    static const char *const names[] = {"f", "missing", "t"}; /* FALSE, UNKNOWN, TRUE */
    char text[64];

    (void)state;
    for (int a = 0; a < 3; a++) {
        (void)snprintf(text, sizeof text, "NOT %s", names[a]);
        assert_int_equal(eval(text), 2 - a);
        for (int b = 0; b < 3; b++) {
            (void)snprintf(text, sizeof text, "%s AND %s", names[a], names[b]);
            assert_int_equal(eval(text), a < b ? a : b);
            (void)snprintf(text, sizeof text, "%s OR %s", names[a], names[b]);
            assert_int_equal(eval(text), a > b ? a : b);
            (void)snprintf(text, sizeof text, "NOT (%s AND NOT %s)", names[a], names[b]);
            assert_int_equal(eval(text), 2 - a > b ? 2 - a : b);
        }
    }
}

/* A pattern and a subject for which a matcher that goes back would take years. */
static void like_is_linear(void **state)
{
    char text[WEIR_FILTER_TEXT_MAX], *subject = malloc(WEIR_STRING_LEN_MAX);
    struct weir_attr attr = {WEIR_STR("a"), {0}};
    struct weir_notification n;
    struct weir_filter *filter;
    size_t len = 0, size;
    uint8_t *bytes;

    (void)state;
    assert_non_null(subject);
    memset(subject, 'a', WEIR_STRING_LEN_MAX);
    attr.value = weir_value_string((struct weir_str){subject, WEIR_STRING_LEN_MAX});
    assert_int_equal(weir_notification_encode(&bytes, &size, &attr, 1, WEIR_STR(""), NULL, NULL),
                     WEIR_OK);
    n = weir_notification_view(bytes, size);
    len = (size_t)snprintf(text, sizeof text, "a LIKE '");
    while (len < 500) {
        memcpy(text + len, "%a_a", 4);
        len += 4;
    }
    memcpy(text + len, "b'", 3);
    filter = must_compile(text);
    assert_int_equal(weir_filter_eval(filter, &n, scratch), WEIR_FALSE);
    weir_filter_destroy(filter);
    memcpy(text + len, "a'", 3);
    filter = must_compile(text);
    assert_int_equal(weir_filter_eval(filter, &n, scratch), WEIR_TRUE);
    weir_filter_destroy(filter);
    while (len < 2000) { /* 64 KiB times this is too much */
        memcpy(text + len, "%a_a", 4);
        len += 4;
    }
    memcpy(text + len, "a'", 3);
    filter = must_compile(text);
    assert_int_equal(weir_filter_eval(filter, &n, scratch), WEIR_UNKNOWN);
    assert_true(weir_scratch_undecided(scratch));
    weir_filter_destroy(filter);
    free(bytes);
    free(subject);
}

/* The number's bits from its highest on, as letters; the first tells the length. */
static struct weir_str bits_text(char out[16], unsigned number)
{
    size_t len = 0;

    for (unsigned bit = 8; bit-- > 0;) {
        if (number >> (bit + 1) != 0)
            out[len++] = (number >> bit & 1) != 0 ? 'b' : 'a';
    }
    return (struct weir_str){out, len};
}

static bool has_text(struct weir_str s, struct weir_str text)
{
    for (size_t i = 0; i + text.len <= s.len; i++) {
        if (memcmp(s.ptr + i, text.ptr, text.len) == 0)
            return true;
    }
    return false;
}

/* Every text of up to five letters in every one of up to eight. */
static void finds_texts(void **state)
{
    char text[16], subject[16];
    struct weiri_arena arena;

    (void)state;
    weiri_arena_init(&arena, 256, NULL);
    for (unsigned i = 1; i < 64; i++) {
        struct weir_str needle = bits_text(text, i);
        struct weir_glob *glob = weiri_glob_find(&arena, needle);

        assert_non_null(glob);
        for (unsigned k = 1; k < 512; k++) {
            struct weir_str s = bits_text(subject, k);
            uint64_t steps = UINT64_MAX;

            if ((weiri_glob_match(glob, s, &steps) == WEIR_TRUE) != has_text(s, needle))
                fail_msg("%.*s in %.*s", (int)needle.len, needle.ptr, (int)s.len, s.ptr);
        }
    }
    weiri_arena_fini(&arena);
}

/* `unit` over and over, 64 KiB of it, as attribute `a`. */
static uint8_t *long_text(struct weir_notification *n, const char *unit)
{
    char *text = malloc(WEIR_STRING_LEN_MAX);
    struct weir_attr attr = {WEIR_STR("a"), {0}};
    uint8_t *bytes;
    size_t size;

    assert_non_null(text);
    for (size_t i = 0; i < WEIR_STRING_LEN_MAX; i++)
        text[i] = unit[i % strlen(unit)];
    attr.value = weir_value_string((struct weir_str){text, WEIR_STRING_LEN_MAX});
    assert_int_equal(weir_notification_encode(&bytes, &size, &attr, 1, WEIR_STR(""), NULL, NULL),
                     WEIR_OK);
    *n = weir_notification_view(bytes, size);
    free(text);
    return bytes;
}

/* Evaluates an OR of `count` conditions on a long text; returns the units of the budget spent. */
static uint32_t spent_on(enum weir_truth *truth, const char *condition, size_t count,
                         const char *unit)
{
    char text[WEIR_FILTER_TEXT_MAX + 1];
    struct weir_notification n;
    uint8_t *bytes = long_text(&n, unit);
    struct weir_filter *filter;
    uint32_t before;
    size_t len = 0;

    weir_scratch_renew(scratch);
    before = weiri_scratch_budget(scratch);
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i == 0 ? "" : " OR ",
                                condition);
    filter = must_compile(text);
    *truth = weir_filter_eval(filter, &n, scratch);
    weir_filter_destroy(filter);
    free(bytes);
    return before - weiri_scratch_budget(scratch);
}

static void contains_is_charged_for_what_it_looks_at(void **state)
{
    enum weir_truth truth;
    const char *prose = "we note a late odd lot; in a block of other lots, all crossed";
    uint32_t absent, near, ordinary;

    (void)state;
    absent = spent_on(&truth, "a CONTAINS 'x'", 1, "a");
    assert_int_equal(truth, WEIR_FALSE);
    near = spent_on(&truth, "a CONTAINS 'ab'", 1, "a");
    assert_int_equal(truth, WEIR_FALSE);
    ordinary = spent_on(&truth, "a CONTAINS 'opening'", 1, prose);
    assert_int_equal(truth, WEIR_FALSE);
    assert_true(absent > 0);
    assert_true(absent < WEIR_STRING_LEN_MAX / 300);
    assert_in_range(near, WEIR_STRING_LEN_MAX / 6, WEIR_STRING_LEN_MAX);
    assert_in_range(ordinary, absent, near);
    assert_int_equal(spent_on(&truth, "a CONTAINS 'opening'", 3, prose), 3 * ordinary);
    assert_true(spent_on(&truth, "a CONTAINS 'aa'", 1, "a") < 10);
    assert_int_equal(truth, WEIR_TRUE);
}

static void contains_keeps_within_the_budget(void **state)
{
    enum weir_truth truth;

    (void)state;
    (void)spent_on(&truth, "a CONTAINS 'opening'", 12,
                   "this one is as ordinary as any text that people write in a hurry. ");
    assert_int_equal(truth, WEIR_FALSE);
    assert_false(weir_scratch_undecided(scratch));
    (void)spent_on(&truth, "a CONTAINS 'ab'", 200, "a");
    assert_int_equal(truth, WEIR_UNKNOWN);
    assert_true(weir_scratch_undecided(scratch));
    assert_int_equal(weiri_scratch_budget(scratch), 0);
    (void)spent_on(&truth, "a NOT CONTAINS 'ab'", 1, "a");
    assert_int_equal(truth, WEIR_TRUE);
    assert_false(weir_scratch_undecided(scratch));
}

static int create_scratch(void **state)
{
    (void)state;
    return weir_scratch_create(&scratch, NULL) == WEIR_OK ? 0 : -1;
}

static int destroy_scratch(void **state)
{
    (void)state;
    weir_scratch_destroy(scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluates),
        cmocka_unit_test(follows_kleene),
        cmocka_unit_test(like_is_linear),
        cmocka_unit_test(finds_texts),
        cmocka_unit_test(contains_is_charged_for_what_it_looks_at),
        cmocka_unit_test(contains_keeps_within_the_budget),
    };

    return cmocka_run_group_tests(tests, create_scratch, destroy_scratch);
}
