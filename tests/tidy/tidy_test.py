#!/usr/bin/env python3
"""Shows that each rule of tidy.py refuses what it should, and accepts what it should."""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tidy  # noqa: E402

TARGETS = """\
weir_low|pure|low||
weir_mid|module|mid|weir::low|
weir_top|module|top|weir::mid,PkgConfig::JANSSON|
weir_side|module|side|weir::low|
weir_link|module|broker/link|weir::low|
weird|program|broker/weird|weir::mid,weir::link|
"""
FILES = ("low/include/weir/low.h", "mid/include/weir/mid.h", "top/include/weir/top.h",
         "side/include/weir/side.h", "broker/link/include/weir/link.h", "mid/internal.h",
         "mid/include/weir/note.txt")
LONG_FUNCTION = "int f(void)\n{\n" + "    g();\n" * 69 + "}\n"

REFUSED = [
    ("tab", "mid/a.c", "int\tx;\n"),
    ("tab", "README.md", "a\tb\n"),
    ("space", "mid/a.c", "int f(void); \n"),
    ("todo", "mid/a.c", "/* TODO: later */\n"),
    ("todo", "tests/x/a.py", "# FIXME\n"),
    ("file-length", "mid/a.c", "int f(void);\n" * 801),
    ("header-length", "mid/include/weir/mid.h", "int f(void);\n" * 201),
    ("function-length", "mid/a.c", LONG_FUNCTION),
    ("banned", "mid/a.c", "    strcpy(a, b);\n"),
    ("banned", "mid/a.c", "    x = sprintf (a, b);\n"),
    ("banned", "mid/a.c", "    strcat(a, b);\n"),
    ("banned", "mid/a.c", "    gets(a);\n"),
    ("banned", "mid/a.c", "    p = alloca(n);\n"),
    ("banned", "broker/weird/a.c", "    if (system(a))\n"),
    ("banned", "tests/x/a.py", "subprocess.run(x, shell=True)\n"),
    ("sleep", "tests/x/a.c", "    usleep(10);\n"),
    ("sleep", "tests/x/a.py", "def run():\n    time.sleep(1)\n"),
    ("layering", "low/a.c", "#include <weir/mid.h>\n"),
    ("layering", "side/a.c", "#include <weir/mid.h>\n"),
    ("layering", "mid/include/weir/mid.h", "#include <weir/top.h>\n"),
    ("layering", "mid/a.c", "#include <weir/gone.h>\n"),
    ("layering", "top/a.c", '#include "internal.h"\n'),
    ("layering", "mid/a.c", '#include "weir/mid.h"\n'),
    ("layering", "top/a.c", '#include "../mid/internal.h"\n'),
    ("layering", "tests/x/a.c", '#include "../../mid/internal.h"\n'),
    ("layering", "mid/a.c", "#include <nng/nng.h>\n"),
    ("layering", "tests/x/a.c", "#include <nng/nng.h>\n"),
    ("layering", "broker/weird/a.c", "#  include <nng/nng.h>\n"),
]
ACCEPTED = [
    ("mid/a.c", "/* TODO(#12): later */\n"),
    ("mid/a.c", LONG_FUNCTION.replace("    g();\n", "", 1)),
    ("mid/a.c", 'char *s = "strcpy(a, b)"; /* strcpy(a, b) */ // gets(x)\n'),
    ("mid/a.c", "    weir_sprintf(a); list.gets(b); p->system(c); my_strcpy(d);\n"),
    ("mid/a.c", '#include "internal.h"\n#include <weir/low.h>\n#include <weir/mid.h>\n'),
    ("top/a.c", "#include <weir/low.h>\n"),
    ("broker/link/a.c", "#include <nng/nng.h>\n"),
    ("broker/weird/admin_http.c", "#include <nng/nng.h>\n"),
    ("broker/weird/a.c", "#include <weir/link.h>\n#include <weir/low.h>\n"),
    ("broker/weird/a.c", "    nanosleep(&t, NULL);\n"),
    ("tests/x/a.c", '#include "internal.h"\n#include <weir/mid.h>\n'),
    ("tests/x/a.py", "def wait_for(x):\n    time.sleep(0.01)\n"),
    ("mid/a.c", "int f(void);\n" * 800),
    ("mid/include/weir/mid.h", "int f(void);\n" * 200),
]


class Rules(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.root = self.dir.name
        for name in FILES:
            self.write(name, "")
        self.targets = os.path.join(self.root, "targets.list")
        self.write("targets.list", TARGETS)

    def tearDown(self):
        self.dir.cleanup()

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def rules(self, path, text):
        layering = tidy.Layering(self.root, tidy.target_list.read(self.targets))
        return [rule for _, rule, _ in tidy.check_file(path, text, layering)]

    def test_refused(self):
        for rule, path, text in REFUSED:
            with self.subTest(path=path, text=text[:60]):
                self.assertEqual(self.rules(path, text), [rule])

    def test_accepted(self):
        for path, text in ACCEPTED:
            with self.subTest(path=path, text=text[:60]):
                self.assertEqual(self.rules(path, text), [])

    def test_whole_tree(self):
        self.assertEqual(tidy.main(self.root, self.targets), 0)
        self.write("top/bad.c", '#include "../mid/internal.h"\n')
        self.assertEqual(tidy.main(self.root, self.targets), 1)

    def test_empty_tree_is_a_failure(self):
        with tempfile.TemporaryDirectory() as empty:
            self.assertEqual(tidy.main(empty, self.targets), 1)


if __name__ == "__main__":
    unittest.main()
