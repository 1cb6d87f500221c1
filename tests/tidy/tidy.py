#!/usr/bin/env python3
"""tidy.py - the rules on sources that the compiler and the formatter do not check.

usage: tidy.py ROOT TARGETS-FILE
Prints `path:line: rule: message` for each finding; exit 1 if there is any."""

import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import targets as target_list  # noqa: E402

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 800
PUBLIC_HEADER_LINES_MAX = 200

CODE = (".c", ".h", ".py")
TEXT = CODE + (".cmake", ".txt", ".json", ".md", ".in", ".map", ".js", ".ts", ".css", ".html", ".sh")

BANNED = {
    "alloca": "the stack has a limit",
    "asctime": "not thread-safe",
    "atof": "no error report",
    "atoi": "no error report",
    "atol": "no error report",
    "atoll": "no error report",
    "ctime": "not thread-safe",
    "gets": "unbounded",
    "gmtime": "not thread-safe",
    "localtime": "not thread-safe",
    "popen": "starts a shell",
    "rand": "randomness comes in as a seed",
    "setlocale": "text and numbers are the same everywhere",
    "sprintf": "unbounded; use snprintf",
    "srand": "randomness comes in as a seed",
    "stpcpy": "unbounded",
    "strcat": "unbounded",
    "strcpy": "unbounded",
    "strncat": "easily wrong; use snprintf or memcpy",
    "strncpy": "may leave no terminator; use snprintf or memcpy",
    "strtok": "keeps hidden state",
    "system": "starts a shell",
    "tmpnam": "races",
    "vsprintf": "unbounded; use vsnprintf",
}
SLEEPS = ("sleep", "usleep", "nanosleep", "clock_nanosleep", "nng_msleep", "thrd_sleep")
NNG_FOLDERS = ("broker/link/",)
NNG_FILES = ("broker/weird/admin_http.c",)


def blank_c(text):
    """The text with comments and the insides of literals replaced by spaces, lines kept."""
    def blank(match):
        s = match.group(0)
        if s[0] in "\"'":
            return s[0] + re.sub(r"[^\n]", " ", s[1:-1]) + s[-1]
        return re.sub(r"[^\n]", " ", s)

    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.S)


def check_text(path, text):
    for n, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            yield n, "tab", "tab character"
        if line != line.rstrip() and not path.endswith(".md"):
            yield n, "space", "space at the end of the line"
        marker = re.search(r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\))", line)
        if marker and path.endswith(CODE) and not path.startswith("tests/tidy/"):
            yield n, "todo", f"{marker.group(1)} without an issue: write TODO(#12)"


def check_length(path, text):
    count = text.count("\n")
    if path.endswith(CODE) and count > FILE_LINES_MAX:
        yield count, "file-length", f"{count} lines, at most {FILE_LINES_MAX}"
    if "/include/weir/" in path and count > PUBLIC_HEADER_LINES_MAX:
        yield count, "header-length", f"{count} lines, at most {PUBLIC_HEADER_LINES_MAX}"


def check_functions(_path, code):
    """Relies on the formatter: a function's braces stand alone in the first column."""
    start = None
    for n, line in enumerate(code.split("\n"), 1):
        if line == "{":
            start = n
        elif line == "}" and start is not None:
            if n - start + 1 > FUNCTION_LINES_MAX:
                yield (start, "function-length",
                       f"{n - start + 1} lines, at most {FUNCTION_LINES_MAX}")
            start = None


def check_calls(path, code):
    for n, line in enumerate(code.split("\n"), 1):
        for call in re.findall(r"(?<![\w.>])(\w+)\s*\(", line):
            if call in BANNED:
                yield n, "banned", f"{call}(): {BANNED[call]}"
            if call in SLEEPS and path.startswith("tests/"):
                yield n, "sleep", f"{call}(): wait for a condition with a deadline"


