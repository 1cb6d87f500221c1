/* automaton.c - programs linked into tables of bits, and matched.
 *
 * A place is an instruction that waits: for a byte, for an assertion to hold, or OP_ACCEPT.  The
 * tables hold, as sets of places: where one can be before the subject's first byte and at any later
 * one; where one can go on to from each place; and which places take a byte of each class. */
#include "automaton.h"
#include "automaton_program.h"

#include <weir/alloc.h>

#include <assert.h>
#include <limits.h>
#include <string.h>

enum {
    WORD_BITS = 64,
    WORDS_MAX = PROGRAM_LEN_MAX / WORD_BITS,
    WORK_PER_UNIT = 4,   /* words of sets read or written in about 8 ns */
    ASSERTIONS_WORK = 2, /* to see which assertions hold */
    HOLDS_WORK = 2       /* to look at all of them again after one that holds */
};

struct weiri_automaton {
    size_t size;
    uint16_t len; /* the last instruction is the one OP_ACCEPT */
    uint16_t words, class_count;
    bool asserts;                    /* has assertions but for OP_BEGIN */
    uint8_t class_of[UCHAR_MAX + 1]; /* bytes of one class are never told apart */
    /* words each: first, later, assertions of each kind, taking[class_count], following[len] */
    uint64_t sets[];
};

enum { FIRST, LATER, ASSERTIONS, TAKING = ASSERTIONS + OP_NOT_BOUNDARY - OP_END + 1 };

struct places {
    uint64_t bits[WORDS_MAX];
};

static void add_place(uint64_t *set, size_t place)
{
    set[place / WORD_BITS] |= (uint64_t)1 << place % WORD_BITS;
}

static bool has_place(const uint64_t *set, size_t place)
{
    return (set[place / WORD_BITS] >> place % WORD_BITS & 1) != 0;
}

/* The sets above, by index. */
static uint64_t *set_at(struct weiri_automaton *a, size_t index)
{
    return a->sets + index * a->words;
}

static const uint64_t *get_set(const struct weiri_automaton *a, size_t index)
{
    return a->sets + index * a->words;
}

static size_t lowest_bit(uint64_t bits)
{
    return (size_t)__builtin_ctzll(bits);
}

static const uint64_t *following(const struct weiri_automaton *a, size_t place)
{
    return get_set(a, TAKING + (size_t)a->class_count + place);
}

/* ---- linking */

/* What is known while classes are split. */
struct classes {
    uint8_t *of;                    /* the class of each byte */
    uint16_t sizes[UCHAR_MAX + 1];  /* of each class, in bytes */
    uint16_t inside[UCHAR_MAX + 1]; /* how many of them are in the set, or 0 */
    size_t count;
};

static unsigned next_byte(const struct byte_set *set, unsigned from)
{
    while (from <= UCHAR_MAX) {
        uint64_t bits = set->bits[from / 64] >> from % 64;

        if (bits != 0)
            return from + (unsigned)lowest_bit(bits);
        from = (from / 64 + 1) * 64;
    }
    return from;
}

/* Splits classes so that the set is a union of them. */
static void split_classes(struct classes *c, const struct byte_set *set)
{
    int part[UCHAR_MAX + 1]; /* the new class of those inside, for a class that is split */
    size_t old_count = c->count;

    for (unsigned b = next_byte(set, 0); b <= UCHAR_MAX; b = next_byte(set, b + 1)) {
        part[c->of[b]] = -1;
        c->inside[c->of[b]]++;
    }
    for (unsigned b = next_byte(set, 0); b <= UCHAR_MAX; b = next_byte(set, b + 1)) {
        uint8_t old = c->of[b];

        if (c->inside[old] == c->sizes[old])
            continue;
        if (part[old] < 0) {
            part[old] = (int)c->count++;
            c->sizes[part[old]] = c->inside[part[old]] = 0;
        }
        c->of[b] = (uint8_t)part[old];
        c->sizes[part[old]]++;
    }
    for (size_t i = 0; i < old_count; i++) {
        uint16_t moved = c->inside[i] == c->sizes[i] ? 0 : c->inside[i];

        c->sizes[i] = (uint16_t)(c->sizes[i] - moved);
        c->inside[i] = 0;
    }
}

/* Numbers the classes; returns how many there are. */
static size_t classify(uint8_t class_of[UCHAR_MAX + 1], const struct program *program)
{
    struct classes c = {.of = class_of, .sizes = {UCHAR_MAX + 1}, .count = 1};

    memset(class_of, 0, UCHAR_MAX + 1);
    for (size_t i = 0; i < program->set_count; i++)
        split_classes(&c, &program->sets[i]);
    return c.count;
}

