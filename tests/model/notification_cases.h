/* notification_cases.h - random notifications for the tests of the model. */
#ifndef TESTS_MODEL_NOTIFICATION_CASES_H
#define TESTS_MODEL_NOTIFICATION_CASES_H

#include "random.h"

#include <weir/limits.h>
#include <weir/notification.h>

#include <stdio.h>
#include <string.h>

/* What is published, with the memory that names and strings are in. */
struct published {
    struct weir_attr attrs[WEIR_ATTRS_MAX + 1];
    size_t count;
    char text[WEIR_ATTRS_MAX + 1][2][40];
    char body[64];
    size_t body_size;
};

static inline struct weir_value random_value(struct random_source *random, char *text)
{
    static const char *const strings[] = {"", "x", "IBM", "\xC3\xA4\xE2\x82\xAC", "a longer text"};
    const char *string = strings[random_below(random, sizeof strings / sizeof strings[0])];

    switch (1 + random_below(random, 5)) {
    case WEIR_BOOL: return weir_value_bool(random_chance(random, 50));
    case WEIR_INT: return weir_value_int((int64_t)(random_u64(random) >> random_below(random, 64)));
    case WEIR_DOUBLE: return weir_value_double((double)(int64_t)random_u64(random) / 1024);
    case WEIR_TIMESTAMP: return weir_value_timestamp((int64_t)random_u64(random));
    default: break;
    }
    snprintf(text, 40, "%s%d", string, (int)random_below(random, 100));
    return weir_value_string(weir_str_of(text));
}

/* Distinct names, in random order, up to `count_max` of them, `$type` aside. */
static inline void random_published(struct published *p, struct random_source *random,
                                    size_t count_max)
{
    memset(p, 0, sizeof *p);
    p->count = random_below(random, count_max + 1);
    for (size_t i = 0; i < p->count; i++) {
        snprintf(p->text[i][0], 40, "%c%zu", (char)('A' + random_below(random, 50)), i);
        p->attrs[i].name = weir_str_of(p->text[i][0]);
        p->attrs[i].value = random_value(random, p->text[i][1]);
    }
    if (random_chance(random, 30)) {
        p->attrs[p->count].name = WEIR_STR("$type");
        p->attrs[p->count].value = weir_value_string(WEIR_STR("quote"));
        p->count++;
    }
    p->body_size = random_below(random, sizeof p->body);
    for (size_t i = 0; i < p->body_size; i++)
        p->body[i] = (char)random_u64(random);
}

/* The same set in another order. */
static inline void shuffle(struct published *p, struct random_source *random)
{
    for (size_t i = p->count; i > 1; i--) {
        size_t j = random_below(random, i);
        struct weir_attr moved = p->attrs[i - 1];

        p->attrs[i - 1] = p->attrs[j];
        p->attrs[j] = moved;
    }
}

static inline struct weir_str published_body(const struct published *p)
{
    return (struct weir_str){p->body, p->body_size};
}

#endif /* TESTS_MODEL_NOTIFICATION_CASES_H */
