/* locate.h - where in a JSON text a JSON pointer points: for messages about values that make no
 * sense, since Jansson keeps no positions. */
#ifndef WEIR_LOCATE_H
#define WEIR_LOCATE_H

#include <weir/diag.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The place of the value that `pointer` (RFC 6901) names within text that has been parsed as JSON;
 * where there is none, that of the innermost value around it.  A key written with backslashes is
 * not recognised.  Linear in the text; allocates nothing. */
WEIR_API struct weir_place weir_json_locate(struct weir_str text, const char *pointer);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_LOCATE_H */
