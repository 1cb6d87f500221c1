/* compiler.h - what the stages of the filter compiler share: lexer, parser, type check. */
#ifndef WEIR_FILTERS_COMPILER_H
#define WEIR_FILTERS_COMPILER_H

#include "arena.h"
#include "glob.h"
#include "regex.h"

#include <weir/filter.h>

struct weir_filter {
    const struct weir_alloc *alloc;
    struct weiri_arena arena;
    struct weir_str text;
    struct weir_node *tree;
    struct weir_regex *regexes; /* all of them, linked */
};

struct weiri_compiler {
    struct weir_filter *filter;
    struct weir_diags *diags;
    size_t code_size;        /* of regular expressions so far, as PCRE2's code */
    size_t tables_size;      /* and as automatons */
    uint32_t leaves;         /* predicates so far */
    bool failed;             /* some error was found, reported or not */
    bool stopped;            /* a limit was met: nothing more is reported */
    bool out_of_memory;      /* implies stopped */
    struct weir_diag unread; /* takes what there is no room for */
};

/* Zeroed memory of the filter's arena; NULL stops the compiler. */
void *weiri_compiler_take(struct weiri_compiler *c, size_t size);
struct weir_node *weiri_compiler_node(struct weiri_compiler *c, enum weir_node_kind kind,
                                      uint32_t offset, uint32_t end);

/* ---- diagnostics */

/* The place of something in the filter's text. */
struct weiri_span {
    uint32_t offset, length;
};

static inline struct weiri_span weiri_node_span(const struct weir_node *node)
{
    return (struct weiri_span){node->offset, node->length};
}

/* Adds a record and returns it for further fields; messages are as for printf.  When there is no
 * room, or an error is there already for that place, it is some record that nobody reads. */
struct weir_diag *weiri_error(struct weiri_compiler *c, const char *code, struct weiri_span at,
                              const char *format, ...) __attribute__((format(printf, 4, 5)));
struct weir_diag *weiri_warning(struct weiri_compiler *c, const char *code, struct weiri_span at,
                                const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Fills one of the texts of a record; the argument is cut where it is too long. */
void weiri_diag_text(char *field, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* In order of their places, errors before warnings. */
void weiri_diags_sort(struct weir_diags *diags);

/* A piece of user text for a message, cut with "..." where it is long. */
struct weiri_excerpt {
    char text[44];
};
struct weiri_excerpt weiri_excerpt(struct weir_str text);

/* ---- stages */

/* Parses the text into an unchecked tree: truth values and operands not yet told apart.  NULL only
 * when stopped.  With errors the tree has CONSTANT UNKNOWN in the places of what was not
 * understood. */
struct weir_node *weiri_parse(struct weiri_compiler *c, struct weir_str text);
/* Checks types, resolves bare attributes and LIKE, folds constants, compiles patterns.  Returns
 * the checked tree, or NULL when stopped. */
struct weir_node *weiri_check(struct weiri_compiler *c, struct weir_node *tree);

/* LIKE as what it comes to: =, STARTS, ENDS, CONTAINS, or LIKE with its pattern in one canonical
 * spelling and compiled.  CONTAINS: compiled.  False after an error. */
bool weiri_check_like(struct weiri_compiler *c, struct weir_node *node);
bool weiri_check_contains(struct weiri_compiler *c, struct weir_node *node);
/* MATCHES: compiled.  False after an error. */
bool weiri_check_matches(struct weiri_compiler *c, struct weir_node *node);

/* Stands where something was not understood. */
struct weir_node *weiri_placeholder(struct weiri_compiler *c, struct weiri_span at);
bool weiri_is_placeholder(const struct weir_node *node);

#endif /* WEIR_FILTERS_COMPILER_H */
