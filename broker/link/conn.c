/* conn.c - one connection: its queues, its read in flight, its write in flight, its end. */
#include "internal.h"

#include <assert.h>
#include <string.h>
#include <weir/alloc.h>

static_assert(READS == 2, "one buffer is read into while the other is being worked on");

#define BROKEN_LINGER_MS 1000 /* to read what a peer said before it went */
#define QUIET_MS 200          /* see weiri_conn_lingered */

static void on_read(void *arg);
static void on_sent(void *arg);
static bool begin_unless_closed(struct conn *c, void (*begin)(struct conn *c));
static bool flight_advance(struct conn *c, size_t sent);
static void lane_append(struct weir_hub *hub, struct lane *lane, const char *bytes, size_t size);
static size_t blocks_needed(const struct lane *lane, size_t size);
static void complete_message(struct conn *c);
static void cut_block(struct weir_hub *hub, struct lane *lane, struct block *block);
static void load_lane(struct conn *c, enum weir_link_lane lane);
static void load_block(struct conn *c, enum weir_link_lane lane);
static void drop_lanes(struct conn *c);
static void flight_over(struct conn *c);
static void fit_buffer(struct conn *c, unsigned buffer);
static void resize_buffer(struct conn *c, unsigned buffer, size_t capacity);

enum weir_err weiri_conn_create(struct conn **out, struct weir_hub *hub)
{
    struct conn *c = weiri_alloc_zeroed(hub->alloc, 1, sizeof *c);
    size_t notes = (hub->stats.conns + 1) * NOTES_PER_CONN;
    struct batch_note *batch =
        weiri_array_grow(hub->alloc, hub->batch, &hub->batch_capacity, notes, sizeof *hub->batch);

    if (batch != NULL)
        hub->batch = batch;
    if (c == NULL || batch == NULL)
        goto fail;
    c->hub = hub;
    c->mid = WEIR_LINK_LANES;
    c->buffers[0].bytes = weiri_alloc(hub->alloc, READ_SIZE_MIN);
    c->buffers[0].capacity = READ_SIZE_MIN;
    if (c->buffers[0].bytes == NULL || nng_aio_alloc(&c->read_aio, on_read, c) != 0 ||
        nng_aio_alloc(&c->send_aio, on_sent, c) != 0)
        goto fail;
    pthread_mutex_init(&c->close_mutex, NULL);

    do
        c->id = ++hub->last_id;
    while (c->id == 0 || weiri_conn_find(hub, c->id) != NULL);
    struct conn **bucket = &hub->buckets[c->id & (hub->bucket_count - 1)];

    c->bucket_next = *bucket;
    *bucket = c;
    c->next = hub->conns;
    if (c->next != NULL)
        c->next->prev = c;
    hub->conns = c;
    hub->stats.conns++;
    *out = c;
    return WEIR_OK;
fail:
    if (c != NULL) {
        if (c->read_aio != NULL)
            nng_aio_free(c->read_aio);
        weiri_release(hub->alloc, c->buffers[0].bytes);
    }
    weiri_release(hub->alloc, c);
    return WEIR_ENOMEM;
}

void weiri_conn_destroy(struct conn *c)
{
    struct weir_hub *hub = c->hub;
    struct conn **link = &hub->buckets[c->id & (hub->bucket_count - 1)];

    /* Waits for a callback that has posted its result and not yet returned. */
    nng_aio_free(c->read_aio);
    nng_aio_free(c->send_aio);
    if (c->dialer != NULL)
        nng_stream_dialer_free(c->dialer);
    if (c->stream != NULL)
        nng_stream_free(c->stream);

    while (*link != c)
        link = &(*link)->bucket_next;
    *link = c->bucket_next;
    if (c->prev == NULL)
        hub->conns = c->next;
    else
        c->prev->next = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    for (link = &hub->dirty; *link != NULL; link = &(*link)->dirty_next)
        if (*link == c) {
            *link = c->dirty_next;
            break;
        }
    for (link = &hub->releases; *link != NULL; link = &(*link)->release_next)
        if (*link == c) {
            *link = c->release_next;
            break;
        }
    if (hub->recent == c)
        hub->recent = NULL;
    if (hub->borrowed == c)
        hub->borrowed = NULL;
    hub->stats.conns--;
    pthread_mutex_destroy(&c->close_mutex);
    weiri_blocks_free(hub, &c->flight);
    drop_lanes(c);
    for (unsigned i = 0; i < READS; i++)
        weiri_release(hub->alloc, c->buffers[i].bytes);
    weiri_release(hub->alloc, c->url);
    weiri_release(hub->alloc, c);
}

