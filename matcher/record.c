/* record.c - see record.h for the layout. */
#include "record.h"

#include "names.h"

#include <string.h>

#define LISTS 0x80u

#define END_LOW 1u
#define END_LOW_CLOSED 2u
#define END_HIGH 4u
#define END_HIGH_CLOSED 8u
#define END_POINT 16u /* the low end is the high one, too */
#define END_LOW_DOUBLE 32u
#define END_HIGH_DOUBLE 64u

#define KINDS_NUMBER (WEIR_KIND_INT | WEIR_KIND_DOUBLE)

enum name_kind { NAME_ATTR, NAME_TEXT, NAME_RESIDUAL };

/* A record being put. */
struct putting {
    struct weir_matcher *m;
    struct weiri_buf *out;
    bool failed;
};

/* Walks what a record names. */
typedef void name_fn(struct weir_matcher *m, enum name_kind kind, uint32_t handle);

static void put_varint(struct weiri_buf *out, uint64_t v);
static void put_zigzag(struct weiri_buf *out, int64_t v);
static void put_constraint(struct putting *p, const struct weir_constraint *constraint);
static void put_intervals(struct putting *p, const struct weir_intervals *intervals);
static void put_value(struct putting *p, const struct weir_value *value);
static void put_texts(struct putting *p, const struct weir_strings *strings);
static void put_name(struct putting *p, enum name_kind kind, uint32_t handle);
static void let_go(struct weir_matcher *m, enum name_kind kind, uint32_t handle);
static bool is_double(const struct weir_end *end);

static inline uint64_t get_varint(const uint8_t **at);
static inline int64_t get_zigzag(const uint8_t **at);
static void walk_names(const uint8_t *record, struct weir_matcher *m, name_fn *fn);
static const uint8_t *walk_intervals(const uint8_t *at, bool strings, struct weir_matcher *m,
                                     name_fn *fn);
static const uint8_t *walk_texts(const uint8_t *at, struct weir_matcher *m, name_fn *fn);
static const uint8_t *walk_constraint(const uint8_t *at, struct weir_matcher *m, name_fn *fn);
static void name_at(const uint8_t **at, enum name_kind kind, struct weir_matcher *m, name_fn *fn);

static inline bool constraint_holds(const uint8_t **at, const struct weiri_probe *probe);
static uint32_t kind_of(const struct weir_value *value);
static bool number_in(const uint8_t **at, const struct weir_value *value);
static bool timestamp_in(const uint8_t **at, int64_t value);
static bool string_in(const uint8_t **at, struct weir_str value, uint32_t text,
                      const struct weir_matcher *m);
static bool lists_hold(const uint8_t **at, const struct weir_value *value,
                       const struct weir_matcher *m);
static int compare_number(const uint8_t **at, bool end_is_double, const struct weir_value *value);
static bool in_interval(unsigned ends, int low, int high);

static void read_intervals(struct weiri_record_walk *walk, struct weir_intervals *out,
                           uint32_t which, enum weir_type type, const struct weir_matcher *m);
static void read_interval(struct weir_interval *out, const uint8_t **at, enum weir_type type,
                          const struct weir_matcher *m);
static void read_end(struct weir_end *end, const uint8_t **at, const struct weir_matcher *m);
static void read_texts(struct weiri_record_walk *walk, struct weir_strings *out, uint32_t which,
                       const struct weir_matcher *m);

bool weiri_record_put(struct weir_matcher *m, struct weiri_buf *out,
                      const struct weir_conjunction *conjunction)
{
    struct putting p = {m, out, false};

    m->held_count = 0;
    put_varint(out, conjunction->constraint_count);
    for (uint32_t i = 0; i < conjunction->constraint_count && !p.failed; i++)
        put_constraint(&p, &conjunction->constraints[i]);
    put_varint(out, conjunction->residual_count);
    for (uint32_t i = 0; i < conjunction->residual_count && !p.failed; i++)
        put_name(&p, NAME_RESIDUAL, weiri_residual_hold(m, &conjunction->residuals[i]));
    if (out->err != WEIR_OK)
        p.failed = true;
    if (p.failed) {
        for (size_t i = 0; i < m->held_count; i++)
            let_go(m, m->held[i].kind, m->held[i].handle);
    }
    return !p.failed;
}

