/* bench_threads.c - several threads that match at once: at rest, and while this one adds and
 * removes filters. */
#include "bench.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <weir/alloc.h>

/* Filters that are out at the same time; then it is seen whether memory can be reclaimed. */
#define CHURN_STEP 64u

struct crowd;
struct reader {
    struct crowd *crowd;
    struct weir_match_scratch *scratch;
    pthread_t thread;
    bool started, failed;
    atomic_size_t passed; /* matches that have ended; SIZE_MAX: it has ended itself */
    size_t matches;
    double us, seconds; /* CPU time; real time */
};

struct crowd {
    const struct bench *bench;
    size_t count;
    atomic_bool go, stop;
    size_t matches; /* of each reader; 0: until it is stopped */
    struct reader readers[BENCH_THREADS_MAX];
};

/* What has been sealed, and where the readers were then. */
struct grace {
    bool waiting;
    size_t passed[BENCH_THREADS_MAX];
};

struct churn {
    struct bench *bench;
    struct crowd *crowd;
    struct grace grace;
    struct bench_times adds, removals, reclaims;
    size_t reclaimed;
    bool failed;
};

static bool at_rest(struct crowd *crowd, struct bench_threads *figures);
static bool in_churn(struct bench *b, struct crowd *crowd, struct bench_threads *figures);
static bool start(struct crowd *crowd, const struct bench *b, size_t count, size_t matches);
static bool join(struct crowd *crowd);
static void *read_on(void *argument);
static bool look(struct reader *reader);
static double mean_us(const struct crowd *crowd);
static void change_all(struct churn *churn);
static void change_some(struct churn *churn, size_t first, size_t end);
static void reclaim_if_due(struct churn *churn);
static bool is_over(const struct grace *grace, const struct crowd *crowd);
static double real_seconds(void);

int bench_threads(struct bench *b)
{
    struct crowd *crowd = weiri_alloc_zeroed(NULL, 1, sizeof *crowd);
    bool done = crowd != NULL;

    weir_matcher_share(b->matcher);
    for (uint32_t i = 0; i < b->plan.threads && done; i++) {
        bench_progress(b, "matching on several threads");
        done = start(crowd, b, i + 1, b->plan.passes * b->count) && at_rest(crowd, &b->threads[i]);
        bench_progress(b, "matching while filters come and go");
        done = done && start(crowd, b, i + 1, 0) && in_churn(b, crowd, &b->threads[i]);
    }
    weiri_release(NULL, crowd);
    return done ? CMD_OK : bench_no_memory(b);
}

static bool at_rest(struct crowd *crowd, struct bench_threads *figures)
{
    atomic_store(&crowd->go, true);
    if (!join(crowd))
        return false;
    figures->us = mean_us(crowd);
    for (size_t i = 0; i < crowd->count; i++)
        figures->per_s += (double)crowd->readers[i].matches / (crowd->readers[i].seconds + 1e-9);
    return true;
}

static bool in_churn(struct bench *b, struct crowd *crowd, struct bench_threads *figures)
{
    const size_t count = bench_change_count(b);
    struct churn churn = {.bench = b, .crowd = crowd};
    bool done;

    churn.failed = !bench_times_init(&churn.adds, count);
    churn.failed |= !bench_times_init(&churn.removals, count);
    churn.failed |= !bench_times_init(&churn.reclaims, count / CHURN_STEP + 1);
    atomic_store(&crowd->go, true);
    if (!churn.failed)
        change_all(&churn);
    atomic_store(&crowd->stop, true);
    done = join(crowd) && !churn.failed;
    do /* what waits for a grace period has had it: there are no readers any more */
        weir_matcher_reclaim(b->matcher);
    while (weir_matcher_seal(b->matcher));
    if (done) {
        churn.reclaims.count = churn.reclaimed;
        figures->churn_us = mean_us(crowd);
        figures->add_us = bench_times_summary(&churn.adds);
        figures->remove_us = bench_times_summary(&churn.removals);
        figures->reclaim_us = bench_times_summary(&churn.reclaims);
    }
    bench_times_fini(&churn.adds);
    bench_times_fini(&churn.removals);
    bench_times_fini(&churn.reclaims);
    return done;
}

/* ---- readers */

