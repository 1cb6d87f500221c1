/* promise_test.c - answers that must come, answers that must not come too early, and the gaps
 * around them: links that flap, refuse and close cycles, and neighbours that are slow. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct net_config plain = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
static const struct net_config advertising = {
    .seed = 1, .strategy = WEIR_STRATEGY_COVERING, .advertisements = true};
static const struct net_config listed = {
    .seed = 1, .strategy = WEIR_STRATEGY_COVERING, .listed = true, .hold_ms = 5000};

/* The withdrawal of a filter that covers many waits for the next step, and the filter returns
 * before that. */
static void a_filter_back_before_its_withdrawal_is_promised(void **state)
{
    struct net *net = net_create(&plain);
    int a = net_broker(net, 100), b = net_broker(net, 100);
    int sub, other;

    (void)state;
    (void)net_join(net, a, b);
    net_run(net);
    sub = net_client(net, b, "s");
    other = net_client(net, b, "t");
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    for (uint32_t i = 0; i < 4200; i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "n = %u", i + 1);
        net_subscribe(net, other, i, text);
        if (i % 100 == 0)
            net_run(net);
        net_client_at(net, other)->received_count = 0;
    }
    net_run(net);
    net_unsubscribe(net, sub, 1); /* uncovers more than one step tells */
    net_subscribe(net, sub, 2, "n > 0");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 2);
    assert_int_equal(net_last(net, sub, WEIR_FRAME_SUBACK)->id, 2);
    net_destroy(net);
}

/* A link has just come up and a publisher behind it was acknowledged long ago: a subscription is
 * not in force before it is there. */
static void a_subscription_waits_for_advertisements_that_come(void **state)
{
    struct net *net = net_create(&advertising);
    int a = net_broker(net, 100), b = net_broker(net, 100);
    int pub = net_client(net, b, "p"), sub, c;

    (void)state;
    net_advertise(net, pub, 1, "TRUE");
    net_run(net);
    assert_int_equal(net_count(net, pub, WEIR_FRAME_ADVACK), 1);
    c = net_join(net, a, b);
    net_stall(net, c, a, WEIR_LANE_CONTROL, true);
    net_run(net);
    sub = net_client(net, a, "s");
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 0);
    net_stall(net, c, a, WEIR_LANE_CONTROL, false);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 1);
    net_publish(net, pub, 5, 10);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 1);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 0);
    net_destroy(net);
}

/* c - a - b: a restarts empty, and c's gap lasts until the subscription is at b again. */
static void a_gap_lasts_until_the_far_side_has_the_subscription(void **state)
{
    struct net *net = net_create(&advertising);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100);
    int pub = net_client(net, b, "p"), sub = net_client(net, c, "s"), ab;

    (void)state;
    (void)net_join(net, a, b);
    (void)net_join(net, c, a);
    net_run(net);
    net_advertise(net, pub, 1, "TRUE");
    net_run(net);
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 1);

    net_restart(net, a);
    net_run(net);
    ab = net_join(net, a, b);
    (void)net_join(net, c, a);
    net_stall(net, ab, a, WEIR_LANE_CONTROL, true); /* b's tables are slow to come */
    net_run(net);
    net_stall(net, ab, a, WEIR_LANE_CONTROL, false);
    for (int i = 0; i < 100 && net_log_count(net, "a>b READY") < 2; i++)
        net_move(net, 1);
    net_stall(net, ab, a, WEIR_LANE_CONTROL, true);
    net_run(net); /* READY wipes at b what a held before */
    net_stall(net, ab, a, WEIR_LANE_CONTROL, false);
    net_stall(net, ab, b, WEIR_LANE_CONTROL, true); /* and then a's answer */
    net_advance(net, 1000);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 1);
    assert_false(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    net_stall(net, ab, b, WEIR_LANE_CONTROL, false);
    net_run(net);
    assert_true(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    net_publish(net, pub, 2, 10);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 1);
    net_destroy(net);
}

/* The first session of a link ends before both sides were READY: what is lost is told. */
static void an_early_loss_is_a_gap(void **state)
{
    struct net *net = net_create(&advertising);
    int a = net_broker_named(net, "a", 100, NULL), b = net_broker_named(net, "b", 100, NULL);
    int y = net_broker_named(net, "y", 100, "w"); /* waits for w */
    int pub = net_client(net, a, "p"), sub, ab;

    (void)state;
    net_advertise(net, pub, 1, "TRUE");
    net_run(net);
    (void)net_join(net, y, a);
    net_run(net);
    ab = net_join(net, b, a);
    net_run(net);
    sub = net_client(net, b, "s");
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 0); /* a is not READY */
    net_cut(net, ab);
    net_publish(net, pub, 2, 10);
    net_run(net);
    (void)net_join(net, b, a);
    net_advance(net, 10000);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 1);
    assert_true(weir_router_stats(net_router(net, b)).gaps >= 1);
    net_publish(net, pub, 3, 10);
    net_run(net);
    assert_int_equal(net_last(net, sub, WEIR_FRAME_DELIVER)->n, 3);
    net_destroy(net);
}

/* A neighbour that refuses us whenever it is dialled keeps nobody from an answer, and its stale
 * attempts make one gap, not one each. */
