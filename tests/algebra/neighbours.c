/* neighbours.c - values at, next to and between the constants of filters. */
#include "neighbours.h"

#include <math.h>
#include <string.h>

#define CONSTANTS_MAX 64

/* The constants that one attribute is compared with. */
struct constants {
    struct weir_value v[CONSTANTS_MAX];
    size_t count;
};

static void collect(struct neighbours *n, struct constants *all, const struct weir_node *node);
static void collect_leaf(struct constants *constants, const struct weir_node *node);
static void add_constant(struct constants *constants, struct weir_value value);
static void add_pattern(struct neighbours *n, struct constants *constants,
                        const struct weir_node *node);
static void name_of(struct neighbours *n, bool *named, const struct weir_node *node);
static void fill_pool(struct neighbours *n, struct pool *pool, struct constants *constants,
                      bool string_only);
static void put_numbers(struct pool *pool, struct constants *constants);
static void put_number(struct pool *pool, double real);
static void put_strings(struct neighbours *n, struct pool *pool, const struct constants *constants);
static void put_text(struct neighbours *n, struct pool *pool, const char *before,
                     struct weir_str middle, const char *after);
static void put(struct pool *pool, struct weir_value value);

void neighbours_init(struct neighbours *n, const struct weir_node *const *trees, size_t count)
{
    static struct constants all[NEIGHBOURS_NAMES_MAX];

    n->name_count = n->text_len = 0;
    memset(all, 0, sizeof all);
    for (size_t i = 0; i < count; i++)
        collect(n, all, trees[i]);
    for (size_t i = 0; i < n->name_count; i++) {
        n->pools[i].count = 0;
        fill_pool(n, &n->pools[i], &all[i], n->names[i].ptr[0] == '$');
    }
}

static bool is_truth(const struct weir_node *node)
{
    return node->kind == WEIR_NODE_AND || node->kind == WEIR_NODE_OR || node->kind == WEIR_NODE_NOT;
}

static void collect(struct neighbours *n, struct constants *all, const struct weir_node *node)
{
    bool named[NEIGHBOURS_NAMES_MAX] = {false};

    if (is_truth(node)) {
        for (uint32_t i = 0; i < node->child_count; i++)
            collect(n, all, node->child[i]);
        return;
    }
    name_of(n, named, node);
    for (size_t i = 0; i < n->name_count; i++) {
        if (named[i]) {
            collect_leaf(&all[i], node);
            add_pattern(n, &all[i], node);
        }
    }
}

static size_t find_name(const struct neighbours *n, struct weir_str name)
{
    size_t i = 0;

    while (i < n->name_count && !weir_str_equal(n->names[i], name))
        i++;
    return i;
}

static void name_of(struct neighbours *n, bool *named, const struct weir_node *node)
{
    size_t i;

    for (uint32_t k = 0; k < node->child_count; k++)
        name_of(n, named, node->child[k]);
    if (node->kind != WEIR_NODE_ATTR || neighbours_is_stamp(node->text))
        return;
    i = find_name(n, node->text);
    if (i == NEIGHBOURS_NAMES_MAX)
        return;
    if (i == n->name_count)
        n->names[n->name_count++] = node->text;
    named[i] = true;
}

bool neighbours_is_stamp(struct weir_str name)
{
    return name.len > 0 && name.ptr[0] == '$' && !weir_str_equal(name, WEIR_STR("$type"));
}

static void collect_leaf(struct constants *constants, const struct weir_node *node)
{
    if (node->kind == WEIR_NODE_LITERAL)
        add_constant(constants, node->literal);
    for (uint32_t i = 0; i < node->value_count; i++)
        add_constant(constants, node->values[i]);
    for (uint32_t i = 0; i < node->child_count; i++)
        collect_leaf(constants, node->child[i]);
}

static void add_constant(struct constants *constants, struct weir_value value)
{
    if (constants->count < CONSTANTS_MAX)
        constants->v[constants->count++] = value;
}

/* The piece of a text test; of patterns what is left without the signs, which often matches. */
static void add_pattern(struct neighbours *n, struct constants *constants,
                        const struct weir_node *node)
{
    char *made = n->texts + n->text_len;
    size_t len = 0;

    if (node->kind < WEIR_NODE_LIKE || node->kind > WEIR_NODE_MATCHES || node->text.len == 0 ||
        node->text.len > sizeof n->texts - n->text_len)
        return;
    for (size_t i = 0; i < node->text.len; i++) {
        const char c = node->text.ptr[i];

        if (node->kind == WEIR_NODE_LIKE
                ? strchr("%\\!", c) == NULL
                : node->kind != WEIR_NODE_MATCHES || strchr("^$?*+.()[]|\\", c) == NULL)
            made[len++] = c;
    }
    n->text_len += len;
    add_constant(constants, weir_value_string((struct weir_str){made, len}));
}

