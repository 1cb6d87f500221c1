/* texts.h - each string constant of the filters once, under a handle. */
#ifndef WEIRI_TEXTS_H
#define WEIRI_TEXTS_H

#include "hash.h"
#include "map.h"
#include "table.h"

struct weiri_texts {
    struct weiri_table table;
    struct weiri_map map;
    size_t size; /* bytes of the texts that are held */
};

/* `t` stays where it is until the last text is reclaimed. */
void weiri_texts_init(struct weiri_texts *t, struct weiri_retire_list *retired,
                      const struct weir_alloc *alloc);
/* Releases all texts that are held, after what was retired has been reclaimed. */
void weiri_texts_fini(struct weiri_texts *t);
/* The handle of a text, or WEIRI_TABLE_NONE; for readers. */
uint32_t weiri_texts_find(const struct weiri_texts *t, struct weir_str text);
/* Holds the text once more and gives its handle, or WEIRI_TABLE_NONE for want of memory. */
WEIR_MUST_USE uint32_t weiri_texts_hold(struct weiri_texts *t, struct weir_str text);
/* Lets go of it; the last one retires it. */
void weiri_texts_let_go(struct weiri_texts *t, uint32_t handle);
/* Borrowed while held (and by readers until reclaimed). */
struct weir_str weiri_texts_at(const struct weiri_texts *t, uint32_t handle);
/* Its hash, kept: the one that weiri_text_hash gives. */
uint32_t weiri_texts_hash(const struct weiri_texts *t, uint32_t handle);
/* Bytes held, retired texts aside. */
size_t weiri_texts_bytes(const struct weiri_texts *t);

#endif /* WEIRI_TEXTS_H */
