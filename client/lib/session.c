/* session.c - one connection after another: dial, HELLO, heartbeats, farewells and pauses. */
#include "internal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define HELLO_TIMEOUT_MS 5000u
#define PAUSE_FIRST_MS 100u
#define PAUSE_MAX_MS 10000u
#define STEADY_MS 10000u /* a connection that held so long is no sign of trouble */
#define SILENT_BEATS 3u
#define FAREWELL_LINGER_MS 100u

static enum weir_err greet(struct weir_client *client);
static void lost(struct weir_client *client, const char *text);
static void end(struct weir_client *client, enum weir_err err);
static bool is_final(enum weir_reason reason);
static uint32_t next_pause(struct weir_client *client);
static uint64_t next_tick_ms(const struct weir_client *client);

/* ---- time */

void weiri_session_tick(struct weir_client *client)
{
    struct weir_frame beat = {.type = WEIR_FRAME_HEARTBEAT};
    uint64_t now = client->now_ms;

    switch (client->phase) {
    case SESSION_PAUSE:
        if (now >= client->dial_at_ms && weiri_session_dial(client) != WEIR_OK)
            lost(client, "cannot dial");
        break;
    case SESSION_HELLO:
        if (now >= client->heard_ms + HELLO_TIMEOUT_MS)
            weiri_session_fail(client, WEIR_REASON_HELLO_TIMEOUT, "the broker said no HELLO");
        break;
    case SESSION_UP:
        if (now >= client->heard_ms + (uint64_t)SILENT_BEATS * client->peer.heartbeat_ms)
            weiri_session_fail(client, WEIR_REASON_SILENT, "nothing heard for three heartbeats");
        else if (now >= client->spoke_ms + client->heartbeat_ms &&
                 weiri_session_send(client, &beat) != WEIR_OK)
            client->spoke_ms = now; /* short of memory or closing: no reason to spin */
        break;
    case SESSION_DIAL:
    case SESSION_OVER: break;
    }
}

int weiri_session_wait_ms(const struct weir_client *client, uint64_t now_ms)
{
    uint64_t at = next_tick_ms(client);

    if (at == UINT64_MAX)
        return -1;
    if (at <= now_ms)
        return 0;
    at -= now_ms;
    return at > INT32_MAX ? INT32_MAX : (int)at;
}

static uint64_t next_tick_ms(const struct weir_client *client)
{
    uint64_t silent, beat;

    switch (client->phase) {
    case SESSION_PAUSE: return client->dial_at_ms;
    case SESSION_HELLO: return client->heard_ms + HELLO_TIMEOUT_MS;
    case SESSION_UP:
        silent = client->heard_ms + (uint64_t)SILENT_BEATS * client->peer.heartbeat_ms;
        beat = client->spoke_ms + client->heartbeat_ms;
        return silent < beat ? silent : beat;
    case SESSION_OVER: return 0;
    case SESSION_DIAL: break;
    }
    return UINT64_MAX;
}

/* ---- connecting */

enum weir_err weiri_session_dial(struct weir_client *client)
{
    enum weir_err err = weir_hub_dial(client->hub, client->url, &client->conn);

    if (err != WEIR_OK)
        return err;
    client->phase = SESSION_DIAL;
    client->epoch++;
    client->farewell = (struct farewell){.reason = WEIR_REASON_NONE};
    weiri_buf_reset(&client->partial);
    return WEIR_OK;
}

static enum weir_err greet(struct weir_client *client)
{
    struct weir_frame frame = {.type = WEIR_FRAME_HELLO};

    frame.u.hello = (struct weir_hello){
        .magic = WEIR_HELLO_MAGIC,
        .version_min = WEIR_PROTOCOL_VERSION_CLIENTS,
        .version_max = WEIR_PROTOCOL_VERSION,
        .role = WEIR_ROLE_CLIENT,
        .incarnation = client->incarnation,
        .epoch = client->epoch,
        .heartbeat_ms = client->heartbeat_ms,
        .frame_max = WEIR_FRAME_SIZE_MAX,
        .name = weir_str_of(client->name),
    };
    client->phase = SESSION_HELLO;
    client->heard_ms = client->now_ms;
    return weiri_session_send(client, &frame);
}

enum weir_err weiri_session_hello(struct weir_client *client, const struct weir_hello *hello)
{
    if (hello->magic != WEIR_HELLO_MAGIC) {
        weiri_session_fail(client, WEIR_REASON_PROTOCOL, "the peer is no Weir broker");
        return WEIR_OK;
    }
    if (hello->version_min > WEIR_PROTOCOL_VERSION ||
        hello->version_max < WEIR_PROTOCOL_VERSION_CLIENTS) {
        weiri_session_fail(client, WEIR_REASON_VERSION, "the broker speaks another protocol");
        return WEIR_OK;
    }
    if (hello->role != WEIR_ROLE_BROKER || hello->heartbeat_ms == 0) {
        weiri_session_fail(client, WEIR_REASON_ROLE, "the peer is no broker");
        return WEIR_OK;
    }
    client->peer = *hello;
    client->peer.name = (struct weir_str){NULL, 0};
    client->phase = SESSION_UP;
    client->up_ms = client->now_ms;
    if (client->callbacks.connection != NULL)
        client->callbacks.connection(client->context, true,
                                     (struct weir_outcome_view){WEIR_REASON_NONE, hello->name});
    return WEIR_OK;
}

