/* value.c - typed values and their exact order. */
#include <weir/limits.h>
#include <weir/value.h>

#include <assert.h>
#include <math.h>

static bool is_number(const struct weir_value *value);
static int compare_numbers(const struct weir_value *a, const struct weir_value *b);
static int compare_int64(int64_t a, int64_t b);
static int compare_double(double a, double b);
static int compare_int64_double(int64_t integer, double real);

const char *weir_type_text(enum weir_type type)
{
    switch (type) {
    case WEIR_BOOL: return "bool";
    case WEIR_INT: return "int";
    case WEIR_DOUBLE: return "double";
    case WEIR_STRING: return "string";
    case WEIR_TIMESTAMP: return "timestamp";
    }
    return "unknown type";
}

struct weir_value weir_value_bool(bool boolean)
{
    return (struct weir_value){.type = WEIR_BOOL, .u.boolean = boolean};
}

struct weir_value weir_value_int(int64_t integer)
{
    return (struct weir_value){.type = WEIR_INT, .u.integer = integer};
}

struct weir_value weir_value_double(double real)
{
    /* -0.0 == 0.0, so this drops the sign of zero and nothing else. */
    return (struct weir_value){.type = WEIR_DOUBLE, .u.real = real == 0.0 ? 0.0 : real};
}

struct weir_value weir_value_string(struct weir_str string)
{
    return (struct weir_value){.type = WEIR_STRING, .u.string = string};
}

struct weir_value weir_value_timestamp(int64_t nanoseconds)
{
    return (struct weir_value){.type = WEIR_TIMESTAMP, .u.integer = nanoseconds};
}

enum weir_err weir_value_check(const struct weir_value *value)
{
    switch (value->type) {
    case WEIR_BOOL:
    case WEIR_INT:
    case WEIR_TIMESTAMP: return WEIR_OK;
    case WEIR_DOUBLE: return isfinite(value->u.real) ? WEIR_OK : WEIR_EINVAL;
    case WEIR_STRING:
        if (value->u.string.len > WEIR_STRING_LEN_MAX)
            return WEIR_ELIMIT;
        return weir_str_is_text(value->u.string) ? WEIR_OK : WEIR_EINVAL;
    }
    return WEIR_ETYPE;
}

bool weir_value_compare(const struct weir_value *a, const struct weir_value *b, int *order)
{
    if (is_number(a) && is_number(b)) {
        *order = compare_numbers(a, b);
        return true;
    }
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case WEIR_BOOL: *order = (int)a->u.boolean - (int)b->u.boolean; return true;
    case WEIR_STRING: *order = weir_str_compare(a->u.string, b->u.string); return true;
    case WEIR_TIMESTAMP: *order = compare_int64(a->u.integer, b->u.integer); return true;
    default: return false;
    }
}

bool weir_value_equal(const struct weir_value *a, const struct weir_value *b)
{
    int order;

    return weir_value_compare(a, b, &order) && order == 0;
}

static bool is_number(const struct weir_value *value)
{
    return value->type == WEIR_INT || value->type == WEIR_DOUBLE;
}

static int compare_numbers(const struct weir_value *a, const struct weir_value *b)
{
    if (a->type == WEIR_INT && b->type == WEIR_INT)
        return compare_int64(a->u.integer, b->u.integer);
    if (a->type == WEIR_INT)
        return compare_int64_double(a->u.integer, b->u.real);
    if (b->type == WEIR_INT)
        return -compare_int64_double(b->u.integer, a->u.real);
    return compare_double(a->u.real, b->u.real);
}

static int compare_int64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_double(double a, double b)
{
    return (a > b) - (a < b);
}

/* A double within the range of int64 has a whole part that is an int64, and then the difference
 * to that whole part is exact: nothing is rounded. */
static int compare_int64_double(int64_t integer, double real)
{
    const double two_to_63 = 9223372036854775808.0;
    int64_t whole;

    if (real >= two_to_63)
        return -1;
    if (real < -two_to_63)
        return 1;
    whole = (int64_t)real;
    if (integer != whole)
        return compare_int64(integer, whole);
    return compare_double(0.0, real - (double)whole);
}
