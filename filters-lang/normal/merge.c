/* merge.c - mergers of normal forms.
 *
 * The union of all conjunctions, made canonical, is the perfect merger where that makes it smaller.
 * Otherwise one conjunction is sought that covers all; if each lets too much through, those two are
 * joined again and again that cost least, while the whole stays within epsilon.
 *
 * What the inputs match is matched by every merger.  So bits of the sample begin as theirs, and
 * only what is beyond them is ever evaluated. */
#include <weir/merge.h>

#include <assert.h>
#include <string.h>

#include "codec.h"
#include "sample.h"
#include "widen.h"

#define BUILT_IN_WORK (1u << 22)
#define BUILD_WORK (1u << 20) /* to make the result canonical and check it, come what may */
#define SHORTENED_MIN 128u    /* bytes of a form above which a wider one may be preferred */
#define GATHERED_MAX 1024u    /* conjunctions of all inputs */
#define JOINED_MAX 32u        /* conjunctions between which pairs are sought */

struct merging {
    const struct weir_alloc *alloc;
    struct weiri_pool pool;
    struct weiri_meter meter;
    struct weiri_workshop shop;
    const struct weir_merge_input *inputs;
    uint32_t count;
    const struct weir_sample *sample; /* NULL: only perfect */
    double epsilon;
    size_t words;
    uint64_t *wanted;             /* by some original */
    uint64_t *matched;            /* by some input */
    struct weiri_disjunction all; /* conjunctions of the inputs */
    /* The result. */
    enum weir_merge kind;
    const struct weir_normal *widest; /* the input that is the merger */
    struct weiri_disjunction merged;  /* otherwise */
    struct weir_share share;
};

/* Two conjunctions as one, from when it is needed. */
struct pair {
    bool known;
    struct weir_conjunction join;
    uint32_t weight;
    uint64_t *matched;
};

/* Conjunctions that are joined two by two; a join takes a slot of its own. */
struct joining {
    struct merging *m;
    struct weir_conjunction v[2 * JOINED_MAX];
    bool gone[2 * JOINED_MAX];
    uint32_t used, slots;
    struct pair *pairs; /* slots x slots */
    uint64_t *matched;
};

struct choice {
    const struct pair *pair; /* NULL: none, or work ran out */
    uint32_t one, other;
    struct weir_share share;
};

static bool merge(struct merging *m);
static void find_widest(struct merging *m);
static bool better_input(const struct weir_normal *a, const struct weir_normal *b);
static bool covers_all(struct merging *m, const struct weir_normal *form);
static bool unite(struct merging *m);
static bool measure_inputs(struct merging *m);
static bool merge_into_one(struct merging *m);
static bool is_worth(size_t size, size_t wider_size);
static bool size_of(size_t *size, struct merging *m, const struct weir_conjunction *v,
                    uint32_t count);
static bool merge_pairs(struct merging *m);
static bool choose_pair(struct choice *best, struct joining *j);
static bool join_pair(struct pair *pair, struct joining *j, uint32_t one, uint32_t other);
static void settle(struct joining *j, const struct choice *best);
static bool accept(struct merging *m, const struct joining *j);
static uint32_t weight_of(const struct weir_conjunction *conjunction);
static uint64_t *take_bits(struct merging *m, const uint64_t *from);
static void unite_bits(uint64_t *bits, const uint64_t *more, size_t words);
static enum weir_err build(struct weir_normal **out, struct merging *m);
static bool all_exact(const struct merging *m);

