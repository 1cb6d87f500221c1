/* explain.c - how filters are found, for people. */
#include "forms.h"
#include "layout.h"
#include "names.h"
#include "rows.h"
#include "scan.h"

#include <assert.h>

static bool proves(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                   const uint8_t *record);

struct weir_access weir_matcher_access(const struct weir_matcher *m, uint32_t id, uint32_t index)
{
    static const enum weir_access_kind kinds[] = {
        [WEIRI_KEY_VALUE] = WEIR_ACCESS_VALUE,      [WEIRI_KEY_PREFIX] = WEIR_ACCESS_PREFIX,
        [WEIRI_KEY_SUFFIX] = WEIR_ACCESS_SUFFIX,    [WEIRI_KEY_CONTAINS] = WEIR_ACCESS_CONTAINS,
        [WEIRI_KEY_PRESENT] = WEIR_ACCESS_PRESENCE, [WEIRI_KEY_ALWAYS] = WEIR_ACCESS_ALWAYS};
    const struct weiri_form *form = weiri_form_at(m, weiri_ids_get(&m->ids, id));
    struct weir_access access = {.kind = WEIR_ACCESS_ALWAYS};

    assert(index < form->conjunction_count);
    for (uint32_t i = 0; i < form->place_count; i++) {
        const struct weiri_rows *rows = weiri_rows_at(m, form->places[i] >> WEIRI_PLACE_BITS);
        const struct weiri_key *key = &rows->bucket->key;

        if (weiri_rows_refs(rows).conjunction[form->places[i] % (1u << WEIRI_PLACE_BITS)] != index)
            continue;
        access.kind = kinds[key->kind];
        access.values++;
        if (key->attr != WEIRI_NONE) {
            access.name = weiri_attr_at(m, key->attr)->name;
            access.proven = proves(m, rows->bucket, weiri_form_record(form, index));
        }
        if (key->kind >= WEIRI_KEY_PREFIX && key->kind <= WEIRI_KEY_CONTAINS)
            access.text = weiri_texts_at(&m->texts, (uint32_t)key->payload);
    }
    return access;
}

const char *weir_matcher_instructions(void)
{
    return weiri_scan_best()->name;
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
