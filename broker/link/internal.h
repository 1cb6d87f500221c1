/* internal.h - what the files of weir::link share.
 *
 * Two kinds of threads meet here.  The owner's thread does everything but complete operations: it
 * starts and closes them, allocates and frees.  NNG's threads run the completion callbacks, which
 * never allocate, free or close: they note the result under the hub's mutex and put the connection
 * on the ready list.  Fields marked [mutex] are touched by both; all others are the owner's, except
 * that `flight` belongs to the callback while `sending` and a read buffer to NNG while it is read
 * into.  No NNG function is called with the hub's mutex held. */
#ifndef WEIR_LINK_INTERNAL_H
#define WEIR_LINK_INTERNAL_H

#include <nng/nng.h>
#include <pthread.h>
#include <stdatomic.h>
#include <weir/link.h>

#define BLOCK_SIZE 32768    /* bytes of a block, its header included */
#define FLIGHT_BLOCKS_MAX 8 /* of one write: what NNG takes; bounds what control waits behind */
#define FREE_BLOCKS_MAX 128 /* kept for the next burst */
#define READS WEIR_LINK_READS
#define READ_SIZE_MIN 4096  /* of a connection that has little to say */
#define SMALL_READS_MAX 256 /* in a row, then its buffers shrink again */
#define LISTENERS_MAX 16

/* Queued bytes: a list of blocks, all but the last full. */
struct block {
    struct block *next;
    size_t size;
    size_t last_end; /* where the last message that ends in it ends; 0: none does */
    uint8_t bytes[];
};
#define BLOCK_ROOM (BLOCK_SIZE - sizeof(struct block))

struct block_list {
    struct block *first, *last;
    size_t count;
};

struct lane {
    struct block_list blocks;
    size_t size;
};

struct read_buffer {
    uint8_t *bytes;
    size_t capacity;
    size_t size; /* what was read into it */
};

enum conn_state {
    CONN_DIALLING,
    CONN_OPEN,
    CONN_BROKEN,    /* sending failed: what the peer said before is still read */
    CONN_LINGERING, /* closed by the owner: what is queued still goes out, reads are dropped */
    CONN_CLOSING,   /* the stream is closed; CLOSED comes when its operations have ended */
    CONN_GONE       /* CLOSED or FAILED is in the batch */
};

/* What a refill took from a connection in one go. */
struct taken {
    bool sent, idle;
    unsigned full[READS], full_count;
    int receive_err, send_err;
};

struct conn {
    struct weir_hub *hub;
    weir_conn id;
    enum conn_state state;
    enum weir_err err; /* what CLOSED will say */
    struct conn *bucket_next, *prev, *next;
    struct conn *dirty_next, *release_next, *start_next;
    bool dirty, releasing;
    nng_stream *stream;
    nng_stream_dialer *dialer;
    nng_aio *read_aio, *send_aio; /* read_aio dials first */
    /* An operation begun on a closed stream never ends (NNG 1.5.2), so callbacks that begin one
     * and the owner that closes exclude each other. */
    pthread_mutex_t close_mutex;
    bool stream_closed; /* [close_mutex] */
    char *url;          /* dialled, for weir_hub_peer */

    struct lane lanes[WEIR_LINK_LANES];
    size_t flight_size[WEIR_LINK_LANES];
    enum weir_link_lane mid; /* the lane whose message the last write cut; WEIR_LINK_LANES: none */
    bool above_low;
    bool dismissed;       /* closed by the owner: it is told of nothing more but CLOSED */
    bool released[READS]; /* buffers the owner has done with since the last refill */
    unsigned small_reads;
    uint64_t deadline_ms, quiet_ms; /* of lingering */

    struct block_list flight;
    nng_iov iov[FLIGHT_BLOCKS_MAX];
    unsigned iov_count, iov_next;

    struct read_buffer buffers[READS];
    unsigned reading; /* index of the buffer that is read into */

    struct conn *taken_next;
    struct taken taken;

    atomic_bool sending;              /* [mutex] to write */
    size_t flying;                    /* [mutex] its bytes in the hub's `flying` */
    struct conn *ready_next;          /* [mutex] */
    bool ready;                       /* [mutex] on the ready list */
    bool receiving;                   /* [mutex] */
    bool dialling;                    /* [mutex] the operation of read_aio is a dial */
    nng_stream *dial_stream;          /* [mutex] what it gave */
    bool want_sent;                   /* [mutex] the owner asks to hear when the write has ended */
    bool sent;                        /* [mutex] it has */
    bool buffer_free[READS];          /* [mutex] */
    unsigned full[READS], full_count; /* [mutex] buffers read into, oldest first */
    int receive_err, send_err;        /* [mutex] NNG's; 0: none */
};

