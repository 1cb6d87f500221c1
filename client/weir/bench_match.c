/* bench_match.c - weir bench match: what the index of filters costs. */
#include "bench.h"

#include <string.h>
#include <weir/alloc.h>

#define PASSES_DEFAULT 9u
#define PASSES_MAX 10000u
#define FILTERS_MAX 10000000u
#define NOTIFICATIONS_MAX 10000000u
#define NOTIFICATIONS_DEFAULT 1000u

enum {
    OPTION_FILTERS = CMD_LONG_ONLY,
    OPTION_NOTIFICATIONS,
    OPTION_WORKLOAD,
    OPTION_COUNT,
    OPTION_SEED,
    OPTION_PASSES,
    OPTION_THREADS,
    OPTION_BASELINES,
    OPTION_JSON
};

static int run(struct cmd_args *args);
static bool take(struct cmd_args *args, int option, struct bench_plan *plan);
static int check(const struct cmd_args *args, const struct bench_plan *plan);
static int measure(struct bench *b);
static void finish(struct bench *b);

static const struct cmd_option options[] = {
    {OPTION_FILTERS,       "filters",       "FILE", "filters, one a line"                           },
    {OPTION_NOTIFICATIONS, "notifications", "FILE",
     "notifications as JSON lines, kept in memory; - is standard input"                             },
    {OPTION_WORKLOAD,      "workload",      "NAME",
     "made-up filters and notifications instead of files: stock,\nranges, equality or mixed"        },
    {OPTION_COUNT,         "count",         "N",    "filters of the workload (default 10000)"       },
    {OPTION_SEED,          "seed",          "N",    "of the workload (default 1)"                   },
    {OPTION_PASSES,        "passes",        "N",    "times that all of them are matched (default 9)"},
    {OPTION_THREADS,       "threads",       "N",
     "also match on 1 to N threads at once, at rest and while another\nthread adds and removes"     },
    {OPTION_BASELINES,     "baselines",     "N",
     "also run the counting algorithm, and evaluate every filter, on\nthe first N notifications; "
     "all have to find the same"                                                                    },
    {OPTION_JSON,          "json",          NULL,   "print one object"                              },
    CMD_OPTION_END,
};

const struct command command_bench_match = {
    .group = "bench",
    .name = "match",
    .summary = "measure matching notifications against many filters",
    .usage = "{--filters FILE --notifications FILE | --workload NAME}\n"
             "    [--count N] [--seed N] [--passes N] [--threads N] [--baselines N] [--json]",
    .options = options,
    .details =
        "Builds the index of all filters, matches all notifications in its encoded form against\n"
        "it several times, and removes and adds filters at full size.  Compiling the filters and\n"
        "reading the notifications is not counted.  Times are CPU times of one thread:\n"
        "  us_per_notification  mean: over a whole pass, the median of the passes;\n"
        "                       min, median, p99: of single notifications\n"
        "  bytes_per_filter     all that the index holds once it is built\n"
        "  build_s              adding all filters, one after another\n"
        "  build_pause_us       the longest that 16 of these in a row took; build_pauses says how\n"
        "                       often it was above 1000\n"
        "  add_us, remove_us    the median of single ones, at full size; p99 and the longest\n"
        "                       are in changes\n"
        "  threads              for each number of threads: a notification on one of them, all\n"
        "                       together in a second of real time; the same during churn, with\n"
        "                       adding, removing and reclaiming\n"
        "  baselines            a notification by counting satisfied constraints, and by\n"
        "                       evaluating every filter (scan, for ten seconds at most); ratio: to\n"
        "                       the index, which is index_us over the same N notifications\n"
        "Made-up notifications are 1000.  bench/workloads/README.md says what the workloads are.\n",
    .example = "weir bench match --filters filters.txt --notifications feed.jsonl --json\n"
               "weir bench match --workload stock --count 100000 --threads 2 --baselines 100\n",
    .exits = "0  done\n1  a line was no notification, there was none, or the baselines disagree\n"
             "2  an error in a filter, or no such file\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    struct bench b = {
        .command = args->command,
        .plan = {.workload = -1,
                 .notification_count = NOTIFICATIONS_DEFAULT,
                 .seed = 1,
                 .passes = PASSES_DEFAULT}
    };
    int option, status;

    while ((option = cmd_args_next(args)) > 0) {
        if (!take(args, option, &b.plan))
            return args->status;
    }
    if (option < 0)
        return args->status;
    status = check(args, &b.plan);
    if (status == CMD_OK)
        status = measure(&b);
    finish(&b);
    return status;
}

