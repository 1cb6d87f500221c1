/* fields.c - from parsed JSON to brokers, links and routing, complaining of every field that is
 * unknown, missing, of the wrong type or out of range. */
#include "internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <weir/alloc.h>

#define POINTER_SIZE sizeof(((struct weir_topology_problem *)0)->pointer)

/* The pointer of a member, cut where it would be longer than a problem can hold. */
static void child(char out[POINTER_SIZE], const char *parent, const char *key)
{
    snprintf(out, POINTER_SIZE, "%s", parent);
    topology_pointer_append(out, POINTER_SIZE, key);
}

struct field {
    const char *key;
    int kind; /* a json_type; JSON_REAL takes integers, JSON_TRUE both booleans */
    bool required;
};

static bool check_object(struct reader *reader, json_t *object, const char *pointer,
                         const struct field *fields, size_t count);
static bool check_member(struct reader *reader, json_t *value, const char *pointer,
                         const struct field *field);
static enum weir_err read_brokers(struct reader *reader, json_t *array, json_t *names);
static void read_broker(struct reader *reader, json_t *object, const char *pointer,
                        struct weir_topology_broker *broker);
static void read_place(struct reader *reader, json_t *place, const char *parent,
                       struct weir_topology_broker *broker);
static enum weir_err read_links(struct reader *reader, json_t *array, json_t *names, json_t *pairs);
static bool read_link(struct reader *reader, json_t *object, const char *pointer, json_t *names,
                      struct weir_topology_link *link);
static bool read_ends(struct reader *reader, json_t *between, const char *pointer, json_t *names,
                      struct weir_topology_link *link);
static enum weir_err check_pair(struct reader *reader, const struct weir_topology_link *link,
                                size_t index, json_t *pairs);
static void read_routing(struct reader *reader, json_t *routing);
static void check_name(struct reader *reader, struct weir_str name, const char *pointer);
static void check_listen(struct reader *reader, struct weir_str listen, const char *pointer);
static double number_within(struct reader *reader, json_t *object, const char *pointer,
                            const char *key, double low, double high);
static struct weir_str string_of(const json_t *object, const char *key);
static const char *kind_text(int kind);

enum weir_err topology_fields(struct reader *reader)
{
    static const struct field fields[] = {
        {"$schema",     JSON_STRING, false},
        {"name",        JSON_STRING, false},
        {"description", JSON_STRING, false},
        {"brokers",     JSON_ARRAY,  true },
        {"links",       JSON_ARRAY,  true },
        {"routing",     JSON_OBJECT, false},
    };
    json_t *root = reader->topology->root;
    struct weir_topology_routing *routing = &reader->topology->routing;
    *routing = (struct weir_topology_routing){WEIR_STR("acyclic"), WEIR_STR("covering"), true};
    if (!check_object(reader, root, "", fields, sizeof fields / sizeof *fields)) {
        reader->incomplete = true;
        return WEIR_OK;
    }
    reader->topology->name = string_of(root, "name");
    read_routing(reader, json_object_get(root, "routing"));

    json_t *names = json_object(), *pairs = json_object();
    enum weir_err err = names && pairs ? WEIR_OK : WEIR_ENOMEM;
    if (err == WEIR_OK)
        err = read_brokers(reader, json_object_get(root, "brokers"), names);
    if (err == WEIR_OK)
        err = read_links(reader, json_object_get(root, "links"), names, pairs);
    json_decref(names);
    json_decref(pairs);
    return err;
}

/* False when the object cannot be read further: it is none, or a field is missing or mistyped. */
static bool check_object(struct reader *reader, json_t *object, const char *pointer,
                         const struct field *fields, size_t count)
{
    if (!json_is_object(object)) {
        topology_complain(reader, pointer, "must be an object");
        return false;
    }
    bool sound = true;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        char inner[POINTER_SIZE];
        child(inner, pointer, key);
        size_t i = 0;
        while (i < count && strcmp(fields[i].key, key) != 0)
            i++;
        if (i == count)
            topology_complain(reader, inner, "unknown key '%.60s'", key);
        else
            sound = check_member(reader, value, inner, &fields[i]) && sound;
    }
    for (size_t i = 0; i < count; i++) {
        if (fields[i].required && !json_object_get(object, fields[i].key)) {
            topology_complain(reader, pointer, "'%s' is missing", fields[i].key);
            sound = false;
        }
    }
    return sound;
}

