/* net_log.c - the frames between brokers, in the order sent, as lines of text. */
#include "net_state.h"

#include <stdio.h>
#include <string.h>

/* cmocka's header wants these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void net_log_frame(struct net *net, const struct connection *c, int to, const uint8_t *bytes,
                   size_t size)
{
    const struct end *from = &c->ends[!to], *end = &c->ends[to];
    struct weir_frame frame;
    char text[600];
    size_t len;

    if (from->broker < 0 || end->broker < 0 || weir_frame_decode(&frame, bytes, size) != WEIR_OK)
        return;
    len = (size_t)snprintf(text, sizeof text, "%s>%s %s", net->brokers[from->broker].name,
                           net->brokers[end->broker].name, weir_frame_type_text(frame.type));
    if (frame.type == WEIR_FRAME_SUB || frame.type == WEIR_FRAME_ADV) {
        struct weir_normal *normal;
        const enum weir_filter_role role = (enum weir_filter_role)(frame.type == WEIR_FRAME_ADV);

        assert_int_equal(weir_normal_decode(&normal, role, frame.u.sub.payload, NULL), WEIR_OK);
        text[len++] = ' ';
        (void)weir_normal_print(text + len, sizeof text - len, normal);
        weir_normal_destroy(normal);
    } else if (frame.type == WEIR_FRAME_UNSUB || frame.type == WEIR_FRAME_UNADV) {
        (void)snprintf(text + len, sizeof text - len, " %llu",
                       (unsigned long long)frame.u.unsub.ref);
    } else if (frame.type == WEIR_FRAME_GAP) {
        (void)snprintf(text + len, sizeof text - len, " %s %.*s-%.*s",
                       frame.u.gap.ended ? "end" : "begin", (int)frame.u.gap.near_name.len,
                       frame.u.gap.near_name.ptr, (int)frame.u.gap.far_name.len,
                       frame.u.gap.far_name.ptr);
    }
    if (net->log_count == NET_LOG_MAX)
        return;
    net->log[net->log_count] = strdup(text);
    assert_non_null(net->log[net->log_count++]);
}

int net_log_find(const struct net *net, int start, const char *text)
{
    for (int i = start; i < net->log_count; i++) {
        if (strncmp(net->log[i], text, strlen(text)) == 0)
            return i;
    }
    return -1;
}

int net_log_count(const struct net *net, const char *text)
{
    int count = 0;

    for (int i = net_log_find(net, 0, text); i >= 0; i = net_log_find(net, i + 1, text))
        count++;
    return count;
}

const char *net_log_at(const struct net *net, int index)
{
    return net->log[index];
}

int net_log_size(const struct net *net)
{
    return net->log_count;
}
