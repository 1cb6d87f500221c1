/* decimal_test.c - decimals to doubles, exact quotients, and back to text.
 *
 * The bits in the table were computed with Python's fractions; decimal_oracle.py does the same for
 * thousands of random cases. */
#include "random.h"

#include <weir/bytes.h>
#include <weir/value.h>

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *decimal;
    int64_t divisor;
    uint64_t bits;
} quotients[] = {
    {"0",                                                                   1,                   UINT64_C(0x0000000000000000)},
    {"-0",                                                                  1,                   UINT64_C(0x0000000000000000)},
    {"-0.0e5",                                                              7,                   UINT64_C(0x0000000000000000)},
    {"1",                                                                   1,                   UINT64_C(0x3FF0000000000000)},
    {"+1.5",                                                                1,                   UINT64_C(0x3FF8000000000000)},
    {"0.1",                                                                 1,                   UINT64_C(0x3FB999999999999A)},
    {"123456789012345678",                                                  1,                   UINT64_C(0x437B69B4BA630F35)},
    {"9007199254740993",                                                    1,                   UINT64_C(0x4340000000000000)},
    {"9007199254740995",                                                    1,                   UINT64_C(0x4340000000000002)},
    {"9007199254740993.00000000000000000000000000000001",                   1,                   UINT64_C(0x4340000000000001)},
    {"9007199254740992.99999999999999999999999999999999",                   1,                   UINT64_C(0x4340000000000000)},
    {"1e22",                                                                1,                   UINT64_C(0x4480F0CF064DD592)},
    {"1e23",                                                                1,                   UINT64_C(0x44B52D02C7E14AF6)},
    {"8.5e22",                                                              1,                   UINT64_C(0x44B1FFDBF6B2B2EB)},
    {"179769313486231570e291",                                              1,                   UINT64_C(0x7FEFFFFFFFFFFFFF)},
    {"1.7976931348623157e308",                                              1,                   UINT64_C(0x7FEFFFFFFFFFFFFF)},
    {"2.2250738585072011e-308",                                             1,                   UINT64_C(0x000FFFFFFFFFFFFF)},
    {"2.2250738585072012e-308",                                             1,                   UINT64_C(0x0010000000000000)},
    {"2.2250738585072014e-308",                                             1,                   UINT64_C(0x0010000000000000)},
    {"2.22507385850720113605740979670913197593481954635164564802342610972482"
     "2222021076945516529523908135087914149158913039621106870086438694594645"
     "5276572074078206217433799881410632673292535522868813721490129811224514"
     "5188984905722230728525513315575501591439747639798341180199932396254828"
     "9017107081850690630666655994938275772572015763062690663332647565300009"
     "2458883164330377797918696120494973903778297049050510806099407302629371"
     "2895895000358379996720725430436028407889577179615094551674824347103070"
     "2609144621572289880258182545180325707018860872113128079512233426288368"
     "6223215037756666225039825343359745688844239002654981983854879482922068"
     "9472168983109969836584681402285424333066033985088644580400103493397042"
     "7567186443383770486037861622771738545623065874679014086723327636718751"
     "234567890e-308",                                                 1,                   UINT64_C(0x0010000000000000)},
    {"4.9406564584124654e-324",                                             1,                   UINT64_C(0x0000000000000001)},
    {"2.4703282292062327e-324",                                             1,                   UINT64_C(0x0000000000000000)},
    {"2.4703282292062328e-324",                                             1,                   UINT64_C(0x0000000000000001)},
    {"2.47e-324",                                                           1,                   UINT64_C(0x0000000000000000)},
    {"7.41098468761869816264853189302332058547589703921487146638378523751013"
     "2609053131277979497545424539885696948470431685765963899850655339096945"
     "9816219401617281718945106978546710679176872575177347315553307795408549"
     "8096084575009581113730347476580968710095909754422710047573078097111189"
     "3578483867565399878350301522805593404659373979179073872386829939581848"
     "1660169122019456499931289798411362062484498678713572180352209017023903"
     "2857917325202205289740208029068540216066123755499834026713000358124864"
     "7904138574340187552090159017259254714629617513415977493871857473787096"
     "1645638908718119841271673056017045493004705269590165763776884908267986"
     "9725733665217655679410725087643375608460039849049721491174630855395563"
     "54188641513168478436313080237596295773983001708984374e-324",     1,                   UINT64_C(0x0000000000000001)},
    {"-1e-330",                                                             1,                   UINT64_C(0x0000000000000000)},
    {"1e-330",                                                              -1,                  UINT64_C(0x0000000000000000)},
    {"1e-400",                                                              1,                   UINT64_C(0x0000000000000000)},
    {"0.00000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000001e86",                                         1,                   UINT64_C(0x3FB999999999999A)},
    {"1e-99999999999999999999999999",                                       1,                   UINT64_C(0x0000000000000000)},
    {"0e99999999999999999999999999",                                        1,                   UINT64_C(0x0000000000000000)},
    {"100000000000000000000000000000000000000000000000e-47",                1,                   UINT64_C(0x3FF0000000000000)},
    {"6.02214076E+23",                                                      1,                   UINT64_C(0x44DFE185CA57C517)},
    {"3.141592653589793238462643383279502884197",                           1,                   UINT64_C(0x400921FB54442D18)},
    {"2.2204460492503131e-16",                                              1,                   UINT64_C(0x3CB0000000000000)},
    {"1.00000000000000011102230246251565404236316680908203125",             1,                   UINT64_C(0x3FF0000000000000)},
    {"1.00000000000000011102230246251565404236316680908203124",             1,                   UINT64_C(0x3FF0000000000000)},
    {"1.00000000000000011102230246251565404236316680908203126",             1,                   UINT64_C(0x3FF0000000000001)},
    {"5e-324",                                                              1,                   UINT64_C(0x0000000000000001)},
    {"1.448997445238699",                                                   1,                   UINT64_C(0x3FF72F17F1F49AAD)},
    {"7.2057594037927933e16",                                               1,                   UINT64_C(0x4370000000000000)},
    {"1090544144181609348671888949248",                                     1,                   UINT64_C(0x462B8779F2474DFA)},
    {"1090544144181609348835077142190",                                     1,                   UINT64_C(0x462B8779F2474DFB)},
    {"1836300",                                                             10000,               UINT64_C(0x4066F428F5C28F5C)},
    {"4.5",                                                                 3,                   UINT64_C(0x3FF8000000000000)},
    {"1",                                                                   3,                   UINT64_C(0x3FD5555555555555)},
    {"-1",                                                                  3,                   UINT64_C(0xBFD5555555555555)},
    {"1",                                                                   -3,                  UINT64_C(0xBFD5555555555555)},
    {"-2",                                                                  -3,                  UINT64_C(0x3FE5555555555555)},
    {"1",                                                                   10,                  UINT64_C(0x3FB999999999999A)},
    {"585001",                                                              10000,               UINT64_C(0x404D400346DC5D64)},
    {"9007199254740993",                                                    2,                   UINT64_C(0x4330000000000000)},
    {"27021597764222979",                                                   3,                   UINT64_C(0x4340000000000000)},
    {"27021597764222976.00000001",                                          3,                   UINT64_C(0x4340000000000000)},
    {"9223372036854775807",                                                 9223372036854775807, UINT64_C(0x3FF0000000000000)},
    {"-9223372036854775808",                                                INT64_MIN,           UINT64_C(0x3FF0000000000000)},
    {"1e308",                                                               INT64_MIN,           UINT64_C(0xFBF1CCF385EBC8A0)},
    {"1e327",                                                               9223372036854775807, UINT64_C(0x7FE34CA80DA894B9)},
    {"1e-320",                                                              9223372036854775807, UINT64_C(0x0000000000000000)},
    {"1",                                                                   9223372036854775807, UINT64_C(0x3C00000000000000)},
    {"0.3",                                                                 3,                   UINT64_C(0x3FB999999999999A)},
    {"123456789.123456789",                                                 1000000007,          UINT64_C(0x3FBF9ADD340AEF64)},
    {"7e-324",                                                              2,                   UINT64_C(0x0000000000000001)},
    {"1e-323",                                                              4,                   UINT64_C(0x0000000000000001)},
    {"1.5e-323",                                                            2,                   UINT64_C(0x0000000000000002)},
    {"7.41098468761869816264853189302332058547589703921487146638378523751013"
     "2609053131277979497545424539885696948470431685765963899850655339096945"
     "9816219401617281718945106978546710679176872575177347315553307795408549"
     "8096084575009581113730347476580968710095909754422710047573078097111189"
     "3578483867565399878350301522805593404659373979179073872386829939581848"
     "1660169122019456499931289798411362062484498678713572180352209017023903"
     "2857917325202205289740208029068540216066123755499834026713000358124864"
     "7904138574340187552090159017259254714629617513415977493871857473787096"
     "1645638908718119841271673056017045493004705269590165763776884908267986"
     "9725733665217655679410725087643375608460039849049721491174630855395563"
     "541886415131684784363130802375962957739830017089843750000e-320", 10000,               UINT64_C(0x0000000000000002)},
    {"1579.33",                                                             682846692194943,     UINT64_C(0x3D84581A07371D33)},
    {"61981.3",                                                             3513151398076575,    UINT64_C(0x3DB365F6E6A30E82)},
    {"9810.34",                                                             1646157365077981,    UINT64_C(0x3D9A35D856F7F6B8)},
};

