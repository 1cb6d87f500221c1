/* feed.c - see feed.h.  Shares are in 1/10,000 and each row adds up to 10,000. */
#include "feed.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#define OPEN_MS 34200000 /* 09:30 */
#define SHARES 10000

struct shape {
    uint16_t gap[6];       /* 0 ms, then decades from 1 ms; the last from 10 s */
    uint16_t step[7];      /* 0, 1, 2, 3, 4, 5-9, 10 or more cents */
    uint16_t reversal;     /* of the steps that are not 0: turns back */
    uint16_t size[9];      /* 100 .. 500, 600-900, 1,000-9,999, odd lots, 10,000 or more */
    uint16_t condition[3]; /* rest: 1 */
    uint16_t exchange[13]; /* in the order of exchange_letters */
};

static const char exchange_letters[] = "DNQPKZBJYCXWM";
static const char *const condition_codes[] = {"1", "20000020", "20"};
static const uint16_t spread_shares[] = {1262, 2354, 2185, 1509, 968, 743, 428, 270, 281};
static const uint16_t quote_size_shares[] = {4700, 2400, 1300, 700, 500, 300, 100};
#define QUOTES_PER_TRADE_100 448

static const struct shape shapes[] = {
  /* IBM */
    {{2037, 3147, 1485, 1413, 1717, 201},
     {5604, 2463, 897, 446, 212, 300, 78},
     6444, {7672, 968, 264, 112, 71, 88, 76, 747, 2},
     {5595, 4096, 309},
     {3086, 2202, 1383, 994, 831, 511, 480, 264, 166, 60, 14, 7, 2}  },
 /* AIG */
    {{3688, 2987, 997, 823, 1269, 236},
     {8265, 1605, 95, 17, 6, 11, 1},
     7101, {7157, 1074, 456, 266, 114, 191, 219, 520, 3},
     {5197, 4635, 168},
     {2471, 1271, 2380, 784, 675, 1543, 220, 368, 213, 23, 13, 38, 1}},
 /* SPY */
    {{5399, 2540, 883, 910, 266, 2},
     {8735, 1198, 51, 9, 2, 4, 1},
     8128, {4629, 1808, 1097, 391, 464, 325, 582, 695, 9},
     {5164, 4338, 498},
     {1448, 0, 2189, 2061, 748, 1699, 648, 448, 520, 17, 197, 19, 6} },
};
enum { SHAPE_IBM, SHAPE_AIG, SHAPE_SPY };

