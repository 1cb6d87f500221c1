/* ids.h - from ids to forms: a radix tree, four bytes an id where ids are dense.
 *
 * The writer's alone.  Ids that lie far apart cost up to some hundred bytes each. */
#ifndef WEIRI_IDS_H
#define WEIRI_IDS_H

#include <stdint.h>
#include <weir/alloc.h>

#define WEIRI_IDS_NONE UINT32_MAX

struct weiri_ids_node;

struct weiri_ids {
    const struct weir_alloc *alloc;
    struct weiri_ids_node *root;
    uint32_t count;
};

void weiri_ids_init(struct weiri_ids *ids, const struct weir_alloc *alloc);
void weiri_ids_fini(struct weiri_ids *ids);
/* What the id leads to, or NONE. */
uint32_t weiri_ids_get(const struct weiri_ids *ids, uint32_t id);
/* Obtains the memory for setting the id, which leads nowhere yet. */
WEIR_MUST_USE bool weiri_ids_reserve(struct weiri_ids *ids, uint32_t id);
/* Takes back a reservation that was not used. */
void weiri_ids_unreserve(struct weiri_ids *ids, uint32_t id);
/* After a reservation. */
void weiri_ids_set(struct weiri_ids *ids, uint32_t id, uint32_t to);
/* The id is set. */
void weiri_ids_clear(struct weiri_ids *ids, uint32_t id);
/* The least id that is set; there is one. */
uint32_t weiri_ids_any(const struct weiri_ids *ids);

#endif /* WEIRI_IDS_H */
