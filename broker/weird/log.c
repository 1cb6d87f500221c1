/* log.c - lines of key=value pairs on standard error, each in one write. */
#include "log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void put(struct fact *fact, const char *bytes, size_t size);
static void put_quoted(struct fact *fact, struct weir_str value);
static bool is_plain(struct weir_str value);
static bool is_control(struct weir_str value, size_t index);

void fact_begin(struct fact *fact, const struct log *log, enum log_level level, const char *event)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    struct timespec now;
    struct tm utc;
    char text[64];

    fact->size = 0;
    if (level > log->level)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t used = strftime(text, sizeof text, "time=%Y-%m-%dT%H:%M:%S", &utc);

    put(fact, text, used);
    snprintf(text, sizeof text, ".%03dZ level=%s event=", (int)(now.tv_nsec / 1000000),
             names[level]);
    put(fact, text, strlen(text));
    put(fact, event, strlen(event));
}

void fact_str(struct fact *fact, const char *key, struct weir_str value)
{
    if (fact->size == 0)
        return;
    put(fact, " ", 1);
    put(fact, key, strlen(key));
    put(fact, "=", 1);
    if (is_plain(value))
        put(fact, value.ptr, value.len);
    else
        put_quoted(fact, value);
}

void fact_text(struct fact *fact, const char *key, const char *value)
{
    fact_str(fact, key, weir_str_of(value));
}

void fact_number(struct fact *fact, const char *key, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, value);
    fact_text(fact, key, text);
}

void fact_pairs(struct fact *fact, const char *pairs)
{
    if (fact->size == 0 || pairs[0] == '\0')
        return;
    struct weir_str text = weir_str_of(pairs);

    put(fact, " ", 1);
    for (size_t i = 0; i < text.len; i++)
        put(fact, is_control(text, i) ? "?" : pairs + i, 1);
}

void fact_end(struct fact *fact)
{
    if (fact->size == 0)
        return;
    fact->line[fact->size++] = '\n';
    ssize_t written = write(STDERR_FILENO, fact->line, fact->size);

    (void)written; /* there is nowhere to tell it */
    fact->size = 0;
}

/* What does not fit is cut off; the newline always fits. */
static void put(struct fact *fact, const char *bytes, size_t size)
{
    size_t room = sizeof fact->line - 1 - fact->size;

    if (size > room)
        size = room;
    if (size != 0)
        memcpy(fact->line + fact->size, bytes, size);
    fact->size += size;
}

static bool is_plain(struct weir_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c == ' ' || c == '"' || c == '\\' || c == '=' || is_control(value, i))
            return false;
    }
    return value.len != 0;
}

/* Whether the byte is, or is part of, a control character: C0, DEL, or C1 in UTF-8. */
static bool is_control(struct weir_str value, size_t index)
{
    const unsigned char *bytes = (const unsigned char *)value.ptr;
    size_t lead = bytes[index] != 0xc2 && index > 0 ? index - 1 : index;
    bool c1 = bytes[lead] == 0xc2 && lead + 1 < value.len && bytes[lead + 1] >= 0x80 &&
              bytes[lead + 1] < 0xa0;

    return bytes[index] < ' ' || bytes[index] == 0x7f || c1;
}

static void put_quoted(struct fact *fact, struct weir_str value)
{
    char escape[8];

    put(fact, "\"", 1);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c == '"' || c == '\\')
            snprintf(escape, sizeof escape, "\\%c", c);
        else if (is_control(value, i))
            snprintf(escape, sizeof escape, "\\x%02x", c);
        else
            snprintf(escape, sizeof escape, "%c", c);
        put(fact, escape, strlen(escape));
    }
    put(fact, "\"", 1);
}
