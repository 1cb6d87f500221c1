/* pick.c - see pick.h. */
#include "pick.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 64
#define VALUES_MAX 1024 /* distinct strings counted per column */
#define TOP 24          /* of which so many are asked for */

struct column;

struct text_value {
    const struct column *column;
    struct weir_str text;
    size_t count;
};

struct column {
    struct weir_str name;
    size_t strings, numbers;
    struct text_value values[VALUES_MAX]; /* most frequent first after sorting */
    size_t value_count;
};

struct picker {
    const struct rows *rows;
    struct column *columns;
    size_t column_count;
    const struct column *key;                 /* the string attribute asked for most */
    const struct column *others[COLUMNS_MAX]; /* further string attributes */
    size_t other_count;
    const struct column *measures[COLUMNS_MAX]; /* attributes with numbers */
    size_t measure_count;
    double *sample; /* room for a column of numbers */
    uint64_t random;
};

static size_t pick_below(struct picker *p, size_t bound)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (size_t)((p->random >> 33) % bound);
}

/* ---- what the data are like */

static struct column *find_column(struct picker *p, struct weir_str name)
{
    for (size_t i = 0; i < p->column_count; i++)
        if (weir_str_equal(p->columns[i].name, name))
            return &p->columns[i];
    if (p->column_count == COLUMNS_MAX)
        return NULL;
    p->columns[p->column_count].name = name;
    return &p->columns[p->column_count++];
}

static void count_text(struct column *column, struct weir_str text)
{
    column->strings++;
    for (size_t i = 0; i < column->value_count; i++) {
        if (weir_str_equal(column->values[i].text, text)) {
            column->values[i].count++;
            return;
        }
    }
    if (column->value_count < VALUES_MAX)
        column->values[column->value_count++] = (struct text_value){column, text, 1};
}

/* Printable ASCII without quotes, so that it can stand in a filter as it is. */
static bool is_askable(struct weir_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < ' ' || text.ptr[i] > '~' || text.ptr[i] == '\'')
            return false;
    return text.len > 0 && text.len <= 40;
}

static void survey_row(struct picker *p, const struct weir_notification *row)
{
    for (size_t i = 0; i < row->attr_count; i++) {
        struct weir_attr attr = weir_notification_attr(row, i);
        struct column *column = find_column(p, attr.name);

        if (column == NULL)
            continue;
        if (attr.value.type == WEIR_STRING && is_askable(attr.value.u.string))
            count_text(column, attr.value.u.string);
        else if (attr.value.type == WEIR_INT || attr.value.type == WEIR_DOUBLE)
            column->numbers++;
    }
}

static int by_count(const void *a, const void *b)
{
    const struct text_value *x = a, *y = b;

    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return weir_str_compare(x->text, y->text);
}

/* A plain name needs no backticks; others are not asked for. */
static bool is_plain(struct weir_str name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

    if (name.len == 0 || name.len > 40 || (name.ptr[0] >= '0' && name.ptr[0] <= '9'))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (strchr(letters, name.ptr[i]) == NULL)
            return false;
    return true;
}

