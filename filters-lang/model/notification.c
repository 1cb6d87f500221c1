/* notification.c - reading validated notifications in place, and stamping them. */
#include "notification_layout.h"

#include <weir/bytes.h>

#include <assert.h>
#include <string.h>

#define NAME_BYTES_FIRST 8u

static struct weir_str entry_name(const uint8_t *bytes, const uint8_t *entry);
static struct weir_value entry_value(const uint8_t *bytes, const uint8_t *entry);
static struct weir_str string_at(const uint8_t *bytes, size_t offset, size_t len);
static size_t strings_at(const struct weir_notification *n);
static inline int compare_names(struct weir_str a, struct weir_str b);
static bool find_stamp(struct weir_str name, enum weir_stamp *stamp);
static void shift_offset(uint8_t *p, size_t shift);

struct weir_notification weir_notification_view(const uint8_t *bytes, size_t size)
{
    assert(size >= HEADER_SIZE);
    assert(size == weiri_load_u32(bytes + HEADER_SIZE_AT));
    return (struct weir_notification){
        .bytes = bytes,
        .size = (uint32_t)size,
        .attr_count = weiri_load_u16(bytes + HEADER_ATTR_COUNT_AT),
    };
}

struct weir_attr weir_notification_attr(const struct weir_notification *n, size_t index)
{
    const uint8_t *entry = weiri_notification_entry(n->bytes, index);

    assert(index < n->attr_count);
    return (struct weir_attr){entry_name(n->bytes, entry), entry_value(n->bytes, entry)};
}

bool weir_notification_find(const struct weir_notification *n, struct weir_str name,
                            struct weir_value *value)
{
    enum weir_stamp stamp;
    size_t low = 0;
    size_t high = n->attr_count;

    if (find_stamp(name, &stamp))
        return weir_notification_stamp_get(n, stamp, value);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const uint8_t *entry = weiri_notification_entry(n->bytes, middle);
        int order = compare_names(entry_name(n->bytes, entry), name);

