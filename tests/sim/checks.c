/* checks.c - looking into routers through <weir/router_view.h>. */
#include "checks.h"

#include <assert.h>
#include <string.h>

#include <weir/router_view.h>

#define ENTRIES_MAX 4096
#define SAMPLES 12

/* Normal forms of one side of one link. */
struct entries {
    struct weir_normal *v[ENTRIES_MAX];
    size_t count;
    uint32_t link; /* only entries from this link, or, with `others`, from all but it */
    bool others;
};

static void check_direction(struct world *world, uint32_t link, unsigned from,
                            struct random_source *random);
static void compare_ends(struct world *world, struct entries *sent, struct entries *held,
                         const char *what, uint32_t from, uint32_t to);
static void check_distinct(struct world *world, const struct entries *sent, uint32_t from);
static void check_antichain(struct world *world, const struct entries *sent, uint32_t from);
static void check_union(struct world *world, uint32_t from, uint32_t link_id,
                        const struct entries *sent, struct random_source *random);
static bool matches_any(const struct entries *entries, const struct weir_notification *n,
                        struct weir_scratch *scratch);
static bool conforms_any(const struct entries *entries, const struct weir_notification *n,
                         struct weir_scratch *scratch);
static void collect_sent(void *context, uint64_t seq, const struct weir_normal *normal);
static void collect_held(void *context, const struct weir_sub_view *view);
static void add(struct entries *entries, const struct weir_normal *normal);
static void release(struct entries *entries);
static int compare_normals(const void *a, const void *b);

/* ---- the tree */

struct link_state {
    uint32_t link;
    bool joined;
};

static void see_joined(void *context, const struct weir_link_view *view)
{
    struct link_state *state = context;
    if (view->link == state->link)
        state->joined = view->joined;
}

static bool is_joined(const struct weir_router *router, uint32_t link)
{
    struct link_state state = {link, false};
    weir_router_links(router, see_joined, &state);
    return state.joined;
}

static uint32_t set_of(const uint32_t *sets, uint32_t broker)
{
    while (sets[broker] != broker)
        broker = sets[broker];
    return broker;
}

void check_tree(struct world *world)
{
    uint32_t sets[WORLD_BROKERS];
    size_t joined = 0;
    for (uint32_t b = 0; b < world->broker_count; b++)
        sets[b] = b;
    for (uint32_t link = 0; link < world->link_count; link++) {
        bool ends[2];
        for (unsigned e = 0; e < 2; e++) {
            uint32_t broker = world->links[link][e];
            uint32_t id = weir_sim_link_id(world->sim, link, broker);
            ends[e] = id != 0 && is_joined(weir_sim_router(world->sim, broker), id);
        }
        uint32_t a = world->links[link][0], b = world->links[link][1];
        if (ends[0] != ends[1])
            world_complain(world, "b%u and b%u do not agree on their link", a, b);
        if (!ends[0])
            continue;
        joined++;
        if (set_of(sets, a) == set_of(sets, b))
            world_complain(world, "the link of b%u and b%u closes a cycle", a, b);
        sets[set_of(sets, a)] = set_of(sets, b);
    }
    if (joined != world->broker_count - 1)
        world_complain(world, "%zu links are joined among %zu brokers", joined,
                       world->broker_count);
}

void check_crossings(struct world *world)
{
    for (uint32_t b = 0; b < world->broker_count; b++) {
        struct weir_router_stats stats = weir_router_stats(weir_sim_router(world->sim, b));
        if (stats.duplicates)
            world_complain(world, "%llu copies came to b%u", (unsigned long long)stats.duplicates,
                           b);
    }
}

/* ---- tables */

void check_tables(struct world *world, struct random_source *random)
{
    for (uint32_t link = 0; link < world->link_count; link++)
        for (unsigned from = 0; from < 2; from++)
            check_direction(world, link, from, random);
}

static void check_direction(struct world *world, uint32_t link, unsigned from,
                            struct random_source *random)
{
    static struct entries sent, held;
    uint32_t near = world->links[link][from], far = world->links[link][from ^ 1];
    uint32_t near_id = weir_sim_link_id(world->sim, link, near);
    uint32_t far_id = weir_sim_link_id(world->sim, link, far);
    if (near_id == 0 || far_id == 0) {
        world_complain(world, "the link between b%u and b%u is not up", near, far);
        return;
    }
    const struct weir_router *router = weir_sim_router(world->sim, near);
    const struct weir_router *other = weir_sim_router(world->sim, far);

