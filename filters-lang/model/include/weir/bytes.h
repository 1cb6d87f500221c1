/* bytes.h - little-endian integers, a growing byte buffer and a bounds-checked reader, for the
 * encoders and decoders of this tree; not installed.
 *
 * Both the buffer and the reader remember their first failure and ignore all that follows it, so
 * a codec is a straight list of fields with one check at its end. */
#ifndef WEIR_BYTES_H
#define WEIR_BYTES_H

#include <weir/base.h>

static inline uint16_t weiri_load_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t weiri_load_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t weiri_load_u64(const uint8_t *p)
{
    return (uint64_t)weiri_load_u32(p) | (uint64_t)weiri_load_u32(p + 4) << 32;
}

static inline void weiri_store_u16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void weiri_store_u32(uint8_t *p, uint32_t v)
{
    weiri_store_u16(p, (uint16_t)v);
    weiri_store_u16(p + 2, (uint16_t)(v >> 16));
}

static inline void weiri_store_u64(uint8_t *p, uint64_t v)
{
    weiri_store_u32(p, (uint32_t)v);
    weiri_store_u32(p + 4, (uint32_t)(v >> 32));
}

/* A two's complement int64 in a uint64, and back, without implementation-defined conversions. */
int64_t weiri_int64_of_bits(uint64_t bits);
uint64_t weiri_bits_of_double(double real);
double weiri_double_of_bits(uint64_t bits);

/* ---- writing */

/* Fields are read-only outside; `bytes` moves whenever something is put. */
struct weiri_buf {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    size_t size_max;
    enum weir_err err; /* WEIR_OK, WEIR_ENOMEM, or WEIR_ELIMIT beyond size_max */
    const struct weir_alloc *alloc;
};

void weiri_buf_init(struct weiri_buf *b, size_t size_max, const struct weir_alloc *alloc);
void weiri_buf_fini(struct weiri_buf *b);
/* Empties the buffer and forgets its error; keeps the memory. */
void weiri_buf_reset(struct weiri_buf *b);
/* Takes back what was put after the first `size` bytes; an error stays. */
void weiri_buf_truncate(struct weiri_buf *b, size_t size);
/* Appends `size` bytes for the caller to fill in before the next call; NULL after a failure. */
uint8_t *weiri_buf_extend(struct weiri_buf *b, size_t size);
void weiri_buf_put_u8(struct weiri_buf *b, uint8_t v);
void weiri_buf_put_u16(struct weiri_buf *b, uint16_t v);
void weiri_buf_put_u32(struct weiri_buf *b, uint32_t v);
void weiri_buf_put_u64(struct weiri_buf *b, uint64_t v);
void weiri_buf_put(struct weiri_buf *b, struct weir_str bytes);
struct weir_str weiri_buf_str(const struct weiri_buf *b);
/* Gives the bytes to the caller, who releases them with the buffer's `alloc`; the buffer is empty
 * afterwards.  May be NULL when the size is 0.  Not after a failure. */
WEIR_MUST_USE uint8_t *weiri_buf_take(struct weiri_buf *b, size_t *size);

/* ---- reading */

/* Reads zeros and empty strings once `failed`. */
struct weiri_reader {
    const uint8_t *next;
    const uint8_t *end;
    bool failed;
};

void weiri_reader_init(struct weiri_reader *r, const uint8_t *bytes, size_t size);
size_t weiri_reader_left(const struct weiri_reader *r);
/* True when nothing has failed and nothing is left. */
bool weiri_reader_done(const struct weiri_reader *r);
/* For a value that was read but is not allowed. */
void weiri_reader_fail(struct weiri_reader *r);
uint8_t weiri_reader_u8(struct weiri_reader *r);
uint16_t weiri_reader_u16(struct weiri_reader *r);
uint32_t weiri_reader_u32(struct weiri_reader *r);
uint64_t weiri_reader_u64(struct weiri_reader *r);
/* The next `size` bytes, in place. */
struct weir_str weiri_reader_bytes(struct weiri_reader *r, size_t size);

#endif /* WEIR_BYTES_H */
