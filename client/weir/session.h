/* session.h - a command's conversation with a broker: connecting, waiting for several things at
 * once, signals, and what goes wrong as messages and exit codes. */
#ifndef SESSION_H
#define SESSION_H

#include "command.h"

#include <weir/client.h>

struct session {
    const struct command *command;
    struct weir_client *client;
    int signals;          /* readable once SIGINT or SIGTERM has come */
    int status;           /* where a function says that the session is over: the exit code */
    bool verbose;         /* tell on stderr what happens to the connection */
    uint64_t patience_ms; /* how long it may stay without a connection; 0: for ever */
    uint64_t lost_ns;     /* when it was lost; 0: it is there */
    bool was_connected;
    bool woken; /* callbacks set it: session_wait then returns SESSION_HAPPENED */
    char lost_text[256];
    enum weir_reason lost_reason;
};

struct session_options {
    const char *url;  /* as given to --url; NULL: not given */
    const char *name; /* NULL: none */
    bool verbose;
    uint64_t patience_ms;
    const struct weir_client_callbacks *callbacks; /* but for `connection` */
    void *context; /* for the callbacks; its first member is the struct session */
};

uint64_t clock_ns(void);

/* Connects and waits until the broker has answered.  False: session->status, and it was reported;
 * session_close is due in any case.  Signals come through the session from here on. */
bool session_open(struct session *session, const struct command *command,
                  const struct session_options *options);
void session_close(struct session *session);

enum session_wake {
    SESSION_HAPPENED, /* callbacks have been called */
    SESSION_READABLE, /* the descriptor given is readable */
    SESSION_TIME,     /* until_ns has come */
    SESSION_OVER      /* session->status; reported where it is an error */
};
/* Serves the connection until one of these; fd -1: none; until_ns UINT64_MAX: never. */
enum session_wake session_wait(struct session *session, int fd, uint64_t until_ns);
/* Serves the connection without waiting.  False: it is over. */
bool session_serve(struct session *session);

/* Reports an outcome of a request, with the broker's text. */
void session_refusal(const struct session *session, const char *what,
                     struct weir_outcome_view outcome);

#endif /* SESSION_H */
