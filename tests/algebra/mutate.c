/* mutate.c - a copy of a syntax tree with one change, printed. */
#include "mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES_MAX 4096
#define VALUES_MAX 512
#define TEXTS_MAX 4096

/* The copy of one tree and the change that is made on the way. */
struct copy {
    struct weir_node nodes[NODES_MAX];
    struct weir_node *children[NODES_MAX];
    struct weir_value values[VALUES_MAX];
    char texts[TEXTS_MAX];
    size_t node_count, child_count, value_count, text_len;

    size_t visited, target;       /* nodes in preorder */
    struct random_source *random; /* NULL: simplify */
    size_t variant;               /* which simplification of the target */
    bool changed;
};

static struct weir_node *copy_node(struct copy *copy, const struct weir_node *node);
static struct weir_node *change(struct copy *copy, struct weir_node *node);
static struct weir_node *simplify(struct copy *copy, struct weir_node *node);
static void drop_child(struct weir_node *node, size_t index);
static void drop_value(struct weir_node *node, size_t index);
static void change_leaf(struct copy *copy, struct weir_node *node);
static struct weir_value next_to(struct copy *copy, struct weir_value value);
static struct weir_str cut(struct weir_str text, bool front);
static struct weir_str extended(struct copy *copy, struct weir_str text);
static size_t count_nodes(const struct weir_node *node);

void mutate_randomly(char *out, size_t size, const struct weir_node *tree, struct random_source *r)
{
    struct copy *copy = calloc(1, sizeof *copy);

    if (copy == NULL)
        abort();
    copy->random = r;
    copy->target = random_below(r, count_nodes(tree));
    weir_node_print(out, size, copy_node(copy, tree));
    free(copy);
}

bool mutate_simpler(char *out, size_t size, const struct weir_node *tree, size_t index)
{
    struct copy *copy = malloc(sizeof *copy);
    size_t target = 0, variant = index;
    const size_t nodes = count_nodes(tree);
    bool found = false;

    if (copy == NULL)
        abort();
    while (!found && target < nodes) {
        *copy = (struct copy){.target = target, .variant = variant};
        struct weir_node *changed = copy_node(copy, tree);

        if (copy->changed) {
            weir_node_print(out, size, changed);
            found = true;
        }
        variant = copy->variant; /* less what the target offered */
        target++;
    }
    free(copy);
    return found;
}

static size_t count_nodes(const struct weir_node *node)
{
    size_t count = 1;

    for (uint32_t i = 0; i < node->child_count; i++)
        count += count_nodes(node->child[i]);
    return count;
}

static struct weir_node *copy_node(struct copy *copy, const struct weir_node *node)
{
    const bool is_target = copy->visited++ == copy->target;
    struct weir_node *made = &copy->nodes[copy->node_count++];

    if (copy->node_count > NODES_MAX - 2 || copy->child_count + node->child_count > NODES_MAX ||
        copy->value_count + node->value_count > VALUES_MAX)
        abort();
    *made = *node;
    made->child = copy->children + copy->child_count;
    copy->child_count += node->child_count;
    if (node->value_count != 0) {
        made->values = copy->values + copy->value_count;
        copy->value_count += node->value_count;
        memcpy(made->values, node->values, node->value_count * sizeof *node->values);
    }
    for (uint32_t i = 0; i < node->child_count; i++)
        made->child[i] = copy_node(copy, node->child[i]);
    if (!is_target)
        return made;
    return copy->random == NULL ? simplify(copy, made) : change(copy, made);
}

static bool has_pattern(const struct weir_node *node)
{
    return node->kind >= WEIR_NODE_LIKE && node->kind <= WEIR_NODE_MATCHES && node->text.len > 0;
}

/* Takes the copy's variant if the node has so many, otherwise lowers it by those it has. */
static struct weir_node *simplify(struct copy *copy, struct weir_node *node)
{
    const bool is_list = node->kind == WEIR_NODE_AND || node->kind == WEIR_NODE_OR;
    const size_t hoists = is_list || node->kind == WEIR_NODE_NOT ? node->child_count : 0;
    const size_t drops = is_list && node->child_count > 2 ? node->child_count : 0;
    const size_t values = node->value_count > 1 ? node->value_count : 0;
    const size_t cuts = has_pattern(node) ? 2 : 0;
    size_t variant = copy->variant;

    if (variant >= hoists + drops + values + cuts + node->negated) {
        copy->variant -= hoists + drops + values + cuts + node->negated;
        return node;
    }
    copy->changed = true;
    if (variant < hoists)
        return node->child[variant];
    variant -= hoists;
    if (variant < drops) {
        drop_child(node, variant);
        return node;
    }
    variant -= drops;
    if (variant < values) {
        drop_value(node, variant);
        return node;
    }
    variant -= values;
    if (variant < cuts)
        node->text = cut(node->text, variant == 0);
    else
        node->negated = false;
    return node;
}

