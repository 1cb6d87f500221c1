/* eval.h - parts of the evaluator that the type check folds constants with. */
#ifndef WEIR_FILTERS_EVAL_H
#define WEIR_FILTERS_EVAL_H

#include <weir/filter.h>

enum weiri_arithmetic {
    WEIRI_COMPUTED,
    WEIRI_OVERFLOW,
    WEIRI_DIVISION_BY_ZERO,
    WEIRI_NO_NUMBER /* an operand is no number, or % has a double */
};

/* Computes ADD to MODULO. */
enum weiri_arithmetic weiri_compute(struct weir_value *out, enum weir_node_kind kind,
                                    const struct weir_value *a, const struct weir_value *b);
enum weiri_arithmetic weiri_negate(struct weir_value *out, const struct weir_value *a);

/* Order of the values of an IN: comparable ones together, then by value.  <0, 0 or >0. */
int weiri_set_compare(const struct weir_value *a, const struct weir_value *b);

enum weir_truth weiri_truth_not(enum weir_truth truth);

#endif /* WEIR_FILTERS_EVAL_H */
