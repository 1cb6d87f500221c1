/* search.c - looks for filters that are worse than those of worst_texts.c, by climbing hills: a
 * filter is a list of pieces, a step changes some of them and is kept when the time grows. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { GENES = 24, PATIENCE = 150 };

struct genome {
    size_t pieces;
    uint16_t v[GENES];
};

struct trial {
    char text[BENCH_TEXT_SIZE];
    struct weir_filter *filter;
    struct weir_normal *normal;
    struct weir_scratch *scratch;
    struct weir_notification n;
    enum weir_filter_role role;
    const struct weir_alloc *alloc;
    uint64_t sink;
};

static const char *const units[] = {
    "a", "ab", "aab", "abc ", "1", "a\n", "\xc3\xa4", "x\xe2\x82\xac", "aA", "a,b,", "aaaaaaaaab"};

#define PICK(gene, list) (list)[(gene) % (sizeof(list) / sizeof(list)[0])]

static void append(char *out, size_t size, const char *piece)
{
    size_t len = strlen(out), piece_len = strlen(piece);

    if (len + piece_len < size)
        memcpy(out + len, piece, piece_len + 1);
}

/* The first gene is the subject's unit. */
static void write_pattern(char *out, const struct genome *g, const char *begin)
{
    static const char *const pieces[] = {"a",
                                         "b",
                                         "[ab]",
                                         ".",
                                         "\\w",
                                         "\\d",
                                         "[^b]",
                                         "(?:",
                                         "(?=",
                                         "(?!",
                                         "(?<=a",
                                         "(?>",
                                         ")",
                                         "*",
                                         "+",
                                         "?",
                                         "*?",
                                         "*+",
                                         "{2,9}",
                                         "{30}",
                                         "|",
                                         "^",
                                         "$",
                                         "\\b",
                                         "(?i)",
                                         "\xc3\xa4",
                                         "\\pL",
                                         "[\\pLa]",
                                         "\\R",
                                         "c",
                                         "(?:a|b)*",
                                         "(?:a+)+",
                                         "(?s).",
                                         "(?m)^",
                                         "[[:alpha:]]",
                                         "(?:a|ab)(?:c|bcd)",
                                         "a{0,40}",
                                         "(?:a{0,9}){0,9}",
                                         "\\B",
                                         "\\s",
                                         "[\xc3\xa4-\xc3\xbc]"};

    (void)snprintf(out, BENCH_TEXT_SIZE, "a=~'%s", begin);
    for (size_t i = 1; i < g->pieces; i++)
        append(out, WEIR_PATTERN_LEN_MAX, PICK(g->v[i], pieces));
    append(out, BENCH_TEXT_SIZE, "'");
}

static void write_regex(char *out, const struct genome *g)
{
    write_pattern(out, g, "");
}

/* An empty lookahead is nothing that an automaton can do. */
static void write_backtracking(char *out, const struct genome *g)
{
    write_pattern(out, g, "(?=)");
}

static void write_like(char *out, const struct genome *g)
{
    static const char *const pieces[] = {"a",        "b",        "%",        "_",
                                         "ab",       "%_",       "\xc3\xa4", "aaaaaaaaaaaaaaaa",
                                         "_a_a_a_a", "%a%a%a%a", "c",        ","};

    (void)snprintf(out, BENCH_TEXT_SIZE, "a LIKE'%%");
    for (size_t round = 0; round < 2 + (size_t)g->v[1] % 60; round++) {
        for (size_t i = 2; i < g->pieces; i++)
            append(out, BENCH_TEXT_SIZE - 8, PICK(g->v[i], pieces));
    }
    append(out, BENCH_TEXT_SIZE, "'");
}

