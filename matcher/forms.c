/* forms.c - see forms.h. */
#include "forms.h"

#include "disjoint.h"
#include "keys.h"
#include "layout.h"
#include "members.h"
#include "names.h"
#include "rows.h"
#include "slots.h"

#include <stddef.h>
#include <string.h>

/* Conjunctions of a form of which it is found out whether they exclude one another. */
#define DISJOINT_MAX 8u
/* Of a form: a place under each of 32 values for each of 128 conjunctions. */
#define PLACES_MAX 0x7fffu

static bool form_equal(const void *context, uint32_t handle, const void *key);
static uint32_t form_hash(const void *context, uint32_t handle);
static uint32_t hash_records(const struct weiri_records *records);
static struct weiri_records records_of(const struct weiri_form *form);
static uint32_t create_form(struct weir_matcher *m, const struct weiri_records *records,
                            uint32_t hash, uint32_t id, uint32_t group);
static bool needs_mark(const struct weir_matcher *m, const struct weiri_records *records);
static void observe(struct weir_matcher *m, const struct weiri_records *records);
static void forget(struct weir_matcher *m, const struct weiri_records *records);
static bool hold_keys(struct weir_matcher *m, const struct weiri_records *records);
static void let_go_keys(struct weir_matcher *m, const struct weiri_records *records,
                        uint32_t limit);
static void choose(struct weir_matcher *m, struct weiri_access *best, const uint8_t *record);
static bool is_rarer(const struct weir_matcher *m, uint32_t attr, uint32_t other);
static uint64_t mentions_of(const struct weir_matcher *m, const struct weiri_access *access);
static uint32_t count_places(struct weir_matcher *m, const struct weiri_records *records);
static bool place_rows(struct weir_matcher *m, struct weiri_form *form, uint32_t handle);
static uint32_t place_row(struct weir_matcher *m, const struct weiri_key *key, uint32_t handle,
                          uint32_t conjunction, const struct weiri_form *form);
static void free_rows(struct weir_matcher *m, const struct weiri_form *form, uint32_t count);
static void set_live(struct weir_matcher *m, const struct weiri_form *form, bool live);
static void set_refs(struct weir_matcher *m, const struct weiri_form *form);
static bool is_plain(const struct weiri_form *form);
static void retire_form(struct weir_matcher *m, struct weiri_form *form, uint32_t handle);

void weiri_forms_init(struct weir_matcher *m)
{
    weiri_ids_init(&m->ids, m->alloc);
    weiri_table_init(&m->forms, m->alloc);
    weiri_table_init(&m->marks, m->alloc);
    weiri_map_init(&m->form_map, form_equal, form_hash, m, &m->retired, m->alloc);
    m->retired_form = m->sealed_form = WEIRI_NONE;
}

void weiri_forms_fini(struct weir_matcher *m)
{
    weiri_map_fini(&m->form_map);
    weiri_table_fini(&m->marks);
    weiri_table_fini(&m->forms);
    weiri_ids_fini(&m->ids);
}

const uint8_t *weiri_form_record(const struct weiri_form *form, uint32_t conjunction)
{
    const uint8_t *record = records_of(form).bytes;

    for (; conjunction > 0; conjunction--)
        record = weiri_record_end(record);
    return record;
}

bool weiri_forms_add(struct weir_matcher *m, uint32_t id, uint32_t group,
                     const struct weiri_records *records)
{
    const uint32_t hash = hash_records(records);
    uint32_t handle = weiri_map_find(&m->form_map, hash, records);

    if (!weiri_ids_reserve(&m->ids, id))
        return false;
    if (handle == WEIRI_MAP_NONE) {
        handle = create_form(m, records, hash, id, group);
        if (handle == WEIRI_NONE) {
            weiri_ids_unreserve(&m->ids, id);
            return false;
        }
    } else {
        struct weiri_form *form = weiri_form_at(m, handle);

        if (!weiri_members_add(m, form, id, group)) {
            weiri_ids_unreserve(&m->ids, id);
            return false;
        }
        if (weiri_members_count(form) == 2)
            set_refs(m, form);
        weiri_records_let_go(m, records);
    }
    weiri_ids_set(&m->ids, id, handle);
    atomic_store_explicit(&m->id_count, m->ids.count, memory_order_relaxed);
    return true;
}

