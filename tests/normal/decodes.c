/* decodes.c - bytes that no normal form has: each is refused, for its own reason. */
#include "support.h"

#include <weir/bytes.h>
#include <weir/limits.h>

#include "codec.h"

static enum weir_err decode_as(enum weir_filter_role role, const void *bytes, size_t size)
{
    struct weir_normal *normal;
    enum weir_err err = weir_normal_decode(&normal, role, (struct weir_str){bytes, size}, NULL);

    if (err == WEIR_OK)
        weir_normal_destroy(normal);
    return err;
}

/* ---- bytes as text: "01 01 0000", integers of two digits for each byte, low byte first; 'ab' for
 * letters as they are */

static size_t bytes_of(uint8_t *out, const char *text)
{
    size_t len = 0;

    while (*text != '\0') {
        unsigned byte;

        if (*text == ' ') {
            text++;
        } else if (*text == '\'') {
            for (text++; *text != '\''; text++)
                out[len++] = (uint8_t)*text;
            text++;
        } else {
            assert_int_equal(sscanf(text, "%2x", &byte), 1);
            out[len++] = (uint8_t)byte;
            text += 2;
        }
    }
    return len;
}

#define HEAD "01 01 0000 0100 "    /* version, exact, no residuals, one conjunction */
#define X_HEAD HEAD "0100 01 'x' " /* one constraint, on x */
#define X_TAIL " 0000"             /* no residuals of the conjunction */
#define FIVE "02 0500000000000000" /* the number 5 */
#define SIX "02 0600000000000000"
#define HALF_ "03 000000000000e03f"     /* 0.5 */
#define NO_LISTS " 0000 0000 0000 0000" /* of strings */

