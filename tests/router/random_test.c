/* random_test.c - a tree of brokers under random subscriptions, publications, cut links and
 * restarts: nothing twice, nothing unwanted, nothing lost without a notice, and exact deliveries
 * once all is connected again. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"

#define BROKERS 5
#define FILTERS 4
#define PUBLISHED_MAX 400

struct filter {
    bool live;
    int low, high;
};

struct published {
    int n;
};

struct world {
    struct net *net;
    struct random_source random;
    uint64_t seed;
    int parent[BROKERS], link[BROKERS]; /* of brokers 1 and up */
    int client[BROKERS];
    struct filter filters[BROKERS][FILTERS];
    struct published published[PUBLISHED_MAX];
    int published_count;
};

static void subscribe(struct world *w, int broker, int id)
{
    struct filter *f = &w->filters[broker][id];
    char text[64];

    (void)snprintf(text, sizeof text, "n BETWEEN %d AND %d", f->low, f->high);
    net_subscribe(w->net, w->client[broker], (uint32_t)id, text);
}

static void toggle(struct world *w)
{
    int broker = (int)random_below(&w->random, BROKERS);
    int id = (int)random_below(&w->random, FILTERS);
    struct filter *f = &w->filters[broker][id];

    if (net_client_at(w->net, w->client[broker])->closed)
        return;
    f->live = !f->live;
    if (!f->live) {
        net_unsubscribe(w->net, w->client[broker], (uint32_t)id);
        return;
    }
    f->low = (int)random_below(&w->random, 60);
    f->high = f->low + (int)random_below(&w->random, 60);
    subscribe(w, broker, id);
}

static void publish(struct world *w)
{
    int from = (int)random_below(&w->random, BROKERS);
    struct published *p = &w->published[w->published_count];

    if (w->published_count == PUBLISHED_MAX || net_client_at(w->net, w->client[from])->closed)
        return;
    p->n = (int)random_below(&w->random, 100);
    net_publish(w->net, w->client[from], p->n, (size_t)w->published_count);
    w->published_count++;
}

static void cut(struct world *w)
{
    int broker = 1 + (int)random_below(&w->random, BROKERS - 1);

    if (net_is_open(w->net, w->link[broker]))
        net_cut(w->net, w->link[broker]);
}

static void join(struct world *w, int broker)
{
    int a = broker, b = w->parent[broker];
    bool swap = random_chance(&w->random, 50);

    if (!net_is_open(w->net, w->link[broker]))
        w->link[broker] = net_join(w->net, swap ? b : a, swap ? a : b);
}

static void new_client(struct world *w, int broker)
{
    char name[8];

    (void)snprintf(name, sizeof name, "c%d", broker);
    w->client[broker] = net_client(w->net, broker, name);
    for (int id = 0; id < FILTERS; id++)
        w->filters[broker][id].live = false;
}

static void restart(struct world *w)
{
    int broker = (int)random_below(&w->random, BROKERS);

    if (w->client[broker] >= NET_CLIENTS_MAX - BROKERS - 1)
        return;
    net_restart(w->net, broker);
    new_client(w, broker);
}

static void build(struct world *w, uint64_t seed, enum weir_strategy strategy, bool ads)
{
    struct net_config config = {.seed = seed,
                                .strategy = strategy,
                                .advertisements = ads,
                                .link_window = 700,
                                .client_window = 1 << 20};

    memset(w, 0, sizeof *w);
    w->seed = seed;
    w->random.state = seed;
    w->net = net_create(&config);
    for (int i = 0; i < BROKERS; i++)
        (void)net_broker(w->net, 100);
    for (int i = 1; i < BROKERS; i++) {
        w->parent[i] = (int)random_below(&w->random, (size_t)i);
        w->link[i] = net_join(w->net, i, w->parent[i]);
    }
    for (int i = 0; i < BROKERS; i++)
        new_client(w, i);
}

static bool matches(const struct world *w, int broker, int n)
{
    for (int id = 0; id < FILTERS; id++) {
        const struct filter *f = &w->filters[broker][id];

        if (f->live && n >= f->low && n <= f->high)
            return true;
    }
    return false;
}

static void heal(struct world *w)
{
    for (int try = 0; try < 3; try++) {
        for (int i = 1; i < BROKERS; i++)
            join(w, i);
        net_run(w->net);
        net_advance(w->net, 200);
    }
    for (int i = 1; i < BROKERS; i++) {
        if (!net_is_open(w->net, w->link[i]))
            fail_msg("seed %llu: link of %d stays closed for reason %u",
                     (unsigned long long)w->seed, i, net_close_reason(w->net, w->link[i]));
    }
}

static void nothing_twice(const struct world *w, int broker)
{
    const struct net_client *c = net_client_at(w->net, w->client[broker]);

    for (int i = 0; i < c->received_count; i++) {
        const struct net_received *a = &c->received[i];

        for (int k = 0; k < i && a->type == WEIR_FRAME_DELIVER; k++) {
            const struct net_received *b = &c->received[k];

            if (b->type == WEIR_FRAME_DELIVER && b->origin == a->origin &&
                b->incarnation == a->incarnation && b->seq >= a->seq)
                fail_msg("seed %llu: twice or out of order at %d", (unsigned long long)w->seed,
                         broker);
        }
    }
}

