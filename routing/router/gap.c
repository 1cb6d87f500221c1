/* gap.c - losses are told: while a link is down, brokers on either side report it to all their
 * subscribers, and report its end once everything that crossed the link is in force again.
 *
 * Our own gap about a lost link covers whatever lies behind it, so gaps learnt over a link end for
 * us when the link does, and are learnt again when it returns.  That keeps the table bounded by the
 * open gaps of the tree at hand.  Gaps are listed in the order of their last change; hops and
 * clients read that list at their own pace. */
#include "internal.h"

#include <assert.h>
#include <string.h>

#include <weir/alloc.h>

/* A tree has one link less than brokers, and both ends of each report. */
#define LEARNT_GAPS_MAX (2 * WEIR_BROKERS_MAX)
#define OWN_GAPS_MAX (2 * WEIR_LINKS_MAX)

static void unlink_gap(struct weir_router *r, struct gap *gap)
{
    *(gap->prev != NULL ? &gap->prev->next : &r->gap_first) = gap->next;
    *(gap->next != NULL ? &gap->next->prev : &r->gap_last) = gap->prev;
}

static void append_gap(struct weir_router *r, struct gap *gap)
{
    gap->version = ++r->gap_version;
    gap->next = NULL;
    gap->prev = r->gap_last;
    *(r->gap_last != NULL ? &r->gap_last->next : &r->gap_first) = gap;
    r->gap_last = gap;
    r->notices_due = true;
}

static bool is_own(const struct gap *gap)
{
    return gap->from_session == 0;
}

static struct weir_str near_of(const struct gap *gap)
{
    return (struct weir_str){gap->near_name, gap->near_len};
}

static struct weir_str far_of(const struct gap *gap)
{
    return (struct weir_str){gap->far_name, gap->far_len};
}

static void count_open(struct weir_router *r, const struct gap *gap, bool begins)
{
    struct hop *hop;

    *(is_own(gap) ? &r->own_gaps : &r->learnt_gaps) += begins ? 1 : SIZE_MAX;
    for (uint32_t i = 0; i < r->slots && !is_own(gap); i++) {
        hop = r->hops[i];
        if (hop != NULL && hop->session == gap->from_session)
            hop->open_gaps += begins ? 1 : UINT32_MAX;
    }
}

static void end_gap(struct weir_router *r, struct gap *gap)
{
    if (gap->ended)
        return;
    gap->ended = true;
    r->ended_gaps++;
    count_open(r, gap, false);
    unlink_gap(r, gap);
    append_gap(r, gap);
    weiri_trace(r, "gap-end", "near=%s far=%s", QUOTED(near_of(gap)), QUOTED(far_of(gap)));
}

static void insert_gap(struct weir_router *r, struct gap *gap)
{
    append_gap(r, gap);
    gap->begun = gap->version;
    count_open(r, gap, true);
    r->stats.gaps++;
    weiri_trace(r, "gap-begin", "near=%s far=%s", QUOTED(near_of(gap)), QUOTED(far_of(gap)));
}

/* ---- our own */

enum weir_err weiri_gap_reserve(struct weir_router *r, struct hop *hop)
{
    for (size_t i = 0; i < 2; i++) {
        if (hop->spare_gaps[i] == NULL)
            hop->spare_gaps[i] = weiri_alloc_zeroed(r->alloc, 1, sizeof *hop->spare_gaps[i]);
        if (hop->spare_gaps[i] == NULL)
            return WEIR_ENOMEM;
    }
    return WEIR_OK;
}

static struct gap *own_gap(const struct weir_router *r, const struct hop *hop)
{
    for (struct gap *gap = r->gap_first; gap != NULL; gap = gap->next) {
        if (is_own(gap) && !gap->ended && gap->far == hop->id)
            return gap;
    }
    return NULL;
}

/* Of neighbours that went without a trace the one that went first is given up. */
static void bound_own(struct weir_router *r)
{
    struct gap *gap = r->gap_first;

    if (r->own_gaps < OWN_GAPS_MAX)
        return;
    while (gap->ended || !is_own(gap) || weiri_hop_find(r, gap->far) != NULL)
        gap = gap->next; /* there are fewer hops than that */
    end_gap(r, gap);
}

