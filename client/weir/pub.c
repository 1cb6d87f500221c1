/* pub.c - weir pub: publish one notification, JSON lines, or the rows of a CSV file. */
#include "filters.h"
#include "session.h"
#include <weir/attributes.h>
#include <weir/csv.h>

#include <weir/alloc.h>
#include <weir/json.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum {
    OPTION_CSV = CMD_LONG_ONLY,
    OPTION_COLUMNS,
    OPTION_HEADER,
    OPTION_SET,
    OPTION_TYPE,
    OPTION_BODY,
    OPTION_ADVERTISE,
    OPTION_RATE,
    OPTION_LEVEL,
    OPTION_NAME
};

#define ADVERTISEMENTS_MAX 64
#define PATIENCE_MS 30000u
#define SERVE_EVERY 64u /* publishes between two looks at the connection */
#define REFUSALS_SHOWN 10u
#define PROGRESS_EVERY_NS 200000000u
#define RATE_MAX 100000000u

/* The session comes first: callbacks find it there. */
struct pub {
    struct session session;
    const struct command *command;
    struct given set; /* what every notification gets: operands, --set, --type */
    struct weir_str body;
    const char *advertisements[ADVERTISEMENTS_MAX];
    size_t advertisement_count, answered, advertisements_refused;
    enum weir_reason advertisement_reason;
    const char *url, *name, *csv_name, *columns;
    bool lines_mode, header, watched;
    uint64_t rate, start_ns, progress_ns;
    uint64_t published, refused, bad;
    struct lines lines;
    struct csv csv;
};

static int run(struct cmd_args *args);
static bool read_options(struct cmd_args *args, struct pub *pub);
static bool read_option(struct cmd_args *args, struct pub *pub, int option);
static bool set_attribute(struct cmd_args *args, struct pub *pub, const char *argument);
static bool check(struct cmd_args *args, struct pub *pub);
static int open_input(struct pub *pub);
static int converse(struct pub *pub);
static bool advertise(struct pub *pub);
static bool stream(struct pub *pub);
static bool read_more(struct pub *pub);
static bool publish_line(struct pub *pub, struct weir_str line);
static bool publish_row(struct pub *pub);
static bool publish(struct pub *pub, struct attributes *attributes, uint64_t line);
static void show_progress(struct pub *pub);
static bool wait_for_turn(struct pub *pub);
static bool flush(struct pub *pub);
static void pass_over(struct pub *pub, uint64_t line, const char *problem);
static void on_accepted(void *context, uint64_t number);
static void on_refused(void *context, uint64_t number, struct weir_outcome_view outcome);
static void on_advertised(void *context, uint32_t id, struct weir_outcome_view outcome);

static const struct cmd_option options[] = {
    {'l',              "lines",     NULL,         "publish the JSON lines of standard input"                       },
    {OPTION_CSV,       "csv",       "FILE",       "publish the rows of a CSV file (RFC 4180); - is standard\ninput"},
    {OPTION_COLUMNS,   "columns",   "SPEC",
     "what the columns are: NAME[:TYPE] or - to pass one over,\nseparated by commas; TYPE is "
     "string, int, double,\ndouble/N (divided by N, correctly rounded), bool (0 or 1)\nor "
     "timestamp"                                                                                                   },
    {OPTION_HEADER,    "header",    NULL,         "pass over the first row of the CSV file"                        },
    {OPTION_SET,       "set",       "NAME=VALUE", "an attribute of every notification that has none so named"      },
    {OPTION_TYPE,      "type",      "TYPE",       "the type ($type), such as quote.equity"                         },
    {OPTION_BODY,      "body",      "TEXT",       "the body"                                                       },
    {OPTION_ADVERTISE, "advertise", "FILTER",
     "declare first what will be published; may be repeated"                                                       },
    {OPTION_RATE,      "rate",      "N",          "publish N notifications a second"                               },
    {OPTION_LEVEL,     "level",     "LEVEL",      "service level; only 0, best effort, is built"                   },
    {OPTION_NAME,      "name",      "NAME",       "the publisher's name ($publisher)"                              },
    CMD_OPTION_URL,
    CMD_OPTION_END,
};

