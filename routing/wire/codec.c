/* codec.c - frames to bytes and back, by the lists of fields in layout.c. */
#include "internal.h"

#include <weir/bytes.h>
#include <weir/wire.h>

#include <assert.h>
#include <string.h>

enum { SIZE_AT = 0, TYPE_AT = 4, ZERO_AT = 5 };

static enum weir_err check_header(const uint8_t *bytes, size_t size);
static void read_field(struct weiri_reader *r, struct weir_frame *frame, const struct field *field);
static bool may_be_longer(const struct weir_frame *frame);
static enum weir_err encode(struct weiri_buf *out, const struct weir_frame *frame,
                            bool with_payload);
static size_t field_size(const struct weir_frame *frame, const struct field *field);
static uint8_t *write_field(uint8_t *out, const struct weir_frame *frame,
                            const struct field *field);
static uint8_t *write_bytes(uint8_t *out, const void *bytes, size_t size);
static const void *member(const struct weir_frame *frame, size_t offset);

enum weir_err weir_frame_peek(size_t *size, const uint8_t *bytes, size_t count, size_t frame_max)
{
    size_t claimed;

    if (count < WEIR_FRAME_HEADER_SIZE) {
        *size = 0;
        return WEIR_OK;
    }
    claimed = weiri_load_u32(bytes + SIZE_AT);
    if (claimed > frame_max)
        return WEIR_ELIMIT;
    if (check_header(bytes, claimed) != WEIR_OK)
        return WEIR_EMALFORMED;
    *size = claimed;
    return WEIR_OK;
}

enum weir_err weir_frame_decode(struct weir_frame *frame, const uint8_t *bytes, size_t size)
{
    struct weir_frame decoded;
    struct weiri_reader r;
    enum weir_err err;

    if (size < WEIR_FRAME_HEADER_SIZE || check_header(bytes, size) != WEIR_OK)
        return WEIR_EMALFORMED;
    memset(&decoded, 0, sizeof decoded);
    decoded.type = (enum weir_frame_type)bytes[TYPE_AT];
    weiri_reader_init(&r, bytes + WEIR_FRAME_HEADER_SIZE, size - WEIR_FRAME_HEADER_SIZE);
    for (const struct field *f = weiri_frame_fields(decoded.type); f->kind != FIELD_END; f++)
        read_field(&r, &decoded, f);
    if (r.failed || (weiri_reader_left(&r) > 0 && !may_be_longer(&decoded)))
        return WEIR_EMALFORMED;
    err = weiri_frame_check(&decoded);
    if (err != WEIR_OK)
        return err;
    *frame = decoded;
    return WEIR_OK;
}

enum weir_err weir_frame_encode(struct weiri_buf *out, const struct weir_frame *frame)
{
    return encode(out, frame, true);
}

enum weir_err weir_frame_encode_head(struct weiri_buf *out, const struct weir_frame *frame)
{
    return encode(out, frame, false);
}

static enum weir_err check_header(const uint8_t *bytes, size_t size)
{
    static const uint8_t zeros[WEIR_FRAME_HEADER_SIZE - ZERO_AT];

    if (size < WEIR_FRAME_HEADER_SIZE || weiri_load_u32(bytes + SIZE_AT) != size)
        return WEIR_EMALFORMED;
    if (memcmp(bytes + ZERO_AT, zeros, sizeof zeros) != 0)
        return WEIR_EMALFORMED;
    return weiri_frame_fields(bytes[TYPE_AT]) == NULL ? WEIR_EMALFORMED : WEIR_OK;
}

static void read_field(struct weiri_reader *r, struct weir_frame *frame, const struct field *field)
{
    char *to = (char *)frame + field->offset;
    struct weir_str bytes;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;

    switch ((enum field_kind)field->kind) {
    case FIELD_U8:
        u8 = weiri_reader_u8(r);
        memcpy(to, &u8, sizeof u8);
        break;
    case FIELD_U16:
        u16 = weiri_reader_u16(r);
        memcpy(to, &u16, sizeof u16);
        break;
    case FIELD_U32:
        u32 = weiri_reader_u32(r);
        memcpy(to, &u32, sizeof u32);
        break;
    case FIELD_U64:
        u64 = weiri_reader_u64(r);
        memcpy(to, &u64, sizeof u64);
        break;
    case FIELD_STRING:
        bytes = weiri_reader_bytes(r, weiri_reader_u32(r));
        memcpy(to, &bytes, sizeof bytes);
        break;
    case FIELD_LIST:
        u32 = weiri_reader_u32(r);
        bytes = weiri_reader_bytes(r, (size_t)u32 * field->item_size);
        memcpy((char *)frame + field->count_offset, &u32, sizeof u32);
        memcpy(to, &bytes.ptr, sizeof bytes.ptr);
        break;
    case FIELD_PAYLOAD:
        bytes = weiri_reader_bytes(r, weiri_reader_left(r));
        memcpy(to, &bytes, sizeof bytes);
        break;
    case FIELD_END: break;
    }
}