struct listener {
    struct weir_hub *hub;
    nng_stream_listener *listener;
    nng_aio *aio;
    uint64_t retry_ms;  /* accepting failed: try again then; 0: it runs */
    bool done;          /* [mutex] the accept has ended, with: */
    nng_stream *stream; /* [mutex] */
};

struct batch_note {
    enum weir_note_type type;
    struct conn *conn;
    unsigned buffer;
};

struct weir_hub {
    const struct weir_alloc *alloc;
    size_t read_size, low, conns_max;
    struct weir_hub_stats stats;
    weir_conn last_id;
    struct conn **buckets;
    size_t bucket_count; /* a power of two */
    struct conn *conns;  /* all of them */
    struct conn *recent; /* the last one looked up */
    struct conn *dirty;  /* with queued bytes that no write has taken */
    struct conn *releases;
    struct batch_note *batch;
    size_t batch_capacity, batch_count, batch_next;
    struct conn *borrowed; /* of the note handed out last */
    unsigned borrowed_buffer;
    size_t lingering;       /* connections with a deadline */
    uint64_t linger_due_ms; /* when they are looked at next */
    struct block_list free_blocks;
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;

    int event_fd;
    atomic_bool interrupted;
    atomic_size_t flying; /* [mutex] to write: bytes of writes under way */
    pthread_mutex_t mutex;
    struct conn *ready_first, *ready_last; /* [mutex] */
    bool accepted;                         /* [mutex] some listener is done */
    bool signalled;                        /* [mutex] event_fd has been written to */
    struct block_list returned;            /* [mutex] sent, to be reused */
};

/* block.c */
void weiri_blocks_append(struct block_list *list, struct block *block);
void weiri_blocks_push(struct block_list *list, struct block *block); /* in front */
struct block *weiri_blocks_pop(struct block_list *list);
void weiri_blocks_splice(struct block_list *to, struct block_list *from);
void weiri_blocks_free(struct weir_hub *hub, struct block_list *list);
/* Makes sure `hub->free_blocks` has `count` blocks; false when short of memory. */
bool weiri_blocks_reserve(struct weir_hub *hub, size_t count);
void weiri_blocks_trim(struct weir_hub *hub);

/* conn.c */
WEIR_MUST_USE enum weir_err weiri_conn_create(struct conn **out, struct weir_hub *hub);
/* Of a connection without operations under way. */
void weiri_conn_destroy(struct conn *c);
struct conn *weiri_conn_find(const struct weir_hub *hub, weir_conn id);
/* Takes `stream` and begins to read. */
void weiri_conn_open(struct conn *c, nng_stream *stream);
void weiri_conn_close_stream(struct conn *c);
void weiri_conn_shut(struct conn *c, enum weir_err err);
void weiri_conn_linger(struct conn *c, enum conn_state state, uint32_t linger_ms);
void weiri_conn_lingered(struct conn *c, uint64_t now);
/* A lingering peer has said something. */
void weiri_conn_heard(struct conn *c);
void weiri_conn_dirty(struct conn *c);
void weiri_conn_release(struct conn *c, unsigned buffer);
/* With the mutex held: moves what one write takes into `flight`. */
void weiri_conn_load(struct conn *c);
void weiri_conn_send(struct conn *c);
/* With the mutex held: frees the released buffers; true when reading shall begin again. */
bool weiri_conn_resume(struct conn *c);
void weiri_conn_receive(struct conn *c);

/* dial.c */
/* The dial has ended, with `err`, NNG's. */
void weiri_dial_done(struct conn *c, int err);

/* listen.c */
void weiri_listeners_accept(struct weir_hub *hub, bool ready[LISTENERS_MAX],
                            nng_stream *streams[LISTENERS_MAX]);
void weiri_listeners_retry(struct weir_hub *hub, uint64_t now, uint64_t *next_ms);
void weiri_listeners_destroy(struct weir_hub *hub);

/* hub.c */
/* With the mutex held: puts `c` on the ready list; true when weiri_hub_signal is to be called. */
bool weiri_hub_post(struct weir_hub *hub, struct conn *c);
bool weiri_hub_wants_signal(struct weir_hub *hub);
void weiri_hub_signal(struct weir_hub *hub);
/* Cannot fail: a place for each note of each connection is reserved with the connection. */
void weiri_hub_note(struct weir_hub *hub, enum weir_note_type type, struct conn *c,
                    unsigned buffer);
#define NOTES_PER_CONN (READS + 3)
uint64_t weiri_now_ms(void);

/* url.c */
WEIR_MUST_USE enum weir_err weiri_url_check(const char *url, bool *ipc);
void weiri_address_text(const nng_sockaddr *address, char *out, size_t size);
void weiri_pid_text(uint64_t pid, char *out, size_t size);
enum weir_err weiri_err_of(int nng_err);

#endif /* WEIR_LINK_INTERNAL_H */
