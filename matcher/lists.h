/* lists.h - the blocks and sheets of a bucket, and the gates before them. */
#ifndef WEIRI_LISTS_H
#define WEIRI_LISTS_H

#include "internal.h"

/* For the writer; NULL while there are none. */
struct weiri_list *weiri_list_of(const struct weiri_bucket *bucket);
/* Finds a hole, or one more at the end; false for want of memory. */
WEIR_MUST_USE bool weiri_list_reserve(struct weir_matcher *m, struct weiri_bucket *bucket,
                                      uint32_t *index);
/* Gives up a list that was made by a reservation and is empty. */
void weiri_list_give_up(struct weir_matcher *m, struct weiri_bucket *bucket);
/* Lets readers find it at a reserved place. */
void weiri_list_put(struct weiri_bucket *bucket, uint32_t index, struct weiri_rows *rows,
                    uint32_t gate);
/* Takes `rows` out; it is not retired. */
void weiri_list_drop(struct weir_matcher *m, struct weiri_rows *rows);
/* Puts `by` in the place of `rows`, with its gate. */
void weiri_list_swap(const struct weiri_rows *rows, struct weiri_rows *by);

uint32_t weiri_list_gate(const struct weiri_rows *rows);
void weiri_list_set_gate(const struct weiri_rows *rows, uint32_t gate);
/* The gate for a row alone: by the attribute of a bucket of presence, else by the narrowest. */
uint32_t weiri_gate_of(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                       const struct weiri_row *row);
/* The gate by one slot. */
uint32_t weiri_gate_by(const struct weiri_row *row, uint8_t slot);
/* For all behind either. */
uint32_t weiri_gate_join(uint32_t gate, uint32_t other);

static inline bool weiri_gate_admits(uint32_t gate, const uint8_t *codes)
{
    const uint32_t code = codes[gate & 255];

    return code >= (gate >> 8 & 255) && code <= gate >> 16;
}

#endif /* WEIRI_LISTS_H */
