/* distance_test.c - how far apart words are. */
#include <weir/distance.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void distances(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {
        {"",         "",          0},
        {"",         "abc",       3},
        {"abc",      "",          3},
        {"LIKE",     "LIKE",      0},
        {"LKE",      "LIKE",      1},
        {"LIKEE",    "LIKE",      1},
        {"LIEK",     "LIKE",      1},
        {"LUKE",     "LIKE",      1},
        {"hasPrfix", "hasPrefix", 1},
        {"ca",       "abc",       3}, /* a swapped pair is not edited again */
        {"kitten",   "sitting",   3},
        {"price",    "volume",    5},
    };
    char longest[WEIRI_DISTANCE_LEN_MAX + 1] = "", other[WEIRI_DISTANCE_LEN_MAX + 1] = "";

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct weir_str a = weir_str_of(cases[i].a), b = weir_str_of(cases[i].b);

        if (weiri_distance(a, b) != cases[i].distance || weiri_distance(b, a) != cases[i].distance)
            fail_msg("%s, %s: %zu", cases[i].a, cases[i].b, weiri_distance(a, b));
    }
    memset(longest, 'a', WEIRI_DISTANCE_LEN_MAX);
    memset(other, 'b', WEIRI_DISTANCE_LEN_MAX);
    assert_int_equal(weiri_distance(weir_str_of(longest), weir_str_of(other)),
                     WEIRI_DISTANCE_LEN_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distances)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
