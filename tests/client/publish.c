/* publish.c - what a client publishes: windows, acknowledgements, advertisements. */
#include "fake.h"

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

static enum weir_err publish_sized(size_t body_size, uint64_t *number)
{
    static const char body[4096];
    struct weir_attr attr = {WEIR_STR("n"), weir_value_int(1)};

    return weir_client_publish(fake.client, number, &attr, 1, (struct weir_str){body, body_size},
                               NULL);
}

static uint64_t publish(void)
{
    uint64_t number;

    assert_int_equal(publish_sized(0, &number), WEIR_OK);
    return number;
}

/* The size of the frame that publish() makes. */
static size_t frame_size(void)
{
    struct weir_attr attr = {WEIR_STR("n"), weir_value_int(1)};
    struct weir_frame frame = {.type = WEIR_FRAME_PUBLISH};
    uint8_t *bytes;
    size_t size;

    assert_int_equal(weir_notification_encode(&bytes, &size, &attr, 1, WEIR_STR(""), NULL, NULL),
                     WEIR_OK);
    frame.u.publish.payload = (struct weir_str){(const char *)bytes, size};
    weiri_buf_reset(&fake.out);
    assert_int_equal(weir_frame_encode(&fake.out, &frame), WEIR_OK);
    free(bytes);
    return fake.out.size;
}

static void connect(struct weir_client_options options)
{
    fake_client(&fake, options);
    fake_expect_call(&fake, 0, CALL_CONNECTED, 0);
    fake_wait_seen(&fake, 1);
}

static void acknowledgements_are_cumulative(void **state)
{
    (void)state;
    connect((struct weir_client_options){0});
    for (uint64_t n = 1; n <= 100; n++)
        assert_int_equal(publish(), n);
    assert_int_equal(weir_client_pending(fake.client), 100);
    for (uint64_t n = 1; n <= 100; n++)
        fake_expect_seen(&fake, n, WEIR_FRAME_PUBLISH, n);
    fake_puback(&fake, 60);
    fake_expect_call(&fake, 1, CALL_ACCEPTED, 60);
    assert_int_equal(weir_client_pending(fake.client), 40);
    fake_send(&fake, &(struct weir_frame){
                         .type = WEIR_FRAME_PUBREFUSED,
                         .u.pubrefused = {70, WEIR_REASON_LIMIT, WEIR_STR("why")}
    });
    fake_puback(&fake, 100);
    fake_expect_call(&fake, 2, CALL_REFUSED, 70);
    assert_string_equal(fake.calls[2].text, "why");
    fake_expect_call(&fake, 3, CALL_ACCEPTED, 100);
    assert_int_equal(weir_client_flush(fake.client, 0), WEIR_OK);
}

static void the_window_is_respected(void **state)
{
    (void)state;
    fake.hello.window = 3 * frame_size();
    connect((struct weir_client_options){0});
    for (int i = 0; i < 7; i++)
        publish();
    fake_expect_seen(&fake, 3, WEIR_FRAME_PUBLISH, 3);
    fake_settle(&fake);
    assert_int_equal(fake.seen_count, 4);
    fake_puback(&fake, 2);
    fake_expect_seen(&fake, 5, WEIR_FRAME_PUBLISH, 5);
    fake_settle(&fake);
    assert_int_equal(fake.seen_count, 6);
    fake_puback(&fake, 5);
    fake_expect_seen(&fake, 7, WEIR_FRAME_PUBLISH, 7);
}

static void a_full_queue_says_try_again(void **state)
{
    uint64_t number;

    (void)state;
    connect((struct weir_client_options){.queue_size = 4096});
    while (publish_sized(500, &number) == WEIR_OK)
        assert_true(number < 9);
    assert_true(number >= 4);
    assert_int_equal(publish_sized(500, &number), WEIR_EAGAIN);
    fake_expect_seen(&fake, number, WEIR_FRAME_PUBLISH, number);
    fake_puback(&fake, 1);
    fake_expect_call(&fake, 1, CALL_ACCEPTED, 1);
    assert_int_equal(publish_sized(500, &number), WEIR_OK);
}

static void what_the_broker_never_takes_is_refused_here(void **state)
{
    uint64_t number;

    (void)state;
    fake.hello.frame_max = 1000;
    connect((struct weir_client_options){0});
    publish();
    assert_int_equal(publish_sized(2000, &number), WEIR_OK);
    publish();
    fake_expect_seen(&fake, 1, WEIR_FRAME_PUBLISH, 1);
    fake_settle(&fake);
    assert_int_equal(fake.seen_count, 2); /* in its turn */
    fake_puback(&fake, 1);
    fake_expect_call(&fake, 1, CALL_ACCEPTED, 1);
    fake_expect_call(&fake, 2, CALL_REFUSED, 2);
    assert_int_equal(fake.calls[2].reason, WEIR_REASON_FRAME_SIZE);
    fake_expect_call(&fake, 3, CALL_ACCEPTED, 2);
    fake_expect_seen(&fake, 2, WEIR_FRAME_PUBLISH, 2);
    fake_puback(&fake, 2);
    fake_expect_call(&fake, 4, CALL_ACCEPTED, 3);
}

