/* reduces.c - which conjunctions become one, and that it makes no difference which parts of a
 * union came together: other words, in either role, have equal bytes. */
#include "support.h"

#include <cmocka.h>

static const struct {
    const char *text, *form;
} forms[] = {
    {"a = 1 AND b = 1 OR a = 2 AND b IN (1, 2) OR a = 1 AND b = 2",                                  "a IN (1, 2) AND b IN (1, 2)"        },
    {"a = 1 AND b < 5 OR a = 1 AND b > 3",                                                           "a = 1 AND (b IS INT OR b IS DOUBLE)"},
    {"a = 1 AND c = 1 OR b = 1 AND c = 1 OR a = 2 AND c = 1",
     "a IN (1, 2) AND c = 1 OR b = 1 AND c = 1"                                                                                           },
    {"x STARTS WITH 'p' OR x = FALSE OR x ENDS WITH 'q'",
     "x ENDS WITH 'q' OR (x = FALSE OR x STARTS WITH 'p')"                                                                                },
    {"x IS INT AND x > 5 OR x CONTAINS 'p' OR x ENDS WITH 'q' OR x IS DOUBLE AND x > 7 OR x = TRUE",
     "(x = TRUE OR x IS INT AND x > 5 OR x ENDS WITH 'q') OR (x IS DOUBLE AND x > 7 OR x CONTAINS "
     "'p')"                                                                                                                               },
};

static void members_unite(void **state)
{
    char text[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct weir_normal *normal = must_normalise(forms[i].text);

        weir_normal_print(text, sizeof text, normal);
        if (strcmp(text, forms[i].form) != 0)
            fail_msg("%s\n   gives %s\n  expect %s", forms[i].text, text, forms[i].form);
        weir_normal_destroy(normal);
    }
}

static const char *const pairs[][2] = {
  /* what is said twice is said once, and so is what is made of it */
    {"((a = 1 OR b = 1) AND (b = 1 OR a = 1) OR c = 1) AND (a = 1 OR b = 1 OR c = 1)",
     "a = 1 OR b = 1 OR c = 1"                                                            },
 /* a type stands beside one part or the other */
    {"(x = FALSE OR x ENDS WITH 'q') AND b = 1 OR x STARTS WITH 'p' AND b = 1",
     "x ENDS WITH 'q' AND b = 1 OR (x = FALSE OR x STARTS WITH 'p') AND b = 1"            },
    {"(x = FALSE OR x ENDS WITH 'q') AND b = 1 OR (x = TRUE OR x ENDS WITH 'p') AND b = 1",
     "(x IS BOOL OR x ENDS WITH 'q') AND b = 1 OR x ENDS WITH 'p' AND b = 1"              },
    {"(x = 1 OR x ENDS WITH 'q') AND b = 1 OR (x = 2 OR x CONTAINS 'p') AND b = 1",
     "x ENDS WITH 'q' AND b = 1 OR x CONTAINS 'p' AND b = 1 OR x IN (1, 2) AND b = 1"     },
 /* numbers of one type */
    {"(x IS INT AND x > 5 OR x = TRUE) AND b = 1 OR x IS DOUBLE AND x > 7 AND b = 1",
     "x IS INT AND x > 5 AND b = 1 OR (x IS DOUBLE AND x > 7 OR x = TRUE) AND b = 1"      },
    {"x IS INT AND x > 5 AND b = 1 OR x IS DOUBLE AND x > 5 AND b = 1 OR x = 'a' AND b = 1",
     "(x > 5 OR x = 'a') AND b = 1"                                                       },
    {"(x IS INT AND x > 5 OR x IS NULL) AND b = 1 OR (x IS DOUBLE AND x > 5 OR x = 'a') AND b = 1",
     "(x > 5 OR x = 'a' OR x IS NULL) AND b = 1"                                          },
    {"(x IS INT OR x CONTAINS 'a') AND b = 1 OR (x IS DOUBLE OR x CONTAINS 'b') AND b = 1",
     "(x IS INT OR x IS DOUBLE) AND b = 1 OR (x CONTAINS 'a' OR x CONTAINS 'b') AND b = 1"},
};

static void parts_come_together_in_one_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(pairs); i++) {
        const enum weir_filter_role role = (enum weir_filter_role)(i % 2);
        struct weir_normal *one = must_normalise_as(role, pairs[i / 2][0]);
        struct weir_normal *other = must_normalise_as(role, pairs[i / 2][1]);
        char forms_of[2][1024];

        if (!weir_str_equal(weir_normal_bytes(one), weir_normal_bytes(other))) {
            weir_normal_print(forms_of[0], sizeof forms_of[0], one);
            weir_normal_print(forms_of[1], sizeof forms_of[1], other);
            fail_msg("%s is\n  %s, but\n%s is\n  %s", pairs[i / 2][0], forms_of[0], pairs[i / 2][1],
                     forms_of[1]);
        }
        weir_normal_destroy(one);
        weir_normal_destroy(other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_unite),
        cmocka_unit_test(parts_come_together_in_one_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
