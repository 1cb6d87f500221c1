/* answers.c - answers for people, and the notifications that show them.
 *
 * Each case needs one more thing of the search: values of a kind, an attribute left out, a value
 * changed so that none of many conditions holds.  Every witness is judged by the evaluators. */
#include "support.h"

#include "oom.h"

#include <weir/limits.h>

static void fail_answer(const char *a, const char *verb, const char *b, enum weir_answer answer)
{
    static const char *const names[] = {"no", "yes", "unknown"};

    fail_msg("%.300s %s %.300s: %s", a, verb, b, names[answer]);
}

/* Matches narrow and not wide. */
static void check_counter_example(const struct weir_filter *wide, const struct weir_filter *narrow,
                                  const uint8_t *witness, size_t size)
{
    struct weir_scratch *scratch = must_scratch();
    struct weir_notification n;

    assert_int_equal(weir_notification_open(&n, witness, size, NULL), WEIR_OK);
    assert_int_equal(weir_filter_eval(narrow, &n, scratch), WEIR_TRUE);
    assert_int_not_equal(weir_filter_eval(wide, &n, scratch), WEIR_TRUE);
    assert_false(weir_scratch_undecided(scratch));
    weir_scratch_destroy(scratch);
}

/* Conforms to adv and matches sub. */
static void check_example(const char *adv, const struct weir_filter *sub, const uint8_t *witness,
                          size_t size)
{
    struct weir_scratch *scratch = must_scratch();
    struct weir_normal *normal = must_advertise(adv);
    struct weir_notification n;

    assert_int_equal(weir_notification_open(&n, witness, size, NULL), WEIR_OK);
    assert_true(weir_normal_conforms(normal, &n, scratch));
    assert_int_equal(weir_filter_eval(sub, &n, scratch), WEIR_TRUE);
    weir_normal_destroy(normal);
    weir_scratch_destroy(scratch);
}

static void check_covers(const char *wide_text, const char *narrow_text, enum weir_answer expected)
{
    struct weir_filter *wide = must_compile(wide_text), *narrow = must_compile(narrow_text);
    enum weir_answer answer;
    uint8_t *witness;
    size_t size;

    assert_int_equal(weir_filter_covers(&answer, &witness, &size, wide, narrow, NULL), WEIR_OK);
    if (answer != expected)
        fail_answer(wide_text, "covers", narrow_text, answer);
    assert_int_equal(witness != NULL, answer == WEIR_ANSWER_NO);
    if (witness != NULL)
        check_counter_example(wide, narrow, witness, size);
    free(witness);
    weir_filter_destroy(wide);
    weir_filter_destroy(narrow);
}

static void check_intersects(const char *adv_text, const char *sub_text, enum weir_answer expected)
{
    struct weir_filter *adv = must_compile(adv_text), *sub = must_compile(sub_text);
    enum weir_answer answer;
    uint8_t *witness;
    size_t size;

    assert_int_equal(weir_filter_intersects(&answer, &witness, &size, adv, sub, NULL), WEIR_OK);
    if (answer != expected)
        fail_answer(adv_text, "intersects", sub_text, answer);
    assert_int_equal(witness != NULL, answer == WEIR_ANSWER_YES);
    if (witness != NULL)
        check_example(adv_text, sub, witness, size);
    free(witness);
    weir_filter_destroy(adv);
    weir_filter_destroy(sub);
}

#define STAMPED "$ts > TIMESTAMP '2020-01-01T00:00:00Z'"

