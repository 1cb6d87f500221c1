/* graph_test.c - any connected graph: the tree is the one of shortest ways from the oldest broker,
 * its links are joined, the others stay idle and take over. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"

static const struct net_config plain = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};

/* ---- looking */

struct wanted_link {
    const char *name;
    int links, joined;
};

static void see_link(void *context, const struct weir_link_view *view)
{
    struct wanted_link *wanted = context;

    if (view->role != WEIR_ROLE_BROKER || !weir_str_equal(view->name, weir_str_of(wanted->name)))
        return;
    wanted->links++;
    wanted->joined += view->joined;
}

/* 0: no link, 1: idle, 2: joined. */
static int link_of(struct net *net, int broker, int neighbour)
{
    char name[2] = {(char)('a' + neighbour), 0};
    struct wanted_link wanted = {name, 0, 0};

    weir_router_links(net_router(net, broker), see_link, &wanted);
    assert_true(wanted.links <= 1);
    return wanted.links + wanted.joined;
}

struct way {
    const char *name;
    uint32_t hops;
    char next;
};

static void see_broker(void *context, const struct weir_broker_view *view)
{
    struct way *way = context;

    if (!weir_str_equal(view->name, weir_str_of(way->name)))
        return;
    way->hops = view->hops;
    way->next = view->next_hop.len != 0 ? view->next_hop.ptr[0] : ' ';
}

static struct way way_of(struct net *net, int from, int to)
{
    char name[2] = {(char)('a' + to), 0};
    struct way way = {name, UINT32_MAX, '?'};

    weir_router_brokers(net_router(net, from), see_broker, &way);
    way.name = NULL;
    return way;
}

/* Links that were joined before the ring was closed have to be dialled again. */
static struct net *ring(int count, int *c)
{
    struct net *net = net_create(&plain);

    for (int i = 0; i < count; i++)
        (void)net_broker(net, 100);
    for (int i = 0; i < count; i++)
        c[i] = net_join(net, i, (i + 1) % count);
    net_run(net);
    for (int i = 0; i < count; i++) {
        if (!net_is_open(net, c[i]))
            c[i] = net_join(net, i, (i + 1) % count);
    }
    net_run(net);
    return net;
}

/* ---- one ring */

static void a_link_beside_the_tree_is_idle(void **state)
{
    int c[4], sub, pub;
    struct net *net = ring(4, c); /* a-b, b-c and a-d; c-d is idle */

    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_true(net_is_open(net, c[i]));
        assert_int_equal(link_of(net, i, (i + 1) % 4), i == 2 ? 1 : 2);
        assert_int_equal(link_of(net, (i + 1) % 4, i), i == 2 ? 1 : 2);
    }
    sub = net_client(net, 2, "s");
    pub = net_client(net, 3, "p");
    net_subscribe(net, sub, 1, "n > 10");
    net_run(net);
    net_publish(net, pub, 11, 0);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 1);
    assert_int_equal(net_last(net, sub, WEIR_FRAME_DELIVER)->hops, 3);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 0);
    assert_int_equal(net_log_count(net, "c>d SUB"), 0);
    assert_int_equal(net_log_count(net, "d>c DATA"), 0);
    assert_int_equal(net_log_count(net, "c>d READY"), 0);
    assert_int_equal(weir_router_stats(net_router(net, 2)).duplicates, 0);
    net_destroy(net);
}

static void an_idle_link_takes_over(void **state)
{
    int c[4], sub, pub, early;
    struct net *net = ring(4, c);

    (void)state;
    sub = net_client(net, 2, "s");
    pub = net_client(net, 0, "p");
    net_subscribe(net, sub, 1, "n > 10");
    net_run(net);
    net_cut(net, c[1]); /* b-c */
    net_publish(net, pub, 11, 0);
    net_run(net);
    assert_int_equal(link_of(net, 2, 3), 2);
    assert_int_equal(link_of(net, 3, 2), 2);
    early = net_count(net, sub, WEIR_FRAME_DELIVER);          /* lost, or behind the change */
    assert_true(net_count(net, sub, WEIR_FRAME_NOTICE) >= 2); /* begun, ended */
    assert_true(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    net_publish(net, pub, 12, 0);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), early + 1);
    assert_int_equal(net_last(net, sub, WEIR_FRAME_DELIVER)->hops, 2);
    net_advance(net, 10000); /* what was held for b goes, and nothing else */
    net_publish(net, pub, 13, 0);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), early + 2);
    net_destroy(net);
}

