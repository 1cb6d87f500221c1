/* form.c - distinct normal forms: equal filters are stored and checked once. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <assert.h>
#include <stdalign.h>

#include "internal.h"

static_assert(alignof(struct weiri_test) <= alignof(struct weiri_entry), "tests follow entries");

static uint32_t hash_form(const struct weir_normal *normal);
static bool form_fill(struct weir_matcher *m, struct weiri_form *form);
static bool entry_fill(struct weir_matcher *m, struct weiri_entry *entry);
static void form_release(struct weir_matcher *m, struct weiri_form *form);

struct weiri_form *weiri_form_find(const struct weir_matcher *m, const struct weir_normal *normal)
{
    const uint32_t hash = hash_form(normal);
    uint32_t cursor = hash, slot;

    while ((slot = weiri_indexmap_next(&m->form_map, hash, &cursor)) != WEIRI_INDEXMAP_NONE) {
        struct weiri_form *form = m->forms.items[slot];

        if (weir_str_equal(weir_normal_bytes(form->normal), weir_normal_bytes(normal)))
            return form;
    }
    return NULL;
}

enum weir_err weiri_form_create(struct weiri_form **out, struct weir_matcher *m,
                                const struct weir_normal *normal)
{
    struct weiri_form *form;
    enum weir_err err;

    if (!weiri_indexmap_reserve(&m->form_map, m->alloc) ||
        !weiri_slots_reserve(&m->forms, m->alloc))
        return WEIR_ENOMEM;
    form = weiri_alloc_zeroed(m->alloc, 1, sizeof *form);
    if (form == NULL)
        return WEIR_ENOMEM;
    err = weir_normal_copy(&form->normal, normal, m->alloc);
    if (err == WEIR_OK && !form_fill(m, form))
        err = WEIR_ENOMEM;
    if (err != WEIR_OK) {
        form_release(m, form);
        return err;
    }
    form->hash = hash_form(normal);
    form->slot = weiri_slots_add(&m->forms, form);
    weiri_indexmap_insert(&m->form_map, form->hash, form->slot);
    *out = form;
    return WEIR_OK;
}

void weiri_form_destroy(struct weir_matcher *m, struct weiri_form *form)
{
    assert(form->member_count == 0);
    assert(form->pair_count == 0);
    weiri_indexmap_remove(&m->form_map, form->hash, form->slot, m->alloc);
    weiri_slots_remove(&m->forms, form->slot, m->alloc);
    form_release(m, form);
}

static uint32_t hash_form(const struct weir_normal *normal)
{
    const struct weir_str bytes = weir_normal_bytes(normal);

    return (uint32_t)XXH3_64bits(bytes.ptr, bytes.len);
}

static bool form_fill(struct weir_matcher *m, struct weiri_form *form)
{
    const uint32_t count = weir_normal_count(form->normal);
    size_t attrs = 0, places = 0;
    struct weiri_test *tests;

    for (uint32_t i = 0; i < count; i++) {
        const struct weir_conjunction *conjunction = weir_normal_at(form->normal, i);

        attrs += conjunction->constraint_count;
        places += weiri_access_places(conjunction);
    }
    if (count == 0)
        return true;
    form->entries =
        weiri_alloc_zeroed(m->alloc, 1, count * sizeof *form->entries + attrs * sizeof *tests);
    form->attrs = weiri_alloc_zeroed(m->alloc, attrs + 1, sizeof *form->attrs);
    form->places = weiri_alloc_zeroed(m->alloc, places, sizeof *form->places);
    if (form->entries == NULL || form->attrs == NULL || form->places == NULL)
        return false;
    tests = (struct weiri_test *)(void *)(form->entries + count);
    attrs = places = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct weiri_entry *entry = &form->entries[form->entry_count++];

        *entry = (struct weiri_entry){.form = form,
                                      .tests = tests + attrs,
                                      .conjunction = weir_normal_at(form->normal, i),
                                      .attrs = form->attrs + attrs,
                                      .places = form->places + places};
        attrs += entry->conjunction->constraint_count;
        places += weiri_access_places(entry->conjunction);
        if (!entry_fill(m, entry))
            return false;
    }
    return true;
}

static bool entry_fill(struct weir_matcher *m, struct weiri_entry *entry)
{
    const struct weiri_test *listed = NULL;
    uint32_t proven;

    for (uint32_t i = 0; i < entry->conjunction->constraint_count; i++) {
        struct weiri_attr *attr = weiri_attr_hold(m, entry->conjunction->constraints[i].name);

        if (attr == NULL)
            return false;
        entry->attrs[entry->attr_count++] = attr;
    }
    if (!weiri_access_choose(&proven, m, entry))
        return false;
    for (uint32_t i = 0; i < entry->attr_count; i++) {
        struct weiri_test *test = &entry->tests[entry->test_count];

        if (i == proven)
            continue;
        weiri_test_init(test, entry->attrs[i], &entry->conjunction->constraints[i].domain);
        if (test->kind == WEIRI_TEST_RANGE && listed == NULL)
            listed = test;
        entry->test_count++;
    }
    if (listed != NULL)
        weiri_list_test(entry, listed);
    return true;
}

static void form_release(struct weir_matcher *m, struct weiri_form *form)
{
    for (uint32_t i = 0; i < form->entry_count; i++) {
        struct weiri_entry *entry = &form->entries[i];

        weiri_unlist(m, entry);
        for (uint32_t j = 0; j < entry->attr_count; j++)
            weiri_attr_drop(m, entry->attrs[j]);
    }
    weir_normal_destroy(form->normal);
    weiri_release(m->alloc, form->entries);
    weiri_release(m->alloc, form->attrs);
    weiri_release(m->alloc, form->places);
    weiri_release(m->alloc, form->members);
    weiri_release(m->alloc, form->pairs);
    weiri_release(m->alloc, form);
}
