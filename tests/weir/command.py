"""Runs the program `weir` for the tests of its commands."""

import os
import subprocess
import sys
import unittest

WEIR = None


def weir(*args, stdin="", status=0, env=None):
    """Runs a command, requires its exit status, returns (stdout, stderr)."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WEIR_")}
    environment.update(env or {})
    done = subprocess.run([WEIR, *args], input=stdin, text=True, capture_output=True, timeout=60,
                          env=environment, check=False)
    if done.returncode != status:
        raise AssertionError(f"weir {args}: exit {done.returncode}, expected {status}\n"
                             f"{done.stdout}{done.stderr}")
    return done.stdout, done.stderr


def main():
    global WEIR
    WEIR = sys.argv.pop(1)
    unittest.main()
