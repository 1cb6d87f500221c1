/* decode.c - reads untrusted bytes into conjunctions; see codec.h for the layout.
 *
 * Only what is needed for safety is checked here: that counts are covered by bytes, that texts are
 * texts, and that intervals are in order.  Whether the form is canonical is seen by encoding it
 * again.  Conjunctions of a product have large sets and long lists of residuals in common; bytes
 * that came before become what they became then. */
#include <string.h>

#include "codec.h"

/* A text of a filter, or the one that follows all texts that begin with it. */
#define TEXT_LEN_MAX (WEIR_FILTER_TEXT_MAX + 4u)

/* Shorter ones are not worth the search. */
#define SHARED_SIZE_MIN 32u
#define SHARED_SLOTS 256u

/* The place of a domain, or of residuals, and what was made of it. */
struct shared {
    const uint8_t *begin;
    size_t size;
    const struct weir_domain *domain;
    const struct weir_residual *residuals;
};

struct decoder {
    struct weiri_reader r;
    struct weiri_pool *pool;
    struct weir_residual *residuals;
    uint32_t residual_count;
    enum weir_err err; /* what was wrong, if it is not plainly malformed */
    struct shared shared[SHARED_SLOTS];
};

static void read_residuals(struct decoder *d, weiri_residual_fn residual, void *context);
static void read_conjunctions(struct decoder *d, struct weiri_decoded *out);
static void read_conjunction(struct decoder *d, struct weir_conjunction *conjunction);
static void read_shared_domain(struct decoder *d, struct weir_domain *domain);
static void read_shared_residuals(struct decoder *d, struct weir_conjunction *conjunction);
static const struct shared *find_shared(struct decoder *d, const struct shared *made);
static void read_domain(struct decoder *d, struct weir_domain *domain);
static void read_intervals(struct decoder *d, struct weir_intervals *set, uint32_t kind);
static void read_interval(struct decoder *d, struct weir_interval *interval, uint32_t kind);
static struct weir_value read_value(struct decoder *d, uint32_t kind);
static void read_list(struct decoder *d, struct weir_strings *list);
static struct weir_str read_text(struct decoder *d, size_t len, size_t len_max);
static void *take(struct decoder *d, size_t count, size_t bytes_each, size_t size);
static void fail(struct decoder *d, enum weir_err err);

enum weir_err weiri_decode(struct weiri_decoded *out, struct weir_str bytes,
                           struct weiri_pool *pool, weiri_residual_fn residual, void *context)
{
    struct decoder d = {.pool = pool};
    struct weiri_decoded decoded = {0};
    uint8_t version, flags;

    if (bytes.len > WEIR_NORMAL_SIZE_MAX)
        return WEIR_ELIMIT;
    weiri_reader_init(&d.r, (const uint8_t *)bytes.ptr, bytes.len);
    version = weiri_reader_u8(&d.r);
    flags = weiri_reader_u8(&d.r);
    if (d.r.failed || (flags & ~(WEIRI_FLAG_EXACT | WEIRI_FLAG_ADVERTISEMENT)) != 0)
        return WEIR_EMALFORMED;
    if (version != 1)
        return WEIR_EVERSION;
    decoded.exact = (flags & WEIRI_FLAG_EXACT) != 0;
    decoded.role =
        (flags & WEIRI_FLAG_ADVERTISEMENT) != 0 ? WEIR_ROLE_ADVERTISEMENT : WEIR_ROLE_SUBSCRIPTION;
    read_residuals(&d, residual, context);
    read_conjunctions(&d, &decoded);
    if (d.err != WEIR_OK)
        return d.err;
    if (!weiri_reader_done(&d.r) || (decoded.conjunction_count == 0 && !decoded.exact))
        return WEIR_EMALFORMED;
    *out = decoded;
    return WEIR_OK;
}

static void read_residuals(struct decoder *d, weiri_residual_fn residual, void *context)
{
    uint32_t count = weiri_reader_u16(&d->r);

    if (count > WEIR_FILTER_LEAVES_MAX)
        fail(d, WEIR_ELIMIT);
    d->residuals = take(d, count, 2, sizeof *d->residuals);
    for (uint32_t i = 0; i < count && !d->r.failed; i++) {
        enum weir_err err;

        d->residuals[i].text = read_text(d, weiri_reader_u16(&d->r), WEIR_FILTER_PRINTED_MAX);
        if (d->r.failed)
            break;
        err = residual(context, &d->residuals[i]);
        if (err != WEIR_OK)
            fail(d, err);
        d->residual_count++;
    }
}