def check_python(path, text):
    """Polling is allowed in one place: functions called wait_..., which have a deadline."""
    function = ""
    for n, line in enumerate(text.split("\n"), 1):
        match = re.match(r"\s*def (\w+)", line)
        if match:
            function = match.group(1)
        if re.search(r"\bsleep\(", line) and not function.startswith("wait_") \
                and path.startswith("tests/") and not path.startswith("tests/tidy/"):
            yield n, "sleep", "sleep outside a function wait_...(), which has a deadline"
        if re.search(r"shell\s*=\s*True|os\.system\(", line) \
                and not path.startswith("tests/tidy/"):
            yield n, "banned", "starts a shell"


class Layering:
    """Which headers a file may include, from the list of targets."""

    def __init__(self, root, targets):
        self.root = root
        self.owner = {}
        self.by_folder = {}
        self.targets = targets
        for t in targets.values():
            self.by_folder.setdefault(t.folder + "/", []).append(t)
            if t.kind != "program":
                for header in target_list.public_headers(root, t):
                    self.owner[header] = t

    def allowed(self, path):
        """Names of the targets whose headers the file may use; None if it is in no target."""
        owners = [t for f, ts in self.by_folder.items() if path.startswith(f) for t in ts]
        if not owners:
            return None
        return {v.name for t in owners for v in target_list.visible(self.targets, t)}

    def check(self, path, text):
        allowed = self.allowed(path)
        for n, line in enumerate(text.split("\n"), 1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not match:
                continue
            quote, name = match.groups()
            if ".." in name.split("/"):
                yield n, "layering", f"{name} leaves its folder"
            if name.startswith("nng/") and not path.startswith(NNG_FOLDERS) \
                    and path not in NNG_FILES:
                yield n, "layering", "NNG is used behind weir::link only"
            if quote == '"' and name.startswith("weir/"):
                yield n, "layering", f"public headers are included as <{name}>"
            if allowed is None:
                continue
            if quote == '"' and not name.startswith("weir/") \
                    and not self.is_beside(path, name):
                yield n, "layering", f'"{name}" is not in the folder of this file'
            if name.startswith("weir/"):
                owner = self.owner.get(name)
                if owner is None:
                    yield n, "layering", f"no target has the header {name}"
                elif owner.name not in allowed:
                    yield n, "layering", f"<{name}> belongs to {owner.name}, which is not linked"

    def is_beside(self, path, name):
        return os.path.exists(os.path.join(self.root, os.path.dirname(path), name)) \
            or name.endswith("_gen.h")


def check_file(path, text, layering):
    yield from check_text(path, text)
    yield from check_length(path, text)
    if path.endswith((".c", ".h")):
        code = blank_c(text)
        yield from check_functions(path, code)
        yield from check_calls(path, code)
        yield from layering.check(path, text)
    elif path.endswith(".py"):
        yield from check_python(path, text)


def source_files(root):
    """What git tracks or would track; in an exported tree, everything outside build/."""
    git = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others",
                          "--exclude-standard"], capture_output=True, check=False)
    if git.returncode == 0 and git.stdout:
        paths = git.stdout.decode().split("\0")
    else:
        paths = []
        for folder, dirs, names in os.walk(root):
            dirs[:] = [d for d in dirs if d not in ("build", ".git", "node_modules")]
            paths += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return sorted(p for p in paths if p.endswith(TEXT) and "/corpus/" not in p
                  and "/data/" not in p and "/golden/" not in p
                  and os.path.isfile(os.path.join(root, p)))


def main(root, targets_path):
    targets = target_list.read(targets_path)
    layering = Layering(root, targets)
    paths = source_files(root)
    findings = 0
    for path in paths:
        with open(os.path.join(root, path), encoding="utf-8") as f:
            text = f.read()
        for line, rule, message in check_file(path, text, layering):
            print(f"{path}:{line}: {rule}: {message}")
            findings += 1
    print(f"{len(paths)} files, {findings} findings")
    return 1 if findings or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
