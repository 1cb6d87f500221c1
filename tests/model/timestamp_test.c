/* timestamp_test.c - RFC 3339 in and out. */
#include "random.h"

#include <weir/value.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NS INT64_C(1000000000)

static void accepted(void **state)
{
    static const struct {
        const char *text;
        int64_t nanoseconds;
        const char *printed; /* NULL: as read */
    } cases[] = {
        {"1970-01-01T00:00:00Z",           0,                           NULL                      },
        {"1969-12-31T23:59:59.999999999Z", -1,                          NULL                      },
        {"2013-10-07T09:30:00.123Z",       1381138200 * NS + 123000000, NULL                      },
        {"2013-10-07t09:30:00.1230z",      1381138200 * NS + 123000000, "2013-10-07T09:30:00.123Z"},
        {"2013-10-07T09:30:00.000Z",       1381138200 * NS,             "2013-10-07T09:30:00Z"    },
        {"2013-10-07T11:30:00+02:00",      1381138200 * NS,             "2013-10-07T09:30:00Z"    },
        {"2013-10-06T22:00:00-11:30",      1381138200 * NS,             "2013-10-07T09:30:00Z"    },
        {"2013-10-07T09:30:00-00:00",      1381138200 * NS,             "2013-10-07T09:30:00Z"    },
        {"2000-02-29T12:00:00.5Z",         951825600 * NS + 500000000,  NULL                      },
        {"2024-02-29T00:00:00.000000001Z", 1709164800 * NS + 1,         NULL                      },
        {"1900-03-01T00:00:00Z",           -2203891200 * NS,            NULL                      },
        {"1678-01-01T00:00:00Z",           -9214560000 * NS,            NULL                      },
        {"1677-12-31T23:59:59-00:01",      -9214559941 * NS,            "1678-01-01T00:00:59Z"    },
        {"2261-12-31T23:59:59.999999999Z", 9214646400 * NS - 1,         NULL                      },
        {"2262-01-01T00:30:00+01:00",      9214644600 * NS,             "2261-12-31T23:30:00Z"    },
    };
    char printed[WEIR_TIMESTAMP_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t nanoseconds = 0;
        size_t len;

        if (weir_timestamp_parse(&nanoseconds, weir_str_of(cases[i].text)) != WEIR_OK ||
            nanoseconds != cases[i].nanoseconds)
            fail_msg("%s: %lld", cases[i].text, (long long)nanoseconds);
        len = weir_timestamp_print(printed, nanoseconds);
        assert_int_equal(len, strlen(printed));
        assert_string_equal(printed, cases[i].printed ? cases[i].printed : cases[i].text);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *text;
        enum weir_err err;
    } cases[] = {
        {"",                                WEIR_ESYNTAX},
        {"2013-10-07",                      WEIR_ESYNTAX},
        {"2013/10-07T09:30:00Z",            WEIR_ESYNTAX},
        {"2013-10/07T09:30:00Z",            WEIR_ESYNTAX},
        {"2013-10-07T09.30:00Z",            WEIR_ESYNTAX},
        {"2013-10-07T09:30.00Z",            WEIR_ESYNTAX},
        {"2013-10-07T09:30:00+01.00",       WEIR_ESYNTAX},
        {"2013-10-07T\xC3\xA9:30:00Z",      WEIR_ESYNTAX},
        {"2013-10-07T09:30Z",               WEIR_ESYNTAX},
        {"2013-10-07 09:30:00Z",            WEIR_ESYNTAX},
        {"2013-10-07T09:30:00",             WEIR_ESYNTAX},
        {"2013-10-07T09:30:00.Z",           WEIR_ESYNTAX},
        {"2013-10-07T09:30:00.1",           WEIR_ESYNTAX},
        {"2013-10-07T09:30:00,1Z",          WEIR_ESYNTAX},
        {"2013-10-07T09:30:00Zx",           WEIR_ESYNTAX},
        {" 2013-10-07T09:30:00Z",           WEIR_ESYNTAX},
        {"2013-10-07T09:30:00+0200",        WEIR_ESYNTAX},
        {"2013-10-07T09:30:00+24:00",       WEIR_ESYNTAX},
        {"2013-10-07T09:30:00+01:60",       WEIR_ESYNTAX},
        {"2013-10-07T09:30:00+",            WEIR_ESYNTAX},
        {"2013-10-07T24:00:00Z",            WEIR_ESYNTAX},
        {"2013-10-07T09:60:00Z",            WEIR_ESYNTAX},
        {"2016-12-31T23:59:60Z",            WEIR_ESYNTAX},
        {"2013-00-07T09:30:00Z",            WEIR_ESYNTAX},
        {"2013-13-07T09:30:00Z",            WEIR_ESYNTAX},
        {"2013-10-00T09:30:00Z",            WEIR_ESYNTAX},
        {"2013-10-32T09:30:00Z",            WEIR_ESYNTAX},
        {"2013-02-29T09:30:00Z",            WEIR_ESYNTAX},
        {"1900-02-29T09:30:00Z",            WEIR_ESYNTAX},
        {"13-10-07T09:30:00Z",              WEIR_ESYNTAX},
        {"12013-10-07T09:30:00Z",           WEIR_ESYNTAX},
        {"+013-10-07T09:30:00Z",            WEIR_ESYNTAX},
        {"2013-10-07T09:30:00.1234567890Z", WEIR_ELIMIT },
        {"1677-12-31T23:59:59Z",            WEIR_ELIMIT },
        {"1678-01-01T00:00:00+00:01",       WEIR_ELIMIT },
        {"2262-01-01T00:00:00Z",            WEIR_ELIMIT },
        {"2261-12-31T23:59:59-00:01",       WEIR_ELIMIT },
        {"0000-01-01T00:00:00Z",            WEIR_ELIMIT },
        {"9999-12-31T23:59:59Z",            WEIR_ELIMIT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t nanoseconds = 42;

        if (weir_timestamp_parse(&nanoseconds, weir_str_of(cases[i].text)) != cases[i].err)
            fail_msg("%s", cases[i].text);
        assert_true(nanoseconds == 42);
    }
    assert_int_equal(weir_timestamp_parse(&(int64_t){0}, WEIR_STR("2013-10-07T09:30:00\0")),
                     WEIR_ESYNTAX);
}

/* Walks the calendar day by day, so leap years are counted by a second method. */
static void every_day_in_range(void **state)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t expected = -9214560000;
    char text[WEIR_TIMESTAMP_TEXT_MAX];
    char printed[WEIR_TIMESTAMP_TEXT_MAX];

    (void)state;
    for (int year = 1678; year <= 2261; year++) {
        for (int month = 1; month <= 12; month++) {
            bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            int last = days[month - 1] + (month == 2 && leap);

            for (int day = 1; day <= last; day++, expected += 86400) {
                int64_t nanoseconds = 0;
                int len = snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", year, month, day);

                if (weir_timestamp_parse(&nanoseconds, (struct weir_str){text, (size_t)len}) ||
                    nanoseconds != expected * NS)
                    fail_msg("%s", text);
                weir_timestamp_print(printed, nanoseconds);
                assert_string_equal(printed, text);
            }
        }
    }
}

