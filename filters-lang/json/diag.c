/* diag.c - a diagnostic as JSON text. */
#include "internal.h"

#include <string.h>

static void put(struct weiri_text *t, const char *text)
{
    weiri_text_put(t, weir_str_of(text));
}

static void put_text(struct weiri_text *t, const char *name, const char *text)
{
    put(t, ",\"");
    put(t, name);
    put(t, "\":");
    weiri_json_put_string(t, weir_str_of(text));
}

static void put_number(struct weiri_text *t, const char *name, uint32_t number)
{
    put(t, ",\"");
    put(t, name);
    put(t, "\":");
    weiri_text_put_int(t, number);
}

/* The record lists them with ", " between. */
static void put_expected(struct weiri_text *t, const char *expected)
{
    put(t, ",\"expected\":[");
    while (*expected != '\0') {
        const char *end = strstr(expected, ", ");
        size_t len = end != NULL ? (size_t)(end - expected) : strlen(expected);

        weiri_json_put_string(t, (struct weir_str){expected, len});
        if (end == NULL)
            break;
        weiri_text_put_char(t, ',');
        expected = end + 2;
    }
    weiri_text_put_char(t, ']');
}

static void put_place(struct weiri_text *t, struct weir_str text, uint32_t offset, uint32_t length)
{
    struct weir_place place = weir_diag_place(text, offset);

    put(t, "\"line\":");
    weiri_text_put_int(t, place.line);
    put_number(t, "column", place.column);
    put_number(t, "offset", offset);
    put_number(t, "length", length);
}

static void put_other(struct weiri_text *t, struct weir_str text, const struct weir_diag *diag)
{
    put(t, ",\"other\":{");
    put_place(t, text, diag->other_offset, diag->other_length);
    weiri_text_put_char(t, '}');
}

size_t weir_diag_to_json(char *out, size_t size, struct weir_str text, const struct weir_diag *diag)
{
    struct weiri_text t = weiri_text_begin(out, size);

    put(&t, "{\"code\":");
    weiri_json_put_string(&t, weir_str_of(diag->code));
    put_text(&t, "severity", diag->severity == WEIR_SEVERITY_ERROR ? "error" : "warning");
    weiri_text_put_char(&t, ',');
    put_place(&t, text, diag->offset, diag->length);
    if (diag->other_length != 0)
        put_other(&t, text, diag);
    put_text(&t, "message", diag->message);
    put_expected(&t, diag->expected);
    put_text(&t, "suggestion", diag->suggestion);
    weiri_text_put_char(&t, '}');
    return weiri_text_end(&t);
}
