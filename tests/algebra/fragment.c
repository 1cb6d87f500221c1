/* fragment.c - constraints of the complete fragment, evaluated on points by FILTERS.md. */
#include "fragment.h"

#include "random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MAX (FRAGMENT_WORDS * 64)
#define CONSTRAINTS_MAX 2048
#define STRING_CONSTANTS 121
#define NUMBER_CONSTANTS 17
#define TIME_CONSTANTS 3
#define SET_MAX 4

enum kind { ABSENT, BOOL, INT, DOUBLE, STRING, TIME };

/* Numbers count quarters, instants half seconds. */
struct point {
    enum kind kind;
    int number;
    char text[16];
};

enum operation { EQ, NE, LT, LE, GT, GE, STARTS, IN, BETWEEN, IS_NULL, EXISTS, IS_TYPE };

struct constraint {
    enum operation operation;
    bool negated;
    enum kind type; /* IS_TYPE */
    struct point constants[SET_MAX];
    size_t constant_count;
};

enum truth { FALSE, UNKNOWN, TRUE };

static struct {
    struct point points[POINTS_MAX];
    size_t point_count;
    struct constraint constraints[CONSTRAINTS_MAX];
    struct fragment_set sets[CONSTRAINTS_MAX];
    size_t constraint_count;
    struct point strings[STRING_CONSTANTS], numbers[NUMBER_CONSTANTS], times[TIME_CONSTANTS];
} fragment;

static void make_constants(void);
static void make_points(void);
static void make_string_points(const char *text);
static void add_point(enum kind kind, int number, const char *text);
static void make_constraints(void);
static void add_orders(const struct point *constants, size_t count);
static void add_sets(const struct point *constants, size_t count, struct random_source *r);
static void add(struct constraint constraint);
static enum truth evaluate(const struct constraint *constraint, const struct point *point);
static enum truth compare(enum operation operation, const struct point *a, const struct point *b);
static size_t print_constant(char *out, size_t size, const struct point *constant);

void fragment_init(void)
{
    make_constants();
    make_points();
    make_constraints();
    for (size_t i = 0; i < fragment.constraint_count; i++) {
        for (size_t k = 0; k < fragment.point_count; k++) {
            if (evaluate(&fragment.constraints[i], &fragment.points[k]) == TRUE)
                fragment.sets[i].words[k / 64] |= UINT64_C(1) << k % 64;
        }
    }
}

static void make_constants(void)
{
    size_t count = 1;

    for (size_t i = 0; i < count; i++) {
        for (char c = 'a'; c <= 'c' && strlen(fragment.strings[i].text) < 4; c++) {
            struct point made = fragment.strings[i];

            made.text[strlen(made.text)] = c;
            fragment.strings[count++] = made;
        }
        fragment.strings[i].kind = STRING;
    }
    for (int i = 0; i < NUMBER_CONSTANTS; i++)
        fragment.numbers[i] = (struct point){i % 2 == 0 ? INT : DOUBLE, 2 * i, ""};
    for (int i = 0; i < TIME_CONSTANTS; i++)
        fragment.times[i] = (struct point){TIME, 2 * i, ""};
}

static void make_points(void)
{
    add_point(ABSENT, 0, "");
    add_point(BOOL, 0, "");
    add_point(BOOL, 1, "");
    for (int quarters = -1; quarters <= 33; quarters++) {
        add_point(INT, quarters, "");
        add_point(DOUBLE, quarters, "");
    }
    for (int halves = -1; halves <= 2 * TIME_CONSTANTS - 1; halves++)
        add_point(TIME, halves, "");
    for (size_t i = 0; i < STRING_CONSTANTS; i++)
        make_string_points(fragment.strings[i].text);
}

static void make_string_points(const char *text)
{
    static const char *const ends[] = {"", "\x01", "\xF4\x8F\xBF\xBF"};
    const size_t len = strlen(text);
    char made[16];

    for (size_t i = 0; i < 3; i++) {
        snprintf(made, sizeof made, "%.8s%s", text, ends[i]);
        add_point(STRING, 0, made);
    }
    for (size_t i = 0; i < 2 && len > 0; i++) {
        snprintf(made, sizeof made, "%.8s%s", text, ends[i]);
        made[len - 1]++;
        add_point(STRING, 0, made);
    }
}

