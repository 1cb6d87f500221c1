#!/usr/bin/env python3
"""The manual weir-filter(7) says what the program does: examples, truth tables, JSON, codes."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from command import main, weir  # noqa: E402

SOURCE = os.environ["WEIR_SOURCE_DIR"]
CODE = re.compile(r'"([FW]\d{3})"')  # convert numbers its errors, C7xx, and tests them itself
OPERANDS = {"T": "true", "F": "false", "U": "null"}


def section(title):
    with open(os.path.join(SOURCE, "docs/man/weir-filter.7"), encoding="utf-8") as f:
        page = f.read()
    return page.split(f"\n.SH {title}\n")[1].split("\n.SH ")[0]


def blocks(text):
    """The lines of the examples, without roff."""
    for block in re.findall(r"^\.nf\n(.*?)^\.fi", text, flags=re.M | re.S):
        yield block.replace("\\-", "-").replace("\\e", "\\").replace("\\&", "").splitlines()


def matches(text, notification):
    try:
        weir("filter", "test", text, stdin=notification)
        return True
    except AssertionError:
        weir("filter", "test", text, stdin=notification, status=1)
        return False


def truth(text, notification):
    """T, F or U: what is neither true nor, negated, true is unknown."""
    if matches(text, notification):
        return "T"
    return "F" if matches(f"NOT ({text})", notification) else "U"


class Manual(unittest.TestCase):
    def test_pages_are_shown_as_they_are_written(self):
        folder = os.path.join(SOURCE, "docs/man")
        pages = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
        self.assertGreater(len(pages), 5)
        for page in pages:
            with open(page, encoding="utf-8") as f:
                for line in f:  # a quote in the first column hides a line, as a dot does
                    self.assertFalse(line.startswith("'"), line)
            if shutil.which("groff"):
                done = subprocess.run(["groff", "-ww", "-man", "-Tutf8", page], capture_output=True,
                                      text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_filters_are_sound(self):
        for line in next(blocks(section("DESCRIPTION"))):
            self.assertEqual(weir("filter", "check", line), ("", ""))

    def test_spellings_are_one(self):
        lines = list(blocks(section("GRAMMAR")))[1]
        self.assertGreater(len(lines), 15)
        for text, canonical in zip(lines[::2], lines[1::2]):
            self.assertEqual(weir("filter", "fmt", text)[0].strip(), canonical.strip())
            self.assertEqual(weir("filter", "fmt", canonical.strip())[0].strip(), canonical.strip())

    def test_types_are_checked(self):
        lines = list(blocks(section("TYPES")))[1]
        self.assertGreater(len(lines), 10)
        for line in lines:
            text, code = re.split(r"  +", line)
            out, _ = weir("filter", "check", "--json", text, status=2 if code[0] == "F" else 0)
            self.assertEqual([d["code"] for d in json.loads(out)], [code])

    def test_functions_are_all_there(self):
        with open(os.path.join(SOURCE, "filters-lang/filters/parse_prefix.c"), encoding="utf-8") as f:
            table = f.read().split("functions[] = {")[1].split("};")[0]
        names = re.findall(r'\{"([\w-]+)"', table)
        self.assertGreater(len(names), 5)
        for name in names:
            self.assertIn(name, section("GRAMMAR").replace("\\-", "-"))

    def test_limits_are_those_of_the_program(self):
        with open(os.path.join(SOURCE, "filters-lang/model/include/weir/limits.h"),
                  encoding="utf-8") as f:
            limits = dict(re.findall(r"#define WEIR_(\w+) (\d+)", f.read()))
        said = " ".join(section("LIMITS").split())
        for name, words in (("FILTER_TEXT_MAX", "{} bytes, 256 conditions"),
                            ("FILTER_LEAVES_MAX", "{} conditions, {} values in one IN"),
                            ("FILTER_DEPTH_MAX", "nested {} deep, {} operations"),
                            ("NAME_LEN_MAX", "names of {} bytes"),
                            ("PATTERN_LEN_MAX", "patterns of {} bytes"),
                            ("CONJUNCTIONS_MAX", "more than {} conjunctions")):
            self.assertIn(words.format(limits[name], limits[name]), said)

    def test_examples_match_or_not(self):
        self.assertGreater(self.examples("EXAMPLES"), 20)
        self.assertGreater(self.examples("DIFFERENCES FROM JMS SELECTORS"), 5)

    def examples(self, title):
        count = 0
        for line in next(blocks(section(title))):
            if not line.startswith(" "):
                text = line
                self.assertEqual(weir("filter", "check", text), ("", ""))
                continue
            expected, notification = line.split(None, 1)
            status = {"match": 0, "none": 1}[expected]
            out, err = weir("filter", "test", text, stdin=notification + "\n", status=status)
            self.assertEqual((out.strip(), err), (notification if status == 0 else "", ""))
            count += 1
        return count

    def test_json_is_the_tree(self):
        lines = next(blocks(section("THE JSON FORM")))
        for text, tree in zip(lines[::2], lines[1::2]):
            self.assertEqual(weir("filter", "fmt", "--json", text)[0].strip(), tree.strip())
            self.assertEqual(weir("filter", "fmt", "--from-json", tree)[0].strip(), text)

    def test_truth_tables(self):
        rows = [line.split() for line in next(blocks(section("MEANING")))]
        columns = rows[0][1:4]
        for row in rows[1:]:
            left, ands, ors, negation = row[0], row[1:4], row[5:8], row[9]
            given = OPERANDS[left]
            self.assertEqual(truth("NOT a", f'{{"a":{given}}}'), negation)
            for right, conjoined, disjoined in zip(columns, ands, ors):
                notification = f'{{"a":{given},"b":{OPERANDS[right]}}}'
                self.assertEqual(truth("a AND b", notification), conjoined)
                self.assertEqual(truth("a OR b", notification), disjoined)

    def test_keywords_are_all_there(self):
        grammar = section("GRAMMAR")
        with open(os.path.join(SOURCE, "filters-lang/filters/lex.c"), encoding="utf-8") as f:
            table = f.read().split("keywords[] = {")[1].split("};")[0]
        for word in re.findall(r'\{"(\w+)"', table):
            self.assertIn(word, grammar)

    def test_codes_are_all_there(self):
        listed = dict(line.split("  ", 1) for line in weir("help", "codes")[0].splitlines())
        shown = dict(re.findall(r"^\.TP\n\.B (\w+)\n(.*)", section("ERRORS"), flags=re.M))
        shown = {code: title.replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")
                 for code, title in shown.items()}
        self.assertEqual(shown, {code: title for code, title in listed.items()
                                 if re.match(r"F|W6", code)})

    def test_every_code_that_can_be_said_is_explained(self):
        listed = {line[:4] for line in weir("help", "codes")[0].splitlines() if line[0] in "FW"}
        said = set()
        for folder, _, files in os.walk(os.path.join(SOURCE, "filters-lang")):
            for name in itertools.filterfalse(lambda n: n == "codes.c" or not n.endswith(".c"), files):
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    said.update(CODE.findall(f.read()))
        self.assertGreater(len(said), 50)
        self.assertEqual(said, listed)


if __name__ == "__main__":
    main()
