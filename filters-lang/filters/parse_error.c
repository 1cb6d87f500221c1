/* parse_error.c - what the parser says about mistakes. */
#include "meant.h"
#include "parse.h"

#include <string.h>

static const char *source(const struct weiri_parser *p, const struct weiri_token *token,
                          struct weiri_excerpt *excerpt)
{
    *excerpt = weiri_excerpt((struct weir_str){p->lexer.text.ptr + token->offset, token->length});
    return excerpt->text;
}

static const char *text_of(const struct weiri_parser *p, struct weiri_span at,
                           struct weiri_excerpt *excerpt)
{
    *excerpt = weiri_excerpt((struct weir_str){p->lexer.text.ptr + at.offset, at.length});
    return excerpt->text;
}

static uint32_t end_of(const struct weiri_token *token)
{
    return token->offset + token->length;
}

static struct weiri_span both(const struct weiri_token *a, const struct weiri_token *b)
{
    return (struct weiri_span){a->offset, end_of(b) - a->offset};
}

static bool is_keyword(const struct weiri_parser *p, const struct weiri_token *token)
{
    struct weir_str text = {p->lexer.text.ptr + token->offset, token->length};

    return weiri_keyword(text) != TOKEN_END;
}

/* Says at the caret what stands there instead. */
static void label(const struct weiri_parser *p, struct weir_diag *diag)
{
    struct weiri_excerpt excerpt;

    if (p->token.kind == TOKEN_END)
        weiri_diag_text(diag->label, "end of the filter here");
    else if (is_keyword(p, &p->token))
        weiri_diag_text(diag->label, "keyword %s here", source(p, &p->token, &excerpt));
    else if (p->token.kind == TOKEN_RIGHT || p->token.kind == TOKEN_LEFT ||
             p->token.kind == TOKEN_COMMA)
        weiri_diag_text(diag->label, "'%s' here", source(p, &p->token, &excerpt));
    else
        weiri_diag_text(diag->label, "%s here", source(p, &p->token, &excerpt));
}

static void suggest_spelling(const struct weiri_parser *p, struct weir_diag *diag)
{
    struct weiri_excerpt excerpt;

    if (p->token.kind == TOKEN_NOT_SIGN)
        weiri_diag_text(diag->suggestion, "after a value write NOT, e.g. NOT IN, NOT LIKE, IS NOT");
    if (p->token.kind == TOKEN_WITH && p->previous.kind == TOKEN_MINUS)
        weiri_diag_text(diag->suggestion, "write a name that has a dash in backticks");
    if (diag->suggestion[0] != '\0' || p->token.kind == TOKEN_AND || p->token.kind == TOKEN_OR ||
        p->token.kind == TOKEN_NOT || !is_keyword(p, &p->token))
        return;
    weiri_diag_text(diag->suggestion, "to use a keyword as a name write `%s`",
                    source(p, &p->token, &excerpt));
}

/* The end of the filter is where its last word ends, not behind comments and empty lines. */
static struct weiri_span place(const struct weiri_parser *p)
{
    uint32_t end = end_of(&p->previous);

    if (p->token.kind == TOKEN_END && end < p->token.offset &&
        memchr(p->lexer.text.ptr + end, '\n', p->token.offset - end) != NULL)
        return (struct weiri_span){end, 0};
    return weiri_token_span(&p->token);
}

static struct weir_node *expected_at(struct weiri_parser *p, struct weiri_span at, const char *code,
                                     const char *what, const char *expected, const char *suggestion)
{
    /* a string brings its own quotes */
    const char *quote = p->previous.kind == TOKEN_STRING ? "" : "'";
    struct weiri_excerpt excerpt;
    struct weir_diag *diag;

    if (p->previous.kind == TOKEN_END)
        diag = weiri_error(p->compiler, code, at, "expected %s", what);
    else
        diag = weiri_error(p->compiler, code, at, "expected %s after %s%s%s", what, quote,
                           source(p, &p->previous, &excerpt), quote);
    label(p, diag);
    weiri_diag_text(diag->expected, "%s", expected);
    if (suggestion != NULL && suggestion[0] != '\0')
        weiri_diag_text(diag->suggestion, "%s", suggestion);
    else
        suggest_spelling(p, diag);
    return NULL;
}

