/* notification_encode.c - from attributes in any order to the canonical encoding. */
#include "notification_layout.h"

#include <weir/alloc.h>
#include <weir/bytes.h>

#include <assert.h>
#include <string.h>

/* The attributes in order of their names. */
struct sorted {
    const struct weir_attr *v[ENTRIES_MAX];
    size_t count;
};

static enum weir_err sort(struct sorted *s, const struct weir_attr *attrs, size_t count,
                          struct weir_notification_problem *problem);
static enum weir_err check_attr(const struct weir_attr *attr, const char **problem);
static bool insert(struct sorted *s, const struct weir_attr *attr);
static size_t encoded_size(const struct sorted *s, size_t body_size);
static void write(uint8_t *bytes, size_t size, const struct sorted *s, struct weir_str body);
static void write_entry(uint8_t *bytes, uint8_t *entry, const struct weir_attr *attr, size_t *next);
static uint32_t append(uint8_t *bytes, size_t *next, struct weir_str string);

enum weir_err weir_notification_encode(uint8_t **out, size_t *size, const struct weir_attr *attrs,
                                       size_t count, struct weir_str body,
                                       struct weir_notification_problem *problem,
                                       const struct weir_alloc *alloc)
{
    struct weir_notification_problem ignored;
    struct sorted s = {.count = 0};
    uint8_t *bytes;
    size_t total;
    enum weir_err err;

    assert(out != NULL);
    assert(size != NULL);

    if (problem == NULL)
        problem = &ignored;
    err = sort(&s, attrs, count, problem);
    if (err != WEIR_OK)
        return err;
    /* The body alone first, so that the sum cannot overflow. */
    if (body.len > WEIR_NOTIFICATION_SIZE_MAX ||
        encoded_size(&s, body.len) > WEIR_NOTIFICATION_SIZE_MAX) {
        *problem = (struct weir_notification_problem){"notification too large", WEIR_STR("")};
        return WEIR_ELIMIT;
    }
    total = encoded_size(&s, body.len);
    bytes = weiri_alloc(alloc, total);
    if (bytes == NULL) {
        *problem = (struct weir_notification_problem){"out of memory", WEIR_STR("")};
        return WEIR_ENOMEM;
    }
    write(bytes, total, &s, body);
    *out = bytes;
    *size = total;
    return WEIR_OK;
}

enum weir_err weiri_notification_check_name(struct weir_str name, enum weir_type type,
                                            const char **problem)
{
    if (name.len == 0) {
        *problem = "empty attribute name";
        return WEIR_EINVAL;
    }
    if (name.len > WEIR_NAME_LEN_MAX) {
        *problem = "attribute name too long";
        return WEIR_ELIMIT;
    }
    if (!weir_str_is_text(name)) {
        *problem = "attribute name is not UTF-8 text";
        return WEIR_EINVAL;
    }
    if (name.ptr[0] == '$' && !weir_str_equal(name, WEIR_STR("$type"))) {
        *problem = "attribute names that begin with '$' are reserved";
        return WEIR_EINVAL;
    }
    if (name.ptr[0] == '$' && type != WEIR_STRING) {
        *problem = "$type is not a string";
        return WEIR_ETYPE;
    }
    return WEIR_OK;
}

static enum weir_err sort(struct sorted *s, const struct weir_attr *attrs, size_t count,
                          struct weir_notification_problem *problem)
{
    size_t ordinary = 0;

    for (size_t i = 0; i < count; i++) {
        const struct weir_attr *attr = &attrs[i];
        enum weir_err err;

        problem->name = attr->name;
        err = check_attr(attr, &problem->text);
        if (err != WEIR_OK)
            return err;
        ordinary += attr->name.ptr[0] != '$';
        if (ordinary > WEIR_ATTRS_MAX) {
            problem->text = "too many attributes";
            return WEIR_ELIMIT;
        }
        if (!insert(s, attr)) {
            problem->text = "duplicate attribute name";
            return WEIR_EEXIST;
        }
    }
    return WEIR_OK;
}

