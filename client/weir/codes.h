/* codes.h - what the codes of diagnostics mean. */
#ifndef CODES_H
#define CODES_H

#include <stdbool.h>

/* Explains a code such as "F203" on stdout, or lists all for "codes"; false for any other word. */
bool codes_explain(const char *word);

#endif /* CODES_H */
