/* conjunction_meaning_test.c - random subscriptions of PADRES and filters of Siena against their
 * rules: every constraint holds, of an attribute that is there and of the same type. */
#include "support.h"

static const char *const names[FIELD_COUNT] = {"a", "b", "s", "t", "f"};

struct sign {
    const char *padres, *siena;
};

static const struct sign number_signs[] = {
    {"=",  "=" },
    {"<>", "!="},
    {"<",  "<" },
    {"<=", "<="},
    {">",  ">" },
    {">=", ">="},
};
static const struct sign string_signs[] = {
    {"eq",           "=" },
    {"neq",          "!="},
    {"str-lt",       "<" },
    {"str-le",       "<="},
    {"str-gt",       ">" },
    {"str-ge",       ">="},
    {"str-prefix",   ">*"},
    {"str-postfix",  "*<"},
    {"str-contains", "*" },
};

static bool holds(size_t sign, int order)
{
    const bool results[] = {order == 0, order != 0, order<0, order <= 0, order> 0, order >= 0};

    return results[sign];
}

static bool string_holds(size_t sign, const struct weir_value *value, const char *string)
{
    switch (sign) {
    case 6: return has_prefix(value, string);
    case 7: return has_suffix(value, string);
    case 8: return has_substring(value, string);
    default: return holds(sign, weir_str_compare(value->u.string, weir_str_of(string)));
    }
}

static void write_name(struct round *r, bool padres, enum field field, const char *sign)
{
    add(r, padres ? "[%s, %s, " : "%s %s ", names[field], sign);
}

static void write_presence(struct round *r, bool out[MESSAGES], bool padres, enum field field)
{
    write_name(r, padres, field, padres ? "isPresent" : "any");
    add(r, padres ? "any]" : "");
    for (size_t i = 0; i < MESSAGES; i++)
        out[i] = r->messages[i].present[field];
}

static void write_number(struct round *r, bool out[MESSAGES], bool padres, enum field field)
{
    size_t sign = below(r, COUNT(number_signs));
    struct weir_value value = any_number(r);

    write_name(r, padres, field, padres ? number_signs[sign].padres : number_signs[sign].siena);
    add_number(r, &value);
    add(r, padres ? "]" : "");
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];

        out[i] = m->present[field] && is_number(&m->values[field]) &&
                 holds(sign, order_of(number_of(&m->values[field]), number_of(&value)));
    }
}

static void write_string(struct round *r, bool out[MESSAGES], bool padres, enum field field)
{
    size_t sign = below(r, COUNT(string_signs));
    const char *string = any_string(r);

    write_name(r, padres, field, padres ? string_signs[sign].padres : string_signs[sign].siena);
    add(r, padres ? "\"%s\"]" : "\"%s\"", string);
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];

        out[i] = m->present[field] && m->values[field].type == WEIR_STRING &&
                 string_holds(sign, &m->values[field], string);
    }
}

/* The paper's notation: a constraint has a type, and other types do not match. */
static void write_typed(struct round *r, bool out[MESSAGES], enum field field)
{
    bool is_int = below(r, 2) == 0;
    struct weir_value value = any_number(r);

    add(r, is_int ? "integer %s > " : "float %s > ", names[field]);
    add_number(r, &value);
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];

        out[i] = m->present[field] && m->values[field].type == (is_int ? WEIR_INT : WEIR_DOUBLE) &&
                 number_of(&m->values[field]) > number_of(&value);
    }
}

static void write_one(struct round *r, bool out[MESSAGES], bool padres)
{
    enum field field = (enum field)below(r, FIELD_COUNT);
    size_t kind = below(r, 5);

    if (kind == 0)
        write_presence(r, out, padres, field);
    else if (kind == 1 && !padres)
        write_typed(r, out, field);
    else if (kind <= 2)
        write_number(r, out, padres, field <= FIELD_B ? field : FIELD_A);
    else
        write_string(r, out, padres, field <= FIELD_B ? FIELD_S : field);
}

static size_t select_by(enum weir_dialect dialect, uint64_t seed, struct weir_scratch *scratch)
{
    bool padres = dialect == WEIR_DIALECT_PADRES, expected[MESSAGES], one[MESSAGES];
    struct round r;

    round_begin(&r, seed, names, false);
    add(&r, padres ? "" : "filter{");
    write_one(&r, expected, padres);
    while (below(&r, 3) == 0) {
        add(&r, padres ? "," : " ");
        write_one(&r, one, padres);
        for (size_t i = 0; i < MESSAGES; i++)
            expected[i] = expected[i] && one[i];
    }
    add(&r, padres ? "" : "}");
    return round_end(&r, dialect, expected, scratch);
}

static void select_many(enum weir_dialect dialect, struct weir_scratch *scratch)
{
    size_t rounds = random_rounds(4000), selected = 0;

    for (uint64_t seed = 1; seed <= rounds; seed++)
        selected += select_by(dialect, seed, scratch);
    assert_in_range(selected, rounds * MESSAGES / 10, rounds * MESSAGES * 9 / 10);
}

static void selects_what_padres_selects(void **state)
{
    select_many(WEIR_DIALECT_PADRES, *state);
}

static void selects_what_siena_selects(void **state)
{
    select_many(WEIR_DIALECT_SIENA, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selects_what_padres_selects),
        cmocka_unit_test(selects_what_siena_selects),
    };

    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
