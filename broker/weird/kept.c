/* kept.c - notifications that the router wants kept, by its keys. */
#include "daemon.h"

#include <stdlib.h>
#include <string.h>

bool kept_add(struct daemon *d, uint64_t key, struct weir_str bytes)
{
    struct kept *kept = malloc(sizeof *kept + bytes.len);

    if (kept == NULL)
        return false;
    kept->key = key;
    kept->size = bytes.len;
    memcpy(kept->bytes, bytes.ptr, bytes.len);
    HASH_ADD(hh, d->kept, key, sizeof kept->key, kept);
    d->kept_size += kept->size;
    return true;
}

static struct kept *find(const struct daemon *d, uint64_t key)
{
    struct kept *kept;

    HASH_FIND(hh, d->kept, &key, sizeof key, kept);
    return kept;
}

struct weir_str kept_find(const struct daemon *d, uint64_t key)
{
    const struct kept *kept = find(d, key);

    assert(kept != NULL);
    return (struct weir_str){kept->bytes, kept->size};
}

void kept_remove(struct daemon *d, uint64_t key)
{
    struct kept *kept = find(d, key);

    assert(kept != NULL);
    HASH_DEL(d->kept, kept);
    d->kept_size -= kept->size;
    free(kept);
}

void kept_clear(struct daemon *d)
{
    struct kept *kept, *next;

    HASH_ITER(hh, d->kept, kept, next)
    {
        HASH_DEL(d->kept, kept);
        free(kept);
    }
}
