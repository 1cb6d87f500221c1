/* net.h - a few routers and clients in memory, for tests of the router.
 *
 * Each direction of a connection has two FIFO lanes, and control overtakes data.  Which direction
 * moves next is drawn from the seed.  Time moves only when a test says so. */
#ifndef TESTS_NET_H
#define TESTS_NET_H

#include <weir/router.h>
#include <weir/router_view.h>

#define NET_BROKERS_MAX 8
#define NET_CLIENTS_MAX 16
#define NET_CONNECTIONS_MAX 128
#define NET_LOG_MAX 65536
#define NET_RECEIVED_MAX 8192

struct net_config {
    uint64_t seed;
    enum weir_strategy strategy;
    bool advertisements;
    bool listed; /* brokers refuse whom net_expect has not named */
    uint64_t link_window, client_window;
    uint32_t hold_ms;
    uint32_t cover_work; /* 0: no end */
    uint64_t hash_seed;
    const struct weir_alloc *alloc;
    uint32_t (*cost)(int broker, int neighbour); /* of its links; NULL: 1 */
};

struct net_received {
    enum weir_frame_type type;
    uint32_t id;                  /* of an outcome; of a DELIVER its first */
    uint32_t count;               /* ids of a DELIVER */
    uint16_t reason;              /* of an outcome or refusal */
    uint64_t seq;                 /* of PUBACK, PUBREFUSED, DELIVER */
    uint64_t origin, incarnation; /* of DELIVER */
    bool ended;                   /* of a NOTICE */
    int64_t n;                    /* attribute n of a DELIVER */
    uint8_t hops;
    char text[512]; /* of an outcome; near-far of a NOTICE */
};

struct net_client {
    int connection;
    uint64_t pub_seq;
    bool closed;
    uint16_t close_reason;
    struct net_received received[NET_RECEIVED_MAX];
    int received_count;
};

struct net;

struct net *net_create(const struct net_config *config);
void net_destroy(struct net *net);

/* Brokers are numbered from 0 and named "a", "b", ... */
int net_broker(struct net *net, uint64_t incarnation);
/* The same with a name of its own, and neighbours that are expected ("bc"; NULL: none). */
int net_broker_named(struct net *net, const char *name, uint64_t incarnation, const char *expected);
struct weir_router *net_router(struct net *net, int broker);
/* Loses its memory and connections and comes back under a new incarnation. */
void net_restart(struct net *net, int broker);
/* `from` dials `to`; returns the connection.  Both ends are up before anything moves. */
int net_join(struct net *net, int from, int to);
/* What is under way is lost. */
void net_cut(struct net *net, int connection);
bool net_is_open(const struct net *net, int connection);
/* The last reason for which a router closed it, or WEIR_REASON_NONE. */
unsigned net_close_reason(const struct net *net, int connection);
/* While stalled, nothing of that lane moves towards `broker`. */
void net_stall(struct net *net, int connection, int broker, enum weir_lane lane, bool stalled);

int net_client(struct net *net, int broker, const char *name);
struct net_client *net_client_at(struct net *net, int client);
void net_leave(struct net *net, int client);
void net_subscribe(struct net *net, int client, uint32_t id, const char *filter);
void net_unsubscribe(struct net *net, int client, uint32_t id);
void net_advertise(struct net *net, int client, uint32_t id, const char *filter);
void net_unadvertise(struct net *net, int client, uint32_t id);
/* Publishes {n: value} with a body of so many bytes. */
void net_publish(struct net *net, int client, int64_t n, size_t body_size);
/* Any frame, from a client or from one end of a connection. */
void net_send_frame(struct net *net, int client, const struct weir_frame *frame);
void net_send_bytes(struct net *net, int connection, int to_broker, enum weir_lane lane,
                    const void *bytes, size_t size);

/* Puts a frame under way towards a broker, as if the other end had said it. */
void net_forge(struct net *net, int connection, int to_broker, const struct weir_frame *frame);

/* Moves messages and wakes until all is quiet. */
void net_run(struct net *net);
/* Moves at most `count` messages. */
void net_move(struct net *net, int count);
/* Lets time pass, a step of 50 ms at a time, with net_run after each. */
void net_advance(struct net *net, uint64_t ms);

/* ---- what has happened */

/* Frames between brokers in the order sent, e.g. "a>b SUB n > 10"; -1 if none from `start` on. */
int net_log_find(const struct net *net, int start, const char *text);
int net_log_count(const struct net *net, const char *text);
int net_log_size(const struct net *net);
const char *net_log_at(const struct net *net, int index);
int net_count(struct net *net, int client, enum weir_frame_type type);
/* The last received of a type, or NULL. */
const struct net_received *net_last(struct net *net, int client, enum weir_frame_type type);
/* Notifications that a broker's driver keeps. */
size_t net_kept(const struct net *net, int broker);
size_t net_sent_count(struct net *net, int broker, int connection, bool advs);

#endif /* TESTS_NET_H */
