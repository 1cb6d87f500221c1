/* text.c - writing text into a buffer that may be too small. */
#include "width.h"

#include <weir/text.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct weiri_text weiri_text_begin(char *out, size_t size)
{
    assert(out != NULL || size == 0);
    return (struct weiri_text){out, size, 0};
}

void weiri_text_put(struct weiri_text *t, struct weir_str s)
{
    if (t->len < t->size) {
        size_t room = t->size - t->len;

        if (s.len != 0)
            memcpy(t->out + t->len, s.ptr, s.len < room ? s.len : room);
    }
    t->len += s.len;
}

void weiri_text_put_char(struct weiri_text *t, char c)
{
    if (t->len < t->size)
        t->out[t->len] = c;
    t->len++;
}

void weiri_text_fill(struct weiri_text *t, char c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        weiri_text_put_char(t, c);
}

void weiri_text_put_int(struct weiri_text *t, int64_t integer)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)integer);

    weiri_text_put(t, (struct weir_str){digits, (size_t)len});
}

void weiri_text_put_quoted(struct weiri_text *t, struct weir_str s, char quote)
{
    weiri_text_put_char(t, quote);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == quote)
            weiri_text_put_char(t, quote);
        weiri_text_put_char(t, s.ptr[i]);
    }
    weiri_text_put_char(t, quote);
}

void weiri_text_put_visible(struct weiri_text *t, struct weir_str s)
{
    struct weiri_char c;

    for (size_t at = 0; at < s.len; at += c.length) {
        c = weiri_char_at(s, at);
        if (c.valid && !weiri_char_is_control(c.code))
            weiri_text_put(t, (struct weir_str){s.ptr + at, c.length});
        else
            weiri_text_put_char(t, '?');
    }
}

void weiri_text_put_code(struct weiri_text *t, uint32_t code)
{
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    unsigned more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

    weiri_text_put_char(t, (char)(leads[more] | code >> 6 * more));
    while (more-- > 0)
        weiri_text_put_char(t, (char)(0x80u | (code >> 6 * more & 0x3fu)));
}

uint32_t weiri_text_only_code(struct weir_str s)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code;

    if (s.len == 0 || s.len > 4)
        return 0;
    code = (unsigned char)s.ptr[0] & masks[s.len];
    if (s.len == 1 && (unsigned char)s.ptr[0] >= 0x80)
        return 0;
    for (size_t i = 1; i < s.len; i++) {
        if (((unsigned char)s.ptr[i] & 0xc0u) != 0x80u)
            return 0;
        code = code << 6 | ((unsigned char)s.ptr[i] & 0x3fu);
    }
    return code;
}

size_t weiri_text_end(struct weiri_text *t)
{
    size_t end;

    if (t->size == 0)
        return t->len;
    end = t->len;
    if (end >= t->size) {
        end = t->size - 1;
        while (end > 0 && ((unsigned char)t->out[end] & 0xc0u) == 0x80u)
            end--;
    }
    t->out[end] = '\0';
    return t->len;
}
