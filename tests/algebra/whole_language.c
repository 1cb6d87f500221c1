/* whole_language.c - every rule of the grammar, drawn at random.
 *
 * Types agree where the compiler insists on it; values and names are spelt by the printer, so that
 * any bytes may be in them. */
#include "whole_language.h"

#include <weir/filter.h>

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct writer {
    struct random_source *random;
    char *out;
    size_t size, len;
};

static void condition(struct writer *w, unsigned depth);
static void predicate(struct writer *w);
static void comparison(struct writer *w);
static void set(struct writer *w);
static void range(struct writer *w);
static void text_test(struct writer *w);
static void like(struct writer *w);
static void function(struct writer *w);
static void question(struct writer *w);
static void operand(struct writer *w, enum weir_type type, unsigned depth);
static void number(struct writer *w, unsigned depth);
static void attr(struct writer *w, enum weir_type type);
static void literal(struct writer *w, enum weir_type type);
static void string(struct writer *w);
static size_t make_text(char *out, struct random_source *r, bool name);
static int64_t edge_int(struct random_source *r);
static double edge_double(struct random_source *r);

__attribute__((format(printf, 2, 3))) static void put(struct writer *w, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(w->out + w->len, w->size - w->len, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= w->size - w->len)
        abort();
    w->len += (size_t)len;
}

#define PICK(w, array) ((array)[random_below((w)->random, COUNT(array))])

void whole_language_filter(char *out, size_t size, struct random_source *r, unsigned depth)
{
    struct writer w = {.random = r, .out = out, .size = size};

    out[0] = '\0';
    if (!random_chance(r, 1))
        condition(&w, depth);
}

static void condition(struct writer *w, unsigned depth)
{
    static const char *const joints[] = {" AND ", " OR ", "&&", "||", " and ", "\tOr\n"};
    const char *joint = PICK(w, joints);
    const size_t parts = 2 + random_below(w->random, 2);

    if (depth == 0) {
        predicate(w);
        return;
    }
    for (size_t i = 0; i < parts; i++) {
        put(w, "%s%s(", i > 0 ? joint : "",
            random_chance(w->random, 25) ? (random_chance(w->random, 50) ? "NOT " : "!") : "");
        condition(w, depth - 1);
        put(w, ")");
    }
}

static void predicate(struct writer *w)
{
    static void (*const makers[])(struct writer *) = {comparison, comparison, set,      range,
                                                      text_test,  like,       function, question};

    if (random_chance(w->random, 15))
        put(w, random_chance(w->random, 50) ? "NOT " : "! ");
    PICK(w, makers)(w);
}

static enum weir_type any_type(struct writer *w)
{
    return (enum weir_type)(WEIR_BOOL + random_below(w->random, 5));
}

static const char *maybe_not(struct writer *w)
{
    return random_chance(w->random, 40) ? " NOT" : "";
}

static void comparison(struct writer *w)
{
    static const char *const signs[] = {" = ", "<>", "==", " != ", "<", " <= ", ">", ">="};
    const enum weir_type type = any_type(w);
    const bool turned = random_chance(w->random, 20);

    if (turned)
        operand(w, type, 1);
    else
        attr(w, type);
    put(w, "%s", type == WEIR_BOOL ? signs[random_below(w->random, 4)] : PICK(w, signs));
    if (turned && random_chance(w->random, 90))
        attr(w, type);
    else
        operand(w, type, 2);
}

static void set(struct writer *w)
{
    const enum weir_type type = any_type(w);
    const size_t count = 1 + random_below(w->random, 5);

    if (random_chance(w->random, 15) && (type == WEIR_INT || type == WEIR_DOUBLE))
        number(w, 2);
    else
        attr(w, type);
    put(w, "%s IN (", maybe_not(w));
    for (size_t i = 0; i < count; i++) {
        put(w, "%s", i > 0 ? ", " : "");
        literal(w, type);
    }
    put(w, ")");
}

static void range(struct writer *w)
{
    static const enum weir_type types[] = {WEIR_INT, WEIR_DOUBLE, WEIR_STRING, WEIR_TIMESTAMP};
    const enum weir_type type = PICK(w, types);

    operand(w, type, 1);
    put(w, "%s BETWEEN ", maybe_not(w));
    operand(w, type, 1);
    put(w, " AND ");
    operand(w, type, 1);
}

