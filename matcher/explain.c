/* explain.c - how filters are found and what a notification costs, for people. */
#include <weir/explain.h>

#include "forms.h"
#include "keys.h"
#include "layout.h"
#include "lists.h"
#include "names.h"
#include "rows.h"
#include "scan.h"

#include <assert.h>

/* A match that is told of. */
struct telling {
    struct weiri_probe probe;
    const struct weiri_scan *scan;
    weir_visit_fn *fn;
    void *context;
    struct weir_match_cost *cost;
};

static bool proves(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                   const uint8_t *record);
static bool is_of(const struct weiri_rows *rows, uint32_t place, uint32_t conjunction);
static enum weir_access_kind kind_of(const struct weiri_key *key);
static struct weir_str text_of(const struct weir_matcher *m, const struct weiri_key *key);
static void describe_row(struct weir_matcher *m, struct weir_holder *holder,
                         const struct weiri_rows *rows, uint32_t form, uint32_t conjunction);
static uint32_t keys_sought(const struct weiri_probe *probe);
static void tell_bucket(void *context, const struct weiri_bucket *bucket, bool met);
static void visit_block(struct telling *t, const struct weiri_block *block, bool met,
                        struct weir_visit *visit);
static void visit_sheet(struct telling *t, const struct weiri_sheet *sheet,
                        struct weir_visit *visit);
static void decide_row(struct telling *t, const struct weiri_rows *rows, uint32_t row, bool sure,
                       struct weir_visit *visit);
static void add_up(struct weir_match_cost *cost, const struct weir_visit *visit);

const char *weir_matcher_instructions(void)
{
    return weiri_scan_best()->name;
}

/* ---- filters */

struct weir_access weir_matcher_access(const struct weir_matcher *m, uint32_t id, uint32_t index)
{
    const struct weiri_form *form = weiri_form_at(m, weiri_ids_get(&m->ids, id));
    struct weir_access access = {.kind = WEIR_ACCESS_ALWAYS};

    assert(index < form->conjunction_count);
    for (uint32_t i = 0; i < form->place_count; i++) {
        const struct weiri_rows *rows = weiri_rows_at(m, form->places[i] >> WEIRI_PLACE_BITS);
        const struct weiri_key *key = &rows->bucket->key;

        if (!is_of(rows, form->places[i], index))
            continue;
        access.kind = kind_of(key);
        access.values++;
        access.text = text_of(m, key);
        if (key->attr != WEIRI_NONE) {
            access.name = weiri_attr_at(m, key->attr)->name;
            access.proven = proves(m, rows->bucket, weiri_form_record(form, index));
        }
    }
    return access;
}

struct weir_holder weir_matcher_holder(struct weir_matcher *m, uint32_t id, uint32_t index)
{
    const uint32_t handle = weiri_ids_get(&m->ids, id);
    const struct weiri_form *form = weiri_form_at(m, handle);
    struct weir_holder holder = {.places = 0};

    assert(index < form->conjunction_count);
    for (uint32_t i = 0; i < form->place_count; i++) {
        const struct weiri_rows *rows = weiri_rows_at(m, form->places[i] >> WEIRI_PLACE_BITS);

        if (!is_of(rows, form->places[i], index))
            continue;
        if (holder.places++ == 0)
            describe_row(m, &holder, rows, handle, index);
        holder.beside += rows->bucket->rows;
    }
    return holder;
}

static void describe_row(struct weir_matcher *m, struct weir_holder *holder,
                         const struct weiri_rows *rows, uint32_t form, uint32_t conjunction)
{
    const uint32_t room = rows->kind == WEIRI_BLOCK ? WEIRI_BLOCK_COLUMNS : WEIRI_ROW_COLUMNS;
    struct weiri_row row;

    weiri_row_make(m, &row, rows->bucket, form, conjunction);
    holder->page = rows->kind == WEIRI_PAGE;
    holder->rows = rows->count;
    holder->complete = row.complete && row.column_count <= room;
    for (uint32_t i = 0; i < row.column_count && i < room && i < WEIR_HOLDER_COLUMNS; i++)
        holder->columns[holder->column_count++] = m->slots[row.columns[i].slot]->attr->name;
}