const struct command command_pub = {
    .name = "pub",
    .summary = "publish notifications",
    .usage = "[NAME=VALUE ...] | -l | --csv FILE --columns SPEC",
    .options = options,
    .details =
        "Types of values are inferred: true and false, numbers as in JSON (with '.' or an exponent\n"
        "a double, otherwise an int64), all else a string.  NAME:=JSON and NAME:s=TEXT force them.\n"
        "A line that cannot be read is named and passed over.  An empty field of a CSV row is an\n"
        "absent attribute, unless it is quoted.\n",
    .example = "weir pub symbol=IBM price=185.02 volume=100 halted=false\n"
               "weir pub -l < feed.jsonl\n"
               "weir pub --csv ibm.csv --columns 'ms:int,price:double/10000,size:int' "
               "--set symbol=IBM\n",
    .exits = "0    all were accepted, lines passed over aside\n"
             "1    the input could not be read\n"
             "2    wrong arguments, or an error in a filter\n"
             "3    cannot connect\n"
             "4    some notification or advertisement was refused\n"
             "6    the broker speaks another protocol\n"
             "130  interrupted\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    struct pub pub = {.command = args->command, .lines = {.fd = -1}};
    int status;

    if (!read_options(args, &pub) || !check(args, &pub)) {
        status = args->status;
    } else {
        status = open_input(&pub);
        if (status == CMD_OK)
            status = converse(&pub);
    }
    given_fini(&pub.set);
    csv_fini(&pub.csv);
    lines_close(&pub.lines);
    return status;
}

/* ---- arguments.  False: args->status says what to return. */

static bool read_options(struct cmd_args *args, struct pub *pub)
{
    int option;

    while ((option = cmd_args_next(args)) > 0)
        if (!read_option(args, pub, option))
            return false;
    if (option < 0)
        return false;
    for (int i = 0; i < args->rest_count; i++)
        if (!set_attribute(args, pub, args->rest[i]))
            return false;
    return true;
}

static bool read_option(struct cmd_args *args, struct pub *pub, int option)
{
    int level;

    switch (option) {
    case 'l': pub->lines_mode = true; break;
    case OPTION_CSV: pub->csv_name = args->value; break;
    case OPTION_COLUMNS: pub->columns = args->value; break;
    case OPTION_HEADER: pub->header = true; break;
    case OPTION_SET: return set_attribute(args, pub, args->value);
    case OPTION_TYPE:
        attributes_add(&pub->set.attributes, WEIR_STR("$type"),
                       weir_value_string(weir_str_of(args->value)));
        break;
    case OPTION_BODY: pub->body = weir_str_of(args->value); break;
    case OPTION_ADVERTISE:
        if (pub->advertisement_count == ADVERTISEMENTS_MAX) {
            args->status =
                cmd_usage_error(args->command, "more than %d advertisements", ADVERTISEMENTS_MAX);
            return false;
        }
        pub->advertisements[pub->advertisement_count++] = args->value;
        break;
    case OPTION_RATE: return cmd_args_number(args, 1, RATE_MAX, &pub->rate);
    case OPTION_LEVEL:
        if (!cmd_args_choice(args, "0 1 2", &level))
            return false;
        if (level > 0) {
            args->status = cmd_usage_error(args->command,
                                           "service level %d is not built yet; level 0 is", level);
            return false;
        }
        break;
    case OPTION_NAME: pub->name = args->value; break;
    case CMD_URL: pub->url = args->value; break;
    default: break;
    }
    return true;
}

static bool set_attribute(struct cmd_args *args, struct pub *pub, const char *argument)
{
    char problem[CSV_PROBLEM_MAX];
    const char *wrong = given_add(&pub->set, argument, problem, sizeof problem);

    if (wrong == NULL)
        return true;
    args->status = cmd_usage_error(args->command, "'%s': %s", argument, wrong);
    return false;
}

