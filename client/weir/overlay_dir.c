/* overlay_dir.c - ending the brokers that another process left running, by their folder. */
#define _XOPEN_SOURCE 700 /* realpath is X/Open */
#include "overlay.h"
#include "session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_MS 10u
#define END_MS 10000u

/* A broker of the folder, by its configuration. */
struct left {
    char base[OVERLAY_PATH_SIZE];
    pid_t pid; /* 0: it does not run */
};

static struct left *list(const struct command *command, const char *dir, size_t *count);
static pid_t running_pid(const char *base);
static bool is_broker(pid_t pid, const char *base);
static void end_all(const struct left *left, size_t count);

int overlay_stop_dir(const struct command *command, const char *dir)
{
    char path[PATH_MAX];
    struct left *left;
    size_t count;

    if (realpath(dir, path) == NULL || strlen(path) + 300 > OVERLAY_PATH_SIZE) {
        cmd_error(command, "%s: %s", dir, strerror(errno));
        return CMD_FAILED;
    }
    left = list(command, path, &count);
    if (left == NULL)
        return CMD_FAILED;
    if (count == 0) {
        cmd_error(command, "%s holds no overlay", dir);
        free(left);
        return CMD_FAILED;
    }
    end_all(left, count);
    for (size_t i = 0; i < count; i++)
        overlay_remove_files(left[i].base);
    free(left);
    if (rmdir(path) != 0) {
        cmd_error(command, "the brokers have ended, but %s could not be removed: %s", dir,
                  strerror(errno));
        return CMD_FAILED;
    }
    return CMD_OK;
}

/* Configurations are named 000-NAME.json. */
static struct left *list(const struct command *command, const char *dir, size_t *count)
{
    struct left *left = NULL;
    struct dirent *entry;
    DIR *open = opendir(dir);
    size_t room = 0;

    *count = 0;
    while (open != NULL && (entry = readdir(open)) != NULL) {
        size_t len = strlen(entry->d_name);

        if (len < 9 || strspn(entry->d_name, "0123456789") < 3 ||
            strcmp(entry->d_name + len - 5, ".json") != 0)
            continue;
        if (*count == room) {
            struct left *more = realloc(left, (room + 64) * sizeof *left);

            if (more == NULL) {
                cmd_error(command, "out of memory");
                closedir(open);
                free(left);
                return NULL;
            }
            left = more;
            room += 64;
        }
        entry->d_name[len - 5] = '\0';
        if (snprintf(left[*count].base, sizeof left[*count].base, "%s/%s", dir, entry->d_name) >=
            (int)sizeof left[*count].base)
            continue;
        left[*count].pid = running_pid(left[*count].base);
        ++*count;
    }
    if (open == NULL)
        cmd_error(command, "%s: %s", dir, strerror(errno));
    else
        closedir(open);
    return open != NULL && left == NULL ? calloc(1, sizeof *left) : left;
}

static pid_t running_pid(const char *base)
{
    char path[OVERLAY_PATH_SIZE];
    long pid = 0;
    FILE *file;

    overlay_path(path, base, "pid");
    file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%ld", &pid) != 1 || pid <= 1 || !is_broker((pid_t)pid, base))
        pid = 0;
    fclose(file);
    return (pid_t)pid;
}

/* A process number may have been used again: only one that was started with this configuration is
 * ours to end. */
static bool is_broker(pid_t pid, const char *base)
{
    char path[64], config[OVERLAY_PATH_SIZE], line[2 * OVERLAY_PATH_SIZE];
    ssize_t len;
    int fd;

    overlay_path(config, base, "json");
    snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    len = read(fd, line, sizeof line - 1);
    close(fd);
    line[len > 0 ? len : 0] = '\0';
    for (ssize_t at = 0; at < len; at += (ssize_t)strlen(line + at) + 1)
        if (strcmp(line + at, config) == 0)
            return true;
    return false;
}

static void end_all(const struct left *left, size_t count)
{
    uint64_t start_ns = clock_ns();

    for (size_t i = 0; i < count; i++)
        if (left[i].pid != 0)
            kill(left[i].pid, SIGTERM);
    for (size_t i = 0; i < count;) {
        if (left[i].pid == 0 || !is_broker(left[i].pid, left[i].base)) {
            i++;
            continue;
        }
        (void)overlay_wait(STEP_MS);
        if (has_passed(start_ns, END_MS))
            kill(left[i].pid, SIGKILL);
    }
}
