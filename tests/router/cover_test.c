/* cover_test.c - the index of what covers what: few filters are looked at, none is missed. */
#include "net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"

static const struct net_config plain = {.seed = 1, .strategy = WEIR_STRATEGY_COVERING};

struct pair {
    struct net *net;
    int a, link, client;
    uint32_t next_id;
};

static struct pair pair(void)
{
    struct pair p = {.net = net_create(&plain), .next_id = 1};

    p.a = net_broker(p.net, 100);
    p.link = net_join(p.net, p.a, net_broker(p.net, 100));
    p.client = net_client(p.net, p.a, "s");
    net_run(p.net);
    return p;
}

static uint32_t subscribe(struct pair *p, const char *text)
{
    net_subscribe(p->net, p->client, p->next_id, text);
    net_run(p->net);
    return p->next_id++;
}

static size_t sent(struct pair *p)
{
    return net_sent_count(p->net, p->a, p->link, false);
}

static uint64_t looks(const struct pair *p)
{
    return weir_router_stats(net_router(p->net, p->a)).cover_looks;
}

/* Ten incomparable filters on each of a hundred symbols. */
static void fill(struct pair *p)
{
    for (int i = 0; i < 1000; i++) {
        char text[80];

        (void)snprintf(text, sizeof text, "symbol = 'S%d' AND n BETWEEN %d AND %d", i % 100,
                       i / 100, i / 100 + 5);
        (void)subscribe(p, text);
    }
}

static void few_are_looked_at(void **state)
{
    struct pair p = pair();
    uint64_t before;

    (void)state;
    fill(&p);
    assert_int_equal(sent(&p), 1000);
    before = looks(&p);
    (void)subscribe(&p, "symbol = 'S7' AND n = 3 AND m = 1"); /* covered */
    assert_int_equal(sent(&p), 1000);
    (void)subscribe(&p, "symbol = 'S7' AND n BETWEEN 20 AND 30");
    assert_int_equal(sent(&p), 1001);
    (void)subscribe(&p, "symbol = 'S7' AND n >= 0"); /* covers eleven */
    assert_int_equal(sent(&p), 991);
    (void)subscribe(&p, "symbol = 'T' AND n > 5");
    (void)subscribe(&p, "volume > 5");
    assert_int_equal(sent(&p), 993);
    /* ten of the symbol twice each, and what is anchored elsewhere */
    assert_true(looks(&p) - before <= 5 * (2 * 12 + 4));
    net_destroy(p.net);
}

/* A broad one looks at those that demand what it does, and when it goes each finds its place
 * without looking at all the others. */
static void a_broad_filter_comes_and_goes(void **state)
{
    struct pair p = pair();
    uint64_t before;
    uint32_t broad;

    (void)state;
    fill(&p);
    (void)subscribe(&p, "volume > 5");
    before = looks(&p);
    broad = subscribe(&p, "n >= 0");
    assert_int_equal(sent(&p), 2);
    assert_true(looks(&p) - before <= 1000 + 10);
    (void)subscribe(&p, "n BETWEEN 7 AND 9");
    assert_int_equal(sent(&p), 2);
    before = looks(&p);
    net_unsubscribe(p.net, p.client, broad);
    net_run(p.net);
    assert_int_equal(sent(&p), 1002);
    assert_true(looks(&p) - before <= 1001 * (2 * 12 + 4));
    net_destroy(p.net);
}

static void what_demands_nothing_is_found(void **state)
{
    /* more than one thing demanded by none of all conjunctions, and everything */
    static const char *const wide[] = {"n > 10 OR m > 10", "TRUE", "NOT EXISTS(q)"};
    static const char *const narrow[] = {"n > 20 AND k = 1", "m > 11 OR n > 12", "k = 1"};

    (void)state;
    for (size_t order = 0; order < 2; order++) {
        struct pair p = pair();

        (void)subscribe(&p, order == 0 ? wide[0] : narrow[0]);
        (void)subscribe(&p, order == 0 ? narrow[0] : wide[0]);
        assert_int_equal(sent(&p), 1);
        (void)subscribe(&p, narrow[1]);
        (void)subscribe(&p, wide[2]);
        assert_int_equal(sent(&p), 2);
        (void)subscribe(&p, narrow[2]);
        assert_int_equal(sent(&p), 3);
        (void)subscribe(&p, wide[1]);
        assert_int_equal(sent(&p), 1);
        net_destroy(p.net);
    }
}

