/* sweep.c - runs seeds and says how to repeat the first failures.
 *
 *   sim_sweep --seeds 1..2000             every seed under all strategies, with and without
 *                                         advertisements; deliveries must not depend on that
 *   sim_sweep --seeds 1..300 --faults     one combination per seed, with faults
 *   sim_sweep --seed 17 --strategy covering --advertisements on [--faults] [--until N] [--trace] */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "scenario.h"

#define FAILURES_MAX 10
#define COMBINATIONS (2 * WEIR_STRATEGY_COUNT) /* 2 * strategy + advertisements */

struct options {
    uint64_t first, last;
    bool faults, trace, one;
    int strategy; /* -1: all */
    int advertisements;
    uint32_t until;
};

struct totals {
    uint64_t seeds, runs, steps, published, deliveries, failures;
};

static const char *const strategies[] = {"flooding", "simple", "covering", "identity"};

static bool parse(struct options *options, int argc, char **argv);
static bool parse_number(const char *text, uint64_t *number, const char **end);
static int parse_word(const char *text, const char *const *words, int count);
static void run_seed(const struct options *options, uint64_t seed, struct totals *totals);
static void run_one(const struct options *options, uint64_t seed, unsigned combination,
                    struct scenario_result *result, struct totals *totals);
static void fail(const struct options *options, uint64_t seed, unsigned combination,
                 const char *wrong, struct totals *totals);
static void compare(const struct options *options, uint64_t seed,
                    const struct scenario_result *results, struct totals *totals);
static void print_trace(void *context, uint64_t now_us, const char *text);

int main(int argc, char **argv)
{
    struct options options = {1, 2000, false, false, false, -1, -1, UINT32_MAX};
    struct totals totals = {0};
    if (!parse(&options, argc, argv)) {
        fprintf(stderr, "usage: sim_sweep [--seed N | --seeds A..B] [--faults] [--until N] "
                        "[--strategy flooding|simple|identity|covering] "
                        "[--advertisements on|off] [--trace]\n");
        return 2;
    }
    if (!options.one)
        options.last = options.first + random_rounds(options.last - options.first + 1) - 1;
    clock_t start = clock();
    for (uint64_t seed = options.first; seed <= options.last; seed++) {
        run_seed(&options, seed, &totals);
        if (totals.failures >= FAILURES_MAX)
            break;
    }
    printf("%" PRIu64 " seeds, %" PRIu64 " runs, %" PRIu64 " steps, %" PRIu64 " published, %" PRIu64
           " delivered, %" PRIu64 " failures, %.1f s\n",
           totals.seeds, totals.runs, totals.steps, totals.published, totals.deliveries,
           totals.failures, (double)(clock() - start) / CLOCKS_PER_SEC);
    return totals.failures > 0 ? 1 : 0;
}

static bool parse(struct options *options, int argc, char **argv)
{
    static const char *const on_off[] = {"off", "on"};
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *end = "";
        uint64_t number;
        if (strcmp(name, "--faults") == 0) {
            options->faults = true;
            continue;
        }
        if (strcmp(name, "--trace") == 0) {
            options->trace = true;
            continue;
        }
        const char *value = ++i < argc ? argv[i] : "";
        if (strcmp(name, "--strategy") == 0) {
            options->strategy = parse_word(value, strategies, WEIR_STRATEGY_COUNT);
            if (options->strategy < 0)
                return false;
        } else if (strcmp(name, "--advertisements") == 0) {
            options->advertisements = parse_word(value, on_off, 2);
            if (options->advertisements < 0)
                return false;
        } else if (strcmp(name, "--until") == 0) {
            if (!parse_number(value, &number, &end) || *end)
                return false;
            options->until = (uint32_t)number;
        } else if (strcmp(name, "--seed") == 0) {
            if (!parse_number(value, &options->first, &end) || *end)
                return false;
            options->last = options->first;
            options->one = true;
        } else if (strcmp(name, "--seeds") != 0 || !parse_number(value, &options->first, &end) ||
                   strncmp(end, "..", 2) != 0 || !parse_number(end + 2, &options->last, &end) ||
                   *end || options->last < options->first) {
            return false;
        }
    }
    return true;
}

