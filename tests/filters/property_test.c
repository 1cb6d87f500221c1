/* property_test.c - random filters: printing and compiling again changes nothing, a combination
 * means what its parts mean, and a lack of memory leaves nothing behind. */
#include "support.h"

#include "oom.h"
#include "random.h"

#define TEXT_MAX 2048

static struct weir_scratch *scratch;

static const struct weir_attr attrs[] = {
    {{"a", 1},   {WEIR_INT, {.integer = 5}}             },
    {{"b", 1},   {WEIR_DOUBLE, {.real = -2.5}}          },
    {{"c", 1},   {WEIR_STRING, {.string = {"I_B%M", 5}}}},
    {{"d", 1},   {WEIR_BOOL, {.boolean = true}}         },
    {{"x y", 3}, {WEIR_BOOL, {.boolean = false}}        },
};

struct writer {
    struct random_source *random;
    char text[TEXT_MAX];
    size_t len;
};

static void put(struct writer *w, const char *text)
{
    size_t len = strlen(text);

    assert_true(w->len + len < TEXT_MAX);
    memcpy(w->text + w->len, text, len + 1);
    w->len += len;
}

#define PICK(w, array) ((array)[random_below((w)->random, COUNT(array))])

static void put_operand(struct writer *w, unsigned depth)
{
    static const char *const factors[] = {"a",   "b",     "`a`",   "missing", "5",     "-5",
                                          "+a",  "-b",    "0x10",  "1_0",     "2.5",   "-(a)",
                                          "1e3", "-(-a)", "3 % 2", "(a)",     "0 - a", "-7 / 2"};
    static const char *const signs[] = {" + ", "-  ", "*", " / ", " + -"};

    if (depth == 0 || random_chance(w->random, 50)) {
        put(w, "(");
        put(w, PICK(w, factors));
        put(w, ")");
        return;
    }
    put(w, "(");
    put_operand(w, depth - 1);
    put(w, PICK(w, signs));
    put_operand(w, depth - 1);
    put(w, ")");
}

static void put_leaf(struct writer *w)
{
    static const char *const leaves[] = {
        "d",
        "`x y`",
        "missing",
        "TRUE",
        "false",
        "EXISTS(a)",
        "missing IS NULL",
        "a IS NOT INT",
        "c LIKE 'I!_%' ESCAPE '!'",
        "c NOT LIKE '_!__!%_' ESCAPE '!'",
        "c LIKE '%B%M%'",
        "c CONTAINS '_'",
        "NOT c STARTS WITH 'I_'",
        "ends-with(c, 'M')",
        "c =~ '^I.B'",
        "c !~ '(?i)i.*m$'",
        "a IN (1, 5.0, 'x', 5)",
        "c NOT IN (\"y\", 'it''s')",
        "5 BETWEEN a AND b",
        "a NOT BETWEEN -1 AND 1e1",
        "'I_B%M' = c",
        "d <> FALSE",
        "2 < 3",
        "$type = 'x'",
        "c > 'I'",
    };
    static const char *const compares[] = {" = ", "==", "<>", " != ", "<", "<=", " > ", ">="};

    if (random_chance(w->random, 60)) {
        put(w, PICK(w, leaves));
        return;
    }
    put_operand(w, 2);
    put(w, PICK(w, compares));
    put_operand(w, 2);
}

/* NULL where an overflow of constants or the like makes it no filter. */
static struct weir_filter *try_compile(const char *text)
{
    struct weir_filter *filter = NULL;
    struct weir_diags diags;
    enum weir_err err = weir_filter_compile(&filter, weir_str_of(text), &diags, NULL);

    if (err != WEIR_OK && strcmp(diags.v[0].code, "F305") != 0 &&
        strcmp(diags.v[0].code, "F306") != 0)
        fail_msg("%s: %s %s", text, diags.v[0].code, diags.v[0].message);
    return filter;
}

static enum weir_truth eval(const struct weir_filter *filter)
{
    struct weir_notification n;
    enum weir_truth truth;
    uint8_t *bytes;
    size_t size;

    assert_int_equal(
        weir_notification_encode(&bytes, &size, attrs, COUNT(attrs), WEIR_STR(""), NULL, NULL),
        WEIR_OK);
    n = weir_notification_view(bytes, size);
    truth = weir_filter_eval(filter, &n, scratch);
    free(bytes);
    return truth;
}

/* Writes a random combination and returns what it must be, from its parts alone. */
static enum weir_truth put_combination(struct writer *w, unsigned depth)
{
    static const char *const ands[] = {" AND ", "&&", " and "}, *const ors[] = {" OR ", "||"};
    size_t start = w->len, parts = 1 + random_below(w->random, 3);
    bool is_and = random_chance(w->random, 50);
    enum weir_truth result = is_and ? WEIR_TRUE : WEIR_FALSE;