static bool is_of(const struct weiri_rows *rows, uint32_t place, uint32_t conjunction)
{
    return weiri_rows_refs(rows).conjunction[place % (1u << WEIRI_PLACE_BITS)] == conjunction;
}

static bool proves(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                   const uint8_t *record)
{
    struct weiri_record_walk walk;

    for (weiri_record_walk(&walk, record); weiri_record_next(&walk, m);) {
        if (walk.attr == bucket->key.attr)
            return weiri_implies(m, bucket, &walk);
    }
    return false;
}

static enum weir_access_kind kind_of(const struct weiri_key *key)
{
    static const enum weir_access_kind kinds[] = {
        [WEIRI_KEY_VALUE] = WEIR_ACCESS_VALUE,      [WEIRI_KEY_PREFIX] = WEIR_ACCESS_PREFIX,
        [WEIRI_KEY_SUFFIX] = WEIR_ACCESS_SUFFIX,    [WEIRI_KEY_CONTAINS] = WEIR_ACCESS_CONTAINS,
        [WEIRI_KEY_PRESENT] = WEIR_ACCESS_PRESENCE, [WEIRI_KEY_ALWAYS] = WEIR_ACCESS_ALWAYS};

    return kinds[key->kind];
}

static struct weir_str text_of(const struct weir_matcher *m, const struct weiri_key *key)
{
    if (key->kind < WEIRI_KEY_PREFIX || key->kind > WEIRI_KEY_CONTAINS)
        return (struct weir_str){NULL, 0};
    return weiri_texts_at(&m->texts, (uint32_t)key->payload);
}

/* ---- notifications */

enum weir_err weir_matcher_explain(const struct weir_matcher *m,
                                   const struct weir_notification *notification,
                                   weir_visit_fn *visit, void *context,
                                   struct weir_match_cost *cost, const struct weir_alloc *alloc)
{
    struct telling *t = weiri_alloc_zeroed(alloc, 1, sizeof *t);

    if (t == NULL)
        return WEIR_ENOMEM;
    if (weir_scratch_create(&t->probe.scratch, alloc) != WEIR_OK) {
        weiri_release(alloc, t);
        return WEIR_ENOMEM;
    }
    t->scan = weiri_scan_best();
    t->fn = visit;
    t->context = context;
    t->cost = cost;
    *cost = (struct weir_match_cost){0};
    weiri_probe_begin(&t->probe, m, notification);
    cost->attributes = t->probe.count;
    cost->keys = keys_sought(&t->probe);
    weiri_keys_visit(&t->probe, tell_bucket, t);
    cost->undecided = t->probe.undecided;
    cost->steps = (uint64_t)cost->keys + cost->columns + cost->maybe + cost->records;
    weir_scratch_destroy(t->probe.scratch);
    weiri_release(alloc, t);
    return WEIR_OK;
}

/* By the kinds of keys that filters have on the attributes. */
static uint32_t keys_sought(const struct weiri_probe *probe)
{
    uint32_t count = 1; /* every notification */

    for (uint32_t i = 0; i < probe->count; i++) {
        const struct weiri_attr *attr = probe->attrs[i];

        count += (attr->keys[WEIRI_KEY_PRESENT] > 0 ? 1u : 0u) +
                 (attr->keys[WEIRI_KEY_VALUE] > 0 ? 1u : 0u);
        if (probe->values[i].type != WEIR_STRING)
            continue;
        count += (uint32_t)__builtin_popcountll(attr->lengths[WEIRI_KEY_PREFIX]) +
                 (uint32_t)__builtin_popcountll(attr->lengths[WEIRI_KEY_SUFFIX]) +
                 attr->keys[WEIRI_KEY_CONTAINS];
    }
    return count;
}

