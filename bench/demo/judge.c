/* judge.c - weir-judge: compares what subscribers got with what publishers published.
 *
 * Reads the files that the demonstration's processes wrote (published-*.jsonl, subscriber-*.txt:
 * see publish.c and subscribe.c) and evaluates every filter on every notification by its syntax
 * tree: no matcher, no router, no normal form, no algebra is linked.  Each subscriber must have got
 * each notification that satisfies one of its filters, once, unaltered, with exactly the ids of
 * the filters it satisfies, in the order in which its publisher published. */
#include <getopt.h>
#include <glob.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/filter.h>
#include <weir/json.h>

#define ROW_ID "feed_id"
#define FILTERS_MAX 16
#define IDS_MAX FILTERS_MAX

struct published {
    uint8_t *bytes;
    size_t size;
    int64_t id;
    size_t file, place; /* the publisher, and its order there */
};

struct verdict {
    uint64_t published, expected, delivered;
    uint64_t lost, duplicated, unwanted, altered, disordered;
};

struct judge {
    struct published *published; /* ascending by id */
    size_t count, room, files;
    uint64_t *delays; /* of all deliveries, ns */
    size_t delay_count, delay_room;
    struct weir_scratch *scratch;
    struct verdict verdict;
    unsigned shown; /* findings printed */
};

struct subscriber {
    const char *path;
    struct weir_filter *filters[FILTERS_MAX];
    uint32_t ids[FILTERS_MAX];
    size_t filter_count;
    bool *got;     /* per published notification */
    size_t *place; /* per publisher: one past the last place seen */
};

static void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
static void finding(struct judge *judge, const char *what, const struct subscriber *subscriber,
                    int64_t id);

static void fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("weir-judge: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(2);
}

static void *grown(void *block, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return block;
    *room = *room == 0 ? 1024 : 2 * *room;
    block = realloc(block, *room * size);
    if (block == NULL)
        fail("out of memory");
    return block;
}

/* ---- what was published */

static int64_t row_id(const struct weir_notification *notification, const char *path)
{
    struct weir_value value;

    if (!weir_notification_find(notification, WEIR_STR(ROW_ID), &value) || value.type != WEIR_INT)
        fail("%s: a notification has no int attribute " ROW_ID, path);
    return value.u.integer;
}

static void read_notification(uint8_t **bytes, size_t *size, struct weir_str text, const char *path)
{
    struct weir_json_problem problem;

    if (weir_notification_from_json(bytes, size, text, &problem, NULL) != WEIR_OK)
        fail("%s: %s", path, problem.text);
}

static void read_published(struct judge *judge, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0, place = 0;
    ssize_t len;

    if (file == NULL)
        fail("cannot read %s", path);
    while ((len = getline(&line, &room, file)) > 0) {
        struct weir_notification view;
        struct published *p;

        judge->published =
            grown(judge->published, judge->count, &judge->room, sizeof *judge->published);
        p = &judge->published[judge->count++];
        read_notification(&p->bytes, &p->size, (struct weir_str){line, (size_t)len}, path);
        view = weir_notification_view(p->bytes, p->size);
        p->id = row_id(&view, path);
        p->file = judge->files;
        p->place = place++;
    }
    judge->files++;
    free(line);
    fclose(file);
}

