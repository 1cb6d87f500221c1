/* forms.h - distinct normal forms and the ids that have them. */
#ifndef WEIRI_FORMS_H
#define WEIRI_FORMS_H

#include "internal.h"

/* The records of a normal form's conjunctions, one behind the other. */
struct weiri_records {
    const uint8_t *bytes;
    uint32_t size, conjunctions;
};

void weiri_forms_init(struct weir_matcher *m);
void weiri_forms_fini(struct weir_matcher *m);

static inline struct weiri_form *weiri_form_at(const struct weir_matcher *m, uint32_t handle)
{
    return weiri_table_at(&m->forms, handle);
}

/* Its mark, or NONE where a notification can satisfy but one of its conjunctions. */
static inline uint32_t weiri_form_mark(const struct weiri_form *form)
{
    return form->marked ? form->places[form->place_count] : WEIRI_NONE;
}
/* The record of a conjunction.  Linear in those before it. */
const uint8_t *weiri_form_record(const struct weiri_form *form, uint32_t conjunction);

/* Adds an id that is not held; what the records name goes over to its form.  False for want of
 * memory, and then the records are the caller's still. */
WEIR_MUST_USE bool weiri_forms_add(struct weir_matcher *m, uint32_t id, uint32_t group,
                                   const struct weiri_records *records);
/* Removes an id that is held. */
void weiri_forms_remove(struct weir_matcher *m, uint32_t id);
/* Releases retired forms, from the first on, when no reader can see them any more. */
void weiri_forms_reclaim(struct weir_matcher *m, uint32_t first);
/* Lets go of what records name. */
void weiri_records_let_go(struct weir_matcher *m, const struct weiri_records *records);

#endif /* WEIRI_FORMS_H */
