/* matcher.c - the matcher against the evaluator: lines are filters, each added under its number;
 * a line '-' removes the oldest, a line '!' matches sampled notifications. */
#include "normal/support.h"

#include <weir/matcher.h>

#define HELD_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct held {
    struct weir_filter *filter;
    struct weir_normal *normal;
};

struct world {
    struct weir_matcher *matcher;
    struct weir_match_scratch *scratch;
    struct weir_scratch *eval;
    struct held held[HELD_MAX];
    uint32_t first, count; /* ids held: first to count - 1 */
    struct random_source r;
};

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void add(struct world *w, struct weir_str text)
{
    struct held *held = &w->held[w->count];
    struct weir_diags diags;

    if (w->count == HELD_MAX || weir_filter_compile(&held->filter, text, &diags, NULL) != WEIR_OK)
        return;
    require(weir_normal_create(&held->normal, held->filter, WEIR_ROLE_SUBSCRIPTION, NULL) ==
            WEIR_OK);
    require(weir_matcher_add(w->matcher, w->count, w->count % 5, held->normal) == WEIR_OK);
    require(weir_matcher_add(w->matcher, w->count, 0, held->normal) == WEIR_EEXIST);
    w->count++;
}

static void remove_first(struct world *w)
{
    if (w->first == w->count)
        return;
    require(weir_matcher_remove(w->matcher, w->first));
    weir_normal_destroy(w->held[w->first].normal);
    weir_filter_destroy(w->held[w->first].filter);
    w->first++;
}

static void match(struct world *w)
{
    struct weir_notification n;
    uint8_t *bytes = support_notification(&n, &w->r);
    struct weir_matches matches;
    size_t at = 0;
    bool groups[5] = {false};

    require(weir_match_scratch_reserve(w->scratch, w->matcher) == WEIR_OK);
    matches = weir_matcher_match(w->matcher, &n, WEIR_UNDECIDED_YES, w->scratch);
    weir_match_scratch_sort(w->scratch);
    for (uint32_t id = w->first; id < w->count; id++) {
        const struct held *held = &w->held[id];
        const enum weir_truth truth = weir_normal_is_exact(held->normal)
                                          ? weir_filter_eval(held->filter, &n, w->eval)
                                          : weir_normal_eval(held->normal, &n, w->eval);
        const bool found = at < matches.count && matches.v[at] == id;

        require(truth != WEIR_TRUE || found);
        require(truth == WEIR_TRUE || !found || weir_scratch_undecided(w->eval));
        at += found;
        groups[id % 5] = groups[id % 5] || found;
    }
    require(at == matches.count);
    matches = weir_matcher_match_groups(w->matcher, &n, 3, WEIR_UNDECIDED_YES, w->scratch);
    weir_match_scratch_sort(w->scratch);
    at = 0;
    for (uint32_t g = 0; g < 5; g++) {
        if (groups[g] && g != 3)
            require(at < matches.count && matches.v[at++] == g);
    }
    require(at == matches.count);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world w;
    const uint8_t *end = data + size;

    w = (struct world){.r = {size}, .eval = must_scratch()};
    require(weir_matcher_create(&w.matcher, NULL) == WEIR_OK);
    require(weir_match_scratch_create(&w.scratch, NULL) == WEIR_OK);
    while (data < end) {
        const uint8_t *stop = memchr(data, '\n', (size_t)(end - data));
        const struct weir_str line = {(const char *)data,
                                      (size_t)((stop != NULL ? stop : end) - data)};

        if (weir_str_equal(line, WEIR_STR("-")))
            remove_first(&w);
        else if (weir_str_equal(line, WEIR_STR("!")))
            match(&w);
        else
            add(&w, line);
        data += line.len + (stop != NULL);
    }
    for (int i = 0; i < 8; i++)
        match(&w);
    while (w.first < w.count)
        remove_first(&w);
    require(weir_matcher_count(w.matcher) == 0);
    weir_matcher_destroy(w.matcher);
    weir_match_scratch_destroy(w.scratch);
    weir_scratch_destroy(w.eval);
    return 0;
}
