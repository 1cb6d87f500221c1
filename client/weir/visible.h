/* visible.h - text of others as a terminal may be given it. */
#ifndef VISIBLE_H
#define VISIBLE_H

#include <stdio.h>
#include <weir/base.h>

/* The bytes at the front of `s` (at least 1) of a control character, C1 in UTF-8 included; 0 if
 * there is none. */
size_t visible_control(struct weir_str s);
/* Writes text, and control characters, which would play with the terminal, as \x1b; those among
 * `kept` as they are. */
void visible_write(FILE *out, struct weir_str s, const char *kept);

#endif /* VISIBLE_H */