static void read_conjunctions(struct decoder *d, struct weiri_decoded *out)
{
    uint32_t count = weiri_reader_u16(&d->r);

    if (count > WEIR_CONJUNCTIONS_MAX)
        fail(d, WEIR_ELIMIT);
    out->conjunctions = take(d, count, 4, sizeof *out->conjunctions);
    for (uint32_t i = 0; i < count && !d->r.failed; i++) {
        read_conjunction(d, &out->conjunctions[i]);
        out->conjunction_count++;
    }
}

static void read_conjunction(struct decoder *d, struct weir_conjunction *conjunction)
{
    const uint32_t count = weiri_reader_u16(&d->r);
    struct weir_constraint *constraints = take(d, count, 2, sizeof *constraints);

    for (uint32_t i = 0; i < count && !d->r.failed; i++) {
        constraints[i].name = read_text(d, weiri_reader_u8(&d->r), WEIR_NAME_LEN_MAX);
        if (constraints[i].name.len == 0 ||
            (i > 0 && weir_str_compare(constraints[i - 1].name, constraints[i].name) >= 0))
            weiri_reader_fail(&d->r);
        read_shared_domain(d, &constraints[i].domain);
    }
    *conjunction = (struct weir_conjunction){.constraints = constraints, .constraint_count = count};
    read_shared_residuals(d, conjunction);
}

static void read_shared_domain(struct decoder *d, struct weir_domain *domain)
{
    const struct weiri_pool before = *d->pool;
    struct shared made = {.begin = d->r.next, .domain = domain};
    const struct shared *same;

    read_domain(d, domain);
    made.size = (size_t)(d->r.next - made.begin);
    same = find_shared(d, &made);
    if (same == NULL)
        return;
    weiri_pool_rewind(d->pool, &before);
    *domain = *same->domain;
}

static void read_shared_residuals(struct decoder *d, struct weir_conjunction *conjunction)
{
    const struct weiri_pool before = *d->pool;
    struct shared made = {.begin = d->r.next};
    const uint32_t count = weiri_reader_u16(&d->r);
    struct weir_residual *chosen = take(d, count, 2, sizeof *chosen);
    const struct shared *same;

    for (uint32_t i = 0; i < count && !d->r.failed; i++) {
        uint32_t index = weiri_reader_u16(&d->r);

        if (index >= d->residual_count)
            weiri_reader_fail(&d->r);
        else
            chosen[i] = d->residuals[index];
    }
    conjunction->residuals = chosen;
    conjunction->residual_count = count;
    made.size = (size_t)(d->r.next - made.begin);
    made.residuals = chosen;
    same = find_shared(d, &made);
    if (same == NULL)
        return;
    weiri_pool_rewind(d->pool, &before);
    conjunction->residuals = same->residuals;
}

/* What was made of the same bytes before; NULL if nothing, and then `made` is remembered. */
static const struct shared *find_shared(struct decoder *d, const struct shared *made)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    struct shared *slot;

    if (d->r.failed || made->size < SHARED_SIZE_MIN)
        return NULL;
    for (size_t i = 0; i < made->size; i++)
        hash = (hash ^ made->begin[i]) * 16777619u;
    slot = &d->shared[(hash ^ hash >> 16) % SHARED_SLOTS];
    if (slot->size == made->size && memcmp(slot->begin, made->begin, made->size) == 0 &&
        (slot->domain != NULL) == (made->domain != NULL))
        return slot;
    *slot = *made;
    return NULL;
}

static void read_domain(struct decoder *d, struct weir_domain *domain)
{
    *domain = (struct weir_domain){.kinds = weiri_reader_u8(&d->r)};
    if ((domain->kinds & ~WEIR_KIND_ALL) != 0)
        weiri_reader_fail(&d->r);
    if ((domain->kinds & WEIRI_KIND_NUMBER) != 0)
        read_intervals(d, &domain->numbers, WEIRI_KIND_NUMBER);
    if ((domain->kinds & WEIR_KIND_TIMESTAMP) != 0)
        read_intervals(d, &domain->timestamps, WEIR_KIND_TIMESTAMP);
    if ((domain->kinds & WEIR_KIND_STRING) != 0) {
        read_intervals(d, &domain->strings, WEIR_KIND_STRING);
        read_list(d, &domain->contains);
        read_list(d, &domain->ends);
        read_list(d, &domain->contains_not);
        read_list(d, &domain->ends_not);
    }
}

