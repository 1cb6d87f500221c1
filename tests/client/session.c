/* session.c - one connection after another, and the requests that outlive them. */
#include "fake.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct fake fake;

static int set_up(void **state)
{
    (void)state;
    fake_init(&fake);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_fini(&fake);
    return 0;
}

static void connect(struct weir_client_options options)
{
    fake_client(&fake, options);
    fake_expect_seen(&fake, 0, WEIR_FRAME_HELLO, 1);
    fake_expect_call(&fake, 0, CALL_CONNECTED, 0);
    assert_string_equal(fake.calls[0].text, "fake");
    assert_true(weir_client_connected(fake.client));
}

static void publish(uint64_t number)
{
    struct weir_attr attr = {WEIR_STR("n"), weir_value_int((int64_t)number)};
    uint64_t got;

    assert_int_equal(weir_client_publish(fake.client, &got, &attr, 1, WEIR_STR(""), NULL), WEIR_OK);
    assert_int_equal(got, number);
}

static void hello_names_the_client(void **state)
{
    (void)state;
    connect((struct weir_client_options){.name = "me"});
    assert_string_equal(fake.seen[0].text, "me");
}

static void options_are_checked(void **state)
{
    static const struct weir_client_options wrong[] = {
        {.url = NULL},
        {                          .url = "nonsense"          },
        { .url = "tcp://127.0.0.1:1",           .name = "\xff"},
        {           .url = "tcp://127.0.0.1:1",
         .name = "12345678901234567890123456789012345678901234567890123456789012345"},
        {           .url = "tcp://127.0.0.1:1",           .heartbeat_ms = 1},
    };
    struct weir_client *client;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (weir_client_create(&client, &wrong[i]) != WEIR_EINVAL)
            fail_msg("row %zu", i);
}

static void subscriptions_come_and_go(void **state)
{
    uint32_t a, b, c;

    (void)state;
    connect((struct weir_client_options){0});
    assert_int_equal(weir_client_subscribe(fake.client, &a, "x = 1"), WEIR_OK);
    assert_int_equal(weir_client_subscribe(fake.client, &b, "x >"), WEIR_OK);
    fake_expect_seen(&fake, 1, WEIR_FRAME_SUBSCRIBE, a);
    assert_string_equal(fake.seen[1].text, "x = 1");
    fake_expect_seen(&fake, 2, WEIR_FRAME_SUBSCRIBE, b);
    assert_int_equal(weir_client_flush(fake.client, 0), WEIR_ETIMEOUT);

    fake_outcome(&fake, WEIR_FRAME_SUBACK, b, WEIR_REASON_FILTER, "a caret");
    fake_expect_call(&fake, 1, CALL_SUBSCRIBED, b);
    assert_int_equal(fake.calls[1].reason, WEIR_REASON_FILTER);
    assert_string_equal(fake.calls[1].text, "a caret");
    assert_int_equal(weir_client_unsubscribe(fake.client, b), WEIR_ENOENT);

    fake_outcome(&fake, WEIR_FRAME_SUBACK, a, WEIR_REASON_NONE, "");
    fake_expect_call(&fake, 2, CALL_SUBSCRIBED, a);
    assert_int_equal(weir_client_flush(fake.client, 0), WEIR_OK);

    assert_int_equal(weir_client_unsubscribe(fake.client, a), WEIR_OK);
    assert_int_equal(weir_client_unsubscribe(fake.client, a), WEIR_ENOENT);
    fake_expect_seen(&fake, 3, WEIR_FRAME_UNSUBSCRIBE, a);
    fake_outcome(&fake, WEIR_FRAME_UNSUBACK, a, WEIR_REASON_NONE, "");
    fake_expect_call(&fake, 3, CALL_UNSUBSCRIBED, a);

    /* Withdrawn before it was sent: nobody needs to hear of it but the caller. */
    assert_int_equal(weir_client_subscribe(fake.client, &c, "x = 3"), WEIR_OK);
    assert_int_equal(weir_client_unsubscribe(fake.client, c), WEIR_OK);
    fake_expect_call(&fake, 4, CALL_UNSUBSCRIBED, c);
    fake_settle(&fake);
    assert_int_equal(fake.seen_count, 4);
}

