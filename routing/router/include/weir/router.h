/* router.h - the routing core of one broker: a function from (state, input) to (state, actions).
 *
 * It holds the routing tables of one broker and speaks the protocol of routing/PROTOCOL.md with
 * neighbouring brokers and with clients, whose sessions are links too.  It does no I/O and reads no
 * clock: two drivers run it unchanged, the daemon over real connections and the simulator in
 * virtual time.  The handshake (HELLO) is the driver's: a link is up when both have said it.
 *
 * Same configuration and same inputs give byte-identical actions.  Steps come from one thread. */
#ifndef WEIR_ROUTER_H
#define WEIR_ROUTER_H

#include <weir/wire.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_router;

/* What is sent of the filters that a neighbour needs to know.  The numbers go over the wire, in
 * HELLO. */
enum weir_strategy {
    WEIR_STRATEGY_FLOODING, /* nothing: notifications go everywhere, filtered at the border */
    WEIR_STRATEGY_SIMPLE,   /* every one */
    WEIR_STRATEGY_COVERING, /* the maximal ones */
    WEIR_STRATEGY_IDENTITY  /* of equal ones one */
};
#define WEIR_STRATEGY_COUNT 4

struct weir_router_config {
    struct weir_str name; /* of this broker */
    uint64_t incarnation; /* greater at each start */
    enum weir_strategy strategy;
    bool advertisements;    /* subscriptions go only where an advertisement intersects them */
    uint32_t heartbeat_ms;  /* sent on a quiet link so often; three missed: the link is dead */
    uint32_t hold_ms;       /* a lost link's entries stay so long, and SUBACK and ADVACK wait for
                               that neighbour; the same after start */
    uint64_t link_window;   /* bytes of DATA a neighbour may have outstanding towards us */
    uint64_t client_window; /* bytes of PUBLISH a client may have outstanding */
    uint32_t cover_work;    /* steps of covering per change before it answers "not covered";
                               0: only equal filters are one */
    const struct weir_str *neighbours; /* brokers expected as neighbours, whoever dials */
    size_t neighbour_count;
    bool unlisted;      /* accept brokers that are not in that list */
    uint64_t hash_seed; /* a secret random number, so that peers cannot choose colliding keys;
                           changes no action */
    /* Called for each fact worth a log line; NULL: none.  `text` is key=value pairs; values that
     * are not plain are in double quotes, with \\ before quotes and \\xHH for control characters.
     */
    void (*trace)(void *context, const char *event, const char *text);
    void *trace_context;
};

enum weir_input_type {
    WEIR_IN_LINK_UP,   /* peer */
    WEIR_IN_LINK_DOWN, /* the link is gone, whoever closed it; the last input about it */
    WEIR_IN_MESSAGE,   /* message: one frame, untrusted */
    WEIR_IN_TICK       /* time only */
};

/* What the handshake said. */
struct weir_peer {
    enum weir_role role;
    struct weir_str name;
    uint64_t incarnation, epoch;
    uint64_t window;       /* credit it gives us for DATA */
    uint32_t heartbeat_ms; /* its promise */
    uint32_t cost;         /* of the link */
    bool dialled;          /* by us */
    uint64_t own_epoch;    /* the epoch we said */
};

struct weir_input {
    enum weir_input_type type;
    uint64_t now_ms; /* monotonic; never goes back */
    int64_t wall_ns; /* wall clock, for `$ts` */
    uint32_t link;   /* chosen by the driver, never used again after LINK_DOWN */
    union {
        struct weir_peer peer;
        struct weir_str message;
    } u;
};

enum weir_action_type {
    WEIR_ACT_SEND,   /* head, then payload, as one frame, queued in order in its lane */
    WEIR_ACT_CLOSE,  /* send CLOSE with the reason, flush, close; LINK_DOWN follows as an input */
    WEIR_ACT_KEEP,   /* keep a copy of payload under key */
    WEIR_ACT_RESEND, /* like SEND, the payload being what is kept under key */
    WEIR_ACT_FORGET, /* key: its bytes are not needed any more */
    WEIR_ACT_WAKE    /* step with a TICK at at_ms, replacing an earlier WAKE; "now" means after
                        the messages at hand: their acknowledgements go together */
};

struct weir_action {
    enum weir_action_type type;
    enum weir_lane lane;
    uint32_t link;
    uint16_t reason; /* CLOSE: enum weir_reason */
    struct weir_str head, payload;
    struct weir_str text; /* CLOSE: for a person */
    uint64_t key;
    uint64_t at_ms;
};

/* Borrowed until the next step of the same router; `payload` may borrow the input's message. */
struct weir_actions {
    const struct weir_action *v;
    size_t count;
};

/* Copies the configuration.  WEIR_EINVAL for values that make no sense, or WEIR_ENOMEM. */
WEIR_API WEIR_MUST_USE enum weir_err weir_router_create(struct weir_router **out,
                                                        const struct weir_router_config *config,
                                                        const struct weir_alloc *alloc);
WEIR_API void weir_router_destroy(struct weir_router *router);

/* One step.  WEIR_ENOMEM leaves the tables as they were and asks for no action: the driver may try
 * the input again or give up.  What a peer does wrong is no error but a CLOSE action. */
WEIR_API WEIR_MUST_USE enum weir_err weir_router_step(struct weir_router *router,
                                                      const struct weir_input *input,
                                                      struct weir_actions *actions);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_ROUTER_H */
