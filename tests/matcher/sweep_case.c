/* sweep_case.c - see sweep.h. */
#include "sweep.h"

#include "normal/support.h"
#include "oom.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <weir/matcher.h>

/* Notifications of a case: about so many decisions, within bounds. */
#define DECISIONS 200000u
#define NOTIFICATIONS_MIN 10u
#define NOTIFICATIONS_MAX 200u
#define GROUPS 12u
#define PERCENT_EQUAL 5u
/* Before readers may have the processor. */
#define CHANGES_AT_ONCE 16u
/* Ids are far apart; the product of the two is 1. */
#define ID_FACTOR UINT32_C(2654435761)
#define ID_INVERSE UINT32_C(244002641)

/* A filter, which is added once and removed once at most.  The steps are 0 until then. */
struct entry {
    struct weir_filter *filter;
    struct weir_normal *normal;
    atomic_size_t adding, removing;
};

struct world {
    const struct sweep_case *what;
    struct random_source r;
    struct weir_matcher *m;
    struct oom oom;
    struct entry *entries; /* held ones are among the first `used` */
    size_t entry_count, used;
    size_t *held, held_count; /* the writer's: indices */
    struct weir_notification *n;
    uint8_t **bytes;
    size_t n_count;
    atomic_size_t started, done; /* steps of the writer */
    atomic_bool failed;
};

/* What matches; each thread has its own. */
struct looker {
    struct world *w;
    size_t number;
    struct weir_match_scratch *scratch;
    struct weir_scratch *eval;
    size_t *found; /* of an entry: the number of the look that found it */
    size_t look;
    struct sweep_totals totals;
    atomic_size_t passed;
    char wrong[512];
};

static void prepare(struct world *w);
static void make_entry(struct world *w, struct weiri_workload *workload, size_t i);
static void finish(struct world *w);
static void begin_looking(struct looker *l, struct world *w, size_t number);
static void end_looking(struct looker *l);
static void run_alone(struct world *w, struct looker *l);
static void run_with_readers(struct world *w, struct looker *readers);
static void *read_all(void *argument);
static bool are_reading(const struct world *w, const struct looker *readers);
static void change(struct world *w);
static void add_next(struct world *w, size_t step);
static void remove_one(struct world *w, size_t step);
static bool look(struct looker *l, size_t notification);
static bool note_found(struct looker *l, struct weir_matches matches, size_t begin, size_t end);
static bool judge(struct looker *l, const struct weir_notification *n, bool cut, size_t begin,
                  size_t end, bool *groups);
static bool judge_groups(struct looker *l, const struct weir_notification *n, const bool *expected);
static bool differ(struct looker *l, const char *what, size_t entry,
                   const struct weir_notification *n);

static uint32_t id_of(size_t entry)
{
    return (uint32_t)entry * ID_FACTOR;
}

static uint32_t group_of(size_t entry)
{
    return (uint32_t)(entry / 3 % GROUPS);
}

bool sweep_run(const struct sweep_case *what, struct sweep_totals *totals, char *wrong,
               size_t wrong_size)
{
    const size_t lookers = what->readers > 0 ? what->readers : 1;
    struct looker *l = calloc(lookers, sizeof *l);
    struct world w = {.what = what, .r = {what->seed}};

    if (l == NULL)
        abort();
    prepare(&w);
    for (size_t i = 0; i < lookers; i++)
        begin_looking(&l[i], &w, i);
    if (what->readers > 0)
        run_with_readers(&w, l);
    else
        run_alone(&w, l);
    for (size_t i = 0; i < lookers; i++) {
        totals->decisions += l[i].totals.decisions;
        totals->matches += l[i].totals.matches;
        totals->undecided += l[i].totals.undecided;
        if (l[i].wrong[0] != '\0')
            (void)snprintf(wrong, wrong_size, "%s", l[i].wrong);
        end_looking(&l[i]);
    }
    totals->cases++;
    totals->changes += w.done;
    finish(&w);
    free(l);
    return !w.failed;
}

/* ---- the world */

static void prepare(struct world *w)
{
    const size_t size = w->what->size, changes = size / 25 + 4;
    const bool dense = w->what->seed % 2 == 1;
    struct weiri_workload filters, notifications;
    const size_t wanted = DECISIONS / size;

    w->n_count = wanted < NOTIFICATIONS_MIN   ? NOTIFICATIONS_MIN
                 : wanted > NOTIFICATIONS_MAX ? NOTIFICATIONS_MAX
                                              : wanted;
    w->entry_count = size + w->n_count * changes;
    weiri_workload_init(&filters, w->what->workload, dense, w->what->seed * 2 + 1);
    weiri_workload_init(&notifications, w->what->workload, dense, w->what->seed * 2 + 2);
    w->entries = calloc(w->entry_count, sizeof *w->entries);
    w->held = calloc(size + 1, sizeof *w->held);
    w->n = calloc(w->n_count, sizeof *w->n);
    w->bytes = calloc(w->n_count, sizeof *w->bytes);
    if (w->entries == NULL || w->held == NULL || w->n == NULL || w->bytes == NULL)
        abort();
    for (size_t i = 0; i < w->entry_count; i++)
        make_entry(w, &filters, i);
    for (size_t i = 0; i < w->n_count; i++) {
        size_t bytes;

        if (weiri_workload_notification(&notifications, &w->bytes[i], &bytes, NULL) != WEIR_OK)
            abort();
        w->n[i] = weir_notification_view(w->bytes[i], bytes);
    }
    oom_init(&w->oom, SIZE_MAX);
    if (weir_matcher_create(&w->m, &w->oom.alloc) != WEIR_OK)
        abort();
    while (w->held_count < size)
        add_next(w, w->done + 1);
}

