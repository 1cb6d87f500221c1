/* tree_write.c - a filter's tree as JSON text. */
#include "tree.h"

static void put_node(struct weiri_text *t, const struct weir_node *node);

static void put(struct weiri_text *t, const char *text)
{
    weiri_text_put(t, weir_str_of(text));
}

static void put_member(struct weiri_text *t, const char *name, struct weir_str text)
{
    put(t, ",\"");
    put(t, name);
    put(t, "\":");
    weiri_json_put_string(t, text);
}

static void put_values(struct weiri_text *t, const struct weir_node *node)
{
    put(t, ",\"values\":[");
    for (uint32_t i = 0; i < node->value_count; i++) {
        if (i != 0)
            weiri_text_put_char(t, ',');
        weiri_json_put_value(t, &node->values[i]);
    }
    weiri_text_put_char(t, ']');
}

static void put_pattern(struct weiri_text *t, const struct weir_node *node)
{
    char character[5];
    struct weiri_text c = weiri_text_begin(character, sizeof character);

    put_member(t, "pattern", node->text);
    if (node->kind != WEIR_NODE_LIKE || node->escape == 0)
        return;
    weiri_text_put_code(&c, node->escape);
    put_member(t, "escape", (struct weir_str){character, weiri_text_end(&c)});
}

static void put_operation(struct weiri_text *t, const struct weir_node *node)
{
    const struct weiri_operation *operation = weiri_operation_of(node);

    put(t, "{\"op\":");
    weiri_json_put_string(t, weir_str_of(operation->name));
    put(t, ",\"args\":[");
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (i != 0)
            weiri_text_put_char(t, ',');
        put_node(t, node->child[i]);
    }
    weiri_text_put_char(t, ']');
    switch (operation->extra) {
    case EXTRA_NONE: break;
    case EXTRA_VALUES: put_values(t, node); break;
    case EXTRA_PATTERN: put_pattern(t, node); break;
    case EXTRA_TEXT: put_member(t, "text", node->text); break;
    case EXTRA_TYPE: put_member(t, "type", weir_str_of(weiri_type_name(node))); break;
    }
    if (node->negated)
        put(t, ",\"not\":true");
    weiri_text_put_char(t, '}');
}

static void put_node(struct weiri_text *t, const struct weir_node *node)
{
    switch (node->kind) {
    case WEIR_NODE_CONSTANT: put(t, node->truth == WEIR_TRUE ? "true" : "false"); break;
    case WEIR_NODE_LITERAL: weiri_json_put_value(t, &node->literal); break;
    case WEIR_NODE_ATTR:
        put(t, "{\"attr\":");
        weiri_json_put_string(t, node->text);
        weiri_text_put_char(t, '}');
        break;
    default:
        if (node->bare)
            put_node(t, node->child[0]);
        else
            put_operation(t, node);
    }
}

size_t weir_filter_to_json(char *out, size_t size, const struct weir_filter *filter)
{
    struct weiri_text t = weiri_text_begin(out, size);

    put_node(&t, weir_filter_tree(filter));
    return weiri_text_end(&t);
}
