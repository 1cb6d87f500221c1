/* link_test.c - weir::link over real loopback and ipc connections. */
#include "ends.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <oom.h>
#include <poll.h>
#include <pthread.h>
#include <random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define BOTH(test)                       \
    static void test##_tcp(void **state) \
    {                                    \
        (void)state;                     \
        test(false);                     \
    }                                    \
    static void test##_ipc(void **state) \
    {                                    \
        (void)state;                     \
        test(true);                      \
    }

static void echo(bool ipc)
{
    struct pair p;

    pair_init(&p, ipc, NULL);
    must_send(&p.client, WEIR_LINK_DATA, "ping", 4);
    STEP_UNTIL(&p, p.server.size == 4);
    assert_memory_equal(p.server.bytes, "ping", 4);
    assert_int_equal(
        weir_hub_send(p.server.hub, p.server.conn, WEIR_LINK_DATA, WEIR_STR("po"), WEIR_STR("ng")),
        WEIR_OK);
    STEP_UNTIL(&p, p.client.size == 4);
    assert_memory_equal(p.client.bytes, "pong", 4);
    assert_int_equal(weir_hub_stats(p.server.hub).accepted, 1);
    assert_int_equal(weir_hub_stats(p.server.hub).bytes_in, 4);
    assert_int_equal(weir_hub_stats(p.server.hub).bytes_out, 4);
    pair_fini(&p);
}
BOTH(echo)

static void peers_have_names(bool ipc)
{
    struct pair p;
    char text[64], expected[64];

    pair_init(&p, ipc, NULL);
    weir_hub_peer(p.client.hub, p.client.conn, text, sizeof text);
    assert_string_equal(text, ipc ? p.url : p.url + strlen("tcp://"));
    weir_hub_peer(p.server.hub, p.server.conn, text, sizeof text);
    snprintf(expected, sizeof expected, "pid:%ld", (long)getpid());
    if (ipc)
        assert_string_equal(text, expected);
    else
        assert_memory_equal(text, "127.0.0.1:", strlen("127.0.0.1:"));
    weir_hub_peer(p.server.hub, p.server.conn + 1, text, sizeof text);
    assert_string_equal(text, "?");
    pair_fini(&p);
}
BOTH(peers_have_names)

/* Small and large messages of one lane come as one stream, in order. */
static void order_is_kept(bool ipc)
{
    struct pair p;
    uint32_t next = 0;

    pair_init(&p, ipc, NULL);
    for (uint32_t i = 0; i < 200000; i++) {
        must_send(&p.client, WEIR_LINK_DATA, &i, sizeof i);
        if (i % 1000 == 0)
            weir_hub_flush(p.client.hub);
    }
    STEP_UNTIL(&p, p.server.size == 800000);
    for (size_t at = 0; at < p.server.size; at += sizeof next, next++) {
        uint32_t got;

        memcpy(&got, p.server.bytes + at, sizeof got);
        assert_int_equal(got, next);
    }
    pair_fini(&p);
}
BOTH(order_is_kept)

/* With much data queued, control that is queued last arrives after no more than was on its way. */
static void control_overtakes_data(bool ipc)
{
    struct pair p;
    size_t total = 64 * 1024 * 1024, chunk = 64 * 1024;
    char *data = calloc(1, chunk);

    pair_init(&p, ipc, NULL);
    for (size_t sent = 0; sent < total; sent += chunk)
        must_send(&p.client, WEIR_LINK_DATA, data, chunk);
    weir_hub_flush(p.client.hub);
    must_send(&p.client, WEIR_LINK_CONTROL, "C", 1);
    size_t left = weir_hub_queued(p.client.hub, p.client.conn, WEIR_LINK_DATA);

    /* Nobody reads yet, so what the kernel holds is all that may have gone ahead. */
    assert_true(left > total / 2);
    STEP_UNTIL(&p, p.server.size == total + 1);
    char *found = memchr(p.server.bytes, 'C', p.server.size);

    assert_non_null(found);
    assert_true((size_t)(found - p.server.bytes) <= total - left + 256 * 1024);
    assert_int_equal(weir_hub_queued(p.client.hub, p.client.conn, WEIR_LINK_DATA), 0);
    free(data);
    pair_fini(&p);
}
BOTH(control_overtakes_data)

