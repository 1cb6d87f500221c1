/* jms.c - message selectors of JMS 2.0 (its section 3.8.1).
 *
 * The languages are so close that the tokens go over one by one.  They differ where types do not
 * fit: JMS has FALSE there and Weir UNKNOWN, which shows only under a NOT. */
#include "jms.h"

#include <string.h>

/* What an expression is, as far as its text tells. */
enum class { CLASS_TRUTH, CLASS_NAME, CLASS_STRING, CLASS_BOOL, CLASS_NUMBER };

struct parser {
    struct weiri_convert *c;
    struct jms_token token;
    bool negated; /* under an odd number of NOT */
};

static struct weiri_span since(const struct parser *p, struct weiri_span from);
static bool require_truth(struct parser *p, enum class class, struct weiri_span span);
static bool parse_or(struct parser *p, enum class *class);
static bool parse_and(struct parser *p, enum class *class);
static bool parse_not(struct parser *p, enum class *class);
static bool parse_predicate(struct parser *p, enum class *class);
static bool parse_tail(struct parser *p, enum class left, struct weiri_span from);
static bool parse_compare(struct parser *p, enum class left, struct weiri_span from);
static bool parse_between(struct parser *p, enum class left, struct weiri_span from);
static bool parse_in(struct parser *p);
static bool parse_like(struct parser *p);
static bool parse_is(struct parser *p);
static bool parse_sum(struct parser *p, enum class *class);
static bool parse_product(struct parser *p, enum class *class);
static bool parse_sign(struct parser *p, enum class *class);
static bool parse_primary(struct parser *p, enum class *class);
static bool emit_identifier(struct parser *p);

bool weiri_convert_jms(struct weiri_convert *c)
{
    struct parser p = {.c = c};
    enum class class;

    if (!weiri_jms_next(c, &p.token))
        return false;
    if (p.token.kind == JMS_END) {
        weiri_emit(c, "TRUE");
        return true;
    }
    if (!parse_or(&p, &class) || !require_truth(&p, class, since(&p, (struct weiri_span){0, 0})))
        return false;
    if (p.token.kind != JMS_END)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, p.token.span,
                                  "expected AND, OR or the end of the selector", NULL);
    return true;
}

/* ---- what they have in common */

static bool advance(struct parser *p)
{
    return weiri_jms_next(p->c, &p->token);
}

static bool syntax(struct parser *p, const char *message)
{
    struct weiri_span span = p->token.span;

    return weiri_convert_fail(p->c, PROBLEM_SYNTAX, span, message,
                              p->token.kind == JMS_NULL ? "to test for a missing property, write "
                                                          "name IS NULL"
                                                        : NULL);
}

static bool require_number(struct parser *p, enum class class, struct weiri_span span)
{
    if (class == CLASS_NUMBER || class == CLASS_NAME)
        return true;
    return weiri_convert_fail(p->c, PROBLEM_SYNTAX, span,
                              "JMS allows numbers and properties here only", NULL);
}

/* The text from the beginning of a token to where reading has come. */
static struct weiri_span since(const struct parser *p, struct weiri_span from)
{
    size_t to = p->token.span.from;

    while (to > from.from + 1 && strchr(" \t\r\n\f", p->c->text.ptr[to - 1]) != NULL)
        to--;
    return (struct weiri_span){from.from, to};
}

static void warn_mismatch(struct parser *p, bool negated, struct weiri_span span)
{
    if (negated)
        weiri_convert_warn(p->c, "W701", span,
                           "under NOT, JMS selects a property of another type than is compared; "
                           "Weir does not",
                           "a comparison across types is FALSE in JMS, UNKNOWN here");
}

static void warn_order(struct parser *p, struct weiri_span span)
{
    weiri_convert_warn(p->c, "W704", span,
                       "two strings are put in order here; JMS orders numbers only", NULL);
}

/* A property that is no Boolean is one more mismatch. */
static bool require_truth(struct parser *p, enum class class, struct weiri_span span)
{
    if (class != CLASS_TRUTH && class != CLASS_BOOL && class != CLASS_NAME)
        return weiri_convert_fail(p->c, PROBLEM_SYNTAX, span,
                                  "a value stands where a condition should", NULL);
    if (class == CLASS_NAME)
        warn_mismatch(p, p->negated, span);
    return true;
}

