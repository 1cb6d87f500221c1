#!/usr/bin/env python3
"""Random filters and notifications over the whole language, from a seed.

The notification comes first; what the filter compares with is drawn near its values, so that all
three results are frequent.  A filter is made as a list of tokens and then spelt at random: case
of keywords, blanks, comments, quotes, bases of numbers.  Some filters are damaged afterwards.
More notifications for the same filter differ from the first in a few attributes, mostly those
that it names, whose values are then often its constants or next to them.

    generate.py --pairs N --seed S     prints a filter, a tab and a notification per line,
                                       sometimes with a tab and a second filter
"""

import argparse
import json
import math
import random

from filter_oracle import escape, judge
from oracle_values import INT_MAX, INT_MIN

INTS = [0, 1, -1, 2, 3, 5, 7, 10, 100, 2**31, 2**53, 2**53 - 1, 2**53 + 1, -2**53 - 1, 2**62,
        INT_MAX, INT_MAX - 1, INT_MIN, INT_MIN + 1, 10**18]
DOUBLES = [0.0, -0.0, 0.1, 0.5, 1.0, 1.5, -1.5, 2.0, 3.0, 5.0, 185.02, 1e-3, 2.0**53, 2.0**53 + 2,
           -2.0**53, 2.0**63, -2.0**63, 9223372036854774784.0, 5e-324, -5e-324, 2.2250738585072014e-308,
           1e300, -1e300, 1.7976931348623157e308, 1e16, 0.30000000000000004]
STRINGS = ["", "a", "ab", "abc", "abcd", "abd", "b", "ba", "bab", "A", "aab", "%", "_", "a%", "a_b",
           "é", "éa", "aé", "ß", "日本", "日本語", "😀", "😀a", "\u007f", "\u0080", "\uffff", "\U0010ffff",
           "north", "north-1", "ann", "IBM", "IB", "it's", 'say "x"', "a\nb", "ab\n", "\n", "a\r\nb", "b a", "aaab", "cab5", "É", "\\", "a\\b", " ", "TRUE", "5"]
TIMES = ["1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999Z", "2013-10-07T09:30:00.123Z",
         "2013-10-07T11:30:00.123+02:00", "2013-10-07T09:30:00.123000001Z",
         "2000-02-29T12:00:00-08:30", "2023-11-14T22:13:20Z", "1678-01-01T00:00:00Z", "2261-12-31T23:59:59.999999999Z"]
FRAGMENTS = ["a", "b", "ab", "c", "5", "\n", "é", "日", "😀", "\\", "'", '"', "%", "_", "x"]
PATTERNS = ["a", "^a", "b$", "^ab?c", "a.b", "[a-c]+d", "^$", "(?i)A", "^日", "^.$", "^..$", "a|é",
            "(a)(b)?", "^(?:ab)+$", "\\\\", "\\d", "b(?=d)", "(?s)a.b", "é", "^[^a]", "", "a{2}", "x*"]
ATOMS = ["a", "b", "c", "ab", "x", "é", "日", "😀", ".", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\N",
         "\\.", "\\\\", "\\x61", "\\x{e9}", "\\t", "\\n", "%", "_", " ", "'", "-", "5", "[ab]", "[^ab]", "[a-c5]",
         "[^é]", "[\\d_]", "[^\\w]", "[[:alpha:]]", "[[:^digit:]]", "[]a]", "[a\\-c]", "[é-日]", "\\Qa.\\E", "\\pL",
         "\\P{Lu}", "\\h", "\\R"]
ANCHORS = ["^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\G"]
REPEATS = ["*", "+", "?", "{2}", "{0,2}", "{1,}", "{,2}", "{0}", "*?", "+?", "??", "{1,3}?", "*+", "++", "?+"]
GROUPS = ["(%s)", "(?:%s)", "(?:%s)", "(?i:%s)", "(?=%s)", "(?!%s)", "(?<=%s)", "(?<!%s)", "(?>%s)", "(?<n>%s)",
          "(?s:%s)", "(?m:%s)", "(?x: %s )"]
PREFIXES = ["(?i)", "(?s)", "(?m)", "(?x)", "(?is)", "(?U)", "(?-i)"]
BROKEN_PATTERNS = ["(", "[a", "a{2,1}", "*a", "(?<n", "\\", "(?<=a*)b"]
NAMES = {"int": ["i", "j", "volume"], "double": ["d", "price", "e.f"],
         "string": ["s", "t", "symbol", "$type"], "bool": ["flag", "halted"],
         "timestamp": ["when", "at_"]}
