/* topology_test.c - what the reader accepts, refuses and says; and the files of this project. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <weir/topology.h>

#include "json_oom.h"

#define B(names) "{\"brokers\":[" names "],\"links\":["
#define N(name) "{\"name\":\"" name "\"}"
#define L(a, b) "{\"between\":[\"" a "\",\"" b "\"]}"

static struct weir_topology_problems problems;

static struct weir_topology *parse(const char *text)
{
    struct weir_topology *topology = NULL;
    enum weir_err err = weir_topology_parse(&topology, weir_str_of(text), &problems, NULL);
    for (size_t i = 0; i < problems.count; i++)
        print_message("%u:%u %s %s\n", problems.v[i].line, problems.v[i].column,
                      problems.v[i].pointer, problems.v[i].text);
    assert_int_equal(err, WEIR_OK);
    return topology;
}

struct refusal {
    const char *text;
    enum weir_err err;
    const char *pointer;
    uint32_t line, column;
    const char *says;
};

/* clang-format off */
static const struct refusal refusals[] = {
    {"", WEIR_ESYNTAX, "", 1, 1, ""},
    {"{\"brokers\":[\n {\"name\" \"a\"}", WEIR_ESYNTAX, "", 2, 12, "':' expected"},
    {"{\"links\":[],\n\"links\":[]}", WEIR_ESYNTAX, "", 2, 7, "duplicate"},
    {"[]", WEIR_EINVAL, "", 1, 1, "must be an object"},
    {"[[[[[[[[[", WEIR_ELIMIT, "", 1, 9, "nested deeper than 8"},
    {B("") "]}", WEIR_EINVAL, "/brokers", 1, 12, "needs 1 to 4096"},
    {"{\"brokers\":[" N("a") "]}", WEIR_EINVAL, "", 1, 1, "'links' is missing"},
    {B(N("a")) "],\n \"limks\":[]}", WEIR_EINVAL, "/limks", 2, 10, "unknown key 'limks'"},
    {B(N("a")) "],\"a~/b\":1}", WEIR_EINVAL, "/a~0~1b", 1, 45, "unknown key 'a~/b'"},
    {B("{\"name\":\"a\",\n\"place\":{\"lat\":1}}") "]}",
     WEIR_EINVAL, "/brokers/0/place/lat", 2, 16, "unknown key 'lat'"},
    {B("{}") "]}", WEIR_EINVAL, "/brokers/0", 1, 13, "'name' is missing"},
    {B("{\"name\":7}") "]}", WEIR_EINVAL, "/brokers/0/name", 1, 21, "must be a string"},
    {B(N("")) "]}", WEIR_EINVAL, "/brokers/0/name", 1, 21, "1 to 64 bytes"},
    {B(N("a\\u0007")) "]}", WEIR_EINVAL, "/brokers/0/name", 1, 21, "control"},
    {B(N("a") "," N("b") ",\n" N("a")) L("a", "b") "]}",
     WEIR_EINVAL, "/brokers/2/name", 2, 9, "name 'a' is taken by /brokers/0"},
    {B("{\"name\":\"a\",\"listen\":\"7000\"}") "]}",
     WEIR_EINVAL, "/brokers/0/listen", 1, 34, "must be an address"},
    {B("{\"name\":\"a\",\"place\":{\"latitude\":1}}") "]}",
     WEIR_EINVAL, "/brokers/0/place", 1, 33, "go together"},
    {B("{\"name\":\"a\",\"place\":{\"latitude\":90.5,\"longitude\":0}}") "]}",
     WEIR_EINVAL, "/brokers/0/place/latitude", 1, 45, "from -90 to 90"},
    {B("{\"name\":\"a\",\"place\":{\"latitude\":0,\"longitude\":-181}}") "]}",
     WEIR_EINVAL, "/brokers/0/place/longitude", 1, 59, "from -180 to 180"},
    {B(N("a")) L("a", "x") "]}",
     WEIR_EINVAL, "/links/0/between/1", 1, 52, "no broker is named 'x'"},
    {B(N("a")) L("a", "a") "]}", WEIR_EINVAL, "/links/0", 1, 36, "links 'a' to itself"},
    {B(N("a")) "{\"between\":[\"a\"]}]}",
     WEIR_EINVAL, "/links/0/between", 1, 47, "must name two brokers"},
    {B(N("a") "," N("b")) L("a", "b") ",\n" L("b", "a") "]}",
     WEIR_EINVAL, "/links/1", 2, 1, "'b' and 'a' are linked by /links/0 already"},
    {B(N("a") "," N("b")) "{\"between\":[\"a\",\"b\"],\"cost\":0}]}",
     WEIR_EINVAL, "/links/0/cost", 1, 77, "from 1 to 1000000"},
    {B(N("a") "," N("b")) "{\"between\":[\"a\",\"b\"],\"cost\":1.5}]}",
     WEIR_EINVAL, "/links/0/cost", 1, 77, "must be an integer"},
    {B(N("a") "," N("b")) "{\"between\":[\"a\",\"b\"],\"delay_ms\":-1}]}",
     WEIR_EINVAL, "/links/0/delay_ms", 1, 81, "from 0 to 1000"},
    {B(N("a") "," N("b") "," N("c") "," N("d")) L("a", "b") "," L("d", "c") "]}",
     WEIR_EINVAL, "/brokers/2", 1, 39, "no way from 'a' to 'c', 'd'"},
    {B(N("a")) "],\"routing\":{\"mode\":\"ring\"}}",
     WEIR_EINVAL, "/routing/mode", 1, 56, "'acyclic'"},
    {B(N("a")) "],\"routing\":{\"strategy\":\"merge\"}}",
     WEIR_EINVAL, "/routing/strategy", 1, 60, "'covering'"},
    {B(N("a")) "],\"routing\":{\"advertisements\":1}}",
     WEIR_EINVAL, "/routing/advertisements", 1, 66, "true or false"},
};
/* clang-format on */

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *r = &refusals[i];
        struct weir_topology *topology = NULL;
        enum weir_err err = weir_topology_parse(&topology, weir_str_of(r->text), &problems, NULL);
        const struct weir_topology_problem *p = &problems.v[0];
        if (err != r->err || problems.total != 1 || strcmp(p->pointer, r->pointer) != 0 ||
            p->line != r->line || p->column != r->column || !strstr(p->text, r->says))
            fail_msg("%s\n  err %d, %zu problems, '%s' at %u:%u: %s", r->text, (int)err,
                     problems.total, p->pointer, p->line, p->column, p->text);
        assert_null(topology);
    }
}

