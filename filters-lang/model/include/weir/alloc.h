/* alloc.h - memory by way of a `struct weir_alloc`, for the modules of this tree; not installed.
 *
 * Every function takes NULL for the C heap.  Sizes are checked for overflow here, so that callers
 * multiply nothing. */
#ifndef WEIR_ALLOC_H
#define WEIR_ALLOC_H

#include <weir/base.h>

/* A new block, not cleared, or NULL; `size` is above 0. */
WEIR_MUST_USE void *weiri_alloc(const struct weir_alloc *alloc, size_t size);
/* A new block of count * item_size zero bytes, or NULL; NULL as well if that overflows. */
WEIR_MUST_USE void *weiri_alloc_zeroed(const struct weir_alloc *alloc, size_t count,
                                       size_t item_size);
/* realloc for size > 0: NULL on failure, and then the old block is untouched. */
WEIR_MUST_USE void *weiri_resize(const struct weir_alloc *alloc, void *block, size_t size);
/* Accepts NULL. */
void weiri_release(const struct weir_alloc *alloc, void *block);

/* Room for `needed` items in the array `items`, which now has room for *capacity.  Returns the
 * array, perhaps moved, with *capacity updated; or NULL, and then both are untouched.  Grows by
 * half at least, so appending one item at a time costs O(1) each. */
WEIR_MUST_USE void *weiri_array_grow(const struct weir_alloc *alloc, void *items, size_t *capacity,
                                     size_t needed, size_t item_size);

#endif /* WEIR_ALLOC_H */
