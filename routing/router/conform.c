/* conform.c - why a notification conforms to no advertisement of its publisher, for a person. */
#include "internal.h"

#include <weir/distance.h>

#include <stdio.h>

#define GENERIC "conforms to no acknowledged advertisement"
#define BUDGET 65536 /* steps; beyond that the reason stays general */
#define DISTANCE_MAX 2

/* ---- what advertisements say of an attribute */

struct verdict {
    bool any;                /* an advertisement is acknowledged */
    bool named, allowed;     /* one names the attribute; one allows its value too */
    struct weir_str nearest; /* a name they use that is close, or empty */
    size_t distance;
};

/* False when the budget is used up. */
static bool look_at(struct verdict *v, const struct weir_constraint *c,
                    const struct weir_attr *attr, size_t *budget)
{
    size_t a = attr->name.len, b = c->name.len;
    bool close = a <= WEIRI_DISTANCE_LEN_MAX && b <= WEIRI_DISTANCE_LEN_MAX &&
                 a < b + v->distance && b < a + v->distance;
    size_t cost = close ? 1 + a * b : 1;

    if (*budget < cost)
        return false;
    *budget -= cost;
    if (weir_str_equal(c->name, attr->name)) {
        v->named = true;
        v->allowed = v->allowed || weir_domain_has(&c->domain, &attr->value);
    } else if (close) {
        size_t d = weiri_distance(attr->name, c->name);

        if (d < v->distance && d < a) {
            v->distance = d;
            v->nearest = c->name;
        }
    }
    return true;
}

static bool judge(struct verdict *v, const struct client *client, const struct weir_attr *attr,
                  size_t *budget)
{
    *v = (struct verdict){.distance = DISTANCE_MAX + 1};
    for (const struct entry *e = client->owned[1].first; e != NULL; e = e->owner_next) {
        const struct weir_normal *normal = e->node->normal;

        if ((*budget)-- == 0)
            return false;
        if (!e->promised || e->implicit)
            continue;
        v->any = true;
        for (uint32_t i = 0; i < weir_normal_count(normal); i++) {
            const struct weir_conjunction *c = weir_normal_at(normal, i);

            for (uint32_t j = 0; j < c->constraint_count; j++) {
                if (!look_at(v, &c->constraints[j], attr, budget))
                    return false;
            }
        }
    }
    return true;
}

/* Says what is wrong with an attribute; 0 if that is not clear. */
static int complain(char *out, size_t size, const struct verdict *v, struct weir_str name)
{
    if (!v->any)
        return snprintf(out, size, "no advertisement is acknowledged yet");
    if (v->named)
        return v->allowed
                   ? 0
                   : snprintf(out, size, GENERIC ": none allows this value of attribute %.*s",
                              (int)name.len, name.ptr);
    if (name.ptr[0] == '$')
        return 0;
    if (v->nearest.len == 0)
        return snprintf(out, size, GENERIC ": attribute %.*s is in none", (int)name.len, name.ptr);
    return snprintf(out, size, GENERIC ": attribute %.*s is in none; did you mean %.*s?",
                    (int)name.len, name.ptr, (int)v->nearest.len, v->nearest.ptr);
}

void weiri_conform_explain(char *out, size_t size, const struct client *client,
                           const struct weir_notification *n)
{
    size_t budget = BUDGET;
    int len = 0;

    for (size_t i = 0; i < n->attr_count && len == 0; i++) {
        struct weir_attr attr = weir_notification_attr(n, i);
        struct verdict v;

        if (!judge(&v, client, &attr, &budget))
            break;
        len = complain(out, size, &v, attr.name);
    }
    if (len <= 0)
        (void)snprintf(out, size, GENERIC);
}
