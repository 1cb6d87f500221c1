/* generator.c - small domains, many relations. */
#include "generator.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <weir/bytes.h>

enum attr { SYMBOL, VENUE, PRICE, VOLUME, HALTED, AT };

static const char *const names[GEN_ATTRS] = {"symbol", "venue", "price", "volume", "halted", "at"};
static const char *const symbols[] = {"IBM", "IBMX", "INTC", "AA", "AAPL", "MSFT"};
static const char *const venues[] = {"N", "NYSE", "NASDAQ", "LSE"};
static const char *const types[] = {"quote", "quote.equity", "trade"};
static const char *const fragments[] = {"I", "IB", "A", "AA", "N", "S", "X", "L"};
static const char *const compares[] = {"=", "<>", "<", "<=", ">", ">="};
static const char *const doubles[] = {"0.5", "1.0", "2.5", "4.0", "7.5"};

#define PICK(random, array) (array)[random_below(random, sizeof(array) / sizeof *(array))]

static void leaf(struct random_source *random, char *text, size_t size, enum attr attr);
static void string_leaf(struct random_source *random, char *text, size_t size, const char *name,
                        const char *const *values, size_t value_count);
static void number_leaf(struct random_source *random, char *text, size_t size, const char *name);
static void special_leaf(struct random_source *random, char *text, size_t size);
static void fresh(struct random_source *random, char *text, size_t size);
static void conjunction(struct random_source *random, char *text, size_t size);
static struct weir_value random_value(struct random_source *random, enum attr attr);
static bool value_allowed(const struct gen_adv *adv, size_t conjunction, enum attr attr,
                          const struct weir_value *value);
static struct weir_filter *compile(const char *text);

/* ---- filters */

void gen_filter(struct random_source *random, struct gen_pool *pool, char *text, size_t size)
{
    char other[GEN_TEXT / 4];
    size_t kind = random_below(random, 100);
    if (pool->count == 0 || kind < 30) {
        fresh(random, text, size);
        char *slot =
            pool->texts[pool->count < GEN_POOL ? pool->count++ : random_below(random, GEN_POOL)];
        snprintf(slot, sizeof pool->texts[0], "%.300s", text);
        return;
    }
    const char *base = pool->texts[random_below(random, pool->count)];
    fresh(random, other, sizeof other);
    if (kind < 60 || strlen(base) > 200)
        snprintf(text, size, "%s", base);
    else if (kind < 85)
        snprintf(text, size, "(%s) AND (%s)", base, other);
    else if (kind < 95)
        snprintf(text, size, "(%s) OR (%s)", base, other);
    else
        snprintf(text, size, "NOT (%s)", base);
}

static void fresh(struct random_source *random, char *text, size_t size)
{
    char a[128], b[128];
    size_t kind = random_below(random, 100);
    if (kind < 5) {
        snprintf(text, size, "TRUE");
    } else if (kind < 75) {
        conjunction(random, text, size);
    } else if (kind < 90) {
        conjunction(random, a, sizeof a);
        conjunction(random, b, sizeof b);
        snprintf(text, size, "%s OR %s", a, b);
    } else {
        leaf(random, a, sizeof a, (enum attr)random_below(random, GEN_ATTRS));
        leaf(random, b, sizeof b, (enum attr)random_below(random, GEN_ATTRS));
        snprintf(text, size, "NOT (%s AND %s)", a, b);
    }
}

static void conjunction(struct random_source *random, char *text, size_t size)
{
    size_t used = 0, count = 1 + random_below(random, 100) % 2;
    for (size_t i = 0; i < count; i++) {
        char part[100];
        leaf(random, part, sizeof part, (enum attr)random_below(random, GEN_ATTRS + 1));
        int len = snprintf(text + used, size - used, "%s%s", i > 0 ? " AND " : "", part);
        assert(len > 0 && (size_t)len < size - used);
        used += (size_t)len;
    }
}

static void leaf(struct random_source *random, char *text, size_t size, enum attr attr)
{
    if (random_chance(random, 6)) {
        snprintf(text, size, random_chance(random, 50) ? "EXISTS(%s)" : "%s IS NULL",
                 names[random_below(random, GEN_ATTRS)]);
        return;
    }
    switch (attr) {
    case SYMBOL: string_leaf(random, text, size, names[SYMBOL], symbols, 6); break;
    case VENUE: string_leaf(random, text, size, names[VENUE], venues, 4); break;
    case PRICE: number_leaf(random, text, size, names[PRICE]); break;
    case VOLUME: number_leaf(random, text, size, names[VOLUME]); break;
    case HALTED:
        snprintf(text, size, "%s", random_chance(random, 50) ? "halted" : "halted = FALSE");
        break;
    case AT:
        snprintf(text, size, "at %s TIMESTAMP '2013-10-07T09:30:0%zuZ'", PICK(random, compares),
                 random_below(random, 4));
        break;
    default: special_leaf(random, text, size); break;
    }
}