static void hard_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof quotients / sizeof quotients[0]; i++) {
        double real = NAN;

        if (weir_decimal_divide(&real, weir_str_of(quotients[i].decimal), quotients[i].divisor) ||
            weiri_bits_of_double(real) != quotients[i].bits)
            fail_msg("%s / %" PRId64 ": %a", quotients[i].decimal, quotients[i].divisor, real);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *decimal;
        int64_t divisor;
        enum weir_err err;
    } cases[] = {
        {"",                             1,         WEIR_ESYNTAX},
        {"-",                            1,         WEIR_ESYNTAX},
        {"+-1",                          1,         WEIR_ESYNTAX},
        {".5",                           1,         WEIR_ESYNTAX},
        {"5.",                           1,         WEIR_ESYNTAX},
        {"5.e1",                         1,         WEIR_ESYNTAX},
        {"5e",                           1,         WEIR_ESYNTAX},
        {"5e+",                          1,         WEIR_ESYNTAX},
        {"5e1.5",                        1,         WEIR_ESYNTAX},
        {"5 ",                           1,         WEIR_ESYNTAX},
        {" 5",                           1,         WEIR_ESYNTAX},
        {"5,5",                          1,         WEIR_ESYNTAX},
        {"0x10",                         1,         WEIR_ESYNTAX},
        {"1_000",                        1,         WEIR_ESYNTAX},
        {"inf",                          1,         WEIR_ESYNTAX},
        {"nan",                          1,         WEIR_ESYNTAX},
        {"1e309",                        1,         WEIR_ELIMIT },
        {"-1.7976931348623159e308",      1,         WEIR_ELIMIT },
        {"1e99999999999999999999999999", 1,         WEIR_ELIMIT },
        {"1e328",                        INT64_MAX, WEIR_ELIMIT },
        {"1",                            0,         WEIR_EINVAL },
        {"0",                            0,         WEIR_EINVAL },
        {"x",                            0,         WEIR_ESYNTAX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double real = 42;

        if (weir_decimal_divide(&real, weir_str_of(cases[i].decimal), cases[i].divisor) !=
            cases[i].err)
            fail_msg("%s / %" PRId64, cases[i].decimal, cases[i].divisor);
        assert_true(real == 42);
    }
    assert_int_equal(weir_double_parse(&(double){0}, WEIR_STR("1\0")), WEIR_ESYNTAX);
}

