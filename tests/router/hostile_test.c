/* hostile_test.c - forged frames and unlucky moments that were found by reading the core: none may
 * kill a broker, hold up an answer for ever, or end a gap that still lasts. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <weir/bytes.h>

static void send_to(struct net *net, int connection, int broker, const struct weir_frame *frame)
{
    struct weiri_buf buf;

    weiri_buf_init(&buf, WEIR_FRAME_SIZE_MAX, NULL);
    assert_int_equal(weir_frame_encode(&buf, frame), WEIR_OK);
    net_send_bytes(net, connection, broker, weir_frame_lane(frame->type), buf.bytes, buf.size);
    weiri_buf_fini(&buf);
}

static struct weir_frame lsa_frame(const char *name, uint64_t incarnation, uint64_t sequence,
                                   uint32_t count, const uint8_t *neighbours)
{
    struct weir_frame frame = {.type = WEIR_FRAME_LSA};

    frame.u.lsa = (struct weir_lsa){weir_broker_id(weir_str_of(name)),
                                    incarnation,
                                    sequence,
                                    weir_str_of(name),
                                    count,
                                    neighbours};
    return frame;
}

/* A filter that returns while its withdrawal waits for the next step is promised once more. */
static void subscribed_again_while_the_withdrawal_waits(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
    struct net *net = net_create(&config);
    int a = net_broker(net, 100), b = net_broker(net, 100);
    int sub, other, i;

    (void)state;
    (void)net_join(net, a, b);
    net_run(net);
    sub = net_client(net, b, "s");
    other = net_client(net, b, "t");
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    for (i = 0; i < 4200; i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "n = %d", i + 1);
        net_subscribe(net, other, (uint32_t)i, text);
        if (i % 100 == 0)
            net_run(net);
    }
    net_run(net);
    net_unsubscribe(net, sub, 1); /* uncovers more than one step tells */
    net_subscribe(net, sub, 2, "n > 0");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 2);
    net_destroy(net);
}

/* A link has just come up and a publisher behind it was ADVACKed long ago: a subscription is not in
 * force before it is there. */
static void suback_waits_for_advertisements_that_come(void **state)
{
    struct net_config config = {
        .seed = 1, .strategy = WEIR_STRATEGY_COVERING, .advertisements = true};
    struct net *net = net_create(&config);
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
    net_destroy(net);
}

/* A neighbour that refuses us each time it is dialled must not keep others from their answers. */
static void refused_link_does_not_hold_up_subscriptions(void **state)
{
    struct net_config config = {
        .seed = 1, .strategy = WEIR_STRATEGY_COVERING, .listed = true, .hold_ms = 5000};
    struct net *net = net_create(&config);
    int a = net_broker_named(net, "a", 100, "x"), b = net_broker_named(net, "b", 100, "a");
    int sub = net_client(net, b, "s");

    (void)state;
    net_subscribe(net, sub, 1, "n > 0");
    for (int i = 0; i < 30; i++) {
        int c = net_join(net, b, a);

        net_advance(net, 1000);
        assert_false(net_is_open(net, c));
    }
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 1);
    net_destroy(net);
}

/* An LSA of us with the greatest sequence number must not start an endless exchange. */
static void greatest_lsa_sequence_calms_down(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
    struct net *net = net_create(&config);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100), bc, from;
    struct weir_frame frame = lsa_frame("a", 100, UINT64_MAX, 0, NULL);

    (void)state;
    (void)net_join(net, a, b);
    bc = net_join(net, b, c);
    net_run(net);
    send_to(net, bc, b, &frame);
    from = net_log_size(net);
    net_move(net, 500);
    assert_true(net_log_size(net) - from < 100);
    net_destroy(net);
}

static void send_data(struct net *net, int connection, int to, uint64_t seq, uint64_t prev)
{
    struct weir_frame frame = {.type = WEIR_FRAME_DATA};
    struct weir_attr attr = {WEIR_STR("n"), weir_value_int(1)};
    struct weir_notification n;
    struct weir_stamps stamps = {.id = WEIR_STR("x.1.1"), .origin_len = 1};
    uint8_t *bytes, stamped[512];
    size_t size;

    assert_int_equal(
        weir_notification_encode(&bytes, &size, &attr, 1, (struct weir_str){"", 0}, NULL, NULL),
        WEIR_OK);
    n = weir_notification_view(bytes, size);
    size = weir_notification_stamped_size(&n, &stamps);
    assert_true(size <= sizeof stamped);
    weir_notification_stamp(stamped, &n, &stamps);
    free(bytes);
    frame.u.data = (struct weir_data){
        .origin = 77,
        .incarnation = 1,
        .seq = seq,
        .prev = prev,
        .payload = {(const char *)stamped, size}
    };
    send_to(net, connection, to, &frame);
}

/* A hole in a stream, then the link is lost: two gaps, the second one open. */
static void loss_after_a_hole_is_told_too(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
    struct net *net = net_create(&config);
    int a = net_broker(net, 100), b = net_broker(net, 100), ab, sub;

    (void)state;
    ab = net_join(net, a, b);
    net_run(net);
    sub = net_client(net, b, "s");
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    net_stall(net, ab, a, WEIR_LANE_CONTROL, true); /* it has not sent these */
    send_data(net, ab, b, 1, 0);
    net_run(net);
    send_data(net, ab, b, 9, 8);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 2);
    net_cut(net, ab);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 3);
    net_destroy(net);
}

