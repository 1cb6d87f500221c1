/* filter_convert.c - weir filter convert: filters of other systems in Weir's language. */
#include "filters.h"

#include <weir/alloc.h>
#include <weir/convert.h>
#include <weir/json.h>

#include <jansson.h>

enum { OPTION_FROM = CMD_LONG_ONLY, OPTION_JSON };

static int run_convert(struct cmd_args *args);
static int convert(const struct command *command, struct weir_str text, enum weir_dialect from,
                   bool json);

static const struct cmd_option convert_options[] = {
    {OPTION_FROM, "from", "LANGUAGE", "jms, pubsub, eventbridge, padres or siena"     },
    {OPTION_JSON, "json", NULL,       "print one object, {\"filter\",\"diagnostics\"}"},
    CMD_OPTION_END,
};

const struct command command_filter_convert = {
    .group = "filter",
    .name = "convert",
    .summary = "translate a filter of another system",
    .usage = "--from LANGUAGE [--json] TEXT",
    .options = convert_options,
    .details =
        "Prints the filter in Weir's language; where the two differ in meaning, warnings on\n"
        "stderr say how.  What cannot be translated is an error with its place and reason.\n"
        "The languages: JMS message selectors, filters of Google Cloud Pub/Sub, event patterns\n"
        "of Amazon EventBridge, subscriptions of PADRES, filters of Siena.\n"
        "'-' in the place of TEXT reads it from standard input.\n",
    .example =
        "weir filter convert --from jms \"color = 'red' AND NOT (weight > 2500)\"\n"
        "weir filter convert --from pubsub 'NOT attributes.region = \"eu\"'\n"
        "weir filter convert --from eventbridge '{\"detail\": {\"x\": [{\"prefix\": \"a\"}]}}'\n"
        "weir filter convert --from padres \"[class,eq,'STOCK'],[price,>,30]\"\n"
        "weir filter convert --from siena 'filter{ stock >* \"IB\" price < 100 }'\n",
    .exits = "0  done; there may be warnings\n2  it cannot be translated\n",
    .run = run_convert,
};

static int run_convert(struct cmd_args *args)
{
    struct source source;
    bool json = false;
    int option, status, from = -1;

    while ((option = cmd_args_next(args)) > 0) {
        if (option == OPTION_JSON)
            json = true;
        else if (!cmd_args_choice(args, "jms pubsub eventbridge padres siena", &from))
            return args->status;
    }
    if (option < 0)
        return args->status;
    if (from < 0)
        return cmd_usage_error(args->command, "expected --from and a language");
    if (args->rest_count != 1)
        return cmd_usage_error(args->command, "expected one text, in quotes");
    status = source_init(&source, args->command, args->rest[0]);
    if (status != CMD_OK)
        return status;
    status = convert(args->command, source.text, (enum weir_dialect)from, json);
    source_fini(&source);
    return status;
}

static void print_json(const char *filter, struct weir_str text, const struct weir_diags *diags)
{
    bool any = false;
    json_t *value = filter != NULL ? json_string(filter) : json_null();

    fputs("{\"filter\":", stdout);
    json_dumpf(value, stdout, JSON_ENCODE_ANY);
    json_decref(value);
    fputs(",\"diagnostics\":[", stdout);
    diags_show_json(stdout, "", text, diags, &any);
    puts("]}");
}

static int convert(const struct command *command, struct weir_str text, enum weir_dialect from,
                   bool json)
{
    struct weir_diags diags;
    char *filter = NULL;
    enum weir_err err = weir_convert(&filter, text, from, &diags, NULL);

    if (json)
        print_json(filter, text, &diags);
    else if (filter != NULL)
        puts(filter);
    if (!json) {
        fflush(stdout);
        diags_show(stderr, "", text, &diags);
    }
    if (err != WEIR_OK && diags.count == 0)
        cmd_error(command, "%s", weir_err_text(err));
    weiri_release(NULL, filter);
    return err == WEIR_OK ? CMD_OK : err == WEIR_ENOMEM ? CMD_FAILED : CMD_USAGE;
}