static void deliveries_name_their_subscriptions(void **state)
{
    struct weir_attr attr = {WEIR_STR("n"), weir_value_int(7)};
    struct weir_frame frame = {.type = WEIR_FRAME_DELIVER};
    uint8_t ids[8], *bytes;
    size_t size;

    (void)state;
    connect((struct weir_client_options){0});
    weir_u32_write(ids, 3);
    weir_u32_write(ids + 4, 9);
    assert_int_equal(weir_notification_encode(&bytes, &size, &attr, 1, WEIR_STR(""), NULL, NULL),
                     WEIR_OK);
    frame.u.deliver = (struct weir_deliver){
        .count = 2, .ids = ids, .payload = {(const char *)bytes, size}
    };
    fake_send(&fake, &frame);
    fake_expect_call(&fake, 1, CALL_DELIVERED, 7);
    assert_string_equal(fake.calls[1].text, "3,9,");

    /* A byte at a time it is the same. */
    for (size_t i = 0; i < fake.out.size; i++) {
        assert_int_equal(weir_hub_send(fake.hub, fake.conn, WEIR_LINK_DATA,
                                       (struct weir_str){(char *)fake.out.bytes + i, 1},
                                       WEIR_STR("")),
                         WEIR_OK);
        weir_hub_flush(fake.hub);
        fake_turn(&fake);
    }
    fake_expect_call(&fake, 2, CALL_DELIVERED, 7);

    /* A malformed one ends the connection for good. */
    bytes[4] = 99;
    fake_send(&fake, &frame);
    fake_wait_error(&fake);
    assert_int_equal(fake.err, WEIR_EREFUSED);
    free(bytes);
}

static void gaps_are_told(void **state)
{
    (void)state;
    connect((struct weir_client_options){0});
    fake_send(&fake, &(struct weir_frame){
                         .type = WEIR_FRAME_NOTICE,
                         .u.gap = {.reporter = 1,
                                   .episode = 5,
                                   .near_name = WEIR_STR("a"),
                                   .far_name = WEIR_STR("b")}
    });
    fake_expect_call(&fake, 1, CALL_GAP, 5);
    assert_string_equal(fake.calls[1].text, "b");
}

/* A loop of the caller's own sleeps until there is something to do, and no longer. */
static void timeouts_are_told(void **state)
{
    int timeout_ms;

    (void)state;
    fake.hello.heartbeat_ms = 60000;
    connect((struct weir_client_options){.heartbeat_ms = 40000});
    timeout_ms = weir_client_timeout_ms(fake.client);
    assert_in_range(timeout_ms, 20000, 40000);
    fake_cut(&fake);
    fake_wait_error(&fake);
    assert_int_equal(weir_client_timeout_ms(fake.client), 0);
}

static void queries_are_answered_in_pieces(void **state)
{
    uint32_t id;

    (void)state;
    connect((struct weir_client_options){.reconnect = true});
    assert_int_equal(weir_client_query(fake.client, &id, "link"), WEIR_OK);
    fake_expect_seen(&fake, 1, WEIR_FRAME_QUERY, id);
    assert_string_equal(fake.seen[1].text, "link");
    fake_send(&fake, &(struct weir_frame){
                         .type = WEIR_FRAME_REPLY, .u.reply = {id, 0, 0, WEIR_STR("[1,")}
    });
    fake_send(&fake, &(struct weir_frame){
                         .type = WEIR_FRAME_REPLY, .u.reply = {id, 1, 0, WEIR_STR("2]")}
    });
    fake_expect_call(&fake, 1, CALL_REPLY, id);
    assert_string_equal(fake.calls[1].text, "[1,");
    fake_expect_call(&fake, 2, CALL_REPLY, id + 1000u);

    /* One that is open when the connection is lost is not asked again, but ended. */
    assert_int_equal(weir_client_query(fake.client, &id, "sub"), WEIR_OK);
    fake_expect_seen(&fake, 2, WEIR_FRAME_QUERY, id);
    fake_cut(&fake);
    fake_expect_call(&fake, 3, CALL_DISCONNECTED, 0);
    fake_expect_call(&fake, 4, CALL_CONNECTED, 0);
    fake_expect_call(&fake, 5, CALL_REPLY, id + 1000u);
    assert_int_equal(fake.calls[5].reason, WEIR_REASON_SHUTDOWN);
}

