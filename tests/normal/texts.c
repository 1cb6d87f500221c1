/* texts.c - searching strings, prefixes as intervals, and what patterns begin with. */
#include "support.h"

#include <cmocka.h>

#include "pattern.h"
#include "text.h"

static bool contains_naively(struct weir_str s, struct weir_str part)
{
    for (size_t at = 0; at + part.len <= s.len; at++) {
        if (memcmp(s.ptr + at, part.ptr, part.len) == 0)
            return true;
    }
    return false;
}

/* Long subjects are searched in another way; letters are few, so that parts are often almost there.
 */
static void finds_parts_in_short_and_long_texts(void **state)
{
    char subject[600], part[24];

    (void)state;
    for (uint64_t seed = 1; seed <= 4000; seed++) {
        struct random_source r = {seed};
        struct weir_str s = {subject, random_below(&r, sizeof subject)};
        struct weir_str p = {part, random_below(&r, sizeof part)};
        const unsigned letters = 1 + (unsigned)random_below(&r, 3);

        for (size_t i = 0; i < s.len; i++)
            subject[i] = (char)('a' + random_below(&r, letters));
        if (p.len <= s.len && random_chance(&r, 50) && s.len > 0)
            memcpy(part, subject + random_below(&r, s.len - p.len + 1), p.len);
        else
            for (size_t i = 0; i < p.len; i++)
                part[i] = (char)('a' + random_below(&r, letters + 1));
        if (weiri_text_contains(s, p) != contains_naively(s, p))
            fail_msg("seed %llu", (unsigned long long)seed);
    }
}

/* Steps of a search for `before` times a, then `middle`, then `after` times a, in 'aaa...'. */
static uint64_t steps_of(size_t subject_len, size_t before, const char *middle, size_t after)
{
    static char subject[65535], part[4096];
    const size_t middle_len = strlen(middle), len = before + middle_len + after;
    uint64_t steps = UINT64_MAX;

    memset(subject, 'a', sizeof subject);
    memset(part, 'a', sizeof part);
    memcpy(part + before, middle, middle_len);
    assert_true(len <= sizeof part);
    assert_int_equal(weiri_text_find((struct weir_str){subject, subject_len},
                                     (struct weir_str){part, len}, &steps),
                     WEIR_FALSE);
    steps = UINT64_MAX - steps;
    for (uint64_t few = 0; few < steps; few += steps / 7 + 1) {
        uint64_t left = few;
        enum weir_truth truth = weiri_text_find((struct weir_str){subject, subject_len},
                                                (struct weir_str){part, len}, &left);

        assert_int_equal(left, 0);
        assert_true(truth == WEIR_UNKNOWN || (truth == WEIR_FALSE && few > 0));
    }
    return steps;
}

static void searches_take_linear_steps(void **state)
{
    static const size_t lengths[] = {0, 1, 2, 3, 9, 62, 254, 600, 2000};
    static const size_t subjects[] = {5000, 255, 256, 65535};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(subjects); i++) {
        for (size_t k = 0; k < COUNT_OF(lengths) * COUNT_OF(lengths); k++) {
            const size_t before = lengths[k / COUNT_OF(lengths)];
            const size_t after = lengths[k % COUNT_OF(lengths)];
            const size_t len = before + 2 + after;

            if (len > subjects[i])
                continue;
            assert_true(steps_of(subjects[i], before, "b", after) <=
                        5 * (subjects[i] + len) + 5000);
            assert_true(steps_of(subjects[i], before, "ba", after) <=
                        5 * (subjects[i] + len) + 5000);
        }
    }
}

static void prefixes_are_intervals(void **state)
{
    static const struct {
        const char *prefix, *next; /* NULL: no bound */
    } cases[] = {
        {"",                                 NULL              },
        {"a",                                "b"               },
        {"ab",                               "ac"              },
        {"a\x7f",                            "a\xc2\x80"       },
        {"\xdf\xbf",                         "\xe0\xa0\x80"    }, /* U+07FF */
        {"\xed\x9f\xbf",                     "\xee\x80\x80"    }, /* U+D7FF: no surrogates */
        {"\xef\xbf\xbf",                     "\xf0\x90\x80\x80"}, /* U+FFFF */
        {"a\xf4\x8f\xbf\xbf",                "b"               }, /* U+10FFFF */
        {"\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbf", NULL              },
    };
    struct weiri_pool pool;

    (void)state;
    weiri_pool_init(&pool, NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct weir_str prefix = weir_str_of(cases[i].prefix);
        struct weir_interval interval;

        assert_true(weiri_text_prefix(&interval, prefix, &pool));
        assert_true(weir_str_equal(interval.low.value.u.string, prefix));
        assert_int_equal(interval.high.bounded, cases[i].next != NULL);
        if (cases[i].next == NULL)
            continue;
        assert_true(weir_str_equal(interval.high.value.u.string, weir_str_of(cases[i].next)));
        assert_true(weiri_text_is_prefix(&interval));
        assert_true(weiri_text_starts(prefix, weiri_text_sure_prefix(&interval)));
        assert_true(weiri_text_sure_prefix(&interval).len > 0);
    }
    weiri_pool_fini(&pool);
}