/* ---- conditions */

static bool parse_or(struct parser *p, enum class *class)
{
    struct weiri_span from = p->token.span;

    if (!parse_and(p, class))
        return false;
    while (p->token.kind == JMS_OR) {
        if (!require_truth(p, *class, since(p, from)) || !advance(p))
            return false;
        weiri_emit(p->c, " OR ");
        from = p->token.span;
        if (!parse_and(p, class) || !require_truth(p, *class, since(p, from)))
            return false;
        *class = CLASS_TRUTH;
    }
    return true;
}

static bool parse_and(struct parser *p, enum class *class)
{
    struct weiri_span from = p->token.span;

    if (!parse_not(p, class))
        return false;
    while (p->token.kind == JMS_AND) {
        if (!require_truth(p, *class, since(p, from)) || !advance(p))
            return false;
        weiri_emit(p->c, " AND ");
        from = p->token.span;
        if (!parse_not(p, class) || !require_truth(p, *class, since(p, from)))
            return false;
        *class = CLASS_TRUTH;
    }
    return true;
}

static bool parse_not(struct parser *p, enum class *class)
{
    struct weiri_span from;
    bool good;

    if (p->token.kind != JMS_NOT)
        return parse_predicate(p, class);
    if (!weiri_convert_enter(p->c, p->token.span) || !advance(p))
        return false;
    weiri_emit(p->c, "NOT ");
    from = p->token.span;
    p->negated = !p->negated;
    good = parse_not(p, class) && require_truth(p, *class, since(p, from));
    p->negated = !p->negated;
    p->c->depth--;
    *class = CLASS_TRUTH;
    return good;
}

static bool parse_predicate(struct parser *p, enum class *class)
{
    struct weiri_span from = p->token.span;

    weiri_emit_mark(p->c, from);
    if (!parse_sum(p, class))
        return false;
    switch (p->token.kind) {
    case JMS_EQ:
    case JMS_NE:
    case JMS_LT:
    case JMS_LE:
    case JMS_GT:
    case JMS_GE:
        if (!parse_compare(p, *class, from))
            return false;
        break;
    case JMS_NOT:
    case JMS_BETWEEN:
    case JMS_IN:
    case JMS_LIKE:
    case JMS_IS:
        if (!parse_tail(p, *class, from))
            return false;
        break;
    default: return true;
    }
    *class = CLASS_TRUTH;
    return true;
}

static bool parse_compare(struct parser *p, enum class left, struct weiri_span from)
{
    static const char *const signs[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};
    enum jms_token_kind sign = p->token.kind;
    bool ordered = sign != JMS_EQ && sign != JMS_NE;
    struct weiri_span place = p->token.span;
    enum class right;

    if (left == CLASS_TRUTH)
        return syntax(p, "a condition cannot be compared");
    weiri_emit(p->c, signs[sign - JMS_EQ]);
    if (!advance(p) || !parse_sum(p, &right))
        return false;
    if (right == CLASS_TRUTH)
        return weiri_convert_fail(p->c, PROBLEM_SYNTAX, place, "a condition cannot be compared",
                                  NULL);
    if (ordered && (left == CLASS_STRING || left == CLASS_BOOL || right == CLASS_STRING ||
                    right == CLASS_BOOL))
        return weiri_convert_fail(p->c, PROBLEM_SYNTAX, place,
                                  "JMS compares strings and Booleans with = and <> only", NULL);
    if (ordered && left == CLASS_NAME && right == CLASS_NAME)
        warn_order(p, since(p, from));
    warn_mismatch(p, p->negated, since(p, from));
    return true;
}

