/* top.c - weir top: what a broker does, from moment to moment. */
#include "query.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_JSON = CMD_LONG_ONLY };

#define INTERVAL_DEFAULT_MS 1000u
#define HEADING_EVERY 20u

/* Counters of the broker's "routing", shown as rates. */
static const struct {
    const char *key, *heading;
} rates[] = {
    {"published",   "PUBLISHED/s"},
    {"delivered",   "DELIVERED/s"},
    {"received",    "RECEIVED/s" },
    {"forwarded",   "FORWARDED/s"},
    {"refused",     "REFUSED/s"  },
    {"control_out", "CONTROL/s"  },
};
#define RATE_COUNT (sizeof rates / sizeof rates[0])

static const struct {
    const char *key, *heading;
} levels[] = {
    {"links",   "LINKS"  },
    {"clients", "CLIENTS"},
    {"subs",    "SUBS"   },
    {"advs",    "ADVS"   },
};
#define LEVEL_COUNT (sizeof levels / sizeof levels[0])

struct top {
    struct query query;
    const char *url;
    bool json;
    uint64_t interval_ms, count; /* count 0: no end */
    uint64_t shown, asked_ns;
    json_int_t last[RATE_COUNT];
};

static int run(struct cmd_args *args);
static bool watch(struct top *top);
static bool show(struct top *top, const json_t *answer, uint64_t now);
static bool print_json(const json_t *answer);

static const struct cmd_option options[] = {
    {'n',         "count",    "N",       "end after N lines"                                    },
    {'i',         "interval", "SECONDS", "time between lines (1)"                               },
    {OPTION_JSON, "json",     NULL,      "print the broker's counters as JSON, a line each time"},
    CMD_OPTION_URL,
    CMD_OPTION_END,
};

const struct command command_top = {
    .name = "top",
    .summary = "watch what a broker does",
    .usage = "[-n N] [-i SECONDS]",
    .options = options,
    .details =
        "Prints a line of rates and sizes each second, until interrupted.  RECEIVED and FORWARDED\n"
        "count notifications from and to other brokers.\n",
    .example = "weir top -n 10 --url tcp://127.0.0.1:7411\n",
    .exits = "0    N lines are printed\n3    cannot connect\n4    refused\n"
             "5    the broker did not answer\n6    the broker speaks another protocol\n"
             "130  interrupted\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    struct top top = {.interval_ms = INTERVAL_DEFAULT_MS};
    int option, status;

    while ((option = cmd_args_next(args)) > 0) {
        switch (option) {
        case 'n':
            if (!cmd_args_number(args, 1, INT64_MAX, &top.count))
                return args->status;
            break;
        case 'i':
            if (!cmd_args_seconds(args, &top.interval_ms))
                return args->status;
            break;
        case OPTION_JSON: top.json = true; break;
        case CMD_URL: top.url = args->value; break;
        default: break;
        }
    }
    if (option < 0)
        return args->status;
    if (args->rest_count > 0)
        return cmd_usage_error(args->command, "unexpected argument '%s'", args->rest[0]);
    if (top.interval_ms == 0)
        return cmd_usage_error(args->command, "the interval is above 0");
    status = query_open(&top.query, args->command, top.url) && watch(&top)
                 ? CMD_OK
                 : top.query.session.status;
    query_close(&top.query);
    return status;
}

/* The first answer is what the second is compared with. */
static bool watch(struct top *top)
{
    uint64_t due = clock_ns();

    while (top->count == 0 || top->shown < top->count) {
        json_t *answer = query_ask(&top->query, "broker");
        bool going;

        if (answer == NULL)
            return false;
        going = show(top, answer, clock_ns());
        json_decref(answer);
        if (!going || fflush(stdout) != 0) {
            top->query.session.status = CMD_FAILED;
            return false;
        }
        due += top->interval_ms * 1000000u;
        while ((top->count == 0 || top->shown < top->count) && clock_ns() < due)
            if (session_wait(&top->query.session, -1, due) == SESSION_OVER)
                return false;
    }
    return true;
}

static bool show(struct top *top, const json_t *answer, uint64_t now)
{
    const json_t *routing = json_object_get(answer, "routing");
    double seconds = (double)(now - top->asked_ns) / 1e9;
    bool first = top->asked_ns == 0;

    top->asked_ns = now;
    if (top->json) {
        top->shown++;
        return print_json(answer);
    }
    if (!first && top->shown % HEADING_EVERY == 0) {
        for (size_t i = 0; i < RATE_COUNT; i++)
            printf("%s  ", rates[i].heading);
        for (size_t i = 0; i < LEVEL_COUNT; i++)
            printf("%s%s", levels[i].heading, i + 1 < LEVEL_COUNT ? "  " : "\n");
    }
    for (size_t i = 0; i < RATE_COUNT; i++) {
        json_int_t total = json_integer_value(json_object_get(routing, rates[i].key));

        if (!first)
            printf("%*.0f  ", (int)strlen(rates[i].heading),
                   (double)(total - top->last[i]) / seconds);
        top->last[i] = total;
    }
    for (size_t i = 0; !first && i < LEVEL_COUNT; i++)
        printf("%*" JSON_INTEGER_FORMAT "%s", (int)strlen(levels[i].heading),
               json_integer_value(json_object_get(routing, levels[i].key)),
               i + 1 < LEVEL_COUNT ? "  " : "\n");
    top->shown += !first;
    return true;
}

static bool print_json(const json_t *answer)
{
    char *text = json_dumps(answer, JSON_COMPACT);

    if (text == NULL)
        return false;
    puts(text);
    free(text);
    return true;
}