static void queries_are_asked_one_by_one(void **state)
{
    uint32_t first, second;

    (void)state;
    connect((struct weir_client_options){.reconnect = true});
    assert_int_equal(weir_client_query(fake.client, &first, "link"), WEIR_OK);
    assert_int_equal(weir_client_query(fake.client, &second, "sub"), WEIR_OK);
    fake_expect_seen(&fake, 1, WEIR_FRAME_QUERY, first);
    fake_settle(&fake);
    assert_int_equal(fake.seen_count, 2);
    fake_send(&fake, &(struct weir_frame){
                         .type = WEIR_FRAME_REPLY, .u.reply = {first, 1, 0, WEIR_STR("[]")}
    });
    fake_expect_seen(&fake, 2, WEIR_FRAME_QUERY, second);

    /* The one whose answer is lost with the connection does not hold up the next. */
    assert_int_equal(weir_client_query(fake.client, &first, "adv"), WEIR_OK);
    fake_cut(&fake);
    fake_wait_seen(&fake, 5);
    fake_expect_seen(&fake, 4, WEIR_FRAME_QUERY, first);
}

static void a_reconnect_restores_everything(void **state)
{
    uint32_t adv, sub, left;

    (void)state;
    connect((struct weir_client_options){.reconnect = true});
    assert_int_equal(weir_client_subscribe(fake.client, &sub, "x = 1"), WEIR_OK);
    assert_int_equal(weir_client_subscribe(fake.client, &left, "x = 2"), WEIR_OK);
    assert_int_equal(weir_client_advertise(fake.client, &adv, "n > 0"), WEIR_OK);
    fake_wait_seen(&fake, 4);
    fake_outcome(&fake, WEIR_FRAME_SUBACK, sub, WEIR_REASON_NONE, "");
    fake_outcome(&fake, WEIR_FRAME_SUBACK, left, WEIR_REASON_NONE, "");
    fake_outcome(&fake, WEIR_FRAME_ADVACK, adv, WEIR_REASON_NONE, "");
    fake_wait_calls(&fake, 4);
    for (uint64_t n = 1; n <= 3; n++)
        publish(n);
    assert_int_equal(weir_client_unsubscribe(fake.client, left), WEIR_OK);
    fake_wait_seen(&fake, 8);
    fake_send(&fake, &(struct weir_frame){
                         .type = WEIR_FRAME_PUBREFUSED,
                         .u.pubrefused = {2, WEIR_REASON_CONFORMANCE, WEIR_STR("no")}
    });
    fake_puback(&fake, 1);
    fake_expect_call(&fake, 4, CALL_REFUSED, 2);
    fake_expect_call(&fake, 5, CALL_ACCEPTED, 1);

    fake_cut(&fake);
    fake_expect_call(&fake, 6, CALL_ACCEPTED, 2); /* it was refused: decided */
    fake_expect_call(&fake, 7, CALL_DISCONNECTED, 0);
    fake_expect_call(&fake, 8, CALL_CONNECTED, 0);
    fake_expect_seen(&fake, 8, WEIR_FRAME_HELLO, 2);
    fake_expect_seen(&fake, 9, WEIR_FRAME_SUBSCRIBE, sub);
    fake_expect_call(&fake, 9, CALL_UNSUBSCRIBED, left);
    fake_expect_seen(&fake, 10, WEIR_FRAME_ADVERTISE, adv);
    fake_settle(&fake);
    assert_int_equal(fake.seen_count, 11); /* the publish waits for the advertisement */
    fake_outcome(&fake, WEIR_FRAME_SUBACK, sub, WEIR_REASON_NONE, "");
    fake_outcome(&fake, WEIR_FRAME_ADVACK, adv, WEIR_REASON_NONE, "");
    fake_expect_seen(&fake, 11, WEIR_FRAME_PUBLISH, 1);
    fake_puback(&fake, 1);
    fake_expect_call(&fake, 12, CALL_ACCEPTED, 3);
    assert_int_equal(weir_client_flush(fake.client, 0), WEIR_OK);
}

static void heartbeats_keep_it_alive_and_silence_ends_it(void **state)
{
    (void)state;
    fake.hello.heartbeat_ms = 40;
    fake_client(&fake, (struct weir_client_options){.reconnect = true, .heartbeat_ms = 10});
    fake_expect_call(&fake, 0, CALL_CONNECTED, 0);
    fake_expect_seen(&fake, 1, WEIR_FRAME_HEARTBEAT, 0);
    fake_expect_call(&fake, 1, CALL_DISCONNECTED, 0);
    assert_int_equal(fake.calls[1].reason, WEIR_REASON_SILENT);
    fake_expect_call(&fake, 2, CALL_CONNECTED, 0);
}

