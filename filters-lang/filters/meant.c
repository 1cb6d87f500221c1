/* meant.c - what people who know another language, or mistype this one, mean. */
#include "meant.h"
#include "lex.h"

#include <weir/distance.h>

struct word {
    const char *word; /* in capitals */
    struct weiri_meant meant;
};

/* Words of this language: what is near to one was probably meant to be it. */
static const char *const tails[] = {"AND",    "OR",   "NOT",      "IN",      "BETWEEN", "LIKE",
                                    "STARTS", "ENDS", "CONTAINS", "MATCHES", "IS"};
static const char *const joints[] = {"AND", "OR"};
static const char *const types[] = {"NULL", "NOT", "STRING", "INT", "DOUBLE", "BOOL", "TIMESTAMP"};
static const char *const functions[] = {"hasPrefix", "startsWith", "beginsWith", "hasSuffix",
                                        "endsWith",  "contains",   "EXISTS",     "NOT"};
static const char *const stamps[] = {"$type", "$publisher", "$origin", "$ts", "$id"};

#define CASELESS "for any case write e.g. symbol MATCHES '(?i)^ibm$'"
#define CLOCK "there is no clock in a filter: clocks differ, and a filter means the same everywhere"
#define REGEX "write e.g. symbol MATCHES '^I'"
#define LENGTH "for a length write e.g. symbol MATCHES '^.{3,5}$'"
#define ONE_CONDITION "a filter is one condition, as it stands behind WHERE"
#define NUMBER "numbers are of two types: (price IS INT OR price IS DOUBLE)"
#define PART "for a part of a string write e.g. symbol LIKE '_BM%'"

/* One line a word; the formatter would not have it. */
/* clang-format off */
static const struct word after_values[] = {
    {"ILIKE",      {"MATCHES", CASELESS}                                           },
    {"RLIKE",      {"MATCHES", NULL}                                               },
    {"REGEXP",     {"MATCHES", NULL}                                               },
    {"REGEX",      {"MATCHES", NULL}                                               },
    {"MATCH",      {"MATCHES", NULL}                                               },
    {"SIMILAR",    {NULL, REGEX}                                                   },
    {"GLOB",       {"LIKE", "write LIKE; % stands for any characters and _ for one"}},
    {"EQ",         {"=", NULL}                                                     },
    {"EQUAL",      {"=", NULL}                                                     },
    {"EQUALS",     {"=", NULL}                                                     },
    {"NE",         {"<>", NULL}                                                    },
    {"NEQ",        {"<>", NULL}                                                    },
    {"LT",         {"<", NULL}                                                     },
    {"LE",         {"<=", NULL}                                                    },
    {"LTE",        {"<=", NULL}                                                    },
    {"GT",         {">", NULL}                                                     },
    {"GE",         {">=", NULL}                                                    },
    {"GTE",        {">=", NULL}                                                    },
    {"MOD",        {"%", NULL}                                                     },
    {"DIV",        {"/", NULL}                                                     },
    {"ISNULL",     {"IS NULL", NULL}                                               },
    {"NOTNULL",    {"IS NOT NULL", NULL}                                           },
    {"ISNOT",      {"IS NOT", NULL}                                                },
    {"NOTIN",      {"NOT IN", NULL}                                                },
    {"NOTLIKE",    {"NOT LIKE", NULL}                                              },
    {"ANY",        {"IN", NULL}                                                    },
    {"STARTSWITH", {"STARTS WITH", NULL}                                           },
    {"BEGINSWITH", {"STARTS WITH", NULL}                                           },
    {"HASPREFIX",  {"STARTS WITH", NULL}                                           },
    {"PREFIX",     {"STARTS WITH", NULL}                                           },
    {"BEGINS",     {"STARTS", NULL}                                                },
    {"BEGIN",      {"STARTS", NULL}                                                },
    {"START",      {"STARTS", NULL}                                                },
    {"ENDSWITH",   {"ENDS WITH", NULL}                                             },
    {"HASSUFFIX",  {"ENDS WITH", NULL}                                             },
    {"SUFFIX",     {"ENDS WITH", NULL}                                             },
    {"END",        {"ENDS", NULL}                                                  },
    {"HAS",        {"CONTAINS", NULL}                                              },
    {"INCLUDES",   {"CONTAINS", NULL}                                              },
    {"DOES",       {NULL, "NOT CONTAINS says that"}                                    },
    {"XOR",        {NULL, "(a OR b) AND NOT (a AND b) says that"}                      },
};

