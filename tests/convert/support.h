/* support.h - what the tests of the dialects' meaning share.
 *
 * A test writes random texts in a dialect and works out, from the dialect's own rules, which of a
 * handful of random messages they select; what the converted filter selects has to be the same. */
#ifndef TESTS_CONVERT_SUPPORT_H
#define TESTS_CONVERT_SUPPORT_H

#include "random.h"

#include <weir/convert.h>
#include <weir/filter.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define MESSAGES 16

/* Two numbers, two strings and a bool, each perhaps missing; in a message that is not `typed`,
 * any of them may have any type. */
enum field { FIELD_A, FIELD_B, FIELD_S, FIELD_T, FIELD_F, FIELD_COUNT };

struct message {
    bool typed;
    bool present[FIELD_COUNT];
    struct weir_value values[FIELD_COUNT];
    uint8_t *bytes;
    struct weir_notification notification;
};

struct round {
    struct random_source random;
    uint64_t seed;
    struct message messages[MESSAGES];
    char text[4096];
    size_t len;
    const char *const *names; /* of the fields, as attributes */
    bool loose;               /* the text compares fields with what they do not hold */
};

static const char *const pool[] = {"", "a", "ab", "abc", "b", "ba", "A", "a*b", "a%", "it's", "_"};
#define POOL_COUNT (sizeof pool / sizeof pool[0])

static inline size_t below(struct round *r, size_t bound)
{
    return random_below(&r->random, bound);
}

static inline const char *any_string(struct round *r)
{
    return pool[below(r, POOL_COUNT)];
}

static inline void add(struct round *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static inline void add(struct round *r, const char *format, ...)
{
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(r->text + r->len, sizeof r->text - r->len, format, arguments);
    va_end(arguments);
    assert_true(len >= 0 && (size_t)len < sizeof r->text - r->len);
    r->len += (size_t)len;
}

/* Halves, so that no double is an int. */
static inline struct weir_value any_number(struct round *r)
{
    int64_t whole = (int64_t)below(r, 6) - 2;

    return below(r, 2) == 0 ? weir_value_int(whole) : weir_value_double((double)whole + 0.5);
}

static inline void add_number(struct round *r, const struct weir_value *value)
{
    char text[WEIR_DOUBLE_TEXT_MAX];

    if (value->type == WEIR_INT) {
        add(r, "%d", (int)value->u.integer);
    } else {
        weir_double_print(text, value->u.real);
        add(r, "%s", text);
    }
}

static inline double number_of(const struct weir_value *value)
{
    return value->type == WEIR_INT ? (double)value->u.integer : value->u.real;
}

static inline bool is_number(const struct weir_value *value)
{
    return value->type == WEIR_INT || value->type == WEIR_DOUBLE;
}

static inline int order_of(double a, double b)
{
    return a < b ? -1 : a > b;
}

static inline struct weir_value any_value(struct round *r, size_t kind)
{
    if (kind == 0)
        return any_number(r);
    return kind == 1 ? weir_value_string(weir_str_of(any_string(r)))
                     : weir_value_bool(below(r, 2) == 0);
}

/* `strings`: every field is one. */
static inline void round_begin(struct round *r, uint64_t seed, const char *const *names,
                               bool strings)
{
    static const size_t kinds[FIELD_COUNT] = {0, 0, 1, 1, 2};

    *r = (struct round){.random = {seed}, .seed = seed, .names = names};
    for (size_t i = 0; i < MESSAGES; i++) {
        struct message *m = &r->messages[i];
        struct weir_attr attrs[FIELD_COUNT];
        size_t count = 0, size;

        m->typed = strings || i % 2 == 0;
        for (size_t f = 0; f < FIELD_COUNT; f++) {
            m->present[f] = below(r, 4) != 0;
            m->values[f] = any_value(r, strings ? 1 : m->typed ? kinds[f] : below(r, 3));
            if (m->present[f])
                attrs[count++] = (struct weir_attr){weir_str_of(names[f]), m->values[f]};
        }
        assert_int_equal(
            weir_notification_encode(&m->bytes, &size, attrs, count, WEIR_STR(""), NULL, NULL),
            WEIR_OK);
        m->notification = weir_notification_view(m->bytes, size);
    }
}

static inline bool is_equal(const struct weir_value *value, const char *string)
{
    return value->type == WEIR_STRING && weir_str_equal(value->u.string, weir_str_of(string));
}

static inline bool has_prefix(const struct weir_value *value, const char *prefix)
{
    size_t len = strlen(prefix);

    return value->type == WEIR_STRING && value->u.string.len >= len &&
           memcmp(value->u.string.ptr, prefix, len) == 0;
}

static inline bool has_suffix(const struct weir_value *value, const char *suffix)
{
    size_t len = strlen(suffix);

    return value->type == WEIR_STRING && value->u.string.len >= len &&
           memcmp(value->u.string.ptr + value->u.string.len - len, suffix, len) == 0;
}

static inline bool has_substring(const struct weir_value *value, const char *part)
{
    char text[64];

    if (value->type != WEIR_STRING)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)value->u.string.len, value->u.string.ptr);
    return strstr(text, part) != NULL;
}

/* For a group of tests: *state is a scratch to evaluate with. */
static inline int scratch_setup(void **state)
{
    struct weir_scratch *scratch;

    assert_int_equal(weir_scratch_create(&scratch, NULL), WEIR_OK);
    *state = scratch;
    return 0;
}

static inline int scratch_teardown(void **state)
{
    weir_scratch_destroy(*state);
    return 0;
}

/* Converts the round's text and compares; where types do not fit, only if no warning says that the
 * meaning differs.  Returns how many messages were selected, and ends the round. */
static inline size_t round_end(struct round *r, enum weir_dialect dialect,
                               const bool expected[MESSAGES], struct weir_scratch *scratch)
{
    struct weir_diags diags, compiled;
    struct weir_filter *filter;
    size_t selected = 0;
    char *out = NULL;
    enum weir_err err = weir_convert(&out, weir_str_of(r->text), dialect, &diags, NULL);

    if (err != WEIR_OK)
        fail_msg("seed %llu: %s: %s", (unsigned long long)r->seed, r->text, diags.v[0].message);
    assert_int_equal(weir_filter_compile(&filter, weir_str_of(out), &compiled, NULL), WEIR_OK);
    for (size_t i = 0; i < MESSAGES; i++) {
        bool truth = weir_filter_eval(filter, &r->messages[i].notification, scratch) == WEIR_TRUE;

        if (truth != expected[i] && ((r->messages[i].typed && !r->loose) || diags.count == 0))
            fail_msg("seed %llu: message %zu: %d, not %d:\n%s\n%s", (unsigned long long)r->seed, i,
                     truth, expected[i], r->text, out);
        selected += truth;
    }
    for (size_t i = 0; i < MESSAGES; i++)
        free(r->messages[i].bytes);
    weir_filter_destroy(filter);
    free(out);
    return selected;
}

#endif /* TESTS_CONVERT_SUPPORT_H */
