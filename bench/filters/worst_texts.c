/* worst_texts.c - filters built to be expensive: each as long as a text may be. */
#include "bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A text that grows until the limit. */
struct text {
    char *out;
    size_t len;
};

static bool put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* False, and nothing is written, when it does not fit. */
static bool put(struct text *t, const char *format, ...)
{
    char piece[1024];
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof piece || t->len + (size_t)len > WEIR_FILTER_TEXT_MAX)
        return false;
    memcpy(t->out + t->len, piece, (size_t)len + 1);
    t->len += (size_t)len;
    return true;
}

static void fill(struct text *t, const char *part, size_t keep)
{
    while (t->len + strlen(part) + keep <= WEIR_FILTER_TEXT_MAX && put(t, "%s", part))
        continue;
}

static void repeat(struct text *t, const char *part, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)put(t, "%s", part);
}

/* ---- nesting */

static void write_parentheses(char *out)
{
    struct text t = {out, 0};

    repeat(&t, "(n=1 OR ", 31);
    (void)put(&t, "n=2");
    repeat(&t, " AND n<>3)", 31);
}

static void write_nots(char *out)
{
    struct text t = {out, 0};

    repeat(&t, "NOT ", 32);
    (void)put(&t, "n=2");
}

static void write_arithmetic(char *out)
{
    struct text t = {out, 0};

    for (bool more = true; more;) {
        size_t before = t.len;

        more = put(&t, "%sn", t.len == 0 ? "" : " AND ");
        for (size_t i = 0; more && i < 30; i++)
            more = put(&t, "+n");
        more = more && put(&t, ">n");
        if (!more)
            t.out[before] = '\0';
    }
}

/* ---- many leaves */

static void write_leaves(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 256; i++)
        (void)put(&t, "%sx%zu=%zu", i == 0 ? "" : " OR ", i, i % 10);
}

static void write_same_leaves(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 256; i++)
        (void)put(&t, "%sn<>%zu", i == 0 ? "" : " AND ", i + 100);
}

static void write_set(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a IN(");
    for (size_t i = 0; i < 256; i++)
        (void)put(&t, "%s'%02zx%zu'", i == 0 ? "" : ",", i * 167 % 256, i);
    (void)put(&t, ")AND b NOT IN(");
    for (size_t i = 0; i < 256; i++)
        (void)put(&t, "%s%zu", i == 0 ? "" : ",", i * 91 % 256);
    (void)put(&t, ")");
}

static void write_missed_sets(char *out)
{
    struct text t = {out, 0};

    for (size_t k = 0; k < 5; k++) {
        (void)put(&t, "%sn NOT IN(", k == 0 ? "" : ")AND ");
        for (size_t i = 0; i < 256 && t.len + 6 < WEIR_FILTER_TEXT_MAX; i++)
            (void)put(&t, "%s%zu", i == 0 ? "" : ",", i * 5 + 9 + k);
    }
    (void)put(&t, ")");
}

/* ---- normal forms */

static void write_dnf_bomb(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 120; i++)
        (void)put(&t, "%s(x%zu=1 OR y%zu=2)", i == 0 ? "" : " AND ", i, i);
}

static void write_dnf_seven(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 7; i++)
        (void)put(&t, "%s(x%zu=1 OR y%zu=2)", i == 0 ? "" : " AND ", i, i);
    for (size_t i = 0; i < 240; i++)
        (void)put(&t, " AND z%zu>%zu", i % 100, i);
}

static void write_dnf_one_name(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 85; i++)
        (void)put(&t, "%s(n<%zu OR n>%zu OR m<>%zu)", i == 0 ? "" : " AND ", 2 * i, 2 * i + 1, i);
}

static void write_cnf_bomb(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 85; i++)
        (void)put(&t, "%sNOT(x%zu=1 AND y%zu=2 AND z=%zu)", i == 0 ? "" : " AND ", i % 9, i % 7, i);
}