/* Price levels of October 2013, in cents. */
static const struct {
    const char *name;
    uint8_t shape;
    int64_t cents;
} symbols[FEED_SYMBOLS] = {
    {"IBM",  SHAPE_IBM, 18190},
    {"AIG",  SHAPE_AIG, 4904 },
    {"SPY",  SHAPE_SPY, 16741},
    {"AAPL", SHAPE_SPY, 48775},
    {"AMZN", SHAPE_IBM, 31004},
    {"AXP",  SHAPE_AIG, 7427 },
    {"BA",   SHAPE_IBM, 11667},
    {"BAC",  SHAPE_SPY, 1405 },
    {"C",    SHAPE_SPY, 4913 },
    {"CAT",  SHAPE_IBM, 8330 },
    {"CVX",  SHAPE_IBM, 11858},
    {"GE",   SHAPE_SPY, 2410 },
    {"GS",   SHAPE_IBM, 15594},
    {"HD",   SHAPE_AIG, 7468 },
    {"INTC", SHAPE_SPY, 2274 },
    {"JNJ",  SHAPE_AIG, 8650 },
    {"JPM",  SHAPE_SPY, 5216 },
    {"KO",   SHAPE_AIG, 3733 },
    {"MSFT", SHAPE_SPY, 3330 },
    {"PFE",  SHAPE_SPY, 2866 },
    {"PG",   SHAPE_AIG, 7596 },
    {"T",    SHAPE_SPY, 3359 },
    {"WMT",  SHAPE_AIG, 7255 },
    {"XOM",  SHAPE_SPY, 8564 },
};

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t draw(struct feed *feed)
{
    uint64_t z = feed->random += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Uniform in [0, bound); the bias is below 2^-32 for the bounds used here. */
static int64_t draw_below(struct feed *feed, int64_t bound)
{
    assert(bound > 0 && bound <= INT32_MAX);
    return (int64_t)(((draw(feed) >> 32) * (uint64_t)bound) >> 32);
}

/* The shares add up to SHARES. */
static size_t draw_share(struct feed *feed, const uint16_t *shares, size_t count)
{
    int64_t at = draw_below(feed, SHARES);
    size_t i = 0;

    while (at >= shares[i]) {
        at -= shares[i++];
        assert(i < count);
    }
    return i;
}

#define DRAW_SHARE(feed, shares) draw_share(feed, shares, sizeof(shares) / sizeof((shares)[0]))

/* Within a decade small gaps are more frequent: the square (the cube below 10 ms) of a uniform
 * variable gives the measured means 2.7, 37, 418 and 3,467 ms within 15 percent. */
static int64_t draw_gap(struct feed *feed, const struct shape *shape)
{
    size_t decade = DRAW_SHARE(feed, shape->gap);
    int64_t low = 1, u = draw_below(feed, 1000);

    if (decade == 0)
        return 0;
    if (decade == 5)
        return 10000 + draw_below(feed, 10800);
    for (size_t i = 1; i < decade; i++)
        low *= 10;
    if (decade == 1)
        return 1 + 9 * u * u / 1000 * u / 1000000;
    return low + 9 * low * u / 1000 * u / 1000;
}

static int64_t draw_step(struct feed *feed, const struct shape *shape, struct feed_symbol *symbol)
{
    int64_t step = (int64_t)DRAW_SHARE(feed, shape->step);
    bool turn;

    if (step == 0)
        return 0;
    if (step == 5)
        step += draw_below(feed, 5);
    else if (step == 6)
        step = 10 + draw_below(feed, 12);
    turn = draw_below(feed, SHARES) < shape->reversal;
    symbol->last_step = (int8_t)((symbol->last_step > 0) == turn ? -1 : 1);
    return symbol->last_step * step;
}

static int64_t draw_size(struct feed *feed, const struct shape *shape)
{
    size_t class = DRAW_SHARE(feed, shape->size);

    switch (class) {
    case 5: return 100 * (6 + draw_below(feed, 4));
    case 6: return 100 * (10 + draw_below(feed, 90));
    case 7: return 101 + draw_below(feed, 899);
    case 8: return 10000 + 100 * draw_below(feed, 400);
    default: return 100 * ((int64_t) class + 1);
    }
}

static void make_trade(struct feed *feed, unsigned index, struct tick *tick)
{
    struct feed_symbol *symbol = &feed->symbols[index];
    const struct shape *shape = &shapes[symbols[index].shape];

    symbol->cents += draw_step(feed, shape, symbol);
    if (symbol->cents < 100)
        symbol->cents = 100;
    tick->kind = TICK_TRADE;
    tick->ms = symbol->trade_ms;
    tick->cents = symbol->cents;
    tick->size = draw_size(feed, shape);
    tick->condition = condition_codes[DRAW_SHARE(feed, shape->condition)];
    tick->exchange[0] = exchange_letters[DRAW_SHARE(feed, shape->exchange)];
    symbol->trade_ms += draw_gap(feed, shape);
}

static void make_quote(struct feed *feed, unsigned index, struct tick *tick)
{
    struct feed_symbol *symbol = &feed->symbols[index];
    const struct shape *shape = &shapes[symbols[index].shape];
    int64_t spread = 1 + (int64_t)DRAW_SHARE(feed, spread_shares);
    bool bid = draw_below(feed, 2) == 0;

    tick->kind = bid ? TICK_BID : TICK_ASK;
    tick->ms = symbol->quote_ms;
    tick->cents = symbol->cents + (bid ? -spread / 2 : spread - spread / 2);
    tick->size = 100 * (1 + (int64_t)DRAW_SHARE(feed, quote_size_shares));
    tick->condition = NULL;
    tick->exchange[0] = exchange_letters[DRAW_SHARE(feed, shape->exchange)];
    symbol->quote_ms += draw_gap(feed, shape) * 100 / QUOTES_PER_TRADE_100;
}

void feed_init(struct feed *feed, uint64_t seed)
{
    feed->random = seed;
    for (unsigned i = 0; i < FEED_SYMBOLS; i++) {
        struct feed_symbol *symbol = &feed->symbols[i];

        symbol->trade_ms = OPEN_MS + draw_below(feed, 1000);
        symbol->quote_ms = OPEN_MS + draw_below(feed, 1000);
        symbol->cents = symbols[i].cents;
        symbol->last_step = 1;
    }
}

void feed_next(struct feed *feed, struct tick *tick)
{
    unsigned best = 0;
    int64_t best_ms = INT64_MAX;

    for (unsigned i = 0; i < FEED_SYMBOLS; i++) {
        const struct feed_symbol *symbol = &feed->symbols[i];
        int64_t ms = symbol->trade_ms < symbol->quote_ms ? symbol->trade_ms : symbol->quote_ms;

        if (ms < best_ms) {
            best_ms = ms;
            best = i;
        }
    }
    tick->symbol = symbols[best].name;
    tick->exchange[1] = '\0';
    if (feed->symbols[best].trade_ms == best_ms)
        make_trade(feed, best, tick);
    else
        make_quote(feed, best, tick);
}

const char *feed_symbol_name(unsigned index)
{
    assert(index < FEED_SYMBOLS);
    return symbols[index].name;
}
