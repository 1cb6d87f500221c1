/* layout.c - see layout.h. */
#include "layout.h"

#include "forms.h"
#include "keys.h"
#include "names.h"

#include <string.h>

#define KINDS_NUMBER (WEIR_KIND_INT | WEIR_KIND_DOUBLE)
#define KINDS_BOOL (WEIR_KIND_FALSE | WEIR_KIND_TRUE)

static bool has_lists(const struct weir_domain *domain);
static bool add_values(const struct weir_matcher *m, const struct weiri_record_walk *walk,
                       struct weiri_access *access);
static bool add_points(const struct weir_matcher *m, struct weiri_access *access,
                       const struct weir_intervals *intervals);
static bool add_key(struct weiri_access *access, uint8_t rank, uint64_t payload);
static bool is_point(const struct weir_interval *interval);
static bool is_all_strings(const struct weir_interval *interval);
static bool add_prefix(const struct weir_matcher *m, const struct weiri_record_walk *walk,
                       struct weiri_access *access);
static bool add_text(const struct weiri_record_walk *walk, struct weiri_access *access,
                     enum weiri_key_kind kind);
static void add_column(struct weiri_row *row, const struct weiri_column *column,
                       const struct weiri_code_set *set);

uint32_t weiri_accesses_of(const struct weir_matcher *m, const struct weiri_record_walk *walk,
                           struct weiri_access *accesses)
{
    uint32_t count = 0;

    if (!weiri_requires(walk) || walk->widened)
        return 0;
    if (add_values(m, walk, &accesses[count]))
        return 1;
    if (walk->domain.kinds != WEIR_KIND_STRING)
        return 0;
    count += add_prefix(m, walk, &accesses[count]);
    count += add_text(walk, &accesses[count], WEIRI_KEY_SUFFIX);
    count += add_text(walk, &accesses[count], WEIRI_KEY_CONTAINS);
    return count;
}

bool weiri_requires(const struct weiri_record_walk *walk)
{
    return (walk->domain.kinds & WEIR_KIND_ABSENT) == 0;
}

void weiri_row_make(struct weir_matcher *m, struct weiri_row *row,
                    const struct weiri_bucket *bucket, uint32_t form_handle, uint32_t conjunction)
{
    const uint8_t *record = weiri_form_record(weiri_form_at(m, form_handle), conjunction);
    struct weiri_record_walk *walk = &m->walk;

    row->form = form_handle;
    row->conjunction = conjunction;
    row->ref = WEIRI_NONE;
    row->plain = false;
    row->complete = row->exact = weiri_record_residuals(record) == 0;
    row->column_count = 0;
    for (weiri_record_walk(walk, record); weiri_record_next(walk, m);) {
        struct weiri_column column;
        struct weiri_code_set set;

        if (weiri_implies(m, bucket, walk))
            continue;
        column.slot = weiri_attr_at(m, walk->attr)->slots[0];
        if (column.slot == 0) {
            row->complete = row->exact = false;
            continue;
        }
        const struct weiri_codes *codes = m->slots[column.slot]->codes;
        const struct weiri_span span = weiri_codes_span(codes, &walk->domain);

        set = weiri_codes_set(codes, &walk->domain);
        column.low = span.low;
        column.high = span.high;
        column.fine_low = span.fine_low;
        column.fine_high = span.fine_high;
        column.whole = span.whole && !walk->widened;
        column.as_set = !column.whole && set.exact && !walk->widened;
        row->complete = row->complete && column.whole;
        row->exact = row->exact && (column.whole || column.as_set);
        add_column(row, &column, &set);
    }
}

/* Sorted by width; the widest fall out, and then the columns do not say all. */
static void add_column(struct weiri_row *row, const struct weiri_column *column,
                       const struct weiri_code_set *set)
{
    const uint32_t width = (uint32_t)(column->high - column->low);
    uint32_t at = row->column_count;

    if (at == WEIRI_ROW_COLUMNS) {
        row->complete = row->exact = false;
        at--;
        if (width >= (uint32_t)(row->columns[at].high - row->columns[at].low))
            return;
    } else {
        row->column_count++;
    }
    for (; at > 0 && width < (uint32_t)(row->columns[at - 1].high - row->columns[at - 1].low);
         at--) {
        row->columns[at] = row->columns[at - 1];
        row->sets[at] = row->sets[at - 1];
    }
    row->columns[at] = *column;
    row->sets[at] = *set;
}

bool weiri_implies(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                   const struct weiri_record_walk *walk)
{
    struct weiri_access accesses[WEIRI_ACCESSES];
    uint32_t count;

    if (bucket->key.attr != walk->attr)
        return false;
    if (bucket->key.kind == WEIRI_KEY_PRESENT)
        return walk->domain.kinds == (WEIR_KIND_ALL & ~WEIR_KIND_ABSENT) && !walk->widened &&
               walk->domain.numbers.count == 1 && !walk->domain.numbers.v[0].low.bounded &&
               !walk->domain.numbers.v[0].high.bounded && walk->domain.strings.count == 1 &&
               is_all_strings(&walk->domain.strings.v[0]) && walk->domain.timestamps.count == 1 &&
               !walk->domain.timestamps.v[0].low.bounded &&
               !walk->domain.timestamps.v[0].high.bounded && !has_lists(&walk->domain);
    count = weiri_accesses_of(m, walk, accesses);
    for (uint32_t i = 0; i < count; i++) {
        if (accesses[i].kind == (enum weiri_key_kind)bucket->key.kind)
            return accesses[i].implied;
    }
    return false;
}

