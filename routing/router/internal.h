/* internal.h - the state of a router, shared by the files of this module.
 *
 *   link     one connection; it is a session of a hop (a neighbouring broker) or of a client
 *   hop      a tree link to a neighbour; survives connections, so that entries can be held
 *   table    the SUBs or the ADVs: nodes (distinct filters) and entries (who asked for them)
 *   item     what a node means to one hop: needed there?  sent, or covered by which node?
 *   stream   what is known of one origin's notifications
 *   kept     a notification that waits for credit on some hops
 *
 * Hops have small stable numbers ("slots"), which index node->items and name matcher groups. */
#ifndef WEIRI_INTERNAL_H
#define WEIRI_INTERNAL_H

#include <weir/bytes.h>
#include <weir/matcher.h>
#include <weir/normal.h>
#include <weir/router.h>
#include <weir/router_view.h>

#include "lookup.h"

#define NEVER UINT64_MAX
#define NO_SLOT UINT32_MAX

struct hop;
struct client;
struct table;
struct node;

/* ---- tables */

enum queued { QUEUED_NOT, QUEUED_SEND, QUEUED_WITHDRAW };

struct item {
    struct node *cover; /* the node that covers this one on the hop; NULL: a root, which is sent */
    struct node *first_child, *next_sibling, *prev_sibling;
    struct node *queue_next, *queue_prev;
    uint64_t seq;        /* control sequence number under which it is on the wire; 0: it is not */
    uint32_t from;       /* entries of the node that came from this hop */
    uint32_t unpromised; /* of these */
    uint32_t counted;    /* entries of the node in sent.needed */
    uint32_t adv_hits;   /* advertisements from this hop that intersect the node */
    uint32_t match_id;   /* in router.hop_matcher, while from > 0 */
    uint8_t queued;      /* enum queued */
    bool root;           /* needed, and covered by no other */
    bool needed;
    bool promised;      /* in force at the hop and beyond it, in this session */
    bool wire_promised; /* the hop has promised what is on the wire under seq */
    bool in_sync;       /* counted in hop->sync_pending */
};

struct entry {
    struct node *node;
    struct entry *node_next, *node_prev;
    struct entry *owner_next, *owner_prev; /* the hop's or the client's entries in this table */
    struct entry *ack_next, *ack_prev;
    struct hop *hop; /* one of both */
    struct client *client;
    uint64_t id;      /* the client's, or the control sequence number */
    uint32_t session; /* of the hop; 0 for a client */
    bool promised, ack_queued;
    bool in_sync;               /* an ADV counted in hop->sync_pending while that session lasts */
    bool implicit;              /* the advertisement of a client that never advertised */
    struct weir_filter *filter; /* of a client */
    uint64_t matched;
};

/* Where a node stands in a list of cover.c. */
struct place {
    struct place *next, *prev;
    struct node *node;
    struct key *key;
};

/* Something that filters demand. */
struct key {
    uint64_t demand;
    uint32_t nodes;         /* that demand it */
    struct place *listed;   /* those of them that are roots somewhere */
    struct place *anchored; /* those of these that are anchored here */
};

struct node {
    struct table *table;
    struct weir_normal *normal;
    struct node *next, *prev; /* of the table, oldest first */
    struct node *same_hash;
    struct entry *first, *last; /* entries, oldest first */
    struct item *items;         /* one for each slot */
    uint64_t uid, hash, summary;
    uint64_t id; /* of the one subscription it stands for, where they are numbered; else 0 */
    uint32_t entry_count, client_count;
    uint32_t unpromised;  /* entries */
    uint32_t on_wire;     /* items with seq != 0 */
    uint32_t roots;       /* hops on which it is a root */
    struct place *places; /* where covering is wanted */
    uint32_t place_count;
    uint32_t match_id; /* in router.client_matcher, while client_count > 0 */
    bool never, exact;
    bool updating; /* its hops are being updated: too early for promises */
};

/* What a hop is sent of a table. */
struct sent {
    struct node *send_first, *send_last;
    struct node *withdraw_first, *withdraw_last;
    uint32_t on_wire;
    uint32_t needed; /* entries that want to be known there: without any reduction */
};

struct owned {
    struct entry *first, *last;
    uint32_t count;
};

struct table {
    bool advs;
    struct node *first, *last;
    struct weiri_lookup by_hash; /* the first of the nodes with a hash */
    uint32_t node_count, entry_count;
    struct weiri_lookup keys; /* of cover.c, by demand */
    struct key all, nothing;  /* every root; those that are anchored at nothing */
};