static bool parse_number(const char *text, uint64_t *number, const char **end)
{
    char *stop;
    errno = 0;
    *number = strtoull(text, &stop, 10);
    *end = stop;
    return stop != text && errno == 0;
}

static int parse_word(const char *text, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    return -1;
}

static void run_seed(const struct options *options, uint64_t seed, struct totals *totals)
{
    static struct scenario_result results[COMBINATIONS];
    uint64_t failures = totals->failures;
    bool all = !options->faults && options->strategy < 0 && options->advertisements < 0;
    totals->seeds++;
    for (unsigned c = 0; c < COMBINATIONS; c++) {
        bool chosen = (options->strategy < 0 || (unsigned)options->strategy == c / 2) &&
                      (options->advertisements < 0 || (unsigned)options->advertisements == c % 2);
        if (options->faults && options->strategy < 0 && options->advertisements < 0)
            chosen = seed % COMBINATIONS == c;
        if (chosen)
            run_one(options, seed, c, &results[c], totals);
    }
    if (all && totals->failures == failures)
        compare(options, seed, results, totals);
    if (seed % 50 == 0 && all && totals->failures == failures) {
        static struct scenario_result again;
        const unsigned covering = 2 * WEIR_STRATEGY_COVERING + 1;
        run_one(options, seed, covering, &again, totals);
        if (again.digest != results[covering].digest)
            fail(options, seed, covering, "two equal runs differ", totals);
    }
}

static void run_one(const struct options *options, uint64_t seed, unsigned combination,
                    struct scenario_result *result, struct totals *totals)
{
    struct scenario scenario = {
        .seed = seed,
        .strategy = (enum weir_strategy)(combination / 2),
        .advertisements = combination % 2,
        .faults = options->faults,
        .until = options->until,
        .trace = options->trace ? print_trace : NULL,
    };
    scenario_run(result, &scenario);
    totals->runs++;
    totals->steps += result->steps;
    totals->published += result->published;
    totals->deliveries += result->deliveries;
    if (result->wrong[0])
        fail(options, seed, combination, result->wrong, totals);
}

/* `fewer` has at most as many subscriptions sent, on each link and in each direction. */
static void compare_sent(const struct options *options, uint64_t seed,
                         const struct scenario_result *results, enum weir_strategy fewer,
                         enum weir_strategy more, struct totals *totals)
{
    for (unsigned a = 0; a < 2; a++) {
        const struct scenario_result *x = &results[2 * fewer + a], *y = &results[2 * more + a];
        for (uint32_t i = 0; i < 2 * x->link_count; i++)
            if (x->sent[i] > y->sent[i])
                fail(options, seed, 2 * fewer + a, "sends more than a simpler strategy", totals);
    }
}

/* What the combinations say of each other: where nothing overlaps in time, the same deliveries; and
 * covering sends at most what identity sends, that at most what simple sends. */
static void compare(const struct options *options, uint64_t seed,
                    const struct scenario_result *results, struct totals *totals)
{
    for (unsigned c = 1; c < COMBINATIONS; c++)
        if (results[c].quiet && results[c].delivered_sum != results[0].delivered_sum)
            fail(options, seed, c, "not the deliveries of flooding", totals);
    compare_sent(options, seed, results, WEIR_STRATEGY_IDENTITY, WEIR_STRATEGY_SIMPLE, totals);
    compare_sent(options, seed, results, WEIR_STRATEGY_COVERING, WEIR_STRATEGY_IDENTITY, totals);
}

static void fail(const struct options *options, uint64_t seed, unsigned combination,
                 const char *wrong, struct totals *totals)
{
    totals->failures++;
    printf("FAILED: %s\n  sim_sweep --seed %" PRIu64 " --strategy %s --advertisements %s%s", wrong,
           seed, strategies[combination / 2], combination % 2 ? "on" : "off",
           options->faults ? " --faults" : "");
    if (options->until != UINT32_MAX)
        printf(" --until %u", options->until);
    printf("\n");
    fflush(stdout);
}

static void print_trace(void *context, uint64_t now_us, const char *text)
{
    (void)context;
    printf("%10.3f  %s\n", (double)now_us / 1000, text);
}
