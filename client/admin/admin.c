/* admin.c - see admin.h. */
#include <weir/admin.h>

#include <weir/bytes.h>
#include <weir/client.h>
#include <weir/load.h>

#include <time.h>

struct conversation {
    struct weiri_buf text;
    bool done;
    enum weir_reason reason;
};

static void on_reply(void *context, uint32_t id, bool last, struct weir_outcome_view piece);
static enum weir_err converse(struct conversation *c, struct weir_client *client,
                              const char *question, uint32_t timeout_ms);
static uint64_t clock_ms(void);

enum weir_err weir_admin_ask(json_t **answer, const char *url, const char *question,
                             uint32_t timeout_ms)
{
    static const struct weir_client_callbacks callbacks = {.reply = on_reply};
    struct conversation c = {.reason = WEIR_REASON_NONE};
    struct weir_client_options options = {.url = url, .callbacks = &callbacks, .context = &c};
    struct weir_client *client = NULL;
    enum weir_err err;

    weiri_buf_init(&c.text, WEIR_ADMIN_SIZE_MAX, NULL);
    err = weir_client_create(&client, &options);
    if (err == WEIR_OK)
        err = converse(&c, client, question, timeout_ms);
    weir_client_destroy(client);
    if (err == WEIR_OK) {
        err = weiri_json_load(answer, weiri_buf_str(&c.text), 0, NULL);
        if (err != WEIR_OK && err != WEIR_ENOMEM)
            err = WEIR_EMALFORMED;
    }
    weiri_buf_fini(&c.text);
    return err;
}

static enum weir_err converse(struct conversation *c, struct weir_client *client,
                              const char *question, uint32_t timeout_ms)
{
    uint64_t end_ms = clock_ms() + timeout_ms;
    uint32_t id;
    enum weir_err err = weir_client_query(client, &id, question);

    while (err == WEIR_OK && !c->done) {
        uint64_t now_ms = clock_ms();

        if (now_ms >= end_ms)
            return WEIR_ETIMEOUT;
        err = weir_client_poll(client, (int)(end_ms - now_ms));
    }
    if (err == WEIR_OK && c->reason != WEIR_REASON_NONE)
        err = WEIR_EREFUSED;
    if (err == WEIR_OK && c->text.err != WEIR_OK)
        err = c->text.err == WEIR_ENOMEM ? WEIR_ENOMEM : WEIR_EMALFORMED;
    return err;
}

static void on_reply(void *context, uint32_t id, bool last, struct weir_outcome_view piece)
{
    struct conversation *c = context;

    (void)id;
    c->done = last;
    c->reason = piece.reason;
    weiri_buf_put(&c->text, piece.text);
}

static uint64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
