/* locate.c - from a JSON pointer to the place in the text that it means.
 *
 * Jansson keeps no positions.  The text has been parsed, so this walks valid JSON only: it needs no
 * stack and no checks of form, only the bound of the text. */
#include <weir/locate.h>

#include <string.h>

struct cursor {
    struct weir_str text;
    size_t at;
};

static bool enter_member(struct cursor *c, const char *key, size_t key_len);
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
        size_t index = 0;
        for (size_t i = 0; i < len && key[i] >= '0' && key[i] <= '9'; i++)
            index = index * 10 + (size_t)(key[i] - '0');
        bool found =
            peek(&c) == '{' ? enter_member(&c, key, len) : peek(&c) == '[' && enter_item(&c, index);
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
            while (c->at < c->text.len && !memchr(",:]}[{ \t\r\n", c->text.ptr[c->at], 11))
                c->at++;
            continue;
        }
        c->at++;
    } while (depth > 0 && c->at < c->text.len);
}

static struct weir_str skip_string(struct cursor *c)
{
    size_t start = ++c->at;
    while (c->at < c->text.len && c->text.ptr[c->at] != '"')
        c->at += c->text.ptr[c->at] == '\\' ? 2 : 1;
    struct weir_str inside = {c->text.ptr + start, c->at - start};
    c->at++;
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
