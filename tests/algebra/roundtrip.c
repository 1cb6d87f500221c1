/* roundtrip.c - what a filter says survives being written and read, in every form it has.
 *
 *     algebra_roundtrip [--seed S] [--count FILTERS | --scale PERCENT]
 *     algebra_roundtrip --a FILTER
 *
 * Random filters over the whole language, values at its edges included.  For the tree x of each:
 *
 *   text     parse(print(x)) is x, and printing that gives the same bytes
 *   json     reading the JSON of x gives x
 *   binary   the normal form's bytes, decoded, are a form with the same bytes, in both roles
 *   normal   the normal form as text is a filter with the same normal form, in both roles; a hull
 *            aside, which knows that it is one, and a text that exceeds the limits of filters
 *
 * A failure is shrunk and printed as the command that replays it. */
#include "mutate.h"
#include "options.h"
#include "same_tree.h"
#include "whole_language.h"

#include <weir/json.h>
#include <weir/normal.h>

#define DEFAULT_FILTERS 1500
#define TEXT_MAX 16384
#define JSON_MAX 65536
#define FORM_MAX 65536

enum check { CHECK_NONE, CHECK_TEXT, CHECK_JSON, CHECK_BINARY, CHECK_NORMAL };
static const char *const check_names[] = {"none", "text", "json", "binary", "normal"};

struct tally {
    uint64_t filters, refused, checked[CHECK_NORMAL + 1], failed[CHECK_NORMAL + 1];
    uint64_t kinds[WEIR_NODE_NEGATE + 1];
};

static enum check check_filter(const struct weir_filter *filter, struct tally *tally);
static bool check_text(const struct weir_filter *filter);
static bool check_json(const struct weir_filter *filter, struct tally *tally);
static enum check check_forms(const struct weir_filter *filter, enum weir_filter_role role,
                              struct tally *tally);
static bool same_form_from_text(const struct weir_normal *normal, struct tally *tally);
static void report(const char *text, enum check failed);
static int replay(const char *text);
static bool summarise(const struct tally *tally, uint64_t seed);

static struct weir_filter *compiled(const char *text)
{
    struct weir_filter *filter = NULL;
    struct weir_diags diags;

    return weir_filter_compile(&filter, weir_str_of(text), &diags, NULL) == WEIR_OK ? filter : NULL;
}

