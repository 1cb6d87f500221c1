/* automaton_test.c - patterns matched by automatons, held against PCRE2. */
#include "automaton.h"
#include "automaton_program.h"

#include "random.h"
#include "support.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { ROOM = 1 << 20, BUDGET = 1 << 20 };

static struct weiri_automaton *compile(struct weir_str pattern, size_t room)
{
    struct weiri_automaton *automaton = NULL;

    assert_int_equal(weiri_automaton_compile(&automaton, pattern, room, NULL), WEIR_OK);
    return automaton;
}

static enum weir_truth match(const struct weiri_automaton *automaton, struct weir_str subject)
{
    uint32_t budget = BUDGET;

    return weiri_automaton_match(automaton, subject, &budget);
}

static pcre2_code *compile_pcre(struct weir_str pattern)
{
    PCRE2_SIZE offset;
    int error;

    return pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, PCRE2_UTF | PCRE2_NO_AUTO_CAPTURE,
                         &error, &offset, NULL);
}

static bool match_pcre(const pcre2_code *code, struct weir_str subject)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int found = pcre2_match(code, (PCRE2_SPTR)subject.ptr, subject.len, 0, 0, data, NULL);

    pcre2_match_data_free(data);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
        fail_msg("PCRE2 gives up: %d", found);
    return found >= 0;
}

static const char *const pieces[] = {
    "a",     "b",           "k",         "s",       "S",     "\xc3\xa4", "\xe2\x82\xac",
    ".",     "\\d",         "\\w",       "\\W",     "\\s",   "\\D",      "[ab]",
    "[^a]",  "[k-t]",       "[^\\w]",    "[a\\s-]", "(",     "(?:",      ")",
    "|",     "*",           "+",         "?",       "*?",    "{2}",      "{1,3}",
    "{0,2}", "{2,}",        "{0}",       "^",       "$",     "\\b",      "\\B",
    "\\A",   "\\z",         "\\Z",       "1",       "_",     "\\.",      "-",
    "\\n",   "[\\W]",       "[^\\d\\D]", "()",      "[]a]",  "[a-]",     "{",
    "}",     "]",           "[K]",       "[^b]",    "\\x41", "(?i)",     "a{1",
    "x{,2}", "[[:alpha:]]", "\\-",       "[-a]",    "[+--]", "[\\]k]",   "+?"};
static const char *const letters[] = {"a",
                                      "b",
                                      "k",
                                      "S",
                                      "A",
                                      "1",
                                      "_",
                                      " ",
                                      "\n",
                                      ".",
                                      "-",
                                      "\xc3\xa4",
                                      "\xe2\x82\xac",
                                      "\xe2\x84\xaa",
                                      "\xc5\xbf",
                                      "]",
                                      "t",
                                      "\xf0\x9f\x98\x80"};

