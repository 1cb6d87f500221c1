/* workloads.h - filters and notifications of four kinds out of a seed, to measure and to test with.
 *
 *   stock     symbol = one of 500 (Zipf) and a price range (half of them two-sided, 1 to 200 wide);
 *             half of the filters a volume, too.  0.9 % match
 *   ranges    20 ints below 1,000,000; a filter asks for five of them within 400,000.  1 % match
 *   equality  100 attributes over 100 values (Zipf); 3 to 8 tests a filter, 30 % of them IN;
 *             notifications carry 15 attributes.  Almost none match
 *   mixed     what people write: equality, ranges, prefix, LIKE, CONTAINS, IN, EXISTS, NOT, OR and
 *             some MATCHES over the attributes of stock and company, sector, note, halted */
#ifndef WEIR_WORKLOADS_H
#define WEIR_WORKLOADS_H

#include <weir/notification.h>

enum weiri_workload_kind {
    WEIRI_WORKLOAD_STOCK,
    WEIRI_WORKLOAD_RANGES,
    WEIRI_WORKLOAD_EQUALITY,
    WEIRI_WORKLOAD_MIXED
};
#define WEIRI_WORKLOAD_KINDS 4
/* Their names as words, separated by blanks. */
#define WEIRI_WORKLOAD_NAMES "stock ranges equality mixed"
const char *weiri_workload_name(enum weiri_workload_kind kind);

/* Bytes of a filter's text, the zero included. */
#define WEIRI_WORKLOAD_TEXT_MAX 512
#define WEIRI_WORKLOAD_ZIPF_MAX 500

/* Plain data; a source for filters and one for notifications with different seeds are best kept
 * apart, so that the one do not depend on how many of the other there are. */
struct weiri_workload {
    enum weiri_workload_kind kind;
    bool dense; /* fewer values and attributes, so that many more filters match */
    uint64_t state;
    uint32_t value_count;
    double shares[WEIRI_WORKLOAD_ZIPF_MAX]; /* of the first values together */
};

void weiri_workload_init(struct weiri_workload *workload, enum weiri_workload_kind kind, bool dense,
                         uint64_t seed);
/* Writes the next filter, terminated; returns its length. */
size_t weiri_workload_filter(struct weiri_workload *workload, char out[WEIRI_WORKLOAD_TEXT_MAX]);
/* The next notification, encoded, to be released with `alloc`.  WEIR_ENOMEM only. */
WEIR_MUST_USE enum weir_err weiri_workload_notification(struct weiri_workload *workload,
                                                        uint8_t **bytes, size_t *size,
                                                        const struct weir_alloc *alloc);

#endif /* WEIR_WORKLOADS_H */