struct weir_node *weiri_parser_expected(struct weiri_parser *p, const char *code, const char *what,
                                        const char *expected, const char *suggestion)
{
    return expected_at(p, place(p), code, what, expected, suggestion);
}

static struct weir_node *report_null(struct weiri_parser *p, const char *code, struct weiri_span at,
                                     const char *suggestion)
{
    struct weir_diag *diag = weiri_error(p->compiler, code, at, "NULL is no value");

    weiri_diag_text(diag->expected, "a literal, an attribute, (");
    weiri_diag_text(diag->suggestion, "%s", suggestion);
    return NULL;
}

/* ---- where a condition is missing */

/* The character after the current token and blanks, '\0' at the end. */
static char next_char(const struct weiri_parser *p)
{
    struct weir_str text = p->lexer.text;
    size_t at = end_of(&p->token);

    while (at < text.len && text.ptr[at] <= ' ' && text.ptr[at] >= 0)
        at++;
    return at < text.len ? text.ptr[at] : '\0';
}

static struct weir_node *expected_condition(struct weiri_parser *p)
{
    const enum weiri_token_kind kind = p->token.kind, previous = p->previous.kind;
    const struct weir_node *before = p->pending_count > 0 ? p->pending[p->pending_count - 1] : NULL;
    char suggestion[WEIR_DIAG_ARG_MAX] = "";
    struct weiri_excerpt name, sign;

    if (kind == TOKEN_NULL && next_char(p) != '\0' && strchr("=<>!", next_char(p)) != NULL)
        return report_null(p, "F201", weiri_token_span(&p->token), "write e.g. price IS NULL");
    if (weiri_is_tail(kind) && kind != TOKEN_NOT && before != NULL &&
        (previous == TOKEN_AND || previous == TOKEN_OR) && before->kind >= WEIR_NODE_COMPARE &&
        before->kind <= WEIR_NODE_MATCHES)
        weiri_diag_text(suggestion, "name the attribute again, e.g. %s %s ...",
                        text_of(p, weiri_node_span(before->child[0]), &name),
                        source(p, &p->token, &sign));
    else if (kind >= TOKEN_IN && kind <= TOKEN_IS && kind != TOKEN_ESCAPE && kind != TOKEN_WITH &&
             (next_char(p) == '\0' || strchr("=<>!", next_char(p)) == NULL))
        weiri_diag_text(suggestion,
                        "name the attribute first, e.g. symbol LIKE 'IB%%'; as a name "
                        "a keyword is written `%s`",
                        source(p, &p->token, &sign));
    else if ((previous == TOKEN_AND || previous == TOKEN_OR) &&
             (kind == TOKEN_AND || kind == TOKEN_OR || !is_keyword(p, &p->token)))
        weiri_diag_text(suggestion, "leave out %s, or write a condition",
                        source(p, &p->previous, &sign));
    return weiri_parser_expected(p, "F201", "a condition",
                                 "a comparison, an attribute, NOT, EXISTS, (", suggestion);
}

/* ---- where a value is missing */

struct weir_node *weiri_parser_expected_operand(struct weiri_parser *p, enum weiri_level floor)
{
    enum weiri_token_kind previous = p->previous.kind;
    struct weiri_excerpt sign, left;
    char suggestion[WEIR_DIAG_ARG_MAX];

    if (floor <= LEVEL_NOT)
        return expected_condition(p);
    if (p->token.kind == TOKEN_NULL && (previous == TOKEN_EQ || previous == TOKEN_NE))
        return report_null(p, "F203", both(&p->previous, &p->token),
                           previous == TOKEN_EQ ? "write IS NULL" : "write IS NOT NULL");
    if (p->compared == NULL || previous < TOKEN_EQ || previous > TOKEN_GE)
        return weiri_parser_expected(p, "F203", "a value", "a literal, an attribute, (", NULL);
    weiri_diag_text(
        suggestion,
        previous == TOKEN_EQ || previous == TOKEN_NE ? "write a value, e.g. %s %s 'text'"
                                                     : "write a number, e.g. %s %s 100.0",
        text_of(p, weiri_node_span(p->compared), &left), source(p, &p->previous, &sign));
    return weiri_parser_expected(p, "F203", "a value", "a literal, an attribute, (", suggestion);
}

