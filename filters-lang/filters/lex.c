/* lex.c - from text to tokens. */
#include "lex.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *word;
    enum weiri_token_kind kind;
} keywords[] = {
    {"AND",       TOKEN_AND        },
    {"OR",        TOKEN_OR         },
    {"NOT",       TOKEN_NOT        },
    {"EXISTS",    TOKEN_EXISTS     },
    {"IN",        TOKEN_IN         },
    {"BETWEEN",   TOKEN_BETWEEN    },
    {"LIKE",      TOKEN_LIKE       },
    {"ESCAPE",    TOKEN_ESCAPE     },
    {"STARTS",    TOKEN_STARTS     },
    {"ENDS",      TOKEN_ENDS       },
    {"WITH",      TOKEN_WITH       },
    {"CONTAINS",  TOKEN_CONTAINS   },
    {"MATCHES",   TOKEN_MATCHES    },
    {"IS",        TOKEN_IS         },
    {"NULL",      TOKEN_NULL       },
    {"STRING",    TOKEN_TYPE_STRING},
    {"INT",       TOKEN_TYPE_INT   },
    {"DOUBLE",    TOKEN_TYPE_DOUBLE},
    {"BOOL",      TOKEN_TYPE_BOOL  },
    {"TIMESTAMP", TOKEN_TIMESTAMP  },
    {"TRUE",      TOKEN_TRUE       },
    {"FALSE",     TOKEN_FALSE      },
};

static const struct {
    const char *sign;
    enum weiri_token_kind kind;
} operators[] = {
    {"=",  TOKEN_EQ              },
    {"==", TOKEN_EQ              },
    {"<>", TOKEN_NE              },
    {"!=", TOKEN_NE              },
    {"<",  TOKEN_LT              },
    {"<=", TOKEN_LE              },
    {">",  TOKEN_GT              },
    {">=", TOKEN_GE              },
    {"=~", TOKEN_MATCHES_SIGN    },
    {"!",  TOKEN_NOT_SIGN        },
    {"!~", TOKEN_NOT_MATCHES_SIGN},
    {"&&", TOKEN_AND             },
    {"||", TOKEN_OR              },
};

