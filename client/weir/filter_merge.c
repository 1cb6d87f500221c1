/* filter_merge.c - weir filter merge: one filter in the place of several. */
#include "filters.h"

#include <weir/alloc.h>
#include <weir/merge.h>

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define EPSILON 0.05

enum { OPTION_EPSILON = CMD_LONG_ONLY, OPTION_SAMPLE, OPTION_ADV, OPTION_JSON };

struct request {
    const struct command *command;
    double epsilon;
    const char *sample_name; /* NULL: no sample */
    enum weir_filter_role role;
    bool json;
    struct weir_normal *forms[WEIR_MERGE_MAX];
    uint32_t count;
};

/* The notifications of a file, all at once. */
struct kept {
    struct weir_notification *v;
    uint8_t **bytes;
    size_t v_capacity, bytes_capacity;
    struct weir_sample sample;
};

static int run(struct cmd_args *args);
static bool read_epsilon(struct cmd_args *args, double *epsilon);
static int add_input(struct request *r, const char *text);
static int keep_sample(struct kept *kept, const struct request *r);
static bool keep(struct kept *kept, struct notifications *in);
static void kept_fini(struct kept *kept);
static int merge(const struct request *r, const struct weir_sample *sample);
static bool show(const struct request *r, const struct weir_merger *merger, uint32_t sample_count);
static bool show_json(const struct weir_merger *merger, const char *text, uint32_t sample_count);

static const struct cmd_option options[] = {
    {OPTION_SAMPLE,  "sample",  "FILE", "notifications as JSON lines, to measure mergers on"},
    {OPTION_EPSILON, "epsilon", "E",    "the largest share of unwanted notifications (0.05)"},
    {OPTION_ADV,     "adv",     NULL,   "the filters are advertisements"                    },
    {OPTION_JSON,    "json",    NULL,   "print one object"                                  },
    CMD_OPTION_END,
};

const struct command command_filter_merge = {
    .group = "filter",
    .name = "merge",
    .summary = "make one filter of several",
    .usage = "[--sample FILE [--epsilon E]] [--adv] [--json] FILTER ...",
    .options = options,
    .details =
        "Prints 'perfect' and a filter that matches just what the given ones match together; or\n"
        "'imperfect' and one that matches more, where a sample shows that the share of what it\n"
        "matches in vain is at most E; or 'none'. With a sample a further line says how much of\n"
        "it was matched, how much of that in vain, and between which ends the true share lies;\n"
        "the upper one decides, so that a small sample shows nothing.  One of the filters may\n"
        "be '-', which is read from standard input.\n",
    .example = "weir filter merge 'x < 5' 'x >= 5'\n"
               "weir filter merge --sample feed.jsonl \"symbol = 'IBM' AND price > 180\" \\\n"
               "    \"symbol = 'AIG' AND price > 190\"\n",
    .exits = "0  a merger was made\n1  there is none\n2  an error in a filter, or no such file\n",
    .run = run,
};

static int run(struct cmd_args *args)
{
    struct request r = {.command = args->command, .epsilon = EPSILON};
    struct kept kept = {.v = NULL};
    int option, status = CMD_OK;

    while ((option = cmd_args_next(args)) > 0) {
        if (option == OPTION_EPSILON && !read_epsilon(args, &r.epsilon))
            return args->status;
        if (option == OPTION_SAMPLE)
            r.sample_name = args->value;
        if (option == OPTION_ADV)
            r.role = WEIR_ROLE_ADVERTISEMENT;
        r.json = r.json || option == OPTION_JSON;
    }
    if (option < 0)
        return args->status;
    if (args->rest_count < 1 || args->rest_count > WEIR_MERGE_MAX)
        return cmd_usage_error(args->command, "expected 1 to %d filters, each in quotes",
                               WEIR_MERGE_MAX);
    for (int i = 0; i < args->rest_count && status == CMD_OK; i++)
        status = add_input(&r, args->rest[i]);
    if (status == CMD_OK && r.sample_name != NULL)
        status = keep_sample(&kept, &r);
    if (status == CMD_OK)
        status = merge(&r, r.sample_name != NULL ? &kept.sample : NULL);
    kept_fini(&kept);
    for (uint32_t i = 0; i < r.count; i++)
        weir_normal_destroy(r.forms[i]);
    return status;
}

static bool read_epsilon(struct cmd_args *args, double *epsilon)
{
    char *end;
    double value = strtod(args->value, &end);

    if (end == args->value || *end != '\0' || !(value >= 0 && value <= 1)) {
        args->status =
            cmd_usage_error(args->command, "'%s': expected a share from 0 to 1", args->value);
        return false;
    }
    *epsilon = value;
    return true;
}

