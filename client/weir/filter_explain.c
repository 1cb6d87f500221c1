/* filter_explain.c - weir filter explain: what becomes of a filter, from its tree to the index. */
#include "access.h"
#include "filters.h"

#include <weir/json.h>

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

enum { OPTION_JSON = CMD_LONG_ONLY };

/* What the filter costs a broker for each notification that concerns it not. */
enum cost { COST_NEVER, COST_VALUE, COST_PRESENCE, COST_ALWAYS, COST_COUNT };

/* clang-format off */
static const struct {
    const char *name, *effort, *text;
} costs[COST_COUNT] = {
    [COST_NEVER] = {"never", "none", "no notification can match, and none is looked at for it"},
    [COST_VALUE] = {"value", "low", "looked at where an attribute has a value or text that it asks for"},
    [COST_PRESENCE] = {"presence", "medium", "looked at for each notification that has an attribute"},
    [COST_ALWAYS] = {"always", "high", "looked at for each notification"},
};
/* clang-format on */

struct explained {
    const struct command *command;
    struct weir_filter *filter;
    struct weir_normal *normal;
    struct weir_matcher *matcher; /* holds the normal form as id 0, unless it is never */
    struct text text;             /* working memory */
    enum cost cost;
    bool patterns; /* MATCHES has to be run */
    bool residuals;
};

static int run_explain(struct cmd_args *args);
static int explain(struct explained *e, bool json);
static bool prepare(struct explained *e);
static void judge(struct explained *e);
static bool has_pattern(const struct weir_node *node);
static bool print_all(struct explained *e);
static bool print_tree(struct explained *e, const struct weir_node *node, int depth);
static bool print_conjunction(struct explained *e, uint32_t index);
static bool show_json(struct explained *e);
static json_t *conjunction_json(struct explained *e, uint32_t index);

static const struct cmd_option explain_options[] = {
    {OPTION_JSON, "json", NULL, "print one object"},
    CMD_OPTION_END,
};

const struct command command_filter_explain = {
    .group = "filter",
    .name = "explain",
    .summary = "show a filter's tree, normal form, index and cost",
    .usage = "[--json] FILTER",
    .options = explain_options,
    .details =
        "Prints the syntax tree; the normal form, an OR of conjunctions; for each of them by\n"
        "what a broker finds it, were it the only one there (a broker prefers the values that\n"
        "fewest others ask for), and how the rest is decided then:\n"
        "  compares  by codes of values, for 64 filters or more at a time; where a value has\n"
        "            just the code of a bound, its record is asked\n"
        "  checks    by its record, of what comparing leaves\n"
        "  last      by evaluating it\n"
        "and the class of its cost:\n"
        "  never     none    no notification can match\n"
        "  value     low     looked at where an attribute has one of a few values, or\n"
        "                    begins with, ends with or contains a text\n"
        "  presence  medium  looked at for each notification that has an attribute\n"
        "  always    high    looked at for each notification\n"
        "'-' in the place of FILTER reads it from standard input.\n",
    .example = "weir filter explain \"symbol = 'IBM' AND (price > 100 OR NOT EXISTS(halted))\"\n",
    .exits = "0  done\n2  an error in the filter\n",
    .run = run_explain,
};

static int run_explain(struct cmd_args *args)
{
    struct explained e = {.command = args->command};
    struct source source;
    bool json = false;
    int option, status;

    while ((option = cmd_args_next(args)) > 0)
        json = option == OPTION_JSON;
    if (option < 0)
        return args->status;
    if (args->rest_count != 1)
        return cmd_usage_error(args->command, "expected one filter, in quotes");
    status = source_init(&source, args->command, args->rest[0]);
    if (status != CMD_OK)
        return status;
    status = filter_compile_shown(&e.filter, args->command, "", source.text);
    source_fini(&source);
    return status == CMD_OK ? explain(&e, json) : status;
}

static int explain(struct explained *e, bool json)
{
    const bool done = prepare(e) && (json ? show_json(e) : print_all(e));

    if (!done)
        cmd_error(e->command, "%s", weir_err_text(WEIR_ENOMEM));
    text_fini(&e->text);
    weir_matcher_destroy(e->matcher);
    weir_normal_destroy(e->normal);
    weir_filter_destroy(e->filter);
    return done ? CMD_OK : CMD_FAILED;
}

