/* domains.h - the algebra of one attribute's domain. */
#ifndef WEIRI_DOMAINS_H
#define WEIRI_DOMAINS_H

#include "intervals.h"

#define WEIRI_KIND_NUMBER (WEIR_KIND_INT | WEIR_KIND_DOUBLE)
#define WEIRI_KIND_BOOL (WEIR_KIND_FALSE | WEIR_KIND_TRUE)
#define WEIRI_KIND_PRESENT (WEIR_KIND_ALL & ~WEIR_KIND_ABSENT)

/* All values of the given kinds. */
struct weir_domain weiri_domain_of_kinds(uint32_t kinds);
uint32_t weiri_kinds_of_type(enum weir_type type);
/* The kinds of values that compare with the value; of a bool just its own. */
uint32_t weiri_kinds_of_value(const struct weir_value *value);
bool weiri_domain_is_empty(const struct weir_domain *domain);
bool weiri_domain_is_full(const struct weir_domain *domain);
/* The only value in the domain, or NULL if there is none or more than one. */
const struct weir_value *weiri_domain_single(const struct weir_domain *domain);
/* Those values of the domain that are of the given kinds. */
struct weir_domain weiri_domain_part(const struct weir_domain *domain, uint32_t kinds);
/* A total order of canonical domains. */
int weiri_domain_compare(const struct weir_domain *a, const struct weir_domain *b);
/* Elementary steps that an operation on the domain takes, about. */
uint32_t weiri_domain_weight(const struct weir_domain *domain);
/* The same of a comparison of two, whose lists are held against each other. */
uint32_t weiri_domain_effort(const struct weir_domain *a, const struct weir_domain *b);

/* Sound: may err only to false.  `kinds` is WEIR_KIND_ALL, or WEIRI_KIND_PRESENT where absence is
 * not to be compared. */
bool weiri_domain_includes(const struct weir_domain *wide, const struct weir_domain *narrow,
                           uint32_t kinds);
/* Sound: may err only to true. */
bool weiri_domain_meets(const struct weir_domain *a, const struct weir_domain *b, uint32_t kinds);

/* These give canonical domains, or false when memory has run out.  Inputs may be shared. */
bool weiri_domain_tidy(struct weir_domain *domain, struct weiri_pool *pool);
bool weiri_domain_intersect(struct weir_domain *out, const struct weir_domain *a,
                            const struct weir_domain *b, struct weiri_pool *pool);
/* The union, or where no domain is the union a wider one and *exact = false. */
bool weiri_domain_unite(struct weir_domain *out, bool *exact, const struct weir_domain *a,
                        const struct weir_domain *b, struct weiri_pool *pool);

/* Bytes that the domain refers to, texts aside, and a domain of its own but for the texts; false
 * when memory has run out. */
size_t weiri_domain_size(const struct weir_domain *domain);
bool weiri_domain_copy(struct weir_domain *out, const struct weir_domain *domain,
                       struct weiri_pool *pool);

#endif /* WEIRI_DOMAINS_H */
