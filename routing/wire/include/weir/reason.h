/* reason.h - why a connection or a request was refused or ended, as it is told to the peer. */
#ifndef WEIR_REASON_H
#define WEIR_REASON_H

#include <weir/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers are for ever. */
#define WEIR_REASON_LIST(X)                \
    X(NONE, 0, "none")                     \
    X(SHUTDOWN, 1, "shutdown")             \
    X(PROTOCOL, 2, "protocol")             \
    X(VERSION, 3, "version")               \
    X(FRAME_SIZE, 4, "frame-size")         \
    X(HELLO_TIMEOUT, 5, "hello-timeout")   \
    X(SILENT, 6, "silent")                 \
    X(SLOW, 7, "slow")                     \
    X(DUPLICATE_NAME, 8, "duplicate-name") \
    X(DUPLICATE_LINK, 9, "duplicate-link") \
    X(CYCLE, 10, "cycle")                  \
    X(LIMIT, 11, "limit")                  \
    X(FILTER, 12, "filter")                \
    X(NOTIFICATION, 13, "notification")    \
    X(CONFORMANCE, 14, "conformance")      \
    X(LEVEL, 15, "level")                  \
    X(UNKNOWN_ID, 16, "unknown-id")        \
    X(DUPLICATE_ID, 17, "duplicate-id")    \
    X(WINDOW, 18, "window")                \
    X(MEMORY, 19, "memory")                \
    X(UNLISTED, 20, "unlisted")            \
    X(ROLE, 21, "role")                    \
    X(UNSATISFIABLE, 22, "unsatisfiable")  \
    X(CONFIGURATION, 23, "configuration")
#define WEIR_REASON_ENUM(name, number, text) WEIR_REASON_##name = number,
enum weir_reason { WEIR_REASON_LIST(WEIR_REASON_ENUM) };
#undef WEIR_REASON_ENUM

/* "slow"; static storage; "?" for an unknown number. */
WEIR_API const char *weir_reason_text(unsigned reason);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_REASON_H */
