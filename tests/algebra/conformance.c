/* conformance.c - the disjunctive normal form of an advertisement, written out. */
#include "conformance.h"

#include <stdlib.h>
#include <string.h>

#define CONJUNCTIONS_MAX 512
#define LITERALS_MAX 48
#define SYNTHETIC_MAX 64
#define NAMES_MAX 16 /* of one literal */

struct literal {
    const struct weir_node *node;
    bool positive; /* must be TRUE, otherwise FALSE */
    struct weir_str names[NAMES_MAX];
    size_t name_count;
};

struct conjunction {
    struct literal literals[LITERALS_MAX];
    size_t count;
    enum weir_truth possible; /* FALSE: contradicts itself */
};

struct conformance {
    struct conjunction *v;
    size_t count;
    struct weir_node synthetic[SYNTHETIC_MAX]; /* the two halves of each BETWEEN */
    struct weir_node *halves[SYNTHETIC_MAX][2];
    size_t synthetic_count;
};

/* A growing list of conjunctions. */
struct form {
    struct conjunction *v;
    size_t count;
    bool failed;
};

static struct form expand(struct conformance *c, const struct weir_node *node, bool positive);
static struct form expand_between(struct conformance *c, const struct weir_node *node,
                                  bool positive);
static struct form literal(const struct weir_node *node, bool positive);
static struct form either(struct form a, struct form b);
static struct form both(struct form a, struct form b);
static void add_names(struct literal *literal, const struct weir_node *node);
static enum weir_truth possible(const struct conjunction *conjunction, const struct neighbours *n,
                                struct weir_scratch *scratch);
static bool stamps_agree(const struct conjunction *conjunction, struct weir_scratch *scratch);
static bool value_possible(const struct conjunction *conjunction, struct weir_str name,
                           const struct weir_notification *single, struct weir_scratch *scratch);
static bool decided_by_values(const struct conjunction *conjunction, struct weir_str name);
static bool allows(const struct conjunction *conjunction,
                   const struct weir_notification *notification, struct weir_scratch *scratch);
static bool holds(const struct literal *literal, const struct weir_notification *notification,
                  struct weir_scratch *scratch);
static bool is_named(const struct conjunction *conjunction, struct weir_str name);

struct conformance *conformance_create(const struct weir_node *tree,
                                       const struct neighbours *neighbours,
                                       struct weir_scratch *scratch)
{
    struct conformance *c = calloc(1, sizeof *c);
    struct form form;

    if (c == NULL)
        abort();
    form = expand(c, tree, true);
    if (form.failed) {
        free(form.v);
        free(c);
        return NULL;
    }
    c->v = form.v;
    c->count = form.count;
    for (size_t i = 0; i < c->count; i++)
        c->v[i].possible = possible(&c->v[i], neighbours, scratch);
    return c;
}

void conformance_destroy(struct conformance *c)
{
    if (c != NULL)
        free(c->v);
    free(c);
}

enum weir_truth conformance_of(const struct conformance *c,
                               const struct weir_notification *notification,
                               struct weir_scratch *scratch)
{
    enum weir_truth best = WEIR_FALSE;

    for (size_t i = 0; i < c->count && best != WEIR_TRUE; i++) {
        if (c->v[i].possible > best && allows(&c->v[i], notification, scratch))
            best = c->v[i].possible;
    }
    return best;
}

/* ---- writing out */

static struct form expand(struct conformance *c, const struct weir_node *node, bool positive)
{
    struct form form;

    switch (node->kind) {
    case WEIR_NODE_NOT: return expand(c, node->child[0], !positive);
    case WEIR_NODE_BETWEEN: return expand_between(c, node, positive);
    case WEIR_NODE_AND:
    case WEIR_NODE_OR:
        form = expand(c, node->child[0], positive);
        for (uint32_t i = 1; i < node->child_count; i++) {
            struct form next = expand(c, node->child[i], positive);

            form =
                (node->kind == WEIR_NODE_AND) == positive ? both(form, next) : either(form, next);
        }
        return form;
    default: return literal(node, positive);
    }
}

