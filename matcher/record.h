/* record.h - conjunctions as compact bytes, which decide exactly.
 *
 *    varint count, then for each constraint, attributes in the order of the conjunction:
 *        u8 kinds (of struct weir_domain), 0x80 set where lists of texts follow
 *        varint attribute
 *        where it has numbers, timestamps, strings: intervals
 *        where 0x80: contains, ends, contains_not, ends_not: varint count, varint texts
 *    varint count, then for each residual: varint
 *    intervals: varint count, each u8 ends, low, high
 *    low, high: number zigzag varint, or 8 bytes where it is a double; timestamp zigzag varint;
 *               string varint text
 *
 * Attributes, texts and residuals are handles, held by the record.  Equal conjunctions have equal
 * records. */
#ifndef WEIRI_RECORD_H
#define WEIRI_RECORD_H

#include "probe.h"

/* Appends the record of a conjunction and holds what it names; false for want of memory, and then
 * nothing is held. */
WEIR_MUST_USE bool weiri_record_put(struct weir_matcher *m, struct weiri_buf *out,
                                    const struct weir_conjunction *conjunction);
/* The byte after a record. */
const uint8_t *weiri_record_end(const uint8_t *record);
/* Lets go of what it names. */
void weiri_record_let_go(struct weir_matcher *m, const uint8_t *record);

/* TRUE or FALSE; UNKNOWN where it hangs on a residual that ran out of its budget. */
enum weir_truth weiri_record_eval(const uint8_t *record, struct weiri_probe *probe);

/* Begins a walk over the constraints. */
void weiri_record_walk(struct weiri_record_walk *walk, const uint8_t *record);
/* Goes to the next constraint; false after the last. */
bool weiri_record_next(struct weiri_record_walk *walk, const struct weir_matcher *m);
/* How many constraints and residuals the record has. */
uint32_t weiri_record_constraints(const uint8_t *record);
uint32_t weiri_record_residuals(const uint8_t *record);

#endif /* WEIRI_RECORD_H */