/* b learns that c is reachable again as soon as d lists it; what c publishes then is lost until
 * the link between c and d is in sync. */
static void a_gap_lasts_until_the_whole_way_is_in_sync(void **state)
{
    int c[4], sub, pub;
    struct net *net = ring(4, c);

    (void)state;
    sub = net_client(net, 1, "s");
    pub = net_client(net, 2, "p");
    net_subscribe(net, sub, 1, "n > 10");
    net_run(net);
    net_stall(net, c[2], 2, WEIR_LANE_CONTROL, true); /* c hears nothing of d */
    net_cut(net, c[1]);
    net_run(net);
    net_publish(net, pub, 11, 0);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 0);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_NOTICE), 1);
    assert_false(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    net_stall(net, c[2], 2, WEIR_LANE_CONTROL, false);
    net_run(net);
    assert_true(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    net_publish(net, pub, 12, 0);
    net_run(net);
    assert_int_equal(net_last(net, sub, WEIR_FRAME_DELIVER)->n, 12);
    net_destroy(net);
}

static void a_link_that_leaves_the_tree_is_closed(void **state)
{
    int c[2], sub, pub, better;
    struct net *net = net_create(&plain);

    (void)state;
    for (int i = 0; i < 3; i++)
        (void)net_broker(net, 100);
    c[0] = net_join(net, 0, 1);
    c[1] = net_join(net, 1, 2);
    net_run(net);
    sub = net_client(net, 2, "s");
    pub = net_client(net, 1, "p");
    net_subscribe(net, sub, 1, "n > 10");
    net_run(net);
    better = net_join(net, 0, 2); /* one hop from a, not two */
    net_run(net);
    assert_true(net_is_open(net, c[0]) && net_is_open(net, better));
    assert_false(net_is_open(net, c[1]));
    assert_int_equal(net_close_reason(net, c[1]), WEIR_REASON_CYCLE);
    assert_true(net_last(net, sub, WEIR_FRAME_NOTICE)->ended);
    c[1] = net_join(net, 1, 2);
    net_run(net);
    assert_true(net_is_open(net, c[1]));
    assert_int_equal(link_of(net, 1, 2), 1);
    net_publish(net, pub, 12, 0);
    net_run(net);
    assert_int_equal(net_count(net, sub, WEIR_FRAME_DELIVER), 1);
    assert_int_equal(net_last(net, sub, WEIR_FRAME_DELIVER)->hops, 2);
    net_destroy(net);
}

static void the_oldest_broker_is_the_root(void **state)
{
    struct net *net = net_create(&plain);

    (void)state;
    for (int i = 0; i < 4; i++)
        (void)net_broker(net, i == 2 ? 50 : 100 + (uint64_t)i);
    for (int i = 0; i < 4; i++)
        (void)net_join(net, i, (i + 1) % 4);
    net_run(net);
    assert_int_equal(link_of(net, 0, 1), 2); /* a is two hops from c, over b, the smaller name */
    net_restart(net, 0);
    (void)net_join(net, 0, 1);
    net_run(net);
    (void)net_join(net, 0, 3);
    net_run(net);
    assert_int_equal(link_of(net, 2, 1), 2);
    assert_int_equal(link_of(net, 2, 3), 2);
    assert_int_equal(link_of(net, 0, 1), 2);
    assert_int_equal(link_of(net, 0, 3), 1);
    net_destroy(net);
}

/* ---- what a peer does */

static void nothing_but_link_state_before_both_have_joined(void **state)
{
    static const enum weir_frame_type types[] = {
        WEIR_FRAME_READY, WEIR_FRAME_ACK,   WEIR_FRAME_PROMISED, WEIR_FRAME_CREDIT,
        WEIR_FRAME_DATA,  WEIR_FRAME_UNADV, WEIR_FRAME_GAP,      WEIR_FRAME_JOIN};

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct weir_frame frame = {.type = types[i]};
        int c[3];
        struct net *net = ring(3, c); /* b-c is idle */

        if (frame.type == WEIR_FRAME_GAP) {
            frame.u.gap.near_name = frame.u.gap.far_name = WEIR_STR("x");
        } else if (frame.type == WEIR_FRAME_JOIN) {
            net_forge(net, c[1], 1, &frame);
            net_run(net);
            assert_true(net_is_open(net, c[1])); /* c may see another tree for a while */
            assert_int_equal(link_of(net, 1, 2), 1);
        }
        net_forge(net, c[1], 1, &frame);
        net_run(net);
        assert_false(net_is_open(net, c[1]));
        assert_int_equal(net_close_reason(net, c[1]), WEIR_REASON_PROTOCOL);
        assert_true(net_is_open(net, c[0]) && net_is_open(net, c[2]));
        net_destroy(net);
    }
}

