/* lines.h - the lines of a file or a stream, in bounded memory. */
#ifndef LINES_H
#define LINES_H

#include <weir/base.h>

struct lines {
    const char *name; /* for messages: "feed.csv", "-" */
    int fd;
    uint64_t number; /* of the line last returned, from 1 */
    bool ended;      /* nothing more can be read */
    int error;       /* errno of the read that failed, or 0 */
    bool skipping;   /* inside a line that is too long */
    char *buffer;
    size_t begin, end, scanned, capacity;
};

#define LINE_SIZE_MAX (8u << 20)

enum lines_result {
    LINES_ONE, /* *line is set, without its end ("\n" or "\r\n"); borrowed until the next call */
    LINES_TOO_LONG, /* a line above LINE_SIZE_MAX was passed over */
    LINES_WAIT,     /* no whole line is here; lines_read would have to read */
    LINES_END       /* of the input, or `error` */
};

/* Opens a file; "-" is standard input.  Returns false with errno set. */
bool lines_open(struct lines *lines, const char *name);
void lines_close(struct lines *lines);
/* The next line among what was read. */
enum lines_result lines_take(struct lines *lines, struct weir_str *line);
/* Reads once more from the file.  False for want of memory. */
bool lines_read(struct lines *lines);
/* Both: never LINES_WAIT. */
enum lines_result lines_next(struct lines *lines, struct weir_str *line);

/* True for a line of blanks only. */
bool line_is_blank(struct weir_str line);

#endif /* LINES_H */
