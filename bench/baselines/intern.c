/* intern.c - see intern.h. */
#include "intern.h"

#include <string.h>
#include <weir/alloc.h>

static bool grow_slots(struct intern *intern);
static size_t place_of(const struct intern *intern, struct weir_str string);
static uint32_t hash(struct weir_str string);

void intern_init(struct intern *intern, const struct weir_alloc *alloc)
{
    *intern = (struct intern){.alloc = alloc};
}

void intern_fini(struct intern *intern)
{
    for (size_t i = 0; i < intern->count; i++) {
        char *copy;

        memcpy(&copy, &intern->strings[i].ptr, sizeof copy);
        weiri_release(intern->alloc, copy);
    }
    weiri_release(intern->alloc, intern->strings);
    weiri_release(intern->alloc, intern->slots);
}

uint32_t intern_add(struct intern *intern, struct weir_str string)
{
    const uint32_t found = intern_find(intern, string);
    void *grown;
    char *copy;

    if (found != INTERN_NONE)
        return found;
    grown = weiri_array_grow(intern->alloc, intern->strings, &intern->capacity, intern->count + 1,
                             sizeof *intern->strings);
    if (grown == NULL)
        return INTERN_NONE;
    intern->strings = grown;
    if (!grow_slots(intern) || (copy = weiri_alloc(intern->alloc, string.len + 1)) == NULL)
        return INTERN_NONE;
    memcpy(copy, string.ptr, string.len);
    intern->strings[intern->count] = (struct weir_str){copy, string.len};
    intern->slots[place_of(intern, string)] = (uint32_t)intern->count + 1;
    return (uint32_t)intern->count++;
}

uint32_t intern_find(const struct intern *intern, struct weir_str string)
{
    const uint32_t slot = intern->slot_count > 0 ? intern->slots[place_of(intern, string)] : 0;

    return slot > 0 ? slot - 1 : INTERN_NONE;
}

/* Room for one more. */
static bool grow_slots(struct intern *intern)
{
    uint32_t *old = intern->slots;

    if ((intern->count + 1) * 2 <= intern->slot_count)
        return true;
    intern->slots = weiri_alloc_zeroed(intern->alloc, (intern->count + 8) * 4, sizeof *old);
    if (intern->slots == NULL) {
        intern->slots = old;
        return false;
    }
    weiri_release(intern->alloc, old);
    intern->slot_count = (intern->count + 8) * 4;
    for (size_t i = 0; i < intern->count; i++)
        intern->slots[place_of(intern, intern->strings[i])] = (uint32_t)i + 1;
    return true;
}

/* Where it stands, or is to stand. */
static size_t place_of(const struct intern *intern, struct weir_str string)
{
    size_t at = hash(string) % intern->slot_count;

    while (intern->slots[at] != 0 &&
           !weir_str_equal(intern->strings[intern->slots[at] - 1], string))
        at = (at + 1) % intern->slot_count;
    return at;
}

/* FNV-1a. */
static uint32_t hash(struct weir_str string)
{
    uint32_t h = UINT32_C(2166136261);

    for (size_t i = 0; i < string.len; i++)
        h = (h ^ (uint8_t)string.ptr[i]) * UINT32_C(16777619);
    return h;
}
