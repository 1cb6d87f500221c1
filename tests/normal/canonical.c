/* canonical.c - filters that say the same in other words have equal bytes.
 *
 * Other words: operands of AND and OR in another order, grouped, given twice, BETWEEN as two
 * comparisons, comparisons from the other side, NOT pushed inwards or doubled.  Also where the
 * form is a hull.  And the printed form of an exact form has its bytes. */
#include "support.h"

#include <cmocka.h>

#define TEXT_MAX 16384
#define OPERANDS_MAX 300

static size_t print_other(char *out, size_t size, struct random_source *r,
                          const struct weir_node *node, bool negated, int depth);

static size_t put(char *out, size_t size, size_t len, const char *text)
{
    return len < size ? (size_t)snprintf(out + len, size - len, "%s", text) : 0;
}

/* Depth is limited: some words go without parentheses of their own. */
static size_t print_join(char *out, size_t size, struct random_source *r,
                         const struct weir_node *node, bool negated, int depth)
{
    const char *glue = (node->kind == WEIR_NODE_AND) != negated ? " AND " : " OR ";
    uint32_t order[OPERANDS_MAX];
    uint32_t count = node->child_count, open = 0;
    size_t len = put(out, size, 0, "(");

    assert_true(count + 1 < OPERANDS_MAX);
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    if (count < 4 && random_chance(r, 15)) {
        order[count] = order[random_below(r, count)];
        count++;
    }
    for (uint32_t i = count; i-- > 1;) {
        const uint32_t other = (uint32_t)random_below(r, i + 1), kept = order[i];

        order[i] = order[other];
        order[other] = kept;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            len += put(out, size, len, glue);
        if (open == 0 && i > 0 && i + 1 < count && depth < 12 && random_chance(r, 20)) {
            len += put(out, size, len, "(");
            open = 1;
        }
        len += print_other(out + len, size - len, r, node->child[order[i]], negated, depth + 1);
        if (open != 0 && (i + 1 == count || random_chance(r, 30))) {
            len += put(out, size, len, ")");
            open = 0;
        }
    }
    return len + put(out, size, len, ")");
}

static size_t print_leaf(char *out, size_t size, struct random_source *r,
                         const struct weir_node *node, bool negated)
{
    static const char *const mirrored[] = {"=", "<>", ">", ">=", "<", "<="};
    size_t len = put(out, size, 0, negated ? "NOT (" : "(");

    if (node->kind == WEIR_NODE_COMPARE && random_chance(r, 50)) {
        len += weir_node_print(out + len, size - len, node->child[1]);
        len += put(out, size, len, " ");
        len += put(out, size, len, mirrored[node->compare]);
        len += put(out, size, len, " ");
        len += weir_node_print(out + len, size - len, node->child[0]);
    } else {
        len += weir_node_print(out + len, size - len, node);
    }
    return len + put(out, size, len, ")");
}

static size_t print_between(char *out, size_t size, const struct weir_node *node)
{
    const char *const signs[2] = {node->negated ? " < " : " >= ", node->negated ? " > " : " <= "};
    size_t len = put(out, size, 0, "(");

    for (uint32_t i = 0; i < 2; i++) {
        len += weir_node_print(out + len, size - len, node->child[0]);
        len += put(out, size, len, signs[i]);
        len += weir_node_print(out + len, size - len, node->child[i + 1]);
        if (i == 0)
            len += put(out, size, len, node->negated ? " OR " : " AND ");
    }
    return len + put(out, size, len, ")");
}

static size_t print_other(char *out, size_t size, struct random_source *r,
                          const struct weir_node *node, bool negated, int depth)
{
    size_t len;

    if (depth < 12 && random_chance(r, 10)) {
        len = put(out, size, 0, "NOT (");
        len += print_other(out + len, size - len, r, node, !negated, depth + 2);
        return len + put(out, size, len, ")");
    }
    switch (node->kind) {
    case WEIR_NODE_AND:
    case WEIR_NODE_OR: return print_join(out, size, r, node, negated, depth);
    case WEIR_NODE_NOT: return print_other(out, size, r, node->child[0], !negated, depth);
    case WEIR_NODE_BETWEEN:
        if (!negated && random_chance(r, 50))
            return print_between(out, size, node);
        return print_leaf(out, size, r, node, negated);
    default: return print_leaf(out, size, r, node, negated);
    }
}

static struct weir_normal *normalise_printed(const char *text, enum weir_filter_role role)
{
    struct weir_filter *filter;
    struct weir_normal *normal;
    struct weir_diags diags;

    if (weir_filter_compile_printed(&filter, weir_str_of(text), &diags, NULL) != WEIR_OK)
        return NULL; /* a limit */
    assert_int_equal(weir_normal_create(&normal, filter, role, NULL), WEIR_OK);
    weir_filter_destroy(filter);
    return normal;
}

/* Returns how many other words there were. */
static unsigned check_other_words(const char *text, const struct weir_filter *filter,
                                  struct random_source *r, uint64_t seed, unsigned times)
{
    static char other[TEXT_MAX], forms[2][TEXT_MAX];
    unsigned compared = 0;

