/* client.c - the public functions of libweir and the loop behind them. */
#include "internal.h"

#include <weir/alloc.h>

#include <assert.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define QUEUE_SIZE_DEFAULT (8u << 20)
#define HEARTBEAT_DEFAULT_MS 5000u
#define HEARTBEAT_MIN_MS 10u
/* Notes that one poll takes before it returns, so that a busy connection cannot hold it. */
#define NOTES_MAX 256
/* One, and those that are being given up. */
#define CONNS_MAX 8u

static enum weir_err check_options(const struct weir_client_options *options);
static char *copy_text(const char *text);
static void seed(struct weir_client *client);
static enum weir_err poll_once(struct weir_client *client, int timeout_ms);
static enum weir_err step(struct weir_client *client);
static int wait_ms(const struct weir_client *client, uint64_t until_ms);
static uint64_t deadline(uint64_t now_ms, int timeout_ms);

uint64_t weiri_client_clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t clock_ms(void)
{
    return weiri_client_clock_ns() / 1000000u;
}

const char *weir_version(void)
{
    return WEIR_VERSION;
}

/* ---- birth and death */

enum weir_err weir_client_create(struct weir_client **out,
                                 const struct weir_client_options *options)
{
    struct weir_client *client;
    enum weir_err err = check_options(options);

    if (err != WEIR_OK)
        return err;
    client = weiri_alloc_zeroed(NULL, 1, sizeof *client);
    if (client == NULL)
        return WEIR_ENOMEM;
    weiri_buf_init(&client->partial, WEIR_FRAME_SIZE_MAX, NULL);
    weiri_buf_init(&client->out, WEIR_FRAME_SIZE_MAX, NULL);
    if (options->callbacks != NULL)
        client->callbacks = *options->callbacks;
    client->context = options->context;
    client->reconnect = options->reconnect;
    client->heartbeat_ms =
        options->heartbeat_ms == 0 ? HEARTBEAT_DEFAULT_MS : options->heartbeat_ms;
    client->outbox.bytes_max = options->queue_size == 0 ? QUEUE_SIZE_DEFAULT : options->queue_size;
    client->now_ms = clock_ms();
    client->dial_at_ms = client->now_ms;
    seed(client);
    client->url = copy_text(options->url);
    client->name = copy_text(options->name != NULL ? options->name : "");
    err = WEIR_ENOMEM;
    if (client->url != NULL && client->name != NULL)
        err =
            weir_hub_create(&client->hub, &(struct weir_hub_options){.conns_max = CONNS_MAX}, NULL);
    if (err == WEIR_OK)
        err = weiri_session_dial(client);
    if (err != WEIR_OK) {
        weir_client_destroy(client);
        return err;
    }
    *out = client;
    return WEIR_OK;
}

static enum weir_err check_options(const struct weir_client_options *options)
{
    if (options->url == NULL || strlen(options->url) >= WEIR_URL_MAX)
        return WEIR_EINVAL;
    if (options->heartbeat_ms != 0 && options->heartbeat_ms < HEARTBEAT_MIN_MS)
        return WEIR_EINVAL;
    if (options->name == NULL)
        return WEIR_OK;
    if (strlen(options->name) > WEIR_BROKER_NAME_MAX ||
        !weir_str_is_text(weir_str_of(options->name)))
        return WEIR_EINVAL;
    return WEIR_OK;
}

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = weiri_alloc(NULL, size);

    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

/* An incarnation that grows from start to start, and a seed that differs between processes. */
static void seed(struct weir_client *client)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    client->incarnation = (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
    client->random = weiri_client_clock_ns() ^ (uint64_t)getpid() << 32 ^ (uintptr_t)client;
    if (client->random == 0)
        client->random = 1;
}

void weir_client_destroy(struct weir_client *client)
{
    if (client == NULL)
        return;
    assert(!client->polling);
    if (client->hub != NULL)
        weir_hub_destroy(client->hub);
    weiri_requests_fini(client);
    weiri_outbox_fini(client);
    weiri_buf_fini(&client->partial);
    weiri_buf_fini(&client->out);
    weiri_release(NULL, client->ids);
    weiri_release(NULL, client->url);
    weiri_release(NULL, client->name);
    weiri_release(NULL, client);
}

/* ---- polling */

enum weir_err weir_client_poll(struct weir_client *client, int timeout_ms)
{
    enum weir_err err;

    assert(!client->polling);
    client->polling = true;
    err = poll_once(client, timeout_ms);
    client->polling = false;
    return err;
}

/* Ends when something has happened and nothing more is there to be taken at once, when time is up,
 * or when it was interrupted: then the hub returns early with nothing. */
static enum weir_err poll_once(struct weir_client *client, int timeout_ms)
{
    uint64_t until_ms = deadline(clock_ms(), timeout_ms);
    int notes = 0;

    client->happened = false;
    for (;;) {
        struct weir_note note;
        enum weir_err err;
        int wait;

        client->now_ms = clock_ms();
        err = step(client);
        if (err != WEIR_OK)
            return err;
        wait = client->happened || notes >= NOTES_MAX ? 0 : wait_ms(client, until_ms);
        weir_hub_next(client->hub, wait, &note);
        if (note.type == WEIR_NOTE_NONE) {
            uint64_t now_ms = clock_ms();
            bool early = wait < 0 || now_ms < client->now_ms + (uint64_t)wait;

            if (client->happened || early || now_ms >= until_ms)
                return WEIR_OK;
            continue;
        }
        client->now_ms = clock_ms();
        weiri_session_note(client, &note);
        if (++notes >= NOTES_MAX) {
            client->now_ms = clock_ms();
            return step(client);
        }
    }
}

