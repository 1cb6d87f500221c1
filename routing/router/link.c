/* link.c - connections, and the hops whose sessions they are.
 *
 * A hop outlives its connection: when the link is lost its entries are held for a while, then
 * withdrawn.  Closing a link ends its session at once, though the driver says LINK_DOWN later. */
#include "internal.h"

#include <assert.h>
#include <string.h>

#include <weir/alloc.h>

#define WINDOW_MAX ((uint64_t)INT64_MAX / 4)

struct weir_str weiri_link_name(const struct link *link)
{
    return (struct weir_str){link->name, link->name_len};
}

struct weir_str weiri_hop_name(const struct hop *hop)
{
    return (struct weir_str){hop->name, hop->name_len};
}

bool weiri_hop_counts(const struct hop *hop)
{
    return hop->state == HOP_UP || (hop->state != HOP_LOST && !hop->elsewhere);
}

/* ---- hops */

struct hop *weiri_hop_find(const struct weir_router *r, uint64_t id)
{
    for (uint32_t i = 0; i < r->slots; i++) {
        if (r->hops[i] != NULL && r->hops[i]->id == id)
            return r->hops[i];
    }
    return NULL;
}

static uint32_t free_slot(const struct weir_router *r)
{
    uint32_t i = 0;

    while (i < r->slots && r->hops[i] != NULL)
        i++;
    return i;
}

static void hop_free(struct weir_router *r, struct hop *hop)
{
    weiri_lookup_fini(&hop->entries);
    weiri_lookup_fini(&hop->on_wire);
    weiri_release(r->alloc, hop->waiting);
    weiri_release(r->alloc, hop->spare_gaps[0]);
    weiri_release(r->alloc, hop->spare_gaps[1]);
    weiri_release(r->alloc, hop);
}

static enum weir_err hops_reserve(struct weir_router *r, uint32_t slot)
{
    struct hop **hops;

    if (slot < r->slots)
        return WEIR_OK;
    /* rare, and few: an array of exactly the right size */
    hops = weiri_resize(r->alloc, r->hops, (size_t)(slot + 1) * sizeof(struct hop *));
    if (hops == NULL)
        return WEIR_ENOMEM;
    r->hops = hops;
    return WEIR_OK;
}

enum weir_err weiri_hop_create(struct weir_router *r, uint64_t id, struct weir_str name,
                               bool listed, struct hop **out)
{
    uint32_t slot = free_slot(r);
    struct hop *hop;

    if (slot >= WEIR_LINKS_MAX)
        return WEIR_ELIMIT;
    if (hops_reserve(r, slot) != WEIR_OK)
        return WEIR_ENOMEM;
    hop = weiri_alloc_zeroed(r->alloc, 1, sizeof *hop);
    if (hop == NULL)
        return WEIR_ENOMEM;
    hop->slot = slot;
    hop->id = id;
    hop->listed = listed;
    memcpy(hop->name, name.ptr, name.len);
    hop->name_len = name.len;
    hop->state = HOP_AWAITED;
    hop->deadline_ms = r->start_ms + r->config.hold_ms;
    weiri_lookup_init(&hop->entries, r->config.hash_seed ^ id, r->alloc);
    weiri_lookup_init(&hop->on_wire, r->config.hash_seed, r->alloc);
    if (weiri_tables_add_slot(r, hop) != WEIR_OK || weiri_gap_reserve(r, hop) != WEIR_OK) {
        hop_free(r, hop);
        return WEIR_ENOMEM;
    }
    r->hops[slot] = hop;
    if (slot == r->slots)
        r->slots++;
    weiri_work_renew(r, true);
    for (size_t t = 0; t < 2; t++) {
        for (struct node *node = r->tables[t].first; node != NULL; node = node->next)
            weiri_need_update(r, node, hop);
    }
    *out = hop;
    return WEIR_OK;
}

void weiri_hop_destroy(struct weir_router *r, struct hop *hop)
{
    weiri_tables_drop_slot(r, hop);
    r->hops[hop->slot] = NULL;
    hop_free(r, hop);
}

