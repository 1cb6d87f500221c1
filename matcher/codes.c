/* codes.c - keys, cuts, and domains as intervals of codes. */
#include "codes.h"

#include <stdlib.h>
#include <string.h>

/* A cut in front of which nothing, or everything, of a rank lies. */
#define KEY_BITS_SIGN (UINT64_C(1) << 63)
#define CUTS_MAX (WEIRI_CODE_LAST - WEIRI_RANKS - 1u)
/* Codes are poor with so many times the pairs that there need be. */
#define POOR_FACTOR 2u

/* Where an interval begins or ends: `key` is the first that is in, or the first beyond. `exact`
 * unless values with the same key, or the one before, lie on both sides. */
struct edge {
    uint64_t key;
    bool exact;
    bool unbounded;
};

/* A step that a key is in; the key is the first or last of it, the last of the code. */
struct step {
    uint32_t number;
    bool is_first, is_last, is_end;
};

struct pieces {
    struct weiri_span span;
    struct weiri_code_set set;
    uint32_t count;
};

static inline uint64_t key_of_double(double real);
static inline uint64_t key_of_string(struct weir_str s);
static inline uint32_t big_endian_32(const uint8_t *p);
static inline uint64_t key_of(const struct weir_value *value, bool *lossless);
static inline enum weiri_rank rank_of(enum weir_type type);
static struct edge low_edge(const struct weir_end *end);
static struct edge high_edge(const struct weir_end *end);
static void sample_intervals(struct weiri_reservoir *s, enum weiri_rank rank,
                             const struct weir_intervals *intervals,
                             const struct weir_alloc *alloc);
static void sample_cut(struct weiri_reservoir *s, enum weiri_rank rank, uint64_t key,
                       const struct weir_alloc *alloc);
static uint64_t next_random(uint64_t *state);
static void sort(struct weiri_reservoir *s);
static int compare_cuts(const void *a, const void *b);
static uint32_t choose_cuts(struct weiri_cut *out, const struct weiri_reservoir *s, uint32_t max);
static inline const uint64_t *cuts_of(const struct weiri_codes *codes, enum weiri_rank rank,
                                      uint32_t *count);
static inline uint32_t cuts_up_to(const uint64_t *cuts, uint32_t count, uint64_t key);
static struct step step_of(const uint64_t *cuts, uint32_t count, uint32_t at, uint64_t key);
static uint64_t width_of(const uint64_t *cuts, uint32_t count, uint32_t at);
static uint32_t shift_for(uint64_t width);
static size_t bytes_for(uint32_t cuts);
static void set_shifts(struct weiri_codes *codes, uint8_t *shifts);
static uint8_t low_fine(struct step step, bool exact);
static uint8_t high_fine(struct step step, bool exact);
static void add_piece(struct pieces *p, const struct weiri_span *piece);
static void add_code(struct pieces *p, uint8_t code);
static void add_intervals(struct pieces *p, const struct weiri_codes *codes, enum weiri_rank rank,
                          const struct weir_intervals *intervals);
static struct pieces pieces_of(const struct weiri_codes *codes, const struct weir_domain *domain);

void weiri_reservoir_add(struct weiri_reservoir *s, const struct weir_domain *domain,
                         const struct weir_alloc *alloc)
{
    if ((domain->kinds & (WEIR_KIND_FALSE | WEIR_KIND_TRUE)) != 0)
        s->ranks |= 1u << WEIRI_RANK_BOOL;
    sample_intervals(s, WEIRI_RANK_NUMBER, &domain->numbers, alloc);
    sample_intervals(s, WEIRI_RANK_TIMESTAMP, &domain->timestamps, alloc);
    sample_intervals(s, WEIRI_RANK_STRING, &domain->strings, alloc);
}

void weiri_reservoir_fini(struct weiri_reservoir *s, const struct weir_alloc *alloc)
{
    weiri_release(alloc, s->v);
    *s = (struct weiri_reservoir){0};
}

