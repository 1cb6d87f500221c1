/* checks.h - what must hold of the routers' tables when the network is quiet. */
#ifndef TESTS_SIM_CHECKS_H
#define TESTS_SIM_CHECKS_H

#include "world.h"

/* The links that are joined, both ends agreeing, are a spanning tree of the brokers. */
void check_tree(struct world *world);
/* No notification came twice to any broker: for runs without faults. */
void check_crossings(struct world *world);
/* Neighbours agree; under covering what is sent is an antichain; what is sent covers what is
 * needed, sampled.  Complains to the world. */
void check_tables(struct world *world, struct random_source *random);
/* SUB entries sent over each link, the dialler's direction first: 2 * link_count numbers. */
void check_count_sent(const struct world *world, uint32_t *counts);
/* Nothing is left of anything. */
void check_drained(struct world *world);
/* Frames sent so far, heartbeats aside. */
uint64_t check_frames(const struct world *world);

#endif /* TESTS_SIM_CHECKS_H */
