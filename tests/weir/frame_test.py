#!/usr/bin/env python3
"""What all commands of `weir` have in common: names, help, errors, exit codes."""

import os
import pty
import re
import subprocess
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
            import command
            done = subprocess.run([command.WEIR, "filter", "fmt", "x = 1"], stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("standard output", done.stderr)

    def on_terminal(self, *args, **env):
        """What a command writes on a terminal."""
        import command
        master, slave = pty.openpty()
        with os.fdopen(master, "rb", buffering=0) as out:
            done = subprocess.run([command.WEIR, *args], stdin=slave, stdout=slave, stderr=slave,
                                  env=dict(os.environ, **env), check=False)
            os.close(slave)
            text = b""
            try:
                while chunk := out.read(65536):
                    text += chunk
            except OSError:  # all was read, and the other side is closed
                pass
        self.assertEqual(done.returncode, 2)
        return text.decode()

    def test_colours_only_on_a_terminal_that_wants_them(self):
        args = ("filter", "check", "x >")
        self.assertIn("\033[1;31merror[F203]\033[0m:", self.on_terminal(*args, TERM="xterm",
                                                                        NO_COLOR=""))
        for env in ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb", "NO_COLOR": ""}):
            self.assertNotIn("\033", self.on_terminal(*args, **env))
        self.assertNotIn("\033", weir(*args, status=2)[0])

    def test_no_broker_is_exit_3(self):
        for args in (["pub", "x=1"], ["sub", "TRUE"]):
            _, err = weir(*args, env={"WEIR_URL": "ipc:///nowhere/at/all"}, status=3)
            self.assertIn("cannot connect to ipc:///nowhere/at/all", err)


if __name__ == "__main__":
    main()
