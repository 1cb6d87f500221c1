/* hostile_test.c - what a peer forges or a client chooses must neither stop a broker, nor cost it
 * without bound, nor make it silent about losses. */
#include "net.h"

#include <weir/bytes.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct net_config plain = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};

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

static struct weir_frame gap_frame(uint64_t episode)
{
    struct weir_frame frame = {.type = WEIR_FRAME_GAP};

    frame.u.gap = (struct weir_gap){7, episode, 0, WEIR_STR("u"), WEIR_STR("v")};
    return frame;
}

static void forge_data_of(struct net *net, int connection, int to, uint64_t origin, uint64_t seq,
                          uint64_t prev, uint8_t hops)
{
    struct weir_frame frame = {.type = WEIR_FRAME_DATA};
    struct weir_attr attr = {WEIR_STR("n"), weir_value_int(1)};
    struct weir_stamps stamps = {.id = WEIR_STR("x.1.1"), .origin_len = 1};
    struct weir_notification n;
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
        .origin = origin,
        .incarnation = 1,
        .seq = seq,
        .prev = prev,
        .hops = hops,
        .payload = {(const char *)stamped, size}
    };
    net_forge(net, connection, to, &frame);
}

static void forge_data(struct net *net, int connection, int to, uint64_t seq, uint64_t prev,
                       uint8_t hops)
{
    forge_data_of(net, connection, to, 77, seq, prev, hops);
}

/* Two brokers and a subscriber at the second, to which the first says only what a test forges. */
struct pair {
    struct net *net;
    int a, b, ab, sub;
};

static struct pair pair(void)
{
    struct pair p = {.net = net_create(&plain)};

    p.a = net_broker(p.net, 100);
    p.b = net_broker(p.net, 100);
    p.ab = net_join(p.net, p.a, p.b);
    net_run(p.net);
    p.sub = net_client(p.net, p.b, "s");
    net_subscribe(p.net, p.sub, 1, "n > 0");
    net_run(p.net);
    net_stall(p.net, p.ab, p.a, WEIR_LANE_CONTROL, true);
    return p;
}

static void a_loss_after_a_hole_is_told_too(void **state)
{
    struct pair p = pair();

    (void)state;
    forge_data(p.net, p.ab, p.b, 1, 0, 1);
    forge_data(p.net, p.ab, p.b, 9, 8, 1);
    net_run(p.net);
    assert_int_equal(net_count(p.net, p.sub, WEIR_FRAME_NOTICE), 2);
    net_cut(p.net, p.ab);
    net_run(p.net);
    assert_int_equal(net_count(p.net, p.sub, WEIR_FRAME_NOTICE), 3);
    net_destroy(p.net);
}

static void a_hole_does_not_end_the_gap_of_the_link(void **state)
{
    struct pair p = pair();

    (void)state;
    net_cut(p.net, p.ab);
    net_run(p.net);
    assert_int_equal(net_count(p.net, p.sub, WEIR_FRAME_NOTICE), 1);
    p.ab = net_join(p.net, p.a, p.b);
    net_stall(p.net, p.ab, p.a, WEIR_LANE_CONTROL, true);
    net_stall(p.net, p.ab, p.b, WEIR_LANE_CONTROL, true); /* not in force again */
    forge_data(p.net, p.ab, p.b, 1, 0, 1);
    forge_data(p.net, p.ab, p.b, 9, 8, 1);
    net_run(p.net);
    assert_int_equal(net_count(p.net, p.sub, WEIR_FRAME_NOTICE), 1);
    net_cut(p.net, p.ab);
    (void)net_join(p.net, p.a, p.b);
    net_run(p.net);
    assert_true(net_last(p.net, p.sub, WEIR_FRAME_NOTICE)->ended);
    net_destroy(p.net);
}

/* Where a frame may go no further, the loss is told. */
static void a_notification_that_went_too_far_is_a_gap(void **state)
{
    struct pair p = pair();

    (void)state;
    forge_data(p.net, p.ab, p.b, 1, 0, 254);
    forge_data(p.net, p.ab, p.b, 2, 1, 255);
    net_run(p.net);
    assert_int_equal(net_count(p.net, p.sub, WEIR_FRAME_DELIVER), 1);
    assert_int_equal(net_count(p.net, p.sub, WEIR_FRAME_NOTICE), 2);
    net_destroy(p.net);
}

