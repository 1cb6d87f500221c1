/* config.c - from the JSON file to a configuration, telling every problem in it.
 *
 * Scalars are read by tables of fields; lists of addresses and links have a function each. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <weir/limits.h>
#include <weir/link.h>
#include <weir/load.h>
#include <weir/locate.h>

#define POINTER_SIZE 256
#define CONFIG_SIZE_MAX (16 * 1024 * 1024)
#define DEFAULT_LISTEN "tcp://127.0.0.1:7411"
#define MIB (UINT64_C(1) << 20)
#define HOUR_MS 3600000

enum kind { TEXT, NUMBER, FLAG, CHOICE, LIST, OBJECT };

struct field {
    const char *key;
    enum kind kind;
    size_t offset; /* in the structure that is filled; of no meaning for LIST and OBJECT */
    uint64_t low, high;
    const char *const *choices; /* CHOICE: an int, the index of the text; ends with NULL */
    bool required;
};

struct reader {
    const char *path;
    FILE *errors;
    char *text; /* of the file */
    size_t size;
    unsigned problems;
};

static const char *const strategies[] = {"flooding", "simple", "covering", "identity", NULL};
static const char *const levels[] = {"error", "warn", "info", "debug", NULL};

#define AT(member) offsetof(struct config, member)
static const struct field root_fields[] = {
    {"name",           TEXT,   AT(name),           0,                   0,          NULL,       true },
    {"listen",         LIST,   0,                  0,                   0,          NULL,       false},
    {"links",          LIST,   0,                  0,                   0,          NULL,       false},
    {"unlisted",       FLAG,   AT(unlisted),       0,                   0,          NULL,       false},
    {"strategy",       CHOICE, AT(strategy),       0,                   0,          strategies, false},
    {"advertisements", FLAG,   AT(advertisements), 0,                   0,          NULL,       false},
    {"heartbeat_ms",   NUMBER, AT(heartbeat_ms),   50,                  HOUR_MS,    NULL,       false},
    {"hold_ms",        NUMBER, AT(hold_ms),        0,                   HOUR_MS,    NULL,       false},
    {"link_window",    NUMBER, AT(link_window),    WEIR_FRAME_SIZE_MAX, 1024 * MIB, NULL,       false},
    {"client_window",  NUMBER, AT(client_window),  WEIR_FRAME_SIZE_MAX, 1024 * MIB, NULL,       false},
    {"cover_work",     NUMBER, AT(cover_work),     0,                   UINT32_MAX, NULL,       false},
    {"limits",         OBJECT, 0,                  0,                   0,          NULL,       false},
    {"log",            CHOICE, AT(log),            0,                   0,          levels,     false},
    {"state_dir",      TEXT,   AT(state_dir),      0,                   0,          NULL,       false},
    {"ready_file",     TEXT,   AT(ready_file),     0,                   0,          NULL,       false},
    {"pid_file",       TEXT,   AT(pid_file),       0,                   0,          NULL,       false},
};
static const struct field limit_fields[] = {
    {"client_queue", NUMBER, AT(client_queue), MIB,     65536 * MIB,      NULL, false},
    {"link_queue",   NUMBER, AT(link_queue),   2 * MIB, 65536 * MIB,      NULL, false},
    {"memory",       NUMBER, AT(memory),       8 * MIB, 1048576 * MIB,    NULL, false},
    {"hello_ms",     NUMBER, AT(hello_ms),     10,      HOUR_MS,          NULL, false},
    {"clients",      NUMBER, AT(clients),      0,       WEIR_CLIENTS_MAX, NULL, false},
    {"half_open",    NUMBER, AT(half_open),    1,       WEIR_CLIENTS_MAX, NULL, false},
    {"drain_ms",     NUMBER, AT(drain_ms),     0,       HOUR_MS,          NULL, false},
};
#undef AT
#define AT(member) offsetof(struct config_link, member)
static const struct field link_fields[] = {
    {"name",    TEXT,   AT(name),    0, 0,       NULL, true },
    {"address", TEXT,   AT(address), 0, 0,       NULL, false},
    {"cost",    NUMBER, AT(cost),    1, 1000000, NULL, false},
};
#undef AT

static void set_defaults(struct config *config);
static json_t *load(struct reader *reader);
static void check(struct reader *reader, struct config *config);
static void read_fields(struct reader *reader, json_t *object, const char *pointer,
                        const struct field *fields, size_t count, void *out);
static void read_field(struct reader *reader, const json_t *value, const char *pointer,
                       const struct field *field, char *out);
static void read_choice(struct reader *reader, const json_t *value, const char *pointer,
                        const struct field *field, char *out);
