/* algebra.c - covers, intersects and conforms over normal forms.
 *
 * `$`-attributes are stamped or unrestricted and take no part in advertisements, but for `$type`
 * where the advertisement states it.  The empty conjunction of an advertisement allows everything;
 * so do, of attributes they do not mention, the conjunctions of a wider hull, in which an
 * attribute may have been left out for being free. */
#include "conjunctions.h"

#define BUILT_IN_WORK (1u << 20)

enum role { ROLE_PLAIN, ROLE_TYPE, ROLE_STAMP };

typedef bool (*relation_fn)(const struct weir_normal *a, const struct weir_normal *b,
                            struct weiri_meter *meter);

static bool within(uint32_t *work, const struct weir_normal *a, const struct weir_normal *b,
                   relation_fn relation);
static bool covers(const struct weir_normal *wide, const struct weir_normal *narrow,
                   struct weiri_meter *meter);
static bool covers_adv(const struct weir_normal *wide, const struct weir_normal *narrow,
                       struct weiri_meter *meter);
static bool intersects(const struct weir_normal *adv, const struct weir_normal *sub,
                       struct weiri_meter *meter);
static enum role role_of(struct weir_str name);
static bool is_empty(const struct weir_conjunction *conjunction);
static bool allows(const struct weir_conjunction *wide, bool wide_is_hull,
                   const struct weir_conjunction *narrow, bool narrow_is_hull,
                   struct weiri_meter *meter);
static bool has_residuals(const struct weir_conjunction *wide,
                          const struct weir_conjunction *narrow);
static bool meets(const struct weir_conjunction *adv, bool hull, const struct weir_conjunction *sub,
                  struct weiri_meter *meter);
static bool conforms(const struct weir_conjunction *adv, bool hull,
                     const struct weir_notification *notification, struct weir_scratch *scratch);
static bool applies(const struct weir_node *node, const struct weir_notification *notification);

bool weir_normal_covers(const struct weir_normal *wide, const struct weir_normal *narrow,
                        uint32_t *work)
{
    return within(work, wide, narrow, covers);
}

bool weir_normal_covers_adv(const struct weir_normal *wide, const struct weir_normal *narrow,
                            uint32_t *work)
{
    return within(work, wide, narrow, covers_adv);
}

bool weir_normal_intersects(const struct weir_normal *adv, const struct weir_normal *sub,
                            uint32_t *work)
{
    return within(work, adv, sub, intersects);
}

bool weir_normal_conforms(const struct weir_normal *adv,
                          const struct weir_notification *notification,
                          struct weir_scratch *scratch)
{
    const bool hull = !weir_normal_is_exact(adv);

    weir_scratch_renew(scratch);
    for (uint32_t i = 0; i < weir_normal_count(adv); i++) {
        if (conforms(weir_normal_at(adv, i), hull, notification, scratch))
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
    if ((weir_normal_summary(wide) & ~weir_normal_summary(narrow)) != 0)
        return false;
    if (weir_str_equal(weir_normal_bytes(wide), weir_normal_bytes(narrow)))
        return true;
    for (uint32_t j = 0; j < weir_normal_count(narrow); j++) {
        bool covered = false;

        for (uint32_t i = 0; i < weir_normal_count(wide) && !covered; i++)
            covered =
                weiri_conjunction_covers(weir_normal_at(wide, i), weir_normal_at(narrow, j), meter);
        if (!covered)
            return false;
    }
    return true;
}

static bool covers_adv(const struct weir_normal *wide, const struct weir_normal *narrow,
                       struct weiri_meter *meter)
{
    const bool wide_is_hull = !weir_normal_is_exact(wide);
    const bool narrow_is_hull = !weir_normal_is_exact(narrow);

    if (weir_str_equal(weir_normal_bytes(wide), weir_normal_bytes(narrow)))
        return true;
    for (uint32_t j = 0; j < weir_normal_count(narrow); j++) {
        bool covered = false;

        for (uint32_t i = 0; i < weir_normal_count(wide) && !covered; i++)
            covered = allows(weir_normal_at(wide, i), wide_is_hull, weir_normal_at(narrow, j),
                             narrow_is_hull, meter);
        if (!covered)
            return false;
    }
    return true;
}

static bool intersects(const struct weir_normal *adv, const struct weir_normal *sub,
                       struct weiri_meter *meter)
{
    const bool hull = !weir_normal_is_exact(adv);

