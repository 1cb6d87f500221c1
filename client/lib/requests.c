/* requests.c - subscriptions, advertisements and queries: sent, answered, and asked for again
 * after a reconnect. */
#include "internal.h"

#include <weir/alloc.h>

#include <assert.h>
#include <string.h>

static struct request *find(const struct request_set *set, uint32_t id);
static bool reserve(struct request_set *set);
static bool is_busy(const struct request *r);
static void change(struct request_set *set, struct request *r, enum request_phase phase,
                   enum request_leaving leaving);
static void sweep(struct request_set *set);
static void enqueue(struct request_set *set, uint32_t id);
static enum weir_err send_queued(struct weir_client *client, enum request_kind kind);
static enum weir_err act(struct weir_client *client, enum request_kind kind, struct request *r,
                         bool *again);
static enum weir_err send_request(struct weir_client *client, enum request_kind kind,
                                  const struct request *r);
static enum weir_err send_withdrawal(struct weir_client *client, enum request_kind kind,
                                     uint32_t id);
static void tell_left(struct weir_client *client, enum request_kind kind, uint32_t id,
                      struct weir_outcome_view outcome);

/* ---- the set */

static struct request *find(const struct request_set *set, uint32_t id)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (set->items[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < set->count && set->items[low].id == id && set->items[low].phase != REQUEST_DEAD)
        return &set->items[low];
    return NULL;
}

/* Room for one more, in the queue too. */
static bool reserve(struct request_set *set)
{
    struct request *items =
        weiri_array_grow(NULL, set->items, &set->capacity, set->count + 1, sizeof *items);
    size_t capacity = set->queue_capacity == 0 ? 16 : set->queue_capacity;
    uint32_t *queue;

    if (items == NULL)
        return false;
    set->items = items;
    while (capacity < set->count + 1)
        capacity *= 2;
    if (capacity == set->queue_capacity)
        return true;
    queue = weiri_alloc_zeroed(NULL, capacity, sizeof *queue);
    if (queue == NULL)
        return false;
    for (size_t i = 0; i < set->queue_count; i++)
        queue[i] = set->queue[(set->queue_head + i) & (set->queue_capacity - 1)];
    weiri_release(NULL, set->queue);
    set->queue = queue;
    set->queue_capacity = capacity;
    set->queue_head = 0;
    return true;
}

static bool is_busy(const struct request *r)
{
    return r->phase == REQUEST_WAITING || r->phase == REQUEST_SENT ||
           (r->phase == REQUEST_IN_FORCE && r->leaving != LEAVING_NOT);
}

/* Moves items when a request has died: pointers to them are then void. */
static void change(struct request_set *set, struct request *r, enum request_phase phase,
                   enum request_leaving leaving)
{
    bool was = is_busy(r);

    set->sent = set->sent - (r->phase == REQUEST_SENT) + (phase == REQUEST_SENT);
    r->phase = (uint8_t)phase;
    r->leaving = (uint8_t)leaving;
    set->busy = set->busy - was + is_busy(r);
    if (phase == REQUEST_DEAD) {
        weiri_release(NULL, r->text);
        r->text = NULL;
        set->dead++;
        if (set->dead > set->count / 2)
            sweep(set);
    }
}

static void sweep(struct request_set *set)
{
    size_t kept = 0;

    for (size_t i = 0; i < set->count; i++)
        if (set->items[i].phase != REQUEST_DEAD)
            set->items[kept++] = set->items[i];
    set->count = kept;
    set->dead = 0;
}

static void enqueue(struct request_set *set, uint32_t id)
{
    assert(set->queue_count < set->queue_capacity);
    set->queue[(set->queue_head + set->queue_count) & (set->queue_capacity - 1)] = id;
    set->queue_count++;
}

void weiri_requests_fini(struct weir_client *client)
{
    for (int kind = 0; kind < REQUEST_KINDS; kind++) {
        struct request_set *set = &client->requests[kind];

        for (size_t i = 0; i < set->count; i++)
            weiri_release(NULL, set->items[i].text);
        weiri_release(NULL, set->items);
        weiri_release(NULL, set->queue);
    }
}

size_t weiri_requests_busy(const struct weir_client *client)
{
    size_t busy = 0;

    for (int kind = 0; kind < REQUEST_KINDS; kind++)
        busy += client->requests[kind].busy;
    return busy;
}

/* ---- asking */

