/* regex_test.c - the bound on what MATCHES may do, counted in its own units and never in time. */
#include "regex.h"

#include "support.h"

static struct weir_scratch *scratch;

static char subject_bytes[WEIR_STRING_LEN_MAX];

/* `unit` again and again, at most `size` bytes. */
static struct weir_str subject_of(const char *unit, size_t size)
{
    size_t unit_len = strlen(unit), len = 0;

    while (len + unit_len <= size) {
        memcpy(subject_bytes + len, unit, unit_len);
        len += unit_len;
    }
    return (struct weir_str){subject_bytes, len};
}

/* Without room for an automaton, so that PCRE2 matches. */
static struct weir_regex *must_compile_regex(const char *pattern, size_t room)
{
    struct weiri_regex_problem problem;
    struct weir_regex *regex = NULL;

    if (weiri_regex_compile(&regex, weir_str_of(pattern), room, &problem, NULL) != WEIR_OK)
        fail_msg("%s: %s at %zu", pattern, problem.text, problem.offset);
    return regex;
}

static enum weir_truth match_in(const char *pattern, size_t room, struct weir_str subject,
                                uint32_t *spent)
{
    struct weir_regex *regex = must_compile_regex(pattern, room);
    enum weir_truth truth;

    weir_scratch_renew(scratch);
    truth = weiri_regex_match(regex, subject, scratch);
    assert_int_equal(weir_scratch_undecided(scratch), truth == WEIR_UNKNOWN);
    *spent = WEIRI_REGEX_BUDGET - weiri_scratch_budget(scratch);
    weiri_regex_destroy(regex);
    return truth;
}

static enum weir_truth match(const char *pattern, struct weir_str subject, uint32_t *spent)
{
    return match_in(pattern, 0, subject, spent);
}

/* The work is at least quadratic in these, but for the budget.  They end with a class, for a
 * character that is lacking is found to lack. */
static void spends_its_budget_and_no_more(void **state)
{
    static const struct {
        const char *pattern, *unit;
    } cases[] = {
        {"[ab]*(?:c|d)",              "ab"      },
        {"(?:a|b)*+[cd]",             "ab"      },
        {"[ab]*+[cd]",                "ab"      },
        {".*.*.*[cd]",                "a"       },
        {".*?[cd]",                   "a"       },
        {"(?>a*)[bd]",                "a"       },
        {"[ab]{30000}[cd]",           "ab"      }, /* a repeat fails before its minimum, unseen */
        {"\\x61{30000}[cd]",          "a"       },
        {"(?<=[ab]{32000})[ab][cd]",  "ab"      }, /* goes back, unseen */
        {"(?<=(?:a{250}){100})a[xy]", "a"       },
        {"(?<![ab]{32000})[ab][cd]",  "ab"      },
        {"(?=.*[cd])a",               "a"       },
        {"(?s)(?!.*a\\z)a",           "a"       },
        {"\\R*[cd]",                  "\r\n"    },
        {"(?i)\xc4\x81*[cd]",         "\xc4\x80"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct weir_str subject = subject_of(cases[i].unit, WEIR_STRING_LEN_MAX);
        uint32_t spent;

        if (match(cases[i].pattern, subject, &spent) != WEIR_UNKNOWN || spent != WEIRI_REGEX_BUDGET)
            fail_msg("%s: spent %u", cases[i].pattern, spent);
    }
}

/* begin, then count times part, then end. */
static const char *repeated(char *out, const char *begin, const char *part, int count,
                            const char *end)
{
    size_t len = strlen(begin), part_len = strlen(part);

    assert_true(len + part_len * (size_t)count + strlen(end) <= WEIR_PATTERN_LEN_MAX);
    memcpy(out, begin, len);
    for (int i = 0; i < count; i++, len += part_len)
        memcpy(out + len, part, part_len);
    memcpy(out + len, end, strlen(end) + 1);
    return out;
}

/* What a class or many alternatives cost beyond the characters passed over. */
static void charges_long_patterns(void **state)
{
    char pattern[WEIR_PATTERN_LEN_MAX + 1];
    uint32_t plain, heavy;

    (void)state;
    assert_int_equal(match("^[a-z]+$", subject_of("a", 1000), &plain), WEIR_TRUE);
    assert_int_equal(
        match(repeated(pattern, "^[", "\\pL", 100, "]+$"), subject_of("a", 1000), &heavy),
        WEIR_TRUE);
    assert_true(heavy > 20 * plain);

    assert_int_equal(match("^(?:a|b)", subject_of("b", 8), &plain), WEIR_TRUE);
    assert_int_equal(match(repeated(pattern, "^(?:a", "|", 160, "b)"), subject_of("a", 8), &heavy),
                     WEIR_TRUE);
    assert_true(heavy > 5 * plain);
}

static void decides_what_is_ordinary(void **state)
{
    static const struct {
        const char *pattern, *unit;
        enum weir_truth truth;
    } cases[] = {
        {"error",                      "no trouble here ", WEIR_FALSE},
        {"(?i)ERROR|trouble\\z",       "no trouble",       WEIR_TRUE },
        {"^\\w+@\\w+\\.com$",          "a",                WEIR_FALSE},
        {"\\bhere\\b",                 "there ",           WEIR_FALSE},
        {"^no.*x",                     "no trouble ",      WEIR_FALSE},
        {"[0-9]+ERR",                  "17 ER 2013 ",      WEIR_FALSE},
        {"[0-9]+ERR",                  "0123456789",       WEIR_FALSE},
        {"(?<=no )trouble",            "no trouble ",      WEIR_TRUE },
        {"(?<=no )double",             "no trouble ",      WEIR_FALSE},
        {"^\\x{6e}o",                  "no trouble ",      WEIR_TRUE },
        {"(?<year>[0-9]{4})-[0-9]{2}", "2013-10 ",         WEIR_TRUE },
        {"",                           "x",                WEIR_TRUE },
        {"^$",                         "x",                WEIR_FALSE},
    };
    uint32_t spent;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct weir_str subject = subject_of(cases[i].unit, WEIR_STRING_LEN_MAX);

        if (match_in(cases[i].pattern, WEIRI_REGEX_TABLES_MAX, subject, &spent) != cases[i].truth)
            fail_msg("%s: spent %u", cases[i].pattern, spent);
    }
    assert_int_equal(match("^$", WEIR_STR(""), &spent), WEIR_TRUE);
    assert_int_equal(match("a", subject_of("a", WEIR_STRING_LEN_MAX), &spent), WEIR_TRUE);
}