static void a_refused_link_holds_nothing_up(void **state)
{
    struct net *net = net_create(&listed);
    int a = net_broker_named(net, "a", 100, "x"), b = net_broker_named(net, "b", 100, "a");
    int sub = net_client(net, b, "s");

    (void)state;
    net_subscribe(net, sub, 1, "n > 0");
    for (int i = 0; i < 30; i++) {
        int c = net_join(net, b, a);

        net_advance(net, 1000);
        assert_false(net_is_open(net, c));
        assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), i >= 4);
        assert_int_equal(weir_router_stats(net_router(net, b)).gaps, i >= 4);
    }
    net_destroy(net);
}

/* A neighbour that is connected but says nothing until it is given up: what is acknowledged then
 * lies within a gap. */
static void a_silent_neighbour_is_a_gap(void **state)
{
    struct net *net = net_create(&plain);
    int a = net_broker(net, 100), b = net_broker(net, 100), ab = net_join(net, a, b);
    int sub = net_client(net, a, "s");

    (void)state;
    net_stall(net, ab, a, WEIR_LANE_CONTROL, true);
    net_stall(net, ab, b, WEIR_LANE_CONTROL, true);
    net_subscribe(net, sub, 1, "n > 0");
    net_advance(net, 10000);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 1);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 1);
    assert_false(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    net_destroy(net);
}

/* A link that is lost again and again before READY: the entries of the lost neighbour expire. */
static void a_flapping_link_expires(void **state)
{
    struct net *net = net_create(&plain);
    int a = net_broker(net, 100), b = net_broker(net, 100), ab = net_join(net, a, b);
    int sub = net_client(net, b, "s"), other = net_client(net, a, "t");

    (void)state;
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    assert_int_equal(weir_router_stats(net_router(net, a)).subs, 1);
    net_cut(net, ab);
    net_subscribe(net, other, 1, "n > 5");
    for (int i = 0; i < 10; i++) {
        ab = net_join(net, a, b);
        net_stall(net, ab, a, WEIR_LANE_CONTROL, true);
        net_stall(net, ab, b, WEIR_LANE_CONTROL, true);
        net_advance(net, 600);
        net_cut(net, ab);
    }
    assert_int_equal(weir_router_stats(net_router(net, a)).subs, 1);
    assert_int_equal(net_count(net, other, WEIR_FRAME_SUBACK), 1);
    net_destroy(net);
}

/* A neighbour that comes back again and again without READY holds one table of ours, not many. */
static void sessions_without_ready_do_not_pile_up(void **state)
{
    struct net *net = net_create(&plain);
    int a = net_broker_named(net, "a", 100, NULL), b = net_broker_named(net, "b", 100, "w");
    int sub = net_client(net, b, "s");

    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "n = %u", i);
        net_subscribe(net, sub, i, text);
    }
    net_run(net);
    for (int i = 0; i < 10; i++) {
        int ab = net_join(net, a, b);

        net_run(net);
        assert_int_equal(weir_router_stats(net_router(net, a)).subs, 20);
        net_cut(net, ab);
        assert_int_equal(weir_router_stats(net_router(net, a)).subs, 0);
    }
    net_destroy(net);
}

/* Three brokers joined in a ring at once: one link goes, and nobody waits for it. */
static void a_link_that_closed_a_cycle_is_not_waited_for(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct net_config config = plain;
        struct net *net;
        int sub;

        config.seed = seed;
        net = net_create(&config);
        for (int i = 0; i < 3; i++)
            (void)net_broker(net, 100);
        for (int i = 0; i < 3; i++)
            (void)net_join(net, i, (i + 1) % 3);
        net_run(net);
        sub = net_client(net, 2, "s");
        net_subscribe(net, sub, 1, "n > 0");
        net_run(net);
        assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 1);
        net_advance(net, 20000);
        assert_true(net_count(net, sub, WEIR_FRAME_NOTICE) == 0 ||
                    net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
        net_destroy(net);
    }
}

static uint32_t dear_beside_b(int broker, int neighbour)
{
    return broker == 1 || neighbour == 1 ? 1 : 10;
}

/* Listed neighbours that are reached another way: neither a wait nor a gap that never ends. */
static void a_listed_neighbour_reached_another_way_is_no_gap(void **state)
{
    struct net_config config = plain;
    struct net *net;
    int a, b, c, sub;

    (void)state;
    config.cost = dear_beside_b;
    net = net_create(&config);
    a = net_broker_named(net, "a", 100, "bc");
    b = net_broker_named(net, "b", 100, NULL);
    c = net_broker_named(net, "c", 100, NULL);
    sub = net_client(net, a, "s");
    (void)net_join(net, b, c);
    net_run(net);
    (void)net_join(net, a, b);
    net_run(net);
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 1);
    for (int i = 0; i < 8; i++) {
        (void)net_join(net, a, c);
        net_advance(net, 1000);
    }
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 0);
    net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_back_before_its_withdrawal_is_promised),
        cmocka_unit_test(a_subscription_waits_for_advertisements_that_come),
        cmocka_unit_test(a_gap_lasts_until_the_far_side_has_the_subscription),
        cmocka_unit_test(an_early_loss_is_a_gap),
        cmocka_unit_test(a_refused_link_holds_nothing_up),
        cmocka_unit_test(a_silent_neighbour_is_a_gap),
        cmocka_unit_test(a_flapping_link_expires),
        cmocka_unit_test(sessions_without_ready_do_not_pile_up),
        cmocka_unit_test(a_link_that_closed_a_cycle_is_not_waited_for),
        cmocka_unit_test(a_listed_neighbour_reached_another_way_is_no_gap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
