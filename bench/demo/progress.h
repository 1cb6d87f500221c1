/* progress.h - what is shown while the feed runs: a table that updates on a terminal, a plain line
 * a second otherwise. */
#ifndef WEIR_DEMO_PROGRESS_H
#define WEIR_DEMO_PROGRESS_H

#include "demo.h"

struct progress {
    const struct demo *demo;
    bool terminal;
    uint64_t start_ns, shown_ns;
    unsigned long published, delivered; /* when shown last */
    unsigned lines;                     /* of the table on the screen */
};

void progress_begin(struct progress *progress, const struct demo *demo);
/* Shows the counters if it is time to. */
void progress_update(struct progress *progress);
/* Shows them a last time. */
void progress_end(struct progress *progress);

/* "1234567" with thousands separated by commas, terminated; the caller gives COMMAS_SIZE bytes. */
#define COMMAS_SIZE 32
const char *with_commas(char *out, unsigned long long number);

#endif /* WEIR_DEMO_PROGRESS_H */
