/* outbox.c - publishes from weir_client_publish until the broker has decided them. */
#include "internal.h"

#include <weir/alloc.h>

#include <assert.h>

#define OUTBOX_FIRST_CAPACITY 64u

static struct outgoing *item(const struct outbox *box, size_t index);
static uint64_t cost(size_t size);
static bool grow(struct outbox *box);
static enum weir_err send_one(struct weir_client *client, struct outgoing *o, bool *full);
static bool fits_the_peer(const struct weir_client *client, size_t frame_size);
static void refuse_first(struct weir_client *client);
static void drop_first(struct outbox *box);

/* Capacity is 0 or a power of two. */
static struct outgoing *item(const struct outbox *box, size_t index)
{
    assert(index < box->count);
    return &box->items[(box->head + index) & (box->capacity - 1)];
}

static uint64_t cost(size_t size)
{
    return size + sizeof(struct outgoing);
}

bool weiri_outbox_room(const struct weir_client *client, size_t size)
{
    const struct outbox *box = &client->outbox;

    return box->count == 0 || box->bytes + cost(size) <= box->bytes_max;
}

enum weir_err weiri_outbox_put_take(struct weir_client *client, uint64_t *number, uint8_t *bytes,
                                    size_t size)
{
    struct outbox *box = &client->outbox;

    assert(weiri_outbox_room(client, size));
    if (box->count == box->capacity && !grow(box))
        return WEIR_ENOMEM;
    box->count++;
    box->last_number++;
    box->bytes += cost(size);
    *item(box, box->count - 1) = (struct outgoing){.number = box->last_number,
                                                   .sent_ns = weiri_client_clock_ns(),
                                                   .bytes = bytes,
                                                   .size = (uint32_t)size};
    *number = box->last_number;
    return WEIR_OK;
}

static bool grow(struct outbox *box)
{
    size_t capacity = box->capacity == 0 ? OUTBOX_FIRST_CAPACITY : 2 * box->capacity;
    struct outgoing *items = weiri_alloc_zeroed(NULL, capacity, sizeof *items);

    if (items == NULL)
        return false;
    for (size_t i = 0; i < box->count; i++)
        items[i] = *item(box, i);
    weiri_release(NULL, box->items);
    box->items = items;
    box->capacity = capacity;
    box->head = 0;
    return true;
}

/* ---- sending */

enum weir_err weiri_outbox_send(struct weir_client *client)
{
    struct outbox *box = &client->outbox;
    uint64_t limit;
    bool full = false;

    if (client->phase != SESSION_UP || box->sent == box->count)
        return WEIR_OK;
    limit = weiri_requests_publish_limit(client);
    while (!full && box->sent < box->count) {
        struct outgoing *o = item(box, box->sent);
        enum weir_err err;

        if (o->number > limit || weiri_session_lane_full(client, WEIR_LINK_DATA))
            break;
        err = send_one(client, o, &full);
        if (err != WEIR_OK)
            return err;
    }
    return WEIR_OK;
}

/* *full: the window has no room for it now. */
static enum weir_err send_one(struct weir_client *client, struct outgoing *o, bool *full)
{
    struct outbox *box = &client->outbox;
    struct weir_frame frame = {.type = WEIR_FRAME_PUBLISH};
    size_t frame_size;
    enum weir_err err;

