/* record_test.c - records against the conjunctions that they were made from. */
#include "record.h"

#include "names.h"
#include "normal/support.h"
#include "oom.h"

#define TEXT_MAX 8192
#define NOTIFICATIONS 12

static const char *const texts[] = {
    "",
    "a = 1",
    "a = 9007199254740993",
    "a = 9007199254740992.0",
    "a >= 0.5 AND a < 1e300",
    "a IS INT AND a <> 2",
    "a IN (1, 1.5, 'ab', TRUE, TIMESTAMP '2020-01-01T00:00:00Z')",
    ("a IN (0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44,"
     " 46, 48, 50, 52, 54, 56, 58, 60, 62, 64, 66, 68, 70, 1000)"),
    "a STARTS WITH 'ab' AND b ENDS WITH 'b' AND c CONTAINS 'ab'",
    "a NOT STARTS WITH 'ab' AND b NOT ENDS WITH 'b' AND c NOT CONTAINS 'ab'",
    "a >= 'a' AND a < 'abz' AND a <> 'ab'",
    "a CONTAINS 'a' AND a CONTAINS 'b' AND a ENDS WITH 'b' AND NOT EXISTS(c)",
    "a < TIMESTAMP '2020-01-01T00:00:01Z' OR a IS NULL",
    "a < b AND a MATCHES '^a?b' AND c > 1",
    "a IS BOOL",
    "$type = 'ab' AND a IS NOT NULL",
};

struct fixture {
    struct oom oom;
    struct weir_matcher *m;
    struct weir_scratch *scratch;
    struct weiri_buf buf;
    size_t empty; /* blocks of the matcher alone */
};

static void init(struct fixture *f)
{
    oom_init(&f->oom, SIZE_MAX);
    assert_int_equal(weir_matcher_create(&f->m, &f->oom.alloc), WEIR_OK);
    f->scratch = must_scratch();
    weiri_buf_init(&f->buf, 1u << 20, NULL);
    f->empty = f->oom.live_count;
}

static void fini(struct fixture *f)
{
    weiri_buf_fini(&f->buf);
    weir_scratch_destroy(f->scratch);
    weir_matcher_destroy(f->m);
    assert_int_equal(f->oom.live_count, 0);
}

/* Gives all memory back that is not held by records. */
static void settle(struct fixture *f)
{
    struct weiri_table *const tables[] = {&f->m->attrs, &f->m->residuals, &f->m->texts.table};
    struct weiri_map *const maps[] = {&f->m->attr_map, &f->m->residual_map, &f->m->texts.map};

    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        weiri_table_trim(tables[i]);
        weiri_map_trim(maps[i]);
    }
    weiri_reclaim(&f->m->retired, f->m);
    weiri_release(f->m->alloc, f->m->held);
    f->m->held = NULL;
    f->m->held_capacity = f->m->held_count = 0;
}

static const uint8_t *put(struct fixture *f, const struct weir_conjunction *conjunction)
{
    weiri_buf_reset(&f->buf);
    assert_true(weiri_record_put(f->m, &f->buf, conjunction));
    return f->buf.bytes;
}

static size_t widened;

static bool has_lists(const struct weir_domain *domain)
{
    return domain->contains.count + domain->ends.count + domain->contains_not.count +
               domain->ends_not.count >
           0;
}

/* The domain without its lists, which a walk does not give. */
static struct weir_domain bare(struct weir_domain domain)
{
    domain.contains = domain.ends = domain.contains_not = domain.ends_not =
        (struct weir_strings){NULL, 0};
    return domain;
}

static void check_texts(const struct fixture *f, const struct weir_strings *strings,
                        const uint32_t *handles, const uint32_t *lengths)
{
    for (uint32_t i = 0; i < strings->count && i < WEIRI_WALK_TEXTS; i++) {
        assert_true(weir_str_equal(weiri_texts_at(&f->m->texts, handles[i]), strings->v[i]));
        assert_int_equal(lengths[i], strings->v[i].len);
    }
}

static void check_walk(struct fixture *f, const struct weir_conjunction *conjunction,
                       const uint8_t *record, struct random_source *r)
{
    static struct weiri_record_walk walk;
    uint32_t i = 0;

    assert_int_equal(weiri_record_constraints(record), conjunction->constraint_count);
    assert_int_equal(weiri_record_residuals(record), conjunction->residual_count);
    assert_ptr_equal(weiri_record_end(record), f->buf.bytes + f->buf.size);
    for (weiri_record_walk(&walk, record); weiri_record_next(&walk, f->m); i++) {
        const struct weir_domain *domain = &conjunction->constraints[i].domain;
        const struct weir_domain ours = bare(walk.domain), theirs = bare(*domain);

        assert_true(
            weir_str_equal(weiri_attr_at(f->m, walk.attr)->name, conjunction->constraints[i].name));
        assert_int_equal(walk.domain.kinds, domain->kinds);
        assert_int_equal(has_lists(&walk.domain), has_lists(domain));
        check_texts(f, &domain->contains, walk.texts[0], walk.lengths[0]);
        check_texts(f, &domain->ends, walk.texts[1], walk.lengths[1]);
        for (int k = 0; k < 30; k++) {
            const struct weir_value value = support_value(r, false);

            if (weir_domain_has(&theirs, &value))
                assert_true(weir_domain_has(&ours, &value));
            else if (!walk.widened)
                assert_false(weir_domain_has(&ours, &value));
        }
        widened += walk.widened;
    }
    assert_int_equal(i, conjunction->constraint_count);
}

