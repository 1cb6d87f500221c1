/* regex.c - MATCHES, bounded: by an automaton where it can be, else by PCRE2.
 *
 * A callout before every item of the pattern charges 1 and the distance to the place of the
 * callout before it, so what is charged is at least what was tried and passed over.  What that
 * does not see is taken care of as follows.
 *
 * - Searches for a place to start, and for a character without which there is no match, go over
 *   the subject once: each is charged with the subject's length.
 * - Runs made possessive: that optimisation is off.
 * - A repeat that fails before its minimum, and a lookbehind that goes back, pass over characters
 *   and come to no callout: the greatest minimum and the longest lookbehind of the pattern are
 *   charged with each callout.
 * - Characters of a class are compared with each of its ranges: the distance counts more the
 *   longer a class may be.
 * - An alternative that ends walks over those after it: an item costs more the more there are.
 * - Back references (compared unseen), \X (looks back over its subject at each character), script
 *   runs (looked over anew at each return) are refused; so are recursion, conditions and verbs,
 *   for which nobody could say what they cost. */
#include "regex.h"
#include "automaton.h"
#include "glob.h"

#include <weir/alloc.h>
#include <weir/filter.h>

#include <assert.h>
#include <stdalign.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* PCRE2 doubles the block of its backtracking frames until the limit; a block is released only
 * after it has been copied.  The rest is for its contexts. */
#define POOL_SIZE (2 * WEIRI_REGEX_HEAP_KIB * 1024 + 65536)

/* What costs about as much as going to the next character, or to the next item. */
#define CLASS_BYTES_PER_UNIT 8
#define ALTERNATIVES_PER_UNIT 4
/* For finding places to start, once for the whole subject. */
#define SEARCHED_BYTES_PER_UNIT 8
/* Steps of LIKE and CONTAINS. */
#define GLOB_STEPS_PER_UNIT 6
/* For a callout and what PCRE2 does between two. */
#define UNITS_PER_ITEM 3

struct weir_regex {
    struct weiri_automaton *automaton;
    pcre2_code *code; /* NULL where there is an automaton */
    const struct weir_alloc *alloc;
    struct weir_regex *next;
    uint32_t item_charge;     /* for each callout */
    uint32_t distance_charge; /* for each byte passed over */
};

struct weir_scratch {
    const struct weir_alloc *alloc;
    pcre2_general_context *general;
    pcre2_match_context *match;
    size_t pool_base; /* bytes that the contexts take */
    size_t pool_used;
    size_t position; /* of the last callout */
    uint32_t item_charge, distance_charge;
    uint32_t budget;
    bool undecided;
    alignas(max_align_t) unsigned char pool[POOL_SIZE];
};

/* ---- compiling */

static void *regex_malloc(size_t size, void *data)
{
    const struct weir_regex *regex = data;

    return weiri_alloc(regex->alloc, size == 0 ? 1 : size);
}

static void regex_free(void *block, void *data)
{
    const struct weir_regex *regex = data;

    weiri_release(regex->alloc, block);
}

static void set_problem(struct weiri_regex_problem *problem, bool refused, size_t offset,
                        const char *text)
{
    size_t len = strlen(text);

    *problem = (struct weiri_regex_problem){.refused = refused, .offset = offset};
    if (len >= sizeof problem->text)
        len = sizeof problem->text - 1;
    memcpy(problem->text, text, len);
}

