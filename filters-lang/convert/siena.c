/* siena.c - filters of Siena: as its protocol SENP writes them, filter{ a="x" b>10 c any }, or as
 * its papers do, with types and bare strings: string class >* finance/ float change < 0.
 *
 * A conjunction of constraints, any number of them for an attribute. */
#include "internal.h"

#include <string.h>

enum type { TYPE_NONE, TYPE_STRING, TYPE_INT, TYPE_DOUBLE, TYPE_BOOL, TYPE_TIME };

enum sign { SIGN_ANY, SIGN_PREFIX, SIGN_SUFFIX, SIGN_SUBSTRING, SIGN_NE, SIGN_OTHER };

struct constraint {
    enum type type;
    struct weiri_span type_span;
    struct weiri_span name_span;
    bool name_quoted;
    enum sign sign;
    const char *here; /* the operator in Weir's language */
    struct weiri_span sign_span;
};

static bool read_constraint(struct weiri_convert *c);
static bool read_names(struct weiri_convert *c, struct constraint *k);
static bool read_sign(struct weiri_convert *c, struct constraint *k);
static bool emit_constraint(struct weiri_convert *c, const struct constraint *k);
static bool emit_name(struct weiri_convert *c, const struct constraint *k);
static bool emit_value(struct weiri_convert *c, const struct constraint *k);
static bool emit_word(struct weiri_convert *c, const struct constraint *k);

static bool is_word_byte(char byte)
{
    return weiri_is_letter(byte) || weiri_is_digit(byte) ||
           (byte != '\0' && strchr("_./", byte) != NULL);
}

static struct weiri_span scan_word(struct weiri_convert *c)
{
    size_t from = c->at;

    while (is_word_byte(weiri_scan_peek(c)))
        c->at++;
    return (struct weiri_span){from, c->at};
}

/* Commas separate constraints in some of the papers. */
static void skip_separators(struct weiri_convert *c)
{
    while (weiri_scan_take(c, ","))
        ;
}

bool weiri_convert_siena(struct weiri_convert *c)
{
    bool braces = false, first = true;

    if (weiri_scan_take(c, "filter")) {
        braces = weiri_scan_take(c, "{");
        if (!braces)
            c->at = 0;
    }
    for (;; first = false) {
        skip_separators(c);
        if (c->at == c->text.len || weiri_scan_peek(c) == '}')
            break;
        weiri_emit(c, first ? "" : " AND ");
        if (!read_constraint(c))
            return false;
    }
    if (first)
        weiri_emit(c, "TRUE");
    if (braces != weiri_scan_take(c, "}"))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  braces ? "expected }" : "there is no { to this }", NULL);
    weiri_scan_blanks(c);
    if (c->at == c->text.len)
        return true;
    return weiri_convert_fail(c, PROBLEM_INEXPRESSIBLE, weiri_scan_span(c, c->at),
                              "more than one filter is a pattern over several notifications; a "
                              "filter looks at one",
                              NULL);
}

static bool read_constraint(struct weiri_convert *c)
{
    struct constraint k = {.type = TYPE_NONE};

    weiri_emit_mark(c, weiri_scan_span(c, c->at));
    return read_names(c, &k) && read_sign(c, &k) && emit_constraint(c, &k);
}

static enum type type_of(struct weir_str word)
{
    static const struct {
        const char *word;
        enum type type;
    } types[] = {
        {"string",  TYPE_STRING},
        {"integer", TYPE_INT   },
        {"int",     TYPE_INT   },
        {"long",    TYPE_INT   },
        {"float",   TYPE_DOUBLE},
        {"double",  TYPE_DOUBLE},
        {"boolean", TYPE_BOOL  },
        {"bool",    TYPE_BOOL  },
        {"time",    TYPE_TIME  },
        {"date",    TYPE_TIME  },
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (weir_str_equal(word, weir_str_of(types[i].word)))
            return types[i].type;
    return TYPE_NONE;
}

static bool is_any(struct weir_str word)
{
    return weir_str_equal(word, WEIR_STR("any"));
}

/* [type] name; `string any` is an attribute called string. */
static bool read_names(struct weiri_convert *c, struct constraint *k)
{
    size_t after;
    struct weiri_span next;
    struct weir_str ignored;

    weiri_scan_blanks(c);
    k->name_span.from = c->at;
    k->name_quoted = weiri_scan_peek(c) == '"';
    if (k->name_quoted) {
        if (!weiri_scan_c_string(c, &ignored))
            return false;
        k->name_span.to = c->at;
        return true;
    }
    k->name_span = scan_word(c);
    if (k->name_span.to == k->name_span.from)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected the name of an attribute", NULL);
    after = c->at;
    weiri_scan_blanks(c);
    next = scan_word(c);
    if (next.to == next.from || is_any(weiri_convert_source(c, next))) {
        c->at = after;
        return true;
    }
    k->type_span = k->name_span;
    k->type = type_of(weiri_convert_source(c, k->type_span));
    k->name_span = next;
    if (k->type == TYPE_NONE)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, next, "expected an operator or any", NULL);
    if (k->type == TYPE_TIME)
        return weiri_convert_fail(c, PROBLEM_INEXPRESSIBLE, k->type_span,
                                  "Siena leaves open how a time is written; Weir has timestamps",
                                  "write name < TIMESTAMP '2013-10-07T09:30:00Z' by hand");
    return true;
}

