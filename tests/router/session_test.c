/* session_test.c - what clients may ask for and what they may not; windows; garbage. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct net_config plain = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};

static struct net *pair(struct net_config config, int *connection)
{
    struct net *net = net_create(&config);

    (void)net_broker(net, 100);
    (void)net_broker(net, 100);
    *connection = net_join(net, 0, 1);
    net_run(net);
    return net;
}

static void requests_are_answered(void **state)
{
    static const struct {
        const char *filter;
        uint32_t id;
        unsigned reason;
    } cases[] = {
        {"n > 10",           1, WEIR_REASON_NONE         },
        {"n > 11",           1, WEIR_REASON_DUPLICATE_ID },
        {"n >",              2, WEIR_REASON_FILTER       },
        {"n > 10 AND n < 5", 2, WEIR_REASON_UNSATISFIABLE},
        {"TRUE",             3, WEIR_REASON_NONE         },
    };
    int connection;
    struct net *net = pair(plain, &connection);
    int client = net_client(net, 0, "c");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        net_subscribe(net, client, cases[i].id, cases[i].filter);
        net_run(net);
        assert_int_equal(net_last(net, client, WEIR_FRAME_SUBACK)->id, cases[i].id);
        assert_int_equal(net_last(net, client, WEIR_FRAME_SUBACK)->reason, cases[i].reason);
        net_advertise(net, client, cases[i].id, cases[i].filter);
        net_run(net);
        assert_int_equal(net_last(net, client, WEIR_FRAME_ADVACK)->reason, cases[i].reason);
    }
    net_subscribe(net, client, 9, "price >= AND volume > 0");
    net_run(net);
    assert_non_null(strstr(net_last(net, client, WEIR_FRAME_SUBACK)->text, "^"));
    net_unsubscribe(net, client, 77);
    net_unadvertise(net, client, 77);
    net_run(net);
    assert_int_equal(net_last(net, client, WEIR_FRAME_UNSUBACK)->reason, WEIR_REASON_UNKNOWN_ID);
    assert_int_equal(net_last(net, client, WEIR_FRAME_UNADVACK)->reason, WEIR_REASON_UNKNOWN_ID);
    net_unsubscribe(net, client, 2);
    net_run(net);
    assert_int_equal(net_last(net, client, WEIR_FRAME_UNSUBACK)->reason, WEIR_REASON_NONE);
    assert_false(net_client_at(net, client)->closed);
    net_destroy(net);
}

static void bad_notifications_are_refused_and_the_connection_kept(void **state)
{
    struct weir_frame frame = {.type = WEIR_FRAME_PUBLISH};
    int connection;
    struct net *net = pair(plain, &connection);
    int client = net_client(net, 0, "c");

    (void)state;
    frame.u.publish.seq = ++net_client_at(net, client)->pub_seq;
    frame.u.publish.payload = WEIR_STR("garbage");
    net_send_frame(net, client, &frame);
    net_run(net);
    assert_int_equal(net_last(net, client, WEIR_FRAME_PUBREFUSED)->reason,
                     WEIR_REASON_NOTIFICATION);
    frame.u.publish.seq = ++net_client_at(net, client)->pub_seq;
    frame.u.publish.level = 1;
    net_send_frame(net, client, &frame);
    net_run(net);
    assert_int_equal(net_last(net, client, WEIR_FRAME_PUBREFUSED)->reason, WEIR_REASON_LEVEL);
    assert_int_equal(net_last(net, client, WEIR_FRAME_PUBACK)->seq, 2);
    net_publish(net, client, 5, 0);
    net_run(net);
    assert_int_equal(net_last(net, client, WEIR_FRAME_PUBACK)->seq, 3);
    assert_false(net_client_at(net, client)->closed);
    assert_int_equal(weir_router_stats(net_router(net, 0)).refused, 2);
    net_destroy(net);
}

static void violations_close_the_connection(void **state)
{
    static const struct {
        struct weir_frame frame;
        unsigned reason;
    } cases[] = {
        {{.type = WEIR_FRAME_PUBLISH, .u.publish.seq = 2}, WEIR_REASON_PROTOCOL},
        {{.type = WEIR_FRAME_QUERY, .u.query.id = 1},      WEIR_REASON_PROTOCOL},
        {{.type = WEIR_FRAME_SUB, .u.sub.seq = 1},         WEIR_REASON_ROLE    },
        {{.type = WEIR_FRAME_DELIVER, .u.deliver.seq = 1}, WEIR_REASON_ROLE    },
        {{.type = WEIR_FRAME_CREDIT, .u.credit.bytes = 1}, WEIR_REASON_ROLE    },
    };
    int connection;
    struct net *net = pair(plain, &connection);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int client = net_client(net, 0, "c");

        net_send_frame(net, client, &cases[i].frame);
        net_run(net);
        assert_true(net_client_at(net, client)->closed);
        assert_int_equal(net_client_at(net, client)->close_reason, cases[i].reason);
    }
    assert_true(net_is_open(net, connection));
    assert_int_equal(weir_router_stats(net_router(net, 0)).clients, 0);
    net_destroy(net);
}

static void garbage_between_brokers_closes_the_link(void **state)
{
    int connection;
    struct net *net = pair(plain, &connection);

    (void)state;
    net_send_bytes(net, connection, 1, WEIR_LANE_CONTROL, "garbage garbage", 15);
    net_run(net);
    assert_false(net_is_open(net, connection));
    assert_int_equal(net_close_reason(net, connection), WEIR_REASON_PROTOCOL);
    connection = net_join(net, 0, 1);
    net_run(net);
    assert_true(net_is_open(net, connection));
    net_destroy(net);
}

static void a_publisher_beyond_its_window_is_closed(void **state)
{
    struct net_config config = plain;
    int connection;
    struct net *net;
    int sub, pub;

    (void)state;
    config.link_window = 300;
    config.client_window = 1000;
    net = pair(config, &connection);
    sub = net_client(net, 1, "s");
    pub = net_client(net, 0, "p");
    net_subscribe(net, sub, 1, "n >= 0");
    net_run(net);
    net_stall(net, connection, 1, WEIR_LANE_DATA, true);
    for (int i = 0; i < 5; i++)
        net_publish(net, pub, i, 100);
    net_run(net);
    assert_false(net_client_at(net, pub)->closed);
    assert_int_equal(net_last(net, pub, WEIR_FRAME_PUBACK)->seq, 1);
    assert_int_equal(net_kept(net, 0), 4);
    for (int i = 0; i < 8; i++)
        net_publish(net, pub, i, 100);
    net_run(net);
    assert_true(net_client_at(net, pub)->closed);
    assert_int_equal(net_client_at(net, pub)->close_reason, WEIR_REASON_WINDOW);
    net_stall(net, connection, 1, WEIR_LANE_DATA, false);
    net_run(net);
    assert_int_equal(net_kept(net, 0), 0);
    assert_true(net_count(net, sub, WEIR_FRAME_DELIVER) >= 5);
    net_destroy(net);
}

static void a_frame_larger_than_the_window_passes(void **state)
{
    struct net_config config = plain;
    int connection;
    struct net *net;
    int sub, pub;

    (void)state;
    config.link_window = 300;
    config.client_window = 300;
    net = pair(config, &connection);
    sub = net_client(net, 1, "s");
    pub = net_client(net, 0, "p");
    net_subscribe(net, sub, 1, "n >= 0");
    net_run(net);
    for (int i = 0; i < 5; i++) {
        net_publish(net, pub, i, 100000);
        net_run(net);
    }
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 5);
    assert_int_equal(net_last(net, pub, WEIR_FRAME_PUBACK)->seq, 5);
    net_destroy(net);
}

static void back_pressure_reaches_the_publisher(void **state)
{
    struct net_config config = plain;
    struct net *net;
    int first, second, sub, pub;

    (void)state;
    config.link_window = 1000;
    config.client_window = 5000;
    net = net_create(&config);
    for (int i = 0; i < 3; i++)
        (void)net_broker(net, 100);
    first = net_join(net, 0, 1);
    second = net_join(net, 1, 2);
    net_run(net);
    (void)first;
    sub = net_client(net, 2, "s");
    pub = net_client(net, 0, "p");
    net_subscribe(net, sub, 1, "n >= 0");
    net_run(net);
    net_stall(net, second, 2, WEIR_LANE_DATA, true);
    for (int i = 0; i < 14; i++)
        net_publish(net, pub, i, 100);
    net_run(net);
    assert_true(net_kept(net, 1) > 0);
    assert_true(net_kept(net, 0) > 0);
    assert_true(net_last(net, pub, WEIR_FRAME_PUBACK)->seq < 14);
    net_stall(net, second, 2, WEIR_LANE_DATA, false);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 14);
    assert_int_equal(net_last(net, sub, WEIR_FRAME_DELIVER)->n, 13);
    assert_int_equal(net_last(net, pub, WEIR_FRAME_PUBACK)->seq, 14);
    assert_int_equal(net_kept(net, 0) + net_kept(net, 1), 0);
    net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_answered),
        cmocka_unit_test(bad_notifications_are_refused_and_the_connection_kept),
        cmocka_unit_test(violations_close_the_connection),
        cmocka_unit_test(garbage_between_brokers_closes_the_link),
        cmocka_unit_test(a_publisher_beyond_its_window_is_closed),
        cmocka_unit_test(a_frame_larger_than_the_window_passes),
        cmocka_unit_test(back_pressure_reaches_the_publisher),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
