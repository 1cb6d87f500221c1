/* csv.c - rows of CSV (RFC 4180) to attributes. */
#include <weir/csv.h>

#include <weir/alloc.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct field {
    struct weir_str text;
    bool quoted;
};

static bool read_column(struct csv_column *column, struct weir_str spec,
                        char problem[CSV_PROBLEM_MAX]);
static bool append(struct csv *csv, struct weir_str line);
static const char *next_field(struct csv *csv, size_t *at, struct field *field);
static const char *quoted_field(struct csv *csv, size_t *at, struct field *field);
static const char *convert(struct weir_value *value, const struct csv_column *column,
                           struct weir_str text);

/* ---- columns */

bool csv_init(struct csv *csv, struct lines *lines, const char *columns,
              char problem[CSV_PROBLEM_MAX])
{
    *csv = (struct csv){.lines = lines};
    for (const char *p = columns;; p++) {
        struct weir_str spec = {p, strcspn(p, ",")};

        if (csv->column_count == ATTRIBUTES_MAX) {
            snprintf(problem, CSV_PROBLEM_MAX, "more than %d columns", ATTRIBUTES_MAX);
            return false;
        }
        if (!read_column(&csv->columns[csv->column_count++], spec, problem))
            return false;
        p += spec.len;
        if (*p == '\0')
            return true;
    }
}

/* NAME[:TYPE[/DIVISOR]], or "-" for a column to pass over. */
static bool read_column(struct csv_column *column, struct weir_str spec,
                        char problem[CSV_PROBLEM_MAX])
{
    static const char *const types[] = {[CSV_STRING] = "string",
                                        [CSV_INT] = "int",
                                        [CSV_DOUBLE] = "double",
                                        [CSV_BOOL] = "bool",
                                        [CSV_TIMESTAMP] = "timestamp"};
    const char *end = spec.ptr + spec.len;
    const char *colon = spec.len > 0 ? memchr(spec.ptr, ':', spec.len) : NULL;
    const char *slash = colon != NULL ? memchr(colon, '/', (size_t)(end - colon)) : NULL;
    struct weir_str type;

    *column = (struct csv_column){.name = spec, .type = CSV_STRING};
    if (weir_str_equal(spec, WEIR_STR("-"))) {
        column->type = CSV_SKIP;
        return true;
    }
    if (colon != NULL) {
        column->name.len = (size_t)(colon - spec.ptr);
        type = (struct weir_str){colon + 1, (size_t)((slash != NULL ? slash : end) - colon - 1)};
        column->type = CSV_SKIP;
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
            if (weir_str_equal(type, weir_str_of(types[i])))
                column->type = (enum csv_type)i;
    }
    if (column->name.len == 0)
        snprintf(problem, CSV_PROBLEM_MAX, "a column without a name");
    else if (column->type == CSV_SKIP)
        snprintf(problem, CSV_PROBLEM_MAX,
                 "column '%.*s': expected one of: string int double bool timestamp",
                 (int)column->name.len, column->name.ptr);
    else if (slash != NULL && column->type != CSV_DOUBLE)
        snprintf(problem, CSV_PROBLEM_MAX, "column '%.*s': only a double can be divided",
                 (int)column->name.len, column->name.ptr);
    else if (slash != NULL &&
             (!int_parse(&column->divisor,
                         (struct weir_str){slash + 1, (size_t)(end - slash - 1)}) ||
              column->divisor == 0))
        snprintf(problem, CSV_PROBLEM_MAX, "column '%.*s': expected a whole divisor, not 0",
                 (int)column->name.len, column->name.ptr);
    else
        return true;
    return false;
}

void csv_fini(struct csv *csv)
{
    weiri_release(NULL, csv->row);
}

/* ---- rows */

enum lines_result csv_take(struct csv *csv)
{
    for (;;) {
        struct weir_str line;
        enum lines_result result = lines_take(csv->lines, &line);

        if (result == LINES_END && csv->open) {
            csv->open = false;
            return LINES_ONE; /* csv_attributes finds the quote that is not closed */
        }
        if (result != LINES_ONE)
            return result;
        if (!csv->open) {
            csv->size = 0;
            csv->row_line = csv->lines->number;
        }
        if (!append(csv, line)) {
            csv->lines->error = ENOMEM;
            return LINES_END;
        }
        if (!csv->open)
            return LINES_ONE;
        if (csv->size > LINE_SIZE_MAX) {
            csv->open = false;
            return LINES_TOO_LONG;
        }
    }
}

