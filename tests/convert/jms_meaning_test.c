/* jms_meaning_test.c - random selectors against the rules of JMS: three-valued, FALSE across
 * types. */
#include "support.h"

typedef enum weir_truth truths[MESSAGES];

static void write_or(struct round *r, truths out, unsigned depth);

static enum weir_truth truth_of(bool b)
{
    return b ? WEIR_TRUE : WEIR_FALSE;
}

static bool holds(unsigned sign, int order)
{
    const bool results[] = {order == 0, order != 0, order<0, order <= 0, order> 0, order >= 0};

    return results[sign];
}

static enum field pick(struct round *r, enum field first, size_t count)
{
    return r->loose ? (enum field)below(r, FIELD_COUNT) : (enum field)(first + below(r, count));
}

static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};

static void write_comparison(struct round *r, truths out)
{
    enum field field = pick(r, FIELD_A, 2);
    struct weir_value value = any_number(r);
    unsigned sign = (unsigned)below(r, COUNT(signs));
    bool mirrored = below(r, 4) == 0;

    if (mirrored) {
        add_number(r, &value);
        add(r, "%s%s", signs[sign], r->names[field]);
    } else {
        add(r, "%s %s ", r->names[field], signs[sign]);
        add_number(r, &value);
    }
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];
        int order = order_of(number_of(&m->values[field]), number_of(&value));

        out[i] = !m->present[field]              ? WEIR_UNKNOWN
                 : !is_number(&m->values[field]) ? WEIR_FALSE
                                                 : truth_of(holds(sign, mirrored ? -order : order));
    }
}

/* (a - -n) * 2 sign b, where n may have a sign of its own */
static void write_arithmetic(struct round *r, truths out)
{
    struct weir_value value = any_number(r);
    unsigned sign = (unsigned)below(r, COUNT(signs));

    add(r, "(%s - -", r->names[FIELD_A]);
    add_number(r, &value);
    add(r, ") * 2 %s %s", signs[sign], r->names[FIELD_B]);
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];
        const struct weir_value *a = &m->values[FIELD_A], *b = &m->values[FIELD_B];

        if (!m->present[FIELD_A] || !m->present[FIELD_B])
            out[i] = WEIR_UNKNOWN;
        else if (!is_number(a) || !is_number(b))
            out[i] = WEIR_FALSE;
        else
            out[i] = truth_of(
                holds(sign, order_of((number_of(a) + number_of(&value)) * 2, number_of(b))));
    }
}

static void write_quoted(struct round *r, const char *string)
{
    add(r, "'");
    for (; *string != '\0'; string++)
        add(r, *string == '\'' ? "''" : "%c", *string);
    add(r, "'");
}

static void write_equality(struct round *r, truths out)
{
    enum field field = pick(r, FIELD_S, 2);
    const char *string = any_string(r);
    bool not = below(r, 2) == 0;

    add(r, "%s%s", r->names[field], not ? "<>" : " = ");
    write_quoted(r, string);
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];

        out[i] = !m->present[field] ? WEIR_UNKNOWN
                 : m->values[field].type != WEIR_STRING
                     ? WEIR_FALSE
                     : truth_of(is_equal(&m->values[field], string) != not );
    }
}

static void write_in(struct round *r, truths out)
{
    enum field field = pick(r, FIELD_S, 2);
    const char *strings[] = {any_string(r), any_string(r), any_string(r)};
    bool not = below(r, 2) == 0;

    add(r, "%s%s in (", r->names[field], not ? " not" : "");
    for (size_t i = 0; i < COUNT(strings); i++) {
        add(r, i == 0 ? "" : ",");
        write_quoted(r, strings[i]);
    }
    add(r, ")");
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];
        bool in = false;

        for (size_t k = 0; k < COUNT(strings); k++)
            in = in || is_equal(&m->values[field], strings[k]);
        out[i] = m->present[field] ? truth_of(in != not ) : WEIR_UNKNOWN;
    }
}

static bool is_like(const char *s, size_t len, const char *pattern)
{
    if (*pattern == '\0')
        return len == 0;
    if (*pattern == '%')
        return is_like(s, len, pattern + 1) || (len != 0 && is_like(s + 1, len - 1, pattern));
    if (*pattern == '!')
        pattern++;
    else if (*pattern == '_')
        return len != 0 && is_like(s + 1, len - 1, pattern + 1);
    return len != 0 && *s == *pattern && is_like(s + 1, len - 1, pattern + 1);
}

