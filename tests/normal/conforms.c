/* conforms.c - which notifications may be published under an advertisement. */
#include "support.h"

#include <cmocka.h>

#define INT(value)             \
    {                          \
        WEIR_INT,              \
        {                      \
            .integer = (value) \
        }                      \
    }
#define STRING(value)                               \
    {                                               \
        WEIR_STRING,                                \
        {                                           \
            .string = {(value), sizeof(value) - 1 } \
        }                                           \
    }
#define NAME(name)               \
    {                            \
        (name), sizeof(name) - 1 \
    }
#define ATTRS_MAX 3

struct example {
    bool conforms;
    struct weir_attr attrs[ATTRS_MAX]; /* up to one without a name */
};

static const struct {
    const char *adv;
    struct example examples[7]; /* up to one that is all zero, but for the first */
} cases[] = {
    {"",
     {{true, {{NAME("x"), INT(1)}, {NAME("y"), INT(2)}}}, {true, {{NAME("$type"), STRING("t")}}}}},
    {"x > 5",                                /* attributes are optional, others are forbidden */
     {{true, {{{NULL, 0}, INT(0)}}},
      {true, {{NAME("x"), INT(6)}}},
      {true, {{NAME("x"), INT(6)}, {NAME("$type"), STRING("t")}}},
      {false, {{NAME("x"), INT(5)}}},
      {false, {{NAME("x"), STRING("a")}}},
      {false, {{NAME("x"), INT(6)}, {NAME("y"), INT(1)}}}}                          },
    {"x > 5 AND y = 1 OR s STARTS WITH 'a'", /* some conjunction */
     {{true, {{NAME("s"), STRING("ab")}}},
      {true, {{NAME("y"), INT(1)}}},
      {true, {{NAME("x"), INT(6)}, {NAME("y"), INT(1)}}},
      {false, {{NAME("x"), INT(6)}, {NAME("y"), INT(2)}}},
      {false, {{NAME("s"), STRING("ab")}, {NAME("x"), INT(6)}}},
      {false, {{NAME("s"), STRING("b")}}}}           },
    {"bid > ask",                            /* a residual binds where all its attributes are there */
     {{true, {{NAME("ask"), INT(1)}, {NAME("bid"), INT(2)}}},
      {true, {{NAME("bid"), INT(1)}}},
      {true, {{NAME("ask"), INT(1)}}},
      {false, {{NAME("ask"), INT(2)}, {NAME("bid"), INT(1)}}},
      {false, {{NAME("ask"), STRING("b")}, {NAME("bid"), STRING("a")}}},
      {false, {{NAME("ask"), INT(1)}, {NAME("bid"), STRING("a")}}}}             },
    {"x * 2 > 5",
     {{true, {{NAME("x"), INT(3)}}},
      {false, {{NAME("x"), INT(2)}}},
      {true, {{{NULL, 0}, INT(0)}}}}                                                             },
    {"s MATCHES '^b' AND s CONTAINS 'a'",
     {{true, {{NAME("s"), STRING("ba")}}},
      {false, {{NAME("s"), STRING("bb")}}},
      {false, {{NAME("s"), STRING("ab")}}}}                                                      },
    {"$type = 'tick' AND x > 0",
     {{true, {{NAME("$type"), STRING("tick")}, {NAME("x"), INT(1)}}},
      {false, {{NAME("$type"), STRING("quote")}, {NAME("x"), INT(1)}}}}                          },
    {"x IS NULL AND y > 0",
     {{true, {{NAME("y"), INT(1)}}}, {false, {{NAME("x"), INT(1)}, {NAME("y"), INT(1)}}}}        },
    {"FALSE",                                {{false, {{NAME("x"), INT(1)}}}}                    },
};

static bool conforms(const struct weir_normal *adv, const struct example *example,
                     struct weir_scratch *scratch)
{
    struct weir_notification n;
    uint8_t *bytes;
    size_t size, count = 0;
    bool result;

    while (count < ATTRS_MAX && example->attrs[count].name.ptr != NULL)
        count++;
    assert_int_equal(
        weir_notification_encode(&bytes, &size, example->attrs, count, WEIR_STR(""), NULL, NULL),
        WEIR_OK);
    n = weir_notification_view(bytes, size);
    result = weir_normal_conforms(adv, &n, scratch);
    free(bytes);
    return result;
}

static void notifications_conform_or_not(void **state)
{
    struct weir_scratch *scratch = must_scratch();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct weir_normal *adv = must_advertise(cases[i].adv);

        for (size_t k = 0; k < COUNT_OF(cases[i].examples); k++) {
            const struct example *example = &cases[i].examples[k];

            if (!example->conforms && example->attrs[0].name.ptr == NULL)
                break;
            if (conforms(adv, example, scratch) != example->conforms)
                fail_msg("%s: example %zu", cases[i].adv, k);
        }
        weir_normal_destroy(adv);
    }
    weir_scratch_destroy(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notifications_conform_or_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
