/* net_state.h - what files of the net share. */
#ifndef TESTS_NET_STATE_H
#define TESTS_NET_STATE_H

#include "net.h"

#include "random.h"

struct message {
    struct message *next;
    size_t size;
    uint8_t bytes[];
};

struct lane {
    struct message *first, *last;
    bool stalled;
};

struct end {
    int broker; /* -1: a client */
    int client;
    uint32_t link;
    bool up, eof;
    struct lane lanes[2]; /* towards this end */
};

struct connection {
    struct end ends[2];
    bool open;
    unsigned reason;
};

struct kept {
    struct kept *next;
    uint64_t key;
    size_t size;
    uint8_t bytes[];
};

struct broker {
    struct weir_router *router;
    char name[WEIR_BROKER_NAME_MAX + 1];
    char expected[32];
    uint64_t incarnation, epoch, wake_ms;
    uint32_t next_link;
    struct kept *kept;
};

struct net {
    struct net_config config;
    struct random_source random;
    uint64_t now_ms;
    struct broker brokers[NET_BROKERS_MAX];
    int broker_count;
    struct connection connections[NET_CONNECTIONS_MAX];
    int connection_count;
    struct net_client clients[NET_CLIENTS_MAX];
    int client_count;
    char *log[NET_LOG_MAX];
    int log_count;
};

/* net_log.c: remembers a frame between brokers. */
void net_log_frame(struct net *net, const struct connection *c, int to, const uint8_t *bytes,
                   size_t size);

#endif /* TESTS_NET_STATE_H */
