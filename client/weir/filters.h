/* filters.h - filters and notifications as the commands take and show them. */
#ifndef FILTERS_H
#define FILTERS_H

#include "command.h"
#include <weir/lines.h>

#include <weir/filter.h>
#include <weir/normal.h>
#include <weir/notification.h>

/* A growing text. */
struct text {
    char *ptr;
    size_t capacity;
};
void text_fini(struct text *text);
/* Room for `size` bytes; false for want of memory. */
bool text_reserve(struct text *text, size_t size);
/* What print(out, size, thing) writes, as a text borrowed until the next use; NULL for want of
 * memory. */
#define TEXT_PRINT(text, print, thing)                                          \
    (text_reserve((text), (print)(NULL, 0, (thing)) + 1)                        \
         ? ((void)(print)((text)->ptr, (text)->capacity, (thing)), (text)->ptr) \
         : NULL)

/* What an operand stands for: itself, or for "-" all of standard input. */
struct source {
    struct weir_str text; /* borrowed until source_fini */
    char *read;           /* NULL for an operand itself */
};
/* CMD_OK, or an exit code after an error that has been reported. */
int source_init(struct source *source, const struct command *command, const char *operand);
void source_fini(struct source *source);

/* Compiles `source` and looks for what it never matches: errors and warnings are in `diags`. */
enum weir_err filter_diagnose(struct weir_filter **out, struct weir_str source,
                              struct weir_diags *diags);
/* Compiles `source`, rendering errors and warnings on stderr, each headed by `where` (such as
 * "f.txt:3: ", or "").  CMD_OK, CMD_USAGE for an error in the filter, CMD_FAILED without memory. */
int filter_compile_shown(struct weir_filter **out, const struct command *command, const char *where,
                         struct weir_str source);
/* Renders records on `out`. */
void diags_show(FILE *out, const char *where, struct weir_str source,
                const struct weir_diags *diags);
/* Prints records as JSON objects with commas between; `*any` says whether one comes before, and is
 * kept.  `head` is put first into each, such as "\"filter\":3,", or "". */
void diags_show_json(FILE *out, const char *head, struct weir_str source,
                     const struct weir_diags *diags, bool *any);

/* Prints the notification as one line of JSON.  False for want of memory. */
bool notification_show(FILE *out, struct text *text, const struct weir_notification *n);

/* The notifications of a file of JSON lines, one after another.  What cannot be read is named on
 * stderr, counted, and passed over; blank lines are passed over. */
struct notifications {
    const struct command *command;
    struct lines lines;
    struct weir_str line; /* the text that `current` was read from */
    struct weir_notification current;
    uint8_t *bytes;
    uint64_t bad;
};
bool notifications_open(struct notifications *in, const struct command *command, const char *name);
/* False at the end, or where the file cannot be read: then it has been reported and *failed. */
bool notifications_next(struct notifications *in, bool *failed);
void notifications_close(struct notifications *in);

/* Filters of a file, one a line; the id of a filter is the number of its line. */
struct filter_line {
    uint32_t id;
    bool exact; /* the normal form says all that the filter says */
    struct weir_filter *filter;
    struct weir_normal *normal; /* NULL unless asked for */
};
struct filter_file {
    struct filter_line *items; /* ids ascend */
    size_t count, capacity;
};
/* Takes the filter of a line; `where` heads messages ("f.txt:3: ").  Returns an exit code. */
typedef int filter_line_fn(void *context, const char *where, uint64_t number, struct weir_str line);
/* Hands each line of the file that holds a filter to `take`, blanks and comments do not; reports
 * what cannot be read.  Returns the first exit code that is not CMD_OK. */
int filter_lines_each(const struct command *command, const char *name, filter_line_fn *take,
                      void *context);
/* Reads all, reporting each error with its line; returns an exit code. */
int filter_file_read(struct filter_file *file, const struct command *command, const char *name,
                     bool normals);
void filter_file_fini(struct filter_file *file);

#endif /* FILTERS_H */
