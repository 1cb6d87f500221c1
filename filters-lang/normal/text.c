/* text.c - prefixes as intervals.
 *
 * Well-formed UTF-8 sorts bytewise as its code points do, so the strings with prefix p are those
 * from p up to p with its last code point replaced by the one that follows it.  A last code point
 * U+10FFFF has no follower and is taken off. */
#include "text.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include <weir/find.h>
#include <weir/limits.h>

#define CODE_POINT_MAX 0x10ffffu
#define ENCODED_MAX 4
/* A table of skips costs more than it saves on shorter subjects, or for shorter parts. */
#define SUBJECT_WORTH 256
#define PART_WORTH 4
#define BYTES_PER_STEP 16u /* of those that are compared or passed over together */
#define FIRST_STEPS 5u     /* to find a first byte */
#define SKIP_STEPS 3u      /* to skip */
#define SKIPS_MAX(len) (SKIP_STEPS * ((len) / 2)) /* steps for those in a subject */

static enum weir_truth find_by_first(struct weir_str s, struct weir_str part, uint64_t *steps);
static enum weir_truth find_by_skips(struct weir_str s, struct weir_str part, uint64_t *steps);
static enum weir_truth find_in_order(struct weir_str s, struct weir_str part, uint64_t *steps);
static void spend(uint64_t *steps, uint64_t cost);
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
    uint64_t any = UINT64_MAX;

    return weiri_text_find(s, part, &any) == WEIR_TRUE;
}

enum weir_truth weiri_text_find(struct weir_str s, struct weir_str part, uint64_t *steps)
{
    if (part.len == 0)
        return WEIR_TRUE;
    if (s.len < part.len)
        return WEIR_FALSE;
    return part.len < PART_WORTH || s.len < SUBJECT_WORTH ? find_by_first(s, part, steps)
                                                          : find_by_skips(s, part, steps);
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

/* Linear, too, for one of both is short. */
static enum weir_truth find_by_first(struct weir_str s, struct weir_str part, uint64_t *steps)
{
    const char *at = s.ptr, *last = s.ptr + (s.len - part.len), *next;

    while (at <= last && *steps != 0) {
        next = memchr(at, part.ptr[0], (size_t)(last - at) + 1);
        spend(steps, FIRST_STEPS + (size_t)((next != NULL ? next : last) - at) / BYTES_PER_STEP);
        if (next == NULL)
            return WEIR_FALSE;
        spend(steps, part.len / BYTES_PER_STEP);
        if (memcmp(next, part.ptr, part.len) == 0)
            return WEIR_TRUE;
        at = next + 1;
    }
    return *steps == 0 ? WEIR_UNKNOWN : WEIR_FALSE;
}

/* Horspool's search, sublinear as a rule; where it is not, after a skip for every other byte, the
 * one that is linear always. */
static enum weir_truth find_by_skips(struct weir_str s, struct weir_str part, uint64_t *steps)
{
    size_t skip[UCHAR_MAX + 1];
    const uint64_t enough = *steps > SKIPS_MAX(s.len) ? *steps - SKIPS_MAX(s.len) : 0;
    const char final = part.ptr[part.len - 1];
    size_t at = 0;

    for (size_t i = 0; i <= UCHAR_MAX; i++)
        skip[i] = part.len;
    for (size_t i = 0; i + 1 < part.len; i++)
        skip[(unsigned char)part.ptr[i]] = part.len - 1 - i;
    spend(steps, (sizeof skip / sizeof skip[0] + part.len) / BYTES_PER_STEP);
    while (at <= s.len - part.len && *steps > enough) {
        const char byte = s.ptr[at + part.len - 1];

        spend(steps, SKIP_STEPS + (byte == final ? part.len / BYTES_PER_STEP : 0));
        if (byte == final && memcmp(s.ptr + at, part.ptr, part.len) == 0)
            return WEIR_TRUE;
        at += skip[(unsigned char)byte];
    }
    if (at > s.len - part.len)
        return WEIR_FALSE;
    return find_in_order((struct weir_str){s.ptr + at, s.len - at}, part, steps);
}

static enum weir_truth find_in_order(struct weir_str s, struct weir_str part, uint64_t *steps)
{
    uint16_t back[WEIR_FILTER_TEXT_MAX];

    assert(part.len <= WEIR_FILTER_TEXT_MAX);
    spend(steps, part.len);
    if (*steps == 0)
        return WEIR_UNKNOWN;
    weiri_find_prepare(back, part);
    if (weiri_find(s, part, back, steps))
        return WEIR_TRUE;
    return *steps == 0 ? WEIR_UNKNOWN : WEIR_FALSE;
}

static void spend(uint64_t *steps, uint64_t cost)
{
    *steps = cost < *steps ? *steps - cost : 0;
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
