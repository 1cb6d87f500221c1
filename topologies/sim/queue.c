/* queue.c - what is going to happen, earliest first; at one instant, first scheduled first. */
#include "internal.h"

#include <weir/alloc.h>

static bool before(const struct event *a, const struct event *b);

bool sim_queue_push(struct queue *queue, struct event event, const struct weir_alloc *alloc)
{
    struct event *v =
        weiri_array_grow(alloc, queue->v, &queue->capacity, queue->count + 1, sizeof *v);
    if (!v)
        return false;
    queue->v = v;
    size_t at = queue->count++;
    while (at > 0 && before(&event, &v[(at - 1) / 2])) {
        v[at] = v[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    v[at] = event;
    return true;
}

bool sim_queue_pop(struct queue *queue, struct event *event)
{
    if (queue->count == 0)
        return false;
    struct event *v = queue->v;
    *event = v[0];
    struct event last = v[--queue->count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= queue->count)
            break;
        if (child + 1 < queue->count && before(&v[child + 1], &v[child]))
            child++;
        if (!before(&v[child], &last))
            break;
        v[at] = v[child];
        at = child;
    }
    v[at] = last;
    return true;
}

static bool before(const struct event *a, const struct event *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}