struct weir_node *weiri_parser_expected_literal(struct weiri_parser *p)
{
    char suggestion[WEIR_DIAG_ARG_MAX] = "";
    struct weiri_excerpt name;

    if (p->token.kind == TOKEN_NULL)
        return report_null(p, "F208", weiri_token_span(&p->token),
                           "take it out, and ask besides with IS NULL");
    if (p->token.kind == TOKEN_NAME)
        weiri_diag_text(suggestion,
                        "write '%s'; attributes are compared with =", source(p, &p->token, &name));
    else if (p->token.kind == TOKEN_RIGHT && p->previous.kind == TOKEN_LEFT)
        weiri_diag_text(suggestion, "a list has a value; what matches nothing is FALSE");
    else if (p->previous.kind == TOKEN_COMMA &&
             (p->token.kind == TOKEN_RIGHT || p->token.kind == TOKEN_COMMA))
        weiri_diag_text(suggestion, "leave out the comma, or write a value");
    return weiri_parser_expected(p, "F208", "a literal", "a literal", suggestion);
}

/* What runs from the current token to the next blank or bracket and has no quote: a string whose
 * quotes were left out.  Empty if that is none. */
static struct weir_str bare_string(const struct weiri_parser *p)
{
    struct weir_str rest = {p->lexer.text.ptr + p->token.offset,
                            p->lexer.text.len - p->token.offset};
    size_t len = 0;

    while (len < rest.len && (unsigned char)rest.ptr[len] > ' ' &&
           strchr("(),", rest.ptr[len]) == NULL) {
        if (rest.ptr[len] == '\'' || rest.ptr[len] == '"' || rest.ptr[len] == '`')
            return WEIR_STR("");
        len++;
    }
    return (struct weir_str){rest.ptr, len};
}

struct weir_node *weiri_parser_expected_string(struct weiri_parser *p, const char *example)
{
    struct weir_str bare = bare_string(p);
    char suggestion[WEIR_DIAG_ARG_MAX];

    if (bare.len == 0 || is_keyword(p, &p->token) || p->token.kind == TOKEN_EQ)
        return weiri_parser_expected(p, "F207", "a string", "a string", example);
    p->token.length = (uint32_t)bare.len;
    if (bare.len > 2 && bare.ptr[0] == '/' && bare.ptr[bare.len - 1] == '/')
        bare = (struct weir_str){bare.ptr + 1, bare.len - 2};
    weiri_diag_text(suggestion, "write '%s'", weiri_excerpt(bare).text);
    (void)weiri_parser_expected(p, "F207", "a string", "a string", suggestion);
    p->lexer.at = end_of(&p->token);
    weiri_parser_advance(p);
    return NULL;
}

/* ---- where a word is missing or is none */

static struct weir_node *report_word(struct weiri_parser *p, const char *code,
                                     enum weiri_context context, const char *message)
{
    struct weiri_meant meant = weiri_meant(context, p->token.text);
    struct weiri_excerpt word;
    struct weir_diag *diag;

    diag =
        weiri_error(p->compiler, code, weiri_token_span(&p->token), "%s '%s'%s%s%s", message,
                    source(p, &p->token, &word), meant.instead != NULL ? ", did you mean " : "",
                    meant.instead != NULL ? meant.instead : "", meant.instead != NULL ? "?" : "");
    if (meant.advice != NULL)
        weiri_diag_text(diag->suggestion, "%s", meant.advice);
    else if (meant.instead != NULL)
        weiri_diag_text(diag->suggestion, "write %s", meant.instead);
    return NULL;
}

static bool is_meant(const struct weiri_parser *p, enum weiri_context context)
{
    struct weiri_meant meant = weiri_meant(context, p->token.text);

    return p->token.kind == TOKEN_NAME && !p->token.quoted &&
           (meant.instead != NULL || meant.advice != NULL);
}

struct weir_node *weiri_parser_expected_type(struct weiri_parser *p, const struct weiri_token *is)
{
    const enum weiri_token_kind kind = p->token.kind;
    const bool negated = p->previous.kind == TOKEN_NOT;
    struct weiri_excerpt value;
    char suggestion[WEIR_DIAG_ARG_MAX] = "";

