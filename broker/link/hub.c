/* hub.c - the owner's loop: what NNG's threads have posted becomes notes.
 *
 * One refill takes everything posted so far under one lock, so the cost of the lock and of the
 * descriptor is shared by all notes of a batch; the descriptor is touched only when the inbox turns
 * from empty to not empty and back. */
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <weir/alloc.h>

#define READ_SIZE (64 * 1024)
#define LOW (64 * 1024)
#define CONNS_MAX 65536
#define WAIT_MAX_MS 60000
#define BUCKETS_MAX 16384
#define LINGER_STEP_MS 10 /* how exact deadlines of closing connections are */

static bool next_of_batch(struct weir_hub *hub, struct weir_note *note);
static void give_back(struct weir_hub *hub);
static bool refill(struct weir_hub *hub);
static struct conn *take_ready(struct weir_hub *hub);
static void take(struct conn *c);
static void clear_signal(struct weir_hub *hub);
static void collect_blocks(struct weir_hub *hub);
static void note_taken(struct conn *c);
static uint64_t run_timers(struct weir_hub *hub, uint64_t now);
static bool wait_for_post(struct weir_hub *hub, uint64_t now, uint64_t until, uint64_t timer);

uint64_t weiri_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

enum weir_err weir_hub_create(struct weir_hub **out, const struct weir_hub_options *options,
                              const struct weir_alloc *alloc)
{
    struct weir_hub *hub = weiri_alloc_zeroed(alloc, 1, sizeof *hub);

    if (hub == NULL)
        return WEIR_ENOMEM;
    hub->alloc = alloc;
    hub->read_size = options != NULL && options->read_size != 0 ? options->read_size : READ_SIZE;
    if (hub->read_size < READ_SIZE_MIN)
        hub->read_size = READ_SIZE_MIN;
    hub->low = options != NULL && options->low != 0 ? options->low : LOW;
    hub->conns_max = options != NULL && options->conns_max != 0 ? options->conns_max : CONNS_MAX;
    hub->bucket_count = 1;
    while (hub->bucket_count < hub->conns_max && hub->bucket_count < BUCKETS_MAX)
        hub->bucket_count *= 2;
    hub->buckets = weiri_alloc_zeroed(alloc, hub->bucket_count, sizeof *hub->buckets);
    if (hub->buckets == NULL) {
        weiri_release(alloc, hub);
        return WEIR_ENOMEM;
    }
    hub->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (hub->event_fd < 0) {
        weiri_release(alloc, hub->buckets);
        weiri_release(alloc, hub);
        return WEIR_EIO;
    }
    pthread_mutex_init(&hub->mutex, NULL);
    atomic_init(&hub->interrupted, false);
    atomic_init(&hub->flying, 0);
    *out = hub;
    return WEIR_OK;
}

void weir_hub_destroy(struct weir_hub *hub)
{
    if (hub == NULL)
        return;
    weiri_listeners_destroy(hub);
    for (struct conn *c = hub->conns; c != NULL; c = c->next)
        weiri_conn_close_stream(c);
    /* All before the first is destroyed: their callbacks put them on one list. */
    for (struct conn *c = hub->conns; c != NULL; c = c->next) {
        nng_aio_stop(c->read_aio);
        nng_aio_stop(c->send_aio);
    }
    while (hub->conns != NULL) {
        struct conn *c = hub->conns;

        if (c->dial_stream != NULL)
            nng_stream_free(c->dial_stream);
        weiri_conn_destroy(c);
    }
    weiri_blocks_free(hub, &hub->returned);
    weiri_blocks_free(hub, &hub->free_blocks);
    close(hub->event_fd);
    pthread_mutex_destroy(&hub->mutex);
    weiri_release(hub->alloc, hub->batch);
    weiri_release(hub->alloc, hub->buckets);
    weiri_release(hub->alloc, hub);
}

/* ---- what NNG's threads call */

bool weiri_hub_post(struct weir_hub *hub, struct conn *c)
{
    if (!c->ready) {
        c->ready = true;
        c->ready_next = NULL;
        if (hub->ready_last == NULL)
            hub->ready_first = c;
        else
            hub->ready_last->ready_next = c;
        hub->ready_last = c;
    }
    return weiri_hub_wants_signal(hub);
}

bool weiri_hub_wants_signal(struct weir_hub *hub)
{
    bool signal = !hub->signalled;

    hub->signalled = true;
    return signal;
}

void weiri_hub_signal(struct weir_hub *hub)
{
    uint64_t one = 1;
    ssize_t written = write(hub->event_fd, &one, sizeof one);

    (void)written; /* EAGAIN: it is readable as it is */
}

void weir_hub_interrupt(struct weir_hub *hub)
{
    int saved = errno;

    atomic_store(&hub->interrupted, true);
    weiri_hub_signal(hub);
    errno = saved;
}

/* ---- the owner's side */

int weir_hub_descriptor(const struct weir_hub *hub)
{
    return hub->event_fd;
}

struct weir_hub_stats weir_hub_stats(const struct weir_hub *hub)
{
    struct weir_hub_stats stats = hub->stats;