void weiri_forms_remove(struct weir_matcher *m, uint32_t id)
{
    const uint32_t handle = weiri_ids_get(&m->ids, id);
    struct weiri_form *form = weiri_form_at(m, handle);

    weiri_members_remove(m, form, id);
    weiri_ids_clear(&m->ids, id);
    atomic_store_explicit(&m->id_count, m->ids.count, memory_order_relaxed);
    if (form->members == WEIRI_MEMBER_GONE)
        retire_form(m, form, handle);
    else if (weiri_members_count(form) == 1)
        set_refs(m, form);
}

void weiri_forms_reclaim(struct weir_matcher *m, uint32_t first)
{
    while (first != WEIRI_NONE) {
        struct weiri_form *form = weiri_form_at(m, first);
        const struct weiri_records records = records_of(form);
        const uint32_t next = form->hash;

        free_rows(m, form, form->place_count);
        let_go_keys(m, &records, WEIRI_NONE);
        forget(m, &records);
        weiri_records_let_go(m, &records);
        if (weiri_form_mark(form) != WEIRI_NONE)
            weiri_table_drop(&m->marks, weiri_form_mark(form));
        weiri_table_drop(&m->forms, first);
        weiri_release(m->alloc, form);
        first = next;
    }
}

void weiri_records_let_go(struct weir_matcher *m, const struct weiri_records *records)
{
    const uint8_t *record = records->bytes;

    for (uint32_t i = 0; i < records->conjunctions; i++) {
        const uint8_t *end = weiri_record_end(record);

        weiri_record_let_go(m, record);
        record = end;
    }
}

static bool form_equal(const void *context, uint32_t handle, const void *key)
{
    const struct weiri_records held = records_of(weiri_form_at(context, handle));
    const struct weiri_records *records = key;

    return held.conjunctions == records->conjunctions && held.size == records->size &&
           (held.size == 0 || memcmp(held.bytes, records->bytes, held.size) == 0);
}

static uint32_t form_hash(const void *context, uint32_t handle)
{
    return weiri_form_at(context, handle)->hash;
}

static uint32_t hash_records(const struct weiri_records *records)
{
    return weiri_text_hash((struct weir_str){(const char *)records->bytes, records->size});
}

static struct weiri_records records_of(const struct weiri_form *form)
{
    const uint32_t numbers = form->place_count + form->marked;

    return (struct weiri_records){(const uint8_t *)(form->places + numbers), form->record_size,
                                  form->conjunction_count};
}

/* The handle of a form that readers find, or NONE for want of memory. */
static uint32_t create_form(struct weir_matcher *m, const struct weiri_records *records,
                            uint32_t hash, uint32_t id, uint32_t group)
{
    struct weiri_form *form = NULL;
    const bool marked = needs_mark(m, records);
    uint32_t handle, places, numbers;

    observe(m, records);
    if (!weiri_map_reserve(&m->form_map) || !weiri_table_reserve(&m->forms) ||
        !weiri_table_reserve(&m->marks) || !hold_keys(m, records)) {
        forget(m, records);
        return WEIRI_NONE;
    }
    places = count_places(m, records);
    numbers = places + marked;
    form = weiri_alloc_zeroed(m->alloc, 1,
                              offsetof(struct weiri_form, places) +
                                  numbers * sizeof form->places[0] + records->size);
    if (form == NULL) {
        let_go_keys(m, records, WEIRI_NONE);
        forget(m, records);
        return WEIRI_NONE;
    }
    form->hash = hash;
    form->members = WEIRI_MEMBER_GONE;
    form->record_size = records->size;
    form->conjunction_count = (uint16_t)records->conjunctions;
    form->place_count = places & PLACES_MAX;
    form->marked = marked;
    if (records->size > 0)
        memcpy(form->places + numbers, records->bytes, records->size);
    handle = weiri_table_put(&m->forms, form);
    if (!weiri_members_add(m, form, id, group) || !place_rows(m, form, handle)) {
        if (form->members != WEIRI_MEMBER_GONE)
            weiri_members_remove(m, form, id);
        weiri_table_drop(&m->forms, handle);
        weiri_release(m->alloc, form);
        let_go_keys(m, records, WEIRI_NONE);
        forget(m, records);
        return WEIRI_NONE;
    }
    if (marked) {
        form->places[places] = weiri_table_put(&m->marks, form);
        atomic_store_explicit(&m->mark_count, weiri_table_end(&m->marks), memory_order_relaxed);
    }
    weiri_map_insert(&m->form_map, hash, handle);
    set_live(m, form, true);
    return handle;
}

