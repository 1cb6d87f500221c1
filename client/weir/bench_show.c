/* bench_show.c - the figures of weir bench match, for people and for machines. */
#include "bench.h"

#include <inttypes.h>

static void show_text(const struct bench *b);
static void show_threads(const struct bench_threads *t, uint32_t count);
static void show_baseline(const char *name, const struct bench_baseline *baseline, double us);
static void show_json(const struct bench *b);
static void json_share(const char *name, const struct bench_share *share);
static void json_threads(const struct bench *b);
static void json_baselines(const struct bench *b);

void bench_show(const struct bench *b)
{
    if (b->plan.json)
        show_json(b);
    else
        show_text(b);
}

static void show_text(const struct bench *b)
{
    printf("filters            %zu\nnotifications      %zu\nmatches            %" PRIu64
           "\ninstructions       %s\nbuild              %.3f s\n"
           "build, 16 adds     %.1f us at most, %" PRIu64
           " times above 1000\nmatch, mean        %.3f us a notification\n"
           "match, min         %.3f us\nmatch, median      %.3f us\nmatch, p99         %.3f us\n"
           "bytes a filter     %.1f\n"
           "add, median        %.2f us, p99 %.2f, max %.2f\n"
           "remove, median     %.2f us, p99 %.2f, max %.2f\n",
           b->filters.count, b->count, b->matches, weir_matcher_instructions(), b->build_s,
           b->build_pause_us, b->build_pauses, b->mean, b->min, b->median, b->p99,
           b->bytes_per_filter, b->add_us.median, b->add_us.p99, b->add_us.max, b->remove_us.median,
           b->remove_us.p99, b->remove_us.max);
    if (b->plan.baselines > 0) {
        show_baseline("scan", &b->scan, b->matcher_us);
        show_baseline("counting", &b->counting, b->matcher_us);
        printf("counting, built    %.3f s, %.1f bytes a filter\n", b->counting.build_s,
               b->counting.bytes_per_filter);
    }
    for (uint32_t i = 0; i < b->plan.threads; i++)
        show_threads(&b->threads[i], i + 1);
}

static void show_threads(const struct bench_threads *t, uint32_t count)
{
    printf("%" PRIu32 " thread%s          %.3f us, %.0f a second\n", count, count > 1 ? "s" : " ",
           t->us, t->per_s);
    printf("  in churn         %.3f us\n", t->churn_us);
    printf("  add              %.2f us, p99 %.2f, max %.2f\n", t->add_us.median, t->add_us.p99,
           t->add_us.max);
    printf("  remove           %.2f us, p99 %.2f, max %.2f\n", t->remove_us.median,
           t->remove_us.p99, t->remove_us.max);
    printf("  reclaim          %.2f us, p99 %.2f, max %.2f\n", t->reclaim_us.median,
           t->reclaim_us.p99, t->reclaim_us.max);
}

static void show_baseline(const char *name, const struct bench_baseline *baseline, double us)
{
    printf("%-18s %.3f us a notification, %.1f times the index's %.3f; %zu compared\n", name,
           baseline->us, baseline->us / us, us, baseline->notifications);
}

static void show_json(const struct bench *b)
{
    printf("{\"filters\":%zu,\"notifications\":%zu,\"matches\":%" PRIu64, b->filters.count,
           b->count, b->matches);
    if (b->plan.workload >= 0)
        printf(",\"workload\":\"%s\",\"seed\":%" PRIu64,
               weiri_workload_name((enum weiri_workload_kind)b->plan.workload), b->plan.seed);
    printf(
        ",\"instructions\":\"%s\",\"build_s\":%.3f,\"build_pause_us\":%.1f,\"build_pauses\":%" PRIu64
        ","
        "\"us_per_notification\":{\"mean\":%.3f,\"min\":%.3f,\"median\":%.3f,\"p99\":%.3f},"
        "\"bytes_per_filter\":%.1f,\"add_us\":%.2f,\"remove_us\":%.2f,\"changes\":{",
        weir_matcher_instructions(), b->build_s, b->build_pause_us, b->build_pauses, b->mean,
        b->min, b->median, b->p99, b->bytes_per_filter, b->add_us.median, b->remove_us.median);
    json_share("add_us", &b->add_us);
    putchar(',');
    json_share("remove_us", &b->remove_us);
    putchar('}');
    if (b->plan.baselines > 0)
        json_baselines(b);
    if (b->plan.threads > 0)
        json_threads(b);
    printf("}\n");
}

static void json_share(const char *name, const struct bench_share *share)
{
    printf("\"%s\":{\"median\":%.2f,\"p99\":%.2f,\"max\":%.2f}", name, share->median, share->p99,
           share->max);
}

static void json_baselines(const struct bench *b)
{
    printf(
        ",\"baselines\":{\"index_us\":%.3f,"
        "\"scan\":{\"notifications\":%zu,\"us_per_notification\":%.3f,\"ratio\":%.2f},"
        "\"counting\":{\"notifications\":%zu,\"us_per_notification\":%.3f,\"ratio\":%.2f,\"build_s\":%.3f,"
        "\"bytes_per_filter\":%.1f}}",
        b->matcher_us, b->scan.notifications, b->scan.us, b->scan.us / b->matcher_us,
        b->counting.notifications, b->counting.us, b->counting.us / b->matcher_us,
        b->counting.build_s, b->counting.bytes_per_filter);
}

static void json_threads(const struct bench *b)
{
    printf(",\"threads\":[");
    for (uint32_t i = 0; i < b->plan.threads; i++) {
        const struct bench_threads *t = &b->threads[i];

        printf("%s{\"threads\":%" PRIu32 ",\"us_per_notification\":%.3f,\"per_s\":%.0f,\"churn\":{"
               "\"us_per_notification\":%.3f,",
               i > 0 ? "," : "", i + 1, t->us, t->per_s, t->churn_us);
        json_share("add_us", &t->add_us);
        putchar(',');
        json_share("remove_us", &t->remove_us);
        putchar(',');
        json_share("reclaim_us", &t->reclaim_us);
        printf("}}");
    }
    putchar(']');
}