static struct weir_str random_text(struct random_source *r, char *out, const char *const *from,
                                   size_t count, size_t pieces_max)
{
    size_t wanted = random_below(r, pieces_max + 1), len = 0;

    for (size_t i = 0; i < wanted; i++) {
        const char *piece = from[random_below(r, count)];

        memcpy(out + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return (struct weir_str){out, len};
}

static struct weir_str random_pattern(struct random_source *r, char *out)
{
    static const char *const options[] = {"", "", "", "(?i)", "(?s)", "(?is)"};
    const char *option = options[random_below(r, COUNT(options))];
    size_t len = strlen(option);
    struct weir_str rest;

    memcpy(out, option, len);
    rest = random_text(r, out + len, pieces, COUNT(pieces), 9);
    return (struct weir_str){out, len + rest.len};
}

static void compare(struct random_source *r, struct weir_str pattern, size_t *compared)
{
    struct weiri_automaton *automaton = compile(pattern, ROOM);
    pcre2_code *code;
    char text[64];

    if (automaton == NULL)
        return;
    code = compile_pcre(pattern);
    if (code == NULL)
        fail_msg("PCRE2 refuses %.*s", (int)pattern.len, pattern.ptr);
    for (size_t i = 0; i < 12; i++) {
        struct weir_str subject = random_text(r, text, letters, COUNT(letters), 8);
        enum weir_truth expected = match_pcre(code, subject) ? WEIR_TRUE : WEIR_FALSE;

        if (match(automaton, subject) != expected)
            fail_msg("/%.*s/ on '%.*s': not %d", (int)pattern.len, pattern.ptr, (int)subject.len,
                     subject.ptr, expected);
        (*compared)++;
    }
    pcre2_code_free(code);
    weiri_automaton_destroy(automaton, NULL);
}

static void agrees_with_pcre(void **state)
{
    const uint64_t seed = 20261120;
    size_t rounds = random_rounds(40000), compared = 0;
    struct random_source r = {seed};
    char text[256];

    (void)state;
    for (size_t i = 0; i < rounds; i++)
        compare(&r, random_pattern(&r, text), &compared);
    assert_true(compared > rounds);
}

static void takes_what_is_usual(void **state)
{
    static const struct {
        const char *pattern, *subject;
        enum weir_truth truth;
    } cases[] = {
        {"",                               "",                        WEIR_TRUE },
        {"error",                          "an error here",           WEIR_TRUE },
        {"^prefix.*x",                     "prefix and x",            WEIR_TRUE },
        {"^prefix.*x",                     "no prefix and x",         WEIR_FALSE},
        {"[0-9]+ERR",                      "17ERR",                   WEIR_TRUE },
        {"[0-9]+ERR",                      "ERR17",                   WEIR_FALSE},
        {"^(late|block).*(cross|sweep)$",  "late odd sweep",          WEIR_TRUE },
        {"^(late|block).*(cross|sweep)$",  "late sweep\n",            WEIR_TRUE },
        {"^(late|block).*(cross|sweep)$",  "late sweep\n\n",          WEIR_FALSE},
        {"\\bodd lot\\b",                  "an odd lot.",             WEIR_TRUE },
        {"\\bodd lot\\b",                  "oddlot odd lots",         WEIR_FALSE},
        {"(?i)KELVIN",
         "\xe2\x84\xaa"
         "elvin",                                                     WEIR_TRUE },
        {"^.{3}$",                         "a\xc3\xa4\xe2\x82\xac",   WEIR_TRUE },
        {"^.{4}$",                         "a\xc3\xa4\xe2\x82\xac",   WEIR_FALSE},
        {"\\B",                            "\xc3\xa4",                WEIR_TRUE },
        {".\\Bb",
         "\xc3\xa4"
         "b",                                                         WEIR_FALSE},
        {"^[a-f0-9]{8}(-[a-f0-9]{4}){3}$", "01234567-89ab-cdef-0123", WEIR_TRUE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct weiri_automaton *automaton = compile(weir_str_of(cases[i].pattern), ROOM);

        if (automaton == NULL || match(automaton, weir_str_of(cases[i].subject)) != cases[i].truth)
            fail_msg("%s", cases[i].pattern);
        weiri_automaton_destroy(automaton, NULL);
    }
}

/* What is unusual or wrong is for PCRE2. */
static void leaves_the_rest(void **state)
{
    static const char *const patterns[] = {
        "a++",         "(?>a)", "(?=a)",   "(?<=a)b",    "\\pL",         "\\R",          "(?m)^a",
        "[[:alpha:]]", "(a",    "a)",      "*a",         "a**",          "a{2}{3}",      "a{3,2}",
        "a{1001}",     "a{,2}", "{",       "a{",         "^*",           "\\b+",         "[]a]",
        "[a",          "[z-a]", "[\\d-z]", "[\xc3\xa4]", "(?i)\xc3\xa4", "(?i)[^k]",     "\\x41",
        "\\Qa\\E",     "(?#a)", "\\",      "\\_",        "\\b^",         "(?:a{30}){20}"};

    (void)state;
    for (size_t i = 0; i < COUNT(patterns); i++) {
        struct weiri_automaton *automaton = compile(weir_str_of(patterns[i]), ROOM);

        if (automaton != NULL)
            fail_msg("%s", patterns[i]);
    }
}

static void keeps_to_its_room(void **state)
{
    struct weiri_automaton *automaton = compile(WEIR_STR("ab*c"), ROOM);
    size_t size = weiri_automaton_size(automaton);

    (void)state;
    weiri_automaton_destroy(automaton, NULL);
    automaton = compile(WEIR_STR("ab*c"), size);
    assert_non_null(automaton);
    weiri_automaton_destroy(automaton, NULL);
    assert_null(compile(WEIR_STR("ab*c"), size - 1));
}

/* The work is that of the subject times the places that are reached, and no more. */
static void spends_in_proportion(void **state)
{
    static char subject[WEIR_STRING_LEN_MAX];
    const struct weir_str whole = {subject, sizeof subject};
    static const struct {
        const char *pattern;
        uint32_t spent_max; /* for each 1,000 bytes */
    } cases[] = {
        {"needle",               300 },
        {"^a.*x",                1100},
        {".*.*.*c",              3000},
        {"^(?:a+)+$",            3000},
        {"[0-9]+ERR",            300 },
        {"(?:a|b)*(?:c|d)\\bxy", 3500},
    };

    (void)state;
    memset(subject, 'a', sizeof subject);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct weiri_automaton *automaton = compile(weir_str_of(cases[i].pattern), ROOM);
        uint32_t budget = BUDGET, spent;

        (void)weiri_automaton_match(automaton, whole, &budget);
        spent = BUDGET - budget;
        if (spent < sizeof subject / 4 || spent / (sizeof subject / 1000) > cases[i].spent_max)
            fail_msg("%s: spent %u", cases[i].pattern, spent);
        budget = spent / 2;
        assert_int_equal(weiri_automaton_match(automaton, whole, &budget), WEIR_UNKNOWN);
        assert_int_equal(budget, 0);
        weiri_automaton_destroy(automaton, NULL);
    }
}

/* An assertion that is asked for again and again costs more than one that is asked for once; 24 ns
 * a byte were charged as 16. */
static void charges_for_each_assertion(void **state)
{
    static const struct {
        const char *pattern;
        uint32_t spent_min; /* for each 1,000 bytes */
    } cases[] = {
        {"\\Bb",      1500},
        {"\\B\\w\\b", 2200},
    };
    static char subject[20000];
    const struct weir_str whole = {subject, sizeof subject};

    (void)state;
    memset(subject, 'a', sizeof subject);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct weiri_automaton *automaton = compile(weir_str_of(cases[i].pattern), ROOM);
        uint32_t budget = BUDGET;

        (void)weiri_automaton_match(automaton, whole, &budget);
        if (BUDGET - budget < cases[i].spent_min * (sizeof subject / 1000))
            fail_msg("%s: spent %u", cases[i].pattern, BUDGET - budget);
        weiri_automaton_destroy(automaton, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_usual),  cmocka_unit_test(leaves_the_rest),
        cmocka_unit_test(agrees_with_pcre),     cmocka_unit_test(keeps_to_its_room),
        cmocka_unit_test(spends_in_proportion), cmocka_unit_test(charges_for_each_assertion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
