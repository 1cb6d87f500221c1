/* decimal.h - decimal literals taken apart, for decimal.c and the double printer. */
#ifndef WEIRI_DECIMAL_H
#define WEIRI_DECIMAL_H

#include <weir/value.h>

/* More significant digits than this cannot change which double is nearest.  The point halfway
 * between two doubles has at most 767 significant digits, and 19 more when it is multiplied by an
 * int64; of what follows it only matters whether it is all zero, which one more digit tells. */
#define WEIRI_DECIMAL_DIGITS_MAX 800

/* (-1)^negative * 0.digits * 10^point.  No leading or trailing zeros, so zero has no digits. */
struct weiri_decimal {
    bool negative;
    int64_t point;
    size_t count;
    uint8_t digits[WEIRI_DECIMAL_DIGITS_MAX + 1]; /* values 0 to 9 */
};

/* WEIR_ESYNTAX for all but [+-]digits[.digits][e[+-]digits]. */
WEIR_MUST_USE enum weir_err weiri_decimal_parse(struct weiri_decimal *out, struct weir_str text);

/* The double nearest to decimal / divisor, ties to even; never -0.0.  WEIR_ELIMIT when it
 * overflows, WEIR_EINVAL when the divisor is 0. */
WEIR_MUST_USE enum weir_err
weiri_decimal_to_double(double *out, const struct weiri_decimal *decimal, int64_t divisor);

#endif /* WEIRI_DECIMAL_H */