/* Some are equal to an earlier one. */
static void make_entry(struct world *w, struct weiri_workload *workload, size_t i)
{
    struct entry *e = &w->entries[i];
    char text[WEIRI_WORKLOAD_TEXT_MAX];
    struct weir_diags diags;

    if (i > 0 && random_chance(&w->r, PERCENT_EQUAL)) {
        const struct weir_str other = weir_filter_text(w->entries[random_below(&w->r, i)].filter);

        memcpy(text, other.ptr, other.len);
        text[other.len] = '\0';
    } else {
        (void)weiri_workload_filter(workload, text);
    }
    if (weir_filter_compile(&e->filter, weir_str_of(text), &diags, NULL) != WEIR_OK ||
        weir_normal_create(&e->normal, e->filter, WEIR_ROLE_SUBSCRIPTION, NULL) != WEIR_OK)
        abort();
}

static void finish(struct world *w)
{
    while (w->held_count > 0 && !w->failed)
        remove_one(w, w->done + 1);
    weir_matcher_destroy(w->m);
    if (w->oom.live_count != 0)
        abort();
    for (size_t i = 0; i < w->entry_count; i++) {
        weir_filter_destroy(w->entries[i].filter);
        weir_normal_destroy(w->entries[i].normal);
    }
    for (size_t i = 0; i < w->n_count; i++)
        free(w->bytes[i]);
    free(w->entries);
    free(w->held);
    free(w->n);
    free(w->bytes);
}

static void begin_looking(struct looker *l, struct world *w, size_t number)
{
    l->w = w;
    l->number = number;
    l->eval = must_scratch();
    l->found = calloc(w->entry_count, sizeof *l->found);
    if (l->found == NULL || weir_match_scratch_create(&l->scratch, NULL) != WEIR_OK)
        abort();
}

static void end_looking(struct looker *l)
{
    weir_match_scratch_destroy(l->scratch);
    weir_scratch_destroy(l->eval);
    free(l->found);
}

/* ---- the course of a case */

static void run_alone(struct world *w, struct looker *l)
{
    for (size_t i = 0; i < w->n_count && !w->failed; i++) {
        if (!look(l, i))
            w->failed = true;
        for (size_t k = w->what->size / 25 + 4; k > 0; k--)
            change(w);
    }
}

/* This thread changes the matcher for as long as the readers read. */
static void run_with_readers(struct world *w, struct looker *readers)
{
    pthread_t threads[SWEEP_READERS_MAX];
    size_t seen[SWEEP_READERS_MAX] = {0};
    bool waiting = false;

    weir_matcher_share(w->m);
    for (size_t i = 0; i < w->what->readers; i++) {
        if (pthread_create(&threads[i], NULL, read_all, &readers[i]) != 0)
            abort();
    }
    while (are_reading(w, readers)) {
        bool over = true;

        if (w->used < w->entry_count)
            change(w);
        for (size_t i = 0; i < w->what->readers; i++)
            over = over && (!waiting || readers[i].passed > seen[i]);
        if (over && waiting)
            weir_matcher_reclaim(w->m);
        if (over) {
            waiting = weir_matcher_seal(w->m);
            for (size_t i = 0; i < w->what->readers; i++)
                seen[i] = readers[i].passed;
        }
        if (w->used == w->entry_count || w->done % CHANGES_AT_ONCE == 0)
            sched_yield();
    }
    for (size_t i = 0; i < w->what->readers; i++)
        (void)pthread_join(threads[i], NULL);
    do
        weir_matcher_reclaim(w->m);
    while (weir_matcher_seal(w->m));
}

static bool are_reading(const struct world *w, const struct looker *readers)
{
    for (size_t i = 0; i < w->what->readers; i++) {
        if (readers[i].passed != SIZE_MAX)
            return true;
    }
    return false;
}

static void *read_all(void *argument)
{
    struct looker *l = argument;
    struct world *w = l->w;

    for (size_t i = 0; i < w->n_count && !w->failed; i++) {
        if (!look(l, (i + l->number * w->n_count / 2) % w->n_count))
            w->failed = true;
        l->passed++;
    }
    l->passed = SIZE_MAX;
    return NULL;
}

/* ---- the writer: a step's number stands at the entry before the step is started */

