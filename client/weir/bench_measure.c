/* bench_measure.c - building the index, matching, and changing it, on one thread. */
#include "bench.h"

#include <stdlib.h>
#include <time.h>
#include <weir/alloc.h>

/* Additions between two looks at the clock, which costs about a tenth of one. */
#define BUILD_STEP 16u
/* So long is a pause. */
#define PAUSE_US 1000
/* Filters that are removed and added again to time it; so many at once. */
#define CHANGES_MAX 20000u

static double pass(struct bench *b);
static int compare_doubles(const void *a, const void *b);
static void *counted_resize(void *context, void *block, size_t size);
static void counted_release(void *context, void *block);

int bench_build(struct bench *b)
{
    double begin, last;

    bench_progress(b, "building the index");
    bench_alloc_init(&b->alloc, &b->live);
    if (weir_matcher_create(&b->matcher, &b->alloc) != WEIR_OK ||
        weir_match_scratch_create(&b->scratch, NULL) != WEIR_OK)
        return bench_no_memory(b);
    begin = last = bench_now_us();
    for (size_t i = 0; i < b->filters.count; i++) {
        const struct filter_line *f = &b->filters.items[i];

        if (weir_matcher_add(b->matcher, f->id, 0, f->normal) != WEIR_OK)
            return bench_no_memory(b);
        if (i % BUILD_STEP == BUILD_STEP - 1) {
            const double now = bench_now_us();

            if (now - last > b->build_pause_us)
                b->build_pause_us = now - last;
            b->build_pauses += now - last > PAUSE_US;
            last = now;
        }
    }
    b->build_s = (bench_now_us() - begin) / 1e6;
    b->bytes_per_filter = (double)b->live / (double)b->filters.count;
    return weir_match_scratch_reserve(b->scratch, b->matcher) == WEIR_OK ? CMD_OK
                                                                         : bench_no_memory(b);
}

int bench_matching(struct bench *b)
{
    struct bench_times passes, singles;

    bench_progress(b, "matching");
    if (!bench_times_init(&passes, b->plan.passes))
        return bench_no_memory(b);
    if (!bench_times_init(&singles, b->count)) {
        bench_times_fini(&passes);
        return bench_no_memory(b);
    }
    (void)pass(b);
    for (size_t i = 0; i < passes.count; i++)
        passes.v[i] = pass(b) / (double)b->count;
    for (size_t i = 0; i < b->count; i++) {
        const double begin = bench_now_us();

        (void)weir_matcher_match(b->matcher, &b->notifications[i], WEIR_UNDECIDED_NO, b->scratch);
        singles.v[i] = bench_now_us() - begin;
    }
    b->mean = bench_times_share(&passes, 0.5);
    b->min = bench_times_share(&singles, 0);
    b->median = bench_times_share(&singles, 0.5);
    b->p99 = bench_times_share(&singles, 0.99);
    bench_times_fini(&passes);
    bench_times_fini(&singles);
    return CMD_OK;
}

static double pass(struct bench *b)
{
    const double begin = bench_now_us();

    b->matches = 0;
    for (size_t i = 0; i < b->count; i++)
        b->matches +=
            weir_matcher_match(b->matcher, &b->notifications[i], WEIR_UNDECIDED_NO, b->scratch)
                .count;
    return bench_now_us() - begin;
}

int bench_changes(struct bench *b)
{
    const size_t count = bench_change_count(b);
    struct bench_times adds, removals;
    bool added = true;

    bench_progress(b, "adding and removing");
    if (!bench_times_init(&adds, count))
        return bench_no_memory(b);
    if (!bench_times_init(&removals, count)) {
        bench_times_fini(&adds);
        return bench_no_memory(b);
    }
    for (size_t i = 0; i < count && added; i++) {
        const struct filter_line *f = bench_changed(b, i, count);
        const double begin = bench_now_us();
        double between;

        (void)weir_matcher_remove(b->matcher, f->id);
        between = bench_now_us();
        added = weir_matcher_add(b->matcher, f->id, 0, f->normal) == WEIR_OK;
        adds.v[i] = bench_now_us() - between;
        removals.v[i] = between - begin;
    }
    b->add_us = bench_times_summary(&adds);
    b->remove_us = bench_times_summary(&removals);
    bench_times_fini(&adds);
    bench_times_fini(&removals);
    return added ? CMD_OK : bench_no_memory(b);
}

size_t bench_change_count(const struct bench *b)
{
    return b->filters.count < CHANGES_MAX ? b->filters.count : CHANGES_MAX;
}

const struct filter_line *bench_changed(const struct bench *b, size_t i, size_t count)
{
    return &b->filters.items[i * (b->filters.count / count)];
}

double bench_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* ---- times */

bool bench_times_init(struct bench_times *times, size_t count)
{
    times->v = weiri_alloc_zeroed(NULL, count + 1, sizeof *times->v);
    times->count = count;
    return times->v != NULL;
}

void bench_times_fini(struct bench_times *times)
{
    weiri_release(NULL, times->v);
}

double bench_times_share(struct bench_times *times, double share)
{
    if (times->count == 0)
        return 0;
    qsort(times->v, times->count, sizeof *times->v, compare_doubles);
    return times->v[(size_t)(share * (double)(times->count - 1))];
}

struct bench_share bench_times_summary(struct bench_times *times)
{
    return (struct bench_share){bench_times_share(times, 0.5), bench_times_share(times, 0.99),
                                bench_times_share(times, 1)};
}

static int compare_doubles(const void *a, const void *b)
{
    const double *one = a, *other = b;

    return *one < *other ? -1 : *one > *other;
}

/* ---- memory: a header of its own before each block */

union block_head {
    size_t size;
    max_align_t align;
};

void bench_alloc_init(struct weir_alloc *alloc, size_t *live)
{
    *alloc = (struct weir_alloc){counted_resize, counted_release, live};
    *live = 0;
}

static void *counted_resize(void *context, void *block, size_t size)
{
    size_t *live = context;
    union block_head *old = block != NULL ? (union block_head *)block - 1 : NULL, *head;
    const size_t before = old != NULL ? old->size : 0;

    head = realloc(old, sizeof *head + size);
    if (head == NULL)
        return NULL;
    head->size = size;
    *live += size - before;
    return head + 1;
}

static void counted_release(void *context, void *block)
{
    size_t *live = context;
    union block_head *head = block != NULL ? (union block_head *)block - 1 : NULL;

    if (head == NULL)
        return;
    *live -= head->size;
    free(head);
}
