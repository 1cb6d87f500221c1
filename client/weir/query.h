/* query.h - asking a broker about itself. */
#ifndef QUERY_H
#define QUERY_H

#include "session.h"

#include <weir/bytes.h>

#include <jansson.h>

/* The session comes first: callbacks find it there. */
struct query {
    struct session session;
    struct weiri_buf answer;
    bool answered;
    enum weir_reason reason;
};

/* As session_open; query_close is due in any case. */
bool query_open(struct query *query, const struct command *command, const char *url);
void query_close(struct query *query);
/* The answer, owned by the caller; NULL: session.status, and it was reported. */
json_t *query_ask(struct query *query, const char *question);
/* The same for an answer that makes no sense. */
void query_senseless(struct query *query, const char *why);

#endif /* QUERY_H */
