/* workshop.c - what computations on domains share: the budget, the memory, joining many.
 *
 * Many domains are joined by halves, for one after the other would copy each time what there is so
 * far; and what the halves were made of is given back, so that memory is needed for one domain a
 * level and not for all. */
#include "workshop.h"

#include <weir/alloc.h>

/* What is given back is more than twice what is kept, and this: else copying is dearer. */
#define GARBAGE_MIN 2048u

typedef bool join_fn(struct weir_domain *out, const struct weir_domain *a,
                     const struct weir_domain *b, struct weiri_pool *pool);

static bool join(struct weir_domain *out, const struct weir_domain *const *v, uint32_t count,
                 join_fn *both, struct weiri_workshop *shop);
static bool unite(struct weir_domain *out, const struct weir_domain *a, const struct weir_domain *b,
                  struct weiri_pool *pool);
static bool give_back(struct weir_domain *kept, const struct weiri_pool *before,
                      struct weiri_workshop *shop);

bool weiri_spend(struct weiri_meter *meter, uint32_t steps)
{
    meter->steps += steps;
    if (meter->left < steps) {
        meter->left = 0;
        return false;
    }
    meter->left -= steps;
    return true;
}

bool weiri_is_spent(const struct weiri_workshop *shop)
{
    return shop->meter->left == 0 || (shop->memory != 0 && shop->pool->taken > shop->memory);
}

void *weiri_shop_take(struct weiri_workshop *shop, size_t count, size_t size)
{
    void *taken = weiri_pool_take(shop->pool, count, size);

    if (taken == NULL)
        shop->out_of_memory = true;
    return taken;
}

bool weiri_domains_intersect(struct weir_domain *out, const struct weir_domain *const *v,
                             uint32_t count, struct weiri_workshop *shop)
{
    return join(out, v, count, weiri_domain_intersect, shop);
}

bool weiri_domains_unite(struct weir_domain *out, const struct weir_domain *const *v,
                         uint32_t count, struct weiri_workshop *shop)
{
    return join(out, v, count, unite, shop);
}

static bool join(struct weir_domain *out, const struct weir_domain *const *v, uint32_t count,
                 join_fn *both, struct weiri_workshop *shop)
{
    const struct weiri_pool before = *shop->pool;
    struct weir_domain one, other;

    if (count == 1) {
        *out = *v[0];
        return true;
    }
    if (!join(&one, v, count / 2, both, shop) ||
        !join(&other, v + count / 2, count - count / 2, both, shop))
        return false;
    weiri_spend(shop->meter, weiri_domain_weight(&one));
    if (weiri_domain_compare(&one, &other) == 0) {
        *out = one;
        return true;
    }
    weiri_spend(shop->meter,
                WEIRI_COPY_STEPS * (weiri_domain_weight(&one) + weiri_domain_weight(&other)));
    if (!both(out, &one, &other, shop->pool)) {
        shop->out_of_memory = true;
        return false;
    }
    return give_back(out, &before, shop);
}

static bool unite(struct weir_domain *out, const struct weir_domain *a, const struct weir_domain *b,
                  struct weiri_pool *pool)
{
    bool exact;

    return weiri_domain_unite(out, &exact, a, b, pool);
}

/* Gives back what was taken since `before` but for what the domain needs. */
static bool give_back(struct weir_domain *kept, const struct weiri_pool *before,
                      struct weiri_workshop *shop)
{
    struct weiri_pool aside;
    struct weir_domain copy;

    if (shop->pool->taken - before->taken <= 2 * weiri_domain_size(kept) + GARBAGE_MIN)
        return true;
    weiri_pool_init(&aside, shop->pool->alloc);
    if (weiri_domain_copy(&copy, kept, &aside)) {
        weiri_pool_rewind(shop->pool, before);
        shop->out_of_memory = !weiri_domain_copy(kept, &copy, shop->pool);
    } else {
        shop->out_of_memory = true;
    }
    weiri_pool_fini(&aside);
    return !shop->out_of_memory;
}
