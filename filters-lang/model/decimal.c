/* decimal.c - decimal literals, and the double nearest to one or to its quotient by an integer.
 *
 * Common literals take two exact operands and one rounding (W. D. Clinger, "How to Read Floating
 * Point Numbers Accurately", PLDI 1990).  All others go through an exact quotient of big integers
 * whose size is bounded by the format of a double, not by the text. */
#include "decimal.h"

#include <weir/bytes.h>

#include <assert.h>
#include <float.h>
#include <string.h>

/* 10^22 is the largest power of ten that is a double. */
enum { EXACT_POWER_MAX = 22 };
static const uint64_t EXACT_INTEGER_MAX = UINT64_C(1) << DBL_MANT_DIG;
static const uint64_t INFINITY_BITS = UINT64_C(0x7FF) << (DBL_MANT_DIG - 1);

/* A decimal below 10^-345 is below half the least double for any divisor; one from 10^330 on
 * overflows for any divisor. */
enum { POINT_MIN = -345, POINT_MAX = 330 };

/* The numerator has at most 801 digits; the denominator is the divisor, 64 bits, times a power of
 * ten of at most 801 + 345 digits; both are shifted to the same length: below 4000 bits. */
enum { LIMBS_MAX = 128 };

/* Little-endian, no zero limbs at the top. */
struct big {
    size_t count;
    uint32_t limbs[LIMBS_MAX];
};

static void take_digits(struct weiri_decimal *d, const char **next, const char *end,
                        bool fractional);
static void add_digit(struct weiri_decimal *d, uint8_t digit);
static bool take_exponent(const char **next, const char *end, int64_t *exponent);
static bool is_digit(const char *next, const char *end);
static bool to_double_fast(double *out, const struct weiri_decimal *d, uint64_t divisor);
static enum weir_err to_double_exact(double *out, const struct weiri_decimal *d, uint64_t divisor);
static uint64_t round_to_bits(uint64_t quotient, bool inexact, int64_t scale);
static void big_multiply_add(struct big *b, uint32_t factor, uint32_t addend);
static void big_multiply_power_of_ten(struct big *b, int64_t power);
static void big_shift_left(struct big *b, size_t bits);
static size_t big_bit_length(const struct big *b);
static int big_compare(const struct big *a, const struct big *b);
static void big_subtract(struct big *a, const struct big *b);
static void big_trim(struct big *b);
static uint64_t big_divide(struct big *numerator, const struct big *denominator, bool *inexact);

enum weir_err weir_double_parse(double *real, struct weir_str text)
{
    return weir_decimal_divide(real, text, 1);
}

enum weir_err weir_decimal_divide(double *out, struct weir_str decimal, int64_t divisor)
{
    struct weiri_decimal d;
    enum weir_err err = weiri_decimal_parse(&d, decimal);

    if (err != WEIR_OK)
        return err;
    return weiri_decimal_to_double(out, &d, divisor);
}

enum weir_err weiri_decimal_parse(struct weiri_decimal *out, struct weir_str text)
{
    const char *next = text.ptr;
    const char *end = text.len == 0 ? text.ptr : text.ptr + text.len;
    int64_t exponent = 0;

    out->negative = false;
    out->point = 0;
    out->count = 0;
    if (next != end && (*next == '+' || *next == '-'))
        out->negative = *next++ == '-';
    if (!is_digit(next, end))
        return WEIR_ESYNTAX;
    take_digits(out, &next, end, false);
    if (next != end && *next == '.') {
        next++;
        if (!is_digit(next, end))
            return WEIR_ESYNTAX;
        take_digits(out, &next, end, true);
    }
    if (next != end && (*next == 'e' || *next == 'E')) {
        next++;
        if (!take_exponent(&next, end, &exponent))
            return WEIR_ESYNTAX;
    }
    if (next != end)
        return WEIR_ESYNTAX;

    while (out->count > 0 && out->digits[out->count - 1] == 0)
        out->count--;
    out->point += exponent;
    return WEIR_OK;
}

