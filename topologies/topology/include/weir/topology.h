/* topology.h - descriptions of overlays: brokers, where they stand, the links between them and how
 * they route; read from JSON (topologies/README.md).
 *
 * Reading reports everything that is wrong at once, each problem with its JSON pointer, line and
 * column.  A topology that was read is consistent: names are distinct, links join two brokers of
 * it, and all brokers are connected.  It may have cycles; weir_topology_links tells the links of
 * its spanning tree from those that a tree-shaped overlay leaves unused.  Immutable. */
#ifndef WEIR_TOPOLOGY_H
#define WEIR_TOPOLOGY_H

#include <weir/base.h>
#include <weir/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_topology;

#define WEIR_TOPOLOGY_SIZE_MAX 4194304 /* bytes of a file */
#define WEIR_TOPOLOGY_DEPTH_MAX 8      /* nesting of its JSON */
#define WEIR_TOPOLOGY_LINKS_MAX 65536
#define WEIR_TOPOLOGY_COST_MAX 1000000u /* as a broker takes it */
#define WEIR_TOPOLOGY_DELAY_MS_MAX 1000

/* A broker and its place; strings left out are empty.  Without `located` there are no coordinates.
 */
struct weir_topology_broker {
    struct weir_str name;
    struct weir_str listen; /* an address such as tcp://127.0.0.1:7000 */
    struct weir_str city, site;
    bool located;
    double latitude, longitude; /* degrees, north and east positive */
};

/* A link; `ends` are indices of brokers, in the order of the file. */
struct weir_topology_link {
    uint32_t ends[2];
    uint32_t cost;   /* as stated, otherwise the delay in microseconds, otherwise 1 */
    double delay_ms; /* one way; negative when left out */
    bool in_tree;    /* of the spanning tree: least cost, then least pair of names */
};

struct weir_topology_routing {
    struct weir_str mode;     /* "acyclic" */
    struct weir_str strategy; /* "covering" unless stated, "identity", "simple" or "flooding" */
    bool advertisements;
};

/* One thing that is wrong, for a person. */
struct weir_topology_problem {
    char pointer[160]; /* RFC 6901, e.g. /links/3/between/1; empty for the whole or for syntax */
    uint32_t line, column; /* from 1, columns in code points; 0 when there is no such place */
    char text[240];
};
#define WEIR_TOPOLOGY_PROBLEMS_MAX 32
struct weir_topology_problems {
    struct weir_topology_problem v[WEIR_TOPOLOGY_PROBLEMS_MAX];
    size_t count; /* recorded */
    size_t total; /* found */
};

/* Reads a description from memory.  WEIR_ESYNTAX (no JSON, a key twice), WEIR_ELIMIT (size, depth),
 * WEIR_EINVAL (what it says makes no sense), each with at least one problem; or WEIR_ENOMEM.
 * O(n log n) in the size of the text. */
WEIR_API WEIR_MUST_USE enum weir_err weir_topology_parse(struct weir_topology **out,
                                                         struct weir_str text,
                                                         struct weir_topology_problems *problems,
                                                         const struct weir_alloc *alloc);
/* The same from a file; WEIR_EIO, with a problem, when it cannot be read. */
WEIR_API WEIR_MUST_USE enum weir_err weir_topology_read(struct weir_topology **out,
                                                        const char *path,
                                                        struct weir_topology_problems *problems,
                                                        const struct weir_alloc *alloc);
WEIR_API void weir_topology_destroy(struct weir_topology *topology);

/* All of the following is borrowed from the topology. */
WEIR_API struct weir_str weir_topology_name(const struct weir_topology *topology);
WEIR_API const struct weir_topology_broker *
weir_topology_brokers(const struct weir_topology *topology, size_t *count);
WEIR_API const struct weir_topology_link *weir_topology_links(const struct weir_topology *topology,
                                                              size_t *count);
WEIR_API const struct weir_topology_routing *
weir_topology_routing(const struct weir_topology *topology);

/* The way from broker `from` to broker `to` within the spanning tree, both included.  Writes at
 * most `capacity` indices and returns the full number, at most that of brokers.  For a link that is
 * not in the tree the way between its ends is the cycle that it closes. */
WEIR_API size_t weir_topology_path(const struct weir_topology *topology, uint32_t from, uint32_t to,
                                   uint32_t *path, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_TOPOLOGY_H */
