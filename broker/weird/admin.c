/* admin.c - what `weir link ls`, `route show`, `sub ls`, `adv ls` and `top` ask: answers in JSON.
 *
 * An answer is one JSON object, made and sent in pieces.  Lists are paged, so that one question
 * costs a bounded amount of memory: at most `limit` items from `offset` on, and `next` is the
 * offset to go on with or null.  broker/README.md describes the answers. */
#include "daemon.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define QUESTIONS_MAX 16       /* of one client, not answered yet */
#define PIECE_SIZE (48 * 1024) /* sent when there is so much; an item on top is below 64 KiB */
#define LIMIT_MAX 10000
#define LIMIT_DEFAULT 1000
#define FILTER_SIZE 8192

struct answer {
    struct daemon *d;
    struct peer *peer;
    uint32_t id;
    uint64_t offset, limit;
    uint64_t count; /* items seen so far */
    struct weiri_buf piece;
};

static void answer_question(struct daemon *d, struct peer *peer, const struct question *question);
static bool parse(struct weir_str question, struct answer *answer, char *word, size_t size);
static bool parse_number(const char *text, const char *key, uint64_t *out);
static void send_piece(struct answer *answer, bool last, enum weir_reason reason);
static void put(struct answer *answer, const char *text);
static void put_item(struct answer *answer, json_t *item);
static bool wanted(struct answer *answer);
static void answer_list(struct answer *answer, const char *what);
static void answer_broker(struct answer *answer);
static void visit_link(void *context, const struct weir_link_view *view);
static void visit_filter(void *context, const struct weir_sub_view *view);
static void visit_broker(void *context, const struct weir_broker_view *view);
static json_t *text_of(struct weir_str text);
static json_t *number(uint64_t value);
static json_t *hub_json(const struct daemon *d);
static json_t *reasons_json(const uint64_t counts[REASONS]);

void admin_ask(struct daemon *d, struct peer *peer, const struct weir_query *query)
{
    struct question *question;

    if (peer->questions == QUESTIONS_MAX) {
        peer_end(d, peer, WEIR_REASON_LIMIT, WEIR_STR("too many questions at once"));
        return;
    }
    question = calloc(1, sizeof *question);
    if (question == NULL)
        daemon_out_of_memory(d);
    question->conn = peer->conn;
    question->id = query->id;
    question->size = query->payload.len;
    if (question->size > sizeof question->text)
        question->size = sizeof question->text; /* as senseless as what is longer */
    if (question->size != 0)
        memcpy(question->text, query->payload.ptr, question->size);
    DL_APPEND(d->questions, question);
    peer->questions++;
}

void admin_turn(struct daemon *d)
{
    bool answered = false;

    while (d->questions != NULL && !answered) {
        struct question *question = d->questions;
        struct peer *peer = peer_find(d, question->conn);

        DL_DELETE(d->questions, question);
        answered = peer != NULL && peer->state == PEER_UP;
        if (answered) {
            peer->questions--;
            answer_question(d, peer, question);
        }
        free(question);
    }
}

void admin_clear(struct daemon *d)
{
    struct question *question, *next;

    DL_FOREACH_SAFE(d->questions, question, next)
    free(question);
    d->questions = NULL;
}

static void answer_question(struct daemon *d, struct peer *peer, const struct question *question)
{
    struct answer answer = {.d = d, .peer = peer, .id = question->id, .limit = LIMIT_DEFAULT};
    static const char *const lists[] = {"link", "route", "sub", "adv"};
    char word[16];
    bool known = false;

    d->counters.queries++;
    weiri_buf_init(&answer.piece, WEIR_FRAME_SIZE_MAX / 2, NULL);
    if (parse((struct weir_str){question->text, question->size}, &answer, word, sizeof word)) {
        for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
            if (strcmp(word, lists[i]) == 0) {
                known = true;
                answer_list(&answer, word);
            }
        if (strcmp(word, "broker") == 0) {
            known = true;
            answer_broker(&answer);
        }
    }
    if (known) {
        send_piece(&answer, true, WEIR_REASON_NONE);
    } else {
        put(&answer, "a question is link, route, sub, adv or broker, then offset=N and limit=N");
        send_piece(&answer, true, WEIR_REASON_UNKNOWN_ID);
    }
    weiri_buf_fini(&answer.piece);
}

