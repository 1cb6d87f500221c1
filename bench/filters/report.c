/* report.c - a table for people, or one JSON object a line. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench_report {
    bool json;
    size_t rows, missed;
};

struct bench_report *bench_report_open(const struct bench_options *options)
{
    struct bench_report *report = calloc(1, sizeof *report);

    if (report == NULL)
        bench_die("out of memory");
    report->json = options->json;
    if (!report->json)
        (void)printf("%-8s %-10s %-30s %11s %11s %11s %11s %9s %9s\n", "group", "operation", "case",
                     "min us", "median us", "p99 us", "bar us", "KiB", "bar KiB");
    return report;
}

static bool misses(const struct bench_row *row)
{
    return (row->bar_ns != 0 && row->times.median_ns > row->bar_ns) ||
           (row->bytes != SIZE_MAX && row->bar_bytes != 0 && row->bytes > row->bar_bytes);
}

static void print_json_string(const char *text)
{
    (void)putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            (void)printf("\\%c", c);
        else if (c < 0x20)
            (void)printf("\\u%04x", c);
        else
            (void)putchar(c);
    }
    (void)putchar('"');
}

static void print_json(const struct bench_row *row)
{
    (void)printf("{\"group\":\"%s\",\"operation\":\"%s\",\"case\":", row->group, row->operation);
    print_json_string(row->name);
    (void)printf(",\"min_ns\":%.1f,\"median_ns\":%.1f,\"p99_ns\":%.1f,\"samples\":%zu",
                 row->times.min_ns, row->times.median_ns, row->times.p99_ns, row->times.samples);
    if (row->bar_ns != 0)
        (void)printf(",\"bar_ns\":%.0f", row->bar_ns);
    if (row->bytes != SIZE_MAX)
        (void)printf(",\"bytes\":%zu", row->bytes);
    if (row->bytes != SIZE_MAX && row->bar_bytes != 0)
        (void)printf(",\"bar_bytes\":%zu", row->bar_bytes);
    if (row->note != NULL) {
        (void)printf(",\"note\":");
        print_json_string(row->note);
    }
    (void)printf(",\"missed\":%s}\n", misses(row) ? "true" : "false");
}

static void print_kib(size_t bytes)
{
    if (bytes == SIZE_MAX || bytes == 0)
        (void)printf(" %9s", "");
    else
        (void)printf(" %9.1f", (double)bytes / 1024);
}

static void print_line(const struct bench_row *row)
{
    (void)printf("%-8s %-10s %-30s %11.3f %11.3f %11.3f", row->group, row->operation, row->name,
                 row->times.min_ns / 1000, row->times.median_ns / 1000, row->times.p99_ns / 1000);
    if (row->bar_ns != 0)
        (void)printf(" %11.1f", row->bar_ns / 1000);
    else
        (void)printf(" %11s", "");
    print_kib(row->bytes);
    print_kib(row->bytes == SIZE_MAX ? 0 : row->bar_bytes);
    (void)printf("%s%s%s\n", misses(row) ? "  MISSED" : "", row->note == NULL ? "" : "  ",
                 row->note == NULL ? "" : row->note);
}

void bench_report_row(struct bench_report *report, const struct bench_row *row)
{
    report->rows++;
    report->missed += misses(row);
    if (report->json)
        print_json(row);
    else
        print_line(row);
    (void)fflush(stdout);
}

size_t bench_report_close(struct bench_report *report)
{
    size_t missed = report->missed;

    if (report->json)
        (void)printf("{\"rows\":%zu,\"missed\":%zu}\n", report->rows, missed);
    else
        (void)printf("%zu measurements, %zu bars missed\n", report->rows, missed);
    free(report);
    return missed;
}
