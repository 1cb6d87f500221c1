/* scan.c - reading the text: blanks, tokens, numbers, strings with escapes. */
#include "internal.h"

#include <string.h>

static bool scan_escape(struct weiri_convert *c);
static bool scan_octal(struct weiri_convert *c);

bool weiri_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool weiri_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char weiri_scan_peek(const struct weiri_convert *c)
{
    return c->at < c->text.len ? c->text.ptr[c->at] : '\0';
}

void weiri_scan_blanks(struct weiri_convert *c)
{
    while (c->at < c->text.len && strchr(" \t\r\n\f", c->text.ptr[c->at]) != NULL)
        c->at++;
}

bool weiri_scan_take(struct weiri_convert *c, const char *token)
{
    size_t len = strlen(token);

    weiri_scan_blanks(c);
    if (c->text.len - c->at < len || memcmp(c->text.ptr + c->at, token, len) != 0)
        return false;
    c->at += len;
    return true;
}

static size_t digits_at(const struct weiri_convert *c, size_t at)
{
    size_t end = at;

    while (end < c->text.len && weiri_is_digit(c->text.ptr[end]))
        end++;
    return end - at;
}

static char char_at(const struct weiri_convert *c, size_t at)
{
    return at < c->text.len ? c->text.ptr[at] : '\0';
}

size_t weiri_scan_decimal(const struct weiri_convert *c)
{
    size_t at = c->at, digits;

    at += char_at(c, at) == '-' || char_at(c, at) == '+';
    digits = digits_at(c, at);
    if (digits == 0)
        return 0;
    at += digits;
    if (char_at(c, at) == '.' && digits_at(c, at + 1) != 0)
        at += 1 + digits_at(c, at + 1);
    if (char_at(c, at) == 'e' || char_at(c, at) == 'E') {
        size_t sign = char_at(c, at + 1) == '-' || char_at(c, at + 1) == '+';

        digits = digits_at(c, at + 1 + sign);
        if (digits != 0)
            at += 1 + sign + digits;
    }
    return at - c->at;
}

struct weiri_span weiri_scan_span(const struct weiri_convert *c, size_t from)
{
    size_t to = c->at;

    if (to == from && to < c->text.len) {
        to++;
        while (to < c->text.len && ((unsigned char)c->text.ptr[to] & 0xc0u) == 0x80u)
            to++;
    }
    return (struct weiri_span){from, to};
}

/* ---- strings */

void weiri_word_begin(struct weiri_convert *c)
{
    weiri_buf_reset(&c->word);
}

void weiri_word_put(struct weiri_convert *c, char byte)
{
    weiri_buf_put_u8(&c->word, (uint8_t)byte);
}

void weiri_word_put_code_point(struct weiri_convert *c, uint32_t code)
{
    if (code < 0x80) {
        weiri_buf_put_u8(&c->word, (uint8_t)code);
        return;
    }
    if (code < 0x800) {
        weiri_buf_put_u8(&c->word, (uint8_t)(0xc0u | code >> 6));
    } else {
        if (code < 0x10000) {
            weiri_buf_put_u8(&c->word, (uint8_t)(0xe0u | code >> 12));
        } else {
            weiri_buf_put_u8(&c->word, (uint8_t)(0xf0u | (code >> 18 & 7u)));
            weiri_buf_put_u8(&c->word, (uint8_t)(0x80u | (code >> 12 & 0x3fu)));
        }
        weiri_buf_put_u8(&c->word, (uint8_t)(0x80u | (code >> 6 & 0x3fu)));
    }
    weiri_buf_put_u8(&c->word, (uint8_t)(0x80u | (code & 0x3fu)));
}

bool weiri_word_end(struct weiri_convert *c, struct weiri_span span, struct weir_str *word)
{
    if (c->word.err != WEIR_OK) {
        c->err = c->word.err;
        return false;
    }
    *word = weiri_buf_str(&c->word);
    if (!weir_str_is_text(*word))
        return weiri_convert_fail(c, PROBLEM_INEXPRESSIBLE, span,
                                  "strings are UTF-8 without U+0000 here", NULL);
    return true;
}

bool weiri_scan_hex(struct weiri_convert *c, unsigned digits, uint32_t *value)
{
    size_t from = c->at;

    *value = 0;
    for (unsigned i = 0; i < digits; i++, c->at++) {
        char digit = weiri_scan_peek(c);
        uint32_t nibble;

        if (weiri_is_digit(digit))
            nibble = (uint32_t)(digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            nibble = (uint32_t)(digit - 'a') + 10;
        else if (digit >= 'A' && digit <= 'F')
            nibble = (uint32_t)(digit - 'A') + 10;
        else
            return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, from),
                                      "expected a hexadecimal digit", NULL);
        *value = *value << 4 | nibble;
    }
    return true;
}

bool weiri_scan_c_string(struct weiri_convert *c, struct weir_str *string)
{
    size_t from = c->at;
    char quote = c->text.ptr[c->at++];

    weiri_word_begin(c);
    while (c->at < c->text.len && c->text.ptr[c->at] != quote) {
        if (c->text.ptr[c->at] != '\\')
            weiri_word_put(c, c->text.ptr[c->at++]);
        else if (!scan_escape(c))
            return false;
    }
    if (c->at == c->text.len)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, (struct weiri_span){from, from + 1},
                                  "the string is not closed", NULL);
    c->at++;
    return weiri_word_end(c, weiri_scan_span(c, from), string);
}

static bool scan_escape(struct weiri_convert *c)
{
    static const char letters[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
    size_t from = c->at++;
    char kind = weiri_scan_peek(c);
    const char *letter = kind != '\0' ? strchr(letters, kind) : NULL;
    uint32_t code;

    if (kind >= '0' && kind <= '7')
        return scan_octal(c);
    c->at += kind != '\0';
    if (letter != NULL) {
        weiri_word_put(c, values[letter - letters]);
        return true;
    }
    if (kind == 'x' || kind == 'u' || kind == 'U') {
        if (!weiri_scan_hex(c, kind == 'x' ? 2 : kind == 'u' ? 4 : 8, &code))
            return false;
        if (kind == 'x') {
            weiri_word_put(c, (char)(unsigned char)code);
            return true;
        }
        if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
            return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, from),
                                      "this is no character", NULL);
        weiri_word_put_code_point(c, code);
        return true;
    }
    if (kind == '\0' || strchr("\\\"'`?/", kind) == NULL)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, from), "unknown escape",
                                  "a backslash itself is written \\\\");
    weiri_word_put(c, kind);
    return true;
}

static bool scan_octal(struct weiri_convert *c)
{
    uint32_t code = 0;
    size_t from = c->at;

    while (c->at < from + 3 && weiri_scan_peek(c) >= '0' && weiri_scan_peek(c) <= '7')
        code = code * 8 + (uint32_t)(c->text.ptr[c->at++] - '0');
    if (code > 0xff)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, from), "this is no byte",
                                  NULL);
    weiri_word_put(c, (char)(unsigned char)code);
    return true;
}
