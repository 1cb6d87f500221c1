/* width.h - how many columns of a terminal a character takes, independent of any locale. */
#ifndef WEIR_FILTERS_WIDTH_H
#define WEIR_FILTERS_WIDTH_H

#include <weir/base.h>

struct weiri_char {
    uint32_t code;
    uint32_t length; /* bytes, 1 or more */
    bool valid;      /* false: a byte that is no UTF-8 */
};

/* The character at `at`, which is before the end. */
struct weiri_char weiri_char_at(struct weir_str text, size_t at);
/* 0 for combining marks, 2 for wide characters of East Asia and emoji, otherwise 1. */
unsigned weiri_char_width(uint32_t code);

/* True for what is not to reach a terminal as it is: controls, marks that turn the direction of
 * what follows, and what nobody would see, but for joiners. */
bool weiri_char_is_control(uint32_t code);

#endif /* WEIR_FILTERS_WIDTH_H */
