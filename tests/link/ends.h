/* ends.h - two hubs of one process that talk to each other, for the tests of weir::link.
 *
 * Both are driven by the test's thread: it steps them until a condition holds, and fails when that
 * takes longer than DEADLINE_MS. */
#ifndef TESTS_LINK_ENDS_H
#define TESTS_LINK_ENDS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <weir/link.h>

#define DEADLINE_MS 20000

struct end {
    struct weir_hub *hub;
    weir_conn conn; /* of the last ACCEPTED or CONNECTED */
    char *bytes;    /* everything read */
    size_t size, capacity;
    unsigned up, failed, closed, drained;
    enum weir_err err; /* of the last FAILED or CLOSED */
    bool discard;      /* count, do not keep */
};

struct pair {
    struct end server, client;
    char dir[64];
    char url[WEIR_URL_MAX]; /* what the client dials */
};

static inline int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Takes at most one note; true if there was one. */
static inline bool end_step(struct end *end, int timeout_ms)
{
    struct weir_note note;

    weir_hub_next(end->hub, timeout_ms, &note);
    switch (note.type) {
    case WEIR_NOTE_NONE: return false;
    case WEIR_NOTE_ACCEPTED:
    case WEIR_NOTE_CONNECTED:
        end->conn = note.conn;
        end->up++;
        break;
    case WEIR_NOTE_FAILED:
        end->failed++;
        end->err = note.err;
        break;
    case WEIR_NOTE_CLOSED:
        end->closed++;
        end->err = note.err;
        break;
    case WEIR_NOTE_DRAINED: end->drained++; break;
    case WEIR_NOTE_BYTES:
        assert_true(note.size > 0);
        if (!end->discard) {
            if (end->size + note.size > end->capacity) {
                end->capacity = 2 * (end->size + note.size);
                end->bytes = realloc(end->bytes, end->capacity);
                assert_non_null(end->bytes);
            }
            memcpy(end->bytes + end->size, note.bytes, note.size);
        }
        end->size += note.size;
        break;
    }
    return true;
}

/* Waits until one of both ends has something, or some timer may be due. */
static inline void pair_wait(const struct pair *pair)
{
    struct pollfd fds[2] = {
        {.fd = weir_hub_descriptor(pair->server.hub), .events = POLLIN},
        {.fd = weir_hub_descriptor(pair->client.hub), .events = POLLIN},
    };

    (void)poll(fds, 2, 5);
}

/* Steps both ends until `condition` holds. */
#define STEP_UNTIL(pair, condition)                        \
    do {                                                   \
        int64_t step_deadline = now_ms() + DEADLINE_MS;    \
        while (!(condition)) {                             \
            if (now_ms() > step_deadline)                  \
                fail_msg("not in time: %s", #condition);   \
            bool stepped = end_step(&(pair)->server, 0);   \
            if (!end_step(&(pair)->client, 0) && !stepped) \
                pair_wait(pair);                           \
        }                                                  \
    } while (0)

static inline void end_init(struct end *end, const struct weir_hub_options *options,
                            const struct weir_alloc *alloc)
{
    *end = (struct end){0};
    assert_int_equal(weir_hub_create(&end->hub, options, alloc), WEIR_OK);
}

static inline void end_fini(struct end *end)
{
    weir_hub_destroy(end->hub);
    free(end->bytes);
}

static inline void pair_listen(struct pair *pair, bool ipc, const struct weir_hub_options *options)
{
    char listen[WEIR_URL_MAX];

    snprintf(pair->dir, sizeof pair->dir, "/tmp/weir-link-XXXXXX");
    assert_non_null(mkdtemp(pair->dir));
    snprintf(listen, sizeof listen, "ipc://%s/socket", pair->dir);
    end_init(&pair->server, options, NULL);
    end_init(&pair->client, options, NULL);
    assert_int_equal(
        weir_hub_listen(pair->server.hub, ipc ? listen : "tcp://127.0.0.1:0", pair->url), WEIR_OK);
}

static inline void pair_init(struct pair *pair, bool ipc, const struct weir_hub_options *options)
{
    weir_conn conn;

    pair_listen(pair, ipc, options);
    assert_int_equal(weir_hub_dial(pair->client.hub, pair->url, &conn), WEIR_OK);
    STEP_UNTIL(pair, pair->server.up == 1 && pair->client.up == 1);
    assert_int_equal(pair->client.conn, conn);
}

static inline void pair_fini(struct pair *pair)
{
    end_fini(&pair->client);
    end_fini(&pair->server);
    assert_int_equal(rmdir(pair->dir), 0); /* the socket's file is gone */
}

static inline void must_send(struct end *end, enum weir_link_lane lane, const void *bytes,
                             size_t size)
{
    struct weir_str s = {bytes, size};

    assert_int_equal(weir_hub_send(end->hub, end->conn, lane, s, (struct weir_str){NULL, 0}),
                     WEIR_OK);
}

#endif /* TESTS_LINK_ENDS_H */
