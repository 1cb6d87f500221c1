/* filter_check.c - weir filter check, weir filter fmt: what is said about the text of a filter. */
#include "filters.h"

#include <weir/json.h>

#include <inttypes.h>
#include <string.h>

enum { OPTION_JSON = CMD_LONG_ONLY, OPTION_FILTERS, OPTION_NORMAL, OPTION_FROM_JSON };

typedef size_t (*print_fn)(char *out, size_t size, const struct weir_filter *filter);

struct check {
    const struct command *command;
    bool json;
    bool any; /* some record was printed */
};

static int run_check(struct cmd_args *args);
static int check_operand(struct check *check, const char *operand);
static int check_one(void *context, const char *where, uint64_t number, struct weir_str text);
static int run_fmt(struct cmd_args *args);
static int fmt(const struct command *command, const struct source *source, bool from_json,
               bool normal, bool json);
static int read_tree(struct weir_filter **out, const struct command *command, struct weir_str json);
static int print_filter(const struct command *command, const struct weir_filter *filter,
                        print_fn print);
static int print_normal(const struct command *command, const struct weir_filter *filter);

static const struct cmd_option check_options[] = {
    {OPTION_JSON,    "json",    NULL,   "print the diagnostics as a JSON array, empty if there are none"},
    {OPTION_FILTERS, "filters", "FILE", "check each line of FILE, or of standard input for '-'"         },
    CMD_OPTION_END,
};

const struct command command_filter_check = {
    .group = "filter",
    .name = "check",
    .summary = "say what is wrong with a filter",
    .usage = "[--json] FILTER | --filters FILE",
    .options = check_options,
    .details =
        "Prints errors and warnings with their places, and nothing for a sound filter. FILTER is\n"
        "in quotes; '-' reads it from standard input. Write '--' before one that begins with '-'.\n"
        "With --filters each line holds a filter; blank lines and comments hold none. Places are\n"
        "headed by the name of the file and the line; in JSON the member \"filter\" has the line.\n"
        "'weir help F203' explains the code of an error.\n",
    .example = "weir filter check \"symbol = 'IBM' AND price >= AND volume > 0\"\n"
               "weir filter check --json --filters filters.txt\n",
    .exits = "0  the filter is sound; there may be warnings\n2  it is not, or no such file\n",
    .run = run_check,
};

static int run_check(struct cmd_args *args)
{
    struct check check = {.command = args->command};
    const char *file = NULL;
    int option, status;

    while ((option = cmd_args_next(args)) > 0) {
        check.json = check.json || option == OPTION_JSON;
        file = option == OPTION_FILTERS ? args->value : file;
    }
    if (option < 0)
        return args->status;
    if (args->rest_count != (file == NULL))
        return cmd_usage_error(args->command, "expected one filter, in quotes, or --filters FILE");
    fputs(check.json ? "[" : "", stdout);
    status = file == NULL ? check_operand(&check, args->rest[0])
                          : filter_lines_each(check.command, file, check_one, &check);
    fputs(check.json ? "]\n" : "", stdout);
    return status;
}

static int check_operand(struct check *check, const char *operand)
{
    struct source source;
    int status = source_init(&source, check->command, operand);

    if (status != CMD_OK)
        return status;
    status = check_one(check, "", 0, source.text);
    source_fini(&source);
    return status;
}

/* `number` is that of the line, 0 for a filter that is none of a file. */
static int check_one(void *context, const char *where, uint64_t number, struct weir_str text)
{
    struct check *check = context;
    struct weir_diags diags;
    struct weir_filter *filter = NULL;
    enum weir_err err = filter_diagnose(&filter, text, &diags);
    char head[40] = "";

    if (number > 0)
        snprintf(head, sizeof head, "\"filter\":%" PRIu64 ",", number);
    if (check->json)
        diags_show_json(stdout, head, text, &diags, &check->any);
    else
        diags_show(stdout, where, text, &diags);
    weir_filter_destroy(filter);
    if (err == WEIR_OK)
        return CMD_OK;
    if (diags.count == 0)
        cmd_error(check->command, "%s%s", where, weir_err_text(err));
    return err == WEIR_ENOMEM ? CMD_FAILED : CMD_USAGE;
}

