#!/usr/bin/env python3
"""bench/match/cost.py: measures, goes on where it was, and makes a table and a plot of it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import command  # noqa: E402

COST = os.path.join(os.environ["WEIR_SOURCE_DIR"], "bench/match/cost.py")


def cost(*args):
    done = subprocess.run([sys.executable, COST, *args], text=True, capture_output=True, timeout=120,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"cost.py {args}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def is_instrumented(program):
    with open(program, "rb") as f:
        code = f.read()
    return b"__asan_init" in code or b"__tsan_init" in code


class Cost(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.results = os.path.join(folder.name, "results.jsonl")
        self.picture = os.path.join(folder.name, "picture.svg")

    def run_sizes(self, sizes):
        return cost("run", "--program", command.WEIR, "--out", self.results, "--sizes", sizes,
                    "--workloads", "stock,mixed", "--passes", "1", "--baselines", "10")

    def test_run_table_plot(self):
        self.assertEqual(len(self.run_sizes("50").splitlines()), 2)
        again = self.run_sizes("50,80").splitlines()
        self.assertEqual([line.split(":")[0] for line in again], ["stock 80", "mixed 80"])
        with open(self.results, encoding="utf-8") as f:
            lines = [json.loads(line) for line in f]
        self.assertEqual({(f["workload"], f["filters"]) for f in lines},
                         {(w, n) for w in ("stock", "mixed") for n in (50, 80)})
        rows = cost("table", self.results).splitlines()
        self.assertEqual(len(rows), 2 + 4)
        self.assertEqual({row.count("|") for row in rows}, {14})
        if not shutil.which("gnuplot"):
            self.skipTest("gnuplot is not installed")
        cost("plot", self.results, self.picture)
        with open(self.picture, encoding="utf-8") as f:
            picture = f.read()
        for word in ("stock", "mixed", "index", "counting", "scan", "</svg>"):
            self.assertIn(word, picture)

    def test_instructions(self):
        if not shutil.which("valgrind"):
            self.skipTest("valgrind is not installed")
        if is_instrumented(command.WEIR):
            self.skipTest("valgrind does not go with sanitizers")
        rows = cost("instructions", "--program", command.WEIR, "--workloads", "stock", "--size",
                    "60").splitlines()
        cells = [cell.strip() for cell in rows[-1].split("|")]
        self.assertEqual(cells[1:3], ["`stock`", "60"])
        for count in cells[4:7]:
            self.assertGreater(int(count.replace(",", "")), 100)


if __name__ == "__main__":
    command.main()
