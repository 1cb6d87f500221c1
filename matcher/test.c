/* test.c - constraints in the shape in which they are checked. */
#include <math.h>

#include "internal.h"

const struct weiri_test weiri_test_none = {.kind = WEIRI_TEST_NONE};

static bool exact_end(double *real, const struct weir_end *end, double unbounded);

bool weiri_exact_double(double *real, const struct weir_value *value)
{
    const int64_t limit = INT64_C(1) << 53;

    if (value->type == WEIR_DOUBLE) {
        *real = value->u.real;
        return true;
    }
    if (value->type != WEIR_INT || value->u.integer < -limit || value->u.integer > limit)
        return false;
    *real = (double)value->u.integer;
    return true;
}

void weiri_test_init(struct weiri_test *test, const struct weiri_attr *attr,
                     const struct weir_domain *domain)
{
    const struct weir_interval *only = domain->numbers.v;

    *test = (struct weiri_test){.slot = attr->slot, .kind = WEIRI_TEST_DOMAIN, .domain = domain};
    if (domain->kinds != (WEIR_KIND_INT | WEIR_KIND_DOUBLE) || domain->numbers.count != 1)
        return;
    if (exact_end(&test->low, &only->low, -HUGE_VAL) &&
        exact_end(&test->high, &only->high, HUGE_VAL))
        test->kind = WEIRI_TEST_RANGE;
    test->low_open = only->low.bounded && !only->low.closed;
    test->high_open = only->high.bounded && !only->high.closed;
}

static bool exact_end(double *real, const struct weir_end *end, double unbounded)
{
    *real = unbounded;
    return !end->bounded || weiri_exact_double(real, &end->value);
}
