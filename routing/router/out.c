/* out.c - the actions of a step.  Memory is kept from step to step, so the steady state allocates
 * nothing; what actions point to never moves. */
#include "internal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <weir/alloc.h>

#define CHUNK_SIZE 16384
#define KEPT_SIZE_MAX (4 * (size_t)WEIR_NOTIFICATION_SIZE_MAX)
#define CHUNK_HEADER ((sizeof(struct chunk) + 15) & ~(size_t)15)

void weiri_out_init(struct out *out, const struct weir_alloc *alloc)
{
    memset(out, 0, sizeof *out);
    out->alloc = alloc;
    weiri_buf_init(&out->scratch, WEIR_FRAME_SIZE_MAX, alloc);
}

void weiri_out_fini(struct out *out)
{
    struct chunk *next;

    for (struct chunk *c = out->chunks; c != NULL; c = next) {
        next = c->next;
        weiri_release(out->alloc, c);
    }
    weiri_release(out->alloc, out->v);
    weiri_buf_fini(&out->scratch);
    memset(out, 0, sizeof *out);
}

/* Keeps the memory of an ordinary step; what a large one took goes back. */
void weiri_out_reset(struct out *out)
{
    struct chunk **at = &out->chunks;
    size_t kept = 0;

    out->count = 0;
    while (*at != NULL) {
        struct chunk *c = *at;

        if (kept + c->size > KEPT_SIZE_MAX) {
            *at = c->next;
            weiri_release(out->alloc, c);
        } else {
            kept += c->size;
            c->used = 0;
            at = &c->next;
        }
    }
    out->chunk = out->chunks;
}

static size_t align_up(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

/* A chunk with `size` bytes to spare becomes the current one. */
static enum weir_err need_chunk(struct out *out, size_t size)
{
    size_t chunk_size = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    struct chunk *c;

    for (c = out->chunk; c != NULL; c = c->next) {
        if (c->size - c->used >= size) {
            out->chunk = c;
            return WEIR_OK;
        }
    }
    c = weiri_alloc(out->alloc, CHUNK_HEADER + chunk_size);
    if (c == NULL)
        return WEIR_ENOMEM;
    *c = (struct chunk){.size = chunk_size};
    if (out->chunk != NULL) {
        c->next = out->chunk->next;
        out->chunk->next = c;
    } else {
        out->chunks = c;
    }
    out->chunk = c;
    return WEIR_OK;
}

void *weiri_out_alloc(struct out *out, size_t size)
{
    void *bytes;

    size = align_up(size);
    if (need_chunk(out, size) != WEIR_OK)
        return NULL;
    bytes = (uint8_t *)out->chunk + CHUNK_HEADER + out->chunk->used;
    out->chunk->used += size;
    return bytes;
}

enum weir_err weiri_out_reserve(struct out *out, size_t count, size_t bytes)
{
    struct weir_action *v;
    size_t head_max;

    if (out->count + count > out->capacity) {
        v = weiri_array_grow(out->alloc, out->v, &out->capacity, out->count + count, sizeof *v);
        if (v == NULL)
            return WEIR_ENOMEM;
        out->v = v;
    }
    bytes += count * 16; /* alignment */
    head_max = bytes < WEIR_FRAME_SIZE_MAX ? bytes : WEIR_FRAME_SIZE_MAX;
    if (head_max > out->scratch.capacity) {
        weiri_buf_reset(&out->scratch);
        if (weiri_buf_extend(&out->scratch, head_max) == NULL)
            return WEIR_ENOMEM;
    }
    return need_chunk(out, bytes);
}

enum weir_err weiri_out_push(struct out *out, const struct weir_action *action)
{
    enum weir_err err = weiri_out_reserve(out, 1, 0);

    if (err == WEIR_OK)
        out->v[out->count++] = *action;
    return err;
}

static enum weir_err encode_head(struct out *out, const struct weir_frame *frame,
                                 struct weir_str *head)
{
    enum weir_err err;
    char *copy;

    weiri_buf_reset(&out->scratch);
    err = weir_frame_encode_head(&out->scratch, frame);
    if (err != WEIR_OK)
        return err;
    copy = weiri_out_alloc(out, out->scratch.size);
    if (copy == NULL)
        return WEIR_ENOMEM;
    memcpy(copy, out->scratch.bytes, out->scratch.size);
    *head = (struct weir_str){copy, out->scratch.size};
    return WEIR_OK;
}

/* A gap that begins goes with the promises, so that none can arrive before it. */
static enum weir_lane lane_of(const struct weir_frame *frame)
{
    if (frame->type == WEIR_FRAME_GAP && frame->u.gap.ended == 0)
        return WEIR_LANE_CONTROL;
    return weir_frame_lane(frame->type);
}

static enum weir_err send_as(struct weir_router *r, struct link *link,
                             const struct weir_frame *frame, struct weir_action *action,
                             uint64_t payload_size)
{
    enum weir_err err = weiri_out_reserve(&r->out, 1, HEAD_SIZE_MAX);

    if (err == WEIR_OK)
        err = encode_head(&r->out, frame, &action->head);
    if (err != WEIR_OK)
        return err;
    action->lane = lane_of(frame);
    action->link = link->number;
    r->out.v[r->out.count++] = *action;
    link->sent_ms = r->now_ms;
    link->bytes_out += action->head.len + payload_size;
    if (action->lane == WEIR_LANE_CONTROL && link->role == WEIR_ROLE_BROKER)
        r->stats.control_out++;
    return WEIR_OK;
}

enum weir_err weiri_send(struct weir_router *r, struct link *link, const struct weir_frame *frame,
                         struct weir_str payload)
{
    struct weir_action action = {.type = WEIR_ACT_SEND, .payload = payload};

    return send_as(r, link, frame, &action, payload.len);
}

enum weir_err weiri_resend(struct weir_router *r, struct link *link, const struct weir_frame *frame,
                           uint64_t key, uint64_t payload_size)
{
    struct weir_action action = {.type = WEIR_ACT_RESEND, .key = key};

    return send_as(r, link, frame, &action, payload_size);
}

void weiri_trace(struct weir_router *r, const char *event, const char *format, ...)
{
    char text[512];
    va_list args;

    if (r->config.trace == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    r->config.trace(r->config.trace_context, event, text);
}

static bool is_plain(struct weir_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f)
            return false;
    }
    return value.len != 0;
}

/* A value that does not fit is cut between its characters. */
const char *weiri_quote(struct quoted *out, struct weir_str value)
{
    bool plain = is_plain(value);
    size_t used = 0;

    if (!plain)
        out->text[used++] = '"';
    for (size_t i = 0; i < value.len && used + 6 < QUOTED_SIZE; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c == '"' || c == '\\')
            out->text[used++] = '\\';
        if (c < ' ' || c == 0x7f)
            used += (size_t)snprintf(out->text + used, 5, "\\x%02x", c);
        else
            out->text[used++] = (char)c;
    }
    if (!plain)
        out->text[used++] = '"';
    out->text[used] = '\0';
    return out->text;
}
