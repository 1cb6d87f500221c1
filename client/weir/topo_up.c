/* topo_up.c - weir topo up: a topology as real brokers on this machine. */
#include "overlay.h"
#include "topo.h"

#include <signal.h>
#include <stdlib.h>

enum { OPTION_DETACH = CMD_LONG_ONLY, OPTION_DIR };

static int run(struct cmd_args *args);
static int up(struct cmd_args *args, const struct weir_topology *topology, const char *dir,
              bool detach);
static void print_addresses(const struct overlay *overlay);

static const struct cmd_option options[] = {
    {OPTION_DETACH, "detach", NULL,  "return when all links are up; the brokers go on"},
    {OPTION_DIR,    "dir",    "DIR",
     "a new folder for configurations, logs and addresses;\nneeded with --detach"     },
    CMD_OPTION_END,
};

const struct command command_topo_up = {
    .group = "topo",
    .name = "up",
    .summary = "run a topology as real brokers on this machine",
    .usage = "[--detach --dir DIR] FILE",
    .options = options,
    .details = "Starts a weird for each broker, on the address that the topology gives or on a\n"
               "free port of the loopback interface, and waits until all links are up and the\n"
               "tables synchronised. Then prints 'NAME ADDRESS' for each. Links that would close\n"
               "a cycle are left unused and named on stderr. Without --detach the brokers run\n"
               "until this program is interrupted.\n"
               "\n"
               "DIR holds N-NAME.json, .log, .addr and .pid for each broker: a broker that was\n"
               "ended can be started again with 'weird --config DIR/N-NAME.json'.\n",
    .example = "weir topo up topologies/chain3.json --detach --dir /tmp/overlay\n"
               "weir topo down --dir /tmp/overlay\n",
    .exits = "0  all links are up (--detach), or ended as asked\n1  failure\n2  wrong arguments\n"
             "7  the topology has problems\n8  an address cannot be listened on\n"
             "130  interrupted before all links were up\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    struct weir_topology *topology;
    const char *dir = NULL;
    bool detach = false;
    int option, status;

    while ((option = cmd_args_next(args)) > 0) {
        if (option == OPTION_DETACH)
            detach = true;
        else
            dir = args->value;
    }
    if (option < 0)
        return args->status;
    if (detach && dir == NULL)
        return cmd_usage_error(args->command, "--detach needs --dir");
    status = topo_load(&topology, args, stderr);
    if (status != CMD_OK)
        return status;
    topo_print_unused(stderr, "", topology);
    status = up(args, topology, dir, detach);
    weir_topology_destroy(topology);
    return status;
}

static int up(struct cmd_args *args, const struct weir_topology *topology, const char *dir,
              bool detach)
{
    const char *tmp = getenv("TMPDIR");
    char own[OVERLAY_PATH_SIZE];
    struct overlay overlay;
    sigset_t signals;
    int status;

    snprintf(own, sizeof own, "%.4000s/weir-overlay.XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (dir == NULL && (dir = mkdtemp(own)) == NULL) {
        cmd_error(args->command, "cannot make the folder %s", own);
        return CMD_FAILED;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    status = overlay_init(&overlay, args->command, topology, dir, detach);
    if (status == CMD_OK) {
        status = overlay_start(&overlay);
        if (status == CMD_OK)
            print_addresses(&overlay);
        if (status == CMD_OK && !detach)
            status = overlay_watch(&overlay);
        if (status != CMD_OK || !detach)
            overlay_stop(&overlay);
    }
    overlay_fini(&overlay);
    return status;
}

static void print_addresses(const struct overlay *overlay)
{
    for (uint32_t i = 0; i < overlay->count; i++)
        printf("%s %s\n", overlay->brokers[i].name, overlay->brokers[i].url);
    fflush(stdout);
}
