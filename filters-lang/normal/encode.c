/* encode.c - see codec.h for the layout. */
#include <stdlib.h>
#include <string.h>

#include "codec.h"

struct texts {
    struct weir_str *v; /* ascending, distinct */
    uint32_t count;
};

static bool gather_residuals(struct texts *texts, const struct weir_conjunction *v, uint32_t count,
                             struct weiri_pool *pool);
static int compare_texts(const void *a, const void *b);
static uint32_t index_of(const struct texts *texts, struct weir_str text);
static void put_conjunction(struct weiri_buf *out, const struct weir_conjunction *conjunction,
                            const struct texts *texts);
static void put_domain(struct weiri_buf *out, const struct weir_domain *domain);
static void put_intervals(struct weiri_buf *out, const struct weir_intervals *set);
static void put_value(struct weiri_buf *out, const struct weir_value *value);
static void put_list(struct weiri_buf *out, const struct weir_strings *list);
static void put_text(struct weiri_buf *out, struct weir_str text);

void weiri_encode(struct weiri_buf *out, enum weir_filter_role role, bool exact,
                  const struct weir_conjunction *v, uint32_t count, struct weiri_pool *pool)
{
    struct texts texts;

    if (!gather_residuals(&texts, v, count, pool)) {
        out->err = WEIR_ENOMEM;
        return;
    }
    weiri_buf_put_u8(out, 1);
    weiri_buf_put_u8(out,
                     (uint8_t)((exact ? WEIRI_FLAG_EXACT : 0) |
                               (role == WEIR_ROLE_ADVERTISEMENT ? WEIRI_FLAG_ADVERTISEMENT : 0)));
    weiri_buf_put_u16(out, (uint16_t)texts.count);
    for (uint32_t i = 0; i < texts.count; i++)
        put_text(out, texts.v[i]);
    weiri_buf_put_u16(out, (uint16_t)count);
    for (uint32_t i = 0; i < count; i++)
        put_conjunction(out, &v[i], &texts);
}

static bool gather_residuals(struct texts *texts, const struct weir_conjunction *v, uint32_t count,
                             struct weiri_pool *pool)
{
    uint32_t total = 0;

    for (uint32_t i = 0; i < count; i++)
        total += v[i].residual_count;
    *texts = (struct texts){weiri_pool_take(pool, total, sizeof *texts->v), 0};
    if (texts->v == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < v[i].residual_count; j++)
            texts->v[texts->count++] = v[i].residuals[j].text;
    }
    if (total > 1)
        qsort(texts->v, total, sizeof *texts->v, compare_texts);
    texts->count = 0;
    for (uint32_t i = 0; i < total; i++) {
        if (i == 0 || !weir_str_equal(texts->v[i], texts->v[texts->count - 1]))
            texts->v[texts->count++] = texts->v[i];
    }
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    const struct weir_str *one = a, *other = b;

    return weir_str_compare(*one, *other);
}

static uint32_t index_of(const struct texts *texts, struct weir_str text)
{
    const struct weir_str *found =
        bsearch(&text, texts->v, texts->count, sizeof *texts->v, compare_texts);

    return (uint32_t)(found - texts->v);
}

static void put_conjunction(struct weiri_buf *out, const struct weir_conjunction *conjunction,
                            const struct texts *texts)
{
    weiri_buf_put_u16(out, (uint16_t)conjunction->constraint_count);
    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        const struct weir_constraint *constraint = &conjunction->constraints[i];

        weiri_buf_put_u8(out, (uint8_t)constraint->name.len);
        weiri_buf_put(out, constraint->name);
        put_domain(out, &constraint->domain);
    }
    weiri_buf_put_u16(out, (uint16_t)conjunction->residual_count);
    for (uint32_t i = 0; i < conjunction->residual_count; i++)
        weiri_buf_put_u16(out, (uint16_t)index_of(texts, conjunction->residuals[i].text));
}

static void put_domain(struct weiri_buf *out, const struct weir_domain *domain)
{
    weiri_buf_put_u8(out, (uint8_t)domain->kinds);
    if ((domain->kinds & WEIRI_KIND_NUMBER) != 0)
        put_intervals(out, &domain->numbers);
    if ((domain->kinds & WEIR_KIND_TIMESTAMP) != 0)
        put_intervals(out, &domain->timestamps);
    if ((domain->kinds & WEIR_KIND_STRING) != 0) {
        put_intervals(out, &domain->strings);
        put_list(out, &domain->contains);
        put_list(out, &domain->ends);
        put_list(out, &domain->contains_not);
        put_list(out, &domain->ends_not);
    }
}

static void put_intervals(struct weiri_buf *out, const struct weir_intervals *set)
{
    weiri_buf_put_u16(out, (uint16_t)set->count);
    for (uint32_t i = 0; i < set->count; i++) {
        const struct weir_end *low = &set->v[i].low, *high = &set->v[i].high;

        if (weiri_interval_is_point(&set->v[i])) {
            weiri_buf_put_u8(out, WEIRI_END_POINT);
            put_value(out, &low->value);
            continue;
        }
        weiri_buf_put_u8(out,
                         (uint8_t)((low->bounded ? WEIRI_END_LOW : 0) |
                                   (low->bounded && low->closed ? WEIRI_END_LOW_CLOSED : 0) |
                                   (high->bounded ? WEIRI_END_HIGH : 0) |
                                   (high->bounded && high->closed ? WEIRI_END_HIGH_CLOSED : 0)));
        if (low->bounded)
            put_value(out, &low->value);
        if (high->bounded)
            put_value(out, &high->value);
    }
}

static void put_value(struct weiri_buf *out, const struct weir_value *value)
{
    switch (value->type) {
    case WEIR_STRING: put_text(out, value->u.string); break;
    case WEIR_INT:
        weiri_buf_put_u8(out, WEIR_INT);
        weiri_buf_put_u64(out, (uint64_t)value->u.integer);
        break;
    case WEIR_DOUBLE:
        weiri_buf_put_u8(out, WEIR_DOUBLE);
        weiri_buf_put_u64(out, weiri_bits_of_double(value->u.real));
        break;
    case WEIR_TIMESTAMP: weiri_buf_put_u64(out, (uint64_t)value->u.integer); break;
    case WEIR_BOOL: break; /* no end of an interval */
    }
}

static void put_list(struct weiri_buf *out, const struct weir_strings *list)
{
    weiri_buf_put_u16(out, (uint16_t)list->count);
    for (uint32_t i = 0; i < list->count; i++)
        put_text(out, list->v[i]);
}

static void put_text(struct weiri_buf *out, struct weir_str text)
{
    weiri_buf_put_u16(out, (uint16_t)text.len);
    weiri_buf_put(out, text);
}
