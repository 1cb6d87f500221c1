/* normal.h - the normal form of filters, and the algebra on it: covers, intersects, conforms.
 *
 * A normal form is a disjunction of conjunctions; a conjunction holds one canonical domain per
 * attribute and a list of residuals (what no domain can say).  It travels between brokers as
 * canonical bytes: equal normal forms have equal bytes.  Where the expansion would exceed
 * WEIR_CONJUNCTIONS_MAX the normal form is a wider hull of its filter, and says so.
 *
 * It is the form of a subscription, which asks for notifications, or of an advertisement, which
 * allows them.  A subscription's conjunction matches where each of its domains has the attribute
 * or, where it says so, its absence; attributes it does not list are free.  An advertisement's
 * allows a notification whose attributes are all listed, each in its domain; they may be absent.
 * Where a residual binds several attributes, each is listed with the values with which the residual
 * can be TRUE; it counts where all its attributes are present.
 *
 * The golden rule: covers may err only to "no", intersects may err only to "yes".  Immutable. */
#ifndef WEIR_NORMAL_H
#define WEIR_NORMAL_H

#include <weir/domain.h>
#include <weir/filter.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_normal;

enum weir_filter_role { WEIR_ROLE_SUBSCRIPTION, WEIR_ROLE_ADVERTISEMENT };

/* What no domain can say: a predicate over several attributes, arithmetic, MATCHES, a general LIKE
 * and their negations.  TRUE is required.  `text` is its canonical text: its identity. */
struct weir_residual {
    struct weir_str text;
    const struct weir_node *node;
};

struct weir_constraint {
    struct weir_str name;
    /* Never empty.  Of a subscription not full; of an advertisement without absence, and what it
     * lists may have any value. */
    struct weir_domain domain;
};

struct weir_conjunction {
    const struct weir_constraint *constraints; /* names ascending, distinct */
    uint32_t constraint_count;
    const struct weir_residual *residuals; /* texts ascending, distinct */
    uint32_t residual_count;
};

/* Bytes that compiling a filter and creating its normal form, or looking for warnings, takes at
 * most, at any one time: the filter, the normal form and what is needed meanwhile, all together. */
#define WEIR_NORMAL_MEMORY_MAX 1048576

/* Computes the normal form of a filter, on its own: it does not refer to the filter afterwards.
 * Filters that differ only in the order, grouping or repetition of the operands of AND and OR, in
 * where NOT stands, in the order of the values of an IN or in how a predicate is written have equal
 * bytes; and so has the printed text of an exact form.  WEIR_ENOMEM only.  Takes at most some two
 * hundred thousand elementary steps of ten to twenty nanoseconds and WEIR_NORMAL_MEMORY_MAX bytes,
 * whatever the filter: beyond that parts of it become hulls. */
WEIR_API WEIR_MUST_USE enum weir_err weir_normal_create(struct weir_normal **out,
                                                        const struct weir_filter *filter,
                                                        enum weir_filter_role role,
                                                        const struct weir_alloc *alloc);
/* Decodes and validates untrusted bytes; accepts what weir_normal_bytes returns for the role, and
 * else only what is canonical as well: reducing it changes nothing, and where it says that it is
 * exact its residuals' attributes are listed (perhaps with values that these never take, which the
 * module's README shows to be harmless).  WEIR_EMALFORMED, WEIR_EVERSION, WEIR_ELIMIT or
 * WEIR_ENOMEM. */
WEIR_API WEIR_MUST_USE enum weir_err weir_normal_decode(struct weir_normal **out,
                                                        enum weir_filter_role role,
                                                        struct weir_str bytes,
                                                        const struct weir_alloc *alloc);
/* A copy of its own, without the cost of validation. */
WEIR_API WEIR_MUST_USE enum weir_err weir_normal_copy(struct weir_normal **out,
                                                      const struct weir_normal *normal,
                                                      const struct weir_alloc *alloc);
WEIR_API void weir_normal_destroy(struct weir_normal *normal);

/* The canonical encoding, borrowed from the normal form. */
WEIR_API struct weir_str weir_normal_bytes(const struct weir_normal *normal);
WEIR_API enum weir_filter_role weir_normal_role(const struct weir_normal *normal);
/* False when it is a wider hull: then only the filter itself decides at the border. */
WEIR_API bool weir_normal_is_exact(const struct weir_normal *normal);
/* No conjunction: matches, or allows, nothing. */
WEIR_API bool weir_normal_is_never(const struct weir_normal *normal);
/* One conjunction without constraints: matches, or allows, everything. */
WEIR_API bool weir_normal_is_always(const struct weir_normal *normal);
/* The conjunctions in canonical order, borrowed. */
uint32_t weir_normal_count(const struct weir_normal *normal);
const struct weir_conjunction *weir_normal_at(const struct weir_normal *normal, uint32_t index);
/* Text in the filter language with the same meaning; terminated and cut at `size`; returns the
 * full length. */
