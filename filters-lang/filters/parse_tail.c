/* parse_tail.c - what follows an operand and makes a predicate of it. */
#include "parse.h"

#include <weir/text.h>

#include <assert.h>

bool weiri_is_tail(enum weiri_token_kind kind)
{
    switch (kind) {
    case TOKEN_EQ:
    case TOKEN_NE:
    case TOKEN_LT:
    case TOKEN_LE:
    case TOKEN_GT:
    case TOKEN_GE:
    case TOKEN_MATCHES_SIGN:
    case TOKEN_NOT_MATCHES_SIGN:
    case TOKEN_NOT:
    case TOKEN_IN:
    case TOKEN_BETWEEN:
    case TOKEN_LIKE:
    case TOKEN_STARTS:
    case TOKEN_ENDS:
    case TOKEN_CONTAINS:
    case TOKEN_MATCHES:
    case TOKEN_IS: return true;
    default: return false;
    }
}

static struct weir_node *parse_compare(struct weiri_parser *p, struct weir_node *left,
                                       uint32_t offset)
{
    static const enum weir_compare compares[] = {WEIR_EQ, WEIR_NE, WEIR_LT,
                                                 WEIR_LE, WEIR_GT, WEIR_GE};
    enum weir_compare compare = compares[p->token.kind - TOKEN_EQ];
    const struct weir_node *outer = p->compared;
    struct weir_node *children[2] = {left, NULL}, *node;

    weiri_parser_advance(p);
    p->compared = left;
    children[1] = weiri_parse_level(p, LEVEL_ADD);
    p->compared = outer;
    if (children[1] == NULL)
        return NULL;
    node = weiri_parser_parent(p, WEIR_NODE_COMPARE, offset, children, 2);
    if (node != NULL)
        node->compare = compare;
    return node;
}

/* LIKE, STARTS WITH, ...: the current token is the string. */
static struct weir_node *parse_text(struct weiri_parser *p, struct weir_node *left, uint32_t offset,
                                    enum weir_node_kind kind, const char *example)
{
    char quote = p->token.length > 0 ? p->lexer.text.ptr[p->token.offset] : '\0';
    struct weir_str text = p->token.text;
    struct weir_node *node;

    if (!weiri_parser_accept(p, TOKEN_STRING))
        return weiri_parser_expected_string(p, example);
    /* a pattern in typographic quotes was refused, and its own mistakes would have no place */
    if (kind == WEIR_NODE_MATCHES && quote != '\'' && quote != '"')
        text = WEIR_STR("");
    node = weiri_parser_parent(p, kind, offset, &left, 1);
    if (node != NULL)
        node->text = text;
    return node;
}

static struct weir_node *parse_like(struct weiri_parser *p, struct weir_node *left, uint32_t offset)
{
    struct weir_node *node =
        parse_text(p, left, offset, WEIR_NODE_LIKE, "write a pattern, e.g. LIKE 'IB%'");

    if (node == NULL || !weiri_parser_accept(p, TOKEN_ESCAPE))
        return node;
    if (p->token.kind != TOKEN_STRING)
        return weiri_parser_expected_string(p, "write e.g. ESCAPE '!'");
    node->escape = weiri_text_only_code(p->token.text);
    if (node->escape == 0 || node->escape == '%' || node->escape == '_') {
        struct weir_diag *diag = weiri_error(p->compiler, "F309", weiri_token_span(&p->token),
                                             "ESCAPE takes one character, neither %% nor _");

        weiri_diag_text(diag->suggestion, weir_str_equal(p->token.text, WEIR_STR("\\\\"))
                                              ? "write '\\'; it is no escape in strings"
                                              : "write e.g. '!'");
        weiri_parser_advance(p);
        return NULL;
    }
    weiri_parser_advance(p);
    node->length = p->previous.offset + p->previous.length - offset;
    return node;
}

static struct weir_node *parse_between(struct weiri_parser *p, struct weir_node *left,
                                       uint32_t offset)
{
    struct weir_node *children[3] = {left, NULL, NULL};
    const uint32_t outer = p->between;

    p->between = p->token.offset;
    children[1] = weiri_parse_level(p, LEVEL_ADD);
    p->between = outer;
    if (children[1] == NULL) {
        if (weiri_parser_accept(p, TOKEN_AND)) /* what follows is a bound and no condition */
            (void)weiri_parse_level(p, LEVEL_ADD);
        return NULL;
    }
    if (p->token.kind != TOKEN_AND)
        return weiri_parser_expected(p, "F209", "AND", "AND", "write e.g. BETWEEN 1 AND 9");
    weiri_parser_advance(p);
    children[2] = weiri_parse_level(p, LEVEL_ADD);
    if (children[2] == NULL)
        return NULL;
    return weiri_parser_parent(p, WEIR_NODE_BETWEEN, offset, children, 3);
}

static struct weir_node *parse_in(struct weiri_parser *p, struct weir_node *left, uint32_t offset)
{
    struct weir_value values[WEIR_FILTER_LEAVES_MAX];
    struct weir_node *node;
    uint32_t count = 0;

