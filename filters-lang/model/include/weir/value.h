/* value.h - the typed values that attributes and constraints hold, and their exact order.
 *
 * Strings are UTF-8 without U+0000 and compare bytewise.  int64 and double compare by their exact
 * mathematical value, never through a cast.  Timestamps are int64 nanoseconds since
 * 1970-01-01T00:00:00Z and never compare with numbers.  NaN and infinities are no values;
 * -0.0 is 0.0. */
#ifndef WEIR_VALUE_H
#define WEIR_VALUE_H

#include <weir/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum weir_type { WEIR_BOOL = 1, WEIR_INT, WEIR_DOUBLE, WEIR_STRING, WEIR_TIMESTAMP };

/* Plain data; a string value borrows its bytes. */
struct weir_value {
    enum weir_type type;
    union {
        bool boolean;
        int64_t integer; /* WEIR_INT, and WEIR_TIMESTAMP in nanoseconds */
        double real;
        struct weir_str string;
    } u;
};

/* "bool", "int", "double", "string", "timestamp"; static storage. */
WEIR_API const char *weir_type_text(enum weir_type type);

/* Constructors.  weir_value_double makes -0.0 into 0.0; NaN and infinities pass through and are
 * refused by whoever takes the value in (weir_value_check). */
WEIR_API struct weir_value weir_value_bool(bool boolean);
WEIR_API struct weir_value weir_value_int(int64_t integer);
WEIR_API struct weir_value weir_value_double(double real);
WEIR_API struct weir_value weir_value_string(struct weir_str string);
WEIR_API struct weir_value weir_value_timestamp(int64_t nanoseconds);

/* WEIR_OK for a value that may be published: WEIR_EINVAL for NaN, infinity or a string that is no
 * text, WEIR_ELIMIT for a string above WEIR_STRING_LEN_MAX, WEIR_ETYPE for an unknown type. */
WEIR_API WEIR_MUST_USE enum weir_err weir_value_check(const struct weir_value *value);

/* True when the two are of comparable types (bool with bool, string with string, timestamp with
 * timestamp, int or double with int or double).  Then *order is <0, 0 or >0; false orders before
 * true (filters do not allow ordering bools, sets of values do). */
WEIR_API bool weir_value_compare(const struct weir_value *a, const struct weir_value *b,
                                 int *order);

/* True when comparable and equal: 5 and 5.0 are. */
WEIR_API bool weir_value_equal(const struct weir_value *a, const struct weir_value *b);

/* RFC 3339 timestamps, e.g. 2013-10-07T09:30:00.123Z; leap second 60 is refused, more than nine
 * digits of fraction are refused, years 1678 to 2261 only.  WEIR_ESYNTAX or WEIR_ELIMIT. */
WEIR_API WEIR_MUST_USE enum weir_err weir_timestamp_parse(int64_t *nanoseconds,
                                                          struct weir_str text);
/* The shortest form in UTC, terminated; at most WEIR_TIMESTAMP_TEXT_MAX bytes with the zero. */
#define WEIR_TIMESTAMP_TEXT_MAX 40
WEIR_API size_t weir_timestamp_print(char *out, int64_t nanoseconds);
/* The shortest decimal that reads back as the same double and is not an integer literal ("5.0",
 * "1e+30"); terminated; at most WEIR_DOUBLE_TEXT_MAX bytes with the zero; independent of locale. */
#define WEIR_DOUBLE_TEXT_MAX 32
WEIR_API size_t weir_double_print(char *out, double real);
/* The double nearest to a decimal literal ([+-]digits[.digits][e[+-]digits]), correctly rounded,
 * independent of locale, never -0.0.  WEIR_ESYNTAX, or WEIR_ELIMIT when it overflows. */
WEIR_API WEIR_MUST_USE enum weir_err weir_double_parse(double *real, struct weir_str text);
/* The double nearest to the exact quotient of a decimal literal by an integer: "1836300" / 10000
 * is what "183.63" parses to.  As weir_double_parse, and WEIR_EINVAL for a divisor of 0. */
WEIR_API WEIR_MUST_USE enum weir_err weir_decimal_divide(double *out, struct weir_str decimal,
                                                         int64_t divisor);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_VALUE_H */