static char char_at(struct weir_str s, size_t at)
{
    return at < s.len ? s.ptr[at] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What is refused at `at`, or NULL.  Looked for in classes and comments, too: so nothing that
 * PCRE2 reads differently from here can slip through. */
static const char *refused_at(struct weir_str pattern, size_t at)
{
    char next = char_at(pattern, at + 1), third = char_at(pattern, at + 2);

    if (pattern.ptr[at] == '\\') {
        if ((next >= '1' && next <= '9') || next == 'g' || next == 'k')
            return "a back reference";
        return next == 'X' ? "\\X" : next == 'C' ? "\\C" : next == 'K' ? "\\K" : NULL;
    }
    if (pattern.ptr[at] != '(')
        return NULL;
    if (next == '*')
        return is_letter(third) || third == ':' ? "a verb (*...)" : NULL;
    if (next != '?')
        return NULL;
    if (third == 'C')
        return "a callout";
    if (third == '(')
        return "a condition";
    if (third == 'P' && char_at(pattern, at + 3) == '=')
        return "a back reference";
    if (third == 'R' || third == '&' || third == '+' || is_digit(third) ||
        (third == '-' && is_digit(char_at(pattern, at + 3))) ||
        (third == 'P' && char_at(pattern, at + 3) == '>'))
        return "recursion";
    return NULL;
}

static bool find_refused(struct weir_str pattern, struct weiri_regex_problem *problem)
{
    for (size_t at = 0; at < pattern.len; at += pattern.ptr[at] == '\\' ? 2 : 1) {
        const char *refused = refused_at(pattern, at);

        if (refused != NULL) {
            set_problem(problem, true, at, refused);
            return true;
        }
    }
    return false;
}

/* The length of \x{...} or \o{...}, which is no repeat; 0 for anything else. */
static size_t code_length(struct weir_str pattern, size_t at)
{
    size_t end = at + 3;

    if ((char_at(pattern, at + 1) != 'x' && char_at(pattern, at + 1) != 'o') ||
        char_at(pattern, at + 2) != '{')
        return 0;
    while (is_digit(char_at(pattern, end)) ||
           (char_at(pattern, end) >= 'A' && char_at(pattern, end) <= 'F') ||
           (char_at(pattern, end) >= 'a' && char_at(pattern, end) <= 'f'))
        end++;
    return char_at(pattern, end) == '}' ? end + 1 - at : 0;
}

/* The greatest minimum of a repeat like {10,20}. */
static uint32_t greatest_minimum(struct weir_str pattern)
{
    uint32_t greatest = 0;
    size_t at = 0;

    while (at < pattern.len) {
        uint32_t minimum = 0;

        if (pattern.ptr[at] == '\\') {
            size_t len = code_length(pattern, at);

            at += len != 0 ? len : 2;
            continue;
        }
        if (pattern.ptr[at++] != '{')
            continue;
        while (is_digit(char_at(pattern, at)) && minimum <= UINT16_MAX)
            minimum = minimum * 10 + (uint32_t)(pattern.ptr[at++] - '0');
        greatest = minimum > greatest ? minimum : greatest;
    }
    return greatest;
}

/* No class is longer than from the first '[' to the last ']'. */
static size_t longest_class(struct weir_str pattern)
{
    size_t first = 0, last = pattern.len;

    while (first < pattern.len && pattern.ptr[first] != '[')
        first++;
    while (last > first && pattern.ptr[last - 1] != ']')
        last--;
    return last - first;
}

static size_t count_alternatives(struct weir_str pattern)
{
    size_t count = 0;

    for (size_t at = 0; at < pattern.len; at++)
        count += pattern.ptr[at] == '|';
    return count;
}

static void set_charges(struct weir_regex *regex, struct weir_str pattern, uint32_t lookbehind)
{
    regex->distance_charge = 1 + (uint32_t)(longest_class(pattern) / CLASS_BYTES_PER_UNIT);
    regex->item_charge = UNITS_PER_ITEM +
                         (uint32_t)(count_alternatives(pattern) / ALTERNATIVES_PER_UNIT) +
                         (greatest_minimum(pattern) + lookbehind) * regex->distance_charge;
}

static enum weir_err compile_code(struct weir_regex *regex, struct weir_str pattern,
                                  struct weiri_regex_problem *problem)
{
    const uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_AUTO_CALLOUT |
                             PCRE2_NO_AUTO_POSSESS | PCRE2_NO_DOTSTAR_ANCHOR |
                             PCRE2_NO_AUTO_CAPTURE | PCRE2_NEVER_BACKSLASH_C;
    pcre2_general_context *general = pcre2_general_context_create(regex_malloc, regex_free, regex);
    pcre2_compile_context *context = general == NULL ? NULL : pcre2_compile_context_create(general);
    int code = PCRE2_ERROR_NOMEMORY;
    PCRE2_SIZE offset = 0;

    if (context != NULL) {
        (void)pcre2_set_parens_nest_limit(context, WEIR_FILTER_DEPTH_MAX);
        regex->code =
            pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &offset, context);
    }
    pcre2_compile_context_free(context);
    pcre2_general_context_free(general);
    if (regex->code != NULL)
        return WEIR_OK;
    if (code == PCRE2_ERROR_NOMEMORY || code == PCRE2_ERROR_HEAP_FAILED)
        return WEIR_ENOMEM;
    *problem = (struct weiri_regex_problem){.offset = offset};
    (void)pcre2_get_error_message(code, (PCRE2_UCHAR *)problem->text, sizeof problem->text);
    return WEIR_EINVAL;
}

