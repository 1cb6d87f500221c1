/* sample.c - forms measured on a sample of notifications, and how far such a measure can be
 * trusted.
 *
 * A share is within a bound when the bound is above what was measured by at least z standard
 * deviations of a sample of that size, were the bound the true share: Wilson's interval (E. B.
 * Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927)
 * is made of just the shares for which that is not so, and its ends are found by halving. */
#include "sample.h"

#include <assert.h>
#include <string.h>

#include "advertised.h"

#define Z_SQUARED (2.576 * 2.576)
#define BUILT_IN_WORK (1u << 26)

/* Steps for what is not a look at a set of values: bytes a step passes over, and units of the
 * budget of MATCHES. */
#define BYTES_PER_STEP 16u
#define UNITS_PER_STEP 8u

static bool matches(enum weir_filter_role role, const struct weir_conjunction *conjunction,
                    const struct weir_notification *notification, struct weir_scratch *scratch,
                    struct weiri_meter *meter);
static uint32_t scans(const struct weir_conjunction *conjunction);
static uint32_t count_bits(uint64_t word);
static bool beyond_doubt(const struct weir_share *share, double bound);
static double end_between(const struct weir_share *share, double outside);

bool weir_sample_match(uint64_t *bits, const struct weir_normal *form,
                       const struct weir_sample *sample, uint32_t *work)
{
    struct weiri_meter meter = {work != NULL ? *work : BUILT_IN_WORK, 0};
    bool done = true;

    assert(sample->count <= WEIR_SAMPLE_MAX);
    memset(bits, 0, WEIR_SAMPLE_WORDS(sample->count) * sizeof *bits);
    for (uint32_t i = 0; i < weir_normal_count(form) && done; i++)
        done =
            weiri_sample_add(bits, weir_normal_role(form), weir_normal_at(form, i), sample, &meter);
    if (work != NULL)
        *work = meter.left;
    return done;
}

bool weir_normal_measure(struct weir_share *out, const struct weir_normal *form,
                         const uint64_t *wanted, const struct weir_sample *sample, uint32_t *work)
{
    struct weir_share share = {0, 0};
    uint32_t built_in = BUILT_IN_WORK;

    if (work == NULL)
        work = &built_in;
    assert(sample->count <= WEIR_SAMPLE_MAX);
    for (uint32_t i = 0; i < sample->count; i += 64) {
        const uint32_t left = sample->count - i;
        const struct weir_sample part = {sample->v + i, left < 64 ? left : 64, sample->scratch};
        struct weir_share one;
        uint64_t bits;

        if (!weir_sample_match(&bits, form, &part, work))
            return false;
        one = weiri_sample_share(&bits, NULL, &wanted[i / 64], 1);
        share.matched += one.matched;
        share.unwanted += one.unwanted;
    }
    *out = share;
    return true;
}

double weir_share_low(const struct weir_share *share)
{
    return end_between(share, 0);
}

double weir_share_high(const struct weir_share *share)
{
    return end_between(share, 1);
}

bool weir_share_within(const struct weir_share *share, double epsilon)
{
    return share->matched > 0 && epsilon > 0 &&
           (double)share->unwanted <= epsilon * share->matched && beyond_doubt(share, epsilon);
}

bool weiri_sample_add(uint64_t *bits, enum weir_filter_role role,
                      const struct weir_conjunction *conjunction, const struct weir_sample *sample,
                      struct weiri_meter *meter)
{
    const uint32_t each = 1 + conjunction->constraint_count, scanned = scans(conjunction);

    for (uint32_t i = 0; i < sample->count; i++) {
        const uint64_t bit = UINT64_C(1) << i % 64;

        if ((bits[i / 64] & bit) != 0)
            continue;
        if (!weiri_spend(meter, each + scanned * (1 + sample->v[i].size / BYTES_PER_STEP)))
            return false;
        if (matches(role, conjunction, &sample->v[i], sample->scratch, meter))
            bits[i / 64] |= bit;
    }
    return true;
}

struct weir_share weiri_sample_share(const uint64_t *bits, const uint64_t *more,
                                     const uint64_t *wanted, size_t words)
{
    struct weir_share share = {0, 0};

    for (size_t i = 0; i < words; i++) {
        const uint64_t matched = more != NULL ? bits[i] | more[i] : bits[i];

        share.matched += count_bits(matched);
        share.unwanted += count_bits(matched & ~wanted[i]);
    }
    return share;
}

static bool matches(enum weir_filter_role role, const struct weir_conjunction *conjunction,
                    const struct weir_notification *notification, struct weir_scratch *scratch,
                    struct weiri_meter *meter)
{
    uint32_t before;
    bool found;

    weir_scratch_renew(scratch);
    before = weiri_scratch_budget(scratch);
    if (role == WEIR_ROLE_SUBSCRIPTION)
        found = weir_conjunction_eval(conjunction, notification, scratch) != WEIR_FALSE;
    else
        found = weiri_advertised_conforms(conjunction, notification, scratch);
    weiri_spend(meter, (before - weiri_scratch_budget(scratch)) / UNITS_PER_STEP);
    return found;
}

/* How many times an evaluation may walk over a string. */
static uint32_t scans(const struct weir_conjunction *conjunction)
{
    uint32_t count = conjunction->residual_count;

    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        const struct weir_domain *domain = &conjunction->constraints[i].domain;

        count += domain->contains.count + domain->contains_not.count + domain->ends.count +
                 domain->ends_not.count;
    }
    return count;
}

static uint32_t count_bits(uint64_t word)
{
    uint32_t count = 0;

    for (; word != 0; word &= word - 1)
        count++;
    return count;
}

/* With the bound for the true share, would a sample be as far from it in one of 200 cases only? */
static bool beyond_doubt(const struct weir_share *share, double bound)
{
    const double count = share->matched, distance = bound * count - share->unwanted;

    return distance * distance >= Z_SQUARED * count * bound * (1 - bound);
}

/* The end of the interval that lies between what was measured and `outside`: of two neighbours the
 * one without.  No end but 0 is below 1 / 2^36, so there are less than 100 halvings. */
static double end_between(const struct weir_share *share, double outside)
{
    double inside;

    if (share->matched == 0)
        return outside;
    inside = (double)share->unwanted / share->matched;
    for (;;) {
        const double middle = inside + (outside - inside) / 2;

        if (middle == inside || middle == outside)
            return outside;
        if (beyond_doubt(share, middle))
            outside = middle;
        else
            inside = middle;
    }
}
