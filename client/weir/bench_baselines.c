/* bench_baselines.c - the same notifications by a scan of all filters and by counting: how many
 * times dearer, whatever the machine.  What they find has to be what the index finds. */
#include "bench.h"

#include <inttypes.h>
#include <stdlib.h>
#include <weir/alloc.h>
#include <weir/counting.h>

/* The median of so many passes; fewer once they have taken long. */
#define PASSES 5u
#define ENOUGH_US 4e6
/* The scan takes no further notifications after so long. */
#define SCAN_US 10e6

struct baselines {
    struct bench *bench;
    struct weir_scratch *scratch;
    struct weiri_counting *counting;
    size_t count; /* notifications */
    uint32_t *ids;
};

/* What was found, ascending. */
struct found {
    const uint32_t *v;
    size_t count;
    bool undecided;
};

typedef struct found find_fn(struct baselines *s, const struct weir_notification *n);

static int measure(struct baselines *s);
static bool build(struct baselines *s);
static bool scan_all(struct baselines *s);
static double time_of(struct baselines *s, find_fn *find);
static struct found by_index(struct baselines *s, const struct weir_notification *n);
static struct found by_scan(struct baselines *s, const struct weir_notification *n);
static struct found by_counting(struct baselines *s, const struct weir_notification *n);
static bool agree(struct baselines *s, size_t number, const char *name, find_fn *find);
static bool is_same(const struct baselines *s, size_t number, const char *name,
                    const struct found *index, const struct found *other);
static void sort(uint32_t *ids, size_t count);
static int compare_ids(const void *a, const void *b);

int bench_baselines(struct bench *b)
{
    struct baselines s = {
        .bench = b, .count = b->plan.baselines < b->count ? (size_t)b->plan.baselines : b->count};
    int status = CMD_FAILED;

    bench_progress(b, "building the baseline");
    if (build(&s))
        status = measure(&s);
    else
        (void)bench_no_memory(b);
    weiri_counting_destroy(s.counting);
    weir_scratch_destroy(s.scratch);
    weiri_release(NULL, s.ids);
    return status;
}

static bool build(struct baselines *s)
{
    struct bench *b = s->bench;
    const double begin = bench_now_us();
    size_t live;

    s->ids = weiri_alloc_zeroed(NULL, b->filters.count, sizeof *s->ids);
    if (s->ids == NULL || weir_scratch_create(&s->scratch, NULL) != WEIR_OK ||
        weiri_counting_create(&s->counting, &b->alloc) != WEIR_OK)
        return false;
    live = b->live;
    for (size_t i = 0; i < b->filters.count; i++) {
        const struct filter_line *f = &b->filters.items[i];

        if (weiri_counting_add(s->counting, f->id, f->normal) != WEIR_OK)
            return false;
    }
    if (weiri_counting_seal(s->counting) != WEIR_OK)
        return false;
    b->counting.build_s = (bench_now_us() - begin) / 1e6;
    b->counting.bytes_per_filter = (double)(b->live - live) / (double)b->filters.count;
    return true;
}

static int measure(struct baselines *s)
{
    struct bench *b = s->bench;

    bench_progress(b, "counting");
    for (size_t i = 0; i < s->count; i++) {
        if (!agree(s, i, "counting", by_counting))
            return CMD_FAILED;
    }
    b->counting.notifications = s->count;
    b->counting.us = time_of(s, by_counting);
    b->matcher_us = time_of(s, by_index);
    bench_progress(b, "scanning");
    return scan_all(s) ? CMD_OK : CMD_FAILED;
}

/* Compared with the index at once, as it takes long. */
static bool scan_all(struct baselines *s)
{
    struct bench_baseline *scan = &s->bench->scan;
    double total = 0;

    for (size_t i = 0; i < s->count && total < SCAN_US; i++) {
        const double begin = bench_now_us();

        (void)by_scan(s, &s->bench->notifications[i]);
        total += bench_now_us() - begin;
        scan->notifications++;
        if (!agree(s, i, "the scan", by_scan))
            return false;
    }
    scan->us = total / (double)scan->notifications;
    return true;
}

/* Of one notification. */
static double time_of(struct baselines *s, find_fn *find)
{
    struct bench_times passes = {.count = 0};
    double v[PASSES], total = 0;

    passes.v = v;
    while (passes.count < PASSES && (passes.count == 0 || total < ENOUGH_US)) {
        const double begin = bench_now_us();

        for (size_t i = 0; i < s->count; i++)
            (void)find(s, &s->bench->notifications[i]);
        v[passes.count] = bench_now_us() - begin;
        total += v[passes.count++];
    }
    return bench_times_share(&passes, 0.5) / (double)s->count;
}

static struct found by_index(struct baselines *s, const struct weir_notification *n)
{
    const struct weir_matches matches =
        weir_matcher_match(s->bench->matcher, n, WEIR_UNDECIDED_NO, s->bench->scratch);

    return (struct found){matches.v, matches.count, matches.undecided > 0};
}

/* A hull says for its filter what the index can know. */
static struct found by_scan(struct baselines *s, const struct weir_notification *n)
{
    struct found found = {.v = s->ids};

    for (size_t i = 0; i < s->bench->filters.count; i++) {
        const struct filter_line *f = &s->bench->filters.items[i];
        const enum weir_truth truth = f->exact ? weir_filter_eval(f->filter, n, s->scratch)
                                               : weir_normal_eval(f->normal, n, s->scratch);

        found.undecided |= truth == WEIR_UNKNOWN && weir_scratch_undecided(s->scratch);
        if (truth == WEIR_TRUE)
            s->ids[found.count++] = f->id;
    }
    return found;
}

static struct found by_counting(struct baselines *s, const struct weir_notification *n)
{
    const struct weiri_counted counted = weiri_counting_match(s->counting, n);

    return (struct found){counted.v, counted.count, counted.undecided};
}

static bool agree(struct baselines *s, size_t number, const char *name, find_fn *find)
{
    const struct weir_notification *n = &s->bench->notifications[number];
    struct found index = by_index(s, n), other = find(s, n);

    weir_match_scratch_sort(s->bench->scratch);
    for (size_t i = 0; i < other.count && other.v != s->ids; i++)
        s->ids[i] = other.v[i];
    other.v = s->ids;
    sort(s->ids, other.count);
    return is_same(s, number, name, &index, &other);
}

/* Where a pattern ran out of its budget, they may differ. */
static bool is_same(const struct baselines *s, size_t number, const char *name,
                    const struct found *index, const struct found *other)
{
    size_t at = 0;
    bool missing; /* from the other */

    if (index->undecided || other->undecided)
        return true;
    while (at < index->count && at < other->count && index->v[at] == other->v[at])
        at++;
    if (at == index->count && at == other->count)
        return true;
    missing = at == other->count || (at < index->count && index->v[at] < other->v[at]);
    cmd_error(s->bench->command, "notification %zu, filter %" PRIu32 ": only %s finds it",
              number + 1, missing ? index->v[at] : other->v[at], missing ? "the index" : name);
    return false;
}

static void sort(uint32_t *ids, size_t count)
{
    qsort(ids, count, sizeof *ids, compare_ids);
}

static int compare_ids(const void *a, const void *b)
{
    const uint32_t *one = a, *other = b;

    return *one < *other ? -1 : *one > *other;
}
