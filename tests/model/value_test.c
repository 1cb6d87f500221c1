/* value_test.c - the exact order of values, and which may be published. */
#include <weir/limits.h>
#include <weir/value.h>

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define INT(i)                             \
    {                                      \
        .type = WEIR_INT, .u.integer = (i) \
    }
#define REAL(r)                            \
    {                                      \
        .type = WEIR_DOUBLE, .u.real = (r) \
    }
#define STRING(s)                                              \
    {                                                          \
        .type = WEIR_STRING, .u.string = {(s), sizeof(s) - 1 } \
    }
#define TIME(t)                                  \
    {                                            \
        .type = WEIR_TIMESTAMP, .u.integer = (t) \
    }
#define BOOLEAN(b)                          \
    {                                       \
        .type = WEIR_BOOL, .u.boolean = (b) \
    }

/* Strictly ascending, but that values with the same rank are equal. */
static const struct {
    int rank;
    struct weir_value value;
} numbers[] = {
    {0,  REAL(-DBL_MAX)              },
    {1,  REAL(-9223372036854777856.0)},
    {2,  REAL(-9223372036854775808.0)},
    {2,  INT(INT64_MIN)              },
    {3,  INT(INT64_MIN + 1)          },
    {4,  REAL(-9007199254740994.0)   },
    {5,  INT(-9007199254740993)      },
    {6,  REAL(-9007199254740992.0)   },
    {6,  INT(-9007199254740992)      },
    {7,  REAL(-1.5)                  },
    {8,  INT(-1)                     },
    {8,  REAL(-1.0)                  },
    {9,  REAL(-0.5)                  },
    {10, REAL(-DBL_TRUE_MIN)         },
    {11, REAL(-0.0)                  },
    {11, INT(0)                      },
    {11, REAL(0.0)                   },
    {12, REAL(DBL_TRUE_MIN)          },
    {13, REAL(0.5)                   },
    {14, INT(5)                      },
    {14, REAL(5.0)                   },
    {15, REAL(5.000000000000001)     },
    {16, REAL(9007199254740992.0)    },
    {16, INT(9007199254740992)       },
    {17, INT(9007199254740993)       },
    {18, REAL(9007199254740994.0)    },
    {19, REAL(9223372036854774784.0) },
    {20, INT(INT64_MAX)              },
    {21, REAL(9223372036854775808.0) },
    {22, REAL(DBL_MAX)               },
};

static const struct {
    int rank;
    struct weir_value value;
} strings[] = {
    {0, STRING("")        },
    {1, STRING("a")       },
    {2, STRING("aa")      },
    {3, STRING("b")       },
    {4, STRING("\xC3\xA4")},
};

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void order_of_numbers(void **state)
{
    const size_t count = sizeof numbers / sizeof numbers[0];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int order;

            assert_true(weir_value_compare(&numbers[i].value, &numbers[j].value, &order));
            if (sign(order) != sign(numbers[i].rank - numbers[j].rank))
                fail_msg("numbers %zu and %zu: %d", i, j, order);
            assert_int_equal(weir_value_equal(&numbers[i].value, &numbers[j].value), order == 0);
        }
    }
}

static void order_within_other_types(void **state)
{
    static const struct {
        struct weir_value low, high;
    } cases[] = {
        {BOOLEAN(false),  BOOLEAN(true)  },
        {TIME(-1),        TIME(0)        },
        {TIME(INT64_MIN), TIME(INT64_MAX)},
    };
    const size_t count = sizeof strings / sizeof strings[0];
    int order;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(weir_value_compare(&cases[i].low, &cases[i].high, &order) && order < 0);
        assert_true(weir_value_compare(&cases[i].high, &cases[i].low, &order) && order > 0);
        assert_true(weir_value_equal(&cases[i].high, &cases[i].high));
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            assert_true(weir_value_compare(&strings[i].value, &strings[j].value, &order));
            assert_int_equal(sign(order), sign(strings[i].rank - strings[j].rank));
        }
    }
}

static void types_do_not_mix(void **state)
{
    static const struct weir_value kinds[] = {BOOLEAN(false), INT(0), STRING("0"), TIME(0)};
    static const struct weir_value unknown = {.type = (enum weir_type)77};
    const size_t count = sizeof kinds / sizeof kinds[0];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int order;

            assert_int_equal(weir_value_compare(&kinds[i], &kinds[j], &order), i == j);
            assert_int_equal(weir_value_equal(&kinds[i], &kinds[j]), i == j);
        }
        assert_false(weir_value_equal(&kinds[i], &unknown));
    }
    assert_false(weir_value_equal(&unknown, &unknown));
}

static void which_may_be_published(void **state)
{
    static const struct {
        struct weir_value value;
        enum weir_err err;
    } cases[] = {
        {BOOLEAN(true),      WEIR_OK    },
        {INT(INT64_MIN),     WEIR_OK    },
        {TIME(INT64_MIN),    WEIR_OK    },
        {REAL(DBL_MAX),      WEIR_OK    },
        {REAL(NAN),          WEIR_EINVAL},
        {REAL(INFINITY),     WEIR_EINVAL},
        {REAL(-INFINITY),    WEIR_EINVAL},
        {STRING(""),         WEIR_OK    },
        {STRING("\xC3\xA4"), WEIR_OK    },
        {STRING("\xC3"),     WEIR_EINVAL},
        {STRING("a\0b"),     WEIR_EINVAL},
    };
    static char longest[WEIR_STRING_LEN_MAX + 1];
    struct weir_value value;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(weir_value_check(&cases[i].value), cases[i].err);

    memset(longest, 'x', sizeof longest);
    value = weir_value_string((struct weir_str){longest, WEIR_STRING_LEN_MAX});
    assert_int_equal(weir_value_check(&value), WEIR_OK);
    value.u.string.len++;
    assert_int_equal(weir_value_check(&value), WEIR_ELIMIT);
    value.type = (enum weir_type)77;
    assert_int_equal(weir_value_check(&value), WEIR_ETYPE);
}

static void zero_has_no_sign(void **state)
{
    (void)state;
    assert_false(signbit(weir_value_double(-0.0).u.real));
    assert_true(weir_value_double(-DBL_TRUE_MIN).u.real < 0);
    assert_true(isnan(weir_value_double(NAN).u.real));
}

static void types_have_names(void **state)
{
    (void)state;
    assert_string_equal(weir_type_text(weir_value_bool(true).type), "bool");
    assert_string_equal(weir_type_text(weir_value_int(0).type), "int");
    assert_string_equal(weir_type_text(weir_value_double(0).type), "double");
    assert_string_equal(weir_type_text(weir_value_string(WEIR_STR("")).type), "string");
    assert_string_equal(weir_type_text(weir_value_timestamp(0).type), "timestamp");
    assert_string_equal(weir_type_text((enum weir_type)0), "unknown type");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_numbers), cmocka_unit_test(order_within_other_types),
        cmocka_unit_test(types_do_not_mix), cmocka_unit_test(which_may_be_published),
        cmocka_unit_test(zero_has_no_sign), cmocka_unit_test(types_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
