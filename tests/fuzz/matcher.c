/* matcher.c - the matcher against the evaluator.  Each line does something:
 *
 *   FILTER    adds it under the next id
 *   *FILTER   adds 64 of it, with every # replaced by 0 to 63
 *   =         adds the newest filter once more
 *   %FILTER   the same as FILTER, while each allocation in turn fails
 *   -  ~      removes the oldest, the newest
 *   &         from here on there may be readers: what is removed waits
 *   ^         for this: it is reclaimed
 *   !         matches notifications made of the constants of some filters held
 *
 * and in the end some are matched, and all are removed. */
#include "require.h"

#include "algebra/neighbours.h"
#include "normal/support.h"
#include "oom.h"

#include <weir/explain.h>

#define HELD_MAX 600
#define FILTERS_PER_STAR 64
#define TREES_MAX 4
#define NOTIFICATIONS 3
#define MATCHES_MAX 12 /* lines ! of one input */
#define GROUPS 5u
#define FAILURES_MAX 200

struct held {
    struct weir_filter *filter;
    struct weir_normal *normal;
};

struct world {
    struct weir_matcher *matcher;
    struct weir_match_scratch *scratch;
    struct weir_scratch *eval;
    struct oom oom;
    struct held held[HELD_MAX];
    uint32_t first, count; /* held: first to count - 1 */
    int matches;
    struct random_source r;
};

static uint32_t id_of(uint32_t index)
{
    return index % 3 == 0 ? index : index * UINT32_C(2654435761);
}

static void add(struct world *w, struct weir_str text, bool failing)
{
    struct held *held = &w->held[w->count];
    struct weir_diags diags;
    enum weir_err err = WEIR_ENOMEM;

    if (w->count == HELD_MAX || weir_filter_compile(&held->filter, text, &diags, NULL) != WEIR_OK)
        return;
    require(weir_normal_create(&held->normal, held->filter, WEIR_ROLE_SUBSCRIPTION, NULL) ==
            WEIR_OK);
    for (size_t allowed = 0; failing && err == WEIR_ENOMEM && allowed < FAILURES_MAX; allowed++) {
        w->oom.allowed = allowed;
        err = weir_matcher_add(w->matcher, id_of(w->count), w->count % GROUPS, held->normal);
        require(weir_matcher_count(w->matcher) == w->count - w->first + (err == WEIR_OK));
    }
    w->oom.allowed = SIZE_MAX;
    if (err != WEIR_OK)
        require(weir_matcher_add(w->matcher, id_of(w->count), w->count % GROUPS, held->normal) ==
                WEIR_OK);
    require(weir_matcher_add(w->matcher, id_of(w->count), 0, held->normal) == WEIR_EEXIST);
    w->count++;
}

static void add_many(struct world *w, struct weir_str text)
{
    for (int i = 0; i < FILTERS_PER_STAR; i++) {
        char out[1024], number[12];
        size_t len = 0;
        const size_t digits = (size_t)snprintf(number, sizeof number, "%d", i);

        for (size_t k = 0; k < text.len && len + digits < sizeof out; k++) {
            const bool hole = text.ptr[k] == '#';

            memcpy(out + len, hole ? number : &text.ptr[k], hole ? digits : 1);
            len += hole ? digits : 1;
        }
        add(w, (struct weir_str){out, len}, false);
    }
}

static void drop(struct world *w, uint32_t index)
{
    require(weir_matcher_remove(w->matcher, id_of(index)));
    require(!weir_matcher_remove(w->matcher, id_of(index)));
    weir_normal_destroy(w->held[index].normal);
    weir_filter_destroy(w->held[index].filter);
}

static enum weir_truth truth_of(const struct world *w, uint32_t index,
                                const struct weir_notification *n)
{
    const struct held *held = &w->held[index];

    return weir_normal_is_exact(held->normal) ? weir_filter_eval(held->filter, n, w->eval)
                                              : weir_normal_eval(held->normal, n, w->eval);
}

static bool is_found(struct weir_matches matches, uint32_t what)
{
    for (size_t i = 0; i < matches.count; i++) {
        if (matches.v[i] == what)
            return true;
    }
    return false;
}

static void check_groups(struct world *w, const struct weir_notification *n,
                         enum weir_undecided undecided, const bool *groups)
{
    const uint32_t skip = (uint32_t)random_below(&w->r, GROUPS + 1);
    const struct weir_matches matches = weir_matcher_match_groups(
        w->matcher, n, skip < GROUPS ? skip : UINT32_MAX, undecided, w->scratch);
    size_t expected = 0;

    for (uint32_t g = 0; g < GROUPS; g++) {
        require(is_found(matches, g) == (groups[g] && g != skip));
        expected += groups[g] && g != skip;
    }
    require(matches.count == expected);
}

/* What ran out of budget in the matcher need not have done so in the evaluator, and the other way
 * round. */
