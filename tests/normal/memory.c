/* memory.c - normal forms when memory runs out, at every place.
 *
 * The pool is compiled to hold each thing in a chunk of its own, so each thing that is taken can be
 * the one for which there is no memory.  Then all the rest succeeds: a failure that was noticed
 * nowhere would give a result. */
#include "merging.h"

#include "oom.h"

#include <cmocka.h>

/* Fails if memory runs out; leaves *result then as it is. */
typedef enum weir_err (*attempt_fn)(const void *context, const struct weir_alloc *alloc);

static void check_attempt(const char *name, attempt_fn attempt, const void *context)
{
    bool refused = true;

    for (size_t n = 0; refused; n++) {
        struct oom oom;
        enum weir_err err;

        oom_init_once(&oom, n);
        err = attempt(context, &oom.alloc);
        refused = oom.refused > 0;
        if (err != (refused ? WEIR_ENOMEM : WEIR_OK) || oom.live_count != 0)
            fail_msg("%s: %s and %zu blocks not given back, though allocation %zu fails", name,
                     weir_err_text(err), oom.live_count, n);
    }
}

/* ---- forms and warnings */

static const char *const texts[] = {
    "x = 1 OR x = 2 OR x > 5 AND x <= 7.5 OR NOT x = TRUE",
    "x LIKE '%a%b_c%' AND NOT y LIKE 'a_%z'",
    "x STARTS WITH 'ab' OR NOT x ENDS WITH 'c' AND x CONTAINS 'd' AND NOT x CONTAINS 'e'",
    "x > y AND NOT y + 1 <= x * 2 AND x % 2 IN (0, 1) AND NOT x BETWEEN y AND z",
    "x MATCHES '^abc' AND NOT (x MATCHES 'b$' AND x > 'a')",
    "(a = 1 OR b = 1) AND (c = 1 OR d = 1) AND (e = 'x' OR NOT EXISTS(f))",
    "x IS INT AND x > 3 OR x IS NOT STRING OR x IS NULL",
    "x NOT IN (1, 2, 'a') OR t < TIMESTAMP '2020-01-01T00:00:00Z' OR x <> 'a' AND x <> 'b'",
    "$type = 'a' AND x = 1 OR $type <> 'a' AND x = 1 OR $id = 'a'",
    "a > 7 AND a < 6 OR b AND c AND NOT b",
};

struct one_filter {
    const struct weir_filter *filter;
    const struct weir_normal *normal;
    enum weir_filter_role role;
};

/* There is a form just where there is no error. */
static enum weir_err hand_back(struct weir_normal *const *normal, enum weir_err err)
{
    assert_int_equal(*normal != NULL, err == WEIR_OK);
    weir_normal_destroy(*normal);
    return err;
}

static enum weir_err create(const void *context, const struct weir_alloc *alloc)
{
    const struct one_filter *one = context;
    struct weir_normal *normal = NULL;

    return hand_back(&normal, weir_normal_create(&normal, one->filter, one->role, alloc));
}

static enum weir_err decode(const void *context, const struct weir_alloc *alloc)
{
    const struct one_filter *one = context;
    struct weir_normal *normal = NULL;

    return hand_back(&normal,
                     weir_normal_decode(&normal, one->role, weir_normal_bytes(one->normal), alloc));
}

static enum weir_err copy(const void *context, const struct weir_alloc *alloc)
{
    const struct one_filter *one = context;
    struct weir_normal *normal = NULL;

    return hand_back(&normal, weir_normal_copy(&normal, one->normal, alloc));
}

static enum weir_err warn(const void *context, const struct weir_alloc *alloc)
{
    const struct one_filter *one = context;
    struct weir_diags diags = {.count = 0};
    enum weir_err err = weir_filter_warn(&diags, one->filter, alloc);

    assert_true(err == WEIR_OK || diags.count == 0);
    return err;
}

