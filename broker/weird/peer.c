/* peer.c - connections, from the first byte to the last: handshake, frames, limits, ends.
 *
 * The router hears of a link between LINK_UP, after both HELLOs, and LINK_DOWN, right after either
 * side has said CLOSE; the hub may hold the connection a little longer to get the last bytes out.
 */
#include "daemon.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include <weir/wire.h>

#define LINGER_MS 1000
#define HELLO_SIZE_MAX 1024 /* that of a later version may be longer than ours */
#define TYPE_AT 4           /* in a frame's header */
#define PARTIAL_KEPT_MAX 65536

static void greet(struct daemon *d, struct peer *peer);
static void greeting_over(struct daemon *d, struct peer *peer);
static bool take_frames(struct daemon *d, struct peer *peer, const uint8_t **bytes, size_t *size);
static bool fill_partial(struct daemon *d, struct peer *peer, const uint8_t **bytes, size_t *size);
static bool peek(struct daemon *d, struct peer *peer, size_t *frame_size, const uint8_t *bytes,
                 size_t size);
static void partial_append(struct daemon *d, struct peer *peer, const uint8_t *bytes, size_t size);
static void partial_clear(struct daemon *d, struct peer *peer);
static void partial_free(struct daemon *d, struct peer *peer);
static void on_frame(struct daemon *d, struct peer *peer, const uint8_t *bytes, size_t size);
static void on_hello(struct daemon *d, struct peer *peer, const struct weir_hello *hello);
static void log_hello(struct daemon *d, const struct peer *peer);
static void on_close(struct daemon *d, struct peer *peer, const struct weir_close *close);
static void leave(struct daemon *d, struct peer *peer);
static bool will_not_mend(unsigned reason);
static void log_end(struct daemon *d, const struct peer *peer, const char *event, unsigned reason,
                    struct weir_str text);

struct peer *peer_find(const struct daemon *d, weir_conn conn)
{
    struct peer *peer;

    HASH_FIND(hh, d->peers, &conn, sizeof conn, peer);
    return peer;
}

struct peer *peer_create(struct daemon *d, weir_conn conn, struct dial *dial)
{
    struct peer *peer = calloc(1, sizeof *peer);

    if (peer == NULL)
        daemon_out_of_memory(d);
    peer->conn = conn;
    peer->dial = dial;
    peer->role = WEIR_ROLE_BROKER;
    peer->own_epoch = ++d->epoch;
    HASH_ADD(hh, d->peers, conn, sizeof conn, peer);
    return peer;
}

void peer_destroy(struct daemon *d, struct peer *peer)
{
    greeting_over(d, peer);
    HASH_DEL(d->peers, peer);
    partial_free(d, peer);
    free(peer);
}

void peer_accepted(struct daemon *d, weir_conn conn)
{
    struct peer *peer = peer_create(d, conn, NULL);

    greet(d, peer);
    if (d->draining)
        peer_end(d, peer, WEIR_REASON_SHUTDOWN, WEIR_STR("shutting down"));
    else if (d->half_open > d->config->half_open)
        peer_end(d, peer, WEIR_REASON_LIMIT, WEIR_STR("too many connections without a HELLO"));
}

void peer_connected(struct daemon *d, struct peer *peer)
{
    greet(d, peer);
    hello_send(d, peer);
}

static void greet(struct daemon *d, struct peer *peer)
{
    peer->state = PEER_GREETING;
    peer->deadline_ms = d->now_ms + d->config->hello_ms;
    DL_APPEND2(d->greetings, peer, greeting_prev, greeting_next);
    d->half_open++;
}

static void greeting_over(struct daemon *d, struct peer *peer)
{
    if (peer->greeting_prev == NULL)
        return;
    DL_DELETE2(d->greetings, peer, greeting_prev, greeting_next);
    peer->greeting_prev = NULL;
    d->half_open--;
}

uint64_t peer_timers(struct daemon *d)
{
    while (d->greetings != NULL && d->now_ms >= d->greetings->deadline_ms)
        peer_end(d, d->greetings, WEIR_REASON_HELLO_TIMEOUT, WEIR_STR("no HELLO in time"));
    return d->greetings == NULL ? UINT64_MAX : d->greetings->deadline_ms;
}

bool peer_is_linked(const struct daemon *d, const char *name)
{
    struct weir_str wanted = weir_str_of(name);

    for (const struct peer *peer = d->peers; peer != NULL; peer = peer->hh.next)
        if (peer->state == PEER_UP && peer->role == WEIR_ROLE_BROKER &&
            weir_str_equal((struct weir_str){peer->name, peer->name_len}, wanted))
            return true;
    return false;
}

