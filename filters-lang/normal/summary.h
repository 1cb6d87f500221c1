/* summary.h - 64 bits of a normal form that tell most pairs apart that do not cover. */
#ifndef WEIRI_SUMMARY_H
#define WEIRI_SUMMARY_H

#include <weir/normal.h>

/* What covers has a subset of the bits of what it covers. */
uint64_t weiri_summary(enum weir_filter_role role, const struct weir_conjunction *v,
                       uint32_t count);

#endif /* WEIRI_SUMMARY_H */
