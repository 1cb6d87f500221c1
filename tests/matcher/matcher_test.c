/* matcher_test.c - ids, groups, memory and undecided residuals. */
#include "normal/support.h"

#include "oom.h"

#include <weir/matcher.h>

static const char *const texts[] = {
    "x = 1",
    "x = 1.0",
    "x IN (1, 2, 'a') AND y > 3",
    "s STARTS WITH 'ab' OR x = 2",
    "NOT EXISTS(x)",
    "x > y",
    "s MATCHES 'b+$' OR t < TIMESTAMP '2020-01-01T00:00:00Z'",
    "",
    "FALSE",
    "$publisher = 'p' AND $ts > TIMESTAMP '2000-01-01T00:00:00Z'",
};

struct fixture {
    struct weir_matcher *matcher;
    struct weir_match_scratch *scratch;
    uint8_t *bytes;
    struct weir_notification n;
};

static void publish(struct fixture *f, const struct weir_attr *attrs, size_t count)
{
    size_t size;

    free(f->bytes);
    assert_int_equal(
        weir_notification_encode(&f->bytes, &size, attrs, count, WEIR_STR(""), NULL, NULL),
        WEIR_OK);
    f->n = weir_notification_view(f->bytes, size);
}

static void fixture_init(struct fixture *f)
{
    const struct weir_attr one = {WEIR_STR("x"), weir_value_int(1)};

    *f = (struct fixture){0};
    assert_int_equal(weir_matcher_create(&f->matcher, NULL), WEIR_OK);
    assert_int_equal(weir_match_scratch_create(&f->scratch, NULL), WEIR_OK);
    publish(f, &one, 1);
}

static void fixture_fini(struct fixture *f)
{
    weir_matcher_destroy(f->matcher);
    weir_match_scratch_destroy(f->scratch);
    free(f->bytes);
}

static enum weir_err add(struct fixture *f, uint32_t id, uint32_t group, const char *text)
{
    struct weir_normal *normal = must_normalise(text);
    enum weir_err err = weir_matcher_add(f->matcher, id, group, normal);

    weir_normal_destroy(normal);
    assert_int_equal(weir_match_scratch_reserve(f->scratch, f->matcher), WEIR_OK);
    return err;
}

/* The last result of the scratch. */
static void expect(struct weir_match_scratch *scratch, struct weir_matches matches, size_t count,
                   const uint32_t *ids)
{
    assert_int_equal(matches.count, count);
    assert_false(matches.cut);
    weir_match_scratch_sort(scratch);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(matches.v[i], ids[i]);
}

static void ids_are_unique_and_ascending(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    assert_int_equal(add(&f, 7, 0, "x = 1"), WEIR_OK);
    assert_int_equal(add(&f, 7, 0, "x = 2"), WEIR_EEXIST);
    assert_int_equal(add(&f, UINT32_MAX, 0, "x = 1 OR EXISTS(x) AND y IS NULL"), WEIR_OK);
    assert_int_equal(add(&f, 0, 0, "x IS INT AND x = 1"), WEIR_OK);
    assert_int_equal(add(&f, 1, 0, "x IS DOUBLE AND x = 1"), WEIR_OK);
    expect(f.scratch, weir_matcher_match(f.matcher, &f.n, WEIR_UNDECIDED_NO, f.scratch), 3,
           (const uint32_t[]){0, 7, UINT32_MAX});
    assert_false(weir_matcher_remove(f.matcher, 8));
    assert_true(weir_matcher_remove(f.matcher, 7));
    expect(f.scratch, weir_matcher_match(f.matcher, &f.n, WEIR_UNDECIDED_NO, f.scratch), 2,
           (const uint32_t[]){0, UINT32_MAX});
    fixture_fini(&f);
}

static void groups_are_found_once_and_skipped(void **state)
{
    struct fixture f;

    (void)state;
    fixture_init(&f);
    for (uint32_t id = 0; id < 30; id++)
        assert_int_equal(add(&f, id, id % 3, id % 2 == 0 ? "x = 1" : "x >= 1"), WEIR_OK);
    expect(f.scratch,
           weir_matcher_match_groups(f.matcher, &f.n, UINT32_MAX, WEIR_UNDECIDED_NO, f.scratch), 3,
           (const uint32_t[]){0, 1, 2});
    expect(f.scratch, weir_matcher_match_groups(f.matcher, &f.n, 1, WEIR_UNDECIDED_NO, f.scratch),
           2, (const uint32_t[]){0, 2});
    for (uint32_t id = 0; id < 30; id += 3)
        assert_true(weir_matcher_remove(f.matcher, id));
    expect(f.scratch, weir_matcher_match_groups(f.matcher, &f.n, 1, WEIR_UNDECIDED_NO, f.scratch),
           1, (const uint32_t[]){2});
    fixture_fini(&f);
}

