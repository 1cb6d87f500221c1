#!/usr/bin/env python3
"""schema_test.py - the shipped topologies against topology.schema.json, and that the schema refuses
what it should.  Knows the keywords that the schema uses; another one is an error."""

import copy
import json
import os
import re
import sys
import unittest

FOLDER = os.path.join(sys.argv.pop(1), "topologies")
NOTES = {"$schema", "title", "description", "default"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


def of_type(value, name):
    if name in ("number", "integer"):
        kinds = (int,) if name == "integer" else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def check(schema, value, where=""):
    """Yields what is wrong."""
    kind = schema.get("type")
    if kind and not of_type(value, kind):
        yield f"{where}: not {kind}"
        return
    for keyword, arg in schema.items():
        if keyword in NOTES or keyword == "type":
            continue
        elif keyword == "enum":
            bad = value not in arg
        elif keyword == "minimum":
            bad = value < arg
        elif keyword == "maximum":
            bad = value > arg
        elif keyword in ("minItems", "minLength"):
            bad = len(value) < arg
        elif keyword in ("maxItems", "maxLength"):
            bad = len(value) > arg
        elif keyword == "pattern":
            bad = not re.search(arg, value)
        elif keyword == "required":
            bad = any(key not in value for key in arg)
        elif keyword == "additionalProperties":
            bad = any(key not in schema["properties"] for key in value)
        elif keyword == "dependentRequired":
            bad = any(k in value and any(n not in value for n in need) for k, need in arg.items())
        elif keyword == "properties":
            bad = False
            for key, inner in arg.items():
                if key in value:
                    yield from check(inner, value[key], f"{where}/{key}")
        elif keyword == "items":
            bad = False
            for i, item in enumerate(value):
                yield from check(arg, item, f"{where}/{i}")
        else:
            raise ValueError(f"{keyword}: not known to this test")
        if bad:
            yield f"{where}: {keyword}"


class Schema(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(FOLDER, "topology.schema.json"), encoding="utf-8") as file:
            self.schema = json.load(file)

    def test_shipped_files(self):
        names = [n for n in os.listdir(FOLDER) if n.endswith(".json") and "schema" not in n]
        self.assertGreaterEqual(len(names), 4)
        for name in names:
            with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
                self.assertEqual(list(check(self.schema, json.load(file), name)), [])

    def test_refusals(self):
        good = {"brokers": [{"name": "a", "place": {"latitude": 1, "longitude": 2}}, {"name": "b"}],
                "links": [{"between": ["a", "b"], "cost": 1, "delay_ms": 0.5}],
                "routing": {"mode": "acyclic", "strategy": "covering", "advertisements": False}}
        self.assertEqual(list(check(self.schema, good)), [])
        for path, value in [
                (("brokers",), []), (("brokers", 0, "name"), ""), (("brokers", 0, "name"), "a\nb"),
                (("brokers", 0, "colour"), 1), (("brokers", 0, "listen"), "7000"),
                (("brokers", 0, "place"), {"latitude": 1}),
                (("brokers", 0, "place", "latitude"), 91), (("links", 0, "between"), ["a"]),
                (("links", 0, "cost"), 0), (("links", 0, "delay_ms"), -1),
                (("routing", "mode"), "ring"), (("routing", "advertisements"), 1), (("x",), 1)]:
            bad = copy.deepcopy(good)
            inner = bad
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = value
            self.assertNotEqual(list(check(self.schema, bad)), [], (path, value))


if __name__ == "__main__":
    unittest.main()
