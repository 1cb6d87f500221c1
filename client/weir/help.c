/* help.c - messages to the user: errors, help, and the word that was probably meant. */
#include "command.h"
#include "visible.h"

#include <weir/distance.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HELP_COLUMN 26

static void put_message(const struct command *command, const char *format, va_list list);
static void print_option(FILE *out, const struct cmd_option *option);
static void print_indented(FILE *out, const char *title, const char *text);

/* ---- errors */

void cmd_error(const struct command *command, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    put_message(command, format, list);
    va_end(list);
    fputc('\n', stderr);
}

int cmd_usage_error(const struct command *command, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    put_message(command, format, list);
    va_end(list);
    fprintf(stderr, "\ntry 'weir %s%s%s --help'\n", command->group != NULL ? command->group : "",
            command->group != NULL ? " " : "", command->name);
    return CMD_USAGE;
}

static void put_message(const struct command *command, const char *format, va_list list)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);

    fflush(stdout); /* so that the order on a shared terminal is the order of things */
    fprintf(stderr, "weir %s%s%s: ", command->group != NULL ? command->group : "",
            command->group != NULL ? " " : "", command->name);
    if (memory == NULL)
        return;
    vfprintf(memory, format, list);
    if (fclose(memory) == 0)
        visible_write(stderr, (struct weir_str){text, size}, "\n\t");
    free(text);
}

/* ---- help */

void cmd_help(FILE *out, const struct command *command)
{
    static const struct cmd_option help = {'h', "help", NULL, "show this help"};
    const char *group = command->group != NULL ? command->group : "";
    const char *blank = command->group != NULL ? " " : "";

    fprintf(out, "weir %s%s%s - %s\n\nusage: weir %s%s%s %s\n", group, blank, command->name,
            command->summary, group, blank, command->name, command->usage);
    if (command->details != NULL)
        fprintf(out, "\n%s", command->details);
    fprintf(out, "\noptions:\n");
    for (const struct cmd_option *o = command->options; o->name != NULL; o++)
        print_option(out, o);
    print_option(out, &help);
    print_indented(out, "example", command->example);
    print_indented(out, "exit status", command->exits);
}

static void print_option(FILE *out, const struct cmd_option *option)
{
    const char *help = option->help;
    int column;

    if (option->id < CMD_LONG_ONLY)
        column = fprintf(out, "  -%c, --%s", option->id, option->name);
    else
        column = fprintf(out, "      --%s", option->name);
    if (option->argument != NULL)
        column += fprintf(out, " %s", option->argument);
    if (column >= HELP_COLUMN)
        column = fprintf(out, "\n") - 1;
    while (help != NULL) {
        size_t length = strcspn(help, "\n");

        fprintf(out, "%*s%.*s\n", HELP_COLUMN - column, "", (int)length, help);
        help = help[length] == '\n' ? help + length + 1 : NULL;
        column = 0;
    }
}

static void print_indented(FILE *out, const char *title, const char *text)
{
    fprintf(out, "\n%s:\n", title);
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        fprintf(out, "  %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

/* ---- the word that was meant */

const char *cmd_nearest(const char *word, const char *const *candidates, size_t count)
{
    const struct weir_str given = weir_str_of(word);
    const char *best = NULL;
    size_t best_distance = 3;

    if (given.len > WEIRI_DISTANCE_LEN_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct weir_str candidate = weir_str_of(candidates[i]);
        size_t d;

        if (candidate.len > WEIRI_DISTANCE_LEN_MAX)
            continue;
        d = weiri_distance(given, candidate);
        if (d < best_distance && d < given.len) {
            best = candidates[i];
            best_distance = d;
        }
    }
    return best;
}

/* ---- terminal */

bool term_interactive(FILE *stream)
{
    return isatty(fileno(stream)) == 1;
}

bool term_colors(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    if (!term_interactive(stream) || (no_color != NULL && no_color[0] != '\0'))
        return false;
    return term != NULL && strcmp(term, "dumb") != 0;
}
