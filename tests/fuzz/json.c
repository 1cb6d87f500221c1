/* json.c - any bytes as a notification's JSON: what is read is the same after writing. */
#include <weir/json.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_str text = {(const char *)data, size};
    struct weir_notification n;
    uint8_t *bytes, *again;
    size_t len, again_len;
    char *written;

    if (weir_notification_from_json(&bytes, &len, text, NULL, NULL) != WEIR_OK)
        return 0;
    if (weir_notification_open(&n, bytes, len, NULL) != WEIR_OK)
        abort();
    text.len = weir_notification_to_json(NULL, 0, &n);
    written = malloc(text.len + 1);
    if (written == NULL || weir_notification_to_json(written, text.len + 1, &n) != text.len)
        abort();
    text.ptr = written;
    if (weir_notification_from_json(&again, &again_len, text, NULL, NULL) != WEIR_OK)
        abort();
    if (again_len != len || memcmp(again, bytes, len) != 0)
        abort();
    free(again);
    free(written);
    free(bytes);
    return 0;
}
