/* normal.c - the normal form as an object.
 *
 * However it came about, it is built from its canonical bytes, which it owns: strings point into
 * them, and residuals are compiled from their text.  So a form that was computed and one that was
 * received cannot differ. */
#include <assert.h>
#include <string.h>
#include <weir/alloc.h>

#include "advertised.h"
#include "codec.h"
#include "leaf.h"
#include "lower.h"
#include "measured.h"
#include "summary.h"

/* Steps for the expansion of one filter: some milliseconds. */
#define LOWER_WORK (1u << 17)

/* What a residual's node belongs to. */
struct residual_filter {
    struct weir_filter *filter;
    struct residual_filter *next;
};

struct weir_normal {
    const struct weir_alloc *alloc;
    struct weiri_pool pool;
    struct weir_str bytes;
    enum weir_filter_role role;
    bool exact;
    struct weir_conjunction *conjunctions;
    uint32_t count;
    struct residual_filter *filters;
    uint64_t summary;
};

static enum weir_truth domains_eval(const struct weir_conjunction *conjunction,
                                    const struct weir_notification *notification,
                                    struct weir_scratch *scratch);
static enum weir_err encode_lowered(struct weiri_buf *out, const struct weir_filter *filter,
                                    struct weiri_workshop *shop, const struct weir_alloc *alloc);
static enum weir_err build(struct weir_normal **out, struct weir_str bytes,
                           const struct weir_alloc *alloc);
static enum weir_err compile_residual(void *context, struct weir_residual *residual);
static enum weir_err check_residuals(const struct weir_normal *normal, struct weiri_workshop *shop);
static enum weir_err check_canonical(const struct weir_normal *normal, struct weiri_workshop *shop);
static enum weir_err retidy(struct weir_conjunction *out, const struct weir_conjunction *in,
                            struct weiri_workshop *shop);
static bool lists_residuals(const struct weir_conjunction *conjunction,
                            const struct weiri_workshop *shop);
static bool lists_attributes(const struct weir_conjunction *conjunction,
                             const struct weir_node *node, const struct weiri_workshop *shop);

enum weir_err weir_normal_create(struct weir_normal **out, const struct weir_filter *filter,
                                 enum weir_filter_role role, const struct weir_alloc *alloc)
{
    uint64_t steps;

    return weiri_normal_create_measured(out, &steps, filter, role, alloc);
}

enum weir_err weiri_normal_create_measured(struct weir_normal **out, uint64_t *steps,
                                           const struct weir_filter *filter,
                                           enum weir_filter_role role,
                                           const struct weir_alloc *alloc)
{
    struct weiri_pool pool;
    struct weiri_meter meter = {LOWER_WORK, 0};
    struct weiri_workshop shop = {
        .pool = &pool, .meter = &meter, .memory = WEIRI_LOWER_MEMORY, .role = role};
    struct weiri_buf bytes;
    enum weir_err err;

    assert(out != NULL);
    assert(filter != NULL);
    weiri_pool_init(&pool, alloc);
    weiri_buf_init(&bytes, WEIR_NORMAL_SIZE_MAX, alloc);
    err = encode_lowered(&bytes, filter, &shop, alloc);
    if (err == WEIR_OK) {
        weiri_pool_fini(&pool);
        err = build(out, weiri_buf_str(&bytes), alloc);
    }
    if (err == WEIR_EMALFORMED) { /* printed text may have strings that no bytes may have */
        weiri_buf_reset(&bytes);
        weiri_encode(&bytes, role, false, &(const struct weir_conjunction){0}, 1, &pool);
        err = bytes.err == WEIR_OK ? build(out, weiri_buf_str(&bytes), alloc) : bytes.err;
    }
    weiri_pool_fini(&pool);
    weiri_buf_fini(&bytes);
    *steps = meter.steps;
    return err;
}

enum weir_err weir_normal_decode(struct weir_normal **out, enum weir_filter_role role,
                                 struct weir_str bytes, const struct weir_alloc *alloc)
{
    struct weiri_pool pool;
    struct weiri_meter meter = {UINT32_MAX, 0}; /* bounded by the size of the bytes */
    struct weiri_workshop shop = {.pool = &pool, .meter = &meter, .role = role};
    struct weir_normal *normal;
    enum weir_err err;

