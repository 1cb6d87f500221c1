/* advertised.c - what conjunctions of advertisements allow, and their canonical form.
 *
 * A conjunction whose attributes are all dropped allows just what has no attributes.  As an empty
 * one would allow everything, it lists one that no advertisement speaks of. */
#include "advertised.h"

#include <string.h>

#define ONLY_STAMPS WEIR_STR("$id")

static bool allows_all(const struct weir_node *node, bool negated);
static bool allows_attributes(const struct weir_conjunction *adv,
                              const struct weir_notification *notification,
                              struct weir_scratch *scratch);
static bool settle_type(struct weir_domain *domain);
static bool applies(const struct weir_node *node, const struct weir_notification *notification);
static bool binds(const struct weir_node *node, bool typed);

bool weiri_advertised_is_empty(const struct weir_conjunction *conjunction)
{
    return conjunction->constraint_count == 0 && conjunction->residual_count == 0;
}

bool weiri_advertised_restricts(struct weir_str name)
{
    return name.len == 0 || name.ptr[0] != '$';
}

bool weiri_advertised_speaks_of(struct weir_str name)
{
    return weiri_advertised_restricts(name) || weir_str_equal(name, WEIR_STR("$type"));
}

bool weiri_advertised_covers(const struct weir_conjunction *wide,
                             const struct weir_conjunction *narrow, struct weiri_meter *meter)
{
    if (weiri_advertised_is_empty(wide))
        return true;
    if (!weiri_spend(meter, 1 + wide->constraint_count + narrow->constraint_count) ||
        weiri_advertised_is_empty(narrow))
        return false;
    for (uint32_t i = 0; i < narrow->constraint_count; i++) {
        const struct weir_constraint *constraint = &narrow->constraints[i];
        const struct weir_domain *wider = weiri_conjunction_find(wide, constraint->name);

        if (wider == NULL && !weiri_advertised_restricts(constraint->name))
            continue;
        if (wider == NULL || !weiri_spend(meter, weiri_domain_effort(wider, &constraint->domain)) ||
            !weiri_domain_includes(wider, &constraint->domain,
                                   weiri_advertised_restricts(constraint->name) ? WEIRI_KIND_PRESENT
                                                                                : WEIR_KIND_STRING))
            return false;
    }
    for (uint32_t i = 0; i < wide->constraint_count; i++) {
        const struct weir_str name = wide->constraints[i].name;

        if (weiri_advertised_speaks_of(name) && !weiri_advertised_restricts(name) &&
            weiri_conjunction_find(narrow, name) == NULL)
            return false;
    }
    return weiri_residuals_within(wide, narrow);
}

static bool allows_attributes(const struct weir_conjunction *adv,
                              const struct weir_notification *notification,
                              struct weir_scratch *scratch)
{
    uint64_t steps = weiri_scratch_steps(scratch);
    enum weir_truth truth = WEIR_TRUE;

    for (size_t i = 0; i < notification->attr_count && truth == WEIR_TRUE; i++) {
        const struct weir_attr attr = weir_notification_attr(notification, i);
        const struct weir_domain *allowed = weiri_conjunction_find(adv, attr.name);

        if (allowed != NULL)
            truth = weiri_domain_decide(allowed, &attr.value, &steps);
        else if (weiri_advertised_restricts(attr.name))
            truth = WEIR_FALSE;
    }
    weiri_scratch_leave(scratch, steps, truth);
    return truth == WEIR_TRUE;
}

bool weiri_advertised_conforms(const struct weir_conjunction *adv,
                               const struct weir_notification *notification,
                               struct weir_scratch *scratch)
{
    if (weiri_advertised_is_empty(adv))
        return true;
    if (!allows_attributes(adv, notification, scratch))
        return false;
    for (uint32_t i = 0; i < adv->residual_count; i++) {
        const struct weir_node *node = adv->residuals[i].node;

        if (applies(node, notification) && weir_node_eval(node, notification, scratch) != WEIR_TRUE)
            return false;
    }
    return true;
}

