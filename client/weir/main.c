/* main.c - weir, the command line: finds the command that the first words name and runs it. */
#include "codes.h"
#include "command.h"

#include <weir/client.h>

#include <errno.h>
#include <string.h>

#define COMMAND_ENTRY(symbol) &command_##symbol,
static const struct command *const commands[] = {COMMAND_LIST(COMMAND_ENTRY)};
#undef COMMAND_ENTRY
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static int run(int argc, char **argv);
static int finish(const char *name, int status);
static const struct command *find(const char *const *words, int count, int *used);
static bool is_group(const char *word);
static int unknown(const char *const *words, int count);
static void overview(FILE *out, const char *group);
static int run_help(struct cmd_args *args);
static int help(const char *const *words, int count);

int main(int argc, char **argv)
{
    return finish("weir", run(argc, argv));
}

/* Output that could not be written is a failure, whatever the command thought. */
static int finish(const char *name, int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno != EPIPE)
        fprintf(stderr, "%s: cannot write standard output: %s\n", name, strerror(errno));
    return status == CMD_OK ? CMD_FAILED : status;
}

static int run(int argc, char **argv)
{
    const char *const *words = (const char *const *)argv + 1;
    const struct command *command;
    struct cmd_args args;
    int count = argc - 1, used;

    if (count == 0) {
        overview(stderr, NULL);
        return CMD_USAGE;
    }
    if (strcmp(words[0], "--version") == 0) {
        printf("weir %s\n", weir_version());
        return CMD_OK;
    }
    if (strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0)
        return help(words + 1, count - 1);
    command = find(words, count, &used);
    if (command == NULL)
        return unknown(words, count);
    args = (struct cmd_args){.command = command, .argc = argc - used, .argv = argv + used};
    return command->run(&args);
}

/* *used is the number of words of its name.  A name of two words goes before one of one word:
 * `weir sub ls` is no subscription. */
static const struct command *find(const char *const *words, int count, int *used)
{
    for (*used = 2; *used >= 1; (*used)--) {
        for (size_t i = 0; i < COMMAND_COUNT; i++) {
            const struct command *c = commands[i];

            if ((c->group != NULL) != (*used == 2) || count < *used)
                continue;
            if (strcmp(words[*used - 1], c->name) == 0 &&
                (c->group == NULL || strcmp(words[0], c->group) == 0))
                return c;
        }
    }
    return NULL;
}

static bool is_group(const char *word)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (commands[i]->group != NULL && strcmp(commands[i]->group, word) == 0)
            return true;
    return false;
}

static int unknown(const char *const *words, int count)
{
    const char *candidates[COMMAND_COUNT], *nearest;
    const char *group = is_group(words[0]) ? words[0] : NULL;
    const char *word = group != NULL ? words[1] : words[0];
    size_t candidate_count = 0;

    if (group != NULL && (count == 1 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
        overview(count == 1 ? stderr : stdout, group);
        return count == 1 ? CMD_USAGE : CMD_OK;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *c = commands[i];

        if (group == NULL)
            candidates[candidate_count++] = c->group != NULL ? c->group : c->name;
        else if (c->group != NULL && strcmp(c->group, group) == 0)
            candidates[candidate_count++] = c->name;
    }
    nearest = cmd_nearest(word, candidates, candidate_count);
    fprintf(stderr, "weir: unknown command '%s%s%s'", group != NULL ? group : "",
            group != NULL ? " " : "", word);
    if (nearest != NULL)
        fprintf(stderr, "; did you mean '%s%s%s'?", group != NULL ? group : "",
                group != NULL ? " " : "", nearest);
    fprintf(stderr, "\ntry 'weir help'\n");
    return CMD_USAGE;
}

/* All commands, or those of a group. */
static void overview(FILE *out, const char *group)
{
    fprintf(out, "weir - publish, subscribe and look into a content-based overlay\n\n"
                 "usage: weir COMMAND [OPTION ...] [ARGUMENT ...]\n\ncommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *c = commands[i];
        char name[64];

        if (group != NULL && (c->group == NULL || strcmp(c->group, group) != 0))
            continue;
        snprintf(name, sizeof name, "%s%s%s", c->group != NULL ? c->group : "",
                 c->group != NULL ? " " : "", c->name);
        fprintf(out, "  %-18s %s\n", name, c->summary);
    }
    fprintf(
        out,
        "\n'weir help COMMAND' explains one, 'weir help CODE' an error; 'weir --version' prints the version.\n");
}

static const struct cmd_option help_options[] = {CMD_OPTION_END};

const struct command command_help = {
    .name = "help",
    .summary = "explain a command, or the code of an error",
    .usage = "[COMMAND | CODE | codes]",
    .options = help_options,
    .details = "Errors and warnings about filters have codes such as F203; 'codes' lists them.\n",
    .example = "weir help filter check\nweir help F203\n",
    .exits = "0  done\n2  there is no such command or code\n",
    .run = run_help,
};

static int run_help(struct cmd_args *args)
{
    if (cmd_args_next(args) < 0)
        return args->status;
    return help((const char *const *)args->rest, args->rest_count);
}

static int help(const char *const *words, int count)
{
    const struct command *command;
    int used;

    if (count == 0) {
        overview(stdout, NULL);
        return CMD_OK;
    }
    if (count == 1 && codes_explain(words[0]))
        return CMD_OK;
    command = find(words, count, &used);
    if (command != NULL) {
        cmd_help(stdout, command);
        return CMD_OK;
    }
    if (is_group(words[0]) && count == 1) {
        overview(stdout, words[0]);
        return CMD_OK;
    }
    return unknown(words, count);
}
