/* main.c - weird, the broker: options, configuration, start and end. */
#include "daemon.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define EXIT_USAGE 2
#define EXIT_CONFIGURATION 7

struct options {
    const char *config;
    bool check;
};

static const char usage[] = "usage: weird --config FILE [--check]\n"
                            "       weird --help | --version\n";

static const char help[] =
    "\n"
    "A broker of a content-based publish/subscribe overlay.\n"
    "\n"
    "  -c, --config FILE  the configuration, JSON; weird.conf(5) has every key\n"
    "      --check        read the configuration, name every problem in it, and end\n"
    "  -h, --help         this text\n"
    "      --version      the version\n"
    "\n"
    "It runs in the foreground, logs to standard error, and ends on SIGTERM or SIGINT after\n"
    "what is queued has gone out.\n"
    "\n"
    "Exit: 0 ended as asked, 1 failure, 2 usage, 7 configuration, 8 cannot listen.\n"
    "\n"
    "Example, broker.json:\n"
    "  {\"name\": \"east\", \"listen\": [\"tcp://127.0.0.1:7411\"],\n"
    "   \"links\": [{\"name\": \"west\", \"address\": \"tcp://10.0.0.2:7411\"}, {\"name\": \"north\"}]}\n"
    "\n"
    "  $ weird --config broker.json\n";

enum { OPTION_CHECK = 256, OPTION_VERSION };

/* The exit code when there is nothing to run, otherwise -1. */
static int written(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_SUCCESS;
    perror("weird: cannot write standard output");
    return EXIT_FAILURE;
}

static int read_options(struct options *options, int argc, char **argv)
{
    static const struct option known[] = {
        {"config",  required_argument, NULL, 'c'           },
        {"check",   no_argument,       NULL, OPTION_CHECK  },
        {"help",    no_argument,       NULL, 'h'           },
        {"version", no_argument,       NULL, OPTION_VERSION},
        {NULL,      0,                 NULL, 0             },
    };
    int option;

    while ((option = getopt_long(argc, argv, "c:h", known, NULL)) != -1) {
        switch (option) {
        case 'c': options->config = optarg; break;
        case OPTION_CHECK: options->check = true; break;
        case OPTION_VERSION: puts("weird " WEIR_VERSION); return written();
        case 'h':
            fputs(usage, stdout);
            fputs(help, stdout);
            return written();
        default: fputs(usage, stderr); return EXIT_USAGE;
        }
    }
    if (options->config == NULL || optind != argc) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    return -1;
}

/* Every connection takes a descriptor, and the usual soft limit is 1,024. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* otherwise fewer are accepted */
}

static int run(const struct config *config)
{
    struct signals signals;
    struct weir_hub *hub;
    struct weir_hub_options options = {
        .conns_max = (size_t)(config->clients + config->half_open) + 2 * WEIR_LINKS_MAX,
    };
    uint64_t incarnation;

    if (!files_incarnation(&incarnation, config->state_dir)) {
        fprintf(stderr, "weird: cannot write %s/incarnation\n", config->state_dir);
        return EXIT_FAILURE;
    }
    raise_descriptor_limit();
    signals_block(&signals);
    if (weir_hub_create(&hub, &options, NULL) != WEIR_OK) {
        fputs("weird: out of memory or descriptors\n", stderr);
        return EXIT_FAILURE;
    }
    if (!signals_start(&signals, hub)) {
        fputs("weird: cannot start a thread\n", stderr);
        weir_hub_destroy(hub);
        return EXIT_FAILURE;
    }
    int status = daemon_run(config, incarnation, hub, &signals.stop);

    signals_end(&signals);
    weir_hub_destroy(hub);
    return status;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct config config;
    int status = read_options(&options, argc, argv);

    if (status >= 0)
        return status;
    json_object_seed(0);
    if (!config_read(&config, options.config, stderr))
        return EXIT_CONFIGURATION;
    status = options.check ? EXIT_SUCCESS : run(&config);
    config_fini(&config);
    return status;
}
