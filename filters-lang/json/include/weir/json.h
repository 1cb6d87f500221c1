/* json.h - notifications, diagnostics and filters as JSON text.
 *
 * A notification is one flat object, e.g. {"symbol":"IBM","price":185.02,"volume":100}.  A number
 * with '.' or an exponent is a double, any other an int64; {"$timestamp":"2013-10-07T09:30:00Z"} as
 * a value is a timestamp; null is an absent attribute; "$type" sets the type; "$body" (text) or
 * "$body64" (RFC 4648 with padding) is the body.  "$id", "$origin", "$publisher" and "$ts" are
 * written where present and passed over when read, so that what was received can be published
 * again.  Arrays, nested objects, duplicate keys and numbers out of range are refused. */
#ifndef WEIR_JSON_H
#define WEIR_JSON_H

#include <weir/diag.h>
#include <weir/filter.h>
#include <weir/notification.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why a text was refused, for a person. */
struct weir_json_problem {
    char text[160];  /* e.g. "attribute 'tags': an array is no value" */
    uint32_t column; /* from 1, in code points; 0 when it concerns no single place */
};

/* The attributes and the body that a JSON text holds, in the order of the text. */
struct weir_json_notification;

/* Reads one notification; blanks around the object are allowed.  WEIR_ESYNTAX, WEIR_ETYPE (arrays,
 * objects), WEIR_EINVAL, WEIR_ELIMIT (size, depth, a number out of range), WEIR_ENOMEM; `problem`
 * may be NULL and is filled on every error.  Names and the number of attributes are checked when
 * they are encoded.  Depth and size are bounded before anything is parsed. */
WEIR_API WEIR_MUST_USE enum weir_err weir_json_read(struct weir_json_notification **out,
                                                    struct weir_str text,
                                                    struct weir_json_problem *problem,
                                                    const struct weir_alloc *alloc);
WEIR_API void weir_json_notification_destroy(struct weir_json_notification *read);
/* Borrowed until the object is destroyed. */
WEIR_API const struct weir_attr *weir_json_attrs(const struct weir_json_notification *read,
                                                 size_t *count);
WEIR_API struct weir_str weir_json_body(const struct weir_json_notification *read);

/* Reads and encodes in one step: *out is released by the caller with `alloc`.  Errors as
 * weir_json_read and weir_notification_encode. */
WEIR_API WEIR_MUST_USE enum weir_err weir_notification_from_json(uint8_t **out, size_t *size,
                                                                 struct weir_str text,
                                                                 struct weir_json_problem *problem,
                                                                 const struct weir_alloc *alloc);

/* Writes one object on one line without a newline; terminated and cut at `size`; returns the full
 * length.  The body is "$body" when it is text, otherwise "$body64", and left out when empty. */
WEIR_API size_t weir_notification_to_json(char *out, size_t size,
                                          const struct weir_notification *notification);

/* One diagnostic as {"code","severity","line","column","offset","length","message","expected",
 * "suggestion"}, and where it has a second place "other":{"line","column","offset","length"} before
 * the message; terminated and cut at `size`; returns the full length. */
WEIR_API size_t weir_diag_to_json(char *out, size_t size, struct weir_str text,
                                  const struct weir_diag *diag);

/* ---- filters
 *
 * A second, equivalent form of filters, for programs: the syntax tree.  A condition or an operand
 * is
 *
 *     {"attr":NAME}               an attribute; as a condition, that it is TRUE
 *     true, 5, 5.0, "text", {"$timestamp":"2013-10-07T09:30:00Z"}   a literal, as in notifications
 *     {"op":OP,"args":[...], ...} with what the operation takes besides its parts:
 *
 *     and or (one part or more), not, = <> < <= > >=, + - * / %, negate
 *     in               "values":[literal, ...]                                     "not":true
 *     between          (three parts)                                               "not":true
 *     like             "pattern":"a_%", "escape":"!" if there is one               "not":true
 *     matches          "pattern":"^a+$"                                            "not":true
 *     starts_with ends_with contains   "text":"ab"                                 "not":true
 *     is               "type": null string int double bool timestamp (as a string) "not":true
 *     exists
 *
 * e.g. symbol = 'IBM' AND price > 100.0 is
 *
 *     {"op":"and","args":[{"op":"=","args":[{"attr":"symbol"},"IBM"]},
 *                         {"op":">","args":[{"attr":"price"},100.0]}]}
 */

/* Writes the filter's tree on one line without a newline; terminated and cut at `size`; returns the
 * full length.  Reading it back gives an equal tree. */
WEIR_API size_t weir_filter_to_json(char *out, size_t size, const struct weir_filter *filter);

/* Reads a tree and compiles it, with the limits and checks of a filter's text: the filter's text is
 * the canonical one.  Size, depth and parts are bounded before anything is parsed.  WEIR_ESYNTAX,
 * WEIR_ETYPE, WEIR_ELIMIT, WEIR_EINVAL or WEIR_ENOMEM; `problem`, which may be NULL, is filled on
 * every error, with a JSON pointer to the place or with the code and text of the compiler. */
WEIR_API WEIR_MUST_USE enum weir_err weir_filter_from_json(struct weir_filter **out,
                                                           struct weir_str text,
                                                           struct weir_json_problem *problem,
                                                           const struct weir_alloc *alloc);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_JSON_H */
