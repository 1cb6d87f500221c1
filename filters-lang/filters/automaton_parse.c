/* automaton_parse.c - a pattern as a program.
 *
 * Reads what has one plain meaning, as PCRE2 reads it, and gives up on all else: whatever is
 * unusual, doubtful or wrong is left to PCRE2.  Characters beyond ASCII are sequences of bytes;
 * "any character" is a byte that begins one and then bytes that continue it, for in a valid
 * subject nothing else begins with a continuation. */
#include "automaton_program.h"

#include <weir/limits.h>

#include <string.h>

enum { COUNT_MAX = 1000, UNLIMITED = -1 };

struct reader {
    struct program *program;
    struct weir_str pattern;
    size_t at;
    unsigned depth;
    bool caseless, dot_all;
    bool failed;
};

/* The characters that a class or an escape stands for: some of ASCII, and all others or none. */
struct chars {
    struct byte_set ascii;
    bool others;
};

static void read_alternatives(struct reader *r);

static bool give_up(struct reader *r)
{
    r->failed = true;
    return false;
}

static int peek(const struct reader *r, size_t ahead)
{
    return r->at + ahead < r->pattern.len ? (unsigned char)r->pattern.ptr[r->at + ahead] : -1;
}

static bool accept(struct reader *r, char c)
{
    if (peek(r, 0) != c)
        return false;
    r->at++;
    return true;
}

/* ---- instructions */

static void emit(struct reader *r, enum op op, size_t set, int offset)
{
    struct program *p = r->program;

    if (p->len == PROGRAM_LEN_MAX)
        (void)give_up(r);
    else
        p->code[p->len++] = (struct instruction){(uint8_t)op, (uint8_t)set, (int16_t)offset};
}

static void insert_split(struct reader *r, size_t at, size_t offset)
{
    struct program *p = r->program;

    emit(r, OP_SPLIT, 0, 0);
    if (r->failed)
        return;
    memmove(p->code + at + 1, p->code + at, (p->len - 1 - at) * sizeof p->code[0]);
    p->code[at] = (struct instruction){OP_SPLIT, 0, (int16_t)offset};
}

static void emit_set(struct reader *r, const struct byte_set *set)
{
    struct program *p = r->program;
    size_t i = 0;

    while (i < p->set_count && memcmp(&p->sets[i], set, sizeof *set) != 0)
        i++;
    if (i == PROGRAM_SETS_MAX) {
        (void)give_up(r);
        return;
    }
    if (i == p->set_count)
        p->sets[p->set_count++] = *set;
    emit(r, OP_BYTE, i, 0);
}

static void emit_byte(struct reader *r, unsigned byte)
{
    struct byte_set set = {{0}};

    byte_set_add(&set, byte, byte);
    emit_set(r, &set);
}

static void emit_text(struct reader *r, const char *bytes)
{
    for (; *bytes != '\0'; bytes++)
        emit_byte(r, (unsigned char)*bytes);
}

/* `text` is another way to match what has been emitted since `start`. */
static void emit_or_text(struct reader *r, size_t start, const char *text)
{
    size_t len = r->program->len - start;

    insert_split(r, start, len + 2);
    emit(r, OP_JUMP, 0, (int)strlen(text) + 1);
    emit_text(r, text);
}

static void emit_chars(struct reader *r, const struct chars *chars)
{
    struct byte_set lead = chars->ascii, rest = {{0}};

    if (!chars->others) {
        emit_set(r, &lead);
        return;
    }
    byte_set_add(&lead, 0xc0, 0xff);
    byte_set_add(&rest, 0x80, 0xbf);
    emit_set(r, &lead);
    emit(r, OP_SPLIT, 0, 3);
    emit_set(r, &rest);
    emit(r, OP_JUMP, 0, -2);
}