    stats.queued += atomic_load(&hub->flying);
    return stats;
}

void weir_hub_flush(struct weir_hub *hub)
{
    struct conn *start = NULL;

    if (hub->dirty == NULL)
        return;
    pthread_mutex_lock(&hub->mutex);
    collect_blocks(hub);
    while (hub->dirty != NULL) {
        struct conn *c = hub->dirty;
        bool idle = !atomic_load(&c->sending);

        hub->dirty = c->dirty_next;
        c->dirty = false;
        if (c->lanes[WEIR_LINK_CONTROL].size + c->lanes[WEIR_LINK_DATA].size == 0 ||
            c->state == CONN_DIALLING || c->state >= CONN_CLOSING)
            continue;
        if (idle) {
            weiri_conn_load(c);
            atomic_store(&c->sending, true);
            c->start_next = start;
            start = c;
        }
        c->want_sent = !idle || c->above_low || c->state == CONN_LINGERING ||
                       c->lanes[WEIR_LINK_CONTROL].size + c->lanes[WEIR_LINK_DATA].size != 0;
    }
    pthread_mutex_unlock(&hub->mutex);
    weiri_blocks_trim(hub);
    while (start != NULL) {
        struct conn *c = start;

        start = c->start_next;
        hub->stats.writes++;
        hub->stats.bytes_out += c->flight_size[WEIR_LINK_CONTROL] + c->flight_size[WEIR_LINK_DATA];
        weiri_conn_send(c);
    }
}

static void collect_blocks(struct weir_hub *hub)
{
    /* The ones used last first: they are in the cache. */
    weiri_blocks_splice(&hub->returned, &hub->free_blocks);
    hub->free_blocks = hub->returned;
    hub->returned = (struct block_list){0};
}

void weir_hub_next(struct weir_hub *hub, int timeout_ms, struct weir_note *note)
{
    uint64_t until = 0;

    give_back(hub);
    for (;;) {
        if (next_of_batch(hub, note))
            return;
        weir_hub_flush(hub);
        bool found = refill(hub);

        if (atomic_exchange(&hub->interrupted, false))
            break;
        uint64_t now = 0, timer = UINT64_MAX;

        if (hub->lingering != 0 || hub->listener_count != 0 || !found)
            now = weiri_now_ms();
        if (hub->lingering != 0 || hub->listener_count != 0)
            timer = run_timers(hub, now);
        if (found)
            continue;
        if (until == 0)
            until = timeout_ms < 0 ? UINT64_MAX : now + (uint64_t)timeout_ms;
        if (timeout_ms == 0 || !wait_for_post(hub, now, until, timer))
            break;
    }
    *note = (struct weir_note){.type = WEIR_NOTE_NONE};
}

/* Ends the loan of the bytes of the last note. */
static void give_back(struct weir_hub *hub)
{
    if (hub->borrowed == NULL)
        return;
    weiri_conn_release(hub->borrowed, hub->borrowed_buffer);
    hub->borrowed = NULL;
}

static bool next_of_batch(struct weir_hub *hub, struct weir_note *note)
{
    while (hub->batch_next < hub->batch_count) {
        const struct batch_note *from = &hub->batch[hub->batch_next++];
        struct conn *c = from->conn;
        bool last = from->type == WEIR_NOTE_CLOSED || from->type == WEIR_NOTE_FAILED;

        *note = (struct weir_note){.type = from->type, .conn = c->id};
        if (last) {
            note->type = c->dismissed ? WEIR_NOTE_CLOSED : from->type;
            note->err = c->dismissed ? WEIR_OK : c->err;
            weiri_conn_destroy(c);
            return true;
        }
        if (from->type == WEIR_NOTE_BYTES && c->dismissed)
            weiri_conn_release(c, from->buffer);
        if (c->dismissed)
            continue;
        if (from->type == WEIR_NOTE_BYTES) {
            note->bytes = c->buffers[from->buffer].bytes;
            note->size = c->buffers[from->buffer].size;
            hub->borrowed = c;
            hub->borrowed_buffer = from->buffer;
        }
        return true;
    }
    return false;
}

void weiri_hub_note(struct weir_hub *hub, enum weir_note_type type, struct conn *c, unsigned buffer)
{
    hub->batch[hub->batch_count++] = (struct batch_note){type, c, buffer};
}

