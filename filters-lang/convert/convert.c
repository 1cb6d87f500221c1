/* convert.c - from a text in another language to a canonical filter. */
#include "internal.h"

#include <weir/alloc.h>
#include <weir/filter.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What the compiler takes from a printer. */
#define OUT_MAX (4 * WEIR_FILTER_TEXT_MAX)
/* No string is longer decoded; a number may get a sign and zeros. */
#define WORD_MAX (WEIR_CONVERT_TEXT_MAX + 8)

static bool read_text(struct weiri_convert *c, enum weir_dialect dialect);
static bool compile(struct weiri_convert *c, struct weir_filter **filter);
static bool refuse_result(struct weiri_convert *c, const struct weir_diag *diag);
static struct weiri_span source_of(const struct weiri_convert *c, uint32_t offset);
static bool print(struct weiri_convert *c, char **out, const struct weir_filter *filter);

static const struct {
    const char *name;
    bool (*read)(struct weiri_convert *c);
} dialects[WEIR_DIALECT_COUNT] = {
    [WEIR_DIALECT_JMS] = {"jms",         weiri_convert_jms        },
    [WEIR_DIALECT_PUBSUB] = {"pubsub",      weiri_convert_pubsub     },
    [WEIR_DIALECT_EVENTBRIDGE] = {"eventbridge", weiri_convert_eventbridge},
    [WEIR_DIALECT_PADRES] = {"padres",      weiri_convert_padres     },
    [WEIR_DIALECT_SIENA] = {"siena",       weiri_convert_siena      },
};

const char *weir_dialect_name(enum weir_dialect dialect)
{
    assert((unsigned)dialect < WEIR_DIALECT_COUNT);
    return dialects[dialect].name;
}

enum weir_err weir_convert(char **out, struct weir_str text, enum weir_dialect dialect,
                           struct weir_diags *diags, const struct weir_alloc *alloc)
{
    struct weiri_convert *c = weiri_alloc_zeroed(alloc, 1, sizeof *c);
    struct weir_filter *filter = NULL;
    enum weir_err err;

    assert(out != NULL);
    assert(diags != NULL);
    assert((unsigned)dialect < WEIR_DIALECT_COUNT);
    diags->count = 0;
    if (c == NULL)
        return WEIR_ENOMEM;
    c->text = text;
    c->diags = diags;
    weiri_buf_init(&c->out, OUT_MAX, alloc);
    weiri_buf_init(&c->word, WORD_MAX, alloc);
    if (read_text(c, dialect) && compile(c, &filter))
        (void)print(c, out, filter);
    err = c->err;
    weir_filter_destroy(filter);
    weiri_buf_fini(&c->word);
    weiri_buf_fini(&c->out);
    weiri_release(alloc, c);
    if (err == WEIR_ENOMEM)
        diags->count = 0;
    return err;
}

static bool read_text(struct weiri_convert *c, enum weir_dialect dialect)
{
    struct weiri_span all = {0, c->text.len};

    if (c->text.len > WEIR_CONVERT_TEXT_MAX)
        return weiri_convert_fail(c, PROBLEM_LIMIT, (struct weiri_span){0, 0},
                                  "the text is longer than 16384 bytes", NULL);
    if (!weir_str_is_text(c->text))
        return weiri_convert_fail(c, PROBLEM_TEXT, (struct weiri_span){0, 0},
                                  "the text is not UTF-8, or holds a zero byte", NULL);
    if (!dialects[dialect].read(c))
        return false;
    if (c->out.err == WEIR_OK)
        return true;
    if (c->out.err == WEIR_ELIMIT)
        return weiri_convert_fail(c, PROBLEM_LIMIT, all, "the filter would be too long", NULL);
    c->err = c->out.err;
    return false;
}

static bool compile(struct weiri_convert *c, struct weir_filter **filter)
{
    struct weir_diags diags = {.count = 0};
    enum weir_err err =
        weir_filter_compile_printed(filter, weiri_buf_str(&c->out), &diags, c->out.alloc);

    c->err = err;
    for (size_t i = 0; i < diags.count; i++) {
        const struct weir_diag *diag = &diags.v[i];

        if (diag->severity == WEIR_SEVERITY_ERROR)
            return refuse_result(c, diag);
        weiri_convert_warn(c, diag->code, source_of(c, diag->offset), diag->message, NULL);
    }
    return err == WEIR_OK;
}

/* The error is one of Weir's language, its place one of the other text. */
static bool refuse_result(struct weiri_convert *c, const struct weir_diag *diag)
{
    enum weir_err err = c->err;
    char message[WEIR_DIAG_ARG_MAX + 32];

    snprintf(message, sizeof message, "no filter comes out (%s): %s", diag->code, diag->message);
    (void)weiri_convert_fail(c, PROBLEM_RESULT, source_of(c, diag->offset), message,
                             diag->suggestion[0] != '\0' ? diag->suggestion : NULL);
    c->err = err;
    return false;
}

/* The condition that `offset` of the output came from. */
static struct weiri_span source_of(const struct weiri_convert *c, uint32_t offset)
{
    struct weiri_span span = {0, c->text.len};

    for (size_t i = 0; i < c->mark_count && c->marks[i].out <= offset; i++)
        span = c->marks[i].source;
    return span;
}

static bool print(struct weiri_convert *c, char **out, const struct weir_filter *filter)
{
    size_t len = weir_filter_print(NULL, 0, filter);
    char *text;

    if (len > WEIR_FILTER_TEXT_MAX)
        return weiri_convert_fail(c, PROBLEM_LIMIT, (struct weiri_span){0, c->text.len},
                                  "the filter would be longer than 4096 bytes", NULL);
    text = weiri_alloc(c->out.alloc, len + 1);
    if (text == NULL) {
        c->err = WEIR_ENOMEM;
        return false;
    }
    weir_filter_print(text, len + 1, filter);
    *out = text;
    return true;
}
