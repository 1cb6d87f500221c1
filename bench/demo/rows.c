/* rows.c - see rows.h. */
#include "rows.h"

#include <stdlib.h>

#include "demo.h"
#include "feed.h"

#define ATTRS (WEIR_ATTRS_MAX + 1)

static void out_of_memory(void)
{
    fprintf(stderr, "weir-demo: out of memory\n");
    exit(1);
}

bool rows_append(struct rows *rows, struct weir_attr *attrs, size_t count, struct weir_str body,
                 struct weir_notification_problem *problem)
{
    struct row row = {0};
    enum weir_err err;

    attrs[count].name = WEIR_STR(ROW_ID);
    attrs[count].value = weir_value_int((int64_t)rows->count + 1);
    err = weir_notification_encode(&row.bytes, &row.size, attrs, count + 1, body, problem, NULL);
    if (err == WEIR_ENOMEM)
        out_of_memory();
    if (err != WEIR_OK)
        return false;
    if (rows->count == rows->room) {
        rows->room = rows->room == 0 ? 4096 : 2 * rows->room;
        rows->v = realloc(rows->v, rows->room * sizeof *rows->v);
        if (rows->v == NULL)
            out_of_memory();
    }
    rows->v[rows->count++] = row;
    return true;
}

/* ---- the built-in feed */

static size_t tick_attrs(struct weir_attr *attrs, const struct tick *tick)
{
    static const char *const types[] = {"trade", "quote", "quote"};
    static const char *const prices[] = {"price", "bid", "ask"};
    static const char *const sizes[] = {"size", "bid_size", "ask_size"};
    size_t n = 0;

    attrs[n++] =
        (struct weir_attr){WEIR_STR("$type"), weir_value_string(weir_str_of(types[tick->kind]))};
    attrs[n++] =
        (struct weir_attr){WEIR_STR("symbol"), weir_value_string(weir_str_of(tick->symbol))};
    attrs[n++] =
        (struct weir_attr){WEIR_STR("exchange"), weir_value_string(weir_str_of(tick->exchange))};
    attrs[n++] = (struct weir_attr){WEIR_STR("ms"), weir_value_int(tick->ms)};
    attrs[n++] = (struct weir_attr){weir_str_of(prices[tick->kind]),
                                    weir_value_double((double)tick->cents / 100)};
    attrs[n++] = (struct weir_attr){weir_str_of(sizes[tick->kind]), weir_value_int(tick->size)};
    if (tick->condition != NULL)
        attrs[n++] = (struct weir_attr){WEIR_STR("condition"),
                                        weir_value_string(weir_str_of(tick->condition))};
    return n;
}

void rows_generate(struct rows *rows, uint64_t seed, size_t count, double seconds)
{
    struct weir_attr attrs[ATTRS];
    int64_t first_ms = 0, last_ms = 0;
    struct feed feed;
    struct tick tick;

    feed_init(&feed, seed);
    for (size_t i = 0; i < count; i++) {
        feed_next(&feed, &tick);
        if (i == 0)
            first_ms = tick.ms;
        last_ms = tick.ms;
        if (!rows_append(rows, attrs, tick_attrs(attrs, &tick), (struct weir_str){0}, NULL))
            abort();
        rows->v[i].due_s = (double)(tick.ms - first_ms);
    }
    for (size_t i = 0; i < rows->count; i++)
        rows->v[i].due_s *= last_ms > first_ms ? seconds / (double)(last_ms - first_ms) : 0;
}

void rows_deal(struct rows *rows, size_t publishers)
{
    double due_s = rows->count > 0 ? rows->v[rows->count - 1].due_s : 0;
    struct weir_attr attrs[2];

    for (size_t i = 0; i < rows->count; i++)
        rows->v[i].publisher = i % publishers;
    for (size_t i = 0; i < publishers; i++) {
        attrs[0] =
            (struct weir_attr){WEIR_STR("$type"), weir_value_string(WEIR_STR(DEMO_END_TYPE))};
        if (!rows_append(rows, attrs, 1, (struct weir_str){0}, NULL))
            abort();
        rows->v[rows->count - 1].due_s = due_s;
        rows->v[rows->count - 1].publisher = i;
    }
}

void rows_fini(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->v[i].bytes);
    free(rows->v);
}

struct weir_notification rows_at(const struct rows *rows, size_t index)
{
    return weir_notification_view(rows->v[index].bytes, rows->v[index].size);
}