/* Clauses joined by AND, each an OR of leaves over few names. */
static void append_clauses(char *out, const struct genome *g)
{
    static const char *const leaves[] = {"x<%u",
                                         "y>%u",
                                         "x<>%u",
                                         "z=%u",
                                         "a LIKE'%%%u%%'",
                                         "a<>'%u'",
                                         "a LIKE'%u%%'",
                                         "NOT a LIKE'%%%u'",
                                         "x IN(%u,7,9)",
                                         "y NOT IN(%u,3)",
                                         "x+y>%u",
                                         "w IS NULL",
                                         "z IS INT",
                                         "NOT(x=1 AND y=%u)",
                                         "w BETWEEN %u AND 500",
                                         "v%u=1",
                                         "v%u>2"};
    size_t rounds = 1 + (size_t)g->v[0] % 60, width = 1 + (size_t)g->v[1] % 6, leaf = 0;

    for (size_t round = 0; round < rounds; round++) {
        append(out, BENCH_TEXT_SIZE - 300, round == 0 ? "(" : ")AND(");
        for (size_t i = 0; i < width; i++, leaf++) {
            unsigned gene = g->v[2 + leaf % (g->pieces - 2)];
            char text[64];

            (void)snprintf(text, sizeof text, PICK(gene, leaves),
                           gene / 32 % 8 == 0 ? (unsigned)leaf : gene / 32 % 50);
            append(out, BENCH_TEXT_SIZE - 300, i == 0 ? "" : " OR ");
            append(out, BENCH_TEXT_SIZE - 300, text);
        }
    }
    append(out, BENCH_TEXT_SIZE, ")");
}

static void write_form(char *out, const struct genome *g)
{
    out[0] = '\0';
    append_clauses(out, g);
}

/* The same behind large sets, which products have in common or split. */
static void write_sets(char *out, const struct genome *g)
{
    char text[32];

    out[0] = '\0';
    for (unsigned set = 0; set < 1 + g->v[2] % 3u; set++) {
        append(out, BENCH_TEXT_SIZE, g->v[3] % 2 == 0 ? "x IN(0" : "x NOT IN(0");
        for (unsigned i = 1; i <= g->v[3] / 2 % 255u; i++) {
            (void)snprintf(text, sizeof text, ",%u", i * (1 + g->v[2] / 4 % 4u) + set);
            append(out, BENCH_TEXT_SIZE - 700, text);
        }
        append(out, BENCH_TEXT_SIZE, ")AND ");
    }
    append_clauses(out, g);
}

static void do_compile(void *context, size_t times)
{
    struct trial *trial = context;

    while (times-- != 0)
        weir_filter_destroy(bench_compile(trial->text, NULL));
}

static void do_eval(void *context, size_t times)
{
    struct trial *trial = context;

    while (times-- != 0)
        trial->sink += weir_filter_eval(trial->filter, &trial->n, trial->scratch);
}

static void do_normal(void *context, size_t times)
{
    struct trial *trial = context;

    while (times-- != 0)
        weir_normal_destroy(bench_normal(trial->filter, WEIR_ROLE_SUBSCRIPTION, NULL));
}

static void do_take(void *context, size_t times)
{
    struct trial *trial = context;

    while (times-- != 0) {
        struct weir_filter *filter = bench_compile(trial->text, trial->alloc);

        weir_normal_destroy(bench_normal(filter, trial->role, trial->alloc));
        weir_filter_destroy(filter);
    }
}

static void do_covers(void *context, size_t times)
{
    struct trial *trial = context;

    while (times-- != 0)
        trial->sink += weir_normal_covers(trial->normal, trial->normal, NULL);
}

static const struct goal {
    const char *operation, *name;
    void (*write)(char *out, const struct genome *g);
    bench_fn *fn;
    double bar; /* in nanoseconds, or where the goal is memory in bytes */
    bool memory;
} goals[] = {
    {"evaluate", "MATCHES",        write_regex,        do_eval,    1e6,     false},
    {"evaluate", "MATCHES, PCRE2", write_backtracking, do_eval,    1e6,     false},
    {"compile",  "MATCHES",        write_regex,        do_compile, 5e6,     false},
    {"evaluate", "LIKE",           write_like,         do_eval,    1e6,     false},
    {"compile",  "clauses",        write_form,         do_compile, 5e6,     false},
    {"normal",   "clauses",        write_form,         do_normal,  5e6,     false},
    {"covers",   "clauses",        write_form,         do_covers,  50e3,    false},
    {"both",     "sets, clauses",  write_sets,         do_take,    5e6,     false},
    {"both",     "memory",         write_sets,         do_take,    1048576, true },
};

