/* world.h - a simulated overlay with clients that behave as the client library does, watched by the
 * oracle.
 *
 * A client does its operations in order: it publishes only when its advertisements are acknowledged
 * and its window has room, and changes its advertisements only when all it published is
 * acknowledged; impatient ones heed the window alone and are refused now and then.  Everything that
 * a broker tells a client is checked as it arrives. */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <weir/oracle.h>
#include <weir/sim.h>

#include "generator.h"

#define WORLD_BROKERS 30
#define WORLD_LINKS 60
#define WORLD_CLIENTS 40

struct world_sub {
    uint32_t id;
    char *text;
    bool gone; /* its end was asked for, or it was refused */
};

struct world_adv {
    uint32_t id;
    struct gen_adv made;
    bool withdrawn; /* by the workload, which is ahead of the client */
    bool asked, acked, gone;
};

enum world_op_kind { OP_PUBLISH, OP_ADVERTISE, OP_UNADVERTISE };

struct world_op {
    enum world_op_kind kind;
    uint32_t number; /* PUBLISH: of the notification; otherwise index of the advertisement */
};

/* A notification: its publisher, what was sent, and what became of it. */
struct world_publish {
    struct gen_notification made;
    uint32_t client;
    uint64_t seq;         /* in its connection; 0 until sent */
    uint64_t accepted_us; /* when its broker got it */
    bool conforms;        /* to what the client has advertised */
    bool refused;
    bool early;     /* on its way with a change of advertisements: may be refused */
    bool forgotten; /* its connection went before it was acknowledged */
};

struct world_gap {
    uint64_t reporter, episode, begin_us, end_us; /* end: UINT64_MAX while it lasts */
};

struct world_stream {
    uint64_t incarnation, seq;
};

struct world_client {
    uint32_t broker;
    char name[16];
    bool up, left;
    bool impatient;      /* does not wait for acknowledgements of advertisements */
    uint64_t stopped_us; /* when it stopped reading; UINT64_MAX: it reads */
    struct world_sub *subs;
    size_t sub_count, sub_capacity;
    struct world_adv **advs;
    size_t adv_count, adv_capacity;
    bool advertised;      /* ever */
    struct world_op *ops; /* not done yet, from op_next on */
    size_t op_next, op_count, op_capacity;
    uint64_t seq, acked; /* PUBLISH sent, decided */
    uint64_t window_used;
    uint32_t *sent; /* numbers by seq - 1 of this connection */
    size_t sent_count, sent_capacity;
    struct world_gap *gaps;
    size_t gap_count, gap_capacity;
    struct world_stream streams[WORLD_BROKERS]; /* the last delivered of each origin */
};

struct world_config {
    uint64_t seed;
    enum weir_strategy strategy;
    bool advertisements;
    bool faults; /* connections may be lost, and notifications with them */
    uint64_t link_window, client_window;
    void (*trace)(void *context, uint64_t now_us, const char *text);
};

struct world {
    struct world_config config;
    struct weir_sim *sim;
    struct weir_oracle *oracle;
    size_t broker_count, link_count, client_count;
    uint32_t links[WORLD_LINKS][2];
    struct world_client clients[WORLD_CLIENTS];
    struct world_publish *publishes; /* by number */
    size_t publish_count, publish_capacity;
    uint64_t deliveries;    /* DELIVER frames */
    uint64_t delivered_sum; /* of hashes of (client, number, subscription), in any order */
    uint32_t next_id;
    char wrong[400]; /* the first thing that went wrong */
};

void world_init(struct world *world, const struct world_config *config, uint32_t jitter_us,
                uint32_t oom_every);
void world_fini(struct world *world);
struct world_link {
    uint32_t from, to, latency_us;
};

/* Adds brokers b0 to b<count - 1> and links between them, each pair once.  With `listed` they know
 * from the start whom to expect as neighbours. */
void world_add_brokers(struct world *world, size_t count, const struct world_link *links,
                       size_t link_count, bool listed);
void world_add_client(struct world *world, uint32_t broker, uint32_t latency_us);

void world_subscribe(struct world *world, uint32_t client, const char *text);
void world_unsubscribe(struct world *world, uint32_t client, size_t sub);
/* Takes `made`. */
void world_advertise(struct world *world, uint32_t client, struct gen_adv *made);
void world_unadvertise(struct world *world, uint32_t client, size_t adv);
/* Takes `made`.  `conforms`: to the advertisements that the client will have by then. */
void world_publish(struct world *world, uint32_t client, struct gen_notification made,
                   bool conforms);
/* The client ends its connection and does not come back. */
void world_leave(struct world *world, uint32_t client);
/* The client loses its connection; world_reconnect brings back all that are not up. */
void world_disconnect(struct world *world, uint32_t client);
void world_reconnect(struct world *world);
/* The client stops or resumes reading. */
void world_read(struct world *world, uint32_t client, bool reading);

/* Runs until the network is quiet; false (and world->wrong) when it does not become so. */
bool world_settle(struct world *world, uint64_t quiet_us);
/* After that: complains of everything owed and not delivered, unless a reported gap explains it;
 * `slack_us` is how long before a gap begins for a client its loss may have happened. */
void world_account(struct world *world, uint64_t slack_us);
/* Whether nothing is left to do for any client. */
bool world_idle(const struct world *world);

void world_complain(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* TESTS_SIM_WORLD_H */
