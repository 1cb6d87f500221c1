/* compiler.c - memory and diagnostics for the stages of the compiler. */
#include "compiler.h"

#include <weir/text.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(struct weir_node) <= 64, "a tree may have thousands of nodes");

void *weiri_compiler_take(struct weiri_compiler *c, size_t size)
{
    void *block = weiri_arena_take(&c->filter->arena, size);

    if (block == NULL) {
        c->out_of_memory = true;
        c->stopped = true;
    }
    return block;
}

struct weir_node *weiri_compiler_node(struct weiri_compiler *c, enum weir_node_kind kind,
                                      uint32_t offset, uint32_t end)
{
    struct weir_node *node = weiri_compiler_take(c, sizeof *node);

    assert(end >= offset);
    if (node != NULL) {
        node->kind = kind;
        node->offset = offset;
        node->length = end - offset;
    }
    return node;
}

struct weir_node *weiri_placeholder(struct weiri_compiler *c, struct weiri_span at)
{
    struct weir_node *node =
        weiri_compiler_node(c, WEIR_NODE_CONSTANT, at.offset, at.offset + at.length);

    if (node != NULL)
        node->truth = WEIR_UNKNOWN;
    return node;
}

bool weiri_is_placeholder(const struct weir_node *node)
{
    return node->kind == WEIR_NODE_CONSTANT && node->truth == WEIR_UNKNOWN;
}

/* ---- diagnostics */

/* Takes the place of a warning when the records are used up; NULL if there is none. */
static struct weir_diag *find_room(struct weir_diags *diags, enum weir_severity severity)
{
    if (diags->count < WEIR_DIAGS_MAX)
        return &diags->v[diags->count++];
    for (size_t i = diags->count; severity == WEIR_SEVERITY_ERROR && i-- > 0;) {
        if (diags->v[i].severity == WEIR_SEVERITY_WARNING)
            return &diags->v[i];
    }
    return NULL;
}

static bool is_reported(const struct weir_diags *diags, struct weiri_span at)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->v[i].severity == WEIR_SEVERITY_ERROR && diags->v[i].offset == at.offset)
            return true;
    }
    return false;
}

/* What is too long ends with "...", and never within a character. */
static void fill(char field[WEIR_DIAG_ARG_MAX], const char *format, va_list arguments)
{
    size_t end = WEIR_DIAG_ARG_MAX - sizeof "...";

    if (vsnprintf(field, WEIR_DIAG_ARG_MAX, format, arguments) < WEIR_DIAG_ARG_MAX)
        return;
    while (end > 0 && ((unsigned char)field[end] & 0xc0u) == 0x80u)
        end--;
    memcpy(field + end, "...", sizeof "...");
}

static struct weir_diag *report(struct weiri_compiler *c, enum weir_severity severity,
                                const char *code, struct weiri_span at, const char *format,
                                va_list arguments)
{
    struct weir_diag *diag = NULL;

    assert(weir_diag_code_find(weir_str_of(code)) != NULL);
    if (!c->stopped && !is_reported(c->diags, at))
        diag = find_room(c->diags, severity);
    if (diag == NULL)
        diag = &c->unread;
    *diag = (struct weir_diag){.severity = severity, .offset = at.offset, .length = at.length};
    memcpy(diag->code, code, sizeof diag->code);
    fill(diag->message, format, arguments);
    return diag;
}

struct weir_diag *weiri_error(struct weiri_compiler *c, const char *code, struct weiri_span at,
                              const char *format, ...)
{
    struct weir_diag *diag;
    va_list arguments;

    va_start(arguments, format);
    diag = report(c, WEIR_SEVERITY_ERROR, code, at, format, arguments);
    va_end(arguments);
    c->failed = true;
    return diag;
}

struct weir_diag *weiri_warning(struct weiri_compiler *c, const char *code, struct weiri_span at,
                                const char *format, ...)
{
    struct weir_diag *diag;
    va_list arguments;

    va_start(arguments, format);
    diag = report(c, WEIR_SEVERITY_WARNING, code, at, format, arguments);
    va_end(arguments);
    return diag;
}

void weiri_diag_text(char *field, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(field, format, arguments);
    va_end(arguments);
}

static int compare_diags(const void *a, const void *b)
{
    const struct weir_diag *x = a, *y = b;

    if (x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

void weiri_diags_sort(struct weir_diags *diags)
{
    qsort(diags->v, diags->count, sizeof diags->v[0], compare_diags);
}

struct weiri_excerpt weiri_excerpt(struct weir_str text)
{
    enum { KEPT = 36 };
    struct weiri_excerpt excerpt;
    struct weiri_text t;

    t = weiri_text_begin(excerpt.text, KEPT + 1);
    weiri_text_put_visible(&t, text);
    if (weiri_text_end(&t) > KEPT) /* cut between characters */
        memcpy(excerpt.text + strlen(excerpt.text), "...", sizeof "...");
    return excerpt;
}