static void check_eval(struct fixture *f, const struct weir_conjunction *conjunction,
                       const uint8_t *record, struct random_source *r, uint64_t seed)
{
    static struct weiri_probe probe;

    for (int k = 0; k < NOTIFICATIONS; k++) {
        struct weir_notification n;
        uint8_t *bytes = support_notification(&n, r);
        enum weir_truth expected;

        weir_scratch_renew(f->scratch);
        expected = weir_conjunction_eval(conjunction, &n, f->scratch);
        weiri_probe_begin(&probe, f->m, &n);
        probe.scratch = f->scratch;
        if (weiri_record_eval(record, &probe) != expected) {
            char text[1024], printed[1024];

            weir_conjunction_print(text, sizeof text, conjunction);
            support_print_notification(printed, sizeof printed, &n);
            fail_msg("seed %llu: %s on %s", (unsigned long long)seed, text, printed);
        }
        free(bytes);
    }
}

static void check_normal(struct fixture *f, const struct weir_normal *normal, uint64_t seed)
{
    struct random_source r = {seed};

    for (uint32_t i = 0; i < weir_normal_count(normal); i++) {
        const struct weir_conjunction *conjunction = weir_normal_at(normal, i);
        const uint8_t *record = put(f, conjunction);

        check_walk(f, conjunction, record, &r);
        check_eval(f, conjunction, record, &r, seed);
        weiri_record_let_go(f->m, record);
        settle(f);
        assert_int_equal(f->oom.live_count, f->empty);
    }
}

static void decide_like_the_conjunctions(void **state)
{
    static char text[TEXT_MAX];
    struct fixture f;

    (void)state;
    init(&f);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct weir_normal *normal = must_normalise(texts[i]);

        for (uint64_t seed = 0; seed < 5; seed++)
            check_normal(&f, normal, seed);
        weir_normal_destroy(normal);
    }
    for (uint64_t seed = 1; seed <= random_rounds(300); seed++) {
        struct random_source r = {seed};
        struct weir_filter *filter =
            support_compile_random(text, sizeof text, &r, (int)random_below(&r, 3));
        struct weir_normal *normal;

        if (filter == NULL)
            continue;
        assert_int_equal(weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, NULL),
                         WEIR_OK);
        check_normal(&f, normal, seed);
        weir_normal_destroy(normal);
        weir_filter_destroy(filter);
    }
    assert_true(widened > 0);
    fini(&f);
}

/* While one is held an equal one has the same bytes, one that is not has others. */
static void equal_ones_have_equal_bytes(void **state)
{
    static struct weiri_buf records[COUNT_OF(texts)];
    struct fixture f;

    (void)state;
    init(&f);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct weir_normal *normal = must_normalise(texts[i]), *again = must_normalise(texts[i]);

        weiri_buf_init(&records[i], 1u << 20, NULL);
        assert_true(weiri_record_put(f.m, &records[i], weir_normal_at(normal, 0)));
        put(&f, weir_normal_at(again, 0));
        assert_int_equal(f.buf.size, records[i].size);
        assert_memory_equal(f.buf.bytes, records[i].bytes, f.buf.size);
        weiri_record_let_go(f.m, f.buf.bytes);
        weir_normal_destroy(normal);
        weir_normal_destroy(again);
        for (size_t k = 0; k < i; k++)
            assert_false(records[k].size == records[i].size &&
                         memcmp(records[k].bytes, records[i].bytes, records[i].size) == 0);
    }
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        weiri_record_let_go(f.m, records[i].bytes);
        weiri_buf_fini(&records[i]);
    }
    settle(&f);
    assert_int_equal(f.oom.live_count, f.empty);
    fini(&f);
}

static void each_allocation_fails_once(void **state)
{
    size_t failures = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct weir_normal *normal = must_normalise(texts[i]);
        const struct weir_conjunction *conjunction = weir_normal_at(normal, 0);
        struct fixture f;

        init(&f);
        for (size_t n = 0;; n++) {
            weiri_buf_reset(&f.buf);
            f.oom.allowed = n;
            if (weiri_record_put(f.m, &f.buf, conjunction))
                break;
            f.oom.allowed = SIZE_MAX;
            failures++;
            settle(&f);
            assert_int_equal(f.oom.live_count, f.empty);
        }
        f.oom.allowed = 0;
        check_walk(&f, conjunction, f.buf.bytes, &(struct random_source){i});
        weiri_record_let_go(f.m, f.buf.bytes);
        settle(&f);
        assert_int_equal(f.oom.live_count, f.empty);
        weir_normal_destroy(normal);
        f.oom.allowed = SIZE_MAX;
        fini(&f);
    }
    assert_true(failures > 3 * COUNT_OF(texts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decide_like_the_conjunctions),
        cmocka_unit_test(equal_ones_have_equal_bytes),
        cmocka_unit_test(each_allocation_fails_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
