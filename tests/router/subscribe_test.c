/* subscribe_test.c - subscriptions over a line of brokers: promises, covering, deliveries. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"

static struct net *line(const struct net_config *config, int count, int *connections)
{
    struct net *net = net_create(config);

    for (int i = 0; i < count; i++)
        (void)net_broker(net, 100);
    for (int i = 1; i < count; i++)
        connections[i - 1] = net_join(net, i - 1, i);
    net_run(net);
    return net;
}

static void delivers_over_three_hops(void **state)
{
    int c[3];

    (void)state;
    for (int strategy = 0; strategy < WEIR_STRATEGY_COUNT; strategy++) {
        struct net_config config = {.seed = 1, .strategy = (enum weir_strategy)strategy};
        struct net *net = line(&config, 4, c);
        int sub = net_client(net, 3, "s"), pub = net_client(net, 0, "p");
        const struct net_received *in;

        net_subscribe(net, sub, 7, "n > 10");
        net_subscribe(net, sub, 3, "n > 20");
        net_subscribe(net, sub, 9, "n < 0");
        net_run(net);
        assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 3);
        net_publish(net, pub, 30, 10);
        net_publish(net, pub, 15, 10);
        net_publish(net, pub, 5, 10);
        net_run(net);
        assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 2);
        in = net_last(net, sub, WEIR_FRAME_DELIVER);
        assert_int_equal(in->n, 15);
        assert_int_equal(in->id, 7);
        assert_int_equal(in->count, 1);
        assert_int_equal(in->hops, 3);
        assert_int_equal(net_last(net, pub, WEIR_FRAME_PUBACK)->seq, 3);
        assert_int_equal(net_count(net, pub, WEIR_FRAME_DELIVER), 0);
        if (strategy != WEIR_STRATEGY_FLOODING)
            assert_int_equal(net_log_count(net, "a>b DATA"), 2);
        net_destroy(net);
    }
}

static void suback_waits_for_the_far_end(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
    int c[2];
    struct net *net = line(&config, 3, c);
    int sub = net_client(net, 2, "s");

    (void)state;
    net_stall(net, c[0], 0, WEIR_LANE_CONTROL, true);
    net_subscribe(net, sub, 1, "n > 10");
    net_run(net);
    assert_int_equal(net_log_count(net, "c>b SUB"), 1);
    assert_int_equal(net_log_count(net, "b>a SUB"), 1);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 0);

    /* covered by what is not yet promised: it waits as well; covered or not, by its own id */
    net_subscribe(net, sub, 2, "n > 20");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 0);
    net_stall(net, c[0], 0, WEIR_LANE_CONTROL, false);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 2);
    assert_int_equal(net_log_count(net, "c>b SUB"), 1);
    net_destroy(net);
}

static void uncovering_adds_before_it_withdraws(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
    int c[2];
    struct net *net = line(&config, 3, c);
    int sub = net_client(net, 2, "s"), other = net_client(net, 2, "t");
    int from;

    (void)state;
    net_subscribe(net, other, 1, "n > 20");
    net_subscribe(net, other, 2, "n > 30");
    net_run(net);
    assert_int_equal(net_sent_count(net, 2, c[1], false), 1);
    net_subscribe(net, sub, 1, "n > 10");
    net_run(net);
    assert_int_equal(net_sent_count(net, 2, c[1], false), 1);
    assert_int_equal(net_sent_count(net, 1, c[0], false), 1);
    assert_true(net_log_find(net, 0, "c>b SUB n > 10") < net_log_find(net, 0, "c>b UNSUB"));

    from = net_log_size(net);
    net_unsubscribe(net, sub, 1);
    net_run(net);
    assert_int_equal(net_sent_count(net, 2, c[1], false), 1);
    assert_true(net_log_find(net, from, "c>b SUB n > 20") >= 0);
    assert_true(net_log_find(net, from, "c>b SUB n > 20") < net_log_find(net, from, "c>b UNSUB"));
    assert_true(net_log_find(net, from, "b>a SUB n > 20") < net_log_find(net, from, "b>a UNSUB"));
    assert_int_equal(net_log_find(net, from, "c>b SUB n > 30"), -1);
    net_unsubscribe(net, other, 1);
    net_unsubscribe(net, other, 2);
    net_run(net);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(weir_router_stats(net_router(net, i)).subs, 0);
        assert_int_equal(weir_router_stats(net_router(net, i)).filters, 0);
    }
    net_destroy(net);
}

