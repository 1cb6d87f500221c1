/* progress.c - see progress.h. */
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLAIN_NS UINT64_C(2000000000)
#define TERMINAL_NS UINT64_C(250000000)
#define BAR_WIDTH 40

const char *with_commas(char *out, unsigned long long number)
{
    char digits[COMMAS_SIZE];
    int len = snprintf(digits, sizeof digits, "%llu", number), used = 0;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

void progress_begin(struct progress *progress, const struct demo *demo)
{
    const char *term = getenv("TERM");

    memset(progress, 0, sizeof *progress);
    progress->demo = demo;
    progress->terminal = isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
    progress->start_ns = progress->shown_ns = demo_clock_ns();
}

static void show_table(struct progress *p, unsigned long published, unsigned long delivered,
                       double seconds, double elapsed)
{
    const struct demo_counters *c = p->demo->counters;
    size_t filled = published * BAR_WIDTH / p->demo->rows.count;
    char number[COMMAS_SIZE], rate[COMMAS_SIZE], bar[BAR_WIDTH + 1];

    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', filled);
    bar[BAR_WIDTH] = '\0';
    if (p->lines > 0)
        printf("\033[%uA", p->lines);
    printf("\033[K  [%s] %3zu %%  %.1f s\n", bar, published * 100 / p->demo->rows.count, elapsed);
    printf("\033[K  published  %12s  %10s a second\n", with_commas(number, published),
           with_commas(rate, (unsigned long long)((double)(published - p->published) / seconds)));
    printf("\033[K  delivered  %12s  %10s a second\n", with_commas(number, delivered),
           with_commas(rate, (unsigned long long)((double)(delivered - p->delivered) / seconds)));
    printf("\033[K  mean delay %12.0f us\n",
           delivered == 0 ? 0.0 : (double)atomic_load(&c->delay_sum_us) / (double)delivered);
    p->lines = 4;
}

static void show(struct progress *p)
{
    const struct demo_counters *c = p->demo->counters;
    unsigned long published = atomic_load(&c->published), delivered = atomic_load(&c->delivered);
    uint64_t now_ns = demo_clock_ns();
    double seconds = (double)(now_ns - p->shown_ns) / 1e9;
    double elapsed = (double)(now_ns - p->start_ns) / 1e9;

    if (p->terminal)
        show_table(p, published, delivered, seconds > 0 ? seconds : 1, elapsed);
    else
        printf("%5.1f s  published %lu of %zu, delivered %lu\n", elapsed, published,
               p->demo->rows.count, delivered);
    fflush(stdout);
    p->published = published;
    p->delivered = delivered;
    p->shown_ns = now_ns;
}

void progress_update(struct progress *progress)
{
    if (demo_clock_ns() - progress->shown_ns >= (progress->terminal ? TERMINAL_NS : PLAIN_NS))
        show(progress);
}

void progress_end(struct progress *progress)
{
    show(progress);
}
