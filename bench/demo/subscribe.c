/* subscribe.c - the process that holds the subscribers, a connection each.  What a subscriber gets
 * it writes to its file for the judge:
 *
 *   F <id> <filter>                 what it asked for, one line per subscription
 *   N <ids> <delay_ns> <notification as JSON>    what it got; ids separated by commas
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <weir/client.h>
#include <weir/json.h>

#include "demo.h"

#define LINE_SIZE (4 * WEIR_NOTIFICATION_SIZE_MAX)
#define SILENCE_S 30 /* without a delivery: what is missing is lost */

struct subscriber {
    struct demo *demo;
    struct weir_client *client;
    FILE *file;
    char *line; /* shared by all */
    uint32_t end_id;
    unsigned in_force, ends;
    bool failed;
};

static void write_delivery(struct subscriber *s, const struct weir_delivery *delivery,
                           uint64_t delay_ns)
{
    weir_notification_to_json(s->line, LINE_SIZE, &delivery->notification);
    fputs("N ", s->file);
    for (size_t i = 0; i < delivery->subscription_count; i++)
        fprintf(s->file, "%s%u", i == 0 ? "" : ",", delivery->subscriptions[i]);
    if (fprintf(s->file, " %llu %s\n", (unsigned long long)delay_ns, s->line) < 0)
        s->failed = true;
}

static void on_delivered(void *context, const struct weir_delivery *delivery)
{
    struct subscriber *s = context;
    struct demo_counters *counters = s->demo->counters;
    uint64_t delay_ns = demo_clock_ns() - delivery->sent_ns;
    bool end = false;

    write_delivery(s, delivery, delay_ns);
    atomic_fetch_add(&counters->delay_sum_us, (unsigned long)(delay_ns / 1000));
    atomic_fetch_add(&counters->delivered, 1);
    for (size_t i = 0; i < delivery->subscription_count; i++)
        end = end || delivery->subscriptions[i] == s->end_id;
    if (end && ++s->ends == s->demo->publisher_count)
        atomic_fetch_add(&counters->finished, 1);
}

static void on_subscribed(void *context, uint32_t id, struct weir_outcome_view outcome)
{
    struct subscriber *s = context;

    (void)id;
    if (outcome.reason != WEIR_REASON_NONE) {
        fprintf(stderr, "weir-demo: a subscription was refused: %.*s\n", (int)outcome.text.len,
                outcome.text.ptr);
        s->failed = true;
        return;
    }
    if (++s->in_force == 2)
        atomic_fetch_add(&s->demo->counters->subscribed, 1);
}

static void on_gap(void *context, const struct weir_gap_notice *notice)
{
    struct subscriber *s = context;

    if (!notice->ended)
        atomic_fetch_add(&s->demo->counters->gaps, 1);
}

static const struct weir_client_callbacks callbacks = {
    .delivered = on_delivered,
    .subscribed = on_subscribed,
    .gap = on_gap,
};

static bool ask(struct subscriber *s, const char *filter, uint32_t *id)
{
    return weir_client_subscribe(s->client, id, filter) == WEIR_OK &&
           fprintf(s->file, "F %u %s\n", *id, filter) > 0;
}

static bool subscriber_open(struct subscriber *s, struct demo *demo, size_t index, char *line)
{
    struct weir_client_options options = {
        .url = demo_subscriber_broker(demo, index)->url,
        .callbacks = &callbacks,
        .context = s,
    };
    char path[512], name[32];
    uint32_t id;

    snprintf(path, sizeof path, "%s/subscriber-%03zu.txt", demo->dir, index);
    snprintf(name, sizeof name, "subscriber-%03zu", index);
    options.name = name;
    s->demo = demo;
    s->line = line;
    s->file = fopen(path, "w");
    return s->file != NULL && weir_client_create(&s->client, &options) == WEIR_OK &&
           ask(s, demo->filters[index], &id) && ask(s, DEMO_END_FILTER, &s->end_id);
}

static enum weir_err poll_all(struct subscriber *subscribers, struct pollfd *fds, size_t count,
                              int timeout_ms)
{
    enum weir_err err = WEIR_OK;

    (void)poll(fds, (nfds_t)count, timeout_ms);
    for (size_t i = 0; i < count && err == WEIR_OK; i++) {
        err = weir_client_poll(subscribers[i].client, 0);
        if (subscribers[i].failed)
            err = WEIR_EREFUSED;
    }
    return err;
}

/* Until all have got everything and may leave, or nothing has come for a while. */
static enum weir_err receive_all(struct subscriber *subscribers, const struct demo *demo)
{
    struct pollfd *fds = calloc(demo->subscriber_count, sizeof *fds);
    uint64_t last_ns = demo_clock_ns();
    unsigned long seen = 0;
    enum weir_err err = WEIR_OK;

    if (fds == NULL)
        return WEIR_ENOMEM;
    for (size_t i = 0; i < demo->subscriber_count; i++)
        fds[i] =
            (struct pollfd){.fd = weir_client_descriptor(subscribers[i].client), .events = POLLIN};
    while (err == WEIR_OK && atomic_load(&demo->counters->finished) < demo->subscriber_count) {
        err = poll_all(subscribers, fds, demo->subscriber_count, 1000);
        if (atomic_load(&demo->counters->delivered) != seen) {
            seen = atomic_load(&demo->counters->delivered);
            last_ns = demo_clock_ns();
        } else if (demo_clock_ns() - last_ns > SILENCE_S * UINT64_C(1000000000)) {
            err = WEIR_ETIMEOUT;
        }
    }
    while (err == WEIR_OK && !atomic_load(&demo->counters->released))
        err = poll_all(subscribers, fds, demo->subscriber_count, 20);
    free(fds);
    return err;
}

static bool subscriber_close(struct subscriber *s)
{
    bool ok = !s->failed && s->file != NULL && fclose(s->file) == 0;

    weir_client_destroy(s->client);
    return ok;
}

int demo_subscribe(struct demo *demo)
{
    struct subscriber *subscribers = calloc(demo->subscriber_count, sizeof *subscribers);
    char *line = malloc(LINE_SIZE);
    bool ok = subscribers != NULL && line != NULL;
    enum weir_err err = WEIR_OK;

    for (size_t i = 0; ok && i < demo->subscriber_count; i++)
        ok = subscriber_open(&subscribers[i], demo, i, line);
    if (ok)
        err = receive_all(subscribers, demo);
    for (size_t i = 0; subscribers != NULL && i < demo->subscriber_count; i++)
        ok = subscriber_close(&subscribers[i]) && ok;
    free(subscribers);
    free(line);
    if (!ok || err != WEIR_OK) {
        fprintf(stderr, "weir-demo: the subscribers gave up: %s\n",
                err != WEIR_OK ? weir_err_text(err) : "cannot write or connect");
        atomic_fetch_add(&demo->counters->failed, 1);
        return 1;
    }
    return 0;
}