static bool prepare(struct explained *e)
{
    if (weir_normal_create(&e->normal, e->filter, WEIR_ROLE_SUBSCRIPTION, NULL) != WEIR_OK ||
        weir_matcher_create(&e->matcher, NULL) != WEIR_OK ||
        weir_matcher_add(e->matcher, 0, 0, e->normal) != WEIR_OK)
        return false;
    judge(e);
    return true;
}

/* The dearest of its conjunctions is what a filter costs. */
static void judge(struct explained *e)
{
    static const enum cost costs_of[] = {
        [WEIR_ACCESS_VALUE] = COST_VALUE,       [WEIR_ACCESS_PREFIX] = COST_VALUE,
        [WEIR_ACCESS_SUFFIX] = COST_VALUE,      [WEIR_ACCESS_CONTAINS] = COST_VALUE,
        [WEIR_ACCESS_PRESENCE] = COST_PRESENCE, [WEIR_ACCESS_ALWAYS] = COST_ALWAYS};

    for (uint32_t i = 0; i < weir_normal_count(e->normal); i++) {
        const struct weir_conjunction *conjunction = weir_normal_at(e->normal, i);
        enum cost cost = costs_of[weir_matcher_access(e->matcher, 0, i).kind];

        if (cost > e->cost)
            e->cost = cost;
        for (uint32_t k = 0; k < conjunction->residual_count; k++) {
            e->residuals = true;
            e->patterns = e->patterns || has_pattern(conjunction->residuals[k].node);
        }
    }
    e->patterns = e->patterns || has_pattern(weir_filter_tree(e->filter));
}

static bool has_pattern(const struct weir_node *node)
{
    bool has = node->kind == WEIR_NODE_MATCHES;

    for (uint32_t i = 0; i < node->child_count && !has; i++)
        has = has_pattern(node->child[i]);
    return has;
}

/* ---- for people */

static bool print_all(struct explained *e)
{
    const bool exact = weir_normal_is_exact(e->normal);
    uint32_t count = weir_normal_count(e->normal);

    printf("syntax tree\n");
    if (!print_tree(e, weir_filter_tree(e->filter), 1))
        return false;
    printf("\nnormal form%s\n", exact ? "" : " (a wider one: the filter's own is too large)");
    if (count == 0)
        printf("  FALSE\n");
    for (uint32_t i = 0; i < count; i++) {
        if (!print_conjunction(e, i))
            return false;
    }
    printf("\ncost\n  %s, %s: %s\n", costs[e->cost].name, costs[e->cost].effort,
           costs[e->cost].text);
    if (e->residuals)
        printf("  what is no set of values of one attribute is evaluated last\n");
    if (e->patterns)
        printf("  regular expressions are run, within a budget of work\n");
    if (!exact)
        printf("  the broker of the subscriber evaluates the filter itself besides\n");
    return true;
}

static bool print_tree(struct explained *e, const struct weir_node *node, int depth)
{
    static const char *const words[] = {
        [WEIR_NODE_AND] = "AND", [WEIR_NODE_OR] = "OR", [WEIR_NODE_NOT] = "NOT"};
    const char *text;

    if (node->kind != WEIR_NODE_AND && node->kind != WEIR_NODE_OR && node->kind != WEIR_NODE_NOT) {
        text = TEXT_PRINT(&e->text, weir_node_print, node);
        if (text != NULL)
            printf("%*s%s\n", 2 * depth, "", text);
        return text != NULL;
    }
    printf("%*s%s\n", 2 * depth, "", words[node->kind]);
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (!print_tree(e, node->child[i], depth + 1))
            return false;
    }
    return true;
}

