/* internal.h - the parts of a client: its connection, its requests, and what it publishes.
 *
 *   client.c      the public functions and the poll loop
 *   session.c     one connection after another: dial, HELLO, heartbeats, pauses
 *   receive.c     bytes to frames to callbacks
 *   requests.c    subscriptions, advertisements, queries: what was asked and what is in force
 *   outbox.c      publishes that are not decided yet
 */
#ifndef WEIR_CLIENT_INTERNAL_H
#define WEIR_CLIENT_INTERNAL_H

#include <weir/bytes.h>
#include <weir/client.h>
#include <weir/link.h>
#include <weir/wire.h>

#define FAREWELL_TEXT_MAX 256
/* What may wait in each lane of the hub; the rest stays here, where it can be sent again. */
#define LANE_AHEAD_MAX 262144u

/* ---- requests */

enum request_kind { REQUEST_SUBSCRIPTION, REQUEST_ADVERTISEMENT, REQUEST_QUERY, REQUEST_KINDS };

enum request_phase {
    REQUEST_WAITING, /* to be sent */
    REQUEST_SENT,    /* its answer is awaited */
    REQUEST_IN_FORCE,
    REQUEST_DEAD /* to be swept out */
};

enum request_leaving { LEAVING_NOT, LEAVING_ASKED, LEAVING_SENT };

/* An advertisement and its withdrawal keep their places among the publishes: they are sent when
 * what was published before them is decided, and what is published after them waits until they are
 * answered.  `after` and `leave_after` are the numbers of the last publish before. */
struct request {
    uint32_t id;
    uint8_t phase, leaving;
    uint64_t after, leave_after;
    char *text;
};

/* Ids ascend, so items are found by bisection.  `queue` is a ring of the ids that have something to
 * send, each at most once, so room for all items is room enough. */
struct request_set {
    struct request *items;
    size_t count, capacity, dead, busy, sent;
    uint32_t last_id;
    uint32_t *queue;
    size_t queue_capacity, queue_head, queue_count;
};

/* ---- publishes */

struct outgoing {
    uint64_t number, sent_ns;
    uint8_t *bytes;
    uint32_t size, frame_size;
    bool refused;
};

/* A ring, oldest first.  The first `sent` items are on their way over this connection; the sequence
 * number of item i there is acked + i + 1. */
struct outbox {
    struct outgoing *items;
    size_t capacity, head, count, sent;
    uint64_t last_number;    /* given out */
    uint64_t decided_number; /* all up to here are decided */
    uint64_t acked;          /* sequence number, in this connection */
    uint64_t bytes, bytes_max;
    uint64_t unacked; /* bytes of frames on their way */
};

/* ---- the client */

enum session_phase {
    SESSION_PAUSE, /* until dial_at_ms */
    SESSION_DIAL,
    SESSION_HELLO, /* connected; the broker's HELLO is awaited */
    SESSION_UP,
    SESSION_OVER /* for good: `over` says why */
};

struct farewell {
    enum weir_reason reason;
    char text[FAREWELL_TEXT_MAX];
};

struct weir_client {
    struct weir_hub *hub;
    struct weir_client_callbacks callbacks;
    void *context;
    char *url, *name;
    bool reconnect, polling, happened;

    enum session_phase phase;
    enum weir_err over;
    weir_conn conn;
    uint64_t incarnation, epoch, random;
    uint64_t now_ms, dial_at_ms, heard_ms, spoke_ms, up_ms;
    uint32_t heartbeat_ms, pause_ms;
    struct weir_hello peer; /* its name is not kept */
    struct farewell farewell;

    struct weiri_buf partial; /* the beginning of a frame */
    struct weiri_buf out;     /* where frames are encoded */
    uint32_t *ids;
    size_t ids_capacity;

    struct request_set requests[REQUEST_KINDS];
    struct outbox outbox;
};

uint64_t weiri_client_clock_ns(void);

/* session.c.  WEIR_EINVAL for a URL that makes no sense. */
enum weir_err weiri_session_dial(struct weir_client *client);
/* Time and notes may end the connection; `over` is then set where it was the last. */
void weiri_session_tick(struct weir_client *client);
/* Milliseconds from now_ms until weiri_session_tick has something to do; -1: never. */
int weiri_session_wait_ms(const struct weir_client *client, uint64_t now_ms);
void weiri_session_note(struct weir_client *client, const struct weir_note *note);
enum weir_err weiri_session_hello(struct weir_client *client, const struct weir_hello *hello);
/* Ends the connection, telling the peer why. */
void weiri_session_fail(struct weir_client *client, enum weir_reason reason, const char *text);
/* The broker has ended it, and said why in `farewell`. */
void weiri_session_closed(struct weir_client *client);
/* Sends a frame; `payload` follows its head. */
enum weir_err weiri_session_send(struct weir_client *client, const struct weir_frame *frame);
bool weiri_session_lane_full(const struct weir_client *client, enum weir_link_lane lane);

/* receive.c.  WEIR_ENOMEM; what the peer may not send ends the connection. */
enum weir_err weiri_receive(struct weir_client *client, const uint8_t *bytes, size_t size);

/* requests.c */
enum weir_err weiri_request_add(struct weir_client *client, enum request_kind kind, uint32_t *id,
                                const char *text);
enum weir_err weiri_request_leave(struct weir_client *client, enum request_kind kind, uint32_t id);
enum weir_err weiri_requests_send(struct weir_client *client);
/* SUBACK, ADVACK; UNSUBACK, UNADVACK; REPLY.  False for an id that the broker cannot mean. */
bool weiri_request_answered(struct weir_client *client, enum request_kind kind,
                            const struct weir_outcome *outcome);
bool weiri_request_left(struct weir_client *client, enum request_kind kind,
                        const struct weir_outcome *outcome);
bool weiri_request_reply(struct weir_client *client, const struct weir_reply *reply);
/* The connection is gone: what was in force has to be asked for again. */
void weiri_requests_reset(struct weir_client *client);
size_t weiri_requests_busy(const struct weir_client *client);
/* The number of the last publish that no advertisement holds back. */
uint64_t weiri_requests_publish_limit(const struct weir_client *client);
void weiri_requests_fini(struct weir_client *client);

/* outbox.c */
/* Takes `bytes`, of the C heap, on success. */
enum weir_err weiri_outbox_put_take(struct weir_client *client, uint64_t *number, uint8_t *bytes,
                                    size_t size);
bool weiri_outbox_room(const struct weir_client *client, size_t size);
enum weir_err weiri_outbox_send(struct weir_client *client);
/* False for a sequence number that was not sent. */
bool weiri_outbox_acked(struct weir_client *client, uint64_t seq);
bool weiri_outbox_refused(struct weir_client *client, const struct weir_pubrefused *refused);
void weiri_outbox_reset(struct weir_client *client);
void weiri_outbox_fini(struct weir_client *client);

#endif /* WEIR_CLIENT_INTERNAL_H */
