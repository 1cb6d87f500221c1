/* check.c - the type check: tells truth values from operands, folds constants. */
#include "compiler.h"
#include "eval.h"
#include "lex.h"
#include "meant.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What can be known of an operand's type; numbers are one class. */
enum class { CLASS_ANY, CLASS_BOOL, CLASS_NUMBER, CLASS_STRING, CLASS_TIMESTAMP };

static const char *const class_texts[] = {"anything", "a bool", "a number", "a string",
                                          "a timestamp"};

static struct weir_node *check_truth(struct weiri_compiler *c, struct weir_node *node,
                                     const struct weir_node *before);
static struct weir_node *check_operand(struct weiri_compiler *c, struct weir_node *node,
                                       uint32_t depth);

static enum class class_of_type(enum weir_type type) {
    switch (type){
        case WEIR_BOOL : return CLASS_BOOL; case WEIR_STRING : return CLASS_STRING;
        case WEIR_TIMESTAMP : return CLASS_TIMESTAMP;
        default : return CLASS_NUMBER;
    }
}

static enum class class_of(const struct weir_node *operand) {
    if (operand->kind == WEIR_NODE_LITERAL) return class_of_type(operand->literal.type);
    if (operand->kind != WEIR_NODE_ATTR) return CLASS_NUMBER;
    if (operand->text.ptr[0] != '$') return CLASS_ANY;
    return weir_str_equal(operand->text, weir_stamp_name(WEIR_STAMP_TS)) ? CLASS_TIMESTAMP
                                                                         : CLASS_STRING;
}

/* ---- operands */

static bool check_name(struct weiri_compiler *c, const struct weir_node *attr)
{
    struct weir_diag *diag;

    if (attr->text.ptr[0] != '$' || weir_str_equal(attr->text, WEIR_STR("$type")))
        return true;
    for (int stamp = 0; stamp < WEIR_STAMP_COUNT; stamp++) {
        if (weir_str_equal(attr->text, weir_stamp_name((enum weir_stamp)stamp)))
            return true;
    }
    if (weir_str_equal(attr->text, WEIR_STR("$hops"))) {
        diag = weiri_error(c, "F313", weiri_node_span(attr), "$hops cannot be used in a filter");
        weiri_diag_text(diag->suggestion,
                        "it differs from hop to hop, and a filter means the same at each");
    } else {
        const char *meant = weiri_meant(WEIRI_STAMPS, attr->text).instead;

        diag = weiri_error(c, "F312", weiri_node_span(attr),
                           meant != NULL ? "there is no attribute '%s', did you mean %s?"
                                         : "there is no attribute '%s'",
                           weiri_excerpt(attr->text).text, meant);
        weiri_diag_text(diag->expected, "$id, $origin, $publisher, $ts, $type");
        weiri_diag_text(diag->suggestion, "names that begin with $ are set by the overlay: "
                                          "$id, $origin, $publisher, $ts, $type");
        if (meant != NULL)
            weiri_diag_text(diag->suggestion, "write %s", meant);
    }
    return false;
}

static bool check_factor(struct weiri_compiler *c, const struct weir_node *parent,
                         const struct weir_node *child)
{
    enum class class = class_of(child);

    if (class != CLASS_ANY && class != CLASS_NUMBER) {
        struct weir_diag *diag = weiri_error(c, "F303", weiri_node_span(child),
                                             "there is no arithmetic on %s", class_texts[class]);

        if (class == CLASS_STRING)
            weiri_diag_text(diag->suggestion, "numbers and names are written without quotes; "
                                              "strings are not joined");
        return false;
    }
    if (parent->kind == WEIR_NODE_MODULO && child->kind == WEIR_NODE_LITERAL &&
        child->literal.type == WEIR_DOUBLE) {
        (void)weiri_error(c, "F304", weiri_node_span(child), "%% takes ints only");
        return false;
    }
    return true;
}

