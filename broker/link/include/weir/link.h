/* link.h - connections: byte streams over tcp:// and ipc:// with bounded queues, for one thread.
 *
 * The only code that knows NNG (`nng_stream`).  A hub owns listeners and connections; its owner's
 * thread asks it what happened and tells it what to send.  NNG's own threads only move bytes and
 * append to the hub's inbox.  One receive and one send are in flight per connection; while a send
 * is in flight what is queued collects, and goes out in one gathered write: control before data.
 * One write takes at most 256 KiB, so that control waits behind no more.  What is read is handed
 * over in whole reads; a connection stops reading while WEIR_LINK_READS reads of it are not taken
 * yet, so a slow owner slows its peers and memory stays bounded.
 *
 * TCP connections have TCP_NODELAY set.  All functions but weir_hub_interrupt are the owner
 * thread's. */
#ifndef WEIR_LINK_H
#define WEIR_LINK_H

#include <weir/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_hub;
typedef uint32_t weir_conn; /* a connection of a hub; numbers are not used again; 0 is none */

enum weir_link_lane { WEIR_LINK_CONTROL, WEIR_LINK_DATA, WEIR_LINK_LANES };

#define WEIR_LINK_READS 2

enum weir_note_type {
    WEIR_NOTE_NONE,      /* time is up, or weir_hub_interrupt was called */
    WEIR_NOTE_ACCEPTED,  /* conn is new, from a listener */
    WEIR_NOTE_CONNECTED, /* the dial that gave conn has succeeded */
    WEIR_NOTE_FAILED,    /* it has not: err; conn is gone */
    WEIR_NOTE_BYTES,     /* bytes were read, borrowed until the next weir_hub_next */
    WEIR_NOTE_DRAINED,   /* both queues of conn, which had more than `low` bytes, drained to it */
    WEIR_NOTE_CLOSED     /* err: WEIR_OK after our own close, WEIR_ECLOSED when the peer closed,
                            WEIR_EIO otherwise; conn is gone */
};

struct weir_note {
    enum weir_note_type type;
    weir_conn conn;
    enum weir_err err;
    const uint8_t *bytes;
    size_t size;
};

struct weir_hub_options {
    size_t read_size; /* bytes of one read; 0: 64 KiB */
    size_t low;       /* see WEIR_NOTE_DRAINED; 0: 64 KiB */
    size_t conns_max; /* further ones are closed at once and counted, and dialling them is
                         WEIR_ELIMIT; 0: 65,536 */
};

WEIR_API WEIR_MUST_USE enum weir_err weir_hub_create(struct weir_hub **out,
                                                     const struct weir_hub_options *options,
                                                     const struct weir_alloc *alloc);
/* Closes everything and waits for NNG to let go. */
WEIR_API void weir_hub_destroy(struct weir_hub *hub);

/* Listens on `tcp://host:port` or `ipc:///path`.  Port 0 takes a free one; *bound, of WEIR_URL_MAX
 * bytes, is the address to dial (on this machine, where the host is a wildcard).  A stale ipc
 * socket that nobody listens on is replaced, any other file in its place is not.  WEIR_EADDRINUSE,
 * WEIR_EINVAL for a URL that makes no sense, WEIR_ELIMIT beyond 16 listeners, WEIR_EIO. */
#define WEIR_URL_MAX 256
WEIR_API WEIR_MUST_USE enum weir_err weir_hub_listen(struct weir_hub *hub, const char *url,
                                                     char *bound);
/* Whether listening and dialling would take the URL. */
WEIR_API bool weir_url_valid(const char *url);
/* Begins to connect; CONNECTED or FAILED follows. */
WEIR_API WEIR_MUST_USE enum weir_err weir_hub_dial(struct weir_hub *hub, const char *url,
                                                   weir_conn *conn);

/* Queues head and then body as one run of bytes, copying both (body may be empty).  WEIR_ENOMEM, or
 * WEIR_ECLOSED for a connection that is closing or gone.  Goes out at the next weir_hub_flush or
 * weir_hub_next. */
WEIR_API WEIR_MUST_USE enum weir_err weir_hub_send(struct weir_hub *hub, weir_conn conn,
                                                   enum weir_link_lane lane, struct weir_str head,
                                                   struct weir_str body);
/* Bytes queued in a lane and not yet handed to the kernel. */
WEIR_API size_t weir_hub_queued(const struct weir_hub *hub, weir_conn conn,
                                enum weir_link_lane lane);
WEIR_API void weir_hub_flush(struct weir_hub *hub);

/* Closes; what was read and not taken is dropped, and so is what comes.  With linger_ms above 0
 * that is when what is queued has gone out and the peer has closed too (or stays quiet, so that
 * the end of the connection does not overtake the last bytes), but no later than linger_ms from
 * now; a second call with 0 ends the waiting.  CLOSED follows unless the hub is destroyed first. */
WEIR_API void weir_hub_close(struct weir_hub *hub, weir_conn conn, uint32_t linger_ms);

/* Flushes, then takes the next thing that happened, waiting up to timeout_ms (-1: for ever; 0: not
 * at all).  Notes of one connection come in order. */
WEIR_API void weir_hub_next(struct weir_hub *hub, int timeout_ms, struct weir_note *note);
/* A descriptor that is readable while weir_hub_next(…, 0) would return something; for poll. */
WEIR_API int weir_hub_descriptor(const struct weir_hub *hub);
/* Makes a waiting weir_hub_next return WEIR_NOTE_NONE; from any thread or signal handler. */
WEIR_API void weir_hub_interrupt(struct weir_hub *hub);

/* The peer's address for a log line, terminated; "?" where it is unknown. */
WEIR_API void weir_hub_peer(const struct weir_hub *hub, weir_conn conn, char *out, size_t size);

struct weir_hub_stats {
    uint64_t reads, writes, bytes_in, bytes_out, accepted, refused;
    size_t conns;
    size_t queued; /* bytes queued and not yet handed to the kernel, of all connections */
};
WEIR_API struct weir_hub_stats weir_hub_stats(const struct weir_hub *hub);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_LINK_H */