static void change(struct world *w)
{
    const size_t size = w->what->size, step = w->done + 1;

    if (w->held_count == size || (w->held_count > size / 2 && random_chance(&w->r, 50)) ||
        w->used == w->entry_count)
        remove_one(w, step);
    else
        add_next(w, step);
}

static void add_next(struct world *w, size_t step)
{
    struct entry *e = &w->entries[w->used];

    e->adding = step;
    w->started = step;
    if (weir_matcher_add(w->m, id_of(w->used), group_of(w->used), e->normal) != WEIR_OK)
        abort();
    w->done = step;
    w->held[w->held_count++] = w->used++;
}

static void remove_one(struct world *w, size_t step)
{
    const size_t at = random_below(&w->r, w->held_count), i = w->held[at];

    w->entries[i].removing = step;
    w->started = step;
    if (!weir_matcher_remove(w->m, id_of(i)))
        abort();
    w->done = step;
    w->held[at] = w->held[--w->held_count];
}

/* ---- looking */

static bool look(struct looker *l, size_t notification)
{
    const struct weir_notification *n = &l->w->n[notification];
    const size_t begin = l->w->done;
    struct weir_matches matches;
    bool groups[GROUPS] = {false};
    size_t end;

    if (weir_match_scratch_reserve(l->scratch, l->w->m) != WEIR_OK)
        abort();
    l->look++;
    matches = weir_matcher_match(l->w->m, n, WEIR_UNDECIDED_NO, l->scratch);
    end = l->w->started;
    if (matches.undecided > 0) {
        l->totals.undecided++;
        return true;
    }
    if (!note_found(l, matches, begin, end))
        return false;
    if (!judge(l, n, matches.cut, begin, end, groups))
        return false;
    return l->w->what->readers > 0 || judge_groups(l, n, groups);
}

/* Nothing twice, nothing that was not there at any time of the look. */
static bool note_found(struct looker *l, struct weir_matches matches, size_t begin, size_t end)
{
    for (size_t k = 0; k < matches.count; k++) {
        const uint32_t i = matches.v[k] * ID_INVERSE;
        const struct entry *e = &l->w->entries[i];

        if (i >= l->w->entry_count)
            return differ(l, "an id that never was", 0, NULL);
        if (l->found[i] == l->look)
            return differ(l, "found twice", i, NULL);
        if (e->adding == 0 || e->adding > end || (e->removing != 0 && e->removing <= begin))
            return differ(l, "found but not held", i, NULL);
        l->found[i] = l->look;
    }
    return true;
}

/* A filter decides where it was held all the time. */
static bool judge(struct looker *l, const struct weir_notification *n, bool cut, size_t begin,
                  size_t end, bool *groups)
{
    for (size_t i = 0; i < l->w->entry_count; i++) {
        const struct entry *e = &l->w->entries[i];
        const bool found = l->found[i] == l->look;
        const bool held =
            e->adding != 0 && e->adding <= begin && (e->removing == 0 || e->removing > end);
        enum weir_truth truth;

        if (!held && !found)
            continue;
        truth = weir_normal_is_exact(e->normal) ? weir_filter_eval(e->filter, n, l->eval)
                                                : weir_normal_eval(e->normal, n, l->eval);
        if (weir_scratch_undecided(l->eval))
            continue;
        if (found && truth != WEIR_TRUE)
            return differ(l, "found but not TRUE", i, n);
        if (!found && truth == WEIR_TRUE && !cut)
            return differ(l, "TRUE but not found", i, n);
        l->totals.decisions++;
        l->totals.matches += found;
        groups[group_of(i)] |= found;
    }
    return true;
}

static bool judge_groups(struct looker *l, const struct weir_notification *n, const bool *expected)
{
    const uint32_t skip = (uint32_t)(l->look % (GROUPS + 1));
    const struct weir_matches matches = weir_matcher_match_groups(
        l->w->m, n, skip < GROUPS ? skip : UINT32_MAX, WEIR_UNDECIDED_NO, l->scratch);
    bool found[GROUPS] = {false};

    for (size_t k = 0; k < matches.count; k++) {
        if (matches.v[k] >= GROUPS || found[matches.v[k]])
            return differ(l, "a group that is none, or twice", 0, n);
        found[matches.v[k]] = true;
    }
    for (uint32_t g = 0; g < GROUPS; g++) {
        if (found[g] != (expected[g] && g != skip))
            return differ(l, expected[g] ? "group not found" : "group found", g * 3, n);
    }
    return true;
}

static bool differ(struct looker *l, const char *what, size_t entry,
                   const struct weir_notification *n)
{
    const struct weir_str text = weir_filter_text(l->w->entries[entry].filter);
    char printed[256] = "";

    if (n != NULL)
        (void)support_print_notification(printed, sizeof printed, n);
    (void)snprintf(l->wrong, sizeof l->wrong, "%s: filter %zu: %.*s; on %s", what, entry,
                   (int)text.len, text.ptr, printed);
    return false;
}
