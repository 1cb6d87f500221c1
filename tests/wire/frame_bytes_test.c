/* frame_bytes_test.c - untrusted bytes: refused, or a frame that is written as the same bytes. */
#include "canonical.h"
#include "frame_samples.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Decodes from a block of exactly the given size, so that the address sanitizer sees reads beyond
 * it. */
static enum weir_err decode(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    struct weir_frame frame = {.type = WEIR_FRAME_REPLY};
    enum weir_err err;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    err = weir_frame_decode(&frame, copy, size);
    if (err == WEIR_OK) {
        if (!is_canonical(&frame, copy, size))
            fail_msg("%s", weir_frame_type_text(frame.type));
    } else {
        assert_true(err == WEIR_EMALFORMED || err == WEIR_ELIMIT);
        assert_int_equal(frame.type, WEIR_FRAME_REPLY);
    }
    free(copy);
    return err;
}

static void each_byte_changed(void **state)
{
    size_t refused_count = 0;
    size_t accepted_count = 0;

    (void)state;
    for (size_t s = 0; s < SAMPLE_COUNT; s++) {
        uint8_t bytes[SAMPLE_SIZE_MAX];
        size_t size = sample_bytes(bytes, s);

        for (size_t i = 0; i < size; i++) {
            const uint8_t original = bytes[i];

            for (unsigned value = 0; value < 256; value++) {
                bytes[i] = (uint8_t)value;
                if (decode(bytes, size) == WEIR_OK)
                    accepted_count++;
                else
                    refused_count++;
            }
            bytes[i] = original;
        }
    }
    assert_true(refused_count > 10000);
    assert_true(accepted_count > 10000);
}

/* With and without a size in the header that agrees. */
static void each_truncation_and_extension(void **state)
{
    (void)state;
    for (size_t s = 0; s < SAMPLE_COUNT; s++) {
        uint8_t bytes[SAMPLE_SIZE_MAX + 8] = {0};
        size_t size = sample_bytes(bytes, s);
        struct weir_frame frame;

        for (size_t len = 0; len < size + 8; len++) {
            if (len != size)
                assert_int_equal(decode(bytes, len), WEIR_EMALFORMED);
        }
        for (size_t len = 4; len < size + 8; len++) {
            weiri_store_u32(bytes, (uint32_t)len);
            (void)decode(bytes, len);
            assert_int_equal(weir_frame_decode(&frame, bytes, len + 1), WEIR_EMALFORMED);
        }
    }
}

static void several_bytes_changed(void **state)
{
    const uint64_t seed = 1;
    struct random_source random = {seed};
    const size_t rounds = random_rounds(20000);

    (void)state;
    for (size_t round = 0; round < rounds; round++) {
        uint8_t bytes[SAMPLE_SIZE_MAX];
        size_t size = sample_bytes(bytes, random_below(&random, SAMPLE_COUNT));
        size_t changes = 2 + random_below(&random, 6);

        for (size_t i = 0; i < changes; i++)
            bytes[4 + random_below(&random, size - 4)] = (uint8_t)random_u64(&random);
        (void)decode(bytes, size);
    }
}

