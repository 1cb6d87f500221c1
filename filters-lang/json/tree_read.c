/* tree_read.c - a filter from the JSON text of its tree.
 *
 * The tree is built as the JSON says, printed, and compiled from the text: so that no tree passes
 * that no text could have. */
#include "tree.h"

#include <weir/alloc.h>

#include <assert.h>
#include <string.h>

/* Where a node is: the way from the root, for messages. */
struct place {
    const struct place *parent;
    const char *member; /* NULL: an item */
    size_t index;
};

/* One block of the tree; all are given back together. */
struct block {
    struct block *next;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct reader {
    const struct weir_alloc *alloc;
    struct weir_json_problem *problem;
    struct block *blocks;
    enum weir_err err;
};

static struct weir_node *read_node(struct reader *r, json_t *json, const struct place *at);
static bool read_literal(struct reader *r, struct weir_value *value, const json_t *json,
                         const struct place *at);
static struct weir_node *read_operation(struct reader *r, json_t *json, const struct place *at);
static bool read_extra(struct reader *r, struct weir_node *node,
                       const struct weiri_operation *operation, const json_t *json,
                       const struct place *at);
static bool read_values(struct reader *r, struct weir_node *node, const json_t *json,
                        const struct place *at);
static bool read_string(struct reader *r, struct weir_str *text, const json_t *json,
                        const char *member, const struct place *at);
static bool check_members(struct reader *r, const struct weiri_operation *operation, json_t *json,
                          const struct place *at);
static enum weir_err compile(struct weir_filter **out, const struct weir_node *node,
                             struct weir_json_problem *problem, const struct weir_alloc *alloc);
static void *take(struct reader *r, size_t size);
static bool refuse(struct reader *r, enum weir_err err, const struct place *at, const char *text);

enum weir_err weir_filter_from_json(struct weir_filter **out, struct weir_str text,
                                    struct weir_json_problem *problem,
                                    const struct weir_alloc *alloc)
{
    struct reader r = {.alloc = alloc, .problem = problem};
    struct weir_node *node;
    json_t *root;

    assert(out != NULL);
    r.err = weiri_json_scan_tree(text, problem);
    if (r.err == WEIR_OK)
        r.err = weiri_json_parse(&root, text, JSON_DECODE_ANY, problem);
    if (r.err != WEIR_OK)
        return r.err;
    node = read_node(&r, root, NULL);
    if (node != NULL)
        r.err = compile(out, node, problem, alloc);
    while (r.blocks != NULL) {
        struct block *next = r.blocks->next;

        weiri_release(alloc, r.blocks);
        r.blocks = next;
    }
    json_decref(root);
    return r.err;
}

static struct weir_node *read_node(struct reader *r, json_t *json, const struct place *at)
{
    const json_t *attr = json_object_get(json, "attr");
    struct weir_node *node;

    if (json_object_get(json, "op") != NULL)
        return read_operation(r, json, at);
    node = take(r, sizeof *node);
    if (node == NULL)
        return NULL;
    if (attr == NULL) {
        node->kind = WEIR_NODE_LITERAL;
        return read_literal(r, &node->literal, json, at) ? node : NULL;
    }
    node->kind = WEIR_NODE_ATTR;
    if (json_object_size(json) != 1) {
        (void)refuse(r, WEIR_ESYNTAX, at, "a member beside \"attr\"");
        return NULL;
    }
    if (!read_string(r, &node->text, attr, "attr", at))
        return NULL;
    if (node->text.len == 0) {
        (void)refuse(r, WEIR_EINVAL, at, "an empty name");
        return NULL;
    }
    return node;
}

static bool read_literal(struct reader *r, struct weir_value *value, const json_t *json,
                         const struct place *at)
{
    switch (json_typeof(json)) {
    case JSON_TRUE:
    case JSON_FALSE: *value = weir_value_bool(json_typeof(json) == JSON_TRUE); return true;
    case JSON_INTEGER: *value = weir_value_int(json_integer_value(json)); return true;
    case JSON_REAL: *value = weir_value_double(json_real_value(json)); return true;
    case JSON_STRING: *value = weir_value_string(weiri_json_string_of(json)); return true;
    case JSON_OBJECT:
        switch (weiri_json_timestamp(value, json)) {
        case WEIR_OK: return true;
        case WEIR_EINVAL:
            return refuse(r, WEIR_EINVAL, at,
                          "$timestamp is not an RFC 3339 timestamp of the "
                          "years 1678 to 2261");
        default:
            return refuse(r, WEIR_ESYNTAX, at,
                          "an object without \"op\", \"attr\" or "
                          "\"$timestamp\" alone");
        }
    case JSON_NULL: return refuse(r, WEIR_ESYNTAX, at, "null is no value");
    default: return refuse(r, WEIR_ESYNTAX, at, "an array in the place of one value");
    }
}

static struct weir_node *read_operation(struct reader *r, json_t *json, const struct place *at)
{
    const json_t *op = json_object_get(json, "op"), *args = json_object_get(json, "args");
    const struct weiri_operation *operation = NULL;
    struct weir_node *node = take(r, sizeof *node);
    size_t count = json_array_size(args);