/* A hole while the gap of the link is still open does not end that gap. */
static void hole_does_not_end_the_gap_of_the_link(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
    struct net *net = net_create(&config);
    int a = net_broker(net, 100), b = net_broker(net, 100), ab, sub;

    (void)state;
    ab = net_join(net, a, b);
    net_run(net);
    sub = net_client(net, b, "s");
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    net_cut(net, ab);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 1);
    ab = net_join(net, a, b);
    net_stall(net, ab, a, WEIR_LANE_CONTROL, true);
    net_stall(net, ab, b, WEIR_LANE_CONTROL, true); /* not in force again */
    net_run(net);
    send_data(net, ab, b, 1, 0);
    net_run(net);
    send_data(net, ab, b, 9, 8);
    net_run(net);
    assert_false(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    net_destroy(net);
}

/* Three brokers joined in a ring at once: one link goes, and all is well after that. */
static void refused_cycle_is_no_gap(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING, .hold_ms = 5000};
    struct net *net = net_create(&config);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100), sub;

    (void)state;
    (void)net_join(net, a, b);
    (void)net_join(net, b, c);
    (void)net_join(net, c, a);
    net_run(net);
    sub = net_client(net, c, "s");
    net_subscribe(net, sub, 1, "n > 0");
    net_run(net);
    print_message("ring: SUBACK at once: %d\n", net_count(net, sub, WEIR_FRAME_SUBACK));
    net_advance(net, 20000);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 1);
    for (int i = 0; i < 3; i++)
        print_message("ring: broker %d gaps %d subs %d\n", i,
                      (int)weir_router_stats(net_router(net, i)).gaps,
                      (int)weir_router_stats(net_router(net, i)).subs);
    print_message("ring: notices %d\n", net_count(net, sub, WEIR_FRAME_NOTICE));
    assert_true(net_count(net, sub, WEIR_FRAME_NOTICE) == 0 ||
                net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    net_destroy(net);
}

/* One GAP frame after the other must not end the gap that is ours. */
static void many_gaps_do_not_end_ours(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
    struct net *net = net_create(&config);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100), ab, ac, sub;

    (void)state;
    sub = net_client(net, a, "s");
    net_subscribe(net, sub, 1, "n > 0");
    ab = net_join(net, a, b);
    ac = net_join(net, a, c);
    net_run(net);
    net_cut(net, ac);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 1);
    for (uint64_t i = 0; i < 8192; i++) {
        struct weir_frame frame = {.type = WEIR_FRAME_GAP};

        frame.u.gap = (struct weir_gap){7, i, 0, WEIR_STR("u"), WEIR_STR("v")};
        send_to(net, ab, a, &frame);
        net_client_at(net, sub)->received_count = 1;
        net_move(net, 1);
        for (int k = 1; k < net_client_at(net, sub)->received_count; k++)
            assert_false(net_client_at(net, sub)->received[k].ended);
    }
    for (int i = 0; i < 8200; i++) {
        net_client_at(net, sub)->received_count = 1;
        net_move(net, 1);
        for (int k = 1; k < net_client_at(net, sub)->received_count; k++)
            assert_false(net_client_at(net, sub)->received[k].ended);
    }
    net_destroy(net);
}

/* A hole takes one spare gap, the loss of the link the other; then others' gaps push ours out. */
static void gaps_pushed_out_do_not_kill_the_broker(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
    struct net *net = net_create(&config);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100), ab, ac;

    (void)state;
    ab = net_join(net, a, b);
    ac = net_join(net, a, c);
    net_run(net);
    net_stall(net, ac, c, WEIR_LANE_CONTROL, true);
    send_data(net, ac, a, 1, 0);
    net_run(net);
    send_data(net, ac, a, 9, 8);
    net_run(net);
    net_cut(net, ac);
    net_run(net);
    for (uint64_t i = 0; i < 8200; i++) {
        struct weir_frame frame = {.type = WEIR_FRAME_GAP};

        frame.u.gap = (struct weir_gap){7, i, 0, WEIR_STR("u"), WEIR_STR("v")};
        send_to(net, ab, a, &frame);
    }
    net_run(net);
    net_advance(net, 10000);
    net_destroy(net);
}

/* A neighbour's word on our former life makes no room for a thousand hops. */
static void former_neighbours_are_bounded(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
    struct net *net = net_create(&config);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100), ab;
    static uint8_t neighbours[1024 * WEIR_NEIGHBOUR_SIZE];
    struct weir_frame frame = lsa_frame("a", 99, 1, 1024, neighbours);

    (void)state;
    ab = net_join(net, a, b);
    net_run(net);
    for (uint32_t i = 0; i < 1024; i++)
        weir_neighbour_write(neighbours + i * WEIR_NEIGHBOUR_SIZE,
                             &(struct weir_neighbour){i + 5, 1, 1});
    send_to(net, ab, a, &frame);
    net_run(net);
    ab = net_join(net, c, a);
    net_run(net);
    assert_true(net_is_open(net, ab)); /* is there still a place for a true neighbour? */
    net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subscribed_again_while_the_withdrawal_waits),
        cmocka_unit_test(suback_waits_for_advertisements_that_come),
        cmocka_unit_test(refused_link_does_not_hold_up_subscriptions),
        cmocka_unit_test(greatest_lsa_sequence_calms_down),
        cmocka_unit_test(loss_after_a_hole_is_told_too),
        cmocka_unit_test(hole_does_not_end_the_gap_of_the_link),
        cmocka_unit_test(refused_cycle_is_no_gap),
        cmocka_unit_test(many_gaps_do_not_end_ours),
        cmocka_unit_test(former_neighbours_are_bounded),
        cmocka_unit_test(gaps_pushed_out_do_not_kill_the_broker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
