#!/usr/bin/env python3
"""weir match: the index against evaluation, line by line."""

import json
import os
import random
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from command import main, weir  # noqa: E402

NAMES = ("a", "b", "c", "d")
WORDS = ("", "x", "xy", "xyz", "y", "zx", "it''s")


def leaf(rng):
    name, n = rng.choice(NAMES), rng.randrange(-3, 8)
    word = rng.choice(WORDS)
    return rng.choice((
        f"{name} = {n}", f"{name} <> {n}", f"{name} < {n}", f"{name} >= {n}.5", f"{name} = '{word}'",
        f"{name} IN ({n}, {n + 2}, '{word}')", f"{name} BETWEEN {n} AND {n + 3}",
        f"{name} STARTS WITH '{word}'", f"{name} ENDS WITH '{word}'", f"{name} CONTAINS '{word}'",
        f"{name} LIKE '%{word}_'", f"EXISTS({name})", f"{name} IS NULL", f"{name} IS INT",
        f"{name} = TRUE", f"{name} > {rng.choice(NAMES)}", f"{name} * 2 > {n}",
        f"{name} MATCHES '^x.*y'", f"NOT {name} > {n}"))


def condition(rng, depth):
    if depth == 0 or rng.random() < 0.3:
        return leaf(rng)
    parts = [condition(rng, depth - 1) for _ in range(rng.randrange(2, 4))]
    text = "(" + rng.choice((" AND ", " OR ")).join(parts) + ")"
    return "NOT " + text if rng.random() < 0.2 else text


def value(rng):
    return rng.choice((str(rng.randrange(-3, 8)), f"{rng.randrange(-3, 8)}.5", "true", "false",
                       '"' + rng.choice(WORDS).replace("''", "'") + '"'))


def notification(rng):
    names = [n for n in NAMES if rng.random() < 0.7]
    return "{" + ",".join(f'"{n}":{value(rng)}' for n in names) + "}"


# Numbers of blocks, rows and steps are the index's own affair.
EXPLAINED = """\
filter #
  found by the value of symbol; in a block of # rows, # under the same key
    column  price > #
    key     symbol = 'IBM'
filter #
  found by one of # values of symbol; in a block of # rows, # under the same keys
    column  EXISTS(ask)
    column  EXISTS(bid)
    key     symbol IN ('AIG', 'IBM')
    last    ask >= bid
filter #
  found where name contains 'ab'; in a block of # rows, # under the same key
    key     name CONTAINS 'ab'
filter #: matches nothing
filter #
  found where volume is present; in a block of # rows, # under the same key
    column  volume > #
notification #
"""