struct conn *weiri_conn_find(const struct weir_hub *hub, weir_conn id)
{
    struct conn *c = hub->buckets[id & (hub->bucket_count - 1)];

    while (c != NULL && c->id != id)
        c = c->bucket_next;
    return c;
}

void weiri_conn_open(struct conn *c, nng_stream *stream)
{
    c->stream = stream;
    c->state = CONN_OPEN;
    /* Not every kind of stream has it. */
    (void)nng_stream_set_bool(stream, NNG_OPT_TCP_NODELAY, true);
    if (c->lanes[WEIR_LINK_CONTROL].size + c->lanes[WEIR_LINK_DATA].size != 0)
        weiri_conn_dirty(c);
    c->reading = 0;
    c->receiving = true;
    weiri_conn_receive(c);
}

/* ---- sending */

enum weir_err weir_hub_send(struct weir_hub *hub, weir_conn conn, enum weir_link_lane lane,
                            struct weir_str head, struct weir_str body)
{
    struct conn *c = hub->recent;

    if (c == NULL || c->id != conn) {
        c = weiri_conn_find(hub, conn);
        if (c == NULL)
            return WEIR_ECLOSED;
        hub->recent = c;
    }
    if (c->state > CONN_OPEN)
        return WEIR_ECLOSED;

    struct lane *to = &c->lanes[lane];
    size_t size = head.len + body.len;
    size_t needed = blocks_needed(to, size);

    if (hub->free_blocks.count < needed && !weiri_blocks_reserve(hub, needed))
        return WEIR_ENOMEM;
    lane_append(hub, to, head.ptr, head.len);
    lane_append(hub, to, body.ptr, body.len);
    if (size != 0)
        to->blocks.last->last_end = to->blocks.last->size;
    to->size += size;
    hub->stats.queued += size;
    if (c->lanes[WEIR_LINK_CONTROL].size + c->lanes[WEIR_LINK_DATA].size > hub->low)
        c->above_low = true;
    weiri_conn_dirty(c);
    return WEIR_OK;
}

static size_t blocks_needed(const struct lane *lane, size_t size)
{
    size_t room = lane->blocks.last == NULL ? 0 : BLOCK_ROOM - lane->blocks.last->size;

    return size <= room ? 0 : (size - room + BLOCK_ROOM - 1) / BLOCK_ROOM;
}

static void lane_append(struct weir_hub *hub, struct lane *lane, const char *bytes, size_t size)
{
    while (size != 0) {
        struct block *block = lane->blocks.last;

        if (block == NULL || block->size == BLOCK_ROOM) {
            block = weiri_blocks_pop(&hub->free_blocks);
            block->size = 0;
            block->last_end = 0;
            weiri_blocks_append(&lane->blocks, block);
        }
        size_t part = BLOCK_ROOM - block->size < size ? BLOCK_ROOM - block->size : size;

        memcpy(block->bytes + block->size, bytes, part);
        block->size += part;
        bytes += part;
        size -= part;
    }
}

void weiri_conn_dirty(struct conn *c)
{
    if (c->dirty)
        return;
    c->dirty = true;
    c->dirty_next = c->hub->dirty;
    c->hub->dirty = c;
}

/* Control goes first, but never into the middle of a message: what the last write cut is completed
 * before the other lane has its turn. */
void weiri_conn_load(struct conn *c)
{
    c->iov_count = 0;
    c->iov_next = 0;
    c->flight_size[WEIR_LINK_CONTROL] = 0;
    c->flight_size[WEIR_LINK_DATA] = 0;
    if (c->mid == WEIR_LINK_DATA && c->lanes[WEIR_LINK_CONTROL].size != 0)
        complete_message(c);
    if (c->mid != WEIR_LINK_DATA || c->lanes[WEIR_LINK_CONTROL].size == 0) {
        load_lane(c, WEIR_LINK_CONTROL);
        if (c->mid != WEIR_LINK_CONTROL)
            load_lane(c, WEIR_LINK_DATA);
    }
    c->flying = c->flight_size[WEIR_LINK_CONTROL] + c->flight_size[WEIR_LINK_DATA];
    atomic_fetch_add(&c->hub->flying, c->flying);
}

