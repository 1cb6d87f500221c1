/* automaton.h - regular expressions that are regular, matched in one pass over the subject.
 *
 * Most patterns people write are of literals, classes, groups, alternatives, repeats, anchors and
 * word boundaries.  Whether such a pattern matches can be told without backtracking: by the set of
 * places in the pattern that have been reached, as bits, for each byte of the subject (V. M.
 * Glushkov, "The abstract theory of automata", 1961; G. Navarro and M. Raffinot, "Compact DFA
 * representation for fast regular expression search", 2001).  What goes beyond is for PCRE2, which
 * also says what is wrong with a pattern; tests hold both against each other. */
#ifndef WEIR_FILTERS_AUTOMATON_H
#define WEIR_FILTERS_AUTOMATON_H

#include <weir/tree.h>

struct weiri_automaton;

/* *out is NULL for a pattern that is none of these, or that would take more than `room` bytes.
 * WEIR_ENOMEM. */
WEIR_MUST_USE enum weir_err weiri_automaton_compile(struct weiri_automaton **out,
                                                    struct weir_str pattern, size_t room,
                                                    const struct weir_alloc *alloc);
void weiri_automaton_destroy(struct weiri_automaton *automaton, const struct weir_alloc *alloc);
size_t weiri_automaton_size(const struct weiri_automaton *automaton);

/* TRUE or FALSE, or UNKNOWN when the budget is spent, which is lowered by the work done: a unit is
 * about 8 ns.  The subject is valid UTF-8 without U+0000. */
enum weir_truth weiri_automaton_match(const struct weiri_automaton *automaton,
                                      struct weir_str subject, uint32_t *budget);

#endif /* WEIR_FILTERS_AUTOMATON_H */
