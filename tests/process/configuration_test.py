#!/usr/bin/env python3
"""Options and configuration: every problem is named with its place; the exit code is 7."""

import json
import os
import re

import weirlib

GOOD = {"name": "a", "links": [{"name": "b", "address": "tcp://h:1", "cost": 3}, {"name": "c"}]}


def but(**changes):
    return {**GOOD, **changes}


def link(**changes):
    return but(links=[{"name": "b", **changes}])


# (configuration or text, what must be said behind the file's name)
REFUSED = [
    ("", r":1:1: "),
    ("{\n  \"name\": \"a\",\n  x\n}", r":3:3: "),
    ('{"name": "a", "name": "b"}', r":1:\d+: duplicate object key"),
    ("[" * 5000, r":1:\d+: "),
    ("[]", r": /: must be an object"),
    ({}, r': /: "name" is missing'),
    (but(name=""), r": /name: must be a string that is not empty"),
    (but(name=7), r": /name: must be a string"),
    (but(name="x" * 65), r": /name: longer than 64 bytes"),
    (but(colour=1), r": /colour: unknown key"),
    (but(**{"a/b~c": 1}), r": /a~1b~0c: unknown key"),
    (but(listen="tcp://h:1"), r": /listen: must be an array"),
    (but(listen=[]), r": /listen: needs 1 to 16"),
    (but(listen=["tcp://h:1"] * 17), r": /listen: needs 1 to 16"),
    (but(listen=["tcp://h:1", "udp://h:1"]), r": /listen/1: must be tcp://"),
    (but(listen=["tcp://h:65536"]), r": /listen/0: must be tcp://"),
    (but(listen=["ipc:///" + "x" * 120]), r": /listen/0: must be tcp://"),
    (but(listen=["tcp://h"]), r": /listen/0: must be tcp://"),
    (but(listen=["ipc://relative"]), r": /listen/0: must be tcp://"),
    (but(listen=[5]), r": /listen/0: must be a string"),
    (but(links={}), r": /links: must be an array"),
    (but(links=[5]), r": /links/0: must be an object"),
    (but(links=[{}]), r': /links/0: "name" is missing'),
    (but(links=[{"name": "b"}, {"name": "b"}]), r': /links/1/name: "b" is /links/0 already'),
    (but(links=[{"name": "a"}]), r": /links/0/name: a broker cannot be its own neighbour"),
    (but(links=[{"name": "b"}] * 1025), r": /links: at most 1024"),
    (link(address="h:1"), r": /links/0/address: must be tcp://"),
    (link(cost=0), r": /links/0/cost: must be an integer from 1 to 1000000"),
    (link(cost=1.5), r": /links/0/cost: must be an integer"),
    (link(weight=1), r": /links/0/weight: unknown key"),
    (but(strategy="best"), r": /strategy: must be one of: flooding, simple, covering, identity"),
    (but(strategy=None), r": /strategy: must be one of"),
    (but(log="all"), r": /log: must be one of: error, warn, info, debug"),
    (but(advertisements=1), r": /advertisements: must be true or false"),
    (but(unlisted="no"), r": /unlisted: must be true or false"),
    (but(heartbeat_ms=49), r": /heartbeat_ms: must be an integer from 50 to"),
    (but(heartbeat_ms=-1), r": /heartbeat_ms: must be an integer"),
    (but(hold_ms=10 ** 30), r":1:\d+: too big integer"),
    (but(link_window=1000), r": /link_window: must be an integer from 1114112"),
    (but(link_window=8 << 20, limits={"link_queue": 4 << 20}),
     r": /limits/link_queue: must not be below link_window"),
    (but(limits=[]), r": /limits: must be an object"),
    (but(limits={"clients": 65537}), r": /limits/clients: must be an integer from 0 to 65536"),
    (but(limits={"queue": 1}), r": /limits/queue: unknown key"),
    (but(ready_file=""), r": /ready_file: must be a string that is not empty"),
]


class Configuration(weirlib.ProcessTest):
    def check(self, config, *args):
        path = os.path.join(self.directory, "weird.json")
        with open(path, "w", encoding="utf-8") as f:
            f.write(config if isinstance(config, str) else json.dumps(config))
        return path, self.run_weird("--config", path, *args)

    def test_refused(self):
        for config, said in REFUSED:
            with self.subTest(said=said):
                path, result = self.check(config)
                self.assertEqual(result.returncode, 7, result.stderr)
                lines = result.stderr.splitlines()
                said = said.replace(": /", r":\d+:\d+: /", 1) if said.startswith(": /") else said
                self.assertTrue(any(re.match(re.escape(path) + said, line) for line in lines),
                                result.stderr)
                self.assertEqual(result.stdout, "")

    def test_places(self):
        path, result = self.check('{"name": "a",\n "links": [\n  {"name": "b", "cost": 0}],\n'
                                  ' "limits": {"é": 1, "clients": -1}}')
        self.assertEqual(result.stderr.splitlines(), [
            f"{path}:4:18: /limits/é: unknown key",
            f"{path}:4:32: /limits/clients: must be an integer from 0 to 65536",
            f"{path}:3:25: /links/0/cost: must be an integer from 1 to 1000000"])

    def test_all_problems_are_named_at_once(self):
        _, result = self.check(but(name=5, colour=1, strategy="x", listen=["y"]), "--check")
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (7, 4))

    def test_check_accepts(self):
        for config in (GOOD, {"name": "a"}, but(listen=["tcp://127.0.0.1:0", "ipc:///x/y"]),
                       but(limits={"clients": 0, "drain_ms": 0}, log="debug", unlisted=True)):
            _, result = self.check(config, "--check")
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_file_that_cannot_be_read(self):
        for path in (os.path.join(self.directory, "none"), self.directory):
            result = self.run_weird("--config", path)
            self.assertEqual(result.returncode, 7)
            self.assertIn(f"{path}: cannot be read: ", result.stderr)

    def test_options(self):
        for args in ((), ("--config",), ("--what",), ("--config", "x", "y"), ("--check",)):
            result = self.run_weird(*args)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn("usage: weird", result.stderr)
        result = self.run_weird("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        example = re.search(r"\{.*\}", result.stdout, re.S).group(0)
        _, checked = self.check(example, "--check")
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        self.assertRegex(self.run_weird("--version").stdout, r"^weird \d+\.\d+\.\d+\n$")

    def test_manual(self):
        """Its example is accepted, and it names every key that the broker knows."""
        root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        with open(os.path.join(root, "docs", "man", "weird.conf.5"), encoding="utf-8") as f:
            manual = f.read()
        _, result = self.check(re.search(r"\.EX\n(.*)\.EE", manual, re.S).group(1), "--check")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        with open(os.path.join(root, "broker", "weird", "config.c"), encoding="utf-8") as f:
            keys = re.findall(r'^ +\{"(\w+)",', f.read(), re.M)
        self.assertGreater(len(keys), 20)
        for key in keys:
            self.assertRegex(manual, rf"(?m)^\.(BR?|SS) (.*, \" )?{key}\b", key)

    def test_files_that_cannot_be_written(self):
        for key in ("ready_file", "pid_file"):
            with self.subTest(key=key):
                place = os.path.join(self.directory, "none", "file")
                _, result = self.check({"name": "a", "listen": ["tcp://127.0.0.1:0"], key: place})
                self.assertEqual(result.returncode, 1)
                self.assertIn(place, result.stderr)
        _, result = self.check({"name": "a", "state_dir": os.path.join(self.directory, "none")})
        self.assertEqual(result.returncode, 1)


if __name__ == "__main__":
    weirlib.main()
