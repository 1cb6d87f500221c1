/* load.c - see load.h. */
#include <weir/load.h>

#include <errno.h>

/* Which error of ours a parser's error is. */
static enum weir_err error_of(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_numeric_overflow: return WEIR_ELIMIT;
    case json_error_duplicate_key:
    case json_error_null_byte_in_key:
    case json_error_null_character: return WEIR_EINVAL;
    default: return WEIR_ESYNTAX;
    }
}

enum weir_err weiri_json_load(json_t **root, struct weir_str text, size_t flags,
                              json_error_t *error)
{
    json_error_t unread;
    json_t *loaded;

    if (error == NULL)
        error = &unread;
    errno = 0;
    loaded =
        json_loadb(text.len == 0 ? "" : text.ptr, text.len, JSON_REJECT_DUPLICATES | flags, error);
    if (loaded == NULL)
        return errno == ENOMEM ? WEIR_ENOMEM : error_of(error);
    *root = loaded;
    return WEIR_OK;
}
