/* daemon.c - the loop: notes from the hub become inputs of the router, actions become sends.
 *
 * All notes at hand are worked off, up to a bound, before the router gets a TICK and the hub
 * flushes: acknowledgements and writes are shared by everything in the batch. */
#include "daemon.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <weir/wire.h>

#define NOTES_MAX 64 /* of a batch */
#define EXIT_LISTEN 8

static uint64_t random_seed(struct daemon *d);
static bool open_router(struct daemon *d);
static int open_listeners(struct daemon *d);
static bool announce(struct daemon *d, char bound[][WEIR_URL_MAX]);
static void serve(struct daemon *d);
static void take_notes(struct daemon *d, int timeout_ms);
static void take_note(struct daemon *d, const struct weir_note *note);
static int timeout_until(const struct daemon *d, uint64_t at_ms);
static void begin_draining(struct daemon *d);
static void apply(struct daemon *d, const struct weir_action *action);
static void send_action(struct daemon *d, const struct weir_action *action,
                        struct weir_str payload);
static void clock_read(struct daemon *d);
static void trace(void *context, const char *event, const char *text);
static void close_all(struct daemon *d);

int daemon_run(const struct config *config, uint64_t incarnation, struct weir_hub *hub,
               const atomic_bool *stop)
{
    struct daemon d = {
        .config = config,
        .log = {config->log},
        .hub = hub,
        .incarnation = incarnation,
        .wake_ms = UINT64_MAX,
        .random = incarnation * UINT64_C(0x9E3779B97F4A7C15) | 1,
        .stop = stop,
    };
    int status = EXIT_FAILURE;

    clock_read(&d);
    d.start_ms = d.now_ms;
    weiri_buf_init(&d.frame, WEIR_FRAME_SIZE_MAX, NULL);
    d.dials = calloc(config->link_count + 1, sizeof *d.dials);
    if (d.dials == NULL || !open_router(&d))
        daemon_out_of_memory(&d);
    for (size_t i = 0; i < config->link_count; i++)
        if (config->links[i].address != NULL)
            dial_init(&d, &d.dials[d.dial_count++], &config->links[i]);
    status = open_listeners(&d);
    if (status == 0)
        serve(&d);
    close_all(&d);
    return status;
}

/* Without randomness a broker would run, but peers could slow it down by what they choose. */
static uint64_t random_seed(struct daemon *d)
{
    uint64_t seed;
    struct fact f;

    if (getrandom(&seed, sizeof seed, 0) == (ssize_t)sizeof seed)
        return seed;
    fact_begin(&f, &d->log, LOG_WARN, "no-randomness");
    fact_text(&f, "error", strerror(errno));
    fact_end(&f);
    return d->random;
}

static bool open_router(struct daemon *d)
{
    const struct config *config = d->config;
    struct weir_str *neighbours = calloc(config->link_count + 1, sizeof *neighbours);
    struct weir_router_config router = {
        .name = weir_str_of(config->name),
        .incarnation = d->incarnation,
        .strategy = config->strategy,
        .advertisements = config->advertisements,
        .heartbeat_ms = (uint32_t)config->heartbeat_ms,
        .hold_ms = (uint32_t)config->hold_ms,
        .link_window = config->link_window,
        .client_window = config->client_window,
        .cover_work = (uint32_t)config->cover_work,
        .neighbours = neighbours,
        .neighbour_count = config->link_count,
        .unlisted = config->unlisted,
        .hash_seed = random_seed(d),
        .trace = trace,
        .trace_context = d,
    };

    if (neighbours == NULL)
        return false;
    for (size_t i = 0; i < config->link_count; i++)
        neighbours[i] = weir_str_of(config->links[i].name);
    enum weir_err err = weir_router_create(&d->router, &router, NULL);

    free(neighbours);
    return err == WEIR_OK;
}

static int open_listeners(struct daemon *d)
{
    char bound[16][WEIR_URL_MAX];
    struct fact f;

    for (size_t i = 0; i < d->config->listen_count; i++) {
        enum weir_err err = weir_hub_listen(d->hub, d->config->listen[i], bound[i]);
        bool failed = err != WEIR_OK;

        fact_begin(&f, &d->log, failed ? LOG_ERROR : LOG_INFO,
                   failed ? "cannot-listen" : "listening");
        fact_text(&f, "address", failed ? d->config->listen[i] : bound[i]);
        if (failed)
            fact_text(&f, "error", weir_err_text(err));
        fact_end(&f);
        if (failed)
            return EXIT_LISTEN;
    }
    return announce(d, bound) ? 0 : EXIT_FAILURE;
}