    sent.count = held.count = 0;
    held.link = far_id;
    held.others = false;
    weir_router_sent(router, near_id, true, collect_sent, &sent);
    weir_router_advs(other, collect_held, &held);
    compare_ends(world, &sent, &held, "advertisements", near, far);
    release(&sent);
    release(&held);

    weir_router_sent(router, near_id, false, collect_sent, &sent);
    weir_router_subs(other, collect_held, &held);
    compare_ends(world, &sent, &held, "subscriptions", near, far);
    if (world->config.strategy == WEIR_STRATEGY_IDENTITY)
        check_distinct(world, &sent, near);
    if (world->config.strategy == WEIR_STRATEGY_COVERING)
        check_antichain(world, &sent, near);
    if (world->config.strategy == WEIR_STRATEGY_FLOODING && sent.count > 0)
        world_complain(world, "b%u sends subscriptions though it floods", near);
    if (world->config.strategy != WEIR_STRATEGY_FLOODING && is_joined(router, near_id))
        check_union(world, near, near_id, &sent, random);
    release(&sent);
    release(&held);
}

static void compare_ends(struct world *world, struct entries *sent, struct entries *held,
                         const char *what, uint32_t from, uint32_t to)
{
    bool equal = sent->count == held->count;
    qsort(sent->v, sent->count, sizeof *sent->v, compare_normals);
    qsort(held->v, held->count, sizeof *held->v, compare_normals);
    for (size_t i = 0; equal && i < sent->count; i++)
        equal = compare_normals(&sent->v[i], &held->v[i]) == 0;
    if (!equal)
        world_complain(world, "b%u has sent %zu %s, but b%u holds %zu, or others", from,
                       sent->count, what, to, held->count);
}

/* They are sorted. */
static void check_distinct(struct world *world, const struct entries *sent, uint32_t from)
{
    for (size_t i = 1; i < sent->count; i++)
        if (compare_normals(&sent->v[i - 1], &sent->v[i]) == 0)
            world_complain(world, "b%u has sent the same twice", from);
}

static void check_antichain(struct world *world, const struct entries *sent, uint32_t from)
{
    for (size_t i = 0; i < sent->count; i++) {
        for (size_t j = 0; j < sent->count; j++) {
            if (i == j || !weir_normal_covers(sent->v[i], sent->v[j], NULL))
                continue;
            char wide[200], narrow[200];
            weir_normal_print(wide, sizeof wide, sent->v[i]);
            weir_normal_print(narrow, sizeof narrow, sent->v[j]);
            world_complain(world, "b%u has sent {%s} and {%s}, which it covers", from, wide,
                           narrow);
            return;
        }
    }
}

/* A notification that may come over the link and that somebody behind this broker wants must match
 * what was sent over the link. */
static void check_union(struct world *world, uint32_t from, uint32_t link_id,
                        const struct entries *sent, struct random_source *random)
{
    static struct entries needed, advertised;
    const struct weir_router *router = weir_sim_router(world->sim, from);
    struct weir_scratch *scratch = NULL;
    enum weir_err err = weir_scratch_create(&scratch, NULL);
    assert(err == WEIR_OK);
    needed.link = advertised.link = link_id;
    needed.others = true;
    needed.count = advertised.count = 0;
    weir_router_subs(router, collect_held, &needed);
    weir_router_advs(router, collect_held, &advertised);
    for (int i = 0; i < SAMPLES; i++) {
        struct gen_notification made;
        gen_notification(random, &made, 0, NULL);
        struct weir_notification n = weir_notification_view(made.bytes, made.size);
        bool may_come = !world->config.advertisements || conforms_any(&advertised, &n, scratch);
        if (may_come && matches_any(&needed, &n, scratch) && !matches_any(sent, &n, scratch))
            world_complain(world, "b%u has not sent over connection %u what it needs from there",
                           from, link_id);
        free(made.bytes);
    }
    release(&needed);
    release(&advertised);
    weir_scratch_destroy(scratch);
}

