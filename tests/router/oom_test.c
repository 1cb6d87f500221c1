/* oom_test.c - allocations that fail: a step that returns WEIR_ENOMEM can be tried again and has
 * changed nothing, and what could not be said is said later. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "oom.h"
#include "random.h"

/* Fails one allocation in so many, once it is armed. */
struct flaky {
    struct weir_alloc alloc;
    struct random_source random;
    size_t one_in;
    size_t live;
};

static void *flaky_resize(void *context, void *block, size_t size)
{
    struct flaky *flaky = context;
    void *grown;

    if (flaky->one_in != 0 && random_below(&flaky->random, flaky->one_in) == 0)
        return NULL;
    grown = realloc(block, size);
    flaky->live += block == NULL && grown != NULL;
    return grown;
}

static void flaky_release(void *context, void *block)
{
    struct flaky *flaky = context;

    flaky->live -= block != NULL;
    free(block);
}

static void exchange(struct net *net, int sub, int pub, int *delivered)
{
    for (int i = 0; i < 8; i++) {
        char filter[32];

        (void)snprintf(filter, sizeof filter, "n > %d", 80 - 10 * i);
        net_subscribe(net, sub, (uint32_t)i, filter);
        net_subscribe(net, pub, (uint32_t)i, filter);
    }
    net_advertise(net, pub, 1, "n > 0");
    net_run(net);
    net_advance(net, 500);
    for (int i = 0; i < 6; i++)
        net_publish(net, pub, 100, 200);
    net_run(net);
    net_advance(net, 500);
    *delivered += 6;
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), *delivered);
    assert_int_equal(net_last(net, sub, WEIR_FRAME_DELIVER)->count, 8);
    for (uint32_t i = 0; i < 8; i++) {
        net_unsubscribe(net, sub, i);
        net_unsubscribe(net, pub, i);
    }
    net_unadvertise(net, pub, 1);
    net_run(net);
    net_advance(net, 500);
    for (int i = 0; i < 3; i++)
        assert_int_equal(weir_router_stats(net_router(net, i)).filters, 0);
}

static void steps_can_be_tried_again(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(12); seed++) {
        struct flaky flaky = {.random = {seed}};
        struct net_config config = {.seed = seed,
                                    .strategy = WEIR_STRATEGY_COVERING,
                                    .advertisements = seed % 2 == 0,
                                    .link_window = 500,
                                    .client_window = 4000,
                                    .alloc = &flaky.alloc};
        int c[2], sub, pub, delivered = 0;
        struct net *net;

        flaky.alloc = (struct weir_alloc){flaky_resize, flaky_release, &flaky};
        net = net_create(&config);
        for (int i = 0; i < 3; i++)
            (void)net_broker(net, 100);
        flaky.one_in = 10 + 7 * (seed % 10);
        c[0] = net_join(net, 0, 1);
        c[1] = net_join(net, 1, 2);
        net_run(net);
        sub = net_client(net, 2, "s");
        pub = net_client(net, 0, "p");
        exchange(net, sub, pub, &delivered);
        net_cut(net, c[1]);
        net_advance(net, 6000);
        c[1] = net_join(net, 2, 1);
        net_advance(net, 500);
        exchange(net, sub, pub, &delivered);
        assert_int_equal(net_kept(net, 0) + net_kept(net, 1), 0);
        net_destroy(net);
        assert_int_equal(flaky.live, 0);
    }
}

static void creation_fails_cleanly(void **state)
{
    struct weir_str neighbours[2] = {WEIR_STR("b"), WEIR_STR("c")};
    struct weir_router_config config = {.name = WEIR_STR("a"),
                                        .incarnation = 1,
                                        .link_window = 1,
                                        .client_window = 1,
                                        .neighbours = neighbours,
                                        .neighbour_count = 2};
    struct weir_router *router;
    struct oom oom;
    enum weir_err err;

    (void)state;
    for (size_t n = 0;; n++) {
        oom_init(&oom, n);
        err = weir_router_create(&router, &config, &oom.alloc);
        if (err == WEIR_OK)
            break;
        assert_int_equal(err, WEIR_ENOMEM);
        assert_int_equal(oom.live_count, 0);
    }
    weir_router_destroy(router);
    assert_int_equal(oom.live_count, 0);
}

static void senseless_configurations_are_refused(void **state)
{
    struct weir_str self = WEIR_STR("a"), empty = WEIR_STR("");
    const struct weir_router_config good = {
        .name = WEIR_STR("a"), .incarnation = 1, .link_window = 1, .client_window = 1};
    struct weir_router_config bad[6] = {good, good, good, good, good, good};
    struct weir_router *router = NULL;

    (void)state;
    bad[0].name = empty;
    bad[1].link_window = 0;
    bad[2].client_window = 0;
    bad[3].neighbours = &self;
    bad[3].neighbour_count = 1;
    bad[4].neighbours = &empty;
    bad[4].neighbour_count = 1;
    bad[5].strategy = (enum weir_strategy)9;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(weir_router_create(&router, &bad[i], NULL), WEIR_EINVAL);
    assert_null(router);
    assert_int_equal(weir_router_create(&router, &good, NULL), WEIR_OK);
    weir_router_destroy(router);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_can_be_tried_again),
        cmocka_unit_test(creation_fails_cleanly),
        cmocka_unit_test(senseless_configurations_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
