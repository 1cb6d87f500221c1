/* matcher.h - a set of filters that answers "which of you match this notification?"
 *
 * Cost of a match grows with the constraints the notification satisfies, not with the number of
 * filters held.  One writer at a time; matching only reads the matcher and works in a scratch of
 * the calling thread.  No locks, no I/O, no clock. */
#ifndef WEIR_MATCHER_H
#define WEIR_MATCHER_H

#include <weir/normal.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_matcher;
struct weir_match_scratch;

/* What an undecided residual (a MATCHES or LIKE out of budget) counts as: at the border the filter
 * then does not match; at inner brokers it does, so that no hop loses what the border would take.
 */
enum weir_undecided { WEIR_UNDECIDED_NO, WEIR_UNDECIDED_YES };

/* Ids or groups, each once, in no particular order; borrowed until the next call with the scratch.
 */
struct weir_matches {
    const uint32_t *v;
    size_t count;
    uint32_t undecided; /* conjunctions whose residuals ran out of budget */
    bool cut; /* there are more: other threads have added since the scratch was reserved */
};

/* Creates an empty matcher.  `alloc` may be NULL and must outlive the matcher. */
WEIR_API WEIR_MUST_USE enum weir_err weir_matcher_create(struct weir_matcher **out,
                                                         const struct weir_alloc *alloc);
WEIR_API void weir_matcher_destroy(struct weir_matcher *m);

/* Adds a copy of `normal` under `id`, as a member of `group` (a link, for example).  Fails with
 * WEIR_EEXIST if the id is in use, or WEIR_ENOMEM; the matcher is then unchanged.  A normal form
 * that is a wider hull matches as such: whoever holds the filter confirms. */
WEIR_API WEIR_MUST_USE enum weir_err weir_matcher_add(struct weir_matcher *m, uint32_t id,
                                                      uint32_t group,
                                                      const struct weir_normal *normal);
/* ---- readers on other threads
 *
 * After weir_matcher_share other threads may match, each with a scratch of its own, while one
 * thread at a time adds and removes.  What is removed or replaced is then kept until its caller
 * says that no reader can be using it: seal, wait until each reader that was matching at that time
 * has returned (a grace period, by liburcu or the like), reclaim.  A match finds every filter that
 * is held for the whole of the call, and none that is not held for any of it; an id that is removed
 * and added again in the meantime may be there twice. */

WEIR_API void weir_matcher_share(struct weir_matcher *m);
/* Sets what has been removed and replaced so far apart to be reclaimed; returns false if there is
 * nothing.  What an earlier call sealed has to be reclaimed first. */
WEIR_API bool weir_matcher_seal(struct weir_matcher *m);
/* Releases what was sealed. */
WEIR_API void weir_matcher_reclaim(struct weir_matcher *m);

/* ---- adding and removing: the writer */

/* Removes `id` and returns true, or returns false if it is not held.  Never allocates. */
WEIR_API bool weir_matcher_remove(struct weir_matcher *m, uint32_t id);
WEIR_API size_t weir_matcher_count(const struct weir_matcher *m);

/* How the matcher comes to look at a conjunction, cheapest first. */
enum weir_access_kind {
    WEIR_ACCESS_VALUE,    /* an attribute has one of a few values */
    WEIR_ACCESS_PREFIX,   /* an attribute begins with a text */
    WEIR_ACCESS_SUFFIX,   /* it ends with one */
    WEIR_ACCESS_CONTAINS, /* it contains one */
    WEIR_ACCESS_PRESENCE, /* an attribute is there */
    WEIR_ACCESS_ALWAYS    /* every notification */
};

struct weir_access {
    enum weir_access_kind kind;
    struct weir_str name; /* of the attribute; empty for WEIR_ACCESS_ALWAYS */
    uint32_t values;      /* of WEIR_ACCESS_VALUE: how many */
    bool proven;          /* nothing more is checked of that attribute */
    struct weir_str text; /* of PREFIX, SUFFIX and CONTAINS */
};

/* Tells how conjunction `index` of the normal form under `id`, which is held, is found; the name is
 * borrowed until `id` is removed.  The choice is made when the first of equal forms is added, by
 * what the matcher holds then. */
WEIR_API struct weir_access weir_matcher_access(const struct weir_matcher *m, uint32_t id,
                                                uint32_t index);

/* Working memory for matching on one thread; serves any matcher, and grows with the largest it is
 * reserved for. */
WEIR_API WEIR_MUST_USE enum weir_err weir_match_scratch_create(struct weir_match_scratch **out,
                                                               const struct weir_alloc *alloc);
WEIR_API void weir_match_scratch_destroy(struct weir_match_scratch *scratch);
/* Makes room for matching on `m` as it is now: call it after adding, before matching.  WEIR_ENOMEM
 * leaves the scratch as it was.  Cheap when there is room already. */
WEIR_API WEIR_MUST_USE enum weir_err weir_match_scratch_reserve(struct weir_match_scratch *scratch,
                                                                const struct weir_matcher *m);

/* Finds the ids of all filters that match.  Cannot fail. */
WEIR_API struct weir_matches weir_matcher_match(const struct weir_matcher *m,
                                                const struct weir_notification *notification,
                                                enum weir_undecided undecided,
                                                struct weir_match_scratch *scratch);
/* Finds the groups with at least one matching filter, `skip` aside (UINT32_MAX: none), and stops
 * looking at a group once it is found. */
WEIR_API struct weir_matches weir_matcher_match_groups(const struct weir_matcher *m,
                                                       const struct weir_notification *notification,
                                                       uint32_t skip, enum weir_undecided undecided,
                                                       struct weir_match_scratch *scratch);

/* Which instructions the scans use on this processor: "avx512", "scalar", ...; static storage. */
WEIR_API const char *weir_matcher_instructions(void);

/* Brings the last result of the scratch, which is borrowed still, into ascending order, for people
 * and tests.  O(n log n). */
WEIR_API void weir_match_scratch_sort(struct weir_match_scratch *scratch);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_MATCHER_H */