/* x >= low AND x <= high. */
static struct form expand_between(struct conformance *c, const struct weir_node *node,
                                  bool positive)
{
    static const enum weir_compare compares[] = {WEIR_GE, WEIR_LE};
    struct form forms[2];

    positive = positive != node->negated;
    if (c->synthetic_count + 2 > SYNTHETIC_MAX)
        return (struct form){.failed = true};
    for (size_t i = 0; i < 2; i++) {
        struct weir_node *made = &c->synthetic[c->synthetic_count];

        c->halves[c->synthetic_count][0] = node->child[0];
        c->halves[c->synthetic_count][1] = node->child[1 + i];
        *made = (struct weir_node){.kind = WEIR_NODE_COMPARE,
                                   .compare = compares[i],
                                   .child = c->halves[c->synthetic_count],
                                   .child_count = 2};
        c->synthetic_count++;
        forms[i] = literal(made, positive);
    }
    return positive ? both(forms[0], forms[1]) : either(forms[0], forms[1]);
}

static struct form literal(const struct weir_node *node, bool positive)
{
    struct form form = {.v = calloc(1, sizeof *form.v), .count = 1};

    if (form.v == NULL)
        abort();
    if (node->kind == WEIR_NODE_CONSTANT) {
        form.count = node->truth == (positive ? WEIR_TRUE : WEIR_FALSE);
        return form;
    }
    form.v->literals[0] = (struct literal){.node = node, .positive = positive};
    form.v->count = 1;
    add_names(&form.v->literals[0], node);
    return form;
}

static struct form either(struct form a, struct form b)
{
    struct form form = {.count = a.count + b.count, .failed = a.failed || b.failed};

    if (form.count > CONJUNCTIONS_MAX)
        form = (struct form){.failed = true};
    form.v = calloc(form.count + 1, sizeof *form.v);
    if (form.v == NULL)
        abort();
    if (!form.failed && a.count > 0)
        memcpy(form.v, a.v, a.count * sizeof *a.v);
    if (!form.failed && b.count > 0)
        memcpy(form.v + a.count, b.v, b.count * sizeof *b.v);
    free(a.v);
    free(b.v);
    return form;
}

static struct form both(struct form a, struct form b)
{
    struct form form = {.count = a.count * b.count, .failed = a.failed || b.failed};

    if (form.count > CONJUNCTIONS_MAX)
        form = (struct form){.failed = true};
    form.v = calloc(form.count + 1, sizeof *form.v);
    if (form.v == NULL)
        abort();
    for (size_t i = 0; i < form.count && !form.failed; i++) {
        const struct conjunction *left = &a.v[i / b.count], *right = &b.v[i % b.count];

        form.failed = left->count + right->count > LITERALS_MAX;
        if (form.failed)
            break;
        form.v[i] = *left;
        memcpy(form.v[i].literals + left->count, right->literals,
               right->count * sizeof *right->literals);
        form.v[i].count += right->count;
    }
    free(a.v);
    free(b.v);
    return form;
}

static void add_names(struct literal *literal, const struct weir_node *node)
{
    for (uint32_t i = 0; i < node->child_count; i++)
        add_names(literal, node->child[i]);
    if (node->kind == WEIR_NODE_ATTR) {
        if (literal->name_count == NAMES_MAX)
            abort();
        literal->names[literal->name_count++] = node->text;
    }
}

/* ---- contradictions */

/* Domains are products: a conjunction contradicts itself when some attribute alone can have no
 * value and not be absent either. */
static enum weir_truth possible(const struct conjunction *conjunction, const struct neighbours *n,
                                struct weir_scratch *scratch)
{
    enum weir_truth result = WEIR_TRUE;

    for (size_t i = 0; i < n->name_count && result != WEIR_FALSE; i++) {
        const struct pool *pool = &n->pools[i];
        bool found = false;

        for (size_t k = 0; k <= pool->count && !found; k++) {
            struct weir_notification single;
            uint8_t *bytes =
                neighbours_single(&single, n->names[i], k == pool->count ? NULL : &pool->v[k]);

            found = value_possible(conjunction, n->names[i], &single, scratch);
            free(bytes);
        }
        if (!found)
            result = decided_by_values(conjunction, n->names[i]) ? WEIR_FALSE : WEIR_UNKNOWN;
    }
    if (result == WEIR_TRUE && !stamps_agree(conjunction, scratch))
        result = WEIR_UNKNOWN;
    return result;
}

