/* print.c - canonical text: compiling it gives an equal tree. */
#include "lex.h"

#include <weir/text.h>

#include <assert.h>

/* How tightly a node binds: a part that binds less than its place demands is put in parentheses. */
enum level { IN_OR = 1, IN_AND, IN_NOT, IN_PREDICATE, IN_ADD, IN_MULTIPLY, IN_SIGN, IN_PRIMARY };

static void put_node(struct weiri_text *t, const struct weir_node *node, enum level place);

static void put(struct weiri_text *t, const char *text)
{
    weiri_text_put(t, weir_str_of(text));
}

static void put_name(struct weiri_text *t, struct weir_str name)
{
    if (weiri_is_plain_name(name))
        weiri_text_put(t, name);
    else
        weiri_text_put_quoted(t, name, '`');
}

static void put_value(struct weiri_text *t, const struct weir_value *value)
{
    char text[WEIR_TIMESTAMP_TEXT_MAX > WEIR_DOUBLE_TEXT_MAX ? WEIR_TIMESTAMP_TEXT_MAX
                                                             : WEIR_DOUBLE_TEXT_MAX];

    switch (value->type) {
    case WEIR_BOOL: put(t, value->u.boolean ? "TRUE" : "FALSE"); break;
    case WEIR_INT: weiri_text_put_int(t, value->u.integer); break;
    case WEIR_DOUBLE:
        (void)weir_double_print(text, value->u.real);
        put(t, text);
        break;
    case WEIR_STRING: weiri_text_put_quoted(t, value->u.string, '\''); break;
    case WEIR_TIMESTAMP:
        (void)weir_timestamp_print(text, value->u.integer);
        put(t, "TIMESTAMP '");
        put(t, text);
        put(t, "'");
        break;
    }
}

static void put_escape(struct weiri_text *t, uint32_t code)
{
    char character[5];
    struct weiri_text c = weiri_text_begin(character, sizeof character);

    weiri_text_put_code(&c, code);
    put(t, " ESCAPE ");
    weiri_text_put_quoted(t, (struct weir_str){character, weiri_text_end(&c)}, '\'');
}

/* Two signs in a row would begin a comment. */
static bool is_negative(const struct weir_value *value)
{
    return (value->type == WEIR_INT && value->u.integer < 0) ||
           (value->type == WEIR_DOUBLE && value->u.real < 0);
}

static enum level level_of(const struct weir_node *node)
{
    switch (node->kind) {
    case WEIR_NODE_OR: return IN_OR;
    case WEIR_NODE_AND: return IN_AND;
    case WEIR_NODE_NOT: return IN_NOT;
    case WEIR_NODE_COMPARE: return node->bare ? IN_PRIMARY : IN_PREDICATE;
    case WEIR_NODE_ADD:
    case WEIR_NODE_SUBTRACT: return IN_ADD;
    case WEIR_NODE_MULTIPLY:
    case WEIR_NODE_DIVIDE:
    case WEIR_NODE_MODULO: return IN_MULTIPLY;
    case WEIR_NODE_NEGATE: return IN_SIGN;
    case WEIR_NODE_LITERAL: return is_negative(&node->literal) ? IN_SIGN : IN_PRIMARY;
    case WEIR_NODE_ATTR:
    case WEIR_NODE_CONSTANT: return IN_PRIMARY;
    default: return IN_PREDICATE;
    }
}

static void put_logic(struct weiri_text *t, const struct weir_node *node, const char *word,
                      enum level part)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (i != 0)
            put(t, word);
        put_node(t, node->child[i], part);
    }
}

static void put_binary(struct weiri_text *t, const struct weir_node *node, const char *sign,
                       enum level left)
{
    put_node(t, node->child[0], left);
    put(t, sign);
    put_node(t, node->child[1], (enum level)(left + 1));
}

static void put_compare(struct weiri_text *t, const struct weir_node *node)
{
    static const char *const signs[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};

    if (node->bare) {
        put_node(t, node->child[0], IN_PRIMARY);
        return;
    }
    put_node(t, node->child[0], IN_ADD);
    put(t, signs[node->compare]);
    put_node(t, node->child[1], IN_ADD);
}

static void put_in(struct weiri_text *t, const struct weir_node *node)
{
    put_node(t, node->child[0], IN_ADD);
    put(t, node->negated ? " NOT IN (" : " IN (");
    for (uint32_t i = 0; i < node->value_count; i++) {
        if (i != 0)
            put(t, ", ");
        put_value(t, &node->values[i]);
    }
    put(t, ")");
}

