/* world_hooks.h - how clients act and what they check; inside of the world only. */
#ifndef TESTS_SIM_WORLD_HOOKS_H
#define TESTS_SIM_WORLD_HOOKS_H

#include "world.h"

#define WORLD_HEARTBEAT_MS 1000
#define WORLD_HOLD_MS 2000

struct weir_sim_hooks world_hooks(struct world *world);
/* Does what the client's next operations allow. */
void world_pump(struct world *world, uint32_t client);
void world_send_subscribe(struct world *world, uint32_t client, const struct world_sub *sub);
/* The connection is gone: nothing of it is owed or awaited any more. */
void world_forget_connection(struct world *world, uint32_t client);

#endif /* TESTS_SIM_WORLD_HOOKS_H */
