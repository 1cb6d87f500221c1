/* overlay.h - the brokers of a topology as processes on this machine, and the folder that tells of
 * them.
 *
 * For each broker NAME (what is no letter, digit, '.', '-' or '_' becomes '_', and a number leads)
 * the folder holds
 *
 *   N-NAME.json   its configuration: start it again with `weird --config`
 *   N-NAME.log    what it said
 *   N-NAME.addr   its address, once it listens
 *   N-NAME.pid    its process, while it runs
 *
 * A broker dials the neighbour that was started before it; the links are those of the spanning tree
 * of the topology. */
#ifndef OVERLAY_H
#define OVERLAY_H

#include "command.h"

#include <sys/types.h>
#include <weir/topology.h>

#define OVERLAY_PATH_SIZE 4096
#define OVERLAY_URL_SIZE 512

struct overlay_broker {
    char name[WEIR_BROKER_NAME_MAX + 1];
    char base[OVERLAY_PATH_SIZE]; /* path without the ending */
    char url[OVERLAY_URL_SIZE];
    pid_t pid;       /* 0: not started, or gone */
    uint32_t parent; /* the neighbour that it dials; itself for the first */
    uint32_t degree; /* its neighbours in the tree */
};

struct overlay {
    const struct command *command; /* for messages */
    const struct weir_topology *topology;
    char dir[OVERLAY_PATH_SIZE]; /* absolute */
    struct overlay_broker *brokers;
    uint32_t *order; /* parents before those that dial them */
    uint32_t count;
    bool detached; /* the brokers outlive this process */
};

/* Makes the folder, which must not exist or be empty, and writes the configurations.  CMD_OK, or
 * an exit code after reporting why; overlay_fini is due in any case. */
int overlay_init(struct overlay *overlay, const struct command *command,
                 const struct weir_topology *topology, const char *dir, bool detached);
void overlay_fini(struct overlay *overlay);

/* Starts all brokers and waits until all links are up and the tables synchronised.  CMD_OK, or
 * after reporting why an exit code; CMD_INTERRUPTED after SIGINT or SIGTERM.  These signals and
 * SIGCHLD must be blocked: overlay_wait takes them. */
int overlay_start(struct overlay *overlay);
/* Waits until it is interrupted, reporting brokers that end by themselves.  CMD_OK, or CMD_FAILED
 * when none is left. */
int overlay_watch(struct overlay *overlay);
/* Ends all brokers that run, gently and then by force, and removes the folder with its files. */
void overlay_stop(struct overlay *overlay);

/* Does the same to an overlay that another process started in the folder. */
int overlay_stop_dir(const struct command *command, const char *dir);

/* Shared by the files of this idea: takes one of the signals within the time; 0 if none came. */
int overlay_wait(uint32_t milliseconds);
/* True once so much time has gone by since `start_ns` of clock_ns(). */
bool has_passed(uint64_t start_ns, uint64_t milliseconds);
/* "BASE.ending" */
void overlay_path(char out[OVERLAY_PATH_SIZE], const char *base, const char *ending);
/* Writes a broker's configuration; false after reporting. */
bool overlay_write_config(const struct overlay *overlay, uint32_t index);
/* Removes what a broker's base names. */
void overlay_remove_files(const char *base);

#endif /* OVERLAY_H */
