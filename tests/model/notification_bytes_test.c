/* notification_bytes_test.c - untrusted bytes: what is accepted is canonical, all else refused. */
#include "canonical.h"
#include "notification_cases.h"

#include <weir/bytes.h>

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* In a block of exactly its size, so that the address sanitizer sees reads beyond it. */
static uint8_t *copy_of(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    assert_non_null(copy);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

static uint8_t *encode(size_t *size, const struct published *p, bool stamped)
{
    const struct weir_stamps stamps = {
        .id = WEIR_STR("b1:7:42"),
        .origin_len = 2,
        .publisher = WEIR_STR("ticker"),
        .ts_ns = 1,
    };
    struct weir_notification n;
    uint8_t *bytes = NULL;
    uint8_t *out;

    assert_int_equal(
        weir_notification_encode(&bytes, size, p->attrs, p->count, published_body(p), NULL, NULL),
        WEIR_OK);
    if (!stamped)
        return bytes;
    n = weir_notification_view(bytes, *size);
    *size = weir_notification_stamped_size(&n, &stamps);
    out = malloc(*size);
    assert_non_null(out);
    weir_notification_stamp(out, &n, &stamps);
    free(bytes);
    return out;
}

/* Refused with a text, or canonical. */
static bool is_accepted(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = copy_of(bytes, size);
    struct weir_notification_problem problem = {NULL, WEIR_STR("")};
    struct weir_notification n = {.size = 42};
    enum weir_err err = weir_notification_open(&n, copy, size, &problem);

    if (err == WEIR_OK) {
        assert_int_equal(check_canonical(&n), WEIR_OK);
    } else {
        assert_true(err == WEIR_EMALFORMED || err == WEIR_EVERSION || err == WEIR_ELIMIT);
        assert_non_null(problem.text);
        assert_int_equal(n.size, 42);
        assert_int_equal(weir_notification_open(&n, copy, size, NULL), err);
    }
    free(copy);
    return err == WEIR_OK;
}

static void each_byte_changed(void **state)
{
    const uint64_t seed = 1;
    struct random_source random = {seed};
    const size_t rounds = random_rounds(20);
    size_t refused_count = 0;
    size_t accepted_count = 0;

    (void)state;
    for (size_t round = 0; round < rounds + 1; round++) {
        struct published p;
        uint8_t *bytes;
        size_t size;

        random_published(&p, &random, 5);
        bytes = encode(&size, &p, round % 2 == 0);
        assert_true(is_accepted(bytes, size));
        for (size_t i = 0; i < size; i++) {
            const uint8_t original = bytes[i];
            const uint8_t changes[] = {
                0,
                1,
                0x7F,
                0x80,
                0xFF,
                (uint8_t)(original + 1),
                (uint8_t)(original - 1),
                (uint8_t)(original ^ (1U << random_below(&random, 8))),
            };

            for (size_t c = 0; c < sizeof changes; c++) {
                bytes[i] = changes[c];
                if (is_accepted(bytes, size))
                    accepted_count++;
                else
                    refused_count++;
            }
            bytes[i] = original;
        }
        free(bytes);
    }
    assert_true(refused_count > 100);
    assert_true(accepted_count > 100);
}

static void each_truncation_and_extension(void **state)
{
    struct random_source random = {3};
    struct published p;
    uint8_t *bytes;
    uint8_t *longer;
    size_t size;

    (void)state;
    random_published(&p, &random, 5);
    bytes = encode(&size, &p, true);
    for (size_t len = 0; len < size; len++) {
        assert_false(is_accepted(bytes, len));
        if (len >= 4) {
            uint8_t *shorter = copy_of(bytes, len);

            weiri_store_u32(shorter, (uint32_t)len);
            assert_false(is_accepted(shorter, len));
            free(shorter);
        }
    }
    longer = calloc(1, size + 1);
    assert_non_null(longer);
    memcpy(longer, bytes, size);
    assert_false(is_accepted(longer, size + 1));
    weiri_store_u32(longer, (uint32_t)size + 1);
    assert_false(is_accepted(longer, size + 1));
    free(longer);
    free(bytes);
}

/* One change each to the stamped encoding of {a: "xy", b: true, c: 0.0}, body "body":
 * entries at 24, 40 and 56, $id "b1:7:42" at 72, $publisher "ticker" at 79, names and strings from
 * 85: a xy b c. */
static void told_why(void **state)
{
    static const struct {
        const char *problem;
        size_t at;
        uint32_t value;
        size_t width;
    } cases[] = {
        {"unknown version of the encoding",                  4,  2,          1},
        {"size differs from that in the header",             0,  93,         4},
        {"$origin is no prefix of $id",                      5,  0,          1},
        {"$origin is no prefix of $id",                      5,  8,          1},
        {"stamps without $id",                               6,  0,          1},
        {"truncated",                                        6,  255,        1},
        {"truncated",                                        7,  255,        1},
        {"a name is not where it has to be",                 7,  5,          1},
        {"too many attributes",                              16, 130,        2},
        {"truncated",                                        16, 5,          2},
        {"reserved bytes are not zero",                      18, 1,          2},
        {"truncated",                                        20, 1000,       4},
        {"unused bytes before the body",                     20, 3,          4},
        {"unknown type",                                     24, 0,          1},
        {"unknown type",                                     24, 6,          1},
        {"empty attribute name",                             25, 0,          1},
        {"reserved bytes are not zero",                      26, 1,          2},
        {"a name is not where it has to be",                 28, 84,         4},
        {"a string is not where it has to be",               32, 85,         4},
        {"string too long",                                  36, 65536,      4},
        {"a string is not where it has to be",               36, 65535,      4},
        {"a bool is neither 0 nor 1",                        48, 2,          4},
        {"a bool is neither 0 nor 1",                        52, 1,          4},
        {"a double is not finite",                           68, 0x7FF00000, 4},
        {"a double is not finite",                           68, 0xFFF80000, 4},
        {"a double is negative zero",                        68, 0x80000000, 4},
        {"a stamp is not UTF-8 text",                        72, 0,          1},
        {"a stamp is not UTF-8 text",                        73, 0xC3,       1},
        {"a stamp is not UTF-8 text",                        79, 0xFF,       1},
        {"attribute name is not UTF-8 text",                 85, 0xFF,       1},
        {"attribute names that begin with '$' are reserved", 85, '$',        1},
        {"names are not in ascending order",                 85, 'b',        1},
        {"names are not in ascending order",                 85, 'z',        1},
        {"a string is not UTF-8 text",                       87, 0,          1},
    };
    struct published p = {
        .attrs = {{WEIR_STR("a"), weir_value_string(WEIR_STR("xy"))},
                  {WEIR_STR("b"), weir_value_bool(true)},
                  {WEIR_STR("c"), weir_value_double(0.0)}},
        .count = 3,
        .body = "body",
        .body_size = 4,
    };
    size_t size;
    uint8_t *bytes = encode(&size, &p, true);

    (void)state;
    assert_int_equal(size, 94);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct weir_notification_problem problem = {"accepted", WEIR_STR("")};
        struct weir_notification n;
        uint8_t *copy = copy_of(bytes, size);

        for (size_t b = 0; b < cases[i].width; b++)
            copy[cases[i].at + b] = (uint8_t)(cases[i].value >> (8 * b));
        if (weir_notification_open(&n, copy, size, &problem) == WEIR_OK ||
            strcmp(problem.text, cases[i].problem) != 0)
            fail_msg("case %zu, %s: %s", i, cases[i].problem, problem.text);
        free(copy);
    }
    free(bytes);
}

