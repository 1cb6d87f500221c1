/* listen.c - listening and accepting: one accept in flight per listener. */
#include "internal.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <weir/alloc.h>

#define BACKLOG 4096 /* connections that wait to be accepted; the kernel has a limit of its own */
#define RETRY_MS 100 /* after an accept failed, e.g. for want of descriptors */

static void on_accepted(void *arg);
static enum weir_err start(struct listener *l, const char *url, bool ipc);
static void bound_text(const struct listener *l, const char *url, bool ipc, char *bound);
static void lengthen_backlog(const struct listener *l, const char *path);
static bool listens_on(int fd, const nng_sockaddr *address, const char *path);
static void take_stream(struct weir_hub *hub, nng_stream *stream);
static bool is_foreign_file(const char *path);

enum weir_err weir_hub_listen(struct weir_hub *hub, const char *url, char *bound)
{
    bool ipc;
    enum weir_err err = weiri_url_check(url, &ipc);

    if (err != WEIR_OK)
        return err;
    if (hub->listener_count == LISTENERS_MAX)
        return WEIR_ELIMIT;
    /* NNG removes whatever has the name of its socket and does not answer. */
    if (ipc && is_foreign_file(url + strlen("ipc://")))
        return WEIR_EADDRINUSE;

    struct listener *l = &hub->listeners[hub->listener_count];

    *l = (struct listener){.hub = hub};
    err = start(l, url, ipc);
    if (err != WEIR_OK) {
        if (l->aio != NULL)
            nng_aio_free(l->aio);
        if (l->listener != NULL)
            nng_stream_listener_free(l->listener);
        return err;
    }
    hub->listener_count++;
    bound_text(l, url, ipc, bound);
    lengthen_backlog(l, ipc ? url + strlen("ipc://") : NULL);
    nng_stream_listener_accept(l->listener, l->aio);
    return WEIR_OK;
}

static bool is_foreign_file(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode);
}

static enum weir_err start(struct listener *l, const char *url, bool ipc)
{
    int err = nng_stream_listener_alloc(&l->listener, url);

    if (err != 0) {
        l->listener = NULL;
        return weiri_err_of(err);
    }
    if (!ipc)
        (void)nng_stream_listener_set_bool(l->listener, NNG_OPT_TCP_NODELAY, true);
    err = nng_aio_alloc(&l->aio, on_accepted, l);
    if (err != 0) {
        l->aio = NULL;
        return weiri_err_of(err);
    }
    return weiri_err_of(nng_stream_listener_listen(l->listener));
}

/* What a peer on this machine dials: a wildcard address is not one. */
static void bound_text(const struct listener *l, const char *url, bool ipc, char *bound)
{
    nng_sockaddr address = {.s_family = NNG_AF_UNSPEC};
    static const uint8_t any6[16], loopback6[16] = {[15] = 1};
    char text[WEIR_URL_MAX];

    if (!ipc)
        (void)nng_stream_listener_get_addr(l->listener, NNG_OPT_LOCADDR, &address);
    if (address.s_family == NNG_AF_INET && address.s_in.sa_addr == htonl(INADDR_ANY))
        address.s_in.sa_addr = htonl(INADDR_LOOPBACK);
    if (address.s_family == NNG_AF_INET6 && memcmp(address.s_in6.sa_addr, any6, sizeof any6) == 0)
        memcpy(address.s_in6.sa_addr, loopback6, sizeof loopback6);
    if (address.s_family == NNG_AF_UNSPEC) {
        snprintf(bound, WEIR_URL_MAX, "%s", url);
        return;
    }
    weiri_address_text(&address, text, sizeof text - sizeof "tcp://");
    snprintf(bound, WEIR_URL_MAX, "tcp://%.*s", (int)(WEIR_URL_MAX - sizeof "tcp://"), text);
}

/* NNG lets 128 wait; when more connect at once the kernel drops them, to try again after 1, 2, 4...
 * seconds.  It does not tell the descriptor, so that is looked for by its address. */
