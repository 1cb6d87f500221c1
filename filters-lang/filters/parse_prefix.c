/* parse_prefix.c - what a predicate or an operand begins with. */
#include "parse.h"

#include <weir/text.h>

#include <assert.h>

static const struct {
    const char *name;
    enum weir_node_kind kind;
} functions[] = {
    {"hasPrefix",   WEIR_NODE_STARTS  },
    {"startsWith",  WEIR_NODE_STARTS  },
    {"beginsWith",  WEIR_NODE_STARTS  },
    {"begins-with", WEIR_NODE_STARTS  },
    {"starts-with", WEIR_NODE_STARTS  },
    {"hasSuffix",   WEIR_NODE_ENDS    },
    {"endsWith",    WEIR_NODE_ENDS    },
    {"ends-with",   WEIR_NODE_ENDS    },
    {"contains",    WEIR_NODE_CONTAINS},
};

static struct weir_node *report_unclosed(struct weiri_parser *p, struct weiri_span at)
{
    struct weir_diag *diag = weiri_error(p->compiler, "F204", at, "unclosed '('");

    weiri_diag_text(diag->label, "it begins here");
    weiri_diag_text(diag->expected, ")");
    weiri_diag_text(diag->suggestion, "close it with )");
    return NULL;
}

static struct weir_node *parse_paren(struct weiri_parser *p)
{
    struct weiri_span at = weiri_token_span(&p->token);
    struct weir_node *node;

    if (!weiri_parser_enter(p))
        return NULL;
    weiri_parser_advance(p);
    if (p->token.kind == TOKEN_END) {
        p->depth--;
        return report_unclosed(p, at);
    }
    node = weiri_parse_level(p, LEVEL_OR);
    while (p->token.kind != TOKEN_RIGHT && !p->compiler->stopped) {
        if (p->token.kind == TOKEN_END) {
            (void)report_unclosed(p, at);
            break;
        }
        if (p->token.kind == TOKEN_COMMA && p->between == at.offset) {
            node = weiri_parser_expected(p, "F209", "AND", "AND", "write e.g. BETWEEN 1 AND 9");
            weiri_parser_skip(p, p->open);
            continue;
        }
        weiri_parser_expected_logic(p);
        weiri_parser_skip(p, p->open);
        if (weiri_parser_accept(p, TOKEN_AND) || weiri_parser_accept(p, TOKEN_OR))
            (void)weiri_parse_level(p, LEVEL_OR);
    }
    (void)weiri_parser_accept(p, TOKEN_RIGHT);
    p->depth--;
    return node;
}

static struct weir_node *parse_not(struct weiri_parser *p)
{
    uint32_t offset = p->token.offset;
    struct weir_node *child;

    if (!weiri_parser_enter(p))
        return NULL;
    weiri_parser_advance(p);
    child = weiri_parse_level(p, LEVEL_NOT);
    p->depth--;
    return child == NULL ? NULL : weiri_parser_parent(p, WEIR_NODE_NOT, offset, &child, 1);
}

static struct weir_node *literal_node(struct weiri_parser *p, uint32_t offset,
                                      struct weir_value value)
{
    struct weir_node *node = weiri_parser_node(p, WEIR_NODE_LITERAL, offset);

    if (node != NULL)
        node->literal = value;
    return node;
}

static bool read_number(struct weiri_parser *p, struct weir_value *value, bool negative)
{
    const struct weiri_token *token = &p->previous;
    struct weir_diag *diag;

    weiri_parser_advance(p);
    if (token->kind == TOKEN_DOUBLE) {
        *value = weir_value_double(negative ? -token->real : token->real);
        return true;
    }
    if (token->magnitude <= INT64_MAX) {
        int64_t integer = (int64_t)token->magnitude;

        *value = weir_value_int(negative ? -integer : integer);
        return true;
    }
    if (negative) {
        *value = weir_value_int(INT64_MIN);
        return true;
    }
    diag = weiri_error(p->compiler, "F109", weiri_token_span(token),
                       "the number is too large for an int");
    weiri_diag_text(diag->suggestion,
                    "ints go to 9223372036854775807; for a double write a point, e.g. 1e19");
    return false;
}

