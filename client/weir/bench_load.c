/* bench_load.c - the filters and notifications that are measured: of files, or made up. */
#include "bench.h"

#include <string.h>
#include <weir/alloc.h>

static int load_files(struct bench *b);
static int make(struct bench *b);
static int make_filters(struct bench *b);
static int make_notifications(struct bench *b);
static bool keep(struct bench *b, const struct weir_notification *n);
static bool take(struct bench *b, uint8_t *bytes, size_t size);

#define COUNT_DEFAULT 10000u
#define PROGRESS_EVERY 10000u

int bench_load(struct bench *b)
{
    const int status = b->plan.workload < 0 ? load_files(b) : make(b);

    for (size_t i = 0; i < b->filters.count && b->plan.baselines == 0; i++) {
        weir_filter_destroy(b->filters.items[i].filter); /* only scanning asks for it */
        b->filters.items[i].filter = NULL;
    }
    return status;
}

static int load_files(struct bench *b)
{
    struct notifications in;
    bool failed = false, kept = true;
    int status;

    bench_progress(b, "reading");
    status = filter_file_read(&b->filters, b->command, b->plan.filters, true);
    if (status != CMD_OK)
        return status;
    if (!notifications_open(&in, b->command, b->plan.notifications))
        return CMD_USAGE;
    while (kept && notifications_next(&in, &failed))
        kept = keep(b, &in.current);
    status = failed || in.bad > 0 ? CMD_FAILED : CMD_OK;
    notifications_close(&in);
    if (kept)
        return status;
    (void)bench_no_memory(b);
    return CMD_USAGE;
}

static int make(struct bench *b)
{
    const int status = make_filters(b);

    return status == CMD_OK ? make_notifications(b) : status;
}

static int make_filters(struct bench *b)
{
    const uint64_t count = b->plan.filter_count > 0 ? b->plan.filter_count : COUNT_DEFAULT;
    char text[WEIRI_WORKLOAD_TEXT_MAX];
    struct weiri_workload workload;
    struct weir_diags diags;

    weiri_workload_init(&workload, (enum weiri_workload_kind)b->plan.workload, false,
                        b->plan.seed * 2 + 1);
    b->filters.items = weiri_alloc_zeroed(NULL, count, sizeof *b->filters.items);
    if (b->filters.items == NULL)
        return bench_no_memory(b);
    for (uint64_t i = 0; i < count; i++) {
        struct filter_line *f = &b->filters.items[i];
        const size_t len = weiri_workload_filter(&workload, text);

        if (i % PROGRESS_EVERY == 0)
            bench_progress(b, "making filters");
        f->id = (uint32_t)i + 1;
        b->filters.count++;
        if (weir_filter_compile(&f->filter, (struct weir_str){text, len}, &diags, NULL) !=
                WEIR_OK ||
            weir_normal_create(&f->normal, f->filter, WEIR_ROLE_SUBSCRIPTION, NULL) != WEIR_OK)
            return bench_no_memory(b);
        f->exact = weir_normal_is_exact(f->normal);
        if (b->plan.baselines == 0) {
            weir_filter_destroy(f->filter);
            f->filter = NULL;
        }
    }
    return CMD_OK;
}

static int make_notifications(struct bench *b)
{
    struct weiri_workload workload;

    weiri_workload_init(&workload, (enum weiri_workload_kind)b->plan.workload, false,
                        b->plan.seed * 2 + 2);
    for (uint64_t i = 0; i < b->plan.notification_count; i++) {
        uint8_t *bytes;
        size_t size;

        if (weiri_workload_notification(&workload, &bytes, &size, NULL) != WEIR_OK ||
            !take(b, bytes, size))
            return bench_no_memory(b);
    }
    return CMD_OK;
}

static bool keep(struct bench *b, const struct weir_notification *n)
{
    uint8_t *copy = weiri_alloc(NULL, n->size);

    if (copy == NULL)
        return false;
    memcpy(copy, n->bytes, n->size);
    return take(b, copy, n->size);
}

/* Releases the bytes where it cannot take them. */
static bool take(struct bench *b, uint8_t *bytes, size_t size)
{
    void *grown = weiri_array_grow(NULL, b->notifications, &b->capacity, b->count + 1,
                                   sizeof *b->notifications);

    if (grown != NULL) {
        b->notifications = grown;
        grown = weiri_array_grow(NULL, b->encoded, &b->encoded_capacity, b->count + 1,
                                 sizeof *b->encoded);
    }
    if (grown == NULL) {
        weiri_release(NULL, bytes);
        return false;
    }
    b->encoded = grown;
    b->encoded[b->count] = bytes;
    b->notifications[b->count++] = weir_notification_view(bytes, size);
    return true;
}