/* [NOT] BETWEEN, IN, LIKE; IS. */
static bool parse_tail(struct parser *p, enum class left, struct weiri_span from)
{
    bool negated = p->token.kind == JMS_NOT;

    if (negated) {
        weiri_emit(p->c, " NOT");
        if (!advance(p))
            return false;
    }
    if (p->token.kind == JMS_BETWEEN)
        return parse_between(p, left, from);
    if (left != CLASS_NAME)
        return weiri_convert_fail(p->c, PROBLEM_SYNTAX, since(p, from),
                                  "JMS allows only the name of a property here", NULL);
    if (p->token.kind == JMS_IS && !negated)
        return parse_is(p);
    if (p->token.kind != JMS_IN && p->token.kind != JMS_LIKE)
        return syntax(p, "expected BETWEEN, IN or LIKE");
    if (p->token.kind == JMS_IN ? !parse_in(p) : !parse_like(p))
        return false;
    warn_mismatch(p, p->negated != negated, since(p, from));
    return true;
}

/* NOT BETWEEN is defined as < OR >: FALSE where types do not fit. */
static bool parse_between(struct parser *p, enum class left, struct weiri_span from)
{
    struct weiri_span bound;
    enum class class;
    bool strings = left == CLASS_NAME;

    if (!require_number(p, left, since(p, from)) || !advance(p))
        return false;
    weiri_emit(p->c, " BETWEEN ");
    bound = p->token.span;
    if (!parse_sum(p, &class) || !require_number(p, class, bound))
        return false;
    strings = strings && class == CLASS_NAME;
    if (p->token.kind != JMS_AND)
        return syntax(p, "expected AND and the upper bound");
    weiri_emit(p->c, " AND ");
    if (!advance(p))
        return false;
    bound = p->token.span;
    if (!parse_sum(p, &class) || !require_number(p, class, bound))
        return false;
    if (strings || (left == CLASS_NAME && class == CLASS_NAME))
        warn_order(p, since(p, from));
    warn_mismatch(p, p->negated, since(p, from));
    return true;
}

static bool parse_in(struct parser *p)
{
    if (!advance(p))
        return false;
    if (p->token.kind != JMS_LEFT)
        return syntax(p, "expected ( and strings");
    weiri_emit(p->c, " IN (");
    do {
        if (!advance(p))
            return false;
        if (p->token.kind != JMS_STRING)
            return syntax(p, "expected a string; JMS allows nothing else in IN");
        weiri_jms_emit_string(p->c, p->token.span);
        if (!advance(p))
            return false;
        weiri_emit(p->c, p->token.kind == JMS_COMMA ? ", " : ")");
    } while (p->token.kind == JMS_COMMA);
    if (p->token.kind != JMS_RIGHT)
        return syntax(p, "expected , or )");
    return advance(p);
}

static bool parse_like(struct parser *p)
{
    if (!advance(p))
        return false;
    if (p->token.kind != JMS_STRING)
        return syntax(p, "expected a pattern, in quotes");
    weiri_emit(p->c, " LIKE ");
    weiri_jms_emit_string(p->c, p->token.span);
    if (!advance(p))
        return false;
    if (p->token.kind != JMS_ESCAPE)
        return true;
    if (!advance(p))
        return false;
    if (p->token.kind != JMS_STRING)
        return syntax(p, "expected one character, in quotes");
    weiri_emit(p->c, " ESCAPE ");
    weiri_jms_emit_string(p->c, p->token.span);
    return advance(p);
}

static bool parse_is(struct parser *p)
{
    weiri_emit(p->c, " IS");
    if (!advance(p))
        return false;
    if (p->token.kind == JMS_NOT) {
        weiri_emit(p->c, " NOT");
        if (!advance(p))
            return false;
    }
    if (p->token.kind != JMS_NULL)
        return syntax(p, "expected NULL");
    weiri_emit(p->c, " NULL");
    return advance(p);
}

/* ---- values */

static void warn_arithmetic(struct parser *p, struct weiri_span span)
{
    weiri_convert_warn(p->c, "W702", span,
                       "where Java's arithmetic wraps around or gives an infinity, the result is "
                       "UNKNOWN here",
                       NULL);
}

static bool parse_sum(struct parser *p, enum class *class)
{
    struct weiri_span from = p->token.span;

    if (!parse_product(p, class))
        return false;
    while (p->token.kind == JMS_PLUS || p->token.kind == JMS_MINUS) {
        weiri_emit(p->c, p->token.kind == JMS_PLUS ? " + " : " - ");
        if (!require_number(p, *class, since(p, from)) || !advance(p))
            return false;
        from = p->token.span;
        if (!parse_product(p, class) || !require_number(p, *class, since(p, from)))
            return false;
        warn_arithmetic(p, from);
        *class = CLASS_NUMBER;
    }
    return true;
}

