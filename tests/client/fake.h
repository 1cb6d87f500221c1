/* fake.h - a broker that says what the test tells it to, and a client whose callbacks are recorded;
 * both run on the thread of the test, over real connections on loopback. */
#ifndef FAKE_H
#define FAKE_H

#include <weir/bytes.h>
#include <weir/client.h>
#include <weir/link.h>
#include <weir/wire.h>

#define SEEN_MAX 4096
#define TEXT_MAX 256

/* A frame that the client sent. */
struct seen {
    enum weir_frame_type type;
    uint64_t number; /* id or seq */
    weir_conn conn;
    char text[TEXT_MAX]; /* the filter, question or name */
};

/* A callback that was called. */
enum call_type {
    CALL_DELIVERED,
    CALL_SUBSCRIBED,
    CALL_UNSUBSCRIBED,
    CALL_ADVERTISED,
    CALL_UNADVERTISED,
    CALL_ACCEPTED,
    CALL_REFUSED,
    CALL_GAP,
    CALL_CONNECTED,
    CALL_DISCONNECTED,
    CALL_REPLY
};
struct call {
    enum call_type type;
    uint64_t number;
    enum weir_reason reason;
    char text[TEXT_MAX];
};

struct fake {
    struct weir_hub *hub;
    char url[WEIR_URL_MAX];
    weir_conn conn;
    struct weir_hello hello; /* what it answers; size 0 of name: it does not */
    struct weiri_buf in, out;
    struct seen seen[SEEN_MAX];
    size_t seen_count;

    struct weir_client *client;
    enum weir_err err; /* of the last poll */
    struct call calls[SEEN_MAX];
    size_t call_count;
};

/* Starts the broker, but no client.  The caller may then change `hello`. */
void fake_init(struct fake *fake);
void fake_fini(struct fake *fake);
/* Creates the client; 0 in options means the default, url and callbacks are filled in. */
void fake_client(struct fake *fake, struct weir_client_options options);
enum weir_err fake_try_client(struct fake *fake, struct weir_client_options options);

/* One turn of both; it takes about a millisecond when nothing happens. */
void fake_turn(struct fake *fake);
void fake_broker_turn(struct fake *fake);
/* Turns until so many frames (calls) were seen; fails the test after a deadline. */
void fake_wait_seen(struct fake *fake, size_t count);
void fake_wait_calls(struct fake *fake, size_t count);
/* Turns until poll has returned an error. */
void fake_wait_error(struct fake *fake);
/* Turns a while: for what must not happen. */
void fake_settle(struct fake *fake);

/* The fake sends a frame to the client. */
void fake_send(struct fake *fake, const struct weir_frame *frame);
void fake_outcome(struct fake *fake, enum weir_frame_type type, uint32_t id,
                  enum weir_reason reason, const char *text);
void fake_puback(struct fake *fake, uint64_t seq);
/* Cuts the connection. */
void fake_cut(struct fake *fake);

/* Fails the test unless the index-th frame (call) is this. */
void fake_expect_seen(struct fake *fake, size_t index, enum weir_frame_type type, uint64_t number);
void fake_expect_call(struct fake *fake, size_t index, enum call_type type, uint64_t number);

#endif /* FAKE_H */
