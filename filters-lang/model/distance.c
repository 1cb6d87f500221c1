/* distance.c - Levenshtein's distance with swaps of neighbouring letters. */
#include <weir/distance.h>

#include <assert.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t weiri_distance(struct weir_str a, struct weir_str b)
{
    size_t rows[3][WEIRI_DISTANCE_LEN_MAX + 1];

    assert(a.len <= WEIRI_DISTANCE_LEN_MAX);
    assert(b.len <= WEIRI_DISTANCE_LEN_MAX);
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            row[j] = least(above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]),
                           least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}
