#!/usr/bin/env python3
"""A day of real ticks through a chain of three brokers.

`weir pub --csv` publishes the trades of one share at one end; subscribers with content filters, real
`weir sub` processes, stand at all three brokers.  Every delivery, in order and value by value, is what
a brute-force evaluation of the file in Python says: prices are divided exactly and rounded once."""

import csv
import io
import os
import sys
import zipfile

sys.dont_write_bytecode = True
import weirlib  # noqa: E402
from weircli import CommandTest, attributes  # noqa: E402

SHARED = os.environ.get("WEIR_SHARED", os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared"))
TICKS = os.path.join(SHARED, "data", "ticks", "ibm_20131007_trade.zip")
COLUMNS = "ms:int,price:double/10000,size:int,exchange:string,condition:string,suspicious:bool"
ADVERTISEMENT = ("symbol = 'IBM' AND ms >= 0 AND price > 0 AND size > 0 AND suspicious IS BOOL "
                 "AND exchange IS STRING AND condition IS STRING")
END = {"end": True}

# The broker, the filter, and what it means.
SUBSCRIBERS = [
    ("left", "symbol = 'IBM'", lambda t: True),
    ("left", "price > 183.5", lambda t: t["price"] > 183.5),
    ("left", "exchange = 'P' OR exchange = 'Q'", lambda t: t["exchange"] in ("P", "Q")),
    ("middle", "size >= 1000", lambda t: t["size"] >= 1000),
    ("middle", "price BETWEEN 182 AND 182.5 AND size <> 100",
     lambda t: 182 <= t["price"] <= 182.5 and t["size"] != 100),
    ("middle", "condition LIKE '%2000%' AND NOT suspicious",
     lambda t: "2000" in t["condition"] and not t["suspicious"]),
    ("right", "symbol = 'IBM' AND price = 182.01", lambda t: t["price"] == 182.01),
    ("right", "exchange IN ('B', 'D', 'K', 'Z') AND size > 200",
     lambda t: t["exchange"] in ("B", "D", "K", "Z") and t["size"] > 200),
    ("right", "price * size > 50000", lambda t: t["price"] * t["size"] > 50000),
    ("right", "ms % 1000 = 0", lambda t: t["ms"] % 1000 == 0),
    ("right", "condition MATCHES '^2.*1$' OR suspicious = TRUE",
     lambda t: (t["condition"].startswith("2") and t["condition"].endswith("1"))
     or t["suspicious"]),
    ("right", "volume > 0", lambda t: False),
]


def read_ticks(text):
    """Python divides two ints with one correct rounding."""
    ticks = []
    for ms, price, size, exchange, condition, suspicious in csv.reader(io.StringIO(text)):
        ticks.append({"ms": int(ms), "price": int(price) / 10000, "size": int(size),
                      "exchange": exchange, "condition": condition,
                      "suspicious": suspicious == "1", "symbol": "IBM"})
    return ticks


def scaled(text):
    """The whole day, or the share of it that WEIR_TEST_SCALE asks for."""
    lines = text.splitlines(keepends=True)
    share = int(os.environ.get("WEIR_TEST_SCALE", "100"))
    return "".join(lines[:max(len(lines) * share // 100, 1000)])


class Ticks(CommandTest):
    def chain(self):
        right = self.broker("right", links=[{"name": "middle"}])
        middle = self.broker("middle", links=[{"name": "left"},
                                              {"name": "right", "address": right.urls[0]}])
        left = self.broker("left", links=[{"name": "middle", "address": middle.urls[0]}])
        self.wait_links(left, ["middle"])
        self.wait_links(middle, ["left", "right"])
        self.wait_links(right, ["middle"])
        return {"left": left, "middle": middle, "right": right}

    def test_every_delivery(self):
        with zipfile.ZipFile(TICKS) as archive:
            text = scaled(archive.read(archive.namelist()[0]).decode())
        ticks = read_ticks(text)
        brokers = self.chain()
        running = []
        for place, text_of_filter, meaning in SUBSCRIBERS:
            expected = [t for t in ticks if meaning(t)] + [END]
            # The end marker comes last on its path: what is unwanted would push it out.
            sub = self.start_sub(brokers[place], "-o", "jsonl", "-w", "100", "-c",
                                 str(len(expected)), text_of_filter, "end = TRUE")
            running.append((text_of_filter, expected, sub))
        path = os.path.join(self.directory, "ibm.csv")
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(text)
        _, err = self.weir(brokers["left"], "pub", "--csv", path, "--columns", COLUMNS, "--set",
                           "symbol=IBM", "--advertise", ADVERTISEMENT)
        self.assertEqual(err, "")
        self.weir(brokers["left"], "pub", "end=true")
        total = 0
        for text_of_filter, expected, sub in running:
            got = [attributes(line) for line in sub.end().splitlines()]
            self.assertEqual(len(got), len(expected), text_of_filter)
            for i, (a, b) in enumerate(zip(got, expected)):
                self.assertEqual(a, b, f"{text_of_filter}: delivery {i}")
            total += len(got) - 1
        self.assertGreater(total, len(ticks))
        print(f"{len(ticks)} ticks, {len(running)} subscribers, {total} deliveries, all exact")


if __name__ == "__main__":
    if not os.path.exists(TICKS):
        print(f"skipped: there is no {TICKS}")
        sys.exit(0)
    weirlib.main()
