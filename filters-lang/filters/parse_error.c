/* parse_error.c - what the parser says about mistakes. */
#include "parse.h"

#include <string.h>

static const char *source(const struct weiri_parser *p, const struct weiri_token *token,
                          struct weiri_excerpt *excerpt)
{
    *excerpt = weiri_excerpt((struct weir_str){p->lexer.text.ptr + token->offset, token->length});
    return excerpt->text;
}

static bool is_keyword(const struct weiri_parser *p, const struct weiri_token *token)
{
    struct weir_str text = {p->lexer.text.ptr + token->offset, token->length};

    return weiri_keyword(text) != TOKEN_END;
}

/* Says at the caret what stands there instead. */
static void label(const struct weiri_parser *p, struct weir_diag *diag)
{
    struct weiri_excerpt excerpt;

    if (p->token.kind == TOKEN_END)
        weiri_diag_text(diag->label, "end of the filter here");
    else if (is_keyword(p, &p->token))
        weiri_diag_text(diag->label, "keyword %s here", source(p, &p->token, &excerpt));
    else if (p->token.kind == TOKEN_RIGHT || p->token.kind == TOKEN_LEFT ||
             p->token.kind == TOKEN_COMMA)
        weiri_diag_text(diag->label, "'%s' here", source(p, &p->token, &excerpt));
    else
        weiri_diag_text(diag->label, "%s here", source(p, &p->token, &excerpt));
}

static void suggest_spelling(const struct weiri_parser *p, struct weir_diag *diag)
{
    struct weiri_excerpt excerpt;

    if (p->token.kind == TOKEN_NOT_SIGN)
        weiri_diag_text(diag->suggestion, "after a value write NOT, e.g. NOT IN, NOT LIKE, IS NOT");
    if (p->token.kind == TOKEN_WITH && p->previous.kind == TOKEN_MINUS)
        weiri_diag_text(diag->suggestion, "write a name that has a dash in backticks");
    if (diag->suggestion[0] != '\0' || p->token.kind == TOKEN_AND || p->token.kind == TOKEN_OR ||
        p->token.kind == TOKEN_NOT || !is_keyword(p, &p->token))
        return;
    weiri_diag_text(diag->suggestion, "to use a keyword as a name write `%s`",
                    source(p, &p->token, &excerpt));
}

struct weir_node *weiri_parser_expected(struct weiri_parser *p, const char *code, const char *what,
                                        const char *expected, const char *suggestion)
{
    struct weiri_excerpt excerpt;
    struct weir_diag *diag;

    if (p->previous.kind == TOKEN_END)
        diag = weiri_error(p->compiler, code, weiri_token_span(&p->token), "expected %s", what);
    else
        diag = weiri_error(p->compiler, code, weiri_token_span(&p->token), "expected %s after '%s'",
                           what, source(p, &p->previous, &excerpt));
    label(p, diag);
    weiri_diag_text(diag->expected, "%s", expected);
    if (suggestion != NULL)
        weiri_diag_text(diag->suggestion, "%s", suggestion);
    else
        suggest_spelling(p, diag);
    return NULL;
}

struct weir_node *weiri_parser_expected_operand(struct weiri_parser *p, enum weiri_level floor)
{
    enum weiri_token_kind previous = p->previous.kind;
    struct weiri_excerpt sign, left;
    char suggestion[WEIR_DIAG_ARG_MAX];

    if (floor <= LEVEL_NOT)
        return weiri_parser_expected(p, "F201", "a condition",
                                     "a comparison, an attribute, NOT, EXISTS, (", NULL);
    if (p->compared == NULL || previous < TOKEN_EQ || previous > TOKEN_GE)
        return weiri_parser_expected(p, "F203", "a value", "a literal, an attribute, (", NULL);
    left = weiri_excerpt(
        (struct weir_str){p->lexer.text.ptr + p->compared->offset, p->compared->length});
    if (previous == TOKEN_EQ || previous == TOKEN_NE)
        weiri_diag_text(suggestion, "write a value, e.g. %s %s 'text'", left.text,
                        source(p, &p->previous, &sign));
    else
        weiri_diag_text(suggestion, "write a number, e.g. %s %s 100.0", left.text,
                        source(p, &p->previous, &sign));
    return weiri_parser_expected(p, "F203", "a value", "a literal, an attribute, (", suggestion);
}

struct weir_node *weiri_parser_chained(struct weiri_parser *p)
{
    struct weir_diag *diag = weiri_error(p->compiler, "F206", weiri_token_span(&p->token),
                                         "a comparison cannot follow a comparison");

    label(p, diag);
    weiri_diag_text(diag->expected, "AND, OR");
    weiri_diag_text(diag->suggestion, "join two with AND, e.g. 5 < a AND a < 9");
    return NULL;
}

void weiri_parser_expected_logic(struct weiri_parser *p)
{
    (void)weiri_parser_expected(p, "F202", "AND or OR", "AND, OR", NULL);
}