/* ---- bytes become frames */

void peer_bytes(struct daemon *d, struct peer *peer, const uint8_t *bytes, size_t size)
{
    while (size != 0 && peer->state != PEER_ENDED)
        if (!take_frames(d, peer, &bytes, &size))
            return;
}

/* Whole frames are handed on where they lie; only one that is spread over reads is copied. */
static bool take_frames(struct daemon *d, struct peer *peer, const uint8_t **bytes, size_t *size)
{
    size_t frame_size;

    if (peer->partial.size != 0)
        return fill_partial(d, peer, bytes, size);
    while (*size != 0 && peer->state != PEER_ENDED) {
        if (!peek(d, peer, &frame_size, *bytes, *size))
            return false;
        if (frame_size == 0 || frame_size > *size) {
            partial_append(d, peer, *bytes, *size);
            return false;
        }
        on_frame(d, peer, *bytes, frame_size);
        *bytes += frame_size;
        *size -= frame_size;
    }
    return true;
}

/* Completes the header, then the frame; true when there may be more to take. */
static bool fill_partial(struct daemon *d, struct peer *peer, const uint8_t **bytes, size_t *size)
{
    struct partial *p = &peer->partial;
    size_t wanted = WEIR_FRAME_HEADER_SIZE;

    if (p->size >= WEIR_FRAME_HEADER_SIZE && !peek(d, peer, &wanted, p->bytes, p->size))
        return false;
    size_t missing = wanted - p->size;
    size_t part = missing < *size ? missing : *size;

    partial_append(d, peer, *bytes, part);
    *bytes += part;
    *size -= part;
    if (p->size < wanted)
        return false;
    if (!peek(d, peer, &wanted, p->bytes, p->size))
        return false;
    if (p->size == wanted) {
        on_frame(d, peer, p->bytes, wanted);
        partial_clear(d, peer);
    }
    return true;
}

static bool peek(struct daemon *d, struct peer *peer, size_t *frame_size, const uint8_t *bytes,
                 size_t size)
{
    enum weir_err err = weir_frame_peek(frame_size, bytes, size, WEIR_FRAME_SIZE_MAX);
    bool greeting = peer->state == PEER_GREETING;

    if (err == WEIR_OK && !(greeting && *frame_size > HELLO_SIZE_MAX))
        return true;
    if (err == WEIR_ELIMIT)
        peer_end(d, peer, WEIR_REASON_FRAME_SIZE, WEIR_STR("frame too large"));
    else
        peer_end(d, peer, WEIR_REASON_PROTOCOL, WEIR_STR("not a frame"));
    return false;
}

static void partial_append(struct daemon *d, struct peer *peer, const uint8_t *bytes, size_t size)
{
    struct partial *p = &peer->partial;

    if (p->size + size > p->capacity) {
        size_t capacity = p->capacity == 0 ? 512 : p->capacity;

        while (capacity < p->size + size)
            capacity *= 2;
        uint8_t *grown = realloc(p->bytes, capacity);

        if (grown == NULL)
            daemon_out_of_memory(d);
        d->partial_size += capacity - p->capacity;
        p->bytes = grown;
        p->capacity = capacity;
    }
    memcpy(p->bytes + p->size, bytes, size);
    p->size += size;
}

static void partial_clear(struct daemon *d, struct peer *peer)
{
    peer->partial.size = 0;
    if (peer->partial.capacity > PARTIAL_KEPT_MAX)
        partial_free(d, peer);
}

static void partial_free(struct daemon *d, struct peer *peer)
{
    d->partial_size -= peer->partial.capacity;
    free(peer->partial.bytes);
    peer->partial = (struct partial){0};
}

static void on_frame(struct daemon *d, struct peer *peer, const uint8_t *bytes, size_t size)
{
    unsigned type = bytes[TYPE_AT];
    struct weir_frame frame;
    bool ours = peer->state == PEER_GREETING || type == WEIR_FRAME_CLOSE ||
                (type == WEIR_FRAME_QUERY && peer->role == WEIR_ROLE_CLIENT);

    if (!ours) {
        daemon_step(d, &(struct weir_input){
                           .type = WEIR_IN_MESSAGE,
                           .link = peer->conn,
                           .u.message = {(const char *)bytes, size},
        });
        return;
    }
    if (weir_frame_decode(&frame, bytes, size) != WEIR_OK) {
        peer_end(d, peer, WEIR_REASON_PROTOCOL, WEIR_STR("malformed frame"));
        return;
    }
    if (frame.type == WEIR_FRAME_CLOSE)
        on_close(d, peer, &frame.u.close);
    else if (frame.type == WEIR_FRAME_QUERY)
        admin_ask(d, peer, &frame.u.query);
    else if (frame.type == WEIR_FRAME_HELLO)
        on_hello(d, peer, &frame.u.hello);
    else
        peer_end(d, peer, WEIR_REASON_PROTOCOL, WEIR_STR("HELLO must come first"));
}