/* Adds the places that are reached from an instruction without a byte. */
static void close_over(uint64_t *set, const struct program *program, size_t from, bool at_begin)
{
    uint16_t pending[PROGRAM_LEN_MAX + 1]; /* each instruction is left once, for two at most */
    struct places seen = {{0}};
    size_t count = 0;

    pending[count++] = (uint16_t)from;
    while (count != 0) {
        size_t at = pending[--count];
        const struct instruction *code = &program->code[at];

        if (has_place(seen.bits, at))
            continue;
        add_place(seen.bits, at);
        switch ((enum op)code->op) {
        case OP_SPLIT:
            pending[count++] = (uint16_t)(at + 1);
            pending[count++] = (uint16_t)((int)at + code->offset);
            break;
        case OP_JUMP: pending[count++] = (uint16_t)((int)at + code->offset); break;
        case OP_BEGIN:
            if (at_begin)
                pending[count++] = (uint16_t)(at + 1);
            break;
        default: add_place(set, at);
        }
    }
}

/* False where OP_BEGIN comes after another assertion, as in `\b^`: what follows an assertion is
 * the same everywhere in the subject. */
static bool link_assertion(struct weiri_automaton *a, const struct program *program, size_t at)
{
    struct places at_begin = {{0}};

    add_place(set_at(a, (size_t)(ASSERTIONS + program->code[at].op - OP_END)), at);
    a->asserts = true;
    close_over(at_begin.bits, program, at + 1, true);
    return memcmp(at_begin.bits, following(a, at), a->words * sizeof(uint64_t)) == 0;
}

static bool link(struct weiri_automaton *a, const struct program *program)
{
    uint8_t byte_of[UCHAR_MAX + 1];

    for (unsigned byte = 0; byte <= UCHAR_MAX; byte++)
        byte_of[a->class_of[byte]] = (uint8_t)byte;
    close_over(set_at(a, FIRST), program, 0, true);
    close_over(set_at(a, LATER), program, 0, false);
    for (size_t at = 0; at < program->len; at++) {
        const struct instruction *code = &program->code[at];

        if (code->op == OP_ACCEPT || code->op == OP_SPLIT || code->op == OP_JUMP ||
            code->op == OP_BEGIN)
            continue;
        close_over(set_at(a, TAKING + (size_t)a->class_count + at), program, at + 1, false);
        if (code->op != OP_BYTE && !link_assertion(a, program, at))
            return false;
        for (size_t class = 0; code->op == OP_BYTE && class < a->class_count; class ++) {
            if (byte_set_has(&program->sets[code->set], byte_of[class]))
                add_place(set_at(a, TAKING + class), at);
        }
    }
    return true;
}

enum weir_err weiri_automaton_compile(struct weiri_automaton **out, struct weir_str pattern,
                                      size_t room, const struct weir_alloc *alloc)
{
    struct program program;
    struct weiri_automaton *a;
    uint8_t class_of[UCHAR_MAX + 1];
    size_t words, class_count, size;

    *out = NULL;
    if (!weiri_program_read(&program, pattern))
        return WEIR_OK;
    class_count = classify(class_of, &program);
    words = (program.len + WORD_BITS - 1) / WORD_BITS;
    size =
        sizeof *a + (TAKING + class_count + program.len) * words * sizeof a->sets[0] + program.len;
    if (size > room)
        return WEIR_OK;
    a = weiri_alloc_zeroed(alloc, 1, size);
    if (a == NULL)
        return WEIR_ENOMEM;
    a->size = size;
    a->len = (uint16_t)program.len;
    a->words = (uint16_t)words;
    a->class_count = (uint16_t)class_count;
    memcpy(a->class_of, class_of, sizeof class_of);
    if (link(a, &program))
        *out = a;
    else
        weiri_automaton_destroy(a, alloc);
    return WEIR_OK;
}

void weiri_automaton_destroy(struct weiri_automaton *automaton, const struct weir_alloc *alloc)
{
    weiri_release(alloc, automaton);
}

size_t weiri_automaton_size(const struct weiri_automaton *automaton)
{
    return automaton->size;
}

/* ---- matching */

struct run {
    const struct weiri_automaton *a;
    struct weir_str subject;
    uint64_t work, work_max; /* words of sets read or written */
};

static bool is_word_at(struct weir_str s, size_t at)
{
    static const struct byte_set words = {
        {0x03ff000000000000, 0x07fffffe87fffffe, 0, 0}
    };

    return at < s.len && byte_set_has(&words, (unsigned char)s.ptr[at]);
}

