/* attributes.h - the attributes of a notification, as they are put together from arguments, lines
 * of JSON and rows of CSV. */
#ifndef ATTRIBUTES_H
#define ATTRIBUTES_H

#include <weir/limits.h>
#include <weir/notification.h>

struct weir_json_notification;

/* One above the limit, so that the encoder sees and refuses the excess. */
#define ATTRIBUTES_MAX (WEIR_ATTRS_MAX + 2)

struct attributes {
    struct weir_attr v[ATTRIBUTES_MAX];
    size_t count;
    struct weir_str body;
};

/* Adds one unless there is no room. */
void attributes_add(struct attributes *a, struct weir_str name, struct weir_value value);
bool attributes_has(const struct attributes *a, struct weir_str name);

/* Values that were read from arguments, and what they borrow. */
struct given {
    struct attributes attributes;
    struct weir_json_notification *held[ATTRIBUTES_MAX];
    size_t held_count;
};
void given_fini(struct given *given);

/* Reads NAME=VALUE (type inferred: true and false are bools, JSON numbers ints and doubles, all
 * else strings), NAME:=JSON or NAME:s=TEXT.  The argument is borrowed.  Returns NULL, or what is
 * wrong, in static storage or `problem`. */
const char *given_add(struct given *given, const char *argument, char *problem, size_t size);

/* The int64 that a decimal literal says: [+-]digits. */
bool int_parse(int64_t *out, struct weir_str text);

#endif /* ATTRIBUTES_H */
