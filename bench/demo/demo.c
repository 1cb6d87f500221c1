/* demo.c - weir-demo: a stock feed over a real overlay, every delivery checked. */
/* MAP_ANONYMOUS is not in POSIX.1-2008. */
#define _DEFAULT_SOURCE
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pick.h"
#include "process.h"
#include "progress.h"
#include "report.h"

#define SUBSCRIBERS_DEFAULT 48
#define COUNT_DEFAULT 40000
#define SECONDS_DEFAULT 15
#define SETTLE_S 30 /* until all subscriptions are in force */

struct options {
    const char *topology, *feed, *columns, *dir;
    size_t subscribers, count;
    double seconds;
    uint64_t seed;
};

static volatile sig_atomic_t interrupted;

static const char usage[] =
    "usage: weir-demo --topology FILE [options]\n"
    "\n"
    "Starts the overlay of FILE as real brokers on this machine, streams a stock feed through it\n"
    "to subscribers with content filters, and has every delivery judged.\n"
    "\n"
    "  --topology FILE    the overlay (./run demo gives topologies/stock-feed.json)\n"
    "  --feed FILE        publish the notifications of FILE, JSON lines (.jsonl) or CSV with the\n"
    "                     columns' names in its first line, instead of the built-in feed\n"
    "  --columns SPEC     the CSV has no line of names; SPEC as for weir pub, for example\n"
    "                     ms:int,price:double/10000,size:int,exchange,condition,late:bool\n"
    "  --subscribers N    connections with a filter each (48)\n"
    "  --count N          notifications at most (40,000; with --feed all of the file)\n"
    "  --seconds S        spread them over so long (15)\n"
    "  --seed N           of the built-in feed and of the filters (1)\n"
    "  --dir DIR          keep what publishers and subscribers wrote in the new folder DIR\n"
    "  --help             this text\n"
    "\n"
    "Publishers connect to the brokers whose name ends in -feed; where there are none, to up to\n"
    "three spread over the list.  Exit: 0 every delivery is exact, 1 not, 2 usage, 130 interrupted.\n"
    "Example: ./run demo --feed ticks.csv --subscribers 100\n";

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

/* A reader of our output that is gone, or a closed terminal, is no reason to leave brokers behind.
 */
static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    struct sigaction action = {.sa_handler = on_signal};

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
}

uint64_t demo_clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

const struct demo_broker *demo_subscriber_broker(const struct demo *demo, size_t index)
{
    return &demo->brokers[index % demo->broker_count];
}

const struct demo_broker *demo_publisher_broker(const struct demo *demo, size_t index)
{
    return &demo->brokers[demo->publishing[index]];
}

/* ---- options */

static bool parse_count(const char *text, size_t low, size_t high, size_t *out)
{
    char *end;
    unsigned long long number = strtoull(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || number < low || number > high)
        return false;
    *out = (size_t)number;
    return true;
}

static bool parse_option(struct options *o, int option, const char *text)
{
    size_t number = 0;
    bool ok = true;

    switch (option) {
    case 't': o->topology = text; break;
    case 'f': o->feed = text; break;
    case 'C': o->columns = text; break;
    case 'd': o->dir = text; break;
    case 's': ok = parse_count(text, 1, DEMO_SUBSCRIBERS_MAX, &o->subscribers); break;
    case 'c': ok = parse_count(text, 1, ROWS_MAX, &o->count); break;
    case 'S':
        ok = parse_count(text, 1, 3600, &number);
        o->seconds = (double)number;
        break;
    case 'r':
        ok = parse_count(text, 0, SIZE_MAX, &number);
        o->seed = number;
        break;
    default: return false;
    }
    if (!ok)
        fprintf(stderr, "weir-demo: '%s' is out of range\n", text);
    return ok;
}

/* Exits for --help and for what makes no sense. */
static void parse_options(struct options *o, int argc, char **argv)
{
    static const struct option names[] = {
        {"topology",    required_argument, NULL, 't'},
        {"feed",        required_argument, NULL, 'f'},
        {"columns",     required_argument, NULL, 'C'},
        {"subscribers", required_argument, NULL, 's'},
        {"count",       required_argument, NULL, 'c'},
        {"seconds",     required_argument, NULL, 'S'},
        {"seed",        required_argument, NULL, 'r'},
        {"dir",         required_argument, NULL, 'd'},
        {"help",        no_argument,       NULL, 'h'},
        {NULL,          0,                 NULL, 0  },
    };
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            exit(0);
        }
        if (!parse_option(o, option, optarg)) {
            fputs("try weir-demo --help\n", stderr);
            exit(2);
        }
    }
    if (optind != argc || o->topology == NULL) {
        fputs(o->topology == NULL ? "weir-demo: --topology is needed\n"
                                  : "weir-demo: too many arguments\n",
              stderr);
        exit(2);
    }
    if (o->count == 0)
        o->count = o->feed != NULL ? ROWS_MAX : COUNT_DEFAULT;
}

/* ---- the overlay */

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static void choose_publishers(struct demo *demo)
{
    for (size_t i = 0; i < demo->broker_count && demo->publisher_count < DEMO_PUBLISHERS_MAX; i++)
        if (ends_with(demo->brokers[i].name, "-feed"))
            demo->publishing[demo->publisher_count++] = i;
    if (demo->publisher_count > 0)
        return;
    demo->publisher_count = demo->broker_count < 3 ? demo->broker_count : 3;
    for (size_t i = 0; i < demo->publisher_count; i++)
        demo->publishing[i] = i * demo->broker_count / demo->publisher_count;
}

