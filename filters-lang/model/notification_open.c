/* notification_open.c - the validator of untrusted notifications.
 *
 * It accepts exactly what weir_notification_encode and _stamp write: offsets that are not the
 * only possible ones are refused, so equal notifications have equal bytes. */
#include "notification_layout.h"

#include <weir/bytes.h>

#include <assert.h>
#include <math.h>
#include <string.h>

/* Goes once through the entries and, in step, through the strings they point to. */
struct walk {
    const uint8_t *bytes;
    size_t next;  /* where the next string has to begin */
    size_t end;   /* where the body begins */
    size_t attrs; /* entries that count towards WEIR_ATTRS_MAX */
    struct weir_str name;
    const char *problem;
};

static enum weir_err check_header(struct walk *w, size_t size);
static enum weir_err check_stamps(struct walk *w);
static enum weir_err check_entry(struct walk *w, const uint8_t *entry);
static enum weir_err check_value(struct walk *w, enum weir_type type, const uint8_t *entry);
static bool take_string(struct walk *w, size_t offset, size_t len, struct weir_str *string);
static enum weir_err fail(struct walk *w, enum weir_err err, const char *problem);

enum weir_err weir_notification_open(struct weir_notification *out, const uint8_t *bytes,
                                     size_t size, struct weir_notification_problem *problem)
{
    struct walk w = {.bytes = bytes};
    size_t count = 0;
    enum weir_err err;

    assert(out != NULL);

    err = check_header(&w, size);
    if (err == WEIR_OK) {
        count = weiri_load_u16(bytes + HEADER_ATTR_COUNT_AT);
        err = check_stamps(&w);
    }
    for (size_t i = 0; i < count && err == WEIR_OK; i++)
        err = check_entry(&w, weiri_notification_entry(bytes, i));
    if (err == WEIR_OK && w.next != w.end)
        err = fail(&w, WEIR_EMALFORMED, "unused bytes before the body");
    if (err != WEIR_OK) {
        if (problem != NULL)
            *problem = (struct weir_notification_problem){w.problem, w.name};
        return err;
    }
    *out = weir_notification_view(bytes, size);
    return WEIR_OK;
}

static enum weir_err check_header(struct walk *w, size_t size)
{
    const uint8_t *bytes = w->bytes;
    size_t stamps_size;
    size_t body_size;
    size_t count;

    if (size < HEADER_SIZE)
        return fail(w, WEIR_EMALFORMED, "shorter than its header");
    if (bytes[HEADER_VERSION_AT] != NOTIFICATION_VERSION)
        return fail(w, WEIR_EVERSION, "unknown version of the encoding");
    if (weiri_load_u32(bytes + HEADER_SIZE_AT) != size)
        return fail(w, WEIR_EMALFORMED, "size differs from that in the header");
    stamps_size = (size_t)bytes[HEADER_ID_LEN_AT] + bytes[HEADER_PUBLISHER_LEN_AT];
    if (size > WEIR_NOTIFICATION_SIZE_MAX + stamps_size)
        return fail(w, WEIR_ELIMIT, "notification too large");
    if (weiri_load_u16(bytes + HEADER_ZERO_AT) != 0)
        return fail(w, WEIR_EMALFORMED, "reserved bytes are not zero");
    count = weiri_load_u16(bytes + HEADER_ATTR_COUNT_AT);
    if (count > ENTRIES_MAX)
        return fail(w, WEIR_ELIMIT, "too many attributes");
    body_size = weiri_load_u32(bytes + HEADER_BODY_SIZE_AT);
    w->next = HEADER_SIZE + count * ENTRY_SIZE;
    if (w->next > size || body_size > size - w->next)
        return fail(w, WEIR_EMALFORMED, "truncated");
    w->end = size - body_size;
    return WEIR_OK;
}

static enum weir_err check_stamps(struct walk *w)
{
    size_t origin_len = w->bytes[HEADER_ORIGIN_LEN_AT];
    size_t id_len = w->bytes[HEADER_ID_LEN_AT];
    size_t publisher_len = w->bytes[HEADER_PUBLISHER_LEN_AT];
    struct weir_str id;
    struct weir_str origin;
    struct weir_str publisher;

