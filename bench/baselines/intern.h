/* intern.h - byte strings as small numbers, in the order in which they came. */
#ifndef BASELINES_INTERN_H
#define BASELINES_INTERN_H

#include <weir/base.h>

#define INTERN_NONE UINT32_MAX

struct intern {
    const struct weir_alloc *alloc;
    struct weir_str *strings; /* copies */
    size_t count, capacity;
    uint32_t *slots; /* number + 1, hashed; at most half are taken */
    size_t slot_count;
};

void intern_init(struct intern *intern, const struct weir_alloc *alloc);
void intern_fini(struct intern *intern);
/* The number of the string, a new one where it is not there yet; INTERN_NONE for want of memory. */
uint32_t intern_add(struct intern *intern, struct weir_str string);
/* INTERN_NONE where it is not there. */
uint32_t intern_find(const struct intern *intern, struct weir_str string);

#endif /* BASELINES_INTERN_H */