static struct weir_node *change(struct copy *copy, struct weir_node *node)
{
    struct random_source *r = copy->random;

    if (node->kind == WEIR_NODE_NOT)
        return node->child[0];
    if (node->kind != WEIR_NODE_AND && node->kind != WEIR_NODE_OR) {
        change_leaf(copy, node);
        return node;
    }
    if (random_chance(r, 30)) {
        node->kind = node->kind == WEIR_NODE_AND ? WEIR_NODE_OR : WEIR_NODE_AND;
        return node;
    }
    if (node->child_count == 2 || random_chance(r, 20))
        return node->child[random_below(r, node->child_count)];
    drop_child(node, random_below(r, node->child_count));
    return node;
}

static void change_leaf(struct copy *copy, struct weir_node *node)
{
    static const enum weir_compare compares[] = {WEIR_EQ, WEIR_NE, WEIR_LT,
                                                 WEIR_LE, WEIR_GT, WEIR_GE};
    struct random_source *r = copy->random;

    if (node->kind == WEIR_NODE_LITERAL)
        node->literal = next_to(copy, node->literal);
    else if (node->kind == WEIR_NODE_COMPARE) {
        node->bare = false;
        if (random_chance(r, 50) && node->child[1]->kind == WEIR_NODE_LITERAL)
            node->child[1]->literal = next_to(copy, node->child[1]->literal);
        else
            node->compare = compares[random_below(r, sizeof compares / sizeof compares[0])];
    } else if (node->value_count > 1 && random_chance(r, 70))
        drop_value(node, random_below(r, node->value_count));
    else if (node->kind == WEIR_NODE_IS_TYPE && random_chance(r, 50))
        node->type = (enum weir_type)(WEIR_BOOL + random_below(r, 5));
    else if (has_pattern(node) && random_chance(r, 70))
        node->text = random_chance(r, 60) ? cut(node->text, random_chance(r, 30))
                                          : extended(copy, node->text);
    else if (node->kind >= WEIR_NODE_IN && node->kind <= WEIR_NODE_IS_TYPE &&
             node->kind != WEIR_NODE_EXISTS)
        node->negated = !node->negated;
}

static void drop_child(struct weir_node *node, size_t index)
{
    node->child_count--;
    for (size_t i = index; i < node->child_count; i++)
        node->child[i] = node->child[i + 1];
}

static void drop_value(struct weir_node *node, size_t index)
{
    node->value_count--;
    for (size_t i = index; i < node->value_count; i++)
        node->values[i] = node->values[i + 1];
}

static struct weir_value next_to(struct copy *copy, struct weir_value value)
{
    struct random_source *r = copy->random;
    const int64_t step = random_chance(r, 50) ? 1 : -1;

    switch (value.type) {
    case WEIR_INT:
        if (random_chance(r, 30))
            return weir_value_double((double)value.u.integer + 0.5 * (double)step);
        if (value.u.integer != INT64_MAX && value.u.integer != INT64_MIN)
            value.u.integer += step;
        return value;
    case WEIR_DOUBLE: return weir_value_double(value.u.real + (double)step);
    case WEIR_BOOL: return weir_value_bool(!value.u.boolean);
    case WEIR_TIMESTAMP: value.u.integer += step; return value;
    case WEIR_STRING: break;
    }
    if (value.u.string.len > 0 && random_chance(r, 50))
        value.u.string = cut(value.u.string, false);
    else
        value.u.string = extended(copy, value.u.string);
    return value;
}

/* Without its first or last code point. */
static struct weir_str cut(struct weir_str text, bool front)
{
    if (front) {
        do {
            text.ptr++;
            text.len--;
        } while (text.len > 0 && ((unsigned char)text.ptr[0] & 0xC0) == 0x80);
        return text;
    }
    do {
        text.len--;
    } while (((unsigned char)text.ptr[text.len] & 0xC0) == 0x80);
    return text;
}

static struct weir_str extended(struct copy *copy, struct weir_str text)
{
    char *made = copy->texts + copy->text_len;

    if (copy->text_len + text.len + 1 > TEXTS_MAX)
        return text;
    if (text.len > 0)
        memcpy(made, text.ptr, text.len);
    made[text.len] = "abcz"[random_below(copy->random, 4)];
    copy->text_len += text.len + 1;
    return (struct weir_str){made, text.len + 1};
}