static void check_ids(struct world *w, const struct weir_notification *n)
{
    const enum weir_undecided undecided =
        random_chance(&w->r, 50) ? WEIR_UNDECIDED_YES : WEIR_UNDECIDED_NO;
    const struct weir_matches matches = weir_matcher_match(w->matcher, n, undecided, w->scratch);
    const bool may_lack = matches.undecided > 0 && undecided == WEIR_UNDECIDED_NO;
    const bool may_add = matches.undecided > 0 && undecided == WEIR_UNDECIDED_YES;
    bool groups[GROUPS] = {false};
    size_t found_count = 0;

    require(!matches.cut);
    for (uint32_t i = w->first; i < w->count; i++) {
        const enum weir_truth truth = truth_of(w, i, n);
        const bool decided = !weir_scratch_undecided(w->eval);
        const bool found = is_found(matches, id_of(i));

        if (decided) {
            require(truth != WEIR_TRUE || found || may_lack);
            require(truth == WEIR_TRUE || !found || may_add);
        }
        found_count += found;
        groups[i % GROUPS] |= found;
    }
    require(found_count == matches.count); /* so none is there twice */
    check_groups(w, n, undecided, groups);
}

static void check_explained(struct world *w, const struct weir_notification *n)
{
    struct weir_match_cost cost;
    struct weir_matches matches;

    require(weir_matcher_explain(w->matcher, n, NULL, NULL, &cost, NULL) == WEIR_OK);
    matches = weir_matcher_match(w->matcher, n, WEIR_UNDECIDED_NO, w->scratch);
    require(cost.found <= cost.maybe && cost.maybe <= cost.rows);
    require((cost.found > 0) == (matches.count > 0) || cost.undecided > 0);
    if (w->count > w->first) {
        const uint32_t i = w->first + (uint32_t)random_below(&w->r, w->count - w->first);

        for (uint32_t k = 0; k < weir_normal_count(w->held[i].normal); k++) {
            const struct weir_holder holder = weir_matcher_holder(w->matcher, id_of(i), k);

            require(holder.places > 0 && holder.places <= holder.beside);
            require(weir_matcher_access(w->matcher, id_of(i), k).values == holder.places);
        }
    }
}

static void match(struct world *w)
{
    static struct neighbours neighbours;
    const struct weir_node *trees[TREES_MAX];
    size_t count = 0;

    if (w->matches++ == MATCHES_MAX)
        return;
    require(weir_match_scratch_reserve(w->scratch, w->matcher) == WEIR_OK);
    for (; count < TREES_MAX && w->count > w->first; count++)
        trees[count] =
            weir_filter_tree(w->held[w->first + random_below(&w->r, w->count - w->first)].filter);
    neighbours_init(&neighbours, trees, count);
    for (int i = 0; i < NOTIFICATIONS; i++) {
        struct weir_notification n;
        uint8_t *bytes = i == 0 ? support_notification(&n, &w->r)
                                : neighbours_notification(&n, &neighbours, &w->r);

        check_ids(w, &n);
        if (i == 1)
            check_explained(w, &n);
        free(bytes);
    }
}

static void reclaim(struct world *w)
{
    if (weir_matcher_seal(w->matcher))
        weir_matcher_reclaim(w->matcher);
}

static void run_line(struct world *w, struct weir_str line)
{
    const struct weir_str rest = {line.ptr + 1, line.len - (line.len > 0)};

    if (weir_str_equal(line, WEIR_STR("-")) && w->first < w->count)
        drop(w, w->first++);
    else if (weir_str_equal(line, WEIR_STR("~")) && w->first < w->count)
        drop(w, --w->count);
    else if (weir_str_equal(line, WEIR_STR("=")) && w->first < w->count)
        add(w, weir_filter_text(w->held[w->count - 1].filter), false);
    else if (weir_str_equal(line, WEIR_STR("&")))
        weir_matcher_share(w->matcher);
    else if (weir_str_equal(line, WEIR_STR("^")))
        reclaim(w);
    else if (weir_str_equal(line, WEIR_STR("!")))
        match(w);
    else if (line.len > 0 && line.ptr[0] == '*')
        add_many(w, rest);
    else if (line.len > 0 && line.ptr[0] == '%')
        add(w, rest, true);
    else
        add(w, line, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world w;
    const uint8_t *end = data + size;

    w = (struct world){.r = {size}, .eval = must_scratch()};
    for (size_t i = 0; i < size; i++)
        w.r.state = random_u64(&w.r) ^ data[i];
    oom_init(&w.oom, SIZE_MAX);
    require(weir_matcher_create(&w.matcher, &w.oom.alloc) == WEIR_OK);
    require(weir_match_scratch_create(&w.scratch, NULL) == WEIR_OK);
    while (data < end) {
        const uint8_t *stop = memchr(data, '\n', (size_t)(end - data));
        const struct weir_str line = {(const char *)data,
                                      (size_t)((stop != NULL ? stop : end) - data)};

        run_line(&w, line);
        data += line.len + (stop != NULL);
    }
    w.matches = 0;
    match(&w);
    while (w.first < w.count)
        drop(&w, w.first++);
    require(weir_matcher_count(w.matcher) == 0);
    match(&w);
    weir_matcher_destroy(w.matcher);
    require(w.oom.live_count == 0);
    weir_match_scratch_destroy(w.scratch);
    weir_scratch_destroy(w.eval);
    return 0;
}
