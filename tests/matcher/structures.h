/* structures.h - random filters that fill each structure of the index, notifications for them, and
 * what of the index has been reached. */
#ifndef TESTS_MATCHER_STRUCTURES_H
#define TESTS_MATCHER_STRUCTURES_H

#include "forms.h"
#include "internal.h"
#include "members.h"
#include "normal/support.h"
#include "rows.h"

#define LONG_TEXT 60000u
#define MANY_ATTRS 150u

/* How filters of a kind are made. */
struct shape {
    const char *name;
    unsigned weights[6]; /* of the parts below, in percent of the conjunctions */
    unsigned keys;       /* different values or attributes that filters are found by */
    unsigned columns;    /* different attributes beside those */
    unsigned range;      /* of the constants */
    unsigned terms;      /* conjunctions of a filter at most */
    size_t filters;
};

enum part { PART_KEY, PART_RANGES, PART_TEXT, PART_MANY, PART_ABSENT, PART_RESIDUAL };

static inline size_t shape_word(char *out, size_t size, struct random_source *r, size_t len_max)
{
    size_t len = 1 + random_below(r, len_max);

    if (len >= size)
        len = size - 1;
    for (size_t i = 0; i < len; i++)
        out[i] = (char)('a' + random_below(r, 3));
    out[len] = '\0';
    return len;
}

/* A condition on a numbered attribute with a constant that values come close to. */
static inline size_t shape_range(char *out, size_t size, struct random_source *r, char letter,
                                 unsigned attrs, unsigned range)
{
    static const char *const signs[] = {">", ">=", "<", "<=", "<>"};
    const unsigned attr = (unsigned)random_below(r, attrs);
    const unsigned n = (unsigned)random_below(r, range);
    const char *sign = signs[random_below(r, COUNT_OF(signs))];

    switch (random_below(r, 10)) {
    case 0:
        return (size_t)snprintf(out, size, "%c%u BETWEEN %u AND %u", letter, attr, n,
                                n + (unsigned)random_below(r, range / 4 + 1));
    case 1: return (size_t)snprintf(out, size, "%c%u %s %u.5", letter, attr, sign, n);
    case 2:
        return (size_t)snprintf(out, size, "%c%u >= 'abcdefgh%u' AND %c%u < 'abcdefgi'", letter,
                                attr, n % 10, letter, attr);
    case 3:
        return (size_t)snprintf(out, size, "%c%u IS INT AND %c%u > %u", letter, attr, letter, attr,
                                n);
    case 4:
        return (size_t)snprintf(out, size, "(%c%u IS NULL OR %c%u > %u)", letter, attr, letter,
                                attr, n);
    case 5:
        return (size_t)snprintf(out, size, "%c%u IN (%u, %u, %u.5, 'abcdefgh')", letter, attr, n,
                                n + 3, n);
    default: return (size_t)snprintf(out, size, "%c%u %s %u", letter, attr, sign, n);
    }
}

static inline size_t shape_text(char *out, size_t size, struct random_source *r)
{
    char one[8], two[8];

    shape_word(one, sizeof one, r, 6);
    shape_word(two, sizeof two, r, 3);
    switch (random_below(r, 6)) {
    case 0: return (size_t)snprintf(out, size, "s STARTS WITH '%s'", one);
    case 1: return (size_t)snprintf(out, size, "s ENDS WITH '%s'", one);
    case 2: return (size_t)snprintf(out, size, "s LIKE '%s%%%s'", two, one);
    case 3: return (size_t)snprintf(out, size, "s CONTAINS '%s' AND s CONTAINS '%s'", one, two);
    default: return (size_t)snprintf(out, size, "s CONTAINS '%s'", one);
    }
}

static inline size_t shape_conjunction(char *out, size_t size, struct random_source *r,
                                       const struct shape *shape)
{
    size_t at = random_below(r, 100), len = 0, more = random_below(r, shape->columns > 10 ? 12 : 8);
    unsigned part = 0;

    while (at >= shape->weights[part])
        at -= shape->weights[part++];
    switch ((enum part)part) {
    case PART_KEY:
        len = (size_t)snprintf(out, size, "k = 'key%u'", (unsigned)random_below(r, shape->keys));
        break;
    case PART_RANGES: len = shape_range(out, size, r, 'p', shape->keys, shape->range); break;
    case PART_TEXT: len = shape_text(out, size, r); break;
    case PART_MANY: return shape_range(out, size, r, 'm', MANY_ATTRS, shape->range);
    case PART_ABSENT:
        len = (size_t)snprintf(out, size, "NOT EXISTS(p%u)", (unsigned)random_below(r, 5));
        break;
    case PART_RESIDUAL:
        return (size_t)snprintf(out, size, "p0 + %u < c0", (unsigned)random_below(r, shape->range));
    }
    if (part != PART_RANGES && more <= 4)
        more = 5;
    for (size_t i = 4; i < more; i++) {
        len += (size_t)snprintf(out + len, size - len, " AND ");
        len += shape_range(out + len, size - len, r, 'c', shape->columns, shape->range);
    }
    return len;
}

static inline void shape_filter(char *out, size_t size, struct random_source *r,
                                const struct shape *shape)
{
    size_t len = 0;

    for (size_t terms = 1 + random_below(r, shape->terms), i = 0; i < terms; i++) {
        len += (size_t)snprintf(out + len, size - len, "%s(", i > 0 ? " OR " : "");
        len += shape_conjunction(out + len, size - len, r, shape);
        len += (size_t)snprintf(out + len, size - len, ")");
    }
}