static void write_many_conjunctions(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 128; i++)
        (void)put(&t, "%sn>%zu AND x%zu=%zu", i == 0 ? "" : " OR ", i, i % 32, i);
}

/* 128 conjunctions that differ in one place each, so that every pair is compared and few merge. */
static void write_hypercube(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 7; i++)
        (void)put(&t, "%s(a%zu>1 OR b%zu<5)", i == 0 ? "" : " AND ", i, i);
}

/* 128 conjunctions with one large set in common. */
static void write_shared_set(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "x IN(");
    for (size_t i = 0; i < 256; i++)
        (void)put(&t, "%s%zu", i == 0 ? "" : ",", i * 5);
    (void)put(&t, ")");
    for (size_t i = 0; i < 7; i++)
        (void)put(&t, "AND(a%zu=1 OR b%zu=2)", i, i);
}

/* Sets that differ in a value each, and then no room for all of them. */
static void write_split_sets(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "x NOT IN(");
    for (size_t i = 0; i < 256; i++)
        (void)put(&t, "%s%zu", i == 0 ? "" : ",", i * 2);
    (void)put(&t, ")");
    for (size_t i = 0; i < 80; i++) {
        static const char *const others[] = {"z IS INT", "x+y>5", "w IS NULL", "q", "TRUE"};

        (void)put(&t, "AND(x<>%zu OR %s OR %s)", i * 5 + 1, others[i % 5], others[i % 4 + 1]);
    }
}

/* 128 conjunctions with a long list of residuals in common. */
static void write_shared_residuals(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 200; i++)
        (void)put(&t, "%sx>y+%zu", i == 0 ? "" : " AND ", i);
    for (size_t i = 0; i < 7; i++)
        (void)put(&t, " AND(a%zu=1 OR b%zu=2)", i, i);
}

static void write_sums_of_names(char *out)
{
    static const char first[] = "abcdefghjklmnpqrstuvwxyz"; /* no keyword of two letters */
    struct text t = {out, 0};

    for (size_t k = 0, name = 0; k < 43; k++) {
        (void)put(&t, "%s", k == 0 ? "" : "OR ");
        for (size_t i = 0; i < 29; i++, name++)
            (void)put(&t, "%c%c+", first[name % 24], (char)('a' + name / 24 % 26));
        (void)put(&t, "1>n ");
    }
}

static void write_strings(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 128; i++)
        (void)put(&t, "%sa NOT LIKE '%%x%zuy%%'", i == 0 ? "" : " AND ", i);
}

static void write_or_strings(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 120; i++)
        (void)put(&t, "%sa LIKE '%%x%zuy%%' AND n>%zu", i == 0 ? "" : " OR ", i, i);
}

static void write_residuals(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 12; i++)
        (void)put(&t, "%s(a LIKE 'x_%zu%%' OR x+y>%zu OR NOT x<y+%zu)", i == 0 ? "" : " AND ", i, i,
                  i);
}

/* ---- long names and texts */

static void write_long_names(char *out)
{
    struct text t = {out, 0};

    for (int i = 0; i < 15; i++)
        (void)put(&t, "%s%0*d=1", i == 0 ? "x" : " OR x", 254, i);
}

static void write_long_string(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a='");
    fill(&t, "a", 1);
    (void)put(&t, "'");
}

static void write_quotes(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a<>'");
    fill(&t, "''", 1);
    (void)put(&t, "'");
}

static void write_comment(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "n=7 --");
    fill(&t, "-", 0);
}

/* ---- LIKE and CONTAINS on a subject of 64 KiB */

static void write_like_many(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a LIKE '");
    fill(&t, "%a", 3);
    (void)put(&t, "%%b'");
}

static void write_like_ones(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a LIKE '%%b");
    fill(&t, "_a", 4);
    (void)put(&t, "b%%'");
}

static void write_like_segment(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a LIKE '%%");
    fill(&t, "a", 5);
    (void)put(&t, "b%%c'");
}