/* What is missing of the usual short forms of dates and times. */
static void report_timestamp(struct weiri_parser *p)
{
    static const char *const endings[] = {"", "Z", ":00Z", "T00:00:00Z"};
    struct weir_str given = p->token.text;
    struct weir_diag *diag = weiri_error(
        p->compiler, "F110", weiri_token_span(&p->token),
        "'%s' is not an RFC 3339 timestamp of the years 1678 to 2261", weiri_excerpt(given).text);
    char text[40];
    int64_t nanoseconds;

    weiri_diag_text(diag->suggestion, "write e.g. '2013-10-07T09:30:00.123Z'");
    if (given.len < 10 || given.len > 30)
        return;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct weiri_text t = weiri_text_begin(text, sizeof text);

        weiri_text_put(&t, (struct weir_str){given.ptr, 10});
        if (given.len > 10) {
            weiri_text_put_char(&t, given.ptr[10] == ' ' ? 'T' : given.ptr[10]);
            weiri_text_put(&t, (struct weir_str){given.ptr + 11, given.len - 11});
        }
        weiri_text_put(&t, weir_str_of(endings[i]));
        (void)weiri_text_end(&t);
        if (weir_timestamp_parse(&nanoseconds, weir_str_of(text)) == WEIR_OK) {
            weiri_diag_text(diag->suggestion, "write '%s'", text);
            return;
        }
    }
}

static bool read_timestamp(struct weiri_parser *p, struct weir_value *value)
{
    int64_t nanoseconds;
    bool good;

    weiri_parser_advance(p);
    if (p->token.kind != TOKEN_STRING) {
        (void)weiri_parser_expected(p, "F207", "a string", "a string",
                                    "write e.g. TIMESTAMP '2013-10-07T09:30:00Z'; "
                                    "to use the keyword as a name write `timestamp`");
        return false;
    }
    good = weir_timestamp_parse(&nanoseconds, p->token.text) == WEIR_OK;
    if (good)
        *value = weir_value_timestamp(nanoseconds);
    else
        report_timestamp(p);
    weiri_parser_advance(p);
    return good;
}

/* The literal that begins with the current token. */
static bool read_plain_literal(struct weiri_parser *p, struct weir_value *value)
{
    switch (p->token.kind) {
    case TOKEN_INT:
    case TOKEN_DOUBLE: return read_number(p, value, false);
    case TOKEN_STRING:
        weiri_parser_advance(p);
        *value = weir_value_string(p->previous.text);
        return true;
    case TOKEN_TRUE:
    case TOKEN_FALSE:
        weiri_parser_advance(p);
        *value = weir_value_bool(p->previous.kind == TOKEN_TRUE);
        return true;
    default: break;
    }
    assert(p->token.kind == TOKEN_TIMESTAMP);
    return read_timestamp(p, value);
}

static struct weir_node *parse_plain_literal(struct weiri_parser *p)
{
    uint32_t offset = p->token.offset;
    struct weir_value value;

    return read_plain_literal(p, &value) ? literal_node(p, offset, value) : NULL;
}

static bool begins_literal(enum weiri_token_kind kind)
{
    return kind == TOKEN_INT || kind == TOKEN_DOUBLE || kind == TOKEN_STRING ||
           kind == TOKEN_TRUE || kind == TOKEN_FALSE || kind == TOKEN_TIMESTAMP;
}

bool weiri_parse_literal(struct weiri_parser *p, struct weir_value *value)
{
    if (begins_literal(p->token.kind))
        return read_plain_literal(p, value);
    if (weiri_parser_accept(p, TOKEN_PLUS) || weiri_parser_accept(p, TOKEN_MINUS)) {
        if (p->token.kind == TOKEN_INT || p->token.kind == TOKEN_DOUBLE)
            return read_number(p, value, p->previous.kind == TOKEN_MINUS);
    }
    (void)weiri_parser_expected_literal(p);
    return false;
}

/* `+x` is `x + 0`: the number itself, and nothing for what is no number. */
static struct weir_node *parse_sign(struct weiri_parser *p)
{
    uint32_t offset = p->token.offset;
    bool negative = p->token.kind == TOKEN_MINUS;
    struct weir_node *children[2];
    struct weir_value number;

    weiri_parser_advance(p);
    if (p->token.kind == TOKEN_INT || p->token.kind == TOKEN_DOUBLE)
        return read_number(p, &number, negative) ? literal_node(p, offset, number) : NULL;
    children[0] = weiri_parse_level(p, LEVEL_PRIMARY);
    if (children[0] == NULL)
        return NULL;
    if (negative)
        return weiri_parser_parent(p, WEIR_NODE_NEGATE, offset, children, 1);
    children[1] = literal_node(p, offset, weir_value_int(0));
    if (children[1] == NULL)
        return NULL;
    return weiri_parser_parent(p, WEIR_NODE_ADD, offset, children, 2);
}

