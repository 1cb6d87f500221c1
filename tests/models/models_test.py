#!/usr/bin/env python3
"""models_test.py - the models hold, and each of their wrong variants is refuted.

usage: models_test.py [--full] [MODEL.pml ...]
For each model: SPIN searches all states of it as it is, which must find nothing, and of each
variant that its opening comment lists under "Wrong variants", which must find something. --full
takes the larger bounds that the comment names after "Full:". Needs spin and a C compiler."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 600


def said(path):
    """(variants, bounds of the full search) as the opening comment has them."""
    with open(path, encoding="utf-8") as file:
        comment = file.read().split("*/")[0]
    variants = re.findall(r"^ \*   ([A-Z_0-9]+) ", comment.partition("Wrong variants")[2], re.M)
    full = re.search(r"Full: ([^.\n]*)", comment)
    return variants, full.group(1).split() if full else []


def search(path, defines):
    """(errors, states) of a complete search; raises if it was not complete."""
    with tempfile.TemporaryDirectory() as folder:
        def run(*command):
            return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True,
                                  timeout=SECONDS).stdout
        run("spin", "-a", *("-D" + define for define in defines), os.path.abspath(path))
        run("cc", "-O1", "-w", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c")
        out = run("./pan", "-m1000000", "-n", "-E")
    errors = int(re.search(r"errors: (\d+)", out).group(1))
    if errors == 0 and ("max search depth too small" in out or "Search not completed" in out):
        raise RuntimeError(f"{path} {defines}: the search is not complete\n{out}")
    return errors, int(float(re.search(r"([\d.e+]+) states, stored", out).group(1)))


def check(path, full):
    variants, bounds = said(path)
    name = os.path.basename(path)
    errors, states = search(path, bounds if full else [])
    print(f"{name}: {states} states, {errors} errors")
    wrong = errors
    for variant in variants:
        errors, _ = search(path, [variant])
        print(f"{name} {variant}: {'refuted' if errors else 'NOT REFUTED'}")
        wrong += errors == 0
    if len(variants) < 6:
        print(f"{name}: only {len(variants)} wrong variants")
        wrong += 1
    return wrong


def main():
    if shutil.which("spin") is None:
        print("SKIPPED: spin is not installed (Debian package spin)")
        return 0
    arguments = [a for a in sys.argv[1:] if a != "--full"]
    paths = arguments or sorted(os.path.join(HERE, n) for n in os.listdir(HERE)
                                if n.endswith(".pml"))
    wrong = sum(check(path, "--full" in sys.argv) for path in paths)
    return 1 if wrong or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