static void write_like_wide(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a LIKE '%%");
    for (unsigned i = 0; put(&t, "%c%c_", (char)('A' + i % 26), (char)('a' + i / 26 % 26)) &&
                         t.len + 8 < WEIR_FILTER_TEXT_MAX;
         i++)
        continue;
    (void)put(&t, "%%'");
}

static void write_likes(char *out)
{
    struct text t = {out, 0};

    for (bool more = true; more;)
        more = put(&t, "%sa LIKE'%%a_b%%'", t.len == 0 ? "" : "OR ");
}

static void write_likes_two(char *out)
{
    struct text t = {out, 0};

    for (bool more = true; more;)
        more = put(&t, "%sa LIKE'%%a%%b%%'", t.len == 0 ? "" : "OR ");
}

static void write_contains_long(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a CONTAINS '");
    fill(&t, "a", 2);
    (void)put(&t, "b'");
}

static void write_contains_many(char *out)
{
    struct text t = {out, 0};

    for (unsigned i = 0;
         put(&t, "%sa CONTAINS'a%c'", t.len == 0 ? "" : "OR ", (char)('b' + i % 24)); i++)
        continue;
}

static void write_contains_tails(char *out)
{
    struct text t = {out, 0};

    for (int i = 1;
         put(&t, "%sa CONTAINS'%.*sb'", t.len == 0 ? "" : "OR ", i,
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
         i++)
        continue;
}

static void write_compares(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 256; i++)
        (void)put(&t, "%sa<b", i == 0 ? "" : " OR ");
}

/* ---- MATCHES on a subject of 64 KiB */

static void write_regex(char *out, const char *pattern)
{
    struct text t = {out, 0};

    (void)put(&t, "a MATCHES '%s'", pattern);
}

#define REGEX(name, pattern)            \
    static void write_##name(char *out) \
    {                                   \
        write_regex(out, pattern);      \
    }

REGEX(regex_star, "[ab]*(?:c|d)")
REGEX(regex_stars, ".*.*.*c")
REGEX(regex_nested, "^(?:a+)+$")
REGEX(regex_nested_or, "^(?:a|a)*b")
REGEX(regex_lazy, ".*?c")
REGEX(regex_atomic, "(?>a*)b")
REGEX(regex_behind, "(?<=[ab]{32000})c")
REGEX(regex_ahead, "(?=.*c)a")
REGEX(regex_minimum, "[ab]{30000}c")
REGEX(regex_newline, "\\R*c")
REGEX(regex_caseless, "(?i)\xc4\x81*c")
REGEX(regex_property, "^\\pL*\\pN")
REGEX(regex_counted, "(?:a{1,10}){1,10}b")
REGEX(regex_counted_deep, "(?:(?:(?:a{1,9}){1,9}){1,9}){1,9}b")
REGEX(regex_states, "a[ab]{20}c")
REGEX(regex_states_many, "(?:a[ab]{60}c|b[ab]{61}d|a[ab]{62}e)")
REGEX(regex_literal, "needle")
REGEX(regex_prefix, "^prefix.*x")
REGEX(regex_prefix_run, "^a.*x")
REGEX(regex_digits, "[0-9]+ERR")
REGEX(regex_or, "ERROR|WARN|FATAL")
REGEX(regex_boundary, "\\bodd\\b.*\\blot\\b")
REGEX(regex_assertions, "\\B\\w\\b")
REGEX(regex_assertions_run, "\\B\\b(?:a|b)*a{0,40}$")
REGEX(regex_captures, "((((((((((((((((a*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*b")

static void write_regex_class(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a MATCHES '[");
    for (size_t i = 0; i < 160; i++)
        (void)put(&t, "\\pL");
    (void)put(&t, "]+b'");
}

static void write_regex_bars(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a MATCHES '(?:a");
    for (size_t i = 0; i < 480; i++)
        (void)put(&t, "|");
    (void)put(&t, "b)*c'");
}

