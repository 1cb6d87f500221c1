/* pubsub_meaning_test.c - random filters against the rules of Pub/Sub: two-valued, what is said of
 * a missing attribute is false. */
#include "support.h"

static void write_chain(struct round *r, bool out[MESSAGES], unsigned depth);

/* In quotes or bare, as the key allows. */
static void write_key(struct round *r, enum field field)
{
    if (strchr(r->names[field], '/') != NULL || below(r, 3) == 0)
        add(r, "\"%s\"", r->names[field]);
    else
        add(r, "%s", r->names[field]);
}

static void write_leaf(struct round *r, bool out[MESSAGES])
{
    enum field field = (enum field)below(r, FIELD_COUNT);
    const char *string = any_string(r);
    size_t kind = below(r, 4);

    add(r, kind == 3 ? "hasPrefix(attributes." : kind == 0 ? "attributes:" : "attributes.");
    write_key(r, field);
    if (kind != 0)
        add(r, "%s \"%s\"%s",
            kind == 3   ? ","
            : kind == 1 ? "="
                        : " !=",
            string, kind == 3 ? ")" : "");
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];
        const struct weir_value *value = &m->values[field];

        if (kind == 0)
            out[i] = m->present[field];
        else if (kind == 3)
            out[i] = m->present[field] && has_prefix(value, string);
        else
            out[i] = (m->present[field] && is_equal(value, string)) == (kind == 1);
    }
}

static void write_term(struct round *r, bool out[MESSAGES], unsigned depth)
{
    size_t kind = depth == 0 ? 9 : below(r, 6);

    if (kind <= 1) {
        add(r, kind == 0 ? "NOT " : "-");
        write_term(r, out, depth - 1);
        for (size_t i = 0; i < MESSAGES; i++)
            out[i] = !out[i];
    } else if (kind <= 3) {
        add(r, "(");
        write_chain(r, out, depth - 1);
        add(r, ")");
    } else {
        write_leaf(r, out);
    }
}

static void write_chain(struct round *r, bool out[MESSAGES], unsigned depth)
{
    bool right[MESSAGES], is_and = below(r, 2) == 0;

    write_term(r, out, depth);
    while (below(r, 2) == 0) {
        add(r, is_and ? " AND " : " OR ");
        write_term(r, right, depth);
        for (size_t i = 0; i < MESSAGES; i++)
            out[i] = is_and ? out[i] && right[i] : out[i] || right[i];
    }
}

static void selects_what_pubsub_selects(void **state)
{
    static const char *const names[FIELD_COUNT] = {"a", "b_1", "x-y", "iana.org/tag", "in"};
    size_t rounds = random_rounds(4000), selected = 0;

    for (uint64_t seed = 1; seed <= rounds; seed++) {
        bool expected[MESSAGES];
        struct round r;

        round_begin(&r, seed, names, true);
        write_chain(&r, expected, 4);
        selected += round_end(&r, WEIR_DIALECT_PUBSUB, expected, *state);
    }
    assert_in_range(selected, rounds * MESSAGES / 10, rounds * MESSAGES * 9 / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(selects_what_pubsub_selects)};

    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
