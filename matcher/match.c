/* match.c - from a notification to the ids or groups whose filters match it. */
#include "forms.h"
#include "keys.h"
#include "lists.h"
#include "members.h"
#include "names.h"
#include "record.h"
#include "scan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Vector code writes up to so many refs beyond those that it counts. */
#define OUT_PADDING 16u
/* Bytes of a block's head and columns. */
#define FETCH_SIZE 640u
/* Blocks that are fetched before they are looked at. */
#define AHEAD 2u

/* Rows whose forms are to be looked at: put off, so that memory is fetched meanwhile. */
#define PENDING_MAX 64u
struct pending {
    const struct weiri_form *form;
    uint32_t handle;
    uint8_t conjunction;
    bool sure; /* else the record decides */
};

/* A sheet that is looked at, step by step. */
#define STAGES 4u
struct stage {
    const struct weiri_sheet *sheet; /* or NULL */
    uint64_t maybe[WEIRI_SHEET_PAGES];
};

/* What is looked for. */
enum aim { AIM_IDS, AIM_GROUPS };

struct weir_match_scratch {
    const struct weir_alloc *alloc;
    const struct weiri_scan *scan;
    struct weir_scratch *eval;
    uint32_t *out;
    size_t out_capacity;                /* without the padding */
    uint32_t *form_marks, *group_marks; /* the epoch in which one was found */
    size_t form_capacity, group_capacity;
    uint32_t epoch;

    /* of the match under way */
    enum aim aim;
    enum weir_undecided undecided;
    uint32_t skip;        /* a group, or UINT32_MAX */
    uint32_t groups_left; /* to be found; then there is nothing more to do */
    uint32_t groups_made; /* when the match began */
    size_t count;
    bool cut; /* there was no room: others have added filters since the scratch was reserved */
    uint32_t pending_count;
    struct pending pending[PENDING_MAX];
    uint32_t turn;
    struct stage stages[STAGES];
    struct weiri_probe probe;
};

static struct weir_matches match(const struct weir_matcher *m,
                                 const struct weir_notification *notification,
                                 struct weir_match_scratch *s);
static int compare_numbers(const void *a, const void *b);
static bool make_room(const struct weir_alloc *alloc, uint32_t **v, size_t *capacity, size_t needed,
                      size_t padding);
static void next_epoch(struct weir_match_scratch *s);
static void visit_bucket(void *context, const struct weiri_bucket *bucket, bool met);
static void fetch(const struct weiri_rows *rows);
static void visit_block(struct weir_match_scratch *s, const struct weiri_block *block, bool met);
static void visit_rows(struct weir_match_scratch *s, const struct weiri_rows *rows, bool met);
static void push_sheet(struct weir_match_scratch *s, const struct weiri_sheet *sheet);
static void flush_sheets(struct weir_match_scratch *s);
static void fetch_sheet(const struct weiri_sheet *sheet, const uint8_t *codes);
static void take_page(struct weir_match_scratch *s, const struct weiri_sheet *sheet, uint32_t p,
                      uint64_t maybe);
static void take_rows(struct weir_match_scratch *s, struct weiri_refs refs, uint64_t maybe,
                      uint64_t sure, const _Atomic uint64_t *plain);
static void take_plain(struct weir_match_scratch *s, const uint32_t *refs, uint64_t rows);
static void put_off(struct weir_match_scratch *s, uint32_t form, uint8_t conjunction, bool sure);
static void catch_up(struct weir_match_scratch *s);
static bool decide(struct weir_match_scratch *s, const struct pending *pending);
static bool is_first(struct weir_match_scratch *s, const struct weiri_form *form);
static void take_form(struct weir_match_scratch *s, const struct weiri_form *form);
static void take_member(struct weir_match_scratch *s, uint64_t member);
static void count_groups(struct weir_match_scratch *s);
static bool are_groups_new(const struct weir_match_scratch *s);
static void put(struct weir_match_scratch *s, uint32_t what);