/* The key is the string attribute with the most values that still repeat: the symbol, in a feed. */
static void choose_roles(struct picker *p)
{
    for (size_t i = 0; i < p->column_count; i++) {
        struct column *column = &p->columns[i];

        if (!is_plain(column->name) || weir_str_equal(column->name, WEIR_STR(ROW_ID)) ||
            weir_str_equal(column->name, WEIR_STR("ms")))
            continue;
        qsort(column->values, column->value_count, sizeof column->values[0], by_count);
        if (column->value_count > 0 && column->strings >= column->value_count * 2) {
            if (p->key == NULL || column->value_count > p->key->value_count) {
                if (p->key != NULL)
                    p->others[p->other_count++] = p->key;
                p->key = column;
            } else {
                p->others[p->other_count++] = column;
            }
        }
        if (column->numbers > 0)
            p->measures[p->measure_count++] = column;
    }
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static bool row_has(const struct weir_notification *row, const struct text_value *text)
{
    struct weir_value value;

    return text == NULL ||
           (weir_notification_find(row, text->column->name, &value) && value.type == WEIR_STRING &&
            weir_str_equal(value.u.string, text->text));
}

/* The quantile (0..99) of a number over the rows that have this text (NULL: all rows). */
static bool quantile(struct picker *p, const struct column *measure, const struct text_value *text,
                     size_t percent, double *out)
{
    size_t count = 0;

    for (size_t i = 0; i < p->rows->count; i++) {
        struct weir_notification row = rows_at(p->rows, i);
        struct weir_value value;

        if (!row_has(&row, text))
            continue;
        if (!weir_notification_find(&row, measure->name, &value))
            continue;
        if (value.type == WEIR_INT)
            p->sample[count++] = (double)value.u.integer;
        else if (value.type == WEIR_DOUBLE)
            p->sample[count++] = value.u.real;
    }
    if (count == 0)
        return false;
    qsort(p->sample, count, sizeof p->sample[0], by_number);
    *out = p->sample[count * percent / 100];
    return true;
}

/* ---- what is asked */

/* Frequent values are asked for more often. */
static const struct text_value *some_value(struct picker *p, const struct column *column)
{
    size_t top = column->value_count < TOP ? column->value_count : TOP;
    size_t a = pick_below(p, top), b = pick_below(p, top);

    return &column->values[a < b ? a : b];
}

static void write_equal(char *out, size_t size, const struct text_value *value)
{
    snprintf(out, size, "%.*s = '%.*s'", (int)value->column->name.len, value->column->name.ptr,
             (int)value->text.len, value->text.ptr);
}

/* Whole numbers are written as such. */
static void write_number(char out[WEIR_DOUBLE_TEXT_MAX], double number)
{
    if (number > -1e15 && number < 1e15 && (double)(int64_t)number == number)
        snprintf(out, WEIR_DOUBLE_TEXT_MAX, "%" PRId64, (int64_t)number);
    else
        weir_double_print(out, number);
}

/* `name op quantile`, or a range where high > low, of a number that rows with this text have;
 * "TRUE" where there is none. */
static void write_range(struct picker *p, char *out, size_t size, const struct text_value *text,
                        size_t low, size_t high)
{
    char from[WEIR_DOUBLE_TEXT_MAX], to[WEIR_DOUBLE_TEXT_MAX];
    size_t start = p->measure_count > 0 ? pick_below(p, p->measure_count) : 0;

    for (size_t i = 0; i < p->measure_count; i++) {
        const struct column *measure = p->measures[(start + i) % p->measure_count];
        int len = (int)measure->name.len;
        double a, b;

        if (!quantile(p, measure, text, low, &a) || !quantile(p, measure, text, high, &b))
            continue;
        write_number(from, a);
        write_number(to, b);
        if (low < high)
            snprintf(out, size, "%.*s BETWEEN %s AND %s", len, measure->name.ptr, from, to);
        else
            snprintf(out, size, "%.*s %s %s", len, measure->name.ptr,
                     low >= 50 ? ">=" : "<=", from);
        return;
    }
    snprintf(out, size, "TRUE");
}

/* Joins two parts into a conjunction. */
static void write_and(struct picker *p, char *out, const char *first, const struct text_value *text,
                      size_t low, size_t high)
{
    char second[DEMO_PART_SIZE];

    write_range(p, second, sizeof second, text, low, high);
    snprintf(out, DEMO_FILTER_SIZE, "%s AND %s", first, second);
}

static void write_list(struct picker *p, char *first, size_t size)
{
    size_t used =
        (size_t)snprintf(first, size, "%.*s IN (", (int)p->key->name.len, p->key->name.ptr);

    for (int i = 0; i < 3; i++) {
        const struct text_value *value = some_value(p, p->key);

        used += (size_t)snprintf(first + used, size - used, "%s'%.*s'", i == 0 ? "" : ", ",
                                 (int)value->text.len, value->text.ptr);
    }
    snprintf(first + used, size - used, ")");
}

static void write_either(struct picker *p, char *out)
{
    const struct text_value *a = some_value(p, p->key), *b = some_value(p, p->key);
    char left[DEMO_PART_SIZE], right[DEMO_PART_SIZE];
    char low[DEMO_PART_SIZE], high[DEMO_PART_SIZE];

    write_equal(left, sizeof left, a);
    write_equal(right, sizeof right, b);
    write_range(p, high, sizeof high, a, 90, 90);
    write_range(p, low, sizeof low, b, 10, 10);
    snprintf(out, DEMO_FILTER_SIZE, "(%s AND %s) OR (%s AND %s)", left, high, right, low);
}

static void write_filter(struct picker *p, char *out)
{
    const struct text_value *value;
    char first[DEMO_PART_SIZE];

    if (p->key == NULL) {
        write_range(p, out, DEMO_FILTER_SIZE, NULL, 60, 60);
        return;
    }
    value = some_value(p, p->key);
    write_equal(first, sizeof first, value);
    switch (pick_below(p, 9)) {
    case 0:
    case 1: snprintf(out, DEMO_FILTER_SIZE, "%s", first); break;
    case 2:
    case 3: write_and(p, out, first, value, 75, 75); break;
    case 4: write_and(p, out, first, value, 25, 75); break;
    case 5:
        write_list(p, first, sizeof first);
        write_and(p, out, first, NULL, 80, 80);
        break;
    case 6:
        snprintf(first, sizeof first, "%.*s STARTS WITH '%c'", (int)p->key->name.len,
                 p->key->name.ptr, value->text.ptr[0]);
        write_and(p, out, first, value, 40, 40);
        break;
    case 7: write_either(p, out); break;
    default:
        if (p->other_count > 0) {
            value = some_value(p, p->others[pick_below(p, p->other_count)]);
            write_equal(first, sizeof first, value);
            write_and(p, out, first, value, 95, 95);
        } else {
            snprintf(out, DEMO_FILTER_SIZE, "NOT %s", first);
        }
    }
}

void pick_filters(struct demo *demo, uint64_t seed)
{
    struct picker p = {.rows = &demo->rows, .random = seed};

    p.columns = calloc(COLUMNS_MAX, sizeof *p.columns);
    p.sample = calloc(demo->rows.count + 1, sizeof *p.sample);
    if (p.columns == NULL || p.sample == NULL)
        abort();
    for (size_t i = 0; i < demo->rows.count; i++) {
        struct weir_notification row = rows_at(&demo->rows, i);

        survey_row(&p, &row);
    }
    choose_roles(&p);
    for (size_t i = 0; i < demo->subscriber_count; i++)
        write_filter(&p, demo->filters[i]);
    free(p.sample);
    free(p.columns);
}
