/* support.h - what the tests of filters share. */
#ifndef TESTS_FILTERS_SUPPORT_H
#define TESTS_FILTERS_SUPPORT_H

#include <weir/filter.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static inline struct weir_filter *must_compile(const char *text)
{
    struct weir_diags diags;
    struct weir_filter *filter = NULL;
    enum weir_err err = weir_filter_compile(&filter, weir_str_of(text), &diags, NULL);

    if (err != WEIR_OK)
        fail_msg("%s: %s: %s", text, weir_err_text(err),
                 diags.count != 0 ? diags.v[0].message : "");
    return filter;
}

#endif /* TESTS_FILTERS_SUPPORT_H */
