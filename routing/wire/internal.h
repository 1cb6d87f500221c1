/* internal.h - how the codec sees frames: as lists of fields.
 *
 * layout.c has the list of each type, in wire order; codec.c encodes and decodes by it; check.c
 * has what a list of fields cannot say. */
#ifndef WEIRI_WIRE_INTERNAL_H
#define WEIRI_WIRE_INTERNAL_H

#include <weir/frame.h>

enum field_kind {
    FIELD_END,
    FIELD_U8,
    FIELD_U16,
    FIELD_U32,
    FIELD_U64,
    FIELD_STRING,  /* u32 length and the bytes */
    FIELD_LIST,    /* u32 count and the items */
    FIELD_PAYLOAD, /* the rest of the frame; always the last field */
};

/* Offsets are into struct weir_frame. */
struct field {
    uint8_t kind;
    uint8_t item_size; /* of a list */
    uint16_t offset;
    uint16_t count_offset; /* of a list: its uint32_t count */
};

/* Ends with FIELD_END; NULL for an unknown type. */
const struct field *weiri_frame_fields(unsigned type);

/* WEIR_EMALFORMED or WEIR_ELIMIT for values that no sender may write. */
WEIR_MUST_USE enum weir_err weiri_frame_check(const struct weir_frame *frame);

#endif /* WEIRI_WIRE_INTERNAL_H */
