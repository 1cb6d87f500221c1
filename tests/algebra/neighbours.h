/* neighbours.h - notifications from the neighbourhoods of the constants of filters.
 *
 * For every attribute that the filters name: each constant compared with it, what is just below and
 * above (the next doubles, ints one away, the string with the least and greatest character added,
 * one cut off, the last one changed), what lies between each two neighbours, the same number as int
 * and as double, substrings, suffixes and their combinations, values of every other type, and its
 * absence. */
#ifndef TESTS_ALGEBRA_NEIGHBOURS_H
#define TESTS_ALGEBRA_NEIGHBOURS_H

#include "random.h"

#include <weir/filter.h>

#define NEIGHBOURS_NAMES_MAX 64
#define NEIGHBOURS_VALUES_MAX 400

struct pool {
    struct weir_value v[NEIGHBOURS_VALUES_MAX];
    size_t count;
};

struct neighbours {
    struct weir_str
        names[NEIGHBOURS_NAMES_MAX];         /* borrowed from the filters; stamps are left out */
    struct pool pools[NEIGHBOURS_NAMES_MAX]; /* the values of each */
    size_t name_count;
    char texts[65536]; /* what the strings above borrow */
    size_t text_len;
};

/* `trees` outlive the result. */
void neighbours_init(struct neighbours *neighbours, const struct weir_node *const *trees,
                     size_t count);

/* A random notification of such values, sometimes with an attribute of no filter; the encoding is
 * released with free. */
uint8_t *neighbours_notification(struct weir_notification *out, const struct neighbours *neighbours,
                                 struct random_source *r);

/* A notification with this attribute alone. */
uint8_t *neighbours_single(struct weir_notification *out, struct weir_str name,
                           const struct weir_value *value);

/* `base` and random values for all attributes of the filters that it lacks. */
uint8_t *neighbours_extended(struct weir_notification *out, const struct neighbours *neighbours,
                             const struct weir_notification *base, struct random_source *r);

/* The same notification, stamped as by a border broker: its $ attributes are always there.  All of
 * the functions above give stamped ones. */
uint8_t *neighbours_stamped(struct weir_notification *out, const struct weir_notification *plain);

/* True for the attributes that only a border broker sets. */
bool neighbours_is_stamp(struct weir_str name);

#endif /* TESTS_ALGEBRA_NEIGHBOURS_H */