static bool parse(struct weir_str question, struct answer *answer, char *word, size_t size)
{
    char text[128];
    char *rest = NULL;

    if (question.len >= sizeof text)
        return false;
    if (question.len != 0)
        memcpy(text, question.ptr, question.len);
    text[question.len] = '\0';
    const char *token = strtok_r(text, " ", &rest);

    if (token == NULL || strlen(token) >= size)
        return false;
    memcpy(word, token, strlen(token) + 1);
    while ((token = strtok_r(NULL, " ", &rest)) != NULL)
        if (!parse_number(token, "offset=", &answer->offset) &&
            !parse_number(token, "limit=", &answer->limit))
            return false;
    return answer->limit >= 1 && answer->limit <= LIMIT_MAX;
}

static bool parse_number(const char *text, const char *key, uint64_t *out)
{
    size_t len = strlen(key);
    char *end;

    if (strncmp(text, key, len) != 0 || text[len] < '0' || text[len] > '9')
        return false;
    *out = strtoull(text + len, &end, 10);
    return *end == '\0';
}

/* ---- pieces */

static void send_piece(struct answer *answer, bool last, enum weir_reason reason)
{
    struct weir_frame frame = {
        .type = WEIR_FRAME_REPLY,
        .u.reply = {.id = answer->id,
                    .last = last,
                    .reason = (uint16_t)reason,
                    .payload = weiri_buf_str(&answer->piece)},
    };

    if (answer->piece.err != WEIR_OK)
        daemon_out_of_memory(answer->d);
    if (answer->peer->state == PEER_UP)
        daemon_send(answer->d, answer->peer->conn, WEIR_LINK_CONTROL, &frame);
    peer_check_queue(answer->d, answer->peer->conn);
    weiri_buf_reset(&answer->piece);
}

static void put(struct answer *answer, const char *text)
{
    weiri_buf_put(&answer->piece, weir_str_of(text));
}

static bool wanted(struct answer *answer)
{
    uint64_t index = answer->count++;

    return index >= answer->offset && index - answer->offset < answer->limit;
}

static void put_item(struct answer *answer, json_t *item)
{
    char *text = item == NULL ? NULL : json_dumps(item, JSON_COMPACT);

    if (text == NULL)
        daemon_out_of_memory(answer->d);
    put(answer, answer->count - 1 == answer->offset ? "\n" : ",\n");
    put(answer, text);
    free(text);
    json_decref(item);
    if (answer->piece.size >= PIECE_SIZE)
        send_piece(answer, false, WEIR_REASON_NONE);
}

/* ---- lists */

static void answer_list(struct answer *answer, const char *what)
{
    const struct weir_router *router = answer->d->router;
    json_t *name = json_string(answer->d->config->name);
    char *quoted = name == NULL ? NULL : json_dumps(name, JSON_ENCODE_ANY);
    char tail[96];

    if (quoted == NULL)
        daemon_out_of_memory(answer->d);
    put(answer, "{\"broker\":");
    put(answer, quoted);
    put(answer, ",\"question\":\"");
    put(answer, what);
    put(answer, "\",\"items\":[");
    free(quoted);
    json_decref(name);
    switch (what[0]) {
    case 'l': weir_router_links(router, visit_link, answer); break;
    case 'r': weir_router_brokers(router, visit_broker, answer); break;
    case 's': weir_router_subs(router, visit_filter, answer); break;
    default: weir_router_advs(router, visit_filter, answer); break;
    }
    uint64_t next = answer->offset + answer->limit;

    if (next < answer->count)
        snprintf(tail, sizeof tail, "],\"total\":%" PRIu64 ",\"next\":%" PRIu64 "}\n",
                 answer->count, next);
    else
        snprintf(tail, sizeof tail, "],\"total\":%" PRIu64 ",\"next\":null}\n", answer->count);
    put(answer, tail);
}

static void visit_link(void *context, const struct weir_link_view *view)
{
    struct answer *answer = context;
    const struct daemon *d = answer->d;
    char address[128];

    if (!wanted(answer))
        return;
    weir_hub_peer(d->hub, view->link, address, sizeof address);
    uint64_t queued = weir_hub_queued(d->hub, view->link, WEIR_LINK_CONTROL) +
                      weir_hub_queued(d->hub, view->link, WEIR_LINK_DATA);
    const struct peer *peer = peer_find(d, view->link);
    json_t *item = json_pack(
        "{s:I, s:s, s:o, s:s, s:b, s:o, s:o, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
        " s:o, s:o, s:o, s:o, s:o}",
        "link", (json_int_t)view->link, "role",
        view->role == WEIR_ROLE_CLIENT ? "client" : "broker", "name", text_of(view->name),
        "address", address, "dialled", peer != NULL && peer->dial != NULL, "incarnation",
        number(view->incarnation), "up_ms", number(d->now_ms - view->up_since_ms), "joined",
        view->joined, "ready_in", view->ready_in, "ready_out", view->ready_out, "data_in",
        number(view->data_in), "data_out", number(view->data_out), "bytes_in",
        number(view->bytes_in), "bytes_out", number(view->bytes_out), "spared",
        number(view->spared), "refused", number(view->refused), "waiting", number(view->waiting),
        "credit", number(view->credit), "queued", number(queued), "subs_in", number(view->subs_in),
        "advs_in", number(view->advs_in), "subs_out", number(view->subs_out), "advs_out",
        number(view->advs_out), "subs_needed", number(view->subs_needed));

    put_item(answer, item);
}