/* Takes data up to an end of a message, as far as one write reaches. */
static void complete_message(struct conn *c)
{
    struct lane *data = &c->lanes[WEIR_LINK_DATA];

    while (c->mid == WEIR_LINK_DATA && c->iov_count < FLIGHT_BLOCKS_MAX) {
        struct block *block = data->blocks.first;

        if (block->last_end != 0 && block->last_end != block->size)
            cut_block(c->hub, data, block);
        load_block(c, WEIR_LINK_DATA);
    }
}

/* Moves what follows the last end to a block of its own; without a free one nothing changes. */
static void cut_block(struct weir_hub *hub, struct lane *lane, struct block *block)
{
    if (hub->free_blocks.first == NULL)
        return;
    struct block *rest = weiri_blocks_pop(&hub->free_blocks);

    rest->size = block->size - block->last_end;
    rest->last_end = 0;
    memcpy(rest->bytes, block->bytes + block->last_end, rest->size);
    block->size = block->last_end;
    weiri_blocks_pop(&lane->blocks);
    weiri_blocks_push(&lane->blocks, rest);
    weiri_blocks_push(&lane->blocks, block);
}

static void load_lane(struct conn *c, enum weir_link_lane lane)
{
    while (c->lanes[lane].blocks.first != NULL && c->iov_count < FLIGHT_BLOCKS_MAX)
        load_block(c, lane);
}

static void load_block(struct conn *c, enum weir_link_lane lane)
{
    struct lane *from = &c->lanes[lane];
    struct block *block = weiri_blocks_pop(&from->blocks);

    from->size -= block->size;
    c->hub->stats.queued -= block->size;
    c->flight_size[lane] += block->size;
    c->iov[c->iov_count].iov_buf = block->bytes;
    c->iov[c->iov_count++].iov_len = block->size;
    c->mid = block->last_end == block->size ? WEIR_LINK_LANES : lane;
    weiri_blocks_append(&c->flight, block);
}

void weiri_conn_send(struct conn *c)
{
    /* Cannot fail: NNG has room for as many. */
    int err = nng_aio_set_iov(c->send_aio, c->iov_count - c->iov_next, c->iov + c->iov_next);

    assert(err == 0);
    nng_stream_send(c->stream, c->send_aio);
}

static void on_sent(void *arg)
{
    struct conn *c = arg;
    struct weir_hub *hub = c->hub;
    int err = nng_aio_result(c->send_aio);

    if (err == 0 && flight_advance(c, nng_aio_count(c->send_aio))) {
        if (begin_unless_closed(c, weiri_conn_send))
            return;
        err = NNG_ECLOSED;
    }

    bool signal = false;

    pthread_mutex_lock(&hub->mutex);
    weiri_blocks_splice(&hub->returned, &c->flight);
    c->send_err = err;
    flight_over(c);
    atomic_store(&c->sending, false);
    if (c->want_sent || err != 0) {
        c->want_sent = false;
        c->sent = true;
        signal = weiri_hub_post(hub, c);
    }
    pthread_mutex_unlock(&hub->mutex);
    if (signal)
        weiri_hub_signal(hub);
}

/* With the mutex held: the write is of no more account, as it has ended or soon will. */
static void flight_over(struct conn *c)
{
    atomic_fetch_sub(&c->hub->flying, c->flying);
    c->flying = 0;
}

/* True while something is left of the write. */
static bool flight_advance(struct conn *c, size_t sent)
{
    while (c->iov_next < c->iov_count && sent >= c->iov[c->iov_next].iov_len)
        sent -= c->iov[c->iov_next++].iov_len;
    if (c->iov_next == c->iov_count)
        return false;
    c->iov[c->iov_next].iov_buf = (uint8_t *)c->iov[c->iov_next].iov_buf + sent;
    c->iov[c->iov_next].iov_len -= sent;
    return true;
}

size_t weir_hub_queued(const struct weir_hub *hub, weir_conn conn, enum weir_link_lane lane)
{
    const struct conn *c = weiri_conn_find(hub, conn);

    if (c == NULL)
        return 0;
    return c->lanes[lane].size + (atomic_load(&c->sending) ? c->flight_size[lane] : 0);
}

