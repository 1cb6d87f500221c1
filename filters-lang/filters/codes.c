/* codes.c - what each code of a diagnostic means.
 *
 * The one list of codes: `weir help F203`, the manual weir-filter(7) and the golden test follow it.
 */
#include <weir/diag.h>

#include <assert.h>

/* The formatter would set it in columns. */
/* clang-format off */
static const struct weir_diag_code codes[] = {
    {.code = "F101",
     .title = "the text is not UTF-8",
     .text = "Filters are UTF-8, strings in them too, and compared byte by byte. Save the file "
             "or set the terminal to UTF-8.",
     .wrong = "symbol = 'caf\\xe9'",
     .right = "symbol = 'caf\xc3\xa9'",
     .sketch = true},
    {.code = "F102",
     .title = "the text has a zero byte",
     .text = "No string or name can hold U+0000, so no filter can ask for it.",
     .wrong = "symbol = 'IBM\\0'",
     .right = "symbol = 'IBM'",
     .sketch = true},
    {.code = "F103",
     .title = "unclosed string",
     .text = "A string ends with the quote that it began with, ' or \". Inside, that quote is "
             "written twice.",
     .wrong = "name = 'it''s",
     .right = "name = 'it''s'"},
    {.code = "F104",
     .title = "unclosed name",
     .text = "A name in backticks ends with a backtick; inside, it is written twice.",
     .wrong = "`x y = 5",
     .right = "`x y` = 5"},
    {.code = "F105",
     .title = "empty name",
     .text = "A name has at least one character, and so has what follows a $. Names that are "
             "set by the overlay are $type, $id, $origin, $publisher and $ts.",
     .wrong = "`` = 5",
     .right = "`x` = 5"},
    {.code = "F106",
     .title = "unknown operator",
     .text = "The operators are = == <> != < <= > >= =~ !~ && || ! + - * / %.",
     .wrong = "price =< 5",
     .right = "price <= 5"},
    {.code = "F107",
     .title = "a character without meaning",
     .text = "It belongs to no operator, name or number. Names with other letters than A to Z, "
             "digits and _ are written in backticks.",
     .wrong = "price > 5;",
     .right = "price > 5"},
    {.code = "F108",
     .title = "not a number",
     .text = "Numbers are written 42, 1_000, 0xff, 1.5 or 2e-3; a letter may not follow one "
             "directly, and _ stands between digits.",
     .wrong = "volume > 12k",
     .right = "volume > 12000"},
    {.code = "F109",
     .title = "a number too large",
     .text = "Ints go from -9223372036854775808 to 9223372036854775807, doubles to about "
             "1.8e308. A whole number with a point or an exponent is a double.",
     .wrong = "volume > 9223372036854775808",
     .right = "volume > 9223372036854775808.0"},
    {.code = "F110",
     .title = "not a timestamp",
     .text = "Timestamps are RFC 3339 texts with a zone, of the years 1678 to 2261, to the "
             "nanosecond. There is no NOW(): clocks differ, and a filter means the same at "
             "every broker.",
     .wrong = "ts > TIMESTAMP 'today'",
     .right = "ts > TIMESTAMP '2013-10-07T00:00:00Z'"},
    {.code = "F201",
     .title = "a condition is missing",
     .text = "A comparison, an attribute, EXISTS, NOT or a parenthesis should stand there. A "
             "keyword that is meant as a name is written in backticks.",
     .wrong = "price > 5 AND",
     .right = "price > 5 AND volume > 0"},
    {.code = "F202",
     .title = "AND or OR is missing",
     .text = "Two conditions follow one another without a word between. After a value, NOT is "
             "written as a word: x NOT IN (1, 2), not x ! IN (1, 2).",
     .wrong = "price > 5 volume > 0",
     .right = "price > 5 AND volume > 0"},
    {.code = "F203",
     .title = "a value is missing",
     .text = "An operator has nothing on one of its sides. A value is a literal, an attribute, "
             "arithmetic, or one of these in parentheses.",
     .wrong = "symbol = 'IBM' AND price >= AND volume > 0",
     .right = "symbol = 'IBM' AND price >= 100 AND volume > 0"},
    {.code = "F204",
     .title = "unclosed parenthesis",
     .text = "Each ( needs a ).",
     .wrong = "symbol = 'IBM' AND (price > 5",
     .right = "symbol = 'IBM' AND (price > 5)"},
    {.code = "F205",
     .title = "unmatched parenthesis",
     .text = "A ) closes nothing.",
     .wrong = "price > 5) AND volume > 0",
     .right = "(price > 5) AND volume > 0"},
    {.code = "F206",
     .title = "a chain of comparisons",
     .text = "The result of a comparison is a truth value, which cannot be compared with "
             "anything. Join two comparisons with AND, or use BETWEEN.",
     .wrong = "1 < price < 5",
     .right = "1 < price AND price < 5"},
    {.code = "F207",
     .title = "a string is missing",
     .text = "LIKE, STARTS WITH, ENDS WITH, CONTAINS, MATCHES, ESCAPE and TIMESTAMP take a "
             "string in quotes.",
     .wrong = "symbol LIKE IB",
     .right = "symbol LIKE 'IB%'"},
    {.code = "F208",
     .title = "a list is missing",
     .text = "IN takes literals in parentheses, with commas between, at least one. A comparison "
             "with another attribute is written with =.",
     .wrong = "symbol IN 'IBM', 'AIG'",
     .right = "symbol IN ('IBM', 'AIG')"},
    {.code = "F209",
     .title = "AND of BETWEEN is missing",
     .text = "BETWEEN takes two values with AND between them.",
     .wrong = "price BETWEEN 1, 5",
     .right = "price BETWEEN 1 AND 5"},
    {.code = "F210",
     .title = "a word is missing",
     .text = "After NOT: IN, BETWEEN, LIKE, STARTS WITH, ENDS WITH, CONTAINS or MATCHES. After "
             "IS or IS NOT: NULL, STRING, INT, DOUBLE, BOOL or TIMESTAMP.",
     .wrong = "price IS 5",
     .right = "price = 5"},
    {.code = "F211",
     .title = "unknown function",
     .text = "There are hasPrefix, startsWith, beginsWith, starts-with, begins-with, hasSuffix, "
             "endsWith, ends-with and contains, each of an attribute and a string, and "
             "EXISTS(attribute).",
     .wrong = "upper(symbol) = 'IBM'",
     .right = "symbol MATCHES '^(?i)ibm$'"},
    {.code = "F212",
     .title = "an incomplete prefix or suffix test",
     .text = "It is written x STARTS WITH 'text', x ENDS WITH 'text', hasPrefix(x, 'text') or "
             "hasSuffix(x, 'text').",
     .wrong = "symbol STARTS 'IB'",
     .right = "symbol STARTS WITH 'IB'"},
    {.code = "F213",
     .title = "an incomplete EXISTS or CONTAINS",
     .text = "They are written EXISTS(attribute), x CONTAINS 'text' or contains(x, 'text').",
     .wrong = "EXISTS price",
     .right = "EXISTS(price)"},
    {.code = "F214",
     .title = "an unknown operator word",
     .text = "After a value stand a sign such as = or <=, or one of IN, BETWEEN, LIKE, STARTS "
             "WITH, ENDS WITH, CONTAINS, MATCHES and IS; conditions are joined with AND and OR.",
     .wrong = "symbol LKE 'IB%'",
     .right = "symbol LIKE 'IB%'"},
    {.code = "F301",
     .title = "types that never compare",
     .text = "Ints and doubles compare with each other; strings, bools and timestamps only with "
             "their own kind. $ts is a timestamp, the other names with $ are strings. Where a "
             "notification's value has another type the comparison is neither true nor false.",
     .wrong = "$ts > 5",
     .right = "$ts > TIMESTAMP '2013-10-07T00:00:00Z'"},
    {.code = "F302",
     .title = "an order of bools",
     .text = "Bools compare with = and <> only.",
     .wrong = "halted > FALSE",
     .right = "halted = TRUE"},
    {.code = "F303",
     .title = "arithmetic on no number",
     .text = "+ - * / % take ints and doubles. There is no concatenation, and no arithmetic on "
             "timestamps.",
     .wrong = "price + 'x' = 5",
     .right = "price + 1 = 5"},
    {.code = "F304",
     .title = "% of a double",
     .text = "The remainder is defined for ints.",
     .wrong = "volume % 2.5 = 0",
     .right = "volume % 2 = 0"},
    {.code = "F305",
     .title = "a constant that overflows",
     .text = "A part without attributes is computed once, when the filter is compiled. Ints do "
             "not wrap round or become doubles.",
     .wrong = "volume > 9223372036854775807 + 1",
     .right = "volume > 9223372036854775807.0 + 1"},
    {.code = "F306",
     .title = "division by zero",
     .text = "A part without attributes divides by zero.",
     .wrong = "price > 1 / 0",
     .right = "price > 1"},
    {.code = "F307",
     .title = "a value in the place of a condition",
     .text = "A filter and each side of AND, OR and NOT is a condition. An attribute alone "
             "means that it is TRUE; a number or string means nothing.",
     .wrong = "symbol = 'IBM' AND price + 1",
     .right = "symbol = 'IBM' AND price + 1 > 0"},
    {.code = "F308",
     .title = "a condition in the place of a value",
     .text = "Comparisons and arithmetic are made of values, not of what is true or false.",
     .wrong = "price = (halted OR closed)",
     .right = "price = 5 AND (halted OR closed)"},
    {.code = "F309",
     .title = "a wrong escape character",
     .text = "ESCAPE takes one character, neither % nor _.",
     .wrong = "name LIKE '50%%' ESCAPE '%'",
     .right = "name LIKE '50!%' ESCAPE '!'"},
    {.code = "F310",
     .title = "a dangling escape",
     .text = "In a pattern the escape character stands before %, _ or itself, as it does not "
             "change any other.",
     .wrong = "name LIKE 'a!b' ESCAPE '!'",
     .right = "name LIKE 'a!!b' ESCAPE '!'"},
    {.code = "F311",
     .title = "IS on no attribute",
     .text = "IS NULL and IS with a type ask whether an attribute is there, and of which type "
             "it is.",
     .wrong = "price + 1 IS NULL",
     .right = "price IS NULL"},
    {.code = "F312",
     .title = "unknown $ attribute",
     .text = "Names that begin with $ are set by the overlay: $type by the publisher; $id, "
             "$origin, $publisher and $ts once, by the broker that the publisher is connected "
             "to.",
     .wrong = "$sender = 'feed-1'",
     .right = "$publisher = 'feed-1'"},
    {.code = "F313",
     .title = "$hops in a filter",
     .text = "$hops tells about one delivery and differs from broker to broker; a filter means "
             "the same at each of them.",
     .wrong = "$hops < 3",
     .right = "$origin = 'nyc'"},
    {.code = "F314",
     .title = "a string predicate on no string",
     .text = "LIKE, STARTS WITH, ENDS WITH, CONTAINS and MATCHES look at strings.",
     .wrong = "price + 1 LIKE '1%'",
     .right = "price + 1 >= 100"},
    {.code = "F315",
     .title = "MATCHES on no attribute",
     .text = "Left of MATCHES stands an attribute.",
     .wrong = "'IBM' MATCHES '^I'",
     .right = "symbol MATCHES '^I'"},
    {.code = "F401",
     .title = "the filter is too long",
     .text = "A filter has at most 4096 bytes. A long list may be several subscriptions.",
     .wrong = "symbol = '...4096 letters'",
     .right = "symbol STARTS WITH 'IB'",
     .sketch = true},
    {.code = "F402",
     .title = "nested too deeply",
     .text = "Parentheses and NOT may be nested 32 deep, together.",
     .wrong = "((...33 parentheses...))",
     .right = "(price > 5)",
     .sketch = true},
    {.code = "F403",
     .title = "too many conditions",
     .text = "A filter has at most 256 conditions. IN counts as one.",
     .wrong = "x = 1 OR x = 2 OR ... x = 257",
     .right = "x BETWEEN 1 AND 257",
     .sketch = true},
    {.code = "F404",
     .title = "too many values in a list",
     .text = "A list of IN has at most 256 values.",
     .wrong = "x IN (1, 2, ... 257)",
     .right = "x BETWEEN 1 AND 257",
     .sketch = true},
    {.code = "F405",
     .title = "the name is too long",
     .text = "A name has at most 255 bytes.",
     .wrong = "aaa...256 letters = 1",
     .right = "name = 1",
     .sketch = true},
    {.code = "F406",
     .title = "the pattern is too long",
     .text = "A pattern of MATCHES has at most 512 bytes. A list of words is better written "
             "with IN.",
     .wrong = "symbol MATCHES '...513 letters'",
     .right = "symbol IN ('IBM', 'AIG')",
     .sketch = true},
    {.code = "F407",
     .title = "too many operations",
     .text = "An expression has at most 32 operations on the way from its result to any of its "
             "values; a + b + c has two for a.",
     .wrong = "a + a + ... 33 operations > 0",
     .right = "a * 34 > 0",
     .sketch = true},
    {.code = "F501",
     .title = "a mistake in a regular expression",
     .text = "Regular expressions are those of PCRE2.",
     .wrong = "symbol MATCHES '^(IB'",
     .right = "symbol MATCHES '^(IB)'"},
    {.code = "F502",
     .title = "a refused construct in a regular expression",
     .text = "Back references, recursion, callouts, verbs, \\K, \\X and \\C are refused: the "
             "work that they take could not be bounded, and one subscriber must not slow down "
             "the others.",
     .wrong = "symbol MATCHES '(.)\\1'",
     .right = "symbol MATCHES '(AA|BB)'"},
    {.code = "F503",
     .title = "the regular expressions are too large",
     .text = "Compiled, all patterns of one filter together have at most 65536 bytes; a "
             "repetition {n} counts as often as it says.",
     .wrong = "a =~ '(?:(?:xy){40}){40}' AND b =~ '(?:(?:xy){40}){40}'",
     .right = "a =~ '^(?:xy)+$' AND b =~ '^(?:xy)+$'"},
    {.code = "W601",
     .title = "NOT IN over several types",
     .text = "x NOT IN (1, 'a') means x <> 1 AND x <> 'a'. A value has one type and does not "
             "compare with those of others, so this is never true.",
     .wrong = "price NOT IN (1, 'a')",
     .right = "price NOT IN (1, 2)"},
    {.code = "W602",
     .title = "a filter that matches nothing",
     .text = "Its conditions exclude each other, so no notification can match. Such a "
             "subscription is kept but never routed.",
     .wrong = "price > 10 AND price < 5",
     .right = "price < 10 AND price > 5"},
    {.code = "W603",
     .title = "an alternative that matches nothing",
     .text = "One side of an OR can never be true, so the filter means the same without it. "
             "Mostly another condition was meant.",
     .wrong = "symbol = 'IBM' OR (price > 10 AND price < 5)",
     .right = "symbol = 'IBM' OR (price < 10 AND price > 5)"},
    {.code = "W604",
     .title = "a date without quotes",
     .text = "Numbers joined by - are a subtraction: 2013-10-07 is 1996. A timestamp is written "
             "with its word, in quotes, with time and zone.",
     .wrong = "ts > 2013-10-07",
     .right = "ts > TIMESTAMP '2013-10-07T00:00:00Z'"},
    {.code = "W605",
     .title = "a star in LIKE",
     .text = "The wild cards of LIKE are % for any characters and _ for one character. A pattern "
             "with * and without these matches that text only; where it is meant, = says so.",
     .wrong = "symbol LIKE 'IB*'",
     .right = "symbol LIKE 'IB%'"},
    {.code = "W606",
     .title = "a name in quotes",
     .text = "Both kinds of quotes are for strings, so that two constants are compared, and the "
             "answer is the same for every notification. Names are written without quotes, or "
             "in backticks.",
     .wrong = "\"symbol\" = 'IBM'",
     .right = "symbol = 'IBM'"},
};
/* clang-format on */

size_t weir_diag_code_count(void)
{
    return sizeof codes / sizeof codes[0];
}

const struct weir_diag_code *weir_diag_code_at(size_t index)
{
    assert(index < sizeof codes / sizeof codes[0]);
    return &codes[index];
}

const struct weir_diag_code *weir_diag_code_find(struct weir_str code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (weir_str_equal(weir_str_of(codes[i].code), code))
            return &codes[i];
    }
    return NULL;
}
