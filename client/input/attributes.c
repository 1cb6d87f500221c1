/* attributes.c - the attributes of a notification, put together from arguments. */
#include <weir/attributes.h>

#include <weir/alloc.h>
#include <weir/json.h>

#include <stdio.h>
#include <string.h>

static const char *add_json(struct given *given, struct weir_str name, const char *json,
                            char *problem, size_t size);
static const char *infer(struct weir_value *value, struct weir_str text);
static bool looks_like_number(struct weir_str text, bool *whole);
static size_t digits(struct weir_str text, size_t at);

void attributes_add(struct attributes *a, struct weir_str name, struct weir_value value)
{
    if (a->count < ATTRIBUTES_MAX)
        a->v[a->count++] = (struct weir_attr){name, value};
}

bool attributes_has(const struct attributes *a, struct weir_str name)
{
    for (size_t i = 0; i < a->count; i++)
        if (weir_str_equal(a->v[i].name, name))
            return true;
    return false;
}

void given_fini(struct given *given)
{
    for (size_t i = 0; i < given->held_count; i++)
        weir_json_notification_destroy(given->held[i]);
    given->held_count = 0;
}

const char *given_add(struct given *given, const char *argument, char *problem, size_t size)
{
    const char *equals = strchr(argument, '=');
    struct weir_str name = {argument, 0};
    struct weir_value value;
    const char *wrong;

    if (equals == NULL)
        return "expected NAME=VALUE";
    if (given->attributes.count >= WEIR_ATTRS_MAX)
        return "too many attributes";
    name.len = (size_t)(equals - argument);
    if (name.len >= 1 && argument[name.len - 1] == ':') {
        name.len--;
        return add_json(given, name, equals + 1, problem, size);
    }
    if (name.len >= 2 && memcmp(argument + name.len - 2, ":s", 2) == 0) {
        name.len -= 2;
        value = weir_value_string(weir_str_of(equals + 1));
    } else {
        wrong = infer(&value, weir_str_of(equals + 1));
        if (wrong != NULL)
            return wrong;
    }
    attributes_add(&given->attributes, name, value);
    return NULL;
}

/* The value is read as the only attribute of an object of ours. */
static const char *add_json(struct given *given, struct weir_str name, const char *json,
                            char *problem, size_t size)
{
    struct weir_json_problem trouble = {.text = ""};
    struct weir_json_notification *read = NULL;
    size_t room = strlen(json) + sizeof "{\"v\":}";
    char *object = weiri_alloc(NULL, room);
    enum weir_err err = WEIR_ENOMEM;
    const struct weir_attr *attrs;
    size_t count;

    if (object != NULL) {
        snprintf(object, room, "{\"v\":%s}", json);
        err = weir_json_read(&read, weir_str_of(object), &trouble, NULL);
    }
    weiri_release(NULL, object);
    if (err != WEIR_OK) {
        static const char wrapper[] = "attribute 'v': "; /* the name meant is the argument's */
        const char *why = trouble.text[0] != '\0' ? trouble.text : weir_err_text(err);

        if (strncmp(why, wrapper, sizeof wrapper - 1) == 0)
            why += sizeof wrapper - 1;
        snprintf(problem, size, "%s", why);
        return problem;
    }
    attrs = weir_json_attrs(read, &count);
    if (count > 1 || weir_json_body(read).len > 0) {
        weir_json_notification_destroy(read);
        return "expected one JSON value after ':='";
    }
    if (count == 1)
        attributes_add(&given->attributes, name, attrs[0].value);
    given->held[given->held_count++] = read; /* a string value lies in it */
    return NULL;
}

static const char *infer(struct weir_value *value, struct weir_str text)
{
    bool whole;
    double real;
    int64_t integer;

    *value = weir_value_string(text);
    if (weir_str_equal(text, WEIR_STR("true")) || weir_str_equal(text, WEIR_STR("false"))) {
        *value = weir_value_bool(text.len == 4);
    } else if (looks_like_number(text, &whole)) {
        if (whole) {
            if (!int_parse(&integer, text))
                return "the number does not fit an int64; write :s= for text";
            *value = weir_value_int(integer);
        } else {
            if (weir_double_parse(&real, text) != WEIR_OK)
                return "the number does not fit a double; write :s= for text";
            *value = weir_value_double(real);
        }
    }
    return NULL;
}

/* The grammar of JSON: -?(0|[1-9]digits)(.digits)?([eE][+-]?digits)? */
static bool looks_like_number(struct weir_str text, bool *whole)
{
    size_t at = text.len > 0 && text.ptr[0] == '-';
    size_t start = at;

    at = digits(text, at);
    if (at == start || (at > start + 1 && text.ptr[start] == '0'))
        return false;
    *whole = at == text.len;
    if (at < text.len && text.ptr[at] == '.') {
        start = at + 1;
        at = digits(text, start);
        if (at == start)
            return false;
    }
    if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        start = at + 1;
        if (start < text.len && (text.ptr[start] == '+' || text.ptr[start] == '-'))
            start++;
        at = digits(text, start);
        if (at == start)
            return false;
    }
    return at == text.len;
}

/* The index behind the digits that begin at `at`. */
static size_t digits(struct weir_str text, size_t at)
{
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        at++;
    return at;
}

bool int_parse(int64_t *out, struct weir_str text)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    size_t at = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    int64_t value = 0;

    if (at == text.len || digits(text, at) != text.len)
        return false;
    for (; at < text.len; at++) { /* downwards, since the negative range is the larger one */
        int digit = text.ptr[at] - '0';

        if (value < (INT64_MIN + digit) / 10)
            return false;
        value = value * 10 - digit;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *out = negative ? value : -value;
    return true;
}
