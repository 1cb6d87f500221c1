#!/usr/bin/env python3
"""Compares the filters of this tree with the independent implementation in filter_oracle.py.

    differential.py [--program FILE] [--pairs N] [--seed S] [--group G] [--jobs J] [--show K]
    differential.py --line 'FILTER<TAB>NOTIFICATION[<TAB>FILTER]'

First the decided cases of cases.tsv, which both sides must meet; then random pairs, G notifications
for each filter, by J processes with seeds of their own.  Each disagreement is shrunk to a short line,
which is what --line takes, and grouped with those of its kind.  Exit 1 if there is any.  Without
arguments (as CTest runs it) it takes one or two seconds.
"""

import argparse
import collections
import itertools
import multiprocessing
import os
import re
import subprocess
import sys

import filter_oracle
from generate import pairs

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT_PAIRS = 1500 * int(os.environ.get("WEIR_TEST_SCALE", "100")) // 100
ALL_RESULTS_FROM = 1500  # pairs among which each result comes
BATCH = 5000
PART = 50000  # pairs of one seed
UNDECIDED = "?"  # out of the budget of MATCHES: tested elsewhere, and rare
UNDECIDED_ONE_IN = 1000
SPLIT = re.compile(r"""--[^\n]*\n?|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\w+|\s+|\\.|.""", re.DOTALL)
SHRINK_ROUNDS = 60
Disagreement = collections.namedtuple("Disagreement", "expected got line")


