/* filters.c - any bytes as a filter: a compiled one prints to an equal one, and is evaluated; for
 * any other there is an error with its place in the text. */
#include <weir/filter.h>

#include <stdlib.h>
#include <string.h>

static void check_diags(struct weir_str text, const struct weir_diags *diags, bool failed)
{
    char rendered[8192];

    if (diags->count > WEIR_DIAGS_MAX || (failed && diags->count == 0))
        abort();
    for (size_t i = 0; i < diags->count; i++) {
        const struct weir_diag *diag = &diags->v[i];

        if (diag->offset > text.len || diag->message[0] == '\0')
            abort();
        (void)weir_diag_render(rendered, sizeof rendered, text, diag);
    }
}

static char *print(const struct weir_filter *filter)
{
    size_t size = weir_filter_print(NULL, 0, filter) + 1;
    char *text = malloc(size);

    if (text == NULL || weir_filter_print(text, size, filter) != size - 1)
        abort();
    return text;
}

static enum weir_truth eval(const struct weir_filter *filter)
{
    const struct weir_attr attrs[] = {
        {{"a", 1}, {WEIR_INT, {.integer = 5}}              },
        {{"b", 1}, {WEIR_DOUBLE, {.real = 2.5}}            },
        {{"c", 1}, {WEIR_STRING, {.string = {"abcabc", 6}}}},
        {{"d", 1}, {WEIR_BOOL, {.boolean = true}}          },
    };
    struct weir_scratch *scratch;
    struct weir_notification n;
    enum weir_truth truth;
    uint8_t *bytes;
    size_t size;

    if (weir_notification_encode(&bytes, &size, attrs, 4, WEIR_STR(""), NULL, NULL) != WEIR_OK ||
        weir_scratch_create(&scratch, NULL) != WEIR_OK)
        abort();
    n = weir_notification_view(bytes, size);
    truth = weir_filter_eval(filter, &n, scratch);
    weir_scratch_destroy(scratch);
    free(bytes);
    return truth;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_str text = {(const char *)data, size};
    struct weir_filter *filter, *again;
    struct weir_diags diags;
    enum weir_err err = weir_filter_compile(&filter, text, &diags, NULL);
    char *printed, *printed_again;

    check_diags(text, &diags, err != WEIR_OK);
    if (err != WEIR_OK)
        return 0;
    printed = print(filter);
    if (weir_filter_compile_printed(&again, weir_str_of(printed), &diags, NULL) != WEIR_OK)
        abort();
    printed_again = print(again);
    if (strcmp(printed, printed_again) != 0 || eval(filter) != eval(again))
        abort();
    free(printed_again);
    free(printed);
    weir_filter_destroy(again);
    weir_filter_destroy(filter);
    return 0;
}