static bool take(struct cmd_args *args, int option, struct bench_plan *plan)
{
    uint64_t number;

    switch (option) {
    case OPTION_FILTERS: plan->filters = args->value; return true;
    case OPTION_NOTIFICATIONS: plan->notifications = args->value; return true;
    case OPTION_WORKLOAD: return cmd_args_choice(args, WEIRI_WORKLOAD_NAMES, &plan->workload);
    case OPTION_COUNT: return cmd_args_number(args, 1, FILTERS_MAX, &plan->filter_count);
    case OPTION_SEED: return cmd_args_number(args, 0, UINT64_MAX, &plan->seed);
    case OPTION_BASELINES: return cmd_args_number(args, 0, NOTIFICATIONS_MAX, &plan->baselines);
    case OPTION_JSON: plan->json = true; return true;
    case OPTION_PASSES:
        if (!cmd_args_number(args, 1, PASSES_MAX, &number))
            return false;
        plan->passes = (uint32_t)number;
        return true;
    case OPTION_THREADS:
        if (!cmd_args_number(args, 0, BENCH_THREADS_MAX, &number))
            return false;
        plan->threads = (uint32_t)number;
        return true;
    default: return true;
    }
}

static int check(const struct cmd_args *args, const struct bench_plan *plan)
{
    const bool files = plan->filters != NULL || plan->notifications != NULL;

    if (args->rest_count > 0)
        return cmd_usage_error(args->command, "unexpected argument '%s'", args->rest[0]);
    if (files && plan->workload >= 0)
        return cmd_usage_error(args->command, "either files or --workload, not both");
    if (plan->workload < 0 && (plan->filters == NULL || plan->notifications == NULL))
        return cmd_usage_error(args->command, "--%s is needed",
                               plan->filters == NULL ? "filters" : "notifications");
    return CMD_OK;
}

static int measure(struct bench *b)
{
    int (*const steps[])(struct bench *) = {bench_build, bench_matching, bench_changes,
                                            b->plan.baselines > 0 ? bench_baselines : NULL,
                                            b->plan.threads > 0 ? bench_threads : NULL};
    const int status = bench_load(b);

    if (status != CMD_OK && status != CMD_FAILED)
        return status;
    if (b->count == 0 || b->filters.count == 0) {
        cmd_error(b->command, "there are no %s", b->count == 0 ? "notifications" : "filters");
        return CMD_FAILED;
    }
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const int one = steps[i] != NULL ? steps[i](b) : CMD_OK;

        if (one != CMD_OK)
            return one;
    }
    bench_progress(b, NULL);
    bench_show(b);
    return status;
}

int bench_no_memory(const struct bench *b)
{
    cmd_error(b->command, "%s", weir_err_text(WEIR_ENOMEM));
    return CMD_FAILED;
}

void bench_progress(struct bench *b, const char *what)
{
    if (!term_interactive(stderr))
        return;
    if (what != NULL)
        fprintf(stderr, "\r\033[K%s ...", what);
    else if (b->shown)
        fprintf(stderr, "\r\033[K");
    b->shown = what != NULL;
}

static void finish(struct bench *b)
{
    bench_progress(b, NULL);
    weir_match_scratch_destroy(b->scratch);
    weir_matcher_destroy(b->matcher);
    for (size_t i = 0; i < b->count; i++)
        weiri_release(NULL, b->encoded[i]);
    weiri_release(NULL, b->encoded);
    weiri_release(NULL, b->notifications);
    filter_file_fini(&b->filters);
}
