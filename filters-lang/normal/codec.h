/* codec.h - the bytes of a normal form.  All integers little-endian.
 *
 *    u8 version 1   u8 flags: 1 exact (else a wider hull), 2 of an advertisement
 *    u16 count      residuals, ascending: u16 length, text
 *    u16 count      conjunctions, in canonical order:
 *        u16 count  constraints, names ascending: u8 length, name, domain
 *        u16 count  residuals: u16 index into the above, ascending
 *    domain:   u8 kinds
 *              where it has numbers:    intervals
 *              where it has timestamps: intervals
 *              where it has strings:    intervals, then the lists contains, ends, contains_not,
 *                                       ends_not: u16 count, each u16 length, text
 *    intervals: u16 count, each u8 ends and its values, low before high:
 *              1 low bounded, 2 low closed, 4 high bounded, 8 high closed, 16 a point (alone)
 *    value:    number u8 type (2 int, 3 double) u64; timestamp u64; string u16 length, text */
#ifndef WEIRI_CODEC_H
#define WEIRI_CODEC_H

#include <weir/bytes.h>

#include "conjunctions.h"

#define WEIRI_END_LOW 1u
#define WEIRI_END_LOW_CLOSED 2u
#define WEIRI_END_HIGH 4u
#define WEIRI_END_HIGH_CLOSED 8u
#define WEIRI_END_POINT 16u

#define WEIRI_FLAG_EXACT 1u
#define WEIRI_FLAG_ADVERTISEMENT 2u

struct weiri_decoded {
    bool exact;
    enum weir_filter_role role;
    struct weir_conjunction *conjunctions;
    uint32_t conjunction_count;
};

/* Called for each residual's text as it is read, to supply its node. */
typedef enum weir_err (*weiri_residual_fn)(void *context, struct weir_residual *residual);

/* Encodes canonical conjunctions; look at the buffer for failure. */
void weiri_encode(struct weiri_buf *out, enum weir_filter_role role, bool exact,
                  const struct weir_conjunction *v, uint32_t count, struct weiri_pool *pool);

/* Reads bytes that nobody vouches for; what comes out is safe to work with but perhaps not
 * canonical.  Borrows strings from the bytes.  WEIR_EMALFORMED, WEIR_EVERSION, WEIR_ELIMIT,
 * WEIR_ENOMEM, or what `residual` returns. */
enum weir_err weiri_decode(struct weiri_decoded *out, struct weir_str bytes,
                           struct weiri_pool *pool, weiri_residual_fn residual, void *context);

#endif /* WEIRI_CODEC_H */
