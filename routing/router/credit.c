/* credit.c - notifications that wait for credit, and credit that is given back.
 *
 * A frame may go out when the peer has that much window left, or owes us nothing at all: so that a
 * frame larger than a window still passes.  What a neighbour or publisher sent us counts against
 * its window until it has gone out on every link it needs: back-pressure hop by hop.  On a tree the
 * links that wait for each other form no cycle. */
#include "internal.h"

#include <assert.h>
#include <string.h>

#include <weir/alloc.h>

bool weiri_credit_allows(const struct hop *hop, uint64_t cost)
{
    return hop->out_credit >= (int64_t)cost || hop->out_credit >= (int64_t)hop->out_window;
}

/* ---- giving back */

void weiri_credit_release(struct hop *hop, uint64_t cost)
{
    hop->in_owed += cost;
}

enum weir_err weiri_credit_flush(struct weir_router *r, struct hop *hop)
{
    struct weir_frame frame = {.type = WEIR_FRAME_CREDIT};
    uint64_t quarter = hop->in_window / 4;
    bool idle = hop->in_owed == hop->in_outstanding;
    enum weir_err err;

    if (hop->in_owed == 0)
        return WEIR_OK;
    /* When nothing is in our hands, what is left of the window must admit the largest frame: then
     * the peer cannot be waiting for less than a quarter. */
    if (hop->in_owed <= quarter &&
        !(idle && hop->in_window - hop->in_owed < WEIR_FRAME_SIZE_MAX && r->tick)) {
        if (idle && hop->in_window - hop->in_owed < WEIR_FRAME_SIZE_MAX)
            r->again = true;
        return WEIR_OK;
    }
    frame.u.credit.bytes = hop->in_owed;
    err = weiri_send(r, hop->link, &frame, (struct weir_str){NULL, 0});
    if (err != WEIR_OK)
        return err;
    hop->in_outstanding -= hop->in_owed;
    hop->in_owed = 0;
    return WEIR_OK;
}

/* ---- what waits */

enum weir_err weiri_waiting_reserve(struct weir_router *r, struct hop *hop)
{
    size_t capacity = hop->waiting_capacity;
    struct waiting *ring;

    if (hop->waiting_count < capacity)
        return WEIR_OK;
    capacity = capacity == 0 ? 8 : capacity * 2;
    ring = weiri_alloc_zeroed(r->alloc, capacity, sizeof *ring);
    if (ring == NULL)
        return WEIR_ENOMEM;
    for (size_t i = 0; i < hop->waiting_count; i++)
        ring[i] = hop->waiting[(hop->waiting_first + i) % hop->waiting_capacity];
    weiri_release(r->alloc, hop->waiting);
    hop->waiting = ring;
    hop->waiting_first = 0;
    hop->waiting_capacity = capacity;
    return WEIR_OK;
}

void weiri_waiting_push(struct hop *hop, const struct waiting *waiting)
{
    assert(hop->waiting_count < hop->waiting_capacity);
    hop->waiting[(hop->waiting_first + hop->waiting_count++) % hop->waiting_capacity] = *waiting;
}

static void waiting_pop(struct hop *hop)
{
    hop->waiting_first = (hop->waiting_first + 1) % hop->waiting_capacity;
    hop->waiting_count--;
}

static struct hop *origin_hop(const struct weir_router *r, const struct kept *kept)
{
    struct hop *hop = kept->session == 0 ? NULL : r->hops[kept->from_slot];

    return hop != NULL && hop->state == HOP_UP && hop->session == kept->session ? hop : NULL;
}

/* One link less waits for it; the last one gives back what it cost.  FORGET is told at the end of
 * the step. */
void weiri_kept_release(struct weir_router *r, struct kept *kept)
{
    struct hop *from = origin_hop(r, kept);
    struct client *client = kept->publisher;

    if (--kept->waiting != 0)
        return;
    if (from != NULL)
        weiri_credit_release(from, kept->cost);
    if (client != NULL) {
        *(kept->prev != NULL ? &kept->prev->next : &client->kept_first) = kept->next;
        *(kept->next != NULL ? &kept->next->prev : &client->kept_last) = kept->prev;
        weiri_puback_due(r, client);
    }
    r->stats.kept_bytes -= kept->size;
    kept->next = r->forget_first;
    kept->prev = NULL;
    r->forget_first = kept;
}

void weiri_waiting_drop(struct weir_router *r, struct hop *hop)
{
    while (hop->waiting_count != 0) {
        const struct waiting *w = &hop->waiting[hop->waiting_first];

        if (w->kind == WAITING_DATA)
            weiri_kept_release(r, w->kept);
        waiting_pop(hop);
    }
}

static enum weir_err send_waiting(struct weir_router *r, struct hop *hop, const struct waiting *w,
                                  bool *sent)
{
    struct weir_frame frame = {.type = WEIR_FRAME_UNADV};
    const struct kept *kept = w->kept;
    enum weir_err err;
    uint64_t cost;

    *sent = true;
    if (w->kind == WAITING_UNADV) {
        frame.u.unsub.ref = w->value;
        return weiri_send(r, hop->link, &frame, (struct weir_str){NULL, 0});
    }
    cost = WEIRI_DATA_HEAD_SIZE + kept->size;
    if (!weiri_credit_allows(hop, cost)) {
        *sent = false;
        return WEIR_OK;
    }
    frame.type = WEIR_FRAME_DATA;
    frame.u.data = (struct weir_data){
        .origin = kept->origin,
        .incarnation = kept->incarnation,
        .seq = kept->seq,
        .prev = w->value,
        .sent_ns = kept->sent_ns,
        .hops = kept->hops,
        .payload = {"", kept->size}
    };
    err = weiri_resend(r, hop->link, &frame, kept->key, kept->size);
    if (err != WEIR_OK)
        return err;
    hop->out_credit -= (int64_t)cost;
    hop->link->data_out++;
    r->stats.forwarded++;
    return WEIR_OK;
}

enum weir_err weiri_waiting_flush(struct weir_router *r, struct hop *hop)
{
    while (hop->waiting_count != 0) {
        const struct waiting *w = &hop->waiting[hop->waiting_first];
        bool sent;
        enum weir_err err = send_waiting(r, hop, w, &sent);

        if (err != WEIR_OK || !sent)
            return err;
        if (w->kind == WAITING_DATA)
            weiri_kept_release(r, w->kept);
        waiting_pop(hop);
    }
    return WEIR_OK;
}

/* Tells the driver what it need not keep any more. */
enum weir_err weiri_forget_flush(struct weir_router *r)
{
    while (r->forget_first != NULL) {
        struct kept *kept = r->forget_first;
        struct weir_action action = {.type = WEIR_ACT_FORGET, .key = kept->key};
        enum weir_err err = weiri_out_push(&r->out, &action);

        if (err != WEIR_OK)
            return err;
        r->forget_first = kept->next;
        weiri_release(r->alloc, kept);
    }
    return WEIR_OK;
}
