/* rows_file.c - rows from a file of JSON lines or CSV, read as `weir pub` reads them. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <weir/json.h>

#include "rows.h"
#include <weir/csv.h>

#define SHOWN 10

struct source {
    struct rows *rows;
    const char *path;
    struct lines lines;
    size_t limit;
    bool quiet; /* the lines will be read again */
};

static void refuse(struct source *s, uint64_t line, const char *why)
{
    if (!s->quiet && ++s->rows->refused <= SHOWN)
        fprintf(stderr, "weir-demo: %s:%" PRIu64 ": %s; passed over\n", s->path, line, why);
}

static void append(struct source *s, uint64_t line, struct attributes *attributes)
{
    struct weir_notification_problem problem = {.text = "no notification"};

    if (attributes->count > WEIR_ATTRS_MAX)
        refuse(s, line, "too many attributes");
    else if (!rows_append(s->rows, attributes->v, attributes->count, attributes->body, &problem))
        refuse(s, line, problem.text);
}

static bool open_source(struct source *s)
{
    if (lines_open(&s->lines, s->path))
        return true;
    fprintf(stderr, "weir-demo: cannot read %s: %s\n", s->path, strerror(errno));
    return false;
}

/* Closes it; false when reading has failed before its end. */
static bool close_source(struct source *s)
{
    int error = s->lines.error;

    lines_close(&s->lines);
    if (error != 0)
        fprintf(stderr, "weir-demo: cannot read %s: %s\n", s->path, strerror(error));
    return error == 0;
}

/* ---- JSON lines */

static void read_json_line(struct source *s, struct weir_str text)
{
    struct attributes attributes = {.count = 0};
    struct weir_json_notification *read;
    struct weir_json_problem problem;
    const struct weir_attr *v;
    size_t count;

    if (weir_json_read(&read, text, &problem, NULL) != WEIR_OK) {
        refuse(s, s->lines.number, problem.text);
        return;
    }
    v = weir_json_attrs(read, &count);
    for (size_t i = 0; i < count; i++)
        attributes_add(&attributes, v[i].name, v[i].value);
    attributes.body = weir_json_body(read);
    append(s, s->lines.number, &attributes);
    weir_json_notification_destroy(read);
}

static bool read_json(struct source *s)
{
    struct weir_str line;
    enum lines_result result;

    if (!open_source(s))
        return false;
    while (s->rows->count < s->limit && (result = lines_next(&s->lines, &line)) != LINES_END) {
        if (result == LINES_TOO_LONG)
            refuse(s, s->lines.number, "line too long");
        else if (!line_is_blank(line))
            read_json_line(s, line);
    }
    return close_source(s);
}

/* ---- CSV */

/* The next row, reading as much as it takes; false at the end. */
static bool next_row(struct source *s, struct csv *csv, struct attributes *attributes)
{
    char problem[CSV_PROBLEM_MAX];

    for (;;) {
        enum lines_result result = csv_take(csv);

        if (result == LINES_END)
            return false;
        if (result == LINES_WAIT && !lines_read(&s->lines))
            return false;
        if (result == LINES_TOO_LONG)
            refuse(s, s->lines.number, "row too long");
        if (result != LINES_ONE)
            continue;
        attributes->count = 0;
        attributes->body = (struct weir_str){0};
        if (csv_attributes(csv, attributes, problem))
            return true;
        refuse(s, csv->row_line, problem);
    }
}

/* Reads all rows (from after the first line, where that names the columns) and calls `visit`. */
static bool for_each_row(struct source *s, const char *columns, bool header,
                         void (*visit)(struct source *s, struct csv *csv,
                                       struct attributes *attributes, void *context),
                         void *context)
{
    struct attributes attributes;
    struct weir_str line;
    struct csv csv;
    char problem[CSV_PROBLEM_MAX];

    if (!open_source(s))
        return false;
    if (!csv_init(&csv, &s->lines, columns, problem)) {
        fprintf(stderr, "weir-demo: columns '%s': %s\n", columns, problem);
        lines_close(&s->lines);
        return false;
    }
    if (header)
        (void)lines_next(&s->lines, &line);
    while (s->rows->count < s->limit && next_row(s, &csv, &attributes))
        visit(s, &csv, &attributes, context);
    csv_fini(&csv);
    return close_source(s);
}