    if (is_meant(p, WEIRI_TYPES))
        return report_word(p, "F210", WEIRI_TYPES, "there is no type");
    if (kind == TOKEN_TRUE || kind == TOKEN_FALSE || kind == TOKEN_INT || kind == TOKEN_DOUBLE ||
        kind == TOKEN_STRING)
        weiri_diag_text(suggestion, "write %s %s", negated ? "<>" : "=",
                        source(p, &p->token, &value));
    return expected_at(p, suggestion[0] != '\0' ? both(is, &p->token) : place(p), "F210",
                       "NULL or a type", "NOT, NULL, STRING, INT, DOUBLE, BOOL, TIMESTAMP",
                       suggestion);
}

struct weir_node *weiri_parser_expected_word(struct weiri_parser *p)
{
    static const char *const inverse[] = {"<>", "=", ">=", ">", "<=", "<"};
    const enum weiri_token_kind kind = p->token.kind;
    char suggestion[WEIR_DIAG_ARG_MAX] = "";

    if (is_meant(p, WEIRI_AFTER_VALUE))
        return report_word(p, "F214", WEIRI_AFTER_VALUE, "no operator is called");
    if (kind == TOKEN_NULL)
        weiri_diag_text(suggestion, "write IS NOT NULL");
    else if (kind >= TOKEN_EQ && kind <= TOKEN_GE)
        weiri_diag_text(suggestion, "write %s", inverse[kind - TOKEN_EQ]);
    return expected_at(p, suggestion[0] != '\0' ? both(&p->previous, &p->token) : place(p), "F210",
                       "IN, BETWEEN, LIKE or another word",
                       "IN, BETWEEN, LIKE, STARTS WITH, ENDS WITH, CONTAINS, MATCHES", suggestion);
}

struct weir_node *weiri_parser_unknown_function(struct weiri_parser *p,
                                                const struct weiri_token *name)
{
    const char *dot = NULL;
    struct weiri_meant meant;
    struct weir_diag *diag;

    for (size_t i = 0; i < name->text.len; i++)
        dot = name->text.ptr[i] == '.' ? name->text.ptr + i : dot;
    meant = dot != NULL ? (struct weiri_meant){NULL, "an attribute stands within the parentheses, "
                                                     "e.g. hasPrefix(symbol, 'IB')"}
                        : weiri_meant(WEIRI_FUNCTIONS, name->text);
    diag = weiri_error(p->compiler, "F211", weiri_token_span(name),
                       meant.instead != NULL ? "there is no function '%s', did you mean %s?"
                                             : "there is no function '%s'",
                       weiri_excerpt(name->text).text, meant.instead);
    weiri_diag_text(diag->expected, "hasPrefix, hasSuffix, contains, EXISTS");
    if (meant.advice != NULL)
        weiri_diag_text(diag->suggestion, "%s", meant.advice);
    else if (meant.instead != NULL)
        weiri_diag_text(diag->suggestion, "write %s", meant.instead);
    else
        weiri_diag_text(diag->suggestion, "the functions are hasPrefix, hasSuffix, contains and "
                                          "EXISTS");
    return NULL;
}

struct weir_node *weiri_parser_chained(struct weiri_parser *p, const struct weir_node *left)
{
    struct weir_diag *diag = weiri_error(p->compiler, "F206", weiri_token_span(&p->token),
                                         "a comparison cannot follow a comparison");
    struct weiri_excerpt first, middle, sign;

    label(p, diag);
    weiri_diag_text(diag->expected, "AND, OR");
    if (left->kind != WEIR_NODE_COMPARE)
        weiri_diag_text(diag->suggestion, "join two with AND, e.g. 5 < a AND a < 9");
    else
        weiri_diag_text(diag->suggestion, "join two with AND: %s AND %s %s ...",
                        text_of(p, weiri_node_span(left), &first),
                        text_of(p, weiri_node_span(left->child[1]), &middle),
                        source(p, &p->token, &sign));
    return NULL;
}

/* ---- where a filter or a part of it should have ended */

