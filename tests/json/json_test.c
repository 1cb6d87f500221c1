/* json_test.c - notifications from and to JSON, diagnostics to JSON. */
#include "json_oom.h"
#include "oom.h"

#include <weir/filter.h>
#include <weir/json.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Reads and writes again. */
static const char *round_trip(const char *text, char *out, size_t size)
{
    struct weir_json_problem problem;
    struct weir_notification n;
    uint8_t *bytes;
    size_t len;

    if (weir_notification_from_json(&bytes, &len, weir_str_of(text), &problem, NULL) != WEIR_OK)
        fail_msg("%s: %s", text, problem.text);
    n = weir_notification_view(bytes, len);
    len = weir_notification_to_json(out, size, &n);
    assert_int_equal(len, strlen(out));
    free(bytes);
    return out;
}

static void reads_what_it_writes(void **state)
{
    static const struct {
        const char *text, *written;
    } cases[] = {
        {"{}",                                                                           "{}"                                     },
        {" {\"b\" : 1 , \"a\":2}\r\n",                                                   "{\"a\":2,\"b\":1}"                      },
        {"{\"p\":185.02,\"v\":100,\"h\":false,\"t\":true}",
         "{\"h\":false,\"p\":185.02,\"t\":true,\"v\":100}"                                                                        },
        {"{\"a\":5.0,\"b\":1e3,\"c\":-0.0}",                                             "{\"a\":5.0,\"b\":1000.0,\"c\":0.0}"     },
        {"{\"a\":-9223372036854775808}",                                                 "{\"a\":-9223372036854775808}"           },
        {"{\"a\":null}",                                                                 "{}"                                     },
        {"{\"a\":\"x\\u0001\\n\\\"\\\\\\u00e9\"}",                                       "{\"a\":\"x\\u0001\\n\\\"\\\\\xc3\xa9\"}"},
        {"{\"a\":{\"$timestamp\":\"2013-10-07T09:30:00.1230Z\"}}",
         "{\"a\":{\"$timestamp\":\"2013-10-07T09:30:00.123Z\"}}"                                                                  },
        {"{\"$type\":\"tick\",\"$body\":\"hi\"}",                                        "{\"$type\":\"tick\",\"$body\":\"hi\"}"  },
        {"{\"$body64\":\"aGk=\"}",                                                       "{\"$body\":\"hi\"}"                     },
        {"{\"$body64\":\"/wD+\"}",                                                       "{\"$body64\":\"/wD+\"}"                 },
        {"{\"$body64\":\"/w==\",\"a\":1}",                                               "{\"a\":1,\"$body64\":\"/w==\"}"         },
        {"{\"$body64\":\"\"}",                                                           "{}"                                     },
        {"{\"$id\":\"b1/1\",\"$ts\":{\"$timestamp\":\"2013-10-07T09:30:00Z\"},\"a\":1}",
         "{\"a\":1}"                                                                                                              },
    };
    char out[512];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(round_trip(cases[i].text, out, sizeof out), cases[i].written);
}