static void fill_pool(struct neighbours *n, struct pool *pool, struct constants *constants,
                      bool string_only)
{
    put_strings(n, pool, constants);
    put(pool, weir_value_string(WEIR_STR("q")));
    if (string_only)
        return;
    put_numbers(pool, constants);
    for (size_t i = 0; i < constants->count; i++) {
        const int64_t at = constants->v[i].u.integer;

        for (int64_t step = -1; step <= 1 && constants->v[i].type == WEIR_TIMESTAMP; step++)
            put(pool, weir_value_timestamp(at + step));
    }
    put(pool, weir_value_bool(false));
    put(pool, weir_value_bool(true));
    put(pool, weir_value_int(7));
    put(pool, weir_value_double(7.5));
    put(pool, weir_value_timestamp(0));
}

/* Numbers in order, each with its neighbours, and what lies between each two. */
static void put_numbers(struct pool *pool, struct constants *constants)
{
    struct weir_value numbers[CONSTANTS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < constants->count; i++) {
        size_t at = count;
        int order;

        if (constants->v[i].type != WEIR_INT && constants->v[i].type != WEIR_DOUBLE)
            continue;
        while (at > 0 && weir_value_compare(&constants->v[i], &numbers[at - 1], &order) &&
               order < 0) {
            numbers[at] = numbers[at - 1];
            at--;
        }
        numbers[at] = constants->v[i];
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        const bool is_int = numbers[i].type == WEIR_INT;
        const double real = is_int ? (double)numbers[i].u.integer : numbers[i].u.real;

        put(pool, numbers[i]);
        if (is_int && numbers[i].u.integer > INT64_MIN)
            put(pool, weir_value_int(numbers[i].u.integer - 1));
        if (is_int && numbers[i].u.integer < INT64_MAX)
            put(pool, weir_value_int(numbers[i].u.integer + 1));
        put_number(pool, real);
        put_number(pool, nextafter(real, -INFINITY));
        put_number(pool, nextafter(real, INFINITY));
        put_number(pool, i == 0 ? real - 10 : real);
        put_number(pool, i + 1 == count ? real + 10 : real);
        if (i > 0)
            put_number(pool, real / 2 + (numbers[i - 1].type == WEIR_INT
                                             ? (double)numbers[i - 1].u.integer
                                             : numbers[i - 1].u.real) /
                                            2);
    }
}

/* As double and, where it is one, as int. */
static void put_number(struct pool *pool, double real)
{
    if (!isfinite(real))
        return;
    put(pool, weir_value_double(real));
    if (real >= -0x1p62 && real <= 0x1p62 && real == trunc(real))
        put(pool, weir_value_int((int64_t)real));
}

static void put_strings(struct neighbours *n, struct pool *pool, const struct constants *constants)
{
    static const char greatest[] = "\xF4\x8F\xBF\xBF";

    put_text(n, pool, "", WEIR_STR(""), "");
    for (size_t i = 0; i < constants->count; i++) {
        struct weir_str text = constants->v[i].u.string, shorter;
        char last[3] = {0};

        if (constants->v[i].type != WEIR_STRING)
            continue;
        put_text(n, pool, "", text, "");
        put_text(n, pool, "", text, "\x01");
        put_text(n, pool, "", text, "a");
        put_text(n, pool, "", text, greatest);
        put_text(n, pool, "z", text, "");
        put_text(n, pool, "z", text, "z");
        for (size_t k = 0; k < constants->count && k < 6; k++) {
            char end[64] = "";

            if (constants->v[k].type == WEIR_STRING && constants->v[k].u.string.len < sizeof end) {
                memcpy(end, constants->v[k].u.string.ptr, constants->v[k].u.string.len);
                put_text(n, pool, "", text, end);
            }
        }
        if (text.len == 0 || ((unsigned char)text.ptr[text.len - 1] & 0x80) != 0)
            continue;
        shorter = (struct weir_str){text.ptr, text.len - 1};
        put_text(n, pool, "", shorter, "");
        last[0] = text.ptr[text.len - 1];
        if (last[0] < 0x7F) {
            last[0]++;
            put_text(n, pool, "", shorter, last);
            last[0]--;
        }
        if (last[0] > 1) {
            last[0]--;
            put_text(n, pool, "", shorter, last);
            last[1] = 'z';
            put_text(n, pool, "", shorter, last);
        }
        if (((unsigned char)text.ptr[0] & 0x80) == 0)
            put_text(n, pool, "", (struct weir_str){text.ptr + 1, text.len - 1}, "");
    }
}