static bool read_listen(struct reader *reader, struct config *config);
static bool read_links(struct reader *reader, struct config *config);
static void check_link(struct reader *reader, const struct config *config, size_t index);
static void check_name(struct reader *reader, const char *name, const char *pointer);
static void check_address(struct reader *reader, const char *address, const char *pointer);
static void pointer_append(char *out, const char *pointer, const char *key);
static void complain(struct reader *reader, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

bool config_read(struct config *config, const char *path, FILE *errors)
{
    struct reader reader = {.path = path, .errors = errors};

    *config = (struct config){.root = load(&reader)};
    set_defaults(config);
    if (config->root != NULL)
        check(&reader, config);
    free(reader.text);
    if (reader.problems != 0)
        config_fini(config);
    return reader.problems == 0;
}

static void check(struct reader *reader, struct config *config)
{
    read_fields(reader, config->root, "", root_fields, COUNT(root_fields), config);
    json_t *limits = json_object_get(config->root, "limits");

    if (json_is_object(limits))
        read_fields(reader, limits, "/limits", limit_fields, COUNT(limit_fields), config);
    if (config->name != NULL)
        check_name(reader, config->name, "/name");
    if (config->link_queue < config->link_window) /* neighbours mostly have the same window */
        complain(reader, "/limits/link_queue", "must not be below link_window");
    if (!read_listen(reader, config) || !read_links(reader, config))
        complain(reader, "", "out of memory");
}

void config_fini(struct config *config)
{
    free(config->listen);
    free(config->links);
    json_decref(config->root);
    *config = (struct config){0};
}

static void set_defaults(struct config *config)
{
    config->strategy = WEIR_STRATEGY_COVERING;
    config->advertisements = true;
    config->heartbeat_ms = 1000;
    config->hold_ms = 10000;
    config->link_window = 8 * MIB;
    config->client_window = 4 * MIB;
    config->cover_work = 100000;
    config->client_queue = 16 * MIB;
    config->link_queue = 64 * MIB;
    config->memory = 1024 * MIB;
    config->hello_ms = 5000;
    config->clients = WEIR_CLIENTS_MAX;
    config->half_open = 4096;
    config->drain_ms = 2000;
    config->log = LOG_INFO;
}

static json_t *load(struct reader *reader)
{
    json_error_t error;
    FILE *file = fopen(reader->path, "r");
    json_t *root = NULL;
    char *text = reader->text = file == NULL ? NULL : malloc(CONFIG_SIZE_MAX + 1);
    size_t size = text == NULL ? 0 : fread(text, 1, CONFIG_SIZE_MAX + 1, file);

    reader->problems++;
    if (file == NULL || (text != NULL && ferror(file))) {
        fprintf(reader->errors, "%s: cannot be read: %s\n", reader->path, strerror(errno));
    } else if (text == NULL || size > CONFIG_SIZE_MAX) {
        fprintf(reader->errors, "%s: too large\n", reader->path);
    } else {
        switch (weiri_json_load(&root, (struct weir_str){text, size}, 0, &error)) {
        case WEIR_OK: reader->problems--; break;
        case WEIR_ENOMEM:
            fprintf(reader->errors, "%s: %s\n", reader->path, weir_err_text(WEIR_ENOMEM));
            break;
        default:
            fprintf(reader->errors, "%s:%d:%d: %s\n", reader->path, error.line,
                    error.column > 0 ? error.column : 1, /* 0 at the start of a line */
                    error.text);
        }
    }
    reader->size = size;
    if (file != NULL)
        fclose(file);
    return root;
}

/* ---- scalars */

static void read_fields(struct reader *reader, json_t *object, const char *pointer,
                        const struct field *fields, size_t count, void *out)
{
    char inner[POINTER_SIZE];
    const char *key;
    json_t *value;

    if (!json_is_object(object)) {
        complain(reader, pointer, "must be an object");
        return;
    }
    json_object_foreach(object, key, value)
    {
        size_t i = 0;

        pointer_append(inner, pointer, key);
        while (i < count && strcmp(fields[i].key, key) != 0)
            i++;
        if (i == count)
            complain(reader, inner, "unknown key");
        else
            read_field(reader, value, inner, &fields[i], out);
    }
    for (size_t i = 0; i < count; i++)
        if (fields[i].required && json_object_get(object, fields[i].key) == NULL)
            complain(reader, pointer, "\"%s\" is missing", fields[i].key);
}

static void read_field(struct reader *reader, const json_t *value, const char *pointer,
                       const struct field *field, char *out)
{
    json_int_t number;

    switch (field->kind) {
    case TEXT:
        if (!json_is_string(value) || json_string_length(value) == 0)
            complain(reader, pointer, "must be a string that is not empty");
        else
            *(const char **)(void *)(out + field->offset) = json_string_value(value);
        break;
    case NUMBER:
        number = json_integer_value(value);
        if (!json_is_integer(value) || number < 0 || (uint64_t)number < field->low ||
            (uint64_t)number > field->high)
            complain(reader, pointer, "must be an integer from %" PRIu64 " to %" PRIu64, field->low,
                     field->high);
        else
            *(uint64_t *)(void *)(out + field->offset) = (uint64_t)number;
        break;
    case FLAG:
        if (!json_is_boolean(value))
            complain(reader, pointer, "must be true or false");
        else
            *(bool *)(out + field->offset) = json_is_true(value);
        break;
    case CHOICE: read_choice(reader, value, pointer, field, out); break;
    case LIST:
        if (!json_is_array(value))
            complain(reader, pointer, "must be an array");
        break;
    case OBJECT:
        if (!json_is_object(value))
            complain(reader, pointer, "must be an object");
        break;
    }
}

static void read_choice(struct reader *reader, const json_t *value, const char *pointer,
                        const struct field *field, char *out)
{
    char all[128] = "";
    size_t used = 0;

    for (unsigned i = 0; field->choices[i] != NULL; i++) {
        if (json_is_string(value) && strcmp(json_string_value(value), field->choices[i]) == 0) {
            *(unsigned *)(void *)(out + field->offset) = i;
            return;
        }
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i == 0 ? "" : ", ",
                                 field->choices[i]);
    }
    complain(reader, pointer, "must be one of: %s", all);
}