/* ---- the handshake */

static void on_hello(struct daemon *d, struct peer *peer, const struct weir_hello *hello)
{
    const char *text = "";
    enum weir_reason reason = hello_check(d, peer, hello, &text);

    if (hello->name.len != 0)
        memcpy(peer->name, hello->name.ptr, hello->name.len);
    peer->name_len = hello->name.len;
    peer->role = (enum weir_role)hello->role;
    if (reason != WEIR_REASON_NONE) {
        peer_end(d, peer, reason, weir_str_of(text));
        return;
    }
    greeting_over(d, peer);
    if (peer->dial == NULL)
        hello_send(d, peer);
    else
        dial_succeeded(d, peer->dial);
    peer->state = PEER_UP;
    log_hello(d, peer);
    d->clients += peer->role == WEIR_ROLE_CLIENT;
    daemon_step(d, &(struct weir_input){
                       .type = WEIR_IN_LINK_UP,
                       .link = peer->conn,
                       .u.peer =
                           {
                                    .role = peer->role,
                                    .name = {peer->name, peer->name_len},
                                    .incarnation = hello->incarnation,
                                    .epoch = hello->epoch,
                                    .window = hello->window,
                                    .heartbeat_ms = hello->heartbeat_ms,
                                    .cost = hello_link_cost(d, hello->name),
                                    .dialled = peer->dial != NULL,
                                    .own_epoch = peer->own_epoch,
                                    },
    });
}

/* A broker has a name: one without has not said HELLO. */
static const char *role_text(const struct peer *peer)
{
    if (peer->role == WEIR_ROLE_CLIENT)
        return "client";
    return peer->name_len == 0 && peer->dial == NULL ? "unknown" : "broker";
}

static void log_hello(struct daemon *d, const struct peer *peer)
{
    bool client = peer->role == WEIR_ROLE_CLIENT;
    char address[128];
    struct fact f;

    weir_hub_peer(d->hub, peer->conn, address, sizeof address);
    fact_begin(&f, &d->log, client ? LOG_DEBUG : LOG_INFO, "hello");
    fact_number(&f, "link", peer->conn);
    fact_text(&f, "role", role_text(peer));
    fact_str(&f, "name", (struct weir_str){peer->name, peer->name_len});
    fact_text(&f, "address", address);
    fact_end(&f);
}

/* ---- ends */

void peer_end(struct daemon *d, struct peer *peer, enum weir_reason reason, struct weir_str text)
{
    /* What is queued goes first, except to those who do not take it. */
    bool stuck = reason == WEIR_REASON_SLOW || reason == WEIR_REASON_MEMORY;
    enum weir_link_lane lane = stuck ? WEIR_LINK_CONTROL : WEIR_LINK_DATA;
    struct weir_frame frame = {
        .type = WEIR_FRAME_CLOSE, .u.close = {(uint16_t)reason, text}
    };

    if (peer->state == PEER_ENDED)
        return;
    d->counters.closed[reason < REASONS ? reason : 0]++;
    peer->refused = will_not_mend(reason);
    log_end(d, peer, "close", reason, text);
    if (peer->state != PEER_DIALLING)
        daemon_send(d, peer->conn, lane, &frame);
    weir_hub_close(d->hub, peer->conn, d->draining ? (uint32_t)d->config->drain_ms : LINGER_MS);
    leave(d, peer);
}

static void on_close(struct daemon *d, struct peer *peer, const struct weir_close *close)
{
    d->counters.closed_by_peer[close->reason < REASONS ? close->reason : 0]++;
    peer->refused = will_not_mend(close->reason);
    log_end(d, peer, "closed-by-peer", close->reason, close->text);
    weir_hub_close(d->hub, peer->conn, 0);
    leave(d, peer);
}

static void leave(struct daemon *d, struct peer *peer)
{
    if (peer->state == PEER_UP) {
        d->clients -= peer->role == WEIR_ROLE_CLIENT;
        peer->ended_next = d->ended;
        d->ended = peer;
    }
    greeting_over(d, peer);
    peer->state = PEER_ENDED;
}

