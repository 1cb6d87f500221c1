/* find.h - a text within another, in time linear in both; not installed. */
#ifndef WEIR_FIND_H
#define WEIR_FIND_H

#include <weir/base.h>

/* Longer texts are not looked for. */
#define WEIRI_FIND_LEN_MAX 65535

/* Fills `back`, which has an entry for each byte of the text, with how its beginnings recur. */
void weiri_find_prepare(uint16_t *back, struct weir_str text);
/* True when the subject holds the text, which was prepared.  Takes a step for each byte that is
 * held against one of the text, about three for each of the subject at most, and fewer where its
 * first byte is rare; takes them off *steps, and gives up with 0 when they do not suffice. */
bool weiri_find(struct weir_str subject, struct weir_str text, const uint16_t *back,
                uint64_t *steps);

#endif /* WEIR_FIND_H */
