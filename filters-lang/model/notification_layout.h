/* notification_layout.h - offsets of the encoding that <weir/notification.h> describes. */
#ifndef WEIRI_NOTIFICATION_LAYOUT_H
#define WEIRI_NOTIFICATION_LAYOUT_H

#include <assert.h>

#include <weir/limits.h>
#include <weir/notification.h>

enum {
    NOTIFICATION_VERSION = 1,

    HEADER_SIZE_AT = 0,
    HEADER_VERSION_AT = 4,
    HEADER_ORIGIN_LEN_AT = 5,
    HEADER_ID_LEN_AT = 6,
    HEADER_PUBLISHER_LEN_AT = 7,
    HEADER_TS_AT = 8,
    HEADER_ATTR_COUNT_AT = 16,
    HEADER_ZERO_AT = 18,
    HEADER_BODY_SIZE_AT = 20,
    HEADER_SIZE = 24,

    ENTRY_TYPE_AT = 0,
    ENTRY_NAME_LEN_AT = 1,
    ENTRY_ZERO_AT = 2,
    ENTRY_NAME_AT = 4,
    ENTRY_PAYLOAD_AT = 8,
    ENTRY_STRING_AT = 8,
    ENTRY_STRING_LEN_AT = 12,
    ENTRY_SIZE = 16,

    ENTRIES_MAX = WEIR_ATTRS_MAX + 1 /* `$type` does not count */
};

static_assert(WEIR_NAME_LEN_MAX <= UINT8_MAX, "a name's length is one byte");

static inline const uint8_t *weiri_notification_entry(const uint8_t *bytes, size_t index)
{
    return bytes + HEADER_SIZE + index * ENTRY_SIZE;
}

/* What is wrong with the name of an attribute, or WEIR_OK: the rules of weir_notification_encode,
 * duplicates aside.  Fills in problem->text. */
WEIR_MUST_USE enum weir_err weiri_notification_check_name(struct weir_str name, enum weir_type type,
                                                          const char **problem);

#endif /* WEIRI_NOTIFICATION_LAYOUT_H */