enum weir_err weir_normal_merge(struct weir_merger *out, const struct weir_merge_input *inputs,
                                uint32_t count, const struct weir_merge_options *options,
                                const struct weir_alloc *alloc)
{
    struct merging m = {.alloc = alloc, .inputs = inputs, .count = count};
    struct weir_normal *form = NULL;
    enum weir_err err = WEIR_OK;

    assert(count > 0);
    weiri_pool_init(&m.pool, alloc);
    m.meter.left = options->work != NULL ? *options->work : BUILT_IN_WORK;
    m.shop = (struct weiri_workshop){.pool = &m.pool,
                                     .meter = &m.meter,
                                     .role = weir_normal_role(inputs[0].form),
                                     .settled = true};
    if (options->sample != NULL && options->sample->count > 0) {
        assert(options->sample->count <= WEIR_SAMPLE_MAX);
        m.sample = options->sample;
        m.epsilon = options->epsilon;
        m.words = WEIR_SAMPLE_WORDS(m.sample->count);
    }
    if (count <= WEIR_MERGE_MAX && !merge(&m))
        err = WEIR_ENOMEM;
    if (options->work != NULL)
        *options->work = m.meter.left;
    m.meter.left = BUILD_WORK;
    if (err == WEIR_OK && m.kind != WEIR_MERGE_NONE)
        err = build(&form, &m);
    if (err == WEIR_ELIMIT)
        err = WEIR_OK;
    if (err == WEIR_OK && form != NULL && !covers_all(&m, form)) {
        weir_normal_destroy(form);
        form = NULL;
    }
    if (err == WEIR_OK)
        *out = (struct weir_merger){form != NULL ? m.kind : WEIR_MERGE_NONE, form, m.share};
    weiri_pool_fini(&m.pool);
    return err;
}

/* False when memory has run out. */
static bool merge(struct merging *m)
{
    uint32_t total = 0;
    size_t size = 0;

    for (uint32_t i = 0; i < m->count; i++) {
        const uint32_t count = weir_normal_count(m->inputs[i].form);

        assert(weir_normal_role(m->inputs[i].form) == m->shop.role);
        total += count > 0 ? count : 1;
    }
    find_widest(m);
    if (m->widest == NULL && (total > GATHERED_MAX || !unite(m)))
        return !m->shop.out_of_memory;
    if (m->widest == NULL && !size_of(&size, m, m->merged.v, m->merged.count))
        return false;
    if (m->widest != NULL ||
        (m->merged.count < total && m->merged.count <= WEIR_CONJUNCTIONS_MAX && size != SIZE_MAX))
        m->kind = WEIR_MERGE_PERFECT;
    if (m->sample == NULL || !measure_inputs(m))
        return !m->shop.out_of_memory;
    if (m->kind == WEIR_MERGE_PERFECT) {
        m->share = weiri_sample_share(m->matched, NULL, m->wanted, m->words);
        return true;
    }
    return total < 2 || (merge_into_one(m) && (m->kind != WEIR_MERGE_NONE || merge_pairs(m)));
}

/* Of several that cover all, which one must not depend on their order. */
static void find_widest(struct merging *m)
{
    for (uint32_t i = 0; i < m->count && m->count > 1; i++) {
        const struct weir_normal *form = m->inputs[i].form;

        if ((m->widest == NULL || better_input(form, m->widest)) && covers_all(m, form))
            m->widest = form;
    }
}

static bool better_input(const struct weir_normal *a, const struct weir_normal *b)
{
    if (weir_normal_is_exact(a) != weir_normal_is_exact(b))
        return weir_normal_is_exact(a);
    return weir_str_compare(weir_normal_bytes(a), weir_normal_bytes(b)) < 0;
}

static bool covers_all(struct merging *m, const struct weir_normal *form)
{
    for (uint32_t i = 0; i < m->count; i++) {
        if (!weir_normal_covers(form, m->inputs[i].form, &m->meter.left))
            return false;
    }
    return true;
}

/* False when work or memory has run out. */
static bool unite(struct merging *m)
{
    for (uint32_t i = 0; i < m->count; i++) {
        const struct weir_normal *form = m->inputs[i].form;

        for (uint32_t k = 0; k < weir_normal_count(form); k++) {
            if (!weiri_disjunction_push(&m->all, weir_normal_at(form, k), &m->shop) ||
                !weiri_disjunction_push(&m->merged, weir_normal_at(form, k), &m->shop))
                return false;
        }
    }
    return weiri_disjunction_reduce(&m->merged, &m->shop);
}