/* ---- receiving */

void weiri_conn_receive(struct conn *c)
{
    struct read_buffer *buffer = &c->buffers[c->reading];
    nng_iov iov = {.iov_buf = buffer->bytes, .iov_len = buffer->capacity};
    int err = nng_aio_set_iov(c->read_aio, 1, &iov);

    assert(err == 0);
    nng_stream_recv(c->stream, c->read_aio);
}

static void on_read(void *arg)
{
    struct conn *c = arg;
    struct weir_hub *hub = c->hub;
    int err = nng_aio_result(c->read_aio);
    bool again = false;

    pthread_mutex_lock(&hub->mutex);
    if (c->dialling && err == 0) {
        c->dial_stream = nng_aio_get_output(c->read_aio, 0);
        c->receiving = false;
    } else if (err != 0) {
        c->receive_err = err;
        c->receiving = false;
    } else {
        c->buffers[c->reading].size = nng_aio_count(c->read_aio);
        c->full[c->full_count++] = c->reading;
        unsigned other = 1 - c->reading;

        again = c->buffer_free[other];
        c->receiving = again;
        if (again) {
            c->buffer_free[other] = false;
            c->reading = other;
        }
    }
    bool signal = weiri_hub_post(hub, c);

    pthread_mutex_unlock(&hub->mutex);
    if (signal)
        weiri_hub_signal(hub);
    if (!again || begin_unless_closed(c, weiri_conn_receive))
        return;
    pthread_mutex_lock(&hub->mutex);
    c->receive_err = NNG_ECLOSED;
    c->receiving = false;
    signal = weiri_hub_post(hub, c);
    pthread_mutex_unlock(&hub->mutex);
    if (signal)
        weiri_hub_signal(hub);
}

static bool begin_unless_closed(struct conn *c, void (*begin)(struct conn *c))
{
    pthread_mutex_lock(&c->close_mutex);
    bool closed = c->stream_closed;

    if (!closed)
        begin(c);
    pthread_mutex_unlock(&c->close_mutex);
    return !closed;
}

void weiri_conn_close_stream(struct conn *c)
{
    if (c->dialer != NULL)
        nng_stream_dialer_close(c->dialer);
    pthread_mutex_lock(&c->close_mutex);
    c->stream_closed = true;
    if (c->stream != NULL)
        nng_stream_close(c->stream);
    pthread_mutex_unlock(&c->close_mutex);
}

void weiri_conn_release(struct conn *c, unsigned buffer)
{
    fit_buffer(c, buffer);
    c->released[buffer] = true;
    if (c->releasing)
        return;
    c->releasing = true;
    c->release_next = c->hub->releases;
    c->hub->releases = c;
}

bool weiri_conn_resume(struct conn *c)
{
    for (unsigned i = 0; i < READS; i++) {
        if (c->released[i])
            c->buffer_free[i] = true;
        c->released[i] = false;
    }
    if (c->receiving || c->receive_err != 0 || c->state >= CONN_CLOSING)
        return false;
    for (unsigned i = 0; i < READS; i++) {
        if (c->buffer_free[i]) {
            c->buffer_free[i] = false;
            c->reading = i;
            c->receiving = true;
            return true;
        }
    }
    return false;
}

/* Buffers grow while reads fill them, and shrink after many small ones, so that connections that
 * say little cost little.  A second one, to read while the first is being worked on, comes with the
 * first full read.  Without memory things stay as they are. */
static void fit_buffer(struct conn *c, unsigned buffer)
{
    struct read_buffer *b = &c->buffers[buffer];
    size_t max = c->hub->read_size;

    if (b->size == b->capacity) {
        c->small_reads = 0;
        if (b->capacity < max)
            resize_buffer(c, buffer, b->capacity * 4 < max ? b->capacity * 4 : max);
        if (c->buffers[1].bytes == NULL) {
            resize_buffer(c, 1, b->capacity);
            c->released[1] = c->buffers[1].bytes != NULL;
        }
    } else if (b->size > READ_SIZE_MIN / 2) {
        c->small_reads = 0;
    } else if (c->small_reads < SMALL_READS_MAX) {
        c->small_reads++;
    } else if (b->capacity > READ_SIZE_MIN) {
        resize_buffer(c, buffer, READ_SIZE_MIN);
    }
}