static void forms_and_warnings(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(texts); i++) {
        const enum weir_filter_role role = (enum weir_filter_role)(i % 2);
        const char *text = texts[i / 2];
        struct weir_filter *filter = must_compile(text);
        struct weir_normal *normal = must_normalise_as(role, text);
        const struct one_filter one = {filter, normal, role};

        check_attempt(text, create, &one);
        check_attempt(text, decode, &one);
        check_attempt(text, copy, &one);
        check_attempt(text, warn, &one);
        weir_normal_destroy(normal);
        weir_filter_destroy(filter);
    }
}

/* ---- answers */

struct two_filters {
    const struct weir_filter *one, *other;
    bool intersects;
};

static enum weir_err answer(const void *context, const struct weir_alloc *alloc)
{
    const struct two_filters *two = context;
    uint8_t *witness = NULL;
    enum weir_answer said;
    size_t size;
    enum weir_err err = (two->intersects ? weir_filter_intersects : weir_filter_covers)(
        &said, &witness, &size, two->one, two->other, alloc);

    assert_true(err == WEIR_OK || witness == NULL);
    if (witness != NULL)
        alloc->release(alloc->context, witness);
    return err;
}

static void answers(void **state)
{
    struct weir_filter *narrow = must_compile("x = 3 AND a = 1");

    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(texts); i++) {
        struct weir_filter *wide = must_compile(texts[i / 2]);

        check_attempt(texts[i / 2], answer, &(struct two_filters){wide, narrow, i % 2 != 0});
        check_attempt(texts[i / 2], answer, &(struct two_filters){narrow, wide, i % 2 != 0});
        weir_filter_destroy(wide);
    }
    weir_filter_destroy(narrow);
}

/* ---- mergers */

/* clang-format off */
static const struct {
    double epsilon;
    const char *texts[INPUTS_MAX];
} merged[] = {
    {0.999, {"x = 1 AND s CONTAINS 'a'", "x = 2 AND s CONTAINS 'a'"}},
    {0.999, {"x > 5", "x > 7"}},
    {0.999, {"x < 100 AND y = 1 AND x + y > 0", "x >= 100 AND y = 2 AND x + y > 0"}},
    {0.999, {"x IN (1, 3, 5, 7, 9, 11) AND y = 1", "x IN (2, 4, 6, 8, 10, 12) AND y = 2"}},
    {0.999, {"s IN ('aa', 'ac', 'ae', 'ag') AND y = 1", "s IN ('ai', 'ak') AND y = 2"}},
    {0.1,   {"x < 20 AND y = 1", "x BETWEEN 20 AND 39 AND y IN (1, 3)", "y = 2 AND s IS NULL"}},
};
/* clang-format on */

struct some_forms {
    struct weir_merge_input inputs[INPUTS_MAX];
    uint32_t count;
    struct weir_merge_options options;
};

static enum weir_err merge(const void *context, const struct weir_alloc *alloc)
{
    const struct some_forms *some = context;
    struct weir_merger merger = {
        WEIR_MERGE_NONE, NULL, {0, 0}
    };

    const enum weir_err err =
        weir_normal_merge(&merger, some->inputs, some->count, &some->options, alloc);

    assert_true(err == WEIR_OK || merger.form == NULL);
    weir_normal_destroy(merger.form);
    return err;
}

static void mergers(void **state)
{
    struct built_sample built;

    (void)state;
    sample_halves(&built, 200, 0);
    for (size_t i = 0; i < 2 * COUNT_OF(merged); i++) {
        struct some_forms some = {
            .options = {&built.sample, merged[i / 2].epsilon, NULL}
        };
        struct weir_normal *forms[INPUTS_MAX];

        for (; some.count < INPUTS_MAX && merged[i / 2].texts[some.count] != NULL; some.count++) {
            forms[some.count] =
                must_normalise_as((enum weir_filter_role)(i % 2), merged[i / 2].texts[some.count]);
            some.inputs[some.count].form = forms[some.count];
        }
        check_attempt(merged[i / 2].texts[0], merge, &some);
        while (some.count > 0)
            weir_normal_destroy(forms[--some.count]);
    }
    sample_fini(&built);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_and_warnings),
        cmocka_unit_test(answers),
        cmocka_unit_test(mergers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
