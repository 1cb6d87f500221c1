/* members_test.c - many ids of one form. */
#include "members.h"

#include "forms.h"
#include "normal/support.h"
#include "oom.h"
#include "random.h"

#define IDS 6000u

struct world {
    struct oom oom;
    struct random_source r;
    struct weir_matcher *m;
    struct weir_normal *normal;
    bool held[IDS];
    uint32_t count, order[IDS];
};

/* Ids that are neighbours, and some far from them. */
static uint32_t id_of(uint32_t i)
{
    return i % 7 == 0 ? UINT32_MAX - i : i;
}

static const struct weiri_form *form_of(const struct world *w)
{
    return weiri_form_at(w->m, weiri_ids_get(&w->m->ids, id_of(w->order[0])));
}

/* As readers walk: each id once, with its group; and arrays that keep an id's way short. */
static void check(const struct world *w)
{
    const struct weiri_form *form = form_of(w);
    const struct weiri_members *members = weiri_members_list(form->members);
    uint32_t seen = 0, below = 0;

    assert_int_equal(weiri_members_count(form), w->count);
    if (members == NULL)
        return;
    for (; members != NULL; members = members->next) {
        assert_true(members->capacity <= 256);
        assert_true(members->live > 0);
        assert_true(members->low >= below);
        below = members->low;
        for (uint32_t i = 0, live = 0; i < members->count; i++) {
            const uint64_t member = members->v[i];
            const uint32_t id = (uint32_t)member;

            if (member == WEIRI_MEMBER_GONE)
                continue;
            assert_true(id >= members->low);
            assert_true(members->next == NULL || id < members->next->low);
            assert_true(w->held[id < IDS ? id : UINT32_MAX - id]);
            assert_true(++live <= members->live);
            seen++;
        }
    }
    assert_int_equal(seen, w->count);
}

static void begin(struct world *w, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    w->r.state = seed;
    oom_init(&w->oom, SIZE_MAX);
    assert_int_equal(weir_matcher_create(&w->m, &w->oom.alloc), WEIR_OK);
    w->normal = must_normalise("a = 1");
}

static void end(struct world *w)
{
    weir_matcher_destroy(w->m);
    assert_int_equal(w->oom.live_count, 0);
    weir_normal_destroy(w->normal);
}

static void add(struct world *w, uint32_t i)
{
    assert_int_equal(weir_matcher_add(w->m, id_of(i), i % 5, w->normal), WEIR_OK);
    w->held[i] = true;
    w->order[w->count++] = i;
}

static void remove_at(struct world *w, uint32_t at)
{
    const uint32_t i = w->order[at];

    assert_true(weir_matcher_remove(w->m, id_of(i)));
    w->held[i] = false;
    w->order[at] = w->order[--w->count];
}

static void come_and_go(void **state)
{
    static struct world w;
    const uint32_t wishes[] = {3500, 300, 2500, 2, 3000, 1};

    (void)state;
    begin(&w, 3);
    for (size_t phase = 0; phase < COUNT_OF(wishes); phase++) {
        while (w.count != wishes[phase]) {
            const bool grow = (w.count < wishes[phase]) == random_chance(&w.r, 80);
            const uint32_t i = (uint32_t)random_below(&w.r, IDS);

            if (grow && !w.held[i])
                add(&w, i);
            else if (!grow && w.count > 1)
                remove_at(&w, (uint32_t)random_below(&w.r, w.count));
            if (random_chance(&w.r, 1))
                check(&w);
        }
        check(&w);
    }
    end(&w);
}

/* In the order in which they came, and in the opposite one. */
static void leave_in_order(void **state)
{
    static struct world w;

    (void)state;
    for (int newest = 0; newest < 2; newest++) {
        begin(&w, 4);
        for (uint32_t i = 0; i < IDS; i++)
            add(&w, i);
        check(&w);
        for (uint32_t k = 0; k + 1 < IDS; k++) {
            const uint32_t i = newest ? IDS - 1 - k : k;

            assert_true(weir_matcher_remove(w.m, id_of(i)));
            w.held[i] = false;
            w.count--;
            w.order[0] = newest ? 0 : IDS - 1;
            if (k % 500 == 0)
                check(&w);
        }
        check(&w);
        end(&w);
    }
}

/* Each allocation fails once: the members stay. */
static void want_of_memory(void **state)
{
    static struct world w;

    (void)state;
    begin(&w, 5);
    for (uint32_t i = 0; i < 1200; i++) {
        for (size_t allowed = 0;; allowed++) {
            enum weir_err err;

            w.oom.allowed = allowed;
            err = weir_matcher_add(w.m, id_of(i), i, w.normal);
            w.oom.allowed = SIZE_MAX;
            if (err == WEIR_OK)
                break;
            assert_int_equal(err, WEIR_ENOMEM);
            if (i > 0)
                check(&w);
        }
        w.held[i] = true;
        w.order[w.count++] = i;
    }
    check(&w);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(come_and_go),
        cmocka_unit_test(leave_in_order),
        cmocka_unit_test(want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
