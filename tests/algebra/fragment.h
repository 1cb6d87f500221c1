/* fragment.h - the constraints on which the algebra is complete, and the points that decide it.
 *
 * Constraints compare one attribute with constants of small domains: strings of up to four letters
 * a, b, c, integers and halves from 0 to 8, three timestamps, bools; by order, equality, sets,
 * ranges, prefixes and their negations; and ask for presence and types.
 *
 * "Over the rationals and unbounded byte strings" means for the points:
 *
 *   numbers   The constants cut the line into points and open gaps.  Quarters from -1/4 to 8 1/4
 *             put one number on each constant and one into each gap, below and above all included;
 *             any other rational in the gap meets the same constraints.  This holds for both types
 *             of numbers: the algebra takes ints as dense too, so there are points "1/4 as an int"
 *             that no notification can have.  They are marked as unreal: an inclusion that only
 *             they deny need not be found, but may be.
 *   strings   Constants are bytewise ordered texts; a prefix p is the interval from p to the text
 *             with the last letter of p raised, which may end in 'd'.  For each constant s there
 *             are s, the least and the greatest text that begin with it as far as any constant can
 *             tell (s with U+0001, s with U+10FFFF), the raised text and that with U+0001.  These
 *             lie in all gaps: below every longer constant in s is s+U+0001, above every
 *             one but below what follows is s+U+10FFFF.  U+0000 never occurs in values, so that
 * between 'a' and 'a'+U+0001 the algebra sees byte strings that no value is; no two constants here
 * are that close, so every gap has a real text and the two views agree. instants  The three are a
 * second apart, with one between each two and beyond both ends. others    Both bools, and the
 * attribute's absence. */
#ifndef TESTS_ALGEBRA_FRAGMENT_H
#define TESTS_ALGEBRA_FRAGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAGMENT_WORDS 16

/* A set of points: what one attribute may be. */
struct fragment_set {
    uint64_t words[FRAGMENT_WORDS];
};

/* Must be called first. */
void fragment_init(void);
size_t fragment_count(void);
/* The constraint as text of the filter language, about the attribute `name`; terminated. */
void fragment_print(char *out, size_t size, size_t index, const char *name);
const struct fragment_set *fragment_at(size_t index);

/* All points, those that are values or absence, and the absence alone. */
struct fragment_set fragment_all(void);
struct fragment_set fragment_real(void);
struct fragment_set fragment_absent(void);

struct fragment_set fragment_and(const struct fragment_set *a, const struct fragment_set *b);
struct fragment_set fragment_less(const struct fragment_set *a, const struct fragment_set *b);
bool fragment_is_empty(const struct fragment_set *set);

#endif /* TESTS_ALGEBRA_FRAGMENT_H */