/* False when work or memory has run out. */
static bool measure_inputs(struct merging *m)
{
    uint64_t *bits = take_bits(m, NULL);

    m->wanted = take_bits(m, NULL);
    m->matched = take_bits(m, NULL);
    if (bits == NULL || m->wanted == NULL || m->matched == NULL)
        return false;
    for (uint32_t i = 0; i < m->count; i++) {
        const struct weir_merge_input *input = &m->inputs[i];

        if (!weir_sample_match(bits, input->form, m->sample, &m->meter.left))
            return false;
        unite_bits(m->matched, bits, m->words);
        unite_bits(m->wanted, input->wanted != NULL ? input->wanted : bits, m->words);
    }
    return true;
}

static bool merge_into_one(struct merging *m)
{
    struct weiri_widened widened;
    size_t best_size = SIZE_MAX;
    struct weir_share best = {0, 0};
    uint32_t chosen = WEIRI_WIDENED_MAX;

    if (!weiri_widen(&widened, m->all.v, m->all.count, &m->shop))
        return false;
    for (uint32_t i = 0; i < widened.count; i++) {
        uint64_t *bits = take_bits(m, m->matched);
        struct weir_share share;
        size_t size;

        if (bits == NULL)
            return false;
        if (!weiri_sample_add(bits, m->shop.role, &widened.v[i], m->sample, &m->meter))
            break;
        share = weiri_sample_share(bits, NULL, m->wanted, m->words);
        if (i == 0)
            m->share = share;
        if (!weir_share_within(&share, m->epsilon))
            continue;
        if (!size_of(&size, m, &widened.v[i], 1))
            return false;
        if (size == SIZE_MAX || (chosen != WEIRI_WIDENED_MAX &&
                                 (share.unwanted > best.unwanted ||
                                  (share.unwanted == best.unwanted && !is_worth(best_size, size)))))
            continue;
        chosen = i;
        best = share;
        best_size = size;
    }
    if (chosen == WEIRI_WIDENED_MAX)
        return true;
    m->kind = WEIR_MERGE_IMPERFECT;
    m->share = best;
    m->merged = (struct weiri_disjunction){0};
    return weiri_disjunction_push(&m->merged, &widened.v[chosen], &m->shop);
}

/* What is wider costs nothing on this sample, but may on the next: so it must save something. */
static bool is_worth(size_t size, size_t wider_size)
{
    return size >= SHORTENED_MIN && wider_size <= size / 2;
}

/* SIZE_MAX where it exceeds the limit.  False when memory has run out. */
static bool size_of(size_t *size, struct merging *m, const struct weir_conjunction *v,
                    uint32_t count)
{
    struct weiri_buf bytes;
    enum weir_err err;

    weiri_buf_init(&bytes, WEIR_NORMAL_SIZE_MAX, m->alloc);
    weiri_encode(&bytes, m->shop.role, false, v, count, &m->pool);
    err = bytes.err;
    *size = err == WEIR_OK ? bytes.size : SIZE_MAX;
    weiri_buf_fini(&bytes);
    return err != WEIR_ENOMEM;
}

static bool merge_pairs(struct merging *m)
{
    struct joining j = {.m = m, .used = m->merged.count};
    struct choice best;

    if (m->merged.count < 3 || m->merged.count > JOINED_MAX)
        return true;
    j.slots = 2 * m->merged.count;
    memcpy(j.v, m->merged.v, m->merged.count * sizeof *j.v);
    j.pairs = weiri_pool_take(&m->pool, j.slots * j.slots, sizeof *j.pairs);
    j.matched = take_bits(m, m->matched);
    if (j.pairs == NULL || j.matched == NULL)
        return false;
    memset(j.pairs, 0, j.slots * j.slots * sizeof *j.pairs);
    for (;;) {
        if (!choose_pair(&best, &j))
            return false;
        if (best.pair == NULL || !weir_share_within(&best.share, m->epsilon))
            break;
        settle(&j, &best);
        m->share = best.share;
    }
    return j.used == m->merged.count || accept(m, &j);
}

