/* jms_token.c - the tokens of message selectors: SQL's strings, Java's numbers and names. */
#include "jms.h"

#include <string.h>

/* From here on a long is not a double, exactly. */
#define EXACT_MAX (UINT64_C(1) << 53)

static bool scan_string(struct weiri_convert *c);
static void scan_number(struct weiri_convert *c);
static enum jms_token_kind keyword(struct weir_str word);
static bool emit_int(struct weiri_convert *c, struct weir_str digits, unsigned base, bool is_long,
                     struct weiri_span span, bool negative);
static bool emit_double(struct weiri_convert *c, struct weir_str literal, struct weiri_span span,
                        bool negative);

/* Java's letters beyond ASCII are not told from its other characters. */
static bool starts_name(char byte)
{
    return weiri_is_letter(byte) || byte == '_' || byte == '$' || (unsigned char)byte >= 0x80;
}

/* Providers allow points in names though the specification does not. */
static bool continues_name(char byte)
{
    return starts_name(byte) || weiri_is_digit(byte) || byte == '.';
}

static bool scan_sign(struct weiri_convert *c, enum jms_token_kind *kind)
{
    static const struct {
        const char *text;
        enum jms_token_kind kind;
    } signs[] = {
        {"<>", JMS_NE   },
        {"<=", JMS_LE   },
        {">=", JMS_GE   },
        {"<",  JMS_LT   },
        {">",  JMS_GT   },
        {"=",  JMS_EQ   },
        {"(",  JMS_LEFT },
        {")",  JMS_RIGHT},
        {",",  JMS_COMMA},
        {"+",  JMS_PLUS },
        {"-",  JMS_MINUS},
        {"*",  JMS_STAR },
        {"/",  JMS_SLASH},
    };

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (weiri_scan_take(c, signs[i].text)) {
            *kind = signs[i].kind;
            return true;
        }
    }
    return false;
}

bool weiri_jms_next(struct weiri_convert *c, struct jms_token *token)
{
    size_t from;
    char first;

    weiri_scan_blanks(c);
    from = c->at;
    first = weiri_scan_peek(c);
    if (first == '\0') {
        token->kind = JMS_END;
    } else if (first == '\'') {
        token->kind = JMS_STRING;
        if (!scan_string(c))
            return false;
    } else if (weiri_is_digit(first) || first == '.') {
        token->kind = JMS_NUMBER;
        scan_number(c);
    } else if (starts_name(first)) {
        while (continues_name(weiri_scan_peek(c)))
            c->at++;
        token->kind = keyword(weiri_convert_source(c, (struct weiri_span){from, c->at}));
    } else if (!scan_sign(c, &token->kind)) {
        const char *help = first == '"'   ? "strings are in single quotes"
                           : first == '!' ? "'not equal' is <>"
                           : first == '%' ? "selectors have no remainder"
                                          : NULL;

        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, from),
                                  "this has no meaning in a selector", help);
    }
    token->span = (struct weiri_span){from, c->at};
    return true;
}

static bool scan_string(struct weiri_convert *c)
{
    size_t from = c->at++;

    while (c->at < c->text.len) {
        if (c->text.ptr[c->at++] != '\'')
            continue;
        if (weiri_scan_peek(c) != '\'')
            return true;
        c->at++;
    }
    return weiri_convert_fail(c, PROBLEM_SYNTAX, (struct weiri_span){from, from + 1},
                              "the string is not closed", NULL);
}

/* All that can belong to a number; whether it is one is seen when it is put out. */
static void scan_number(struct weiri_convert *c)
{
    size_t from = c->at;
    bool hexadecimal = false;

    for (;;) {
        char byte = weiri_scan_peek(c);

        if (weiri_is_letter(byte) || weiri_is_digit(byte) || byte == '.' || byte == '_') {
            hexadecimal |= c->at == from + 1 && (byte == 'x' || byte == 'X');
            c->at++;
            if (!hexadecimal && (byte == 'e' || byte == 'E') &&
                (weiri_scan_peek(c) == '+' || weiri_scan_peek(c) == '-'))
                c->at++;
        } else {
            return;
        }
    }
}

static enum jms_token_kind keyword(struct weir_str word)
{
    static const char *const words[] = {"AND", "OR",   "NOT",    "BETWEEN", "LIKE", "IN",
                                        "IS",  "NULL", "ESCAPE", "TRUE",    "FALSE"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t len = strlen(words[i]), same = 0;

        while (len == word.len && same < len && weiri_is_letter(word.ptr[same]) &&
               (word.ptr[same] & ~0x20) == words[i][same])
            same++;
        if (same == len)
            return (enum jms_token_kind)(JMS_AND + i);
    }
    return JMS_NAME;
}