static void append_row(struct source *s, struct csv *csv, struct attributes *attributes,
                       void *context)
{
    (void)context;
    append(s, csv->row_line, attributes);
}

/* The most special type that all values of a column have. */
static void narrow_types(struct source *s, struct csv *csv, struct attributes *attributes,
                         void *context)
{
    enum csv_type *types = context;

    (void)s;
    for (size_t i = 0; i < attributes->count; i++) {
        struct weir_str text = attributes->v[i].value.u.string;
        size_t column = 0;
        int64_t integer;
        double real;

        while (!weir_str_equal(csv->columns[column].name, attributes->v[i].name))
            column++;
        if (types[column] == CSV_INT && !int_parse(&integer, text))
            types[column] = CSV_DOUBLE;
        if (types[column] == CSV_DOUBLE && weir_double_parse(&real, text) != WEIR_OK)
            types[column] = CSV_STRING;
    }
}

/* The first line is a specification in which every column is a string; the values tell the types.
 */
static char *infer_columns(struct source *s, const char *names)
{
    enum csv_type types[ATTRIBUTES_MAX];
    size_t room = strlen(names) + 1, column = 0, used = 0;
    char *columns;
    bool ok;

    for (size_t i = 0; i < ATTRIBUTES_MAX; i++)
        types[i] = CSV_INT;
    s->quiet = true;
    ok = for_each_row(s, names, true, narrow_types, types);
    s->quiet = false;
    if (!ok)
        return NULL;
    for (const char *p = names; *p != '\0'; p++)
        room += *p == ',' ? strlen(":double") : 0;
    columns = malloc(room + strlen(":double"));
    if (columns == NULL)
        return NULL;
    for (const char *p = names;; p++) {
        if (*p == ',' || *p == '\0') {
            const char *type = types[column] == CSV_INT      ? ":int"
                               : types[column] == CSV_DOUBLE ? ":double"
                                                             : "";

            memcpy(columns + used, type, strlen(type));
            used += strlen(type);
            column++;
        }
        columns[used++] = *p;
        if (*p == '\0')
            return columns;
    }
}

static char *first_line(struct source *s)
{
    struct weir_str line;
    char *text = NULL;
    bool found;

    if (!open_source(s))
        return NULL;
    found = lines_next(&s->lines, &line) == LINES_ONE;
    if (found)
        text = strndup(line.ptr, line.len);
    if (close_source(s) && !found)
        fprintf(stderr, "weir-demo: %s is empty\n", s->path);
    return text;
}

static bool read_csv(struct source *s, const char *columns)
{
    char *names, *inferred;
    bool ok;

    if (columns != NULL)
        return for_each_row(s, columns, false, append_row, NULL);
    names = first_line(s);
    inferred = names != NULL ? infer_columns(s, names) : NULL;
    ok = inferred != NULL && for_each_row(s, inferred, true, append_row, NULL);
    free(inferred);
    free(names);
    return ok;
}

/* ---- either */

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

bool rows_read(struct rows *rows, const char *path, const char *columns, size_t limit,
               double seconds)
{
    struct source s = {.rows = rows, .path = path, .limit = limit};
    bool json = ends_with(path, ".jsonl") || ends_with(path, ".json");

    if (!(json ? read_json(&s) : read_csv(&s, columns)))
        return false;
    if (rows->refused > SHOWN)
        fprintf(stderr, "weir-demo: %s: %zu lines were passed over\n", path, rows->refused);
    if (rows->count == 0)
        fprintf(stderr, "weir-demo: %s holds no notification\n", path);
    for (size_t i = 0; i < rows->count; i++)
        rows->v[i].due_s = seconds * (double)i / (double)rows->count;
    return rows->count > 0;
}
