/* topo.c - loading a topology for a command, and the notes on its cycles. */
#include "topo.h"

#include <inttypes.h>
#include <stdlib.h>

int topo_load(struct weir_topology **topology, const struct cmd_args *args, FILE *out)
{
    if (args->rest_count != 1)
        return cmd_usage_error(args->command, "expected one FILE");
    const char *path = args->rest[0];
    struct weir_topology_problems problems;
    enum weir_err err = weir_topology_read(topology, path, &problems, NULL);
    if (err == WEIR_OK)
        return CMD_OK;
    if (err == WEIR_ENOMEM) {
        cmd_error(args->command, "%s: %s", path, weir_err_text(err));
        return CMD_FAILED;
    }
    for (size_t i = 0; i < problems.count; i++) {
        const struct weir_topology_problem *p = &problems.v[i];
        fprintf(out, "%s:", path);
        if (p->line > 0)
            fprintf(out, "%" PRIu32 ":%" PRIu32 ":", p->line, p->column);
        fprintf(out, " %s%s%s\n", p->pointer, p->pointer[0] ? ": " : "", p->text);
    }
    if (problems.total > problems.count)
        fprintf(out, "%s: and %zu more\n", path, problems.total - problems.count);
    return CMD_CONFIGURATION;
}

void topo_print_unused(FILE *out, const char *prefix, const struct weir_topology *topology)
{
    size_t broker_count, link_count;
    const struct weir_topology_broker *brokers = weir_topology_brokers(topology, &broker_count);
    const struct weir_topology_link *links = weir_topology_links(topology, &link_count);
    uint32_t *path = malloc(broker_count * sizeof *path);
    for (size_t i = 0; i < link_count; i++) {
        if (links[i].in_tree)
            continue;
        const uint32_t *ends = links[i].ends;
        fprintf(out, "%s%s - %s is left unused: it would close the cycle ", prefix,
                brokers[ends[0]].name.ptr, brokers[ends[1]].name.ptr);
        size_t length =
            path ? weir_topology_path(topology, ends[0], ends[1], path, broker_count) : 0;
        for (size_t p = 0; p < length; p++)
            fprintf(out, "%s - ", brokers[path[p]].name.ptr);
        fprintf(out, "%s\n", brokers[ends[0]].name.ptr);
    }
    free(path);
}
