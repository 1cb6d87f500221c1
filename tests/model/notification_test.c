/* notification_test.c - building, reading and stamping notifications. */
#include "notification_cases.h"
#include "oom.h"

#include <weir/alloc.h>

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct weir_stamps STAMPS = {
    .id = {"b1:7:42", 7},
    .origin_len = 2,
    .publisher = {"ticker",  6},
    .ts_ns = -5,
};

static uint8_t *must_encode(size_t *size, const struct weir_attr *attrs, size_t count,
                            struct weir_str body)
{
    uint8_t *bytes = NULL;

    assert_int_equal(weir_notification_encode(&bytes, size, attrs, count, body, NULL, NULL),
                     WEIR_OK);
    return bytes;
}

static struct weir_notification must_open(const uint8_t *bytes, size_t size)
{
    struct weir_notification n = {0};
    struct weir_notification_problem problem = {"", WEIR_STR("")};

    if (weir_notification_open(&n, bytes, size, &problem) != WEIR_OK)
        fail_msg("%s", problem.text);
    return n;
}

static bool same_value(struct weir_value a, struct weir_value b)
{
    return a.type == b.type && weir_value_equal(&a, &b);
}

static void check_contents(const struct weir_notification *n, const struct published *p,
                           uint64_t seed)
{
    struct weir_value value;

    assert_int_equal(n->attr_count, p->count);
    for (size_t i = 0; i < p->count; i++) {
        if (!weir_notification_find(n, p->attrs[i].name, &value) ||
            !same_value(value, p->attrs[i].value))
            fail_msg("seed %" PRIu64 ": attribute %zu", seed, i);
    }
    for (size_t i = 1; i < n->attr_count; i++)
        assert_true(weir_str_compare(weir_notification_attr(n, i - 1).name,
                                     weir_notification_attr(n, i).name) < 0);
    assert_false(weir_notification_find(n, WEIR_STR("no such name"), &value));
    assert_false(weir_notification_find(n, WEIR_STR("$no"), &value));
    assert_false(weir_notification_find(n, (struct weir_str){NULL, 0}, &value));
    assert_true(weir_str_equal(weir_notification_body(n), published_body(p)));
}

static void layout(void **state)
{
    static const uint8_t expected[] =
        {
            66,   0,    0,    0,    1,   0,   0,   0,   0,    0,    0,    0,
            0,    0,    0,    0,    2,   0,   0,   0,   2,    0,    0,    0, /* header */
            4,    1,    0,    0,    56,  0,   0,   0,   57,   0,    0,    0,
            3,    0,    0,    0, /* a = "xyz" */
            2,    4,    0,    0,    60,  0,   0,   0,   0xFE, 0xFF, 0xFF, 0xFF,
            0xFF, 0xFF, 0xFF, 0xFF, /* size = -2 */
            'a',  'x',  'y',  'z',  's', 'i', 'z', 'e', 'h',  'i',
        };
    const struct weir_attr attrs[] = {
        {WEIR_STR("size"), weir_value_int(-2)                },
        {WEIR_STR("a"),    weir_value_string(WEIR_STR("xyz"))},
    };
    size_t size;
    uint8_t *bytes = must_encode(&size, attrs, 2, WEIR_STR("hi"));

    (void)state;
    assert_int_equal(size, sizeof expected);
    assert_memory_equal(bytes, expected, size);
    weiri_release(NULL, bytes);
}

static void written_is_read_in_any_order(void **state)
{
    const uint64_t seed = 1;
    struct random_source random = {seed};
    const size_t rounds = random_rounds(2000);

    (void)state;
    for (size_t i = 0; i < rounds; i++) {
        struct published p;
        struct weir_notification n;
        uint8_t *bytes;
        uint8_t *again;
        size_t size;
        size_t size_again;

        random_published(&p, &random, i % 10 == 0 ? WEIR_ATTRS_MAX : 12);
        bytes = must_encode(&size, p.attrs, p.count, published_body(&p));
        n = must_open(bytes, size);
        check_contents(&n, &p, seed);
        shuffle(&p, &random);
        again = must_encode(&size_again, p.attrs, p.count, published_body(&p));
        assert_int_equal(size_again, size);
        assert_memory_equal(again, bytes, size);
        weiri_release(NULL, bytes);
        weiri_release(NULL, again);
    }
}