enum weir_err weir_match_scratch_create(struct weir_match_scratch **out,
                                        const struct weir_alloc *alloc)
{
    struct weir_match_scratch *s = weiri_alloc_zeroed(alloc, 1, sizeof *s);

    assert(out != NULL);
    if (s == NULL)
        return WEIR_ENOMEM;
    s->alloc = alloc;
    s->scan = weiri_scan_best();
    if (weir_scratch_create(&s->eval, alloc) != WEIR_OK) {
        weiri_release(alloc, s);
        return WEIR_ENOMEM;
    }
    s->probe.scratch = s->eval;
    *out = s;
    return WEIR_OK;
}

void weir_match_scratch_destroy(struct weir_match_scratch *s)
{
    if (s == NULL)
        return;
    weir_scratch_destroy(s->eval);
    weiri_release(s->alloc, s->out);
    weiri_release(s->alloc, s->form_marks);
    weiri_release(s->alloc, s->group_marks);
    weiri_release(s->alloc, s);
}

void weiri_match_scratch_use(struct weir_match_scratch *s, const struct weiri_scan *scan)
{
    s->scan = scan;
}

enum weir_err weir_match_scratch_reserve(struct weir_match_scratch *s, const struct weir_matcher *m)
{
    return make_room(s->alloc, &s->out, &s->out_capacity, m->id_count, OUT_PADDING) &&
                   make_room(s->alloc, &s->form_marks, &s->form_capacity, m->mark_count, 0) &&
                   make_room(s->alloc, &s->group_marks, &s->group_capacity, m->group_size, 0)
               ? WEIR_OK
               : WEIR_ENOMEM;
}

struct weir_matches weir_matcher_match(const struct weir_matcher *m,
                                       const struct weir_notification *notification,
                                       enum weir_undecided undecided, struct weir_match_scratch *s)
{
    s->aim = AIM_IDS;
    s->undecided = undecided;
    return match(m, notification, s);
}

struct weir_matches weir_matcher_match_groups(const struct weir_matcher *m,
                                              const struct weir_notification *notification,
                                              uint32_t skip, enum weir_undecided undecided,
                                              struct weir_match_scratch *s)
{
    s->aim = AIM_GROUPS;
    s->undecided = undecided;
    s->skip = skip;
    return match(m, notification, s);
}

void weir_match_scratch_sort(struct weir_match_scratch *s)
{
    if (s->count > 1)
        qsort(s->out, s->count, sizeof *s->out, compare_numbers);
}

static int compare_numbers(const void *a, const void *b)
{
    const uint32_t *one = a, *other = b;

    return *one < *other ? -1 : *one > *other;
}

/* Anew where an attribute or slot has come in between, of which the probe does not know the value
 * or the code. */
static struct weir_matches match(const struct weir_matcher *m,
                                 const struct weir_notification *notification,
                                 struct weir_match_scratch *s)
{
    uint32_t version;

    do {
        version = atomic_load_explicit(&m->version, memory_order_acquire);
        next_epoch(s);
        s->count = 0;
        s->cut = false;
        weiri_probe_begin(&s->probe, m, notification);
        count_groups(s);
        s->pending_count = 0;
        weiri_keys_visit(&s->probe, visit_bucket, s);
        flush_sheets(s);
        catch_up(s);
        atomic_thread_fence(memory_order_acquire);
    } while (atomic_load_explicit(&m->version, memory_order_relaxed) != version);
    return (struct weir_matches){s->out, s->count, s->probe.undecided, s->cut};
}

/* New room is not marked. */
static bool make_room(const struct weir_alloc *alloc, uint32_t **v, size_t *capacity, size_t needed,
                      size_t padding)
{
    const size_t old = *capacity;
    uint32_t *larger;
    size_t room;

    if (needed <= old && *v != NULL)
        return true;
    room = needed + needed / 2 + 1;
    larger = weiri_resize(alloc, *v, (room + padding) * sizeof **v);
    if (larger == NULL)
        return false;
    memset(larger + old, 0, (room + padding - old) * sizeof *larger);
    *v = larger;
    *capacity = room;
    return true;
}