static void refuses_with_a_reason(void **state)
{
    static const struct {
        const char *text;
        enum weir_err err;
        const char *says;
    } cases[] = {
        {"",                                   WEIR_ESYNTAX, "'[' or '{' expected"         },
        {"{\"a\":1",                           WEIR_ESYNTAX, "'}' expected"                },
        {"{\"a\":1} {}",                       WEIR_ESYNTAX, "end of file expected"        },
        {"{\"a",                               WEIR_ESYNTAX, "premature end of input"      },
        {"{\"a\\",                             WEIR_ESYNTAX, "invalid escape"              },
        {"}{}",                                WEIR_ESYNTAX, "'[' or '{' expected"         },
        {"{\"a\":1}}",                         WEIR_ESYNTAX, "end of file expected"        },
        {"{:[1]}",                             WEIR_ETYPE,   "attribute '': an array"      },
        {"{{{",                                WEIR_ETYPE,   "attribute '': an object"     },
        {"{\"a\\u0000b\":1}",                  WEIR_EINVAL,  "NUL byte in object key"      },
        {"5",                                  WEIR_ESYNTAX, "'[' or '{' expected"         },
        {"[]",                                 WEIR_ETYPE,   "a notification is an object" },
        {"{\"tags\":[1]}",                     WEIR_ETYPE,   "'tags': an array is no value"},
        {"{\"a\":{\"b\":1}}",                  WEIR_ETYPE,   "'a': an object is no value"  },
        {"{\"a\":{\"b\":{\"c\":1}}}",          WEIR_ETYPE,   "'a': an object is no value"  },
        {"{\"a\":{\"$timestamp\":5}}",         WEIR_EINVAL,  "RFC 3339"                    },
        {"{\"a\":{\"$timestamp\":\"today\"}}", WEIR_EINVAL,  "RFC 3339"                    },
        {"{\"a\":1,\"a\":2}",                  WEIR_EINVAL,  "duplicate"                   },
        {"{\"a\":9223372036854775808}",        WEIR_ELIMIT,  "too big integer"             },
        {"{\"a\":1e999}",                      WEIR_ELIMIT,  "real number overflow"        },
        {"{\"a\":NaN}",                        WEIR_ESYNTAX, "invalid token"               },
        {"{\"a\":\"\\u0000\"}",                WEIR_EINVAL,  "\\u0000"                     },
        {"{\"a\":\"\xff\"}",                   WEIR_ESYNTAX, "unable to decode"            },
        {"{\"$body\":1}",                      WEIR_ETYPE,   "$body is not a string"       },
        {"{\"$body\":\"a\",\"$body64\":\"\"}", WEIR_EINVAL,  "exclude each other"          },
        {"{\"$body64\":\"aGk\"}",              WEIR_EINVAL,  "not base64"                  },
        {"{\"$body64\":\"aGl=\"}",             WEIR_EINVAL,  "not base64"                  },
        {"{\"$body64\":\"====\"}",             WEIR_EINVAL,  "not base64"                  },
        {"{\"$other\":1}",                     WEIR_EINVAL,  "$other"                      },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct weir_json_problem problem = {"", 0};
        uint8_t *bytes = NULL;
        size_t size;
        enum weir_err err =
            weir_notification_from_json(&bytes, &size, weir_str_of(cases[i].text), &problem, NULL);

        if (err != cases[i].err || strstr(problem.text, cases[i].says) == NULL)
            fail_msg("%s: %s: %s", cases[i].text, weir_err_text(err), problem.text);
        assert_null(bytes);
        assert_int_equal(
            weir_notification_from_json(&bytes, &size, weir_str_of(cases[i].text), NULL, NULL),
            err);
    }
}

#define E10 "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
#define E50 E10 E10 E10 E10 E10

/* What a reason tells of a text is cut, but never inside a character, is itself text, and does
 * nothing to a terminal. */
static void reasons_are_text(void **state)
{
    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        {"{\"" E50 "\":[1]}",                    "attribute '" E10 E10 "': an array"   },
        {"{\"x" E50 "\":[1]}",                   "\xC3\xA9': an array"                 },
        {"{\"x" E50 "\":{\"b\":{\"c\":1}}}",     "\xC3\xA9': an object is no value"    },
        {"{\"x" E50 "\":{\"b\":1}}",             "\xC3\xA9': an object is no value"    },
        {"{\"x" E50 "\":{\"$timestamp\":1}}",    "\xC3\xA9': $timestamp is not"        },
        {"{\"x" E50 E50 E50 "\":1}",             "\xC3\xA9': attribute name too long"  },
        {"{\"\xFF\":[1]}",                       "attribute '': an array"              },
        {"{\"\\u00e9\":[1]}",                    "attribute '\\u00e9': an array"       },
        {"{\"a\":1,\"" E50 E50 "\":[1]}",        "attribute '" E10 E10 "': an array"   },
        {"{\"\\u001b[31m\\u009b\":{\"b\":1}}",   "attribute '?[31m?': an object"       },
        {"{\"\\u001b[31m\":{\"$timestamp\":1}}", "attribute '?[31m': $timestamp"       },
        {"{\"$\\u001b[31m\\u202e\":1}",          "attribute '$?[31m?': attribute names"},
        {"{\"a\\n\":1,\"a\\n\":2}",              "duplicate object key"                },
        {"{\"\x7f\":[1]}",                       "attribute '?': an array"             },
        {"{\"a\" \"" E50 E50 "\"}",              "':' expected"                        },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct weir_json_problem problem = {"", 0};
        uint8_t *bytes;
        size_t size;
        enum weir_err err =
            weir_notification_from_json(&bytes, &size, weir_str_of(cases[i].text), &problem, NULL);

        assert_int_not_equal(err, WEIR_OK);
        for (const char *c = problem.text; *c != '\0'; c++)
            assert_true(*c != '\n' && *c != '\x1b' && *c != '\x7f');
        if (!weir_str_is_text(weir_str_of(problem.text)) ||
            strstr(problem.text, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].text, problem.text);
    }
}

