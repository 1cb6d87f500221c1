/* fake.c - see fake.h. */
#include "fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define DEADLINE_MS 10000u
#define SETTLE_TURNS 30

static void on_note(struct fake *fake, const struct weir_note *note);
static void take_frames(struct fake *fake);
static void on_frame(struct fake *fake, const struct weir_frame *frame);
static uint64_t frame_number(const struct weir_frame *frame, struct weir_str *text);
static void record(struct fake *fake, enum call_type type, uint64_t number,
                   struct weir_outcome_view outcome);

/* ---- the client's callbacks */

static void record(struct fake *fake, enum call_type type, uint64_t number,
                   struct weir_outcome_view outcome)
{
    struct call *call = &fake->calls[fake->call_count];

    assert_true(fake->call_count < SEEN_MAX);
    fake->call_count++;
    *call = (struct call){.type = type, .number = number, .reason = outcome.reason};
    snprintf(call->text, sizeof call->text, "%.*s", (int)outcome.text.len,
             outcome.text.len > 0 ? outcome.text.ptr : "");
}

static void delivered(void *context, const struct weir_delivery *delivery)
{
    struct weir_value value;
    char text[TEXT_MAX] = "";

    for (size_t i = 0; i < delivery->subscription_count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%u,",
                 delivery->subscriptions[i]);
    assert_true(weir_notification_find(&delivery->notification, WEIR_STR("n"), &value));
    record(context, CALL_DELIVERED, (uint64_t)value.u.integer,
           (struct weir_outcome_view){.text = weir_str_of(text)});
}

static void subscribed(void *context, uint32_t id, struct weir_outcome_view outcome)
{
    record(context, CALL_SUBSCRIBED, id, outcome);
}

static void unsubscribed(void *context, uint32_t id, struct weir_outcome_view outcome)
{
    record(context, CALL_UNSUBSCRIBED, id, outcome);
}

static void advertised(void *context, uint32_t id, struct weir_outcome_view outcome)
{
    record(context, CALL_ADVERTISED, id, outcome);
}

static void unadvertised(void *context, uint32_t id, struct weir_outcome_view outcome)
{
    record(context, CALL_UNADVERTISED, id, outcome);
}

static void accepted(void *context, uint64_t number)
{
    record(context, CALL_ACCEPTED, number, (struct weir_outcome_view){.reason = WEIR_REASON_NONE});
}

static void refused(void *context, uint64_t number, struct weir_outcome_view outcome)
{
    record(context, CALL_REFUSED, number, outcome);
}

static void gap(void *context, const struct weir_gap_notice *notice)
{
    record(context, CALL_GAP, notice->episode,
           (struct weir_outcome_view){.text = notice->far_name});
}

static void connection(void *context, bool connected, struct weir_outcome_view outcome)
{
    record(context, connected ? CALL_CONNECTED : CALL_DISCONNECTED, 0, outcome);
}

static void reply(void *context, uint32_t id, bool last, struct weir_outcome_view piece)
{
    record(context, CALL_REPLY, id + (last ? 1000u : 0u), piece);
}

/* ---- both sides */

void fake_init(struct fake *fake)
{
    memset(fake, 0, sizeof *fake);
    weiri_buf_init(&fake->in, 64u << 20, NULL);
    weiri_buf_init(&fake->out, WEIR_FRAME_SIZE_MAX, NULL);
    assert_int_equal(weir_hub_create(&fake->hub, &(struct weir_hub_options){0}, NULL), WEIR_OK);
    assert_int_equal(weir_hub_listen(fake->hub, "tcp://127.0.0.1:0", fake->url), WEIR_OK);
    fake->hello = (struct weir_hello){.magic = WEIR_HELLO_MAGIC,
                                      .version_min = 1,
                                      .version_max = 1,
                                      .role = WEIR_ROLE_BROKER,
                                      .incarnation = 1,
                                      .epoch = 1,
                                      .heartbeat_ms = 5000,
                                      .frame_max = WEIR_FRAME_SIZE_MAX,
                                      .window = 4u << 20,
                                      .name = WEIR_STR("fake")};
}

void fake_client(struct fake *fake, struct weir_client_options options)
{
    assert_int_equal(fake_try_client(fake, options), WEIR_OK);
}

enum weir_err fake_try_client(struct fake *fake, struct weir_client_options options)
{
    struct weir_client_callbacks callbacks = {delivered,    subscribed, unsubscribed, advertised,
                                              unadvertised, accepted,   refused,      gap,
                                              connection,   reply};

    options.url = fake->url;
    options.callbacks = &callbacks;
    options.context = fake;
    return weir_client_create(&fake->client, &options);
}

void fake_fini(struct fake *fake)
{
    weir_client_destroy(fake->client);
    weir_hub_destroy(fake->hub);
    weiri_buf_fini(&fake->in);
    weiri_buf_fini(&fake->out);
}

void fake_turn(struct fake *fake)
{
    if (fake->client != NULL && fake->err == WEIR_OK)
        fake->err = weir_client_poll(fake->client, 0);
    fake_broker_turn(fake);
}

void fake_broker_turn(struct fake *fake)
{
    struct weir_note note;

    weir_hub_next(fake->hub, 1, &note);
    while (note.type != WEIR_NOTE_NONE) {
        on_note(fake, &note);
        weir_hub_next(fake->hub, 0, &note);
    }
}

static void on_note(struct fake *fake, const struct weir_note *note)
{
    if (note->type == WEIR_NOTE_ACCEPTED) {
        fake->conn = note->conn;
        weiri_buf_reset(&fake->in);
    } else if (note->type == WEIR_NOTE_CLOSED && note->conn == fake->conn) {
        fake->conn = 0;
    } else if (note->type == WEIR_NOTE_BYTES && note->conn == fake->conn) {
        weiri_buf_put(&fake->in, (struct weir_str){(const char *)note->bytes, note->size});
        assert_int_equal(fake->in.err, WEIR_OK);
        take_frames(fake);
    }
}

