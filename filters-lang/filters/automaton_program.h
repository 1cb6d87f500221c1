/* automaton_program.h - a pattern as instructions, between the two stages that make an automaton:
 * reading the pattern (automaton_parse.c) and linking (automaton.c). */
#ifndef WEIR_FILTERS_AUTOMATON_PROGRAM_H
#define WEIR_FILTERS_AUTOMATON_PROGRAM_H

#include <weir/base.h>

enum {
    PROGRAM_LEN_MAX = 512, /* instructions */
    PROGRAM_SETS_MAX = 96  /* distinct sets of bytes */
};

enum op {
    OP_ACCEPT,
    OP_BYTE,         /* one byte of a set, then the next instruction */
    OP_SPLIT,        /* both the next instruction and that at `offset` from here */
    OP_JUMP,         /* that at `offset` from here */
    OP_BEGIN,        /* assertions, then the next instruction: before the first byte, */
    OP_END,          /* after the last, */
    OP_END_LINE,     /* there, or before a newline that is the last byte, */
    OP_BOUNDARY,     /* between a word character and none, */
    OP_NOT_BOUNDARY, /* between any others */
};

struct instruction {
    uint8_t op;
    uint8_t set;
    int16_t offset; /* relative: a piece of program can be moved and repeated */
};

struct byte_set {
    uint64_t bits[4];
};

struct program {
    struct instruction code[PROGRAM_LEN_MAX];
    size_t len;
    struct byte_set sets[PROGRAM_SETS_MAX];
    size_t set_count;
};

/* False for a pattern that no program is made of. */
bool weiri_program_read(struct program *program, struct weir_str pattern);

static inline bool byte_set_has(const struct byte_set *set, unsigned byte)
{
    return (set->bits[byte / 64] >> byte % 64 & 1) != 0;
}

static inline void byte_set_add(struct byte_set *set, unsigned first, unsigned last)
{
    for (unsigned byte = first; byte <= last; byte++)
        set->bits[byte / 64] |= (uint64_t)1 << byte % 64;
}

static inline bool is_continuation_byte(unsigned byte)
{
    return (byte & 0xc0u) == 0x80u;
}

#endif /* WEIR_FILTERS_AUTOMATON_PROGRAM_H */
