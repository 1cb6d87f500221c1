/* filter.c - the filter object, and the compiler's stages in order. */
#include "compiler.h"
#include "lex.h"

#include <weir/alloc.h>

#include <assert.h>
#include <string.h>

/* What the trees of most texts need: so many bytes for each of the text's, and some. */
#define TREE_SIZE_OF_TEXT 16
#define TREE_SIZE_LEAST 96

static struct weir_filter *filter_new(struct weir_str text, const struct weir_alloc *alloc)
{
    struct weir_filter *filter = weiri_alloc_zeroed(alloc, 1, sizeof *filter);
    char *copy;

    if (filter == NULL)
        return NULL;
    filter->alloc = alloc;
    weiri_arena_init(&filter->arena, TREE_SIZE_OF_TEXT * text.len + TREE_SIZE_LEAST, alloc);
    copy = weiri_arena_take(&filter->arena, text.len + 1);
    if (copy == NULL) {
        weir_filter_destroy(filter);
        return NULL;
    }
    if (text.len != 0)
        memcpy(copy, text.ptr, text.len);
    filter->text = (struct weir_str){copy, text.len};
    return filter;
}

void weir_filter_destroy(struct weir_filter *filter)
{
    if (filter == NULL)
        return;
    while (filter->regexes != NULL) {
        struct weir_regex *regex = filter->regexes;

        filter->regexes = weiri_regex_next(regex);
        weiri_regex_destroy(regex);
    }
    weiri_arena_fini(&filter->arena);
    weiri_release(filter->alloc, filter);
}

static enum weir_err error_of(const struct weir_diag *diag)
{
    switch (diag->code[1]) {
    case '3': return WEIR_ETYPE;
    case '4': return WEIR_ELIMIT;
    default: return WEIR_ESYNTAX;
    }
}

static enum weir_err run_stages(struct weiri_compiler *c)
{
    struct weir_node *tree = NULL;

    if (weiri_lex_check(c, c->filter->text))
        tree = weiri_parse(c, c->filter->text);
    if (tree != NULL)
        tree = weiri_check(c, tree);
    if (c->out_of_memory)
        return WEIR_ENOMEM;
    weiri_diags_sort(c->diags);
    if (c->failed) {
        assert(c->diags->count != 0);
        return error_of(&c->diags->v[0]);
    }
    assert(tree != NULL);
    c->filter->tree = tree;
    return WEIR_OK;
}

static enum weir_err compile(struct weir_filter **out, struct weir_str text, size_t text_max,
                             struct weir_diags *diags, const struct weir_alloc *alloc)
{
    struct weiri_compiler c = {.diags = diags};
    enum weir_err err;

    assert(out != NULL);
    assert(diags != NULL);
    diags->count = 0;
    if (text.len > text_max) {
        (void)weiri_error(&c, "F401", (struct weiri_span){(uint32_t)text_max, 1},
                          "a filter of %zu bytes, the limit is %zu", text.len, text_max);
        return WEIR_ELIMIT;
    }
    c.filter = filter_new(text, alloc);
    if (c.filter == NULL)
        return WEIR_ENOMEM;
    err = run_stages(&c);
    if (err != WEIR_OK)
        weir_filter_destroy(c.filter);
    else
        *out = c.filter;
    return err;
}

enum weir_err weir_filter_compile(struct weir_filter **out, struct weir_str text,
                                  struct weir_diags *diags, const struct weir_alloc *alloc)
{
    return compile(out, text, WEIR_FILTER_TEXT_MAX, diags, alloc);
}

enum weir_err weir_filter_compile_printed(struct weir_filter **out, struct weir_str text,
                                          struct weir_diags *diags, const struct weir_alloc *alloc)
{
    return compile(out, text, WEIR_FILTER_PRINTED_MAX, diags, alloc);
}

struct weir_str weir_filter_text(const struct weir_filter *filter)
{
    return filter->text;
}

const struct weir_node *weir_filter_tree(const struct weir_filter *filter)
{
    return filter->tree;
}