/* What was probably meant by a run of operator characters, by the set of its characters. */
static const struct {
    const char *set, *meant;
} near_operators[] = {
    {"=",   "=" },
    {"<",   "<" },
    {">",   ">" },
    {"<=",  "<="},
    {"=>",  ">="},
    {"<>",  "<>"},
    {"!=",  "!="},
    {"=~",  "=~"},
    {"!~",  "!~"},
    {"~",   "=~"},
    {"!=~", "!~"},
    {":",   "=" },
    {":=",  "=" },
    {"&",   "&&"},
    {"|",   "||"},
    {"!<",  ">="},
    {"!>",  "<="},
    {"=^",  "<>"},
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool weiri_lex_is_word(char c)
{
    return is_letter(c) || is_digit(c);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static bool is_operator(char c)
{
    return c != '\0' && strchr("=<>!~&|^:", c) != NULL;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool weiri_equal_caseless(struct weir_str a, const char *b)
{
    if (strlen(b) != a.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (upper(a.ptr[i]) != upper(b[i]))
            return false;
    }
    return true;
}

enum weiri_token_kind weiri_keyword(struct weir_str word)
{
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (weiri_equal_caseless(word, keywords[i].word))
            return keywords[i].kind;
    }
    return TOKEN_END;
}

/* The length of an identifier at `at`, 0 if there is none. */
static uint32_t ident_length(struct weir_str text, size_t at)
{
    size_t end = at;

    if (at < text.len && is_letter(text.ptr[at])) {
        while (end < text.len && weiri_lex_is_word(text.ptr[end]))
            end++;
    }
    return (uint32_t)(end - at);
}

static uint32_t dotted_length(struct weir_str text, size_t at)
{
    uint32_t len = ident_length(text, at);

    while (len != 0 && at + len < text.len && text.ptr[at + len] == '.') {
        uint32_t part = ident_length(text, at + len + 1);

        if (part == 0)
            break;
        len += 1 + part;
    }
    return len;
}

bool weiri_is_plain_name(struct weir_str name)
{
    if (name.len > 1 && name.ptr[0] == '$')
        return ident_length(name, 1) == name.len - 1;
    return name.len != 0 && dotted_length(name, 0) == name.len && weiri_keyword(name) == TOKEN_END;
}

/* The length of the well-formed UTF-8 sequence at the beginning, 0 if there is none. */
static size_t sequence_length(struct weir_str s)
{
    for (size_t len = 1; len <= 4 && len <= s.len; len++) {
        if (weir_str_is_text((struct weir_str){s.ptr, len}))
            return len;
    }
    return 0;
}

bool weiri_lex_check(struct weiri_compiler *c, struct weir_str text)
{
    uint32_t at = 0;
    size_t len;

    if (weir_str_is_text(text))
        return true;
    while ((len = sequence_length((struct weir_str){text.ptr + at, text.len - at})) != 0)
        at += (uint32_t)len;
    assert(at < text.len);
    if (text.ptr[at] == '\0')
        (void)weiri_error(c, "F102", (struct weiri_span){at, 1}, "the text has a zero byte");
    else
        (void)weiri_error(c, "F101", (struct weiri_span){at, 1}, "the text is not UTF-8");
    return false;
}

static char char_at(const struct weiri_lexer *lexer, size_t at)
{
    return at < lexer->text.len ? lexer->text.ptr[at] : '\0';
}

static struct weiri_span span_to(const struct weiri_lexer *lexer, uint32_t start)
{
    return (struct weiri_span){start, lexer->at - start};
}

static void skip_blanks(struct weiri_lexer *lexer)
{
    for (;;) {
        char c = char_at(lexer, lexer->at);

        if (c == '-' && char_at(lexer, lexer->at + 1) == '-') {
            while (lexer->at < lexer->text.len && lexer->text.ptr[lexer->at] != '\n')
                lexer->at++;
        } else if (is_blank(c)) {
            lexer->at++;
        } else {
            return;
        }
    }
}

/* Reads what stands in quotes; the quote doubled is one such character. */
static bool read_quoted(struct weiri_lexer *lexer, struct weir_str *out)
{
    uint32_t start = lexer->at, end;
    char quote = lexer->text.ptr[start];
    bool doubled = false;
    char *copy;
    size_t len = 0;

    for (end = start + 1; end < lexer->text.len; end++) {
        if (lexer->text.ptr[end] != quote)
            continue;
        if (char_at(lexer, end + 1) != quote)
            break;
        doubled = true;
        end++;
    }
    if (end >= lexer->text.len) {
        lexer->at = (uint32_t)lexer->text.len;
        return false;
    }
    lexer->at = end + 1;
    *out = (struct weir_str){lexer->text.ptr + start + 1, end - start - 1};
    if (!doubled)
        return true;
    copy = weiri_compiler_take(lexer->compiler, out->len);
    if (copy == NULL)
        return false;
    for (size_t i = 0; i < out->len; i++) {
        copy[len++] = out->ptr[i];
        if (out->ptr[i] == quote)
            i++;
    }
    *out = (struct weir_str){copy, len};
    return true;
}

/* The last character but for blanks. */
static char last_char(struct weir_str text)
{
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text.len > 0 ? text.ptr[text.len - 1] : '\0';
}

static void report_unclosed(struct weiri_lexer *lexer, uint32_t offset)
{
    struct weir_str text = lexer->text, rest = {text.ptr + offset + 1, text.len - offset - 1};
    char quote = text.ptr[offset], last = last_char(rest);
    struct weir_diag *diag =
        weiri_error(lexer->compiler, "F103", (struct weiri_span){offset, 1}, "unclosed string");

    if (offset > 0 && weiri_lex_is_word(text.ptr[offset - 1]) && last == '\0') {
        weiri_diag_text(diag->suggestion, "a string begins with %c too", quote);
        return;
    }
    weiri_diag_text(diag->label, "it begins here");
    if (rest.len > 0 && (last == '\'' || last == '"'))
        weiri_diag_text(diag->suggestion, "end it with %c as it begins, not with %c", quote, last);
    else
        weiri_diag_text(diag->suggestion, "end it with %c; inside, a quote is written twice",
                        quote);
}

static void lex_string(struct weiri_lexer *lexer, struct weiri_token *token)
{
    if (read_quoted(lexer, &token->text)) {
        token->kind = TOKEN_STRING;
        return;
    }
    if (lexer->torn)
        lexer->compiler->failed = true;
    else
        report_unclosed(lexer, token->offset);
}

static void check_name(struct weiri_lexer *lexer, struct weiri_token *token)
{
    if (token->text.len <= WEIR_NAME_LEN_MAX)
        return;
    (void)weiri_error(lexer->compiler, "F405", span_to(lexer, token->offset),
                      "a name of %zu bytes, the limit is %d", token->text.len, WEIR_NAME_LEN_MAX);
    token->kind = TOKEN_BAD;
}

static void lex_backticks(struct weiri_lexer *lexer, struct weiri_token *token)
{
    if (!read_quoted(lexer, &token->text)) {
        struct weir_diag *diag = weiri_error(
            lexer->compiler, "F104", (struct weiri_span){token->offset, 1}, "unclosed name");
        weiri_diag_text(diag->label, "it begins here");
        weiri_diag_text(diag->suggestion, "end it with `; strings are in ' or \"");
        return;
    }
    if (token->text.len == 0) {
        (void)weiri_error(lexer->compiler, "F105", span_to(lexer, token->offset), "an empty name");
        return;
    }
    token->kind = TOKEN_NAME;
    token->quoted = true;
    check_name(lexer, token);
}

/* begins-with and the like are names of functions before "(", and of nothing else. */
static uint32_t with_suffix(const struct weiri_lexer *lexer, struct weir_str word)
{
    static const char *const verbs[] = {"begins", "starts", "ends"};
    struct weir_str rest = {lexer->text.ptr + lexer->at, lexer->text.len - lexer->at};
    struct weiri_lexer ahead = *lexer;

    if (rest.len < 5 || !weiri_equal_caseless((struct weir_str){rest.ptr, 5}, "-with") ||
        (rest.len > 5 && weiri_lex_is_word(rest.ptr[5])))
        return 0;
    ahead.at += 5;
    skip_blanks(&ahead);
    if (char_at(&ahead, ahead.at) != '(')
        return 0;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (weiri_equal_caseless(word, verbs[i]))
            return 5;
    }
    return 0;
}

static void lex_word(struct weiri_lexer *lexer, struct weiri_token *token)
{
    uint32_t suffix;

    lexer->at += dotted_length(lexer->text, lexer->at);
    token->text = (struct weir_str){lexer->text.ptr + token->offset, lexer->at - token->offset};
    if (char_at(lexer, lexer->at) == '.') {
        weiri_lex_dotted_name(lexer, token);
        return;
    }
    if (weiri_lex_at_letter(lexer)) {
        weiri_lex_foreign_name(lexer, token);
        return;
    }
    suffix = with_suffix(lexer, token->text);
    lexer->at += suffix;
    token->text.len += suffix;
    token->kind = weiri_keyword(token->text);
    if (token->kind == TOKEN_END) {
        token->kind = TOKEN_NAME;
        check_name(lexer, token);
    }
}

static void lex_dollar(struct weiri_lexer *lexer, struct weiri_token *token)
{
    uint32_t len = ident_length(lexer->text, lexer->at + 1);

    lexer->at += 1 + len;
    token->text = (struct weir_str){lexer->text.ptr + token->offset, 1 + len};
    if (len == 0) {
        (void)weiri_error(lexer->compiler, "F105", span_to(lexer, token->offset),
                          "expected a name after '$'");
        return;
    }
    token->kind = TOKEN_NAME;
    token->quoted = true;
    check_name(lexer, token);
}

static void lex_operator(struct weiri_lexer *lexer, struct weiri_token *token)
{
    struct weir_str run = {lexer->text.ptr + lexer->at, 0};
    char set[10];
    size_t set_len = 0;
    struct weir_diag *diag;

    while (is_operator(char_at(lexer, lexer->at + run.len)))
        run.len++;
    /* `~*` of PostgreSQL */
    if (run.ptr[run.len - 1] == '~' && char_at(lexer, lexer->at + run.len) == '*')
        run.len++;
    /* `&&!a` and `!!a`: a negation may follow without a blank */
    while (run.len > 1 && run.ptr[run.len - 1] == '!' &&
           (run.ptr[0] == '&' || run.ptr[0] == '|' || run.ptr[0] == '!'))
        run.len--;
    lexer->at += (uint32_t)run.len;
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (weiri_equal_caseless(run, operators[i].sign)) {
            token->kind = operators[i].kind;
            return;
        }
    }
    for (const char *c = "!&:<=>^|~"; *c != '\0'; c++) {
        if (memchr(run.ptr, *c, run.len) != NULL)
            set[set_len++] = *c;
    }
    set[set_len] = '\0';
    if (weiri_equal_caseless(run, "<=>"))
        memcpy(set, "=", sizeof "=");
    else if (weiri_equal_caseless(run, "::"))
        set[0] = '\0';
    diag = weiri_error(lexer->compiler, "F106", span_to(lexer, token->offset),
                       "'%s' is not an operator", weiri_excerpt(run).text);
    weiri_diag_text(diag->expected, "=, <>, <, <=, >, >=, =~, !~, AND, OR, NOT");
    if (weiri_equal_caseless(run, "^"))
        weiri_diag_text(diag->suggestion, "there is no power; regular expressions are in quotes");
    for (size_t i = 0; i < sizeof near_operators / sizeof near_operators[0]; i++) {
        if (strcmp(set, near_operators[i].set) == 0) {
            weiri_diag_text(diag->message, "'%s' is not an operator, did you mean '%s'?",
                            weiri_excerpt(run).text, near_operators[i].meant);
            weiri_diag_text(diag->suggestion, "write %s", near_operators[i].meant);
            for (size_t k = 0; k < sizeof operators / sizeof operators[0]; k++) {
                if (strcmp(operators[k].sign, near_operators[i].meant) == 0)
                    token->kind = operators[k].kind;
            }
        }
    }
}

