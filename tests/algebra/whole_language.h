/* whole_language.h - random filters over the whole language, with the values at its edges. */
#ifndef TESTS_ALGEBRA_WHOLE_LANGUAGE_H
#define TESTS_ALGEBRA_WHOLE_LANGUAGE_H

#include "random.h"

/* Writes the text of a filter of up to 3^depth predicates, terminated; it compiles nearly always
 * (constant arithmetic may overflow). */
void whole_language_filter(char *out, size_t size, struct random_source *r, unsigned depth);

#endif /* TESTS_ALGEBRA_WHOLE_LANGUAGE_H */