/* What can be known to be wrong before a broker is asked. */
static bool check(struct cmd_args *args, struct pub *pub)
{
    struct weir_notification_problem problem = {.text = NULL};
    uint8_t *bytes = NULL;
    size_t size;
    enum weir_err err;

    args->status = CMD_USAGE;
    if (pub->lines_mode && pub->csv_name != NULL) {
        cmd_usage_error(args->command, "-l and --csv exclude each other");
        return false;
    }
    if ((pub->csv_name == NULL) != (pub->columns == NULL)) {
        cmd_usage_error(args->command, "--csv and --columns go together");
        return false;
    }
    if ((pub->lines_mode || pub->csv_name != NULL) && args->rest_count > 0) {
        cmd_usage_error(args->command, "'%s': here, --set adds attributes", args->rest[0]);
        return false;
    }
    for (size_t i = 0; i < pub->advertisement_count; i++) {
        struct weir_filter *filter = NULL;

        args->status =
            filter_compile_shown(&filter, args->command, "", weir_str_of(pub->advertisements[i]));
        weir_filter_destroy(filter);
        if (args->status != CMD_OK)
            return false;
    }
    err = weir_notification_encode(&bytes, &size, pub->set.attributes.v, pub->set.attributes.count,
                                   pub->body, &problem, NULL);
    weiri_release(NULL, bytes);
    if (err != WEIR_OK) {
        args->status = cmd_usage_error(args->command, "'%.*s': %s", (int)problem.name.len,
                                       problem.name.len > 0 ? problem.name.ptr : "",
                                       problem.text != NULL ? problem.text : weir_err_text(err));
        return false;
    }
    if (!pub->lines_mode && pub->csv_name == NULL && args->rest_count == 0 &&
        pub->set.attributes.count == 0 && pub->body.len == 0) {
        args->status = cmd_usage_error(args->command, "nothing to publish");
        return false;
    }
    return true;
}

static int open_input(struct pub *pub)
{
    const char *name = pub->csv_name != NULL ? pub->csv_name : "-";
    char problem[CSV_PROBLEM_MAX];

    if (pub->csv_name != NULL && !csv_init(&pub->csv, &pub->lines, pub->columns, problem))
        return cmd_usage_error(pub->command, "--columns: %s", problem);
    if (!pub->lines_mode && pub->csv_name == NULL)
        return CMD_OK;
    if (lines_open(&pub->lines, name))
        return CMD_OK;
    cmd_error(pub->command, "%s: %s", name, strerror(errno));
    return CMD_USAGE;
}

/* ---- the conversation */

static int converse(struct pub *pub)
{
    struct weir_client_callbacks callbacks = {
        .accepted = on_accepted, .refused = on_refused, .advertised = on_advertised};
    struct session_options session = {.url = pub->url,
                                      .name = pub->name,
                                      .patience_ms = PATIENCE_MS,
                                      .callbacks = &callbacks,
                                      .context = pub};
    int status = CMD_OK;

    if (!session_open(&pub->session, pub->command, &session) || !advertise(pub) || !stream(pub) ||
        !flush(pub))
        status = pub->session.status;
    else if (pub->refused > 0)
        status = CMD_REFUSED;
    else if (pub->lines.error != 0)
        status = CMD_FAILED;
    session_close(&pub->session);
    if (pub->watched && pub->progress_ns > pub->start_ns + PROGRESS_EVERY_NS)
        fprintf(stderr, "\r%" PRIu64 " published%24s\n", pub->published, "");
    if (pub->refused > REFUSALS_SHOWN)
        cmd_error(pub->command, "%" PRIu64 " notifications were refused", pub->refused);
    if (pub->bad > 0)
        cmd_error(pub->command, "%" PRIu64 " lines were passed over, %" PRIu64 " published",
                  pub->bad, pub->published);
    return status;
}