    if (node == NULL)
        return NULL;
    if (json_typeof(op) == JSON_STRING)
        operation = weiri_operation_named(weiri_json_string_of(op));
    if (operation == NULL) {
        const struct place here = {at, "op", 0};

        (void)refuse(r, WEIR_ESYNTAX, &here, "not an operation");
        return NULL;
    }
    if (!check_members(r, operation, json, at))
        return NULL;
    if (count == 0 || (operation->parts != 0 && count != operation->parts)) {
        const struct place here = {at, "args", 0};

        (void)refuse(r, WEIR_ESYNTAX, &here, "not an array of as many parts as the operation has");
        return NULL;
    }
    node->kind = operation->kind;
    node->compare = operation->compare;
    node->child = take(r, count * sizeof(struct weir_node *));
    if (node->child == NULL || !read_extra(r, node, operation, json, at))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct place list = {at, "args", 0}, here = {&list, NULL, i};

        node->child[i] = read_node(r, json_array_get(args, i), &here);
        if (node->child[i] == NULL)
            return NULL;
    }
    node->child_count = (uint32_t)count;
    return node;
}

/* Nothing is passed over: a member that is unknown is a mistake. */
static bool check_members(struct reader *r, const struct weiri_operation *operation, json_t *json,
                          const struct place *at)
{
    static const char *const extras[] = {[EXTRA_NONE] = "",
                                         [EXTRA_VALUES] = "values",
                                         [EXTRA_PATTERN] = "pattern",
                                         [EXTRA_TEXT] = "text",
                                         [EXTRA_TYPE] = "type"};
    for (void *i = json_object_iter(json); i != NULL; i = json_object_iter_next(json, i)) {
        const char *name = json_object_iter_key(i);
        const struct place here = {at, name, 0};

        if (strcmp(name, "op") != 0 && strcmp(name, "args") != 0 &&
            strcmp(name, extras[operation->extra]) != 0 &&
            (operation->kind != WEIR_NODE_LIKE || strcmp(name, "escape") != 0) &&
            (!operation->negatable || strcmp(name, "not") != 0))
            return refuse(r, WEIR_ESYNTAX, &here, "the operation has no such member");
    }
    return true;
}

static bool read_extra(struct reader *r, struct weir_node *node,
                       const struct weiri_operation *operation, const json_t *json,
                       const struct place *at)
{
    const json_t *negated = json_object_get(json, "not"), *escape = json_object_get(json, "escape");
    struct weir_str text = {NULL, 0};

    node->negated = json_is_true(negated);
    if (negated != NULL && json_typeof(negated) != JSON_TRUE &&
        json_typeof(negated) != JSON_FALSE) {
        const struct place here = {at, "not", 0};

        return refuse(r, WEIR_ESYNTAX, &here, "not a bool");
    }
    if (escape != NULL) {
        const struct place here = {at, "escape", 0};

        if (!read_string(r, &text, escape, "escape", at))
            return false;
        node->escape = weiri_text_only_code(text);
        if (node->escape == 0)
            return refuse(r, WEIR_EINVAL, &here, "not one character");
    }
    switch (operation->extra) {
    case EXTRA_NONE: return true;
    case EXTRA_VALUES: return read_values(r, node, json_object_get(json, "values"), at);
    case EXTRA_PATTERN:
        return read_string(r, &node->text, json_object_get(json, "pattern"), "pattern", at);
    case EXTRA_TEXT: return read_string(r, &node->text, json_object_get(json, "text"), "text", at);
    case EXTRA_TYPE: break;
    }
    if (!read_string(r, &text, json_object_get(json, "type"), "type", at))
        return false;
    if (weiri_type_named(node, text))
        return true;
    return refuse(r, WEIR_EINVAL, &(const struct place){at, "type", 0}, "not a type");
}

