/* hash.h - hashing and comparing texts; of short ones, which most are, without a call.
 *
 * Up to 16 bytes are read as two words that overlap, and multiplied as in wyhash (Wang Yi, public
 * domain); longer texts are XXH3's. */
#ifndef WEIRI_HASH_H
#define WEIRI_HASH_H

#include <stdint.h>
#include <string.h>
#include <weir/base.h>

#define WEIRI_HASH_SHORT 16u

__extension__ typedef unsigned __int128 weiri_u128;

/* A text of two words, each of 4 to 8 bytes or, below that, of the bytes at hand. */
struct weiri_short_text {
    uint64_t first, last;
};

uint32_t weiri_hash_long(struct weir_str text);

static inline uint64_t weiri_hash_load(const char *p, size_t size)
{
    uint64_t word = 0;

    memcpy(&word, p, size);
    return word;
}

static inline struct weiri_short_text weiri_hash_words(struct weir_str text)
{
    const unsigned char *p = (const unsigned char *)text.ptr;

    if (text.len >= 8)
        return (struct weiri_short_text){weiri_hash_load(text.ptr, 8),
                                         weiri_hash_load(text.ptr + text.len - 8, 8)};
    if (text.len >= 4)
        return (struct weiri_short_text){weiri_hash_load(text.ptr, 4),
                                         weiri_hash_load(text.ptr + text.len - 4, 4)};
    if (text.len > 0)
        return (struct weiri_short_text){
            (uint64_t)p[0] << 16 | (uint64_t)p[text.len / 2] << 8 | p[text.len - 1], 0};
    return (struct weiri_short_text){0, 0};
}

static inline uint32_t weiri_hash_fold(uint64_t a, uint64_t b)
{
    const weiri_u128 product = (weiri_u128)a * b;
    const uint64_t folded = (uint64_t)product ^ (uint64_t)(product >> 64);

    return (uint32_t)(folded ^ folded >> 32);
}

static inline uint32_t weiri_text_hash(struct weir_str text)
{
    struct weiri_short_text words;

    if (text.len > WEIRI_HASH_SHORT)
        return weiri_hash_long(text);
    words = weiri_hash_words(text);
    return weiri_hash_fold(words.first ^ UINT64_C(0xa0761d6478bd642f) ^ (uint64_t)text.len << 56,
                           words.last ^ UINT64_C(0xe7037ed1a0b428db));
}

static inline bool weiri_text_equal(struct weir_str a, struct weir_str b)
{
    struct weiri_short_text one, other;

    if (a.len != b.len)
        return false;
    if (a.len > WEIRI_HASH_SHORT)
        return memcmp(a.ptr, b.ptr, a.len) == 0;
    one = weiri_hash_words(a);
    other = weiri_hash_words(b);
    return one.first == other.first && one.last == other.last;
}

#endif /* WEIRI_HASH_H */
