/* warn.c - conditions that exclude each other, and where they stand.
 *
 * A conjunction that no notification meets is narrowed down by leaving out one condition after
 * another as long as the rest still excludes everything: what remains excludes itself, and nothing
 * less does. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lower.h"
#include "measured.h"

/* Steps for all expansions of one filter. */
#define WARN_WORK (1u << 20)
/* Expansions of one filter, each of which may compile its patterns. */
#define EXPANSIONS_MAX 1024u

struct search {
    const struct weir_alloc *alloc;
    struct weir_diags *diags;
    struct weiri_meter meter;
    uint32_t expansions; /* that are left */
    bool whole;          /* the filter as a whole matches nothing */
    bool reported;
    bool out_of_memory;
};

static bool is_never(struct search *s, struct weir_node *const *children, uint32_t count,
                     bool negated);
static void search_node(struct search *s, struct weir_node *node, bool negated);
static bool search_parts(struct search *s, const struct weir_node *node, bool negated);
static uint32_t narrow(struct search *s, struct weir_node **parts, uint32_t count, bool negated);
static bool is_reported(const struct weir_diags *diags, const struct weir_node *part);
static void report(struct search *s, struct weir_node *const *parts, uint32_t count);

enum weir_err weir_filter_warn(struct weir_diags *diags, const struct weir_filter *filter,
                               const struct weir_alloc *alloc)
{
    uint64_t steps;

    return weiri_filter_warn_measured(diags, &steps, filter, alloc);
}

enum weir_err weiri_filter_warn_measured(struct weir_diags *diags, uint64_t *steps,
                                         const struct weir_filter *filter,
                                         const struct weir_alloc *alloc)
{
    struct search s = {
        .alloc = alloc, .diags = diags, .meter = {WARN_WORK, 0},
                .expansions = EXPANSIONS_MAX
    };
    const size_t before = diags->count;
    struct weir_node root;
    struct weir_node *tree = &root;

    root = *weir_filter_tree(filter);
    s.whole = is_never(&s, &tree, 1, false);
    search_node(&s, tree, false);
    if (s.whole && !s.reported)
        report(&s, &tree, 1);
    *steps = s.meter.steps;
    if (!s.out_of_memory)
        return WEIR_OK;
    diags->count = before;
    return WEIR_ENOMEM;
}

/* True when the children, or their negations, are never all TRUE. */
static bool is_never(struct search *s, struct weir_node *const *children, uint32_t count,
                     bool negated)
{
    struct weir_node *only[1];
    struct weir_node joined = {.kind = negated ? WEIR_NODE_OR : WEIR_NODE_AND,
                               .child_count = count};
    struct weir_node inverse = {.kind = WEIR_NODE_NOT, .child = only, .child_count = 1};
    struct weiri_disjunction lowered;
    struct weiri_pool pool;
    struct weiri_workshop shop = {
        .pool = &pool, .meter = &s->meter, .memory = WEIRI_LOWER_MEMORY, .domains_only = true};
    struct weir_node **copy;
    bool exact, ok;

    if (s->out_of_memory || s->expansions == 0 || s->meter.left == 0)
        return false;
    s->expansions--;
    weiri_pool_init(&pool, s->alloc);
    copy = weiri_pool_take(&pool, count, sizeof(struct weir_node *));
    ok = copy != NULL;
    if (ok) {
        memcpy(copy, children, count * sizeof(struct weir_node *));
        joined.child = copy;
        only[0] = &joined;
        ok = weiri_lower(&lowered, &exact, negated ? &inverse : &joined, &shop, s->alloc);
    }
    s->out_of_memory = !ok;
    ok = ok && lowered.count == 0;
    weiri_pool_fini(&pool);
    return ok;
}

/* Where `node`, or its negation, demands all of its parts and never gets them, that is reported;
 * else its parts are searched. */
static void search_node(struct search *s, struct weir_node *node, bool negated)
{
    const bool joins = node->kind == (negated ? WEIR_NODE_OR : WEIR_NODE_AND);

    if (node->kind == WEIR_NODE_NOT) {
        search_node(s, node->child[0], !negated);
        return;
    }
    if (node->kind != WEIR_NODE_AND && node->kind != WEIR_NODE_OR)
        return;
    if (joins && is_never(s, node->child, node->child_count, negated) &&
        search_parts(s, node, negated))
        return;
    for (uint32_t i = 0; i < node->child_count; i++)
        search_node(s, node->child[i], negated);
}

/* False when one part alone is the reason, which may have parts to be named. */
static bool search_parts(struct search *s, const struct weir_node *node, bool negated)
{
    struct weir_node *parts[WEIR_FILTER_LEAVES_MAX + 1];
    uint32_t count = node->child_count;

    if (count > WEIR_FILTER_LEAVES_MAX + 1)
        return true;
    memcpy(parts, node->child, count * sizeof(struct weir_node *));
    count = narrow(s, parts, count, negated);
    if (count == 1 && (parts[0]->kind == WEIR_NODE_AND || parts[0]->kind == WEIR_NODE_OR ||
                       parts[0]->kind == WEIR_NODE_NOT))
        return false;
    report(s, parts, count);
    return true;
}

/* Leaves out what is not needed for the rest to exclude everything; returns how many are left. */
static uint32_t narrow(struct search *s, struct weir_node **parts, uint32_t count, bool negated)
{
    for (uint32_t i = count; i-- > 0 && count > 1;) {
        struct weir_node *part = parts[i];

        memmove(parts + i, parts + i + 1, (count - i - 1) * sizeof(struct weir_node *));
        if (is_never(s, parts, count - 1, negated)) {
            count--;
            continue;
        }
        memmove(parts + i + 1, parts + i, (count - i - 1) * sizeof(struct weir_node *));
        parts[i] = part;
    }
    return count;
}

/* The compiler may have said why: NOT IN over several types. */
static bool is_reported(const struct weir_diags *diags, const struct weir_node *part)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->v[i].offset == part->offset)
            return true;
    }
    return false;
}

static void report(struct search *s, struct weir_node *const *parts, uint32_t count)
{
    struct weir_diag *diag;

    s->reported = true;
    if (s->out_of_memory || s->diags->count == WEIR_DIAGS_MAX ||
        (count == 1 && is_reported(s->diags, parts[0])))
        return;
    diag = &s->diags->v[s->diags->count++];
    *diag = (struct weir_diag){
        .severity = WEIR_SEVERITY_WARNING, .offset = parts[0]->offset, .length = parts[0]->length};
    memcpy(diag->code, s->whole ? "W602" : "W603", sizeof diag->code);
    if (count > 1) {
        diag->other_offset = parts[count - 1]->offset;
        diag->other_length = parts[count - 1]->length;
    }
    (void)snprintf(diag->message, sizeof diag->message, "%s can never be true%s",
                   s->whole ? "this filter" : "this part of the filter",
                   count > 1 ? ": its conditions exclude each other" : "");
    if (count > 2)
        (void)snprintf(
            diag->suggestion, sizeof diag->suggestion,
            "%u conditions together exclude each other; the first and the last are marked",
            (unsigned)count);
}
