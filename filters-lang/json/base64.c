/* base64.c - RFC 4648, section 4, with padding. */
#include "internal.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_of(char c)
{
    for (int i = 0; i < 64; i++) {
        if (alphabet[i] == c)
            return i;
    }
    return -1;
}

size_t weiri_base64_size(size_t text_len)
{
    return text_len / 4 * 3;
}

bool weiri_base64_decode(uint8_t *out, size_t *size, struct weir_str text)
{
    size_t len = text.len, written = 0;
    uint32_t bits = 0;
    unsigned held = 0;

    if (len % 4 != 0)
        return false;
    for (int i = 0; i < 2 && len != 0 && text.ptr[len - 1] == '='; i++)
        len--;
    for (size_t i = 0; i < len; i++) {
        int digit = digit_of(text.ptr[i]);

        if (digit < 0)
            return false;
        bits = (bits << 6 | (uint32_t)digit) & 0xffffffu;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[written++] = (uint8_t)(bits >> held);
        }
    }
    *size = written;
    return (bits & ((1u << held) - 1)) == 0; /* or two texts would mean the same bytes */
}

void weiri_base64_put(struct weiri_text *t, struct weir_str bytes)
{
    for (size_t at = 0; at < bytes.len; at += 3) {
        size_t count = bytes.len - at < 3 ? bytes.len - at : 3;
        uint32_t group = 0;

        for (size_t i = 0; i < 3; i++)
            group = group << 8 | (i < count ? (unsigned char)bytes.ptr[at + i] : 0u);
        for (size_t i = 0; i < 4; i++)
            weiri_text_put_char(t, i <= count ? alphabet[group >> (18 - 6 * i) & 63u] : '=');
    }
}
