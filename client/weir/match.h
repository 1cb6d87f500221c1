/* match.h - shared by the files of `weir match`. */
#ifndef MATCH_H
#define MATCH_H

#include "filters.h"

#include <weir/matcher.h>

/* Print what the index holds of a filter that has its normal form, and what it does for a
 * notification, which matches `ids`.  False for want of memory. */
bool match_explain_filter(struct weir_matcher *m, const struct filter_line *f, bool json);
bool match_explain(const struct weir_matcher *m, const struct weir_notification *n, uint64_t number,
                   const uint32_t *ids, size_t count, bool json);

#endif /* MATCH_H */