/* One subscription that comes over two links, as over a cycle, is passed on once; equal ones of
 * two clients are two. */
static void a_subscription_is_known_by_its_number(void **state)
{
    struct net_config config = {.seed = 1, .strategy = WEIR_STRATEGY_SIMPLE};

    (void)state;
    for (uint64_t other = 7; other <= 8; other++) {
        struct net *net = net_create(&config);
        struct weir_frame frame = {.type = WEIR_FRAME_SUB};
        struct weir_normal *normal;
        struct weir_filter *filter;
        struct weir_diags diags = {0};
        int c[3];

        assert_int_equal(weir_filter_compile(&filter, WEIR_STR("n > 1"), &diags, NULL), WEIR_OK);
        assert_int_equal(weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, NULL),
                         WEIR_OK);
        for (int i = 0; i < 4; i++)
            (void)net_broker(net, 100);
        for (int i = 0; i < 3; i++)
            c[i] = net_join(net, 0, i + 1);
        net_run(net);
        for (int i = 0; i < 2; i++) {
            frame.u.sub = (struct weir_sub){.seq = 2, .id = i == 0 ? 7 : other};
            frame.u.sub.payload = weir_normal_bytes(normal);
            net_forge(net, c[i], 0, &frame);
        }
        net_move(net, 2);
        net_run(net);
        assert_int_equal(net_log_count(net, "a>d SUB"), other == 7 ? 1 : 2);
        weir_normal_destroy(normal);
        weir_filter_destroy(filter);
        net_destroy(net);
    }
}

static void another_tree_cannot_be_joined(void **state)
{
    struct weir_frame frame = {.type = WEIR_FRAME_JOIN, .u.join = {{1, 0, 0}}};
    int c[3];
    struct net *net = ring(3, c);

    (void)state;
    net_forge(net, c[1], 1, &frame);
    net_run(net);
    assert_int_equal(net_close_reason(net, c[1]), WEIR_REASON_PROTOCOL);
    net_destroy(net);
}

/* ---- random graphs against brute force */

#define N 8
#define FAR 1000000u

struct graph {
    struct net *net;
    uint32_t cost[N][N]; /* 0: no link */
    int link[N][N];      /* of the smaller number first */
    uint64_t age[N];
};

static const struct graph *costs; /* of the net at hand: its configuration has no context */

static uint32_t cost_of(int from, int to)
{
    return costs->cost[from][to];
}

static bool older(const struct graph *g, int a, int b)
{
    return g->age[a] != g->age[b] ? g->age[a] < g->age[b] : a < b;
}

/* Relaxing every link until nothing changes. */
static void distances(const struct graph *g, int root, uint32_t *distance)
{
    for (int i = 0; i < N; i++)
        distance[i] = i == root ? 0 : FAR;
    for (int round = 0; round < N; round++) {
        for (int a = 0; a < N; a++) {
            for (int b = 0; b < N; b++) {
                if (g->cost[a][b] != 0 && distance[a] + g->cost[a][b] < distance[b])
                    distance[b] = distance[a] + g->cost[a][b];
            }
        }
    }
}

/* parent[i]: -1 for roots, one in each component. */
static void expected_tree(const struct graph *g, int *parent)
{
    for (int i = 0; i < N; i++) {
        uint32_t from_here[N], distance[N];
        int root = i;

        distances(g, i, from_here);
        for (int k = 0; k < N; k++) {
            if (from_here[k] < FAR && older(g, k, root))
                root = k;
        }
        distances(g, root, distance);
        parent[i] = -1;
        for (int k = N - 1; k >= 0; k--) {
            if (i != root && g->cost[k][i] != 0 && distance[k] + g->cost[k][i] == distance[i])
                parent[i] = k;
        }
    }
}

