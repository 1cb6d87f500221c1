/* eventbridge_value.c - what a field of an event pattern may be: values and comparisons. */
#include "eventbridge.h"

#include <string.h>

enum op {
    OPERATOR_PREFIX,
    OPERATOR_SUFFIX,
    OPERATOR_IGNORE_CASE,
    OPERATOR_WILDCARD,
    OPERATOR_ANYTHING_BUT,
    OPERATOR_NUMERIC,
    OPERATOR_EXISTS,
    OPERATOR_CIDR,
    OPERATOR_COUNT
};

static const char *const operators[OPERATOR_COUNT] = {
    "prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric",
    "exists", "cidr"};

static bool read_values(struct weiri_pattern *p);
static bool read_value(struct weiri_pattern *p);
static bool read_comparison(struct weiri_pattern *p);
static bool open_operator(struct weiri_pattern *p, enum op *op, struct weiri_span *span);
static bool close_operator(struct weiri_pattern *p);
static bool read_operand(struct weiri_pattern *p, enum op op, struct weiri_span span);
static bool read_pattern(struct weiri_pattern *p, enum op op, bool negated);
static bool read_anything_but(struct weiri_pattern *p);
static bool read_excluded_values(struct weiri_pattern *p);
static bool read_excluded_pattern(struct weiri_pattern *p);
static bool read_numeric(struct weiri_pattern *p);
static bool read_exists(struct weiri_pattern *p);
static bool emit_wildcard(struct weiri_convert *c, struct weir_str text, struct weiri_span span);
static bool emit_regex(struct weiri_convert *c, struct weir_str text, enum op op,
                       struct weiri_span span);

bool weiri_pattern_is_operator(struct weir_str word)
{
    for (size_t i = 0; i < OPERATOR_COUNT; i++)
        if (weir_str_equal(word, weir_str_of(operators[i])))
            return true;
    return false;
}

static bool emit_field(struct weiri_pattern *p)
{
    return weiri_emit_name(p->c, weiri_buf_str(&p->path), p->key);
}

static bool is_value_start(char byte)
{
    return byte != '\0' && strchr("\"-0123456789tf", byte) != NULL;
}

bool weiri_pattern_alternative(struct weiri_pattern *p)
{
    struct weiri_convert *c = p->c;
    char first = weiri_json_peek(c);
    struct weiri_span span = weiri_scan_span(c, c->at);

    weiri_emit_mark(c, span);
    if (first == '{')
        return read_comparison(p);
    if (is_value_start(first))
        return read_values(p);
    if (first != 'n')
        return weiri_convert_fail(c, PROBLEM_SYNTAX, span,
                                  "expected a value or an operator in braces", NULL);
    weiri_convert_warn(c, "W722", (struct weiri_span){c->at, c->at + 4},
                       "null in an event is an absent attribute: this also matches where the field "
                       "is missing",
                       NULL);
    if (!weiri_json_word(c, "null") || !emit_field(p))
        return false;
    weiri_emit(c, " IS NULL");
    return true;
}

/* The offset after the value at c->at, as far as can be told without reading it. */
static size_t end_of_value(const struct weiri_convert *c)
{
    size_t at = c->at + 1;

    if (weiri_scan_peek(c) != '"') {
        while (at < c->text.len && strchr(",]} \t\r\n", c->text.ptr[at]) == NULL)
            at++;
        return at;
    }
    while (at < c->text.len && c->text.ptr[at] != '"')
        at += c->text.ptr[at] == '\\' ? 2 : 1;
    return at < c->text.len ? at + 1 : c->text.len;
}

/* True when `at` is before ',' and one more value: then that value is next. */
static bool value_follows(struct weiri_convert *c, size_t at)
{
    size_t before = c->at;

    c->at = at;
    if (weiri_json_peek(c) == ',') {
        c->at++;
        if (is_value_start(weiri_json_peek(c)))
            return true;
    }
    c->at = before;
    return false;
}

/* "a" is =, "a", "b" are an IN. */
static bool read_values(struct weiri_pattern *p)
{
    struct weiri_convert *c = p->c;
    size_t first = c->at;
    bool several = value_follows(c, end_of_value(c));

    c->at = first;
    if (!emit_field(p))
        return false;
    weiri_emit(c, several ? " IN (" : " = ");
    if (!read_value(p))
        return false;
    while (value_follows(c, c->at)) {
        weiri_emit(c, ", ");
        if (!read_value(p))
            return false;
    }
    weiri_emit(c, several ? ")" : "");
    return true;
}

static bool read_value(struct weiri_pattern *p)
{
    struct weiri_convert *c = p->c;
    struct weiri_span span;
    struct weir_str string;

    switch (weiri_json_peek(c)) {
    case '"':
        if (!weiri_json_string(c, &string, &span))
            return false;
        weiri_emit_string(c, string);
        return true;
    case 't': weiri_emit(c, "TRUE"); return weiri_json_word(c, "true");
    case 'f': weiri_emit(c, "FALSE"); return weiri_json_word(c, "false");
    default: break;
    }
    if (!weiri_json_number(c, &span))
        return false;
    weiri_convert_warn(c, "W723", span,
                       "EventBridge compares the digits of such a number, Weir its value",
                       "300, 300.0 and 3e2 are equal here, and for {\"numeric\": [\"=\", 300]}");
    return weiri_emit_decimal(c, weiri_convert_source(c, span), span);
}

