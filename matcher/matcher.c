/* matcher.c - the matcher as a whole: adding, removing, giving memory back. */
#include "forms.h"
#include "keys.h"
#include "names.h"
#include "record.h"
#include "rows.h"
#include "slots.h"

#include <assert.h>

#define RECORDS_SIZE_MAX (4u * WEIR_NORMAL_SIZE_MAX)

static bool put_records(struct weir_matcher *m, struct weiri_records *records,
                        const struct weir_normal *normal);
static void collect(struct weir_matcher *m);
static void trim(struct weir_matcher *m);

enum weir_err weir_matcher_create(struct weir_matcher **out, const struct weir_alloc *alloc)
{
    struct weir_matcher *m = weiri_alloc_zeroed(alloc, 1, sizeof *m);

    assert(out != NULL);
    if (m == NULL)
        return WEIR_ENOMEM;
    m->alloc = alloc;
    weiri_texts_init(&m->texts, &m->retired, alloc);
    weiri_table_init(&m->rows, alloc);
    m->rows_limit = WEIRI_ROWS_LIMIT;
    weiri_names_init(m);
    weiri_keys_init(m);
    weiri_slots_init(m);
    weiri_forms_init(m);
    weiri_buf_init(&m->record, RECORDS_SIZE_MAX, alloc);
    *out = m;
    return WEIR_OK;
}

void weir_matcher_destroy(struct weir_matcher *m)
{
    if (m == NULL)
        return;
    while (m->ids.count > 0)
        weiri_forms_remove(m, weiri_ids_any(&m->ids));
    weir_matcher_reclaim(m);
    collect(m);
    weiri_buf_fini(&m->record);
    weiri_release(m->alloc, m->held);
    weiri_forms_fini(m);
    weiri_keys_fini(m);
    weiri_names_fini(m);
    weiri_table_fini(&m->rows);
    weiri_texts_fini(&m->texts);
    weiri_reclaim(&m->retired, m);
    weiri_release(m->alloc, m);
}

void weir_matcher_share(struct weir_matcher *m)
{
    m->shared = true;
}

enum weir_err weir_matcher_add(struct weir_matcher *m, uint32_t id, uint32_t group,
                               const struct weir_normal *normal)
{
    struct weiri_records records;
    bool added;

    if (weiri_ids_get(&m->ids, id) != WEIRI_IDS_NONE)
        return WEIR_EEXIST;
    added = put_records(m, &records, normal) && weiri_forms_add(m, id, group, &records);
    if (added) {
        weiri_slots_step(m);
    } else {
        weiri_records_let_go(m, &records);
        trim(m);
    }
    if (!m->shared)
        collect(m);
    return added ? WEIR_OK : WEIR_ENOMEM;
}

bool weir_matcher_remove(struct weir_matcher *m, uint32_t id)
{
    if (weiri_ids_get(&m->ids, id) == WEIRI_IDS_NONE)
        return false;
    weiri_forms_remove(m, id);
    if (!m->shared)
        collect(m);
    if (m->ids.count == 0)
        trim(m);
    return true;
}

size_t weir_matcher_count(const struct weir_matcher *m)
{
    return m->ids.count;
}

bool weir_matcher_seal(struct weir_matcher *m)
{
    if (m->sealed_form == WEIRI_NONE && m->sealed.first == NULL) {
        m->sealed_form = m->retired_form;
        m->retired_form = WEIRI_NONE;
        weiri_retire_move(&m->sealed, &m->retired);
    }
    return m->sealed_form != WEIRI_NONE || m->sealed.first != NULL;
}

void weir_matcher_reclaim(struct weir_matcher *m)
{
    const uint32_t form = m->sealed_form;

    m->sealed_form = WEIRI_NONE;
    weiri_forms_reclaim(m, form);
    weiri_reclaim(&m->sealed, m);
}

/* False for want of memory: then with those that were put before. */
static bool put_records(struct weir_matcher *m, struct weiri_records *records,
                        const struct weir_normal *normal)
{
    const uint32_t count = weir_normal_count(normal);
    bool put = true;

    weiri_buf_reset(&m->record);
    for (uint32_t i = 0; i < count && put; i++) {
        const size_t before = m->record.size;

        put = weiri_record_put(m, &m->record, weir_normal_at(normal, i));
        *records = (struct weiri_records){m->record.bytes, (uint32_t)before, i};
    }
    if (!put)
        return false;
    *records = (struct weiri_records){m->record.bytes, (uint32_t)m->record.size, count};
    return true;
}

/* What is reclaimed may retire more: rows of forms, names of records. */
static void collect(struct weir_matcher *m)
{
    while (m->retired_form != WEIRI_NONE || m->retired.first != NULL) {
        const uint32_t form = m->retired_form;
        struct weiri_retire_list list = {0};

        m->retired_form = WEIRI_NONE;
        weiri_retire_move(&list, &m->retired);
        weiri_forms_reclaim(m, form);
        weiri_reclaim(&list, m);
    }
}

/* Gives up what was reserved, and the working memory. */
static void trim(struct weir_matcher *m)
{
    struct weiri_table *const tables[] = {&m->attrs, &m->residuals, &m->groups, &m->buckets,
                                          &m->rows,  &m->forms,     &m->marks,  &m->texts.table};
    struct weiri_map *const maps[] = {&m->attr_map,   &m->residual_map, &m->group_map,
                                      &m->bucket_map, &m->form_map,     &m->texts.map};

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        weiri_table_trim(tables[i]);
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        weiri_map_trim(maps[i]);
    weiri_buf_fini(&m->record);
    weiri_buf_init(&m->record, RECORDS_SIZE_MAX, m->alloc);
    weiri_release(m->alloc, m->held);
    m->held = NULL;
    m->held_capacity = m->held_count = 0;
}
