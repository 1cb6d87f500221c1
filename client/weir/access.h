/* access.h - how the matcher comes to a conjunction and what decides each of its constraints, in
 * words. */
#ifndef ACCESS_H
#define ACCESS_H

#include <weir/explain.h>

/* "value", "prefix", ... */
const char *access_name(enum weir_access_kind kind);
/* "by the value of x", "where x begins with 'a'", ...; without an end of line. */
void access_print(const struct weir_access *access);

/* What decides a constraint of a conjunction: the key by which it is found; codes, which are
 * compared for many rows at a time; or its record, byte by byte. */
enum access_decider { ACCESS_BY_KEY, ACCESS_BY_COLUMN, ACCESS_BY_RECORD };
/* "key", "column", "record" */
const char *access_decider_name(enum access_decider decider);
enum access_decider access_decider(const struct weir_access *access,
                                   const struct weir_holder *holder, struct weir_str name);

#endif /* ACCESS_H */