static enum weir_err compile(struct weir_regex *regex, struct weir_str pattern, size_t room,
                             struct weiri_regex_problem *problem)
{
    uint32_t lookbehind = 0, back_references = 0;
    enum weir_err err = weiri_automaton_compile(&regex->automaton, pattern, room, regex->alloc);

    if (err != WEIR_OK || regex->automaton != NULL)
        return err;
    err = compile_code(regex, pattern, problem);
    if (err != WEIR_OK)
        return err;
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_MAXLOOKBEHIND, &lookbehind);
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_BACKREFMAX, &back_references);
    if (back_references != 0) {
        set_problem(problem, true, 0, "a back reference");
        return WEIR_EINVAL;
    }
    set_charges(regex, pattern, lookbehind);
    return WEIR_OK;
}

enum weir_err weiri_regex_compile(struct weir_regex **out, struct weir_str pattern, size_t room,
                                  struct weiri_regex_problem *problem,
                                  const struct weir_alloc *alloc)
{
    struct weir_regex *regex;
    enum weir_err err;

    if (find_refused(pattern, problem))
        return WEIR_EINVAL;
    regex = weiri_alloc_zeroed(alloc, 1, sizeof *regex);
    if (regex == NULL)
        return WEIR_ENOMEM;
    regex->alloc = alloc;
    err = compile(regex, pattern, room, problem);
    if (err == WEIR_OK)
        *out = regex;
    else
        weiri_regex_destroy(regex);
    return err;
}

void weiri_regex_destroy(struct weir_regex *regex)
{
    if (regex == NULL)
        return;
    weiri_automaton_destroy(regex->automaton, regex->alloc);
    pcre2_code_free(regex->code);
    weiri_release(regex->alloc, regex);
}

size_t weiri_regex_code_size(const struct weir_regex *regex)
{
    PCRE2_SIZE size = 0;

    if (regex->code != NULL)
        (void)pcre2_pattern_info(regex->code, PCRE2_INFO_SIZE, &size);
    return size;
}

size_t weiri_regex_tables_size(const struct weir_regex *regex)
{
    return regex->automaton == NULL ? 0 : weiri_automaton_size(regex->automaton);
}

struct weir_regex *weiri_regex_next(const struct weir_regex *regex)
{
    return regex->next;
}

void weiri_regex_link(struct weir_regex *regex, struct weir_regex *next)
{
    regex->next = next;
}

/* ---- matching */

static void *pool_malloc(size_t size, void *data)
{
    struct weir_scratch *scratch = data;
    unsigned char *block = scratch->pool + scratch->pool_used;

    if (size > POOL_SIZE - scratch->pool_used)
        return NULL;
    size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    if (size > POOL_SIZE - scratch->pool_used)
        return NULL;
    scratch->pool_used += size;
    return block;
}

/* The pool is emptied as a whole before each match. */
static void pool_free(void *block, void *data)
{
    (void)block;
    (void)data;
}

static int charge(pcre2_callout_block *block, void *data)
{
    struct weir_scratch *scratch = data;
    size_t at = block->current_position;
    size_t distance = at > scratch->position ? at - scratch->position : scratch->position - at;
    uint64_t cost = scratch->item_charge + (uint64_t)distance * scratch->distance_charge;

    scratch->position = at;
    if (cost > scratch->budget) {
        scratch->budget = 0;
        return PCRE2_ERROR_CALLOUT;
    }
    scratch->budget -= (uint32_t)cost;
    return 0;
}