static bool has_lists(const struct weir_domain *domain)
{
    return domain->contains.count > 0 || domain->ends.count > 0 || domain->contains_not.count > 0 ||
           domain->ends_not.count > 0;
}

/* A finite set. */
static bool add_values(const struct weir_matcher *m, const struct weiri_record_walk *walk,
                       struct weiri_access *access)
{
    const struct weir_domain *domain = &walk->domain;
    const uint32_t numbers = domain->kinds & KINDS_NUMBER;

    access->kind = WEIRI_KEY_VALUE;
    access->attr = walk->attr;
    access->count = 0;
    access->implied = !has_lists(domain) && (numbers == 0 || numbers == KINDS_NUMBER);
    if ((domain->kinds & WEIR_KIND_FALSE) != 0 && !add_key(access, WEIRI_RANK_BOOL, 0))
        return false;
    if ((domain->kinds & WEIR_KIND_TRUE) != 0 && !add_key(access, WEIRI_RANK_BOOL, 1))
        return false;
    return add_points(m, access, &domain->numbers) && add_points(m, access, &domain->timestamps) &&
           add_points(m, access, &domain->strings) && access->count > 0;
}

static bool add_points(const struct weir_matcher *m, struct weiri_access *access,
                       const struct weir_intervals *intervals)
{
    for (uint32_t i = 0; i < intervals->count; i++) {
        struct weiri_key key;

        if (!is_point(&intervals->v[i]))
            return false;
        key = weiri_key_of_value(m, access->attr, &intervals->v[i].low.value);
        if (!add_key(access, key.rank, key.payload))
            return false;
    }
    return true;
}

static bool add_key(struct weiri_access *access, uint8_t rank, uint64_t payload)
{
    if (access->count == WEIRI_KEY_VALUES_MAX)
        return false;
    access->keys[access->count++] =
        (struct weiri_key){(uint8_t)access->kind, rank, access->attr, payload};
    return true;
}

static bool is_all_strings(const struct weir_interval *interval)
{
    const struct weir_end *low = &interval->low;

    return !interval->high.bounded &&
           (!low->bounded || (low->closed && low->value.u.string.len == 0));
}

static bool is_point(const struct weir_interval *interval)
{
    return interval->low.bounded && interval->high.bounded && interval->low.closed &&
           interval->high.closed && weir_value_equal(&interval->low.value, &interval->high.value);
}

/* An interval [p, the first string beyond all that begin with p). */
static bool add_prefix(const struct weir_matcher *m, const struct weiri_record_walk *walk,
                       struct weiri_access *access)
{
    const struct weir_interval *only = walk->domain.strings.v;
    struct weir_str prefix, next;

    if (walk->domain.strings.count != 1 || !only->low.closed || !only->high.bounded ||
        only->high.closed)
        return false;
    prefix = only->low.value.u.string;
    next = only->high.value.u.string;
    if (prefix.len == 0 || prefix.len > WEIRI_KEY_TEXT_MAX || next.len == 0 ||
        next.len > prefix.len || memcmp(prefix.ptr, next.ptr, next.len - 1) != 0 ||
        (uint8_t)next.ptr[next.len - 1] != (uint8_t)prefix.ptr[next.len - 1] + 1)
        return false;
    for (size_t i = next.len; i < prefix.len; i++) {
        if ((uint8_t)prefix.ptr[i] != 0xff)
            return false;
    }
    access->kind = WEIRI_KEY_PREFIX;
    access->attr = walk->attr;
    access->implied = !has_lists(&walk->domain);
    access->count = 0;
    return add_key(access, 0, weiri_texts_find(&m->texts, prefix));
}

/* The longest text of a list. */
static bool add_text(const struct weiri_record_walk *walk, struct weiri_access *access,
                     enum weiri_key_kind kind)
{
    const struct weir_domain *domain = &walk->domain;
    const uint32_t which = kind == WEIRI_KEY_CONTAINS ? 0 : 1;
    const uint32_t count = which == 0 ? domain->contains.count : domain->ends.count;
    const uint32_t others = which == 0 ? domain->ends.count : domain->contains.count;
    const struct weir_interval *only = domain->strings.v;
    uint32_t best = WEIRI_NONE, longest = 0;

    for (uint32_t i = 0; i < count && i < WEIRI_WALK_TEXTS; i++) {
        const uint32_t length = walk->lengths[which][i];

        if (length > longest && (kind == WEIRI_KEY_CONTAINS || length <= WEIRI_KEY_TEXT_MAX)) {
            longest = length;
            best = walk->texts[which][i];
        }
    }
    if (best == WEIRI_NONE)
        return false;
    access->kind = kind;
    access->attr = walk->attr;
    access->implied = count == 1 && others == 0 && domain->contains_not.count == 0 &&
                      domain->ends_not.count == 0 && domain->strings.count == 1 &&
                      is_all_strings(only);
    access->count = 0;
    return add_key(access, 0, best);
}