static void tell_bucket(void *context, const struct weiri_bucket *bucket, bool met)
{
    struct telling *t = context;
    const struct weir_matcher *m = t->probe.matcher;
    struct weiri_list *list = atomic_load_explicit(&bucket->list, memory_order_acquire);
    const uint32_t count =
        list != NULL ? atomic_load_explicit(&list->count, memory_order_acquire) : 0;
    struct weir_visit visit = {
        .kind = kind_of(&bucket->key), .text = text_of(m, &bucket->key), .met = met};

    if (bucket->key.attr != WEIRI_NONE)
        visit.name = weiri_attr_at(m, bucket->key.attr)->name;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t gate =
            atomic_load_explicit(&weiri_list_gates(list)[i], memory_order_acquire);
        const struct weiri_rows *rows = atomic_load_explicit(&list->v[i], memory_order_acquire);

        if (rows == NULL || !weiri_gate_admits(gate, t->probe.look.codes))
            continue;
        if (rows->kind == WEIRI_BLOCK)
            visit_block(t, (const struct weiri_block *)rows, met, &visit);
        else
            visit_sheet(t, (const struct weiri_sheet *)rows, &visit);
    }
    add_up(t->cost, &visit);
    if (t->fn != NULL)
        t->fn(t->context, &visit);
}

static void visit_block(struct telling *t, const struct weiri_block *block, bool met,
                        struct weir_visit *visit)
{
    uint64_t maybe, sure;

    visit->blocks++;
    visit->rows += block->rows.count;
    visit->columns += block->rows.columns;
    t->scan->block(block, &t->probe.look, &maybe, &sure);
    for (; maybe != 0; maybe &= maybe - 1) {
        const uint32_t row = (uint32_t)__builtin_ctzll(maybe);

        decide_row(t, &block->rows, row, met && (sure >> row & 1) != 0, visit);
    }
}

static void visit_sheet(struct telling *t, const struct weiri_sheet *sheet,
                        struct weir_visit *visit)
{
    uint64_t maybe[WEIRI_SHEET_PAGES], sure;

    visit->columns += atomic_load_explicit(&sheet->strip_count, memory_order_acquire);
    t->scan->bitmaps(sheet, t->probe.look.codes, maybe);
    for (uint32_t p = 0; p < sheet->rows.capacity; p++) {
        const struct weiri_page *page =
            atomic_load_explicit(&sheet->pages[p], memory_order_acquire);

        if (page == NULL || page->rows.count == 0)
            continue;
        visit->pages++;
        visit->rows += page->rows.count;
        maybe[p] = t->scan->rows(page->codes, maybe[p], &t->probe.look, &sure);
        for (; maybe[p] != 0; maybe[p] &= maybe[p] - 1) {
            const uint32_t row = (uint32_t)__builtin_ctzll(maybe[p]);

            decide_row(t, &page->rows, row, (sure >> row & 1) != 0, visit);
        }
    }
}

static void decide_row(struct telling *t, const struct weiri_rows *rows, uint32_t row, bool sure,
                       struct weir_visit *visit)
{
    const struct weiri_refs refs = weiri_rows_refs(rows);
    enum weir_truth truth = WEIR_TRUE;

    visit->maybe++;
    if (!sure) {
        const struct weiri_form *form = weiri_form_at(t->probe.matcher, refs.form[row]);

        visit->records++;
        truth = weiri_record_eval(weiri_form_record(form, refs.conjunction[row]), &t->probe);
        t->probe.undecided += truth == WEIR_UNKNOWN;
    }
    visit->found += truth == WEIR_TRUE;
}

static void add_up(struct weir_match_cost *cost, const struct weir_visit *visit)
{
    cost->visits++;
    cost->blocks += visit->blocks;
    cost->pages += visit->pages;
    cost->rows += visit->rows;
    cost->columns += visit->columns;
    cost->maybe += visit->maybe;
    cost->records += visit->records;
    cost->found += visit->found;
}
