/* workloads.c - see workloads.h. */
#include <weir/workloads.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#define RANGES_ATTRS 20u
#define RANGES_TESTS 5u
#define EQUALITY_ATTRS 100u
#define ATTRS_MAX EQUALITY_ATTRS
#define SYMBOL_SIZE 8u

/* A filter that is being written. */
struct writer {
    char *out;
    size_t len;
};

static void write_stock(struct weiri_workload *w, struct writer *out);
static void write_ranges(struct weiri_workload *w, struct writer *out);
static void write_equality(struct weiri_workload *w, struct writer *out);
static void write_mixed(struct weiri_workload *w, struct writer *out);
static void write_in(struct weiri_workload *w, struct writer *out);
static void write_either(struct weiri_workload *w, struct writer *out);
static size_t stock_attrs(struct weiri_workload *w, struct weir_attr *attrs, char *text);
static size_t ranges_attrs(struct weiri_workload *w, struct weir_attr *attrs, char *text);
static size_t equality_attrs(struct weiri_workload *w, struct weir_attr *attrs, char *text);
static size_t mixed_attrs(struct weiri_workload *w, struct weir_attr *attrs, char *text);
static struct weir_str words_text(struct weiri_workload *w, char *text);
static void put(struct writer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put_cents(struct writer *out, const char *before, int64_t cents);
static const char *symbol(struct weiri_workload *w, char out[SYMBOL_SIZE]);
static uint32_t zipf(struct weiri_workload *w);
static void choose(struct weiri_workload *w, uint32_t of, uint32_t count, bool *chosen);
static size_t below(struct weiri_workload *w, size_t bound);
static bool chance(struct weiri_workload *w, unsigned percent);
static int64_t price_cents(struct weiri_workload *w);

#define PICK(w, list) ((list)[below((w), sizeof(list) / sizeof(list)[0])])

static const char *const exchanges[] = {"NYSE", "NASDAQ", "ARCA", "BATS", "EDGX"};
static const char *const sectors[] = {"energy",      "health care", "information technology",
                                      "industrials", "utilities",   "financials"};
static const char *const words[] = {"block", "odd lot", "opening",           "closing",
                                    "late",  "cross",   "intermarket sweep", "derivatively priced"};
#define WORD_COUNT (sizeof words / sizeof words[0])

static const struct {
    const char *name;
    uint32_t values, dense_values;
    void (*write)(struct weiri_workload *w, struct writer *out);
    /* Texts that are made stand in `text`, of TEXT_MAX bytes. */
    size_t (*attrs)(struct weiri_workload *w, struct weir_attr *attrs, char *text);
} kinds[WEIRI_WORKLOAD_KINDS] = {
    [WEIRI_WORKLOAD_STOCK] = {"stock",    500, 8, write_stock,    stock_attrs   },
    [WEIRI_WORKLOAD_RANGES] = {"ranges",   1,   1, write_ranges,   ranges_attrs  },
    [WEIRI_WORKLOAD_EQUALITY] = {"equality", 100, 7, write_equality, equality_attrs},
    [WEIRI_WORKLOAD_MIXED] = {"mixed",    500, 8, write_mixed,    mixed_attrs   },
};

const char *weiri_workload_name(enum weiri_workload_kind kind)
{
    return kinds[kind].name;
}

void weiri_workload_init(struct weiri_workload *w, enum weiri_workload_kind kind, bool dense,
                         uint64_t seed)
{
    double total = 0;

    w->kind = kind;
    w->dense = dense;
    w->state = seed;
    w->value_count = dense ? kinds[kind].dense_values : kinds[kind].values;
    assert(w->value_count <= WEIRI_WORKLOAD_ZIPF_MAX);
    for (uint32_t i = 0; i < w->value_count; i++) {
        total += 1.0 / (i + 1);
        w->shares[i] = total;
    }
}

size_t weiri_workload_filter(struct weiri_workload *w, char out[WEIRI_WORKLOAD_TEXT_MAX])
{
    struct writer writer = {out, 0};

    kinds[w->kind].write(w, &writer);
    return writer.len;
}

enum weir_err weiri_workload_notification(struct weiri_workload *w, uint8_t **bytes, size_t *size,
                                          const struct weir_alloc *alloc)
{
    struct weir_attr attrs[ATTRS_MAX];
    char text[WEIRI_WORKLOAD_TEXT_MAX];
    const size_t count = kinds[w->kind].attrs(w, attrs, text);

    return weir_notification_encode(bytes, size, attrs, count, WEIR_STR(""), NULL, alloc);
}

/* ---- filters */

static void write_stock(struct weiri_workload *w, struct writer *out)
{
    char name[SYMBOL_SIZE];
    const unsigned kind = (unsigned)below(w, 4);

    put(out, "symbol = '%s'", symbol(w, name));
    if (kind < 2) {
        const int64_t width = 100 + (int64_t)below(w, 19901);
        const int64_t low = (int64_t)below(w, (size_t)(100001 - width));

        put_cents(out, " AND price >= ", low);
        put_cents(out, " AND price <= ", low + width);
    } else {
        put_cents(out, kind == 2 ? " AND price >= " : " AND price <= ", price_cents(w));
    }
    if (chance(w, 50))
        put(out, " AND volume > %zu", below(w, 1000001));
}

static void write_ranges(struct weiri_workload *w, struct writer *out)
{
    const size_t width = w->dense ? 700000 : 400000;
    bool chosen[RANGES_ATTRS];

    choose(w, RANGES_ATTRS, RANGES_TESTS, chosen);
    for (size_t i = 0; i < RANGES_ATTRS; i++) {
        const size_t low = chosen[i] ? below(w, 1000001 - width) : 0;

        if (chosen[i])
            put(out, "%sa%02zu BETWEEN %zu AND %zu", out->len > 0 ? " AND " : "", i, low,
                low + width - 1);
    }
}

static void write_equality(struct weiri_workload *w, struct writer *out)
{
    const uint32_t attrs = w->dense ? EQUALITY_ATTRS / 10 : EQUALITY_ATTRS;
    const uint32_t tests = w->dense ? 1 + (uint32_t)below(w, 3) : 3 + (uint32_t)below(w, 6);
    bool chosen[EQUALITY_ATTRS];

    choose(w, attrs, tests, chosen);
    for (uint32_t i = 0; i < attrs; i++) {
        if (!chosen[i])
            continue;
        put(out, "%sk%02u", out->len > 0 ? " AND " : "", (unsigned)i);
        if (chance(w, 70))
            put(out, " = 'v%02u'", (unsigned)zipf(w));
        else
            write_in(w, out);
    }
}

static void write_in(struct weiri_workload *w, struct writer *out)
{
    bool values[EQUALITY_ATTRS] = {false};
    uint32_t wanted = 2 + (uint32_t)below(w, 4);

    while (wanted > 0) {
        const uint32_t value = zipf(w);

        wanted -= !values[value];
        values[value] = true;
    }
    put(out, " IN (");
    for (uint32_t i = 0, written = 0; i < w->value_count; i++) {
        if (values[i])
            put(out, "%s'v%02u'", written++ > 0 ? ", " : "", (unsigned)i);
    }
    put(out, ")");
}

static void write_mixed(struct weiri_workload *w, struct writer *out)
{
    char name[SYMBOL_SIZE];
    const int64_t price = price_cents(w);

    if (chance(w, 2)) {
        put(out, "symbol = '%s' AND note MATCHES '^(late|block).*(cross|sweep)$'", symbol(w, name));
        return;
    }
    switch (below(w, 9)) {
    case 0: write_stock(w, out); break;
    case 1:
        put(out, "symbol IN (");
        for (size_t i = below(w, 20) + 1; i > 0; i--)
            put(out, "'%s'%s", symbol(w, name), i > 1 ? ", " : ")");
        put(out, " AND change %c ", chance(w, 50) ? '<' : '>');
        put_cents(out, "", (int64_t)below(w, 1000) - 500);
        break;
    case 2:
        put(out, "symbol STARTS WITH '%.2s'", symbol(w, name));
        put_cents(out, " AND price > ", price);
        break;
    case 3:
        put(out, "sector = '%s'", PICK(w, sectors));
        put(out, " AND NOT (exchange = '%s')", PICK(w, exchanges));
        put(out, " AND volume > %zu", 500000 + below(w, 500000));
        break;
    case 4:
        put(out, "note CONTAINS '%s'", PICK(w, words));
        put_cents(out, " AND price BETWEEN ", price);
        put_cents(out, " AND ", price + 5000);
        break;
    case 5:
        put(out, "company LIKE '%% %s Inc'", chance(w, 50) ? "Labs" : "Energy");
        put(out, " AND symbol = '%s'", symbol(w, name));
        break;
    case 6:
        put(out, "halted IS NOT NULL AND halted = TRUE AND exchange = '%s'", PICK(w, exchanges));
        break;
    case 7: write_either(w, out); break;
    default:
        put(out, "NOT EXISTS(note) AND symbol = '%s'", symbol(w, name));
        put(out, " AND volume >= %zu", below(w, 1000000));
    }
}

static void write_either(struct weiri_workload *w, struct writer *out)
{
    const int64_t price = price_cents(w);
    char name[SYMBOL_SIZE];

    put(out, "(symbol = '%s'", symbol(w, name));
    put_cents(out, " AND price > ", price);
    put(out, ") OR (symbol = '%s'", symbol(w, name));
    put_cents(out, " AND price < ", price);
    put(out, ")");
}

/* ---- notifications */

static size_t stock_attrs(struct weiri_workload *w, struct weir_attr *attrs, char *text)
{
    size_t count = 0;

    attrs[count++] =
        (struct weir_attr){WEIR_STR("symbol"), weir_value_string(weir_str_of(symbol(w, text)))};
    attrs[count++] =
        (struct weir_attr){WEIR_STR("price"), weir_value_double((double)price_cents(w) / 100)};
    attrs[count++] =
        (struct weir_attr){WEIR_STR("volume"), weir_value_int((int64_t)below(w, 1000001))};
    attrs[count++] = (struct weir_attr){WEIR_STR("exchange"),
                                        weir_value_string(weir_str_of(PICK(w, exchanges)))};
    attrs[count++] = (struct weir_attr){
        WEIR_STR("change"), weir_value_double(((double)(int64_t)below(w, 2001) - 1000) / 100)};
    return count;
}

static size_t ranges_attrs(struct weiri_workload *w, struct weir_attr *attrs, char *text)
{
    for (size_t i = 0; i < RANGES_ATTRS; i++, text += 4) {
        (void)snprintf(text, 4, "a%02u", (unsigned)i % 100);
        attrs[i] =
            (struct weir_attr){weir_str_of(text), weir_value_int((int64_t)below(w, 1000000))};
    }
    return RANGES_ATTRS;
}

static size_t equality_attrs(struct weiri_workload *w, struct weir_attr *attrs, char *text)
{
    const uint32_t of = w->dense ? EQUALITY_ATTRS / 10 : EQUALITY_ATTRS;
    bool chosen[EQUALITY_ATTRS];
    size_t count = 0;

    choose(w, of, w->dense ? 8 : 15, chosen);
    for (uint32_t i = 0; i < of; i++) {
        if (!chosen[i])
            continue;
        (void)snprintf(text, 4, "k%02u", (unsigned)i % 100);
        (void)snprintf(text + 4, 4, "v%02u", (unsigned)zipf(w) % 100);
        attrs[count++] =
            (struct weir_attr){weir_str_of(text), weir_value_string(weir_str_of(text + 4))};
        text += 8;
    }
    return count;
}

static size_t mixed_attrs(struct weiri_workload *w, struct weir_attr *attrs, char *text)
{
    static const char *const endings[] = {"Holdings", "Group", "Energy", "Labs"};
    size_t count = stock_attrs(w, attrs, text), len;
    char name[SYMBOL_SIZE];
    char *company = text + SYMBOL_SIZE, *note = company + 64;

    (void)snprintf(company, SYMBOL_SIZE, "%s", symbol(w, name));
    for (len = 1; company[len] != '\0'; len++)
        company[len] = (char)(company[len] - 'A' + 'a');
    (void)snprintf(company + len, 64 - len, " %s Inc", PICK(w, endings));
    attrs[count++] =
        (struct weir_attr){WEIR_STR("company"), weir_value_string(weir_str_of(company))};
    if (chance(w, 80))
        attrs[count++] = (struct weir_attr){WEIR_STR("sector"),
                                            weir_value_string(weir_str_of(PICK(w, sectors)))};
    if (chance(w, 50))
        attrs[count++] =
            (struct weir_attr){WEIR_STR("note"), weir_value_string(words_text(w, note))};
    if (chance(w, 30))
        attrs[count++] = (struct weir_attr){WEIR_STR("halted"), weir_value_bool(chance(w, 10))};
    return count;
}

/* Up to three different words. */
static struct weir_str words_text(struct weiri_workload *w, char *text)
{
    struct writer out = {text, 0};
    bool used[WORD_COUNT] = {false};

    for (size_t left = 1 + below(w, 3); left > 0;) {
        const size_t word = below(w, WORD_COUNT);

        if (used[word])
            continue;
        used[word] = true;
        left--;
        put(&out, "%s%s", out.len > 0 ? " " : "", words[word]);
    }
    return (struct weir_str){text, out.len};
}

/* ---- what they are made of; each draw is a statement of its own, as the order in which arguments
 * are evaluated is the compiler's */

/* Never cut: TEXT_MAX is above the longest. */
static void put(struct writer *out, const char *format, ...)
{
    const size_t room = WEIRI_WORKLOAD_TEXT_MAX - out->len;
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(out->out + out->len, room, format, args);
    va_end(args);
    assert(len >= 0 && (size_t)len < room);
    out->len += (size_t)len;
}

static void put_cents(struct writer *out, const char *before, int64_t cents)
{
    const long long whole = (cents < 0 ? -cents : cents) / 100;
    const long long rest = (cents < 0 ? -cents : cents) % 100;

    put(out, "%s%s%lld.%02lld", before, cents < 0 ? "-" : "", whole, rest);
}

static const char *symbol(struct weiri_workload *w, char out[SYMBOL_SIZE])
{
    size_t at = SYMBOL_SIZE - 1;

    out[at] = '\0';
    for (size_t i = zipf(w) + 26 * 26; i != 0; i /= 26)
        out[--at] = (char)('A' + i % 26);
    return out + at;
}

/* The i-th value with a share of 1 / i. */
static uint32_t zipf(struct weiri_workload *w)
{
    const double drawn =
        (double)below(w, SIZE_MAX) / (double)SIZE_MAX * w->shares[w->value_count - 1];
    uint32_t low = 0, high = w->value_count - 1;

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;

        if (w->shares[middle] <= drawn)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void choose(struct weiri_workload *w, uint32_t of, uint32_t count, bool *chosen)
{
    for (uint32_t i = 0; i < of; i++) {
        chosen[i] = below(w, of - i) < count;
        count -= chosen[i];
    }
}

/* SplitMix64. */
static size_t below(struct weiri_workload *w, size_t bound)
{
    uint64_t z = w->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (size_t)((z ^ (z >> 31)) % bound);
}

static bool chance(struct weiri_workload *w, unsigned percent)
{
    return below(w, 100) < percent;
}

static int64_t price_cents(struct weiri_workload *w)
{
    return (int64_t)below(w, 100001);
}