static void redial(struct graph *g)
{
    for (int round = 0; round < 10; round++) {
        bool all = true;

        net_run(g->net);
        for (int a = 0; a < N; a++) {
            for (int b = a + 1; b < N; b++) {
                if (g->cost[a][b] == 0 || net_is_open(g->net, g->link[a][b]))
                    continue;
                g->link[a][b] = net_join(g->net, a, b);
                all = false;
            }
        }
        if (all)
            return;
    }
    fail_msg("links come and go without end");
}

static void check_graph(struct graph *g, uint64_t seed)
{
    int parent[N];
    uint32_t hops[N][N];

    redial(g);
    expected_tree(g, parent);
    for (int a = 0; a < N; a++) {
        for (int b = 0; b < N; b++) {
            bool branch = parent[a] == b || parent[b] == a;
            int wanted = g->cost[a][b] == 0 ? 0 : branch ? 2 : 1;

            hops[a][b] = a == b ? 0 : branch ? 1 : FAR;
            if (a != b && link_of(g->net, a, b) != wanted)
                fail_msg("seed %llu: link %c-%c is %d, not %d", (unsigned long long)seed, 'a' + a,
                         'a' + b, link_of(g->net, a, b), wanted);
        }
    }
    for (int k = 0; k < N; k++) {
        for (int a = 0; a < N; a++) {
            for (int b = 0; b < N; b++) {
                if (hops[a][k] + hops[k][b] < hops[a][b])
                    hops[a][b] = hops[a][k] + hops[k][b];
            }
        }
    }
    for (int a = 0; a < N; a++) {
        for (int b = 0; b < N; b++) {
            struct way way = way_of(g->net, a, b);

            if (hops[a][b] >= FAR)
                assert_int_equal(way.next, '?');
            else
                assert_int_equal(way.hops, hops[a][b]);
            if (a != b && hops[a][b] < FAR)
                assert_int_equal(hops[way.next - 'a'][b] + 1, hops[a][b]);
        }
    }
}

static void build(struct graph *g, struct random_source *random)
{
    struct net_config config = {
        .seed = random_u64(random), .strategy = WEIR_STRATEGY_COVERING, .cost = cost_of};

    memset(g, 0, sizeof *g);
    costs = g;
    g->net = net_create(&config);
    for (int i = 0; i < N; i++) {
        g->age[i] = 100 + random_below(random, 3);
        (void)net_broker(g->net, g->age[i]);
    }
    for (int a = 0; a < N; a++) {
        for (int b = a + 1; b < N; b++) {
            if (!random_chance(random, 35))
                continue;
            /* each end has an opinion of its own */
            g->cost[a][b] = (uint32_t)(1 + random_below(random, 4));
            g->cost[b][a] = (uint32_t)(1 + random_below(random, 4));
            g->link[a][b] = net_join(g->net, a, b);
            if (g->cost[a][b] < g->cost[b][a])
                g->cost[a][b] = g->cost[b][a];
            g->cost[b][a] = g->cost[a][b];
            net_move(g->net, (int)random_below(random, 30));
        }
    }
}

static void trees_are_the_shortest(void **state)
{
    static struct graph g;

    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(30); seed++) {
        struct random_source random = {seed};

        build(&g, &random);
        check_graph(&g, seed);
        for (int change = 0; change < 3; change++) {
            int a = (int)random_below(&random, N), b = (int)random_below(&random, N);

            if (a >= b || g.cost[a][b] == 0)
                continue;
            g.cost[a][b] = g.cost[b][a] = 0;
            net_cut(g.net, g.link[a][b]);
            net_run(g.net);
            check_graph(&g, seed);
        }
        net_destroy(g.net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_beside_the_tree_is_idle),
        cmocka_unit_test(an_idle_link_takes_over),
        cmocka_unit_test(a_gap_lasts_until_the_whole_way_is_in_sync),
        cmocka_unit_test(a_link_that_leaves_the_tree_is_closed),
        cmocka_unit_test(the_oldest_broker_is_the_root),
        cmocka_unit_test(nothing_but_link_state_before_both_have_joined),
        cmocka_unit_test(a_subscription_is_known_by_its_number),
        cmocka_unit_test(another_tree_cannot_be_joined),
        cmocka_unit_test(trees_are_the_shortest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
