/* write.c - a notification as JSON text. */
#include "internal.h"

#include <string.h>

static void put(struct weiri_text *t, const char *text)
{
    weiri_text_put(t, weir_str_of(text));
}

static void put_escaped(struct weiri_text *t, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char controls[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    const char *control = memchr(controls, c, sizeof controls - 1);

    weiri_text_put_char(t, '\\');
    if (control != NULL) {
        weiri_text_put_char(t, letters[control - controls]);
        return;
    }
    put(t, "u00");
    weiri_text_put_char(t, hex[c >> 4]);
    weiri_text_put_char(t, hex[c & 15u]);
}

void weiri_json_put_string(struct weiri_text *t, struct weir_str s)
{
    weiri_text_put_char(t, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f)
            put_escaped(t, c);
        else
            weiri_text_put_char(t, s.ptr[i]);
    }
    weiri_text_put_char(t, '"');
}

void weiri_json_put_value(struct weiri_text *t, const struct weir_value *value)
{
    char text[WEIR_TIMESTAMP_TEXT_MAX];

    _Static_assert(WEIR_TIMESTAMP_TEXT_MAX >= WEIR_DOUBLE_TEXT_MAX, "room for either");
    switch (value->type) {
    case WEIR_BOOL: put(t, value->u.boolean ? "true" : "false"); break;
    case WEIR_INT: weiri_text_put_int(t, value->u.integer); break;
    case WEIR_DOUBLE:
        (void)weir_double_print(text, value->u.real);
        put(t, text);
        break;
    case WEIR_STRING: weiri_json_put_string(t, value->u.string); break;
    case WEIR_TIMESTAMP:
        (void)weir_timestamp_print(text, value->u.integer);
        put(t, "{\"$timestamp\":\"");
        put(t, text);
        put(t, "\"}");
        break;
    }
}

static void put_member(struct weiri_text *t, bool *first, struct weir_str name,
                       const struct weir_value *value)
{
    if (!*first)
        weiri_text_put_char(t, ',');
    *first = false;
    weiri_json_put_string(t, name);
    weiri_text_put_char(t, ':');
    weiri_json_put_value(t, value);
}

static void put_body(struct weiri_text *t, bool first, struct weir_str body)
{
    if (body.len == 0)
        return;
    if (!first)
        weiri_text_put_char(t, ',');
    if (weir_str_is_text(body)) {
        put(t, "\"$body\":");
        weiri_json_put_string(t, body);
        return;
    }
    put(t, "\"$body64\":\"");
    weiri_base64_put(t, body);
    weiri_text_put_char(t, '"');
}

size_t weir_notification_to_json(char *out, size_t size,
                                 const struct weir_notification *notification)
{
    struct weiri_text t = weiri_text_begin(out, size);
    bool first = true;

    weiri_text_put_char(&t, '{');
    for (size_t i = 0; i < notification->attr_count; i++) {
        struct weir_attr attr = weir_notification_attr(notification, i);

        put_member(&t, &first, attr.name, &attr.value);
    }
    for (int i = 0; i < WEIR_STAMP_COUNT; i++) {
        enum weir_stamp stamp = (enum weir_stamp)i;
        struct weir_value value;

        if (weir_notification_stamp_get(notification, stamp, &value))
            put_member(&t, &first, weir_stamp_name(stamp), &value);
    }
    put_body(&t, first, weir_notification_body(notification));
    weiri_text_put_char(&t, '}');
    return weiri_text_end(&t);
}
