/* pubsub.c - subscription filters of Google Cloud Pub/Sub.
 *
 * Their logic has two values: what is said of an attribute that is missing is false, and its
 * negation true.  So negations go down to the conditions, where `= 'x'` becomes `<> 'x' OR IS
 * NULL`, and AND and OR change places on the way. */
#include "internal.h"

#include <string.h>

struct parser {
    struct weiri_convert *c;
    bool negated; /* under an odd number of NOT */
};

static bool parse_chain(struct parser *p);
static bool parse_term(struct parser *p);
static bool parse_condition(struct parser *p);
static bool parse_key_test(struct parser *p, size_t from);
static bool parse_comparison(struct parser *p, size_t from);
static bool parse_prefix(struct parser *p, size_t from);
static bool parse_attribute(struct parser *p, size_t from, struct weiri_span *key);
static bool parse_string(struct parser *p, struct weir_str *string, struct weiri_span *span);

bool weiri_convert_pubsub(struct weiri_convert *c)
{
    struct parser p = {.c = c};

    weiri_scan_blanks(c);
    if (c->at == c->text.len) {
        weiri_emit(c, "TRUE");
        return true;
    }
    if (!parse_chain(&p))
        return false;
    weiri_scan_blanks(c);
    if (c->at != c->text.len)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected AND, OR or the end of the filter", NULL);
    return true;
}

static bool is_key_byte(char byte)
{
    return weiri_is_letter(byte) || weiri_is_digit(byte) || byte == '_' || byte == '-';
}

/* Passes over `word` where it is a whole word. */
static bool take_word(struct weiri_convert *c, const char *word)
{
    size_t at;

    weiri_scan_blanks(c);
    at = c->at;
    if (weiri_scan_take(c, word) && !is_key_byte(weiri_scan_peek(c)))
        return true;
    c->at = at;
    return false;
}

/* AND and OR are not mixed without parentheses. */
static bool parse_chain(struct parser *p)
{
    static const char *const words[] = {"AND", "OR"};
    int first = -1;

    if (!parse_term(p))
        return false;
    for (;;) {
        int word = take_word(p->c, words[0]) ? 0 : take_word(p->c, words[1]) ? 1 : -1;

        if (word < 0)
            return true;
        if (first >= 0 && word != first)
            return weiri_convert_fail(
                p->c, PROBLEM_SYNTAX, (struct weiri_span){p->c->at - strlen(words[word]), p->c->at},
                "AND and OR stand side by side", "Pub/Sub wants parentheses around one of them");
        first = word;
        weiri_emit(p->c, (word == 0) != p->negated ? " AND " : " OR ");
        if (!parse_term(p))
            return false;
    }
}

static bool parse_term(struct parser *p)
{
    struct weiri_convert *c = p->c;
    bool good, negation = take_word(c, "NOT") || weiri_scan_take(c, "-");

    weiri_scan_blanks(c);
    if (!negation && weiri_scan_peek(c) != '(')
        return parse_condition(p);
    if (!weiri_convert_enter(c, weiri_scan_span(c, c->at)))
        return false;
    if (negation) {
        p->negated = !p->negated;
        good = parse_term(p);
        p->negated = !p->negated;
    } else {
        c->at++;
        weiri_emit(c, "(");
        good = parse_chain(p);
        if (good && !weiri_scan_take(c, ")"))
            return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at), "expected )",
                                      NULL);
        weiri_emit(c, ")");
    }
    c->depth--;
    return good;
}

static bool parse_condition(struct parser *p)
{
    struct weiri_convert *c = p->c;
    size_t from = c->at;

    weiri_emit_mark(c, weiri_scan_span(c, from));
    if (take_word(c, "hasPrefix"))
        return parse_prefix(p, from);
    if (!take_word(c, "attributes"))
        return weiri_convert_fail(
            c, PROBLEM_SYNTAX, weiri_scan_span(c, from),
            "expected attributes:KEY, attributes.KEY = \"...\" or hasPrefix()",
            "NOT, AND and OR are written in capitals");
    if (weiri_scan_take(c, ":"))
        return parse_key_test(p, from);
    return parse_comparison(p, from);
}

static bool parse_key_test(struct parser *p, size_t from)
{
    struct weiri_span key;

    weiri_emit(p->c, p->negated ? "NOT EXISTS(" : "EXISTS(");
    if (!parse_attribute(p, from, &key))
        return false;
    weiri_emit(p->c, ")");
    return true;
}