enum weir_err weiri_decimal_to_double(double *out, const struct weiri_decimal *decimal,
                                      int64_t divisor)
{
    uint64_t magnitude = divisor < 0 ? -(uint64_t)divisor : (uint64_t)divisor;
    double real;

    assert(out != NULL);

    if (divisor == 0)
        return WEIR_EINVAL;
    if (decimal->count == 0 || decimal->point < POINT_MIN) {
        *out = 0.0;
        return WEIR_OK;
    }
    if (decimal->point > POINT_MAX)
        return WEIR_ELIMIT;
    if (!to_double_fast(&real, decimal, magnitude)) {
        enum weir_err err = to_double_exact(&real, decimal, magnitude);

        if (err != WEIR_OK)
            return err;
    }
    if (decimal->negative != (divisor < 0) && real != 0.0)
        real = -real;
    *out = real;
    return WEIR_OK;
}

static void take_digits(struct weiri_decimal *d, const char **next, const char *end,
                        bool fractional)
{
    for (; is_digit(*next, end); *next += 1) {
        uint8_t digit = (uint8_t)(**next - '0');
        bool leading_zero = d->count == 0 && digit == 0;

        if (!leading_zero)
            add_digit(d, digit);
        if (leading_zero && fractional)
            d->point--;
        if (!leading_zero && !fractional)
            d->point++;
    }
}

static void add_digit(struct weiri_decimal *d, uint8_t digit)
{
    if (d->count < WEIRI_DECIMAL_DIGITS_MAX) {
        d->digits[d->count++] = digit;
    } else if (digit != 0) {
        d->digits[WEIRI_DECIMAL_DIGITS_MAX] = 1;
        d->count = WEIRI_DECIMAL_DIGITS_MAX + 1;
    }
}

/* Saturates far outside of what any count of digits can make up for. */
static bool take_exponent(const char **next, const char *end, int64_t *exponent)
{
    const int64_t saturated = INT64_MAX / 16;
    bool negative = false;

    if (*next != end && (**next == '+' || **next == '-')) {
        negative = **next == '-';
        *next += 1;
    }
    if (!is_digit(*next, end))
        return false;
    for (; is_digit(*next, end); *next += 1) {
        if (*exponent < saturated)
            *exponent = *exponent * 10 + (**next - '0');
    }
    if (negative)
        *exponent = -*exponent;
    return true;
}

static bool is_digit(const char *next, const char *end)
{
    return next != end && *next >= '0' && *next <= '9';
}

/* Succeeds when numerator and denominator are doubles exactly, so that there is one rounding. */
static bool to_double_fast(double *out, const struct weiri_decimal *d, uint64_t divisor)
{
    static const double powers[EXACT_POWER_MAX + 1] = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    };
    int64_t exponent = d->point - (int64_t)d->count;
    uint64_t integer = 0;
    double denominator;

    if (FLT_EVAL_METHOD != 0 || d->count > 16 || exponent > EXACT_POWER_MAX ||
        exponent < -EXACT_POWER_MAX || divisor > EXACT_INTEGER_MAX)
        return false;
    for (size_t i = 0; i < d->count; i++)
        integer = integer * 10 + d->digits[i];
    if (integer > EXACT_INTEGER_MAX)
        return false;
    if (exponent > 0) {
        *out = (double)integer * powers[exponent];
        return divisor == 1;
    }
    denominator = (double)divisor * powers[-exponent];
    *out = (double)integer / denominator;
    return divisor == 1 || denominator < (double)EXACT_INTEGER_MAX;
}

static enum weir_err to_double_exact(double *out, const struct weiri_decimal *d, uint64_t divisor)
{
    int64_t exponent = d->point - (int64_t)d->count;
    struct big numerator = {.count = 0};
    struct big denominator = {
        .count = 2, .limbs = {(uint32_t)divisor, (uint32_t)(divisor >> 32)}
    };
    size_t numerator_len;
    size_t denominator_len;
    uint64_t quotient;
    uint64_t bits;
    bool inexact;

    big_trim(&denominator);
    for (size_t i = 0; i < d->count; i++)
        big_multiply_add(&numerator, 10, d->digits[i]);
    if (exponent > 0)
        big_multiply_power_of_ten(&numerator, exponent);
    else
        big_multiply_power_of_ten(&denominator, -exponent);

    numerator_len = big_bit_length(&numerator);
    denominator_len = big_bit_length(&denominator);
    if (numerator_len < denominator_len)
        big_shift_left(&numerator, denominator_len - numerator_len);
    else
        big_shift_left(&denominator, numerator_len - denominator_len);
    quotient = big_divide(&numerator, &denominator, &inexact);
    bits = round_to_bits(quotient, inexact, (int64_t)numerator_len - (int64_t)denominator_len - 63);
    if (bits >= INFINITY_BITS)
        return WEIR_ELIMIT;
    *out = weiri_double_of_bits(bits);
    return WEIR_OK;
}

