/* names.h - attributes, residuals and groups, each once, under handles. */
#ifndef WEIRI_NAMES_H
#define WEIRI_NAMES_H

#include "internal.h"

void weiri_names_init(struct weir_matcher *m);
void weiri_names_fini(struct weir_matcher *m);

/* Hold: the handle, or NONE for want of memory.  Let go: the last one retires it. */
WEIR_MUST_USE uint32_t weiri_attr_hold(struct weir_matcher *m, struct weir_str name);
void weiri_attr_let_go(struct weir_matcher *m, uint32_t handle);
WEIR_MUST_USE uint32_t weiri_residual_hold(struct weir_matcher *m,
                                           const struct weir_residual *residual);
void weiri_residual_let_go(struct weir_matcher *m, uint32_t handle);

WEIR_MUST_USE uint32_t weiri_group_hold(struct weir_matcher *m, uint32_t group);
void weiri_group_let_go(struct weir_matcher *m, uint32_t handle);
/* Or NONE; for readers. */
uint32_t weiri_group_find(const struct weir_matcher *m, uint32_t group);
const struct weiri_group *weiri_group_at(const struct weir_matcher *m, uint32_t handle);

/* For readers: NULL if no filter names it. */
const struct weiri_attr *weiri_attr_find(const struct weir_matcher *m, struct weir_str name);
struct weiri_attr *weiri_attr_at(const struct weir_matcher *m, uint32_t handle);
const struct weiri_residual *weiri_residual_at(const struct weir_matcher *m, uint32_t handle);

#endif /* WEIRI_NAMES_H */
