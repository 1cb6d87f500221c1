/* config.h - the configuration of a broker, as read from its JSON file.
 *
 * docs/man/weird.conf.5 is the reference of the keys, their defaults and limits. */
#ifndef WEIRD_CONFIG_H
#define WEIRD_CONFIG_H

#include <jansson.h>
#include <stdio.h>
#include <weir/router.h>

#include "log.h"

struct config_link {
    const char *name;
    const char *address; /* NULL: the neighbour dials us */
    uint64_t cost;
};

/* Strings belong to `root`. */
struct config {
    json_t *root;
    const char *name;
    const char **listen;
    size_t listen_count;
    struct config_link *links;
    size_t link_count;
    bool unlisted;
    enum weir_strategy strategy;
    bool advertisements;
    uint64_t heartbeat_ms, hold_ms;
    uint64_t link_window, client_window;
    uint64_t cover_work;
    uint64_t client_queue, link_queue, memory;
    uint64_t hello_ms, clients, half_open, drain_ms;
    enum log_level log;
    const char *state_dir, *ready_file, *pid_file; /* NULL: none */
};

/* Reads and checks the file.  False after telling every problem on `errors`, one line each: the
 * file, line and column, and the JSON pointer of a wrong value. */
bool config_read(struct config *config, const char *path, FILE *errors);
void config_fini(struct config *config);

#endif /* WEIRD_CONFIG_H */