/* A message: u32 size, lane, number; then bytes that follow from these. */
static void send_numbered(struct end *end, struct random_source *random, uint32_t lane,
                          uint32_t number)
{
    static char message[300000];
    uint32_t large = random_below(random, 20) == 0 ? 290000 : 300;
    uint32_t head[3] = {(uint32_t)(sizeof head + random_below(random, large)), lane, number};

    memcpy(message, head, sizeof head);
    memset(message + sizeof head, (int)(number & 0xff), head[0] - sizeof head);
    must_send(end, (enum weir_link_lane)lane, message, head[0]);
}

/* Takes whole messages off the front; the next number of each lane is in `next`. */
static void check_numbered(struct end *end, uint32_t next[2])
{
    uint32_t head[3];
    size_t at = 0;

    for (; end->size - at >= sizeof head; at += head[0]) {
        memcpy(head, end->bytes + at, sizeof head);
        assert_in_range(head[0], sizeof head, 300000);
        assert_in_range(head[1], 0, 1);
        assert_int_equal(head[2], next[head[1]]);
        if (end->size - at < head[0])
            break;
        for (size_t i = sizeof head; i < head[0]; i++)
            if (end->bytes[at + i] != (char)(head[2] & 0xff))
                fail_msg("message %u of lane %u is not whole", head[2], head[1]);
        next[head[1]]++;
    }
    end->size -= at;
    if (end->size != 0)
        memmove(end->bytes, end->bytes + at, end->size);
}

/* However writes cut the lanes, messages arrive whole and in the order of their lane. */
static void lanes_do_not_mix(bool ipc)
{
    enum { ROUNDS = 150 };
    struct random_source random = {11};
    struct pair p;
    uint32_t sent[2] = {0, 0}, next[2] = {0, 0};

    pair_init(&p, ipc, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = random_below(&random, 300); i > 0; i--) {
            uint32_t lane = random_below(&random, 4) == 0 ? WEIR_LINK_CONTROL : WEIR_LINK_DATA;

            send_numbered(&p.client, &random, lane, sent[lane]++);
            if (random_below(&random, 50) == 0)
                weir_hub_flush(p.client.hub);
        }
        for (size_t i = random_below(&random, 40); i > 0; i--) {
            end_step(&p.client, 0);
            end_step(&p.server, 0);
        }
        check_numbered(&p.server, next);
    }
    STEP_UNTIL(&p, (check_numbered(&p.server, next), next[0] == sent[0] && next[1] == sent[1]));
    assert_int_equal(p.server.size, 0);
    pair_fini(&p);
}
BOTH(lanes_do_not_mix)

static void fill(char *bytes, size_t size, uint64_t seed)
{
    struct random_source random = {seed};

    for (size_t i = 0; i + 8 <= size; i += 8) {
        uint64_t value = random_u64(&random);

        memcpy(bytes + i, &value, 8);
    }
}

/* 100 MB each way at once; what is queued at either end stays below a bound that the ends keep by
 * looking at weir_hub_queued, and the same bytes arrive. */
static void much_both_ways(bool ipc)
{
    enum { CHUNK = 100000, CHUNKS = 500 };
    struct pair p;
    char *chunk = malloc(CHUNK), *expected = malloc(CHUNK);
    struct end *ends[2];
    size_t sent[2] = {0, 0}, checked[2] = {0, 0};

    pair_init(&p, ipc, NULL);
    ends[0] = &p.client;
    ends[1] = &p.server;
    int64_t deadline = now_ms() + DEADLINE_MS;

    while (checked[0] < CHUNKS || checked[1] < CHUNKS) {
        assert_true(now_ms() < deadline);
        for (size_t i = 0; i < 2; i++) {
            struct end *end = ends[i];

            while (sent[i] < CHUNKS &&
                   weir_hub_queued(end->hub, end->conn, WEIR_LINK_DATA) < 1024 * 1024) {
                fill(chunk, CHUNK, 2 * sent[i]++ + i);
                must_send(end, WEIR_LINK_DATA, chunk, CHUNK);
            }
            end_step(end, 0);
            if (end->size < CHUNK)
                continue;
            fill(expected, CHUNK, 2 * checked[i]++ + (1 - i));
            assert_memory_equal(end->bytes, expected, CHUNK / 8 * 8);
            end->size -= CHUNK;
            memmove(end->bytes, end->bytes + CHUNK, end->size);
        }
    }
    free(chunk);
    free(expected);
    pair_fini(&p);
}
BOTH(much_both_ways)