/* The key after "attributes." or "attributes:", with or without quotes. */
static bool parse_attribute(struct parser *p, size_t from, struct weiri_span *key)
{
    struct weiri_convert *c = p->c;
    struct weir_str name;

    weiri_scan_blanks(c);
    key->from = c->at;
    if (weiri_scan_peek(c) == '"' || weiri_scan_peek(c) == '\'') {
        if (!weiri_scan_c_string(c, &name))
            return false;
    } else {
        while (is_key_byte(weiri_scan_peek(c)))
            c->at++;
        name = weiri_convert_source(c, (struct weiri_span){key->from, c->at});
        if (name.len == 0)
            return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, from),
                                      "expected the key of an attribute",
                                      "other characters than letters, digits, - and _ need quotes");
    }
    key->to = c->at;
    return weiri_emit_name(c, name, *key);
}

/* The same name a second time. */
static bool repeat_attribute(struct parser *p, struct weiri_span key)
{
    size_t at = p->c->at;
    bool good;

    p->c->at = key.from;
    good = parse_attribute(p, key.from, &key);
    p->c->at = at;
    return good;
}

static bool or_missing(struct parser *p, struct weiri_span key)
{
    weiri_emit(p->c, " OR ");
    if (!repeat_attribute(p, key))
        return false;
    weiri_emit(p->c, " IS NULL)");
    return true;
}

/* Here an attribute may hold 5 and not '5'. */
static void warn_types(struct parser *p, struct weir_str value, struct weiri_span span)
{
    double real;
    bool number = weir_double_parse(&real, value) == WEIR_OK;

    if (number || weir_str_equal(value, WEIR_STR("true")) ||
        weir_str_equal(value, WEIR_STR("false")))
        weiri_convert_warn(p->c, "W711", span,
                           "all attributes of Pub/Sub are strings: this is not the number or bool",
                           "a published 5 or true does not match '5' or 'true'");
    else if (p->negated)
        weiri_convert_warn(p->c, "W711", span,
                           "all attributes of Pub/Sub are strings: one of another type does not "
                           "match here, negated or not",
                           NULL);
}

static bool parse_comparison(struct parser *p, size_t from)
{
    struct weiri_convert *c = p->c;
    struct weiri_span key, span;
    struct weir_str value;
    bool equal;

    if (!weiri_scan_take(c, "."))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected . or : and the key of an attribute", NULL);
    weiri_emit(c, "(");
    if (!parse_attribute(p, from, &key))
        return false;
    equal = weiri_scan_take(c, "=");
    if (!equal && !weiri_scan_take(c, "!="))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected = or !=", "Pub/Sub knows no order of attributes");
    equal = equal != p->negated;
    weiri_emit(c, equal ? " = " : " <> ");
    if (!parse_string(p, &value, &span))
        return false;
    weiri_emit_string(c, value);
    warn_types(&(struct parser){c, !equal}, value, span);
    if (!equal)
        return or_missing(p, key);
    weiri_emit(c, ")");
    return true;
}

static bool parse_prefix(struct parser *p, size_t from)
{
    struct weiri_convert *c = p->c;
    struct weiri_span key, span;
    struct weir_str prefix;

    weiri_emit(c, "(");
    if (!weiri_scan_take(c, "(") || !take_word(c, "attributes") || !weiri_scan_take(c, "."))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected hasPrefix(attributes.KEY, \"...\")", NULL);
    if (!parse_attribute(p, from, &key))
        return false;
    weiri_emit(c, p->negated ? " NOT STARTS WITH " : " STARTS WITH ");
    if (!weiri_scan_take(c, ","))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected , and the prefix", NULL);
    if (!parse_string(p, &prefix, &span))
        return false;
    weiri_emit_string(c, prefix);
    warn_types(p, prefix, span);
    if (!weiri_scan_take(c, ")"))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at), "expected )", NULL);
    if (p->negated)
        return or_missing(p, key);
    weiri_emit(c, ")");
    return true;
}

static bool parse_string(struct parser *p, struct weir_str *string, struct weiri_span *span)
{
    struct weiri_convert *c = p->c;

    weiri_scan_blanks(c);
    span->from = c->at;
    if (weiri_scan_peek(c) != '"' && weiri_scan_peek(c) != '\'')
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected a string, in quotes", NULL);
    if (!weiri_scan_c_string(c, string))
        return false;
    span->to = c->at;
    return true;
}
