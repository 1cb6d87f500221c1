/* read.c - a notification from JSON text. */
#include "internal.h"

#include <weir/alloc.h>
#include <weir/load.h>

#include <assert.h>
#include <string.h>

struct weir_json_notification {
    const struct weir_alloc *alloc;
    json_t *root; /* attributes borrow its strings */
    uint8_t *body_bytes;
    struct weir_str body;
    bool has_body;
    size_t count;
    struct weir_attr attrs[WEIRI_JSON_MEMBERS_MAX * 2];
};

enum weir_err weiri_json_parse(json_t **root, struct weir_str text, size_t flags,
                               struct weir_json_problem *problem)
{
    json_error_t error;
    enum weir_err err = weiri_json_load(root, text, flags, &error);

    if (err == WEIR_OK)
        return WEIR_OK;
    if (err == WEIR_ENOMEM)
        return weiri_json_problem(problem, WEIR_ENOMEM, 0, "out of memory");
    return weiri_json_problem(problem, err, error.column > 0 ? (uint32_t)error.column : 0, "%s",
                              error.text);
}

struct weir_str weiri_json_string_of(const json_t *json)
{
    return (struct weir_str){json_string_value(json), json_string_length(json)};
}

enum weir_err weiri_json_timestamp(struct weir_value *value, const json_t *object)
{
    const json_t *text = json_object_get(object, "$timestamp");
    int64_t nanoseconds;

    if (json_object_size(object) != 1 || text == NULL)
        return WEIR_ETYPE;
    if (json_typeof(text) != JSON_STRING ||
        weir_timestamp_parse(&nanoseconds, weiri_json_string_of(text)) != WEIR_OK)
        return WEIR_EINVAL;
    *value = weir_value_timestamp(nanoseconds);
    return WEIR_OK;
}

static enum weir_err read_timestamp(struct weir_value *value, const char *name,
                                    const json_t *object, struct weir_json_problem *problem)
{
    switch (weiri_json_timestamp(value, object)) {
    case WEIR_OK: return WEIR_OK;
    case WEIR_ETYPE:
        return weiri_json_problem(problem, WEIR_ETYPE, 0,
                                  "attribute '%.*s': an object is no value, but for "
                                  "{\"$timestamp\":\"...\"}",
                                  weiri_json_shown(weir_str_of(name), 80), name);
    default:
        return weiri_json_problem(problem, WEIR_EINVAL, 0,
                                  "attribute '%.*s': $timestamp is not an RFC 3339 timestamp of "
                                  "the years 1678 to 2261",
                                  weiri_json_shown(weir_str_of(name), 80), name);
    }
}

static enum weir_err read_value(struct weir_value *value, const char *name, const json_t *json,
                                struct weir_json_problem *problem)
{
    switch (json_typeof(json)) {
    case JSON_TRUE:
    case JSON_FALSE: *value = weir_value_bool(json_typeof(json) == JSON_TRUE); return WEIR_OK;
    case JSON_INTEGER: *value = weir_value_int(json_integer_value(json)); return WEIR_OK;
    case JSON_REAL: *value = weir_value_double(json_real_value(json)); return WEIR_OK;
    case JSON_STRING: *value = weir_value_string(weiri_json_string_of(json)); return WEIR_OK;
    default:
        assert(json_is_object(json)); /* arrays do not pass the scan */
        return read_timestamp(value, name, json, problem);
    }
}

static enum weir_err read_body(struct weir_json_notification *read, const char *name,
                               const json_t *json, struct weir_json_problem *problem)
{
    struct weir_str text;
    size_t size;

    if (json_typeof(json) != JSON_STRING)
        return weiri_json_problem(problem, WEIR_ETYPE, 0, "%s is not a string", name);
    if (read->has_body)
        return weiri_json_problem(problem, WEIR_EINVAL, 0, "$body and $body64 exclude each other");
    read->has_body = true;
    text = weiri_json_string_of(json);
    if (strcmp(name, "$body") == 0) {
        read->body = text;
        return WEIR_OK;
    }
    read->body_bytes = weiri_alloc(read->alloc, weiri_base64_size(text.len) + 1);
    if (read->body_bytes == NULL)
        return weiri_json_problem(problem, WEIR_ENOMEM, 0, "out of memory");
    if (!weiri_base64_decode(read->body_bytes, &size, text))
        return weiri_json_problem(problem, WEIR_EINVAL, 0, "$body64 is not base64 (RFC 4648)");
    read->body = (struct weir_str){(const char *)read->body_bytes, size};
    return WEIR_OK;
}

