/* bench.h - shared by the files of `weir bench match`.
 *
 * Times are CPU times of the one thread, in microseconds, so that what else the machine does counts
 * less. */
#ifndef BENCH_H
#define BENCH_H

#include "filters.h"

#include <weir/matcher.h>
#include <weir/workloads.h>

#define BENCH_THREADS_MAX 64u

struct bench_plan {
    const char *filters, *notifications;             /* files, or NULL: the workload */
    int workload;                                    /* enum weiri_workload_kind */
    uint64_t filter_count, notification_count, seed; /* of the workload */
    uint32_t passes;
    uint32_t threads;   /* up to so many at once; 0: not measured */
    uint64_t baselines; /* notifications for the baselines; 0: not measured */
    bool json;
};

struct bench_share {
    double median, p99, max;
};

/* What so many threads that match cost: at rest, and while one adds and removes. */
struct bench_threads {
    double us, per_s;
    double churn_us;
    struct bench_share add_us, remove_us, reclaim_us;
};

struct bench_baseline {
    size_t notifications;
    double us, build_s, bytes_per_filter;
};

struct bench {
    const struct command *command;
    struct bench_plan plan;
    struct filter_file filters;
    uint8_t **encoded;
    struct weir_notification *notifications;
    size_t count, capacity, encoded_capacity;
    size_t live; /* bytes asked of `alloc` */
    struct weir_alloc alloc;
    struct weir_matcher *matcher;
    struct weir_match_scratch *scratch;
    bool shown; /* there is a line of progress */

    uint64_t matches, build_pauses;
    double build_s, build_pause_us, bytes_per_filter;
    double mean, min, median, p99; /* of matching */
    struct bench_share add_us, remove_us;
    struct bench_threads threads[BENCH_THREADS_MAX];
    double matcher_us; /* over the notifications of the baselines */
    struct bench_baseline scan, counting;
};

/* Each returns an exit code, after reporting what is wrong. */
int bench_load(struct bench *b);
int bench_build(struct bench *b);
int bench_matching(struct bench *b);
int bench_changes(struct bench *b);
int bench_baselines(struct bench *b);
/* At rest and during churn; from here on the matcher is shared. */
int bench_threads(struct bench *b);
void bench_show(const struct bench *b);

/* Reports that memory is lacking. */
int bench_no_memory(const struct bench *b);
/* Says on a terminal what is being done; NULL: nothing any more. */
void bench_progress(struct bench *b, const char *what);

double bench_now_us(void);
/* The filter of change number `i` of `count`: evenly spread over all. */
const struct filter_line *bench_changed(const struct bench *b, size_t i, size_t count);
size_t bench_change_count(const struct bench *b);

/* Times, ascending once a share has been asked for. */
struct bench_times {
    double *v;
    size_t count;
};
bool bench_times_init(struct bench_times *times, size_t count);
void bench_times_fini(struct bench_times *times);
double bench_times_share(struct bench_times *times, double share);
struct bench_share bench_times_summary(struct bench_times *times);

/* Counts the bytes asked for, in `live`. */
void bench_alloc_init(struct weir_alloc *alloc, size_t *live);

#endif /* BENCH_H */
