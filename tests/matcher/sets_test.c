/* sets_test.c - numbered sets of codes, and columns of them. */
#include "sets.h"

#include "normal/support.h"
#include "oom.h"
#include "random.h"

static struct weiri_code_set random_set(struct random_source *r, unsigned different)
{
    struct weiri_code_set set = {.exact = true};

    set.bits[0] = 1 + random_below(r, different);
    set.bits[random_below(r, 4)] |= UINT64_C(1) << 63;
    return set;
}

/* Sets come and go; each that is held has its number's bit where it has a code. */
static void admit_their_codes(void **state)
{
    struct weiri_code_set held[WEIRI_SETS_MAX];
    uint32_t rows[WEIRI_SETS_MAX] = {0}, full = 0, shared = 0;
    struct random_source r = {7};
    struct weiri_sets *sets = weiri_sets_create(NULL);

    (void)state;
    assert_non_null(sets);
    for (size_t round = 0; round < random_rounds(20000); round++) {
        const unsigned different = round / 200 % 2 == 0 ? 10 : 1000;
        const struct weiri_code_set set = random_set(&r, different);
        uint8_t number = (uint8_t)random_below(&r, WEIRI_SETS_MAX);

        if (random_chance(&r, 49) && rows[number] > 0) {
            weiri_sets_let_go(sets, number);
            rows[number]--;
            continue;
        }
        number = weiri_sets_hold(sets, &set);
        full += number == WEIRI_SET_ALL;
        if (number == WEIRI_SET_ALL)
            continue;
        shared += rows[number] > 0;
        if (rows[number]++ == 0)
            held[number] = set;
        assert_memory_equal(held[number].bits, set.bits, sizeof set.bits);
        for (uint32_t code = 0; code < 256; code++) {
            assert_true(sets->admits[code] & 1);
            assert_int_equal(sets->admits[code] >> number & 1,
                             set.bits[code / 64] >> code % 64 & 1);
        }
    }
    assert_true(full > 0);
    assert_true(shared > 0);
    weiri_sets_leave(sets);
}

static void have_a_hull(void **state)
{
    const struct weiri_code_set set = {
        .bits = {UINT64_C(1) << 5, 0, UINT64_C(1) << 63, 0}
    };
    struct weiri_sets *sets = weiri_sets_create(NULL);
    uint8_t low, high;

    (void)state;
    assert_non_null(sets);
    weiri_sets_hull(sets, weiri_sets_hold(sets, &set), &low, &high);
    assert_int_equal(low, 5);
    assert_int_equal(high, 191);
    weiri_sets_hull(sets, WEIRI_SET_ALL, &low, &high);
    assert_int_equal(low, 0);
    assert_int_equal(high, 255);
    weiri_sets_leave(sets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(admit_their_codes),
        cmocka_unit_test(have_a_hull),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
