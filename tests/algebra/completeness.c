/* completeness.c - the algebra finds every inclusion and every disjointness it promises to find.
 *
 *     algebra_completeness [--seed S] [--count ROUNDS | --scale PERCENT]
 *     algebra_completeness --a CONJUNCTION --b CONJUNCTION
 *
 * On conjunctions of order, equality, set, prefix, presence and type constraints the truth is
 * known: fragment.h has points of every part into which the constants cut the values, and a
 * conjunction is a set of points for each attribute.  Each round takes eight single constraints,
 * against all single constraints (about 1,350; 170 rounds make that exhaustive), and 64 random
 * conjunctions of up to three constraints on up to two attributes, against each other.  Checked:
 *
 *   covers      yes where no point denies it, no where a real one does
 *   covers_adv  the same, attribute by attribute as FILTERS.md says; what may be published, for no
 *   intersects  yes where a point is in both, no where none is
 *   order       covers and covers_adv are reflexive and, on random triples, transitive
 *
 * A failure is shrunk and printed as the command that replays it: constraints by their number and
 * attribute (`x17 y203`). */
#include "fragment.h"
#include "options.h"

#include "normal/support.h"

#define DEFAULT_ROUNDS 12
#define ROWS 8
#define POOL 64
#define TRIPLES 2000
#define PARTS_MAX 3
#define TEXT_MAX 1024

enum check {
    CHECK_NONE,
    MISSED_COVERS,
    WRONG_COVERS,
    MISSED_COVERS_ADV,
    WRONG_COVERS_ADV,
    MISSED_DISJOINT,
    WRONG_DISJOINT,
    NOT_REFLEXIVE,
    NOT_TRANSITIVE
};
static const char *const check_names[] = {
    "none",
    "covers missed",
    "covers wrong",
    "covers_adv missed",
    "covers_adv wrong",
    "intersects: disjointness missed",
    "intersects: disjointness wrong",
    "not reflexive",
    "not transitive",
};

/* Constraints on the attributes x and y. */
struct conjunction {
    size_t part[PARTS_MAX]; /* numbers of constraints */
    size_t name[PARTS_MAX]; /* 0 for x, 1 for y */
    size_t count;
    bool listed[2];
    struct fragment_set set[2]; /* full where not listed */
    struct weir_normal *normal, *adv;
};

struct tally {
    uint64_t pairs, triples;
    uint64_t yes[3], no[3]; /* covers, covers_adv, intersects */
    uint64_t beyond;        /* yes, though a point that no value can be denies it */
};

static struct tally tally;

static void finish(struct conjunction *c);
static void drop(struct conjunction *c);
static void to_text(char *out, size_t size, const struct conjunction *c);
static enum check check_pair(const struct conjunction *a, const struct conjunction *b);
static void print_side(const char *name, const struct conjunction *c);
static uint64_t round_singles(struct conjunction *singles, size_t count, size_t first);
static uint64_t round_pool(struct random_source *r);
static struct conjunction random_conjunction(struct random_source *r);
static uint64_t report(enum check failed, const struct conjunction *a, const struct conjunction *b);
static int replay(const struct options *options);
static bool summarise(const struct options *options, size_t singles);

