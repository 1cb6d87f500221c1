/* log.h - the broker's log: one line per fact on standard error, as key=value pairs.
 *
 *     time=2026-01-02T03:04:05.678Z level=info event=link-up name=east link=7
 *
 * Values with spaces, quotes, '=' or control characters are quoted and escaped, so a peer cannot
 * forge lines.  A fact is begun, given its pairs and ended; below the level nothing is done. */
#ifndef WEIRD_LOG_H
#define WEIRD_LOG_H

#include <weir/base.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
    enum log_level level;
};

struct fact {
    size_t size; /* 0: not to be written */
    char line[1024];
};

void fact_begin(struct fact *fact, const struct log *log, enum log_level level, const char *event);
void fact_str(struct fact *fact, const char *key, struct weir_str value);
void fact_text(struct fact *fact, const char *key, const char *value);
void fact_number(struct fact *fact, const char *key, uint64_t value);
/* Pairs that are formatted already. */
void fact_pairs(struct fact *fact, const char *pairs);
void fact_end(struct fact *fact);

#endif /* WEIRD_LOG_H */