/* Writes the files that say that the broker listens, and where. */
static bool announce(struct daemon *d, char bound[][WEIR_URL_MAX])
{
    char text[16 * (WEIR_URL_MAX + 1)] = "", pid[24];
    size_t used = 0;
    const char *bad = NULL;
    struct fact f;

    for (size_t i = 0; i < d->config->listen_count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s\n", bound[i]);
    snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    d->announced = true;
    if (d->config->pid_file != NULL && !files_write(d->config->pid_file, pid))
        bad = d->config->pid_file;
    else if (d->config->ready_file != NULL && !files_write(d->config->ready_file, text))
        bad = d->config->ready_file;
    if (bad == NULL)
        return true;
    fact_begin(&f, &d->log, LOG_ERROR, "cannot-write");
    fact_text(&f, "file", bad);
    fact_end(&f);
    return false;
}

static void serve(struct daemon *d)
{
    struct fact f;

    fact_begin(&f, &d->log, LOG_INFO, "started");
    fact_text(&f, "name", d->config->name);
    fact_number(&f, "incarnation", d->incarnation);
    fact_number(&f, "pid", (uint64_t)getpid());
    fact_end(&f);
    daemon_step(d, &(struct weir_input){.type = WEIR_IN_TICK});
    while (!d->draining || (weir_hub_stats(d->hub).conns != 0 && d->now_ms < d->drain_until_ms)) {
        uint64_t next_ms = d->wake_ms, due_ms;

        due_ms = dial_timers(d);
        next_ms = due_ms < next_ms ? due_ms : next_ms;
        due_ms = peer_timers(d);
        next_ms = due_ms < next_ms ? due_ms : next_ms;
        daemon_settle(d);
        if (d->draining && d->drain_until_ms < next_ms)
            next_ms = d->drain_until_ms;
        take_notes(d, d->questions != NULL ? 0 : timeout_until(d, next_ms));
        admin_turn(d);
        if (d->now_ms >= d->wake_ms) {
            d->wake_ms = UINT64_MAX;
            daemon_step(d, &(struct weir_input){.type = WEIR_IN_TICK});
        }
        peer_check_memory(d);
        daemon_settle(d);
        if (!d->draining && atomic_load(d->stop))
            begin_draining(d);
    }
    fact_begin(&f, &d->log, LOG_INFO, "stopped");
    fact_text(&f, "name", d->config->name);
    fact_number(&f, "cut_off", weir_hub_stats(d->hub).conns);
    fact_end(&f);
}

static int timeout_until(const struct daemon *d, uint64_t at_ms)
{
    if (at_ms == UINT64_MAX)
        return -1;
    if (at_ms <= d->now_ms)
        return 0;
    return at_ms - d->now_ms > 3600000 ? 3600000 : (int)(at_ms - d->now_ms);
}

static void take_notes(struct daemon *d, int timeout_ms)
{
    struct weir_note note;

    weir_hub_next(d->hub, timeout_ms, &note);
    clock_read(d);
    for (unsigned n = 1; note.type != WEIR_NOTE_NONE; n++) {
        take_note(d, &note);
        daemon_settle(d);
        if (n == NOTES_MAX)
            return;
        weir_hub_next(d->hub, 0, &note);
        clock_read(d);
    }
}

static void take_note(struct daemon *d, const struct weir_note *note)
{
    struct peer *peer = peer_find(d, note->conn);

    switch (note->type) {
    case WEIR_NOTE_ACCEPTED: peer_accepted(d, note->conn); break;
    case WEIR_NOTE_CONNECTED: peer_connected(d, peer); break;
    case WEIR_NOTE_BYTES: peer_bytes(d, peer, note->bytes, note->size); break;
    case WEIR_NOTE_FAILED:
    case WEIR_NOTE_CLOSED: peer_closed(d, peer, note->err); break;
    case WEIR_NOTE_DRAINED:
    case WEIR_NOTE_NONE: break;
    }
}

static void begin_draining(struct daemon *d)
{
    struct fact f;

    d->draining = true;
    d->drain_until_ms = d->now_ms + d->config->drain_ms;
    fact_begin(&f, &d->log, LOG_INFO, "stopping");
    fact_number(&f, "connections", weir_hub_stats(d->hub).conns);
    fact_end(&f);
    for (struct peer *peer = d->peers; peer != NULL; peer = peer->hh.next)
        peer_end(d, peer, WEIR_REASON_SHUTDOWN, WEIR_STR("shutting down"));
    daemon_settle(d);
}

static void close_all(struct daemon *d)
{
    struct peer *peer, *next;

    HASH_ITER(hh, d->peers, peer, next)
    peer_destroy(d, peer);
    admin_clear(d);
    kept_clear(d);
    weir_router_destroy(d->router);
    weiri_buf_fini(&d->frame);
    free(d->dials);
    if (d->announced && d->config->ready_file != NULL)
        unlink(d->config->ready_file);
    if (d->announced && d->config->pid_file != NULL)
        unlink(d->config->pid_file);
}

/* ---- the router */

void daemon_step(struct daemon *d, struct weir_input *input)
{
    struct weir_actions actions;

    input->now_ms = d->now_ms;
    input->wall_ns = d->wall_ns;
    enum weir_err err = weir_router_step(d->router, input, &actions);

    if (err != WEIR_OK)
        daemon_out_of_memory(d);
    for (size_t i = 0; i < actions.count; i++)
        apply(d, &actions.v[i]);
}

void daemon_settle(struct daemon *d)
{
    while (d->ended != NULL) {
        struct peer *peer = d->ended;

        d->ended = peer->ended_next;
        daemon_step(d, &(struct weir_input){.type = WEIR_IN_LINK_DOWN, .link = peer->conn});
    }
}

static void apply(struct daemon *d, const struct weir_action *action)
{
    struct peer *peer;

    switch (action->type) {
    case WEIR_ACT_SEND: send_action(d, action, action->payload); break;
    case WEIR_ACT_RESEND: send_action(d, action, kept_find(d, action->key)); break;
    case WEIR_ACT_CLOSE:
        peer = peer_find(d, action->link);
        if (peer != NULL)
            peer_end(d, peer, (enum weir_reason)action->reason, action->text);
        break;
    case WEIR_ACT_KEEP:
        if (!kept_add(d, action->key, action->payload))
            daemon_out_of_memory(d);
        break;
    case WEIR_ACT_FORGET: kept_remove(d, action->key); break;
    case WEIR_ACT_WAKE: d->wake_ms = action->at_ms; break;
    }
}

static void send_action(struct daemon *d, const struct weir_action *action, struct weir_str payload)
{
    enum weir_link_lane lane = action->lane == WEIR_LANE_DATA ? WEIR_LINK_DATA : WEIR_LINK_CONTROL;
    uint64_t least = d->config->client_queue < d->config->link_queue ? d->config->client_queue
                                                                     : d->config->link_queue;

    /* ECLOSED: the router will hear of that. */
    if (weir_hub_send(d->hub, action->link, lane, action->head, payload) == WEIR_ENOMEM)
        daemon_out_of_memory(d);
    if (weir_hub_queued(d->hub, action->link, lane) > least)
        peer_check_queue(d, action->link);
}

void daemon_send(struct daemon *d, weir_conn conn, enum weir_link_lane lane,
                 const struct weir_frame *frame)
{
    weiri_buf_reset(&d->frame);
    enum weir_err err = weir_frame_encode(&d->frame, frame);

    assert(err != WEIR_ELIMIT);
    if (err != WEIR_OK || weir_hub_send(d->hub, conn, lane, weiri_buf_str(&d->frame),
                                        (struct weir_str){NULL, 0}) == WEIR_ENOMEM)
        daemon_out_of_memory(d);
}

static void clock_read(struct daemon *d)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    d->now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    clock_gettime(CLOCK_REALTIME, &now);
    d->wall_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What clients do, and what we tell ourselves of the end of links, is of little interest. */
static void trace(void *context, const char *event, const char *text)
{
    static const char *const minor[] = {"client-up", "publish-refused", "link-close", "link-down"};
    const struct daemon *d = context;
    enum log_level level = LOG_INFO;
    struct fact f;

    for (size_t i = 0; i < sizeof minor / sizeof minor[0]; i++)
        if (strcmp(event, minor[i]) == 0)
            level = LOG_DEBUG;
    fact_begin(&f, &d->log, level, event);
    fact_pairs(&f, text);
    fact_end(&f);
}

_Noreturn void daemon_out_of_memory(struct daemon *d)
{
    struct fact f;

    fact_begin(&f, &d->log, LOG_ERROR, "out-of-memory");
    fact_number(&f, "queued", weir_hub_stats(d->hub).queued);
    fact_number(&f, "kept", d->kept_size);
    fact_end(&f);
    exit(EXIT_FAILURE);
}
