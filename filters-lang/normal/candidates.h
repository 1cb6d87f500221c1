/* candidates.h - values worth trying for the attributes of two filters: those of their constants'
 * neighbourhoods, where every predicate changes its mind. */
#ifndef WEIRI_CANDIDATES_H
#define WEIRI_CANDIDATES_H

#include <weir/tree.h>

#include "pool.h"

#define WEIRI_TEXTS_PAIRED_MAX 8u

struct weiri_candidate_list {
    struct weir_str name;
    struct weir_value *v;
    uint32_t count, capacity;
    struct weir_str texts[WEIRI_TEXTS_PAIRED_MAX]; /* constants tried one behind the other */
    uint32_t text_count;
};

struct weiri_candidates {
    struct weiri_candidate_list *attrs; /* names ascending */
    uint32_t count, capacity;
    struct weiri_pool *pool;
};

/* Adds what the tree names; false when memory has run out. */
bool weiri_candidates_gather(struct weiri_candidates *candidates, const struct weir_node *tree);

#endif /* WEIRI_CANDIDATES_H */