/* Appends a line to the row and follows the quotes: they open a field only at its beginning. */
static bool append(struct csv *csv, struct weir_str line)
{
    size_t room = csv->size + line.len + 2;
    char *row = weiri_array_grow(NULL, csv->row, &csv->capacity, room, 1);
    bool start = !csv->open, closed = false;

    if (row == NULL)
        return false;
    csv->row = row;
    if (csv->open)
        csv->row[csv->size++] = '\n';
    if (line.len > 0)
        memcpy(csv->row + csv->size, line.ptr, line.len);
    csv->size += line.len;
    for (size_t i = 0; i < line.len; i++) {
        bool toggles = line.ptr[i] == '"' && (csv->open || start || closed);

        closed = toggles && csv->open;
        csv->open = csv->open != toggles;
        start = !csv->open && line.ptr[i] == ',';
    }
    return true;
}

bool csv_attributes(struct csv *csv, struct attributes *out, char problem[CSV_PROBLEM_MAX])
{
    size_t at = 0;

    for (size_t i = 0; i < csv->column_count; i++) {
        const struct csv_column *column = &csv->columns[i];
        struct weir_value value;
        struct field field;
        const char *wrong;

        if (at > csv->size) {
            snprintf(problem, CSV_PROBLEM_MAX, "%zu fields, expected %zu", i, csv->column_count);
            return false;
        }
        wrong = next_field(csv, &at, &field);
        if (wrong == NULL && (column->type == CSV_SKIP || (field.text.len == 0 && !field.quoted)))
            continue;
        if (wrong == NULL)
            wrong = convert(&value, column, field.text);
        if (wrong != NULL) {
            snprintf(problem, CSV_PROBLEM_MAX, "column '%.*s': '%.*s' %s", (int)column->name.len,
                     column->name.ptr, (int)(field.text.len < 40 ? field.text.len : 40),
                     field.text.ptr, wrong);
            return false;
        }
        attributes_add(out, column->name, value);
    }
    if (at <= csv->size) {
        snprintf(problem, CSV_PROBLEM_MAX, "more fields than the %zu expected", csv->column_count);
        return false;
    }
    return true;
}

/* *at moves behind the separator; beyond the row's size after the last field. */
static const char *next_field(struct csv *csv, size_t *at, struct field *field)
{
    const char *begin = csv->row + *at, *comma;
    size_t left = csv->size - *at;

    if (left > 0 && *begin == '"')
        return quoted_field(csv, at, field);
    comma = left > 0 ? memchr(begin, ',', left) : NULL;
    *field = (struct field){
        {begin, comma != NULL ? (size_t)(comma - begin) : left},
        false
    };
    *at += field->text.len + 1;
    if (field->text.len > 0 && memchr(begin, '"', field->text.len) != NULL)
        return "has a quote inside a field that does not begin with one";
    return NULL;
}

static const char *quoted_field(struct csv *csv, size_t *at, struct field *field)
{
    size_t from = *at + 1, to = *at + 1;

    *field = (struct field){
        {csv->row + from, 0},
        true
    };
    for (;; from++) {
        if (from >= csv->size)
            return "has a quote that is not closed";
        if (csv->row[from] == '"') {
            if (from + 1 >= csv->size || csv->row[from + 1] != '"')
                break;
            from++;
        }
        csv->row[to++] = csv->row[from];
        field->text.len++;
    }
    *at = from + 2;
    if (from + 1 < csv->size && csv->row[from + 1] != ',')
        return "is followed by something other than a comma";
    return NULL;
}

static const char *convert(struct weir_value *value, const struct csv_column *column,
                           struct weir_str text)
{
    int64_t integer;
    double real;

    switch (column->type) {
    case CSV_STRING: *value = weir_value_string(text); return NULL;
    case CSV_INT:
        if (!int_parse(&integer, text))
            return "is no int64";
        *value = weir_value_int(integer);
        return NULL;
    case CSV_DOUBLE:
        if ((column->divisor != 0 ? weir_decimal_divide(&real, text, column->divisor)
                                  : weir_double_parse(&real, text)) != WEIR_OK)
            return "is no double";
        *value = weir_value_double(real);
        return NULL;
    case CSV_BOOL:
        if (!weir_str_equal(text, WEIR_STR("0")) && !weir_str_equal(text, WEIR_STR("1")))
            return "is no bool: expected 0 or 1";
        *value = weir_value_bool(text.ptr[0] == '1');
        return NULL;
    case CSV_TIMESTAMP:
        if (weir_timestamp_parse(&integer, text) != WEIR_OK)
            return "is no timestamp such as 2013-10-07T09:30:00.123Z";
        *value = weir_value_timestamp(integer);
        return NULL;
    case CSV_SKIP: break;
    }
    return "is passed over";
}
