/* print.h - how `weir sub` writes what arrives. */
#ifndef PRINT_H
#define PRINT_H

#include "filters.h"

#include <weir/client.h>

#define PRINT_FORMATS "text jsonl csv raw"
enum print_format { PRINT_TEXT, PRINT_JSONL, PRINT_CSV, PRINT_RAW };
#define PRINT_COLUMNS_MAX 256

struct printer {
    enum print_format format;
    FILE *out;
    struct text text; /* working memory */
    char *columns; /* names of a CSV's columns, each terminated; NULL: of the first notification */
    size_t column_count;
    bool headed;
};

/* Takes "a,b,c".  False for want of memory or more than PRINT_COLUMNS_MAX. */
bool printer_columns(struct printer *printer, const char *list);
/* False for want of memory. */
bool printer_print(struct printer *printer, const struct weir_notification *n);
void printer_fini(struct printer *printer);

#endif /* PRINT_H */
