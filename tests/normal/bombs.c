/* bombs.c - filters within the limits that are expensive to bring into normal form: steps and bytes
 * stay below what is stated, whatever becomes of them. */
#include "support.h"

#include "measured.h"
#include "oom.h"

#include <cmocka.h>

/* `each`, printed with three times its number, `count` times. */
static const struct {
    const char *before, *each, *glue, *after;
    int count;
} bombs[] = {
    {"",                                                       "(a%d>%d OR b%d='x' OR x IN (3,7))",          "&&",    "",                                     60  },
    {"",                                                       "(a%d=%d||b%d=2)",                            "&&",    "",                                     120 },
    {"",                                                       "(a%d=%d||b%d=2)",                            "&&",    "",                                     7   },
    {"",                                                       "(x<>%d AND y%d>%d)",                         "||",    "",                                     120 },
    {"",                                                       "(x<%d||x>%d5||y<>%d)",                       "&&",    "",                                     80  },
    {"",                                                       "(x<>%d||y<>%d||z<>%d)",                      "&&",    "",                                     80  },
    {"",                                                       "(x=%d&&y=%d&&z=%d)",                         "||",    "",                                     80  },
    {"",                                                       "a%d=%d",                                     "&&",    "&&(b=1||c=1)&&(d=1||e=1)&&(f=1||g=1)", 240 },
    {"",                                                       "a%d=%d",                                     "||",    "",                                     256 },
    {"",                                                       "x=%d",                                       "||",    "",                                     256 },
    {"",                                                       "x<>%d",                                      "&&",    "",                                     256 },
    {"",                                                       "m=~'a%d'",                                   "&&",    "",                                     250 },
    {"",                                                       "m=~'a%d'",                                   "||",    "",                                     250 },
    {"",                                                       "x+%d>y%d",                                   "||",    "",                                     250 },
    {"",                                                       "m=~'(?:(?:ab?){1,20}c%d){1,8}'",             "&&",    "",                                     8   },
    {"",                                                       "n+n+n+n+n+n+n+n+n+n+n+n+n+n+n+n>n",          "&&",    "",                                     120 },
    {"",                                                       "a+b+c+d+e+f+g+h+i+j+k+l+m+%d>n",             "&&",    "",                                     120 },
    {"0",                                                      "+(a%d+(b%d+c%d)+(d+e))",                     "",      ">1",                                   28  },
    {"",                                                       "x%d>y",                                      "||",    "",                                     250 },
    {"",                                                       "x%d>y",                                      "&&",    "",                                     250 },
    {"",                                                       "x>y+%d",                                     "&&",    "",                                     250 },
    {"",                                                       "(x>y+%d AND z%d=1)",                         "||",    "",                                     126 },
    {"",                                                       "m LIKE 'a_%d'",                              "&&",    "",                                     250 },
    {"",                                                       "m LIKE 'a_%d'",                              "||",    "",                                     250 },
    {"",                                                       "s CONTAINS 'a%db'",                          "&&",    "",                                     150 },
    {"",                                                       "(s CONTAINS 'a%d' OR s NOT CONTAINS 'b%d')", " AND ", "",                                     60  },
    {"",                                                       "(s NOT CONTAINS 'a%d' AND s<>'c%d')",        "||",    "",                                     90  },
    {"s LIKE '",                                               "%%%d",                                       "",      "'",                                    1000},
    {"x IN (",                                                 "%d",                                         ",",     ") AND (x<>1||y=1) AND (x<>2||z=1)",    250 },
    {"(b=1||c=2)&&(d=1||e=2)&&(f=1||g=2)&&(h=1||i=2)&&x IN (", "%d",                                         ",",
     ") AND (x<>1||y=1) AND (x<>2||z=1)",                                                                                                                     250 },
};

static void print_bomb(char *out, size_t size, size_t index)
{
    size_t len = (size_t)snprintf(out, size, "%s", bombs[index].before);
    const size_t after = strlen(bombs[index].after);

    for (int k = 0; k < bombs[index].count; k++) {
        char each[128];
        int each_len = snprintf(each, sizeof each, bombs[index].each, k, k, k);

        if (len + (size_t)each_len + after + strlen(bombs[index].glue) >= size)
            break;
        len +=
            (size_t)snprintf(out + len, size - len, "%s%s", k > 0 ? bombs[index].glue : "", each);
    }
    (void)snprintf(out + len, size - len, "%s", bombs[index].after);
}

static void forms_stay_within_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bombs); i++) {
        char text[WEIR_FILTER_TEXT_MAX + 1];

        print_bomb(text, sizeof text, i);
        for (int role = 0; role < 2; role++) {
            struct weir_filter *filter;
            struct weir_normal *normal, *again;
            struct weir_diags diags;
            struct oom oom;
            uint64_t steps;

            oom_init(&oom, SIZE_MAX);
            assert_int_equal(weir_filter_compile(&filter, weir_str_of(text), &diags, &oom.alloc),
                             WEIR_OK);
            assert_int_equal(weiri_normal_create_measured(&normal, &steps, filter,
                                                          (enum weir_filter_role)role, &oom.alloc),
                             WEIR_OK);
            if (steps > WEIRI_CREATE_STEPS_MAX || oom.peak_size > WEIR_NORMAL_MEMORY_MAX)
                fail_msg("%llu steps, %zu bytes: %s", (unsigned long long)steps, oom.peak_size,
                         text);
            assert_int_equal(weir_normal_decode(&again, (enum weir_filter_role)role,
                                                weir_normal_bytes(normal), NULL),
                             WEIR_OK);
            weir_normal_destroy(again);
            weir_normal_destroy(normal);
            weir_filter_destroy(filter);
            assert_int_equal(oom.live_size, 0);
        }
    }
}

static void warnings_stay_within_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bombs); i++) {
        char text[WEIR_FILTER_TEXT_MAX + 1];
        struct weir_filter *filter;
        struct weir_diags diags;
        struct oom oom;
        uint64_t steps;

        print_bomb(text, sizeof text, i);
        oom_init(&oom, SIZE_MAX);
        assert_int_equal(weir_filter_compile(&filter, weir_str_of(text), &diags, &oom.alloc),
                         WEIR_OK);
        assert_int_equal(weiri_filter_warn_measured(&diags, &steps, filter, &oom.alloc), WEIR_OK);
        if (steps > WEIRI_WARN_STEPS_MAX || oom.peak_size > WEIR_NORMAL_MEMORY_MAX)
            fail_msg("%llu steps, %zu bytes: %s", (unsigned long long)steps, oom.peak_size, text);
        weir_filter_destroy(filter);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_stay_within_limits),
        cmocka_unit_test(warnings_stay_within_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