/* ---- {"operator": ...} */

static bool read_comparison(struct weiri_pattern *p)
{
    enum op op;
    struct weiri_span span;

    return open_operator(p, &op, &span) && read_operand(p, op, span) && close_operator(p);
}

static bool open_operator(struct weiri_pattern *p, enum op *op, struct weiri_span *span)
{
    struct weiri_convert *c = p->c;
    struct weir_str word;

    if (weiri_json_enter(c))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, (struct weiri_span){c->at - 1, c->at},
                                  "expected an operator", NULL);
    if (!weiri_json_string(c, &word, span))
        return false;
    for (unsigned i = 0; i < OPERATOR_COUNT; i++) {
        if (!weir_str_equal(word, weir_str_of(operators[i])))
            continue;
        *op = (enum op)i;
        if (weiri_json_peek(c) != ':')
            return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                      "expected :", NULL);
        c->at++;
        return true;
    }
    return weiri_convert_fail(c, PROBLEM_SYNTAX, *span, "there is no such operator",
                              "prefix, suffix, equals-ignore-case, wildcard, anything-but, "
                              "numeric or exists");
}

static bool close_operator(struct weiri_pattern *p)
{
    bool more;
    size_t from;

    (void)weiri_json_peek(p->c);
    from = p->c->at;
    if (!weiri_json_next(p->c, '}', &more))
        return false;
    if (more)
        return weiri_convert_fail(p->c, PROBLEM_SYNTAX, (struct weiri_span){from, from + 1},
                                  "one operator stands in each pair of braces", NULL);
    return true;
}

static bool read_operand(struct weiri_pattern *p, enum op op, struct weiri_span span)
{
    switch (op) {
    case OPERATOR_ANYTHING_BUT: return read_anything_but(p);
    case OPERATOR_NUMERIC: return read_numeric(p);
    case OPERATOR_EXISTS: return read_exists(p);
    case OPERATOR_CIDR:
        return weiri_convert_fail(p->c, PROBLEM_INEXPRESSIBLE, span,
                                  "Weir has no type for addresses, so no ranges of them",
                                  "publish the network as an attribute of its own");
    default: return read_pattern(p, op, false);
    }
}

/* A string, or {"equals-ignore-case": string} for a prefix or suffix. */
static bool read_pattern(struct weiri_pattern *p, enum op op, bool negated)
{
    static const char *const words[] = {" STARTS WITH ", " ENDS WITH ", " MATCHES ", " LIKE "};
    struct weiri_convert *c = p->c;
    bool nested = weiri_json_peek(c) == '{';
    enum op inner = op;
    struct weiri_span span;
    struct weir_str text;

    if (nested && !open_operator(p, &inner, &span))
        return false;
    if (nested &&
        (inner != OPERATOR_IGNORE_CASE || (op != OPERATOR_PREFIX && op != OPERATOR_SUFFIX)))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, span, "the operator cannot stand here", NULL);
    if (!emit_field(p))
        return false;
    weiri_emit(c, negated ? " NOT" : "");
    weiri_emit(c, words[inner]);
    if (!weiri_json_string(c, &text, &span))
        return false;
    if (inner == OPERATOR_IGNORE_CASE) {
        if (!emit_regex(c, text, op, span))
            return false;
    } else if (inner == OPERATOR_WILDCARD) {
        if (!emit_wildcard(c, text, span))
            return false;
    } else {
        weiri_emit_string(c, text);
    }
    return !nested || close_operator(p);
}

static bool read_anything_but(struct weiri_pattern *p)
{
    struct weiri_convert *c = p->c;
    char first = weiri_json_peek(c);

    weiri_convert_warn(c, "W724", weiri_scan_span(c, c->at),
                       "for EventBridge, values of other types are 'anything but' as well; for "
                       "Weir they are not",
                       NULL);
    if (first == '{')
        return read_excluded_pattern(p);
    if (first == '[')
        return read_excluded_values(p);
    if (!is_value_start(first) || first == 't' || first == 'f')
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected a string, a number, an array or an operator", NULL);
    if (!emit_field(p))
        return false;
    weiri_emit(c, " <> ");
    return read_value(p);
}

/* ["a", "b"] or [1, 2] */
static bool read_excluded_values(struct weiri_pattern *p)
{
    struct weiri_convert *c = p->c;
    bool empty = weiri_json_enter(c), more = true, strings;

    if (!emit_field(p))
        return false;
    strings = weiri_json_peek(c) == '"';
    weiri_emit(c, " NOT IN (");
    while (more) {
        char first = weiri_json_peek(c);

        if (empty || !is_value_start(first) || first == 't' || first == 'f' ||
            strings != (first == '"'))
            return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                      "expected strings only or numbers only", NULL);
        if (!read_value(p) || !weiri_json_next(c, ']', &more))
            return false;
        weiri_emit(c, more ? ", " : ")");
    }
    return true;
}

