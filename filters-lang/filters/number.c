/* number.c - numbers in filters: 42, 1_000, 0xff, 1.5, 2e-3.
 *
 * The whole run of characters that a number could be made of is taken first, so that `12abc` is
 * one mistake and not two tokens. */
#include "lex.h"

#include <string.h>

#include <assert.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_word(char c)
{
    return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct weir_str take_run(struct weiri_lexer *lexer)
{
    const char *start = lexer->text.ptr + lexer->at;
    size_t room = lexer->text.len - lexer->at, len = 0;
    bool hex = room > 1 && start[0] == '0' && (start[1] == 'x' || start[1] == 'X');

    while (len < room) {
        char c = start[len];
        bool after_exponent = len > 0 && (start[len - 1] == 'e' || start[len - 1] == 'E');

        if (!is_word(c) && c != '.' && !((c == '+' || c == '-') && after_exponent && !hex))
            break;
        len++;
    }
    lexer->at += (uint32_t)len;
    return (struct weir_str){start, len};
}

/* Copies digits without their '_', which stand between digits only; advances *at. */
static bool take_digits(struct weir_str run, size_t *at, char *out, size_t *len)
{
    size_t start = *at;

    while (*at < run.len && (is_digit(run.ptr[*at]) || run.ptr[*at] == '_')) {
        if (run.ptr[*at] == '_') {
            if (*at == start || *at + 1 >= run.len || !is_digit(run.ptr[*at + 1]))
                return false;
        } else {
            out[(*len)++] = run.ptr[*at];
        }
        ++*at;
    }
    return *at > start;
}

/* The literal without '_' and with a digit on both sides of its point, as the model reads it. */
static bool normalise(struct weir_str run, char *out, size_t *len, bool *real)
{
    size_t at = 0;

    *len = 0;
    *real = false;
    if (!take_digits(run, &at, out, len)) {
        if (at != 0)
            return false;
        assert(run.ptr[0] == '.'); /* a run begins with it or with a digit */
        out[(*len)++] = '0';
    }
    if (at < run.len && run.ptr[at] == '.') {
        *real = true;
        out[(*len)++] = '.';
        at++;
        if (at < run.len && is_digit(run.ptr[at])) {
            if (!take_digits(run, &at, out, len))
                return false;
        } else {
            out[(*len)++] = '0';
        }
    }
    if (at < run.len && (run.ptr[at] == 'e' || run.ptr[at] == 'E')) {
        *real = true;
        out[(*len)++] = 'e';
        at++;
        if (at < run.len && (run.ptr[at] == '+' || run.ptr[at] == '-'))
            out[(*len)++] = run.ptr[at++];
        if (!take_digits(run, &at, out, len))
            return false;
    }
    return at == run.len;
}

enum outcome { READ, MALFORMED, TOO_LARGE };

static enum outcome read_magnitude(struct weir_str digits, uint64_t base, uint64_t *out)
{
    const uint64_t limit = (uint64_t)1 << 63;
    uint64_t value = 0;

    for (size_t i = 0; i < digits.len; i++) {
        uint64_t digit = (uint64_t)hex_value(digits.ptr[i]);

        if (value > (limit - digit) / base)
            return TOO_LARGE;
        value = value * base + digit;
    }
    *out = value;
    return READ;
}

static enum outcome read_hex(struct weir_str run, char *out, uint64_t *magnitude)
{
    size_t len = 0;

    for (size_t i = 2; i < run.len; i++) {
        if (run.ptr[i] == '_' && i > 2 && i + 1 < run.len && run.ptr[i - 1] != '_')
            continue;
        if (hex_value(run.ptr[i]) < 0)
            return MALFORMED;
        out[len++] = run.ptr[i];
    }
    if (len == 0)
        return MALFORMED;
    return read_magnitude((struct weir_str){out, len}, 16, magnitude);
}

static enum outcome read_decimal(struct weir_str run, char *out, struct weiri_token *token)
{
    size_t len;
    bool real;

    if (!normalise(run, out, &len, &real))
        return MALFORMED;
    if (!real)
        return read_magnitude((struct weir_str){out, len}, 10, &token->magnitude);
    token->kind = TOKEN_DOUBLE;
    if (weir_double_parse(&token->real, (struct weir_str){out, len}) == WEIR_OK)
        return READ;
    return TOO_LARGE; /* the form has been seen to */
}

/* The length without a suffix that C and Java have, e.g. of 5L and 1.5f. */
static size_t plain_length(struct weir_str run)
{
    size_t len = run.len;

    while (len > 0 && strchr("lLfFdDuU", run.ptr[len - 1]) != NULL)
        len--;
    return len;
}

static void report_malformed(struct weiri_lexer *lexer, struct weir_str run, char *digits,
                             struct weiri_span at)
{
    struct weir_str plain = {run.ptr, plain_length(run)};
    struct weiri_token unused;
    struct weir_diag *diag =
        weiri_error(lexer->compiler, "F108", at, "'%s' is not a number", weiri_excerpt(run).text);

    if (plain.len > 0 && plain.len < run.len && read_decimal(plain, digits, &unused) == READ)
        weiri_diag_text(diag->suggestion, "write %s; a number has no suffix",
                        weiri_excerpt(plain).text);
    else
        weiri_diag_text(diag->suggestion, "write e.g. 42, 1_000, 0xff, 1.5 or 2e-3");
}

void weiri_lex_number(struct weiri_lexer *lexer, struct weiri_token *token)
{
    struct weir_str run = take_run(lexer);
    struct weiri_span at = {token->offset, (uint32_t)run.len};
    bool hex = run.len > 1 && run.ptr[0] == '0' && (run.ptr[1] == 'x' || run.ptr[1] == 'X');
    char *digits = weiri_compiler_take(lexer->compiler, run.len + 2);
    enum outcome outcome;
    struct weir_diag *diag;

    if (digits == NULL)
        return;
    token->kind = TOKEN_INT;
    outcome = hex ? read_hex(run, digits, &token->magnitude) : read_decimal(run, digits, token);
    if (outcome == READ)
        return;
    if (outcome == MALFORMED) {
        report_malformed(lexer, run, digits, at);
    } else {
        diag = weiri_error(lexer->compiler, "F109", at, "the number is too large for %s",
                           token->kind == TOKEN_INT ? "an int" : "a double");
        weiri_diag_text(diag->suggestion, token->kind == TOKEN_INT
                                              ? "ints go to 9223372036854775807; for a double "
                                                "write a point, e.g. 1e19"
                                              : "doubles go to 1.7976931348623157e308");
    }
    token->kind = TOKEN_BAD;
}
