/* router.c - bytes as inputs of one router: links come and go, frames arrive that are well formed
 * but need not make sense, or are garbage; time passes.  The router's assertions judge. */
#include <weir/bytes.h>
#include <weir/normal.h>
#include <weir/router.h>

#include <stdlib.h>

#define LINKS 6

struct fuzz {
    const uint8_t *data;
    size_t size;
    struct weir_router *router;
    uint64_t now_ms, epoch;
    uint32_t links[LINKS]; /* 0: down */
    uint32_t next_link;
    bool numbered;
    struct weiri_buf buf;
};

static uint8_t next(struct fuzz *f)
{
    if (f->size == 0)
        return 0;
    f->size--;
    return *f->data++;
}

static void step(struct fuzz *f, struct weir_input *input)
{
    struct weir_actions actions;

    input->now_ms = f->now_ms;
    input->wall_ns = (int64_t)f->now_ms;
    if (weir_router_step(f->router, input, &actions) != WEIR_OK)
        abort();
    for (size_t i = 0; i < actions.count; i++) {
        const struct weir_action *a = &actions.v[i];
        size_t payload = a->payload.len;

        if (a->type == WEIR_ACT_SEND &&
            weiri_load_u32((const uint8_t *)a->head.ptr) != a->head.len + payload)
            abort();
    }
}

static void send(struct fuzz *f, size_t slot)
{
    struct weir_input input = {.type = WEIR_IN_MESSAGE, .link = f->links[slot]};

    input.u.message = weiri_buf_str(&f->buf);
    step(f, &input);
}

static void send_frame(struct fuzz *f, size_t slot, const struct weir_frame *frame)
{
    weiri_buf_reset(&f->buf);
    if (weir_frame_encode(&f->buf, frame) != WEIR_OK)
        abort();
    send(f, slot);
}

/* What an honest neighbour says first: that it is linked to us, and JOIN. */
static void join(struct fuzz *f, size_t slot, const struct weir_peer *peer)
{
    const struct weir_neighbour us = {weir_broker_id(WEIR_STR("me")), 2, 1, 0};
    uint8_t item[WEIR_NEIGHBOUR_SIZE];
    struct weir_frame lsa = {.type = WEIR_FRAME_LSA}, joins = {.type = WEIR_FRAME_JOIN};

    weir_neighbour_write(item, &us);
    lsa.u.lsa =
        (struct weir_lsa){weir_broker_id(peer->name), peer->incarnation, 1, peer->name, 1, item};
    send_frame(f, slot, &lsa);
    send_frame(f, slot, &joins);
}

static void up(struct fuzz *f, size_t slot)
{
    static const char *const names[LINKS] = {"b", "c", "me", "", "b", "client"};
    struct weir_input input = {.type = WEIR_IN_LINK_UP, .link = ++f->next_link};
    bool client = slot == 3 || slot == 5;
    uint8_t incarnation = next(f), options = next(f);

    input.u.peer = (struct weir_peer){.role = client ? WEIR_ROLE_CLIENT : WEIR_ROLE_BROKER,
                                      .name = weir_str_of(names[slot]),
                                      .incarnation = 1 + incarnation % 2,
                                      .epoch = 1,
                                      .window = 500,
                                      .heartbeat_ms = 100,
                                      .dialled = options % 2,
                                      .own_epoch = ++f->epoch};
    f->links[slot] = input.link;
    step(f, &input);
    if (!client && options % 8 < 6)
        join(f, slot, &input.u.peer);
}

static void down(struct fuzz *f, size_t slot)
{
    struct weir_input input = {.type = WEIR_IN_LINK_DOWN, .link = f->links[slot]};

    f->links[slot] = 0;
    step(f, &input);
}

/* A notification, or bytes of the input that are hardly one. */
static struct weir_str payload_of(struct fuzz *f, uint8_t **owned, bool stamped)
{
    struct weir_attr attr = {
        {"n", 1},
        weir_value_int(next(f))
    };
    struct weir_stamps stamps = {
        .id = {"b.1.1", 5},
          .origin_len = 1, .ts_ns = 1
    };
    struct weir_notification n;
    uint8_t *bytes, *result;
    size_t size;