static bool check_member(struct reader *reader, json_t *value, const char *pointer,
                         const struct field *field)
{
    bool fits = (int)json_typeof(value) == field->kind ||
                (field->kind == JSON_REAL && json_is_number(value)) ||
                (field->kind == JSON_TRUE && json_is_boolean(value));
    if (!fits)
        topology_complain(reader, pointer, "must be %s", kind_text(field->kind));
    return fits;
}

static enum weir_err read_brokers(struct reader *reader, json_t *array, json_t *names)
{
    struct weir_topology *topology = reader->topology;
    size_t count = json_array_size(array);
    if (count == 0 || count > WEIR_BROKERS_MAX) {
        topology_complain(reader, "/brokers", "needs 1 to %d brokers, has %zu", WEIR_BROKERS_MAX,
                          count);
        reader->incomplete = true;
        return WEIR_OK;
    }
    topology->brokers = weiri_alloc_zeroed(topology->alloc, count, sizeof *topology->brokers);
    if (!topology->brokers)
        return WEIR_ENOMEM;
    topology->broker_count = count;
    for (size_t i = 0; i < count; i++) {
        char pointer[POINTER_SIZE];
        snprintf(pointer, sizeof pointer, "/brokers/%zu", i);
        struct weir_topology_broker *broker = &topology->brokers[i];
        read_broker(reader, json_array_get(array, i), pointer, broker);
        if (broker->name.len == 0) {
            reader->incomplete = true;
            continue;
        }
        topology_pointer_append(pointer, sizeof pointer, "name");
        json_t *earlier = json_object_get(names, broker->name.ptr);
        if (earlier) {
            reader->incomplete = true;
            topology_complain(reader, pointer,
                              "name '%s' is taken by /brokers/%" JSON_INTEGER_FORMAT,
                              broker->name.ptr, json_integer_value(earlier));
        } else if (json_object_set_new(names, broker->name.ptr, json_integer((json_int_t)i))) {
            return WEIR_ENOMEM;
        }
    }
    return WEIR_OK;
}

static void read_broker(struct reader *reader, json_t *object, const char *pointer,
                        struct weir_topology_broker *broker)
{
    static const struct field fields[] = {
        {"name",   JSON_STRING, true },
        {"listen", JSON_STRING, false},
        {"place",  JSON_OBJECT, false},
    };
    if (!check_object(reader, object, pointer, fields, sizeof fields / sizeof *fields))
        return;
    broker->name = string_of(object, "name");
    check_name(reader, broker->name, pointer);
    broker->listen = string_of(object, "listen");
    if (json_object_get(object, "listen"))
        check_listen(reader, broker->listen, pointer);
    if (json_object_get(object, "place"))
        read_place(reader, json_object_get(object, "place"), pointer, broker);
}

static void read_place(struct reader *reader, json_t *place, const char *parent,
                       struct weir_topology_broker *broker)
{
    static const struct field fields[] = {
        {"city",      JSON_STRING, false},
        {"site",      JSON_STRING, false},
        {"latitude",  JSON_REAL,   false},
        {"longitude", JSON_REAL,   false},
    };
    char pointer[POINTER_SIZE];
    child(pointer, parent, "place");
    if (!check_object(reader, place, pointer, fields, sizeof fields / sizeof *fields))
        return;
    broker->city = string_of(place, "city");
    broker->site = string_of(place, "site");
    bool north = json_object_get(place, "latitude"), east = json_object_get(place, "longitude");
    if (north != east)
        topology_complain(reader, pointer, "latitude and longitude go together");
    broker->located = north && east;
    if (north)
        broker->latitude = number_within(reader, place, pointer, "latitude", -90, 90);
    if (east)
        broker->longitude = number_within(reader, place, pointer, "longitude", -180, 180);
}