void weiri_session_note(struct weir_client *client, const struct weir_note *note)
{
    enum weir_err err = WEIR_OK;

    if (note->conn != client->conn)
        return; /* the end of a connection that was given up */
    switch (note->type) {
    case WEIR_NOTE_CONNECTED: err = greet(client); break;
    case WEIR_NOTE_BYTES:
        client->heard_ms = client->now_ms;
        err = weiri_receive(client, note->bytes, note->size);
        break;
    case WEIR_NOTE_FAILED: lost(client, weir_err_text(note->err)); break;
    case WEIR_NOTE_CLOSED: lost(client, "connection closed"); break;
    case WEIR_NOTE_NONE:
    case WEIR_NOTE_ACCEPTED:
    case WEIR_NOTE_DRAINED: break;
    }
    /* Bytes that were not taken do not come again; a new connection restores everything. */
    if (err == WEIR_ENOMEM)
        weiri_session_fail(client, WEIR_REASON_MEMORY, weir_err_text(err));
}

/* ---- sending */

bool weiri_session_lane_full(const struct weir_client *client, enum weir_link_lane lane)
{
    return weir_hub_queued(client->hub, client->conn, lane) >= LANE_AHEAD_MAX;
}

enum weir_err weiri_session_send(struct weir_client *client, const struct weir_frame *frame)
{
    enum weir_err err;

    weiri_buf_reset(&client->out);
    err = weir_frame_encode(&client->out, frame);
    if (err != WEIR_OK)
        return err;
    client->spoke_ms = client->now_ms;
    return weir_hub_send(client->hub, client->conn, WEIR_LINK_CONTROL, weiri_buf_str(&client->out),
                         (struct weir_str){NULL, 0});
}

/* ---- ending */

void weiri_session_fail(struct weir_client *client, enum weir_reason reason, const char *text)
{
    struct weir_frame frame = {.type = WEIR_FRAME_CLOSE};

    client->farewell.reason = reason;
    snprintf(client->farewell.text, sizeof client->farewell.text, "%s", text);
    frame.u.close = (struct weir_close){(uint16_t)reason, weir_str_of(text)};
    /* A courtesy: without it the peer only sees the connection close. */
    if (weiri_session_send(client, &frame) == WEIR_OK)
        weir_hub_flush(client->hub);
    weir_hub_close(client->hub, client->conn, FAREWELL_LINGER_MS);
    lost(client, text);
}

void weiri_session_closed(struct weir_client *client)
{
    weir_hub_close(client->hub, client->conn, 0);
    lost(client, "closed by the broker");
}

static void lost(struct weir_client *client, const char *text)
{
    struct farewell *farewell = &client->farewell;
    bool was_steady = client->phase == SESSION_UP && client->now_ms >= client->up_ms + STEADY_MS;

    if (farewell->text[0] == '\0')
        snprintf(farewell->text, sizeof farewell->text, "%s", text);
    client->conn = 0;
    client->happened = true;
    if (was_steady)
        client->pause_ms = 0;
    if (farewell->reason == WEIR_REASON_VERSION)
        end(client, WEIR_EVERSION);
    else if (is_final(farewell->reason))
        end(client, WEIR_EREFUSED);
    else if (!client->reconnect)
        end(client, WEIR_ECONNECT);
    else
        client->phase = SESSION_PAUSE;
    client->dial_at_ms = client->now_ms + next_pause(client);
    weiri_outbox_reset(client);
    weiri_requests_reset(client);
    if (client->callbacks.connection != NULL)
        client->callbacks.connection(
            client->context, false,
            (struct weir_outcome_view){farewell->reason, weir_str_of(farewell->text)});
}

static void end(struct weir_client *client, enum weir_err err)
{
    client->phase = SESSION_OVER;
    client->over = err;
}

/* Reasons that another attempt with the same client meets again. */
static bool is_final(enum weir_reason reason)
{
    switch (reason) {
    case WEIR_REASON_PROTOCOL:
    case WEIR_REASON_VERSION:
    case WEIR_REASON_FRAME_SIZE:
    case WEIR_REASON_DUPLICATE_NAME:
    case WEIR_REASON_WINDOW:
    case WEIR_REASON_UNLISTED:
    case WEIR_REASON_ROLE:
    case WEIR_REASON_CONFIGURATION: return true;
    default: return false;
    }
}

/* Doubles, and takes a random half away, so that the clients of a broker do not come back in one
 * wave.  xorshift64. */
static uint32_t next_pause(struct weir_client *client)
{
    uint32_t pause = client->pause_ms == 0 ? PAUSE_FIRST_MS : 2 * client->pause_ms;

    client->pause_ms = pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
    client->random ^= client->random << 13;
    client->random ^= client->random >> 7;
    client->random ^= client->random << 17;
    return client->pause_ms / 2 + (uint32_t)(client->random % (client->pause_ms / 2 + 1));
}
