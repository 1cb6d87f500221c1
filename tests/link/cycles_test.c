/* cycles_test.c - connecting and closing over and over, from both ends, in every order: what broke
 * NNG's users most.  Worth most under the address and thread sanitizers. */
#include "ends.h"

#define CYCLES 1000

static void cycles(bool ipc)
{
    struct pair p;
    char *bytes = calloc(1, 300000);

    pair_listen(&p, ipc, NULL);
    for (unsigned i = 1; i <= CYCLES; i++) {
        weir_conn conn;

        assert_int_equal(weir_hub_dial(p.client.hub, p.url, &conn), WEIR_OK);
        STEP_UNTIL(&p, p.server.up == i && p.client.up == i);
        if (i % 2 == 0) /* with a write and a read under way */
            must_send(&p.client, WEIR_LINK_DATA, bytes, i % 4 == 0 ? 300000 : 10);
        if (i % 3 == 0)
            must_send(&p.server, WEIR_LINK_CONTROL, bytes, 300000);
        if (i % 5 == 0)
            weir_hub_flush(p.client.hub);
        if (i % 7 != 0)
            weir_hub_close(p.server.hub, p.server.conn, i % 50 == 0 ? 20 : 0);
        if (i % 7 == 0 || i % 11 == 0)
            weir_hub_close(p.client.hub, conn, 0);
        STEP_UNTIL(&p, p.server.closed == i && p.client.closed == i);
    }
    assert_int_equal(weir_hub_stats(p.server.hub).conns, 0);
    assert_int_equal(weir_hub_stats(p.client.hub).conns, 0);
    free(bytes);
    pair_fini(&p);
}

static void cycles_tcp(void **state)
{
    (void)state;
    cycles(false);
}

static void cycles_ipc(void **state)
{
    (void)state;
    cycles(true);
}

/* A hub that goes while everything is under way: dials, accepts, reads and writes. */
static void destroyed_in_the_middle(void **state)
{
    char *bytes = calloc(1, 100000);

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        struct pair p;
        weir_conn conns[5];

        pair_listen(&p, i % 2 == 0, NULL);
        for (unsigned k = 0; k < 5; k++) {
            assert_int_equal(weir_hub_dial(p.client.hub, p.url, &conns[k]), WEIR_OK);
            assert_int_equal(weir_hub_send(p.client.hub, conns[k], WEIR_LINK_DATA,
                                           (struct weir_str){bytes, 100000}, WEIR_STR("")),
                             WEIR_OK);
        }
        STEP_UNTIL(&p, p.server.up + p.client.up >= i % 11);
        pair_fini(&p);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cycles_tcp),
        cmocka_unit_test(cycles_ipc),
        cmocka_unit_test(destroyed_in_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