struct weiri_codes *weiri_codes_create(struct weiri_reservoir *s, const struct weir_alloc *alloc)
{
    struct weiri_cut chosen[WEIRI_CODE_LAST];
    struct weiri_codes *codes;
    uint32_t count, at = 0;
    uint16_t first = 1;

    sort(s);
    count = choose_cuts(chosen, s, CUTS_MAX);
    codes = weiri_alloc_zeroed(alloc, 1, bytes_for(count + 1));
    if (codes == NULL)
        return NULL;
    for (uint32_t rank = 0, i = 0; rank < WEIRI_RANKS; rank++) {
        codes->first[rank] = first++;
        if (rank == WEIRI_RANK_BOOL) {
            codes->cuts[at++] = 1;
            first++;
        }
        for (; i < count && chosen[i].rank == rank; i++, first++)
            codes->cuts[at++] = chosen[i].key;
    }
    codes->first[WEIRI_RANKS] = first;
    set_shifts(codes, (uint8_t *)(codes->cuts + count + 1));
    return codes;
}

size_t weiri_codes_bytes(const struct weiri_codes *codes)
{
    return bytes_for(codes->first[WEIRI_RANKS] - 1u - WEIRI_RANKS);
}

static size_t bytes_for(uint32_t cuts)
{
    return sizeof(struct weiri_codes) + cuts * sizeof(uint64_t) + cuts + WEIRI_RANKS + 1;
}

static void set_shifts(struct weiri_codes *codes, uint8_t *shifts)
{
    codes->shifts = shifts;
    for (uint32_t rank = 0; rank < WEIRI_RANKS; rank++) {
        uint32_t count;
        const uint64_t *cuts = cuts_of(codes, (enum weiri_rank)rank, &count);

        for (uint32_t at = 0; at <= count; at++)
            shifts[codes->first[rank] + at] = (uint8_t)shift_for(width_of(cuts, count, at));
    }
}

/* By the pairs of different cuts that share a code, of which quantiles leave about as many as if
 * all codes had equally many of them. */
bool weiri_codes_are_poor(const struct weiri_codes *codes, struct weiri_reservoir *s)
{
    uint64_t pairs = 0, distinct = 0, in_code = 0, least;
    uint32_t code = 0;

    sort(s);
    for (uint32_t i = 0; i < s->count; i++) {
        const enum weiri_rank rank = (enum weiri_rank)s->v[i].rank;
        uint32_t count, its_code;
        const uint64_t *cuts;

        if (i > 0 && compare_cuts(&s->v[i - 1], &s->v[i]) == 0)
            continue;
        distinct++;
        cuts = cuts_of(codes, rank, &count);
        its_code = codes->first[rank] + cuts_up_to(cuts, count, s->v[i].key);
        in_code = its_code == code ? in_code + 1 : 1;
        code = its_code;
        pairs += in_code - 1;
    }
    least = distinct > CUTS_MAX ? distinct * distinct / CUTS_MAX / 2 : 0;
    return pairs > POOR_FACTOR * least + distinct / 8;
}

struct weiri_code weiri_codes_of(const struct weiri_codes *codes, const struct weir_value *value)
{
    enum weiri_rank rank = rank_of(value->type);
    bool lossless;
    uint64_t key = key_of(value, &lossless);
    uint32_t count;
    const uint64_t *cuts = cuts_of(codes, rank, &count);
    const uint32_t at = cuts_up_to(cuts, count, key), code = codes->first[rank] + at;
    const uint64_t offset = key - (at > 0 ? cuts[at - 1] : 0);

    return (struct weiri_code){(uint8_t)code, (uint8_t)(2 * (offset >> codes->shifts[code]) + 2)};
}

struct weiri_span weiri_codes_span(const struct weiri_codes *codes,
                                   const struct weir_domain *domain)
{
    return pieces_of(codes, domain).span;
}

struct weiri_code_set weiri_codes_set(const struct weiri_codes *codes,
                                      const struct weir_domain *domain)
{
    return pieces_of(codes, domain).set;
}

