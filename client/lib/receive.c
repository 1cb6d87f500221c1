/* receive.c - bytes from the broker to frames, and frames to callbacks. */
#include "internal.h"

#include <weir/alloc.h>

#include <string.h>

static enum weir_err take_partial(struct weir_client *client, const uint8_t **bytes, size_t *size);
static enum weir_err put_partial(struct weir_client *client, const uint8_t *bytes, size_t size);
static enum weir_err frame_bytes(struct weir_client *client, const uint8_t *bytes, size_t size);
static enum weir_err dispatch(struct weir_client *client, const struct weir_frame *frame);
static enum weir_err on_deliver(struct weir_client *client, const struct weir_deliver *deliver);
static bool reserve_ids(struct weir_client *client, uint32_t count);
static void on_notice(struct weir_client *client, const struct weir_gap *gap);
static void on_close(struct weir_client *client, const struct weir_close *close);
static void violation(struct weir_client *client, const char *text);

/* ---- frames */

enum weir_err weiri_receive(struct weir_client *client, const uint8_t *bytes, size_t size)
{
    weir_conn conn = client->conn;
    enum weir_err err = WEIR_OK;

    while (err == WEIR_OK && size > 0 && client->conn == conn) {
        size_t whole = 0;

        if (client->partial.size > 0) {
            err = take_partial(client, &bytes, &size);
            continue;
        }
        if (weir_frame_peek(&whole, bytes, size, WEIR_FRAME_SIZE_MAX) != WEIR_OK) {
            violation(client, "a frame's header makes no sense");
            return WEIR_OK;
        }
        if (whole == 0 || whole > size)
            return put_partial(client, bytes, size);
        err = frame_bytes(client, bytes, whole);
        bytes += whole;
        size -= whole;
    }
    return err;
}

/* Completes the frame whose beginning is kept, header first. */
static enum weir_err take_partial(struct weir_client *client, const uint8_t **bytes, size_t *size)
{
    struct weiri_buf *partial = &client->partial;
    size_t whole = 0, missing;
    enum weir_err err;

    if (weir_frame_peek(&whole, partial->bytes, partial->size, WEIR_FRAME_SIZE_MAX) != WEIR_OK) {
        violation(client, "a frame's header makes no sense");
        return WEIR_OK;
    }
    missing = (whole != 0 ? whole : WEIR_FRAME_HEADER_SIZE) - partial->size;
    if (missing > *size)
        missing = *size;
    err = put_partial(client, *bytes, missing);
    if (err != WEIR_OK)
        return err;
    *bytes += missing;
    *size -= missing;
    if (whole == 0 || partial->size < whole)
        return WEIR_OK;
    err = frame_bytes(client, partial->bytes, partial->size);
    weiri_buf_reset(partial);
    return err;
}

static enum weir_err put_partial(struct weir_client *client, const uint8_t *bytes, size_t size)
{
    weiri_buf_put(&client->partial, (struct weir_str){(const char *)bytes, size});
    return client->partial.err;
}

static enum weir_err frame_bytes(struct weir_client *client, const uint8_t *bytes, size_t size)
{
    struct weir_frame frame;

    if (weir_frame_decode(&frame, bytes, size) != WEIR_OK) {
        violation(client, "a frame is malformed");
        return WEIR_OK;
    }
    client->happened = true;
    if (frame.type == WEIR_FRAME_CLOSE) {
        on_close(client, &frame.u.close);
        return WEIR_OK;
    }
    if (client->phase == SESSION_HELLO && frame.type == WEIR_FRAME_HELLO)
        return weiri_session_hello(client, &frame.u.hello);
    if (client->phase != SESSION_UP) {
        violation(client, "a frame came before HELLO");
        return WEIR_OK;
    }
    return dispatch(client, &frame);
}

static enum weir_err dispatch(struct weir_client *client, const struct weir_frame *frame)
{
    bool sound = true;

    switch (frame->type) {
    case WEIR_FRAME_HEARTBEAT: break;
    case WEIR_FRAME_SUBACK:
        sound = weiri_request_answered(client, REQUEST_SUBSCRIPTION, &frame->u.outcome);
        break;
    case WEIR_FRAME_ADVACK:
        sound = weiri_request_answered(client, REQUEST_ADVERTISEMENT, &frame->u.outcome);
        break;
    case WEIR_FRAME_UNSUBACK:
        sound = weiri_request_left(client, REQUEST_SUBSCRIPTION, &frame->u.outcome);
        break;
    case WEIR_FRAME_UNADVACK:
        sound = weiri_request_left(client, REQUEST_ADVERTISEMENT, &frame->u.outcome);
        break;
    case WEIR_FRAME_REPLY: sound = weiri_request_reply(client, &frame->u.reply); break;
    case WEIR_FRAME_PUBACK: sound = weiri_outbox_acked(client, frame->u.puback.seq); break;
    case WEIR_FRAME_PUBREFUSED: sound = weiri_outbox_refused(client, &frame->u.pubrefused); break;
    case WEIR_FRAME_DELIVER: return on_deliver(client, &frame->u.deliver);
    case WEIR_FRAME_NOTICE: on_notice(client, &frame->u.gap); break;
    default: sound = false; break;
    }
    if (!sound)
        violation(client, "an answer to something that was not asked");
    return WEIR_OK;
}

/* ---- what arrives */

static enum weir_err on_deliver(struct weir_client *client, const struct weir_deliver *deliver)
{
    struct weir_delivery delivery = {
        .subscription_count = deliver->count,
        .origin = deliver->origin,
        .incarnation = deliver->incarnation,
        .seq = deliver->seq,
        .sent_ns = deliver->sent_ns,
        .hops = deliver->hops,
    };

    if (client->callbacks.delivered == NULL)
        return WEIR_OK;
    if (weir_notification_open(&delivery.notification, (const uint8_t *)deliver->payload.ptr,
                               deliver->payload.len, NULL) != WEIR_OK) {
        violation(client, "a notification is malformed");
        return WEIR_OK;
    }
    if (!reserve_ids(client, deliver->count))
        return WEIR_ENOMEM;
    delivery.subscriptions = client->ids;
    for (uint32_t i = 0; i < deliver->count; i++)
        client->ids[i] = weir_deliver_id(deliver, i);
    client->callbacks.delivered(client->context, &delivery);
    return WEIR_OK;
}

static bool reserve_ids(struct weir_client *client, uint32_t count)
{
    uint32_t *ids =
        weiri_array_grow(NULL, client->ids, &client->ids_capacity, (size_t)count + 1, sizeof *ids);

    if (ids == NULL)
        return false;
    client->ids = ids;
    return true;
}

static void on_notice(struct weir_client *client, const struct weir_gap *gap)
{
    struct weir_gap_notice notice = {
        .reporter = gap->reporter,
        .episode = gap->episode,
        .ended = gap->ended != 0,
        .near_name = gap->near_name,
        .far_name = gap->far_name,
    };

    if (client->callbacks.gap != NULL)
        client->callbacks.gap(client->context, &notice);
}

static void on_close(struct weir_client *client, const struct weir_close *close)
{
    struct farewell *farewell = &client->farewell;
    size_t length =
        close->text.len < sizeof farewell->text - 1 ? close->text.len : sizeof farewell->text - 1;

    farewell->reason = close->reason;
    if (length > 0)
        memcpy(farewell->text, close->text.ptr, length);
    farewell->text[length] = '\0';
    weiri_session_closed(client);
}

static void violation(struct weir_client *client, const char *text)
{
    weiri_session_fail(client, WEIR_REASON_PROTOCOL, text);
}
