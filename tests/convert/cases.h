/* cases.h - reading cases/<dialect>.cases. */
#ifndef TESTS_CONVERT_CASES_H
#define TESTS_CONVERT_CASES_H

#include "support.h"

#define LINE_MAX_BYTES 1024

struct one_case {
    char in[LINE_MAX_BYTES], out[LINE_MAX_BYTES], warns[LINE_MAX_BYTES], error[LINE_MAX_BYTES];
};

/* What follows the first word, if that is `word`. */
static inline bool takes(const char *line, const char *word, char rest[LINE_MAX_BYTES])
{
    size_t len = strlen(word);

    if (strncmp(line, word, len) != 0 || (line[len] != '\0' && line[len] != ' '))
        return false;
    snprintf(rest, LINE_MAX_BYTES, "%s", line[len] == ' ' ? line + len + 1 : "");
    return true;
}

/* Cases are separated by blank lines, and begin with '#' where they are comments. */
static inline bool next_case(FILE *file, struct one_case *c)
{
    char line[LINE_MAX_BYTES];
    bool any = false;

    *c = (struct one_case){.in = ""};
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#')
            continue;
        if (line[0] == '\0') {
            if (any)
                return true;
            continue;
        }
        any = true;
        if (!takes(line, "in", c->in) && !takes(line, "out", c->out) &&
            !takes(line, "warns", c->warns) && !takes(line, "error", c->error))
            fail_msg("what is this? %s", line);
    }
    return any;
}

static inline FILE *open_cases(enum weir_dialect dialect)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof path, "%s/tests/convert/cases/%s.cases", WEIR_SOURCE_DIR,
             weir_dialect_name(dialect));
    file = fopen(path, "r");
    assert_non_null(file);
    return file;
}

#endif /* TESTS_CONVERT_CASES_H */