static bool print_conjunction(struct explained *e, uint32_t index)
{
    const struct weir_conjunction *conjunction = weir_normal_at(e->normal, index);
    const struct weir_access access = weir_matcher_access(e->matcher, 0, index);
    const struct weir_holder holder = weir_matcher_holder(e->matcher, 0, index);
    const char *text;

    text = TEXT_PRINT(&e->text, weir_conjunction_print, conjunction);
    if (text == NULL)
        return false;
    printf("  %s%s\n    found     ", index > 0 ? "OR " : "", text);
    access_print(&access);
    putchar('\n');
    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        const struct weir_constraint *constraint = &conjunction->constraints[i];

        const enum access_decider decider = access_decider(&access, &holder, constraint->name);

        text = TEXT_PRINT(&e->text, weir_constraint_print, constraint);
        if (text == NULL)
            return false;
        if (decider != ACCESS_BY_KEY)
            printf("    %s  %s\n", decider == ACCESS_BY_COLUMN ? "compares" : "checks  ", text);
    }
    for (uint32_t i = 0; i < conjunction->residual_count; i++)
        printf("    last      %.*s\n", (int)conjunction->residuals[i].text.len,
               conjunction->residuals[i].text.ptr);
    return true;
}

/* ---- for machines */

static bool show_json(struct explained *e)
{
    json_t *conjunctions = json_array(), *tree = NULL, *all;
    const char *text;
    char *line;

    text = TEXT_PRINT(&e->text, weir_filter_to_json, e->filter);
    if (text != NULL)
        tree = json_loads(text, JSON_DECODE_ANY, NULL);
    for (uint32_t i = 0; i < weir_normal_count(e->normal); i++) {
        if (json_array_append_new(conjunctions, conjunction_json(e, i)) != 0) {
            json_decref(conjunctions);
            conjunctions = NULL;
            break;
        }
    }
    text = TEXT_PRINT(&e->text, weir_normal_print, e->normal);
    all = json_pack("{s:o, s:{s:b, s:s, s:o}, s:{s:s, s:b, s:b}}", "tree", tree, "normal", "exact",
                    weir_normal_is_exact(e->normal), "text", text, "conjunctions", conjunctions,
                    "cost", "class", costs[e->cost].name, "residuals", e->residuals, "patterns",
                    e->patterns);
    line = all != NULL ? json_dumps(all, JSON_COMPACT) : NULL;
    if (line != NULL)
        puts(line);
    free(line);
    json_decref(all);
    return line != NULL;
}

static json_t *conjunction_json(struct explained *e, uint32_t index)
{
    const struct weir_conjunction *conjunction = weir_normal_at(e->normal, index);
    const struct weir_access access = weir_matcher_access(e->matcher, 0, index);
    const struct weir_holder holder = weir_matcher_holder(e->matcher, 0, index);
    json_t *constraints = json_array(), *residuals = json_array();
    const char *text;

    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        const struct weir_constraint *constraint = &conjunction->constraints[i];
        const bool is_access =
            access.kind != WEIR_ACCESS_ALWAYS && weir_str_equal(constraint->name, access.name);

        text = TEXT_PRINT(&e->text, weir_constraint_print, constraint);
        (void)json_array_append_new(
            constraints,
            json_pack("{s:s%, s:s, s:s, s:b, s:b}", "attribute", constraint->name.ptr,
                      constraint->name.len, "text", text, "decided_by",
                      access_decider_name(access_decider(&access, &holder, constraint->name)),
                      "access", is_access, "checked", !(is_access && access.proven)));
    }
    for (uint32_t i = 0; i < conjunction->residual_count; i++)
        (void)json_array_append_new(residuals, json_stringn(conjunction->residuals[i].text.ptr,
                                                            conjunction->residuals[i].text.len));
    text = TEXT_PRINT(&e->text, weir_conjunction_print, conjunction);
    if (json_array_size(constraints) != conjunction->constraint_count ||
        json_array_size(residuals) != conjunction->residual_count) {
        json_decref(constraints);
        constraints = NULL;
    }
    return json_pack("{s:s, s:{s:s, s:s%, s:i}, s:o, s:o}", "text", text, "access", "by",
                     access_name(access.kind), "attribute",
                     access.name.len > 0 ? access.name.ptr : "", access.name.len, "values",
                     (int)access.values, "constraints", constraints, "residuals", residuals);
}
