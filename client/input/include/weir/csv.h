/* csv.h - rows of CSV (RFC 4180) to attributes, by a specification of the columns such as
 * "ms:int,price:double/10000,size:int,note,-,halted:bool". */
#ifndef CSV_H
#define CSV_H

#include <weir/attributes.h>
#include <weir/lines.h>

enum csv_type { CSV_STRING, CSV_INT, CSV_DOUBLE, CSV_BOOL, CSV_TIMESTAMP, CSV_SKIP };

struct csv_column {
    struct weir_str name; /* borrowed from the specification */
    enum csv_type type;
    int64_t divisor; /* 0: none */
};

struct csv {
    struct csv_column columns[ATTRIBUTES_MAX];
    size_t column_count;
    struct lines *lines;
    char *row; /* the current row; doubled quotes are resolved in place */
    size_t size, capacity;
    uint64_t row_line; /* the line on which it begins */
    bool open;         /* it ends inside quotes so far */
};

#define CSV_PROBLEM_MAX 160

/* Reads the specification, which stays borrowed.  False: *problem says why. */
bool csv_init(struct csv *csv, struct lines *lines, const char *columns,
              char problem[CSV_PROBLEM_MAX]);
void csv_fini(struct csv *csv);

/* The next row: as lines_take.  A row goes over several lines where quotes hold line ends. */
enum lines_result csv_take(struct csv *csv);
/* Appends its attributes, which borrow the row.  An empty field that is no string is an absent
 * attribute; so is an empty string that is not quoted.  False: *problem says why. */
bool csv_attributes(struct csv *csv, struct attributes *out, char problem[CSV_PROBLEM_MAX]);

#endif /* CSV_H */
