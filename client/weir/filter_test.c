/* filter_test.c - weir filter test: the notifications that a filter lets through. */
#include "filters.h"

#include <string.h>

static int run(struct cmd_args *args);
static int test_all(const struct command *command, const struct weir_filter *filter,
                    struct notifications *in);

static const struct cmd_option options[] = {CMD_OPTION_END};

const struct command command_filter_test = {
    .group = "filter",
    .name = "test",
    .summary = "print the notifications that match a filter",
    .usage = "FILTER [FILE]",
    .options = options,
    .details =
        "Reads notifications as JSON lines from FILE, or standard input, and prints those lines\n"
        "that match, as they are.  A line that is no notification is named and passed over.\n"
        "FILTER may be '-', which is standard input, when FILE is given.\n",
    .example = "echo '{\"symbol\":\"IBM\",\"price\":185.02}' | weir filter test 'price > 100'\n",
    .exits = "0  some line matched\n1  none did\n2  an error in the filter, or no such file\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    struct weir_filter *filter;
    struct notifications in;
    struct source source;
    int status;

    if (cmd_args_next(args) < 0)
        return args->status;
    if (args->rest_count < 1 || args->rest_count > 2)
        return cmd_usage_error(args->command, "expected a filter, in quotes, and at most one file");
    if (strcmp(args->rest[0], "-") == 0 &&
        (args->rest_count == 1 || strcmp(args->rest[1], "-") == 0))
        return cmd_usage_error(args->command, "only one of the two can be standard input");
    status = source_init(&source, args->command, args->rest[0]);
    if (status != CMD_OK)
        return status;
    status = filter_compile_shown(&filter, args->command, "", source.text);
    source_fini(&source);
    if (status != CMD_OK)
        return status;
    status = CMD_USAGE;
    if (notifications_open(&in, args->command, args->rest_count == 2 ? args->rest[1] : "-")) {
        status = test_all(args->command, filter, &in);
        notifications_close(&in);
    }
    weir_filter_destroy(filter);
    return status;
}

static int test_all(const struct command *command, const struct weir_filter *filter,
                    struct notifications *in)
{
    struct weir_scratch *scratch;
    bool any = false, failed = false;

    if (weir_scratch_create(&scratch, NULL) != WEIR_OK) {
        cmd_error(command, "%s", weir_err_text(WEIR_ENOMEM));
        return CMD_FAILED;
    }
    while (notifications_next(in, &failed) && !ferror(stdout)) {
        if (weir_filter_eval(filter, &in->current, scratch) != WEIR_TRUE)
            continue;
        any = true;
        fwrite(in->line.ptr, 1, in->line.len, stdout);
        putchar('\n');
    }
    weir_scratch_destroy(scratch);
    return any && !failed ? CMD_OK : CMD_FAILED;
}
