/* frame_client.h - the frames between a client and its border broker, HELLO to HEARTBEAT aside. */
#ifndef WEIR_FRAME_CLIENT_H
#define WEIR_FRAME_CLIENT_H

#include <weir/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Clients choose ids; subscriptions and advertisements have separate ones. */
struct weir_subscribe {
    uint32_t id;
    struct weir_str payload; /* the filter's text */
};
struct weir_id {
    uint32_t id;
};
struct weir_publish {
    uint64_t seq; /* from 1, gapless per connection */
    uint64_t sent_ns;
    uint8_t level;
    struct weir_str payload; /* the unstamped notification */
};
struct weir_query {
    uint32_t id;
    struct weir_str payload; /* "link", "route", "sub", "adv", "broker" and arguments */
};
struct weir_outcome {
    uint32_t id;
    uint16_t reason;         /* WEIR_REASON_NONE: done */
    struct weir_str payload; /* for a person; a filter's errors as rendered */
};
struct weir_puback {
    uint64_t seq; /* all up to here are decided: accepted unless a PUBREFUSED named them */
};
struct weir_pubrefused {
    uint64_t seq;
    uint16_t reason;
    struct weir_str payload;
};
struct weir_deliver {
    uint64_t origin, incarnation, root, seq;
    uint64_t sent_ns;
    uint8_t level, hops;
    uint32_t count;
    const uint8_t *ids; /* count u32: the subscriptions that matched, read with weir_deliver_id */
    struct weir_str payload;
};
struct weir_reply {
    uint32_t id;
    uint8_t last;
    uint16_t reason;
    struct weir_str payload; /* a piece of JSON text; pieces join */
};

#ifdef __cplusplus
}
#endif

#endif /* WEIR_FRAME_CLIENT_H */