static struct weir_node *parse_attr(struct weiri_parser *p)
{
    struct weir_node *node;

    weiri_parser_advance(p);
    node = weiri_parser_node(p, WEIR_NODE_ATTR, p->previous.offset);
    if (node != NULL)
        node->text = p->previous.text;
    return node;
}

static struct weir_node *parse_exists(struct weiri_parser *p)
{
    uint32_t offset = p->token.offset;
    struct weir_node *attr;

    weiri_parser_advance(p);
    if (!weiri_parser_accept(p, TOKEN_LEFT))
        return weiri_parser_expected(p, "F213", "'('", "(", "write e.g. EXISTS(price)");
    if (p->token.kind != TOKEN_NAME)
        return weiri_parser_expected(p, "F213", "an attribute", "an attribute",
                                     "a name alone stands there, without quotes");
    attr = parse_attr(p);
    if (!weiri_parser_accept(p, TOKEN_RIGHT))
        return weiri_parser_expected(p, "F213", "')'", ")", "EXISTS takes one name alone");
    return attr == NULL ? NULL : weiri_parser_parent(p, WEIR_NODE_EXISTS, offset, &attr, 1);
}

static struct weir_node *parse_arguments(struct weiri_parser *p, uint32_t offset,
                                         enum weir_node_kind kind)
{
    struct weir_node *operand, *node;
    struct weir_str text;

    if (!weiri_parser_enter(p))
        return NULL;
    weiri_parser_advance(p);
    operand = weiri_parse_level(p, LEVEL_ADD);
    p->depth--;
    if (operand == NULL)
        return NULL;
    if (!weiri_parser_accept(p, TOKEN_COMMA))
        return weiri_parser_expected(p, "F212", "','", "comma",
                                     "it takes an attribute and a string, e.g. (symbol, 'IB')");
    text = p->token.text;
    if (!weiri_parser_accept(p, TOKEN_STRING))
        return weiri_parser_expected_string(p, NULL);
    if (!weiri_parser_accept(p, TOKEN_RIGHT))
        return weiri_parser_expected(p, "F212", "')'", ")", NULL);
    node = weiri_parser_parent(p, kind, offset, &operand, 1);
    if (node != NULL)
        node->text = text;
    return node;
}

/* The current token is the "(" after the name. */
static struct weir_node *parse_call(struct weiri_parser *p)
{
    struct weiri_token name = p->previous;
    struct weir_str text = {p->lexer.text.ptr + name.offset, name.length};

    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (weiri_equal_caseless(text, functions[i].name))
            return parse_arguments(p, name.offset, functions[i].kind);
    }
    return weiri_parser_unknown_function(p, &name);
}

static struct weir_node *parse_name(struct weiri_parser *p)
{
    struct weir_node *attr = parse_attr(p);

    if (p->token.kind == TOKEN_LEFT && !p->previous.quoted)
        return parse_call(p);
    return attr;
}

struct weir_node *weiri_parse_prefix(struct weiri_parser *p, enum weiri_level floor)
{
    if (begins_literal(p->token.kind))
        return parse_plain_literal(p);
    switch (p->token.kind) {
    case TOKEN_LEFT: return parse_paren(p);
    case TOKEN_NAME: return parse_name(p);
    case TOKEN_NOT:
    case TOKEN_NOT_SIGN:
        if (floor <= LEVEL_NOT)
            return parse_not(p);
        break;
    case TOKEN_EXISTS:
        if (floor <= LEVEL_PREDICATE)
            return parse_exists(p);
        break;
    case TOKEN_PLUS:
    case TOKEN_MINUS:
        if (floor <= LEVEL_SIGN)
            return parse_sign(p);
        break;
    case TOKEN_CONTAINS:
        if (floor <= LEVEL_PREDICATE) {
            weiri_parser_advance(p);
            if (p->token.kind == TOKEN_LEFT)
                return parse_call(p);
            return weiri_parser_expected(p, "F213", "'('", "(",
                                         "write e.g. name CONTAINS 'text'; to use the keyword as "
                                         "a name write `contains`");
        }
        break;
    default: break;
    }
    return weiri_parser_expected_operand(p, floor);
}