static void what_a_hop_sent_suppresses_nothing_there(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};
    int c[1];
    struct net *net = line(&config, 2, c);
    int a = net_client(net, 0, "a"), b = net_client(net, 1, "b");

    (void)state;
    net_subscribe(net, a, 1, "n > 10");
    net_run(net);
    net_subscribe(net, b, 1, "n > 20");
    net_run(net);
    assert_int_equal(net_sent_count(net, 0, c[0], false), 1);
    assert_int_equal(net_sent_count(net, 1, c[0], false), 1);
    net_destroy(net);
}

/* Counted by who asked: the last of the equal ones takes it along, in whatever order they go. */
static void identity_sends_equal_filters_once(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_IDENTITY};
    int c[2];
    struct net *net = line(&config, 3, c);
    int one = net_client(net, 2, "one"), two = net_client(net, 1, "two");

    (void)state;
    net_subscribe(net, one, 1, "n > 10 AND m = 1");
    net_subscribe(net, one, 2, "m = 1 AND NOT n <= 10");
    net_subscribe(net, two, 1, "m = 1 AND n > 10");
    net_subscribe(net, two, 2, "m = 1 AND n > 20");
    net_run(net);
    assert_int_equal(net_count(net, one, WEIR_FRAME_SUBACK), 2);
    assert_int_equal(net_count(net, two, WEIR_FRAME_SUBACK), 2);
    assert_int_equal(net_sent_count(net, 2, c[1], false), 1);
    assert_int_equal(net_sent_count(net, 1, c[0], false), 2);
    assert_int_equal(net_sent_count(net, 1, c[1], false), 2);
    net_unsubscribe(net, one, 1);
    net_unsubscribe(net, two, 1);
    net_run(net);
    assert_int_equal(net_sent_count(net, 2, c[1], false), 1);
    assert_int_equal(net_sent_count(net, 1, c[0], false), 2);
    net_unsubscribe(net, one, 2);
    net_run(net);
    assert_int_equal(net_sent_count(net, 2, c[1], false), 0);
    assert_int_equal(net_sent_count(net, 1, c[0], false), 1);
    net_destroy(net);
}

static void a_client_that_leaves_takes_its_filters(void **state)
{
    (void)state;
    for (int strategy = 0; strategy < WEIR_STRATEGY_COUNT; strategy++) {
        struct net_config config = {.seed = 5, .strategy = (enum weir_strategy)strategy};
        int c[2];
        struct net *net = line(&config, 3, c);
        int one = net_client(net, 0, "one"), two = net_client(net, 1, "two");

        for (uint32_t i = 0; i < 20; i++) {
            net_subscribe(net, one, i, i % 2 == 0 ? "n > 10" : "n BETWEEN 20 AND 30");
            net_subscribe(net, two, i, "n < 5");
        }
        net_run(net);
        net_leave(net, one);
        net_leave(net, two);
        net_run(net);
        for (int i = 0; i < 3; i++)
            assert_int_equal(weir_router_stats(net_router(net, i)).filters, 0);
        net_destroy(net);
    }
}

/* Random subscriptions and publications; after each quiet moment, exact deliveries. */
struct model {
    bool live[4][8];
    int low[4][8], high[4][8];
};

static int expected(const struct model *m, int client, int n)
{
    for (int i = 0; i < 8; i++) {
        if (m->live[client][i] && n >= m->low[client][i] && n <= m->high[client][i])
            return 1;
    }
    return 0;
}

static void toggle(struct net *net, struct model *m, struct random_source *random, int client)
{
    uint32_t id = (uint32_t)random_below(random, 8);
    char filter[64];

    if (m->live[client][id]) {
        net_unsubscribe(net, client, id);
    } else {
        m->low[client][id] = (int)random_below(random, 50);
        m->high[client][id] = m->low[client][id] + (int)random_below(random, 50);
        (void)snprintf(filter, sizeof filter, "n BETWEEN %d AND %d", m->low[client][id],
                       m->high[client][id]);
        net_subscribe(net, client, id, filter);
    }
    m->live[client][id] = !m->live[client][id];
}

