/* fault_test.c - links that are lost, brokers that restart, names and links that are doubled,
 * cycles, silence, lost frames, and memory that runs out. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"

static const struct net_config plain = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};

static struct net *line(struct net_config config, int count, int *connections)
{
    struct net *net = net_create(&config);

    for (int i = 0; i < count; i++)
        (void)net_broker(net, 100);
    for (int i = 1; i < count; i++)
        connections[i - 1] = net_join(net, i - 1, i);
    net_run(net);
    return net;
}

static void entries_are_held_then_withdrawn(void **state)
{
    int c[2];
    struct net *net = line(plain, 3, c);
    int sub = net_client(net, 2, "s");

    (void)state;
    net_subscribe(net, sub, 1, "n > 10");
    net_run(net);
    net_cut(net, c[1]);
    net_run(net);
    assert_int_equal(net_sent_count(net, 1, c[0], false), 1);
    net_advance(net, 4000);
    assert_int_equal(net_sent_count(net, 1, c[0], false), 1);
    net_advance(net, 2000);
    assert_int_equal(net_sent_count(net, 1, c[0], false), 0);
    assert_int_equal(weir_router_stats(net_router(net, 1)).subs, 0);
    assert_int_equal(weir_router_stats(net_router(net, 0)).subs, 0);
    net_destroy(net);
}

static void a_gap_opens_and_ends(void **state)
{
    int c[2];
    struct net *net = line(plain, 3, c);
    int sub = net_client(net, 2, "s"), pub = net_client(net, 0, "p"), late, idle;

    (void)state;
    idle = net_client(net, 2, "idle");
    net_subscribe(net, sub, 1, "n > 10");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 0);
    net_cut(net, c[0]);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 1);
    assert_false(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    assert_int_equal(net_count(net, idle, WEIR_FRAME_NOTICE), 0);
    net_publish(net, pub, 50, 0);
    net_run(net);

    /* whoever subscribes while it is open is told too */
    late = net_client(net, 2, "late");
    net_subscribe(net, late, 1, "n > 20");
    net_advance(net, 6000); /* beyond the hold time of the lost link */
    assert_int_equal(net_count(net, late, WEIR_FRAME_SUBACK), 1);
    assert_int_equal(net_count(net, late, WEIR_FRAME_NOTICE), 1);

    c[0] = net_join(net, 1, 0);
    net_run(net);
    assert_true(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    assert_true(net_last(net, late, WEIR_FRAME_NOTICE)->ended);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 2);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 0);
    net_publish(net, pub, 51, 0);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 1);
    assert_int_equal(net_count(net, late, WEIR_FRAME_DELIVER), 1);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 2);
    net_destroy(net);
}

static void a_gap_waits_for_the_promise_of_the_far_side(void **state)
{
    int c[2];
    struct net *net = line(plain, 3, c);
    int sub = net_client(net, 2, "s");

    (void)state;
    net_subscribe(net, sub, 1, "n > 10");
    net_run(net);
    net_cut(net, c[1]);
    net_advance(net, 6000); /* a has forgotten the subscription */
    assert_int_equal(weir_router_stats(net_router(net, 0)).subs, 0);
    net_stall(net, c[0], 0, WEIR_LANE_CONTROL, true);
    c[1] = net_join(net, 1, 2);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 1);
    net_stall(net, c[0], 0, WEIR_LANE_CONTROL, false);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 2);
    net_destroy(net);
}

static void a_restarted_broker_wipes_nobodys_tables(void **state)
{
    (void)state;
    for (int advertisements = 0; advertisements < 2; advertisements++) {
        struct net_config config = plain;
        int c[2], sub, pub, from;
        struct net *net;

        config.advertisements = advertisements != 0;
        net = line(config, 3, c);
        sub = net_client(net, 2, "s");
        pub = net_client(net, 0, "p");
        net_subscribe(net, sub, 1, "n > 10");
        net_publish(net, pub, 1, 0);
        net_run(net);
        net_publish(net, pub, 11, 0);
        net_run(net);
        assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 1);

        net_restart(net, 1);
        from = net_log_size(net);
        c[0] = net_join(net, 0, 1);
        net_run(net);
        /* b knows from a that c was its neighbour: it says nothing final yet */
        assert_int_equal(net_log_find(net, from, "b>a READY"), -1);
        assert_int_equal(weir_router_stats(net_router(net, 0)).subs, 1);
        c[1] = net_join(net, 2, 1);
        net_run(net);
        assert_true(net_log_find(net, from, "b>a READY") >
                    net_log_find(net, from, "b>a SUB n > 10"));
        assert_true(net_log_find(net, from, "b>a SUB n > 10") >= 0);
        assert_int_equal(weir_router_stats(net_router(net, 0)).subs, 1);
        assert_int_equal(net_log_find(net, from, "b>a UNSUB"), -1);
        net_publish(net, pub, 12, 0);
        net_run(net);
        assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 2);
        assert_true(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
        net_destroy(net);
    }
}