const uint8_t *weiri_record_end(const uint8_t *record)
{
    uint64_t count = get_varint(&record);

    for (; count > 0; count--)
        record = walk_constraint(record, NULL, NULL);
    for (count = get_varint(&record); count > 0; count--)
        get_varint(&record);
    return record;
}

void weiri_record_let_go(struct weir_matcher *m, const uint8_t *record)
{
    walk_names(record, m, let_go);
}

uint32_t weiri_record_residuals(const uint8_t *record)
{
    uint64_t count = get_varint(&record);

    for (; count > 0; count--)
        record = walk_constraint(record, NULL, NULL);
    return (uint32_t)get_varint(&record);
}

enum weir_truth weiri_record_eval(const uint8_t *record, struct weiri_probe *probe)
{
    const struct weir_matcher *m = probe->matcher;
    enum weir_truth truth = WEIR_TRUE;
    uint64_t count = get_varint(&record);

    weiri_probe_index(probe);
    for (; count > 0; count--) {
        if (!constraint_holds(&record, probe))
            return WEIR_FALSE;
    }
    count = get_varint(&record);
    if (count > 0)
        weir_scratch_renew(probe->scratch);
    for (; count > 0 && truth != WEIR_FALSE; count--) {
        const struct weiri_residual *residual = weiri_residual_at(m, (uint32_t)get_varint(&record));
        enum weir_truth one =
            weir_residual_eval(&residual->residual, probe->notification, probe->scratch);

        if (one < truth)
            truth = one;
    }
    return truth;
}

uint32_t weiri_record_constraints(const uint8_t *record)
{
    return (uint32_t)get_varint(&record);
}

void weiri_record_walk(struct weiri_record_walk *walk, const uint8_t *record)
{
    walk->left = (uint32_t)get_varint(&record);
    walk->at = record;
}

bool weiri_record_next(struct weiri_record_walk *walk, const struct weir_matcher *m)
{
    struct weir_domain *domain = &walk->domain;
    uint32_t kinds;

    if (walk->left == 0)
        return false;
    walk->left--;
    walk->widened = false;
    kinds = *walk->at++;
    *domain = (struct weir_domain){.kinds = kinds & ~LISTS};
    walk->attr = (uint32_t)get_varint(&walk->at);
    if ((kinds & KINDS_NUMBER) != 0)
        read_intervals(walk, &domain->numbers, 0, WEIR_DOUBLE, m);
    if ((kinds & WEIR_KIND_TIMESTAMP) != 0)
        read_intervals(walk, &domain->timestamps, 1, WEIR_TIMESTAMP, m);
    if ((kinds & WEIR_KIND_STRING) != 0)
        read_intervals(walk, &domain->strings, 2, WEIR_STRING, m);
    if ((kinds & LISTS) != 0) {
        read_texts(walk, &domain->contains, 0, m);
        read_texts(walk, &domain->ends, 1, m);
        read_texts(walk, &domain->contains_not, WEIRI_NONE, m);
        read_texts(walk, &domain->ends_not, WEIRI_NONE, m);
    }
    return true;
}

/* ---- writing */

static void put_varint(struct weiri_buf *out, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        weiri_buf_put_u8(out, (uint8_t)(v | 0x80));
    weiri_buf_put_u8(out, (uint8_t)v);
}

static void put_zigzag(struct weiri_buf *out, int64_t v)
{
    put_varint(out, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0));
}