static void string_leaf(struct random_source *random, char *text, size_t size, const char *name,
                        const char *const *values, size_t value_count)
{
    const char *value = values[random_below(random, value_count)];
    const char *other = values[random_below(random, value_count)];
    const char *fragment = PICK(random, fragments);
    const char *not = random_chance(random, 20) ? "NOT " : "";
    switch (random_below(random, 9)) {
    case 0:
    case 1: snprintf(text, size, "%s = '%s'", name, value); break;
    case 2: snprintf(text, size, "%s %s '%s'", name, PICK(random, compares), value); break;
    case 3: snprintf(text, size, "%s %sIN ('%s', '%s')", name, not, value, other); break;
    case 4: snprintf(text, size, "%s %sSTARTS WITH '%s'", name, not, fragment); break;
    case 5: snprintf(text, size, "%s %sENDS WITH '%s'", name, not, fragment); break;
    case 6: snprintf(text, size, "%s %sCONTAINS '%s'", name, not, fragment); break;
    case 7:
        snprintf(text, size, random_chance(random, 50) ? "%s %sLIKE '%s%%'" : "%s %sLIKE '_%s%%'",
                 name, not, fragment);
        break;
    default: snprintf(text, size, "%s %sMATCHES '^%s'", name, not, fragment); break;
    }
}

static void number_leaf(struct random_source *random, char *text, size_t size, const char *name)
{
    size_t low = random_below(random, 9), span = random_below(random, 5);
    const char *not = random_chance(random, 20) ? "NOT " : "";
    switch (random_below(random, 6)) {
    case 0:
    case 1: snprintf(text, size, "%s %s %zu", name, PICK(random, compares), low); break;
    case 2:
        snprintf(text, size, "%s %s %s", name, PICK(random, compares), PICK(random, doubles));
        break;
    case 3: snprintf(text, size, "%s %sBETWEEN %zu AND %zu", name, not, low, low + span); break;
    case 4: snprintf(text, size, "%s %sIN (%zu, %zu, 2.5)", name, not, low, low + span); break;
    default: snprintf(text, size, "%s > %zu AND %s <= %zu", name, low, name, low + span + 1); break;
    }
}

/* What concerns several attributes, and what only a border broker sets. */
static void special_leaf(struct random_source *random, char *text, size_t size)
{
    switch (random_below(random, 5)) {
    case 0: snprintf(text, size, "price > volume"); break;
    case 1: snprintf(text, size, "price + volume >= %zu", random_below(random, 10)); break;
    case 2: snprintf(text, size, "$type STARTS WITH '%s'", PICK(random, types)); break;
    case 3: snprintf(text, size, "$origin = 'b%zu'", random_below(random, 4)); break;
    default: snprintf(text, size, "price IS %s", random_chance(random, 50) ? "INT" : "STRING");
    }
}

/* ---- advertisements */

void gen_adv_init(struct random_source *random, struct gen_adv *adv)
{
    memset(adv, 0, sizeof *adv);
    enum weir_err err = weir_scratch_create(&adv->scratch, NULL);
    assert(err == WEIR_OK);
    adv->conjunction_count = random_chance(random, 75) ? 1 : 2;
    while (adv->attrs == 0)
        for (uint32_t a = 0; a < GEN_ATTRS; a++)
            adv->attrs |= (uint32_t)random_chance(random, 55) << a;
    size_t used = 0;
    for (size_t c = 0; c < adv->conjunction_count; c++) {
        used += (size_t)snprintf(adv->text + used, sizeof adv->text - used, "%s", c ? " OR " : "");
        const char *and = "";
        for (uint32_t a = 0; a < GEN_ATTRS; a++) {
            if (!(adv->attrs >> a & 1))
                continue;
            char part[100];
            if (random_chance(random, 50))
                snprintf(part, sizeof part, "EXISTS(%s)", names[a]);
            else if (a == HALTED)
                snprintf(part, sizeof part, "halted = FALSE");
            else if (a == AT)
                snprintf(part, sizeof part, "at >= TIMESTAMP '2013-10-07T09:30:02Z'");
            else if (a == SYMBOL || a == VENUE)
                snprintf(part, sizeof part, "%s STARTS WITH '%s'", names[a],
                         PICK(random, fragments));
            else
                snprintf(part, sizeof part, "%s BETWEEN %zu AND %zu", names[a],
                         random_below(random, 4), 3 + random_below(random, 5));
            adv->allowed[c][a] = compile(part);
            used += (size_t)snprintf(adv->text + used, sizeof adv->text - used, "%s%s", and, part);
            and = " AND ";
        }
    }
}