    if (weir_notification_encode(&bytes, &size, &attr, 1, (struct weir_str){NULL, 0}, NULL, NULL) !=
        WEIR_OK)
        abort();
    if (!stamped) {
        *owned = bytes;
        return (struct weir_str){(const char *)bytes, size};
    }
    n = weir_notification_view(bytes, size);
    size = weir_notification_stamped_size(&n, &stamps);
    result = malloc(size);
    if (result == NULL)
        abort();
    weir_notification_stamp(result, &n, &stamps);
    free(bytes);
    *owned = result;
    return (struct weir_str){(const char *)result, size};
}

static struct weir_str filter_of(struct fuzz *f, enum weir_filter_role role,
                                 struct weir_normal **normal)
{
    static const char *const texts[] = {"n > 10", "n > 20", "n = 5", "TRUE", "n > 5 AND n < 3"};
    struct weir_filter *filter;
    struct weir_diags diags = {0};

    if (weir_filter_compile(&filter, weir_str_of(texts[next(f) % 5]), &diags, NULL) != WEIR_OK ||
        weir_normal_create(normal, filter, role, NULL) != WEIR_OK)
        abort();
    weir_filter_destroy(filter);
    return weir_normal_bytes(*normal);
}

static void between_brokers(struct fuzz *f, struct weir_frame *frame, struct weir_normal **normal,
                            uint8_t **owned, uint8_t *item)
{
    static const enum weir_frame_type types[] = {
        WEIR_FRAME_LSA, WEIR_FRAME_SUB,      WEIR_FRAME_UNSUB,  WEIR_FRAME_ADV,
        WEIR_FRAME_ACK, WEIR_FRAME_PROMISED, WEIR_FRAME_CREDIT, WEIR_FRAME_DATA,
        WEIR_FRAME_GAP, WEIR_FRAME_UNADV,    WEIR_FRAME_READY,  WEIR_FRAME_HEARTBEAT};
    static const char *const names[] = {"b", "c", "me", "d"};
    struct weir_str name = weir_str_of(names[next(f) % 4]);
    uint8_t pick = next(f);

    frame->type = pick >= 252 ? WEIR_FRAME_JOIN : types[pick % (sizeof types / sizeof types[0])];
    switch (frame->type) {
    case WEIR_FRAME_LSA:
        weir_neighbour_write(item, &(struct weir_neighbour){
                                       weir_broker_id(weir_str_of(names[next(f) % 4])), 1, 1, 0});
        frame->u.lsa = (struct weir_lsa){weir_broker_id(name), next(f) % 3, next(f), name, 1, item};
        break;
    case WEIR_FRAME_SUB:
    case WEIR_FRAME_ADV:
        frame->u.sub.seq = next(f);
        frame->u.sub.id = f->numbered ? 1u + next(f) % 4 : 0;
        frame->u.sub.payload = filter_of(
            f, frame->type == WEIR_FRAME_ADV ? WEIR_ROLE_ADVERTISEMENT : WEIR_ROLE_SUBSCRIPTION,
            normal);
        break;
    case WEIR_FRAME_UNSUB:
    case WEIR_FRAME_UNADV:
        frame->u.unsub.seq = next(f);
        frame->u.unsub.ref = next(f);
        break;
    case WEIR_FRAME_READY: frame->u.ready.seq = next(f); break;
    case WEIR_FRAME_ACK: frame->u.ack = (struct weir_ack){f->epoch, next(f)}; break;
    case WEIR_FRAME_PROMISED:
        weir_u64_write(item, next(f));
        frame->u.promised = (struct weir_promised){f->epoch, 1, item};
        break;
    case WEIR_FRAME_CREDIT: frame->u.credit.bytes = next(f); break;
    case WEIR_FRAME_DATA:
        frame->u.data.origin = weir_broker_id(name);
        frame->u.data.incarnation = 1;
        frame->u.data.seq = next(f);
        frame->u.data.prev = next(f) % 4;
        frame->u.data.payload = payload_of(f, owned, true);
        break;
    case WEIR_FRAME_GAP:
        frame->u.gap =
            (struct weir_gap){weir_broker_id(name), next(f) % 4, next(f) % 2, name, WEIR_STR("z")};
        break;
    default: break;
    }
}

