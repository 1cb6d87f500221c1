/* text.c - writing text into a buffer that may be too small. */
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
