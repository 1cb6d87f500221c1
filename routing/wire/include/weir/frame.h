/* frame.h - the frames that brokers and clients exchange.
 *
 * A connection carries frames back to back in each direction.  All integers little-endian:
 *
 *    0  u32 size    of the whole frame, header included; at most WEIR_FRAME_SIZE_MAX
 *    4  u8  type    enum weir_frame_type
 *    5  u8[3] 0
 *    8  the fields of the type, in the order of its struct below without padding; byte strings are
 *       a u32 length and the bytes; lists a u32 count and the items; `payload` is the rest
 *
 * The first frame of each side is HELLO.  routing/PROTOCOL.md has the byte-exact reference and the
 * rules of the exchange. */
#ifndef WEIR_FRAME_H
#define WEIR_FRAME_H

#include <weir/frame_client.h>
#include <weir/limits.h>
#include <weir/reason.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_FRAME_HEADER_SIZE 8
#define WEIR_PROTOCOL_VERSION 2         /* the latest, and the only one between brokers */
#define WEIR_PROTOCOL_VERSION_CLIENTS 1 /* the oldest that is spoken with clients */

/* Numbers are for ever.  16 to 31 control, 32 to 47 data lane between brokers; 48 to 63 from
 * clients, 64 to 79 to clients. */
#define WEIR_FRAME_LIST(X)        \
    X(HELLO, 1, hello)            \
    X(CLOSE, 2, close)            \
    X(HEARTBEAT, 3, heartbeat)    \
    X(LSA, 16, lsa)               \
    X(SUB, 17, sub)               \
    X(UNSUB, 18, unsub)           \
    X(ADV, 19, sub)               \
    X(READY, 20, ready)           \
    X(ACK, 21, ack)               \
    X(PROMISED, 22, promised)     \
    X(CREDIT, 23, credit)         \
    X(JOIN, 24, join)             \
    X(DATA, 32, data)             \
    X(UNADV, 33, unsub)           \
    X(GAP, 34, gap)               \
    X(SUBSCRIBE, 48, subscribe)   \
    X(UNSUBSCRIBE, 49, id)        \
    X(ADVERTISE, 50, subscribe)   \
    X(UNADVERTISE, 51, id)        \
    X(PUBLISH, 52, publish)       \
    X(QUERY, 53, query)           \
    X(SUBACK, 64, outcome)        \
    X(UNSUBACK, 65, outcome)      \
    X(ADVACK, 66, outcome)        \
    X(UNADVACK, 67, outcome)      \
    X(PUBACK, 68, puback)         \
    X(PUBREFUSED, 69, pubrefused) \
    X(DELIVER, 70, deliver)       \
    X(NOTICE, 71, gap)            \
    X(REPLY, 72, reply)

#define WEIR_FRAME_ENUM(name, number, member) WEIR_FRAME_##name = number,
enum weir_frame_type { WEIR_FRAME_LIST(WEIR_FRAME_ENUM) };
#undef WEIR_FRAME_ENUM

enum weir_role { WEIR_ROLE_BROKER = 1, WEIR_ROLE_CLIENT = 2 };
enum weir_lane { WEIR_LANE_CONTROL, WEIR_LANE_DATA };

/* A tree's tables are keyed by its root, its version and a scope.  Acyclic mode has one tree, whose
 * root and version are 0; the scope is 0. */
struct weir_tree {
    uint64_t root, version;
    uint32_t scope;
};

/* HELLO: identity and limits.  The connecting side sends first; the other answers with its own. */
struct weir_hello {
    uint32_t magic; /* WEIR_HELLO_MAGIC */
    uint8_t version_min, version_max;
    uint8_t role;          /* enum weir_role */
    uint8_t strategy;      /* of brokers: enum weir_strategy and flags, which must agree; else 0 */
    uint64_t incarnation;  /* of this process: grows with each start */
    uint64_t epoch;        /* of this connection: grows with each connection of the process */
    uint32_t heartbeat_ms; /* this side sends something at least so often; 3 times silent is dead */
    uint32_t frame_max;    /* the largest frame this side takes */
    uint64_t window;       /* bytes of data frames (brokers), of PUBLISH frames (to clients) that
                              may be unacknowledged */
    struct weir_str name;  /* 1 to WEIR_BROKER_NAME_MAX bytes of text; a client's may be empty */
};
#define WEIR_HELLO_MAGIC 0x52494557u /* "WEIR" */