int main(int argc, char **argv)
{
    struct options options = {.seed = 1, .count = random_rounds(DEFAULT_FILTERS)};
    struct tally tally = {0};
    uint64_t failures = 0;

    options_read(&options, argc, argv);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (options.texts[0] != NULL)
        return replay(options.texts[0]);
    while (tally.filters < options.count) {
        struct random_source r = {options.seed * UINT64_C(1000003) + tally.filters + tally.refused};
        char text[TEXT_MAX];
        struct weir_filter *filter;
        enum check failed;

        whole_language_filter(text, sizeof text, &r, (unsigned)random_below(&r, 4));
        filter = compiled(text);
        if (filter == NULL) {
            tally.refused++;
            continue;
        }
        tally.filters++;
        failed = check_filter(filter, &tally);
        weir_filter_destroy(filter);
        tally.failed[failed] += failed != CHECK_NONE;
        if (failed != CHECK_NONE && ++failures <= 20)
            report(text, failed);
    }
    printf("%" PRIu64 " failures\n", failures);
    return summarise(&tally, options.seed) && failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void count_kinds(struct tally *tally, const struct weir_node *node)
{
    tally->kinds[node->kind]++;
    for (uint32_t i = 0; i < node->child_count; i++)
        count_kinds(tally, node->child[i]);
}

static enum check check_filter(const struct weir_filter *filter, struct tally *tally)
{
    enum check failed;

    count_kinds(tally, weir_filter_tree(filter));
    tally->checked[CHECK_TEXT]++;
    if (!check_text(filter))
        return CHECK_TEXT;
    if (!check_json(filter, tally))
        return CHECK_JSON;
    failed = check_forms(filter, WEIR_ROLE_SUBSCRIPTION, tally);
    return failed != CHECK_NONE ? failed : check_forms(filter, WEIR_ROLE_ADVERTISEMENT, tally);
}

static bool check_text(const struct weir_filter *filter)
{
    static char first[WEIR_FILTER_PRINTED_MAX + 1], second[WEIR_FILTER_PRINTED_MAX + 1];
    const size_t len = weir_filter_print(first, sizeof first, filter);
    struct weir_filter *again;
    struct weir_diags diags;
    bool same;

    if (len >= sizeof first ||
        weir_filter_compile_printed(&again, (struct weir_str){first, len}, &diags, NULL) != WEIR_OK)
        return false;
    same = weir_filter_print(second, sizeof second, again) == len &&
           memcmp(first, second, len) == 0 &&
           same_tree(weir_filter_tree(filter), weir_filter_tree(again));
    weir_filter_destroy(again);
    return same;
}

static bool check_json(const struct weir_filter *filter, struct tally *tally)
{
    static char json[JSON_MAX];
    const size_t len = weir_filter_to_json(json, sizeof json, filter);
    struct weir_filter *again;
    bool same;

    if (weir_filter_print(NULL, 0, filter) > WEIR_FILTER_TEXT_MAX)
        return true;
    tally->checked[CHECK_JSON]++;
    if (len >= sizeof json ||
        weir_filter_from_json(&again, (struct weir_str){json, len}, NULL, NULL) != WEIR_OK)
        return false;
    same = same_tree(weir_filter_tree(filter), weir_filter_tree(again));
    weir_filter_destroy(again);
    return same;
}

static enum check check_forms(const struct weir_filter *filter, enum weir_filter_role role,
                              struct tally *tally)
{
    struct weir_normal *normal, *decoded = NULL;
    enum check failed = CHECK_NONE;

    if (weir_normal_create(&normal, filter, role, NULL) != WEIR_OK)
        abort();
    tally->checked[CHECK_BINARY]++;
    if (weir_normal_decode(&decoded, role, weir_normal_bytes(normal), NULL) != WEIR_OK ||
        !weir_str_equal(weir_normal_bytes(normal), weir_normal_bytes(decoded)))
        failed = CHECK_BINARY;
    else if (weir_normal_is_exact(normal) && !same_form_from_text(decoded, tally))
        failed = CHECK_NORMAL;
    weir_normal_destroy(decoded);
    weir_normal_destroy(normal);
    return failed;
}

static bool same_form_from_text(const struct weir_normal *normal, struct tally *tally)
{
    static char text[FORM_MAX];
    const struct weir_str printed = {text, weir_normal_print(text, sizeof text, normal)};
    struct weir_diags diags = {0};
    struct weir_filter *filter;
    struct weir_normal *again;
    bool same;

    if (printed.len >= sizeof text)
        return true;
    if (weir_filter_compile_printed(&filter, printed, &diags, NULL) != WEIR_OK)
        return strncmp(diags.v[0].code, "F4", 2) == 0; /* longer or deeper than a filter may be */
    tally->checked[CHECK_NORMAL]++;
    if (weir_normal_create(&again, filter, weir_normal_role(normal), NULL) != WEIR_OK)
        abort();
    same = weir_str_equal(weir_normal_bytes(normal), weir_normal_bytes(again));
    weir_normal_destroy(again);
    weir_filter_destroy(filter);
    return same;
}

/* ---- failures */

static bool fails_alike(const char *text, enum check failed)
{
    struct weir_filter *filter = compiled(text);
    struct tally tally = {0};
    bool alike;

    if (filter == NULL)
        return false;
    alike = check_filter(filter, &tally) == failed;
    weir_filter_destroy(filter);
    return alike;
}

static void report(const char *text, enum check failed)
{
    static char shortest[TEXT_MAX], shorter[TEXT_MAX];
    bool found = true;

    snprintf(shortest, sizeof shortest, "%s", text);
    while (found) {
        struct weir_filter *filter = compiled(shortest);

        found = false;
        for (size_t k = 0;
             !found && mutate_simpler(shorter, sizeof shorter, weir_filter_tree(filter), k); k++)
            found = strlen(shorter) < strlen(shortest) && fails_alike(shorter, failed);
        weir_filter_destroy(filter);
        if (found)
            memcpy(shortest, shorter, sizeof shortest);
    }
    printf("%s: algebra_roundtrip", check_names[failed]);
    options_print("a", shortest);
    putchar('\n');
}

static int replay(const char *text)
{
    struct weir_filter *filter = compiled(text);
    struct tally tally = {0};
    char printed[TEXT_MAX];
    enum check failed;

    if (filter == NULL) {
        fprintf(stderr, "no filter\n");
        return 2;
    }
    failed = check_filter(filter, &tally);
    weir_filter_print(printed, sizeof printed, filter);
    printf("%s\n%s\n", printed, failed == CHECK_NONE ? "holds" : check_names[failed]);
    weir_filter_destroy(filter);
    return failed == CHECK_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool summarise(const struct tally *tally, uint64_t seed)
{
    bool exercised = true;

    printf("%" PRIu64 " filters (seed %" PRIu64 "), %" PRIu64 " texts were none;", tally->filters,
           seed, tally->refused);
    for (size_t i = CHECK_TEXT; i <= CHECK_NORMAL; i++) {
        printf(" %s %" PRIu64 " (%" PRIu64 " failed)", check_names[i], tally->checked[i],
               tally->failed[i]);
        exercised = exercised && tally->checked[i] > tally->filters / 2;
    }
    putchar('\n');
    for (size_t i = 0; i <= WEIR_NODE_NEGATE; i++)
        exercised = exercised && (tally->kinds[i] > 0 || tally->filters < 1000);
    if (!exercised)
        printf("some kind of node or form hardly came\n");
    return exercised;
}