TICKED = {"odd": ["two words", "é-name", "like", "in", "--", "a'b", "TIMESTAMP", "a`b"]}
ALIASES = ["hasPrefix", "startsWith", "beginsWith", "begins-with", "starts-with", "HASPREFIX",
           "hasSuffix", "endsWith", "ends-with", "contains", "Contains"]
STAMPS = ["$id", "$origin", "$publisher", "$ts"]  # three strings and a timestamp
ORDER = ["=", "==", "<>", "!=", "<", "<=", ">", ">="]
EQUALITY = ["=", "==", "<>", "!="]
TYPES = list(NAMES)


# A token is a string that is written as it is, or a pair of kind and value that is spelt at random.
def word(keyword):
    return "word", keyword


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.notification = {}
        self.types = {}

    def lines(self, count):
        """Lines of a filter and a notification, or with a second, related filter after them:
        `count` notifications for one filter, but one only for a filter that is damaged."""
        self.make_notification()
        tokens = self.filter()
        if self.chance(0.04):
            return [line(self.spell(self.damaged(tokens)), self.json())]
        second = [] if self.chance(0.5) else [self.spell(self.related(tokens))]
        text = self.spell(tokens)
        return [line(text, notification, *second)
                for notification in [self.json(), *self.variations(tokens, count - 1)]]

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, items):
        return self.random.choice(items)

    # ---- notifications

    def make_notification(self):
        self.notification = {}
        self.types = {}
        present = self.pick([0.8, 0.8, 0.8, 0.15])
        for kind, names in NAMES.items():
            for name in names:
                self.types[name] = kind
                if self.chance(present):
                    other = name != "$type" and self.chance(0.06)
                    self.notification[name] = self.value(self.pick(TYPES) if other else kind)
        if self.chance(0.3):
            name = self.pick(TICKED["odd"])
            self.types[name] = self.pick(TYPES)
            self.notification[name] = self.value(self.types[name])

    def value(self, kind):
        """(type, value): a double and an int of equal value stay apart."""
        if kind == "int":
            value = self.pick(INTS) if self.chance(0.5) else self.random.randint(-12, 12)
        elif kind == "double":
            value = self.pick(DOUBLES) if self.chance(0.6) else self.random.randint(-20, 20) / 4
        elif kind == "string":
            value = self.string()
        elif kind == "bool":
            value = self.chance(0.5)
        else:
            value = self.pick(TIMES)
        return kind, value

    def string(self):
        if self.chance(0.7):
            return self.pick(STRINGS)
        return "".join(self.pick(FRAGMENTS) for _ in range(self.random.randint(0, 5)))

    def json(self):
        members = [self.member(name, *typed) for name, typed in self.notification.items()]
        if self.chance(0.1):
            members.append('"gone":null')
        return "{%s}" % ",".join(members)

    def member(self, name, kind, value):
        if kind == "timestamp":
            text = '{"$timestamp":"%s"}' % value
        elif kind == "double":
            text = self.double_text(value)
        else:
            text = json.dumps(value, ensure_ascii=self.chance(0.3))
        return "%s:%s" % (json.dumps(name, ensure_ascii=self.chance(0.3)), text)

    def variations(self, tokens, count):
        """Notifications that differ from the present one in up to four attributes."""
        members = {name: self.member(name, *typed) for name, typed in self.notification.items()}
        constants = {kind: [token[1] for token in tokens if token[0] == kind]
                     for kind in ("int", "double", "string")}
        constants["timestamp"] = [value for value in constants["string"] if value in TIMES]
        named = [token[1] for token in tokens if token[0] == "attr" and token[1] in self.types]
        for _ in range(count):
            varied = dict(members)
            for _ in range(self.pick([1, 1, 2, 2, 3, 4])):
                name = self.pick(named if named and self.chance(0.9) else list(self.types))
                if name in varied and self.chance(0.15):
                    del varied[name]
                else:
                    varied[name] = self.member(name, *self.varied(name, constants))
            yield "{%s}" % ",".join(varied.values())

    def varied(self, name, constants):
        """(type, value) at or next to a constant of the filter, or to what the value was."""
        kind, value = self.notification.get(name, (self.types[name], None))
        if self.chance(0.06) and name != "$type":
            kind, value = self.pick(TYPES), None
        if constants.get(kind) and self.chance(0.7):
            value = self.pick(constants[kind])
            if kind in ("int", "double") and (self.chance(0.3) or value == -INT_MIN):
                value = -value
        elif value is None or self.chance(0.3):
            value = self.value(kind)[1]
        return self.neighbour(kind, value) if self.chance(0.5) else (kind, value)

    def neighbour(self, kind, value):
        if kind == "int" and self.chance(0.7):
            value += self.pick([-1, 1])
        elif kind == "int":
            return "double", float(value)
        elif kind == "double" and self.chance(0.7):
            value = math.nextafter(value, self.pick([-1, 1]) * math.inf)
            value = value if math.isfinite(value) else 1.0
        elif kind == "double" and abs(value) < 2.0**63:
            return "int", int(value)
        elif kind == "string":
            value = self.pick([value[:-1], value + "\x01", value + "a", value[1:], "b" + value])
        elif kind == "timestamp":
            value = self.pick(TIMES)
        elif kind == "bool":
            value = not value
        return kind, min(max(value, INT_MIN), INT_MAX) if kind == "int" else value

    def double_text(self, value):
        texts = [repr(value), "%.17e" % value, "%.25E" % value]
        if abs(value) < 1e20:
            texts.append("%.30f" % value)
        text = self.pick([text for text in texts if float(text) == value])
        return text if "." in text or "e" in text or "E" in text else text + ".0"

    # ---- filters, as tokens

    def filter(self):
        if self.chance(0.01):
            return []
        if self.chance(0.02):
            return self.many_conjunctions()
        if self.chance(0.04):
            return self.regex()
        return self.condition(self.pick([1] * 20 + [2] * 20 + [3, 4, 5, 8] * 9 + [16, 24, 40]), 0)

    def condition(self, leaves, depth):
        if leaves == 1:
            return self.predicate(depth)
        left = self.random.randint(1, leaves - 1)
        joint = [self.pick([word("AND"), word("AND"), "&&", word("OR"), word("OR"), "||"])]
        parts = [self.condition(left, depth + 1), self.condition(leaves - left, depth + 1)]
        for index, part in enumerate(parts):
            if self.chance(0.4):
                parts[index] = self.negation() + ["("] + part + [")"]
        return parts[0] + joint + parts[1]

    def many_conjunctions(self):
        """Often TRUE, and too large when multiplied out, so that its normal form is a hull."""
        notification = self.json()
        tokens = []
        for _ in range(self.random.randint(7, 12)):
            for _ in range(5):
                clause = self.predicate(9) + [word("OR")] + self.predicate(9)
                if judge(self.spell(clause), notification) == "T":
                    break
            tokens += ([word("AND")] if tokens else []) + ["("] + clause + [")"]
        return tokens

    def negation(self):
        return [self.pick([word("NOT"), "!"]) for _ in range(self.pick([0, 0, 0, 1, 1, 2]))]

    def predicate(self, depth):
        makers = [(10, self.comparison), (3, self.in_list), (3, self.between), (4, self.like),
                  (4, self.text_test), (3, self.regex), (3, self.is_test), (1, self.exists),
                  (2, self.bare), (1, self.constant), (2, self.call), (3, self.attributes_compared),
                  (3, self.arithmetic_compared)]
        maker = self.random.choices([m for _, m in makers], [w for w, _ in makers])[0]
        tokens = self.negation() + maker()
        while self.chance(0.12) and depth < 10:
            tokens = self.negation() + ["("] + tokens + [")"]
            depth += 1
        return tokens

    def name(self, *kinds):
        other = self.chance(0.06)
        names = [name for name, kind in self.types.items()
                 if kind in kinds or other and not name.startswith("$")]
        if self.chance(0.5):
            names = [name for name in names if name in self.notification] or names
        return self.pick(names) if names else self.pick(NAMES[kinds[0]])

    def attr(self, name):
        stamps = {"string": STAMPS[:3], "timestamp": STAMPS[3:]}.get(self.types.get(name), [])
        if stamps and self.chance(0.08):
            name = self.pick(stamps)
        elif self.chance(0.04):
            name = "absent"
        return [("attr", name)]

    def subject(self, name):
        tokens = self.attr(name)
        while self.chance(0.06):
            tokens = ["("] + tokens + [")"]
        return tokens

    def near(self, name):
        """(type, value) at, next to or unrelated to the attribute's value."""
        kind, value = self.notification.get(name, (self.types.get(name, "int"), None))
        if value is None or self.chance(0.35):
            other = self.chance(0.005 if name.startswith("$") else 0.05)
            return self.value(self.pick(TYPES) if other else kind)
        if self.chance(0.4):
            return kind, value
        if kind == "int" and self.chance(0.7):
            return kind, min(max(value + self.pick([-1, 1, 2, -2]), INT_MIN), INT_MAX)
        if kind == "int":
            return "double", float(value)
        if kind == "double" and abs(value) < 2.0**63:
            return "int", int(value)
        if kind == "string":
            return kind, self.pick([value[:-1], value + "a", value[:1], value[1:], value.upper()])
        return self.value(kind)

    def literal(self, kind, value):
        if kind == "timestamp":
            return [word("TIMESTAMP"), ("string", value)]
        if kind in ("int", "double"):
            signed = repr(value).startswith("-")
            tokens = ["-"] if signed else ["+"] if self.chance(0.03) else []
            return tokens + [(kind, abs(value))]
        return [word(str(value).upper())] if kind == "bool" else [("string", value)]

    def comparison(self):
        name = self.name("int", "double", "string", "string", "bool", "timestamp")
        kind, value = self.near(name)
        ordered = kind != "bool" or self.chance(0.03)
        operator = self.pick(ORDER if ordered else EQUALITY)
        sides = [self.subject(name), self.literal(kind, value)]
        if self.chance(0.15):
            sides.reverse()
        return sides[0] + [operator] + sides[1]

    def in_list(self):
        name = self.name(*TYPES)
        tokens = self.subject(name) + self.maybe_not() + [word("IN"), "("]
        for index in range(self.pick([1, 1, 2, 3, 4, 6])):
            tokens += ([","] if index else []) + self.literal(*self.near(name))
        return tokens + [")"]

    def maybe_not(self):
        return [word("NOT")] if self.chance(0.35) else []

    def between(self):
        name = self.name("int", "double", "string", "timestamp")
        bounds = [self.near(name), self.near(name)]
        if bounds[0][0] == bounds[1][0] != "timestamp" and self.chance(0.7):
            bounds.sort(key=lambda bound: bound[1])
        bounds = [self.attr(self.name(self.types[name])) if self.chance(0.08)
                  else self.literal(*bound) for bound in bounds]
        return self.subject(name) + self.maybe_not() + [word("BETWEEN")] + bounds[0] + \
            [word("AND")] + bounds[1]

    def like(self):
        name = self.name("string")
        pattern = self.piece(name)
        with_escape = self.chance(0.3)
        sign = self.pick(["\\", "!", "é", "#", "a", "'"]) if with_escape else None
        if sign:
            pattern = "".join(sign + c if c == sign or c in "%_" and self.chance(0.8) else c
                              for c in pattern)
        pattern = self.with_wildcards(pattern, sign)
        tokens = self.subject(name) + self.maybe_not() + [word("LIKE"), ("string", pattern)]
        return tokens + ([word("ESCAPE"), ("string", sign)] if with_escape else [])

    def with_wildcards(self, pattern, sign):
        result = ""
        at = 0
        while at < len(pattern):
            size = 2 if pattern[at] == sign else 1
            piece = pattern[at:at + size]
            result += self.pick(["%", "_", "%%", "_%", "%_"]) if self.chance(0.2) else piece
            result += "%" if self.chance(0.08) else ""
            at += size
        return ("%" if self.chance(0.3) else "") + result + ("%" if self.chance(0.35) else "")

    def piece(self, name):
        """Often a part of the attribute's value."""
        kind, value = self.notification.get(name, ("string", ""))
        if kind != "string" or self.chance(0.3):
            return self.string()
        start = self.random.randint(0, len(value)) if self.chance(0.5) else 0
        end = self.random.randint(start, len(value)) if self.chance(0.5) else len(value)
        return value[start:end]

    def text_test(self):
        name = self.name("string")
        words = self.pick([["STARTS", "WITH"], ["ENDS", "WITH"], ["CONTAINS"]])
        return self.subject(name) + self.maybe_not() + [word(w) for w in words] + \
            [("string", self.piece(name))]

    def call(self):
        name = self.name("string")
        return [self.pick(ALIASES), "("] + self.attr(name) + \
            [",", ("string", self.piece(name)), ")"]

    def regex(self):
        name = self.name("string")
        pattern = self.pick(BROKEN_PATTERNS if self.chance(0.02) else PATTERNS)
        if self.chance(0.75):
            pattern = self.pattern(self.pick([1, 2, 2, 3]))
            if self.chance(0.15):
                pattern = self.pick(PREFIXES) + pattern
        operator = self.pick([[word("MATCHES")], [word("NOT"), word("MATCHES")], ["=~"], ["!~"]])
        return self.subject(name) + operator + [("string", pattern)]

    def pattern(self, depth):
        """Alternatives of sequences of repeated atoms, anchors and groups."""
        return "|".join("".join(self.repeated(depth) for _ in range(self.random.randint(0, 4)))
                        for _ in range(self.pick([1, 1, 1, 2, 3])))

    def repeated(self, depth):
        if self.chance(0.12):
            return self.pick(ANCHORS)
        if depth > 0 and self.chance(0.25):
            atom = self.pick(GROUPS) % self.pattern(depth - 1)
        else:
            atom = self.pick(ATOMS) if self.chance(0.6) else self.pick("abc")
        return atom + (self.pick(REPEATS) if self.chance(0.35) else "")

    def is_test(self):
        what = self.pick(["NULL", "NULL", "STRING", "INT", "DOUBLE", "BOOL", "TIMESTAMP"])
        return self.subject(self.name(*TYPES)) + [word("IS")] + self.maybe_not() + [word(what)]

    def exists(self):
        return [word("EXISTS"), "("] + self.attr(self.name(*TYPES)) + [")"]

    def bare(self):
        return self.subject(self.name("bool"))

    def constant(self):
        if self.chance(0.6):
            return [word(self.pick(["TRUE", "FALSE"]))]
        kind = self.pick(["int", "double", "string", "timestamp"])
        return self.literal(*self.value(kind)) + [self.pick(ORDER)] + \
            self.literal(*self.value(kind))

    def attributes_compared(self):
        kinds = self.pick([["int", "double"], ["string"], ["bool"], ["timestamp"]])
        operator = self.pick(EQUALITY if kinds == ["bool"] else ORDER)
        return self.subject(self.name(*kinds)) + [operator] + self.subject(self.name(*kinds))

    def arithmetic_compared(self):
        if self.chance(0.15):
            return self.arithmetic(2) + self.maybe_not() + [word("BETWEEN")] + \
                self.arithmetic(0) + [word("AND")] + self.arithmetic(1)
        if self.chance(0.1):
            return self.arithmetic(2) + [word("IN"), "("] + self.number() + [")"]
        sides = [self.arithmetic(2), self.arithmetic(self.pick([0, 0, 1]))]
        if self.chance(0.2):
            sides.reverse()
        return sides[0] + [self.pick(ORDER)] + sides[1]

    def number(self):
        return self.literal(*self.value(self.pick(["int", "int", "double"])))

    def arithmetic(self, depth):
        if depth == 0:
            return self.number() if self.chance(0.4) else self.attr(self.name("int", "double"))
        left = self.arithmetic(depth - 1)
        right = self.arithmetic(self.random.randint(0, depth - 1))
        if self.chance(0.5):
            left = self.pick([[], [], ["-"], ["+"]]) + ["("] + left + [")"]
        if self.chance(0.5):
            right = self.pick([[], [], ["-"], ["+"]]) + ["("] + right + [")"]
        constant_double = any(token[0] == "double" for token in left + right)
        operators = ["+", "-", "*", "/"] if constant_double and self.chance(0.9) else "+-*/%%"
        return left + [self.pick(operators)] + right

    def related(self, tokens):
        """Often wider or narrower, or at least about the same attributes."""
        tokens = list(tokens)
        for _ in range(self.pick([0, 1, 1, 2, 3])):
            tokens = self.edited(tokens)
        if self.chance(0.3):
            joint = self.pick([word("AND"), word("OR"), word("OR")])
            parts = [["("] + part + [")"] for part in (tokens, self.predicate(0)) if part]
            self.random.shuffle(parts)
            tokens = parts[0] + ([joint] + parts[1] if len(parts) > 1 else [])
        return tokens

    def edited(self, tokens):
        places = [at for at, token in enumerate(tokens)
                  if token in ORDER or token[0] in ("int", "double", "string")
                  or token in (word("AND"), word("NOT"), word("OR"), "!")]
        if not places:
            return tokens
        at = self.pick(places)
        token = tokens[at]
        if token in ORDER:
            new = [self.pick(ORDER)]
        elif token in (word("AND"), word("OR")):
            new = [word(self.pick(["AND", "OR"]))]
        elif token in (word("NOT"), "!"):
            new = []
        elif token[0] == "string":
            text = token[1]
            new = [("string", self.pick([text[:-1], text[1:], text + "b", self.string()]))]
        elif token[0] == "int":
            new = [("int", min(token[1] + self.pick([0, 1, 2, 5]), INT_MAX))]
        else:
            new = [("double", self.pick([token[1] / 2, token[1], 1.0]))]
        return tokens[:at] + new + tokens[at + 1:]

    def damaged(self, tokens):
        tokens = list(tokens)
        at = self.random.randrange(len(tokens)) if tokens else 0
        if tokens and self.chance(0.4):
            del tokens[at]
        elif tokens and self.chance(0.4):
            tokens.insert(self.random.randrange(len(tokens)), tokens[at])
        else:
            extra = [word("AND"), word("NOT"), "(", ")", "=", "-", ("string", "x"), ("int", 3),
                     word("IS"), "==>", ",", "~", ("attr", "s"), "9223372036854775808", "1e999",
                     "$hops", "'", "`", "5x", "&", "@", word("NULL")]
            tokens.insert(at, self.pick(extra))
        return tokens

    # ---- spelling

    def spell(self, tokens):
        text = ""
        for token in tokens:
            piece = token if isinstance(token, str) else self.piece_of(*token)
            text += self.gap(text, piece) + piece
        if self.chance(0.03):
            text += " -- the end"
        return (" " if self.chance(0.05) else "") + text

    def gap(self, before, after):
        tight = before == "" or before[-1] in "()," or after[0] in "(),"
        if tight and self.chance(0.6):
            return ""
        named = before[-1:].isalnum() or before[-1:] == "_"
        if after[0] in "'\"`" and named and self.chance(0.1):
            return ""
        if after[0] in "<>=+*/" and (named or before[-1:] in "'\"`") and self.chance(0.3):
            return ""
        if self.chance(0.02):
            return self.pick([" -- it's AND (\n", "\t", "\n", "--\n", "  ", "\r\n"])
        return " "

    def piece_of(self, kind, value):
        if kind == "word":
            cased = "".join(self.pick([c.lower(), c]) for c in value)
            return self.pick([value, value.lower(), value.capitalize(), cased])
        if kind == "attr":
            return self.spell_name(value)
        if kind == "string":
            quote = self.pick("'''\"")
            return quote + value.replace(quote, quote * 2) + quote
        if kind == "int":
            return self.spell_int(value)
        return self.spell_double(value)

    def spell_name(self, name):
        plain = name.replace(".", "").replace("$", "").isidentifier() and name.isascii()
        if not plain or name in TICKED["odd"] or not name.startswith("$") and self.chance(0.1):
            return "`%s`" % name.replace("`", "``")
        return name

    def spell_int(self, value):
        if self.chance(0.12):
            digits = self.pick(["%x", "%X"]) % value
            return "0x" + self.with_underscores(digits)
        return self.with_underscores(str(value))

    def with_underscores(self, digits):
        if len(digits) < 2 or not self.chance(0.15):
            return digits
        at = self.random.randrange(1, len(digits))
        return digits[:at] + "_" + digits[at:]

    def spell_double(self, value):
        text = self.double_text(value)
        if self.chance(0.1) and "e" not in text.lower():
            text = text.rstrip("0") if self.chance(0.5) else text.lstrip("0")
        if text == "." or "." in text and float(text) != value:
            text = repr(value)
        whole, dot, rest = text.partition(".")
        return self.with_underscores(whole) + dot + rest if dot else text


def line(filter_text, notification, *second):
    return "\t".join([escape(filter_text), notification, *map(escape, second)])


def pairs(seed, count, group):
    """`count` lines."""
    generator = Generator(seed)
    while count > 0:
        lines = generator.lines(min(group, count))
        count -= len(lines)
        yield from lines


def main():
    parser = argparse.ArgumentParser(description="Random filters and notifications.")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--group", type=int, default=1, help="notifications for each filter")
    options = parser.parse_args()
    for text in pairs(options.seed, options.pairs, options.group):
        print(text)


if __name__ == "__main__":
    main()
