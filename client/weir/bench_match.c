/* bench_match.c - weir bench match: what the index of filters costs.
 *
 * Times are CPU times of the one thread, so that what else the machine does counts less. */
#include "filters.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <weir/alloc.h>
#include <weir/matcher.h>

#define PASSES_MIN 9u
#define PASSES_MAX 10000u
/* Filters that are removed and added again to time it. */
#define CHANGES_MAX 20000u

enum { OPTION_FILTERS = CMD_LONG_ONLY, OPTION_NOTIFICATIONS, OPTION_PASSES, OPTION_JSON };

/* Counts the bytes asked for: a header of its own before each block. */
union block_head {
    size_t size;
    max_align_t align;
};

/* Ascending times in microseconds. */
struct times {
    double *v;
    size_t count;
};

struct bench {
    const struct command *command;
    struct filter_file filters;
    uint8_t **encoded;
    struct weir_notification *notifications;
    size_t count, capacity, encoded_capacity;
    size_t live; /* bytes of the index */
    struct weir_alloc alloc;
    struct weir_matcher *matcher;
    struct weir_match_scratch *scratch;
    uint64_t matches;
    uint32_t passes;

    double build_s, bytes_per_filter;
    double mean, min, median, p99; /* of matching, in microseconds */
    double add_us, remove_us;      /* medians */
};

static int run(struct cmd_args *args);
static int measure(struct bench *b, const char *filters, const char *notifications, bool json);
static int load(struct bench *b, const char *filters, const char *notifications);
static bool keep(struct bench *b, const struct weir_notification *n);
static bool build(struct bench *b);
static bool measure_matching(struct bench *b);
static double pass(struct bench *b);
static bool measure_changes(struct bench *b);
static double now_us(void);
static bool times_init(struct times *times, size_t count);
static double times_share(struct times *times, double share);
static int compare_doubles(const void *a, const void *b);
static void *counted_resize(void *context, void *block, size_t size);
static void counted_release(void *context, void *block);
static void show(const struct bench *b, bool json);
static void finish(struct bench *b);

static const struct cmd_option options[] = {
    {OPTION_FILTERS,       "filters",       "FILE", "filters, one a line"                           },
    {OPTION_NOTIFICATIONS, "notifications", "FILE",
     "notifications as JSON lines, kept in memory; - is standard input"                             },
    {OPTION_PASSES,        "passes",        "N",    "times that all of them are matched (default 9)"},
    {OPTION_JSON,          "json",          NULL,   "print one object"                              },
    CMD_OPTION_END,
};

const struct command command_bench_match = {
    .group = "bench",
    .name = "match",
    .summary = "measure matching notifications against the filters of a file",
    .usage = "--filters FILE --notifications FILE [--passes N] [--json]",
    .options = options,
    .details =
        "Builds the index of all filters, matches all notifications in its encoded form against\n"
        "it several times, and removes and adds filters at full size.  Compiling the filters and\n"
        "reading the notifications is not counted.  Times are CPU times of one thread:\n"
        "  us_per_notification  mean: over a whole pass, the median of the passes;\n"
        "                       min, median, p99: of single notifications\n"
        "  bytes_per_filter     all that the index holds once it is built\n"
        "  build_s              adding all filters, one after another\n"
        "  add_us, remove_us    the median of single ones, at full size\n",
    .example = "weir bench match --filters filters.txt --notifications feed.jsonl --json\n",
    .exits = "0  done\n1  a line was no notification, or there was none\n"
             "2  an error in a filter, or no such file\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    struct bench b = {.command = args->command, .passes = PASSES_MIN};
    const char *filters = NULL, *notifications = NULL;
    uint64_t number;
    bool json = false;
    int option, status;

    while ((option = cmd_args_next(args)) > 0) {
        switch (option) {
        case OPTION_FILTERS: filters = args->value; break;
        case OPTION_NOTIFICATIONS: notifications = args->value; break;
        case OPTION_JSON: json = true; break;
        case OPTION_PASSES:
            if (!cmd_args_number(args, 1, PASSES_MAX, &number))
                return args->status;
            b.passes = (uint32_t)number;
            break;
        default: break;
        }
    }
    if (option < 0)
        return args->status;
    if (args->rest_count > 0)
        return cmd_usage_error(args->command, "unexpected argument '%s'", args->rest[0]);
    if (filters == NULL || notifications == NULL)
        return cmd_usage_error(args->command, "--%s is needed",
                               filters == NULL ? "filters" : "notifications");
    status = measure(&b, filters, notifications, json);
    finish(&b);
    return status;
}

