/* tree.c - any bytes as a filter, of text or of JSON: what compiles is the same after JSON. */
#include <weir/json.h>

#include <stdlib.h>
#include <string.h>

static char *print(const struct weir_filter *filter)
{
    size_t size = weir_filter_print(NULL, 0, filter) + 1;
    char *text = malloc(size);

    if (text == NULL || weir_filter_print(text, size, filter) != size - 1)
        abort();
    return text;
}

static char *write_json(const struct weir_filter *filter)
{
    size_t size = weir_filter_to_json(NULL, 0, filter) + 1;
    char *text = malloc(size);

    if (text == NULL || weir_filter_to_json(text, size, filter) != size - 1)
        abort();
    return text;
}

static void check(const struct weir_filter *filter)
{
    char *json = write_json(filter), *text = print(filter), *json_again, *text_again;
    struct weir_json_problem problem;
    struct weir_filter *again;

    if (weir_filter_from_json(&again, weir_str_of(json), &problem, NULL) != WEIR_OK)
        abort();
    json_again = write_json(again);
    text_again = print(again);
    if (strcmp(json, json_again) != 0 || strcmp(text, text_again) != 0)
        abort();
    free(text_again);
    free(json_again);
    free(text);
    free(json);
    weir_filter_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_str text = {(const char *)data, size};
    struct weir_json_problem problem = {.text = ""};
    struct weir_filter *filter;
    struct weir_diags diags;

    if (weir_filter_from_json(&filter, text, &problem, NULL) == WEIR_OK) {
        check(filter);
        weir_filter_destroy(filter);
    } else if (problem.text[0] == '\0') {
        abort();
    }
    if (weir_filter_compile(&filter, text, &diags, NULL) == WEIR_OK) {
        check(filter);
        weir_filter_destroy(filter);
    }
    return 0;
}
