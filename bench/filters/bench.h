/* bench.h - what the files of weir-bench-filters share. */
#ifndef BENCH_FILTERS_BENCH_H
#define BENCH_FILTERS_BENCH_H

#include <weir/normal.h>

#include <stddef.h>

#define BENCH_SUBJECT_SIZE 65535 /* the longest string there is */

struct bench_options {
    bool json, check, quick;
    uint64_t seed;
    double search_seconds; /* for each search; 0: none */
    const char *only;      /* a group, or NULL for all */
};

/* ---- reproducible random numbers (SplitMix64) */

struct random_source {
    uint64_t state; /* the seed, to begin with */
};

static inline uint64_t random_u64(struct random_source *r)
{
    uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline size_t random_below(struct random_source *r, size_t bound)
{
    return (size_t)(random_u64(r) % bound);
}

static inline bool random_chance(struct random_source *r, unsigned percent)
{
    return random_below(r, 100) < percent;
}

/* ---- measuring (measure.c) */

/* Does the thing `times` times. */
typedef void bench_fn(void *context, size_t times);

struct bench_times {
    double min_ns, median_ns, p99_ns; /* of one time */
    size_t samples;
};

/* Thread CPU time: what others do on the machine is not counted, but for what they do to caches.
 * A sample is as many times as take about 20 us, divided by their number. */
struct bench_times bench_measure(bench_fn *fn, void *context, bool quick);
/* Of a single time, in nanoseconds; the least of three. */
double bench_once(bench_fn *fn, void *context);

/* An allocator that counts. */
struct bench_memory {
    struct weir_alloc alloc;
    size_t live, peak, blocks;
};
void bench_memory_init(struct bench_memory *memory);

/* ---- reporting (report.c) */

struct bench_row {
    const char *group, *operation, *name;
    struct bench_times times;
    double bar_ns; /* 0: none */
    size_t bytes;  /* greatest memory at one time; SIZE_MAX: not measured */
    size_t bar_bytes;
    const char *note; /* or NULL */
};

struct bench_report;
struct bench_report *bench_report_open(const struct bench_options *options);
void bench_report_row(struct bench_report *report, const struct bench_row *row);
/* Returns how many bars were missed. */
size_t bench_report_close(struct bench_report *report);

/* ---- filters and notifications (setup.c); trouble ends the program */

struct weir_filter *bench_compile(const char *text, const struct weir_alloc *alloc);
struct weir_normal *bench_normal(const struct weir_filter *filter, enum weir_filter_role role,
                                 const struct weir_alloc *alloc);
struct weir_scratch *bench_scratch(void);
/* Released with free. */
uint8_t *bench_notification(struct weir_notification *n, const struct weir_attr *attrs,
                            size_t count);
/* Has a and b: strings of `size` bytes, and n = 7. */
uint8_t *bench_subject(struct weir_notification *n, const char *unit, size_t size);
void bench_die(const char *what);

/* ---- the groups */

void bench_typical(struct bench_report *report, const struct bench_options *options);
void bench_worst(struct bench_report *report, const struct bench_options *options);
void bench_search(struct bench_report *report, const struct bench_options *options);

/* ---- the worst texts (worst_texts.c) */

struct bench_bomb {
    const char *name;
    const char *unit; /* the subject is this again and again */
    void (*write)(char *out);
};
#define BENCH_TEXT_SIZE (WEIR_FILTER_TEXT_MAX + 1)
extern const struct bench_bomb bench_bombs[];
extern const size_t bench_bomb_count;
/* Texts that do not compile. */
extern const struct bench_bomb bench_mistakes[];
extern const size_t bench_mistake_count;

#endif /* BENCH_FILTERS_BENCH_H */