static bool parse_product(struct parser *p, enum class *class)
{
    struct weiri_span from = p->token.span;

    if (!parse_sign(p, class))
        return false;
    while (p->token.kind == JMS_STAR || p->token.kind == JMS_SLASH) {
        weiri_emit(p->c, p->token.kind == JMS_STAR ? " * " : " / ");
        if (!require_number(p, *class, since(p, from)) || !advance(p))
            return false;
        from = p->token.span;
        if (!parse_sign(p, class) || !require_number(p, *class, since(p, from)))
            return false;
        warn_arithmetic(p, from);
        *class = CLASS_NUMBER;
    }
    return true;
}

/* Weir has one sign before a value, and "--" begins a comment: hence the parentheses. */
static bool parse_sign(struct parser *p, enum class *class)
{
    bool negative = p->token.kind == JMS_MINUS;
    struct weiri_span from = p->token.span;

    if (!negative && p->token.kind != JMS_PLUS)
        return parse_primary(p, class);
    if (!weiri_convert_enter(p->c, from) || !advance(p))
        return false;
    if (p->token.kind == JMS_NUMBER) {
        if (!weiri_jms_emit_number(p->c, p->token.span, negative) || !advance(p))
            return false;
    } else {
        weiri_emit(p->c, negative ? "-(" : "+(");
        from = p->token.span;
        if (!parse_sign(p, class) || !require_number(p, *class, since(p, from)))
            return false;
        weiri_emit(p->c, ")");
        warn_arithmetic(p, since(p, from));
    }
    p->c->depth--;
    *class = CLASS_NUMBER;
    return true;
}

static bool parse_primary(struct parser *p, enum class *class)
{
    switch (p->token.kind) {
    case JMS_NAME: *class = CLASS_NAME; return emit_identifier(p) && advance(p);
    case JMS_STRING:
        *class = CLASS_STRING;
        weiri_jms_emit_string(p->c, p->token.span);
        return advance(p);
    case JMS_NUMBER:
        *class = CLASS_NUMBER;
        return weiri_jms_emit_number(p->c, p->token.span, false) && advance(p);
    case JMS_TRUE:
    case JMS_FALSE:
        *class = CLASS_BOOL;
        weiri_emit(p->c, p->token.kind == JMS_TRUE ? "TRUE" : "FALSE");
        return advance(p);
    case JMS_LEFT: break;
    default: return syntax(p, "expected a property, a value or (");
    }
    weiri_emit(p->c, "(");
    if (!weiri_convert_enter(p->c, p->token.span) || !advance(p) || !parse_or(p, class))
        return false;
    if (p->token.kind != JMS_RIGHT)
        return syntax(p, "expected )");
    weiri_emit(p->c, ")");
    p->c->depth--;
    return advance(p);
}

/* Header fields that selectors may name; the rest of a JMS message is not for selectors. */
static bool emit_identifier(struct parser *p)
{
    static const char *const headers[] = {"JMSDeliveryMode", "JMSPriority", "JMSMessageID",
                                          "JMSTimestamp", "JMSCorrelationID"};
    static const char *const hidden[] = {"JMSDestination", "JMSReplyTo", "JMSRedelivered",
                                         "JMSExpiration", "JMSDeliveryTime"};
    struct weir_str name = weiri_convert_source(p->c, p->token.span);

    if (weir_str_equal(name, WEIR_STR("JMSType"))) {
        weiri_emit(p->c, "$type");
        return true;
    }
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (weir_str_equal(name, weir_str_of(hidden[i])))
            return weiri_convert_fail(p->c, PROBLEM_INEXPRESSIBLE, p->token.span,
                                      "selectors cannot name this header field", NULL);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        if (weir_str_equal(name, weir_str_of(headers[i])))
            weiri_convert_warn(p->c, "W703", p->token.span,
                               "there is no such header field here; this becomes an attribute",
                               "it is there only if publishers set an attribute of that name");
    return weiri_emit_name(p->c, name, p->token.span);
}