static int measure(struct bench *b, const char *filters, const char *notifications, bool json)
{
    int status = load(b, filters, notifications);

    if (status != CMD_OK && status != CMD_FAILED)
        return status;
    if (b->count == 0 || b->filters.count == 0) {
        cmd_error(b->command, "there are no %s", b->count == 0 ? "notifications" : "filters");
        return CMD_FAILED;
    }
    if (!build(b) || !measure_matching(b) || !measure_changes(b)) {
        cmd_error(b->command, "%s", weir_err_text(WEIR_ENOMEM));
        return CMD_FAILED;
    }
    show(b, json);
    return status;
}

static int load(struct bench *b, const char *filters, const char *notifications)
{
    struct notifications in;
    bool failed = false, kept = true;
    int status = filter_file_read(&b->filters, b->command, filters, true);

    if (status != CMD_OK)
        return status;
    if (!notifications_open(&in, b->command, notifications))
        return CMD_USAGE;
    while (kept && notifications_next(&in, &failed))
        kept = keep(b, &in.current);
    status = failed || in.bad > 0 ? CMD_FAILED : CMD_OK;
    notifications_close(&in);
    if (kept)
        return status;
    cmd_error(b->command, "%s", weir_err_text(WEIR_ENOMEM));
    return CMD_USAGE;
}

static bool keep(struct bench *b, const struct weir_notification *n)
{
    void *grown = weiri_array_grow(NULL, b->notifications, &b->capacity, b->count + 1,
                                   sizeof *b->notifications);
    uint8_t *copy;

    if (grown == NULL)
        return false;
    b->notifications = grown;
    grown =
        weiri_array_grow(NULL, b->encoded, &b->encoded_capacity, b->count + 1, sizeof *b->encoded);
    if (grown == NULL)
        return false;
    b->encoded = grown;
    copy = weiri_alloc(NULL, n->size);
    if (copy == NULL)
        return false;
    memcpy(copy, n->bytes, n->size);
    b->encoded[b->count] = copy;
    b->notifications[b->count++] = weir_notification_view(copy, n->size);
    return true;
}

static bool build(struct bench *b)
{
    double begin;

    b->alloc = (struct weir_alloc){counted_resize, counted_release, b};
    if (weir_matcher_create(&b->matcher, &b->alloc) != WEIR_OK ||
        weir_match_scratch_create(&b->scratch, NULL) != WEIR_OK)
        return false;
    begin = now_us();
    for (size_t i = 0; i < b->filters.count; i++) {
        const struct filter_line *f = &b->filters.items[i];

        if (weir_matcher_add(b->matcher, f->id, 0, f->normal) != WEIR_OK)
            return false;
    }
    b->build_s = (now_us() - begin) / 1e6;
    b->bytes_per_filter = (double)b->live / (double)b->filters.count;
    return weir_match_scratch_reserve(b->scratch, b->matcher) == WEIR_OK;
}

static bool measure_matching(struct bench *b)
{
    struct times passes, singles;

    if (!times_init(&passes, b->passes))
        return false;
    if (!times_init(&singles, b->count)) {
        free(passes.v);
        return false;
    }
    (void)pass(b);
    for (size_t i = 0; i < passes.count; i++)
        passes.v[i] = pass(b) / (double)b->count;
    for (size_t i = 0; i < b->count; i++) {
        const double begin = now_us();

        (void)weir_matcher_match(b->matcher, &b->notifications[i], WEIR_UNDECIDED_NO, b->scratch);
        singles.v[i] = now_us() - begin;
    }
    b->mean = times_share(&passes, 0.5);
    b->min = times_share(&singles, 0);
    b->median = times_share(&singles, 0.5);
    b->p99 = times_share(&singles, 0.99);
    free(passes.v);
    free(singles.v);
    return true;
}