static void a_missing_broker_is_an_error_without_reconnect(void **state)
{
    (void)state;
    weir_hub_destroy(fake.hub);
    assert_int_equal(weir_hub_create(&fake.hub, &(struct weir_hub_options){0}, NULL), WEIR_OK);
    fake_client(&fake, (struct weir_client_options){0});
    fake_wait_error(&fake);
    assert_int_equal(fake.err, WEIR_ECONNECT);
    assert_int_equal(weir_client_poll(fake.client, -1), WEIR_ECONNECT);
    fake_expect_call(&fake, 0, CALL_DISCONNECTED, 0);
}

static void a_farewell_decides_whether_to_come_back(void **state)
{
    static const struct {
        enum weir_reason reason;
        enum weir_err err;
    } rows[] = {
        {WEIR_REASON_VERSION,        WEIR_EVERSION},
        {WEIR_REASON_DUPLICATE_NAME, WEIR_EREFUSED},
        {WEIR_REASON_SHUTDOWN,       WEIR_OK      }
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (i > 0)
            fake_init(&fake);
        connect((struct weir_client_options){.reconnect = true});
        fake_send(&fake, &(struct weir_frame){
                             .type = WEIR_FRAME_CLOSE,
                             .u.close = {(uint16_t)rows[i].reason, WEIR_STR("bye")}
        });
        weir_hub_close(fake.hub, fake.conn, 1000);
        fake_expect_call(&fake, 1, CALL_DISCONNECTED, 0);
        assert_int_equal(fake.calls[1].reason, rows[i].reason);
        assert_string_equal(fake.calls[1].text, "bye");
        if (rows[i].err == WEIR_OK)
            fake_expect_call(&fake, 2, CALL_CONNECTED, 0);
        else
            fake_wait_error(&fake);
        assert_int_equal(fake.err, rows[i].err);
        if (i + 1 < sizeof rows / sizeof rows[0])
            fake_fini(&fake);
    }
}

static void a_broker_of_another_kind_is_refused(void **state)
{
    static const struct {
        uint8_t version_min, role;
        enum weir_err err;
    } rows[] = {
        {9, WEIR_ROLE_BROKER, WEIR_EVERSION},
        {1, WEIR_ROLE_CLIENT, WEIR_EREFUSED}
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        if (i > 0)
            fake_init(&fake);
        fake.hello.version_min = rows[i].version_min;
        fake.hello.version_max = rows[i].version_min;
        fake.hello.role = rows[i].role;
        fake_client(&fake, (struct weir_client_options){.reconnect = true});
        fake_wait_error(&fake);
        assert_int_equal(fake.err, rows[i].err);
        fake_expect_seen(&fake, 1, WEIR_FRAME_CLOSE,
                         i == 0 ? WEIR_REASON_VERSION : WEIR_REASON_ROLE);
        if (i == 0)
            fake_fini(&fake);
    }
}

static void answers_to_nothing_end_it(void **state)
{
    (void)state;
    connect((struct weir_client_options){0});
    fake_outcome(&fake, WEIR_FRAME_SUBACK, 77, WEIR_REASON_NONE, "");
    fake_wait_error(&fake);
    assert_int_equal(fake.err, WEIR_EREFUSED);
}

static void *interrupt(void *context)
{
    weir_client_interrupt(context);
    return NULL;
}

static void a_waiting_poll_can_be_interrupted(void **state)
{
    pthread_t thread;

    (void)state;
    connect((struct weir_client_options){0});
    fake_settle(&fake);
    assert_int_equal(pthread_create(&thread, NULL, interrupt, fake.client), 0);
    assert_int_equal(weir_client_poll(fake.client, -1), WEIR_OK);
    pthread_join(thread, NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(hello_names_the_client),
        TEST(options_are_checked),
        TEST(subscriptions_come_and_go),
        TEST(deliveries_name_their_subscriptions),
        TEST(gaps_are_told),
        TEST(timeouts_are_told),
        TEST(queries_are_answered_in_pieces),
        TEST(queries_are_asked_one_by_one),
        TEST(a_reconnect_restores_everything),
        TEST(heartbeats_keep_it_alive_and_silence_ends_it),
        TEST(a_missing_broker_is_an_error_without_reconnect),
        TEST(a_farewell_decides_whether_to_come_back),
        TEST(a_broker_of_another_kind_is_refused),
        TEST(answers_to_nothing_end_it),
        TEST(a_waiting_poll_can_be_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
