/* frame_test.c - frames to bytes and back. */
#include "frame_samples.h"
#include "oom.h"
#include "random.h"

#include <weir/alloc.h>
#include <weir/bytes.h>
#include <weir/wire.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool has_bytes(const struct weiri_buf *b, const uint8_t *bytes, size_t size)
{
    return b->size == size && memcmp(b->bytes, bytes, size) == 0;
}

static void samples_are_written_and_read(void **state)
{
    struct weiri_buf out;

    (void)state;
    weiri_buf_init(&out, SIZE_MAX, NULL);
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        const char *name = weir_frame_type_text(samples[i].frame.type);
        uint8_t expected[SAMPLE_SIZE_MAX];
        size_t size = sample_bytes(expected, i);
        struct weir_frame frame;

        weiri_buf_reset(&out);
        assert_int_equal(weir_frame_encode(&out, &samples[i].frame), WEIR_OK);
        if (!has_bytes(&out, expected, size))
            fail_msg("%s is written wrongly", name);
        if (weir_frame_decode(&frame, expected, size) != WEIR_OK)
            fail_msg("%s is not read", name);
        assert_int_equal(frame.type, samples[i].frame.type);
        weiri_buf_reset(&out);
        assert_int_equal(weir_frame_encode(&out, &frame), WEIR_OK);
        if (!has_bytes(&out, expected, size))
            fail_msg("%s is read wrongly", name);
    }
    weiri_buf_fini(&out);
}

static bool has_sample(unsigned type)
{
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        if (samples[i].frame.type == type)
            return true;
    }
    return false;
}

static void every_type_has_a_sample(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++)
        assert_int_equal(has_sample(type), strcmp(weir_frame_type_text(type), "?") != 0);
}

static struct weir_str payload_of(const struct weir_frame *frame)
{
    switch (frame->type) {
    case WEIR_FRAME_SUB:
    case WEIR_FRAME_ADV: return frame->u.sub.payload;
    case WEIR_FRAME_DATA: return frame->u.data.payload;
    case WEIR_FRAME_SUBSCRIBE:
    case WEIR_FRAME_ADVERTISE: return frame->u.subscribe.payload;
    case WEIR_FRAME_PUBLISH: return frame->u.publish.payload;
    case WEIR_FRAME_QUERY: return frame->u.query.payload;
    case WEIR_FRAME_SUBACK:
    case WEIR_FRAME_UNSUBACK:
    case WEIR_FRAME_ADVACK:
    case WEIR_FRAME_UNADVACK: return frame->u.outcome.payload;
    case WEIR_FRAME_PUBREFUSED: return frame->u.pubrefused.payload;
    case WEIR_FRAME_DELIVER: return frame->u.deliver.payload;
    case WEIR_FRAME_REPLY: return frame->u.reply.payload;
    default: return (struct weir_str){NULL, 0};
    }
}

static void head_and_payload_are_the_frame(void **state)
{
    struct weiri_buf whole;
    struct weiri_buf parts;

    (void)state;
    weiri_buf_init(&whole, SIZE_MAX, NULL);
    weiri_buf_init(&parts, SIZE_MAX, NULL);
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        struct weir_str payload = payload_of(&samples[i].frame);

        assert_int_equal(weir_frame_encode(&whole, &samples[i].frame), WEIR_OK);
        assert_int_equal(weir_frame_encode_head(&parts, &samples[i].frame), WEIR_OK);
        assert_int_equal(parts.size + payload.len, whole.size);
        weiri_buf_put(&parts, payload);
        assert_memory_equal(parts.bytes, whole.bytes, whole.size);
    }
    weiri_buf_fini(&whole);
    weiri_buf_fini(&parts);
}

