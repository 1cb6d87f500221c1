/* normal.c - untrusted bytes of normal forms: what is accepted is canonical, prints, evaluates and
 * covers itself. */
#include "require.h"

#include <string.h>

#include <weir/normal.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[1 << 16];
    const struct weir_str bytes = {(const char *)data, size};
    const struct weir_attr attr = {WEIR_STR("x"), weir_value_string(WEIR_STR("abc"))};
    enum weir_filter_role role = WEIR_ROLE_SUBSCRIPTION;
    struct weir_normal *normal;
    struct weir_scratch *scratch;
    uint8_t *encoded;
    size_t encoded_size;
    struct weir_notification n;

    if (weir_normal_decode(&normal, role, bytes, NULL) != WEIR_OK) {
        role = WEIR_ROLE_ADVERTISEMENT;
        if (weir_normal_decode(&normal, role, bytes, NULL) != WEIR_OK)
            return 0;
    }
    require(weir_normal_role(normal) == role);
    require(weir_str_equal(weir_normal_bytes(normal), bytes));
    require(weir_normal_covers(normal, normal, NULL));
    weir_normal_print(text, sizeof text, normal);
    require(weir_scratch_create(&scratch, NULL) == WEIR_OK);
    require(weir_notification_encode(&encoded, &encoded_size, &attr, 1, WEIR_STR(""), NULL, NULL) ==
            WEIR_OK);
    n = weir_notification_view(encoded, encoded_size);
    if (role == WEIR_ROLE_SUBSCRIPTION)
        weir_normal_eval(normal, &n, scratch);
    else
        weir_normal_conforms(normal, &n, scratch);
    free(encoded);
    weir_scratch_destroy(scratch);
    weir_normal_destroy(normal);
    return 0;
}
