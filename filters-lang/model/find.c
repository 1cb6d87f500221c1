/* find.c - D. Knuth, J. Morris, V. Pratt, "Fast pattern matching in strings", 1977.
 *
 * back[i] is the length of the longest beginning of the text that ends at its byte i and is not all
 * of that. */
#include <weir/find.h>

#include <assert.h>
#include <string.h>

/* To look for the first byte of a text, passing over others, and to go back within it. */
#define SKIP_STEPS 2u
#define BACK_STEPS 2u
#define SKIPPED_BYTES_PER_STEP 64u

void weiri_find_prepare(uint16_t *back, struct weir_str text)
{
    size_t len = 0;

    assert(text.len <= WEIRI_FIND_LEN_MAX);
    if (text.len > 0)
        back[0] = 0;
    for (size_t i = 1; i < text.len; i++) {
        while (len != 0 && text.ptr[i] != text.ptr[len])
            len = back[len - 1];
        len += text.ptr[i] == text.ptr[len];
        back[i] = (uint16_t)len;
    }
}

bool weiri_find(struct weir_str subject, struct weir_str text, const uint16_t *back,
                uint64_t *steps)
{
    uint64_t left = *steps;
    size_t len = 0;

    for (size_t i = 0; len < text.len && i < subject.len && left != 0; i++) {
        uint64_t cost = 1;

        if (len == 0) {
            const char *begin = memchr(subject.ptr + i, text.ptr[0], subject.len - i);
            const size_t at = begin == NULL ? subject.len - 1 : (size_t)(begin - subject.ptr);

            cost += SKIP_STEPS + (at - i) / SKIPPED_BYTES_PER_STEP;
            i = at;
        }
        for (; len != 0 && subject.ptr[i] != text.ptr[len]; cost += BACK_STEPS)
            len = back[len - 1];
        len += subject.ptr[i] == text.ptr[len];
        left = cost < left ? left - cost : 0;
    }
    *steps = left;
    return len == text.len;
}
