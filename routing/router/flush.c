/* flush.c - what a step leaves to be said, told at its end: per link in the order that the promises
 * rest on, and no more than a bounded number of frames in one step.
 *
 *   link state, what there is to add, READY, what there is to withdraw, promises
 *
 * Nothing is withdrawn and nothing promised on a link while something to add waits for it.  Running
 * out of memory here loses nothing: what was not said stays queued for the next step. */
#include "internal.h"

#include <assert.h>
#include <stdlib.h>

#define FRAMES_PER_STEP 4096
#define PROMISES_PER_FRAME 1024
#define ACK_AFTER 256

static const struct weir_str nothing = {NULL, 0};

static enum weir_err send_node(struct weir_router *r, struct hop *hop, struct node *node)
{
    bool adv = node->table->advs;
    struct weir_frame frame = {.type = adv ? WEIR_FRAME_ADV : WEIR_FRAME_SUB};
    struct item *item = &node->items[hop->slot];
    enum weir_err err = weiri_lookup_reserve(&hop->on_wire, 1);

    if (err != WEIR_OK)
        return err;
    frame.u.sub.seq = hop->seq_out + 1;
    frame.u.sub.id = node->id;
    frame.u.sub.payload = weir_normal_bytes(node->normal);
    err = weiri_send(r, hop->link, &frame, frame.u.sub.payload);
    if (err != WEIR_OK)
        return err;
    weiri_queue_remove(hop, node);
    item->seq = ++hop->seq_out;
    weiri_lookup_put(&hop->on_wire, item->seq, node);
    node->on_wire++;
    hop->sent[adv].on_wire++;
    return WEIR_OK;
}

/* UNADV goes with the data that it must not overtake. */
static enum weir_err send_unadv(struct weir_router *r, struct hop *hop, uint64_t ref)
{
    struct weir_frame frame = {.type = WEIR_FRAME_UNADV};
    enum weir_err err;

    if (hop->waiting_count == 0) {
        frame.u.unsub.ref = ref;
        return weiri_send(r, hop->link, &frame, nothing);
    }
    err = weiri_waiting_reserve(r, hop);
    if (err == WEIR_OK)
        weiri_waiting_push(hop, &(struct waiting){WAITING_UNADV, ref, NULL});
    return err;
}

static enum weir_err send_unsub(struct weir_router *r, struct hop *hop, uint64_t ref)
{
    struct weir_frame frame = {.type = WEIR_FRAME_UNSUB};
    enum weir_err err;

    frame.u.unsub.seq = hop->seq_out + 1;
    frame.u.unsub.ref = ref;
    err = weiri_send(r, hop->link, &frame, nothing);
    if (err == WEIR_OK)
        hop->seq_out++;
    return err;
}

static enum weir_err withdraw_node(struct weir_router *r, struct hop *hop, struct node *node)
{
    bool adv = node->table->advs;
    struct item *item = &node->items[hop->slot];
    enum weir_err err = adv ? send_unadv(r, hop, item->seq) : send_unsub(r, hop, item->seq);

    if (err != WEIR_OK)
        return err;
    weiri_queue_remove(hop, node);
    (void)weiri_lookup_take(&hop->on_wire, item->seq);
    item->seq = 0;
    item->wire_promised = false;
    node->on_wire--;
    hop->sent[adv].on_wire--;
    weiri_node_release(r, node);
    return WEIR_OK;
}

static bool budget(struct weir_router *r)
{
    if (r->flush_left == 0) {
        r->again = true;
        return false;
    }
    r->flush_left--;
    return true;
}

/* Our tables are complete towards a hop when all other hops that count have given us theirs. */
static bool may_be_ready(const struct weir_router *r, const struct hop *hop)
{
    if (hop->ready_out || !hop->lsa_synced)
        return false;
    for (uint32_t i = 0; i < r->slots; i++) {
        const struct hop *other = r->hops[i];

        if (other != NULL && other != hop && weiri_hop_counts(other) && !other->complete)
            return false;
    }
    return true;
}