static void bounds_before_parsing(void **state)
{
    size_t size = 3u << 20, len = 0;
    char *text = malloc(size);
    struct weir_json_problem problem;
    struct weir_json_notification *read;

    (void)state;
    assert_non_null(text);
    memset(text, ' ', size);
    assert_int_equal(weir_json_read(&read, (struct weir_str){text, size}, &problem, NULL),
                     WEIR_ELIMIT);
    text[len++] = '{';
    for (int i = 0; i < 1000; i++)
        len += (size_t)snprintf(text + len, size - len, "%s\"a%d\":1", i == 0 ? "" : ",", i);
    text[len++] = '}';
    assert_int_equal(weir_json_read(&read, (struct weir_str){text, len}, &problem, NULL),
                     WEIR_ELIMIT);
    memset(text, '{', 1u << 20);
    assert_int_equal(weir_json_read(&read, (struct weir_str){text, 1u << 20}, &problem, NULL),
                     WEIR_ETYPE);
    assert_int_equal(problem.column, 3);
    free(text);
}

static void survives_lack_of_memory(void **state)
{
    static const char text[] = "{\"a\":\"x\",\"$body64\":\"aGk=\"}";
    enum weir_err err = WEIR_ENOMEM;

    (void)state;
    for (size_t n = 0; err != WEIR_OK; n++) {
        struct oom oom;
        uint8_t *bytes = NULL;
        size_t size;

        oom_init(&oom, n);
        err = weir_notification_from_json(&bytes, &size, weir_str_of(text), NULL, &oom.alloc);
        if (err == WEIR_OK) {
            assert_true(n > 1);
            oom.alloc.release(oom.alloc.context, bytes);
        } else {
            assert_int_equal(err, WEIR_ENOMEM);
        }
        assert_int_equal(oom.live_count, 0);
    }
}

static void survives_lack_of_memory_of_the_parser(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"a\":1,\"b\":2.5,\"c\":\"x\\u00e9\",\"d\":{\"$timestamp\":\"2013-10-07T09:30:00Z\"}}",
        "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":1,\"k\":2}",
        "{\"a name that is longer than one allocation\":\"and a value that is longer than one\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        enum weir_err err = WEIR_ENOMEM;

        for (size_t n = 0; err != WEIR_OK; n++) {
            struct weir_json_problem problem = {"", 0};
            struct weir_json_notification *read = NULL;

            json_oom_begin(n);
            err = weir_json_read(&read, weir_str_of(texts[i]), &problem, NULL);
            if (err == WEIR_OK) {
                assert_true(n > 2);
            } else if (err != WEIR_ENOMEM || read != NULL ||
                       strcmp(problem.text, "out of memory") != 0) {
                fail_msg("text %zu, %zu allocations: %s: %s", i, n, weir_err_text(err),
                         problem.text);
            }
            weir_json_notification_destroy(read);
            assert_int_equal(json_oom_live_count, 0);
        }
    }
    json_oom_end();
}

