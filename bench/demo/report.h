/* report.h - what the demonstration says at its end. */
#ifndef WEIR_DEMO_REPORT_H
#define WEIR_DEMO_REPORT_H

#include "demo.h"

/* Asks every broker about its links and prints forwarded, spared and suppressed for each link. */
void report_links(const struct demo *demo);
/* Lets weir-judge compare the files and prints its verdict; true when all is exact. */
bool report_verdict(const struct demo *demo);

#endif /* WEIR_DEMO_REPORT_H */
