/* covers.c - two filters, one on each line: their normal forms agree with the evaluator on sampled
 * notifications, and so do covers and intersects. */
#include "normal/support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check(const struct weir_filter *const filters[2], struct weir_normal *const normals[2],
                  struct weir_normal *const advs[2], uint64_t seed)
{
    struct random_source r = {seed};
    struct weir_scratch *scratch = must_scratch();
    const bool covers = weir_normal_covers(normals[0], normals[1], NULL);
    const bool covers_adv = weir_normal_covers(advs[0], advs[1], NULL);
    const bool intersects = weir_normal_intersects(advs[0], normals[1], NULL);

    for (int i = 0; i < 32; i++) {
        struct weir_notification n;
        uint8_t *bytes = support_notification(&n, &r);
        bool matches[2], conforms[2];

        for (int k = 0; k < 2; k++) {
            matches[k] = weir_filter_eval(filters[k], &n, scratch) == WEIR_TRUE;
            conforms[k] = weir_normal_conforms(advs[k], &n, scratch);
            if (!weir_scratch_undecided(scratch) && weir_normal_is_exact(normals[k]))
                require((weir_normal_eval(normals[k], &n, scratch) == WEIR_TRUE) == matches[k]);
        }
        require(!covers || !matches[1] || matches[0] || !weir_normal_is_exact(normals[0]));
        require(!covers_adv || !conforms[1] || conforms[0]);
        require(intersects || !(conforms[0] && matches[1]));
        free(bytes);
    }
    weir_scratch_destroy(scratch);
}

/* What is said never to match never does, and each place is in the text. */
static void check_warnings(const struct weir_filter *filter, const struct weir_normal *normal,
                           struct weir_diags *diags)
{
    const size_t before = diags->count, size = weir_filter_text(filter).len;

    require(weir_filter_warn(diags, filter, NULL) == WEIR_OK);
    require(!weir_normal_is_never(normal) || diags->count > 0);
    for (size_t i = before; i < diags->count; i++) {
        const struct weir_diag *diag = &diags->v[i];

        require(diag->offset + diag->length <= size);
        require(diag->other_offset + diag->other_length <= size);
        require((strcmp(diag->code, "W602") == 0) == weir_normal_is_never(normal));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    struct weir_str texts[2];
    struct weir_filter *filters[2] = {NULL, NULL};
    struct weir_normal *normals[2] = {NULL, NULL}, *advs[2] = {NULL, NULL};
    struct weir_diags diags;
    bool ok = end != NULL;

    if (!ok)
        return 0;
    texts[0] = (struct weir_str){(const char *)data, (size_t)(end - data)};
    texts[1] = (struct weir_str){(const char *)end + 1, size - texts[0].len - 1};
    for (int k = 0; k < 2 && ok; k++) {
        ok = weir_filter_compile(&filters[k], texts[k], &diags, NULL) == WEIR_OK;
        if (ok) {
            require(weir_normal_create(&normals[k], filters[k], WEIR_ROLE_SUBSCRIPTION, NULL) ==
                    WEIR_OK);
            require(weir_normal_create(&advs[k], filters[k], WEIR_ROLE_ADVERTISEMENT, NULL) ==
                    WEIR_OK);
            check_warnings(filters[k], normals[k], &diags);
        }
    }
    for (int k = 0; k < 2 && ok; k++) {
        struct weir_normal *again;

        require(weir_normal_decode(&again, WEIR_ROLE_SUBSCRIPTION, weir_normal_bytes(normals[k]),
                                   NULL) == WEIR_OK);
        weir_normal_destroy(again);
        require(weir_normal_decode(&again, WEIR_ROLE_ADVERTISEMENT, weir_normal_bytes(advs[k]),
                                   NULL) == WEIR_OK);
        weir_normal_destroy(again);
    }
    if (ok)
        check((const struct weir_filter *const[]){filters[0], filters[1]}, normals, advs, size);
    for (int k = 0; k < 2; k++) {
        weir_normal_destroy(normals[k]);
        weir_normal_destroy(advs[k]);
        weir_filter_destroy(filters[k]);
    }
    return 0;
}