class Match(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.filters = os.path.join(folder.name, "filters")
        self.notifications = os.path.join(folder.name, "notifications")

    def write(self, filters, notifications):
        for path, text in ((self.filters, filters), (self.notifications, notifications)):
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)

    def match(self, *args, **kwargs):
        return weir("match", "--filters", self.filters, "--notifications", self.notifications,
                    *args, **kwargs)

    def test_ids_are_line_numbers(self):
        self.write("a > 1\n\n-- a comment\n  TRUE  \na = 5 -- five\nb = 1\n",
                   '{"a":5}\n\n{"a":0}\n{"b":1}\n')
        self.assertEqual(self.match(), ("1 4 5\n4\n4 6\n", ""))
        self.assertEqual(self.match("--scan"), ("1 4 5\n4\n4 6\n", ""))

    def test_no_match_is_an_empty_line(self):
        self.write("a > 1\n", '{"a":1}\n{"a":2}')
        self.assertEqual(self.match()[0], "\n1\n")
        self.write("", '{"a":1}\n')
        self.assertEqual(self.match()[0], "\n")

    def test_errors_name_their_lines(self):
        self.write("a > 1\na >\n\nb <\n", '{"a":1}\n')
        out, err = self.match(status=2)
        self.assertEqual(out, "")
        self.assertIn(f"{self.filters}:2: error[F203]", err)
        self.assertIn(f"{self.filters}:4: error[F203]", err)
        self.write("a = 1\n", '{"a":1}\n{"a":\n{"a":1}\n')
        out, err = self.match(status=1)
        self.assertEqual(out, "1\n1\n")
        self.assertIn(f"{self.notifications}:2: ", err)
        os.unlink(self.filters)
        self.assertIn(self.filters, self.match(status=2)[1])
        self.assertIn("--filters", weir("match", status=2)[1])

    def test_the_index_agrees_with_evaluation(self):
        seed = int(os.environ.get("WEIR_SEED", random.randrange(1 << 32)))
        rng = random.Random(seed)
        wide = " AND ".join(f"({n} = {i} OR {m} = {i})" for i in range(3)
                            for n, m in (("a", "b"), ("c", "d"), ("b", "c")))
        filters = [condition(rng, 2) for _ in range(300)] + [wide]
        self.write("\n".join(filters) + "\n",
                   "\n".join(notification(rng) for _ in range(300)) + "\n")
        fast, slow = self.match()[0].splitlines(), self.match("--scan")[0].splitlines()
        self.assertEqual(len(fast), 300)
        self.assertTrue(any(fast))
        for i, (a, b) in enumerate(zip(fast, slow)):
            self.assertEqual(a, b, f"WEIR_SEED={seed}, notification {i + 1}")

    def test_explain_says_where_each_part_is(self):
        self.write("symbol = 'IBM' AND price > 100\nsymbol IN ('IBM', 'AIG') AND NOT bid > ask\n\n"
                   "name LIKE '%ab%'\nx > 1 AND x < 1\nvolume > 3\n",
                   '{"symbol":"IBM","price":101,"volume":7,"name":"cab"}\n{"x":1}\n')
        out = re.sub(r"\d+( rows?\b)?", lambda m: "# rows" if m[1] else "#", self.match("--explain")[0])
        self.assertTrue(out.startswith(EXPLAINED), out)
        first, second = out[len(EXPLAINED) - len("notification #\n"):].split("notification #\n")[1:]
        self.assertEqual(len(re.findall(r"^  (?:by|where|with) .*: # blocks, # pages, # rows, # columns; "
                                        r"# left, # records, # found$", first, flags=re.M)), 3)
        self.assertRegex(first, r"in all: # attributes .* # steps\n  ids: # # #\n$")
        self.assertRegex(second, r"^  in all: .*\n  ids:\n$")

    def test_explain_json_adds_up(self):
        rng = random.Random(3)
        ranges = [" AND ".join(f"{n} BETWEEN {low} AND {low + 4000}" for n, low in
                               ((n, rng.randrange(6000)) for n in rng.sample(NAMES, 3))) for _ in range(300)]
        self.write("\n".join(ranges + [f"d = {i}" for i in range(20)]) + "\n",
                   "\n".join(json.dumps({n: rng.randrange(10000) for n in NAMES}) for _ in range(20)) + "\n")
        lines = [json.loads(line) for line in self.match("--explain", "--json")[0].splitlines()]
        filters, notifications = lines[:320], lines[320:]
        self.assertEqual([f["filter"] for f in filters], list(range(1, 321)))
        self.assertIn("page", {f["conjunctions"][0]["holder"] for f in filters})
        self.assertEqual({p["decided_by"] for f in filters[300:] for p in f["conjunctions"][0]["parts"]},
                         {"key"})
        plain = self.match()[0].splitlines()
        for n, line in zip(notifications, plain, strict=True):
            self.assertEqual(" ".join(map(str, n["ids"])), line)
            cost = n["cost"]
            for key in ("blocks", "pages", "rows", "columns", "left", "records", "found"):
                self.assertEqual(sum(v[key] for v in n["visits"]), cost[key])
            self.assertGreaterEqual(cost["found"], len(set(plain)) > 1 and len(n["ids"]) > 0)
            self.assertEqual(cost["steps"], cost["keys"] + cost["columns"] + cost["left"] + cost["records"])

    def test_explain_goes_with_the_index_only(self):
        self.write("a = 1\n", '{"a":1}\n')
        self.assertIn("--scan", self.match("--explain", "--scan", status=2)[1])
        self.assertIn("--explain", self.match("--json", status=2)[1])

    def test_bench(self):
        self.write("a = 1\n-- none\nb > 2 OR c\na = 1\n", '{"a":1}\n{"b":3}\n{"b":1}\n{"c":true,"a":1}\n')
        out, err = weir("bench", "match", "--filters", self.filters, "--notifications",
                        self.notifications, "--passes", "2", "--json")
        self.assertEqual(err, "")
        figures = json.loads(out)
        self.assertEqual([figures[k] for k in ("filters", "notifications", "matches")], [3, 4, 6])
        self.assertEqual(sorted(figures["us_per_notification"]), ["mean", "median", "min", "p99"])
        for key in ("build_s", "add_us", "remove_us"):
            self.assertGreaterEqual(figures[key], 0)
        self.assertGreater(figures["bytes_per_filter"], 0)
        out, err = weir("bench", "match", "--filters", self.filters, "--notifications",
                        self.notifications, "--passes", "1")
        self.assertIn("matches            6\n", out)

    def test_bench_workloads_baselines_and_threads(self):
        workloads = ("stock", "ranges", "equality", "mixed")
        scale = int(os.environ.get("WEIR_TEST_SCALE", "100"))
        for workload in workloads if scale >= 100 else workloads[3:]:
            out, err = weir("bench", "match", "--workload", workload, "--count", "300", "--passes", "1",
                            "--baselines", "40", "--threads", "2", "--json")
            self.assertEqual(err, "")
            figures = json.loads(out)
            self.assertEqual([figures[k] for k in ("workload", "filters", "notifications", "seed")],
                             [workload, 300, 1000, 1])
            self.assertIn(figures["instructions"], ("scalar", "avx2", "avx512"))
            for name in ("scan", "counting"):
                self.assertEqual(figures["baselines"][name]["notifications"], 40)
                self.assertGreater(figures["baselines"][name]["ratio"], 0)
            self.assertEqual([t["threads"] for t in figures["threads"]], [1, 2])
            for t in figures["threads"]:
                self.assertGreater(t["per_s"], 0)
                for share in (t["churn"]["add_us"], t["churn"]["remove_us"]):
                    self.assertLessEqual(share["median"], share["p99"])
                    self.assertLessEqual(share["p99"], share["max"])
        out, _ = weir("bench", "match", "--workload", "stock", "--count", "50", "--passes", "1",
                      "--baselines", "2", "--threads", "1")
        for line in ("counting  ", "scan  ", "1 thread", "  in churn"):
            self.assertIn(line, out)

    def test_bench_same_seed_same_matches(self):
        def matches(seed):
            out, _ = weir("bench", "match", "--workload", "mixed", "--count", "200", "--passes", "1",
                          "--seed", str(seed), "--json")
            return json.loads(out)["matches"]
        self.assertEqual(matches(3), matches(3))
        self.assertGreater(matches(3), 0)
        self.assertGreater(len({matches(seed) for seed in range(3)}), 1)

    def test_bench_baselines_know_the_whole_language(self):
        rng = random.Random(7)
        self.write("\n".join(condition(rng, 2) for _ in range(400)) + "\nTRUE\n",
                   "\n".join(notification(rng) for _ in range(300)) + "\n")
        out, _ = weir("bench", "match", "--filters", self.filters, "--notifications",
                      self.notifications, "--passes", "1", "--baselines", "300", "--json")
        for name in ("scan", "counting"):
            self.assertEqual(json.loads(out)["baselines"][name]["notifications"], 300)

    def test_bench_bad_input(self):
        self.write("a = 1\n", "\n")
        args = ("bench", "match", "--filters", self.filters, "--notifications", self.notifications)
        self.assertIn("there are no notifications", weir(*args, status=1)[1])
        weir(*args, "--passes", "0", status=2)
        weir("bench", "match", "--filters", self.filters, status=2)
        weir("bench", "match", "--workload", "none", status=2)
        weir(*args, "--workload", "stock", status=2)
        weir(*args, "--threads", "65", status=2)
        self.write("a = 1\n", '{"a":1}\n[]\n')
        self.assertIn("matches            1\n", weir(*args, status=1)[0])
        self.write("a =\n", '{"a":1}\n')
        weir(*args, status=2)


if __name__ == "__main__":
    main()
