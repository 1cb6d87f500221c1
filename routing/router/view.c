/* view.c - looking into a router. */
#include "internal.h"

static uint64_t spared(const struct weir_router *r, const struct link *link)
{
    uint64_t routed = r->routed - link->routed_base;
    uint64_t used = link->data_in + link->data_out;

    return routed > used ? routed - used : 0;
}

static void fill_hop(struct weir_link_view *view, const struct hop *hop)
{
    view->joined = hop->state == HOP_UP;
    view->ready_in = hop->ready_in;
    view->ready_out = hop->ready_out;
    view->waiting = hop->waiting_count;
    view->credit = hop->out_credit > 0 ? (uint64_t)hop->out_credit : 0;
    view->subs_in = hop->owned[0].count;
    view->advs_in = hop->owned[1].count;
    view->subs_out = hop->sent[0].on_wire;
    view->advs_out = hop->sent[1].on_wire;
    view->subs_needed = hop->sent[0].needed;
}

static void fill_client(struct weir_link_view *view, const struct client *client)
{
    for (const struct kept *kept = client->kept_first; kept != NULL; kept = kept->next)
        view->waiting++;
    view->subs_in = client->owned[0].count;
    view->advs_in = client->owned[1].count;
}

void weir_router_links(const struct weir_router *r,
                       void (*visit)(void *context, const struct weir_link_view *view),
                       void *context)
{
    for (const struct link *link = r->first_link; link != NULL; link = link->next) {
        struct weir_link_view view = {.link = link->number,
                                      .role = link->role,
                                      .name = weiri_link_name(link),
                                      .incarnation = link->incarnation,
                                      .up_since_ms = link->up_since_ms,
                                      .data_in = link->data_in,
                                      .data_out = link->data_out,
                                      .bytes_in = link->bytes_in,
                                      .bytes_out = link->bytes_out,
                                      .spared = spared(r, link),
                                      .refused = link->refused};

        if (link->closing)
            continue;
        if (link->hop != NULL)
            fill_hop(&view, link->hop);
        else
            fill_client(&view, link->client);
        visit(context, &view);
    }
}

static void entries(const struct table *table,
                    void (*visit)(void *context, const struct weir_sub_view *view), void *context)
{
    for (const struct node *node = table->first; node != NULL; node = node->next) {
        for (const struct entry *e = node->first; e != NULL; e = e->node_next) {
            const struct link *link = e->hop != NULL ? e->hop->link : e->client->link;
            struct weir_sub_view view = {
                .link = link != NULL ? link->number : UINT32_MAX,
                .link_name = e->hop != NULL ? weiri_hop_name(e->hop) : weiri_link_name(link),
                .role = e->hop != NULL ? WEIR_ROLE_BROKER : WEIR_ROLE_CLIENT,
                .id = e->id,
                .normal = node->normal,
                .promised = e->promised,
                .matched = e->matched};

            if (e->filter != NULL)
                view.text = weir_filter_text(e->filter);
            visit(context, &view);
        }
    }
}

void weir_router_subs(const struct weir_router *r,
                      void (*visit)(void *context, const struct weir_sub_view *view), void *context)
{
    entries(&r->tables[0], visit, context);
}

void weir_router_advs(const struct weir_router *r,
                      void (*visit)(void *context, const struct weir_sub_view *view), void *context)
{
    entries(&r->tables[1], visit, context);
}

void weir_router_brokers(const struct weir_router *r,
                         void (*visit)(void *context, const struct weir_broker_view *view),
                         void *context)
{
    for (const struct broker *b = r->broker_first; b != NULL; b = b->next) {
        struct weir_broker_view view = {
            .name = {b->name, b->name_len},
            .id = b->id,
            .incarnation = b->incarnation,
            .hops = b->hops
        };

        if (!b->reachable && b != r->self)
            continue;
        if (b != r->self && b->first_hop != NULL)
            view.next_hop = weiri_hop_name(b->first_hop);
        visit(context, &view);
    }
}

struct weir_router_stats weir_router_stats(const struct weir_router *r)
{
    struct weir_router_stats stats = r->stats;

    stats.gaps_open = r->own_gaps + r->learnt_gaps;
    stats.links = r->link_count;
    stats.clients = r->client_count;
    stats.subs = r->tables[0].entry_count;
    stats.advs = r->tables[1].entry_count;
    stats.filters = r->tables[0].node_count + r->tables[1].node_count;
    return stats;
}

void weir_router_sent(const struct weir_router *r, uint32_t number, bool advs,
                      void (*visit)(void *context, uint64_t seq, const struct weir_normal *normal),
                      void *context)
{
    const struct link *link = weiri_lookup_get(&r->by_number, number);

    if (link == NULL || link->hop == NULL)
        return;
    for (const struct node *node = r->tables[advs].first; node != NULL; node = node->next) {
        uint64_t seq = node->items[link->hop->slot].seq;

        if (seq != 0)
            visit(context, seq, node->normal);
    }
}
