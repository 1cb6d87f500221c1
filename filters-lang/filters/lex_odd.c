/* lex_odd.c - characters that the language does not have, and what people mean by them. */
#include "lex.h"
#include "width.h"

#include <assert.h>
#include <string.h>

/* What other alphabets and word processors write for an operator. */
static const struct {
    uint32_t code;
    enum weiri_token_kind kind;
    const char *meant;
} signs[] = {
    {0x00ac, TOKEN_NOT,   "NOT"},
    {0x00d7, TOKEN_STAR,  "*"  },
    {0x00f7, TOKEN_SLASH, "/"  },
    {0x2010, TOKEN_MINUS, "-"  },
    {0x2011, TOKEN_MINUS, "-"  },
    {0x2012, TOKEN_MINUS, "-"  },
    {0x2013, TOKEN_MINUS, "-"  },
    {0x2014, TOKEN_MINUS, "-"  },
    {0x2208, TOKEN_IN,    "IN" },
    {0x2212, TOKEN_MINUS, "-"  },
    {0x2215, TOKEN_SLASH, "/"  },
    {0x2227, TOKEN_AND,   "AND"},
    {0x2228, TOKEN_OR,    "OR" },
    {0x2260, TOKEN_NE,    "<>" },
    {0x2264, TOKEN_LE,    "<=" },
    {0x2265, TOKEN_GE,    ">=" },
};

static const struct {
    char c;
    const char *advice;
} advices[] = {
    {';',  "a filter is one expression; remove it"                                },
    {'?',  "there are no parameters; write the value itself"                      },
    {':',  "there are no parameters; write the value itself"                      },
    {'@',  "names with other characters are written in backticks"                 },
    {'#',  "a comment begins with --"                                             },
    {'[',  "a list is written in ( ), a name with other characters in backticks"  },
    {'{',  "a list is written in ( ), a name with other characters in backticks"  },
    {'\\', "there are no escapes: within a string a quote is written twice, "
           "and \\ stands for itself"                                   },
    {'.',  "a name has a letter on both sides of a dot; write others in backticks"},
};

static bool is_quote(uint32_t code)
{
    return code == 0x00ab || code == 0x00b4 || code == 0x00bb ||
           (code >= 0x2018 && code <= 0x201f) || code == 0x2032 || code == 0x2033 ||
           code == 0x2039 || code == 0x203a || (code >= 0x300c && code <= 0x300f);
}

