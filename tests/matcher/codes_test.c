/* codes_test.c - codes against the domains they stand for, at and around every constant. */
#include "codes.h"

#include "oom.h"
#include "random.h"

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <weir/bytes.h>

#include <cmocka.h>

#define CONSTANTS_MAX 1500u
#define INTERVALS_MAX 10u
#define DOMAINS 60u
#define TEXT_LEN 12u

struct constants {
    struct weir_value v[CONSTANTS_MAX];
    char texts[CONSTANTS_MAX][TEXT_LEN];
    size_t count;
};

struct domain {
    struct weir_domain domain;
    struct weir_interval intervals[3][INTERVALS_MAX];
    struct weir_str part;
};

/* How often the property under test was not vacuous. */
static struct {
    size_t decided, soft, in, out, full, exact, told_apart;
} seen;

static const int64_t odd_ints[] = {
    0,
    1,
    -1,
    INT64_C(9007199254740991),
    INT64_C(9007199254740992),
    INT64_C(9007199254740993),
    INT64_C(-9007199254740993),
    INT64_C(1152921504606846977),
    INT64_MAX,
    INT64_MAX - 1,
    INT64_MIN,
    INT64_MIN + 1,
};
static const double odd_doubles[] = {
    0.5,     -0.5,     DBL_TRUE_MIN,         -DBL_TRUE_MIN, DBL_MIN,
    DBL_MAX, -DBL_MAX, 9007199254740992.0,   1e18,          1e300,
    -1e300,  0.1,      9223372036854775808.0};
static const char *const odd_texts[] = {
    "",         "a", "ab",   "abcdefg", "abcdefgh", "abcdefgi", "abcdefghi", "abcdefghj",
    "abcdefg~", "b", "\x7f", "\x80",    "\xf4",     "zzzzzzzz", "zzzzzzzzz"};

static size_t add_value(struct constants *c, struct weir_value value)
{
    assert_true(c->count < CONSTANTS_MAX);
    if (value.type == WEIR_STRING) {
        const size_t len = value.u.string.len < TEXT_LEN ? value.u.string.len : TEXT_LEN;

        if (len > 0)
            memcpy(c->texts[c->count], value.u.string.ptr, len);
        value.u.string = (struct weir_str){c->texts[c->count], len};
    }
    c->v[c->count] = weir_domain_value(value);
    return c->count++;
}

/* `plain` values lie where keys tell them apart; the others are what they trip over. */
static struct weir_value random_value(struct random_source *r, bool plain, char *text)
{
    size_t len = 0;

    switch (random_below(r, plain ? 4 : 9)) {
    case 0: return weir_value_int((int64_t)random_below(r, 2000) - 1000);
    case 1: return weir_value_double((double)random_below(r, 4000) / 8 - 250);
    case 2: return weir_value_timestamp((int64_t)random_below(r, 2000) - 1000);
    case 3:
        for (; len < 1 + random_below(r, 6); len++)
            text[len] = (char)('a' + random_below(r, 4));
        return weir_value_string((struct weir_str){text, len});
    case 4: return weir_value_int(odd_ints[random_below(r, sizeof odd_ints / sizeof *odd_ints)]);
    case 5:
        return weir_value_double(
            odd_doubles[random_below(r, sizeof odd_doubles / sizeof *odd_doubles)]);
    case 6:
        return weir_value_timestamp(odd_ints[random_below(r, sizeof odd_ints / sizeof *odd_ints)]);
    case 7: return weir_value_bool(random_chance(r, 50));
    default:
        return weir_value_string(
            weir_str_of(odd_texts[random_below(r, sizeof odd_texts / sizeof *odd_texts)]));
    }
}