static void next_epoch(struct weir_match_scratch *s)
{
    if (++s->epoch != 0)
        return;
    if (s->form_marks != NULL)
        memset(s->form_marks, 0, s->form_capacity * sizeof *s->form_marks);
    if (s->group_marks != NULL)
        memset(s->group_marks, 0, s->group_capacity * sizeof *s->group_marks);
    s->epoch = 1;
}

/* What a gate keeps out is not looked at.  The others are fetched while those before are. */
static void visit_bucket(void *context, const struct weiri_bucket *bucket, bool met)
{
    struct weir_match_scratch *s = context;
    struct weiri_list *list = atomic_load_explicit(&bucket->list, memory_order_acquire);
    const uint32_t count =
        list != NULL ? atomic_load_explicit(&list->count, memory_order_acquire) : 0;
    const struct weiri_rows *ahead[AHEAD] = {NULL};
    uint32_t at = 0;

    for (uint32_t i = 0; i < count; i++) {
        const uint32_t gate =
            atomic_load_explicit(&weiri_list_gates(list)[i], memory_order_acquire);
        const struct weiri_rows *rows;

        if (!weiri_gate_admits(gate, s->probe.look.codes))
            continue;
        rows = atomic_load_explicit(&list->v[i], memory_order_acquire);
        if (rows == NULL)
            continue;
        fetch(rows);
        visit_rows(s, ahead[at], met);
        ahead[at] = rows;
        at = (at + 1) % AHEAD;
    }
    for (uint32_t i = 0; i < AHEAD; i++)
        visit_rows(s, ahead[(at + i) % AHEAD], met);
}

static void visit_rows(struct weir_match_scratch *s, const struct weiri_rows *rows, bool met)
{
    if (rows == NULL || (s->aim == AIM_GROUPS && s->groups_left == 0))
        return;
    if (rows->kind == WEIRI_BLOCK)
        visit_block(s, (const struct weiri_block *)rows, met);
    else
        push_sheet(s, (const struct weiri_sheet *)rows);
}

/* Has the processor fetch what a block is scanned by; harmless for anything else. */
static void fetch(const struct weiri_rows *rows)
{
    for (size_t at = 0; at < FETCH_SIZE; at += 64)
        __builtin_prefetch((const char *)rows + at);
}

static void visit_block(struct weir_match_scratch *s, const struct weiri_block *block, bool met)
{
    uint64_t maybe, sure;

    s->scan->block(block, &s->probe.look, &maybe, &sure);
    take_rows(s, weiri_block_refs(block), maybe, met ? sure : 0, &block->plain);
}

/* A step for each of the sheets that came last: memory is fetched in one and used in the next. */
static void push_sheet(struct weir_match_scratch *s, const struct weiri_sheet *sheet)
{
    struct stage *const first = &s->stages[s->turn % STAGES];
    struct stage *const second = &s->stages[(s->turn - 1) % STAGES];
    struct stage *const third = &s->stages[(s->turn - 2) % STAGES];
    const struct stage *const last = &s->stages[(s->turn - 3) % STAGES];

    s->turn++;
    first->sheet = sheet;
    if (second->sheet != NULL)
        fetch_sheet(second->sheet, s->probe.look.codes);
    if (third->sheet != NULL)
        s->scan->bitmaps(third->sheet, s->probe.look.codes, third->maybe);
    for (uint32_t p = 0; last->sheet != NULL && p < last->sheet->rows.capacity; p++) {
        if (last->maybe[p] != 0)
            take_page(s, last->sheet, p, last->maybe[p]);
    }
}

static void flush_sheets(struct weir_match_scratch *s)
{
    for (uint32_t i = 0; i < STAGES; i++)
        push_sheet(s, NULL);
}

