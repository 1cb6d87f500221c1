/* merge.h - one normal form in the place of several: mergers, perfect and imperfect.
 *
 * A perfect merger matches just what its inputs match together.  An imperfect one matches more, and
 * is made only where a sample of notifications shows, beyond reasonable doubt, that the share of
 * what it lets through in vain stays within a bound: so without a sample, or with a small one,
 * there are no imperfect mergers.  Either kind covers each of its inputs and has fewer conjunctions
 * than they have together.
 *
 * For a broker that sends mergers to a neighbour and keeps the originals.  What a merger lets
 * through in vain is counted against the originals, also when its inputs are mergers themselves:
 * each input comes with the part of the sample that is wanted on its behalf.  That is one bit for
 * each notification of the sample; bits of several originals are united with OR, and a broker can
 * take those of all its filters from its matcher at once, notification by notification.  If bits
 * of what goes to the neighbour anyway are added, the merger is not charged with that.
 *
 *     struct weir_merge_input inputs[] = {{merger, its_bits}, {original, NULL}};
 *     const struct weir_merge_options options = {.sample = &sample, .epsilon = 0.02};
 *
 *     err = weir_normal_merge(&merged, inputs, 2, &options, alloc);
 *
 * Later, on a new sample, with new bits of the same originals: keep the merger while
 * weir_share_low() of what weir_normal_measure finds is at most epsilon.  It was made because
 * weir_share_high() was; between the two nothing changes, so a merger does not come and go with
 * the chance of a sample, and a small sample changes nothing at all. */
#ifndef WEIR_MERGE_H
#define WEIR_MERGE_H

#include <weir/normal.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_SAMPLE_MAX 65536 /* notifications of a sample */
#define WEIR_MERGE_MAX 256    /* inputs of one merger */

/* Notifications that passed, borrowed.  Whatever was chosen for the sample, choose it without
 * regard to the filters to be measured.  `scratch` is for residuals; its budget is renewed as
 * needed. */
struct weir_sample {
    const struct weir_notification *v;
    uint32_t count;
    struct weir_scratch *scratch;
};

/* Words of 64 bits that have one bit for each notification: that of the i-th is bit i % 64 of word
 * i / 64, and bits beyond the last are 0. */
#define WEIR_SAMPLE_WORDS(count) (((size_t)(count) + 63) / 64)

/* Sets *bits to the notifications that the form matches, or as an advertisement allows; those where
 * a MATCHES runs out of its budget count as matched and not allowed, as they do at an inner broker.
 * `work` is a budget of elementary steps, lowered, or NULL; false when it runs out, and the bits
 * are then too few. */
WEIR_API WEIR_MUST_USE bool weir_sample_match(uint64_t *bits, const struct weir_normal *form,
                                              const struct weir_sample *sample, uint32_t *work);

/* Of a sample: what matched, and how many of those nobody wanted. */
struct weir_share {
    uint32_t matched;
    uint32_t unwanted;
};

/* The ends of Wilson's score interval for the share unwanted / matched of all that the sample was
 * taken from (Wilson 1927), at z = 2.576: the true share is beyond one given end in one of 200
 * samples, and so for any of the ten conjunctions of which a merger is the best in one of 20.  What
 * was joined in pairs was chosen among more: measure it again on the next sample.  From 0 to 1
 * where nothing matched. */
WEIR_API double weir_share_low(const struct weir_share *share);
WEIR_API double weir_share_high(const struct weir_share *share);
/* weir_share_high() <= epsilon, cheaper.  With none unwanted that takes a matched sample of
 * 6.64 * (1 - epsilon) / epsilon: 127 for 0.05, 657 for 0.01. */
WEIR_API bool weir_share_within(const struct weir_share *share, double epsilon);

/* Measures a form on a sample against the bits of its originals.  False when `work` runs out. */
WEIR_API WEIR_MUST_USE bool weir_normal_measure(struct weir_share *out,
                                                const struct weir_normal *form,
                                                const uint64_t *wanted,
                                                const struct weir_sample *sample, uint32_t *work);

enum weir_merge { WEIR_MERGE_NONE, WEIR_MERGE_PERFECT, WEIR_MERGE_IMPERFECT };

struct weir_merge_input {
    const struct weir_normal *form;
    const uint64_t *wanted; /* bits of its originals; NULL: it is an original itself */
};

struct weir_merge_options {
    const struct weir_sample *sample; /* NULL, or empty: only perfect mergers */
    double epsilon;                   /* the largest share of unwanted notifications, 0 to 1 */
    uint32_t *work;                   /* a budget of elementary steps, lowered; NULL: 2^22 */
};

struct weir_merger {
    enum weir_merge kind;
    struct weir_normal *form; /* the caller's to destroy; NULL where there is none */
    /* On the sample, against the originals; of a perfect merger it is that of its inputs.  Where
     * there is no merger: of the narrowest conjunction that covers all inputs.  Zeros where nothing
     * was measured. */
    struct weir_share share;
};

/* Merges one or more forms, all subscriptions or all advertisements, into one: perfectly, where
 * that can be; else into one conjunction, if one is within epsilon: the narrowest, or one that lets
 * no more of the sample through and has half the size, where that is 128 bytes or more; else by
 * joining two and two conjunctions, the cheapest first, as long as the whole is within epsilon.  A
 * single form can be merged with itself: an imperfect merger of it has fewer conjunctions.
 *
 * The kind and the bytes do not depend on the order of the inputs, unless work runs out.  An
 * imperfect merger is a hull (weir_normal_is_exact is false).  No merger where the inputs or the
 * result exceed a limit or the work runs out; beyond the budget at most 2^20 steps are spent on
 * building the result.  WEIR_ENOMEM only. */
WEIR_API WEIR_MUST_USE enum weir_err
weir_normal_merge(struct weir_merger *out, const struct weir_merge_input *inputs, uint32_t count,
                  const struct weir_merge_options *options, const struct weir_alloc *alloc);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_MERGE_H */
