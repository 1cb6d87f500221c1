/* emit.c - filter text: names, strings and numbers of any dialect in Weir's notation. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

static void emit_quoted(struct weiri_convert *c, struct weir_str s, char quote);
static bool emit_double(struct weiri_convert *c, struct weir_str decimal, struct weiri_span span);

void weiri_emit(struct weiri_convert *c, const char *text)
{
    weiri_buf_put(&c->out, weir_str_of(text));
}

void weiri_emit_mark(struct weiri_convert *c, struct weiri_span span)
{
    if (c->mark_count < WEIR_FILTER_LEAVES_MAX)
        c->marks[c->mark_count++] = (struct weiri_convert_mark){c->out.size, span};
}

bool weiri_emit_name(struct weiri_convert *c, struct weir_str name, struct weiri_span span)
{
    if (name.len == 0)
        return weiri_convert_fail(c, PROBLEM_NAME, span, "an attribute has a name", NULL);
    if (name.len > WEIR_NAME_LEN_MAX)
        return weiri_convert_fail(c, PROBLEM_NAME, span,
                                  "the name is longer than an attribute's may be, 255 bytes", NULL);
    if (name.ptr[0] == '$')
        return weiri_convert_fail(c, PROBLEM_NAME, span,
                                  "names that begin with '$' are set by brokers here",
                                  "publish and filter on it under another name");
    emit_quoted(c, name, '`');
    return true;
}

void weiri_emit_string(struct weiri_convert *c, struct weir_str string)
{
    emit_quoted(c, string, '\'');
}

static void emit_quoted(struct weiri_convert *c, struct weir_str s, char quote)
{
    weiri_buf_put_u8(&c->out, (uint8_t)quote);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == quote)
            weiri_buf_put_u8(&c->out, (uint8_t)quote);
        weiri_buf_put_u8(&c->out, (uint8_t)s.ptr[i]);
    }
    weiri_buf_put_u8(&c->out, (uint8_t)quote);
}

void weiri_emit_int(struct weiri_convert *c, bool negative, uint64_t magnitude)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%s%llu", negative ? "-" : "", (unsigned long long)magnitude);
    weiri_emit(c, digits);
}

bool weiri_emit_decimal(struct weiri_convert *c, struct weir_str decimal, struct weiri_span span)
{
    bool negative = decimal.ptr[0] == '-';
    uint64_t magnitude = 0;
    uint64_t max = (UINT64_C(1) << 63) - !negative;

    for (size_t i = decimal.ptr[0] == '-' || decimal.ptr[0] == '+'; i < decimal.len; i++) {
        unsigned digit = (unsigned)(decimal.ptr[i] - '0');

        if (!weiri_is_digit(decimal.ptr[i]))
            return emit_double(c, decimal, span);
        if (magnitude > (max - digit) / 10)
            return weiri_convert_fail(c, PROBLEM_NUMBER, span, "the number is no int64",
                                      "written with a point it is a double");
        magnitude = magnitude * 10 + digit;
    }
    weiri_emit_int(c, negative && magnitude != 0, magnitude);
    return true;
}

static bool emit_double(struct weiri_convert *c, struct weir_str decimal, struct weiri_span span)
{
    char text[WEIR_DOUBLE_TEXT_MAX];
    double real;

    if (weir_double_parse(&real, decimal) != WEIR_OK)
        return weiri_convert_fail(c, PROBLEM_NUMBER, span, "the number is too large for a double",
                                  NULL);
    weir_double_print(text, real);
    weiri_emit(c, text);
    return true;
}