/* c invents origins; what b publishes is still known to follow what it published before. */
static void invented_origins_do_not_push_out_our_stream(void **state)
{
    struct net_config config = plain;
    int a, b, c, bc, sub, pub;
    struct net *net;

    (void)state;
    config.link_window = 1 << 24;
    net = net_create(&config);
    a = net_broker(net, 100);
    b = net_broker(net, 100);
    c = net_broker(net, 100);
    (void)net_join(net, a, b);
    bc = net_join(net, b, c);
    net_run(net);
    sub = net_client(net, a, "s");
    pub = net_client(net, b, "p");
    net_subscribe(net, sub, 1, "n > 5");
    net_run(net);
    net_publish(net, pub, 6, 0);
    net_run(net);
    for (uint64_t origin = 1; origin <= 9000; origin++)
        forge_data_of(net, bc, b, origin, 1, 0, 1);
    net_run(net);
    net_publish(net, pub, 7, 0);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 2);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 0);
    net_destroy(net);
}

/* One link says in order what it says; a copy from it means that numbers are forged. */
static void a_copy_on_the_same_link_closes_it(void **state)
{
    struct pair p = pair();

    (void)state;
    forge_data(p.net, p.ab, p.b, UINT64_MAX, 0, 1);
    forge_data(p.net, p.ab, p.b, 1, 0, 1);
    net_run(p.net);
    assert_false(net_is_open(p.net, p.ab));
    assert_int_equal(net_close_reason(p.net, p.ab), WEIR_REASON_PROTOCOL);
    assert_int_equal(net_count(p.net, p.sub, WEIR_FRAME_NOTICE), 1);
    net_destroy(p.net);
}

/* Lets `moves` messages pass and counts the notices that a client gets of a gap. */
static int notices_of(struct net *net, int client, int moves, const char *gap)
{
    struct net_client *c = net_client_at(net, client);
    int count = 0;

    for (int i = 0; i < moves; i++) {
        c->received_count = 0;
        net_move(net, 1);
        for (int k = 0; k < c->received_count; k++)
            count +=
                c->received[k].type == WEIR_FRAME_NOTICE && strcmp(c->received[k].text, gap) == 0;
    }
    return count;
}

/* b - a - c: with the gap of a-c open, b forges gaps. */
static void others_gaps_do_not_end_ours(void **state)
{
    struct net *net = net_create(&plain);
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
    for (uint64_t i = 0; i < 8200; i++) {
        struct weir_frame frame = gap_frame(i);

        net_forge(net, ab, a, &frame);
    }
    assert_int_equal(notices_of(net, sub, 2 * 8200, "a-c"), 0);
    assert_int_equal(net_close_reason(net, ab), WEIR_REASON_LIMIT);
    (void)net_join(net, a, c);
    assert_int_equal(notices_of(net, sub, 3 * 8200, "a-c"), 1);
    net_destroy(net);
}

/* A hole, the loss of the link, others' gaps by the thousand, and then the hold time ends. */
static void gaps_do_not_run_out_of_room(void **state)
{
    struct net *net = net_create(&plain);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100), ab, ac;

    (void)state;
    ab = net_join(net, a, b);
    ac = net_join(net, a, c);
    net_run(net);
    net_stall(net, ac, c, WEIR_LANE_CONTROL, true);
    forge_data(net, ac, a, 1, 0, 1);
    forge_data(net, ac, a, 9, 8, 1);
    net_run(net);
    net_cut(net, ac);
    net_run(net);
    for (uint64_t i = 0; i < 8200; i++) {
        struct weir_frame frame = gap_frame(i);

        net_forge(net, ab, a, &frame);
    }
    net_run(net);
    net_advance(net, 10000);
    net_destroy(net);
}

/* c - a - b - c is a ring: the gap of the link that goes ends when its broker is reached another
 * way, and the hold time ends after that. */