static void put_constraint(struct putting *p, const struct weir_constraint *constraint)
{
    const struct weir_domain *domain = &constraint->domain;
    const bool lists = domain->contains.count > 0 || domain->ends.count > 0 ||
                       domain->contains_not.count > 0 || domain->ends_not.count > 0;

    weiri_buf_put_u8(p->out, (uint8_t)(domain->kinds | (lists ? LISTS : 0)));
    put_name(p, NAME_ATTR, weiri_attr_hold(p->m, constraint->name));
    if ((domain->kinds & KINDS_NUMBER) != 0)
        put_intervals(p, &domain->numbers);
    if ((domain->kinds & WEIR_KIND_TIMESTAMP) != 0)
        put_intervals(p, &domain->timestamps);
    if ((domain->kinds & WEIR_KIND_STRING) != 0)
        put_intervals(p, &domain->strings);
    if (lists) {
        put_texts(p, &domain->contains);
        put_texts(p, &domain->ends);
        put_texts(p, &domain->contains_not);
        put_texts(p, &domain->ends_not);
    }
}

static void put_intervals(struct putting *p, const struct weir_intervals *intervals)
{
    put_varint(p->out, intervals->count);
    for (uint32_t i = 0; i < intervals->count && !p->failed; i++) {
        const struct weir_end *low = &intervals->v[i].low, *high = &intervals->v[i].high;
        const bool point = low->bounded && high->bounded && low->closed && high->closed &&
                           weir_value_equal(&low->value, &high->value);
        unsigned ends = is_double(low) ? END_LOW_DOUBLE : 0;

        if (low->bounded)
            ends |= low->closed ? END_LOW | END_LOW_CLOSED : END_LOW;
        if (point)
            ends |= END_POINT;
        else if (high->bounded)
            ends |= (high->closed ? END_HIGH | END_HIGH_CLOSED : END_HIGH) |
                    (is_double(high) ? END_HIGH_DOUBLE : 0);
        weiri_buf_put_u8(p->out, (uint8_t)ends);
        if (low->bounded)
            put_value(p, &low->value);
        if (high->bounded && !point)
            put_value(p, &high->value);
    }
}

static bool is_double(const struct weir_end *end)
{
    return end->bounded && end->value.type == WEIR_DOUBLE;
}

static void put_value(struct putting *p, const struct weir_value *value)
{
    if (value->type == WEIR_STRING)
        put_name(p, NAME_TEXT, weiri_texts_hold(&p->m->texts, value->u.string));
    else if (value->type == WEIR_DOUBLE)
        weiri_buf_put_u64(p->out, weiri_bits_of_double(value->u.real));
    else
        put_zigzag(p->out, value->u.integer);
}

static void put_texts(struct putting *p, const struct weir_strings *strings)
{
    put_varint(p->out, strings->count);
    for (uint32_t i = 0; i < strings->count && !p->failed; i++)
        put_name(p, NAME_TEXT, weiri_texts_hold(&p->m->texts, strings->v[i]));
}

/* Notes what is held, for the case that a later name cannot be. */
static void put_name(struct putting *p, enum name_kind kind, uint32_t handle)
{
    struct weir_matcher *m = p->m;
    struct weiri_held *held;

    if (p->failed || handle == WEIRI_NONE) {
        if (handle != WEIRI_NONE)
            let_go(m, kind, handle);
        p->failed = true;
        return;
    }
    held = weiri_array_grow(m->alloc, m->held, &m->held_capacity, m->held_count + 1u, sizeof *held);
    if (held == NULL) {
        let_go(m, kind, handle);
        p->failed = true;
        return;
    }
    m->held = held;
    held[m->held_count++] = (struct weiri_held){(uint8_t)kind, handle};
    put_varint(p->out, handle);
}

static void let_go(struct weir_matcher *m, enum name_kind kind, uint32_t handle)
{
    switch (kind) {
    case NAME_ATTR: weiri_attr_let_go(m, handle); break;
    case NAME_TEXT: weiri_texts_let_go(&m->texts, handle); break;
    case NAME_RESIDUAL: weiri_residual_let_go(m, handle); break;
    }
}

/* ---- walking */

