/* tree.c - the operations of a filter's tree as JSON names them. */
#include "tree.h"

#include <assert.h>

/* One line an operation. */
/* clang-format off */
static const struct weiri_operation operations[] = {
    {"and",         WEIR_NODE_AND,      0,       0, EXTRA_NONE,    false},
    {"or",          WEIR_NODE_OR,       0,       0, EXTRA_NONE,    false},
    {"not",         WEIR_NODE_NOT,      0,       1, EXTRA_NONE,    false},
    {"=",           WEIR_NODE_COMPARE,  WEIR_EQ, 2, EXTRA_NONE,    false},
    {"<>",          WEIR_NODE_COMPARE,  WEIR_NE, 2, EXTRA_NONE,    false},
    {"<",           WEIR_NODE_COMPARE,  WEIR_LT, 2, EXTRA_NONE,    false},
    {"<=",          WEIR_NODE_COMPARE,  WEIR_LE, 2, EXTRA_NONE,    false},
    {">",           WEIR_NODE_COMPARE,  WEIR_GT, 2, EXTRA_NONE,    false},
    {">=",          WEIR_NODE_COMPARE,  WEIR_GE, 2, EXTRA_NONE,    false},
    {"in",          WEIR_NODE_IN,       0,       1, EXTRA_VALUES,  true },
    {"between",     WEIR_NODE_BETWEEN,  0,       3, EXTRA_NONE,    true },
    {"like",        WEIR_NODE_LIKE,     0,       1, EXTRA_PATTERN, true },
    {"starts_with", WEIR_NODE_STARTS,   0,       1, EXTRA_TEXT,    true },
    {"ends_with",   WEIR_NODE_ENDS,     0,       1, EXTRA_TEXT,    true },
    {"contains",    WEIR_NODE_CONTAINS, 0,       1, EXTRA_TEXT,    true },
    {"matches",     WEIR_NODE_MATCHES,  0,       1, EXTRA_PATTERN, true },
    {"exists",      WEIR_NODE_EXISTS,   0,       1, EXTRA_NONE,    false},
    {"is",          WEIR_NODE_IS_NULL,  0,       1, EXTRA_TYPE,    true },
    {"is",          WEIR_NODE_IS_TYPE,  0,       1, EXTRA_TYPE,    true },
    {"+",           WEIR_NODE_ADD,      0,       2, EXTRA_NONE,    false},
    {"-",           WEIR_NODE_SUBTRACT, 0,       2, EXTRA_NONE,    false},
    {"*",           WEIR_NODE_MULTIPLY, 0,       2, EXTRA_NONE,    false},
    {"/",           WEIR_NODE_DIVIDE,   0,       2, EXTRA_NONE,    false},
    {"%",           WEIR_NODE_MODULO,   0,       2, EXTRA_NONE,    false},
    {"negate",      WEIR_NODE_NEGATE,   0,       1, EXTRA_NONE,    false},
};

static const struct {
    const char *name;
    enum weir_node_kind kind;
    enum weir_type type;
} types[] = {
    {"null",      WEIR_NODE_IS_NULL, 0             },
    {"string",    WEIR_NODE_IS_TYPE, WEIR_STRING   },
    {"int",       WEIR_NODE_IS_TYPE, WEIR_INT      },
    {"double",    WEIR_NODE_IS_TYPE, WEIR_DOUBLE   },
    {"bool",      WEIR_NODE_IS_TYPE, WEIR_BOOL     },
    {"timestamp", WEIR_NODE_IS_TYPE, WEIR_TIMESTAMP},
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const struct weiri_operation *weiri_operation_named(struct weir_str name)
{
    for (size_t i = 0; i < COUNT(operations); i++) {
        if (weir_str_equal(weir_str_of(operations[i].name), name))
            return &operations[i];
    }
    return NULL;
}

const struct weiri_operation *weiri_operation_of(const struct weir_node *node)
{
    const struct weiri_operation *found = NULL;

    for (size_t i = 0; i < COUNT(operations) && found == NULL; i++) {
        if (operations[i].kind == node->kind &&
            (node->kind != WEIR_NODE_COMPARE || operations[i].compare == node->compare))
            found = &operations[i];
    }
    assert(found != NULL);
    return found;
}

const char *weiri_type_name(const struct weir_node *node)
{
    const char *name = types[0].name;

    for (size_t i = 1; i < COUNT(types) && node->kind == WEIR_NODE_IS_TYPE; i++) {
        if (types[i].type == node->type)
            name = types[i].name;
    }
    return name;
}

bool weiri_type_named(struct weir_node *node, struct weir_str name)
{
    for (size_t i = 0; i < COUNT(types); i++) {
        if (weir_str_equal(weir_str_of(types[i].name), name)) {
            node->kind = types[i].kind;
            node->type = types[i].type;
            return true;
        }
    }
    return false;
}
