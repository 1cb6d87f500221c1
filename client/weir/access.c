/* access.c - see access.h. */
#include "access.h"

#include <inttypes.h>
#include <stdio.h>

static void print_text(const char *how, const struct weir_access *access);

const char *access_name(enum weir_access_kind kind)
{
    static const char *const names[] = {
        [WEIR_ACCESS_VALUE] = "value",       [WEIR_ACCESS_PREFIX] = "prefix",
        [WEIR_ACCESS_SUFFIX] = "suffix",     [WEIR_ACCESS_CONTAINS] = "contains",
        [WEIR_ACCESS_PRESENCE] = "presence", [WEIR_ACCESS_ALWAYS] = "always"};

    return names[kind];
}

void access_print(const struct weir_access *access)
{
    switch (access->kind) {
    case WEIR_ACCESS_VALUE:
        if (access->values == 1)
            printf("by the value of %.*s", (int)access->name.len, access->name.ptr);
        else
            printf("by one of %" PRIu32 " values of %.*s", access->values, (int)access->name.len,
                   access->name.ptr);
        break;
    case WEIR_ACCESS_PREFIX: print_text("begins with", access); break;
    case WEIR_ACCESS_SUFFIX: print_text("ends with", access); break;
    case WEIR_ACCESS_CONTAINS: print_text("contains", access); break;
    case WEIR_ACCESS_PRESENCE:
        printf("where %.*s is present", (int)access->name.len, access->name.ptr);
        break;
    case WEIR_ACCESS_ALWAYS: printf("with every notification"); break;
    }
}

static void print_text(const char *how, const struct weir_access *access)
{
    printf("where %.*s %s '%.*s'", (int)access->name.len, access->name.ptr, how,
           (int)access->text.len, access->text.ptr);
}

const char *access_decider_name(enum access_decider decider)
{
    static const char *const names[] = {"key", "column", "record"};

    return names[decider];
}

enum access_decider access_decider(const struct weir_access *access,
                                   const struct weir_holder *holder, struct weir_str name)
{
    if (access->proven && weir_str_equal(access->name, name))
        return ACCESS_BY_KEY;
    for (uint32_t i = 0; i < holder->column_count; i++) {
        if (weir_str_equal(holder->columns[i], name))
            return ACCESS_BY_COLUMN;
    }
    return ACCESS_BY_RECORD;
}
