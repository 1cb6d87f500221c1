/* pattern.c - literal parts of patterns. */
#include "pattern.h"

#include <string.h>

#include "text.h"

bool weiri_like_read(struct weiri_like *like, struct weir_str pattern, uint32_t escape,
                     struct weiri_pool *pool)
{
    char *text = weiri_pool_take(pool, pattern.len, 1), *run = text;
    struct weir_str *inner = weiri_pool_take(pool, pattern.len, sizeof *inner);
    bool wildcard = false;
    size_t at = 0;

    if (text == NULL || inner == NULL)
        return false;
    *like = (struct weiri_like){.inner = inner};
    while (at < pattern.len) {
        size_t len = weiri_text_step(pattern, at);

        if (escape != 0 && weiri_text_decode((struct weir_str){pattern.ptr + at, len}) == escape &&
            at + len < pattern.len) {
            at += len;
            len = weiri_text_step(pattern, at);
        } else if (pattern.ptr[at] == '%' || pattern.ptr[at] == '_') {
            struct weir_str literal = {run, (size_t)(text - run)};

            if (!wildcard)
                like->first = literal;
            else if (literal.len > 0)
                inner[like->inner_count++] = literal;
            wildcard = true;
            run = text;
            at++;
            continue;
        }
        memcpy(text, pattern.ptr + at, len);
        text += len;
        at += len;
    }
    like->last = (struct weir_str){run, (size_t)(text - run)};
    return true;
}

/* Conservative: an alternative anywhere, or anything but plain characters, ends the search. */
size_t weiri_regex_prefix(char *out, struct weir_str pattern)
{
    size_t at = 1, size = 0, last = 0;

    if (pattern.len == 0 || pattern.ptr[0] != '^' || memchr(pattern.ptr, '|', pattern.len) != NULL)
        return 0;
    while (at < pattern.len) {
        char c = pattern.ptr[at];
        size_t len;

        if (c == '*' || c == '?' || c == '{')
            return last;
        if (memchr(".^$+()[", c, 7) != NULL)
            return size;
        if (c == '\\') {
            if (at + 1 == pattern.len ||
                memchr(".^$*+?()[]{}\\/-", pattern.ptr[at + 1], 15) == NULL)
                return size;
            at++;
        }
        len = weiri_text_step(pattern, at);
        last = size;
        memcpy(out + size, pattern.ptr + at, len);
        size += len;
        at += len;
    }
    return size;
}