static void put_text(struct neighbours *n, struct pool *pool, const char *before,
                     struct weir_str middle, const char *after)
{
    const size_t before_len = strlen(before), after_len = strlen(after);
    const struct weir_str made = {n->texts + n->text_len, before_len + middle.len + after_len};
    char *to = n->texts + n->text_len;

    if (made.len > sizeof n->texts - n->text_len)
        return;
    memcpy(to, before, before_len);
    if (middle.len > 0)
        memcpy(to + before_len, middle.ptr, middle.len);
    memcpy(to + before_len + middle.len, after, after_len);
    n->text_len += made.len;
    if (weir_str_is_text(made))
        put(pool, weir_value_string(made));
}

/* 5 and 5.0 are kept apart. */
static void put(struct pool *pool, struct weir_value value)
{
    if (pool->count == NEIGHBOURS_VALUES_MAX)
        return;
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->v[i].type == value.type && weir_value_equal(&pool->v[i], &value))
            return;
    }
    pool->v[pool->count++] = value;
}

uint8_t *neighbours_stamped(struct weir_notification *out, const struct weir_notification *plain)
{
    static const struct weir_stamps stamps = {
        .id = {"north-1", 7},
        .origin_len = 5,
        .publisher = {"ann",     3},
        .ts_ns = 1700000000000000000
    };
    const size_t size = weir_notification_stamped_size(plain, &stamps);
    uint8_t *bytes = malloc(size);

    if (bytes == NULL)
        abort();
    weir_notification_stamp(bytes, plain, &stamps);
    *out = weir_notification_view(bytes, size);
    return bytes;
}

static uint8_t *encoded(struct weir_notification *out, const struct weir_attr *attrs, size_t count)
{
    struct weir_notification plain;
    uint8_t *bytes, *stamped;
    size_t size;

    if (weir_notification_encode(&bytes, &size, attrs, count, WEIR_STR(""), NULL, NULL) != WEIR_OK)
        abort();
    plain = weir_notification_view(bytes, size);
    stamped = neighbours_stamped(out, &plain);
    free(bytes);
    return stamped;
}

uint8_t *neighbours_single(struct weir_notification *out, struct weir_str name,
                           const struct weir_value *value)
{
    const struct weir_attr attr = {name, value != NULL ? *value : weir_value_int(0)};

    return encoded(out, &attr, value != NULL);
}

uint8_t *neighbours_notification(struct weir_notification *out, const struct neighbours *n,
                                 struct random_source *r)
{
    const struct weir_str unlisted = WEIR_STR("unlisted");
    struct weir_attr attrs[NEIGHBOURS_NAMES_MAX + 1];
    const unsigned present = random_chance(r, 70) ? 85 : 40;
    size_t count = 0;

    for (size_t i = 0; i < n->name_count; i++) {
        const struct pool *pool = &n->pools[i];
        const bool string_only = n->names[i].ptr[0] == '$';

        if (!random_chance(r, present))
            continue;
        if (random_chance(r, 15) && !string_only)
            pool = &n->pools[random_below(r, n->name_count)];
        attrs[count++] = (struct weir_attr){n->names[i], pool->v[random_below(r, pool->count)]};
    }
    if (random_chance(r, 4) && find_name(n, unlisted) == n->name_count)
        attrs[count++] = (struct weir_attr){unlisted, weir_value_int(1)};
    return encoded(out, attrs, count);
}

uint8_t *neighbours_extended(struct weir_notification *out, const struct neighbours *n,
                             const struct weir_notification *base, struct random_source *r)
{
    struct weir_attr attrs[2 * NEIGHBOURS_NAMES_MAX];
    size_t count = 0;

    for (size_t i = 0; i < base->attr_count && count < NEIGHBOURS_NAMES_MAX; i++)
        attrs[count++] = weir_notification_attr(base, i);
    for (size_t i = 0; i < n->name_count; i++) {
        const struct pool *pool = &n->pools[i];
        struct weir_value value;

        if (!weir_notification_find(base, n->names[i], &value))
            attrs[count++] = (struct weir_attr){n->names[i], pool->v[random_below(r, pool->count)]};
    }
    return encoded(out, attrs, count);
}
