/* client.h - libweir: publish to and subscribe at a Weir broker.
 *
 * A client is one connection, used from one thread.  Nothing blocks but weir_client_poll, which
 * also is the only function that calls back, on the caller's thread.  After a lost connection the
 * client dials again with growing pauses, advertises and subscribes again, and sends again what was
 * published and not yet acknowledged (a notification whose acknowledgement was lost may then arrive
 * twice).  Ids of subscriptions and advertisements stay valid across reconnects. */
#ifndef WEIR_CLIENT_H
#define WEIR_CLIENT_H

#include <weir/notification.h>
#include <weir/reason.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_client;

/* A notification that arrived; borrowed for the callback.  Where more than 16,000 subscriptions
 * match, it may come in several parts, one after the other, each with ids of its own. */
struct weir_delivery {
    struct weir_notification notification;
    const uint32_t *subscriptions; /* the ids that matched, ascending */
    size_t subscription_count;
    /* Its stream and place in it: what dedupes across reconnects. */
    uint64_t origin, incarnation, seq;
    uint64_t sent_ns; /* publisher's CLOCK_MONOTONIC; 0 if not given; same machine only */
    uint8_t hops;     /* broker links crossed */
};

/* What the broker said to a request. */
struct weir_outcome_view {
    enum weir_reason reason; /* WEIR_REASON_NONE: done */
    struct weir_str text;    /* for a person: e.g. the filter's errors with a caret; borrowed */
};

/* A gap: while it lasts, notifications from beyond the link between two brokers may be missing. */
struct weir_gap_notice {
    uint64_t reporter, episode; /* name the gap */
    bool ended;
    struct weir_str near_name, far_name;
};

/* All may be NULL.  They may subscribe, publish and the like, but neither poll, flush nor destroy
 * the client. */
struct weir_client_callbacks {
    void (*delivered)(void *context, const struct weir_delivery *delivery);
    /* A subscription (an advertisement) is in force in the whole overlay, or was refused; after a
     * reconnect it is called again. */
    void (*subscribed)(void *context, uint32_t id, struct weir_outcome_view outcome);
    void (*unsubscribed)(void *context, uint32_t id, struct weir_outcome_view outcome);
    void (*advertised)(void *context, uint32_t id, struct weir_outcome_view outcome);
    void (*unadvertised)(void *context, uint32_t id, struct weir_outcome_view outcome);
    /* Everything up to `number` is decided; and one that was refused. */
    void (*accepted)(void *context, uint64_t number);
    void (*refused)(void *context, uint64_t number, struct weir_outcome_view outcome);
    void (*gap)(void *context, const struct weir_gap_notice *notice);
    /* Connected (reason NONE, text is the broker's name), or disconnected and why. */
    void (*connection)(void *context, bool connected, struct weir_outcome_view outcome);
    /* A piece of the answer to weir_client_query. */
    void (*reply)(void *context, uint32_t id, bool last, struct weir_outcome_view piece);
};

struct weir_client_options {
    const char *url;       /* tcp://host:port or ipc:///path */
    const char *name;      /* shown as `$publisher`; NULL: none */
    bool reconnect;        /* dial again after a lost connection */
    uint32_t heartbeat_ms; /* 0: 5,000 */
    uint64_t queue_size;   /* bytes of publishes held unacknowledged; 0: 8 MiB */
    const struct weir_client_callbacks *callbacks; /* copied */
    void *context;                                 /* handed to callbacks */
};

/* Begins to connect.  WEIR_EINVAL for a URL or name that makes no sense, WEIR_ENOMEM. */
WEIR_API WEIR_MUST_USE enum weir_err weir_client_create(struct weir_client **out,
                                                        const struct weir_client_options *options);
/* Closes at once: flush first what matters. */
WEIR_API void weir_client_destroy(struct weir_client *client);

/* Does what there is to do and waits up to timeout_ms for more (-1: until something happened).
 * WEIR_OK; WEIR_ECONNECT when the connection could not be made or was lost and `reconnect` is off;
 * WEIR_EREFUSED when the broker closed it with a reason that trying again cannot mend;
 * WEIR_EVERSION when it speaks another protocol. */
WEIR_API WEIR_MUST_USE enum weir_err weir_client_poll(struct weir_client *client, int timeout_ms);
/* For a poll of one's own: the descriptor is readable when weir_client_poll has something to do,
 * and without that it is to be called after so many milliseconds (-1: never), for heartbeats and to
 * dial again.  What was asked for or published since the last weir_client_poll waits for the next.
 */
WEIR_API int weir_client_descriptor(const struct weir_client *client);
WEIR_API int weir_client_timeout_ms(const struct weir_client *client);
WEIR_API bool weir_client_connected(const struct weir_client *client);
/* Makes a waiting poll return; from any thread or a signal handler. */
WEIR_API void weir_client_interrupt(struct weir_client *client);

/* Asks for notifications that satisfy a filter; *id names it.  `subscribed` follows when it is in
 * force.  Text beyond WEIR_FILTER_TEXT_MAX is WEIR_ELIMIT. */
WEIR_API WEIR_MUST_USE enum weir_err weir_client_subscribe(struct weir_client *client, uint32_t *id,
                                                           const char *filter);
WEIR_API WEIR_MUST_USE enum weir_err weir_client_unsubscribe(struct weir_client *client,
                                                             uint32_t id);
/* Declares what will be published.  What is published after it waits until the overlay knows the
 * advertisement (so no subscriber misses the first notification).  A client that never advertises
 * may publish anything. */
WEIR_API WEIR_MUST_USE enum weir_err weir_client_advertise(struct weir_client *client, uint32_t *id,
                                                           const char *filter);
WEIR_API WEIR_MUST_USE enum weir_err weir_client_unadvertise(struct weir_client *client,
                                                             uint32_t id);

/* Publishes: encodes, queues and returns; *number counts publishes from 1 and comes back in
 * `accepted` or `refused`.  Publishes are coalesced; they leave at the next poll or flush.
 * WEIR_EAGAIN when queue_size bytes are unacknowledged: poll and try again.  Refusals of
 * weir_notification_encode as there; `problem` may be NULL. */
WEIR_API WEIR_MUST_USE enum weir_err
weir_client_publish(struct weir_client *client, uint64_t *number, const struct weir_attr *attrs,
                    size_t count, struct weir_str body, struct weir_notification_problem *problem);
/* The same for a notification that is encoded already. */
WEIR_API WEIR_MUST_USE enum weir_err
weir_client_publish_encoded(struct weir_client *client, uint64_t *number,
                            const struct weir_notification *notification);
/* Several at once; *taken tells how many were queued before WEIR_EAGAIN or another error. */
WEIR_API WEIR_MUST_USE enum weir_err
weir_client_publish_batch(struct weir_client *client, uint64_t *last, size_t *taken,
                          const struct weir_notification *notifications, size_t count);
/* Publishes that are not decided yet. */
WEIR_API size_t weir_client_pending(const struct weir_client *client);
/* Polls until all publishes are decided and all requests are answered, or timeout_ms have passed
 * (WEIR_ETIMEOUT); errors of weir_client_poll. */
WEIR_API WEIR_MUST_USE enum weir_err weir_client_flush(struct weir_client *client, int timeout_ms);

/* Asks the broker about itself ("link", "route", "sub", "adv", "broker"); the answer comes in
 * pieces of JSON text through `reply`. */
WEIR_API WEIR_MUST_USE enum weir_err weir_client_query(struct weir_client *client, uint32_t *id,
                                                       const char *question);

/* Borrowed static text "1.2.3". */
WEIR_API const char *weir_version(void);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_CLIENT_H */