static void text_test(struct writer *w)
{
    static const char *const words[] = {" STARTS WITH ", " ENDS WITH ", " CONTAINS "};
    static const char *const patterns[] = {"'^a+b?'",    "\"it's\"", "'[a-c]\\d$'", "'(?i)x|y'",
                                           "'\xC3\xA9'", "''",       "'^''.$'",     "'a{1,3}'"};

    attr(w, WEIR_STRING);
    if (random_chance(w->random, 30)) {
        put(w, random_chance(w->random, 50)   ? " =~ "
               : random_chance(w->random, 50) ? " !~ "
                                              : " MATCHES ");
        put(w, "%s", PICK(w, patterns));
        return;
    }
    put(w, "%s%s", maybe_not(w), PICK(w, words));
    string(w);
}

/* A pattern with wildcards and, sometimes, with escaped ones. */
static void like(struct writer *w)
{
    static const char *const pieces[] = {
        "%", "%", "_", "a", "b", "''", "\"", "`", "\\", "\xC3\xA9", "\xF0\x9F\x98\x80"};
    static const char *const escapes[] = {"!", "\\", "\xC3\xA9", "x"};
    const char *escape = random_chance(w->random, 35) ? PICK(w, escapes) : NULL;
    const size_t count = random_below(w->random, 7);

    attr(w, WEIR_STRING);
    put(w, "%s LIKE '", maybe_not(w));
    for (size_t i = 0; i < count; i++) {
        const char *piece = PICK(w, pieces);

        if (escape != NULL && (strcmp(piece, escape) == 0 ||
                               (strchr("%_", piece[0]) != NULL && random_chance(w->random, 60))))
            put(w, "%s", escape);
        put(w, "%s", piece);
    }
    put(w, "'");
    if (escape != NULL)
        put(w, " ESCAPE '%s'", escape);
}

static void function(struct writer *w)
{
    static const char *const names[] = {"hasPrefix", "STARTSWITH", "begins-with", "endsWith",
                                        "ends-with", "hasSuffix",  "contains",    "beginsWith"};

    put(w, "%s(", PICK(w, names));
    attr(w, WEIR_STRING);
    put(w, ", ");
    string(w);
    put(w, ")");
}

static void question(struct writer *w)
{
    static const char *const types[] = {"NULL", "STRING", "INT", "DOUBLE", "BOOL", "TIMESTAMP"};
    const size_t kind = random_below(w->random, 10);

    if (kind == 0) {
        put(w, random_chance(w->random, 50) ? "TRUE" : "FALSE");
        return;
    }
    if (kind == 1)
        put(w, "EXISTS(");
    attr(w, kind < 4 ? WEIR_BOOL : WEIR_INT);
    if (kind == 1)
        put(w, ")");
    if (kind >= 4)
        put(w, " IS%s %s", maybe_not(w), PICK(w, types));
}

/* ---- operands */

static void operand(struct writer *w, enum weir_type type, unsigned depth)
{
    if (random_chance(w->random, 15))
        attr(w, type);
    else if ((type == WEIR_INT || type == WEIR_DOUBLE) && random_chance(w->random, 40))
        number(w, depth);
    else
        literal(w, type);
}

static void number(struct writer *w, unsigned depth)
{
    static const char *const signs[] = {" + ", " - ", "*", " / ", " % "};
    const enum weir_type type = random_chance(w->random, 70) ? WEIR_INT : WEIR_DOUBLE;

    if (depth == 0 || random_chance(w->random, 25)) {
        if (random_chance(w->random, 50))
            attr(w, WEIR_INT);
        else
            literal(w, type);
        return;
    }
    put(w, "%s(", random_chance(w->random, 25) ? "-" : random_chance(w->random, 10) ? "+" : "");
    if (random_chance(w->random, 70)) {
        number(w, depth - 1);
        put(w, "%s", signs[random_below(w->random, 4)]);
        number(w, depth - 1);
    } else {
        attr(w, WEIR_INT);
        put(w, "%s", PICK(w, signs));
        attr(w, WEIR_INT);
    }
    put(w, ")");
}

static void attr(struct writer *w, enum weir_type type)
{
    static const char *const plain[] = {"a", "b", "price", "x.y", "_z9", "A"};
    static const char *const stamps[] = {"$type", "$publisher", "$origin", "$id"};
    char name[64];

    if (type == WEIR_STRING && random_chance(w->random, 12)) {
        put(w, "%s", PICK(w, stamps));
    } else if (type == WEIR_TIMESTAMP && random_chance(w->random, 12)) {
        put(w, "$ts");
    } else if (random_chance(w->random, 75)) {
        put(w, "%s", PICK(w, plain));
    } else {
        const struct weir_node node = {
            .kind = WEIR_NODE_ATTR, .text = {name, make_text(name, w->random, true)}
        };

        w->len += weir_node_print(w->out + w->len, w->size - w->len, &node);
    }
}

