/* dial.c - connecting. */
#include "internal.h"

#include <assert.h>
#include <string.h>
#include <weir/alloc.h>

static enum weir_err dial_err(int err);

enum weir_err weir_hub_dial(struct weir_hub *hub, const char *url, weir_conn *conn)
{
    bool ipc;
    struct conn *c;
    enum weir_err err = weiri_url_check(url, &ipc);

    if (err != WEIR_OK)
        return err;
    if (hub->stats.conns >= hub->conns_max)
        return WEIR_ELIMIT;
    err = weiri_conn_create(&c, hub);
    if (err != WEIR_OK)
        return err;
    c->url = weiri_alloc(hub->alloc, strlen(url) + 1);
    if (c->url == NULL) {
        weiri_conn_destroy(c);
        return WEIR_ENOMEM;
    }
    memcpy(c->url, url, strlen(url) + 1);

    int rv = nng_stream_dialer_alloc(&c->dialer, url);

    if (rv != 0) {
        c->dialer = NULL;
        weiri_conn_destroy(c);
        return weiri_err_of(rv);
    }
    if (!ipc)
        (void)nng_stream_dialer_set_bool(c->dialer, NNG_OPT_TCP_NODELAY, true);
    c->state = CONN_DIALLING;
    c->dialling = true;
    c->receiving = true;
    *conn = c->id;
    nng_stream_dialer_dial(c->dialer, c->read_aio);
    return WEIR_OK;
}

void weiri_dial_done(struct conn *c, int err)
{
    struct weir_hub *hub = c->hub;

    pthread_mutex_lock(&hub->mutex);
    bool under_way = c->dialling && c->receiving;
    nng_stream *stream = c->dial_stream;

    if (!under_way) {
        c->dialling = false;
        c->dial_stream = NULL;
    }
    pthread_mutex_unlock(&hub->mutex);
    if (under_way) /* the owner has closed it, and NNG has not let go yet */
        return;

    nng_stream_dialer_free(c->dialer);
    c->dialer = NULL;
    if (c->state == CONN_CLOSING) {
        if (stream != NULL)
            nng_stream_free(stream);
        c->state = CONN_GONE;
        weiri_hub_note(hub, WEIR_NOTE_CLOSED, c, 0);
    } else if (stream == NULL) {
        c->err = dial_err(err);
        c->state = CONN_GONE;
        weiri_hub_note(hub, WEIR_NOTE_FAILED, c, 0);
    } else {
        weiri_hub_note(hub, WEIR_NOTE_CONNECTED, c, 0);
        weiri_conn_open(c, stream);
    }
}

static enum weir_err dial_err(int err)
{
    switch (err) {
    case NNG_ENOMEM: return WEIR_ENOMEM;
    case NNG_ETIMEDOUT: return WEIR_ETIMEOUT;
    default: return WEIR_ECONNECT;
    }
}