static struct pieces pieces_of(const struct weiri_codes *codes, const struct weir_domain *domain)
{
    const uint32_t numbers = domain->kinds & (WEIR_KIND_INT | WEIR_KIND_DOUBLE);
    struct pieces p = {.span.whole = true, .set.exact = true};

    if ((domain->kinds & WEIR_KIND_ABSENT) != 0)
        add_code(&p, WEIRI_CODE_ABSENT);
    if ((domain->kinds & WEIR_KIND_FALSE) != 0)
        add_code(&p, (uint8_t)codes->first[WEIRI_RANK_BOOL]);
    if ((domain->kinds & WEIR_KIND_TRUE) != 0)
        add_code(&p, (uint8_t)(codes->first[WEIRI_RANK_BOOL] + 1));
    if (numbers != 0)
        add_intervals(&p, codes, WEIRI_RANK_NUMBER, &domain->numbers);
    if ((domain->kinds & WEIR_KIND_TIMESTAMP) != 0)
        add_intervals(&p, codes, WEIRI_RANK_TIMESTAMP, &domain->timestamps);
    if ((domain->kinds & WEIR_KIND_STRING) != 0)
        add_intervals(&p, codes, WEIRI_RANK_STRING, &domain->strings);
    if ((numbers != 0 && numbers != (WEIR_KIND_INT | WEIR_KIND_DOUBLE)) ||
        domain->contains.count > 0 || domain->ends.count > 0 || domain->contains_not.count > 0 ||
        domain->ends_not.count > 0)
        p.span.whole = p.set.exact = false;
    return p;
}

static void add_code(struct pieces *p, uint8_t code)
{
    add_piece(p, &(struct weiri_span){.low = code,
                                      .high = code,
                                      .fine_low = WEIRI_FINE_LOW,
                                      .fine_high = WEIRI_FINE_HIGH});
}

/* Pieces come in ascending order. */
static void add_piece(struct pieces *p, const struct weiri_span *piece)
{
    struct weiri_span *span = &p->span;

    if (p->count++ == 0) {
        span->low = piece->low;
        span->fine_low = piece->fine_low;
        span->soft_low = piece->soft_low;
    } else if (piece->low != span->high + 1 || piece->soft_low || span->soft_high) {
        span->whole = false;
    }
    p->set.exact = p->set.exact && !piece->soft_low && !piece->soft_high;
    span->high = piece->high;
    span->fine_high = piece->fine_high;
    span->soft_high = piece->soft_high;
    for (uint32_t word = piece->low / 64u; word <= piece->high / 64u; word++) {
        const uint32_t from = word == piece->low / 64u ? piece->low % 64u : 0;
        const uint32_t to = word == piece->high / 64u ? piece->high % 64u : 63;

        p->set.bits[word] |= UINT64_MAX << from & UINT64_MAX >> (63 - to);
    }
}

static void add_intervals(struct pieces *p, const struct weiri_codes *codes, enum weiri_rank rank,
                          const struct weir_intervals *intervals)
{
    const uint16_t first = codes->first[rank];
    uint32_t count;
    const uint64_t *cuts = cuts_of(codes, rank, &count);

    for (uint32_t i = 0; i < intervals->count; i++) {
        const struct edge low = low_edge(&intervals->v[i].low);
        const struct edge high = high_edge(&intervals->v[i].high);
        struct weiri_span piece = {.fine_low = WEIRI_FINE_LOW, .fine_high = WEIRI_FINE_HIGH};
        uint32_t from = 0, to = count;

        if (!low.unbounded) {
            from = cuts_up_to(cuts, count, low.key);
            piece.fine_low = low_fine(step_of(cuts, count, from, low.key), low.exact);
        }
        if (!high.unbounded) {
            to = high.key == 0 ? 0 : cuts_up_to(cuts, count, high.key - 1);
            piece.fine_high = high.key == 0
                                  ? WEIRI_FINE_LOW
                                  : high_fine(step_of(cuts, count, to, high.key - 1), high.exact);
        }
        if (to < from) { /* no value has a key in between */
            to = from;
            piece.fine_high = WEIRI_FINE_LOW;
        }
        piece.low = (uint8_t)(first + from);
        piece.high = (uint8_t)(first + to);
        piece.soft_low = piece.fine_low != WEIRI_FINE_LOW;
        piece.soft_high = piece.fine_high != WEIRI_FINE_HIGH;
        add_piece(p, &piece);
    }
}

