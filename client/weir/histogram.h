/* histogram.h - delays in constant memory: percentiles within 1.6 %. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

/* 64 buckets for each power of two above 64. */
#define HISTOGRAM_BUCKETS (64 * 59)

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t total, max;
};

void histogram_add(struct histogram *h, uint64_t value);
/* The smallest value that at least `share` (0 to 1) of all are not above; 0 when empty. */
uint64_t histogram_percentile(const struct histogram *h, double share);

#endif /* HISTOGRAM_H */
