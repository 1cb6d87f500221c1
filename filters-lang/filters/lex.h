/* lex.h - the tokens of the filter language. */
#ifndef WEIR_FILTERS_LEX_H
#define WEIR_FILTERS_LEX_H

#include "compiler.h"

enum weiri_token_kind {
    TOKEN_END,
    TOKEN_BAD, /* has been reported */
    TOKEN_NAME,
    TOKEN_STRING,
    TOKEN_INT,
    TOKEN_DOUBLE,
    TOKEN_LEFT,
    TOKEN_RIGHT,
    TOKEN_COMMA,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_EQ,
    TOKEN_NE,
    TOKEN_LT,
    TOKEN_LE,
    TOKEN_GT,
    TOKEN_GE,
    TOKEN_MATCHES_SIGN,     /* =~ */
    TOKEN_NOT_MATCHES_SIGN, /* !~ */
    TOKEN_NOT_SIGN,         /* !, which stands before a predicate only */
    /* keywords; && || are among them */
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_EXISTS,
    TOKEN_IN,
    TOKEN_BETWEEN,
    TOKEN_LIKE,
    TOKEN_ESCAPE,
    TOKEN_STARTS,
    TOKEN_ENDS,
    TOKEN_WITH,
    TOKEN_CONTAINS,
    TOKEN_MATCHES,
    TOKEN_IS,
    TOKEN_NULL,
    TOKEN_TYPE_STRING,
    TOKEN_TYPE_INT,
    TOKEN_TYPE_DOUBLE,
    TOKEN_TYPE_BOOL,
    TOKEN_TIMESTAMP,
    TOKEN_TRUE,
    TOKEN_FALSE
};

struct weiri_token {
    enum weiri_token_kind kind;
    uint32_t offset, length;
    struct weir_str text; /* a name or string without its quotes */
    bool quoted;          /* a name in backticks: no function */
    uint64_t magnitude;   /* INT; up to 2^63, the parser knows the sign */
    double real;          /* DOUBLE */
};

struct weiri_lexer {
    struct weiri_compiler *compiler;
    struct weir_str text;
    uint32_t at;
    bool torn;         /* a quote within a string was reported: an odd one is no more mistake */
    uint32_t brackets; /* [ and { that were reported and are not closed */
};

/* Checks that the text is UTF-8 without U+0000; false when it is not, which is reported. */
bool weiri_lex_check(struct weiri_compiler *c, struct weir_str text);
/* The next token; mistakes are reported and come out as what was meant, or as TOKEN_BAD. */
struct weiri_token weiri_lex_next(struct weiri_lexer *lexer);

/* Reads the number that begins at the lexer's place. */
void weiri_lex_number(struct weiri_lexer *lexer, struct weiri_token *token);

/* ---- what the language does not have (lex_odd.c) */

/* Reports the character at the lexer's place.  False when it was passed over like a blank. */
bool weiri_lex_odd(struct weiri_lexer *lexer, struct weiri_token *token);
/* True before a letter that is none of A to Z. */
bool weiri_lex_at_letter(const struct weiri_lexer *lexer);
/* Reports the rest of a name with such letters, or with dots that join nothing, as one mistake. */
void weiri_lex_foreign_name(struct weiri_lexer *lexer, struct weiri_token *token);
void weiri_lex_dotted_name(struct weiri_lexer *lexer, struct weiri_token *token);

/* True for letters from A to Z, digits and '_'. */
bool weiri_lex_is_word(char c);
/* TOKEN_END for what is no keyword. */
enum weiri_token_kind weiri_keyword(struct weir_str word);
/* True for a name that needs no backticks. */
bool weiri_is_plain_name(struct weir_str name);
/* True when `a` and `b` are equal but for the case of ASCII letters. */
bool weiri_equal_caseless(struct weir_str a, const char *b);

#endif /* WEIR_FILTERS_LEX_H */