/* Takes all that was posted.  False when that was nothing; the descriptor is then clear. */
static bool refill(struct weir_hub *hub)
{
    bool accepted[LISTENERS_MAX] = {false};
    nng_stream *streams[LISTENERS_MAX] = {NULL};
    struct conn *resumed = NULL;

    hub->batch_next = 0;
    hub->batch_count = 0;
    pthread_mutex_lock(&hub->mutex);
    collect_blocks(hub);
    while (hub->releases != NULL) {
        struct conn *c = hub->releases;

        hub->releases = c->release_next;
        c->releasing = false;
        if (weiri_conn_resume(c)) {
            c->start_next = resumed;
            resumed = c;
        }
    }
    bool any_accepted = hub->accepted;
    struct conn *ready = take_ready(hub);

    if (any_accepted) {
        hub->accepted = false;
        for (size_t i = 0; i < hub->listener_count; i++) {
            accepted[i] = hub->listeners[i].done;
            streams[i] = hub->listeners[i].stream;
            hub->listeners[i].done = false;
            hub->listeners[i].stream = NULL;
        }
    }
    if (ready == NULL && !any_accepted)
        clear_signal(hub);
    pthread_mutex_unlock(&hub->mutex);

    for (; resumed != NULL; resumed = resumed->start_next)
        weiri_conn_receive(resumed);
    bool found = ready != NULL || any_accepted;

    while (ready != NULL) {
        struct conn *c = ready;

        ready = c->taken_next;
        note_taken(c);
    }
    if (any_accepted)
        weiri_listeners_accept(hub, accepted, streams);
    weiri_blocks_trim(hub);
    return found;
}

static struct conn *take_ready(struct weir_hub *hub)
{
    struct conn *first = hub->ready_first;

    for (struct conn *c = first; c != NULL; c = c->ready_next)
        take(c);
    hub->ready_first = NULL;
    hub->ready_last = NULL;
    return first;
}

static void take(struct conn *c)
{
    c->taken.sent = c->sent;
    c->taken.idle = !c->receiving && !atomic_load(&c->sending);
    memcpy(c->taken.full, c->full, sizeof c->full);
    c->taken.full_count = c->full_count;
    c->taken.receive_err = c->receive_err;
    c->taken.send_err = c->send_err;
    c->taken_next = c->ready_next;
    c->sent = false;
    c->full_count = 0;
    c->ready = false;
}

static void clear_signal(struct weir_hub *hub)
{
    uint64_t count;
    ssize_t got = read(hub->event_fd, &count, sizeof count);

    (void)got; /* EAGAIN: it is clear as it is */
    hub->signalled = false;
}

/* Turns what was taken from a connection into notes, in the order in which it happened. */
static void note_taken(struct conn *c)
{
    struct weir_hub *hub = c->hub;
    const struct taken *t = &c->taken;
    bool closing = c->state == CONN_CLOSING; /* and so on no list once it is idle */

    if (c->dialer != NULL) {
        weiri_dial_done(c, t->receive_err);
        return;
    }
    for (unsigned i = 0; i < t->full_count; i++) {
        hub->stats.reads++;
        hub->stats.bytes_in += c->buffers[t->full[i]].size;
        if (c->state == CONN_LINGERING)
            weiri_conn_heard(c);
        weiri_hub_note(hub, WEIR_NOTE_BYTES, c, t->full[i]);
    }
    if (t->sent && c->state <= CONN_LINGERING) {
        size_t queued = c->lanes[WEIR_LINK_CONTROL].size + c->lanes[WEIR_LINK_DATA].size;

        if (queued != 0)
            weiri_conn_dirty(c);
        if (c->above_low && queued <= hub->low && c->state == CONN_OPEN) {
            c->above_low = false;
            weiri_hub_note(hub, WEIR_NOTE_DRAINED, c, 0);
        }
    }
    if (t->receive_err != 0)
        weiri_conn_shut(c, weiri_err_of(t->receive_err));
    else if (t->send_err != 0 && c->state == CONN_LINGERING)
        weiri_conn_shut(c, WEIR_OK);
    else if (t->send_err != 0 && c->state == CONN_OPEN) {
        c->err = weiri_err_of(t->send_err);
        weiri_conn_linger(c, CONN_BROKEN, 0);
    }
    if (closing && t->idle) {
        c->state = CONN_GONE;
        weiri_hub_note(hub, WEIR_NOTE_CLOSED, c, 0);
    }
}

/* Returns when something is due next. */
static uint64_t run_timers(struct weir_hub *hub, uint64_t now)
{
    uint64_t next_ms = UINT64_MAX;

    weiri_listeners_retry(hub, now, &next_ms);
    if (hub->lingering == 0)
        return next_ms;
    if (now >= hub->linger_due_ms) {
        hub->linger_due_ms = now + LINGER_STEP_MS;
        for (struct conn *c = hub->conns; c != NULL; c = c->next)
            if (c->state == CONN_BROKEN || c->state == CONN_LINGERING)
                weiri_conn_lingered(c, now);
    }
    return hub->linger_due_ms < next_ms ? hub->linger_due_ms : next_ms;
}

/* False when `until` has come. */
static bool wait_for_post(struct weir_hub *hub, uint64_t now, uint64_t until, uint64_t timer)
{
    struct pollfd pollfd = {.fd = hub->event_fd, .events = POLLIN};
    uint64_t wake = until < timer ? until : timer;

    if (now >= until)
        return false;
    uint64_t rest = wake <= now ? 0 : wake - now;
    int wait_ms = wake == UINT64_MAX ? -1 : rest > WAIT_MAX_MS ? WAIT_MAX_MS : (int)rest;

    (void)poll(&pollfd, 1, wait_ms); /* EINTR: look again */
    return true;
}
