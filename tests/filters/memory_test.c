/* memory_test.c - compiling when memory runs out, at every place of every construct.
 *
 * Memory comes in chunks; blanks behind the filter move the places where a new one is needed. */
#include "regex.h"

#include "support.h"

#include "oom.h"

#define SHIFT_STEP 16
#define SHIFT_MAX 2064 /* more than a chunk */

static const char *const texts[] = {
    "",
    "a = 'it''s' AND `b``c` <> 5",
    "NOT a OR b AND (c OR TRUE)",
    "a + 1 > b * -2 - +c / 3 % 2",
    "-(-a) = +b AND - 5 < a",
    "a IN (3, 'x', 2.5, TRUE, TIMESTAMP '2013-10-07T00:00:00Z')",
    "a NOT BETWEEN 1_0 AND b + 2",
    "a LIKE 'x!%_y%z' ESCAPE '!' AND b LIKE 'x' AND c LIKE '%x%'",
    "a LIKE '%x' AND a LIKE 'x%' AND a LIKE '%' AND a LIKE 'a%b%c_'",
    "a STARTS WITH 'x' OR a ENDS WITH 'y' OR NOT a CONTAINS 'z'",
    "hasPrefix(a, 'x') OR ends-with(a, 'y') OR contains(a, 'z')",
    "a MATCHES '^a(b|c)[d-f]*' OR a !~ '(?i)x{2,5}'",
    "EXISTS(a) AND b IS NULL AND c IS NOT INT",
    "1 < 2 AND 'a' = 'b' AND NOT (3 BETWEEN 1 AND 2)",
    /* mistakes, which leave placeholders */
    "a >= AND (b = ) OR c",
    "a = 1 b = 2 AND (c d) AND e)",
    "a LIKE 5 OR b IN () OR foo(c)",
    "a AND 5 AND b + 'x' = 1 AND $no = 1",
    "a LIKE 'x' ESCAPE 'yz' AND b MATCHES '('",
};

static void compile_short_of_memory(const char *text, size_t shift)
{
    static char shifted[WEIR_FILTER_TEXT_MAX];
    const size_t len = strlen(text);
    enum weir_err err = WEIR_ENOMEM, with_memory;
    struct weir_filter *unlimited = NULL;
    struct weir_diags ignored;

    memcpy(shifted, text, len);
    memset(shifted + len, ' ', shift);
    with_memory =
        weir_filter_compile(&unlimited, (struct weir_str){shifted, len + shift}, &ignored, NULL);
    weir_filter_destroy(unlimited);
    for (size_t n = 0; err == WEIR_ENOMEM; n++) {
        struct weir_filter *filter = NULL;
        struct weir_diags diags;
        struct oom oom;

        oom_init(&oom, n);
        err = weir_filter_compile(&filter, (struct weir_str){shifted, len + shift}, &diags,
                                  &oom.alloc);
        assert_int_equal(filter != NULL, err == WEIR_OK);
        if (err != WEIR_ENOMEM && err != with_memory)
            fail_msg("%s: %zu allocations: %s", text, n, weir_err_text(err));
        assert_true(err == WEIR_OK || err == WEIR_ENOMEM || diags.count > 0);
        weir_filter_destroy(filter);
        assert_int_equal(oom.live_count, 0);
    }
}

static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        for (size_t shift = 0; shift <= SHIFT_MAX; shift += SHIFT_STEP)
            compile_short_of_memory(texts[i], shift);
    }
}

static void nothing_may_be_destroyed(void **state)
{
    struct weir_scratch *scratch = NULL;
    struct oom oom;

    (void)state;
    weir_filter_destroy(NULL);
    weir_scratch_destroy(NULL);
    weiri_regex_destroy(NULL);
    oom_init(&oom, 0);
    assert_int_equal(weir_scratch_create(&scratch, &oom.alloc), WEIR_ENOMEM);
    assert_null(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_may_run_out_anywhere),
        cmocka_unit_test(nothing_may_be_destroyed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