    frame.u.publish = (struct weir_publish){
        .seq = box->acked + box->sent + 1,
        .sent_ns = o->sent_ns,
        .payload = {(const char *)o->bytes, o->size}
    };
    weiri_buf_reset(&client->out);
    err = weir_frame_encode_head(&client->out, &frame);
    if (err == WEIR_ENOMEM)
        return err;
    frame_size = client->out.size + o->size;
    if (err != WEIR_OK || !fits_the_peer(client, frame_size)) {
        /* It can be dropped only in its turn: what is before it has sequence numbers. */
        *full = box->sent > 0;
        if (!*full)
            refuse_first(client);
        return WEIR_OK;
    }
    *full = box->unacked > 0 && box->unacked + frame_size > client->peer.window;
    if (*full)
        return WEIR_OK;
    err = weir_hub_send(client->hub, client->conn, WEIR_LINK_DATA, weiri_buf_str(&client->out),
                        frame.u.publish.payload);
    if (err == WEIR_ENOMEM)
        return err;
    if (err != WEIR_OK) { /* closing: a note will say so, and it is sent again after that */
        *full = true;
        return WEIR_OK;
    }
    client->spoke_ms = client->now_ms;
    o->frame_size = (uint32_t)frame_size;
    box->unacked += frame_size;
    box->sent++;
    return WEIR_OK;
}

static bool fits_the_peer(const struct weir_client *client, size_t frame_size)
{
    return frame_size <= client->peer.frame_max && frame_size <= client->peer.window;
}

static void refuse_first(struct weir_client *client)
{
    struct outbox *box = &client->outbox;
    uint64_t number = item(box, 0)->number;
    struct weir_outcome_view outcome = {WEIR_REASON_FRAME_SIZE,
                                        WEIR_STR("larger than the broker takes")};

    drop_first(box);
    client->happened = true;
    if (client->callbacks.refused != NULL)
        client->callbacks.refused(client->context, number, outcome);
    if (client->callbacks.accepted != NULL)
        client->callbacks.accepted(client->context, number);
}

static void drop_first(struct outbox *box)
{
    struct outgoing *first = item(box, 0);

    box->bytes -= cost(first->size);
    box->decided_number = first->number;
    weiri_release(NULL, first->bytes);
    box->head = (box->head + 1) & (box->capacity - 1);
    box->count--;
}

/* ---- what the broker says */

bool weiri_outbox_acked(struct weir_client *client, uint64_t seq)
{
    struct outbox *box = &client->outbox;

    if (seq < box->acked || seq - box->acked > box->sent)
        return false;
    if (seq == box->acked)
        return true;
    for (; box->acked < seq; box->acked++) {
        box->unacked -= item(box, 0)->frame_size;
        box->sent--;
        drop_first(box);
    }
    if (client->callbacks.accepted != NULL)
        client->callbacks.accepted(client->context, box->decided_number);
    return true;
}

bool weiri_outbox_refused(struct weir_client *client, const struct weir_pubrefused *refused)
{
    struct outbox *box = &client->outbox;
    struct weir_outcome_view outcome = {refused->reason, refused->payload};
    struct outgoing *o;

    if (refused->seq <= box->acked || refused->seq - box->acked > box->sent)
        return false;
    o = item(box, (size_t)(refused->seq - box->acked - 1));
    if (o->refused)
        return false;
    o->refused = true;
    if (client->callbacks.refused != NULL)
        client->callbacks.refused(client->context, o->number, outcome);
    return true;
}

/* The next connection counts from 1 again.  What is refused already is not sent again. */
void weiri_outbox_reset(struct weir_client *client)
{
    struct outbox *box = &client->outbox;
    size_t kept = 0;
    uint64_t decided;

    for (size_t i = 0; i < box->count; i++) {
        struct outgoing *o = item(box, i);

        if (o->refused) {
            box->bytes -= cost(o->size);
            weiri_release(NULL, o->bytes);
        } else {
            *item(box, kept++) = *o;
        }
    }
    box->count = kept;
    box->sent = 0;
    box->acked = 0;
    box->unacked = 0;
    decided = kept > 0 ? item(box, 0)->number - 1 : box->last_number;
    if (decided > box->decided_number) {
        box->decided_number = decided;
        if (client->callbacks.accepted != NULL)
            client->callbacks.accepted(client->context, decided);
    }
}

void weiri_outbox_fini(struct weir_client *client)
{
    struct outbox *box = &client->outbox;

    for (size_t i = 0; i < box->count; i++)
        weiri_release(NULL, item(box, i)->bytes);
    weiri_release(NULL, box->items);
}
