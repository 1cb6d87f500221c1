/* histogram.c - delays in constant memory. */
#include "histogram.h"

#define SUB_BITS 6
#define SUB_COUNT 64u

/* Values below 128 have buckets of their own; above, the six bits behind the leading one count. */
static unsigned bucket_of(uint64_t value)
{
    unsigned shift = 0;

    while (value >> shift >= 2 * SUB_COUNT)
        shift++;
    return shift * SUB_COUNT + (unsigned)(value >> shift);
}

static uint64_t highest_of(unsigned bucket)
{
    unsigned shift;

    if (bucket < 2 * SUB_COUNT)
        return bucket;
    shift = bucket / SUB_COUNT - 1;
    return ((uint64_t)(bucket - shift * SUB_COUNT + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, uint64_t value)
{
    h->counts[bucket_of(value)]++;
    h->total++;
    if (value > h->max)
        h->max = value;
}

uint64_t histogram_percentile(const struct histogram *h, double share)
{
    uint64_t wanted = (uint64_t)(share * (double)h->total), seen = 0;

    if ((double)wanted < share * (double)h->total)
        wanted++;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += h->counts[i];
        if (seen >= wanted && seen > 0)
            return highest_of(i) < h->max ? highest_of(i) : h->max;
    }
    return h->max;
}
