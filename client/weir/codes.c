/* codes.c - weir help F203: what a code of a diagnostic means. */
#include "codes.h"

#include <weir/convert.h>
#include <weir/diag.h>

#include <stdio.h>
#include <string.h>

#define CODE_LEN 4
#define LINE_WIDTH 78

/* Prints words up to the width of a line, each line after two blanks. */
static void print_paragraph(const char *text)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        if (column != 0 && column + 1 + length > LINE_WIDTH) {
            putchar('\n');
            column = 0;
        }
        column += (size_t)printf("%s%.*s", column == 0 ? "  " : " ", (int)length, text);
        text += length + (text[length] == ' ');
    }
    putchar('\n');
}

static void print_code(const struct weir_diag_code *code)
{
    printf("%s: %s\n\n", code->code, code->title);
    print_paragraph(code->text);
    printf("\nwrong:\n  %s\nright:\n  %s\n", code->wrong, code->right);
}

static void print_convert_code(const struct weir_convert_code *code)
{
    printf("%s: %s\n\n", code->code, code->title);
    print_paragraph(code->text);
    printf("\nfor example, from %s:\n  %s\n", weir_dialect_name(code->dialect), code->example);
}

static void list(void)
{
    for (size_t i = 0; i < weir_diag_code_count(); i++)
        printf("%s  %s\n", weir_diag_code_at(i)->code, weir_diag_code_at(i)->title);
    for (size_t i = 0; i < weir_convert_code_count(); i++)
        printf("%s  %s\n", weir_convert_code_at(i)->code, weir_convert_code_at(i)->title);
}

bool codes_explain(const char *word)
{
    const struct weir_convert_code *convert_code;
    const struct weir_diag_code *code;
    char upper[CODE_LEN];

    if (strcmp(word, "codes") == 0) {
        list();
        return true;
    }
    if (strlen(word) != CODE_LEN)
        return false;
    memcpy(upper, word, CODE_LEN);
    if (upper[0] >= 'a' && upper[0] <= 'z')
        upper[0] = (char)(upper[0] - 'a' + 'A');
    code = weir_diag_code_find((struct weir_str){upper, CODE_LEN});
    if (code != NULL)
        print_code(code);
    convert_code = weir_convert_code_find((struct weir_str){upper, CODE_LEN});
    if (convert_code != NULL)
        print_convert_code(convert_code);
    return code != NULL || convert_code != NULL;
}
