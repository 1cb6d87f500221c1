#!/usr/bin/env python3
"""Changes the normal form and its algebra in small ways; the tests must notice each.

    mutants.py [--count N] [--seed S] [--jobs J] [--files a.c,b.c]

Each mutant is one operator or constant changed in one file of filters-lang/normal, compiled with
the tests of this folder and run.  Prints one line for each that no test noticed; exit 1 if there
is any that EQUIVALENT does not explain.  Works on copies; not part of the test run: it takes
seconds for each mutant.  A want of memory and work that is spent are tested apart (memory.c).
"""

import argparse
import concurrent.futures
import glob
import os
import random
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FILES = "algebra.c,conjunctions.c,domains.c,intervals.c,leaf.c,lower.c,pattern.c,strings.c,text.c"
TESTS = ("forms", "conforms", "texts", "covers", "properties", "warn", "memory")
SANITIZE = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
CHANGES = (
    (r"(?<![-<>=!&|+*/])<(?![<=])", "<="), (r"(?<![-<>=])>(?![>=])", ">="), (r"<=", "<"),
    (r"(?<!-)>=", ">"), (r"==", "!="), (r"!=", "=="), (r"&&", "||"), (r"\|\|", "&&"),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"\+ 1\b", "+ 2"), (r"- 1\b", "- 0"),
    (r"(?<=[ (])!(?=[a-z(])", ""), (r"\breturn (?=[a-z_]+\()", "return !"),
)

# Mutants that change nothing that can be observed: (file, changed line, why).
EQUIVALENT = (
    ("conjunctions.c", "if (d->count >= 0)", "copies no bytes"),
    ("conjunctions.c", "return a->constraint_count <= b->constraint_count ? -1 : 1;",
     "they differ there"),
    ("domains.c", "return a->kinds <= b->kinds ? -1 : 1;", "they differ there"),
    ("domains.c", "if (value.type == WEIR_DOUBLE && value.u.real >= -limit && "
     "value.u.real <= limit &&", "2^63 does not come back from the cast"),
    ("domains.c", "*exact = kinds_a == kinds_b || kinds_a == 0 || kinds_b == 0 &&",
     "the empty set is included"),
    ("intervals.c", "cut_of_low(&b->v[j].low)) < 0);", "of equal lows either may go first"),
    ("leaf.c", "if (like->first.len >= 0) {", "the prefix '' says nothing"),
    ("leaf.c", "else if (text.len >= 0)", "every string contains ''"),
    ("leaf.c", "if (leaf->negated && i >= 0 &&", "a value compares with itself"),
    ("leaf.c", "if (leaf->implied_count >= 0)", "copies no bytes"),
    ("leaf.c", "if (leaf->implied_count >= 1)", "sorts one"),
    ("strings.c", "else if (old.ends.v[i].len >= ends->len)", "of one length only equal ones are left"),
    ("strings.c", "if (domain->strings.count != 0 || weiri_strings_listed(domain)) {",
     "tidies what is tidy"),
    ("domains.c", "for (size_t i = 0; i <= sizeof kinds_of_types / sizeof kinds_of_types[0]; i++) {",
     "every type is found"),
    ("intervals.c", "while (j < b->count && cut_compare(cut_of_high(&b->v[j].high), at) < 0)",
     "what only touches takes nothing away"),
    ("strings.c", "if (a->count == 0 && b->count == 0) {", "the long way gives the same"),
    ("text.c", "while (at >= 0 && at < s.len && is_continuation(s.ptr[at]))",
     "no text begins with a continuation"),
    ("text.c", "if (part.len == 1 && s.len < 256) {", "both searches find the same"),
    ("text.c", "if (part.len == 1 || s.len <= 256) {", "both searches find the same"),
)


def blank(text):
    """The text with comments, strings, asserts and preprocessor lines replaced by spaces."""
    def spaces(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    text = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^#[^\n]*', spaces, text,
                  flags=re.S | re.M)
    return re.sub(r"\bassert\([^;]*;", spaces, text)