static const struct {
    const char *name, *bytes;
    enum weir_err err;
} cases[] = {
    {"never",                               "01 01 0000 0000",                                                      WEIR_OK        },
    {"always",                              HEAD "0000 0000",                                                       WEIR_OK        },
    {"x = 5",                               X_HEAD "18 0100 10 " FIVE X_TAIL,                                       WEIR_OK        },
    {"x < 0.5",                             X_HEAD "18 0100 04 " HALF_ X_TAIL,                                      WEIR_OK        },
    {"x > 5",                               X_HEAD "18 0100 01 " FIVE X_TAIL,                                       WEIR_OK        },
    {"x >= 5",                              X_HEAD "18 0100 03 " FIVE X_TAIL,                                       WEIR_OK        },
    {"x <= 5",                              X_HEAD "18 0100 0c " FIVE X_TAIL,                                       WEIR_OK        },
    {"x = 'a'",                             X_HEAD "20 0100 10 0100 'a'" NO_LISTS X_TAIL,                           WEIR_OK        },
    {"x > 'a'",                             X_HEAD "20 0100 01 0100 'a'" NO_LISTS X_TAIL,                           WEIR_OK        },
    {"x IS STRING",                         X_HEAD "20 0100 03 0000" NO_LISTS X_TAIL,                               WEIR_OK        },
    {"contains 'a'",                        X_HEAD "20 0100 03 0000 0100 0100 'a' 0000 0000 0000" X_TAIL,           WEIR_OK        },
    {"a timestamp",                         X_HEAD "40 0100 10 0500000000000000" X_TAIL,                            WEIR_OK        },
 /* cut and continued */
    {"nothing",                             "",                                                                     WEIR_EMALFORMED},
    {"a version alone",                     "01",                                                                   WEIR_EMALFORMED},
    {"flags alone",                         "01 01",                                                                WEIR_EMALFORMED},
    {"more than all",                       "01 01 0000 0000 00",                                                   WEIR_EMALFORMED},
 /* the head */
    {"version 0",                           "00 01 0000 0000",                                                      WEIR_EVERSION  },
    {"version 2",                           "02 01 0000 0000",                                                      WEIR_EVERSION  },
    {"an unknown flag",                     "01 05 0000 0000",                                                      WEIR_EMALFORMED},
    {"the other role",                      "01 03 0000 0000",                                                      WEIR_EMALFORMED},
    {"a hull of nothing",                   "01 00 0000 0000",                                                      WEIR_EMALFORMED},
    {"257 residuals",                       "01 01 0101 0000",                                                      WEIR_ELIMIT    },
    {"129 conjunctions",                    "01 01 0000 8100",                                                      WEIR_ELIMIT    },
    {"conjunctions that are not there",     "01 01 0000 0200 0000 0000",                                            WEIR_EMALFORMED},
 /* conjunctions */
    {"twice the same",                      "01 01 0000 0200 0000 0000 0000 0000",                                  WEIR_EMALFORMED},
    {"one covered",
     "01 01 0000 0200 0100 01 'x' 18 0100 01 " FIVE X_TAIL " 0100 01 'x' 18 0100 01 " SIX X_TAIL,
     WEIR_EMALFORMED                                                                                                               },
    {"no name",                             HEAD "0100 00 18 0100 01 " FIVE X_TAIL,                                 WEIR_EMALFORMED},
    {"a name that is no text",              HEAD "0100 01 ff 18 0100 01 " FIVE X_TAIL,                              WEIR_EMALFORMED},
    {"names out of order",                  HEAD "0200 01 'y' 18 0100 01 " FIVE " 01 'x' 18 0100 01 " FIVE X_TAIL,
     WEIR_EMALFORMED                                                                                                               },
    {"a name twice",                        HEAD "0200 01 'x' 18 0100 01 " FIVE " 01 'x' 18 0100 01 " FIVE X_TAIL,
     WEIR_EMALFORMED                                                                                                               },
    {"a residual that is not there",        HEAD "0000 0100 0000",                                                  WEIR_EMALFORMED},
 /* kinds */
    {"no kinds",                            X_HEAD "00" X_TAIL,                                                     WEIR_EMALFORMED},
    {"an unknown kind",                     X_HEAD "98 0100 10 " FIVE X_TAIL,                                       WEIR_EMALFORMED},
    {"all kinds",                           X_HEAD "7f 0100 00 0100 00 0100 03 0000" NO_LISTS X_TAIL,               WEIR_EMALFORMED},
 /* intervals */
    {"no intervals",                        X_HEAD "18 0000" X_TAIL,                                                WEIR_EMALFORMED},
    {"unknown ends",                        X_HEAD "18 0100 11 " FIVE X_TAIL,                                       WEIR_EMALFORMED},
    {"ends beyond a point",                 X_HEAD "18 0100 20 " FIVE X_TAIL,                                       WEIR_EMALFORMED},
    {"a closed end that is not there",      X_HEAD "18 0100 02" X_TAIL,                                             WEIR_EMALFORMED},
    {"a closed high end that is not there", X_HEAD "18 0100 08" X_TAIL,                                             WEIR_EMALFORMED},
    {"a closed low end, but a high one",    X_HEAD "18 0100 06 " FIVE X_TAIL,                                       WEIR_EMALFORMED},
    {"a point as an interval",              X_HEAD "18 0100 0f " FIVE FIVE X_TAIL,                                  WEIR_EMALFORMED},
    {"an empty interval",                   X_HEAD "18 0100 07 " FIVE FIVE X_TAIL,                                  WEIR_EMALFORMED},
    {"ends exchanged",                      X_HEAD "18 0100 05 " SIX FIVE X_TAIL,                                   WEIR_EMALFORMED},
    {"intervals out of order",              X_HEAD "18 0200 10 " SIX "10 " FIVE X_TAIL,                             WEIR_EMALFORMED},
    {"intervals that touch",                X_HEAD "18 0200 04 " FIVE "10 " FIVE X_TAIL,                            WEIR_EMALFORMED},
    {"intervals that overlap",              X_HEAD "18 0200 04 " SIX "10 " FIVE X_TAIL,                             WEIR_EMALFORMED},
    {"strings from infinity",               X_HEAD "20 0100 04 0100 'a'" NO_LISTS X_TAIL,                           WEIR_EMALFORMED},
 /* values */
    {"a number of another type",            X_HEAD "18 0100 10 04 0500000000000000" X_TAIL,                         WEIR_EMALFORMED},
    {"5.0",                                 X_HEAD "18 0100 10 03 0000000000001440" X_TAIL,                         WEIR_EMALFORMED},
    {"infinity",                            X_HEAD "18 0100 10 03 000000000000f07f" X_TAIL,                         WEIR_EMALFORMED},
    {"not a number",                        X_HEAD "18 0100 10 03 000000000000f87f" X_TAIL,                         WEIR_EMALFORMED},
    {"a string that is no text",            X_HEAD "20 0100 10 0100 ff" NO_LISTS X_TAIL,                            WEIR_EMALFORMED},
    {"a string that is cut",                X_HEAD "20 0100 10 0900 'a'" NO_LISTS X_TAIL,                           WEIR_EMALFORMED},
 /* lists */
    {"an empty part",                       X_HEAD "20 0100 03 0000 0100 0000 0000 0000 0000" X_TAIL,               WEIR_EMALFORMED},
    {"parts out of order",                  X_HEAD "20 0100 03 0000 0200 0100 'b' 0100 'a' 0000 0000 0000" X_TAIL,
     WEIR_EMALFORMED                                                                                                               },
    {"a part twice",                        X_HEAD "20 0100 03 0000 0200 0100 'a' 0100 'a' 0000 0000 0000" X_TAIL,
     WEIR_EMALFORMED                                                                                                               },
    {"a part that is said",                 X_HEAD "20 0100 03 0000 0200 0100 'a' 0200 'ab' 0000 0000 0000" X_TAIL,
     WEIR_EMALFORMED                                                                                                               },
    {"parts that contradict",               X_HEAD "20 0100 03 0000 0100 0100 'a' 0000 0100 0100 'a' 0000" X_TAIL,
     WEIR_EMALFORMED                                                                                                               },
    {"a point that the parts rule out",
     X_HEAD "20 0100 10 0100 'b' 0100 0100 'a' 0000 0000 0000" X_TAIL,                                              WEIR_EMALFORMED},
 /* residuals: of x > y */
    {"a residual that none has",            "01 01 0100 0500 'x > y' 0000",                                         WEIR_EMALFORMED},
    {"a residual that is no text",          "01 01 0100 0100 ff 0000",                                              WEIR_EMALFORMED},
    {"a residual that does not compile",    "01 01 0100 0500 'x > >' 0000",                                         WEIR_EMALFORMED},
    {"a residual that is a set",            "01 01 0100 0500 'x > 5' 0100 0000 0100 0000",                          WEIR_EMALFORMED},
    {"a residual that is two",              "01 01 0100 0f00 'x > y AND x > z' 0100 0000 0100 0000",
     WEIR_EMALFORMED                                                                                                               },
    {"a residual that is constant",         "01 01 0100 0400 'TRUE' 0100 0000 0100 0000",                           WEIR_EMALFORMED},
    {"a residual that is never true",       "01 01 0100 1100 'x + 1 IN (TRUE, 1)' 0100 0000 0100 0000",
     WEIR_EMALFORMED                                                                                                               },
    {"a residual without its attributes",   "01 01 0100 0500 'x < y' 0100 0000 0100 0000",
     WEIR_EMALFORMED                                                                                                               },
    {"a hull without them",                 "01 00 0100 0500 'x < y' 0100 0000 0100 0000",                          WEIR_OK        },
    {"a residual that lists one",           "01 01 0100 0500 'x < y' 0100 0100 01 'x' 18 0100 00 0100 0000",
     WEIR_EMALFORMED                                                                                                               },
    {"a residual that lists both",
     "01 01 0100 0500 'x < y' 0100 0200 01 'x' 18 0100 00 01 'y' 18 0100 00 0100 0000",                             WEIR_OK        },
    {"a residual that may be absent",
     "01 01 0100 0500 'x < y' 0100 0200 01 'x' 18 0100 00 01 'y' 19 0100 00 0100 0000",                             WEIR_EMALFORMED},
    {"a residual in other words",           "01 01 0100 0500 'y < x' 0100 0000 0100 0000",                          WEIR_EMALFORMED},
};