/* What its bitmaps are looked at by. */
static void fetch_sheet(const struct weiri_sheet *sheet, const uint8_t *codes)
{
    const uint32_t strips = atomic_load_explicit(&sheet->strip_count, memory_order_acquire);

    for (uint32_t i = 0; i < strips; i++) {
        const uintptr_t strip = atomic_load_explicit(&sheet->strips[i], memory_order_relaxed);
        const char *line =
            (const char *)(uintptr_t)weiri_strip_line(strip, weiri_cell(codes[sheet->slots[i]]));
        const size_t size = (strip & (WEIRI_STRIP_ALIGN - 1)) * sizeof(uint64_t);

        for (size_t at = 0; at < size + (uintptr_t)line % 64; at += 64)
            __builtin_prefetch(line + at);
    }
    for (uint32_t p = 0; p < sheet->rows.capacity; p += 64 / sizeof sheet->live[0]) {
        __builtin_prefetch((const void *)(uintptr_t)&sheet->live[p]);
        __builtin_prefetch((const void *)(uintptr_t)&sheet->codes[p]);
    }
}

/* Refs are read after the flags: those of a plain row are its own. */
static void take_page(struct weir_match_scratch *s, const struct weiri_sheet *sheet, uint32_t p,
                      uint64_t maybe)
{
    const uintptr_t codes = atomic_load_explicit(&sheet->codes[p], memory_order_acquire);
    const struct weiri_page *page = NULL;
    uint64_t sure;

    maybe = s->scan->rows(codes, maybe, &s->probe.look, &sure);
    for (; maybe != 0; maybe &= maybe - 1) {
        const uint32_t row = (uint32_t)__builtin_ctzll(maybe);
        const uint8_t *at = weiri_row_at(codes, row);

        if ((sure >> row & 1) != 0 && s->aim == AIM_IDS &&
            (__atomic_load_n(at + WEIRI_ROW_FLAGS_AT, __ATOMIC_ACQUIRE) & WEIRI_ROW_PLAIN) != 0) {
            put(s, __atomic_load_n((const uint32_t *)(const void *)at, __ATOMIC_RELAXED));
            continue;
        }
        if (page == NULL)
            page = atomic_load_explicit(&sheet->pages[p], memory_order_acquire);
        put_off(s, page->form[row], page->conjunction[row], sure >> row & 1);
    }
}

/* Up to 64 rows.  `plain` is read after `live`: a row that is live by then has its own. */
static void take_rows(struct weir_match_scratch *s, struct weiri_refs refs, uint64_t maybe,
                      uint64_t sure, const _Atomic uint64_t *plain)
{
    if (maybe != 0 && s->aim == AIM_IDS) {
        const uint64_t at_once = sure & atomic_load_explicit(plain, memory_order_acquire);

        take_plain(s, refs.ref, at_once);
        maybe &= ~at_once;
    }
    for (; maybe != 0; maybe &= maybe - 1) {
        const uint32_t bit = (uint32_t)__builtin_ctzll(maybe);

        put_off(s, refs.form[bit], refs.conjunction[bit], sure >> bit & 1);
    }
}

static void take_plain(struct weir_match_scratch *s, const uint32_t *refs, uint64_t rows)
{
    if (rows == 0)
        return;
    if (s->out_capacity - s->count < 64 &&
        s->out_capacity - s->count < (size_t)__builtin_popcountll(rows)) {
        s->cut = true;
        return;
    }
    s->count += s->scan->take(refs, rows, s->out + s->count);
}

static void put_off(struct weir_match_scratch *s, uint32_t form, uint8_t conjunction, bool sure)
{
    if (s->pending_count == PENDING_MAX)
        catch_up(s);
    s->pending[s->pending_count++] =
        (struct pending){.handle = form, .conjunction = conjunction, .sure = sure};
    weiri_table_prefetch(&s->probe.matcher->forms, form);
}