/* False: the session is over, or an advertisement was refused. */
static bool advertise(struct pub *pub)
{
    for (size_t i = 0; i < pub->advertisement_count; i++) {
        uint32_t id;
        enum weir_err err = weir_client_advertise(pub->session.client, &id, pub->advertisements[i]);

        if (err != WEIR_OK) {
            cmd_error(pub->command, "%s", weir_err_text(err));
            pub->session.status = CMD_FAILED;
            return false;
        }
    }
    while (pub->answered < pub->advertisement_count)
        if (session_wait(&pub->session, -1, UINT64_MAX) == SESSION_OVER)
            return false;
    if (pub->advertisements_refused == 0)
        return true;
    pub->session.status = pub->advertisement_reason == WEIR_REASON_FILTER ? CMD_USAGE : CMD_REFUSED;
    return false;
}

static bool stream(struct pub *pub)
{
    pub->start_ns = clock_ns();
    pub->progress_ns = pub->start_ns + PROGRESS_EVERY_NS;
    pub->watched = term_interactive(stderr);
    if (!pub->lines_mode && pub->csv_name == NULL) {
        struct attributes none = {.count = 0};

        return publish(pub, &none, 0);
    }
    for (;;) {
        struct weir_str line = {NULL, 0};
        enum lines_result result =
            pub->csv_name != NULL ? csv_take(&pub->csv) : lines_take(&pub->lines, &line);

        switch (result) {
        case LINES_ONE:
            if (!(pub->csv_name != NULL ? publish_row(pub) : publish_line(pub, line)))
                return false;
            break;
        case LINES_TOO_LONG: pass_over(pub, pub->lines.number, "the line is too long"); break;
        case LINES_WAIT:
            if (!read_more(pub))
                return false;
            break;
        case LINES_END:
            if (pub->lines.error != 0)
                cmd_error(pub->command, "%s: %s", pub->lines.name, strerror(pub->lines.error));
            return true;
        }
    }
}

/* Serves the connection until there is input. */
static bool read_more(struct pub *pub)
{
    enum session_wake wake;

    do
        wake = session_wait(&pub->session, pub->lines.fd, UINT64_MAX);
    while (wake == SESSION_HAPPENED);
    if (wake == SESSION_OVER)
        return false;
    if (!lines_read(&pub->lines))
        pub->lines.error = ENOMEM;
    return true;
}

static bool publish_line(struct pub *pub, struct weir_str line)
{
    struct weir_json_notification *read;
    struct weir_json_problem problem = {.text = ""};
    struct attributes attributes = {.count = 0};
    const struct weir_attr *attrs;
    size_t count;
    bool going;

    if (line_is_blank(line))
        return true;
    if (weir_json_read(&read, line, &problem, NULL) != WEIR_OK) {
        pass_over(pub, pub->lines.number, problem.text);
        return true;
    }
    attrs = weir_json_attrs(read, &count);
    for (size_t i = 0; i < count; i++)
        attributes_add(&attributes, attrs[i].name, attrs[i].value);
    attributes.body = weir_json_body(read);
    going = publish(pub, &attributes, pub->lines.number);
    weir_json_notification_destroy(read);
    return going;
}

static bool publish_row(struct pub *pub)
{
    struct attributes attributes = {.count = 0};
    char problem[CSV_PROBLEM_MAX];

    if (pub->header) {
        pub->header = false;
        return true;
    }
    if (pub->csv.size == 0)
        return true; /* a blank line */
    if (!csv_attributes(&pub->csv, &attributes, problem)) {
        pass_over(pub, pub->csv.row_line, problem);
        return true;
    }
    return publish(pub, &attributes, pub->csv.row_line);
}

