/* internal.h - shared by the reader's files. */
#ifndef WEIR_TOPOLOGY_INTERNAL_H
#define WEIR_TOPOLOGY_INTERNAL_H

#include <weir/topology.h>

#include <jansson.h>

struct weir_topology {
    const struct weir_alloc *alloc;
    json_t *root; /* owns every string below */
    struct weir_str name;
    struct weir_topology_broker *brokers;
    size_t broker_count;
    struct weir_topology_link *links;
    size_t link_count;
    struct weir_topology_routing routing;
    uint32_t *parent; /* of each broker in the spanning tree rooted at broker 0; its own there */
    uint32_t *depth;
};

/* What is being read and where its problems go. */
struct reader {
    struct weir_topology *topology;
    struct weir_str text;
    struct weir_topology_problems *problems;
    bool incomplete; /* brokers or links were left out: its connections mean nothing */
};

/* Records a problem at a JSON pointer. */
void topology_complain(struct reader *reader, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Records a problem at a line and column. */
void topology_complain_at(struct weir_topology_problems *problems, uint32_t line, uint32_t column,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Appends "/key", escaped, to a pointer of at most `size` bytes with its zero. */
void topology_pointer_append(char *pointer, size_t size, const char *key);

/* Fills the topology from its JSON: brokers, links, routing; complains of types, keys, values and
 * names.  WEIR_ENOMEM only. */
enum weir_err topology_fields(struct reader *reader);

/* Chooses the spanning tree and complains of brokers out of reach.  WEIR_ENOMEM only. */
enum weir_err topology_span(struct reader *reader);

#endif /* WEIR_TOPOLOGY_INTERNAL_H */