static const struct {
    const char *wide, *narrow;
    enum weir_answer answer;
} coverings[] = {
    {"x > 5",                                                              "x > 6",                                   WEIR_ANSWER_YES    },
    {"x > 6",                                                              "x > 5",                                   WEIR_ANSWER_NO     },
    {"x > 5",                                                              "x >= 5",                                  WEIR_ANSWER_NO     },
    {"x > 5",                                                              "FALSE",                                   WEIR_ANSWER_YES    },
    {"FALSE",                                                              "x > 5",                                   WEIR_ANSWER_NO     },
    {"FALSE",                                                              "TRUE",                                    WEIR_ANSWER_NO     },
    {"TRUE",                                                               "x > 5",                                   WEIR_ANSWER_YES    },
    {"x > 5",                                                              "TRUE",                                    WEIR_ANSWER_NO     },
    {"EXISTS(x)",                                                          "x IS NULL",                               WEIR_ANSWER_NO     },
    {"x IS NULL",                                                          "EXISTS(x)",                               WEIR_ANSWER_NO     },
    {"x IS NOT INT",                                                       "TRUE",                                    WEIR_ANSWER_NO     },
    {"x IS NOT DOUBLE",                                                    "TRUE",                                    WEIR_ANSWER_NO     },
    {"x IS NOT BOOL",                                                      "TRUE",                                    WEIR_ANSWER_NO     },
    {"x IS NOT STRING",                                                    "TRUE",                                    WEIR_ANSWER_NO     },
    {"x IS NOT TIMESTAMP",                                                 "TRUE",                                    WEIR_ANSWER_NO     },
    {"x <> TRUE",                                                          "x IS BOOL",                               WEIR_ANSWER_NO     },
    {"x <> FALSE",                                                         "x IS BOOL",                               WEIR_ANSWER_NO     },
    {"x <= 'abc'",                                                         "x STARTS WITH 'ab'",                      WEIR_ANSWER_NO     },
    {"x CONTAINS 'cd'",                                                    "x STARTS WITH 'ab' AND x ENDS WITH 'xy'", WEIR_ANSWER_NO     },
 /* only one value of each attribute shows it: they are found one after the other */
    {"a <> 17 OR b <> 18 OR c <> 19 OR d <> 20 OR e <> 21 OR f <> 22",
     "a IS INT AND b IS INT AND c IS INT AND d IS INT AND e IS INT AND f IS INT",                                     WEIR_ANSWER_NO     },
    {"f <> 17 OR e <> 18 OR d <> 19 OR c <> 20 OR b <> 21 OR a <> 22",
     "f IS INT AND b IS INT AND c IS INT AND d IS INT AND e IS INT AND a IS INT",                                     WEIR_ANSWER_NO     },
    {"EXISTS(a) OR EXISTS(b) OR EXISTS(c) OR EXISTS(d) OR EXISTS(e) OR EXISTS(f) OR EXISTS(g) OR "
     "EXISTS(h) OR EXISTS(i) OR EXISTS(j) OR EXISTS(k) OR EXISTS(l)", "x = 1",                                   WEIR_ANSWER_NO     },
    {"a IS NULL OR b IS NULL OR c IS NULL OR d IS NULL OR e IS NULL OR f IS NULL OR g IS NULL OR "
     "h IS NULL OR i IS NULL OR j IS NULL OR k IS NULL OR l IS NULL", "x = 1",                                   WEIR_ANSWER_NO     },
 /* several attributes may be the one that shows it */
    {"a > 5 AND b > 5 AND c > 5",                                          "a > 6 AND b > 6 AND c > 4",               WEIR_ANSWER_NO     },
    {"a > 5 AND b > 5 AND c > 5",                                          "a > 4 AND b > 6 AND c > 6",               WEIR_ANSWER_NO     },
    {"x > 5 OR y > 5",                                                     "x > 6 OR y > 4",                          WEIR_ANSWER_NO     },
    {"x > 5 OR y > 5",                                                     "x > 4 OR y > 6",                          WEIR_ANSWER_NO     },
 /* residuals */
    {"bid > ask",                                                          "bid >= ask",                              WEIR_ANSWER_NO     },
    {"bid > ask AND x > 5",                                                "bid > ask",                               WEIR_ANSWER_NO     },
    {"bid > ask",                                                          "x = 5",                                   WEIR_ANSWER_NO     },
    {"x NOT LIKE 'a_c'",                                                   "x STARTS WITH 'a'",                       WEIR_ANSWER_NO     },
    {"x MATCHES '^b'",                                                     "x MATCHES 'b'",                           WEIR_ANSWER_NO     },
    {"a + 0 > 5",                                                          "a > 5",                                   WEIR_ANSWER_UNKNOWN},
    {"x * x >= 0",                                                         "x IS INT AND x > 5",                      WEIR_ANSWER_UNKNOWN},
 /* a type is a string, and no attribute else of its kind can be shown */
    {"$type = 'a'",                                                        "TRUE",                                    WEIR_ANSWER_NO     },
    {"$type IS STRING",                                                    "EXISTS($type)",                           WEIR_ANSWER_UNKNOWN},
    {STAMPED,                                                              "TRUE",                                    WEIR_ANSWER_UNKNOWN},
    {"x = 1",                                                              STAMPED,                                   WEIR_ANSWER_UNKNOWN},
    {STAMPED,                                                              STAMPED,                                   WEIR_ANSWER_YES    },
 /* true, and beyond what is compared */
    {"x > 5 OR x <= 5 AND y = 1 OR y <> 1",                                "EXISTS(y) AND x IS INT AND y IS INT",
     WEIR_ANSWER_UNKNOWN                                                                                                                 },
};

