/* retire.c - see retire.h. */
#include "retire.h"

#include <assert.h>

void weiri_retire(struct weiri_retire_list *list, struct weiri_retired *block,
                  weiri_retired_fn *release)
{
    assert(block != NULL);
    assert(release != NULL);
    block->next = NULL;
    block->release = release;
    if (list->last == NULL)
        list->first = block;
    else
        *list->last = block;
    list->last = &block->next;
}

void weiri_retire_move(struct weiri_retire_list *to, struct weiri_retire_list *from)
{
    assert(to != from);
    if (from->last == NULL)
        return;
    if (to->last == NULL)
        to->first = from->first;
    else
        *to->last = from->first;
    to->last = from->last;
    *from = (struct weiri_retire_list){0};
}

void weiri_reclaim(struct weiri_retire_list *list, void *owner)
{
    while (list->first != NULL) {
        struct weiri_retired *block = list->first;

        list->first = block->next;
        if (list->first == NULL)
            list->last = NULL;
        block->release(block, owner);
    }
}
