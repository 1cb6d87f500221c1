/* codes.h - the order of one attribute's values, in a byte.
 *
 * A partition of all values into at most 255 codes, ascending in the order bool < number <
 * timestamp < string and, within a type, in the order of the values; code 0 stands for an absent
 * attribute.  Codes are chosen at the ends of the intervals that the filters name, so that most
 * comparisons of codes are exact.  Immutable.
 *
 * A value's key is monotone: a number's is its nearest double, a string's its first eight bytes.
 * Where two values have one key a comparison of codes says nothing, and the bound is soft.
 *
 * Between its cuts a code's keys are divided into steps of equal width, which tell most values at a
 * soft bound apart: the fine part of a value is 2 * step + 2, an even number; that of a bound is
 * odd where it lies between two steps, and even where it divides one. */
#ifndef WEIRI_CODES_H
#define WEIRI_CODES_H

#include "retire.h"

#include <weir/domain.h>

#define WEIRI_CODE_ABSENT 0u
#define WEIRI_CODE_LAST 255u
#define WEIRI_FINE_STEPS 126u
/* Fine parts of bounds that divide no step: below and above those of all values. */
#define WEIRI_FINE_LOW 1u
#define WEIRI_FINE_HIGH 255u

/* A code, with where in it a value lies. */
struct weiri_code {
    uint8_t code, fine;
};

enum weiri_rank {
    WEIRI_RANK_BOOL,
    WEIRI_RANK_NUMBER,
    WEIRI_RANK_TIMESTAMP,
    WEIRI_RANK_STRING,
    WEIRI_RANKS
};

/* A place between two keys: in front of all values of the rank whose key is `key` or more. */
struct weiri_cut {
    uint8_t rank;
    uint64_t key;
};

/* The cuts that domains have, a bounded sample of them (Vitter's algorithm R, with a generator of
 * its own, so that equal histories give equal samples). */
#define WEIRI_RESERVOIR_MAX 512u
struct weiri_reservoir {
    struct weiri_cut *v;
    size_t capacity;
    uint32_t count;
    uint32_t ranks; /* bit for each rank that occurred */
    uint64_t seen;
    uint64_t random;
};

struct weiri_codes {
    struct weiri_retired retired;
    uint16_t
        first[WEIRI_RANKS + 1]; /* code of each rank's least values; then one beyond the last */
    const uint8_t *shifts;      /* of each code: an offset in it, shifted by so much, is a step */
    uint64_t cuts[];            /* first[r + 1] - first[r] - 1 for each rank */
};

/* A domain as an interval of codes.  `soft_low` and `soft_high`: of values with just that code,
 * some are in the domain and some are not; those whose fine part is above `fine_low` (below
 * `fine_high`) are, those on its other side are not.  `whole`: all values with a code strictly
 * between are in it, and with the end codes, where they are not soft. */
struct weiri_span {
    uint8_t low, high;
    uint8_t fine_low, fine_high;
    bool soft_low, soft_high;
    bool whole;
};

/* The bits of codes whose values a domain may have; `exact`: all of them are in it. */
struct weiri_code_set {
    uint64_t bits[4];
    bool exact;
};

/* Adds a domain's cuts; for want of memory the sample merely stays smaller. */
void weiri_reservoir_add(struct weiri_reservoir *s, const struct weir_domain *domain,
                         const struct weir_alloc *alloc);
void weiri_reservoir_fini(struct weiri_reservoir *s, const struct weir_alloc *alloc);

/* A partition for the sample, which it may sort; NULL for want of memory. */
WEIR_MUST_USE struct weiri_codes *weiri_codes_create(struct weiri_reservoir *s,
                                                     const struct weir_alloc *alloc);
size_t weiri_codes_bytes(const struct weiri_codes *codes);
/* True when a partition for the sample, which it may sort, would tell its cuts apart much better
 * than this one does. */
bool weiri_codes_are_poor(const struct weiri_codes *codes, struct weiri_reservoir *s);

/* O(log 255) */
struct weiri_code weiri_codes_of(const struct weiri_codes *codes, const struct weir_value *value);
/* The domain is not empty. */
struct weiri_span weiri_codes_span(const struct weiri_codes *codes,
                                   const struct weir_domain *domain);
struct weiri_code_set weiri_codes_set(const struct weiri_codes *codes,
                                      const struct weir_domain *domain);

#endif /* WEIRI_CODES_H */
