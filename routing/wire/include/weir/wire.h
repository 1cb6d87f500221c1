/* wire.h - the codec of frames: peeking, decoding, encoding.
 *
 * The one place where bytes of a peer become frames.  Pure; decoding never allocates. */
#ifndef WEIR_WIRE_H
#define WEIR_WIRE_H

#include <weir/frame.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weiri_buf; /* a growable byte buffer, <weir/bytes.h> */

/* How much of `bytes` the first frame takes: sets *size to its size once the header is there and
 * to 0 before.  WEIR_ELIMIT above `frame_max`, WEIR_EMALFORMED for an impossible header. */
WEIR_API WEIR_MUST_USE enum weir_err weir_frame_peek(size_t *size, const uint8_t *bytes,
                                                     size_t count, size_t frame_max);
/* Decodes exactly one frame; the result borrows `bytes`.  A notification payload is checked by
 * weir_notification_open where it is used.  WEIR_EMALFORMED for anything a sender may not write,
 * WEIR_ELIMIT for a name or a list above its limit. */
WEIR_API WEIR_MUST_USE enum weir_err weir_frame_decode(struct weir_frame *frame,
                                                       const uint8_t *bytes, size_t size);
/* Appends the encoding to `out`.  WEIR_ENOMEM, or WEIR_ELIMIT above WEIR_FRAME_SIZE_MAX; `out` is
 * then unchanged. */
WEIR_API WEIR_MUST_USE enum weir_err weir_frame_encode(struct weiri_buf *out,
                                                       const struct weir_frame *frame);
/* The same without the payload's bytes, which the caller sends right behind: `size` counts them. */
WEIR_API WEIR_MUST_USE enum weir_err weir_frame_encode_head(struct weiri_buf *out,
                                                            const struct weir_frame *frame);

/* Items of the lists above; index < count. */
WEIR_API struct weir_neighbour weir_lsa_neighbour(const struct weir_lsa *lsa, uint32_t index);
WEIR_API uint64_t weir_promised_seq(const struct weir_promised *promised, uint32_t index);
WEIR_API uint32_t weir_deliver_id(const struct weir_deliver *deliver, uint32_t index);
/* And how they are written, into `out` of the item's size (20, 8 and 4 bytes). */
#define WEIR_NEIGHBOUR_SIZE 21
WEIR_API void weir_neighbour_write(uint8_t *out, const struct weir_neighbour *neighbour);
WEIR_API void weir_u64_write(uint8_t *out, uint64_t value);
WEIR_API void weir_u32_write(uint8_t *out, uint32_t value);

/* "SUB"; static storage; "?" for an unknown number. */
WEIR_API const char *weir_frame_type_text(unsigned type);
/* CONTROL for HELLO to CREDIT and all client requests and acknowledgements but UNSUBACK; DATA for
 * what must not be overtaken: DATA, UNADV, GAP, PUBLISH, DELIVER, NOTICE, UNSUBACK. */
WEIR_API enum weir_lane weir_frame_lane(enum weir_frame_type type);
/* Whether a peer in this role may send this type to a broker. */
WEIR_API bool weir_frame_allowed(enum weir_frame_type type, enum weir_role from);

/* A broker's id: XXH3 of its name; never 0. */
WEIR_API uint64_t weir_broker_id(struct weir_str name);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_WIRE_H */