static void write_regex_many(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < WEIR_FILTER_LEAVES_MAX; i++)
        (void)put(&t, "%sa=~'a*c'", i == 0 ? "" : "OR ");
}

static void write_regex_literals(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < WEIR_FILTER_LEAVES_MAX; i++)
        (void)put(&t, "%sa=~'ab%c'", i == 0 ? "" : "OR ", (char)('c' + i % 20));
}

static void write_regex_long(char *out)
{
    struct text t = {out, 0};

    while (t.len + 540 < WEIR_FILTER_TEXT_MAX) {
        (void)put(&t, "%sa=~'", t.len == 0 ? "" : "OR ");
        for (size_t i = 0; i < 51; i++)
            (void)put(&t, "(?:x%zu|y)+?", i % 10);
        (void)put(&t, "'");
    }
}

static void write_regex_expanded(char *out)
{
    struct text t = {out, 0};

    for (size_t i = 0; i < 4; i++)
        (void)put(&t, "%sa=~'(?:(?:ab?){1,20}c){1,8}'", i == 0 ? "" : "OR ");
}

const struct bench_bomb bench_bombs[] = {
    {"deepest parentheses",         "a",               write_parentheses         },
    {"deepest NOT",                 "a",               write_nots                },
    {"deepest arithmetic",          "a",               write_arithmetic          },
    {"256 leaves, 256 names",       "a",               write_leaves              },
    {"256 leaves, one name",        "a",               write_same_leaves         },
    {"sets of 256 values",          "zz",              write_set                 },
    {"five sets on one name",       "zz",              write_missed_sets         },
    {"DNF: 2^120",                  "a",               write_dnf_bomb            },
    {"DNF: 128 wide ones",          "a",               write_dnf_seven           },
    {"DNF: ranges on one name",     "a",               write_dnf_one_name        },
    {"DNF: negated ANDs",           "a",               write_cnf_bomb            },
    {"DNF: 128 written out",        "a",               write_many_conjunctions   },
    {"DNF: hypercube",              "a",               write_hypercube           },
    {"DNF: residuals",              "a",               write_residuals           },
    {"DNF: a set in common",        "a",               write_shared_set          },
    {"DNF: sets that split",        "a",               write_split_sets          },
    {"DNF: residuals in common",    "a",               write_shared_residuals    },
    {"600 names in sums",           "a",               write_sums_of_names       },
    {"128 NOT LIKE",                "a",               write_strings             },
    {"120 LIKE, each with a range", "a",               write_or_strings          },
    {"longest names",               "a",               write_long_names          },
    {"longest string",              "a",               write_long_string         },
    {"string of quotes",            "'",               write_quotes              },
    {"longest comment",             "a",               write_comment             },
    {"256 comparisons of strings",  "a",               write_compares            },
    {"LIKE: %a%a...",               "a",               write_like_many           },
    {"LIKE: _a_a...",               "a",               write_like_ones           },
    {"LIKE: one long segment",      "a",               write_like_segment        },
    {"LIKE: many characters",       "AaBb",            write_like_wide           },
    {"LIKE: 180 of a_b",            "a",               write_likes               },
    {"LIKE: 180 of a%b",            "a",               write_likes_two           },
    {"CONTAINS: longest",           "a",               write_contains_long       },
    {"CONTAINS: 200 short",         "a",               write_contains_many       },
    {"CONTAINS: suffixes",          "a",               write_contains_tails      },
    {"MATCHES literal",             "no trouble ",     write_regex_literal       },
    {"MATCHES ^prefix.*x",          "prefix more ",    write_regex_prefix        },
    {"MATCHES ^a.*x",               "a",               write_regex_prefix_run    },
    {"MATCHES [0-9]+ERR",           "12 ER 3456 x",    write_regex_digits        },
    {"MATCHES [0-9]+ERR, digits",   "1234567890",      write_regex_digits        },
    {"MATCHES alternatives",        "ERRATA WA FAT ",  write_regex_or            },
    {"MATCHES words",               "odd parts, lo ",  write_regex_boundary      },
    {"MATCHES [ab]*(?:c|d)",        "ab",              write_regex_star          },
    {"MATCHES .*.*.*c",             "a",               write_regex_stars         },
    {"MATCHES (a+)+$",              "aaaaaaaaaaaaaab", write_regex_nested        },
    {"MATCHES (a|a)*b",             "a",               write_regex_nested_or     },
    {"MATCHES .*?c",                "a",               write_regex_lazy          },
    {"MATCHES atomic",              "a",               write_regex_atomic        },
    {"MATCHES lookbehind",          "ab",              write_regex_behind        },
    {"MATCHES lookahead",           "a",               write_regex_ahead         },
    {"MATCHES minimum",             "ab",              write_regex_minimum       },
    {"MATCHES newlines",            "\r\n",            write_regex_newline       },
    {"MATCHES caseless",            "\xc4\x80",        write_regex_caseless      },
    {"MATCHES property",            "a",               write_regex_property      },
    {"MATCHES counted",             "a",               write_regex_counted       },
    {"MATCHES counted, deep",       "a",               write_regex_counted_deep  },
    {"MATCHES a[ab]{20}c",          "ababbaab",        write_regex_states        },
    {"MATCHES three such",          "ababbaababb",     write_regex_states_many   },
    {"MATCHES assertions",          "a",               write_regex_assertions    },
    {"MATCHES assertions, a run",   "abc ",            write_regex_assertions_run},
    {"MATCHES groups",              "a",               write_regex_captures      },
    {"MATCHES class of 160",        "a",               write_regex_class         },
    {"MATCHES 480 alternatives",    "a",               write_regex_bars          },
    {"MATCHES 256 times",           "a",               write_regex_many          },
    {"MATCHES 256 literals",        "a",               write_regex_literals      },
    {"MATCHES longest patterns",    "x",               write_regex_long          },
    {"MATCHES expanded",            "ab",              write_regex_expanded      },
};

