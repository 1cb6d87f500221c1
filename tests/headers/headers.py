#!/usr/bin/env python3
"""headers.py - compiles each public header alone, as C11 and as C++17, seeing only the headers
of its own target and of what that target links.

usage: headers.py ROOT TARGETS-FILE CC [CXX]"""

import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import targets as target_list  # noqa: E402

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wundef", "-Werror"]
# No -Wshadow for C++: a function may be called like a struct.
C = ["-x", "c", "-std=c11", "-Wstrict-prototypes", "-Wshadow"]
CXX = ["-x", "c++", "-std=c++17"]


def compiles(command, include_dirs, header):
    """Included twice, to show that the guard works; a declaration keeps ISO C content."""
    source = f"#include <{header}>\n#include <{header}>\nextern int weir_headers_test;\n"
    run = subprocess.run(command + WARNINGS + ["-fsyntax-only", "-"]
                         + ["-I" + d for d in include_dirs],
                         input=source, text=True, capture_output=True, check=False)
    sys.stdout.write(run.stderr)
    return run.returncode == 0


def main(root, targets_path, cc, cxx=None):
    commands = [[cc] + C] + ([[cxx] + CXX] if cxx else [])
    targets = target_list.read(targets_path)
    count = failed = 0
    for target in targets.values():
        if target.kind == "program":
            continue
        dirs = [target_list.include_dir(root, t) for t in target_list.visible(targets, target)]
        for header in target_list.public_headers(root, target):
            for command in commands:
                count += 1
                if not compiles(command, dirs, header):
                    print(f"{header}: does not compile alone with {' '.join(command)}")
                    failed += 1
    print(f"{count} compilations, {failed} failed" + ("" if cxx else "; no C++ compiler found"))
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