void gen_adv_fini(struct gen_adv *adv)
{
    for (size_t c = 0; c < 2; c++)
        for (size_t a = 0; a < GEN_ATTRS; a++)
            weir_filter_destroy(adv->allowed[c][a]);
    weir_scratch_destroy(adv->scratch);
}

bool gen_conforms(const struct gen_adv *adv, const struct gen_notification *notification)
{
    struct weir_notification n = weir_notification_view(notification->bytes, notification->size);
    for (size_t c = 0; c < adv->conjunction_count; c++) {
        bool all = true;
        for (size_t a = 0; a < GEN_ATTRS; a++) {
            struct weir_value value;
            if (!weir_notification_find(&n, weir_str_of(names[a]), &value))
                continue;
            all = all && (adv->attrs >> a & 1) &&
                  weir_filter_eval(adv->allowed[c][a], &n, adv->scratch) == WEIR_TRUE;
        }
        if (all)
            return true;
    }
    return false;
}

static struct weir_filter *compile(const char *text)
{
    struct weir_filter *filter = NULL;
    struct weir_diags diags;
    enum weir_err err = weir_filter_compile(&filter, weir_str_of(text), &diags, NULL);
    assert(err == WEIR_OK);
    return filter;
}

/* ---- notifications */

void gen_notification(struct random_source *random, struct gen_notification *out, uint32_t number,
                      const struct gen_adv *adv)
{
    struct weir_attr attrs[GEN_ATTRS + 1];
    size_t count = 0;
    size_t conjunction = adv ? random_below(random, adv->conjunction_count) : 0;
    for (uint32_t a = 0; a < GEN_ATTRS; a++) {
        if (!random_chance(random, 70) || (adv && !(adv->attrs >> a & 1)))
            continue;
        struct weir_value value = random_value(random, (enum attr)a);
        for (int i = 0; adv && i < 20; i++) {
            if (value_allowed(adv, conjunction, (enum attr)a, &value))
                break;
            value = random_value(random, (enum attr)a);
        }
        if (adv && !value_allowed(adv, conjunction, (enum attr)a, &value))
            continue;
        attrs[count++] = (struct weir_attr){weir_str_of(names[a]), value};
    }
    if (random_chance(random, 40))
        attrs[count++] = (struct weir_attr){WEIR_STR("$type"),
                                            weir_value_string(weir_str_of(PICK(random, types)))};
    uint8_t body[4];
    weiri_store_u32(body, number);
    enum weir_err err =
        weir_notification_encode(&out->bytes, &out->size, attrs, count,
                                 (struct weir_str){(const char *)body, sizeof body}, NULL, NULL);
    assert(err == WEIR_OK);
}

static struct weir_value random_value(struct random_source *random, enum attr attr)
{
    if (random_chance(random, 3)) /* of an unexpected type */
        attr = (enum attr)random_below(random, GEN_ATTRS);
    switch (attr) {
    case SYMBOL: return weir_value_string(weir_str_of(PICK(random, symbols)));
    case VENUE: return weir_value_string(weir_str_of(PICK(random, venues)));
    case HALTED: return weir_value_bool(random_chance(random, 50));
    case AT:
        return weir_value_timestamp(1381138200000000000 +
                                    (int64_t)random_below(random, 4) * 1000000000);
    default:
        if (random_chance(random, 30))
            return weir_value_double((double)random_below(random, 18) / 2);
        return weir_value_int((int64_t)random_below(random, 9));
    }
}

static bool value_allowed(const struct gen_adv *adv, size_t conjunction, enum attr attr,
                          const struct weir_value *value)
{
    struct weir_attr one = {weir_str_of(names[attr]), *value};
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum weir_err err =
        weir_notification_encode(&bytes, &size, &one, 1, (struct weir_str){NULL, 0}, NULL, NULL);
    assert(err == WEIR_OK);
    struct weir_notification n = weir_notification_view(bytes, size);
    bool is_true = weir_filter_eval(adv->allowed[conjunction][attr], &n, adv->scratch) == WEIR_TRUE;
    free(bytes);
    return is_true;
}

uint32_t gen_number(const struct weir_notification *notification)
{
    struct weir_str body = weir_notification_body(notification);
    return body.len == 4 ? weiri_load_u32((const uint8_t *)body.ptr) : UINT32_MAX;
}
