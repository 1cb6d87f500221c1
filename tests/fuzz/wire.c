/* wire.c - untrusted frames: refused, or written back as the same bytes. */
#include "wire/canonical.h"

#include <weir/limits.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_frame frame;
    size_t at = 0;

    while (at < size) {
        size_t frame_size;

        if (weir_frame_peek(&frame_size, data + at, size - at, WEIR_FRAME_SIZE_MAX) != WEIR_OK ||
            frame_size == 0 || frame_size > size - at)
            break;
        if (weir_frame_decode(&frame, data + at, frame_size) == WEIR_OK &&
            !is_canonical(&frame, data + at, frame_size))
            abort();
        at += frame_size;
    }
    return 0;
}
