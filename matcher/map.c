/* map.c - see map.h; a partial expansion after Larson (1980), without buckets. */
#include "map.h"

#include <assert.h>
#include <string.h>

#define BOUNDARY_MAX (UINT64_C(1) << 32)
#define HOMES_A_STEP 8u
#define DOUBLING(shift) 16u << (shift), 20u << (shift), 25u << (shift)

const uint32_t weiri_map_sizes[] = {
    DOUBLING(1),  DOUBLING(2),  DOUBLING(3),  DOUBLING(4),  DOUBLING(5),  DOUBLING(6),
    DOUBLING(7),  DOUBLING(8),  DOUBLING(9),  DOUBLING(10), DOUBLING(11), DOUBLING(12),
    DOUBLING(13), DOUBLING(14), DOUBLING(15), DOUBLING(16), DOUBLING(17), DOUBLING(18),
    DOUBLING(19), DOUBLING(20), DOUBLING(21),
};

/* The entries with hashes from `low` to below `high` are to get other homes, under `layout`. */
struct step {
    uint64_t low, high, layout;
    uint32_t from, last; /* their first and their last home now */
    uint32_t from_new, last_new;
};

static uint64_t layout_of(const struct weiri_map *m);
static uint64_t target(const struct weiri_map *m);
static bool wants_growth(const struct weiri_map *m, uint32_t count);
static bool wants_shrinking(const struct weiri_map *m);
static bool grow(struct weiri_map *m);
static void shrink(struct weiri_map *m);
static struct step step_between(const struct weiri_map *m, uint64_t boundary);
static uint32_t entries_near(const struct weiri_map *m, const struct step *step);
static bool has_room(const struct weiri_map *m, uint32_t position, uint32_t needed,
                     uint32_t *absent);
static void take_step(struct weiri_map *m, const struct step *step);
static void compact(struct weiri_map *m, const struct step *step, uint32_t from, uint32_t end);
static uint32_t position_of(const struct weiri_map *m, uint32_t home, uint32_t slot);
static uint32_t first_empty(const struct weiri_map *m, uint32_t position);
static struct weiri_map_chunk *chunk_at(const struct weiri_map *m, uint32_t chunk);
static struct weiri_map_segment *segment_at(const struct weiri_map *m, uint32_t position);
static uint32_t slot_at(const struct weiri_map *m, uint32_t position);
static void put_slot(struct weiri_map *m, uint32_t position, uint32_t slot);
static void fill_slot(struct weiri_map *m, uint32_t position, uint32_t slot);
static void clear_slot(struct weiri_map *m, uint32_t position);
static uint32_t hash_of(const struct weiri_map *m, uint32_t slot);
static size_t segment_bytes(uint32_t chunk);
static struct weiri_map_segment *make_segment(struct weiri_map *m, uint32_t chunk);
static bool ensure_chunks(struct weiri_map *m, uint32_t chunk);
static bool ensure_segment(struct weiri_map *m, uint32_t position);
static bool ensure_spare(struct weiri_map *m);
static void install(struct weiri_map *m, uint32_t position, struct weiri_map_segment *segment);
static void retire_segment(struct weiri_map *m, struct weiri_map_place at);
static void retire_chunks(struct weiri_map *m);
static void retire_idle(struct weiri_map *m);
static void release_spare(struct weiri_map *m);
static void release_segment(struct weiri_retired *block, void *owner);
static void release_chunk(struct weiri_retired *block, void *owner);

void weiri_map_init(struct weiri_map *m, weiri_map_equal_fn *equal, weiri_map_hash_fn *hash,
                    const void *context, struct weiri_retire_list *retired,
                    const struct weir_alloc *alloc)
{
    memset(m, 0, sizeof *m);
    m->alloc = alloc;
    m->equal = equal;
    m->hash = hash;
    m->context = context;
    m->retired = retired;
    atomic_init(&m->layout, BOUNDARY_MAX << 8);
}

void weiri_map_fini(struct weiri_map *m)
{
    for (uint32_t k = 0; k < WEIRI_MAP_CHUNKS; k++) {
        struct weiri_map_chunk *chunk = chunk_at(m, k);

        for (uint32_t i = 0; chunk != NULL && i < chunk->size; i++)
            weiri_release(m->alloc,
                          atomic_load_explicit(&chunk->segments[i], memory_order_relaxed));
        weiri_release(m->alloc, chunk);
    }
    weiri_release(m->alloc, m->spare);
    weiri_map_init(m, m->equal, m->hash, m->context, m->retired, m->alloc);
}

