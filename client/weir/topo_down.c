/* topo_down.c - weir topo down: end the brokers of a folder. */
#include "overlay.h"

static int run(struct cmd_args *args);

enum { OPTION_DIR = CMD_LONG_ONLY };

static const struct cmd_option options[] = {
    {OPTION_DIR, "dir", "DIR", "the folder that was given to 'weir topo up'"},
    CMD_OPTION_END,
};

const struct command command_topo_down = {
    .group = "topo",
    .name = "down",
    .summary = "end the brokers that 'topo up --detach' started",
    .usage = "--dir DIR",
    .options = options,
    .details = "Ends the brokers gently, after ten seconds by force, and removes DIR with its\n"
               "configurations and logs. Brokers that were started again by hand are ended too.\n",
    .example = "weir topo down --dir /tmp/overlay\n",
    .exits = "0  all have ended\n1  failure\n2  wrong arguments\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    const char *dir = NULL;
    int option;

    while ((option = cmd_args_next(args)) > 0)
        dir = args->value;
    if (option < 0)
        return args->status;
    if (dir == NULL || args->rest_count > 0)
        return cmd_usage_error(args->command, "expected --dir DIR and nothing else");
    return overlay_stop_dir(args->command, dir);
}