/* Exactly halfway between the largest double and 2^1024, and the
 * even one of the two is out of range. */
static void overflow_begins_halfway_to_the_next_power(void **state)
{
    static const char half[] = "17976931348623158079372897140530341507993413271003782693617377898"
                               "04449682927647509466490179775872070963302864166928879109465555478"
                               "51940402630657488671505820681908902000708383676273854845817711531"
                               "76447573027006985557136695962284291481986083493647529271907416844"
                               "4365510704342711559699508093042880177904174497792";
    double real = 0;
    char below[sizeof half];

    (void)state;
    assert_int_equal(weir_double_parse(&real, WEIR_STR(half)), WEIR_ELIMIT);
    memcpy(below, half, sizeof half);
    below[sizeof half - 2] = '1';
    assert_int_equal(weir_double_parse(&real, weir_str_of(below)), WEIR_OK);
    assert_true(weiri_bits_of_double(real) == UINT64_C(0x7FEFFFFFFFFFFFFF));
}

static void division_by_a_power_of_ten_moves_the_point(void **state)
{
    const uint64_t seed = 1;
    struct random_source random = {seed};
    const size_t rounds = random_rounds(100000);

    (void)state;
    for (size_t i = 0; i < rounds; i++) {
        uint64_t integer = random_u64(&random) >> random_below(&random, 64);
        unsigned power = (unsigned)random_below(&random, 19);
        int64_t divisor = 1;
        char whole[64];
        char moved[64];
        double quotient;
        double read;

        for (unsigned p = 0; p < power; p++)
            divisor *= 10;
        snprintf(whole, sizeof whole, "%" PRIu64, integer);
        if (power == 0)
            snprintf(moved, sizeof moved, "%s", whole);
        else
            snprintf(moved, sizeof moved, "%" PRIu64 ".%0*" PRIu64, integer / (uint64_t)divisor,
                     (int)power, integer % (uint64_t)divisor);
        assert_int_equal(weir_decimal_divide(&quotient, weir_str_of(whole), divisor), WEIR_OK);
        assert_int_equal(weir_double_parse(&read, weir_str_of(moved)), WEIR_OK);
        if (quotient != read)
            fail_msg("seed %" PRIu64 ": %s is not %s / 10^%u", seed, moved, whole, power);
    }
}