static void ready_replaces_what_is_gone(void **state)
{
    int c[2];
    struct net *net = line(plain, 3, c);
    int sub = net_client(net, 2, "s");

    (void)state;
    net_subscribe(net, sub, 1, "n > 10");
    net_subscribe(net, sub, 2, "n < 5");
    net_run(net);
    net_cut(net, c[1]);
    net_unsubscribe(net, sub, 1);
    net_run(net);
    assert_int_equal(weir_router_stats(net_router(net, 0)).subs, 2);
    c[1] = net_join(net, 1, 2);
    net_run(net);
    assert_int_equal(weir_router_stats(net_router(net, 0)).subs, 1);
    assert_int_equal(weir_router_stats(net_router(net, 1)).subs, 1);
    net_destroy(net);
}

static void a_ring_that_comes_up_at_once_is_exact(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(20); seed++) {
        struct net_config config = plain;
        struct net *net;
        int c[3], sub, pub;

        config.seed = seed;
        net = net_create(&config);
        for (int i = 0; i < 3; i++)
            (void)net_broker(net, 100);
        c[0] = net_join(net, 0, 1);
        c[1] = net_join(net, 1, 2);
        c[2] = net_join(net, 2, 0);
        sub = net_client(net, 2, "s");
        pub = net_client(net, 0, "p");
        net_subscribe(net, sub, 1, "n > 10");
        net_move(net, (int)seed);
        net_publish(net, pub, 11, 0);
        net_run(net);
        assert_true(net_is_open(net, c[0]));
        assert_true(net_is_open(net, c[2]));
        assert_int_equal(net_log_count(net, "b>c DATA"), 0); /* a is the root */
        assert_true(net_count(net, sub, WEIR_FRAME_DELIVER) <= 1);
        net_advance(net, 10000);
        net_publish(net, pub, 12, 0);
        net_run(net);
        assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE) % 2, 0);
        if (net_count(net, sub, WEIR_FRAME_NOTICE) != 0)
            assert_true(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
        assert_int_equal(net_last(net, sub, WEIR_FRAME_DELIVER)->n, 12);
        net_destroy(net);
    }
}

static void a_doubled_name_is_refused(void **state)
{
    int c[1], d, own;
    struct net *net = line(plain, 2, c);
    int impostor = net_broker_named(net, "b", 77, NULL);
    int far = net_broker_named(net, "z", 1, NULL);

    (void)state;
    d = net_join(net, impostor, 0);
    net_run(net);
    assert_int_equal(net_close_reason(net, d), WEIR_REASON_DUPLICATE_NAME);
    own = net_join(net, impostor, 1);
    net_run(net);
    assert_int_equal(net_close_reason(net, own), WEIR_REASON_DUPLICATE_NAME);
    assert_int_equal(net_join(net, 0, far), own + 1);
    net_run(net);
    d = net_join(net, impostor, far);
    net_run(net);
    assert_int_equal(net_close_reason(net, d), WEIR_REASON_DUPLICATE_NAME);
    assert_true(net_is_open(net, c[0]));
    net_destroy(net);
}

static void of_two_links_both_ends_keep_the_same(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct net *net = net_create(&plain);
        int by_a, by_b;

        (void)net_broker(net, 100);
        (void)net_broker(net, 100);
        if (order == 0) {
            by_a = net_join(net, 0, 1);
            by_b = net_join(net, 1, 0);
        } else {
            by_b = net_join(net, 1, 0);
            by_a = net_join(net, 0, 1);
        }
        net_run(net);
        assert_true(net_is_open(net, by_a));
        assert_false(net_is_open(net, by_b));
        assert_int_equal(net_close_reason(net, by_b), WEIR_REASON_DUPLICATE_LINK);
        net_destroy(net);
    }
}

static void the_older_of_two_links_stays(void **state)
{
    int c[1], second;
    struct net *net = line(plain, 2, c);

    (void)state;
    second = net_join(net, 0, 1);
    net_run(net);
    assert_true(net_is_open(net, c[0]));
    assert_false(net_is_open(net, second));
    net_destroy(net);
}