/* What asks for stamps is ignored, but may contradict itself, which is not tried out: true only
 * where it holds for the stamps that the notifications have. */
static bool stamps_agree(const struct conjunction *conjunction, struct weir_scratch *scratch)
{
    struct weir_notification none;
    uint8_t *bytes = neighbours_single(&none, WEIR_STR(""), NULL);
    bool agree = true;

    for (size_t i = 0; i < conjunction->count; i++) {
        const struct literal *one = &conjunction->literals[i];
        bool about_stamps = false;

        for (size_t k = 0; k < one->name_count; k++)
            about_stamps = about_stamps || neighbours_is_stamp(one->names[k]);
        agree = agree && (!about_stamps || holds(one, &none, scratch));
    }
    free(bytes);
    return agree;
}

static bool is_about(const struct literal *literal, struct weir_str name)
{
    for (size_t i = 0; i < literal->name_count; i++) {
        if (!weir_str_equal(literal->names[i], name))
            return false;
    }
    return literal->name_count > 0;
}

static bool value_possible(const struct conjunction *conjunction, struct weir_str name,
                           const struct weir_notification *single, struct weir_scratch *scratch)
{
    for (size_t i = 0; i < conjunction->count; i++) {
        if (is_about(&conjunction->literals[i], name) &&
            !holds(&conjunction->literals[i], single, scratch))
            return false;
    }
    return true;
}

/* Constraints of which the values tried hit every part: no patterns, which list what they would
 * need, no ints alone, which leave gaps, no numbers so great that nothing lies between two, and
 * not $type, of which only strings are tried. */
static bool decided_by_values(const struct conjunction *conjunction, struct weir_str name)
{
    if (name.ptr[0] == '$')
        return false;
    for (size_t i = 0; i < conjunction->count; i++) {
        const struct weir_node *node = conjunction->literals[i].node;

        if (!is_about(&conjunction->literals[i], name))
            continue;
        if (node->kind == WEIR_NODE_COMPARE && node->child[0]->kind == WEIR_NODE_ATTR &&
            node->child[1]->kind == WEIR_NODE_LITERAL && node->child[1]->literal.type == WEIR_INT &&
            llabs(node->child[1]->literal.u.integer) < INT64_C(1) << 50)
            continue;
        if (node->kind == WEIR_NODE_IS_NULL || node->kind == WEIR_NODE_EXISTS)
            continue;
        if (node->kind == WEIR_NODE_IS_TYPE && node->type != WEIR_INT && node->type != WEIR_DOUBLE)
            continue;
        return false;
    }
    return true;
}

/* ---- judging */

static bool allows(const struct conjunction *conjunction,
                   const struct weir_notification *notification, struct weir_scratch *scratch)
{
    struct weir_value value;

    if (conjunction->count == 0)
        return true;
    for (size_t i = 0; i < notification->attr_count; i++) {
        struct weir_str name = weir_notification_attr(notification, i).name;

        if (name.ptr[0] != '$' && !is_named(conjunction, name))
            return false;
    }
    for (size_t i = 0; i < conjunction->count; i++) {
        const struct literal *one = &conjunction->literals[i];
        bool judged = true;

        for (size_t k = 0; k < one->name_count; k++)
            judged = judged && !neighbours_is_stamp(one->names[k]) &&
                     weir_notification_find(notification, one->names[k], &value);
        if (judged && !holds(one, notification, scratch))
            return false;
    }
    return true;
}

static bool holds(const struct literal *one, const struct weir_notification *notification,
                  struct weir_scratch *scratch)
{
    weir_scratch_renew(scratch);
    return weir_node_eval(one->node, notification, scratch) ==
           (one->positive ? WEIR_TRUE : WEIR_FALSE);
}

static bool is_named(const struct conjunction *conjunction, struct weir_str name)
{
    for (size_t i = 0; i < conjunction->count; i++) {
        for (size_t k = 0; k < conjunction->literals[i].name_count; k++) {
            if (weir_str_equal(conjunction->literals[i].names[k], name))
                return true;
        }
    }
    return false;
}
