/* topology.c - reading a description: bounds first, then JSON, then its fields, then its graph. */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <weir/alloc.h>
#include <weir/load.h>

static bool within_depth(struct weir_str text, struct weir_topology_problems *problems);
static enum weir_err read_all(char **text, size_t *size, FILE *file,
                              const struct weir_alloc *alloc);

enum weir_err weir_topology_parse(struct weir_topology **out, struct weir_str text,
                                  struct weir_topology_problems *problems,
                                  const struct weir_alloc *alloc)
{
    problems->count = problems->total = 0;
    if (text.len > WEIR_TOPOLOGY_SIZE_MAX) {
        topology_complain_at(problems, 0, 0, "larger than %d bytes", WEIR_TOPOLOGY_SIZE_MAX);
        return WEIR_ELIMIT;
    }
    if (!within_depth(text, problems))
        return WEIR_ELIMIT;
    struct weir_topology *topology = weiri_alloc_zeroed(alloc, 1, sizeof *topology);
    if (!topology)
        return WEIR_ENOMEM;
    topology->alloc = alloc;

    json_error_t error;
    enum weir_err err = weiri_json_load(&topology->root, text, 0, &error);
    if (err == WEIR_OK) {
        struct reader reader = {topology, text, problems, false};
        err = topology_fields(&reader);
        if (err == WEIR_OK && !reader.incomplete)
            err = topology_span(&reader);
        if (err == WEIR_OK && problems->total > 0)
            err = WEIR_EINVAL;
    } else if (err != WEIR_ENOMEM) {
        err = WEIR_ESYNTAX;
        topology_complain_at(problems, error.line > 0 ? (uint32_t)error.line : 1,
                             error.column > 0 ? (uint32_t)error.column : 1, "%s", error.text);
    }
    if (err != WEIR_OK) {
        weir_topology_destroy(topology);
        return err;
    }
    *out = topology;
    return WEIR_OK;
}

enum weir_err weir_topology_read(struct weir_topology **out, const char *path,
                                 struct weir_topology_problems *problems,
                                 const struct weir_alloc *alloc)
{
    problems->count = problems->total = 0;
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;
    enum weir_err err = file ? read_all(&text, &size, file, alloc) : WEIR_EIO;
    if (err == WEIR_EIO)
        topology_complain_at(problems, 0, 0, "cannot be read: %s", strerror(errno));
    if (file)
        fclose(file);
    if (err == WEIR_OK)
        err = weir_topology_parse(out, (struct weir_str){text, size}, problems, alloc);
    weiri_release(alloc, text);
    return err;
}

void weir_topology_destroy(struct weir_topology *topology)
{
    if (!topology)
        return;
    json_decref(topology->root);
    weiri_release(topology->alloc, topology->brokers);
    weiri_release(topology->alloc, topology->links);
    weiri_release(topology->alloc, topology->parent);
    weiri_release(topology->alloc, topology->depth);
    weiri_release(topology->alloc, topology);
}

struct weir_str weir_topology_name(const struct weir_topology *topology)
{
    return topology->name;
}

const struct weir_topology_broker *weir_topology_brokers(const struct weir_topology *topology,
                                                         size_t *count)
{
    *count = topology->broker_count;
    return topology->brokers;
}

const struct weir_topology_link *weir_topology_links(const struct weir_topology *topology,
                                                     size_t *count)
{
    *count = topology->link_count;
    return topology->links;
}

const struct weir_topology_routing *weir_topology_routing(const struct weir_topology *topology)
{
    return &topology->routing;
}

/* Jansson nests by recursion, so the depth is bounded before it sees the text. */
static bool within_depth(struct weir_str text, struct weir_topology_problems *problems)
{
    size_t depth = 0;
    uint32_t line = 1, column = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char ch = text.ptr[i];
        column++;
        if (ch == '\n') {
            line++;
            column = 0;
        } else if (quoted) {
            if (ch == '\\')
                i++, column++;
            quoted = ch != '"';
        } else if (ch == '"') {
            quoted = true;
        } else if (ch == '{' || ch == '[') {
            if (++depth > WEIR_TOPOLOGY_DEPTH_MAX) {
                topology_complain_at(problems, line, column, "nested deeper than %d",
                                     WEIR_TOPOLOGY_DEPTH_MAX);
                return false;
            }
        } else if ((ch == '}' || ch == ']') && depth > 0) {
            depth--;
        }
    }
    return true;
}

/* Reads one byte more than is allowed at most, so that what is too large is seen to be. */
static enum weir_err read_all(char **text, size_t *size, FILE *file, const struct weir_alloc *alloc)
{
    char *bytes = NULL;
    size_t capacity = 0, used = 0, got;
    do {
        char *grown = weiri_array_grow(alloc, bytes, &capacity, used + 65536, 1);
        if (!grown) {
            weiri_release(alloc, bytes);
            return WEIR_ENOMEM;
        }
        bytes = grown;
        got = fread(bytes + used, 1, 65536, file);
        used += got;
    } while (got > 0 && used <= WEIR_TOPOLOGY_SIZE_MAX);
    if (ferror(file)) {
        weiri_release(alloc, bytes);
        return WEIR_EIO;
    }
    *text = bytes;
    *size = used;
    return WEIR_OK;
}
