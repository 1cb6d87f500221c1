/* layout.h - how a conjunction is found: by which key, and with which columns beside it. */
#ifndef WEIRI_LAYOUT_H
#define WEIRI_LAYOUT_H

#include "record.h"

/* Values of a finite set beyond which it is no key. */
#define WEIRI_KEY_VALUES_MAX 32u
/* Bytes of a text beyond which it is no key, but for CONTAINS. */
#define WEIRI_KEY_TEXT_MAX 62u

/* One way to find a conjunction: under each of the keys. `implied`: the key says all that the
 * constraint does. */
struct weiri_access {
    enum weiri_key_kind kind;
    uint32_t attr;
    bool implied;
    uint32_t count;
    struct weiri_key keys[WEIRI_KEY_VALUES_MAX];
};
/* Ways that one constraint offers, at most. */
#define WEIRI_ACCESSES 3u
uint32_t weiri_accesses_of(const struct weir_matcher *m, const struct weiri_record_walk *walk,
                           struct weiri_access *accesses);
/* True when the bucket's key says all that the constraint does. */
bool weiri_implies(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                   const struct weiri_record_walk *walk);
/* True when the attribute must be present. */
bool weiri_requires(const struct weiri_record_walk *walk);

/* Makes what is placed for a conjunction under a key of the bucket; the form is in the table. */
void weiri_row_make(struct weir_matcher *m, struct weiri_row *row,
                    const struct weiri_bucket *bucket, uint32_t form, uint32_t conjunction);

#endif /* WEIRI_LAYOUT_H */
