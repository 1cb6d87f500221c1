/* memory.c - normal forms when memory runs out, at every place.
 *
 * Memory comes in chunks; a list before the filter moves the places where a new one is needed. */
#include "support.h"

#include "oom.h"

#include <cmocka.h>

#define PADS_MAX 64

static const char *const texts[] = {
    "x = 1 OR x = 2 OR x > 5 AND x <= 7.5 OR NOT x = TRUE",
    "x LIKE '%a%b_c%' AND NOT y LIKE 'a_%z'",
    "x STARTS WITH 'ab' OR NOT x ENDS WITH 'c' AND x CONTAINS 'd' AND NOT x CONTAINS 'e'",
    "x > y AND NOT y + 1 <= x * 2 AND x % 2 IN (0, 1) AND NOT x BETWEEN y AND z",
    "x MATCHES '^abc' AND NOT (x MATCHES 'b$' AND x > 'a')",
    "(a = 1 OR b = 1) AND (c = 1 OR d = 1) AND (e = 'x' OR NOT EXISTS(f))",
    "x IS INT AND x > 3 OR x IS NOT STRING OR x IS NULL",
    "x NOT IN (1, 2, 'a') OR t < TIMESTAMP '2020-01-01T00:00:00Z' OR x <> 'a' AND x <> 'b'",
};

static void pad(char *out, size_t size, unsigned pads, const char *text)
{
    size_t len = 0;

    if (pads > 0)
        len = (size_t)snprintf(out, size, "p IN ('p'");
    for (unsigned i = 1; i < pads; i++)
        len += (size_t)snprintf(out + len, size - len, ", 'p%u'", i);
    (void)snprintf(out + len, size - len, "%s(%s)", pads > 0 ? ") AND " : "", text);
}

static void create_and_decode_short_of_memory(const char *text)
{
    struct weir_filter *filter = must_compile(text);
    struct weir_normal *whole = must_normalise(text);

    for (int decode = 0; decode < 2; decode++) {
        enum weir_err err = WEIR_ENOMEM;

        for (size_t n = 0; err != WEIR_OK; n++) {
            struct weir_normal *normal = NULL;
            struct oom oom;

            oom_init(&oom, n);
            err = decode ? weir_normal_decode(&normal, WEIR_ROLE_SUBSCRIPTION,
                                              weir_normal_bytes(whole), &oom.alloc)
                         : weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, &oom.alloc);
            assert_true(err == WEIR_OK || err == WEIR_ENOMEM);
            assert_int_equal(normal != NULL, err == WEIR_OK);
            weir_normal_destroy(normal);
            assert_int_equal(oom.live_count, 0);
        }
    }
    weir_normal_destroy(whole);
    weir_filter_destroy(filter);
}

static void answer_short_of_memory(const char *text)
{
    struct weir_filter *wide = must_compile(text), *narrow = must_compile("x = 3 AND a = 1");

    for (int intersects = 0; intersects < 2; intersects++) {
        enum weir_err err = WEIR_ENOMEM;

        for (size_t n = 0; err != WEIR_OK; n++) {
            enum weir_answer answer;
            uint8_t *witness = NULL;
            struct oom oom;
            size_t size;

            oom_init(&oom, n);
            err = (intersects ? weir_filter_intersects : weir_filter_covers)(
                &answer, &witness, &size, wide, narrow, &oom.alloc);
            assert_true(err == WEIR_OK || err == WEIR_ENOMEM);
            assert_true(err == WEIR_OK || witness == NULL);
            oom_release(&oom, witness);
            assert_int_equal(oom.live_count, 0);
        }
    }
    weir_filter_destroy(wide);
    weir_filter_destroy(narrow);
}

static void memory_may_run_out_anywhere(void **state)
{
    static char text[WEIR_FILTER_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        for (unsigned pads = 0; pads <= PADS_MAX; pads++) {
            pad(text, sizeof text, pads, texts[i]);
            create_and_decode_short_of_memory(text);
        }
        answer_short_of_memory(texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
