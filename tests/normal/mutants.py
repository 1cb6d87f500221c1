#!/usr/bin/env python3
"""Changes the normal form and its algebra in small ways; the tests must notice each.

    mutants.py [--files a.c,b.c] [--count N] [--seed S] [--jobs J] [--list]

A mutant is one operator, constant, condition, call or statement changed in one file of
filters-lang/normal.  It is compiled, linked with all the tests of this folder and run until the
first one fails; one that survives is run again with the sanitizers.  Prints a line for each that
no test noticed; exit 1 if there is any that equivalents.tsv does not prove equivalent, or if a
proof there belongs to no mutant that survived.  Works on copies; not part of the test run: it
takes half a second for each mutant, of which there are some thousands.

A change that does not compile is no mutant.  Lines that only count work (weiri_spend) are left
out: what is only faster or slower the tests of the steps see, not those of the answers.
"""

import argparse
import concurrent.futures
import glob
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "filters-lang/normal")
TESTS_FOLDER = os.path.join(ROOT, "tests/normal")
FILES = ("advertised.c,algebra.c,candidates.c,conjunctions.c,domains.c,intervals.c,leaf.c,lower.c,pattern.c,"
         "print.c,strings.c,text.c,witness.c")
# The quick ones that notice most come first, the slow ones last.
TESTS_FIRST = ("covers", "advertised", "texts", "conforms", "forms", "warn")
TESTS_LAST = ("properties", "memory")
LIBRARIES = ("-lcmocka", "-lpcre2-8", "-lxxhash")
PLAIN = ("-O1",)
SANITIZED = ("-O1", "-g", "-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all")
# Arguments exchanged must still be of the right type.
TYPED = tuple("-Werror=" + w for w in ("incompatible-pointer-types", "int-conversion",
                                       "discarded-qualifiers", "implicit-function-declaration"))
CHANGES = (
    (r"(?<![-<>=!&|+*/])<(?![<=])", "<="), (r"(?<![-<>=])>(?![>=])", ">="), (r"<=", "<"),
    (r"(?<!-)>=", ">"), (r"==", "!="), (r"!=", "=="), (r"&&", "||"), (r"\|\|", "&&"),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"\+ 1\b", "+ 2"), (r"- 1\b", "- 0"),
    (r"(?<=[ (])!(?=[a-z(])", ""), (r"\breturn (?=[a-z_]+\()", "return !"),
    (r"(?<= )\+(?= )", "-"), (r"(?<= )-(?= )", "+"), (r"& ~", "& "),
    (r"(?<=[\w)] )&(?= [\w(])", "|"), (r"(?<= = )0\b", "1"), (r"(?<=return )0\b", "1"),
    (r"\bWEIR_LT\b", "WEIR_LE"), (r"\bWEIR_LE\b", "WEIR_LT"), (r"\bWEIR_GT\b", "WEIR_GE"),
    (r"\bWEIR_GE\b", "WEIR_GT"), (r"\bWEIR_KIND_STRING\b", "WEIR_KIND_TIMESTAMP"),
    (r"\bWEIR_KIND_INT\b", "WEIR_KIND_DOUBLE"), (r"\bWEIR_KIND_ABSENT\b", "WEIR_KIND_FALSE"),
    (r"\bWEIR_KIND_TRUE\b", "WEIR_KIND_FALSE"),
)
SKIPPED = re.compile(r"weiri_spend|^static .*;$|^#|typedef")
ARGUMENT = r"&?[a-z_]\w*(?:(?:->|\.)\w+|\[\w+\])*"
DECLARED = re.compile(r"(?:const|static|struct|enum|bool|char|int|double|unsigned|size_t|u?int\d+_t)\b")


def blank(text):
    """The text with comments, strings, asserts and preprocessor lines replaced by spaces."""
    def spaces(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    text = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^#[^\n]*', spaces, text,
                  flags=re.S | re.M)
    return re.sub(r"\bassert\([^;]*;", spaces, text)


def operators(code):
    for pattern, change in CHANGES:
        for match in re.finditer(pattern, code):
            yield match.start(), match.end(), change


