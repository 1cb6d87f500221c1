/* text.h - writing text into a buffer that may be too small; not installed.
 *
 * The functions count what they are given and store what fits, as snprintf does. */
#ifndef WEIR_TEXT_H
#define WEIR_TEXT_H

#include <weir/base.h>

struct weiri_text {
    char *out;
    size_t size; /* of `out`, the terminating zero included */
    size_t len;  /* of the whole text so far, whether it fits or not */
};

/* `out` may be NULL when `size` is 0. */
struct weiri_text weiri_text_begin(char *out, size_t size);
void weiri_text_put(struct weiri_text *t, struct weir_str s);
void weiri_text_put_char(struct weiri_text *t, char c);
/* `count` times the same character. */
void weiri_text_fill(struct weiri_text *t, char c, size_t count);
void weiri_text_put_int(struct weiri_text *t, int64_t integer);
/* With `quote` on both sides and doubled inside. */
void weiri_text_put_quoted(struct weiri_text *t, struct weir_str s, char quote);
/* Text of a user for a person: what would move the cursor or colour the terminal, and what is no
 * UTF-8, is shown as '?'. */
void weiri_text_put_visible(struct weiri_text *t, struct weir_str s);
/* A code point as UTF-8. */
void weiri_text_put_code(struct weiri_text *t, uint32_t code);
/* The code point of a string of one character; 0 for any other. */
uint32_t weiri_text_only_code(struct weir_str s);
/* Terminates, never inside a UTF-8 sequence; returns the full length. */
size_t weiri_text_end(struct weiri_text *t);

#endif /* WEIR_TEXT_H */
