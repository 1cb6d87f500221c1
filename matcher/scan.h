/* scan.h - which rows of a block or page admit a notification's codes, by the best instructions
 * that the processor has. */
#ifndef WEIRI_SCAN_H
#define WEIRI_SCAN_H

#include "internal.h"

struct weiri_scan {
    const char *name; /* "avx512", "avx2", "scalar" */
    /* *maybe: live rows whose columns admit the codes; *sure: those of them that match for certain.
     */
    void (*block)(const struct weiri_block *block, const struct weiri_look *look, uint64_t *maybe,
                  uint64_t *sure);
    /* Appends the refs of the rows in `rows` to `out`, which has room for 64 and 16 more. */
    uint32_t (*take)(const uint32_t *refs, uint64_t rows, uint32_t *out);
    /* maybe[p]: the live rows of page p that the bitmaps admit; up to the sheet's capacity, and
     * some words more may be written.  Has the processor fetch their codes. */
    void (*bitmaps)(const struct weiri_sheet *sheet, const uint8_t *codes,
                    uint64_t maybe[WEIRI_SHEET_PAGES]);
    /* Of `rows` of a page those that their codes admit; *sure as of a block. */
    uint64_t (*rows)(uintptr_t codes, uint64_t rows, const struct weiri_look *look, uint64_t *sure);
};

extern const struct weiri_scan weiri_scan_scalar;
/* For scans that have none of their own. */
void weiri_scan_scalar_bitmaps(const struct weiri_sheet *sheet, const uint8_t *codes,
                               uint64_t maybe[WEIRI_SHEET_PAGES]);
uint64_t weiri_scan_scalar_rows(uintptr_t codes, uint64_t rows, const struct weiri_look *look,
                                uint64_t *sure);
/* Those for this processor, the best first, the scalar one last; how many. */
#define WEIRI_SCANS_MAX 3u
uint32_t weiri_scan_all(const struct weiri_scan **out);
const struct weiri_scan *weiri_scan_best(void);
/* For tests and measurements: the scratch matches by this one from now on, not by the best. */
void weiri_match_scratch_use(struct weir_match_scratch *scratch, const struct weiri_scan *scan);

#endif /* WEIRI_SCAN_H */