/* Two signs in a row that no expression has. */
static const struct {
    const char *pair;
    enum weiri_token_kind kind;
    const char *advice;
} pairs[] = {
    {"//", TOKEN_BAD, "a comment begins with --"           },
    {"/*", TOKEN_BAD, "a comment begins with --"           },
    {"**", TOKEN_BAD, "there is no power; write a product" },
    {"->", TOKEN_BAD, "the parts of a name are joined by ."},
    {"+=", TOKEN_EQ,  "a filter assigns nothing; write ="  },
    {"-=", TOKEN_EQ,  "a filter assigns nothing; write ="  },
    {"*=", TOKEN_EQ,  "a filter assigns nothing; write ="  },
    {"/=", TOKEN_EQ,  "a filter assigns nothing; write ="  },
    {"%=", TOKEN_EQ,  "a filter assigns nothing; write ="  },
};

/* Behind a comment of C, which is taken for one. */
static void skip_foreign_comment(struct weiri_lexer *lexer, bool block)
{
    while (lexer->at < lexer->text.len) {
        char c = lexer->text.ptr[lexer->at++];

        if (block ? c == '*' && char_at(lexer, lexer->at) == '/' : c == '\n') {
            lexer->at += block;
            return;
        }
    }
}

/* False when it was a comment. */
static bool lex_pair(struct weiri_lexer *lexer, struct weiri_token *token, size_t pair)
{
    const char *signs = pairs[pair].pair;
    struct weir_diag *diag;

    lexer->at += 2;
    token->kind = pairs[pair].kind;
    diag = weiri_error(lexer->compiler, "F106", span_to(lexer, token->offset),
                       "'%s' is not an operator", signs);
    weiri_diag_text(diag->suggestion, "%s", pairs[pair].advice);
    if (signs[0] != '/' || signs[1] == '=')
        return true;
    skip_foreign_comment(lexer, signs[1] == '*');
    return false;
}