static int open_gaps(const struct world *w, int broker)
{
    const struct net_client *c = net_client_at(w->net, w->client[broker]);
    int open = 0;

    for (int i = 0; i < c->received_count; i++) {
        if (c->received[i].type == WEIR_FRAME_NOTICE)
            open += c->received[i].ended ? -1 : 1;
    }
    return open;
}

static int delivered(const struct world *w, int broker)
{
    return net_count(w->net, w->client[broker], WEIR_FRAME_DELIVER);
}

/* All links are up: what is published now arrives exactly. */
static void exact_now(struct world *w)
{
    int before[BROKERS], wanted[BROKERS] = {0};

    for (int i = 0; i < BROKERS; i++) {
        before[i] = delivered(w, i);
        if (open_gaps(w, i) != 0)
            fail_msg("seed %llu: a gap stays open at %d", (unsigned long long)w->seed, i);
    }
    for (int k = 0; k < 10; k++) {
        int at = w->published_count;

        publish(w);
        for (int i = 0; i < BROKERS && w->published_count > at; i++)
            wanted[i] += matches(w, i, w->published[at].n);
    }
    net_run(w->net);
    for (int i = 0; i < BROKERS; i++) {
        if (delivered(w, i) - before[i] != wanted[i])
            fail_msg("seed %llu: %d delivered at %d, not %d", (unsigned long long)w->seed,
                     delivered(w, i) - before[i], i, wanted[i]);
        nothing_twice(w, i);
    }
}

/* While nothing changes but links, whoever misses something has been told of a gap after it was
 * published. */
static void lossy_round(struct world *w)
{
    int before[BROKERS], notices[BROKERS], wanted[BROKERS] = {0};
    int victims = 0;

    for (int i = 0; i < BROKERS; i++) {
        before[i] = delivered(w, i);
        notices[i] = net_count(w->net, w->client[i], WEIR_FRAME_NOTICE);
    }
    for (int k = 0; k < 30; k++) {
        size_t what = random_below(&w->random, 10);
        int at = w->published_count;

        if (what == 0 && victims++ < 4)
            cut(w);
        else if (what == 1)
            join(w, 1 + (int)random_below(&w->random, BROKERS - 1));
        else if (what < 6)
            publish(w);
        net_move(w->net, (int)random_below(&w->random, 12));
        for (int i = 0; i < BROKERS && w->published_count > at; i++)
            wanted[i] += matches(w, i, w->published[at].n);
    }
    heal(w);
    for (int i = 0; i < BROKERS; i++) {
        int got = delivered(w, i) - before[i];

        if (got > wanted[i])
            fail_msg("seed %llu: too many at %d", (unsigned long long)w->seed, i);
        if (got < wanted[i] && net_count(w->net, w->client[i], WEIR_FRAME_NOTICE) == notices[i])
            fail_msg("seed %llu: lost in silence at %d: %d of %d", (unsigned long long)w->seed, i,
                     got, wanted[i]);
    }
}

static void drained(struct world *w)
{
    for (int i = 0; i < BROKERS; i++)
        net_leave(w->net, w->client[i]);
    net_run(w->net);
    net_advance(w->net, 200);
    for (int i = 0; i < BROKERS; i++) {
        struct weir_router_stats s = weir_router_stats(net_router(w->net, i));

        if (s.filters != 0 || s.kept_bytes != 0 || net_kept(w->net, i) != 0)
            fail_msg("seed %llu: %u filters and %zu kept stay at %d", (unsigned long long)w->seed,
                     s.filters, net_kept(w->net, i), i);
    }
}

static void run(uint64_t seed, enum weir_strategy strategy, bool ads)
{
    struct world w;

    build(&w, seed, strategy, ads);
    heal(&w);
    for (int round = 0; round < 4; round++) {
        for (int k = 0; k < 25; k++) {
            size_t what = random_below(&w.random, 20);

            if (what < 10)
                toggle(&w);
            else if (what < 14)
                publish(&w);
            else if (what < 16)
                cut(&w);
            else if (what < 18)
                join(&w, 1 + (int)random_below(&w.random, BROKERS - 1));
            else if (what == 18)
                net_advance(w.net, random_below(&w.random, 7000));
            else
                restart(&w);
            net_move(w.net, (int)random_below(&w.random, 15));
        }
        heal(&w);
        exact_now(&w);
        lossy_round(&w);
        exact_now(&w);
    }
    drained(&w);
    net_destroy(w.net);
}

static void random_trees_with_faults(void **state)
{
    const char *from = getenv("WEIR_TEST_SEED");
    uint64_t first = from != NULL ? strtoull(from, NULL, 10) : 1;

    (void)state;
    for (uint64_t seed = first; seed < first + random_rounds(4); seed++) {
        for (int strategy = 0; strategy < WEIR_STRATEGY_COUNT; strategy++) {
            run(seed, (enum weir_strategy)strategy, false);
            run(seed, (enum weir_strategy)strategy, true);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_trees_with_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