static void stamps_are_attributes(void **state)
{
    const struct weir_stamps stamps = {WEIR_STR("b:1"), 1, WEIR_STR("p"),
                                       INT64_C(1500000000000000000)};
    struct fixture f;
    struct weir_notification stamped;
    uint8_t *bytes;

    (void)state;
    fixture_init(&f);
    assert_int_equal(add(&f, 1, 0, texts[9]), WEIR_OK);
    expect(f.scratch, weir_matcher_match(f.matcher, &f.n, WEIR_UNDECIDED_NO, f.scratch), 0, NULL);
    bytes = malloc(weir_notification_stamped_size(&f.n, &stamps));
    assert_non_null(bytes);
    weir_notification_stamp(bytes, &f.n, &stamps);
    stamped = weir_notification_view(bytes, weir_notification_stamped_size(&f.n, &stamps));
    expect(f.scratch, weir_matcher_match(f.matcher, &stamped, WEIR_UNDECIDED_NO, f.scratch), 1,
           (const uint32_t[]){1});
    free(bytes);
    fixture_fini(&f);
}

/* A pattern that runs out of its budget on this subject. */
static void undecided_counts_as_told(void **state)
{
    static char subject[60000];
    struct weir_attr attr = {WEIR_STR("s"), weir_value_string((struct weir_str){subject, 60000})};
    struct fixture f;
    struct weir_matches matches;

    (void)state;
    memset(subject, 'a', sizeof subject);
    fixture_init(&f);
    assert_int_equal(add(&f, 1, 5, "s MATCHES '(?=)(a*)*(b|c)$'"), WEIR_OK);
    assert_int_equal(add(&f, 2, 6, "s NOT MATCHES '(?=)(a*)*(b|c)$'"), WEIR_OK);
    assert_int_equal(add(&f, 3, 7, "s ENDS WITH 'b'"), WEIR_OK);
    publish(&f, &attr, 1);
    for (int i = 0; i < 2; i++) {
        matches = weir_matcher_match(f.matcher, &f.n, WEIR_UNDECIDED_NO, f.scratch);
        assert_int_equal(matches.undecided, 2);
    }
    expect(f.scratch, matches, 0, NULL);
    expect(f.scratch, weir_matcher_match(f.matcher, &f.n, WEIR_UNDECIDED_YES, f.scratch), 2,
           (const uint32_t[]){1, 2});
    expect(f.scratch, weir_matcher_match_groups(f.matcher, &f.n, 5, WEIR_UNDECIDED_YES, f.scratch),
           1, (const uint32_t[]){6});
    fixture_fini(&f);
}

/* The presence of an attribute says that it is any string, the empty one among them. */
static void empty_string_is_a_string(void **state)
{
    const struct weir_attr empty = {WEIR_STR("x"), weir_value_string(WEIR_STR(""))};
    struct fixture f;

    (void)state;
    fixture_init(&f);
    assert_int_equal(add(&f, 1, 0, "x IS NOT NULL AND NOT (x IS STRING AND x = '')"), WEIR_OK);
    assert_int_equal(add(&f, 2, 0, "EXISTS(x)"), WEIR_OK);
    expect(f.scratch, weir_matcher_match(f.matcher, &f.n, WEIR_UNDECIDED_NO, f.scratch), 2,
           (const uint32_t[]){1, 2});
    publish(&f, &empty, 1);
    expect(f.scratch, weir_matcher_match(f.matcher, &f.n, WEIR_UNDECIDED_NO, f.scratch), 1,
           (const uint32_t[]){2});
    fixture_fini(&f);
}

