/* internal.h - shared by the files of weir::json. */
#ifndef WEIR_JSON_INTERNAL_H
#define WEIR_JSON_INTERNAL_H

#include <weir/json.h>
#include <weir/text.h>

#include <jansson.h>

/* Base64 takes four bytes for three; the rest is for names and escapes. */
#define WEIRI_JSON_TEXT_MAX (2 * WEIR_NOTIFICATION_SIZE_MAX)
/* Of a filter's tree: what a filter of the longest text is written as, and more. */
#define WEIRI_JSON_TREE_TEXT_MAX 262144
#define WEIRI_JSON_TREE_DEPTH_MAX 300
#define WEIRI_JSON_TREE_PARTS_MAX 32768
/* Members of the object: attributes, what a border broker sets, type and body. */
#define WEIRI_JSON_MEMBERS_MAX (WEIR_ATTRS_MAX + 8)

/* ---- scan.c */

/* Bounds size, depth and members before anything is parsed, and refuses arrays. */
enum weir_err weiri_json_scan(struct weir_str text, struct weir_json_problem *problem);
/* The same for the tree of a filter, in which arrays and objects may nest. */
enum weir_err weiri_json_scan_tree(struct weir_str text, struct weir_json_problem *problem);
/* Fills `problem`, which may be NULL, with a message as for printf, in which nothing acts on a
 * terminal; returns `err`. */
enum weir_err weiri_json_problem(struct weir_json_problem *problem, enum weir_err err,
                                 uint32_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* How many bytes of `s` to show in a message: `max` at most, whole characters, none of what is no
 * text. */
int weiri_json_shown(struct weir_str s, size_t max);

/* ---- read.c */

/* Parses what has been scanned; the caller gives *root back with json_decref.  The flags are
 * Jansson's; duplicate names are refused anyway. */
enum weir_err weiri_json_parse(json_t **root, struct weir_str text, size_t flags,
                               struct weir_json_problem *problem);
struct weir_str weiri_json_string_of(const json_t *json);
/* Reads {"$timestamp":"..."}: WEIR_ETYPE for another object, WEIR_EINVAL for another text. */
enum weir_err weiri_json_timestamp(struct weir_value *value, const json_t *object);

/* ---- base64.c */

size_t weiri_base64_size(size_t text_len);
/* Decodes into `out`, which has room for the above; false for what is not canonical. */
bool weiri_base64_decode(uint8_t *out, size_t *size, struct weir_str text);
void weiri_base64_put(struct weiri_text *t, struct weir_str bytes);

/* ---- write.c */

/* A value as notifications and filters write it. */
void weiri_json_put_value(struct weiri_text *t, const struct weir_value *value);
/* A JSON string with its quotes; `s` is UTF-8. */
void weiri_json_put_string(struct weiri_text *t, struct weir_str s);

#endif /* WEIR_JSON_INTERNAL_H */
