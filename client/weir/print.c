/* print.c - how `weir sub` writes what arrives: text, JSON lines, CSV or bodies. */
#include "print.h"
#include "visible.h"

#include <weir/alloc.h>

#include <inttypes.h>
#include <string.h>

static void print_text(FILE *out, const struct weir_notification *n);
static void print_value(FILE *out, const struct weir_value *value);
static void print_quoted(FILE *out, struct weir_str s);
static bool print_csv(struct printer *printer, const struct weir_notification *n);
static bool columns_of(struct printer *printer, const struct weir_notification *n);
static void print_field(FILE *out, struct weir_str s);

bool printer_print(struct printer *printer, const struct weir_notification *n)
{
    struct weir_str body;

    switch (printer->format) {
    case PRINT_TEXT: print_text(printer->out, n); return true;
    case PRINT_JSONL: return notification_show(printer->out, &printer->text, n);
    case PRINT_CSV: return print_csv(printer, n);
    case PRINT_RAW: break;
    }
    body = weir_notification_body(n);
    fwrite(body.ptr, 1, body.len, printer->out);
    return true;
}

void printer_fini(struct printer *printer)
{
    text_fini(&printer->text);
    weiri_release(NULL, printer->columns);
}

/* ---- text: name=value, strings quoted as in filters */

static void print_text(FILE *out, const struct weir_notification *n)
{
    struct weir_str body = weir_notification_body(n);

    for (size_t i = 0; i < n->attr_count; i++) {
        struct weir_attr attr = weir_notification_attr(n, i);

        fputs(i > 0 ? " " : "", out);
        visible_write(out, attr.name, "");
        fputc('=', out);
        print_value(out, &attr.value);
    }
    if (body.len > 0)
        fprintf(out, "%s(body of %zu bytes)", n->attr_count > 0 ? " " : "", body.len);
    fputc('\n', out);
}

static void print_value(FILE *out, const struct weir_value *value)
{
    char text[WEIR_TIMESTAMP_TEXT_MAX + WEIR_DOUBLE_TEXT_MAX];

    switch (value->type) {
    case WEIR_BOOL: fputs(value->u.boolean ? "true" : "false", out); break;
    case WEIR_INT: fprintf(out, "%" PRId64, value->u.integer); break;
    case WEIR_DOUBLE:
        weir_double_print(text, value->u.real);
        fputs(text, out);
        break;
    case WEIR_STRING: print_quoted(out, value->u.string); break;
    case WEIR_TIMESTAMP:
        weir_timestamp_print(text, value->u.integer);
        fputs(text, out);
        break;
    }
}

static void print_quoted(FILE *out, struct weir_str s)
{
    fputc('\'', out);
    while (s.len > 0) {
        const char *quote = memchr(s.ptr, '\'', s.len);
        struct weir_str part = {s.ptr, quote != NULL ? (size_t)(quote - s.ptr) : s.len};

        visible_write(out, part, "");
        if (quote != NULL) {
            fputs("''", out);
            part.len++;
        }
        s.ptr += part.len;
        s.len -= part.len;
    }
    fputc('\'', out);
}

/* ---- CSV */

bool printer_columns(struct printer *printer, const char *list)
{
    size_t size = strlen(list) + 1;

    printer->columns = weiri_alloc(NULL, size);
    if (printer->columns == NULL)
        return false;
    memcpy(printer->columns, list, size);
    printer->column_count = 1;
    for (char *p = printer->columns; *p != '\0'; p++) {
        if (*p == ',') {
            *p = '\0';
            printer->column_count++;
        }
    }
    return printer->column_count <= PRINT_COLUMNS_MAX;
}

static bool print_csv(struct printer *printer, const struct weir_notification *n)
{
    const char *name;

    if (printer->columns == NULL && !columns_of(printer, n))
        return false;
    name = printer->columns;
    for (size_t i = 0; !printer->headed && i < printer->column_count; i++) {
        if (i > 0)
            fputc(',', printer->out);
        print_field(printer->out, weir_str_of(name));
        name += strlen(name) + 1;
    }
    if (!printer->headed)
        fputs("\r\n", printer->out);
    printer->headed = true;
    name = printer->columns;
    for (size_t i = 0; i < printer->column_count; i++) {
        struct weir_value value;

        if (i > 0)
            fputc(',', printer->out);
        if (weir_notification_find(n, weir_str_of(name), &value)) {
            if (value.type == WEIR_STRING)
                print_field(printer->out, value.u.string);
            else if (value.type == WEIR_BOOL)
                fputc(value.u.boolean ? '1' : '0', printer->out);
            else
                print_value(printer->out, &value);
        }
        name += strlen(name) + 1;
    }
    fputs("\r\n", printer->out);
    return true;
}

static bool columns_of(struct printer *printer, const struct weir_notification *n)
{
    size_t size = 1;
    char *p;

    for (size_t i = 0; i < n->attr_count; i++)
        size += weir_notification_attr(n, i).name.len + 1;
    printer->columns = p = weiri_alloc(NULL, size);
    if (p == NULL)
        return false;
    for (size_t i = 0; i < n->attr_count; i++) {
        struct weir_str name = weir_notification_attr(n, i).name;

        memcpy(p, name.ptr, name.len);
        p += name.len;
        *p++ = '\0';
    }
    printer->column_count = n->attr_count;
    return true;
}

/* An empty string is quoted: an absent attribute is not. */
static void print_field(FILE *out, struct weir_str s)
{
    bool quoted = s.len == 0;

    for (size_t i = 0; i < s.len; i++)
        quoted =
            quoted || s.ptr[i] == ',' || s.ptr[i] == '"' || s.ptr[i] == '\n' || s.ptr[i] == '\r';
    if (!quoted) {
        fwrite(s.ptr, 1, s.len, out);
        return;
    }
    fputc('"', out);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"')
            fputc('"', out);
        fputc(s.ptr[i], out);
    }
    fputc('"', out);
}