/* False when something was passed over. */
static bool lex_sign(struct weiri_lexer *lexer, struct weiri_token *token)
{
    static const char signs[] = "(),+-*/%";
    static const enum weiri_token_kind kinds[] = {TOKEN_LEFT,  TOKEN_RIGHT,  TOKEN_COMMA,
                                                  TOKEN_PLUS,  TOKEN_MINUS,  TOKEN_STAR,
                                                  TOKEN_SLASH, TOKEN_PERCENT};
    const char *at = lexer->text.ptr + lexer->at;
    const char *sign = strchr(signs, *at);

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (at[0] == pairs[i].pair[0] && char_at(lexer, lexer->at + 1) == pairs[i].pair[1])
            return lex_pair(lexer, token, i);
    }
    if (*at == '.' && is_letter(char_at(lexer, lexer->at + 1))) {
        weiri_lex_dotted_name(lexer, token);
        return true;
    }
    if (sign == NULL)
        return weiri_lex_odd(lexer, token);
    lexer->at++;
    token->kind = kinds[sign - signs];
    return true;
}

/* `:x` is a parameter where it follows no word, and mostly `=` where it does. */
static bool is_parameter(const struct weiri_lexer *lexer)
{
    uint32_t at = lexer->at;

    return char_at(lexer, at) == ':' && is_letter(char_at(lexer, at + 1)) &&
           (at == 0 || !weiri_lex_is_word(lexer->text.ptr[at - 1]));
}

/* False when something was passed over. */
static bool lex_one(struct weiri_lexer *lexer, struct weiri_token *token)
{
    char c = lexer->text.ptr[lexer->at];

    if (is_letter(c))
        lex_word(lexer, token);
    else if (is_digit(c) || (c == '.' && is_digit(char_at(lexer, lexer->at + 1))))
        weiri_lex_number(lexer, token);
    else if (c == '\'' || c == '"')
        lex_string(lexer, token);
    else if (c == '`')
        lex_backticks(lexer, token);
    else if (c == '$')
        lex_dollar(lexer, token);
    else if (is_operator(c) && !is_parameter(lexer))
        lex_operator(lexer, token);
    else
        return lex_sign(lexer, token);
    return true;
}

struct weiri_token weiri_lex_next(struct weiri_lexer *lexer)
{
    struct weiri_token token;

    do {
        token = (struct weiri_token){.kind = TOKEN_BAD};
        skip_blanks(lexer);
        token.offset = lexer->at;
        if (lexer->at >= lexer->text.len) {
            token.kind = TOKEN_END;
            return token;
        }
    } while (!lex_one(lexer, &token));
    token.length = lexer->at - token.offset;
    return token;
}
