/* json.c - JSON read in place (RFC 8259): a pattern is translated as it is read.
 *
 * Not a tree of Jansson's, because that does not know where in the text its parts stood, takes its
 * memory from elsewhere and nests as deep as the text does. */
#include "internal.h"

#include <assert.h>
#include <string.h>

static bool read_escape(struct weiri_convert *c);
static bool read_unicode(struct weiri_convert *c, size_t from);

static void skip_blanks(struct weiri_convert *c)
{
    while (c->at < c->text.len && strchr(" \t\r\n", c->text.ptr[c->at]) != NULL)
        c->at++;
}

static bool expect(struct weiri_convert *c, char byte, const char *message)
{
    skip_blanks(c);
    if (weiri_scan_peek(c) != byte)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at), message, NULL);
    c->at++;
    return true;
}

char weiri_json_peek(struct weiri_convert *c)
{
    skip_blanks(c);
    return weiri_scan_peek(c);
}

bool weiri_json_enter(struct weiri_convert *c)
{
    char bracket = weiri_json_peek(c);
    bool empty;

    assert(bracket == '{' || bracket == '[');
    c->at++;
    empty = weiri_json_peek(c) == (bracket == '{' ? '}' : ']');
    c->at += empty;
    return empty;
}

bool weiri_json_open(struct weiri_convert *c, char bracket, bool *empty)
{
    if (weiri_json_peek(c) != bracket)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  bracket == '{' ? "expected {" : "expected [", NULL);
    *empty = weiri_json_enter(c);
    return true;
}

bool weiri_json_next(struct weiri_convert *c, char closing, bool *more)
{
    *more = weiri_json_peek(c) == ',';
    if (*more) {
        c->at++;
        return true;
    }
    return expect(c, closing, closing == '}' ? "expected , or }" : "expected , or ]");
}

bool weiri_json_word(struct weiri_convert *c, const char *word)
{
    size_t from = c->at, len = strlen(word);

    if (c->text.len - from >= len && memcmp(c->text.ptr + from, word, len) == 0) {
        c->at += len;
        return true;
    }
    return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, from), "this is no JSON", NULL);
}

/* A leading + or 0, which a scanned decimal may have, is none of JSON's. */
bool weiri_json_number(struct weiri_convert *c, struct weiri_span *span)
{
    size_t from = c->at, len = weiri_scan_decimal(c);
    size_t first = from + (weiri_scan_peek(c) == '-');

    c->at += len;
    *span = weiri_scan_span(c, from);
    if (len == 0 || c->text.ptr[from] == '+' ||
        (c->text.ptr[first] == '0' && first + 1 < c->at && weiri_is_digit(c->text.ptr[first + 1])))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, *span, "this is no JSON", NULL);
    return true;
}

bool weiri_json_string(struct weiri_convert *c, struct weir_str *string, struct weiri_span *span)
{
    size_t from;

    if (!expect(c, '"', "expected a string in double quotes"))
        return false;
    from = c->at - 1;
    weiri_word_begin(c);
    while (c->at < c->text.len && c->text.ptr[c->at] != '"') {
        if ((unsigned char)c->text.ptr[c->at] < 0x20)
            return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                      "control characters are written \\u00.. in JSON", NULL);
        if (c->text.ptr[c->at] != '\\')
            weiri_word_put(c, c->text.ptr[c->at++]);
        else if (!read_escape(c))
            return false;
    }
    if (c->at == c->text.len)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, (struct weiri_span){from, from + 1},
                                  "the string is not closed", NULL);
    c->at++;
    *span = (struct weiri_span){from, c->at};
    return weiri_word_end(c, *span, string);
}

static bool read_escape(struct weiri_convert *c)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    size_t from = c->at++;
    char kind = weiri_scan_peek(c);
    const char *letter = kind != '\0' ? strchr(letters, kind) : NULL;

    c->at += kind != '\0';
    if (kind == 'u')
        return read_unicode(c, from);
    if (letter == NULL)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, from), "unknown escape",
                                  NULL);
    weiri_word_put(c, values[letter - letters]);
    return true;
}

/* Characters beyond U+FFFF are two escapes, a surrogate pair. */
static bool read_unicode(struct weiri_convert *c, size_t from)
{
    uint32_t code, low = 0;

    if (!weiri_scan_hex(c, 4, &code))
        return false;
    if (code >= 0xd800 && code <= 0xdbff && c->text.len - c->at >= 2 &&
        memcmp(c->text.ptr + c->at, "\\u", 2) == 0) {
        c->at += 2;
        if (!weiri_scan_hex(c, 4, &low))
            return false;
        if (low >= 0xdc00 && low <= 0xdfff)
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (code >= 0xd800 && code <= 0xdfff)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, from),
                                  "half a surrogate pair is no character", NULL);
    weiri_word_put_code_point(c, code);
    return true;
}
