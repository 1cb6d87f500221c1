/* map_test.c - the map against a list of who is in it, for good and bad hashes, with memory
 * failing; the work of one change; and readers on other threads. */
#include "map.h"

#include "grace.h"
#include "oom.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HANDLES 6000u
#define STEPS 30000u
/* What one insertion or removal looks at among well spread hashes, whatever the size. */
#define WORK_MAX 512u

struct model {
    uint32_t *hashes;
    bool *in;
    uint32_t handles, count;
    unsigned long work; /* hashes asked for */
    struct oom oom;
    struct weiri_retire_list retired;
    struct weiri_map map;
};

struct key {
    uint32_t hash, handle;
};

static bool equal(const void *context, uint32_t handle, const void *key)
{
    const struct model *model = context;
    const struct key *wanted = key;

    assert_true(handle < model->handles);
    return handle == wanted->handle;
}

static uint32_t hash_of(const void *context, uint32_t handle)
{
    const struct model *model = context;

    assert_true(handle < model->handles);
    return model->hashes[handle];
}

static uint32_t hash_counted(const void *context, uint32_t handle)
{
    union {
        const void *borrowed;
        struct model *model;
    } u = {context};

    u.model->work++;
    return hash_of(context, handle);
}

static void init(struct model *model, uint32_t handles)
{
    *model = (struct model){.handles = handles};
    model->hashes = calloc(handles, sizeof *model->hashes);
    model->in = calloc(handles, sizeof *model->in);
    assert_non_null(model->hashes);
    assert_non_null(model->in);
    oom_init(&model->oom, SIZE_MAX);
    weiri_map_init(&model->map, equal, hash_counted, model, &model->retired, &model->oom.alloc);
}

static void fini(struct model *model)
{
    weiri_map_fini(&model->map);
    weiri_reclaim(&model->retired, NULL);
    assert_int_equal(model->oom.live_count, 0);
    free(model->hashes);
    free(model->in);
}

static bool is_found(const struct model *model, uint32_t handle)
{
    const struct key key = {model->hashes[handle], handle};
    const uint32_t found = weiri_map_find(&model->map, key.hash, &key);

    assert_true(found == handle || found == WEIRI_MAP_NONE);
    return found == handle;
}

static void check(struct model *model, uint64_t seed)
{
    uint32_t cursor = 0, listed = 0, handle;

    for (handle = 0; handle < model->handles; handle++) {
        if (is_found(model, handle) != model->in[handle])
            fail_msg("seed %llu: handle %u of %u", (unsigned long long)seed, handle, model->count);
    }
    while ((handle = weiri_map_next(&model->map, &cursor)) != WEIRI_MAP_NONE) {
        assert_true(model->in[handle]);
        listed++;
    }
    assert_int_equal(listed, model->count);
    assert_int_equal(model->map.count, model->count);
}

static void add(struct model *model, uint32_t handle)
{
    weiri_map_insert(&model->map, model->hashes[handle], handle);
    model->in[handle] = true;
    model->count++;
}

static void drop(struct model *model, uint32_t handle)
{
    model->oom.allowed = 0;
    weiri_map_remove(&model->map, model->hashes[handle], handle);
    model->oom.allowed = SIZE_MAX;
    model->in[handle] = false;
    model->count--;
}

static void check_bytes(struct model *model)
{
    weiri_reclaim(&model->retired, NULL);
    assert_int_equal(weiri_map_bytes(&model->map), model->oom.live_size);
    assert_true(weiri_map_bytes(&model->map) <= 8 * (size_t)model->count + 2048);
    if (model->count == 0)
        assert_int_equal(model->oom.live_count, 0);
}

static uint32_t hash_good(struct random_source *r)
{
    return (uint32_t)random_u64(r);
}

static uint32_t hash_few(struct random_source *r)
{
    return (uint32_t)random_below(r, 40) * UINT32_C(0x9E3779B1);
}