static void a_gap_that_has_ended_does_not_begin_again_at_expiry(void **state)
{
    struct net *net = net_create(&plain);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100), ac;
    uint64_t gaps;

    (void)state;
    (void)net_join(net, a, b);
    ac = net_join(net, a, c);
    net_run(net);
    forge_data(net, ac, a, 1, 0, 1);
    forge_data(net, ac, a, 9, 8, 1);
    net_run(net);
    net_cut(net, ac);
    net_run(net);
    (void)net_join(net, b, c);
    net_run(net);
    gaps = weir_router_stats(net_router(net, a)).gaps;
    net_advance(net, 10000);
    assert_int_equal(weir_router_stats(net_router(net, a)).gaps, gaps);
    net_destroy(net);
}

/* Strangers who come once and never again leave a bounded number of gaps behind. */
static void strangers_leave_few_gaps(void **state)
{
    struct weir_router_config config = {.name = WEIR_STR("a"),
                                        .incarnation = 1,
                                        .strategy = WEIR_STRATEGY_COVERING,
                                        .link_window = 1000,
                                        .client_window = 1000,
                                        .unlisted = true};
    struct weir_router *router;
    struct weir_actions actions;
    uint64_t now = 1;

    (void)state;
    assert_int_equal(weir_router_create(&router, &config, NULL), WEIR_OK);
    for (uint32_t i = 1; i <= 2200; i++) {
        struct weir_frame frame = {.type = WEIR_FRAME_HEARTBEAT};
        struct weir_input input = {.type = WEIR_IN_LINK_UP, .link = i, .now_ms = ++now};
        struct weiri_buf buf;
        char name[16];

        (void)snprintf(name, sizeof name, "x%u", i);
        input.u.peer = (struct weir_peer){.role = WEIR_ROLE_BROKER,
                                          .name = weir_str_of(name),
                                          .incarnation = 1,
                                          .epoch = 1,
                                          .window = 1000,
                                          .own_epoch = i};
        assert_int_equal(weir_router_step(router, &input, &actions), WEIR_OK);
        weiri_buf_init(&buf, WEIR_FRAME_SIZE_MAX, NULL);
        assert_int_equal(weir_frame_encode(&buf, &frame), WEIR_OK);
        input.type = WEIR_IN_MESSAGE;
        input.u.message = weiri_buf_str(&buf);
        assert_int_equal(weir_router_step(router, &input, &actions), WEIR_OK);
        weiri_buf_fini(&buf);
        input.type = WEIR_IN_LINK_DOWN;
        assert_int_equal(weir_router_step(router, &input, &actions), WEIR_OK);
    }
    assert_int_equal(weir_router_stats(router).gaps, 2200);
    assert_true(weir_router_stats(router).gaps_open <= 2048);
    weir_router_destroy(router);
}

static void count_broker(void *context, const struct weir_broker_view *view)
{
    (void)view;
    ++*(int *)context;
}

static int brokers_seen(struct net *net, int broker)
{
    int count = 0;

    weir_router_brokers(net_router(net, broker), count_broker, &count);
    return count;
}

static void an_impossible_lsa_sequence_closes_the_link(void **state)
{
    struct net *net = net_create(&plain);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100);
    int ab = net_join(net, a, b), bc, from;
    struct weir_frame frame = lsa_frame("a", 100, UINT64_MAX, 0, NULL);

    (void)state;
    bc = net_join(net, b, c);
    net_run(net);
    net_forge(net, bc, b, &frame);
    from = net_log_size(net);
    net_move(net, 500);
    assert_true(net_log_size(net) - from < 100);
    assert_int_equal(net_close_reason(net, bc), WEIR_REASON_PROTOCOL);

    /* those that are only greater than ours calm down; with room above, our links count again */
    for (int i = 0; i < 2; i++) {
        bc = net_join(net, b, c);
        net_run(net);
        frame = lsa_frame("a", 100, UINT64_MAX / (i == 0 ? 4 : 2), 0, NULL);
        net_forge(net, bc, b, &frame);
        from = net_log_size(net);
        net_move(net, 500);
        assert_true(net_log_size(net) - from < 100);
        assert_true(net_is_open(net, ab));
        assert_true(net_is_open(net, bc));
        assert_true(i == 1 || brokers_seen(net, b) == 3);
        net_cut(net, bc);
    }
    net_destroy(net);
}

