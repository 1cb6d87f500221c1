/* load.h - JSON text as Jansson's values; not installed.
 *
 * Where memory is lacking Jansson says that the text is malformed, or nothing; here it is told. */
#ifndef WEIR_LOAD_H
#define WEIR_LOAD_H

#include <weir/base.h>

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Parses a text without duplicate names; the caller gives *root back with json_decref.  The flags
 * are Jansson's.  WEIR_ENOMEM; or WEIR_ESYNTAX, WEIR_EINVAL (duplicate names, U+0000) or
 * WEIR_ELIMIT (a number out of range), of which *error, which may be NULL, tells more. */
WEIR_MUST_USE enum weir_err weiri_json_load(json_t **root, struct weir_str text, size_t flags,
                                            json_error_t *error);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_LOAD_H */