enum weir_err weiri_request_add(struct weir_client *client, enum request_kind kind, uint32_t *id,
                                const char *text)
{
    struct request_set *set = &client->requests[kind];
    size_t length = strlen(text);
    struct request *r;
    char *copy;

    if (length > WEIR_FILTER_TEXT_MAX || set->last_id == UINT32_MAX ||
        set->count - set->dead >= WEIR_CLIENT_FILTERS_MAX)
        return WEIR_ELIMIT;
    if (!reserve(set))
        return WEIR_ENOMEM;
    copy = weiri_alloc(NULL, length + 1);
    if (copy == NULL)
        return WEIR_ENOMEM;
    memcpy(copy, text, length + 1);

    r = &set->items[set->count++];
    *r = (struct request){.id = ++set->last_id, .phase = REQUEST_WAITING, .text = copy};
    if (kind == REQUEST_ADVERTISEMENT)
        r->after = client->outbox.last_number;
    set->busy++;
    enqueue(set, r->id);
    *id = r->id;
    return WEIR_OK;
}

enum weir_err weiri_request_leave(struct weir_client *client, enum request_kind kind, uint32_t id)
{
    struct request_set *set = &client->requests[kind];
    struct request *r = find(set, id);

    if (r == NULL || r->leaving != LEAVING_NOT)
        return WEIR_ENOENT;
    if (kind == REQUEST_ADVERTISEMENT)
        r->leave_after = client->outbox.last_number;
    if (r->phase != REQUEST_WAITING) /* otherwise it is queued already */
        enqueue(set, id);
    change(set, r, r->phase, LEAVING_ASKED);
    return WEIR_OK;
}

uint64_t weiri_requests_publish_limit(const struct weir_client *client)
{
    const struct request_set *set = &client->requests[REQUEST_ADVERTISEMENT];
    uint64_t limit = UINT64_MAX;

    for (size_t i = 0; set->busy > 0 && i < set->count; i++) {
        const struct request *r = &set->items[i];

        if ((r->phase == REQUEST_WAITING || r->phase == REQUEST_SENT) && r->after < limit)
            limit = r->after;
        if (r->phase != REQUEST_DEAD && r->leaving != LEAVING_NOT && r->leave_after < limit)
            limit = r->leave_after;
    }
    return limit;
}

/* ---- sending */

enum weir_err weiri_requests_send(struct weir_client *client)
{
    enum weir_err err = WEIR_OK;

    if (client->phase != SESSION_UP)
        return WEIR_OK;
    for (int kind = 0; kind < REQUEST_KINDS && err == WEIR_OK; kind++)
        err = send_queued(client, (enum request_kind)kind);
    return err;
}

/* What has to wait for publishes goes to the end of the queue: others need not wait for it. */
static enum weir_err send_queued(struct weir_client *client, enum request_kind kind)
{
    struct request_set *set = &client->requests[kind];

    for (size_t n = set->queue_count; n > 0; n--) {
        uint32_t id = set->queue[set->queue_head];
        struct request *r = find(set, id);
        bool again = false;
        enum weir_err err;

        if (weiri_session_lane_full(client, WEIR_LINK_CONTROL))
            return WEIR_OK;
        if (kind == REQUEST_QUERY && set->sent != 0)
            return WEIR_OK; /* a broker closes those who ask too much at once */
        err = r != NULL ? act(client, kind, r, &again) : WEIR_OK;
        if (err == WEIR_ECLOSED)
            return WEIR_OK; /* a note will say so, and everything is asked for again */
        if (err != WEIR_OK)
            return err;
        set->queue_head = (set->queue_head + 1) & (set->queue_capacity - 1);
        set->queue_count--;
        if (again)
            enqueue(set, id);
    }
    return WEIR_OK;
}

/* *again: more is to be sent for it later. */
static enum weir_err act(struct weir_client *client, enum request_kind kind, struct request *r,
                         bool *again)
{
    struct request_set *set = &client->requests[kind];
    uint64_t decided = client->outbox.decided_number;
    enum weir_err err = WEIR_OK;

    if (r->leaving == LEAVING_ASKED && decided >= r->leave_after) {
        if (r->phase == REQUEST_WAITING) {
            uint32_t id = r->id;

            change(set, r, REQUEST_DEAD, LEAVING_NOT);
            tell_left(client, kind, id, (struct weir_outcome_view){.reason = WEIR_REASON_NONE});
            return WEIR_OK;
        }
        err = send_withdrawal(client, kind, r->id);
        if (err == WEIR_OK)
            change(set, r, r->phase, LEAVING_SENT);
        return err;
    }
    if (r->phase == REQUEST_WAITING && decided >= r->after) {
        err = send_request(client, kind, r);
        if (err != WEIR_OK)
            return err;
        change(set, r, REQUEST_SENT, r->leaving);
    }
    *again = r->phase == REQUEST_WAITING || r->leaving == LEAVING_ASKED;
    return WEIR_OK;
}