static bool read_sign(struct weiri_convert *c, struct constraint *k)
{
    static const struct {
        const char *text;
        const char *here;
        enum sign sign;
    } signs[] = {
        {">*", " STARTS WITH ", SIGN_PREFIX   },
        {"*<", " ENDS WITH ",   SIGN_SUFFIX   },
        {"*",  " CONTAINS ",    SIGN_SUBSTRING},
        {"!=", " <> ",          SIGN_NE       },
        {">=", " >= ",          SIGN_OTHER    },
        {"<=", " <= ",          SIGN_OTHER    },
        {">",  " > ",           SIGN_OTHER    },
        {"<",  " < ",           SIGN_OTHER    },
        {"=",  " = ",           SIGN_OTHER    },
    };
    size_t from;

    weiri_scan_blanks(c);
    from = c->at;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (weiri_scan_take(c, signs[i].text)) {
            k->here = signs[i].here;
            k->sign = signs[i].sign;
            k->sign_span = (struct weiri_span){from, c->at};
            return true;
        }
    }
    k->sign = SIGN_ANY;
    k->sign_span = scan_word(c);
    if (is_any(weiri_convert_source(c, k->sign_span)))
        return true;
    c->at = from;
    return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, from),
                              "expected =, !=, <, <=, >, >=, >*, *<, * or any", NULL);
}

/* In the papers a value of another type than is written does not match. */
static bool emit_constraint(struct weiri_convert *c, const struct constraint *k)
{
    static const char *const types[] = {[TYPE_STRING] = " IS STRING",
                                        [TYPE_INT] = " IS INT",
                                        [TYPE_DOUBLE] = " IS DOUBLE",
                                        [TYPE_BOOL] = " IS BOOL"};
    bool numeric = k->type == TYPE_INT || k->type == TYPE_DOUBLE;

    if (k->type != TYPE_NONE && (numeric || k->sign == SIGN_ANY)) {
        if (!emit_name(c, k))
            return false;
        weiri_emit(c, types[k->type]);
        if (k->sign == SIGN_ANY)
            return true;
        weiri_emit(c, " AND ");
    } else if (k->sign == SIGN_ANY) {
        weiri_emit(c, "EXISTS(");
        if (!emit_name(c, k))
            return false;
        weiri_emit(c, ")");
        return true;
    }
    if (k->sign == SIGN_NE && k->type == TYPE_NONE)
        weiri_convert_warn(c, "W741", k->sign_span,
                           "versions of Siena differ on != for a value of another type; here that "
                           "does not match",
                           NULL);
    if (!emit_name(c, k))
        return false;
    weiri_emit(c, k->here);
    return emit_value(c, k);
}

static bool emit_name(struct weiri_convert *c, const struct constraint *k)
{
    struct weir_str name = weiri_convert_source(c, k->name_span);
    size_t at = c->at;

    if (k->name_quoted) {
        c->at = k->name_span.from;
        if (!weiri_scan_c_string(c, &name))
            return false;
        c->at = at;
    }
    return weiri_emit_name(c, name, k->name_span);
}

static bool wrong_type(struct weiri_convert *c, struct weiri_span span, const char *message)
{
    return weiri_convert_fail(c, PROBLEM_SYNTAX, span, message, NULL);
}

static bool emit_value(struct weiri_convert *c, const struct constraint *k)
{
    bool strings = k->sign == SIGN_PREFIX || k->sign == SIGN_SUFFIX || k->sign == SIGN_SUBSTRING ||
                   k->type == TYPE_STRING;
    struct weir_str string;
    struct weiri_span span;
    size_t from, len;

    weiri_scan_blanks(c);
    from = c->at;
    if (weiri_scan_peek(c) == '"') {
        if (!weiri_scan_c_string(c, &string))
            return false;
        if (k->type != TYPE_NONE && k->type != TYPE_STRING)
            return wrong_type(c, weiri_scan_span(c, from), "the value is of another type");
        weiri_emit_string(c, string);
        return true;
    }
    len = weiri_scan_decimal(c);
    if (len == 0 || k->type == TYPE_STRING)
        return emit_word(c, k);
    c->at += len;
    span = (struct weiri_span){from, c->at};
    if (strings || k->type == TYPE_BOOL)
        return wrong_type(c, span, "the value is a number, and none is expected here");
    if (is_word_byte(weiri_scan_peek(c)))
        return wrong_type(c, weiri_scan_span(c, c->at), "the number ends here");
    return weiri_emit_decimal(c, weiri_convert_source(c, span), span);
}

/* true, false, or a string without quotes: where it is said to be one, it may hold more. */
static bool emit_word(struct weiri_convert *c, const struct constraint *k)
{
    struct weiri_span span = {c->at, c->at};
    struct weir_str word;
    bool is_bool;

    if (k->type == TYPE_STRING) {
        while (c->at < c->text.len && strchr(" \t\r\n,{}\"", c->text.ptr[c->at]) == NULL)
            c->at++;
    } else {
        (void)scan_word(c);
    }
    span.to = c->at;
    word = weiri_convert_source(c, span);
    is_bool = weir_str_equal(word, WEIR_STR("true")) || weir_str_equal(word, WEIR_STR("false"));
    if (word.len == 0 || (!is_bool && k->type != TYPE_STRING))
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, span.from),
                                  "expected a number, true, false or a string",
                                  "a string without quotes follows only 'string NAME'");
    if (k->type == TYPE_STRING) {
        weiri_emit_string(c, word);
        return true;
    }
    if (k->type == TYPE_INT || k->type == TYPE_DOUBLE || k->sign == SIGN_PREFIX ||
        k->sign == SIGN_SUFFIX || k->sign == SIGN_SUBSTRING)
        return wrong_type(c, span, "the value is of another type");
    weiri_emit(c, weir_str_equal(word, WEIR_STR("true")) ? "TRUE" : "FALSE");
    return true;
}