/* The stamp trusts its caller; the validator of the next broker does not. */
static void stamps_that_are_refused(void **state)
{
    static const struct {
        const char *problem;
        struct weir_stamps stamps;
    } cases[] = {
        {"a stamp is not UTF-8 text", {.id = {"\xC3\xA9:7", 4}, .origin_len = 1}                 },
        {"a stamp is not UTF-8 text", {.id = {"b\xC3", 2}, .origin_len = 1}                      },
        {"$origin too long",
         {.id = {"0123456789012345678901234567890123456789012345678901234567890123x", 65},
          .origin_len = 64}                                                                      },
        {"a stamp is not UTF-8 text", {.id = {"b", 1}, .origin_len = 1, .publisher = {"\xFF", 1}}},
    };
    struct weir_notification n;
    uint8_t *plain = NULL;
    size_t plain_size;

    (void)state;
    assert_int_equal(
        weir_notification_encode(&plain, &plain_size, NULL, 0, WEIR_STR(""), NULL, NULL), WEIR_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct weir_notification view = weir_notification_view(plain, plain_size);
        struct weir_notification_problem problem = {"accepted", WEIR_STR("")};
        uint8_t stamped[128];
        size_t size = weir_notification_stamped_size(&view, &cases[i].stamps);

        assert_true(size <= sizeof stamped);
        weir_notification_stamp(stamped, &view, &cases[i].stamps);
        stamped[5] = (uint8_t)(stamped[5] + (stamped[5] == 64)); /* one more than it accepts */
        assert_int_not_equal(weir_notification_open(&n, stamped, size, &problem), WEIR_OK);
        assert_string_equal(problem.text, cases[i].problem);
    }
    free(plain);
}

static void too_many_attributes_and_bytes(void **state)
{
    struct published p;
    uint8_t *bytes;
    size_t size;

    (void)state;
    memset(&p, 0, sizeof p);
    for (size_t i = 0; i < WEIR_ATTRS_MAX; i++) {
        snprintf(p.text[i][0], sizeof p.text[i][0], "n%03zu", i);
        p.attrs[i] = (struct weir_attr){weir_str_of(p.text[i][0]), weir_value_int(0)};
    }
    p.attrs[WEIR_ATTRS_MAX] =
        (struct weir_attr){WEIR_STR("$type"), weir_value_string(WEIR_STR(""))};
    p.count = WEIR_ATTRS_MAX + 1;
    bytes = encode(&size, &p, false);
    assert_true(is_accepted(bytes, size));
    /* "$type" is the first name; as an ordinary one it is one too many. */
    bytes[24 + 16 * p.count] = '%';
    assert_false(is_accepted(bytes, size));
    free(bytes);

    size = WEIR_NOTIFICATION_SIZE_MAX + 1;
    bytes = calloc(1, size);
    assert_non_null(bytes);
    bytes[4] = 1;
    for (; size >= WEIR_NOTIFICATION_SIZE_MAX; size--) {
        weiri_store_u32(bytes, (uint32_t)size);
        weiri_store_u32(bytes + 20, (uint32_t)size - 24);
        assert_int_equal(is_accepted(bytes, size), size <= WEIR_NOTIFICATION_SIZE_MAX);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_changed),
        cmocka_unit_test(each_truncation_and_extension),
        cmocka_unit_test(told_why),
        cmocka_unit_test(stamps_that_are_refused),
        cmocka_unit_test(too_many_attributes_and_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
