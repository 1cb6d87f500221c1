/* text.h - what domains need to know about strings. */
#ifndef WEIRI_TEXT_H
#define WEIRI_TEXT_H

#include "intervals.h"

bool weiri_text_starts(struct weir_str s, struct weir_str prefix);
/* Where the code point that contains byte `at` begins. */
size_t weiri_text_boundary(struct weir_str s, size_t at);

/* The length of the code point that begins at byte `at`. */
size_t weiri_text_step(struct weir_str s, size_t at);
/* The one code point that the text is. */
uint32_t weiri_text_decode(struct weir_str s);

/* The interval of all strings with the prefix: from it to the text that follows all of them.
 * False when memory has run out. */
bool weiri_text_prefix(struct weir_interval *out, struct weir_str prefix, struct weiri_pool *pool);
/* The longest text with which all strings of the interval begin, borrowed from its low end. */
struct weir_str weiri_text_sure_prefix(const struct weir_interval *interval);
/* The same, where the interval is all strings with that prefix. */
bool weiri_text_is_prefix(const struct weir_interval *interval);

#endif /* WEIRI_TEXT_H */
