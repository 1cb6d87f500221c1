/* support.h - filters and notifications for the tests of the normal form and the matcher.
 *
 * Random filters speak of few attributes and few constants, and random notifications take their
 * values from the constants and their neighbours, so that predicates are often just met. */
#ifndef TESTS_NORMAL_SUPPORT_H
#define TESTS_NORMAL_SUPPORT_H

#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <weir/normal.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static inline struct weir_filter *must_compile(const char *text)
{
    struct weir_filter *filter;
    struct weir_diags diags;

    if (weir_filter_compile(&filter, weir_str_of(text), &diags, NULL) != WEIR_OK) {
        fprintf(stderr, "%s\n  %s\n", text, diags.v[0].message);
        abort();
    }
    return filter;
}

static inline struct weir_normal *must_normalise_as(enum weir_filter_role role, const char *text)
{
    struct weir_filter *filter = must_compile(text);
    struct weir_normal *normal;

    if (weir_normal_create(&normal, filter, role, NULL) != WEIR_OK)
        abort();
    weir_filter_destroy(filter);
    return normal;
}

static inline struct weir_normal *must_normalise(const char *text)
{
    return must_normalise_as(WEIR_ROLE_SUBSCRIPTION, text);
}

static inline struct weir_normal *must_advertise(const char *text)
{
    return must_normalise_as(WEIR_ROLE_ADVERTISEMENT, text);
}

static inline struct weir_scratch *must_scratch(void)
{
    struct weir_scratch *scratch;

    if (weir_scratch_create(&scratch, NULL) != WEIR_OK)
        abort();
    return scratch;
}

static const char *const support_names[] = {"a", "b", "c", "$type"};
#define SUPPORT_NAME_COUNT 4

static const char *const support_strings[] = {"",  "a",   "ab",  "abc",       "abz",
                                              "b", "bab", "cab", "x\xc2\x80", "x\x7f"};

/* Values as literals of the filter language; $type is a string always. */
static inline size_t support_literal(char *out, size_t size, struct random_source *r,
                                     bool string_only)
{
    static const char *const others[] = {"0",
                                         "1",
                                         "2",
                                         "3",
                                         "-1",
                                         "0.5",
                                         "1.5",
                                         "2.0",
                                         "1e3",
                                         "TRUE",
                                         "FALSE",
                                         "9007199254740993",
                                         "9007199254740992.0",
                                         "TIMESTAMP '2020-01-01T00:00:00Z'",
                                         "TIMESTAMP '2020-01-01T00:00:01Z'"};

    if (string_only || random_chance(r, 45))
        return (size_t)snprintf(out, size, "'%s'",
                                support_strings[random_below(r, COUNT_OF(support_strings))]);
    return (size_t)snprintf(out, size, "%s", others[random_below(r, COUNT_OF(others))]);
}

static inline struct weir_value support_value(struct random_source *r, bool string_only)
{
    static const struct weir_value others[] = {
        {WEIR_INT,       {.integer = 0}                           },
        {WEIR_INT,       {.integer = 1}                           },
        {WEIR_INT,       {.integer = 2}                           },
        {WEIR_INT,       {.integer = 3}                           },
        {WEIR_INT,       {.integer = -1}                          },
        {WEIR_INT,       {.integer = -2}                          },
        {WEIR_INT,       {.integer = INT64_C(9007199254740993)}   },
        {WEIR_INT,       {.integer = INT64_C(9007199254740992)}   },
        {WEIR_INT,       {.integer = INT64_C(9007199254740994)}   },
        {WEIR_DOUBLE,    {.real = 9007199254740992.0}             },
        {WEIR_DOUBLE,    {.real = 0.5}                            },
        {WEIR_DOUBLE,    {.real = 0.75}                           },
        {WEIR_DOUBLE,    {.real = 1.0}                            },
        {WEIR_DOUBLE,    {.real = 1.5}                            },
        {WEIR_DOUBLE,    {.real = 2.0}                            },
        {WEIR_DOUBLE,    {.real = 1000.0}                         },
        {WEIR_DOUBLE,    {.real = 1e300}                          },
        {WEIR_BOOL,      {.boolean = false}                       },
        {WEIR_BOOL,      {.boolean = true}                        },
        {WEIR_TIMESTAMP, {.integer = INT64_C(1577836800000000000)}},
        {WEIR_TIMESTAMP, {.integer = INT64_C(1577836800000000001)}},
        {WEIR_TIMESTAMP, {.integer = INT64_C(1577836801000000000)}},
    };
    static const char *const more_strings[] = {"aa", "abcd", "abz~", "ac", "x\xc2\x81", "zabz"};

    if (!string_only && random_chance(r, 60))
        return others[random_below(r, COUNT_OF(others))];
    if (random_chance(r, 30))
        return weir_value_string(
            weir_str_of(more_strings[random_below(r, COUNT_OF(more_strings))]));
    return weir_value_string(
        weir_str_of(support_strings[random_below(r, COUNT_OF(support_strings))]));
}