static void catch_up(struct weir_match_scratch *s)
{
    for (uint32_t i = 0; i < s->pending_count; i++) {
        s->pending[i].form = weiri_form_at(s->probe.matcher, s->pending[i].handle);
        __builtin_prefetch(s->pending[i].form);
        __builtin_prefetch((const char *)s->pending[i].form + 64);
    }
    for (uint32_t i = 0; i < s->pending_count; i++) {
        const struct pending *pending = &s->pending[i];

        if ((pending->sure || decide(s, pending)) && is_first(s, pending->form))
            take_form(s, pending->form);
    }
    s->pending_count = 0;
}

/* By the record. */
static bool decide(struct weir_match_scratch *s, const struct pending *pending)
{
    const enum weir_truth truth =
        weiri_record_eval(weiri_form_record(pending->form, pending->conjunction), &s->probe);

    s->probe.undecided += truth == WEIR_UNKNOWN;
    return truth == WEIR_TRUE || (truth == WEIR_UNKNOWN && s->undecided == WEIR_UNDECIDED_YES);
}

/* A form of several conjunctions may be met several times. */
static bool is_first(struct weir_match_scratch *s, const struct weiri_form *form)
{
    const uint32_t mark = weiri_form_mark(form);

    if (mark == WEIRI_NONE)
        return true;
    if (mark >= s->form_capacity) {
        s->cut = true;
        return false;
    }
    if (s->form_marks[mark] == s->epoch)
        return false;
    s->form_marks[mark] = s->epoch;
    return true;
}

static void take_form(struct weir_match_scratch *s, const struct weiri_form *form)
{
    const uint64_t all = atomic_load_explicit(&form->members, memory_order_acquire);
    const struct weiri_members *members = weiri_members_list(all);

    if (members == NULL)
        take_member(s, all);
    for (; members != NULL; members = atomic_load_explicit(&members->next, memory_order_acquire)) {
        const uint32_t count = atomic_load_explicit(&members->count, memory_order_acquire);

        for (uint32_t i = 0; i < count; i++)
            take_member(s, atomic_load_explicit(&members->v[i], memory_order_acquire));
    }
}

static void take_member(struct weir_match_scratch *s, uint64_t member)
{
    const uint32_t handle = (uint32_t)(member >> 32);
    uint32_t group;

    if (member == WEIRI_MEMBER_GONE)
        return;
    if (s->aim == AIM_IDS) {
        put(s, (uint32_t)member);
        return;
    }
    if (handle >= s->group_capacity) {
        s->cut = true;
        return;
    }
    if (s->group_marks[handle] == s->epoch)
        return;
    s->group_marks[handle] = s->epoch;
    group = weiri_group_at(s->probe.matcher, handle)->group;
    if (group == s->skip && group != UINT32_MAX)
        return;
    put(s, group);
    if (s->groups_left > 0 && --s->groups_left == 0 && are_groups_new(s))
        s->groups_left = UINT32_MAX;
}

/* Those to be found. */
static void count_groups(struct weir_match_scratch *s)
{
    const struct weir_matcher *m = s->probe.matcher;

    s->groups_made = atomic_load_explicit(&m->groups_made, memory_order_acquire);
    s->groups_left = atomic_load_explicit(&m->group_count, memory_order_relaxed);
    if (s->aim == AIM_GROUPS && s->skip != UINT32_MAX && s->groups_left > 0 &&
        weiri_group_find(m, s->skip) != WEIRI_NONE)
        s->groups_left--;
    atomic_thread_fence(memory_order_acquire);
    if (are_groups_new(s))
        s->groups_left = UINT32_MAX;
}

/* True when some were not counted, so that the number of those found says nothing. */
static bool are_groups_new(const struct weir_match_scratch *s)
{
    return atomic_load_explicit(&s->probe.matcher->groups_made, memory_order_relaxed) !=
           s->groups_made;
}

static void put(struct weir_match_scratch *s, uint32_t what)
{
    if (s->count == s->out_capacity)
        s->cut = true;
    else
        s->out[s->count++] = what;
}
