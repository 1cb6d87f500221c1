/* strings.h - the string part of a domain: intervals, and lists of what a string must contain and
 * end with.  Of the domains passed only that part is read or changed. */
#ifndef WEIRI_STRINGS_H
#define WEIRI_STRINGS_H

#include "intervals.h"

/* True when some list is not empty. */
bool weiri_strings_listed(const struct weir_domain *domain);
/* True when the string is as the lists demand. */
bool weiri_strings_pass(const struct weir_domain *lists, struct weir_str s);
/* The same; UNKNOWN when *steps, which it lowers, do not suffice. */
enum weir_truth weiri_strings_decide(const struct weir_domain *lists, struct weir_str s,
                                     uint64_t *steps);
/* Orders by the lists alone. */
int weiri_strings_compare(const struct weir_domain *a, const struct weir_domain *b);
/* Inclusion errs only to false, meeting only to true. */
bool weiri_strings_include(const struct weir_domain *wide, const struct weir_domain *narrow);
bool weiri_strings_meet(const struct weir_domain *a, const struct weir_domain *b);

/* These return false when memory has run out. */
bool weiri_strings_intersect(struct weir_domain *out, const struct weir_domain *a,
                             const struct weir_domain *b, struct weiri_pool *pool);
/* The union, or a wider set and *exact = false. */
bool weiri_strings_unite(struct weir_domain *out, bool *exact, const struct weir_domain *a,
                         const struct weir_domain *b, struct weiri_pool *pool);
/* Makes the part canonical; takes the kind off the domain if no string is left. */
bool weiri_strings_tidy(struct weir_domain *domain, struct weiri_pool *pool);

#endif /* WEIRI_STRINGS_H */