/* `2013-10-07`, which is 1996. */
static void warn_of_date(struct weiri_compiler *c, const struct weir_node *node)
{
    static const char form[] = "0000-00-00";
    const char *text = c->filter->text.ptr + node->offset;
    char timestamp[sizeof "2013-10-07T00:00:00Z"];
    struct weir_diag *diag;
    int64_t nanoseconds;

    if (node->kind != WEIR_NODE_SUBTRACT || node->length != sizeof form - 1)
        return;
    for (size_t i = 0; i < sizeof form - 1; i++) {
        if (form[i] == '-' ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return;
    }
    diag =
        weiri_warning(c, "W604", weiri_node_span(node), "a date without quotes is a subtraction");
    (void)snprintf(timestamp, sizeof timestamp, "%.10sT00:00:00Z", text);
    if (weir_timestamp_parse(&nanoseconds, weir_str_of(timestamp)) == WEIR_OK)
        weiri_diag_text(diag->suggestion, "write TIMESTAMP '%s'", timestamp);
}

static struct weir_node *fold(struct weiri_compiler *c, struct weir_node *node)
{
    enum weiri_arithmetic outcome;
    struct weir_value value;

    for (uint32_t i = 0; i < node->child_count; i++) {
        if (node->child[i]->kind != WEIR_NODE_LITERAL)
            return node;
    }
    outcome =
        node->kind == WEIR_NODE_NEGATE
            ? weiri_negate(&value, &node->child[0]->literal)
            : weiri_compute(&value, node->kind, &node->child[0]->literal, &node->child[1]->literal);
    switch (outcome) {
    case WEIRI_COMPUTED:
        warn_of_date(c, node);
        node->kind = WEIR_NODE_LITERAL;
        node->literal = value;
        node->child = NULL;
        node->child_count = 0;
        return node;
    case WEIRI_DIVISION_BY_ZERO:
        (void)weiri_error(c, "F306", weiri_node_span(node), "division by zero");
        return NULL;
    default:
        (void)weiri_error(c, "F305", weiri_node_span(node), "this constant overflows");
        return NULL;
    }
}

static struct weir_node *check_arithmetic(struct weiri_compiler *c, struct weir_node *node,
                                          uint32_t depth)
{
    bool good = true;

    if (depth > WEIR_FILTER_DEPTH_MAX) {
        struct weir_diag *diag = weiri_error(c, "F407", weiri_node_span(node),
                                             "arithmetic of too many operations, the limit is %d",
                                             WEIR_FILTER_DEPTH_MAX);

        weiri_diag_text(diag->suggestion, "operations in a row count as much as nested ones");
        c->stopped = true;
        return NULL;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        struct weir_node *child = check_operand(c, node->child[i], depth + 1);

        if (child == NULL || !check_factor(c, node, child))
            good = false;
        else
            node->child[i] = child;
    }
    return good ? fold(c, node) : NULL;
}

/* NULL after an error. */
static struct weir_node *check_operand(struct weiri_compiler *c, struct weir_node *node,
                                       uint32_t depth)
{
    switch (node->kind) {
    case WEIR_NODE_LITERAL: return node;
    case WEIR_NODE_ATTR: return check_name(c, node) ? node : NULL;
    case WEIR_NODE_ADD:
    case WEIR_NODE_SUBTRACT:
    case WEIR_NODE_MULTIPLY:
    case WEIR_NODE_DIVIDE:
    case WEIR_NODE_MODULO:
    case WEIR_NODE_NEGATE: return check_arithmetic(c, node, depth);
    default:
        if (!weiri_is_placeholder(node)) {
            struct weir_diag *diag =
                weiri_error(c, "F308", weiri_node_span(node),
                            "a condition cannot stand where a value is needed");

            weiri_diag_text(diag->suggestion, "conditions are joined with AND, OR and NOT and "
                                              "compared with nothing");
        }
        return NULL;
    }
}

static bool check_operands(struct weiri_compiler *c, struct weir_node *node)
{
    bool good = true;

    for (uint32_t i = 0; i < node->child_count; i++) {
        struct weir_node *child = check_operand(c, node->child[i], 1);

        if (child == NULL)
            good = false;
        else
            node->child[i] = child;
    }
    return good;
}

/* ---- predicates: false after an error */

static bool check_comparable(struct weiri_compiler *c, struct weiri_span at, enum class a,
                             enum class b)
{
    struct weir_diag *diag;

    if (a == CLASS_ANY || b == CLASS_ANY || a == b)
        return true;
    diag = weiri_error(c, "F301", at, "%s and %s never compare", class_texts[a], class_texts[b]);
    if ((a == CLASS_TIMESTAMP) != (b == CLASS_TIMESTAMP))
        weiri_diag_text(diag->suggestion, "timestamps are written e.g. "
                                          "TIMESTAMP '2013-10-07T09:30:00Z'");
    else if (a == CLASS_STRING || b == CLASS_STRING)
        weiri_diag_text(diag->suggestion, "names and numbers are written without quotes");
    return false;
}

static bool check_ordered(struct weiri_compiler *c, const struct weir_node *operand)
{
    struct weir_diag *diag;

    if (class_of(operand) != CLASS_BOOL)
        return true;
    diag = weiri_error(c, "F302", weiri_node_span(operand), "bools have no order");
    weiri_diag_text(diag->expected, "=, <>");
    weiri_diag_text(diag->suggestion, "compare bools with = or <>");
    return false;
}

/* In SQL "symbol" is a name; here both quotes are for strings. */
static void warn_of_quoted_name(struct weiri_compiler *c, const struct weir_node *left,
                                const struct weir_node *right)
{
    struct weir_diag *diag;

    if (left->kind != WEIR_NODE_LITERAL || left->literal.type != WEIR_STRING ||
        right->kind != WEIR_NODE_LITERAL || !weiri_is_plain_name(left->literal.u.string))
        return;
    diag = weiri_warning(c, "W606", weiri_node_span(left),
                         "two strings are compared, and no attribute");
    weiri_diag_text(diag->suggestion, "write %s; names are not in quotes",
                    weiri_excerpt(left->literal.u.string).text);
}

static bool check_compare(struct weiri_compiler *c, struct weir_node *node)
{
    static const enum weir_compare mirrored[] = {WEIR_EQ, WEIR_NE, WEIR_GT,
                                                 WEIR_GE, WEIR_LT, WEIR_LE};
    struct weir_node *left = node->child[0], *right = node->child[1];

    if (!check_comparable(c, weiri_node_span(node), class_of(left), class_of(right)))
        return false;
    if (node->compare != WEIR_EQ && node->compare != WEIR_NE &&
        (!check_ordered(c, left) || !check_ordered(c, right)))
        return false;
    warn_of_quoted_name(c, left, right);
    if (left->kind == WEIR_NODE_LITERAL && right->kind != WEIR_NODE_LITERAL) {
        node->child[0] = right;
        node->child[1] = left;
        node->compare = mirrored[node->compare];
    }
    return true;
}

static bool check_between(struct weiri_compiler *c, struct weir_node *node)
{
    struct weiri_span at = weiri_node_span(node);
    struct weir_node *const *child = node->child;

    return check_comparable(c, at, class_of(child[0]), class_of(child[1])) &&
           check_comparable(c, at, class_of(child[0]), class_of(child[2])) &&
           check_comparable(c, at, class_of(child[1]), class_of(child[2])) &&
           check_ordered(c, child[0]) && check_ordered(c, child[1]) && check_ordered(c, child[2]);
}

/* An int sorts before the double that equals it, and is the one that stays. */
static int compare_for_sort(const void *a, const void *b)
{
    const struct weir_value *x = a, *y = b;
    int order = weiri_set_compare(x, y);

    return order != 0 ? order : (int)x->type - (int)y->type;
}

static bool check_in(struct weiri_compiler *c, struct weir_node *node)
{
    struct weir_value *values = node->values;
    uint32_t count = 1;

    assert(node->value_count != 0);
    qsort(values, node->value_count, sizeof *values, compare_for_sort);
    for (uint32_t i = 1; i < node->value_count; i++) {
        if (weiri_set_compare(&values[i], &values[count - 1]) != 0)
            values[count++] = values[i];
    }
    node->value_count = count;
    for (uint32_t i = 0; i < count; i++) {
        if (!check_comparable(c, weiri_node_span(node), class_of(node->child[0]),
                              class_of_type(values[i].type)))
            return false;
    }
    if (node->negated && class_of_type(values[0].type) != class_of_type(values[count - 1].type)) {
        struct weir_diag *diag = weiri_warning(c, "W601", weiri_node_span(node),
                                               "NOT IN over values of several types is never true");

        weiri_diag_text(diag->suggestion, "a value is of one type, and does not compare with the "
                                          "others; list values of one type");
    }
    return true;
}

static bool has(struct weir_str text, char c)
{
    return text.len != 0 && memchr(text.ptr, c, text.len) != NULL;
}

/* `LIKE 'a*'` of a shell: without % and _ it matches nothing but that text. */
static void warn_of_star(struct weiri_compiler *c, const struct weir_node *node)
{
    struct weir_diag *diag;

    if (node->kind != WEIR_NODE_LIKE || node->escape != 0 || !has(node->text, '*') ||
        has(node->text, '%') || has(node->text, '_'))
        return;
    diag = weiri_warning(c, "W605", weiri_node_span(node), "* is no wild card of LIKE");
    weiri_diag_text(diag->suggestion, "%% stands for any characters and _ for one");
}

static bool check_text(struct weiri_compiler *c, struct weir_node *node)
{
    const struct weir_node *operand = node->child[0];
    enum class class = class_of(operand);

    if (class != CLASS_ANY && class != CLASS_STRING) {
        (void)weiri_error(c, "F314", weiri_node_span(operand), "%s is no string",
                          class_texts[class]);
        return false;
    }
    warn_of_star(c, node);
    switch (node->kind) {
    case WEIR_NODE_LIKE: return weiri_check_like(c, node);
    case WEIR_NODE_CONTAINS: return weiri_check_contains(c, node);
    case WEIR_NODE_MATCHES:
        if (operand->kind == WEIR_NODE_ATTR)
            return weiri_check_matches(c, node);
        (void)weiri_error(c, "F315", weiri_node_span(operand),
                          "MATCHES takes an attribute on its left");
        return false;
    default: return true;
    }
}

static bool check_is(struct weiri_compiler *c, struct weir_node *node)
{
    if (node->child[0]->kind == WEIR_NODE_ATTR)
        return true;
    (void)weiri_error(c, "F311", weiri_node_span(node->child[0]),
                      "only an attribute can be asked whether it is there or of which type it is");
    return false;
}

static bool check_predicate(struct weiri_compiler *c, struct weir_node *node)
{
    if (!check_operands(c, node))
        return false;
    switch (node->kind) {
    case WEIR_NODE_COMPARE: return check_compare(c, node);
    case WEIR_NODE_IN: return check_in(c, node);
    case WEIR_NODE_BETWEEN: return check_between(c, node);
    case WEIR_NODE_LIKE:
    case WEIR_NODE_STARTS:
    case WEIR_NODE_ENDS:
    case WEIR_NODE_CONTAINS:
    case WEIR_NODE_MATCHES: return check_text(c, node);
    default: return check_is(c, node);
    }
}

/* ---- truth values */

static struct weir_node *constant(struct weir_node *node, enum weir_truth truth)
{
    *node = (struct weir_node){
        .kind = WEIR_NODE_CONSTANT, .truth = truth, .offset = node->offset, .length = node->length};
    return node;
}

/* A node whose parts are all constant is one itself. */
static struct weir_node *fold_truth(struct weir_node *node)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        const struct weir_node *child = node->child[i];

        if (weiri_is_placeholder(child) ||
            (child->kind != WEIR_NODE_CONSTANT && child->kind != WEIR_NODE_LITERAL))
            return node;
    }
    return constant(node, weir_node_eval(node, NULL, NULL));
}