/* The memory of backtracking ends before the budget here, and leaves nothing behind. */
static void memory_is_bounded(void **state)
{
    uint32_t spent;

    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(match("^(?:a|b)*[cd]", subject_of("ab", WEIR_STRING_LEN_MAX), &spent),
                         WEIR_UNKNOWN);
        assert_true(spent < WEIRI_REGEX_BUDGET);
        assert_int_equal(match("^(?:a|b)*[cd]", subject_of("ab", 600), &spent), WEIR_FALSE);
    }
}

static void refuses_what_it_cannot_bound(void **state)
{
    static const struct {
        const char *pattern;
        size_t offset;
        bool refused;
    } cases[] = {
        {"(a)\\1",        3, true },
        {"(?<n>a)\\k<n>", 7, true },
        {"(a)\\g{-1}",    3, true },
        {"(?<n>a)(?P=n)", 7, true },
        {"x\\X",          1, true },
        {"\\Q\\\\E\\X",   5, true },
        {"\\C",           0, true },
        {"a\\Kb",         1, true },
        {"(*UTF)a",       0, true },
        {"(*ACCEPT)",     0, true },
        {"a(*sr:b)",      1, true },
        {"(a(?R)?)",      2, true },
        {"(?<n>a(?&n)?)", 6, true },
        {"(a)(?1)",       3, true },
        {"(a)(?-1)",      3, true },
        {"(a)(?+1)(b)",   3, true },
        {"(?<n>a)(?P>n)", 7, true },
        {"(?C1)a",        0, true },
        {"(?(?=a)b)",     0, true },
        {"a(b",           3, false},
        {"a[b",           3, false},
        {"*a",            0, false},
        {"a{2}{3}",       0, false},
        {"(?<=a*)b",      0, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct weiri_regex_problem problem;
        struct weir_regex *regex = NULL;
        enum weir_err err = weiri_regex_compile(&regex, weir_str_of(cases[i].pattern),
                                                WEIRI_REGEX_TABLES_MAX, &problem, NULL);

        if (err != WEIR_EINVAL || problem.refused != cases[i].refused ||
            (cases[i].refused && problem.offset != cases[i].offset))
            fail_msg("%s: %d, %s at %zu", cases[i].pattern, err, problem.text, problem.offset);
        assert_true(problem.text[0] != '\0');
    }
}

/* All MATCHES of one evaluation share one budget; the next evaluation has a fresh one. */
static void shares_the_budget(void **state)
{
    struct weir_str subject = subject_of("ab", WEIR_STRING_LEN_MAX);
    struct weir_attr attr = {WEIR_STR("a"), {0}};
    struct weir_filter *heavy = must_compile("a MATCHES '(?=)[ab]*[cd]' OR a MATCHES 'b'");
    struct weir_filter *light = must_compile("a MATCHES 'b'");
    struct weir_notification n;
    uint8_t *bytes;
    size_t size;

    (void)state;
    attr.value = weir_value_string(subject);
    assert_int_equal(weir_notification_encode(&bytes, &size, &attr, 1, WEIR_STR(""), NULL, NULL),
                     WEIR_OK);
    n = weir_notification_view(bytes, size);
    assert_int_equal(weir_filter_eval(heavy, &n, scratch), WEIR_UNKNOWN);
    assert_true(weir_scratch_undecided(scratch));
    assert_int_equal(weiri_scratch_budget(scratch), 0);
    assert_int_equal(weir_node_eval(weir_filter_tree(light), &n, scratch), WEIR_UNKNOWN);
    assert_int_equal(weir_filter_eval(light, &n, scratch), WEIR_TRUE);
    assert_false(weir_scratch_undecided(scratch));
    free(bytes);
    weir_filter_destroy(light);
    weir_filter_destroy(heavy);
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
        cmocka_unit_test(spends_its_budget_and_no_more), cmocka_unit_test(charges_long_patterns),
        cmocka_unit_test(decides_what_is_ordinary),      cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(refuses_what_it_cannot_bound),  cmocka_unit_test(shares_the_budget),
    };

    return cmocka_run_group_tests(tests, create_scratch, destroy_scratch);
}