    assert(out != NULL);
    err = build(&normal, bytes, alloc);
    if (err != WEIR_OK)
        return err;
    weiri_pool_init(&pool, alloc);
    err = normal->role == role ? check_residuals(normal, &shop) : WEIR_EMALFORMED;
    if (err == WEIR_OK)
        err = check_canonical(normal, &shop);
    weiri_pool_fini(&pool);
    if (err == WEIR_OK)
        *out = normal;
    else
        weir_normal_destroy(normal);
    return err;
}

enum weir_err weir_normal_copy(struct weir_normal **out, const struct weir_normal *normal,
                               const struct weir_alloc *alloc)
{
    return build(out, normal->bytes, alloc);
}

void weir_normal_destroy(struct weir_normal *normal)
{
    if (normal == NULL)
        return;
    for (const struct residual_filter *f = normal->filters; f != NULL; f = f->next)
        weir_filter_destroy(f->filter);
    weiri_pool_fini(&normal->pool);
    weiri_release(normal->alloc, normal);
}

struct weir_str weir_normal_bytes(const struct weir_normal *normal)
{
    return normal->bytes;
}

enum weir_filter_role weir_normal_role(const struct weir_normal *normal)
{
    return normal->role;
}

bool weir_normal_is_exact(const struct weir_normal *normal)
{
    return normal->exact;
}

bool weir_normal_is_never(const struct weir_normal *normal)
{
    return normal->count == 0;
}

bool weir_normal_is_always(const struct weir_normal *normal)
{
    return normal->count == 1 && normal->conjunctions[0].constraint_count == 0 &&
           normal->conjunctions[0].residual_count == 0;
}

uint32_t weir_normal_count(const struct weir_normal *normal)
{
    return normal->count;
}

const struct weir_conjunction *weir_normal_at(const struct weir_normal *normal, uint32_t index)
{
    assert(index < normal->count);
    return &normal->conjunctions[index];
}

uint64_t weir_normal_summary(const struct weir_normal *normal)
{
    return normal->summary;
}

enum weir_truth weir_normal_eval(const struct weir_normal *normal,
                                 const struct weir_notification *notification,
                                 struct weir_scratch *scratch)
{
    enum weir_truth truth = WEIR_FALSE;

    weir_scratch_renew(scratch);
    for (uint32_t i = 0; i < normal->count && truth != WEIR_TRUE; i++) {
        enum weir_truth one =
            weir_conjunction_eval(&normal->conjunctions[i], notification, scratch);

        if (one > truth)
            truth = one;
    }
    return truth;
}

enum weir_truth weir_conjunction_eval(const struct weir_conjunction *conjunction,
                                      const struct weir_notification *notification,
                                      struct weir_scratch *scratch)
{
    enum weir_truth truth = domains_eval(conjunction, notification, scratch);

    for (uint32_t i = 0; i < conjunction->residual_count && truth != WEIR_FALSE; i++) {
        enum weir_truth one = weir_residual_eval(&conjunction->residuals[i], notification, scratch);

        if (one < truth)
            truth = one;
    }
    return truth;
}

static enum weir_truth domains_eval(const struct weir_conjunction *conjunction,
                                    const struct weir_notification *notification,
                                    struct weir_scratch *scratch)
{
    uint64_t steps = weiri_scratch_steps(scratch);
    enum weir_truth truth = WEIR_TRUE;

    for (uint32_t i = 0; i < conjunction->constraint_count && truth != WEIR_FALSE; i++) {
        const struct weir_constraint *constraint = &conjunction->constraints[i];
        struct weir_value value;
        bool found = weir_notification_find(notification, constraint->name, &value);
        enum weir_truth one =
            weiri_domain_decide(&constraint->domain, found ? &value : NULL, &steps);

        if (one < truth)
            truth = one;
    }
    weiri_scratch_leave(scratch, steps, truth);
    return truth;
}

/* UNKNOWN stays UNKNOWN only of what ran out of budget: its operand is known to be a string, so
 * nothing else makes it so, and any other UNKNOWN is as good as FALSE. */