/* A reader that takes nothing: the sender's bytes stay in its queue, where they can be seen, the
 * reader's hub takes no more than its reads, and DRAINED comes once the reader goes on. */
static void slow_reader_is_seen(bool ipc)
{
    enum { TOTAL = 32 * 1024 * 1024, CHUNK = 65536 };
    struct pair p;
    char *chunk = calloc(1, CHUNK);

    pair_init(&p, ipc, NULL);
    for (size_t sent = 0; sent < TOTAL; sent += CHUNK)
        must_send(&p.client, WEIR_LINK_DATA, chunk, CHUNK);
    size_t before = SIZE_MAX, queued = TOTAL;

    /* Until the kernel has taken what it takes. */
    for (int quiet = 0; quiet < 20; quiet = queued == before ? quiet + 1 : 0) {
        before = queued;
        assert_false(end_step(&p.client, 10));
        queued = weir_hub_queued(p.client.hub, p.client.conn, WEIR_LINK_DATA);
    }
    assert_true(queued > TOTAL / 2);
    assert_int_equal(weir_hub_stats(p.client.hub).queued, queued);
    assert_int_equal(p.client.drained, 0);
    STEP_UNTIL(&p, p.server.size == TOTAL && p.client.drained == 1);
    STEP_UNTIL(&p, weir_hub_stats(p.client.hub).queued == 0);
    free(chunk);
    pair_fini(&p);
}
BOTH(slow_reader_is_seen)

static void close_delivers_what_was_queued(bool ipc)
{
    enum { TOTAL = 20 * 1000 * 1000, CHUNK = 1000 };
    struct pair p;
    char *all = malloc(TOTAL);

    pair_init(&p, ipc, NULL);
    fill(all, TOTAL, 7);
    for (size_t at = 0; at < TOTAL; at += CHUNK)
        must_send(&p.client, WEIR_LINK_DATA, all + at, CHUNK);
    /* Unread bytes at the closing end must not hurt either. */
    must_send(&p.server, WEIR_LINK_DATA, all, TOTAL / 10);
    weir_hub_close(p.client.hub, p.client.conn, 10000);
    assert_int_equal(
        weir_hub_send(p.client.hub, p.client.conn, WEIR_LINK_DATA, WEIR_STR("x"), WEIR_STR("")),
        WEIR_ECLOSED);
    STEP_UNTIL(&p, p.server.closed == 1 && p.client.closed == 1);
    assert_int_equal(p.server.err, WEIR_ECLOSED);
    assert_int_equal(p.client.err, WEIR_OK);
    assert_int_equal(p.client.size, 0);
    assert_int_equal(p.server.size, TOTAL);
    assert_memory_equal(p.server.bytes, all, TOTAL);
    free(all);
    pair_fini(&p);
}
BOTH(close_delivers_what_was_queued)

/* The last words of a peer are read, though sending to it fails by then. */
static void last_words_are_read(bool ipc)
{
    struct pair p;

    pair_init(&p, ipc, NULL);
    for (int i = 0; i < 50; i++) {
        must_send(&p.server, WEIR_LINK_CONTROL, "goodbye", 7);
        weir_hub_close(p.server.hub, p.server.conn, 1000);
        STEP_UNTIL(&p, p.server.closed == (unsigned)i + 1 || p.client.size == 7);
        must_send(&p.client, WEIR_LINK_DATA, "what?", 5);
        weir_hub_close(p.client.hub, p.client.conn, 0);
        STEP_UNTIL(&p, p.server.closed == (unsigned)i + 1 && p.client.closed == (unsigned)i + 1);
        assert_int_equal(p.client.size, 7);
        p.client.size = 0;
        assert_int_equal(weir_hub_dial(p.client.hub, p.url, &p.client.conn), WEIR_OK);
        STEP_UNTIL(&p, p.server.up == (unsigned)i + 2 && p.client.up == (unsigned)i + 2);
    }
    pair_fini(&p);
}
BOTH(last_words_are_read)