const size_t bench_bomb_count = COUNT(bench_bombs);

/* ---- texts that do not compile */

static void write_open(char *out)
{
    struct text t = {out, 0};

    fill(&t, "(", 0);
}

static void write_open_string(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a = '");
    fill(&t, "x", 0);
}

static void write_signs(char *out)
{
    struct text t = {out, 0};

    fill(&t, "=> ", 0);
}

static void write_controls(char *out)
{
    struct text t = {out, 0};

    fill(&t, "\x01;", 0);
}

static void write_missing(char *out)
{
    struct text t = {out, 0};

    fill(&t, "a > AND ", 0);
}

static void write_types(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "n=1");
    for (size_t i = 0; i < 255; i++)
        (void)put(&t, " OR 1>'x'");
}

static void write_too_long_name(char *out)
{
    struct text t = {out, 0};

    fill(&t, "n", 0);
}

static void write_bad_regexes(char *out)
{
    struct text t = {out, 0};

    for (bool more = true; more;)
        more = put(&t, "%sa=~'('", t.len == 0 ? "" : "OR ");
}

static void write_too_large_regex(char *out)
{
    struct text t = {out, 0};

    (void)put(&t, "a=~'(?:(?:(?:x{1,200}){1,200}){1,200}){1,200}'");
}

const struct bench_bomb bench_mistakes[] = {
    {"4096 open parentheses",   "", write_open           },
    {"unclosed string",         "", write_open_string    },
    {"wrong operators",         "", write_signs          },
    {"control characters",      "", write_controls       },
    {"missing values",          "", write_missing        },
    {"255 type errors",         "", write_types          },
    {"name of 4096 bytes",      "", write_too_long_name  },
    {"bad regular expressions", "", write_bad_regexes    },
    {"too large an expression", "", write_too_large_regex},
};

const size_t bench_mistake_count = COUNT(bench_mistakes);
