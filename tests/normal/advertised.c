/* advertised.c - what advertisements allow, against the definition.
 *
 * The judge expands the tree into all of its conjunctions and reduces none: a notification conforms
 * to one that does not contradict itself when each of its attributes is listed, and each predicate
 * is TRUE whose attributes are all present; where some are absent, those present must have a value
 * with which it can be TRUE. */
#include "support.h"

#include <cmocka.h>

#define CONJUNCTIONS_MAX 512
#define PREDICATES_MAX 32
#define BOUNDS_MAX 64
#define TEXT_MAX 8192

struct predicate {
    const struct weir_node *node;
    bool negated;
};

struct conjunction {
    struct predicate v[PREDICATES_MAX];
    size_t count;
};

/* All conjunctions of a tree; without `complete` there are too many. */
struct expansion {
    struct conjunction *v;
    size_t count;
    bool complete;
};

/* The trees that the judge makes for the BETWEENs of a filter. */
struct bound {
    struct weir_node node, *child[2];
};

static struct bound bounds[BOUNDS_MAX];
static size_t bound_count;

static struct expansion expand(const struct weir_node *node, bool negated);

static void append(struct expansion *e, const struct conjunction *one)
{
    if (e->count == CONJUNCTIONS_MAX) {
        e->complete = false;
        return;
    }
    e->v[e->count++] = *one;
}

static struct expansion nothing(void)
{
    struct expansion e = {malloc(CONJUNCTIONS_MAX * sizeof *e.v), 0, true};

    assert_non_null(e.v);
    return e;
}

static struct expansion product(struct expansion a, struct expansion b)
{
    struct expansion out = nothing();

    out.complete = a.complete && b.complete;
    for (size_t i = 0; i < a.count && out.complete; i++) {
        for (size_t j = 0; j < b.count && out.complete; j++) {
            struct conjunction both = a.v[i];

            if (both.count + b.v[j].count > PREDICATES_MAX) {
                out.complete = false;
                break;
            }
            memcpy(both.v + both.count, b.v[j].v, b.v[j].count * sizeof both.v[0]);
            both.count += b.v[j].count;
            append(&out, &both);
        }
    }
    free(a.v);
    free(b.v);
    return out;
}

static struct expansion sum(struct expansion a, struct expansion b)
{
    a.complete = a.complete && b.complete;
    for (size_t i = 0; i < b.count; i++)
        append(&a, &b.v[i]);
    free(b.v);
    return a;
}

static struct weir_node *bound_of(const struct weir_node *between, enum weir_compare compare,
                                  size_t at)
{
    struct bound *bound = &bounds[bound_count++];

    assert_true(bound_count <= BOUNDS_MAX);
    bound->child[0] = between->child[0];
    bound->child[1] = between->child[at];
    bound->node = (struct weir_node){
        .kind = WEIR_NODE_COMPARE, .compare = compare, .child = bound->child, .child_count = 2};
    return &bound->node;
}

static struct expansion expand_between(const struct weir_node *node, bool negated)
{
    struct weir_node *low = bound_of(node, WEIR_GE, 1), *high = bound_of(node, WEIR_LE, 2);
    const bool outside = negated != node->negated;

    return (outside ? sum : product)(expand(low, outside), expand(high, outside));
}

static struct expansion expand(const struct weir_node *node, bool negated)
{
    struct expansion out;
    struct conjunction one = {.count = 0};

    switch (node->kind) {
    case WEIR_NODE_NOT: return expand(node->child[0], !negated);
    case WEIR_NODE_BETWEEN: return expand_between(node, negated);
    case WEIR_NODE_AND:
    case WEIR_NODE_OR:
        out = expand(node->child[0], negated);
        for (uint32_t i = 1; i < node->child_count; i++)
            out = ((node->kind == WEIR_NODE_AND) != negated ? product : sum)(
                out, expand(node->child[i], negated));
        return out;
    case WEIR_NODE_CONSTANT:
        out = nothing();
        if (node->truth == (negated ? WEIR_FALSE : WEIR_TRUE))
            append(&out, &one);
        return out;
    default:
        out = nothing();
        one = (struct conjunction){.v = {{node, negated}}, .count = 1};
        append(&out, &one);
        return out;
    }
}

