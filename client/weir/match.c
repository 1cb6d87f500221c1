/* match.c - weir match: which filters of a file match each notification of another. */
#include "match.h"

#include <weir/alloc.h>

#include <inttypes.h>

enum {
    OPTION_FILTERS = CMD_LONG_ONLY,
    OPTION_NOTIFICATIONS,
    OPTION_SCAN,
    OPTION_EXPLAIN,
    OPTION_JSON
};

/* Either the index, or, to compare with it, every filter in turn. */
struct match {
    const struct command *command;
    bool explain, json;
    struct filter_file filters;
    struct weir_matcher *matcher;
    struct weir_match_scratch *match_scratch;
    struct weir_scratch *scratch;
    uint32_t *ids;
    size_t count;
    uint64_t number; /* of the notification */
};

static int run(struct cmd_args *args);
static int match_files(struct match *m, const char *filters, const char *notifications, bool scan);
static bool show(struct match *m, const struct weir_notification *n);
static bool prepare(struct match *m, bool scan);
static bool index_filters(struct match *m);
static void find_indexed(struct match *m, const struct weir_notification *n);
static void find_scanning(struct match *m, const struct weir_notification *n);
static const struct filter_line *line_of(const struct match *m, uint32_t id);
static void print_ids(const struct match *m);
static void finish(struct match *m);

static const struct cmd_option options[] = {
    {OPTION_FILTERS,       "filters",       "FILE", "filters, one a line; the number of its line is its id"},
    {OPTION_NOTIFICATIONS, "notifications", "FILE",
     "notifications as JSON lines; - is standard input"                                                    },
    {OPTION_SCAN,          "scan",          NULL,
     "evaluate every filter on every notification instead of using\nthe index; the output is the same"     },
    {OPTION_EXPLAIN,       "explain",       NULL,
     "say where the index holds each filter, and what it does for each\nnotification"                      },
    {OPTION_JSON,          "json",          NULL,   "with --explain: an object a line"                     },
    CMD_OPTION_END,
};