static double pass(struct bench *b)
{
    const double begin = now_us();

    b->matches = 0;
    for (size_t i = 0; i < b->count; i++)
        b->matches +=
            weir_matcher_match(b->matcher, &b->notifications[i], WEIR_UNDECIDED_NO, b->scratch)
                .count;
    return now_us() - begin;
}

/* Filters evenly spread over all of them. */
static bool measure_changes(struct bench *b)
{
    const size_t count = b->filters.count < CHANGES_MAX ? b->filters.count : CHANGES_MAX;
    struct times adds, removals;
    bool added = true;

    if (!times_init(&adds, count))
        return false;
    if (!times_init(&removals, count)) {
        free(adds.v);
        return false;
    }
    for (size_t i = 0; i < count && added; i++) {
        const struct filter_line *f = &b->filters.items[i * (b->filters.count / count)];
        const double begin = now_us();
        double between;

        (void)weir_matcher_remove(b->matcher, f->id);
        between = now_us();
        added = weir_matcher_add(b->matcher, f->id, 0, f->normal) == WEIR_OK;
        adds.v[i] = now_us() - between;
        removals.v[i] = between - begin;
    }
    b->add_us = times_share(&adds, 0.5);
    b->remove_us = times_share(&removals, 0.5);
    free(adds.v);
    free(removals.v);
    return added;
}

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static bool times_init(struct times *times, size_t count)
{
    times->v = weiri_alloc_zeroed(NULL, count, sizeof *times->v);
    times->count = count;
    return times->v != NULL;
}

static double times_share(struct times *times, double share)
{
    qsort(times->v, times->count, sizeof *times->v, compare_doubles);
    return times->v[(size_t)(share * (double)(times->count - 1))];
}

static int compare_doubles(const void *a, const void *b)
{
    const double *one = a, *other = b;

    return *one < *other ? -1 : *one > *other;
}

static void *counted_resize(void *context, void *block, size_t size)
{
    struct bench *b = context;
    union block_head *old = block != NULL ? (union block_head *)block - 1 : NULL, *head;
    const size_t before = old != NULL ? old->size : 0;

    head = realloc(old, sizeof *head + size);
    if (head == NULL)
        return NULL;
    head->size = size;
    b->live += size - before;
    return head + 1;
}

static void counted_release(void *context, void *block)
{
    struct bench *b = context;
    union block_head *head = block != NULL ? (union block_head *)block - 1 : NULL;

    if (head == NULL)
        return;
    b->live -= head->size;
    free(head);
}

static void show(const struct bench *b, bool json)
{
    printf(json ? "{\"filters\":%zu,\"notifications\":%zu,\"matches\":%" PRIu64
                  ",\"build_s\":%.3f,\"us_per_notification\":{\"mean\":%.3f,\"min\":%.3f,"
                  "\"median\":%.3f,\"p99\":%.3f},\"bytes_per_filter\":%.1f,\"add_us\":%.2f,"
                  "\"remove_us\":%.2f}\n"
                : "filters            %zu\nnotifications      %zu\nmatches            %" PRIu64
                  "\nbuild              %.3f s\nmatch, mean        %.3f us a notification\n"
                  "match, min         %.3f us\nmatch, median      %.3f us\n"
                  "match, p99         %.3f us\nbytes a filter     %.1f\n"
                  "add, median        %.2f us\nremove, median     %.2f us\n",
           b->filters.count, b->count, b->matches, b->build_s, b->mean, b->min, b->median, b->p99,
           b->bytes_per_filter, b->add_us, b->remove_us);
}

static void finish(struct bench *b)
{
    weir_match_scratch_destroy(b->scratch);
    weir_matcher_destroy(b->matcher);
    for (size_t i = 0; i < b->count; i++)
        weiri_release(NULL, b->encoded[i]);
    weiri_release(NULL, b->encoded);
    weiri_release(NULL, b->notifications);
    filter_file_fini(&b->filters);
}