enum weir_truth weir_residual_eval(const struct weir_residual *residual,
                                   const struct weir_notification *notification,
                                   struct weir_scratch *scratch)
{
    enum weir_truth truth = weir_node_eval(residual->node, notification, scratch);
    const enum weir_node_kind kind = residual->node->kind;
    const bool budgeted = kind == WEIR_NODE_MATCHES || kind == WEIR_NODE_LIKE;

    if (truth == WEIR_UNKNOWN && !(budgeted && weir_scratch_undecided(scratch)))
        return WEIR_FALSE;
    return truth;
}

static enum weir_err encode_lowered(struct weiri_buf *out, const struct weir_filter *filter,
                                    struct weiri_workshop *shop, const struct weir_alloc *alloc)
{
    struct weiri_disjunction lowered;
    bool exact;

    if (!weiri_lower(&lowered, &exact, weir_filter_tree(filter), shop, alloc))
        return WEIR_ENOMEM;
    weiri_encode(out, shop->role, exact, lowered.v, lowered.count, shop->pool);
    if (out->err == WEIR_ELIMIT) {
        struct weir_conjunction hull; /* which holds each constant of the text twice at most */

        if (!weiri_conjunction_hull(&hull, lowered.v, lowered.count, shop))
            return WEIR_ENOMEM;
        if (shop->role == WEIR_ROLE_ADVERTISEMENT && !weiri_advertised_settle(&hull, &hull, shop))
            return WEIR_ENOMEM;
        weiri_buf_reset(out);
        weiri_encode(out, shop->role, false, &hull, 1, shop->pool);
    }
    assert(out->err != WEIR_ELIMIT);
    return out->err;
}

static enum weir_err build(struct weir_normal **out, struct weir_str bytes,
                           const struct weir_alloc *alloc)
{
    struct weir_normal *normal;
    struct weiri_decoded decoded;
    enum weir_err err;
    char *copy;

    if (bytes.len > WEIR_NORMAL_SIZE_MAX)
        return WEIR_ELIMIT;
    normal = weiri_alloc_zeroed(alloc, 1, sizeof *normal);
    if (normal == NULL)
        return WEIR_ENOMEM;
    normal->alloc = alloc;
    weiri_pool_init(&normal->pool, alloc);
    copy = weiri_pool_take(&normal->pool, bytes.len, 1);
    if (copy == NULL) {
        weir_normal_destroy(normal);
        return WEIR_ENOMEM;
    }
    if (bytes.len > 0)
        memcpy(copy, bytes.ptr, bytes.len);
    normal->bytes = (struct weir_str){copy, bytes.len};
    err = weiri_decode(&decoded, normal->bytes, &normal->pool, compile_residual, normal);
    if (err != WEIR_OK) {
        weir_normal_destroy(normal);
        return err;
    }
    normal->role = decoded.role;
    normal->exact = decoded.exact;
    normal->conjunctions = decoded.conjunctions;
    normal->count = decoded.conjunction_count;
    normal->summary = weiri_summary(normal->role, normal->conjunctions, normal->count);
    *out = normal;
    return WEIR_OK;
}

static enum weir_err compile_residual(void *context, struct weir_residual *residual)
{
    struct weir_normal *normal = context;
    struct residual_filter *held = weiri_pool_take(&normal->pool, 1, sizeof *held);
    struct weir_diags diags;
    enum weir_err err;

    if (held == NULL)
        return WEIR_ENOMEM;
    err = weir_filter_compile_printed(&held->filter, residual->text, &diags, normal->alloc);
    if (err != WEIR_OK)
        return err == WEIR_ENOMEM || err == WEIR_ELIMIT ? err : WEIR_EMALFORMED;
    held->next = normal->filters;
    normal->filters = held;
    residual->node = weir_filter_tree(held->filter);
    return WEIR_OK;
}

/* A residual must be just what lowering its own text leaves as a residual. */
static enum weir_err check_residuals(const struct weir_normal *normal, struct weiri_workshop *shop)
{
    const struct weiri_pool before = *shop->pool;

