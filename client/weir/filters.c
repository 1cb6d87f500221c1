/* filters.c - filters and notifications as the commands take and show them. */
#include "filters.h"

#include <weir/alloc.h>
#include <weir/json.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define WHERE_MAX 512
#define SOURCE_MAX ((size_t)1 << 20)
#define SOURCE_STEP 4096
#define RED "\033[1;31m"
#define YELLOW "\033[1;33m"
#define PLAIN "\033[0m"

/* A file that takes filters. */
struct filling {
    struct filter_file *file;
    const struct command *command;
    bool normals;
};

static bool read_one(struct notifications *in);
static bool line_holds_filter(struct weir_str line);
static int add_filter(void *context, const char *where, uint64_t number, struct weir_str line);

/* ---- showing */

bool text_reserve(struct text *text, size_t size)
{
    char *ptr = weiri_array_grow(NULL, text->ptr, &text->capacity, size, 1);

    if (ptr != NULL)
        text->ptr = ptr;
    return ptr != NULL;
}

void text_fini(struct text *text)
{
    weiri_release(NULL, text->ptr);
    *text = (struct text){NULL, 0};
}

void diags_show(FILE *out, const char *where, struct weir_str source,
                const struct weir_diags *diags)
{
    char rendered[2 * WEIR_FILTER_TEXT_MAX + 8 * WEIR_DIAG_ARG_MAX];
    bool colors = term_colors(out);

    for (size_t i = 0; i < diags->count; i++) {
        bool error = diags->v[i].severity == WEIR_SEVERITY_ERROR;
        size_t head;

        weir_diag_render(rendered, sizeof rendered, source, &diags->v[i]);
        head = colors ? strcspn(rendered, ":") : 0; /* "error[F203]" */
        fprintf(out, "%s%s%.*s%s%s%s", where,
                !colors ? ""
                : error ? RED
                        : YELLOW,
                (int)head, rendered, colors ? PLAIN : "", rendered + head,
                rendered[0] != '\0' && rendered[strlen(rendered) - 1] == '\n' ? "" : "\n");
    }
}

void diags_show_json(FILE *out, const char *head, struct weir_str source,
                     const struct weir_diags *diags, bool *any)
{
    char one[32 * WEIR_DIAG_ARG_MAX]; /* each of its texts may be escaped to six times its length */

    for (size_t i = 0; i < diags->count; i++) {
        weir_diag_to_json(one, sizeof one, source, &diags->v[i]);
        fprintf(out, "%s{%s%s", *any ? "," : "", head, one + 1);
        *any = true;
    }
}

/* ---- one filter */

int source_init(struct source *source, const struct command *command, const char *operand)
{
    struct text text = {NULL, 0};
    size_t len = 0, got = 1;

    *source = (struct source){weir_str_of(operand), NULL};
    if (strcmp(operand, "-") != 0)
        return CMD_OK;
    while (got > 0 && len <= SOURCE_MAX) {
        if (!text_reserve(&text, len + SOURCE_STEP)) {
            cmd_error(command, "%s", weir_err_text(WEIR_ENOMEM));
            text_fini(&text);
            return CMD_FAILED;
        }
        got = fread(text.ptr + len, 1, SOURCE_STEP, stdin);
        len += got;
    }
    *source = (struct source){
        {text.ptr, len},
        text.ptr
    };
    if (!ferror(stdin) && len <= SOURCE_MAX)
        return CMD_OK;
    cmd_error(command, "standard input: %s", ferror(stdin) ? strerror(errno) : "too long");
    source_fini(source);
    return CMD_USAGE;
}

void source_fini(struct source *source)
{
    weiri_release(NULL, source->read);
    source->read = NULL;
}

enum weir_err filter_diagnose(struct weir_filter **out, struct weir_str source,
                              struct weir_diags *diags)
{
    struct weir_filter *filter = NULL;
    enum weir_err err;

    diags->count = 0;
    err = weir_filter_compile(&filter, source, diags, NULL);
    if (err == WEIR_OK)
        err = weir_filter_warn(diags, filter, NULL);
    if (err == WEIR_OK)
        *out = filter;
    else
        weir_filter_destroy(filter);
    return err;
}

int filter_compile_shown(struct weir_filter **out, const struct command *command, const char *where,
                         struct weir_str source)
{
    struct weir_diags diags;
    enum weir_err err = filter_diagnose(out, source, &diags);

    fflush(stdout);
    diags_show(stderr, where, source, &diags);
    if (err == WEIR_OK)
        return CMD_OK;
    if (diags.count == 0 || err == WEIR_ENOMEM)
        cmd_error(command, "%s%s", where, weir_err_text(err));
    return err == WEIR_ENOMEM ? CMD_FAILED : CMD_USAGE;
}

