/* candidates.c - neighbourhoods of constants. */
#include "candidates.h"

#include <string.h>
#include <weir/bytes.h>
#include <weir/limits.h>

#include "text.h"

#define PER_ATTRIBUTE_MAX 1024u
#define NEGATIVE (UINT64_C(1) << 63) /* the sign of a double */

static bool gather_leaf(struct weiri_candidates *c, const struct weir_node *leaf,
                        const struct weir_node *node);
static bool gather_constants(struct weiri_candidates *c, uint32_t attr,
                             const struct weir_node *node);
static bool find_or_add(struct weiri_candidates *c, struct weir_str name, uint32_t *index);
static bool add_common(struct weiri_candidates *c, uint32_t attr);
static bool add_near(struct weiri_candidates *c, uint32_t attr, struct weir_value value);
static bool add_near_int(struct weiri_candidates *c, uint32_t attr, int64_t value);
static int64_t before(int64_t value);
static int64_t after(int64_t value);
static bool add_near_double(struct weiri_candidates *c, uint32_t attr, double value);
static bool add_near_text(struct weiri_candidates *c, uint32_t attr, struct weir_str text);
static bool add_pairs(struct weiri_candidates *c, uint32_t attr, struct weir_str text);
static bool add_joined(struct weiri_candidates *c, uint32_t attr, struct weir_str a,
                       const char *between, struct weir_str b);
static bool add(struct weiri_candidates *c, uint32_t attr, struct weir_value value);

bool weiri_candidates_gather(struct weiri_candidates *candidates, const struct weir_node *tree)
{
    if (tree->kind > WEIR_NODE_NOT)
        return gather_leaf(candidates, tree, tree);
    for (uint32_t i = 0; i < tree->child_count; i++) {
        if (!weiri_candidates_gather(candidates, tree->child[i]))
            return false;
    }
    return true;
}

/* Each attribute of a predicate with each constant of it. */
static bool gather_leaf(struct weiri_candidates *c, const struct weir_node *leaf,
                        const struct weir_node *node)
{
    if (node->kind == WEIR_NODE_ATTR) {
        uint32_t attr;

        return find_or_add(c, node->text, &attr) && gather_constants(c, attr, leaf);
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (!gather_leaf(c, leaf, node->child[i]))
            return false;
    }
    return true;
}

static bool gather_constants(struct weiri_candidates *c, uint32_t attr,
                             const struct weir_node *node)
{
    bool ok = true;

    if (node->kind == WEIR_NODE_LITERAL)
        return add_near(c, attr, node->literal);
    if (node->kind >= WEIR_NODE_LIKE && node->kind <= WEIR_NODE_MATCHES)
        ok = add_near(c, attr, weir_value_string(node->text));
    for (uint32_t i = 0; i < node->value_count && ok; i++)
        ok = add_near(c, attr, node->values[i]);
    for (uint32_t i = 0; i < node->child_count && ok; i++)
        ok = gather_constants(c, attr, node->child[i]);
    return ok;
}

static bool find_or_add(struct weiri_candidates *c, struct weir_str name, uint32_t *index)
{
    uint32_t at = 0;
    int order = 1;

    while (at < c->count && (order = weir_str_compare(c->attrs[at].name, name)) < 0)
        at++;
    *index = at;
    if (order == 0)
        return true;
    if (c->count == c->capacity) {
        uint32_t capacity = c->capacity * 2 + 8;
        struct weiri_candidate_list *attrs = weiri_pool_take(c->pool, capacity, sizeof *attrs);

        if (attrs == NULL)
            return false;
        if (c->count > 0)
            memcpy(attrs, c->attrs, c->count * sizeof *attrs);
        c->attrs = attrs;
        c->capacity = capacity;
    }
    memmove(c->attrs + at + 1, c->attrs + at, (c->count - at) * sizeof *c->attrs);
    c->attrs[at] = (struct weiri_candidate_list){.name = name};
    c->count++;
    return add_common(c, at);
}

static bool add_common(struct weiri_candidates *c, uint32_t attr)
{
    const struct weir_value common[] = {
        weir_value_int(0),
        weir_value_int(1),
        weir_value_int(-1),
        weir_value_double(0.5),
        weir_value_bool(false),
        weir_value_bool(true),
        weir_value_timestamp(0),
        weir_value_string(WEIR_STR("")),
        weir_value_string(WEIR_STR("a")),
    };

    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        if (!add(c, attr, common[i]))
            return false;
    }
    return true;
}

