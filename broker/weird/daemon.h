/* daemon.h - the state of a running broker, shared by the files of weird.
 *
 * One thread does everything: it takes notes from the hub, turns them into inputs of the router and
 * applies the router's actions.  A link's number in the router is its connection's in the hub. */
#ifndef WEIRD_DAEMON_H
#define WEIRD_DAEMON_H

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include <uthash.h>

#include <weir/bytes.h>
#include <weir/link.h>
#include <weir/router_view.h>

#include "config.h"
#include "log.h"

#define REASONS 24 /* of <weir/reason.h> */

struct dial;

enum peer_state {
    PEER_DIALLING,
    PEER_GREETING, /* connected; its HELLO is awaited until deadline_ms */
    PEER_UP,       /* the router knows the link */
    PEER_ENDED     /* CLOSE was said or heard; the hub still has the connection */
};

struct peer {
    weir_conn conn; /* the key */
    enum peer_state state;
    enum weir_role role;
    struct dial *dial; /* the connection is ours; NULL: accepted */
    uint64_t own_epoch, deadline_ms;
    unsigned questions; /* that wait for their answers */
    bool refused;       /* the peer or we ended it for a reason that will not mend at once */
    size_t name_len;
    char name[WEIR_BROKER_NAME_MAX];
    struct partial {
        uint8_t *bytes;
        size_t size, capacity;
    } partial;                                  /* a frame whose end has not been read yet */
    struct peer *greeting_prev, *greeting_next; /* in order of their deadlines */
    struct peer *ended_next;
    UT_hash_handle hh;
};

/* A link that this broker dials. */
struct dial {
    const struct config_link *link;
    struct peer *peer; /* of the attempt or link under way */
    uint64_t next_ms;
    uint64_t up_ms;    /* since when the link is up; 0: it is not */
    unsigned failures; /* in a row: the pause grows with them */
    bool refused;      /* the last end was a refusal that will not mend at once */
};

struct kept {
    uint64_t key;
    size_t size;
    UT_hash_handle hh;
    char bytes[];
};

/* A question of a client that waits for its turn. */
struct question {
    struct question *prev, *next;
    weir_conn conn;
    uint32_t id;
    size_t size;
    char text[128];
};

struct counters {
    uint64_t closed[REASONS]; /* links that we closed, by reason */
    uint64_t closed_by_peer[REASONS];
    uint64_t lost; /* without a word */
    uint64_t dials, dials_failed;
    uint64_t queries;
};

struct daemon {
    const struct config *config;
    struct log log;
    struct weir_hub *hub;
    struct weir_router *router;
    uint64_t incarnation, epoch;
    uint64_t start_ms, now_ms;
    int64_t wall_ns;
    uint64_t wake_ms; /* the router's; UINT64_MAX: none */
    uint64_t random;
    struct peer *peers;     /* hash */
    struct peer *greetings; /* list */
    struct peer *ended;     /* the router is still to be told LINK_DOWN */
    size_t half_open, clients;
    struct dial *dials;
    size_t dial_count;
    struct question *questions; /* list, oldest first */
    struct kept *kept;          /* hash */
    size_t kept_size, partial_size;
    struct weiri_buf frame; /* scratch for what is sent */
    struct counters counters;
    const atomic_bool *stop; /* set by a signal */
    bool announced;          /* the files that say that we listen are ours */
    bool draining;
    uint64_t drain_until_ms;
};

/* ---- daemon.c */
/* Opens listeners, writes the files that say so, serves until *stop; the program's exit code. */
int daemon_run(const struct config *config, uint64_t incarnation, struct weir_hub *hub,
               const atomic_bool *stop);
/* One step of the router at the current time, and all its actions. */
void daemon_step(struct daemon *d, struct weir_input *input);
/* Tells the router of the links that have ended. */
void daemon_settle(struct daemon *d);
/* Encodes and queues one frame of our own. */
void daemon_send(struct daemon *d, weir_conn conn, enum weir_link_lane lane,
                 const struct weir_frame *frame);
_Noreturn void daemon_out_of_memory(struct daemon *d);

/* ---- peer.c: connections, from the handshake to the end */
struct peer *peer_find(const struct daemon *d, weir_conn conn);
struct peer *peer_create(struct daemon *d, weir_conn conn, struct dial *dial);
void peer_accepted(struct daemon *d, weir_conn conn);
void peer_connected(struct daemon *d, struct peer *peer);
void peer_bytes(struct daemon *d, struct peer *peer, const uint8_t *bytes, size_t size);
/* The hub has let go of the connection. */
void peer_closed(struct daemon *d, struct peer *peer, enum weir_err err);
/* Says CLOSE with the reason and closes. */
void peer_end(struct daemon *d, struct peer *peer, enum weir_reason reason, struct weir_str text);
/* Queues that are too long end their connections. */
void peer_check_queue(struct daemon *d, weir_conn conn);
void peer_check_memory(struct daemon *d);
uint64_t peer_timers(struct daemon *d);
void peer_destroy(struct daemon *d, struct peer *peer);
/* A broker of that name is up. */
bool peer_is_linked(const struct daemon *d, const char *name);

/* ---- hello.c */
void hello_send(struct daemon *d, struct peer *peer);
/* Why a peer that says this is not wanted; WEIR_REASON_NONE if it is. */
enum weir_reason hello_check(const struct daemon *d, const struct peer *peer,
                             const struct weir_hello *hello, const char **text);
uint32_t hello_link_cost(const struct daemon *d, struct weir_str name);

/* ---- dial.c */
void dial_init(struct daemon *d, struct dial *dial, const struct config_link *link);
/* Dials what is due; returns when something is due next. */
uint64_t dial_timers(struct daemon *d);
/* The link has come up. */
void dial_succeeded(struct daemon *d, struct dial *dial);
/* It has not, or has ended: `refused` for a reason that trying again at once cannot mend. */
void dial_ended(struct daemon *d, struct dial *dial, bool refused);

/* ---- kept.c: what the router wants kept until it has credit */
bool kept_add(struct daemon *d, uint64_t key, struct weir_str bytes);
struct weir_str kept_find(const struct daemon *d, uint64_t key);
void kept_remove(struct daemon *d, uint64_t key);
void kept_clear(struct daemon *d);

/* ---- admin.c: a list may be long, so each turn of the loop answers one question */
void admin_ask(struct daemon *d, struct peer *peer, const struct weir_query *query);
void admin_turn(struct daemon *d);
void admin_clear(struct daemon *d);

/* ---- files.c */
/* Greater than in all earlier runs with the same directory (NULL: than any wall clock before);
 * false when the file cannot be written. */
bool files_incarnation(uint64_t *out, const char *state_dir);
/* Writes the file whole or not at all. */
bool files_write(const char *path, const char *text);

/* ---- signals.c: a thread that waits for signals */
struct signals {
    pthread_t thread;
    sigset_t set;
    atomic_bool stop, ending;
    struct weir_hub *hub;
};
/* Blocks them in this thread and those it starts. */
void signals_block(struct signals *signals);
bool signals_start(struct signals *signals, struct weir_hub *hub);
void signals_end(struct signals *signals);

#endif /* WEIRD_DAEMON_H */
