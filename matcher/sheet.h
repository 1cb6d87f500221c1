/* sheet.h - the bitmaps of up to 64 pages, slot by slot. */
#ifndef WEIRI_SHEET_H
#define WEIRI_SHEET_H

#include "internal.h"

/* The words of a page under a slot: that of cell c is first[c * stride]. */
struct weiri_words {
    _Atomic uint64_t *first; /* NULL: there are none */
    uint32_t stride;
};

/* Room for some pages with some columns, not yet in a list; NULL for want of memory. */
WEIR_MUST_USE struct weiri_sheet *weiri_sheet_create(struct weir_matcher *m, uint32_t pages,
                                                     uint32_t strips);
/* Takes a sheet without pages out of its list, and retires it. */
void weiri_sheet_end(struct weir_matcher *m, struct weiri_sheet *sheet);

/* Gives the page a position, with words for its columns, and lets readers find it; false for want
 * of memory.  There must be fewer than 64.  The sheet may be replaced by a larger one. */
WEIR_MUST_USE bool weiri_sheet_join(struct weir_matcher *m, struct weiri_sheet *sheet,
                                    struct weiri_page *page);
/* The page has no rows any more. */
void weiri_sheet_leave(struct weir_matcher *m, struct weiri_page *page);
/* Sees that the page has words under the slot: all bits are set in new ones. */
WEIR_MUST_USE bool weiri_sheet_cover(struct weir_matcher *m, struct weiri_page *page, uint8_t slot);
struct weiri_words weiri_sheet_words(const struct weiri_page *page, uint8_t slot);
/* Lets readers find the page at its position, in place of what they found there. */
void weiri_sheet_show(struct weiri_page *page);
/* The bounds of its pages. */
void weiri_sheet_renew_gate(struct weiri_sheet *sheet);
/* Gives up strips of slots that are leaving, once none of the pages has them. */
void weiri_sheet_trim(struct weir_matcher *m, struct weiri_sheet *sheet);

#endif /* WEIRI_SHEET_H */
