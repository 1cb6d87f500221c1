/* retire.h - memory that readers on other threads may still look at.
 *
 * What the writer takes out of the index is retired, not released: a reader that began before may
 * be using it.  The list is made of the blocks themselves, so retiring needs no memory and cannot
 * fail.  Reclaiming calls each block's function, in the order of retiring. */
#ifndef WEIRI_RETIRE_H
#define WEIRI_RETIRE_H

#include <weir/alloc.h>

struct weiri_retired;

/* Releases what the block holds and the block itself; `owner` is the list's. */
typedef void weiri_retired_fn(struct weiri_retired *block, void *owner);

/* Stands first in every block that can be retired. */
struct weiri_retired {
    struct weiri_retired *next;
    weiri_retired_fn *release;
};

struct weiri_retire_list {
    struct weiri_retired *first, **last; /* `last` NULL while empty */
};

void weiri_retire(struct weiri_retire_list *list, struct weiri_retired *block,
                  weiri_retired_fn *release);
/* Moves all of `from` behind what `to` holds. */
void weiri_retire_move(struct weiri_retire_list *to, struct weiri_retire_list *from);
/* Calls the functions of all blocks; the list is then empty.  A function may retire more. */
void weiri_reclaim(struct weiri_retire_list *list, void *owner);

#endif /* WEIRI_RETIRE_H */