/* The value itself and those right beside it. */
static void add_neighbours(struct constants *c, struct weir_value value)
{
    char text[TEXT_LEN];

    add_value(c, value);
    switch (value.type) {
    case WEIR_INT:
    case WEIR_TIMESTAMP:
        for (int64_t step = -1; step <= 1; step += 2) {
            struct weir_value near = value;

            if (value.u.integer == (step < 0 ? INT64_MIN : INT64_MAX))
                continue;
            near.u.integer += step;
            add_value(c, near);
            if (value.type == WEIR_INT)
                add_value(c, weir_value_double((double)near.u.integer));
        }
        break;
    case WEIR_DOUBLE:
        if (value.u.real < DBL_MAX && value.u.real > -DBL_MAX) {
            const uint64_t bits = weiri_bits_of_double(value.u.real);

            add_value(c, weir_value_double(weiri_double_of_bits(bits + 1)));
            add_value(c, weir_value_double(weiri_double_of_bits(bits - 1)));
        }
        break;
    case WEIR_STRING:
        memcpy(text, value.u.string.ptr, value.u.string.len);
        if (value.u.string.len < TEXT_LEN) {
            text[value.u.string.len] = '\x01';
            add_value(c, weir_value_string((struct weir_str){text, value.u.string.len + 1}));
        }
        if (value.u.string.len > 0) {
            add_value(c, weir_value_string((struct weir_str){text, value.u.string.len - 1}));
            text[value.u.string.len - 1]--;
            if (text[value.u.string.len - 1] != 0)
                add_value(c, weir_value_string((struct weir_str){text, value.u.string.len}));
        }
        break;
    case WEIR_BOOL: break;
    }
}

static int compare_values(const void *a, const void *b)
{
    const struct weir_value *one = a, *other = b;
    int order = 0;

    if (weir_value_compare(one, other, &order))
        return order;
    return (int)one->type - (int)other->type;
}

static enum weiri_rank rank(const struct weir_value *value)
{
    switch (value->type) {
    case WEIR_BOOL: return WEIRI_RANK_BOOL;
    case WEIR_TIMESTAMP: return WEIRI_RANK_TIMESTAMP;
    case WEIR_STRING: return WEIRI_RANK_STRING;
    default: return WEIRI_RANK_NUMBER;
    }
}

/* Ascending, disjoint intervals with ends from the constants. */
static struct weir_intervals random_intervals(struct weir_interval *out, struct random_source *r,
                                              const struct constants *c, enum weiri_rank wanted)
{
    struct weir_value ends[INTERVALS_MAX];
    size_t count = 0, wish = random_below(r, INTERVALS_MAX), used = 0;
    uint32_t made = 0;

    for (size_t tries = 0; tries < 100 && count < wish; tries++) {
        const struct weir_value *value = &c->v[random_below(r, c->count)];

        if (rank(value) == wanted)
            ends[count++] = *value;
    }
    qsort(ends, count, sizeof *ends, compare_values);
    for (size_t i = 1; i < count; i++) {
        if (compare_values(&ends[used], &ends[i]) != 0)
            ends[++used] = ends[i];
    }
    count = count > 0 ? used + 1 : 0;
    for (size_t i = 0; i < count || made == 0;) {
        struct weir_interval *v = &out[made++];

        *v = (struct weir_interval){0};
        if (i < count && (i > 0 || random_chance(r, 70)))
            v->low = (struct weir_end){true, random_chance(r, 50), ends[i]};
        if (v->low.bounded && random_chance(r, 40)) {
            v->low.closed = true;
            v->high = v->low;
            i++;
            continue;
        }
        i += v->low.bounded;
        if (i == count)
            break;
        v->high = (struct weir_end){true, random_chance(r, 50), ends[i++]};
    }
    return (struct weir_intervals){out, made};
}

static void random_domain(struct domain *out, struct random_source *r, const struct constants *c)
{
    static const uint32_t kinds[] = {WEIR_KIND_INT | WEIR_KIND_DOUBLE,
                                     WEIR_KIND_STRING,
                                     WEIR_KIND_TIMESTAMP,
                                     WEIR_KIND_INT,
                                     WEIR_KIND_ALL,
                                     WEIR_KIND_ALL & ~WEIR_KIND_ABSENT,
                                     WEIR_KIND_FALSE | WEIR_KIND_ABSENT,
                                     WEIR_KIND_TRUE | WEIR_KIND_INT | WEIR_KIND_DOUBLE};
    struct weir_domain *domain = &out->domain;

    *domain = (struct weir_domain){.kinds = kinds[random_below(r, sizeof kinds / sizeof *kinds)]};
    if ((domain->kinds & (WEIR_KIND_INT | WEIR_KIND_DOUBLE)) != 0)
        domain->numbers = random_intervals(out->intervals[0], r, c, WEIRI_RANK_NUMBER);
    if ((domain->kinds & WEIR_KIND_TIMESTAMP) != 0)
        domain->timestamps = random_intervals(out->intervals[1], r, c, WEIRI_RANK_TIMESTAMP);
    if ((domain->kinds & WEIR_KIND_STRING) != 0)
        domain->strings = random_intervals(out->intervals[2], r, c, WEIRI_RANK_STRING);
    out->part = WEIR_STR("b");
    if ((domain->kinds & WEIR_KIND_STRING) != 0 && random_chance(r, 15))
        domain->contains = (struct weir_strings){&out->part, 1};
}

