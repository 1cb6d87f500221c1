/* notification.c - untrusted notifications: what the validator accepts is canonical. */
#include "model/canonical.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_notification_problem problem = {
        NULL, {NULL, 0}
    };
    struct weir_notification n;

    if (weir_notification_open(&n, data, size, &problem) != WEIR_OK) {
        if (problem.text == NULL)
            abort();
        return 0;
    }
    for (size_t i = 0; i < n.attr_count; i++) {
        struct weir_attr attr = weir_notification_attr(&n, i);
        struct weir_value found;

        if (!weir_notification_find(&n, attr.name, &found) ||
            !weir_value_equal(&attr.value, &found))
            abort();
    }
    if (check_canonical(&n) != WEIR_OK)
        abort();
    return 0;
}