/* A predicate over a random attribute. */
static inline size_t support_leaf(char *out, size_t size, struct random_source *r)
{
    static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};
    static const char *const patterns[] = {"ab%", "%ab", "%b%", "a%b", "_b", "%", "a_c", "ab"};
    static const char *const regexes[] = {"^ab", "b$", "^a?b", "^(ab|x)", "a.*c"};
    static const char *const types[] = {"NULL", "STRING", "INT", "DOUBLE", "BOOL", "TIMESTAMP"};
    const char *name = support_names[random_below(r, SUPPORT_NAME_COUNT)];
    const bool string_only = name[0] == '$';
    const char *other = support_names[random_below(r, SUPPORT_NAME_COUNT)];
    const char *not = random_chance(r, 40) ? "NOT " : "";
    const char *text = support_strings[1 + random_below(r, COUNT_OF(support_strings) - 1)];
    const char *sign = signs[random_below(r, COUNT_OF(signs))];
    char one[64], two[64];

    support_literal(one, sizeof one, r, string_only);
    support_literal(two, sizeof two, r, string_only);
    if (one[0] == 'T' || one[0] == 'F')
        sign = one[1] == 'R' || one[0] == 'F' ? signs[random_below(r, 2)] : sign;
    switch (random_below(r, 24)) {
    case 0: return (size_t)snprintf(out, size, "%s %sIN (%s, %s)", name, not, one, two);
    case 1: return (size_t)snprintf(out, size, "%s %sSTARTS WITH '%s'", name, not, text);
    case 2: return (size_t)snprintf(out, size, "%s %sENDS WITH '%s'", name, not, text);
    case 3:
    case 4: return (size_t)snprintf(out, size, "%s %sCONTAINS '%s'", name, not, text);
    case 5:
        return (size_t)snprintf(out, size, "%s %sLIKE '%s'", name, not,
                                patterns[random_below(r, COUNT_OF(patterns))]);
    case 6:
        return (size_t)snprintf(out, size, "%s %sMATCHES '%s'", name, not,
                                regexes[random_below(r, COUNT_OF(regexes))]);
    case 7: return (size_t)snprintf(out, size, "%sEXISTS(%s)", not, name);
    case 8:
    case 9:
        return (size_t)snprintf(out, size, "%s IS %s%s", name, not,
                                types[random_below(r, COUNT_OF(types))]);
    case 10: return (size_t)snprintf(out, size, "%s %s %s", name, sign, other);
    case 11:
        return (size_t)snprintf(out, size, "a %s b %s 1", random_chance(r, 50) ? "+" : "%", sign);
    case 12:
        return (size_t)snprintf(out, size, "%s %sBETWEEN %zu AND %zu", string_only ? "a" : name,
                                not, random_below(r, 3), random_below(r, 4));
    case 13: return (size_t)snprintf(out, size, "c %sBETWEEN a AND 2", not );
    case 14: return (size_t)snprintf(out, size, "%s %s %s", one, sign, name);
    default: return (size_t)snprintf(out, size, "%s %s %s", name, sign, one);
    }
}

/* A filter of at most about 4^depth predicates. */
static inline size_t support_filter(char *out, size_t size, struct random_source *r, int depth)
{
    const char *glue = random_chance(r, 50) ? " AND " : " OR ";
    size_t parts, len = 0;

    if (depth == 0 || random_chance(r, 20))
        return support_leaf(out, size, r);
    parts = 2 + random_below(r, 2);
    len += (size_t)snprintf(out, size, random_chance(r, 30) ? "NOT (" : "(");
    for (size_t i = 0; i < parts; i++) {
        len += (size_t)snprintf(out + len, size - len, "%s", i > 0 ? glue : "");
        len += support_filter(out + len, size - len, r, depth - 1);
    }
    return len + (size_t)snprintf(out + len, size - len, ")");
}

/* NULL when the text offends the type check. */
static inline struct weir_filter *support_compile_random(char *text, size_t size,
                                                         struct random_source *r, int depth)
{
    struct weir_filter *filter;
    struct weir_diags diags;

    support_filter(text, size, r, depth);
    return weir_filter_compile(&filter, weir_str_of(text), &diags, NULL) == WEIR_OK ? filter : NULL;
}

/* Encoded bytes, to be freed. */
static inline uint8_t *support_notification(struct weir_notification *out, struct random_source *r)
{
    struct weir_attr attrs[SUPPORT_NAME_COUNT];
    size_t count = 0, size;
    uint8_t *bytes;

    for (size_t i = 0; i < SUPPORT_NAME_COUNT; i++) {
        if (random_chance(r, 25))
            continue;
        attrs[count].name = weir_str_of(support_names[i]);
        attrs[count++].value = support_value(r, i == SUPPORT_NAME_COUNT - 1);
    }
    if (weir_notification_encode(&bytes, &size, attrs, count, WEIR_STR(""), NULL, NULL) != WEIR_OK)
        abort();
    *out = weir_notification_view(bytes, size);
    return bytes;
}

static inline size_t support_print_notification(char *out, size_t size,
                                                const struct weir_notification *n)
{
    size_t len = (size_t)snprintf(out, size, "{");

    for (size_t i = 0; i < n->attr_count; i++) {
        struct weir_attr attr = weir_notification_attr(n, i);
        const struct weir_node node = {.kind = WEIR_NODE_LITERAL, .literal = attr.value};

        len += (size_t)snprintf(out + len, size - len, "%s%.*s: ", i > 0 ? ", " : "",
                                (int)attr.name.len, attr.name.ptr);
        len += weir_node_print(out + len, size - len, &node);
    }
    return len + (size_t)snprintf(out + len, size - len, "}");
}

#include <cmocka.h>

#endif /* TESTS_NORMAL_SUPPORT_H */