/* ---- putting out */

void weiri_jms_emit_string(struct weiri_convert *c, struct weiri_span span)
{
    weiri_buf_put(&c->out, weiri_convert_source(c, span)); /* quoted as Weir's own */
}

bool weiri_jms_emit_number(struct weiri_convert *c, struct weiri_span span, bool negative)
{
    struct weir_str text = weiri_convert_source(c, span);
    bool zero = text.ptr[0] == '0' && text.len > 1;
    bool hexadecimal = zero && (text.ptr[1] == 'x' || text.ptr[1] == 'X');
    bool is_long = text.len > 1 && (text.ptr[text.len - 1] | 0x20) == 'l';
    struct weir_str digits = text;

    digits.len -= is_long;
    if (hexadecimal) {
        digits.ptr += 2;
        digits.len -= 2;
        return emit_int(c, digits, 16, is_long, span, negative);
    }
    for (size_t i = 0; i < digits.len; i++)
        if (!weiri_is_digit(digits.ptr[i]))
            return emit_double(c, text, span, negative);
    return emit_int(c, digits, zero && digits.len > 1 ? 8 : 10, is_long, span, negative);
}

static unsigned digit_value(char digit)
{
    if (weiri_is_digit(digit))
        return (unsigned)(digit - '0');
    return weiri_is_letter(digit) ? (unsigned)((digit | 0x20) - 'a') + 10 : 99;
}

static bool emit_int(struct weiri_convert *c, struct weir_str digits, unsigned base, bool is_long,
                     struct weiri_span span, bool negative)
{
    uint64_t max = (UINT64_C(1) << 63) - !negative, magnitude = 0;

    if (digits.len == 0)
        return weiri_convert_fail(c, PROBLEM_NUMBER, span, "this is no number", NULL);
    for (size_t i = 0; i < digits.len; i++) {
        unsigned digit = digit_value(digits.ptr[i]);

        if (digit >= base)
            return weiri_convert_fail(c, PROBLEM_NUMBER, span, "this is no number",
                                      base == 8 ? "a number that begins with 0 is octal" : NULL);
        if (magnitude > (max - digit) / base)
            return weiri_convert_fail(c, PROBLEM_NUMBER, span, "the number is no long", NULL);
        magnitude = magnitude * base + digit;
    }
    if (base != 10 && !is_long && magnitude > INT32_MAX)
        return weiri_convert_fail(c, PROBLEM_NUMBER, span,
                                  "Java reads this as a negative int, or not at all",
                                  "end it with L, or write it in decimal");
    if (magnitude > EXACT_MAX)
        weiri_convert_warn(c, "W705", span,
                           "JMS may round a long that it compares with a double; here it is exact",
                           NULL);
    weiri_emit_int(c, negative && magnitude != 0, magnitude);
    return true;
}

/* Java's 7. and .5 and 1d are 7.0, 0.5 and 1.0. */
static bool emit_double(struct weiri_convert *c, struct weir_str literal, struct weiri_span span,
                        bool negative)
{
    char last = (char)(literal.ptr[literal.len - 1] | 0x20);
    bool point = false, exponent = false, good = true;
    struct weir_str decimal;
    double real;

    if (last == 'f')
        return weiri_convert_fail(c, PROBLEM_NUMBER, span,
                                  "Java rounds a float to 24 bits; there are only doubles here",
                                  "leave the f out, or write the digits of the rounded value");
    literal.len -= last == 'd';
    weiri_word_begin(c);
    if (negative)
        weiri_word_put(c, '-');
    for (size_t i = 0; i < literal.len && good; i++) {
        bool before = i != 0 && weiri_is_digit(literal.ptr[i - 1]);
        bool after = i + 1 < literal.len && weiri_is_digit(literal.ptr[i + 1]);

        exponent |= (literal.ptr[i] | 0x20) == 'e';
        if (literal.ptr[i] != '.') {
            weiri_word_put(c, literal.ptr[i]);
            continue;
        }
        good = !point && (before || after);
        point = true;
        if (!before)
            weiri_word_put(c, '0');
        weiri_word_put(c, '.');
        if (!after)
            weiri_word_put(c, '0');
    }
    if (!point && !exponent) { /* 1d */
        weiri_word_put(c, '.');
        weiri_word_put(c, '0');
    }
    if (!weiri_word_end(c, span, &decimal))
        return false;
    if (!good || weir_double_parse(&real, decimal) == WEIR_ESYNTAX)
        return weiri_convert_fail(c, PROBLEM_NUMBER, span, "this is no number", NULL);
    return weiri_emit_decimal(c, decimal, span);
}