/* A peer that neither reads nor closes holds a closing connection no longer than it may. */
static void linger_ends(bool ipc)
{
    enum { TOTAL = 32 * 1024 * 1024 };
    struct pair p;
    char *all = calloc(1, TOTAL);
    int64_t begin;

    pair_init(&p, ipc, NULL);
    must_send(&p.client, WEIR_LINK_DATA, all, TOTAL);
    begin = now_ms();
    weir_hub_close(p.client.hub, p.client.conn, 100);
    assert_int_equal(weir_hub_stats(p.client.hub).queued, TOTAL);
    while (p.client.closed == 0)
        end_step(&p.client, 1000);
    assert_int_equal(weir_hub_stats(p.client.hub).queued, 0);
    assert_in_range(now_ms() - begin, 99, 2000);
    free(all);
    pair_fini(&p);
}
BOTH(linger_ends)

static int begin_connecting(const char *url, bool ipc)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_un un;
    } to = {
        .in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}
    };
    int fd = socket(ipc ? AF_UNIX : AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    if (ipc) {
        const char *path = url + strlen("ipc://");

        to.un.sun_family = AF_UNIX;
        assert_true(strlen(path) < sizeof to.un.sun_path);
        memcpy(to.un.sun_path, path, strlen(path) + 1);
    } else {
        to.in.sin_port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10));
    }
    if (connect(fd, &to.any, ipc ? sizeof to.un : sizeof to.in) != 0)
        assert_int_equal(errno, EINPROGRESS);
    return fd;
}

/* Many that connect at once need not wait until the hub gets round to them. */
static void many_connect_at_once(bool ipc)
{
    enum { MANY = 300 };
    struct pair p;
    int fds[MANY];

    pair_init(&p, ipc, NULL);
    for (int i = 0; i < MANY; i++)
        fds[i] = begin_connecting(p.url, ipc);
    for (int i = 0; i < MANY; i++) {
        struct pollfd pollfd = {.fd = fds[i], .events = POLLOUT};

        assert_int_equal(poll(&pollfd, 1, DEADLINE_MS), 1);
    }
    STEP_UNTIL(&p, p.server.up == 1 + MANY);
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
    STEP_UNTIL(&p, p.server.closed == MANY);
    pair_fini(&p);
}
BOTH(many_connect_at_once)

static void nobody_listens(bool ipc)
{
    struct pair p;
    weir_conn conn;

    pair_listen(&p, ipc, NULL);
    weir_hub_destroy(p.server.hub);
    end_init(&p.server, NULL, NULL);
    assert_int_equal(weir_hub_dial(p.client.hub, p.url, &conn), WEIR_OK);
    STEP_UNTIL(&p, p.client.failed == 1);
    assert_int_equal(p.client.err, WEIR_ECONNECT);
    assert_int_equal(weir_hub_stats(p.client.hub).conns, 0);

    /* Given up at once: CLOSED comes, whatever the dial does. */
    assert_int_equal(weir_hub_dial(p.client.hub, p.url, &conn), WEIR_OK);
    weir_hub_close(p.client.hub, conn, 0);
    STEP_UNTIL(&p, p.client.closed == 1);
    assert_int_equal(p.client.err, WEIR_OK);
    assert_int_equal(p.client.failed, 1);
    pair_fini(&p);
}
BOTH(nobody_listens)

static void address_in_use(bool ipc)
{
    struct pair p;
    char bound[WEIR_URL_MAX] = "untouched";

    pair_init(&p, ipc, NULL);
    assert_int_equal(weir_hub_listen(p.client.hub, p.url, bound), WEIR_EADDRINUSE);
    assert_string_equal(bound, "untouched");
    must_send(&p.client, WEIR_LINK_DATA, "still there", 11);
    STEP_UNTIL(&p, p.server.size == 11);
    pair_fini(&p);
}
BOTH(address_in_use)