    for (const struct residual_filter *f = normal->filters; f != NULL; f = f->next) {
        const struct weir_node *node = weir_filter_tree(f->filter);
        struct weir_conjunction lowered;

        weiri_pool_rewind(shop->pool, &before);
        if (!weiri_leaf_is_predicate(node))
            return WEIR_EMALFORMED;
        switch (weiri_leaf_lower(&lowered, node, false, shop, normal->alloc)) {
        case WEIRI_LEAF_OUT_OF_MEMORY: return WEIR_ENOMEM;
        case WEIRI_LEAF_CONJUNCTION: break;
        default: return WEIR_EMALFORMED;
        }
        if (lowered.residual_count != 1 ||
            !weir_str_equal(lowered.residuals[0].text, weir_filter_text(f->filter)))
            return WEIR_EMALFORMED;
    }
    return WEIR_OK;
}

/* Canonical is what comes out unchanged when it is made canonical. */
static enum weir_err check_canonical(const struct weir_normal *normal, struct weiri_workshop *shop)
{
    struct weiri_disjunction all = {0};
    struct weiri_buf again;
    enum weir_err err;

    shop->settled = true;
    for (uint32_t i = 0; i < normal->count; i++) {
        struct weir_conjunction conjunction;

        err = retidy(&conjunction, &normal->conjunctions[i], shop);
        if (err != WEIR_OK)
            return err;
        if (normal->exact && !lists_residuals(&conjunction, shop))
            return WEIR_EMALFORMED;
        if (!weiri_disjunction_push(&all, &conjunction, shop))
            return WEIR_ENOMEM;
    }
    if (!weiri_disjunction_reduce(&all, shop))
        return shop->out_of_memory ? WEIR_ENOMEM : WEIR_ELIMIT;
    weiri_buf_init(&again, WEIR_NORMAL_SIZE_MAX, normal->alloc);
    weiri_encode(&again, normal->role, normal->exact, all.v, all.count, shop->pool);
    err = again.err;
    if (err == WEIR_OK && !weir_str_equal(weiri_buf_str(&again), normal->bytes))
        err = WEIR_EMALFORMED;
    weiri_buf_fini(&again);
    return err;
}

static enum weir_err retidy(struct weir_conjunction *out, const struct weir_conjunction *in,
                            struct weiri_workshop *shop)
{
    struct weir_constraint *v = weiri_pool_take(shop->pool, in->constraint_count, sizeof *v);

    if (v == NULL)
        return WEIR_ENOMEM;
    for (uint32_t i = 0; i < in->constraint_count; i++) {
        v[i] = in->constraints[i];
        if (!weiri_domain_tidy(&v[i].domain, shop->pool))
            return WEIR_ENOMEM;
        if (weiri_domain_is_empty(&v[i].domain) || weiri_domain_is_full(&v[i].domain))
            return WEIR_EMALFORMED;
    }
    *out = *in;
    out->constraints = v;
    if (shop->role == WEIR_ROLE_ADVERTISEMENT && !weiri_advertised_settle(out, out, shop))
        return WEIR_ENOMEM;
    return WEIR_OK;
}

/* A predicate lists its attributes as present; only what is wider, as a merger, frees them. */
static bool lists_residuals(const struct weir_conjunction *conjunction,
                            const struct weiri_workshop *shop)
{
    for (uint32_t i = 0; i < conjunction->residual_count; i++) {
        if (!lists_attributes(conjunction, conjunction->residuals[i].node, shop))
            return false;
    }
    return true;
}

static bool lists_attributes(const struct weir_conjunction *conjunction,
                             const struct weir_node *node, const struct weiri_workshop *shop)
{
    if (node->kind == WEIR_NODE_ATTR) {
        const struct weir_domain *domain = weiri_conjunction_find(conjunction, node->text);

        if (shop->role == WEIR_ROLE_ADVERTISEMENT && !weiri_advertised_restricts(node->text))
            return true;
        return domain != NULL && (domain->kinds & WEIR_KIND_ABSENT) == 0;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (!lists_attributes(conjunction, node->child[i], shop))
            return false;
    }
    return true;
}
