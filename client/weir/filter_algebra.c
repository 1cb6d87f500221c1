/* filter_algebra.c - weir filter covers, weir filter intersects: how two filters relate. */
#include "filters.h"

#include <weir/alloc.h>
#include <weir/json.h>

#include <string.h>

typedef enum weir_err (*relate_fn)(enum weir_answer *answer, uint8_t **witness,
                                   size_t *witness_size, const struct weir_filter *a,
                                   const struct weir_filter *b, const struct weir_alloc *alloc);

static int run_covers(struct cmd_args *args);
static int run_intersects(struct cmd_args *args);
static int relate(struct cmd_args *args, relate_fn fn);
static int compile(struct weir_filter **out, const struct command *command, const char *operand,
                   const char *where);
static bool print_answer(enum weir_answer answer, const uint8_t *witness, size_t witness_size,
                         bool json);

enum { OPTION_JSON = CMD_LONG_ONLY };

static const struct cmd_option options[] = {
    {OPTION_JSON, "json", NULL, "print one object, {\"answer\",\"notification\"}"},
    CMD_OPTION_END,
};

const struct command command_filter_covers = {
    .group = "filter",
    .name = "covers",
    .summary = "say whether all that matches B matches A",
    .usage = "[--json] A B",
    .options = options,
    .details =
        "Prints 'yes'; or 'no' and, on a line of its own, a notification that matches B and\n"
        "not A; or 'unknown' where neither can be shown.  Brokers take 'unknown' as 'no'.\n"
        "One of the two may be '-', which is read from standard input.\n",
    .example = "weir filter covers 'price > 10' \"price > 20 AND symbol = 'IBM'\"\n",
    .exits = "0  yes\n1  no, or unknown\n2  an error in a filter\n",
    .run = run_covers,
};

const struct command command_filter_intersects = {
    .group = "filter",
    .name = "intersects",
    .summary = "say whether something published under ADV may match SUB",
    .usage = "[--json] ADV SUB",
    .options = options,
    .details =
        "ADV is read as an advertisement: attributes that it does not name are not published.\n"
        "Prints 'yes' and, where one can be built, such a notification on a line of its own;\n"
        "or 'no'; or 'unknown', which brokers take as 'yes'.\n"
        "One of the two may be '-', which is read from standard input.\n",
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
    enum weir_answer answer = WEIR_ANSWER_UNKNOWN;
    uint8_t *witness = NULL;
    size_t witness_size = 0;
    bool json = false;
    int option, status;

    while ((option = cmd_args_next(args)) > 0)
        json = option == OPTION_JSON;
    if (option < 0)
        return args->status;
    if (args->rest_count != 2)
        return cmd_usage_error(args->command, "expected two filters, each in quotes");
    if (strcmp(args->rest[0], "-") == 0 && strcmp(args->rest[1], "-") == 0)
        return cmd_usage_error(args->command, "only one of the two can be standard input");
    status = compile(&a, args->command, args->rest[0], "the first filter: ");
    if (status == CMD_OK)
        status = compile(&b, args->command, args->rest[1], "the second filter: ");
    if (status == CMD_OK) {
        if (fn(&answer, &witness, &witness_size, a, b, NULL) != WEIR_OK ||
            !print_answer(answer, witness, witness_size, json))
            cmd_error(args->command, "%s", weir_err_text(WEIR_ENOMEM));
        status = answer == WEIR_ANSWER_YES ? CMD_OK : CMD_FAILED;
    }
    weiri_release(NULL, witness);
    weir_filter_destroy(b);
    weir_filter_destroy(a);
    return status;
}

static int compile(struct weir_filter **out, const struct command *command, const char *operand,
                   const char *where)
{
    struct source source;
    int status = source_init(&source, command, operand);

    if (status != CMD_OK)
        return status;
    status = filter_compile_shown(out, command, where, source.text);
    source_fini(&source);
    return status;
}

static bool print_answer(enum weir_answer answer, const uint8_t *witness, size_t witness_size,
                         bool json)
{
    static const char *const words[] = {
        [WEIR_ANSWER_NO] = "no", [WEIR_ANSWER_YES] = "yes", [WEIR_ANSWER_UNKNOWN] = "unknown"};
    struct text text = {NULL, 0};
    bool shown = true;

    printf(json ? "{\"answer\":\"%s\"" : "%s\n", words[answer]);
    if (witness != NULL) {
        struct weir_notification n = weir_notification_view(witness, witness_size);
        const char *line = TEXT_PRINT(&text, weir_notification_to_json, &n);

        shown = line != NULL;
        if (shown)
            printf(json ? ",\"notification\":%s" : "%s\n", line);
        text_fini(&text);
    }
    if (json)
        puts("}");
    return shown;
}