    for (uint32_t i = 0; i < weir_normal_count(adv); i++) {
        for (uint32_t j = 0; j < weir_normal_count(sub); j++) {
            if (meets(weir_normal_at(adv, i), hull, weir_normal_at(sub, j), meter))
                return true;
        }
    }
    return false;
}

static enum role role_of(struct weir_str name)
{
    if (name.len == 0 || name.ptr[0] != '$')
        return ROLE_PLAIN;
    return weir_str_equal(name, WEIR_STR("$type")) ? ROLE_TYPE : ROLE_STAMP;
}

static bool is_empty(const struct weir_conjunction *conjunction)
{
    return conjunction->constraint_count == 0 && conjunction->residual_count == 0;
}

static bool allows(const struct weir_conjunction *wide, bool wide_is_hull,
                   const struct weir_conjunction *narrow, bool narrow_is_hull,
                   struct weiri_meter *meter)
{
    if (is_empty(wide))
        return true;
    if (!weiri_spend(meter, 1 + wide->constraint_count + narrow->constraint_count) ||
        is_empty(narrow) || (narrow_is_hull && !wide_is_hull))
        return false;
    for (uint32_t i = 0; i < narrow->constraint_count; i++) {
        const struct weir_constraint *constraint = &narrow->constraints[i];
        const enum role role = role_of(constraint->name);
        const struct weir_domain *wider = weiri_conjunction_find(wide, constraint->name);

        if (role == ROLE_STAMP || (wider == NULL && (role == ROLE_TYPE || wide_is_hull)))
            continue;
        if (wider == NULL ||
            !weiri_spend(meter,
                         weiri_domain_weight(wider) + weiri_domain_weight(&constraint->domain)) ||
            !weiri_domain_includes(wider, &constraint->domain, WEIRI_KIND_PRESENT))
            return false;
    }
    for (uint32_t i = 0; i < wide->constraint_count; i++) {
        const enum role role = role_of(wide->constraints[i].name);
        const bool free_in_narrow = role == ROLE_TYPE || (role == ROLE_PLAIN && narrow_is_hull);

        if (free_in_narrow && weiri_conjunction_find(narrow, wide->constraints[i].name) == NULL)
            return false;
    }
    return has_residuals(wide, narrow);
}

static bool has_residuals(const struct weir_conjunction *wide,
                          const struct weir_conjunction *narrow)
{
    for (uint32_t i = 0; i < wide->residual_count; i++) {
        bool found = false;

        for (uint32_t j = 0; j < narrow->residual_count && !found; j++)
            found = weir_str_equal(wide->residuals[i].text, narrow->residuals[j].text);
        if (!found)
            return false;
    }
    return true;
}

static bool meets(const struct weir_conjunction *adv, bool hull, const struct weir_conjunction *sub,
                  struct weiri_meter *meter)
{
    if (is_empty(adv))
        return true;
    for (uint32_t i = 0; i < sub->constraint_count; i++) {
        const struct weir_constraint *constraint = &sub->constraints[i];
        const enum role role = role_of(constraint->name);
        const struct weir_domain *allowed = weiri_conjunction_find(adv, constraint->name);

        if (role == ROLE_STAMP || (constraint->domain.kinds & WEIR_KIND_ABSENT) != 0)
            continue;
        if (allowed == NULL && (role == ROLE_TYPE || hull))
            continue;
        if (allowed == NULL)
            return false;
        if (!weiri_spend(meter,
                         weiri_domain_weight(allowed) + weiri_domain_weight(&constraint->domain)))
            return true;
        if (!weiri_domain_meets(allowed, &constraint->domain, WEIRI_KIND_PRESENT))
            return false;
    }
    return true;
}

static bool conforms(const struct weir_conjunction *adv, bool hull,
                     const struct weir_notification *notification, struct weir_scratch *scratch)
{
    if (is_empty(adv))
        return true;
    for (size_t i = 0; i < notification->attr_count; i++) {
        const struct weir_attr attr = weir_notification_attr(notification, i);
        const struct weir_domain *allowed = weiri_conjunction_find(adv, attr.name);

        if (allowed == NULL && !hull && role_of(attr.name) == ROLE_PLAIN)
            return false;
        if (allowed != NULL && role_of(attr.name) != ROLE_STAMP &&
            !weir_domain_has(allowed, &attr.value))
            return false;
    }
    for (uint32_t i = 0; i < adv->residual_count; i++) {
        const struct weir_node *node = adv->residuals[i].node;

        if (applies(node, notification) && weir_node_eval(node, notification, scratch) != WEIR_TRUE)
            return false;
    }
    return true;
}

/* A residual restricts only notifications that have all its attributes. */
static bool applies(const struct weir_node *node, const struct weir_notification *notification)
{
    struct weir_value value;

    if (node->kind == WEIR_NODE_ATTR)
        return role_of(node->text) != ROLE_STAMP &&
               weir_notification_find(notification, node->text, &value);
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (!applies(node->child[i], notification))
            return false;
    }
    return true;
}