static bool is_stamp(const char *name)
{
    for (int stamp = 0; stamp < WEIR_STAMP_COUNT; stamp++) {
        if (weir_str_equal(weir_str_of(name), weir_stamp_name((enum weir_stamp)stamp)))
            return true;
    }
    return false;
}

static enum weir_err read_member(struct weir_json_notification *read, const char *name,
                                 const json_t *json, struct weir_json_problem *problem)
{
    struct weir_value value;
    enum weir_err err;

    if (json_typeof(json) == JSON_NULL || is_stamp(name))
        return WEIR_OK;
    if (strcmp(name, "$body") == 0 || strcmp(name, "$body64") == 0)
        return read_body(read, name, json, problem);
    err = read_value(&value, name, json, problem);
    if (err != WEIR_OK)
        return err;
    assert(read->count < sizeof read->attrs / sizeof read->attrs[0]);
    read->attrs[read->count++] = (struct weir_attr){weir_str_of(name), value};
    return WEIR_OK;
}

static enum weir_err read_members(struct weir_json_notification *read,
                                  struct weir_json_problem *problem)
{
    assert(json_is_object(read->root)); /* arrays do not pass the scan */
    for (void *i = json_object_iter(read->root); i != NULL;
         i = json_object_iter_next(read->root, i)) {
        enum weir_err err =
            read_member(read, json_object_iter_key(i), json_object_iter_value(i), problem);

        if (err != WEIR_OK)
            return err;
    }
    return WEIR_OK;
}

enum weir_err weir_json_read(struct weir_json_notification **out, struct weir_str text,
                             struct weir_json_problem *problem, const struct weir_alloc *alloc)
{
    struct weir_json_notification *read;
    enum weir_err err;

    assert(out != NULL);
    err = weiri_json_scan(text, problem);
    if (err != WEIR_OK)
        return err;
    read = weiri_alloc_zeroed(alloc, 1, sizeof *read);
    if (read == NULL)
        return weiri_json_problem(problem, WEIR_ENOMEM, 0, "out of memory");
    read->alloc = alloc;
    err = weiri_json_parse(&read->root, text, 0, problem);
    if (err == WEIR_OK)
        err = read_members(read, problem);
    if (err != WEIR_OK)
        weir_json_notification_destroy(read);
    else
        *out = read;
    return err;
}

void weir_json_notification_destroy(struct weir_json_notification *read)
{
    if (read == NULL)
        return;
    json_decref(read->root);
    weiri_release(read->alloc, read->body_bytes);
    weiri_release(read->alloc, read);
}

const struct weir_attr *weir_json_attrs(const struct weir_json_notification *read, size_t *count)
{
    *count = read->count;
    return read->attrs;
}

struct weir_str weir_json_body(const struct weir_json_notification *read)
{
    return read->body;
}

enum weir_err weir_notification_from_json(uint8_t **out, size_t *size, struct weir_str text,
                                          struct weir_json_problem *problem,
                                          const struct weir_alloc *alloc)
{
    struct weir_notification_problem refused = {
        NULL, {NULL, 0}
    };
    struct weir_json_notification *read;
    enum weir_err err = weir_json_read(&read, text, problem, alloc);

    if (err != WEIR_OK)
        return err;
    err =
        weir_notification_encode(out, size, read->attrs, read->count, read->body, &refused, alloc);
    if (err != WEIR_OK) {
        if (refused.name.len == 0)
            (void)weiri_json_problem(problem, err, 0, "%s", refused.text);
        else
            (void)weiri_json_problem(problem, err, 0, "attribute '%.*s': %s",
                                     weiri_json_shown(refused.name, 80), refused.name.ptr,
                                     refused.text);
    }
    weir_json_notification_destroy(read);
    return err;
}