void weiri_gap_begin(struct weir_router *r, struct hop *hop)
{
    struct gap **spare = &hop->spare_gaps[hop->spare_gaps[0] == NULL];
    struct gap *gap = *spare;

    if (own_gap(r, hop) != NULL)
        return;
    assert(gap != NULL);
    bound_own(r);
    *spare = NULL;
    hop->reported = true;
    gap->reporter = r->id;
    gap->episode = ++r->next_episode;
    memcpy(gap->near_name, r->name, r->config.name.len);
    gap->near_len = r->config.name.len;
    gap->far = hop->id;
    memcpy(gap->far_name, hop->name, hop->name_len);
    gap->far_len = hop->name_len;
    insert_gap(r, gap);
}

void weiri_gap_end(struct weir_router *r, const struct hop *hop)
{
    struct gap *gap = own_gap(r, hop);

    if (gap != NULL)
        end_gap(r, gap);
}

void weiri_gap_once(struct weir_router *r, struct hop *hop)
{
    if (own_gap(r, hop) != NULL)
        return; /* it lasts longer */
    weiri_gap_begin(r, hop);
    weiri_gap_end(r, hop);
    hop->reported = false;
}

/* A broker that is reached another way now, over a hop that is in sync, is not cut off any more:
 * its link closed a cycle, or the overlay has been wired anew. */
void weiri_gap_review(struct weir_router *r)
{
    struct gap *last = r->gap_last, *next;

    /* those that end move behind `last` */
    for (struct gap *gap = r->gap_first; gap != NULL; gap = next) {
        next = gap == last ? NULL : gap->next;
        if (is_own(gap) && weiri_reached_in_sync(r, gap->far))
            end_gap(r, gap);
    }
}

/* ---- those of others */

void weiri_gap_forget(struct weir_router *r, const struct hop *hop)
{
    struct gap *last = r->gap_last, *next;

    /* those that end move behind `last` */
    for (struct gap *gap = r->gap_first; gap != NULL; gap = next) {
        next = gap == last ? NULL : gap->next;
        if (gap->from_session == hop->session)
            end_gap(r, gap);
    }
}

/* More gaps than a tree can have: the neighbour that said most of them is not to be believed. */
static void bound_learnt(struct weir_router *r)
{
    struct hop *most = NULL;

    if (r->learnt_gaps < LEARNT_GAPS_MAX)
        return;
    for (uint32_t i = 0; i < r->slots; i++) {
        struct hop *hop = r->hops[i];

        if (hop != NULL && (most == NULL || hop->open_gaps > most->open_gaps))
            most = hop;
    }
    weiri_link_close(r, most->link, WEIR_REASON_LIMIT, "too many gaps");
}

enum weir_err weiri_gap(struct weir_router *r, struct hop *hop, const struct weir_gap *gap)
{
    struct gap *known = r->gap_first;

    if (gap->near_name.len > WEIR_BROKER_NAME_MAX || gap->far_name.len > WEIR_BROKER_NAME_MAX) {
        weiri_link_close(r, hop->link, WEIR_REASON_PROTOCOL, "impossible gap");
        return WEIR_OK;
    }
    while (known != NULL &&
           (known->reporter != gap->reporter || known->episode != gap->episode || known->ended))
        known = known->next;
    if (gap->ended != 0) {
        if (known != NULL && known->from_session == hop->session)
            end_gap(r, known);
        return WEIR_OK;
    }
    if (known != NULL || gap->reporter == r->id)
        return WEIR_OK;
    bound_learnt(r);
    if (hop->state != HOP_UP)
        return WEIR_OK;
    known = weiri_alloc_zeroed(r->alloc, 1, sizeof *known);
    if (known == NULL)
        return WEIR_ENOMEM;
    known->reporter = gap->reporter;
    known->episode = gap->episode;
    known->from_session = hop->session;
    known->near_len = gap->near_name.len;
    known->far_len = gap->far_name.len;
    memcpy(known->near_name, gap->near_name.ptr, gap->near_name.len);
    memcpy(known->far_name, gap->far_name.ptr, gap->far_name.len);
    insert_gap(r, known);
    return WEIR_OK;
}

