/* locate.c - from a JSON pointer to the place in the text that it means.
 *
 * Jansson keeps no positions.  The text has been parsed, so this walks valid JSON: it needs no
 * stack and no checks of form, only the bound of the text, which it keeps whatever the text is. */
#include <weir/locate.h>

#include <string.h>

struct cursor {
    struct weir_str text;
    size_t at;
};

static bool enter_member(struct cursor *c, const char *key, size_t key_len);
static bool read_index(const char *key, size_t key_len, size_t *index);
static bool enter_item(struct cursor *c, size_t index);
static bool key_equals(struct weir_str raw, const char *key, size_t key_len);
static void skip_value(struct cursor *c);
static struct weir_str skip_string(struct cursor *c);
static void skip_blanks(struct cursor *c);
static char peek(const struct cursor *c);

struct weir_place weir_json_locate(struct weir_str text, const char *pointer)
{
    struct cursor c = {text, 0};
    skip_blanks(&c);
    while (*pointer == '/') {
        const char *key = pointer + 1;
        size_t len = strcspn(key, "/");
        size_t index;
        bool found = false;
        if (peek(&c) == '{')
            found = enter_member(&c, key, len);
        else if (peek(&c) == '[')
            found = read_index(key, len, &index) && enter_item(&c, index);
        if (!found)
            break;
        pointer = key + len;
    }
    return weir_diag_place(text, (uint32_t)c.at);
}

static bool enter_member(struct cursor *c, const char *key, size_t key_len)
{
    struct cursor inner = *c;
    inner.at++;
    for (;;) {
        skip_blanks(&inner);
        if (peek(&inner) != '"')
            return false;
        struct weir_str raw = skip_string(&inner);
        skip_blanks(&inner);
        inner.at++; /* the colon */
        skip_blanks(&inner);
        if (key_equals(raw, key, key_len)) {
            *c = inner;
            return true;
        }
        skip_value(&inner);
        skip_blanks(&inner);
        inner.at++; /* the comma */
    }
}

/* Digits without a leading zero (RFC 6901, section 4), of an array that could be in memory. */
static bool read_index(const char *key, size_t key_len, size_t *index)
{
    if (key_len == 0 || (key_len > 1 && key[0] == '0') || strspn(key, "0123456789") != key_len)
        return false;
    *index = 0;
    for (size_t i = 0; i < key_len; i++) {
        if (*index > SIZE_MAX / 20)
            return false;
        *index = *index * 10 + (size_t)(key[i] - '0');
    }
    return true;
}

static bool enter_item(struct cursor *c, size_t index)
{
    struct cursor inner = *c;
    inner.at++;
    for (size_t i = 0;; i++) {
        skip_blanks(&inner);
        if (peek(&inner) == ']' || peek(&inner) == '\0')
            return false;
        if (i == index) {
            *c = inner;
            return true;
        }
        skip_value(&inner);
        skip_blanks(&inner);
        if (peek(&inner) == ',')
            inner.at++;
    }
}

/* Compares a key of the text with one of a pointer, where '~' and '/' are "~0" and "~1".  A key
 * written with backslashes is not recognised; its object is then the place. */
static bool key_equals(struct weir_str raw, const char *key, size_t key_len)
{
    size_t r = 0;
    for (size_t k = 0; k < key_len; k++, r++) {
        char expected = key[k];
        if (expected == '~' && k + 1 < key_len)
            expected = key[++k] == '1' ? '/' : '~';
        if (r >= raw.len || raw.ptr[r] != expected)
            return false;
    }
    return r == raw.len;
}

static void skip_value(struct cursor *c)
{
    size_t depth = 0;
    do {
        skip_blanks(c);
        char ch = peek(c);
        if (ch == '"') {
            skip_string(c);
            continue;
        }
        if (ch == '{' || ch == '[') {
            depth++;
        } else if (ch == '}' || ch == ']') {
            depth--;
        } else if (ch != ',' && ch != ':') {
            while (c->at < c->text.len && !memchr(",:]}[{ \t\r\n", c->text.ptr[c->at], 10))
                c->at++;
            continue;
        }
        c->at++;
    } while (depth > 0 && c->at < c->text.len);
}

static struct weir_str skip_string(struct cursor *c)
{
    size_t start = ++c->at;
    while (peek(c) != '"' && c->at < c->text.len)
        c->at += peek(c) == '\\' ? 2 : 1;
    if (c->at > c->text.len)
        c->at = c->text.len;
    struct weir_str inside = {c->text.ptr + start, c->at - start};
    c->at += peek(c) == '"';
    return inside;
}

static void skip_blanks(struct cursor *c)
{
    while (c->at < c->text.len && memchr(" \t\r\n", c->text.ptr[c->at], 4))
        c->at++;
}

static char peek(const struct cursor *c)
{
    return c->at < c->text.len ? c->text.ptr[c->at] : '\0';
}
