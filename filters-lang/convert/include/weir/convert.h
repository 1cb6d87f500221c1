/* convert.h - filters written for other systems, translated into Weir's language.
 *
 * What comes out is canonical text that compiles, and means the same for every message that the
 * other system could carry, unless a warning says where it differs.  What cannot be said in Weir's
 * language is an error with its place and reason; nothing is left out silently.
 *
 * Errors: C701 not UTF-8, C702 syntax of the other language, C703 has no counterpart, C704 a
 * limit, C705 a number, C706 a name, C707 the result is no filter.  Warnings, W7xx, are
 * differences in meaning; README.md lists them. */
#ifndef WEIR_CONVERT_H
#define WEIR_CONVERT_H

#include <weir/diag.h>

#ifdef __cplusplus
extern "C" {
#endif

enum weir_dialect {
    WEIR_DIALECT_JMS,         /* message selectors of JMS 2.0 */
    WEIR_DIALECT_PUBSUB,      /* subscription filters of Google Cloud Pub/Sub */
    WEIR_DIALECT_EVENTBRIDGE, /* event patterns of Amazon EventBridge, JSON */
    WEIR_DIALECT_PADRES,      /* subscriptions of PADRES: [class,eq,'STOCK'],[price,>,30] */
    WEIR_DIALECT_SIENA        /* filters of Siena, as SENP or as in its papers */
};
#define WEIR_DIALECT_COUNT 5

/* Bytes of a text that is to be converted. */
#define WEIR_CONVERT_TEXT_MAX 16384

/* "jms", "pubsub", "eventbridge", "padres", "siena"; static storage. */
const char *weir_dialect_name(enum weir_dialect dialect);

/* Translates `text`.  On success *out is terminated and released by the caller with `alloc`, it is
 * at most WEIR_FILTER_TEXT_MAX bytes long, and `diags` holds warnings, if any.  Otherwise `diags`
 * holds one error, with its place in `text`: WEIR_ESYNTAX, WEIR_EINVAL (no counterpart, a number,
 * a name), WEIR_ELIMIT, WEIR_ETYPE (refused by the compiler); or is empty, for WEIR_ENOMEM.
 * Linear in the text; at most about 100 KiB at a time. */
WEIR_MUST_USE enum weir_err weir_convert(char **out, struct weir_str text,
                                         enum weir_dialect dialect, struct weir_diags *diags,
                                         const struct weir_alloc *alloc);

/* What a code above means, for a person; static storage. */
struct weir_convert_code {
    const char *code;  /* "C703" */
    const char *title; /* e.g. "no counterpart" */
    const char *text;  /* one paragraph, not wrapped */
    enum weir_dialect dialect;
    const char *example; /* gets this code when it is converted from `dialect` */
    bool sketch;         /* the example is only described: it is too long to print, or no text */
};

/* Every code there is, in order. */
size_t weir_convert_code_count(void);
const struct weir_convert_code *weir_convert_code_at(size_t index);
/* NULL for what is no code. */
const struct weir_convert_code *weir_convert_code_find(struct weir_str code);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_CONVERT_H */