/* False: the session is over.  What cannot be encoded is passed over. */
static bool publish(struct pub *pub, struct attributes *attributes, uint64_t line)
{
    struct weir_str body = attributes->body.len > 0 ? attributes->body : pub->body;
    const struct attributes *set = &pub->set.attributes;
    struct weir_notification_problem problem;
    enum weir_err err;

    for (size_t i = 0; i < set->count; i++)
        if (!attributes_has(attributes, set->v[i].name))
            attributes_add(attributes, set->v[i].name, set->v[i].value);
    if (!wait_for_turn(pub))
        return false;
    for (;;) {
        uint64_t number;

        problem = (struct weir_notification_problem){.text = NULL};
        err = weir_client_publish(pub->session.client, &number, attributes->v, attributes->count,
                                  body, &problem);
        if (err != WEIR_EAGAIN)
            break;
        if (session_wait(&pub->session, -1, UINT64_MAX) == SESSION_OVER)
            return false;
    }
    if (err != WEIR_OK) {
        char text[CSV_PROBLEM_MAX];

        snprintf(text, sizeof text, "%s%.*s%s%s", problem.name.len > 0 ? "'" : "",
                 (int)(problem.name.len < 80 ? problem.name.len : 80),
                 problem.name.len > 0 ? problem.name.ptr : "", problem.name.len > 0 ? "': " : "",
                 problem.text != NULL ? problem.text : weir_err_text(err));
        pass_over(pub, line, text);
        return true;
    }
    pub->published++;
    if (pub->published % SERVE_EVERY != 0 && pub->rate == 0)
        return true;
    show_progress(pub);
    return session_serve(&pub->session);
}

/* Only where a person is watching. */
static void show_progress(struct pub *pub)
{
    uint64_t now = clock_ns();

    if (!pub->watched || now < pub->progress_ns)
        return;
    pub->progress_ns = now + PROGRESS_EVERY_NS;
    fprintf(stderr, "\r%" PRIu64 " published, %zu on their way  ", pub->published,
            weir_client_pending(pub->session.client));
    fflush(stderr);
}

/* With --rate: until the notification is due, by a schedule that does not drift. */
static bool wait_for_turn(struct pub *pub)
{
    uint64_t due, second = 1000000000u;

    if (pub->rate == 0)
        return true;
    due = pub->start_ns + pub->published / pub->rate * second +
          pub->published % pub->rate * second / pub->rate;
    while (clock_ns() < due)
        if (session_wait(&pub->session, -1, due) == SESSION_OVER)
            return false;
    return true;
}

static bool flush(struct pub *pub)
{
    while (weir_client_pending(pub->session.client) > 0)
        if (session_wait(&pub->session, -1, UINT64_MAX) == SESSION_OVER)
            return false;
    return true;
}

static void pass_over(struct pub *pub, uint64_t line, const char *problem)
{
    pub->bad++;
    cmd_error(pub->command, "%s:%" PRIu64 ": %s", pub->lines.name != NULL ? pub->lines.name : "-",
              line, problem);
}

/* ---- answers */

static void on_accepted(void *context, uint64_t number)
{
    struct pub *pub = context;

    (void)number;
    pub->session.woken = true;
}

static void on_refused(void *context, uint64_t number, struct weir_outcome_view outcome)
{
    struct pub *pub = context;
    char what[64];

    pub->session.woken = true;
    if (pub->refused++ >= REFUSALS_SHOWN)
        return;
    snprintf(what, sizeof what, "notification %" PRIu64 " was refused", number);
    session_refusal(&pub->session, what, outcome);
}

static void on_advertised(void *context, uint32_t id, struct weir_outcome_view outcome)
{
    struct pub *pub = context;

    pub->session.woken = true;
    if (pub->answered < pub->advertisement_count) /* otherwise it is again, after a reconnect */
        pub->answered++;
    if (outcome.reason == WEIR_REASON_NONE)
        return;
    pub->advertisements_refused++;
    pub->advertisement_reason = outcome.reason;
    session_refusal(&pub->session, "the advertisement was refused", outcome);
    (void)id;
}
