/* glob_test.c - LIKE's automaton against a table of what matches what, written from its meaning. */
#include "glob.h"

#include "random.h"
#include "support.h"

#include <inttypes.h>

#define ITEMS_MAX 256   /* more than two words of states */
#define SUBJECT_MAX 160 /* characters */

static const char *const alphabet[] = {
    "a", "b", "\xc3\xa9", "\xc3\xa8", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};

/* A pattern as characters: an index into the alphabet, or a wild card. */
struct pattern {
    size_t count, item_count;
    uint32_t characters[ITEMS_MAX / 4];
    uint32_t items[ITEMS_MAX];
};

struct subject {
    size_t count, len;
    uint32_t characters[SUBJECT_MAX];
    char bytes[4 * SUBJECT_MAX];
};

static void put_character(struct pattern *p, uint32_t character)
{
    p->characters[p->count++] = character;
    if (character >= WEIRI_GLOB_ANY) {
        p->items[p->item_count++] = character;
        return;
    }
    for (const char *c = alphabet[character]; *c != '\0'; c++)
        p->items[p->item_count++] = (unsigned char)*c;
}

static void add_to_subject(struct subject *s, uint32_t character)
{
    if (s->count == SUBJECT_MAX)
        return;
    s->characters[s->count++] = character;
    memcpy(s->bytes + s->len, alphabet[character], strlen(alphabet[character]));
    s->len += strlen(alphabet[character]);
}

static uint32_t any_character(struct random_source *r)
{
    return (uint32_t)random_below(r, COUNT(alphabet));
}

static void random_pattern(struct pattern *p, struct random_source *r)
{
    size_t count = random_below(r, random_chance(r, 50) ? 8 : COUNT(p->characters) + 1);
    unsigned wild = (unsigned)random_below(r, 60);

    p->count = p->item_count = 0;
    while (p->count < count) {
        bool is_wild = random_chance(r, wild);

        put_character(p, !is_wild               ? any_character(r)
                         : random_chance(r, 50) ? WEIRI_GLOB_ANY
                                                : WEIRI_GLOB_MANY);
    }
}

/* What the pattern matches, with a mistake in it every now and then. */
static void random_subject(struct subject *s, const struct pattern *p, struct random_source *r)
{
    unsigned mistakes = random_chance(r, 50) ? 0 : 3;

    s->count = s->len = 0;
    for (size_t i = 0; i < p->count; i++) {
        size_t many = p->characters[i] == WEIRI_GLOB_MANY ? random_below(r, 5) : 1;

        if (random_chance(r, mistakes))
            continue;
        for (size_t k = 0; k < many; k++)
            add_to_subject(s, p->characters[i] >= WEIRI_GLOB_ANY || random_chance(r, mistakes)
                                  ? any_character(r)
                                  : p->characters[i]);
    }
}

/* reached[i]: the first i characters of the pattern match what has been read. */
static bool matches(const struct pattern *p, const struct subject *s)
{
    bool reached[COUNT(p->characters) + 1] = {true};

    for (size_t i = 0; i < p->count && p->characters[i] == WEIRI_GLOB_MANY; i++)
        reached[i + 1] = true;
    for (size_t at = 0; at < s->count; at++) {
        for (size_t i = p->count; i-- > 0;) {
            if (p->characters[i] == WEIRI_GLOB_MANY)
                continue; /* below, in the order of the pattern */
            reached[i + 1] = reached[i] && (p->characters[i] == WEIRI_GLOB_ANY ||
                                            p->characters[i] == s->characters[at]);
            if (i > 0 && p->characters[i - 1] == WEIRI_GLOB_MANY)
                continue;
            reached[i] = false;
        }
        if (p->count == 0 || p->characters[0] != WEIRI_GLOB_MANY)
            reached[0] = false;
        for (size_t i = 0; i < p->count; i++) {
            if (p->characters[i] == WEIRI_GLOB_MANY)
                reached[i + 1] = reached[i + 1] || reached[i];
        }
    }
    return reached[p->count];
}

static void agrees_with_the_meaning(void **state)
{
    const uint64_t seed = 1;
    struct random_source random = {seed};
    const size_t rounds = random_rounds(20000);
    size_t matched = 0;

    (void)state;
    for (size_t round = 0; round < rounds; round++) {
        struct weiri_arena arena;
        struct weir_glob *glob;
        struct pattern p;

        random_pattern(&p, &random);
        weiri_arena_init(&arena, 256, NULL);
        glob = weiri_glob_compile(&arena, p.items, p.item_count);
        assert_non_null(glob);
        for (int i = 0; i < 4; i++) {
            struct subject s;
            uint64_t steps = UINT64_MAX;
            bool expected;

            random_subject(&s, &p, &random);
            expected = matches(&p, &s);
            matched += expected;
            if (weiri_glob_match(glob, (struct weir_str){s.bytes, s.len}, &steps) !=
                (expected ? WEIR_TRUE : WEIR_FALSE))
                fail_msg("seed %" PRIu64 ", round %zu, subject %d: %.*s", seed, round, i,
                         (int)s.len, s.bytes);
        }
        weiri_arena_fini(&arena);
    }
    assert_true(matched > rounds);
    assert_true(matched < 4 * rounds - rounds / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_meaning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