static inline uint64_t get_varint(const uint8_t **at)
{
    const uint8_t *p = *at;
    uint64_t v = *p++;

    if (v >= 0x80) {
        v &= 0x7f;
        for (unsigned shift = 7;; shift += 7) {
            const uint64_t byte = *p++;

            v |= (byte & 0x7f) << shift;
            if (byte < 0x80)
                break;
        }
    }
    *at = p;
    return v;
}

static inline int64_t get_zigzag(const uint8_t **at)
{
    const uint64_t v = get_varint(at);

    return weiri_int64_of_bits(v >> 1 ^ (v & 1 ? UINT64_MAX : 0));
}

static void name_at(const uint8_t **at, enum name_kind kind, struct weir_matcher *m, name_fn *fn)
{
    const uint32_t handle = (uint32_t)get_varint(at);

    if (fn != NULL)
        fn(m, kind, handle);
}

static void walk_names(const uint8_t *record, struct weir_matcher *m, name_fn *fn)
{
    uint64_t count = get_varint(&record);

    for (; count > 0; count--)
        record = walk_constraint(record, m, fn);
    for (count = get_varint(&record); count > 0; count--)
        name_at(&record, NAME_RESIDUAL, m, fn);
}

static const uint8_t *walk_constraint(const uint8_t *at, struct weir_matcher *m, name_fn *fn)
{
    const uint32_t kinds = *at++;

    name_at(&at, NAME_ATTR, m, fn);
    if ((kinds & KINDS_NUMBER) != 0)
        at = walk_intervals(at, false, m, fn);
    if ((kinds & WEIR_KIND_TIMESTAMP) != 0)
        at = walk_intervals(at, false, m, fn);
    if ((kinds & WEIR_KIND_STRING) != 0)
        at = walk_intervals(at, true, m, fn);
    for (uint32_t list = 0; (kinds & LISTS) != 0 && list < 4; list++)
        at = walk_texts(at, m, fn);
    return at;
}

static const uint8_t *walk_intervals(const uint8_t *at, bool strings, struct weir_matcher *m,
                                     name_fn *fn)
{
    uint64_t count = get_varint(&at);

    for (; count > 0; count--) {
        const unsigned ends = *at++;

        if (strings) {
            if ((ends & END_LOW) != 0)
                name_at(&at, NAME_TEXT, m, fn);
            if ((ends & END_HIGH) != 0)
                name_at(&at, NAME_TEXT, m, fn);
            continue;
        }
        if ((ends & END_LOW_DOUBLE) != 0)
            at += 8;
        else if ((ends & END_LOW) != 0)
            get_varint(&at);
        if ((ends & END_HIGH_DOUBLE) != 0)
            at += 8;
        else if ((ends & END_HIGH) != 0)
            get_varint(&at);
    }
    return at;
}

static const uint8_t *walk_texts(const uint8_t *at, struct weir_matcher *m, name_fn *fn)
{
    uint64_t count = get_varint(&at);

    for (; count > 0; count--)
        name_at(&at, NAME_TEXT, m, fn);
    return at;
}

static void read_intervals(struct weiri_record_walk *walk, struct weir_intervals *out,
                           uint32_t which, enum weir_type type, const struct weir_matcher *m)
{
    const uint64_t count = get_varint(&walk->at);
    struct weir_interval *v = walk->intervals[which];

    *out = (struct weir_intervals){v, (uint32_t)count};
    for (uint64_t i = 0; i < count; i++)
        read_interval(&v[i < WEIRI_WALK_INTERVALS ? i : WEIRI_WALK_INTERVALS - 1], &walk->at, type,
                      m);
    if (count > WEIRI_WALK_INTERVALS) {
        v[0].high = v[WEIRI_WALK_INTERVALS - 1].high;
        out->count = 1;
        walk->widened = true;
    }
}

