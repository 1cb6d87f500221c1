/* internal.h - what the matcher holds.
 *
 *   form     one distinct normal form, with the ids that have it; made of
 *   entry    one conjunction, found by one of its constraints, its access; kept in
 *   list     the entries to look at when a value is met:
 *              of a bucket: an attribute equals one value (5 and 5.0 are one);
 *              of an attribute: it is present, whatever it is;
 *              of the matcher: always.
 *   pair     a form and a group that has it
 *
 * An entry whose access is a finite set is in the bucket of each value of it; a notification has
 * one value of the attribute, so it meets the entry once. */
#ifndef WEIR_MATCHER_INTERNAL_H
#define WEIR_MATCHER_INTERNAL_H

#include <weir/alloc.h>
#include <weir/matcher.h>

#include "indexmap.h"
#include "slots.h"

/* Values of a finite set beyond which it is no access by value. */
#define WEIRI_ACCESS_VALUES_MAX 16u

struct weiri_entry;

/* A constraint as it is checked.  The frequent one, a range of numbers with ends that are doubles
 * exactly, is checked here; any other by its domain. */
enum weiri_test_kind { WEIRI_TEST_NONE, WEIRI_TEST_RANGE, WEIRI_TEST_DOMAIN };

struct weiri_test {
    uint32_t slot; /* of the attribute */
    uint8_t kind;
    bool low_open, high_open;
    double low, high; /* infinite where there is no bound */
    const struct weir_domain *domain;
};

/* One of the entry's tests stands in the list, so that most entries that do not match are passed
 * over without being looked at. */
struct weiri_listed {
    struct weiri_entry *entry;
    struct weiri_test test;
};

struct weiri_list {
    struct weiri_listed *v;
    size_t capacity;
    uint32_t count;
};

struct weiri_attr {
    uint32_t slot;
    uint32_t refs; /* constraints and buckets */
    uint32_t hash;
    struct weiri_list present;
    size_t name_len;
    char name[];
};

struct weiri_bucket {
    uint32_t slot;
    uint32_t hash;
    struct weiri_attr *attr;
    struct weir_value value; /* canonical; a string points behind the bucket */
    struct weiri_list entries;
};

/* Where an entry is listed. */
struct weiri_place {
    struct weiri_list *list;
    struct weiri_bucket *bucket; /* whose list it is, or NULL */
    uint32_t index;
};

struct weiri_entry {
    struct weiri_form *form;
    struct weiri_test *tests; /* of the constraints, but for one that its list makes sure of */
    uint32_t test_count;
    uint32_t place_count;
    const struct weir_conjunction *conjunction;
    struct weiri_attr **attrs; /* of each constraint */
    uint32_t attr_count;       /* of them that are held */
    struct weiri_place *places;
};

struct weiri_member {
    uint32_t slot;
    uint32_t id;
    uint32_t index; /* in its form */
    struct weiri_pair *pair;
};

struct weiri_pair {
    uint32_t slot;
    uint32_t count; /* members */
    uint32_t index; /* in its form */
    struct weiri_form *form;
    struct weiri_group *group;
};

struct weiri_group {
    uint32_t slot;
    uint32_t group;
    uint32_t count; /* pairs */
};

struct weiri_form {
    uint32_t slot;
    uint32_t hash;
    struct weir_normal *normal;
    struct weiri_entry *entries;
    uint32_t entry_count;
    struct weiri_attr **attrs;  /* room for those of all entries */
    struct weiri_place *places; /* the same */
    struct weiri_member **members;
    size_t member_capacity;
    uint32_t member_count;
    struct weiri_pair **pairs;
    size_t pair_capacity;
    uint32_t pair_count;
};

struct weir_matcher {
    const struct weir_alloc *alloc;
    struct weiri_slots forms, attrs, buckets, members, pairs, groups;
    struct weiri_indexmap form_map, attr_map, bucket_map, member_map, pair_map, group_map;
    struct weiri_list always;
    uint32_t stamp_attrs; /* attributes that only the header of a notification holds */
};

/* ---- matcher.c */

struct weiri_group *weiri_group_find(const struct weir_matcher *m, uint32_t group);

/* ---- index.c: attributes, buckets, lists */

uint32_t weiri_hash_name(struct weir_str name);
struct weiri_attr *weiri_attr_find(const struct weir_matcher *m, struct weir_str name);
/* Finds or makes it, and holds it; NULL when memory has run out. */
struct weiri_attr *weiri_attr_hold(struct weir_matcher *m, struct weir_str name);
void weiri_attr_drop(struct weir_matcher *m, struct weiri_attr *attr);

/* `value` is canonical (weir_domain_value). */
struct weiri_bucket *weiri_bucket_find(const struct weir_matcher *m, const struct weiri_attr *attr,
                                       const struct weir_value *value);
/* Lists the entry; false when memory has run out.  `place` becomes the entry's next place. */
bool weiri_list_in_bucket(struct weir_matcher *m, struct weiri_attr *attr,
                          const struct weir_value *value, struct weiri_entry *entry);
bool weiri_list_add(struct weir_matcher *m, struct weiri_list *list, struct weiri_bucket *bucket,
                    struct weiri_entry *entry);
/* Puts a test of the listed entry into all its lists. */
void weiri_list_test(struct weiri_entry *entry, const struct weiri_test *test);
/* Takes the entry out of all its lists. */
void weiri_unlist(struct weir_matcher *m, struct weiri_entry *entry);

/* ---- form.c */

struct weiri_form *weiri_form_find(const struct weir_matcher *m, const struct weir_normal *normal);
enum weir_err weiri_form_create(struct weiri_form **out, struct weir_matcher *m,
                                const struct weir_normal *normal);
void weiri_form_destroy(struct weir_matcher *m, struct weiri_form *form);

/* ---- access.c: which constraint of a conjunction finds it */

/* Lists the entry by the constraint that is met least often.  *proven is the index of the
 * constraint that this makes sure of, or UINT32_MAX.  False when memory has run out. */
bool weiri_access_choose(uint32_t *proven, struct weir_matcher *m, struct weiri_entry *entry);
/* What weiri_access_choose has chosen. */
struct weir_access weiri_access_of(const struct weir_matcher *m, const struct weiri_entry *entry);
/* The most places that weiri_access_choose may need. */
uint32_t weiri_access_places(const struct weir_conjunction *conjunction);

/* ---- test.c */

/* A number that is a double exactly, as that. */
bool weiri_exact_double(double *real, const struct weir_value *value);
void weiri_test_init(struct weiri_test *test, const struct weiri_attr *attr,
                     const struct weir_domain *domain);
/* Passes whatever the attribute is. */
extern const struct weiri_test weiri_test_none;

/* ---- sort.c */

/* Sorts `count` numbers; `spare` has room for as many. */
void weiri_sort_u32(uint32_t *v, uint32_t *spare, size_t count);

#endif /* WEIR_MATCHER_INTERNAL_H */
