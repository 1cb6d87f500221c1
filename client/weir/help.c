/* help.c - messages to the user: errors, help, and the word that was probably meant. */
#include "command.h"
#include "visible.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORD_MAX 32
#define HELP_COLUMN 26

static void put_message(const struct command *command, const char *format, va_list list);
static void print_option(FILE *out, const struct cmd_option *option);
static void print_indented(FILE *out, const char *title, const char *text);
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length);

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
    const char *best = NULL;
    size_t length = strlen(word), best_distance = 3;

    if (length == 0 || length >= WORD_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t candidate_length = strlen(candidates[i]), d;

        if (candidate_length >= WORD_MAX)
            continue;
        d = distance(word, length, candidates[i], candidate_length);
        if (d < best_distance && d < length) {
            best = candidates[i];
            best_distance = d;
        }
    }
    return best;
}

/* Optimal string alignment: Levenshtein's distance with swaps of neighbouring letters. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][WORD_MAX + 1];

    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);

            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = above2[j - 2] + 1 < best ? above2[j - 2] + 1 : best;
            row[j] = best;
        }
    }
    return rows[a_length % 3][b_length];
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