/* ---- sets of characters */

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void negate(struct chars *chars)
{
    chars->ascii.bits[0] = ~chars->ascii.bits[0];
    chars->ascii.bits[1] = ~chars->ascii.bits[1];
    chars->others = !chars->others;
}

static bool letter_class(struct chars *out, int letter)
{
    *out = (struct chars){0};
    switch (letter | 0x20) {
    case 'd': byte_set_add(&out->ascii, '0', '9'); break;
    case 's':
        byte_set_add(&out->ascii, '\t', '\r');
        byte_set_add(&out->ascii, ' ', ' ');
        break;
    case 'w':
        byte_set_add(&out->ascii, '0', '9');
        byte_set_add(&out->ascii, 'A', 'Z');
        byte_set_add(&out->ascii, '_', '_');
        byte_set_add(&out->ascii, 'a', 'z');
        break;
    default: return false;
    }
    if (letter < 'a')
        negate(out);
    return true;
}

/* The character that `\` and `c` stand for, or -1. */
static int escaped(int c)
{
    switch (c) {
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'f': return '\f';
    case 'a': return '\a';
    case 'e': return 0x1b;
    default: break;
    }
    return c > ' ' && c < 0x7f && c != '_' && !is_letter(c) && !is_digit(c) ? c : -1;
}

static void fold(struct byte_set *set)
{
    for (unsigned c = 'a'; c <= 'z'; c++) {
        unsigned upper = c - 'a' + 'A';

        if (byte_set_has(set, c))
            byte_set_add(set, upper, upper);
        else if (byte_set_has(set, upper))
            byte_set_add(set, c, c);
    }
}

/* Beyond ASCII, U+212A is a k and U+017F an s to who does not mind case. */
static void emit_caseless(struct reader *r, const struct byte_set *letters)
{
    size_t start = r->program->len;

    emit_set(r, letters);
    if (byte_set_has(letters, 'k'))
        emit_or_text(r, start, "\xe2\x84\xaa");
    if (byte_set_has(letters, 's'))
        emit_or_text(r, start, "\xc5\xbf");
}

/* ---- classes */

/* One character of a class, or -1. */
static int read_class_char(struct reader *r)
{
    int c = peek(r, 0);

    if (c == '\\') {
        c = escaped(peek(r, 1));
        r->at++;
    } else if (c == '[' || c >= 0x80) {
        c = -1;
    }
    r->at++;
    return c;
}

static bool read_class_item(struct reader *r, struct chars *listed, struct chars *classes,
                            bool first)
{
    struct chars letters;
    int low, high;

    if (peek(r, 0) == '\\' && letter_class(&letters, peek(r, 1))) {
        r->at += 2;
        classes->ascii.bits[0] |= letters.ascii.bits[0];
        classes->ascii.bits[1] |= letters.ascii.bits[1];
        classes->others = classes->others || letters.others;
        return peek(r, 0) != '-' || peek(r, 1) == ']' || give_up(r);
    }
    if (peek(r, 0) == '-' && peek(r, 1) != ']' && (!first || peek(r, 1) == '-'))
        return give_up(r);
    low = high = read_class_char(r);
    if (low >= 0 && peek(r, 0) == '-' && peek(r, 1) != ']') {
        r->at++;
        high = read_class_char(r);
    }
    if (low < 0 || high < low)
        return give_up(r);
    byte_set_add(&listed->ascii, (unsigned)low, (unsigned)high);
    return true;
}

static void read_class(struct reader *r)
{
    struct chars listed = {0}, all = {0};
    bool negated = accept(r, '^');

    for (bool first = true; first || peek(r, 0) != ']'; first = false) {
        if (peek(r, 0) < 0 || peek(r, 0) == ']' || !read_class_item(r, &listed, &all, first)) {
            (void)give_up(r);
            return;
        }
    }
    r->at++;
    if (r->caseless)
        fold(&listed.ascii);
    if (r->caseless && (byte_set_has(&listed.ascii, 'k') || byte_set_has(&listed.ascii, 's'))) {
        if (negated || all.others || (all.ascii.bits[0] | all.ascii.bits[1]) != 0)
            (void)give_up(r);
        else
            emit_caseless(r, &listed.ascii);
        return;
    }
    all.ascii.bits[0] |= listed.ascii.bits[0];
    all.ascii.bits[1] |= listed.ascii.bits[1];
    if (negated)
        negate(&all);
    emit_chars(r, &all);
}

