/* witnesses.c - the search for a notification that shows an answer: what it finds, each time, and
 * how long it tries. */
#include "support.h"

#include "oom.h"

/* ---- the same search every time */

/* clang-format off */
static const struct {
    bool intersects;
    const char *one, *other, *witness;
} found[] = {
    {false, "x > 5", "x > 3", "{x: 4}"},
    {false, "a IN (1, 2)", "a IN (1, 2, 3, 4)", "{a: 3}"},
    {false, "a = 1 OR b = 2", "a IN (1, 2, 3) AND b IN (1, 2, 3)", "{a: 3, b: 1}"},
    {false, "a = 1 OR b = 1 OR c = 1 OR d = 1", "EXISTS(a) AND EXISTS(b) AND EXISTS(c)", "{a: -1, b: TIMESTAMP '1970-01-01T00:00:00Z', c: TIMESTAMP '1970-01-01T00:00:00Z'}"},
    {false, "a < 3 OR b < 3 OR c < 3", "a IN (1, 2, 3, 4) AND b IN (1, 2, 3, 4) AND c IN (1, 2, 3, 4)", "{a: 4, b: 3.0, c: 4}"},
    {false, "a = b OR b = c OR a = c", "a IN (1, 2, 3) AND b IN (1, 2, 3) AND c IN (1, 2, 3)", "{a: 1, b: 3, c: 2}"},
    {false, "s STARTS WITH 'a' OR s ENDS WITH 'b'", "s CONTAINS 'c' OR s CONTAINS 'd'", "{s: 'c'}"},
    {false, "a = 1 AND b = 1", "a = 1", "{a: 1}"},
    {false, "a IS NULL OR b IS NULL OR c IS NULL OR d IS NULL", "a = 1", "{a: 1, b: TRUE, c: TRUE, d: ''}"},
    {false, "EXISTS(a) OR EXISTS(b) OR EXISTS(c) OR EXISTS(d) OR EXISTS(e)", "f = 1", "{f: 1.0}"},
    {true, "a = 1 AND b = 1", "a = 1", "{a: 1}"},
    {true, "a IN (1, 2, 3) AND b IN (1, 2, 3)", "a > b AND b > 1", "{a: 3.0, b: 2}"},
    {true, "a = 1 OR b IN (1, 2) AND s STARTS WITH 'p'", "b = 2 OR c = 1", "{b: 2.0}"},
    {true, "", "a = 1 AND b = 2 AND $type = 'p'", "{$type: 'p', a: 1, b: 2}"},
    {true, "$type IN ('p', 'q') AND a = 1", "$type <> 'p'", "{$type: 'q'}"},
    {true, "a > 5 AND b > 5", "a < b", "{a: 5.5, b: 6}"},
};
/* clang-format on */

static void the_same_search_every_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(found); i++) {
        struct weir_filter *one = must_compile(found[i].one);
        struct weir_filter *other = must_compile(found[i].other);
        struct weir_notification notification;
        enum weir_answer answer;
        uint8_t *witness;
        char printed[256];
        size_t size;

        assert_int_equal((found[i].intersects ? weir_filter_intersects : weir_filter_covers)(
                             &answer, &witness, &size, one, other, NULL),
                         WEIR_OK);
        if (witness == NULL)
            fail_msg("%s and %s: nothing found", found[i].one, found[i].other);
        notification = weir_notification_view(witness, size);
        support_print_notification(printed, sizeof printed, &notification);
        if (strcmp(printed, found[i].witness) != 0)
            fail_msg("%s and %s: %s", found[i].one, found[i].other, printed);
        free(witness);
        weir_filter_destroy(one);
        weir_filter_destroy(other);
    }
}

/* ---- tries */

/* Each try takes memory for a notification and gives it back at once. */
struct counted {
    struct weir_alloc alloc;
    void *last;
    size_t given, tries;
};

static void *counted_resize(void *context, void *block, size_t size)
{
    struct counted *counted = context;

    counted->given++;
    counted->last = block == NULL ? realloc(NULL, size) : NULL;
    return block == NULL ? counted->last : realloc(block, size);
}

static void counted_release(void *context, void *block)
{
    struct counted *counted = context;

    counted->tries += block != NULL && block == counted->last;
    free(block);
}

static struct counted count_tries(bool intersects, const char *one_text, const char *other_text,
                                  enum weir_answer expected)
{
    struct counted counted = {.given = 0};
    struct weir_filter *one = must_compile(one_text), *other = must_compile(other_text);
    enum weir_answer answer;
    uint8_t *witness;

    counted.alloc = (struct weir_alloc){counted_resize, counted_release, &counted};
    assert_int_equal((intersects ? weir_filter_intersects : weir_filter_covers)(
                         &answer, &witness, NULL, one, other, &counted.alloc),
                     WEIR_OK);
    assert_int_equal(answer, expected);
    free(witness);
    weir_filter_destroy(one);
    weir_filter_destroy(other);
    return counted;
}

/* 512 for a conjunction or a pair of them, 20000 in all. */
static void tries_are_limited(void **state)
{
    static const struct {
        bool intersects;
        const char *one, *other;
        size_t tries;
        size_t others; /* that the forms give back at once */
    } cases[] = {
        {false, "a > b OR a <= b",                                            "a = 1 AND b = 1",                                       512,     2},
        {false, "a > b OR a <= b",                                            "a = 1 AND b = 1 OR a = 2 AND b = 2 OR a = 3 AND b = 3", 3 * 512,
         2                                                                                                                                       },
        {true,  "a = 1 AND b = 2 AND a > b",                                  "a = 1 AND b = 2",                                       512,     1},
        {true,  "a = 1 AND b = 2 AND a > b OR a = 1 AND b = 2 AND a > b + 1", "a = 1 AND b = 2",
         2 * 512,                                                                                                                               2},
    };
    char narrow[4096] = "a = 0 AND b = 0";
    size_t len = strlen(narrow);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct counted counted =
            count_tries(cases[i].intersects, cases[i].one, cases[i].other, WEIR_ANSWER_UNKNOWN);

        if (counted.tries != cases[i].tries + cases[i].others)
            fail_msg("%s and %s: %zu tries", cases[i].one, cases[i].other, counted.tries);
    }
    for (int i = 1; i < 50; i++)
        len += (size_t)snprintf(narrow + len, sizeof narrow - len, " OR a = %d AND b = %d", i, i);
    assert_int_equal(count_tries(false, "a > b OR a <= b", narrow, WEIR_ANSWER_UNKNOWN).tries,
                     20000 + 2);
}

/* Also what a search would need comes from the allocator. */
static void memory_comes_from_the_allocator(void **state)
{
    struct weir_filter *filter = must_compile("a = 1");
    struct weir_scratch *scratch;
    struct weir_normal *normal;
    struct oom oom;

    (void)state;
    oom_init(&oom, SIZE_MAX);
    assert_int_equal(weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, &oom.alloc),
                     WEIR_OK);
    weir_normal_destroy(normal);
    assert_int_equal(weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, &oom.alloc),
                     WEIR_OK);
    weir_normal_destroy(normal);
    assert_int_equal(weir_scratch_create(&scratch, &oom.alloc), WEIR_OK);
    weir_scratch_destroy(scratch);
    weir_filter_destroy(filter);
    assert_true(count_tries(false, "a = 1", "a = 1", WEIR_ANSWER_YES).given >
                SIZE_MAX - oom.allowed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_search_every_time),
        cmocka_unit_test(tries_are_limited),
        cmocka_unit_test(memory_comes_from_the_allocator),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
