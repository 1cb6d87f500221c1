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
    /* The same of the rows of a page, words of 64 each. */
    void (*page)(const struct weiri_page *page, const uint8_t *codes, uint64_t *maybe,
                 uint64_t *sure);
};

extern const struct weiri_scan weiri_scan_scalar;
/* For scans that have none of their own. */
void weiri_scan_scalar_page(const struct weiri_page *page, const uint8_t *codes, uint64_t *maybe,
                            uint64_t *sure);
/* Those for this processor, the best first, the scalar one last; how many. */
#define WEIRI_SCANS_MAX 3u
uint32_t weiri_scan_all(const struct weiri_scan **out);
const struct weiri_scan *weiri_scan_best(void);
/* For tests and measurements: the scratch matches by this one from now on, not by the best. */
void weiri_match_scratch_use(struct weir_match_scratch *scratch, const struct weiri_scan *scan);

#endif /* WEIRI_SCAN_H */
