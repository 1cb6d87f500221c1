/* scan.c - what a JSON text may cost, found out before it is parsed.
 *
 * Jansson takes up to 79 times its input in memory and nests 2,048 deep.  One pass over the bytes
 * sees the nesting, the members and the arrays; whether it is JSON is left to the parser. */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>

/* The notification and {"$timestamp":...}. */
#define DEPTH_MAX 2

struct scan {
    struct weir_str text;
    struct weir_json_problem *problem;
    uint32_t depth, members, column;
    struct weir_str string; /* the last one, without its quotes */
    struct weir_str name;   /* of the last member of the notification */
};

static bool is_lead(char c)
{
    return ((unsigned char)c & 0xc0u) != 0x80u;
}

enum weir_err weiri_json_problem(struct weir_json_problem *problem, enum weir_err err,
                                 uint32_t column, const char *format, ...)
{
    char text[2 * sizeof problem->text];
    struct weiri_text t;
    va_list arguments;

    if (problem == NULL)
        return err;
    problem->column = column;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    t = weiri_text_begin(problem->text, sizeof problem->text);
    weiri_text_put_visible(&t, weir_str_of(text));
    (void)weiri_text_end(&t);
    return err;
}

int weiri_json_shown(struct weir_str s, size_t max)
{
    size_t len = s.len < max ? s.len : max;

    if (!weir_str_is_text(s))
        return 0;
    while (len < s.len && !is_lead(s.ptr[len]))
        len--;
    return (int)len;
}

/* The offset after the string that begins at `at`. */
static size_t skip_string(struct scan *s, size_t at)
{
    size_t end = at + 1;

    while (end < s->text.len && s->text.ptr[end] != '"') {
        s->column += is_lead(s->text.ptr[end]);
        if (s->text.ptr[end] == '\\' && end + 1 < s->text.len) {
            end++;
            s->column += is_lead(s->text.ptr[end]);
        }
        end++;
    }
    s->string = (struct weir_str){s->text.ptr + at + 1, end - at - 1};
    s->column++;
    return end < s->text.len ? end + 1 : end;
}

static enum weir_err refuse_value(const struct scan *s, const char *what)
{
    return weiri_json_problem(s->problem, WEIR_ETYPE, s->column, "attribute '%.*s': %s is no value",
                              weiri_json_shown(s->name, 40), s->name.ptr, what);
}

static enum weir_err open_nested(struct scan *s, char bracket)
{
    if (bracket == '[' && s->depth == 0)
        return weiri_json_problem(s->problem, WEIR_ETYPE, s->column,
                                  "an array; a notification is an object");
    if (bracket == '[')
        return refuse_value(s, "an array");
    return ++s->depth > DEPTH_MAX ? refuse_value(s, "an object") : WEIR_OK;
}

static enum weir_err begin_member(struct scan *s)
{
    if (s->depth == 1)
        s->name = s->string;
    if (++s->members > 2 * WEIRI_JSON_MEMBERS_MAX)
        return weiri_json_problem(s->problem, WEIR_ELIMIT, s->column,
                                  "too many attributes, the limit is %d", WEIR_ATTRS_MAX);
    return WEIR_OK;
}

enum weir_err weiri_json_scan(struct weir_str text, struct weir_json_problem *problem)
{
    struct scan s = {
        .text = text, .problem = problem, .string = WEIR_STR(""), .name = WEIR_STR("")};
    enum weir_err err = WEIR_OK;
    size_t at = 0;

    if (text.len > WEIRI_JSON_TEXT_MAX)
        return weiri_json_problem(problem, WEIR_ELIMIT, 0, "%zu bytes of JSON, the limit is %d",
                                  text.len, WEIRI_JSON_TEXT_MAX);
    while (at < text.len && err == WEIR_OK) {
        char c = text.ptr[at];

        s.column += is_lead(c);
        switch (c) {
        case '"': at = skip_string(&s, at); continue;
        case '[':
        case '{': err = open_nested(&s, c); break;
        case '}': s.depth -= s.depth != 0; break;
        case ':': err = begin_member(&s); break;
        default: break;
        }
        at++;
    }
    return err;
}

enum weir_err weiri_json_scan_tree(struct weir_str text, struct weir_json_problem *problem)
{
    struct scan s = {.text = text, .problem = problem};
    uint32_t parts = 0;
    size_t at = 0;

    if (text.len > WEIRI_JSON_TREE_TEXT_MAX)
        return weiri_json_problem(problem, WEIR_ELIMIT, 0, "%zu bytes of JSON, the limit is %d",
                                  text.len, WEIRI_JSON_TREE_TEXT_MAX);
    while (at < text.len) {
        char c = text.ptr[at];

        s.column += is_lead(c);
        if (c == '"') {
            at = skip_string(&s, at);
            continue;
        }
        if (c == '[' || c == '{')
            s.depth++;
        else if (c == ']' || c == '}')
            s.depth -= s.depth != 0;
        parts += c == ':' || c == ',';
        if (s.depth > WEIRI_JSON_TREE_DEPTH_MAX)
            return weiri_json_problem(problem, WEIR_ELIMIT, s.column, "nested more than %d deep",
                                      WEIRI_JSON_TREE_DEPTH_MAX);
        if (parts > WEIRI_JSON_TREE_PARTS_MAX)
            return weiri_json_problem(problem, WEIR_ELIMIT, s.column, "more than %d parts",
                                      WEIRI_JSON_TREE_PARTS_MAX);
        at++;
    }
    return WEIR_OK;
}
