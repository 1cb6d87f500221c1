/* eventbridge.h - what the files on event patterns share. */
#ifndef WEIR_CONVERT_EVENTBRIDGE_H
#define WEIR_CONVERT_EVENTBRIDGE_H

#include "internal.h"

struct weiri_pattern {
    struct weiri_convert *c;
    struct weiri_buf path; /* of the field that is being read, joined with points */
    struct weiri_span key; /* its last key */
    struct weiri_buf keys; /* of the open objects, each terminated */
    size_t object_keys;    /* where those of the innermost begin */
};

bool weiri_pattern_is_operator(struct weir_str word);
/* Reads one value or one comparison that the field may be; neighbouring values are taken together.
 * Stands before ',' or ']' then. */
bool weiri_pattern_alternative(struct weiri_pattern *p);

#endif /* WEIR_CONVERT_EVENTBRIDGE_H */
