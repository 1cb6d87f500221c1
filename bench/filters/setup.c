/* setup.c - the objects that are measured. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bench_die(const char *what)
{
    (void)fprintf(stderr, "weir-bench-filters: %s\n", what);
    exit(2);
}

struct weir_filter *bench_compile(const char *text, const struct weir_alloc *alloc)
{
    struct weir_filter *filter = NULL;
    struct weir_diags diags;

    if (weir_filter_compile(&filter, weir_str_of(text), &diags, alloc) != WEIR_OK) {
        (void)fprintf(stderr, "%.200s\n", text);
        bench_die(diags.count == 0 ? "out of memory" : diags.v[0].message);
    }
    return filter;
}

struct weir_normal *bench_normal(const struct weir_filter *filter, enum weir_filter_role role,
                                 const struct weir_alloc *alloc)
{
    struct weir_normal *normal = NULL;

    if (weir_normal_create(&normal, filter, role, alloc) != WEIR_OK)
        bench_die("out of memory");
    return normal;
}

struct weir_scratch *bench_scratch(void)
{
    struct weir_scratch *scratch = NULL;

    if (weir_scratch_create(&scratch, NULL) != WEIR_OK)
        bench_die("out of memory");
    return scratch;
}

uint8_t *bench_notification(struct weir_notification *n, const struct weir_attr *attrs,
                            size_t count)
{
    uint8_t *bytes = NULL;
    size_t size = 0;

    if (weir_notification_encode(&bytes, &size, attrs, count, WEIR_STR(""), NULL, NULL) != WEIR_OK)
        bench_die("this notification cannot be encoded");
    *n = weir_notification_view(bytes, size);
    return bytes;
}

uint8_t *bench_subject(struct weir_notification *n, const char *unit, size_t size)
{
    char *text = malloc(BENCH_SUBJECT_SIZE);
    size_t unit_len = strlen(unit), len = 0;
    uint8_t *bytes;
    struct weir_attr attrs[] = {
        {WEIR_STR("a"), {0}              },
        {WEIR_STR("b"), {0}              },
        {WEIR_STR("n"), weir_value_int(7)},
    };

    if (text == NULL)
        bench_die("out of memory");
    while (unit_len != 0 && len + unit_len <= size && len + unit_len <= BENCH_SUBJECT_SIZE) {
        memcpy(text + len, unit, unit_len);
        len += unit_len;
    }
    attrs[0].value = attrs[1].value = weir_value_string((struct weir_str){text, len});
    bytes = bench_notification(n, attrs, sizeof attrs / sizeof attrs[0]);
    free(text);
    return bytes;
}
