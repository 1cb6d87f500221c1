/* warn.c - filters that can never be true, and the conditions that exclude each other. */
#include "support.h"

#include "measured.h"
#include "oom.h"

#include <cmocka.h>

static const struct {
    const char *text;
    const char *said; /* code, first place, second place; each warning */
} cases[] = {
    {"price > 10 AND price < 5",                              "W602 [price > 10] [price < 5]"         },
    {"a = 1 AND price > 10 AND b = 2 AND price < 5 AND c",    "W602 [price > 10] [price < 5]"         },
    {"a = 1 AND (b OR (a = 2 AND c)) AND NOT b",              "W602 [a = 1] [NOT b]"                  },
    {"a >= 5 AND b AND a <= 5 AND a <> 5",                    "W602 [a >= 5] [a <> 5]"                },
    {"NOT (a <= 5 OR a >= 5)",                                "W602 [a <= 5] [a >= 5]"                },
    {"x AND NOT (x AND y) AND y",                             "W602 [x] [y]"                          },
    {"FALSE",                                                 "W602 [FALSE]"                          },
    {"b AND FALSE",                                           "W602 [FALSE]"                          },
    {"a BETWEEN 5 AND 1",                                     "W602 [a BETWEEN 5 AND 1]"              },
    {"b AND NOT (a < 5 OR NOT (a > 7 AND a < 6))",            "W602 [a > 7] [a < 6]"                  },
    {"s = 'x' OR (a > 7 AND a < 6)",                          "W603 [a > 7] [a < 6]"                  },
    {"(a > 7 AND a < 6) OR (b AND NOT b)",                    "W602 [a > 7] [a < 6]; W602 [b] [NOT b]"},
    {"c AND (d OR (a = 'x' AND a = 1) OR (a > 7 AND a < 6))",
     "W603 [a = 'x'] [a = 1]; W603 [a > 7] [a < 6]"                                                   },
    {"a NOT IN (1, 'x')",                                     "W601 [a NOT IN (1, 'x')]"              },
    {"a > 5 AND a < 6",                                       ""                                      },
    {"EXISTS(a) OR a IS NULL",                                ""                                      },
    {"",                                                      ""                                      },
    {"a > b AND a < b",                                       ""                                      },
};

static size_t put_place(char *out, size_t size, const char *text, uint32_t offset, uint32_t length)
{
    return (size_t)snprintf(out, size, " [%.*s]", (int)length, text + offset);
}

static void describe(char *out, size_t size, const char *text, const struct weir_diags *diags)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < diags->count; i++) {
        const struct weir_diag *diag = &diags->v[i];

        len += (size_t)snprintf(out + len, size - len, "%s%s", i > 0 ? "; " : "", diag->code);
        len += put_place(out + len, size - len, text, diag->offset, diag->length);
        if (diag->other_length != 0)
            len += put_place(out + len, size - len, text, diag->other_offset, diag->other_length);
    }
}

static enum weir_err warn(struct weir_diags *diags, const char *text,
                          const struct weir_alloc *alloc)
{
    struct weir_filter *filter;
    enum weir_err err;

    assert_int_equal(weir_filter_compile(&filter, weir_str_of(text), diags, NULL), WEIR_OK);
    err = weir_filter_warn(diags, filter, alloc);
    weir_filter_destroy(filter);
    return err;
}

static void names_what_excludes_each_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct weir_diags diags;
        char said[512];

        assert_int_equal(warn(&diags, cases[i].text, NULL), WEIR_OK);
        describe(said, sizeof said, cases[i].text, &diags);
        if (strcmp(said, cases[i].said) != 0)
            fail_msg("%s\n  says   %s\n  expect %s", cases[i].text, said, cases[i].said);
    }
}

static void keeps_to_the_room_for_warnings(void **state)
{
    struct weir_diags diags;

    (void)state;
    assert_int_equal(warn(&diags,
                          "(a AND NOT a) OR (b AND NOT b) OR (c AND NOT c) OR "
                          "(d AND NOT d) OR (e AND NOT e) OR (f AND NOT f)",
                          NULL),
                     WEIR_OK);
    assert_int_equal(diags.count, WEIR_DIAGS_MAX);
}

/* Returns the count of warnings. */
static size_t warn_within_limits(const char *text)
{
    struct weir_filter *filter = must_compile(text);
    struct weir_diags diags = {.count = 0};
    struct oom oom;
    uint64_t steps;

    oom_init(&oom, SIZE_MAX);
    assert_int_equal(weiri_filter_warn_measured(&diags, &steps, filter, &oom.alloc), WEIR_OK);
    assert_in_range(steps, 1, WEIRI_WARN_STEPS_MAX);
    assert_in_range(oom.peak_size, 1, WEIR_NORMAL_MEMORY_MAX);
    assert_int_equal(oom.live_size, 0);
    weir_filter_destroy(filter);
    return diags.count;
}

static void bombs_are_given_up_within_limits(void **state)
{
    char text[WEIR_FILTER_TEXT_MAX];
    size_t len = (size_t)snprintf(text, sizeof text, "z = 1 AND z = 2");

    (void)state;
    for (int i = 0; i < 60; i++)
        len += (size_t)snprintf(text + len, sizeof text - len,
                                " AND (a%d > %d OR b%d = 'x' OR x IN (%d, 7))", i, i, i, i);
    assert_int_equal(warn_within_limits(text), 1);
    assert_int_equal(warn_within_limits(text + strlen("z = 1 AND ")), 0);
    len = 0;
    for (int i = 0; i < 250; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%sm =~ 'a%d'", i > 0 ? "&&" : "",
                                i % 10);
    (void)snprintf(text + len, sizeof text - len, "&&z=1&&z=2");
    assert_int_equal(warn_within_limits(text), 1);
}

static void survives_want_of_memory(void **state)
{
    enum weir_err err = WEIR_ENOMEM;
    struct weir_diags diags;
    struct oom oom;

    (void)state;
    for (size_t n = 0; err != WEIR_OK; n++) {
        oom_init(&oom, n);
        err = warn(&diags, "(a = 1 AND b AND (a = 2 OR a =~ 'x')) OR (c AND NOT c)", &oom.alloc);
        assert_int_equal(oom.live_count, 0);
        if (err != WEIR_OK) {
            assert_int_equal(err, WEIR_ENOMEM);
            assert_int_equal(diags.count, 0);
        }
    }
    assert_int_equal(diags.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_excludes_each_other),
        cmocka_unit_test(keeps_to_the_room_for_warnings),
        cmocka_unit_test(bombs_are_given_up_within_limits),
        cmocka_unit_test(survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