/* Numbers for matcher ids, used again when free. */
struct id_pool {
    uint32_t *free;
    size_t free_count, free_capacity;
    struct node **of_id;
    size_t of_id_capacity;
    uint32_t used;
};

/* ---- links */

struct link {
    struct link *next, *prev;
    struct hop *hop; /* one of both; neither when it was refused or is closing */
    struct client *client;
    struct link *close_next;
    uint32_t number;
    enum weir_role role;
    bool closing;
    uint16_t close_reason;
    const char *close_text; /* static */
    char name[WEIR_BROKER_NAME_MAX];
    size_t name_len;
    uint64_t incarnation;
    uint32_t peer_heartbeat_ms;
    uint64_t up_since_ms, heard_ms, sent_ms;
    uint64_t data_in, data_out, bytes_in, bytes_out, refused;
    uint64_t routed_base; /* router.routed when it came up */
};

/* How far a hop or a client has been told of gaps. */
struct gap_reader {
    uint64_t cursor;
    uint64_t floor; /* what had ended by then is not told */
};

/* ---- hops */

enum hop_state {
    HOP_AWAITED, /* expected since start, or connected: not yet a branch */
    HOP_UP,      /* a branch of the tree */
    HOP_HELD,    /* lost a while ago, entries kept */
    HOP_LOST     /* no longer waited for */
};

enum waiting_kind { WAITING_DATA, WAITING_UNADV };

struct waiting {
    enum waiting_kind kind;
    uint64_t value; /* DATA: prev; UNADV: the reference */
    struct kept *kept;
};

struct hop {
    uint32_t slot;
    enum hop_state state;
    bool listed;
    bool complete;  /* READY was received once; its entries are all that it holds */
    bool elsewhere; /* not up, and its broker is reached over another hop */
    bool heard;     /* something was received since it was up */
    bool reported;  /* a gap has begun since it was in sync */
    uint64_t id;
    char name[WEIR_BROKER_NAME_MAX];
    size_t name_len;
    uint64_t deadline_ms; /* of AWAITED and HELD */
    struct owned owned[2];
    struct sent sent[2];
    struct weiri_lookup entries; /* of this session, by sequence number */
    /* the connection, which is idle until both ends have said JOIN; then the hop is up */
    struct link *link;
    bool own_join, peer_join;
    uint32_t session; /* never used again, by any hop */
    uint32_t cost;
    bool dialled;
    uint64_t peer_epoch, own_epoch, incarnation;
    uint64_t seq_in, seq_out, acked_in, acked_out; /* control sequence */
    bool ready_in, ready_out, lsa_synced;
    struct weiri_lookup on_wire; /* nodes by sequence number */
    struct entry *promise_first, *promise_last;
    uint64_t lsa_cursor;
    struct gap_reader gaps;
    struct gap *spare_gaps[2]; /* so that its loss can always be reported, and a hole before */
    uint32_t open_gaps;        /* learnt in this session */
    bool sync_marked, synced;
    uint32_t sync_pending;
    /* DATA credit: towards the peer, and the peer's towards us */
    uint64_t out_window, in_window;
    int64_t out_credit;
    uint64_t in_outstanding, in_owed;
    struct waiting *waiting; /* ring */
    size_t waiting_first, waiting_count, waiting_capacity;
    bool target; /* scratch of forward.c */
};

/* ---- clients */

struct held {
    struct held *next;
    uint64_t seq, bytes_before, sent_ns;
    uint64_t cost;
    bool implicit; /* goes by the implicit advertisement */
    size_t size;
    uint8_t bytes[];
};

struct client {
    struct link *link;
    struct weiri_lookup by_id[2];
    struct owned owned[2];
    bool advertised; /* explicitly, at some time */
    struct entry *implicit;
    bool told; /* of gaps, since its first subscription was acknowledged */
    struct gap_reader gaps;
    uint64_t pub_seq, pub_acked;         /* PUBLISH received, PUBACKed */
    uint64_t bytes_seen, bytes_acked;    /* cumulative */
    struct held *held_first, *held_last; /* wait for the implicit advertisement */
    struct kept *kept_first, *kept_last; /* wait for credit further on */
    uint32_t *hits;                      /* scratch of forward.c: ids that match */
    size_t hit_count, hit_capacity;
    struct client *next_touched;
    struct client *ack_next;
    bool ack_due;
};

/* ---- data */