static enum weir_err send_ready(struct weir_router *r, struct hop *hop)
{
    struct weir_frame frame = {.type = WEIR_FRAME_READY};
    enum weir_err err;

    if (!may_be_ready(r, hop))
        return WEIR_OK;
    frame.u.ready.seq = hop->seq_out + 1;
    err = weiri_send(r, hop->link, &frame, nothing);
    if (err != WEIR_OK)
        return err;
    hop->seq_out++;
    hop->ready_out = true;
    return WEIR_OK;
}

static int compare_seqs(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static enum weir_err send_promises(struct weir_router *r, struct hop *hop)
{
    while (hop->promise_first != NULL) {
        struct weir_frame frame = {.type = WEIR_FRAME_PROMISED};
        uint64_t seqs[PROMISES_PER_FRAME];
        uint8_t bytes[sizeof seqs];
        struct entry *e = hop->promise_first;
        uint32_t count = 0;
        enum weir_err err;

        for (; e != NULL && count < PROMISES_PER_FRAME; e = e->ack_next)
            seqs[count++] = e->id;
        qsort(seqs, count, sizeof seqs[0], compare_seqs);
        for (uint32_t i = 0; i < count; i++)
            weir_u64_write(bytes + (size_t)i * sizeof seqs[0], seqs[i]);
        frame.u.promised = (struct weir_promised){hop->peer_epoch, count, bytes};
        err = weiri_send(r, hop->link, &frame, nothing);
        if (err != WEIR_OK)
            return err;
        for (struct entry *told = hop->promise_first; told != e; told = told->ack_next)
            told->ack_queued = false;
        hop->promise_first = e;
        if (e != NULL)
            e->ack_prev = NULL;
        else
            hop->promise_last = NULL;
    }
    return WEIR_OK;
}

static enum weir_err send_ack(struct weir_router *r, struct hop *hop)
{
    struct weir_frame frame = {.type = WEIR_FRAME_ACK};
    enum weir_err err;

    if (hop->seq_in == hop->acked_out)
        return WEIR_OK;
    if (!r->tick && hop->seq_in - hop->acked_out < ACK_AFTER) {
        r->again = true;
        return WEIR_OK;
    }
    frame.u.ack = (struct weir_ack){hop->peer_epoch, hop->seq_in};
    err = weiri_send(r, hop->link, &frame, nothing);
    if (err == WEIR_OK)
        hop->acked_out = hop->seq_in;
    return err;
}

/* The gap of a lost link ends when all that it carried is in force again, both ways. */
static void check_sync(struct weir_router *r, struct hop *hop)
{
    if (hop->synced || !hop->ready_in || !hop->ready_out)
        return;
    if (!hop->sync_marked)
        weiri_sync_mark(r, hop);
    if (hop->sync_pending != 0)
        return;
    hop->synced = true;
    hop->reported = false;
    weiri_linkstate_synced(r);
    weiri_trace(r, "link-synced", "neighbour=%s", QUOTED(weiri_hop_name(hop)));
    weiri_gap_end(r, hop);
    r->review_due = true;
}

static enum weir_err send_additions(struct weir_router *r, struct hop *hop)
{
    enum weir_err err = WEIR_OK;

    for (int t = 1; t >= 0; t--) {
        while (err == WEIR_OK && hop->sent[t].send_first != NULL && budget(r))
            err = send_node(r, hop, hop->sent[t].send_first);
    }
    return err;
}

static enum weir_err send_withdrawals(struct weir_router *r, struct hop *hop)
{
    enum weir_err err = WEIR_OK;

    for (int t = 0; t < 2; t++) {
        while (err == WEIR_OK && hop->sent[t].withdraw_first != NULL && budget(r))
            err = withdraw_node(r, hop, hop->sent[t].withdraw_first);
    }
    return err;
}

/* Its own record is the last that the peer tells when the connection begins: then we know of all
 * it knew. */
static enum weir_err send_join(struct weir_router *r, struct hop *hop)
{
    struct weir_frame frame = {.type = WEIR_FRAME_JOIN};
    enum weir_err err;

    if (hop->own_join || !hop->lsa_synced || r->topology_changed || !weiri_is_branch(r, hop))
        return WEIR_OK;
    err = weiri_send(r, hop->link, &frame, nothing);
    if (err != WEIR_OK)
        return err;
    hop->own_join = true;
    if (hop->peer_join)
        weiri_hop_join(r, hop);
    return WEIR_OK;
}

static enum weir_err flush_hop(struct weir_router *r, struct hop *hop)
{
    enum weir_err err = weiri_lsa_flush(r, hop);

    if (err == WEIR_OK)
        err = send_join(r, hop);
    if (err != WEIR_OK || hop->state != HOP_UP)
        return err;
    err = weiri_gap_flush(r, hop);
    if (err == WEIR_OK)
        err = weiri_waiting_flush(r, hop);
    if (err == WEIR_OK)
        err = send_additions(r, hop);
    if (err == WEIR_OK)
        err = send_ack(r, hop);
    if (err != WEIR_OK || hop->sent[0].send_first != NULL || hop->sent[1].send_first != NULL)
        return err;
    err = send_ready(r, hop);
    if (err == WEIR_OK)
        err = send_withdrawals(r, hop);
    if (err == WEIR_OK)
        err = send_promises(r, hop);
    if (err == WEIR_OK)
        check_sync(r, hop);
    return err;
}

static enum weir_err send_closings(struct weir_router *r)
{
    while (r->close_first != NULL) {
        struct link *link = r->close_first;
        struct weir_action action = {.type = WEIR_ACT_CLOSE,
                                     .link = link->number,
                                     .reason = link->close_reason,
                                     .text = weir_str_of(link->close_text)};
        enum weir_err err = weiri_out_push(&r->out, &action);

        if (err != WEIR_OK)
            return err;
        r->close_first = link->close_next;
        if (r->close_first == NULL)
            r->close_last = NULL;
        link->close_next = NULL;
    }
    return WEIR_OK;
}

static enum weir_err flush_notices(struct weir_router *r)
{
    enum weir_err err = WEIR_OK;

    if (!r->notices_due)
        return WEIR_OK;
    for (struct link *link = r->first_link; err == WEIR_OK && link != NULL; link = link->next) {
        if (link->client != NULL)
            err = weiri_gap_notices(r, link->client);
    }
    if (err == WEIR_OK)
        r->notices_due = false;
    return err;
}

static enum weir_err flush_hops(struct weir_router *r)
{
    enum weir_err err = WEIR_OK;

    for (uint32_t i = 0; i < r->slots && err == WEIR_OK; i++) {
        if (r->hops[i] != NULL && r->hops[i]->link != NULL)
            err = flush_hop(r, r->hops[i]);
    }
    return err;
}

/* Credit last: what was sent above may have released some. */
static enum weir_err flush_credit(struct weir_router *r)
{
    enum weir_err err = WEIR_OK;

    for (uint32_t i = 0; i < r->slots && err == WEIR_OK; i++) {
        if (r->hops[i] != NULL && r->hops[i]->state == HOP_UP)
            err = weiri_credit_flush(r, r->hops[i]);
    }
    return err;
}

enum weir_err weiri_flush(struct weir_router *r)
{
    enum weir_err err;

    r->flush_left = FRAMES_PER_STEP;
    weiri_topology_settle(r);
    err = flush_hops(r);
    if (r->review_due)
        weiri_gap_review(r);
    r->review_due = false;
    if (err == WEIR_OK)
        err = weiri_session_flush(r);
    if (err == WEIR_OK)
        err = flush_hops(r); /* what clients had waiting for an advertisement, and its end */
    if (err == WEIR_OK)
        err = flush_notices(r);
    if (err == WEIR_OK)
        err = weiri_puback_flush(r);
    if (err == WEIR_OK)
        err = flush_credit(r);
    if (err == WEIR_OK)
        err = weiri_forget_flush(r);
    if (err == WEIR_OK)
        err = send_closings(r);
    weiri_gap_sweep(r);
    if (r->ack_first != NULL)
        r->again = true;
    return err;
}