static void covers_is_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(coverings); i++)
        check_covers(coverings[i].wide, coverings[i].narrow, coverings[i].answer);
}

static const struct {
    const char *adv, *sub;
    enum weir_answer answer;
} meetings[] = {
    {"x > 5",                     "x < 5",                                 WEIR_ANSWER_NO     },
    {"x > 5",                     "x <= 5.5",                              WEIR_ANSWER_YES    },
    {"x > 5",                     "x >= 5",                                WEIR_ANSWER_YES    },
    {"x > 5",                     "y = 1",                                 WEIR_ANSWER_NO     },
    {"x > 5",                     "y IS NULL",                             WEIR_ANSWER_YES    },
    {"x > 5",                     "TRUE",                                  WEIR_ANSWER_YES    },
    {"x > 5",                     "FALSE",                                 WEIR_ANSWER_NO     },
    {"FALSE",                     "TRUE",                                  WEIR_ANSWER_NO     },
    {"TRUE",                      "x = 1 AND y = 'b' AND z = TRUE",        WEIR_ANSWER_YES    },
    {"x > 5 AND EXISTS(y)",       "x < 7 AND y = 3",                       WEIR_ANSWER_YES    },
    {"x = 1 OR y = 1",            "y = 1",                                 WEIR_ANSWER_YES    },
    {"y = 1 OR x = 1",            "x = 1",                                 WEIR_ANSWER_YES    },
    {"x = 1 OR y = 1",            "x = 2 OR y = 1",                        WEIR_ANSWER_YES    },
    {"x = 1 OR y = 1",            "x = 1 AND y = 1",                       WEIR_ANSWER_NO     },
    {"x STARTS WITH 'ab'",        "x ENDS WITH 'xy'",                      WEIR_ANSWER_YES    },
    {"x ENDS WITH 'xy'",          "x STARTS WITH 'ab' AND x CONTAINS 'b'", WEIR_ANSWER_YES    },
    {"bid > 0 AND ask > 0",       "bid > ask",                             WEIR_ANSWER_YES    },
    {"bid > ask",                 "bid = 3 AND ask = 2",                   WEIR_ANSWER_YES    },
    {"bid > ask",                 "bid = 3",                               WEIR_ANSWER_YES    },
    {"x > 1",                     "x * x < 0",                             WEIR_ANSWER_UNKNOWN},
    {"x > 5",                     "$type = 'quote'",                       WEIR_ANSWER_YES    },
    {"$type = 'quote' AND x > 5", "$type = 'trade'",                       WEIR_ANSWER_NO     },
    {"$type = 'quote' AND x > 5", "$type STARTS WITH 'q' AND x > 6",       WEIR_ANSWER_YES    },
    {"$type = 'quote' AND x > 5", "x > 6",                                 WEIR_ANSWER_YES    },
    {"x > 5",                     STAMPED,                                 WEIR_ANSWER_UNKNOWN},
    {"x > 5 AND " STAMPED,        "x > 6",                                 WEIR_ANSWER_UNKNOWN},
};

