/* overlay.c - who dials whom, and the configurations of the brokers. */
#define _XOPEN_SOURCE 700 /* realpath is X/Open */
#include "overlay.h"
#include "session.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ANY_PORT "tcp://127.0.0.1:0"

static int make_dir(struct overlay *overlay, const char *dir);
static void name_files(struct overlay *overlay);
static void plan_tree(struct overlay *overlay);
static json_t *links_of(const struct overlay *overlay, uint32_t index);

int overlay_init(struct overlay *overlay, const struct command *command,
                 const struct weir_topology *topology, const char *dir, bool detached)
{
    size_t count;
    int status;

    weir_topology_brokers(topology, &count);
    *overlay = (struct overlay){
        .command = command, .topology = topology, .count = (uint32_t)count, .detached = detached};
    overlay->brokers = calloc(count, sizeof *overlay->brokers);
    overlay->order = calloc(count, sizeof *overlay->order);
    if (overlay->brokers == NULL || overlay->order == NULL) {
        cmd_error(command, "out of memory");
        return CMD_FAILED;
    }
    status = make_dir(overlay, dir);
    if (status != CMD_OK)
        return status;
    name_files(overlay);
    plan_tree(overlay);
    return CMD_OK;
}

void overlay_fini(struct overlay *overlay)
{
    free(overlay->brokers);
    free(overlay->order);
}

/* An empty folder is as good as none. */
static int make_dir(struct overlay *overlay, const char *dir)
{
    char path[PATH_MAX];

    if (mkdir(dir, 0700) != 0 && (errno != EEXIST || rmdir(dir) != 0 || mkdir(dir, 0700) != 0)) {
        int error = errno;

        cmd_error(overlay->command, "cannot make the folder %s: %s", dir, strerror(error));
        return error == EEXIST || error == ENOTEMPTY ? CMD_USAGE : CMD_FAILED;
    }
    if (realpath(dir, path) == NULL || strlen(path) + 128 > sizeof overlay->dir) {
        cmd_error(overlay->command, "the path of %s is too long", dir);
        return CMD_USAGE;
    }
    memcpy(overlay->dir, path, strlen(path) + 1);
    return CMD_OK;
}

static void name_files(struct overlay *overlay)
{
    size_t count;
    const struct weir_topology_broker *brokers = weir_topology_brokers(overlay->topology, &count);

    for (uint32_t i = 0; i < overlay->count; i++) {
        struct overlay_broker *broker = &overlay->brokers[i];
        char plain[sizeof broker->name];
        size_t len = brokers[i].name.len;

        memcpy(broker->name, brokers[i].name.ptr, len);
        for (size_t c = 0; c <= len; c++)
            plain[c] = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_",
                              broker->name[c]) != NULL
                           ? broker->name[c]
                           : '_';
        snprintf(broker->base, sizeof broker->base, "%.*s/%03u-%s",
                 (int)(sizeof broker->base - 128), overlay->dir, i, plain);
    }
}

/* Breadth first from the first broker, over the links of the spanning tree. */
static void plan_tree(struct overlay *overlay)
{
    size_t link_count;
    const struct weir_topology_link *links = weir_topology_links(overlay->topology, &link_count);
    uint32_t planned = 1;

    for (uint32_t done = 0; done < planned; done++) {
        uint32_t index = overlay->order[done];

        for (size_t l = 0; l < link_count; l++) {
            const uint32_t *ends = links[l].ends;
            uint32_t other = ends[0] == index ? ends[1] : ends[0];

            if (!links[l].in_tree || (ends[0] != index && ends[1] != index))
                continue;
            overlay->brokers[index].degree++;
            if (done > 0 && overlay->brokers[index].parent == other)
                continue;
            overlay->brokers[other].parent = index;
            overlay->order[planned++] = other;
        }
    }
}

/* ---- configurations */

void overlay_path(char out[OVERLAY_PATH_SIZE], const char *base, const char *ending)
{
    snprintf(out, OVERLAY_PATH_SIZE, "%.*s.%s", OVERLAY_PATH_SIZE - 16, base, ending);
}

void overlay_remove_files(const char *base)
{
    static const char *const endings[] = {"json", "log", "addr", "pid"};
    char path[OVERLAY_PATH_SIZE];

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        overlay_path(path, base, endings[i]);
        unlink(path);
    }
}

/* Once a broker listens, its configuration names that address, so that it can be started again. */
bool overlay_write_config(const struct overlay *overlay, uint32_t index)
{
    const struct overlay_broker *broker = &overlay->brokers[index];
    const struct weir_topology_routing *routing = weir_topology_routing(overlay->topology);
    size_t count;
    struct weir_str listen = weir_topology_brokers(overlay->topology, &count)[index].listen;
    char ready[OVERLAY_PATH_SIZE], pid[OVERLAY_PATH_SIZE], path[OVERLAY_PATH_SIZE];
    json_t *config;
    bool ok;

    if (broker->url[0] != '\0')
        listen = weir_str_of(broker->url);
    else if (listen.len == 0)
        listen = WEIR_STR(ANY_PORT);
    overlay_path(ready, broker->base, "addr");
    overlay_path(pid, broker->base, "pid");
    overlay_path(path, broker->base, "json");
    config = json_pack("{s:s, s:[s%], s:o, s:s%, s:b, s:s, s:s}", "name", broker->name, "listen",
                       listen.ptr, listen.len, "links", links_of(overlay, index), "strategy",
                       routing->strategy.ptr, routing->strategy.len, "advertisements",
                       routing->advertisements, "ready_file", ready, "pid_file", pid);
    ok = config != NULL && json_dump_file(config, path, JSON_INDENT(2)) == 0;
    json_decref(config);
    if (!ok)
        cmd_error(overlay->command, "cannot write %s", path);
    return ok;
}

static json_t *links_of(const struct overlay *overlay, uint32_t index)
{
    size_t link_count;
    const struct weir_topology_link *links = weir_topology_links(overlay->topology, &link_count);
    json_t *array = json_array();

    for (size_t l = 0; l < link_count; l++) {
        const uint32_t *ends = links[l].ends;
        const struct overlay_broker *other =
            &overlay->brokers[ends[0] == index ? ends[1] : ends[0]];
        json_t *link;

        if (!links[l].in_tree || (ends[0] != index && ends[1] != index))
            continue;
        link = json_pack("{s:s, s:I}", "name", other->name, "cost", (json_int_t)links[l].cost);
        if (index != overlay->order[0] &&
            other == &overlay->brokers[overlay->brokers[index].parent])
            json_object_set_new(link, "address", json_string(other->url));
        json_array_append_new(array, link);
    }
    return array;
}

int overlay_wait(uint32_t milliseconds)
{
    struct timespec time = {.tv_sec = milliseconds / 1000,
                            .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    sigset_t signals;
    int number;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGCHLD);
    number = sigtimedwait(&signals, NULL, &time);
    return number > 0 ? number : 0;
}

bool has_passed(uint64_t start_ns, uint64_t milliseconds)
{
    return clock_ns() - start_ns > milliseconds * 1000000;
}