bool notification_show(FILE *out, struct text *text, const struct weir_notification *n)
{
    size_t length = weir_notification_to_json(text->ptr, text->capacity, n);

    if (length >= text->capacity) {
        if (!text_reserve(text, length + 1))
            return false;
        length = weir_notification_to_json(text->ptr, text->capacity, n);
    }
    text->ptr[length] = '\n'; /* in the place of its end: it is written at once */
    fwrite(text->ptr, 1, length + 1, out);
    return true;
}

/* ---- notifications of a file */

bool notifications_open(struct notifications *in, const struct command *command, const char *name)
{
    *in = (struct notifications){.command = command};
    if (lines_open(&in->lines, name))
        return true;
    cmd_error(command, "%s: %s", name, strerror(errno));
    return false;
}

bool notifications_next(struct notifications *in, bool *failed)
{
    for (;;) {
        enum lines_result result = lines_next(&in->lines, &in->line);

        if (result == LINES_END) {
            *failed = in->lines.error != 0;
            if (*failed)
                cmd_error(in->command, "%s: %s", in->lines.name, strerror(in->lines.error));
            return false;
        }
        if (result == LINES_TOO_LONG) {
            cmd_error(in->command, "%s:%" PRIu64 ": the line is too long", in->lines.name,
                      in->lines.number);
            in->bad++;
        } else if (!line_is_blank(in->line)) {
            if (read_one(in))
                return true;
            in->bad++;
        }
    }
}

static bool read_one(struct notifications *in)
{
    struct weir_json_problem problem = {.text = ""};
    enum weir_err err;
    size_t size;

    weiri_release(NULL, in->bytes);
    in->bytes = NULL;
    err = weir_notification_from_json(&in->bytes, &size, in->line, &problem, NULL);
    if (err == WEIR_OK) {
        in->current = weir_notification_view(in->bytes, size);
        return true;
    }
    cmd_error(in->command, "%s:%" PRIu64 ": %s", in->lines.name, in->lines.number,
              problem.text[0] != '\0' ? problem.text : weir_err_text(err));
    return false;
}

void notifications_close(struct notifications *in)
{
    weiri_release(NULL, in->bytes);
    lines_close(&in->lines);
}

/* ---- filters of a file */

int filter_lines_each(const struct command *command, const char *name, filter_line_fn *take,
                      void *context)
{
    struct lines lines;
    struct weir_str line;
    enum lines_result result;
    int status = CMD_OK;

    if (!lines_open(&lines, name)) {
        cmd_error(command, "%s: %s", name, strerror(errno));
        return CMD_USAGE;
    }
    while ((result = lines_next(&lines, &line)) != LINES_END) {
        char where[WHERE_MAX];
        int one = CMD_USAGE;

        snprintf(where, sizeof where, "%s:%" PRIu64 ": ", name, lines.number);
        if (result == LINES_TOO_LONG)
            cmd_error(command, "%sthe line is too long", where);
        else
            one = line_holds_filter(line) ? take(context, where, lines.number, line) : CMD_OK;
        if (status == CMD_OK)
            status = one;
    }
    if (lines.error != 0) {
        cmd_error(command, "%s: %s", name, strerror(lines.error));
        status = CMD_USAGE;
    }
    lines_close(&lines);
    return status;
}

static bool line_holds_filter(struct weir_str line)
{
    size_t i = 0;

    while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
        i++;
    return i < line.len && !(i + 1 < line.len && line.ptr[i] == '-' && line.ptr[i + 1] == '-');
}

int filter_file_read(struct filter_file *file, const struct command *command, const char *name,
                     bool normals)
{
    struct filling filling = {file, command, normals};

    *file = (struct filter_file){.count = 0};
    return filter_lines_each(command, name, add_filter, &filling);
}

static int add_filter(void *context, const char *where, uint64_t number, struct weir_str line)
{
    const struct filling *filling = context;
    const struct command *command = filling->command;
    struct filter_file *file = filling->file;
    struct filter_line *items =
        weiri_array_grow(NULL, file->items, &file->capacity, file->count + 1, sizeof *items);
    struct filter_line added = {.id = (uint32_t)number, .exact = true};
    int status;

    if (items == NULL || number > UINT32_MAX) {
        cmd_error(command, "%stoo many filters", where);
        return CMD_FAILED;
    }
    file->items = items;
    status = filter_compile_shown(&added.filter, command, where, line);
    if (status != CMD_OK)
        return status;
    if (filling->normals) {
        if (weir_normal_create(&added.normal, added.filter, WEIR_ROLE_SUBSCRIPTION, NULL) !=
            WEIR_OK) {
            weir_filter_destroy(added.filter);
            cmd_error(command, "%s%s", where, weir_err_text(WEIR_ENOMEM));
            return CMD_FAILED;
        }
        added.exact = weir_normal_is_exact(added.normal);
    }
    file->items[file->count++] = added;
    return CMD_OK;
}

void filter_file_fini(struct filter_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        weir_filter_destroy(file->items[i].filter);
        weir_normal_destroy(file->items[i].normal);
    }
    weiri_release(NULL, file->items);
}
