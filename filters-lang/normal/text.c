/* text.c - prefixes as intervals.
 *
 * Well-formed UTF-8 sorts bytewise as its code points do, so the strings with prefix p are those
 * from p up to p with its last code point replaced by the one that follows it.  A last code point
 * U+10FFFF has no follower and is taken off. */
#include "text.h"

#include <assert.h>
#include <string.h>

#define CODE_POINT_MAX 0x10ffffu
#define ENCODED_MAX 4
#define SKIPS_WORTH 256 /* a table of skips costs more than it saves on shorter subjects */

static bool contains_short(struct weir_str s, struct weir_str part);
static bool contains_long(struct weir_str s, struct weir_str part);
static bool is_continuation(char byte);
static size_t encode(char *out, uint32_t code);
static size_t follower(char *encoded, size_t *kept, struct weir_str prefix);
static bool is_follower(struct weir_str s, struct weir_str prefix);

bool weiri_text_starts(struct weir_str s, struct weir_str prefix)
{
    return prefix.len == 0 || (s.len >= prefix.len && memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool weiri_text_ends(struct weir_str s, struct weir_str suffix)
{
    return suffix.len == 0 || (s.len >= suffix.len &&
                               memcmp(s.ptr + (s.len - suffix.len), suffix.ptr, suffix.len) == 0);
}

bool weiri_text_contains(struct weir_str s, struct weir_str part)
{
    if (part.len == 0)
        return true;
    if (s.len < part.len)
        return false;
    return part.len == 1 || s.len < SKIPS_WORTH ? contains_short(s, part) : contains_long(s, part);
}

size_t weiri_text_boundary(struct weir_str s, size_t at)
{
    while (at > 0 && at < s.len && is_continuation(s.ptr[at]))
        at--;
    return at;
}

size_t weiri_text_step(struct weir_str s, size_t at)
{
    size_t end = at + 1;

    while (end < s.len && is_continuation(s.ptr[end]))
        end++;
    return end - at;
}

uint32_t weiri_text_decode(struct weir_str s)
{
    uint32_t code = (unsigned char)s.ptr[0];

    if (s.len > 1)
        code &= 0xffu >> (s.len + 1);
    for (size_t i = 1; i < s.len; i++)
        code = code << 6 | ((unsigned char)s.ptr[i] & 0x3fu);
    return code;
}

bool weiri_text_prefix(struct weir_interval *out, struct weir_str prefix, struct weiri_pool *pool)
{
    char encoded[ENCODED_MAX], *text;
    size_t kept, len;

    out->low = (struct weir_end){true, true, weir_value_string(prefix)};
    out->high = (struct weir_end){.bounded = false};
    len = follower(encoded, &kept, prefix);
    if (len == 0)
        return true;
    text = weiri_pool_take(pool, kept + len, 1);
    if (text == NULL)
        return false;
    memcpy(text, prefix.ptr, kept);
    memcpy(text + kept, encoded, len);
    out->high.bounded = true;
    out->high.value = weir_value_string((struct weir_str){text, kept + len});
    return true;
}

/* A prefix that the high end begins with too is sure; one code point more is, if the high end is
 * just the follower of that. */
struct weir_str weiri_text_sure_prefix(const struct weir_interval *interval)
{
    struct weir_str low = interval->low.value.u.string, high, longer;
    size_t common = 0;

    if (!interval->high.bounded)
        return (struct weir_str){low.ptr, 0};
    high = interval->high.value.u.string;
    while (common < low.len && common < high.len && low.ptr[common] == high.ptr[common])
        common++;
    common = weiri_text_boundary(low, common);
    if (interval->high.closed || common == low.len)
        return (struct weir_str){low.ptr, common};
    longer = (struct weir_str){low.ptr, common + weiri_text_step(low, common)};
    if (is_follower(high, longer))
        return longer;
    return (struct weir_str){low.ptr, common};
}

bool weiri_text_is_prefix(const struct weir_interval *interval)
{
    const struct weir_end *low = &interval->low, *high = &interval->high;

    return low->closed && high->bounded && !high->closed &&
           is_follower(high->value.u.string, low->value.u.string);
}

static bool contains_short(struct weir_str s, struct weir_str part)
{
    const char *at = s.ptr, *last = s.ptr + (s.len - part.len);

    while ((at = memchr(at, part.ptr[0], (size_t)(last - at) + 1)) != NULL) {
        if (memcmp(at, part.ptr, part.len) == 0)
            return true;
        if (at++ == last)
            return false;
    }
    return false;
}

/* Horspool's search: sublinear as a rule. */
static bool contains_long(struct weir_str s, struct weir_str part)
{
    size_t skip[256];

    for (size_t i = 0; i < 256; i++)
        skip[i] = part.len;
    for (size_t i = 0; i + 1 < part.len; i++)
        skip[(unsigned char)part.ptr[i]] = part.len - 1 - i;
    for (size_t at = 0; at <= s.len - part.len;
         at += skip[(unsigned char)s.ptr[at + part.len - 1]]) {
        if (memcmp(s.ptr + at, part.ptr, part.len) == 0)
            return true;
    }
    return false;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0u) == 0x80u;
}

static size_t encode(char *out, uint32_t code)
{
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = len; i-- > 1; code >>= 6)
        out[i] = (char)(0x80u | (code & 0x3fu));
    out[0] = (char)(marks[len] | code);
    return len;
}

/* The text that follows all strings with the prefix is its first *kept bytes and then `encoded`,
 * whose length is returned; 0 if there is none. */
static size_t follower(char *encoded, size_t *kept, struct weir_str prefix)
{
    while (prefix.len > 0) {
        size_t last = weiri_text_boundary(prefix, prefix.len - 1);
        uint32_t code = weiri_text_decode((struct weir_str){prefix.ptr + last, prefix.len - last});

        if (code < CODE_POINT_MAX) {
            *kept = last;
            return encode(encoded, code == 0xd7ff ? 0xe000 : code + 1);
        }
        prefix.len = last;
    }
    *kept = 0;
    return 0;
}

static bool is_follower(struct weir_str s, struct weir_str prefix)
{
    char encoded[ENCODED_MAX];
    size_t kept, len = follower(encoded, &kept, prefix);

    return len > 0 && s.len == kept + len &&
           weiri_text_starts(s, (struct weir_str){prefix.ptr, kept}) &&
           memcmp(s.ptr + kept, encoded, len) == 0;
}
