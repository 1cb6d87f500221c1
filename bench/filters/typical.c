/* typical.c - what people write: the shapes of FILTERS.md and of the matching workloads. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SET = 256, SYMBOLS = 500, TEXT = 512 };

#define COMPILE_BAR_NS 5000
#define EVAL_BAR_NS 100
#define COVERS_BAR_NS 50000
#define NORMAL_BAR_NS 5e6
#define MEMORY_BAR (1024 * 1024)

typedef void shape_fn(char *out, struct random_source *r);

static const char *const exchanges[] = {"NYSE", "NASDAQ", "ARCA", "BATS", "EDGX"};
static const char *const sectors[] = {"energy",      "health care", "information technology",
                                      "industrials", "utilities",   "financials"};
static const char *const words[] = {"block", "odd lot", "opening",           "closing",
                                    "late",  "cross",   "intermarket sweep", "derivatively priced"};

#define PICK(r, list) (list)[random_below((r), sizeof(list) / sizeof(list)[0])]

static const char *symbol_text(char out[8], size_t i)
{
    size_t at = 7;

    out[at] = '\0';
    for (i += 26 * 26; i != 0; i /= 26)
        out[--at] = (char)('A' + i % 26);
    return out + at;
}

/* Zipf with exponent 1, near enough: each power of two of ranks is as likely as the next. */
static size_t zipf(struct random_source *r, size_t count)
{
    return random_below(r, 1 + ((count - 1) >> random_below(r, 9)));
}

static double price(struct random_source *r)
{
    return (double)random_below(r, 100001) / 100;
}

static void write_stock(char *out, struct random_source *r)
{
    char symbol[8];
    size_t kind = random_below(r, 4);
    double low = price(r);
    int len = snprintf(out, TEXT, "symbol = '%s'", symbol_text(symbol, zipf(r, SYMBOLS)));

    if (kind < 2)
        len += snprintf(out + len, TEXT - (size_t)len, " AND price >= %.2f AND price <= %.2f", low,
                        low + 1 + (double)random_below(r, 199));
    else
        len += snprintf(out + len, TEXT - (size_t)len, " AND price %s %.2f",
                        kind == 2 ? ">=" : "<=", low);
    if (random_chance(r, 50))
        (void)snprintf(out + len, TEXT - (size_t)len, " AND volume > %zu",
                       random_below(r, 1000001));
}

static void write_ranges(char *out, struct random_source *r)
{
    size_t first = random_below(r, 4);
    int len = 0;

    for (size_t i = 0; i < 5; i++) {
        size_t low = random_below(r, 600001);

        len += snprintf(out + len, TEXT - (size_t)len, "%sa%02zu BETWEEN %zu AND %zu",
                        i == 0 ? "" : " AND ", first + i, low, low + 399999);
    }
}

static void write_equality(char *out, struct random_source *r)
{
    size_t tests = 3 + random_below(r, 6);
    int len = 0;

    for (size_t i = 0; i < tests; i++) {
        len += snprintf(out + len, TEXT - (size_t)len, "%sk%02zu", i == 0 ? "" : " AND ", i);
        if (random_chance(r, 70))
            len += snprintf(out + len, TEXT - (size_t)len, " = 'v%02zu'", zipf(r, 100));
        else
            len += snprintf(out + len, TEXT - (size_t)len, " IN ('v%02zu', 'v%02zu', 'v%02zu')",
                            zipf(r, 100), zipf(r, 100), zipf(r, 100));
    }
}

