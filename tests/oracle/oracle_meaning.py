"""The meaning of the trees of oracle_grammar.py: three-valued, exact, and as written."""

import ctypes
import fractions
import functools
import math

from oracle_grammar import FilterError
from oracle_values import INT_MAX, INT_MIN, Timestamp, is_number

PATTERN_MAX = 512


def evaluate(tree, attributes):
    kind = tree[0]
    if kind == "and":
        results = [evaluate(part, attributes) for part in tree[1:]]
        return "F" if "F" in results else "U" if "U" in results else "T"
    if kind == "or":
        results = [evaluate(part, attributes) for part in tree[1:]]
        return "T" if "T" in results else "U" if "U" in results else "F"
    if kind == "not":
        return {"T": "F", "F": "T", "U": "U"}[evaluate(tree[1], attributes)]
    if kind in ("true", "false"):
        return "T" if kind == "true" else "F"
    if kind == "between":
        return evaluate(("and", ("compare", ">=", tree[1], tree[2]),
                         ("compare", "<=", tree[1], tree[3])), attributes)
    if kind == "in":
        return evaluate(("or", *(("compare", "=", tree[1], ("literal", value))
                                 for value in tree[2])), attributes)
    if kind == "bare":
        return evaluate(("compare", "=", tree[1], ("literal", True)), attributes)
    return letter(leaf(tree, attributes))


def letter(truth):
    return "U" if truth is None else "T" if truth else "F"


def leaf(tree, attributes):
    """True, False, or None for unknown."""
    kind = tree[0]
    if kind == "compare":
        _, operator, left, right = tree
        return compare(operator, value_of(left, attributes), value_of(right, attributes))
    subject = value_of(tree[1], attributes)
    if kind == "isnull":
        return subject is None
    if kind == "is":
        return subject is not None and type_word(subject) == tree[2]
    if not isinstance(subject, bytes):
        return None
    if kind == "starts":
        return subject.startswith(tree[2])
    if kind == "ends":
        return subject.endswith(tree[2])
    if kind == "contains":
        return tree[2] in subject
    if kind == "like":
        return like(like_items(tree[2], tree[3]), subject.decode())
    return regex(tree[2]).search(subject)


def type_word(value):
    return {bool: "BOOL", int: "INT", float: "DOUBLE", bytes: "STRING",
            Timestamp: "TIMESTAMP"}[type(value)]


def compare(operator, left, right):
    if left is None or right is None:
        return None
    if is_number(left) and is_number(right):
        left, right = fractions.Fraction(left), fractions.Fraction(right)
    elif type(left) is not type(right):
        return None
    elif type(left) is bool and operator not in ("=", "<>"):
        return None
    return {"=": left == right, "<>": left != right, "<": left < right, "<=": left <= right,
            ">": left > right, ">=": left >= right}[operator]


def value_of(operand, attributes):
    """The value of an operand, or None where it has none."""
    kind = operand[0]
    if kind == "literal":
        return operand[1]
    if kind == "attr":
        return attributes.get(operand[1])
    if kind == "arith":
        return arithmetic(operand[1], value_of(operand[2], attributes),
                          value_of(operand[3], attributes))
    value = value_of(operand[1], attributes)
    if not is_number(value):
        return None
    return value if kind == "plus" else in_range(-value)


def in_range(number):
    fits = INT_MIN <= number <= INT_MAX if type(number) is int else math.isfinite(number)
    return number if fits else None


def arithmetic(operator, left, right):
    if not is_number(left) or not is_number(right):
        return None
    if operator in "/%" and right == 0:
        return None
    if type(left) is int and type(right) is int:
        return in_range(int_arithmetic(operator, left, right))
    if operator == "%":
        return None
    left, right = float(left), float(right)
    return in_range({"+": lambda: left + right, "-": lambda: left - right,
                     "*": lambda: left * right, "/": lambda: left / right}[operator]())


def int_arithmetic(operator, left, right):
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    quotient = abs(left) // abs(right)
    if (left < 0) != (right < 0):
        quotient = -quotient
    return quotient if operator == "/" else left - quotient * right


def like(items, text):
    """Follows all positions the pattern can have reached in the text."""
    reached = {0}
    for item in items:
        if item is ANY:
            reached = set(range(min(reached), len(text) + 1))
        else:
            reached = {at + 1 for at in reached
                       if at < len(text) and (item is ONE or text[at] == item)}
        if not reached:
            return False
    return len(text) in reached


# ---- patterns

def like_items(pattern, escape):
    """The pattern as code points and the wildcards ANY and ONE."""
    text = pattern.decode()
    if escape is not None:
        escape = escape.decode()
        if len(escape) != 1 or escape in "%_":
            raise FilterError("ESCAPE takes one character that is no wildcard")
    items = []
    at = 0
    while at < len(text):
        here = text[at]
        if here == escape:
            at += 1
            if text[at:at + 1] not in ("%", "_", escape):
                raise FilterError("the escape character before something else")
            items.append(text[at])
        else:
            items.append({"%": ANY, "_": ONE}.get(here, here))
        at += 1
    return items


ANY, ONE = object(), object()


class Regex:
    """A compiled PCRE2 pattern, by way of the C library."""

    UTF = 0x00080000
    NO_MATCH = -1
    library = None

    def __init__(self, pattern):
        if Regex.library is None:
            Regex.library = Regex.load()
        code, offset = ctypes.c_int(), ctypes.c_size_t()
        self.code = self.library.pcre2_compile_8(pattern, len(pattern), self.UTF,
                                                 ctypes.byref(code), ctypes.byref(offset), None)
        if not self.code:
            raise FilterError("pattern refused at %d" % offset.value)
        self.match_data = self.library.pcre2_match_data_create_from_pattern_8(self.code, None)

    def __del__(self):
        if self.code:
            self.library.pcre2_match_data_free_8(self.match_data)
            self.library.pcre2_code_free_8(self.code)

    @staticmethod
    def load():
        library = ctypes.CDLL("libpcre2-8.so.0")
        pointer, size = ctypes.c_void_p, ctypes.c_size_t
        library.pcre2_compile_8.restype = pointer
        library.pcre2_compile_8.argtypes = [ctypes.c_char_p, size, ctypes.c_uint32, pointer,
                                            pointer, pointer]
        library.pcre2_match_data_create_from_pattern_8.restype = pointer
        library.pcre2_match_data_create_from_pattern_8.argtypes = [pointer, pointer]
        library.pcre2_match_8.argtypes = [pointer, ctypes.c_char_p, size, size, ctypes.c_uint32,
                                          pointer, pointer]
        library.pcre2_match_data_free_8.argtypes = [pointer]
        library.pcre2_code_free_8.argtypes = [pointer]
        return library

    def search(self, subject):
        """True, False, or None for an error while matching."""
        result = self.library.pcre2_match_8(self.code, subject, len(subject), 0, 0,
                                            self.match_data, None)
        return True if result >= 0 else False if result == self.NO_MATCH else None


@functools.lru_cache(maxsize=256)
def regex(pattern):
    if len(pattern) > PATTERN_MAX:
        raise FilterError("pattern too long")
    return Regex(pattern)
