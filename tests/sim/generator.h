/* generator.h - random filters, advertisements and notifications over small domains, so that equal,
 * covering and overlapping filters are frequent and most notifications match something.
 *
 * Everything is a function of the random source.  What conforms to an advertisement is decided from
 * the way it was made, attribute by attribute with the tree evaluator. */
#ifndef TESTS_SIM_GENERATOR_H
#define TESTS_SIM_GENERATOR_H

#include <weir/filter.h>

#include <random.h>

#define GEN_POOL 24
#define GEN_TEXT 1024
#define GEN_ATTRS 6

/* Filters made so far: later ones are often equal to, within or around one of them. */
struct gen_pool {
    char texts[GEN_POOL][GEN_TEXT / 3];
    size_t count;
};

/* An advertisement: one or two conjunctions over the same attributes. */
struct gen_adv {
    char text[GEN_TEXT];
    size_t conjunction_count;
    uint32_t attrs; /* a bit for each that may occur */
    struct weir_filter *allowed[2][GEN_ATTRS];
    struct weir_scratch *scratch;
};

/* A notification as its publisher encodes it; the body holds `number`. */
struct gen_notification {
    uint8_t *bytes;
    size_t size;
};

void gen_filter(struct random_source *random, struct gen_pool *pool, char *text, size_t size);
void gen_adv_init(struct random_source *random, struct gen_adv *adv);
void gen_adv_fini(struct gen_adv *adv);

/* Anything, or with `adv` what conforms to it. */
void gen_notification(struct random_source *random, struct gen_notification *out, uint32_t number,
                      const struct gen_adv *adv);
bool gen_conforms(const struct gen_adv *adv, const struct gen_notification *notification);
/* The number in a notification's body; UINT32_MAX when there is none. */
uint32_t gen_number(const struct weir_notification *notification);

#endif /* TESTS_SIM_GENERATOR_H */