/* The bits of the double nearest to quotient * 2^scale, where `inexact` says that a little more
 * is meant; those of infinity when there is none.  The quotient has 63 or 64 bits. */
static uint64_t round_to_bits(uint64_t quotient, bool inexact, int64_t scale)
{
    int64_t length = quotient >> 63 != 0 ? 64 : 63;
    int64_t exponent = scale + length - 1;
    bool normal = exponent >= DBL_MIN_EXP - 1;
    int64_t precision = normal ? DBL_MANT_DIG : exponent - (DBL_MIN_EXP - 1) + DBL_MANT_DIG;
    int64_t excess = length - precision;
    uint64_t mantissa;
    uint64_t rest;
    uint64_t half;

    if (exponent >= DBL_MAX_EXP)
        return INFINITY_BITS;
    if (precision < 0)
        return 0;
    mantissa = excess == 64 ? 0 : quotient >> excess;
    rest = excess == 64 ? quotient : quotient & ((UINT64_C(1) << excess) - 1);
    half = UINT64_C(1) << (excess - 1);
    if (rest > half || (rest == half && (inexact || mantissa % 2 == 1)))
        mantissa += 1;
    /* Adding rather than joining: the hidden bit, and a carry out of the mantissa, count one up
     * in the exponent. */
    if (normal)
        mantissa += (uint64_t)(exponent - (DBL_MIN_EXP - 1)) << (DBL_MANT_DIG - 1);
    return mantissa;
}

static void big_multiply_add(struct big *b, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;

    for (size_t i = 0; i < b->count; i++) {
        carry += (uint64_t)b->limbs[i] * factor;
        b->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        assert(b->count < LIMBS_MAX);
        b->limbs[b->count++] = (uint32_t)carry;
    }
}

static void big_multiply_power_of_ten(struct big *b, int64_t power)
{
    for (; power >= 9; power -= 9)
        big_multiply_add(b, 1000000000, 0);
    for (; power > 0; power--)
        big_multiply_add(b, 10, 0);
}

static void big_shift_left(struct big *b, size_t bits)
{
    size_t limbs = bits / 32;
    size_t rest = bits % 32;

    assert(b->count + limbs <= LIMBS_MAX);
    if (limbs > 0) {
        memmove(b->limbs + limbs, b->limbs, b->count * sizeof b->limbs[0]);
        memset(b->limbs, 0, limbs * sizeof b->limbs[0]);
        b->count += limbs;
    }
    if (rest > 0)
        big_multiply_add(b, UINT32_C(1) << rest, 0);
}

static size_t big_bit_length(const struct big *b)
{
    size_t length = (b->count - 1) * 32;

    for (uint32_t top = b->limbs[b->count - 1]; top != 0; top >>= 1)
        length++;
    return length;
}

static int big_compare(const struct big *a, const struct big *b)
{
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (size_t i = a->count; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
    }
    return 0;
}

/* For a >= b. */
static void big_subtract(struct big *a, const struct big *b)
{
    uint64_t borrow = 0;

    for (size_t i = 0; i < a->count; i++) {
        uint64_t subtrahend = (i < b->count ? b->limbs[i] : 0) + borrow;

        borrow = a->limbs[i] < subtrahend;
        a->limbs[i] = (uint32_t)(a->limbs[i] - subtrahend);
    }
    big_trim(a);
}

static void big_trim(struct big *b)
{
    while (b->count > 0 && b->limbs[b->count - 1] == 0)
        b->count--;
}

/* floor(numerator / denominator * 2^63) for two numbers of the same bit length. */
static uint64_t big_divide(struct big *numerator, const struct big *denominator, bool *inexact)
{
    uint64_t quotient = 0;

    for (int i = 0; i < 64; i++) {
        if (i > 0)
            big_shift_left(numerator, 1);
        quotient <<= 1;
        if (big_compare(numerator, denominator) >= 0) {
            big_subtract(numerator, denominator);
            quotient |= 1;
        }
    }
    *inexact = numerator->count > 0;
    return quotient;
}