/* `weir topo up` prints a line `name address` for each broker. */
static bool overlay_up(struct demo *demo, const char *topology, const char *dir)
{
    const char *args[] = {"weir", "topo", "up", topology, "--detach", "--dir", dir, NULL};
    char *output = NULL, *rest = NULL;
    int code = process_run(args, &output);

    for (char *line = code == 0 ? strtok_r(output, "\n", &rest) : NULL;
         line != NULL && demo->broker_count < DEMO_BROKERS_MAX;
         line = strtok_r(NULL, "\n", &rest)) {
        struct demo_broker *broker = &demo->brokers[demo->broker_count];

        if (sscanf(line, "%64s %255s", broker->name, broker->url) == 2)
            demo->broker_count++;
    }
    free(output);
    if (demo->broker_count > 0)
        choose_publishers(demo);
    else
        fprintf(stderr, "weir-demo: the overlay did not start\n");
    return demo->broker_count > 0;
}

static void overlay_down(const char *dir)
{
    const char *args[] = {"weir", "topo", "down", "--dir", dir, NULL};

    if (process_run(args, NULL) != 0)
        fprintf(stderr, "weir-demo: the overlay in %s did not end well\n", dir);
}

/* ---- the run */

static int publish_body(void *context)
{
    return demo_publish(context);
}

static int subscribe_body(void *context)
{
    return demo_subscribe(context);
}

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

static bool wait_subscribed(const struct demo *demo)
{
    uint64_t end_ns = demo_clock_ns() + SETTLE_S * UINT64_C(1000000000);

    while (!interrupted && atomic_load(&demo->counters->failed) == 0 && demo_clock_ns() < end_ns) {
        if (atomic_load(&demo->counters->subscribed) == demo->subscriber_count)
            return true;
        wait_a_little();
    }
    return false;
}

/* All has been published and received, while the clients are still there. */
static bool is_complete(const struct demo *demo)
{
    return atomic_load(&demo->counters->flushed) &&
           atomic_load(&demo->counters->finished) == demo->subscriber_count;
}

/* Waits for the two processes to end, or ends them. */
static bool join(const pid_t children[2], bool wanted)
{
    bool ok = true;

    for (int i = 0; i < 2; i++) {
        int code = -1;

        if (children[i] < 0)
            ok = false;
        else if (wanted)
            code = process_wait(children[i]);
        else
            process_kill(children[i]);
        ok = ok && code == 0;
    }
    return ok;
}

/* Runs publishers and subscribers to their end; true when both ended well. */
static bool stream(struct demo *demo)
{
    pid_t children[2] = {process_fork(subscribe_body, demo), -1};
    struct progress progress;
    bool complete = false;

    if (children[0] >= 0 && wait_subscribed(demo)) {
        printf("%zu subscribers on %zu brokers, their subscriptions are in force\n",
               demo->subscriber_count, demo->broker_count);
        fflush(stdout);
        children[1] = process_fork(publish_body, demo);
    }
    progress_begin(&progress, demo);
    while (children[1] >= 0 && !interrupted && !complete &&
           atomic_load(&demo->counters->failed) == 0) {
        wait_a_little();
        progress_update(&progress);
        complete = is_complete(demo);
    }
    if (complete) {
        progress_end(&progress);
        report_links(demo);
        atomic_store(&demo->counters->released, 1);
    }
    return join(children, complete);
}

static bool demo_prepare(struct demo *demo, const struct options *o)
{
    if (o->feed == NULL)
        rows_generate(&demo->rows, o->seed, o->count, o->seconds);
    else if (!rows_read(&demo->rows, o->feed, o->columns, o->count, o->seconds))
        return false;
    demo->subscriber_count = o->subscribers;
    demo->filters = calloc(o->subscribers, sizeof *demo->filters);
    demo->counters = mmap(NULL, sizeof *demo->counters, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (demo->filters == NULL || demo->counters == MAP_FAILED)
        return false;
    pick_filters(demo, o->seed);
    return true;
}

static int demo_run(struct demo *demo, const struct options *o, const char *overlay)
{
    bool exact = false;

    printf("starting the overlay of %s\n", o->topology);
    fflush(stdout);
    if (!overlay_up(demo, o->topology, overlay))
        return 1;
    rows_deal(&demo->rows, demo->publisher_count);
    if (stream(demo))
        exact = report_verdict(demo);
    overlay_down(overlay);
    if (interrupted)
        return 130;
    if (!exact)
        fprintf(stderr, "weir-demo: NOT exact\n");
    return exact ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options = {
        .subscribers = SUBSCRIBERS_DEFAULT, .seconds = SECONDS_DEFAULT, .seed = 1};
    struct demo demo = {0};
    char dir[PATH_MAX / 2], overlay[PATH_MAX];
    const char *tmp = getenv("TMPDIR");
    int code = 1;

    parse_options(&options, argc, argv);
    catch_signals();
    snprintf(dir, sizeof dir, options.dir != NULL ? "%.1900s" : "%.1900s/weir-demo.XXXXXX",
             options.dir != NULL ? options.dir
             : tmp != NULL       ? tmp
                                 : "/tmp");
    if (options.dir != NULL ? mkdir(dir, 0700) != 0 : mkdtemp(dir) == NULL) {
        fprintf(stderr, "weir-demo: cannot make the folder %s\n", dir);
        return 1;
    }
    snprintf(overlay, sizeof overlay, "%s/overlay", dir);
    demo.dir = dir;
    if (demo_prepare(&demo, &options))
        code = demo_run(&demo, &options, overlay);
    rows_fini(&demo.rows);
    free(demo.filters);
    if (options.dir == NULL)
        process_remove_tree(dir);
    return code;
}
