/* arguments.c - options and operands of a command, by getopt_long from the command's own table. */
#include "command.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define HELP_ID 'h'
#define UNKNOWN_ID '?'
#define MISSING_ID ':'

struct tables {
    struct option longs[CMD_OPTIONS_MAX + 2];
    char letters[2 * CMD_OPTIONS_MAX + 4];
};

static void fill_tables(struct tables *tables, const struct command *command);
static int refuse(struct cmd_args *args, int id);
static void suggest_option(const struct command *command, const char *given);

int cmd_args_next(struct cmd_args *args)
{
    struct tables tables;
    int id;

    fill_tables(&tables, args->command);
    opterr = 0;
    id = getopt_long(args->argc, args->argv, tables.letters, tables.longs, NULL);
    if (id == -1) {
        args->rest = args->argv + optind;
        args->rest_count = args->argc - optind;
        return 0;
    }
    if (id == HELP_ID) {
        cmd_help(stdout, args->command);
        args->status = CMD_OK;
        return -1;
    }
    if (id == UNKNOWN_ID || id == MISSING_ID)
        return refuse(args, id);
    args->value = optarg;
    return id;
}

static void fill_tables(struct tables *tables, const struct command *command)
{
    size_t count = 0;
    char *letter = tables->letters;

    *letter++ = ':'; /* tells a missing argument from an unknown option */
    *letter++ = HELP_ID;
    for (const struct cmd_option *o = command->options; o->name != NULL; o++) {
        assert(count < CMD_OPTIONS_MAX);
        tables->longs[count++] = (struct option){
            o->name, o->argument != NULL ? required_argument : no_argument, NULL, o->id};
        if (o->id < CMD_LONG_ONLY) {
            *letter++ = (char)o->id;
            if (o->argument != NULL)
                *letter++ = ':';
        }
    }
    *letter = '\0';
    tables->longs[count++] = (struct option){"help", no_argument, NULL, HELP_ID};
    tables->longs[count] = (struct option){NULL, 0, NULL, 0};
}

static int refuse(struct cmd_args *args, int id)
{
    const char *given = args->argv[optind - 1];

    args->status = CMD_USAGE;
    if (id == MISSING_ID)
        cmd_usage_error(args->command, "option '%s' needs an argument", given);
    else if (optopt != 0 && optopt < CMD_LONG_ONLY && strncmp(given, "--", 2) != 0)
        cmd_usage_error(args->command, "unknown option '-%c'", optopt);
    else if (optopt != 0)
        cmd_usage_error(args->command, "option '%s' takes no argument", given);
    else
        suggest_option(args->command, given);
    return -1;
}

static void suggest_option(const struct command *command, const char *given)
{
    const char *names[CMD_OPTIONS_MAX + 1] = {"help"};
    const char *nearest;
    size_t count = 1;

    for (const struct cmd_option *o = command->options; o->name != NULL; o++)
        names[count++] = o->name;
    nearest = cmd_nearest(given + strspn(given, "-"), names, count);
    if (nearest != NULL)
        cmd_usage_error(command, "unknown option '%s'; did you mean '--%s'?", given, nearest);
    else
        cmd_usage_error(command, "unknown or ambiguous option '%s'", given);
}

bool cmd_args_number(struct cmd_args *args, uint64_t min, uint64_t max, uint64_t *number)
{
    unsigned long long value = 0;
    char *end = NULL;

    errno = 0;
    if (args->value[0] >= '0' && args->value[0] <= '9')
        value = strtoull(args->value, &end, 10);
    if (end == NULL || *end != '\0' || errno != 0 || value < min || value > max) {
        args->status =
            cmd_usage_error(args->command, "'%s': expected a whole number from %llu to %llu",
                            args->value, (unsigned long long)min, (unsigned long long)max);
        return false;
    }
    *number = value;
    return true;
}

/* Digits with at most three decimals count; further ones are cut. */
bool cmd_args_seconds(struct cmd_args *args, uint64_t *milliseconds)
{
    const char *p = args->value;
    uint64_t value = 0;
    int decimals = -1;
    bool digits = false;

    for (; *p != '\0'; p++) {
        if (*p == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (*p < '0' || *p > '9' || value > UINT32_MAX)
            break;
        digits = true;
        if (decimals < 3)
            value = value * 10 + (uint64_t)(*p - '0');
        if (decimals >= 0 && decimals < 3)
            decimals++;
    }
    if (*p != '\0' || !digits) {
        args->status = cmd_usage_error(args->command, "'%s': expected seconds, such as 2 or 0.25",
                                       args->value);
        return false;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 3; i++)
        value *= 10;
    *milliseconds = value;
    return true;
}

bool cmd_args_choice(struct cmd_args *args, const char *words, int *index)
{
    size_t length = strlen(args->value);
    int place = 0;

    for (const char *word = words; *word != '\0'; place++) {
        size_t size = strcspn(word, " ");

        if (size == length && memcmp(word, args->value, size) == 0) {
            *index = place;
            return true;
        }
        word += size;
        word += strspn(word, " ");
    }
    args->status = cmd_usage_error(args->command, "'%s': expected one of: %s", args->value, words);
    return false;
}

const char *cmd_url(const char *given)
{
    const char *environment = getenv("WEIR_URL");

    if (given != NULL)
        return given;
    return environment != NULL && environment[0] != '\0' ? environment : CMD_DEFAULT_URL;
}
