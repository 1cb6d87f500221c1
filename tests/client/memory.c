/* memory.c - each allocation of a client fails once: nothing is lost, and nothing happens twice. */
#include "fake.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PUBLISHES 5u
#define ALLOCATIONS_MAX 500

/* clang makes realloc(NULL, size) into malloc(size). */
void *__wrap_realloc(void *block, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__real_malloc(size_t size);

/* Counts down while the client runs on the thread of the test; 0: the call fails. */
static pthread_t test_thread;
static bool armed, failed;
static long countdown;

static struct fake fake;

static bool fails(void)
{
    if (!armed || !pthread_equal(pthread_self(), test_thread) || countdown-- != 0)
        return false;
    failed = true;
    return true;
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails() ? NULL : __real_realloc(block, size);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

/* Runs a call of the client until it has the memory it needs. */
#define UNTIL_ENOUGH(err, call) \
    do {                        \
        armed = true;           \
        (err) = (call);         \
        armed = false;          \
    } while ((err) == WEIR_ENOMEM)

static enum weir_err create(void)
{
    enum weir_err err;

    armed = true;
    err = fake_try_client(&fake, (struct weir_client_options){.reconnect = true, .name = "x"});
    armed = false;
    return err;
}

static void turn(void)
{
    enum weir_err err;

    UNTIL_ENOUGH(err, weir_client_poll(fake.client, 0));
    assert_int_equal(err, WEIR_OK);
    fake_broker_turn(&fake);
}

/* Answers everything that was seen since. */
static void answer(size_t *answered)
{
    for (; *answered < fake.seen_count; (*answered)++) {
        const struct seen *seen = &fake.seen[*answered];
        uint32_t id = (uint32_t)seen->number;

        if (seen->conn != fake.conn || fake.conn == 0)
            continue;
        if (seen->type == WEIR_FRAME_SUBSCRIBE)
            fake_outcome(&fake, WEIR_FRAME_SUBACK, id, WEIR_REASON_NONE, "");
        else if (seen->type == WEIR_FRAME_ADVERTISE)
            fake_outcome(&fake, WEIR_FRAME_ADVACK, id, WEIR_REASON_NONE, "");
        else if (seen->type == WEIR_FRAME_PUBLISH)
            fake_puback(&fake, seen->number);
    }
}

static size_t count_calls(enum call_type type, uint64_t number)
{
    size_t count = 0;

    for (size_t i = 0; i < fake.call_count; i++)
        count += fake.calls[i].type == type && fake.calls[i].number == number;
    return count;
}

/* The last connection saw every request once; `accepted` went up to the last publish. */
static void check(uint32_t sub, uint32_t adv)
{
    size_t subscribed = 0, advertised = 0;

    for (size_t i = 0; i < fake.seen_count; i++) {
        if (fake.seen[i].conn != fake.conn)
            continue;
        subscribed += fake.seen[i].type == WEIR_FRAME_SUBSCRIBE && fake.seen[i].number == sub;
        advertised += fake.seen[i].type == WEIR_FRAME_ADVERTISE && fake.seen[i].number == adv;
    }
    assert_int_equal(subscribed, 1);
    assert_int_equal(advertised, 1);
    assert_int_equal(count_calls(CALL_ACCEPTED, PUBLISHES), 1);
    assert_true(count_calls(CALL_SUBSCRIBED, sub) >= 1);
    assert_true(count_calls(CALL_ADVERTISED, adv) >= 1);
}

static void converse(void)
{
    struct weir_attr attr = {WEIR_STR("n"), weir_value_int(1)};
    uint32_t sub, adv;
    size_t answered = 0;
    uint64_t number = 0;
    enum weir_err err;

    UNTIL_ENOUGH(err, weir_client_subscribe(fake.client, &sub, "n > 0"));
    assert_int_equal(sub, 1);
    UNTIL_ENOUGH(err, weir_client_advertise(fake.client, &adv, "n > 0"));
    assert_int_equal(adv, 1);
    for (uint64_t n = 1; n <= PUBLISHES; n++) {
        UNTIL_ENOUGH(err,
                     weir_client_publish(fake.client, &number, &attr, 1, WEIR_STR("body"), NULL));
        assert_int_equal(err, WEIR_OK);
        assert_int_equal(number, n);
    }
    for (int turns = 0; turns < 10000 && (weir_client_pending(fake.client) > 0 ||
                                          count_calls(CALL_SUBSCRIBED, sub) == 0);
         turns++) {
        turn();
        answer(&answered);
    }
    assert_int_equal(weir_client_pending(fake.client), 0);
    check(sub, adv);
}

static void each_allocation_fails_once(void **state)
{
    long n = 0;

    (void)state;
    test_thread = pthread_self();
    for (failed = true; failed; n++) {
        assert_true(n < ALLOCATIONS_MAX);
        fake_init(&fake);
        failed = false;
        countdown = n;
        if (create() == WEIR_ENOMEM) {
            assert_true(failed);
            assert_int_equal(create(), WEIR_OK);
        }
        converse();
        fake_fini(&fake);
    }
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_fails_once)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
