/* sets.c - see sets.h. */
#include "sets.h"

#include <string.h>

static void write_set(struct weiri_sets *sets, uint32_t number);
static bool has(const struct weiri_code_set *set, uint32_t code);

struct weiri_sets *weiri_sets_create(const struct weir_alloc *alloc)
{
    struct weiri_sets *sets = weiri_alloc_zeroed(alloc, 1, sizeof *sets);

    if (sets == NULL)
        return NULL;
    sets->alloc = alloc;
    sets->users = 1;
    memset(sets->sets[WEIRI_SET_ALL].bits, 0xff, sizeof sets->sets[WEIRI_SET_ALL].bits);
    write_set(sets, WEIRI_SET_ALL);
    return sets;
}

void weiri_sets_leave(struct weiri_sets *sets)
{
    if (sets != NULL && --sets->users == 0)
        weiri_release(sets->alloc, sets);
}

uint8_t weiri_sets_hold(struct weiri_sets *sets, const struct weiri_code_set *set)
{
    uint32_t found = WEIRI_SET_ALL;

    for (uint32_t i = 1; i < WEIRI_SETS_MAX; i++) {
        if (sets->rows[i] == 0) {
            found = found == WEIRI_SET_ALL ? i : found;
        } else if (memcmp(sets->sets[i].bits, set->bits, sizeof set->bits) == 0) {
            found = i;
            break;
        }
    }
    if (found != WEIRI_SET_ALL && sets->rows[found]++ == 0) {
        sets->sets[found] = *set;
        write_set(sets, found);
    }
    return (uint8_t)found;
}

void weiri_sets_let_go(struct weiri_sets *sets, uint8_t number)
{
    if (number != WEIRI_SET_ALL)
        sets->rows[number]--;
}

void weiri_sets_hull(const struct weiri_sets *sets, uint8_t number, uint8_t *low, uint8_t *high)
{
    uint32_t least = 0, greatest = 255;

    while (least < 255 && !has(&sets->sets[number], least))
        least++;
    while (greatest > 0 && !has(&sets->sets[number], greatest))
        greatest--;
    *low = (uint8_t)least;
    *high = (uint8_t)greatest;
}

static void write_set(struct weiri_sets *sets, uint32_t number)
{
    const uint64_t bit = UINT64_C(1) << number;

    for (uint32_t code = 0; code < 256; code++) {
        const uint64_t old = atomic_load_explicit(&sets->admits[code], memory_order_relaxed);

        atomic_store_explicit(&sets->admits[code],
                              has(&sets->sets[number], code) ? old | bit : old & ~bit,
                              memory_order_release);
    }
}

static bool has(const struct weiri_code_set *set, uint32_t code)
{
    return set->bits[code / 64] >> code % 64 & 1;
}
