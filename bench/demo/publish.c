/* publish.c - the process that holds the publishers: each row goes out when it is due, over the
 * connection of the publisher it belongs to, and is written to that publisher's file once the
 * broker has accepted it. */
#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <weir/client.h>
#include <weir/json.h>

#include "demo.h"

#define LINE_SIZE (4 * WEIR_NOTIFICATION_SIZE_MAX)
#define FINISH_S 60

struct publisher {
    struct demo *demo;
    struct weir_client *client;
    FILE *file;
    size_t *waiting; /* rows by publish number - 1, of those not decided yet */
    size_t number, decided;
    bool *refused;
    char *line;
    bool failed;
};

static void write_row(struct publisher *p, size_t row)
{
    struct weir_notification notification = rows_at(&p->demo->rows, row);

    weir_notification_to_json(p->line, LINE_SIZE, &notification);
    if (fprintf(p->file, "%s\n", p->line) < 0)
        p->failed = true;
}

static void on_accepted(void *context, uint64_t number)
{
    struct publisher *p = context;

    for (; p->decided < number; p->decided++) {
        if (p->refused[p->decided])
            continue;
        write_row(p, p->waiting[p->decided]);
        atomic_fetch_add(&p->demo->counters->published, 1);
    }
}

static void on_refused(void *context, uint64_t number, struct weir_outcome_view outcome)
{
    struct publisher *p = context;

    assert(number > p->decided && number <= p->number);
    p->refused[number - 1] = true;
    atomic_fetch_add(&p->demo->counters->refused, 1);
    fprintf(stderr, "weir-demo: a notification was refused (%s): %.*s\n",
            weir_reason_text(outcome.reason), (int)outcome.text.len, outcome.text.ptr);
}

static const struct weir_client_callbacks callbacks = {
    .accepted = on_accepted,
    .refused = on_refused,
};

static bool publisher_open(struct publisher *p, struct demo *demo, size_t index)
{
    struct weir_client_options options = {
        .url = demo_publisher_broker(demo, index)->url,
        .callbacks = &callbacks,
        .context = p,
    };
    char path[512], name[32];

    snprintf(path, sizeof path, "%s/published-%zu.jsonl", demo->dir, index);
    snprintf(name, sizeof name, "feed-%zu", index);
    options.name = name;
    p->demo = demo;
    p->file = fopen(path, "w");
    p->waiting = calloc(demo->rows.count, sizeof *p->waiting);
    p->refused = calloc(demo->rows.count, sizeof *p->refused);
    p->line = malloc(LINE_SIZE);
    return p->file != NULL && p->waiting != NULL && p->refused != NULL && p->line != NULL &&
           weir_client_create(&p->client, &options) == WEIR_OK;
}

static bool publisher_close(struct publisher *p)
{
    bool ok = !p->failed && p->file != NULL && fclose(p->file) == 0;

    weir_client_destroy(p->client);
    free(p->waiting);
    free(p->refused);
    free(p->line);
    return ok;
}

/* Publishes one row, polling while the client's queue is full. */
static enum weir_err publish_row(struct publisher *p, size_t row)
{
    struct weir_notification notification = rows_at(&p->demo->rows, row);
    enum weir_err err;
    uint64_t number;

    p->waiting[p->number] = row;
    while ((err = weir_client_publish_encoded(p->client, &number, &notification)) == WEIR_EAGAIN) {
        err = weir_client_poll(p->client, 100);
        if (err != WEIR_OK)
            return err;
    }
    if (err == WEIR_OK)
        p->number++;
    return err;
}

static enum weir_err poll_all(struct publisher *publishers, size_t count, int timeout_ms)
{
    struct pollfd fds[DEMO_PUBLISHERS_MAX];

    for (size_t i = 0; i < count; i++)
        fds[i] =
            (struct pollfd){.fd = weir_client_descriptor(publishers[i].client), .events = POLLIN};
    (void)poll(fds, (nfds_t)count, timeout_ms);
    for (size_t i = 0; i < count; i++) {
        enum weir_err err = weir_client_poll(publishers[i].client, 0);

        if (err != WEIR_OK)
            return err;
    }
    return WEIR_OK;
}

static enum weir_err publish_all(struct publisher *publishers, const struct demo *demo)
{
    uint64_t start_ns = demo_clock_ns();
    enum weir_err err = WEIR_OK;

    for (size_t row = 0; row < demo->rows.count && err == WEIR_OK; row++) {
        for (;;) {
            double now_s = (double)(demo_clock_ns() - start_ns) / 1e9;
            double early_ms = (demo->rows.v[row].due_s - now_s) * 1e3;

            if (early_ms <= 0)
                break;
            err = poll_all(publishers, demo->publisher_count, early_ms < 1 ? 1 : (int)early_ms);
            if (err != WEIR_OK)
                return err;
        }
        err = publish_row(&publishers[demo->rows.v[row].publisher], row);
    }
    for (size_t i = 0; i < demo->publisher_count && err == WEIR_OK; i++)
        err = weir_client_flush(publishers[i].client, FINISH_S * 1000);
    atomic_store(&demo->counters->flushed, 1);
    while (err == WEIR_OK && !atomic_load(&demo->counters->released))
        err = poll_all(publishers, demo->publisher_count, 20);
    return err;
}

int demo_publish(struct demo *demo)
{
    struct publisher publishers[DEMO_PUBLISHERS_MAX] = {0};
    enum weir_err err = WEIR_OK;
    bool ok = true;

    for (size_t i = 0; i < demo->publisher_count && ok; i++)
        ok = publisher_open(&publishers[i], demo, i);
    if (ok)
        err = publish_all(publishers, demo);
    for (size_t i = 0; i < demo->publisher_count; i++)
        ok = publisher_close(&publishers[i]) && ok;
    if (!ok || err != WEIR_OK) {
        fprintf(stderr, "weir-demo: the publishers gave up: %s\n",
                err != WEIR_OK ? weir_err_text(err) : "cannot write or connect");
        atomic_fetch_add(&demo->counters->failed, 1);
        return 1;
    }
    return 0;
}