static void stale_socket_is_replaced_a_file_is_not(void **state)
{
    struct pair p;
    char path[128], url[160];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat st;
    int fd;

    (void)state;
    pair_listen(&p, true, NULL);
    snprintf(path, sizeof path, "%s/other", p.dir);
    snprintf(url, sizeof url, "ipc://%s", path);

    fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(weir_hub_listen(p.client.hub, url, p.url), WEIR_EADDRINUSE);
    assert_int_equal(stat(path, &st), 0);
    unlink(path);

    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    memcpy(address.sun_path, path, strlen(path) + 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    assert_int_equal(weir_hub_listen(p.client.hub, url, p.url), WEIR_OK);
    assert_string_equal(p.url, url);
    pair_fini(&p);
}

static void bad_urls(void **state)
{
    static const char *const urls[] = {
        "",
        "tcp://",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:x",
        "udp://a",
        "ipc://x",
        "tcp://127.0.0.1:1/x",
        "127.0.0.1:1",
        "tcp://127.0.0.1:123456",
        "tcp://127.0.0.1:65536",
        "inproc:///x",
    };
    struct end end;
    char bound[WEIR_URL_MAX], longest[WEIR_URL_MAX + 1] = "ipc:///";
    weir_conn conn;

    (void)state;
    end_init(&end, NULL, NULL);
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        if (weir_url_valid(urls[i]) || weir_hub_listen(end.hub, urls[i], bound) != WEIR_EINVAL ||
            weir_hub_dial(end.hub, urls[i], &conn) != WEIR_EINVAL)
            fail_msg("%s", urls[i]);
    }
    memset(longest + 7, 'x', sizeof longest - 8);
    assert_int_equal(weir_hub_listen(end.hub, longest, bound), WEIR_EINVAL);
    longest[150] = '\0'; /* beyond what a socket's path may have */
    assert_int_equal(weir_hub_listen(end.hub, longest, bound), WEIR_EINVAL);
    end_fini(&end);
}

static void too_many_connections_are_refused(void **state)
{
    struct pair p;
    struct weir_hub_options options = {.conns_max = 2};
    weir_conn conns[3];
    struct end third;

    (void)state;
    pair_init(&p, false, &options);
    end_init(&third, NULL, NULL);
    assert_int_equal(weir_hub_dial(p.client.hub, p.url, &conns[0]), WEIR_OK);
    assert_int_equal(weir_hub_dial(p.client.hub, p.url, &conns[1]), WEIR_ELIMIT);
    STEP_UNTIL(&p, p.server.up == 2);
    assert_int_equal(weir_hub_dial(third.hub, p.url, &conns[2]), WEIR_OK);
    STEP_UNTIL(&p, (end_step(&third, 0), third.closed == 1));
    assert_int_equal(weir_hub_stats(p.server.hub).refused, 1);
    assert_int_equal(weir_hub_stats(p.server.hub).conns, 2);
    end_fini(&third);
    pair_fini(&p);
}

static void *interrupt(void *hub)
{
    weir_hub_interrupt(hub);
    return NULL;
}

static void interrupt_ends_a_wait(void **state)
{
    struct end end;
    pthread_t thread;
    struct weir_note note;

    (void)state;
    end_init(&end, NULL, NULL);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(pthread_create(&thread, NULL, interrupt, end.hub), 0);
        weir_hub_next(end.hub, -1, &note);
        assert_int_equal(note.type, WEIR_NOTE_NONE);
        pthread_join(thread, NULL);
    }
    end_fini(&end);
}

/* The descriptor is readable exactly while there is something to take. */
static void descriptor_tells(void **state)
{
    struct pair p;
    struct pollfd pollfd = {.events = POLLIN};

    (void)state;
    pair_init(&p, false, NULL);
    while (end_step(&p.server, 0))
        ;
    pollfd.fd = weir_hub_descriptor(p.server.hub);
    assert_int_equal(poll(&pollfd, 1, 0), 0);
    for (int i = 0; i < 100; i++) {
        must_send(&p.client, WEIR_LINK_DATA, "x", 1);
        weir_hub_flush(p.client.hub);
        int64_t deadline = now_ms() + DEADLINE_MS;

        while (poll(&pollfd, 1, 1) == 0) { /* the client's last write may not have ended yet */
            assert_true(now_ms() < deadline);
            end_step(&p.client, 0);
        }
        assert_true(end_step(&p.server, 0));
        assert_false(end_step(&p.server, 0));
        assert_int_equal(poll(&pollfd, 1, 0), 0);
    }
    assert_int_equal(p.server.size, 100);
    pair_fini(&p);
}