static int by_id(const void *a, const void *b)
{
    const struct published *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static struct published *find_published(const struct judge *judge, int64_t id)
{
    struct published key = {.id = id};

    return bsearch(&key, judge->published, judge->count, sizeof key, by_id);
}

/* ---- what a subscriber got */

static void read_filter(struct subscriber *s, const char *line)
{
    struct weir_diags diags = {0};
    char *text;

    if (s->filter_count == FILTERS_MAX)
        fail("%s: more than %d filters", s->path, FILTERS_MAX);
    s->ids[s->filter_count] = (uint32_t)strtoul(line, &text, 10);
    if (*text != ' ' || weir_filter_compile(&s->filters[s->filter_count], weir_str_of(text + 1),
                                            &diags, NULL) != WEIR_OK)
        fail("%s: bad filter: %s", s->path, line);
    s->filter_count++;
}

/* The ids of the filters that the notification satisfies. */
static size_t expected_ids(struct judge *judge, const struct subscriber *s,
                           const struct published *p, uint32_t *ids)
{
    struct weir_notification view = weir_notification_view(p->bytes, p->size);
    size_t count = 0;

    for (size_t i = 0; i < s->filter_count; i++)
        if (weir_filter_eval(s->filters[i], &view, judge->scratch) == WEIR_TRUE)
            ids[count++] = s->ids[i];
    return count;
}

static size_t read_ids(const char **line, uint32_t *ids, const char *path)
{
    size_t count = 0;
    char *end;

    do {
        if (count == IDS_MAX)
            fail("%s: too many ids", path);
        ids[count++] = (uint32_t)strtoul(*line, &end, 10);
        *line = end + 1;
    } while (*end == ',');
    if (*end != ' ')
        fail("%s: malformed line", path);
    return count;
}

static void judge_delivery(struct judge *judge, struct subscriber *s, const char *line)
{
    uint32_t ids[IDS_MAX], wanted[FILTERS_MAX];
    size_t id_count = read_ids(&line, ids, s->path), wanted_count, size;
    const struct published *p;
    struct weir_notification view;
    uint8_t *bytes;
    char *text;

    judge->delays = grown(judge->delays, judge->delay_count, &judge->delay_room, sizeof(uint64_t));
    judge->delays[judge->delay_count++] = strtoull(line, &text, 10);
    read_notification(&bytes, &size, weir_str_of(text), s->path);
    view = weir_notification_view(bytes, size);
    judge->verdict.delivered++;
    p = find_published(judge, row_id(&view, s->path));
    if (p == NULL) {
        judge->verdict.unwanted++;
        finding(judge, "never published", s, row_id(&view, s->path));
        free(bytes);
        return;
    }
    if (p->size != size || memcmp(p->bytes, bytes, size) != 0) {
        judge->verdict.altered++;
        finding(judge, "altered", s, p->id);
    }
    free(bytes);
    wanted_count = expected_ids(judge, s, p, wanted);
    if (wanted_count != id_count || memcmp(ids, wanted, id_count * sizeof *ids) != 0) {
        judge->verdict.unwanted++;
        finding(judge, "unwanted", s, p->id);
    }
    if (s->got[p - judge->published]) {
        judge->verdict.duplicated++;
        finding(judge, "duplicated", s, p->id);
        return;
    }
    s->got[p - judge->published] = true;
    if (p->place < s->place[p->file]) {
        judge->verdict.disordered++;
        finding(judge, "out of order", s, p->id);
    }
    s->place[p->file] = p->place + 1;
}

static void judge_missing(struct judge *judge, const struct subscriber *s)
{
    uint32_t ids[FILTERS_MAX];

    for (size_t i = 0; i < judge->count; i++) {
        if (expected_ids(judge, s, &judge->published[i], ids) == 0)
            continue;
        judge->verdict.expected++;
        if (!s->got[i]) {
            judge->verdict.lost++;
            finding(judge, "lost", s, judge->published[i].id);
        }
    }
}

static void judge_subscriber(struct judge *judge, const char *path)
{
    struct subscriber s = {.path = path};
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    s.got = calloc(judge->count + 1, sizeof *s.got);
    s.place = calloc(judge->files + 1, sizeof *s.place);
    if (file == NULL || s.got == NULL || s.place == NULL)
        fail("cannot read %s", path);
    while ((len = getline(&line, &room, file)) > 0) {
        if (line[len - 1] == '\n')
            line[len - 1] = '\0';
        if (strncmp(line, "F ", 2) == 0)
            read_filter(&s, line + 2);
        else if (strncmp(line, "N ", 2) == 0)
            judge_delivery(judge, &s, line + 2);
        else
            fail("%s: malformed line", path);
    }
    judge_missing(judge, &s);
    for (size_t i = 0; i < s.filter_count; i++)
        weir_filter_destroy(s.filters[i]);
    free(s.got);
    free(s.place);
    free(line);
    fclose(file);
}

/* ---- the verdict */

static void finding(struct judge *judge, const char *what, const struct subscriber *subscriber,
                    int64_t id)
{
    if (judge->shown++ < 10)
        fprintf(stderr, "weir-judge: %s: %s " ROW_ID " = %" PRId64 "\n", subscriber->path, what,
                id);
}

static int by_delay(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static double delay_us(const struct judge *judge, size_t percent)
{
    if (judge->delay_count == 0)
        return 0;
    return (double)judge->delays[(judge->delay_count - 1) * percent / 100] / 1e3;
}

static bool is_exact(const struct verdict *v)
{
    return v->published > 0 && v->lost == 0 && v->duplicated == 0 && v->unwanted == 0 &&
           v->altered == 0 && v->disordered == 0;
}

static void print_verdict(const struct judge *judge, bool json)
{
    const struct verdict *v = &judge->verdict;

    printf(json ? "{\"published\":%" PRIu64 ",\"delivered\":%" PRIu64 ",\"expected\":%" PRIu64
                  ",\"lost\":%" PRIu64 ",\"duplicated\":%" PRIu64 ",\"unwanted\":%" PRIu64
                  ",\"altered\":%" PRIu64 ",\"disordered\":%" PRIu64
                  ",\"delay_us\":{\"p50\":%.1f,\"p99\":%.1f}}\n"
                : "published %" PRIu64 ", delivered %" PRIu64 " of %" PRIu64 " expected: %" PRIu64
                  " lost, %" PRIu64 " duplicated, %" PRIu64 " unwanted, %" PRIu64
                  " altered, %" PRIu64 " out of order; delay p50 %.0f us, p99 %.0f us\n",
           v->published, v->delivered, v->expected, v->lost, v->duplicated, v->unwanted, v->altered,
           v->disordered, delay_us(judge, 50), delay_us(judge, 99));
}

static void for_each_file(struct judge *judge, const char *dir, const char *pattern,
                          void (*visit)(struct judge *judge, const char *path))
{
    char path[4096];
    glob_t found;

    snprintf(path, sizeof path, "%s/%s", dir, pattern);
    if (glob(path, 0, NULL, &found) != 0)
        fail("%s: no such files", path);
    for (size_t i = 0; i < found.gl_pathc; i++)
        visit(judge, found.gl_pathv[i]);
    globfree(&found);
}

static void judge_fini(struct judge *judge)
{
    for (size_t i = 0; i < judge->count; i++)
        free(judge->published[i].bytes);
    free(judge->published);
    free(judge->delays);
    weir_scratch_destroy(judge->scratch);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"help",  no_argument, NULL, 'h'},
        {0     }
    };
    struct judge judge = {0};
    bool json = false, exact;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'h') {
            puts(
                "usage: weir-judge [--json] DIR\n\n"
                "Compares the deliveries recorded in DIR/subscriber-*.txt with what\n"
                "DIR/published-*.jsonl and the filters ask for.  Exit: 0 exact, 1 not, 2 trouble.");
            return 0;
        }
        if (option != 'j')
            return 2;
        json = true;
    }
    if (optind + 1 != argc)
        fail("usage: weir-judge [--json] DIR");
    if (weir_scratch_create(&judge.scratch, NULL) != WEIR_OK)
        fail("out of memory");
    for_each_file(&judge, argv[optind], "published-*.jsonl", read_published);
    qsort(judge.published, judge.count, sizeof *judge.published, by_id);
    for (size_t i = 1; i < judge.count; i++)
        if (judge.published[i].id == judge.published[i - 1].id)
            fail("two notifications were published as " ROW_ID " = %" PRId64,
                 judge.published[i].id);
    judge.verdict.published = judge.count;
    for_each_file(&judge, argv[optind], "subscriber-*.txt", judge_subscriber);
    qsort(judge.delays, judge.delay_count, sizeof *judge.delays, by_delay);
    print_verdict(&judge, json);
    exact = is_exact(&judge.verdict);
    judge_fini(&judge);
    return exact ? 0 : 1;
}