/* So many parts in so long a text are not searched for one by one. */
static void long_texts_and_many_parts(void **state)
{
    static char subject[WEIR_STRING_LEN_MAX];
    struct weir_attr attr = {WEIR_STR("s"),
                             weir_value_string((struct weir_str){subject, sizeof subject})};
    struct fixture f;

    (void)state;
    memset(subject, 'a', sizeof subject);
    memcpy(subject + sizeof subject - 3, "p17", 3);
    fixture_init(&f);
    for (uint32_t id = 0; id < 100; id++) {
        char text[40];

        snprintf(text, sizeof text, "s CONTAINS 'p%02u'", (unsigned)id);
        assert_int_equal(add(&f, id, id, text), WEIR_OK);
    }
    publish(&f, &attr, 1);
    expect(f.scratch, weir_matcher_match(f.matcher, &f.n, WEIR_UNDECIDED_NO, f.scratch), 1,
           (const uint32_t[]){17});
    expect(f.scratch,
           weir_matcher_match_groups(f.matcher, &f.n, UINT32_MAX, WEIR_UNDECIDED_NO, f.scratch), 1,
           (const uint32_t[]){17});
    fixture_fini(&f);
}

/* More results than a short sort takes, with ids that count down and lie far apart. */
static void many_ids_are_sorted(void **state)
{
    struct fixture f;
    struct weir_matches matches;

    (void)state;
    fixture_init(&f);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(add(&f, (1000 - i) * 4000003u, 0, i % 2 == 0 ? "x = 1" : "x < 2"),
                         WEIR_OK);
    matches = weir_matcher_match(f.matcher, &f.n, WEIR_UNDECIDED_NO, f.scratch);
    weir_match_scratch_sort(f.scratch);
    assert_int_equal(matches.count, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(matches.v[i], (uint32_t)(i + 1) * 4000003u);
    fixture_fini(&f);
}

static void empty_again_means_all_memory_is_back(void **state)
{
    struct weir_matcher *m;
    struct oom oom;
    size_t empty;

    (void)state;
    oom_init(&oom, SIZE_MAX);
    assert_int_equal(weir_matcher_create(&m, &oom.alloc), WEIR_OK);
    empty = oom.live_count;
    for (uint32_t id = 0; id < 200; id++) {
        struct weir_normal *normal = must_normalise(texts[id % COUNT_OF(texts)]);

        assert_int_equal(weir_matcher_add(m, id, id % 7, normal), WEIR_OK);
        weir_normal_destroy(normal);
    }
    oom.allowed = 0; /* removing obtains nothing */
    for (uint32_t id = 0; id < 200; id++)
        assert_true(weir_matcher_remove(m, id));
    assert_int_equal(oom.live_count, empty);
    weir_matcher_destroy(m);
    assert_int_equal(oom.live_count, 0);
}

/* What an add that fails leaves behind matches as before, and the add succeeds later. */
static void add_survives_want_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct weir_normal *normal = must_normalise(texts[i]), *first = must_normalise("x = 1");
        struct fixture f;
        struct weir_matcher *m;
        struct oom oom;
        enum weir_err err = WEIR_ENOMEM;

        fixture_init(&f);
        oom_init(&oom, SIZE_MAX);
        assert_int_equal(weir_matcher_create(&m, &oom.alloc), WEIR_OK);
        assert_int_equal(weir_matcher_add(m, 1, 1, first), WEIR_OK);
        for (size_t n = 0; err != WEIR_OK; n++) {
            oom.allowed = n;
            err = weir_matcher_add(m, 2, 2, normal);
            if (err == WEIR_OK)
                break;
            assert_int_equal(err, WEIR_ENOMEM);
            assert_int_equal(weir_matcher_count(m), 1);
            assert_false(weir_matcher_remove(m, 2));
            assert_int_equal(weir_match_scratch_reserve(f.scratch, m), WEIR_OK);
            expect(f.scratch, weir_matcher_match(m, &f.n, WEIR_UNDECIDED_NO, f.scratch), 1,
                   (const uint32_t[]){1});
        }
        assert_true(weir_matcher_remove(m, 2));
        weir_matcher_destroy(m);
        assert_int_equal(oom.live_count, 0);
        weir_normal_destroy(normal);
        weir_normal_destroy(first);
        fixture_fini(&f);
    }
}

