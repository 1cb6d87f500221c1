/* The built-in feed has the shape that feed.h claims, comes in order, and repeats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed.h"

#define TICKS 3000000
#define TOLERANCE 200 /* in 1/10,000: one sigma is below 70 for the trades counted here */

struct shape_count {
    unsigned trades, zero_gap, zero_step, cent_step, turns, changes, hundred, regular;
    int64_t last_ms, last_cents, last_change;
};

static void count_trade(struct shape_count *c, const struct tick *tick)
{
    int64_t step = tick->cents - c->last_cents;

    if (c->trades++ > 0) {
        c->zero_gap += tick->ms == c->last_ms;
        c->zero_step += step == 0;
        c->cent_step += llabs(step) == 1;
        if (step != 0) {
            c->turns += c->changes++ > 0 && (step > 0) != (c->last_change > 0);
            c->last_change = step;
        }
    }
    c->hundred += tick->size == 100;
    c->regular += strcmp(tick->condition, "1") == 0;
    c->last_ms = tick->ms;
    c->last_cents = tick->cents;
}

static void assert_share(const char *what, unsigned part, unsigned whole, unsigned expected)
{
    unsigned share = (unsigned)((uint64_t)part * 10000 / whole);

    if (share + TOLERANCE < expected || share > expected + TOLERANCE)
        fail_msg("%s: %u of 10,000, expected %u", what, share, expected);
}

static void assert_shape(const struct shape_count *c, const unsigned expected[6])
{
    assert_true(c->trades > 2000);
    assert_share("gap of 0 ms", c->zero_gap, c->trades, expected[0]);
    assert_share("step of 0 cents", c->zero_step, c->trades, expected[1]);
    assert_share("step of 1 cent", c->cent_step, c->trades, expected[2]);
    assert_share("steps that turn back", c->turns, c->changes, expected[3]);
    assert_share("size 100", c->hundred, c->trades, expected[4]);
    assert_share("condition 1", c->regular, c->trades, expected[5]);
}

static void shape_is_the_measured_one(void **state)
{
    static const unsigned ibm[] = {2037, 5604, 2463, 6444, 7672, 5595};
    static const unsigned aig[] = {3688, 8265, 1605, 7101, 7157, 5197};
    static const unsigned spy[] = {5399, 8735, 1198, 8128, 4629, 5164};
    struct shape_count counts[3] = {0};
    unsigned quotes = 0, trades = 0;
    struct feed feed;
    struct tick tick;

    (void)state;
    feed_init(&feed, 7);
    for (int i = 0; i < TICKS; i++) {
        feed_next(&feed, &tick);
        quotes += tick.kind != TICK_TRADE;
        trades += tick.kind == TICK_TRADE;
        for (unsigned s = 0; s < 3; s++)
            if (tick.kind == TICK_TRADE && strcmp(tick.symbol, feed_symbol_name(s)) == 0)
                count_trade(&counts[s], &tick);
    }
    assert_shape(&counts[0], ibm);
    assert_shape(&counts[1], aig);
    assert_shape(&counts[2], spy);
    assert_in_range(quotes * 100 / trades, 400, 500); /* 4.48 for each trade */
}

static void ticks_are_in_order_and_sane(void **state)
{
    struct feed feed;
    struct tick tick;
    int64_t last_ms = 0;

    (void)state;
    feed_init(&feed, 1);
    for (int i = 0; i < 100000; i++) {
        feed_next(&feed, &tick);
        assert_true(tick.ms >= last_ms);
        assert_true(tick.cents >= 90 && tick.size >= 100);
        assert_true((tick.condition != NULL) == (tick.kind == TICK_TRADE));
        last_ms = tick.ms;
    }
}

static void same_seed_same_ticks(void **state)
{
    struct feed a, b, other;
    struct tick x, y, z;
    int differ = 0;

    (void)state;
    feed_init(&a, 42);
    feed_init(&b, 42);
    feed_init(&other, 43);
    for (int i = 0; i < 1000; i++) {
        feed_next(&a, &x);
        feed_next(&b, &y);
        feed_next(&other, &z);
        assert_true(x.kind == y.kind && x.ms == y.ms && x.cents == y.cents && x.size == y.size);
        differ += x.ms != z.ms;
    }
    assert_true(differ > 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shape_is_the_measured_one),
        cmocka_unit_test(ticks_are_in_order_and_sane),
        cmocka_unit_test(same_seed_same_ticks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
