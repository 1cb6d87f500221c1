/* span.c - the spanning tree: Kruskal's choice by cost, then by the pair of names, so that it
 * depends neither on the order of the file nor on which end of a link is named first. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

#include <weir/alloc.h>

/* A link with all that its rank hangs on. */
struct ranked {
    uint32_t cost, link;
    struct weir_str low, high; /* names of its ends */
};

static int compare_ranked(const void *a, const void *b);
static uint32_t find_part(uint32_t *part, uint32_t broker);
static void choose_links(struct weir_topology *topology, struct ranked *ranked, uint32_t *part);
static void complain_of_parts(struct reader *reader, uint32_t *part);
static void orient(struct weir_topology *topology, uint32_t *queue, uint32_t *first,
                   uint32_t *next);

enum weir_err topology_span(struct reader *reader)
{
    struct weir_topology *t = reader->topology;
    const struct weir_alloc *alloc = t->alloc;
    size_t brokers = t->broker_count, links = t->link_count;
    t->parent = weiri_alloc_zeroed(alloc, brokers, sizeof *t->parent);
    t->depth = weiri_alloc_zeroed(alloc, brokers, sizeof *t->depth);
    struct ranked *ranked = weiri_alloc_zeroed(alloc, links + 1, sizeof *ranked);
    uint32_t *part = weiri_alloc_zeroed(alloc, brokers, sizeof *part);
    uint32_t *first = weiri_alloc_zeroed(alloc, brokers, sizeof *first);
    uint32_t *next = weiri_alloc_zeroed(alloc, 2 * links + 1, sizeof *next);
    bool enough = t->parent && t->depth && ranked && part && first && next;
    if (enough) {
        choose_links(t, ranked, part);
        complain_of_parts(reader, part);
        orient(t, part, first, next);
    }
    weiri_release(alloc, ranked);
    weiri_release(alloc, part);
    weiri_release(alloc, first);
    weiri_release(alloc, next);
    return enough ? WEIR_OK : WEIR_ENOMEM;
}

size_t weir_topology_path(const struct weir_topology *topology, uint32_t from, uint32_t to,
                          uint32_t *path, size_t capacity)
{
    size_t up = 0, down = 0;
    uint32_t a = from, b = to;
    while (a != b) {
        if (topology->depth[a] >= topology->depth[b]) {
            a = topology->parent[a];
            up++;
        } else {
            b = topology->parent[b];
            down++;
        }
    }
    size_t length = up + down + 1;
    for (size_t i = 0; i <= up; i++, from = topology->parent[from])
        if (i < capacity)
            path[i] = from;
    for (size_t i = length - 1; i > up; i--, to = topology->parent[to])
        if (i < capacity)
            path[i] = to;
    return length;
}

static void choose_links(struct weir_topology *topology, struct ranked *ranked, uint32_t *part)
{
    for (uint32_t i = 0; i < topology->link_count; i++) {
        const struct weir_topology_link *link = &topology->links[i];
        struct weir_str a = topology->brokers[link->ends[0]].name;
        struct weir_str b = topology->brokers[link->ends[1]].name;
        bool ordered = weir_str_compare(a, b) < 0;
        ranked[i] = (struct ranked){link->cost, i, ordered ? a : b, ordered ? b : a};
    }
    qsort(ranked, topology->link_count, sizeof *ranked, compare_ranked);
    for (uint32_t i = 0; i < topology->broker_count; i++)
        part[i] = i;
    for (size_t i = 0; i < topology->link_count; i++) {
        struct weir_topology_link *link = &topology->links[ranked[i].link];
        uint32_t a = find_part(part, link->ends[0]), b = find_part(part, link->ends[1]);
        link->in_tree = a != b;
        /* The lower index leads its part, so every part is named by its first broker. */
        part[a > b ? a : b] = a > b ? b : a;
    }
}

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    int order = weir_str_compare(x->low, y->low);
    return order ? order : weir_str_compare(x->high, y->high);
}

static uint32_t find_part(uint32_t *part, uint32_t broker)
{
    while (part[broker] != broker) {
        part[broker] = part[part[broker]];
        broker = part[broker];
    }
    return broker;
}

/* One problem for each part that cannot be reached, naming its brokers as far as they fit. */
static void complain_of_parts(struct reader *reader, uint32_t *part)
{
    const struct weir_topology *t = reader->topology;
    for (uint32_t i = 1; i < t->broker_count; i++) {
        if (find_part(part, i) != i)
            continue;
        char names[160] = "", pointer[32];
        size_t used = 0, more = 0;
        for (uint32_t j = i; j < t->broker_count; j++) {
            if (find_part(part, j) != i)
                continue;
            size_t len = t->brokers[j].name.len;
            if (used + len + 4 >= sizeof names) {
                more++;
                continue;
            }
            used += (size_t)snprintf(names + used, sizeof names - used, "%s'%s'",
                                     used > 0 ? ", " : "", t->brokers[j].name.ptr);
        }
        snprintf(pointer, sizeof pointer, "/brokers/%u", i);
        if (more > 0)
            topology_complain(reader, pointer, "no way from '%s' to %s and %zu more",
                              t->brokers[0].name.ptr, names, more);
        else
            topology_complain(reader, pointer, "no way from '%s' to %s", t->brokers[0].name.ptr,
                              names);
    }
}

/* Gives every broker its parent and depth, breadth first from broker 0.  `first` and `next` are
 * lists of half-links: half 2l leads from links[l].ends[0], half 2l+1 back; 0 ends a list. */
static void orient(struct weir_topology *topology, uint32_t *queue, uint32_t *first, uint32_t *next)
{
    for (uint32_t half = 0; half < 2 * topology->link_count; half++) {
        const struct weir_topology_link *link = &topology->links[half / 2];
        if (!link->in_tree)
            continue;
        uint32_t from = link->ends[half % 2];
        next[half] = first[from];
        first[from] = half + 1;
    }
    size_t head = 0, tail = 0;
    queue[tail++] = 0;
    while (head < tail) {
        uint32_t from = queue[head++];
        for (uint32_t half = first[from]; half > 0; half = next[half - 1]) {
            uint32_t to = topology->links[(half - 1) / 2].ends[half % 2];
            if (to == topology->parent[from] && from != 0)
                continue;
            topology->parent[to] = from;
            topology->depth[to] = topology->depth[from] + 1;
            queue[tail++] = to;
        }
    }
}
