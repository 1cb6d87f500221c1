/* mutate.h - filters next to a filter: the text of its tree with one change.
 *
 * Random changes make pairs of filters that are related (a bound tightened, a condition dropped);
 * simplifications, tried one after the other, make a failure short.  A changed tree need not
 * compile: the caller sees. */
#ifndef TESTS_ALGEBRA_MUTATE_H
#define TESTS_ALGEBRA_MUTATE_H

#include "random.h"

#include <weir/filter.h>

/* Writes the tree with one random change, terminated and cut at `size`. */
void mutate_randomly(char *out, size_t size, const struct weir_node *tree, struct random_source *r);

/* Writes the index-th simplification of the tree; false when there are no more. */
bool mutate_simpler(char *out, size_t size, const struct weir_node *tree, size_t index);

#endif /* TESTS_ALGEBRA_MUTATE_H */