    for (unsigned i = 0; i < 2 * times; i++) {
        const enum weir_filter_role role = (enum weir_filter_role)(i % 2);
        struct weir_normal *normal, *again;

        assert_int_equal(weir_normal_create(&normal, filter, role, NULL), WEIR_OK);
        assert_true(print_other(other, sizeof other, r, weir_filter_tree(filter), false, 0) <
                    sizeof other);
        again = normalise_printed(other, role);
        if (again != NULL && !weir_str_equal(weir_normal_bytes(normal), weir_normal_bytes(again))) {
            weir_normal_print(forms[0], sizeof forms[0], normal);
            weir_normal_print(forms[1], sizeof forms[1], again);
            fail_msg("seed %llu, role %d: %s\n  = %s\nand %s\n  = %s", (unsigned long long)seed,
                     (int)role, text, forms[0], other, forms[1]);
        }
        compared += again != NULL;
        weir_normal_destroy(again);
        weir_normal_destroy(normal);
    }
    return compared;
}

static void check_printed(const char *text, const struct weir_filter *filter, uint64_t seed,
                          enum weir_filter_role role)
{
    static char printed[TEXT_MAX], form[TEXT_MAX];
    struct weir_normal *normal, *again = NULL;
    size_t len;

    assert_int_equal(weir_normal_create(&normal, filter, role, NULL), WEIR_OK);
    len = weir_normal_print(printed, sizeof printed, normal);
    if (len < sizeof printed && weir_normal_is_exact(normal))
        again = normalise_printed(printed, role);
    if (again != NULL && !weir_str_equal(weir_normal_bytes(normal), weir_normal_bytes(again))) {
        weir_normal_print(form, sizeof form, again);
        fail_msg("seed %llu, role %d: %s\n  = %s\n  = %s", (unsigned long long)seed, (int)role,
                 text, printed, form);
    }
    weir_normal_destroy(again);
    weir_normal_destroy(normal);
}

static void other_words_have_equal_bytes(void **state)
{
    static char text[TEXT_MAX];
    unsigned compared = 0;

    (void)state;
    for (uint64_t seed = 0; seed < random_rounds(400); seed++) {
        struct random_source r = {seed + 1};
        struct weir_filter *filter = NULL;

        while (filter == NULL)
            filter = support_compile_random(text, sizeof text, &r, 1 + (int)random_below(&r, 3));
        compared += check_other_words(text, filter, &r, seed, 2);
        check_printed(text, filter, seed, WEIR_ROLE_SUBSCRIPTION);
        check_printed(text, filter, seed, WEIR_ROLE_ADVERTISEMENT);
        weir_filter_destroy(filter);
    }
    assert_true(compared > 2 * random_rounds(400));
}

/* Their forms are hulls, or come near the limits. */
static void bombs_in_other_words(void **state)
{
    static const struct {
        const char *each, *glue;
        int count;
    } bombs[] = {
        {"(a%d > 1 OR b%d = 'x' OR x IN (%d, 7))",    " AND ", 60 },
        {"(x <> %d AND y%d > %d)",                    " OR ",  80 },
        {"(x < %d OR x > %d5 OR y <> %d)",            " AND ", 60 },
        {"(x <> %d OR y <> %d OR z <> %d)",           " AND ", 60 },
        {"(a%d = 1 AND b%d = 2 OR c%d CONTAINS 'q')", " AND ", 40 },
        {"a%d + %d > %d",                             " OR ",  120},
        {"s%d CONTAINS 'ab%d' AND t > %d",            " OR ",  70 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bombs); i++) {
        static char text[TEXT_MAX];
        struct random_source r = {i + 1};
        struct weir_filter *filter;
        struct weir_diags diags;
        size_t len = 0;

        for (int k = 0; k < bombs[i].count; k++) {
            char each[128];

            (void)snprintf(each, sizeof each, bombs[i].each, k, k, k);
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s",
                                    k > 0 ? bombs[i].glue : "", each);
        }
        assert_int_equal(weir_filter_compile(&filter, (struct weir_str){text, len}, &diags, NULL),
                         WEIR_OK);
        assert_true(check_other_words(text, filter, &r, i, 4) > 0);
        check_printed(text, filter, i, WEIR_ROLE_SUBSCRIPTION);
        check_printed(text, filter, i, WEIR_ROLE_ADVERTISEMENT);
        weir_filter_destroy(filter);
    }
}

static void examples(void **state)
{
    static const char *const pairs[][2] = {
        {"x = 1 AND y < 5 OR x = 1 AND y > 7 OR x = 2 AND y > 7",
         "x = 2 AND y > 7 OR x = 1 AND y > 7 OR x = 1 AND y < 5"                              },
        {"x + 1 IN (5, 2.0, 2)",                                  "x + 1 IN (2, 5.0)"         },
        {"x + 1 > 5.0",                                           "5 < x + 1"                 },
        {"NOT (a AND NOT (b OR c))",                              "b OR (NOT a OR c)"         },
        {"(a = 1 OR b = 1) AND (b = 1 OR a = 1)",                 "b = 1 OR a = 1"            },
        {"x IN (1, 2) AND y = 3 OR x IN (1, 2) AND y = 3",        "y = 3 AND x IN (2, 1, 1.0)"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        for (int role = 0; role < 2; role++) {
            struct weir_normal *a = must_normalise_as((enum weir_filter_role)role, pairs[i][0]);
            struct weir_normal *b = must_normalise_as((enum weir_filter_role)role, pairs[i][1]);

            if (!weir_str_equal(weir_normal_bytes(a), weir_normal_bytes(b)))
                fail_msg("%s and %s differ in role %d", pairs[i][0], pairs[i][1], role);
            weir_normal_destroy(a);
            weir_normal_destroy(b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples),
        cmocka_unit_test(other_words_have_equal_bytes),
        cmocka_unit_test(bombs_in_other_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