static enum weir_err send_request(struct weir_client *client, enum request_kind kind,
                                  const struct request *r)
{
    struct weir_str text = weir_str_of(r->text);
    struct weir_frame frame;

    if (kind == REQUEST_QUERY)
        frame = (struct weir_frame){
            .type = WEIR_FRAME_QUERY, .u.query = {r->id, text}
        };
    else
        frame = (struct weir_frame){
            .type = kind == REQUEST_SUBSCRIPTION ? WEIR_FRAME_SUBSCRIBE : WEIR_FRAME_ADVERTISE,
            .u.subscribe = {r->id, text}
        };
    return weiri_session_send(client, &frame);
}

static enum weir_err send_withdrawal(struct weir_client *client, enum request_kind kind,
                                     uint32_t id)
{
    struct weir_frame frame = {.type = kind == REQUEST_SUBSCRIPTION ? WEIR_FRAME_UNSUBSCRIBE
                                                                    : WEIR_FRAME_UNADVERTISE,
                               .u.id = {id}};

    assert(kind != REQUEST_QUERY);
    return weiri_session_send(client, &frame);
}

/* ---- answers */

bool weiri_request_answered(struct weir_client *client, enum request_kind kind,
                            const struct weir_outcome *outcome)
{
    struct request_set *set = &client->requests[kind];
    struct weir_outcome_view view = {outcome->reason, outcome->payload};
    struct request *r = find(set, outcome->id);
    bool leaving;

    if (r == NULL || r->phase != REQUEST_SENT)
        return false;
    leaving = r->leaving != LEAVING_NOT;
    if (outcome->reason == WEIR_REASON_NONE || leaving)
        change(set, r, REQUEST_IN_FORCE, r->leaving);
    else
        change(set, r, REQUEST_DEAD, LEAVING_NOT);
    if (leaving)
        return true; /* no longer of interest; the answer to the withdrawal is */
    if (kind == REQUEST_SUBSCRIPTION && client->callbacks.subscribed != NULL)
        client->callbacks.subscribed(client->context, outcome->id, view);
    if (kind == REQUEST_ADVERTISEMENT && client->callbacks.advertised != NULL)
        client->callbacks.advertised(client->context, outcome->id, view);
    return true;
}

bool weiri_request_left(struct weir_client *client, enum request_kind kind,
                        const struct weir_outcome *outcome)
{
    struct request_set *set = &client->requests[kind];
    struct request *r = find(set, outcome->id);

    if (r == NULL || r->leaving != LEAVING_SENT)
        return false;
    change(set, r, REQUEST_DEAD, LEAVING_NOT);
    tell_left(client, kind, outcome->id,
              (struct weir_outcome_view){outcome->reason, outcome->payload});
    return true;
}

static void tell_left(struct weir_client *client, enum request_kind kind, uint32_t id,
                      struct weir_outcome_view outcome)
{
    client->happened = true;
    if (kind == REQUEST_SUBSCRIPTION && client->callbacks.unsubscribed != NULL)
        client->callbacks.unsubscribed(client->context, id, outcome);
    if (kind == REQUEST_ADVERTISEMENT && client->callbacks.unadvertised != NULL)
        client->callbacks.unadvertised(client->context, id, outcome);
    if (kind == REQUEST_QUERY && client->callbacks.reply != NULL)
        client->callbacks.reply(
            client->context, id, true,
            (struct weir_outcome_view){WEIR_REASON_SHUTDOWN, WEIR_STR("connection lost")});
}

bool weiri_request_reply(struct weir_client *client, const struct weir_reply *reply)
{
    struct request_set *set = &client->requests[REQUEST_QUERY];
    struct request *r = find(set, reply->id);
    bool last = reply->last != 0;

    if (r == NULL || r->phase != REQUEST_SENT)
        return false;
    if (last)
        change(set, r, REQUEST_DEAD, LEAVING_NOT);
    if (client->callbacks.reply != NULL)
        client->callbacks.reply(client->context, reply->id, last,
                                (struct weir_outcome_view){reply->reason, reply->payload});
    return true;
}

/* ---- after a lost connection */

/* Everything is asked for again.  What was leaving, and queries, whose answers are in pieces, have
 * ended with the connection: they are confirmed in their turn without being sent. */
void weiri_requests_reset(struct weir_client *client)
{
    for (int kind = 0; kind < REQUEST_KINDS; kind++) {
        struct request_set *set = &client->requests[kind];

        sweep(set);
        set->queue_head = 0;
        set->queue_count = 0;
        for (size_t i = 0; i < set->count; i++) {
            struct request *r = &set->items[i];
            bool ended =
                r->leaving == LEAVING_SENT || (kind == REQUEST_QUERY && r->phase == REQUEST_SENT);

            if (kind == REQUEST_ADVERTISEMENT && r->phase != REQUEST_WAITING)
                r->after = client->outbox.decided_number; /* all publishes wait for it */
            change(set, r, REQUEST_WAITING, ended ? LEAVING_ASKED : r->leaving);
            enqueue(set, r->id);
        }
    }
}
