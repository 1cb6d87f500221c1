#!/usr/bin/env python3
"""The demonstration from its command line, small: exact, with a table, and nothing left."""

import os
import subprocess
import sys

sys.dont_write_bytecode = True
import weirlib  # noqa: E402
from weirlib import ProcessTest  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TOPOLOGY = os.path.join(ROOT, "topologies", "stock-feed.json")


class Demo(ProcessTest):
    def demo(self, *args, status=0):
        program = os.path.join(os.path.dirname(self.weird), "weir-demo")
        done = subprocess.run([program, "--topology", TOPOLOGY, *args], capture_output=True,
                              text=True, check=False, stdin=subprocess.DEVNULL, timeout=300,
                              env=dict(os.environ, TMPDIR=self.directory))
        if done.returncode != status:
            raise AssertionError(f"exit {done.returncode}\n{done.stdout}{done.stderr}")
        self.assertEqual(os.listdir(self.directory), self.files)
        return done.stdout, done.stderr

    def setUp(self):
        super().setUp()
        self.files = []

    def file(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.files.append(name)
        return path

    def test_built_in_feed(self):
        out, _ = self.demo("--count", "2000", "--seconds", "1")
        self.assertIn("48 subscribers on 9 brokers", out)
        self.assertIn("ny-core -> ldn-core", out)
        self.assertIn("suppressed by covering", out)
        self.assertIn("published 2,002 by 2 publishers", out)
        self.assertTrue(out.endswith("0 lost, 0 duplicated, 0 unwanted\n"), out)

    def test_json_lines(self):
        path = self.file("feed.jsonl", "".join(
            f'{{"room":"r{i % 7}","celsius":{i % 40}.5,"on":true}}\n' for i in range(500)))
        out, err = self.demo("--feed", path, "--seconds", "1", "--subscribers", "40")
        self.assertIn("published 502 by", out)
        self.assertEqual(err, "")

    def test_csv_with_names(self):
        path = self.file("feed.csv", "sym,px,note\n" + "".join(
            f'S{i % 5},{i / 4},"a, ""b"""\n' for i in range(300)) + "short,1\nS1,x,last\n")
        out, err = self.demo("--feed", path, "--seconds", "1", "--subscribers", "40")
        self.assertIn("published 303 by", out)  # px is a string column: one of them is 'x'
        self.assertIn("feed.csv:302: 2 fields, expected 3; passed over", err)

    def test_csv_with_columns(self):
        path = self.file("ticks.csv", "".join(f"{i},{1830000 + i},T,0\n" for i in range(300)))
        out, _ = self.demo("--feed", path, "--columns", "ms:int,price:double/10000,exchange,odd:bool",
                           "--seconds", "1", "--subscribers", "40")
        self.assertIn("published 302 by", out)

    def test_the_reader_of_its_output_is_gone(self):
        program = os.path.join(os.path.dirname(self.weird), "weir-demo")
        with subprocess.Popen([program, "--topology", TOPOLOGY, "--count", "2000"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env=dict(os.environ, TMPDIR=self.directory)) as demo:
            self.assertIn("starting", demo.stdout.readline())
            demo.stdout.close()
            self.assertNotEqual(demo.wait(timeout=60), 0)
        self.assertEqual(os.listdir(self.directory), [])

    def test_what_makes_no_sense(self):
        _, err = self.demo("--feed", "/nonexistent.csv", status=1)
        self.assertIn("cannot read /nonexistent.csv", err)
        _, err = self.demo("--feed", self.directory, status=1)
        self.assertIn("Is a directory", err)
        self.assertNotIn("empty", err)
        _, err = self.demo("--subscribers", "0", status=2)
        self.assertIn("out of range", err)
        self.demo("--topology", "/nonexistent.json", status=1)


if __name__ == "__main__":
    weirlib.main()
