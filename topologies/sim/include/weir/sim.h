/* sim.h - many brokers in one process and in virtual time: the real routing core over a simulated
 * network.
 *
 * Brokers run weir_router; links, connections and the clock are simulated.  What happens is decided
 * by the configuration, the calls and the seed alone, so a run can be repeated exactly.  Frames
 * cross as encoded bytes.  In each direction of a connection there is a control lane and a data
 * lane, each in order; control may overtake data, data never overtakes control, and nothing is lost
 * but with its connection: what the daemon's driver does over a real one.
 *
 * Clients are the caller's: it sends their frames and is told what they receive. */
#ifndef WEIR_SIM_H
#define WEIR_SIM_H

#include <weir/router.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_sim;

/* What a run tells its caller.  From inside these functions the caller may send and close as any
 * client, but may not run the simulation.  Each may be NULL. */
struct weir_sim_hooks {
    void *context;
    /* A client's connection is up. */
    void (*client_up)(void *context, uint32_t client);
    /* A client received a frame, decoded from `bytes`; borrowed for the call. */
    void (*client_frame)(void *context, uint32_t client, const struct weir_frame *frame);
    /* A client's connection is gone: reason of its broker, or WEIR_REASON_NONE. */
    void (*client_down)(void *context, uint32_t client, unsigned reason);
    /* A client's frame is about to be handed to its broker. */
    void (*broker_frame)(void *context, uint32_t client, const struct weir_frame *frame);
    /* One line for a person about everything that happens. */
    void (*trace)(void *context, uint64_t now_us, const char *text);
};

struct weir_sim_config {
    uint64_t seed;
    uint32_t jitter_us;        /* a frame takes its link's latency and up to this more */
    uint32_t redial_ms;        /* a connection that ended is dialled again after this */
    uint64_t client_queue_max; /* bytes that may wait for a client that does not read */
    uint32_t oom_every;        /* about one in so many allocations of a router fails; 0: none */
    struct weir_sim_hooks hooks;
};

WEIR_API WEIR_MUST_USE enum weir_err weir_sim_create(struct weir_sim **out,
                                                     const struct weir_sim_config *config,
                                                     const struct weir_alloc *alloc);
WEIR_API void weir_sim_destroy(struct weir_sim *sim);

/* ---- the network.  WEIR_ENOMEM, or what weir_router_create says. */

/* Adds a running broker.  `config` is copied but for `incarnation`, which the simulator chooses,
 * and the trace, which goes to the hook. */
WEIR_API WEIR_MUST_USE enum weir_err weir_sim_broker_add(struct weir_sim *sim, uint32_t *broker,
                                                         const struct weir_router_config *config);
/* Adds a link and dials it. */
WEIR_API WEIR_MUST_USE enum weir_err weir_sim_link_add(struct weir_sim *sim, uint32_t *link,
                                                       uint32_t dialler, uint32_t listener,
                                                       uint32_t latency_us);
/* Adds a client of a broker and connects it. */
WEIR_API WEIR_MUST_USE enum weir_err weir_sim_client_add(struct weir_sim *sim, uint32_t *client,
                                                         uint32_t broker, const char *name,
                                                         uint32_t latency_us);

/* ---- faults */

/* Cuts a link: each end notices after a time of its own, up to `notice_us`; what arrives before is
 * still received.  It is not dialled again until it is restored. */
WEIR_API void weir_sim_link_cut(struct weir_sim *sim, uint32_t link, uint32_t notice_us);
WEIR_API void weir_sim_link_restore(struct weir_sim *sim, uint32_t link);
/* Changes the latency of what is sent from now on. */
WEIR_API void weir_sim_link_delay(struct weir_sim *sim, uint32_t link, uint32_t latency_us);
/* Ends a broker without a word; it starts again, empty, after `down_us`. */
WEIR_API void weir_sim_broker_restart(struct weir_sim *sim, uint32_t broker, uint32_t down_us);
/* Lets a broker do nothing for a while; what arrives waits. */
WEIR_API void weir_sim_broker_pause(struct weir_sim *sim, uint32_t broker, uint32_t pause_us);

/* ---- clients */

/* Sends a frame as a client; false when it has no connection. */
WEIR_API bool weir_sim_client_send(struct weir_sim *sim, uint32_t client,
                                   const struct weir_frame *frame);
/* Ends the connection of a client; nothing is said to it. */
WEIR_API void weir_sim_client_close(struct weir_sim *sim, uint32_t client);
/* Connects a client again; does nothing while its broker is down or it is connected. */
WEIR_API void weir_sim_client_connect(struct weir_sim *sim, uint32_t client);
/* Stops or resumes reading. */
WEIR_API void weir_sim_client_read(struct weir_sim *sim, uint32_t client, bool reading);

/* ---- running */

WEIR_API uint64_t weir_sim_now_us(const struct weir_sim *sim);
/* Runs what is due up to a point in time. */
WEIR_API void weir_sim_run(struct weir_sim *sim, uint64_t until_us);
/* Runs until nothing but heartbeats has been on its way for `quiet_us`; WEIR_ETIMEOUT when that
 * takes more than `events_max` steps. */
WEIR_API WEIR_MUST_USE enum weir_err weir_sim_settle(struct weir_sim *sim, uint64_t quiet_us,
                                                     uint64_t events_max);

/* ---- looking */

/* Where the rules between core and driver were broken (a RESEND of nothing kept, a frame that does
 * not decode, the wrong lane, a failed step): the first case, or NULL. */
WEIR_API const char *weir_sim_problem(const struct weir_sim *sim);
/* A hash of all actions so far: equal for equal runs. */
WEIR_API uint64_t weir_sim_digest(const struct weir_sim *sim);
/* NULL while the broker is down. */
WEIR_API const struct weir_router *weir_sim_router(const struct weir_sim *sim, uint32_t broker);
/* The id by which a broker knows its connection over a link; 0 while there is none. */
WEIR_API uint32_t weir_sim_link_id(const struct weir_sim *sim, uint32_t link, uint32_t broker);
/* Frames of a type sent between brokers, or by brokers to clients. */
WEIR_API uint64_t weir_sim_frames(const struct weir_sim *sim, enum weir_frame_type type);
/* Steps of routers so far. */
WEIR_API uint64_t weir_sim_steps(const struct weir_sim *sim);
/* Payloads that a broker's router has asked to keep and not yet to forget. */
WEIR_API size_t weir_sim_kept(const struct weir_sim *sim, uint32_t broker);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_SIM_H */