    if (!weiri_parser_accept(p, TOKEN_LEFT))
        return weiri_parser_expected(p, "F208", "'('", "(", "write e.g. IN ('IBM', 'ORCL')");
    do {
        const uint32_t begin = p->token.offset;
        struct weir_value value;

        if (!weiri_parse_literal(p, &value))
            return NULL;
        if (count == WEIR_FILTER_LEAVES_MAX) {
            const uint32_t end = p->previous.offset + p->previous.length;

            (void)weiri_error(p->compiler, "F404", (struct weiri_span){begin, end - begin},
                              "more than %d values in one IN", WEIR_FILTER_LEAVES_MAX);
            return NULL;
        }
        values[count++] = value;
    } while (weiri_parser_accept(p, TOKEN_COMMA));
    if (!weiri_parser_accept(p, TOKEN_RIGHT))
        return weiri_parser_expected(p, "F208", "',' or ')'", "comma, )",
                                     "a comma stands between two values, ) behind the last");
    node = weiri_parser_parent(p, WEIR_NODE_IN, offset, &left, 1);
    if (node == NULL)
        return NULL;
    node->values = weiri_compiler_take(p->compiler, count * sizeof *node->values);
    if (node->values == NULL)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        node->values[i] = values[i];
    node->value_count = count;
    return node;
}

static struct weir_node *parse_with(struct weiri_parser *p, struct weir_node *left, uint32_t offset,
                                    enum weir_node_kind kind)
{
    if (!weiri_parser_accept(p, TOKEN_WITH))
        return weiri_parser_expected(p, "F212", "WITH", "WITH", "write e.g. STARTS WITH 'IB'");
    return parse_text(p, left, offset, kind, NULL);
}

/* IN to MATCHES, with NOT before them or not. */
static struct weir_node *parse_word(struct weiri_parser *p, struct weir_node *left, uint32_t offset)
{
    switch (p->token.kind) {
    case TOKEN_IN: weiri_parser_advance(p); return parse_in(p, left, offset);
    case TOKEN_BETWEEN: weiri_parser_advance(p); return parse_between(p, left, offset);
    case TOKEN_LIKE: weiri_parser_advance(p); return parse_like(p, left, offset);
    case TOKEN_STARTS:
        weiri_parser_advance(p);
        return parse_with(p, left, offset, WEIR_NODE_STARTS);
    case TOKEN_ENDS: weiri_parser_advance(p); return parse_with(p, left, offset, WEIR_NODE_ENDS);
    case TOKEN_CONTAINS:
        weiri_parser_advance(p);
        return parse_text(p, left, offset, WEIR_NODE_CONTAINS, NULL);
    case TOKEN_MATCHES:
        weiri_parser_advance(p);
        return parse_text(p, left, offset, WEIR_NODE_MATCHES, NULL);
    default: return weiri_parser_expected_word(p);
    }
}

static struct weir_node *parse_is(struct weiri_parser *p, struct weir_node *left, uint32_t offset)
{
    static const struct {
        enum weiri_token_kind token;
        enum weir_node_kind kind;
        enum weir_type type;
    } tests[] = {
        {TOKEN_NULL,        WEIR_NODE_IS_NULL, 0             },
        {TOKEN_TYPE_STRING, WEIR_NODE_IS_TYPE, WEIR_STRING   },
        {TOKEN_TYPE_INT,    WEIR_NODE_IS_TYPE, WEIR_INT      },
        {TOKEN_TYPE_DOUBLE, WEIR_NODE_IS_TYPE, WEIR_DOUBLE   },
        {TOKEN_TYPE_BOOL,   WEIR_NODE_IS_TYPE, WEIR_BOOL     },
        {TOKEN_TIMESTAMP,   WEIR_NODE_IS_TYPE, WEIR_TIMESTAMP},
    };
    const struct weiri_token is = p->previous;
    bool negated = weiri_parser_accept(p, TOKEN_NOT);

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        if (weiri_parser_accept(p, tests[i].token)) {
            struct weir_node *node = weiri_parser_parent(p, tests[i].kind, offset, &left, 1);

            if (node != NULL) {
                node->negated = negated;
                node->type = tests[i].type;
            }
            return node;
        }
    }
    return weiri_parser_expected_type(p, &is);
}

struct weir_node *weiri_parse_tail(struct weiri_parser *p, struct weir_node *left, uint32_t offset)
{
    struct weir_node *node;
    bool negated;

    assert(weiri_is_tail(p->token.kind));
    if (p->token.kind <= TOKEN_GE)
        return parse_compare(p, left, offset);
    if (weiri_parser_accept(p, TOKEN_IS))
        return parse_is(p, left, offset);
    if (weiri_parser_accept(p, TOKEN_MATCHES_SIGN) ||
        weiri_parser_accept(p, TOKEN_NOT_MATCHES_SIGN)) {
        negated = p->previous.kind == TOKEN_NOT_MATCHES_SIGN;
        node = parse_text(p, left, offset, WEIR_NODE_MATCHES, NULL);
    } else {
        negated = weiri_parser_accept(p, TOKEN_NOT);
        node = parse_word(p, left, offset);
    }
    if (node != NULL)
        node->negated = negated;
    return node;
}