/* ---- telling */

void weiri_gap_tell(const struct weir_router *r, struct gap_reader *reader)
{
    *reader = (struct gap_reader){.cursor = 0, .floor = r->gap_version};
}

static enum weir_err send_gap(struct weir_router *r, struct link *link, enum weir_frame_type type,
                              const struct gap *gap, bool ended)
{
    struct weir_frame frame = {.type = type};

    frame.u.gap = (struct weir_gap){gap->reporter, gap->episode, ended, near_of(gap), far_of(gap)};
    return weiri_send(r, link, &frame, (struct weir_str){NULL, 0});
}

static enum weir_err tell(struct weir_router *r, struct link *link, enum weir_frame_type type,
                          const struct gap_reader *reader, const struct gap *gap)
{
    enum weir_err err = WEIR_OK;

    if (gap->ended && gap->version <= reader->floor)
        return WEIR_OK;
    if (gap->begun > reader->cursor)
        err = weiri_out_reserve(&r->out, 2, 2 * (HEAD_SIZE_MAX + 2 * WEIR_BROKER_NAME_MAX));
    if (err == WEIR_OK && gap->begun > reader->cursor)
        err = send_gap(r, link, type, gap, false);
    if (err == WEIR_OK && gap->ended)
        err = send_gap(r, link, type, gap, true);
    return err;
}

static struct gap *first_after(const struct weir_router *r, uint64_t cursor)
{
    struct gap *gap = r->gap_last;

    if (gap == NULL || gap->version <= cursor)
        return NULL;
    while (gap->prev != NULL && gap->prev->version > cursor)
        gap = gap->prev;
    return gap;
}

enum weir_err weiri_gap_flush(struct weir_router *r, struct hop *hop)
{
    for (struct gap *gap = first_after(r, hop->gaps.cursor); gap != NULL; gap = gap->next) {
        /* the peer knows what it told us, and of its own link */
        bool known = gap->from_session == hop->session || (is_own(gap) && gap->far == hop->id);
        enum weir_err err = known ? WEIR_OK : tell(r, hop->link, WEIR_FRAME_GAP, &hop->gaps, gap);

        if (err != WEIR_OK)
            return err;
        hop->gaps.cursor = gap->version;
    }
    return WEIR_OK;
}

enum weir_err weiri_gap_notices(struct weir_router *r, struct client *client)
{
    if (!client->told)
        return WEIR_OK;
    for (struct gap *gap = first_after(r, client->gaps.cursor); gap != NULL; gap = gap->next) {
        enum weir_err err = tell(r, client->link, WEIR_FRAME_NOTICE, &client->gaps, gap);

        if (err != WEIR_OK)
            return err;
        client->gaps.cursor = gap->version;
    }
    return WEIR_OK;
}

/* Forgets ended gaps of which everybody has been told. */
void weiri_gap_sweep(struct weir_router *r)
{
    uint64_t told = r->gap_version;
    struct gap *next;

    if (r->ended_gaps == 0)
        return;
    for (const struct link *link = r->first_link; link != NULL; link = link->next) {
        if (link->hop != NULL && link->hop->gaps.cursor < told)
            told = link->hop->gaps.cursor;
        if (link->client != NULL && link->client->told && link->client->gaps.cursor < told)
            told = link->client->gaps.cursor;
    }
    for (struct gap *gap = r->gap_first; gap != NULL; gap = next) {
        next = gap->next;
        if (!gap->ended || gap->version > told)
            continue;
        unlink_gap(r, gap);
        weiri_release(r->alloc, gap);
        r->ended_gaps--;
    }
}

void weiri_gaps_fini(struct weir_router *r)
{
    struct gap *next;

    for (struct gap *gap = r->gap_first; gap != NULL; gap = next) {
        next = gap->next;
        weiri_release(r->alloc, gap);
    }
}