uint32_t weiri_map_find(const struct weiri_map *m, uint32_t hash, const void *key)
{
    return weiri_map_find_by(m, m->equal, m->context, hash, key);
}

bool weiri_map_reserve(struct weiri_map *m)
{
    const bool done = m->count < WEIRI_MAP_LIMIT && ensure_segment(m, 0) &&
                      (!wants_growth(m, m->count + 1) || grow(m)) && ensure_spare(m);

    m->reserved = m->reserved || done;
    if (!m->reserved)
        weiri_map_trim(m);
    return done;
}

void weiri_map_trim(struct weiri_map *m)
{
    m->reserved = false;
    if (m->count > 0)
        return;
    atomic_store_explicit(&m->layout, BOUNDARY_MAX << 8, memory_order_release);
    retire_idle(m);
    release_spare(m);
}

void weiri_map_insert(struct weiri_map *m, uint32_t hash, uint32_t handle)
{
    assert(handle < WEIRI_MAP_LIMIT);
    fill_slot(m, first_empty(m, weiri_map_home(layout_of(m), hash)), hash << 24 | (handle + 1));
    m->count++;
    m->reserved = false;
}

void weiri_map_remove(struct weiri_map *m, uint32_t hash, uint32_t handle)
{
    const uint32_t home = weiri_map_home(layout_of(m), hash);
    const uint32_t position = position_of(m, home, hash << 24 | (handle + 1));

    assert(position != WEIRI_MAP_NONE);
    put_slot(m, position, WEIRI_MAP_DEAD);
    m->count--;
    compact(m, NULL, position, position + 1);
    if (m->count == 0 && !m->reserved)
        weiri_map_trim(m);
    else if (wants_shrinking(m))
        shrink(m);
}

uint32_t weiri_map_next(const struct weiri_map *m, uint32_t *cursor)
{
    const uint32_t end = m->count == 0 ? 0 : (UINT32_C(64) << WEIRI_MAP_CHUNKS) - 64;

    while (*cursor < end) {
        const struct weiri_map_place at = weiri_map_place(*cursor);
        uint32_t slot;

        if (segment_at(m, *cursor) == NULL) {
            *cursor += (UINT32_C(1) << weiri_map_segment_bits(at.chunk)) - at.slot;
            continue;
        }
        slot = slot_at(m, (*cursor)++);
        if (slot != 0)
            return (slot & WEIRI_MAP_DEAD) - 1;
    }
    return WEIRI_MAP_NONE;
}

size_t weiri_map_bytes(const struct weiri_map *m)
{
    return m->size;
}

static uint64_t layout_of(const struct weiri_map *m)
{
    return atomic_load_explicit(&m->layout, memory_order_relaxed);
}

/* The number of entries that belongs to the boundary: 68 in a hundred homes of the smaller size
 * while all are in it, 86 when all are in the larger one, which are 67 to 69 in a hundred of that.
 */
static uint64_t target(const struct weiri_map *m)
{
    const uint64_t smaller = weiri_map_sizes[layout_of(m) & 255], boundary = layout_of(m) >> 8;

    return (smaller * (86 * BOUNDARY_MAX - 18 * boundary) / 100) >> 32;
}

static bool wants_growth(const struct weiri_map *m, uint32_t count)
{
    return count > target(m);
}

/* Some way behind the other one, so that nothing moves while a number of entries come and go. */
static bool wants_shrinking(const struct weiri_map *m)
{
    const uint32_t smaller = weiri_map_sizes[layout_of(m) & 255];

    return layout_of(m) != BOUNDARY_MAX << 8 && m->count + smaller / 64 < target(m);
}

/* Moves the boundary down by some homes of the smaller size. */
static bool grow(struct weiri_map *m)
{
    uint64_t level = layout_of(m) & 255, boundary = layout_of(m) >> 8;
    uint32_t smaller = weiri_map_sizes[level], homes, absent, needed;
    struct step step;

    if (boundary == 0) {
        smaller = weiri_map_sizes[++level];
        assert((level + 1) < sizeof weiri_map_sizes / sizeof weiri_map_sizes[0]);
        /* Shrinking, which has no memory to ask for, needs what is below the smaller size. */
        for (uint32_t p = 0; p < smaller; p += segment_at(m, p)->size) {
            if (!ensure_segment(m, p))
                return false;
        }
        boundary = BOUNDARY_MAX;
        atomic_store_explicit(&m->layout, boundary << 8 | level, memory_order_release);
        if (!wants_growth(m, m->count + 1))
            return true;
    }
    homes = (uint32_t)((boundary - 1) * smaller >> 32);
    homes = homes > HOMES_A_STEP ? homes - HOMES_A_STEP : 0;
    step = step_between(m, (((uint64_t)homes << 32) + smaller - 1) / smaller);
    needed = entries_near(m, &step);
    if (!ensure_segment(m, step.from_new) || !ensure_segment(m, step.last_new))
        return false;
    while (!has_room(m, step.last_new, needed, &absent)) {
        if (!ensure_segment(m, absent))
            return false;
    }
    take_step(m, &step);
    return true;
}

