"""The list of targets that CMake writes to weir-targets.txt: one line per target with
name|kind|folder|dependencies|object files.  Kind is module, pure or program."""

import os
from collections import namedtuple

Target = namedtuple("Target", "name kind folder deps objects")


def read(path):
    targets = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.strip():
                name, kind, folder, deps, objects = line.rstrip("\n").split("|")
                deps = [d.replace("weir::", "weir_") for d in deps.split(",") if d]
                # the client library is one target in two forms
                deps = ["weir_client" if d == "weir_client_static" else d for d in deps]
                targets[name] = Target(name, kind, folder, deps, [o for o in objects.split(",") if o])
    return targets


def visible(targets, target):
    """The target and what it links, directly or through others."""
    seen, todo = [], [target]
    while todo:
        t = todo.pop()
        if t not in seen:
            seen.append(t)
            todo += [targets[d] for d in t.deps if d in targets]
    return seen


def include_dir(root, target):
    return os.path.join(root, target.folder, "include")


def public_headers(root, target):
    """Public headers of a target, as they are included: weir/x.h."""
    folder = os.path.join(include_dir(root, target), "weir")
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted("weir/" + n for n in names if n.endswith(".h"))
