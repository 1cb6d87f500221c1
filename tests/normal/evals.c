/* evals.c - normal forms as predicates: all three truths, and forms too large to travel. */
#include "support.h"

#include <weir/limits.h>

/* Encoded bytes of a notification {x: value, y: 1}, to be freed. */
static uint8_t *notify(struct weir_notification *out, struct weir_value x)
{
    const struct weir_attr attrs[] = {
        {WEIR_STR("x"), x                },
        {WEIR_STR("y"), weir_value_int(1)},
    };
    uint8_t *bytes;
    size_t size;

    assert_int_equal(
        weir_notification_encode(&bytes, &size, attrs, COUNT_OF(attrs), WEIR_STR(""), NULL, NULL),
        WEIR_OK);
    *out = weir_notification_view(bytes, size);
    return bytes;
}

static enum weir_truth truth_of(const char *text, struct weir_value x)
{
    struct weir_normal *normal = must_normalise(text);
    struct weir_scratch *scratch = must_scratch();
    struct weir_notification n;
    uint8_t *bytes = notify(&n, x);
    enum weir_truth truth = weir_normal_eval(normal, &n, scratch);

    free(bytes);
    weir_scratch_destroy(scratch);
    weir_normal_destroy(normal);
    return truth;
}

/* What has no value is as good as FALSE; only what was given up is UNKNOWN. */
static void only_what_is_given_up_is_unknown(void **state)
{
    static const char gives_up[] = "x MATCHES '^(?=)(a*)*[bd]'";
    char text[300];
    const struct weir_value many_a = weir_value_string((struct weir_str){text, sizeof text});

    (void)state;
    memset(text, 'a', sizeof text);
    assert_int_equal(truth_of("x + 1 > y", weir_value_int(1)), WEIR_TRUE);
    assert_int_equal(truth_of("x + 1 > y", weir_value_int(-1)), WEIR_FALSE);
    assert_int_equal(truth_of("x + 1 > y", weir_value_int(INT64_MAX)), WEIR_FALSE);
    assert_int_equal(truth_of("NOT x + 1 > y", weir_value_int(INT64_MAX)), WEIR_FALSE);
    assert_int_equal(truth_of(gives_up, weir_value_string(WEIR_STR("aab"))), WEIR_TRUE);
    assert_int_equal(truth_of(gives_up, weir_value_string(WEIR_STR("aac"))), WEIR_FALSE);
    assert_int_equal(truth_of(gives_up, many_a), WEIR_UNKNOWN);
    assert_int_equal(truth_of("x MATCHES '^(?=)(a*)*[bd]' AND y = 2", many_a), WEIR_FALSE);
    assert_int_equal(truth_of("x MATCHES '^(?=)(a*)*[bd]' AND x > y", many_a), WEIR_FALSE);
    assert_int_equal(truth_of("x MATCHES '^(?=)(a*)*[bd]' OR y = 1", many_a), WEIR_TRUE);
    assert_int_equal(truth_of("x MATCHES '^(?=)(a*)*[bd]' OR y = 2", many_a), WEIR_UNKNOWN);
}

/* A notification that used up the budget takes nothing from the next one. */
static void each_notification_has_a_budget_of_its_own(void **state)
{
    char text[300];
    struct weir_normal *adv = must_advertise("x MATCHES '^(?=)(a*)*[bd]' AND EXISTS(y)");
    struct weir_scratch *scratch = must_scratch();
    struct weir_notification hard, easy;
    uint8_t *hard_bytes, *easy_bytes;

    (void)state;
    memset(text, 'a', sizeof text);
    hard_bytes = notify(&hard, weir_value_string((struct weir_str){text, sizeof text}));
    easy_bytes = notify(&easy, weir_value_string(WEIR_STR("aab")));
    assert_false(weir_normal_conforms(adv, &hard, scratch));
    assert_true(weir_scratch_undecided(scratch));
    assert_true(weir_normal_conforms(adv, &easy, scratch));
    free(hard_bytes);
    free(easy_bytes);
    weir_scratch_destroy(scratch);
    weir_normal_destroy(adv);
}

/* A broker on the way takes the undecided as TRUE: were it FALSE, the border would miss it. */
static void like_that_is_given_up_is_unknown(void **state)
{
    enum { LEN = WEIR_STRING_LEN_MAX };
    char *text = malloc(LEN), filter[2100];
    const struct weir_value many_a = weir_value_string((struct weir_str){text, LEN});
    size_t len = (size_t)snprintf(filter, sizeof filter, "x LIKE '");

    (void)state;
    assert_non_null(text);
    memset(text, 'a', LEN);
    while (len < 2000)
        len += (size_t)snprintf(filter + len, sizeof filter - len, "%%a_a");
    (void)snprintf(filter + len, sizeof filter - len, "%%a'");
    assert_int_equal(truth_of(filter, many_a), WEIR_UNKNOWN);
    assert_int_equal(truth_of(filter, weir_value_string(WEIR_STR("aab"))), WEIR_FALSE);
    free(text);
}

