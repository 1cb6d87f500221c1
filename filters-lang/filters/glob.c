/* glob.c - bit-parallel matching of wild cards, and the search for a text. */
#include "glob.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include <weir/find.h>

#define WORD_BITS 64u
#define WORDS_MAX (4096u * 4u / WORD_BITS + 1u) /* a pattern is shorter than the longest filter */

/* State i: the first i items that take characters are matched.  State 0 is the start, the last
 * one accepts. */
struct weir_glob {
    size_t words;
    size_t last;                   /* the accepting state */
    uint64_t *stay;                /* states that any byte keeps: WEIRI_GLOB_MANY is here */
    uint64_t *stay_inside;         /* states that a continuation byte keeps */
    uint8_t row_of[UCHAR_MAX + 1]; /* which row a byte uses */
    uint64_t *rows;                /* for each row: the states that such a byte leads to */
    /* words == 0: a text to be found anywhere */
    struct weir_str text;
    uint16_t *back;
};

static bool is_continuation(uint32_t byte)
{
    return (byte & 0xc0u) == 0x80u;
}

static void set_bit(uint64_t *words, size_t bit)
{
    words[bit / WORD_BITS] |= (uint64_t)1 << bit % WORD_BITS;
}

static bool has_bit(const uint64_t *words, size_t bit)
{
    return (words[bit / WORD_BITS] >> bit % WORD_BITS & 1u) != 0;
}

/* Row 0 is for lead bytes that the pattern does not name, row 1 for such continuation bytes. */
static size_t assign_rows(struct weir_glob *glob, const uint32_t *items, size_t count)
{
    size_t rows = 2;

    for (uint32_t byte = 0; byte <= UCHAR_MAX; byte++)
        glob->row_of[byte] = is_continuation(byte) ? 1 : 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i] <= UCHAR_MAX && glob->row_of[items[i]] < 2)
            glob->row_of[items[i]] = (uint8_t)rows++;
    }
    assert(rows <= UCHAR_MAX); /* UTF-8 has no more than 243 bytes */
    return rows;
}

static void fill_rows(struct weir_glob *glob, const uint32_t *items, size_t count, size_t rows)
{
    size_t state = 0;

    for (size_t i = 0; i < count; i++) {
        if (items[i] == WEIRI_GLOB_MANY) {
            set_bit(glob->stay, state);
            continue;
        }
        state++;
        if (items[i] != WEIRI_GLOB_ANY) {
            set_bit(glob->rows + glob->row_of[items[i]] * glob->words, state);
            continue;
        }
        set_bit(glob->stay_inside, state);
        set_bit(glob->rows, state);
        for (uint32_t byte = 0; byte <= UCHAR_MAX; byte++) {
            if (!is_continuation(byte) && glob->row_of[byte] >= 2)
                set_bit(glob->rows + glob->row_of[byte] * glob->words, state);
        }
    }
    assert(state == glob->last);
    assert(rows >= 2);
}

struct weir_glob *weiri_glob_compile(struct weiri_arena *arena, const uint32_t *items, size_t count)
{
    struct weir_glob *glob = weiri_arena_take(arena, sizeof *glob);
    size_t rows, last = 0;

    if (glob == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        last += items[i] != WEIRI_GLOB_MANY;
    glob->last = last;
    glob->words = last / WORD_BITS + 1;
    assert(glob->words <= WORDS_MAX);
    rows = assign_rows(glob, items, count);
    glob->stay = weiri_arena_take(arena, glob->words * sizeof *glob->stay);
    glob->stay_inside = weiri_arena_take(arena, glob->words * sizeof *glob->stay_inside);
    glob->rows = weiri_arena_take(arena, rows * glob->words * sizeof *glob->rows);
    if (glob->stay == NULL || glob->stay_inside == NULL || glob->rows == NULL)
        return NULL;
    fill_rows(glob, items, count, rows);
    return glob;
}

struct weir_glob *weiri_glob_find(struct weiri_arena *arena, struct weir_str text)
{
    struct weir_glob *glob = weiri_arena_take(arena, sizeof *glob);
    uint16_t *back = weiri_arena_take(arena, text.len * sizeof *back);

    if (glob == NULL || back == NULL)
        return NULL;
    weiri_find_prepare(back, text);
    glob->text = text;
    glob->back = back;
    return glob;
}

static bool spend(uint64_t *steps, uint64_t cost)
{
    if (cost >= *steps) {
        *steps = 0;
        return false;
    }
    *steps -= cost;
    return true;
}

static enum weir_truth truth_of(bool found)
{
    return found ? WEIR_TRUE : WEIR_FALSE;
}

static enum weir_truth find(const struct weir_glob *glob, struct weir_str subject, uint64_t *steps)
{
    if (weiri_find(subject, glob->text, glob->back, steps))
        return WEIR_TRUE;
    return *steps == 0 ? WEIR_UNKNOWN : WEIR_FALSE;
}

static bool match_one_word(const struct weir_glob *glob, struct weir_str subject)
{
    uint64_t states = 1;

    for (size_t i = 0; i < subject.len && states != 0; i++) {
        unsigned char byte = (unsigned char)subject.ptr[i];
        uint64_t stay = *glob->stay | (is_continuation(byte) ? *glob->stay_inside : 0);

        states = (states << 1 & glob->rows[glob->row_of[byte]]) | (states & stay);
    }
    return has_bit(&states, glob->last);
}

static bool match_words(const struct weir_glob *glob, struct weir_str subject)
{
    uint64_t states[WORDS_MAX] = {1};

    for (size_t i = 0; i < subject.len; i++) {
        unsigned char byte = (unsigned char)subject.ptr[i];
        const uint64_t *row = glob->rows + glob->row_of[byte] * glob->words;
        uint64_t carry = 0, alive = 0;

        for (size_t w = 0; w < glob->words; w++) {
            uint64_t stay = glob->stay[w] | (is_continuation(byte) ? glob->stay_inside[w] : 0);
            uint64_t next = ((states[w] << 1 | carry) & row[w]) | (states[w] & stay);

            carry = states[w] >> (WORD_BITS - 1);
            states[w] = next;
            alive |= next;
        }
        if (alive == 0)
            return false;
    }
    return has_bit(states, glob->last);
}

enum weir_truth weiri_glob_match(const struct weir_glob *glob, struct weir_str subject,
                                 uint64_t *steps)
{
    if (glob->words == 0)
        return find(glob, subject, steps);
    if (!spend(steps, (uint64_t)glob->words * subject.len))
        return WEIR_UNKNOWN;
    return truth_of(glob->words == 1 ? match_one_word(glob, subject) : match_words(glob, subject));
}
