/* internal.h - shared by the files of weir::convert.
 *
 * A dialect reads `text` once, from left to right, and puts out filter text as it goes; it builds
 * no tree.  Functions that return bool return false after an error, which has then been reported;
 * whoever sees it returns at once. */
#ifndef WEIR_CONVERT_INTERNAL_H
#define WEIR_CONVERT_INTERNAL_H

#include <weir/bytes.h>
#include <weir/convert.h>
#include <weir/value.h>

/* Parentheses, objects and negations, each within the one before. */
#define WEIRI_CONVERT_DEPTH_MAX 24

enum weiri_convert_problem {
    PROBLEM_TEXT = 1,
    PROBLEM_SYNTAX,
    PROBLEM_INEXPRESSIBLE,
    PROBLEM_LIMIT,
    PROBLEM_NUMBER,
    PROBLEM_NAME,
    PROBLEM_RESULT
};

/* A run of bytes of the text. */
struct weiri_span {
    size_t from, to;
};

struct weiri_convert_mark {
    size_t out;
    struct weiri_span source;
};

struct weiri_convert {
    struct weir_str text;
    size_t at;             /* of the next byte to read */
    struct weiri_buf out;  /* filter text, not yet canonical */
    struct weiri_buf word; /* what the last quoted string says */
    unsigned depth;
    struct weir_diags *diags;
    enum weir_err err;
    struct weiri_convert_mark marks[WEIR_FILTER_LEAVES_MAX]; /* ascending: where conditions begin */
    size_t mark_count;
};

/* ---- the dialects: they read all of the text */

bool weiri_convert_jms(struct weiri_convert *c);
bool weiri_convert_pubsub(struct weiri_convert *c);
bool weiri_convert_eventbridge(struct weiri_convert *c);
bool weiri_convert_padres(struct weiri_convert *c);
bool weiri_convert_siena(struct weiri_convert *c);

/* ---- report.c */

/* Reports the error; `help` may be NULL.  Returns false. */
bool weiri_convert_fail(struct weiri_convert *c, enum weiri_convert_problem problem,
                        struct weiri_span span, const char *message, const char *help);
/* A difference in meaning; said once for each code. */
void weiri_convert_warn(struct weiri_convert *c, const char *code, struct weiri_span span,
                        const char *message, const char *help);
/* One level deeper; the caller takes c->depth back. */
bool weiri_convert_enter(struct weiri_convert *c, struct weiri_span span);
/* The bytes of a span. */
struct weir_str weiri_convert_source(const struct weiri_convert *c, struct weiri_span span);

/* ---- emit.c: filter text */

void weiri_emit(struct weiri_convert *c, const char *text);
/* What is emitted next came from here. */
void weiri_emit_mark(struct weiri_convert *c, struct weiri_span span);
/* An attribute; refuses what no attribute can be called. */
bool weiri_emit_name(struct weiri_convert *c, struct weir_str name, struct weiri_span span);
void weiri_emit_string(struct weiri_convert *c, struct weir_str string);
void weiri_emit_int(struct weiri_convert *c, bool negative, uint64_t magnitude);
/* A decimal literal, [+-]digits[.digits][e[+-]digits]: an int unless it has a point or exponent. */
bool weiri_emit_decimal(struct weiri_convert *c, struct weir_str decimal, struct weiri_span span);

/* ---- scan.c: the text */

bool weiri_is_digit(char c);
bool weiri_is_letter(char c);
/* The next byte, '\0' at the end. */
char weiri_scan_peek(const struct weiri_convert *c);
void weiri_scan_blanks(struct weiri_convert *c);
/* Passes over blanks and then over `token`, if it is there. */
bool weiri_scan_take(struct weiri_convert *c, const char *token);
/* The length of a decimal literal at c->at, 0 if there is none; a sign may precede. */
size_t weiri_scan_decimal(const struct weiri_convert *c);
/* The span from `from` to c->at, or of the next byte if that is empty. */
struct weiri_span weiri_scan_span(const struct weiri_convert *c, size_t from);
/* Begins c->word; then the bytes are put; then it is a string, or refused as no text. */
void weiri_word_begin(struct weiri_convert *c);
void weiri_word_put(struct weiri_convert *c, char byte);
void weiri_word_put_code_point(struct weiri_convert *c, uint32_t code_point);
bool weiri_word_end(struct weiri_convert *c, struct weiri_span span, struct weir_str *word);
/* Reads `digits` hexadecimal digits. */
bool weiri_scan_hex(struct weiri_convert *c, unsigned digits, uint32_t *value);
/* Reads a string literal in double or single quotes with the escapes of C; c->at is at the quote.
 * The result lives until the next string. */
bool weiri_scan_c_string(struct weiri_convert *c, struct weir_str *string);

/* ---- json.c: JSON, member by member */

/* Reads the string that is next, after blanks. */
bool weiri_json_string(struct weiri_convert *c, struct weir_str *string, struct weiri_span *span);
/* Passes over the '{' or '[' that is next and tells whether nothing is in it: then it has passed
 * over its end. */
bool weiri_json_enter(struct weiri_convert *c);
/* The same for a bracket that may be lacking. */
bool weiri_json_open(struct weiri_convert *c, char bracket, bool *empty);
/* After an element: passes over ',' (*more) or the closing bracket. */
bool weiri_json_next(struct weiri_convert *c, char closing, bool *more);
/* The first byte of the value that is next, after blanks; '\0' at the end. */
char weiri_json_peek(struct weiri_convert *c);
/* Passes over a word such as true. */
bool weiri_json_word(struct weiri_convert *c, const char *word);
/* The number that is next. */
bool weiri_json_number(struct weiri_convert *c, struct weiri_span *span);

#endif /* WEIR_CONVERT_INTERNAL_H */