struct weir_close {
    uint16_t reason; /* enum weir_reason */
    struct weir_str text;
};
struct weir_heartbeat {
    uint64_t sent, applied; /* control sequence: last sent by me, last applied of yours */
};

/* Link state of one broker, flooded.  A link counts only if both ends list it. */
struct weir_neighbour {
    uint64_t id, incarnation;
    uint32_t cost;
    uint8_t synced; /* a branch of the tree, and all that it has to carry from here is in force */
};
struct weir_lsa {
    uint64_t origin, incarnation, sequence;
    struct weir_str name;
    uint32_t count;
    const uint8_t *neighbours; /* count items, read with weir_lsa_neighbour */
};

/* SUB and ADV: `seq` is the control sequence number, gapless per connection; it names the entry. */
struct weir_sub {
    struct weir_tree tree;
    uint64_t seq;
    uint64_t id; /* of the client's subscription, where equal ones are told apart; else 0 */
    struct weir_str payload; /* canonical bytes of the normal form */
};
/* UNSUB (numbered) and UNADV (data lane: seq is 0): withdraw the entry of SUB or ADV `ref`. */
struct weir_unsub {
    struct weir_tree tree;
    uint64_t seq, ref;
};
/* READY: everything the sender knows has been sent, and it knows all: older epochs' entries end. */
struct weir_ready {
    struct weir_tree tree;
    uint64_t seq;
};
/* ACK: all control frames up to seq are applied. */
struct weir_ack {
    uint64_t epoch, seq;
};
/* PROMISED: these SUBs and ADVs (by seq, ascending) are in force on every path they need. */
struct weir_promised {
    uint64_t epoch;
    uint32_t count;
    const uint8_t *seqs; /* count u64, read with weir_promised_seq */
};
struct weir_credit {
    struct weir_tree tree;
    uint64_t bytes; /* granted in addition */
};
/* JOIN: to the sender the link is a branch of the tree. */
struct weir_join {
    struct weir_tree tree;
};

/* DATA: a notification between brokers.  (origin, incarnation, tree.root) is its stream. */
struct weir_data {
    uint64_t origin, incarnation;
    struct weir_tree tree;
    uint64_t seq;     /* in the stream, gapless at the origin */
    uint64_t prev;    /* the last of the stream that the sender meant for this link; 0: none */
    uint64_t sent_ns; /* publisher's monotonic clock, 0: not given; means nothing across machines */
    uint8_t level, hops;
    struct weir_str payload; /* the notification */
};
/* GAP between brokers and NOTICE to clients: while a link is down (begin) and until what it held is
 * in force again (end), notifications that would have crossed it may be missing. */
struct weir_gap {
    uint64_t reporter, episode;          /* together they name the gap */
    uint8_t ended;                       /* 0 begin, 1 end */
    struct weir_str near_name, far_name; /* brokers at the two ends of the link */
};

struct weir_frame {
    enum weir_frame_type type;
    union {
        struct weir_hello hello;
        struct weir_close close;
        struct weir_heartbeat heartbeat;
        struct weir_lsa lsa;
        struct weir_sub sub;
        struct weir_unsub unsub;
        struct weir_ready ready;
        struct weir_ack ack;
        struct weir_promised promised;
        struct weir_credit credit;
        struct weir_join join;
        struct weir_data data;
        struct weir_gap gap;
        struct weir_subscribe subscribe;
        struct weir_id id;
        struct weir_publish publish;
        struct weir_query query;
        struct weir_outcome outcome;
        struct weir_puback puback;
        struct weir_pubrefused pubrefused;
        struct weir_deliver deliver;
        struct weir_reply reply;
    } u;
};

#ifdef __cplusplus
}
#endif

#endif /* WEIR_FRAME_H */
