/* regex.h - MATCHES: regular expressions whose work, memory and size are bounded.
 *
 * Patterns that are regular become automatons, which go over the subject once.  For the others
 * there is PCRE2.  It backtracks, and its own match limit counts anew from each start position: so
 * such a pattern is compiled with a callout before each of its items, which charges the items
 * tried and the characters passed over to a budget; see regex.c for what it takes to make that a
 * bound. */
#ifndef WEIR_FILTERS_REGEX_H
#define WEIR_FILTERS_REGEX_H

#include <weir/tree.h>

struct weir_scratch;
struct weir_regex;

#define WEIRI_REGEX_BUDGET 100000       /* units of work for one evaluation, 8 ns or less */
#define WEIRI_REGEX_HEAP_KIB 1024       /* of backtracking memory */
#define WEIRI_REGEX_CODE_SIZE_MAX 65536 /* bytes of patterns compiled by PCRE2, in one filter */
#define WEIRI_REGEX_TABLES_MAX 262144   /* bytes of automatons in one filter */

struct weiri_regex_problem {
    bool refused;  /* a construct that cannot be bounded, not a mistake in the pattern */
    size_t offset; /* in the pattern */
    char text[120];
};

/* WEIR_EINVAL with *problem filled in, or WEIR_ENOMEM.  An automaton where the pattern is regular
 * and takes no more than `room` bytes.  `alloc` outlives it. */
WEIR_MUST_USE enum weir_err weiri_regex_compile(struct weir_regex **out, struct weir_str pattern,
                                                size_t room, struct weiri_regex_problem *problem,
                                                const struct weir_alloc *alloc);
void weiri_regex_destroy(struct weir_regex *regex);
/* Bytes that PCRE2's code or the automaton takes; one of them is 0. */
size_t weiri_regex_code_size(const struct weir_regex *regex);
size_t weiri_regex_tables_size(const struct weir_regex *regex);
/* Links for whoever owns several. */
struct weir_regex *weiri_regex_next(const struct weir_regex *regex);
void weiri_regex_link(struct weir_regex *regex, struct weir_regex *next);

/* TRUE or FALSE; UNKNOWN when undecided.  The subject is valid UTF-8. */
enum weir_truth weiri_regex_match(const struct weir_regex *regex, struct weir_str subject,
                                  struct weir_scratch *scratch);

/* The same of a LIKE or CONTAINS, several of whose steps make a unit. */
enum weir_truth weiri_scratch_glob(struct weir_scratch *scratch, const struct weir_glob *glob,
                                   struct weir_str subject);

#endif /* WEIR_FILTERS_REGEX_H */