static void bytes_are_refused_for_their_reason(void **state)
{
    uint8_t bytes[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const size_t size = bytes_of(bytes, cases[i].bytes);
        const enum weir_err err = decode_as(WEIR_ROLE_SUBSCRIPTION, bytes, size);

        if (err != cases[i].err)
            fail_msg("%s: %d, not %d", cases[i].name, (int)err, (int)cases[i].err);
    }
}

/* What allows all covers whatever else there is, under any name. */
static void all_stands_alone(void **state)
{
    static const struct {
        const char *bytes;
        enum weir_err err;
    } advertised[] = {
        {"01 03 0000 0100 0000 0000",                                       WEIR_OK        },
        {"01 03 0000 0100 0100 02 'as' 18 0100 10 " FIVE " 0000",           WEIR_OK        },
        {"01 03 0000 0200 0000 0000 0100 02 'as' 18 0100 10 " FIVE " 0000", WEIR_EMALFORMED},
        {"01 03 0000 0200 0000 0000 0100 01 'x' 18 0100 10 " FIVE " 0000",  WEIR_EMALFORMED},
    };
    uint8_t bytes[128];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(advertised); i++) {
        const size_t size = bytes_of(bytes, advertised[i].bytes);

        assert_int_equal(decode_as(WEIR_ROLE_ADVERTISEMENT, bytes, size), advertised[i].err);
    }
}