static void writes_stamps(void **state)
{
    const struct weir_attr attr = {WEIR_STR("a"), weir_value_int(1)};
    const struct weir_stamps stamps = {WEIR_STR("b1/7"), 2, WEIR_STR("feed"), 1};
    uint8_t *bytes, stamped[256];
    struct weir_notification n;
    char out[256];
    size_t size;

    (void)state;
    assert_int_equal(weir_notification_encode(&bytes, &size, &attr, 1, WEIR_STR(""), NULL, NULL),
                     WEIR_OK);
    n = weir_notification_view(bytes, size);
    size = weir_notification_stamped_size(&n, &stamps);
    assert_true(size <= sizeof stamped);
    weir_notification_stamp(stamped, &n, &stamps);
    n = weir_notification_view(stamped, size);
    (void)weir_notification_to_json(out, sizeof out, &n);
    assert_string_equal(out, "{\"a\":1,\"$id\":\"b1/7\",\"$origin\":\"b1\",\"$publisher\":\"feed\","
                             "\"$ts\":{\"$timestamp\":\"1970-01-01T00:00:00.000000001Z\"}}");
    free(bytes);
}

static void cuts_at_the_size(void **state)
{
    struct weir_notification n;
    uint8_t *bytes;
    char out[9];
    size_t size;

    (void)state;
    assert_int_equal(
        weir_notification_from_json(&bytes, &size, WEIR_STR("{\"a\":\"\xc3\xa9x\"}"), NULL, NULL),
        WEIR_OK);
    n = weir_notification_view(bytes, size);
    assert_int_equal(weir_notification_to_json(NULL, 0, &n), 11);
    assert_int_equal(weir_notification_to_json(out, 8, &n), 11);
    assert_string_equal(out, "{\"a\":\"");
    free(bytes);
}

static void tells_diagnostics(void **state)
{
    const struct weir_str text = WEIR_STR("a = 1\nAND price >= AND \"x");
    struct weir_diags diags;
    struct weir_filter *filter;
    char out[1024];

    (void)state;
    assert_int_equal(weir_filter_compile(&filter, text, &diags, NULL), WEIR_ESYNTAX);
    (void)weir_diag_to_json(out, sizeof out, text, &diags.v[0]);
    assert_string_equal(
        out, "{\"code\":\"F203\",\"severity\":\"error\",\"line\":2,\"column\":14,\"offset\":19,"
             "\"length\":3,\"message\":\"expected a value after '>='\",\"expected\":[\"a literal\","
             "\"an attribute\",\"(\"],\"suggestion\":\"write a number, e.g. price >= 100.0\"}");
}

static void tells_warnings_with_two_places(void **state)
{
    static const struct weir_diag diag = {
        .code = "W602",
        .severity = WEIR_SEVERITY_WARNING,
        .offset = 10,
        .length = 5,
        .other_offset = 4,
        .other_length = 1,
        .message = "never \"true\"",
    };
    char out[512];

    (void)state;
    (void)weir_diag_to_json(out, sizeof out, WEIR_STR("\xC3\xA9 = 1\nAND \xC3\xA9 = 2"), &diag);
    assert_string_equal(out, "{\"code\":\"W602\",\"severity\":\"warning\",\"line\":2,\"column\":4,"
                             "\"offset\":10,\"length\":5,\"other\":{\"line\":1,\"column\":4,"
                             "\"offset\":4,\"length\":1},\"message\":\"never \\\"true\\\"\","
                             "\"expected\":[],\"suggestion\":\"\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_writes),
        cmocka_unit_test(refuses_with_a_reason),
        cmocka_unit_test(reasons_are_text),
        cmocka_unit_test(bounds_before_parsing),
        cmocka_unit_test(survives_lack_of_memory),
        cmocka_unit_test(writes_stamps),
        cmocka_unit_test(cuts_at_the_size),
        cmocka_unit_test(tells_diagnostics),
        cmocka_unit_test(tells_warnings_with_two_places),
        cmocka_unit_test(survives_lack_of_memory_of_the_parser),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