static void read_intervals(struct decoder *d, struct weir_intervals *set, uint32_t kind)
{
    uint32_t count = weiri_reader_u16(&d->r);
    struct weir_interval *v = take(d, count, 1, sizeof *v);

    if (count == 0)
        weiri_reader_fail(&d->r);
    for (uint32_t i = 0; i < count && !d->r.failed; i++) {
        read_interval(d, &v[i], kind);
        if (!d->r.failed && !weiri_interval_follows(&v[i], i > 0 ? &v[i - 1] : NULL))
            weiri_reader_fail(&d->r);
    }
    *set = (struct weir_intervals){v, count};
}

static void read_interval(struct decoder *d, struct weir_interval *interval, uint32_t kind)
{
    const uint32_t ends = weiri_reader_u8(&d->r);

    *interval = (struct weir_interval){.low = {.bounded = false}, .high = {.bounded = false}};
    if (ends == WEIRI_END_POINT) {
        interval->low = (struct weir_end){true, true, read_value(d, kind)};
        interval->high = interval->low;
        return;
    }
    if (ends >= WEIRI_END_POINT ||
        (ends & (WEIRI_END_LOW | WEIRI_END_LOW_CLOSED)) == WEIRI_END_LOW_CLOSED ||
        (ends & (WEIRI_END_HIGH | WEIRI_END_HIGH_CLOSED)) == WEIRI_END_HIGH_CLOSED ||
        (kind == WEIR_KIND_STRING && (ends & WEIRI_END_LOW) == 0))
        weiri_reader_fail(&d->r);
    if ((ends & WEIRI_END_LOW) != 0)
        interval->low =
            (struct weir_end){true, (ends & WEIRI_END_LOW_CLOSED) != 0, read_value(d, kind)};
    if ((ends & WEIRI_END_HIGH) != 0)
        interval->high =
            (struct weir_end){true, (ends & WEIRI_END_HIGH_CLOSED) != 0, read_value(d, kind)};
}

static struct weir_value read_value(struct decoder *d, uint32_t kind)
{
    struct weir_value value;

    if (kind == WEIR_KIND_STRING)
        return weir_value_string(read_text(d, weiri_reader_u16(&d->r), TEXT_LEN_MAX));
    if (kind == WEIR_KIND_TIMESTAMP)
        return weir_value_timestamp(weiri_int64_of_bits(weiri_reader_u64(&d->r)));
    switch (weiri_reader_u8(&d->r)) {
    case WEIR_INT: return weir_value_int(weiri_int64_of_bits(weiri_reader_u64(&d->r)));
    case WEIR_DOUBLE:
        value = weir_value_double(weiri_double_of_bits(weiri_reader_u64(&d->r)));
        if (weir_value_check(&value) != WEIR_OK || weir_domain_value(value).type != WEIR_DOUBLE)
            break;
        return value;
    default: break;
    }
    weiri_reader_fail(&d->r);
    return weir_value_int(0);
}

static void read_list(struct decoder *d, struct weir_strings *list)
{
    uint32_t count = weiri_reader_u16(&d->r);
    struct weir_str *v = take(d, count, 2, sizeof *v);
    size_t total = 0;

    for (uint32_t i = 0; i < count && !d->r.failed; i++) {
        v[i] = read_text(d, weiri_reader_u16(&d->r), WEIR_FILTER_TEXT_MAX);
        total += v[i].len;
        if (v[i].len == 0 || total > WEIR_FILTER_TEXT_MAX ||
            (i > 0 && weir_str_compare(v[i - 1], v[i]) >= 0))
            weiri_reader_fail(&d->r);
    }
    *list = (struct weir_strings){v, count};
}

static struct weir_str read_text(struct decoder *d, size_t len, size_t len_max)
{
    struct weir_str text = weiri_reader_bytes(&d->r, len);

    if (text.len > len_max || !weir_str_is_text(text))
        weiri_reader_fail(&d->r);
    return text;
}

/* Room for `count` things that take at least `bytes_each` of what is left to read. */
static void *take(struct decoder *d, size_t count, size_t bytes_each, size_t size)
{
    void *taken;

    if (count * bytes_each > weiri_reader_left(&d->r)) {
        weiri_reader_fail(&d->r);
        return NULL;
    }
    taken = weiri_pool_take(d->pool, count, size);
    if (taken == NULL)
        fail(d, WEIR_ENOMEM);
    return taken;
}

static void fail(struct decoder *d, enum weir_err err)
{
    if (d->err == WEIR_OK && !d->r.failed)
        d->err = err;
    weiri_reader_fail(&d->r);
}
