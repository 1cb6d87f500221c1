/* topo_check.c - weir topo check: what is wrong with a topology. */
#include "topo.h"

static int run(struct cmd_args *args);

static const struct cmd_option options[] = {CMD_OPTION_END};

const struct command command_topo_check = {
    .group = "topo",
    .name = "check",
    .summary = "say what is wrong with a topology",
    .usage = "FILE",
    .options = options,
    .details = "Prints every problem as FILE:LINE:COLUMN: JSON-POINTER: TEXT, and nothing for a\n"
               "sound tree. Links that would close a cycle are named, with the cycle, and left\n"
               "unused by 'weir topo up'.\n",
    .example = "weir topo check topologies/abilene.json\n",
    .exits = "0  sound, cycles included\n2  wrong arguments\n7  problems\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    if (cmd_args_next(args) < 0)
        return args->status;
    struct weir_topology *topology;
    int status = topo_load(&topology, args, stdout);
    if (status != CMD_OK)
        return status;
    char prefix[300];
    snprintf(prefix, sizeof prefix, "%.290s: note: ", args->rest[0]);
    topo_print_unused(stdout, prefix, topology);
    weir_topology_destroy(topology);
    return CMD_OK;
}