const struct command command_match = {
    .name = "match",
    .summary = "print which filters of a file match each notification",
    .usage = "--filters FILE --notifications FILE [--scan | --explain [--json]]",
    .options = options,
    .details =
        "For each notification prints a line with the ids of the filters that match it, ascending\n"
        "and separated by spaces; the line is empty if there are none.  Blank lines and comments\n"
        "(--) in the file of filters count as lines and hold no filter.  A line that is no\n"
        "notification is named and passed over, and the exit status is then 1.\n"
        "With --explain, for each conjunction of each filter: by which key it is found, what\n"
        "decides each of its constraints (the key; a column of codes, compared for all rows of a\n"
        "block or a page of 64 at a time; its record), and how many rows there are under\n"
        "the same keys.  For each notification: the keys that it meets, with the blocks, pages, rows\n"
        "and columns under them, the rows that these leave, those of them whose records are looked\n"
        "at, and how many match.  Steps are keys looked for, columns, rows left and records: what\n"
        "grows with the filters.\n",
    .example = "weir match --filters filters.txt --notifications feed.jsonl\n"
               "weir match --explain --filters filters.txt --notifications feed.jsonl\n",
    .exits = "0  done\n1  a line was no notification\n2  an error in a filter, or no such file\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    struct match m = {.command = args->command};
    const char *filters = NULL, *notifications = NULL;
    bool scan = false;
    int option, status;

    while ((option = cmd_args_next(args)) > 0) {
        switch (option) {
        case OPTION_FILTERS: filters = args->value; break;
        case OPTION_NOTIFICATIONS: notifications = args->value; break;
        case OPTION_SCAN: scan = true; break;
        case OPTION_EXPLAIN: m.explain = true; break;
        case OPTION_JSON: m.json = true; break;
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
    if ((m.explain && scan) || (m.json && !m.explain))
        return cmd_usage_error(args->command, m.json ? "--json goes with --explain"
                                                     : "--scan does not go with --explain");
    status = match_files(&m, filters, notifications, scan);
    finish(&m);
    return status;
}

static int match_files(struct match *m, const char *filters, const char *notifications, bool scan)
{
    struct notifications in;
    bool failed = false;
    int status = filter_file_read(&m->filters, m->command, filters, !scan);

    if (status != CMD_OK)
        return status;
    if (!prepare(m, scan))
        goto no_memory;
    if (!notifications_open(&in, m->command, notifications))
        return CMD_USAGE;
    while (notifications_next(&in, &failed) && !ferror(stdout)) {
        m->number++;
        if (scan)
            find_scanning(m, &in.current);
        else
            find_indexed(m, &in.current);
        if (!show(m, &in.current)) {
            notifications_close(&in);
            goto no_memory;
        }
    }
    status = failed || in.bad > 0 ? CMD_FAILED : CMD_OK;
    notifications_close(&in);
    return status;

no_memory:
    cmd_error(m->command, "%s", weir_err_text(WEIR_ENOMEM));
    return CMD_FAILED;
}

static bool show(struct match *m, const struct weir_notification *n)
{
    if (m->explain)
        return match_explain(m->matcher, n, m->number, m->ids, m->count, m->json);
    print_ids(m);
    return true;
}

static bool prepare(struct match *m, bool scan)
{
    m->ids = weiri_alloc_zeroed(NULL, m->filters.count + 1, sizeof *m->ids);
    if (m->ids == NULL || weir_scratch_create(&m->scratch, NULL) != WEIR_OK)
        return false;
    return scan || index_filters(m);
}

/* Keeps no more of a filter than is needed to confirm what the index says. */
static bool index_filters(struct match *m)
{
    if (weir_matcher_create(&m->matcher, NULL) != WEIR_OK ||
        weir_match_scratch_create(&m->match_scratch, NULL) != WEIR_OK)
        return false;
    for (size_t i = 0; i < m->filters.count; i++) {
        struct filter_line *f = &m->filters.items[i];

        if (weir_matcher_add(m->matcher, f->id, 0, f->normal) != WEIR_OK)
            return false;
        if (m->explain)
            continue;
        weir_normal_destroy(f->normal);
        f->normal = NULL;
        if (f->exact) {
            weir_filter_destroy(f->filter);
            f->filter = NULL;
        }
    }
    for (size_t i = 0; i < m->filters.count && m->explain; i++) {
        if (!match_explain_filter(m->matcher, &m->filters.items[i], m->json))
            return false;
    }
    return weir_match_scratch_reserve(m->match_scratch, m->matcher) == WEIR_OK;
}

static void find_indexed(struct match *m, const struct weir_notification *n)
{
    struct weir_matches found =
        weir_matcher_match(m->matcher, n, WEIR_UNDECIDED_NO, m->match_scratch);

    weir_match_scratch_sort(m->match_scratch);
    m->count = 0;
    for (size_t i = 0; i < found.count; i++) {
        const struct filter_line *f = line_of(m, found.v[i]);

        if (f->exact || weir_filter_eval(f->filter, n, m->scratch) == WEIR_TRUE)
            m->ids[m->count++] = f->id;
    }
}

static const struct filter_line *line_of(const struct match *m, uint32_t id)
{
    size_t low = 0, high = m->filters.count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (m->filters.items[middle].id <= id)
            low = middle;
        else
            high = middle;
    }
    return &m->filters.items[low];
}

static void find_scanning(struct match *m, const struct weir_notification *n)
{
    m->count = 0;
    for (size_t i = 0; i < m->filters.count; i++)
        if (weir_filter_eval(m->filters.items[i].filter, n, m->scratch) == WEIR_TRUE)
            m->ids[m->count++] = m->filters.items[i].id;
}

static void print_ids(const struct match *m)
{
    for (size_t i = 0; i < m->count; i++) {
        char digits[12];
        size_t at = sizeof digits;
        uint32_t id = m->ids[i];

        do
            digits[--at] = (char)('0' + id % 10);
        while ((id /= 10) > 0);
        if (i > 0)
            digits[--at] = ' ';
        fwrite(digits + at, 1, sizeof digits - at, stdout);
    }
    putchar('\n');
}

static void finish(struct match *m)
{
    weir_match_scratch_destroy(m->match_scratch);
    weir_matcher_destroy(m->matcher);
    weir_scratch_destroy(m->scratch);
    weiri_release(NULL, m->ids);
    filter_file_fini(&m->filters);
}
