/* problems.c - collecting what is wrong, each with its place. */
#include "internal.h"

#include <weir/locate.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct weir_topology_problem *next_problem(struct weir_topology_problems *problems);

void topology_complain(struct reader *reader, const char *pointer, const char *format, ...)
{
    struct weir_topology_problem *problem = next_problem(reader->problems);
    if (!problem)
        return;
    snprintf(problem->pointer, sizeof problem->pointer, "%s", pointer);
    struct weir_place place = weir_json_locate(reader->text, pointer);
    problem->line = place.line;
    problem->column = place.column;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
}

void topology_complain_at(struct weir_topology_problems *problems, uint32_t line, uint32_t column,
                          const char *format, ...)
{
    struct weir_topology_problem *problem = next_problem(problems);
    if (!problem)
        return;
    problem->pointer[0] = '\0';
    problem->line = line;
    problem->column = column;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
}

void topology_pointer_append(char *pointer, size_t size, const char *key)
{
    size_t at = strlen(pointer);
    if (at + 1 < size)
        pointer[at++] = '/';
    for (; *key && at + 2 < size; key++) {
        if (*key == '~' || *key == '/') {
            pointer[at++] = '~';
            pointer[at++] = *key == '~' ? '0' : '1';
        } else {
            pointer[at++] = *key;
        }
    }
    pointer[at] = '\0';
}

static struct weir_topology_problem *next_problem(struct weir_topology_problems *problems)
{
    problems->total++;
    if (problems->count == WEIR_TOPOLOGY_PROBLEMS_MAX)
        return NULL;
    return &problems->v[problems->count++];
}
