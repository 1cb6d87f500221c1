/* pattern.h - what LIKE and MATCHES patterns say about a string in terms of domains. */
#ifndef WEIRI_PATTERN_H
#define WEIRI_PATTERN_H

#include <weir/domain.h>

#include "pool.h"

/* The literal runs of a LIKE pattern that has a wildcard, as all have that the compiler leaves. */
struct weiri_like {
    struct weir_str first;  /* before the first wildcard; empty: nothing said */
    struct weir_str last;   /* after the last wildcard */
    struct weir_str *inner; /* between wildcards, not empty, in any order */
    uint32_t inner_count;
};

/* False when memory has run out. */
bool weiri_like_read(struct weiri_like *like, struct weir_str pattern, uint32_t escape,
                     struct weiri_pool *pool);

/* The text with which every subject of the regular expression must begin; may be empty, written to
 * `out`, which has room for the pattern.  Returns its length. */
size_t weiri_regex_prefix(char *out, struct weir_str pattern);

#endif /* WEIRI_PATTERN_H */
