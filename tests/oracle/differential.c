/* differential.c - what this tree's filters say about lines of filter and notification, for
 * differential.py to compare with an independent implementation.
 *
 * Each line of standard input is a filter, a tab, a notification as JSON and perhaps a tab and a
 * second filter; in filters \n, \r, \t and \\ stand for a newline, a carriage return, a tab and a
 * backslash.  The notification is stamped.  What was made of the filters is kept while the next
 * line has the same.  Each line of output is
 *
 *   E<code>    the filter is refused, with the code of its first error
 *   J          the notification is refused
 *   ?          some MATCHES ran out of its budget
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

/* A filter, what was printed of it and compiled again, and its normal form, also by way of bytes.
 */
struct side {
    char *escaped; /* as in the line; NULL: nothing is held */
    size_t escaped_len;
    struct weir_filter *filter, *printed; /* `printed` is NULL too where the text is too long */
    struct weir_normal *normal, *decoded, *adv;
    struct weir_diags diags;
    bool prints; /* what was printed compiles */
};

struct judge {
    struct weir_scratch *scratch;
    struct weir_notification notification;
    struct side first, second;
    bool covers_itself, covered, covered_adv, intersects;
};

static bool read_line(char **line, size_t *capacity, size_t *len);
static void judge_line(struct judge *judge, struct weir_str line);
static void split(struct weir_str field[3], struct weir_str line);
static bool side_take(struct side *side, struct weir_str escaped);
static void side_drop(struct side *side);
static size_t unescape(char *text, size_t len);
static void compile_printed(struct side *side);
static void relate(struct judge *judge);
static bool stamped_notification(uint8_t **out, size_t *size, struct weir_str json);
static void judge_filter(struct judge *judge);
static const char *first_error(const struct weir_diags *diags);
static void judge_normal(struct judge *judge, enum weir_truth expected, enum weir_truth form);
static bool truths_agree(enum weir_truth form, enum weir_truth expected, bool exact);
static void judge_relations(struct judge *judge, enum weir_truth expected);
static void require(enum weir_err err, const char *what);