/* All wait until they may go. */
static bool start(struct crowd *crowd, const struct bench *b, size_t count, size_t matches)
{
    bool done = true;

    memset(crowd, 0, sizeof *crowd);
    crowd->bench = b;
    crowd->count = count;
    crowd->matches = matches;
    for (size_t i = 0; i < count && done; i++) {
        struct reader *reader = &crowd->readers[i];

        reader->crowd = crowd;
        done = weir_match_scratch_create(&reader->scratch, NULL) == WEIR_OK &&
               weir_match_scratch_reserve(reader->scratch, b->matcher) == WEIR_OK &&
               pthread_create(&reader->thread, NULL, read_on, reader) == 0;
        reader->started = done;
    }
    if (!done) {
        atomic_store(&crowd->stop, true);
        atomic_store(&crowd->go, true);
        (void)join(crowd);
    }
    return done;
}

static bool join(struct crowd *crowd)
{
    bool done = true;

    for (size_t i = 0; i < crowd->count; i++) {
        struct reader *reader = &crowd->readers[i];

        if (reader->started)
            (void)pthread_join(reader->thread, NULL);
        done = done && !reader->failed;
        weir_match_scratch_destroy(reader->scratch);
        reader->scratch = NULL;
    }
    return done;
}

static void *read_on(void *argument)
{
    struct reader *reader = argument;
    const struct crowd *crowd = reader->crowd;
    double begin, real;

    while (!atomic_load(&crowd->go))
        sched_yield();
    begin = bench_now_us();
    real = real_seconds();
    do
        reader->failed = !look(reader);
    while (!reader->failed &&
           (crowd->matches > 0 ? reader->matches < crowd->matches : !atomic_load(&crowd->stop)));
    reader->seconds = real_seconds() - real;
    reader->us = bench_now_us() - begin;
    atomic_store(&reader->passed, SIZE_MAX);
    return NULL;
}

static bool look(struct reader *reader)
{
    const struct bench *b = reader->crowd->bench;

    if (weir_match_scratch_reserve(reader->scratch, b->matcher) != WEIR_OK)
        return false;
    (void)weir_matcher_match(b->matcher, &b->notifications[reader->matches++ % b->count],
                             WEIR_UNDECIDED_NO, reader->scratch);
    atomic_fetch_add(&reader->passed, 1);
    return true;
}

/* Of a match on one thread. */
static double mean_us(const struct crowd *crowd)
{
    double us = 0;
    size_t matches = 0;

    for (size_t i = 0; i < crowd->count; i++) {
        us += crowd->readers[i].us;
        matches += crowd->readers[i].matches;
    }
    return us / (double)matches;
}

/* ---- the writer */

static void change_all(struct churn *churn)
{
    const size_t count = bench_change_count(churn->bench);

    for (size_t first = 0; first < count && !churn->failed; first += CHURN_STEP) {
        const size_t end = first + CHURN_STEP < count ? first + CHURN_STEP : count;

        change_some(churn, first, end);
        reclaim_if_due(churn);
    }
}

/* Takes the filters out and puts them in again. */
static void change_some(struct churn *churn, size_t first, size_t end)
{
    struct weir_matcher *m = churn->bench->matcher;
    const size_t count = bench_change_count(churn->bench);

    for (size_t i = first; i < end; i++) {
        const double begin = bench_now_us();

        (void)weir_matcher_remove(m, bench_changed(churn->bench, i, count)->id);
        churn->removals.v[i] = bench_now_us() - begin;
    }
    for (size_t i = first; i < end && !churn->failed; i++) {
        const struct filter_line *f = bench_changed(churn->bench, i, count);
        const double begin = bench_now_us();

        churn->failed = weir_matcher_add(m, f->id, 0, f->normal) != WEIR_OK;
        churn->adds.v[i] = bench_now_us() - begin;
    }
}

/* Once each match that was under way at the sealing has ended. */
static void reclaim_if_due(struct churn *churn)
{
    struct grace *grace = &churn->grace;

    if (grace->waiting) {
        double begin;

        if (!is_over(grace, churn->crowd))
            return;
        begin = bench_now_us();
        weir_matcher_reclaim(churn->bench->matcher);
        churn->reclaims.v[churn->reclaimed++] = bench_now_us() - begin;
    }
    grace->waiting = weir_matcher_seal(churn->bench->matcher);
    for (size_t i = 0; i < churn->crowd->count; i++)
        grace->passed[i] = atomic_load(&churn->crowd->readers[i].passed);
}

static bool is_over(const struct grace *grace, const struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++) {
        const size_t passed = atomic_load(&crowd->readers[i].passed);

        if (passed == grace->passed[i] && passed != SIZE_MAX)
            return false;
    }
    return true;
}

static double real_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