    if (depth == 0) {
        struct weir_filter *leaf;

        put_leaf(w);
        leaf = try_compile(w->text + start);
        if (leaf == NULL) {
            w->len = start;
            put(w, "d");
            leaf = try_compile(w->text + start);
        }
        result = eval(leaf);
        weir_filter_destroy(leaf);
        return result;
    }
    if (random_chance(w->random, 25)) {
        put(w, random_chance(w->random, 50) ? "NOT (" : "!(");
        result = put_combination(w, depth - 1);
        put(w, ")");
        return (enum weir_truth)(WEIR_TRUE - result);
    }
    for (size_t i = 0; i < parts; i++) {
        enum weir_truth part;

        if (i != 0)
            put(w, is_and ? PICK(w, ands) : PICK(w, ors));
        put(w, "(");
        part = put_combination(w, depth - 1);
        put(w, ")");
        if (is_and ? part < result : part > result)
            result = part;
    }
    return result;
}

static void printing_changes_nothing(void **state)
{
    const uint64_t seed = 20261120;
    size_t rounds = random_rounds(3000);

    (void)state;
    for (size_t round = 0; round < rounds; round++) {
        struct random_source random = {seed + round};
        struct writer w = {.random = &random};
        enum weir_truth expected = put_combination(&w, 3);
        char printed[4 * TEXT_MAX], again_printed[4 * TEXT_MAX];
        struct weir_filter *filter = try_compile(w.text), *again;

        assert_non_null(filter);
        (void)weir_filter_print(printed, sizeof printed, filter);
        again = try_compile(printed);
        assert_non_null(again);
        (void)weir_filter_print(again_printed, sizeof again_printed, again);
        if (strcmp(printed, again_printed) != 0 || eval(filter) != expected ||
            eval(again) != expected)
            fail_msg("seed %llu: %s\n%s\n%s\n%d %d %d", (unsigned long long)(seed + round), w.text,
                     printed, again_printed, expected, eval(filter), eval(again));
        weir_filter_destroy(again);
        weir_filter_destroy(filter);
    }
}

static void lack_of_memory_leaves_nothing(void **state)
{
    static const char text[] = "a = 'it''s' AND b LIKE 'x_y%z' AND c IN (3, 1, 2) AND NOT d AND "
                               "e MATCHES '^a(b|c)[d-f]*' OR f CONTAINS 'x' OR g + 1 > h * -2 "
                               "OR k BETWEEN 1_0 AND 2 OR hasPrefix(l, 'm') OR n LIKE 'o'";
    enum weir_err err = WEIR_ENOMEM;

    (void)state;
    for (size_t n = 0; err != WEIR_OK; n++) {
        struct weir_filter *filter = NULL;
        struct weir_diags diags;
        struct oom oom;

        oom_init(&oom, n);
        err = weir_filter_compile(&filter, weir_str_of(text), &diags, &oom.alloc);
        if (err == WEIR_OK) {
            assert_true(n > 5);
            weir_filter_destroy(filter);
        } else {
            assert_int_equal(err, WEIR_ENOMEM);
            assert_null(filter);
        }
        assert_int_equal(oom.live_count, 0);
    }
}

static void scratch_needs_one_block(void **state)
{
    struct weir_scratch *created = NULL;
    struct weir_filter *filter = must_compile("c MATCHES '^(I|x)*_B'");
    struct oom oom;

    (void)state;
    oom_init(&oom, 0);
    assert_int_equal(weir_scratch_create(&created, &oom.alloc), WEIR_ENOMEM);
    oom_init(&oom, 1);
    assert_int_equal(weir_scratch_create(&created, &oom.alloc), WEIR_OK);
    assert_int_equal(oom.allowed, 0); /* from here on nothing more can be had */
    weir_scratch_destroy(scratch);
    scratch = created;
    assert_int_equal(eval(filter), WEIR_TRUE);
    weir_filter_destroy(filter);
    weir_scratch_destroy(created);
    assert_int_equal(oom.live_count, 0);
    assert_int_equal(weir_scratch_create(&scratch, NULL), WEIR_OK);
}

static int create_scratch(void **state)
{
    (void)state;
    return weir_scratch_create(&scratch, NULL) == WEIR_OK ? 0 : -1;
}

static int destroy_scratch(void **state)
{
    (void)state;
    weir_scratch_destroy(scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printing_changes_nothing),
        cmocka_unit_test(lack_of_memory_leaves_nothing),
        cmocka_unit_test(scratch_needs_one_block),
    };

    return cmocka_run_group_tests(tests, create_scratch, destroy_scratch);
}