static void scratch_survives_want_of_memory(void **state)
{
    struct weir_match_scratch *scratch;
    struct fixture f;
    struct oom oom;
    enum weir_err err = WEIR_ENOMEM;

    (void)state;
    fixture_init(&f);
    for (uint32_t id = 0; id < COUNT_OF(texts); id++)
        assert_int_equal(add(&f, id, id, texts[id]), WEIR_OK);
    for (size_t n = 0; err != WEIR_OK; n++) {
        oom_init(&oom, n);
        err = weir_match_scratch_create(&scratch, &oom.alloc);
        if (err != WEIR_OK) {
            assert_int_equal(err, WEIR_ENOMEM);
            assert_int_equal(oom.live_count, 0);
        }
    }
    err = WEIR_ENOMEM;
    for (size_t n = 0; err != WEIR_OK; n++) {
        oom.allowed = n;
        err = weir_match_scratch_reserve(scratch, f.matcher);
    }
    oom.allowed = 0;
    expect(scratch, weir_matcher_match(f.matcher, &f.n, WEIR_UNDECIDED_NO, scratch), 3,
           (const uint32_t[]){0, 1, 7});
    weir_match_scratch_destroy(scratch);
    assert_int_equal(oom.live_count, 0);
    fixture_fini(&f);
}

static void tells_how_each_is_found(void **state)
{
    static const struct {
        const char *text;
        struct weir_access access; /* of the first conjunction */
    } accesses[] = {
        {"x = 1 AND y > 3",              {WEIR_ACCESS_VALUE, {"x", 1}, 1, true, {NULL, 0}}    },
        {"y > 3 AND x IN (1, 2, 'a')",   {WEIR_ACCESS_VALUE, {"x", 1}, 3, true, {NULL, 0}}    },
        {"x IS INT AND x IN (1, 2)",     {WEIR_ACCESS_VALUE, {"x", 1}, 2, false, {NULL, 0}}   },
        {"flag AND y IS NOT NULL",       {WEIR_ACCESS_VALUE, {"flag", 4}, 1, true, {NULL, 0}} },
        {"y > 3 AND s STARTS WITH 'ab'", {WEIR_ACCESS_PREFIX, {"s", 1}, 1, true, {"ab", 2}}   },
        {"y > 3 AND s LIKE '%ab'",       {WEIR_ACCESS_SUFFIX, {"s", 1}, 1, true, {"ab", 2}}   },
        {"y > 3 AND s CONTAINS 'ab'",    {WEIR_ACCESS_CONTAINS, {"s", 1}, 1, true, {"ab", 2}} },
        {"s LIKE '%b%ab'",               {WEIR_ACCESS_SUFFIX, {"s", 1}, 1, true, {"ab", 2}}   },
        {"y > 3",                        {WEIR_ACCESS_PRESENCE, {"y", 1}, 1, false, {NULL, 0}}},
        {"EXISTS(y)",                    {WEIR_ACCESS_PRESENCE, {"y", 1}, 1, true, {NULL, 0}} },
        {"NOT EXISTS(x)",                {WEIR_ACCESS_ALWAYS, {NULL, 0}, 1, false, {NULL, 0}} },
        {"",                             {WEIR_ACCESS_ALWAYS, {NULL, 0}, 1, false, {NULL, 0}} },
    };

    (void)state;
    for (uint32_t i = 0; i < COUNT_OF(accesses); i++) {
        struct weir_access access;
        struct fixture f;

        fixture_init(&f);
        assert_int_equal(add(&f, i, 0, accesses[i].text), WEIR_OK);
        access = weir_matcher_access(f.matcher, i, 0);
        assert_int_equal(access.kind, accesses[i].access.kind);
        assert_true(weir_str_equal(access.name, accesses[i].access.name));
        assert_int_equal(access.values, accesses[i].access.values);
        assert_true(weir_str_equal(access.text, accesses[i].access.text));
        assert_int_equal(access.proven, accesses[i].access.proven);
        fixture_fini(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_unique_and_ascending),
        cmocka_unit_test(groups_are_found_once_and_skipped),
        cmocka_unit_test(stamps_are_attributes),
        cmocka_unit_test(undecided_counts_as_told),
        cmocka_unit_test(empty_string_is_a_string),
        cmocka_unit_test(long_texts_and_many_parts),
        cmocka_unit_test(many_ids_are_sorted),
        cmocka_unit_test(tells_how_each_is_found),
        cmocka_unit_test(empty_again_means_all_memory_is_back),
        cmocka_unit_test(add_survives_want_of_memory),
        cmocka_unit_test(scratch_survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