def exchanged(code):
    """Two arguments of a call that stand beside each other, but for what is symmetric."""
    for match in re.finditer(rf"(?<=[(,])(\s*)({ARGUMENT}),(\s*)({ARGUMENT})(?=[,)])", code):
        a, b = match.group(2), match.group(4)
        if a != b and not re.search(r"(?:_equal|_meet|memcmp)\($", code[:match.start()]):
            yield match.start(), match.end(), match.group(1) + b + "," + match.group(3) + a


def deleted(code):
    """Statements, but for declarations and the last return of a function."""
    for match in re.finditer(r"^( +)([a-z*(][^;{}]*;)$", code, re.M):
        statement = match.group(2)
        if DECLARED.match(statement) or re.match(r"(?:if|for|while|switch|else|do|case|default)\b",
                                                 statement):
            continue
        if statement.startswith("(void)") or statement.startswith("return") and len(match.group(1)) <= 4:
            continue
        if statement.count("(") == statement.count(")"):
            yield match.start(2), match.end(2), ";"


def negated(code):
    """Conditions that are one call or name."""
    for match in re.finditer(r"\bif \((?=[a-z_]\w*(?:\([^()]*\)|(?:->|\.)\w+)?\)\n)", code):
        yield match.end(), match.end(), "!"


class Mutant:
    def __init__(self, name, text, code, start, end, change):
        first = text.rfind("\n", 0, start) + 1
        self.name, self.line = name, text.count("\n", 0, start) + 1
        self.text = text[:start] + change + text[end:]
        heads = re.findall(r"^[a-z][^;{}=]*?(\w+)\([^;{}]*\)\n\{", code[:start], re.M)
        self.function = heads[-1] if heads else "-"
        until = self.text.find("\n", start + len(change))
        self.shown = re.sub(r"\s+", " ", self.text[first:until]).strip()
        if change == ";":
            self.shown = "delete: " + re.sub(r"\s+", " ", text[start:end])

    def key(self):
        return self.name, self.function, self.shown

    def __str__(self):
        return f"{self.name}:{self.line}: {self.function}: {self.shown}"