static void read_interval(struct weir_interval *out, const uint8_t **at, enum weir_type type,
                          const struct weir_matcher *m)
{
    const unsigned ends = *(*at)++;

    *out = (struct weir_interval){
        .low = {(ends & END_LOW) != 0,  (ends & END_LOW_CLOSED) != 0,  {.type = type}},
        .high = {(ends & END_HIGH) != 0, (ends & END_HIGH_CLOSED) != 0, {.type = type}}
    };
    if (type == WEIR_DOUBLE) {
        out->low.value.type = (ends & END_LOW_DOUBLE) != 0 ? WEIR_DOUBLE : WEIR_INT;
        out->high.value.type = (ends & END_HIGH_DOUBLE) != 0 ? WEIR_DOUBLE : WEIR_INT;
    }
    read_end(&out->low, at, m);
    read_end(&out->high, at, m);
    if ((ends & END_POINT) != 0)
        out->high = out->low;
}

static void read_end(struct weir_end *end, const uint8_t **at, const struct weir_matcher *m)
{
    if (!end->bounded)
        return;
    if (end->value.type == WEIR_STRING) {
        end->value.u.string = weiri_texts_at(&m->texts, (uint32_t)get_varint(at));
    } else if (end->value.type == WEIR_DOUBLE) {
        end->value.u.real = weiri_double_of_bits(weiri_load_u64(*at));
        *at += 8;
    } else {
        end->value.u.integer = get_zigzag(at);
    }
}

static void read_texts(struct weiri_record_walk *walk, struct weir_strings *out, uint32_t which,
                       const struct weir_matcher *m)
{
    const uint64_t count = get_varint(&walk->at);

    *out = (struct weir_strings){NULL, (uint32_t)count};
    for (uint64_t i = 0; i < count; i++) {
        const uint32_t handle = (uint32_t)get_varint(&walk->at);

        if (which == WEIRI_NONE || i >= WEIRI_WALK_TEXTS)
            continue;
        walk->texts[which][i] = handle;
        walk->lengths[which][i] = (uint32_t)weiri_texts_at(&m->texts, handle).len;
    }
}

/* ---- deciding */

/* Goes past the constraint; where it does not hold *at is left anywhere. */
static inline bool constraint_holds(const uint8_t **at, const struct weiri_probe *probe)
{
    const uint32_t kinds = *(*at)++;
    const uint32_t index = weiri_probe_find(probe, (uint32_t)get_varint(at));
    const struct weir_value *value = index != WEIRI_NONE ? &probe->values[index] : NULL;
    const struct weir_matcher *m = probe->matcher;

    if ((kinds & kind_of(value)) == 0)
        return false;
    if ((kinds & KINDS_NUMBER) != 0) {
        if (value == NULL || (value->type != WEIR_INT && value->type != WEIR_DOUBLE))
            *at = walk_intervals(*at, false, NULL, NULL);
        else if (!number_in(at, value))
            return false;
    }
    if ((kinds & WEIR_KIND_TIMESTAMP) != 0) {
        if (value == NULL || value->type != WEIR_TIMESTAMP)
            *at = walk_intervals(*at, false, NULL, NULL);
        else if (!timestamp_in(at, value->u.integer))
            return false;
    }
    if ((kinds & WEIR_KIND_STRING) != 0) {
        if (value == NULL || value->type != WEIR_STRING)
            *at = walk_intervals(*at, true, NULL, NULL);
        else if (!string_in(at, value->u.string, probe->texts[index], m))
            return false;
    }
    if ((kinds & LISTS) != 0)
        return lists_hold(at, value, m);
    return true;
}

static uint32_t kind_of(const struct weir_value *value)
{
    if (value == NULL)
        return WEIR_KIND_ABSENT;
    switch (value->type) {
    case WEIR_BOOL: return value->u.boolean ? WEIR_KIND_TRUE : WEIR_KIND_FALSE;
    case WEIR_INT: return WEIR_KIND_INT;
    case WEIR_DOUBLE: return WEIR_KIND_DOUBLE;
    case WEIR_STRING: return WEIR_KIND_STRING;
    case WEIR_TIMESTAMP: return WEIR_KIND_TIMESTAMP;
    }
    return 0;
}