/* Moves the boundary up; not at all where there is no room, which a crafted set of hashes can
 * bring about. */
static void shrink(struct weiri_map *m)
{
    uint64_t level = layout_of(m) & 255, boundary = layout_of(m) >> 8;
    uint32_t smaller = weiri_map_sizes[level], absent;
    uint64_t homes;
    struct step step;

    if (boundary == BOUNDARY_MAX) {
        smaller = weiri_map_sizes[--level];
        boundary = 0;
        atomic_store_explicit(&m->layout, level, memory_order_release);
        retire_idle(m);
        if (!wants_shrinking(m))
            return;
    }
    homes = (boundary * smaller >> 32) + HOMES_A_STEP;
    boundary = homes < smaller ? ((homes << 32) + smaller - 1) / smaller : BOUNDARY_MAX;
    step = step_between(m, boundary);
    if (has_room(m, step.last_new, entries_near(m, &step), &absent))
        take_step(m, &step);
}

static struct step step_between(const struct weiri_map *m, uint64_t boundary)
{
    const uint64_t layout = layout_of(m), now = layout >> 8;
    struct step step = {
        .low = now < boundary ? now : boundary,
        .high = now < boundary ? boundary : now,
        .layout = boundary << 8 | (layout & 255),
    };

    assert(step.low < step.high);
    step.from = weiri_map_home(layout, (uint32_t)step.low);
    step.last = weiri_map_home(layout, (uint32_t)(step.high - 1));
    step.from_new = weiri_map_home(step.layout, (uint32_t)step.low);
    step.last_new = weiri_map_home(step.layout, (uint32_t)(step.high - 1));
    return step;
}

/* How many entries the step moves at most. */
static uint32_t entries_near(const struct weiri_map *m, const struct step *step)
{
    uint32_t count = 0, slot;

    for (uint32_t p = step->from; (slot = slot_at(m, p)) != 0 || p < step->last; p++)
        count += slot != 0;
    return count;
}

/* Whether so many slots are empty from a position on, before the first segment that is not there:
 * *absent is in that one. */
static bool has_room(const struct weiri_map *m, uint32_t position, uint32_t needed,
                     uint32_t *absent)
{
    for (; needed > 0; position++) {
        if (segment_at(m, position) == NULL) {
            *absent = position;
            return false;
        }
        needed -= slot_at(m, position) == 0;
    }
    return true;
}

/* Copies the entries of the step to where they are found under its layout, makes that the map's,
 * and clears the places left. */
static void take_step(struct weiri_map *m, const struct step *step)
{
    uint32_t p, slot;

    for (p = step->from; (slot = slot_at(m, p)) != 0 || p < step->last; p++) {
        const uint32_t hash = slot != 0 ? hash_of(m, slot) : 0;
        uint32_t home, to;

        if (slot == 0 || hash < step->low || hash >= step->high)
            continue;
        home = weiri_map_home(step->layout, hash);
        to = first_empty(m, home);
        if (home > p || to < p)
            fill_slot(m, to, slot);
    }
    atomic_store_explicit(&m->layout, step->layout, memory_order_release);
    atomic_fetch_add_explicit(&m->moves, 1, memory_order_release);
    compact(m, step, step->from, p);
}

/* From `from` to the first empty slot at or behind `end`: old copies of the step's entries die, and
 * entries move down to where dead slots are between their homes and them.  After that no entry's
 * way leads over a dead slot, and they become empty. */
static void compact(struct weiri_map *m, const struct step *step, uint32_t from, uint32_t end)
{
    const uint64_t layout = layout_of(m);
    uint32_t p, slot, lowest = WEIRI_MAP_NONE;

    for (p = from; (slot = slot_at(m, p)) != 0 || p < end; p++) {
        bool dead = slot == WEIRI_MAP_DEAD;

        if (slot != 0 && !dead) {
            const uint32_t hash = hash_of(m, slot), home = weiri_map_home(layout, hash);
            uint32_t to = lowest < home ? home : lowest;

            dead = step != NULL && hash >= step->low && hash < step->high &&
                   position_of(m, home, slot) != p;
            while (!dead && to < p && slot_at(m, to) != WEIRI_MAP_DEAD)
                to++;
            if (!dead && to < p) {
                put_slot(m, to, slot);
                atomic_fetch_add_explicit(&m->moves, 1, memory_order_release);
                dead = true;
            }
            if (dead)
                put_slot(m, p, WEIRI_MAP_DEAD);
        }
        if (dead && p < lowest)
            lowest = p;
    }
    for (uint32_t q = lowest; q < p; q++) {
        if (slot_at(m, q) == WEIRI_MAP_DEAD)
            clear_slot(m, q);
    }
}