/* The assertions that hold before the byte at `at`, a bit each: none within a character. */
static unsigned holding(struct weir_str s, size_t at)
{
    unsigned bits = 0;

    if (at < s.len && is_continuation_byte((unsigned char)s.ptr[at]))
        return 0;
    if (at == s.len)
        bits |= 1u << OP_END;
    if (at == s.len || (at == s.len - 1 && s.ptr[at] == '\n'))
        bits |= 1u << OP_END_LINE;
    if (is_word_at(s, at) != (at > 0 && is_word_at(s, at - 1)))
        bits |= 1u << OP_BOUNDARY;
    else
        bits |= 1u << OP_NOT_BOUNDARY;
    return bits;
}

/* The first place of `set` that is among `places` and not in `done`, or `none`. */
static size_t find_place(const uint64_t *set, const struct places *places,
                         const struct places *done, size_t words, size_t none)
{
    for (size_t w = 0; w < words; w++) {
        uint64_t bits = set[w] & places->bits[w] & ~done->bits[w];

        if (bits != 0)
            return w * WORD_BITS + lowest_bit(bits);
    }
    return none;
}

/* Goes on from the assertions among the places that hold. */
static inline void assert_at(struct run *run, struct places *places, size_t at, size_t words)
{
    const struct weiri_automaton *a = run->a;
    const unsigned held = holding(run->subject, at);
    struct places done;

    memset(done.bits, 0, words * sizeof(uint64_t));
    for (enum op op = OP_END; op <= OP_NOT_BOUNDARY; op++) {
        const uint64_t *set = get_set(a, (size_t)(ASSERTIONS + op - OP_END));
        size_t place = a->len;

        if ((held >> op & 1u) != 0)
            place = find_place(set, places, &done, words, a->len);
        if (place == a->len)
            continue;
        run->work += HOLDS_WORK;
        for (; place != a->len; place = find_place(set, places, &done, words, a->len)) {
            add_place(done.bits, place);
            for (size_t k = 0; k < words; k++)
                places->bits[k] |= following(a, place)[k];
            run->work += words + 1;
        }
        op = OP_END - 1; /* other assertions may have come in */
    }
    run->work += ASSERTIONS_WORK + words;
}

/* All places after one more byte. */
static inline void step(struct run *run, struct places *places, unsigned char byte, size_t words)
{
    const struct weiri_automaton *a = run->a;
    const uint64_t *taking = get_set(a, TAKING + (size_t)a->class_of[byte]);
    struct places next;

    memcpy(next.bits, get_set(a, LATER), words * sizeof(uint64_t));
    run->work += words;
    for (size_t w = 0; w < words; w++) {
        for (uint64_t bits = places->bits[w] & taking[w]; bits != 0; bits &= bits - 1) {
            const uint64_t *follow = following(a, w * WORD_BITS + lowest_bit(bits));

            for (size_t k = 0; k < words; k++)
                next.bits[k] |= follow[k];
            run->work += words;
        }
    }
    memcpy(places->bits, next.bits, words * sizeof(uint64_t));
}

static inline enum weir_truth match_words(struct run *run, size_t words)
{
    const struct weiri_automaton *a = run->a;
    struct places places;

    memcpy(places.bits, get_set(a, FIRST), words * sizeof(uint64_t));
    for (size_t at = 0;; at++) {
        uint64_t alive = 0;

        if (a->asserts)
            assert_at(run, &places, at, words);
        if (has_place(places.bits, (size_t)a->len - 1))
            return WEIR_TRUE;
        if (at == run->subject.len)
            return WEIR_FALSE;
        if (run->work > run->work_max)
            return WEIR_UNKNOWN;
        step(run, &places, (unsigned char)run->subject.ptr[at], words);
        for (size_t w = 0; w < words; w++)
            alive |= places.bits[w];
        if (alive == 0)
            return WEIR_FALSE;
    }
}

/* For sets of one word, the most common. */
static enum weir_truth match_one_word(struct run *run)
{
    return match_words(run, 1);
}

static enum weir_truth match_many_words(struct run *run)
{
    return match_words(run, run->a->words);
}

enum weir_truth weiri_automaton_match(const struct weiri_automaton *automaton,
                                      struct weir_str subject, uint32_t *budget)
{
    struct run run = {
        .a = automaton, .subject = subject, .work_max = (uint64_t)*budget * WORK_PER_UNIT};
    enum weir_truth truth = automaton->words == 1 ? match_one_word(&run) : match_many_words(&run);
    uint64_t units = run.work / WORK_PER_UNIT + 1;

    *budget = units < *budget ? *budget - (uint32_t)units : 0;
    return truth;
}