/* As a subscription it would match nothing. */
static bool contradicts_itself(const struct conjunction *c)
{
    static char text[1 << 16];
    struct weir_normal *normal;
    size_t len = 0;
    bool never;

    for (size_t i = 0; i < c->count; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s(", i > 0 ? " AND " : "",
                                c->v[i].negated ? "NOT " : "");
        len += weir_node_print(text + len, sizeof text - len, c->v[i].node);
        len += (size_t)snprintf(text + len, sizeof text - len, ")");
    }
    normal = must_normalise(c->count > 0 ? text : "TRUE");
    never = weir_normal_is_never(normal);
    weir_normal_destroy(normal);
    return never;
}

static bool mentions(const struct weir_node *node, struct weir_str name)
{
    if (node->kind == WEIR_NODE_ATTR)
        return weir_str_equal(node->text, name);
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (mentions(node->child[i], name))
            return true;
    }
    return false;
}

/* True when no attribute is absent; *can_be is false when one that is present has a value of no use
 * in arithmetic. */
static bool all_present(const struct weir_node *node, const struct weir_notification *n,
                        bool arithmetic, bool modulo, bool *can_be)
{
    const bool calculates = node->kind >= WEIR_NODE_ADD && node->kind <= WEIR_NODE_NEGATE;
    bool all = true;
    struct weir_value value;

    if (node->kind == WEIR_NODE_ATTR) {
        if (!weir_notification_find(n, node->text, &value))
            return false;
        if (arithmetic && value.type != WEIR_INT && (modulo || value.type != WEIR_DOUBLE))
            *can_be = false;
        return true;
    }
    for (uint32_t i = 0; i < node->child_count; i++)
        all = all_present(node->child[i], n, arithmetic || calculates,
                          modulo || node->kind == WEIR_NODE_MODULO, can_be) &&
              all;
    return all;
}

static bool calculates(const struct weir_node *node)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (node->child[i]->kind >= WEIR_NODE_ADD && node->child[i]->kind <= WEIR_NODE_NEGATE)
            return true;
    }
    return false;
}

static bool conjunction_allows(const struct conjunction *c, const struct weir_notification *n,
                               struct weir_scratch *scratch)
{
    if (contradicts_itself(c))
        return false;
    if (c->count == 0)
        return true;
    for (size_t i = 0; i < n->attr_count; i++) {
        const struct weir_str name = weir_notification_attr(n, i).name;
        bool listed = name.ptr[0] == '$';

        for (size_t k = 0; k < c->count && !listed; k++)
            listed = mentions(c->v[k].node, name);
        if (!listed)
            return false;
    }
    for (size_t k = 0; k < c->count; k++) {
        const struct weir_node *node = c->v[k].node;
        const enum weir_truth wanted = c->v[k].negated ? WEIR_FALSE : WEIR_TRUE;
        bool can_be = true;

        if (all_present(node, n, calculates(node), false, &can_be) &&
            weir_node_eval(node, n, scratch) != wanted)
            return false;
        if (!can_be)
            return false;
    }
    return true;
}

static bool allows(const struct expansion *e, const struct weir_notification *n,
                   struct weir_scratch *scratch)
{
    for (size_t i = 0; i < e->count; i++) {
        weir_scratch_renew(scratch);
        if (conjunction_allows(&e->v[i], n, scratch))
            return true;
    }
    return false;
}

static void one_filter_conforms_as_defined(struct random_source *r, uint64_t seed,
                                           struct weir_scratch *scratch)
{
    char text[TEXT_MAX], printed[1024];
    struct weir_filter *filter = NULL;
    struct weir_normal *adv;
    struct expansion e;

    while (filter == NULL)
        filter = support_compile_random(text, sizeof text, r, 1 + (int)random_below(r, 2));
    assert_int_equal(weir_normal_create(&adv, filter, WEIR_ROLE_ADVERTISEMENT, NULL), WEIR_OK);
    bound_count = 0;
    e = expand(weir_filter_tree(filter), false);
    for (int i = 0; i < 32 && e.complete; i++) {
        struct weir_notification n;
        uint8_t *bytes = support_notification(&n, r);
        const bool expected = allows(&e, &n, scratch);

        if (weir_normal_conforms(adv, &n, scratch) != expected) {
            support_print_notification(printed, sizeof printed, &n);
            weir_normal_print(text + strlen(text), sizeof text - strlen(text), adv);
            fail_msg("seed %llu: %s\n  %s should%s conform", (unsigned long long)seed, text,
                     printed, expected ? "" : " not");
        }
        free(bytes);
    }
    free(e.v);
    weir_normal_destroy(adv);
    weir_filter_destroy(filter);
}