/* The last offset from its first key in the code that has `at` cuts below it. */
static uint64_t width_of(const uint64_t *cuts, uint32_t count, uint32_t at)
{
    return (at < count ? cuts[at] - 1 : UINT64_MAX) - (at > 0 ? cuts[at - 1] : 0);
}

static uint32_t shift_for(uint64_t width)
{
    const uint32_t bits = width > 0 ? 64u - (uint32_t)__builtin_clzll(width) : 0;
    const uint32_t shift = bits > 7 ? bits - 7 : 0;

    return shift + (width >> shift >= WEIRI_FINE_STEPS);
}

/* The step of a key in the code that has `at` cuts below it. */
static struct step step_of(const uint64_t *cuts, uint32_t count, uint32_t at, uint64_t key)
{
    const uint64_t width = width_of(cuts, count, at), offset = key - (at > 0 ? cuts[at - 1] : 0);
    const uint32_t shift = shift_for(width);

    return (struct step){
        .number = (uint32_t)(offset >> shift),
        .is_first = offset >> shift << shift == offset,
        .is_last = offset == width || (offset + 1) >> shift << shift == offset + 1,
        .is_end = offset == width,
    };
}

/* Of the interval that begins with the step's key; `exact`: with all values that have it. */
static uint8_t low_fine(struct step step, bool exact)
{
    return (uint8_t)(2 * step.number + (exact && step.is_first ? 1 : 2));
}

static uint8_t high_fine(struct step step, bool exact)
{
    if (exact && step.is_end)
        return WEIRI_FINE_HIGH;
    return (uint8_t)(2 * step.number + (exact && step.is_last ? 3 : 2));
}

static struct edge low_edge(const struct weir_end *end)
{
    struct edge edge = {.unbounded = !end->bounded};

    if (!end->bounded)
        return edge;
    edge.key = key_of(&end->value, &edge.exact);
    if (end->value.type == WEIR_STRING && end->value.u.string.len == 0 && end->closed)
        edge.unbounded = true;
    if (edge.exact && !end->closed && ++edge.key == 0)
        edge = (struct edge){.key = UINT64_MAX, .exact = false};
    return edge;
}

/* Beyond the last key there is none to cut at. */
static struct edge high_edge(const struct weir_end *end)
{
    struct edge edge = {.exact = true, .unbounded = !end->bounded};

    if (!end->bounded)
        return edge;
    edge.key = key_of(&end->value, &edge.exact);
    if ((!edge.exact || end->closed) && ++edge.key == 0)
        edge.unbounded = true;
    return edge;
}

static void sample_intervals(struct weiri_reservoir *s, enum weiri_rank rank,
                             const struct weir_intervals *intervals, const struct weir_alloc *alloc)
{
    for (uint32_t i = 0; i < intervals->count; i++) {
        const struct edge low = low_edge(&intervals->v[i].low);
        const struct edge high = high_edge(&intervals->v[i].high);

        s->ranks |= 1u << rank;
        if (!low.unbounded)
            sample_cut(s, rank, low.key, alloc);
        if (!high.unbounded)
            sample_cut(s, rank, high.key, alloc);
    }
}

static void sample_cut(struct weiri_reservoir *s, enum weiri_rank rank, uint64_t key,
                       const struct weir_alloc *alloc)
{
    uint64_t at = s->count;

    s->seen++;
    if (s->count < WEIRI_RESERVOIR_MAX) {
        struct weiri_cut *v =
            weiri_array_grow(alloc, s->v, &s->capacity, s->count + 1u, sizeof *s->v);

        if (v == NULL)
            return;
        s->v = v;
        s->count++;
    } else {
        at = next_random(&s->random) % s->seen;
        if (at >= s->count)
            return;
    }
    s->v[at] = (struct weiri_cut){(uint8_t)rank, key};
}

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void sort(struct weiri_reservoir *s)
{
    if (s->count > 1)
        qsort(s->v, s->count, sizeof *s->v, compare_cuts);
}

