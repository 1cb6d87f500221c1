/* describe.c - a frame in a few words, for the trace. */
#include "internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include <weir/normal.h>

static void append(char *out, size_t size, size_t *used, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void describe_entry(char *out, size_t size, size_t *used, const struct weir_frame *frame);
static void describe_list(char *out, size_t size, size_t *used, const struct weir_frame *frame);

void sim_describe(char *out, size_t size, const struct weir_frame *frame)
{
    size_t used = 0;
    append(out, size, &used, "%s", weir_frame_type_text(frame->type));
    switch (frame->type) {
    case WEIR_FRAME_SUB:
    case WEIR_FRAME_ADV: describe_entry(out, size, &used, frame); break;
    case WEIR_FRAME_UNSUB:
    case WEIR_FRAME_UNADV: append(out, size, &used, " of %" PRIu64, frame->u.unsub.ref); break;
    case WEIR_FRAME_LSA:
        append(out, size, &used, " of %.*s, incarnation %" PRIu64 ", sequence %" PRIu64,
               (int)frame->u.lsa.name.len, frame->u.lsa.name.ptr, frame->u.lsa.incarnation,
               frame->u.lsa.sequence);
        for (uint32_t i = 0; i < frame->u.lsa.count; i++) {
            struct weir_neighbour n = weir_lsa_neighbour(&frame->u.lsa, i);
            append(out, size, &used, " %04" PRIx64 "%s", n.id >> 48, n.synced ? "+" : "");
        }
        break;
    case WEIR_FRAME_ACK: append(out, size, &used, " %" PRIu64, frame->u.ack.seq); break;
    case WEIR_FRAME_CREDIT: append(out, size, &used, " %" PRIu64, frame->u.credit.bytes); break;
    case WEIR_FRAME_DATA:
        append(out, size, &used, " %016" PRIx64 " %" PRIu64 " after %" PRIu64, frame->u.data.origin,
               frame->u.data.seq, frame->u.data.prev);
        break;
    case WEIR_FRAME_GAP:
    case WEIR_FRAME_NOTICE:
        append(out, size, &used, " %" PRIu64 " %s, %.*s to %.*s", frame->u.gap.episode,
               frame->u.gap.ended ? "ends" : "begins", (int)frame->u.gap.near_name.len,
               frame->u.gap.near_name.ptr, (int)frame->u.gap.far_name.len,
               frame->u.gap.far_name.ptr);
        break;
    case WEIR_FRAME_SUBSCRIBE:
    case WEIR_FRAME_ADVERTISE:
        append(out, size, &used, " %" PRIu32 " {%.*s}", frame->u.subscribe.id,
               (int)frame->u.subscribe.payload.len, frame->u.subscribe.payload.ptr);
        break;
    case WEIR_FRAME_UNSUBSCRIBE:
    case WEIR_FRAME_UNADVERTISE: append(out, size, &used, " %" PRIu32, frame->u.id.id); break;
    case WEIR_FRAME_SUBACK:
    case WEIR_FRAME_UNSUBACK:
    case WEIR_FRAME_ADVACK:
    case WEIR_FRAME_UNADVACK:
        append(out, size, &used, " %" PRIu32 " %s", frame->u.outcome.id,
               weir_reason_text(frame->u.outcome.reason));
        break;
    case WEIR_FRAME_PUBLISH: append(out, size, &used, " %" PRIu64, frame->u.publish.seq); break;
    case WEIR_FRAME_PUBACK: append(out, size, &used, " %" PRIu64, frame->u.puback.seq); break;
    case WEIR_FRAME_PUBREFUSED:
        append(out, size, &used, " %" PRIu64 " %s", frame->u.pubrefused.seq,
               weir_reason_text(frame->u.pubrefused.reason));
        break;
    case WEIR_FRAME_PROMISED:
    case WEIR_FRAME_DELIVER: describe_list(out, size, &used, frame); break;
    default: break;
    }
}

static void describe_entry(char *out, size_t size, size_t *used, const struct weir_frame *frame)
{
    const enum weir_filter_role role =
        frame->type == WEIR_FRAME_ADV ? WEIR_ROLE_ADVERTISEMENT : WEIR_ROLE_SUBSCRIPTION;
    append(out, size, used, " %" PRIu64, frame->u.sub.seq);
    struct weir_normal *normal;
    if (weir_normal_decode(&normal, role, frame->u.sub.payload, NULL) != WEIR_OK)
        return;
    char text[256];
    weir_normal_print(text, sizeof text, normal);
    append(out, size, used, " {%s}", text);
    weir_normal_destroy(normal);
}

static void describe_list(char *out, size_t size, size_t *used, const struct weir_frame *frame)
{
    if (frame->type == WEIR_FRAME_PROMISED) {
        for (uint32_t i = 0; i < frame->u.promised.count; i++)
            append(out, size, used, " %" PRIu64, weir_promised_seq(&frame->u.promised, i));
        return;
    }
    append(out, size, used, " %016" PRIx64 " %" PRIu64 " under", frame->u.deliver.origin,
           frame->u.deliver.seq);
    for (uint32_t i = 0; i < frame->u.deliver.count; i++)
        append(out, size, used, " %" PRIu32, weir_deliver_id(&frame->u.deliver, i));
}

/* Cuts what does not fit. */
static void append(char *out, size_t size, size_t *used, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(out + *used, size - *used, format, arguments);
    va_end(arguments);
    if (len > 0)
        *used = *used + (size_t)len < size ? *used + (size_t)len : size - 1;
}