bool weiri_advertised_settle(struct weir_conjunction *out, const struct weir_conjunction *in,
                             struct weiri_workshop *shop)
{
    const uint32_t room = in->constraint_count + 1;
    struct weir_constraint *v = weiri_shop_take(shop, room, sizeof *v);
    struct weir_residual *residuals = weiri_shop_take(shop, in->residual_count, sizeof *residuals);
    uint32_t count = 0, residual_count = 0;
    bool typed = true;

    if (v == NULL || residuals == NULL)
        return false;
    for (uint32_t i = 0; i < in->constraint_count; i++) {
        const struct weir_constraint *constraint = &in->constraints[i];

        if (!weiri_advertised_speaks_of(constraint->name))
            continue;
        v[count] = *constraint;
        if (weiri_advertised_restricts(constraint->name)) {
            v[count].domain.kinds &= WEIRI_KIND_PRESENT;
            count += !weiri_domain_is_empty(&v[count].domain);
        } else {
            const bool says = settle_type(&v[count].domain);

            typed = (v[count].domain.kinds & WEIR_KIND_STRING) != 0;
            count += says;
        }
    }
    for (uint32_t i = 0; i < in->residual_count; i++) {
        if (binds(in->residuals[i].node, typed))
            residuals[residual_count++] = in->residuals[i];
    }
    if (count == 0 && !weiri_advertised_is_empty(in)) {
        v[count].name = ONLY_STAMPS;
        v[count++].domain = weiri_domain_of_kinds(WEIRI_KIND_PRESENT);
    }
    *out = (struct weir_conjunction){v, count, residuals, residual_count};
    return true;
}

/* `$type` is a string, if it is there; so "a bool" says that it is not.  False where it
 * may be any string. */
static bool settle_type(struct weir_domain *domain)
{
    const struct weir_domain strings = weiri_domain_of_kinds(WEIR_KIND_STRING);

    if ((domain->kinds & WEIR_KIND_STRING) == 0) {
        *domain = weiri_domain_of_kinds(WEIRI_KIND_BOOL);
        return true;
    }
    *domain = weiri_domain_part(domain, WEIR_KIND_STRING);
    return !weiri_domain_includes(domain, &strings, WEIR_KIND_STRING);
}

bool weiri_advertised_allows_all(const struct weir_node *tree)
{
    return allows_all(tree, false);
}

/* A conjunction without predicates is one that holds where no predicate does. */
static bool allows_all(const struct weir_node *node, bool negated)
{
    const bool joins = node->kind == (negated ? WEIR_NODE_OR : WEIR_NODE_AND);

    switch (node->kind) {
    case WEIR_NODE_CONSTANT: return node->truth == (negated ? WEIR_FALSE : WEIR_TRUE);
    case WEIR_NODE_NOT: return allows_all(node->child[0], !negated);
    case WEIR_NODE_AND:
    case WEIR_NODE_OR:
        for (uint32_t i = 0; i < node->child_count; i++) {
            if (allows_all(node->child[i], negated) != joins)
                return !joins;
        }
        return joins;
    default: return false;
    }
}

/* False of a residual over an attribute that is never there to be looked at. */
static bool binds(const struct weir_node *node, bool typed)
{
    if (node->kind == WEIR_NODE_ATTR)
        return typed ? weiri_advertised_speaks_of(node->text)
                     : weiri_advertised_restricts(node->text);
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (!binds(node->child[i], typed))
            return false;
    }
    return true;
}

/* A residual restricts only notifications that have all its attributes. */
static bool applies(const struct weir_node *node, const struct weir_notification *notification)
{
    struct weir_value value;

    if (node->kind == WEIR_NODE_ATTR)
        return weir_notification_find(notification, node->text, &value);
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (!applies(node->child[i], notification))
            return false;
    }
    return true;
}