static bool in_set(const struct weiri_code_set *set, uint8_t code)
{
    return set->bits[code / 64] >> code % 64 & 1;
}

static void check_value(uint64_t seed, const struct weiri_codes *codes,
                        const struct weir_domain *domain, const struct weir_value *value)
{
    const struct weiri_span span = weiri_codes_span(codes, domain);
    const struct weiri_code_set set = weiri_codes_set(codes, domain);
    const struct weiri_code place =
        value != NULL ? weiri_codes_of(codes, value) : (struct weiri_code){WEIRI_CODE_ABSENT, 2};
    const uint8_t code = place.code, fine = place.fine;
    const bool has = weir_domain_has(domain, value), within = code >= span.low && code <= span.high;
    const bool soft = (code == span.low && span.soft_low) || (code == span.high && span.soft_high);
    const bool beyond =
        (code == span.low && fine < span.fine_low) || (code == span.high && fine > span.fine_high);
    const bool unsure = (code == span.low && fine == span.fine_low) ||
                        (code == span.high && fine == span.fine_high);

    if (value != NULL && code == WEIRI_CODE_ABSENT)
        fail_msg("seed %llu: a value has the code of absence", (unsigned long long)seed);
    if (has && !(within && in_set(&set, code)))
        fail_msg("seed %llu: a value of the domain is outside of its codes",
                 (unsigned long long)seed);
    if (fine % 2 != 0 || fine < WEIRI_FINE_LOW || fine > 2 * WEIRI_FINE_STEPS)
        fail_msg("seed %llu: fine part %u", (unsigned long long)seed, fine);
    if (span.whole && !soft && within != has)
        fail_msg("seed %llu: a code within does not stand for its values",
                 (unsigned long long)seed);
    if (set.exact && in_set(&set, code) != has)
        fail_msg("seed %llu: a set of codes is not exact", (unsigned long long)seed);
    if (!soft && within && (beyond || unsure))
        fail_msg("seed %llu: a bound that is not soft divides a code", (unsigned long long)seed);
    if (has && beyond)
        fail_msg("seed %llu: a value of the domain is outside of its fine parts",
                 (unsigned long long)seed);
    if (span.whole && within && !beyond && !unsure && !has)
        fail_msg("seed %llu: a fine part within does not stand for its values",
                 (unsigned long long)seed);
    seen.exact += set.exact && has;
    seen.told_apart += within && soft && !unsure;
    seen.decided += span.whole && !soft && within;
    seen.soft += within && soft;
    seen.in += has;
    seen.out += !within;
}

static unsigned place_of(const struct weiri_codes *codes, const struct weir_value *value)
{
    const struct weiri_code place = weiri_codes_of(codes, value);

    return (unsigned)place.code << 8 | place.fine;
}

static void check_monotone(uint64_t seed, const struct weiri_codes *codes, struct constants *c)
{
    qsort(c->v, c->count, sizeof *c->v, compare_values);
    for (size_t i = 1; i < c->count; i++) {
        int order;

        if (rank(&c->v[i - 1]) == rank(&c->v[i])) {
            if (!weir_value_compare(&c->v[i - 1], &c->v[i], &order) || order > 0)
                continue;
            if (place_of(codes, &c->v[i - 1]) > place_of(codes, &c->v[i]) ||
                (order == 0 && place_of(codes, &c->v[i - 1]) != place_of(codes, &c->v[i])))
                fail_msg("seed %llu: codes are not in order", (unsigned long long)seed);
        } else if ((rank(&c->v[i - 1]) < rank(&c->v[i])) !=
                   (weiri_codes_of(codes, &c->v[i - 1]).code <
                    weiri_codes_of(codes, &c->v[i]).code)) {
            fail_msg("seed %llu: types are not in order", (unsigned long long)seed);
        }
    }
}