static enum weir_err check_attr(const struct weir_attr *attr, const char **problem)
{
    enum weir_err err = weiri_notification_check_name(attr->name, attr->value.type, problem);

    if (err != WEIR_OK)
        return err;
    err = weir_value_check(&attr->value);
    switch (err) {
    case WEIR_OK: break;
    case WEIR_ELIMIT: *problem = "string too long"; break;
    case WEIR_ETYPE: *problem = "unknown type"; break;
    default:
        *problem = attr->value.type == WEIR_STRING ? "string is not UTF-8 text"
                                                   : "NaN and infinities are not allowed";
        break;
    }
    return err;
}

/* False if the name is there already.  At most one `$type` and WEIR_ATTRS_MAX others come here,
 * duplicates aside, so there is room. */
static bool insert(struct sorted *s, const struct weir_attr *attr)
{
    size_t low = 0;
    size_t high = s->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = weir_str_compare(s->v[middle]->name, attr->name);

        if (order == 0)
            return false;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    assert(s->count < ENTRIES_MAX);
    memmove(s->v + low + 1, s->v + low, (s->count - low) * sizeof s->v[0]);
    s->v[low] = attr;
    s->count++;
    return true;
}

static size_t encoded_size(const struct sorted *s, size_t body_size)
{
    size_t size = HEADER_SIZE + s->count * ENTRY_SIZE + body_size;

    for (size_t i = 0; i < s->count; i++) {
        size += s->v[i]->name.len;
        if (s->v[i]->value.type == WEIR_STRING)
            size += s->v[i]->value.u.string.len;
    }
    return size;
}

static void write(uint8_t *bytes, size_t size, const struct sorted *s, struct weir_str body)
{
    size_t next = HEADER_SIZE + s->count * ENTRY_SIZE;

    memset(bytes, 0, next);
    weiri_store_u32(bytes + HEADER_SIZE_AT, (uint32_t)size);
    bytes[HEADER_VERSION_AT] = NOTIFICATION_VERSION;
    weiri_store_u16(bytes + HEADER_ATTR_COUNT_AT, (uint16_t)s->count);
    weiri_store_u32(bytes + HEADER_BODY_SIZE_AT, (uint32_t)body.len);
    for (size_t i = 0; i < s->count; i++)
        write_entry(bytes, bytes + HEADER_SIZE + i * ENTRY_SIZE, s->v[i], &next);
    append(bytes, &next, body);
    assert(next == size);
}

static void write_entry(uint8_t *bytes, uint8_t *entry, const struct weir_attr *attr, size_t *next)
{
    const struct weir_value *value = &attr->value;

    entry[ENTRY_TYPE_AT] = (uint8_t)value->type;
    entry[ENTRY_NAME_LEN_AT] = (uint8_t)attr->name.len;
    weiri_store_u32(entry + ENTRY_NAME_AT, append(bytes, next, attr->name));
    switch (value->type) {
    case WEIR_BOOL: entry[ENTRY_PAYLOAD_AT] = value->u.boolean; break;
    case WEIR_INT:
    case WEIR_TIMESTAMP:
        weiri_store_u64(entry + ENTRY_PAYLOAD_AT, (uint64_t)value->u.integer);
        break;
    case WEIR_DOUBLE:
        /* A -0.0 that did not come by way of weir_value_double. */
        weiri_store_u64(entry + ENTRY_PAYLOAD_AT,
                        value->u.real == 0.0 ? 0 : weiri_bits_of_double(value->u.real));
        break;
    case WEIR_STRING:
        weiri_store_u32(entry + ENTRY_STRING_AT, append(bytes, next, value->u.string));
        weiri_store_u32(entry + ENTRY_STRING_LEN_AT, (uint32_t)value->u.string.len);
        break;
    }
}

/* Returns where the string now is. */
static uint32_t append(uint8_t *bytes, size_t *next, struct weir_str string)
{
    size_t offset = *next;

    if (string.len > 0)
        memcpy(bytes + offset, string.ptr, string.len);
    *next += string.len;
    return (uint32_t)offset;
}