static void remove_all(struct weir_router *r, struct owned *owned)
{
    while (owned->last != NULL)
        weiri_entry_remove(r, owned->last);
}

void weiri_hop_expire(struct weir_router *r, struct hop *hop)
{
    weiri_trace(r, "link-lost", "neighbour=%s", QUOTED(weiri_hop_name(hop)));
    hop->state = HOP_LOST;
    hop->complete = false;
    if (!hop->reported && hop->name_len != 0 && !weiri_reached_in_sync(r, hop->id))
        weiri_gap_begin(r, hop); /* it was never heard of, or not since it was in sync */
    remove_all(r, &hop->owned[0]);
    remove_all(r, &hop->owned[1]);
    weiri_promise_check_all(r);
    if (!hop->listed && hop->link == NULL)
        weiri_hop_destroy(r, hop);
}

/* ---- sessions */

/* A connection, which is idle at first: nothing but link state goes over it. */
static void session_begin(struct weir_router *r, struct hop *hop, struct link *link,
                          const struct weir_peer *peer)
{
    link->hop = hop;
    hop->link = link;
    memcpy(hop->name, peer->name.ptr, peer->name.len);
    hop->name_len = peer->name.len;
    hop->session = ++r->next_session;
    hop->cost = peer->cost;
    hop->dialled = peer->dialled;
    hop->peer_epoch = peer->epoch;
    hop->own_epoch = peer->own_epoch;
    hop->incarnation = peer->incarnation;
    hop->seq_in = hop->seq_out = hop->acked_in = hop->acked_out = 0;
    hop->own_join = hop->peer_join = hop->lsa_synced = false;
    hop->ready_in = hop->ready_out = hop->heard = false;
    hop->open_gaps = 0;
    hop->sync_marked = hop->synced = false;
    hop->sync_pending = 0;
    hop->lsa_cursor = 0;
    hop->out_window = peer->window < WINDOW_MAX ? peer->window : WINDOW_MAX;
    hop->out_credit = (int64_t)hop->out_window;
    hop->in_window = r->config.link_window;
    hop->in_outstanding = hop->in_owed = 0;
    weiri_lookup_clear(&hop->entries);
    weiri_linkstate_refresh(r);
    weiri_trace(r, "link-up", "neighbour=%s link=%u", QUOTED(weiri_hop_name(hop)), link->number);
}

void weiri_hop_join(struct weir_router *r, struct hop *hop)
{
    hop->state = HOP_UP;
    hop->elsewhere = false;
    weiri_gap_tell(r, &hop->gaps);
    weiri_spread_begin(r, hop);
    weiri_trace(r, "link-joined", "neighbour=%s", QUOTED(weiri_hop_name(hop)));
}

/* What a neighbour said in a session in which it was never READY is part of a table: nothing to
 * hold, and sessions without end must not pile up. */
static void drop_partial(struct weir_router *r, struct hop *hop)
{
    for (size_t t = 0; t < 2; t++) {
        while (hop->owned[t].last != NULL && hop->owned[t].last->session == hop->session)
            weiri_entry_remove(r, hop->owned[t].last);
    }
}

/* Only a session that came to READY earns a new hold time, and one in which nothing was heard,
 * being refused at once, is no loss: so a link that flaps neither holds up promises for ever nor
 * reports each attempt. */
static void leave(struct weir_router *r, struct hop *hop)
{
    struct entry *next;

    hop->state = HOP_HELD;
    if (hop->ready_in)
        hop->deadline_ms = r->now_ms + r->config.hold_ms;
    if (hop->heard)
        weiri_gap_begin(r, hop); /* synced or not: promises may rest on it already */
    hop->synced = false;
    weiri_gap_forget(r, hop);
    weiri_spread_end(r, hop);
    weiri_waiting_drop(r, hop);
    for (struct entry *e = hop->promise_first; e != NULL; e = next) {
        next = e->ack_next;
        e->ack_queued = false;
    }
    hop->promise_first = hop->promise_last = NULL;
    if (!hop->ready_in)
        drop_partial(r, hop);
    weiri_due(r, hop->deadline_ms);
}