    if (id_len == 0) {
        if (origin_len != 0 || publisher_len != 0 || weiri_load_u64(w->bytes + HEADER_TS_AT) != 0)
            return fail(w, WEIR_EMALFORMED, "stamps without $id");
        return WEIR_OK;
    }
    if (origin_len == 0 || origin_len > id_len)
        return fail(w, WEIR_EMALFORMED, "$origin is no prefix of $id");
    if (origin_len > WEIR_BROKER_NAME_MAX)
        return fail(w, WEIR_ELIMIT, "$origin too long");
    if (!take_string(w, w->next, id_len, &id) ||
        !take_string(w, w->next, publisher_len, &publisher))
        return fail(w, WEIR_EMALFORMED, "truncated");
    origin = (struct weir_str){id.ptr, origin_len};
    if (!weir_str_is_text(id) || !weir_str_is_text(origin) || !weir_str_is_text(publisher))
        return fail(w, WEIR_EMALFORMED, "a stamp is not UTF-8 text");
    return WEIR_OK;
}

static enum weir_err check_entry(struct walk *w, const uint8_t *entry)
{
    struct weir_str previous = w->name;
    enum weir_type type = (enum weir_type)entry[ENTRY_TYPE_AT];
    const char *problem;

    if (entry[ENTRY_TYPE_AT] < WEIR_BOOL || entry[ENTRY_TYPE_AT] > WEIR_TIMESTAMP)
        return fail(w, WEIR_EMALFORMED, "unknown type");
    if (weiri_load_u16(entry + ENTRY_ZERO_AT) != 0)
        return fail(w, WEIR_EMALFORMED, "reserved bytes are not zero");
    if (!take_string(w, weiri_load_u32(entry + ENTRY_NAME_AT), entry[ENTRY_NAME_LEN_AT], &w->name))
        return fail(w, WEIR_EMALFORMED, "a name is not where it has to be");
    if (weiri_notification_check_name(w->name, type, &problem) != WEIR_OK)
        return fail(w, WEIR_EMALFORMED, problem);
    if (weir_str_compare(previous, w->name) >= 0)
        return fail(w, WEIR_EMALFORMED, "names are not in ascending order");
    w->attrs += w->name.ptr[0] != '$';
    if (w->attrs > WEIR_ATTRS_MAX)
        return fail(w, WEIR_ELIMIT, "too many attributes");
    return check_value(w, type, entry);
}

static enum weir_err check_value(struct walk *w, enum weir_type type, const uint8_t *entry)
{
    uint64_t payload = weiri_load_u64(entry + ENTRY_PAYLOAD_AT);
    struct weir_str string;
    double real;

    switch (type) {
    case WEIR_BOOL:
        if (payload > 1)
            return fail(w, WEIR_EMALFORMED, "a bool is neither 0 nor 1");
        break;
    case WEIR_DOUBLE:
        real = weiri_double_of_bits(payload);
        if (!isfinite(real))
            return fail(w, WEIR_EMALFORMED, "a double is not finite");
        if (real == 0.0 && payload != 0)
            return fail(w, WEIR_EMALFORMED, "a double is negative zero");
        break;
    case WEIR_STRING:
        if (weiri_load_u32(entry + ENTRY_STRING_LEN_AT) > WEIR_STRING_LEN_MAX)
            return fail(w, WEIR_ELIMIT, "string too long");
        if (!take_string(w, weiri_load_u32(entry + ENTRY_STRING_AT),
                         weiri_load_u32(entry + ENTRY_STRING_LEN_AT), &string))
            return fail(w, WEIR_EMALFORMED, "a string is not where it has to be");
        if (!weir_str_is_text(string))
            return fail(w, WEIR_EMALFORMED, "a string is not UTF-8 text");
        break;
    case WEIR_INT:
    case WEIR_TIMESTAMP: break;
    }
    return WEIR_OK;
}

static bool take_string(struct walk *w, size_t offset, size_t len, struct weir_str *string)
{
    if (offset != w->next || len > w->end - w->next)
        return false;
    *string = (struct weir_str){(const char *)w->bytes + offset, len};
    w->next += len;
    return true;
}

static enum weir_err fail(struct walk *w, enum weir_err err, const char *problem)
{
    w->problem = problem;
    return err;
}
