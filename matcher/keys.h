/* keys.h - the buckets of rows, and which of them a notification meets. */
#ifndef WEIRI_KEYS_H
#define WEIRI_KEYS_H

#include "probe.h"

void weiri_keys_init(struct weir_matcher *m);
void weiri_keys_fini(struct weir_matcher *m);

/* The bucket of a key, made where it is not there yet, mentioned once more; NULL for want of
 * memory. */
WEIR_MUST_USE struct weiri_bucket *weiri_bucket_hold(struct weir_matcher *m,
                                                     const struct weiri_key *key);
/* One mention less; without mentions and rows the bucket is retired. */
void weiri_bucket_let_go(struct weir_matcher *m, struct weiri_bucket *bucket);
/* NULL if there is none. */
struct weiri_bucket *weiri_bucket_find(const struct weir_matcher *m, const struct weiri_key *key);

/* The key of a value; of a string only where a filter names it. */
struct weiri_key weiri_key_of_value(const struct weir_matcher *m, uint32_t attr,
                                    const struct weir_value *value);
/* `payload`: of the key, or the hash of the text where it has one; so that it can be looked for
 * though no filter may name the text. */
uint32_t weiri_key_hash(const struct weiri_key *key, uint64_t payload);
static inline bool weiri_key_has_text(const struct weiri_key *key)
{
    return key->kind == WEIRI_KEY_VALUE ? key->rank == WEIRI_RANK_STRING
                                        : key->kind < WEIRI_KEY_PRESENT;
}

/* Calls `visit` for each bucket that the notification meets, once; and, not `met`, for some that it
 * may meet, where finding out would take long. */
typedef void weiri_bucket_fn(void *context, const struct weiri_bucket *bucket, bool met);
void weiri_keys_visit(const struct weiri_probe *probe, weiri_bucket_fn *visit, void *context);

#endif /* WEIRI_KEYS_H */
