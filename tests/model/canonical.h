/* canonical.h - says whether an accepted notification is the one possible encoding of its meaning,
 * by encoding again what was read.  Shared by the tests of the model and the fuzzer. */
#ifndef TESTS_MODEL_CANONICAL_H
#define TESTS_MODEL_CANONICAL_H

#include <weir/alloc.h>
#include <weir/limits.h>
#include <weir/notification.h>

#include <string.h>

/* Reads the stamps back; false when there are none. */
static inline bool stamps_of(const struct weir_notification *n, struct weir_stamps *stamps)
{
    struct weir_value value;

    memset(stamps, 0, sizeof *stamps);
    if (!weir_notification_stamp_get(n, WEIR_STAMP_ID, &value))
        return false;
    stamps->id = value.u.string;
    if (weir_notification_stamp_get(n, WEIR_STAMP_ORIGIN, &value))
        stamps->origin_len = value.u.string.len;
    if (weir_notification_stamp_get(n, WEIR_STAMP_PUBLISHER, &value))
        stamps->publisher = value.u.string;
    if (weir_notification_stamp_get(n, WEIR_STAMP_TS, &value))
        stamps->ts_ns = value.u.integer;
    return true;
}

/* WEIR_OK, or WEIR_EINVAL if the bytes differ. */
static inline enum weir_err check_canonical(const struct weir_notification *n)
{
    struct weir_attr attrs[WEIR_ATTRS_MAX + 1];
    struct weir_notification view;
    struct weir_stamps stamps;
    uint8_t *bytes;
    size_t size;
    enum weir_err err;

    for (size_t i = 0; i < n->attr_count; i++)
        attrs[i] = weir_notification_attr(n, i);
    err = weir_notification_encode(&bytes, &size, attrs, n->attr_count, weir_notification_body(n),
                                   NULL, NULL);
    if (err != WEIR_OK)
        return err;
    if (stamps_of(n, &stamps)) {
        uint8_t *stamped;

        view = weir_notification_view(bytes, size);
        size = weir_notification_stamped_size(&view, &stamps);
        stamped = weiri_alloc(NULL, size);
        if (stamped != NULL)
            weir_notification_stamp(stamped, &view, &stamps);
        weiri_release(NULL, bytes);
        if (stamped == NULL)
            return WEIR_ENOMEM;
        bytes = stamped;
    }
    err = size == n->size && memcmp(bytes, n->bytes, size) == 0 ? WEIR_OK : WEIR_EINVAL;
    weiri_release(NULL, bytes);
    return err;
}

#endif /* TESTS_MODEL_CANONICAL_H */
