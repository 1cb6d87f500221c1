/* frame_type_test.c - names, lanes, who may send what, reasons, ids of brokers. */
#include <weir/wire.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void lanes_and_senders(void **state)
{
    static const struct {
        enum weir_frame_type type;
        const char *name;
        enum weir_lane lane;
        bool from_broker, from_client;
    } cases[] = {
        {WEIR_FRAME_HELLO,       "HELLO",       WEIR_LANE_CONTROL, true,  true },
        {WEIR_FRAME_CLOSE,       "CLOSE",       WEIR_LANE_CONTROL, true,  true },
        {WEIR_FRAME_HEARTBEAT,   "HEARTBEAT",   WEIR_LANE_CONTROL, true,  true },
        {WEIR_FRAME_LSA,         "LSA",         WEIR_LANE_CONTROL, true,  false},
        {WEIR_FRAME_SUB,         "SUB",         WEIR_LANE_CONTROL, true,  false},
        {WEIR_FRAME_UNSUB,       "UNSUB",       WEIR_LANE_CONTROL, true,  false},
        {WEIR_FRAME_ADV,         "ADV",         WEIR_LANE_CONTROL, true,  false},
        {WEIR_FRAME_READY,       "READY",       WEIR_LANE_CONTROL, true,  false},
        {WEIR_FRAME_ACK,         "ACK",         WEIR_LANE_CONTROL, true,  false},
        {WEIR_FRAME_PROMISED,    "PROMISED",    WEIR_LANE_CONTROL, true,  false},
        {WEIR_FRAME_CREDIT,      "CREDIT",      WEIR_LANE_CONTROL, true,  false},
        {WEIR_FRAME_JOIN,        "JOIN",        WEIR_LANE_CONTROL, true,  false},
        {WEIR_FRAME_DATA,        "DATA",        WEIR_LANE_DATA,    true,  false},
        {WEIR_FRAME_UNADV,       "UNADV",       WEIR_LANE_DATA,    true,  false},
        {WEIR_FRAME_GAP,         "GAP",         WEIR_LANE_DATA,    true,  false},
        {WEIR_FRAME_SUBSCRIBE,   "SUBSCRIBE",   WEIR_LANE_CONTROL, false, true },
        {WEIR_FRAME_UNSUBSCRIBE, "UNSUBSCRIBE", WEIR_LANE_CONTROL, false, true },
        {WEIR_FRAME_ADVERTISE,   "ADVERTISE",   WEIR_LANE_CONTROL, false, true },
        {WEIR_FRAME_UNADVERTISE, "UNADVERTISE", WEIR_LANE_CONTROL, false, true },
        {WEIR_FRAME_PUBLISH,     "PUBLISH",     WEIR_LANE_DATA,    false, true },
        {WEIR_FRAME_QUERY,       "QUERY",       WEIR_LANE_CONTROL, false, true },
        {WEIR_FRAME_SUBACK,      "SUBACK",      WEIR_LANE_CONTROL, false, false},
        {WEIR_FRAME_UNSUBACK,    "UNSUBACK",    WEIR_LANE_DATA,    false, false},
        {WEIR_FRAME_ADVACK,      "ADVACK",      WEIR_LANE_CONTROL, false, false},
        {WEIR_FRAME_UNADVACK,    "UNADVACK",    WEIR_LANE_CONTROL, false, false},
        {WEIR_FRAME_PUBACK,      "PUBACK",      WEIR_LANE_CONTROL, false, false},
        {WEIR_FRAME_PUBREFUSED,  "PUBREFUSED",  WEIR_LANE_CONTROL, false, false},
        {WEIR_FRAME_DELIVER,     "DELIVER",     WEIR_LANE_DATA,    false, false},
        {WEIR_FRAME_NOTICE,      "NOTICE",      WEIR_LANE_DATA,    false, false},
        {WEIR_FRAME_REPLY,       "REPLY",       WEIR_LANE_CONTROL, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const enum weir_frame_type type = cases[i].type;

        assert_string_equal(weir_frame_type_text(type), cases[i].name);
        if (weir_frame_lane(type) != cases[i].lane ||
            weir_frame_allowed(type, WEIR_ROLE_BROKER) != cases[i].from_broker ||
            weir_frame_allowed(type, WEIR_ROLE_CLIENT) != cases[i].from_client)
            fail_msg("%s", cases[i].name);
    }
    assert_string_equal(weir_frame_type_text(0), "?");
    assert_string_equal(weir_frame_type_text(255), "?");
}

static void reasons(void **state)
{
    (void)state;
    assert_string_equal(weir_reason_text(WEIR_REASON_NONE), "none");
    assert_string_equal(weir_reason_text(WEIR_REASON_DUPLICATE_NAME), "duplicate-name");
    assert_string_equal(weir_reason_text(WEIR_REASON_CONFIGURATION), "configuration");
    assert_string_equal(weir_reason_text(9999), "?");
}

/* Ids travel between brokers, so they are the same on every machine and for ever. */
static void ids_of_brokers(void **state)
{
    (void)state;
    assert_true(weir_broker_id(WEIR_STR("b1")) == UINT64_C(0x07EBB745A9AF4972));
    assert_true(weir_broker_id(WEIR_STR("amsterdam-2")) == UINT64_C(0xDEC9E53D88B18CD3));
    assert_true(weir_broker_id(WEIR_STR("b1")) != weir_broker_id(WEIR_STR("b2")));
    assert_true(weir_broker_id(WEIR_STR("")) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_and_senders),
        cmocka_unit_test(reasons),
        cmocka_unit_test(ids_of_brokers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