static void put_between(struct weiri_text *t, const struct weir_node *node)
{
    put_node(t, node->child[0], IN_ADD);
    put(t, node->negated ? " NOT BETWEEN " : " BETWEEN ");
    put_node(t, node->child[1], IN_ADD);
    put(t, " AND ");
    put_node(t, node->child[2], IN_ADD);
}

static void put_text_predicate(struct weiri_text *t, const struct weir_node *node)
{
    static const char *const words[] = {
        [WEIR_NODE_LIKE] = "LIKE ",       [WEIR_NODE_STARTS] = "STARTS WITH ",
        [WEIR_NODE_ENDS] = "ENDS WITH ",  [WEIR_NODE_CONTAINS] = "CONTAINS ",
        [WEIR_NODE_MATCHES] = "MATCHES ",
    };

    put_node(t, node->child[0], IN_ADD);
    put(t, node->negated ? " NOT " : " ");
    put(t, words[node->kind]);
    weiri_text_put_quoted(t, node->text, '\'');
    if (node->kind == WEIR_NODE_LIKE && node->escape != 0)
        put_escape(t, node->escape);
}

static void put_is(struct weiri_text *t, const struct weir_node *node)
{
    static const char *const types[] = {
        [WEIR_BOOL] = "BOOL",           [WEIR_INT] = "INT",
        [WEIR_DOUBLE] = "DOUBLE",       [WEIR_STRING] = "STRING",
        [WEIR_TIMESTAMP] = "TIMESTAMP",
    };

    put_node(t, node->child[0], IN_ADD);
    put(t, node->negated ? " IS NOT " : " IS ");
    put(t, node->kind == WEIR_NODE_IS_NULL ? "NULL" : types[node->type]);
}

static void put_bare_node(struct weiri_text *t, const struct weir_node *node)
{
    switch (node->kind) {
    case WEIR_NODE_CONSTANT: put(t, node->truth == WEIR_TRUE ? "TRUE" : "FALSE"); break;
    case WEIR_NODE_AND: put_logic(t, node, " AND ", IN_NOT); break;
    case WEIR_NODE_OR: put_logic(t, node, " OR ", IN_AND); break;
    case WEIR_NODE_NOT:
        put(t, "NOT ");
        put_node(t, node->child[0], IN_NOT);
        break;
    case WEIR_NODE_COMPARE: put_compare(t, node); break;
    case WEIR_NODE_IN: put_in(t, node); break;
    case WEIR_NODE_BETWEEN: put_between(t, node); break;
    case WEIR_NODE_LIKE:
    case WEIR_NODE_STARTS:
    case WEIR_NODE_ENDS:
    case WEIR_NODE_CONTAINS:
    case WEIR_NODE_MATCHES: put_text_predicate(t, node); break;
    case WEIR_NODE_EXISTS:
        put(t, "EXISTS(");
        put_node(t, node->child[0], IN_OR);
        put(t, ")");
        break;
    case WEIR_NODE_IS_NULL:
    case WEIR_NODE_IS_TYPE: put_is(t, node); break;
    case WEIR_NODE_LITERAL: put_value(t, &node->literal); break;
    case WEIR_NODE_ATTR: put_name(t, node->text); break;
    case WEIR_NODE_ADD: put_binary(t, node, " + ", IN_ADD); break;
    case WEIR_NODE_SUBTRACT: put_binary(t, node, " - ", IN_ADD); break;
    case WEIR_NODE_MULTIPLY: put_binary(t, node, " * ", IN_MULTIPLY); break;
    case WEIR_NODE_DIVIDE: put_binary(t, node, " / ", IN_MULTIPLY); break;
    case WEIR_NODE_MODULO: put_binary(t, node, " % ", IN_MULTIPLY); break;
    case WEIR_NODE_NEGATE:
        put(t, "-");
        put_node(t, node->child[0], IN_PRIMARY);
        break;
    }
}

static void put_node(struct weiri_text *t, const struct weir_node *node, enum level place)
{
    bool parentheses = level_of(node) < place;

    if (parentheses)
        put(t, "(");
    put_bare_node(t, node);
    if (parentheses)
        put(t, ")");
}

size_t weir_node_print(char *out, size_t size, const struct weir_node *node)
{
    struct weiri_text t = weiri_text_begin(out, size);

    put_node(&t, node, IN_OR);
    return weiri_text_end(&t);
}

size_t weir_filter_print(char *out, size_t size, const struct weir_filter *filter)
{
    return weir_node_print(out, size, filter->tree);
}