enum weir_err weir_scratch_create(struct weir_scratch **out, const struct weir_alloc *alloc)
{
    struct weir_scratch *scratch = weiri_alloc(alloc, sizeof *scratch);

    if (scratch == NULL)
        return WEIR_ENOMEM;
    scratch->alloc = alloc;
    scratch->pool_used = 0;
    scratch->general = pcre2_general_context_create(pool_malloc, pool_free, scratch);
    assert(scratch->general != NULL);
    scratch->match = pcre2_match_context_create(scratch->general);
    assert(scratch->match != NULL);
    (void)pcre2_set_callout(scratch->match, charge, scratch);
    (void)pcre2_set_heap_limit(scratch->match, WEIRI_REGEX_HEAP_KIB);
    scratch->pool_base = scratch->pool_used;
    scratch->position = 0;
    scratch->item_charge = scratch->distance_charge = 0;
    weir_scratch_renew(scratch);
    *out = scratch;
    return WEIR_OK;
}

void weir_scratch_destroy(struct weir_scratch *scratch)
{
    if (scratch != NULL)
        weiri_release(scratch->alloc, scratch);
}

void weir_scratch_renew(struct weir_scratch *scratch)
{
    scratch->budget = WEIRI_REGEX_BUDGET;
    scratch->undecided = false;
}

bool weir_scratch_undecided(const struct weir_scratch *scratch)
{
    return scratch->undecided;
}

enum weir_truth weiri_scratch_glob(struct weir_scratch *scratch, const struct weir_glob *glob,
                                   struct weir_str subject)
{
    uint64_t left = weiri_scratch_steps(scratch);
    enum weir_truth truth = weiri_glob_match(glob, subject, &left);

    weiri_scratch_leave(scratch, left, truth);
    return truth;
}

uint64_t weiri_scratch_steps(const struct weir_scratch *scratch)
{
    return (uint64_t)scratch->budget * GLOB_STEPS_PER_UNIT;
}

void weiri_scratch_leave(struct weir_scratch *scratch, uint64_t steps, enum weir_truth truth)
{
    const uint64_t spent = weiri_scratch_steps(scratch) - steps;

    scratch->budget -= (uint32_t)(spent / GLOB_STEPS_PER_UNIT);
    if (truth == WEIR_UNKNOWN)
        scratch->undecided = true;
}

uint32_t weiri_scratch_budget(const struct weir_scratch *scratch)
{
    return scratch->budget;
}

static enum weir_truth match_code(const struct weir_regex *regex, struct weir_str subject,
                                  struct weir_scratch *scratch)
{
    pcre2_match_data *match;
    int found;

    if (scratch->budget <= subject.len / SEARCHED_BYTES_PER_UNIT) {
        scratch->budget = 0;
        return WEIR_UNKNOWN;
    }
    scratch->budget -= (uint32_t)(subject.len / SEARCHED_BYTES_PER_UNIT);
    scratch->pool_used = scratch->pool_base;
    scratch->position = 0;
    scratch->item_charge = regex->item_charge;
    scratch->distance_charge = regex->distance_charge;
    match = pcre2_match_data_create(1, scratch->general);
    assert(match != NULL);
    found = pcre2_match(regex->code, subject.len == 0 ? (PCRE2_SPTR) "" : (PCRE2_SPTR)subject.ptr,
                        subject.len, 0, PCRE2_NO_UTF_CHECK, match, scratch->match);
    if (found >= 0)
        return WEIR_TRUE;
    return found == PCRE2_ERROR_NOMATCH ? WEIR_FALSE : WEIR_UNKNOWN;
}

enum weir_truth weiri_regex_match(const struct weir_regex *regex, struct weir_str subject,
                                  struct weir_scratch *scratch)
{
    enum weir_truth truth = WEIR_UNKNOWN;

    assert(scratch != NULL);
    if (scratch->budget != 0)
        truth = regex->automaton == NULL
                    ? match_code(regex, subject, scratch)
                    : weiri_automaton_match(regex->automaton, subject, &scratch->budget);
    if (truth == WEIR_UNKNOWN)
        scratch->undecided = true;
    return truth;
}
