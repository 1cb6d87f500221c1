#!/usr/bin/env python3
"""Changes the normal form and its algebra in small ways; the tests must notice each.

    mutants.py [--files a.c,b.c] [--count N] [--seed S] [--numbers I,J]
               [--tests a,b] [--plain] [--jobs J] [--list]

A mutant is one operator, constant, condition, call or statement changed in one function of
filters-lang/normal.  All mutants of a file are compiled at once, as copies of their functions
between which a number chooses, and linked with all the tests of this folder, which run for each
mutant until the first one fails; a mutant that survives unexplained is run again with the
sanitizers and each thing of a pool in a chunk of its own, but without the slowest tests.  Prints a
line for each that no test noticed, with its number in the file; exit 1 if there is any
that equivalents.tsv does not prove equivalent, or if a proof there belongs to no mutant that
survived.  Works on copies; not part of the test run: it takes some minutes.

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
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "filters-lang/normal")
TESTS_FOLDER = os.path.join(ROOT, "tests/normal")
FILES = ("advertised.c,algebra.c,candidates.c,conjunctions.c,domains.c,intervals.c,leaf.c,lower.c,pattern.c,"
         "merge.c,print.c,reduce.c,sample.c,strings.c,text.c,widen.c,witness.c,"
         "workshop.c")
# The quick ones that notice most come first, the slow ones last.
TESTS_FIRST = ("covers", "advertised", "texts", "conforms", "forms", "warn")
FIRST_OF = {"sample.c": "samples", "widen.c": "merge", "witness.c": "answers"}  # else what is named as the file
TESTS_LAST = ("properties", "merge_random")
# It measures bytes, and reads the corpora of other modules.
TESTS_OUT = ("worst",)
# These want each thing of a pool in a chunk of its own.
TESTS_OF_BLOCKS = ("memory", "want")
BLOCKS = ("-DCHUNK_SIZE_MAX=1",)
LIBRARIES = ("-lcmocka", "-lpcre2-8", "-lxxhash", "-lm")
DRIVER = """
#include <stdlib.h>
#include <string.h>
int weir_mutant;
int main(void)
{
    static const struct { const char *name; int (*run)(void); } tests[] = {TESTS};
    const char *first = getenv("WEIR_FIRST");

    weir_mutant = atoi(getenv("WEIR_MUTANT"));
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
            if ((strncmp(tests[i].name, first, strlen(first)) == 0) == (turn == 0) && tests[i].run() != 0)
                return 1;
        }
    }
    return 0;
}
"""
CACHE = ("ccache",) if shutil.which("ccache") else ()
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
        if a != b and not re.search(r"(?:_equal|_meets?|memcmp)\($", code[:match.start()]):
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


class Function:
    """A definition, as it begins at the left margin and ends with a brace there."""

    def __init__(self, match, code):
        self.start, self.name = match.start(), match.group("name")
        self.body, self.end = match.end() - 1, code.index("\n}\n", match.end()) + 3
        self.result = match.group("result").replace("static ", "")
        self.parameters = match.group("parameters")
        self.void = self.result.strip() == "void"

    def argument_list(self):
        depth, parts = 0, [""]
        for c in self.parameters:
            depth += (c == "(") - (c == ")")
            if c == "," and depth == 0:
                parts.append("")
            else:
                parts[-1] += c
        names = [re.search(r"\(\*(\w+)\)", part) or re.search(r"(\w+)\s*$", part) for part in parts]
        return ", ".join(name.group(1) for name in names if name.group(1) != "void")

    def copy(self, number, body):
        return (f"static __attribute__((noinline)) {self.result}{self.name}__{number}"
                f"({self.parameters})\n{body}")

    def dispatcher(self, numbers):
        arguments = self.argument_list()
        call = "{}" + ("; return;" if self.void else ";")
        lines = [f"    case {n}: " + ("" if self.void else "return ") +
                 call.format(f"{self.name}__{n}({arguments})") for n in numbers]
        return ("\n{\n    switch (weir_mutant) {\n" + "\n".join(lines) + "\n    default: " +
                ("" if self.void else "return ") + call.format(f"{self.name}__0({arguments})") + "\n    }\n}\n")


FUNCTION = re.compile(r"^(?P<result>(?:static )?[a-z][\w ]*?[ *]+)(?P<name>\w+)"
                      r"\((?P<parameters>[^;{}]*?)\)\n\{", re.M)


class Mutant:
    def __init__(self, name, text, function, start, end, change):
        first = text.rfind("\n", 0, start) + 1
        self.name, self.line, self.function = name, text.count("\n", 0, start) + 1, function
        self.body = text[function.body:start] + change + text[end:function.end]
        until = text.find("\n", end)
        shown = text[first:start] + change + text[end:until]
        if change == ";":
            shown = "delete: " + text[start:end]
        self.shown = re.sub(r"\s+", " ", shown).strip()

    def key(self):
        return self.name, self.function.name, self.shown

    def __str__(self):
        return f"{self.name}:{self.line}: {self.function.name}: {self.shown}"


class Source:
    def __init__(self, name):
        self.name, self.mutants, seen = name, [], set()
        with open(os.path.join(FOLDER, name), encoding="utf-8") as f:
            self.text = f.read()
        code = blank(self.text)
        self.functions = [Function(m, code) for m in FUNCTION.finditer(code)]
        for make in (operators, exchanged, deleted, negated):
            for start, end, change in make(code):
                line = self.text[self.text.rfind("\n", 0, start) + 1:self.text.find("\n", start)]
                inside = [f for f in self.functions if f.body <= start < f.end]
                if not inside or SKIPPED.search(line):
                    continue
                mutant = Mutant(name, self.text, inside[0], start, end, change)
                if (mutant.function.name, mutant.body) not in seen:
                    seen.add((mutant.function.name, mutant.body))
                    self.mutants.append(mutant)

    def with_mutants(self, numbers):
        """The text with those mutants, and for each its number, at which line it begins."""
        out, at, lines = ["extern int weir_mutant;\n"], 0, {}
        for function in self.functions:
            out.append(self.text[at:function.start])
            own = [n for n in numbers if self.mutants[n - 1].function is function]
            out.append(function.copy(0, self.text[function.body:function.end]))
            for n in own:
                lines[sum(part.count("\n") for part in out) + 1] = n
                out.append(function.copy(n, self.mutants[n - 1].body))
            lines[sum(part.count("\n") for part in out) + 1] = 0
            out.append(self.text[function.start:function.body].rstrip("\n") + function.dispatcher(own))
            at = function.end
        return "".join(out) + self.text[at:], lines

    def compile(self, kit, folder, numbers):
        """Compiles what compiles of the mutants, and returns their numbers and the object."""
        source, changed = os.path.join(folder, self.name), os.path.join(folder, self.name + ".o")
        while True:
            text, lines = self.with_mutants(numbers)
            with open(source, "w", encoding="utf-8") as f:
                f.write(text)
            try:
                compile_file(source, changed, (*kit.flags, *TYPED))
                return numbers, changed
            except subprocess.CalledProcessError as failure:
                wrong = set()
                for match in re.finditer(r":(\d+):\d+: error:", failure.stderr.decode()):
                    begin = max(line for line in lines if line <= int(match.group(1)))
                    wrong.add(lines[begin])
                if not wrong or 0 in wrong:
                    raise
                numbers = [n for n in numbers if n not in wrong]


def includes():
    found = glob.glob(os.path.join(ROOT, "filters-lang/*/include"))
    return ["-I" + d for d in (*found, os.path.join(ROOT, "tests"), FOLDER, TESTS_FOLDER)]


def compile_file(source, out, flags):
    subprocess.run([*CACHE, "gcc", "-std=c11", "-D_POSIX_C_SOURCE=200809L", *flags, *includes(), "-c", source,
                    "-o", out], check=True, capture_output=True)


def turn_of_test(name):
    if name in TESTS_FIRST:
        return 0, TESTS_FIRST.index(name), name
    return (2, TESTS_LAST.index(name), name) if name in TESTS_LAST else (1, 0, name)


class Kit:
    """Objects of all that is not mutated, and of the tests, some behind one main function."""

    def __init__(self, folder, flags, wanted, jobs):
        self.folder, self.flags, self.objects = folder, flags, {}
        os.mkdir(folder)
        names = (os.path.basename(p)[:-2] for p in glob.glob(os.path.join(TESTS_FOLDER, "*.c")))
        names = sorted((n for n in names if n in wanted or not wanted and n not in TESTS_OUT), key=turn_of_test)
        if flags is PLAIN:
            self.groups = ([n for n in names if n not in TESTS_OF_BLOCKS],
                           [n for n in names if n in TESTS_OF_BLOCKS])
        else:
            self.groups = ([], [n for n in names if n not in TESTS_LAST])
        work = [(os.path.join(FOLDER, "pool.c"), os.path.join(folder, "blocks.o"), (*flags, *BLOCKS))]
        for module in ("model", "filters", "normal"):
            for source in glob.glob(os.path.join(ROOT, "filters-lang", module, "*.c")):
                base = os.path.basename(source)
                self.objects[(module, base)] = os.path.join(folder, f"{module}_{base}.o")
                work.append((source, self.objects[(module, base)], flags))
        for number, group in enumerate(self.groups):
            work += [(os.path.join(TESTS_FOLDER, test + ".c"), self.of_test(test), (*flags, f"-Dmain=test_{test}"))
                     for test in group]
            if not group:
                continue
            driver = os.path.join(folder, f"driver{number}.c")
            with open(driver, "w", encoding="utf-8") as f:
                f.write("".join(f"int test_{t}(void);\n" for t in group) +
                        DRIVER.replace("TESTS", ", ".join(f'{{"{t}", test_{t}}}' for t in group)))
            work.append((driver, driver + ".o", flags))
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda w: compile_file(*w), work))

    def of_test(self, name):
        return os.path.join(self.folder, f"test_{name}.o")

    def link(self, name, changed):
        programs = []
        for number, group in enumerate(self.groups):
            if not group:
                continue
            program = os.path.join(self.folder, f"{name}.tests{number}")
            objects = {**self.objects, ("normal", name): changed}
            if number == 1:
                objects[("normal", "pool.c")] = os.path.join(self.folder, "blocks.o")
            subprocess.run(["gcc", *self.flags, *map(self.of_test, group), *objects.values(),
                            os.path.join(self.folder, f"driver{number}.c.o"), "-o", program, *LIBRARIES],
                           check=True)
            programs.append(program)
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        first = FIRST_OF.get(name, name[:-2])
        if not self.passes(programs, first, 0, 600):
            sys.exit(f"the tests fail without a mutant of {name}")
        self.seconds = 2 + 2 * int(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - used + 1)
        return programs, first

    def passes(self, programs, first, number, seconds):
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if self.flags is PLAIN:
                resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

        environment = {**os.environ, "CMOCKA_TEST_ABORT": "1", "WEIR_FIRST": first,
                       "WEIR_MUTANT": str(number)}
        return all(subprocess.run([program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  check=False, env=environment, preexec_fn=limit).returncode == 0
                   for program in programs)


def survivors_of(source, numbers, kit, jobs):
    """Those of the mutants that no test of the kit notices, and those that compile."""
    with tempfile.TemporaryDirectory() as folder:
        numbers, changed = source.compile(kit, folder, numbers)
        programs, first = kit.link(source.name, changed)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        passed = list(pool.map(lambda n: kit.passes(programs, first, n, kit.seconds), numbers))
    return [n for n, p in zip(numbers, passed) if p], numbers


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
    parser.add_argument("--count", type=int, help="of each file a random sample of this many, not all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--numbers", help="of one file just these, as the list and the survivors have them")
    parser.add_argument("--tests", help="just these of the tests")
    parser.add_argument("--plain", action="store_true", help="without the sanitizers")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="print the mutants, run none")
    args = parser.parse_args()
    names, wanted = args.files.split(","), args.tests.split(",") if args.tests is not None else ()
    sources = [Source(name) for name in names]
    explained, used = proofs(names), set()
    total = {"killed": 0, "equivalent": 0, "open": 0}
    with tempfile.TemporaryDirectory() as folder:
        if not args.list:
            plain, sanitized = Kit(os.path.join(folder, "plain"), PLAIN, wanted, args.jobs), None
        for source in sources:
            numbers = list(range(1, len(source.mutants) + 1))
            if args.numbers is not None:
                numbers = [int(n) for n in args.numbers.split(",")]
            elif args.count is not None and args.count < len(numbers):
                numbers = sorted(random.Random(args.seed).sample(numbers, args.count))
            if args.list:
                print("\n".join(f"{n}: {source.mutants[n - 1]}" for n in numbers))
                continue
            left, compiled = survivors_of(source, numbers, plain, args.jobs)
            proved = [n for n in left if source.mutants[n - 1].key() in explained]
            left = [n for n in left if n not in proved]
            if left and not args.plain:
                print(f"{source.name}: {len(left)} left for the sanitizers: {','.join(map(str, left))}",
                      file=sys.stderr, flush=True)
                sanitized = sanitized or Kit(os.path.join(folder, "sanitized"), SANITIZED, wanted, args.jobs)
                left, _ = survivors_of(source, left, sanitized, args.jobs)
            used.update(source.mutants[n - 1].key() for n in proved)
            counts = {"killed": len(compiled) - len(proved) - len(left), "equivalent": len(proved),
                      "open": len(left)}
            for n in left:
                print(f"{n}: {source.mutants[n - 1]}")
            print(f"{source.name}: {len(compiled)} mutants, " +
                  ", ".join(f"{n} {what}" for what, n in counts.items()), flush=True)
            total = {what: n + counts[what] for what, n in total.items()}
    whole = args.count is None and args.numbers is None
    if args.list:
        used, whole = {mutant.key() for source in sources for mutant in source.mutants}, True
    stale = [key for key in explained if whole and key not in used]
    for key in stale:
        print("proved equivalent, but no such mutant survived: " + ": ".join(key))
    print(f"{sum(total.values())} mutants, " + ", ".join(f"{n} {what}" for what, n in total.items()))
    return total["open"] != 0 or bool(stale)


if __name__ == "__main__":
    sys.exit(main())
