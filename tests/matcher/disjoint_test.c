/* disjoint_test.c - conjunctions that exclude one another. */
#include "disjoint.h"

#include "forms.h"
#include "normal/support.h"

static const struct {
    const char *text;
    bool marked; /* a notification may satisfy two conjunctions */
} rows[] = {
    {"a = 1",                                                       false},
    {"(a = 1 AND b > 3) OR (a = 2 AND c > 3)",                      false},
    {"(a = 1 AND b > 3) OR (a = 1 AND c > 3)",                      true },
    {"(a = 1 AND b > 3) OR (b < 3 AND c > 3)",                      false},
    {"(a = 1 AND b >= 3) OR (b <= 3 AND c > 3)",                    true },
    {"(a = 1 AND b >= 3) OR (b < 3.0 AND c > 3)",                   false},
    {"(a = 1 AND b >= 2.5) OR (b <= 2.4 AND c > 3)",                false},
    {"(a = 'x' AND b > 3) OR (a = 1 AND c > 3)",                    false},
    {"(a = TRUE AND b > 3) OR (a = FALSE AND c > 3)",               false},
    {"(NOT EXISTS(a) AND b > 3) OR (a > 1 AND c > 3)",              false},
    {"(NOT EXISTS(a) AND b > 3) OR (NOT EXISTS(a) AND c > 3)",      true },
    {"(a STARTS WITH 'ab' AND b > 3) OR (a = 'ac' AND c > 3)",      false},
    {"(a STARTS WITH 'ab' AND b > 3) OR (a = 'abc' AND c > 3)",     true },
    {"(a CONTAINS 'x' AND b > 3) OR (a CONTAINS 'y' AND c > 3)",    true },
    {"(a IN (1, 3, 5) AND b > 3) OR (a IN (2, 4) AND c > 3)",       false},
    {"(a IN (1, 3, 5) AND b > 3) OR (a IN (2, 3, 4) AND c > 3)",    true },
    {"(a = 1 AND b > 3) OR (a = 2 AND c > 3) OR (a = 3 AND d > 3)", false},
    {"(a = 1 AND b > 3) OR (a = 2 AND c > 3) OR (a = 1 AND d > 3)", true },
    {"(b > 3) OR (c > 3)",                                          true },
};

static void forms_are_marked_where_they_must(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct weir_normal *normal = must_normalise(rows[i].text);
        struct weir_matcher *m;
        const struct weiri_form *form;

        assert_int_equal(weir_matcher_create(&m, NULL), WEIR_OK);
        assert_int_equal(weir_matcher_add(m, 7, 0, normal), WEIR_OK);
        form = weiri_form_at(m, weiri_ids_get(&m->ids, 7));
        if ((weiri_form_mark(form) != WEIRI_NONE) != rows[i].marked)
            fail_msg("%s: is %smarked", rows[i].text, rows[i].marked ? "not " : "");
        weir_matcher_destroy(m);
        weir_normal_destroy(normal);
    }
}

/* With more conjunctions than are compared. */
static void many_conjunctions_are_marked(void **state)
{
    char text[1024] = "";
    size_t len = 0;
    struct weir_normal *normal;
    struct weir_matcher *m;

    (void)state;
    for (int i = 0; i < 9; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s(a = %d AND b%d > 3)",
                                i > 0 ? " OR " : "", i, i);
    normal = must_normalise(text);
    assert_int_equal(weir_matcher_create(&m, NULL), WEIR_OK);
    assert_int_equal(weir_matcher_add(m, 7, 0, normal), WEIR_OK);
    assert_true(weiri_form_mark(weiri_form_at(m, weiri_ids_get(&m->ids, 7))) != WEIRI_NONE);
    weir_matcher_destroy(m);
    weir_normal_destroy(normal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_marked_where_they_must),
        cmocka_unit_test(many_conjunctions_are_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
