#!/usr/bin/env python3
"""Runs seeds that no campaign has run before and adds a line to docs/simulation.md.

    campaign.py (--faults | --strategies) --seeds N [--build DIR]

Goes on behind the last seed of its kind in the ledger, in slices, so that it can be interrupted: the
line is written at the end, whatever the end is. Exit 1 at the first slice with a failure, of which
sim_sweep has said how to repeat it."""

import argparse
import datetime
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LEDGER = os.path.join(ROOT, "docs", "simulation.md")
SLICE = 200
ROW = re.compile(r"^\| [-0-9]+ \| \w+\+? \| (\w+) \| (\d+) to (\d+) \| ([\d,]+) \| [\d,]+ \| [\d,]+ "
                 r"\| ([\d.]+) \| (\d+) \|$", re.M)
SUMMARY = re.compile(r"^(\d+) seeds, (\d+) runs, \d+ steps, (\d+) published, (\d+) delivered, "
                     r"(\d+) failures, ([\d.]+) s$", re.M)


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True,
                          check=True).stdout.strip()


def rows(kind):
    with open(LEDGER, encoding="utf-8") as file:
        return [row for row in ROW.findall(file.read()) if row[0] == kind]


def run_slice(program, kind, first, last):
    """(runs, published, delivered, failures, seconds); a program that dies is one failure."""
    command = [program, "--seeds", f"{first}..{last}"] + (["--faults"] if kind == "faults" else [])
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    summary = SUMMARY.search(done.stdout)
    if done.returncode != 0:
        print(done.stdout, end="", flush=True)
    if summary is None:
        print(f"died with status {done.returncode}: {' '.join(command)}")
        return 0, 0, 0, 1, 0.0
    _, runs, published, delivered, failures, seconds = summary.groups()
    return int(runs), int(published), int(delivered), int(failures), float(seconds)


def write(kind, first, last, sums):
    runs, published, delivered, failures, seconds = sums
    dirty = "+" if git("status", "--porcelain", "--untracked-files=no", "--", ".",
                       ":!docs/simulation.md") else ""
    row = (f"| {datetime.date.today()} | {git('rev-parse', '--short', 'HEAD')}{dirty} | {kind} "
           f"| {first} to {last} | {runs:,} | {published:,} | {delivered:,} | {seconds:.1f} "
           f"| {failures} |\n")
    with open(LEDGER, "a", encoding="utf-8") as file:
        file.write(row)
    print(row, end="")
    seeds = sum(int(b) - int(a) + 1 for _, a, b, *_ in rows(kind))
    print(f"{kind}: {seeds:,} seeds in all")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_mutually_exclusive_group(required=True)
    kinds.add_argument("--faults", dest="kind", action="store_const", const="faults")
    kinds.add_argument("--strategies", dest="kind", action="store_const", const="strategies")
    parser.add_argument("--seeds", type=int, required=True)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    options = parser.parse_args()
    program = os.path.join(options.build, "tests", "sim_sweep")
    first = max((int(row[2]) for row in rows(options.kind)), default=0) + 1
    end, at = first + options.seeds - 1, first
    sums = [0, 0, 0, 0, 0.0]
    try:
        while at <= end and sums[3] == 0:
            last = min(at + SLICE - 1, end)
            sums = [a + b for a, b in zip(sums, run_slice(program, options.kind, at, last))]
            at = last + 1
    except KeyboardInterrupt:
        pass
    if at > first:
        write(options.kind, first, at - 1, sums)
    return 1 if sums[3] else 0


if __name__ == "__main__":
    sys.exit(main())
