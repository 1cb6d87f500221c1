#!/usr/bin/env python3
"""decimal_oracle.py - decimals, their quotients and their printed form against exact arithmetic.

usage: decimal_oracle.py DECIMAL-READER [SEED]
Python divides integers with correct rounding, and its repr() is the shortest form."""

import decimal
import fractions
import math
import os
import random
import struct
import subprocess
import sys

SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
ROUNDS = max(1, 400 * int(os.environ.get("WEIR_TEST_SCALE", "100")) // 100)
decimal.getcontext().prec = 2000


def random_double(source):
    while True:
        real = struct.unpack("<d", struct.pack("<Q", source.getrandbits(64)))[0]
        if math.isfinite(real) and math.isfinite(math.nextafter(real, math.inf)):
            return real


def halfway(real, factor=1):
    middle = decimal.Decimal(real) + decimal.Decimal(math.nextafter(real, math.inf))
    return f"{middle / 2 * factor:e}"


def nudged(text):
    """A little more and a little less in magnitude, far behind the last digit."""
    mantissa, _, exponent = text.partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    zeros = "0" * random.Random(len(text)).choice([1, 30, 900])
    yield f"{mantissa}{zeros}1e{exponent}"
    if mantissa[-1] != "0":
        yield f"{mantissa[:-1]}{int(mantissa[-1]) - 1}{'9' * 900}e{exponent}"


def random_decimal(source):
    text = str(source.getrandbits(source.choice([10, 30, 60, 100, 200])))
    if source.random() < 0.5:
        at = source.randint(0, len(text))
        text = (text[:at] or "0") + "." + (text[at:] or "0")
    if source.random() < 0.3:
        text += f"e{source.randint(-340, 310)}"
    return text


def random_divisor(source):
    divisor = source.choice([source.randint(1, 20000), 10 ** source.randint(0, 18), 3, 7, 2**63 - 1,
                             source.getrandbits(63) + 1, source.getrandbits(40) + 1])
    return source.choice([1, -1]) * min(divisor, 2**63 - 1)


def cases(source):
    for exponent in range(-1074, 1024):
        yield repr(2.0**exponent), 1
        yield repr(math.nextafter(2.0**exponent, 0)), 1
    for i in range(1, 100):
        yield repr(5e-324 * i), 1
    yield "-1", -2**63
    for _ in range(ROUNDS):
        real = random_double(source)
        yield repr(real), 1
        yield f"{real:.16e}", 1
        middle = halfway(real)
        yield middle, 1
        yield from ((text, 1) for text in nudged(middle))
        divisor = source.choice([3, 10000, source.getrandbits(62) + 1])
        middle = halfway(real, divisor)
        yield middle, divisor
        yield from ((text, divisor) for text in nudged(middle))
        for _ in range(3):
            yield random_decimal(source), random_divisor(source)


def expected(text, divisor):
    mantissa, _, exponent = text.partition("e")
    quotient = fractions.Fraction(mantissa) * fractions.Fraction(10) ** int(exponent or 0) / divisor
    try:
        real = quotient.numerator / quotient.denominator
    except OverflowError:
        return "limit exceeded"
    real = real or 0.0
    return f"{struct.unpack('<Q', struct.pack('<d', real))[0]:016x} {real!r}"


def main():
    inputs = list(cases(random.Random(SEED)))
    lines = "".join(f"{text} {divisor}\n" for text, divisor in inputs)
    output = subprocess.run([sys.argv[1]], input=lines, stdout=subprocess.PIPE, text=True,
                            check=True).stdout.splitlines()
    if len(output) != len(inputs):
        sys.exit(f"{len(inputs)} questions, {len(output)} answers")
    for (text, divisor), got in zip(inputs, output):
        want = expected(text, divisor)
        if got != want:
            sys.exit(f"seed {SEED}: {text} / {divisor}: got {got}, want {want}")
    print(f"{len(inputs)} cases")


main()