/* Old records are answered with nothing: ours are on their way already, and an answer to each of
 * many copies, from each who knows better, would never end. */
static void old_records_are_not_answered(void **state)
{
    struct net *net = net_create(&plain);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100), bc, from;

    (void)state;
    (void)net_join(net, a, b);
    bc = net_join(net, b, c);
    net_run(net);
    from = net_log_size(net);
    for (int i = 0; i < 100; i++) {
        struct weir_frame other = lsa_frame("a", 99, 1, 0, NULL);
        struct weir_frame own = lsa_frame("b", 99, 1, 0, NULL);

        net_forge(net, bc, b, i % 2 == 0 ? &other : &own);
    }
    net_run(net);
    assert_int_equal(net_log_find(net, from, "b>a LSA"), -1);
    assert_int_equal(net_log_find(net, from, "b>c LSA"), -1);
    net_destroy(net);
}

/* A thousand forged brokers, each linked with each: one more record costs in proportion to the
 * link ends that are believed, and these are bounded. */
static void dense_link_state_is_bounded(void **state)
{
    enum { N = 600 };
    static uint8_t neighbours[(N + 1) * WEIR_NEIGHBOUR_SIZE];
    struct pair p = pair();
    struct weir_frame frame;
    uint64_t before, after;

    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "x%u", i);
        weir_neighbour_write(neighbours + i * WEIR_NEIGHBOUR_SIZE,
                             &(struct weir_neighbour){weir_broker_id(weir_str_of(name)), 1, 1, 0});
    }
    weir_neighbour_write(neighbours + N * WEIR_NEIGHBOUR_SIZE,
                         &(struct weir_neighbour){weir_broker_id(WEIR_STR("a")), 100, 1, 0});
    for (uint32_t i = 0; i < N; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "x%u", i);
        frame = lsa_frame(name, 1, 1, N + 1, neighbours);
        net_forge(p.net, p.ab, p.b, &frame);
    }
    weir_neighbour_write(neighbours + N * WEIR_NEIGHBOUR_SIZE,
                         &(struct weir_neighbour){weir_broker_id(WEIR_STR("b")), 100, 1, 0});
    frame = lsa_frame("a", 100, 1000, N + 1, neighbours);
    net_forge(p.net, p.ab, p.b, &frame);
    net_run(p.net);
    before = weir_router_stats(net_router(p.net, p.b)).topology_steps;
    frame.u.lsa.sequence++;
    net_forge(p.net, p.ab, p.b, &frame); /* nothing new but the number */
    net_run(p.net);
    after = weir_router_stats(net_router(p.net, p.b)).topology_steps;
    assert_int_equal(after, before);
    frame.u.lsa.sequence++;
    frame.u.lsa.neighbours += WEIR_NEIGHBOUR_SIZE;
    frame.u.lsa.count = N;
    net_forge(p.net, p.ab, p.b, &frame);
    net_run(p.net);
    after = weir_router_stats(net_router(p.net, p.b)).topology_steps;
    assert_true(after > before);
    assert_true(after - before <= 20 * 4096 * 4);
    net_destroy(p.net);
}

static int sent_after_link_up(uint32_t cover_work)
{
    struct net_config config = plain;
    struct net *net;
    int sub, ab, sent;

    config.cover_work = cover_work;
    net = net_create(&config);
    (void)net_broker(net, 100);
    (void)net_broker(net, 100);
    sub = net_client(net, 0, "s");
    net_subscribe(net, sub, 0, "n > 0");
    for (uint32_t i = 1; i < 1000; i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "n = %u", i);
        net_subscribe(net, sub, i, text);
    }
    net_run(net);
    ab = net_join(net, 0, 1);
    net_run(net);
    sent = (int)net_sent_count(net, 0, ab, false);
    net_destroy(net);
    return sent;
}