static void reports_everything(void **state)
{
    (void)state;
    struct weir_topology *topology = NULL;
    const char *text = B(N("a") "," N("b") "," N("c")) L("a", "a") "," L("a", "b") "],\"x\":1}";
    assert_int_equal(weir_topology_parse(&topology, weir_str_of(text), &problems, NULL),
                     WEIR_EINVAL);
    assert_int_equal(problems.total, 3);
    assert_string_equal(problems.v[0].pointer, "/x");
    assert_string_equal(problems.v[1].pointer, "/links/0");
    assert_string_equal(problems.v[2].pointer, "/brokers/2");
}

static void counts_beyond_the_list(void **state)
{
    (void)state;
    char text[4096] = B(N("a"));
    for (int i = 0; i < 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%d", i ? "," : "", i);
    snprintf(text + strlen(text), sizeof text - strlen(text), "]}");
    struct weir_topology *topology = NULL;
    assert_int_equal(weir_topology_parse(&topology, weir_str_of(text), &problems, NULL),
                     WEIR_EINVAL);
    assert_int_equal(problems.count, WEIR_TOPOLOGY_PROBLEMS_MAX);
    assert_int_equal(problems.total, 40);
}

static void reads_fields(void **state)
{
    (void)state;
    struct weir_topology *topology =
        parse("{\"name\":\"pair\",\"brokers\":[{\"name\":\"a\",\"listen\":\"tcp://127.0.0.1:1\","
              "\"place\":"
              "{\"city\":\"Z\\u00fcrich\",\"site\":\"s\",\"latitude\":47,\"longitude\":8.5}}," N(
                  "b") "],"
                       "\"links\":[{\"between\":[\"b\",\"a\"],\"delay_ms\":0.25}],"
                       "\"routing\":{\"strategy\":\"simple\",\"advertisements\":false}}");
    size_t count;
    const struct weir_topology_broker *brokers = weir_topology_brokers(topology, &count);
    assert_int_equal(count, 2);
    assert_true(weir_str_equal(weir_topology_name(topology), WEIR_STR("pair")));
    assert_true(weir_str_equal(brokers[0].listen, WEIR_STR("tcp://127.0.0.1:1")));
    assert_true(weir_str_equal(brokers[0].city, WEIR_STR("Z\xc3\xbcrich")));
    assert_true(brokers[0].located && !brokers[1].located);
    assert_true(brokers[0].latitude == 47 && brokers[0].longitude == 8.5);
    const struct weir_topology_link *links = weir_topology_links(topology, &count);
    assert_int_equal(count, 1);
    assert_true(links[0].ends[0] == 1 && links[0].ends[1] == 0);
    assert_true(links[0].delay_ms == 0.25);
    assert_int_equal(links[0].cost, 250);
    const struct weir_topology_routing *routing = weir_topology_routing(topology);
    assert_true(weir_str_equal(routing->mode, WEIR_STR("acyclic")));
    assert_true(weir_str_equal(routing->strategy, WEIR_STR("simple")));
    assert_false(routing->advertisements);
    weir_topology_destroy(topology);
}

/* The square a-b-c-d with a diagonal: equal costs are decided by names, in any order of the file.
 */
static void spans_by_cost_then_names(void **state)
{
    (void)state;
    static const char *const files[] = {
        B(N("a") "," N("b") "," N("c") "," N("d")) L("a", "b") "," L("b", "c") "," L(
            "c", "d") "," L("d", "a") ",{\"between\":[\"a\",\"c\"],\"cost\":2}]}",
        B(N("d") "," N("c") "," N("b") "," N("a")) "{\"between\":[\"c\",\"a\"],\"cost\":2}," L(
            "a", "d") "," L("d", "c") "," L("c", "b") "," L("b", "a") "]}",
    };
    for (size_t f = 0; f < 2; f++) {
        struct weir_topology *topology = parse(files[f]);
        size_t link_count, broker_count;
        const struct weir_topology_broker *brokers = weir_topology_brokers(topology, &broker_count);
        const struct weir_topology_link *links = weir_topology_links(topology, &link_count);
        for (size_t i = 0; i < link_count; i++) {
            char low = *brokers[links[i].ends[0]].name.ptr,
                 high = *brokers[links[i].ends[1]].name.ptr;
            if (low > high) {
                char swap = low;
                low = high;
                high = swap;
            }
            bool unused = (low == 'c' && high == 'd') || (low == 'a' && high == 'c');
            assert_int_equal(links[i].in_tree, !unused);
            if (low == 'c' && high == 'd') {
                uint32_t path[4];
                assert_int_equal(
                    weir_topology_path(topology, links[i].ends[0], links[i].ends[1], path, 4), 4);
                const char *names = f == 0 ? "cbad" : "dabc";
                for (size_t p = 0; p < 4; p++)
                    assert_int_equal(*brokers[path[p]].name.ptr, names[p]);
            }
        }
        weir_topology_destroy(topology);
    }
}

static const struct {
    const char *file;
    size_t brokers, links, cities;
} shipped[] = {
    {"stock-feed.json",        9,  8,  3 },
    {"chain3.json",            3,  2,  0 },
    {"three-datacenters.json", 6,  9,  3 },
    {"abilene.json",           11, 14, 11},
};

static void reads_shipped_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/topologies/%s", WEIR_SOURCE_DIR, shipped[i].file);
        struct weir_topology *topology = NULL;
        if (weir_topology_read(&topology, path, &problems, NULL) != WEIR_OK)
            fail_msg("%s: %s %s", path, problems.v[0].pointer, problems.v[0].text);
        size_t brokers, links, in_tree = 0, cities = 0;
        const struct weir_topology_broker *broker = weir_topology_brokers(topology, &brokers);
        const struct weir_topology_link *link = weir_topology_links(topology, &links);
        for (size_t l = 0; l < links; l++)
            in_tree += link[l].in_tree;
        for (size_t b = 0; b < brokers; b++) {
            bool seen = broker[b].city.len == 0;
            for (size_t c = 0; c < b; c++)
                seen = seen || weir_str_equal(broker[c].city, broker[b].city);
            cities += !seen;
        }
        assert_int_equal(brokers, shipped[i].brokers);
        assert_int_equal(links, shipped[i].links);
        assert_int_equal(in_tree, brokers - 1);
        assert_int_equal(cities, shipped[i].cities);
        weir_topology_destroy(topology);
    }
}

