/* base.c - texts of errors, byte strings and the UTF-8 check. */
#include <weir/base.h>

#include <assert.h>
#include <string.h>

static size_t utf8_sequence_len(const unsigned char *s, size_t left);

const char *weir_err_text(enum weir_err err)
{
#define ERR_TEXT(name, text) \
    case name: return text;
    switch (err) {
    case WEIR_OK: return "no error"; WEIR_ERR_LIST(ERR_TEXT)
    }
#undef ERR_TEXT
    return "unknown error";
}

struct weir_str weir_str_of(const char *text)
{
    assert(text != NULL);
    return (struct weir_str){text, strlen(text)};
}

int weir_str_compare(struct weir_str a, struct weir_str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared == 0 ? 0 : memcmp(a.ptr, b.ptr, shared);

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool weir_str_equal(struct weir_str a, struct weir_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool weir_str_is_text(struct weir_str s)
{
    const unsigned char *bytes = (const unsigned char *)s.ptr;
    size_t i = 0;

    while (i < s.len) {
        size_t len = utf8_sequence_len(bytes + i, s.len - i);

        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

/* The length of the well-formed sequence at `s`, or 0.  The second byte's range depends on the
 * first (RFC 3629, section 4): that excludes overlong forms, surrogates and all above U+10FFFF. */
static size_t utf8_sequence_len(const unsigned char *s, size_t left)
{
    unsigned char lead = s[0];
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t len;

    if (lead < 0x80)
        return lead != 0;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    len = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    switch (lead) {
    case 0xE0: low = 0xA0; break;
    case 0xED: high = 0x9F; break;
    case 0xF0: low = 0x90; break;
    case 0xF4: high = 0x8F; break;
    default: break;
    }
    if (left < len || s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    }
    return len;
}
