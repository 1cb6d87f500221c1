/* eventbridge_meaning_test.c - random patterns against the rules of EventBridge: an AND of fields,
 * each an OR of values and comparisons, none of which a missing field meets but exists: false. */
#include "support.h"

#include <ctype.h>

/* As JSON and as attributes: two of the fields lie in an object. */
static const char *const keys[FIELD_COUNT] = {"a", "b", "s", "t", "f"};
static const char *const names[FIELD_COUNT] = {"a", "n.b", "s", "n.t", "f"};

static void write_object(struct round *r, bool out[MESSAGES], unsigned depth);

static bool equals_ignoring_case(const char *a, size_t len, const char *b)
{
    for (size_t i = 0; i < len; i++)
        if (tolower((unsigned char)a[i]) != tolower((unsigned char)b[i]))
            return false;
    return true;
}

/* '*' in a pattern without escapes. */
static bool is_wild(const char *s, size_t len, const char *pattern)
{
    if (*pattern == '\0')
        return len == 0;
    if (*pattern == '*')
        return is_wild(s, len, pattern + 1) || (len != 0 && is_wild(s + 1, len - 1, pattern));
    return len != 0 && *s == *pattern && is_wild(s + 1, len - 1, pattern + 1);
}

enum operator_kind { PREFIX, SUFFIX, IGNORE_CASE, WILDCARD, OPERATORS };

static bool meets(enum operator_kind kind, bool ignore_case, const char *text,
                  const struct weir_value *value)
{
    size_t len = strlen(text), value_len;
    const char *s;

    if (value->type != WEIR_STRING)
        return false;
    s = value->u.string.ptr;
    value_len = value->u.string.len;
    switch (kind) {
    case PREFIX:
        return ignore_case ? value_len >= len && equals_ignoring_case(s, len, text)
                           : has_prefix(value, text);
    case SUFFIX:
        return ignore_case
                   ? value_len >= len && equals_ignoring_case(s + value_len - len, len, text)
                   : has_suffix(value, text);
    case IGNORE_CASE: return value_len == len && equals_ignoring_case(s, len, text);
    default: return is_wild(s, value_len, text);
    }
}

static void write_string_operator(struct round *r, bool out[MESSAGES], enum field field)
{
    static const char *const words[] = {"prefix", "suffix", "equals-ignore-case", "wildcard"};
    static const char *const wild[] = {"a*", "*b", "*", "a*b", "*a*b*", "b"};
    enum operator_kind kind = (enum operator_kind)below(r, OPERATORS);
    bool not = below(r, 3) == 0, nested = kind <= SUFFIX && below(r, 2) == 0;
    const char *text = kind == WILDCARD ? wild[below(r, COUNT(wild))] : any_string(r);

    add(r, not ? "{\"anything-but\": {\"%s\":" : "{\"%s\":", words[kind]);
    add(r, nested ? "{\"equals-ignore-case\":\"%s\"}" : "\"%s\"", text);
    add(r, not ? "}}" : "}");
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];

        out[i] = m->present[field] && meets(kind, nested, text, &m->values[field]) != not ;
    }
}

static void write_numeric(struct round *r, bool out[MESSAGES], enum field field)
{
    struct weir_value low = any_number(r), high = any_number(r);
    bool range = below(r, 2) == 0;

    add(r, "{\"numeric\": [\"%s\", ", range ? ">" : "=");
    add_number(r, &low);
    if (range) {
        add(r, ",\"<=\",");
        add_number(r, &high);
    }
    add(r, "]}");
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];
        double x = number_of(&m->values[field]);

        out[i] = m->present[field] && is_number(&m->values[field]) &&
                 (range ? x > number_of(&low) && x <= number_of(&high) : x == number_of(&low));
    }
}

/* A string, a number, or anything but two of them. */
static void write_value(struct round *r, bool out[MESSAGES], enum field field)
{
    bool strings = field == FIELD_S || field == FIELD_T, not = below(r, 3) == 0;
    struct weir_value values[2];
    size_t count = not ? 2 : 1;

    add(r, not ? "{\"anything-but\": [" : "");
    for (size_t i = 0; i < count; i++) {
        const char *string = any_string(r);

        add(r, i == 0 ? "" : ", ");
        values[i] = strings ? weir_value_string(weir_str_of(string)) : any_number(r);
        if (strings)
            add(r, "\"%s\"", string);
        else
            add_number(r, &values[i]);
    }
    add(r, not ? "]}" : "");
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message *m = &r->messages[i];
        bool equal = false;

        for (size_t k = 0; k < count; k++)
            equal = equal || weir_value_equal(&m->values[field], &values[k]);
        out[i] = m->present[field] && equal != not ;
    }
}