static bool is_blank(uint32_t code)
{
    return code == 0x00a0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
           code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

static bool is_invisible(uint32_t code)
{
    return is_blank(code) || code == 0x00ad || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
           code == 0xfeff;
}

static bool is_full_width(uint32_t code)
{
    return code >= 0xff01 && code <= 0xff5e;
}

/* Letters of any script, roughly: what is no punctuation, no sign and no blank. */
static bool is_letter(uint32_t code)
{
    char narrow = is_full_width(code) ? (char)(code - 0xfee0) : '\0';

    if (narrow != '\0')
        return weiri_lex_is_word(narrow);
    return (code > 0xbf || code == 0xaa || code == 0xba) && code != 0xd7 && code != 0xf7 &&
           (code < 0x2000 || code > 0x206f) && (code < 0x2190 || code > 0x22ff) &&
           (code < 0x3000 || code > 0x301f) && code != 0xfeff;
}

static bool has_more(const struct weiri_lexer *lexer)
{
    return lexer->at < lexer->text.len;
}

static struct weiri_char current(const struct weiri_lexer *lexer)
{
    return weiri_char_at(lexer->text, lexer->at);
}

static struct weir_str since(const struct weiri_lexer *lexer, uint32_t start)
{
    return (struct weir_str){lexer->text.ptr + start, lexer->at - start};
}

static struct weiri_span span_since(const struct weiri_lexer *lexer, uint32_t start)
{
    return (struct weiri_span){start, lexer->at - start};
}

bool weiri_lex_at_letter(const struct weiri_lexer *lexer)
{
    return has_more(lexer) && is_letter(current(lexer).code);
}

void weiri_lex_foreign_name(struct weiri_lexer *lexer, struct weiri_token *token)
{
    struct weiri_excerpt excerpt;
    struct weir_diag *diag;

    while (has_more(lexer) &&
           (weiri_lex_is_word(lexer->text.ptr[lexer->at]) || weiri_lex_at_letter(lexer)))
        lexer->at += current(lexer).length;
    token->text = since(lexer, token->offset);
    token->kind = TOKEN_NAME;
    token->quoted = true;
    excerpt = weiri_excerpt(token->text);
    diag = weiri_error(lexer->compiler, "F107", span_since(lexer, token->offset),
                       "'%s' has other letters than A to Z", excerpt.text);
    weiri_diag_text(diag->suggestion,
                    strlen(excerpt.text) == token->text.len ? "write `%s`"
                                                            : "such a name is in backticks",
                    excerpt.text);
}

void weiri_lex_dotted_name(struct weiri_lexer *lexer, struct weiri_token *token)
{
    struct weir_diag *diag;
    bool wild = false;

    while (has_more(lexer)) {
        char c = lexer->text.ptr[lexer->at];
        bool tail = c == '>' && lexer->text.ptr[lexer->at - 1] == '.';

        if (!weiri_lex_is_word(c) && c != '.' && c != '*' && !tail)
            break;
        wild = wild || c == '*' || tail;
        lexer->at++;
    }
    token->text = since(lexer, token->offset);
    token->kind = TOKEN_NAME;
    token->quoted = true;
    diag = weiri_error(lexer->compiler, "F107", span_since(lexer, token->offset),
                       "'%s' is not a name", weiri_excerpt(token->text).text);
    if (wild)
        weiri_diag_text(diag->suggestion, "names have no wild cards: each attribute is named; "
                                          "for a topic write e.g. topic STARTS WITH 'a.'");
    else
        weiri_diag_text(diag->suggestion,
                        "a name has a letter after each dot; as it is, write "
                        "`%s`",
                        weiri_excerpt(token->text).text);
}

/* Where the line has the next quote at or after `at`, a typographic one or, if not, a plain one;
 * the end of the text if there is none. */
static uint32_t find_closing(const struct weiri_lexer *lexer, uint32_t at)
{
    uint32_t plain = (uint32_t)lexer->text.len;

    while (at < lexer->text.len && lexer->text.ptr[at] != '\n') {
        struct weiri_char c = weiri_char_at(lexer->text, at);

        if (is_quote(c.code))
            return at;
        if ((c.code == '\'' || c.code == '"') && plain == lexer->text.len)
            plain = at;
        at += c.length;
    }
    return plain;
}

static bool holds(struct weir_str text, char c)
{
    return memchr(text.ptr, c, text.len) != NULL;
}

/* A string in quotes that are none here. */
static void lex_typographic(struct weiri_lexer *lexer, struct weiri_token *token)
{
    struct weir_diag *diag;
    uint32_t start = lexer->at + current(lexer).length, end = find_closing(lexer, start);
    bool single, both;

    lexer->at = start;
    if (end < lexer->text.len) {
        token->text = (struct weir_str){lexer->text.ptr + start, end - start};
        token->kind = TOKEN_STRING;
        lexer->at = end + weiri_char_at(lexer->text, end).length;
    }
    single = token->kind == TOKEN_STRING && holds(token->text, '\'');
    both = single && holds(token->text, '"');
    diag = weiri_error(lexer->compiler, "F107", span_since(lexer, token->offset),
                       "typographic quotes have no meaning here");
    if (both)
        weiri_diag_text(diag->suggestion, "strings are in '; inside, a quote is written twice");
    else if (token->kind == TOKEN_STRING)
        weiri_diag_text(diag->suggestion, single ? "write \"%s\"" : "write '%s'",
                        weiri_excerpt(token->text).text);
    else
        weiri_diag_text(diag->suggestion, "strings are in ' or \"");
}

static bool lex_sign(struct weiri_lexer *lexer, struct weiri_token *token, uint32_t code)
{
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        struct weir_diag *diag;
        struct weiri_excerpt excerpt;

        if (signs[i].code != code)
            continue;
        lexer->at += current(lexer).length;
        token->kind = signs[i].kind;
        excerpt = weiri_excerpt(since(lexer, token->offset));
        diag = weiri_error(lexer->compiler, "F106", span_since(lexer, token->offset),
                           "'%s' is not an operator, did you mean '%s'?", excerpt.text,
                           signs[i].meant);
        weiri_diag_text(diag->suggestion, "write %s", signs[i].meant);
        return true;
    }
    return false;
}

