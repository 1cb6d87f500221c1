/* base.h - what every part of Weir shares: errors, allocation, byte strings.
 *
 * Functions that can fail return `enum weir_err` and leave results through their first output
 * parameter, which is untouched on error.  An object given up by its owner is passed to
 * `..._destroy`, which accepts NULL. */
#ifndef WEIR_BASE_H
#define WEIR_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_API __attribute__((visibility("default")))
#define WEIR_MUST_USE __attribute__((warn_unused_result))

#define WEIR_ERR_LIST(X)                         \
    X(WEIR_ENOMEM, "out of memory")              \
    X(WEIR_EEXIST, "already exists")             \
    X(WEIR_ENOENT, "no such thing")              \
    X(WEIR_ESYNTAX, "malformed text")            \
    X(WEIR_EMALFORMED, "malformed bytes")        \
    X(WEIR_ELIMIT, "limit exceeded")             \
    X(WEIR_ETYPE, "wrong type")                  \
    X(WEIR_EINVAL, "invalid value")              \
    X(WEIR_EVERSION, "unsupported version")      \
    X(WEIR_EAGAIN, "try again later")            \
    X(WEIR_EADDRINUSE, "address already in use") \
    X(WEIR_ECONNECT, "cannot connect")           \
    X(WEIR_ECLOSED, "connection closed")         \
    X(WEIR_EREFUSED, "refused")                  \
    X(WEIR_ETIMEOUT, "timed out")                \
    X(WEIR_EIO, "input or output failed")

#define WEIR_ERR_ENUM(name, text) name,
enum weir_err { WEIR_OK, WEIR_ERR_LIST(WEIR_ERR_ENUM) };
#undef WEIR_ERR_ENUM

/* A short English text for an error, never NULL; static storage. */
WEIR_API const char *weir_err_text(enum weir_err err);

/* A borrowed run of bytes, not terminated.  `ptr` may be NULL only when `len` is 0. */
struct weir_str {
    const char *ptr;
    size_t len;
};

/* A string literal as a weir_str. */
#define WEIR_STR(literal) ((struct weir_str){(literal), sizeof(literal) - 1})

/* A borrowed view of a terminated C string. */
WEIR_API struct weir_str weir_str_of(const char *text);
/* Byte order as memcmp, a proper prefix first; <0, 0 or >0. */
WEIR_API int weir_str_compare(struct weir_str a, struct weir_str b);
WEIR_API bool weir_str_equal(struct weir_str a, struct weir_str b);
/* True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) without U+0000. */
WEIR_API bool weir_str_is_text(struct weir_str s);

/* Where a library takes its memory from.  `resize` has the meaning of realloc for size > 0
 * (returns NULL on failure and leaves the old block alone), `release` that of free.
 * NULL in place of a `struct weir_alloc *` means the C heap. */
struct weir_alloc {
    void *(*resize)(void *context, void *block, size_t size);
    void (*release)(void *context, void *block);
    void *context;
};

#ifdef __cplusplus
}
#endif

#endif /* WEIR_BASE_H */