static bool add_near(struct weiri_candidates *c, uint32_t attr, struct weir_value value)
{
    const int64_t n = value.u.integer;

    switch (value.type) {
    case WEIR_BOOL: break; /* both are common */
    case WEIR_INT: return add_near_int(c, attr, n);
    case WEIR_DOUBLE: return add_near_double(c, attr, value.u.real);
    case WEIR_STRING: return add_near_text(c, attr, value.u.string);
    case WEIR_TIMESTAMP:
        return add(c, attr, value) && add(c, attr, weir_value_timestamp(before(n))) &&
               add(c, attr, weir_value_timestamp(after(n)));
    }
    return true;
}

static bool add_near_int(struct weiri_candidates *c, uint32_t attr, int64_t value)
{
    const int64_t exact = INT64_C(1) << 52;

    if (value > -exact && value < exact &&
        (!add(c, attr, weir_value_double((double)value - 0.5)) ||
         !add(c, attr, weir_value_double((double)value + 0.5)) ||
         !add(c, attr, weir_value_double((double)value))))
        return false;
    return add(c, attr, weir_value_int(value)) && add(c, attr, weir_value_int(before(value))) &&
           add(c, attr, weir_value_int(after(value)));
}

/* Of the least it is the greatest, which is worth a try too. */
static int64_t before(int64_t value)
{
    return (int64_t)((uint64_t)value - 1);
}

static int64_t after(int64_t value)
{
    return (int64_t)((uint64_t)value + 1);
}

/* The doubles beside it, and the ints around it. */
static bool add_near_double(struct weiri_candidates *c, uint32_t attr, double value)
{
    const uint64_t bits = weiri_bits_of_double(value);
    const struct weir_value beside[] = {
        weir_value_double(value),
        weir_value_double(weiri_double_of_bits(bits + 1)),
        weir_value_double(weiri_double_of_bits(bits != 0 ? bits - 1 : NEGATIVE | 1)),
    };

    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        if (weir_value_check(&beside[i]) == WEIR_OK && !add(c, attr, beside[i]))
            return false;
    }
    return value < -9e18 || value > 9e18 || add_near_int(c, attr, (int64_t)value);
}

static bool add_near_text(struct weiri_candidates *c, uint32_t attr, struct weir_str text)
{
    const struct weir_str none = WEIR_STR("");
    struct weir_str shorter = text;
    struct weir_interval prefix;

    if (text.len > 0)
        shorter.len = weiri_text_boundary(text, text.len - 1);
    if (!add(c, attr, weir_value_string(text)) || !add(c, attr, weir_value_string(shorter)) ||
        !add_joined(c, attr, text, "a", none) || !add_joined(c, attr, none, "a", text) ||
        !add_joined(c, attr, text, "~", none) || !weiri_text_prefix(&prefix, text, c->pool) ||
        (prefix.high.bounded && !add(c, attr, prefix.high.value)))
        return false;
    return add_pairs(c, attr, text);
}

/* One constant behind the other, and with something between: what begins with the one and ends
 * with the other. */
static bool add_pairs(struct weiri_candidates *c, uint32_t attr, struct weir_str text)
{
    for (uint32_t i = 0; i < c->attrs[attr].text_count; i++) {
        const struct weir_str other = c->attrs[attr].texts[i];

        if (!add_joined(c, attr, text, "", other) || !add_joined(c, attr, other, "", text) ||
            !add_joined(c, attr, text, "~", other) || !add_joined(c, attr, other, "~", text))
            return false;
    }
    if (c->attrs[attr].text_count < WEIRI_TEXTS_PAIRED_MAX)
        c->attrs[attr].texts[c->attrs[attr].text_count++] = text;
    return true;
}

static bool add_joined(struct weiri_candidates *c, uint32_t attr, struct weir_str a,
                       const char *between, struct weir_str b)
{
    const struct weir_str parts[] = {a, weir_str_of(between), b};
    char *joined = weiri_pool_take(c->pool, a.len + parts[1].len + b.len, 1);
    size_t len = 0;

    if (joined == NULL)
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].len > 0)
            memcpy(joined + len, parts[i].ptr, parts[i].len);
        len += parts[i].len;
    }
    return add(c, attr, weir_value_string((struct weir_str){joined, len}));
}

static bool add(struct weiri_candidates *c, uint32_t attr, struct weir_value value)
{
    struct weiri_candidate_list *list = &c->attrs[attr];

    if (list->count == PER_ATTRIBUTE_MAX)
        return true;
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity * 2 + 32;
        struct weir_value *v = weiri_pool_take(c->pool, capacity, sizeof *v);

        if (v == NULL)
            return false;
        if (list->count > 0)
            memcpy(v, list->v, list->count * sizeof *v);
        list->v = v;
        list->capacity = capacity;
    }
    list->v[list->count++] = value;
    return true;
}
