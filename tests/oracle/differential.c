/* differential.c - what this tree's filters say about lines of filter and notification, for
 * differential.py to compare with an independent implementation.
 *
 * Each line of standard input is a filter, a tab, a notification as JSON and perhaps a tab and a
 * second filter; in filters \n, \r, \t and \\ stand for a newline, a carriage return, a tab and a
 * backslash.  The notification is stamped.  Each line of output is
 *
 *   E<code>    the filter is refused, with the code of its first error
 *   J          the notification is refused
 *   T, F or U  what the filter says, and after it a letter for each contradiction to that:
 *              P its canonical text, compiled again, says otherwise
 *              N its normal form does, B the normal form encoded and decoded does
 *              R it does not cover itself
 *              C the second filter covers it and does not match what it matches
 *              A as advertisement the second covers it, but the notification conforms to it alone
 *              I the notification conforms to the second and matches it, yet they do not intersect
 *              S it is covered, but the summaries exclude that */
#include <weir/filter.h>
#include <weir/json.h>
#include <weir/normal.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct judge {
    struct weir_scratch *scratch;
    struct weir_notification notification;
    struct weir_str second; /* text, empty if there is none */
    char printed[WEIR_FILTER_TEXT_MAX + 1];
};

static bool read_line(char **line, size_t *capacity, size_t *len);
static void judge_line(struct judge *judge, char *line, size_t len);
static void judge_filter(struct judge *judge, struct weir_str text);
static size_t unescape(char *text, size_t len);
static const char *first_error(const struct weir_diags *diags);
static bool text_agrees(struct judge *judge, size_t printed_size, enum weir_truth expected);
static bool truths_agree(enum weir_truth form, enum weir_truth expected, bool exact);
static void judge_normal(struct judge *judge, const struct weir_filter *filter,
                         enum weir_truth expected);
static void judge_relations(struct judge *judge, const struct weir_normal *normal,
                            enum weir_truth expected);
static bool stamped_notification(uint8_t **out, size_t *size, struct weir_str json);
static void require(enum weir_err err, const char *what);

int main(void)
{
    struct judge judge = {0};
    char *line = NULL;
    size_t capacity = 0;
    size_t len;

    require(weir_scratch_create(&judge.scratch, NULL), "scratch");
    while (read_line(&line, &capacity, &len))
        judge_line(&judge, line, len);
    free(line);
    weir_scratch_destroy(judge.scratch);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool read_line(char **line, size_t *capacity, size_t *len)
{
    ssize_t got = getline(line, capacity, stdin);

    if (got < 0)
        return false;
    *len = (size_t)got;
    if (*len > 0 && (*line)[*len - 1] == '\n')
        (*len)--;
    return true;
}

static void judge_line(struct judge *judge, char *line, size_t len)
{
    char *field[3] = {line, NULL, NULL};
    size_t field_len[3] = {len, 0, 0};
    uint8_t *bytes = NULL;
    size_t size = 0;

    for (size_t i = 0; i + 1 < 3; i++) {
        char *tab = memchr(field[i], '\t', field_len[i]);

        if (tab == NULL)
            break;
        field[i + 1] = tab + 1;
        field_len[i + 1] = field_len[i] - (size_t)(tab + 1 - field[i]);
        field_len[i] = (size_t)(tab - field[i]);
    }
    judge->notification = (struct weir_notification){0};
    if (stamped_notification(&bytes, &size, (struct weir_str){field[1], field_len[1]}))
        judge->notification = weir_notification_view(bytes, size);
    judge->second = (struct weir_str){field[2], unescape(field[2], field_len[2])};
    judge_filter(judge, (struct weir_str){field[0], unescape(field[0], field_len[0])});
    putchar('\n');
    free(bytes);
}

/* As a border broker would; filter_oracle.py has the same stamps. */
static bool stamped_notification(uint8_t **out, size_t *size, struct weir_str json)
{
    static const struct weir_stamps stamps = {
        .id = {"north-1", 7},
        .origin_len = 5,
        .publisher = {"ann",     3},
        .ts_ns = 1700000000000000000
    };
    struct weir_notification plain;
    uint8_t *bytes = NULL;
    size_t plain_size;
    enum weir_err err = weir_notification_from_json(&bytes, &plain_size, json, NULL, NULL);

    if (err != WEIR_OK)
        return false;
    plain = weir_notification_view(bytes, plain_size);
    *size = weir_notification_stamped_size(&plain, &stamps);
    *out = malloc(*size);
    require(*out == NULL ? WEIR_ENOMEM : WEIR_OK, "notification");
    weir_notification_stamp(*out, &plain, &stamps);
    free(bytes);
    return true;
}

static size_t unescape(char *text, size_t len)
{
    static const char names[] = "nrt\\";
    static const char meanings[] = "\n\r\t\\";
    size_t out = 0;

    for (size_t i = 0; i < len; i++) {
        const char *name = NULL;

        if (text[i] == '\\' && i + 1 < len)
            name = memchr(names, text[i + 1], sizeof names - 1);
        text[out++] = name == NULL ? text[i] : meanings[name - names];
        i += name != NULL;
    }
    return out;
}

static void judge_filter(struct judge *judge, struct weir_str text)
{
    struct weir_diags diags = {0};
    struct weir_filter *filter = NULL;
    enum weir_err err = weir_filter_compile(&filter, text, &diags, NULL);
    enum weir_truth truth;

    if (err != WEIR_OK) {
        require(err == WEIR_ENOMEM ? err : WEIR_OK, "compile");
        printf("E%s", first_error(&diags));
        return;
    }
    if (judge->notification.bytes == NULL) {
        putchar('J');
        weir_filter_destroy(filter);
        return;
    }
    truth = weir_filter_eval(filter, &judge->notification, judge->scratch);
    putchar(truth == WEIR_TRUE ? 'T' : truth == WEIR_FALSE ? 'F' : 'U');
    if (!text_agrees(judge, weir_filter_print(judge->printed, sizeof judge->printed, filter),
                     truth))
        putchar('P');
    judge_normal(judge, filter, truth);
    weir_filter_destroy(filter);
}

static const char *first_error(const struct weir_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->v[i].severity == WEIR_SEVERITY_ERROR)
            return diags->v[i].code;
    }
    return "????"; /* differential.py takes this for a disagreement */
}

