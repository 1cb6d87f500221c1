/* notification.h - the immutable encoding of a notification, its builder, validator and reader.
 *
 * A notification is a set of typed attributes with distinct names and an opaque body.  It is
 * encoded once, by the publisher's library, stamped once, by the border broker, and from then on
 * every hop reads attributes in place and forwards the same bytes.  All integers little-endian:
 *
 *    0  u32 size          of the whole encoding
 *    4  u8  version       1
 *    5  u8  origin_len    0 until stamped; `$origin` is the first origin_len bytes of `$id`
 *    6  u8  id_len        0 until stamped
 *    7  u8  publisher_len 0 until stamped, and when the client gave no name
 *    8  i64 ts            `$ts`, nanoseconds; 0 until stamped
 *   16  u16 attr_count
 *   18  u16 0
 *   20  u32 body_size
 *   24  attr_count x 16   entries, names strictly ascending bytewise:
 *          u8 type  u8 name_len  u16 0  u32 name_offset  u64 payload
 *          payload: bool 0 or 1; int and timestamp two's complement; double IEEE 754 bits;
 *          string u32 offset, u32 length
 *    .  id_len + publisher_len bytes, then for each entry its name and, if a string, its value,
 *       then the body: contiguous and in order, so that equal notifications have equal bytes.
 *
 * `$type` is an ordinary string entry set by the publisher; other names that begin with '$' are
 * refused in entries.  `$origin`, `$publisher`, `$ts`, `$id` are read from the header. */
#ifndef WEIR_NOTIFICATION_H
#define WEIR_NOTIFICATION_H

#include <weir/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A view of validated bytes, which it borrows.  Plain data: copy it freely. */
struct weir_notification {
    const uint8_t *bytes;
    uint32_t size;
    uint16_t attr_count;
};

struct weir_attr {
    struct weir_str name;
    struct weir_value value;
};

/* What went wrong with an attribute or an encoding, for a person; static storage. */
struct weir_notification_problem {
    const char *text;     /* e.g. "duplicate attribute name" */
    struct weir_str name; /* the attribute concerned, or empty; borrowed from the caller's input */
};

/* ---- building: by the publisher */

/* Encodes `count` attributes (in any order) and a body into *out, which the caller releases with
 * `alloc`.  Refuses duplicate, empty or over-long names, names that are no text, names beginning
 * with '$' other than `$type` (which must be a string), values that weir_value_check refuses, more
 * than WEIR_ATTRS_MAX attributes and encodings above WEIR_NOTIFICATION_SIZE_MAX (to which stamps
 * do not count).  `problem` may be NULL.  O(n log n) comparisons. */
WEIR_API WEIR_MUST_USE enum weir_err
weir_notification_encode(uint8_t **out, size_t *size, const struct weir_attr *attrs, size_t count,
                         struct weir_str body, struct weir_notification_problem *problem,
                         const struct weir_alloc *alloc);

/* ---- reading */

/* Validates untrusted bytes: the one place where they are decoded.  `size` must be the exact size
 * of the encoding.  WEIR_EMALFORMED, WEIR_EVERSION or WEIR_ELIMIT; `problem` may be NULL.  Linear
 * in the size; allocates nothing. */
WEIR_API WEIR_MUST_USE enum weir_err
weir_notification_open(struct weir_notification *out, const uint8_t *bytes, size_t size,
                       struct weir_notification_problem *problem);

/* A view of bytes that weir_notification_open or _encode or _stamp has vouched for. */
WEIR_API struct weir_notification weir_notification_view(const uint8_t *bytes, size_t size);

/* The index-th attribute in order of names, $-attributes of the header aside. O(1). */
WEIR_API struct weir_attr weir_notification_attr(const struct weir_notification *n, size_t index);
/* Finds an attribute by name, header attributes ("$ts", ...) included; false if absent.
 * O(log n). */
WEIR_API bool weir_notification_find(const struct weir_notification *n, struct weir_str name,
                                     struct weir_value *value);
WEIR_API struct weir_str weir_notification_body(const struct weir_notification *n);

/* The attributes that only a border broker sets, in the order of their names. */
enum weir_stamp { WEIR_STAMP_ID, WEIR_STAMP_ORIGIN, WEIR_STAMP_PUBLISHER, WEIR_STAMP_TS };
#define WEIR_STAMP_COUNT 4
/* "$id", "$origin", "$publisher", "$ts"; static storage. */
WEIR_API struct weir_str weir_stamp_name(enum weir_stamp stamp);
/* False while absent. O(1). */
WEIR_API bool weir_notification_stamp_get(const struct weir_notification *n, enum weir_stamp stamp,
                                          struct weir_value *value);

/* ---- stamping: by the border broker */

struct weir_stamps {
    struct weir_str id;        /* not empty; begins with the origin's name */
    size_t origin_len;         /* at most WEIR_BROKER_NAME_MAX, 1 or more, <= id.len */
    struct weir_str publisher; /* may be empty: then `$publisher` is absent */
    int64_t ts_ns;
};

/* Bytes that weir_notification_stamp will write. */
WEIR_API size_t weir_notification_stamped_size(const struct weir_notification *n,
                                               const struct weir_stamps *stamps);
/* Writes the stamped encoding of an unstamped notification to `out`, which has room for the above.
 * Lengths are the caller's to check (id and publisher at most 255).  Result is canonical. */
WEIR_API void weir_notification_stamp(uint8_t *out, const struct weir_notification *n,
                                      const struct weir_stamps *stamps);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_NOTIFICATION_H */