static void random_run(uint64_t seed, enum weir_strategy strategy, bool advertisements)
{
    struct net_config config = {.seed = seed,
                                .strategy = strategy,
                                .advertisements = advertisements,
                                .link_window = 400,
                                .client_window = 600};
    struct random_source random = {seed};
    struct model m = {0};
    int c[3], got[4] = {0}, wanted[4] = {0};
    struct net *net = line(&config, 4, c);

    for (int i = 0; i < 4; i++)
        (void)net_client(net, i, "c");
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 6; i++) {
            toggle(net, &m, &random, (int)random_below(&random, 4));
            net_move(net, (int)random_below(&random, 10));
        }
        net_run(net);
        for (int i = 0; i < 3; i++) {
            int n = (int)random_below(&random, 100), from = (int)random_below(&random, 4);

            net_publish(net, from, n, random_below(&random, 300));
            net_run(net);
            for (int k = 0; k < 4; k++)
                wanted[k] += expected(&m, k, n);
        }
        for (int k = 0; k < 4; k++) {
            got[k] = net_count(net, k, WEIR_FRAME_DELIVER);
            if (got[k] != wanted[k])
                fail_msg("seed %llu strategy %d adv %d round %d client %d: %d, not %d",
                         (unsigned long long)seed, strategy, advertisements, round, k, got[k],
                         wanted[k]);
        }
    }
    for (int k = 0; k < 4; k++)
        net_leave(net, k);
    net_run(net);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(weir_router_stats(net_router(net, i)).filters, 0);
        assert_int_equal(net_kept(net, i), 0);
    }
    net_destroy(net);
}

static void random_lines_are_exact(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(10); seed++) {
        for (int strategy = 0; strategy < 3; strategy++) {
            random_run(seed, (enum weir_strategy)strategy, false);
            random_run(seed, (enum weir_strategy)strategy, true);
        }
    }
}

struct link_counts {
    uint32_t needed, sent;
};

static void count_link(void *context, const struct weir_link_view *view)
{
    struct link_counts *counts = context;

    if (view->role == WEIR_ROLE_BROKER)
        *counts = (struct link_counts){view->subs_needed, view->subs_out};
}

static struct link_counts link_counts(struct net *net, int broker)
{
    struct link_counts counts = {0};

    weir_router_links(net_router(net, broker), count_link, &counts);
    return counts;
}

/* What a link needs counts each subscription for itself, whatever is spared: as `simple` sends. */
static void needed_counts_what_simple_would_send(void **state)
{
    int c[1];

    (void)state;
    for (int strategy = WEIR_STRATEGY_SIMPLE; strategy <= WEIR_STRATEGY_COVERING; strategy++) {
        struct net_config config = {.seed = 1, .strategy = (enum weir_strategy)strategy};
        struct net *net = line(&config, 2, c);
        int sub = net_client(net, 0, "s"), other = net_client(net, 0, "t");
        bool covering = strategy == WEIR_STRATEGY_COVERING;

        net_subscribe(net, sub, 1, "n > 10");
        net_subscribe(net, sub, 2, "n > 10");
        net_subscribe(net, other, 1, "n > 10");
        net_subscribe(net, other, 2, "n > 20");
        net_subscribe(net, other, 3, "n > 20 AND n < 5"); /* matches nothing: nobody needs it */
        net_run(net);
        assert_int_equal(link_counts(net, 0).needed, 4);
        assert_int_equal(link_counts(net, 0).sent, covering ? 1 : 4);
        assert_int_equal(link_counts(net, 1).needed, 0);
        net_unsubscribe(net, sub, 1);
        net_run(net);
        assert_int_equal(link_counts(net, 0).needed, 3);
        net_leave(net, other);
        net_run(net);
        assert_int_equal(link_counts(net, 0).needed, 1);
        assert_int_equal(link_counts(net, 0).sent, 1);
        net_cut(net, c[0]);
        c[0] = net_join(net, 0, 1);
        net_run(net);
        assert_int_equal(link_counts(net, 0).needed, 1);
        net_destroy(net);
    }
}

/* Looked at once each; if each looked at all others, this would take ten times as long as all else
 * here. */
static void many_equal_subscriptions_wait_for_a_neighbour(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING, .hold_ms = 5000};
    struct net *net = net_create(&config);
    int a = net_broker_named(net, "a", 100, "x"), sub = net_client(net, a, "s");

    (void)state;
    for (uint32_t i = 0; i < 20000; i++)
        net_subscribe(net, sub, i, "n > 0");
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_SUBACK), 0);
    net_leave(net, sub);
    net_run(net);
    assert_int_equal(weir_router_stats(net_router(net, a)).subs, 0);
    net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needed_counts_what_simple_would_send),
        cmocka_unit_test(many_equal_subscriptions_wait_for_a_neighbour),
        cmocka_unit_test(delivers_over_three_hops),
        cmocka_unit_test(suback_waits_for_the_far_end),
        cmocka_unit_test(uncovering_adds_before_it_withdraws),
        cmocka_unit_test(what_a_hop_sent_suppresses_nothing_there),
        cmocka_unit_test(identity_sends_equal_filters_once),
        cmocka_unit_test(a_client_that_leaves_takes_its_filters),
        cmocka_unit_test(random_lines_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