static bool read_values(struct reader *r, struct weir_node *node, const json_t *json,
                        const struct place *at)
{
    const struct place list = {at, "values", 0};
    size_t count = json_array_size(json);

    if (count == 0)
        return refuse(r, WEIR_ESYNTAX, &list, "not an array of one literal or more");
    node->values = take(r, count * sizeof *node->values);
    for (size_t i = 0; node->values != NULL && i < count; i++) {
        const struct place here = {&list, NULL, i};

        if (!read_literal(r, &node->values[i], json_array_get(json, i), &here))
            return false;
    }
    node->value_count = (uint32_t)count;
    return node->values != NULL;
}

static bool read_string(struct reader *r, struct weir_str *text, const json_t *json,
                        const char *member, const struct place *at)
{
    const struct place here = {at, member, 0};

    if (!json_is_string(json))
        return refuse(r, WEIR_ESYNTAX, &here, json == NULL ? "is missing" : "not a string");
    *text = weiri_json_string_of(json);
    return true;
}

static void report(struct weir_json_problem *problem, enum weir_err err,
                   const struct weir_diag *diag, const char *text)
{
    const struct weir_str meant = {text + diag->offset, diag->length};

    (void)weiri_json_problem(problem, err, 0, "%s: %s: %.*s", diag->code, diag->message,
                             weiri_json_shown(meant, 40), meant.ptr);
}

static enum weir_err compile(struct weir_filter **out, const struct weir_node *node,
                             struct weir_json_problem *problem, const struct weir_alloc *alloc)
{
    size_t len = weir_node_print(NULL, 0, node);
    struct weir_diags diags;
    enum weir_err err;
    char *text;

    if (len > WEIR_FILTER_PRINTED_MAX)
        return weiri_json_problem(problem, WEIR_ELIMIT, 0,
                                  "a filter of %zu bytes as text, the limit is %d", len,
                                  WEIR_FILTER_PRINTED_MAX);
    text = weiri_alloc(alloc, len + 1);
    if (text == NULL)
        return weiri_json_problem(problem, WEIR_ENOMEM, 0, "out of memory");
    (void)weir_node_print(text, len + 1, node);
    err = weir_filter_compile_printed(out, (struct weir_str){text, len}, &diags, alloc);
    if (err == WEIR_ENOMEM)
        (void)weiri_json_problem(problem, err, 0, "out of memory");
    else if (err != WEIR_OK)
        report(problem, err, &diags.v[0], text);
    weiri_release(alloc, text);
    return err;
}

static void *take(struct reader *r, size_t size)
{
    struct block *block = weiri_alloc_zeroed(r->alloc, 1, sizeof *block + size);

    if (block == NULL) {
        r->err = weiri_json_problem(r->problem, WEIR_ENOMEM, 0, "out of memory");
        return NULL;
    }
    block->next = r->blocks;
    r->blocks = block;
    return block->bytes;
}

/* A token of a pointer (RFC 6901, section 4); names that the format does not have are cut. */
static void put_member(struct weiri_text *t, const char *member)
{
    int len = weiri_json_shown(weir_str_of(member), 40);

    for (int i = 0; i < len; i++) {
        if (member[i] == '~' || member[i] == '/') {
            weiri_text_put_char(t, '~');
            weiri_text_put_char(t, member[i] == '~' ? '0' : '1');
        } else {
            weiri_text_put_char(t, member[i]);
        }
    }
}

static void put_place(struct weiri_text *t, const struct place *at)
{
    if (at == NULL)
        return;
    put_place(t, at->parent);
    weiri_text_put_char(t, '/');
    if (at->member == NULL)
        weiri_text_put_int(t, (int64_t)at->index);
    else
        put_member(t, at->member);
}

static bool refuse(struct reader *r, enum weir_err err, const struct place *at, const char *text)
{
    char pointer[80];
    struct weiri_text t = weiri_text_begin(pointer, sizeof pointer);

    put_place(&t, at);
    (void)weiri_text_end(&t);
    r->err =
        weiri_json_problem(r->problem, err, 0, "%s%s%s", pointer, at != NULL ? ": " : "", text);
    return false;
}
