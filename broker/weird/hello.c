/* hello.c - the handshake: what we say of ourselves and whom we take. */
#include "daemon.h"

#include <string.h>

#include <weir/wire.h>

#define ADVERTISEMENTS_FLAG 0x80 /* in HELLO's strategy */

static uint8_t own_strategy(const struct daemon *d)
{
    unsigned flags = d->config->advertisements ? ADVERTISEMENTS_FLAG : 0;

    return (uint8_t)((unsigned)d->config->strategy | flags);
}

void hello_send(struct daemon *d, struct peer *peer)
{
    bool to_client = peer->role == WEIR_ROLE_CLIENT;
    struct weir_frame frame = {
        .type = WEIR_FRAME_HELLO,
        .u.hello =
            {
                      .magic = WEIR_HELLO_MAGIC,
                      .version_min = to_client ? WEIR_PROTOCOL_VERSION_CLIENTS : WEIR_PROTOCOL_VERSION,
                      .version_max = WEIR_PROTOCOL_VERSION,
                      .role = WEIR_ROLE_BROKER,
                      .strategy = own_strategy(d),
                      .incarnation = d->incarnation,
                      .epoch = peer->own_epoch,
                      .heartbeat_ms = (uint32_t)d->config->heartbeat_ms,
                      .frame_max = WEIR_FRAME_SIZE_MAX,
                      .window = to_client ? d->config->client_window : d->config->link_window,
                      .name = weir_str_of(d->config->name),
                      },
    };

    daemon_send(d, peer->conn, WEIR_LINK_CONTROL, &frame);
}

static const struct config_link *find_link(const struct daemon *d, struct weir_str name)
{
    for (size_t i = 0; i < d->config->link_count; i++)
        if (weir_str_equal(weir_str_of(d->config->links[i].name), name))
            return &d->config->links[i];
    return NULL;
}

uint32_t hello_link_cost(const struct daemon *d, struct weir_str name)
{
    const struct config_link *link = find_link(d, name);

    return link == NULL ? 1 : (uint32_t)link->cost;
}

static enum weir_reason check_broker(const struct daemon *d, const struct peer *peer,
                                     const struct weir_hello *hello, const char **text)
{
    if (weir_str_equal(hello->name, weir_str_of(d->config->name))) {
        *text = "this broker has that name";
        return WEIR_REASON_DUPLICATE_NAME;
    }
    if (hello->strategy != own_strategy(d)) {
        *text = "strategy or advertisements differ";
        return WEIR_REASON_CONFIGURATION;
    }
    if (peer->dial != NULL && !weir_str_equal(hello->name, weir_str_of(peer->dial->link->name))) {
        *text = "another broker than the one expected at this address";
        return WEIR_REASON_CONFIGURATION;
    }
    if (!d->config->unlisted && find_link(d, hello->name) == NULL) {
        *text = "not among the links configured";
        return WEIR_REASON_UNLISTED;
    }
    return WEIR_REASON_NONE;
}

enum weir_reason hello_check(const struct daemon *d, const struct peer *peer,
                             const struct weir_hello *hello, const char **text)
{
    unsigned oldest =
        hello->role == WEIR_ROLE_CLIENT ? WEIR_PROTOCOL_VERSION_CLIENTS : WEIR_PROTOCOL_VERSION;

    if (hello->version_min > WEIR_PROTOCOL_VERSION || hello->version_max < oldest) {
        *text = "this broker speaks version 2, and version 1 with clients";
        return WEIR_REASON_VERSION;
    }
    if (hello->heartbeat_ms == 0) {
        *text = "heartbeat_ms is 0";
        return WEIR_REASON_PROTOCOL;
    }
    if (hello->frame_max < WEIR_FRAME_SIZE_MAX) {
        *text = "frame_max is below what this broker may send";
        return WEIR_REASON_CONFIGURATION;
    }
    if (hello->role == WEIR_ROLE_BROKER)
        return check_broker(d, peer, hello, text);
    if (peer->dial != NULL) {
        *text = "a broker is expected at this address";
        return WEIR_REASON_ROLE;
    }
    if (d->clients >= d->config->clients) {
        *text = "too many clients";
        return WEIR_REASON_LIMIT;
    }
    return WEIR_REASON_NONE;
}
