/* slots.c - see slots.h.
 *
 * Codes are made from the first constants of an attribute, and again when eight times as many have
 * been seen, which they do not tell apart as well as others would.  Then the attribute has two
 * slots until a sweep over all blocks and pages has moved their rows to the new one; a sweep serves
 * all attributes that became due before it began. */
#include "slots.h"

#include "lists.h"
#include "names.h"
#include "rows.h"
#include "sheet.h"

/* Constants seen since the last codes, in multiples of them. */
#define DUE_FACTOR 8u
/* An attribute that fewer than one in so many forms name waits for the others. */
#define SHARE_MIN 16u
/* Numbers that are kept for better codes of the attributes that have some. */
#define SPARE_NUMBERS 16u
/* Blocks and pages looked at in a step, of which one may be renewed. */
#define LOOKS_MAX 16u
/* Changes after a piece of a sweep that are without one, so that a row of changes stays short. */
#define REST 3u

static bool make_slot(struct weir_matcher *m, struct weiri_attr *attr, uint32_t spare);
static uint32_t free_number(const struct weir_matcher *m, uint32_t spare);
static bool has_grown(const struct weir_matcher *m, const struct weiri_attr *attr, uint32_t factor);
static bool is_poor(const struct weir_matcher *m, struct weiri_attr *attr);
static void begin_sweep(struct weir_matcher *m);
static void make_next(struct weir_matcher *m);
static void end_sweep(struct weir_matcher *m);
static bool is_outdated(const struct weir_matcher *m, const struct weiri_rows *rows);
static void trim(struct weir_matcher *m, const struct weiri_rows *rows);
static bool is_leaving(const struct weir_matcher *m, uint8_t number);
static void retire_slot(struct weir_matcher *m, struct weiri_slot *slot);
static void release_slot(struct weiri_retired *block, void *owner);

void weiri_slots_init(struct weir_matcher *m)
{
    m->sweep_at = WEIRI_NONE;
    m->numbers[0] = 1; /* WEIRI_SLOT_ALWAYS */
}

void weiri_slots_observe(struct weir_matcher *m, struct weiri_attr *attr,
                         const struct weir_domain *domain)
{
    weiri_reservoir_add(&attr->sample, domain, m->alloc);
    if (attr->slots[0] == 0)
        (void)make_slot(m, attr, SPARE_NUMBERS);
    else if (m->sweep_at == WEIRI_NONE && has_grown(m, attr, DUE_FACTOR) && is_poor(m, attr))
        begin_sweep(m);
}

void weiri_slots_let_go(struct weir_matcher *m, struct weiri_attr *attr)
{
    for (uint32_t i = 0; i < WEIRI_ATTR_SLOTS; i++) {
        if (attr->slots[i] != 0)
            retire_slot(m, m->slots[attr->slots[i]]);
    }
}

void weiri_slots_step(struct weir_matcher *m)
{
    if (m->sweep_rest > 0) {
        m->sweep_rest--;
        return;
    }
    if (m->sweep_at != WEIRI_NONE && m->make_at < WEIRI_SLOTS) {
        m->sweep_rest = REST;
        make_next(m);
        return;
    }
    for (uint32_t looks = 0; looks < LOOKS_MAX && m->sweep_at != WEIRI_NONE; looks++) {
        struct weiri_rows *rows;

        if (m->sweep_at >= weiri_table_end(&m->rows)) {
            end_sweep(m);
            return;
        }
        rows = weiri_table_find(&m->rows, m->sweep_at++);
        if (rows == NULL || rows->count == 0) /* 0: taken out */
            continue;
        if (!is_outdated(m, rows)) {
            trim(m, rows);
            continue;
        }
        m->sweep_rest = REST;
        if (!weiri_rows_renew(m, rows))
            m->sweep_failed = true;
        trim(m, weiri_rows_at(m, m->sweep_at - 1));
        return;
    }
}

/* Since its codes were made, or found to be good still. */
static bool has_grown(const struct weir_matcher *m, const struct weiri_attr *attr, uint32_t factor)
{
    return attr->slots[1] == 0 && attr->sample.seen >= factor * (attr->coded + 1) &&
           (uint64_t)attr->mentions * SHARE_MIN >= m->forms.count;
}

/* Codes that are good wait for as many constants again. */
static bool is_poor(const struct weir_matcher *m, struct weiri_attr *attr)
{
    if (free_number(m, 0) != WEIRI_NONE &&
        weiri_codes_are_poor(m->slots[attr->slots[0]]->codes, &attr->sample))
        return true;
    attr->coded = attr->sample.seen;
    return false;
}