static bool text_agrees(struct judge *judge, size_t printed_size, enum weir_truth expected)
{
    struct weir_str text = {judge->printed, printed_size};
    struct weir_diags diags = {0};
    struct weir_filter *filter = NULL;
    bool agrees;

    if (printed_size > WEIR_FILTER_TEXT_MAX)
        return true;
    if (weir_filter_compile(&filter, text, &diags, NULL) != WEIR_OK)
        return false;
    agrees = weir_filter_eval(filter, &judge->notification, judge->scratch) == expected;
    weir_filter_destroy(filter);
    return agrees;
}

/* A normal form does not tell FALSE from UNKNOWN, and one that is a hull may be TRUE for more. */
static bool truths_agree(enum weir_truth form, enum weir_truth expected, bool exact)
{
    if (expected == WEIR_TRUE)
        return form == WEIR_TRUE;
    return !exact || form != WEIR_TRUE;
}

static void judge_normal(struct judge *judge, const struct weir_filter *filter,
                         enum weir_truth expected)
{
    struct weir_normal *normal = NULL;
    struct weir_normal *decoded = NULL;
    bool exact;
    enum weir_truth truth;

    require(weir_normal_create(&normal, filter, NULL), "normal form");
    exact = weir_normal_is_exact(normal);
    truth = weir_normal_eval(normal, &judge->notification, judge->scratch);
    if (!truths_agree(truth, expected, exact))
        putchar('N');
    if (weir_normal_decode(&decoded, weir_normal_bytes(normal), NULL) != WEIR_OK ||
        weir_normal_eval(decoded, &judge->notification, judge->scratch) != truth)
        putchar('B');
    if (!weir_normal_covers(normal, normal, NULL))
        putchar('R');
    judge_relations(judge, normal, expected);
    weir_normal_destroy(decoded);
    weir_normal_destroy(normal);
}

static void judge_relations(struct judge *judge, const struct weir_normal *normal,
                            enum weir_truth expected)
{
    const struct weir_notification *n = &judge->notification;
    struct weir_diags diags = {0};
    struct weir_filter *filter = NULL;
    struct weir_normal *second = NULL;
    bool covered;

    if (judge->second.len == 0 ||
        weir_filter_compile(&filter, judge->second, &diags, NULL) != WEIR_OK)
        return;
    require(weir_normal_create(&second, filter, NULL), "normal form");
    covered = weir_normal_covers(second, normal, NULL);
    if (covered && expected == WEIR_TRUE &&
        weir_normal_eval(second, n, judge->scratch) != WEIR_TRUE)
        putchar('C');
    if (weir_normal_covers_adv(second, normal, NULL) &&
        weir_normal_conforms(normal, n, judge->scratch) &&
        !weir_normal_conforms(second, n, judge->scratch))
        putchar('A');
    if (expected == WEIR_TRUE && weir_normal_conforms(second, n, judge->scratch) &&
        !weir_normal_intersects(second, normal, NULL))
        putchar('I');
    if (covered && (weir_normal_summary(second) & ~weir_normal_summary(normal)) != 0)
        putchar('S');
    weir_normal_destroy(second);
    weir_filter_destroy(filter);
}

static void require(enum weir_err err, const char *what)
{
    if (err == WEIR_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, weir_err_text(err));
    exit(EXIT_FAILURE);
}