static void check_seed(uint64_t seed)
{
    static struct constants constants, values;
    static struct domain domains[DOMAINS];
    struct random_source r = {seed};
    struct weiri_reservoir sample = {0}, again = {0};
    struct weiri_codes *codes, *same;
    const size_t wish = random_chance(&r, 50) ? 20 : 300;
    const bool plain = random_chance(&r, 30);

    constants.count = values.count = 0;
    while (constants.count < wish) {
        char text[TEXT_LEN];

        add_value(&constants, random_value(&r, plain, text));
    }
    for (size_t i = 0; i < constants.count; i++)
        add_neighbours(&values, constants.v[i]);
    for (size_t i = 0; i < DOMAINS; i++) {
        random_domain(&domains[i], &r, &constants);
        if (random_chance(&r, 80)) { /* codes know nothing of the others */
            weiri_reservoir_add(&sample, &domains[i].domain, NULL);
            weiri_reservoir_add(&again, &domains[i].domain, NULL);
        }
    }
    codes = weiri_codes_create(&sample, NULL);
    same = weiri_codes_create(&again, NULL);
    assert_non_null(codes);
    assert_non_null(same);
    assert_int_equal(weiri_codes_bytes(codes), weiri_codes_bytes(same));
    assert_memory_equal(codes->first, same->first, sizeof codes->first);
    assert_memory_equal(codes->cuts, same->cuts,
                        (codes->first[WEIRI_RANKS] - 1u - WEIRI_RANKS) * sizeof codes->cuts[0]);
    assert_true(codes->first[WEIRI_RANKS] <= WEIRI_CODE_LAST + 1);
    seen.full += codes->first[WEIRI_RANKS] > 150;
    for (size_t i = 0; i < DOMAINS; i++) {
        check_value(seed, codes, &domains[i].domain, NULL);
        for (size_t k = 0; k < values.count; k++)
            check_value(seed, codes, &domains[i].domain, &values.v[k]);
    }
    check_monotone(seed, codes, &values);
    weiri_release(NULL, codes);
    weiri_release(NULL, same);
    weiri_reservoir_fini(&sample, NULL);
    weiri_reservoir_fini(&again, NULL);
}

static void stand_for_their_values(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    for (uint64_t seed = 1; seed <= random_rounds(30); seed++)
        check_seed(seed);
    assert_true(seen.decided > seen.in / 50);
    assert_true(seen.soft > 0);
    assert_true(seen.out > 0);
    assert_true(seen.full > 0);
    assert_true(seen.exact > 0);
    assert_true(seen.told_apart > seen.soft / 20); /* the values are neighbours of constants */
}

/* All constants of a sample that fits are cuts, so that no bound of them is soft. */
static void few_plain_constants_are_exact(void **state)
{
    static struct domain domains[40];
    struct weiri_reservoir sample = {0};
    struct constants *constants = calloc(1, sizeof *constants);
    struct weiri_codes *codes;
    struct random_source r = {3};

    (void)state;
    assert_non_null(constants);
    while (constants->count < 50) {
        char text[TEXT_LEN];

        add_value(constants, random_value(&r, true, text));
    }
    for (size_t i = 0; i < 40; i++) {
        random_domain(&domains[i], &r, constants);
        weiri_reservoir_add(&sample, &domains[i].domain, NULL);
    }
    codes = weiri_codes_create(&sample, NULL);
    assert_non_null(codes);
    assert_true(codes->first[WEIRI_RANKS] <= WEIRI_CODE_LAST);
    for (size_t i = 0; i < 40; i++) {
        const struct weiri_span span = weiri_codes_span(codes, &domains[i].domain);

        assert_false(span.soft_low);
        assert_false(span.soft_high);
    }
    weiri_release(NULL, codes);
    weiri_reservoir_fini(&sample, NULL);
    free(constants);
}