static void lengthen_backlog(const struct listener *l, const char *path)
{
    nng_sockaddr address = {.s_family = NNG_AF_UNSPEC};
    DIR *open = opendir("/proc/self/fd");
    struct dirent *entry;

    (void)nng_stream_listener_get_addr(l->listener, NNG_OPT_LOCADDR, &address);
    while (open != NULL && (entry = readdir(open)) != NULL) {
        int fd = (int)strtol(entry->d_name, NULL, 10);

        if (listens_on(fd, &address, path))
            (void)listen(fd, BACKLOG); /* otherwise it stays as it is */
    }
    if (open != NULL)
        closedir(open);
}

static bool listens_on(int fd, const nng_sockaddr *address, const char *path)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_un un;
    } name = {.un.sun_path = ""};
    socklen_t name_size = sizeof name, flag_size = sizeof(int);
    int listening = 0;

    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &flag_size) != 0 || !listening ||
        getsockname(fd, &name.any, &name_size) != 0)
        return false;
    switch (name.any.sa_family) {
    case AF_INET:
        return address->s_family == NNG_AF_INET && name.in.sin_port == address->s_in.sa_port;
    case AF_INET6:
        return address->s_family == NNG_AF_INET6 && name.in6.sin6_port == address->s_in6.sa_port;
    case AF_UNIX: return path != NULL && strcmp(name.un.sun_path, path) == 0;
    default: return false;
    }
}

static void on_accepted(void *arg)
{
    struct listener *l = arg;
    struct weir_hub *hub = l->hub;
    int err = nng_aio_result(l->aio);

    pthread_mutex_lock(&hub->mutex);
    l->done = true;
    l->stream = err == 0 ? nng_aio_get_output(l->aio, 0) : NULL;
    hub->accepted = true;
    bool signal = weiri_hub_wants_signal(hub);

    pthread_mutex_unlock(&hub->mutex);
    if (signal)
        weiri_hub_signal(hub);
}

void weiri_listeners_accept(struct weir_hub *hub, bool ready[LISTENERS_MAX],
                            nng_stream *streams[LISTENERS_MAX])
{
    for (size_t i = 0; i < hub->listener_count; i++) {
        struct listener *l = &hub->listeners[i];

        if (!ready[i])
            continue;
        if (streams[i] == NULL) {
            l->retry_ms = weiri_now_ms() + RETRY_MS;
            continue;
        }
        take_stream(hub, streams[i]);
        nng_stream_listener_accept(l->listener, l->aio);
    }
}

static void take_stream(struct weir_hub *hub, nng_stream *stream)
{
    struct conn *c;

    if (hub->stats.conns >= hub->conns_max || weiri_conn_create(&c, hub) != WEIR_OK) {
        hub->stats.refused++;
        nng_stream_free(stream);
        return;
    }
    hub->stats.accepted++;
    weiri_hub_note(hub, WEIR_NOTE_ACCEPTED, c, 0);
    weiri_conn_open(c, stream);
}

void weiri_listeners_retry(struct weir_hub *hub, uint64_t now, uint64_t *next_ms)
{
    for (size_t i = 0; i < hub->listener_count; i++) {
        struct listener *l = &hub->listeners[i];

        if (l->retry_ms == 0)
            continue;
        if (now >= l->retry_ms) {
            l->retry_ms = 0;
            nng_stream_listener_accept(l->listener, l->aio);
        } else if (l->retry_ms < *next_ms) {
            *next_ms = l->retry_ms;
        }
    }
}

void weiri_listeners_destroy(struct weir_hub *hub)
{
    for (size_t i = 0; i < hub->listener_count; i++)
        nng_stream_listener_close(hub->listeners[i].listener);
    for (size_t i = 0; i < hub->listener_count; i++) {
        struct listener *l = &hub->listeners[i];

        nng_aio_free(l->aio); /* waits for the callback */
        if (l->stream != NULL)
            nng_stream_free(l->stream);
        nng_stream_listener_free(l->listener);
    }
    hub->listener_count = 0;
}
