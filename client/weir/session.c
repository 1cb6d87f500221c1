/* session.c - a command's conversation with a broker. */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <weir/limits.h>

/* How exact patience is. */
#define PATIENCE_STEP_NS 50000000u
#define NS_PER_MS 1000000u
#define WAIT_MAX_NS (60000u * (uint64_t)NS_PER_MS)

static bool not_connected(struct session *session, const char *url);
static int catch_signals(void);
static void on_connection(void *context, bool connected, struct weir_outcome_view outcome);
static void report_end(struct session *session, enum weir_err err);
static bool out_of_patience(struct session *session);
static enum session_wake wait_once(struct session *session, int fd, uint64_t until_ns);
static uint64_t wait_ns(const struct session *session, uint64_t until_ns);

uint64_t clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- opening */

bool session_open(struct session *session, const struct command *command,
                  const struct session_options *options)
{
    struct weir_client_callbacks callbacks = {0};
    const char *url = cmd_url(options->url);
    enum weir_err err;

    *session = (struct session){.command = command,
                                .signals = catch_signals(),
                                .verbose = options->verbose,
                                .patience_ms = options->patience_ms};
    if (options->callbacks != NULL)
        callbacks = *options->callbacks;
    callbacks.connection = on_connection;
    err = weir_client_create(&session->client,
                             &(struct weir_client_options){.url = url,
                                                           .name = options->name,
                                                           .reconnect = true,
                                                           .callbacks = &callbacks,
                                                           .context = options->context});
    if (err == WEIR_EINVAL) {
        session->status =
            strlen(options->name != NULL ? options->name : "") > WEIR_BROKER_NAME_MAX
                ? cmd_usage_error(command, "--name is longer than %d bytes", WEIR_BROKER_NAME_MAX)
                : cmd_usage_error(command,
                                  "'%s' is no address of a broker (tcp://HOST:PORT or "
                                  "ipc:///PATH), or --name is no text",
                                  url);
        return false;
    }
    if (err != WEIR_OK) {
        session->status = CMD_FAILED;
        cmd_error(command, "%s", weir_err_text(err));
        return false;
    }
    while (!session->was_connected) {
        if (session_wait(session, -1, UINT64_MAX) == SESSION_OVER)
            return false;
        if (!session->was_connected && session->lost_ns != 0) {
            return not_connected(session, url);
        }
    }
    return true;
}

static bool not_connected(struct session *session, const char *url)
{
    bool plain = strcmp(session->lost_text, weir_err_text(WEIR_ECONNECT)) == 0;

    cmd_error(session->command, "cannot connect to %s%s%s", url, plain ? "" : ": ",
              plain ? "" : session->lost_text);
    session->status = CMD_CONNECT;
    return false;
}

/* Blocked in all threads, also those that the library starts, and read from a descriptor. */
static int catch_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void session_close(struct session *session)
{
    weir_client_destroy(session->client);
    if (session->signals >= 0)
        close(session->signals);
    session->client = NULL;
    session->signals = -1;
}

static void on_connection(void *context, bool connected, struct weir_outcome_view outcome)
{
    struct session *session = context;

    session->woken = true;
    if (connected) {
        if (session->was_connected || session->verbose)
            cmd_error(session->command, "connected to %.*s", (int)outcome.text.len,
                      outcome.text.ptr);
        session->was_connected = true;
        session->lost_ns = 0;
        return;
    }
    session->lost_reason = outcome.reason;
    snprintf(session->lost_text, sizeof session->lost_text, "%.*s%s%s%s", (int)outcome.text.len,
             outcome.text.len > 0 ? outcome.text.ptr : "",
             outcome.reason != WEIR_REASON_NONE ? " (" : "",
             outcome.reason != WEIR_REASON_NONE ? weir_reason_text(outcome.reason) : "",
             outcome.reason != WEIR_REASON_NONE ? ")" : "");
    if (session->lost_ns == 0) {
        session->lost_ns = clock_ns();
        if (session->was_connected)
            cmd_error(session->command, "connection lost: %s", session->lost_text);
    }
}

/* ---- waiting */

bool session_serve(struct session *session)
{
    enum weir_err err = weir_client_poll(session->client, 0);

    if (err == WEIR_OK)
        return true;
    report_end(session, err);
    return false;
}