        if (order == 0) {
            *value = entry_value(n->bytes, entry);
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

struct weir_str weir_notification_body(const struct weir_notification *n)
{
    size_t size = weiri_load_u32(n->bytes + HEADER_BODY_SIZE_AT);

    return string_at(n->bytes, n->size - size, size);
}

struct weir_str weir_stamp_name(enum weir_stamp stamp)
{
    switch (stamp) {
    case WEIR_STAMP_ID: return WEIR_STR("$id");
    case WEIR_STAMP_ORIGIN: return WEIR_STR("$origin");
    case WEIR_STAMP_PUBLISHER: return WEIR_STR("$publisher");
    case WEIR_STAMP_TS: return WEIR_STR("$ts");
    }
    return WEIR_STR("");
}

bool weir_notification_stamp_get(const struct weir_notification *n, enum weir_stamp stamp,
                                 struct weir_value *value)
{
    const uint8_t *bytes = n->bytes;
    size_t id_at = strings_at(n);
    size_t id_len = bytes[HEADER_ID_LEN_AT];
    size_t publisher_len = bytes[HEADER_PUBLISHER_LEN_AT];

    if (id_len == 0)
        return false;
    switch (stamp) {
    case WEIR_STAMP_ID: *value = weir_value_string(string_at(bytes, id_at, id_len)); return true;
    case WEIR_STAMP_ORIGIN:
        *value = weir_value_string(string_at(bytes, id_at, bytes[HEADER_ORIGIN_LEN_AT]));
        return true;
    case WEIR_STAMP_PUBLISHER:
        if (publisher_len == 0)
            return false;
        *value = weir_value_string(string_at(bytes, id_at + id_len, publisher_len));
        return true;
    case WEIR_STAMP_TS:
        *value = weir_value_timestamp(weiri_int64_of_bits(weiri_load_u64(bytes + HEADER_TS_AT)));
        return true;
    }
    return false;
}

size_t weir_notification_stamped_size(const struct weir_notification *n,
                                      const struct weir_stamps *stamps)
{
    return n->size + stamps->id.len + stamps->publisher.len;
}

void weir_notification_stamp(uint8_t *out, const struct weir_notification *n,
                             const struct weir_stamps *stamps)
{
    size_t strings = strings_at(n);
    size_t shift = stamps->id.len + stamps->publisher.len;

    assert(n->bytes[HEADER_ID_LEN_AT] == 0);
    assert(stamps->id.len <= UINT8_MAX);
    assert(stamps->publisher.len <= UINT8_MAX);
    assert(stamps->origin_len > 0);
    assert(stamps->origin_len <= stamps->id.len);
    assert(stamps->origin_len <= WEIR_BROKER_NAME_MAX);

    memcpy(out, n->bytes, strings);
    weiri_store_u32(out + HEADER_SIZE_AT, (uint32_t)(n->size + shift));
    out[HEADER_ORIGIN_LEN_AT] = (uint8_t)stamps->origin_len;
    out[HEADER_ID_LEN_AT] = (uint8_t)stamps->id.len;
    out[HEADER_PUBLISHER_LEN_AT] = (uint8_t)stamps->publisher.len;
    weiri_store_u64(out + HEADER_TS_AT, (uint64_t)stamps->ts_ns);
    for (size_t i = 0; i < n->attr_count; i++) {
        uint8_t *entry = out + HEADER_SIZE + i * ENTRY_SIZE;

        shift_offset(entry + ENTRY_NAME_AT, shift);
        if (entry[ENTRY_TYPE_AT] == WEIR_STRING)
            shift_offset(entry + ENTRY_STRING_AT, shift);
    }
    memcpy(out + strings, stamps->id.ptr, stamps->id.len);
    if (stamps->publisher.len > 0)
        memcpy(out + strings + stamps->id.len, stamps->publisher.ptr, stamps->publisher.len);
    memcpy(out + strings + shift, n->bytes + strings, n->size - strings);
}

static struct weir_str entry_name(const uint8_t *bytes, const uint8_t *entry)
{
    return string_at(bytes, weiri_load_u32(entry + ENTRY_NAME_AT), entry[ENTRY_NAME_LEN_AT]);
}

static struct weir_value entry_value(const uint8_t *bytes, const uint8_t *entry)
{
    enum weir_type type = (enum weir_type)entry[ENTRY_TYPE_AT];
    uint64_t payload = weiri_load_u64(entry + ENTRY_PAYLOAD_AT);

    switch (type) {
    case WEIR_BOOL: return weir_value_bool(payload != 0);
    case WEIR_DOUBLE: return weir_value_double(weiri_double_of_bits(payload));
    case WEIR_STRING:
        return weir_value_string(string_at(bytes, weiri_load_u32(entry + ENTRY_STRING_AT),
                                           weiri_load_u32(entry + ENTRY_STRING_LEN_AT)));
    case WEIR_TIMESTAMP: return weir_value_timestamp(weiri_int64_of_bits(payload));
    case WEIR_INT: break;
    }
    return weir_value_int(weiri_int64_of_bits(payload));
}

static struct weir_str string_at(const uint8_t *bytes, size_t offset, size_t len)
{
    return (struct weir_str){(const char *)bytes + offset, len};
}

/* Where the entries end and the strings of the stamps, or of the entries, begin. */
static size_t strings_at(const struct weir_notification *n)
{
    return HEADER_SIZE + (size_t)n->attr_count * ENTRY_SIZE;
}

/* Names are short: most differ before a call of memcmp would pay. */
static inline int compare_names(struct weir_str a, struct weir_str b)
{
    const size_t shared = a.len < b.len ? a.len : b.len;
    const size_t first = shared < NAME_BYTES_FIRST ? shared : NAME_BYTES_FIRST;

    for (size_t i = 0; i < first; i++) {
        if (a.ptr[i] != b.ptr[i])
            return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[i] ? -1 : 1;
    }
    return weir_str_compare((struct weir_str){a.ptr + first, a.len - first},
                            (struct weir_str){b.ptr + first, b.len - first});
}

static bool find_stamp(struct weir_str name, enum weir_stamp *stamp)
{
    if (name.len == 0 || name.ptr[0] != '$')
        return false;
    for (int i = 0; i < WEIR_STAMP_COUNT; i++) {
        if (weir_str_equal(name, weir_stamp_name((enum weir_stamp)i))) {
            *stamp = (enum weir_stamp)i;
            return true;
        }
    }
    return false;
}

static void shift_offset(uint8_t *p, size_t shift)
{
    weiri_store_u32(p, (uint32_t)(weiri_load_u32(p) + shift));
}
