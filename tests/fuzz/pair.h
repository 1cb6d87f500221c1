/* pair.h - input for fuzzers of the algebra: two filters, one on each line, and notifications from
 * the neighbourhoods of their constants. */
#ifndef TESTS_FUZZ_PAIR_H
#define TESTS_FUZZ_PAIR_H

#include "require.h"

#include "algebra/neighbours.h"
#include "normal/support.h"

struct pair {
    struct weir_filter *filters[2];
    struct random_source r; /* another one for every input */
};

/* Where both lines compile, what `check` is to look at. */
typedef void pair_check(struct pair *pair);

static struct neighbours pair_neighbours;

/* A random one; the encoding is released with free. */
static inline uint8_t *pair_notification(struct pair *pair, struct weir_notification *out)
{
    return neighbours_notification(out, &pair_neighbours, &pair->r);
}

static inline void pair_run(const uint8_t *data, size_t size, pair_check *check)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    struct pair pair = {.r = {size}};
    struct weir_diags diags;
    size_t first;

    if (end == NULL)
        return;
    first = (size_t)(end - data);
    for (size_t i = 0; i < size; i++)
        pair.r.state = random_u64(&pair.r) ^ data[i];
    if (weir_filter_compile(&pair.filters[0], (struct weir_str){(const char *)data, first}, &diags,
                            NULL) == WEIR_OK &&
        weir_filter_compile(&pair.filters[1],
                            (struct weir_str){(const char *)end + 1, size - first - 1}, &diags,
                            NULL) == WEIR_OK) {
        neighbours_init(&pair_neighbours,
                        (const struct weir_node *const[]){weir_filter_tree(pair.filters[0]),
                                                          weir_filter_tree(pair.filters[1])},
                        2);
        check(&pair);
    }
    weir_filter_destroy(pair.filters[0]);
    weir_filter_destroy(pair.filters[1]);
}

#endif /* TESTS_FUZZ_PAIR_H */