/* `1,000` with groups of three digits, which are passed over. */
static bool report_commas(struct weiri_parser *p)
{
    struct weir_str text = p->lexer.text;
    uint32_t start = p->previous.offset, at = start;
    size_t len = 0, group = 0;
    char digits[40];
    struct weir_diag *diag;

    if (p->previous.kind != TOKEN_INT || end_of(&p->previous) != p->token.offset)
        return false;
    for (; at < text.len && len < sizeof digits - 1; at++) {
        bool comma = text.ptr[at] == ',' && (group == 3 || at == p->token.offset);

        if (!comma && (text.ptr[at] < '0' || text.ptr[at] > '9'))
            break;
        group = comma ? 0 : group + 1;
        if (!comma)
            digits[len++] = text.ptr[at];
    }
    if (group != 3)
        return false;
    diag = weiri_error(p->compiler, "F108", (struct weiri_span){start, at - start},
                       "a number has no commas");
    weiri_diag_text(diag->suggestion, "write %.*s", (int)len, digits);
    return true;
}

/* `'O'Brien'`: what follows a string without a blank belongs to it. */
static bool suggest_doubled_quote(struct weiri_parser *p, char *suggestion)
{
    struct weir_str text = p->lexer.text;
    uint32_t start = p->previous.offset, end = p->token.offset;
    char quote = text.ptr[start];
    struct weiri_excerpt before, after;

    if (p->previous.kind != TOKEN_STRING || (quote != '\'' && quote != '"') ||
        end_of(&p->previous) != p->token.offset ||
        (p->token.kind != TOKEN_NAME && p->token.kind != TOKEN_INT && p->token.kind != TOKEN_BAD))
        return false;
    if (p->previous.length == 2) {
        weiri_diag_text(suggestion, "one quote begins a string, and one ends it");
        return true;
    }
    p->lexer.torn = true;
    while (end < text.len && text.ptr[end] != quote && text.ptr[end] != '\n')
        end++;
    before = weiri_excerpt((struct weir_str){text.ptr + start + 1, p->token.offset - start - 1});
    after = weiri_excerpt((struct weir_str){text.ptr + p->token.offset, end - p->token.offset});
    weiri_diag_text(suggestion, "a quote within a string is written twice: %c%s%c%s%c", quote,
                    before.text, quote, after.text, quote);
    return true;
}

static bool follows_a_value(const struct weiri_parser *p)
{
    return p->operand.length != 0 && p->operand.offset + p->operand.length == end_of(&p->previous);
}

static void report_postfix_exists(struct weiri_parser *p)
{
    struct weiri_excerpt name;
    struct weiri_span at = {p->operand.offset, end_of(&p->token) - p->operand.offset};
    struct weir_diag *diag =
        weiri_error(p->compiler, "F213", at, "EXISTS stands before an attribute");

    weiri_diag_text(diag->suggestion, "write EXISTS(%s)", text_of(p, p->operand, &name));
}

void weiri_parser_expected_logic(struct weiri_parser *p)
{
    const bool value = follows_a_value(p);
    struct weir_str before = {p->lexer.text.ptr + p->previous.offset, p->previous.length};
    char suggestion[WEIR_DIAG_ARG_MAX] = "";

    if (value && p->token.kind == TOKEN_EXISTS) {
        report_postfix_exists(p);
        return;
    }
    if (weiri_equal_caseless(before, "WHERE") || weiri_equal_caseless(before, "FROM")) {
        weiri_diag_text(suggestion, "a filter is one condition, as it stands behind WHERE");
    } else if (is_meant(p, value ? WEIRI_AFTER_VALUE : WEIRI_AFTER_CONDITION)) {
        (void)report_word(p, "F214", value ? WEIRI_AFTER_VALUE : WEIRI_AFTER_CONDITION,
                          "no operator is called");
        return;
    } else if (p->token.kind == TOKEN_COMMA) {
        if (report_commas(p))
            return;
        weiri_diag_text(suggestion, "conditions are joined with AND; a list stands after IN");
    } else {
        (void)suggest_doubled_quote(p, suggestion);
    }
    (void)weiri_parser_expected(p, "F202", value ? "a comparison, AND or OR" : "AND or OR",
                                value ? "=, <>, <, <=, >, >=, IN, BETWEEN, LIKE, STARTS WITH, "
                                        "ENDS WITH, CONTAINS, MATCHES, IS, AND, OR"
                                      : "AND, OR",
                                suggestion[0] != '\0' ? suggestion : NULL);
}