def mutants_of(name):
    with open(os.path.join(ROOT, "filters-lang/normal", name), encoding="utf-8") as f:
        text = f.read()
    code = blank(text)
    # A want of memory is tested apart; what is only faster or slower cannot be seen.
    skipped = re.compile(r"NULL|weiri_spend|out_of_memory|^static .*;$|^#|typedef")
    for pattern, change in CHANGES:
        for match in re.finditer(pattern, code):
            start = text.rfind("\n", 0, match.start()) + 1
            end = text.find("\n", match.start())
            if skipped.search(text[start:end]):
                continue
            mutant = text[:match.start()] + change + text[match.end():]
            before = text[text.rfind("\n", 0, start - 1) + 1:start]
            if "return" in text[start:end] and skipped.search(before):
                continue
            line = mutant[start:mutant.find("\n", start)].strip()
            yield name, text.count("\n", 0, start) + 1, line, mutant


def includes():
    found = glob.glob(os.path.join(ROOT, "filters-lang/*/include"))
    return ["-I" + d for d in found] + ["-I" + os.path.join(ROOT, "tests"),
                                        "-I" + os.path.join(ROOT, "filters-lang/normal")]


def compile_file(source, out, extra=()):
    subprocess.run(["gcc", "-std=c11", *SANITIZE, "-D_POSIX_C_SOURCE=200809L", *includes(), *extra, "-c",
                    source, "-o", out], check=True, capture_output=True)


def prepare(folder):
    """Objects of all that is not mutated, and of the tests."""
    objects = {}
    for module in ("model", "filters", "normal"):
        for source in glob.glob(os.path.join(ROOT, "filters-lang", module, "*.c")):
            out = os.path.join(folder, f"{module}_{os.path.basename(source)[:-2]}.o")
            compile_file(source, out)
            objects[(module, os.path.basename(source))] = out
    for test in TESTS:
        compile_file(os.path.join(ROOT, "tests/normal", test + ".c"),
                     os.path.join(folder, f"test_{test}.o"),
                     ["-I" + os.path.join(ROOT, "tests/normal")])
    return objects


def survives(mutant, objects, folder):
    """The mutant if no test noticed it, else None."""
    name, _, _, text = mutant
    with tempfile.TemporaryDirectory() as own:
        source, changed = os.path.join(own, name), os.path.join(own, "mutant.o")
        with open(source, "w", encoding="utf-8") as f:
            f.write(text)
        try:
            compile_file(source, changed)
        except subprocess.CalledProcessError:
            return None
        linked = [o for key, o in objects.items() if key != ("normal", name)]
        for test in TESTS:
            program = os.path.join(own, test)
            subprocess.run(["gcc", *SANITIZE, os.path.join(folder, f"test_{test}.o"), changed, *linked, "-o",
                            program, "-lcmocka", "-lpcre2-8"], check=True)
            try:
                done = subprocess.run([program], capture_output=True, timeout=30, check=False, cwd=own)
            except subprocess.TimeoutExpired:
                return None
            if done.returncode != 0:
                return None
    return mutant


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--files", default=FILES)
    args = parser.parse_args()
    explained = {(name, line) for name, line, _ in EQUIVALENT}
    everything = [m for name in args.files.split(",") for m in mutants_of(name)]
    chosen = random.Random(args.seed).sample(everything, min(args.count, len(everything)))
    unexplained = 0
    with tempfile.TemporaryDirectory() as folder:
        objects = prepare(folder)
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            for found in pool.map(lambda m: survives(m, objects, folder), chosen):
                if found is None:
                    continue
                name, number, line, _ = found
                known = (name, line) in explained
                unexplained += not known
                print(f"{name}:{number}: {line}{' (equivalent)' if known else ''}", flush=True)
    print(f"{len(chosen)} of {len(everything)} mutants, {unexplained} unnoticed")
    return unexplained != 0


if __name__ == "__main__":
    sys.exit(main())
