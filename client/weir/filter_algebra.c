/* filter_algebra.c - weir filter covers, weir filter intersects: how two filters relate. */
#include "filters.h"

#include <weir/alloc.h>

typedef enum weir_err (*relate_fn)(enum weir_answer *answer, uint8_t **witness,
                                   size_t *witness_size, const struct weir_filter *a,
                                   const struct weir_filter *b, const struct weir_alloc *alloc);

static int run_covers(struct cmd_args *args);
static int run_intersects(struct cmd_args *args);
static int relate(struct cmd_args *args, relate_fn fn);
static int print_answer(const struct command *command, enum weir_answer answer,
                        const uint8_t *witness, size_t witness_size);

static const struct cmd_option no_options[] = {CMD_OPTION_END};

const struct command command_filter_covers = {
    .group = "filter",
    .name = "covers",
    .summary = "say whether all that matches B matches A",
    .usage = "A B",
    .options = no_options,
    .details =
        "Prints 'yes'; or 'no' and, on a line of its own, a notification that matches B and\n"
        "not A; or 'unknown' where neither can be shown.  Brokers take 'unknown' as 'no'.\n",
    .example = "weir filter covers 'price > 10' \"price > 20 AND symbol = 'IBM'\"\n",
    .exits = "0  yes\n1  no, or unknown\n2  an error in a filter\n",
    .run = run_covers,
};

const struct command command_filter_intersects = {
    .group = "filter",
    .name = "intersects",
    .summary = "say whether something published under ADV may match SUB",
    .usage = "ADV SUB",
    .options = no_options,
    .details =
        "ADV is read as an advertisement: attributes that it does not name are not published.\n"
        "Prints 'yes' and, where one can be built, such a notification on a line of its own;\n"
        "or 'no'; or 'unknown', which brokers take as 'yes'.\n",
    .example = "weir filter intersects 'symbol STARTS WITH \"I\" AND price > 0' 'price < 10'\n",
    .exits = "0  yes\n1  no, or unknown\n2  an error in a filter\n",
    .run = run_intersects,
};

static int run_covers(struct cmd_args *args)
{
    return relate(args, weir_filter_covers);
}

static int run_intersects(struct cmd_args *args)
{
    return relate(args, weir_filter_intersects);
}

static int relate(struct cmd_args *args, relate_fn fn)
{
    struct weir_filter *a = NULL, *b = NULL;
    enum weir_answer answer;
    uint8_t *witness = NULL;
    size_t witness_size = 0;
    int status;

    if (cmd_args_next(args) < 0)
        return args->status;
    if (args->rest_count != 2)
        return cmd_usage_error(args->command, "expected two filters, each in quotes");
    status = filter_compile_shown(&a, args->command, "", weir_str_of(args->rest[0]));
    if (status == CMD_OK)
        status = filter_compile_shown(&b, args->command, "", weir_str_of(args->rest[1]));
    if (status == CMD_OK) {
        if (fn(&answer, &witness, &witness_size, a, b, NULL) == WEIR_OK) {
            status = print_answer(args->command, answer, witness, witness_size);
        } else {
            cmd_error(args->command, "%s", weir_err_text(WEIR_ENOMEM));
            status = CMD_FAILED;
        }
    }
    weiri_release(NULL, witness);
    weir_filter_destroy(b);
    weir_filter_destroy(a);
    return status;
}

static int print_answer(const struct command *command, enum weir_answer answer,
                        const uint8_t *witness, size_t witness_size)
{
    static const char *const words[] = {
        [WEIR_ANSWER_NO] = "no", [WEIR_ANSWER_YES] = "yes", [WEIR_ANSWER_UNKNOWN] = "unknown"};
    struct text text = {NULL, 0};

    puts(words[answer]);
    if (witness != NULL) {
        struct weir_notification n = weir_notification_view(witness, witness_size);

        if (!notification_show(stdout, &text, &n))
            cmd_error(command, "%s", weir_err_text(WEIR_ENOMEM));
        text_fini(&text);
    }
    return answer == WEIR_ANSWER_YES ? CMD_OK : CMD_FAILED;
}
