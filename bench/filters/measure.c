/* measure.c - time and memory. */
#include "bench.h"

#include <stdlib.h>
#include <time.h>

enum { SAMPLES_MAX = 301, SAMPLES_QUICK = 11 };

#define SAMPLE_NS 20000.0    /* a sample is at least this long, if it can be */
#define MEASUREMENT_NS 400e6 /* all samples together take about this long at most */

static double now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double time_of(bench_fn *fn, void *context, size_t times)
{
    double start = now_ns();

    fn(context, times);
    return now_ns() - start;
}

double bench_once(bench_fn *fn, void *context)
{
    double least = time_of(fn, context, 1);

    for (int i = 0; i < 2; i++) {
        double again = time_of(fn, context, 1);

        least = again < least ? again : least;
    }
    return least;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

struct bench_times bench_measure(bench_fn *fn, void *context, bool quick)
{
    double samples[SAMPLES_MAX], one = bench_once(fn, context);
    size_t count = quick ? SAMPLES_QUICK : SAMPLES_MAX, times = 1;

    while (one * (double)times < SAMPLE_NS) {
        times *= 2;
        one = time_of(fn, context, times) / (double)times;
    }
    while (count > SAMPLES_QUICK && one * (double)(times * count) > MEASUREMENT_NS)
        count = count / 2 | 1;
    for (size_t i = 0; i < count; i++)
        samples[i] = time_of(fn, context, times) / (double)times;
    qsort(samples, count, sizeof samples[0], compare_doubles);
    return (struct bench_times){
        .min_ns = samples[0],
        .median_ns = samples[count / 2],
        .p99_ns = samples[count - 1 - count / 100],
        .samples = count,
    };
}

/* ---- memory: each block is preceded by its size */

#define PREFIX 16

static void *counting_resize(void *context, void *block, size_t size)
{
    struct bench_memory *memory = context;
    unsigned char *old = block == NULL ? NULL : (unsigned char *)block - PREFIX;
    size_t old_size = old == NULL ? 0 : *(size_t *)(void *)old;
    unsigned char *grown = realloc(old, size + PREFIX);

    if (grown == NULL)
        return NULL;
    *(size_t *)(void *)grown = size;
    memory->live = memory->live - old_size + size;
    memory->blocks += old == NULL;
    if (memory->live > memory->peak)
        memory->peak = memory->live;
    return grown + PREFIX;
}

static void counting_release(void *context, void *block)
{
    struct bench_memory *memory = context;
    unsigned char *old;

    if (block == NULL)
        return;
    old = (unsigned char *)block - PREFIX;
    memory->live -= *(size_t *)(void *)old;
    free(old);
}

void bench_memory_init(struct bench_memory *memory)
{
    *memory = (struct bench_memory){
        .alloc = {counting_resize, counting_release, memory}
    };
}