static void says_what_cannot_be_read(void **state)
{
    (void)state;
    struct weir_topology *topology = NULL;
    assert_int_equal(weir_topology_read(&topology, "/nonexistent/t.json", &problems, NULL),
                     WEIR_EIO);
    assert_non_null(strstr(problems.v[0].text, "No such file"));
}

struct failing {
    size_t left, live;
};

static void *failing_resize(void *context, void *block, size_t size)
{
    struct failing *f = context;
    if (f->left == 0)
        return NULL;
    f->left--;
    f->live += !block;
    return realloc(block, size);
}

static void failing_release(void *context, void *block)
{
    struct failing *f = context;
    f->live -= block != NULL;
    free(block);
}

static void survives_every_failed_allocation(void **state)
{
    (void)state;
    char path[1024];
    snprintf(path, sizeof path, "%s/topologies/abilene.json", WEIR_SOURCE_DIR);
    for (size_t n = 0;; n++) {
        struct failing failing = {n, 0};
        struct weir_alloc alloc = {failing_resize, failing_release, &failing};
        struct weir_topology *topology = NULL;
        enum weir_err err = weir_topology_read(&topology, path, &problems, &alloc);
        if (err == WEIR_OK) {
            assert_true(n > 5);
            weir_topology_destroy(topology);
            assert_int_equal(failing.live, 0);
            return;
        }
        assert_int_equal(err, WEIR_ENOMEM);
        assert_null(topology);
        assert_int_equal(failing.live, 0);
    }
}