static uint32_t position_of(const struct weiri_map *m, uint32_t home, uint32_t slot)
{
    for (uint32_t p = home, seen; (seen = slot_at(m, p)) != 0; p++) {
        if (seen == slot)
            return p;
    }
    return WEIRI_MAP_NONE;
}

static uint32_t first_empty(const struct weiri_map *m, uint32_t position)
{
    while (slot_at(m, position) != 0)
        position++;
    return position;
}

static struct weiri_map_chunk *chunk_at(const struct weiri_map *m, uint32_t chunk)
{
    return atomic_load_explicit(&m->chunks[chunk], memory_order_relaxed);
}

static struct weiri_map_segment *segment_at(const struct weiri_map *m, uint32_t position)
{
    const struct weiri_map_place at = weiri_map_place(position);
    const struct weiri_map_chunk *chunk = chunk_at(m, at.chunk);

    return chunk == NULL ? NULL
                         : atomic_load_explicit(&chunk->segments[at.segment], memory_order_relaxed);
}

/* 0 as well where there is no segment. */
static uint32_t slot_at(const struct weiri_map *m, uint32_t position)
{
    const struct weiri_map_segment *segment = segment_at(m, position);

    return segment == NULL ? 0
                           : atomic_load_explicit(&segment->slots[weiri_map_place(position).slot],
                                                  memory_order_relaxed);
}

static void put_slot(struct weiri_map *m, uint32_t position, uint32_t slot)
{
    atomic_store_explicit(&segment_at(m, position)->slots[weiri_map_place(position).slot], slot,
                          memory_order_release);
}

static void fill_slot(struct weiri_map *m, uint32_t position, uint32_t slot)
{
    if (segment_at(m, position) == NULL) {
        assert(m->spare != NULL);
        install(m, position, m->spare);
        m->spare = NULL;
    }
    segment_at(m, position)->used++;
    put_slot(m, position, slot);
}

static void clear_slot(struct weiri_map *m, uint32_t position)
{
    const struct weiri_map_place at = weiri_map_place(position);
    struct weiri_map_segment *segment = segment_at(m, position);
    const uint32_t smaller = weiri_map_sizes[layout_of(m) & 255];

    put_slot(m, position, 0);
    segment->used--;
    /* One is kept behind the smaller size, for the entries at its end to overflow into. */
    if (segment->used == 0 && position - at.slot >= smaller + segment->size) {
        retire_segment(m, at);
        retire_chunks(m);
    }
}

static uint32_t hash_of(const struct weiri_map *m, uint32_t slot)
{
    return m->hash(m->context, (slot & WEIRI_MAP_DEAD) - 1);
}

static size_t segment_bytes(uint32_t chunk)
{
    return sizeof(struct weiri_map_segment) +
           (sizeof(_Atomic(uint32_t)) << weiri_map_segment_bits(chunk));
}

static struct weiri_map_segment *make_segment(struct weiri_map *m, uint32_t chunk)
{
    const size_t bytes = segment_bytes(chunk);
    struct weiri_map_segment *made = weiri_alloc_zeroed(m->alloc, 1, bytes);

    if (made != NULL) {
        made->alloc = m->alloc;
        made->bytes = (uint32_t)bytes;
        m->size += bytes;
    }
    return made;
}

/* It and all below it. */
static bool ensure_chunks(struct weiri_map *m, uint32_t chunk)
{
    for (uint32_t k = 0; k <= chunk; k++) {
        const uint32_t size = (UINT32_C(64) << k) >> weiri_map_segment_bits(k);
        struct weiri_map_chunk *made;

        if (chunk_at(m, k) != NULL)
            continue;
        made = weiri_alloc_zeroed(m->alloc, 1, sizeof *made + size * sizeof made->segments[0]);
        if (made == NULL)
            return false;
        made->alloc = m->alloc;
        made->size = size;
        m->size += sizeof *made + size * sizeof made->segments[0];
        atomic_store_explicit(&m->chunks[k], made, memory_order_release);
    }
    return true;
}

