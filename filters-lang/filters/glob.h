/* glob.h - LIKE and CONTAINS, in time linear in the subject whatever the pattern is.
 *
 * A pattern becomes a nondeterministic automaton of at most one state for each of its bytes, which
 * is run on bits, a word for 64 states (Baeza-Yates and Gonnet, "A new approach to text
 * searching", 1992; wild cards as in Navarro and Raffinot, "Flexible pattern matching in strings",
 * ch. 4). */
#ifndef WEIR_FILTERS_GLOB_H
#define WEIR_FILTERS_GLOB_H

#include "arena.h"

#include <weir/tree.h>

#define WEIRI_GLOB_ANY 0x110000u  /* one character */
#define WEIRI_GLOB_MANY 0x110001u /* any number of characters */

struct weir_glob;

/* Compiles bytes and the wild cards above, `count` of them; NULL without memory. */
struct weir_glob *weiri_glob_compile(struct weiri_arena *arena, const uint32_t *items,
                                     size_t count);
/* Finds a text anywhere, which it borrows from the arena. */
struct weir_glob *weiri_glob_find(struct weiri_arena *arena, struct weir_str text);
/* TRUE or FALSE, or UNKNOWN when *steps, which it lowers, do not suffice.  A step is about a
 * nanosecond: a word of states for one byte, or a byte held against one of a text.  The subject is
 * valid UTF-8. */
enum weir_truth weiri_glob_match(const struct weir_glob *glob, struct weir_str subject,
                                 uint64_t *steps);

#endif /* WEIR_FILTERS_GLOB_H */