/* The pair that costs least; false when memory has run out. */
static bool choose_pair(struct choice *best, struct joining *j)
{
    const size_t words = j->m->words;

    *best = (struct choice){.pair = NULL};
    for (uint32_t one = 0; one < j->used; one++) {
        for (uint32_t other = one + 1; other < j->used; other++) {
            struct pair *pair = &j->pairs[one * j->slots + other];
            struct weir_share share;

            if (j->gone[one] || j->gone[other])
                continue;
            if (!pair->known && !join_pair(pair, j, one, other)) {
                best->pair = NULL;
                return !j->m->shop.out_of_memory;
            }
            share = weiri_sample_share(j->matched, pair->matched, j->m->wanted, words);
            if (best->pair == NULL || share.unwanted < best->share.unwanted ||
                (share.unwanted == best->share.unwanted && pair->weight < best->pair->weight))
                *best = (struct choice){pair, one, other, share};
        }
    }
    return true;
}

/* False when work or memory has run out. */
static bool join_pair(struct pair *pair, struct joining *j, uint32_t one, uint32_t other)
{
    const struct weir_conjunction both[2] = {j->v[one], j->v[other]};
    struct merging *m = j->m;

    if (!weiri_conjunction_hull(&pair->join, both, 2, &m->shop))
        return false;
    pair->weight = weight_of(&pair->join);
    pair->matched = take_bits(m, m->matched);
    if (pair->matched == NULL ||
        !weiri_sample_add(pair->matched, m->shop.role, &pair->join, m->sample, &m->meter))
        return false;
    pair->known = true;
    return true;
}

/* What else the join covers joins it for nothing, or is dropped in the end. */
static void settle(struct joining *j, const struct choice *best)
{
    j->gone[best->one] = true;
    j->gone[best->other] = true;
    j->v[j->used++] = best->pair->join;
    unite_bits(j->matched, best->pair->matched, j->m->words);
}

static bool accept(struct merging *m, const struct joining *j)
{
    m->kind = WEIR_MERGE_IMPERFECT;
    m->merged = (struct weiri_disjunction){0};
    for (uint32_t i = 0; i < j->used; i++) {
        if (!j->gone[i] && !weiri_disjunction_push(&m->merged, &j->v[i], &m->shop))
            return false;
    }
    return true;
}

static uint32_t weight_of(const struct weir_conjunction *conjunction)
{
    uint32_t weight = conjunction->residual_count;

    for (uint32_t i = 0; i < conjunction->constraint_count; i++)
        weight += weiri_domain_weight(&conjunction->constraints[i].domain);
    return weight;
}

/* A copy, or zeros; NULL when memory has run out. */
static uint64_t *take_bits(struct merging *m, const uint64_t *from)
{
    uint64_t *bits = weiri_pool_take(&m->pool, m->words, sizeof *bits);

    if (bits == NULL)
        m->shop.out_of_memory = true;
    else if (from != NULL)
        memcpy(bits, from, m->words * sizeof *bits);
    else
        memset(bits, 0, m->words * sizeof *bits);
    return bits;
}

static void unite_bits(uint64_t *bits, const uint64_t *more, size_t words)
{
    for (size_t i = 0; i < words; i++)
        bits[i] |= more[i];
}

/* WEIR_ELIMIT where it is too large, or work has run out. */
static enum weir_err build(struct weir_normal **out, struct merging *m)
{
    const bool exact = m->kind == WEIR_MERGE_PERFECT && all_exact(m);
    struct weiri_buf bytes;
    enum weir_err err;

    if (m->widest != NULL)
        return weir_normal_copy(out, m->widest, m->alloc);
    if (!weiri_disjunction_reduce(&m->merged, &m->shop))
        return m->shop.out_of_memory ? WEIR_ENOMEM : WEIR_ELIMIT;
    weiri_buf_init(&bytes, WEIR_NORMAL_SIZE_MAX, m->alloc);
    weiri_encode(&bytes, m->shop.role, exact, m->merged.v, m->merged.count, &m->pool);
    err = bytes.err;
    if (err == WEIR_OK)
        err = weir_normal_decode(out, m->shop.role, weiri_buf_str(&bytes), m->alloc);
    weiri_buf_fini(&bytes);
    assert(err == WEIR_OK || err == WEIR_ENOMEM || err == WEIR_ELIMIT);
    return err;
}

static bool all_exact(const struct merging *m)
{
    for (uint32_t i = 0; i < m->count; i++) {
        if (!weir_normal_is_exact(m->inputs[i].form))
            return false;
    }
    return true;
}