static void resize_buffer(struct conn *c, unsigned buffer, size_t capacity)
{
    struct read_buffer *b = &c->buffers[buffer];
    uint8_t *bytes = weiri_alloc(c->hub->alloc, capacity);

    if (bytes == NULL)
        return;
    weiri_release(c->hub->alloc, b->bytes);
    *b = (struct read_buffer){.bytes = bytes, .capacity = capacity};
}

/* ---- the end */

static void drop_lanes(struct conn *c)
{
    for (int i = 0; i < WEIR_LINK_LANES; i++) {
        struct lane *lane = &c->lanes[i];

        c->hub->stats.queued -= lane->size;
        lane->size = 0;
        weiri_blocks_free(c->hub, &lane->blocks);
    }
}

void weiri_conn_shut(struct conn *c, enum weir_err err)
{
    struct weir_hub *hub = c->hub;

    if (c->state >= CONN_CLOSING)
        return;
    if (c->state == CONN_BROKEN || c->state == CONN_LINGERING)
        hub->lingering--;
    else
        c->err = err;
    c->state = CONN_CLOSING;
    weiri_conn_close_stream(c);
    drop_lanes(c);
    pthread_mutex_lock(&hub->mutex);
    flight_over(c);
    c->want_sent = true;
    bool signal = weiri_hub_post(hub, c);

    pthread_mutex_unlock(&hub->mutex);
    if (signal)
        weiri_hub_signal(hub);
}

void weiri_conn_linger(struct conn *c, enum conn_state state, uint32_t linger_ms)
{
    uint64_t now = weiri_now_ms();

    c->state = state;
    c->deadline_ms = now + (state == CONN_BROKEN ? BROKEN_LINGER_MS : linger_ms);
    c->quiet_ms = now + QUIET_MS;
    c->hub->lingering++;
    if (state == CONN_BROKEN) {
        drop_lanes(c);
    } else {
        pthread_mutex_lock(&c->hub->mutex);
        c->want_sent = true;
        pthread_mutex_unlock(&c->hub->mutex);
    }
}

void weiri_conn_heard(struct conn *c)
{
    c->quiet_ms = weiri_now_ms() + QUIET_MS;
}

/* What was sent last is safe with the peer's kernel only while this end stays open: closing with
 * bytes unread resets a TCP connection, and NNG at the other end of an ipc connection drops what it
 * has not read when it sees the end.  So wait for the peer to close first, but not for one that
 * neither closes nor speaks. */
void weiri_conn_lingered(struct conn *c, uint64_t now)
{
    bool unsent = c->lanes[WEIR_LINK_CONTROL].size + c->lanes[WEIR_LINK_DATA].size != 0 ||
                  atomic_load(&c->sending);

    if (unsent)
        c->quiet_ms = now + QUIET_MS;
    if (now >= c->deadline_ms || (c->state == CONN_LINGERING && now >= c->quiet_ms))
        weiri_conn_shut(c, c->err);
}

void weir_hub_close(struct weir_hub *hub, weir_conn conn, uint32_t linger_ms)
{
    struct conn *c = weiri_conn_find(hub, conn);

    if (c == NULL)
        return;
    c->dismissed = true;
    if (c->state >= CONN_CLOSING || (c->state == CONN_LINGERING && linger_ms != 0))
        return;
    if (c->state == CONN_OPEN && linger_ms != 0)
        weiri_conn_linger(c, CONN_LINGERING, linger_ms);
    else
        weiri_conn_shut(c, WEIR_OK);
}

void weir_hub_peer(const struct weir_hub *hub, weir_conn conn, char *out, size_t size)
{
    const struct conn *c = weiri_conn_find(hub, conn);
    nng_sockaddr address = {.s_family = NNG_AF_UNSPEC};

    if (c != NULL && c->stream != NULL)
        (void)nng_stream_get_addr(c->stream, NNG_OPT_REMADDR, &address);
    weiri_address_text(&address, out, size);
    if (out[0] != '?' || c == NULL)
        return;

    uint64_t pid;

    if (c->url != NULL) {
        size_t len = strlen(c->url) < size ? strlen(c->url) : size - 1;

        memcpy(out, c->url, len);
        out[len] = '\0';
    } else if (nng_stream_get_uint64(c->stream, NNG_OPT_IPC_PEER_PID, &pid) == 0) {
        weiri_pid_text(pid, out, size);
    }
}
