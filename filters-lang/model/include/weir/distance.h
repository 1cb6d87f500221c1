/* distance.h - how far apart two words are, to guess which one was meant; not installed. */
#ifndef WEIR_DISTANCE_H
#define WEIR_DISTANCE_H

#include <weir/base.h>

#define WEIRI_DISTANCE_LEN_MAX 64

/* Optimal string alignment: how many letters are to be changed, added, left out or swapped with
 * their neighbour.  Neither word is longer than WEIRI_DISTANCE_LEN_MAX.  Work: the product of their
 * lengths. */
size_t weiri_distance(struct weir_str a, struct weir_str b);

#endif /* WEIR_DISTANCE_H */
