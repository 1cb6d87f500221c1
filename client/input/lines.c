/* lines.c - the lines of a file or a stream, in bounded memory. */
#include <weir/lines.h>

#include <weir/alloc.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE 65536u

static bool make_room(struct lines *lines);

bool lines_open(struct lines *lines, const char *name)
{
    int fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);

    *lines = (struct lines){.name = name, .fd = fd};
    return fd >= 0;
}

void lines_close(struct lines *lines)
{
    if (lines->fd > STDIN_FILENO)
        close(lines->fd);
    weiri_release(NULL, lines->buffer);
    *lines = (struct lines){.fd = -1};
}

enum lines_result lines_take(struct lines *lines, struct weir_str *line)
{
    char *begin, *newline;
    size_t length;

    if (lines->begin == lines->end && (lines->ended || lines->error != 0) && !lines->skipping)
        return LINES_END;
    begin = lines->buffer + lines->begin;
    newline = lines->scanned < lines->end
                  ? memchr(lines->buffer + lines->scanned, '\n', lines->end - lines->scanned)
                  : NULL;
    lines->scanned = lines->end;
    if (newline == NULL && !lines->ended && lines->error == 0) {
        if (lines->end - lines->begin > LINE_SIZE_MAX)
            lines->skipping = true;
        if (lines->skipping)
            lines->begin = lines->end;
        return LINES_WAIT;
    }
    length = newline != NULL ? (size_t)(newline - begin) : lines->end - lines->begin;
    lines->begin += length + (newline != NULL);
    lines->scanned = lines->begin;
    lines->number++;
    if (lines->skipping) {
        lines->skipping = false;
        return LINES_TOO_LONG;
    }
    if (length > 0 && begin[length - 1] == '\r')
        length--;
    *line = (struct weir_str){begin, length};
    return LINES_ONE;
}

bool lines_read(struct lines *lines)
{
    ssize_t got;

    if (!make_room(lines))
        return false;
    do
        got = read(lines->fd, lines->buffer + lines->end, lines->capacity - lines->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        lines->error = errno;
    else if (got == 0)
        lines->ended = true;
    else
        lines->end += (size_t)got;
    return true;
}

static bool make_room(struct lines *lines)
{
    char *buffer;

    if (lines->begin > 0) {
        memmove(lines->buffer, lines->buffer + lines->begin, lines->end - lines->begin);
        lines->scanned -= lines->begin;
        lines->end -= lines->begin;
        lines->begin = 0;
    }
    buffer = weiri_array_grow(NULL, lines->buffer, &lines->capacity, lines->end + READ_SIZE, 1);
    if (buffer == NULL)
        return false;
    lines->buffer = buffer;
    return true;
}

enum lines_result lines_next(struct lines *lines, struct weir_str *line)
{
    for (;;) {
        enum lines_result result = lines_take(lines, line);

        if (result != LINES_WAIT)
            return result;
        if (!lines_read(lines))
            lines->error = ENOMEM;
    }
}

bool line_is_blank(struct weir_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] != ' ' && line.ptr[i] != '\t' && line.ptr[i] != '\r')
            return false;
    return true;
}