void peer_closed(struct daemon *d, struct peer *peer, enum weir_err err)
{
    struct dial *dial = peer->dial;

    if (peer->state == PEER_UP || (peer->state == PEER_GREETING && dial != NULL)) {
        d->counters.lost++;
        log_end(d, peer, "connection-lost", WEIR_REASON_NONE, weir_str_of(weir_err_text(err)));
    }
    if (peer->state == PEER_UP) {
        leave(d, peer);
        daemon_settle(d);
    }
    if (dial != NULL) {
        if (peer->state == PEER_DIALLING)
            d->counters.dials_failed++;
        if (peer->state == PEER_DIALLING && dial->failures % 16 == 0) {
            struct fact f;

            fact_begin(&f, &d->log, dial->failures == 0 ? LOG_INFO : LOG_WARN, "dial-failed");
            fact_text(&f, "name", dial->link->name);
            fact_text(&f, "address", dial->link->address);
            fact_text(&f, "error", weir_err_text(err));
            fact_number(&f, "failures", dial->failures + 1);
            fact_end(&f);
        }
        dial_ended(d, dial, peer->refused);
    }
    peer_destroy(d, peer);
}

/* The overlay's shape or the configuration is against the link: seconds will not change that. */
static bool will_not_mend(unsigned reason)
{
    switch (reason) {
    case WEIR_REASON_VERSION:
    case WEIR_REASON_DUPLICATE_NAME:
    case WEIR_REASON_DUPLICATE_LINK:
    case WEIR_REASON_LIMIT:
    case WEIR_REASON_UNLISTED:
    case WEIR_REASON_ROLE:
    case WEIR_REASON_CONFIGURATION: return true;
    default: return false;
    }
}

static void log_end(struct daemon *d, const struct peer *peer, const char *event, unsigned reason,
                    struct weir_str text)
{
    bool usual = reason == WEIR_REASON_NONE || reason == WEIR_REASON_SHUTDOWN;
    enum log_level level = !usual                           ? LOG_WARN
                           : peer->role == WEIR_ROLE_CLIENT ? LOG_DEBUG
                                                            : LOG_INFO;
    char address[128];
    struct fact f;

    fact_begin(&f, &d->log, level, event);
    fact_number(&f, "link", peer->conn);
    fact_text(&f, "role", role_text(peer));
    if (peer->name_len != 0 || peer->dial == NULL)
        fact_str(&f, "name", (struct weir_str){peer->name, peer->name_len});
    else
        fact_text(&f, "name", peer->dial->link->name);
    weir_hub_peer(d->hub, peer->conn, address, sizeof address);
    fact_text(&f, "address", address);
    if (reason != WEIR_REASON_NONE)
        fact_text(&f, "reason", weir_reason_text(reason));
    fact_str(&f, "text", text);
    fact_end(&f);
}

/* ---- limits */

void peer_check_queue(struct daemon *d, weir_conn conn)
{
    struct peer *peer = peer_find(d, conn);
    size_t control = weir_hub_queued(d->hub, conn, WEIR_LINK_CONTROL);
    size_t data = weir_hub_queued(d->hub, conn, WEIR_LINK_DATA);

    if (peer == NULL || peer->state == PEER_ENDED)
        return;
    bool client = peer->role == WEIR_ROLE_CLIENT;
    uint64_t limit = client ? d->config->client_queue : d->config->link_queue;

    if (control > limit || data > limit)
        peer_end(d, peer, WEIR_REASON_SLOW, WEIR_STR("does not read what is sent to it"));
}

/* Over the limit of the whole process the client with the longest queue goes, then the next. */
void peer_check_memory(struct daemon *d)
{
    while (weir_hub_stats(d->hub).queued + d->kept_size + d->partial_size > d->config->memory) {
        struct peer *worst = NULL;
        size_t most = 0;

        for (struct peer *peer = d->peers; peer != NULL; peer = peer->hh.next) {
            size_t held = weir_hub_queued(d->hub, peer->conn, WEIR_LINK_DATA) +
                          weir_hub_queued(d->hub, peer->conn, WEIR_LINK_CONTROL) +
                          peer->partial.capacity;
            bool eligible = peer->state == PEER_GREETING ||
                            (peer->state == PEER_UP && peer->role == WEIR_ROLE_CLIENT);

            if (eligible && held > most) {
                most = held;
                worst = peer;
            }
        }
        if (worst == NULL)
            return;
        peer_end(d, worst, WEIR_REASON_MEMORY,
                 WEIR_STR("the broker's limit of queued bytes is reached"));
        weir_hub_close(d->hub, worst->conn, 0);
        partial_free(d, worst);
    }
}
