/* router.c - the step: what comes in, time, and what is to be said about it. */
#include "internal.h"

#include <assert.h>
#include <string.h>

#include <weir/alloc.h>

#define RETRY_MS 10 /* after memory ran out while speaking */

/* The formatter of LLVM 14 does not know rows of different lengths. */
/* clang-format off */
static const struct reduction reductions[WEIR_STRATEGY_COUNT] = {
    [WEIR_STRATEGY_FLOODING] = {.tells = false},
    [WEIR_STRATEGY_SIMPLE] = {.tells = true, .numbered = true},
    [WEIR_STRATEGY_IDENTITY] = {.tells = true},
    [WEIR_STRATEGY_COVERING] = {.tells = true, .maximal = true},
};
/* clang-format on */

/* ---- creation */

static bool is_name(struct weir_str name)
{
    return name.len >= 1 && name.len <= WEIR_BROKER_NAME_MAX && weir_str_is_text(name);
}

static bool is_valid(const struct weir_router_config *config)
{
    if (!is_name(config->name) || config->link_window == 0 || config->client_window == 0 ||
        config->neighbour_count > WEIR_LINKS_MAX ||
        (unsigned)config->strategy >= WEIR_STRATEGY_COUNT)
        return false;
    for (size_t i = 0; i < config->neighbour_count; i++) {
        if (!is_name(config->neighbours[i]) || weir_str_equal(config->neighbours[i], config->name))
            return false;
    }
    return true;
}

static enum weir_err expect_neighbours(struct weir_router *r,
                                       const struct weir_router_config *config)
{
    struct hop *hop;

    for (size_t i = 0; i < config->neighbour_count; i++) {
        uint64_t id = weir_broker_id(config->neighbours[i]);
        enum weir_err err;

        if (weiri_hop_find(r, id) != NULL)
            continue;
        err = weiri_hop_create(r, id, config->neighbours[i], true, &hop);
        if (err != WEIR_OK)
            return err;
    }
    return weiri_linkstate_reserve(r);
}

static enum weir_err compile_always(struct weir_router *r)
{
    struct weir_diags diags = {0};

    return weir_filter_compile(&r->always, WEIR_STR("TRUE"), &diags, r->alloc);
}

static enum weir_err fill(struct weir_router *r, const struct weir_router_config *config)
{
    enum weir_err err = weiri_linkstate_init(r);

    if (err == WEIR_OK)
        err = weiri_tables_init(r);
    if (err == WEIR_OK)
        err = compile_always(r);
    if (err == WEIR_OK)
        err = expect_neighbours(r, config);
    return err;
}

enum weir_err weir_router_create(struct weir_router **out, const struct weir_router_config *config,
                                 const struct weir_alloc *alloc)
{
    struct weir_router *r;
    enum weir_err err;

    assert(out != NULL);
    if (!is_valid(config))
        return WEIR_EINVAL;
    r = weiri_alloc_zeroed(alloc, 1, sizeof *r);
    if (r == NULL)
        return WEIR_ENOMEM;
    r->alloc = alloc;
    r->config = *config;
    r->reduce = &reductions[config->strategy];
    memcpy(r->name, config->name.ptr, config->name.len);
    r->config.name.ptr = r->name;
    r->config.neighbours = NULL; /* they are hops */
    r->id = weir_broker_id(r->config.name);
    r->wake_ms = NEVER;
    r->next_episode = config->incarnation;
    weiri_out_init(&r->out, alloc);
    weiri_lookup_init(&r->by_number, config->hash_seed, alloc);
    weiri_lookup_init(&r->streams, config->hash_seed, alloc);
    err = fill(r, config);
    if (err != WEIR_OK) {
        weir_router_destroy(r);
        return err;
    }
    *out = r;
    return WEIR_OK;
}

static void forget_hops(struct weir_router *r)
{
    for (uint32_t i = 0; i < r->slots; i++) {
        if (r->hops[i] == NULL)
            continue;
        weiri_waiting_drop(r, r->hops[i]);
        weiri_hop_destroy(r, r->hops[i]);
    }
    weiri_release(r->alloc, r->hops);
}

void weir_router_destroy(struct weir_router *r)
{
    struct link *next_link;
    struct kept *next_kept;

    if (r == NULL)
        return;
    for (struct link *link = r->first_link; link != NULL; link = next_link) {
        next_link = link->next;
        if (link->client != NULL)
            weiri_client_destroy(r, link->client);
        weiri_release(r->alloc, link);
    }
    forget_hops(r);
    for (struct kept *kept = r->forget_first; kept != NULL; kept = next_kept) {
        next_kept = kept->next;
        weiri_release(r->alloc, kept);
    }
    weiri_tables_fini(r);
    weiri_streams_fini(r);
    weiri_linkstate_fini(r);
    weiri_gaps_fini(r);
    weiri_lookup_fini(&r->by_number);
    weiri_out_fini(&r->out);
    weir_filter_destroy(r->always);
    weiri_release(r->alloc, r);
}

/* ---- a message */

static enum weir_err on_message(struct weir_router *r, struct link *link, struct weir_str message)
{
    struct weir_frame frame;
    enum weir_err err;

