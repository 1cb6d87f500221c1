/* like.c - LIKE: reduced to a simpler predicate where it is one, otherwise compiled. */
#include "compiler.h"

#include <assert.h>
#include <string.h>

struct items {
    uint32_t *v; /* bytes and wild cards */
    size_t count;
    size_t wild_count;
};

static size_t sequence_length(char lead)
{
    unsigned char c = (unsigned char)lead;

    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static bool is_escape(struct weir_str pattern, size_t at, uint32_t escape)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t len = sequence_length(pattern.ptr[at]);
    uint32_t code = (unsigned char)pattern.ptr[at] & masks[len];

    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)pattern.ptr[at + i] & 0x3fu);
    return escape != 0 && code == escape;
}

/* A run of wild cards means the same in any order: single characters first, then one '%'. */
static void append(struct items *items, uint32_t item)
{
    bool after_many = items->count != 0 && items->v[items->count - 1] == WEIRI_GLOB_MANY;

    if (item == WEIRI_GLOB_MANY && after_many)
        return;
    items->wild_count += item >= WEIRI_GLOB_ANY;
    if (item == WEIRI_GLOB_ANY && after_many) {
        items->v[items->count - 1] = WEIRI_GLOB_ANY;
        item = WEIRI_GLOB_MANY;
    }
    items->v[items->count++] = item;
}

/* False when the escape character does not stand before %, _ or itself. */
static bool read_pattern(struct items *items, struct weir_str pattern, uint32_t escape)
{
    for (size_t at = 0; at < pattern.len;) {
        size_t len;
        bool escaped = is_escape(pattern, at, escape);

        if (escaped) {
            at += sequence_length(pattern.ptr[at]);
            if (at == pattern.len || (pattern.ptr[at] != '%' && pattern.ptr[at] != '_' &&
                                      !is_escape(pattern, at, escape)))
                return false;
        }
        len = sequence_length(pattern.ptr[at]);
        if (!escaped && pattern.ptr[at] == '%') {
            append(items, WEIRI_GLOB_MANY);
        } else if (!escaped && pattern.ptr[at] == '_') {
            append(items, WEIRI_GLOB_ANY);
        } else {
            for (size_t i = 0; i < len; i++)
                append(items, (unsigned char)pattern.ptr[at + i]);
        }
        at += len;
    }
    return true;
}

static bool take_items(struct weiri_compiler *c, struct items *items, size_t count)
{
    *items = (struct items){.v = weiri_compiler_take(c, count * sizeof *items->v)};
    return items->v != NULL;
}

/* The bytes items[from..to), which has no wild cards. */
static bool set_text(struct weiri_compiler *c, struct weir_node *node, const struct items *items,
                     size_t from, size_t to)
{
    char *text = weiri_compiler_take(c, to - from);

    if (text == NULL)
        return false;
    for (size_t i = from; i < to; i++)
        text[i - from] = (char)(unsigned char)items->v[i];
    node->text = (struct weir_str){text, to - from};
    node->escape = 0;
    return true;
}

static bool make_equal(struct weiri_compiler *c, struct weir_node *node, const struct items *items)
{
    struct weir_node **child = weiri_compiler_take(c, 2 * sizeof(struct weir_node *));
    struct weir_node *literal =
        weiri_compiler_node(c, WEIR_NODE_LITERAL, node->offset, node->offset + node->length);

    if (child == NULL || literal == NULL || !set_text(c, literal, items, 0, items->count))
        return false;
    literal->literal = weir_value_string(literal->text);
    child[0] = node->child[0];
    child[1] = literal;
    node->kind = WEIR_NODE_COMPARE;
    node->compare = node->negated ? WEIR_NE : WEIR_EQ;
    node->negated = false;
    node->child = child;
    node->child_count = 2;
    node->text = (struct weir_str){NULL, 0};
    node->escape = 0;
    return true;
}

/* The first character that the pattern does not hold, so that it need not be escaped itself. */
static uint32_t choose_escape(const struct items *items)
{
    static const char candidates[] = "\\!#~^@&+=:;,.|/";
    bool needed = false;

    for (size_t i = 0; i < items->count; i++)
        needed = needed || items->v[i] == '%' || items->v[i] == '_';
    if (!needed)
        return 0;
    for (const char *candidate = candidates; *candidate != '\0'; candidate++) {
        bool used = false;

        for (size_t i = 0; i < items->count; i++)
            used = used || items->v[i] == (unsigned char)*candidate;
        if (!used)
            return (unsigned char)*candidate;
    }
    return '\\';
}

static bool set_pattern(struct weiri_compiler *c, struct weir_node *node, const struct items *items)
{
    uint32_t escape = choose_escape(items);
    char *text = weiri_compiler_take(c, items->count * 2);
    size_t len = 0;

    if (text == NULL)
        return false;
    for (size_t i = 0; i < items->count; i++) {
        uint32_t item = items->v[i];

        if (item == WEIRI_GLOB_MANY || item == WEIRI_GLOB_ANY) {
            text[len++] = item == WEIRI_GLOB_MANY ? '%' : '_';
            continue;
        }
        if (escape != 0 && (item == '%' || item == '_' || item == escape))
            text[len++] = (char)escape;
        text[len++] = (char)(unsigned char)item;
    }
    node->text = (struct weir_str){text, len};
    node->escape = escape;
    return true;
}

static bool compile(struct weiri_compiler *c, struct weir_node *node, const struct items *items)
{
    node->glob = weiri_glob_compile(&c->filter->arena, items->v, items->count);
    if (node->glob == NULL)
        c->stopped = c->out_of_memory = true;
    return node->glob != NULL;
}

bool weiri_check_like(struct weiri_compiler *c, struct weir_node *node)
{
    struct items items;
    size_t last;
    bool many_first, many_last;

    if (!take_items(c, &items, node->text.len))
        return false;
    if (!read_pattern(&items, node->text, node->escape)) {
        struct weir_diag *diag =
            weiri_error(c, "F310", weiri_node_span(node),
                        "the escape character must stand before %%, _ or itself");

        weiri_diag_text(diag->expected, "%%, _");
        return false;
    }
    if (items.wild_count == 0)
        return make_equal(c, node, &items);
    last = items.count - 1;
    many_first = items.v[0] == WEIRI_GLOB_MANY;
    many_last = items.v[last] == WEIRI_GLOB_MANY;
    if (items.wild_count == 1 && many_last) {
        node->kind = WEIR_NODE_STARTS;
        return set_text(c, node, &items, 0, last);
    }
    if (items.wild_count == 1 && many_first) {
        node->kind = WEIR_NODE_ENDS;
        return set_text(c, node, &items, 1, items.count);
    }
    if (items.wild_count == 2 && many_first && many_last) {
        node->kind = WEIR_NODE_CONTAINS;
        return set_text(c, node, &items, 1, last) && weiri_check_contains(c, node);
    }
    return set_pattern(c, node, &items) && compile(c, node, &items);
}

bool weiri_check_contains(struct weiri_compiler *c, struct weir_node *node)
{
    node->glob = weiri_glob_find(&c->filter->arena, node->text);
    if (node->glob == NULL)
        c->stopped = c->out_of_memory = true;
    return node->glob != NULL;
}
