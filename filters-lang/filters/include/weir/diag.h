/* diag.h - what is wrong with a filter's text, where, and how a person is told.
 *
 * The compiler fills records of plain data; the text is rendered from them separately.  A code
 * never changes its meaning.  F1xx lexical, F2xx grammar, F3xx types, F4xx limits, F5xx regular
 * expressions, W6xx warnings. */
#ifndef WEIR_DIAG_H
#define WEIR_DIAG_H

#include <weir/base.h>
#include <weir/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

enum weir_severity { WEIR_SEVERITY_ERROR, WEIR_SEVERITY_WARNING };

#define WEIR_DIAG_ARG_MAX 128

struct weir_diag {
    char code[5]; /* "F203", terminated */
    enum weir_severity severity;
    uint32_t offset, length;             /* bytes of the filter's text that are meant */
    uint32_t other_offset, other_length; /* a second place, length 0 if there is none */
    char message[WEIR_DIAG_ARG_MAX];     /* e.g. "expected a value after '>='" */
    char label[WEIR_DIAG_ARG_MAX];       /* beside the caret, e.g. "keyword AND here"; may be "" */
    char expected[WEIR_DIAG_ARG_MAX];    /* what could stand there, comma-separated; may be "" */
    char suggestion[WEIR_DIAG_ARG_MAX];  /* e.g. "write a number, e.g. price >= 100.0"; may be "" */
};

struct weir_diags {
    struct weir_diag v[WEIR_DIAGS_MAX];
    size_t count;
};

/* Where a byte offset is, for a person: line and column from 1, columns in code points. */
struct weir_place {
    uint32_t line, column;
};
WEIR_API struct weir_place weir_diag_place(struct weir_str text, uint32_t offset);

/* Renders one record over its filter text as several lines with a caret, terminated and cut at
 * `size`; returns the full length.  Tabs and wide characters keep the caret in place.
 *
 *   error[F203]: expected a value after '>='
 *     1 | symbol = 'IBM' AND price >= AND volume > 0
 *       |                             ^^^ keyword AND here
 *     help: write a number, e.g. price >= 100.0
 */
WEIR_API size_t weir_diag_render(char *out, size_t size, struct weir_str text,
                                 const struct weir_diag *diag);

/* What a code means, for a person; static storage. */
struct weir_diag_code {
    const char *code;  /* "F203" */
    const char *title; /* e.g. "a value is missing" */
    const char *text;  /* one paragraph, not wrapped */
    const char *wrong; /* a filter that gets this code */
    const char *right; /* what was probably meant; a filter without errors and warnings */
    bool sketch;       /* `wrong` is only described: it is too long to print, or no text */
};

/* Every code there is, in order. */
WEIR_API size_t weir_diag_code_count(void);
WEIR_API const struct weir_diag_code *weir_diag_code_at(size_t index);
/* NULL for what is no code. */
WEIR_API const struct weir_diag_code *weir_diag_code_find(struct weir_str code);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_DIAG_H */