static double memory_of(bench_fn *fn, struct trial *trial)
{
    struct bench_memory memory;

    bench_memory_init(&memory);
    trial->alloc = &memory.alloc;
    fn(trial, 1);
    trial->alloc = NULL;
    return (double)memory.peak;
}

/* Its cost; 0 for what does not compile. */
static double try(struct trial *trial, const struct goal *goal, const struct genome *g)
{
    struct weir_diags diags;
    uint8_t *bytes;
    double cost;

    goal->write(trial->text, g);
    trial->filter = NULL;
    trial->normal = NULL;
    if (weir_filter_compile(&trial->filter, weir_str_of(trial->text), &diags, NULL) != WEIR_OK)
        return 0;
    bytes = bench_subject(&trial->n, PICK(g->v[0], units), BENCH_SUBJECT_SIZE - g->v[0] % 7);
    if (goal->fn == do_covers)
        trial->normal = bench_normal(trial->filter, WEIR_ROLE_SUBSCRIPTION, NULL);
    trial->role = g->v[0] / 64 % 2 == 0 ? WEIR_ROLE_SUBSCRIPTION : WEIR_ROLE_ADVERTISEMENT;
    cost = goal->memory ? memory_of(goal->fn, trial) : bench_once(goal->fn, trial);
    weir_normal_destroy(trial->normal);
    weir_filter_destroy(trial->filter);
    free(bytes);
    return cost;
}

static void randomize(struct genome *g, struct random_source *r)
{
    g->pieces = 4 + random_below(r, GENES - 4);
    for (size_t i = 0; i < GENES; i++)
        g->v[i] = (uint16_t)random_u64(r);
}

static void mutate(struct genome *g, struct random_source *r)
{
    size_t changes = 1 + random_below(r, 3);

    while (changes-- != 0)
        g->v[random_below(r, g->pieces)] = (uint16_t)random_u64(r);
    if (random_chance(r, 20))
        g->pieces = 4 + random_below(r, GENES - 4);
}

static void search(struct bench_report *report, const struct bench_options *options,
                   struct trial *trial, const struct goal *goal)
{
    struct random_source r = {options->seed};
    clock_t end = clock() + (clock_t)(options->search_seconds * CLOCKS_PER_SEC);
    struct genome current, worst = {0};
    double height = 0, highest = 0;
    char note[BENCH_TEXT_SIZE + 32];
    struct bench_row row = {.group = "search",
                            .operation = goal->operation,
                            .name = goal->name,
                            .bar_ns = goal->memory ? 0 : goal->bar,
                            .bar_bytes = goal->memory ? (size_t)goal->bar : 0,
                            .bytes = SIZE_MAX,
                            .note = note};

    for (size_t tries = 0, stale = PATIENCE; clock() < end; tries++) {
        struct genome next = current;
        double cost;

        if (stale == PATIENCE) {
            stale = 0;
            height = 0;
            randomize(&next, &r);
        } else {
            mutate(&next, &r);
        }
        cost = try(trial, goal, &next);
        stale++;
        if (cost > height) {
            stale = cost > height * 1.02 ? 0 : stale;
            height = cost;
            current = next;
        } else if (height == 0) {
            stale = PATIENCE;
        }
        if (cost > highest) {
            highest = cost;
            worst = next;
        }
        row.times.samples = tries;
    }
    if (highest == 0)
        return;
    highest = try(trial, goal, &worst);
    if (goal->memory)
        row.bytes = (size_t)highest;
    else
        row.times.min_ns = row.times.median_ns = row.times.p99_ns = highest;
    (void)snprintf(note, sizeof note, "subject %zu: %s", (size_t)worst.v[0], trial->text);
    bench_report_row(report, &row);
}

void bench_search(struct bench_report *report, const struct bench_options *options)
{
    struct trial *trial = calloc(1, sizeof *trial);

    if (trial == NULL)
        bench_die("out of memory");
    trial->scratch = bench_scratch();
    for (size_t i = 0; i < sizeof goals / sizeof goals[0]; i++)
        search(report, options, trial, &goals[i]);
    weir_scratch_destroy(trial->scratch);
    free(trial);
}
