/* topo.h - shared by the commands `weir topo ...`. */
#ifndef TOPO_H
#define TOPO_H

#include "command.h"

#include <weir/topology.h>

/* Reads the one operand of a command as a topology.  Otherwise reports what is wrong, with places,
 * to `out` and returns the exit code; CMD_OK and *topology, which the caller destroys. */
int topo_load(struct weir_topology **topology, const struct cmd_args *args, FILE *out);

/* Writes a line for each link that a tree leaves unused, with the cycle it would close. */
void topo_print_unused(FILE *out, const char *prefix, const struct weir_topology *topology);

#endif /* TOPO_H */
