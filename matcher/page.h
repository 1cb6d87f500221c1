/* page.h - pages: 64 rows with codes of their own, and bits in a sheet. */
#ifndef WEIRI_PAGE_H
#define WEIRI_PAGE_H

#include "rows.h"

/* A page without columns, in no sheet; NULL for want of memory. */
WEIR_MUST_USE struct weiri_page *weiri_page_create(struct weir_matcher *m, uint32_t capacity,
                                                   bool wide);
/* Adds the columns that the row lacks to a page in no sheet; false where they are too many. */
bool weiri_page_extend(struct weiri_page *page, const struct weiri_row *row);
/* Room for the row and its columns, maybe in a page that takes its place; NULL for want of memory.
 */
WEIR_MUST_USE struct weiri_page *weiri_page_admit(struct weir_matcher *m, struct weiri_page *page,
                                                  const struct weiri_row *row);
/* Puts a page in its place with the columns that its rows would get today; false for want of
 * memory. */
WEIR_MUST_USE bool weiri_page_renew(struct weir_matcher *m, struct weiri_page *page);

#endif /* WEIRI_PAGE_H */