static const struct word after_conditions[] = {
    {"XOR",   {NULL, "(a OR b) AND NOT (a AND b) says that"}},
    {"WHEN",  {NULL, ONE_CONDITION}                     },
    {"FROM",  {NULL, ONE_CONDITION}                     },
    {"WHERE", {NULL, ONE_CONDITION}                     },
    {"ORDER", {NULL, ONE_CONDITION}                     },
    {"GROUP", {NULL, ONE_CONDITION}                     },
    {"LIMIT", {NULL, ONE_CONDITION}                     },
};

static const struct word foreign_types[] = {
    {"INTEGER",   {"INT", NULL}                                             },
    {"INT32",     {"INT", NULL}                                             },
    {"INT64",     {"INT", NULL}                                             },
    {"LONG",      {"INT", NULL}                                             },
    {"BIGINT",    {"INT", NULL}                                             },
    {"FLOAT",     {"DOUBLE", NULL}                                          },
    {"FLOAT64",   {"DOUBLE", NULL}                                          },
    {"REAL",      {"DOUBLE", NULL}                                          },
    {"DECIMAL",   {"DOUBLE", NULL}                                          },
    {"NUMBER",    {NULL, NUMBER}},
    {"NUMERIC",   {NULL, NUMBER}},
    {"BOOLEAN",   {"BOOL", NULL}                                            },
    {"VARCHAR",   {"STRING", NULL}                                          },
    {"CHAR",      {"STRING", NULL}                                          },
    {"TEXT",      {"STRING", NULL}                                          },
    {"STR",       {"STRING", NULL}                                          },
    {"DATE",      {"TIMESTAMP", NULL}                                       },
    {"DATETIME",  {"TIMESTAMP", NULL}                                       },
    {"TIME",      {"TIMESTAMP", NULL}                                       },
    {"EMPTY",     {"NULL", "IS NULL asks for an absent attribute, = '' for an empty string"}},
    {"MISSING",   {"NULL", NULL}                                            },
    {"ABSENT",    {"NULL", NULL}                                            },
    {"UNKNOWN",   {"NULL", NULL}                                            },
    {"UNDEFINED", {"NULL", NULL}                                            },
    {"NIL",       {"NULL", NULL}                                            },
    {"NONE",      {"NULL", NULL}                                            },
    {"NOTNULL",   {"NOT NULL", NULL}                                        },
    {"PRESENT",   {"NOT NULL", NULL}                                        },
};

