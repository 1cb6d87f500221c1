/* padres.c - subscriptions of PADRES: [class,eq,'STOCK'],[price,>,30].
 *
 * A conjunction of predicates, one for each attribute; strings and numbers have operators of their
 * own. */
#include "internal.h"

#include <string.h>

#define PREDICATES_MAX WEIR_FILTER_LEAVES_MAX

enum value_kind { VALUE_STRING, VALUE_NUMBER, VALUE_ANY, VALUE_NONE };

static const struct operator_entry {
    const char *name;
    const char *here;
    enum value_kind kind;
} operators[] = {
    {"eq",           " = ",           VALUE_STRING},
    {"neq",          " <> ",          VALUE_STRING},
    {"str-lt",       " < ",           VALUE_STRING},
    {"str-le",       " <= ",          VALUE_STRING},
    {"str-gt",       " > ",           VALUE_STRING},
    {"str-ge",       " >= ",          VALUE_STRING},
    {"str-prefix",   " STARTS WITH ", VALUE_STRING},
    {"str-postfix",  " ENDS WITH ",   VALUE_STRING},
    {"str-contains", " CONTAINS ",    VALUE_STRING},
    {"=",            " = ",           VALUE_NUMBER},
    {"<>",           " <> ",          VALUE_NUMBER},
    {"<",            " < ",           VALUE_NUMBER},
    {"<=",           " <= ",          VALUE_NUMBER},
    {">",            " > ",           VALUE_NUMBER},
    {">=",           " >= ",          VALUE_NUMBER},
    {"isPresent",    NULL,            VALUE_ANY   },
    {"before",       NULL,            VALUE_NONE  },
    {"after",        NULL,            VALUE_NONE  },
};

struct value {
    struct weiri_span span; /* with its quotes */
    struct weir_str text;   /* without */
    bool quoted, number;
};

static bool read_predicate(struct weiri_convert *c, struct weir_str *name);
static bool read_operator(struct weiri_convert *c, const struct operator_entry **entry,
                          struct weiri_span *span);
static bool read_value(struct weiri_convert *c, struct value *value);
static bool emit_predicate(struct weiri_convert *c, struct weir_str name, struct weiri_span place,
                           const struct operator_entry *entry, struct weiri_span sign,
                           const struct value *value);
static bool check_value(struct weiri_convert *c, const struct operator_entry *entry,
                        struct weiri_span sign, const struct value *value);

bool weiri_convert_padres(struct weiri_convert *c)
{
    struct weir_str names[PREDICATES_MAX];
    size_t count = 0;

    if (weiri_scan_take(c, "{"))
        return weiri_convert_fail(c, PROBLEM_INEXPRESSIBLE, (struct weiri_span){c->at - 1, c->at},
                                  "a composite subscription joins several notifications; a filter "
                                  "looks at one",
                                  "convert its parts, and join what they deliver");
    do {
        weiri_scan_blanks(c);
        if (count == PREDICATES_MAX)
            return weiri_convert_fail(c, PROBLEM_LIMIT, weiri_scan_span(c, c->at),
                                      "more than 256 predicates", NULL);
        weiri_emit(c, count != 0 ? " AND " : "");
        if (!read_predicate(c, &names[count]))
            return false;
        for (size_t i = 0; i < count; i++)
            if (weir_str_equal(names[i], names[count]))
                weiri_convert_warn(c, "W732",
                                   (struct weiri_span){(size_t)(names[count].ptr - c->text.ptr),
                                                       (size_t)(names[count].ptr - c->text.ptr) +
                                                           names[count].len},
                                   "PADRES keeps the last predicate on an attribute only; here all "
                                   "of them hold",
                                   NULL);
        count++;
        (void)weiri_scan_take(c, ","); /* the manual's own examples leave it out */
        weiri_scan_blanks(c);
    } while (c->at < c->text.len);
    return true;
}

static bool expect(struct weiri_convert *c, const char *token, const char *message)
{
    if (weiri_scan_take(c, token))
        return true;
    return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at), message, NULL);
}

static bool read_predicate(struct weiri_convert *c, struct weir_str *name)
{
    const struct operator_entry *entry = NULL;
    struct weiri_span place, sign;
    struct value value = {.quoted = false};

    weiri_emit_mark(c, weiri_scan_span(c, c->at));
    if (!expect(c, "[", "expected [attribute,operator,value]"))
        return false;
    weiri_scan_blanks(c);
    place.from = c->at;
    while (c->at < c->text.len && strchr(", \t\r\n[]", c->text.ptr[c->at]) == NULL)
        c->at++;
    place.to = c->at;
    if (place.to == place.from)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected the name of an attribute", NULL);
    *name = weiri_convert_source(c, place);
    if (!expect(c, ",", "expected , and an operator") || !read_operator(c, &entry, &sign))
        return false;
    if (entry->kind == VALUE_NONE)
        return weiri_convert_fail(c, PROBLEM_INEXPRESSIBLE, sign,
                                  "PADRES compares dates as it prints them; Weir has timestamps",
                                  "write name < TIMESTAMP '2013-10-07T09:30:00Z' by hand");
    if (weiri_scan_take(c, ",")) {
        if (!read_value(c, &value))
            return false;
    } else if (entry->kind != VALUE_ANY) {
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at),
                                  "expected , and a value", NULL);
    }
    return expect(c, "]", "expected ]") && emit_predicate(c, *name, place, entry, sign, &value);
}

