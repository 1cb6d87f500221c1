/* eventbridge.c - event patterns of Amazon EventBridge.
 *
 * An object is an AND of its fields, an array an OR of what the field may be; objects within
 * objects become names with points, as EventBridge itself joins them. */
#include "eventbridge.h"

#include <string.h>

static bool read_object(struct weiri_pattern *p, bool in_or);
static bool read_member(struct weiri_pattern *p, bool in_or);
static bool read_key(struct weiri_pattern *p, bool in_or, struct weir_str *key);
static bool read_field(struct weiri_pattern *p);
static bool read_alternatives(struct weiri_pattern *p);
static bool read_or(struct weiri_pattern *p);

bool weiri_convert_eventbridge(struct weiri_convert *c)
{
    struct weiri_pattern p = {.c = c};
    bool good;

    /* No longer than the text: what is joined with points here stands in quotes there. */
    weiri_buf_init(&p.path, WEIR_CONVERT_TEXT_MAX, c->out.alloc);
    weiri_buf_init(&p.keys, WEIR_CONVERT_TEXT_MAX, c->out.alloc);
    good = read_object(&p, false);
    if (good && weiri_json_peek(c) != '\0')
        good = weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "something follows the pattern", NULL);
    weiri_buf_fini(&p.keys);
    weiri_buf_fini(&p.path);
    return good;
}

static bool read_object(struct weiri_pattern *p, bool in_or)
{
    struct weiri_convert *c = p->c;
    size_t keys_size = p->keys.size;
    bool empty, more = true;

    (void)weiri_json_peek(c);
    if (!weiri_convert_enter(c, weiri_scan_span(c, c->at)) || !weiri_json_open(c, '{', &empty))
        return false;
    if (empty)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, (struct weiri_span){c->at - 1, c->at},
                                  "EventBridge allows no empty object", NULL);
    weiri_emit(c, "(");
    while (more) {
        if (!read_member(p, in_or) || !weiri_json_next(c, '}', &more))
            return false;
        weiri_emit(c, more ? " AND " : ")");
    }
    weiri_buf_truncate(&p->keys, keys_size);
    c->depth--;
    return true;
}

static bool read_member(struct weiri_pattern *p, bool in_or)
{
    struct weiri_convert *c = p->c;
    struct weiri_span key_of_parent = p->key;
    size_t path_size = p->path.size;
    struct weir_str key;
    bool is_or;

    if (!read_key(p, in_or, &key))
        return false;
    is_or = weir_str_equal(key, WEIR_STR("$or"));
    if (!is_or) {
        if (path_size != 0)
            weiri_buf_put_u8(&p->path, '.');
        weiri_buf_put(&p->path, key);
    }
    if (p->path.err != WEIR_OK || p->keys.err != WEIR_OK) {
        c->err = WEIR_ENOMEM;
        return false;
    }
    if (is_or ? !read_or(p) : !read_field(p))
        return false;
    weiri_buf_truncate(&p->path, path_size);
    p->key = key_of_parent;
    return true;
}

/* Reads a key and ':'; keys of one object differ. */
static bool read_key(struct weiri_pattern *p, bool in_or, struct weir_str *key)
{
    struct weiri_convert *c = p->c;
    size_t from = p->keys.size;

    if (!weiri_json_string(c, key, &p->key))
        return false;
    for (size_t at = p->object_keys; at < from; at += strlen((const char *)p->keys.bytes + at) + 1)
        if (weir_str_equal(*key, weir_str_of((const char *)p->keys.bytes + at)))
            return weiri_convert_fail(c, PROBLEM_SYNTAX, p->key, "the key is there twice", NULL);
    weiri_buf_put(&p->keys, *key);
    weiri_buf_put_u8(&p->keys, 0);
    if (in_or && weiri_pattern_is_operator(*key))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, p->key,
                                  "within $or, a field cannot be called as an operator is", NULL);
    if (weiri_json_peek(c) != ':')
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at), "expected :", NULL);
    c->at++;
    return true;
}

static bool read_field(struct weiri_pattern *p)
{
    struct weiri_convert *c = p->c;
    size_t object_keys = p->object_keys;
    bool good;

    switch (weiri_json_peek(c)) {
    case '[': return read_alternatives(p);
    case '{':
        p->object_keys = p->keys.size;
        good = read_object(p, false);
        p->object_keys = object_keys;
        return good;
    default:
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected an array of what the field may be, or an object",
                                  "a single value is written in brackets too");
    }
}

static bool read_alternatives(struct weiri_pattern *p)
{
    struct weiri_convert *c = p->c;
    bool more = true;

    if (weiri_json_enter(c))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, (struct weiri_span){c->at - 1, c->at},
                                  "EventBridge allows no empty array", NULL);
    weiri_convert_warn(c, "W721", p->key,
                       "where a field is an array, EventBridge tries each of its elements; "
                       "attributes hold one value",
                       NULL);
    weiri_emit(c, "(");
    while (more) {
        if (!weiri_pattern_alternative(p) || !weiri_json_next(c, ']', &more))
            return false;
        weiri_emit(c, more ? " OR " : ")");
    }
    return true;
}

/* "$or": [{...}, {...}] */
static bool read_or(struct weiri_pattern *p)
{
    struct weiri_convert *c = p->c;
    struct weiri_span key = p->key;
    size_t object_keys = p->object_keys, count = 0;
    bool more;

    if (weiri_json_peek(c) != '[')
        return weiri_convert_fail(c, PROBLEM_INEXPRESSIBLE, key,
                                  "$or is an operator here, no name of a field", NULL);
    more = !weiri_json_enter(c);
    weiri_emit(c, "(");
    for (; more; count++) {
        p->object_keys = p->keys.size;
        if (!read_object(p, true) || !weiri_json_next(c, ']', &more))
            return false;
        weiri_emit(c, more ? " OR " : ")");
    }
    p->object_keys = object_keys;
    if (count < 2)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, key, "$or takes at least two objects", NULL);
    return true;
}
