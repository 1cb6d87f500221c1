/* widens.c - which conjunctions may stand for several, from the narrowest on. */
#include "lowering.h"

#include "widen.h"

/* clang-format off */
static const struct {
    const char *text, *widened;
} tables[2][9] = {
    [WEIR_ROLE_SUBSCRIPTION] = {
        {"x = 1 AND y = 2 OR x = 3 AND y = 4",
         "x IN (1, 3) AND y IN (2, 4) | y IN (2, 4) | x IN (1, 3)"},
        /* only the first differs from the hull */
        {"a = 1 AND x = 1 OR a = 2 AND x IN (1, 2)",
         "a IN (1, 2) AND x IN (1, 2) | x IN (1, 2) | a IN (1, 2)"},
        /* three gaps are filled, two are not */
        {"a = 1 AND x IN (1, 3) OR a = 2 AND x IN (5, 7)",
         "a IN (1, 2) AND x IN (1, 3, 5, 7) | a IN (1, 2) AND x BETWEEN 1 AND 7 | "
         "x IN (1, 3, 5, 7) | a IN (1, 2)"},
        {"a = 1 AND x IN (1, 3) OR a = 2 AND x = 5",
         "a IN (1, 2) AND x IN (1, 3, 5) | x IN (1, 3, 5) | a IN (1, 2)"},
        {"a = 1 AND s IN ('pa', 'pc') OR a = 2 AND s IN ('pe', 'pg')",
         "a IN (1, 2) AND s IN ('pa', 'pc', 'pe', 'pg') | a IN (1, 2) AND s STARTS WITH 'p' | "
         "s IN ('pa', 'pc', 'pe', 'pg') | a IN (1, 2)"},
        {"a = 1 AND s IN ('a', 'c') OR a = 2 AND s IN ('e', 'g')",
         "a IN (1, 2) AND s IN ('a', 'c', 'e', 'g') | a IN (1, 2) AND s BETWEEN 'a' AND 'g' | "
         "s IN ('a', 'c', 'e', 'g') | a IN (1, 2)"},
        /* what all say stays, with or without residuals */
        {"a = 1 AND b = 1 AND x > y OR a = 2 AND b = 1 AND x > y",
         "a IN (1, 2) AND b = 1 AND EXISTS(x) AND EXISTS(y) AND x > y | "
         "a IN (1, 2) AND b = 1 AND EXISTS(x) AND EXISTS(y)"},
        /* what is filled is free */
        {"a = 1 AND (x NOT IN (1, 3, 5, 7) OR x IS NOT INT AND x IS NOT DOUBLE) OR "
         "a = 2 AND (x NOT IN (3, 5, 7) OR x IS NOT INT AND x IS NOT DOUBLE)",
         "a IN (1, 2) AND (x IS NULL OR x IS BOOL OR x NOT IN (3, 5, 7) OR x IS STRING OR x IS TIMESTAMP) | "
         "a IN (1, 2) | "
         "(x IS NULL OR x IS BOOL OR x NOT IN (3, 5, 7) OR x IS STRING OR x IS TIMESTAMP)"},
        /* the hull is everything, and nothing is wider */
        {"a = 1 OR b = 1",
         "TRUE"},
    },
    [WEIR_ROLE_ADVERTISEMENT] = {
        {"x = 1 AND y = 2 OR x = 3 AND y = 4",
         "x IN (1, 3) AND y IN (2, 4) | EXISTS(x) AND EXISTS(y) | EXISTS(x) AND y IN (2, 4) | "
         "x IN (1, 3) AND EXISTS(y)"},
        {"a = 1 AND x = 1 OR a = 2 AND x IN (1, 2)",
         "a IN (1, 2) AND x IN (1, 2) | EXISTS(a) AND EXISTS(x) | EXISTS(a) AND x IN (1, 2) | "
         "a IN (1, 2) AND EXISTS(x)"},
        {"a = 1 AND x IN (1, 3) OR a = 2 AND x IN (5, 7)",
         "a IN (1, 2) AND x IN (1, 3, 5, 7) | a IN (1, 2) AND x BETWEEN 1 AND 7 | "
         "EXISTS(a) AND EXISTS(x) | EXISTS(a) AND x IN (1, 3, 5, 7) | "
         "a IN (1, 2) AND EXISTS(x)"},
        {"a = 1 AND s IN ('pa', 'pc') OR a = 2 AND s IN ('pe', 'pg')",
         "a IN (1, 2) AND s IN ('pa', 'pc', 'pe', 'pg') | a IN (1, 2) AND s STARTS WITH 'p' | "
         "EXISTS(a) AND EXISTS(s) | EXISTS(a) AND s IN ('pa', 'pc', 'pe', 'pg') | "
         "a IN (1, 2) AND EXISTS(s)"},
        {"a = 1 AND b = 1 AND x > y OR a = 2 AND b = 1 AND x > y",
         "a IN (1, 2) AND b = 1 AND EXISTS(x) AND EXISTS(y) AND x > y | "
         "a IN (1, 2) AND b = 1 AND EXISTS(x) AND EXISTS(y)"},
        {"x = 1 AND $type = 'p' OR x = 2 AND $type = 'q'",
         "$type IN ('p', 'q') AND x IN (1, 2) | EXISTS(x) | x IN (1, 2) | "
         "$type IN ('p', 'q') AND EXISTS(x)"},
    },
};
/* clang-format on */

static void from_the_hull_on(void **state)
{
    /* What is in it before makes no difference. */
    static struct weiri_widened widened;

    (void)state;
    for (int role = 0; role < 2; role++) {
        for (size_t i = 0; i < COUNT_OF(tables[role]) && tables[role][i].text != NULL; i++) {
            for (int time = 0; time < 2; time++) {
                struct lowered l;
                char printed[4096];

                must_lower(&l, tables[role][i].text, (enum weir_filter_role)role, UINT32_MAX);
                l.shop.settled = true;
                assert_true(weiri_widen(&widened, l.d.v, l.d.count, &l.shop));
                print_conjunctions(printed, sizeof printed, widened.v, widened.count);
                if (strcmp(printed, tables[role][i].widened) != 0)
                    fail_msg("%s\n   gives %s\n  expect %s", tables[role][i].text, printed,
                             tables[role][i].widened);
                lowered_fini(&l);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_hull_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