static void strangers_are_refused_when_neighbours_are_listed(void **state)
{
    struct net_config config = plain;
    struct net *net;
    int a, b, c, good, bad;

    (void)state;
    config.listed = true;
    net = net_create(&config);
    a = net_broker_named(net, "a", 1, "b");
    b = net_broker_named(net, "b", 1, "a");
    c = net_broker_named(net, "c", 1, NULL);
    good = net_join(net, a, b);
    bad = net_join(net, c, b);
    net_run(net);
    assert_true(net_is_open(net, good));
    assert_false(net_is_open(net, bad));
    assert_int_equal(net_close_reason(net, bad), WEIR_REASON_UNLISTED);
    net_destroy(net);
}

static void subscriptions_wait_for_neighbours_expected_at_start(void **state)
{
    struct net *net = net_create(&plain);
    int a = net_broker_named(net, "a", 1, "b"), b = net_broker_named(net, "b", 1, "a");
    int sub = net_client(net, a, "s");

    (void)state;
    net_subscribe(net, sub, 1, "n > 1");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 0);
    (void)net_join(net, a, b);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 1);
    net_destroy(net);

    net = net_create(&plain);
    a = net_broker_named(net, "a", 1, "b");
    sub = net_client(net, a, "s");
    net_subscribe(net, sub, 1, "n > 1");
    net_advance(net, 6000);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 1);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 1);
    net_destroy(net);
}

static void silence_closes_a_link(void **state)
{
    int c[1];
    struct net *net = line(plain, 2, c);

    (void)state;
    net_advance(net, 20000);
    assert_true(net_is_open(net, c[0]));
    assert_true(net_log_count(net, "a>b HEARTBEAT") >= 18);
    net_stall(net, c[0], 0, WEIR_LANE_CONTROL, true);
    net_advance(net, 2500);
    assert_true(net_is_open(net, c[0]));
    net_advance(net, 1500);
    assert_false(net_is_open(net, c[0]));
    assert_int_equal(net_close_reason(net, c[0]), WEIR_REASON_SILENT);
    net_destroy(net);
}

static void a_lost_frame_is_reported(void **state)
{
    struct weir_frame frame = {.type = WEIR_FRAME_DATA};
    struct weir_attr attr = {WEIR_STR("n"), weir_value_int(3)};
    struct net_config config = plain;
    struct net *net;
    uint8_t *bytes;
    size_t size;
    int c[1], sub;

    (void)state;
    config.link_window = 1 << 24; /* so much that nothing is given back */
    net = line(config, 2, c);
    sub = net_client(net, 1, "s");
    net_subscribe(net, sub, 1, "n >= 0");
    net_run(net);
    assert_int_equal(
        weir_notification_encode(&bytes, &size, &attr, 1, (struct weir_str){"", 0}, NULL, NULL),
        WEIR_OK);
    {
        struct weir_notification n = weir_notification_view(bytes, size);
        struct weir_stamps stamps = {.id = WEIR_STR("a.1.1"), .origin_len = 1, .ts_ns = 1};
        uint8_t *stamped = malloc(weir_notification_stamped_size(&n, &stamps));

        assert_non_null(stamped);
        weir_notification_stamp(stamped, &n, &stamps);
        frame.u.data.payload =
            (struct weir_str){(const char *)stamped, weir_notification_stamped_size(&n, &stamps)};
        frame.u.data.origin = weir_broker_id(WEIR_STR("a"));
        frame.u.data.incarnation = 100;
        frame.u.data.seq = 1;
        net_forge(net, c[0], 1, &frame);
        frame.u.data.seq = 5; /* 3 is missing */
        frame.u.data.prev = 3;
        net_forge(net, c[0], 1, &frame);
        free(stamped);
    }
    free(bytes);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 2);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 2);
    net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_held_then_withdrawn),
        cmocka_unit_test(a_gap_opens_and_ends),
        cmocka_unit_test(a_gap_waits_for_the_promise_of_the_far_side),
        cmocka_unit_test(a_restarted_broker_wipes_nobodys_tables),
        cmocka_unit_test(ready_replaces_what_is_gone),
        cmocka_unit_test(a_ring_that_comes_up_at_once_is_exact),
        cmocka_unit_test(a_doubled_name_is_refused),
        cmocka_unit_test(of_two_links_both_ends_keep_the_same),
        cmocka_unit_test(the_older_of_two_links_stays),
        cmocka_unit_test(strangers_are_refused_when_neighbours_are_listed),
        cmocka_unit_test(subscriptions_wait_for_neighbours_expected_at_start),
        cmocka_unit_test(silence_closes_a_link),
        cmocka_unit_test(a_lost_frame_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