static void headers(void **state)
{
    static const struct {
        const char *name;
        uint8_t bytes[8];
        size_t count, frame_max;
        enum weir_err err;
        size_t size;
    } cases[] = {
        {"nothing",               {0},                        0, 100,     WEIR_OK,         0  },
        {"one byte short",        {25, 0, 0, 0, 52},          7, 100,     WEIR_OK,         0  },
        {"complete",              {25, 0, 0, 0, 52},          8, 100,     WEIR_OK,         25 },
        {"largest",               {100, 0, 0, 0, 52},         8, 100,     WEIR_OK,         100},
        {"too large",             {101, 0, 0, 0, 52},         8, 100,     WEIR_ELIMIT,     42 },
        {"much too large",        {255, 255, 255, 255, 52},   8, 1000000, WEIR_ELIMIT,     42 },
        {"empty",                 {0, 0, 0, 0, 52},           8, 100,     WEIR_EMALFORMED, 42 },
        {"shorter than a header", {7, 0, 0, 0, 52},           8, 100,     WEIR_EMALFORMED, 42 },
        {"unknown type",          {25, 0, 0, 0, 200},         8, 100,     WEIR_EMALFORMED, 42 },
        {"reserved",              {25, 0, 0, 0, 52, 1},       8, 100,     WEIR_EMALFORMED, 42 },
        {"reserved",              {25, 0, 0, 0, 52, 0, 0, 1}, 8, 100,     WEIR_EMALFORMED, 42 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = 42;

        if (weir_frame_peek(&size, cases[i].bytes, cases[i].count, cases[i].frame_max) !=
                cases[i].err ||
            size != cases[i].size)
            fail_msg("%s", cases[i].name);
    }
}

/* What each sample may not become: the value at an offset, and the error. */
static void values_no_sender_may_write(void **state)
{
    static const struct {
        enum weir_frame_type type;
        size_t at;
        uint8_t value;
        enum weir_err err;
    } cases[] = {
        {WEIR_FRAME_HELLO,    8,  'X',  WEIR_EMALFORMED}, /* magic */
        {WEIR_FRAME_HELLO,    12, 2,    WEIR_EMALFORMED}, /* version_min > version_max */
        {WEIR_FRAME_HELLO,    12, 0,    WEIR_OK        },
        {WEIR_FRAME_HELLO,    14, 0,    WEIR_EMALFORMED}, /* role */
        {WEIR_FRAME_HELLO,    14, 3,    WEIR_EMALFORMED},
        {WEIR_FRAME_HELLO,    14, 2,    WEIR_EMALFORMED}, /* a client with a strategy */
        {WEIR_FRAME_HELLO,    52, 0xFF, WEIR_EMALFORMED}, /* name that is no text */
        {WEIR_FRAME_HELLO,    52, 0,    WEIR_EMALFORMED},
        {WEIR_FRAME_CLOSE,    14, 0xFF, WEIR_EMALFORMED}, /* text that is no text */
        {WEIR_FRAME_CLOSE,    8,  0xFF, WEIR_OK        }, /* a reason of later versions */
        {WEIR_FRAME_LSA,      32, 0,    WEIR_EMALFORMED}, /* shorter name, then all is shifted */
        {WEIR_FRAME_LSA,      36, 0xFF, WEIR_EMALFORMED},
        {WEIR_FRAME_LSA,      38, 1,    WEIR_EMALFORMED}, /* count */
        {WEIR_FRAME_LSA,      38, 3,    WEIR_EMALFORMED},
        {WEIR_FRAME_LSA,      41, 255,  WEIR_EMALFORMED},
        {WEIR_FRAME_LSA,      62, 2,    WEIR_EMALFORMED}, /* synced */
        {WEIR_FRAME_LSA,      62, 0,    WEIR_OK        },
        {WEIR_FRAME_LSA,      83, 2,    WEIR_EMALFORMED},
        {WEIR_FRAME_PROMISED, 29, 0,    WEIR_EMALFORMED}, /* descending */
        {WEIR_FRAME_PROMISED, 20, 2,    WEIR_OK        },
        {WEIR_FRAME_GAP,      24, 2,    WEIR_EMALFORMED}, /* ended */
        {WEIR_FRAME_GAP,      29, 0xC3, WEIR_EMALFORMED},
        {WEIR_FRAME_NOTICE,   35, 0xC3, WEIR_EMALFORMED},
        {WEIR_FRAME_DELIVER,  50, 1,    WEIR_OK        }, /* an id becomes payload */
        {WEIR_FRAME_DELIVER,  50, 200,  WEIR_EMALFORMED},
        {WEIR_FRAME_REPLY,    12, 2,    WEIR_EMALFORMED}, /* last */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[SAMPLE_SIZE_MAX];
        size_t size;
        size_t s = 0;

        while (samples[s].frame.type != cases[i].type)
            s++;
        size = sample_bytes(bytes, s);
        assert_true(cases[i].at < size);
        bytes[cases[i].at] = cases[i].value;
        if (decode(bytes, size) != cases[i].err)
            fail_msg("case %zu: %s", i, weir_frame_type_text(cases[i].type));
    }
}

static enum weir_err decode_encoded(const struct weir_frame *frame)
{
    struct weiri_buf out;
    enum weir_err err;

    weiri_buf_init(&out, SIZE_MAX, NULL);
    assert_int_equal(weir_frame_encode(&out, frame), WEIR_OK);
    err = decode(out.bytes, out.size);
    weiri_buf_fini(&out);
    return err;
}

static void limits(void **state)
{
    static uint8_t neighbours[(WEIR_LINKS_MAX + 1) * WEIR_NEIGHBOUR_SIZE];
    static char name[WEIR_BROKER_NAME_MAX + 1];
    struct weir_frame hello = samples[0].frame;
    struct weir_frame lsa = {.type = WEIR_FRAME_LSA, .u.lsa = {.neighbours = neighbours}};
    struct weir_frame gap = {.type = WEIR_FRAME_GAP};

    (void)state;
    memset(name, 'n', sizeof name);
    hello.u.hello.name = (struct weir_str){name, WEIR_BROKER_NAME_MAX};
    assert_int_equal(decode_encoded(&hello), WEIR_OK);
    hello.u.hello.name.len++;
    assert_int_equal(decode_encoded(&hello), WEIR_ELIMIT);
    hello.u.hello.name.len = 0;
    assert_int_equal(decode_encoded(&hello), WEIR_EMALFORMED);

    lsa.u.lsa.name = (struct weir_str){name, 1};
    lsa.u.lsa.count = WEIR_LINKS_MAX;
    assert_int_equal(decode_encoded(&lsa), WEIR_OK);
    lsa.u.lsa.count++;
    assert_int_equal(decode_encoded(&lsa), WEIR_ELIMIT);

    gap.u.gap.near_name = (struct weir_str){name, 1};
    assert_int_equal(decode_encoded(&gap), WEIR_EMALFORMED);
    gap.u.gap.far_name = (struct weir_str){name, WEIR_BROKER_NAME_MAX + 1};
    assert_int_equal(decode_encoded(&gap), WEIR_ELIMIT);
    gap.u.gap.far_name.len--;
    assert_int_equal(decode_encoded(&gap), WEIR_OK);
}

static void a_later_hello_may_be_longer(void **state)
{
    uint8_t bytes[SAMPLE_SIZE_MAX] = {0};
    size_t size = sample_bytes(bytes, 0);

    (void)state;
    weiri_store_u32(bytes, (uint32_t)size + 4);
    assert_int_equal(decode(bytes, size + 4), WEIR_EMALFORMED);
    bytes[13] = WEIR_PROTOCOL_VERSION + 1;
    assert_int_equal(decode(bytes, size + 4), WEIR_OK);
    bytes[12] = WEIR_PROTOCOL_VERSION + 1;
    assert_int_equal(decode(bytes, size + 4), WEIR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_changed),
        cmocka_unit_test(each_truncation_and_extension),
        cmocka_unit_test(several_bytes_changed),
        cmocka_unit_test(headers),
        cmocka_unit_test(values_no_sender_may_write),
        cmocka_unit_test(limits),
        cmocka_unit_test(a_later_hello_may_be_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
