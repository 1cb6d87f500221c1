#!/usr/bin/env python3
"""A second implementation of the filter language, to judge the first by.

It follows the grammar and the table of meanings rule by rule and shares no code and no technique
with the C implementation: it parses by memoised descent with backtracking, compares numbers as
fractions and evaluates the tree as written, without any normal form.

    parse(text)                 the syntax tree, or FilterError
    evaluate(tree, attributes)  'T', 'F' or 'U' (unknown)
    read_notification(line)     name -> value, or NotificationError

Values are bool, int, float, bytes (UTF-8) and Timestamp.  As a program it reads lines of a filter,
a tab and a notification, as differential.c does, gives the notification the same stamps, and prints
T, F, U, E (filter refused) or J (notification refused) for each.
"""

import functools
import math
import re
import sys

from oracle_grammar import FilterError, Parser, tokenize
from oracle_meaning import evaluate, like_items, regex, value_of
from oracle_values import (INT_MAX, INT_MIN, NAME_MAX, NotificationError, Timestamp, is_number,
                           read_notification)

TEXT_MAX = 4096
NESTING_MAX = 32
LEAVES_MAX = 256
DOLLAR_NAMES = frozenset(("$type", "$publisher", "$origin", "$ts", "$id"))


def parse(text):
    if len(text.encode("utf-8", "surrogateescape")) > TEXT_MAX:
        raise FilterError("too long")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise FilterError("not UTF-8")
    if "\0" in text:
        raise FilterError("U+0000")
    tokens = tokenize(text)
    check_nesting(tokens)
    tree = Parser(tokens).parse()
    if check(tree) > LEAVES_MAX:
        raise FilterError("too many predicates")
    return tree


def check_nesting(tokens):
    """Counts the parentheses and the NOTs that are open."""
    open_groups = []
    negations = 0
    starts_condition = True
    for token in tokens:
        word = token.value if token.kind in ("op", "keyword") else None
        if word in ("NOT", "!") and starts_condition:
            negations += 1
        elif word == "(":
            open_groups.append(1 + negations)
            negations = 0
        elif word == ")" and open_groups:
            open_groups.pop()
        if sum(open_groups) + negations > NESTING_MAX:
            raise FilterError("nested too deeply")
        starts_condition = word in ("(", "AND", "OR") or starts_condition and word in ("NOT", "!")
        if not starts_condition:
            negations = 0


def check(tree):
    """Checks a condition and returns how many predicates it has."""
    kind = tree[0]
    if kind in ("and", "or", "not"):
        return sum(check(part) for part in tree[1:])
    if kind in ("true", "false"):
        return 1
    operands = [tree[1]] if kind != "compare" else []
    operands += {"compare": tree[2:], "between": tree[2:]}.get(kind, ())
    for operand in operands:
        check_operand(operand)
    if kind in ("compare", "between", "in"):
        check_comparable(tree, operands)
    elif kind in ("bare", "is", "isnull"):
        if tree[1][0] != "attr" or kind == "bare" and static_type(tree[1]) not in (None, bool):
            raise FilterError("asked of something that is no attribute, or no bool")
    elif static_type(tree[1]) not in (None, bytes):
        raise FilterError("asked of something that is no string")
    if kind == "like":
        like_items(tree[2], tree[3])
    if kind == "matches":
        if tree[1][0] != "attr":
            raise FilterError("MATCHES asked of a constant")
        regex(tree[2])
    return 1


def check_comparable(tree, operands):
    kind = tree[0]
    if kind == "in":
        if len(tree[2]) > LEAVES_MAX:
            raise FilterError("too many values")
        for value in tree[2]:
            check_literal(value)
        operands = operands + [("literal", value) for value in tree[2]]
    types = {static_type(operand) for operand in operands} - {None}
    if kind == "in" and static_type(tree[1]) is None:
        return
    if len(types) > 1:
        raise FilterError("types that never compare")
    if bool in types and (kind == "between" or kind == "compare" and tree[1] not in ("=", "<>")):
        raise FilterError("bools have no order")


def static_type(operand):
    """The type an operand has if it has a value, int standing for all numbers; None: any."""
    kind = operand[0]
    if kind == "attr":
        return {"$": Timestamp if operand[1] == "$ts" else bytes}.get(operand[1][:1])
    if kind == "literal":
        return int if is_number(operand[1]) else type(operand[1])
    return int


def check_operand(tree):
    """Checks an operand and returns whether it is constant."""
    kind = tree[0]
    if kind == "literal":
        check_literal(tree[1])
        return True
    if kind == "attr":
        if len(tree[1].encode()) > NAME_MAX:
            raise FilterError("name too long")
        if tree[1].startswith("$") and tree[1] not in DOLLAR_NAMES:
            raise FilterError("%s cannot be used in filters" % tree[1])
        return False
    parts = tree[2:] if kind == "arith" else tree[1:]
    constants = [check_operand(part) for part in parts]
    if any(static_type(part) not in (None, int) for part in parts):
        raise FilterError("arithmetic on something that is no number")
    if tree[:2] == ("arith", "%"):
        if any(constant and type(value_of(part, {})) is float
               for part, constant in zip(parts, constants)):
            raise FilterError("% takes ints")
    if all(constants) and value_of(tree, {}) is None:
        raise FilterError("a constant that has no value")
    return all(constants)


def check_literal(value):
    if type(value) is int and not INT_MIN <= value <= INT_MAX:
        raise FilterError("an int out of range")
    if type(value) is float and not math.isfinite(value):
        raise FilterError("a double out of range")


# ---- the program

UNESCAPED = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "\\\\": "\\"}
ESCAPED = {plain: escaped for escaped, plain in UNESCAPED.items()}


def escape(text):
    return re.sub(r"[\n\r\t\\]", lambda found: ESCAPED[found.group()], text)


def unescape(text):
    return re.sub(r"\\[nrt\\]", lambda found: UNESCAPED[found.group()], text)


STAMPS = {"$id": b"north-1", "$origin": b"north", "$publisher": b"ann",
          "$ts": Timestamp(1700000000 * 10**9)}


@functools.lru_cache(maxsize=64)
def parsed(filter_text):
    """The tree, or None where the filter is refused: lines of one filter follow each other."""
    try:
        return parse(filter_text)
    except FilterError:
        return None


def judge(filter_text, notification):
    tree = parsed(filter_text)
    if tree is None:
        return "E"
    try:
        return evaluate(tree, {**read_notification(notification), **STAMPS})
    except NotificationError:
        return "J"


def judge_line(line):
    fields = line.split("\t")
    return judge(unescape(fields[0]), fields[1] if len(fields) > 1 else "")


def main():
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    for line in sys.stdin:
        print(judge_line(line.rstrip("\n")))


if __name__ == "__main__":
    main()