static void an_advertisement_keeps_its_place_among_publishes(void **state)
{
    uint32_t adv;

    (void)state;
    connect((struct weir_client_options){0});
    publish();
    assert_int_equal(weir_client_advertise(fake.client, &adv, "n > 0"), WEIR_OK);
    publish();
    fake_expect_seen(&fake, 1, WEIR_FRAME_PUBLISH, 1);
    fake_settle(&fake);
    assert_int_equal(fake.seen_count, 2);
    fake_puback(&fake, 1);
    fake_expect_seen(&fake, 2, WEIR_FRAME_ADVERTISE, adv);
    fake_settle(&fake);
    assert_int_equal(fake.seen_count, 3);
    fake_outcome(&fake, WEIR_FRAME_ADVACK, adv, WEIR_REASON_NONE, "");
    fake_expect_seen(&fake, 3, WEIR_FRAME_PUBLISH, 2);

    assert_int_equal(weir_client_unadvertise(fake.client, adv), WEIR_OK);
    publish();
    fake_settle(&fake);
    assert_int_equal(fake.seen_count, 4);
    fake_puback(&fake, 2);
    fake_expect_seen(&fake, 4, WEIR_FRAME_UNADVERTISE, adv);
    fake_outcome(&fake, WEIR_FRAME_UNADVACK, adv, WEIR_REASON_NONE, "");
    fake_expect_seen(&fake, 5, WEIR_FRAME_PUBLISH, 3);
    fake_expect_call(&fake, 4, CALL_UNADVERTISED, adv);
}

static void a_refused_advertisement_holds_nothing_back(void **state)
{
    uint32_t adv;

    (void)state;
    connect((struct weir_client_options){0});
    assert_int_equal(weir_client_advertise(fake.client, &adv, "n >"), WEIR_OK);
    publish();
    fake_expect_seen(&fake, 1, WEIR_FRAME_ADVERTISE, adv);
    fake_outcome(&fake, WEIR_FRAME_ADVACK, adv, WEIR_REASON_FILTER, "caret");
    fake_expect_call(&fake, 1, CALL_ADVERTISED, adv);
    fake_expect_seen(&fake, 2, WEIR_FRAME_PUBLISH, 1);
}

/* The connection is lost while an advertisement waits to be withdrawn behind publishes: they still
 * go out under it. */
static void a_withdrawal_that_waits_survives_a_reconnect(void **state)
{
    uint32_t leaving, staying;

    (void)state;
    connect((struct weir_client_options){.reconnect = true});
    assert_int_equal(weir_client_advertise(fake.client, &leaving, "n > 0"), WEIR_OK);
    assert_int_equal(weir_client_advertise(fake.client, &staying, "n > 1"), WEIR_OK);
    fake_wait_seen(&fake, 3);
    fake_outcome(&fake, WEIR_FRAME_ADVACK, leaving, WEIR_REASON_NONE, "");
    fake_outcome(&fake, WEIR_FRAME_ADVACK, staying, WEIR_REASON_NONE, "");
    fake_wait_calls(&fake, 3);
    publish();
    assert_int_equal(weir_client_unadvertise(fake.client, leaving), WEIR_OK);
    fake_expect_seen(&fake, 3, WEIR_FRAME_PUBLISH, 1);
    fake_cut(&fake);
    fake_expect_seen(&fake, 4, WEIR_FRAME_HELLO, 2);
    fake_expect_seen(&fake, 5, WEIR_FRAME_ADVERTISE, leaving);
    fake_expect_seen(&fake, 6, WEIR_FRAME_ADVERTISE, staying);
    fake_outcome(&fake, WEIR_FRAME_ADVACK, leaving, WEIR_REASON_NONE, "");
    fake_outcome(&fake, WEIR_FRAME_ADVACK, staying, WEIR_REASON_NONE, "");
    fake_expect_seen(&fake, 7, WEIR_FRAME_PUBLISH, 1);
    fake_puback(&fake, 1);
    fake_expect_seen(&fake, 8, WEIR_FRAME_UNADVERTISE, leaving);
}

static void acknowledging_what_was_not_sent_ends_it(void **state)
{
    (void)state;
    connect((struct weir_client_options){0});
    publish();
    fake_wait_seen(&fake, 2);
    fake_puback(&fake, 2);
    fake_wait_error(&fake);
    assert_int_equal(fake.err, WEIR_EREFUSED);
}

static void a_batch_stops_at_a_full_queue(void **state)
{
    struct weir_attr attr = {WEIR_STR("n"), weir_value_int(1)};
    static const char body[600];
    struct weir_notification batch[10];
    uint64_t last;
    uint8_t *bytes;
    size_t size, taken;

    (void)state;
    connect((struct weir_client_options){.queue_size = 2000});
    assert_int_equal(weir_notification_encode(&bytes, &size, &attr, 1,
                                              (struct weir_str){body, sizeof body}, NULL, NULL),
                     WEIR_OK);
    for (size_t i = 0; i < 10; i++)
        batch[i] = weir_notification_view(bytes, size);
    assert_int_equal(weir_client_publish_batch(fake.client, &last, &taken, batch, 2), WEIR_OK);
    assert_int_equal(taken, 2);
    assert_int_equal(last, 2);
    assert_int_equal(weir_client_publish_batch(fake.client, &last, &taken, batch, 10), WEIR_EAGAIN);
    assert_true(taken < 2);
    assert_int_equal(weir_client_pending(fake.client), 2 + taken);
    free(bytes);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(acknowledgements_are_cumulative),
        TEST(the_window_is_respected),
        TEST(a_full_queue_says_try_again),
        TEST(what_the_broker_never_takes_is_refused_here),
        TEST(an_advertisement_keeps_its_place_among_publishes),
        TEST(a_refused_advertisement_holds_nothing_back),
        TEST(a_withdrawal_that_waits_survives_a_reconnect),
        TEST(acknowledging_what_was_not_sent_ends_it),
        TEST(a_batch_stops_at_a_full_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