static enum weir_err read_links(struct reader *reader, json_t *array, json_t *names, json_t *pairs)
{
    struct weir_topology *topology = reader->topology;
    size_t count = json_array_size(array);
    if (count > WEIR_TOPOLOGY_LINKS_MAX) {
        topology_complain(reader, "/links", "at most %d links, has %zu", WEIR_TOPOLOGY_LINKS_MAX,
                          count);
        reader->incomplete = true;
        return WEIR_OK;
    }
    if (count == 0)
        return WEIR_OK;
    topology->links = weiri_alloc_zeroed(topology->alloc, count, sizeof *topology->links);
    if (!topology->links)
        return WEIR_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        char pointer[POINTER_SIZE];
        snprintf(pointer, sizeof pointer, "/links/%zu", i);
        struct weir_topology_link *link = &topology->links[topology->link_count];
        if (!read_link(reader, json_array_get(array, i), pointer, names, link))
            continue;
        topology->link_count++;
        if (check_pair(reader, link, i, pairs) != WEIR_OK)
            return WEIR_ENOMEM;
    }
    return WEIR_OK;
}

static bool read_link(struct reader *reader, json_t *object, const char *pointer, json_t *names,
                      struct weir_topology_link *link)
{
    static const struct field fields[] = {
        {"between",  JSON_ARRAY,   true },
        {"cost",     JSON_INTEGER, false},
        {"delay_ms", JSON_REAL,    false},
    };
    if (!check_object(reader, object, pointer, fields, sizeof fields / sizeof *fields) ||
        !read_ends(reader, json_object_get(object, "between"), pointer, names, link)) {
        reader->incomplete = true;
        return false;
    }
    if (link->ends[0] == link->ends[1]) {
        topology_complain(reader, pointer, "links '%s' to itself",
                          reader->topology->brokers[link->ends[0]].name.ptr);
        return false;
    }
    link->cost = 1;
    link->delay_ms = -1;
    if (json_object_get(object, "delay_ms")) {
        link->delay_ms =
            number_within(reader, object, pointer, "delay_ms", 0, WEIR_TOPOLOGY_DELAY_MS_MAX);
        link->cost = (uint32_t)fmax(1, nearbyint(link->delay_ms * 1000));
    }
    if (json_object_get(object, "cost"))
        link->cost =
            (uint32_t)number_within(reader, object, pointer, "cost", 1, WEIR_TOPOLOGY_COST_MAX);
    return true;
}

static bool read_ends(struct reader *reader, json_t *between, const char *pointer, json_t *names,
                      struct weir_topology_link *link)
{
    char inner[POINTER_SIZE];
    child(inner, pointer, "between");
    if (json_array_size(between) != 2) {
        topology_complain(reader, inner, "must name two brokers");
        return false;
    }
    bool sound = true;
    for (size_t end = 0; end < 2; end++) {
        child(inner, pointer, "between");
        topology_pointer_append(inner, sizeof inner, end == 0 ? "0" : "1");
        const char *name = json_string_value(json_array_get(between, end));
        json_t *index = name ? json_object_get(names, name) : NULL;
        if (!name)
            topology_complain(reader, inner, "must be a string");
        else if (!index)
            topology_complain(reader, inner, "no broker is named '%.64s'", name);
        sound = sound && index;
        link->ends[end] = index ? (uint32_t)json_integer_value(index) : 0;
    }
    return sound;
}

