/* filter.h - filters: from text to a checked syntax tree, and its exact evaluation.
 *
 * The language is an SQL-92 selector dialect with Kleene's three-valued logic: a notification is
 * delivered only where the filter is TRUE; a comparison with a missing attribute or across types
 * is UNKNOWN.  A compiled filter is immutable and may be shared between threads; each thread
 * evaluates with a scratch of its own. */
#ifndef WEIR_FILTER_H
#define WEIR_FILTER_H

#include <weir/diag.h>
#include <weir/notification.h>
#include <weir/tree.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_filter;
struct weir_scratch;

/* Compiles a filter.  Returns WEIR_ESYNTAX, WEIR_ETYPE or WEIR_ELIMIT with at least one error in
 * `diags`, or WEIR_ENOMEM.  On success `diags` may hold warnings.  `diags` must be given.
 * Linear in the text but for regular expressions. */
WEIR_API WEIR_MUST_USE enum weir_err weir_filter_compile(struct weir_filter **out,
                                                         struct weir_str text,
                                                         struct weir_diags *diags,
                                                         const struct weir_alloc *alloc);
/* The same for text that weir_filter_print or weir_node_print wrote, which may be longer than what
 * a person may write: it spaces operators out and spells keywords in full. */
WEIR_MUST_USE enum weir_err weir_filter_compile_printed(struct weir_filter **out,
                                                        struct weir_str text,
                                                        struct weir_diags *diags,
                                                        const struct weir_alloc *alloc);
WEIR_API void weir_filter_destroy(struct weir_filter *filter);

/* The text it was compiled from, borrowed from the filter. */
WEIR_API struct weir_str weir_filter_text(const struct weir_filter *filter);

/* The canonical text: keywords in capitals, single quotes, fewest parentheses, aliases resolved;
 * compiling it gives an equal tree.  Terminated and cut at `size`; returns the full length.
 * The printer for one node serves diagnostics and residuals. */
WEIR_API size_t weir_filter_print(char *out, size_t size, const struct weir_filter *filter);
size_t weir_node_print(char *out, size_t size, const struct weir_node *node);

/* ---- evaluation */

/* Working memory for evaluating on one thread: match data and the budget of MATCHES,
 * LIKE and CONTAINS. */
WEIR_API WEIR_MUST_USE enum weir_err weir_scratch_create(struct weir_scratch **out,
                                                         const struct weir_alloc *alloc);
WEIR_API void weir_scratch_destroy(struct weir_scratch *scratch);

/* Evaluates over the tree, exactly.  A MATCHES, LIKE or CONTAINS that runs out of the evaluation's
 * budget counts as UNKNOWN, and weir_scratch_undecided then tells so.  Never allocates. */
WEIR_API enum weir_truth weir_filter_eval(const struct weir_filter *filter,
                                          const struct weir_notification *notification,
                                          struct weir_scratch *scratch);

/* Evaluates one truth-valued node within the budget that is left; for residuals. */
enum weir_truth weir_node_eval(const struct weir_node *node,
                               const struct weir_notification *notification,
                               struct weir_scratch *scratch);

/* Grants a fresh budget and forgets the mark below; weir_filter_eval begins with it. */
WEIR_API void weir_scratch_renew(struct weir_scratch *scratch);
/* True when some MATCHES, LIKE or CONTAINS since the last renewal ran out of its budget. */
WEIR_API bool weir_scratch_undecided(const struct weir_scratch *scratch);
/* What is left of the budget, in units of work. */
uint32_t weiri_scratch_budget(const struct weir_scratch *scratch);
/* The same as steps of a search; and what a search that used some leaves: UNKNOWN marks that it ran
 * out of them. */
uint64_t weiri_scratch_steps(const struct weir_scratch *scratch);
void weiri_scratch_leave(struct weir_scratch *scratch, uint64_t steps, enum weir_truth truth);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_FILTER_H */
