/* decimal_reader.c - reads lines `DECIMAL DIVISOR` and writes, for each, the double nearest to the
 * quotient as 16 hexadecimal digits and as text, or the text of the error: for decimal_oracle.py.
 */
#include <weir/bytes.h>
#include <weir/value.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char line[8192];

    while (fgets(line, sizeof line, stdin) != NULL) {
        char *space = strchr(line, ' ');
        char printed[WEIR_DOUBLE_TEXT_MAX];
        struct weir_str decimal;
        enum weir_err err;
        double real;

        if (space == NULL)
            return EXIT_FAILURE;
        decimal = (struct weir_str){line, (size_t)(space - line)};
        err = weir_decimal_divide(&real, decimal, strtoll(space + 1, NULL, 10));
        if (err != WEIR_OK) {
            printf("%s\n", weir_err_text(err));
            continue;
        }
        weir_double_print(printed, real);
        printf("%016" PRIx64 " %s\n", weiri_bits_of_double(real), printed);
    }
    return ferror(stdin) || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
