/* ls.c - weir link ls, route show, sub ls, adv ls: what a broker holds, as it says itself. */
#include "query.h"
#include "table.h"

#include <weir/limits.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_JSON = CMD_LONG_ONLY };

#define FORMATS "table json"
#define PAGE 1000u

enum cell { CELL_TEXT, CELL_NUMBER, CELL_BOOL, CELL_DURATION };

struct column {
    const char *heading, *key;
    enum cell cell;
};

/* A question that a broker answers with a list. */
struct listing {
    const char *question, *none;
    const struct column *columns;
    size_t column_count;
};

struct ls {
    struct query query;
    const struct command *command;
    const struct listing *listing;
    const char *url;
    bool json;
    struct table table;
    uint64_t item_count;
    char broker[WEIR_BROKER_NAME_MAX + 1];
};

static int run(struct cmd_args *args);
static const struct listing *listing_of(const struct command *command);
static int list(struct ls *ls);
static bool take_page(struct ls *ls, uint64_t offset, bool *more);
static bool take_items(struct ls *ls, const json_t *items);
static bool add_row(struct ls *ls, const json_t *item);
static void cell_text(char *out, size_t size, enum cell cell, const json_t *value);
static bool print_json(struct ls *ls, const json_t *item);
static void print_end(struct ls *ls);

