/* matches.c - MATCHES: its pattern compiled, and its mistakes put where they are in the filter. */
#include "compiler.h"

/* Where the byte at `offset` of the pattern is in the filter's text: the string is the last token
 * of the predicate, and a quote in it is written twice. */
static struct weiri_span place_in_filter(const struct weiri_compiler *c,
                                         const struct weir_node *node, size_t offset)
{
    struct weir_str text = c->filter->text;
    uint32_t close = node->offset + node->length - 1, at = close - 1;
    char quote = text.ptr[close];

    while (text.ptr[at] != quote || text.ptr[at - 1] == quote)
        at -= text.ptr[at] == quote ? 2 : 1;
    at++;
    for (size_t i = 0; i < offset && at < close; i++)
        at += text.ptr[at] == quote ? 2 : 1;
    if (at > close)
        at = close;
    return (struct weiri_span){at, 1};
}

static void report(struct weiri_compiler *c, const struct weir_node *node,
                   const struct weiri_regex_problem *problem)
{
    struct weiri_span at = place_in_filter(c, node, problem->offset);

    if (!problem->refused) {
        (void)weiri_error(c, "F501", at, "regular expression: %s", problem->text);
        return;
    }
    struct weir_diag *diag =
        weiri_error(c, "F502", at, "regular expression: %s is not allowed", problem->text);
    weiri_diag_text(diag->suggestion, "its work could not be bounded; a literal character is "
                                      "written with \\ before it");
}

bool weiri_check_matches(struct weiri_compiler *c, struct weir_node *node)
{
    struct weiri_regex_problem problem;
    enum weir_err err;

    if (node->text.len > WEIR_PATTERN_LEN_MAX) {
        (void)weiri_error(c, "F406", weiri_node_span(node),
                          "a pattern of %zu bytes, the limit is %d", node->text.len,
                          WEIR_PATTERN_LEN_MAX);
        return false;
    }
    err = weiri_regex_compile(&node->regex, node->text, WEIRI_REGEX_TABLES_MAX - c->tables_size,
                              &problem, c->filter->alloc);
    if (err == WEIR_ENOMEM) {
        c->stopped = c->out_of_memory = true;
        return false;
    }
    if (err != WEIR_OK) {
        report(c, node, &problem);
        return false;
    }
    weiri_regex_link(node->regex, c->filter->regexes);
    c->filter->regexes = node->regex;
    c->tables_size += weiri_regex_tables_size(node->regex);
    c->code_size += weiri_regex_code_size(node->regex);
    if (c->code_size <= WEIRI_REGEX_CODE_SIZE_MAX)
        return true;
    (void)weiri_error(c, "F503", weiri_node_span(node),
                      "the patterns of this filter take more than %d bytes when compiled",
                      WEIRI_REGEX_CODE_SIZE_MAX);
    return false;
}
