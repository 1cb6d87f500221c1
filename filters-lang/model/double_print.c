/* double_print.c - the shortest decimal that reads back as the same double. */
#include "decimal.h"

#include <weir/bytes.h>

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 17 };

/* digit.digits * 10^exponent of a positive double. */
struct digits {
    char text[DIGITS_MAX + 1];
    int count;
    int exponent;
};

static void shortest_digits(struct digits *out, double real);
static void round_to_digits(struct digits *out, double real, int count);
static int read_exponent(const char *text);
static void increment(struct digits *d);
static bool reads_back(const struct digits *d, double real);
static size_t format_plain(char *out, const struct digits *d);
static size_t format_scientific(char *out, const struct digits *d);
static size_t put(char *out, const char *text, size_t len);

size_t weir_double_print(char *out, double real)
{
    struct digits d;
    size_t len = 0;

    if (isnan(real))
        return put(out, "nan", 3);
    if (signbit(real) && real != 0.0)
        out[len++] = '-';
    if (isinf(real))
        return len + put(out + len, "inf", 3);
    if (real == 0.0)
        return len + put(out + len, "0.0", 3);

    shortest_digits(&d, fabs(real));
    if (d.exponent >= -4 && d.exponent <= 15)
        return len + format_plain(out + len, &d);
    return len + format_scientific(out + len, &d);
}

/* Any decimal of 15 digits survives a double, so fewer need not be tried unless precision is
 * lacking, as it is below DBL_MIN; 17 digits always suffice. */
static void shortest_digits(struct digits *out, double real)
{
    /* Above a power of two doubles are twice as far apart as below it, so the decimal that reads
     * back may be the next one up from the nearest. */
    bool power_of_two = (weiri_bits_of_double(real) << 12) == 0;

    for (int count = real < DBL_MIN ? 1 : DBL_DIG;; count++) {
        assert(count <= DIGITS_MAX);
        round_to_digits(out, real, count);
        if (reads_back(out, real))
            break;
        if (power_of_two) {
            increment(out);
            if (reads_back(out, real))
                break;
        }
    }
    while (out->count > 1 && out->text[out->count - 1] == '0')
        out->count--;
    out->text[out->count] = '\0';
}

/* The decimal point of snprintf is one or more bytes of the locale's choice, never digits. */
static void round_to_digits(struct digits *out, double real, int count)
{
    char text[64];
    const char *exponent;
    int len = snprintf(text, sizeof text, "%.*e", count - 1, real);

    assert(len > 0 && (size_t)len < sizeof text);
    exponent = strchr(text, 'e');
    assert(exponent != NULL);
    out->exponent = read_exponent(exponent + 1);
    out->count = 0;
    for (const char *c = text; c != exponent; c++) {
        if ((unsigned)*c - '0' <= 9) {
            assert(out->count < DIGITS_MAX);
            out->text[out->count++] = *c;
        }
    }
    assert(out->count == count);
    out->text[out->count] = '\0';
}

static int read_exponent(const char *text)
{
    int exponent = 0;

    for (const char *c = text + 1; *c != '\0'; c++)
        exponent = exponent * 10 + (*c - '0');
    return *text == '-' ? -exponent : exponent;
}

/* One unit more in the last digit; no power of two begins with so many nines that it would carry
 * into a new digit. */
static void increment(struct digits *d)
{
    int i = d->count - 1;

    for (; d->text[i] == '9'; i--) {
        assert(i > 0);
        d->text[i] = '0';
    }
    d->text[i]++;
}

static bool reads_back(const struct digits *d, double real)
{
    struct weiri_decimal decimal = {
        .negative = false,
        .point = d->exponent + 1,
        .count = (size_t)d->count,
    };
    double read;

    for (int i = 0; i < d->count; i++)
        decimal.digits[i] = (uint8_t)(d->text[i] - '0');
    return weiri_decimal_to_double(&read, &decimal, 1) == WEIR_OK && read == real;
}

static size_t format_plain(char *out, const struct digits *d)
{
    int len;

    if (d->exponent < 0)
        len = snprintf(out, WEIR_DOUBLE_TEXT_MAX, "0.%.*s%s", -d->exponent - 1, "0000", d->text);
    else if (d->exponent + 1 >= d->count)
        len = snprintf(out, WEIR_DOUBLE_TEXT_MAX, "%s%.*s.0", d->text, d->exponent + 1 - d->count,
                       "000000000000000");
    else
        len = snprintf(out, WEIR_DOUBLE_TEXT_MAX, "%.*s.%s", d->exponent + 1, d->text,
                       d->text + d->exponent + 1);
    return (size_t)len;
}

static size_t format_scientific(char *out, const struct digits *d)
{
    char sign = d->exponent < 0 ? '-' : '+';
    const char *point = d->count > 1 ? "." : "";
    int len = snprintf(out, WEIR_DOUBLE_TEXT_MAX - 1, "%c%s%se%c%02d", d->text[0], point,
                       d->text + 1, sign, abs(d->exponent));

    return (size_t)len;
}

static size_t put(char *out, const char *text, size_t len)
{
    memcpy(out, text, len + 1);
    return len;
}
