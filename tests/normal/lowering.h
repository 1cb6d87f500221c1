/* lowering.h - texts as disjunctions of conjunctions, with any budget, before they are encoded. */
#ifndef TESTS_NORMAL_LOWERING_H
#define TESTS_NORMAL_LOWERING_H

#include "support.h"

#include "lower.h"

struct lowered {
    struct weir_filter *filter;
    struct weiri_pool pool;
    struct weiri_meter meter;
    struct weiri_workshop shop;
    struct weiri_disjunction d;
    bool exact;
};

static inline void must_lower(struct lowered *l, const char *text, enum weir_filter_role role,
                              uint32_t work)
{
    *l = (struct lowered){.filter = must_compile(text), .meter = {.left = work}};
    weiri_pool_init(&l->pool, NULL);
    l->shop = (struct weiri_workshop){.pool = &l->pool, .meter = &l->meter, .role = role};
    assert_true(weiri_lower(&l->d, &l->exact, weir_filter_tree(l->filter), &l->shop, NULL));
}

static inline void lowered_fini(struct lowered *l)
{
    weiri_pool_fini(&l->pool);
    weir_filter_destroy(l->filter);
}

/* Conjunctions with a bar between them. */
static inline void print_conjunctions(char *out, size_t size, const struct weir_conjunction *v,
                                      uint32_t count)
{
    size_t len = 0;

    out[0] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        len += (size_t)snprintf(out + len, size - len, "%s", i > 0 ? " | " : "");
        len += weir_conjunction_print(out + len, size - len, &v[i]);
        assert_true(len < size);
    }
}

#endif /* TESTS_NORMAL_LOWERING_H */