/* ---- lists */

static bool read_listen(struct reader *reader, struct config *config)
{
    const json_t *list = json_object_get(config->root, "listen");
    size_t count = list == NULL ? 1 : json_array_size(list);
    char pointer[POINTER_SIZE];

    if (json_is_array(list) && (count == 0 || count > 16))
        complain(reader, "/listen", "needs 1 to 16 addresses");
    config->listen = calloc(count + 1, sizeof *config->listen);
    if (config->listen == NULL)
        return false;
    config->listen[0] = DEFAULT_LISTEN;
    config->listen_count = count;
    for (size_t i = 0; list != NULL && i < count; i++) {
        snprintf(pointer, sizeof pointer, "/listen/%zu", i);
        config->listen[i] = json_string_value(json_array_get(list, i));
        if (config->listen[i] == NULL)
            complain(reader, pointer, "must be a string");
        else
            check_address(reader, config->listen[i], pointer);
    }
    return true;
}

static bool read_links(struct reader *reader, struct config *config)
{
    const json_t *list = json_object_get(config->root, "links");
    size_t count = json_array_size(list);
    char pointer[POINTER_SIZE];

    if (count > WEIR_LINKS_MAX) {
        complain(reader, "/links", "at most %d links", WEIR_LINKS_MAX);
        return true;
    }
    config->links = calloc(count + 1, sizeof *config->links);
    if (config->links == NULL)
        return false;
    config->link_count = count;
    for (size_t i = 0; i < count; i++) {
        snprintf(pointer, sizeof pointer, "/links/%zu", i);
        config->links[i].cost = 1;
        read_fields(reader, json_array_get(list, i), pointer, link_fields, COUNT(link_fields),
                    &config->links[i]);
        check_link(reader, config, i);
    }
    return true;
}

static void check_link(struct reader *reader, const struct config *config, size_t index)
{
    const struct config_link *link = &config->links[index];
    char pointer[POINTER_SIZE];

    snprintf(pointer, sizeof pointer, "/links/%zu/address", index);
    if (link->address != NULL)
        check_address(reader, link->address, pointer);
    if (link->name == NULL)
        return;
    snprintf(pointer, sizeof pointer, "/links/%zu/name", index);
    check_name(reader, link->name, pointer);
    if (config->name != NULL && strcmp(link->name, config->name) == 0)
        complain(reader, pointer, "a broker cannot be its own neighbour");
    for (size_t i = 0; i < index; i++)
        if (config->links[i].name != NULL && strcmp(config->links[i].name, link->name) == 0) {
            complain(reader, pointer, "\"%s\" is /links/%zu already", link->name, i);
            break;
        }
}

static void check_name(struct reader *reader, const char *name, const char *pointer)
{
    if (strlen(name) > WEIR_BROKER_NAME_MAX)
        complain(reader, pointer, "longer than %d bytes", WEIR_BROKER_NAME_MAX);
}

static void check_address(struct reader *reader, const char *address, const char *pointer)
{
    if (!weir_url_valid(address))
        complain(reader, pointer, "must be tcp://HOST:PORT or ipc:///PATH");
}

/* ---- problems */

static void pointer_append(char *out, const char *pointer, const char *key)
{
    size_t used = (size_t)snprintf(out, POINTER_SIZE, "%s/", pointer);

    for (; *key != '\0' && used + 3 < POINTER_SIZE; key++) {
        if (*key == '~' || *key == '/')
            used += (size_t)snprintf(out + used, 3, "~%c", *key == '~' ? '0' : '1');
        else
            out[used++] = *key;
    }
    out[used] = '\0';
}

static void complain(struct reader *reader, const char *pointer, const char *format, ...)
{
    va_list args;

    struct weir_place place =
        weir_json_locate((struct weir_str){reader->text, reader->size}, pointer);

    reader->problems++;
    fprintf(reader->errors, "%s:%" PRIu32 ":%" PRIu32 ": %s: ", reader->path, place.line,
            place.column, pointer[0] == '\0' ? "/" : pointer);
    va_start(args, format);
    vfprintf(reader->errors, format, args);
    va_end(args);
    fputc('\n', reader->errors);
}