static void add_point(enum kind kind, int number, const char *text)
{
    struct point *point = &fragment.points[fragment.point_count];

    for (size_t i = 0; kind == STRING && i < fragment.point_count; i++) {
        if (fragment.points[i].kind == STRING && strcmp(fragment.points[i].text, text) == 0)
            return;
    }
    if (fragment.point_count == POINTS_MAX)
        abort();
    point->kind = kind;
    point->number = number;
    snprintf(point->text, sizeof point->text, "%s", text);
    fragment.point_count++;
}

static void make_constraints(void)
{
    const struct point bools[] = {
        {BOOL, 0, ""},
        {BOOL, 1, ""}
    };
    struct random_source r = {20261120};

    add((struct constraint){.operation = IS_NULL});
    add((struct constraint){.operation = IS_NULL, .negated = true});
    add((struct constraint){.operation = EXISTS});
    add((struct constraint){.operation = EXISTS, .negated = true});
    for (int type = BOOL; type <= TIME; type++) {
        add((struct constraint){.operation = IS_TYPE, .type = (enum kind)type});
        add((struct constraint){.operation = IS_TYPE, .type = (enum kind)type, .negated = true});
    }
    for (size_t i = 0; i < 2; i++) {
        add((struct constraint){.operation = EQ, .constants = {bools[i]}, .constant_count = 1});
        add((struct constraint){.operation = NE, .constants = {bools[i]}, .constant_count = 1});
    }
    add_orders(fragment.numbers, NUMBER_CONSTANTS);
    add_orders(fragment.times, TIME_CONSTANTS);
    add_orders(fragment.strings, STRING_CONSTANTS);
    for (size_t i = 0; i < STRING_CONSTANTS; i++) {
        struct constraint made = {
            .operation = STARTS, .constants = {fragment.strings[i]}, .constant_count = 1};

        add(made);
        made.negated = true;
        add(made);
    }
    add_sets(fragment.numbers, NUMBER_CONSTANTS, &r);
    add_sets(fragment.strings, 13, &r);
    add_sets(fragment.times, TIME_CONSTANTS, &r);
}

static void add_orders(const struct point *constants, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (int operation = EQ; operation <= GE; operation++)
            add((struct constraint){.operation = (enum operation)operation,
                                    .constants = {constants[i]},
                                    .constant_count = 1});
    }
}

/* Sets and ranges are too many to have all. */
static void add_sets(const struct point *constants, size_t count, struct random_source *r)
{
    for (size_t i = 0; i < 40; i++) {
        struct constraint set = {.operation = IN, .negated = i % 2 == 0};
        struct constraint range = {
            .operation = BETWEEN, .negated = i % 2 == 0, .constant_count = 2};

        set.constant_count = 1 + random_below(r, SET_MAX);
        for (size_t k = 0; k < SET_MAX; k++)
            set.constants[k] = constants[random_below(r, count)];
        if (i % 10 == 9)
            set.constants[0] = fragment.numbers[i % NUMBER_CONSTANTS];
        add(set);
        for (size_t k = 0; k < 2; k++)
            range.constants[k] = constants[random_below(r, count)];
        add(range);
    }
}

static void add(struct constraint constraint)
{
    if (fragment.constraint_count == CONSTRAINTS_MAX)
        abort();
    fragment.constraints[fragment.constraint_count++] = constraint;
}

/* ---- meaning */

static enum truth negated(enum truth truth)
{
    return (enum truth)(TRUE - truth);
}

static enum truth evaluate(const struct constraint *c, const struct point *point)
{
    enum truth truth = UNKNOWN, low, high;
    size_t len;

    switch (c->operation) {
    case IS_NULL: truth = point->kind == ABSENT ? TRUE : FALSE; break;
    case EXISTS: truth = point->kind != ABSENT ? TRUE : FALSE; break;
    case IS_TYPE: truth = point->kind == c->type ? TRUE : FALSE; break;
    case STARTS:
        len = strlen(c->constants[0].text);
        if (point->kind == STRING)
            truth = strncmp(point->text, c->constants[0].text, len) == 0 ? TRUE : FALSE;
        break;
    case IN:
        truth = FALSE;
        for (size_t i = 0; i < c->constant_count; i++) {
            const enum truth one = compare(EQ, point, &c->constants[i]);

            truth = one > truth ? one : truth;
        }
        break;
    case BETWEEN:
        low = compare(GE, point, &c->constants[0]);
        high = compare(LE, point, &c->constants[1]);
        truth = low < high ? low : high;
        break;
    default: truth = compare(c->operation, point, &c->constants[0]); break;
    }
    return c->negated ? negated(truth) : truth;
}

static bool is_number(const struct point *point)
{
    return point->kind == INT || point->kind == DOUBLE;
}

