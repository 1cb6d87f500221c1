/* query.c - asking a broker about itself. */
#include "query.h"

#include <weir/load.h>

#define WAIT_NS 10000000000u
#define ANSWER_SIZE_MAX (64u << 20)

static void say_no_memory(struct query *query);
static bool wait_for_answer(struct query *query);
static void on_reply(void *context, uint32_t id, bool last, struct weir_outcome_view piece);

bool query_open(struct query *query, const struct command *command, const char *url)
{
    struct weir_client_callbacks callbacks = {.reply = on_reply};
    struct session_options session = {.url = url, .callbacks = &callbacks, .context = query};

    weiri_buf_init(&query->answer, ANSWER_SIZE_MAX, NULL);
    return session_open(&query->session, command, &session);
}

void query_close(struct query *query)
{
    session_close(&query->session);
    weiri_buf_fini(&query->answer);
}

json_t *query_ask(struct query *query, const char *question)
{
    json_error_t error;
    enum weir_err err;
    json_t *answer;
    uint32_t id;

    query->answered = false;
    weiri_buf_reset(&query->answer);
    if (weir_client_query(query->session.client, &id, question) != WEIR_OK) {
        say_no_memory(query);
        return NULL;
    }
    if (!wait_for_answer(query))
        return NULL;
    if (query->reason != WEIR_REASON_NONE || query->answer.err != WEIR_OK) {
        session_refusal(&query->session, "the broker refused to answer",
                        (struct weir_outcome_view){query->reason, weiri_buf_str(&query->answer)});
        query->session.status = CMD_REFUSED;
        return NULL;
    }
    err = weiri_json_load(&answer, weiri_buf_str(&query->answer), 0, &error);
    if (err == WEIR_OK)
        return answer;
    if (err == WEIR_ENOMEM)
        say_no_memory(query);
    else
        query_senseless(query, error.text);
    return NULL;
}

static void say_no_memory(struct query *query)
{
    cmd_error(query->session.command, "%s", weir_err_text(WEIR_ENOMEM));
    query->session.status = CMD_FAILED;
}

static bool wait_for_answer(struct query *query)
{
    uint64_t until_ns = clock_ns() + WAIT_NS;

    while (!query->answered) {
        enum session_wake wake = session_wait(&query->session, -1, until_ns);

        if (wake == SESSION_OVER)
            return false;
        if (wake == SESSION_TIME) {
            cmd_error(query->session.command, "the broker did not answer");
            query->session.status = CMD_TIMEOUT;
            return false;
        }
    }
    return true;
}

void query_senseless(struct query *query, const char *why)
{
    cmd_error(query->session.command, "the broker's answer makes no sense: %s", why);
    query->session.status = CMD_FAILED;
}

static void on_reply(void *context, uint32_t id, bool last, struct weir_outcome_view piece)
{
    struct query *query = context;

    (void)id;
    query->session.woken = true;
    weiri_buf_put(&query->answer, piece.text);
    query->answered = last;
    query->reason = piece.reason;
}