static void next_waits_no_longer_than_told(void **state)
{
    struct end end;
    int64_t begin;

    (void)state;
    end_init(&end, NULL, NULL);
    begin = now_ms();
    assert_false(end_step(&end, 30));
    assert_in_range(now_ms() - begin, 29, 2000);
    end_fini(&end);
}

/* Sending allocates nothing once there are blocks, and a burst's memory is given back. */
static void memory_is_steady(void **state)
{
    enum { BURST = 16 * 1024 * 1024 };
    struct pair p;
    struct oom oom;
    weir_conn conn;
    char *burst = calloc(1, BURST);

    (void)state;
    pair_listen(&p, false, NULL);
    oom_init(&oom, SIZE_MAX);
    weir_hub_destroy(p.client.hub);
    end_init(&p.client, NULL, &oom.alloc);
    p.server.discard = true;
    assert_int_equal(weir_hub_dial(p.client.hub, p.url, &conn), WEIR_OK);
    STEP_UNTIL(&p, p.server.up == 1 && p.client.up == 1);
    size_t idle = oom.live_count;

    must_send(&p.client, WEIR_LINK_DATA, burst, BURST);
    assert_true(oom.live_count - idle > BURST / 32768);
    STEP_UNTIL(&p, p.server.size == BURST && p.client.drained == 1);
    assert_false(end_step(&p.client, 10));
    assert_in_range(oom.live_count - idle, 1, 128);

    size_t allowed = oom.allowed;

    for (size_t i = 0; i < 20000; i++) {
        must_send(&p.client, i % 3 == 0 ? WEIR_LINK_CONTROL : WEIR_LINK_DATA, burst, 100);
        if (i % 100 == 99)
            STEP_UNTIL(&p, p.server.size == BURST + (i + 1) * 100);
    }
    assert_int_equal(oom.allowed, allowed);
    end_fini(&p.client);
    assert_int_equal(oom.live_count, 0);
    end_init(&p.client, NULL, NULL);
    free(burst);
    pair_fini(&p);
}

static void out_of_memory(void **state)
{
    struct pair p;
    struct oom oom;
    struct weir_hub *hub;
    weir_conn conn;
    size_t n = 0;

    (void)state;
    pair_listen(&p, false, NULL);
    for (;; n++) {
        oom_init(&oom, n);
        enum weir_err err = weir_hub_create(&hub, NULL, &oom.alloc);

        if (err == WEIR_OK) {
            err = weir_hub_dial(hub, p.url, &conn);
            if (err == WEIR_OK)
                err = weir_hub_send(hub, conn, WEIR_LINK_DATA, WEIR_STR("x"), WEIR_STR(""));
            weir_hub_destroy(hub);
        }
        assert_int_equal(oom.live_count, 0);
        if (err == WEIR_OK)
            break;
        assert_int_equal(err, WEIR_ENOMEM);
    }
    assert_in_range(n, 5, 20);
    pair_fini(&p);
}

#define TWO(test) cmocka_unit_test(test##_tcp), cmocka_unit_test(test##_ipc)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TWO(echo),
        TWO(peers_have_names),
        TWO(order_is_kept),
        TWO(control_overtakes_data),
        TWO(lanes_do_not_mix),
        TWO(much_both_ways),
        TWO(slow_reader_is_seen),
        TWO(close_delivers_what_was_queued),
        TWO(last_words_are_read),
        TWO(many_connect_at_once),
        TWO(linger_ends),
        TWO(nobody_listens),
        TWO(address_in_use),
        cmocka_unit_test(stale_socket_is_replaced_a_file_is_not),
        cmocka_unit_test(bad_urls),
        cmocka_unit_test(too_many_connections_are_refused),
        cmocka_unit_test(interrupt_ends_a_wait),
        cmocka_unit_test(descriptor_tells),
        cmocka_unit_test(next_waits_no_longer_than_told),
        cmocka_unit_test(memory_is_steady),
        cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