static void leading_and_trailing_zeros_do_not_matter(void **state)
{
    static char text[100000];
    double real;

    (void)state;
    memset(text, '0', sizeof text);
    text[50000] = '.';
    text[49999] = '3';
    assert_int_equal(weir_double_parse(&real, (struct weir_str){text, sizeof text}), WEIR_OK);
    assert_true(real == 3.0);
    text[sizeof text - 1] = '1';
    assert_int_equal(weir_double_parse(&real, (struct weir_str){text, sizeof text}), WEIR_OK);
    assert_true(real == 3.0);
    memcpy(text + sizeof text - 7, "1e50000", 7);
    text[49999] = '0';
    assert_int_equal(weir_double_parse(&real, (struct weir_str){text, sizeof text}), WEIR_OK);
    assert_true(real == 1e7);
}

/* One digit far behind makes it more than halfway. */
static void every_digit_counts(void **state)
{
    static char text[2000] = "9007199254740993.";
    double real;

    (void)state;
    memset(text + 17, '0', sizeof text - 17);
    assert_int_equal(weir_double_parse(&real, (struct weir_str){text, sizeof text}), WEIR_OK);
    assert_true(real == 9007199254740992.0);
    text[sizeof text - 1] = '1';
    assert_int_equal(weir_double_parse(&real, (struct weir_str){text, sizeof text}), WEIR_OK);
    assert_true(real == 9007199254740994.0);
}

