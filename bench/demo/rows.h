/* rows.h - the notifications that the demonstration will publish, held in memory in their order. */
#ifndef WEIR_DEMO_ROWS_H
#define WEIR_DEMO_ROWS_H

#include <stdio.h>

#include <weir/notification.h>

/* Every row carries this int attribute, counted from 1 over the whole run: its identity, by which
 * the judge knows it again. */
#define ROW_ID "feed_id"

struct row {
    uint8_t *bytes; /* the encoding */
    size_t size;
    double due_s;     /* when it is due, from the start */
    size_t publisher; /* who publishes it */
};

struct rows {
    struct row *v;
    size_t count, room;
    size_t refused; /* lines of the file that were passed over */
};

#define ROWS_MAX 2000000

/* From the built-in generator: `count` ticks, due over `seconds` in their own rhythm. */
void rows_generate(struct rows *rows, uint64_t seed, size_t count, double seconds);
/* From a file, due evenly over `seconds`, at most `limit` rows.  .jsonl and .json hold a
 * notification per line, anything else is CSV: with `columns` as `weir pub --columns` takes them,
 * or NULL where its first line names the columns and their types are inferred.  A bad line is named
 * on stderr and passed over.  False, and said on stderr, when nothing could be read. */
bool rows_read(struct rows *rows, const char *path, const char *columns, size_t limit,
               double seconds);
/* Deals the rows out to the publishers in turn, and appends an end mark for each publisher, due
 * when all else is. */
void rows_deal(struct rows *rows, size_t publishers);
/* Encodes a row with its id, attrs having room for one more; *problem says why it could not. */
bool rows_append(struct rows *rows, struct weir_attr *attrs, size_t count, struct weir_str body,
                 struct weir_notification_problem *problem);
void rows_fini(struct rows *rows);
struct weir_notification rows_at(const struct rows *rows, size_t index);

#endif /* WEIR_DEMO_ROWS_H */