static bool number_in(const uint8_t **at, const struct weir_value *value)
{
    uint64_t count = get_varint(at);
    bool in = false;

    for (; count > 0; count--) {
        const unsigned ends = *(*at)++;
        int low = 1, high = -1;

        if ((ends & END_LOW) != 0)
            low = compare_number(at, (ends & END_LOW_DOUBLE) != 0, value);
        if ((ends & END_HIGH) != 0)
            high = compare_number(at, (ends & END_HIGH_DOUBLE) != 0, value);
        in = in || in_interval(ends, low, high);
    }
    return in;
}

/* The value against the end at *at. */
static int compare_number(const uint8_t **at, bool end_is_double, const struct weir_value *value)
{
    struct weir_value end = {.type = WEIR_INT};
    int order;

    if (end_is_double) {
        end = (struct weir_value){WEIR_DOUBLE, {.real = weiri_double_of_bits(weiri_load_u64(*at))}};
        *at += 8;
        if (value->type == WEIR_DOUBLE)
            return value->u.real < end.u.real ? -1 : value->u.real > end.u.real;
    } else {
        end.u.integer = get_zigzag(at);
        if (value->type == WEIR_INT)
            return value->u.integer < end.u.integer ? -1 : value->u.integer > end.u.integer;
    }
    (void)weir_value_compare(value, &end, &order);
    return order;
}

static bool timestamp_in(const uint8_t **at, int64_t value)
{
    uint64_t count = get_varint(at);
    bool in = false;

    for (; count > 0; count--) {
        const unsigned ends = *(*at)++;
        int low = 1, high = -1;

        if ((ends & END_LOW) != 0) {
            const int64_t end = get_zigzag(at);

            low = value < end ? -1 : value > end;
        }
        if ((ends & END_HIGH) != 0) {
            const int64_t end = get_zigzag(at);

            high = value < end ? -1 : value > end;
        }
        in = in || in_interval(ends, low, high);
    }
    return in;
}

/* Points are compared by their handles. */
static bool string_in(const uint8_t **at, struct weir_str value, uint32_t text,
                      const struct weir_matcher *m)
{
    uint64_t count = get_varint(at);
    bool in = false;

    for (; count > 0; count--) {
        const unsigned ends = *(*at)++;
        const uint32_t low_text = (ends & END_LOW) != 0 ? (uint32_t)get_varint(at) : WEIRI_NONE;
        const uint32_t high_text = (ends & END_HIGH) != 0 ? (uint32_t)get_varint(at) : WEIRI_NONE;
        int low = 1, high = -1;

        if (in)
            continue;
        if ((ends & END_POINT) != 0) {
            in = low_text == text;
            continue;
        }
        if (low_text != WEIRI_NONE)
            low = weir_str_compare(value, weiri_texts_at(&m->texts, low_text));
        if (high_text != WEIRI_NONE)
            high = weir_str_compare(value, weiri_texts_at(&m->texts, high_text));
        in = in_interval(ends, low, high);
    }
    return in;
}

/* `low` and `high`: the value against the ends; 1 and -1 where there is none. */
static bool in_interval(unsigned ends, int low, int high)
{
    if (low < 0 || (low == 0 && (ends & END_LOW_CLOSED) == 0))
        return false;
    if ((ends & END_POINT) != 0)
        return low == 0;
    return high < 0 || (high == 0 && (ends & END_HIGH_CLOSED) != 0);
}

/* The lists restrict strings only. */
static bool lists_hold(const uint8_t **at, const struct weir_value *value,
                       const struct weir_matcher *m)
{
    for (uint32_t list = 0; list < 4; list++) {
        uint64_t count = get_varint(at);

        for (; count > 0; count--) {
            const struct weir_str text = weiri_texts_at(&m->texts, (uint32_t)get_varint(at));

            if (value == NULL || value->type != WEIR_STRING)
                continue;
            if ((list % 2 == 0 ? weiri_text_contains(value->u.string, text)
                               : weiri_text_ends(value->u.string, text)) != (list < 2))
                return false;
        }
    }
    return true;
}