static void intervals_have_sure_prefixes(void **state)
{
    static const struct {
        const char *low, *high; /* NULL: no bound */
        bool closed;            /* the high end */
        const char *prefix;
    } cases[] = {
        {"ab",       NULL,       false, ""        },
        {"ab",       "abc",      false, "ab"      },
        {"ab",       "abc",      true,  "ab"      },
        {"a",        "a",        true,  "a"       },
        {"abc",      "abd",      false, "abc"     },
        {"abc",      "abe",      false, "ab"      },
        {"abz",      "ac",       false, "ab"      },
        {"abz",      "ac",       true,  "a"       },
        {"a",        "c",        false, ""        },
        {"",         "b",        false, ""        },
        {"\xc3\xa9", "\xc3\xaa", false, "\xc3\xa9"},
        {"\xc3\xa9", "\xc3\xab", false, ""        }, /* one byte is no character */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct weir_interval interval = {
            .low = {true, true, weir_value_string(weir_str_of(cases[i].low))}
        };
        struct weir_str prefix;

        if (cases[i].high != NULL)
            interval.high = (struct weir_end){true, cases[i].closed,
                                              weir_value_string(weir_str_of(cases[i].high))};
        prefix = weiri_text_sure_prefix(&interval);
        if (!weir_str_equal(prefix, weir_str_of(cases[i].prefix)))
            fail_msg("[%s, %s: %.*s", cases[i].low, cases[i].high, (int)prefix.len, prefix.ptr);
    }
}

static void regular_expressions_have_sure_prefixes(void **state)
{
    static const struct {
        const char *pattern, *prefix;
    } cases[] = {
        {"",            ""         },
        {"abc",         ""         },
        {"^abc",        "abc"      },
        {"^abc$",       "abc"      },
        {"^ab*",        "a"        },
        {"^ab?c",       "a"        },
        {"^ab{0,2}",    "a"        },
        {"^ab+",        "ab"       },
        {"^a.c",        "a"        },
        {"^a(b)",       "a"        },
        {"^a[bc]",      "a"        },
        {"^ab|cd",      ""         },
        {"^\\*",        "*"        },
        {"^a\\.b\\-c",  "a.b-c"    },
        {"^a\\d",       "a"        },
        {"^a\\.*",      "a"        },
        {"^a\\Qb*\\E",  "a"        },
        {"^a\xc3\xa9?", "a"        },
        {"^a\xc3\xa9",  "a\xc3\xa9"},
        {"^*",          ""         },
        {"^a]}",        "a]}"      },
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t len = weiri_regex_prefix(out, weir_str_of(cases[i].pattern));

        if (len != strlen(cases[i].prefix) || memcmp(out, cases[i].prefix, len) != 0)
            fail_msg("%s: %.*s", cases[i].pattern, (int)len, out);
    }
}

static void like_patterns_have_literal_runs(void **state)
{
    static const struct {
        const char *pattern;
        uint32_t escape;
        const char *first, *last;
        uint32_t inner;
    } cases[] = {
        {"ab%",         0,    "ab",  "",   0},
        {"%ab",         0,    "",    "ab", 0},
        {"%ab%",        0,    "",    "",   1},
        {"a%b",         0,    "a",   "b",  0},
        {"a%b%%c%d",    0,    "a",   "d",  2},
        {"a_",          0,    "a",   "",   0},
        {"a!%b_",       '!',  "a%b", "",   0},
        {"a!!%",        '!',  "a!",  "",   0},
        {"%!_",         '!',  "",    "_",  0},
        {"a\xc3\xa9%%", 0xe9, "a%",  "",   0},
    };
    struct weiri_pool pool;

    (void)state;
    weiri_pool_init(&pool, NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct weiri_like like;

        assert_true(weiri_like_read(&like, weir_str_of(cases[i].pattern), cases[i].escape, &pool));
        if (like.inner_count != cases[i].inner ||
            !weir_str_equal(like.first, weir_str_of(cases[i].first)) ||
            !weir_str_equal(like.last, weir_str_of(cases[i].last)))
            fail_msg("%s: %.*s, %.*s, %u", cases[i].pattern, (int)like.first.len, like.first.ptr,
                     (int)like.last.len, like.last.ptr, (unsigned)like.inner_count);
    }
    weiri_pool_fini(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_parts_in_short_and_long_texts),
        cmocka_unit_test(searches_take_linear_steps),
        cmocka_unit_test(prefixes_are_intervals),
        cmocka_unit_test(intervals_have_sure_prefixes),
        cmocka_unit_test(regular_expressions_have_sure_prefixes),
        cmocka_unit_test(like_patterns_have_literal_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
