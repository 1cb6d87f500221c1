/* convert.c - any bytes in any dialect: the first byte says which.  What comes out is a canonical
 * filter; for anything else there is one error with a place in the text. */
#include <weir/convert.h>
#include <weir/filter.h>

#include <stdlib.h>
#include <string.h>

static void check_diags(struct weir_str text, const struct weir_diags *diags)
{
    char rendered[8192];

    for (size_t i = 0; i < diags->count; i++) {
        const struct weir_diag *diag = &diags->v[i];

        if (diag->offset > text.len || diag->length > text.len - diag->offset ||
            diag->message[0] == '\0' || strlen(diag->code) != 4)
            abort();
        (void)weir_diag_render(rendered, sizeof rendered, text, diag);
    }
}

static void check_canonical(const char *out)
{
    struct weir_filter *filter;
    struct weir_diags diags;
    size_t len = strlen(out);
    char *again = malloc(len + 1);

    if (again == NULL ||
        weir_filter_compile(&filter, (struct weir_str){out, len}, &diags, NULL) != WEIR_OK)
        abort();
    if (weir_filter_print(again, len + 1, filter) != len || strcmp(again, out) != 0)
        abort();
    weir_filter_destroy(filter);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_diags diags;
    struct weir_str text;
    char *out = NULL;
    enum weir_err err;

    if (size == 0)
        return 0;
    text = (struct weir_str){(const char *)data + 1, size - 1};
    err = weir_convert(&out, text, (enum weir_dialect)(data[0] % WEIR_DIALECT_COUNT), &diags, NULL);
    check_diags(text, &diags);
    if ((err == WEIR_OK) != (out != NULL) ||
        (err != WEIR_OK && (diags.count != 1 || diags.v[0].severity != WEIR_SEVERITY_ERROR)))
        abort();
    if (out != NULL)
        check_canonical(out);
    free(out);
    return 0;
}
