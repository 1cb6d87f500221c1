/* report.c - see report.h. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include <weir/admin.h>

#include "process.h"
#include "progress.h"

#define ANSWER_MS 10000

struct totals {
    long long forwarded, spared, needed, sent;
};

static long long number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void print_link(const struct demo_broker *from, const json_t *link, struct totals *totals)
{
    const char *to = json_string_value(json_object_get(link, "name"));
    const char *role = json_string_value(json_object_get(link, "role"));
    long long forwarded = number_of(link, "data_out"), spared = number_of(link, "spared");
    long long needed = number_of(link, "subs_needed"), sent = number_of(link, "subs_out");
    char name[2 * WEIR_BROKER_NAME_MAX + 8], a[COMMAS_SIZE], b[COMMAS_SIZE];

    if (to == NULL || role == NULL || strcmp(role, "broker") != 0)
        return;
    snprintf(name, sizeof name, "%s -> %s", from->name, to);
    printf("  %-26s %10s %10s %14lld %10lld\n", name, with_commas(a, (unsigned long long)forwarded),
           with_commas(b, (unsigned long long)spared), needed, sent);
    totals->forwarded += forwarded;
    totals->spared += spared;
    totals->needed += needed;
    totals->sent += sent;
}

void report_links(const struct demo *demo)
{
    struct totals totals = {0};
    char a[COMMAS_SIZE], b[COMMAS_SIZE];

    printf("\n  %-26s %10s %10s %14s %10s\n", "link", "forwarded", "spared", "subs needed", "sent");
    for (size_t i = 0; i < demo->broker_count; i++) {
        json_t *answer = NULL;
        json_t *link;
        size_t index;

        if (weir_admin_ask(&answer, demo->brokers[i].url, "link limit=10000", ANSWER_MS) != WEIR_OK)
            printf("  %-26s (no answer)\n", demo->brokers[i].name);
        json_array_foreach(json_object_get(answer, "items"), index, link)
            print_link(&demo->brokers[i], link, &totals);
        json_decref(answer);
    }
    printf("  %-26s %10s %10s %14lld %10lld\n", "all links",
           with_commas(a, (unsigned long long)totals.forwarded),
           with_commas(b, (unsigned long long)totals.spared), totals.needed, totals.sent);
    printf("\nsubscriptions: %zu asked for, %lld of %lld that a link needed were suppressed by "
           "covering\n",
           2 * demo->subscriber_count, totals.needed - totals.sent, totals.needed);
}

bool report_verdict(const struct demo *demo)
{
    const char *args[] = {"weir-judge", "--json", demo->dir, NULL};
    char *output = NULL, published[COMMAS_SIZE], delivered[COMMAS_SIZE];
    int code = process_run(args, &output);
    json_t *verdict = output == NULL ? NULL : json_loads(output, 0, NULL);
    const json_t *delay = json_object_get(verdict, "delay_us");
    bool exact = code == 0 && verdict != NULL;

    free(output);
    if (verdict == NULL) {
        fprintf(stderr, "weir-demo: there is no verdict\n");
        return false;
    }
    printf("published %s by %zu publishers, delivered %s to %zu subscribers on %zu brokers\n",
           with_commas(published, (unsigned long long)number_of(verdict, "published")),
           demo->publisher_count,
           with_commas(delivered, (unsigned long long)number_of(verdict, "delivered")),
           demo->subscriber_count, demo->broker_count);
    printf("(with the end mark of each publisher, which every subscriber gets)\n");
    printf("delay p50 %.0f us, p99 %.0f us (monotonic clock of this one machine)\n",
           json_number_value(json_object_get(delay, "p50")),
           json_number_value(json_object_get(delay, "p99")));
    if (number_of(verdict, "altered") + number_of(verdict, "disordered") != 0)
        printf("%lld altered, %lld out of order\n", number_of(verdict, "altered"),
               number_of(verdict, "disordered"));
    printf("%lld lost, %lld duplicated, %lld unwanted\n", number_of(verdict, "lost"),
           number_of(verdict, "duplicated"), number_of(verdict, "unwanted"));
    fflush(stdout);
    json_decref(verdict);
    return exact;
}
