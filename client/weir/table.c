/* table.c - rows of cells, printed with aligned columns. */
#include "table.h"
#include "visible.h"

#include <weir/alloc.h>

#include <assert.h>
#include <string.h>

static size_t width_of(const char *cell);

void table_init(struct table *table, size_t column_count)
{
    assert(column_count <= TABLE_COLUMNS_MAX);
    *table = (struct table){.column_count = column_count};
}

void table_fini(struct table *table)
{
    weiri_release(NULL, table->cells);
}

bool table_add(struct table *table, const char *cell)
{
    size_t size = strlen(cell) + 1, column = table->cell_count % table->column_count, width;
    char *cells = weiri_array_grow(NULL, table->cells, &table->capacity, table->size + size, 1);

    if (cells == NULL)
        return false;
    table->cells = cells;
    cells += table->size;
    memcpy(cells, cell, size);
    for (size_t i = 0; i + 1 < size; i++)
        memset(cells + i, '?', visible_control((struct weir_str){cells + i, size - 1 - i}));
    table->size += size;
    table->cell_count++;
    width = width_of(cells);
    if (width > table->widths[column])
        table->widths[column] = width;
    return true;
}

/* Code points of UTF-8; what is wide on a terminal is not known here. */
static size_t width_of(const char *cell)
{
    size_t width = 0;

    for (; *cell != '\0'; cell++)
        width += ((unsigned char)*cell & 0xc0) != 0x80;
    return width;
}

void table_print(const struct table *table, FILE *out)
{
    const char *cell = table->cells;

    for (size_t i = 0; i < table->cell_count; i++) {
        size_t column = i % table->column_count;
        bool last = column + 1 == table->column_count;
        int pad = (int)(table->widths[column] - width_of(cell));

        if (table->right[column])
            fprintf(out, "%*s%s", pad, "", cell);
        else
            fprintf(out, "%s%*s", cell, last ? 0 : pad, "");
        fputs(last ? "\n" : "  ", out);
        cell += strlen(cell) + 1;
    }
}