static void shortest_text(void **state)
{
    static const struct {
        double real;
        const char *text;
    } cases[] = {
        {0.0,                     "0.0"                     },
        {-0.0,                    "0.0"                     },
        {5.0,                     "5.0"                     },
        {-1.5,                    "-1.5"                    },
        {0.1,                     "0.1"                     },
        {0.1 + 0.2,               "0.30000000000000004"     },
        {1e30,                    "1e+30"                   },
        {1.5e300,                 "1.5e+300"                },
        {1e15,                    "1000000000000000.0"      },
        {9007199254740993.0,      "9007199254740992.0"      },
        {1e16,                    "1e+16"                   },
        {1e23,                    "1e+23"                   },
        {123456789012345680.0,    "1.2345678901234568e+17"  },
        {0.0001,                  "0.0001"                  },
        {0.00012345678901234567,  "0.00012345678901234567"  },
        {-0.00001,                "-1e-05"                  },
        {183.63,                  "183.63"                  },
        {5e-324,                  "5e-324"                  },
        {1.5e-323,                "1.5e-323"                },
        {2.2250738585072014e-308, "2.2250738585072014e-308" },
        {-1.7976931348623157e308, "-1.7976931348623157e+308"},
        {9.5367431640625e-07,     "9.5367431640625e-07"     },
        {5.684341886080802e-14,   "5.684341886080802e-14"   }, /* 2^-44: the nearest 16 digits miss */
        {9.007199254740993e15,    "9007199254740992.0"      },
        {NAN,                     "nan"                     },
        {-INFINITY,               "-inf"                    },
    };
    char text[WEIR_DOUBLE_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len = weir_double_print(text, cases[i].real);

        assert_int_equal(len, strlen(text));
        assert_string_equal(text, cases[i].text);
    }
}

static void printed_is_read(void **state)
{
    const uint64_t seed = 1;
    struct random_source random = {seed};
    const size_t rounds = random_rounds(20000);

    (void)state;
    for (size_t i = 0; i < rounds; i++) {
        double real = weiri_double_of_bits(random_u64(&random));
        double read = NAN;
        char text[WEIR_DOUBLE_TEXT_MAX];
        size_t len;

        if (!isfinite(real))
            continue;
        len = weir_double_print(text, real);
        if (weir_double_parse(&read, (struct weir_str){text, len}) || read != real)
            fail_msg("seed %" PRIu64 ": %a %s", seed, real, text);
        assert_true(strpbrk(text, ".e") != NULL);
    }
}

/* From the first digit to the last that is not 0. */
static int significant_digits(const char *text)
{
    int digits = 0, zeros = 0;

    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text == '.' || (*text == '0' && digits == 0))
            continue;
        digits++;
        zeros = *text == '0' ? zeros + 1 : 0;
    }
    return digits - zeros;
}

/* Below a power of two doubles lie closer than above, so its shortest text is the hardest to find:
 * no shorter one may read back, neither rounded down nor up. */
static void powers_of_two_have_the_shortest_text(void **state)
{
    (void)state;
    for (int power = -1074; power <= 1023; power++) {
        double real = ldexp(1.0, power), read = NAN;
        char text[WEIR_DOUBLE_TEXT_MAX];
        size_t len = weir_double_print(text, real);

        if (weir_double_parse(&read, (struct weir_str){text, len}) != WEIR_OK || read != real)
            fail_msg("2^%d: %s", power, text);
        for (int count = 1; count < significant_digits(text); count++) {
            char shorter[40];
            char *last;

            snprintf(shorter, sizeof shorter, "%.*e", count - 1, real);
            if (strtod(shorter, NULL) == real)
                fail_msg("2^%d: %s is shorter than %s", power, shorter, text);
            last = strchr(shorter, 'e') - 1;
            *last = (char)(*last + 1);
            if (*last <= '9' && strtod(shorter, NULL) == real)
                fail_msg("2^%d: %s is shorter than %s", power, shorter, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hard_cases),
        cmocka_unit_test(refused),
        cmocka_unit_test(overflow_begins_halfway_to_the_next_power),
        cmocka_unit_test(division_by_a_power_of_ten_moves_the_point),
        cmocka_unit_test(leading_and_trailing_zeros_do_not_matter),
        cmocka_unit_test(every_digit_counts),
        cmocka_unit_test(shortest_text),
        cmocka_unit_test(powers_of_two_have_the_shortest_text),
        cmocka_unit_test(printed_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