/* A HELLO that offers later versions too may carry fields that this one does not know. */
static bool may_be_longer(const struct weir_frame *frame)
{
    return frame->type == WEIR_FRAME_HELLO && frame->u.hello.version_max > WEIR_PROTOCOL_VERSION;
}

static enum weir_err encode(struct weiri_buf *out, const struct weir_frame *frame,
                            bool with_payload)
{
    const struct field *fields = weiri_frame_fields(frame->type);
    size_t size = WEIR_FRAME_HEADER_SIZE;
    size_t written = WEIR_FRAME_HEADER_SIZE;
    uint8_t *to;
    enum weir_err err;

    assert(fields != NULL);

    for (const struct field *f = fields; f->kind != FIELD_END; f++) {
        size += field_size(frame, f);
        if (with_payload || f->kind != FIELD_PAYLOAD)
            written += field_size(frame, f);
    }
    if (size > WEIR_FRAME_SIZE_MAX)
        return WEIR_ELIMIT;
    to = weiri_buf_extend(out, written);
    if (to == NULL) {
        err = out->err;
        out->err = WEIR_OK; /* whoever encodes frames learns of failures here, one by one */
        return err;
    }
    memset(to, 0, WEIR_FRAME_HEADER_SIZE);
    weiri_store_u32(to + SIZE_AT, (uint32_t)size);
    to[TYPE_AT] = (uint8_t)frame->type;
    to += WEIR_FRAME_HEADER_SIZE;
    for (const struct field *f = fields; f->kind != FIELD_END; f++) {
        if (with_payload || f->kind != FIELD_PAYLOAD)
            to = write_field(to, frame, f);
    }
    assert(to == out->bytes + out->size);
    return WEIR_OK;
}

/* What is in memory has a size far below SIZE_MAX, and so has the sum of a few such things. */
static size_t field_size(const struct weir_frame *frame, const struct field *field)
{
    const struct weir_str *string = member(frame, field->offset);
    const uint32_t *count = member(frame, field->count_offset);

    switch ((enum field_kind)field->kind) {
    case FIELD_U8: return 1;
    case FIELD_U16: return 2;
    case FIELD_U32: return 4;
    case FIELD_U64: return 8;
    case FIELD_STRING: return 4 + string->len;
    case FIELD_LIST: return 4 + (size_t)*count * field->item_size;
    case FIELD_PAYLOAD: return string->len;
    case FIELD_END: break;
    }
    return 0;
}

static uint8_t *write_field(uint8_t *out, const struct weir_frame *frame, const struct field *field)
{
    const void *from = member(frame, field->offset);
    const struct weir_str *string = from;
    const uint32_t *count = member(frame, field->count_offset);

    switch ((enum field_kind)field->kind) {
    case FIELD_U8: *out = *(const uint8_t *)from; return out + 1;
    case FIELD_U16: weiri_store_u16(out, *(const uint16_t *)from); return out + 2;
    case FIELD_U32: weiri_store_u32(out, *(const uint32_t *)from); return out + 4;
    case FIELD_U64: weiri_store_u64(out, *(const uint64_t *)from); return out + 8;
    case FIELD_STRING:
        weiri_store_u32(out, (uint32_t)string->len);
        return write_bytes(out + 4, string->ptr, string->len);
    case FIELD_LIST:
        weiri_store_u32(out, *count);
        return write_bytes(out + 4, *(const uint8_t *const *)from,
                           (size_t)*count * field->item_size);
    case FIELD_PAYLOAD: return write_bytes(out, string->ptr, string->len);
    case FIELD_END: break;
    }
    return out;
}

static uint8_t *write_bytes(uint8_t *out, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(out, bytes, size);
    return out + size;
}

static const void *member(const struct weir_frame *frame, size_t offset)
{
    return (const char *)frame + offset;
}
