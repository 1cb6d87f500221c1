/* feed.h - a seeded generator of stock ticks, shaped after real ones.
 *
 * Trades and quotes of a few dozen symbols in order of time.  Same seed, same ticks, on any
 * machine: integer arithmetic only.  The shape was measured on the regular session (09:30 to
 * 16:00) of the NYSE and NASDAQ ticks of 7 October 2013 (AlgoSeek, by way of QuantConnect/Lean):
 *
 *                        IBM (24,106 trades)   AIG (25,258)      SPY (241,504)
 *   gap to the next trade, share of 0 ms / 1-9 / 10-99 / 100-999 / 1,000-9,999 / more
 *                        20.4 31.5 14.9        36.9 29.9 10.0    54.0 25.4 8.8
 *                        14.1 17.2  2.0 %       8.2 12.7  2.4 %   9.1  2.7 0.0 %
 *   price step of 0 / 1 / 2 / 3 / 4 / 5-9 / 10 or more cents
 *                        56.0 24.6 9.0         82.7 16.1 1.0     87.4 12.0 0.5
 *                        4.5 2.1 3.0 0.8 %     0.2 0.1 0.1 0 %   0.1 0 0 0 %
 *   step turns back      64 %                  71 %              81 %
 *   size 100 / 200 / 300 / 400 / 500 / 600-900 / 1,000-9,999 / odd below 1,000
 *                        76.7 9.7 2.6 1.1      71.6 10.7 4.6     46.3 18.1 11.0 3.9
 *                        0.7 0.9 0.8 7.5 %     2.7 1.1 1.9 2.2 5.2 %   4.6 3.3 5.9 7.0 %
 *   exchanges            D 31 N 22 Q 14 P 10 K 8 Z 5 B 5 J 3 Y 2 % ...   and so on: feed.c
 *   sale condition 1 / 20000020 / 20          55.6 41.0 3.1 %   51.8 46.4 1.7 %   51.1 43.4 5.0 %
 *
 * Quotes: 4.48 for each trade (IBM), one side each; spread on the primary exchange 1 to 9 cents
 * with shares 11.2 20.9 19.4 13.4 8.6 6.6 3.8 2.4 2.2 %; sizes 100 to 700, median 200.
 *
 * The other symbols take one of the three shapes with the price levels of their day. */
#ifndef WEIR_DEMO_FEED_H
#define WEIR_DEMO_FEED_H

#include <stdint.h>

enum tick_kind { TICK_TRADE, TICK_BID, TICK_ASK };

struct tick {
    enum tick_kind kind;
    const char *symbol;    /* static */
    const char *condition; /* static; trades only */
    char exchange[2];      /* one letter, terminated */
    int64_t ms;            /* since midnight in New York */
    int64_t cents;         /* price */
    int64_t size;          /* shares */
};

#define FEED_SYMBOLS 24

struct feed_symbol {
    int64_t trade_ms, quote_ms; /* when its next ticks are due */
    int64_t cents;              /* last traded */
    int8_t last_step;           /* sign of the last price change */
};

/* Caller's storage; plain data. */
struct feed {
    uint64_t random;
    struct feed_symbol symbols[FEED_SYMBOLS];
};

void feed_init(struct feed *feed, uint64_t seed);
/* The next tick in order of time; endless. */
void feed_next(struct feed *feed, struct tick *tick);
/* Names of the symbols, index < FEED_SYMBOLS. */
const char *feed_symbol_name(unsigned index);

#endif /* WEIR_DEMO_FEED_H */