struct kept {
    struct kept *next, *prev; /* the publisher's */
    uint64_t key;
    uint32_t waiting;            /* hops */
    uint32_t from_slot, session; /* credit goes back there, if that session lasts; 0: none */
    struct client *publisher;
    uint64_t cost, pub_seq, bytes_before;
    uint64_t size; /* of the notification */
    uint64_t origin, incarnation, seq, sent_ns;
    uint8_t hops;
};

struct stream {
    struct stream *next, *prev; /* least recently used first */
    struct stream *same_key;
    uint64_t key;
    uint64_t origin, incarnation, root;
    uint64_t last_in;
    uint32_t session;   /* in which last_in came */
    uint64_t *last_out; /* by slot */
    size_t last_out_count;
};

/* ---- link state and gaps */

struct broker {
    struct broker *next, *prev; /* in order of change */
    uint64_t id, incarnation, sequence, version;
    char name[WEIR_BROKER_NAME_MAX];
    size_t name_len;
    uint8_t *neighbours;
    uint32_t neighbour_count;
    size_t neighbour_capacity; /* in bytes */
    uint32_t from_session;     /* 0: our own */
    struct broker *walk_next;  /* scratch of topology.c */
    uint64_t walk;
    uint64_t distance; /* from the root; scratch of tree.c, and so is heap_index */
    uint32_t heap_index;
    struct broker *parent; /* in the tree, if it is reachable */
    bool reachable;        /* over any links */
    bool beside;           /* over one of ours */
    bool in_sync;          /* every link on the way there through the tree is */
    uint64_t unreachable_ms;
    const struct hop *first_hop; /* on that way */
    uint32_t hops;
};

/* What both ends say of a link. */
struct link_ends {
    uint32_t cost;
    bool synced;
};

struct gap {
    struct gap *next, *prev; /* in order of change */
    uint64_t reporter, episode;
    uint64_t begun, version; /* of its begin, and of its last change */
    uint32_t from_session;   /* 0: our own */
    uint64_t far;            /* id; of our own only */
    bool ended;
    char near_name[WEIR_BROKER_NAME_MAX], far_name[WEIR_BROKER_NAME_MAX];
    size_t near_len, far_len;
};

/* ---- output of a step */

struct chunk {
    struct chunk *next;
    size_t size, used;
};

struct out {
    const struct weir_alloc *alloc;
    struct weir_action *v;
    size_t count, capacity;
    struct chunk *chunks, *chunk;
    struct weiri_buf scratch;
};

/* What a strategy is: Sent(hop) as made from Need(hop). */
struct reduction {
    bool tells;    /* subscriptions are told at all; else notifications go everywhere */
    bool numbered; /* equal filters of different subscriptions are told apart */
    bool maximal;  /* those that another one covers are left out */
};

#define COVER_CACHE_SIZE 8192

struct cover_memo {
    uint64_t wide, narrow; /* uids; 0: empty */
    bool covers;
};

struct weir_router {
    const struct weir_alloc *alloc;
    struct weir_router_config config;
    const struct reduction *reduce;
    char name[WEIR_BROKER_NAME_MAX];
    char incarnation_text[16];
    uint64_t id;
    uint64_t now_ms, start_ms;
    int64_t wall_ns;
    bool started;
    struct out out;
    /* links */
    struct weiri_lookup by_number;
    struct link *first_link, *last_link;
    struct link *close_first, *close_last;
    uint32_t link_count, client_count;
    struct hop **hops; /* by slot; NULL: free */
    uint32_t slots;    /* in use or once in use */
    size_t hop_capacity;
    uint32_t next_session;
    /* tables: [0] SUBs, [1] ADVs */
    struct table tables[2];
    uint64_t next_uid;
    uint32_t work; /* what is left of this change's budget of covering */
    struct cover_memo *cover_cache;
    struct weir_matcher *hop_matcher, *client_matcher;
    struct weir_match_scratch *match_scratch;
    struct weir_scratch *scratch;
    struct id_pool hop_ids, client_ids;
    struct entry *ack_first, *ack_last; /* clients' entries that were promised */
    struct weir_filter *always;         /* TRUE */
    /* data */
    struct weiri_lookup streams;
    struct stream *stream_first, *stream_last;
    size_t stream_count;
    uint64_t own_seq, next_key, routed;
    struct client *ack_clients;
    struct kept *forget_first; /* FORGET is to be told */
    /* link state */
    struct weiri_lookup brokers;
    struct broker *broker_first, *broker_last;
    struct broker *self;
    struct broker *root; /* of the tree */
    size_t broker_count;
    struct broker **nearest; /* scratch of tree.c: room for all brokers */
    size_t nearest_capacity;
    size_t link_ends; /* that others list */
    uint64_t lsa_version, walk;
    bool topology_changed;
    bool sync_changed; /* of some link */
    /* gaps */
    struct gap *gap_first, *gap_last;
    size_t own_gaps, learnt_gaps; /* open */
    size_t ended_gaps;            /* not yet told to everybody */
    uint64_t gap_version, next_episode;
    bool notices_due;
    bool review_due; /* topology or a hop's sync has changed */
    /* time */
    uint64_t next_timer_ms, wake_ms;
    bool tick;  /* the input is one */
    bool again; /* something is left to be done at once */
    uint32_t flush_left;
    struct weir_router_stats stats;
};

