/* demo.h - what the processes of the demonstration share.
 *
 * weir-demo starts the overlay with `weir topo up`, forks one process that holds all subscribers
 * (a connection each) and one that holds the publishers, shows what they count, and lets weir-judge
 * compare the files that they wrote. */
#ifndef WEIR_DEMO_H
#define WEIR_DEMO_H

#include <stdatomic.h>

#include <weir/limits.h>

#include "rows.h"

#define DEMO_BROKERS_MAX 64
#define DEMO_SUBSCRIBERS_MAX 1000
#define DEMO_PUBLISHERS_MAX 16
#define DEMO_FILTER_SIZE 1024
#define DEMO_PART_SIZE 240 /* four parts and what joins them fit */
/* The last notification of each publisher; deliveries keep a publisher's order, so a subscriber
 * that has it has got all. */
#define DEMO_END_TYPE "demo.end"
#define DEMO_END_FILTER "$type = '" DEMO_END_TYPE "'"

struct demo_broker {
    char name[WEIR_BROKER_NAME_MAX + 1];
    char url[256];
};

/* Shared between the processes; counters only. */
struct demo_counters {
    atomic_ulong published, refused, delivered, gaps;
    atomic_uint subscribed, finished; /* subscribers in force, and those that have got all */
    atomic_uint flushed;              /* all that was published is decided */
    atomic_uint released;             /* set by the parent: clients may leave */
    atomic_uint failed;               /* a process has given up; it said why on stderr */
    atomic_ulong delay_sum_us;        /* over the delivered */
};

struct demo {
    const char *dir; /* of the files for the judge */
    struct demo_broker brokers[DEMO_BROKERS_MAX];
    size_t broker_count;
    size_t publishing[DEMO_PUBLISHERS_MAX]; /* brokers of the publishers, as indices */
    size_t publisher_count, subscriber_count;
    char (*filters)[DEMO_FILTER_SIZE]; /* one per subscriber */
    struct rows rows;
    struct demo_counters *counters;
};

/* Bodies of the two forked processes; each returns its exit code. */
int demo_publish(struct demo *demo);
int demo_subscribe(struct demo *demo);

/* Which broker a subscriber (publisher) connects to. */
const struct demo_broker *demo_subscriber_broker(const struct demo *demo, size_t index);
const struct demo_broker *demo_publisher_broker(const struct demo *demo, size_t index);

uint64_t demo_clock_ns(void); /* CLOCK_MONOTONIC */

#endif /* WEIR_DEMO_H */
