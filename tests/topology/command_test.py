#!/usr/bin/env python3
"""command_test.py WEIR SOURCE-DIR - weir topo check and map: output and exit codes."""

import os
import subprocess
import sys
import tempfile
import unittest

SOURCE = sys.argv.pop()
WEIR = sys.argv.pop()


def weir(*args):
    result = subprocess.run([WEIR, "topo", *args], capture_output=True, text=True, check=False)
    return result.returncode, result.stdout, result.stderr


def shipped(name):
    return os.path.join(SOURCE, "topologies", name)


class Check(unittest.TestCase):
    def test_tree_is_silent(self):
        self.assertEqual(weir("check", shipped("stock-feed.json")), (0, "", ""))

    def test_cycle_is_named_broker_by_broker(self):
        code, out, err = weir("check", shipped("abilene.json"))
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out.count("left unused"), 4)
        self.assertIn("denver - seattle is left unused: it would close the cycle "
                      "denver - sunnyvale - seattle - denver\n", out)

    def test_problems_have_places(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"brokers": [{"name": "a"}, {"name": "b"}],\n'
                       ' "links": [{"between": ["a", "x"]}, {"between": ["b", "b"]}]}\n')
            file.flush()
            code, out, err = weir("check", file.name)
        self.assertEqual((code, err), (7, ""))
        self.assertEqual(out, f"{file.name}:2:30: /links/0/between/1: no broker is named 'x'\n"
                              f"{file.name}:2:37: /links/1: links 'b' to itself\n")

    def test_usage(self):
        self.assertEqual(weir("check")[0], 2)
        self.assertEqual(weir("check", "--frobnicate", "x")[0], 2)
        self.assertEqual(weir("check", "/nonexistent.json")[0], 7)
        self.assertIn("example:", weir("check", "--help")[1])


class Map(unittest.TestCase):
    def test_text_shows_every_broker(self):
        code, out, _ = weir("map", shipped("stock-feed.json"))
        self.assertEqual(code, 0)
        self.assertEqual(len(out.splitlines()), 9)
        self.assertIn("├─ 33 ms ─ ldn-core  (London, Slough)\n│  ├─ 0.3 ms ─ ldn-desk", out)

    def test_dot_dashes_unused_links(self):
        code, out, _ = weir("map", "-o", "dot", shipped("abilene.json"))
        self.assertEqual(code, 0)
        self.assertEqual((out.count(" -- "), out.count("dashed")), (14, 4))

    def test_bad_format(self):
        self.assertEqual(weir("map", "-o", "png", shipped("chain3.json"))[0], 2)


if __name__ == "__main__":
    unittest.main()
