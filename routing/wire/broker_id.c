/* broker_id.c - a broker's id, from its name. */
#include <weir/wire.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t weir_broker_id(struct weir_str name)
{
    uint64_t hash = XXH3_64bits(name.ptr, name.len);

    return hash == 0 ? 1 : hash;
}
