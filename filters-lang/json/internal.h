/* internal.h - shared by the files of weir::json. */
#ifndef WEIR_JSON_INTERNAL_H
#define WEIR_JSON_INTERNAL_H

#include <weir/json.h>
#include <weir/text.h>

/* Base64 takes four bytes for three; the rest is for names and escapes. */
#define WEIRI_JSON_TEXT_MAX (2 * WEIR_NOTIFICATION_SIZE_MAX)
/* Members of the object: attributes, what a border broker sets, type and body. */
#define WEIRI_JSON_MEMBERS_MAX (WEIR_ATTRS_MAX + 8)

/* ---- scan.c */

/* Bounds size, depth and members before anything is parsed, and refuses arrays. */
enum weir_err weiri_json_scan(struct weir_str text, struct weir_json_problem *problem);
/* Fills `problem`, which may be NULL, with a message as for printf; returns `err`. */
enum weir_err weiri_json_problem(struct weir_json_problem *problem, enum weir_err err,
                                 uint32_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- base64.c */

size_t weiri_base64_size(size_t text_len);
/* Decodes into `out`, which has room for the above; false for what is not canonical. */
bool weiri_base64_decode(uint8_t *out, size_t *size, struct weir_str text);
void weiri_base64_put(struct weiri_text *t, struct weir_str bytes);

/* ---- write.c */

/* A JSON string with its quotes; `s` is UTF-8. */
void weiri_json_put_string(struct weiri_text *t, struct weir_str s);

#endif /* WEIR_JSON_INTERNAL_H */