/* Leaves `spare` numbers unused. */
static bool make_slot(struct weir_matcher *m, struct weiri_attr *attr, uint32_t spare)
{
    const uint32_t number = free_number(m, spare);
    struct weiri_slot *slot;

    if (number == WEIRI_NONE)
        return false;
    slot = weiri_alloc_zeroed(m->alloc, 1, sizeof *slot);
    if (slot == NULL)
        return false;
    slot->codes = weiri_codes_create(&attr->sample, m->alloc);
    if (slot->codes == NULL) {
        weiri_release(m->alloc, slot);
        return false;
    }
    slot->attr = attr;
    slot->number = (uint8_t)number;
    m->numbers[number / 64] |= UINT64_C(1) << number % 64;
    atomic_store_explicit(&m->slots[number], slot, memory_order_release);
    attr->coded = attr->sample.seen;
    if (attr->slots[0] != 0) {
        m->slots[attr->slots[0]]->leaving = true;
        atomic_store_explicit(&attr->slots[1], attr->slots[0], memory_order_release);
    }
    atomic_store_explicit(&attr->slots[0], slot->number, memory_order_release);
    atomic_store_explicit(&m->version, m->version + 1, memory_order_release);
    return true;
}

static uint32_t free_number(const struct weir_matcher *m, uint32_t spare)
{
    uint32_t left = WEIRI_SLOTS;

    for (uint32_t w = 0; w < WEIRI_SLOTS / 64; w++)
        left -= (uint32_t)__builtin_popcountll(m->numbers[w]);
    for (uint32_t w = 0; w < WEIRI_SLOTS / 64 && left > spare; w++) {
        if (m->numbers[w] != UINT64_MAX)
            return w * 64 + (uint32_t)__builtin_ctzll(~m->numbers[w]);
    }
    return WEIRI_NONE;
}

static void begin_sweep(struct weir_matcher *m)
{
    m->make_at = 1;
    m->sweep_at = 0;
    m->sweep_failed = false;
}

/* One for the next attribute that is due; those that are half due come along.  After the last one
 * the rows are moved, if there is anything to move. */
static void make_next(struct weir_matcher *m)
{
    while (m->make_at < WEIRI_SLOTS) {
        const struct weiri_slot *slot = m->slots[m->make_at++];

        if (slot != NULL && !slot->leaving && has_grown(m, slot->attr, DUE_FACTOR / 4)) {
            if (is_poor(m, slot->attr))
                (void)make_slot(m, slot->attr, 0);
            return;
        }
    }
    for (uint32_t number = 1; number < WEIRI_SLOTS; number++) {
        if (is_leaving(m, (uint8_t)number))
            return;
    }
    m->sweep_at = WEIRI_NONE;
}

static void end_sweep(struct weir_matcher *m)
{
    m->sweep_at = m->sweep_failed ? 0 : WEIRI_NONE;
    for (uint32_t number = 1; number < WEIRI_SLOTS && !m->sweep_failed; number++) {
        struct weiri_slot *slot = m->slots[number];

        if (slot == NULL || !slot->leaving)
            continue;
        atomic_store_explicit(&slot->attr->slots[1], 0, memory_order_release);
        retire_slot(m, slot);
    }
    m->sweep_failed = false;
}

/* Gates are by columns, or open. */
static bool is_outdated(const struct weir_matcher *m, const struct weiri_rows *rows)
{
    const struct weiri_block *block = (const struct weiri_block *)rows;

    if (rows->kind == WEIRI_PAGE) {
        const struct weiri_page *page = (const struct weiri_page *)rows;

        for (uint32_t k = 0; k < rows->columns; k++) {
            if (is_leaving(m, page->slots[k]))
                return true;
        }
        return false;
    }
    if (is_leaving(m, weiri_list_gate(rows) & 255))
        return true;
    for (uint32_t k = 0; k < rows->columns; k++) {
        if (block->slots[k] != WEIRI_MIXED && is_leaving(m, block->slots[k]))
            return true;
        for (uint32_t i = 0; block->slots[k] == WEIRI_MIXED && i < rows->capacity; i++) {
            if (is_leaving(m, weiri_block_at(block, block->at[k])[2 * rows->capacity + i]))
                return true;
        }
    }
    return false;
}

/* The last page of a sheet that is looked at finds none that uses what is leaving. */
static void trim(struct weir_matcher *m, const struct weiri_rows *rows)
{
    if (rows->kind == WEIRI_PAGE)
        weiri_sheet_trim(m, ((const struct weiri_page *)rows)->sheet);
}

static bool is_leaving(const struct weir_matcher *m, uint8_t number)
{
    const struct weiri_slot *slot = m->slots[number];

    return slot != NULL && slot->leaving;
}

/* Its number is free again only when no reader can use it. */
static void retire_slot(struct weir_matcher *m, struct weiri_slot *slot)
{
    atomic_store_explicit(&m->slots[slot->number], NULL, memory_order_release);
    weiri_retire(&m->retired, &slot->retired, release_slot);
}

static void release_slot(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;
    struct weiri_slot *slot = (struct weiri_slot *)block;

    m->numbers[slot->number / 64] &= ~(UINT64_C(1) << slot->number % 64);
    weiri_sets_leave(slot->sets);
    weiri_release(m->alloc, slot->codes);
    weiri_release(m->alloc, slot);
}
