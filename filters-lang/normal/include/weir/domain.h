/* domain.h - the set of values that one attribute may have in a conjunction.
 *
 * A product over {absent, bool, number, string, timestamp}.  Numbers, strings and timestamps are
 * unions of disjoint intervals in ascending order, with open or closed ends, over the rationals,
 * the byte strings and the instants: finite sets are intervals of one point, `<> 5` is two
 * intervals, the prefix p is [p, next(p)).  So intersection, union and inclusion are exact; what
 * an interval cannot say about strings (substrings, suffixes) is listed beside.  Plain data, read
 * by the matcher; built and compared in weir::normal only. */
#ifndef WEIR_DOMAIN_H
#define WEIR_DOMAIN_H

#include <weir/tree.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One end of an interval; without `bounded` it is infinite and the rest is meaningless. */
struct weir_end {
    bool bounded;
    bool closed;
    /* Int, double, timestamp or string; a number that is an int64 is int. */
    struct weir_value value;
};

struct weir_interval {
    struct weir_end low, high;
};

struct weir_intervals {
    const struct weir_interval *v;
    uint32_t count; /* 0: the empty set */
};

struct weir_strings {
    const struct weir_str *v; /* ascending, distinct */
    uint32_t count;
};

#define WEIR_KIND_ABSENT 1u /* the notification may lack the attribute */
#define WEIR_KIND_FALSE 2u
#define WEIR_KIND_TRUE 4u
#define WEIR_KIND_INT 8u     /* ints within `numbers` */
#define WEIR_KIND_DOUBLE 16u /* doubles within `numbers` */
#define WEIR_KIND_STRING 32u /* strings within `strings` and the lists */
#define WEIR_KIND_TIMESTAMP 64u
#define WEIR_KIND_ALL 127u

struct weir_domain {
    uint32_t kinds; /* a kind that is not set makes its part below empty */
    struct weir_intervals numbers;
    struct weir_intervals timestamps;
    struct weir_intervals strings;
    struct weir_strings contains, ends;         /* a string must contain / end with each */
    struct weir_strings contains_not, ends_not; /* and with none of these */
};

/* True when the value (NULL: absent) is in the domain.  O(log intervals), and O(string + text) for
 * each text of the lists. */
bool weir_domain_has(const struct weir_domain *domain, const struct weir_value *value);
/* The same; UNKNOWN when *steps, which it lowers, do not suffice to search a string.  A step is
 * about a nanosecond. */
enum weir_truth weiri_domain_decide(const struct weir_domain *domain,
                                    const struct weir_value *value, uint64_t *steps);

/* What the lists ask of a string. */
bool weiri_text_ends(struct weir_str s, struct weir_str suffix);
/* O(s + part), whatever they are; a part has WEIR_FILTER_TEXT_MAX bytes at most. */
bool weiri_text_contains(struct weir_str s, struct weir_str part);
/* The same within *steps, at most five for each byte of both and some thousand besides; UNKNOWN,
 * and 0, when these do not suffice. */
enum weir_truth weiri_text_find(struct weir_str s, struct weir_str part, uint64_t *steps);

/* The value as domains hold it: a number that is an int64 as an int, all others as they are. */
struct weir_value weir_domain_value(struct weir_value value);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_DOMAIN_H */
