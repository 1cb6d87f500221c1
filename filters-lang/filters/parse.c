/* parse.c - from tokens to a tree, by one ladder of binding levels (Pratt, "Top down operator
 * precedence", 1973).
 *
 * The ladder does not tell truth values from operands, so "(" needs no lookahead: whether
 * `(a) AND b` or `(a) + 1 > b`, the type check finds out.  After a mistake it goes on at the next
 * AND, OR or closing parenthesis, with a placeholder for what was not understood. */
#include "parse.h"

#include <assert.h>

struct operation {
    enum weiri_token_kind token;
    enum weiri_level level;
    enum weir_node_kind kind;
};

static const struct operation operations[] = {
    {TOKEN_OR,      LEVEL_OR,       WEIR_NODE_OR      },
    {TOKEN_AND,     LEVEL_AND,      WEIR_NODE_AND     },
    {TOKEN_PLUS,    LEVEL_ADD,      WEIR_NODE_ADD     },
    {TOKEN_MINUS,   LEVEL_ADD,      WEIR_NODE_SUBTRACT},
    {TOKEN_STAR,    LEVEL_MULTIPLY, WEIR_NODE_MULTIPLY},
    {TOKEN_SLASH,   LEVEL_MULTIPLY, WEIR_NODE_DIVIDE  },
    {TOKEN_PERCENT, LEVEL_MULTIPLY, WEIR_NODE_MODULO  },
};

static struct weir_node *parse_logic(struct weiri_parser *p, struct weir_node *left,
                                     uint32_t offset, const struct operation *operation);
static struct weir_node *parse_arithmetic(struct weiri_parser *p, struct weir_node *left,
                                          uint32_t offset, const struct operation *operation);
static bool continues(const struct weiri_parser *p, enum weiri_level floor,
                      const struct operation **operation);
static struct weir_node *parse_rest(struct weiri_parser *p, struct weir_node *left, uint32_t offset,
                                    enum weiri_level floor);

void weiri_parser_advance(struct weiri_parser *p)
{
    p->previous = p->token;
    if (p->token.kind == TOKEN_LEFT)
        p->open++;
    else if (p->token.kind == TOKEN_RIGHT && p->open > 0)
        p->open--;
    if (p->compiler->stopped)
        p->token = (struct weiri_token){.kind = TOKEN_END, .offset = p->lexer.at};
    else
        p->token = weiri_lex_next(&p->lexer);
}

bool weiri_parser_accept(struct weiri_parser *p, enum weiri_token_kind kind)
{
    if (p->token.kind != kind)
        return false;
    weiri_parser_advance(p);
    return true;
}

bool weiri_parser_enter(struct weiri_parser *p)
{
    if (p->depth < WEIR_FILTER_DEPTH_MAX) {
        p->depth++;
        return true;
    }
    (void)weiri_error(p->compiler, "F402", weiri_token_span(&p->token),
                      "nested too deeply, the limit is %d", WEIR_FILTER_DEPTH_MAX);
    p->compiler->stopped = true;
    return false;
}

struct weir_node *weiri_parser_node(struct weiri_parser *p, enum weir_node_kind kind,
                                    uint32_t offset)
{
    uint32_t end = p->previous.offset + p->previous.length;

    return weiri_compiler_node(p->compiler, kind, offset, end);
}

struct weir_node *weiri_parser_parent(struct weiri_parser *p, enum weir_node_kind kind,
                                      uint32_t offset, struct weir_node *const *children,
                                      uint32_t count)
{
    struct weir_node *node = weiri_parser_node(p, kind, offset);
    struct weir_node **child = weiri_compiler_take(p->compiler, count * sizeof(struct weir_node *));

    if (node == NULL || child == NULL)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        child[i] = children[i];
    node->child = child;
    node->child_count = count;
    return node;
}

struct weir_node *weiri_parse_level(struct weiri_parser *p, enum weiri_level floor)
{
    uint32_t offset = p->token.offset, open = p->open;
    struct weir_node *left = weiri_parse_prefix(p, floor);

    if (left != NULL)
        left = parse_rest(p, left, offset, floor);
    while (left == NULL && floor <= LEVEL_NOT && !p->compiler->stopped) {
        weiri_parser_skip(p, open);
        left = weiri_placeholder(p->compiler, (struct weiri_span){offset, 0});
        if (left != NULL)
            left = parse_rest(p, left, offset, floor);
    }
    return left;
}

static uint32_t end_of(const struct weiri_token *token)
{
    return token->offset + token->length;
}

/* Everything that may follow `left` without leaving the level. */
static struct weir_node *parse_rest(struct weiri_parser *p, struct weir_node *left, uint32_t offset,
                                    enum weiri_level floor)
{
    const struct operation *operation;
    bool is_predicate = false;