WEIR_API size_t weir_normal_print(char *out, size_t size, const struct weir_normal *normal);

/* The same for a conjunction, and for what one attribute must be. */
WEIR_API size_t weir_conjunction_print(char *out, size_t size,
                                       const struct weir_conjunction *conjunction);
WEIR_API size_t weir_constraint_print(char *out, size_t size,
                                      const struct weir_constraint *constraint);

/* TRUE or FALSE, or UNKNOWN where it hangs on what ran out of the scratch's budget, which it
 * renews: residuals, and searches for what a domain's strings must contain; of a subscription.  For
 * tests and small sets; the matcher is for many. */
WEIR_API enum weir_truth weir_normal_eval(const struct weir_normal *normal,
                                          const struct weir_notification *notification,
                                          struct weir_scratch *scratch);
/* The same for one conjunction, within the budget that is left. */
enum weir_truth weir_conjunction_eval(const struct weir_conjunction *conjunction,
                                      const struct weir_notification *notification,
                                      struct weir_scratch *scratch);

/* And for one residual: UNKNOWN only where it ran out of its budget. */
enum weir_truth weir_residual_eval(const struct weir_residual *residual,
                                   const struct weir_notification *notification,
                                   struct weir_scratch *scratch);

/* ---- the algebra.  `work` is a budget of elementary steps that each call lowers; when it runs out
 * the answer is the safe one.  NULL: 4096, which is some tens of
 * microseconds. */

/* Every notification that `narrow` matches, or allows, `wide` does too; both have the same role.
 * May err only to false. */
WEIR_API bool weir_normal_covers(const struct weir_normal *wide, const struct weir_normal *narrow,
                                 uint32_t *work);
/* Something that the advertisement `adv` allows may match the subscription `sub`.  May err only to
 * true. */
WEIR_API bool weir_normal_intersects(const struct weir_normal *adv, const struct weir_normal *sub,
                                     uint32_t *work);
/* The advertisement `adv` allows the notification: some conjunction lists each of its attributes
 * with its value, and each residual is TRUE whose attributes are all present.  `$`-attributes are
 * always allowed, `$type` where it is not listed; an advertisement of TRUE, or empty, allows
 * everything.  Exact, but for what runs out of the scratch's budget, which does not conform. */
WEIR_API bool weir_normal_conforms(const struct weir_normal *adv,
                                   const struct weir_notification *notification,
                                   struct weir_scratch *scratch);

/* A 64-bit summary with summary(wide) & ~summary(narrow) == 0 whenever wide covers narrow: lets a
 * table skip most candidates. O(1). */
uint64_t weir_normal_summary(const struct weir_normal *normal);
/* The same one by one, for an index of forms: 64-bit hashes of what a conjunction demands: the
 * attributes it constrains and their values, where they may have just one; its residuals.  What
 * each conjunction of `wide` demands, each of `narrow` does too whenever wide covers narrow.  0 for
 * an index (below the count of demands) that demands nothing; of advertisements only residuals do.
 */
uint32_t weir_conjunction_demands(const struct weir_conjunction *conjunction);
uint64_t weir_conjunction_demand(const struct weir_conjunction *conjunction,
                                 enum weir_filter_role role, uint32_t index);

/* ---- answers for people: with a counter-example, verified by both evaluators */

enum weir_answer { WEIR_ANSWER_NO, WEIR_ANSWER_YES, WEIR_ANSWER_UNKNOWN };

/* Does `wide` cover `narrow`?  For "no", *witness is the encoding of a notification that matches
 * narrow and not wide, released by the caller with `alloc`; otherwise NULL. */
WEIR_API WEIR_MUST_USE enum weir_err weir_filter_covers(enum weir_answer *answer, uint8_t **witness,
                                                        size_t *witness_size,
                                                        const struct weir_filter *wide,
                                                        const struct weir_filter *narrow,
                                                        const struct weir_alloc *alloc);
/* Does what may be published under `adv` intersect `sub`?  For "yes" *witness is a notification
 * that conforms to adv and matches sub, where one could be built; NULL otherwise. */
WEIR_API WEIR_MUST_USE enum weir_err weir_filter_intersects(enum weir_answer *answer,
                                                            uint8_t **witness, size_t *witness_size,
                                                            const struct weir_filter *adv,
                                                            const struct weir_filter *sub,
                                                            const struct weir_alloc *alloc);

/* Adds warnings to those of the filter's compilation, while there is room: W602 where no
 * notification can match it, W603 for each part of it that can never be true; the two places are
 * conditions that exclude each other.  WEIR_ENOMEM only.  Takes at most some million
 * elementary steps, beyond which nothing is said, and WEIR_NORMAL_MEMORY_MAX bytes. */
WEIR_API WEIR_MUST_USE enum weir_err weir_filter_warn(struct weir_diags *diags,
                                                      const struct weir_filter *filter,
                                                      const struct weir_alloc *alloc);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_NORMAL_H */