static void intersects_is_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(meetings); i++)
        check_intersects(meetings[i].adv, meetings[i].sub, meetings[i].answer);
}

/* A filter whose normal form is a hull. */
static const char *bomb(void)
{
    static char text[WEIR_FILTER_TEXT_MAX];
    size_t len = (size_t)snprintf(text, sizeof text, "x = 1 AND (FALSE");

    for (int i = 0; i < 190; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, " OR a%d=1", i);
    (void)snprintf(text + len, sizeof text - len, ")");
    return text;
}

/* What a hull covers, its filter need not; nor need it allow what its hull allows. */
static void hulls_prove_nothing(void **state)
{
    struct weir_normal *hull = must_normalise(bomb());

    (void)state;
    assert_false(weir_normal_is_exact(hull));
    weir_normal_destroy(hull);
    check_covers(bomb(), bomb(), WEIR_ANSWER_YES);
    check_covers(bomb(), "x = 1", WEIR_ANSWER_NO);
    check_covers(bomb(), "x = 2", WEIR_ANSWER_NO);
    check_covers(bomb(), "x = 1 AND a3 = 1", WEIR_ANSWER_UNKNOWN);
    check_covers("x = 1", bomb(), WEIR_ANSWER_YES);
    check_covers("x = 2", bomb(), WEIR_ANSWER_NO);
    check_intersects(bomb(), "x = 1", WEIR_ANSWER_UNKNOWN);
    check_intersects(bomb(), "x = 2", WEIR_ANSWER_NO);
    check_intersects("x = 1 AND a3 = 1", bomb(), WEIR_ANSWER_YES);
}

/* More attributes than a notification may have. */
static void what_cannot_be_published_shows_nothing(void **state)
{
    static char wide[WEIR_FILTER_TEXT_MAX];
    size_t len = 0;

    (void)state;
    for (int i = 0; i <= WEIR_ATTRS_MAX; i++)
        len += (size_t)snprintf(wide + len, sizeof wide - len, "%sa%d=1", i > 0 ? " AND " : "", i);
    check_covers("FALSE", wide, WEIR_ANSWER_UNKNOWN);
    *strrchr(wide, 'A') = '\0';
    check_covers("FALSE", wide, WEIR_ANSWER_NO);
}

/* Each conjunction of the narrow filter is covered, which no domain can say: the search ends. */
static void a_search_has_an_end(void **state)
{
    static char narrow[WEIR_FILTER_TEXT_MAX];
    size_t len = 0;

    (void)state;
    for (int i = 0; i < 45; i++)
        len += (size_t)snprintf(narrow + len, sizeof narrow - len, "%sa = %d AND b%d = 1",
                                i > 0 ? " OR " : "", 10 + i, i);
    check_covers("a + 0 > 5", narrow, WEIR_ANSWER_UNKNOWN);
}

/* A MATCHES that is given up shows nothing. */
static void the_undecided_shows_nothing(void **state)
{
    char narrow[512] = "x = '";
    size_t len = strlen(narrow);

    (void)state;
    memset(narrow + len, 'a', 400);
    (void)snprintf(narrow + len + 400, sizeof narrow - len - 400, "'");
    check_covers("x MATCHES '^(?=)(a*)*[bd]'", narrow, WEIR_ANSWER_UNKNOWN);
    check_covers("x MATCHES '^(?=)(a*)*[bd]'", "x = 'aa'", WEIR_ANSWER_NO);
}