static void write_bool(struct round *r, bool out[MESSAGES])
{
    bool wanted = below(r, 2) == 0;

    add(r, wanted ? "true" : "false");
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct weir_value *value = &r->messages[i].values[FIELD_F];

        out[i] = r->messages[i].present[FIELD_F] && value->type == WEIR_BOOL &&
                 value->u.boolean == wanted;
    }
}

static void write_exists(struct round *r, bool out[MESSAGES], enum field field)
{
    bool wanted = below(r, 2) == 0;

    add(r, "{\"exists\": %s}", wanted ? "true" : "false");
    for (size_t i = 0; i < MESSAGES; i++)
        out[i] = r->messages[i].present[field] == wanted;
}

static void write_field(struct round *r, bool out[MESSAGES], enum field field)
{
    size_t count = 1 + below(r, 3);

    add(r, "\"%s\": [", keys[field]);
    memset(out, 0, MESSAGES * sizeof *out);
    for (size_t k = 0; k < count; k++) {
        bool one[MESSAGES];
        size_t kind = below(r, 4);

        add(r, k == 0 ? "" : ", ");
        if (kind == 0)
            write_exists(r, one, field);
        else if (field == FIELD_F)
            write_bool(r, one);
        else if (kind == 1)
            write_value(r, one, field);
        else if (field <= FIELD_B)
            write_numeric(r, one, field);
        else
            write_string_operator(r, one, field);
        for (size_t i = 0; i < MESSAGES; i++)
            out[i] = out[i] || one[i];
    }
    add(r, "]");
}

static void write_or(struct round *r, bool out[MESSAGES], unsigned depth)
{
    bool right[MESSAGES];

    add(r, "\"$or\": [");
    write_object(r, out, depth);
    add(r, ",");
    write_object(r, right, depth);
    add(r, "]");
    for (size_t i = 0; i < MESSAGES; i++)
        out[i] = out[i] || right[i];
}

/* Fields of the outer object, or of the one within it. */
static bool write_fields(struct round *r, bool out[MESSAGES], bool inner, unsigned depth)
{
    static const enum field fields[2][3] = {
        {FIELD_A, FIELD_S, FIELD_F    },
        {FIELD_B, FIELD_T, FIELD_COUNT}
    };
    bool any = false, one[MESSAGES];

    for (size_t k = 0; k < 4; k++) {
        bool is_or = k == 3;

        if (is_or ? inner || depth == 0 || below(r, 3) != 0
                  : fields[inner][k] == FIELD_COUNT || below(r, 2) == 0)
            continue;
        add(r, any ? ", " : "");
        if (is_or)
            write_or(r, one, depth - 1);
        else
            write_field(r, one, fields[inner][k]);
        any = true;
        for (size_t i = 0; i < MESSAGES; i++)
            out[i] = out[i] && one[i];
    }
    return any;
}

static void write_object(struct round *r, bool out[MESSAGES], unsigned depth)
{
    bool any;

    for (size_t i = 0; i < MESSAGES; i++)
        out[i] = true;
    add(r, "{");
    any = write_fields(r, out, false, depth);
    if (!any || below(r, 2) == 0) {
        size_t len = r->len;

        add(r, any ? ", \"n\": {" : "\"n\": {");
        if (write_fields(r, out, true, depth)) {
            add(r, "}");
        } else if (any) {
            r->len = len;
        } else {
            write_field(r, out, FIELD_B);
            add(r, "}");
        }
    }
    add(r, "}");
}

static void selects_what_eventbridge_selects(void **state)
{
    size_t rounds = random_rounds(4000), selected = 0;

    for (uint64_t seed = 1; seed <= rounds; seed++) {
        bool expected[MESSAGES];
        struct round r;

        round_begin(&r, seed, names, false);
        write_object(&r, expected, 2);
        selected += round_end(&r, WEIR_DIALECT_EVENTBRIDGE, expected, *state);
    }
    assert_in_range(selected, rounds * MESSAGES / 10, rounds * MESSAGES * 9 / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(selects_what_eventbridge_selects)};

    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