/* {"prefix": "a"} or {"prefix": ["a", "b"]}: none of them. */
static bool read_excluded_pattern(struct weiri_pattern *p)
{
    struct weiri_convert *c = p->c;
    enum op op;
    struct weiri_span span;
    bool more = true;

    if (!open_operator(p, &op, &span))
        return false;
    if (op > OPERATOR_WILDCARD)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, span, "the operator cannot stand here", NULL);
    if (weiri_json_peek(c) != '[')
        return read_pattern(p, op, true) && close_operator(p);
    if (weiri_json_enter(c))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, span, "expected at least one string", NULL);
    weiri_emit(c, "(");
    while (more) {
        if (!read_pattern(p, op, true) || !weiri_json_next(c, ']', &more))
            return false;
        weiri_emit(c, more ? " AND " : ")");
    }
    return close_operator(p);
}

/* [">", 0, "<=", 5] */
static bool read_numeric(struct weiri_pattern *p)
{
    static const char *const signs[] = {"=", "<", "<=", ">", ">="};
    struct weiri_convert *c = p->c;
    struct weiri_span span, number;
    bool empty, more = true;
    struct weir_str sign;
    size_t i;

    if (!weiri_json_open(c, '[', &empty))
        return false;
    weiri_emit(c, "(");
    for (unsigned count = 0; more; count++) {
        (void)weiri_json_peek(c);
        if (empty || count == 2)
            return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                      "expected one or two comparisons", NULL);
        if (!weiri_json_string(c, &sign, &span))
            return false;
        for (i = 0; i < 5 && !weir_str_equal(sign, weir_str_of(signs[i])); i++)
            ;
        if (i == 5)
            return weiri_convert_fail(c, PROBLEM_SYNTAX, span, "expected =, <, <=, > or >=", NULL);
        if (!emit_field(p) || !weiri_json_next(c, ']', &more))
            return false;
        weiri_emit(c, signs[i]);
        (void)weiri_json_peek(c);
        if (!more)
            return weiri_convert_fail(c, PROBLEM_SYNTAX, span, "expected a number", NULL);
        if (!weiri_json_number(c, &number) ||
            !weiri_emit_decimal(c, weiri_convert_source(c, number), number) ||
            !weiri_json_next(c, ']', &more))
            return false;
        weiri_emit(c, more ? " AND " : ")");
    }
    return true;
}

static bool read_exists(struct weiri_pattern *p)
{
    struct weiri_convert *c = p->c;
    bool exists = weiri_json_peek(c) == 't';

    if (!exists && weiri_json_peek(c) != 'f')
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected true or false", NULL);
    weiri_emit(c, exists ? "EXISTS(" : "NOT EXISTS(");
    if (!weiri_json_word(c, exists ? "true" : "false") || !emit_field(p))
        return false;
    weiri_emit(c, ")");
    return true;
}

/* ---- patterns within a string */

/* '*' is any run of characters, \* and \\ are themselves. */
static bool emit_wildcard(struct weiri_convert *c, struct weir_str text, struct weiri_span span)
{
    weiri_emit(c, "'");
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];

        if (byte == '*') {
            if (i + 1 < text.len && text.ptr[i + 1] == '*')
                return weiri_convert_fail(c, PROBLEM_SYNTAX, span,
                                          "EventBridge allows no two wildcards side by side", NULL);
            weiri_emit(c, "%");
            continue;
        }
        if (byte == '\\') {
            byte = ++i < text.len ? text.ptr[i] : '\0';
            if (byte != '*' && byte != '\\')
                return weiri_convert_fail(c, PROBLEM_SYNTAX, span,
                                          "in a wildcard, only * and \\ are escaped", NULL);
        }
        if (byte == '%' || byte == '_' || byte == '\\')
            weiri_emit(c, "\\");
        else if (byte == '\'')
            weiri_emit(c, "'");
        weiri_buf_put_u8(&c->out, (uint8_t)byte);
    }
    weiri_emit(c, "' ESCAPE '\\'");
    return true;
}

/* Each letter a class of two: Unicode's folding would take U+212A for a k. */
static bool emit_regex(struct weiri_convert *c, struct weir_str text, enum op op,
                       struct weiri_span span)
{
    weiri_emit(c, op == OPERATOR_SUFFIX ? "'" : "'^");
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];

        if ((unsigned char)byte >= 0x80)
            return weiri_convert_fail(c, PROBLEM_INEXPRESSIBLE, span,
                                      "case is ignored for ASCII letters only", NULL);
        if (weiri_is_letter(byte)) {
            const char class[] = {'[', (char)(byte | 0x20), (char)(byte & ~0x20), ']', '\0'};

            weiri_emit(c, class);
            continue;
        }
        if (strchr("\\^$.[]|()?*+{}#", byte) != NULL)
            weiri_emit(c, "\\");
        else if (byte == '\'')
            weiri_emit(c, "'");
        weiri_buf_put_u8(&c->out, (uint8_t)byte);
    }
    weiri_emit(c, op == OPERATOR_PREFIX ? "'" : "\\z'");
    return true;
}