static void bytes_have_a_limit(void **state)
{
    static uint8_t bytes[WEIR_NORMAL_SIZE_MAX + 1] = {1, 1};

    (void)state;
    assert_int_equal(decode_as(WEIR_ROLE_SUBSCRIPTION, bytes, sizeof bytes), WEIR_ELIMIT);
    assert_int_equal(decode_as(WEIR_ROLE_SUBSCRIPTION, bytes, sizeof bytes - 1), WEIR_EMALFORMED);
}

/* No filter has so many values, and so no residual. */
static void residuals_have_limits(void **state)
{
    static char bytes[8192] = "\1\1\1";
    size_t len = 6;

    (void)state;
    len += (size_t)snprintf(bytes + len, sizeof bytes - len, "x + 1 IN (0");
    for (int i = 1; i <= WEIR_FILTER_LEAVES_MAX; i++)
        len += (size_t)snprintf(bytes + len, sizeof bytes - len, ", %d", i);
    len += (size_t)snprintf(bytes + len, sizeof bytes - len, ")");
    bytes[4] = (char)((len - 6) & 0xff);
    bytes[5] = (char)((len - 6) >> 8);
    assert_int_equal(decode_as(WEIR_ROLE_SUBSCRIPTION, bytes, len + 2), WEIR_ELIMIT);
}

/* As long as they are, their lengths are those of no form. */
static void texts_have_limits(void **state)
{
    static uint8_t bytes[WEIR_FILTER_PRINTED_MAX + 64];
    size_t len = bytes_of(bytes, X_HEAD "20 0100 03 0000 0200");

    (void)state;
    for (int i = 0; i < 2; i++) {
        const size_t size = WEIR_FILTER_TEXT_MAX / 2 + 1;

        bytes[len++] = (uint8_t)(size & 0xff);
        bytes[len++] = (uint8_t)(size >> 8);
        memset(bytes + len, 'a' + i, size);
        len += size;
    }
    len += bytes_of(bytes + len, "0000 0000 0000" X_TAIL);
    assert_int_equal(decode_as(WEIR_ROLE_SUBSCRIPTION, bytes, len), WEIR_EMALFORMED);

    len = bytes_of(bytes, "01 01 0100 0140");
    memset(bytes + len, 'a', WEIR_FILTER_PRINTED_MAX + 1);
    len += WEIR_FILTER_PRINTED_MAX + 1;
    len += bytes_of(bytes + len, "0000");
    assert_int_equal(WEIR_FILTER_PRINTED_MAX, 0x4000);
    assert_int_equal(decode_as(WEIR_ROLE_SUBSCRIPTION, bytes, len), WEIR_EMALFORMED);
}

static uint8_t *notify(struct weir_notification *out, struct weir_value x, struct weir_value y,
                       size_t count)
{
    const struct weir_attr attrs[] = {
        {WEIR_STR("x"), x},
        {WEIR_STR("y"), y}
    };
    uint8_t *bytes;
    size_t size;

    assert_int_equal(
        weir_notification_encode(&bytes, &size, attrs, count, WEIR_STR(""), NULL, NULL), WEIR_OK);
    *out = weir_notification_view(bytes, size);
    return bytes;
}

