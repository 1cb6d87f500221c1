/* admin.c - asking a broker about itself, when the answer is no JSON and when memory runs out. */
#include "fake.h"

#include <weir/admin.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>

#include <cmocka.h>

#include "json_oom.h"

#define DEADLINE_MS 10000u

static struct fake fake;

struct asking {
    enum weir_err err;
    json_t *answer;
    atomic_bool over;
};

static void *ask(void *context)
{
    struct asking *asking = context;

    asking->err = weir_admin_ask(&asking->answer, fake.url, "status", DEADLINE_MS);
    atomic_store(&asking->over, true);
    return NULL;
}

/* The broker answers each question with the text. */
static enum weir_err ask_and_answer(json_t **answer, const char *text)
{
    struct asking asking = {.answer = NULL};
    size_t seen = fake.seen_count;
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, ask, &asking), 0);
    while (!atomic_load(&asking.over)) {
        fake_broker_turn(&fake);
        for (; seen < fake.seen_count; seen++) {
            const uint32_t id = (uint32_t)fake.seen[seen].number;

            if (fake.seen[seen].type == WEIR_FRAME_QUERY)
                fake_send(&fake,
                          &(struct weir_frame){
                              .type = WEIR_FRAME_REPLY, .u.reply = {id, 1, 0, weir_str_of(text)}
                });
        }
    }
    pthread_join(thread, NULL);
    *answer = asking.answer;
    return asking.err;
}

static void tells_what_an_answer_lacks(void **state)
{
    static const struct {
        const char *text;
        enum weir_err err;
    } cases[] = {
        {"{\"links\":[1,2.5,\"x\"]}", WEIR_OK        },
        {"{\"links\":",               WEIR_EMALFORMED},
        {"{\"a\":1,\"a\":2}",         WEIR_EMALFORMED},
        {"",                          WEIR_EMALFORMED},
    };
    (void)state;
    fake_init(&fake);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *answer;

        assert_int_equal(ask_and_answer(&answer, cases[i].text), cases[i].err);
        assert_int_equal(answer != NULL, cases[i].err == WEIR_OK);
        json_decref(answer);
    }
    fake_fini(&fake);
}

static void tells_a_lack_of_memory_of_the_parser(void **state)
{
    enum weir_err err = WEIR_ENOMEM;

    (void)state;
    fake_init(&fake);
    for (size_t n = 0; err != WEIR_OK; n++) {
        json_t *answer;

        json_oom_begin(n);
        err = ask_and_answer(&answer, "{\"links\":[1,2.5,\"x\"]}");
        assert_true(err == WEIR_OK || err == WEIR_ENOMEM);
        assert_true(err != WEIR_OK || n > 4);
        assert_int_equal(answer != NULL, err == WEIR_OK);
        json_decref(answer);
        assert_int_equal(json_oom_live_count, 0);
    }
    json_oom_end();
    fake_fini(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_an_answer_lacks),
        cmocka_unit_test(tells_a_lack_of_memory_of_the_parser),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
