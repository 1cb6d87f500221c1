/* dial.c - the links that this broker dials, again and again with growing pauses. */
#include "daemon.h"

#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 5000
#define REFUSED_MIN_MS 1000
#define REFUSED_MAX_MS 30000
#define DIAL_TIMEOUT_MS 10000
#define STABLE_MS 3000 /* a link that lasted so long was no failure */

static uint64_t pause_ms(struct daemon *d, const struct dial *dial);
static void start(struct daemon *d, struct dial *dial);
static uint64_t random_below(struct daemon *d, uint64_t bound);

void dial_init(struct daemon *d, struct dial *dial, const struct config_link *link)
{
    *dial = (struct dial){.link = link, .next_ms = d->now_ms};
}

uint64_t dial_timers(struct daemon *d)
{
    uint64_t next_ms = UINT64_MAX;

    for (size_t i = 0; i < d->dial_count && !d->draining; i++) {
        struct dial *dial = &d->dials[i];

        if (dial->peer == NULL && d->now_ms >= dial->next_ms)
            start(d, dial);
        if (dial->peer != NULL && dial->peer->state == PEER_DIALLING) {
            if (d->now_ms >= dial->peer->deadline_ms)
                weir_hub_close(d->hub, dial->peer->conn, 0);
            else if (dial->peer->deadline_ms < next_ms)
                next_ms = dial->peer->deadline_ms;
        }
        if (dial->peer == NULL && dial->next_ms < next_ms)
            next_ms = dial->next_ms;
    }
    return next_ms;
}

static void start(struct daemon *d, struct dial *dial)
{
    weir_conn conn;

    if (peer_is_linked(d, dial->link->name)) { /* it has dialled us */
        dial->failures = 0;
        dial->next_ms = d->now_ms + PAUSE_MAX_MS;
        return;
    }
    d->counters.dials++;
    enum weir_err err = weir_hub_dial(d->hub, dial->link->address, &conn);

    if (err == WEIR_OK) {
        dial->peer = peer_create(d, conn, dial);
        dial->peer->deadline_ms = d->now_ms + DIAL_TIMEOUT_MS;
        return;
    }
    struct fact f;

    d->counters.dials_failed++;
    dial_ended(d, dial, false);
    fact_begin(&f, &d->log, LOG_WARN, "dial-failed");
    fact_text(&f, "name", dial->link->name);
    fact_text(&f, "address", dial->link->address);
    fact_text(&f, "error", weir_err_text(err));
    fact_end(&f);
}

void dial_succeeded(struct daemon *d, struct dial *dial)
{
    dial->up_ms = d->now_ms;
}

void dial_ended(struct daemon *d, struct dial *dial, bool refused)
{
    dial->peer = NULL;
    dial->refused = refused;
    if (dial->up_ms != 0 && d->now_ms - dial->up_ms >= STABLE_MS)
        dial->failures = 0;
    dial->up_ms = 0;
    dial->next_ms = d->now_ms + pause_ms(d, dial);
    dial->failures++;
}

/* Doubles with each failure, and is spread so that brokers do not dial in step. */
static uint64_t pause_ms(struct daemon *d, const struct dial *dial)
{
    uint64_t pause = dial->refused ? REFUSED_MIN_MS : PAUSE_MIN_MS;
    uint64_t max = dial->refused ? REFUSED_MAX_MS : PAUSE_MAX_MS;

    for (unsigned i = 0; i < dial->failures && pause < max; i++)
        pause *= 2;
    if (pause > max)
        pause = max;
    return pause - pause / 4 + random_below(d, pause / 2);
}

static uint64_t random_below(struct daemon *d, uint64_t bound)
{
    d->random ^= d->random << 13;
    d->random ^= d->random >> 7;
    d->random ^= d->random << 17;
    return d->random % bound;
}
