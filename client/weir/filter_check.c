/* filter_check.c - weir filter check, weir filter fmt: what is said about the text of a filter. */
#include "filters.h"

#include <weir/alloc.h>
#include <weir/json.h>

#include <inttypes.h>
#include <string.h>

enum { OPTION_JSON = CMD_LONG_ONLY, OPTION_NORMAL, OPTION_FROM_JSON };

typedef size_t (*print_fn)(char *out, size_t size, const struct weir_filter *filter);

static int run_check(struct cmd_args *args);
static int check_one(const struct command *command, const char *source, bool json);
static int run_fmt(struct cmd_args *args);
static int read_tree(struct weir_filter **out, const struct command *command, const char *json);
static int print_filter(const struct command *command, const struct weir_filter *filter,
                        print_fn print);
static int print_normal(const struct command *command, const struct weir_filter *filter);

static const struct cmd_option check_options[] = {
    {OPTION_JSON, "json", NULL, "print the diagnostics as a JSON array, empty if there are none"},
    CMD_OPTION_END,
};

const struct command command_filter_check = {
    .group = "filter",
    .name = "check",
    .summary = "say what is wrong with a filter",
    .usage = "[--json] FILTER",
    .options = check_options,
    .details =
        "Prints errors and warnings with their places, and nothing for a sound filter.\n"
        "'weir help F203' explains the code of an error. Write '--' before a filter that begins with '-'.\n",
    .example = "weir filter check \"symbol = 'IBM' AND price >= AND volume > 0\"\n",
    .exits = "0  the filter is sound; there may be warnings\n2  it is not\n",
    .run = run_check,
};

static int run_check(struct cmd_args *args)
{
    bool json = false;
    int option;

    while ((option = cmd_args_next(args)) > 0)
        json = option == OPTION_JSON;
    if (option < 0)
        return args->status;
    if (args->rest_count != 1)
        return cmd_usage_error(args->command, "expected one filter, in quotes");
    return check_one(args->command, args->rest[0], json);
}

static int check_one(const struct command *command, const char *source, bool json)
{
    struct weir_str text = weir_str_of(source);
    struct weir_diags diags = {.count = 0};
    struct weir_filter *filter = NULL;
    enum weir_err err = weir_filter_compile(&filter, text, &diags, NULL);

    if (err == WEIR_OK)
        err = weir_filter_warn(&diags, filter, NULL);
    if (json) {
        char one[16 * WEIR_DIAG_ARG_MAX];

        putchar('[');
        for (size_t i = 0; i < diags.count; i++) {
            weir_diag_to_json(one, sizeof one, text, &diags.v[i]);
            printf("%s%s", i > 0 ? "," : "", one);
        }
        puts("]");
    } else {
        diags_show(stdout, "", text, &diags);
    }
    weir_filter_destroy(filter);
    if (err == WEIR_OK)
        return CMD_OK;
    if (diags.count == 0)
        cmd_error(command, "%s", weir_err_text(err));
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
    .example = "weir filter fmt 'not (price<=10 or symbol==\"IBM\")'\n"
               "weir filter fmt --normal 'x = 1 or x = 2'\n"
               "weir filter fmt --from-json '{\"op\":\"=\",\"args\":[{\"attr\":\"x\"},1]}'\n",
    .exits = "0  done\n2  an error in the filter\n",
    .run = run_fmt,
};

static int run_fmt(struct cmd_args *args)
{
    struct weir_filter *filter;
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
    status = from_json
                 ? read_tree(&filter, args->command, args->rest[0])
                 : filter_compile_shown(&filter, args->command, "", weir_str_of(args->rest[0]));
    if (status != CMD_OK)
        return status;
    if (normal)
        status = print_normal(args->command, filter);
    else
        status =
            print_filter(args->command, filter, json ? weir_filter_to_json : weir_filter_print);
    weir_filter_destroy(filter);
    return status;
}

static int read_tree(struct weir_filter **out, const struct command *command, const char *json)
{
    struct weir_json_problem problem;
    enum weir_err err = weir_filter_from_json(out, weir_str_of(json), &problem, NULL);

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
    size_t size = print(NULL, 0, filter) + 1;
    char *text = weiri_alloc(NULL, size);

    if (text == NULL) {
        cmd_error(command, "%s", weir_err_text(WEIR_ENOMEM));
        return CMD_FAILED;
    }
    print(text, size, filter);
    puts(text);
    weiri_release(NULL, text);
    return CMD_OK;
}

static int print_normal(const struct command *command, const struct weir_filter *filter)
{
    struct weir_normal *normal = NULL;
    char *text = NULL;
    int status = CMD_FAILED;

    if (weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, NULL) == WEIR_OK) {
        size_t size = weir_normal_print(NULL, 0, normal) + 1;

        text = weiri_alloc(NULL, size);
        if (text != NULL) {
            weir_normal_print(text, size, normal);
            puts(text);
            status = CMD_OK;
        }
    }
    if (status != CMD_OK)
        cmd_error(command, "%s", weir_err_text(WEIR_ENOMEM));
    else if (!weir_normal_is_exact(normal))
        cmd_error(command, "the filter is larger than a normal form may be; this is a wider one, "
                           "and the broker of the subscriber decides by the filter itself");
    weiri_release(NULL, text);
    weir_normal_destroy(normal);
    return status;
}
