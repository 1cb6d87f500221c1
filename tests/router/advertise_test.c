/* advertise_test.c - advertisements gate subscriptions, and publications wait for them. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

static const struct net_config with_advertisements = {
    .seed = 1, .strategy = WEIR_STRATEGY_COVERING, .advertisements = true};

static void subscriptions_go_where_they_are_advertised(void **state)
{
    int c[2];
    struct net *net = line(with_advertisements, 3, c);
    int sub = net_client(net, 1, "s"), left = net_client(net, 0, "l"),
        right = net_client(net, 2, "r");

    (void)state;
    net_subscribe(net, sub, 1, "n > 10");
    net_subscribe(net, sub, 2, "m > 10");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 2);
    assert_int_equal(net_log_count(net, "b>a SUB") + net_log_count(net, "b>c SUB"), 0);

    net_advertise(net, left, 1, "n < 100");
    net_run(net);
    assert_int_equal(net_count(net, left, WEIR_FRAME_ADVACK), 1);
    assert_int_equal(net_log_count(net, "b>a SUB n > 10"), 1);
    assert_int_equal(net_log_count(net, "b>a SUB"), 1);
    assert_int_equal(net_log_count(net, "b>c SUB"), 0);
    assert_true(net_log_find(net, 0, "b>a SUB") < net_log_find(net, 0, "b>a PROMISED"));

    net_advertise(net, right, 1, "n < 5");
    net_run(net);
    assert_int_equal(net_log_count(net, "b>c SUB"), 0);

    net_publish(net, left, 50, 0);
    net_publish(net, left, 200, 0);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 1);
    assert_int_equal(net_count(net, left, WEIR_FRAME_PUBREFUSED), 1);
    assert_int_equal(net_last(net, left, WEIR_FRAME_PUBREFUSED)->reason, WEIR_REASON_CONFORMANCE);
    assert_int_equal(net_last(net, left, WEIR_FRAME_PUBREFUSED)->seq, 2);
    assert_int_equal(net_last(net, left, WEIR_FRAME_PUBACK)->seq, 2);

    net_unadvertise(net, left, 1);
    net_run(net);
    assert_int_equal(net_count(net, left, WEIR_FRAME_UNADVACK), 1);
    assert_int_equal(net_log_count(net, "b>a UNSUB"), 1);
    assert_int_equal(net_sent_count(net, 1, c[0], false), 0);
    net_publish(net, left, 50, 0);
    net_run(net);
    assert_int_equal(net_count(net, left, WEIR_FRAME_PUBREFUSED), 2);
    net_destroy(net);
}

static void publishing_waits_for_the_implicit_advertisement(void **state)
{
    int c[2];
    struct net *net = line(with_advertisements, 3, c);
    int sub = net_client(net, 2, "s"), pub = net_client(net, 0, "p");

    (void)state;
    net_subscribe(net, sub, 1, "n > 10");
    net_run(net);
    net_stall(net, c[1], 2, WEIR_LANE_CONTROL, true);
    net_publish(net, pub, 20, 0);
    net_publish(net, pub, 30, 0);
    net_run(net);
    assert_null(net_last(net, pub, WEIR_FRAME_PUBACK));
    assert_int_equal(net_log_count(net, "a>b DATA"), 0);
    net_stall(net, c[1], 2, WEIR_LANE_CONTROL, false);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 2);
    assert_int_equal(net_last(net, sub, WEIR_FRAME_DELIVER)->n, 30);
    assert_int_equal(net_last(net, pub, WEIR_FRAME_PUBACK)->seq, 2);

    /* an explicit one takes over */
    net_advertise(net, pub, 1, "n > 1000");
    net_run(net);
    assert_int_equal(net_log_count(net, "a>b UNADV"), 1);
    assert_int_equal(weir_router_stats(net_router(net, 2)).advs, 1);
    net_publish(net, pub, 20, 0);
    net_publish(net, pub, 2000, 0);
    net_run(net);
    assert_int_equal(net_count(net, pub, WEIR_FRAME_PUBREFUSED), 1);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 3);
    net_leave(net, pub);
    net_run(net);
    for (int i = 0; i < 3; i++)
        assert_int_equal(weir_router_stats(net_router(net, i)).advs, 0);
    net_destroy(net);
}

/* The first explicit one goes before it is in force: nobody is left who would end the implicit one.
 */
static void the_implicit_advertisement_ends_with_the_last_explicit_one(void **state)
{
    struct net_config config = with_advertisements;
    int c[2];
    struct net *net;
    int pub;

    (void)state;
    config.strategy = WEIR_STRATEGY_IDENTITY; /* covering: what TRUE covers is in force at once */
    net = line(config, 3, c);
    pub = net_client(net, 0, "p");
    net_publish(net, pub, 20, 0);
    net_run(net);
    assert_int_equal(weir_router_stats(net_router(net, 2)).advs, 1);
    net_advertise(net, pub, 1, "n > 1000");
    net_advertise(net, pub, 2, "n > 2000");
    net_unadvertise(net, pub, 1);
    net_unadvertise(net, pub, 2);
    net_run(net);
    for (int i = 0; i < 3; i++)
        assert_int_equal(weir_router_stats(net_router(net, i)).advs, 0);
    net_destroy(net);
}

static void unadv_does_not_overtake_data(void **state)
{
    struct net_config config = with_advertisements;
    int c[2];
    struct net *net;
    int sub, pub;

    (void)state;
    config.link_window = 300; /* one notification at a time */
    net = line(config, 3, c);
    sub = net_client(net, 2, "s");
    pub = net_client(net, 0, "p");
    net_subscribe(net, sub, 1, "n > 10");
    net_advertise(net, pub, 1, "n > 0");
    net_run(net);
    net_stall(net, c[0], 1, WEIR_LANE_DATA, true);
    for (int i = 0; i < 6; i++)
        net_publish(net, pub, 100 + i, 100);
    net_unadvertise(net, pub, 1);
    net_run(net);
    assert_int_equal(net_log_count(net, "a>b DATA"), 1);
    assert_int_equal(net_log_count(net, "a>b UNADV"), 0);
    assert_int_equal(net_kept(net, 0), 5);
    net_stall(net, c[0], 1, WEIR_LANE_DATA, false);
    net_run(net);
    assert_int_equal(net_log_count(net, "a>b UNADV"), 1);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 6);
    assert_int_equal(net_kept(net, 0), 0);
    assert_int_equal(net_last(net, pub, WEIR_FRAME_PUBACK)->seq, 6);
    net_destroy(net);
}

static void covered_advertisements_stay_behind(void **state)
{
    int c[2];
    struct net *net = line(with_advertisements, 3, c);
    int pub = net_client(net, 0, "p");

    (void)state;
    net_advertise(net, pub, 1, "n > 10");
    net_run(net);
    net_advertise(net, pub, 2, "n > 20");
    net_run(net);
    assert_int_equal(net_log_count(net, "a>b ADV"), 1);
    assert_int_equal(net_count(net, pub, WEIR_FRAME_ADVACK), 2);
    net_unadvertise(net, pub, 1);
    net_run(net);
    assert_true(net_log_find(net, 0, "a>b ADV n > 20") < net_log_find(net, 0, "a>b UNADV"));
    assert_int_equal(net_sent_count(net, 1, c[1], true), 1);
    net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subscriptions_go_where_they_are_advertised),
        cmocka_unit_test(publishing_waits_for_the_implicit_advertisement),
        cmocka_unit_test(the_implicit_advertisement_ends_with_the_last_explicit_one),
        cmocka_unit_test(unadv_does_not_overtake_data),
        cmocka_unit_test(covered_advertisements_stay_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