static uint32_t hash_high(struct random_source *r)
{
    return UINT32_MAX - (uint32_t)random_below(r, 100);
}

static uint32_t hash_low(struct random_source *r)
{
    return (uint32_t)random_below(r, 1000000);
}

static uint32_t hash_ends(struct random_source *r)
{
    return random_chance(r, 50) ? hash_low(r) : hash_high(r);
}

static uint32_t hash_same(struct random_source *r)
{
    (void)r;
    return UINT32_MAX;
}

static const struct {
    uint32_t (*make)(struct random_source *r);
    uint32_t handles;
    bool spread;
} hashes[] = {
    {hash_good, HANDLES, true },
    {hash_good, 40,      true },
    {hash_good, 300,     true },
    {hash_few,  300,     false},
    {hash_high, 300,     false},
    {hash_low,  600,     false},
    {hash_ends, 600,     false},
    {hash_same, 200,     false},
};

/* Percentage of insertions by turns, so that the map grows, stays and shrinks to nothing. */
static const unsigned inclination[] = {90, 50, 10, 70, 30, 0};

static void random_changes(const size_t kind, uint64_t seed, bool failing)
{
    struct random_source r = {seed};
    const uint32_t handles = hashes[kind].handles;
    const size_t turn = handles * 2, steps = turn * 6;
    struct model model;

    init(&model, handles);
    for (uint32_t i = 0; i < handles; i++)
        model.hashes[i] = hashes[kind].make(&r);
    for (size_t step = 0; step < steps; step++) {
        const uint32_t handle = (uint32_t)random_below(&r, handles);
        const bool insert = random_chance(&r, inclination[step / turn]);

        model.work = 0;
        if (insert && !model.in[handle]) {
            if (failing)
                model.oom.allowed = random_below(&r, 3);
            if (!weiri_map_reserve(&model.map)) {
                assert_true(failing);
                check_bytes(&model);
                assert_int_equal(is_found(&model, (handle + 1) % handles),
                                 model.in[(handle + 1) % handles]);
                model.oom.allowed = SIZE_MAX;
                assert_true(weiri_map_reserve(&model.map));
            }
            model.oom.allowed = 0;
            add(&model, handle);
            model.oom.allowed = SIZE_MAX;
        } else if (!insert && model.in[handle]) {
            drop(&model, handle);
        }
        if (hashes[kind].spread) {
            assert_true(model.work <= WORK_MAX);
            check_bytes(&model);
        }
        if (step % (steps / 12) == 0)
            check(&model, seed);
    }
    for (uint32_t i = 0; i < handles; i++) {
        if (model.in[i])
            drop(&model, i);
    }
    check(&model, seed);
    check_bytes(&model);
    fini(&model);
}

static void like_a_list(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(2); seed++) {
        for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++)
            random_changes(i, seed * 100 + i, false);
    }
}

static void memory_fails(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(2); seed++) {
        for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++)
            random_changes(i, seed * 100 + i, true);
    }
}

static void each_allocation_fails_once(void **state)
{
    struct random_source r = {7};
    struct model model;
    size_t failures = 0;

    (void)state;
    init(&model, 2000);
    for (uint32_t i = 0; i < model.handles; i++) {
        model.hashes[i] = hash_good(&r);
        for (size_t allowed = 0;; allowed++) {
            const size_t before = weiri_map_bytes(&model.map);

            model.oom.allowed = allowed;
            if (weiri_map_reserve(&model.map))
                break;
            failures++;
            assert_int_equal(model.map.count, i);
            assert_true(i == 0 ? before == 0 : is_found(&model, i / 2));
        }
        add(&model, i);
    }
    assert_true(failures > 20);
    check(&model, 7);
    fini(&model);
}