static void report_end(struct session *session, enum weir_err err)
{
    bool no_broker = !session->was_connected && session->lost_reason == WEIR_REASON_PROTOCOL;

    switch (err) {
    case WEIR_ECONNECT: session->status = CMD_CONNECT; break;
    case WEIR_EVERSION: session->status = CMD_VERSION; break;
    case WEIR_EREFUSED: session->status = no_broker ? CMD_CONNECT : CMD_REFUSED; break;
    default: session->status = CMD_FAILED; break;
    }
    cmd_error(session->command, "%s",
              session->lost_ns != 0 && err != WEIR_ENOMEM ? session->lost_text
                                                          : weir_err_text(err));
}

static bool out_of_patience(struct session *session)
{
    if (session->lost_ns == 0 || session->patience_ms == 0 || !session->was_connected ||
        clock_ns() - session->lost_ns < session->patience_ms * NS_PER_MS)
        return false;
    cmd_error(session->command, "no connection for %" PRIu64 " s: giving up",
              session->patience_ms / 1000);
    session->status = CMD_CONNECT;
    return true;
}

enum session_wake session_wait(struct session *session, int fd, uint64_t until_ns)
{
    for (;;) {
        enum session_wake wake;

        if (!session_serve(session) || out_of_patience(session))
            return SESSION_OVER;
        if (session->woken) {
            session->woken = false;
            return SESSION_HAPPENED;
        }
        wake = wait_once(session, fd, until_ns);
        if (wake == SESSION_OVER || wake == SESSION_READABLE ||
            (wake == SESSION_TIME && clock_ns() >= until_ns))
            return wake;
    }
}

/* SESSION_TIME also when it is only time to serve again. */
static enum session_wake wait_once(struct session *session, int fd, uint64_t until_ns)
{
    struct pollfd fds[] = {
        {.fd = weir_client_descriptor(session->client), .events = POLLIN},
        {.fd = session->signals,                        .events = POLLIN},
        {.fd = fd,                                      .events = POLLIN}
    };
    uint64_t left = wait_ns(session, until_ns);

    if (left > 0 && left < NS_PER_MS) { /* finer than poll can wait */
        nanosleep(&(struct timespec){.tv_nsec = (long)left}, NULL);
        left = 0;
    }
    if (poll(fds, 3, (int)(left / NS_PER_MS)) < 0 && errno != EINTR) {
        cmd_error(session->command, "poll: %s", strerror(errno));
        session->status = CMD_FAILED;
        return SESSION_OVER;
    }
    if (fds[1].revents != 0) {
        session->status = CMD_INTERRUPTED;
        return SESSION_OVER;
    }
    if (fds[0].revents != 0)
        return SESSION_HAPPENED;
    return fds[2].revents != 0 ? SESSION_READABLE : SESSION_TIME;
}

static uint64_t wait_ns(const struct session *session, uint64_t until_ns)
{
    int timeout_ms = weir_client_timeout_ms(session->client);
    uint64_t now = clock_ns(), left = until_ns > now ? until_ns - now : 0;
    uint64_t most = timeout_ms < 0 ? WAIT_MAX_NS : (uint64_t)timeout_ms * NS_PER_MS;

    if (most > WAIT_MAX_NS)
        most = WAIT_MAX_NS;
    if (session->lost_ns != 0 && session->patience_ms != 0 && most > PATIENCE_STEP_NS)
        most = PATIENCE_STEP_NS;
    return left < most ? left : most;
}

void session_refusal(const struct session *session, const char *what,
                     struct weir_outcome_view outcome)
{
    size_t length = outcome.text.len;

    while (length > 0 && outcome.text.ptr[length - 1] == '\n')
        length--;
    if (length == 0)
        cmd_error(session->command, "%s: %s", what, weir_reason_text(outcome.reason));
    else if (memchr(outcome.text.ptr, '\n', length) != NULL)
        cmd_error(session->command, "%s: %s\n%.*s", what, weir_reason_text(outcome.reason),
                  (int)length, outcome.text.ptr);
    else
        cmd_error(session->command, "%s: %s: %.*s", what, weir_reason_text(outcome.reason),
                  (int)length, outcome.text.ptr);
}