static bool read_operator(struct weiri_convert *c, const struct operator_entry **entry,
                          struct weiri_span *span)
{
    struct weir_str word;

    weiri_scan_blanks(c);
    span->from = c->at;
    while (c->at < c->text.len && strchr(", \t\r\n[]", c->text.ptr[c->at]) == NULL)
        c->at++;
    span->to = c->at;
    word = weiri_convert_source(c, *span);
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (weir_str_equal(word, weir_str_of(operators[i].name))) {
            *entry = &operators[i];
            return true;
        }
    }
    return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, span->from),
                              "there is no such operator",
                              "eq, neq, str-prefix, str-postfix, str-contains, str-lt, str-le, "
                              "str-gt, str-ge, =, <>, <, <=, >, >=, isPresent");
}

/* A string in quotes, in which there are no escapes, or what stands before ']'. */
static bool read_value(struct weiri_convert *c, struct value *value)
{
    size_t from;
    char quote;

    weiri_scan_blanks(c);
    from = c->at;
    quote = weiri_scan_peek(c);
    value->quoted = quote == '\'' || quote == '"';
    if (value->quoted) {
        c->at++;
        while (c->at < c->text.len && c->text.ptr[c->at] != quote)
            c->at++;
        if (c->at == c->text.len)
            return weiri_convert_fail(c, PROBLEM_SYNTAX, (struct weiri_span){from, from + 1},
                                      "the string is not closed", NULL);
        value->text = weiri_convert_source(c, (struct weiri_span){from + 1, c->at++});
        value->span = (struct weiri_span){from, c->at};
        return true;
    }
    value->number = weiri_scan_decimal(c) != 0;
    if (value->number) {
        size_t len = weiri_scan_decimal(c);

        value->number =
            from + len < c->text.len && strchr("] \t\r\n", c->text.ptr[from + len]) != NULL;
    }
    while (c->at < c->text.len && strchr(",[]'\"", c->text.ptr[c->at]) == NULL)
        c->at++;
    while (c->at > from && strchr(" \t\r\n", c->text.ptr[c->at - 1]) != NULL)
        c->at--;
    value->span = (struct weiri_span){from, c->at};
    value->text = weiri_convert_source(c, value->span);
    if (value->text.len == 0)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, weiri_scan_span(c, c->at), "expected a value",
                                  NULL);
    return true;
}

static bool emit_predicate(struct weiri_convert *c, struct weir_str name, struct weiri_span place,
                           const struct operator_entry *entry, struct weiri_span sign,
                           const struct value *value)
{
    if (entry->kind == VALUE_ANY) {
        weiri_emit(c, "EXISTS(");
        if (!weiri_emit_name(c, name, place))
            return false;
        weiri_emit(c, ")");
        return true;
    }
    if (!check_value(c, entry, sign, value) || !weiri_emit_name(c, name, place))
        return false;
    weiri_emit(c, entry->here);
    if (strcmp(entry->here, " <> ") == 0)
        weiri_convert_warn(c, "W731", sign,
                           "brokers of PADRES differ on whether this holds for a missing attribute "
                           "or another type; here it does not",
                           NULL);
    if (entry->kind == VALUE_NUMBER)
        return weiri_emit_decimal(c, value->text, value->span);
    weiri_emit_string(c, value->text);
    return true;
}

static bool check_value(struct weiri_convert *c, const struct operator_entry *entry,
                        struct weiri_span sign, const struct value *value)
{
    bool variable = value->text.len > 2 && value->text.ptr[0] == '$' &&
                    memchr(value->text.ptr + 1, '$', value->text.len - 1) != NULL;

    if (variable)
        return weiri_convert_fail(c, PROBLEM_INEXPRESSIBLE, value->span,
                                  "a variable joins notifications; a filter looks at one", NULL);
    if (entry->kind == VALUE_NUMBER && !value->number)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, sign, "this operator compares numbers",
                                  "for strings there are eq, neq, str-lt, str-le, str-gt, str-ge");
    if (entry->kind == VALUE_STRING && value->number)
        return weiri_convert_fail(c, PROBLEM_SYNTAX, sign, "this operator compares strings",
                                  "for numbers there are =, <>, <, <=, >, >=");
    if (!value->quoted && (weir_str_equal(value->text, WEIR_STR("TRUE")) ||
                           weir_str_equal(value->text, WEIR_STR("FALSE"))))
        weiri_convert_warn(c, "W733", value->span,
                           "PADRES has no Booleans: this stays a string, and matches no bool",
                           NULL);
    return true;
}
