/* session_test.c - what clients may ask for and what they may not; windows; garbage. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

/* The greatest notification that may be published is not refused for its stamps. */
static void a_notification_of_the_greatest_size_passes(void **state)
{
    struct net_config config = plain;
    int connection, sub, pub;
    struct net *net;

    (void)state;
    config.link_window = config.client_window = 4 << 20;
    net = pair(config, &connection);
    sub = net_client(net, 1, "s");
    pub = net_client(net, 0, "p");
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    net_publish(net, pub, 7, WEIR_NOTIFICATION_SIZE_MAX - 24 - 16 - 1);
    net_run(net);
    assert_int_equal(net_count(net, pub, WEIR_FRAME_PUBREFUSED), 0);
    assert_int_equal(net_count(net, pub, WEIR_FRAME_PUBACK), 1);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 1);
    net_destroy(net);
}

/* More ids than a frame has room for come in several. */
static void all_ids_that_match_are_told(void **state)
{
    enum { COUNT = 17000 };
    struct net_config config = plain;
    struct net_client *c;
    uint32_t told = 0;
    int sub, pub;
    struct net *net;

    (void)state;
    config.client_window = 4 << 20;
    net = net_create(&config);
    (void)net_broker(net, 100);
    sub = net_client(net, 0, "s");
    pub = net_client(net, 0, "p");
    c = net_client_at(net, sub);
    for (uint32_t i = 0; i < COUNT; i++) {
        net_subscribe(net, sub, i, "n > 0");
        if (i % 1000 == 999)
            net_run(net);
        c->received_count = 0;
    }
    net_run(net);
    net_publish(net, pub, 7, WEIR_NOTIFICATION_SIZE_MAX - 24 - 16 - 1);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 2);
    for (int i = 0; i < c->received_count; i++) {
        if (c->received[i].type != WEIR_FRAME_DELIVER)
            continue;
        assert_int_equal(c->received[i].id, told);
        told += c->received[i].count;
    }
    assert_int_equal(told, COUNT);
    net_destroy(net);
}

static void publish_attribute(struct net *net, int client, const char *name)
{
    struct weir_attr attr = {weir_str_of(name), weir_value_int(1)};
    struct weir_frame frame = {.type = WEIR_FRAME_PUBLISH};
    uint8_t *bytes;
    size_t size;

    assert_int_equal(
        weir_notification_encode(&bytes, &size, &attr, 1, (struct weir_str){NULL, 0}, NULL, NULL),
        WEIR_OK);
    frame.u.publish.seq = ++net_client_at(net, client)->pub_seq;
    frame.u.publish.payload = (struct weir_str){(const char *)bytes, size};
    net_send_frame(net, client, &frame);
    free(bytes);
}

static void a_refusal_names_what_does_not_conform(void **state)
{
    static const struct {
        const char *advertisement, *attribute, *text;
    } cases[] = {
        {"price > 0 AND volume > 0", "pirce",  ": attribute pirce is in none; did you mean price?"},
        {"price > 0 AND volume > 0", "colour", ": attribute colour is in none"                    },
        {"price > 10",               "price",  ": none allows this value of attribute price"      },
        {"price > 0",                "p",      ": attribute p is in none"                         },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct net_config config = plain;
        const struct net_received *refused;
        struct net *net;
        int pub;

        config.advertisements = true;
        net = net_create(&config);
        (void)net_broker(net, 100);
        pub = net_client(net, 0, "p");
        net_advertise(net, pub, 1, cases[i].advertisement);
        net_run(net);
        publish_attribute(net, pub, cases[i].attribute);
        net_run(net);
        refused = net_last(net, pub, WEIR_FRAME_PUBREFUSED);
        assert_int_equal(refused->reason, WEIR_REASON_CONFORMANCE);
        assert_string_equal(strchr(refused->text, ':'), cases[i].text);
        net_destroy(net);
    }
}

/* What was held for the implicit advertisement of a client that is gone counts as refused. */
static void what_is_held_is_refused_when_its_client_goes(void **state)
{
    struct net_config config = plain;
    struct net *net;
    int pub;

    (void)state;
    config.advertisements = true;
    net = net_create(&config);
    (void)net_broker_named(net, "a", 100, "x"); /* x is away, so nothing is promised */
    pub = net_client(net, 0, "p");
    net_publish(net, pub, 1, 0);
    net_publish(net, pub, 2, 0);
    net_run(net);
    assert_int_equal(net_count(net, pub, WEIR_FRAME_PUBACK), 0);
    net_leave(net, pub);
    assert_int_equal(weir_router_stats(net_router(net, 0)).refused, 2);
    net_destroy(net);
}

static char traced[4096];

static void keep_trace(void *context, const char *event, const char *text)
{
    (void)context;
    (void)snprintf(traced + strlen(traced), sizeof traced - strlen(traced), "%s %s\n", event, text);
}

static void names_cannot_forge_trace_text(void **state)
{
    struct weir_router_config config = {.name = WEIR_STR("a"),
                                        .incarnation = 1,
                                        .link_window = 1000,
                                        .client_window = 1000,
                                        .trace = keep_trace};
    struct weir_input input = {.type = WEIR_IN_LINK_UP, .link = 1};
    struct weir_router *router;
    struct weir_actions actions;

    (void)state;
    assert_int_equal(weir_router_create(&router, &config, NULL), WEIR_OK);
    input.u.peer =
        (struct weir_peer){.role = WEIR_ROLE_CLIENT, .name = WEIR_STR("x level=error y=\"\\\n")};
    assert_int_equal(weir_router_step(router, &input, &actions), WEIR_OK);
    input.link = 2;
    input.u.peer.name = WEIR_STR("plain-1.x");
    assert_int_equal(weir_router_step(router, &input, &actions), WEIR_OK);
    assert_string_equal(traced, "client-up link=1 name=\"x level=error y=\\\"\\\\\\x0a\"\n"
                                "client-up link=2 name=plain-1.x\n");
    weir_router_destroy(router);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notification_of_the_greatest_size_passes),
        cmocka_unit_test(all_ids_that_match_are_told),
        cmocka_unit_test(a_refusal_names_what_does_not_conform),
        cmocka_unit_test(what_is_held_is_refused_when_its_client_goes),
        cmocka_unit_test(names_cannot_forge_trace_text),
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
