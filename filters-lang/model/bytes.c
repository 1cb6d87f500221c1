/* bytes.c - the growing byte buffer and the bounds-checked reader. */
#include <weir/alloc.h>
#include <weir/bytes.h>

#include <assert.h>
#include <string.h>

static_assert(sizeof(double) == sizeof(uint64_t), "doubles are IEEE 754 binary64");

int64_t weiri_int64_of_bits(uint64_t bits)
{
    int64_t value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

uint64_t weiri_bits_of_double(double real)
{
    uint64_t bits;

    memcpy(&bits, &real, sizeof bits);
    return bits;
}

double weiri_double_of_bits(uint64_t bits)
{
    double real;

    memcpy(&real, &bits, sizeof real);
    return real;
}

void weiri_buf_init(struct weiri_buf *b, size_t size_max, const struct weir_alloc *alloc)
{
    *b = (struct weiri_buf){.size_max = size_max, .alloc = alloc};
}

void weiri_buf_fini(struct weiri_buf *b)
{
    weiri_release(b->alloc, b->bytes);
    b->bytes = NULL;
}

void weiri_buf_reset(struct weiri_buf *b)
{
    b->size = 0;
    b->err = WEIR_OK;
}

void weiri_buf_truncate(struct weiri_buf *b, size_t size)
{
    assert(size <= b->size);
    b->size = size;
}

uint8_t *weiri_buf_extend(struct weiri_buf *b, size_t size)
{
    uint8_t *grown;
    uint8_t *room;

    if (b->err != WEIR_OK)
        return NULL;
    if (size > b->size_max - b->size) {
        b->err = WEIR_ELIMIT;
        return NULL;
    }
    grown = weiri_array_grow(b->alloc, b->bytes, &b->capacity, b->size + size, 1);
    if (grown == NULL) {
        b->err = WEIR_ENOMEM;
        return NULL;
    }
    b->bytes = grown;
    room = b->bytes + b->size;
    b->size += size;
    return room;
}

void weiri_buf_put_u8(struct weiri_buf *b, uint8_t v)
{
    uint8_t *room = weiri_buf_extend(b, 1);

    if (room != NULL)
        *room = v;
}

void weiri_buf_put_u16(struct weiri_buf *b, uint16_t v)
{
    uint8_t *room = weiri_buf_extend(b, 2);

    if (room != NULL)
        weiri_store_u16(room, v);
}

void weiri_buf_put_u32(struct weiri_buf *b, uint32_t v)
{
    uint8_t *room = weiri_buf_extend(b, 4);

    if (room != NULL)
        weiri_store_u32(room, v);
}

void weiri_buf_put_u64(struct weiri_buf *b, uint64_t v)
{
    uint8_t *room = weiri_buf_extend(b, 8);

    if (room != NULL)
        weiri_store_u64(room, v);
}

void weiri_buf_put(struct weiri_buf *b, struct weir_str bytes)
{
    uint8_t *room = weiri_buf_extend(b, bytes.len);

    if (room != NULL && bytes.len > 0)
        memcpy(room, bytes.ptr, bytes.len);
}

struct weir_str weiri_buf_str(const struct weiri_buf *b)
{
    return (struct weir_str){(const char *)b->bytes, b->size};
}

uint8_t *weiri_buf_take(struct weiri_buf *b, size_t *size)
{
    uint8_t *bytes = b->bytes;

    assert(b->err == WEIR_OK);
    *size = b->size;
    weiri_buf_init(b, b->size_max, b->alloc);
    return bytes;
}

void weiri_reader_init(struct weiri_reader *r, const uint8_t *bytes, size_t size)
{
    *r = (struct weiri_reader){.next = bytes, .end = size == 0 ? bytes : bytes + size};
}

size_t weiri_reader_left(const struct weiri_reader *r)
{
    return r->next == r->end ? 0 : (size_t)(r->end - r->next);
}

bool weiri_reader_done(const struct weiri_reader *r)
{
    return !r->failed && r->next == r->end;
}

void weiri_reader_fail(struct weiri_reader *r)
{
    r->failed = true;
    r->next = r->end;
}

uint8_t weiri_reader_u8(struct weiri_reader *r)
{
    struct weir_str s = weiri_reader_bytes(r, 1);

    return s.len == 0 ? 0 : (uint8_t)s.ptr[0];
}

uint16_t weiri_reader_u16(struct weiri_reader *r)
{
    struct weir_str s = weiri_reader_bytes(r, 2);

    return s.len == 0 ? 0 : weiri_load_u16((const uint8_t *)s.ptr);
}

uint32_t weiri_reader_u32(struct weiri_reader *r)
{
    struct weir_str s = weiri_reader_bytes(r, 4);

    return s.len == 0 ? 0 : weiri_load_u32((const uint8_t *)s.ptr);
}

uint64_t weiri_reader_u64(struct weiri_reader *r)
{
    struct weir_str s = weiri_reader_bytes(r, 8);

    return s.len == 0 ? 0 : weiri_load_u64((const uint8_t *)s.ptr);
}

struct weir_str weiri_reader_bytes(struct weiri_reader *r, size_t size)
{
    struct weir_str bytes = {(const char *)r->next, size};

    if (size > weiri_reader_left(r)) {
        weiri_reader_fail(r);
        return (struct weir_str){NULL, 0};
    }
    if (size > 0)
        r->next += size;
    return bytes;
}