static void stamps_are_read_and_change_nothing_else(void **state)
{
    const uint64_t seed = 2;
    struct random_source random = {seed};
    const size_t rounds = random_rounds(500);

    (void)state;
    for (size_t i = 0; i < rounds; i++) {
        struct weir_stamps stamps = STAMPS;
        struct published p;
        struct weir_notification n;
        struct weir_value value;
        uint8_t *bytes;
        uint8_t *stamped;
        size_t size;

        random_published(&p, &random, 12);
        if (i % 2 == 0)
            stamps.publisher = WEIR_STR("");
        bytes = must_encode(&size, p.attrs, p.count, published_body(&p));
        n = must_open(bytes, size);
        for (int s = 0; s < WEIR_STAMP_COUNT; s++)
            assert_false(weir_notification_stamp_get(&n, (enum weir_stamp)s, &value));

        size = weir_notification_stamped_size(&n, &stamps);
        stamped = malloc(size);
        weir_notification_stamp(stamped, &n, &stamps);
        n = must_open(stamped, size);
        check_contents(&n, &p, seed);
        assert_true(weir_notification_find(&n, WEIR_STR("$id"), &value));
        assert_true(same_value(value, weir_value_string(stamps.id)));
        assert_true(weir_notification_find(&n, WEIR_STR("$origin"), &value));
        assert_true(same_value(value, weir_value_string(WEIR_STR("b1"))));
        assert_int_equal(weir_notification_find(&n, WEIR_STR("$publisher"), &value), i % 2 != 0);
        if (i % 2 != 0)
            assert_true(same_value(value, weir_value_string(stamps.publisher)));
        assert_true(weir_notification_find(&n, WEIR_STR("$ts"), &value));
        assert_true(same_value(value, weir_value_timestamp(-5)));
        assert_false(weir_notification_stamp_get(&n, (enum weir_stamp)WEIR_STAMP_COUNT, &value));
        free(stamped);
        weiri_release(NULL, bytes);
    }
}

static void names_of_stamps_ascend(void **state)
{
    (void)state;
    for (int s = 1; s < WEIR_STAMP_COUNT; s++)
        assert_true(weir_str_compare(weir_stamp_name((enum weir_stamp)(s - 1)),
                                     weir_stamp_name((enum weir_stamp)s)) < 0);
    assert_int_equal(weir_stamp_name((enum weir_stamp)9).len, 0);
}

static void negative_zero_is_zero(void **state)
{
    const struct weir_attr negative = {
        WEIR_STR("x"), {.type = WEIR_DOUBLE, .u.real = -0.0}
    };
    const struct weir_attr positive = {WEIR_STR("x"), weir_value_double(0.0)};
    size_t size;
    uint8_t *a = must_encode(&size, &negative, 1, WEIR_STR(""));
    uint8_t *b = must_encode(&size, &positive, 1, WEIR_STR(""));

    (void)state;
    assert_memory_equal(a, b, size);
    weiri_release(NULL, a);
    weiri_release(NULL, b);
}

static char long_text[WEIR_STRING_LEN_MAX + 1];

static void refused(void **state)
{
    const struct weir_value one = weir_value_int(1);
    const struct weir_value text = weir_value_string(WEIR_STR("t"));
    const struct {
        const char *problem;
        enum weir_err err;
        struct weir_attr attrs[2];
        const char *name;
    } cases[] = {
        {"empty attribute name",                             WEIR_EINVAL, {{WEIR_STR("a"), one}, {{NULL, 0}, one}},                                     ""},
        {"attribute name too long",
         WEIR_ELIMIT,                                                     {{WEIR_STR("a"), one}, {{long_text, WEIR_NAME_LEN_MAX + 1}, one}},
         NULL                                                                                                                                             },
        {"attribute name is not UTF-8 text",
         WEIR_EINVAL,                                                     {{WEIR_STR("\xFF"), one}, {WEIR_STR("a"), one}},
         "\xFF"                                                                                                                                           },
        {"attribute names that begin with '$' are reserved",
         WEIR_EINVAL,                                                     {{WEIR_STR("$type"), text}, {WEIR_STR("$ts"), one}},
         "$ts"                                                                                                                                            },
        {"attribute names that begin with '$' are reserved",
         WEIR_EINVAL,                                                     {{WEIR_STR("$types"), text}, {WEIR_STR("a"), one}},
         "$types"                                                                                                                                         },
        {"$type is not a string",
         WEIR_ETYPE,                                                      {{WEIR_STR("$type"), one}, {WEIR_STR("a"), one}},
         "$type"                                                                                                                                          },
        {"duplicate attribute name",
         WEIR_EEXIST,                                                     {{WEIR_STR("a"), one}, {WEIR_STR("a"), text}},
         "a"                                                                                                                                              },
        {"duplicate attribute name",
         WEIR_EEXIST,                                                     {{WEIR_STR("$type"), text}, {WEIR_STR("$type"), text}},
         "$type"                                                                                                                                          },
        {"NaN and infinities are not allowed",
         WEIR_EINVAL,                                                     {{WEIR_STR("a"), one}, {WEIR_STR("b"), weir_value_double(NAN)}},
         "b"                                                                                                                                              },
        {"string is not UTF-8 text",
         WEIR_EINVAL,                                                     {{WEIR_STR("a"), one}, {WEIR_STR("b"), weir_value_string(WEIR_STR("\xC3"))}},
         "b"                                                                                                                                              },
        {"string too long",
         WEIR_ELIMIT,                                                     {{WEIR_STR("a"), one},
          {WEIR_STR("b"),
           weir_value_string((struct weir_str){long_text, WEIR_STRING_LEN_MAX + 1})}},
         "b"                                                                                                                                              },
        {"unknown type",
         WEIR_ETYPE,                                                      {{WEIR_STR("a"), one}, {WEIR_STR("b"), {.type = (enum weir_type)6}}},
         "b"                                                                                                                                              },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct weir_notification_problem problem = {"", WEIR_STR("")};
        uint8_t *bytes = NULL;
        size_t size = 42;

        if (weir_notification_encode(&bytes, &size, cases[i].attrs, 2, WEIR_STR(""), &problem,
                                     NULL) != cases[i].err)
            fail_msg("%s", cases[i].problem);
        assert_string_equal(problem.text, cases[i].problem);
        if (cases[i].name != NULL)
            assert_true(weir_str_equal(problem.name, weir_str_of(cases[i].name)));
        assert_null(bytes);
        assert_int_equal(size, 42);
    }
}

