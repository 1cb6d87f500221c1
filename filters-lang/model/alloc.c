/* alloc.c - memory by way of a `struct weir_alloc` or the C heap. */
#include <weir/alloc.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void *weiri_alloc(const struct weir_alloc *alloc, size_t size)
{
    return weiri_resize(alloc, NULL, size);
}

void *weiri_alloc_zeroed(const struct weir_alloc *alloc, size_t count, size_t item_size)
{
    void *block;

    assert(item_size > 0);
    if (count > SIZE_MAX / item_size)
        return NULL;
    block = weiri_alloc(alloc, count * item_size);
    if (block != NULL)
        memset(block, 0, count * item_size);
    return block;
}

void *weiri_resize(const struct weir_alloc *alloc, void *block, size_t size)
{
    assert(size > 0);
    if (alloc == NULL)
        return realloc(block, size);
    return alloc->resize(alloc->context, block, size);
}

void weiri_release(const struct weir_alloc *alloc, void *block)
{
    if (block == NULL)
        return;
    if (alloc == NULL)
        free(block);
    else
        alloc->release(alloc->context, block);
}

void *weiri_array_grow(const struct weir_alloc *alloc, void *items, size_t *capacity, size_t needed,
                       size_t item_size)
{
    size_t wanted = *capacity + *capacity / 2;
    void *grown;

    assert(item_size > 0);
    if (needed <= *capacity && items != NULL)
        return items;
    if (wanted < needed)
        wanted = needed;
    if (wanted < 4)
        wanted = 4;
    if (wanted > SIZE_MAX / item_size)
        return NULL;
    grown = weiri_resize(alloc, items, wanted * item_size);
    if (grown != NULL)
        *capacity = wanted;
    return grown;
}