static bool ensure_segment(struct weiri_map *m, uint32_t position)
{
    const uint32_t chunk = weiri_map_place(position).chunk;
    struct weiri_map_segment *made;

    if (segment_at(m, position) != NULL)
        return true;
    if (!ensure_chunks(m, chunk))
        return false;
    made = make_segment(m, chunk);
    if (made == NULL)
        return false;
    install(m, position, made);
    return true;
}

/* A segment that fits wherever a run of entries may end. */
static bool ensure_spare(struct weiri_map *m)
{
    uint32_t top = WEIRI_MAP_CHUNKS - 1;
    const struct weiri_map_chunk *chunk;
    struct weiri_map_segment *made;

    while (chunk_at(m, top) == NULL)
        top--;
    chunk = chunk_at(m, top);
    if (atomic_load_explicit(&chunk->segments[chunk->size - 1], memory_order_relaxed) != NULL &&
        !ensure_chunks(m, ++top))
        return false;
    if (m->spare != NULL && m->spare->bytes >= segment_bytes(top))
        return true;
    made = make_segment(m, top);
    if (made == NULL)
        return false;
    release_spare(m);
    m->spare = made;
    return true;
}

static void install(struct weiri_map *m, uint32_t position, struct weiri_map_segment *segment)
{
    const struct weiri_map_place at = weiri_map_place(position);
    struct weiri_map_chunk *chunk = chunk_at(m, at.chunk);

    segment->size = (uint16_t)(1u << weiri_map_segment_bits(at.chunk));
    assert(segment->bytes >= segment_bytes(at.chunk));
    chunk->used++;
    atomic_store_explicit(&chunk->segments[at.segment], segment, memory_order_release);
}

static void release_spare(struct weiri_map *m)
{
    if (m->spare == NULL)
        return;
    m->size -= m->spare->bytes;
    weiri_release(m->alloc, m->spare);
    m->spare = NULL;
}

static void retire_segment(struct weiri_map *m, struct weiri_map_place at)
{
    struct weiri_map_chunk *chunk = chunk_at(m, at.chunk);
    struct weiri_map_segment *segment =
        atomic_load_explicit(&chunk->segments[at.segment], memory_order_relaxed);

    atomic_store_explicit(&chunk->segments[at.segment], NULL, memory_order_release);
    chunk->used--;
    m->size -= segment->bytes;
    weiri_retire(m->retired, &segment->retired, release_segment);
}

/* The highest chunks, as far as they have no segments, and a spare that is larger than needed. */
static void retire_chunks(struct weiri_map *m)
{
    uint32_t top = WEIRI_MAP_CHUNKS;

    while (top > 0 && (chunk_at(m, top - 1) == NULL || chunk_at(m, top - 1)->used == 0)) {
        struct weiri_map_chunk *chunk = chunk_at(m, --top);

        if (chunk == NULL)
            continue;
        atomic_store_explicit(&m->chunks[top], NULL, memory_order_release);
        m->size -= sizeof *chunk + chunk->size * sizeof chunk->segments[0];
        weiri_retire(m->retired, &chunk->retired, release_chunk);
    }
    if (m->spare != NULL && m->spare->bytes > segment_bytes(top) && !m->reserved)
        release_spare(m);
}

/* The empty segments from the smaller size on, which growing needed; all when there is no entry. */
static void retire_idle(struct weiri_map *m)
{
    const uint32_t keep = weiri_map_sizes[layout_of(m) & 255];
    const bool all = m->count == 0 && !m->reserved;

    for (uint32_t k = 0; k < WEIRI_MAP_CHUNKS; k++) {
        const struct weiri_map_chunk *chunk = chunk_at(m, k);
        const uint32_t bits = weiri_map_segment_bits(k);

        for (uint32_t i = 0; chunk != NULL && i < chunk->size; i++) {
            const uint32_t first = (UINT32_C(64) << k) - 64 + (i << bits);
            const struct weiri_map_segment *segment =
                atomic_load_explicit(&chunk->segments[i], memory_order_relaxed);

            if (segment != NULL && segment->used == 0 && (all || first >= keep + segment->size))
                retire_segment(m, (struct weiri_map_place){k, i, 0});
        }
    }
    retire_chunks(m);
}

static void release_segment(struct weiri_retired *block, void *owner)
{
    struct weiri_map_segment *segment = (struct weiri_map_segment *)block;

    (void)owner;
    weiri_release(segment->alloc, segment);
}

static void release_chunk(struct weiri_retired *block, void *owner)
{
    struct weiri_map_chunk *chunk = (struct weiri_map_chunk *)block;

    (void)owner;
    weiri_release(chunk->alloc, chunk);
}