/* The parser tells a lack of memory as a mistake of the text, or tells nothing. */
static void survives_lack_of_memory_of_the_parser(void **state)
{
    static const char text[] = B(N("a") "," N("b")) L("a", "b") "]}";
    enum weir_err err = WEIR_ENOMEM;

    (void)state;
    for (size_t n = 0; err != WEIR_OK; n++) {
        struct weir_topology *topology = NULL;

        json_oom_begin(n);
        err = weir_topology_parse(&topology, weir_str_of(text), &problems, NULL);
        if (err != WEIR_OK && (err != WEIR_ENOMEM || topology != NULL || problems.total != 0))
            fail_msg("%zu allocations: %s", n, weir_err_text(err));
        assert_true(err != WEIR_OK || n > 10);
        weir_topology_destroy(topology);
        assert_int_equal(json_oom_live_count, 0);
    }
    json_oom_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses),
        cmocka_unit_test(reports_everything),
        cmocka_unit_test(counts_beyond_the_list),
        cmocka_unit_test(reads_fields),
        cmocka_unit_test(spans_by_cost_then_names),
        cmocka_unit_test(reads_shipped_files),
        cmocka_unit_test(says_what_cannot_be_read),
        cmocka_unit_test(survives_every_failed_allocation),
        cmocka_unit_test(survives_lack_of_memory_of_the_parser),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
