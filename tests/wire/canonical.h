/* canonical.h - walks all of a decoded frame and says whether it is written back as the same
 * bytes.  Shared by the tests of the codec and the fuzzer. */
#ifndef TESTS_WIRE_CANONICAL_H
#define TESTS_WIRE_CANONICAL_H

#include <weir/bytes.h>
#include <weir/wire.h>

#include <string.h>

/* Touches every item of every list, for the address sanitizer. */
static inline uint64_t sum_of_lists(const struct weir_frame *frame)
{
    uint64_t sum = 0;

    if (frame->type == WEIR_FRAME_LSA) {
        for (uint32_t i = 0; i < frame->u.lsa.count; i++)
            sum += weir_lsa_neighbour(&frame->u.lsa, i).cost;
    }
    if (frame->type == WEIR_FRAME_PROMISED) {
        for (uint32_t i = 0; i < frame->u.promised.count; i++)
            sum += weir_promised_seq(&frame->u.promised, i);
    }
    if (frame->type == WEIR_FRAME_DELIVER) {
        for (uint32_t i = 0; i < frame->u.deliver.count; i++)
            sum += weir_deliver_id(&frame->u.deliver, i);
    }
    return sum;
}

/* A HELLO that offers a later version may be followed by bytes that are not ours to know. */
static inline bool is_canonical(const struct weir_frame *frame, const uint8_t *bytes, size_t size)
{
    struct weiri_buf out;
    bool same;

    (void)sum_of_lists(frame);
    weiri_buf_init(&out, SIZE_MAX, NULL);
    if (weir_frame_encode(&out, frame) != WEIR_OK)
        return false;
    if (frame->type == WEIR_FRAME_HELLO && frame->u.hello.version_max > WEIR_PROTOCOL_VERSION &&
        out.size <= size)
        same = memcmp(out.bytes + 4, bytes + 4, out.size - 4) == 0;
    else
        same = out.size == size && memcmp(out.bytes, bytes, size) == 0;
    weiri_buf_fini(&out);
    return same;
}

#endif /* TESTS_WIRE_CANONICAL_H */
