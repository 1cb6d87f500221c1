/* report.c - errors, and differences in meaning. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

static void fill(struct weir_diag *diag, struct weiri_span span, const char *message,
                 const char *help);

bool weiri_convert_fail(struct weiri_convert *c, enum weiri_convert_problem problem,
                        struct weiri_span span, const char *message, const char *help)
{
    static const enum weir_err errors[] = {
        [PROBLEM_TEXT] = WEIR_ESYNTAX,         [PROBLEM_SYNTAX] = WEIR_ESYNTAX,
        [PROBLEM_INEXPRESSIBLE] = WEIR_EINVAL, [PROBLEM_LIMIT] = WEIR_ELIMIT,
        [PROBLEM_NUMBER] = WEIR_EINVAL,        [PROBLEM_NAME] = WEIR_EINVAL,
        [PROBLEM_RESULT] = WEIR_EINVAL,
    };
    struct weir_diag *diag = &c->diags->v[0];

    fill(diag, span, message, help);
    diag->severity = WEIR_SEVERITY_ERROR;
    snprintf(diag->code, sizeof diag->code, "C70%u", (unsigned)problem % 10);
    c->diags->count = 1; /* what a text that is refused would have meant is of no use */
    c->err = errors[problem];
    return false;
}

void weiri_convert_warn(struct weiri_convert *c, const char *code, struct weiri_span span,
                        const char *message, const char *help)
{
    struct weir_diags *diags = c->diags;

    for (size_t i = 0; i < diags->count; i++)
        if (strcmp(diags->v[i].code, code) == 0)
            return;
    if (diags->count == WEIR_DIAGS_MAX)
        return;
    fill(&diags->v[diags->count], span, message, help);
    diags->v[diags->count].severity = WEIR_SEVERITY_WARNING;
    snprintf(diags->v[diags->count++].code, sizeof diags->v[0].code, "%s", code);
}

static void fill(struct weir_diag *diag, struct weiri_span span, const char *message,
                 const char *help)
{
    *diag = (struct weir_diag){.offset = (uint32_t)span.from,
                               .length = (uint32_t)(span.to - span.from)};
    snprintf(diag->message, sizeof diag->message, "%s", message);
    if (help != NULL)
        snprintf(diag->suggestion, sizeof diag->suggestion, "%s", help);
}

bool weiri_convert_enter(struct weiri_convert *c, struct weiri_span span)
{
    if (++c->depth <= WEIRI_CONVERT_DEPTH_MAX)
        return true;
    return weiri_convert_fail(c, PROBLEM_LIMIT, span, "nested more than 24 deep", NULL);
}

struct weir_str weiri_convert_source(const struct weiri_convert *c, struct weiri_span span)
{
    return (struct weir_str){c->text.ptr + span.from, span.to - span.from};
}