/* Goes on behind the run of them, as if they were blanks. */
static bool skip_invisible(struct weiri_lexer *lexer)
{
    uint32_t start = lexer->at, code = current(lexer).code;
    struct weir_diag *diag;

    if (!is_invisible(code))
        return false;
    while (has_more(lexer) && is_invisible(current(lexer).code))
        lexer->at += current(lexer).length;
    diag = weiri_error(lexer->compiler, "F107", span_since(lexer, start),
                       "U+%04X, %s, has no meaning here", (unsigned)code,
                       code == 0xfeff   ? "a byte order mark"
                       : is_blank(code) ? "an unusual blank"
                                        : "which is not shown");
    weiri_diag_text(diag->suggestion, is_blank(code) ? "put a plain blank there" : "remove it");
    return true;
}

static bool lex_foreign(struct weiri_lexer *lexer, struct weiri_token *token)
{
    uint32_t code = current(lexer).code;
    struct weir_diag *diag;

    if (skip_invisible(lexer))
        return false;
    if (is_quote(code)) {
        lex_typographic(lexer, token);
        return true;
    }
    if (is_letter(code) && weiri_char_width(code) > 0) {
        weiri_lex_foreign_name(lexer, token);
        return true;
    }
    if (lex_sign(lexer, token, code))
        return true;
    lexer->at += current(lexer).length;
    diag = weiri_error(lexer->compiler, "F107", span_since(lexer, token->offset),
                       "'%s' has no meaning here", weiri_excerpt(since(lexer, token->offset)).text);
    if (is_full_width(code))
        weiri_diag_text(diag->suggestion, "write %c", (char)(code - 0xfee0));
    return true;
}

/* The closing one of a pair belongs to the mistake that the opening one is. */
static bool closes_bracket(struct weiri_lexer *lexer, char c)
{
    if (c == '[' || c == '{')
        lexer->brackets++;
    if ((c != ']' && c != '}') || lexer->brackets == 0)
        return false;
    lexer->brackets--;
    return true;
}

/* `{"a": 1}` or `[{"a": 1}]` as a whole: nothing in it is a mistake of its own. */
static bool is_json(const struct weiri_lexer *lexer)
{
    struct weir_str text = lexer->text;
    size_t at = lexer->at;

    for (size_t i = 0; i < at; i++) {
        if (text.ptr[i] > ' ')
            return false;
    }
    if (text.ptr[at] != '{' && text.ptr[at] != '[')
        return false;
    for (at++; at < text.len && text.ptr[at] <= ' ' && text.ptr[at] >= 0;)
        at++;
    return at < text.len && (text.ptr[at] == '"' || text.ptr[at] == '{' || text.ptr[at] == '}');
}

bool weiri_lex_odd(struct weiri_lexer *lexer, struct weiri_token *token)
{
    char c = lexer->text.ptr[lexer->at];
    struct weir_diag *diag;

    if ((unsigned char)c >= 0x80)
        return lex_foreign(lexer, token);
    if (closes_bracket(lexer, c)) {
        lexer->at++;
        return true;
    }
    if (is_json(lexer)) {
        diag = weiri_error(lexer->compiler, "F107", (struct weiri_span){lexer->at, 1},
                           "a filter is not written as JSON here");
        weiri_diag_text(diag->suggestion, "'weir filter fmt --from-json' reads the JSON form, "
                                          "'weir filter convert' event patterns");
        lexer->compiler->stopped = true;
        return true;
    }
    lexer->at++;
    diag =
        weiri_error(lexer->compiler, "F107", span_since(lexer, token->offset),
                    (unsigned char)c < 0x20 || c == 0x7f ? "a control character has no meaning here"
                                                         : "'%s' has no meaning here",
                    weiri_excerpt(since(lexer, token->offset)).text);
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (advices[i].c == c)
            weiri_diag_text(diag->suggestion, "%s", advices[i].advice);
    }
    if (c == '#' && token->offset > 0 && lexer->text.ptr[token->offset - 1] == '/')
        weiri_diag_text(diag->suggestion, "there are no wild cards of topics: compare an "
                                          "attribute, e.g. topic STARTS WITH 'a/'");
    return true;
}