static void visit_filter(void *context, const struct weir_sub_view *view)
{
    struct answer *answer = context;
    char printed[FILTER_SIZE];

    if (!wanted(answer))
        return;
    if (view->text.len == 0)
        weir_normal_print(printed, sizeof printed, view->normal);
    json_t *filter = view->text.len == 0 ? json_string(printed) : text_of(view->text);

    if (filter == NULL) /* cut in the middle of a character */
        filter = json_string("?");
    put_item(answer, json_pack("{s:I, s:o, s:s, s:o, s:o, s:b, s:o}", "link",
                               (json_int_t)view->link, "name", text_of(view->link_name), "role",
                               view->role == WEIR_ROLE_CLIENT ? "client" : "broker", "id",
                               number(view->id), "filter", filter, "promised", view->promised,
                               "matched", number(view->matched)));
}

static void visit_broker(void *context, const struct weir_broker_view *view)
{
    struct answer *answer = context;
    char id[24];

    if (!wanted(answer))
        return;
    snprintf(id, sizeof id, "%016" PRIx64, view->id);
    put_item(answer, json_pack("{s:o, s:s, s:o, s:o, s:o}", "name", text_of(view->name), "id", id,
                               "incarnation", number(view->incarnation), "next_hop",
                               text_of(view->next_hop), "hops", number(view->hops)));
}

/* ---- the broker itself */

static void answer_broker(struct answer *answer)
{
    const struct daemon *d = answer->d;
    struct weir_router_stats s = weir_router_stats(d->router);
    static const char *const strategies[] = {"flooding", "simple", "covering", "identity"};
    json_t *routing = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "published", number(s.published), "refused", number(s.refused), "delivered",
        number(s.delivered), "forwarded", number(s.forwarded), "received", number(s.received),
        "duplicates", number(s.duplicates), "gaps", number(s.gaps), "control_in",
        number(s.control_in), "control_out", number(s.control_out), "undecided",
        number(s.undecided), "kept_bytes", number(s.kept_bytes), "links", number(s.links),
        "clients", number(s.clients), "subs", number(s.subs), "advs", number(s.advs), "filters",
        number(s.filters));
    const struct counters *c = &d->counters;
    json_t *ends =
        json_pack("{s:o, s:o, s:o, s:o, s:o}", "closed", reasons_json(c->closed), "closed_by_peer",
                  reasons_json(c->closed_by_peer), "lost", number(c->lost), "dials",
                  number(c->dials), "dials_failed", number(c->dials_failed));
    json_t *whole =
        json_pack("{s:s, s:s, s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o}", "question", "broker",
                  "broker", d->config->name, "incarnation", number(d->incarnation), "up_ms",
                  number(d->now_ms - d->start_ms), "strategy", strategies[d->config->strategy],
                  "advertisements", d->config->advertisements, "routing", routing, "connections",
                  hub_json(d), "ends", ends, "queries", number(c->queries));
    char *text = whole == NULL ? NULL : json_dumps(whole, JSON_COMPACT);

    if (text == NULL)
        daemon_out_of_memory(answer->d);
    put(answer, text);
    put(answer, "\n");
    free(text);
    json_decref(whole);
}

static json_t *hub_json(const struct daemon *d)
{
    struct weir_hub_stats s = weir_hub_stats(d->hub);

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "open", number(s.conns),
                     "half_open", number(d->half_open), "accepted", number(s.accepted), "refused",
                     number(s.refused), "reads", number(s.reads), "writes", number(s.writes),
                     "bytes_in", number(s.bytes_in), "bytes_out", number(s.bytes_out),
                     "queued_bytes", number(s.queued), "partial_bytes", number(d->partial_size));
}

static json_t *reasons_json(const uint64_t counts[REASONS])
{
    json_t *object = json_object();

    for (unsigned i = 0; object != NULL && i < REASONS; i++)
        if (counts[i] != 0)
            json_object_set_new(object, weir_reason_text(i), number(counts[i]));
    return object;
}

static json_t *text_of(struct weir_str text)
{
    return json_stringn(text.len == 0 ? "" : text.ptr, text.len);
}

static json_t *number(uint64_t value)
{
    return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}