static void hop_session_end(struct weir_router *r, struct hop *hop)
{
    hop->link = NULL;
    hop->own_join = hop->peer_join = false;
    if (hop->state == HOP_UP)
        leave(r, hop);
    else if (hop->state == HOP_LOST)
        weiri_due(r, r->now_ms); /* one that is not listed is forgotten then */
    weiri_linkstate_refresh(r);
}

void weiri_session_end(struct weir_router *r, struct link *link)
{
    if (link->hop != NULL) {
        hop_session_end(r, link->hop);
        link->hop = NULL;
    }
    if (link->client != NULL) {
        remove_all(r, &link->client->owned[0]);
        remove_all(r, &link->client->owned[1]);
        weiri_client_destroy(r, link->client);
        link->client = NULL;
        r->client_count--;
    }
}

void weiri_link_close(struct weir_router *r, struct link *link, enum weir_reason reason,
                      const char *text)
{
    if (link->closing)
        return;
    weiri_trace(r, "link-close", "link=%u name=%s reason=%s text=%s", link->number,
                QUOTED(weiri_link_name(link)), weir_reason_text(reason), QUOTED(weir_str_of(text)));
    weiri_session_end(r, link);
    link->closing = true;
    link->close_reason = (uint16_t)reason;
    link->close_text = text;
    *(r->close_last != NULL ? &r->close_last->close_next : &r->close_first) = link;
    r->close_last = link;
}

static void close_unqueue(struct weir_router *r, struct link *link)
{
    struct link **at = &r->close_first;

    r->close_last = NULL;
    while (*at != NULL) {
        if (*at == link) {
            *at = link->close_next;
        } else {
            r->close_last = *at;
            at = &(*at)->close_next;
        }
    }
}

void weiri_link_down(struct weir_router *r, struct link *link)
{
    if (!link->closing)
        weiri_trace(r, "link-down", "link=%u name=%s", link->number, QUOTED(weiri_link_name(link)));
    weiri_session_end(r, link);
    close_unqueue(r, link);
    *(link->prev != NULL ? &link->prev->next : &r->first_link) = link->next;
    *(link->next != NULL ? &link->next->prev : &r->last_link) = link->prev;
    (void)weiri_lookup_take(&r->by_number, link->number);
    r->link_count--;
    weiri_release(r->alloc, link);
}

/* ---- link up */

static enum weir_reason admit(const struct weir_router *r, const struct weir_peer *peer,
                              uint64_t id, const char **text)
{
    const struct hop *hop = weiri_hop_find(r, id);
    const struct broker *broker = weiri_broker_find(r, id);

    if (id == r->id) {
        *text = "this broker has that name";
        return WEIR_REASON_DUPLICATE_NAME;
    }
    if (!r->config.unlisted && (hop == NULL || !hop->listed)) {
        *text = "not among the neighbours listed";
        return WEIR_REASON_UNLISTED;
    }
    if (hop != NULL && hop->link != NULL) {
        *text = "a broker of that name is connected";
        return hop->incarnation == peer->incarnation ? WEIR_REASON_NONE
                                                     : WEIR_REASON_DUPLICATE_NAME;
    }
    if (broker != NULL && broker->reachable && broker->incarnation != peer->incarnation) {
        *text = "a broker of that name is in the overlay";
        return WEIR_REASON_DUPLICATE_NAME;
    }
    return WEIR_REASON_NONE;
}

/* Of two connections between the same brokers, both ends keep the same one: that which the broker
 * of the smaller name dialled, or the older one, as its dialler counts. */
static bool replaces(const struct weir_router *r, const struct hop *hop,
                     const struct weir_peer *peer)
{
    bool we_are_smaller = weir_str_compare(r->config.name, peer->name) < 0;
    uint64_t old_epoch = hop->dialled ? hop->own_epoch : hop->peer_epoch;
    uint64_t new_epoch = peer->dialled ? peer->own_epoch : peer->epoch;

    if (peer->dialled != hop->dialled)
        return peer->dialled == we_are_smaller;
    return new_epoch < old_epoch;
}