static int compare_cuts(const void *a, const void *b)
{
    const struct weiri_cut *one = a, *other = b;

    if (one->rank != other->rank)
        return one->rank < other->rank ? -1 : 1;
    return one->key < other->key ? -1 : one->key > other->key;
}

/* All of them if they fit, else quantiles: a frequent one is hit for certain. */
static uint32_t choose_cuts(struct weiri_cut *out, const struct weiri_reservoir *s, uint32_t max)
{
    uint32_t distinct = 0, count = 0;

    for (uint32_t i = 0; i < s->count; i++)
        distinct += i == 0 || compare_cuts(&s->v[i - 1], &s->v[i]) != 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const bool wanted =
            distinct <= max || (uint64_t)i * max / s->count != (uint64_t)(i + 1) * max / s->count;

        if (wanted && (count == 0 || compare_cuts(&out[count - 1], &s->v[i]) != 0))
            out[count++] = s->v[i];
    }
    return count;
}

static inline const uint64_t *cuts_of(const struct weiri_codes *codes, enum weiri_rank rank,
                                      uint32_t *count)
{
    *count = codes->first[rank + 1] - codes->first[rank] - 1u;
    return codes->cuts + (codes->first[rank] - 1u - (uint32_t)rank);
}

/* Branch-free binary search: how many cuts are not beyond the key. */
static inline uint32_t cuts_up_to(const uint64_t *cuts, uint32_t count, uint64_t key)
{
    const uint64_t *at = cuts;

    while (count > 1) {
        const uint32_t half = count / 2;

        at = at[half - 1] <= key ? at + half : at;
        count -= half;
    }
    return (uint32_t)(at - cuts) + (count == 1 && *at <= key);
}

static inline uint64_t key_of_double(double real)
{
    uint64_t bits;

    memcpy(&bits, &real, sizeof bits);
    return (bits & KEY_BITS_SIGN) != 0 ? ~bits : bits | KEY_BITS_SIGN;
}

/* Its first eight bytes, as a number. */
static inline uint64_t key_of_string(struct weir_str s)
{
    const uint8_t *p = (const uint8_t *)s.ptr;
    uint64_t key = 0;

    if (s.len >= 8)
        return (uint64_t)big_endian_32(p) << 32 | big_endian_32(p + 4);
    if (s.len >= 4) /* the rest is among the last four */
        return (uint64_t)big_endian_32(p) << 32 |
               ((uint64_t)big_endian_32(p + s.len - 4) << 8 * (8 - s.len) & UINT32_MAX);
    for (size_t i = 0; i < s.len; i++)
        key |= (uint64_t)p[i] << (56 - 8 * i);
    return key;
}

static inline uint32_t big_endian_32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* *lossless: no other value has the key. */
static inline uint64_t key_of(const struct weir_value *value, bool *lossless)
{
    const double limit = 9007199254740992.0; /* 2^53: below it no two numbers share a double */
    double real;

    *lossless = true;
    switch (value->type) {
    case WEIR_BOOL: return value->u.boolean;
    case WEIR_TIMESTAMP: return (uint64_t)value->u.integer ^ KEY_BITS_SIGN;
    case WEIR_STRING:
        *lossless = value->u.string.len < sizeof(uint64_t);
        return key_of_string(value->u.string);
    case WEIR_INT: real = (double)value->u.integer; break;
    default: real = value->u.real; break;
    }
    *lossless = real > -limit && real < limit;
    return key_of_double(real);
}

static inline enum weiri_rank rank_of(enum weir_type type)
{
    switch (type) {
    case WEIR_BOOL: return WEIRI_RANK_BOOL;
    case WEIR_TIMESTAMP: return WEIRI_RANK_TIMESTAMP;
    case WEIR_STRING: return WEIRI_RANK_STRING;
    default: return WEIRI_RANK_NUMBER;
    }
}
