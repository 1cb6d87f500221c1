/* layout.c - the fields of each type of frame, in wire order: the executable half of
 * routing/PROTOCOL.md. */
#include "internal.h"

#include <weir/wire.h>

#define AT(path) offsetof(struct weir_frame, u.path)

/* The formatter of LLVM 14 does not know _Generic. */
/* clang-format off */
#define KIND(path)                                                                                 \
    _Generic(((const struct weir_frame *)0)->u.path,                                               \
        uint8_t: FIELD_U8,                                                                         \
        uint16_t: FIELD_U16,                                                                       \
        uint32_t: FIELD_U32,                                                                       \
        uint64_t: FIELD_U64,                                                                       \
        struct weir_str: FIELD_STRING)

#define FIELD(path) {KIND(path), 0, AT(path), 0}
#define TREE(member) FIELD(member.tree.root), FIELD(member.tree.version), FIELD(member.tree.scope)
#define LIST(member, items, size) {FIELD_LIST, (size), AT(member.items), AT(member.count)}
#define PAYLOAD(member) {FIELD_PAYLOAD, 0, AT(member.payload), 0}
#define END {FIELD_END, 0, 0, 0}
/* clang-format on */

static const struct field hello_fields[] = {
    FIELD(hello.magic),  FIELD(hello.version_min),  FIELD(hello.version_max),
    FIELD(hello.role),   FIELD(hello.strategy),     FIELD(hello.incarnation),
    FIELD(hello.epoch),  FIELD(hello.heartbeat_ms), FIELD(hello.frame_max),
    FIELD(hello.window), FIELD(hello.name),         END,
};
static const struct field close_fields[] = {FIELD(close.reason), FIELD(close.text), END};
static const struct field heartbeat_fields[] = {FIELD(heartbeat.sent), FIELD(heartbeat.applied),
                                                END};
static const struct field lsa_fields[] = {
    FIELD(lsa.origin),
    FIELD(lsa.incarnation),
    FIELD(lsa.sequence),
    FIELD(lsa.name),
    LIST(lsa, neighbours, WEIR_NEIGHBOUR_SIZE),
    END,
};
static const struct field sub_fields[] = {TREE(sub), FIELD(sub.seq), FIELD(sub.id), PAYLOAD(sub),
                                          END};
static const struct field unsub_fields[] = {TREE(unsub), FIELD(unsub.seq), FIELD(unsub.ref), END};
static const struct field ready_fields[] = {TREE(ready), FIELD(ready.seq), END};
static const struct field ack_fields[] = {FIELD(ack.epoch), FIELD(ack.seq), END};
static const struct field promised_fields[] = {FIELD(promised.epoch), LIST(promised, seqs, 8), END};
static const struct field credit_fields[] = {TREE(credit), FIELD(credit.bytes), END};
static const struct field join_fields[] = {TREE(join), END};
static const struct field data_fields[] = {
    FIELD(data.origin), FIELD(data.incarnation),
    TREE(data),         FIELD(data.seq),
    FIELD(data.prev),   FIELD(data.sent_ns),
    FIELD(data.level),  FIELD(data.hops),
    PAYLOAD(data),      END,
};
static const struct field gap_fields[] = {
    FIELD(gap.reporter),  FIELD(gap.episode),  FIELD(gap.ended),
    FIELD(gap.near_name), FIELD(gap.far_name), END,
};
static const struct field subscribe_fields[] = {FIELD(subscribe.id), PAYLOAD(subscribe), END};
static const struct field id_fields[] = {FIELD(id.id), END};
static const struct field publish_fields[] = {
    FIELD(publish.seq), FIELD(publish.sent_ns), FIELD(publish.level), PAYLOAD(publish), END,
};
static const struct field query_fields[] = {FIELD(query.id), PAYLOAD(query), END};
static const struct field outcome_fields[] = {
    FIELD(outcome.id),
    FIELD(outcome.reason),
    PAYLOAD(outcome),
    END,
};
static const struct field puback_fields[] = {FIELD(puback.seq), END};
static const struct field pubrefused_fields[] = {
    FIELD(pubrefused.seq),
    FIELD(pubrefused.reason),
    PAYLOAD(pubrefused),
    END,
};
static const struct field deliver_fields[] = {
    FIELD(deliver.origin),  FIELD(deliver.incarnation),
    FIELD(deliver.root),    FIELD(deliver.seq),
    FIELD(deliver.sent_ns), FIELD(deliver.level),
    FIELD(deliver.hops),    LIST(deliver, ids, 4),
    PAYLOAD(deliver),       END,
};
static const struct field reply_fields[] = {
    FIELD(reply.id), FIELD(reply.last), FIELD(reply.reason), PAYLOAD(reply), END,
};

const struct field *weiri_frame_fields(unsigned type)
{
#define FIELDS_OF(name, number, member) \
    case number: return member##_fields;
    switch (type) {
        WEIR_FRAME_LIST(FIELDS_OF)
    default: return NULL;
    }
#undef FIELDS_OF
}