static struct weir_node *bare_attr(struct weiri_compiler *c, struct weir_node *attr)
{
    uint32_t end = attr->offset + attr->length;
    struct weir_node *node = weiri_compiler_node(c, WEIR_NODE_COMPARE, attr->offset, end);
    struct weir_node *literal = weiri_compiler_node(c, WEIR_NODE_LITERAL, attr->offset, end);
    struct weir_node **child = weiri_compiler_take(c, 2 * sizeof(struct weir_node *));

    if (node == NULL || literal == NULL || child == NULL)
        return NULL;
    literal->literal = weir_value_bool(true);
    child[0] = attr;
    child[1] = literal;
    node->child = child;
    node->child_count = 2;
    node->bare = true;
    return node;
}

static bool count_leaf(struct weiri_compiler *c, const struct weir_node *node)
{
    if (c->leaves < WEIR_FILTER_LEAVES_MAX) {
        c->leaves++;
        return true;
    }
    (void)weiri_error(c, "F403", weiri_node_span(node), "more than %d conditions in one filter",
                      WEIR_FILTER_LEAVES_MAX);
    c->stopped = true;
    return false;
}

/* `a = 'x' OR 'y'`: the attribute of the condition before is meant once more. */
static void report_value(struct weiri_compiler *c, const struct weir_node *value,
                         const struct weir_node *before)
{
    static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};
    struct weir_str text = c->filter->text;
    struct weir_diag *diag;

    if (before != NULL && weiri_is_placeholder(before) && value->kind == WEIR_NODE_LITERAL) {
        c->failed = true; /* it belongs to the mistake before */
        return;
    }
    diag = weiri_error(c, "F307", weiri_node_span(value),
                       "a value cannot stand where a condition is needed");
    weiri_diag_text(diag->suggestion, "compare it with something, e.g. with = or >");
    if (before == NULL || before->kind != WEIR_NODE_COMPARE || before->bare ||
        before->child[0]->kind != WEIR_NODE_ATTR || value->kind != WEIR_NODE_LITERAL)
        return;
    weiri_diag_text(diag->suggestion, "write %s %s %s", weiri_excerpt(before->child[0]->text).text,
                    signs[before->compare],
                    weiri_excerpt((struct weir_str){text.ptr + value->offset, value->length}).text);
}

