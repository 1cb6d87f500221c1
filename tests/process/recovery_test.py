#!/usr/bin/env python3
"""Five brokers, 50 subscribers, 20,000 notifications; then an inner broker dies and comes back.

Before its death and after its return every delivery is exact.  In between, what arrives is right, in
order and not doubled; who may have missed something was told so by GAP notices."""

import json
import os
import random
import sys

sys.dont_write_bytecode = True
import weirlib  # noqa: E402
from weircli import CommandTest, attributes  # noqa: E402
from weirlib import wait_for  # noqa: E402

SCALE = int(os.environ.get("WEIR_TEST_SCALE", "100"))
NOTIFICATIONS = 20000 * SCALE // 100
SUBSCRIBERS = 50
SEED = 20131007

#   a     d
#    \   / \
#      c    e
#    /
#   b
LINKS = {"a": ["c"], "b": ["c"], "c": ["a", "b", "d"], "d": ["c", "e"], "e": ["d"]}
STARTED = ["c", "a", "b", "d", "e"]
PUBLISHERS = ["a", "e"]
SYMBOLS = ["IBM", "AIG", "SPY", "GE", "T"]


def random_filter(rng):
    """A filter, and what it means."""
    symbol, price, size = rng.choice(SYMBOLS), rng.randrange(0, 200), rng.randrange(1, 10) * 100
    other = rng.choice(SYMBOLS)
    return rng.choice([
        (f"symbol = '{symbol}' AND price > {price}",
         lambda n: n["symbol"] == symbol and n["price"] > price),
        (f"symbol = '{symbol}' AND size = {size}",
         lambda n: n["symbol"] == symbol and n["size"] == size),
        (f"price BETWEEN {price} AND {price + 5}", lambda n: price <= n["price"] <= price + 5),
        (f"symbol IN ('{symbol}', '{other}') AND NOT price < {price} AND size >= {size}",
         lambda n: n["symbol"] in (symbol, other) and n["price"] >= price and n["size"] >= size),
        (f"symbol STARTS WITH '{symbol[0]}' AND price * size > {price * 500}",
         lambda n: n["symbol"].startswith(symbol[0]) and n["price"] * n["size"] > price * 500),
        (f"size = {size} OR (symbol = '{symbol}' AND price < 5)",
         lambda n: n["size"] == size or (n["symbol"] == symbol and n["price"] < 5)),
    ])


class Recovery(CommandTest):
    def start_overlay(self):
        self.by_name = {}
        for name in STARTED:
            links = [{"name": other, **({"address": self.by_name[other].urls[0]}
                                        if other in self.by_name else {})}
                     for other in LINKS[name]]
            self.by_name[name] = self.broker(name, links=links)
        self.wait_overlay()

    def wait_overlay(self):
        for name, links in LINKS.items():
            self.wait_links(self.by_name[name], links)

    def start_subscribers(self, rng):
        self.subs = []
        for i in range(SUBSCRIBERS):
            text, meaning = random_filter(rng)
            broker = "abcde"[i % 5]
            running = self.start_weir(self.by_name[broker], "sub", "-v", "-o", "jsonl", text,
                                      "mark IS INT")
            self.subs.append((running, broker, text, meaning))
        for running, *_ in self.subs:
            running.wait_stderr("weir sub: subscribed", 1)

    def batch(self, rng, count):
        """What each publisher publishes; n is its number within the publisher."""
        batches = {}
        for publisher in PUBLISHERS:
            batches[publisher] = []
            for _ in range(count // len(PUBLISHERS)):
                self.number += 1
                batches[publisher].append({
                    "publisher": publisher, "n": self.number, "symbol": rng.choice(SYMBOLS),
                    "price": rng.randrange(0, 20000) / 100, "size": rng.randrange(1, 10) * 100})
        return batches

    def publish(self, batches):
        """Each publisher is a process; a mark follows what it publishes."""
        self.marks += 1
        running = []
        for publisher, notifications in batches.items():
            path = os.path.join(self.directory, f"{publisher}-{self.marks}.jsonl")
            with open(path, "w", encoding="utf-8") as file:
                for n in notifications:
                    file.write(json.dumps(n) + "\n")
                file.write(json.dumps({"publisher": publisher, "mark": self.marks}) + "\n")
            with open(path, encoding="utf-8") as file:
                running.append(self.start_weir(self.by_name[publisher], "pub", "-l", stdin=file))
        return running

    def wait_marks(self):
        """A publisher's order is kept: who has both marks has all that came before."""
        for running, *_ in self.subs:
            wait_for(lambda: running.stdout().count(f'"mark":{self.marks}}}') +
                     running.stdout().count(f'"mark":{self.marks},') >= len(PUBLISHERS),
                     f"marks {self.marks}: {running.stderr()}")

    def deliveries(self, running):
        return [attributes(line) for line in running.stdout().splitlines()]

    def check(self, batches, exact):
        """Compares what came since the last mark with the brute force."""
        published = {n["n"]: n for batch in batches.values() for n in batch}
        missing = 0
        for running, broker, text, meaning in self.subs:
            got = [d for d in self.deliveries(running) if d.get("n") in published]
            wanted = [n for n in published.values() if meaning(n)]
            for publisher in PUBLISHERS:
                ours = [d for d in got if d["publisher"] == publisher]
                theirs = [n for n in wanted if n["publisher"] == publisher]
                if exact:
                    self.assertEqual(ours, theirs, f"{broker}: {text}")
                numbers = [d["n"] for d in ours]
                self.assertEqual(numbers, sorted(set(numbers)), f"{broker}: {text}")
                for delivery in ours:
                    self.assertIn(delivery, theirs, f"{broker}: {text}")
                missing += len(theirs) - len(ours)
        return missing

    def test_inner_broker_dies(self):
        rng = random.Random(SEED)
        self.number = self.marks = 0
        self.start_overlay()
        self.start_subscribers(rng)

        batches = self.batch(rng, NOTIFICATIONS)
        for running in self.publish(batches):
            running.end()
        self.wait_marks()
        self.check(batches, exact=True)

        # Its death in the middle of a stream, while what comes before it is still on the way.
        lost = self.batch(rng, NOTIFICATIONS)
        streaming = self.publish(lost)
        first = self.subs[0][0]
        before = first.stdout().count("\n")
        wait_for(lambda: first.stdout().count("\n") > before or
                 all(p.process.poll() is not None for p in streaming), "the stream")
        self.by_name["c"].kill()
        for running in streaming:
            running.end()
        for running, broker, *_ in self.subs:
            running.wait_stderr("connection" if broker == "c" else "GAP begin")

        self.by_name["c"].start()
        self.wait_overlay()
        for running, broker, *_ in self.subs:
            if broker == "c":
                running.wait_stderr("weir sub: subscribed", 2)
            else:
                wait_for(lambda: running.stderr().count("GAP end") ==
                         running.stderr().count("GAP begin"), running.stderr())
        missing = self.check(lost, exact=False)
        print(f"lost during the outage, and reported: {missing}")

        batches = self.batch(rng, NOTIFICATIONS // 4)
        for running in self.publish(batches):
            running.end()
        self.wait_marks()
        self.check(batches, exact=True)


if __name__ == "__main__":
    weirlib.main()
