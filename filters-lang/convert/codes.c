/* codes.c - what each code of a conversion means.
 *
 * The one list of codes: `weir help C703`, the manual and the golden test follow it. */
#include <weir/convert.h>

#include <assert.h>

/* The formatter would set it in columns. */
/* clang-format off */
static const struct weir_convert_code codes[] = {
    {.code = "C701",
     .title = "the text is not UTF-8",
     .text = "Filters are UTF-8 without zero bytes here. Save the file or set the terminal to "
             "UTF-8.",
     .dialect = WEIR_DIALECT_JMS,
     .example = "city = 'K\\xf6ln'",
     .sketch = true},
    {.code = "C702",
     .title = "not of the other language",
     .text = "The text is no filter of the language that --from names: the caret shows where it "
             "stops being one. Nothing is guessed.",
     .dialect = WEIR_DIALECT_JMS,
     .example = "price > 'high'"},
    {.code = "C703",
     .title = "no counterpart",
     .text = "The text is right, but Weir's language cannot say it, and nothing is left out "
             "silently. Convert the rest by itself, or publish what is missing as an attribute.",
     .dialect = WEIR_DIALECT_EVENTBRIDGE,
     .example = "{\"ip\": [{\"cidr\": \"10.0.0.0/24\"}]}"},
    {.code = "C704",
     .title = "a limit",
     .text = "A text may have 16384 bytes and be nested 24 deep; the filter that comes out may "
             "have 4096 bytes. Divide it into several subscriptions.",
     .dialect = WEIR_DIALECT_PUBSUB,
     .example = "((( 25 times",
     .sketch = true},
    {.code = "C705",
     .title = "a number that is none here",
     .text = "Numbers are int64 or double. A larger one, a float of Java, which is rounded to "
             "24 bits, or digits that are no number of the other language are refused.",
     .dialect = WEIR_DIALECT_JMS,
     .example = "price > 1.5f"},
    {.code = "C706",
     .title = "a name that no attribute has",
     .text = "An attribute's name has 1 to 255 bytes and does not begin with '$', which is for "
             "what brokers set.",
     .dialect = WEIR_DIALECT_PUBSUB,
     .example = "attributes:\"$id\""},
    {.code = "C707",
     .title = "no filter comes out",
     .text = "The other language allows it, Weir's compiler does not; the message has its own "
             "code in parentheses, which weir help explains.",
     .dialect = WEIR_DIALECT_JMS,
     .example = "price > 5 AND 'x' = 5"},
    {.code = "W701",
     .title = "JMS: NOT across types",
     .text = "A comparison of values of different types is false in JMS, so NOT makes it true; "
             "here it is unknown, and NOT leaves it so. NOT IN and NOT LIKE count as a NOT. "
             "Where a property always has the type that is compared, there is no difference.",
     .dialect = WEIR_DIALECT_JMS,
     .example = "NOT weight > 2500"},
    {.code = "W702",
     .title = "JMS: overflow",
     .text = "Where Java's arithmetic wraps around, gives an infinity or fails, the result is "
             "unknown here, and does not match.",
     .dialect = WEIR_DIALECT_JMS,
     .example = "ask - bid < 5"},
    {.code = "W703",
     .title = "JMS: a header field",
     .text = "JMSType becomes $type. The other header fields that selectors may name become "
             "attributes, which are there only if publishers set them.",
     .dialect = WEIR_DIALECT_JMS,
     .example = "JMSPriority > 4"},
    {.code = "W704",
     .title = "JMS: order of two properties",
     .text = "JMS orders numbers only; here, two properties that both hold strings are in the "
             "order of their bytes.",
     .dialect = WEIR_DIALECT_JMS,
     .example = "bid > ask"},
    {.code = "W705",
     .title = "JMS: a large integer",
     .text = "To compare a long with a double, JMS makes it a double, which is rounded above "
             "2^53; here they compare by their exact values.",
     .dialect = WEIR_DIALECT_JMS,
     .example = "id > 9007199254740993"},
    {.code = "W711",
     .title = "Pub/Sub: everything is a string",
     .text = "Attributes of Pub/Sub are strings; here a publisher may set 5 or true, which '5' "
             "and 'true' do not match. An attribute of another type matches neither a condition "
             "nor its negation.",
     .dialect = WEIR_DIALECT_PUBSUB,
     .example = "attributes.size = \"5\""},
    {.code = "W721",
     .title = "EventBridge: arrays",
     .text = "Where a field of an event is an array, EventBridge tries each of its elements. "
             "Attributes hold one value, so there is nothing to try.",
     .dialect = WEIR_DIALECT_EVENTBRIDGE,
     .example = "{\"source\": [\"aws.ec2\"]}"},
    {.code = "W722",
     .title = "EventBridge: null",
     .text = "null matches only an explicit null there. Here, null in JSON is an absent "
             "attribute, so that this also matches where the field is missing.",
     .dialect = WEIR_DIALECT_EVENTBRIDGE,
     .example = "{\"user\": [null]}"},
    {.code = "W723",
     .title = "EventBridge: digits of a number",
     .text = "Outside of numeric, EventBridge compares a number as it is written: 300, 300.0 and "
             "3e2 differ there. Here they are equal.",
     .dialect = WEIR_DIALECT_EVENTBRIDGE,
     .example = "{\"count\": [300]}"},
    {.code = "W724",
     .title = "EventBridge: anything but",
     .text = "Values of other types than the excluded ones are something else, and match there. "
             "Here a comparison with them is unknown, and does not.",
     .dialect = WEIR_DIALECT_EVENTBRIDGE,
     .example = "{\"state\": [{\"anything-but\": \"off\"}]}"},
    {.code = "W731",
     .title = "PADRES: not equal",
     .text = "Brokers of PADRES differ on whether neq and <> hold where the attribute is missing "
             "or of another type; here they do not.",
     .dialect = WEIR_DIALECT_PADRES,
     .example = "[class,neq,'STOCK']"},
    {.code = "W732",
     .title = "PADRES: two predicates on an attribute",
     .text = "PADRES keeps the last predicate on an attribute and forgets those before; here all "
             "of them hold.",
     .dialect = WEIR_DIALECT_PADRES,
     .example = "[price,>,30],[price,<,50]"},
    {.code = "W733",
     .title = "PADRES: TRUE and FALSE",
     .text = "PADRES has no Booleans: TRUE and FALSE are strings, and stay so. A published bool "
             "does not match them.",
     .dialect = WEIR_DIALECT_PADRES,
     .example = "[halted,eq,TRUE]"},
    {.code = "W741",
     .title = "Siena: not equal",
     .text = "Versions of Siena differ on != for a value of another type; here it does not "
             "match.",
     .dialect = WEIR_DIALECT_SIENA,
     .example = "price != 30"},
};
/* clang-format on */

size_t weir_convert_code_count(void)
{
    return sizeof codes / sizeof codes[0];
}

const struct weir_convert_code *weir_convert_code_at(size_t index)
{
    assert(index < sizeof codes / sizeof codes[0]);
    return &codes[index];
}

const struct weir_convert_code *weir_convert_code_find(struct weir_str code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (weir_str_equal(weir_str_of(codes[i].code), code))
            return &codes[i];
    return NULL;
}
