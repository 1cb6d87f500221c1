/* process.c - see process.h. */
/* nftw is X/Open. */
#define _XOPEN_SOURCE 700
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The path of a program in the folder of this one. */
static bool beside(char *out, size_t size, const char *name)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash;

    if (len <= 0)
        return false;
    self[len] = '\0';
    slash = strrchr(self, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return (size_t)snprintf(out, size, "%s/%s", self, name) < size;
}

static char *read_all(int fd)
{
    size_t room = 4096, len = 0;
    char *text = malloc(room);
    ssize_t got;

    while (text != NULL &&
           ((got = read(fd, text + len, room - len - 1)) > 0 || (got < 0 && errno == EINTR))) {
        char *more;

        len += got > 0 ? (size_t)got : 0;
        if (room - len > 1)
            continue;
        room *= 2;
        more = realloc(text, room);
        if (more == NULL)
            free(text);
        text = more;
    }
    if (text != NULL)
        text[len] = '\0';
    return text;
}

int process_wait(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int process_run(const char *const *args, char **output)
{
    char path[PATH_MAX], *copies[PROCESS_ARGS_MAX + 1] = {NULL};
    int ends[2] = {-1, -1}, code;
    pid_t pid;

    if (!beside(path, sizeof path, args[0]) || (output != NULL && pipe(ends) != 0)) {
        fprintf(stderr, "weir-demo: cannot start %s\n", args[0]);
        return -1;
    }
    for (size_t i = 0; args[i] != NULL && i < PROCESS_ARGS_MAX; i++)
        copies[i] = strdup(args[i]);
    pid = fork();
    if (pid == 0) {
        if (output != NULL) {
            dup2(ends[1], STDOUT_FILENO);
            close(ends[0]);
            close(ends[1]);
        }
        execv(path, copies);
        fprintf(stderr, "weir-demo: cannot start %s: %s\n", path, strerror(errno));
        _exit(127);
    }
    for (size_t i = 0; copies[i] != NULL; i++)
        free(copies[i]);
    if (output != NULL) {
        close(ends[1]);
        *output = pid < 0 ? NULL : read_all(ends[0]);
        close(ends[0]);
    }
    code = pid < 0 ? -1 : process_wait(pid);
    return code;
}

pid_t process_fork(int (*body)(void *context), void *context)
{
    pid_t parent = getpid(), pid = fork();

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    signal(SIGINT, SIG_IGN); /* the parent decides */
    exit(body(context));
}

void process_kill(pid_t pid)
{
    kill(pid, SIGKILL);
    (void)process_wait(pid);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

void process_remove_tree(const char *dir)
{
    if (nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(stderr, "weir-demo: could not remove %s\n", dir);
}
