#!/usr/bin/env python3
"""Shows that headers.py refuses bad headers; the arguments are the C and C++ compilers."""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import headers  # noqa: E402

COMPILERS = sys.argv[1:]
TARGETS = "weir_low|pure|low||\nweir_mid|module|mid|weir::low|\nweir_top|module|top||\n"
LOW = "#ifndef LOW_H\n#define LOW_H\nstruct low {\n    int a;\n};\n#endif\n"

# name, what mid.h holds, whether that is right
CASES = [
    ("good", "#include <weir/low.h>\nint mid(struct low a);\n", True),
    ("not self-contained", "int mid(size_t a);\n", False),
    ("no guard", "struct mid {\n    int a;\n};\n", False),
    ("of a target not linked", "#include <weir/top.h>\n", False),
    ("warning", "#if MID_UNDEFINED\n#endif\n", False),
]
CXX_ONLY = ("C++ keyword", "int mid(int class);\n", False)


class Headers(unittest.TestCase):
    def write(self, root, name, text):
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def verdict(self, text):
        with tempfile.TemporaryDirectory() as root:
            self.write(root, "low/include/weir/low.h", LOW)
            self.write(root, "top/include/weir/top.h", "int top(void);\n")
            self.write(root, "mid/include/weir/mid.h", text)
            return headers.main(root, self.write(root, "targets.list", TARGETS), *COMPILERS) == 0

    def test_cases(self):
        for name, text, right in CASES + ([CXX_ONLY] if len(COMPILERS) > 1 else []):
            with self.subTest(name=name):
                self.assertEqual(self.verdict(text), right)

    def test_no_header_is_a_failure(self):
        with tempfile.TemporaryDirectory() as root:
            targets = self.write(root, "targets.list", TARGETS)
            self.assertEqual(headers.main(root, targets, *COMPILERS), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