static void conformance_is_as_defined(void **state)
{
    struct weir_scratch *scratch = must_scratch();

    (void)state;
    for (uint64_t seed = 0; seed < random_rounds(600); seed++) {
        struct random_source r = {seed + 1};

        one_filter_conforms_as_defined(&r, seed, scratch);
    }
    weir_scratch_destroy(scratch);
}

static const struct {
    const char *text, *form;
} forms[] = {
    {"",                                                                                  "TRUE"                                     },
    {"TRUE OR x > 5",                                                                     "TRUE"                                     },
    {"(TRUE OR x > 5) AND y = 1",                                                         "x > 5 AND y = 1"                          },
    {"FALSE",                                                                             "FALSE"                                    },
    {"x > 5 AND x < 3",                                                                   "FALSE"                                    },
    {"x > 5 AND x IS NULL",                                                               "FALSE"                                    },
    {"x > 5 OR (x > 5 AND y = 2)",                                                        "x > 5 AND y = 2"                          },
    {"x > 1 OR (x > 5 AND y = 2)",                                                        "x > 1 OR x > 5 AND y = 2"                 },
    {"(y = 1 AND EXISTS(x)) OR (y = 1 AND x IS NULL)",                                    "EXISTS(x) AND y = 1"                      },
    {"x IS NULL OR EXISTS(x)",                                                            "EXISTS(x)"                                },
    {"x IS NULL AND y > 0",                                                               "y > 0"                                    },
    {"x IS NULL",                                                                         "EXISTS($id)"                              },
    {"x IS NULL OR z IS NULL AND y IS NULL",                                              "EXISTS($id)"                              },
    {"x IS NULL OR y > 0",                                                                "y > 0"                                    },
    {"$ts > TIMESTAMP '2020-01-01T00:00:00Z'",                                            "EXISTS($id)"                              },
    {"$ts > TIMESTAMP '2020-01-01T00:00:00Z' AND x > 5",                                  "x > 5"                                    },
    {"$ts > TIMESTAMP '2020-01-01T00:00:00Z' AND $ts < TIMESTAMP '2019-01-01T00:00:00Z'", "FALSE"                                    },
    {"$type = 'q'",                                                                       "$type = 'q'"                              },
    {"$type = 'q' AND x > 5",                                                             "$type = 'q' AND x > 5"                    },
    {"EXISTS($type) AND x > 5",                                                           "x > 5"                                    },
    {"x < 5 OR x >= 5",                                                                   "(x IS INT OR x IS DOUBLE)"                },
    {"x < 5 AND y = 1 OR x >= 5",                                                         "x < 5 AND y = 1 OR x >= 5"                },
    {"(x > 5 AND y = 1 OR x > 5) AND y = 2",                                              "x > 5 AND y = 2"                          },
    {"bid > ask",                                                                         "EXISTS(ask) AND EXISTS(bid) AND ask < bid"},
    {"$type IS NULL AND x > 5",                                                           "$type IS BOOL AND x > 5"                  },
    {"$type IS INT AND x > 5",                                                            "$type IS BOOL AND x > 5"                  },
    {"$type IS NULL OR $type = 'q'",                                                      "$type = 'q'"                              },
    {"$type IS BOOL AND x > 5 AND x < $type",                                             "$type IS BOOL AND x > 5"                  },
    {"$type = 'q' AND x < $type",                                                         "$type = 'q' AND EXISTS(x) AND $type > x"  },
    {"(x > 5 AND y > 5 OR x > 7 AND y > 7) AND z = 1",                                    "x > 5 AND y > 5 AND z = 1"                },
    {"x > 5 AND TRUE",                                                                    "x > 5"                                    },
    {"NOT (x > 5 OR TRUE)",                                                               "FALSE"                                    },
    {"NOT (x > 5 AND FALSE)",                                                             "TRUE"                                     },
    {"x > 5 OR NOT (y > 5 AND FALSE)",                                                    "TRUE"                                     },
    {"x > 5 AND y > 5 OR TRUE",                                                           "TRUE"                                     },
    {"$origin = x",                                                                       "EXISTS(x)"                                },
};

static void printed_forms(void **state)
{
    char text[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct weir_normal *adv = must_advertise(forms[i].text), *again;

        weir_normal_print(text, sizeof text, adv);
        if (strcmp(text, forms[i].form) != 0)
            fail_msg("%s\n   gives %s\n  expect %s", forms[i].text, text, forms[i].form);
        assert_true(weir_normal_is_exact(adv));
        assert_int_equal(weir_normal_role(adv), WEIR_ROLE_ADVERTISEMENT);
        assert_int_equal(weir_normal_is_never(adv), strcmp(text, "FALSE") == 0);
        assert_int_equal(weir_normal_is_always(adv), strcmp(text, "TRUE") == 0);
        again = must_advertise(text);
        assert_true(weir_str_equal(weir_normal_bytes(adv), weir_normal_bytes(again)));
        weir_normal_destroy(again);
        weir_normal_destroy(adv);
    }
}

