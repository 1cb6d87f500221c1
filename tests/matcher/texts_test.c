/* texts_test.c - texts are held once each, counted, given back, and found by other threads. */
#include "texts.h"

#include "grace.h"
#include "oom.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORDS 1500u
#define WORD_LEN 12u

struct model {
    char words[WORDS][WORD_LEN];
    uint32_t refs[WORDS], handles[WORDS];
    struct oom oom;
    struct weiri_retire_list retired;
    struct weiri_texts texts;
};

static void init(struct model *model)
{
    memset(model, 0, sizeof *model);
    for (size_t i = 1; i < WORDS; i++)
        snprintf(model->words[i], WORD_LEN, "%zu", i * i);
    oom_init(&model->oom, SIZE_MAX);
    weiri_texts_init(&model->texts, &model->retired, &model->oom.alloc);
}

/* Word 0 is the empty text. */
static struct weir_str word(const struct model *model, size_t i)
{
    return weir_str_of(model->words[i]);
}

static void check(const struct model *model)
{
    for (size_t i = 0; i < WORDS; i++) {
        const uint32_t found = weiri_texts_find(&model->texts, word(model, i));

        if (model->refs[i] == 0) {
            assert_true(found == WEIRI_TABLE_NONE);
            continue;
        }
        assert_int_equal(found, model->handles[i]);
        assert_true(weir_str_equal(weiri_texts_at(&model->texts, found), word(model, i)));
        assert_int_equal(weiri_texts_hash(&model->texts, found), weiri_text_hash(word(model, i)));
    }
}

static void hold(struct model *model, size_t i)
{
    const uint32_t handle = weiri_texts_hold(&model->texts, word(model, i));

    assert_true(handle != WEIRI_TABLE_NONE);
    if (model->refs[i]++ > 0)
        assert_int_equal(handle, model->handles[i]);
    model->handles[i] = handle;
}

static void let_go(struct model *model, size_t i)
{
    model->oom.allowed = 0;
    weiri_texts_let_go(&model->texts, model->handles[i]);
    model->oom.allowed = SIZE_MAX;
    model->refs[i]--;
}

static void random_changes(struct model *model, uint64_t seed)
{
    struct random_source r = {seed};

    init(model);
    for (size_t step = 0; step < 9000; step++) {
        const size_t i = random_below(&r, WORDS);

        if (random_chance(&r, step / 3000 % 2 == 0 ? 80 : 20)) {
            uint32_t handle;

            model->oom.allowed = random_chance(&r, 30) ? random_below(&r, 4) : SIZE_MAX;
            handle = weiri_texts_hold(&model->texts, word(model, i));
            assert_true(handle != WEIRI_TABLE_NONE ||
                        (model->refs[i] == 0 && model->oom.allowed == 0));
            model->oom.allowed = SIZE_MAX;
            if (handle != WEIRI_TABLE_NONE) {
                model->handles[i] = handle;
                model->refs[i]++;
            }
        } else if (model->refs[i] > 0) {
            let_go(model, i);
        }
        if (random_chance(&r, 2))
            weiri_reclaim(&model->retired, NULL);
        if (step % 1000 == 0)
            check(model);
    }
    check(model);
    for (size_t i = 0; i < WORDS; i++) {
        while (model->refs[i] > 0)
            let_go(model, i);
    }
    check(model);
    weiri_reclaim(&model->retired, NULL);
    assert_int_equal(weiri_texts_bytes(&model->texts), 0);
    assert_int_equal(model->oom.live_count, 0);
    weiri_texts_fini(&model->texts);
}

static void like_a_list(void **state)
{
    static struct model model;

    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(10); seed++)
        random_changes(&model, seed);
}

static void each_allocation_fails_once(void **state)
{
    static struct model model;
    size_t failures = 0;

    (void)state;
    init(&model);
    for (size_t i = 0; i < WORDS; i++) {
        for (model.oom.allowed = 0;; model.oom.allowed++) {
            const size_t allowed = model.oom.allowed;

            if (weiri_texts_hold(&model.texts, word(&model, i)) != WEIRI_TABLE_NONE)
                break;
            failures++;
            model.oom.allowed = allowed;
            assert_int_equal(model.texts.map.count, i);
            assert_int_equal(model.texts.table.count, i);
            weiri_reclaim(&model.retired, NULL);
            assert_true(i > 0 || model.oom.live_count == 0);
        }
        model.refs[i] = 1;
        model.handles[i] = weiri_texts_find(&model.texts, word(&model, i));
    }
    assert_true(failures > WORDS);
    check(&model);
    assert_int_equal(weiri_texts_bytes(&model.texts), model.oom.live_size);
    weiri_reclaim(&model.retired, NULL);
    weiri_texts_fini(&model.texts);
    assert_int_equal(model.oom.live_count, 0);
}

static void retired_text_stays_readable(void **state)
{
    static struct model model;
    uint32_t handle, other;

    (void)state;
    init(&model);
    handle = weiri_texts_hold(&model.texts, WEIR_STR("price"));
    weiri_texts_let_go(&model.texts, handle);
    assert_true(weiri_texts_find(&model.texts, WEIR_STR("price")) == WEIRI_TABLE_NONE);
    assert_true(weir_str_equal(weiri_texts_at(&model.texts, handle), WEIR_STR("price")));
    other = weiri_texts_hold(&model.texts, WEIR_STR("price"));
    assert_int_not_equal(other, handle);
    weiri_texts_let_go(&model.texts, other);
    weiri_reclaim(&model.retired, NULL);
    assert_int_equal(model.oom.live_count, 0);
    weiri_texts_fini(&model.texts);
}

struct reader {
    struct grace *grace;
    const struct model *model;
    size_t number;
    unsigned long wrong;
};

/* Even words below 200 are held all the time; whichever other is found is the one looked for. */
static void *read_on(void *argument)
{
    struct reader *reader = argument;
    const struct model *model = reader->model;
    struct random_source r = {reader->number};

    while (!atomic_load(&reader->grace->stop)) {
        const struct weir_str stays = word(model, random_below(&r, 100) * 2);
        const struct weir_str any = word(model, random_below(&r, WORDS));
        const uint32_t found = weiri_texts_find(&model->texts, any);

        reader->wrong += weiri_texts_find(&model->texts, stays) == WEIRI_TABLE_NONE;
        reader->wrong +=
            found != WEIRI_TABLE_NONE && !weir_str_equal(weiri_texts_at(&model->texts, found), any);
        atomic_fetch_add(&reader->grace->passed[reader->number], 1);
    }
    return NULL;
}

static void readers_miss_nothing(void **state)
{
    static struct grace grace;
    static struct model model;
    struct reader readers[GRACE_READERS];
    pthread_t threads[GRACE_READERS];
    struct random_source r = {17};

    (void)state;
    init(&model);
    for (size_t i = 0; i < 200; i += 2)
        hold(&model, i);
    for (size_t i = 0; i < GRACE_READERS; i++) {
        readers[i] = (struct reader){&grace, &model, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readers[i]), 0);
    }
    for (size_t step = 0; step < random_rounds(20000); step++) {
        const size_t odd = random_below(&r, WORDS / 2) * 2 + 1;

        if (random_chance(&r, step / 4000 % 2 == 0 ? 90 : 10))
            hold(&model, odd);
        else
            while (model.refs[odd] > 0)
                let_go(&model, odd);
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
    check(&model);
    weiri_reclaim(&model.retired, NULL);
    weiri_texts_fini(&model.texts);
    assert_int_equal(model.oom.live_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_a_list),
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(retired_text_stays_readable),
        cmocka_unit_test(readers_miss_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
