/* sort.c - ids in ascending order, without memory of its own. */
#include <string.h>

#include "internal.h"

#define INSERTION_MAX 48u

static void insertion_sort(uint32_t *v, size_t count);
static bool scatter(uint32_t *to, const uint32_t *from, size_t count, unsigned shift);

void weiri_sort_u32(uint32_t *v, uint32_t *spare, size_t count)
{
    uint32_t *from = v, *to = spare;

    if (count <= INSERTION_MAX) {
        insertion_sort(v, count);
        return;
    }
    for (unsigned shift = 0; shift < 32; shift += 8) {
        if (scatter(to, from, count, shift)) {
            uint32_t *sorted = to;

            to = from;
            from = sorted;
        }
    }
    if (from != v)
        memcpy(v, from, count * sizeof *v);
}

static void insertion_sort(uint32_t *v, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint32_t x = v[i];
        size_t at = i;

        for (; at > 0 && v[at - 1] > x; at--)
            v[at] = v[at - 1];
        v[at] = x;
    }
}

/* One pass of a radix sort; false, with nothing done, when the digit is the same in all. */
static bool scatter(uint32_t *to, const uint32_t *from, size_t count, unsigned shift)
{
    size_t starts[256] = {0}, sum = 0;

    for (size_t i = 0; i < count; i++)
        starts[from[i] >> shift & 0xffu]++;
    if (starts[from[0] >> shift & 0xffu] == count)
        return false;
    for (size_t d = 0; d < 256; d++) {
        size_t here = starts[d];

        starts[d] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[from[i] >> shift & 0xffu]++] = from[i];
    return true;
}