static void lists_are_read(void **state)
{
    uint8_t items[2 * WEIR_NEIGHBOUR_SIZE];
    const struct weir_neighbour written = {UINT64_MAX - 1, 0x0102030405060708, UINT32_MAX, 1};
    struct weir_lsa lsa = {.count = 2, .neighbours = items};
    struct weir_promised promised = {.count = 2, .seqs = items};
    struct weir_deliver deliver = {.count = 2, .ids = items};
    struct weir_neighbour read;

    (void)state;
    memset(items, 0, sizeof items);
    weir_neighbour_write(items + WEIR_NEIGHBOUR_SIZE, &written);
    read = weir_lsa_neighbour(&lsa, 1);
    assert_true(read.id == written.id);
    assert_true(read.incarnation == written.incarnation);
    assert_true(read.cost == written.cost);
    assert_int_equal(read.synced, 1);
    assert_true(weir_lsa_neighbour(&lsa, 0).id == 0);

    weir_u64_write(items, 1);
    weir_u64_write(items + 8, UINT64_MAX);
    assert_true(weir_promised_seq(&promised, 0) == 1);
    assert_true(weir_promised_seq(&promised, 1) == UINT64_MAX);

    weir_u32_write(items, 1);
    weir_u32_write(items + 4, UINT32_MAX);
    assert_true(weir_deliver_id(&deliver, 0) == 1);
    assert_true(weir_deliver_id(&deliver, 1) == UINT32_MAX);
}

static void failures_change_nothing(void **state)
{
    static char large[WEIR_FRAME_SIZE_MAX];
    struct weir_frame frame = {.type = WEIR_FRAME_PUBLISH};
    struct weiri_buf out;
    struct oom oom;

    (void)state;
    oom_init(&oom, 0);
    weiri_buf_init(&out, SIZE_MAX, &oom.alloc);
    assert_int_equal(weir_frame_encode(&out, &frame), WEIR_ENOMEM);
    assert_int_equal(out.size, 0);
    oom.allowed = 1;
    assert_int_equal(weir_frame_encode(&out, &frame), WEIR_OK);
    assert_int_equal(out.size, 25);
    frame.u.publish.payload = (struct weir_str){large, WEIR_FRAME_SIZE_MAX - 25};
    assert_int_equal(weir_frame_encode(&out, &frame), WEIR_ENOMEM);
    assert_int_equal(out.size, 25);
    oom.allowed = 1;
    assert_int_equal(weir_frame_encode(&out, &frame), WEIR_OK);
    assert_int_equal(out.size, 25 + WEIR_FRAME_SIZE_MAX);
    frame.u.publish.payload.len++;
    assert_int_equal(weir_frame_encode(&out, &frame), WEIR_ELIMIT);
    assert_int_equal(weir_frame_encode_head(&out, &frame), WEIR_ELIMIT);
    assert_int_equal(out.size, 25 + WEIR_FRAME_SIZE_MAX);
    weiri_buf_fini(&out);
    assert_int_equal(oom.live_count, 0);
}

/* A connection's bytes in pieces of any size give the same frames. */
static void a_stream_is_cut_into_frames(void **state)
{
    struct random_source random = {1};
    struct weiri_buf stream;
    size_t at = 0;

    (void)state;
    weiri_buf_init(&stream, SIZE_MAX, NULL);
    for (size_t i = 0; i < SAMPLE_COUNT; i++)
        assert_int_equal(weir_frame_encode(&stream, &samples[i].frame), WEIR_OK);
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        size_t size = 0;
        size_t arrived = 0;
        struct weir_frame frame;

        while (size == 0 || arrived < size) {
            arrived += 1 + random_below(&random, 5);
            if (arrived > stream.size - at)
                arrived = stream.size - at;
            assert_int_equal(
                weir_frame_peek(&size, stream.bytes + at, arrived, WEIR_FRAME_SIZE_MAX), WEIR_OK);
            assert_int_equal(size != 0, arrived >= WEIR_FRAME_HEADER_SIZE);
        }
        assert_int_equal(weir_frame_decode(&frame, stream.bytes + at, size), WEIR_OK);
        assert_int_equal(frame.type, samples[i].frame.type);
        at += size;
    }
    assert_int_equal(at, stream.size);
    weiri_buf_fini(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_written_and_read),
        cmocka_unit_test(every_type_has_a_sample),
        cmocka_unit_test(head_and_payload_are_the_frame),
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(failures_change_nothing),
        cmocka_unit_test(a_stream_is_cut_into_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
