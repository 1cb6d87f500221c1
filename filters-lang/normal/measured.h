/* measured.h - what creating a normal form and looking for warnings cost, in elementary steps: one
 * for each pair of conjunctions looked at and each part of a domain compared, eight for each that
 * is copied.  The steps count on where the budget has run out, so that what is done without one
 * shows too. */
#ifndef WEIRI_MEASURED_H
#define WEIRI_MEASURED_H

#include <weir/normal.h>

/* What no filter within the limits exceeds: the budgets, and hulls and such beyond them. */
#define WEIRI_CREATE_STEPS_MAX ((1u << 17) + (1u << 16))
#define WEIRI_WARN_STEPS_MAX ((1u << 20) + (1u << 16))

enum weir_err weiri_normal_create_measured(struct weir_normal **out, uint64_t *steps,
                                           const struct weir_filter *filter,
                                           enum weir_filter_role role,
                                           const struct weir_alloc *alloc);
enum weir_err weiri_filter_warn_measured(struct weir_diags *diags, uint64_t *steps,
                                         const struct weir_filter *filter,
                                         const struct weir_alloc *alloc);

#endif /* WEIRI_MEASURED_H */