static void write_like(struct round *r, truths out)
{
    static const char *const patterns[] = {"a%", "%b", "a_", "%", "_%b%", "a!%", "!_", "%a%b%"};
    enum field field = pick(r, FIELD_S, 2);
    const char *pattern = patterns[below(r, COUNT(patterns))];
    bool not = below(r, 2) == 0;

    add(r, "%s %sLIKE '%s' ESCAPE '!'", r->names[field], not ? "NOT " : "", pattern);
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];
        const struct weir_value *value = &m->values[field];
        bool like = value->type == WEIR_STRING &&
                    is_like(value->u.string.ptr, value->u.string.len, pattern);

        out[i] = m->present[field] ? truth_of(like != not ) : WEIR_UNKNOWN;
    }
}

static void write_between(struct round *r, truths out)
{
    enum field field = pick(r, FIELD_A, 2);
    struct weir_value low = any_number(r), high = any_number(r);
    bool not = below(r, 2) == 0;

    add(r, "%s %sBETWEEN ", r->names[field], not ? "NOT " : "");
    add_number(r, &low);
    add(r, " AND ");
    add_number(r, &high);
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];
        double x = number_of(&m->values[field]);
        bool between = x >= number_of(&low) && x <= number_of(&high);

        out[i] = !m->present[field]              ? WEIR_UNKNOWN
                 : !is_number(&m->values[field]) ? WEIR_FALSE
                                                 : truth_of(between != not );
    }
}

static void write_null(struct round *r, truths out)
{
    enum field field = (enum field)below(r, FIELD_COUNT);
    bool not = below(r, 2) == 0;

    add(r, "%s IS %sNULL", r->names[field], not ? "NOT " : "");
    for (size_t i = 0; i < MESSAGES; i++)
        out[i] = truth_of(r->messages[i].present[field] == not );
}

static void write_bool(struct round *r, truths out)
{
    bool bare = below(r, 2) == 0, wanted = bare || below(r, 2) == 0;

    add(r, "%s%s", r->names[FIELD_F], bare ? "" : wanted ? " = TRUE" : " <> true");
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];
        const struct weir_value *value = &m->values[FIELD_F];

        out[i] = !m->present[FIELD_F]       ? WEIR_UNKNOWN
                 : value->type != WEIR_BOOL ? WEIR_FALSE
                                            : truth_of(value->u.boolean == wanted);
    }
}

static void write_leaf(struct round *r, truths out)
{
    static void (*const writers[])(struct round *, truths) = {
        write_comparison, write_comparison, write_arithmetic, write_equality, write_in,
        write_like,       write_between,    write_null,       write_bool};

    writers[below(r, COUNT(writers))](r, out);
}

static void write_not(struct round *r, truths out, unsigned depth)
{
    size_t kind = depth == 0 ? 9 : below(r, 6);

    if (kind == 0) {
        add(r, "NOT ");
        write_not(r, out, depth - 1);
        for (size_t i = 0; i < MESSAGES; i++)
            out[i] = (enum weir_truth)(WEIR_TRUE - out[i]);
    } else if (kind <= 2) {
        add(r, "(");
        write_or(r, out, depth - 1);
        add(r, ")");
    } else {
        write_leaf(r, out);
    }
}

static void write_and(struct round *r, truths out, unsigned depth)
{
    truths right;

    write_not(r, out, depth);
    while (below(r, 3) == 0) {
        add(r, " AND ");
        write_not(r, right, depth);
        for (size_t i = 0; i < MESSAGES; i++)
            out[i] = right[i] < out[i] ? right[i] : out[i];
    }
}

static void write_or(struct round *r, truths out, unsigned depth)
{
    truths right;

    write_and(r, out, depth);
    while (below(r, 3) == 0) {
        add(r, " or ");
        write_and(r, right, depth);
        for (size_t i = 0; i < MESSAGES; i++)
            out[i] = right[i] > out[i] ? right[i] : out[i];
    }
}

static void selects_what_jms_selects(void **state)
{
    static const char *const names[FIELD_COUNT] = {"a", "b", "s", "t", "f"};
    size_t rounds = random_rounds(4000), selected = 0;

    for (uint64_t seed = 1; seed <= rounds; seed++) {
        bool expected[MESSAGES];
        struct round r;
        truths out;

        round_begin(&r, seed, names, false);
        r.loose = seed % 2 == 0;
        write_or(&r, out, 3);
        for (size_t i = 0; i < MESSAGES; i++)
            expected[i] = out[i] == WEIR_TRUE;
        selected += round_end(&r, WEIR_DIALECT_JMS, expected, *state);
    }
    assert_in_range(selected, rounds * MESSAGES / 10, rounds * MESSAGES * 9 / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(selects_what_jms_selects)};

    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
