/* sub.c - weir sub: print the notifications that match filters, as they arrive. */
#include "histogram.h"
#include "print.h"
#include "session.h"

#include <inttypes.h>

enum { OPTION_LATENCY = CMD_LONG_ONLY, OPTION_COLUMNS, OPTION_NAME };

#define SUBSCRIPTIONS_MAX 1024

/* The session comes first: callbacks find it there. */
struct sub {
    struct session session;
    const struct command *command;
    const char *url, *name, *columns;
    char **filters;
    size_t filter_count, answered;
    bool refused, verbose, latency, out_of_memory;
    enum weir_reason refused_reason;
    uint64_t wanted, got; /* wanted 0: no end */
    bool limited;
    uint64_t wait_ms;
    struct printer printer;
    struct histogram delays;
};

static int run(struct cmd_args *args);
static bool read_options(struct cmd_args *args, struct sub *sub);
static bool read_option(struct cmd_args *args, struct sub *sub, int option);
static int check_filters(struct sub *sub);
static int converse(struct sub *sub);
static bool subscribe(struct sub *sub);
static int receive(struct sub *sub, uint64_t until_ns);
static bool is_done(const struct sub *sub);
static bool write_out(void);
static void print_latency(const struct sub *sub);
static void on_delivered(void *context, const struct weir_delivery *delivery);
static void on_subscribed(void *context, uint32_t id, struct weir_outcome_view outcome);
static void on_gap(void *context, const struct weir_gap_notice *notice);

static const struct cmd_option options[] = {
    {'c',            "count",   "N",       "end after N notifications"                              },
    {'w',            "wait",    "SECONDS", "end after this time"                                    },
    {'o',            "output",  "FORMAT",
     "text (default), jsonl, csv (with a header line) or raw\n(the bodies alone, as they are)"      },
    {OPTION_COLUMNS, "columns", "A,B,...",
     "the columns of csv; by default the attributes of the\nfirst notification"                     },
    {OPTION_LATENCY, "latency", NULL,      "at the end print how long notifications took, on stderr"},
    {OPTION_NAME,    "name",    "NAME",    "this client's name"                                     },
    {'v',            "verbose", NULL,      "say on stderr when the subscription is in force"        },
    CMD_OPTION_URL,
    CMD_OPTION_END,
};

const struct command command_sub = {
    .name = "sub",
    .summary = "subscribe and print what arrives",
    .usage = "[-c N] [-w SECONDS] [-o FORMAT] FILTER ...",
    .options = options,
    .details =
        "A notification that matches several of the filters is printed once; TRUE matches all.\n"
        "Lines are written as soon as they arrive.  While a link of the overlay is down,\n"
        "notifications from beyond it may be missing: GAP lines on stderr say so.\n",
    .example = "weir sub \"symbol = 'IBM' AND price > 185\"\n"
               "weir sub -c 1 -w 5 -o jsonl TRUE\n",
    .exits = "0    N notifications have come; without -c, the time is up\n"
             "2    wrong arguments, or an error in a filter\n"
             "3    cannot connect\n"
             "4    refused\n"
             "5    the time was up before N notifications had come\n"
             "6    the broker speaks another protocol\n"
             "130  interrupted\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    struct sub sub = {.command = args->command, .printer = {.out = stdout}};
    int status;

    if (!read_options(args, &sub))
        return args->status;
    status = check_filters(&sub);
    if (status != CMD_OK)
        return status;
    if (sub.columns != NULL && !printer_columns(&sub.printer, sub.columns))
        status = cmd_usage_error(args->command, "--columns: more than %d", PRINT_COLUMNS_MAX);
    else
        status = converse(&sub);
    printer_fini(&sub.printer);
    return status;
}

/* ---- arguments */

static bool read_options(struct cmd_args *args, struct sub *sub)
{
    int option;

    while ((option = cmd_args_next(args)) > 0)
        if (!read_option(args, sub, option))
            return false;
    if (option < 0)
        return false;
    sub->filters = args->rest;
    sub->filter_count = (size_t)args->rest_count;
    if (args->rest_count == 0 || args->rest_count > SUBSCRIPTIONS_MAX)
        args->status = cmd_usage_error(args->command,
                                       "expected one filter, in quotes, or more; TRUE matches all");
    else if (sub->columns != NULL && sub->printer.format != PRINT_CSV)
        args->status = cmd_usage_error(args->command, "--columns goes with -o csv");
    else
        return true;
    return false;
}

static bool read_option(struct cmd_args *args, struct sub *sub, int option)
{
    int choice;

    switch (option) {
    case 'c': return cmd_args_number(args, 1, INT64_MAX, &sub->wanted);
    case 'w': sub->limited = true; return cmd_args_seconds(args, &sub->wait_ms);
    case 'o':
        if (!cmd_args_choice(args, PRINT_FORMATS, &choice))
            return false;
        sub->printer.format = (enum print_format)choice;
        break;
    case OPTION_COLUMNS: sub->columns = args->value; break;
    case OPTION_LATENCY: sub->latency = true; break;
    case OPTION_NAME: sub->name = args->value; break;
    case 'v': sub->verbose = true; break;
    case CMD_URL: sub->url = args->value; break;
    default: break;
    }
    return true;
}