int main(void)
{
    struct judge judge = {0};
    char *line = NULL;
    size_t capacity = 0;
    size_t len;

    require(weir_scratch_create(&judge.scratch, NULL), "scratch");
    while (read_line(&line, &capacity, &len))
        judge_line(&judge, (struct weir_str){line, len});
    free(line);
    side_drop(&judge.first);
    side_drop(&judge.second);
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

static void judge_line(struct judge *judge, struct weir_str line)
{
    struct weir_str field[3];
    uint8_t *bytes = NULL;
    size_t size = 0;
    bool changed;

    split(field, line);
    changed = side_take(&judge->first, field[0]);
    changed = side_take(&judge->second, field[2]) || changed;
    if (changed)
        relate(judge);
    judge->notification = (struct weir_notification){0};
    if (stamped_notification(&bytes, &size, field[1]))
        judge->notification = weir_notification_view(bytes, size);
    judge_filter(judge);
    putchar('\n');
    free(bytes);
}

static void split(struct weir_str field[3], struct weir_str line)
{
    field[0] = line;
    field[1] = field[2] = WEIR_STR("");
    for (size_t i = 0; i + 1 < 3; i++) {
        const char *tab = memchr(field[i].ptr, '\t', field[i].len);

        if (tab == NULL)
            break;
        field[i + 1].ptr = tab + 1;
        field[i + 1].len = field[i].len - (size_t)(tab + 1 - field[i].ptr);
        field[i].len = (size_t)(tab - field[i].ptr);
    }
}

/* False when it holds this filter already. */
static bool side_take(struct side *side, struct weir_str escaped)
{
    char *text;
    enum weir_err err;

    if (side->escaped != NULL &&
        weir_str_equal((struct weir_str){side->escaped, side->escaped_len}, escaped))
        return false;
    side_drop(side);
    side->escaped = malloc(escaped.len + 1);
    text = malloc(escaped.len + 1);
    require(side->escaped == NULL || text == NULL ? WEIR_ENOMEM : WEIR_OK, "filter");
    memcpy(side->escaped, escaped.ptr, escaped.len);
    memcpy(text, escaped.ptr, escaped.len);
    side->escaped_len = escaped.len;
    err = weir_filter_compile(&side->filter, (struct weir_str){text, unescape(text, escaped.len)},
                              &side->diags, NULL);
    free(text);
    if (err != WEIR_OK) {
        require(err == WEIR_ENOMEM ? err : WEIR_OK, "compile");
        return true;
    }
    compile_printed(side);
    require(weir_normal_create(&side->normal, side->filter, WEIR_ROLE_SUBSCRIPTION, NULL),
            "normal form");
    require(weir_normal_create(&side->adv, side->filter, WEIR_ROLE_ADVERTISEMENT, NULL),
            "normal form");
    err = weir_normal_decode(&side->decoded, WEIR_ROLE_SUBSCRIPTION,
                             weir_normal_bytes(side->normal), NULL);
    require(err == WEIR_ENOMEM ? err : WEIR_OK, "decode");
    return true;
}

static void side_drop(struct side *side)
{
    weir_normal_destroy(side->decoded);
    weir_normal_destroy(side->normal);
    weir_normal_destroy(side->adv);
    weir_filter_destroy(side->printed);
    weir_filter_destroy(side->filter);
    free(side->escaped);
    *side = (struct side){0};
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

static void compile_printed(struct side *side)
{
    char text[WEIR_FILTER_PRINTED_MAX + 1];
    const size_t len = weir_filter_print(text, sizeof text, side->filter);
    struct weir_diags diags = {0};

    side->prints = len < sizeof text &&
                   weir_filter_compile_printed(&side->printed, (struct weir_str){text, len}, &diags,
                                               NULL) == WEIR_OK;
}

static void relate(struct judge *judge)
{
    const struct weir_normal *first = judge->first.normal, *second = judge->second.normal;
    const bool both = first != NULL && second != NULL && judge->second.escaped_len != 0;

    judge->covers_itself = first != NULL && weir_normal_covers(first, first, NULL);
    judge->covered = both && weir_normal_covers(second, first, NULL);
    judge->covered_adv = both && weir_normal_covers(judge->second.adv, judge->first.adv, NULL);
    judge->intersects = both && weir_normal_intersects(judge->second.adv, first, NULL);
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

static void judge_filter(struct judge *judge)
{
    const struct side *first = &judge->first;
    const struct weir_notification *n = &judge->notification;
    enum weir_truth truth, form;
    bool undecided;

    if (first->filter == NULL) {
        printf("E%s", first_error(&first->diags));
        return;
    }
    if (n->bytes == NULL) {
        putchar('J');
        return;
    }
    truth = weir_filter_eval(first->filter, n, judge->scratch);
    undecided = weir_scratch_undecided(judge->scratch);
    form = weir_normal_eval(first->normal, n, judge->scratch); /* may match a pattern repeatedly */
    if (undecided || weir_scratch_undecided(judge->scratch)) {
        putchar('?');
        return;
    }
    putchar(truth == WEIR_TRUE ? 'T' : truth == WEIR_FALSE ? 'F' : 'U');
    if (!first->prints || weir_filter_eval(first->printed, n, judge->scratch) != truth)
        putchar('P');
    judge_normal(judge, truth, form);
    judge_relations(judge, truth);
}

static const char *first_error(const struct weir_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->v[i].severity == WEIR_SEVERITY_ERROR)
            return diags->v[i].code;
    }
    return "????"; /* differential.py takes this for a disagreement */
}

static void judge_normal(struct judge *judge, enum weir_truth expected, enum weir_truth form)
{
    const struct side *first = &judge->first;

    if (!truths_agree(form, expected, weir_normal_is_exact(first->normal)))
        putchar('N');
    if (first->decoded == NULL ||
        weir_normal_eval(first->decoded, &judge->notification, judge->scratch) != form)
        putchar('B');
    if (!judge->covers_itself)
        putchar('R');
}

/* A normal form does not tell FALSE from UNKNOWN, and one that is a hull may be TRUE for more. */
static bool truths_agree(enum weir_truth form, enum weir_truth expected, bool exact)
{
    if (expected == WEIR_TRUE)
        return form == WEIR_TRUE;
    return !exact || form != WEIR_TRUE;
}

static void judge_relations(struct judge *judge, enum weir_truth expected)
{
    const struct weir_notification *n = &judge->notification;
    const struct weir_normal *first = judge->first.normal, *second = judge->second.normal;
    const bool matches = expected == WEIR_TRUE;
    bool conforms;

    if (second == NULL || judge->second.escaped_len == 0)
        return;
    conforms = weir_normal_conforms(judge->second.adv, n, judge->scratch);
    if (judge->covered && matches && weir_normal_eval(second, n, judge->scratch) != WEIR_TRUE)
        putchar('C');
    if (judge->covered_adv && !conforms &&
        weir_normal_conforms(judge->first.adv, n, judge->scratch))
        putchar('A');
    if (matches && conforms && !judge->intersects)
        putchar('I');
    if (judge->covered && (weir_normal_summary(second) & ~weir_normal_summary(first)) != 0)
        putchar('S');
}

static void require(enum weir_err err, const char *what)
{
    if (err == WEIR_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, weir_err_text(err));
    exit(EXIT_FAILURE);
}
