/* merging.h - samples of notifications and mergers of texts, for the tests of mergers. */
#ifndef TESTS_NORMAL_MERGING_H
#define TESTS_NORMAL_MERGING_H

#include "support.h"

#include <weir/merge.h>

#define TEXT_MAX 8192
#define INPUTS_MAX 4

/* ---- samples */

struct built_sample {
    struct weir_sample sample;
    struct weir_notification *v;
    uint8_t **bytes;
};

static inline void sample_init(struct built_sample *built, uint32_t count)
{
    built->v = malloc(count * sizeof *built->v);
    built->bytes = malloc(count * sizeof *built->bytes);
    assert_non_null(built->v);
    assert_non_null(built->bytes);
    built->sample = (struct weir_sample){built->v, 0, must_scratch()};
}

static inline void sample_add(struct built_sample *built, const struct weir_attr *attrs,
                              size_t count)
{
    uint8_t **bytes = &built->bytes[built->sample.count];
    size_t size;

    assert_int_equal(weir_notification_encode(bytes, &size, attrs, count, WEIR_STR(""), NULL, NULL),
                     WEIR_OK);
    built->v[built->sample.count++] = weir_notification_view(*bytes, size);
}

static inline void sample_fini(struct built_sample *built)
{
    for (uint32_t i = 0; i < built->sample.count; i++)
        free(built->bytes[i]);
    weir_scratch_destroy(built->sample.scratch);
    free(built->bytes);
    free(built->v);
}

/* x is 0 to count - 1; y is 1 in the first half and 2 in the second, but 2 for the first `odd`. */
static inline void sample_halves(struct built_sample *built, uint32_t count, uint32_t odd)
{
    sample_init(built, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct weir_attr attrs[] = {
            {WEIR_STR("x"), weir_value_int(i)                                },
            {WEIR_STR("y"), weir_value_int(i < odd || i >= count / 2 ? 2 : 1)},
        };

        sample_add(built, attrs, COUNT_OF(attrs));
    }
}

/* ---- merging texts */

/* What is said of a merger is what measuring it finds; the inputs are originals. */
static inline void assert_measured(const struct weir_merger *merger,
                                   struct weir_normal *const *forms, uint32_t count,
                                   const struct weir_sample *sample)
{
    static uint64_t wanted[WEIR_SAMPLE_WORDS(WEIR_SAMPLE_MAX)], bits[COUNT_OF(wanted)];
    struct weir_share share;

    memset(wanted, 0, sizeof wanted);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(weir_sample_match(bits, forms[i], sample, NULL));
        for (size_t k = 0; k < WEIR_SAMPLE_WORDS(sample->count); k++)
            wanted[k] |= bits[k];
    }
    assert_true(weir_normal_measure(&share, merger->form, wanted, sample, NULL));
    assert_int_equal(merger->share.matched, share.matched);
    assert_int_equal(merger->share.unwanted, share.unwanted);
}

static inline struct weir_merger merge_within(uint32_t *work, struct weir_normal *const *forms,
                                              uint32_t count, const struct weir_sample *sample,
                                              double epsilon)
{
    const struct weir_merge_options options = {sample, epsilon, work};
    struct weir_merge_input inputs[INPUTS_MAX] = {0};
    struct weir_merger merger;

    for (uint32_t i = 0; i < count; i++)
        inputs[i] = (struct weir_merge_input){forms[i], NULL};
    assert_int_equal(weir_normal_merge(&merger, inputs, count, &options, NULL), WEIR_OK);
    assert_int_equal(merger.form != NULL, merger.kind != WEIR_MERGE_NONE);
    if (merger.form != NULL) {
        uint32_t total = 0;

        for (uint32_t i = 0; i < count; i++) {
            uint32_t ample = UINT32_MAX;

            assert_true(weir_normal_covers(merger.form, forms[i], &ample));
            total += weir_normal_count(forms[i]) > 0 ? weir_normal_count(forms[i]) : 1;
        }
        assert_true(weir_normal_count(merger.form) < total);
        if (merger.kind == WEIR_MERGE_IMPERFECT)
            assert_measured(&merger, forms, count, sample);
    }
    return merger;
}

static inline struct weir_merger merge_forms(struct weir_normal *const *forms, uint32_t count,
                                             const struct weir_sample *sample, double epsilon)
{
    return merge_within(NULL, forms, count, sample, epsilon);
}

/* In the given order and in reverse, which must make no difference. */
static inline struct weir_merger merge_texts_as(enum weir_filter_role role,
                                                const char *const *texts,
                                                const struct weir_sample *sample, double epsilon)
{
    struct weir_normal *forms[INPUTS_MAX], *reversed[INPUTS_MAX];
    struct weir_merger merger, other;
    uint32_t count = 0;

    while (count < INPUTS_MAX && texts[count] != NULL) {
        forms[count] = must_normalise_as(role, texts[count]);
        count++;
    }
    for (uint32_t i = 0; i < count; i++)
        reversed[i] = forms[count - 1 - i];
    merger = merge_forms(forms, count, sample, epsilon);
    other = merge_forms(reversed, count, sample, epsilon);
    assert_int_equal(other.kind, merger.kind);
    assert_int_equal(other.share.matched, merger.share.matched);
    assert_int_equal(other.share.unwanted, merger.share.unwanted);
    if (merger.form != NULL)
        assert_true(weir_str_equal(weir_normal_bytes(other.form), weir_normal_bytes(merger.form)));
    weir_normal_destroy(other.form);
    for (uint32_t i = 0; i < count; i++)
        weir_normal_destroy(forms[i]);
    return merger;
}

static inline struct weir_merger merge_texts(const char *const *texts,
                                             const struct weir_sample *sample, double epsilon)
{
    return merge_texts_as(WEIR_ROLE_SUBSCRIPTION, texts, sample, epsilon);
}

static inline void assert_form(const struct weir_normal *form, const char *text)
{
    struct weir_normal *expected = must_normalise_as(weir_normal_role(form), text);
    char printed[TEXT_MAX], wanted[TEXT_MAX];

    weir_normal_print(printed, sizeof printed, form);
    weir_normal_print(wanted, sizeof wanted, expected);
    assert_string_equal(printed, wanted);
    weir_normal_destroy(expected);
}

#endif /* TESTS_NORMAL_MERGING_H */