def ask(program, lines):
    """The answer of the program to each line; a crash is an answer too."""
    answers = []
    while len(answers) < len(lines):
        rest = lines[len(answers):]
        run = subprocess.run([program], input="".join(l + "\n" for l in rest).encode(),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        got = run.stdout.decode().split("\n")[:-1]
        answers += got
        if run.returncode == 0 and len(got) == len(rest):
            break
        if run.returncode == 0 or len(got) >= len(rest):
            raise RuntimeError("%s: %d answers to %d lines" % (program, len(got), len(rest)))
        answers.append("crash %d" % run.returncode)
        sys.stderr.write(run.stderr.decode(errors="replace")[-4000:])
    return answers


def agree(expected, got):
    if expected == "E":
        return re.fullmatch(r"EF\d{3}", got) is not None
    return expected == got


def disagreements(program, lines, results=None):
    for text, got in zip(lines, ask(program, lines)):
        expected = filter_oracle.judge_line(text)
        if results is not None:
            results[UNDECIDED if got == UNDECIDED else expected] += 1
        if not agree(expected, got) and (got != UNDECIDED or expected in "EJ"):
            yield Disagreement(expected, got, text)


def smaller(text):
    """Shorter lines: with a shorter filter or without a member of the notification."""
    filter_text, notification, *second = text.split("\t")
    for shorter in smaller_filters(filter_text):
        yield "\t".join([shorter, notification, *second])
    for shorter in smaller_filters(second[0]) if second else ():
        yield "\t".join([filter_text, notification, shorter])
    for shorter in smaller_notifications(notification):
        yield "\t".join([filter_text, shorter, *second])
    if second:
        yield filter_text + "\t" + notification


def smaller_filters(text):
    """Without a run of pieces, or with less where a pair of parentheses was."""
    pieces = SPLIT.findall(text)
    for size in range(len(pieces), 0, -1):
        for start in range(0, len(pieces) - size + 1, 1 + size // 8):
            yield "".join(pieces[:start] + pieces[start + size:])
    for start, end in pairs_of_parentheses(pieces):
        for inner in ([], ["x"], ["1"], pieces[start + 1:end]):
            yield "".join(pieces[:start] + inner + pieces[end + 1:])


def smaller_notifications(text):
    members = re.findall(r'"(?:[^"\\]|\\.)*":(?:"(?:[^"\\]|\\.)*"|\{[^}]*\}|[^,}]*)', text)
    yield "{}"
    for index in range(len(members)):
        yield "{%s}" % ",".join(members[:index] + members[index + 1:])


def pairs_of_parentheses(pieces):
    open_at = []
    for at, piece in enumerate(pieces):
        if piece == "(":
            open_at.append(at)
        elif piece == ")" and open_at:
            yield open_at.pop(), at


def shrink(program, found):
    for _ in range(SHRINK_ROUNDS):
        candidates = sorted(set(smaller(found.line)), key=len)
        better = [one for one in disagreements(program, candidates)
                  if one.expected == found.expected and one.got == found.got]
        if not better or len(better[0].line) >= len(found.line):
            return found
        found = better[0]
    return found


def kind_of(found):
    return ("E" if found.expected == "E" else "accepted" if found.got[0] == "E"
            else found.expected), found.got


def decided_cases():
    with open(os.path.join(HERE, "cases.tsv"), encoding="utf-8", newline="\n") as file:
        for number, row in enumerate(file, 1):
            if row.strip() and not row.startswith("#"):
                expected, _, text = row.rstrip("\n").partition("\t")
                yield number, expected, text


def check_cases(program):
    cases = list(decided_cases())
    wrong = 0
    for (number, expected, text), got in zip(cases, ask(program, [c[2] for c in cases])):
        oracle = filter_oracle.judge_line(text)
        if oracle != expected or not agree(expected, got):
            wrong += 1
            print("cases.tsv:%d: expected %s, oracle %s, program %s\n  %s"
                  % (number, expected, oracle, got, text))
    print("%d decided cases, %d wrong" % (len(cases), wrong))
    return wrong


Part = collections.namedtuple("Part", "program pairs seed group show")


def sweep_part(part):
    """How often each result and each kind of disagreement came, and the first of each kind."""
    results, kinds, shown = collections.Counter(), collections.Counter(), set()
    lines = pairs(part.seed, part.pairs, part.group)
    for batch in iter(lambda: list(itertools.islice(lines, BATCH)), []):
        for found in disagreements(part.program, batch, results):
            kind = kind_of(found)
            kinds[kind] += 1
            if kinds[kind] <= part.show:
                shown.add(shrink(part.program, found))
    return results, kinds, {(part.seed, found) for found in shown}


def sweep(parts, jobs):
    results, kinds = collections.Counter(), collections.Counter()
    with multiprocessing.Pool(jobs) as pool:
        for part_results, part_kinds, shown in pool.imap(sweep_part, parts):
            results += part_results
            kinds += part_kinds
            for seed, found in sorted(shown):
                print("oracle %s, program %s (seed %d):\n  %s" % (*found[:2], seed, found.line),
                      flush=True)
    for (expected, got), count in sorted(kinds.items()):
        print("oracle %s, program %s: %d times" % (expected, got, count))
    print("%d pairs, seeds %d to %d, %s: %d disagreements" % (
        sum(results.values()), parts[0].seed, parts[-1].seed,
        ", ".join("%s %d" % item for item in sorted(results.items())), sum(kinds.values())))
    if sum(results.values()) >= ALL_RESULTS_FROM and not {"T", "F", "U", "E"} <= set(results):
        sys.exit("some result never came")
    if results[UNDECIDED] * UNDECIDED_ONE_IN > sum(results.values()):
        sys.exit("too often out of budget")
    return sum(kinds.values())


def parts_of(program, options):
    """Seed by seed, so that what was found is found again whatever the number of processes."""
    count = -(-options.pairs // PART)
    return [Part(program, min(PART, options.pairs - index * PART), options.seed + index,
                 options.group, options.show) for index in range(count)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--program", help="default: filter_differential beside the programs built",
                        default=os.path.join(os.environ.get("WEIR_BIN_DIR", "."),
                                             "filter_differential"))
    parser.add_argument("--pairs", type=int, default=DEFAULT_PAIRS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--group", type=int, default=8, help="notifications for each filter")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--show", type=int, default=5,
                        help="how many of a kind to shrink and print")
    parser.add_argument("--line", help="ask both about one line only")
    options = parser.parse_args()
    program = os.path.abspath(options.program)

    if options.line is not None:
        expected, got = filter_oracle.judge_line(options.line), ask(program, [options.line])[0]
        print("oracle %s, program %s" % (expected, got))
        sys.exit(0 if agree(expected, got) else 1)
    wrong = check_cases(program)
    wrong += sweep(parts_of(program, options), options.jobs)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