static const struct column link_columns[] = {
    {"NAME",     "name",        CELL_TEXT    },
    {"ROLE",     "role",        CELL_TEXT    },
    {"ADDRESS",  "address",     CELL_TEXT    },
    {"UP",       "up_ms",       CELL_DURATION},
    {"JOINED",   "joined",      CELL_BOOL    },
    {"READY",    "ready_in",    CELL_BOOL    },
    {"SUBS IN",  "subs_in",     CELL_NUMBER  },
    {"SUBS OUT", "subs_out",    CELL_NUMBER  },
    {"NEEDED",   "subs_needed", CELL_NUMBER  },
    {"ADVS IN",  "advs_in",     CELL_NUMBER  },
    {"ADVS OUT", "advs_out",    CELL_NUMBER  },
    {"DATA IN",  "data_in",     CELL_NUMBER  },
    {"DATA OUT", "data_out",    CELL_NUMBER  },
    {"SPARED",   "spared",      CELL_NUMBER  },
    {"QUEUED",   "queued",      CELL_NUMBER  },
};
static const struct column route_columns[] = {
    {"BROKER",   "name",     CELL_TEXT  },
    {"NEXT HOP", "next_hop", CELL_TEXT  },
    {"HOPS",     "hops",     CELL_NUMBER},
    {"ID",       "id",       CELL_TEXT  },
};
static const struct column filter_columns[] = {
    {"FROM",     "name",     CELL_TEXT  },
    {"ROLE",     "role",     CELL_TEXT  },
    {"LINK",     "link",     CELL_NUMBER},
    {"ID",       "id",       CELL_NUMBER},
    {"PROMISED", "promised", CELL_BOOL  },
    {"MATCHED",  "matched",  CELL_NUMBER},
    {"FILTER",   "filter",   CELL_TEXT  },
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
static const struct listing listings[] = {
    {"link",  "no links",          link_columns,   COUNT(link_columns)  },
    {"route", "no brokers",        route_columns,  COUNT(route_columns) },
    {"sub",   "no subscriptions",  filter_columns, COUNT(filter_columns)},
    {"adv",   "no advertisements", filter_columns, COUNT(filter_columns)},
};

static const struct cmd_option options[] = {
    {'o',         "output", "FORMAT", "table (default) or json"},
    {OPTION_JSON, "json",   NULL,     "the same as -o json"    },
    CMD_OPTION_URL,
    CMD_OPTION_END,
};

#define EXITS                                                                \
    "0  done\n3  cannot connect\n4  refused\n5  the broker did not answer\n" \
    "6  the broker speaks another protocol\n"

const struct command command_link_ls = {
    .group = "link",
    .name = "ls",
    .summary = "list the connections of a broker",
    .usage = "[--json]",
    .options = options,
    .details =
        "NEEDED is how many filters the neighbour would have to hold without covering, SUBS OUT\n"
        "how many it was sent; SPARED counts notifications that no filter there asked for.\n",
    .example = "weir link ls --url tcp://127.0.0.1:7411\n",
    .exits = EXITS,
    .run = run,
};

const struct command command_route_show = {
    .group = "route",
    .name = "show",
    .summary = "list the brokers that a broker knows, and the way there",
    .usage = "[--json]",
    .options = options,
    .example = "weir route show\n",
    .exits = EXITS,
    .run = run,
};

const struct command command_sub_ls = {
    .group = "sub",
    .name = "ls",
    .summary = "list the subscriptions that a broker holds",
    .usage = "[--json]",
    .options = options,
    .details = "PROMISED: it is in force in the whole overlay.\n",
    .example = "weir sub ls\n",
    .exits = EXITS,
    .run = run,
};

const struct command command_adv_ls = {
    .group = "adv",
    .name = "ls",
    .summary = "list the advertisements that a broker holds",
    .usage = "[--json]",
    .options = options,
    .example = "weir adv ls --json\n",
    .exits = EXITS,
    .run = run,
};

static int run(struct cmd_args *args)
{
    struct ls ls = {.command = args->command, .listing = listing_of(args->command)};
    int option, choice, status;

    while ((option = cmd_args_next(args)) > 0) {
        if (option == CMD_URL)
            ls.url = args->value;
        else if (option == OPTION_JSON)
            ls.json = true;
        else if (!cmd_args_choice(args, FORMATS, &choice))
            return args->status;
        else
            ls.json = choice == 1;
    }
    if (option < 0)
        return args->status;
    if (args->rest_count > 0)
        return cmd_usage_error(args->command, "unexpected argument '%s'", args->rest[0]);
    table_init(&ls.table, ls.listing->column_count);
    status = list(&ls);
    table_fini(&ls.table);
    return status;
}

static const struct listing *listing_of(const struct command *command)
{
    size_t i = 0;

    while (i + 1 < COUNT(listings) && strcmp(listings[i].question, command->group) != 0)
        i++;
    return &listings[i];
}

/* ---- asking, page by page */

static int list(struct ls *ls)
{
    int status = CMD_OK;
    bool more = true;

    for (size_t i = 0; i < ls->listing->column_count; i++) {
        enum cell cell = ls->listing->columns[i].cell;

        ls->table.right[i] = cell == CELL_NUMBER || cell == CELL_DURATION;
        if (!table_add(&ls->table, ls->listing->columns[i].heading))
            return CMD_FAILED;
    }
    if (!query_open(&ls->query, ls->command, ls->url))
        status = ls->query.session.status;
    for (uint64_t offset = 0; status == CMD_OK && more; offset += PAGE)
        if (!take_page(ls, offset, &more))
            status = ls->query.session.status;
    query_close(&ls->query);
    if (status == CMD_OK)
        print_end(ls);
    return status;
}

/* {"broker", "items": [...], "next": offset or null} */
static bool take_page(struct ls *ls, uint64_t offset, bool *more)
{
    char question[64];
    json_t *answer;
    const json_t *items;
    const char *broker;
    bool sound;

    snprintf(question, sizeof question, "%s offset=%" PRIu64 " limit=%u", ls->listing->question,
             offset, PAGE);
    answer = query_ask(&ls->query, question);
    if (answer == NULL)
        return false;
    items = json_object_get(answer, "items");
    broker = json_string_value(json_object_get(answer, "broker"));
    sound = json_is_array(items) && broker != NULL && take_items(ls, items);
    if (sound) {
        snprintf(ls->broker, sizeof ls->broker, "%s", broker);
        *more = json_is_integer(json_object_get(answer, "next"));
    } else {
        query_senseless(&ls->query, "no list of items");
    }
    json_decref(answer);
    return sound;
}

static bool take_items(struct ls *ls, const json_t *items)
{
    size_t i;
    const json_t *item;

    json_array_foreach(items, i, item)
    {
        if (!(ls->json ? print_json(ls, item) : add_row(ls, item)))
            return false;
        ls->item_count++;
    }
    return true;
}

/* ---- printing */

static bool add_row(struct ls *ls, const json_t *item)
{
    for (size_t i = 0; i < ls->listing->column_count; i++) {
        const struct column *column = &ls->listing->columns[i];
        char text[WEIR_FILTER_TEXT_MAX + 1];

        cell_text(text, sizeof text, column->cell, json_object_get(item, column->key));
        if (!table_add(&ls->table, text))
            return false;
    }
    return true;
}

static void cell_text(char *out, size_t size, enum cell cell, const json_t *value)
{
    json_int_t number = json_integer_value(value);

    switch (cell) {
    case CELL_TEXT:
        snprintf(out, size, "%s", json_is_string(value) ? json_string_value(value) : "");
        if (out[0] == '\0')
            snprintf(out, size, "-");
        break;
    case CELL_NUMBER: snprintf(out, size, "%" JSON_INTEGER_FORMAT, number); break;
    case CELL_BOOL: snprintf(out, size, "%s", json_is_true(value) ? "yes" : "no"); break;
    case CELL_DURATION:
        snprintf(out, size, "%" JSON_INTEGER_FORMAT ".%03ds", number / 1000, (int)(number % 1000));
        break;
    }
}

/* {"broker":..., "items":[...]} with the items of all pages. */
static bool print_json(struct ls *ls, const json_t *item)
{
    char *text = json_dumps(item, JSON_COMPACT);

    if (text == NULL)
        return false;
    printf("%s\n%s", ls->item_count == 0 ? "{\"items\":[" : ",", text);
    free(text);
    return true;
}

static void print_end(struct ls *ls)
{
    if (ls->json) {
        char *name;
        json_t *broker = json_string(ls->broker);

        name = json_dumps(broker, JSON_ENCODE_ANY);
        printf("%s],\"broker\":%s}\n", ls->item_count == 0 ? "{\"items\":[" : "\n",
               name != NULL ? name : "null");
        free(name);
        json_decref(broker);
    } else if (ls->item_count == 0) {
        printf("%s: %s\n", ls->broker, ls->listing->none);
    } else {
        table_print(&ls->table, stdout);
    }
}