static void literal(struct writer *w, enum weir_type type)
{
    struct weir_node node = {.kind = WEIR_NODE_LITERAL};
    struct random_source *r = w->random;

    switch (type) {
    case WEIR_BOOL: node.literal = weir_value_bool(random_chance(r, 50)); break;
    case WEIR_STRING: string(w); return;
    case WEIR_TIMESTAMP:
        node.literal =
            weir_value_timestamp((int64_t)(random_u64(r) % UINT64_C(9000000000000000000)) *
                                 (random_chance(r, 50) ? -1 : 1));
        if (random_chance(r, 30))
            node.literal.u.integer -= node.literal.u.integer % 1000000000;
        break;
    case WEIR_INT:
    case WEIR_DOUBLE:
        node.literal = (type == WEIR_INT) != random_chance(r, 15)
                           ? weir_value_int(edge_int(r))
                           : weir_value_double(edge_double(r));
        if (node.literal.type == WEIR_INT && node.literal.u.integer >= 0 && random_chance(r, 10)) {
            put(w, "0x%llX", (unsigned long long)node.literal.u.integer);
            return;
        }
        break;
    }
    w->len += weir_node_print(w->out + w->len, w->size - w->len, &node);
}

static void string(struct writer *w)
{
    char text[64];
    const struct weir_node node = {
        .kind = WEIR_NODE_LITERAL,
        .literal = weir_value_string((struct weir_str){text, make_text(text, w->random, false)})};

    w->len += weir_node_print(w->out + w->len, w->size - w->len, &node);
}

static size_t make_text(char *out, struct random_source *r, bool name)
{
    static const char *const pieces[] = {"a",
                                         "b",
                                         "ab",
                                         "'",
                                         "\"",
                                         "`",
                                         "\\",
                                         "%",
                                         "_",
                                         " ",
                                         "\n",
                                         "\t",
                                         "\x01",
                                         "\x7F",
                                         "\xC2\x80",
                                         "\xC3\xA9",
                                         "--",
                                         "AND",
                                         "5",
                                         ".",
                                         "$",
                                         "\xE6\x97\xA5",
                                         "\xEF\xBF\xBF",
                                         "\xF0\x9F\x98\x80",
                                         "(",
                                         "LIKE",
                                         "\xF4\x8F\xBF\xBF"};
    const size_t count = random_below(r, 5) + name;
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        const char *piece = pieces[random_below(r, COUNT(pieces))];

        if (name && i == 0 && piece[0] == '$')
            piece = "a";
        memcpy(out + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return len;
}

static int64_t edge_int(struct random_source *r)
{
    static const int64_t edges[] = {0,
                                    1,
                                    -1,
                                    INT64_MIN,
                                    INT64_MAX,
                                    INT64_MIN + 1,
                                    INT64_C(9007199254740992),
                                    INT64_C(9007199254740993),
                                    -INT64_C(9007199254740993),
                                    INT64_C(4294967296)};

    if (random_chance(r, 40))
        return edges[random_below(r, COUNT(edges))];
    return (int64_t)(random_u64(r) >> (1 + random_below(r, 63))) * (random_chance(r, 30) ? -1 : 1);
}

static double edge_double(struct random_source *r)
{
    static const double edges[] = {
        0.0,     0.1,       -0.5, 1e308,         DBL_MAX, -DBL_MAX,
        DBL_MIN, 0x1p-1074, 1e21, 1e-7,          0x1p63,  9007199254740994.0,
        1e15,    1e16,      1e17, 123456789.125, 5e-324,  100.0};
    uint64_t bits;
    double real;

    if (random_chance(r, 40))
        return edges[random_below(r, COUNT(edges))];
    if (random_chance(r, 30))
        return (double)(int64_t)random_below(r, 2000) / 8 - 100;
    do {
        bits = random_u64(r);
        if (random_chance(r, 20))
            bits &= UINT64_C(0x800FFFFFFFFFFFFF); /* below the normal range */
        memcpy(&real, &bits, sizeof real);
    } while (!isfinite(real));
    return real;
}