/* Errors are told with their places even where no broker can be reached. */
static int check_filters(struct sub *sub)
{
    for (size_t i = 0; i < sub->filter_count; i++) {
        struct weir_filter *filter = NULL;
        int status = filter_compile_shown(&filter, sub->command, "", weir_str_of(sub->filters[i]));

        weir_filter_destroy(filter);
        if (status != CMD_OK)
            return status;
    }
    return CMD_OK;
}

/* ---- the conversation */

static int converse(struct sub *sub)
{
    struct weir_client_callbacks callbacks = {
        .delivered = on_delivered, .subscribed = on_subscribed, .gap = on_gap};
    struct session_options session = {.url = sub->url,
                                      .name = sub->name,
                                      .verbose = sub->verbose,
                                      .callbacks = &callbacks,
                                      .context = sub};
    uint64_t until_ns = sub->limited ? clock_ns() + sub->wait_ms * 1000000u : UINT64_MAX;
    int status;

    if (!session_open(&sub->session, sub->command, &session) || !subscribe(sub))
        status = sub->session.status;
    else
        status = receive(sub, until_ns);
    session_close(&sub->session);
    if (!write_out() && status == CMD_OK)
        status = CMD_FAILED;
    if (sub->latency && sub->session.was_connected)
        print_latency(sub);
    return status;
}

static bool subscribe(struct sub *sub)
{
    for (size_t i = 0; i < sub->filter_count; i++) {
        uint32_t id;
        enum weir_err err = weir_client_subscribe(sub->session.client, &id, sub->filters[i]);

        if (err != WEIR_OK) {
            cmd_error(sub->command, "%s", weir_err_text(err));
            sub->session.status = CMD_FAILED;
            return false;
        }
    }
    return true;
}

static int receive(struct sub *sub, uint64_t until_ns)
{
    for (;;) {
        enum session_wake wake = session_wait(&sub->session, -1, until_ns);

        if (!write_out() || sub->out_of_memory)
            return CMD_FAILED;
        if (is_done(sub))
            return CMD_OK;
        if (sub->refused) {
            bool filter = sub->refused_reason == WEIR_REASON_FILTER ||
                          sub->refused_reason == WEIR_REASON_UNSATISFIABLE;

            return filter ? CMD_USAGE : CMD_REFUSED;
        }
        if (wake == SESSION_OVER)
            return sub->session.status;
        if (wake == SESSION_TIME)
            return sub->wanted > 0 ? CMD_TIMEOUT : CMD_OK;
    }
}

static bool is_done(const struct sub *sub)
{
    return sub->wanted > 0 && sub->got >= sub->wanted;
}

/* Whole batches at once, but never later than the next wait. */
static bool write_out(void)
{
    return fflush(stdout) == 0 && !ferror(stdout);
}

static void print_latency(const struct sub *sub)
{
    static const struct {
        const char *name;
        double share;
    } rows[] = {
        {"p50",   0.5  },
        {"p90",   0.9  },
        {"p99",   0.99 },
        {"p99.9", 0.999}
    };

    fprintf(stderr, "delay of %" PRIu64 " notifications in us:", sub->delays.total);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        fprintf(stderr, " %s %.1f", rows[i].name,
                (double)histogram_percentile(&sub->delays, rows[i].share) / 1e3);
    fprintf(stderr, " max %.1f (by the monotonic clock of one machine)\n",
            (double)sub->delays.max / 1e3);
}

/* ---- what arrives */

static void on_delivered(void *context, const struct weir_delivery *delivery)
{
    struct sub *sub = context;
    uint64_t now;

    sub->session.woken = true;
    if (is_done(sub))
        return;
    sub->got++;
    if (!printer_print(&sub->printer, &delivery->notification)) {
        cmd_error(sub->command, "%s", weir_err_text(WEIR_ENOMEM));
        sub->out_of_memory = true;
    }
    if (sub->latency && delivery->sent_ns != 0) {
        now = clock_ns();
        if (now >= delivery->sent_ns)
            histogram_add(&sub->delays, now - delivery->sent_ns);
    }
}

static void on_subscribed(void *context, uint32_t id, struct weir_outcome_view outcome)
{
    struct sub *sub = context;

    (void)id;
    sub->session.woken = true;
    if (outcome.reason != WEIR_REASON_NONE) {
        sub->refused = true;
        sub->refused_reason = outcome.reason;
        session_refusal(&sub->session, "the subscription was refused", outcome);
        return;
    }
    if (++sub->answered % sub->filter_count == 0 && sub->verbose)
        cmd_error(sub->command, "subscribed");
}

static void on_gap(void *context, const struct weir_gap_notice *notice)
{
    struct sub *sub = context;

    fflush(stdout);
    cmd_error(sub->command, "GAP %s: link %.*s - %.*s: %s", notice->ended ? "end" : "begin",
              (int)notice->near_name.len, notice->near_name.ptr, (int)notice->far_name.len,
              notice->far_name.ptr,
              notice->ended ? "it is whole again" : "notifications from beyond it may be missing");
}
