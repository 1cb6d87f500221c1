/* main.c - weir-bench-filters: what compiling, evaluating and comparing filters costs.
 *
 * Answers: does a typical filter compile within 5 us and evaluate within 100 ns, and is the worst
 * that anyone may send still bounded?  See README.md. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: weir-bench-filters [--json] [--check] [--quick] [--seed N] [--search SECONDS]\n"
    "                          [--only typical|worst|search]\n"
    "\n"
    "  --json      one JSON object a line instead of a table\n"
    "  --check     exit status 1 when a bar is missed\n"
    "  --quick     few repetitions: to see that it runs\n"
    "  --seed N    of the generated filters and of the search\n"
    "  --search S  look for worse cases, S seconds for each operation (0: do not)\n"
    "  --only G    one group of measurements\n";

static bool parse_value(struct bench_options *options, const char *option, const char *value)
{
    char *end = NULL;

    if (strcmp(option, "--only") == 0) {
        options->only = value;
        return strcmp(value, "typical") == 0 || strcmp(value, "worst") == 0 ||
               strcmp(value, "search") == 0;
    }
    if (strcmp(option, "--seed") == 0)
        options->seed = strtoull(value, &end, 10);
    else if (strcmp(option, "--search") == 0)
        options->search_seconds = strtod(value, &end);
    return end != NULL && end != value && *end == '\0';
}

static bool parse_options(struct bench_options *options, int argc, char **argv)
{
    *options = (struct bench_options){.seed = 1};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            options->json = true;
        else if (strcmp(argv[i], "--check") == 0)
            options->check = true;
        else if (strcmp(argv[i], "--quick") == 0)
            options->quick = true;
        else if (i + 1 == argc || !parse_value(options, argv[i], argv[i + 1]))
            return false;
        else
            i++;
    }
    return true;
}

static bool wanted(const struct bench_options *options, const char *group)
{
    return options->only == NULL || strcmp(options->only, group) == 0;
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_report *report;
    size_t missed;

    if (!parse_options(&options, argc, argv)) {
        (void)fputs(usage, stderr);
        return 2;
    }
    report = bench_report_open(&options);
    if (wanted(&options, "typical"))
        bench_typical(report, &options);
    if (wanted(&options, "worst"))
        bench_worst(report, &options);
    if (wanted(&options, "search") && options.search_seconds > 0)
        bench_search(report, &options);
    missed = bench_report_close(report);
    return options.check && missed != 0 ? 1 : 0;
}