/* What is due by time, and what can be sent. */
static enum weir_err step(struct weir_client *client)
{
    enum weir_err err;

    weiri_session_tick(client);
    if (client->phase == SESSION_OVER)
        return client->over;
    err = weiri_requests_send(client);
    if (err == WEIR_OK)
        err = weiri_outbox_send(client);
    if (err == WEIR_OK)
        weir_hub_flush(client->hub);
    return err;
}

static int wait_ms(const struct weir_client *client, uint64_t until_ms)
{
    int tick = weiri_session_wait_ms(client, client->now_ms);
    uint64_t left;

    if (until_ms == UINT64_MAX)
        return tick;
    left = until_ms > client->now_ms ? until_ms - client->now_ms : 0;
    return tick >= 0 && (uint64_t)tick < left ? tick : (int)left;
}

static uint64_t deadline(uint64_t now_ms, int timeout_ms)
{
    return timeout_ms < 0 ? UINT64_MAX : now_ms + (uint64_t)timeout_ms;
}

enum weir_err weir_client_flush(struct weir_client *client, int timeout_ms)
{
    uint64_t until_ms = deadline(clock_ms(), timeout_ms);

    for (;;) {
        uint64_t now_ms = clock_ms();
        int left = -1;
        enum weir_err err;

        if (until_ms != UINT64_MAX)
            left = now_ms < until_ms ? (int)(until_ms - now_ms) : 0;
        err = weir_client_poll(client, left);
        if (err != WEIR_OK)
            return err;
        if (weir_client_pending(client) == 0 && weiri_requests_busy(client) == 0)
            return WEIR_OK;
        if (clock_ms() >= until_ms)
            return WEIR_ETIMEOUT;
    }
}

int weir_client_descriptor(const struct weir_client *client)
{
    return weir_hub_descriptor(client->hub);
}

int weir_client_timeout_ms(const struct weir_client *client)
{
    return weiri_session_wait_ms(client, clock_ms());
}

bool weir_client_connected(const struct weir_client *client)
{
    return client->phase == SESSION_UP;
}

void weir_client_interrupt(struct weir_client *client)
{
    weir_hub_interrupt(client->hub);
}

/* ---- requests */

enum weir_err weir_client_subscribe(struct weir_client *client, uint32_t *id, const char *filter)
{
    return weiri_request_add(client, REQUEST_SUBSCRIPTION, id, filter);
}

enum weir_err weir_client_unsubscribe(struct weir_client *client, uint32_t id)
{
    return weiri_request_leave(client, REQUEST_SUBSCRIPTION, id);
}

enum weir_err weir_client_advertise(struct weir_client *client, uint32_t *id, const char *filter)
{
    return weiri_request_add(client, REQUEST_ADVERTISEMENT, id, filter);
}

enum weir_err weir_client_unadvertise(struct weir_client *client, uint32_t id)
{
    return weiri_request_leave(client, REQUEST_ADVERTISEMENT, id);
}

enum weir_err weir_client_query(struct weir_client *client, uint32_t *id, const char *question)
{
    return weiri_request_add(client, REQUEST_QUERY, id, question);
}

/* ---- publishing */

enum weir_err weir_client_publish(struct weir_client *client, uint64_t *number,
                                  const struct weir_attr *attrs, size_t count, struct weir_str body,
                                  struct weir_notification_problem *problem)
{
    uint8_t *bytes;
    size_t size;
    enum weir_err err = weir_notification_encode(&bytes, &size, attrs, count, body, problem, NULL);

    if (err != WEIR_OK)
        return err;
    err = WEIR_EAGAIN;
    if (weiri_outbox_room(client, size))
        err = weiri_outbox_put_take(client, number, bytes, size);
    if (err != WEIR_OK)
        weiri_release(NULL, bytes);
    return err;
}

enum weir_err weir_client_publish_encoded(struct weir_client *client, uint64_t *number,
                                          const struct weir_notification *notification)
{
    uint8_t *bytes;
    enum weir_err err;

    if (!weiri_outbox_room(client, notification->size))
        return WEIR_EAGAIN;
    bytes = weiri_alloc(NULL, notification->size);
    if (bytes == NULL)
        return WEIR_ENOMEM;
    memcpy(bytes, notification->bytes, notification->size);
    err = weiri_outbox_put_take(client, number, bytes, notification->size);
    if (err != WEIR_OK)
        weiri_release(NULL, bytes);
    return err;
}

enum weir_err weir_client_publish_batch(struct weir_client *client, uint64_t *last, size_t *taken,
                                        const struct weir_notification *notifications, size_t count)
{
    enum weir_err err = WEIR_OK;
    size_t i;

    for (i = 0; i < count && err == WEIR_OK; i++)
        err = weir_client_publish_encoded(client, last, &notifications[i]);
    *taken = err == WEIR_OK ? i : i - 1;
    return err;
}

size_t weir_client_pending(const struct weir_client *client)
{
    return client->outbox.count;
}