static int add_input(struct request *r, const char *text)
{
    struct weir_filter *filter;
    struct source source;
    int status = source_init(&source, r->command, text);

    if (status != CMD_OK)
        return status;
    status = filter_compile_shown(&filter, r->command, "", source.text);
    source_fini(&source);
    if (status != CMD_OK)
        return status;
    if (weir_normal_create(&r->forms[r->count], filter, r->role, NULL) == WEIR_OK) {
        r->count++;
    } else {
        cmd_error(r->command, "%s", weir_err_text(WEIR_ENOMEM));
        status = CMD_FAILED;
    }
    weir_filter_destroy(filter);
    return status;
}

static int keep_sample(struct kept *kept, const struct request *r)
{
    struct notifications in;
    bool failed = false, enough = true;

    if (!notifications_open(&in, r->command, r->sample_name))
        return CMD_USAGE;
    enough = weir_scratch_create(&kept->sample.scratch, NULL) == WEIR_OK;
    while (enough && notifications_next(&in, &failed)) {
        if (kept->sample.count == WEIR_SAMPLE_MAX) {
            cmd_error(r->command, "%s: the first %d notifications are used", r->sample_name,
                      WEIR_SAMPLE_MAX);
            break;
        }
        enough = keep(kept, &in);
    }
    kept->sample.v = kept->v;
    notifications_close(&in);
    if (!enough)
        cmd_error(r->command, "%s", weir_err_text(WEIR_ENOMEM));
    return enough && !failed ? CMD_OK : CMD_FAILED;
}

/* Takes the bytes of the current one over. */
static bool keep(struct kept *kept, struct notifications *in)
{
    const size_t count = kept->sample.count;
    struct weir_notification *v =
        weiri_array_grow(NULL, kept->v, &kept->v_capacity, count + 1, sizeof *v);
    uint8_t **bytes;

    if (v == NULL)
        return false;
    kept->v = v;
    bytes = weiri_array_grow(NULL, kept->bytes, &kept->bytes_capacity, count + 1, sizeof *bytes);
    if (bytes == NULL)
        return false;
    kept->bytes = bytes;
    v[count] = in->current;
    bytes[count] = in->bytes;
    in->bytes = NULL;
    kept->sample.count++;
    return true;
}

static void kept_fini(struct kept *kept)
{
    for (uint32_t i = 0; i < kept->sample.count; i++)
        weiri_release(NULL, kept->bytes[i]);
    weiri_release(NULL, kept->bytes);
    weiri_release(NULL, kept->v);
    weir_scratch_destroy(kept->sample.scratch);
}

static int merge(const struct request *r, const struct weir_sample *sample)
{
    const struct weir_merge_options how = {.sample = sample, .epsilon = r->epsilon};
    struct weir_merge_input inputs[WEIR_MERGE_MAX];
    struct weir_merger merger = {.form = NULL};
    bool shown;

    for (uint32_t i = 0; i < r->count; i++)
        inputs[i] = (struct weir_merge_input){r->forms[i], NULL};
    shown = weir_normal_merge(&merger, inputs, r->count, &how, NULL) == WEIR_OK &&
            show(r, &merger, sample != NULL ? sample->count : 0);
    weir_normal_destroy(merger.form);
    if (!shown)
        cmd_error(r->command, "%s", weir_err_text(WEIR_ENOMEM));
    return shown && merger.kind != WEIR_MERGE_NONE ? CMD_OK : CMD_FAILED;
}

static const char *const kinds[] = {
    [WEIR_MERGE_NONE] = "none",
    [WEIR_MERGE_PERFECT] = "perfect",
    [WEIR_MERGE_IMPERFECT] = "imperfect",
};

static bool show(const struct request *r, const struct weir_merger *merger, uint32_t sample_count)
{
    const struct weir_share *share = &merger->share;
    struct text text = {NULL, 0};
    const char *filter =
        merger->form != NULL ? TEXT_PRINT(&text, weir_normal_print, merger->form) : NULL;
    bool ok = filter != NULL || merger->form == NULL;

    if (ok && r->json) {
        ok = show_json(merger, filter, sample_count);
    } else if (ok) {
        puts(kinds[merger->kind]);
        if (filter != NULL)
            puts(filter);
        if (share->matched > 0)
            printf("%" PRIu32 " of %" PRIu32 " matched, %" PRIu32
                   " of them in vain: %.3g %% (%.3g %% to %.3g %%)\n",
                   share->matched, sample_count, share->unwanted,
                   100.0 * share->unwanted / share->matched, 100 * weir_share_low(share),
                   100 * weir_share_high(share));
    }
    text_fini(&text);
    return ok;
}

static bool show_json(const struct weir_merger *merger, const char *text, uint32_t sample_count)
{
    const struct weir_share *share = &merger->share;
    json_t *object = json_pack("{s:s, s:s?, s:I, s:I, s:I, s:f, s:f}", "merge", kinds[merger->kind],
                               "filter", text, "sample", (json_int_t)sample_count, "matched",
                               (json_int_t)share->matched, "unwanted", (json_int_t)share->unwanted,
                               "low", weir_share_low(share), "high", weir_share_high(share));
    char *printed =
        object != NULL ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;

    if (printed != NULL)
        puts(printed);
    free(printed);
    json_decref(object);
    return printed != NULL;
}