/* Unless each two of its conjunctions exclude one another. */
static bool needs_mark(const struct weir_matcher *m, const struct weiri_records *records)
{
    const uint8_t *one = records->bytes;

    if (records->conjunctions > DISJOINT_MAX)
        return true;
    for (uint32_t i = 0; i < records->conjunctions; i++, one = weiri_record_end(one)) {
        const uint8_t *other = weiri_record_end(one);

        for (uint32_t k = i + 1; k < records->conjunctions; k++, other = weiri_record_end(other)) {
            if (!weiri_records_disjoint(m, one, other))
                return true;
        }
    }
    return false;
}

/* Lets attributes learn what filters ask of them. */
static void observe(struct weir_matcher *m, const struct weiri_records *records)
{
    const uint8_t *record = records->bytes;

    for (uint32_t i = 0; i < records->conjunctions; i++, record = weiri_record_end(record)) {
        for (weiri_record_walk(&m->walk, record); weiri_record_next(&m->walk, m);) {
            struct weiri_attr *attr = weiri_attr_at(m, m->walk.attr);

            attr->mentions++;
            weiri_slots_observe(m, attr, &m->walk.domain);
        }
    }
}

static void forget(struct weir_matcher *m, const struct weiri_records *records)
{
    const uint8_t *record = records->bytes;

    for (uint32_t i = 0; i < records->conjunctions; i++, record = weiri_record_end(record)) {
        for (weiri_record_walk(&m->walk, record); weiri_record_next(&m->walk, m);)
            weiri_attr_at(m, m->walk.attr)->mentions--;
    }
}

/* Every key that could serve is counted, whichever will: so the rare ones are known. */
static bool hold_keys(struct weir_matcher *m, const struct weiri_records *records)
{
    const uint8_t *record = records->bytes;
    struct weiri_access accesses[WEIRI_ACCESSES];
    uint32_t held = 0;

    for (uint32_t i = 0; i < records->conjunctions; i++, record = weiri_record_end(record)) {
        for (weiri_record_walk(&m->walk, record); weiri_record_next(&m->walk, m);) {
            const uint32_t count = weiri_accesses_of(m, &m->walk, accesses);

            for (uint32_t a = 0; a < count; a++) {
                for (uint32_t k = 0; k < accesses[a].count; k++, held++) {
                    if (weiri_bucket_hold(m, &accesses[a].keys[k]) == NULL) {
                        let_go_keys(m, records, held);
                        return false;
                    }
                }
            }
        }
    }
    return true;
}

/* The first `limit` of them. */
static void let_go_keys(struct weir_matcher *m, const struct weiri_records *records, uint32_t limit)
{
    const uint8_t *record = records->bytes;
    struct weiri_access accesses[WEIRI_ACCESSES];

    for (uint32_t i = 0; i < records->conjunctions; i++, record = weiri_record_end(record)) {
        for (weiri_record_walk(&m->walk, record); weiri_record_next(&m->walk, m);) {
            const uint32_t count = weiri_accesses_of(m, &m->walk, accesses);

            for (uint32_t a = 0; a < count; a++) {
                for (uint32_t k = 0; k < accesses[a].count; k++, limit--) {
                    if (limit == 0)
                        return;
                    weiri_bucket_let_go(m, weiri_bucket_find(m, &accesses[a].keys[k]));
                }
            }
        }
    }
}

/* The access whose keys are mentioned least; where there is none, the presence of the attribute
 * that is. */
static void choose(struct weir_matcher *m, struct weiri_access *best, const uint8_t *record)
{
    struct weiri_access accesses[WEIRI_ACCESSES];
    uint64_t least = UINT64_MAX;
    uint32_t rarest = WEIRI_NONE;

    for (weiri_record_walk(&m->walk, record); weiri_record_next(&m->walk, m);) {
        const uint32_t count = weiri_accesses_of(m, &m->walk, accesses);

        for (uint32_t a = 0; a < count; a++) {
            const uint64_t mentions = mentions_of(m, &accesses[a]);

            if (mentions < least) {
                least = mentions;
                *best = accesses[a];
            }
        }
        if (weiri_requires(&m->walk) && (rarest == WEIRI_NONE || is_rarer(m, m->walk.attr, rarest)))
            rarest = m->walk.attr;
    }
    if (least < UINT64_MAX)
        return;
    best->kind = rarest != WEIRI_NONE ? WEIRI_KEY_PRESENT : WEIRI_KEY_ALWAYS;
    best->attr = rarest;
    best->count = 1;
    best->keys[0] = (struct weiri_key){.kind = (uint8_t)best->kind, .attr = rarest};
}