static void take_frames(struct fake *fake)
{
    size_t at = 0, size, left;

    for (;;) {
        struct weir_frame frame;

        assert_int_equal(
            weir_frame_peek(&size, fake->in.bytes + at, fake->in.size - at, WEIR_FRAME_SIZE_MAX),
            WEIR_OK);
        if (size == 0 || size > fake->in.size - at)
            break;
        assert_int_equal(weir_frame_decode(&frame, fake->in.bytes + at, size), WEIR_OK);
        assert_true(weir_frame_allowed(frame.type, WEIR_ROLE_CLIENT));
        on_frame(fake, &frame);
        at += size;
    }
    left = fake->in.size - at;
    memmove(fake->in.bytes, fake->in.bytes + at, left);
    fake->in.size = left;
}

static void on_frame(struct fake *fake, const struct weir_frame *frame)
{
    struct seen *seen = &fake->seen[fake->seen_count];
    struct weir_str text = {NULL, 0};

    assert_true(fake->seen_count < SEEN_MAX);
    fake->seen_count++;
    *seen = (struct seen){.type = frame->type, .conn = fake->conn};
    seen->number = frame_number(frame, &text);
    snprintf(seen->text, sizeof seen->text, "%.*s", (int)text.len, text.len > 0 ? text.ptr : "");
    if (frame->type == WEIR_FRAME_HELLO && fake->hello.name.len > 0)
        fake_send(fake, &(struct weir_frame){.type = WEIR_FRAME_HELLO, .u.hello = fake->hello});
}

static uint64_t frame_number(const struct weir_frame *frame, struct weir_str *text)
{
    switch (frame->type) {
    case WEIR_FRAME_HELLO: *text = frame->u.hello.name; return frame->u.hello.epoch;
    case WEIR_FRAME_SUBSCRIBE:
    case WEIR_FRAME_ADVERTISE: *text = frame->u.subscribe.payload; return frame->u.subscribe.id;
    case WEIR_FRAME_QUERY: *text = frame->u.query.payload; return frame->u.query.id;
    case WEIR_FRAME_UNSUBSCRIBE:
    case WEIR_FRAME_UNADVERTISE: return frame->u.id.id;
    case WEIR_FRAME_PUBLISH: return frame->u.publish.seq;
    case WEIR_FRAME_CLOSE: *text = frame->u.close.text; return frame->u.close.reason;
    default: return 0;
    }
}

/* ---- waiting */

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static void wait_for(struct fake *fake, const size_t *counter, size_t count)
{
    uint64_t until = now_ms() + DEADLINE_MS;

    while (*counter < count) {
        if (now_ms() > until)
            fail_msg("waited for %zu, have %zu frames and %zu calls", count, fake->seen_count,
                     fake->call_count);
        fake_turn(fake);
    }
}

void fake_wait_seen(struct fake *fake, size_t count)
{
    wait_for(fake, &fake->seen_count, count);
}

void fake_wait_calls(struct fake *fake, size_t count)
{
    wait_for(fake, &fake->call_count, count);
}

void fake_wait_error(struct fake *fake)
{
    uint64_t until = now_ms() + DEADLINE_MS;

    while (fake->err == WEIR_OK) {
        if (now_ms() > until)
            fail_msg("waited for an error of poll");
        fake_turn(fake);
    }
}

void fake_settle(struct fake *fake)
{
    for (int i = 0; i < SETTLE_TURNS; i++)
        fake_turn(fake);
}

/* ---- the broker's side */

void fake_send(struct fake *fake, const struct weir_frame *frame)
{
    weiri_buf_reset(&fake->out);
    assert_int_equal(weir_frame_encode(&fake->out, frame), WEIR_OK);
    assert_int_equal(weir_hub_send(fake->hub, fake->conn, WEIR_LINK_DATA, weiri_buf_str(&fake->out),
                                   (struct weir_str){NULL, 0}),
                     WEIR_OK);
}

void fake_outcome(struct fake *fake, enum weir_frame_type type, uint32_t id,
                  enum weir_reason reason, const char *text)
{
    struct weir_frame frame = {
        .type = type, .u.outcome = {id, (uint16_t)reason, weir_str_of(text)}
    };

    fake_send(fake, &frame);
}

void fake_puback(struct fake *fake, uint64_t seq)
{
    fake_send(fake, &(struct weir_frame){.type = WEIR_FRAME_PUBACK, .u.puback = {seq}});
}

void fake_cut(struct fake *fake)
{
    weir_hub_close(fake->hub, fake->conn, 0);
    fake->conn = 0;
}

void fake_expect_seen(struct fake *fake, size_t index, enum weir_frame_type type, uint64_t number)
{
    fake_wait_seen(fake, index + 1);
    if (fake->seen[index].type != type || fake->seen[index].number != number)
        fail_msg("frame %zu is %s %llu, not %s %llu", index,
                 weir_frame_type_text(fake->seen[index].type),
                 (unsigned long long)fake->seen[index].number, weir_frame_type_text(type),
                 (unsigned long long)number);
}

void fake_expect_call(struct fake *fake, size_t index, enum call_type type, uint64_t number)
{
    fake_wait_calls(fake, index + 1);
    if (fake->calls[index].type != type || fake->calls[index].number != number)
        fail_msg("call %zu is %d(%llu), not %d(%llu)", index, (int)fake->calls[index].type,
                 (unsigned long long)fake->calls[index].number, (int)type,
                 (unsigned long long)number);
}