/* Covering has one budget for a link that comes up, however many filters there are. */
static void a_link_up_has_one_budget(void **state)
{
    int few = sent_after_link_up(20), more = sent_after_link_up(40);

    (void)state;
    assert_int_equal(sent_after_link_up(UINT32_MAX), 1);
    assert_true(few < 1000 && more < few && more > 1);
}

/* What a broker says does not hang on the seed of its hashes. */
static void the_hash_seed_changes_no_action(void **state)
{
    struct net *nets[2];

    (void)state;
    for (int m = 0; m < 2; m++) {
        struct net_config config = plain;
        int subs[2], pub;

        config.advertisements = true;
        config.hash_seed = 0x9e3779b97f4a7c15u * (uint64_t)m;
        nets[m] = net_create(&config);
        for (int i = 0; i < 3; i++) {
            (void)net_broker(nets[m], 100);
            if (i > 0)
                (void)net_join(nets[m], i - 1, i);
        }
        subs[0] = net_client(nets[m], 0, "s");
        subs[1] = net_client(nets[m], 2, "t");
        pub = net_client(nets[m], 1, "p");
        for (uint32_t i = 0; i < 100; i++) {
            char text[32];

            (void)snprintf(text, sizeof text, "n > %u", i * 7 % 31);
            net_subscribe(nets[m], subs[i % 2], i * 977, text);
        }
        net_publish(nets[m], pub, 20, 0);
        net_run(nets[m]);
        for (uint32_t i = 0; i < 100; i += 3)
            net_unsubscribe(nets[m], subs[i % 2], i * 977);
        net_restart(nets[m], 1);
        (void)net_join(nets[m], 0, 1);
        net_advance(nets[m], 6000);
    }
    assert_int_equal(net_log_size(nets[0]), net_log_size(nets[1]));
    for (int i = 0; i < net_log_size(nets[0]); i++)
        assert_string_equal(net_log_at(nets[0], i), net_log_at(nets[1], i));
    net_destroy(nets[0]);
    net_destroy(nets[1]);
}

/* A neighbour's word on our former life makes no room for a thousand hops. */
static void former_neighbours_are_bounded(void **state)
{
    static uint8_t neighbours[1024 * WEIR_NEIGHBOUR_SIZE];
    struct net *net = net_create(&plain);
    int a = net_broker(net, 100), b = net_broker(net, 100), c = net_broker(net, 100), ab;
    struct weir_frame frame = lsa_frame("a", 99, 1, 1024, neighbours);

    (void)state;
    ab = net_join(net, a, b);
    net_run(net);
    for (uint32_t i = 0; i < 1024; i++)
        weir_neighbour_write(neighbours + i * WEIR_NEIGHBOUR_SIZE,
                             &(struct weir_neighbour){i + 5, 1, 1, 0});
    net_forge(net, ab, a, &frame);
    net_run(net);
    ab = net_join(net, c, a);
    net_run(net);
    assert_true(net_is_open(net, ab)); /* there is still a place for a true neighbour */
    net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loss_after_a_hole_is_told_too),
        cmocka_unit_test(a_hole_does_not_end_the_gap_of_the_link),
        cmocka_unit_test(a_notification_that_went_too_far_is_a_gap),
        cmocka_unit_test(invented_origins_do_not_push_out_our_stream),
        cmocka_unit_test(a_copy_on_the_same_link_closes_it),
        cmocka_unit_test(others_gaps_do_not_end_ours),
        cmocka_unit_test(gaps_do_not_run_out_of_room),
        cmocka_unit_test(a_gap_that_has_ended_does_not_begin_again_at_expiry),
        cmocka_unit_test(strangers_leave_few_gaps),
        cmocka_unit_test(an_impossible_lsa_sequence_closes_the_link),
        cmocka_unit_test(old_records_are_not_answered),
        cmocka_unit_test(dense_link_state_is_bounded),
        cmocka_unit_test(a_link_up_has_one_budget),
        cmocka_unit_test(the_hash_seed_changes_no_action),
        cmocka_unit_test(former_neighbours_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