static bool matches_any(const struct entries *entries, const struct weir_notification *n,
                        struct weir_scratch *scratch)
{
    for (size_t i = 0; i < entries->count; i++)
        if (weir_normal_eval(entries->v[i], n, scratch) == WEIR_TRUE)
            return true;
    return false;
}

static bool conforms_any(const struct entries *entries, const struct weir_notification *n,
                         struct weir_scratch *scratch)
{
    for (size_t i = 0; i < entries->count; i++)
        if (weir_normal_conforms(entries->v[i], n, scratch))
            return true;
    return false;
}

/* ---- counting */

static void count_sent(void *context, uint64_t seq, const struct weir_normal *normal)
{
    (void)seq;
    (void)normal;
    ++*(uint32_t *)context;
}

void check_count_sent(const struct world *world, uint32_t *counts)
{
    for (uint32_t link = 0; link < world->link_count; link++) {
        for (unsigned from = 0; from < 2; from++) {
            uint32_t near = world->links[link][from];
            uint32_t id = weir_sim_link_id(world->sim, link, near);
            counts[2 * link + from] = 0;
            if (id > 0)
                weir_router_sent(weir_sim_router(world->sim, near), id, false, count_sent,
                                 &counts[2 * link + from]);
        }
    }
}

uint64_t check_frames(const struct world *world)
{
    uint64_t sum = 0;
    for (unsigned type = 0; type < 256; type++)
        if (type != WEIR_FRAME_HEARTBEAT)
            sum += weir_sim_frames(world->sim, (enum weir_frame_type)type);
    return sum;
}

/* ---- drained */

static void complain_of_entry(void *context, const struct weir_sub_view *view)
{
    char text[200];
    weir_normal_print(text, sizeof text, view->normal);
    world_complain(context, "an entry from %.*s is left: %s", (int)view->link_name.len,
                   view->link_name.ptr, text);
}

void check_drained(struct world *world)
{
    for (uint32_t b = 0; b < world->broker_count; b++) {
        const struct weir_router *router = weir_sim_router(world->sim, b);
        struct weir_router_stats stats = weir_router_stats(router);
        weir_router_subs(router, complain_of_entry, world);
        weir_router_advs(router, complain_of_entry, world);
        if (stats.subs || stats.advs || stats.filters || stats.clients)
            world_complain(world,
                           "b%u counts %u subscriptions, %u advertisements, %u filters, "
                           "%u clients when all are gone",
                           b, stats.subs, stats.advs, stats.filters, stats.clients);
        if (stats.kept_bytes || weir_sim_kept(world->sim, b))
            world_complain(world, "b%u keeps %llu bytes in %zu pieces for nobody", b,
                           (unsigned long long)stats.kept_bytes, weir_sim_kept(world->sim, b));
    }
    for (uint32_t link = 0; link < world->link_count; link++) {
        uint32_t counts[2 * WORLD_LINKS];
        check_count_sent(world, counts);
        if (counts[2 * link] || counts[2 * link + 1])
            world_complain(world, "entries stay sent between b%u and b%u", world->links[link][0],
                           world->links[link][1]);
    }
}

/* ---- entries */

static void collect_sent(void *context, uint64_t seq, const struct weir_normal *normal)
{
    (void)seq;
    add(context, normal);
}

static void collect_held(void *context, const struct weir_sub_view *view)
{
    struct entries *entries = context;
    if ((view->link == entries->link) != entries->others)
        add(entries, view->normal);
}

/* A copy: what a view shows is borrowed for its callback. */
static void add(struct entries *entries, const struct weir_normal *normal)
{
    assert(entries->count < ENTRIES_MAX);
    enum weir_err err = weir_normal_copy(&entries->v[entries->count++], normal, NULL);
    assert(err == WEIR_OK);
}

static void release(struct entries *entries)
{
    while (entries->count > 0)
        weir_normal_destroy(entries->v[--entries->count]);
}

static int compare_normals(const void *a, const void *b)
{
    return weir_str_compare(weir_normal_bytes(*(struct weir_normal *const *)a),
                            weir_normal_bytes(*(struct weir_normal *const *)b));
}