int main(int argc, char **argv)
{
    struct options options = {.seed = 1, .count = random_rounds(DEFAULT_ROUNDS)};
    struct random_source r;
    struct conjunction *singles;
    size_t count;
    uint64_t failures = 0;

    options_read(&options, argc, argv);
    setvbuf(stdout, NULL, _IOLBF, 0);
    fragment_init();
    if (options.texts[0] != NULL && options.texts[1] != NULL)
        return replay(&options);
    r = (struct random_source){options.seed};
    count = fragment_count();
    singles = calloc(count, sizeof *singles);
    if (singles == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        singles[i].part[0] = i;
        singles[i].count = 1;
        finish(&singles[i]);
    }
    for (uint64_t i = 0; i < options.count && failures < 20; i++) {
        if (i * ROWS < count)
            failures += round_singles(singles, count, (size_t)i * ROWS);
        failures += round_pool(&r);
    }
    for (size_t i = 0; i < count; i++)
        drop(&singles[i]);
    free(singles);
    printf("%" PRIu64 " failures\n", failures);
    return summarise(&options, count) && failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- conjunctions */

/* Computes what follows from the parts. */
static void finish(struct conjunction *c)
{
    char text[TEXT_MAX];

    c->set[0] = c->set[1] = fragment_all();
    c->listed[0] = c->listed[1] = false;
    for (size_t i = 0; i < c->count; i++) {
        c->listed[c->name[i]] = true;
        c->set[c->name[i]] = fragment_and(&c->set[c->name[i]], fragment_at(c->part[i]));
    }
    to_text(text, sizeof text, c);
    c->normal = must_normalise(text);
    c->adv = must_advertise(text);
}

static void drop(struct conjunction *c)
{
    weir_normal_destroy(c->normal);
    weir_normal_destroy(c->adv);
}

static void to_text(char *out, size_t size, const struct conjunction *c)
{
    size_t len = 0;

    for (size_t i = 0; i < c->count; i++) {
        len += (size_t)snprintf(out + len, size - len, i > 0 ? " AND " : "");
        fragment_print(out + len, size - len, c->part[i], c->name[i] == 0 ? "x" : "y");
        len = strlen(out);
    }
}

static bool is_never(const struct conjunction *c)
{
    return fragment_is_empty(&c->set[0]) || fragment_is_empty(&c->set[1]);
}

static bool is_subset(const struct fragment_set *a, const struct fragment_set *b)
{
    const struct fragment_set rest = fragment_less(a, b);

    return fragment_is_empty(&rest);
}

static bool is_real_subset(const struct fragment_set *a, const struct fragment_set *b)
{
    const struct fragment_set real = fragment_real();
    const struct fragment_set real_a = fragment_and(a, &real);

    return is_subset(&real_a, b);
}

static bool is_really_never(const struct conjunction *c)
{
    const struct fragment_set none = {{0}};

    return is_real_subset(&c->set[0], &none) || is_real_subset(&c->set[1], &none);
}

static struct fragment_set present(const struct fragment_set *set)
{
    const struct fragment_set absent = fragment_absent();

    return fragment_less(set, &absent);
}

/* ---- the truth */

static bool covers(const struct conjunction *wide, const struct conjunction *narrow)
{
    return is_never(narrow) ||
           (is_subset(&narrow->set[0], &wide->set[0]) && is_subset(&narrow->set[1], &wide->set[1]));
}

static bool really_covers(const struct conjunction *wide, const struct conjunction *narrow)
{
    return is_really_never(narrow) || (is_real_subset(&narrow->set[0], &wide->set[0]) &&
                                       is_real_subset(&narrow->set[1], &wide->set[1]));
}

/* For every attribute of the narrow one the wide one has it, and more of it. */
static bool covers_adv(const struct conjunction *wide, const struct conjunction *narrow)
{
    bool all = !is_never(wide);

    for (size_t i = 0; i < 2; i++)
        all = all && (!narrow->listed[i] ||
                      (wide->listed[i] && is_subset(&narrow->set[i], &wide->set[i])));
    return all || is_never(narrow);
}

/* All that may be published under the one may be under the other; every attribute may be absent. */
static bool really_covers_adv(const struct conjunction *wide, const struct conjunction *narrow)
{
    const struct fragment_set none = {{0}};
    bool all = !is_never(wide);

    for (size_t i = 0; i < 2; i++) {
        const struct fragment_set may = present(&narrow->set[i]);

        if (narrow->listed[i])
            all = all && is_real_subset(&may, wide->listed[i] ? &wide->set[i] : &none);
    }
    return all || is_never(narrow);
}

static bool intersects(const struct conjunction *adv, const struct conjunction *sub, bool real)
{
    const struct fragment_set all = real ? fragment_real() : fragment_all();
    bool meets = !is_never(adv) && !is_never(sub);

    for (size_t i = 0; i < 2 && meets; i++) {
        const struct fragment_set absent = fragment_absent();
        const struct fragment_set both = fragment_and(&adv->set[i], &sub->set[i]);
        const struct fragment_set possible = fragment_and(&both, &all);
        const struct fragment_set present_part = present(&possible);
        const struct fragment_set lacking = fragment_and(&sub->set[i], &absent);

        meets =
            !fragment_is_empty(&lacking) || (adv->listed[i] && !fragment_is_empty(&present_part));
    }
    return meets;
}

/* ---- checks */

static void count_answer(size_t operation, bool yes)
{
    if (yes)
        tally.yes[operation]++;
    else
        tally.no[operation]++;
}

/* `a` as the wide one or the advertisement. */
static enum check check_pair(const struct conjunction *a, const struct conjunction *b)
{
    const bool said = weir_normal_covers(a->normal, b->normal, NULL);
    const bool said_adv = weir_normal_covers(a->adv, b->adv, NULL);
    const bool said_meets = weir_normal_intersects(a->adv, b->normal, NULL);
    const bool is = covers(a, b);

    tally.pairs++;
    count_answer(0, said);
    count_answer(1, said_adv);
    count_answer(2, said_meets);
    if (is && !said)
        return MISSED_COVERS;
    if (said && !is) {
        tally.beyond++;
        if (!really_covers(a, b))
            return WRONG_COVERS;
    }
    if (!said_adv && covers_adv(a, b))
        return MISSED_COVERS_ADV;
    if (said_adv && !really_covers_adv(a, b))
        return WRONG_COVERS_ADV;
    if (said_meets && !intersects(a, b, false))
        return MISSED_DISJOINT;
    if (!said_meets && intersects(a, b, true))
        return WRONG_DISJOINT;
    return CHECK_NONE;
}

static uint64_t check_reflexive(const struct conjunction *c)
{
    if (weir_normal_covers(c->normal, c->normal, NULL) && weir_normal_covers(c->adv, c->adv, NULL))
        return 0;
    return report(NOT_REFLEXIVE, c, c);
}

static uint64_t round_singles(struct conjunction *singles, size_t count, size_t first)
{
    uint64_t failures = 0;

    for (size_t i = first; i < count && i < first + ROWS; i++) {
        failures += check_reflexive(&singles[i]);
        for (size_t k = 0; k < count; k++) {
            enum check failed = check_pair(&singles[i], &singles[k]);

            if (failed != CHECK_NONE)
                failures += report(failed, &singles[i], &singles[k]);
        }
    }
    return failures;
}

static uint64_t check_triple(const struct conjunction *a, const struct conjunction *b,
                             const struct conjunction *c)
{
    bool holds = true;

    if (weir_normal_covers(a->normal, b->normal, NULL) &&
        weir_normal_covers(b->normal, c->normal, NULL)) {
        tally.triples++;
        holds = weir_normal_covers(a->normal, c->normal, NULL);
    }
    if (weir_normal_covers(a->adv, b->adv, NULL) && weir_normal_covers(b->adv, c->adv, NULL))
        holds = holds && weir_normal_covers(a->adv, c->adv, NULL);
    if (holds)
        return 0;
    printf("%s by way of", check_names[NOT_TRANSITIVE]);
    print_side("b", b);
    putchar('\n');
    return report(NOT_TRANSITIVE, a, c);
}

static uint64_t round_pool(struct random_source *r)
{
    static struct conjunction pool[POOL];
    uint64_t failures = 0;

    for (size_t i = 0; i < POOL; i++)
        pool[i] = random_conjunction(r);
    for (size_t i = 0; i < POOL; i++) {
        failures += check_reflexive(&pool[i]);
        for (size_t k = 0; k < POOL; k++) {
            enum check failed = check_pair(&pool[i], &pool[k]);

            if (failed != CHECK_NONE)
                failures += report(failed, &pool[i], &pool[k]);
        }
    }
    for (size_t i = 0; i < TRIPLES; i++)
        failures += check_triple(&pool[random_below(r, POOL)], &pool[random_below(r, POOL)],
                                 &pool[random_below(r, POOL)]);
    for (size_t i = 0; i < POOL; i++)
        drop(&pool[i]);
    return failures;
}

/* Constraints near each other in the list compare with constants near each other. */
static struct conjunction random_conjunction(struct random_source *r)
{
    struct conjunction made = {.count = 1 + random_below(r, PARTS_MAX)};
    const size_t around =
        random_chance(r, 50) ? 200 + random_below(r, 40) * 25 : random_below(r, 140);

    for (size_t i = 0; i < made.count; i++) {
        made.name[i] = random_chance(r, 30);
        made.part[i] = random_chance(r, 20) ? random_below(r, fragment_count())
                                            : (around + random_below(r, 60)) % fragment_count();
    }
    finish(&made);
    return made;
}

/* ---- failures */

static struct conjunction without(const struct conjunction *c, size_t index)
{
    struct conjunction made = {0};

    for (size_t i = 0; i < c->count; i++) {
        if (i == index)
            continue;
        made.part[made.count] = c->part[i];
        made.name[made.count++] = c->name[i];
    }
    finish(&made);
    return made;
}

static struct conjunction shrunk(const struct conjunction *c, const struct conjunction *other,
                                 bool is_wide, enum check failed)
{
    struct conjunction best = without(c, PARTS_MAX);

    for (size_t i = best.count; i > 0 && best.count > 1; i--) {
        struct conjunction smaller = without(&best, i - 1);
        const bool alike =
            (is_wide ? check_pair(&smaller, other) : check_pair(other, &smaller)) == failed;

        drop(alike ? &best : &smaller);
        best = alike ? smaller : best;
    }
    return best;
}

static void print_side(const char *name, const struct conjunction *c)
{
    char text[TEXT_MAX] = "";
    size_t len = 0;

    for (size_t i = 0; i < c->count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%c%zu", i > 0 ? " " : "",
                                "xy"[c->name[i]], c -> part[i]);
    options_print(name, text);
}

static uint64_t report(enum check failed, const struct conjunction *a, const struct conjunction *b)
{
    struct conjunction wide = shrunk(a, b, true, failed);
    struct conjunction narrow = shrunk(b, &wide, false, failed);
    char text[TEXT_MAX];

    printf("%s: algebra_completeness", check_names[failed]);
    print_side("a", &wide);
    print_side("b", &narrow);
    to_text(text, sizeof text, &wide);
    printf(" # %s", text);
    to_text(text, sizeof text, &narrow);
    printf(" | %s\n", text);
    drop(&wide);
    drop(&narrow);
    return 1;
}

static struct conjunction parsed(const char *text)
{
    struct conjunction made = {0};

    while (*text != '\0' && made.count < PARTS_MAX) {
        char *end;

        made.name[made.count] = *text == 'y';
        made.part[made.count] = strtoul(text + 1, &end, 10) % fragment_count();
        made.count++;
        text = end + strspn(end, " ");
    }
    finish(&made);
    return made;
}

static int replay(const struct options *options)
{
    struct conjunction a = parsed(options->texts[0]), b = parsed(options->texts[1]);
    const enum check failed = check_pair(&a, &b);
    char text[TEXT_MAX];

    to_text(text, sizeof text, &a);
    printf("a  %s\n", text);
    to_text(text, sizeof text, &b);
    printf("b  %s\n%s\n", text, failed == CHECK_NONE ? "holds" : check_names[failed]);
    drop(&a);
    drop(&b);
    return failed == CHECK_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool summarise(const struct options *options, size_t singles)
{
    static const char *const names[] = {"covers", "covers_adv", "intersects"};
    const uint64_t rows = options->count * ROWS < singles ? options->count * ROWS : singles;
    bool exercised = tally.triples > 0;

    printf("%" PRIu64 " of %zu single constraints against all, %" PRIu64 " pairs (seed %" PRIu64
           "), %" PRIu64 " triples in order\n",
           rows, singles, tally.pairs, options->seed, tally.triples);
    for (size_t i = 0; i < 3; i++) {
        printf("%-10s yes %" PRIu64 ", no %" PRIu64 "\n", names[i], tally.yes[i], tally.no[i]);
        exercised = exercised && tally.yes[i] > 0 && tally.no[i] > 0;
    }
    printf("covered beyond the promise: %" PRIu64 "\n", tally.beyond);
    if (!exercised)
        printf("some answer never came\n");
    return exercised;
}
