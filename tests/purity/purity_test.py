#!/usr/bin/env python3
"""Shows that purity.py refuses what it should; the argument is the C compiler."""

import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import purity  # noqa: E402

CC = sys.argv.pop(1)
ALLOWED = "malloc free memcpy abort _GLOBAL_OFFSET_TABLE_ # remark\nglobal permitted\n"
LOW = "int low(int a);\nint low(int a)\n{\n    return a + 1;\n}\n"
PURE = "#include <stdlib.h>\nint low(int a);\nvoid *p(void)\n{\n    return malloc((size_t)low(1));\n}\n"

# name, source, what must be found
CASES = [
    ("pure", PURE, None),
    ("file", "#include <fcntl.h>\nint p(void)\n{\n    return open(\"x\", 0);\n}\n", "uses open"),
    ("clock", "#include <time.h>\ntime_t p(void)\n{\n    return time(0);\n}\n", "uses time"),
    ("errno", "#include <errno.h>\nint p(void)\n{\n    return errno;\n}\n",
     "uses __errno_location"),
    ("variable", "int count;\n", "mutable static data: count"),
    ("static", "int p(void)\n{\n    static int calls = 7;\n    return ++calls;\n}\n",
     "mutable static data: calls"),
    ("thread-local", "_Thread_local int slot;\n", "mutable static data: slot"),
    ("pointer", "const char *names[] = {\"a\", \"b\"};\n", "mutable static data: names"),
    ("constants", "const char *const names[] = {\"a\", \"b\"};\nconst int n = 2;\n", None),
    ("permitted", "int permitted;\n", None),
]


class Purity(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.low = self.compile("low", LOW)

    def tearDown(self):
        self.dir.cleanup()

    def path(self, name):
        return os.path.join(self.dir.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def compile(self, name, text):
        source = self.write(name + ".c", text)
        subprocess.run([CC, "-fPIC", "-c", source, "-o", self.path(name + ".o")], check=True)
        return self.path(name + ".o")

    def check(self, targets):
        read = purity.target_list.read(self.write("targets", targets))
        return list(purity.findings(read, *purity.read_allowed(self.write("allowed", ALLOWED))))

    def test_cases(self):
        for name, text, finding in CASES:
            with self.subTest(name=name):
                mine = self.compile("mine", text)
                found = self.check(f"low|pure|low||{self.low}\nmine|pure|mine|low|{mine}\n")
                self.assertEqual(found, [f"mine: {finding}"] if finding else [])

    def test_symbol_of_a_target_not_linked(self):
        mine = self.compile("mine", PURE)
        self.assertEqual(self.check(f"low|pure|low||{self.low}\nmine|pure|mine||{mine}\n"),
                         ["mine: uses low"])

    def test_link_to_impure_target(self):
        mine = self.compile("mine", PURE)
        self.assertEqual(self.check(f"low|module|low||{self.low}\nmine|pure|mine|low|{mine}\n"),
                         ["mine: links low, which is not pure"])

    def test_impure_module_may_use_anything(self):
        mine = self.compile("mine", CASES[1][1])
        self.assertEqual(self.check(f"mine|module|mine||{mine}\n"), [])

    def test_core_must_be_pure(self):
        self.assertEqual(self.check(f"weir_router|module|low||{self.low}\n"),
                         ["weir_router: must be declared PURE"])

    def test_nothing_examined_is_a_failure(self):
        self.assertEqual(self.check("mine|pure|mine||\n"), ["mine: no object files"])
        self.assertEqual(purity.main(self.write("targets", ""), self.write("allowed", "")), 1)


if __name__ == "__main__":
    unittest.main()