/* The hop of the neighbour, with all that its session may need. */
static enum weir_err hop_ready(struct weir_router *r, uint64_t id, struct weir_str name,
                               struct hop **out)
{
    struct hop *hop = weiri_hop_find(r, id);
    bool fresh = hop == NULL;
    enum weir_err err = WEIR_OK;

    if (fresh)
        err = weiri_hop_create(r, id, name, false, &hop);
    if (err != WEIR_OK)
        return err;
    err = weiri_gap_reserve(r, hop);
    if (err == WEIR_OK)
        err = weiri_linkstate_reserve(r);
    if (fresh && err != WEIR_OK)
        weiri_hop_destroy(r, hop);
    else if (fresh)
        hop->deadline_ms = r->now_ms + r->config.hold_ms;
    *out = hop;
    return err;
}

static enum weir_err broker_up(struct weir_router *r, struct link *link,
                               const struct weir_peer *peer)
{
    uint64_t id = weir_broker_id(peer->name);
    const char *text = "";
    enum weir_reason reason = admit(r, peer, id, &text);
    struct hop *hop = NULL;
    enum weir_err err = WEIR_OK;

    if (reason == WEIR_REASON_NONE)
        err = hop_ready(r, id, peer->name, &hop);
    if (err == WEIR_ELIMIT) {
        reason = WEIR_REASON_LIMIT;
        text = "too many neighbours";
        err = WEIR_OK;
    }
    if (err != WEIR_OK)
        return err;
    if (reason == WEIR_REASON_NONE && hop->link != NULL) {
        if (replaces(r, hop, peer)) {
            weiri_link_close(r, hop->link, WEIR_REASON_DUPLICATE_LINK, "another link is kept");
        } else {
            reason = WEIR_REASON_DUPLICATE_LINK;
            text = "another link is kept";
        }
    }
    if (reason != WEIR_REASON_NONE)
        weiri_link_close(r, link, reason, text);
    else
        session_begin(r, hop, link, peer);
    return WEIR_OK;
}

static void link_insert(struct weir_router *r, struct link *link)
{
    link->prev = r->last_link;
    *(r->last_link != NULL ? &r->last_link->next : &r->first_link) = link;
    r->last_link = link;
    weiri_lookup_put(&r->by_number, link->number, link);
    r->link_count++;
}

enum weir_err weiri_link_up(struct weir_router *r, const struct weir_input *input)
{
    const struct weir_peer *peer = &input->u.peer;
    struct link *link;
    enum weir_err err;

    assert(weiri_lookup_get(&r->by_number, input->link) == NULL);
    assert(peer->name.len <= WEIR_BROKER_NAME_MAX);
    link = weiri_alloc_zeroed(r->alloc, 1, sizeof *link);
    if (link == NULL)
        return WEIR_ENOMEM;
    link->number = input->link;
    link->role = peer->role;
    if (peer->name.len != 0)
        memcpy(link->name, peer->name.ptr, peer->name.len);
    link->name_len = peer->name.len;
    link->incarnation = peer->incarnation;
    link->peer_heartbeat_ms = peer->heartbeat_ms;
    link->up_since_ms = link->heard_ms = link->sent_ms = r->now_ms;
    link->routed_base = r->routed;
    err = weiri_lookup_reserve(&r->by_number, 1);
    if (err == WEIR_OK && peer->role == WEIR_ROLE_BROKER) {
        err = broker_up(r, link, peer);
    } else if (err == WEIR_OK && r->client_count >= WEIR_CLIENTS_MAX) {
        weiri_link_close(r, link, WEIR_REASON_LIMIT, "too many clients");
    } else if (err == WEIR_OK) {
        err = weiri_client_create(r, link);
    }
    if (err != WEIR_OK) {
        weiri_release(r->alloc, link);
        return err;
    }
    link_insert(r, link);
    weiri_due(r, r->now_ms + r->config.heartbeat_ms);
    weiri_due(r, r->now_ms + 3 * (uint64_t)peer->heartbeat_ms);
    return WEIR_OK;
}
