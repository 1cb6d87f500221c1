"""The grammar of filters, rule by rule: memoised descent with backtracking."""

import functools
import re
from collections import namedtuple

from oracle_values import timestamp

KEYWORDS = frozenset("""OR AND NOT EXISTS IN BETWEEN LIKE ESCAPE STARTS ENDS WITH CONTAINS MATCHES
    IS NULL STRING INT DOUBLE BOOL TIMESTAMP TRUE FALSE""".split())
TYPE_WORDS = ("STRING", "INT", "DOUBLE", "BOOL", "TIMESTAMP")
ALIASES = {"hasprefix": "starts", "startswith": "starts", "starts-with": "starts",
           "beginswith": "starts", "begins-with": "starts", "hassuffix": "ends",
           "endswith": "ends", "ends-with": "ends", "contains": "contains"}

Token = namedtuple("Token", "kind value start end")


class FilterError(Exception):
    pass


# ---- tokens

TOKEN = re.compile(r"""
    (?P<blank> [ \t\r\n]+ | --[^\n]* )
  | (?P<string> '(?:[^']|'')*' | "(?:[^"]|"")*" )
  | (?P<quoted> `(?:[^`]|``)+` )
  | (?P<hex> 0[xX][0-9A-Fa-f]+(?:_[0-9A-Fa-f]+)* )
  | (?P<double> (?: DIGITS\.(?:DIGITS)? | \.DIGITS ) (?:[eE][+-]?DIGITS)? | DIGITS[eE][+-]?DIGITS )
  | (?P<int> DIGITS )
  | (?P<dashed> (?i:starts|begins|ends)-(?i:with)(?=(?:\s|--[^\n]*\n)*\() )
  | (?P<name> [A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)* | \$[A-Za-z_][A-Za-z0-9_]* )
  | (?P<op> == | =~ | != | !~ | <> | <= | >= | \|\| | && | [=<>!()+\-*/%,] )
""".replace("DIGITS", r"\d+(?:_\d+)*"), re.VERBOSE | re.ASCII)
SAME_OPERATOR = {"==": "=", "!=": "<>", "&&": "AND", "||": "OR"}


def tokenize(text):
    tokens = []
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise FilterError("no token at %d" % at)
        end = found.end()
        kind = found.lastgroup
        if kind in ("hex", "double", "int") and re.match(r"[\w.]", text[end:end + 1]):
            raise FilterError("a number runs into a name at %d" % end)
        if kind != "blank":
            tokens.append(Token(*meaning(kind, found.group()), at, end))
        at = end
    tokens.append(Token("end", "", at, at))
    return tokens


def meaning(kind, raw):
    """The kind and value of a token as the grammar sees it."""
    if kind == "string":
        return "string", raw[1:-1].replace(raw[0] * 2, raw[0]).encode()
    if kind == "quoted":
        return "quoted", raw[1:-1].replace("``", "`")
    if kind == "hex":
        return "number", int(raw.replace("_", ""), 16)
    if kind == "int":
        return "number", int(raw.replace("_", ""))
    if kind == "double":
        return "number", float(raw.replace("_", ""))
    if kind == "name" and raw.upper() in KEYWORDS:
        return "keyword", raw.upper()
    if kind == "op":
        return "op", SAME_OPERATOR.get(raw, raw)
    return kind, raw


# ---- grammar
#
# A rule takes a position and returns (tree, next position), or None where it does not apply.
# Trees are tuples that begin with their kind:
#   conditions  and or (conditions...), not (c), true, false, compare (op, x, y), in (x, literals),
#               between (x, low, high), like (x, pattern, escape), starts ends contains matches
#               (x, bytes), is (x, type word), isnull (x), bare (operand)
#   operands    literal (value), attr (name), negate (x), plus (x), arith (op, x, y)

def rule(method):
    @functools.wraps(method)
    def remembered(self, at):
        key = method.__name__, at
        if key not in self.memo:
            self.memo[key] = method(self, at)
        return self.memo[key]
    return remembered


