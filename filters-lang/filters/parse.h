/* parse.h - what the files of the parser share: the ladder (parse.c), what a predicate or operand
 * begins with (parse_prefix.c), what follows an operand (parse_tail.c). */
#ifndef WEIR_FILTERS_PARSE_H
#define WEIR_FILTERS_PARSE_H

#include "lex.h"

enum weiri_level {
    LEVEL_OR = 1,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_PREDICATE,
    LEVEL_ADD,
    LEVEL_MULTIPLY,
    LEVEL_SIGN,
    LEVEL_PRIMARY
};

struct weiri_parser {
    struct weiri_compiler *compiler;
    struct weiri_lexer lexer;
    struct weiri_token token, previous;
    uint32_t depth;
    uint32_t open; /* parentheses read and not closed */
    /* the parts of every AND and OR that is being read, innermost last */
    struct weir_node *pending[WEIR_FILTER_LEAVES_MAX + 1];
    uint32_t pending_count;
    const struct weir_node *compared; /* the left side of the comparison being read, or NULL */
    struct weiri_span operand;        /* the last value that stood where a condition may */
    uint32_t between;                 /* where the first bound of a BETWEEN that is read begins */
};

static inline struct weiri_span weiri_token_span(const struct weiri_token *token)
{
    return (struct weiri_span){token->offset, token->length};
}

void weiri_parser_advance(struct weiri_parser *p);
bool weiri_parser_accept(struct weiri_parser *p, enum weiri_token_kind kind);
/* One nesting deeper; false when that is too deep, which stops the compiler. */
bool weiri_parser_enter(struct weiri_parser *p);
/* A node from `offset` to the end of the previous token. */
struct weir_node *weiri_parser_node(struct weiri_parser *p, enum weir_node_kind kind,
                                    uint32_t offset);
struct weir_node *weiri_parser_parent(struct weiri_parser *p, enum weir_node_kind kind,
                                      uint32_t offset, struct weir_node *const *children,
                                      uint32_t count);

/* Reads all that binds at least as tightly as `floor`.  NULL after a mistake, which has been
 * reported; but where a truth value may stand it recovers and returns NULL only when stopped. */
struct weir_node *weiri_parse_level(struct weiri_parser *p, enum weiri_level floor);
/* Reads what stands before any operator: a literal, a name, "(", NOT, a sign. */
struct weir_node *weiri_parse_prefix(struct weiri_parser *p, enum weiri_level floor);
/* A literal with an optional sign, for lists.  False after a mistake, which has been reported. */
bool weiri_parse_literal(struct weiri_parser *p, struct weir_value *value);

/* Goes to the next AND, OR, closing parenthesis or end outside of the parentheses that were read
 * since `open` of them were. */
void weiri_parser_skip(struct weiri_parser *p, uint32_t open);

/* True for what may follow an operand to make a predicate: =, IN, NOT, ... */
bool weiri_is_tail(enum weiri_token_kind kind);
/* Reads the tail at the current token; its operand begins at `offset`. */
struct weir_node *weiri_parse_tail(struct weiri_parser *p, struct weir_node *left, uint32_t offset);

/* ---- mistakes (parse_error.c); all return NULL for the caller to pass on */

/* `what` is missing after the previous token, e.g. "a string"; `expected` lists what could stand
 * there, `suggestion` may be NULL. */
struct weir_node *weiri_parser_expected(struct weiri_parser *p, const char *code, const char *what,
                                        const char *expected, const char *suggestion);
/* No condition or value begins at the current token; `floor` tells which was expected. */
struct weir_node *weiri_parser_expected_operand(struct weiri_parser *p, enum weiri_level floor);
/* Another comparison follows the one that is `left`. */
struct weir_node *weiri_parser_chained(struct weiri_parser *p, const struct weir_node *left);
/* A string is missing after the previous token; `example` may be NULL. */
struct weir_node *weiri_parser_expected_string(struct weiri_parser *p, const char *example);
/* A literal of a list is missing. */
struct weir_node *weiri_parser_expected_literal(struct weiri_parser *p);
/* After IS, which is given, or IS NOT. */
struct weir_node *weiri_parser_expected_type(struct weiri_parser *p, const struct weiri_token *is);
/* After NOT that follows a value. */
struct weir_node *weiri_parser_expected_word(struct weiri_parser *p);
/* The function `name`, before its "(", is none. */
struct weir_node *weiri_parser_unknown_function(struct weiri_parser *p,
                                                const struct weiri_token *name);
/* What follows is neither AND, OR nor a closing parenthesis. */
void weiri_parser_expected_logic(struct weiri_parser *p);

#endif /* WEIR_FILTERS_PARSE_H */
