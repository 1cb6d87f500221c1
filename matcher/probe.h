/* probe.h - a notification with its attributes looked up once. */
#ifndef WEIRI_PROBE_H
#define WEIRI_PROBE_H

#include "internal.h"

#define WEIRI_PROBE_VALUES (WEIR_ATTRS_MAX + WEIR_STAMP_COUNT)
#define WEIRI_PROBE_PLACES 512u /* a power of two, well above VALUES */

struct weiri_probe {
    const struct weir_matcher *matcher;
    const struct weir_notification *notification;
    struct weir_scratch *scratch; /* for residuals */
    uint32_t undecided;           /* residuals that ran out of their budget */
    uint32_t count;
    const struct weiri_attr *attrs[WEIRI_PROBE_VALUES]; /* those that filters name */
    struct weir_value values[WEIRI_PROBE_VALUES];
    bool indexed;                        /* the two below are known */
    uint32_t texts[WEIRI_PROBE_VALUES];  /* handle of a string; NONE: no filter has it */
    uint16_t places[WEIRI_PROBE_PLACES]; /* index + 1 of an attribute's handle, hashed */
    struct weiri_look look;
};

/* Looks everything up; O(attributes of the notification). */
void weiri_probe_begin(struct weiri_probe *p, const struct weir_matcher *m,
                       const struct weir_notification *notification);
/* What records need to find values and texts, unless it has been done. */
void weiri_probe_index(struct weiri_probe *p);
/* The index of the attribute's value, or NONE where it is absent. */
static inline uint32_t weiri_probe_find(const struct weiri_probe *p, uint32_t attr);

static inline uint32_t weiri_probe_place(uint32_t attr)
{
    return attr * UINT32_C(0x9e3779b9) >> 23;
}

static inline uint32_t weiri_probe_find(const struct weiri_probe *p, uint32_t attr)
{
    for (uint32_t at = weiri_probe_place(attr);; at = (at + 1) % WEIRI_PROBE_PLACES) {
        if (p->places[at] == 0)
            return WEIRI_NONE;
        if (p->attrs[p->places[at] - 1u]->handle == attr)
            return p->places[at] - 1u;
    }
}

#endif /* WEIRI_PROBE_H */