static void covering_needs_all_that_is_allowed(void **state)
{
    static const struct {
        const char *wide, *narrow;
        bool covers;
    } cases[] = {
        {"TRUE",                    "x = 1",                   true },
        {"x = 1",                   "TRUE",                    false},
        {"EXISTS(x)",               "TRUE",                    false},
        {"$type = 'a' AND x = 1",   "$type = 'b' AND x = 1",   false},
        {"$type = 'a' AND x = 1",   "x = 1",                   false},
        {"x = 1",                   "$type = 'a' AND x = 1",   true },
        {"$type IS BOOL AND x = 1", "$type = 'a' AND x = 1",   false},
        {"$type = 'a' AND x = 1",   "$type IS BOOL AND x = 1", true },
        {"x = 1 AND y = 1",         "x = 1",                   true },
        {"x = 1",                   "x = 1 AND y = 1",         false},
        {"x > y",                   "x > y AND x > 1",         true },
        {"EXISTS(x) AND EXISTS(y)", "x > y",                   true },
        {"x > y",                   "EXISTS(x) AND EXISTS(y)", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct weir_normal *wide = must_advertise(cases[i].wide);
        struct weir_normal *narrow = must_advertise(cases[i].narrow);
        uint32_t plenty = 10000, enough;

        if (weir_normal_covers(wide, narrow, &plenty) != cases[i].covers)
            fail_msg("%s, %s: %d", cases[i].wide, cases[i].narrow, !cases[i].covers);
        for (uint32_t work = 0; work < 10000 - plenty; work++) {
            enough = work;
            if (weir_normal_covers(wide, narrow, &enough) && !cases[i].covers)
                fail_msg("%s, %s with %u steps", cases[i].wide, cases[i].narrow, (unsigned)work);
        }
        weir_normal_destroy(wide);
        weir_normal_destroy(narrow);
    }
}

static void bytes_tell_the_role(void **state)
{
    static const char *const texts[] = {"", "FALSE", "x > 5", "x > y"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct weir_normal *adv = must_advertise(texts[i]), *sub = must_normalise(texts[i]);
        struct weir_normal *other = NULL;

        assert_int_equal(
            weir_normal_decode(&other, WEIR_ROLE_SUBSCRIPTION, weir_normal_bytes(adv), NULL),
            WEIR_EMALFORMED);
        assert_int_equal(
            weir_normal_decode(&other, WEIR_ROLE_ADVERTISEMENT, weir_normal_bytes(sub), NULL),
            WEIR_EMALFORMED);
        assert_null(other);
        assert_int_equal(
            weir_normal_decode(&other, WEIR_ROLE_ADVERTISEMENT, weir_normal_bytes(adv), NULL),
            WEIR_OK);
        assert_int_equal(weir_normal_role(other), WEIR_ROLE_ADVERTISEMENT);
        weir_normal_destroy(other);
        assert_int_equal(weir_normal_bytes(sub).ptr[1], 1);
        assert_int_equal(weir_normal_bytes(adv).ptr[1], 3);
        weir_normal_destroy(adv);
        weir_normal_destroy(sub);
    }
}

/* Any string may be the type, which is then not listed; what is asked of it stays all the same,
 * also where conjunctions unite and where bytes are read. */
static void the_type_is_still_asked_for(void **state)
{
    struct weir_normal *adv =
        must_advertise("$type MATCHES 'a' AND x = 1 OR $type MATCHES 'a' AND x = 2");
    struct weir_normal *again;

    (void)state;
    assert_int_equal(weir_normal_count(adv), 1);
    assert_int_equal(weir_normal_at(adv, 0)->constraint_count, 1);
    assert_int_equal(weir_normal_at(adv, 0)->residual_count, 1);
    assert_int_equal(
        weir_normal_decode(&again, WEIR_ROLE_ADVERTISEMENT, weir_normal_bytes(adv), NULL), WEIR_OK);
    weir_normal_destroy(again);
    weir_normal_destroy(adv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conformance_is_as_defined),          cmocka_unit_test(printed_forms),
        cmocka_unit_test(covering_needs_all_that_is_allowed), cmocka_unit_test(bytes_tell_the_role),
        cmocka_unit_test(the_type_is_still_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
