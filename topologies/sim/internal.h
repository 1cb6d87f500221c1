/* internal.h - shared by the simulator's files. */
#ifndef WEIR_SIM_INTERNAL_H
#define WEIR_SIM_INTERNAL_H

#include <weir/sim.h>

#define NONE UINT32_MAX

enum event_type {
    EVENT_FRAME, /* bytes arrive at an end of a connection */
    EVENT_UP,    /* an end of a connection is up */
    EVENT_DOWN,  /* an end notices that the connection is gone */
    EVENT_DIAL,  /* link: dial if it should be up and is not */
    EVENT_START, /* broker: start */
    EVENT_WAKE   /* broker: tick, unless another wake was asked for since */
};

struct event {
    uint64_t at_us, order;
    enum event_type type;
    uint32_t subject;    /* connection, link or broker */
    uint8_t end;         /* of the connection */
    uint16_t reason;     /* DOWN */
    uint64_t generation; /* WAKE */
    uint8_t *bytes;
    size_t size;
};

/* A heap by (time, order of creation). */
struct queue {
    struct event *v;
    size_t count, capacity;
    uint64_t next_order;
};

/* One end of a connection. */
struct end {
    bool is_client;
    bool up;        /* its owner was told so */
    bool closed;    /* takes and sends nothing any more */
    bool down;      /* its owner was told so, or never will be */
    uint32_t owner; /* broker or client */
    uint32_t link;  /* a broker's id of it */
    uint64_t epoch;
    uint64_t lane_us[2]; /* when the last frame sent from here in each lane arrives */
};

/* ends[0] dialled. */
struct connection {
    uint32_t link; /* NONE: a client's */
    bool cut;      /* nothing sent from now on arrives */
    uint32_t latency_us;
    struct end ends[2];
};

struct kept {
    uint64_t key;
    uint8_t *bytes;
    size_t size;
};

struct broker {
    struct weir_sim *sim;
    struct weir_alloc alloc; /* fails now and then */
    struct weir_router_config config;
    char name[WEIR_BROKER_NAME_MAX + 1];
    struct weir_str *neighbours; /* config.neighbours with names of its own */
    struct weir_router *router;  /* NULL while down */
    uint64_t epoch, wake_generation;
    uint64_t busy_until_us;
    uint32_t *connections; /* by link id - 1 */
    size_t connection_count, connection_capacity;
    struct kept *kept;
    size_t kept_count, kept_capacity;
    bool failing; /* allocations may fail: only within a step that can be repeated */
};

struct link {
    uint32_t ends[2]; /* brokers, the dialler first */
    uint32_t latency_us;
    uint32_t connection; /* the latest, or NONE */
    bool wanted;
};

struct client {
    char name[WEIR_BROKER_NAME_MAX + 1];
    uint32_t broker;
    uint32_t latency_us;
    uint32_t connection; /* the latest, or NONE */
    uint64_t epoch;
    bool reading;
    struct event *waiting; /* frames that it has not read */
    size_t waiting_count, waiting_capacity;
    uint64_t waiting_size;
};

struct weir_sim {
    const struct weir_alloc *alloc;
    struct weir_sim_config config;
    uint64_t random;
    uint64_t now_us;
    struct queue queue;
    uint64_t busy_events;      /* queued, and not only heartbeats and wakes */
    uint64_t last_activity_us; /* of those */
    uint64_t incarnations, digest, steps;
    uint64_t frames[256];
    struct broker **brokers; /* their addresses are contexts of allocators */
    struct link *links;
    struct client *clients;
    struct connection *connections;
    size_t broker_count, broker_capacity;
    size_t link_count, link_capacity;
    size_t client_count, client_capacity;
    size_t connection_count, connection_capacity;
    char problem[256];
};

/* queue.c */
bool sim_queue_push(struct queue *queue, struct event event, const struct weir_alloc *alloc);
bool sim_queue_pop(struct queue *queue, struct event *event);

/* sim.c */
uint64_t sim_random_below(struct weir_sim *sim, uint64_t bound);
void sim_schedule(struct weir_sim *sim, struct event event);
void sim_complain(struct weir_sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sim_trace(struct weir_sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* network.c: connections and what crosses them */
void sim_connect(struct weir_sim *sim, uint32_t link, uint32_t client);
void sim_send(struct weir_sim *sim, uint32_t connection, unsigned end, enum weir_lane lane,
              struct weir_str head, struct weir_str payload);
/* This end stops at once and is told DOWN; the other one after all that was sent to it. */
void sim_close(struct weir_sim *sim, uint32_t connection, unsigned end, uint16_t reason);
void sim_handle_up(struct weir_sim *sim, const struct event *event);
void sim_handle_frame(struct weir_sim *sim, struct event *event);
void sim_handle_down(struct weir_sim *sim, const struct event *event);
void sim_client_deliver(struct weir_sim *sim, uint32_t client, const struct event *event);

/* Forgets what a client has not read of its connection. */
void sim_client_drop_waiting(struct weir_sim *sim, struct client *client);

/* describe.c */
void sim_describe(char *out, size_t size, const struct weir_frame *frame);

/* driver.c: stepping a router and doing what it asks for */
void sim_broker_start(struct weir_sim *sim, uint32_t broker);
void sim_broker_stop(struct weir_sim *sim, uint32_t broker);
void sim_broker_step(struct weir_sim *sim, uint32_t broker, const struct weir_input *input);
/* A new id for a broker's end of a connection. */
uint32_t sim_broker_link_id(struct weir_sim *sim, uint32_t broker, uint32_t connection);

#endif /* WEIR_SIM_INTERNAL_H */