class Parser:
    def __init__(self, tokens):
        self.tokens = tokens
        self.memo = {}

    def parse(self):
        if self.tokens[0].kind == "end":
            return ("true",)
        found = self.either(0)
        if not found or self.tokens[found[1]].kind != "end":
            raise FilterError("not a filter")
        return found[0]

    def take(self, at, *values):
        """The position after these keywords or operators, or None."""
        for value in values:
            token = self.tokens[at]
            if token.kind not in ("keyword", "op") or token.value != value:
                return None
            at += 1
        return at

    def of_kind(self, at, kind):
        token = self.tokens[at]
        return (token.value, at + 1) if token.kind == kind else None

    def chain(self, at, item, word, kind):
        found = item(at)
        if not found:
            return None
        parts = [found[0]]
        at = found[1]
        while True:
            after = self.take(at, word)
            found = item(after) if after is not None else None
            if not found:
                return (parts[0] if len(parts) == 1 else (kind, *parts)), at
            parts.append(found[0])
            at = found[1]

    @rule
    def either(self, at):
        return self.chain(at, self.all_of, "OR", "or")

    @rule
    def all_of(self, at):
        return self.chain(at, self.negated, "AND", "and")

    @rule
    def negated(self, at):
        count = 0
        while self.take(at, "NOT") or self.take(at, "!"):
            count += 1
            at += 1
        found = self.predicate(at)
        if not found:
            return None
        tree, at = found
        for _ in range(count):
            tree = ("not", tree)
        return tree, at

    @rule
    def predicate(self, at):
        return (self.function(at) or self.tailed(at) or self.exists(at) or self.parenthesised(at)
                or self.bare(at))

    def function(self, at):
        token = self.tokens[at]
        kind = ALIASES.get(token.value.lower()) if token.kind in (
            "name", "dashed", "keyword") else None
        if not kind:
            return None
        after = self.take(at + 1, "(")
        subject = after is not None and self.operand(after)
        after = subject and self.take(subject[1], ",")
        piece = after and self.of_kind(after, "string")
        after = piece and self.take(piece[1], ")")
        return ((kind, subject[0], piece[0]), after) if after else None

    def exists(self, at):
        after = self.take(at, "EXISTS", "(")
        found = after and self.attr(after)
        after = found and self.take(found[1], ")")
        return (("not", ("isnull", found[0])), after) if after else None

    def parenthesised(self, at):
        after = self.take(at, "(")
        found = after is not None and self.either(after)
        after = found and self.take(found[1], ")")
        return (found[0], after) if after else None

    def bare(self, at):
        found = self.operand(at)
        if not found:
            return None
        tree, at = found
        if tree[0] == "literal" and isinstance(tree[1], bool):
            return ("true" if tree[1] else "false",), at
        return ("bare", tree), at

    def tailed(self, at):
        found = self.operand(at)
        if not found:
            return None
        subject, at = found
        return self.comparison(subject, at) or self.is_test(subject, at) or \
            self.regex_operator(subject, at) or self.maybe_negated_tail(subject, at)

    def comparison(self, subject, at):
        token = self.tokens[at]
        if token.kind != "op" or token.value not in ("=", "<>", "<", "<=", ">", ">="):
            return None
        found = self.operand(at + 1)
        return (("compare", token.value, subject, found[0]), found[1]) if found else None

    def is_test(self, subject, at):
        after = self.take(at, "IS")
        if not after:
            return None
        negated = self.take(after, "NOT")
        after = negated or after
        word = self.tokens[after]
        if word.kind != "keyword" or word.value not in TYPE_WORDS + ("NULL",):
            return None
        tree = ("isnull", subject) if word.value == "NULL" else ("is", subject, word.value)
        return (("not", tree) if negated else tree), after + 1

    def regex_operator(self, subject, at):
        for operator in ("=~", "!~"):
            after = self.take(at, operator)
            found = after and self.of_kind(after, "string")
            if found:
                tree = ("matches", subject, found[0])
                return (tree if operator == "=~" else ("not", tree)), found[1]
        return None

    def maybe_negated_tail(self, subject, at):
        negated = self.take(at, "NOT")
        at = negated or at
        found = (self.in_tail(subject, at) or self.between_tail(subject, at)
                 or self.like_tail(subject, at) or self.text_tail(subject, at))
        if not found:
            return None
        return (("not", found[0]) if negated else found[0]), found[1]

    def in_tail(self, subject, at):
        after = self.take(at, "IN", "(")
        values = []
        while after:
            found = self.signed_literal(after)
            if not found:
                return None
            values.append(found[0])
            closed = self.take(found[1], ")")
            if closed:
                return ("in", subject, tuple(values)), closed
            after = self.take(found[1], ",")
        return None

    def between_tail(self, subject, at):
        after = self.take(at, "BETWEEN")
        low = after and self.operand(after)
        after = low and self.take(low[1], "AND")
        high = after and self.operand(after)
        return (("between", subject, low[0], high[0]), high[1]) if high else None

    def like_tail(self, subject, at):
        after = self.take(at, "LIKE")
        pattern = after and self.of_kind(after, "string")
        if not pattern:
            return None
        after = self.take(pattern[1], "ESCAPE")
        escape = after and self.of_kind(after, "string")
        if escape:
            return ("like", subject, pattern[0], escape[0]), escape[1]
        return ("like", subject, pattern[0], None), pattern[1]

    def text_tail(self, subject, at):
        for kind, words in (("starts", ("STARTS", "WITH")), ("ends", ("ENDS", "WITH")),
                            ("contains", ("CONTAINS",)), ("matches", ("MATCHES",))):
            after = self.take(at, *words)
            found = after and self.of_kind(after, "string")
            if found:
                return (kind, subject, found[0]), found[1]
        return None

    def left_to_right(self, at, item, operators):
        found = item(at)
        while found:
            tree, at = found
            token = self.tokens[at]
            if token.kind != "op" or token.value not in operators:
                return found
            right = item(at + 1)
            if not right:
                return found
            found = ("arith", token.value, tree, right[0]), right[1]
        return None

    @rule
    def operand(self, at):
        return self.left_to_right(at, self.term, "+-")

    @rule
    def term(self, at):
        return self.left_to_right(at, self.factor, "*/%")

    @rule
    def factor(self, at):
        found = self.signed_literal(at)
        if found:
            return ("literal", found[0]), found[1]
        minus, plus = self.take(at, "-"), self.take(at, "+")
        found = self.unsigned(minus or plus or at)
        if not found:
            return None
        tree, at = found
        return (("negate", tree) if minus else ("plus", tree) if plus else tree), at

    def unsigned(self, at):
        found = self.literal(at)
        if found:
            return ("literal", found[0]), found[1]
        after = self.take(at, "(")
        if after is None:
            return self.attr(at)
        found = self.operand(after)
        after = found and self.take(found[1], ")")
        return (found[0], after) if after else None

    def signed_literal(self, at):
        """A literal, where a sign makes one with a number: so that -2**63 can be written."""
        minus, plus = self.take(at, "-"), self.take(at, "+")
        if not minus and not plus:
            return self.literal(at)
        found = self.of_kind(minus or plus, "number")
        return (-found[0] if minus else found[0], found[1]) if found else None

    def literal(self, at):
        token = self.tokens[at]
        if token.kind in ("string", "number"):
            return token.value, at + 1
        if token.kind == "keyword" and token.value in ("TRUE", "FALSE"):
            return token.value == "TRUE", at + 1
        after = self.take(at, "TIMESTAMP")
        found = after and self.of_kind(after, "string")
        return (timestamp(found[0].decode(), FilterError), found[1]) if found else None

    def attr(self, at):
        token = self.tokens[at]
        return (("attr", token.value), at + 1) if token.kind in ("name", "quoted") else None
