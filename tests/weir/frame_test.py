#!/usr/bin/env python3
"""What all commands of `weir` have in common: names, help, errors, exit codes."""

import re
import sys
import unittest

sys.dont_write_bytecode = True
from command import main, weir  # noqa: E402


def commands():
    out, _ = weir("help")
    section = out[out.index("commands:"):out.index("'weir help")]
    return [re.split(r"  +", line.strip())[0].split()
            for line in section.splitlines()[1:] if line.strip()]


class Frame(unittest.TestCase):
    def test_version(self):
        self.assertRegex(weir("--version")[0], r"^weir \d+\.\d+\.\d+\n$")

    def test_nothing_is_a_usage_error(self):
        out, err = weir(status=2)
        self.assertEqual(out, "")
        self.assertIn("usage: weir", err)

    def test_every_command_explains_itself(self):
        names = commands()
        self.assertIn(["pub"], names)
        self.assertIn(["filter", "check"], names)
        for name in names:
            out, _ = weir(*name, "--help")
            self.assertIn(f"usage: weir {' '.join(name)}", out)
            for part in ("options:", "example:", "exit status:"):
                self.assertIn(f"\n{part}\n", out, name)
            self.assertEqual(out, weir("help", *name)[0])
            self.assertLessEqual(max(map(len, out.splitlines())), 100, name)

    def test_every_command_refuses_an_unknown_option(self):
        for name in commands():
            _, err = weir(*name, "--no-such-option", status=2)
            self.assertIn(f"try 'weir {' '.join(name)} --help'", err)

    def test_the_nearest_name_is_suggested(self):
        for args, meant in ((["pbu"], "pub"), (["fliter", "check"], "filter"),
                            (["filter", "chekc"], "filter check"), (["help", "sbu"], "sub")):
            self.assertIn(f"did you mean '{meant}'?", weir(*args, status=2)[1])
        self.assertNotIn("did you mean", weir("xyzzy", status=2)[1])
        self.assertIn("did you mean '--json'?", weir("filter", "check", "--jsno", status=2)[1])

    def test_a_group_lists_its_commands(self):
        self.assertIn("filter covers", weir("filter", "--help")[0])
        self.assertIn("filter covers", weir("filter", status=2)[1])

    def test_output_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            import subprocess
            import command
            done = subprocess.run([command.WEIR, "filter", "fmt", "x = 1"], stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("standard output", done.stderr)

    def test_no_broker_is_exit_3(self):
        for args in (["pub", "x=1"], ["sub", "TRUE"]):
            _, err = weir(*args, env={"WEIR_URL": "ipc:///nowhere/at/all"}, status=3)
            self.assertIn("cannot connect to ipc:///nowhere/at/all", err)


if __name__ == "__main__":
    main()