/* 128 conjunctions of 60 searches each: no evaluation does all of them. */
static void searches_have_a_budget(void **state)
{
    enum { LEN = WEIR_STRING_LEN_MAX };
    char *text = malloc(LEN), filter[WEIR_FILTER_TEXT_MAX];
    const struct weir_value many_a = weir_value_string((struct weir_str){text, LEN});
    size_t len = (size_t)snprintf(filter, sizeof filter, "x CONTAINS 'a'");
    struct weir_normal *adv;
    struct weir_scratch *scratch = must_scratch();
    struct weir_notification n;
    uint8_t *bytes;

    (void)state;
    assert_non_null(text);
    memset(text, 'a', LEN);
    for (int i = 0; i < 60; i++)
        len += (size_t)snprintf(filter + len, sizeof filter - len, " AND NOT x CONTAINS 'aaaaab%d'",
                                i + 100);
    for (int i = 0; i < 7; i++)
        len +=
            (size_t)snprintf(filter + len, sizeof filter - len, " AND (y = 1 OR EXISTS(z%d))", i);
    assert_int_equal(truth_of(filter, many_a), WEIR_UNKNOWN);
    assert_int_equal(truth_of(filter, weir_value_string(WEIR_STR("aaaa"))), WEIR_TRUE);
    adv = must_advertise(filter);
    bytes = notify(&n, many_a);
    assert_false(weir_normal_conforms(adv, &n, scratch));
    assert_true(weir_scratch_undecided(scratch));
    weir_normal_destroy(adv);
    weir_scratch_destroy(scratch);
    free(bytes);
    free(text);
}

/* What all of many conjunctions demand is in each of them: 96 times some kilobytes. */
static const char *large(void)
{
    static char text[WEIR_FILTER_TEXT_MAX];
    size_t len = (size_t)snprintf(text, sizeof text, "x IN ('0'");

    for (int i = 1; i < 150; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, ", 'value number %d'", i);
    len += (size_t)snprintf(text + len, sizeof text - len, ")");
    for (int i = 0; i < 5; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, " AND (a%d = 1 OR b%d = 1)", i, i);
    len += (size_t)snprintf(text + len, sizeof text - len, " AND (c = 1 OR d = 1 OR e = 1)");
    assert_true(len < sizeof text);
    return text;
}

static void forms_too_large_to_travel_become_hulls(void **state)
{
    struct weir_normal *form = must_normalise(large()), *adv = must_advertise(large());
    struct weir_notification n;
    struct weir_scratch *scratch = must_scratch();
    uint8_t *bytes = notify(&n, weir_value_string(WEIR_STR("value number 7")));

    (void)state;
    assert_false(weir_normal_is_exact(form));
    assert_false(weir_normal_is_exact(adv));
    assert_int_equal(weir_normal_count(form), 1);
    assert_int_equal(weir_normal_at(form, 0)->constraint_count, 1);
    assert_int_equal(weir_normal_eval(form, &n, scratch), WEIR_TRUE);
    free(bytes);
    bytes = notify(&n, weir_value_string(WEIR_STR("value number 150")));
    assert_int_equal(weir_normal_eval(form, &n, scratch), WEIR_FALSE);
    free(bytes);
    weir_scratch_destroy(scratch);
    weir_normal_destroy(form);
    weir_normal_destroy(adv);
}

static void texts_too_long_to_travel_become_hulls(void **state)
{
    static const char *const signs[] = {"CONTAINS", "=", "STARTS WITH", "<>", "> 'b' OR x <"};
    static char text[WEIR_FILTER_PRINTED_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        size_t len = (size_t)snprintf(text, sizeof text, "x %s '", signs[i]);
        struct weir_normal *normal, *again;
        struct weir_filter *filter;
        struct weir_diags diags;

        memset(text + len, 'a', 5000);
        text[len + 5000] = '\'';
        assert_int_equal(
            weir_filter_compile_printed(&filter, (struct weir_str){text, len + 5001}, &diags, NULL),
            WEIR_OK);
        for (int role = 0; role < 2; role++) {
            assert_int_equal(weir_normal_create(&normal, filter, (enum weir_filter_role)role, NULL),
                             WEIR_OK);
            assert_false(weir_normal_is_exact(normal));
            assert_true(weir_normal_is_always(normal));
            assert_int_equal(weir_normal_decode(&again, (enum weir_filter_role)role,
                                                weir_normal_bytes(normal), NULL),
                             WEIR_OK);
            weir_normal_destroy(again);
            weir_normal_destroy(normal);
        }
        weir_filter_destroy(filter);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_given_up_is_unknown),
        cmocka_unit_test(each_notification_has_a_budget_of_its_own),
        cmocka_unit_test(like_that_is_given_up_is_unknown),
        cmocka_unit_test(searches_have_a_budget),
        cmocka_unit_test(forms_too_large_to_travel_become_hulls),
        cmocka_unit_test(texts_too_long_to_travel_become_hulls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
