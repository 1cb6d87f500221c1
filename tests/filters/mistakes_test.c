/* mistakes_test.c - filters as people get them wrong, and what they are told.
 *
 * mistakes.golden holds both: a line "> FILTER", in which \n, \t, \\ and \xHH are escapes, and
 * below it all diagnostics.  To add one, add its line; after a change that is meant, the text to
 * keep is in mistakes.actual, where the test runs. */
#include "support.h"

#include <weir/normal.h>

#include <stdio.h>

#define GOLDEN WEIR_SOURCE_DIR "/tests/filters/mistakes.golden"
#define GOLDEN_MAX 262144
#define FILTER_MAX 8192

static char golden[GOLDEN_MAX];

static unsigned hex(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static struct weir_str unescape(char *out, struct weir_str line)
{
    size_t len = 0;

    assert_true(line.len < FILTER_MAX);
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];

        if (c == '\\' && i + 1 < line.len) {
            c = line.ptr[++i];
            if (c == 'x' && i + 2 < line.len) {
                c = (char)(hex(line.ptr[i + 1]) << 4 | hex(line.ptr[i + 2]));
                i += 2;
            } else {
                c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
            }
        }
        out[len++] = c;
    }
    return (struct weir_str){out, len};
}

static enum weir_err diagnose(struct weir_diags *diags, struct weir_str text)
{
    struct weir_filter *filter;
    enum weir_err err = weir_filter_compile(&filter, text, diags, NULL);

    if (err != WEIR_OK)
        return err;
    assert_int_equal(weir_filter_warn(diags, filter, NULL), WEIR_OK);
    weir_filter_destroy(filter);
    return WEIR_OK;
}

static void load(void)
{
    FILE *file = fopen(GOLDEN, "rb");

    assert_non_null(file);
    golden[fread(golden, 1, sizeof golden - 1, file)] = '\0';
    fclose(file);
}

/* The next filter of the file from *at on, NULL when there is none. */
static const char *next_filter(const char *at, struct weir_str *line)
{
    while (at != NULL && strncmp(at, "> ", 2) != 0) {
        at = strchr(at, '\n');
        at = at == NULL ? NULL : at + 1;
    }
    if (at == NULL)
        return NULL;
    *line = (struct weir_str){at + 2, strcspn(at + 2, "\n")};
    return at + 2 + line->len;
}

static void what_is_said_is_golden(void **state)
{
    static char actual[GOLDEN_MAX], text[FILTER_MAX];
    struct weir_str line;
    size_t len = 0, count = 0;

    (void)state;
    load();
    for (const char *at = golden; (at = next_filter(at, &line)) != NULL; count++) {
        struct weir_str filter = unescape(text, line);
        struct weir_diags diags;

        (void)diagnose(&diags, filter);
        len += (size_t)snprintf(actual + len, sizeof actual - len, "> %.*s\n", (int)line.len,
                                line.ptr);
        for (size_t i = 0; i < diags.count; i++)
            len += weir_diag_render(actual + len, sizeof actual - len, filter, &diags.v[i]);
        len += (size_t)snprintf(actual + len, sizeof actual - len, "\n");
        assert_true(len < sizeof actual);
    }
    assert_true(count > 300);
    if (strcmp(golden, actual) != 0) {
        FILE *file = fopen("mistakes.actual", "wb");

        assert_non_null(file);
        assert_int_equal(fwrite(actual, 1, len, file), len);
        fclose(file);
        fail_msg("what is said differs: diff " GOLDEN " mistakes.actual");
    }
}

/* What a proposal puts in the place that it is about: of "write X" and "write X; because" it is X.
 * Examples, which are not to be put anywhere, say so. */
static bool replacement(char *out, const struct weir_diag *diag)
{
    const char *begin = diag->suggestion + strlen("write ");
    const char *end = strstr(begin, "; ");

    if (strncmp(diag->suggestion, "write ", strlen("write ")) != 0 ||
        strstr(diag->suggestion, "e.g. ") != NULL)
        return false;
    memcpy(out, begin, WEIR_DIAG_ARG_MAX - strlen("write "));
    if (end != NULL)
        out[end - begin] = '\0';
    return true;
}

static struct weir_str apply(char *out, struct weir_str text, const struct weir_diag *diag,
                             const char *put)
{
    size_t end = diag->offset + diag->length, len = strlen(put);

    assert_true(text.len + len < FILTER_MAX);
    memcpy(out, text.ptr, diag->offset);
    memcpy(out + diag->offset, put, len);
    memcpy(out + diag->offset + len, text.ptr + end, text.len - end);
    return (struct weir_str){out, text.len - diag->length + len};
}

static bool has_error(const struct weir_diags *diags, const struct weir_diag *error)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->v[i].offset == error->offset && strcmp(diags->v[i].code, error->code) == 0)
            return true;
    }
    return false;
}

static void proposals_help(void **state)
{
    static char text[FILTER_MAX], repaired[FILTER_MAX];
    char put[WEIR_DIAG_ARG_MAX];
    struct weir_str line;
    size_t count = 0;

    (void)state;
    load();
    for (const char *at = golden; (at = next_filter(at, &line)) != NULL;) {
        struct weir_str filter = unescape(text, line);
        struct weir_diags before, after;

        (void)diagnose(&before, filter);
        for (size_t i = 0; i < before.count; i++) {
            struct weir_str better;
            enum weir_err err;

            if (!replacement(put, &before.v[i]))
                continue;
            better = apply(repaired, filter, &before.v[i], put);
            err = diagnose(&after, better);
            if (before.count > 1
                    ? has_error(&after, &before.v[i])
                    : err != WEIR_OK && after.v[0].offset < before.v[i].offset + strlen(put))
                fail_msg("%.*s: %s: %.*s: %s", (int)line.len, line.ptr, before.v[i].suggestion,
                         (int)better.len, better.ptr, after.v[0].message);
            count++;
        }
    }
    assert_true(count > 100);
}

static void records_are_sound(void **state)
{
    static char text[FILTER_MAX];
    struct weir_str line;

    (void)state;
    load();
    for (const char *at = golden; (at = next_filter(at, &line)) != NULL;) {
        struct weir_str filter = unescape(text, line);
        struct weir_diags diags;

        if (diagnose(&diags, filter) != WEIR_OK)
            assert_true(diags.count > 0);
        for (size_t i = 0; i < diags.count; i++) {
            const struct weir_diag *d = &diags.v[i];

            assert_true(d->offset <= filter.len && d->length <= filter.len - d->offset);
            assert_true(weir_str_is_text(weir_str_of(d->message)));
            assert_true(weir_str_is_text(weir_str_of(d->label)));
            assert_true(weir_str_is_text(weir_str_of(d->expected)));
            assert_true(weir_str_is_text(weir_str_of(d->suggestion)));
            for (size_t k = 0; k < i; k++)
                assert_false(d->offset == diags.v[k].offset &&
                             strcmp(d->code, diags.v[k].code) == 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_is_golden),
        cmocka_unit_test(proposals_help),
        cmocka_unit_test(records_are_sound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
