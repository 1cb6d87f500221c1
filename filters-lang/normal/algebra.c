/* algebra.c - covers, intersects and conforms over normal forms. */
#include <assert.h>

#include "advertised.h"

#define BUILT_IN_WORK 4096u

typedef bool (*relation_fn)(const struct weir_normal *a, const struct weir_normal *b,
                            struct weiri_meter *meter);

static bool within(uint32_t *work, const struct weir_normal *a, const struct weir_normal *b,
                   relation_fn relation);
static bool covers(const struct weir_normal *wide, const struct weir_normal *narrow,
                   struct weiri_meter *meter);
static bool intersects(const struct weir_normal *adv, const struct weir_normal *sub,
                       struct weiri_meter *meter);
static bool meets(const struct weir_conjunction *adv, const struct weir_conjunction *sub,
                  struct weiri_meter *meter);

bool weir_normal_covers(const struct weir_normal *wide, const struct weir_normal *narrow,
                        uint32_t *work)
{
    assert(weir_normal_role(wide) == weir_normal_role(narrow));
    return within(work, wide, narrow, covers);
}

bool weir_normal_intersects(const struct weir_normal *adv, const struct weir_normal *sub,
                            uint32_t *work)
{
    assert(weir_normal_role(adv) == WEIR_ROLE_ADVERTISEMENT);
    assert(weir_normal_role(sub) == WEIR_ROLE_SUBSCRIPTION);
    return within(work, adv, sub, intersects);
}

bool weir_normal_conforms(const struct weir_normal *adv,
                          const struct weir_notification *notification,
                          struct weir_scratch *scratch)
{
    assert(weir_normal_role(adv) == WEIR_ROLE_ADVERTISEMENT);
    weir_scratch_renew(scratch);
    for (uint32_t i = 0; i < weir_normal_count(adv); i++) {
        if (weiri_advertised_conforms(weir_normal_at(adv, i), notification, scratch))
            return true;
    }
    return false;
}

static bool within(uint32_t *work, const struct weir_normal *a, const struct weir_normal *b,
                   relation_fn relation)
{
    struct weiri_meter meter = {work != NULL ? *work : BUILT_IN_WORK, 0};
    const bool holds = relation(a, b, &meter);

    if (work != NULL)
        *work = meter.left;
    return holds;
}

static bool covers(const struct weir_normal *wide, const struct weir_normal *narrow,
                   struct weiri_meter *meter)
{
    bool (*const one_covers)(const struct weir_conjunction *, const struct weir_conjunction *,
                             struct weiri_meter *) =
        weir_normal_role(wide) == WEIR_ROLE_SUBSCRIPTION ? weiri_conjunction_covers
                                                         : weiri_advertised_covers;

    if ((weir_normal_summary(wide) & ~weir_normal_summary(narrow)) != 0)
        return false;
    if (weir_str_equal(weir_normal_bytes(wide), weir_normal_bytes(narrow)))
        return true;
    for (uint32_t j = 0; j < weir_normal_count(narrow); j++) {
        bool covered = false;

        for (uint32_t i = 0; i < weir_normal_count(wide) && !covered && meter->left > 0; i++)
            covered = one_covers(weir_normal_at(wide, i), weir_normal_at(narrow, j), meter);
        if (!covered)
            return false;
    }
    return true;
}

static bool intersects(const struct weir_normal *adv, const struct weir_normal *sub,
                       struct weiri_meter *meter)
{
    for (uint32_t i = 0; i < weir_normal_count(adv); i++) {
        for (uint32_t j = 0; j < weir_normal_count(sub); j++) {
            if (meets(weir_normal_at(adv, i), weir_normal_at(sub, j), meter))
                return true;
        }
    }
    return false;
}

static bool meets(const struct weir_conjunction *adv, const struct weir_conjunction *sub,
                  struct weiri_meter *meter)
{
    if (weiri_advertised_is_empty(adv))
        return true;
    for (uint32_t i = 0; i < sub->constraint_count; i++) {
        const struct weir_constraint *constraint = &sub->constraints[i];
        const struct weir_domain *allowed;

        if (!weiri_advertised_speaks_of(constraint->name) ||
            (constraint->domain.kinds & WEIR_KIND_ABSENT) != 0)
            continue;
        allowed = weiri_conjunction_find(adv, constraint->name);
        if (allowed == NULL && weiri_advertised_restricts(constraint->name))
            return false;
        if (allowed == NULL)
            continue;
        if (!weiri_spend(meter, weiri_domain_effort(allowed, &constraint->domain)))
            return true;
        if (!weiri_domain_meets(allowed, &constraint->domain, WEIRI_KIND_PRESENT))
            return false;
    }
    return true;
}
