#!/usr/bin/env python3
"""consumer.py - uses libweir as an outsider does: installs the build into a stage, compiles a
small program against it with pkg-config (shared and static) and with the CMake package, runs it,
and looks at what the shared library exports.

usage: consumer.py CMAKE BUILD-DIR CC"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def run(*command, **env):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, **env), check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def find(folder, name):
    for path, _, names in os.walk(folder):
        if name in names:
            return path
    sys.exit(f"{name} is not installed")


def check_exports(library):
    exported = [line.split()[0].split("@")[0] for line
                in run("nm", "-D", "-P", "--defined-only", library).splitlines()]
    with open(os.path.join(HERE, "../../client/lib/libweir.map"), encoding="utf-8") as f:
        listed = re.findall(r"^ +(weir_\w+);", f.read(), re.M)
    foreign = [s for s in exported if s not in listed and not s.startswith("WEIR_")]
    missing = [s for s in listed if s not in exported]
    if foreign or missing or not listed:
        sys.exit(f"{library} exports {foreign} that libweir.map does not list, and lacks {missing}")
    print(f"{len(exported)} symbols exported")


def with_pkg_config(cc, stage, work, libdir):
    pc = {"PKG_CONFIG_PATH": find(stage, "weir.pc")}
    source = os.path.join(HERE, "main.c")
    flags = run("pkg-config", "--cflags", "--libs", "weir", **pc).split()
    run(cc, "-std=c11", source, *flags, "-o", os.path.join(work, "shared"))
    print("pkg-config, shared:", run(os.path.join(work, "shared"), LD_LIBRARY_PATH=libdir), end="")
    flags = run("pkg-config", "--static", "--cflags", "--libs", "weir", **pc).split()
    flags = [os.path.join(libdir, "libweir.a") if f == "-lweir" else f for f in flags]
    run(cc, "-std=c11", source, *flags, "-o", os.path.join(work, "static"))
    print("pkg-config, static:", run(os.path.join(work, "static")), end="")


def with_cmake(cmake, cc, stage, work):
    build = os.path.join(work, "build")
    run(cmake, "-G", "Ninja", "-S", HERE, "-B", build, f"-DCMAKE_PREFIX_PATH={stage}",
        f"-DCMAKE_C_COMPILER={cc}", "-DWEIR_CONSUMER=ON")
    run(cmake, "--build", build)
    for name in ("consumer", "consumer_static"):
        print(f"CMake, {name}:", run(os.path.join(build, name)), end="")


def main(cmake, build_dir, cc):
    top = tempfile.mkdtemp(prefix="weir-consumer-")
    try:
        stage, work = os.path.join(top, "stage"), os.path.join(top, "work")
        os.mkdir(work)
        run(cmake, "--install", build_dir, "--prefix", stage)
        libdir = find(stage, "libweir.so")
        check_exports(os.path.join(libdir, "libweir.so"))
        with_pkg_config(cc, stage, work, libdir)
        with_cmake(cmake, cc, stage, work)
    finally:
        shutil.rmtree(top)


if __name__ == "__main__":
    main(*sys.argv[1:])