/* By magnitude, and then the older one: so that conjunctions on the same attributes come together
 * though these are about equally rare. */
static bool is_rarer(const struct weir_matcher *m, uint32_t attr, uint32_t other)
{
    const int one = __builtin_clz(weiri_attr_at(m, attr)->mentions);
    const int two = __builtin_clz(weiri_attr_at(m, other)->mentions);

    return one != two ? one > two : attr < other;
}

static uint64_t mentions_of(const struct weir_matcher *m, const struct weiri_access *access)
{
    uint64_t mentions = 0;

    for (uint32_t k = 0; k < access->count; k++)
        mentions += weiri_bucket_find(m, &access->keys[k])->mentions;
    return mentions;
}

static uint32_t count_places(struct weir_matcher *m, const struct weiri_records *records)
{
    const uint8_t *record = records->bytes;
    struct weiri_access access;
    uint32_t count = 0;

    for (uint32_t i = 0; i < records->conjunctions; i++, record = weiri_record_end(record)) {
        choose(m, &access, record);
        count += access.count;
    }
    return count;
}

static bool place_rows(struct weir_matcher *m, struct weiri_form *form, uint32_t handle)
{
    const uint8_t *record = records_of(form).bytes;
    struct weiri_access access;
    uint32_t placed = 0;

    for (uint32_t i = 0; i < form->conjunction_count; i++, record = weiri_record_end(record)) {
        choose(m, &access, record);
        for (uint32_t k = 0; k < access.count; k++, placed++) {
            form->places[placed] = place_row(m, &access.keys[k], handle, i, form);
            if (form->places[placed] == WEIRI_NONE) {
                free_rows(m, form, placed);
                return false;
            }
        }
    }
    return true;
}

/* A bucket of presence is mentioned by its rows. */
static uint32_t place_row(struct weir_matcher *m, const struct weiri_key *key, uint32_t handle,
                          uint32_t conjunction, const struct weiri_form *form)
{
    const bool unmentioned = key->kind >= WEIRI_KEY_PRESENT;
    struct weiri_bucket *bucket =
        unmentioned ? weiri_bucket_hold(m, key) : weiri_bucket_find(m, key);
    struct weiri_row row;
    uint32_t place;

    if (bucket == NULL)
        return WEIRI_NONE;
    weiri_row_make(m, &row, bucket, handle, conjunction);
    row.plain = is_plain(form);
    row.ref = row.plain ? weiri_members_only(form) : 0;
    place = weiri_rows_place(m, bucket, &row);
    if (place == WEIRI_NONE && unmentioned)
        weiri_bucket_let_go(m, bucket);
    return place;
}

static void free_rows(struct weir_matcher *m, const struct weiri_form *form, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct weiri_bucket *bucket = weiri_rows_free(m, form->places[i]);

        if (bucket->key.kind >= WEIRI_KEY_PRESENT)
            weiri_bucket_let_go(m, bucket);
    }
}

static void set_live(struct weir_matcher *m, const struct weiri_form *form, bool live)
{
    for (uint32_t i = 0; i < form->place_count; i++)
        weiri_rows_set_live(m, form->places[i], live);
}

static void set_refs(struct weir_matcher *m, const struct weiri_form *form)
{
    const bool plain = is_plain(form);

    for (uint32_t i = 0; i < form->place_count; i++)
        weiri_rows_set_ref(m, form->places[i], plain ? weiri_members_only(form) : 0, plain);
}

static bool is_plain(const struct weiri_form *form)
{
    return !form->marked && weiri_members_count(form) == 1;
}

static void retire_form(struct weir_matcher *m, struct weiri_form *form, uint32_t handle)
{
    set_live(m, form, false);
    weiri_map_remove(&m->form_map, form->hash, handle);
    form->hash = m->retired_form;
    m->retired_form = handle;
}