/* ---- atoms; false for what cannot be repeated */

static bool read_escape(struct reader *r)
{
    static const struct {
        char letter;
        enum op op;
    } assertions[] = {
        {'A', OP_BEGIN       },
        {'z', OP_END         },
        {'Z', OP_END_LINE    },
        {'b', OP_BOUNDARY    },
        {'B', OP_NOT_BOUNDARY},
    };
    struct chars letters;
    int c = peek(r, 0);

    r->at++;
    for (size_t i = 0; i < sizeof assertions / sizeof assertions[0]; i++) {
        if (c == assertions[i].letter) {
            emit(r, assertions[i].op, 0, 0);
            return false;
        }
    }
    if (letter_class(&letters, c)) {
        emit_chars(r, &letters);
        return true;
    }
    c = escaped(c);
    if (c < 0)
        return give_up(r);
    emit_byte(r, (unsigned)c);
    return true;
}

static void read_group(struct reader *r)
{
    if (peek(r, 0) == '*' || (peek(r, 0) == '?' && peek(r, 1) != ':') ||
        r->depth == WEIR_FILTER_DEPTH_MAX) {
        (void)give_up(r);
        return;
    }
    if (accept(r, '?'))
        r->at++;
    r->depth++;
    read_alternatives(r);
    r->depth--;
    if (!r->failed && !accept(r, ')'))
        (void)give_up(r);
}

static void read_literal(struct reader *r)
{
    struct byte_set set = {{0}};
    unsigned c = (unsigned char)r->pattern.ptr[r->at++];

    if (r->caseless && c >= 0x80) {
        (void)give_up(r);
        return;
    }
    byte_set_add(&set, c, c);
    if (r->caseless && is_letter((int)c)) {
        fold(&set);
        emit_caseless(r, &set);
        return;
    }
    emit_set(r, &set);
    while (peek(r, 0) >= 0x80 && is_continuation_byte((unsigned)peek(r, 0)))
        emit_byte(r, (unsigned char)r->pattern.ptr[r->at++]);
}

static bool read_atom(struct reader *r)
{
    struct chars any = {0};

    switch (peek(r, 0)) {
    case '(':
        r->at++;
        read_group(r);
        return true;
    case '^':
        r->at++;
        emit(r, OP_BEGIN, 0, 0);
        return false;
    case '$':
        r->at++;
        emit(r, OP_END_LINE, 0, 0);
        return false;
    case '.':
        r->at++;
        if (!r->dot_all)
            byte_set_add(&any.ascii, '\n', '\n');
        negate(&any);
        emit_chars(r, &any);
        return true;
    case '[':
        r->at++;
        read_class(r);
        return true;
    case '\\': r->at++; return read_escape(r);
    case '*':
    case '+':
    case '?':
    case '{': return give_up(r);
    default: read_literal(r); return true;
    }
}

/* ---- repeats */

static bool read_count(struct reader *r, int *count)
{
    size_t start = r->at;

    *count = 0;
    while (is_digit(peek(r, 0)) && *count <= COUNT_MAX)
        *count = *count * 10 + (r->pattern.ptr[r->at++] - '0');
    return r->at != start && *count <= COUNT_MAX;
}