static struct weir_node *check_leaf(struct weiri_compiler *c, struct weir_node *node,
                                    const struct weir_node *before)
{
    struct weir_node *leaf = node;

    if (!count_leaf(c, node))
        return NULL;
    switch (node->kind) {
    case WEIR_NODE_CONSTANT: return node;
    case WEIR_NODE_LITERAL:
        if (node->literal.type == WEIR_BOOL)
            return constant(node, node->literal.u.boolean ? WEIR_TRUE : WEIR_FALSE);
        /* fall through */
    case WEIR_NODE_ADD:
    case WEIR_NODE_SUBTRACT:
    case WEIR_NODE_MULTIPLY:
    case WEIR_NODE_DIVIDE:
    case WEIR_NODE_MODULO:
    case WEIR_NODE_NEGATE:
        report_value(c, node, before);
        return weiri_placeholder(c, weiri_node_span(node));
    case WEIR_NODE_ATTR:
        leaf = bare_attr(c, node);
        if (leaf == NULL)
            return NULL;
        break;
    default: break;
    }
    if (!check_predicate(c, leaf))
        return weiri_placeholder(c, weiri_node_span(leaf));
    return fold_truth(leaf);
}

/* NULL only when stopped.  The parser has bounded the depth.  `before` is the part of the same AND
 * or OR that stands before it, or NULL. */
static struct weir_node *check_truth(struct weiri_compiler *c, struct weir_node *node,
                                     const struct weir_node *before)
{
    if (node->kind != WEIR_NODE_AND && node->kind != WEIR_NODE_OR && node->kind != WEIR_NODE_NOT)
        return check_leaf(c, node, before);
    for (uint32_t i = 0; i < node->child_count; i++) {
        node->child[i] = check_truth(c, node->child[i], i > 0 ? node->child[i - 1] : NULL);
        if (node->child[i] == NULL || c->stopped)
            return NULL;
    }
    return fold_truth(node);
}

struct weir_node *weiri_check(struct weiri_compiler *c, struct weir_node *tree)
{
    return check_truth(c, tree, NULL);
}
