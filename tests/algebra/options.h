/* options.h - what the sweeps take from their command line, and how they print a replay. */
#ifndef TESTS_ALGEBRA_OPTIONS_H
#define TESTS_ALGEBRA_OPTIONS_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_TEXTS 3

struct options {
    uint64_t seed, count;
    const char *texts[OPTIONS_TEXTS]; /* --a, --b, --n: what to replay, NULL otherwise */
};

/* --seed S, --count N, --scale PERCENT (of the default count), --a, --b, --n; exits with a message
 * at any other. */
static inline void options_read(struct options *options, int argc, char **argv)
{
    static const char *const names[] = {"--a", "--b", "--n"};

    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        int known = 0;

        for (size_t k = 0; k < OPTIONS_TEXTS; k++) {
            if (strcmp(argv[i], names[k]) == 0) {
                options->texts[k] = value;
                known = 1;
            }
        }
        if (strcmp(argv[i], "--seed") == 0)
            options->seed = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--count") == 0)
            options->count = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--scale") == 0)
            options->count = options->count * strtoull(value, NULL, 10) / 100;
        else if (!known || i + 1 == argc) {
            fprintf(stderr, "%s: cannot use '%s'\n", argv[0], argv[i]);
            exit(2);
        }
    }
}

/* Quoted for a shell. */
static inline void options_print(const char *name, const char *text)
{
    printf(" --%s '", name);
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            printf("'\\''");
        else
            putchar(*text);
    }
    putchar('\'');
}

#endif /* TESTS_ALGEBRA_OPTIONS_H */