static const struct cmd_option fmt_options[] = {
    {OPTION_NORMAL,    "normal",    NULL, "print the normal form: what brokers tell each other"},
    {OPTION_JSON,      "json",      NULL, "print the syntax tree as JSON"                      },
    {OPTION_FROM_JSON, "from-json", NULL, "FILTER is a syntax tree as JSON"                    },
    CMD_OPTION_END,
};

const struct command command_filter_fmt = {
    .group = "filter",
    .name = "fmt",
    .summary = "print a filter in its canonical form",
    .usage = "[--normal | --json] [--from-json] FILTER",
    .options = fmt_options,
    .details = "'-' in the place of FILTER reads it from standard input.\n",
    .example = "weir filter fmt 'not (price<=10 or symbol==\"IBM\")'\n"
               "weir filter fmt --normal 'x = 1 or x = 2'\n"
               "weir filter fmt --from-json '{\"op\":\"=\",\"args\":[{\"attr\":\"x\"},1]}'\n",
    .exits = "0  done\n2  an error in the filter\n",
    .run = run_fmt,
};

static int run_fmt(struct cmd_args *args)
{
    struct source source;
    bool normal = false, json = false, from_json = false;
    int option, status;

    while ((option = cmd_args_next(args)) > 0) {
        normal = normal || option == OPTION_NORMAL;
        json = json || option == OPTION_JSON;
        from_json = from_json || option == OPTION_FROM_JSON;
    }
    if (option < 0)
        return args->status;
    if (args->rest_count != 1)
        return cmd_usage_error(args->command, "expected one filter, in quotes");
    if (normal && json)
        return cmd_usage_error(args->command, "--normal and --json exclude each other");
    status = source_init(&source, args->command, args->rest[0]);
    if (status != CMD_OK)
        return status;
    status = fmt(args->command, &source, from_json, normal, json);
    source_fini(&source);
    return status;
}

static int fmt(const struct command *command, const struct source *source, bool from_json,
               bool normal, bool json)
{
    struct weir_filter *filter;
    int status = from_json ? read_tree(&filter, command, source->text)
                           : filter_compile_shown(&filter, command, "", source->text);

    if (status != CMD_OK)
        return status;
    if (normal)
        status = print_normal(command, filter);
    else
        status = print_filter(command, filter, json ? weir_filter_to_json : weir_filter_print);
    weir_filter_destroy(filter);
    return status;
}

static int read_tree(struct weir_filter **out, const struct command *command, struct weir_str json)
{
    struct weir_json_problem problem;
    enum weir_err err = weir_filter_from_json(out, json, &problem, NULL);

    if (err == WEIR_OK)
        return CMD_OK;
    if (problem.column != 0)
        cmd_error(command, "column %" PRIu32 ": %s", problem.column, problem.text);
    else
        cmd_error(command, "%s", problem.text);
    return err == WEIR_ENOMEM ? CMD_FAILED : CMD_USAGE;
}

static int print_filter(const struct command *command, const struct weir_filter *filter,
                        print_fn print)
{
    struct text text = {NULL, 0};
    const char *line = TEXT_PRINT(&text, print, filter);

    if (line != NULL)
        puts(line);
    else
        cmd_error(command, "%s", weir_err_text(WEIR_ENOMEM));
    text_fini(&text);
    return line != NULL ? CMD_OK : CMD_FAILED;
}

static int print_normal(const struct command *command, const struct weir_filter *filter)
{
    struct weir_normal *normal = NULL;
    struct text text = {NULL, 0};
    const char *line = NULL;

    if (weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, NULL) == WEIR_OK)
        line = TEXT_PRINT(&text, weir_normal_print, normal);
    if (line != NULL) {
        puts(line);
        if (!weir_normal_is_exact(normal))
            cmd_error(command,
                      "the filter is larger than a normal form may be; this is a wider "
                      "one, and the broker of the subscriber decides by the filter itself");
    } else {
        cmd_error(command, "%s", weir_err_text(WEIR_ENOMEM));
    }
    text_fini(&text);
    weir_normal_destroy(normal);
    return line != NULL ? CMD_OK : CMD_FAILED;
}
