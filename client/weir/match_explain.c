/* match_explain.c - weir match --explain: which structures hold the filters, and what they cost. */
#include "match.h"

#include "access.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

static bool print_conjunction(struct weir_matcher *m, const struct filter_line *f, uint32_t index,
                              struct text *text);
static void print_visit(void *context, const struct weir_visit *visit);
static json_t *conjunction_json(struct weir_matcher *m, const struct filter_line *f, uint32_t index,
                                struct text *text);
static void add_visit(void *context, const struct weir_visit *visit);
static bool explain_text(const struct weir_matcher *m, const struct weir_notification *n,
                         uint64_t number, const uint32_t *ids, size_t count);
static bool explain_json(const struct weir_matcher *m, const struct weir_notification *n,
                         uint64_t number, const uint32_t *ids, size_t count);
static json_t *cost_json(const struct weir_match_cost *cost);
static bool put_line(json_t *object);

/* ---- filters */

bool match_explain_filter(struct weir_matcher *m, const struct filter_line *f, bool json)
{
    const uint32_t count = weir_normal_count(f->normal);
    json_t *conjunctions = json ? json_array() : NULL;
    struct text text = {NULL, 0};
    bool done = true;

    if (!json)
        printf("filter %" PRIu32 "%s%s\n", f->id, count == 0 ? ": matches nothing" : "",
               f->exact ? "" : " (by a wider normal form, and then evaluated)");
    for (uint32_t i = 0; i < count && done; i++)
        done = json ? json_array_append_new(conjunctions, conjunction_json(m, f, i, &text)) == 0
                    : print_conjunction(m, f, i, &text);
    text_fini(&text);
    if (json)
        return put_line(json_pack("{s:I, s:b, s:o}", "filter", (json_int_t)f->id, "exact", f->exact,
                                  "conjunctions", conjunctions)) &&
               done;
    return done;
}

static bool print_conjunction(struct weir_matcher *m, const struct filter_line *f, uint32_t index,
                              struct text *text)
{
    const struct weir_conjunction *conjunction = weir_normal_at(f->normal, index);
    const struct weir_access access = weir_matcher_access(m, f->id, index);
    const struct weir_holder holder = weir_matcher_holder(m, f->id, index);

    printf("  found ");
    access_print(&access);
    printf("; in a %s of %" PRIu32 " row%s, %" PRIu32 " under the same key%s\n",
           holder.page ? "page" : "block", holder.rows, holder.rows == 1 ? "" : "s", holder.beside,
           holder.places == 1 ? "" : "s");
    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        const struct weir_constraint *constraint = &conjunction->constraints[i];
        const char *printed = TEXT_PRINT(text, weir_constraint_print, constraint);

        if (printed == NULL)
            return false;
        printf("    %-6s  %s\n",
               access_decider_name(access_decider(&access, &holder, constraint->name)), printed);
    }
    for (uint32_t i = 0; i < conjunction->residual_count; i++)
        printf("    last    %.*s\n", (int)conjunction->residuals[i].text.len,
               conjunction->residuals[i].text.ptr);
    return true;
}

static json_t *conjunction_json(struct weir_matcher *m, const struct filter_line *f, uint32_t index,
                                struct text *text)
{
    const struct weir_conjunction *conjunction = weir_normal_at(f->normal, index);
    const struct weir_access access = weir_matcher_access(m, f->id, index);
    const struct weir_holder holder = weir_matcher_holder(m, f->id, index);
    json_t *parts = json_array();

    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        const struct weir_constraint *constraint = &conjunction->constraints[i];
        const char *printed = TEXT_PRINT(text, weir_constraint_print, constraint);

        (void)json_array_append_new(
            parts,
            json_pack("{s:s, s:s}", "text", printed, "decided_by",
                      access_decider_name(access_decider(&access, &holder, constraint->name))));
    }
    for (uint32_t i = 0; i < conjunction->residual_count; i++)
        (void)json_array_append_new(
            parts, json_pack("{s:s%, s:s}", "text", conjunction->residuals[i].text.ptr,
                             conjunction->residuals[i].text.len, "decided_by", "evaluation"));
    if (json_array_size(parts) != conjunction->constraint_count + conjunction->residual_count) {
        json_decref(parts);
        return NULL;
    }
    return json_pack("{s:s, s:s%, s:i, s:s, s:i, s:i, s:o}", "by", access_name(access.kind),
                     "attribute", access.name.len > 0 ? access.name.ptr : "", access.name.len,
                     "values", (int)access.values, "holder", holder.page ? "page" : "block", "rows",
                     (int)holder.rows, "beside", (int)holder.beside, "parts", parts);
}

