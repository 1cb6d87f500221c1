/* meant.h - words of other languages, and words spelled nearly right: which one was meant. */
#ifndef WEIR_FILTERS_MEANT_H
#define WEIR_FILTERS_MEANT_H

#include <weir/base.h>

/* Where a word stands that is not understood there. */
enum weiri_context {
    WEIRI_AFTER_VALUE,     /* where =, LIKE, AND, ... may stand */
    WEIRI_AFTER_CONDITION, /* where AND and OR may */
    WEIRI_TYPES,           /* after IS */
    WEIRI_FUNCTIONS,       /* before "(" */
    WEIRI_STAMPS           /* names that begin with $ */
};

struct weiri_meant {
    const char *instead; /* put in the place of the word it makes sense; NULL: nothing does */
    const char *advice;  /* NULL where `instead` says it all */
};

/* Both NULL when nothing is known or near. */
struct weiri_meant weiri_meant(enum weiri_context context, struct weir_str word);

#endif /* WEIR_FILTERS_MEANT_H */