/* `x + 1 < y` lists numbers; bytes that list other values too say that they are exact.  Nothing
 * comes of it but that the two are not known to be equal. */
static void values_that_no_residual_takes_are_harmless(void **state)
{
    const struct weir_value values[] = {
        {WEIR_INT,    {.integer = 1}           },
        {WEIR_INT,    {.integer = INT64_MAX}   },
        {WEIR_DOUBLE, {.real = 2.5}            },
        {WEIR_BOOL,   {.boolean = true}        },
        {WEIR_STRING, {.string = WEIR_STR("a")}},
    };
    struct weir_normal *narrow = must_normalise("x + 1 < y"), *wide, *adv = must_advertise("x > 5");
    struct weir_scratch *scratch = must_scratch();
    uint8_t bytes[256];
    const size_t size =
        bytes_of(bytes, "01 01 0100 0900 'x + 1 < y' 0100 0200"
                        "01 'x' 7e 0100 00 0100 00 0100 03 0000" NO_LISTS
                        "01 'y' 7e 0100 00 0100 00 0100 03 0000" NO_LISTS "0100 0000");

    (void)state;
    assert_int_equal(weir_normal_decode(&wide, WEIR_ROLE_SUBSCRIPTION,
                                        (struct weir_str){(const char *)bytes, size}, NULL),
                     WEIR_OK);
    assert_true(weir_normal_is_exact(wide));
    assert_false(weir_str_equal(weir_normal_bytes(wide), weir_normal_bytes(narrow)));
    assert_true(weir_normal_covers(wide, narrow, NULL));
    assert_false(weir_normal_covers(narrow, wide, NULL));
    assert_int_equal(weir_normal_intersects(adv, wide, NULL),
                     weir_normal_intersects(adv, narrow, NULL));
    for (size_t i = 0; i < COUNT_OF(values) * COUNT_OF(values) * 2; i++) {
        struct weir_notification n;
        uint8_t *encoded = notify(&n, values[i % COUNT_OF(values)],
                                  values[i / COUNT_OF(values) % COUNT_OF(values)],
                                  1 + i / COUNT_OF(values) / COUNT_OF(values));

        assert_int_equal(weir_normal_eval(wide, &n, scratch),
                         weir_normal_eval(narrow, &n, scratch));
        free(encoded);
    }
    weir_scratch_destroy(scratch);
    weir_normal_destroy(adv);
    weir_normal_destroy(wide);
    weir_normal_destroy(narrow);
}

/* A large set and a long list of residuals that several conjunctions have are held once. */
static void what_conjunctions_have_in_common_is_held_once(void **state)
{
    char text[WEIR_FILTER_TEXT_MAX];
    size_t len = (size_t)snprintf(text, sizeof text, "(a = 1 OR b = 1) AND (c = 1 OR d = 1)");
    struct weir_normal *normal;
    const struct weir_conjunction *first, *last;

    (void)state;
    for (int i = 0; i < 20; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, " AND x > y + %d", i);
    len += (size_t)snprintf(text + len, sizeof text - len, " AND z IN (0");
    for (int i = 1; i < 50; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, ", %d", i);
    (void)snprintf(text + len, sizeof text - len, ")");
    normal = must_normalise(text);
    assert_int_equal(weir_normal_count(normal), 4);
    first = weir_normal_at(normal, 0);
    last = weir_normal_at(normal, 3);
    assert_int_equal(first->residual_count, 20);
    assert_ptr_equal(first->residuals, last->residuals);
    assert_int_equal(first->constraints[first->constraint_count - 1].domain.numbers.count, 50);
    assert_ptr_equal(first->constraints[first->constraint_count - 1].domain.numbers.v,
                     last->constraints[last->constraint_count - 1].domain.numbers.v);
    weir_normal_destroy(normal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_refused_for_their_reason),
        cmocka_unit_test(all_stands_alone),
        cmocka_unit_test(bytes_have_a_limit),
        cmocka_unit_test(residuals_have_limits),
        cmocka_unit_test(texts_have_limits),
        cmocka_unit_test(values_that_no_residual_takes_are_harmless),
        cmocka_unit_test(what_conjunctions_have_in_common_is_held_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