static void write_mixed(char *out, struct random_source *r)
{
    char s[8], t[8];
    const char *symbol = symbol_text(s, zipf(r, SYMBOLS));
    double p = price(r);

    switch (random_below(r, 8)) {
    case 0:
        (void)snprintf(out, TEXT, "symbol IN ('%s', '%s', 'IBM', 'ORCL') AND change < %.2f", symbol,
                       symbol_text(t, zipf(r, SYMBOLS)), p / 100 - 5);
        return;
    case 1:
        (void)snprintf(out, TEXT, "symbol STARTS WITH '%.2s' AND price > %.2f", symbol, p);
        return;
    case 2:
        (void)snprintf(out, TEXT, "sector = '%s' AND NOT (exchange = '%s') AND volume > %zu",
                       PICK(r, sectors), PICK(r, exchanges), random_below(r, 1000000));
        return;
    case 3:
        (void)snprintf(out, TEXT, "note CONTAINS '%s' AND price BETWEEN %.2f AND %.2f",
                       PICK(r, words), p, p + 50);
        return;
    case 4:
        (void)snprintf(out, TEXT, "company LIKE '%% Labs Inc' AND symbol = '%s'", symbol);
        return;
    case 5:
        (void)snprintf(out, TEXT, "halted IS NOT NULL AND halted = TRUE AND exchange = '%s'",
                       PICK(r, exchanges));
        return;
    case 6:
        (void)snprintf(out, TEXT,
                       "(symbol = '%s' AND price > %.2f) OR (symbol = 'IBM' AND price < %.2f)",
                       symbol, p, p / 2);
        return;
    default:
        (void)snprintf(out, TEXT, "NOT EXISTS(note) AND symbol = '%s' AND volume >= %zu", symbol,
                       random_below(r, 1000000));
    }
}

static void write_regex(char *out, struct random_source *r)
{
    static const char *const patterns[] = {"^(late|block).*(cross|sweep)$", "[0-9]+ERR",
                                           "^prefix.*x", "\\bodd lot\\b", "(?i)opening|closing"};

    (void)snprintf(out, TEXT, "note MATCHES '%s'", PICK(r, patterns));
}

static void write_document(char *out, struct random_source *r)
{
    static const char *const texts[] = {
        "symbol = 'IBM' AND price >= 100.0 AND volume > 0",
        "bid > ask",
        "x = 1 OR x = 2",
        "price * volume > 1e6 AND symbol <> 'IBM'",
        "$type = 'trade' AND $ts >= TIMESTAMP '2013-10-07T09:30:00Z'",
        "hasPrefix(symbol, 'IB') AND NOT halted",
        "note LIKE '%odd_lot%' ESCAPE '!' OR note IS NULL",
    };

    (void)snprintf(out, TEXT, "%s", PICK(r, texts));
}

static const struct {
    const char *name;
    shape_fn *write;
    bool bars; /* regular expressions have none: the worst cases bound them */
} shapes[] = {
    {"stock",    write_stock,    true },
    {"ranges",   write_ranges,   true },
    {"equality", write_equality, true },
    {"mixed",    write_mixed,    true },
    {"document", write_document, true },
    {"regex",    write_regex,    false},
};

struct set {
    char texts[SET][TEXT];
    struct weir_filter *filters[SET];
    struct weir_normal *normals[SET], *advs[SET];
    struct weir_scratch *scratch;
    struct weir_notification n;
    uint8_t *bytes;
    const struct weir_alloc *alloc;
    size_t next;
    uint64_t sink;
};

static void do_compile(void *context, size_t times)
{
    struct set *set = context;

    while (times-- != 0) {
        struct weir_filter *filter = bench_compile(set->texts[set->next++ % SET], set->alloc);

        weir_filter_destroy(filter);
    }
}

static void do_eval(void *context, size_t times)
{
    struct set *set = context;

    while (times-- != 0)
        set->sink += weir_filter_eval(set->filters[set->next++ % SET], &set->n, set->scratch);
}

static void do_normal(void *context, size_t times)
{
    struct set *set = context;

    while (times-- != 0)
        weir_normal_destroy(
            bench_normal(set->filters[set->next++ % SET], WEIR_ROLE_SUBSCRIPTION, set->alloc));
}

static void do_covers(void *context, size_t times)
{
    struct set *set = context;

    for (; times != 0; times--, set->next++)
        set->sink += weir_normal_covers(set->normals[set->next % SET],
                                        set->normals[set->next / SET % SET], NULL);
}

static void do_intersects(void *context, size_t times)
{
    struct set *set = context;

    for (; times != 0; times--, set->next++)
        set->sink += weir_normal_intersects(set->advs[set->next % SET],
                                            set->normals[set->next / SET % SET], NULL);
}