static enum weir_err check_pair(struct reader *reader, const struct weir_topology_link *link,
                                size_t index, json_t *pairs)
{
    uint32_t low = link->ends[0] < link->ends[1] ? link->ends[0] : link->ends[1];
    char pair[32];
    snprintf(pair, sizeof pair, "%u-%u", low, link->ends[0] + link->ends[1] - low);
    json_t *earlier = json_object_get(pairs, pair);
    if (!earlier)
        return json_object_set_new(pairs, pair, json_integer((json_int_t)index)) ? WEIR_ENOMEM
                                                                                 : WEIR_OK;
    char pointer[POINTER_SIZE];
    snprintf(pointer, sizeof pointer, "/links/%zu", index);
    const struct weir_topology_broker *brokers = reader->topology->brokers;
    topology_complain(reader, pointer,
                      "'%s' and '%s' are linked by /links/%" JSON_INTEGER_FORMAT " already",
                      brokers[link->ends[0]].name.ptr, brokers[link->ends[1]].name.ptr,
                      json_integer_value(earlier));
    return WEIR_OK;
}

static void read_routing(struct reader *reader, json_t *routing)
{
    static const struct field fields[] = {
        {"mode",           JSON_STRING, false},
        {"strategy",       JSON_STRING, false},
        {"advertisements", JSON_TRUE,   false},
    };
    static const char *const strategies[] = {"flooding", "simple", "identity", "covering"};
    enum { STRATEGIES = sizeof strategies / sizeof *strategies };
    if (!routing ||
        !check_object(reader, routing, "/routing", fields, sizeof fields / sizeof *fields))
        return;
    struct weir_topology_routing *out = &reader->topology->routing;
    if (json_object_get(routing, "mode"))
        out->mode = string_of(routing, "mode");
    if (json_object_get(routing, "strategy"))
        out->strategy = string_of(routing, "strategy");
    if (json_object_get(routing, "advertisements"))
        out->advertisements = json_is_true(json_object_get(routing, "advertisements"));
    if (!weir_str_equal(out->mode, WEIR_STR("acyclic")))
        topology_complain(reader, "/routing/mode", "must be 'acyclic'");
    size_t known = 0;
    while (known < STRATEGIES && strcmp(strategies[known], out->strategy.ptr) != 0)
        known++;
    if (known == STRATEGIES)
        topology_complain(reader, "/routing/strategy",
                          "must be 'flooding', 'simple', 'identity' or 'covering'");
}

/* Names go into logs and tables of text, so control characters are kept out of them. */
static void check_name(struct reader *reader, struct weir_str name, const char *parent)
{
    char pointer[POINTER_SIZE];
    child(pointer, parent, "name");
    if (name.len == 0 || name.len > WEIR_BROKER_NAME_MAX)
        topology_complain(reader, pointer, "a name has 1 to %d bytes", WEIR_BROKER_NAME_MAX);
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] < ' ' || name.ptr[i] == 0x7F) {
            topology_complain(reader, pointer, "a name has no control characters");
            break;
        }
    }
}

static void check_listen(struct reader *reader, struct weir_str listen, const char *parent)
{
    static const char *const schemes[] = {"tcp://", "ipc://", "tls+tcp://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t len = strlen(schemes[i]);
        if (listen.len > len && memcmp(listen.ptr, schemes[i], len) == 0)
            return;
    }
    char pointer[POINTER_SIZE];
    child(pointer, parent, "listen");
    topology_complain(reader, pointer, "must be an address such as tcp://127.0.0.1:7000");
}

static double number_within(struct reader *reader, json_t *object, const char *pointer,
                            const char *key, double low, double high)
{
    double value = json_number_value(json_object_get(object, key));
    if (value >= low && value <= high)
        return value;
    char inner[POINTER_SIZE];
    child(inner, pointer, key);
    topology_complain(reader, inner, "must be from %.0f to %.0f", low, high);
    return low;
}

/* Borrowed from the JSON object; empty when it has no such string. */
static struct weir_str string_of(const json_t *object, const char *key)
{
    const json_t *string = json_object_get(object, key);
    return json_is_string(string)
               ? (struct weir_str){json_string_value(string), json_string_length(string)}
               : (struct weir_str){NULL, 0};
}

static const char *kind_text(int kind)
{
    switch (kind) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a string";
    case JSON_INTEGER: return "an integer";
    case JSON_TRUE: return "true or false";
    default: return "a number";
    }
}