static void limits(void **state)
{
    static char body[WEIR_NOTIFICATION_SIZE_MAX];
    struct weir_attr attrs[WEIR_ATTRS_MAX + 2];
    char names[WEIR_ATTRS_MAX + 2][8];
    struct weir_notification n;
    uint8_t *bytes;
    uint8_t *stamped;
    size_t size;

    (void)state;
    for (size_t i = 0; i < WEIR_ATTRS_MAX + 2; i++) {
        snprintf(names[i], sizeof names[i], "n%zu", i);
        attrs[i] = (struct weir_attr){weir_str_of(names[i]), weir_value_bool(true)};
    }
    assert_int_equal(weir_notification_encode(&bytes, &size, attrs, WEIR_ATTRS_MAX + 1,
                                              WEIR_STR(""), NULL, NULL),
                     WEIR_ELIMIT);
    attrs[0] = (struct weir_attr){WEIR_STR("$type"), weir_value_string(WEIR_STR("t"))};
    assert_int_equal(weir_notification_encode(&bytes, &size, attrs, WEIR_ATTRS_MAX + 2,
                                              WEIR_STR(""), NULL, NULL),
                     WEIR_ELIMIT);
    bytes = must_encode(&size, attrs, WEIR_ATTRS_MAX + 1, WEIR_STR(""));
    n = must_open(bytes, size);
    assert_int_equal(n.attr_count, WEIR_ATTRS_MAX + 1);
    weiri_release(NULL, bytes);

    assert_int_equal(weir_notification_encode(
                         &bytes, &size, attrs, 0,
                         (struct weir_str){body, WEIR_NOTIFICATION_SIZE_MAX - 23}, NULL, NULL),
                     WEIR_ELIMIT);
    assert_int_equal(weir_notification_encode(&bytes, &size, attrs, 0,
                                              (struct weir_str){body, SIZE_MAX}, NULL, NULL),
                     WEIR_ELIMIT);
    bytes = must_encode(&size, attrs, 0, (struct weir_str){body, WEIR_NOTIFICATION_SIZE_MAX - 24});
    n = must_open(bytes, size);
    size = weir_notification_stamped_size(&n, &STAMPS);
    assert_true(size > WEIR_NOTIFICATION_SIZE_MAX);
    stamped = malloc(size);
    weir_notification_stamp(stamped, &n, &STAMPS);
    must_open(stamped, size);
    free(stamped);
    weiri_release(NULL, bytes);
}

static void each_allocation_fails_once(void **state)
{
    const struct weir_attr attr = {WEIR_STR("a"), weir_value_int(1)};
    struct oom oom;
    size_t n = 0;

    (void)state;
    for (;; n++) {
        uint8_t *bytes = NULL;
        size_t size = 42;
        enum weir_err err;

        oom_init(&oom, n);
        err = weir_notification_encode(&bytes, &size, &attr, 1, WEIR_STR("b"), NULL, &oom.alloc);
        if (err == WEIR_OK) {
            weiri_release(&oom.alloc, bytes);
            assert_int_equal(oom.live_count, 0);
            break;
        }
        assert_int_equal(err, WEIR_ENOMEM);
        assert_null(bytes);
        assert_int_equal(size, 42);
    }
    assert_int_equal(n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout),
        cmocka_unit_test(written_is_read_in_any_order),
        cmocka_unit_test(stamps_are_read_and_change_nothing_else),
        cmocka_unit_test(names_of_stamps_ascend),
        cmocka_unit_test(negative_zero_is_zero),
        cmocka_unit_test(refused),
        cmocka_unit_test(limits),
        cmocka_unit_test(each_allocation_fails_once),
    };

    memset(long_text, 'x', sizeof long_text);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
