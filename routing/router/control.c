/* control.c - control frames from neighbouring brokers.
 *
 * SUB, UNSUB, ADV and READY are numbered without gaps in each session; whatever does not fit closes
 * the connection, and the next one begins with everything anew: the reconnect is the snapshot. */
#include "internal.h"

#include <string.h>

static enum weir_err violation(struct weir_router *r, struct hop *hop, const char *text)
{
    weiri_link_close(r, hop->link, WEIR_REASON_PROTOCOL, text);
    return WEIR_OK;
}

static bool other_tree(const struct weir_tree *tree)
{
    return tree->root != 0 || tree->version != 0 || tree->scope != 0;
}

static enum weir_err on_sub(struct weir_router *r, struct hop *hop, const struct weir_sub *sub,
                            bool adv)
{
    struct weir_normal *normal = NULL;
    struct entry *entry;
    enum weir_err err;

    if (sub->seq != hop->seq_in + 1)
        return violation(r, hop, "a hole in the control numbers");
    if (other_tree(&sub->tree))
        return violation(r, hop, "unknown tree");
    if ((sub->id != 0) != r->reduce->numbered)
        return violation(r, hop, "a number that the strategy does not give");
    if (hop->entries.count >= WEIR_LINK_FILTERS_MAX) {
        weiri_link_close(r, hop->link, WEIR_REASON_LIMIT, "too many filters");
        return WEIR_OK;
    }
    err = weir_normal_decode(&normal, adv ? WEIR_ROLE_ADVERTISEMENT : WEIR_ROLE_SUBSCRIPTION,
                             sub->payload, r->alloc);
    if (err == WEIR_OK)
        err =
            weiri_entry_add(r, &r->tables[adv], hop, NULL, sub->seq, sub->id, normal, NULL, &entry);
    else if (err != WEIR_ENOMEM)
        return violation(r, hop, "malformed filter");
    if (err != WEIR_OK) {
        weir_normal_destroy(normal);
        return err;
    }
    hop->seq_in = sub->seq;
    return WEIR_OK;
}

static enum weir_err on_unsub(struct weir_router *r, struct hop *hop,
                              const struct weir_unsub *unsub, bool adv)
{
    struct entry *entry = weiri_lookup_get(&hop->entries, unsub->ref);

    if (unsub->seq != (adv ? 0 : hop->seq_in + 1))
        return violation(r, hop, "a hole in the control numbers");
    if (other_tree(&unsub->tree))
        return violation(r, hop, "unknown tree");
    if (entry == NULL || entry->node->table->advs != adv)
        return violation(r, hop, "withdraws what is not held");
    if (!adv)
        hop->seq_in = unsub->seq;
    weiri_entry_remove(r, entry);
    return WEIR_OK;
}

static enum weir_err on_ready(struct weir_router *r, struct hop *hop,
                              const struct weir_ready *ready)
{
    struct entry *next;

    if (ready->seq != hop->seq_in + 1 || hop->ready_in)
        return violation(r, hop, "a hole in the control numbers");
    if (other_tree(&ready->tree))
        return violation(r, hop, "unknown tree");
    hop->seq_in = ready->seq;
    hop->ready_in = hop->complete = true;
    for (size_t t = 0; t < 2; t++) {
        for (struct entry *e = hop->owned[t].first; e != NULL; e = next) {
            next = e->owner_next;
            if (e->session != hop->session)
                weiri_entry_remove(r, e);
        }
    }
    weiri_promise_check_all(r);
    return WEIR_OK;
}

static enum weir_err on_promised(struct weir_router *r, struct hop *hop,
                                 const struct weir_promised *promised)
{
    if (promised->epoch != hop->own_epoch)
        return violation(r, hop, "promises of another session");
    for (uint32_t i = 0; i < promised->count; i++) {
        uint64_t seq = weir_promised_seq(promised, i);
        struct node *node = weiri_lookup_get(&hop->on_wire, seq);

        if (seq > hop->seq_out)
            return violation(r, hop, "promises what was not sent");
        if (node != NULL) /* else it has been withdrawn meanwhile */
            weiri_item_promised(r, node, hop);
    }
    return WEIR_OK;
}

static enum weir_err on_ack(struct weir_router *r, struct hop *hop, const struct weir_ack *ack)
{
    if (ack->epoch != hop->own_epoch || ack->seq > hop->seq_out || ack->seq < hop->acked_in)
        return violation(r, hop, "acknowledges what was not sent");
    hop->acked_in = ack->seq;
    return WEIR_OK;
}

static enum weir_err on_credit(struct weir_router *r, struct hop *hop,
                               const struct weir_credit *credit)
{
    uint64_t taken = (uint64_t)((int64_t)hop->out_window - hop->out_credit);

    if (other_tree(&credit->tree) || credit->bytes > taken)
        return violation(r, hop, "credit for what was not sent");
    hop->out_credit += (int64_t)credit->bytes;
    return WEIR_OK;
}

static enum weir_err on_join(struct weir_router *r, struct hop *hop, const struct weir_join *join)
{
    if (other_tree(&join->tree) || hop->peer_join)
        return violation(r, hop, "joins twice, or an unknown tree");
    hop->peer_join = true;
    if (hop->own_join)
        weiri_hop_join(r, hop);
    return WEIR_OK;
}

static bool is_of_connection(enum weir_frame_type type)
{
    return type == WEIR_FRAME_LSA || type == WEIR_FRAME_JOIN || type == WEIR_FRAME_HEARTBEAT ||
           type == WEIR_FRAME_CLOSE;
}

static enum weir_err on_heartbeat(struct weir_router *r, struct hop *hop,
                                  const struct weir_heartbeat *heartbeat)
{
    if (heartbeat->sent != hop->seq_in || heartbeat->applied > hop->seq_out)
        return violation(r, hop, "a hole in the control numbers");
    return WEIR_OK;
}

enum weir_err weiri_control(struct weir_router *r, struct hop *hop, const struct weir_frame *frame)
{
    r->stats.control_in++;
    if (hop->state != HOP_UP && !is_of_connection(frame->type))
        return violation(r, hop, "the link is not joined");
    switch (frame->type) {
    case WEIR_FRAME_LSA: return weiri_lsa(r, hop, &frame->u.lsa);
    case WEIR_FRAME_JOIN: return on_join(r, hop, &frame->u.join);
    case WEIR_FRAME_SUB: return on_sub(r, hop, &frame->u.sub, false);
    case WEIR_FRAME_ADV: return on_sub(r, hop, &frame->u.sub, true);
    case WEIR_FRAME_UNSUB: return on_unsub(r, hop, &frame->u.unsub, false);
    case WEIR_FRAME_UNADV: return on_unsub(r, hop, &frame->u.unsub, true);
    case WEIR_FRAME_READY: return on_ready(r, hop, &frame->u.ready);
    case WEIR_FRAME_ACK: return on_ack(r, hop, &frame->u.ack);
    case WEIR_FRAME_PROMISED: return on_promised(r, hop, &frame->u.promised);
    case WEIR_FRAME_CREDIT: return on_credit(r, hop, &frame->u.credit);
    case WEIR_FRAME_GAP: return weiri_gap(r, hop, &frame->u.gap);
    case WEIR_FRAME_HEARTBEAT: return on_heartbeat(r, hop, &frame->u.heartbeat);
    case WEIR_FRAME_CLOSE: return WEIR_OK;
    default: return violation(r, hop, "not a frame between brokers");
    }
}