/* False when no repeat follows. */
static bool read_repeat(struct reader *r, int *min, int *max)
{
    *min = 0;
    *max = UNLIMITED;
    if (accept(r, '?')) {
        *max = 1;
    } else if (accept(r, '+')) {
        *min = 1;
    } else if (accept(r, '{')) {
        if (!read_count(r, min))
            return give_up(r);
        *max = *min;
        if (accept(r, ',')) {
            *max = UNLIMITED;
            if (peek(r, 0) != '}' && !read_count(r, max))
                return give_up(r);
        }
        if (!accept(r, '}') || (*max != UNLIMITED && *max < *min))
            return give_up(r);
    } else if (!accept(r, '*')) {
        return false;
    }
    (void)accept(r, '?'); /* the shortest match is a match */
    if (peek(r, 0) == '*' || peek(r, 0) == '+' || peek(r, 0) == '?' || peek(r, 0) == '{')
        return give_up(r);
    return true;
}

/* Repeats the instructions since `start`. */
static void repeat(struct reader *r, size_t start, int min, int max)
{
    struct program *p = r->program;
    struct instruction piece[PROGRAM_LEN_MAX];
    size_t len = p->len - start, copies = (size_t)(max == UNLIMITED ? min : max), total;

    memcpy(piece, p->code + start, len * sizeof piece[0]);
    p->len = start;
    total = (copies + 1) * (len + 1) + 1;
    if (start + total > PROGRAM_LEN_MAX) {
        (void)give_up(r);
        return;
    }
    for (size_t i = 0; i < copies; i++) {
        if (i >= (size_t)min)
            emit(r, OP_SPLIT, 0, (int)((copies - i) * (len + 1)));
        memcpy(p->code + p->len, piece, len * sizeof piece[0]);
        p->len += len;
    }
    if (max != UNLIMITED)
        return;
    if (min != 0) {
        emit(r, OP_SPLIT, 0, -(int)len);
        return;
    }
    emit(r, OP_SPLIT, 0, (int)len + 2);
    memcpy(p->code + p->len, piece, len * sizeof piece[0]);
    p->len += len;
    emit(r, OP_JUMP, 0, -(int)len - 1);
}

static void read_sequence(struct reader *r)
{
    while (!r->failed && peek(r, 0) >= 0 && peek(r, 0) != '|' && peek(r, 0) != ')') {
        size_t start = r->program->len;
        bool repeatable = read_atom(r);
        int min, max;

        if (r->failed || !read_repeat(r, &min, &max))
            continue;
        if (repeatable)
            repeat(r, start, min, max);
        else
            (void)give_up(r);
    }
}

static void read_alternatives(struct reader *r)
{
    struct program *p = r->program;
    int jump = -1;

    for (;;) {
        size_t start = p->len;

        read_sequence(r);
        if (r->failed || !accept(r, '|'))
            break;
        insert_split(r, start, p->len - start + 2);
        emit(r, OP_JUMP, 0, jump); /* where the jump before is: all get their offsets below */
        jump = (int)p->len - 1;
    }
    while (!r->failed && jump >= 0) {
        int before = p->code[jump].offset;

        p->code[jump].offset = (int16_t)((int)p->len - jump);
        jump = before;
    }
}

/* (?i) and (?s) at the beginning. */
static void read_options(struct reader *r)
{
    size_t end = 2;

    if (peek(r, 0) != '(' || peek(r, 1) != '?')
        return;
    while (peek(r, end) == 'i' || peek(r, end) == 's')
        end++;
    if (peek(r, end) != ')')
        return;
    for (size_t i = 2; i < end; i++) {
        r->caseless = r->caseless || peek(r, i) == 'i';
        r->dot_all = r->dot_all || peek(r, i) == 's';
    }
    r->at = end + 1;
}

bool weiri_program_read(struct program *program, struct weir_str pattern)
{
    struct reader r = {.program = program, .pattern = pattern};

    program->len = program->set_count = 0;
    read_options(&r);
    read_alternatives(&r);
    if (!r.failed && r.at != pattern.len)
        return false;
    emit(&r, OP_ACCEPT, 0, 0);
    return !r.failed;
}