/* ---- out.c: the actions of a step and the memory they point to */
void weiri_out_init(struct out *out, const struct weir_alloc *alloc);
void weiri_out_fini(struct out *out);
void weiri_out_reset(struct out *out);
/* After it `count` actions with `bytes` of heads and copies in all cannot fail. */
WEIR_MUST_USE enum weir_err weiri_out_reserve(struct out *out, size_t count, size_t bytes);
/* Memory that lives until the next step; NULL without memory. */
WEIR_MUST_USE void *weiri_out_alloc(struct out *out, size_t size);
WEIR_MUST_USE enum weir_err weiri_out_push(struct out *out, const struct weir_action *action);
/* What a head may take; lists come on top. */
#define HEAD_SIZE_MAX 160
/* Sends a frame whose payload lives until the next step. */
WEIR_MUST_USE enum weir_err weiri_send(struct weir_router *r, struct link *link,
                                       const struct weir_frame *frame, struct weir_str payload);
/* The same for a payload that was kept under `key`. */
WEIR_MUST_USE enum weir_err weiri_resend(struct weir_router *r, struct link *link,
                                         const struct weir_frame *frame, uint64_t key,
                                         uint64_t payload_size);
void weiri_trace(struct weir_router *r, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A value in trace text: as it is, or quoted where it could be taken for something else. */
#define QUOTED_SIZE 256
struct quoted {
    char text[QUOTED_SIZE];
};
const char *weiri_quote(struct quoted *out, struct weir_str value);
#define QUOTED(value) weiri_quote(&(struct quoted){0}, value)

/* ---- table.c: filters and who asked for them */
WEIR_MUST_USE enum weir_err weiri_tables_init(struct weir_router *r);
void weiri_tables_fini(struct weir_router *r);
/* Makes room for the slot in all nodes. */
WEIR_MUST_USE enum weir_err weiri_tables_add_slot(struct weir_router *r, const struct hop *hop);
/* Forgets all that concerns the slot; no entry of the hop may be left. */
void weiri_tables_drop_slot(struct weir_router *r, struct hop *hop);
/* Adds an entry of a hop (`client` NULL), which has said `sub_id`, or of a client, where that is
 * not looked at.  Takes `normal` and `filter` on success. */
WEIR_MUST_USE enum weir_err weiri_entry_add(struct weir_router *r, struct table *table,
                                            struct hop *hop, struct client *client, uint64_t id,
                                            uint64_t sub_id, struct weir_normal *normal,
                                            struct weir_filter *filter, struct entry **out);
void weiri_entry_remove(struct weir_router *r, struct entry *entry);
/* Frees the node when neither an entry nor the wire needs it. */
void weiri_node_release(struct weir_router *r, struct node *node);

/* ---- cover.c: roots that cover a node, or that it covers */
/* A change begins, of one node or of a hop's whole table: it has the budget of covering anew. */
void weiri_work_renew(struct weir_router *r, bool whole_table);
/* Takes what a node in the table may need to be found. */
WEIR_MUST_USE enum weir_err weiri_cover_prepare(struct weir_router *r, struct table *table,
                                                struct node *node);
void weiri_cover_release(struct weir_router *r, struct table *table, struct node *node);
/* The node has become a root on a hop, or is none there any more. */
void weiri_cover_enter(struct node *node);
void weiri_cover_leave(struct node *node);
/* A root on the hop that covers the node, or NULL. */
struct node *weiri_cover_find(struct weir_router *r, const struct node *node,
                              const struct hop *hop);
/* Calls `visit` for roots on the hop that the node covers; it may make them roots no more. */
typedef void weiri_covered_fn(struct weir_router *r, struct node *covered, struct node *node,
                              struct hop *hop);
void weiri_cover_covered(struct weir_router *r, struct node *node, struct hop *hop,
                         weiri_covered_fn *visit);

/* ---- spread.c: what each hop needs, is sent and has promised */
void weiri_need_update(struct weir_router *r, struct node *node, struct hop *hop);
/* Counts the advertisements that intersect a new node of SUBs. */
void weiri_gate_init(struct weir_router *r, struct node *node);
/* An advertisement has appeared on a hop or vanished from it. */
void weiri_gate_change(struct weir_router *r, const struct node *adv, struct hop *hop, bool came);
/* Marks entries of the node promised whose hops all are. */
void weiri_promise_check(struct weir_router *r, struct node *node);
void weiri_promise_check_all(struct weir_router *r);
/* The hop has promised what is on the wire as the node. */
void weiri_item_promised(struct weir_router *r, struct node *node, struct hop *hop);
/* A session begins: everything is to be sent.  A session ends: nothing is on the wire. */
void weiri_spread_begin(struct weir_router *r, struct hop *hop);
void weiri_spread_end(struct weir_router *r, struct hop *hop);
/* Starts counting, in sync_pending, what is not yet promised now, either way. */
void weiri_sync_mark(struct weir_router *r, struct hop *hop);
/* The entry is promised, or goes. */
void weiri_entry_synced(struct entry *entry);
void weiri_queue_remove(struct hop *hop, struct node *node);

/* ---- router.c */
/* Timers are looked at no later than that. */
void weiri_due(struct weir_router *r, uint64_t at_ms);

/* ---- link.c: links, hops and their ends */
WEIR_MUST_USE enum weir_err weiri_link_up(struct weir_router *r, const struct weir_input *input);
void weiri_link_down(struct weir_router *r, struct link *link);
/* Ends the session now; CLOSE is told at the end of the step, and LINK_DOWN comes later. */
void weiri_link_close(struct weir_router *r, struct link *link, enum weir_reason reason,
                      const char *text);
struct hop *weiri_hop_find(const struct weir_router *r, uint64_t id);
/* `name` may be empty while only the id is known. */
WEIR_MUST_USE enum weir_err weiri_hop_create(struct weir_router *r, uint64_t id,
                                             struct weir_str name, bool listed, struct hop **out);
void weiri_hop_destroy(struct weir_router *r, struct hop *hop);
/* Both ends have said JOIN: the hop is up. */
void weiri_hop_join(struct weir_router *r, struct hop *hop);
void weiri_hop_expire(struct weir_router *r, struct hop *hop);
/* Promises and READY wait for it: it is up, or within its hold time and not reached another way. */
bool weiri_hop_counts(const struct hop *hop);
void weiri_session_end(struct weir_router *r, struct link *link);
struct weir_str weiri_link_name(const struct link *link);
struct weir_str weiri_hop_name(const struct hop *hop);

/* ---- control.c: control frames from brokers; flush.c: control frames to them */
WEIR_MUST_USE enum weir_err weiri_control(struct weir_router *r, struct hop *hop,
                                          const struct weir_frame *frame);
WEIR_MUST_USE enum weir_err weiri_flush(struct weir_router *r);

/* ---- session.c: frames from clients */
WEIR_MUST_USE enum weir_err weiri_session(struct weir_router *r, struct client *client,
                                          const struct weir_frame *frame, size_t size);
/* Answers to clients, as far as memory reaches. */
WEIR_MUST_USE enum weir_err weiri_session_flush(struct weir_router *r);
WEIR_MUST_USE enum weir_err weiri_puback_flush(struct weir_router *r);
void weiri_puback_due(struct weir_router *r, struct client *client);
WEIR_MUST_USE enum weir_err weiri_client_create(struct weir_router *r, struct link *link);
void weiri_client_destroy(struct weir_router *r, struct client *client);

/* ---- conform.c */
/* Says why the notification conforms to no advertisement, terminated and cut at `size`. */
void weiri_conform_explain(char *out, size_t size, const struct client *client,
                           const struct weir_notification *n);

/* ---- forward.c: the way of a notification */
struct crossing {
    struct weir_notification notification;
    struct weir_str payload;
    struct hop *from;
    struct client *publisher;
    struct stream *stream;
    uint64_t origin, incarnation, seq, sent_ns;
    uint64_t cost, pub_seq, bytes_before;
    uint8_t hops;
};
WEIR_MUST_USE enum weir_err weiri_forward(struct weir_router *r, const struct crossing *c);
WEIR_MUST_USE enum weir_err weiri_data(struct weir_router *r, struct hop *hop,
                                       const struct weir_data *data, size_t size);
WEIR_MUST_USE enum weir_err weiri_stream_get(struct weir_router *r, uint64_t origin,
                                             uint64_t incarnation, uint64_t root,
                                             struct stream **out);
void weiri_streams_fini(struct weir_router *r);
void weiri_streams_retire(struct weir_router *r, uint64_t origin, uint64_t incarnation);

/* Bytes of a DATA frame besides its payload: its cost in credit. */
#define WEIRI_DATA_HEAD_SIZE 70

/* ---- credit.c: waiting for credit and giving it back */
bool weiri_credit_allows(const struct hop *hop, uint64_t cost);
WEIR_MUST_USE enum weir_err weiri_waiting_reserve(struct weir_router *r, struct hop *hop);
void weiri_waiting_push(struct hop *hop, const struct waiting *waiting);
/* Sends what now has credit, as far as memory reaches. */
WEIR_MUST_USE enum weir_err weiri_waiting_flush(struct weir_router *r, struct hop *hop);
void weiri_waiting_drop(struct weir_router *r, struct hop *hop);
WEIR_MUST_USE enum weir_err weiri_credit_flush(struct weir_router *r, struct hop *hop);
WEIR_MUST_USE enum weir_err weiri_forget_flush(struct weir_router *r);
void weiri_credit_release(struct hop *hop, uint64_t cost);
void weiri_kept_release(struct weir_router *r, struct kept *kept);

/* ---- linkstate.c */
WEIR_MUST_USE enum weir_err weiri_linkstate_init(struct weir_router *r);
void weiri_linkstate_fini(struct weir_router *r);
WEIR_MUST_USE enum weir_err weiri_linkstate_reserve(struct weir_router *r);
void weiri_linkstate_refresh(struct weir_router *r); /* our own links have changed */
void weiri_linkstate_synced(struct weir_router *r);  /* one of them is in sync */
WEIR_MUST_USE enum weir_err weiri_lsa(struct weir_router *r, struct hop *hop,
                                      const struct weir_lsa *lsa);
const struct broker *weiri_broker_find(const struct weir_router *r, uint64_t id);
WEIR_MUST_USE enum weir_err weiri_lsa_flush(struct weir_router *r, struct hop *hop);

/* ---- topology.c */
/* Recomputes who is reachable and the tree, and closes links that have left it. */
void weiri_topology_settle(struct weir_router *r);
/* Whether all links of the tree on the way to the broker are in sync. */
bool weiri_reached_in_sync(const struct weir_router *r, uint64_t id);
/* Whether the tree goes over the hop's connection. */
bool weiri_is_branch(const struct weir_router *r, const struct hop *hop);

/* ---- tree.c */
/* The broker at the other end of link `index` of `b`, if both list it; else NULL. */
struct broker *weiri_linked(struct weir_router *r, const struct broker *b, uint32_t index,
                            struct link_ends *out);
/* Finds root and parents among those met, who are linked by walk_next. */
void weiri_tree_grow(struct weir_router *r, struct broker *met);

/* ---- gap.c */
WEIR_MUST_USE enum weir_err weiri_gap(struct weir_router *r, struct hop *hop,
                                      const struct weir_gap *gap);
WEIR_MUST_USE enum weir_err weiri_gap_reserve(struct weir_router *r, struct hop *hop);
/* The link to the hop is gone; nothing happens if that is reported already. */
void weiri_gap_begin(struct weir_router *r, struct hop *hop);
void weiri_gap_end(struct weir_router *r, const struct hop *hop);
/* Ends our own gaps about brokers that are reached another way. */
void weiri_gap_review(struct weir_router *r);
/* A frame was lost on the way from the hop: a gap that ends as it begins. */
void weiri_gap_once(struct weir_router *r, struct hop *hop);
/* What was learnt from the hop lies behind our own gap now. */
void weiri_gap_forget(struct weir_router *r, const struct hop *hop);
void weiri_gap_tell(const struct weir_router *r, struct gap_reader *reader);
WEIR_MUST_USE enum weir_err weiri_gap_flush(struct weir_router *r, struct hop *hop);
WEIR_MUST_USE enum weir_err weiri_gap_notices(struct weir_router *r, struct client *client);
void weiri_gap_sweep(struct weir_router *r);
void weiri_gaps_fini(struct weir_router *r);

#endif /* WEIRI_INTERNAL_H */
