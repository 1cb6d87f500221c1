/* visible.c - see visible.h. */
#include "visible.h"

#include <string.h>

size_t visible_control(struct weir_str s)
{
    unsigned char first = (unsigned char)s.ptr[0];
    unsigned char second = s.len > 1 ? (unsigned char)s.ptr[1] : 0;

    if (first < 0x20 || first == 0x7f)
        return 1;
    return first == 0xc2 && second >= 0x80 && second < 0xa0 ? 2 : 0;
}

void visible_write(FILE *out, struct weir_str s, const char *kept)
{
    while (s.len > 0) {
        size_t size = visible_control(s);

        if (size == 0 || (s.ptr[0] != '\0' && strchr(kept, s.ptr[0]) != NULL)) {
            size = 1;
            fputc(s.ptr[0], out);
        } else { /* the code point is in the last byte */
            fprintf(out, "\\x%02x", (unsigned)(unsigned char)s.ptr[size - 1]);
        }
        s.ptr += size;
        s.len -= size;
    }
}
