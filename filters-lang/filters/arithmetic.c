/* arithmetic.c - exact integers, IEEE doubles, and nothing in between. */
#include "eval.h"

#include <math.h>

static bool is_number(const struct weir_value *value)
{
    return value->type == WEIR_INT || value->type == WEIR_DOUBLE;
}

static double as_double(const struct weir_value *value)
{
    return value->type == WEIR_INT ? (double)value->u.integer : value->u.real;
}

static enum weiri_arithmetic compute_ints(int64_t *out, enum weir_node_kind kind, int64_t a,
                                          int64_t b)
{
    bool overflow = false;

    switch (kind) {
    case WEIR_NODE_ADD: overflow = __builtin_add_overflow(a, b, out); break;
    case WEIR_NODE_SUBTRACT: overflow = __builtin_sub_overflow(a, b, out); break;
    case WEIR_NODE_MULTIPLY: overflow = __builtin_mul_overflow(a, b, out); break;
    default:
        if (b == 0)
            return WEIRI_DIVISION_BY_ZERO;
        if (b == -1) { /* INT64_MIN / -1 and INT64_MIN % -1 are undefined in C */
            if (kind == WEIR_NODE_DIVIDE)
                overflow = __builtin_sub_overflow((int64_t)0, a, out);
            else
                *out = 0;
        } else {
            *out = kind == WEIR_NODE_DIVIDE ? a / b : a % b;
        }
    }
    return overflow ? WEIRI_OVERFLOW : WEIRI_COMPUTED;
}

static enum weiri_arithmetic compute_doubles(double *out, enum weir_node_kind kind, double a,
                                             double b)
{
    switch (kind) {
    case WEIR_NODE_ADD: *out = a + b; break;
    case WEIR_NODE_SUBTRACT: *out = a - b; break;
    case WEIR_NODE_MULTIPLY: *out = a * b; break;
    case WEIR_NODE_DIVIDE:
        if (!(b < 0 || b > 0))
            return WEIRI_DIVISION_BY_ZERO;
        *out = a / b;
        break;
    default: return WEIRI_NO_NUMBER;
    }
    /* operands are finite, so a result that is not has overflowed */
    return isfinite(*out) ? WEIRI_COMPUTED : WEIRI_OVERFLOW;
}

enum weiri_arithmetic weiri_compute(struct weir_value *out, enum weir_node_kind kind,
                                    const struct weir_value *a, const struct weir_value *b)
{
    enum weiri_arithmetic outcome;
    int64_t integer = 0;
    double real = 0;

    if (!is_number(a) || !is_number(b))
        return WEIRI_NO_NUMBER;
    if (a->type == WEIR_INT && b->type == WEIR_INT) {
        outcome = compute_ints(&integer, kind, a->u.integer, b->u.integer);
        *out = weir_value_int(integer);
    } else {
        outcome = compute_doubles(&real, kind, as_double(a), as_double(b));
        *out = weir_value_double(real);
    }
    return outcome;
}

enum weiri_arithmetic weiri_negate(struct weir_value *out, const struct weir_value *a)
{
    const struct weir_value zero = weir_value_int(0);

    if (a->type == WEIR_DOUBLE) {
        *out = weir_value_double(-a->u.real);
        return WEIRI_COMPUTED;
    }
    return weiri_compute(out, WEIR_NODE_SUBTRACT, &zero, a);
}