static void reservation_outlives_removal(void **state)
{
    struct model model;

    (void)state;
    init(&model, 2);
    model.hashes[1] = UINT32_MAX;
    assert_true(weiri_map_reserve(&model.map));
    add(&model, 0);
    assert_true(weiri_map_reserve(&model.map));
    drop(&model, 0);
    model.oom.allowed = 0;
    add(&model, 1);
    check(&model, 0);
    model.oom.allowed = SIZE_MAX;
    assert_true(weiri_map_reserve(&model.map));
    drop(&model, 1);
    assert_true(weiri_map_bytes(&model.map) > 0);
    weiri_map_trim(&model.map);
    check_bytes(&model);
    fini(&model);
}

static void no_pause_at_full_size(void **state)
{
    const uint32_t handles = (uint32_t)random_rounds(60000) + 1000;
    struct random_source r = {11};
    struct model model;

    (void)state;
    init(&model, handles);
    for (uint32_t i = 0; i < handles; i++) {
        model.hashes[i] = hash_good(&r);
        model.work = 0;
        assert_true(weiri_map_reserve(&model.map));
        add(&model, i);
        assert_true(model.work <= WORK_MAX);
        assert_true(weiri_map_bytes(&model.map) <= 8 * (size_t)model.count + 2048);
    }
    check(&model, 11);
    for (uint32_t i = 0; i < handles; i++) {
        model.work = 0;
        drop(&model, i);
        assert_true(model.work <= WORK_MAX);
        assert_true(weiri_map_bytes(&model.map) <= 8 * (size_t)model.count + 2048);
    }
    check_bytes(&model);
    fini(&model);
}

struct reader {
    struct grace *grace;
    const struct model *model;
    size_t number;
    unsigned long wrong;
};

/* Even handles below 400 are in the map all the time, those from `handles` - 100 on never. */
static void *read_on(void *argument)
{
    struct reader *reader = argument;
    const struct model *model = reader->model;
    struct random_source r = {reader->number};

    while (!atomic_load(&reader->grace->stop)) {
        const uint32_t stays = (uint32_t)random_below(&r, 200) * 2;
        const uint32_t absent = model->handles - 1 - (uint32_t)random_below(&r, 100);

        reader->wrong += !is_found(model, stays);
        reader->wrong += is_found(model, absent);
        atomic_fetch_add(&reader->grace->passed[reader->number], 1);
    }
    return NULL;
}

static void readers_miss_nothing(void **state)
{
    static struct grace grace;
    struct reader readers[GRACE_READERS];
    pthread_t threads[GRACE_READERS];
    struct random_source r = {13};
    struct model model;

    (void)state;
    init(&model, 3000);
    for (uint32_t i = 0; i < model.handles; i++)
        model.hashes[i] = hash_good(&r);
    for (uint32_t i = 0; i < 400; i += 2) {
        assert_true(weiri_map_reserve(&model.map));
        add(&model, i);
    }
    for (size_t i = 0; i < GRACE_READERS; i++) {
        readers[i] = (struct reader){&grace, &model, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readers[i]), 0);
    }
    for (size_t step = 0; step < random_rounds(STEPS); step++) {
        const uint32_t odd = (uint32_t)random_below(&r, model.handles / 2 - 50) * 2 + 1;
        const bool insert = random_chance(&r, step / 4000 % 2 == 0 ? 90 : 10);

        if (insert && !model.in[odd]) {
            assert_true(weiri_map_reserve(&model.map));
            add(&model, odd);
        } else if (!insert && model.in[odd]) {
            drop(&model, odd);
        }
        if (step % 2000 == 1999) {
            grace_wait(&grace);
            weiri_reclaim(&model.retired, NULL);
        }
    }
    atomic_store(&grace.stop, true);
    for (size_t i = 0; i < GRACE_READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(readers[i].wrong, 0);
    }
    check(&model, 13);
    fini(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_a_list),
        cmocka_unit_test(memory_fails),
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(reservation_outlives_removal),
        cmocka_unit_test(no_pause_at_full_size),
        cmocka_unit_test(readers_miss_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
