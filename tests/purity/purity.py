#!/usr/bin/env python3
"""purity.py - what compiled code may ask of the world, and where it may keep state.

usage: purity.py TARGETS-FILE ALLOWED-FILE
1. Undefined symbols of a pure target are defined by what it links or are in the allow-list.
2. No target has writable static data (.data, .bss, thread-local), but for symbols that the
   allow-list names after the word `global`.
Prints `target: finding` and exits 1 if there is any, or if nothing was examined."""

import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import targets as target_list  # noqa: E402

PURE = ("weir_model", "weir_filters", "weir_normal", "weir_matcher", "weir_wire", "weir_router")
CONSTANT = (".data.rel.ro",)
WRITABLE = (".data", ".bss", ".tdata", ".tbss", "*COM*")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True,
                          env=dict(os.environ, LC_ALL="C")).stdout


def symbols(objects, *options):
    names = (line.split() for line in output("nm", "-P", *options, *objects).split("\n"))
    return {fields[0] for fields in names if len(fields) >= 2 and fields[1].isalpha()}


def writable(objects):
    """Names of objects in writable sections; empty sections and section symbols are nothing."""
    for line in output("objdump", "-t", "-w", *objects).split("\n"):
        match = re.match(r"[0-9a-f]+ (.{7}) (\S+)\s+[0-9a-f]+ (?:\.hidden )?(\S+)$", line)
        if not match or "d" in match.group(1):
            continue
        section, name = match.group(2), match.group(3)
        if section.startswith(WRITABLE) and not section.startswith(CONSTANT):
            # a static of a function is `name.0` to gcc and `function.name` to clang
            yield re.sub(r"^(?:\w+\.)?([A-Za-z_]\w*)(?:\.\d+)*$", r"\1", name)


def read_allowed(path):
    functions, variables = set(), set()
    with open(path, encoding="utf-8") as f:
        for line in f:
            words = line.split("#")[0].split()
            if words and words[0] == "global":
                variables.update(words[1:])
            else:
                functions.update(words)
    return functions, variables


def findings(targets, allowed, allowed_globals):
    for target in targets.values():
        if not target.objects:
            yield f"{target.name}: no object files"
            continue
        if target.name in PURE and target.kind != "pure":
            yield f"{target.name}: must be declared PURE"
        if target.kind == "pure":
            known = set(allowed)
            for t in target_list.visible(targets, target):
                if t.kind != "pure":
                    yield f"{target.name}: links {t.name}, which is not pure"
                known |= symbols(t.objects, "-g", "--defined-only")
            for name in sorted(symbols(target.objects, "-u") - known):
                yield f"{target.name}: uses {name}"
        for name in sorted(set(writable(target.objects))):
            if name not in allowed_globals:
                yield f"{target.name}: mutable static data: {name}"


def main(targets_path, allowed_path):
    targets = target_list.read(targets_path)
    found = list(findings(targets, *read_allowed(allowed_path)))
    pure = sum(t.kind == "pure" for t in targets.values())
    for line in found:
        print(line)
    print(f"{len(targets)} targets, {pure} of them pure, {len(found)} findings")
    return 1 if found or not pure else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