    if (link == NULL || link->closing)
        return WEIR_OK;
    err = weir_frame_decode(&frame, (const uint8_t *)message.ptr, message.len);
    if (err != WEIR_OK || !weir_frame_allowed(frame.type, link->role)) {
        weiri_link_close(r, link,
                         err == WEIR_OK       ? WEIR_REASON_ROLE
                         : err == WEIR_ELIMIT ? WEIR_REASON_FRAME_SIZE
                                              : WEIR_REASON_PROTOCOL,
                         err != WEIR_OK ? "malformed frame" : "not a frame for this role");
        return WEIR_OK;
    }
    if (link->hop != NULL && link->hop->state == HOP_UP && frame.type != WEIR_FRAME_CLOSE)
        link->hop->heard = true;
    if (link->client != NULL)
        err = weiri_session(r, link->client, &frame, message.len);
    else if (frame.type == WEIR_FRAME_DATA)
        err = weiri_data(r, link->hop, &frame.u.data, message.len);
    else
        err = weiri_control(r, link->hop, &frame);
    if (err == WEIR_OK) {
        link->heard_ms = r->now_ms;
        link->bytes_in += message.len;
    }
    return err;
}

/* ---- time */

void weiri_due(struct weir_router *r, uint64_t at_ms)
{
    if (at_ms < r->next_timer_ms)
        r->next_timer_ms = at_ms;
}

static void check_hops(struct weir_router *r)
{
    for (uint32_t i = 0; i < r->slots; i++) {
        struct hop *hop = r->hops[i];

        if (hop == NULL || hop->state == HOP_UP)
            continue;
        if (hop->state == HOP_LOST && !hop->listed && hop->link == NULL)
            weiri_hop_destroy(r, hop);
        else if (hop->state != HOP_LOST && r->now_ms >= hop->deadline_ms)
            weiri_hop_expire(r, hop);
        else if (hop->state != HOP_LOST)
            weiri_due(r, hop->deadline_ms);
    }
}

static enum weir_err send_heartbeat(struct weir_router *r, struct link *link)
{
    struct weir_frame frame = {.type = WEIR_FRAME_HEARTBEAT};

    if (link->hop != NULL)
        frame.u.heartbeat = (struct weir_heartbeat){link->hop->seq_out, link->hop->seq_in};
    return weiri_send(r, link, &frame, (struct weir_str){NULL, 0});
}

/* A heartbeat goes up to a quarter early, so that links share their wake-ups. */
static enum weir_err check_link(struct weir_router *r, struct link *link)
{
    uint64_t heartbeat_ms = r->config.heartbeat_ms;
    uint64_t silent_ms = 3 * (uint64_t)link->peer_heartbeat_ms;
    enum weir_err err = WEIR_OK;

    if (link->closing)
        return WEIR_OK;
    if (silent_ms != 0 && r->now_ms - link->heard_ms >= silent_ms) {
        weiri_link_close(r, link, WEIR_REASON_SILENT, "nothing heard for three heartbeats");
        return WEIR_OK;
    }
    if (silent_ms != 0)
        weiri_due(r, link->heard_ms + silent_ms);
    if (heartbeat_ms == 0)
        return WEIR_OK;
    if (r->now_ms - link->sent_ms >= heartbeat_ms - heartbeat_ms / 4)
        err = send_heartbeat(r, link);
    weiri_due(r, link->sent_ms + heartbeat_ms);
    return err;
}

static enum weir_err check_time(struct weir_router *r)
{
    enum weir_err err = WEIR_OK;

    if (r->now_ms < r->next_timer_ms)
        return WEIR_OK;
    r->next_timer_ms = NEVER;
    for (struct link *link = r->first_link; link != NULL && err == WEIR_OK; link = link->next)
        err = check_link(r, link);
    check_hops(r);
    if (err != WEIR_OK)
        r->next_timer_ms = 0;
    return err;
}

/* ---- the step */

static void start(struct weir_router *r)
{
    r->started = true;
    r->start_ms = r->now_ms;
    for (uint32_t i = 0; i < r->slots; i++)
        r->hops[i]->deadline_ms = r->now_ms + r->config.hold_ms;
}

static enum weir_err dispatch(struct weir_router *r, const struct weir_input *in)
{
    struct link *link = weiri_lookup_get(&r->by_number, in->link);

    switch (in->type) {
    case WEIR_IN_LINK_UP: return weiri_link_up(r, in);
    case WEIR_IN_LINK_DOWN:
        if (link != NULL)
            weiri_link_down(r, link);
        return WEIR_OK;
    case WEIR_IN_MESSAGE: return on_message(r, link, in->u.message);
    case WEIR_IN_TICK: return WEIR_OK;
    }
    return WEIR_OK;
}

static void wake(struct weir_router *r, uint64_t at_ms)
{
    struct weir_action action = {.type = WEIR_ACT_WAKE, .at_ms = at_ms};

    if (at_ms == r->wake_ms || at_ms == NEVER)
        return;
    if (weiri_out_push(&r->out, &action) == WEIR_OK) /* room is there since the step began */
        r->wake_ms = at_ms;
}

enum weir_err weir_router_step(struct weir_router *r, const struct weir_input *in,
                               struct weir_actions *actions)
{
    enum weir_err err;

    assert(in->now_ms >= r->now_ms);
    weiri_out_reset(&r->out);
    *actions = (struct weir_actions){NULL, 0};
    r->now_ms = in->now_ms;
    r->wall_ns = in->wall_ns;
    if (!r->started)
        start(r);
    if (r->now_ms >= r->wake_ms)
        r->wake_ms = NEVER;
    r->tick = in->type == WEIR_IN_TICK;
    err = weiri_out_reserve(&r->out, 1, 0);
    if (err == WEIR_OK)
        err = dispatch(r, in);
    if (err != WEIR_OK)
        return err;

    r->again = false;
    err = check_time(r);
    if (err == WEIR_OK)
        err = weiri_flush(r);
    if (err != WEIR_OK)
        wake(r, r->now_ms + RETRY_MS);
    else
        wake(r, r->again ? r->now_ms : r->next_timer_ms);
    *actions = (struct weir_actions){r->out.v, r->out.count};
    return WEIR_OK;
}