static inline struct weir_value shape_value(struct random_source *r, unsigned range)
{
    static const char *const strings[] = {"abcdefgh",  "abcdefgh4", "abcdefgh41",
                                          "abcdefgh~", "abcdefgi",  ""};
    const int64_t n = (int64_t)random_below(r, range + 4) - 2;

    switch (random_below(r, 8)) {
    case 0: return weir_value_double((double)n + 0.5);
    case 1: return weir_value_double((double)n);
    case 2: return weir_value_string(weir_str_of(strings[random_below(r, COUNT_OF(strings))]));
    case 3: return weir_value_timestamp(n);
    default: return weir_value_int(n);
    }
}

/* Encoded bytes, to be freed. */
static inline uint8_t *shape_notification(struct weir_notification *out, struct random_source *r,
                                          const struct shape *shape)
{
    static char names[5 + 40 + MANY_ATTRS][8], text[LONG_TEXT + 16];
    struct weir_attr attrs[128];
    size_t count = 0, size;
    uint8_t *bytes;
    const bool is_long = random_below(r, 700) < shape->weights[PART_TEXT];

    if (random_chance(r, 90))
        attrs[count++] = (struct weir_attr){
            WEIR_STR("k"),
            weir_value_string(random_chance(r, 50) ? WEIR_STR("key0") : WEIR_STR("key1"))};
    if (random_chance(r, 90)) {
        const size_t before = is_long ? LONG_TEXT : 0;

        memset(text, 'd', before);
        size = before + shape_word(text + before, 16, r, 14);
        attrs[count++] =
            (struct weir_attr){WEIR_STR("s"), weir_value_string((struct weir_str){text, size})};
    }
    for (size_t i = 0; i < COUNT_OF(names) && count < 126; i++) {
        const char letter = i < 5 ? 'p' : i < 45 ? 'c' : 'm';
        const size_t number = i < 5 ? i : i < 45 ? i - 5 : i - 45;

        if ((letter == 'c' && number >= shape->columns) ||
            (letter == 'm' && (shape->weights[PART_MANY] == 0 || random_chance(r, 40))) ||
            random_chance(r, 25))
            continue;
        snprintf(names[i], sizeof names[i], "%c%zu", letter, number);
        attrs[count++] = (struct weir_attr){weir_str_of(names[i]), shape_value(r, shape->range)};
    }
    if (weir_notification_encode(&bytes, &size, attrs, count, WEIR_STR(""), NULL, NULL) != WEIR_OK)
        abort();
    *out = weir_notification_view(bytes, size);
    return bytes;
}

/* The most that was seen of each. */
struct reached {
    uint32_t blocks_full, blocks_mixed, blocks_listed; /* of 64 rows; in one list */
    uint32_t blocks_sets, blocks_fine;                 /* with columns of sets, with fine parts */
    uint32_t pages, pages_full, pages_wide, page_columns;
    uint32_t sheets_listed, sheet_pages;
    uint32_t kinds[WEIRI_KEY_KINDS]; /* rows under each kind of key */
    uint32_t slots, versions, sweeps, leaving;
    uint32_t marks, groups, members, places, complete;
};

static inline void reached_raise(uint32_t *most, uint32_t now)
{
    if (now > *most)
        *most = now;
}

static inline void reached_rows(struct reached *now, const struct weiri_rows *rows)
{
    const struct weiri_list *list = rows->bucket->list;

    now->kinds[rows->bucket->key.kind] += rows->count;
    if (rows->kind == WEIRI_PAGE) {
        const struct weiri_page *page = (const struct weiri_page *)rows;

        now->pages++;
        now->pages_full += rows->count == WEIRI_PAGE_ROWS;
        now->pages_wide += (page->codes & WEIRI_WIDE) != 0;
        reached_raise(&now->sheets_listed, list->count);
        reached_raise(&now->sheet_pages, page->sheet->rows.count);
        reached_raise(&now->page_columns, rows->columns);
    } else {
        const struct weiri_block *block = (const struct weiri_block *)rows;

        now->blocks_full += rows->count == WEIRI_BLOCK_ROWS;
        now->blocks_mixed += rows->columns > 0 && block->slots[0] == WEIRI_MIXED;
        now->blocks_sets += block->sets != 0;
        now->blocks_fine += rows->columns > 0 && block->fine_at[0] != 0;
        reached_raise(&now->blocks_listed, list->count);
        now->complete += (uint32_t)__builtin_popcountll(block->complete & block->live);
    }
}

/* Looks at all of the index. */
static inline void reached_look(struct reached *most, const struct weir_matcher *m)
{
    struct reached now = {0};
    uint32_t *const all = (uint32_t *)(void *)most;
    const uint32_t *const some = (const uint32_t *)(const void *)&now;

    for (uint32_t i = 0; i < weiri_table_end(&m->rows); i++) {
        const struct weiri_rows *rows = weiri_table_find(&m->rows, i);

        if (rows != NULL && rows->count > 0)
            reached_rows(&now, rows);
    }
    for (uint32_t i = 0; i < weiri_table_end(&m->forms); i++) {
        const struct weiri_form *form = weiri_table_find(&m->forms, i);

        if (form == NULL || form->members == WEIRI_MEMBER_GONE)
            continue;
        now.marks += weiri_form_mark(form) != WEIRI_NONE;
        reached_raise(&now.members, weiri_members_count(form));
        reached_raise(&now.places, form->place_count);
    }
    for (uint32_t i = 0; i < WEIRI_SLOTS; i++) {
        const struct weiri_slot *slot = m->slots[i];

        now.slots += slot != NULL;
        now.leaving += slot != NULL && slot->leaving;
    }
    now.sweeps = m->sweep_at != WEIRI_NONE;
    now.versions = m->version;
    now.groups = m->group_count;
    for (size_t i = 0; i < sizeof now / sizeof *all; i++)
        reached_raise(&all[i], some[i]);
}

#endif /* TESTS_MATCHER_STRUCTURES_H */
