/* probe.c - looking a notification's attributes up. */
#include "probe.h"

#include "names.h"

#include <string.h>

static void add(struct weiri_probe *p, struct weir_str name, const struct weir_value *value);

void weiri_probe_begin(struct weiri_probe *p, const struct weir_matcher *m,
                       const struct weir_notification *notification)
{
    p->matcher = m;
    p->notification = notification;
    p->undecided = 0;
    p->count = 0;
    p->indexed = false;
    memset(p->look.codes, WEIRI_CODE_ABSENT, sizeof p->look.codes);
    memset(p->look.fine, WEIRI_FINE_LOW + 1, sizeof p->look.fine);
    p->look.codes[WEIRI_SLOT_ALWAYS] = 1;
    for (size_t i = 0; i < notification->attr_count; i++) {
        const struct weir_attr attr = weir_notification_attr(notification, i);

        add(p, attr.name, &attr.value);
    }
    for (int stamp = 0; stamp < WEIR_STAMP_COUNT; stamp++) {
        struct weir_value value;

        if (weir_notification_stamp_get(notification, (enum weir_stamp)stamp, &value))
            add(p, weir_stamp_name((enum weir_stamp)stamp), &value);
    }
}

void weiri_probe_index(struct weiri_probe *p)
{
    if (p->indexed)
        return;
    p->indexed = true;
    memset(p->places, 0, sizeof p->places);
    for (uint32_t i = 0; i < p->count; i++) {
        uint32_t at = weiri_probe_place(p->attrs[i]->handle);

        while (p->places[at] != 0)
            at = (at + 1) % WEIRI_PROBE_PLACES;
        p->places[at] = (uint16_t)(i + 1);
        p->texts[i] = p->values[i].type == WEIR_STRING
                          ? weiri_texts_find(&p->matcher->texts, p->values[i].u.string)
                          : WEIRI_NONE;
    }
}

static void add(struct weiri_probe *p, struct weir_str name, const struct weir_value *value)
{
    const struct weir_matcher *m = p->matcher;
    const struct weiri_attr *attr = weiri_attr_find(m, name);

    if (attr == NULL)
        return;
    p->attrs[p->count] = attr;
    p->values[p->count] = *value;
    p->count++;
    for (uint32_t i = 0; i < WEIRI_ATTR_SLOTS; i++) {
        const uint8_t number = atomic_load_explicit(&attr->slots[i], memory_order_acquire);

        if (number != 0) {
            /* None any more once no rows use it. */
            const struct weiri_slot *slot =
                atomic_load_explicit(&m->slots[number], memory_order_acquire);

            if (slot != NULL) {
                const struct weiri_code code = weiri_codes_of(slot->codes, value);

                p->look.codes[number] = code.code;
                p->look.fine[number] = code.fine;
            }
        }
    }
}