    while (left != NULL) {
        if (floor <= LEVEL_PREDICATE && weiri_is_tail(p->token.kind)) {
            if (is_predicate)
                return weiri_parser_chained(p, left);
            left = weiri_parse_tail(p, left, offset);
            is_predicate = true;
        } else if (continues(p, floor, &operation)) {
            if (operation->level <= LEVEL_AND) {
                left = parse_logic(p, left, offset, operation);
                is_predicate = true;
            } else if (is_predicate) {
                return left;
            } else {
                left = parse_arithmetic(p, left, offset, operation);
            }
        } else {
            if (floor <= LEVEL_PREDICATE && left->kind >= WEIR_NODE_LITERAL)
                p->operand = (struct weiri_span){offset, end_of(&p->previous) - offset};
            return left;
        }
    }
    return NULL;
}

static bool continues(const struct weiri_parser *p, enum weiri_level floor,
                      const struct operation **operation)
{
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        if (operations[i].token == p->token.kind && operations[i].level >= floor) {
            *operation = &operations[i];
            return true;
        }
    }
    return false;
}

/* Puts a part of an AND or OR on the stack; parts that are the same operation are merged. */
static bool push_parts(struct weiri_parser *p, const struct weir_node *node,
                       enum weir_node_kind kind)
{
    struct weir_node *const *parts = node->child;
    uint32_t count = node->child_count;

    assert(node->kind == kind);
    for (uint32_t i = 0; i < count; i++) {
        if (p->pending_count == WEIR_FILTER_LEAVES_MAX + 1)
            return false;
        p->pending[p->pending_count++] = parts[i];
    }
    return true;
}

static bool push(struct weiri_parser *p, struct weir_node *node, enum weir_node_kind kind)
{
    if (node->kind == kind ? push_parts(p, node, kind)
                           : p->pending_count < WEIR_FILTER_LEAVES_MAX + 1) {
        if (node->kind != kind)
            p->pending[p->pending_count++] = node;
        return true;
    }
    (void)weiri_error(p->compiler, "F403", weiri_node_span(node),
                      "more than %d conditions in one filter", WEIR_FILTER_LEAVES_MAX);
    p->compiler->stopped = true;
    return false;
}

static struct weir_node *parse_logic(struct weiri_parser *p, struct weir_node *left,
                                     uint32_t offset, const struct operation *operation)
{
    uint32_t base = p->pending_count;
    struct weir_node *node;

    if (!push(p, left, operation->kind))
        return NULL;
    while (p->token.kind == operation->token) {
        struct weir_node *part;

        weiri_parser_advance(p);
        part = weiri_parse_level(p, operation->level + 1);
        if (part == NULL || !push(p, part, operation->kind))
            return NULL;
    }
    node =
        weiri_parser_parent(p, operation->kind, offset, p->pending + base, p->pending_count - base);
    p->pending_count = base;
    return node;
}

static struct weir_node *parse_arithmetic(struct weiri_parser *p, struct weir_node *left,
                                          uint32_t offset, const struct operation *operation)
{
    struct weir_node *children[2] = {left, NULL};

    weiri_parser_advance(p);
    children[1] = weiri_parse_level(p, operation->level + 1);
    if (children[1] == NULL)
        return NULL;
    return weiri_parser_parent(p, operation->kind, offset, children, 2);
}

void weiri_parser_skip(struct weiri_parser *p, uint32_t open)
{
    for (;; weiri_parser_advance(p)) {
        enum weiri_token_kind kind = p->token.kind;

        if (kind == TOKEN_END)
            return;
        if (p->open <= open && (kind == TOKEN_AND || kind == TOKEN_OR || kind == TOKEN_RIGHT))
            return;
    }
}

/* What follows a complete filter is reported; then the rest is searched for more mistakes. */
static void parse_remains(struct weiri_parser *p)
{
    while (p->token.kind != TOKEN_END) {
        if (p->token.kind == TOKEN_RIGHT) {
            (void)weiri_error(p->compiler, "F205", weiri_token_span(&p->token),
                              "this ')' closes nothing");
            weiri_parser_advance(p);
        } else {
            weiri_parser_expected_logic(p);
            weiri_parser_skip(p, 0);
        }
        if (p->token.kind == TOKEN_AND || p->token.kind == TOKEN_OR) {
            weiri_parser_advance(p);
            (void)weiri_parse_level(p, LEVEL_OR);
        }
    }
}

struct weir_node *weiri_parse(struct weiri_compiler *c, struct weir_str text)
{
    struct weiri_parser p = {
        .compiler = c, .lexer = {.compiler = c, .text = text},
             .between = UINT32_MAX
    };
    struct weir_node *tree;

    weiri_parser_advance(&p);
    if (p.token.kind == TOKEN_END) {
        tree = weiri_compiler_node(c, WEIR_NODE_CONSTANT, 0, 0);
        if (tree != NULL)
            tree->truth = WEIR_TRUE;
        return tree;
    }
    tree = weiri_parse_level(&p, LEVEL_OR);
    parse_remains(&p);
    return c->stopped ? NULL : tree;
}