static void from_client(struct fuzz *f, struct weir_frame *frame, uint8_t **owned)
{
    static const enum weir_frame_type types[] = {WEIR_FRAME_SUBSCRIBE, WEIR_FRAME_UNSUBSCRIBE,
                                                 WEIR_FRAME_ADVERTISE, WEIR_FRAME_UNADVERTISE,
                                                 WEIR_FRAME_PUBLISH};
    static const char *const texts[] = {"n > 10", "n > 20", "n = 5", "TRUE", "n >"};

    frame->type = types[next(f) % 5];
    if (frame->type == WEIR_FRAME_PUBLISH) {
        frame->u.publish.seq = next(f);
        frame->u.publish.level = next(f) % 8 == 0;
        frame->u.publish.payload = payload_of(f, owned, false);
    } else if (frame->type == WEIR_FRAME_SUBSCRIBE || frame->type == WEIR_FRAME_ADVERTISE) {
        frame->u.subscribe.id = next(f) % 4;
        frame->u.subscribe.payload = weir_str_of(texts[next(f) % 5]);
    } else {
        frame->u.id.id = next(f) % 4;
    }
}

static void frame(struct fuzz *f, size_t slot, bool mutate)
{
    struct weir_frame frame = {.type = WEIR_FRAME_HEARTBEAT};
    struct weir_normal *normal = NULL;
    uint8_t *owned = NULL;
    uint8_t item[WEIR_NEIGHBOUR_SIZE] = {0};

    weiri_buf_reset(&f->buf);
    if (slot == 3 || slot == 5)
        from_client(f, &frame, &owned);
    else
        between_brokers(f, &frame, &normal, &owned, item);
    if (weir_frame_encode(&f->buf, &frame) == WEIR_OK) {
        if (mutate)
            f->buf.bytes[next(f) % f->buf.size] ^= (uint8_t)(1 + next(f));
        send(f, slot);
    }
    weir_normal_destroy(normal);
    free(owned);
}

static void one(struct fuzz *f)
{
    uint8_t op = next(f);
    size_t slot = op / 16 % LINKS;
    struct weir_input tick = {.type = WEIR_IN_TICK};

    switch (op % 16) {
    case 0:
        if (f->links[slot] != 0)
            down(f, slot);
        break;
    case 1:
        f->now_ms += next(f) * 4u;
        step(f, &tick);
        break;
    case 2: step(f, &tick); break;
    default:
        if (f->links[slot] == 0)
            up(f, slot);
        else
            frame(f, slot, op % 16 == 3);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz f = {.data = data, .size = size, .now_ms = 1000};
    uint8_t options = next(&f);
    struct weir_str neighbour = WEIR_STR("c");

    f.numbered = options % 4 == WEIR_STRATEGY_SIMPLE;
    struct weir_router_config config = {.name = WEIR_STR("me"),
                                        .incarnation = 2,
                                        .strategy = (enum weir_strategy)(options % 4),
                                        .advertisements = options & 4,
                                        .heartbeat_ms = 100,
                                        .hold_ms = 300,
                                        .link_window = 1000,
                                        .client_window = 1000,
                                        .cover_work = 1000,
                                        .hash_seed = 1,
                                        .neighbours = &neighbour,
                                        .neighbour_count = 1,
                                        .unlisted = true};

    if (weir_router_create(&f.router, &config, NULL) != WEIR_OK)
        abort();
    weiri_buf_init(&f.buf, WEIR_FRAME_SIZE_MAX, NULL);
    while (f.size != 0)
        one(&f);
    for (size_t i = 0; i < LINKS; i++) {
        if (f.links[i] != 0)
            down(&f, i);
    }
    weiri_buf_fini(&f.buf);
    weir_router_destroy(f.router);
    return 0;
}
