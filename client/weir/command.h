/* command.h - what every command of the program `weir` has in common.
 *
 * A command is one `struct command` in a file of its own; a line in COMMAND_LIST makes it known.
 * Results go to stdout, everything else to stderr.  run() returns one of the exit codes below. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Every command of the program, in the order in which help shows them. */
/* One line a command. */
/* clang-format off */
#define COMMAND_LIST(X) \
    X(pub) \
    X(sub) \
    X(filter_check) \
    X(filter_fmt) \
    X(filter_explain) \
    X(filter_test) \
    X(filter_covers) \
    X(filter_intersects) \
    X(filter_merge) \
    X(filter_convert) \
    X(match) \
    X(bench_match) \
    X(link_ls) \
    X(route_show) \
    X(sub_ls) \
    X(adv_ls) \
    X(top) \
    X(topo_check) \
    X(topo_map) \
    X(topo_up) \
    X(topo_down) \
    X(help)
/* clang-format on */

/* The exit codes, the same for all commands. */
enum exit_code {
    CMD_OK = 0,
    CMD_FAILED = 1,        /* no match, "no", or a failure of another kind */
    CMD_USAGE = 2,         /* wrong arguments, or an error in a filter */
    CMD_CONNECT = 3,       /* no connection to the broker */
    CMD_REFUSED = 4,       /* the broker refused something */
    CMD_TIMEOUT = 5,       /* the wait ended first */
    CMD_VERSION = 6,       /* the broker speaks another protocol */
    CMD_CONFIGURATION = 7, /* a configuration or topology is wrong */
    CMD_LISTEN = 8,        /* an address cannot be listened on */
    CMD_INTERRUPTED = 130  /* SIGINT or SIGTERM */
};

struct cmd_option {
    int id;               /* the letter of the short option, or CMD_LONG_ONLY + n */
    const char *name;     /* the long one, without dashes */
    const char *argument; /* what stands for its argument in the help; NULL: takes none */
    const char *help;     /* '\n' starts a further line */
};
#define CMD_LONG_ONLY 256
#define CMD_OPTION_END      \
    {                       \
        0, NULL, NULL, NULL \
    }
#define CMD_OPTIONS_MAX 40

/* Of every command that talks to a broker. */
#define CMD_URL (CMD_LONG_ONLY + 1000)
#define CMD_DEFAULT_URL "tcp://127.0.0.1:7411"
#define CMD_OPTION_URL                                                      \
    {                                                                       \
        CMD_URL, "url", "URL",                                              \
            "the broker: tcp://HOST:PORT or ipc:///PATH (else $WEIR_URL,\n" \
            "else " CMD_DEFAULT_URL ")"                                     \
    }

struct cmd_args;

struct command {
    const char *group;                /* first word of a name of two words; NULL for one word */
    const char *name;                 /* the last word */
    const char *summary;              /* one line without a full stop */
    const char *usage;                /* what follows the name: "[-l] [NAME=VALUE ...]" */
    const struct cmd_option *options; /* up to CMD_OPTION_END; --help is added */
    const char *details;              /* paragraphs between usage and options, or NULL */
    const char *example;              /* whole lines, as one would type them */
    const char *exits;                /* whole lines "0  ..." */
    int (*run)(struct cmd_args *args);
};

/* ---- arguments */

struct cmd_args {
    const struct command *command;
    int argc;
    char **argv;
    const char *value; /* the argument of the option that cmd_args_next returned */
    int status;        /* where cmd_args_next returned -1: what run() is to return */
    char **rest;       /* after 0: the operands */
    int rest_count;
};

/* The id of the next option; 0 after the last, then rest and rest_count are set; -1 when the
 * command is to return args->status: after --help, or an error that has been reported.  Options
 * and operands may be mixed; "--" ends options. */
int cmd_args_next(struct cmd_args *args);
/* Reads args->value as a whole number within the bounds; on error reports it, sets args->status and
 * returns false. */
bool cmd_args_number(struct cmd_args *args, uint64_t min, uint64_t max, uint64_t *number);
/* Reads args->value as a number of seconds such as 2 or 0.25; on error as cmd_args_number. */
bool cmd_args_seconds(struct cmd_args *args, uint64_t *milliseconds);
/* Reads args->value as one of the words, separated by blanks, as "text jsonl"; *index is its place.
 * On error as cmd_args_number. */
bool cmd_args_choice(struct cmd_args *args, const char *words, int *index);

/* The broker's address: `given` by an option (NULL: not), $WEIR_URL, or the default. */
const char *cmd_url(const char *given);

/* ---- messages */

/* "weir pub: <message>" on stderr. */
void cmd_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same and where to find help; returns CMD_USAGE. */
int cmd_usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void cmd_help(FILE *out, const struct command *command);

/* The candidate that `word` was probably meant to be, or NULL: at most two letters changed, added,
 * left out or swapped, and fewer than the word has. */
const char *cmd_nearest(const char *word, const char *const *candidates, size_t count);

/* ---- terminal */

/* Whether to write progress: only where a person is watching. */
bool term_interactive(FILE *stream);
/* Whether to write colours: on a terminal, unless NO_COLOR is set or TERM is "dumb". */
bool term_colors(FILE *stream);

#define COMMAND_DECLARE(symbol) extern const struct command command_##symbol;
COMMAND_LIST(COMMAND_DECLARE)
#undef COMMAND_DECLARE

#endif /* COMMAND_H */
