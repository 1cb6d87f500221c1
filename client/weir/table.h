/* table.h - rows of cells, printed with aligned columns. */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 24

struct table {
    size_t column_count;
    bool right[TABLE_COLUMNS_MAX]; /* align to the right */
    size_t widths[TABLE_COLUMNS_MAX];
    char *cells; /* each terminated, row after row, the headings first */
    size_t size, capacity, cell_count;
};

void table_init(struct table *table, size_t column_count);
void table_fini(struct table *table);
/* Adds the next cell of the current row.  Control characters become '?'.  False for want of
 * memory. */
bool table_add(struct table *table, const char *cell);
void table_print(const struct table *table, FILE *out);

#endif /* TABLE_H */