def mutants_of(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as f:
        text = f.read()
    code = blank(text)
    seen = set()
    for make in (operators, exchanged, deleted, negated):
        for start, end, change in make(code):
            line = text[text.rfind("\n", 0, start) + 1:text.find("\n", start)]
            if SKIPPED.search(line) or line.startswith("bool ") or not in_function(code, start):
                continue
            mutant = Mutant(name, text, code, start, end, change)
            if mutant.text not in seen:
                seen.add(mutant.text)
                yield mutant


def in_function(code, at):
    """Not in a declaration at the left margin that ends before any brace; tables count."""
    begin = max(code.rfind("\n}", 0, at), 0)
    return "{" in code[begin + 2:at].split(";\n")[-1] or code.rfind("\n{", begin, at) >= 0


def includes():
    found = glob.glob(os.path.join(ROOT, "filters-lang/*/include"))
    return ["-I" + d for d in (*found, os.path.join(ROOT, "tests"), FOLDER, TESTS_FOLDER)]


def compile_file(source, out, flags):
    subprocess.run(["gcc", "-std=c11", "-D_POSIX_C_SOURCE=200809L", *flags, *includes(), "-c", source,
                    "-o", out], check=True, capture_output=True)


def turn_of_test(name):
    if name in TESTS_FIRST:
        return 0, TESTS_FIRST.index(name), name
    return (2, TESTS_LAST.index(name), name) if name in TESTS_LAST else (1, 0, name)


class Kit:
    """Objects of all that is not mutated, and of the tests behind one main function."""

    def __init__(self, folder, flags, jobs):
        self.flags, self.objects, self.tests = flags, {}, []
        os.mkdir(folder)
        work = []
        for module in ("model", "filters", "normal"):
            for source in glob.glob(os.path.join(ROOT, "filters-lang", module, "*.c")):
                base = os.path.basename(source)
                self.objects[(module, base)] = os.path.join(folder, f"{module}_{base}.o")
                work.append((source, self.objects[(module, base)], flags))
        names = sorted((os.path.basename(p)[:-2] for p in glob.glob(os.path.join(TESTS_FOLDER, "*.c"))),
                       key=turn_of_test)
        for test in names:
            self.tests.append(os.path.join(folder, f"test_{test}.o"))
            work.append((os.path.join(TESTS_FOLDER, test + ".c"), self.tests[-1],
                         (*flags, f"-Dmain=test_{test}")))
        driver = os.path.join(folder, "driver.c")
        with open(driver, "w", encoding="utf-8") as f:
            f.write("".join(f"int test_{t}(void);\n" for t in names) + "int main(void)\n{\n    return "
                    + " || ".join(f"test_{t}()" for t in names) + ";\n}\n")
        self.tests.append(os.path.join(folder, "driver.o"))
        work.append((driver, self.tests[-1], flags))
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda w: compile_file(*w), work))
        started = time.monotonic()
        if not self.passes(os.path.join(folder, "original"), {}, 120):
            sys.exit("the tests fail without a mutant")
        self.seconds = 3 + 4 * int(time.monotonic() - started + 1)

    def passes(self, program, changed, seconds):
        objects = {**self.objects, **changed}
        subprocess.run(["gcc", *self.flags, *self.tests, *objects.values(), "-o", program, *LIBRARIES],
                       check=True)

        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if self.flags is PLAIN:
                resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

        environment = {**os.environ, "CMOCKA_TEST_ABORT": "1"}
        done = subprocess.run([program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False, env=environment, preexec_fn=limit)
        os.unlink(program)
        return done.returncode == 0


def judge(mutant, kits):
    """'survived', 'killed', or 'invalid' where it does not compile."""
    with tempfile.TemporaryDirectory() as own:
        source, changed = os.path.join(own, mutant.name), os.path.join(own, "mutant.o")
        with open(source, "w", encoding="utf-8") as f:
            f.write(mutant.text)
        for kit in kits:
            try:
                compile_file(source, changed, (*kit.flags, *TYPED))
            except subprocess.CalledProcessError:
                return "invalid"
            if not kit.passes(os.path.join(own, "tests"), {("normal", mutant.name): changed}, kit.seconds):
                return "killed"
    return "survived"


def proofs(names):
    found = {}
    with open(os.path.join(TESTS_FOLDER, "equivalents.tsv"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, function, shown, why = line.rstrip("\n").split("\t")
                if name in names:
                    found[(name, function, shown)] = why
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", default=FILES)
    parser.add_argument("--count", type=int, help="a random sample of this many, not all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="print the mutants, run none")
    args = parser.parse_args()
    names = args.files.split(",")
    everything = [m for name in names for m in mutants_of(name)]
    chosen = everything
    if args.count is not None and args.count < len(everything):
        chosen = random.Random(args.seed).sample(everything, args.count)
    if args.list:
        print("\n".join(map(str, chosen)))
        return 0
    explained, counts, survivors = proofs(names), {"survived": 0, "killed": 0, "invalid": 0}, set()
    opened = 0
    with tempfile.TemporaryDirectory() as folder:
        kits = [Kit(os.path.join(folder, "plain"), PLAIN, args.jobs),
                Kit(os.path.join(folder, "sanitized"), SANITIZED, args.jobs)]
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            for mutant, verdict in zip(chosen, pool.map(lambda m: judge(m, kits), chosen)):
                counts[verdict] += 1
                if verdict == "survived":
                    survivors.add(mutant.key())
                    if mutant.key() not in explained:
                        opened += 1
                        print(f"{mutant}", flush=True)
    stale = [key for key in explained if key not in survivors] if chosen is everything else []
    for key in stale:
        print("proved equivalent, but no such mutant survived: " + ": ".join(key))
    print(f"{counts['killed'] + counts['survived']} mutants: {counts['killed']} killed, "
          f"{counts['survived'] - opened} equivalent, {opened} open ({counts['invalid']} do not compile)")
    return opened != 0 or bool(stale)


if __name__ == "__main__":
    sys.exit(main())
