#!/usr/bin/env python3
"""weir filter check, fmt, explain, test, covers, intersects, merge."""

import json
import os
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from command import main, weir  # noqa: E402

LINES = ('{"symbol":"IBM","price":185.02}\n'
         '{"symbol":"AIG","price":49}\n'
         '\n'
         '{"symbol":"IBM","price":180}\n')

EXPLAINED = """\
syntax tree
  AND
    symbol IN ('AIG', 'IBM')
    OR
      price > 100
      NOT
        bid > ask

normal form
  EXISTS(ask) AND EXISTS(bid) AND symbol IN ('AIG', 'IBM') AND ask >= bid
    found     by one of 2 values of symbol
    compares  EXISTS(ask)
    compares  EXISTS(bid)
    last      ask >= bid
  OR price > 100 AND symbol IN ('AIG', 'IBM')
    found     by one of 2 values of symbol
    compares  price > 100

cost
  value, low: looked at where an attribute has a value or text that it asks for
  what is no set of values of one attribute is evaluated last
"""


class Filter(unittest.TestCase):
    def test_check(self):
        self.assertEqual(weir("filter", "check", "price > 10"), ("", ""))
        out, _ = weir("filter", "check", "symbol = 'IBM' AND price >= AND volume > 0", status=2)
        self.assertEqual(out, "error[F203]: expected a value after '>='\n"
                              "  1 | symbol = 'IBM' AND price >= AND volume > 0\n"
                              "    |                             ^^^ keyword AND here\n"
                              "  help: write a number, e.g. price >= 100.0\n")

    def test_check_json(self):
        self.assertEqual(json.loads(weir("filter", "check", "--json", "x = 1")[0]), [])
        found = json.loads(weir("filter", "check", "--json", "x = 1 AND price >", status=2)[0])
        self.assertEqual(found[0]["code"], "F203")
        self.assertEqual((found[0]["line"], found[0]["column"]), (1, 18))

    def test_check_json_has_all_members(self):
        text = "a = 1 AND\n  b = '\u65e5' c"
        found = json.loads(weir("filter", "check", "--json", text, status=2)[0])
        self.assertEqual(found, [{
            "code": "F202", "severity": "error", "line": 2, "column": 11, "offset": 22, "length": 1,
            "message": "expected AND or OR after '\u65e5'", "expected": ["AND", "OR"],
            "suggestion": ""}])
        found = json.loads(weir("filter", "check", "--json", "x LKE 'a' AND y = NULL", status=2)[0])
        self.assertEqual([(d["code"], d["column"], d["length"], d["suggestion"]) for d in found],
                         [("F214", 3, 3, "write LIKE"), ("F203", 17, 6, "write IS NULL")])

    def test_check_reads_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "filters")
            with open(name, "w", encoding="utf-8") as f:
                f.write("x = 1\n\n-- a comment\nx >\nTRUE\nx > 1 AND x < 1\nx LKE 'a'\n")
            out, err = weir("filter", "check", "--filters", name, status=2)
            self.assertEqual(err, "")
            self.assertEqual(re.findall(r":(\d+): (\w+)\[(\w+)\]", out),
                             [("4", "error", "F203"), ("6", "warning", "W602"),
                              ("7", "error", "F214")])
            out, _ = weir("filter", "check", "--json", "--filters", name, status=2)
            self.assertEqual([(d["filter"], d["code"], d["line"]) for d in json.loads(out)],
                             [(4, "F203", 1), (6, "W602", 1), (7, "F214", 1)])
            with open(name, encoding="utf-8") as f:
                self.assertIn("-:4: error", weir("filter", "check", "--filters", "-", status=2,
                                                 stdin=f.read())[0])
        _, err = weir("filter", "check", "--filters", "/nowhere/at/all", status=2)
        self.assertIn("/nowhere/at/all", err)
        weir("filter", "check", "x = 1", "--filters", "-", status=2)
        weir("filter", "check", status=2)

    def test_a_dash_is_standard_input(self):
        text = "x = 1 -- one\nAND y >= 2\n"
        self.assertEqual(weir("filter", "check", "-", stdin=text), ("", ""))
        out, _ = weir("filter", "check", "-", stdin=text + "AND", status=2)
        self.assertIn("  3 | AND\n    |    ^ end of the filter", out)
        self.assertEqual(weir("filter", "fmt", "-", stdin=text)[0], "x = 1 AND y >= 2\n")
        tree = weir("filter", "fmt", "--json", "-", stdin=text)[0]
        self.assertEqual(weir("filter", "fmt", "--from-json", "-", stdin=tree)[0],
                         "x = 1 AND y >= 2\n")
        self.assertIn("syntax tree", weir("filter", "explain", "-", stdin=text)[0])
        self.assertEqual(weir("filter", "convert", "--from", "jms", "-", stdin="a = 1\n")[0],
                         "a = 1\n")
        self.assertEqual(weir("filter", "covers", "x = 1", "-", stdin=text)[0], "yes\n")
        self.assertEqual(weir("filter", "test", "-", os.devnull, stdin=text, status=1)[0], "")
        for args in (("covers", "-", "-"), ("intersects", "-", "-"), ("test", "-"),
                     ("test", "-", "-")):
            self.assertIn("standard input", weir("filter", *args, status=2)[1])
        self.assertIn("too long", weir("filter", "check", "-", stdin=" " * (1 << 21), status=2)[1])
        self.assertIn("F401", weir("filter", "check", "-", stdin="x" * 5000, status=2)[0])
        self.assertIn("F102", weir("filter", "check", "-", stdin="x = '\0'", status=2)[0])

    def test_the_empty_filter_is_every_notification(self):
        self.assertEqual(weir("filter", "check", ""), ("", ""))
        self.assertEqual(weir("filter", "check", "-", stdin="\n-- all\n"), ("", ""))
        self.assertEqual(weir("filter", "fmt", "")[0], "TRUE\n")
        self.assertEqual(weir("filter", "test", "", stdin='{"x":1}\n')[0], '{"x":1}\n')
        self.assertEqual(weir("filter", "covers", "", "x = 1")[0], "yes\n")
        self.assertEqual(weir("filter", "covers", "x = 1", "", status=1)[0].split()[0], "no")

    def test_what_never_matches_is_a_warning(self):
        out, _ = weir("filter", "check", "price > 10 AND price < 5")
        self.assertIn("warning[W602]", out)
        found = json.loads(weir("filter", "check", "--json", "price > 10 AND price < 5")[0])
        self.assertEqual([d["severity"] for d in found], ["warning"])
        self.assertEqual((found[0]["column"], found[0]["length"]), (1, 10))
        self.assertEqual(found[0]["other"], {"line": 1, "column": 16, "offset": 15, "length": 9})

    def test_help_explains_codes(self):
        out, _ = weir("help", "f203")
        self.assertTrue(out.startswith("F203: a value is missing\n"))
        self.assertIn("wrong:\n  symbol = 'IBM' AND price >= AND volume > 0\nright:\n", out)
        self.assertLess(max(map(len, out.splitlines())), 80)
        listed = weir("help", "codes")[0].splitlines()
        for line in listed:
            code, title = line.split("  ", 1)
            self.assertTrue(weir("help", code)[0].startswith(f"{code}: {title}\n"))
        self.assertGreater(len(listed), 40)
        weir("help", "F999", status=2)
        self.assertIn("10.0.0.0/24", weir("help", "c703")[0])

    def test_a_filter_that_begins_with_a_dash(self):
        weir("filter", "check", "--", "-x > 3")
        weir("filter", "check", "-x > 3", status=2)

    def test_fmt(self):
        out, _ = weir("filter", "fmt", 'not (price<=10 or symbol=="IBM")')
        self.assertEqual(out, "NOT (price <= 10 OR symbol = 'IBM')\n")
        self.assertEqual(weir("filter", "fmt", out.strip())[0], out)
        self.assertEqual(weir("filter", "fmt", "--normal", "x = 1 or x = 2")[0], "x IN (1, 2)\n")
        weir("filter", "fmt", "x >", status=2)

    def test_fmt_json(self):
        text = "symbol = 'IBM' AND NOT price IN (1, 2.5)\n"
        out, _ = weir("filter", "fmt", "--json", text)
        self.assertEqual(json.loads(out)["op"], "and")
        self.assertEqual(weir("filter", "fmt", "--from-json", out)[0], text)
        self.assertEqual(weir("filter", "fmt", "--from-json", "--json", out)[0], out)
        _, err = weir("filter", "fmt", "--from-json", '{"op":"xor","args":[true]}', status=2)
        self.assertIn("/op: not an operation", err)
        weir("filter", "fmt", "--json", "--normal", "x", status=2)

    def test_a_normal_form_that_is_too_large_says_so(self):
        wide = " AND ".join(f"(a{i} = 1 OR b{i} = 1)" for i in range(9))
        out, err = weir("filter", "fmt", "--normal", wide)
        self.assertIn("wider", err)
        self.assertTrue(out)

    def test_explain(self):
        out, _ = weir("filter", "explain",
                      "symbol IN ('IBM', 'AIG') AND (price > 100 OR NOT bid > ask)")
        self.assertEqual(out, EXPLAINED)
        out, _ = weir("filter", "explain", "EXISTS(x) AND x =~ '^a'")
        self.assertIn("found     where x begins with 'a'", out)
        self.assertIn("regular expressions are run", out)
        self.assertIn("with every notification", weir("filter", "explain", "")[0])
        self.assertIn("presence, medium: ", weir("filter", "explain", "x > 1")[0])
        self.assertIn("FALSE", weir("filter", "explain", "x > 1 AND x < 1")[0])
        # a value stands for an int and a double, so that a type is checked besides
        self.assertIn("compares  x ", weir("filter", "explain", "x = 1 AND x IS INT")[0])
        self.assertNotIn("compares", weir("filter", "explain", "x = 1")[0])
        many = " AND ".join(f"a{i} > {i}" for i in range(12))
        out = weir("filter", "explain", many)[0]
        self.assertEqual(out.count("compares  a") + out.count("checks    a"), 12)
        self.assertGreater(out.count("checks    a"), 0)
        wide = " AND ".join(f"(a{i} = 1 OR b{i} = 1)" for i in range(9))
        self.assertIn("a wider one", weir("filter", "explain", wide)[0])
        weir("filter", "explain", "x >", status=2)

    def test_explain_json(self):
        out, _ = weir("filter", "explain", "--json",
                      "x IN (1, 2) AND y > 3 AND x + y > 4 OR z IS NULL")
        found = json.loads(out)
        self.assertEqual(found["tree"]["op"], "or")
        self.assertTrue(found["normal"]["exact"])
        self.assertEqual(found["cost"], {"class": "always", "residuals": True, "patterns": False})
        one = next(c for c in found["normal"]["conjunctions"] if c["residuals"])
        self.assertEqual(one["access"], {"by": "value", "attribute": "x", "values": 2})
        self.assertEqual(one["residuals"], ["x + y > 4"])
        self.assertEqual([(c["attribute"], c["access"], c["decided_by"]) for c in one["constraints"]],
                         [("x", True, "key"), ("y", False, "column")])

    def test_test_prints_the_lines_that_match(self):
        out, err = weir("filter", "test", "symbol = 'IBM'", stdin=LINES)
        self.assertEqual(out.splitlines(), [LINES.splitlines()[0], LINES.splitlines()[3]])
        self.assertEqual(err, "")
        self.assertEqual(weir("filter", "test", "price > 1000", stdin=LINES, status=1)[0], "")

    def test_test_names_bad_lines_and_goes_on(self):
        out, err = weir("filter", "test", "x = 1", stdin='{"x":[1]}\nnonsense\n{"x":1}\n')
        self.assertEqual(out, '{"x":1}\n')
        self.assertIn("-:1: ", err)
        self.assertIn("-:2: ", err)
        _, err = weir("filter", "test", "x = 1", "/nowhere/at/all", status=2)
        self.assertIn("/nowhere/at/all", err)

    def test_covers(self):
        self.assertEqual(weir("filter", "covers", "price > 10", "price > 20")[0], "yes\n")
        out, _ = weir("filter", "covers", "price > 20", "price > 10", status=1)
        answer, witness = out.splitlines()
        self.assertEqual(answer, "no")
        weir("filter", "test", "price > 10", stdin=witness)
        weir("filter", "test", "price > 20", stdin=witness, status=1)
        _, err = weir("filter", "covers", "price >", "price > 10", status=2)
        self.assertIn("the first filter: error[F203]", err)
        _, err = weir("filter", "covers", "price > 10", "price >", status=2)
        self.assertIn("the second filter: error[F203]", err)
        found = json.loads(weir("filter", "covers", "--json", "x > 2", "x > 1", status=1)[0])
        self.assertEqual(found["answer"], "no")
        weir("filter", "test", "x > 1", stdin=json.dumps(found["notification"]))
        self.assertEqual(json.loads(weir("filter", "covers", "--json", "x > 1", "x > 2")[0]),
                         {"answer": "yes"})
        weir("filter", "covers", "price > 10", status=2)

    def test_intersects(self):
        out, _ = weir("filter", "intersects", "price > 0", "price < 10")
        answer, witness = out.splitlines()
        self.assertEqual(answer, "yes")
        weir("filter", "test", "price > 0 AND price < 10", stdin=witness)
        out, _ = weir("filter", "intersects", "price > 0", "symbol = 'IBM'", status=1)
        self.assertEqual(out, "no\n")

    def test_merge(self):
        out, _ = weir("filter", "merge", "price > 10", "price <= 10")
        self.assertEqual(out, "perfect\n(price IS INT OR price IS DOUBLE)\n")
        out, _ = weir("filter", "merge", "a = 1", "a = 2", "a = 3")
        self.assertEqual(out, "perfect\na IN (1, 2, 3)\n")
        out, _ = weir("filter", "merge", "--adv", "a = 1", "a = 2 AND b = 1", "a < 9 AND b = 1")
        self.assertEqual(out, "perfect\na < 9 AND b = 1\n")
        self.assertEqual(weir("filter", "merge", "a = 1", "-", stdin="a = 2\n")[0],
                         "perfect\na IN (1, 2)\n")
        out, _ = weir("filter", "merge", "price > 10", "size > 10", status=1)
        self.assertEqual(out, "none\n")
        weir("filter", "merge", "price >", "price > 10", status=2)
        weir("filter", "merge", status=2)
        weir("filter", "merge", "--sample", "/nowhere/at/all", "a = 1", status=2)
        for epsilon in ("2", "-1", "x", "", "nan"):
            weir("filter", "merge", "--epsilon", epsilon, "a = 1", status=2)

    def test_merge_on_a_sample(self):
        filters = ("a < 500 AND b = 1", "a >= 500 AND b = 2")
        lines = [json.dumps({"a": i, "b": 2 if i < 10 or i >= 500 else 1}) for i in range(1000)]
        sample = "\n".join(lines)
        out, _ = weir("filter", "merge", "--sample", "-", *filters, stdin=sample)
        self.assertEqual(out, "imperfect\n(a IS INT OR a IS DOUBLE) AND b IN (1, 2)\n"
                              "1000 of 1000 matched, 10 of them in vain: "
                              "1 % (0.453 % to 2.19 %)\n")
        out, _ = weir("filter", "merge", "--json", "--epsilon=0.02", "--sample=-", *filters,
                      stdin=sample, status=1)
        self.assertEqual(json.loads(out), {
            "merge": "none", "filter": None, "sample": 1000, "matched": 1000, "unwanted": 10,
            "low": 0.00452983, "high": 0.0219304})
        out, err = weir("filter", "merge", "--sample", "-", *filters, status=1,
                        stdin="nonsense\n" + "\n".join(lines[10:110]))
        self.assertEqual(out, "none\n100 of 100 matched, 0 of them in vain: 0 % (0 % to 6.22 %)\n")
        self.assertIn("-:1: ", err)

    def test_convert(self):
        out, err = weir("filter", "convert", "--from", "jms", "color = 'red' AND weight > 2500")
        self.assertEqual((out, err), ("color = 'red' AND weight > 2500\n", ""))
        for language, text in (("pubsub", "attributes:a"), ("padres", "[a,isPresent]"),
                               ("eventbridge", '{"a": [{"exists": true}]}'), ("siena", "a any")):
            self.assertEqual(weir("filter", "convert", "--from", language, text)[0], "EXISTS(a)\n")

    def test_convert_says_where_meanings_differ(self):
        out, err = weir("filter", "convert", "--from", "jms", "NOT weight > 2500")
        self.assertEqual(out, "NOT weight > 2500\n")
        self.assertIn("warning[W701]", err)
        out, err = weir("filter", "convert", "--json", "--from", "padres", "[a,neq,'it''s']",
                        status=2)
        out, err = weir("filter", "convert", "--json", "--from", "padres", "[a,neq,'x']")
        self.assertEqual(err, "")
        found = json.loads(out)
        self.assertEqual(found["filter"], "a <> 'x'")
        self.assertEqual([d["code"] for d in found["diagnostics"]], ["W731"])

    def test_convert_refuses_what_cannot_be_said(self):
        out, err = weir("filter", "convert", "--from", "eventbridge",
                        '{"ip": [{"cidr": "10.0.0.0/8"}]}', status=2)
        self.assertEqual(out, "")
        self.assertIn("error[C703]", err)
        self.assertIn("        ^^^^^^", err)
        out, _ = weir("filter", "convert", "--json", "--from", "jms", "a ==", status=2)
        self.assertIsNone(json.loads(out)["filter"])

    def test_convert_does_what_the_manual_shows(self):
        with open(os.path.join(os.environ["WEIR_SOURCE_DIR"], "docs/man/weir-filter.7"),
                  encoding="utf-8") as f:
            page = f.read()
        section = page.split(".SH CONVERTING FROM OTHER LANGUAGES")[1].split("\n.SH ")[0]
        count = 0
        for part in section.split("\n.SS ")[1:]:
            language = re.search(r"\((\w+)\)", part).group(1)
            for block in re.findall(r"^\.nf\n(.*?)^\.fi", part, flags=re.M | re.S):
                lines = block.replace("\\-", "-").replace("\\e", "\\").splitlines()
                for text, shown in zip(lines[::2], lines[1::2]):
                    out, _ = weir("filter", "convert", "--from", language, "--", text)
                    self.assertEqual(out.strip(), shown.strip())
                    count += 1
        self.assertGreaterEqual(count, 10)

    def test_convert_needs_a_language_and_a_text(self):
        weir("filter", "convert", "a = 1", status=2)
        weir("filter", "convert", "--from", "jms", status=2)
        _, err = weir("filter", "convert", "--from", "sql", "a = 1", status=2)
        self.assertIn("eventbridge", err)


if __name__ == "__main__":
    main()