/* Constants beside move the places where memory is wanted. */
static void searches_survive_want_of_memory_anywhere(void **state)
{
    struct weir_filter *narrow = must_compile("y = 1 AND x > 5 AND x IN (6, 7, 8)");
    char text[512];

    (void)state;
    for (int pads = 1; pads <= 48; pads += 4) {
        size_t len = (size_t)snprintf(text, sizeof text, "z > w OR x IN (0");
        struct weir_filter *wide;
        enum weir_err err = WEIR_ENOMEM;

        for (int i = 1; i < pads; i++)
            len += (size_t)snprintf(text + len, sizeof text - len, ", %d", i + 10);
        (void)snprintf(text + len, sizeof text - len, ")");
        wide = must_compile(text);
        for (size_t n = 0; err != WEIR_OK; n++) {
            enum weir_answer answer;
            uint8_t *witness = NULL;
            struct oom oom;

            oom_init(&oom, n);
            err = weir_filter_covers(&answer, &witness, NULL, wide, narrow, &oom.alloc);
            assert_true(err == WEIR_ENOMEM || (err == WEIR_OK && answer == WEIR_ANSWER_NO));
            oom_release(&oom, witness);
            assert_int_equal(oom.live_count, 0);
        }
        weir_filter_destroy(wide);
    }
    weir_filter_destroy(narrow);
}

static void sizes_may_be_left_out(void **state)
{
    struct weir_filter *one = must_compile("x > 6"), *other = must_compile("x > 5");
    enum weir_answer answer;
    uint8_t *witness;

    (void)state;
    assert_int_equal(weir_filter_covers(&answer, &witness, NULL, one, other, NULL), WEIR_OK);
    assert_int_equal(answer, WEIR_ANSWER_NO);
    free(witness);
    assert_int_equal(weir_filter_intersects(&answer, &witness, NULL, one, other, NULL), WEIR_OK);
    assert_int_equal(answer, WEIR_ANSWER_YES);
    free(witness);
    weir_filter_destroy(one);
    weir_filter_destroy(other);
}

/* Whatever is asked for, the outputs are set on success only, and nothing is lost. */
static void answers_survive_want_of_memory(void **state)
{
    static const char *const pairs[][2] = {
        {"x > 6 AND s CONTAINS 'ab'",                 "x > 5"          },
        {"a > 1 OR b > 1 OR c > 1 OR d > 1 OR e > 1", "x > y AND a = 0"},
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(pairs); i++) {
        struct weir_filter *a = must_compile(pairs[i / 2][0]), *b = must_compile(pairs[i / 2][1]);
        enum weir_err err = WEIR_ENOMEM;

        for (size_t n = 0; err != WEIR_OK; n++) {
            enum weir_answer answer = WEIR_ANSWER_UNKNOWN;
            uint8_t mark, *witness = &mark;
            size_t size = 12345;
            struct oom oom;

            oom_init(&oom, n);
            err = (i % 2 == 0 ? weir_filter_covers
                              : weir_filter_intersects)(&answer, &witness, &size, a, b, &oom.alloc);
            if (err != WEIR_OK) {
                assert_int_equal(err, WEIR_ENOMEM);
                assert_ptr_equal(witness, &mark);
                assert_int_equal(size, 12345);
                assert_int_equal(answer, WEIR_ANSWER_UNKNOWN);
            } else {
                assert_int_not_equal(answer, WEIR_ANSWER_UNKNOWN);
                oom_release(&oom, witness);
            }
            assert_int_equal(oom.live_count, 0);
        }
        weir_filter_destroy(a);
        weir_filter_destroy(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(covers_is_shown),
        cmocka_unit_test(intersects_is_shown),
        cmocka_unit_test(hulls_prove_nothing),
        cmocka_unit_test(what_cannot_be_published_shows_nothing),
        cmocka_unit_test(a_search_has_an_end),
        cmocka_unit_test(the_undecided_shows_nothing),
        cmocka_unit_test(searches_survive_want_of_memory_anywhere),
        cmocka_unit_test(sizes_may_be_left_out),
        cmocka_unit_test(answers_survive_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