/* ---- notifications */

bool match_explain(const struct weir_matcher *m, const struct weir_notification *n, uint64_t number,
                   const uint32_t *ids, size_t count, bool json)
{
    return json ? explain_json(m, n, number, ids, count) : explain_text(m, n, number, ids, count);
}

static bool explain_text(const struct weir_matcher *m, const struct weir_notification *n,
                         uint64_t number, const uint32_t *ids, size_t count)
{
    struct weir_match_cost cost;

    printf("notification %" PRIu64 "\n", number);
    if (weir_matcher_explain(m, n, print_visit, NULL, &cost, NULL) != WEIR_OK)
        return false;
    printf("  in all: %" PRIu32 " attributes that filters name, %" PRIu32
           " keys looked for, %" PRIu32 " met; %" PRIu32 " blocks, %" PRIu32 " pages, %" PRIu32
           " rows, %" PRIu32 " columns; %" PRIu32 " left, %" PRIu32 " records, %" PRIu32
           " found; %" PRIu64 " steps%s\n  ids:",
           cost.attributes, cost.keys, cost.visits, cost.blocks, cost.pages, cost.rows,
           cost.columns, cost.maybe, cost.records, cost.found, cost.steps,
           cost.undecided > 0 ? "; some ran out of budget" : "");
    for (size_t i = 0; i < count; i++)
        printf(" %" PRIu32, ids[i]);
    putchar('\n');
    return true;
}

static void print_visit(void *context, const struct weir_visit *visit)
{
    const struct weir_access access = {visit->kind, visit->name, 1, false, visit->text};

    (void)context;
    printf("  ");
    access_print(&access);
    printf("%s: %" PRIu32 " blocks, %" PRIu32 " pages, %" PRIu32 " rows, %" PRIu32
           " columns; %" PRIu32 " left, %" PRIu32 " records, %" PRIu32 " found\n",
           visit->met ? "" : " (perhaps)", visit->blocks, visit->pages, visit->rows, visit->columns,
           visit->maybe, visit->records, visit->found);
}

static bool explain_json(const struct weir_matcher *m, const struct weir_notification *n,
                         uint64_t number, const uint32_t *ids, size_t count)
{
    json_t *visits = json_array(), *found = json_array();
    struct weir_match_cost cost;
    const bool told = weir_matcher_explain(m, n, add_visit, visits, &cost, NULL) == WEIR_OK;

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(found, json_integer(ids[i]));
    if (!told || json_array_size(found) != count || json_array_size(visits) != cost.visits) {
        json_decref(visits);
        json_decref(found);
        return false;
    }
    return put_line(json_pack("{s:I, s:o, s:o, s:o}", "notification", (json_int_t)number, "visits",
                              visits, "cost", cost_json(&cost), "ids", found));
}

static void add_visit(void *context, const struct weir_visit *visit)
{
    (void)json_array_append_new(
        context,
        json_pack("{s:s, s:s%, s:s%, s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "by",
                  access_name(visit->kind), "attribute", visit->name.len > 0 ? visit->name.ptr : "",
                  visit->name.len, "text", visit->text.len > 0 ? visit->text.ptr : "",
                  visit->text.len, "met", visit->met, "blocks", (int)visit->blocks, "pages",
                  (int)visit->pages, "rows", (int)visit->rows, "columns", (int)visit->columns,
                  "left", (int)visit->maybe, "records", (int)visit->records, "found",
                  (int)visit->found));
}

static json_t *cost_json(const struct weir_match_cost *cost)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:I}", "attributes",
                     (int)cost->attributes, "keys", (int)cost->keys, "met", (int)cost->visits,
                     "blocks", (int)cost->blocks, "pages", (int)cost->pages, "rows",
                     (int)cost->rows, "columns", (int)cost->columns, "left", (int)cost->maybe,
                     "records", (int)cost->records, "found", (int)cost->found, "undecided",
                     (int)cost->undecided, "steps", (json_int_t)cost->steps);
}

/* Takes the object over. */
static bool put_line(json_t *object)
{
    char *line = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

    if (line != NULL)
        puts(line);
    free(line);
    json_decref(object);
    return line != NULL;
}