/* About eight attributes, of the names that the shape uses. */
static uint8_t *notification_of(struct weir_notification *n, const char *shape)
{
    char names[9][4], values[9][4];
    struct weir_attr attrs[9] = {
        {WEIR_STR("symbol"),   weir_value_string(WEIR_STR("IBM"))               },
        {WEIR_STR("price"),    weir_value_double(180.25)                        },
        {WEIR_STR("volume"),   weir_value_int(500000)                           },
        {WEIR_STR("exchange"), weir_value_string(WEIR_STR("NYSE"))              },
        {WEIR_STR("change"),   weir_value_double(-1.25)                         },
        {WEIR_STR("company"),  weir_value_string(WEIR_STR("Abc Labs Inc"))      },
        {WEIR_STR("sector"),   weir_value_string(WEIR_STR("energy"))            },
        {WEIR_STR("note"),     weir_value_string(WEIR_STR("late odd lot sweep"))},
        {WEIR_STR("halted"),   weir_value_bool(false)                           },
    };
    bool ranges = strcmp(shape, "ranges") == 0;

    for (size_t i = 0; (ranges || strcmp(shape, "equality") == 0) && i < 9; i++) {
        (void)snprintf(names[i], sizeof names[i], "%c%02d", ranges ? 'a' : 'k', (int)i);
        (void)snprintf(values[i], sizeof values[i], "v%02d", (int)i % 4);
        attrs[i].name = weir_str_of(names[i]);
        attrs[i].value = ranges ? weir_value_int(300000 + (int)i * 20000)
                                : weir_value_string(weir_str_of(values[i]));
    }
    return bench_notification(n, attrs, 9);
}

static void set_init(struct set *set, size_t shape, uint64_t seed)
{
    struct random_source r = {seed};

    memset(set, 0, sizeof *set);
    set->scratch = bench_scratch();
    set->bytes = notification_of(&set->n, shapes[shape].name);
    for (size_t i = 0; i < SET; i++) {
        shapes[shape].write(set->texts[i], &r);
        set->filters[i] = bench_compile(set->texts[i], NULL);
        set->normals[i] = bench_normal(set->filters[i], WEIR_ROLE_SUBSCRIPTION, NULL);
        set->advs[i] = bench_normal(set->filters[i], WEIR_ROLE_ADVERTISEMENT, NULL);
    }
}

static void set_fini(struct set *set)
{
    for (size_t i = 0; i < SET; i++) {
        weir_normal_destroy(set->advs[i]);
        weir_normal_destroy(set->normals[i]);
        weir_filter_destroy(set->filters[i]);
    }
    free(set->bytes);
    weir_scratch_destroy(set->scratch);
}

/* The greatest memory of one of the set. */
static size_t memory_of(bench_fn *fn, struct set *set)
{
    struct bench_memory memory;

    bench_memory_init(&memory);
    set->alloc = &memory.alloc;
    fn(set, SET);
    set->alloc = NULL;
    return memory.peak;
}

static void measure_shape(struct bench_report *report, const struct bench_options *options,
                          struct set *set, size_t shape)
{
    const struct {
        const char *operation;
        bench_fn *fn;
        double bar;
        bool allocates;
    } operations[] = {
        {"compile",    do_compile,    COMPILE_BAR_NS, true },
        {"evaluate",   do_eval,       EVAL_BAR_NS,    false},
        {"normal",     do_normal,     NORMAL_BAR_NS,  true },
        {"covers",     do_covers,     COVERS_BAR_NS,  false},
        {"intersects", do_intersects, COVERS_BAR_NS,  false},
    };

    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        struct bench_row row = {.group = "typical",
                                .operation = operations[i].operation,
                                .name = shapes[shape].name,
                                .bar_ns = shapes[shape].bars ? operations[i].bar : 0,
                                .bytes = SIZE_MAX,
                                .bar_bytes = MEMORY_BAR};

        row.times = bench_measure(operations[i].fn, set, options->quick);
        if (operations[i].allocates)
            row.bytes = memory_of(operations[i].fn, set);
        bench_report_row(report, &row);
    }
}

void bench_typical(struct bench_report *report, const struct bench_options *options)
{
    struct set *set = malloc(sizeof *set);

    if (set == NULL)
        bench_die("out of memory");
    for (size_t shape = 0; shape < sizeof shapes / sizeof shapes[0]; shape++) {
        set_init(set, shape, options->seed);
        measure_shape(report, options, set, shape);
        set_fini(set);
    }
    free(set);
}