static const struct word foreign_functions[] = {
    {"PREFIX",            {"hasPrefix", NULL}                                            },
    {"STARTS_WITH",       {"startsWith", NULL}                                           },
    {"BEGINS_WITH",       {"beginsWith", NULL}                                           },
    {"SUFFIX",            {"hasSuffix", NULL}                                            },
    {"ENDS_WITH",         {"endsWith", NULL}                                             },
    {"INCLUDES",          {"contains", NULL}                                             },
    {"HAS",               {"EXISTS", NULL}                                               },
    {"DEFINED",           {"EXISTS", NULL}                                               },
    {"ISSET",             {"EXISTS", NULL}                                               },
    {"PRESENT",           {"EXISTS", NULL}                                               },
    {"ISNULL",            {NULL, "write e.g. price IS NULL"}                             },
    {"MISSING",           {NULL, "write e.g. price IS NULL"}                             },
    {"REGEX",             {NULL, REGEX}                                                  },
    {"REGEXP",            {NULL, REGEX}                                                  },
    {"REGEXP_LIKE",       {NULL, REGEX}                                                  },
    {"MATCH",             {NULL, REGEX}                                                  },
    {"UPPER",             {NULL, CASELESS}                                               },
    {"LOWER",             {NULL, CASELESS}                                               },
    {"UCASE",             {NULL, CASELESS}                                               },
    {"LCASE",             {NULL, CASELESS}                                               },
    {"TOUPPER",           {NULL, CASELESS}                                               },
    {"TOLOWER",           {NULL, CASELESS}                                               },
    {"LENGTH",            {NULL, LENGTH}                                                 },
    {"LEN",               {NULL, LENGTH}                                                 },
    {"SIZE",              {NULL, LENGTH}                                                 },
    {"STRLEN",            {NULL, LENGTH}                                                 },
    {"SUBSTR",            {NULL, PART}                                                   },
    {"SUBSTRING",         {NULL, PART}                                                   },
    {"LEFT",              {NULL, PART}                                                   },
    {"RIGHT",             {NULL, PART}                                                   },
    {"ABS",               {NULL, "say it by comparisons, e.g. (price < -5 OR price > 5)"}},
    {"ANY",               {NULL, "write e.g. symbol IN ('IBM', 'AIG')"}                  },
    {"NOW",               {NULL, CLOCK}                                                  },
    {"CURRENT_TIMESTAMP", {NULL, CLOCK}                                                  },
    {"GETDATE",           {NULL, CLOCK}                                                  },
    {"SYSDATE",           {NULL, CLOCK}                                                  },
    {"TODAY",             {NULL, CLOCK}                                                  },
    {"DATE",              {NULL, "write e.g. TIMESTAMP '2013-10-07T00:00:00Z'"}          },
    {"DATETIME",          {NULL, "write e.g. TIMESTAMP '2013-10-07T00:00:00Z'"}          },
    {"IF",                {NULL, "AND and OR say that"}                             },
};

#define LIST(a) (a), sizeof(a) / sizeof(a)[0]

static const struct {
    const struct word *foreign;
    size_t foreign_count;
    const char *const *own;
    size_t own_count;
} contexts[] = {
    [WEIRI_AFTER_VALUE] = {LIST(after_values), LIST(tails)},
    [WEIRI_AFTER_CONDITION] = {LIST(after_conditions), LIST(joints)},
    [WEIRI_TYPES] = {LIST(foreign_types), LIST(types)},
    [WEIRI_FUNCTIONS] = {LIST(foreign_functions), LIST(functions)},
    [WEIRI_STAMPS] = {NULL, 0, LIST(stamps)},
};

/* clang-format on */

static struct weir_str in_capitals(char *out, struct weir_str word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];

        out[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    return (struct weir_str){out, word.len};
}

/* One mistake in three letters, two in six or more. */
static const char *nearest(const char *const *candidates, size_t count, struct weir_str word)
{
    char given[WEIRI_DISTANCE_LEN_MAX], other[WEIRI_DISTANCE_LEN_MAX];
    size_t least = word.len / 3 < 2 ? word.len / 3 + 1 : 3;
    const char *best = NULL;

    word = in_capitals(given, word);
    for (size_t i = 0; i < count; i++) {
        size_t d = weiri_distance(word, in_capitals(other, weir_str_of(candidates[i])));

        if (d < least) {
            least = d;
            best = candidates[i];
        }
    }
    return best;
}

struct weiri_meant weiri_meant(enum weiri_context context, struct weir_str word)
{
    if (word.len > WEIRI_DISTANCE_LEN_MAX)
        return (struct weiri_meant){NULL, NULL};
    for (size_t i = 0; i < contexts[context].foreign_count; i++) {
        if (weiri_equal_caseless(word, contexts[context].foreign[i].word))
            return contexts[context].foreign[i].meant;
    }
    return (struct weiri_meant){nearest(contexts[context].own, contexts[context].own_count, word),
                                NULL};
}
