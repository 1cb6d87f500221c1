/* router_view.h - looking into a router: what `weir link ls`, `sub ls`, `adv ls` and `route show`
 * print, and what the simulator checks.  Everything is borrowed for the callback only. */
#ifndef WEIR_ROUTER_VIEW_H
#define WEIR_ROUTER_VIEW_H

#include <weir/normal.h>
#include <weir/router.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_link_view {
    uint32_t link;
    enum weir_role role;
    struct weir_str name;
    uint64_t incarnation;
    uint64_t up_since_ms;
    bool joined;                /* a branch of the tree */
    bool ready_in, ready_out;   /* complete tables received, sent */
    uint64_t data_in, data_out; /* notifications received from, sent or delivered to */
    uint64_t bytes_in, bytes_out;
    uint64_t spared;             /* notifications routed here that this link did not need */
    uint64_t refused;            /* PUBLISH refused */
    uint64_t waiting;            /* notifications that wait for credit */
    uint64_t credit;             /* bytes that may be sent now */
    uint32_t subs_in, advs_in;   /* entries held from it */
    uint32_t subs_out, advs_out; /* entries sent to it */
    uint32_t subs_needed;        /* subscriptions it has to know of, each one for itself, as the
                                    strategy "simple" would send them; less subs_out: what equal
                                    and covering ones spare */
};
struct weir_sub_view {
    uint32_t link; /* where it came from */
    struct weir_str link_name;
    enum weir_role role;
    uint64_t id;          /* the client's id, or the control sequence number on a link */
    struct weir_str text; /* the client's text; empty for a neighbour's */
    const struct weir_normal *normal;
    bool promised;
    uint64_t matched; /* notifications delivered under it; 0 for a neighbour's */
};
struct weir_broker_view {
    struct weir_str name;
    uint64_t id, incarnation;
    struct weir_str next_hop; /* the neighbour towards it; empty for this broker */
    uint32_t hops;
};
struct weir_router_stats {
    uint64_t published, refused;  /* by own clients */
    uint64_t delivered;           /* to own clients */
    uint64_t forwarded, received; /* DATA frames over all links */
    uint64_t duplicates;          /* copies dropped */
    uint64_t gaps;                /* begun */
    uint64_t gaps_open;           /* now */
    uint64_t topology_steps;      /* link ends looked at, to find who is reachable */
    uint64_t cover_looks;         /* filters looked at, to find which cover which */
    uint64_t control_in, control_out;
    uint64_t undecided;  /* MATCHES out of budget */
    uint64_t kept_bytes; /* held for want of credit */
    uint32_t links, clients, subs, advs, filters;
};

WEIR_API void weir_router_links(const struct weir_router *router,
                                void (*visit)(void *context, const struct weir_link_view *view),
                                void *context);
WEIR_API void weir_router_subs(const struct weir_router *router,
                               void (*visit)(void *context, const struct weir_sub_view *view),
                               void *context);
WEIR_API void weir_router_advs(const struct weir_router *router,
                               void (*visit)(void *context, const struct weir_sub_view *view),
                               void *context);
WEIR_API void weir_router_brokers(const struct weir_router *router,
                                  void (*visit)(void *context, const struct weir_broker_view *view),
                                  void *context);
WEIR_API struct weir_router_stats weir_router_stats(const struct weir_router *router);
/* What is sent to a link: SUBs (advs false) or ADVs, for checking Sent against Need. */
WEIR_API void weir_router_sent(const struct weir_router *router, uint32_t link, bool advs,
                               void (*visit)(void *context, uint64_t seq,
                                             const struct weir_normal *normal),
                               void *context);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_ROUTER_VIEW_H */