/* So many attributes that they are not listed. */
static void long_conjunctions_are_found(void **state)
{
    char text[600] = "a0 = 0";
    struct pair p = pair();

    (void)state;
    for (int i = 1; i < 30; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), " AND a%d = %d", i, i);
    (void)subscribe(&p, text);
    assert_int_equal(sent(&p), 1);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), " AND b = 1");
    (void)subscribe(&p, text);
    assert_int_equal(sent(&p), 1);
    (void)subscribe(&p, "a3 = 3 AND a29 = 29");
    assert_int_equal(sent(&p), 1);
    assert_true(net_log_find(p.net, 0, "a>b UNSUB") >= 0);
    net_destroy(p.net);
}

/* ---- random filters against looking at all pairs */

#define FILTERS 40

static void random_filter(struct random_source *random, char *text, size_t size)
{
    int low = (int)random_below(random, 6), high = low + (int)random_below(random, 4);
    int k = (int)random_below(random, 3);

    switch (random_below(random, 7)) {
    case 0: (void)snprintf(text, size, "n BETWEEN %d AND %d", low, high); break;
    case 1: (void)snprintf(text, size, "n BETWEEN %d AND %d AND k = %d", low, high, k); break;
    case 2: (void)snprintf(text, size, "k = %d AND m >= %d", k, low); break;
    case 3:
        (void)snprintf(text, size, "(k = %d AND n > %d) OR (k = %d AND m < 3)", k, low, k);
        break;
    case 4: (void)snprintf(text, size, "n = %d OR m = %d", low, high); break;
    case 5: (void)snprintf(text, size, "n > m AND k = %d", k); break;
    default: (void)snprintf(text, size, "k IN (%d, %d)", k, k + 1); break;
    }
}

static struct weir_normal *normal_of(const char *text)
{
    struct weir_normal *normal;
    struct weir_filter *filter;
    struct weir_diags diags = {0};

    assert_int_equal(weir_filter_compile(&filter, weir_str_of(text), &diags, NULL), WEIR_OK);
    assert_int_equal(weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, NULL), WEIR_OK);
    weir_filter_destroy(filter);
    return normal;
}

/* How many are covered by no other; of those that cover each other one counts. */
static size_t maximal(struct weir_normal *const *v)
{
    size_t count = 0;

    for (int i = 0; i < FILTERS; i++) {
        bool covered = v[i] == NULL || weir_normal_is_never(v[i]);

        for (int k = 0; k < FILTERS && !covered; k++) {
            covered = v[k] != NULL && k != i && weir_normal_covers(v[k], v[i], NULL) &&
                      (k < i || !weir_normal_covers(v[i], v[k], NULL));
        }
        count += !covered;
    }
    return count;
}

static void what_is_sent_is_maximal(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(40); seed++) {
        struct random_source random = {seed};
        struct weir_normal *v[FILTERS] = {NULL};
        struct pair p = pair();

        for (int change = 0; change < 3 * FILTERS; change++) {
            uint32_t i = (uint32_t)random_below(&random, FILTERS);
            char text[120];

            if (v[i] != NULL) {
                net_unsubscribe(p.net, p.client, i);
                weir_normal_destroy(v[i]);
                v[i] = NULL;
            } else {
                random_filter(&random, text, sizeof text);
                v[i] = normal_of(text);
                net_subscribe(p.net, p.client, i, text);
            }
            net_run(p.net);
            if (sent(&p) != maximal(v))
                fail_msg("seed %llu, change %d: %zu sent, not %zu", (unsigned long long)seed,
                         change, sent(&p), maximal(v));
        }
        for (int i = 0; i < FILTERS; i++)
            weir_normal_destroy(v[i]);
        net_destroy(p.net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_are_looked_at),
        cmocka_unit_test(a_broad_filter_comes_and_goes),
        cmocka_unit_test(what_demands_nothing_is_found),
        cmocka_unit_test(long_conjunctions_are_found),
        cmocka_unit_test(what_is_sent_is_maximal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