/* A constant that every second filter names is a cut, however many others there are. */
static void frequent_constants_are_cuts(void **state)
{
    struct weiri_reservoir sample = {0};
    struct weir_interval interval = {
        {true,                  true, weir_value_int(4242)},
        {0}
    };
    const struct weir_domain domain = {
        .kinds = WEIR_KIND_INT | WEIR_KIND_DOUBLE, .numbers = {&interval, 1}
    };
    struct weiri_codes *codes;
    struct weiri_span span;
    struct random_source r = {4};

    (void)state;
    for (size_t i = 0; i < 20000; i++) {
        interval.low.value = weir_value_int(i % 2 == 0 ? 4242 : (int64_t)random_below(&r, 1000000));
        weiri_reservoir_add(&sample, &domain, NULL);
    }
    assert_int_equal(sample.seen, 20000);
    assert_int_equal(sample.count, WEIRI_RESERVOIR_MAX);
    codes = weiri_codes_create(&sample, NULL);
    assert_non_null(codes);
    interval.low.value = weir_value_int(4242);
    span = weiri_codes_span(codes, &domain);
    assert_false(span.soft_low);
    assert_true(span.whole);
    weiri_release(NULL, codes);
    weiri_reservoir_fini(&sample, NULL);
}

static void want_of_memory_makes_the_sample_smaller(void **state)
{
    struct weir_interval interval = {
        {true,               true, weir_value_int(1)},
        {0}
    };
    const struct weir_domain domain = {
        .kinds = WEIR_KIND_INT | WEIR_KIND_DOUBLE, .numbers = {&interval, 1}
    };
    struct weiri_reservoir sample = {0};
    struct weiri_codes *codes;
    struct oom oom;

    (void)state;
    oom_init(&oom, 0);
    weiri_reservoir_add(&sample, &domain, &oom.alloc);
    assert_int_equal(sample.count, 0);
    assert_int_equal(sample.seen, 1);
    assert_null(weiri_codes_create(&sample, &oom.alloc));
    oom.allowed = SIZE_MAX;
    codes = weiri_codes_create(&sample, &oom.alloc);
    assert_non_null(codes);
    assert_int_equal(weiri_codes_bytes(codes), oom.live_size);
    check_value(0, codes, &domain, &interval.low.value);
    weiri_release(&oom.alloc, codes);
    weiri_reservoir_fini(&sample, &oom.alloc);
    assert_int_equal(oom.live_count, 0);
}

/* Constants from `first` on, as filters of a >= n would bring them. */
static void add_constants(struct weiri_reservoir *s, struct random_source *r, int64_t first,
                          size_t spread, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct weir_value n = weir_value_int(first + (int64_t)random_below(r, spread));
        const struct weir_interval from = {
            .low = {true, true, n}
        };
        const struct weir_domain domain = {
            .kinds = WEIR_KIND_INT | WEIR_KIND_DOUBLE, .numbers = {&from, 1}
        };

        weiri_reservoir_add(s, &domain, NULL);
    }
}

/* Codes are given up when other constants come, not because more of the same do. */
static void poor_codes(void **state)
{
    static const struct {
        const char *name;
        size_t first_count, spread, more;
        int64_t shift;
        bool poor;
    } cases[] = {
        {"more of the same",        2000, 1000000, 20000, 0,       false},
        {"more of a few",           2000, 100,     20000, 0,       false},
        {"made from very few",      8,    1000000, 60,    0,       true },
        {"made from some",          60,   1000000, 2000,  0,       true },
        {"all of them elsewhere",   2000, 1000000, 20000, 2000000, true },
        {"a few, and a few others", 2000, 100,     20000, 2000000, true },
    };

    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(20); seed++) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            struct random_source r = {seed};
            struct weiri_reservoir s = {0};
            struct weiri_codes *codes;

            add_constants(&s, &r, 0, cases[i].spread, cases[i].first_count);
            codes = weiri_codes_create(&s, NULL);
            assert_non_null(codes);
            if (weiri_codes_are_poor(codes, &s))
                fail_msg("%s, seed %llu: poor at once", cases[i].name, (unsigned long long)seed);
            add_constants(&s, &r, cases[i].shift, cases[i].spread, cases[i].more);
            if (weiri_codes_are_poor(codes, &s) != cases[i].poor)
                fail_msg("%s, seed %llu: poor is %d", cases[i].name, (unsigned long long)seed,
                         !cases[i].poor);
            weiri_release(NULL, codes);
            weiri_reservoir_fini(&s, NULL);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poor_codes),
        cmocka_unit_test(stand_for_their_values),
        cmocka_unit_test(few_plain_constants_are_exact),
        cmocka_unit_test(frequent_constants_are_cuts),
        cmocka_unit_test(want_of_memory_makes_the_sample_smaller),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
