/* sweep.c - the matcher against the evaluator on the four workloads at ten sizes, with filters that
 * come and go; half of the cases are dense.
 *
 *   matcher_sweep                                    a short run of all
 *   matcher_sweep --decisions 10000000               so many of each workload, over all sizes
 *   ... --workload stock --size 1000                 only these
 *   ... --readers 2                                  threads that match meanwhile
 *   ... --seed 17                                    the first seed of each size
 *   ... --trace 1                                    says each case before it is run, on stderr
 *
 * It prints a line for each size, in the order in which they are run: what follows the last one is
 * left to do.  Of a failure it prints the line that shows it again: without readers, always. */
#include "sweep.h"

#include "random.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SIZES 10u
#define DECISIONS_DEFAULT 30000u

struct options {
    uint64_t decisions, seed, size, readers, cases, trace;
    int workload; /* -1: all */
};

static bool parse(struct options *options, int argc, char **argv);
static bool run_workload(const struct options *options, enum weiri_workload_kind workload);
static bool run_size(const struct options *options, struct sweep_case what, uint64_t decisions,
                     struct sweep_totals *totals);
static void print(const char *name, const char *size, const struct sweep_totals *totals);

static const size_t sizes[SIZES] = {10, 30, 100, 300, 1000, 3000, 10000, 20000, 50000, 100000};

int main(int argc, char **argv)
{
    struct options options = {.decisions = DECISIONS_DEFAULT, .seed = 1, .workload = -1};
    bool right = true;

    options.decisions = random_rounds(DECISIONS_DEFAULT);
    if (!parse(&options, argc, argv)) {
        fprintf(stderr,
                "usage: %s [--decisions N] [--workload " WEIRI_WORKLOAD_NAMES "]\n"
                "    [--size N] [--seed N] [--cases N] [--readers N] [--trace 1]\n",
                argv[0]);
        return 2;
    }
    for (int i = 0; i < WEIRI_WORKLOAD_KINDS && right; i++) {
        if (options.workload < 0 || options.workload == i)
            right = run_workload(&options, (enum weiri_workload_kind)i);
    }
    return right ? 0 : 1;
}

static bool parse(struct options *options, int argc, char **argv)
{
    const struct {
        const char *name;
        uint64_t *number;
    } numbers[] = {
        {"--decisions", &options->decisions},
        {"--size",      &options->size     },
        {"--seed",      &options->seed     },
        {"--cases",     &options->cases    },
        {"--readers",   &options->readers  },
        {"--trace",     &options->trace    },
    };

    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        char *end = NULL;
        bool known = false;

        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
            if (strcmp(argv[i], numbers[k].name) == 0) {
                *numbers[k].number = strtoull(value, &end, 10);
                known = end != value && *end == '\0';
            }
        }
        for (int k = 0; k < WEIRI_WORKLOAD_KINDS && strcmp(argv[i], "--workload") == 0; k++) {
            if (strcmp(value, weiri_workload_name((enum weiri_workload_kind)k)) == 0) {
                options->workload = k;
                known = true;
            }
        }
        if (!known)
            return false;
    }
    return options->readers <= SWEEP_READERS_MAX;
}

/* A short run, of fewer decisions than one case of each size has, leaves the large sizes out. */
static bool run_workload(const struct options *options, enum weiri_workload_kind workload)
{
    struct sweep_totals all = {0};
    const char *name = weiri_workload_name(workload);

    for (size_t i = 0; i < SIZES; i++) {
        struct sweep_case what = {workload, sizes[i], options->seed, options->readers};
        const uint64_t decisions = options->decisions / SIZES;
        struct sweep_totals totals = {0};
        char size[24];

        if (options->size > 0)
            what.size = options->size;
        else if (decisions < sizes[i])
            break;
        if (!run_size(options, what, options->size > 0 ? options->decisions : decisions, &totals))
            return false;
        (void)snprintf(size, sizeof size, "%zu", what.size);
        print(name, size, &totals);
        all.cases += totals.cases;
        all.decisions += totals.decisions;
        all.matches += totals.matches;
        all.undecided += totals.undecided;
        all.changes += totals.changes;
        if (options->size > 0)
            break;
    }
    print(name, "all", &all);
    return all.decisions > 0 && all.matches > 0;
}

static bool run_size(const struct options *options, struct sweep_case what, uint64_t decisions,
                     struct sweep_totals *totals)
{
    char wrong[512];

    do {
        if (options->trace > 0)
            fprintf(stderr, "--workload %s --size %zu --seed %" PRIu64 " --cases 1 --readers %zu\n",
                    weiri_workload_name(what.workload), what.size, what.seed, what.readers);
        if (!sweep_run(&what, totals, wrong, sizeof wrong)) {
            printf("%s\nshown by: matcher_sweep --workload %s --size %zu --seed %" PRIu64
                   " --cases 1 --readers %zu\n",
                   wrong, weiri_workload_name(what.workload), what.size, what.seed, what.readers);
            return false;
        }
        what.seed++;
    } while (options->cases > 0 ? totals->cases < options->cases : totals->decisions < decisions);
    return true;
}

static void print(const char *name, const char *size, const struct sweep_totals *totals)
{
    printf("%s %s: %" PRIu64 " cases, %" PRIu64 " decisions, %" PRIu64 " TRUE, %" PRIu64
           " undecided, %" PRIu64 " changes, 0 differences\n",
           name, size, totals->cases, totals->decisions, totals->matches, totals->undecided,
           totals->changes);
    (void)fflush(stdout);
}