static void printed_is_read(void **state)
{
    const uint64_t seed = 1;
    struct random_source random = {seed};
    const size_t rounds = random_rounds(100000);
    const int64_t low = -9214560000 * NS;
    const uint64_t range = (uint64_t)(9214646400 * NS) - (uint64_t)low;

    (void)state;
    for (size_t i = 0; i < rounds; i++) {
        int64_t nanoseconds = (int64_t)((uint64_t)low + random_u64(&random) % range);
        int64_t read = 0;
        char text[WEIR_TIMESTAMP_TEXT_MAX];
        size_t len;

        if (random_chance(&random, 50))
            nanoseconds -= nanoseconds % 1000000;
        len = weir_timestamp_print(text, nanoseconds);
        if (weir_timestamp_parse(&read, (struct weir_str){text, len}) || read != nanoseconds)
            fail_msg("seed %llu: %s", (unsigned long long)seed, text);
    }
}

static void extremes_print(void **state)
{
    char text[WEIR_TIMESTAMP_TEXT_MAX];

    (void)state;
    weir_timestamp_print(text, INT64_MIN);
    assert_string_equal(text, "1677-09-21T00:12:43.145224192Z");
    weir_timestamp_print(text, INT64_MAX);
    assert_string_equal(text, "2262-04-11T23:47:16.854775807Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),           cmocka_unit_test(refused),
        cmocka_unit_test(every_day_in_range), cmocka_unit_test(printed_is_read),
        cmocka_unit_test(extremes_print),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
