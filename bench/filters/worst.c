/* worst.c - what the most expensive filters that may be sent cost. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPILE_BAR_NS 5e6
#define NORMAL_BAR_NS 5e6
#define EVAL_BAR_NS 1e6
#define COVERS_BAR_NS 50e3
#define MEMORY_BAR (1024 * 1024)

struct bomb {
    char text[BENCH_TEXT_SIZE];
    struct weir_filter *filter;
    struct weir_normal *normal, *other; /* `other`: of the previous bomb */
    struct weir_normal *adv;
    struct weir_scratch *scratch;
    struct weir_notification n;
    uint8_t *bytes;
    const struct weir_alloc *alloc;
    enum weir_truth truth;
    uint64_t sink;
};

static void do_compile(void *context, size_t times)
{
    struct bomb *bomb = context;
    struct weir_diags diags;

    while (times-- != 0) {
        struct weir_filter *filter = NULL;

        if (weir_filter_compile(&filter, weir_str_of(bomb->text), &diags, bomb->alloc) == WEIR_OK)
            weir_filter_destroy(filter);
        bomb->sink += diags.count;
    }
}

static void do_eval(void *context, size_t times)
{
    struct bomb *bomb = context;

    while (times-- != 0)
        bomb->truth = weir_filter_eval(bomb->filter, &bomb->n, bomb->scratch);
}

static void do_normal(void *context, size_t times)
{
    struct bomb *bomb = context;

    while (times-- != 0)
        weir_normal_destroy(bench_normal(bomb->filter, WEIR_ROLE_SUBSCRIPTION, bomb->alloc));
}

/* What a broker does with a subscription. */
static void do_take(void *context, size_t times)
{
    struct bomb *bomb = context;

    while (times-- != 0) {
        struct weir_filter *filter = bench_compile(bomb->text, bomb->alloc);

        weir_normal_destroy(bench_normal(filter, WEIR_ROLE_SUBSCRIPTION, bomb->alloc));
        weir_filter_destroy(filter);
    }
}

static void do_covers(void *context, size_t times)
{
    struct bomb *bomb = context;

    while (times-- != 0)
        bomb->sink += weir_normal_covers(bomb->normal, bomb->normal, NULL);
}

static void do_covers_other(void *context, size_t times)
{
    struct bomb *bomb = context;

    while (times-- != 0)
        bomb->sink += weir_normal_covers(bomb->normal, bomb->other, NULL);
}

static void do_intersects(void *context, size_t times)
{
    struct bomb *bomb = context;

    while (times-- != 0)
        bomb->sink += weir_normal_intersects(bomb->adv, bomb->other, NULL);
}

static void do_decode(void *context, size_t times)
{
    struct bomb *bomb = context;

    while (times-- != 0) {
        struct weir_normal *decoded = NULL;

        if (weir_normal_decode(&decoded, WEIR_ROLE_SUBSCRIPTION, weir_normal_bytes(bomb->normal),
                               bomb->alloc) != WEIR_OK)
            bench_die("a normal form is not decoded");
        weir_normal_destroy(decoded);
    }
}

static const struct operation {
    const char *name;
    bench_fn *fn;
    double bar_ns;
    bool allocates;
} operations[] = {
    {"compile",    do_compile,      COMPILE_BAR_NS, true },
    {"evaluate",   do_eval,         EVAL_BAR_NS,    false},
    {"normal",     do_normal,       NORMAL_BAR_NS,  true },
    {"both",       do_take,         NORMAL_BAR_NS,  true },
    {"decode",     do_decode,       NORMAL_BAR_NS,  true },
    {"covers",     do_covers,       COVERS_BAR_NS,  false},
    {"covers 2",   do_covers_other, COVERS_BAR_NS,  false},
    {"intersects", do_intersects,   COVERS_BAR_NS,  false},
};

static void measure(struct bench_report *report, const struct bench_options *options,
                    struct bomb *bomb, const char *name, const struct operation *operation)
{
    static const char *const truths[] = {"false", "UNKNOWN", "true"};
    struct bench_row row = {.group = "worst",
                            .operation = operation->name,
                            .name = name,
                            .bar_ns = operation->bar_ns,
                            .bytes = SIZE_MAX,
                            .bar_bytes = MEMORY_BAR};

    row.times = bench_measure(operation->fn, bomb, options->quick);
    if (operation->allocates) {
        struct bench_memory memory;

        bench_memory_init(&memory);
        bomb->alloc = &memory.alloc;
        operation->fn(bomb, 1);
        bomb->alloc = NULL;
        row.bytes = memory.peak;
    }
    if (operation->fn == do_eval)
        row.note = weir_scratch_undecided(bomb->scratch) ? "undecided" : truths[bomb->truth];
    bench_report_row(report, &row);
}

static void measure_bomb(struct bench_report *report, const struct bench_options *options,
                         struct bomb *bomb, const struct bench_bomb *kind)
{
    kind->write(bomb->text);
    bomb->filter = bench_compile(bomb->text, NULL);
    bomb->bytes = bench_subject(&bomb->n, kind->unit, BENCH_SUBJECT_SIZE);
    bomb->normal = bench_normal(bomb->filter, WEIR_ROLE_SUBSCRIPTION, NULL);
    bomb->adv = bench_normal(bomb->filter, WEIR_ROLE_ADVERTISEMENT, NULL);
    if (bomb->other == NULL)
        bomb->other = bench_normal(bomb->filter, WEIR_ROLE_SUBSCRIPTION, NULL);
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        measure(report, options, bomb, kind->name, &operations[i]);
    weir_normal_destroy(bomb->other);
    bomb->other = bomb->normal;
    weir_normal_destroy(bomb->adv);
    weir_filter_destroy(bomb->filter);
    free(bomb->bytes);
}

void bench_worst(struct bench_report *report, const struct bench_options *options)
{
    struct bomb *bomb = calloc(1, sizeof *bomb);

    if (bomb == NULL)
        bench_die("out of memory");
    bomb->scratch = bench_scratch();
    for (size_t i = 0; i < bench_bomb_count; i++)
        measure_bomb(report, options, bomb, &bench_bombs[i]);
    for (size_t i = 0; i < bench_mistake_count; i++) {
        bench_mistakes[i].write(bomb->text);
        measure(report, options, bomb, bench_mistakes[i].name, &operations[0]);
    }
    weir_normal_destroy(bomb->other);
    weir_scratch_destroy(bomb->scratch);
    free(bomb);
}