static enum truth compare(enum operation operation, const struct point *a, const struct point *b)
{
    const int order = a->kind == STRING ? strcmp(a->text, b->text) : a->number - b->number;
    bool holds = false;

    if (a->kind == ABSENT || (a->kind != b->kind && !(is_number(a) && is_number(b))))
        return UNKNOWN;
    switch (operation) {
    case EQ: holds = order == 0; break;
    case NE: holds = order != 0; break;
    case LT: holds = order < 0; break;
    case LE: holds = order <= 0; break;
    case GT: holds = order > 0; break;
    default: holds = order >= 0; break;
    }
    return holds ? TRUE : FALSE;
}

/* ---- text */

size_t fragment_count(void)
{
    return fragment.constraint_count;
}

void fragment_print(char *out, size_t size, size_t index, const char *name)
{
    static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};
    static const char *const types[] = {"", "BOOL", "INT", "DOUBLE", "STRING", "TIMESTAMP"};
    const struct constraint *c = &fragment.constraints[index];
    const char *not = c->negated ? "NOT " : "";
    char constants[SET_MAX][64];
    size_t len;

    for (size_t i = 0; i < c->constant_count; i++)
        print_constant(constants[i], sizeof constants[i], &c->constants[i]);
    switch (c->operation) {
    case IS_NULL: snprintf(out, size, "%s IS %sNULL", name, not ); break;
    case EXISTS: snprintf(out, size, "%sEXISTS(%s)", not, name); break;
    case IS_TYPE: snprintf(out, size, "%s IS %s%s", name, not, types[c->type]); break;
    case STARTS: snprintf(out, size, "%s %sSTARTS WITH %s", name, not, constants[0]); break;
    case BETWEEN:
        snprintf(out, size, "%s %sBETWEEN %s AND %s", name, not, constants[0], constants[1]);
        break;
    case IN:
        len = (size_t)snprintf(out, size, "%s %sIN (", name, not );
        for (size_t i = 0; i < c->constant_count; i++)
            len += (size_t)snprintf(out + len, size - len, "%s%s", i > 0 ? ", " : "", constants[i]);
        snprintf(out + len, size - len, ")");
        break;
    default: snprintf(out, size, "%s %s %s", name, signs[c->operation], constants[0]); break;
    }
}

static size_t print_constant(char *out, size_t size, const struct point *constant)
{
    switch (constant->kind) {
    case BOOL: return (size_t)snprintf(out, size, "%s", constant->number != 0 ? "TRUE" : "FALSE");
    case INT: return (size_t)snprintf(out, size, "%d", constant->number / 4);
    case DOUBLE:
        return (size_t)snprintf(out, size, "%d.%d", constant->number / 4,
                                constant->number % 4 * 25 / 10);
    case TIME:
        return (size_t)snprintf(out, size, "TIMESTAMP '2020-01-01T00:00:%02dZ'",
                                constant->number / 2);
    default: return (size_t)snprintf(out, size, "'%s'", constant->text);
    }
}

/* ---- sets */

const struct fragment_set *fragment_at(size_t index)
{
    return &fragment.sets[index];
}

struct fragment_set fragment_all(void)
{
    struct fragment_set set = {{0}};

    for (size_t k = 0; k < fragment.point_count; k++)
        set.words[k / 64] |= UINT64_C(1) << k % 64;
    return set;
}

struct fragment_set fragment_real(void)
{
    struct fragment_set set = fragment_all();

    for (size_t k = 0; k < fragment.point_count; k++) {
        if (fragment.points[k].kind == INT && fragment.points[k].number % 4 != 0)
            set.words[k / 64] &= ~(UINT64_C(1) << k % 64);
    }
    return set;
}

struct fragment_set fragment_absent(void)
{
    return (struct fragment_set){{1}}; /* make_points begins with it */
}

struct fragment_set fragment_and(const struct fragment_set *a, const struct fragment_set *b)
{
    struct fragment_set set;

    for (size_t i = 0; i < FRAGMENT_WORDS; i++)
        set.words[i] = a->words[i] & b->words[i];
    return set;
}

struct fragment_set fragment_less(const struct fragment_set *a, const struct fragment_set *b)
{
    struct fragment_set set;

    for (size_t i = 0; i < FRAGMENT_WORDS; i++)
        set.words[i] = a->words[i] & ~b->words[i];
    return set;
}

bool fragment_is_empty(const struct fragment_set *set)
{
    uint64_t any = 0;

    for (size_t i = 0; i < FRAGMENT_WORDS; i++)
        any |= set->words[i];
    return any == 0;
}
