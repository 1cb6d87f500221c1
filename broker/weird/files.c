/* files.c - the few files a broker writes. */
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATH_SIZE 4096

static uint64_t persisted(const char *path);

bool files_incarnation(uint64_t *out, const char *state_dir)
{
    struct timespec now;
    char path[PATH_SIZE], text[32];
    uint64_t incarnation;

    clock_gettime(CLOCK_REALTIME, &now);
    incarnation = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    if (state_dir != NULL) {
        if ((size_t)snprintf(path, sizeof path, "%s/incarnation", state_dir) >= sizeof path)
            return false;
        uint64_t last = persisted(path);

        if (incarnation <= last)
            incarnation = last + 1;
        snprintf(text, sizeof text, "%" PRIu64 "\n", incarnation);
        if (!files_write(path, text))
            return false;
    }
    *out = incarnation;
    return true;
}

static uint64_t persisted(const char *path)
{
    FILE *file = fopen(path, "r");
    uint64_t value = 0;

    if (file == NULL)
        return 0;
    if (fscanf(file, "%" SCNu64, &value) != 1)
        value = 0;
    fclose(file);
    return value;
}

bool files_write(const char *path, const char *text)
{
    char other[PATH_SIZE];
    size_t size = strlen(text), done = 0;

    if ((size_t)snprintf(other, sizeof other, "%s.%ld", path, (long)getpid()) >= sizeof other)
        return false;
    unlink(other); /* of a process of the same number that was killed */
    int fd = open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (fd < 0)
        return false;
    while (done < size) {
        ssize_t n = write(fd, text + done, size - done);

        if (n < 0 && errno != EINTR)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    bool ok = done == size && fsync(fd) == 0;

    ok = close(fd) == 0 && ok;
    ok = ok && rename(other, path) == 0;
    if (!ok)
        unlink(other);
    return ok;
}
